"""`autograde grade`: grade a folder of submissions, or one file."""

from __future__ import annotations

import contextlib
import importlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cleaning import clean_line
from autograder.cli.engines import Elsewhere, engine_options
from autograder.cli.gathered import Gathered
from autograder.cli.options import Session, common_options, gradebook_option, pass_session
from autograder.cli.temporary import own_temporary_folder
from autograder.language import _, learn
from autograder.model import Message, message

if TYPE_CHECKING:
    from autograder.course import Assignment, Course
    from autograder.gradebook.store import Store
    from autograder.grading.dask_engine import DaskEngine
    from autograder.grading.many import EarlyLanes
    from autograder.grading.submission import Found, Submission
    from autograder.model import ClassResults, GradeReport
    from autograder.sandbox.isolation import Isolation


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
@click.option(
    "--html",
    type=click.Choice(["all", "never"]),
    default="all",
    show_default=True,
    help="Whether each student gets a page; 'autograde report DIR' writes them later.",
)
@gradebook_option
@engine_options
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
    html: str,
    gradebook: str | None,
    engine: Elsewhere | None,
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
        return _grade_nbgrader(
            session,
            assignment,
            path,
            output,
            jobs,
            student,
            as_json,
            allow_weak,
            html == "all",
            gradebook,
            engine,
        )
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
        pages=html == "all",
        gradebook=gradebook,
        engine=engine,
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
    pages: bool,
    gradebook: str | None,
    engine: Elsewhere | None,
) -> int:
    """Grade what students of an nbgrader course have handed in, and write it where nbgrader goes on from."""
    from rich.console import Console

    from autograder.course.texts import texts
    from autograder.language import say
    from autograder.notebooks.autograded import collected_at
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
            pages=pages,
            gradebook=gradebook,
            engine=engine,
            reader=handed_in,
            when=lambda _one, folder, _assignment: (collected_at(folder), "nbgrader"),
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


@own_temporary_folder()
def grade_and_write(
    session: Session,
    course: Course,
    assignment: Assignment,
    found: Found,
    directory: Path,
    jobs: int,
    *,
    gradebook: str | None = None,
    engine: Elsewhere | None = None,
    one_again: bool = False,
    as_json: bool = False,
    allow_weak: bool = False,
    pages: bool = True,
    reader: Callable[[str, Path, Assignment], Submission] | None = None,
    when: Callable[[Submission, Path, str], tuple[datetime | None, str]] | None = None,
    each: Callable[[GradeReport], None] | None = None,
) -> int:
    """Grade what was found, keep it in the gradebook, write all renderings, show the table; the exit code.

    gradebook   see `gradebook.address`
    engine      where it is graded, if not on lanes of this machine
    one_again   grade what was found even if it has been graded already, and keep the reports of all others
    allow_weak  go on where the kernel cannot hold submissions back
    pages       write a page for each student
    reader      how one student's submission is read; default: as from a folder of files
    when        when a submission was handed in, and where it comes from; default: what its receipt says
    each        is given every report as soon as it is there
    Raises      IsolationRefused where it cannot, and that is not allowed
    """
    early: EarlyLanes | None = None
    with contextlib.ExitStack() as warming, _imported("autograder.gradebook.recorder"):
        from autograder.course.texts import texts
        from autograder.gradebook.when import handed_in
        from autograder.grading.many import EarlyLanes, grade_many
        from autograder.grading.submission import read
        from autograder.reports import write
        from autograder.reports.beside import Writing

        write.look_at(directory)
        others = _already_there(directory, assignment, needed=one_again)
        others.names -= found.students.keys()
        far = engine(course, assignment, allow_weak) if engine is not None else None
        if far is None:
            # They start meanwhile; what has to hold their workers back they are told later.
            early = warming.enter_context(
                contextlib.closing(EarlyLanes(course, assignment, jobs, len(found.students)))
            )
        isolation = _isolation(assignment, allow_weak, far, early)
        students = sorted({*found.students, *others.names}) if others.names else list(found.students)
        about = _about(course, assignment, isolation)
        told = texts(assignment)
        learn(told)
        ending = warming.pop_all()
    from autograder.gradebook.address import address
    from autograder.gradebook.recorder import Recorder
    from autograder.gradebook.store import Handed, Store
    from autograder.grading.expected import versions

    gathered = Gathered(students)
    interrupted = False
    done = 0
    began = time.monotonic()
    with (
        ending,
        far or contextlib.nullcontext(),
        _signals_restored(),
        Writing(students, about, directory, session.language, texts=told, pages=pages) as writing,
        Store.open(address(course.id, gradebook)) as store,
    ):
        now = versions(assignment)
        recorder = Recorder(store, course.id, assignment.id, now, isolation)
        _say_if_another_suite_counts(store, about, now)
        signal.signal(signal.SIGTERM, _terminate)

        def submissions() -> Iterator[Handed]:
            for name, path in found.students.items():
                one = (reader or read)(name, path, assignment)
                yield Handed(one, *(when or handed_in)(one, path, assignment.id))

        try:
            with contextlib.closing(recorder):
                for report in others.reports():
                    gathered.add(report)
                    writing.add(report)
                grading = grade_many(
                    course,
                    assignment,
                    recorder.ahead(submissions()),
                    jobs=jobs,
                    journal=recorder,
                    again=one_again,
                    isolation=isolation,
                    engine=far,
                    lanes=early,
                )
                with contextlib.closing(grading):
                    for report in _with_progress(assignment, grading, len(found.students)):
                        gathered.add(report)
                        writing.add(report)
                        done += 1
                        if each is not None:
                            each(report)
        except KeyboardInterrupt:
            # A second Ctrl-C must not keep the results from being written.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            interrupted = True
        writing.finish()
        took = time.monotonic() - began
    if as_json:
        with open(directory / write.RESULTS, encoding="utf-8", newline="") as file:
            for line in file:
                click.echo(line, nl=False)
    else:
        gathered.show(about)
    gathered.say_what_could_not_be_judged()
    if interrupted:
        click.echo(
            _(
                "Interrupted after {done} of {total}; their results are valid. The same command continues.",
                done=done,
                total=len(found.students),
            ),
            err=True,
        )
    if not as_json:
        path = str(directory / write.CLASS)
        click.echo(_("{n} graded in {seconds} s. Reports: {path}", n=done, seconds=f"{took:.1f}", path=path))
    if interrupted:
        return 130
    return 3 if gathered.system_errors else 0


@contextlib.contextmanager
def _imported(module: str) -> Iterator[None]:
    """Import a module that takes long, while something else is waited for. What is wrong with it, its users will see."""

    def work() -> None:
        with contextlib.suppress(Exception):
            importlib.import_module(module)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _isolation(
    assignment: Assignment,
    allow_weak: bool,
    far: DaskEngine | None = None,
    early: EarlyLanes | None = None,
) -> Mapping[str, str | int | float]:
    """Try the walls before anybody's code runs, or ask who has tried them already; what goes on record.

    far, early  lanes of other machines, and of this one

    Raises IsolationRefused.
    """
    from autograder.language import say

    found: Isolation
    if far is not None:
        found = far.isolation
    elif early is not None:
        found = early.isolation()
    else:
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


def _about(
    course: Course, assignment: Assignment, isolation: Mapping[str, str | int | float]
) -> ClassResults:
    """What the reports of a class have in common."""
    from autograder.course.version import course_version, suite_version
    from autograder.model import ClassResults

    return ClassResults(
        assignment=assignment.id,
        title=assignment.title_in("en"),
        course_version=course_version(assignment),
        suite_version=suite_version(assignment),
        # In the order that results.json gives back, so that pages written again are the same.
        isolation=dict(sorted(isolation.items())),
        reports=(),
    )


def _say_if_another_suite_counts(store: Store, about: ClassResults, now: Mapping[str, str]) -> None:
    """Say, before anything is graded, that marks may change by it."""
    from autograder.gradebook.regrade import of_other_suites

    for suite, count in of_other_suites(store, about.assignment, now).items():
        click.echo(
            _(
                "Note: {n} results of suite {old} count now; what is graded here counts at once, by suite {new}. "
                "'autograde regrade -a {assignment}' first shows who gains and who loses.",
                n=count,
                old=clean_line(suite),
                new=about.suite_version,
                assignment=about.assignment,
            ),
            err=True,
        )


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


@dataclass
class _Others:
    """Reports that lie in a folder already and are to be kept: those of the students in `names`."""

    path: Path
    names: set[str] = field(default_factory=set)

    def reports(self) -> Iterator[GradeReport]:
        """The reports, read one by one."""
        from autograder.reports import results_json

        if self.names:
            for report in results_json.stream(self.path)[1]:
                if report.student in self.names:
                    yield report


def _already_there(directory: Path, assignment: Assignment, *, needed: bool) -> _Others:
    """The reports that lie in the folder and are to be kept: where `needed` all, else none.

    Raises UsageError where they are of another assignment, or needed and unreadable
    """
    from autograder.course.version import suite_version
    from autograder.errors import UsageError
    from autograder.reports import results_json, write

    found = _Others(directory / write.RESULTS)
    try:
        about, reports = results_json.stream(found.path)
        if needed:
            found.names = {report.student for report in reports}
    except FileNotFoundError:
        return found
    except (OSError, UnicodeDecodeError, UsageError) as error:
        if not needed:
            return found
        raise UsageError(
            message("The results of the others in {path} cannot be read:", path=str(found.path)),
            *(error.parts if isinstance(error, UsageError) else (f"{error}.",)),
            message("Grade all, without --student."),
        ) from None
    if about.assignment != assignment.id:
        raise UsageError(
            message(
                "{directory} holds the results of {other}, which would be lost. Choose another folder for those of "
                "{assignment}: --output DIR.",
                directory=str(directory),
                other=about.assignment,
                assignment=assignment.id,
            )
        )
    if needed and about.suite_version != suite_version(assignment):
        click.echo(
            _(
                "Note: the suite has changed since the others were graded ({old}, now {new}). "
                "Grade all, without --student, to judge them alike.",
                old=about.suite_version,
                new=suite_version(assignment),
            ),
            err=True,
        )
    return found


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
    if found.ignored:
        names = ", ".join(clean_line(name, 60) for name in found.ignored[:5])
        more = len(found.ignored) - 5
        click.echo(
            _("Ignored, not in a student's folder: {names} and {n} more.", names=names, n=more)
            if more > 0
            else _("Ignored, not in a student's folder: {names}.", names=names),
            err=True,
        )
