"""What the province decided and knows, read from `data/` and checked once."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from etl.plan_tasks import PlanTask

DATA = Path(os.environ.get("CHILD_DASHBOARD_DATA") or Path(__file__).resolve().parent.parent / "data")
"""The folder of definitions; another province names its own in the environment variable."""
GROUPS = ("total", "female", "ethnic_minority", "disabled")
# Of these the palette of the pages knows what they look like.


class DefinitionError(Exception):
    """The files under `data/` contradict themselves; the message lists all contradictions."""


@dataclass(frozen=True)
class Vintage:
    name: str
    in_force_from: date
    label_vi: str
    label_en: str


@dataclass(frozen=True)
class Period:
    """A half-year `2021-H1` or a year `2021`.

    `period_before` is the last cut-off before this one, `year_before` the same cut-off one year earlier.
    """

    period: str
    year: int
    cut_off: date
    due_on: date
    vintage: str
    period_before: str
    year_before: str

    @property
    def name(self) -> tuple[str, str]:
        """Return what the period is called within a sentence, in Vietnamese and in English."""
        if self.period.endswith("-H1"):
            return f"6 tháng đầu năm {self.year}", f"first half of {self.year}"
        return f"năm {self.year}", str(self.year)


@dataclass(frozen=True)
class Unit:
    vintage: str
    code: str
    name: str
    unit_type: str
    district_code: str | None
    district: str | None
    lat: float
    lon: float
    border: bool
    extremely_difficult: bool


@dataclass(frozen=True)
class FormerName:
    """A name that a unit bore until `last_day`, in the district's name of that time."""

    vintage: str
    code: str
    name: str
    unit_type: str
    district: str
    last_day: date


@dataclass(frozen=True)
class Extent:
    """A unit's bounds in degrees, the largest circle that fits into its outline, and the hull that it lies in.

    `hull` is convex, its corners (latitude, longitude) counter-clockwise, and leaves some room for how exactly a
    telephone measures.
    """

    south: float
    west: float
    north: float
    east: float
    inner_lat: float
    inner_lon: float
    inner_radius_m: int
    hull: tuple[tuple[float, float], ...]

    def may_hold(self, lat: float, lon: float) -> bool:
        """Tell whether a place lies in the hull, on the left of each of its sides."""
        corners = zip(self.hull, (*self.hull[1:], *self.hull[:1]), strict=True)
        return all((d - b) * (lat - a) >= (c - a) * (lon - b) for (a, b), (c, d) in corners)


@dataclass(frozen=True)
class Measure:
    """A figure that is reported from `first_year` on. `flow` is `stock` (as of the cut-off day) or `cumulative`.

    `unit_one_en` is what a single one of `unit_en` is called; Vietnamese has one form.
    """

    code: str
    measure: str
    label_vi: str
    label_en: str
    unit_vi: str
    unit_en: str
    unit_one_en: str
    groups: tuple[str, ...]
    flow: str
    required: bool
    may_not_arise: bool
    sensitive: bool
    first_year: int = 0


@dataclass(frozen=True)
class MeasureRule:
    """`measure` must compare so with the `aggregate` (`sum` or `max`) of the operands."""

    measure: str
    comparator: str
    aggregate: str
    operands: tuple[str, ...]


@dataclass(frozen=True)
class TaskItem:
    """A result of one of the plan's tasks, reported from `first_year` on. `kind` is `count`, `yes_no` or `amount`."""

    code: str
    task: int
    item: str
    label_vi: str
    label_en: str
    unit_vi: str
    unit_en: str
    unit_one_en: str
    kind: str
    first_year: int = 0


@dataclass(frozen=True)
class Indicator:
    """What a target is measured by.

    `kind` is `ratio` (of two measures) or `share_of_communes`. `across_reform` says how a merged unit gets
    its value for the time before it existed: `sum` of its parts, `any` of its parts, or `anew` (none).
    """

    indicator: str
    label_vi: str
    label_en: str
    short_vi: str
    short_en: str
    numerator: str
    denominator: str
    kind: str
    direction: str
    groups: tuple[str, ...]
    across_reform: str


@dataclass(frozen=True)
class Target:
    """What a plan asks of an indicator; `value` is a percentage, None where the share is to be `rising`."""

    plan_year: int
    number: int
    indicator: str
    comparator: str
    value: Decimal | None


@dataclass(frozen=True)
class PlanTarget:
    number: int
    label_vi: str
    label_en: str
    wording_vi: str
    wording_en: str
    indicators: tuple[Target, ...]


@dataclass(frozen=True)
class Plan:
    """A year's plan; it holds until a later one. `near_margin` is in percentage points.

    `horizon` is the year in which the targets are to be reached at the latest: pace is judged by it.
    """

    year: int
    name_vi: str
    name_en: str
    near_margin: Decimal
    horizon: int
    targets: tuple[PlanTarget, ...]
    tasks: tuple[PlanTask, ...]


@dataclass(frozen=True)
class Statistics:
    """Thresholds of the statistics, as `statistics.toml` explains them."""

    z_inner: float
    z_outer: float
    pace_on_track: float
    pace_acceleration_needed: float
    pace_limited_progress: float
    pace_latest_year: int
    trend_years: int
    trend_chi_square: float
    outlier_score: float
    outlier_figures: int
    outlier_years: int
    outlier_denominator: int


@dataclass(frozen=True)
class Method:
    """How a figure comes about, in plain words. Formulas are LaTeX; an example is a text with {placeholders}."""

    method: str
    title_vi: str
    title_en: str
    words_vi: str
    words_en: str
    formulas: tuple[str, ...]
    example_vi: str
    example_en: str
    source_vi: str
    source_en: str


@dataclass(frozen=True)
class RecognitionRule:
    """How many points a commune needs to be recognised as child-friendly, where all conditions hold."""

    points: Decimal
    unit_types: tuple[str, ...] = ()
    extremely_difficult: bool | None = None
    in_force_from: date = date.min

    def fits(self, unit: Unit, day: date) -> bool:
        """Tell whether the rule holds for `unit` on `day`."""
        return (
            (not self.unit_types or unit.unit_type in self.unit_types)
            and self.extremely_difficult in (None, unit.extremely_difficult)
            and self.in_force_from <= day
        )


@dataclass(frozen=True)
class Rule:
    """A rule that reports are held against, and its message in both languages."""

    rule: str
    severity: str
    vi: str
    en: str


@dataclass(frozen=True)
class Office:
    """An office that can be made responsible; `last_day` None means that it exists."""

    office: str
    name_vi: str
    name_en: str
    last_day: date | None = None

    def exists_on(self, day: date) -> bool:
        return self.last_day is None or day <= self.last_day


@dataclass(frozen=True, eq=False)
class Definitions:
    """All definitions. `form`, `province` and `personal_data` keep the shape of their files."""

    province: dict[str, Any]
    form: dict[str, Any]
    vintages: tuple[Vintage, ...]
    periods: dict[str, Period]
    units: dict[tuple[str, str], Unit]
    former_names: tuple[FormerName, ...]
    extents: dict[tuple[str, str], Extent]
    succession: tuple[tuple[str, str, str, str], ...]
    measures: dict[str, Measure]
    measure_rules: tuple[MeasureRule, ...]
    tasks: dict[str, TaskItem]
    criteria: dict[int, Decimal]
    recognition: tuple[RecognitionRule, ...]
    indicators: dict[str, Indicator]
    plans: tuple[Plan, ...]
    statistics: Statistics
    methods: dict[str, Method]
    rules: dict[str, Rule]
    offices: dict[str, Office]
    personal_data: dict[str, Any]

    def plan_of(self, period: str) -> Plan:
        """Return the plan in force in a period: the last one until then, else the first."""
        year = self.periods[period].year
        return next((p for p in reversed(self.plans) if p.year <= year), self.plans[0])

    def asked(self, period: str | None) -> set[str]:
        """Return what a report of a period is asked for: measures, and items of tasks as `task.<item>`.

        A form of earlier years does not have what was added later. Of an unknown period, everything is asked for.
        """
        year = self.periods[period].year if period else None
        names = self.measures | {f"task.{t.item}": t for t in self.tasks.values()}
        return {name for name, item in names.items() if year is None or item.first_year <= year}

    def name_of(self, unit: Unit, day: date) -> Unit | FormerName:
        """Return what bears the unit's name, kind and district as they were on `day`."""
        former = self._former_names.get((unit.vintage, unit.code))
        if former is None:
            return unit
        return min((n for n in former if day <= n.last_day), key=lambda n: n.last_day, default=unit)

    @property
    def reform_on(self) -> date:
        """Return the day from which the newest units are in force."""
        return max(v.in_force_from for v in self.vintages)

    @cached_property
    def _former_names(self) -> dict[tuple[str, str], list[FormerName]]:
        names: dict[tuple[str, str], list[FormerName]] = {}
        for name in self.former_names:
            names.setdefault((name.vintage, name.code), []).append(name)
        return names

    def recognition_points(self, unit: Unit, period: str) -> Decimal:
        """Return the points that recognition as child-friendly needs of `unit` on the period's cut-off day."""
        return next(r.points for r in self.recognition if r.fits(unit, self.periods[period].cut_off))

    def rollup(self) -> list[tuple[str, str, str, str]]:
        """Return (from_vintage, from_code, to_vintage, to_code): each unit in itself and in all it went into."""
        successor = {(v, c): (to_v, to_c) for v, c, to_v, to_c in self.succession}
        rows = []
        for key in self.units:
            reached: tuple[str, str] | None = key
            while reached is not None:
                rows.append((*key, *reached))
                reached = successor.get(reached)
        return rows

    def code_in(self, vintage: str, code: str, other_vintage: str) -> str | None:
        """Return the unit of another vintage that a unit is or became part of; None where there was none yet."""
        return self._codes_in.get((vintage, code, other_vintage))

    @cached_property
    def _codes_in(self) -> dict[tuple[str, str, str], str]:
        return {(v, code, to_v): to_code for v, code, to_v, to_code in self.rollup()}


@cache
def load(folder: Path = DATA) -> Definitions:
    """Read and check all definitions in `folder`; raise `DefinitionError` naming what is missing or contradictory."""
    # Both know what is defined above.
    from etl.contradictions import contradictions
    from etl.definition_files import read, unexplained

    definitions = read(folder)
    found = [*contradictions(definitions), *unexplained(folder, definitions)]
    if found:
        raise DefinitionError(f"{folder}:\n" + "\n".join(f"- {c}" for c in found))
    return definitions


def local_time(moment: datetime) -> datetime:
    """Return a moment in UTC in the province's own time."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(load().province["timezone"]))
