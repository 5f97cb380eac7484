"""Several who write at once: each waits for the other, nothing is lost, and the warehouse is whole at every moment."""

import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb

from etl.archive import Incoming
from etl.decisions import Decision
from etl.definitions import load
from etl.demo import make_report
from etl.load import decide, load_reports
from etl.template import form_file_name, write_form

D = load()
PERIOD = D.periods["2021"]
UNITS = [u for u in D.units.values() if u.vintage == "2021"][:12]


def load_some(home: Path, first: int, last: int) -> list[str]:
    """Load the reports of some units; run in a process of its own, as the command line is."""
    files = []
    for unit in UNITS[first:last]:
        report = make_report(D, unit, PERIOD)
        report.reported_on = PERIOD.due_on
        files.append(Incoming(form_file_name(unit, PERIOD), write_form(D, unit, PERIOD, report)))
    return [a.status for a in load_reports(files, home)]


def test_loads_at_once_lose_nothing(tmp_path) -> None:
    seen: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            if (tmp_path / "warehouse.duckdb").exists():
                with duckdb.connect(tmp_path / "warehouse.duckdb", read_only=True) as con:
                    (submissions,) = con.execute("SELECT count(*) FROM submission").fetchone()
                    (values,) = con.execute(
                        "SELECT max(units_reported) FROM indicator_value WHERE level = 'province' AND vintage = '2021'"
                    ).fetchone()
                    assert submissions == values
                    seen.append(submissions)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as processes:
        jobs = [processes.submit(load_some, tmp_path, n, n + 4) for n in (0, 4, 8)]
        assert [job.result() for job in jobs] == [["accepted"] * 4] * 3
    stop.set()
    watcher.join()
    assert seen == sorted(seen)
    with duckdb.connect(tmp_path / "warehouse.duckdb", read_only=True) as con:
        assert con.execute("SELECT count(*) FROM submission WHERE status = 'accepted'").fetchone() == (12,)


def test_a_decision_waits_for_a_load(tmp_path) -> None:
    load_some(tmp_path, 0, 4)
    with duckdb.connect(tmp_path / "warehouse.duckdb", read_only=True) as con:
        (one,) = con.execute("SELECT min(submission_id) FROM submission").fetchone()
    loading = threading.Thread(target=load_some, args=(tmp_path, 4, 12))
    loading.start()
    decide([Decision("approved", "Phòng Bảo trợ trẻ em", "2021", submission_id=one)], tmp_path)
    loading.join()
    with duckdb.connect(tmp_path / "warehouse.duckdb", read_only=True) as con:
        assert con.execute("SELECT status, count(*) FROM submission GROUP BY status ORDER BY status").fetchall() == [
            ("accepted", 11),
            ("approved", 1),
        ]
