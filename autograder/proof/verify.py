"""Does the suite tell right from wrong? The stub, the reference and both banks, graded like any submission."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.course.bank import Entry, compose, mistakes, variants
from autograder.course.manifest import Assignment, Course
from autograder.course.stub import cut
from autograder.course.version import INPUT_SETS
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.language import say
from autograder.model import GradeReport, Outcome, Status, points
from autograder.names import did_you_mean

_FAULTS = (Outcome.SUITE_ERROR, Outcome.SYSTEM_ERROR)


@dataclass(frozen=True)
class Row:
    """One thing that must be true.

    kind      "files", "stub", "reference", "variant" or "mistake"
    name      which one
    expected  in words; `got` what was found; `true` whether they agree
    """

    kind: str
    name: str
    expected: str
    got: str
    true: bool


@dataclass(frozen=True)
class _Expected:
    kind: str
    name: str
    words: str
    holds: Callable[[GradeReport], bool]
    source: str


def verify(
    course: Course, assignment: Assignment, *, jobs: int = 0, input_sets: int = INPUT_SETS, every: int = 1
) -> Iterator[Row]:
    """All rows of one assignment. Every submission of the banks meets the first `input_sets` sets of inputs.

    every   of the mistakes only each so-manieth, where a quick look is enough
    Raises CourseError where the course contradicts the contract so badly that nothing can be run.
    """
    rows = [_stub_is_generated(assignment), _functions_exist(assignment), *_public_files(course, assignment)]
    yield from rows
    expected = list(_submissions(assignment, every))
    found: dict[int, list[GradeReport]] = {index: [] for index in range(len(expected))}
    submissions = (
        Submission(
            f"{index}:{inputs}",
            {assignment.files[0]: one.source.encode()},
            input_set=inputs,
            brief=True,
        )
        for index, one in enumerate(expected)
        for inputs in range(1 if one.kind == "stub" else input_sets)
    )
    for report in grade_many(course, assignment, submissions, jobs=jobs):
        found[int(report.student.partition(":")[0])].append(report)
    faults = sorted({fault for reports in found.values() for report in reports for fault in _faults(report)})
    if faults:
        # Once, with the reason, instead of once for every file of the banks.
        yield Row("suite", assignment.id, "no check fails its own reference", "\n".join(faults[:10]), False)
    for index, one in enumerate(expected):
        yield _row(one, sorted(found[index], key=lambda report: report.student))


def _stub_is_generated(assignment: Assignment) -> Row:
    generated = cut(assignment.reference_source())
    written = assignment.stub_path.read_text("utf-8") if assignment.stub_path.exists() else ""
    same = generated == written
    got = "it is" if same else "it differs: run `autograde stubs`"
    return Row("files", assignment.files[0], "the stub is the generated one", got, same)


def _functions_exist(assignment: Assignment) -> Row:
    """Every row of the manifest is a function, class or method of the reference."""
    there: set[str] = set()
    for node in ast.parse(assignment.reference_source()).body:
        if isinstance(node, ast.ClassDef):
            there.add(node.name)
            there |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            there.add(node.name)
    missing = [function.name for function in assignment.functions if function.name not in there]
    words = "every function of the manifest is in the reference"
    if not missing:
        return Row("files", "assignment.toml", words, "they are", True)
    named = ", ".join(f'"{name}" is not{did_you_mean(name, there)}' for name in missing)
    return Row("files", "assignment.toml", words, named, False)


def _public_files(course: Course, assignment: Assignment) -> Iterator[Row]:
    """What a student is promised is there, and in the course's languages where it has to be."""
    for path in (assignment.public_dir / "README.md", assignment.public_checks):
        yield Row(
            "files", path.name, "it is there", "it is" if path.is_file() else "it is missing", path.is_file()
        )
    texts = {"title": assignment.title, **{entry.name: entry.explanation for entry in mistakes(assignment)}}
    missing = [
        f"{name} ({lang})" for name, text in texts.items() for lang in course.languages if lang not in text
    ]
    words = f"titles and explanations in {', '.join(course.languages)}"
    yield Row(
        "files",
        "languages",
        words,
        f"missing: {', '.join(missing[:5])}" if missing else "they are",
        not missing,
    )


def _submissions(assignment: Assignment, every: int) -> Iterator[_Expected]:
    reference = assignment.reference_source()
    yield _Expected("stub", assignment.files[0], "0 points", lambda report: report.score == 0, cut(reference))
    yield _Expected("reference", assignment.files[0], _FULL, _is_full, reference)
    for entry in variants(assignment):
        yield _Expected("variant", entry.name, _FULL, _is_full, compose(reference, entry.source))
    for entry in mistakes(assignment)[::every]:
        words = f"loses {', '.join(entry.costs)}"
        yield _Expected("mistake", entry.name, words, _loses(entry), compose(reference, entry.source))


_FULL = "100 points"


def _is_full(report: GradeReport) -> bool:
    public = all(function.outcome is Outcome.PASSED for function in report.public)
    return report.score == report.max_score and public


def _loses(entry: Entry) -> Callable[[GradeReport], bool]:
    return lambda report: report.status is Status.GRADED and lost(report) == set(entry.costs)


def lost(report: GradeReport) -> set[str]:
    """The functions that lost points."""
    return {function.name for function in report.functions if function.score < function.max_score}


def _row(one: _Expected, reports: list[GradeReport]) -> Row:
    wrong = [report for report in reports if not one.holds(report) or _faulty(report)]
    if not wrong:
        return Row(one.kind, one.name, one.words, _seen(reports[0], one.kind), True)
    first = wrong[0]
    got = f"{_seen(first, one.kind)}{_why(first, one)} [input set {first.input_set}]"
    return Row(one.kind, one.name, one.words, got, False)


def _faults(report: GradeReport) -> list[str]:
    """The checks that ended in a fault of ours, each with its reason."""
    return [
        f"{check.name}: {' '.join(say(one, 'en') for one in check.messages)}"
        for function in report.functions
        for check in function.checks
        if check.outcome in _FAULTS
    ]


def _faulty(report: GradeReport) -> bool:
    return report.status is Status.SYSTEM_ERROR


def _seen(report: GradeReport, kind: str) -> str:
    if report.status is not Status.GRADED:
        return report.status.value
    if kind == "mistake":
        gone = lost(report)
        return f"loses {', '.join(f.name for f in report.functions if f.name in gone) or 'nothing'}"
    return f"{points(report.score)} points"


def _why(report: GradeReport, one: _Expected) -> str:
    if report.message is not None:
        return f": {say(report.message, 'en')}"
    named = [
        f"{check.name} {check.outcome}"
        for function in report.functions
        for check in function.checks
        if check.outcome.costs_points and one.kind in ("reference", "variant")
    ]
    if not named and one.kind == "mistake":
        named = [
            f"{check.name} {check.outcome}"
            for function in report.functions
            for check in function.checks
            if check.outcome.costs_points and f" {function.name}" not in one.words.replace(",", "")
        ]
    if not named and one.kind in ("reference", "variant"):
        named = [
            f"public {check.name} {check.outcome}"
            for function in report.public
            for check in function.checks
            if check.outcome.costs_points
        ]
    return f": {'; '.join(named[:4])}" if named else ""
