"""What watch knows and shows, without a process: transitions, keys, the lines of a screen, saves of a folder."""

from __future__ import annotations

import io
import queue
import sys
import time
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from autograder.cleaning import UNSAFE
from autograder.cli import keys, saves
from autograder.cli.screen import Screen, View
from autograder.cli.watched import Watched
from autograder.course import Course
from autograder.course.texts import Hints
from autograder.grading.warm import Ended, Judged, PublicRun
from autograder.model import CheckResult, Diagnosis, FunctionResult, Message, Outcome, message

HINTS = {"a": Hints("look at a", "a = 1"), "c": Hints("look at c", "c = 3")}
EVIL = "\x1b]0;owned\x07\x1b[2J\u202e[bold]x[/bold]"


def result(name: str, outcome: Outcome = Outcome.PASSED, text: str = "no") -> FunctionResult:
    messages = () if outcome is Outcome.PASSED else (message("It says {text}.", text=text),)
    return FunctionResult(name, (CheckResult(f"label of {name}", outcome, 0, 0, messages, f"{name}()"),))


class Session:
    """Runs of checks on a made-up file."""

    def __init__(self, *names: str) -> None:
        self.watched = Watched(names, HINTS)
        self.asked: list[tuple[str, ...]] = []

    def save(self, failing: str = "", missing: str = "", unchecked: str = "") -> Watched:
        """A run in which these functions do not pass."""
        self.watched.began()
        self.asked.append(self.watched.order)
        for name in self.asked[-1]:
            outcome = Outcome.FAILED if name in failing else Outcome.PASSED
            outcome = Outcome.NOT_WRITTEN if name in missing else outcome
            self.watched.judged(Judged(1, name, None if name in unchecked else result(name, outcome), ""))
        self.watched.ended(Ended(1))
        return self.watched


def test_it_begins_with_the_first_that_does_not_pass_and_goes_on_by_itself() -> None:
    session = Session("a", "b", "c", "d")
    watched = session.save(failing="bd", missing="c")
    assert (watched.current, watched.passing, watched.passed) == ("b", 1, "")
    watched = session.save(failing="d", missing="c")
    assert (watched.current, watched.passed) == ("c", "b")
    assert session.asked[-1] == ("b", "c", "d", "a")
    watched = session.save(failing="d", missing="c")
    assert (watched.current, watched.passed) == ("c", ""), "news is of the last save only"
    watched = session.save(failing="d")
    assert (watched.current, watched.passed) == ("d", "c")
    watched = session.save()
    assert watched.complete
    assert watched.passed == "d"


def test_after_the_last_the_earlier_ones_that_were_left_out() -> None:
    session = Session("a", "b", "c")
    session.save(failing="abc")
    session.watched.press("n")
    session.watched.press("n")
    assert session.save(failing="ab").current == "a"
    assert not session.watched.complete


def test_one_that_passed_and_does_not_any_more() -> None:
    session = Session("a", "b", "c")
    session.save(failing="c")
    watched = session.save(failing="ac")
    assert (watched.current, watched.broken) == ("c", ["a"])
    assert session.save(failing="ac").broken == []
    session.save(failing="a")
    assert session.watched.current == "a"
    assert session.save().complete
    watched = session.save(failing="bc")
    assert (watched.current, watched.broken) == ("b", ["b", "c"])


def test_whoever_looks_at_one_that_passes_stays_there() -> None:
    session = Session("a", "b")
    session.save(failing="b")
    session.watched.press("p")
    assert session.watched.current == "a"
    assert session.save(failing="b").current == "a"
    assert session.save(failing="ab").current == "a"
    assert session.save(failing="b").current == "b", "it was mended, so on to the next"


def test_functions_without_a_check_are_neither_due_nor_done() -> None:
    session = Session("a", "b", "c")
    watched = session.save(failing="c", unchecked="b")
    assert (watched.current, watched.passing, watched.checked) == ("c", 1, ("a", "c"))
    assert session.save(unchecked="b").complete
    watched = session.save(unchecked="abc")
    assert not watched.complete
    assert watched.checked == ()


def test_a_file_that_cannot_be_loaded_changes_nothing_else() -> None:
    session = Session("a", "b")
    watched = session.save(failing="b")
    before = dict(watched.results)
    watched.began()
    watched.ended(Ended(2, PublicRun(error=message("line {line}", line=3), output="x")))
    assert watched.problem is not None
    assert (watched.results, watched.current, watched.output) == (before, "b", "x")
    assert session.save(failing="b").problem is None
    watched.missing(message("gone"))
    assert watched.problem is not None
    assert session.save().problem is None
    assert watched.complete, "and what was mended meanwhile counts"


def test_the_ladder_has_an_end_and_begins_anew_with_each_function() -> None:
    session = Session("a", "b", "c")
    watched = session.save(failing="abc")
    assert (watched.asked, watched.rungs()) == (0, ("look at a", "a = 1"))
    for expected in (1, 2, 3, 3, 3):
        watched.press("h")
        assert watched.asked == expected
    assert session.save(failing="abc").asked == 3, "a save of the same function keeps what was asked for"
    watched.press("n")
    assert (watched.asked, watched.rungs()) == (0, ())
    watched.press("h")
    watched.press("h")
    assert watched.asked == 1
    watched.press("p")
    assert watched.asked == 0
    session.save(failing="c")
    assert watched.asked == 0
    assert session.save().rungs() == ()


def test_a_diagnosis_of_this_failure_goes_before_the_hints_for_all() -> None:
    watched = Watched(["a"], HINTS)
    watched.began()
    found = result("a", Outcome.FAILED)
    diagnosis = Diagnosis("ratio", None, message("Twice as much."), (message("Why {n}?", n=2),))
    watched.judged(Judged(1, "a", FunctionResult("a", found.checks, diagnosis), ""))
    assert watched.rungs() == ("Why 2?",)


def test_views() -> None:
    session = Session("a", "b", "c")
    watched = session.save(failing="abc")
    assert watched.press("l") == ""
    assert watched.view == "list"
    watched.press("down")
    watched.press("down")
    watched.press("up")
    assert (watched.current, watched.view) == ("b", "list")
    watched.press("enter")
    assert (watched.current, watched.view) == ("b", "one")
    assert watched.press("a") == "run"
    assert watched.view == "all"
    assert watched.press("a") == ""
    assert watched.view == "one"
    watched.press("?")
    assert watched.helping
    watched.press("l")
    assert (watched.helping, watched.view) == (False, "list")
    watched.press("h")
    assert (watched.view, watched.asked) == ("one", 1)
    assert [watched.press(key) for key in ("x", "r", "q", "quit")] == ["", "run", "quit", "quit"]


def test_answers_are_counted_once_a_run() -> None:
    session = Session("a", "b", "c")
    counted = []
    for failing in ("abc", "abc", "bc", "ac", "c", ""):
        before = session.watched.answers
        session.save(failing=failing)
        counted.append(session.watched.answers - before)
    assert counted == [1] * 6


# -- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("nnh", ["n", "n", "h"]),
        ("H", ["h"]),
        ("\x1b[A\x1b[Bq", ["up", "down", "q"]),
        ("\x1bOA", ["up"]),
        ("\x1b[5~\x1b[6~ \r", ["page up", "page down", "page down", "enter"]),
        ("\x1b[1;5Cn", ["n"]),  # Ctrl and an arrow
        ("\x1b[200~rm -rf\x1b[201~", list("rm -rf".replace(" ", "?"))),
        ("\x1bq", []),  # Alt and a letter
        ("\x1b", []),
        ("\x1b[", []),
        ("\x00\x7fâ", ["â"]),
        ("\x04", ["quit"]),
    ],
)
def test_keys(sent: str, found: list[str]) -> None:
    assert keys.split(sent) == [{"?": "page down"}.get(key, key) if "200~" in sent else key for key in found]


def test_no_terminal_no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with open(tmp_path / "empty", "w+") as file:
        monkeypatch.setattr(sys, "stdin", file)
        with pytest.raises(OSError, match=r"."):
            keys.read_keys(lambda key: None)


# -- the screen -----------------------------------------------------------------------------------------------------


@pytest.fixture
def screen(tiny_course: Course, tmp_path: Path) -> tuple[Watched, Screen]:
    assignment = tiny_course.assignment("sums")
    path = tmp_path / "sums.py"
    path.write_text("def add(x, y): pass\n")
    watched = Watched(["add", "mean_of"], {"add": Hints("look", "x + y")})
    return watched, Screen(View(watched, assignment, path, "en"), watched)


def shown(screen: Screen, width: int, height: int) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, height=height, force_terminal=True, color_system=None)
    console.print(screen, end="")
    return file.getvalue().split("\n")


@pytest.mark.parametrize("width", [1, 2, 7, 20, 33, 80, 200])
@pytest.mark.parametrize("height", [1, 2, 4, 9, 24, 60])
def test_it_fits_whatever_the_size_and_holds_nothing_that_acts(
    screen: tuple[Watched, Screen], width: int, height: int
) -> None:
    watched, whole = screen
    found = result("add", Outcome.FAILED, EVIL)
    hurt = CheckResult(EVIL, Outcome.FAILED, 0, 0, (Message(EVIL), Message("")), EVIL * 3, EVIL)
    watched.status = "Answered"
    watched.began()
    watched.judged(Judged(1, "add", FunctionResult("add", (*found.checks, hurt)), EVIL * 1000))
    for key in ("", "h", "h", "h", "l", "a", "?", "?", "page down", "up", "n"):
        watched.press(key)
        lines = shown(whole, width, height)
        assert len(lines) <= height
        if width >= 7:
            assert max(map(cell_len, lines)) <= width
        assert not UNSAFE.search("".join(lines).replace("\t", " "))
    watched.ended(Ended(1, PublicRun(error=Message(EVIL), output=EVIL)))
    assert not UNSAFE.search("".join(shown(whole, width, height)))


def test_what_does_not_fit_can_be_scrolled_to(screen: tuple[Watched, Screen]) -> None:
    watched, whole = screen
    watched.began()
    watched.judged(Judged(1, "add", result("add", Outcome.FAILED), "\n".join(f"line {n}" for n in range(30))))
    seen = set()
    for _ in range(20):
        seen.update(line.strip() for line in shown(whole, 60, 14))
        watched.press("page down")
    assert {f"line {n}" for n in range(30)} <= seen
    assert any("the end" in line for line in shown(whole, 60, 14))
    for _ in range(20):
        watched.press("page up")
    assert any("✗ add (40 points)" in line for line in shown(whole, 60, 14))


def test_the_bar_is_full_only_where_nothing_is_left(tiny_course: Course, tmp_path: Path) -> None:
    assignment = tiny_course.assignment("sums")
    names = [f"f{n}" for n in range(50)]
    session = Session(*names)
    view = View(session.watched, assignment, tmp_path / "sums.py", "en")
    assert view.progress() == f"0 of 50 functions pass [{'-' * 20}]"
    session.watched.judged(Judged(1, "f0", result("f0"), ""))
    for name in names[1:49]:
        session.watched.judged(Judged(1, name, result(name), ""))
    assert view.progress() == f"49 of 50 functions pass [{'#' * 19}-]"
    session.watched.judged(Judged(1, "f49", result("f49"), ""))
    assert view.progress() == f"50 of 50 functions pass [{'#' * 20}]"


# -- saves ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["events", "poll", "broken events"])
def test_saves_are_noticed_also_in_a_folder_that_goes_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "broken events":

        def broken(*_paths: object, **_more: object) -> None:
            raise OSError("no space left")

        monkeypatch.setattr("watchfiles.watch", broken)
    monkeypatch.setattr(saves, "BESIDE_EVENTS_SECONDS", 0.1)
    folder = tmp_path / "work"
    folder.mkdir()
    file = folder / "work.py"
    file.write_text("1")
    told: queue.SimpleQueue[float] = queue.SimpleQueue()
    watching = saves.Saves(folder, lambda: told.put(time.monotonic()), poll=how == "poll")

    def noticed() -> bool:
        try:
            told.get(timeout=180)
        except queue.Empty:
            return False
        time.sleep(0.15)  # the same save may be told of by events and by looking
        while not told.empty():
            told.get()
        return True

    try:
        assert noticed(), "it may have been saved before anybody looked"
        deadline = time.monotonic() + 60
        while how == "events" and not watching.by_events:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        file.write_text("22")
        assert noticed()
        (folder / ".new").write_text("333")
        (folder / ".new").replace(file)
        assert noticed()
        file.unlink()
        assert noticed()
        away = folder.rename(tmp_path / "away")
        assert noticed()
        away.rename(folder)
        assert noticed()
        file.write_text("4444")
        assert noticed()
    finally:
        began = time.monotonic()
        watching.close()
        assert time.monotonic() - began < 30


def test_looking_sees_names_sizes_and_times_of_sources_only(tmp_path: Path) -> None:
    assert saves.look(tmp_path / "nowhere") is None
    empty = saves.look(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".work.py.swp").write_text("x")
    assert saves.look(tmp_path) == empty
    (tmp_path / "work.py").write_text("x")
    assert saves.look(tmp_path) != empty
