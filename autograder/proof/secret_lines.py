"""What must no student see? The lines of solution regions, hidden suites, mistakes and variants, in a form to be found.

Secret is every line of solutions/, but of a reference only what stands in its regions. Not secret is
- what the generated stub or the engine's own source holds: both are public;
- what says too little: fewer than five names, numbers and arithmetic signs in code (`return x`, `for i in range(n):`,
  brackets), fewer than eight words in prose, and imports. `return 2 * (p - y) / p.size` has eight. Short lines that
  follow each other are one secret together as soon as they say eight, and a whole region as soon as it says four;
- what solutions/<assignment>/allowed.toml names, each line with the reason why students may see it.
A function whose body is too short to be told as a line is still told as a function: by its name and its syntax tree.
"""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
import tomllib
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import CodeType

from autograder.course.manifest import Assignment, Course
from autograder.course.stub import cut, regions
from autograder.errors import CourseError
from autograder.model import message
from autograder.proof.tokens import Needles, telling, words

ALLOWED = "allowed.toml"

_ENGINE = Path(__file__).resolve().parent.parent
_CODE_SAYS = 5
_PROSE_SAYS = 8
_TOGETHER = 8
_REGION_SAYS = 4
_BETWEEN = " / "
_LEAST_BYTES = 32
_LEAST_OPCODES = 24
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n|\s=>\s")
_DEFINED = re.compile(r"\bdef\s+(\w+)")
_IMPORT = re.compile(r"\s*(?:from\s+\S+\s+import\b|import\s)")
_LAYOUT = frozenset({tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
_NO_CODE = frozenset({tokenize.STRING, tokenize.OP})
_DATA = (
    *(ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Constant, ast.expr_context),
    *(ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop, ast.Call, ast.keyword, ast.Attribute),
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """Where a secret stands.

    file  from the course's folder, e.g. "solutions/hw1/hw1.py"
    line  from 1; 0 for the file as a whole
    text  the line itself
    """

    file: str
    line: int
    text: str = ""


@dataclass(frozen=True)
class Secrets:
    """All that a release is searched for.

    needles  tokens of a line → where it stands
    told     those needles that reports and feedback are meant to tell: labels, hints, explanations, translations, and
             the values of a hidden suite, of which a failing call shows some
    bodies   name of a function of a contract → its body without docstring → where it stands
    digests  SHA-256 of a whole file → where it stands
    names    stem of a file that only the secret half has → where it stands
    keys     the words of solutions/secret.key, secret one by one → where they stand
    allowed  needles that allowed.toml lets pass → where they stand
    index    the needles, to be looked for
    sources  file → text of all secret Python, with the stub's part of a reference
    public   the stubs
    """

    root: Path
    needles: Mapping[tuple[str, ...], Source]
    told: frozenset[tuple[str, ...]]
    bodies: Mapping[str, Mapping[str, Source]]
    digests: Mapping[str, Source]
    names: Mapping[str, Source]
    keys: Mapping[str, Source]
    allowed: Mapping[tuple[str, ...], Source]
    index: Needles[Source] = field(repr=False)
    sources: Mapping[str, str] = field(repr=False)
    public: tuple[str, ...] = field(repr=False)

    def code(self) -> Mapping[bytes, tuple[frozenset[str], Source]]:
        """Opcodes of a secret function → the names and texts it uses, where it stands. Made when first asked for."""
        return _code(tuple(self.sources.items()), self.public)


def secrets(course: Course, assignments: Iterable[str]) -> Secrets:
    """The secrets of some assignments of a course; none where this copy has no solutions.

    Raises  CourseError for a reference without a stub, and for an allowed.toml that cannot be read
    """
    ids = tuple(assignments)
    # A class's feedback is scanned file by file in one process: the secrets are collected once.
    state = tuple(
        (str(path), status.st_mtime_ns, status.st_size)
        for path in sorted(_public_and_secret(course, ids))
        for status in [path.stat()]
    )
    return _collected(course, ids, state)


@lru_cache(maxsize=8)
def _cached(key: object) -> list[Secrets]:
    return []


def _collected(course: Course, ids: tuple[str, ...], state: tuple[object, ...]) -> Secrets:
    kept = _cached((course.root, ids, state))
    if not kept:
        kept.append(_collect(course, [course.assignment(id) for id in ids]))
    return kept[0]


def _collect(course: Course, assignments: Sequence[Assignment]) -> Secrets:
    held = _Held(course)
    for assignment in assignments:
        if assignment.secret_dir is not None:
            held.add(assignment, assignment.secret_dir)
    return held.secrets([assignment.id for assignment in assignments])


class _Held:
    """What was read of a course's secret half so far."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.lines: dict[tuple[str, ...], Source] = {}
        self.values: set[tuple[str, ...]] = set()
        self.told: list[str] = []
        self.contract: list[str] = []
        self.stubs: list[str] = []
        self.allowed: list[str] = []
        self.digests: dict[str, Source] = {}
        self.names: dict[str, Source] = {}
        self.keys: dict[str, Source] = {}
        self.bodies: dict[str, dict[str, Source]] = {}
        self.sources: dict[str, str] = {}
        key = course.secret_key_path
        if key.is_file():
            where = Source(_name(course, key), 1)
            self.digests[_digest(key.read_bytes())] = where
            self.keys = dict.fromkeys(words(key.read_text("utf-8", "replace")), where)

    def add(self, assignment: Assignment, folder: Path) -> None:
        """The secret folder of one assignment."""
        self.allowed += allowances(assignment)
        # How a check says which function it is about; the names are in the public manifest.
        self.contract += [f'@pytest.mark.function("{one.name}")' for one in assignment.functions]
        references = {folder / name for name in assignment.files}
        # A line that the reference has too is the reference's.
        for path in sorted(_files(folder), key=lambda path: path not in references):
            if path.name == ALLOWED:
                continue
            where = _name(self.course, path)
            data = path.read_bytes()
            if len(data) >= _LEAST_BYTES:
                self.digests.setdefault(_digest(data), Source(where, 0))
            if path not in references and "_" in path.stem:
                self.names.setdefault(path.stem, Source(where, 0))
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                continue
            is_hidden = assignment.hidden_dir in path.parents
            if path.suffix == ".py":
                found = self._python(assignment, where, text, path in references, is_hidden)
            else:
                found = _of_text(text)
                self.told += _strings_of_toml(text) if path.match("texts.*.toml") else []
            for line, needle, shown in found:
                self.lines.setdefault(needle, Source(where, line, shown))
                if is_hidden and _is_data(shown):
                    self.values.add(needle)

    def _python(
        self, assignment: Assignment, where: str, text: str, is_reference: bool, is_hidden: bool
    ) -> Iterator[tuple[int, tuple[str, ...], str]]:
        within = None
        if is_reference:
            self.stubs.append(_stub(where, text))
            marked = regions(text)
            within = {line for one in marked for line in range(one.begin + 1, one.end)}
            rows = text.splitlines()
            for one in marked:
                whole = rows[one.begin : one.end - 1]
                for _, needle, shown in _needle(0, "\n".join(whole), _REGION_SAYS, whole[0].strip()):
                    if len(needle) > _REGION_SAYS:
                        self.lines.setdefault(needle, Source(where, one.begin + 1, shown))
        self.sources[where] = text
        tree = parsed(text)
        self.told += _told(tree, hidden=is_hidden)
        for name, body, line in _bodies(tree, {function.name for function in assignment.functions}):
            if within is None or line in within:
                self.bodies.setdefault(name, {}).setdefault(body, Source(where, line))
        return _of_python(text, tree, within)

    def secrets(self, ids: Sequence[str]) -> Secrets:
        """What is left without that which is public or allowed."""
        lines = self.lines
        index = Needles(lines.items())
        engine = _engine_words() if lines else []
        for hay in (engine, *map(words, (*self.stubs, *self.contract))):
            for _, needle, _ in index.within(hay):
                lines.pop(needle, None)
        index = Needles(lines.items())
        allowed = {
            needle: lines.pop(needle, source)
            for text in self.allowed
            for _, needle, source in index.within(words(text))
        }
        index = Needles(lines.items())
        told = {needle for text in self.told for _, needle, _ in index.within(words(text))}
        for path in _public_files(self.course, ids):
            self.names.pop(path.stem, None)
            if path.stat().st_size >= _LEAST_BYTES:
                self.digests.pop(_digest(path.read_bytes()), None)
        for stub in self.stubs:
            for name, body, _ in bodies_of(stub, self.bodies):
                self.bodies[name].pop(body, None)
        return Secrets(
            root=self.course.root,
            needles=lines,
            told=frozenset(told | (self.values & lines.keys())),
            bodies=self.bodies,
            digests=self.digests,
            names=self.names,
            keys=self.keys,
            allowed=allowed,
            index=index,
            sources=self.sources,
            public=tuple(self.stubs),
        )


# -- allowances -----------------------------------------------------------------------------------------------


def allowances(assignment: Assignment) -> dict[str, str]:
    """Lines of the secret folder that students may see → why. Raises CourseError for an unreadable allowed.toml."""
    if assignment.secret_dir is None or not (assignment.secret_dir / ALLOWED).is_file():
        return {}
    path = assignment.secret_dir / ALLOWED
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path}: {error}.") from None
    for line, reason in table.items():
        if not isinstance(reason, str) or not reason.strip():
            raise CourseError(
                message(
                    '{path}: "{line}" has no reason beside it. Write "the line" = "why students may see it".',
                    path=str(path),
                    line=line,
                )
            )
    return table


# -- what a file says -----------------------------------------------------------------------------------------


def bodies_of(source: str, names: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """(name, body without docstring, line of its first statement) of those functions of a source that have these
    names, methods as Class.method."""
    last = {name.rpartition(".")[2] for name in names}
    if not last.isdisjoint(_DEFINED.findall(source)):
        yield from _bodies(parsed(source), names)


def _bodies(tree: ast.Module | None, names: Collection[str]) -> Iterator[tuple[str, str, int]]:
    for node in tree.body if tree else ():
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, _Function) and f"{node.name}.{inner.name}" in names:
                    yield from _body(f"{node.name}.{inner.name}", inner)
        elif isinstance(node, _Function) and node.name in names:
            yield from _body(node.name, node)


def _body(name: str, node: _Function) -> Iterator[tuple[str, str, int]]:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if body:
        arguments = ",".join(one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg))
        yield name, arguments + "".join(ast.dump(part) for part in body), body[0].lineno


def parsed(source: str) -> ast.Module | None:
    """The syntax tree; None of what is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _of_python(
    source: str, tree: ast.Module | None, within: set[int] | None
) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """(line, needle, what to show) of a source's code, comments and strings; only of the lines in `within`."""
    rows = source.splitlines()
    code: dict[int, str] = {}
    for first, last, is_prose, text in _parts(source):
        if within is not None and first not in within:
            continue
        if is_prose:
            yield from _needle(first, text, _PROSE_SAYS)
        elif _IMPORT.match(text):
            continue
        elif first != last:
            yield from _needle(first, text, _CODE_SAYS, rows[first - 1].strip())
        else:
            code[first] = text
    for number, text in code.items():
        yield from _needle(number, text, _CODE_SAYS)
    yield from _runs(code)
    for node in ast.walk(tree) if tree else ():
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if within is None or node.lineno in within:
            for sentence in _SENTENCE.split(node.value):
                yield from _needle(node.lineno, sentence, _PROSE_SAYS)


def _parts(source: str) -> Iterator[tuple[int, int, bool, str]]:
    """(first line, last line, whether prose, text): statements, each of their lines, comments, lines of strings."""
    rows = source.splitlines()
    statement: list[tokenize.TokenInfo] = []
    comments: dict[int, int] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            row, column = token.start
            if token.type == tokenize.COMMENT:
                comments[row] = column
                yield row, row, True, token.string
            elif token.type == tokenize.NEWLINE:
                first, last = statement[0].start[0], statement[-1].end[0]
                # What stands in the rows besides texts and brackets makes them code.
                code = {one.start[0] for one in statement if one.type not in _NO_CODE}
                if last > first and code:
                    yield first, last, False, " ".join(one.string for one in statement)
                for number in range(first, last + 1):
                    yield number, number, number not in code, rows[number - 1][: comments.get(number)]
                statement = []
            elif token.type not in _LAYOUT:
                statement.append(token)
    except (tokenize.TokenError, SyntaxError):
        for number, text in enumerate(rows, 1):
            yield number, number, False, text


def _runs(code: Mapping[int, str]) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Short lines that follow each other, taken together until they say enough."""
    short = [
        (number, found)
        for number, found in ((number, tuple(words(text))) for number, text in sorted(code.items()))
        if found
    ]
    for index, (number, _) in enumerate(short):
        together: tuple[str, ...] = ()
        for other, (line, more) in enumerate(short[index:]):
            if telling(more) >= _CODE_SAYS or line - number > 2 * other + 1:
                break
            together += more
            if other and telling(together) >= _TOGETHER:
                yield (
                    number,
                    together,
                    _BETWEEN.join(code[n].strip() for n, _ in short[index : index + other + 1]),
                )
                break


def _of_text(text: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
    for number, row in enumerate(text.splitlines(), 1):
        yield from _needle(number, row, _PROSE_SAYS)
        for part in re.findall(r'"([^"]+)"|\'([^\']+)\'', row):
            for sentence in _SENTENCE.split(part[0] or part[1]):
                yield from _needle(number, sentence, _PROSE_SAYS)


def _needle(
    line: int, text: str, least: int, shown: str | None = None
) -> Iterator[tuple[int, tuple[str, ...], str]]:
    found = tuple(words(text))
    if telling(found) >= least:
        yield line, found, (shown or text.strip())


def _told(tree: ast.Module | None, *, hidden: bool) -> list[str]:
    """What students are told: labels and texts of calls in a hidden suite, explanations and hints of a mistake."""
    if tree is None:
        return []
    if hidden:
        labels = [
            ast.get_docstring(node, clean=False) or ""
            for node in ast.walk(tree)
            if isinstance(node, _Function) and node.name.startswith("test_")
        ]
        calls = [
            one.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for part in (*node.args, *(keyword.value for keyword in node.keywords))
            for one in (part.values if isinstance(part, ast.JoinedStr) else [part])
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        return [*labels, *calls]
    return [
        text
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(
            isinstance(target, ast.Name) and target.id in ("EXPLANATION", "HINTS") for target in node.targets
        )
        for text in _constants(node.value)
    ]


def _is_data(lines: str) -> bool:
    """Whether some lines are nothing but values, as `([1, 2], np.array([0.5])),` and `alpha=0.5,` are."""
    for line in lines.split(_BETWEEN):
        tree = parsed(f"_({line.strip().rstrip(',')})")
        if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
            return False
        call = tree.body[0].value
        held = [one for one in ast.iter_child_nodes(call) if not isinstance(one, ast.Name)]
        if not all(
            isinstance(node, _DATA) or (isinstance(node, ast.Name) and node.id == "np")
            for one in held
            for node in ast.walk(one)
        ):
            return False
    return True


def _constants(node: ast.AST) -> list[str]:
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def _strings_of_toml(text: str) -> list[str]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return []
    return [one for pair in table.items() for one in pair if isinstance(one, str)]


@lru_cache(maxsize=2)
def _code(
    sources: tuple[tuple[str, str], ...], public: tuple[str, ...]
) -> dict[bytes, tuple[frozenset[str], Source]]:
    code: dict[bytes, tuple[frozenset[str], Source]] = {}
    for file, text in sources:
        for opcodes, (said, line) in _opcodes(text).items():
            code.setdefault(opcodes, (said, Source(file, line)))
    for opcodes in (one for stub in public for one in _opcodes(stub)):
        code.pop(opcodes, None)
    for opcodes in _engine_code():
        code.pop(opcodes, None)
    return code


def _opcodes(source: str) -> dict[bytes, tuple[frozenset[str], int]]:
    """Opcodes of each function of a source → the names and texts it uses, its line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            whole = compile(source, "<secret>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[bytes, tuple[frozenset[str], int]] = {}
    waiting = [whole]
    while waiting:
        code = waiting.pop()
        if code is not whole and len(code.co_code) >= _LEAST_OPCODES:
            texts = [one for one in code.co_consts if isinstance(one, str)]
            said = frozenset([*code.co_names, *code.co_varnames, *texts])
            found.setdefault(code.co_code, (said, code.co_firstlineno))
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
    return found


# -- files ----------------------------------------------------------------------------------------------------


def _stub(file: str, text: str) -> str:
    try:
        return cut(text)
    except CourseError as error:
        raise CourseError(f"{file}:", *error.parts) from None


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
    )


def _public_files(course: Course, ids: Iterable[str]) -> list[Path]:
    return [path for id in ids for path in _files(course.assignments_dir / id)]


def _public_and_secret(course: Course, ids: Sequence[str]) -> list[Path]:
    secret = (
        [path for id in ids for path in _files(course.solutions_dir / id)] if course.has_solutions else []
    )
    return [*_public_files(course, ids), *secret]


def _name(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _engine_sources() -> list[Path]:
    # The course inside an installed engine is no part of it.
    return [
        path
        for path in _files(_ENGINE)
        if path.relative_to(_ENGINE).parts[0] != "_course"
        and path.suffix in (".py", ".html", ".css", ".js", ".po", ".md")
    ]


@lru_cache(maxsize=1)
def _engine_words() -> list[str]:
    return [word for path in _engine_sources() for word in words(path.read_text("utf-8", "replace"))]


@lru_cache(maxsize=1)
def _engine_code() -> frozenset[bytes]:
    return frozenset(
        opcodes
        for path in _engine_sources()
        if path.suffix == ".py"
        for opcodes in _opcodes(path.read_text("utf-8", "replace"))
    )
