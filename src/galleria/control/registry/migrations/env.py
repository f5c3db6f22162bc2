"""Alembic's entry: runs the revisions on the connection it is handed."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from galleria.control.registry.schema import Table


def run(connection: Connection) -> None:
    """Run the revisions in one transaction."""
    context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=False)
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
