"""Questions in SQL to a DuckDB file: each is answered by a process of its own that can only read that file."""

import json
import os
import subprocess
import sys
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

LONGEST_SQL = 20_000
"""Characters of a statement."""

LONGEST_CELL = 32_767
"""Characters of a cell, as many as Excel holds."""

AT_ONCE = 3
"""Questions that are answered at the same time; others wait for their turn."""

REFUSALS = {
    "empty": "there is no statement",
    "too_long": "the statement is longer than `LONGEST_SQL`",
    "several": "there is more than one statement; detail: how many",
    "not_reading": "it is no statement that reads; detail: what DuckDB calls it",
    "forbidden": "it names what is not to be reached from here; detail: what",
    "syntax": "it is no SQL; detail: DuckDB's message",
    "failed": "DuckDB could not answer it; detail: DuckDB's message",
    "time": "it took longer than the time limit",
    "memory": "it took more memory than the limit",
    "stopped": "the system ended its process at one of its limits",
    "too_large": "the answer has more bytes than the limit",
    "cell_too_long": "a cell is longer than `LONGEST_CELL`; detail: its column",
    "cancelled": "it was given up",
}
"""Why a statement is not answered."""

_PROCESS = Path(__file__).with_name("console_process.py")
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="console")


@dataclass(frozen=True)
class Limits:
    """What one answer may take; `bytes` is the size of the answer as it comes from DuckDB."""

    time_s: float = 10
    memory_mb: int = 512
    rows: int = 10_000
    bytes: int = 16 << 20


@dataclass(frozen=True)
class Answer:
    """The first rows of what a statement found; `more`: it found more than the limit.

    `types` holds DuckDB's name of each column's type, `seconds` how long DuckDB took.
    """

    frame: pd.DataFrame
    types: list[str]
    more: bool
    seconds: float


class Refused(Exception):
    """A statement that is not answered: a code of `REFUSALS`, and the detail that goes with it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


class Question:
    """A statement on its way to be answered."""

    def __init__(self, database: Path, sql: str, limits: Limits | None = None) -> None:
        self.sql = sql
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended_by = ""
        self._future: Future[Answer] = _threads.submit(self._ask, database)

    def cancel(self) -> None:
        """Give the question up; its process ends at once."""
        self._future.cancel()
        self._end("cancelled")

    def wait(self, time_s: float) -> bool:
        """Wait so long at most for the end; tell whether it has come."""
        return bool(wait([self._future], time_s).done)

    def answer(self) -> Answer:
        """Wait for the answer and return it.

        Raise Refused where there is none, RuntimeError where the file cannot be opened.
        """
        try:
            return self._future.result()
        except CancelledError as error:
            raise Refused("cancelled") from error

    def _end(self, reason: str) -> None:
        self._ended_by = self._ended_by or reason
        if self._process:
            self._process.kill()

    def _ask(self, database: Path) -> Answer:
        if len(self.sql) > LONGEST_SQL:
            raise Refused("too_long")
        limits = self._limits
        request = {
            "database": str(database.resolve()),
            "sql": self.sql,
            "rows": limits.rows,
            "bytes": limits.bytes,
            "memory_mb": limits.memory_mb,
            "time_s": limits.time_s,
        }
        command = [sys.executable, "-I", "-X", "utf8", str(_PROCESS)]
        with subprocess.Popen(  # noqa: S603  the command is this program's own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            cwd=database.resolve().anchor,
        ) as process:
            self._process = process
            clock = Timer(limits.time_s, self._end, ["time"])
            clock.daemon = True
            clock.start()
            if self._ended_by:
                process.kill()
            try:
                output, complaints = process.communicate(json.dumps(request).encode())
            finally:
                clock.cancel()
        if self._ended_by:
            raise Refused(self._ended_by)
        first, _, content = output.partition(b"\n")
        if process.returncode == 1:
            raise RuntimeError(complaints.decode(errors="replace"))
        if process.returncode:
            raise Refused("stopped")
        header = json.loads(first)
        if "refused" in header:
            raise Refused(header["refused"], header["detail"])
        return Answer(
            _frame(pa.ipc.open_stream(content).read_all()), header["types"], header["more"], header["seconds"]
        )


def _environment() -> dict[str, str]:
    """Return what an interpreter needs to start, and nothing that the dashboard knows."""
    needed = {k: os.environ[k] for k in ("SYSTEMROOT",) if k in os.environ}
    # Allocators that reserve addresses for each thread would use up what the process may have.
    return needed | {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return the table with a name of its own for each column; whole numbers stay whole where some are missing."""
    columns: dict[str, Any] = {}
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_string(field.type) and (pc.max(pc.utf8_length(column)).as_py() or 0) > LONGEST_CELL:
            raise Refused("cell_too_long", field.name)
        name, n = field.name, 1
        while name in columns:
            n += 1
            name = f"{field.name}_{n}"
        columns[name] = _series(column)
    return pd.DataFrame(columns)


_PANDAS_TYPES = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def _series(column: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_integer(column.type) or pa.types.is_decimal(column.type):
        column = _number(column)
    elif pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("s"))
    return column.to_pandas(types_mapper=_PANDAS_TYPES.get)


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return whole numbers, as DuckDB's sums are, as integers, or as text where they are too large for one."""
    if pa.types.is_decimal(column.type) and column.type.scale:
        return column.cast(pa.float64())
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column.cast(pa.string())
