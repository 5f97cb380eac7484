"""The only reader of the warehouse: one function a question, each answered by the SQL file of its name.

Answers are cached until a new warehouse is published.
"""

from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import streamlit as st

from etl.home import home, warehouse_path

_SQL = Path(__file__).parent / "sql"

Version = tuple[int, int]


def version() -> Version | None:
    """Return what changes whenever a warehouse is published, None where there is no warehouse yet."""
    try:
        status = warehouse_path(home()).stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino


def periods() -> pd.DataFrame:
    """Return a row for each period and vintage in which it can be seen, the newest period first."""
    return _ask("periods")


def snapshot(period: str) -> pd.Series:
    """Return when the last report came in, whether any is sample data, and how many came for `period`."""
    return _ask("snapshot", period=period).iloc[0]


def overview(period: str, vintage: str) -> pd.DataFrame:
    """Return the province's 16 indicators against their targets."""
    return _ask("overview", period=period, vintage=vintage)


def indicators(period: str) -> pd.DataFrame:
    """Return the indicators that the plan in force asks for, in its order."""
    return _ask("indicators", period=period)


def groups(indicator: str, period: str, vintage: str) -> pd.DataFrame:
    """Return the province's value for each population group."""
    return _ask("groups", indicator=indicator, period=period, vintage=vintage)


def trend(indicator: str, vintage: str) -> pd.DataFrame:
    """Return the province's value in each period, in the order of time."""
    return _ask("trend", indicator=indicator, vintage=vintage)


def units(indicator: str, level: str, population_group: str, period: str, vintage: str) -> pd.DataFrame:
    """Return the value of every commune or district, the lowest first."""
    return _ask(
        "units",
        indicator=indicator,
        level=level,
        population_group=population_group,
        period=period,
        vintage=vintage,
    )


def matrix(period: str, vintage: str) -> pd.DataFrame:
    """Return every indicator of every commune."""
    return _ask("matrix", period=period, vintage=vintage)


def left_out(indicator: str, period: str, vintage: str) -> pd.DataFrame:
    """Return the communes by how many they leave out, and the smallest set of them that closes the province's gap."""
    return _ask("left_out", indicator=indicator, period=period, vintage=vintage)


def play_area_sites(period: str, vintage: str) -> pd.DataFrame:
    """Return every reported play area under its unit of `vintage`."""
    return _ask("play_area_sites", period=period, vintage=vintage)


def play_area_communes(period: str, vintage: str) -> pd.DataFrame:
    """Return for each commune its play areas, its children and the way to the nearest in operation, in metres."""
    return _ask("play_area_communes", period=period, vintage=vintage)


def play_area_outlook(period: str, vintage: str) -> pd.DataFrame:
    """Return the share of communes if the play areas of one condition, or of any, were in operation too."""
    return _ask("play_area_outlook", period=period, vintage=vintage)


def child_friendly_communes(period: str) -> pd.DataFrame:
    """Return for each reporting unit its stage, its points and what it lacks to be recognised."""
    return _ask("child_friendly_communes", period=period)


def child_friendly_criteria(period: str) -> pd.DataFrame:
    """Return the points of each scored unit for each criterion, the unit with the lowest score first."""
    return _ask("child_friendly_criteria", period=period)


def child_friendly_flow(period: str) -> pd.DataFrame:
    """Return how many units went from which stage to which, step by step until `period`."""
    return _ask("child_friendly_flow", period=period)


def commune_indicators(unit: str, period: str, vintage: str) -> pd.DataFrame:
    """Return all indicators of one commune beside its district and the province."""
    return _ask("commune_indicators", unit=unit, period=period, vintage=vintage)


def commune_trend(unit: str, vintage: str) -> pd.DataFrame:
    """Return all indicators of one commune in every period, in the order of time."""
    return _ask("commune_trend", unit=unit, vintage=vintage)


def commune_stages(unit: str, vintage: str) -> pd.DataFrame:
    """Return how far one commune was on the way to being child-friendly, in the order of time."""
    return _ask("commune_stages", unit=unit, vintage=vintage)


def commune_tasks(unit: str, period: str, vintage: str) -> pd.DataFrame:
    """Return what one commune reported for the plan's tasks."""
    return _ask("commune_tasks", unit=unit, period=period, vintage=vintage)


def commune_reports(unit: str, vintage: str) -> pd.DataFrame:
    """Return every report that one commune sent, the newest first."""
    return _ask("commune_reports", unit=unit, vintage=vintage)


def commune_problems(unit: str, period: str, vintage: str) -> pd.DataFrame:
    """Return what was wrong with one commune's reports for a period, without what is said of sensitive figures."""
    return _ask("commune_problems", unit=unit, period=period, vintage=vintage)


def commune_relatives(unit: str, vintage: str) -> pd.DataFrame:
    """Return what a unit became and what it was made of."""
    return _ask("commune_relatives", unit=unit, vintage=vintage)


def _ask(question: str, **parameters: str) -> pd.DataFrame:
    current = version()
    if current is None:
        raise FileNotFoundError(warehouse_path(home()))
    return _answer(str(warehouse_path(home())), current, question, tuple(sorted(parameters.items())))


@st.cache_data(max_entries=500, show_spinner=False)
def _answer(path: str, current: Version, question: str, parameters: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    # A cursor of its own for each query: a connection shared by threads mixes up their rows.
    with _database(path, current).cursor() as cursor:
        cursor.execute("USE warehouse")  # a cursor starts in the empty database in memory
        return cursor.execute(_sql(question), dict(parameters)).df()


@st.cache_resource(max_entries=2, show_spinner=False)
def _database(path: str, current: Version) -> duckdb.DuckDBPyConnection:
    del current  # only the cache's key: a published warehouse is another file under the same path
    con = duckdb.connect(config={"threads": 2})
    quoted = path.replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS warehouse (READ_ONLY)")
    return con


@cache
def _sql(question: str) -> str:
    return (_SQL / f"{question}.sql").read_text(encoding="utf-8")
