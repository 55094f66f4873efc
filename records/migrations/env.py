"""What alembic runs: the steps, on the connection that `records.migrate` opened."""

from __future__ import annotations

from alembic import context

from records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # on SQLite too: transactions are begun by the engine, not the driver
)
with context.begin_transaction():
    context.run_migrations()
