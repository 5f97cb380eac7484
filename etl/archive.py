"""Every report ever received, as it came: its bytes by their sha256, and a journal of what happened when.

The journal tells when each file came and under which name, and what people decided. Nothing here is ever changed or
removed. The warehouse can be built again from this folder alone.
"""

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

from etl.decisions import ACTIONS, Decision
from etl.home import make_folder, sync_folder, write_durably
from etl.journal import append_to_journal, read_journal
from etl.report import shorten

_SUFFIXES = (".xlsx", ".xls", ".ods", ".xlsb", ".xlsm", ".csv", "")


@dataclass(frozen=True)
class Incoming:
    """A file on its way in, as its bytes or as where to read them. `file_name` is only a name, never a path to follow.

    `received_at` (UTC) is now, but for the sample reports of past years.
    """

    file_name: str
    given: bytes | Path
    received_at: datetime | None = None
    sample: bool = False

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.given) if isinstance(self.given, bytes) else self.given.stat().st_size

    @property
    def content(self) -> bytes:
        """The bytes; a path is read anew each time, so that not all files are in memory at once."""
        return self.given if isinstance(self.given, bytes) else self.given.read_bytes()


@dataclass(frozen=True)
class Receipt:
    """That a file was received: `received_at` in UTC, later than that of every receipt before it."""

    sha256: str
    file_name: str
    received_at: datetime
    sample: bool


class Archive:
    """The archive in the folder `home`/archive."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "archive"
        self.journal = self.folder / "journal.jsonl"
        self._read: tuple[int, list[dict[str, Any]]] = 0, []

    def receive(self, files: Sequence[Incoming], again: Collection[str] = ()) -> list[Receipt]:
        """Archive the files durably and return a receipt for each.

        A file that is known keeps its receipt, unless its sha256 is in `again`: then it counts as received now.
        Where the archive has lost the content of a known file, or holds it damaged, it takes it in again.
        """
        receipts = self.receipts()
        known = {r.sha256: r for r in receipts if r.sha256 not in again}
        last = self._last_moment(receipts)
        digests = self._keep_contents(files, known)
        entries = []
        for digest, file in zip(digests, files, strict=True):
            if digest in known:
                continue
            last = max(file.received_at or _now(), last + timedelta(microseconds=1))
            name = shorten(PureWindowsPath(file.file_name).name)
            known[digest] = Receipt(digest, name, last, file.sample)
            entries.append({"event": "received", **asdict(known[digest])})
        append_to_journal(self.journal, entries)
        return [known[digest] for digest in digests]

    def receipts(self) -> list[Receipt]:
        """Return the last receipt of every file, in their order.

        A file that was archived when the machine stopped before the journal was written has its file's time.
        """
        receipts = {
            e["sha256"]: Receipt(**_fields(e, "received_at")) for e in self._entries() if e["event"] == "received"
        }
        for path in self.folder.glob("??/*"):
            if path.stem not in receipts and not path.name.startswith("."):
                received_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
                receipts[path.stem] = Receipt(path.stem, "", received_at, sample=False)
        return sorted(receipts.values(), key=lambda r: (r.received_at, r.sha256))

    def decide(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Keep decisions durably and return them with their moment, each later than all that happened before."""
        last = self._last_moment(self.receipts())
        kept = []
        for decision in decisions:
            last = max(_now(), last + timedelta(microseconds=1))
            kept.append(replace(decision, decided_at=last))
        append_to_journal(self.journal, [{"event": d.action, **asdict(d)} for d in kept])
        return kept

    def decisions(self) -> list[Decision]:
        """Return all decisions in their order."""
        return [Decision(**_fields(e, "decided_at")) for e in self._entries() if e["event"] in ACTIONS]

    def content(self, receipt: Receipt) -> bytes:
        """Return the bytes of a received file; raise FileNotFoundError where the archive has lost it."""
        path = self._path(receipt.sha256)
        if path is None:
            raise FileNotFoundError(
                f"{self.folder}: thiếu tệp {receipt.sha256} ({receipt.file_name}), hãy chạy `python -m etl doctor`"
                f" / the file {receipt.sha256} ({receipt.file_name}) is missing; run `python -m etl doctor`"
            )
        return path.read_bytes()

    def give_receipts(self) -> None:
        """Write a receipt for each file that was archived when the machine stopped before the journal was written."""
        noted = {e["sha256"] for e in self._entries() if e["event"] == "received"}
        missing = [r for r in self.receipts() if r.sha256 not in noted]
        append_to_journal(self.journal, [{"event": "received", **asdict(r)} for r in missing])

    def _path(self, digest: str) -> Path | None:
        path = self.folder / digest[:2] / digest
        return next((p for s in _SUFFIXES if (p := path.with_name(path.name + s)).exists()), None)

    def _holds(self, digest: str) -> bool:
        path = self._path(digest)
        return path is not None and sha256(path.read_bytes()).hexdigest() == digest

    def _entries(self) -> list[dict[str, Any]]:
        """Return what the journal says; it only grows, so it is read again where it is longer than before."""
        size = self.journal.stat().st_size if self.journal.exists() else 0
        if size != self._read[0]:
            self._read = size, read_journal(self.journal)
        return self._read[1]

    def _last_moment(self, receipts: Iterable[Receipt]) -> datetime:
        moments = [r.received_at for r in receipts] + [d.decided_at for d in self.decisions() if d.decided_at]
        return max(moments, default=datetime.min)

    def _keep_contents(self, files: Sequence[Incoming], known: Collection[str]) -> list[str]:
        """Write what the archive does not hold yet; return the sha256 of each file."""
        first: dict[str, int] = {}

        def keep(n: int, file: Incoming) -> str:
            content = file.content
            digest = sha256(content).hexdigest()
            # Several files of the same content are written once.
            if first.setdefault(digest, n) == n and not (digest in known and self._holds(digest)):
                suffix = PurePath(file.file_name).suffix.lower()
                fresh = self.folder / digest[:2] / (digest + (suffix if suffix in _SUFFIXES else ""))
                path = self._path(digest) or fresh
                path.parent.mkdir(exist_ok=True)
                write_durably(path, content)
            return digest

        make_folder(self.folder)
        with ThreadPoolExecutor() as threads:
            digests = list(threads.map(keep, range(len(files)), files))
        for folder in (*{self.folder / digest[:2] for digest in digests}, self.folder):
            sync_folder(folder)
        return digests


def _fields(entry: dict[str, Any], moment: str) -> dict[str, Any]:
    """Return the fields of what a line of the journal tells of; `moment` names the one that is a time."""
    return {k: v for k, v in entry.items() if k != "event"} | {moment: datetime.fromisoformat(entry[moment])}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
