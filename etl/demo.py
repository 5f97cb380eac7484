"""Sample reports, told by `data/demo/`: real workbooks, the same in every run, loaded as real ones are."""

import csv
import multiprocessing
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from math import cos, pi, radians, sin, sqrt
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from etl.actions import Action, actions, record
from etl.archive import Incoming
from etl.definitions import DATA, Definitions, Period, Unit, load
from etl.load import load_reports
from etl.report import ChildFriendly, Criterion, Figure, PlayArea, Report, TaskResult
from etl.template import form_file_name, write_form

_METRES_PER_DEGREE = 111_195


class Sent(NamedTuple):
    """A report to be written, sent on a day; `flaw` is what was done wrong in it, if anything."""

    unit_code: str
    period: str
    reported_on: date
    flaw: str | None


def write_demo(folder: Path, keep_in: Path | None, progress: Callable[[float], None]) -> str:
    """Write all sample reports and load them into `folder`; keep the workbooks in `keep_in`; say what was done."""
    sent = sorted(plan_reports(load()), key=lambda s: (s.reported_on, s.period, s.unit_code, s.flaw or "~"))
    incoming = []
    # Spawned, because the app and the tests run threads that a fork would freeze.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        for n, (report, content) in enumerate(zip(sent, processes.map(write_report, sent, chunksize=16), strict=True)):
            name = file_name(report)
            received_at = datetime.combine(report.reported_on, time(1)) + timedelta(seconds=n)
            incoming.append(Incoming(name, content, received_at, sample=True))
            if keep_in:
                (keep_in / report.period).mkdir(parents=True, exist_ok=True)
                (keep_in / report.period / name).write_bytes(content)
            progress(0.7 * (n + 1) / len(sent))
    answers = load_reports(incoming, folder, lambda share: progress(0.7 + 0.3 * share))
    record_sample_actions(folder)
    rejected = sum(a.status == "rejected" for a in answers)
    return (
        f"{len(answers)} báo cáo mẫu, {rejected} bị trả lại, trong {folder} / "
        f"{len(answers)} sample reports, {rejected} rejected, in {folder}"
    )


def record_sample_actions(folder: Path) -> None:
    """Record the sample measures where no measure was recorded yet."""
    d = load()
    if actions(folder):
        return
    cut_off = d.periods[story()["periods"][-1]].cut_off
    kept: dict[str, Action] = {}
    for line in tomllib.loads((DATA / "demo" / "actions.toml").read_text(encoding="utf-8"))["line"]:
        measure, day = line.pop("measure"), cut_off + timedelta(days=line.pop("day"))
        if "due" in line:
            line["due_on"] = cut_off + timedelta(days=line.pop("due"))
        said = replace(kept[measure], **line) if measure in kept else Action(**line)
        kept[measure] = record(folder, said, d, at=datetime.combine(day, time(2)), sample=True)


def file_name(sent: Sent) -> str:
    """Return the name under which a sample report is sent."""
    d = load()
    period = d.periods[sent.period]
    name = form_file_name(d.units[period.vintage, sent.unit_code], period)
    return name if sent.flaw is None else name.replace(".xlsx", "_1.xlsx")


def plan_reports(d: Definitions) -> Iterable[Sent]:
    """Yield who sends what and when: on time, late, wrong first and then corrected, revised, or never."""
    told = story()
    for n, name in enumerate(told["periods"]):
        period = d.periods[name]
        counts = {key: values[n] for key, values in told["by_period"].items()}
        dice = _dice(name)
        codes = [u.code for u in d.units.values() if u.vintage == period.vintage]
        # Who has a play area always reports, so that the shares of communes come out as told.
        absent = [c for c in codes if not _has_play_area(d, period, c) and c != told["stories"]["often_missing"]]
        dice.shuffle(absent)
        if told["stories"]["often_missing"] in codes:
            absent.insert(0, told["stories"]["often_missing"])
        missing = absent[: counts["missing"]]
        never_mended = missing[len(missing) - counts["never_mended"] :]
        present = [c for c in codes if c not in missing]
        dice.shuffle(present)
        late, corrected, revised = (
            _take(present, counts[key], offset) for key, offset in (("late", 0), ("corrected", 20), ("revised", 26))
        )
        for code in present:
            day = period.due_on + timedelta(days=dice.randint(2, 20) if code in late else -dice.randint(0, 5))
            if code in corrected:
                yield Sent(code, name, day, dice.choice(["blank", "sum", "personal"]))
                day += timedelta(days=dice.randint(2, 6))
            elif code in revised:
                yield Sent(code, name, day, "revised")
                day += timedelta(days=dice.randint(20, 50))
            yield Sent(code, name, day, None)
        for code in never_mended:
            yield Sent(code, name, period.due_on, "swapped")


def _take(items: list[str], count: int, offset: int) -> list[str]:
    return items[offset : offset + count]


def write_report(sent: Sent) -> bytes:
    """Return the workbook of one sample report."""
    d = load()
    period = d.periods[sent.period]
    unit = d.units[period.vintage, sent.unit_code]
    report = make_report(d, unit, period)
    report.reported_on = sent.reported_on
    if sent.flaw == "sum":
        report.figures = _changed(report.figures, "under6_insured_on_time", lambda v: 2 * v)
    elif sent.flaw == "revised":
        report.figures = _changed(report.figures, "under6_examined", lambda v: round(0.97 * v))
    elif sent.flaw == "blank":
        report.figures = [f for f in report.figures if f.measure != "children_under16"]
    elif sent.flaw == "swapped":
        area = PlayArea("Sân chơi trung tâm", None, "sân chơi", unit.lon, unit.lat, None, None, "đang hoạt động", None)
        report.play_areas = [area]
    elif sent.flaw == "personal":
        area = PlayArea("Bé Nguyễn Văn Mẫu tài trợ", None, "khác", unit.lat, unit.lon, None, None, "dự kiến", None)
        report.play_areas = [*(report.play_areas or []), area]
    return write_form(d, unit, period, report)


def _changed(figures: list[Figure], measure: str, change: Callable[[int], int]) -> list[Figure]:
    return [
        f._replace(value=change(f.value)) if (f.measure, f.population_group) == (measure, "total") and f.value else f
        for f in figures
    ]


def make_report(d: Definitions, unit: Unit, period: Period) -> Report:
    """Return a unit's sample report; a merged unit's is the sum of what its parts would have reported."""
    parts = _parts(d, unit)
    counts: dict[tuple[str, str], int] = {}
    tasks: dict[str, Decimal] = {}
    for part in parts:
        for key, value in _part_counts(d, part, period).items():
            counts[key] = counts.get(key, 0) + value
        for item, result in _part_tasks(part, period).items():
            kind = d.tasks[item].kind
            tasks[item] = max(tasks.get(item, Decimal(0)), result) if kind == "yes_no" else tasks.get(item, 0) + result
    figures = [
        Figure(None, "", m.measure, g, counts.get((m.measure, g), 0)) for m in d.measures.values() for g in m.groups
    ]
    return Report(
        unit_code=unit.code,
        vintage=unit.vintage,
        period=period.period,
        figures=figures,
        play_areas=[area for part in parts for area in _play_areas(d, part, period)],
        child_friendly=_child_friendly(d, unit, period),
        tasks=[TaskResult(d.tasks[i].task, i, tasks[i]) for i in d.tasks],
    )


@cache
def story() -> dict[str, Any]:
    """Return what the sample reports are made of."""
    return tomllib.loads((DATA / "demo" / "demo.toml").read_text(encoding="utf-8"))


@cache
def _people() -> dict[str, int]:
    with (DATA / "demo" / "population.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: int(row["people"]) for row in csv.DictReader(file)}


def _parts(d: Definitions, unit: Unit) -> list[Unit]:
    """Return the units of 2021 that a unit consists of."""
    if unit.code in _people() and unit.vintage == "2021":
        return [unit]
    return [d.units[v, c] for v, c, to_v, to_c in d.succession if (to_v, to_c) == (unit.vintage, unit.code)]


def _dice(*names: str) -> Random:
    return Random("-".join((story()["seed"], *names)))  # noqa: S311  sample data is no secret


def _progress_through_time(period: Period) -> float:
    periods = story()["periods"]
    return float(periods.index(period.period) / (len(periods) - 1))


def _part_counts(d: Definitions, unit: Unit, period: Period) -> dict[tuple[str, str], int]:
    told = story()
    town = unit.district_code in told["town_districts"]
    growth = told["yearly_growth_town"] if town else told["yearly_growth_remote"] if unit.border else 0.003
    years = period.year - 2020 - (0.5 if period.period.endswith("-H1") else 0)
    people = _people()[unit.code] * (1 + growth) ** years
    own = _dice(unit.code)
    counts: dict[tuple[str, str], int] = {}
    shares = _group_shares(unit, town)
    # Rounded down, few children would never be girls. The same for all measures of a year: so in each group a part is
    # no more than its whole, and a half-year no more than its year.
    chance = {group: _dice(unit.code, str(period.year), group).random() for group in shares}

    def put(measure: str, total: int, of: str | None = None, group_rate: float = 1.0) -> None:
        for group in d.measures[measure].groups:
            if group == "total":
                counts[measure, group] = total
            elif of is None:
                counts[measure, group] = int(total * shares[group] + chance[group])
            else:
                limit = counts.get((of, group), total)
                ratio = total / max(1, counts[of, "total"])
                likely = int(limit * ratio * (group_rate if group != "female" else 1) + chance[group])
                # So many of the group at least, or more than all of the others would have it.
                least = total - (counts[of, "total"] - limit)
                counts[measure, group] = max(least, min(total, limit, likely))

    for measure, share in told["stocks"].items():
        put(measure, round(people * share * own.uniform(0.97, 1.03)))
    counts["pupils", "total"] = max(
        counts["pupils", "total"],
        counts["pupils_primary", "total"] + counts["pupils_lower_secondary", "total"],
    )
    put("pupils", counts["pupils", "total"])
    for measure in ("children_under6", "children_age6"):
        put(measure, min(counts[measure, "total"], counts["children_under16", "total"]))
    part_of_year = 0.5 if period.period.endswith("-H1") else 1.0
    now = _dice(unit.code, period.period)
    put("decisions_child_related", now.choices([0, 1, 2, 3, 4, 6, 8], [4, 10, 20, 25, 20, 14, 7])[0])
    for measure, share in told["flows"].items():
        put(measure, _whole(people * share * part_of_year * now.uniform(0.85, 1.15), now))
    for measure, rate in told["rates"].items():
        value = _rate(unit, period, measure, rate)
        total = _whole(counts[rate["of"], "total"] * value, now)
        put(measure, min(counts[rate["of"], "total"], total), rate["of"], 1 - rate["penalty"])
    _spread_special(counts, now)
    return counts


def _whole(expected: float, dice: Random) -> int:
    """Return a whole number that is `expected` on average."""
    return int(expected) + (dice.random() < expected % 1)


def _group_shares(unit: Unit, town: bool) -> dict[str, float]:
    told = story()["group_shares"]
    kind = "difficult" if unit.extremely_difficult else "border" if unit.border else "town" if town else "rural"
    return {
        "female": told["female"],
        "disabled": told["disabled"],
        "ethnic_minority": told[f"minority_{kind}"],
    }


def _rate(unit: Unit, period: Period, measure: str, rate: dict[str, Any]) -> float:
    told = story()
    at = _progress_through_time(period)
    remote = (
        told["remoteness"]["border"] * unit.border
        + told["remoteness"]["extremely_difficult"] * unit.extremely_difficult
    )
    value = rate["first"] + (rate["last"] - rate["first"]) * at - rate["lag"] * remote * (1 - 0.7 * at)
    value += _dice(unit.code, measure).gauss(0, rate["noise"]) + _dice(unit.code, measure, period.period).gauss(
        0, rate["noise"] / 2
    )
    if period.period in rate.get("dips", ()):
        value *= 0.8
    if rate.get("slips") and unit.code == told["stories"]["slipped_town"] and at > 0.4:
        value -= 0.35 * at
    if rate.get("cumulative") and period.period.endswith("-H1"):
        value *= 0.52
    return min(1.0, max(0.0, float(value)))


def _spread_special(counts: dict[tuple[str, str], int], dice: Random) -> None:
    weights = story()["special"]
    groups = dice.choices(list(weights), list(weights.values()), k=counts["special_circumstances", "total"])
    for group in weights:
        counts[group, "total"] = groups.count(group)


@cache
def _opening_order() -> dict[str, int]:
    """Return each commune of 2021 by when it gets its first working play area."""
    last = story()["stories"]["without_play_area"]
    codes = [c for c in _people() if c not in last]
    _dice("play areas").shuffle(codes)
    return {code: n for n, code in enumerate([*codes, *last])}


def _has_play_area(d: Definitions, period: Period, code: str) -> bool:
    told = story()
    opened = told["by_period"]["with_play_area"][told["periods"].index(period.period)]
    parts = _parts(d, d.units[period.vintage, code])
    return any(_opening_order()[p.code] < opened for p in parts)


def _play_areas(d: Definitions, unit: Unit, period: Period) -> list[PlayArea]:
    """Return a commune's play areas; none is in operation before its turn to have one."""
    told = story()
    opened = told["by_period"]["with_play_area"]
    now = told["periods"].index(period.period)
    turn = _opening_order()[unit.code]
    has_one = turn < opened[now]
    opens_next = turn < opened[min(now + 1, len(opened) - 1)]
    dice = _dice(unit.code, "places")
    waiting = ["đang xây dựng"] if opens_next else dice.choice(told["waiting_play_areas"])
    extent = d.extents[unit.vintage, unit.code]
    areas = []
    for n in range(dice.randint(1, 6)):
        kind = dice.choice(list(told["play_area_names"]))
        words, hamlet = told["play_area_names"][kind]
        where = f"{hamlet} {dice.randint(1, 9)}"
        angle, distance = dice.uniform(0, 2 * pi), extent.inner_radius_m * sqrt(dice.random())
        lat = extent.inner_lat + distance * sin(angle) / _METRES_PER_DEGREE
        lon = extent.inner_lon + distance * cos(angle) / (_METRES_PER_DEGREE * cos(radians(lat)))
        later = dice.choice(["đang hoạt động", "đang hoạt động", "hư hỏng", "đang xây dựng"])
        area_m2 = Decimal(dice.randrange(150, 4000, 10))
        year, accessible = dice.randint(2005, 2020), dice.random() < 0.4
        if has_one or n < len(waiting):
            condition = waiting[n] if not has_one else later if n else "đang hoạt động"
            place = (f"{words} {where}", where, kind, round(lat, 6), round(lon, 6), area_m2)
            in_use = condition in ("đang hoạt động", "hư hỏng")
            areas.append(PlayArea(*place, year if in_use else None, condition, accessible))
    return areas


def _child_friendly(d: Definitions, unit: Unit, period: Period) -> ChildFriendly:
    told = story()
    index = told["periods"].index(period.period)
    codes = sorted(
        (u.code for u in d.units.values() if u.vintage == unit.vintage),
        key=lambda c: (d.units[unit.vintage, c].border, _dice(c, "friendly").random()),
    )
    order = codes.index(unit.code)
    own = [n for n, p in enumerate(told["periods"]) if d.periods[p].vintage == unit.vintage]
    first = next((n for n in own if order < told["by_period"]["registered"][n]), None)
    if first is None or first > index:
        return ChildFriendly(stage="none")
    registered_on = d.periods[told["periods"][first]].cut_off - timedelta(days=10 + order % 60)
    friendly = ChildFriendly("registered", registered_on, f"{order + 1:02d}/KH-UBND")
    if index - first < 2:
        return friendly
    dice = _dice(unit.code, "points")
    quality = min(0.98, 0.80 + 0.03 * (index - first) + dice.uniform(-0.05, 0.05))
    strength = {c: quality + dice.uniform(-0.12, 0.08) for c in d.criteria}
    points = {c: Decimal(int(most * Decimal(min(1.0, strength[c])))) for c, most in d.criteria.items()}
    weak = dice.choice([None, None, *d.criteria])
    if weak and index - first < dice.randint(3, 7):
        points[weak] = Decimal(0)
    criteria = [Criterion(c, most, points[c]) for c, most in d.criteria.items()]
    friendly = replace(friendly, stage="assessed", criteria=criteria)
    enough = sum(points.values()) >= d.recognition_points(unit, period.period)
    if index - first >= 4 and enough and all(points.values()):
        recognised_on = registered_on + timedelta(days=700)
        friendly = replace(
            friendly,
            stage="recognised",
            recognised_on=recognised_on,
            recognition_decision=f"{order + 101}/QĐ-UBND",
        )
    return friendly


def _part_tasks(unit: Unit, period: Period) -> dict[str, Decimal]:
    """Return plausible results of the plan's tasks."""
    dice, own = _dice(unit.code, period.period, "tasks"), _dice(unit.code, "tasks")
    part = 0.5 if period.period.endswith("-H1") else 1.0
    hamlets = own.randint(5, 14)
    covid = period.year <= 2022
    forum = int(dice.random() < (0.3 if period.year == 2021 else 0.75))
    recommendations = forum * dice.randint(3, 15)
    findings, oversight = dice.randint(0, 6), dice.randint(0, 4)
    budget = Decimal(round(own.uniform(20, 150) * part, 1)).quantize(Decimal("0.1"))
    under16 = round(_people()[unit.code] * story()["stocks"]["children_under16"])
    values: dict[str, float | Decimal] = {
        "documents_issued": dice.randint(1, 6),
        "events": round(part * dice.randint(4, 24)),
        "people_reached": round(part * dice.randint(300, 2500)),
        "leaflets": round(part * dice.randint(100, 1500)),
        "loudspeaker_slots": round(part * dice.randint(12, 90)),
        "officer_in_post": int(own.random() < 0.96),
        "officer_trained": int(dice.random() < 0.7),
        "hamlets": hamlets,
        "hamlets_with_collaborator": hamlets - own.randint(0, 3),
        "budget_allocated": budget,
        "budget_spent": (budget * Decimal(dice.randint(70, 100)) / 100).quantize(Decimal("0.1")),
        "land_reserved": dice.choice([0, 0, 0, 500, 1200]),
        "play_areas_built": dice.choice([0, 0, 0, 0, 1]),
        "action_programme_issued": int(period.year + own.random() >= 2021.5),
        "protection_programme_issued": int(period.year + own.random() >= 2021.5),
        "violence_plan_issued": int(period.year + own.random() >= 2021.8),
        "children_recorded": round(under16 * own.uniform(0.9, 1)),
        "special_records_updated": dice.randint(5, 40),
        "protective_interventions": dice.randint(0, 6),
        "epidemic_children_supported": dice.randint(5, 60) if covid else 0,
        "action_month_events": dice.randint(1, 5),
        "forum_held": forum,
        "forum_children": forum * dice.randint(40, 150),
        "forum_recommendations": recommendations,
        "recommendations_answered": round(recommendations * dice.uniform(0.6, 1)),
        "mid_autumn_gifts": 0 if part < 1 else dice.randint(80, 600),
        "inspections": dice.randint(0, 4),
        "findings": findings,
        "findings_resolved": dice.randint(0, findings),
        "oversight_sessions": dice.randint(0, 3),
        "oversight_recommendations": oversight,
        "oversight_resolved": dice.randint(0, oversight),
        "movement_hamlets": hamlets - own.randint(0, 4),
    }
    return {item: Decimal(str(value)) for item, value in values.items()}
