"""How does one version of the gradebook's schema become the next? Alembic's revisions; run by `gradebook.schema`."""
