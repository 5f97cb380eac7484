"""Pages are worked out one after the other: of a Python process only one thread reckons at a time anyway.

Where many do at once, each waits for all others at every step: docs/decisions.md tells how much longer.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock

import streamlit as st

_MOST_S = 1.0
"""Nobody waits longer for another page that turns out to take long."""

_DRAWN_S = 0.4
"""So long a browser takes for its first map, from the message on."""

_OPENED = "opened"
"""Where a session keeps whether its first page was opened, and has not yet waited."""

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


def note_opened() -> None:
    """Note that a page is opened; the first of a session is."""
    st.session_state[_OPENED] = _OPENED not in st.session_state


def let_the_first_be_drawn() -> None:
    """Wait a moment before more is sent, where this is the session's first page.

    React holds back what it fetched scripts for until those of all else on the page are there, and the scripts of the
    first table are ten times as long as those of a map. After that they are there.
    """
    if st.session_state.get(_OPENED):
        st.session_state[_OPENED] = False
        step_aside()
        time.sleep(_DRAWN_S)
