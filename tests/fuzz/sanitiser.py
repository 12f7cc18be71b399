"""Whatever a student writes: after cleaning nothing in it acts, and each sink takes it for text and gives it back.

An input is one byte that chooses the sink, and the text: UTF-8, in which surrogates are allowed.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

from autograder.cleaning import MOST_MARKS, clean, clean_line, few_lines, indented
from tests.reports import test_sinks as sinks
from tests.reports.corpus import CORPUS, acting

LONGEST = 2**9
_LIMITS = (0, 1, 7, 20, 50, 300, 2_048, 8_192)


def one(data: bytes) -> None:
    kind = data[0] if data else 0
    SINKS[kind % len(SINKS)](
        data[1:].decode("utf-8", "surrogatepass") if _is_text(data[1:]) else data[1:].decode("latin-1")
    )
    if kind >= 128:
        cleaned(data[1:])


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def cleaned(text: str | bytes) -> None:
    """The promises of `cleaning`."""
    for limit in (_LIMITS[len(text) % len(_LIMITS)], 20):
        for shown, gap in ((clean(text, limit), "\n[…]\n"), (clean_line(text, limit), " […] ")):
            assert len(shown) <= max(limit, len(gap))
            assert not acting(shown.replace("\t", ""))
            shown.encode("utf-8")
            assert _highest(shown) <= 2 * MOST_MARKS + 1  # a cut may put two runs beside each other
        line = clean_line(text, limit)
        assert len(line.splitlines()) <= 1
        assert "\t" not in line
    shown = clean(text)
    assert clean(shown) == shown
    assert clean_line(clean_line(text)) == clean_line(text)
    assert unicodedata.is_normalized("NFC", shown) or _highest(shown) >= MOST_MARKS
    assert _highest(shown) <= 2 * MOST_MARKS
    assert few_lines(shown, 5).count("\n") < 5
    assert all(line.startswith("> ") for line in indented(shown, "> ").split("\n"))


def _highest(text: str) -> int:
    """The longest run of combining marks."""
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        longest = max(longest, run)
    return longest


def _as_student_and_text(sink: Callable[[str, str], None]) -> Callable[[str], None]:
    """A sink of two texts: the first line is the id."""

    def shown(text: str) -> None:
        id, _newline, rest = text.partition("\n")
        sink(rest, id)

    return shown


def _on_a_page(text: str, student: str) -> None:
    if student not in ("binh", "chi") and text.strip():
        sinks.same_elements(text, student)


SINKS: tuple[Callable[[str], None], ...] = (
    *[cleaned] * 16,  # which the others rest on, and the quickest
    sinks.inert_in_xml,
    sinks.inert_in_xml,
    sinks.inert_in_a_table,
    sinks.inert_in_a_table,
    sinks.inert_in_json,
    _as_student_and_text(sinks.inert_in_a_terminal),
    _as_student_and_text(_on_a_page),
)


def seeds() -> list[bytes]:
    return [
        bytes([number]) + trick[:400].encode("utf-8", "surrogatepass")
        for number in (0, *range(16, len(SINKS)))
        for trick in CORPUS.values()
    ]


_PIECES = (
    *(trick[:40] for trick in CORPUS.values()),
    *("\u0301\u0316" * 4, "\u0f73", "\u0344", "\u1161\u11a8", "\uac00", "\u212b", "\ufb2c", "\u2adc", "\u0958", "a\u0323\u0307"),
    *("\x1b", "\x9b", "\x00", "\r", "\n", "\t", "\x85", "\u2028", "\ud83d", "\ude00", "\U000e0020", "\ufe0f", "\u00a0", "\u3000"),
    *("=", "'", '"', ",", "<", ">", "&", "{", "}", "[", "]", "\\", "/]", "[/]", "[b]", "%s", "]]>", "--", ";", "＝"),
)  # fmt: skip


def mutate(data: bytes, seed: int) -> bytes:
    """Pieces with a meaning put in, repeated, or any character."""
    dice = random.Random(seed)
    text = data[1:].decode("utf-8", "surrogatepass") if _is_text(data[1:]) else data[1:].decode("latin-1")
    for _ in range(dice.choice((1, 1, 2, 5))):
        place = dice.randrange(len(text) + 1)
        piece = dice.choice((*_PIECES, chr(dice.randrange(0x110000)), text[place : place + 9]))
        text = (
            text[:place]
            + piece * dice.choice((1, 1, 1, 1, 2, 2, 30))
            + text[place + dice.choice((0, 0, 1, len(piece))) :]
        )
    kind = data[0] if data and dice.random() < 0.5 else dice.randrange(256)
    return bytes([kind]) + text.encode("utf-8", "surrogatepass")
