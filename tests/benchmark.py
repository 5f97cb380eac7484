"""How long the daily work takes: `python -m tests.benchmark`. Times are printed, never asserted."""

import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter

import pandas as pd
from python_calamine import CalamineWorkbook

from etl.archive import Incoming
from etl.definitions import load
from etl.demo import make_report
from etl.load import check, load_reports
from etl.template import form_file_name, write_form

RUNS = 3


def measure(work: Callable[[Path], object]) -> float:
    """Return the median seconds of `work` in an empty folder."""
    seconds = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            start = perf_counter()
            work(Path(folder))
            seconds.append(perf_counter() - start)
    return median(seconds)


def main() -> None:
    d = load()
    period = d.periods["2021"]
    units = [u for u in d.units.values() if u.vintage == period.vintage]
    start = perf_counter()
    forms = [write_form(d, u, period, make_report(d, u, period)) for u in units]
    writing = perf_counter() - start
    files = [Incoming(form_file_name(u, period), f) for u, f in zip(units, forms, strict=True)]
    for warmed_up in (check(files[:1], Path("/nonexistent")),):
        assert warmed_up

    def read_bare(_: Path) -> None:
        for form in forms:
            workbook = CalamineWorkbook.from_filelike(BytesIO(form))
            for name in workbook.sheet_names:
                workbook.get_sheet_by_name(name).to_python()

    def load_twice(folder: Path) -> float:
        load_reports(files, folder)
        start = perf_counter()
        load_reports(files, folder)
        return perf_counter() - start

    again: list[float] = []
    rows = {
        "write 111 forms": writing,
        "pandas with openpyxl merely reads 111 reports": measure(
            lambda _: [pd.read_excel(BytesIO(f), sheet_name=None, engine="openpyxl") for f in forms]
        ),
        "calamine merely reads their cells": measure(read_bare),
        "load 111 reports whole": measure(lambda folder: load_reports(files, folder)),
        "check one report": measure(lambda folder: check(files[:1], folder)),
    }
    measure(lambda folder: again.append(load_twice(folder)))
    rows["load the same 111 again"] = median(again)
    for name, seconds in rows.items():
        print(f"{name:50} {seconds:8.3f} s")


if __name__ == "__main__":
    main()
