"""One submission → its `GradeReport`; many submissions → many, side by side, and resumable.

`grade.Grader` grades one after another inside a collected session; `lane` is the process around it; `many` hands
submissions to lanes under an outside deadline and keeps a journal.
"""
