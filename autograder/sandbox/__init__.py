"""Runs student code in a process that holds no secret, and brings plain data back.

Theory of operation. Three kinds of process take part:

    trusted process      the hidden suite, the reference and the marks; never runs a byte of student code
      │  control socket (fork, end)          `launch.Zygote`
      ├──▶ zygote        started by exec with a clean environment; NumPy imported; forks workers, runs no student code
      │      └─ worker   one per load of a submission; confined before it sees student code (`inside.confine`)
      └──▶ two pipes and an output pipe to each worker: framed plain data (`inside.wire`), read with deadlines

A worker is disposable: after a time-out, a crash or anything odd it is killed and the next one forked. `worker.Worker`
is the trusted end of one worker, `student.Student` what a hidden suite sees of it. The reference is reached
through the same interface without a process (`worker.LocalWorker`). Where processes cannot be forked (macOS, Windows), a
worker is a plain subprocess (`launch.Spawner`): good for a student's own code, not for grading others.
"""
