"""The whole country on one machine: building its models, asking what the pages ask, and the memory of the app."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import duckdb

from etl.build import build
from etl.definitions import load
from etl.models import build_models
from etl.publication import published
from etl.simulate import fill
from tests.bench.homes import SEED, defined_by, simulated
from tests.bench.line import Line, against, below
from tests.bench.questions import OF_PAPERS
from tests.browser.harness import serve
from tests.browser.wire import Wire
from tests.load_40 import PAGES

RUNS = 5
LIMITS_MS = {"warm": 10, "cold": 100}
YEARS = int(os.environ.get("BENCH_YEARS", "2"))
"""Twenty take a quarter of an hour and 15 GB: see docs/scale.md."""


def measure(folder: Path) -> Iterator[Line]:
    """Yield what the country takes beside a province, both generated with the same seed."""
    country, province = (simulated(folder.parent, scale, YEARS) for scale in ("national", "province"))
    source = country / "var" / "warehouse.duckdb"
    rows = _rows(source)
    bare = _bare_sort(source, folder / "bare.duckdb")
    began = time.perf_counter()
    build(source, folder / "built", "duckdb", lambda _: None)
    took = time.perf_counter() - began
    figures, built = rows["reported_figure"], sum(rows.values())
    what = f"country, {YEARS} years: rows of all models built, {built:,} from {figures:,} figures"
    yield against(
        f"{what}, microseconds a row", [1e6 * took / built], "µs", "bare sort", [1e6 * bare / figures], at_most=3
    )
    renewed = [_one_more_period(country, folder) for _ in range(1 + RUNS)][1:]
    yield below(f"one more half-year of the country, after {YEARS} years: models renewed", renewed, "s", 1)
    small, asked = (_questions(place) for place in (province, country))
    large = {name: took for name, took in asked.items() if name not in OF_PAPERS}
    kinds = {"warm": "asked again", "anew": "asked again, were no answers kept", "cold": "asked first"}
    for kind, how in kinds.items():
        ours, theirs = [took[kind] for took in large.values()], [small[name][kind] for name in large]
        slowest = max(large, key=lambda name: large[name][kind])
        what = f"questions of the pages, {YEARS} years, {how}: the slowest of {len(ours)}, {slowest}"
        yield Line(what, [max(ours)], "ms") if kind == "anew" else below(what, [max(ours)], "ms", LIMITS_MS[kind])
        yield against("the middle one", [median(ours)], "ms", "province", [median(theirs)], at_most=3)
    what = "questions of the papers of all communes, asked first: the slowest"
    yield Line(what, [max(asked[name]["cold"] for name in OF_PAPERS)], "ms")
    what = f"memory of the app after all pages of the country, {YEARS} years"
    yield below(what, [_memory(country, folder)], "MB", 1024)


def _rows(warehouse: Path) -> dict[str, int]:
    with duckdb.connect(warehouse, read_only=True) as con:
        return dict(con.execute("SELECT table_name, estimated_size FROM duckdb_tables()").fetchall())


def _bare_sort(warehouse: Path, target: Path) -> float:
    with duckdb.connect(target, config={"threads": 2}) as con:
        con.execute(f"ATTACH '{warehouse}' AS source (READ_ONLY)")
        began = time.perf_counter()
        con.execute(
            "CREATE TABLE reported_figure AS FROM source.reported_figure"
            " ORDER BY measure, population_group, period, submission_id"
        )
        return time.perf_counter() - began


def _one_more_period(place: Path, folder: Path) -> float:
    """Return how long the models take to be brought up to date with a half-year that all units reported."""
    definitions = load(place / "data")
    period = next(p for p in definitions.periods.values() if p.year > definitions.reform_on.year)
    path = folder / "one_more.duckdb"
    with (
        duckdb.connect(config={"threads": 2, "memory_limit": "50%"}) as con,
        published(con, path, place / "var" / "warehouse.duckdb"),
    ):
        fill(con, definitions, [period], SEED, lambda _: None)
        # The copy of the warehouse is still on its way to the disk.
        os.sync()
        began = time.perf_counter()
        build_models(con, [period.period], lambda _: None, with_approved=False)
        return time.perf_counter() - began


def _questions(place: Path) -> dict[str, dict[str, float]]:
    with defined_by(place):
        asked = subprocess.run(
            [sys.executable, "-m", "tests.bench.questions"],
            env=os.environ | {"CHILD_DASHBOARD_HOME": str(place / "var")},
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, dict[str, float]] = json.loads(asked.stdout.splitlines()[-1])
    return found


def _memory(place: Path, folder: Path) -> float:
    """Return the megabytes that the server holds at most after each page was asked for once."""
    with defined_by(place), serve(place / "var", folder / "log") as url:
        port = url.rsplit(":", 1)[1]
        found = subprocess.run(["pgrep", "-f", f"server.port={port}"], check=True, capture_output=True, text=True)
        with Wire(url) as reader:
            for page in PAGES:
                reader.run(page, query="period=2025&units=2025")
        status = Path(f"/proc/{found.stdout.split()[0]}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1000
