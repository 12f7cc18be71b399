"""Which assignment does a command mean, and what is said where it cannot be told? Without a kernel, without a process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder import language, load_ipython_extension
from autograder.course import Course
from autograder.notebooks import magics
from autograder.notebooks.magics import ChecksFailed, Commands, Stopped


class Shell:
    """As much of IPython's shell as the commands use."""

    def __init__(self, *history: str) -> None:
        self.history_manager = SimpleNamespace(input_hist_raw=["", *history])
        self.user_ns: dict[str, Any] = {}
        self.events = SimpleNamespace(register=self._register)
        self.commands: dict[str, Callable[[str], None]] = {}
        self.listeners: list[Callable[[Any], None]] = []

    def _register(self, _event: str, listener: Callable[[Any], None]) -> None:
        self.listeners.append(listener)

    def register_magic_function(self, command: Callable[[str], None], kind: str, name: str) -> None:
        assert kind == "line"
        self.commands[name] = command


@pytest.fixture
def two(tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in a course of two assignments that have the same functions but one."""
    manifest = tiny_course.assignments_dir / "course.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('["sums"]', '["sums", "more"]'))
    more = tiny_course.assignments_dir / "more"
    shutil.copytree(tiny_course.assignments_dir / "sums", more)
    for path in more.iterdir():
        text = path.read_text("utf-8").replace('"sums"', '"more"').replace("sums.py", "more.py")
        path.write_text(text.replace("mean_of", "median_of"), encoding="utf-8")
        path.rename(path.with_name(path.name.replace("sums", "more")))
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AUTOGRADE_COURSE", str(tiny_course.root))
    monkeypatch.setenv("AUTOGRADE_LANG", "en")
    for name in ("NBGRADER_VALIDATING", "NBGRADER_EXECUTION", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(magics, "_show", lambda shown: texts.append(shown["text/plain"]))
    return texts


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the process would be asked."""
    found: list[tuple[str, ...]] = []

    def answer(
        self: Commands, assignment: Any, functions: Any, wanted: str, _notebook: Any
    ) -> dict[str, Any]:
        found.append((wanted, assignment.id, *functions))
        told = {"text/html": "<div></div>", "text/plain": "told"}
        return {"shown": [told], "failing": ["add"], "passes": False, "summary": "Not passing yet: add."}

    monkeypatch.setattr(Commands, "_asked", answer)
    return found


def test_a_function_that_only_one_assignment_has_needs_no_choice(
    two: Path, shown: list[str], asked: list[tuple[str, ...]]
) -> None:
    Commands(Shell()).check("median_of")
    assert asked == [("check", "more", "median_of")]


def test_else_it_is_asked_for_until_it_is_chosen(
    two: Path, shown: list[str], asked: list[tuple[str, ...]]
) -> None:
    commands = Commands(Shell())
    commands.check("add")
    assert "add is in several assignments (sums, more)" in shown[-1]
    commands.check("")
    assert "Say %assignment NAME first: sums, more." in shown[-1]
    commands.check("median")
    assert 'Did you mean "median_of"?' in shown[-1]
    commands.assignment("more --lang vi")
    assert language.current() == "vi"
    commands.check("add")
    assert asked == [("check", "more", "add")]
    commands.hint("")
    assert asked[-1] == ("hint", "more", "add"), "for what failed last"
    language.use("en")


def test_the_folder_says_it_too(
    two: Path, shown: list[str], asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (two / "more").mkdir()
    monkeypatch.chdir(two / "more")
    Commands(Shell()).check("")
    assert asked == [("check", "more")]


def test_no_command_raises_but_under_nbgrader(
    two: Path, shown: list[str], asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands(Shell())
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    commands.check("median_of")  # told too late: a cell of the notebook may set it
    strict = Commands(Shell())
    monkeypatch.delenv("NBGRADER_VALIDATING")
    with pytest.raises(ChecksFailed, match="Not passing yet: add"):
        strict.check("median_of")
    with pytest.raises(ChecksFailed, match="no function"):
        strict.check("nothing")


def test_a_fault_of_ours_is_a_sentence_and_an_interrupt_is_none(
    two: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(error: BaseException) -> Callable[..., None]:
        def answer(*_arguments: object) -> None:
            raise error

        return answer

    monkeypatch.setattr(Commands, "_asked", raises(RuntimeError("<b>\x1b[31m")))
    Commands(Shell()).check("median_of")
    assert "our fault, not yours" in shown[-1]
    assert "\x1b" not in shown[-1]
    monkeypatch.setattr(Commands, "_asked", raises(Stopped()))
    with pytest.raises(KeyboardInterrupt):
        Commands(Shell()).check("median_of")


def test_no_course_at_all_is_a_sentence(two: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_COURSE", str(two))
    commands = Commands(Shell())
    for command in (commands.check, commands.hint, commands.submit, commands.assignment):
        command("sums")
        assert "assignments/course.toml" in shown[-1]


def test_a_process_that_cannot_even_start_is_a_sentence(
    two: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setattr(sys, "executable", str(two / "nothing"))
    Commands(Shell()).check("median_of")
    assert "FileNotFoundError" in shown[-1]


def test_loading_twice_listens_once() -> None:
    shell = Shell("x = 1")
    load_ipython_extension(shell)
    load_ipython_extension(shell)
    assert set(shell.commands) == {"assignment", "check", "hint", "submit"}
    assert len(shell.listeners) == 1
