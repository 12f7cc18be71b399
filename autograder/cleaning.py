"""How may text that a student had a hand in be shown to people?

Everything that comes from student code or from a student's file (printed output, exception texts, ids,
file names) passes through here before it meets a terminal, a page or a table. What could move a cursor,
reorder or hide text is replaced by the escape that Python would write for it, such as ``\\x1b`` or
``\\u202e``, so that it stays visible and does nothing. Cleaning what is already clean changes nothing,
so every sink may clean once more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

OUTPUT_LIMIT = 8 * 1024
"""Characters of one captured text that are kept."""

LINE_LIMIT = 2 * 1024
"""Characters of one line that are kept: enough for the longest file name, 255 bytes, wholly escaped."""

MOST_MARKS = 6
"""Combining marks kept on one character. Vietnamese needs two; hundreds would cover other lines."""

CUT = "\n[…]\n"
CUT_IN_LINE = " […] "

_UNSAFE = (
    "\x00-\x08\x0b-\x1f"  # C0 but tab and newline
    "\x7f-\x9f"  # DEL and C1
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # drawn as nothing
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # zero width, bidi controls, line separators
    "\ud800-\udfff"  # lone surrogates: bytes that were not UTF-8
    "\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"  # not for interchange, not allowed in XML
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # controls of hieroglyphs, shorthand, scores
    "\U000e0000-\U000e0fff"  # tags: invisible letters
)
_LAST_TWO = "".join(chr((plane << 16) + low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
UNSAFE = re.compile(f"[{_UNSAFE}{_LAST_TWO}]")
"""One character that is never shown as it is."""

_LINE_BREAK = re.compile(r"[\n\t]")
_WITHOUT_MARKS = "\x00-\u02ff\u1e00-\u20cf\u2100-\u2cee\u4e00-\u9fff"
"""Blocks in which no character is a combining mark: Latin with Vietnamese, Greek Extended, signs, CJK."""

_MANY_MARKS = re.compile(f"[^{_WITHOUT_MARKS}]{{{MOST_MARKS + 1}}}")
"""Where there may be more marks on one character than are kept."""


def escape(character: str) -> str:
    """One character as Python writes it: ESC → ``\\x1b``, U+202E → ``\\u202e``, newline → ``\\n``."""
    return ascii(character)[1:-1]


def clean(text: str | bytes, limit: int = OUTPUT_LIMIT) -> str:
    """`text` with nothing in it that could act, in at most `limit` characters.

    text     str, which may hold lone surrogates, or bytes, which are read as UTF-8
    limit    in characters; of what is longer the beginning and the end are kept, with a line "[…]" between
    Returns  NFC; newlines and tabs are kept, "\\r\\n" becomes "\\n"
    """
    return _fitted(text, limit, CUT, _harmless)


def clean_line(text: str | bytes, limit: int = LINE_LIMIT) -> str:
    """Like `clean`, for what must stay on one line, such as an id: newlines and tabs are escaped too."""
    return _fitted(text, limit, CUT_IN_LINE, _harmless_line)


def few_lines(text: str, most: int) -> str:
    """`text` in at most `most` lines: the first and the last ones, with a line "[…]" between."""
    lines = text.split("\n")
    if len(lines) <= most:
        return text
    last = (most - 1) // 3
    return "\n".join([*lines[: most - 1 - last], CUT.strip(), *(lines[-last:] if last else ())])


def indented(text: str, by: str) -> str:
    """`text` with `by` before each of its lines, so that none of them stands where lines of ours do."""
    return "\n".join(by + line for line in text.split("\n"))


def _fitted(text: str | bytes, limit: int, gap: str, harmless: Callable[[str], str]) -> str:
    if isinstance(text, bytes):
        text = _decoded(text, limit)
    elif len(text) <= limit and text.isascii() and text.isprintable():
        return str(text)  # as nearly all texts are
    if len(text) <= 2 * limit:
        head = tail = harmless(text)
        if len(head) <= limit:
            return head
    else:
        # What lies further inside is not shown in any case; leaving it out first bounds the work.
        head, tail = harmless(text[:limit]), harmless(text[-limit:])
    room = max(limit - len(gap), 0)
    last = room // 3
    return head[: room - last] + gap + (tail[-last:] if last else "")


def _decoded(data: bytes, limit: int) -> str:
    """`data` as text; of what is too long to be shown whole only the bytes that can be shown."""
    # A character has at most four bytes, so each end still has enough of them; one cut in two lies inside.
    most = 4 * 2 * limit
    if len(data) > 2 * most:
        data = data[:most] + data[-most:]
    return data.decode("utf-8", "replace")


def _harmless(text: str) -> str:
    return _composed(UNSAFE.sub(lambda found: escape(found[0]), text.replace("\r\n", "\n")))


def _harmless_line(text: str) -> str:
    return _harmless(_LINE_BREAK.sub(lambda found: escape(found[0]), text))


def _composed(text: str) -> str:
    # After the escapes, whose last letter a following mark may compose with.
    if text.isascii():
        return text
    if not _MANY_MARKS.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    # Marks are capped before normalising too: sorting a long run of them takes quadratic time.
    return _cap_marks(unicodedata.normalize("NFC", _cap_marks(text)))


def _cap_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for character in text:
        # By category: the combining class of many marks is 0, of some even though they decompose into others.
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        if run <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
