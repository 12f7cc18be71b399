"""Does what students receive hold a line that they must not see? Every place of it is looked into.

`secret_lines` says what is secret, `looked_into` what can be read in a file, `tokens` when two lines are the same one.
Text drawn as pixels is not read.
"""

from __future__ import annotations

import dis
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.cleaning import clean_line
from autograder.course.manifest import Course
from autograder.errors import CourseError
from autograder.language import later
from autograder.model import Message, message
from autograder.proof.looked_into import MOST_BYTES, Budget, Seen, look
from autograder.proof.secret_lines import Secrets, Source, allowances, bodies_of, secrets
from autograder.proof.tokens import Needles, line_of, words

__all__ = ["Leak", "leaks", "scan_or_raise", "secrets", "unneeded_allowances"]

_SHOWN = 10
_LONGEST = 160
_RESUME = bytes([dis.opmap["RESUME"], 0])
"""How the opcodes of a function begin."""
_NO_CODE = (b"PK", b"\x89PNG", b"\x1f\x8b", b"\xff\xd8", b"GIF8")

LINE = later("a line of it")
FUNCTION = later("a function of it")
CODE = later("its compiled code")
WHOLE = later("the whole file")
NAME = later("its name")
LINK = later("a link to it")
BYTECODE = later("bytecode, which is never released")


@dataclass(frozen=True)
class Leak:
    """One secret in one place.

    where   e.g. "handout.zip!hw1/hw1.ipynb, cell 3, output 1"
    line    line of the text there, from 1; 0 where it has none, or where the text had to be decoded first
    what    how it shows: "a line of it", "the whole file", "bytecode, which is never released", …
    secret  where the secret stands; file "" for bytecode that nothing else is known of
    """

    where: str
    line: int
    what: str
    secret: Source

    def told(self) -> Message:
        """The leak in one sentence."""
        place = f"{self.where}, line {self.line}" if self.line else self.where
        if not self.secret.file:
            return message("{place}: {what}.", place=clean_line(place), what=self.what)
        source = f"{self.secret.file}:{self.secret.line}" if self.secret.line else self.secret.file
        if self.secret.text:
            return message(
                "{place} shows {source}: {line}",
                place=clean_line(place),
                source=source,
                line=clean_line(self.secret.text, _LONGEST),
            )
        return message(
            "{place} shows {source}: {what}.", place=clean_line(place), source=source, what=self.what
        )


def leaks(
    path: Path,
    secrets: Secrets,
    *,
    told: bool = False,
    given: Iterable[Path] = (),
    most_bytes: int = MOST_BYTES,
) -> list[Leak]:
    """All leaks in a file or a folder, in the order of what is found there.

    told        for reports and feedback, which are meant to say labels, hints and explanations; code they must not say
    given       files and folders that the reader has anyway, e.g. their own submission: what it holds is no leak
    most_bytes  what archives may unpack to
    Raises      CourseError for what cannot be looked into
    """
    known: set[object] = set(secrets.told) if told else set()
    for one in given:
        # What of it cannot be looked into is not known, which is no reason to stop.
        with suppress(CourseError):
            for seen in look(one, Budget(most_bytes, lenient=True)):
                known.update(key for key, _ in _found(seen, secrets, ()))
    found: dict[tuple[str, Source, str], Leak] = {}
    for seen in look(path, Budget(most_bytes, lenient=told), secrets.root / "solutions"):
        for _, leak in _found(seen, secrets, known):
            found.setdefault((leak.where, leak.secret, leak.what), leak)
    for leak in _links(path, secrets):
        found.setdefault((leak.where, leak.secret, leak.what), leak)
    return list(found.values())


def scan_or_raise(
    path: Path,
    course: Course,
    assignment_ids: Iterable[str],
    told: bool = False,
    given: Iterable[Path] = (),
) -> None:
    """Raise a CourseError that names the leaks in `path`, if there are any; the arguments are those of `leaks`."""
    found = leaks(path, secrets(course, assignment_ids), told=told, given=given)
    if found:
        raise refusal(path.name, found)


def refusal(name: str, found: Sequence[Leak]) -> CourseError:
    """What is said of a release that leaks."""
    parts: list[Message | str] = [
        message("{name} would show students what they must not see, so it was not made.", name=name)
    ]
    for leak in found[:_SHOWN]:
        parts += ["\n ", leak.told()]
    if len(found) > _SHOWN:
        parts += ["\n ", message("… and {count} more.", count=len(found) - _SHOWN)]
    parts += [
        "\n",
        message(
            "Take it out of the public files. Where students may see a line, name it with the reason in "
            "solutions/<assignment>/allowed.toml."
        ),
    ]
    return CourseError(*parts)


def unneeded_allowances(course: Course) -> list[str]:
    """Lines of allowed.toml files, as "assignment: line", that are not secret anyway or that no public file shows."""
    held = secrets(course, course.assignments).allowed
    index = Needles(held.items())
    shown: set[tuple[str, ...]] = set()
    for seen in look(course.assignments_dir, Budget()):
        for text in seen.texts:
            shown.update(needle for _, needle, _ in index.within(words(text)))
    needed = Needles((needle, None) for needle in shown)
    return [
        f"{id}: {line}"
        for id in course.assignments
        for line in allowances(course.assignment(id))
        if not any(True for _ in needed.within(words(line)))
    ]


# -- one place ------------------------------------------------------------------------------------------------


def _found(seen: Seen, secrets: Secrets, known: Collection[object]) -> Iterator[tuple[object, Leak]]:
    """(what it is known by, leak) of what shows in one place and is not `known`."""
    if seen.name:
        yield from ((key, leak) for key, leak in _by_name(seen, secrets) if key not in known)
    if seen.data is not None:
        yield from ((key, leak) for key, leak in _by_bytes(seen, seen.data, secrets) if key not in known)
    for number, text in enumerate(seen.texts):
        said = words(text)
        for index, needle, source in secrets.index.within(said):
            if needle not in known:
                yield needle, Leak(seen.where, 0 if number else line_of(text, index), LINE, source)
        for key in secrets.keys.keys() & set(said):
            if key not in known:
                yield key, Leak(seen.where, 0, LINE, secrets.keys[key])
        if seen.is_python and number == 0:
            for name, body, line in bodies_of(_without_magics(text), secrets.bodies):
                held = secrets.bodies[name].get(body)
                if held is not None and (name, body) not in known:
                    yield (name, body), Leak(seen.where, line, FUNCTION, held)


def _by_name(seen: Seen, secrets: Secrets) -> Iterator[tuple[object, Leak]]:
    for part in seen.name.replace("\\", "/").split("/"):
        stem = part.partition(".")[0]
        if stem in secrets.names:
            yield ("name", stem), Leak(seen.where, 0, NAME, secrets.names[stem])


def _by_bytes(seen: Seen, data: bytes, secrets: Secrets) -> Iterator[tuple[object, Leak]]:
    digest = hashlib.sha256(data).hexdigest()
    if digest in secrets.digests:
        yield digest, Leak(seen.where, 0, WHOLE, secrets.digests[digest])
    if _RESUME in data and b"\0" in data and not data.startswith(_NO_CODE):
        for opcodes, (said, source) in secrets.code().items():
            # Not unmarshalled, which could crash: a code object holds its opcodes, names and texts as they are.
            if opcodes in data and all(name.encode("utf-8", "surrogatepass") in data for name in said):
                yield opcodes, Leak(seen.where, 0, CODE, source)
    if seen.name.endswith((".pyc", ".pyo")) or _is_bytecode(data):
        yield "bytecode", Leak(seen.where, 0, BYTECODE, Source("", 0))


def _is_bytecode(data: bytes) -> bool:
    """Whether it begins as a .pyc file or as a marshalled code object does, of any version from 3.8 on."""
    if data[2:4] == b"\r\n" and 3400 <= int.from_bytes(data[:2], "little") < 4000:
        return len(data) > 16
    numbers = [int.from_bytes(data[at : at + 4], "little") for at in (1, 5, 9)]
    # Numbers of arguments, two or three more numbers, then the bytes of the opcodes.
    return (
        data[:1] in (b"\xe3", b"c")
        and max(numbers) < 256
        and bool({*data[21:22], *data[25:26]} & {0x73, 0xF3})
    )


def _without_magics(text: str) -> str:
    return "\n".join("pass" if line.startswith(("%", "!")) else line for line in text.splitlines())


def _links(path: Path, secrets: Secrets) -> Iterator[Leak]:
    """Symbolic links that lead into the secret folder, whatever stands there."""
    folder = secrets.root / "solutions"
    if not folder.is_dir():
        return
    for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
        if one.is_symlink():
            target = one.resolve()
            if target == folder.resolve() or folder.resolve() in target.parents:
                where = one.relative_to(path).as_posix() if one != path else one.name
                file = "solutions/" + target.relative_to(folder.resolve()).as_posix()
                yield Leak(where, 0, LINK, Source(file.removesuffix("/."), 0))
