"""Files that others sent become reports in processes of their own, which read one file after the other.

A file that needs too much memory or time, or breaks its reader, is answered as such. Where the reader had read other
files before, a fresh one tries again: what a file is answered never depends on the files before it.
"""

import io
import logging
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cached_property
from queue import Empty, LifoQueue
from threading import Timer
from time import monotonic
from types import TracebackType
from typing import IO, Any, cast

from etl.definitions import Definitions
from etl.limited import PROJECT, WAIT
from etl.reader_process import receive, send
from etl.report import ProblemList, Report

_log = logging.getLogger(__name__)


class Readers:
    """Up to as many reading processes as there are threads that call `read`; they end with the `with` block."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.limits: dict[str, int] = definitions.form["limits"]
        self._idle: LifoQueue[_Reader] = LifoQueue()

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        while not self._idle.empty():
            self._idle.get().stop()

    @cached_property
    def _pickled(self) -> bytes:
        return pickle.dumps(self.definitions)

    def get_ready(self, number: int) -> None:
        """Start so many processes now, not when the first files come."""
        for _ in range(number):
            self._idle.put(_Reader(self._pickled))

    def read(self, content: bytes) -> list[Report]:
        """Return the reports in a file as `read_report` does; nothing is raised for whatever is in it."""
        until = monotonic() + WAIT * self.limits["process_seconds"]
        try:
            reader = self._idle.get_nowait()
        except Empty:
            reader = _Reader(self._pickled)
        reports, fault = reader.read(content, until)
        if fault == "broken" and reader.files_read > 1:
            reader = _Reader(self._pickled)
            reports, fault = reader.read(content, until)
        if fault is None:
            self._idle.put(reader)
            return reports
        problems = ProblemList(self.definitions)
        if fault == "slow":
            problems.add("read_too_long", limit=self.limits["process_seconds"])
        else:
            detail = "tệp quá phức tạp để đọc an toàn", "it is too complex to be read safely"
            problems.add("unreadable_file", detail=detail)
        return [Report(problems=problems.rows)]


class _Reader:
    """One process that reads by pickled definitions; after a fault it has ended."""

    def __init__(self, definitions: bytes) -> None:
        self.files_read = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "etl.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
        )
        self.given, self.answers = cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stdout)
        self.definitions = definitions

    def read(self, content: bytes, until: float) -> tuple[list[Report], str | None]:
        """Return the reports and no fault, or no reports and why: `slow` or `broken`."""
        self.files_read += 1
        clock = Timer(until - monotonic(), self.process.kill)
        clock.start()
        try:
            found = self._ask(content)
        finally:
            clock.cancel()
        if isinstance(found, list):
            return found, None
        self.stop()
        if found is not None:
            _log.error("a file could not be read, which is a fault of the program: %s", found)
            return [], "broken"
        out_of_time = self.process.returncode == -getattr(signal, "SIGXCPU", 0)
        return [], "slow" if out_of_time or monotonic() >= until else "broken"

    def _ask(self, content: bytes) -> list[Report] | str | None:
        """Return the process's answer, None where it ends without one, or says what no answer of its can be."""
        try:
            # Not when it is started: they are more than a pipe holds, and whoever starts it would wait.
            if self.files_read == 1:
                send(self.given, self.definitions)
            send(self.given, content)
            answer: list[Report] | str = _Answer(io.BytesIO(receive(self.answers) or b"")).load()
        except Exception:
            # A file that took over its reader may answer anything: too many bytes to hold, or the pickle of a trap.
            return None
        return answer

    def stop(self) -> None:
        """End the process, which keeps nothing."""
        self.process.kill()
        with suppress(OSError), self.process:
            pass


class _Answer(pickle.Unpickler):
    """Makes nothing but what reports are made of."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "etl.report" or (module, name) in {("decimal", "Decimal"), ("datetime", "date")}:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")
