"""Where vectors lie: a schema of their own, made by a job, so that no migration and no backup needs pgvector."""

from uuid import UUID

from django.db import DatabaseError, connection, transaction

from sambung.lib.failures import Failed

SCHEMA = "vectors"
TABLE = f"{SCHEMA}.chunk_vector"
#: Once in the database, by a role that may: where ours may not.
COMMAND = "CREATE EXTENSION vector"
_MADE = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE TABLE IF NOT EXISTS {TABLE} (
    chunk uuid NOT NULL REFERENCES document_chunk (id) ON DELETE CASCADE,
    space uuid NOT NULL REFERENCES embedding_space (id) ON DELETE CASCADE,
    scope uuid,
    embedding halfvec NOT NULL,
    PRIMARY KEY (space, chunk)
);
ALTER TABLE {TABLE} ALTER COLUMN embedding SET STORAGE MAIN;
CREATE INDEX IF NOT EXISTS chunk_vector_chunk ON {TABLE} (chunk);
CREATE INDEX IF NOT EXISTS chunk_vector_scope ON {TABLE} (space, scope);
"""


def are_there() -> bool:
    """Whether vectors can be kept here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [TABLE])
        return cursor.fetchone()[0] is not None


def make() -> None:
    """Make extension, schema and table, where they are missing. Raises Failed where the role may not, or cannot."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'")
            if cursor.fetchone() is None:
                cursor.execute(COMMAND)
    except DatabaseError:
        raise Failed("vectors_not_allowed", command=f"{COMMAND};", database=connection.settings_dict["NAME"]) from None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MADE)


def index_of(space: UUID) -> str:
    """The name of a space's index, which is partial: vectors of two models have nothing to do with one another."""
    return f"chunk_vector_{space.hex}"


def make_index(space: UUID, dimensions: int) -> None:
    """Make the space's index, unless it has one; whoever writes goes on meanwhile. Outside of transactions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [f"{SCHEMA}.{index_of(space)}"]
        )
        found = cursor.fetchone()
        if found and found[0]:
            return
        if found:  # what a killed process left half made
            cursor.execute(f"DROP INDEX {SCHEMA}.{index_of(space)}")
        cursor.execute(
            f"CREATE INDEX CONCURRENTLY {index_of(space)} ON {TABLE}"
            f" USING hnsw ((embedding::halfvec({dimensions:d})) halfvec_cosine_ops) WHERE space = '{space}'"
        )


def drop(space: UUID) -> None:
    """Remove all of a space's vectors, and its index."""
    if are_there():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {SCHEMA}.{index_of(space)}")
            cursor.execute(f"DELETE FROM {TABLE} WHERE space = %s", [space])
