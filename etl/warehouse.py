"""The warehouse as it stands: who made it, what it has taken in, and what it says of reports."""

from collections.abc import Callable, Collection
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import duckdb

from etl.decisions import Standing
from etl.definitions import DATA
from etl.home import warehouse_path
from etl.models import SQL
from etl.report import Problem

SCHEMA_VERSION = 12
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

_WITHOUT_FIGURES = ("roles.toml",)
"""Definitions whose change leaves every figure and every problem as it is."""

Progress = Callable[[float], None]


class TakenIn(NamedTuple):
    """Files by their sha256, those in which a report was held back for a closed period, and how many decisions."""

    files: set[str]
    held: set[str]
    decisions: int


def definitions_digest(folder: Path = DATA) -> str:
    """Return a digest of everything that figures and problems follow from: definitions, and the SQL of the models."""
    digest = sha256()
    definitions = (p for pattern in ("*.toml", "*.csv", "plans/*.toml") for p in folder.glob(pattern))
    kept = (p for p in definitions if p.name not in _WITHOUT_FIGURES)
    for path in (*sorted(kept), *sorted(SQL.glob("*.sql"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


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
