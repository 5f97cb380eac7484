"""Every report ever received, as it came: its bytes by their sha256, and a journal of when and under which name.

Nothing here is ever changed or removed. The warehouse can be built again from this folder alone.
"""

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from etl.home import sync_folder, write_durably

_SUFFIXES = (".xlsx", ".xls", ".ods", ".xlsb", ".xlsm", ".csv", "")


@dataclass(frozen=True)
class Incoming:
    """A file on its way in. `received_at` (UTC) is now, but for the sample reports of past years."""

    file_name: str
    content: bytes
    received_at: datetime | None = None
    sample: bool = False


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

    def receive(self, files: Iterable[Incoming]) -> list[Receipt]:
        """Archive the files durably and return a receipt for each; one that is known keeps its first receipt."""
        incoming = [(sha256(f.content).hexdigest(), f) for f in files]
        known = {r.sha256: r for r in self.receipts()}
        last = max((r.received_at for r in known.values()), default=datetime.min)
        new = {digest: f for digest, f in reversed(incoming) if digest not in known}
        self._write_contents({digest: f.content for digest, f in new.items()}, {d: f.file_name for d, f in new.items()})
        lines = []
        for digest, file in incoming:
            if digest in known:
                continue
            now = file.received_at or datetime.now(UTC).replace(tzinfo=None)
            last = max(now, last + timedelta(microseconds=1))
            known[digest] = Receipt(digest, Path(file.file_name).name, last, file.sample)
            lines.append(_journal_line(known[digest]))
        if lines:
            with self.journal.open("ab") as journal:
                journal.write("".join(lines).encode())
                journal.flush()
                os.fsync(journal.fileno())
        return [known[digest] for digest, _ in incoming]

    def receipts(self) -> list[Receipt]:
        """Return all receipts in their order.

        A file that was archived when the machine stopped before the journal was written has its file's time.
        """
        receipts = [receipt for line in self._journal_lines() if (receipt := _read_receipt(line))]
        journaled = {r.sha256 for r in receipts}
        for path in self.folder.glob("??/*"):
            if path.stem not in journaled and not path.name.startswith("."):
                received_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
                receipts.append(Receipt(path.stem, "", received_at, sample=False))
        return sorted(receipts, key=lambda r: (r.received_at, r.sha256))

    def content(self, receipt: Receipt) -> bytes:
        """Return the bytes of a received file."""
        path = self.folder / receipt.sha256[:2] / receipt.sha256
        return next(p for s in _SUFFIXES if (p := path.with_name(path.name + s)).exists()).read_bytes()

    def _journal_lines(self) -> list[bytes]:
        return self.journal.read_bytes().splitlines() if self.journal.exists() else []

    def _write_contents(self, contents: dict[str, bytes], names: dict[str, str]) -> None:
        def write(digest: str) -> None:
            suffix = Path(names[digest]).suffix.lower()
            path = self.folder / digest[:2] / (digest + (suffix if suffix in _SUFFIXES else ""))
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, contents[digest])

        self.folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor() as threads:
            list(threads.map(write, contents))
        for folder in {self.folder / digest[:2] for digest in contents} | {self.folder}:
            sync_folder(folder)


def _journal_line(receipt: Receipt) -> str:
    entry = {
        "event": "received",
        "sha256": receipt.sha256,
        "file_name": receipt.file_name,
        "received_at": receipt.received_at.isoformat(),
        "sample": receipt.sample,
    }
    return json.dumps(entry, ensure_ascii=False) + "\n"


def _read_receipt(line: bytes) -> Receipt | None:
    """Return the receipt in a journal line, None for a line that a stopped machine left unfinished."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if entry["event"] != "received":
        return None
    received_at = datetime.fromisoformat(entry["received_at"])
    return Receipt(entry["sha256"], entry["file_name"], received_at, entry["sample"])
