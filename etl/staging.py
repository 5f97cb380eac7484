"""What came in is staged, compared with each other and with what stands, and published as a warehouse."""

import time
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from etl import events
from etl.archive import Receipt
from etl.build import BASE, take_in
from etl.decisions import Decision
from etl.definitions import Definitions, local_time
from etl.home import warehouse_path
from etl.models import SQL, build_models, read_sql
from etl.publication import published, quoted
from etl.report import Report, measure_label, word_problem
from etl.tables import create_tables, insert
from etl.warehouse import RECEIVED, Progress, Reports, reports_in

LATE = "late_report"
"""The rule that warns of a report dated after the due day."""

_BLOCK_BYTES = 65_536
"""A province's columns are short: of DuckDB's own blocks, four times as large, most would be empty, and written."""


class Change(NamedTuple):
    """A reported total beside what it would replace and what was reported at the cut-off it is compared with."""

    measure: str
    value: int | None
    standing_value: int | None
    earlier_value: int | None
    earlier_period: str | None


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


def stage_figures(con: duckdb.DuckDBPyConnection, submissions: Sequence[Submission]) -> None:
    """Move the figures of reports into `staged_figure`: in Python those of thousands would take a lot of memory."""
    figures = ((s.submission_id, s.report.figures) for s in submissions)
    insert(con, "staged_figure", ((submission_id, *f) for submission_id, own in figures for f in own))
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

    insert(con, "received_report", (_report_row(s) for s in submissions))
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
        insert(con, "decision", ((n, *astuple(d)) for n, d in enumerate(decisions) if n >= known))
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
    insert(con, "problem", ((s.submission_id, *p) for s in submissions for p in s.report.problems))
    accepted = [((s.submission_id, s.report.period), s.report) for s in submissions if s.report.accepted]
    con.execute(
        "INSERT INTO reported_figure SELECT f.submission_id, r.period, f.measure, f.population_group, f.value"
        " FROM staged_figure AS f JOIN received_report AS r USING (submission_id) WHERE r.accepted"
    )
    insert(con, "reported_play_area", ((*of, *p) for of, r in accepted for p in r.play_areas or ()))
    friendly = [(of, r.child_friendly) for of, r in accepted if r.child_friendly]
    insert(
        con,
        "reported_child_friendly",
        (
            (*of, c.stage, c.registered_on, c.registration_document, c.recognised_on, c.recognition_decision)
            for of, c in friendly
        ),
    )
    insert(con, "reported_criterion", ((*of, *c) for of, f in friendly for c in f.criteria))
    insert(con, "reported_task", ((*of, *t) for of, r in accepted for t in r.tasks))


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
