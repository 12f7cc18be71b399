"""Which cell would a spreadsheet run as a formula, and how is a text of ours kept from it?

A cell that begins, blanks aside, with one of ``= + - @``, one of their full-width forms, a tab or a carriage return may be
run when somebody opens the file. A text of ours that does gets an apostrophe in front, as in marks.csv; a number stays a number.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)*|[.,]\d+)(?:[eE][-+]?\d+)?\s?%?")
_STARTS = tuple("=+-@＝＋－＠")
_CONTROLS = ("\t", "\r")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run the cell. A number is none, nor is a dash alone, which stands for "no mark"."""
    if text.startswith(_CONTROLS):
        return True
    bare = text.strip()
    return bare.startswith(_STARTS) and bare not in ("-", "+") and _NUMBER.fullmatch(bare) is None


def inert(text: str) -> str:
    """`text` as a cell that nothing runs."""
    return f"'{text}" if is_formula(text) else text
