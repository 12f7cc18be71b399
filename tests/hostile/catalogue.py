"""All entries of the catalogue, family by family."""

from __future__ import annotations

from tests.hostile import escape, exhaust, files, forge, inject, read, tamper
from tests.hostile.entry import Entry

FAMILIES = {"F": 22, "R": 14, "X": 16, "E": 11, "T": 8, "I": 6, "S": 15}
"""How many entries each family of SECURITY, section 10, has."""

IDS = tuple(f"{family}{number:02d}" for family, size in FAMILIES.items() for number in range(1, size + 1))


def entries() -> list[Entry]:
    """Every entry, in the catalogue's order."""
    families = (forge, read, exhaust, escape, tamper, inject, files)
    return [entry for family in families for entry in family.ENTRIES]


def is_leak_free(text: str, canary: str) -> bool:
    """Whether the canary is in a text neither as it is nor turned round nor in one of the usual disguises."""
    data = canary.encode()
    return not any(form in text for form in (canary, canary[::-1], data.hex(), data.hex().upper()))
