"""Long work goes on when the reader leaves: it has a thread of its own, its progress shows while it is watched."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import streamlit as st

from pages.shared.turns import step_aside

T = TypeVar("T")

_LOOK_EVERY_S = 0.1


@st.cache_resource(show_spinner=False)
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4, thread_name_prefix="work")


def do(job: Callable[[Callable[[float], None]], T], label: str) -> T:
    """Run `job` to its end and return its result; `job` is given a callable that takes the share done, 0 to 1.

    A reader who closes the page stops this function, never the job: a load that has begun is finished.
    """
    step_aside()
    done = [0.0]
    future = _workers().submit(job, lambda share: done.__setitem__(0, share))
    bar = st.progress(0.0, text=label)
    while not future.done():
        bar.progress(min(1.0, done[0]), text=label)
        time.sleep(_LOOK_EVERY_S)
    bar.empty()
    return future.result()
