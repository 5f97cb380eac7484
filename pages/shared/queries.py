"""The only reader of the warehouse: one function a question, each answered by the SQL file of its name.

Answers are cached until a new warehouse is published.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import streamlit as st

from etl.definitions import load
from etl.home import home, warehouse_path
from etl.publication import quoted
from etl.warehouse import is_readable
from etl.wording import sort_key
from pages.shared.access import demand
from pages.shared.timings import timed

# Tables are written cell by cell, for which text in Arrow takes twice as long.
pd.options.mode.string_storage = "python"

_SQL = Path(__file__).parent / "sql"

_BY_NAME = {
    "commune_relatives": ["relation", "name"],
    "protection_units": ["name"],
    "report_history": ["district", "name"],
    "report_states": ["district", "name"],
    "report_warnings": ["name"],
}
"""What is listed by names: SQL has no order for Vietnamese. Rows with the same names stay in the order of the SQL."""

_MOST_ANSWERS = 500

Version = tuple[int, int]
Parameter = str | bool | tuple[str, ...]


Answering = Callable[[bool, str, tuple[tuple[str, Parameter], ...]], pd.DataFrame]
"""From the approved reports alone or all, the question, and what is asked about."""


@dataclass(frozen=True)
class _Held:
    """A warehouse that stays open while others are published. `approved_only` None: as the reader chooses."""

    version: Version | None
    answer: Answering | None
    approved_only: bool | None = None


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


@contextmanager
def one_state() -> Iterator[None]:
    """Answer everything that a run asks in the outermost such block from the warehouse that is the newest now."""
    with nullcontext() if _held.get() else _hold(_newest()):
        yield


@contextmanager
def frozen(*, approved_only: bool) -> Iterator[None]:
    """Do the same for a thread that needs neither a reader nor a session, and leave the readers' cache to them."""
    current = version()
    opened = nullcontext() if current is None else _open(str(warehouse_path(home())))
    with opened as con, _hold(_Held(current, None if con is None else partial(_read, con), approved_only)):
        yield


@contextmanager
def _hold(held: _Held) -> Iterator[None]:
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)


def _newest() -> _Held:
    """Return the newest warehouse; its version is looked at twice, for one may be published in between."""
    path = str(warehouse_path(home()))
    while (current := version()) is not None:
        answer = _answers(path, current)
        if version() == current:
            return _Held(current, answer)
    return _Held(None, None)


def approved_only() -> bool:
    """Tell whether the reader chose to see approved reports alone."""
    held = _held.get()
    if held and held.approved_only is not None:
        return held.approved_only
    return st.session_state.get("data") == "approved"


def version() -> Version | None:
    """Return what changes whenever a warehouse is published, None where `obstacle` tells why there is none to read."""
    if held := _held.get():
        return held.version
    path = warehouse_path(home())
    try:
        status = path.stat()
        current = status.st_mtime_ns, status.st_ino
        return current if _is_readable(path, current) else None
    except (OSError, duckdb.Error):
        return None


@lru_cache(maxsize=4)
def _is_readable(path: Path, current: Version) -> bool:
    del current  # only the cache's key; what could not be opened is tried again
    return is_readable(path)


def obstacle() -> str:
    """Return why there is no warehouse to read: `no_data` yet, `other_version`, or `out_of_reach`."""
    try:
        warehouse_path(home()).stat()
    except FileNotFoundError:
        return "no_data"
    except OSError:
        return "out_of_reach"
    return "other_version"


def periods() -> pd.DataFrame:
    """Return a row for each period and vintage in which it can be seen, the newest period first."""
    return _ask("periods")


def periods_of(vintage: str) -> list[str]:
    """Return the periods that can be seen in a vintage, the newest first."""
    rows = periods()
    return list(rows["period"][rows["vintage"] == vintage])


def snapshot(period: str) -> pd.Series:
    """Return when the last report came in, whether any is sample data, and how many came for `period`."""
    return _ask("snapshot", period=period).iloc[0]


def overview(period: str, vintage: str) -> pd.DataFrame:
    """Return the province's 16 indicators against their targets."""
    return _ask("overview", period=period, vintage=vintage)


def indicators(period: str) -> pd.DataFrame:
    """Return the indicators that the plan in force asks for, in its order."""
    return _ask("indicators", period=period)


def first_periods(vintage: str) -> pd.DataFrame:
    """Return the first period in which the province has a value of each indicator."""
    return _ask("first_periods", vintage=vintage)


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


def judgements(period: str, vintage: str) -> pd.DataFrame:
    """Return pace, recent trend and bounds of each of the province's indicators; shares in percent."""
    return _ask("judgements", period=period, vintage=vintage)


def ranking(indicator: str, period: str, vintage: str) -> pd.DataFrame:
    """Return every commune, the lowest first, with interval and funnel limits in percent and the places left open."""
    return _ask("ranking", indicator=indicator, period=period, vintage=vintage)


def district_bounds(indicator: str, period: str, vintage: str) -> pd.DataFrame:
    """Return between what each district's share lies whatever its missing communes have, in percent."""
    return _ask("district_bounds", indicator=indicator, period=period, vintage=vintage)


def equity(indicator: str, period: str, vintage: str) -> pd.DataFrame:
    """Return each group and trait beside all others: shares and limits in percent, differences in points."""
    return _ask("equity", indicator=indicator, period=period, vintage=vintage)


def matrix(period: str, vintage: str) -> pd.DataFrame:
    """Return every indicator of every commune."""
    return _ask("matrix", period=period, vintage=vintage)


def left_out(indicator: str, period: str, vintage: str) -> pd.DataFrame:
    """Return the communes by how many they leave out, and the smallest set of them that closes the province's gap."""
    return _ask("left_out", indicator=indicator, period=period, vintage=vintage)


def play_area_sites(period: str, vintage: str) -> pd.DataFrame:
    """Return every reported play area under its unit of `vintage`, in the order of units."""
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


def tasks(period: str, vintage: str) -> pd.DataFrame:
    """Return everything that the plan's tasks expect of communes: how many met it, and the province's sums."""
    return _ask("tasks", period=period, vintage=vintage)


def task_totals(period: str, vintage: str) -> pd.DataFrame:
    """Return the province's sum of each of the tasks' 33 results."""
    return _ask("task_totals", period=period, vintage=vintage)


def task_units(task: int, period: str, vintage: str) -> pd.DataFrame:
    """Return every commune with every expectation of one task, who misses most first."""
    return _ask("task_units", task=str(task), period=period, vintage=vintage)


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
    """Return what one commune, or its parts together, reported for the plan's tasks, and how each result stands."""
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


def summary_indicators(period: str, vintage: str) -> pd.DataFrame:
    """Return all indicators of every commune beside district and province, with the places left open."""
    return _ask("summary_indicators", period=period, vintage=vintage)


def summary_trends(period: str, vintage: str) -> pd.DataFrame:
    """Return all indicators of every commune until `period`, at the same time of each year, in the order of time."""
    return _ask("summary_trends", period=period, vintage=vintage)


def summary_tasks(period: str, vintage: str) -> pd.DataFrame:
    """Return how every commune stands with each of the plan's tasks as a whole."""
    return _ask("summary_tasks", period=period, vintage=vintage)


def analysis(
    *,
    items: tuple[str, ...],
    groups: tuple[str, ...],
    periods: tuple[str, ...],
    units: tuple[str, ...],
    level: str,
    vintage: str,
    province: str,
    counts: bool,
) -> pd.DataFrame:
    """Return indicators and counts of units, all where none are named; `counts` tells that there are counts."""
    return _ask(
        "analysis",
        items=items,
        groups=groups,
        periods=periods,
        units=units,
        level=level,
        vintage=vintage,
        province=province,
        counts=counts,
    )


def protection_province(vintage: str) -> pd.DataFrame:
    """Return what is shown of each sensitive measure for the whole province in each period, in the order of time."""
    return _ask("protection_province", vintage=vintage)


def protection_units(level: str, period: str, vintage: str) -> pd.DataFrame:
    """Return what is shown of the counts of child protection for every commune or district."""
    return _ask("protection_units", level=level, period=period, vintage=vintage)


def protection_commune(unit: str, vintage: str) -> pd.DataFrame:
    """Return what is shown of the counts of child protection for one commune in every period."""
    return _ask("protection_commune", unit=unit, vintage=vintage)


def province_totals(period: str) -> pd.DataFrame:
    """Return the province's totals of all measures that are not sensitive."""
    return _ask("province_totals", period=period)


def report_states(period: str) -> pd.DataFrame:
    """Return how every unit that owes a report for `period` stands, with its last report and its first error."""
    return _ask("report_states", period=period)


def report_history(vintage: str) -> pd.DataFrame:
    """Return how every unit of `vintage` stood in every period, in the order of districts and of time."""
    return _ask("report_history", vintage=vintage)


def report_warnings(period: str) -> pd.DataFrame:
    """Return every warning about the reports that stand, without what is said of sensitive figures."""
    return _ask("report_warnings", period=period)


def outliers(period: str, vintage: str) -> pd.DataFrame:
    """Return the figures that stand out from a unit's own past (`past`) or from the other communes (`peers`)."""
    return _ask("outliers", period=period, vintage=vintage, jump_minimum=str(load().form["limits"]["jump_minimum"]))


def revision_changes(period: str) -> pd.DataFrame:
    """Return the totals that a revision changed by more than half."""
    return _ask("revision_changes", period=period)


def play_area_conflicts(period: str) -> pd.DataFrame:
    """Return the communes that report more play areas built than their list has in operation."""
    return _ask("play_area_conflicts", period=period)


def approvals() -> int:
    """Return how many approvals there were; without any there are no approved figures."""
    return int(_ask("approvals", approved=False).at[0, "approvals"])


def period_state(period: str) -> pd.Series:
    """Return whether a period is closed, since when and why, and how many of its reports are approved."""
    return _ask("period_state", approved=False, period=period).iloc[0]


def review_reports(period: str, *, sensitive: bool) -> pd.DataFrame:
    """Return the reports of a period that stand, those with open warnings first; raise `NotPermitted`.

    `sensitive`: count also the warnings that tell of small counts.
    """
    if sensitive:
        demand("small_counts")
    return _ask("review_reports", approved=False, period=period, sensitive=sensitive)


def review_warnings(submission: str, *, sensitive: bool) -> pd.DataFrame:
    """Return the warnings of one report and what was answered to them; raise `NotPermitted`.

    `sensitive`: also those that tell of small counts.
    """
    if sensitive:
        demand("small_counts")
    return _ask("review_warnings", approved=False, submission=submission, sensitive=sensitive)


def sensitive_figures(submission: str) -> pd.DataFrame:
    """Return the sensitive figures of one report as they were reported; raise `NotPermitted`."""
    demand("small_counts")
    return _ask("sensitive_figures", approved=False, submission=submission)


def revision_figures(submission: str) -> pd.DataFrame:
    """Return the figures that a report changed against the revision before it."""
    return _ask("revision_figures", approved=False, submission=submission)


def revision_indicators(submission: str) -> pd.DataFrame:
    """Return the indicators that a report changed in its own unit, before and after."""
    return _ask("revision_indicators", approved=False, submission=submission)


def waiting_reports() -> pd.Series:
    """Return when the last report came in, and how many wait: to be approved, or held back by a closed period."""
    return _ask("waiting_reports", approved=False).iloc[0]


def log() -> pd.DataFrame:
    """Return everything that happened to reports, the newest first."""
    return _ask("log", approved=False)


def _ask(question: str, *, approved: bool | None = None, **parameters: Parameter) -> pd.DataFrame:
    """Answer from what the reader chose to see, or from all reports or the approved ones alone."""
    held = _held.get() or _newest()
    if held.answer is None:
        raise FileNotFoundError(warehouse_path(home()))
    if approved is None:
        approved = approved_only()
    # What is kept stays as it is. A whole copy takes no longer than a shallow one, for which pandas would keep a
    # reference a column for hundreds of reruns.
    return held.answer(approved, question, tuple(sorted(parameters.items()))).copy()


@st.cache_resource(max_entries=2, show_spinner=False)
def _answers(path: str, current: Version) -> Answering:
    """Open a warehouse and keep what was asked of it for as long as it is the newest or the one before."""
    del current  # only the cache's key: a published warehouse is another file under the same path
    return lru_cache(maxsize=_MOST_ANSWERS)(partial(_read, _open(path)))


def _open(path: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 2})
    con.execute(f"ATTACH '{quoted(path)}' AS warehouse (READ_ONLY)")
    return con


def _read(
    con: duckdb.DuckDBPyConnection, approved: bool, question: str, parameters: tuple[tuple[str, Parameter], ...]
) -> pd.DataFrame:
    # A cursor of its own for each query: a connection shared by threads mixes up their rows.
    with timed(question), con.cursor() as cursor:
        # A cursor starts in the empty database in memory. The schema `approved` has the same tables as `main`.
        schemas = "warehouse.approved,warehouse.main" if approved else "warehouse.main"
        cursor.execute(f"SET search_path = '{schemas}'")
        asked = {name: list(value) if isinstance(value, tuple) else value for name, value in parameters}
        found = cursor.execute(_sql(question), asked).df()
    return in_order(found, _BY_NAME[question]) if question in _BY_NAME else found


def in_order(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return rows in the order of columns, names as Vietnamese dictionaries have them; equals stay as they are."""
    return frame.sort_values(columns, key=_places, kind="stable", ignore_index=True)


def _places(names: pd.Series) -> pd.Series:
    """Return the place of each name among all, what has none last; numbers as they are."""
    if pd.api.types.is_integer_dtype(names):
        return names
    numbers, different = pd.factorize(names)
    keys = [sort_key(name) for name in different]
    places = np.full(len(keys) + 1, len(keys))
    places[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return pd.Series(places[numbers], index=names.index)


@cache
def _sql(question: str) -> str:
    return (_SQL / f"{question}.sql").read_text(encoding="utf-8")
