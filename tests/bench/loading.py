"""How long the daily work takes: reports of a whole period, the same again, and one that was corrected."""

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from etl.archive import Incoming
from etl.definitions import Definitions, Period, Unit, load
from etl.demo import make_report
from etl.load import check, load_reports, rebuild
from etl.template import form_file_name, write_form
from tests.bench.homes import sample_home
from tests.bench.line import Line, against, below, seconds, work_seconds

RUNS = 5
CORRECTED = "2026-H1"


def measure(folder: Path) -> Iterator[Line]:
    """Yield what loading takes; everything is written below `folder`."""
    d = load()
    period = d.periods["2021"]
    units = [u for u in d.units.values() if u.vintage == period.vintage]
    forms = [write_form(d, u, period, make_report(d, u, period)) for u in units]
    files = [Incoming(form_file_name(u, period), f) for u, f in zip(units, forms, strict=True)]

    read = seconds(lambda: [_cells(form) for form in forms], RUNS)
    by_pandas = seconds(lambda: [pd.read_excel(BytesIO(f), sheet_name=None, engine="openpyxl") for f in forms], 2)
    first, again = [], []
    for n in range(RUNS + 1):
        home = folder / f"run{n}"
        first.append(_once(lambda home=home: load_reports(files, home)))
        again.append(_once(lambda home=home: load_reports(files, home)))
    first, again = first[1:], again[1:]
    whole = "load 111 reports whole: check, archive, load, models, publish"
    yield against(whole, first, "s", "calamine merely reads their cells", read, at_most=10)
    yield against("the same", first, "s", "pandas with openpyxl merely reads them", by_pandas, at_most=1 / 3)
    yield against("load the same 111 again", again, "s", "the first time", first, at_most=0.1)
    yield Line("check one report", seconds(lambda: check(files[:1], home), RUNS), "s")

    sample = sample_home(folder.parent)
    yield below("one corrected report into six years of history: work of all processes", _corrected(d, sample), "s", 1)
    yield Line("rebuild six years from the archive", [_once(lambda: rebuild(sample))], "s")


def _cells(form: bytes) -> None:
    workbook = CalamineWorkbook.from_filelike(BytesIO(form))
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python()


def _once(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _corrected(d: Definitions, home: Path) -> list[float]:
    """Return the processor time of each of several corrections, after one that warms up."""
    period = d.periods[CORRECTED]
    units = [u for u in d.units.values() if u.vintage == period.vintage][: RUNS + 1]
    return [work_seconds(lambda u=u: load_reports([_correction(d, u, period)], home)) for u in units][1:]


def _correction(d: Definitions, unit: Unit, period: Period) -> Incoming:
    report = make_report(d, unit, period)
    report.figures[:] = [
        f._replace(value=f.value + 1) if f.measure == "pupils" and f.value else f for f in report.figures
    ]
    return Incoming(form_file_name(unit, period), write_form(d, unit, period, report))
