"""Check reports, load them, decide about them: archive, read, compare, publish."""

import gc
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import duckdb

from etl import events
from etl.archive import Archive, Incoming, Receipt
from etl.decisions import Decision, Standing, closed_periods, refuse_nonsense
from etl.definitions import Definitions, load
from etl.file_names import name_detail, refuse_name
from etl.home import lock, warehouse_path
from etl.readers import Readers
from etl.report import Problem, Report, word_problem
from etl.staging import LATE, Change, Submission, changes, compare, connect, publish, stage_figures
from etl.warehouse import CLOSED, Progress, Reports, current, current_path, reports_in, standing_in

T = TypeVar("T")

_MOST_MEMORY = "400MB"
"""Of DuckDB while it checks; what needs more goes to a temporary folder."""

_STAGED_AT_ONCE = 500
_AT_ONCE = 2
"""So many files are read at the same time."""


def _silent(_: float) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Answer:
    """What is known of one report in a file that was sent. `repeated`: the file had been received before.

    `changes` tells how its figures differ from the report that it would replace and from the period before; only
    checking fills it.
    """

    file_name: str
    unit_code: str | None
    period: str | None
    status: str
    problems: list[Problem]
    repeated: bool = False
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class _Admission:
    """Why, and by whose word, reports for a closed period in `files` (by their sha256) are let in; no others are."""

    files: frozenset[str]
    reason: str
    decided_by: str

    def of(self, submission: Submission) -> Decision:
        report, sha = submission.report, submission.receipt.sha256
        return Decision(
            "admitted", self.decided_by, report.period or "", report.unit_code, sha256=sha, reason=self.reason
        )


def check(files: Sequence[Incoming], folder: Path, progress: Progress = _silent) -> list[Answer]:
    """Return what loading `files` would say of each report in them, files too large first; write nothing."""
    definitions = load()
    files, refused = _receivable(files, definitions)
    now = datetime.now(UTC).replace(tzinfo=None)
    receipts = [Receipt(sha256(f.content).hexdigest(), f.file_name, now, f.sample) for f in files]
    distinct = {r.sha256: (r, f) for r, f in zip(receipts, files, strict=True)}
    old, before = current(folder)
    with TemporaryDirectory() as beyond_memory, ExitStack() as opened:
        with _read(distinct.values(), lambda item: (item[0], item[1].content), Readers(definitions)) as found:
            con = opened.enter_context(closing(connect(definitions, old)))
            con.execute("SET memory_limit = $most", {"most": _MOST_MEMORY})
            con.execute("SET temp_directory = $folder", {"folder": beyond_memory})
            submissions = _stage(con, found, len(distinct), progress)
        _note_late(submissions, definitions)
        _hold_back(submissions, Archive(folder).decisions(), definitions)
        compare(con, submissions, definitions, old)
        changed = changes(con)
    reports: dict[str, list[Submission]] = {}
    for submission in submissions:
        reports.setdefault(submission.receipt.sha256, []).append(submission)
    return refused + [
        Answer(
            receipt.file_name,
            s.report.unit_code,
            s.report.period,
            "accepted" if s.report.accepted else "rejected",
            s.report.problems,
            receipt.sha256 in before.files - before.held,
            changed.get(s.submission_id, []),
        )
        for receipt in receipts
        for s in reports[receipt.sha256]
    ]


def load_reports(
    files: Sequence[Incoming],
    folder: Path,
    progress: Progress = _silent,
    *,
    reason: str | None = None,
    decided_by: str = "",
) -> list[Answer]:
    """Archive and load `files`, and whatever an interrupted load has left in the archive; answer for `files`.

    A file that is too large is not received, and answered first.
    A report for a closed period is rejected, unless `decided_by` gives a `reason` to admit it.
    Raises `DecisionRefused` for a reason that cannot be one; the files are archived then, and not loaded yet.
    """
    began = time.monotonic()
    definitions = load()
    files, refused = _receivable(files, definitions)
    with lock(folder / "write.lock"), Readers(definitions) as readers:
        archive = Archive(folder)
        old, (known, held, followed) = current(folder)
        # Under another name the same file is another sending.
        held |= {r.sha256 for r in archive.receipts() if name_detail(definitions, r.file_name)}
        # They start while the files are written to the disk. If the first is known, most are.
        if files and sha256(files[0].content).hexdigest() not in known:
            readers.get_ready(min(_AT_ONCE, len(files)))
        receipts = archive.receive(files, again=held)
        sent = {r.sha256 for r in receipts}
        pending = [r for r in archive.receipts() if r.sha256 not in known or r.sha256 in sent & held]
        if pending or old is None or followed != len(archive.decisions()):
            admission = None if reason is None else _Admission(frozenset(sent), reason, decided_by)
            reports = _publish(pending, archive, folder, old, progress, readers, admission, sent)
        else:
            with duckdb.connect(old, read_only=True) as con:
                reports = reports_in(con, sent)
    answers = refused + [
        Answer(file.file_name, *report, repeated=receipt.sha256 in known - held)
        for file, receipt in zip(files, receipts, strict=True)
        for report in reports[receipt.sha256]
    ]
    rejected = sum(a.status == "rejected" for a in answers)
    seconds = time.monotonic() - began
    events.loaded(files=len(files), accepted=len(answers) - rejected, rejected=rejected, seconds=seconds)
    return answers


def decide(decisions: Sequence[Decision], folder: Path, progress: Progress = _silent) -> None:
    """Keep decisions and publish what follows; raise `DecisionRefused` where one cannot be taken, and keep none."""
    definitions = load()
    with lock(folder / "write.lock"):
        archive = Archive(folder)
        old = current_path(folder)
        if old is None:
            _publish(archive.receipts(), archive, folder, None, progress, Readers(definitions))
            old = warehouse_path(folder)
        refuse_nonsense(decisions, archive.decisions(), standing_in(old), definitions)
        archive.decide(decisions)
        _publish([], archive, folder, old, progress, Readers(definitions))
    events.decided(d.action for d in decisions)


def rebuild(folder: Path, progress: Progress = _silent) -> int:
    """Build the warehouse again from the archive alone; return how many files it was built from."""
    with lock(folder / "write.lock"):
        return build(folder, folder, progress)


def build(folder: Path, out: Path, progress: Progress = _silent) -> int:
    """Build the warehouse of `folder`'s archive in the folder `out`, as `rebuild` does within its lock."""
    archive = Archive(folder)
    receipts = archive.receipts()
    _publish(receipts, archive, out, None, progress, Readers(load()))
    return len(receipts)


def _publish(
    receipts: list[Receipt],
    archive: Archive,
    folder: Path,
    old: Path | None,
    progress: Progress,
    readers: Readers,
    admission: _Admission | None = None,
    asked: Collection[str] = (),
) -> Reports:
    definitions = readers.definitions
    with _without_looking_for_cycles(), ExitStack() as opened:
        with _read(receipts, lambda r: (r, archive.content(r)), readers) as found:
            con = opened.enter_context(closing(connect(definitions, old)))
            submissions = _stage(con, found, len(receipts), lambda f: progress(0.8 * f))
        decisions = archive.decisions()
        _admit(submissions, decisions)
        if admission is not None:
            admitted = [admission.of(s) for s in _held(submissions, decisions) if s.receipt.sha256 in admission.files]
            refuse_nonsense(admitted, [], Standing({}, {}, set()), definitions)
            archive.decide(admitted)
            decisions = archive.decisions()
            _admit(submissions, decisions)
        _note_late(submissions, definitions)
        _hold_back(submissions, decisions, definitions)
        submissions.sort(key=lambda s: (s.receipt.received_at, s.submission_id))
        compare(con, submissions, definitions, old)
        return publish(con, submissions, decisions, folder, old, lambda f: progress(0.8 + 0.2 * f), asked)


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Let Python not look for objects that hold each other meanwhile: rows do not, and it looks through all of them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _admit(submissions: list[Submission], decisions: list[Decision]) -> None:
    """Let an admitted report count as received when it was admitted."""
    admitted = {d.sha256: d.decided_at for d in decisions if d.action == "admitted"}
    for submission in submissions:
        moment = admitted.get(submission.receipt.sha256)
        if moment is not None and moment > submission.receipt.received_at:
            submission.admitted = True
            submission.receipt = replace(submission.receipt, received_at=moment)


def _held(submissions: list[Submission], decisions: list[Decision]) -> list[Submission]:
    """Return the acceptable reports that came for a closed period and were not admitted."""
    openings = [d for d in decisions if d.action in ("closed", "reopened")]
    return [
        s
        for s in submissions
        if s.report.accepted
        and not s.admitted
        and s.report.period in closed_periods(openings, until=s.receipt.received_at)
    ]


def _hold_back(submissions: list[Submission], decisions: list[Decision], definitions: Definitions) -> None:
    """Reject the reports that came for a closed period without a reason."""
    for submission in _held(submissions, decisions):
        period = str(submission.report.period)
        named = {"detail": definitions.periods[period].name}
        problem = word_problem(definitions, CLOSED, None, None, None, period, named)
        submission.report.problems.append(problem)


def _note_late(submissions: list[Submission], definitions: Definitions) -> None:
    """Warn that a report without a date of its own came after the due day; of the others their reader did."""
    for submission in (s for s in submissions if s.report.period and s.report.reported_on is None):
        due_on = definitions.periods[str(submission.report.period)].due_on
        if submission.dated_on > due_on:
            days = f"{submission.dated_on:%d/%m/%Y}", {"limit": f"{due_on:%d/%m/%Y}"}
            submission.report.problems.append(word_problem(definitions, LATE, None, None, None, *days))


def _receivable(files: Sequence[Incoming], definitions: Definitions) -> tuple[list[Incoming], list[Answer]]:
    """Return the files that can be received, and the answers to those that are too large for it."""
    limit = definitions.form["limits"]["file_bytes"]
    refused = []
    for file in (f for f in files if f.size > limit):
        size, most = f"{file.size / 1e6:,.0f} MB", {"limit": f"{limit // 1_000_000} MB"}
        problem = word_problem(definitions, "file_not_received", None, None, None, size, most)
        refused.append(Answer(file.file_name, None, None, "rejected", [problem]))
    return [f for f in files if f.size <= limit], refused


@contextmanager
def _read(
    received: Iterable[T], open_file: Callable[[T], tuple[Receipt, bytes]], readers: Readers
) -> Iterator[Iterator[tuple[Receipt, list[Report]]]]:
    """Give the reports in files, each opened when its turn comes; they are read on while the `with` block works.

    With it the readers end: what comes after needs their memory.
    """
    with readers, ThreadPoolExecutor(_AT_ONCE) as threads:

        def read(item: T) -> tuple[Receipt, list[Report]]:
            receipt, content = open_file(item)
            return refuse_name(receipt, readers.read(content), readers.definitions)

        try:
            yield threads.map(read, received)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def _stage(
    con: duckdb.DuckDBPyConnection,
    found: Iterable[tuple[Receipt, list[Report]]],
    files: int,
    progress: Progress,
) -> list[Submission]:
    """Take over what is found in so many files, and stage its figures."""
    submissions: list[Submission] = []
    staged = 0
    for n, (receipt, reports) in enumerate(found, start=1):
        submissions += [Submission(receipt, part, report) for part, report in enumerate(reports)]
        if len(submissions) - staged >= _STAGED_AT_ONCE or n == files:
            stage_figures(con, submissions[staged:])
            staged = len(submissions)
        progress(n / files)
    return submissions
