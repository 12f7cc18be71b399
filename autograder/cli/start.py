"""`autograde start`: get an assignment's files to work on."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Session, assignment_argument, common_options, pass_session
from autograder.cli.work import file_names
from autograder.errors import UsageError
from autograder.language import _
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Assignment


@click.command()
@assignment_argument
@click.option("--force", is_flag=True, help="Start anew; what is there is put into a backup folder first.")
@click.option("--notebook", is_flag=True, help="Get a Jupyter notebook instead of a Python file.")
@common_options
@pass_session
def start(session: Session, assignment: str, force: bool, notebook: bool) -> None:
    """Make a folder with the stub, the statement and the checks that you may see.

    It never overwrites your work.

    \b
    Examples:
      autograde start ASSIGNMENT
      autograde start ASSIGNMENT --notebook
    """
    chosen = session.course().assignment(assignment)
    folder = Path.cwd() / chosen.id
    if folder.resolve() == chosen.public_dir.resolve():
        raise UsageError(
            message(
                "{folder} is the course's own folder. Start somewhere else, e.g. in a folder of yours.",
                folder=str(folder),
            )
        )
    # First: where it cannot be made, nothing is moved and nothing is left behind.
    text = _notebook(chosen, session.language) if notebook else None
    backup = None
    if folder.exists() or folder.is_symlink():
        if not force:
            raise UsageError(
                message(
                    "./{assignment} is already there, and nothing in it was touched. To start anew (your files go "
                    "into a backup folder first): autograde start {assignment} --force",
                    assignment=chosen.id,
                )
            )
        backup = _free(folder.with_name(f"{chosen.id}-backup-{datetime.now():%Y%m%d-%H%M%S}"))
        folder.rename(backup)
    given = copy_public_files(chosen, folder, text)
    if backup is not None:
        click.echo(_("Your earlier files are in ./{folder}", folder=backup.name))
    click.echo(_("Made ./{folder} with:", folder=chosen.id))
    for path in given:
        click.echo(f"  {path.name}")
    if notebook:
        click.echo(
            _(
                "Open {file} in Jupyter; or work in it wherever you like, and try: autograde check {id}",
                file=file_names(chosen)[-1],
                id=chosen.id,
            )
        )
        return
    click.echo(
        _("Read README.md, write {file}, then try: autograde check {id}", file=chosen.files[0], id=chosen.id)
    )


def _notebook(assignment: Assignment, language: str) -> str:
    from autograder.notebooks.build import rendered, student_notebook

    return rendered(student_notebook(assignment, language))


def copy_public_files(assignment: Assignment, folder: Path, notebook: str | None = None) -> list[Path]:
    """Copy the stub, the statements and the public checks into a new `folder`; returns what was made.

    notebook  the text of the notebook that is given instead of the stub
    """
    stubs = [assignment.public_dir / name for name in assignment.files[0 if notebook is None else 1 :]]
    wanted = [*stubs, *assignment.statements, assignment.public_checks]
    folder.mkdir(parents=True)
    made = []
    if notebook is not None:
        made.append(folder / file_names(assignment)[-1])
        made[0].write_text(notebook, encoding="utf-8")
    for source in wanted:
        if source.is_file():
            # Not copy2: the installed course may be read-only, the student's copy must not be.
            made.append(Path(shutil.copyfile(source, folder / source.name)))
    for source in sorted((assignment.public_dir / "pictures").glob("*.svg")):
        # The statement shows them, by a path within its folder.
        (folder / "pictures").mkdir(exist_ok=True)
        shutil.copyfile(source, folder / "pictures" / source.name)
    return made


def _free(path: Path) -> Path:
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
