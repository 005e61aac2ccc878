"""Alembic's entry: runs on the connection that storage/migrate hands over."""

from alembic import context

from storage import schema

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema.metadata, render_as_batch=True)
# The caller holds the transaction and the lock, and commits.
context.run_migrations()
