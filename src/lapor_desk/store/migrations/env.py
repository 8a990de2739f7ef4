"""How Alembic runs here: on the connection it is handed, in that connection's transaction, on our tables only."""

from alembic import context

from lapor_desk.store.migrating import VERSION_TABLE
from lapor_desk.store.tables import PREFIX, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=lambda name, kind, _: kind != "table" or (name or "").startswith(PREFIX),
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
