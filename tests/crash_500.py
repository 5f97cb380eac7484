"""Processes that are killed at any moment lose nothing: `python -m tests.crash_500 --times 500`.

Each round a load, a decision, a backup, a restore or a publication of the public data is killed (SIGKILL) after a
random time, in a process that was forked from this one; so no round waits for imports. Then the doctor must find
nothing lost, and whatever was confirmed must be there; a restore that was killed is begun again and must succeed.
After every few rounds the next load must give the same tables as a clean rebuild. The last line tells in JSON what
happened; the exit code is 1 where anything was lost.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

import duckdb

from etl.archive import Archive, Incoming
from etl.backup import backup, inspect, kept_files, restore
from etl.decisions import Decision
from etl.definitions import load
from etl.demo import make_report
from etl.doctor import examine
from etl.load import decide, load_reports
from etl.public import public_database
from etl.template import form_file_name, write_form

HARMLESS = {"doctor_warehouse", "doctor_leftovers", "doctor_no_receipt", "doctor_line_unfinished"}
"""What the doctor may find after a kill: that something is still to be done, never that something is gone."""
OFFICE = "Phòng Bảo trợ trẻ em"
ROUNDS_A_HOME = 12
WORK = ("load", "decision", "backup", "restore", "publication")


@dataclass
class House:
    """A program's folder, where its backups go, and what was confirmed there to be kept."""

    home: Path
    backups: Path
    reports: list[Incoming]
    confirmed_files: set[str] = field(default_factory=set)
    confirmed_decisions: int = 0

    @property
    def restored(self) -> Path:
        return self.home.with_name("restored")


def forms(count: int) -> list[Incoming]:
    d = load()
    period = d.periods["2021"]
    files = []
    for unit in [u for u in d.units.values() if u.vintage == "2021"][:count]:
        report = make_report(d, unit, period)
        report.reported_on = period.due_on
        files.append(Incoming(form_file_name(unit, period), write_form(d, unit, period, report)))
    return files


def digest(file: Incoming) -> str:
    return sha256(file.content).hexdigest()


def approve_one(home: Path) -> None:
    """Approve a report, or take an approval back where all are approved."""
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        status, one = con.execute(
            "SELECT status, submission_id FROM submission WHERE status IN ('accepted', 'approved') ORDER BY ALL LIMIT 1"
        ).fetchall()[0]
    action, reason = ("approved", None) if status == "accepted" else ("withdrawn", "Duyệt lại")
    decide([Decision(action, OFFICE, "2021", submission_id=one, reason=reason)], home)


def forked(work: Callable[[], object]) -> int:
    """Start `work` in a process of its own and return its id; exit code 0 says that it was done."""
    process = os.fork()
    if process:
        return process
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def done(process: int) -> bool:
    """Wait for a process; return whether it did its work, False where it was killed, and fail where it failed."""
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0, "a process failed; its reason is above"
    return True


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    assert done(forked(work))
    return time.perf_counter() - start


def work_on(house: House, name: str, files: Sequence[Incoming]) -> Callable[[], object]:
    return {
        "load": lambda: load_reports(files, house.home),
        "decision": lambda: approve_one(house.home),
        "backup": lambda: backup(house.home, house.backups, lambda _: None),
        "restore": lambda: restore(a_backup(house), house.restored, lambda _: None),
        "publication": lambda: public_database(house.home),
    }[name]


def a_backup(house: House) -> Path:
    """Return the first backup of a house."""
    return min(house.backups.glob("*.zip"))


def restored_again(house: House) -> None:
    """Fail where a restore that was killed lost anything, or cannot be begun again."""
    rules = {f.rule for f in examine(house.restored)}
    assert rules <= HARMLESS | {"doctor_home_missing"}, rules
    restore(a_backup(house), house.restored, lambda _: None)
    assert [f for f in examine(house.restored) if f.severity == "error"] == []
    expected = {file.name for file in inspect(a_backup(house)).files}
    assert set(kept_files(house.restored)) == expected


def examined(house: House, found: Path) -> None:
    """Fail where anything is lost; write what the doctor found to the file `found`."""
    rules = [f.rule for f in examine(house.home)]
    assert set(rules) <= HARMLESS, rules
    archive = Archive(house.home)
    assert house.confirmed_files <= {r.sha256 for r in archive.receipts()}
    assert house.confirmed_decisions <= len(archive.decisions())
    for file in house.backups.glob("*.zip"):
        inspect(file)
    found.write_text(json.dumps(rules))


def next_load(house: House) -> None:
    """Load one more report, as if nothing had happened, and compare all tables with those of a clean rebuild."""
    (answer,) = load_reports([house.reports.pop()], house.home)
    assert answer.status == "accepted"
    rules = {f.rule for f in examine(house.home, deep=True)}
    assert "doctor_warehouse" not in rules, "the figures are others than those of a clean rebuild"
    assert rules <= HARMLESS


def crash(times: int, seed: int, loads_every: int, folder: Path) -> dict[str, object]:
    """Kill so many processes, with a load that is left alone after every so many of them."""
    chance = random.Random(seed)  # noqa: S311  the same moments every time
    reports = forms(2 * ROUNDS_A_HOME + ROUNDS_A_HOME + 3)
    first = House(folder / "first", folder / "first_backups", reports)
    durations = {"load": seconds(lambda: load_reports(reports[:3], first.home))}
    for name in WORK[1:]:
        durations[name] = seconds(work_on(first, name, []))
    told: Counter[str] = Counter()
    house = first
    for n in range(times):
        if n % ROUNDS_A_HOME == 0:
            shutil.rmtree(folder / "house", ignore_errors=True)
            shutil.copytree(first.home, folder / "house" / "home")
            shutil.copytree(first.backups, folder / "house" / "backups")
            house = House(folder / "house" / "home", folder / "house" / "backups", reports[3:])
            house.confirmed_files, house.confirmed_decisions = {digest(f) for f in reports[:3]}, 1
        name = WORK[n % len(WORK)]
        files = [house.reports.pop(0) for _ in range(chance.randint(1, 2))] if name == "load" else []
        shutil.rmtree(house.restored, ignore_errors=True)
        process = forked(work_on(house, name, files))
        # The archive is written in the beginning: half of the kills fall there.
        time.sleep(chance.uniform(0, chance.choice((0.15, 1.1)) * durations[name]))
        os.kill(process, signal.SIGKILL)
        if done(process):
            house.confirmed_files |= {digest(f) for f in files}
            house.confirmed_decisions += name == "decision"
            told[f"{name} finished"] += 1
        else:
            told[f"{name} killed"] += 1
        assert done(forked(partial(examined, house, folder / "found.json"))), "the doctor was killed"
        told.update(json.loads((folder / "found.json").read_text()))
        if name == "restore":
            assert done(forked(partial(restored_again, house))), "the second restore was killed"
        if (n + 1) % loads_every == 0 or n + 1 == times:
            file = house.reports[-1]
            assert done(forked(partial(next_load, house)))
            house.reports.pop()
            house.confirmed_files.add(digest(file))
            told["next load equal to a clean rebuild"] += 1
    return {"times": times, "seed": seed, **dict(sorted(told.items()))}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--loads-every", type=int, default=5, metavar="ROUNDS")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        told = crash(args.times, args.seed, args.loads_every, Path(folder))
    print(json.dumps(told | {"seconds": round(time.perf_counter() - start)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
