"""Journals: files of JSON lines that only grow, each line on the disk before its writer goes on."""

import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from etl.home import make_folder, sync_folder


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return what the lines of a journal say, without one that a stopped machine left unfinished."""
    entries = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return entries


def whole_lines(content: bytes) -> bytes:
    """Return a journal's bytes without a last line that a stopped machine left unfinished."""
    end = content.rfind(b"\n") + 1
    try:
        json.loads(content[end:])
    except ValueError:
        return content[:end]
    return content


def append_to_journal(path: Path, entries: Iterable[dict[str, Any]]) -> None:
    """Append a line for each entry, or none at all where the disk does not take them.

    Moments and days are written as ISO 8601, what is None is left out.
    """
    lines = [_line(entry) for entry in entries]
    if not lines:
        return
    make_folder(path.parent)
    with path.open("ab+", buffering=0) as journal:
        end = journal.tell()
        # A line that a stopped machine left unfinished must not swallow the next one.
        if end:
            journal.seek(-1, os.SEEK_END)
            if journal.read(1) != b"\n":
                lines = ["\n", *lines]
        left = "".join(lines).encode()
        try:
            while left:
                left = left[journal.write(left) :]
            os.fsync(journal.fileno())
        except OSError:
            journal.truncate(end)
            raise
    sync_folder(path.parent)


def _line(entry: dict[str, Any]) -> str:
    said = {k: v.isoformat() if isinstance(v, date) else v for k, v in entry.items() if v is not None}
    return json.dumps(said, ensure_ascii=False) + "\n"
