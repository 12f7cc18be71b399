"""What can be typed in Jupyter? `%assignment`, `%check`, `%hint`, `%submit`, after `%load_ext autograder`.

A kernel holds whatever the student ran, so nothing is decided in it: each command runs `autograde` in a process of its own,
on the notebook's source as it will be graded, and shows what that answers.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import language
from autograder.cleaning import clean, clean_line
from autograder.course import Assignment, Course, find_course
from autograder.errors import AutogradeError, UsageError
from autograder.language import _
from autograder.model import message
from autograder.names import meant
from autograder.notebooks.parts import BAD, GOOD, OPEN, Part, answer, headed, said
from autograder.notebooks.running import Notebook, Runs

_WATCHED_BY = ("NBGRADER_VALIDATING", "NBGRADER_EXECUTION")
"""Set where nbgrader runs a notebook: it takes a cell that raises nothing for one that passes."""

_PATIENCE_SECONDS = 3.0
"""How long an interrupted check may take to end its processes."""

_LONGEST_ERROR = 4000
_ATTRIBUTE = "_autograder_commands"


class ChecksFailed(Exception):
    """Raised for nbgrader only. Shown without a traceback, which would be ours."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class Stopped(KeyboardInterrupt):
    """The kernel was interrupted: "run all" ends here, as with any other cell."""

    def _render_traceback_(self) -> list[str]:
        return [_("Stopped.")]


def load(shell: Any) -> None:
    """Give an IPython shell the commands; once only, also where the extension is loaded again."""
    commands = getattr(shell, _ATTRIBUTE, None)
    if commands is None:
        commands = Commands(shell)
        setattr(shell, _ATTRIBUTE, commands)
    for name in ("assignment", "check", "hint", "submit"):
        shell.register_magic_function(getattr(commands, name), "line", name)


@dataclass(frozen=True)
class _Told:
    """What a process of ours said."""

    code: int
    out: str
    err: str


class Commands:
    """The commands of one kernel, and what they remember between two cells."""

    def __init__(self, shell: Any) -> None:
        self._runs = Runs(shell)
        self._must_raise = any(os.environ.get(name) for name in _WATCHED_BY)
        self._chosen: str | None = None
        self._language: str | None = None
        self._hints: dict[tuple[str, str], int] = {}
        self._failing: tuple[str, ...] = ()

    # -- commands -------------------------------------------------------------------------------------------------

    def assignment(self, line: str = "") -> None:
        """%assignment NAME [--lang vi]: what this notebook is about."""
        self._said(lambda: self._assignment(line))

    def check(self, line: str = "") -> None:
        """%check [FUNCTION ...]: run the checks that you may see, of all functions or of these."""
        self._said(lambda: self._check(line))

    def hint(self, line: str = "") -> None:
        """%hint [FUNCTION]: where to look; again: the formula."""
        self._said(lambda: self._hint(line))

    def submit(self, line: str = "") -> None:
        """%submit: hand this notebook in, as it is saved, and get a receipt."""
        self._said(lambda: self._submit(line))

    def _said(self, command: Callable[[], None]) -> None:
        """Carry out a command; whatever goes wrong is a sentence below the cell."""
        try:
            command()
            return
        except (ChecksFailed, Stopped):
            raise
        except AutogradeError as error:
            text = error.said()
        except Exception as error:
            text = _(
                "autograde itself failed ({error}). This is our fault, not yours.",
                error=clean_line(f"{type(error).__name__}: {error}", 300),
            )
        self._refuse(text)

    def _refuse(self, text: str) -> None:
        _show(answer([said(text)], BAD))
        if self._must_raise:
            raise ChecksFailed(text)

    # -- each -----------------------------------------------------------------------------------------------------

    def _assignment(self, line: str) -> None:
        words = _words(line)
        requested = None
        if "--lang" in words:
            at = words.index("--lang")
            requested = words[at + 1] if at + 1 < len(words) else ""
            del words[at : at + 2]
            if language.known(requested) is None:
                raise UsageError(
                    message(
                        'There is no language "{name}" here. There are: {languages}.',
                        name=clean_line(requested),
                        languages=", ".join(language.LANGUAGES),
                    )
                )
        if len(words) != 1:
            raise UsageError(message("Name one assignment, e.g. %assignment NAME --lang vi"))
        self._language = requested or self._language
        language.use(language.choose(self._language))
        chosen = find_course().assignment(words[0])
        self._chosen = chosen.id
        title = said(chosen.title_in(language.current()), strong=True)
        told = _(
            "{n} functions. %check FUNCTION checks one of them, %check alone all of them; %hint helps; %submit hands in.",
            n=len(chosen.functions),
        )
        _show(answer([title, said(told, faint=True)], OPEN))

    def _check(self, line: str) -> None:
        notebook = self._notebook()
        words = _words(line)
        assignment = self._meant(words, notebook)
        found = self._asked(assignment, words, "check", notebook)
        self._failing = tuple(found["failing"])
        for name in [one for one in self._hints if one[0] == assignment.id and one[1] not in self._failing]:
            if not words or name[1] in words:
                del self._hints[name]  # it passes, so the ladder begins anew should it ever fail again
        (shown,) = found["shown"]
        _show(_with(_note(notebook), shown))
        if self._must_raise and not found["passes"]:
            raise ChecksFailed("\n".join(filter(None, [found["summary"], shown["text/plain"]])))

    def _hint(self, line: str) -> None:
        notebook = self._notebook()
        words = _words(line)
        assignment = self._meant(words, notebook)
        asked = words or list(self._failing[:1])
        found = self._asked(assignment, asked, "hint", notebook)
        if not words and asked and not found["failing"]:
            # What failed last passes by now.
            found = self._asked(assignment, [], "hint", notebook)
        rung = 0
        for name in found["failing"]:
            key = (assignment.id, name)
            rung = min(self._hints.get(key, 0), len(found["shown"]) - 1)
            self._hints[key] = rung + 1
        _show(_with(_note(notebook), found["shown"][rung]))

    def _submit(self, line: str) -> None:
        notebook = self._notebook()
        assignment = self._meant((), notebook)
        if notebook.path is None:
            raise UsageError(
                message(
                    "Nothing was submitted: the file of this notebook was not found here. Save it (Ctrl+S) as {file} in "
                    "{folder}, or hand it in from a terminal: autograde submit {assignment}",
                    file=f"{assignment.main_module}.ipynb",
                    folder=str(Path.cwd()),
                    assignment=assignment.id,
                )
            )
        if notebook.unsaved:
            raise UsageError(
                message(
                    "Nothing was submitted: you ran cells that {file} does not hold yet. Save (Ctrl+S) first.",
                    file=clean_line(notebook.path.name),
                )
            )
        options = ["submit", assignment.id, "--yes", "--notebook", str(notebook.path), *_words(line)]
        told = self._run(options, notebook.path.parent)
        state = GOOD if told.code == 0 else BAD
        title = _("Handed in") if told.code == 0 else _("Not handed in")
        parts = [headed("✓" if told.code == 0 else "✗", state, title, assignment.id)]
        parts += [said(text) for text in (told.out.strip(), told.err.strip()) if text]
        _show(answer(parts, state))

    # -- what it is about -----------------------------------------------------------------------------------------

    def _notebook(self) -> Notebook:
        """The notebook as it stands; from now on its language is spoken."""
        notebook = self._runs.notebook()
        requested = self._language
        if requested is None and not os.environ.get("AUTOGRADE_LANG"):
            requested = _own(notebook, "language")
        language.use(language.choose(requested))
        return notebook

    def _meant(self, functions: Sequence[str], notebook: Notebook) -> Assignment:
        """The assignment: chosen, named by the notebook, or the only one with these functions. Raises UsageError."""
        course = find_course()
        chosen = self._chosen or _own(notebook, "assignment")
        if chosen is None or (chosen not in course.assignments and self._chosen is None):
            chosen = _by_name(course, notebook) or _by_functions(course, functions)
        if chosen is None:
            raise UsageError(
                message(
                    "Which assignment? Say %assignment NAME first: {names}.",
                    names=", ".join(course.assignments),
                )
            )
        assignment = course.assignment(chosen)
        for name in functions:
            assignment.function(name)
        return assignment

    # -- the process ----------------------------------------------------------------------------------------------

    def _asked(
        self, assignment: Assignment, functions: Sequence[str], wanted: str, notebook: Notebook
    ) -> dict[str, Any]:
        """What `autograde check` says of the notebook. Raises AutogradeError with its words where it cannot."""
        only = [part for name in functions for part in ("--only", name)]
        folder = Path.cwd() if notebook.path is None else notebook.path.parent
        told = self._run(["check", assignment.id, *only, "--cell", wanted], folder, notebook.data)
        if told.code == 0:
            try:
                found: dict[str, Any] = json.loads(told.out)
                return found
            except ValueError:
                pass
        lines = told.err.strip().splitlines() or [_("It said nothing.")]
        # A traceback is for us; its last line says what it was.
        text = "\n".join(lines) if told.code in (1, 2, 3) and "Traceback" not in told.err else lines[-1]
        raise AutogradeError(message("{text}", text=clean(text, _LONGEST_ERROR).removeprefix("Error: ")))

    def _run(self, arguments: Sequence[str], folder: Path, data: bytes = b"") -> _Told:
        course = find_course()  # found from here, as everything else: the notebook may lie elsewhere
        command = [sys.executable, "-P", "-X", "utf8", "-m", "autograder"]
        command += ["--lang", language.current(), "--course", str(course.root), *arguments]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            out, err = process.communicate(data)
        except KeyboardInterrupt:
            _end(process)
            raise Stopped from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        return _Told(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let it end what it started: it was interrupted too, where it hears what the kernel hears; else now."""
    for signal in ("", "terminate", "kill"):
        if signal:
            getattr(process, signal)()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_SECONDS)
            return


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def _own(notebook: Notebook, name: str) -> str | None:
    """What the notebook says of itself in our part of its metadata."""
    own = notebook.metadata.get("autograder")
    value = own.get(name) if isinstance(own, dict) else None
    return value if isinstance(value, str) else None


def _by_name(course: Course, notebook: Notebook) -> str | None:
    """The assignment whose file's name the notebook has, or whose folder's; else the only one there is."""
    if len(course.assignments) == 1:
        return course.assignments[0]
    stem = None if notebook.path is None else notebook.path.stem
    folder = Path.cwd() if notebook.path is None else notebook.path.parent
    found = [id for id in course.assignments if course.assignment(id).main_module == stem]
    found = found or [id for id in course.assignments if id == folder.name]
    return found[0] if len(found) == 1 else None


def _by_functions(course: Course, functions: Sequence[str]) -> str | None:
    """The only assignment that has all of these; None where none is named. Raises UsageError where it is not clear."""
    if not functions:
        return None
    known = {id: {one.name for one in course.assignment(id).functions} for id in course.assignments}
    found = [id for id, names in known.items() if names.issuperset(functions)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            message(
                "{function} is in several assignments ({names}). Say %assignment NAME first.",
                function=functions[0],
                names=", ".join(found),
            )
        )
    unknown = next((one for one in functions if not any(one in names for names in known.values())), None)
    if unknown is None:
        return None
    raise UsageError(
        message('This course has no function "{name}".', name=clean_line(unknown)),
        meant(unknown, {name for names in known.values() for name in names}),
    )


# -- what is shown --------------------------------------------------------------------------------------------


def _note(notebook: Notebook) -> Part | None:
    """Which source was checked, where that is not simply the file."""
    if notebook.path is None:
        text = _("The file of this notebook was not found, so the cells that you ran were checked.")
    elif notebook.unsaved:
        text = _(
            "{file} is not saved yet: what you ran was checked. Save it (Ctrl+S) before you hand it in.",
            file=clean_line(notebook.path.name),
        )
    else:
        return None
    return said(text, faint=True)


def _with(note: Part | None, shown: dict[str, str]) -> dict[str, str]:
    if note is None:
        return shown
    above = answer([note], OPEN)
    return {
        "text/html": above["text/html"] + shown["text/html"],
        "text/plain": above["text/plain"] + "\n" + shown["text/plain"],
    }


def _show(shown: dict[str, str]) -> None:
    from IPython.display import publish_display_data

    publish: Callable[[dict[str, str]], None] = publish_display_data
    publish(shown)


__all__ = ["ChecksFailed", "Commands", "Stopped", "load"]
