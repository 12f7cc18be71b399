"""Which column of a platform's file is meant? Headings are compared without case and blanks; what is not certain is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.model import message


@dataclass(frozen=True)
class Names:
    """What the assignment is called, and the others of the course: id → id and titles in all languages."""

    id: str
    all: Mapping[str, Collection[str]]

    def is_ours(self, text: str) -> bool:
        """Whether `text` is the assignment's id or title."""
        return folded(text) in {folded(name) for name in self.all.get(self.id, (self.id,))}

    def other(self, text: str) -> str | None:
        """The other assignment of the course whose id or title `text` is."""
        if self.is_ours(text):
            return None
        wanted = folded(text)
        return next(
            (id for id, names in self.all.items() if id != self.id and wanted in map(folded, names)), None
        )

    def other_in(self, text: str) -> str | None:
        """The other assignment whose title stands in `text`, where ours does not: what a file name says."""
        held = folded(text)
        found = {
            id: max((len(folded(name)) for name in names if folded(name) in held), default=0)
            for id, names in self.all.items()
        }
        best = max(found, key=lambda id: found[id], default=self.id)
        return best if best != self.id and found[best] > max(3, found.get(self.id, 0)) else None


def folded(text: str) -> str:
    """A text as headings are compared: letters and digits, without case. Signs and blanks vary with who wrote the file."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def column(
    headings: Sequence[str], candidates: Iterable[int], named: str | None, names: Names, path: str
) -> int:
    """The column of marks.

    candidates  columns that may be it, by the platform's own rules
    named       what `--column` says: a whole heading
    Raises      UsageError where it is none, or not one, or another assignment's
    """
    possible = list(candidates)
    found = possible
    if named is not None:
        found = [number for number, heading in enumerate(headings) if heading.strip() == named.strip()]
    if len(found) == 1:
        return found[0]
    if found:
        told = message(
            "{path} has several columns that may be meant: {headings}. Name one with --column.",
            path=path,
            headings=listed(headings[number] for number in found),
        )
    elif named is not None:
        told = message(
            '{path} has no column "{name}". It has: {headings}.',
            path=path,
            name=clean_line(named),
            headings=listed(headings),
        )
    else:
        told = message(
            "{path} has no column of {assignment}. It has: {headings}. Name one with --column, or export the file again "
            "with the assignment in it.",
            path=path,
            assignment=names.id,
            headings=listed(headings),
        )
    raise UsageError(told)


def not_another(heading: str, title: str, names: Names, path: str) -> None:
    """Refuse a column that is called like another assignment of the course."""
    other = names.other(title)
    if other is not None:
        raise UsageError(
            message(
                'The column "{heading}" of {path} is the one of {other}, not of {assignment}.',
                heading=clean_line(heading),
                path=path,
                other=other,
                assignment=names.id,
            )
        )


def listed(headings: Iterable[str], most: int = 30) -> str:
    """Headings as they stand in a sentence."""
    all_ = [f'"{clean_line(heading, 100)}"' for heading in headings]
    return ", ".join(all_[:most]) + (", …" if len(all_) > most else "")


def known(headings: Sequence[str], translations: Collection[str]) -> int | None:
    """The first column with one of these headings."""
    wanted = set(map(folded, translations))
    return next((number for number, heading in enumerate(headings) if folded(heading) in wanted), None)
