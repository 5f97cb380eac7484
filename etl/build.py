"""Build all models anew from what a warehouse received, with DuckDB or on Apache Spark.

What Spark made stays in Parquet files, `models/<build>/<schema>/<table>`; the warehouse is then a file of views on
them, which is read like any other. The views name the files by their whole path: who moves the folder builds again.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import duckdb

from etl.home import lock, make_folder, warehouse_path
from etl.models import MODELS, OWN, SQL, VIEW, build_models, create_view, declare_functions, read_sql
from etl.protection_counts import ProtectionCounts
from etl.publication import published, quoted

BASE = tuple(re.findall(r"CREATE TABLE (\w+)", read_sql(SQL / "schema.sql")))
"""The tables that everything follows from: definitions and what was received."""
_BUILDS_KEPT = 2
"""The newest, and the one before it: whoever has begun to read that one may read on."""


def lacking(engine: str) -> str | None:
    """Return what must be installed before an engine can be used, None where it can."""
    if engine == "spark" and not all(map(find_spec, ("pyspark", "sqlglot"))):
        return "Spark is not installed: make .venv/requirements-spark.stamp"
    if engine == "spark" and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        return "Spark needs Java 17 or newer: apt-get install openjdk-17-jre-headless"
    return None


def build(warehouse: Path, folder: Path, engine: str, progress: Callable[[float], None]) -> Path:
    """Build the models from the tables in `warehouse`, publish them in `folder`, and return where they are."""
    make_folder(folder)
    with lock(folder / "write.lock"):
        files = folder.resolve() / "models" / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        try:
            with new_warehouse(folder) as con:
                con.execute(f"ATTACH '{quoted(warehouse)}' AS source (READ_ONLY)")
                decided = "SELECT count(*) > 0 FROM source.decision WHERE action = 'approved'"
                with_approved = con.execute(decided).fetchall()[0][0]
                if engine == "spark":
                    _build_on_spark(con, files, progress, with_approved=with_approved)
                else:
                    con.execute(read_sql(SQL / "schema.sql"))
                    for table in BASE:
                        con.execute(f"INSERT INTO {table} FROM source.{table}")
                    build_models(con, None, progress, with_approved=with_approved)
        except BaseException:
            shutil.rmtree(files, ignore_errors=True)
            raise
        for old in sorted(files.parent.glob("*"))[:-_BUILDS_KEPT]:
            shutil.rmtree(old)
    return warehouse_path(folder)


@contextmanager
def new_warehouse(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection to an empty warehouse, and publish it in `folder` at the end of the `with` block."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "50%"}) as con, published(con, warehouse_path(folder)):
        yield con


def take_in(con: duckdb.DuckDBPyConnection) -> None:
    """Make tables of all that a warehouse in use has as views on Spark's files, so that it can be changed."""
    views = con.execute(
        "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'warehouse'"
    ).fetchall()
    for schema, name in views:
        if MODELS.get(name) is VIEW:
            continue
        con.execute(f"CREATE TABLE {schema}.taken_in AS FROM {schema}.{name}")
        con.execute(f"DROP VIEW {schema}.{name}")
        con.execute(f"ALTER TABLE {schema}.taken_in RENAME TO {name}")


def _build_on_spark(
    con: duckdb.DuckDBPyConnection, files: Path, progress: Callable[[float], None], *, with_approved: bool
) -> None:
    from etl.spark import build_models_on_spark, session

    for table in BASE:
        make_folder(files / "main" / table)
        # Several files, so that as many can be read together.
        con.execute(
            f"COPY (FROM source.{table}) TO '{quoted(files / 'main' / table)}'"
            " (FORMAT parquet, FILE_SIZE_BYTES '64MB', OVERWRITE_OR_IGNORE)"
        )
    with session(files) as spark:
        build_models_on_spark(spark, files, BASE, lambda share: progress(0.95 * share), with_approved=with_approved)
    for table in BASE:
        con.execute(f"CREATE VIEW {table} AS FROM read_parquet('{quoted(files / 'main' / table)}/*.parquet')")
    types = _types_of_models()
    _look_into(con, files / "main", types)
    counts = ProtectionCounts(None)
    counts.write(con)
    if with_approved:
        con.execute("CREATE SCHEMA approved")
        con.execute("SET search_path = 'warehouse.approved,warehouse.main'")
        _look_into(con, files / "approved", types)
        counts.write(con)
    os.sync()
    progress(1)


def _look_into(con: duckdb.DuckDBPyConnection, folder: Path, types: dict[str, list[tuple[str, str]]]) -> None:
    """Create a view on each model in `folder`, with the columns and types that DuckDB gives it."""
    for model in MODELS:
        if MODELS[model] is VIEW:
            create_view(con, "main", model)
            continue
        if not (folder / model).exists():
            continue
        if not any((folder / model).rglob("*.parquet")):
            # Of no rows, Spark leaves no folder of any period.
            nothing = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in types[model])
            con.execute(f"CREATE VIEW {model} AS SELECT {nothing} WHERE FALSE")
        else:
            columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in types[model])
            by_period = ", hive_partitioning = true, hive_types = {'period': VARCHAR}"
            where = f"'{quoted(folder / model)}/**/*.parquet'{by_period if MODELS[model] is OWN else ''}"
            con.execute(f"CREATE VIEW {model} AS SELECT {columns} FROM read_parquet({where})")


def _types_of_models() -> dict[str, list[tuple[str, str]]]:
    """Return the columns of each model and their types, as they come out where there is not a single report."""
    types = {}
    with duckdb.connect() as con:
        con.execute(read_sql(SQL / "schema.sql"))
        declare_functions(con)
        con.execute("CREATE TEMPORARY VIEW built_period AS SELECT period FROM period")
        for model in MODELS:
            con.execute(f"CREATE TABLE {model} AS {read_sql(SQL / f'{model}.sql')}")
            types[model] = [row[:2] for row in con.execute(f"DESCRIBE {model}").fetchall()]
    return types
