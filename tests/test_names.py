from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path

import pytest

from autograder.names import did_you_mean, folder_name, is_plain, student_id

HOSTILE = [
    "..", "../../etc/passwd", "..hidden", ".", "-rf", "--help", "a\nb", "a\0b", "", " ", "a/b", "a\\b",
    "C:evil", os.fsdecode(b"\xff\xfe"), "\udcff", "x" * 255, "class", "CON", "con", "nul.txt", "COM1",
    "aux.py", "marks", "index",
    "An", "an", "AN", "aN", "straße", "STRASSE", "ﬁ", "fi",
    unicodedata.normalize("NFC", "Nguyễn Văn Ánh"), unicodedata.normalize("NFD", "Nguyễn Văn Ánh"),
    "Đặng", "đặng", "学生", "😀", "a.", "a ", "a..b", ".student", "sv-0123456789ab",
]  # fmt: skip


def as_file_systems_see_it(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold()).rstrip(". ")


def test_no_two_ids_share_a_folder_on_any_file_system() -> None:
    ids = HOSTILE + [folder_name(id) for id in HOSTILE if not is_plain(id)] + ["sv001", "an.nguyen", "b20-17"]
    assert len(set(ids)) == len(ids)
    seen = {as_file_systems_see_it(folder_name(id)) for id in ids}
    assert len(seen) == len(ids)


@pytest.mark.parametrize("id", HOSTILE)
def test_a_hostile_id_gets_a_harmless_name(id: str, tmp_path: Path) -> None:
    name = folder_name(id)
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name)
    assert len(name) <= 64
    (tmp_path / name).mkdir()
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert name.split(".")[0] not in {"con", "nul", "aux", "com1", "class", "marks", "index"}


@pytest.mark.parametrize("id", ["an", "sv001", "an.nguyen", "b20_17-x", "7"])
def test_a_plain_id_is_its_own_folder(id: str) -> None:
    assert folder_name(id) == id


def test_the_id_is_read_back_from_the_folder(tmp_path: Path) -> None:
    id = os.fsdecode(b"Nguy\xff Van A")
    folder = tmp_path / folder_name(id)
    folder.mkdir()
    assert student_id(folder) == folder.name
    (folder / ".student.json").write_text(json.dumps({"student": id}))
    assert student_id(folder) == id


@pytest.mark.parametrize("content", ['{"student": "victim"}', "{", "[]", '{"student": 3}', '"x"'])
def test_a_folder_cannot_claim_another_students_id(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "cheat"
    folder.mkdir()
    (folder / ".student.json").write_text(content)
    assert student_id(folder) == "cheat"


def test_a_misspelling_is_recognised() -> None:
    assert did_you_mean("Sbumit", ["submit", "start"]) == ' Did you mean "submit"?'
    assert did_you_mean("cnn-layers", ["cnn_layers", "losses"]) == ' Did you mean "cnn_layers"?'
    assert did_you_mean("zzz", ["submit", "start"]) == ""
