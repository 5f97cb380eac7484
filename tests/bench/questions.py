"""How long each question of the pages takes: `python -m tests.bench.questions` prints milliseconds by question as JSON.

The definitions and the warehouse are those that the environment names. Each question is asked of a warehouse that was
just opened (`cold`), again several times without any cache of answers (`anew`), and again as pages ask, whose answers
are kept until the next warehouse is published (`warm`).
"""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from inspect import Parameter, signature
from statistics import median
from typing import Any

import pandas as pd

from etl.definitions import load
from pages.shared import queries

WARM_RUNS = 5
OF_OTHERS = ("analysis",)
"""Questions with parameters of their own: measured elsewhere."""

OF_PAPERS = ("summary_indicators", "summary_tasks", "summary_trends")
"""What no page asks, only the papers of all communes, which are made with a progress bar."""


def questions(period: str, vintage: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield each question that a page can ask of a period, by its name."""
    known = {
        "period": period,
        "vintage": vintage,
        "indicator": "insurance_under6",
        "level": "commune",
        "population_group": "total",
        "task": 1,
        "unit": next(u.code for u in load().units.values() if u.vintage == vintage),
    }
    for name, ask in vars(queries).items():
        if name.startswith("_") or name in OF_OTHERS or getattr(ask, "__module__", "") != queries.__name__:
            continue
        wanted = signature(ask).parameters.values() if callable(ask) and not isinstance(ask, type) else []
        if wanted and all(p.name in known and p.kind is Parameter.POSITIONAL_OR_KEYWORD for p in wanted):
            yield name, partial(ask, **{p.name: known[p.name] for p in wanted})


def main() -> None:
    last = list(load().periods.values())
    with queries.frozen(approved_only=False):
        seen = queries.periods()
    newest = next(p for p in reversed(last) if p.period in set(seen["period"]))
    found = {}
    for name, ask in questions(newest.period, newest.vintage):
        with queries.frozen(approved_only=False):
            cold, *anew = [_milliseconds(ask) for _ in range(1 + WARM_RUNS)]
        with queries.one_state():
            _, *warm = [_milliseconds(ask) for _ in range(1 + WARM_RUNS)]
        found[name] = {"cold": cold, "anew": median(anew), "warm": median(warm)}
    print(json.dumps(found))


def _milliseconds(ask: Callable[[], pd.DataFrame]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
