"""Where Alembic gets its connection: from placeholder.db.schema, inside a transaction and a lock of its own."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
