"""`autograde grade`: grade a folder of submissions, or one file."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _, learn
from autograder.model import Message, message

if TYPE_CHECKING:
    from autograder.course import Assignment, Course
    from autograder.grading.submission import Found, Submission
    from autograder.model import ClassResults, GradeReport


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--assignment", "-a", required=True, metavar="ASSIGNMENT", help="Which assignment they are of.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where results and reports go; default: ./reports/ASSIGNMENT.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(0), default=0, help="Lanes side by side; default: one a processor."
)
@click.option(
    "--student", metavar="NAME", help="Grade this student (again) and keep the results of the others."
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON instead of the table.")
@click.option(
    "--allow-weak-isolation",
    "allow_weak",
    is_flag=True,
    help="Grade even where the kernel cannot hold submissions back; every report says so.",
)
@click.option(
    "--nbgrader",
    "nbgrader",
    is_flag=True,
    help="PATH is an nbgrader course: grade what is in submitted/, and write marks and autograded/ into it.",
)
@common_options
@pass_session
def grade(
    session: Session,
    path: Path,
    assignment: str,
    output: Path | None,
    jobs: int,
    student: str | None,
    as_json: bool,
    allow_weak: bool,
    nbgrader: bool,
) -> int:
    """Grade PATH: a folder with one folder for each student, or one file.

    Interrupt it whenever you like: the results so far are written, and the same command continues.

    \b
    Examples:
      autograde grade submissions --assignment hw1
      autograde grade hw1.py --assignment hw1 --output /tmp/one
      autograde grade --nbgrader nbcourse --assignment hw1
    """
    from autograder.grading.submission import find

    if nbgrader:
        return _grade_nbgrader(session, assignment, path, output, jobs, student, as_json, allow_weak)
    course = session.course()
    chosen = course.assignment(assignment)
    found = find(path, student)
    _not_one_level_too_high(path, found, chosen)
    _not_nbgraders(path, found, chosen)
    directory = output or Path("reports") / chosen.id
    if not as_json:
        _say_ignored(found)
    return grade_and_write(
        session,
        course,
        chosen,
        found,
        directory,
        jobs,
        one_again=student is not None,
        as_json=as_json,
        allow_weak=allow_weak,
    )


def _grade_nbgrader(
    session: Session,
    name: str,
    path: Path,
    output: Path | None,
    jobs: int,
    student: str | None,
    as_json: bool,
    allow_weak: bool,
) -> int:
    """Grade what students of an nbgrader course have handed in, and write it where nbgrader goes on from."""
    from rich.console import Console

    from autograder.course.texts import texts
    from autograder.language import say
    from autograder.notebooks.gradebook import Book
    from autograder.notebooks.handed_in import handed_in
    from autograder.notebooks.nbgrader_course import opened

    # nbgrader alone takes seconds to import.
    with Console(stderr=True).status(_("Opening the nbgrader course in {path}", path=str(path))):
        place = opened(path)
        # The course that `nbgrader autograde` would take, wherever this is run.
        course = session.course() if session.explicit_course is not None else place.course()
        assignment = course.assignment(name)
        found = place.submissions(assignment.id, student)
    notes: list[Message] = []
    with Book(place, course, assignment) as book:
        learn(texts(assignment))
        notes += book.left_alone
        code = grade_and_write(
            session,
            course,
            assignment,
            found,
            output or place.root / "reports" / assignment.id,
            jobs,
            one_again=student is not None,
            as_json=as_json,
            allow_weak=allow_weak,
            reader=handed_in,
            each=lambda report: notes.extend(book.enter(report)),
        )
    for note in notes:
        click.echo(say(note), err=True)
    if not as_json and code != 130:
        command = f"nbgrader generate_feedback {assignment.id}"
        if any(place.folder("feedback", one, assignment.id).exists() for one in found.students):
            # nbgrader leaves pages that are there as they are, unless timestamp.txt says that the notebook is newer.
            command += " --force"
        click.echo(_("The scores are in nbgrader's gradebook. Next: {command}", command=command))
    return code


def grade_and_write(
    session: Session,
    course: Course,
    assignment: Assignment,
    found: Found,
    directory: Path,
    jobs: int,
    *,
    one_again: bool = False,
    as_json: bool = False,
    allow_weak: bool = False,
    reader: Callable[[str, Path, Assignment], Submission] | None = None,
    each: Callable[[GradeReport], None] | None = None,
) -> int:
    """Grade what was found, write all renderings, show the table; the exit code.

    one_again   grade what was found even if it has been graded already, and keep the reports of all others
    allow_weak  go on where the kernel cannot hold submissions back
    reader      how one student's submission is read; default: as from a folder of files
    each        is given every report as soon as it is there
    Raises      IsolationRefused where it cannot, and that is not allowed
    """
    from autograder.grading.journal import Journal
    from autograder.grading.many import grade_many
    from autograder.grading.submission import read
    from autograder.model import Status
    from autograder.reports import results_json, write

    others = _already_there(directory, assignment, needed=one_again)
    journal = Journal(directory)
    isolation = _isolation(assignment, allow_weak)
    reports: dict[str, GradeReport] = {}
    began = time.monotonic()
    interrupted = False
    with _signals_restored():
        signal.signal(signal.SIGTERM, _terminate)
        one = reader or read
        submissions = (one(name, folder, assignment) for name, folder in found.students.items())
        grading = grade_many(
            course,
            assignment,
            submissions,
            jobs=jobs,
            journal=journal,
            again=one_again,
            isolation=isolation,
        )
        try:
            with contextlib.closing(journal), contextlib.closing(grading):
                for report in _with_progress(assignment, grading, len(found.students)):
                    reports[report.student] = report
                    if each is not None:
                        each(report)
        except KeyboardInterrupt:
            # A second Ctrl-C must not keep the results from being written.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            interrupted = True
        took = time.monotonic() - began
        results = class_results(course, assignment, list((others | reports).values()), isolation)
        learn(results.texts)
        write.write_all(results, directory, session.language)
    if as_json:
        click.echo(results_json.render(results), nl=False)
    else:
        _show(session, results)
    _say_what_could_not_be_judged(results)
    if interrupted:
        click.echo(
            _(
                "Interrupted after {done} of {total}; their results are valid. The same command continues.",
                done=len(reports),
                total=len(found.students),
            ),
            err=True,
        )
    if not as_json:
        path = str(directory / write.CLASS)
        click.echo(
            _("{n} graded in {seconds} s. Reports: {path}", n=len(reports), seconds=f"{took:.1f}", path=path)
        )
    if interrupted:
        return 130
    return 3 if any(report.status is Status.SYSTEM_ERROR for report in results.reports) else 0


def _isolation(assignment: Assignment, allow_weak: bool) -> Mapping[str, str | int | float]:
    """Try the walls before anybody's code runs; what goes on record. Raises IsolationRefused."""
    from autograder.language import say
    from autograder.sandbox.isolation import isolation

    found = isolation(assignment)
    level = found.level
    record = found.record(allowed=allow_weak)
    if level.letter == "A":
        return record
    missing = ", ".join(level.missing)
    if level.grades_others:
        remedies = " ".join(say(remedy) for remedy in level.remedies)
        click.echo(
            _(
                "Isolation: level {level}, without {missing}. {remedies}",
                level=level.letter,
                missing=missing,
                remedies=remedies,
            ),
            err=True,
        )
        return record
    found.require(allow_weak=allow_weak)
    banner = _(
        "WEAK ISOLATION (level {level}, without {missing}): submissions may read and change what you can.",
        level=level.letter,
        missing=missing,
    )
    click.secho(f"{'=' * 80}\n{banner}\n{'=' * 80}", err=True, fg="red", bold=True)
    return record


def _say_what_could_not_be_judged(results: ClassResults) -> None:
    """A suite's fault costs nobody anything, so nobody would notice it by the marks."""
    from autograder.model import Outcome

    faults = [
        (report.student, function.name, check.label)
        for report in results.reports
        for function in report.functions
        for check in function.checks
        if check.outcome is Outcome.SUITE_ERROR
    ]
    if faults:
        checks = sorted({(function, label) for _student, function, label in faults})
        click.echo(
            _(
                "{n} of the suite's checks failed by their own fault, for {students} submissions; nobody lost points by "
                "it. First: {function}, {label}. Mend the suite ('autograde verify') and grade again.",
                n=len(checks),
                students=len({student for student, _function, _label in faults}),
                function=checks[0][0],
                label=checks[0][1],
            ),
            err=True,
        )


def class_results(
    course: Course,
    assignment: Assignment,
    reports: list[GradeReport],
    isolation: Mapping[str, str | int | float],
) -> ClassResults:
    """The reports with what they have in common."""
    from autograder.course.texts import texts
    from autograder.course.version import course_version, suite_version
    from autograder.model import ClassResults

    return ClassResults(
        assignment=assignment.id,
        title=assignment.title_in("en"),
        course_version=course_version(assignment),
        suite_version=suite_version(assignment),
        # In the order that results.json gives back, so that pages written again are the same.
        isolation=dict(sorted(isolation.items())),
        reports=tuple(sorted(reports, key=lambda report: report.student)),
        texts=told(texts(assignment), reports, assignment.title_in("en")),
    )


def told(
    texts: Mapping[str, Mapping[str, str]], reports: Iterable[GradeReport], *more: str
) -> dict[str, dict[str, str]]:
    """Those translations that the reports need. The others belong to mistakes that nobody made."""
    used: set[str] = set(more)

    def use(value: object) -> None:
        if isinstance(value, str):
            used.add(value)
        elif isinstance(value, Message):
            used.add(value.id)
        elif isinstance(value, Mapping):
            for part in value.values():
                use(part)
        elif isinstance(value, (list, tuple)):
            for part in value:
                use(part)

    for report in reports:
        for function in (*report.functions, *report.public):
            for check in function.checks:
                use((check.label, check.hint))
            if function.diagnosis is not None:
                use((function.diagnosis.text, function.diagnosis.hints))
            for picture in function.pictures:
                use((picture.title, picture.text, picture.data))
    return {
        language: {english: text for english, text in of.items() if english in used}
        for language, of in texts.items()
    }


@contextlib.contextmanager
def _signals_restored() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminate(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _with_progress(
    assignment: Assignment, reports: Iterator[GradeReport], total: int
) -> Iterator[GradeReport]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as progress:
        task = progress.add_task(_("Grading {assignment}", assignment=assignment.id), total=total)
        for report in reports:
            progress.advance(task)
            yield report


def _already_there(directory: Path, assignment: Assignment, *, needed: bool) -> dict[str, GradeReport]:
    """The reports that lie in the folder and are to be kept: where `needed` all, else none.

    Raises UsageError where they are of another assignment, or needed and unreadable
    """
    from autograder.course.version import suite_version
    from autograder.errors import UsageError
    from autograder.reports import results_json, write

    path = directory / write.RESULTS
    try:
        results = results_json.load(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, UsageError) as error:
        if not needed:
            return {}
        raise UsageError(
            message("The results of the others in {path} cannot be read:", path=str(path)),
            *(error.parts if isinstance(error, UsageError) else (f"{error}.",)),
            message("Grade all, without --student."),
        ) from None
    if results.assignment != assignment.id:
        raise UsageError(
            message(
                "{directory} holds the results of {other}, which would be lost. Choose another folder for those of "
                "{assignment}: --output DIR.",
                directory=str(directory),
                other=results.assignment,
                assignment=assignment.id,
            )
        )
    if needed and results.suite_version != suite_version(assignment):
        click.echo(
            _(
                "Note: the suite has changed since the others were graded ({old}, now {new}). "
                "Grade all, without --student, to judge them alike.",
                old=results.suite_version,
                new=suite_version(assignment),
            ),
            err=True,
        )
    return {report.student: report for report in results.reports} if needed else {}


def _not_one_level_too_high(path: Path, found: Found, assignment: Assignment) -> None:
    """Catch `grade EXCHANGE` where `grade EXCHANGE/ASSIGNMENT` was meant."""
    from autograder.errors import UsageError

    folder = found.students.get(assignment.id)
    main = assignment.files[0]
    if folder is not None and folder.is_dir() and not (folder / main).exists():
        with contextlib.suppress(OSError):
            if any((inside / main).exists() for inside in folder.iterdir()):
                raise UsageError(
                    message(
                        "{path} holds a folder for each assignment, not for each student. Grade this one: {folder}",
                        path=str(path),
                        folder=str(folder),
                    )
                )


def _not_nbgraders(path: Path, found: Found, assignment: Assignment) -> None:
    """Catch a course of nbgrader's, whose folders would be taken for students without a file."""
    from autograder.errors import UsageError
    from autograder.notebooks.nbgrader_course import CONFIGURATION

    if not path.is_dir():
        return
    root = path
    if any((folder / assignment.id).is_dir() for folder in found.students.values()):
        root = path if (path / CONFIGURATION).is_file() else path.resolve().parent
    if (root / CONFIGURATION).is_file():
        raise UsageError(
            message(
                "{path} belongs to an nbgrader course. Grade it with: autograde grade --nbgrader {root} "
                "--assignment {assignment}",
                path=str(path),
                root=str(root),
                assignment=assignment.id,
            )
        )


def _say_ignored(found: Found) -> None:
    from autograder.cleaning import clean_line

    if found.ignored:
        names = ", ".join(clean_line(name, 60) for name in found.ignored[:5])
        more = len(found.ignored) - 5
        click.echo(
            _("Ignored, not in a student's folder: {names} and {n} more.", names=names, n=more)
            if more > 0
            else _("Ignored, not in a student's folder: {names}.", names=names),
            err=True,
        )


def _show(session: Session, results: ClassResults) -> None:
    from rich.console import Console

    from autograder.reports import text

    console = Console()
    if len(results.reports) == 1:
        console.print(text.student(results.reports[0]))
    else:
        console.print(text.class_table(results))
