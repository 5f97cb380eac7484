"""One page after the other: none beside another, none kept waiting for long."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from pages.shared import turns
from pages.shared.turns import in_turn, step_aside


def test_no_two_runs_have_a_turn_at_once() -> None:
    inside: list[int] = []
    most: list[int] = []

    def run(n: int) -> None:
        with in_turn(), in_turn():
            inside.append(n)
            most.append(len(inside))
            time.sleep(0.002)
            inside.remove(n)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(run, range(40)))
    assert most == [1] * 40


def test_whoever_steps_aside_lets_the_next_one_in() -> None:
    aside, done = Event(), Event()

    def long_work() -> None:
        with in_turn():
            step_aside()
            step_aside()
            aside.set()
            assert done.wait(10)

    def next_one() -> None:
        assert aside.wait(10)
        with in_turn():
            done.set()

    with ThreadPoolExecutor(2) as threads:
        for run in [threads.submit(long_work), threads.submit(next_one)]:
            run.result()


def test_a_run_that_fails_ends_its_turn() -> None:
    with pytest.raises(KeyError), in_turn():
        raise KeyError
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(_waits_s).result() < 1


def test_nobody_waits_long_for_a_page_that_takes_long(monkeypatch) -> None:
    monkeypatch.setattr(turns, "_MOST_S", 0.05)
    with in_turn(), ThreadPoolExecutor(1) as threads:
        assert threads.submit(_waits_s).result() >= 0.05
    # Who went ahead without a turn has not ended anybody else's.
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(_waits_s).result() < 0.05


def _waits_s() -> float:
    began = time.monotonic()
    with in_turn():
        return time.monotonic() - began
