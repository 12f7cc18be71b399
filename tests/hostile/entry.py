"""One entry of the catalogue of attacks: what a student's file does, what must come of it, and proof that it works elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.graded import Graded

SUBMISSIONS = Path(__file__).with_name("submissions")


@dataclass(frozen=True)
class Entry:
    """One attack of SECURITY, section 10.

    id          as in the catalogue, e.g. "F01"
    attack      what the student's file does, in one line
    outcome     what must come of it here, in one line
    file        the submission's name under submissions/ (a file, or a folder as a student hands it in); or a function that
                writes it into an empty folder and returns the path of the file or folder to hand in
    safe        asserts on what our grader made of it
    control     asserts, given the submission's path, that the attack works where the one defence is missing
    no_control  why no control can exist, where `control` is None
    variants    names of further submissions that do the same in another way, with the same outcomes
    seconds     grading it may take at most this long, so that a hang is noticed
    """

    id: str
    attack: str
    outcome: str
    file: str | Callable[[Path], Path]
    safe: Callable[[Graded], None]
    control: Callable[[Path], None] | None
    no_control: str = ""
    seconds: float = 50.0
    variants: tuple[str, ...] = ()

    def paths(self, folder: Path) -> list[Path]:
        """Where the submissions are. folder: empty, for one that is made by a function."""
        first = SUBMISSIONS / self.file if isinstance(self.file, str) else self.file(folder)
        return [first, *(SUBMISSIONS / name for name in self.variants)]
