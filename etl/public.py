"""The data that may leave the house: a DuckDB file for analysts, with nothing in it that names or tells of a child.

Each table is a SELECT over the warehouse of its name, in etl/sql/public. Sensitive counts are in protection_count
alone, masked; what people typed freely is left out, but for names of play areas.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa

from etl.definitions import Definitions, load
from etl.dictionary import PATH, dictionary
from etl.home import lock, publish_file, warehouse_path
from etl.models import SQL, read_sql
from etl.publication import quoted
from etl.warehouse import Progress, is_readable

TABLES = tuple(dictionary().tables)
"""In the order of the dictionary."""
_KEPT = 2
"""A reader may be about to open the one before the last."""


def public_database(folder: Path, *, progress: Progress = lambda _: None) -> Path:
    """Return the public data of the warehouse published in `folder`, built where nobody has yet.

    `progress` takes the share that is done, from 0 to 1. The file does not change any more; it is removed after the
    warehouse was published twice anew. Raises FileNotFoundError where there is no warehouse yet.
    """
    warehouse = warehouse_path(folder)
    if not warehouse.exists():
        raise FileNotFoundError(f"{warehouse}: chưa có số liệu / no reports were loaded yet")
    if not is_readable(warehouse):
        raise FileNotFoundError(f"{warehouse}: phiên bản khác, hãy chạy / other version, run `python -m etl rebuild`")
    path = folder / "public" / f"{_version(warehouse)}.duckdb"
    if not path.exists():
        with lock(folder / "public.lock"):
            if not path.exists():
                _build(warehouse, path, progress)
                _remove_old(path.parent)
    return path


def _version(warehouse: Path) -> str:
    """Return what changes whenever the warehouse is published, or the program publishes something else of it."""
    status = warehouse.stat()
    digest = sha256(f"{status.st_mtime_ns} {status.st_ino} {status.st_size}".encode())
    for source in (*sorted((SQL / "public").glob("*.sql")), SQL / "submission_number.sql", PATH):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def _build(warehouse: Path, path: Path, progress: Progress) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.unlink(missing_ok=True)
    try:
        with duckdb.connect() as con:
            con.execute(f"ATTACH '{quoted(warehouse)}' AS warehouse (READ_ONLY)")
            con.execute(f"ATTACH '{quoted(temporary)}' AS public")
            con.execute("SET search_path = 'warehouse.main'")
            _register_definitions(con, load())
            con.execute(f"CREATE TEMPORARY TABLE submission_number AS {read_sql(SQL / 'submission_number.sql')}")
            for n, table in enumerate(TABLES, start=1):
                con.execute(f"CREATE TABLE public.{table} AS {read_sql(SQL / 'public' / f'{table}.sql')}")
                _comment(con, table)
                progress(n / len(TABLES))
            con.execute("DETACH public")
        publish_file(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _register_definitions(con: duckdb.DuckDBPyConnection, d: Definitions) -> None:
    """Let the SELECTs see what is not in the warehouse, because no figure follows from it."""
    province = d.province
    con.register(
        "defined_province",
        pa.table({"code": [province["code"]], "name_vi": [province["name_vi"]], "name_en": [province["name_en"]]}),
    )
    targets = [
        {
            "plan_year": plan.year,
            "target": t.number,
            "label_vi": t.label_vi,
            "label_en": t.label_en,
            "wording_vi": t.wording_vi,
            "wording_en": t.wording_en,
        }
        for plan in d.plans
        for t in plan.targets
    ]
    con.register("defined_plan_target", pa.Table.from_pylist(targets))
    con.register("defined_task_item", pa.Table.from_pylist([vars(t) for t in d.tasks.values()]))


def _comment(con: duckdb.DuckDBPyConnection, table: str) -> None:
    said = dictionary().tables[table]
    con.execute(f"COMMENT ON TABLE public.{table} IS '{quoted(f'{said.vi} | {said.en}')}'")
    for column in said.columns:
        comment = dictionary().column(table, column).comment
        con.execute(f"COMMENT ON COLUMN public.{table}.{column} IS '{quoted(comment)}'")


def _remove_old(folder: Path) -> None:
    files = sorted(folder.glob("*.duckdb"), key=lambda path: path.stat().st_mtime_ns)
    for path in files[:-_KEPT]:
        # Windows keeps a file while somebody reads it; the next build tries again.
        with suppress(PermissionError):
            path.unlink()
