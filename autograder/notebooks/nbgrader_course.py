"""Where does an nbgrader course keep things? As its own nbgrader_config.py says, read by nbgrader itself."""

from __future__ import annotations

import contextlib
import glob
import logging
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.grading.submission import Found
from autograder.model import message
from autograder.names import meant

if TYPE_CHECKING:
    from autograder.course.manifest import Course

CONFIGURATION = "nbgrader_config.py"


@dataclass(frozen=True)
class NbgraderCourse:
    """A course's folder with its settings.

    directory  nbgrader's CourseDirectory: names of folders, database, course
    autograde  nbgrader's Autograde: permissions, which files a student may bring, whether students are added
    penalties  nbgrader's AssignLatePenalties with its plugin, or None where the course has taken it out
    """

    root: Path
    directory: Any
    autograde: Any
    penalties: Any

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """The folder of one step, e.g. "submitted", for one student; "." for the instructor's own."""
        name = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(name, student, assignment))

    def course(self) -> Course:
        """The course that the configuration names, so that it is the one that `nbgrader autograde` grades with.

        Raises  UsageError where it is not there, CourseError where its manifest is broken
        """
        from autograder.notebooks.preprocess import FromCourse

        return FromCourse(config=self.autograde.config).the_course()

    def submissions(self, assignment: str, only: str | None = None) -> Found:
        """What students have handed in, found as nbgrader finds it.

        only    the one student to look for
        Raises  UsageError where there is none
        """
        settings = self.directory
        step = settings.submitted_directory
        structure: str = settings.directory_structure
        pattern = structure.format(
            nbgrader_step=glob.escape(step), student_id=settings.student_id, assignment_id=assignment
        )
        shape = re.compile(
            settings.format_path(re.escape(step), "(?P<student_id>[^/]*)", re.escape(assignment), escape=True)
        )
        excluded = set(filter(None, settings.student_id_exclude.split(",")))
        students: dict[str, Path] = {}
        for name in sorted(glob.glob(pattern, root_dir=self.root)):
            path = self.root / name
            fits = shape.fullmatch(str(path))
            if fits and path.is_dir() and not path.is_symlink() and fits["student_id"] not in excluded:
                students[fits["student_id"]] = path
        if not students:
            raise UsageError(
                message(
                    "{folder} holds no submission of {assignment}. Expected: {pattern}.",
                    folder=str(self.root),
                    assignment=assignment,
                    pattern=pattern,
                )
            )
        if only is not None:
            if only not in students:
                raise UsageError(
                    message(
                        '{path} holds no submission of "{student}".',
                        path=str(self.root),
                        student=clean_line(only),
                    ),
                    meant(only, students),
                    message("It holds {count}.", count=len(students)),
                )
            students = {only: students[only]}
        return Found(students)


def opened(root: Path) -> NbgraderCourse:
    """The nbgrader course in `root`, with its settings.

    Raises  UsageError where nbgrader is missing, or does not accept the settings
    """
    if not root.is_dir():
        raise UsageError(
            message(
                "{path} is no folder. Give the folder of an nbgrader course, with source/ and submitted/ in it.",
                path=str(root),
            )
        )
    try:
        from nbgrader.apps import AutogradeApp
        from nbgrader.converters import Autograde
        from nbgrader.preprocessors import AssignLatePenalties
        from traitlets.utils.importstring import import_item
    except ImportError:
        raise UsageError(
            message("nbgrader is not installed here. Install it: pip install 'autograder[notebook]'")
        ) from None
    root = root.resolve()
    try:
        with _standing_in(root):
            app = AutogradeApp(log_level=logging.ERROR, raise_config_file_errors=True)
            app.initialize([], root=str(root))
            autograde = Autograde(coursedir=app.coursedir, parent=app)
            steps = [
                import_item(one) if isinstance(one, str) else one for one in autograde.autograde_preprocessors
            ]
            late = next(
                (one for one in steps if isinstance(one, type) and issubclass(one, AssignLatePenalties)), None
            )
            penalties = None if late is None else late(parent=autograde)
            if penalties is not None:
                penalties.init_plugin()
    except (Exception, SystemExit) as error:
        raise UsageError(
            message(
                "nbgrader cannot use the settings of {folder} (nbgrader_config.py): {error}",
                folder=str(root),
                error=clean_line(f"{type(error).__name__}: {error}", 300),
            )
        ) from None
    return NbgraderCourse(Path(app.coursedir.root), app.coursedir, autograde, penalties)


@contextlib.contextmanager
def _standing_in(root: Path) -> Iterator[None]:
    """Inside the course's folder, with its modules, as nbgrader reads its settings; everything as before afterwards."""
    path = list(sys.path)
    with contextlib.chdir(root):
        try:
            yield
        finally:
            sys.path[:] = path


def path_exists(url: str) -> bool:
    """Whether a database is there; of one that is no file, nobody knows before asking it."""
    from sqlalchemy.engine import make_url

    found = make_url(url)
    if found.get_backend_name() != "sqlite" or found.database in (None, "", ":memory:"):
        return True
    return os.path.isfile(str(found.database))
