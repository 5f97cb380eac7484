"""Maps as pure functions: figures in, what is to be drawn out. Drawing itself is done in the browser by `map.js`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor
from typing import Any

import pandas as pd

from pages.shared import protection, tasks
from pages.shared.figures import STATUS_SIGNS, Figure, column, yes_or_no
from pages.shared.palette import (
    CONDITIONS_HELD,
    FILLS,
    INK,
    PALE_GREY,
    PAPER,
    PATTERNS,
    REPORT_STATES,
    SHADES,
    STAGES,
    TINTS,
)
from pages.shared.text import Text

_ORDER = ("missed", "near", "met", "half_year", "no_baseline", "no_target", "not_applicable", "masked", "not_reported")


@dataclass(frozen=True)
class MapClass:
    """Units that look the same: how they look, what that means, and how many they are."""

    label: str
    colour: str
    count: int
    sign: str = ""
    pattern: str | None = None
    ink: str = INK


@dataclass(frozen=True)
class Map:
    """`units` holds the number of each unit's class; `told`, unit by unit, what `lines` names as {0}, {1}, ...

    Numbers are written in the browser: {3:0/1} is the share of {0} in {1} to one decimal where no {3} says it
    otherwise, {1?one|several} a word that goes with a number. A line with nothing to be told is left out. `sizes` puts
    a disc on a unit, its area in proportion.
    """

    classes: list[MapClass]
    units: dict[str, int]
    told: Sequence[Sequence[Any]]
    lines: list[str]
    alt: str
    sizes: dict[str, int] = field(default_factory=dict)


def by_status(figures: Sequence[Figure], text: Text, title: str) -> Map:
    """Return each unit by how it stands against the target; every unit is in one class."""
    statuses = column(figures, "status")
    counts = Counter(statuses)
    numbers = {status: number for number, status in enumerate(s for s in _ORDER if s in counts)}
    classes = [
        MapClass(
            label=text("status." + status),
            colour=FILLS[STATUS_SIGNS[status][1]],
            count=counts[status],
            sign=STATUS_SIGNS[status][0],
            pattern=PATTERNS.get(status),
            ink=INK,
        )
        for status in numbers
    ]
    return _map(figures, text, classes, [numbers[s] for s in statuses], title)


def by_value(figures: Sequence[Figure], text: Text, title: str) -> Map:
    """Return each unit by its value in at most five classes of about as many units; zero is a class of its own."""
    values = sorted(float(f.row["value"]) for f in figures if f.has_value and f.row["numerator"])
    edges = class_edges(values)
    bands = list(pairwise(edges))
    labels = [
        text("map.band", low=text.number(low, 1), high=text.number(high, 1), unit=text.unit("%")) for low, high in bands
    ]
    zero = any(f.has_value and not f.row["numerator"] for f in figures)
    others = [s for s in ("not_applicable", "masked", "not_reported") if any(f.status == s for f in figures)]

    def class_of(figure: Figure) -> int:
        if not figure.has_value:
            return zero + len(bands) + others.index(figure.status)
        if not figure.row["numerator"]:
            return 0
        value = float(figure.row["value"])
        return zero + next(n for n, (_, high) in enumerate(bands) if value <= high or n == len(bands) - 1)

    numbers = [class_of(f) for f in figures]
    shades = SHADES[-len(bands) :] if bands else ()
    looks: list[dict[str, Any]] = [{"label": f"0{text.unit('%')}", "colour": PAPER, "sign": "0"}] if zero else []
    looks += [
        {"label": label, "colour": shade, "ink": PAPER if shade in SHADES[3:] else INK}
        for label, shade in zip(labels, shades, strict=True)
    ]
    looks += [
        {
            "label": text("status." + s),
            "colour": PALE_GREY,
            "pattern": PATTERNS[s],
            "sign": STATUS_SIGNS[s][0],
        }
        for s in others
    ]
    classes = [MapClass(count=numbers.count(n), **look) for n, look in enumerate(looks)]
    return _map(figures, text, classes, numbers, title)


def class_edges(values: Sequence[float], most: int = 5) -> list[float]:
    """Return the edges of at most `most` classes with about as many of the sorted `values` in each.

    Edges are whole tenths, the first not above the least value, the last not below the largest.
    """
    if not values:
        return []
    cuts = [values[min(len(values) - 1, round(n * len(values) / most))] for n in range(1, most)]
    low, high = floor(10 * values[0]) / 10, ceil(10 * values[-1]) / 10
    inner = [c for c in sorted({round(c, 1) for c in cuts}) if low < c < high]
    return [low, *inner, high]


# Farther away, a value with one decimal does not look like its target; half a tenth is rounded up.
_NEAR_TARGET = 0.051


def _map(figures: Sequence[Figure], text: Text, classes: list[MapClass], numbers: Sequence[int], title: str) -> Map:
    first = figures[0]
    units = dict(zip(column(figures, "unit_code"), numbers, strict=True))
    alt = _alt(text, title, classes)
    values, numerators, denominators = (column(figures, name) for name in ("value", "numerator", "denominator"))
    if first.is_yes_or_no:
        said = [None if v is None else yes_or_no(n, text) for v, n in zip(values, numerators, strict=True)]
        return Map(classes, units, [said], ["{0}"], alt)
    # Of a share of nobody nothing is told, though it has counts.
    told: list[list[int | str | None]] = [
        [None if value is None else int(count) for value, count in zip(values, counts, strict=True)]
        for counts in (numerators, denominators)
    ]
    told.append([int(gap) if gap else None for gap in column(figures, "gap")])
    target = first.target_value
    aim = None if target is None else float(target)
    near = {
        n: text.percent(int(numerators[n]), int(denominators[n]), target)
        for n, value in enumerate(values)
        if aim is not None and value is not None and value != aim and abs(value - aim) < _NEAR_TARGET
    }
    if near:
        told.append([near.get(n) for n in range(len(values))])
    one, several = (first.unit(count) for count in (1, 2))
    counted = [several if one == several else f"{{{n}?{one}|{several}}}" for n in (1, 2)]
    lines = [
        "{3:0/1}",
        f"{text('figure.of', numerator='{0}', denominator='{1}')} {counted[0]}",
        text("map.gap_line", gap=f"{{2}} {counted[1]}"),
    ]
    return Map(classes, units, told, lines, alt)


@dataclass(frozen=True)
class Condition:
    """What is asked of an indicator: `test` is `missed`, `met`, `below`, `at_least` (of `limit`) or `not_reported`."""

    test: str
    limit: float

    def holds(self, figure: Figure) -> bool | None:
        """Tell whether a figure is so, None where that cannot be told."""
        if self.test == "not_reported":
            return figure.status == "not_reported"
        if not figure.has_value:
            return None
        if self.test in ("met", "missed"):
            met = figure.row["met"]
            return None if met is None else bool(met) == (self.test == "met")
        below = 100 * int(figure.row["numerator"]) < Decimal(str(self.limit)) * int(figure.row["denominator"])
        return bool(below) == (self.test == "below")


def by_conditions(
    first: Sequence[Figure], second: Sequence[Figure], conditions: tuple[Condition, Condition], text: Text, title: str
) -> tuple[Map, list[Figure]]:
    """Return each unit by which of two conditions hold there, and the first figures of those where both do.

    `first` and `second` are figures of the same units.
    """
    others = {f.row["unit_code"]: f for f in second}
    pairs = [(f, others[f.row["unit_code"]]) for f in first]
    held = [(conditions[0].holds(f), conditions[1].holds(g)) for f, g in pairs]
    labels = {(True, True): "both", (True, False): "first", (False, True): "second", (False, False): "neither"}
    looks = {kind: (label, *CONDITIONS_HELD[kind]) for kind, label in labels.items()} | {
        None: ("unknown", PALE_GREY, "?")
    }
    kinds = [h if None not in h else None for h in held]
    classes = [
        MapClass(
            label=text(f"map.condition_class.{label}"),
            colour=colour,
            count=kinds.count(kind),
            sign=sign,
            pattern="stripes" if kind is None else None,
        )
        for kind, (label, colour, sign) in looks.items()
    ]
    numbers = list[object](looks)
    units = {f.row["unit_code"]: numbers.index(k) for f, k in zip(first, kinds, strict=True)}
    told = [[f.value() for f, _ in pairs], [g.value() for _, g in pairs]]
    shown = Map(classes, units, told, ["① {0}", "② {1}"], _alt(text, title, classes))
    return shown, [f for f, h in zip(first, held, strict=True) if h == (True, True)]


def _alt(text: Text, title: str, classes: Sequence[MapClass]) -> str:
    return text("map.alt", title=title, classes="; ".join(f"{c.label}: {text.number(c.count)}" for c in classes))


def by_stage(communes: pd.DataFrame, text: Text, title: str) -> Map:
    """Return each commune by its stage; `communes` has unit_code, stage, score, threshold and points_short."""
    stages = communes["stage"].fillna("not_reported")
    classes = [
        MapClass(text(f"stage.{stage}"), colour, int((stages == stage).sum()), sign, ink=ink)
        for stage, (colour, sign, ink) in STAGES.items()
    ]
    missing = int((stages == "not_reported").sum())
    classes.append(MapClass(text("status.not_reported"), PALE_GREY, missing, "?", "stripes"))
    numbers = [*STAGES, "not_reported"]
    units = {code: numbers.index(stage) for code, stage in zip(communes["unit_code"], stages, strict=True)}
    told: list[list[str | None]] = [
        [None if pd.isna(score) else text.number(score) for score in communes["score"]],
        [text.number(threshold) for threshold in communes["threshold"]],
        [text.number(short) if short > 0 else None for short in communes["points_short"]],
    ]
    lines = [text("stage.points_line", score="{0}", threshold="{1}"), text("stage.short_line", points="{2}")]
    return Map(classes, units, told, lines, _alt(text, title, classes))


def by_report_state(communes: pd.DataFrame, text: Text, title: str) -> Map:
    """Return each unit by how its report stands; all states are told, also those of no unit.

    `communes` has unit_code, state, first_reported_on, last_received_at and errors.
    """
    classes = [
        MapClass(
            text(f"report.{state}"),
            colour,
            int((communes["state"] == state).sum()),
            sign,
            PATTERNS["not_reported"] if state == "missing" else None,
            ink,
        )
        for state, (colour, sign, ink) in REPORT_STATES.items()
    ]
    numbers = list(REPORT_STATES)
    units = {code: numbers.index(state) for code, state in zip(communes["unit_code"], communes["state"], strict=True)}
    rejected = [row if row.state == "rejected" else None for row in communes.itertuples()]
    told: list[list[str | None]] = [
        [None if pd.isna(day) else text.date(day) for day in communes["first_reported_on"]],
        [row and text.date(row.last_received_at) for row in rejected],
        [row and text("report.errors_line", count=int(row.errors)) for row in rejected],
    ]
    lines = [
        text("report.dated_line", day="{0}"),
        text("report.returned_line", day="{1}"),
        "{2}",
    ]
    return Map(classes, units, told, lines, _alt(text, title, classes))


def by_count(rows: Sequence[dict[str, Any]], text: Text, title: str) -> Map:
    """Return each unit by its count in at most five classes; zero, masked and not reported are told in any case.

    `rows` are those of one measure of the question `protection_units`.
    """
    values = sorted(int(r["value"]) for r in rows if r["state"] == "shown" and r["value"])
    cuts = [values[min(len(values) - 1, round(n * len(values) / 5))] for n in range(5)] if values else []
    lows = sorted(set(cuts))
    bands = [(low, high - 1) for low, high in pairwise([*lows, values[-1] + 1 if values else 0])]
    shades = SHADES[-len(bands) :] if bands else ()

    def class_of(row: dict[str, Any]) -> int:
        if row["state"] != "shown":
            return 1 + len(bands) + others.index(row["state"])
        return next((n for n, (_, high) in enumerate(bands, start=1) if 0 < row["value"] <= high), 0)

    others = ["masked", "not_reported"]
    numbers = [class_of(r) for r in rows]
    looks: list[dict[str, Any]] = [{"label": text("protection.zero"), "colour": PAPER, "sign": "0"}]
    looks += [
        {
            "label": text.number(low) if low == high else f"{text.number(low)}–{text.number(high)}",
            "colour": shade,
            "ink": PAPER if shade in SHADES[3:] else INK,
        }
        for (low, high), shade in zip(bands, shades, strict=True)
    ]
    looks += [
        {"label": text("status." + s), "colour": PALE_GREY, "pattern": PATTERNS[s], "sign": STATUS_SIGNS[s][0]}
        for s in others
    ]
    classes = [MapClass(count=numbers.count(n), **look) for n, look in enumerate(looks)]
    units = {r["unit_code"]: number for r, number in zip(rows, numbers, strict=True)}
    told = [[protection.count_in_words(r, text) for r in rows]]
    return Map(classes, units, told, ["{0}"], _alt(text, title, classes))


def by_task(rows: Sequence[dict[str, Any]], task: tasks.Task, text: Text) -> Map:
    """Return each commune by how it stands with a whole task; `rows` are those of the question `task_units`."""
    by_unit = tasks.rows_by_unit(rows)
    states = [own[0]["task_status"] for own in by_unit.values()]
    classes = [
        MapClass(
            text("tasks.state." + state),
            FILLS[colour],
            states.count(state),
            sign,
            PATTERNS.get(state),
        )
        for state, (sign, colour) in tasks.STATE_SIGNS.items()
    ]
    numbers = list(tasks.STATE_SIGNS)
    labels = {e.definition.numerator: e.label for e in task.expectations}

    def named(own: list[dict[str, Any]], status: str) -> str | None:
        return "; ".join(labels[r["expectation"]] for r in own if r["status"] == status) or None

    units = {code: numbers.index(state) for code, state in zip(by_unit, states, strict=True)}
    named_by = ("met", "missed", "not_reported")
    told = [[named(own, status) for own in by_unit.values()] for status in named_by]
    lines = [f"{STATUS_SIGNS[status][0]} {{{n}}}" for n, status in enumerate(named_by)]
    return Map(classes, units, told, lines, _alt(text, task.title(), classes))


def by_left_out(figures: Sequence[Figure], text: Text, title: str) -> Map:
    """Return each commune by its part in closing the province's gap, with a disc as large as what it leaves out.

    The rows of `figures` are those of the question `left_out`.
    """
    looks = {
        "closing": (FILLS["red"], "◆", None),
        "left_out": (TINTS["orange"], "", None),
        "none_left_out": (PAPER, "✓", None),
        "not_applicable": (PALE_GREY, "∅", "dots"),
        "not_reported": (PALE_GREY, "?", "stripes"),
    }

    def kind(figure: Figure) -> str:
        if figure.status in ("not_reported", "not_applicable"):
            return figure.status
        if figure.row["in_closing_set"]:
            return "closing"
        return "left_out" if figure.row["left_out"] else "none_left_out"

    kinds = [kind(f) for f in figures]
    classes = [
        MapClass(text(f"gaps.class.{k}"), colour, kinds.count(k), sign, pattern)
        for k, (colour, sign, pattern) in looks.items()
    ]
    numbers = list(looks)
    units = {f.row["unit_code"]: numbers.index(k) for f, k in zip(figures, kinds, strict=True)}
    told: list[list[str | None]] = [
        [left_out(f, text) for f in figures],
        [f.value() for f in figures],
        [f.counts() or None for f in figures],
    ]
    lines = [text("gaps.left_out_line", left_out="{0}"), "{1}", "{2}"]
    sizes = {f.row["unit_code"]: int(f.row["left_out"]) for f in figures if f.row["left_out"]}
    return Map(classes, units, told, lines, _alt(text, title, classes), sizes)


def left_out(figure: Figure, text: Text) -> str | None:
    """Return how many are left out with what is counted, None where it cannot be told."""
    count = figure.row["left_out"]
    return None if count is None else f"{text.number(int(count))} {left_out_unit(figure, text, int(count))}"


def left_out_unit(figure: Figure, text: Text, count: int = 2) -> str:
    """Return what is counted as left out: what the indicator counts, for a share of communes their children."""
    if figure.indicator.kind == "share_of_communes":
        return text("unit.children", count=count)
    return figure.unit(count)
