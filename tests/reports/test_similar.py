"""Which wrong answers are alike: what differs only in what does not matter is found, what is everybody's is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.errors import SystemFault
from autograder.model import CheckResult, Diagnosis, FunctionResult, GradeReport, Message, Outcome, Status
from autograder.model import message as say
from autograder.reports import similar as module
from autograder.reports.apart import Apart
from autograder.reports.normalise import Unit, known_statements, units
from autograder.reports.similar import Answers, Compare, wrong_functions
from tests.effort import Counted, lines_run

STUB = '''"""Work."""
import numpy as np

def norm(x):
    """Length of x."""
    raise NotImplementedError("norm is not written yet")

class Node:
    """A node."""
    def back(self):
        raise NotImplementedError
'''

WRONG = """
import numpy as np
def norm(values):
    total = 0.0
    for one in values:
        if one < 0:
            one = -one
        elif one > 100 or one != one:
            continue
        total = total + one * 3
    return total / len(values)
"""


def of(
    source: str, *, own: str = STUB, names: tuple[str, ...] = ("norm", "Node", "Node.back")
) -> dict[str, Unit]:
    return units([source], names, known_statements([own], names))


def digest(source: str, name: str = "norm") -> str:
    return of(source)[name].digest


@pytest.mark.parametrize(
    "other",
    [
        WRONG.replace("values", "x").replace("total", "summe").replace("one", "wert"),
        WRONG.replace("import numpy as np", "import numpy as xp  # mine"),
        WRONG.replace(
            "    total = 0.0", '    """Nguyen Van A wrote this."""\n    # really\n\n    total = (0.0)'
        ),
        WRONG.replace("def norm(values):", "def norm(values: list[float]) -> float:"),
        WRONG.replace("    total = 0.0", "    total: float = 0.0"),
        WRONG.replace("    ", "\t"),
        "x = 1\n" + WRONG + "\nprint(norm([1]))\n",
        "if True:\n" + "".join(f"    {line}\n" for line in WRONG.splitlines()),
    ],
)
def test_what_does_not_matter(other: str) -> None:
    assert digest(other) == digest(WRONG)


@pytest.mark.parametrize(
    "other",
    [
        WRONG.replace("* 3", "* 2"),
        WRONG.replace("one < 0", "one > 0"),
        WRONG.replace("total / len(values)", "total"),
        WRONG.replace("one = -one", "one = abs(one)"),
        # The same letters, another wiring.
        WRONG.replace("total = total + one * 3", "total = one + total * 3"),
        WRONG.replace("len(values)", "sum(values)"),
    ],
)
def test_what_matters(other: str) -> None:
    assert digest(other) != digest(WRONG)


def test_a_helper_belongs_to_what_uses_it() -> None:
    one = "def help_(x):\n    return x * 2\ndef norm(y):\n    return help_(y) + 1\n"
    renamed = "def norm(a):\n    return aid(a) + 1\ndef aid(b):\n    return b * 2\n"
    other = one.replace("x * 2", "x * 3")
    assert digest(one) == digest(renamed)
    assert digest(one) != digest(other)


def test_of_two_definitions_the_later_one_holds_and_a_lambda_is_one() -> None:
    assert digest("def norm(x):\n    return 1\n" + WRONG) == digest(WRONG)
    assert digest("norm = lambda x: x + 1") == digest("def norm(y):\n    return y + 1")


def test_a_method_is_its_own_unit() -> None:
    one = "class Node:\n    def __init__(self):\n        self.a = 1\n    def back(self):\n        return self.a + 1\n"
    other = one.replace(".a", ".value")
    changed = one.replace("+ 1", "+ 2")
    assert digest(one, "Node.back") == digest(other, "Node.back")
    assert digest(one, "Node") == digest(other, "Node")
    assert digest(one, "Node.back") != digest(changed, "Node.back")
    assert digest(one, "Node") == digest(changed, "Node")


def test_the_stub_s_and_the_course_s_own_statements_do_not_count() -> None:
    assert of(STUB)["norm"].own == 0
    assert of(WRONG)["norm"].own > 30
    assert of(WRONG.replace("values", "y"), own=STUB + WRONG)["norm"].own == 0


def test_a_cell_that_is_no_python_does_not_take_the_others_away() -> None:
    found = units([["def norm(x:", WRONG, "1 +"]], ["norm"])
    assert found["norm"].digest == digest(WRONG)


# -- groups -------------------------------------------------------------------------------------------------------


def report(
    student: str,
    actual: str = "1.25",
    *,
    function: str = "norm",
    checks: int = 2,
    input_set: int | None = 1,
    mistake: str | None = None,
    outcome: Outcome = Outcome.FAILED,
) -> GradeReport:
    told = say("The result is {actual}, but {desired} is expected.", actual=actual, desired="2")
    failed = tuple(
        CheckResult(f"c{n}", outcome, 0, 100, (told,), f"{function}([{n}.0])", name=f"c{n}")
        for n in range(checks)
    )
    diagnosis = Diagnosis("mistake", mistake, Message("text")) if mistake else None
    return GradeReport(
        student,
        "work",
        Status.GRADED,
        (FunctionResult(function, failed, diagnosis),),
        max_score=100,
        input_set=input_set,
    )


def values_of(*reports: GradeReport) -> list[tuple[str, ...]]:
    answers = Answers({})
    for one in reports:
        answers.add_values(one)
    return [one.students for one in answers.similar(None).values]


def test_the_same_wrong_values() -> None:
    assert values_of(report("an"), report("binh"), report("chi", "1.5")) == [("an", "binh")]


@pytest.mark.parametrize(
    "other",
    [
        report("binh", input_set=2),
        report("binh", input_set=None),
        report("binh", function="other"),
        report("binh", checks=3),
        report("binh", "1.26"),
        report("binh", outcome=Outcome.CRASHED),
    ],
)
def test_other_wrong_values(other: GradeReport) -> None:
    assert values_of(report("an"), other) == []


@pytest.mark.parametrize("actual", ["nan", "inf", "0", "None", "an array of shape (2,)"])
def test_what_everybody_gets_who_is_wrong_is_no_value(actual: str) -> None:
    assert values_of(report("an", actual), report("binh", actual)) == []


def test_one_value_may_agree_by_chance() -> None:
    assert values_of(report("an", checks=1), report("binh", checks=1)) == []


def test_what_a_known_mistake_explains_is_counted_and_not_listed() -> None:
    answers = Answers({})
    for student in ("an", "binh"):
        answers.add_values(report(student, mistake="sum_not_mean"))
    found = answers.similar(None)
    assert (found.values, found.explained) == ((), 1)


def collected(*handed: tuple[str, str], bank: dict[tuple[str, str], str] | None = None) -> Answers:
    answers = Answers(bank or {})
    for student, source in handed:
        answers.add_source(student, wrong_functions(report(student)), of(source))
    return answers


def test_the_same_source_and_the_same_failed_checks() -> None:
    answers = collected(("an", WRONG), ("binh", WRONG.replace("values", "v")), ("chi", WRONG + "#"))
    (found,) = answers.similar(None).sources
    assert (found.functions, found.students, found.checks) == (("norm",), ("an", "binh", "chi"), (2,))
    assert found.mistakes == ("",)
    assert "values" not in found.texts[0]


def test_the_same_source_with_other_failed_checks_is_another_fact() -> None:
    answers = collected(("an", WRONG))
    answers.add_source("binh", wrong_functions(report("binh", checks=3)), of(WRONG))
    assert answers.similar(None).sources == ()


def test_short_sources_say_nothing() -> None:
    short = "def norm(x):\n    return sum(x) / 2\n"
    assert collected(("an", short), ("binh", short)).similar(None).sources == ()


def test_a_text_of_the_bank_says_so() -> None:
    bank = {("norm", digest(WRONG)): "three_times"}
    (found,) = collected(("an", WRONG), ("binh", WRONG), bank=bank).similar(None).sources
    assert found.mistakes == ("three_times",)


def test_right_functions_and_unwritten_ones_are_not_looked_at() -> None:
    right = FunctionResult("norm", (CheckResult("c", Outcome.PASSED, 100, 100),))
    unwritten = FunctionResult("norm", (CheckResult("c", Outcome.NOT_WRITTEN, 0, 100),))
    for function in (right, unwritten):
        assert wrong_functions(GradeReport("an", "work", Status.GRADED, (function,))) == {}


def test_large_groups_are_not_compared_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_IN_GROUP", 3)
    asked: list[int] = []

    def compare(texts: object, nobodys: object) -> list[tuple[int, int, float, float]]:
        asked.append(len(texts))  # type: ignore[arg-type]
        return [(0, 1, 0.9, 0.95)]

    def different(many: int) -> list[tuple[str, str]]:
        return [(f"s{n}", WRONG.replace("* 3", f"* {n + 10}")) for n in range(many)]

    found = collected(*different(3)).similar(compare)
    assert (asked, found.left_out) == ([3], 0)
    assert [(pair.one, pair.other, pair.shares) for pair in found.pairs] == [(("s0",), ("s1",), (0.9, 0.95))]
    found = collected(*different(4)).similar(compare)
    assert (asked, found.left_out, found.pairs) == ([3], 1, ())


def test_a_comparison_that_fails_is_told() -> None:
    failing: Compare = lambda texts, nobodys: None  # noqa: E731
    found = collected(("an", WRONG), ("binh", WRONG.replace("* 3", "* 7"))).similar(failing)
    assert (found.without, found.pairs) == ("failed", ())


def test_grouping_is_linear() -> None:
    """By counting lines, and how often what tells a student or a source is looked at."""

    def work(many: int) -> tuple[int, int]:
        unit = of(WRONG)
        before = Counted.asked

        def group() -> None:
            answers = Answers({})
            for n in range(many):
                # A quarter of the class has one source: its pairs would be millions.
                mine = unit if n % 4 == 0 else {"norm": Unit(Counted(n), 50, 5, "")}
                answers.add_source(Counted(f"s{n}"), {"norm": ("c0", "c1")}, mine)
            answers.similar(None)

        return lines_run(group), Counted.asked - before

    few, many = work(500), work(8_000)
    # 16 times as many: 256 times as much were it quadratic.
    assert 500 < few[0] < many[0] < 20 * few[0]
    assert 500 < few[1] < many[1] < 20 * few[1]


# -- the process of its own ---------------------------------------------------------------------------------------


@pytest.fixture
def apart() -> Iterator[Apart]:
    with Apart("work.py", ["norm", "Node", "Node.back"], [STUB]) as made:
        yield made


def test_bytes_are_read_apart_and_nothing_is_run(apart: Apart, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    evil = f"open({str(trace)!r}, 'w')\nimport os\nos.kill(os.getppid(), 9)\n{WRONG}"
    found = apart.units({"work.py": evil.encode()}, ["norm"])
    assert found is not None
    assert found["norm"] == of(WRONG)["norm"]
    assert not trace.exists()


def test_notebooks_and_old_encodings_are_read(apart: Apart) -> None:
    notebook = (
        '{"cells": [{"cell_type": "code", "source": ["%matplotlib inline\\n", "1 +"]}, {"cell_type": "code", "source": '
        + repr(WRONG).replace('"', '\\"').replace("'", '"')
        + '}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'
    )
    for files in (
        {"work.ipynb": notebook.encode()},
        {"work.py": b"# -*- coding: latin-1 -*-\n# \xe9\xe8\n" + WRONG.encode()},
    ):
        found = apart.units(files, ["norm"])
        assert found is not None
        assert found["norm"].digest == digest(WRONG)


@pytest.mark.parametrize(
    "files",
    [
        {"work.py": b"\xff\xfe\x00 not text"},
        {"work.zip": b"PK\x03\x04 broken"},
        {"a.txt": b"1", "b.txt": b"2"},
        {"work.py": b"#" * (9 * 2**20)},
    ],
)
def test_what_cannot_be_read_is_none_and_the_next_one_is_read(apart: Apart, files: dict[str, bytes]) -> None:
    assert apart.units(files, ["norm"]) is None
    assert apart.units({"work.py": WRONG.encode()}, ["norm"])


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5_000,
        "x = " + "-" * 200_000 + "1",
        "x" + ".a" * 100_000,
        "x = " + "1 + " * 60_000 + "1",
        "\0",
    ],
)
def test_a_source_that_is_a_trap_costs_only_itself(apart: Apart, source: str) -> None:
    assert not apart.units({"work.py": source.encode()}, ["norm"])
    assert not apart.units({"work.py": f"def norm(x):\n    {source}\n".encode()}, ["norm"])
    assert apart.units({"work.py": WRONG.encode()}, ["norm"])


def test_one_that_takes_too_long_is_given_up(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apart.units({"work.py": WRONG.encode()}, ["norm"])
    assert apart._child is not None
    first = apart._child.pid
    monkeypatch.setattr("autograder.reports.apart.READ_SECONDS", 0.0)
    assert apart.units({"work.py": WRONG.encode()}, ["norm"]) is None
    monkeypatch.undo()
    assert apart.units({"work.py": WRONG.encode()}, ["norm"])
    assert apart._child.pid != first


def test_a_child_that_cannot_start_is_our_fault_and_no_file_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.reports.apart.sys.executable", "/bin/false")
    with Apart("work.py", ["norm"], []) as broken, pytest.raises(SystemFault, match="--no-sources"):
        broken.units({"work.py": WRONG.encode()}, ["norm"])


def test_nothing_is_left_behind(apart: Apart) -> None:
    apart.units({"work.py": WRONG.encode()}, ["norm"])
    assert apart._child is not None
    assert apart._folder is not None
    pid, folder = apart._child.pid, apart._folder.name
    apart.__exit__(None, None, None)
    assert not os.path.exists(folder)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_nearly_the_same_source_by_copydetect(apart: Apart) -> None:
    pytest.importorskip("copydetect", reason="the extra `similarity` is not installed")
    long = """
def norm(values, scale):
    result = []
    for index, value in enumerate(values):
        while value > scale and index % 3 == 1:
            value = value / 2 + scale ** 3
        result.append((value - 1) * index)
    if not result or len(result) == 1:
        raise ValueError("nothing to do")
    best, worst = max(result), min(result)
    return {"best": best, "worst": worst, "mean": sum(result) / len(result)}
"""
    other = """
def norm(x):
    return [a ^ b for a in x for b in reversed(x) if a is not b and (a, b) != (b, a)] or x[::-1][1:5]
"""
    texts = [of(text)["norm"].text for text in (long, long.replace("- 1", "- 2"), other)]
    found = apart.compare(texts, [])
    assert found is not None
    assert [(one, two) for one, two, _share, _back in found] == [(0, 1)]
    assert found == apart.compare(texts, [])
    # What is the course's own is nobody's.
    assert apart.compare(texts, [texts[0]]) == []
