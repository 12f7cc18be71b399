"""What does Alembic need to know? The open transaction, and where the version stands."""

from alembic import context

from autograder.gradebook.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"], version_table=VERSION_TABLE, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
