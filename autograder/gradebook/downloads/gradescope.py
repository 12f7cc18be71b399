"""How does Gradescope's "Export Submissions" look? assignment_N_export/submission_M/FILES with submission_metadata.yml.

The export holds each student's active submission. The metadata is YAML that Ruby wrote, and most of it is results and
history. Only who submitted and when is read: the few lines of that shape, nothing else; no other YAML is understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook.downloads.container import Container, Damaged, Entry
from autograder.gradebook.downloads.handed import Download, Handed
from autograder.gradebook.downloads.placing import Found, placed
from autograder.model import Message, message

LAYOUT = "gradescope"
METADATA = "submission_metadata.yml"
MAX_METADATA_BYTES = 512 * 2**20
_MAX_LINE = 4_000
_MAX_SUBMITTERS = 100
_ROOT = re.compile(r"assignment_([0-9]{1,18})_export.*")
_FOLDER = re.compile(r"submission_[0-9]{1,18}")
_TOP = re.compile(r"""["']?(submission_[0-9]{1,18})["']?:\s*""")
_KEY = re.compile(r"""["']?:?(\w+)["']?:(?: +(.*))?""", re.DOTALL)
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?\s*(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
)
_TAG = re.compile(r"![^\s]*\s+")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "0": "\0",
    "e": "\x1b",
    "a": "\a",
    "b": "\b",
    "v": "\v",
    "f": "\f",
}
_ESCAPES |= {"N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}
_LONGEST_NAME = 200


@dataclass
class _Submission:
    """What the metadata says of one: its submitters, each field → text; when it was made."""

    submitters: list[dict[str, str]] = field(default_factory=list)
    created: str = ""


def recognised(container: Container) -> bool:
    """Whether it is an export: the metadata lie in it, where no student's file can lie."""
    return _root(container) is not None


def _root(container: Container) -> Container | None:
    # A folder of another platform may be a student's own, with such a file in it.
    places = [
        entry.parts[:-1]
        for entry in container.entries
        if entry.parts == (METADATA,)
        or (len(entry.parts) == 2 and entry.parts[1] == METADATA and _ROOT.fullmatch(entry.parts[0]))
    ]
    return container.inside(min(places, key=len)) if places else None


def read(container: Container, assignment: str, main: str) -> Download:
    """What it says. main: the file to be graded, ours.

    Raises  UsageError where the metadata cannot be read
    """
    inside = _root(container) or container
    metadata = next(entry for entry in inside.entries if entry.parts == (METADATA,))
    said = submissions(_lines(metadata))
    files: dict[str, list[Found]] = {}
    ignored: list[tuple[str, Message]] = []
    for entry in inside.entries:
        if entry is metadata:
            continue
        if len(entry.parts) > 1 and entry.parts[0] in said:
            files.setdefault(entry.parts[0], []).append((entry.parts[1:], entry))
        elif len(entry.parts) > 1 and _FOLDER.fullmatch(entry.parts[0]):
            ignored.append((entry.path, message("{file} does not say whose it is", file=METADATA)))
        else:
            ignored.append((entry.path, message("it lies in no folder of a submission")))
    handed: list[Handed] = []
    for folder in sorted(said, key=lambda name: int(name.rpartition("_")[2])):
        handed += _handed(folder, said[folder], files.get(folder, []), main, ignored)
    origin = next(
        (found[1] for entry in container.entries if (found := _ROOT.fullmatch(entry.parts[0]))), None
    )
    if origin is None and (found := _ROOT.fullmatch(container.name)):
        origin = found[1]
    return Download(
        LAYOUT,
        tuple(handed),
        origin=f"gradescope assignment {origin}" if origin else "",
        ignored=ignored,
    )


def _handed(
    folder: str, said: _Submission, found: list[Found], main: str, ignored: list[tuple[str, Message]]
) -> Iterator[Handed]:
    """One for each submitter: those of a group have handed in the same files."""
    place = placed(found, main)
    notes = list(place.notes)
    if len(said.submitters) > 1:
        notes.append(message("It was handed in by a group of {count}.", count=len(said.submitters)))
    when = _time(said.created)
    known = False
    for submitter in said.submitters:
        sid, email = submitter.get("sid", "").strip(), submitter.get("email", "").strip()
        if not sid and not email:
            continue
        known = True
        yield Handed(
            key=f"{folder}: {sid or email}",
            ids={
                system: value
                for system, value in (("gradescope_sid", sid), ("email", email.lower()))
                if value
            },
            id=sid or email.lower(),
            files=place.files,
            name=clean_line(submitter.get("name", "").strip(), _LONGEST_NAME),
            email=email,
            earlier=place.aside,
            problem=place.problem,
            notes=tuple(notes),
            handed_in=when,
            order=int(folder.rpartition("_")[2]),
        )
    if not known:
        ignored.append((folder, message("{file} does not say whose it is", file=METADATA)))


def _lines(metadata: Entry) -> Iterator[str]:
    """The lines of the file; long ones, which are nobody's name, are cut."""
    if metadata.size > MAX_METADATA_BYTES:
        raise _unreadable(0)
    rest = b""
    try:
        for piece in metadata.pieces():
            *whole, rest = (rest + piece).split(b"\n")
            yield from map(_line, whole)
            rest = rest[:_MAX_LINE]
    except Damaged:
        raise _unreadable(0) from None
    yield _line(rest)


def _line(data: bytes) -> str:
    return data[:_MAX_LINE].decode("utf-8", "replace").rstrip("\r")


def submissions(lines: Iterable[str]) -> dict[str, _Submission]:
    """Folder → what the metadata say of it. Raises UsageError where two are alike, or a value is of no known shape."""
    said: dict[str, _Submission] = {}
    here: _Submission | None = None
    reader: _Scalar | None = None
    inside = ""  # the key of the second level that is being read
    depth = 0
    for number, line in enumerate(lines, 1):
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if reader is not None:
            # A long text goes on in lines that lie deeper, a quoted one until its quote.
            if reader.wants(indent, text):
                reader.add(text)
                continue
            reader.end(number)
            reader = None
        if not text or text.startswith("#") or (indent == 0 and text.startswith(("---", "..."))):
            continue
        if indent == 0:
            found = _TOP.fullmatch(text)
            here, inside = None, ""
            if found is None:
                continue
            if found[1] in said:
                raise _unreadable(number)
            here = said[found[1]] = _Submission()
            depth = 0
            continue
        if here is None:
            continue
        depth = depth or indent
        if indent < depth:
            raise _unreadable(number)
        # A list may stand as deep as the key that it belongs to.
        if indent == depth and not text.startswith("- "):
            found = _KEY.fullmatch(text)
            inside = found[1] if found else ""
            if found and inside == "created_at" and found[2]:
                target = here
                reader = _Scalar(
                    indent, found[2], lambda value, target=target: setattr(target, "created", value)
                )
            continue
        if inside != "submitters":
            continue
        if text.startswith("- "):
            if len(here.submitters) >= _MAX_SUBMITTERS:
                raise _unreadable(number)
            here.submitters.append({})
            indent, text = indent + 2, text[2:].lstrip(" ")
        found = _KEY.fullmatch(text)
        if found is None or not here.submitters:
            raise _unreadable(number)
        person = here.submitters[-1]
        if found[1] in ("name", "sid", "email") and found[2]:
            if found[1] in person:
                raise _unreadable(number)
            reader = _Scalar(
                indent, found[2], lambda value, key=found[1], person=person: person.update({key: value})
            )
    if reader is not None:
        reader.end(0)
    return said


class _Scalar:
    """A value of one or more lines: plain, 'quoted' or "quoted", as Ruby writes names and numbers."""

    def __init__(self, indent: int, text: str, done: object) -> None:
        self._indent = indent
        self._lines = [_TAG.sub("", text, count=1) if text.startswith("!") else text]
        self._done = done
        self._quote = self._lines[0][:1] if self._lines[0][:1] in ("'", '"') else ""

    def wants(self, indent: int, text: str) -> bool:
        """Whether a further line belongs to it."""
        if sum(map(len, self._lines)) > _MAX_LINE:
            return False
        if self._quote:
            return not self._is_closed()
        return indent > self._indent and bool(text)

    def _is_closed(self) -> bool:
        body = " ".join(self._lines).rstrip()[1:]
        if self._quote == "'":
            return body.replace("''", "").endswith("'")
        return re.fullmatch(r'(?:[^"\\]|\\.)*"', body, re.DOTALL) is not None

    def add(self, text: str) -> None:
        """A further line."""
        self._lines.append(text)

    def end(self, number: int) -> None:
        """Hand the value over. Raises UsageError for one of no known shape."""
        first = self._lines[0]
        if self._quote:
            if not self._is_closed():
                raise _unreadable(number)
            body = "".join(self._folded())[1:-1]
            value = body.replace("''", "'") if self._quote == "'" else _ESCAPE.sub(_unescaped, body)
        elif first.startswith(("&", "*", "|", ">", "{", "[", "@", "`", "%")):
            # Anchors, blocks and lists: none of them is a name, a number or an address.
            raise _unreadable(number)
        else:
            value = "".join(self._folded())
            value = "" if value in ("null", "~", "Null", "NULL") else value
        self._done(value)  # type: ignore[operator]

    def _folded(self) -> Iterator[str]:
        lines = [line.rstrip(" ") for line in self._lines]
        yield lines[0] if not self._continues(lines[0]) else lines[0][:-1]
        for before, line in pairwise(lines):
            text = line[1:] if self._continues(before) and line.startswith("\\ ") else line
            joint = "" if self._continues(before) else " "
            yield joint + (text if not self._continues(line) else text[:-1])

    def _continues(self, line: str) -> bool:
        # In double quotes a line may end in "\\", and goes on without a blank.
        return self._quote == '"' and line.endswith("\\") and not line.endswith("\\\\")


def _unescaped(found: re.Match[str]) -> str:
    for group in (1, 2, 3):
        if found[group]:
            code = int(found[group], 16)
            return chr(code) if code <= 0x10FFFF else "\ufffd"
    return _ESCAPES.get(found[4], found[4])


def _unreadable(line: int) -> UsageError:
    return UsageError(
        message(
            "{file}, line {line}: this is not what Gradescope writes, so nobody can be told from it. Export the "
            "submissions again.",
            file=METADATA,
            line=line,
        )
    )


def _time(text: str) -> datetime | None:
    """ "2026-11-21 17:15:10.870397000 -07:00" and its likes; without a zone it is UTC."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    date, clock, fraction, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z", "UTC") else zone
    try:
        return datetime.fromisoformat(
            f"{date}T{clock}.{(fraction or '0')[:6].ljust(6, '0')}{offset}"
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
