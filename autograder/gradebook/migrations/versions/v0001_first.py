"""The first schema. Written out, not taken from `tables`: this stays as it is when those change."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    server = op.get_bind().dialect.name == "postgresql"
    anything = sa.Text(collation="C") if server else sa.Text()
    instant = sa.DateTime(timezone=server)
    number = sa.BigInteger() if server else sa.Integer()

    def words(name: str, **more: Any) -> sa.Column[Any]:
        return sa.Column(name, anything, nullable=False, **more)

    def blank(name: str) -> sa.Column[Any]:
        return words(name, server_default="")

    def plain(name: str, *, nullable: bool = True) -> sa.Column[Any]:
        return sa.Column(name, sa.Text(), nullable=nullable)

    def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
        return sa.Column(name, instant, nullable=nullable)

    def id_() -> sa.Column[Any]:
        return sa.Column("id", number, nullable=False, autoincrement=True)

    def is_student(table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(["student"], ["students.id"], name=f"fk_{table}_student")

    def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
        return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")

    def only_where(name: str, table: str, column: str, where: str) -> None:
        op.create_index(
            name, table, [column], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )

    op.create_table("about", plain("name", nullable=False), words("value"), key("about", "name"))
    op.create_table(
        "students",
        words("id"),
        blank("name"),
        blank("email"),
        blank("section"),
        blank("language"),
        key("students", "id"),
    )
    op.create_table(
        "student_ids",
        plain("system", nullable=False),
        words("value"),
        words("student"),
        key("student_ids", "system", "value"),
        is_student("student_ids"),
        sa.UniqueConstraint("student", "system", name="uq_student_ids_student_system"),
    )
    op.create_table(
        "files",
        plain("digest", nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", number, nullable=False),
        key("files", "digest"),
    )
    op.create_table(
        "submissions",
        id_(),
        words("assignment"),
        words("student"),
        plain("digest", nullable=False),
        moment("handed_in", nullable=True),
        moment("received"),
        words("source"),
        plain("problem"),
        plain("notices"),
        key("submissions", "id"),
        is_student("submissions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_submissions_assignment_student", "submissions", ["assignment", "student", "id"])
    op.create_table(
        "submission_files",
        sa.Column("submission", number, nullable=False),
        words("name"),
        plain("digest", nullable=False),
        key("submission_files", "submission", "name"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_submission_files_submission"),
        sa.ForeignKeyConstraint(["digest"], ["files.digest"], name="fk_submission_files_digest"),
    )
    op.create_index("ix_submission_files_digest", "submission_files", ["digest"])
    op.create_table(
        "results",
        id_(),
        sa.Column("submission", number, nullable=False),
        plain("key", nullable=False),
        plain("state", nullable=False),
        plain("status", nullable=False),
        sa.Column("score_cents", sa.Integer()),
        sa.Column("max_cents", sa.Integer(), nullable=False),
        plain("course_version", nullable=False),
        plain("suite_version", nullable=False),
        plain("engine_version", nullable=False),
        sa.Column("input_set", sa.Integer()),
        plain("isolation", nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        moment("graded_at"),
        key("results", "id"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_results_submission"),
        sa.CheckConstraint(
            "state IN ('current', 'superseded', 'proposed', 'failed')", name=op.f("ck_results_state")
        ),
        sa.CheckConstraint(
            "score_cents IS NULL OR score_cents BETWEEN 0 AND max_cents", name=op.f("ck_results_score")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_results_submission", "results", ["submission"])
    op.create_index("ix_results_key", "results", ["key"])
    for state in ("current", "proposed", "failed"):
        only_where(f"uq_results_{state}", "results", "submission", f"state = '{state}'")
    op.create_table(
        "deadlines",
        id_(),
        words("assignment"),
        sa.Column("student", anything),
        moment("due"),
        blank("note"),
        key("deadlines", "id"),
        is_student("deadlines"),
        sa.UniqueConstraint("assignment", "student", name="uq_deadlines_assignment_student"),
    )
    only_where("uq_deadlines_everybody", "deadlines", "assignment", "student IS NULL")
    op.create_table(
        "policies", words("assignment"), plain("policy", nullable=False), key("policies", "assignment")
    )
    op.create_table(
        "adjustments",
        id_(),
        words("assignment"),
        words("student"),
        plain("kind", nullable=False),
        sa.Column("cents", sa.Integer()),
        words("author"),
        words("reason"),
        moment("at"),
        moment("withdrawn_at", nullable=True),
        key("adjustments", "id"),
        is_student("adjustments"),
        sa.CheckConstraint("kind IN ('add', 'set', 'excuse')", name=op.f("ck_adjustments_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_adjustments_assignment_student", "adjustments", ["assignment", "student"])
    op.create_table(
        "audit",
        id_(),
        moment("at"),
        words("author"),
        plain("action", nullable=False),
        blank("assignment"),
        blank("student"),
        plain("before"),
        plain("after"),
        blank("reason"),
        key("audit", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_assignment_student", "audit", ["assignment", "student"])
    op.create_table(
        "leases",
        words("assignment"),
        plain("owner", nullable=False),
        words("host"),
        sa.Column("pid", number, nullable=False),
        plain("born", nullable=False),
        moment("since"),
        moment("beat"),
        key("leases", "assignment"),
    )
