"""What does one notebook come to? Functions with points, a reference, checks, a statement; and a word on each cell."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction
from pathlib import Path

from autograder.errors import CourseError
from autograder.language import later, say
from autograder.model import Message, message
from autograder.notebooks.importing import code, refused, suite
from autograder.notebooks.importing.code import Statement
from autograder.notebooks.importing.source import Kind, SourceCell, SourceNotebook
from autograder.notebooks.importing.text import Statement as Text
from autograder.sandbox.inside.imports import INERT, PRELOADED


class Fate(Enum):
    """What became of a cell: carried whole, carried with a change or in part, left out."""

    CARRIED = later("carried")
    CHANGED = later("changed")
    LEFT_OUT = later("left out")


@dataclass(frozen=True)
class Row:
    """What became of one cell. number 0: of the whole file."""

    notebook: Path
    number: int
    kind: Kind | None
    fate: Fate
    said: tuple[Message, ...]


@dataclass
class _Code:
    """A code cell, as far as it is Python."""

    cell: SourceCell
    source: str
    statements: list[Statement]
    notes: list[Message] = field(default_factory=list)


@dataclass
class _Test:
    """A test cell that can be carried."""

    code: _Code
    prelude: list[Statement]
    students: list[str]
    visible: str | None
    visible_prelude: list[Statement] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)


@dataclass
class Draft:
    """One notebook as an assignment to be.

    functions  name → nbgrader's points, in the order of their definitions; empty where nothing is graded by itself
    needs      name → names that it calls
    """

    notebook: SourceNotebook
    statement: Text
    reference: str = ""
    functions: dict[str, Fraction] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    public: list[str] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    points_left_out: Fraction = Fraction(0)


def drafted(notebook: SourceNotebook, file: str) -> Draft:
    """The draft of one notebook. file: what students will hand in."""
    return _Drafting(notebook, file).draft


class _Drafting:
    def __init__(self, notebook: SourceNotebook, file: str) -> None:
        self.draft = Draft(notebook, Text())
        self._rows: dict[int, Row] = {}
        self._file = file
        if notebook.language not in ("python", "python3", "ipython"):
            language = notebook.language
            for cell in notebook.cells:
                self._row(cell, Fate.LEFT_OUT, message("its language is {language}", language=language))
        else:
            self._read()
            self._find_students()
            self._read_tests()
            self._choose_names()
            self._write_reference()
            self._write_tests()
            self._write_statement()
        self.draft.rows = [self._rows[number] for number in sorted(self._rows)]
        self.draft.points_left_out = sum(
            (cell.points for cell in notebook.cells if self._rows[cell.number].fate is Fate.LEFT_OUT),
            Fraction(),
        )

    def _row(self, cell: SourceCell, fate: Fate, *said: Message) -> None:
        self._rows[cell.number] = Row(cell.notebook, cell.number, cell.kind, fate, said)

    # -- reading ------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        """Take every code cell apart."""
        self._code: dict[int, _Code] = {}
        for cell in self.draft.notebook.cells:
            if cell.is_text or cell.kind in (Kind.RAW, Kind.TASK, Kind.TEXT):
                continue
            try:
                source, dropped = code.without_commands(cell.source)
                if cell.kind is Kind.TESTS:
                    code.visible_part(source)
                whole = code.without_hidden_marks(source) if cell.kind is Kind.TESTS else source
                parsed = code.statements(code.without_marks(whole))
            except SyntaxError as error:
                said = message(
                    "not valid Python, line {line}: {error}", line=error.lineno or 0, error=error.msg
                )
                self._row(cell, Fate.LEFT_OUT, said)
                continue
            except CourseError as error:
                self._row(cell, Fate.LEFT_OUT, *(part for part in error.parts))
                continue
            found = self._code[cell.number] = _Code(cell, source, parsed)
            for name in _beside(parsed, cell.notebook.parent):
                found.notes.append(message("{name} beside the notebook is not carried", name=name))
            if dropped:
                found.notes.append(message("without {command}", command=dropped[0][:40]))
        self._modules = {
            (alias.asname or alias.name.partition(".")[0]): (
                f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
            )
            for found in self._code.values()
            for one in found.statements
            for node in ast.walk(one.node)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }

    def _of(self, *kinds: Kind) -> Iterator[_Code]:
        for found in self._code.values():
            if found.cell.kind in kinds:
                yield found

    def _find_students(self) -> None:
        """Which names do students give a meaning?"""
        self._where: dict[str, _Code] = {}
        self._loose: dict[str, _Code] = {}
        for found in self._of(Kind.SOLUTION, Kind.MANUAL):
            for one in found.statements:
                if isinstance(one.node, code.Definition):
                    self._where[one.node.name] = found
                    self._loose.pop(one.node.name, None)
                elif not one.is_import:
                    for name in one.binds - self._where.keys() - self._modules.keys():
                        self._loose[name] = found
        self._classes = {
            one.node.name
            for found in self._of(Kind.SOLUTION, Kind.MANUAL)
            for one in found.statements
            if isinstance(one.node, ast.ClassDef)
        }

        # Classes of the notebook's own: students get them, and their objects live where the students' code does.
        self._stars = [
            one.text
            for found in self._of(Kind.CODE, Kind.TESTS)
            for one in found.statements
            if suite.is_star(one)
        ]
        self._waiting = {
            one.node.name
            for found in self._of(Kind.SOLUTION, Kind.MANUAL)
            for one in found.statements
            if isinstance(one.node, ast.AsyncFunctionDef)
            or (
                isinstance(one.node, ast.FunctionDef)
                and any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(one.node))
            )
        }
        self._remembering = {
            one.node.name
            for found in self._of(Kind.SOLUTION, Kind.MANUAL)
            for one in found.statements
            if isinstance(one.node, code.Definition)
            and any(isinstance(part, ast.Global) for part in ast.walk(one.node))
        }
        self._shown_classes = [
            one.node.name
            for found in self._of(Kind.CODE)
            for one in found.statements
            if isinstance(one.node, ast.ClassDef) and one.node.name not in self._where
        ]

    def _known(self) -> refused.Notebooks:
        solutions = [one for found in self._of(Kind.SOLUTION, Kind.MANUAL) for one in found.statements]
        taken = {name for one in solutions for name in one.uses}
        # What one solution cell takes from another is theirs; what is left comes from the notebook.
        shared = taken - self._where.keys() - self._modules.keys()
        return refused.Notebooks(
            [name for name in self._where if name not in self._classes],
            {*self._classes, *self._shown_classes},
            shared,
            self._modules,
            any("random" in one.text for one in solutions),
        )

    # -- tests ----------------------------------------------------------------------------------------------------

    def _read_tests(self) -> None:
        """Which test cells can be carried, and what do they need?"""
        known = self._known()
        self._tests: list[_Test] = []
        for found in self._of(Kind.TESTS):
            test = self._test(found, known)
            if isinstance(test, Message):
                self._row(found.cell, Fate.LEFT_OUT, test)
            else:
                self._tests.append(test)

    def _test(self, found: _Code, known: refused.Notebooks) -> _Test | Message:
        whole = code.without_hidden_marks(found.source)
        if not [one for one in found.statements if not _is_text(one)]:
            return message("there is no code in it")
        why = refused.why_not(found.cell.source, ast.parse(whole), known)
        if why is not None:
            return why
        prelude = code.needed(code.wanted(found.statements), self._before(found, hidden=True))
        for one in prelude:
            if why := refused.why_not(one.text, ast.parse(one.text), known):
                return message("it needs a cell before it, and {reason}", reason=say(why))
        students = self._students_in([*prelude, *found.statements])
        if not students:
            return message("it asks for nothing that students write")
        if waiting := [name for name in students if name in self._waiting]:
            return message(
                "{name} answers with a generator or a coroutine, which is no plain value", name=waiting[0]
            )
        if remembering := [name for name in students if name in self._remembering]:
            return message(
                "{name} remembers earlier calls (global), and the reference serves many", name=remembering[0]
            )
        test = _Test(found, prelude, students, None, notes=list(found.notes))
        self._visible(test, known)
        return test

    def _visible(self, test: _Test, known: refused.Notebooks) -> None:
        """What of it students may have."""
        try:
            text = code.visible_part(test.code.source)
            parts = code.statements(text)
        except SyntaxError:
            test.notes.append(message("hidden only: without its hidden tests it is no whole code"))
            return
        if not any(one.uses & {*self._where, *self._loose} for one in parts):
            return
        prelude = code.needed(code.wanted(parts), self._before(test.code, hidden=False))
        whole = {one.text for one in test.prelude}
        if any(one.text not in whole for one in prelude) or not self._complete(parts, prelude):
            test.notes.append(message("hidden only: it needs what a hidden test gives"))
            return
        test.visible, test.visible_prelude = text, prelude

    def _complete(self, parts: Sequence[Statement], prelude: Sequence[Statement]) -> bool:
        """Whether no name is missing but those that are missing for the hidden tests too."""
        bound = {name for one in prelude for name in one.binds}
        bound |= {*self._where, *self._loose, *self._shown_classes}
        everywhere = {name for found in self._code.values() for one in found.statements for name in one.binds}
        return not (code.wanted(parts) & everywhere) - bound

    def _before(self, found: _Code, *, hidden: bool) -> list[Statement]:
        """Statements before a test cell that may give its names a value: all but what students write."""
        available: list[Statement] = []
        for number, other in self._code.items():
            if number >= found.cell.number:
                break
            if other.cell.kind is Kind.CODE:
                available += [one for one in other.statements if not isinstance(one.node, ast.ClassDef)]
            elif other.cell.kind in (Kind.SOLUTION, Kind.MANUAL):
                available += [one for one in other.statements if one.is_import]
            elif other.cell.kind is Kind.TESTS:
                available += other.statements if hidden else self._visible_statements(other)
        return available

    @staticmethod
    def _visible_statements(found: _Code) -> list[Statement]:
        try:
            return code.statements(code.visible_part(found.source))
        except SyntaxError:
            return []

    def _students_in(self, parts: Sequence[Statement]) -> list[str]:
        used = {name for one in parts for name in one.uses}
        return [name for name in self._student_order() if name in used]

    def _student_order(self) -> list[str]:
        """Names of students, by the cells that they stand in."""
        order = {**self._loose, **self._where}
        return sorted(order, key=lambda name: order[name].cell.number)

    # -- names and points -----------------------------------------------------------------------------------------

    def _choose_names(self) -> None:
        """Which function does each test give its points to? Loose code that is asked for becomes a function."""
        used = {name for test in self._tests for name in test.students}
        defined = {
            found.cell.number: [name for name, where in self._where.items() if where is found]
            for found in self._code.values()
        }
        self._wrappers: dict[str, list[str]] = {}
        self._wrapper_of: dict[int, str] = {}
        self._values: list[str] = []
        taken = {*self._where, *self._loose, *self._modules}
        for name in self._student_order():
            found = self._loose.get(name)
            if found is None or name not in used:
                continue
            if defined[found.cell.number]:
                self._values.append(name)
                continue
            if found.cell.number not in self._wrapper_of:
                wrapper = f"answer_{code.slug(found.cell.grade_id or str(found.cell.number))}"
                while wrapper in taken:
                    wrapper += "_"
                taken.add(wrapper)
                self._wrapper_of[found.cell.number] = wrapper
                self._wrappers[wrapper] = []
            self._wrappers[self._wrapper_of[found.cell.number]].append(name)

    def _graded_name(self, name: str) -> str:
        """The function that a name's points go to."""
        found = self._loose.get(name)
        if found is None:
            return name
        if found.cell.number in self._wrapper_of:
            return self._wrapper_of[found.cell.number]
        return next(other for other, where in self._where.items() if where is found)

    def _of_whom(self, test: _Test) -> str:
        """Whose points a test's are: of what it names itself, what is defined last."""
        own = [name for name in test.students if any(name in one.uses for one in test.code.statements)]
        return self._graded_name((own or test.students)[-1])

    # -- the reference ----------------------------------------------------------------------------------------------

    def _write_reference(self) -> None:
        """The reference: what students write, and what it takes from the other cells. Cells that cannot be cut are
        left out with the tests that ask for them."""
        used = {name for test in self._tests for name in test.students}
        parts: dict[int, str] = {}
        lost: set[str] = set()
        kept: list[_Code] = []
        for found in self._of(Kind.SOLUTION, Kind.MANUAL):
            own = [name for name, where in self._where.items() if where is found]
            if found.cell.kind is Kind.MANUAL and not used & {*own, *self._loose_of(found)}:
                continue
            asked = [name for name in own if name in used]
            try:
                made = self._solution(found, asked)
            except (CourseError, SyntaxError) as error:
                parts_said = error.parts if isinstance(error, CourseError) else (message("not valid Python"),)
                self._row(found.cell, Fate.LEFT_OUT, *parts_said)
                lost |= {*own, *self._loose_of(found)}
                continue
            parts[found.cell.number] = made.text
            kept.append(found)
            self._say_solution(found, own, made.said)
        for test in list(self._tests):
            if gone := [name for name in test.students if name in lost]:
                self._tests.remove(test)
                said = message("it asks for {name}, which is left out", name=gone[0])
                self._row(test.code.cell, Fate.LEFT_OUT, said)
        self._add_given(parts, kept)
        texts = [parts[number].strip("\n") for number in sorted(parts)]
        joined = ""
        for text in texts:
            if text.strip():
                tall = code.definitions(code.without_marks(text)) or code.definitions(joined)
                joined += ("\n\n\n" if tall else "\n\n" if joined else "") + text
        self.draft.reference = joined.lstrip("\n") + "\n"
        self.draft.modules = _modules(self.draft.reference)

    def _loose_of(self, found: _Code) -> list[str]:
        return [name for name, where in self._loose.items() if where is found]

    def _solution(self, found: _Code, asked: Sequence[str]) -> code.Solution:
        wrapper = self._wrapper_of.get(found.cell.number)
        if wrapper is None:
            return code.solution(found.source, asked)
        needs = code.wanted(found.statements)
        given = [
            f"{', '.join(results)} = {other}()"
            for other, results in self._wrappers.items()
            if other != wrapper and needs & set(results)
        ]
        return code.wrapped(found.source, wrapper, given, self._wrappers[wrapper])

    def _say_solution(self, found: _Code, own: Sequence[str], said: Message | None) -> None:
        notes = list(found.notes)
        wrapper = self._wrapper_of.get(found.cell.number)
        if found.cell.kind is Kind.MANUAL:
            notes.append(
                message("a person graded it: its points are left out, its code is kept for the tests")
            )
        elif wrapper is not None:
            told = message(
                "loose code becomes {function}(), which returns {names}",
                function=wrapper,
                names=", ".join(self._wrappers[wrapper]),
            )
            notes.append(told)
        elif own:
            notes.append(message("students write {names}", names=", ".join(own)))
        else:
            notes.append(message("code of their own, cut out"))
        if said is not None:
            notes.append(said)
        changed = said is not None or wrapper is not None or found.cell.kind is Kind.MANUAL or found.notes
        self._row(found.cell, Fate.CHANGED if changed else Fate.CARRIED, *notes)

    def _add_given(self, parts: dict[int, str], kept: Sequence[_Code]) -> None:
        """What the solution takes from cells of other kinds: imports, constants, functions that are given."""
        self._given: dict[int, list[Statement]] = {}
        available = [
            one for found in self._of(Kind.CODE) for one in found.statements if not self._is_demo(one)
        ]
        number_of = {id(one): found.cell.number for found in self._of(Kind.CODE) for one in found.statements}
        wanted = {name for found in kept for one in found.statements for name in one.uses}
        for test in self._tests:
            parts_of = [*test.prelude, *test.code.statements]
            wanted |= {name for one in parts_of for name in one.uses} & {*self._shown_classes}
        stars = [one for one in available if suite.is_star(one)]
        for one in stars + code.needed(wanted - self._where.keys(), available):
            self._given.setdefault(number_of[id(one)], []).append(one)
        for number, chosen in self._given.items():
            lines: list[str] = []
            for before, one in zip([None, *chosen], chosen, strict=False):
                tall = isinstance(one.node, code.Definition) or (
                    before is not None and isinstance(before.node, code.Definition)
                )
                lines += ["", ""] if before is not None and tall else []
                lines.append(one.text)
            parts[number] = "\n".join(lines)

    def _is_demo(self, one: Statement) -> bool:
        """Whether a statement of the notebook calls what students write, or reads a file: no part of a module."""
        return refused.files(one.node, self._modules) or (
            not isinstance(one.node, code.Definition) and bool(one.uses & {*self._where, *self._loose})
        )

    # -- the checks ---------------------------------------------------------------------------------------------------

    def _write_tests(self) -> None:
        self.draft.stars = self._stars
        unpaid = not any(test.code.cell.points for test in self._tests)
        answers = suite.Answers(
            [name for name in self._where if name not in self._classes],
            [name for name in self._where if name in self._classes],
            self._shown_classes,
            self._wrappers,
            self._values,
        )
        graded = [(test, self._of_whom(test)) for test in self._tests]
        order = {self._graded_name(name): None for name in self._student_order() if self._is_asked(name)}
        points = {
            name: sum(
                (test.code.cell.points or Fraction(int(unpaid)) for test, whose in graded if whose == name),
                Fraction(),
            )
            for name in order
        }
        self.draft.functions = {name: worth for name, worth in points.items() if worth}
        taken: set[str] = set()
        for test, whose in graded:
            self._write_test(test, whose, answers, taken, unpaid=unpaid)
        self._write_needs()

    def _is_asked(self, name: str) -> bool:
        return any(name in test.students for test in self._tests)

    def _write_test(
        self, test: _Test, whose: str, answers: suite.Answers, taken: set[str], *, unpaid: bool
    ) -> None:
        cell = test.code.cell
        name = f"test_{code.slug(cell.grade_id or f'cell_{cell.number}').removeprefix('test_')}"
        while name in taken:
            name += "_"
        taken.add(name)
        worth = cell.points or Fraction(int(unpaid))
        fallback = f"the notebook's test {cell.grade_id or cell.number}"
        whole = code.without_hidden_marks(test.code.source)
        # A label is read by students: it may not come from a hidden test.
        label, _rest = suite.labelled(test.visible or "pass", fallback)
        notes = list(test.notes)
        steps = 1
        if whose not in self.draft.functions:
            notes.append(message("worth no points: a public check only"))
        elif suite.gives_points(whole):
            text, steps = suite.written_in_steps(
                whole, test.prelude, answers, name=name, function=whose, points=worth, fallback=label
            )
            self.draft.hidden.append(text)
        elif worth:
            self.draft.hidden.append(
                suite.written(
                    whole, test.prelude, answers, name=name, function=whose, weight=worth, fallback=label
                )
            )
        public = test.visible is not None and steps == 1 and whose in self.draft.functions
        if public and test.visible is not None:
            self.draft.public.append(
                suite.written(
                    test.visible,
                    test.visible_prelude,
                    answers,
                    name=name,
                    function=whose,
                    weight=None,
                    fallback=fallback,
                )
            )
        if not public and (whose not in self.draft.functions or not worth):
            self._row(cell, Fate.LEFT_OUT, message("it is worth no points, and no function of it is"))
            return
        self._say_test(test, whose, worth, steps, public=public, notes=notes)

    def _say_test(
        self, test: _Test, whose: str, worth: Fraction, steps: int, *, public: bool, notes: list[Message]
    ) -> None:
        if worth:
            notes.insert(0, message("points for {function}: {points}", points=_points(worth), function=whose))
        others = [name for name in test.students if self._graded_name(name) != whose]
        direct = [name for name in others if any(name in one.uses for one in test.code.statements)]
        if direct:
            notes.append(message("it asks {others} too", others=", ".join(direct)))
        if steps > 1:
            exact = bool(suite.code_steps(code.without_hidden_marks(test.code.source)))
            notes.append(
                message("partial credit becomes {steps} checks", steps=steps)
                if exact
                else message("partial credit becomes {steps} checks, rounded down", steps=steps)
            )
        elif worth and not public:
            notes.append(message("hidden only"))
        elif worth and "BEGIN HIDDEN TESTS" in test.code.cell.source:
            notes.append(message("its visible part is a public check"))
        changed = steps > 1 or bool(test.notes) or bool(direct)
        self._row(test.code.cell, Fate.CHANGED if changed else Fate.CARRIED, *notes)

    def _write_needs(self) -> None:
        """What each function, or a test of it, calls, for follow-through: only what stands before it, so that nothing
        goes in circles."""
        nodes = code.definitions(code.without_marks(self.draft.reference))
        names = list(self.draft.functions)
        for place, name in enumerate(names):
            node = nodes.get(name)
            used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} if node else set()
            for test in self._tests:
                if self._of_whom(test) == name:
                    used |= set(map(self._graded_name, test.students))
            self.draft.needs[name] = [other for other in names[:place] if other in used]

    # -- the statement ------------------------------------------------------------------------------------------------

    def _write_statement(self) -> None:
        in_tests = {id(one) for test in self._tests for one in test.prelude}
        for cell in self.draft.notebook.cells:
            if cell.kind is Kind.RAW:
                self._row(cell, Fate.LEFT_OUT, message("neither text nor code"))
            elif cell.kind is Kind.MANUAL and cell.number not in self._rows:
                points = message("a person grades it ({points})", points=_points(cell.points))
                self._row(cell, Fate.LEFT_OUT, points)
            elif cell.kind is Kind.TEXT or (cell.kind is Kind.TASK and cell.is_text):
                self._add_text(cell)
            elif cell.kind is Kind.TASK:
                self._row(
                    cell, Fate.LEFT_OUT, message("a person grades it ({points})", points=_points(cell.points))
                )
            elif cell.kind is Kind.CODE and cell.number in self._code:
                self._add_code(self._code[cell.number], in_tests)
            elif cell.kind in (Kind.SOLUTION, Kind.MANUAL) and cell.number in self._code:
                self._invite(self._code[cell.number])

    def _add_text(self, cell: SourceCell) -> None:
        missing = self.draft.statement.add(cell)
        notes = [message("the picture {name} is not there", name=name) for name in missing]
        if cell.kind is Kind.TASK:
            notes.append(
                message("a person grades it ({points}); its text is kept", points=_points(cell.points))
            )
            self._row(cell, Fate.LEFT_OUT, *notes)
        else:
            fate = Fate.CHANGED if missing else Fate.CARRIED
            self._row(cell, fate, message("in README.md"), *notes)

    def _add_code(self, found: _Code, in_tests: set[int]) -> None:
        given = self._given.get(found.cell.number, [])
        tested = [one for one in found.statements if id(one) in in_tests]
        notes = list(found.notes)
        if given:
            notes.append(message("given to students in the stub"))
        if tested:
            notes.append(message("copied into the tests that need it"))
        rest = [
            one for one in found.statements if not one.is_import and one not in given and one not in tested
        ]
        if rest or (not given and not tested and found.source.strip()):
            self.draft.statement.example(found.cell.source)
            notes.append(message("shown in README.md, not run"))
        self._row(found.cell, Fate.CHANGED if found.notes else Fate.CARRIED, *notes)

    def _invite(self, found: _Code) -> None:
        wrapper = self._wrapper_of.get(found.cell.number)
        names = [wrapper] if wrapper else [name for name, where in self._where.items() if where is found]
        if names and self._rows[found.cell.number].fate is not Fate.LEFT_OUT:
            self.draft.statement.say(
                f"Write {' and '.join(f'`{name}`' for name in names)} in `{self._file}`."
            )


def left_out(path: Path, error: CourseError) -> Row:
    """The row of a file that cannot be read."""
    return Row(path, 0, None, Fate.LEFT_OUT, tuple(error.parts))


def reference_text(draft: Draft, id: str) -> str:
    """The reference's file."""
    source = draft.reference
    # Only comments and the docstring may stand before `from __future__`.
    future = [
        one.text
        for one in code.statements(source)
        if isinstance(one.node, ast.ImportFrom) and one.node.module == "__future__"
    ]
    for line in future:
        source = source.replace(line, "", 1)
    head = [f'"""{id}.  Try it with: autograde check {id}"""', *future]
    source = source.lstrip("\n")
    return (
        "\n".join(head) + ("\n\n\n" if source.startswith(("def", "class", "@", "async")) else "\n\n") + source
    )


def merged(first: Draft, others: Sequence[Draft]) -> Draft:
    """A draft with the text of notebooks in which nothing is graded by itself."""
    for other in others:
        for cell in other.notebook.cells:
            if cell.kind in (Kind.TEXT, Kind.TASK) and cell.is_text:
                first.statement.add(cell)
        first.rows += other.rows
        first.points_left_out += other.points_left_out
    return replace(first)


def _beside(parts: Sequence[Statement], folder: Path) -> list[str]:
    """Files beside the notebook that the code imports."""
    imported = [
        name.partition(".")[0]
        for one in parts
        for node in ast.walk(one.node)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [part.name for part in node.names]
        )
    ]
    return [f"{name}.py" for name in dict.fromkeys(imported) if name and (folder / f"{name}.py").is_file()]


def _is_text(one: Statement) -> bool:
    return isinstance(one.node, ast.Expr) and isinstance(one.node.value, ast.Constant)


def _points(worth: Fraction) -> str:
    return f"{float(worth):g}"


def _modules(source: str) -> list[str]:
    """Modules that a submission has to be allowed, in full."""
    found: dict[str, None] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found[node.module] = None
    known = {*PRELOADED, *INERT}
    return [
        name
        for name in found
        if name not in known and name.partition(".")[0] not in {*INERT, "numpy", "__future__"}
    ]
