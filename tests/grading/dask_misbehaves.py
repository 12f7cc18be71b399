"""Preloaded into a Dask worker by a test: makes it, or the machine that it stands for, fail as AUTOGRADE_TEST_DASK says."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from typing import Any

import msgpack

from autograder.grading import dask_worker, frames

HOW = os.environ.get("AUTOGRADE_TEST_DASK", "").split(",")


def dask_setup(worker: Any) -> None:
    """Called once in each worker, while the module itself is loaded several times."""
    _unstamped = dask_worker.WarmGrader.unstamped
    made: list[Any] = []

    def unstamped(self: Any, submission: Any) -> Any:
        if submission.student.startswith("kills"):
            os.kill(os.getpid(), signal.SIGKILL)
        if submission.student.startswith("breaks"):
            raise ValueError("nobody has foreseen this")
        if "instant" in HOW and made and submission.problem is None:
            return replace(made[0], student=submission.student, files=submission.hashes)
        if "slow" in HOW:
            time.sleep(0.1)
        report = _unstamped(self, submission)
        made.append(report)
        return report

    dask_worker.WarmGrader.unstamped = unstamped  # type: ignore[method-assign]

    if "weak" in HOW:
        _isolation = dask_worker.isolation

        def isolation(assignment: Any) -> Any:
            found = _isolation(assignment)
            return replace(found, level=replace(found.level, letter="B", missing=("namespaces",)))

        dask_worker.isolation = isolation  # type: ignore[attr-defined]

    if "other engine" in HOW:
        _versions = dask_worker.versions
        dask_worker.versions = lambda assignment: _versions(assignment) | {"engine": "0.0.7"}  # type: ignore[attr-defined]

    if "cannot start lanes" in HOW:
        os.environ["PYTHONHOME"] = "/nowhere"

    if "gives points away" in HOW:

        def generous(told: dict[str, Any]) -> dict[str, Any]:
            for number, frame in enumerate(told.get("reports", ())):
                tree = frames.take(frame)[0]
                for function in tree["report"]["functions"]:
                    for check in function["checks"]:
                        check["score"] = check["max_score"]
                told["reports"][number] = frames.frame(tree)
            return told

        _graded = dask_worker._graded
        dask_worker._graded = lambda asked: generous(_graded(asked))  # type: ignore[attr-defined]

    if "talks nonsense" in HOW:
        _answered = dask_worker._answered

        def nonsense(work: Any) -> bytes:
            told = msgpack.unpackb(_answered(work), strict_map_key=False)
            if "reports" in told:
                told |= {"reports": [b"\xc1" * 40, None, 7], "ready": 12, "seconds": "long"}
            return msgpack.packb(told)  # type: ignore[no-any-return]

        dask_worker._answered = nonsense  # type: ignore[attr-defined]
