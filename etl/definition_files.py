"""The files under `data/`, read into definitions: the only place that knows how they are laid out."""

import csv
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from etl.definitions import (
    DefinitionError,
    Definitions,
    Extent,
    FormerName,
    Indicator,
    Measure,
    MeasureRule,
    Method,
    Office,
    Period,
    Plan,
    PlanTarget,
    RecognitionRule,
    Rule,
    Statistics,
    Target,
    TaskItem,
    Unit,
    Vintage,
)
from etl.plan_tasks import read_tasks


def read(folder: Path) -> Definitions:
    """Return the definitions in `folder`; raise `DefinitionError`."""
    try:
        return _definitions(folder)
    except KeyError as missing:
        raise DefinitionError(f"{folder}:\n- a definition lacks {missing}") from missing


def unexplained(folder: Path, definitions: Definitions) -> list[str]:
    """Return what is not told of indicators, in words."""
    noted = _toml(folder / "texts" / "indicator_notes.toml")
    return [
        f"texts/indicator_notes.toml: nothing is said of {indicator}"
        for indicator in definitions.indicators
        if indicator not in noted
    ]


def _definitions(folder: Path) -> Definitions:
    province = _toml(folder / "province.toml")
    vintages = tuple(
        Vintage(v["name"], date.fromisoformat(v["in_force_from"]), v["label_vi"], v["label_en"])
        for v in province["vintage"]
    )
    return Definitions(
        province=province,
        form=_toml(folder / "form.toml"),
        vintages=vintages,
        periods=_periods(province["calendar"], vintages),
        units={(r["vintage"], r["code"]): _unit(r) for r in _csv(folder / "units.csv")},
        former_names=tuple(
            FormerName(**{k: v for k, v in r.items() if k != "last_day"}, last_day=date.fromisoformat(r["last_day"]))
            for r in _csv(folder / "unit_former_names.csv")
        ),
        extents={(r.pop("vintage"), r.pop("code")): _extent(r) for r in _csv(folder / "unit_extents.csv")},
        succession=tuple(
            (r["from_vintage"], r["from_code"], r["to_vintage"], r["to_code"])
            for r in _csv(folder / "unit_succession.csv")
        ),
        measures={r["measure"]: _measure(r) for r in _csv(folder / "measures.csv")},
        measure_rules=tuple(
            MeasureRule(r["measure"], r["comparator"], r["aggregate"], tuple(r["operands"].split()))
            for r in _csv(folder / "measure_rules.csv")
        ),
        tasks={
            r["item"]: TaskItem(**r | {"task": int(r["task"]), "first_year": _year(r)})  # type: ignore[arg-type]
            for r in _csv(folder / "tasks.csv")
        },
        criteria={int(r["criterion"]): Decimal(r["points_max"]) for r in _csv(folder / "criteria.csv")},
        recognition=tuple(map(_recognition_rule, _toml(folder / "recognition.toml")["rule"])),
        indicators={
            r["indicator"]: Indicator(
                **{k: v for k, v in r.items() if k != "groups"}, groups=("total", *r["groups"].split())
            )
            for r in _csv(folder / "indicators.csv")
        },
        plans=tuple(sorted((_plan(p) for p in (folder / "plans").glob("*.toml")), key=lambda p: p.year)),
        statistics=_statistics(_toml(folder / "statistics.toml")),
        methods={name: _method(name, m) for name, m in _toml(folder / "texts" / "methods.toml").items()},
        rules={name: Rule(name, r["severity"], r["vi"], r["en"]) for name, r in _toml(folder / "rules.toml").items()},
        offices={name: Office(name, **o) for name, o in _toml(folder / "offices.toml").items()},
        personal_data=_toml(folder / "personal_data.toml"),
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(f"{path}: {error}") from error


def _csv(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, strict=True))
    except (OSError, csv.Error) as error:
        raise DefinitionError(f"{path}: {error}") from error


def _unit(row: dict[str, str]) -> Unit:
    return Unit(
        vintage=row["vintage"],
        code=row["code"],
        name=row["name"],
        unit_type=row["unit_type"],
        district_code=row["district_code"] or None,
        district=row["district"] or None,
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        border=row["border"] == "1",
        extremely_difficult=row["extremely_difficult"] == "1",
    )


def _extent(row: dict[str, str]) -> Extent:
    hull = list(map(float, row.pop("hull").split()))
    radius_m = int(row.pop("inner_radius_m"))
    bounds = {name: float(degrees) for name, degrees in row.items()}
    return Extent(**bounds, inner_radius_m=radius_m, hull=tuple(zip(hull[::2], hull[1::2], strict=True)))


def _recognition_rule(rule: dict[str, Any]) -> RecognitionRule:
    conditions = {k: v for k, v in rule.items() if k not in ("points", "unit_types")}
    return RecognitionRule(Decimal(rule["points"]), tuple(rule.get("unit_types", ())), **conditions)


def _measure(row: dict[str, str]) -> Measure:
    flags = {name: row[name] == "1" for name in ("required", "may_not_arise", "sensitive")}
    groups = ("total", *row["groups"].split())
    return Measure(**{**row, "groups": groups, **flags, "first_year": _year(row)})  # type: ignore[arg-type]


def _year(row: dict[str, str]) -> int:
    """Return the year from which on a row's figure is asked for, 0 where it always was."""
    return int(row.get("first_year") or 0)


def _plan(path: Path) -> Plan:
    raw = _toml(path)
    targets = tuple(
        PlanTarget(
            number=t["number"],
            label_vi=t["label_vi"],
            label_en=t["label_en"],
            wording_vi=t["wording_vi"],
            wording_en=t["wording_en"],
            indicators=tuple(
                Target(
                    raw["year"],
                    t["number"],
                    i["indicator"],
                    i["comparator"],
                    Decimal(i["value"]) if "value" in i else None,
                )
                for i in t["indicators"]
            ),
        )
        for t in raw["target"]
    )
    return Plan(
        year=raw["year"],
        name_vi=raw["name_vi"],
        name_en=raw["name_en"],
        near_margin=Decimal(raw["near_margin"]),
        horizon=int(raw["horizon"]),
        targets=targets,
        tasks=read_tasks(raw["task"]),
    )


def _statistics(raw: dict[str, Any]) -> Statistics:
    pace, trend, outlier = raw["pace"], raw["recent_trend"], raw["outlier"]
    return Statistics(
        z_inner=float(raw["z"]["inner"]),
        z_outer=float(raw["z"]["outer"]),
        pace_on_track=float(pace["on_track"]),
        pace_acceleration_needed=float(pace["acceleration_needed"]),
        pace_limited_progress=float(pace["limited_progress"]),
        pace_latest_year=int(pace["latest_year"]),
        trend_years=int(trend["years"]),
        trend_chi_square=float(trend["chi_square"]),
        outlier_score=float(outlier["score"]),
        outlier_figures=int(outlier["figures"]),
        outlier_years=int(outlier["years"]),
        outlier_denominator=int(outlier["denominator"]),
    )


def _method(name: str, raw: dict[str, Any]) -> Method:
    return Method(name, **{**raw, "formulas": tuple(raw["formulas"])})


def _periods(calendar: dict[str, Any], vintages: tuple[Vintage, ...]) -> dict[str, Period]:
    periods = {}
    for year in range(calendar["first_year"], calendar["last_year"] + 1):
        for suffix, part in (("-H1", "half_year"), ("", "year")):
            cut_off = date.fromisoformat(f"{year}-{calendar[part + '_cut_off']}")
            periods[f"{year}{suffix}"] = Period(
                period=f"{year}{suffix}",
                year=year,
                cut_off=cut_off,
                due_on=date.fromisoformat(f"{year}-{calendar[part + '_due']}"),
                vintage=max(
                    (v for v in vintages if v.in_force_from <= cut_off),
                    key=lambda v: v.in_force_from,
                    default=vintages[0],
                ).name,
                period_before=f"{year}-H1" if part == "year" else f"{year - 1}",
                year_before=f"{year - 1}{suffix}",
            )
    return periods
