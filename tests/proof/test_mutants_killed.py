"""Which mutants does a suite kill? A tiny course with a strong and with weak suites, whose survivors are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import Assignment, Course, find_course
from autograder.errors import CourseError
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.model import Outcome
from autograder.proof.mutants import Fate, Matrix, equivalents, kill_matrix, mutants

from ..cli.conftest import Run, desk, run  # noqa: F401
from ..conftest import write

REFERENCE = '''
    """Sums."""


    def add(x, y):
        """x + y, two numbers."""
        # BEGIN SOLUTION
        return x + y
        # END SOLUTION


    def mean_of(x, y):
        """The mean of two numbers."""
        # BEGIN SOLUTION
        return add(x, y) / 2
        # END SOLUTION
'''

STRONG = '''
    """Hidden suite."""
    import pytest
    from autograder.checks import check_same


    @pytest.mark.function("add")
    def test_adds(student, reference, rng):
        """x + y"""
        check_same(student, reference, "add", [tuple(rng.uniform(1, 2, size=2)) for _ in range(3)])


    @pytest.mark.function("mean_of")
    def test_is_the_mean(student, reference, rng):
        """half of the sum"""
        check_same(student, reference, "mean_of", [tuple(rng.uniform(1, 2, size=2)) for _ in range(3)])
'''

SYMMETRIC = "return add(x, y) / 2 => return add(y, x) / 2"
ARGUMENT = f"""
    [mean_of]
    "{SYMMETRIC}" = "The order of two summands does not change a sum of two floats."
"""

PUBLIC = '''
    """Public checks."""
    import pytest
    from autograder.checks import check_close


    @pytest.mark.function("add")
    def test_adds(student):
        """1 and 2 are 3"""
        check_close(student.add(1.0, 2.0), 3.0)
'''


@pytest.fixture
def sums(tiny_course: Course) -> Assignment:
    assignment = tiny_course.assignment("sums")
    write(assignment.reference_path, REFERENCE)
    write(assignment.hidden_dir / "test_sums.py", STRONG)
    write(assignment.public_checks, PUBLIC)
    return assignment


@pytest.fixture
def measured(tiny_course: Course, sums: Assignment) -> Callable[..., Matrix]:
    def measured(input_sets: int = 1) -> Matrix:
        return kill_matrix(tiny_course, sums, jobs=1, input_sets=input_sets)

    return measured


def argue(assignment: Assignment, text: str) -> Path:
    assert assignment.secret_dir is not None
    return write(assignment.secret_dir / "equivalent.toml", text)


def changes(matrix: Matrix, fate: Fate) -> set[str]:
    return {one.mutant.id for one in matrix.of(fate)}


def weaken(assignment: Assignment, *cases: str) -> None:
    """Give the two checks other cases."""
    path = assignment.hidden_dir / "test_sums.py"
    text = path.read_text("utf-8")
    for case in cases:
        assert STRONG_CASES in text
        text = text.replace(STRONG_CASES, case, 1)
    path.write_text(text, encoding="utf-8")


STRONG_CASES = "[tuple(rng.uniform(1, 2, size=2)) for _ in range(3)]"
TWOS = "[(2.0, 2.0)]"  # 2 + 2 = 2 * 2
BLIND_TO = {
    "add: return x + y => return x * y",
    "add: return x + y => return y + y",
    "add: return x + y => return x + x",
}


@pytest.mark.slow
def test_a_strong_suite_kills_all_but_the_equivalent(
    measured: Callable[..., Matrix], sums: Assignment
) -> None:
    matrix = measured()
    assert changes(matrix, Fate.SURVIVED) == {f"mean_of: {SYMMETRIC}"}
    assert not matrix.true
    assert len(matrix.of(Fate.KILLED)) == len(matrix.judged) - 1 > 15

    argue(sums, ARGUMENT)
    matrix = measured()
    assert matrix.true
    assert changes(matrix, Fate.EQUIVALENT) == {f"mean_of: {SYMMETRIC}"}
    assert matrix.counts()["mean_of"][Fate.EQUIVALENT] == 1
    assert {name: sum(row.values()) for name, row in matrix.counts().items()} == {
        name: sum(one.mutant.function == name for one in matrix.judged) for name in ("add", "mean_of")
    }


def test_a_weak_suite_lets_known_mutants_live(measured: Callable[..., Matrix], sums: Assignment) -> None:
    argue(sums, ARGUMENT)
    weaken(sums, TWOS, TWOS)
    matrix = measured()
    assert not matrix.true
    assert changes(matrix, Fate.SURVIVED) == BLIND_TO | {
        "mean_of: return add(x, y) / 2 => return add(x, y) // 2",
        "mean_of: return add(x, y) / 2 => return 2",
        "mean_of: return add(x, y) / 2 => return add(y, y) / 2",
        "mean_of: return add(x, y) / 2 => return add(x, x) / 2",
    }


def test_another_functions_checks_do_not_make_up_for_weak_ones(
    measured: Callable[..., Matrix], sums: Assignment
) -> None:
    """A wrong `add` that only `mean_of` pays for is one bug in the wrong place."""
    argue(sums, ARGUMENT)
    weaken(sums, TWOS)
    matrix = measured()
    assert not matrix.true
    assert changes(matrix, Fate.ELSEWHERE) == BLIND_TO
    assert {frozenset(one.blamed) for one in matrix.of(Fate.ELSEWHERE)} == {frozenset({"mean_of"})}


@pytest.mark.slow
def test_one_lucky_set_of_inputs_is_not_enough(measured: Callable[..., Matrix], sums: Assignment) -> None:
    argue(sums, ARGUMENT)
    weaken(sums, "[(2.0, 2.0), (1.0, 2.0) if rng.uniform() < 0.5 else (2.0, 2.0)]", TWOS)
    matrix = measured(input_sets=4)
    sometimes = changes(matrix, Fate.SOMETIMES) | changes(matrix, Fate.SURVIVED)
    assert sometimes >= BLIND_TO
    blind = [one for one in matrix.judged if one.mutant.id in BLIND_TO]
    # The sets with nothing but twos are the same for all three; on the others they are killed.
    assert len({tuple(sorted(one.survived)) for one in blind}) == 1
    assert {one.fate for one in blind} == {Fate.SOMETIMES}
    assert not matrix.true


def test_an_argument_that_the_suite_contradicts_is_refuted(
    measured: Callable[..., Matrix], sums: Assignment
) -> None:
    argue(
        sums,
        ARGUMENT + '    [add]\n    "return x + y => return x - y" = "It is the same thing, I am sure."\n',
    )
    matrix = measured()
    assert changes(matrix, Fate.REFUTED) == {"add: return x + y => return x - y"}
    assert not matrix.true


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[add]\n"return x + y => return x ** y" = "There is no such mutant at all."', ["there is no mutant", "x ** y", "[add]"]),
        ('[ad]\n"return x + y => return x - y" = "The function is misspelt here."', ["[ad]", 'Did you mean "add"']),
        ('[add]\n"return x + y => return x - y" = "no"', ["why no input within the contract"]),
        ('[add]\n"return x + y => return x - y" = ""', ["why no input within the contract"]),
        ('[add]\n"return x + y => return x - y" = 3', ["why no input within the contract"]),
        ('add = "all of them are the same to me"', ["[add]"]),
        ("[add", ["cannot be read"]),
    ],
)  # fmt: skip
def test_an_argument_must_be_about_a_mutant_and_say_something(
    sums: Assignment, text: str, words: list[str]
) -> None:
    path = argue(sums, text)
    made = mutants(sums.reference_path.read_text("utf-8"))
    with pytest.raises(CourseError) as caught:
        equivalents(sums, made)
    for word in (str(path), *words):
        assert word in str(caught.value)


def test_an_argument_goes_stale_with_its_line(sums: Assignment) -> None:
    argue(sums, ARGUMENT)
    text = sums.reference_path.read_text("utf-8")
    elsewhere = text.replace("return x + y", "return y + x")
    assert equivalents(sums, mutants(elsewhere))
    here = text.replace("add(x, y) / 2", "add(x, y) / 2.0")
    with pytest.raises(CourseError, match="there is no mutant"):
        equivalents(sums, mutants(here))


def test_a_suite_that_its_reference_fails_is_not_measured(
    measured: Callable[..., Matrix], sums: Assignment
) -> None:
    write(sums.reference_path, REFERENCE.replace("x + y\n", "undefined\n"))
    with pytest.raises(CourseError, match="autograde verify sums"):
        measured()


def test_which_check_kills_what(measured: Callable[..., Matrix], sums: Assignment) -> None:
    twice = """

    @pytest.mark.function("add")
    def test_adds_ones(student, reference):
        \"\"\"1 + 1\"\"\"
        check_same(student, reference, "add", [(1.0, 1.0)])


    @pytest.mark.function("add")
    def test_nothing(student):
        \"\"\"looks at nothing\"\"\"
        student.map("add", [])
    """
    write(sums.hidden_dir / "test_sums.py", STRONG + twice)
    rows = {row.label: row for row in measured().checks}
    assert rows["x + y"].alone == 2, "1 + 1 is neither told from x + x nor from y + y"
    assert rows["1 + 1"].kills == 4
    assert rows["1 + 1"].alone == 0
    assert (rows["looks at nothing"].kills, rows["looks at nothing"].alone) == (0, 0)
    # One bug costs once: no mutant of `add` is charged to `mean_of`.
    assert rows["half of the sum"].kills == rows["half of the sum"].alone


def test_the_command_shows_survivors_as_a_diff(run: Run, sums: Assignment) -> None:  # noqa: F811
    argue(sums, ARGUMENT)
    weaken(sums, TWOS, "[(2.0, 2.0), (2.0, 3.0)]")
    told = run("verify", "sums", "--mutants", "--input-sets", "1", "--jobs", "1")
    assert told.code == 1
    for words in (
        "- return x + y",
        "+ return x * y",
        "+ return x + x",
        "3 of ",
        "equivalent.toml",
        "survived",
    ):
        assert words in told.out


def test_the_command_tells_programs_all(run: Run, sums: Assignment) -> None:  # noqa: F811
    argue(sums, ARGUMENT)
    told = run("verify", "sums", "--mutants", "--input-sets", "1", "--jobs", "1", "--json")
    assert told.code == 0, told.out + told.err
    assert told.json["true"] is True
    (found,) = told.json["assignments"]  # type: ignore[misc]
    totals = found["totals"]
    assert totals["mutants"] == len(found["mutants"]) == totals["killed"] + 1
    assert totals["equivalent"] == 1
    assert [row["function"] for row in found["functions"]] == ["add", "mean_of"]
    assert [(row["idle"], row["redundant"]) for row in found["checks"]] == [(False, False)] * 2
    (same,) = (one for one in found["mutants"] if one["argument"])
    assert (same["change"], same["survived"], same["checks"]) == (SYMMETRIC, [0], [])


def test_calls_end_at_the_limit_that_the_assignment_in_hand_has(
    tiny_course: Course, sums: Assignment
) -> None:
    """The manifest allows ten seconds; lanes must believe the caller instead."""
    slow = b"import time\ndef add(x, y):\n    time.sleep(6)\n    return x + y\n"
    hurried = replace(sums, limits=replace(sums.limits, call_seconds=0.5))
    submission = Submission("an", {"sums.py": slow}, input_set=0, brief=True)
    (report,) = grade_many(tiny_course, hurried, [submission], jobs=1)
    assert report.functions[0].outcome is Outcome.TIMED_OUT


@pytest.mark.slow
def test_a_mutant_that_never_ends_is_killed_soon(measured: Callable[..., Matrix], sums: Assignment) -> None:
    loop = "n = 0\n        while n < 2:\n            n += 1\n        return (x + y) / n"
    write(sums.reference_path, REFERENCE.replace("return add(x, y) / 2", loop))
    matrix = measured(input_sets=3)
    endless = [one for one in matrix.judged if one.endless]
    assert any(one.mutant.after == ("pass",) for one in endless)
    for one in endless:
        assert one.fate is Fate.KILLED
        assert one.met == {0, 1}, "twice is enough"


@pytest.mark.slow
@pytest.mark.parametrize("assignment", (course := find_course(Path(__file__).parents[2])).assignments)
def test_no_mutant_of_the_course_survives(assignment: str) -> None:
    matrix = kill_matrix(course, course.assignment(assignment))
    assert [f"{one.fate}: {one.mutant.id}" for one in matrix.judged if not one.fate.good] == []
