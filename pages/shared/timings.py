"""How long the warehouse took to answer each question, in this process, since it started."""

import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from threading import Lock
from typing import NamedTuple

from etl import events

SLOW_S = 0.5
_REMEMBERED = 200
"""Answers of each question; there are as many questions as SQL files."""


class Timing(NamedTuple):
    """A question: how often the cache did not know the answer, and how long the last answers took, in seconds."""

    question: str
    times: int
    median_s: float
    worst_s: float
    last_at: datetime


class _Taken:
    def __init__(self) -> None:
        self.times = 0
        self.seconds: deque[float] = deque(maxlen=_REMEMBERED)
        self.last_at = datetime.min


_taken: defaultdict[str, _Taken] = defaultdict(_Taken)
_lock = Lock()


@contextmanager
def timed(question: str) -> Iterator[None]:
    """Note how long the block takes to answer a question; tell the log where it takes long."""
    began = time.perf_counter()
    yield
    seconds = time.perf_counter() - began
    with _lock:
        own = _taken[question]
        own.times += 1
        own.seconds.append(seconds)
        own.last_at = datetime.now(UTC).replace(tzinfo=None)
    if seconds >= SLOW_S:
        events.slow_query(question=question, seconds=seconds)


def timings() -> list[Timing]:
    """Return every question that was asked, the one with the slowest answer first."""
    with _lock:
        found = [Timing(q, t.times, median(t.seconds), max(t.seconds), t.last_at) for q, t in _taken.items()]
    return sorted(found, key=lambda t: -t.worst_s)
