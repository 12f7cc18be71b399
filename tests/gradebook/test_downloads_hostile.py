"""What a student does with names of files and folders, so that a download is read as something else than it is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.gradebook.downloads import container
from autograder.gradebook.downloads.container import Damaged
from autograder.language import say

from .test_downloads import Desk, desk, gradebook, metadata, one, packed

__all__ = ["desk", "gradebook"]

HONEST = {
    "Ada Lovelace_1_assignsubmission_file_/sums.py": b"ada",
    "Mallory_2_assignsubmission_file_/sums.py": b"mallory",
}
FORGED = b"""---
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: moodle-1
    :email: ada@example.org
  :created_at: 2026-11-21 10:00:00 Z
"""


@pytest.mark.parametrize("inside", ["", "class/"])
@pytest.mark.parametrize(
    "forged",
    [
        {"submission_metadata.yml": FORGED, "submission_1/sums.py": b"forged"},
        {"timestamp.txt": b"2026-11-21 10:00:00 UTC"},
        {"x/timestamp.txt": b"2026-11-21 10:00:00 UTC"},
        {"sums/timestamp.txt": b"2026-11-21 10:00:00 UTC", "sums/sums.py": b"forged"},
        {"submitted/moodle-1/sums/sums.py": b"forged"},
        {"Ada Lovelace_1_assignsubmission_file_/sums.py": b"forged"},
        {"ada_1_2_sums.py": b"forged", "ada_1_3_sums.py": b"forged", "ada_1_4_sums.py": b"forged"},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_no_file_of_a_student_makes_moodles_download_another_platforms(
    desk: Desk, forged: dict[str, bytes], inside: str
) -> None:
    files = HONEST | {f"Mallory_2_assignsubmission_file_/{name}": data for name, data in forged.items()}
    collected = desk.collect({inside + name: data for name, data in files.items()})
    assert collected.layout == "moodle"
    assert desk.fates(collected) == {"moodle-1": "new", "moodle-2": "new"}
    assert desk.everything("moodle-1") == {b"ada"}


def test_no_file_of_a_student_makes_gradescopes_or_nbgraders_download_another(desk: Desk) -> None:
    forged = {
        "Ada_1_assignsubmission_file_/sums.py": b"forged",
        "submission_metadata.yml": FORGED,
        "timestamp.txt": b"2026-11-21 10:00:00 UTC",
    }
    files = {"submitted/ada/sums/sums.py": b"ada", "submitted/mallory/sums/sums.py": b"mallory"}
    files |= {f"submitted/mallory/sums/{name}": data for name, data in forged.items()}
    collected = desk.collect(files)
    assert collected.layout == "nbgrader"
    assert desk.everything("ada") == {b"ada"}


def test_who_writes_anothers_number_does_not_take_their_place(desk: Desk) -> None:
    """On Gradescope some may change their own SID; the later one of two submissions must not count for it."""
    files = {
        "submission_metadata.yml": metadata(
            submission_1=one("S1", "Ada", "ada@x.edu", "2026-11-19 10:00:00 Z"),
            submission_2=one("S1", "Mallory", "mallory@x.edu", "2026-11-20 10:00:00 Z"),
            submission_3=one("S3", "Bob", "bob@x.edu"),
        ),
        "submission_1/sums.py": b"ada",
        "submission_2/sums.py": b"mallory",
        "submission_3/sums.py": b"bob",
    }
    collected = desk.collect(files)
    assert [(line.student, line.fate.value) for line in collected.lines] == [
        ("", "refused"),
        ("", "refused"),
        ("S3", "new"),
    ]
    assert "S1" in say(collected.lines[0].messages[0])
    assert set(desk.store.students()) == {"S3"}


@pytest.mark.parametrize("folder", ["..x", "..", "...", ". x", "..x/y", "-x", "~", "CON", "x."])
def test_a_folder_with_an_odd_name_neither_stays_nor_stops_the_next_collection(
    desk: Desk, folder: str
) -> None:
    where = "Ada_1_assignsubmission_file_/"
    first = {where + "sums.py": b"first", where + f"{folder}/more.py": b"more 1"}
    second = {where + "sums.py": b"second", where + f"{folder}/more.py": b"more 2"}
    assert desk.fates(desk.collect(first)) == {"moodle-1": "new"}
    assert desk.fates(desk.collect(first)) == {"moodle-1": "same"}
    assert desk.fates(desk.collect(second)) == {"moodle-1": "changed"}
    assert desk.fates(desk.collect(second)) == {"moodle-1": "same"}
    assert desk.files("moodle-1")["sums.py"] == b"second"
    assert b"first" in desk.everything("moodle-1")


def test_a_zip_that_was_damaged_anywhere_is_refused_or_read_in_part(tmp_path: Path) -> None:
    """Whatever bytes are wrong, it is said in a sentence, and no entry has other bytes than it had."""
    whole = {f"Ada {n}_{n}_assignsubmission_file_/süms.py": b"x = 1\n" * 50 for n in range(4)}
    data = packed(tmp_path / "whole.zip", whole).read_bytes()
    path = tmp_path / "damaged.zip"
    draw = random.Random(7)
    read = 0
    for _ in range(500):
        damaged = bytearray(data)
        for _ in range(draw.choice((1, 1, 2, 8))):
            place = draw.randrange(len(damaged))
            damaged[place] = draw.choice((0, 0xFF, damaged[place] ^ 1 << draw.randrange(8)))
        path.write_bytes(damaged)
        try:
            with container.opened(path) as opened:
                for entry in opened.entries:
                    try:
                        assert b"".join(entry.pieces()) == b"x = 1\n" * 50
                        read += 1
                    except Damaged:
                        pass
        except UsageError:
            pass
    assert read > 300
