"""Check reports, and load them: archive, read, compare, publish."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from etl.archive import Archive, Incoming, Receipt
from etl.definitions import Definitions, load
from etl.home import warehouse_path
from etl.read import read_report
from etl.report import Problem, Report
from etl.warehouse import (
    Progress,
    Submission,
    compare,
    connect,
    current_path,
    known_files,
    publish,
    reports_in,
)

LOCK_SECONDS = 60


class Busy(Exception):
    """Another process is writing and did not finish in time."""


def _silent(_: float) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Answer:
    """What is known of one report in a file that was sent. `repeated`: the file had been received before."""

    file_name: str
    unit_code: str | None
    period: str | None
    status: str
    problems: list[Problem]
    repeated: bool = False


def check(files: Sequence[Incoming], folder: Path, progress: Progress = _silent) -> list[Answer]:
    """Return what loading `files` would say of each report in them; write nothing."""
    definitions = load()
    now = datetime.now(UTC).replace(tzinfo=None)
    receipts = [Receipt(sha256(f.content).hexdigest(), f.file_name, now, f.sample) for f in files]
    submissions = _read(list(zip(receipts, (f.content for f in files), strict=True)), definitions, progress)
    with closing(connect(definitions)) as con:
        compare(con, submissions, definitions, current_path(folder))
    return [
        Answer(s.receipt.file_name, r.unit_code, r.period, "accepted" if r.accepted else "rejected", r.problems)
        for s in submissions
        for r in [s.report]
    ]


def load_reports(files: Sequence[Incoming], folder: Path, progress: Progress = _silent) -> list[Answer]:
    """Archive and load `files`, and whatever an interrupted load has left in the archive; answer for `files`."""
    with _lock(folder):
        archive = Archive(folder)
        receipts = archive.receive(files)
        old = current_path(folder)
        known = known_files(old)
        pending = [r for r in archive.receipts() if r.sha256 not in known]
        if pending or old is None:
            _publish(pending, archive, folder, old, progress)
        reports = reports_in(warehouse_path(folder), [r.sha256 for r in receipts])
    return [
        Answer(file.file_name, *report, repeated=receipt.sha256 in known)
        for file, receipt in zip(files, receipts, strict=True)
        for report in reports[receipt.sha256]
    ]


def rebuild(folder: Path, progress: Progress = _silent) -> int:
    """Build the warehouse again from the archive alone; return how many files it was built from."""
    with _lock(folder):
        archive = Archive(folder)
        receipts = archive.receipts()
        _publish(receipts, archive, folder, None, progress)
    return len(receipts)


def _lock(folder: Path) -> AcquireReturnProxy:
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "write.lock")
    try:
        return lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise Busy(lock.lock_file) from error


def _publish(receipts: list[Receipt], archive: Archive, folder: Path, old: Path | None, progress: Progress) -> None:
    definitions = load()
    submissions = _read([(r, archive.content(r)) for r in receipts], definitions, lambda f: progress(0.8 * f))
    with closing(connect(definitions)) as con:
        compare(con, submissions, definitions, old)
        publish(con, submissions, definitions, folder, lambda f: progress(0.8 + 0.2 * f))


def _read(received: Sequence[tuple[Receipt, bytes]], definitions: Definitions, progress: Progress) -> list[Submission]:
    def read(item: tuple[Receipt, bytes]) -> list[Report]:
        return read_report(item[1], definitions)

    submissions = []
    with ThreadPoolExecutor(2) as threads:
        for n, ((receipt, _), reports) in enumerate(zip(received, threads.map(read, received), strict=True), start=1):
            submissions += [Submission(receipt, part, report) for part, report in enumerate(reports)]
            progress(n / len(received))
    return submissions
