"""How Alembic runs the migrations: on the connection and in the transaction that ``Database`` gives it."""

from __future__ import annotations

from alembic import context

from assistant.store.tables import METADATA

connection = context.config.attributes["connection"]
# One transaction for all steps, tables included: a killed process leaves the old tables or the new ones.
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True, render_as_batch=True)
context.run_migrations()
