"""Pages are worked out one after the other: of a Python process only one thread reckons at a time anyway.

Where many do at once, each waits for all others at every step: docs/decisions.md tells how much longer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock

_MOST_S = 1.0
"""Nobody waits longer for another page that turns out to take long."""

_free = Lock()


@dataclass
class _Turn:
    """What a run holds while it is worked out."""

    holds: bool

    def end(self) -> None:
        if self.holds:
            self.holds = False
            _free.release()


_current: ContextVar[_Turn | None] = ContextVar("turn", default=None)


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait until no other page is worked out; a part of a page has its page's turn."""
    if _current.get():
        yield
        return
    turn = _Turn(_free.acquire(timeout=_MOST_S))
    token = _current.set(turn)
    try:
        yield
    finally:
        _current.reset(token)
        turn.end()


def step_aside() -> None:
    """Leave the turn to others for the rest of a run, which from here on mostly waits."""
    if turn := _current.get():
        turn.end()
