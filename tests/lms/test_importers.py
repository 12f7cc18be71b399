"""A filled file, read by the importers' own rules, gives every student the mark of the gradebook and changes nobody else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.lms import canvas, moodle_worksheet
from autograder.lms.delimited import delimited
from autograder.lms.filling import Wishes, plan
from tests.lms import importers
from tests.lms.made import NAMES
from tests.lms.made import given as mark

NAME = st.text(st.sampled_from("aé,;\"'=+- \n"), min_size=1, max_size=8)
SCORE = st.one_of(st.none(), st.integers(0, 10_000))
OLD = st.one_of(st.just(""), st.just("-"), st.integers(0, 10_000))
CLASS = st.lists(st.tuples(NAME, SCORE, OLD), min_size=1, max_size=8)


def cell(text: str, delimiter: str) -> str:
    return (
        '"' + text.replace('"', '""') + '"' if any(c in text for c in (delimiter, '"', "\n", " ")) else text
    )


def number(old: int | str, sign: str) -> str:
    return old if isinstance(old, str) else f"{old // 100}{sign}{old % 100:02d}"


@settings(max_examples=60, deadline=None)
@given(
    CLASS,
    st.sampled_from((",.", ";,", ",,")),
    st.sampled_from(("\r\n", "\n")),
    st.sampled_from(("", "\ufeff")),
)
def test_canvas(class_: list[tuple[str, int | None, int | str]], form: str, end: str, bom: str) -> None:
    delimiter, sign = form
    # Canvas looks at three lines to find the separator, and a name has one line.
    class_ = [(name.replace("\n", "n"), score, old) for name, score, old in class_]
    lines = [["Student", "ID", "SIS Login ID", "Section", "Sums and means (77)", "Waves (78)", "Final Score"]]
    lines.append(["    Points Possible", "", "", "", f"100{sign}00", f"20{sign}00", "(read only)"])
    for index, (name, _score, old) in enumerate(class_):
        lines.append([name, str(500 + index), f"l{index}", "A", number(old, sign), f"7{sign}50", ""])
    text = bom + "".join(delimiter.join(cell(c, delimiter) for c in line) + end for line in lines)
    table, head, below = delimited(text.encode(), "f.csv", delimiter=delimiter)
    students = [
        mark(f"l{index}", score, ids={"canvas_id": str(500 + index)})
        for index, (_name, score, _old) in enumerate(class_)
    ]
    if not any(one.counts for one in students):
        return
    planned = plan(table, canvas.layout(table, head, below, NAMES), students, Wishes())
    after = importers.canvas(table.edited(planned.edits).decode())
    for index, (_name, score, old) in enumerate(class_):
        read = after[str(500 + index)]
        assert read["78"] == "7.50"
        expected = old if score is None else score
        if isinstance(expected, int):
            assert round(float(read["77"]) * 100) == expected
        else:
            assert read["77"] == expected
    assert len(after) == len(class_)


@settings(max_examples=60, deadline=None)
@given(CLASS, st.booleans())
def test_moodle(class_: list[tuple[str, int | None, int | str]], german: bool) -> None:
    if german:
        headings = (
            "ID",
            "Bewertung",
            "Zuletzt geändert (Bewertung)",
            "Feedback als Kommentar",
            "Teilnehmer/in",
        )
        head_line = [headings[0], "Vollständiger Name", headings[1], "Bestwertung", headings[2], headings[3]]
    else:
        headings = ("Identifier", "Grade", "Last modified (grade)", "Feedback comments", "Participant ")
        head_line = [headings[0], "Full name", headings[1], "Maximum Grade", headings[2], headings[3]]
    sign = "," if german else "."
    lines = [head_line]
    known: dict[str, tuple[float | None, str]] = {}
    for index, (name, _score, old) in enumerate(class_):
        held = None if isinstance(old, str) else old / 100
        known[str(800 + index)] = (held, "old")
        lines.append([f"{headings[4]}{800 + index}", name, number(old, sign), f"100{sign}00", "-", "old"])
    text = "\ufeff" + "".join(",".join(cell(c, ",") for c in line) + "\n" for line in lines)
    students = [
        mark(f"s{index}", score, ids={"moodle_participant:sums": str(800 + index)})
        for index, (_name, score, _old) in enumerate(class_)
    ]
    if not any(one.counts for one in students):
        return
    table, head, _below = delimited(text.encode(), "f.csv")
    layout = moodle_worksheet.layout(table, head, NAMES, students)
    remarks = {one.student: f'new <b>, "{one.student}"' for one in students}
    planned = plan(table, layout, students, Wishes(), remarks)
    after = importers.moodle_worksheet(table.edited(planned.edits).decode(), known, headings, german)
    for index, (_name, score, _old) in enumerate(class_):
        held, remark = after[str(800 + index)]
        if score is None:
            assert (held, remark) == known[str(800 + index)]
        else:
            assert held is not None
            assert round(held * 100) == score
            assert remark == f'new <b>, "s{index}"'
