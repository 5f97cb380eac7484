"""Maps as pure functions: figures in, what is to be drawn out. Drawing itself is done in the browser by `map.js`."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, pairwise
from math import ceil, cos, floor, log2, radians
from typing import Any

import pandas as pd

from etl.harmless import harmless
from pages.shared import protection, tasks
from pages.shared.figures import STATUS_SIGNS, Figure, column, yes_or_no
from pages.shared.palette import (
    CONDITIONS,
    CONDITIONS_HELD,
    FILLS,
    GREY,
    INK,
    LINE_GREY,
    PALE_GREY,
    PAPER,
    PATTERNS,
    REPORT_STATES,
    SHADES,
    STAGES,
    TINTS,
    rgb,
)
from pages.shared.text import Text

_ORDER = ("missed", "near", "met", "no_baseline", "no_target", "not_applicable", "masked", "not_reported")


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
    """`units` holds for each unit the number of its class, then what `lines` names as {0}, {1}, ...

    Numbers are written in the browser: {3:0/1} is the share of {0} in {1} to one decimal where {3} does not say it
    otherwise, {1?one|several} a word that goes with a number. `sizes` puts a disc on a unit, its area in proportion.
    """

    classes: list[MapClass]
    units: dict[str, list[Any]]
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


# Farther away, no rounding to one decimal makes a value look like its target.
_NEAR_TARGET = 0.1


def _map(figures: Sequence[Figure], text: Text, classes: list[MapClass], numbers: Sequence[int], title: str) -> Map:
    first = figures[0]
    in_words = first.is_yes_or_no
    names = ("unit_code", "value", "target_value", "numerator", "denominator", "gap")
    units: dict[str, list[Any]] = {}
    rows = zip(numbers, *(column(figures, name) for name in names), strict=True)
    for number, code, value, target, numerator, denominator, gap in rows:
        if value is None:
            units[code] = [number]
        elif in_words:
            units[code] = [number, yes_or_no(numerator, text)]
        else:
            units[code] = own = [number, int(numerator), int(denominator)]
            is_near = target is not None and abs(float(value) - float(target)) < _NEAR_TARGET
            if gap or is_near:
                own.append(int(gap or 0) or None)
            if is_near:
                own.append(text.percent(own[1], own[2], Decimal(str(target))))
    lines = ["{0}"]
    if not in_words:
        one, several = (first.unit(count) for count in (1, 2))
        counted = [several if one == several else f"{{{n}?{one}|{several}}}" for n in (1, 2)]
        lines = [
            "{3:0/1}",
            f"{text('figure.of', numerator='{0}', denominator='{1}')} {counted[0]}",
            text("map.gap_line", gap=f"{{2}} {counted[1]}"),
        ]
    return Map(classes, units, lines, _alt(text, title, classes))


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
    units = {
        f.row["unit_code"]: [numbers.index(k), f.value(), g.value()] for (f, g), k in zip(pairs, kinds, strict=True)
    }
    shown = Map(classes, units, ["① {0}", "② {1}"], _alt(text, title, classes))
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
    units = {
        row.unit_code: [
            numbers.index(stage),
            None if pd.isna(row.score) else text.number(row.score),
            text.number(row.threshold),
            text.number(row.points_short) if row.points_short > 0 else None,
        ]
        for row, stage in zip(communes.itertuples(), stages, strict=True)
    }
    lines = [text("stage.points_line", score="{0}", threshold="{1}"), text("stage.short_line", points="{2}")]
    return Map(classes, units, lines, _alt(text, title, classes))


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
    units = {
        row.unit_code: [
            numbers.index(row.state),
            None if pd.isna(row.first_reported_on) else text.date(row.first_reported_on),
            text.date(row.last_received_at) if row.state == "rejected" else None,
            text("report.errors_line", count=int(row.errors)) if row.state == "rejected" else None,
        ]
        for row in communes.itertuples()
    }
    lines = [
        text("report.dated_line", day="{0}"),
        text("report.returned_line", day="{1}"),
        "{2}",
    ]
    return Map(classes, units, lines, _alt(text, title, classes))


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
    units = {
        r["unit_code"]: [number, protection.count_in_words(r, text)] for r, number in zip(rows, numbers, strict=True)
    }
    return Map(classes, units, ["{0}"], _alt(text, title, classes))


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

    units = {
        code: [numbers.index(state), named(own, "met"), named(own, "missed"), named(own, "not_reported")]
        for (code, own), state in zip(by_unit.items(), states, strict=True)
    }
    lines = [f"{STATUS_SIGNS[s][0]} {{{n}}}" for n, s in enumerate(("met", "missed", "not_reported"))]
    return Map(classes, units, lines, _alt(text, task.title(), classes))


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
    units = {}
    for figure, k in zip(figures, kinds, strict=True):
        words = left_out(figure, text)
        units[figure.row["unit_code"]] = [numbers.index(k), words, figure.value(), figure.counts() or None]
    lines = [text("gaps.left_out_line", left_out="{0}"), "{1}", "{2}"]
    sizes = {f.row["unit_code"]: int(f.row["left_out"]) for f in figures if f.row["left_out"]}
    return Map(classes, units, lines, _alt(text, title, classes), sizes)


def left_out(figure: Figure, text: Text) -> str | None:
    """Return how many are left out with what is counted, None where it cannot be told."""
    count = figure.row["left_out"]
    return None if count is None else f"{text.number(int(count))} {left_out_unit(figure, text, int(count))}"


def left_out_unit(figure: Figure, text: Text, count: int = 2) -> str:
    """Return what is counted as left out: what the indicator counts, for a share of communes their children."""
    if figure.indicator.kind == "share_of_communes":
        return text("unit.children", count=count)
    return figure.unit(count)


_DECK_PX = 450
# From a commune's point to its outer edge.
_MARGIN_DEGREES = 0.08
KIND_SIGNS = "■●▲◆★▼✚"
CONDITION_SIGNS = ("", "✗", "…", "+")
"""In the order of `palette.CONDITIONS`, so that the colour of a ring is not the only one to tell."""


def play_area_deck(
    outlines: str,
    communes: pd.DataFrame,
    sites: pd.DataFrame,
    text: Text,
    kinds: Sequence[str],
    conditions: Sequence[str],
) -> Any:
    """Return every play area as a point by kind and condition, over the communes with and without.

    Without real outlines the communes are discs at their own points: a schematic place would belie the points.
    """
    import pydeck as pdk
    from pydeck.types import String

    fills = {1: rgb(TINTS["green"]), 0: rgb(TINTS["red"]), None: rgb(PALE_GREY)}
    has = [None if pd.isna(h) else int(h) for h in communes["has_play_area"]]
    shapes = communes[["unit_code", "name", "lat", "lon"]].assign(
        fill=[fills[h] for h in has],
        sign=[{1: "", 0: "✗", None: "?"}[h] for h in has],
        said=[text("play.commune_tip." + {1: "with", 0: "without", None: "unknown"}[h]) for h in has],
        ring=communes["unit_code"].map(polygons(outlines)),
    )
    points = sites.dropna(subset=["lat", "lon"])
    colours = {c: rgb(colour) for c, colour in zip(conditions, CONDITIONS, strict=True)}
    points = points[["name", "lat", "lon"]].assign(
        # What begins with @@ deck.gl would take for a command to itself.
        name=points["name"].map(harmless),
        said=[
            "\n".join(
                filter(None, (f"{r.kind}, {r.condition}", r.hamlet if isinstance(r.hamlet, str) else "", r.unit_name))
            )
            for r in points.itertuples()
        ],
        sign=[
            KIND_SIGNS[kinds.index(k)] + CONDITION_SIGNS[conditions.index(c)]
            for k, c in zip(points["kind"], points["condition"], strict=True)
        ],
        line=[colours[c] for c in points["condition"]],
        fill=[
            colours[c] if counts else rgb(PAPER)
            for c, counts in zip(points["condition"], points["counts"], strict=True)
        ],
        ink=[
            rgb(PAPER) if counts else colours[c]
            for c, counts in zip(points["condition"], points["counts"], strict=True)
        ],
    )
    where = {"get_position": ["lon", "lat"]}
    if shapes["ring"].isna().any():
        ground = pdk.Layer(
            "ScatterplotLayer",
            shapes.drop(columns="ring"),
            id="communes",
            get_fill_color="fill",
            get_radius=1500,
            stroked=True,
            get_line_color=rgb(GREY),
            line_width_min_pixels=1,
            pickable=True,
            **where,
        )
    else:
        ground = pdk.Layer(
            "PolygonLayer",
            shapes,
            id="communes",
            get_polygon="ring",
            get_fill_color="fill",
            stroked=True,
            get_line_color=rgb(GREY),
            line_width_min_pixels=1,
            pickable=True,
            auto_highlight=True,
        )
    layers = [
        ground,
        pdk.Layer(
            "TextLayer",
            shapes[["lat", "lon", "sign"]],
            id="signs",
            get_text="sign",
            get_size=15,
            get_color=rgb(LINE_GREY),
            character_set=String("auto"),
            **where,
        ),
        pdk.Layer(
            "ScatterplotLayer",
            points,
            id="sites",
            get_fill_color="fill",
            get_line_color="line",
            stroked=True,
            radius_units=String("pixels"),
            get_radius=8,
            line_width_units=String("pixels"),
            get_line_width=2,
            pickable=True,
            **where,
        ),
        pdk.Layer(
            "TextLayer",
            points[["lat", "lon", "sign", "ink"]],
            id="kinds",
            get_text="sign",
            get_size=10,
            get_color="ink",
            character_set=String("auto"),
            **where,
        ),
    ]
    view = pdk.ViewState(**_camera(communes))
    return pdk.Deck(layers=layers, initial_view_state=view, map_provider=None, tooltip={"text": "{name}\n{said}"})


def _camera(communes: pd.DataFrame) -> dict[str, float]:
    """Return where to look from so that all communes are seen on a map of `_DECK_PX` in both directions."""
    south, north = communes["lat"].min() - _MARGIN_DEGREES, communes["lat"].max() + _MARGIN_DEGREES
    west, east = communes["lon"].min() - _MARGIN_DEGREES, communes["lon"].max() + _MARGIN_DEGREES
    lat = (south + north) / 2
    # The world is 512 pixels wide at zoom 0.
    widest = max(east - west, (north - south) / cos(radians(lat)))
    return {"latitude": lat, "longitude": (west + east) / 2, "zoom": log2(_DECK_PX * 360 / (512 * widest))}


# Of both vintages: to write them out takes longer than the rest of the page.
@lru_cache(maxsize=2)
def polygons(outlines: str) -> dict[str, list[list[list[float]]]]:
    """Return the rings of each unit in degrees, none for a schematic drawing."""
    drawn = json.loads(outlines)
    if drawn.get("schematic"):
        return {}
    (west, north), (step_x, step_y) = drawn["origin"], drawn["scale"]

    def ring(flat: list[int]) -> list[list[float]]:
        xs, ys = accumulate(flat[::2]), accumulate(flat[1::2])
        return [[round(west + x * step_x, 5), round(north - y * step_y, 5)] for x, y in zip(xs, ys, strict=True)]

    return {code: [ring(r) for r in rings] for code, rings in drawn["units"].items()}
