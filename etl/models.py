"""The models: which there are, what their rows follow from, and how they are built."""

from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

import duckdb
from duckdb.func import PythonUDFType
from duckdb.sqltypes import DOUBLE

from etl.distance import geodesic_m
from etl.masking import ProtectionCounts

SQL = Path(__file__).parent / "sql"

OWN_PERIOD, ANY_PERIOD = True, False

MODELS = {
    "unit_level": ANY_PERIOD,
    "period_state": ANY_PERIOD,
    "approved_submission": ANY_PERIOD,
    "submission": ANY_PERIOD,
    "standing_report": ANY_PERIOD,
    "observation": OWN_PERIOD,
    "play_area": OWN_PERIOD,
    "play_area_site": OWN_PERIOD,
    "child_friendly": OWN_PERIOD,
    "child_friendly_criterion": OWN_PERIOD,
    "child_friendly_readiness": OWN_PERIOD,
    "task_result": OWN_PERIOD,
    "expected_report": ANY_PERIOD,
    "unit_total": OWN_PERIOD,
    "report_status": ANY_PERIOD,
    "commune_task": OWN_PERIOD,
    "commune_task_state": OWN_PERIOD,
    "task_progress": OWN_PERIOD,
    "task_total": OWN_PERIOD,
    "commune_flag": OWN_PERIOD,
    "commune_indicator": OWN_PERIOD,
    "nearest_play_area": OWN_PERIOD,
    "commune_play_area": OWN_PERIOD,
    "play_area_outlook": OWN_PERIOD,
    "level_indicator": OWN_PERIOD,
    "indicator_value": OWN_PERIOD,
    "outlier": ANY_PERIOD,
    "revision_change": ANY_PERIOD,
    "play_area_conflict": OWN_PERIOD,
    "indicator_progress": OWN_PERIOD,
    "progress": OWN_PERIOD,
    "chance": OWN_PERIOD,
    "pace": ANY_PERIOD,
    "recent_trend": ANY_PERIOD,
    "missing_report": ANY_PERIOD,
    "missing_bounds": ANY_PERIOD,
    "equity": OWN_PERIOD,
    "public_problem": ANY_PERIOD,
}
"""In the order in which they build on each other. OWN_PERIOD: a row follows from the reports of its own period, and at
most from those of the year before; where no report of either came in since, it stays as it was."""


def build_models(
    con: duckdb.DuckDBPyConnection,
    changed: Collection[str] | None,
    progress: Callable[[float], None],
    *,
    with_approved: bool,
) -> None:
    """Build all models in the database in use, also from approved reports alone in the schema `approved`.

    `changed` holds the periods in which something is new since the warehouse that is attached as `old`; None: build
    everything anew.
    """
    con.execute(read_sql(SQL / "functions.sql"))
    con.create_function("geodesic_m", geodesic_m, [DOUBLE] * 4, DOUBLE, type=PythonUDFType.ARROW)
    for n, model in enumerate(MODELS, start=1):
        _build(con, model, "main", changed)
        progress(n / len(MODELS))
    protection_counts = ProtectionCounts(con)
    protection_counts.write()
    if with_approved:
        _build_approved(con, protection_counts, changed)


def _build_approved(
    con: duckdb.DuckDBPyConnection, protection_counts: ProtectionCounts, changed: Collection[str] | None
) -> None:
    known = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'old' AND schema_name = 'approved' LIMIT 1"
    ).fetchone()
    con.execute("CREATE SCHEMA approved")
    con.execute("SET search_path = 'warehouse.approved,warehouse.main'")
    con.execute(f"CREATE TABLE standing_report AS {read_sql(SQL / 'approved_report.sql')}")
    names = list(MODELS)
    for model in names[names.index("standing_report") + 1 :]:
        _build(con, model, "approved", changed if known else None)
    protection_counts.write()


def _build(con: duckdb.DuckDBPyConnection, model: str, schema: str, changed: Collection[str] | None) -> None:
    """Build a model; where it is known what changed, the rest is taken over from the old warehouse."""
    sql = read_sql(SQL / f"{model}.sql")
    if changed is not None and MODELS[model] is OWN_PERIOD:
        kept = f"SELECT * FROM old.{schema}.{model}"
        listed = ", ".join(f"'{period}'" for period in changed)
        renewed = f"SELECT * FROM ({sql}) AS renewed WHERE period IN ({listed})"
        sql = f"{kept} WHERE period NOT IN ({listed}) UNION ALL {renewed}" if changed else kept
    con.execute(f"CREATE TABLE {model} AS {sql}")


@cache
def read_sql(path: Path) -> str:
    """Return the text of an SQL file."""
    return path.read_text(encoding="utf-8")
