"""The warehouse: staging of reports that came in, their comparison with each other, models, and publication."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from etl import events
from etl.archive import Receipt
from etl.build import BASE, take_in
from etl.decisions import Decision, Standing
from etl.definitions import DATA, Definitions, local_time
from etl.home import warehouse_path
from etl.models import SQL, build_models, read_sql
from etl.publication import published, quoted
from etl.report import Problem, Report, measure_label, word_problem
from etl.wording import sort_key

SCHEMA_VERSION = 11
RECEIVED = (
    "received_report",
    "problem",
    "reported_figure",
    "reported_play_area",
    "reported_child_friendly",
    "reported_criterion",
    "reported_task",
)
"""The tables that hold what was received; the rest follows from them and from the definitions."""

CLOSED = "period_closed"
"""The rule by which a report for a closed period is held back."""

LATE = "late_report"
"""The rule that warns of a report dated after the due day."""

_ROWS_AT_ONCE = 50_000
_BLOCK_BYTES = 65_536
"""A province's columns are short: of DuckDB's own blocks, four times as large, most would be empty, and written."""
_WITHOUT_FIGURES = ("roles.toml",)
"""Definitions whose change leaves every figure and every problem as it is."""

Progress = Callable[[float], None]


class Change(NamedTuple):
    """A reported total beside what it would replace and what was reported at the cut-off it is compared with."""

    measure: str
    value: int | None
    standing_value: int | None
    earlier_value: int | None
    earlier_period: str | None


class TakenIn(NamedTuple):
    """Files by their sha256, those in which a report was held back for a closed period, and how many decisions."""

    files: set[str]
    held: set[str]
    decisions: int


@dataclass
class Submission:
    """A report and how it came in; `submission_id` is the same in every rebuild.

    `admitted`: it came for a closed period, and was let in for a reason.
    """

    receipt: Receipt
    part: int
    report: Report
    admitted: bool = False

    @property
    def submission_id(self) -> str:
        return f"{self.receipt.sha256[:16]}.{self.part}"

    @property
    def dated_on(self) -> date:
        """The report's own date; without one, the day on which it came, in the province's time."""
        return self.report.reported_on or local_time(self.receipt.received_at).date()


def definitions_digest(folder: Path = DATA) -> str:
    """Return a digest of everything that figures and problems follow from: definitions, and the SQL of the models."""
    digest = sha256()
    definitions = (p for pattern in ("*.toml", "*.csv", "plans/*.toml") for p in folder.glob(pattern))
    kept = (p for p in definitions if p.name not in _WITHOUT_FIGURES)
    for path in (*sorted(kept), *sorted(SQL.glob("*.sql"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def connect(definitions: Definitions, old: Path | None) -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty staging database that knows the definitions, and the warehouse `old` as `old`."""
    # What is staged is small: a second thread would take its core from the readers.
    con = duckdb.connect(config={"threads": 1})
    if old is None:
        create_tables(con, definitions)
    else:
        con.execute(f"ATTACH '{quoted(old)}' AS old (READ_ONLY)")
        for table in RECEIVED:
            con.execute(f"CREATE TABLE {table} AS FROM old.{table} LIMIT 0")
        con.execute("SET search_path = 'memory.main,old.main'")
    con.execute(
        "CREATE TABLE staged_figure"
        " (submission_id VARCHAR, sheet VARCHAR, cell VARCHAR, measure VARCHAR, population_group VARCHAR, value BIGINT)"
    )
    return con


def current_path(folder: Path) -> Path | None:
    """Return the warehouse if there is one that this program and these definitions made."""
    path = warehouse_path(folder)
    if path.exists():
        with suppress(duckdb.Error), duckdb.connect(path, read_only=True) as con:
            return path if is_current(con) else None
    return None


def current(folder: Path) -> tuple[Path | None, TakenIn]:
    """Return the warehouse as `current_path` does, and what it has taken in; it is opened once for both."""
    path = warehouse_path(folder)
    if path.exists():
        with suppress(duckdb.Error), duckdb.connect(path, read_only=True) as con:
            if is_current(con):
                return path, taken_in(con)
    return None, TakenIn(set(), set(), 0)


def is_current(con: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether this program and these definitions made a warehouse."""
    made_by = con.execute("SELECT schema_version, definitions_sha256 FROM warehouse_info").fetchone()
    return made_by == (SCHEMA_VERSION, definitions_digest())


def is_readable(path: Path) -> bool:
    """Tell whether the warehouse at `path` has the tables that this program knows; raise duckdb.Error if not one."""
    with duckdb.connect(path, read_only=True) as con:
        made_by = con.execute("SELECT schema_version FROM warehouse_info").fetchone()
    return made_by == (SCHEMA_VERSION,)


def taken_in(con: duckdb.DuckDBPyConnection) -> TakenIn:
    """Return what a warehouse has taken in."""
    files = con.execute("SELECT DISTINCT sha256 FROM received_report").fetchall()
    held = con.execute(
        "SELECT DISTINCT r.sha256 FROM received_report AS r JOIN problem AS p USING (submission_id)"
        " WHERE p.rule = $rule",
        {"rule": CLOSED},
    ).fetchall()
    ((decisions,),) = con.execute("SELECT count(*) FROM decision").fetchall()
    return TakenIn({sha for (sha,) in files}, {sha for (sha,) in held}, int(decisions))


def standing_in(path: Path) -> Standing:
    """Return what decisions can be about."""
    with duckdb.connect(path, read_only=True) as con:
        status = dict(con.execute("SELECT submission_id, status FROM submission").fetchall())
        unapproved = dict(
            con.execute(
                "SELECT period, sum(CASE WHEN status = 'accepted' THEN 1 ELSE 0 END) FROM submission"
                " WHERE status IN ('accepted', 'approved') GROUP BY period"
            ).fetchall()
        )
        warnings = con.execute(
            "SELECT submission_id, rule, sheet, cell FROM problem WHERE severity = 'warning'"
        ).fetchall()
    return Standing(status, unapproved, set(warnings))


def reports_with_status(path: Path, period: str, status: str) -> list[tuple[str, str]]:
    """Return (submission_id, unit_code) of every report of a period with a status."""
    with duckdb.connect(path, read_only=True) as con:
        return con.execute(
            "SELECT submission_id, unit_code FROM submission WHERE period = $period AND status = $status"
            " ORDER BY unit_code",
            {"period": period, "status": status},
        ).fetchall()


Reports = dict[str, list[tuple[str | None, str | None, str, list[Problem]]]]
"""By the sha256 of a file (unit_code, period, status, problems) of every report in it."""


def reports_in(con: duckdb.DuckDBPyConnection, shas: Collection[str]) -> Reports:
    """Return what a warehouse says of the reports in the files with these sha256."""
    submissions = con.execute(
        "SELECT sha256, submission_id, unit_code, period, status FROM submission"
        " WHERE sha256 IN (SELECT unnest($shas)) ORDER BY submission_id",
        {"shas": list(shas)},
    ).fetchall()
    problems = con.execute(
        "SELECT p.* FROM problem AS p JOIN submission AS s USING (submission_id)"
        " WHERE s.sha256 IN (SELECT unnest($shas))",
        {"shas": list(shas)},
    ).fetchall()
    by_id: dict[str, list[Problem]] = {}
    for submission_id, *fields in problems:
        by_id.setdefault(submission_id, []).append(Problem(*fields))
    found: Reports = {}
    for sha, submission_id, unit_code, period, status in submissions:
        found.setdefault(sha, []).append((unit_code, period, status, by_id.get(submission_id, [])))
    return found


def stage_figures(con: duckdb.DuckDBPyConnection, submissions: Sequence[Submission]) -> None:
    """Move the figures of reports into `staged_figure`: in Python those of thousands would take a lot of memory."""
    figures = ((s.submission_id, s.report.figures) for s in submissions)
    _insert(con, "staged_figure", ((submission_id, *f) for submission_id, own in figures for f in own))
    for submission in submissions:
        submission.report.figures.clear()


def compare(
    con: duckdb.DuckDBPyConnection, submissions: list[Submission], definitions: Definitions, old: Path | None
) -> None:
    """Compare the staged figures of each report with each other and with earlier reports; add the problems found.

    Fills `staged_report`.
    """
    by_id = {s.submission_id: s for s in submissions}
    for check in sorted((SQL / "checks").glob("*.sql")):
        found = con.execute(read_sql(check)).fetchall()
        for submission_id, rule, sheet, cell, measure, value, limit, rule_id in sorted(found, key=str):
            operands = _operand_labels(definitions, rule_id) if rule_id is not None else None
            params = {"limit": limit, "operands": operands}
            problem = word_problem(definitions, rule, sheet, cell, measure, value, params)
            by_id[submission_id].report.problems.append(problem)

    _insert(con, "received_report", (_report_row(s) for s in submissions))
    con.execute("CREATE VIEW staged_report AS SELECT * FROM received_report")
    con.execute("CREATE VIEW history_report AS SELECT * FROM received_report")
    figures = "SELECT submission_id, measure, population_group, value"
    con.execute(f"CREATE VIEW history_figure AS {figures} FROM staged_figure")
    if old is not None:
        con.execute(
            f"CREATE OR REPLACE VIEW history_report AS FROM old.received_report {_NOT_RENEWED}"
            " UNION ALL FROM received_report"
        )
        con.execute(
            f"CREATE OR REPLACE VIEW history_figure AS {figures} FROM old.reported_figure {_NOT_RENEWED}"
            f" UNION ALL {figures} FROM staged_figure"
        )
    for (submission_id,) in con.execute(read_sql(SQL / "history" / "late_revision.sql")).fetchall():
        report = by_id[submission_id].report
        report.problems[:] = [p for p in report.problems if p.rule != LATE]
    con.execute(f"CREATE TABLE compared_figure AS {read_sql(SQL / 'history' / 'compared_figure.sql')}")
    minimum = definitions.form["limits"]["jump_minimum"]
    jumps = con.execute(read_sql(SQL / "history" / "large_jump.sql"), {"jump_minimum": minimum}).fetchall()
    for submission_id, sheet, cell, measure, value, limit, period in sorted(jumps, key=str):
        params = {"limit": limit, "detail": definitions.periods[period].name}
        problem = word_problem(definitions, "large_jump", sheet, cell, measure, value, params)
        by_id[submission_id].report.problems.append(problem)


def changes(con: duckdb.DuckDBPyConnection) -> dict[str, list[Change]]:
    """Return for each report that `compare` saw how its totals differ from what stands, largest jumps first."""
    found: dict[str, list[Change]] = {}
    for submission_id, *change in con.execute(read_sql(SQL / "history" / "changes.sql")).fetchall():
        found.setdefault(submission_id, []).append(Change(*change))
    return found


def publish(
    con: duckdb.DuckDBPyConnection,
    submissions: list[Submission],
    decisions: Sequence[Decision],
    folder: Path,
    old: Path | None,
    progress: Progress,
    asked: Collection[str] = (),
) -> Reports:
    """Bring a copy of `old` up to date with what `compare` staged, or build anew, and publish it at once.

    Returns the reports in the files that are `asked` for by their sha256.
    """
    began = time.monotonic()
    _stage_contents(con, submissions)
    with published(con, warehouse_path(folder), old, _BLOCK_BYTES):
        con.begin()
        if old is None:
            for table in BASE:
                con.execute(f"CREATE TABLE {table} AS FROM memory.{table}")
        else:
            take_in(con)
            for table in RECEIVED:
                con.execute(
                    f"DELETE FROM {table} WHERE submission_id IN (SELECT submission_id FROM memory.received_report)"
                )
                con.execute(f"INSERT INTO {table} FROM memory.{table}")
        known = con.table("decision").count("*").fetchall()[0][0]
        _insert(con, "decision", ((n, *astuple(d)) for n, d in enumerate(decisions) if n >= known))
        new = None if old is None else _new_periods(con, known)
        con.commit()
        build_models(con, new, progress, with_approved=any(d.action == "approved" for d in decisions))
        received = con.table("received_report").count("*").fetchall()[0][0]
        reports = reports_in(con, asked)
    events.published(reports=received, decisions=len(decisions), seconds=time.monotonic() - began)
    return reports


# A report that is read again replaces what the old warehouse says of it.
_NOT_RENEWED = "WHERE submission_id NOT IN (SELECT submission_id FROM memory.received_report)"


def _new_periods(con: duckdb.DuckDBPyConnection, decisions_known: int) -> list[str]:
    """Return the periods of which a report or a decision is new."""
    rows = con.execute(
        "SELECT period FROM memory.received_report UNION SELECT period FROM decision WHERE decision_id >= $known",
        {"known": decisions_known},
    ).fetchall()
    return [period for (period,) in rows if period is not None]


def create_tables(con: duckdb.DuckDBPyConnection, d: Definitions, data: Path = DATA) -> None:
    """Create the tables of the schema, and fill those that follow from the definitions in `data`."""
    con.execute(read_sql(SQL / "schema.sql"))
    _insert(con, "warehouse_info", [(SCHEMA_VERSION, definitions_digest(data))])
    _insert(con, "province", [(d.province["code"],)])
    units = d.units.values()
    _insert(
        con,
        "unit",
        ((u.vintage, u.code, u.name, u.unit_type, u.district_code, u.district, u.lat, u.lon) for u in units),
    )
    _insert(con, "unit_name", _unit_name_rows(d))
    _insert(con, "unit_trait", ((u.vintage, u.code, u.border, u.extremely_difficult) for u in units))
    _insert(con, "unit_succession", d.succession)
    _insert(con, "unit_rollup", d.rollup())
    _insert(
        con,
        "period",
        (
            (p.period, n, p.year, p.cut_off, p.due_on, p.vintage, p.period_before, p.year_before)
            for n, p in enumerate(d.periods.values())
        ),
    )
    _insert(
        con,
        "measure",
        (
            (m.code, m.measure, m.label_vi, m.label_en, m.unit_vi, m.unit_en, m.flow, m.sensitive)
            for m in d.measures.values()
        ),
    )
    rules = enumerate(d.measure_rules)
    _insert(
        con,
        "measure_rule",
        ((n, r.measure, r.comparator, r.aggregate, o) for n, r in rules for o in r.operands),
    )
    _insert(
        con,
        "indicator",
        (
            (
                i.indicator,
                n,
                i.label_vi,
                i.label_en,
                i.short_vi,
                i.short_en,
                i.numerator,
                i.denominator,
                i.kind,
                i.direction,
                i.across_reform,
            )
            for n, i in enumerate(d.indicators.values())
        ),
    )
    _insert(con, "indicator_group", ((i.indicator, g) for i in d.indicators.values() for g in i.groups))
    conditions = enumerate(d.form["play_area_conditions"])
    _insert(con, "play_area_condition", ((condition, n == 0) for n, condition in conditions))
    _insert(con, "target", _target_rows(d))
    _insert(con, "task_item", ((t.task, t.item) for t in d.tasks.values()))
    _insert(con, "task_expectation", _expectation_rows(d))
    _insert(con, "statistic", [astuple(d.statistics)])
    _insert(con, "criterion", d.criteria.items())
    _insert(
        con,
        "recognition_threshold",
        (
            (u.vintage, u.code, period, d.recognition_points(u, period))
            for u in units
            for period, p in d.periods.items()
            if p.vintage == u.vintage
        ),
    )


def _unit_name_rows(d: Definitions) -> Iterable[tuple[Any, ...]]:
    named = [(p, u, d.name_of(u, p.cut_off)) for p in d.periods.values() for u in d.units.values()]
    places = {name: n for n, name in enumerate(sorted({n.name for _, _, n in named}, key=sort_key), start=1)}
    for period, unit, name in named:
        yield (
            period.period,
            unit.vintage,
            unit.code,
            name.name,
            name.unit_type,
            unit.district_code,
            name.district,
            places[name.name],
        )


def _target_rows(d: Definitions) -> Iterable[tuple[Any, ...]]:
    for period in d.periods.values():
        plan = d.plan_of(period.period)
        for target in (t for plan_target in plan.targets for t in plan_target.indicators):
            fraction = None if target.value is None else target.value / 100
            yield (
                period.period,
                plan.year,
                target.number,
                target.indicator,
                target.comparator,
                target.value,
                fraction,
                plan.near_margin,
                plan.horizon,
            )


def _expectation_rows(d: Definitions) -> Iterable[tuple[Any, ...]]:
    for period in d.periods:
        plan = d.plan_of(period)
        for n, e in enumerate(e for task in plan.tasks for e in task.expectations):
            yield (
                period,
                e.task,
                e.numerator,
                n,
                e.denominator,
                e.minimum,
                e.target / 100,
                e.is_due(period),
                plan.near_margin,
            )


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows in the order of the table's columns."""
    left = iter(rows)
    # Part by part: as tuples, rows take many times the memory that they take in a table.
    while part := list(islice(left, _ROWS_AT_ONCE)):
        columns = list(zip(*part, strict=True))
        arrow = pa.table([pa.array(c) for c in columns], names=[f"c{n}" for n in range(len(columns))])
        con.register("inserted_rows", arrow)
        con.execute(f"INSERT INTO {table} SELECT * FROM inserted_rows")
        con.unregister("inserted_rows")


def _report_row(s: Submission) -> tuple[Any, ...]:
    r = s.report
    received_at: datetime = s.receipt.received_at
    return (
        *(
            s.submission_id,
            s.receipt.sha256,
            s.receipt.file_name,
            received_at,
            r.unit_code,
            r.vintage,
            r.period,
        ),
        *(r.reported_on, s.dated_on, r.accepted, r.play_areas is not None, s.receipt.sample, s.admitted),
    )


def _stage_contents(con: duckdb.DuckDBPyConnection, submissions: list[Submission]) -> None:
    """Fill the staging tables with all problems, and with the contents of the accepted reports."""
    _insert(con, "problem", ((s.submission_id, *p) for s in submissions for p in s.report.problems))
    accepted = [((s.submission_id, s.report.period), s.report) for s in submissions if s.report.accepted]
    con.execute(
        "INSERT INTO reported_figure SELECT f.submission_id, r.period, f.measure, f.population_group, f.value"
        " FROM staged_figure AS f JOIN received_report AS r USING (submission_id) WHERE r.accepted"
    )
    _insert(con, "reported_play_area", ((*of, *p) for of, r in accepted for p in r.play_areas or ()))
    friendly = [(of, r.child_friendly) for of, r in accepted if r.child_friendly]
    _insert(
        con,
        "reported_child_friendly",
        (
            (*of, c.stage, c.registered_on, c.registration_document, c.recognised_on, c.recognition_decision)
            for of, c in friendly
        ),
    )
    _insert(con, "reported_criterion", ((*of, *c) for of, f in friendly for c in f.criteria))
    _insert(con, "reported_task", ((*of, *t) for of, r in accepted for t in r.tasks))


def _operand_labels(d: Definitions, rule_id: int) -> tuple[str, str]:
    rule = d.measure_rules[rule_id]
    labels = [measure_label(d, m) for m in rule.operands]
    if len(labels) == 1:
        return labels[0]
    codes = [d.measures[m].code for m in rule.operands]
    listed = " + ".join(codes) if len(codes) <= 3 else f"{codes[0]}-{codes[-1]}"
    if rule.aggregate == "max":
        return f"số lớn nhất của {listed}", f"the largest of {listed}"
    return f"tổng của {listed}", f"the sum of {listed}"
