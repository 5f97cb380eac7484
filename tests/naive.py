"""Every indicator computed again from the workbooks, by plain loops that share nothing with the ETL."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pandas as pd

CONTRACT = Path(__file__).parents[2] / "shared" / "contract"
DATA = Path(__file__).parents[1] / "data"
GROUPS = {"total": "Tổng số", "female": "Nữ", "ethnic_minority": "Dân tộc thiểu số", "disabled": "Khuyết tật"}
SHARES = {"play_area_communes", "child_friendly_registered"}
Key = tuple[str, str, str, str, str, str]


class Workbooks(NamedTuple):
    """What the last report of each (period, unit) says.

    Figures; play areas as (condition, lat, lon); stage, points; results of tasks by their code.
    """

    figures: dict[tuple[str, str], dict[object, int]]
    sites: dict[tuple[str, str], list[tuple[str, float, float]]]
    stages: dict[tuple[str, str], tuple[str, list[float | None]]]
    results: dict[tuple[str, str], dict[str, Decimal]]


def read_workbooks(folder: Path) -> Workbooks:
    """Return the last report of each unit; `_1` in a file's name marks a report replaced later."""
    codes = pd.read_csv(DATA / "measures.csv", dtype=str).set_index("code")["measure"]
    reports, sites, stages, results = {}, {}, {}, {}
    for path in folder.rglob("*.xlsx"):
        if path.stem.endswith("_1"):
            continue
        _, _, unit, period = path.stem.split("_")
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=object, engine="calamine")
        figures: dict[object, int] = {}
        sheet = sheets["Số liệu"]
        header = list(sheet.iloc[3])
        for _, row in sheet.iloc[4:].iterrows():
            if str(row[0]) in codes.index:
                for group, label in GROUPS.items():
                    value = row[header.index(label)]
                    if pd.notna(value):
                        figures[codes[str(row[0])], group] = int(value)
        areas = sheets["Điểm vui chơi"]
        sites[period, unit] = [
            (str(a[7]), float(a[3]), float(a[4])) for a in areas.iloc[4:].itertuples(index=False) if pd.notna(a[7])
        ]
        figures["play_area_communes"] = int(any(s[0] == "đang hoạt động" for s in sites[period, unit]))
        friendly = sheets["Phù hợp trẻ em"]
        stage = friendly.iloc[3, 1]
        figures["child_friendly_registered"] = int(stage != "chưa đăng ký")
        rows = [r for r in friendly.itertuples(index=False) if str(r[0]).removesuffix(".0").isdigit()]
        stages[period, unit] = (str(stage), [None if pd.isna(r[2]) else float(r[2]) for r in rows])
        done = sheets["Nhiệm vụ"]
        results[period, unit] = {
            str(r[0]): Decimal(str(r[3]))
            for r in done.itertuples(index=False)
            if str(r[0]).startswith("T") and pd.notna(r[3])
        }
        reports[period, unit] = figures
    return Workbooks(reports, sites, stages, results)


def recompute(reports: dict[tuple[str, str], dict[object, int]]) -> dict[Key, tuple[int, int]]:
    """Return {(indicator, level, unit, vintage, period, group): (numerator, denominator)} where there are any."""
    indicators = pd.read_csv(DATA / "indicators.csv", dtype=str).fillna("")
    units = pd.read_csv(DATA / "units.csv", dtype=str)
    districts = dict(
        zip(units[units.vintage == "2021"].code, units[units.vintage == "2021"].district_code, strict=True)
    )
    succession = pd.read_csv(DATA / "unit_succession.csv", dtype=str)
    successor = dict(zip(succession.from_code, succession.to_code, strict=True))
    parts = succession.groupby("to_code")["from_code"].apply(list).to_dict()
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0])

    def add(indicator: str, unit: str, vintage: str, period: str, group: str, n: int, d: int) -> None:
        levels = [("commune", unit), ("province", "70")]
        if vintage == "2021":
            levels.append(("district", districts[unit]))
        for level, code in levels:
            total = sums[indicator, level, code, vintage, period, group]
            total[0] += n
            total[1] += d

    for (period, unit), figures in reports.items():
        old = period < "2025" or period == "2025-H1"
        own = "2021" if old else "2025"
        for row in indicators[indicators.kind == "ratio"].itertuples():
            for group in ["total", *row.groups.split()]:
                n, d = figures.get((row.numerator, group)), figures.get((row.denominator, group))
                if n is not None and d is not None:
                    add(row.indicator, unit, own, period, group, n, d)
                    if old:
                        add(row.indicator, successor[unit], "2025", period, group, n, d)
        for share in SHARES:
            add(share, unit, own, period, "total", figures[share], 1)
    for period in {p for p, _ in reports if p < "2025" or p == "2025-H1"}:
        for new, olds in parts.items():
            found = [reports[period, o]["play_area_communes"] for o in olds if (period, o) in reports]
            if any(found) or len(found) == len(olds):
                add("play_area_communes", new, "2025", period, "total", int(any(found)), 1)
    return {key: (n, d) for key, (n, d) in sums.items()}
