from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tests.cli.conftest import Run

GOOD = b"import numpy as np\ndef add(x, y):\n    return np.asarray(x) + np.asarray(y)\n"
HOSTILE = "An\x1b[31m_5_assignsubmission_file_/"


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_a_roster_then_a_download_then_its_marks(run: Run, desk: Path) -> None:
    (desk / "class.csv").write_text(
        "id,name,email,language\nan,Nguyễn Văn An,an@x.edu,vi\nbinh,,b@x.edu,\n", "utf-8"
    )
    told = run("roster", "class.csv", "--dry-run")
    assert told.code == 0
    assert "2 students would be added" in told.out
    assert "+ an (Nguyễn Văn An)" in told.out
    assert not list((desk.parent / "data").rglob("gradebook.db"))
    assert run("roster", "class.csv").code == 0
    assert "2 stay as they are" in run("roster", "class.csv").out

    (desk / "sheet.csv").write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
        "Participant 41,An,AN@x.edu,,,10\nParticipant 42,Binh,b@x.edu,,,10\n"
    )
    told = run("roster", "sheet.csv", "-a", "sums")
    assert told.code == 0, told.err
    assert "moodle_participant:sums – → 41" in told.out

    packed(
        desk / "c-sums-9.zip",
        {
            "An_41_assignsubmission_file_/sums.py": GOOD,
            "Binh_42_assignsubmission_file_/a/sums.py": b"1",
            "Binh_42_assignsubmission_file_/b/sums.py": b"2",
        },
    )
    told = run("collect", "c-sums-9.zip", "-a", "sums", "--into", "subs")
    assert told.code == 0, told.err
    assert "moodle, 2 submissions: 2 new." in told.out
    assert "binh: sums.py is there 2 times (a, b)" in told.err
    assert "2 of them were handed in" in told.out
    assert "Next: autograde grade subs -a sums" in told.out
    assert (desk / "subs" / "an" / "sums.py").read_bytes() == GOOD

    told = run("collect", "c-sums-9.zip", "-a", "sums", "--into", "subs", "--json")
    assert [(one["student"], one["fate"]) for one in told.json["students"]] == [  # type: ignore[attr-defined]
        ("an", "same"),
        ("binh", "same"),
    ]


def test_nothing_in_a_download_acts_in_the_terminal(run: Run, desk: Path) -> None:
    packed(desk / "d.zip", {HOSTILE + "sums.py": GOOD, "x\x1b]0;title\x07": b"", HOSTILE + "../\x1b[2J": b""})
    told = run("collect", "d.zip", "-a", "sums", "--into", "subs")
    assert told.code == 0
    assert "\x1b" not in told.out + told.err
    assert "Ignored:" in told.err
    assert "\\x1b[2J" in told.err


def test_what_is_refused_changes_nothing_and_says_what_to_do(run: Run, desk: Path) -> None:
    packed(desk / "d.zip", {"holiday.jpg": b""})
    told = run("collect", "d.zip", "-a", "sums", "--into", "subs")
    assert told.code == 2
    assert "no download that is known" in told.err
    assert not (desk / "subs").exists()
    assert run("collect", "none.zip", "-a", "sums", "--into", "subs").code == 2
    assert run("collect", "d.zip", "-a", "nothing", "--into", "subs").code == 2
    (desk / "file").write_text("")
    packed(desk / "m.zip", {"An_1_assignsubmission_file_/sums.py": GOOD})
    assert run("collect", "m.zip", "-a", "sums", "--into", "file").code == 2
    told = run("roster", "d.zip")
    assert told.code == 2
    assert "Save it as CSV" in told.err


def test_one_who_could_not_be_written_is_told_by_the_exit_code(run: Run, desk: Path) -> None:
    path = packed(desk / "m.zip", {f"An_{n}_assignsubmission_file_/sums.py": GOOD for n in (1, 2)})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 16] ^= 1
    path.write_bytes(data)
    told = run("collect", "m.zip", "-a", "sums", "--into", "subs", "--json")
    assert told.code == 1
    fates = {one["student"]: one["fate"] for one in json.loads(told.out)["students"]}
    assert fates == {"moodle-1": "refused", "moodle-2": "new"}
