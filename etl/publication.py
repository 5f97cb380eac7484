"""Publishing a warehouse: it is written beside the one that is read, and put in its place at once."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from etl.home import publish_file


@contextmanager
def published(
    con: duckdb.DuckDBPyConnection, path: Path, old: Path | None = None, block_bytes: int = 262_144
) -> Iterator[None]:
    """Let a `with` block fill a copy of the warehouse `old`, or an empty one, and publish that at `path` at its end.

    An empty one has blocks of `block_bytes`, of which DuckDB's own are the default; a copy those that it had.
    The connection uses it meanwhile. Where the block fails, what is at `path` stays. Needs the lock of writers.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    _remove_parts(path)
    try:
        con.execute(f"SET temp_directory = '{quoted(temporary)}.spill'")
        if old is not None:
            shutil.copyfile(old, temporary)
        # Nobody reads it before it is whole: it needs no log to be repaired from, and is put in order once, at its end.
        con.execute("SET checkpoint_threshold = '1TB'")
        blocks = f", BLOCK_SIZE {block_bytes}" if old is None else ""
        con.execute(f"ATTACH '{quoted(temporary)}' AS warehouse (RECOVERY_MODE 'no_wal_writes'{blocks})")
        con.execute("USE warehouse")
        yield
        con.execute("USE memory")
        con.execute("DETACH warehouse")
        publish_file(temporary, path)
    finally:
        _remove_parts(path)


def quoted(text: str | Path) -> str:
    """Return a text or a path as it stands between quotes in SQL."""
    return str(text).replace("'", "''")


def _remove_parts(path: Path) -> None:
    """Remove what this publication and killed ones left beside the warehouse."""
    for part in path.parent.glob(f".{path.name}.*.part*"):
        # Windows keeps a file that is open; the next publication tries again.
        with suppress(PermissionError):
            shutil.rmtree(part) if part.is_dir() else part.unlink(missing_ok=True)
