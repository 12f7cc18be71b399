"""The weak graders: each lacks the defence that an attack of the catalogue is about, so the attack must work there.

/box of the graders holds what real ones leave lying around, each with the canary in it:

    grader/   the grader, the hidden tests, the reference           work/     the student's file; the current folder
    others/   another student's submission                          results/  results of earlier runs
    home/     the home folder
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.bounded import Bounded, run_bounded

WEAK = Path(__file__).with_name("weak")


@dataclass(frozen=True)
class Weak(Bounded):
    """What a weak grader made of a submission; real ones learn the score in each of these three ways."""

    @property
    def score_in_file(self) -> float | None:
        """As Gradescope does: from results.json."""
        try:
            return float(json.loads(self.files["work/results.json"])["score"])
        except (KeyError, ValueError, TypeError):
            return None

    @property
    def score_printed(self) -> float | None:
        """From the last line that says "score: …"."""
        found = re.findall(r"^score: (\d+(?:\.\d+)?)", self.stdout, re.MULTILINE)
        return float(found[-1]) if found else None

    @property
    def score_by_status(self) -> float:
        """As continuous integration does: exit status 0 is full marks."""
        return 100.0 if self.status == 0 else 0.0


def box_files(submission: Path) -> dict[str, bytes]:
    """What lies in /box: the grader, its secrets, and the submission under work/."""
    from tests.hostile.graded import CANARY

    files = {f"grader/{path.name}": path.read_bytes() for path in WEAK.glob("*.py")}
    files["others/bob/hw.py"] = f"# {CANARY}\ndef double(x): return x + x\n".encode()
    files["results/bob.json"] = f'{{"score": 100, "token": "{CANARY}"}}'.encode()
    files["home/.netrc"] = f"password {CANARY}\n".encode()
    if submission.is_dir():
        for path in sorted(submission.rglob("*")):
            if path.is_file() and not path.is_symlink():
                files[f"work/{path.relative_to(submission)}"] = path.read_bytes()
    else:
        files["work/hw.py"] = submission.read_bytes()
    return files


def _weak(
    program: str, path: Path, seconds: float, more: Mapping[str, bytes] | None, privileged: bool
) -> Weak:
    files = {**box_files(path), **(more or {})}
    ran = run_bounded([f"/box/grader/{program}"], files, seconds=seconds, privileged=privileged)
    return Weak(ran.stdout, ran.stderr, ran.status, ran.left, ran.files)


def in_process(path: Path, *, seconds: float = 5.0, more: Mapping[str, bytes] | None = None) -> Weak:
    """The grader that imports the student's file and runs its hidden tests in the same process, by unittest.

    more  further files below /box
    """
    return _weak("in_process.py", path, seconds, more, False)


def unsandboxed(
    path: Path, *, seconds: float = 5.0, more: Mapping[str, bytes] | None = None, privileged: bool = False
) -> Weak:
    """The grader with a worker process as ours, by JSON over two pipes, but without any layer of confinement.

    What the student's code prints is in `stderr`. privileged: as root of its own user namespace, as many graders are.
    """
    return _weak("trusted.py", path, seconds, more, privileged)
