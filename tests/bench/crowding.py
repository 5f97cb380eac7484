"""How many sessions one process serves, each with another filter every five seconds, 95 % within a second."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

from etl.boundaries import outlines_path
from tests.bench.homes import simulated
from tests.bench.line import Line
from tests.bench.repainting import YEARS, inline_script, streamlit_alone
from tests.browser.harness import serve
from tests.browser.wire import Wire, chosen

CROWDS = (5, 10, 20, 40, 80, 120, 160, 200, 250)
EVERY_S = 5
LAST_S = 30
WITHIN_S = 1.0
GOAL = 200


def measure(folder: Path) -> Iterator[Line]:
    """Yield the largest crowd on the map page, and that on a bare page that sends its outlines inline."""
    home = simulated(folder.parent, "province", YEARS) / "var"
    with serve(home, folder / "log") as url:
        own = _largest(url, "ban-do", "period=2024&units=2021")
    script = inline_script(folder, home, "2021", "2024")
    with streamlit_alone(folder), serve(home, folder / "inline.log", str(script)) as url:
        inline = _largest(url, "", "")
    assert outlines_path(home, "2021").exists()
    what = f"sessions on the map page, another indicator every {EVERY_S} s, 95 % within {WITHIN_S:g} s"
    goal = f"at least {GOAL}"
    yield Line(what, [own], "sessions", "outlines inline", [inline], goal, own >= GOAL)


def _largest(url: str, page: str, query: str) -> int:
    best = 0
    for sessions in CROWDS:
        answers = _crowd(url, page, query, sessions)
        if quantiles(answers, n=20)[-1] > WITHIN_S:
            break
        best = sessions
    return best


def _crowd(url: str, page: str, query: str, sessions: int) -> list[float]:
    """Return how long each answer took, the first of each session, which sends the outlines, left out."""
    found: list[float] = []
    ready = threading.Barrier(sessions)

    def read(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  when somebody clicks is no secret
        with Wire(url) as reader:
            opened = reader.run(page, query=query)
            offered = opened.of("selectbox")[-1]
            ready.wait()
            time.sleep(chance.uniform(0, EVERY_S))
            until = time.monotonic() + LAST_S
            while time.monotonic() < until:
                began = time.perf_counter()
                other = chosen(offered, chance.choice(offered.options))
                reader.run(page, query=reader.query, fragment_id=opened.fragment_id, widgets=[other])
                took = time.perf_counter() - began
                found.append(took)
                time.sleep(max(0.0, EVERY_S - took))

    with ThreadPoolExecutor(sessions) as threads:
        for one in [threads.submit(read, seed) for seed in range(sessions)]:
            one.result()
    return found
