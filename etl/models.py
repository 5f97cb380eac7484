"""The models: which there are, what their rows follow from, and how they are built."""

import re
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from enum import Enum
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from queue import SimpleQueue

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType
from duckdb.sqltypes import DOUBLE

from etl.distance import geodesic_m
from etl.protection_counts import ProtectionCounts

SQL = Path(__file__).parent / "sql"


class Renewed(Enum):
    """Which rows of a model may change when there is something new in a period; the others stay as they are."""

    RECEIVED = "of the period itself, and of what came without saying for which period"
    OWN = "of the period itself, and of the year after, which is compared with it"
    LATER = "of the period itself and of all that come after it"
    YEAR = "of all periods of the same year"
    WHOLE = "all of them"
    VIEW = "none: it is asked of other tables each time, and holds none itself"


RECEIVED, OWN, LATER, YEAR, WHOLE, VIEW = Renewed

MODELS = {
    "unit_level": WHOLE,
    "period_state": WHOLE,
    "approved_submission": WHOLE,
    "submission": RECEIVED,
    "public_problem": WHOLE,
    "standing_report": OWN,
    "observation": VIEW,
    "play_area": OWN,
    "play_area_site": OWN,
    "child_friendly": OWN,
    "child_friendly_criterion": OWN,
    "child_friendly_readiness": OWN,
    "task_result": VIEW,
    "expected_report": OWN,
    "report_part": OWN,
    "unit_total": OWN,
    "report_status": LATER,
    "task_progress": OWN,
    "commune_task": VIEW,
    "commune_task_state": OWN,
    "task_part": VIEW,
    "task_sum": OWN,
    "task_total": VIEW,
    "commune_flag": OWN,
    "indicator_total": OWN,
    "indicator_progress": OWN,
    "outlier": LATER,
    "chance": OWN,
    "indicator_value": VIEW,
    "progress": VIEW,
    "nearest_play_area": OWN,
    "commune_play_area": OWN,
    "play_area_outlook": OWN,
    "revision_change": OWN,
    "play_area_conflict": OWN,
    "pace": LATER,
    "recent_trend": LATER,
    "missing_report": LATER,
    "missing_bounds": LATER,
    "equity": OWN,
}
"""In the order in which they build on each other; of those that wait for the same, what takes long comes first."""

PAIRED = ("outlier",)
"""The models that hold each total against those of the years before."""

MANY_TOTALS = 1_000_000
"""From so many on they are built a period at a time: all pairs of a country together are more than memory holds."""

MANY_FIGURES = 1_000_000
"""From so many on, all cores build large models together; what is new of a few periods is never so much."""

APPROVED = tuple(MODELS)[list(MODELS).index("standing_report") :]
"""The models that are built of approved reports alone too, in the schema of that name."""

OUTERMOST_ORDER = "\nORDER BY "
"""Alone at the beginning of a line: all that is within is indented."""

_PROTECTION_COUNT = "protection_count"
_SOURCE = re.compile(r"(?<=\bFROM |\bJOIN )\w+")


def model_sql(schema: str, model: str) -> str:
    """Return the SELECT of a model in the schema `main` or `approved`."""
    first = (schema, model) == ("approved", APPROVED[0])
    return read_sql(SQL / ("approved_report.sql" if first else f"{model}.sql"))


def sources(schema: str, model: str) -> set[str]:
    """Return the models that a model reads."""
    return set(MODELS).intersection(_SOURCE.findall(model_sql(schema, model)))


def create_view(con: duckdb.DuckDBPyConnection, schema: str, model: str) -> None:
    """Create the view of a model in the schema that the connection looks into first.

    Asked from elsewhere, a view looks into its own schema alone: what only `main` has is named as such.
    """
    sql = _SOURCE.sub(lambda found: found[0] if found[0] in APPROVED else f"main.{found[0]}", model_sql(schema, model))
    con.execute(f"CREATE OR REPLACE VIEW {model} AS {sql}")


def build_models(
    con: duckdb.DuckDBPyConnection,
    new: Collection[str] | None,
    progress: Callable[[float], None],
    *,
    with_approved: bool,
) -> None:
    """Build all models in the database `warehouse`, also from approved reports alone in the schema `approved`.

    `new` holds the periods in which something is new, where the models are there already; None: build everything.
    Must not be called within a transaction: several connections build together.
    """
    main = approved = None if new is None else _renewed(con, new)
    large = new is None and con.table("reported_figure").count("*").fetchall()[0][0] >= MANY_FIGURES
    # Of what is small, a core for each connection: workers of one would take it from the other.
    con.execute(f"SET threads = {2 if large else 1}")
    if with_approved:
        if not con.execute("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'approved'").fetchone():
            approved = None
        con.execute("CREATE SCHEMA IF NOT EXISTS warehouse.approved")
    counts = ProtectionCounts(None if approved is None else approved[YEAR])
    declare_functions(con)
    with con.cursor() as second:
        second.execute(read_sql(SQL / "functions.sql"))
        connections = [con] if large else [con, second]
        share = 0.5 if with_approved else 1
        _build_schema(connections, "main", tuple(MODELS), main, counts, lambda f: progress(f * share))
        if with_approved:
            _build_schema(connections, "approved", APPROVED, approved, counts, lambda f: progress(share * (1 + f)))


def _build_schema(
    connections: Sequence[duckdb.DuckDBPyConnection],
    schema: str,
    models: Sequence[str],
    renewed: dict[Renewed, list[str]] | None,
    counts: ProtectionCounts,
    progress: Callable[[float], None],
) -> None:
    """Build each model as soon as those that it reads are there, as many at a time as there are connections.

    A small one is mostly planned, for which DuckDB takes one core.
    """
    idle: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    for con in connections:
        con.execute(f"SET search_path = '{'warehouse.approved,' if schema == 'approved' else ''}warehouse.main'")
        idle.put(con)

    def build(model: str) -> None:
        con = idle.get()
        try:
            if model == _PROTECTION_COUNT:
                counts.write(con)
            else:
                _build(con, schema, model, renewed)
        finally:
            idle.put(con)

    needed = {model: sources(schema, model) & set(models) for model in models}
    order = TopologicalSorter(needed | {_PROTECTION_COUNT: ProtectionCounts.SOURCES & set(models)})
    order.prepare()
    with ThreadPoolExecutor(len(connections)) as threads:
        running: dict[Future[None], str] = {}
        done = 0
        try:
            while order.is_active():
                running |= {threads.submit(build, model): model for model in order.get_ready()}
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    future.result()
                    order.done(running.pop(future))
                    done += 1
                    progress(done / (len(models) + 1))
        except BaseException:
            # What failed, or was broken off at the keyboard, is said now, not when a country's other models are built.
            threads.shutdown(wait=False, cancel_futures=True)
            for con in connections:
                con.interrupt()
            raise


def _renewed(con: duckdb.DuckDBPyConnection, new: Collection[str]) -> dict[Renewed, list[str]]:
    """Return the periods whose rows are renewed, by kind of model."""
    con.register("new_period", pa.table({"period": pa.array(new, pa.string())}))
    where = {
        RECEIVED: "period IN (FROM new_period)",
        OWN: "period IN (FROM new_period) OR year_before IN (FROM new_period)",
        LATER: "sequence >= (SELECT min(sequence) FROM period WHERE period IN (FROM new_period))",
        YEAR: "year IN (SELECT year FROM period WHERE period IN (FROM new_period))",
    }
    reported = con.execute(
        f"SELECT period, {', '.join(where.values())} FROM period WHERE period IN (SELECT period FROM received_report)"
    ).fetchall()
    con.unregister("new_period")
    return {kind: [row[0] for row in reported if row[n]] for n, kind in enumerate(where, start=1)}


def declare_functions(con: duckdb.DuckDBPyConnection) -> None:
    """Make known what the models call."""
    con.execute(read_sql(SQL / "functions.sql"))
    con.create_function("geodesic_m", geodesic_m, [DOUBLE] * 4, DOUBLE, type=PythonUDFType.ARROW)


def _build(con: duckdb.DuckDBPyConnection, schema: str, model: str, renewed: dict[Renewed, list[str]] | None) -> None:
    """Build a model, or renew its rows of the periods in which they may have changed."""
    kind = MODELS[model]
    if kind is VIEW:
        create_view(con, schema, model)
    elif renewed is not None and kind is not WHOLE:
        _renew(con, schema, model, renewed[kind])
    elif model in PAIRED and con.table("unit_total").count("*").fetchall()[0][0] >= MANY_TOTALS:
        _create(con, schema, model, "LIMIT 0")
        for (period,) in con.execute("SELECT period FROM period ORDER BY sequence").fetchall():
            _renew(con, schema, model, [period])
    else:
        _create(con, schema, model)


def _create(con: duckdb.DuckDBPyConnection, schema: str, model: str, limit: str = "") -> None:
    con.execute(f"CREATE OR REPLACE TABLE {model} AS {_select(con, schema, model)} {limit}")


def _renew(con: duckdb.DuckDBPyConnection, schema: str, model: str, periods: Sequence[str]) -> None:
    named = ", ".join(f"'{period}'" for period in periods)
    # DuckDB carries an equality over to all that is joined by it, but not a list, even of one.
    chosen = [f"period = {named}" if len(periods) == 1 else f"period IN ({named})"] if periods else []
    if MODELS[model] is RECEIVED:
        chosen.append("period IS NULL")
    if chosen:
        of_periods = f"WHERE {' OR '.join(chosen)}"
        # What comes later stands behind all else in any case: its own order would be a sort for little.
        select = _select(con, schema, model, of_periods).partition(OUTERMOST_ORDER)[0]
        con.execute(f"DELETE FROM {model} {of_periods}")
        con.execute(f"INSERT INTO {model} SELECT * FROM ({select}) AS renewed {of_periods}")


def _select(con: duckdb.DuckDBPyConnection, schema: str, model: str, of_periods: str = "") -> str:
    """Return a model's SELECT, once `built_period` holds the periods whose rows it is to build."""
    sql = model_sql(schema, model)
    if "built_period" in sql:
        con.execute(f"CREATE OR REPLACE TEMPORARY VIEW built_period AS SELECT period FROM period {of_periods}")
    return sql


@cache
def read_sql(path: Path) -> str:
    """Return the text of an SQL file."""
    return path.read_text(encoding="utf-8")
