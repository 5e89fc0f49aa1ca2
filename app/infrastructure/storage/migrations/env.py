"""Runs the revisions on the connection it is handed; alembic executes this file.

`Database.upgrade` opens the transaction and takes the lock, so nothing of either is done here.
"""

from alembic import context

from app.infrastructure.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes a table by copying it.
    render_as_batch=True,
)
context.run_migrations()
