"""A notebook that was handed in, rebuilt: what a student wrote stays, what they forged does not."""

from __future__ import annotations

import json
import random
from typing import Any

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from autograder.notebooks.outputs import grade_id
from autograder.notebooks.restore import Known, Unusable, loaded, released, restored
from autograder.sandbox.ingest import ingest_here

Cell = dict[str, Any]


def known(id: str, **more: Any) -> Known:
    fields: dict[str, Any] = {
        "cell_type": "code",
        "source": f"# {id}",
        "checksum": "0" * 32,
        "grade": False,
        "solution": False,
        "task": False,
        "locked": False,
    }
    return Known(id=id, **(fields | more))


KNOWN = [
    known("solution-f", solution=True, source="# stub f"),
    known("check-f", grade=True, locked=True, points=0.0, source="%check f"),
    known("marks-f", grade=True, locked=True, points=40.0),
    known("solution-g", solution=True, source="# stub g"),
    known("marks-g", grade=True, locked=True, points=60.0),
    known("essay", cell_type="markdown", grade=True, solution=True, points=5.0, source="YOUR ANSWER HERE"),
    known("draw", cell_type="markdown", task=True, locked=True, points=3.0, source="Draw it."),
]


def cell(id: str = "", source: Any = "", kind: str = "code", **about: Any) -> Cell:
    metadata = {"nbgrader": {"grade_id": id, **about}} if id or about else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, "outputs": [{"forged": 1}]}


def whole() -> list[Cell]:
    """Every cell that was given out; those that may be written in have been."""
    return [
        cell(one.id, one.source if one.grade and one.locked else f"mine, {one.id}", one.cell_type)
        for one in KNOWN
    ]


def rebuilt(*cells: Cell, **more: Any) -> list[Cell]:
    notebook = restored({"nbformat": 4, "cells": list(cells), **more}, KNOWN)
    assert_sound(notebook)
    found: list[Cell] = notebook["cells"]
    return found


def assert_sound(notebook: dict[str, Any]) -> None:
    """nbformat and nbgrader take it, and every cell that is scored is there once, as the gradebook has it."""
    node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    nbformat.validate(node)
    MetadataValidator().validate_nb(node)
    there = [grade_id(one) for one in notebook["cells"] if grade_id(one)]
    assert len(there) == len(set(there))
    by_id = {grade_id(one): one for one in notebook["cells"]}
    for one in KNOWN:
        if one.grade or one.task:
            assert by_id[one.id]["metadata"] == one.metadata()
            assert by_id[one.id]["cell_type"] == one.cell_type
        if one.locked:
            assert by_id[one.id]["source"] == one.source
    for one in notebook["cells"]:
        assert one["cell_type"] != "code" or one["outputs"] == []


def ids(cells: list[Cell]) -> list[str]:
    return [grade_id(one) for one in cells]


def sources(cells: list[Cell]) -> dict[str, str]:
    return {grade_id(one): one["source"] for one in cells}


def test_what_a_student_wrote_stays_in_its_place() -> None:
    cells = rebuilt(cell(source="mine too"), *whole(), cell(source="a remark", kind="markdown"))
    assert ids(cells) == ["", *(one.id for one in KNOWN), ""]
    assert sources(cells)["solution-f"] == "mine, solution-f"
    assert sources(cells)["essay"] == "mine, essay"
    assert cells[0]["source"] == "mine too"
    assert cells[-1]["source"] == "a remark"


def test_points_locks_and_flags_are_the_gradebooks() -> None:
    forged = whole()
    forged[2]["metadata"]["nbgrader"] |= {"points": 4000, "grade": True, "locked": False, "solution": True}
    forged[0]["metadata"]["nbgrader"] |= {"points": 100, "grade": True}
    by_id = {grade_id(one): one for one in rebuilt(*forged)}
    assert by_id["marks-f"]["metadata"]["nbgrader"]["points"] == 40
    assert by_id["solution-f"]["metadata"]["nbgrader"]["grade"] is False
    assert "points" not in by_id["solution-f"]["metadata"]["nbgrader"]


def test_a_grade_cell_of_ones_own_is_an_ordinary_cell() -> None:
    own = cell("mine", "100", grade=True, locked=False, solution=False, points=100, schema_version=3)
    cells = rebuilt(*whole(), own)
    assert cells[-1]["metadata"] == {}
    assert cells[-1]["source"] == "100"


def test_of_two_cells_in_one_place_the_last_counts() -> None:
    again = cell("solution-f", "second")
    cells = rebuilt(*whole(), again, cell("marks-f", "100"))
    assert sources(cells)["solution-f"] == "second"
    assert [one["source"] for one in cells if not grade_id(one)] == ["mine, solution-f", "100"]


def test_what_was_written_in_the_place_of_a_test_stays_and_the_test_comes_back() -> None:
    cells = whole()
    moved = cells.pop(2)
    cells[0] |= {"metadata": moved["metadata"], "source": "def f(): ..."}
    found = rebuilt(*cells)
    assert ids(found)[:3] == ["", "check-f", "marks-f"]
    assert found[0]["source"] == "def f(): ..."


def test_a_test_that_was_emptied_is_put_right_where_it_is() -> None:
    cells = whole()
    cells[2]["source"] = "\n"
    assert ids(rebuilt(*cells)) == [one.id for one in KNOWN]


def test_a_cell_of_another_kind_does_not_take_the_place_of_the_right_one() -> None:
    cells = rebuilt(*whole(), cell("solution-f", "# not code", "markdown"))
    assert sources(cells)["solution-f"] == "mine, solution-f"


def test_a_changed_kind_is_changed_back() -> None:
    cells = whole()
    cells[5]["cell_type"] = "code"
    cells[2]["cell_type"] = "raw"
    assert sources(rebuilt(*cells))["essay"] == "mine, essay"


def test_what_is_scored_and_missing_comes_back_after_what_it_followed() -> None:
    kept = [one for one in whole() if grade_id(one) in ("solution-f", "solution-g")]
    cells = rebuilt(cell(source="first"), *kept, cell(source="last"))
    assert ids(cells) == [
        "",
        "solution-f",
        "check-f",
        "marks-f",
        "solution-g",
        "marks-g",
        "essay",
        "draw",
        "",
    ]


def test_a_notebook_without_any_of_our_cells_gets_all_that_are_scored() -> None:
    cells = rebuilt(cell(source="def f(): pass"))
    assert set(ids(cells)) == {"", "check-f", "marks-f", "marks-g", "essay", "draw"}
    assert sources(cells)["essay"] == "YOUR ANSWER HERE"


def test_metadata_moved_to_another_cell_moves_the_cell_and_nothing_else() -> None:
    moved = whole()
    moved[0]["metadata"], moved[2]["metadata"] = moved[2]["metadata"], moved[0]["metadata"]
    cells = rebuilt(*moved)
    assert sources(cells)["solution-f"] == "# marks-f"
    assert [one["source"] for one in cells if not grade_id(one)] == ["mine, solution-f"]


def test_format_3_is_read_too() -> None:
    old = {
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": "Title"},
                    {"cell_type": "code", "input": ["a = 1\n", "b = 2"], "outputs": [{"x": 1}]},
                ]
            }
        ],
    }
    notebook = restored(old, KNOWN)
    assert_sound(notebook)
    assert {"## Title", "a = 1\nb = 2"} <= {one["source"] for one in notebook["cells"]}


@pytest.mark.parametrize(
    "notebook",
    [None, 1, "x", [], {}, {"cells": 3}, {"cells": None}, {"worksheets": []}, {"worksheets": [{"cells": 1}]}],
)
def test_what_is_no_notebook_is_refused(notebook: Any) -> None:
    with pytest.raises(Unusable):
        restored(notebook, KNOWN)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 10**5, b'{"cells": [NaN]}', b"{" * 10**5])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(Unusable):
        loaded(data)


def test_odd_values_never_break_it() -> None:
    """Every part of a cell replaced by something else, one after another."""
    odd: list[Any] = [
        None,
        1,
        True,
        -0.5,
        "x",
        "\ud800",
        [],
        [1, None],
        {},
        {"a": {"b": []}},
        {"nbgrader": 3},
    ]
    for key in ("cell_type", "metadata", "source", "id", "attachments", "outputs"):
        for value in odd:
            cells = whole()
            cells[0][key] = value
            cells[5][key] = value
            rebuilt(*cells)
    for value in odd:
        cells = whole()
        cells[0]["metadata"]["nbgrader"]["grade_id"] = value
        rebuilt(*cells, value)


def test_any_order_and_any_loss_is_put_right() -> None:
    chance = random.Random(1)
    for _round in range(40):
        cells = [one for one in (*whole(), *whole()) if chance.random() < 0.5]
        chance.shuffle(cells)
        rebuilt(*cells)


def test_only_pictures_travel_with_a_text() -> None:
    text = cell(source="![a](attachment:a.png)", kind="markdown")
    text["attachments"] = {
        "a.png": {"image/png": "aGFsbG8="},
        "b.html": {"text/html": "PHNjcmlwdD4="},
        'c"><script>.png': {"image/png": "aGFsbG8="},
        "d.png": {"image/png": '"><script>alert(1)</script>'},
        "e.png": {'image/png" onload="x': "aGFsbG8="},
    }
    assert rebuilt(*whole(), text)[-1]["attachments"] == {"a.png": {"image/png": "aGFsbG8="}}


def test_ids_are_unique_whatever_was_handed_in() -> None:
    cells = [
        dict(cell(source=str(number)), id=id)
        for number, id in enumerate(["marks-f", "cell-2", "a b", "x", "x"])
    ]
    found = rebuilt(*cells, *whole())
    assert len({one["id"] for one in found}) == len(found)


def test_more_than_can_be_shown_is_refused() -> None:
    with pytest.raises(Unusable):
        restored({"cells": [cell()] * 10_001}, KNOWN)
    with pytest.raises(Unusable):
        restored({"cells": [cell(source="x" * 2**20)] * 33}, KNOWN)


def test_without_a_usable_notebook_there_are_the_cells_as_released() -> None:
    notebook = released(KNOWN, None, "It cannot be shown.")
    assert_sound(notebook)
    assert [one["source"] for one in notebook["cells"]] == [
        "It cannot be shown.",
        *(one.source for one in KNOWN),
    ]


def test_nbgraders_checksum_tells_an_untouched_answer() -> None:
    """Of an answer that was deleted, nbgrader says the same as of one that was never written."""
    essay = KNOWN[5]
    node = nbformat.from_dict({"cell_type": "markdown", "source": essay.source, "metadata": essay.metadata()})  # type: ignore[no-untyped-call]
    checksum = compute_checksum(node)
    asked = [
        known(
            "essay",
            cell_type="markdown",
            grade=True,
            solution=True,
            points=5.0,
            source=essay.source,
            checksum=checksum,
        )
    ]
    [back] = restored({"cells": []}, asked)["cells"]
    assert compute_checksum(nbformat.from_dict(back)) == back["metadata"]["nbgrader"]["checksum"]  # type: ignore[no-untyped-call]


def test_a_large_notebook_is_read_without_its_outputs() -> None:
    large = {
        "nbformat": 4,
        "cells": [{**cell("solution-f", "mine"), "outputs": [{"text": "x" * (9 * 2**20)}]}],
    }
    found = loaded(json.dumps(large).encode())
    assert "outputs" not in found["cells"][0]
    assert found["cells"][0]["source"] == "mine"


@pytest.mark.parametrize(
    "data",
    [
        b'{"cells": [' + b"[]," * (3 * 2**20) + b"[]]}",
        b'{"cells": [' + b"{}," * (3 * 2**20) + b"{}]}",
        b'{"worksheets": [' + b"{}," * (3 * 2**20) + b"{}]}",
        b'{"cells": [{"cell_type": "code", "source": [' + b'"",' * (4 * 2**20) + b'""]}]}',
        b'{"cells": [{"cell_type": "code", "source": [' + b"[]," * (3 * 2**20) + b"[]]}]}",
    ],
    ids=["lists", "cells", "worksheets", "lines", "lines that are none"],
)
def test_what_would_fill_the_memory_does_not_fill_ours(data: bytes) -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unusable):
        loaded(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize("place", ["metadata", "attachments", "id", "cell_type"])
def test_what_is_large_around_a_text_is_not_kept(place: str) -> None:
    import resource

    large = b'{"nbgrader": [' + b"[]," * (3 * 2**20) + b"[]]}"
    data = b'{"cells": [{"cell_type": "code", "source": "mine", "%s": %s}]}' % (place.encode(), large)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [one] = loaded(data)["cells"]
    assert one["source"] == "mine"
    assert not one.get(place) or place == "cell_type"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


# -- as it is graded ------------------------------------------------------------------------------------------

ONE = b'{"cell_type": "code", "source": "a = 1", "outputs": [%s]}'


@pytest.mark.parametrize(
    "around",
    [
        b"NaN",
        b"-Infinity",
        b"1abc",
        b'"\xff"',
        b'"a\tb"',
        b'"\\q"',
        b"[" * 3000 + b"]" * 3000,
        b'"' + b"x" * (9 * 2**20) + b'"',
    ],
    ids=["nan", "infinity", "number", "latin", "tab", "escape", "deep", "large"],
)
def test_what_stands_around_the_cells_hides_none_that_is_graded(around: bytes) -> None:
    """Programs that draw write NaN. Whatever the grader steps over, formgrader shows the code and the answers all the same."""
    essay = b'{"cell_type": "markdown", "metadata": {"nbgrader": {"grade_id": "essay"}}, "source": ["Be", "cause."]}'
    data = b'{"nbformat": 4, "metadata": {"x": %s}, "cells": [%s, %s]}' % (around, ONE % around, essay)
    found = ingest_here({"work.ipynb": data}, "work.py", names=["f"])
    assert list(found.sources["work.py"]) == ["a = 1"]
    cells = restored(loaded(data), KNOWN)["cells"]
    assert "a = 1" in [one["source"] for one in cells]
    assert sources(cells)["essay"] == "Because."


def test_photos_of_an_answer_do_not_cost_the_answer() -> None:
    """As Jupyter keeps them, beside the text, and as others do, in it."""
    photo = "QUJD" * (2 * 2**20)
    pictures = {f"{number}.png": {"image/png": photo} for number in range(6)}
    beside = {**cell("essay", "Because.", "markdown"), "attachments": pictures}
    [found] = restored(loaded(json.dumps({"cells": [beside]}).encode()), [])["cells"]
    assert found["source"] == "Because."
    assert 0 < len(found["attachments"]) < 6
    inside = cell("essay", f"![](data:image/png;base64,{photo * 2})", "markdown")
    cells = restored(loaded(json.dumps({"cells": [inside]}).encode()), KNOWN)["cells"]
    assert sources(cells)["essay"] == inside["source"]


def test_code_in_two_places_is_refused_for_only_one_is_shown() -> None:
    sheet = {"cells": [{"cell_type": "code", "input": "def f(x): return 3"}]}
    first = {"nbformat": 4, "cells": [cell(source="a = 1")], "worksheets": [sheet]}
    for notebook in (first, dict(reversed(first.items()))):
        found = ingest_here({"work.ipynb": json.dumps(notebook).encode()}, "work.py", names=["f"])
        assert found.problem is not None
        assert not found.sources
    # As some converters leave them: what is empty is none.
    for notebook in (
        {"cells": [cell(source="a = 1")], "worksheets": []},
        {"cells": [], "worksheets": [sheet]},
    ):
        data = json.dumps(notebook).encode()
        found = ingest_here({"work.ipynb": data}, "work.py", names=["f"])
        shown = [one["source"] for one in restored(loaded(data), [])["cells"]]
        assert list(found.sources["work.py"]) == shown != []


def test_code_in_the_place_of_a_locked_cell_is_shown() -> None:
    """It is graded wherever it stands."""
    locked = known("read-me", cell_type="code", locked=True, source="# Read me.")
    notebook = {"cells": [cell("read-me", "def f(x): return 3")]}
    assert "def f(x): return 3" in [one["source"] for one in restored(notebook, [locked])["cells"]]
