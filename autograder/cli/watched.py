"""What is a student working on in `watch`, and what is known of it? State only: nothing here reads, waits or prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograder.cli.told import rungs
from autograder.course.texts import Hints
from autograder.grading.warm import Ended, Judged, PublicRun
from autograder.model import FunctionResult, Message, Outcome

_END = 10**6
"""A line beyond the last one: as far down as there is something to see."""


class Watched:
    """One function at a time.

    current   the function that is shown; None while the first one that does not pass is being looked for
    results   what is known of each function, from the last run that came to it
    passed    the function that passes since this save, or ""
    broken    those that passed before this save and do not any more
    asked     how many rungs of the hint ladder are wanted for `current`
    view      "one" function, the "list" of them, or "all" failures
    helping   whether the keys are explained
    top       how many lines of what is shown were scrolled away; `page`: how many there is room for
    problem   why there is no answer to the last save: the file could not be loaded, or is not there; else None
    fault     what went wrong on our side, or ""
    status    what is going on, in a line
    output    what the file printed on import and in the checks of `current`
    answers   grows with each answer about what is shown
    """

    def __init__(self, names: Sequence[str], hints: Mapping[str, Hints]) -> None:
        self.names = tuple(names)
        self.current: str | None = None
        self.results: dict[str, FunctionResult] = {}
        self.passed = ""
        self.broken: list[str] = []
        self.asked = 0
        self.view = "one"
        self.helping = False
        self.top = 0
        self.page = 1
        self.checking = False
        self.problem: PublicRun | None = None
        self.fault = ""
        self.status = ""
        self.output = ""
        self.answers = 0
        self._hints = hints
        self._unchecked: set[str] = set()
        self._seeking = True
        self._fresh = False

    # -- what is known ------------------------------------------------------------------------------------------

    @property
    def order(self) -> tuple[str, ...]:
        """All functions in the order in which they are to be checked: what is shown first, then what comes after it."""
        at = 0 if self.current is None else self.names.index(self.current)
        return self.names[at:] + self.names[:at]

    @property
    def checked(self) -> tuple[str, ...]:
        """The functions that have checks, as far as is known."""
        return tuple(name for name in self.names if name not in self._unchecked)

    @property
    def passing(self) -> int:
        """How many functions pass."""
        return sum(self.passes(name) for name in self.names)

    @property
    def complete(self) -> bool:
        """Whether every function passes and none is being worked on."""
        return self._seeking and bool(self.checked) and self.passing == len(self.checked)

    def passes(self, name: str) -> bool:
        """Whether the function is known to pass."""
        return name in self.results and self.results[name].outcome is Outcome.PASSED

    def rungs(self) -> tuple[str, ...]:
        """What may be asked for about the function that is shown."""
        result = self.results.get(self.current or "")
        return () if result is None else rungs(result, self._hints)

    # -- what happens -------------------------------------------------------------------------------------------

    def began(self) -> None:
        """A run begins. What the last one found stays until there is something to put in its place."""
        self.checking = True
        self._fresh = True
        if self.complete:
            # Nothing is being worked on, so the first one that breaks comes first: others may build on it.
            self.current = None

    def judged(self, found: Judged) -> None:
        """One function of the run was checked."""
        self._first_word()
        before = self.results.get(found.name)
        if found.result is None:
            self._unchecked.add(found.name)
            self.results.pop(found.name, None)
            if found.name == self.current:
                self.answers += 1
            return
        self._unchecked.discard(found.name)
        self.results[found.name] = found.result
        failed_before = before is not None and before.outcome is not Outcome.PASSED
        if self.passes(found.name):
            if found.name == self.current and not self._seeking:
                self.output = found.output
                if failed_before:
                    self.passed = found.name
                    self._seeking = True
                else:
                    self.answers += 1
        elif self._seeking:
            self._show(found.name)
            self.output = found.output
            self.answers += 1
        elif found.name == self.current:
            self.output = found.output
            self.answers += 1
        if before is not None and not failed_before and not self.passes(found.name):
            self.broken.append(found.name)

    def ended(self, run: Ended) -> None:
        """The run is over."""
        self._first_word()
        self.checking = False
        self.problem, self.fault = run.problem, run.fault
        if run.problem is not None or run.fault or self._seeking:
            self.output = "" if run.problem is None else run.problem.output
            self.answers += 1

    def missing(self, why: Message) -> None:
        """There is no file to be checked at the moment."""
        self._fresh = True
        self.ended(Ended(0, PublicRun(error=why)))

    def _first_word(self) -> None:
        if self._fresh:
            self._fresh = False
            self.problem, self.fault = None, ""
            self.passed, self.broken = "", []

    def _show(self, name: str) -> None:
        if name != self.current:
            self.asked = 0
            self.top = 0
            self.output = ""
        self.current = name
        self._seeking = False

    # -- what the student wants -----------------------------------------------------------------------------------

    def press(self, key: str) -> str:
        """Do what a key stands for; what is left to others is returned: "quit", "run" or ""."""
        match key:
            case "q" | "quit":
                return "quit"
            case "r":
                return "run"
            case "h":
                self.view, self.helping = "one", False
                self.asked = min(self.asked + 1, len(self.rungs()) + 1)
                self.top = _END
            case "n" | "right":
                self._move(1)
            case "p" | "left":
                self._move(-1)
            case "l":
                self._look_at("list")
            case "a":
                self._look_at("all")
                return "run" if self.view == "all" else ""
            case "?":
                self.helping = not self.helping
                self.top = 0
            case "enter":
                self.view, self.helping, self.top = "one", False, 0
            case "up" | "down" if self.view == "list":
                self._move(1 if key == "down" else -1)
            case "up":
                self.top -= 1
            case "down":
                self.top += 1
            case "page up":
                self.top -= self.page
            case "page down":
                self.top += self.page
        return ""

    def _look_at(self, view: str) -> None:
        self.view = "one" if self.view == view and not self.helping else view
        self.helping, self.top = False, 0

    def _move(self, by: int) -> None:
        self.helping = False
        if self.view == "all":
            self.view = "one"
        at = -1 if self.current is None and by > 0 else self.names.index(self.current or self.names[0])
        self._show(self.names[(at + by) % len(self.names)])
        self.passed = ""
