"""`autograde export`: the marks as files for a learning platform."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.options import Session, common_options, gradebook_option, pass_session, yes_option
from autograder.cli.shown import echo, names
from autograder.errors import CourseError, UsageError
from autograder.language import _, say
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Assignment, Course
    from autograder.lms.delimited import Delimited, Row
    from autograder.lms.filling import Change, Layout, Plan
    from autograder.lms.given import Given, Source
    from autograder.lms.headings import Names

FORMATS = (
    "canvas",
    "moodle-gradebook",
    "moodle-worksheet",
    "moodle-feedback",
    "gradescope",
    "classroom50",
    "csv",
    "nbgrader",
    "junit",
)
_MUST_FILL = ("canvas", "moodle-worksheet")
_FILL = (*_MUST_FILL, "moodle-gradebook", "moodle-feedback", "gradescope", "classroom50", "nbgrader")
_MOST_SHOWN = 20
_DELIMITERS = ("comma", "semicolon", "tab", "colon", "pipe")


@click.command()
@click.option("--assignment", "-a", required=True, metavar="ASSIGNMENT", help="Whose marks.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(FORMATS),
    required=True,
    metavar="FORMAT",
    help="For whom: canvas, moodle-gradebook, moodle-worksheet, moodle-feedback, gradescope, classroom50, csv, nbgrader or "
    "junit.",
)
@click.option(
    "--fill",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE",
    help="The file that the platform exported; it is read and never changed, the filled one goes to --output.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Where to write.")
@click.option(
    "--results",
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR",
    help="Take the marks from a folder that grade made, instead of the gradebook.",
)
@gradebook_option
@click.option("--column", metavar="HEADING", help="The column of marks, where its title does not tell.")
@click.option("--comments-column", metavar="HEADING", help="The column of comments, likewise.")
@click.option("--no-feedback", is_flag=True, help="Write marks only, no comments.")
@click.option(
    "--maximum", metavar="POINTS", help="What the platform's mark is out of, where its file does not say."
)
@click.option("--scale", is_flag=True, help="Convert marks where the platform's maximum is another one.")
@click.option("--skip-missing", is_flag=True, help="Leave out marks of students who are not in the file.")
@click.option(
    "--delimiter",
    type=click.Choice(_DELIMITERS),
    metavar="NAME",
    help="What separates the cells of --fill, comma, semicolon, tab, colon or pipe; default: found out.",
)
@click.option("--encoding", metavar="NAME", help="The encoding of --fill; default: found out.")
@click.option(
    "--split-mib",
    type=click.IntRange(1),
    metavar="N",
    help="moodle-feedback: several archives of at most N MiB, where the platform limits uploads.",
)
@click.option(
    "--student", metavar="NAME", help="classroom50: whose result.json; default: the workflow's owner."
)
@click.option("--preview", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--force", is_flag=True, help="Replace the output where it exists.")
@yes_option
@common_options
@pass_session
def export(
    session: Session,
    /,
    assignment: str,
    form: str,
    fill: Path | None,
    output: Path | None,
    results: Path | None,
    gradebook: str | None,
    preview: bool,
    **wishes: Any,
) -> int:
    """Write final marks as a file for a learning platform, or into the one that it exported.

    Of a platform's own file only cells of marks and comments change. Students are found by their ids, never by their
    names; whatever does not fit for certain is refused with a list, and nothing is written.

    \b
    Examples:
      autograde export -a hw1 --format canvas --fill Grades.csv -o filled.csv
      autograde export -a hw1 --format moodle-worksheet --fill Grades-hw1.csv --preview
      autograde export -a hw1 --format csv -o marks.csv
    """
    from autograder.lms import place

    course = session.course()
    chosen = course.assignment(assignment)
    session.learn(chosen)
    if fill is None and form in _MUST_FILL:
        raise UsageError(
            message(
                "--format {form} fills the file that the platform exported: name it with --fill FILE.",
                form=form,
            )
        )
    if fill is not None and form not in _FILL:
        raise UsageError(message("--format {form} makes a file of its own: leave out --fill.", form=form))
    if output is None and not preview:
        raise UsageError(message("Say where to write with -o FILE, or look first with --preview."))
    if output is not None and not preview:
        place.look(output, force=wishes["force"], inputs=_inputs(fill, results))
    with contextlib.ExitStack() as stack:
        source = _source(stack, course, chosen, results, gradebook)
        job = _Job(session, course, chosen, form, fill, output, source, preview, wishes)
        return job.run()


def _inputs(fill: Path | None, results: Path | None) -> Iterator[Path]:
    from autograder.reports.write import RESULTS

    if fill is not None:
        yield fill
    if results is not None:
        yield from (results, results / RESULTS)


def _source(
    stack: contextlib.ExitStack,
    course: Course,
    chosen: Assignment,
    results: Path | None,
    gradebook: str | None,
) -> Source:
    from autograder.lms.given import from_gradebook, from_results

    if results is not None:
        return from_results(results, chosen.id)
    from autograder.gradebook.address import address
    from autograder.gradebook.store import Store

    store = stack.enter_context(Store.open(address(course.id, gradebook), create=False, read_only=True))
    store.belongs_to(course.id)
    other = store.about("course")
    if other not in (None, course.id):
        raise UsageError(
            message(
                'The gradebook is of the course "{known}", not of "{course}". Choose another one with --gradebook.',
                known=names([str(other)]),
                course=course.id,
            )
        )
    return from_gradebook(store, chosen, chosen.title_in("en"), datetime.now(UTC))


class _Job:
    """One export: what was asked for, and how far it is."""

    def __init__(
        self,
        session: Session,
        course: Course,
        assignment: Assignment,
        form: str,
        fill: Path | None,
        output: Path | None,
        source: Source,
        preview: bool,
        wishes: dict[str, Any],
    ) -> None:
        self.session, self.course, self.assignment = session, course, assignment
        self.form, self.fill, self.output = form, fill, output
        self.source, self.preview, self.wishes = source, preview, wishes

    def run(self) -> int:
        if self.form == "moodle-feedback":
            return self._feedback()
        if self.form == "classroom50":
            return self._classroom50()
        if self.form == "nbgrader" and self.fill is not None:
            return self._nbgrader()
        if self.fill is not None:
            return self._filled()
        return self._own()

    # -- what several formats need ------------------------------------------------------------------------------

    def students(self, reports: bool = False) -> list[Given]:
        """All marks, without their reports: those are read one by one."""
        found = list(self.source.read(reports))
        if not any(given.counts for given in found):
            raise UsageError(
                message(
                    "There is no mark of {assignment} yet. Grade first: autograde grade.",
                    assignment=self.assignment.id,
                )
            )
        return found

    def language(self, given: Given) -> str:
        return given.language or self.session.language

    def comments(self) -> dict[str, str]:
        """student → comment in the student's language, as HTML."""
        from autograder.lms import comment

        return {
            given.student: comment.html(given, self.language(given))
            for given in self.source.read(True)
            if given.counts
        }

    def put(self, data: bytes | str, marks: int) -> int:
        from autograder.lms import place

        if self.preview or self.output is None:
            echo(_("{count} marks would be written. Nothing was written: this is a preview.", count=marks))
            return 0
        place.put(self.output, data.encode() if isinstance(data, str) else data, force=self.wishes["force"])
        echo(_("Written: {path}, with {count} marks.", path=str(self.output), count=marks))
        return 0

    def put_zip(self, files: Iterable[tuple[str, bytes]], split_mib: int | None = None) -> int:
        from autograder.lms import place

        if self.preview or self.output is None:
            count = sum(1 for _file in files)
            echo(_("{count} files would be written. Nothing was written: this is a preview.", count=count))
            return 0
        most = None if split_mib is None else split_mib * 2**20
        for path, count in place.put_zip(self.output, files, force=self.wishes["force"], most_bytes=most):
            echo(_("Written: {path}, with {count} files.", path=str(path), count=count))
        return 0

    def names(self) -> Names:
        from autograder.lms.headings import Names

        known: dict[str, Collection[str]] = {}
        for id in self.course.assignments:
            # Another assignment's broken manifest is no reason to keep back this one's marks.
            with contextlib.suppress(CourseError, UsageError):
                known[id] = (id, *self.course.assignment(id).title.values())
        return Names(self.assignment.id, known)

    def maximum(self) -> Fraction | None:
        from autograder.lms.points import parsed

        said = self.wishes["maximum"]
        if said is None:
            return None
        found = parsed(said)
        if found is None or found <= 0:
            raise UsageError(message("--maximum {value} is no number of points above 0.", value=repr(said)))
        return found

    # -- files of our own -----------------------------------------------------------------------------------------

    def _own(self) -> int:
        from autograder.lms import gradescope_marks, marks_table, moodle_gradebook
        from autograder.reports import junit

        students = self.students()
        marks = sum(given.score is not None for given in students)
        if self.form == "csv":
            return self.put(marks_table.render(students), marks)
        if self.form == "nbgrader":
            return self.put(
                marks_table.nbgrader(students, self.assignment.id, self.assignment.deadline), marks
            )
        if self.form == "moodle-gradebook":
            comments = {} if self.wishes["no_feedback"] else self.comments()
            title = self.assignment.title_in(self.session.language)
            self.tell_excused([given.student for given in students if given.excused])
            return self.put(moodle_gradebook.render(students, title, comments), marks)
        if self.form == "gradescope":
            return self.put_zip(gradescope_marks.files(self.source.read(True), self.session.language))
        reports = (given.report for given in self.source.read(True) if given.report is not None)
        text = junit.render(
            reports,
            self.assignment.title_in(self.session.language),
            self.session.language,
            {given.student: given.score for given in students},
        )
        return self.put(text, marks)

    # -- a platform's own file --------------------------------------------------------------------------------------

    def _table(self) -> tuple[Delimited, Row, list[Row]]:
        from autograder.lms.delimited import DELIMITERS, delimited

        assert self.fill is not None
        said = self.wishes["delimiter"]
        table, head, below = delimited(
            _bytes(self.fill),
            str(self.fill),
            encoding=self.wishes["encoding"],
            delimiter=DELIMITERS[said] if said else None,
        )
        if table.guessed:
            echo(
                _(
                    "{path} is not UTF-8 and was read as {encoding}. Its bytes are kept; if ids look wrong, name its encoding "
                    "with --encoding.",
                    path=str(self.fill),
                    encoding=table.encoding,
                ),
                err=True,
            )
        return table, head, below

    def _layout(self, table: Delimited, head: Row, below: list[Row], students: list[Given]) -> Layout:
        from autograder.lms import canvas, gradescope_marks, moodle_gradebook, moodle_worksheet

        named, comments, maximum = self.wishes["column"], self.wishes["comments_column"], self.maximum()
        match self.form:
            case "canvas":
                return canvas.layout(table, head, below, self.names(), named=named, maximum=maximum)
            case "moodle-gradebook":
                return moodle_gradebook.layout(
                    table, head, below, self.names(), named=named, comments=comments, maximum=maximum
                )
            case "gradescope":
                return gradescope_marks.layout(table, head, self.names(), named=named, maximum=maximum)
            case _:
                return moodle_worksheet.layout(
                    table, head, self.names(), students, named=named, comments=comments
                )

    def _filled(self) -> int:
        from autograder.lms.filling import Wishes, plan

        students = self.students()
        table, head, below = self._table()
        layout = self._layout(table, head, below, students)
        comments = None
        if layout.feedback is not None and not self.wishes["no_feedback"]:
            comments = self.comments()
        planned = plan(
            table,
            layout,
            students,
            Wishes(scale=self.wishes["scale"], skip_missing=self.wishes["skip_missing"]),
            comments,
        )
        # Before anybody is asked: a character that the file cannot hold is a refusal.
        data = table.edited(planned.edits)
        self._show(planned)
        if not self._agreed(planned):
            echo(_("Nothing was written."), err=True)
            return 1
        return self.put(data, len(planned.marks))

    def _show(self, planned: Plan) -> None:
        from autograder.lms.filling import Kind

        echo(
            _(
                '"{heading}": {changed} marks change, {new} are new, {same} stay; {kept} rows without a mark keep their cells.',
                heading=planned.heading,
                changed=planned.count(Kind.CHANGED),
                new=planned.count(Kind.NEW),
                same=planned.count(Kind.SAME),
                kept=planned.kept,
            )
        )
        if planned.comments:
            echo(
                _(
                    "Comments: {changed} change, {new} are new, {same} stay.",
                    changed=planned.count(Kind.CHANGED, planned.comments),
                    new=planned.count(Kind.NEW, planned.comments),
                    same=planned.count(Kind.SAME, planned.comments),
                )
            )
        shown = [change for change in planned.marks if change.kind is Kind.CHANGED]
        if self.preview:
            shown += [change for change in planned.marks if change.kind is Kind.NEW]
        self._lines(
            shown, None if self.preview else _MOST_SHOWN, lambda change: f"{change.old or '–'} → {change.new}"
        )
        replaced = [change for change in planned.comments if change.kind is Kind.CHANGED]
        if replaced:
            echo(_("Comments that stand there and are replaced:"))
            self._lines(replaced, _MOST_SHOWN, lambda change: names([change.old[:80]]))
        for note in planned.notes:
            echo(say(note))
        self.tell_excused(planned.unread)
        if planned.skipped:
            echo(
                _(
                    "Left out, since they are not in the file ({count}): {students}",
                    count=len(planned.skipped),
                    students=names(planned.skipped[:_MOST_SHOWN]),
                ),
                err=True,
            )
        if planned.formulas:
            where = ", ".join(
                _('line {line} "{heading}"', line=line, heading=names([heading]))
                for line, heading in planned.formulas[:5]
            )
            echo(
                _(
                    "Warning: {count} cells that are not ours look like formulas and were left as they are ({where}). Do not "
                    "open the file in a spreadsheet unless you trust them.",
                    count=len(planned.formulas),
                    where=where,
                ),
                err=True,
            )

    def _lines(self, changes: list[Change], most: int | None, told: Callable[[Change], str]) -> None:
        for change in changes[:most]:
            echo(
                _("  line {line}, {student}: ", line=change.line, student=names([change.student]))
                + told(change)
            )
        if most is not None and len(changes) > most:
            echo("  " + _("… and {count} more", count=len(changes) - most))

    def _agreed(self, planned: Plan) -> bool:
        if self.preview or self.wishes["yes"] or not planned.overwrites:
            return True
        try:
            return click.confirm(_("Replace what stands there?"), default=False, err=True)
        except click.Abort:
            if sys.stdin.isatty():
                raise
            raise UsageError(
                message(
                    "Nothing was written: marks or comments that stand in the file would be replaced, and nobody is there to "
                    "ask. Say --yes, or look with --preview."
                )
            ) from None

    def tell_excused(self, students: list[str]) -> None:
        if students:
            echo(
                _(
                    "Excused, which this file cannot say, so nothing is written for them ({count}): {students}",
                    count=len(students),
                    students=names(students[:_MOST_SHOWN]),
                ),
                err=True,
            )

    # -- others -----------------------------------------------------------------------------------------------------

    def _feedback(self) -> int:
        from autograder.lms import moodle_feedback
        from autograder.lms.filling import refused

        students = self.students()
        worksheet = None
        if self.fill is not None:
            table, head, below = self._table()
            form, self.form = self.form, "moodle-worksheet"
            worksheet = table, self._layout(table, head, below, students)
            self.form = form
        found, problems = moodle_feedback.numbers(students, self.assignment.id, worksheet)
        missing = [
            given.student for given in students if given.score is not None and not found.get(given.student)
        ]
        if missing and not self.wishes["skip_missing"]:
            problems += (
                message("no Participant number of {student} is known", student=names([student]))
                for student in missing
            )
        if problems:
            raise refused(str(self.fill or "gradebook"), problems)
        files = moodle_feedback.files(self.source.read(True), found, self.source, self.session.language)
        return self.put_zip(files, self.wishes["split_mib"])

    def _classroom50(self) -> int:
        from autograder.lms import classroom50
        from autograder.lms.filling import refused

        now = datetime.now(UTC)
        students = self.students(reports=True)
        if self.fill is None:
            given = self._one(students)
            text = classroom50.from_environment(given, os.environ, now, self.session.language)
            return self.put(text, 1)
        trees = {name: classroom50.read(data, name) for name, data in _result_files(self.fill)}
        if not trees:
            raise UsageError(message("{path} holds no result.json.", path=str(self.fill)))
        made, missing, problems = classroom50.fill(trees, students, now, self.session.language)
        if not self.wishes["skip_missing"]:
            problems += (
                message("{student} has a mark and is not in the file", student=names([student]))
                for student in missing
            )
        if problems:
            raise refused(str(self.fill), problems)
        return self.put_zip((name, text.encode()) for name, text in sorted(made.items()))

    def _one(self, students: list[Given]) -> Given:
        owner = os.environ.get("OWNER") or os.environ.get("USERNAME") or ""
        wanted = self.wishes["student"]
        graded = [given for given in students if given.score is not None]
        if wanted is not None:
            found = [given for given in graded if given.student == wanted]
        elif len(graded) == 1:
            found = graded
        else:
            folded = owner.casefold()
            found = [
                given
                for given in graded
                if folded and given.ids.get("github", given.student).casefold() == folded
            ]
        if len(found) != 1:
            raise UsageError(
                message(
                    "Whose result.json? {count} students with a mark fit. Name one with --student, or fill the classroom's "
                    "files: --fill FOLDER.",
                    count=len(found),
                )
            )
        return found[0]

    def _nbgrader(self) -> int:
        from autograder.lms import nbgrader_database

        assert self.fill is not None
        students = self.students()
        with nbgrader_database.filled(
            self.fill, self.assignment, self.source, skip_missing=self.wishes["skip_missing"]
        ) as (data, marks, skipped):
            if skipped:
                echo(
                    _(
                        "Left out, since they are not in the file ({count}): {students}",
                        count=len(skipped),
                        students=names(skipped[:_MOST_SHOWN]),
                    ),
                    err=True,
                )
            self.tell_excused([given.student for given in students if given.excused])
            return self.put(data, marks)


def _bytes(path: Path) -> bytes:
    from autograder.lms.delimited import MOST_BYTES

    try:
        with open(path, "rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from None


def _result_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name inside, bytes) of the result.json files of a folder, or the one file."""
    if not path.is_dir():
        yield path.name, _bytes(path)
        return
    for found in sorted(path.rglob("result.json")):
        if found.is_file() and not found.is_symlink():
            yield found.relative_to(path).as_posix(), _bytes(found)
