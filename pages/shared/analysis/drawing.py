"""What is drawn of a pivot, whatever draws it: numbers under names, or a map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from etl.definitions import load
from pages.shared import maps
from pages.shared.analysis.answer import Row
from pages.shared.analysis.choice import AREAS, Choice, kinds_of
from pages.shared.analysis.labels import item_label, unit_label
from pages.shared.analysis.pivot import MARKED, Pivot, merged, number
from pages.shared.analysis.wording import cell_unit, words
from pages.shared.figures import STATUS_SIGNS, Figure
from pages.shared.palette import BLUE, FILLS
from pages.shared.text import Text

MOST_BARS = 30
MOST_LINES = 8
MOST_PANELS = 24
MOST_NAMES = 40


@dataclass(frozen=True)
class Point:
    """A number under a name, in words, and how it stands; `value` None where there is none."""

    name: str
    value: float | None
    words: str
    status: str

    @property
    def colour(self) -> str:
        return FILLS[STATUS_SIGNS[self.status][1]] if self.status in MARKED else BLUE

    @property
    def sign(self) -> str:
        """Return what tells the status where the colour does."""
        return STATUS_SIGNS[self.status][0] if self.status in MARKED else ""


@dataclass(frozen=True)
class Pair:
    """A place in a scatter, with its name and both numbers in words."""

    name: str
    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Focus:
    """The item, period and group that a drawing is about."""

    item: str
    period: str
    group: str

    def fits(self, row: Row) -> bool:
        return (row["item"], row["period"], row["population_group"]) == (self.item, self.period, self.group)


@dataclass(frozen=True)
class Drawing:
    """Points, series of points, or pairs, as `kind` asks; or the key of the text that says why there is nothing.

    `unit` is what the numbers of points count; `left_out` is how many rows there was no room for.
    """

    kind: str
    title: str
    points: Sequence[Point] = ()
    series: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    pairs: Sequence[Pair] = ()
    axes: tuple[str, str] = ("", "")
    unit: str = ""
    map: maps.Map | None = None
    target: float | None = None
    left_out: int = 0
    problem: str = ""


def focus_of(pivot: Pivot) -> Focus:
    """Return what the chosen column is about; the last period and the first of all else that it does not name."""
    choice = pivot.choice
    named = dict(zip(pivot.dimensions, pivot.column or (), strict=False))
    return Focus(
        named.get("item", choice.items[0]),
        named.get("period", choice.periods[-1]),
        named.get("group", choice.groups[0]),
    )


def drawn(pivot: Pivot, rows: Sequence[Row], text: Text) -> Drawing:
    """Return what is drawn; `rows` are those of the units that fulfil the conditions, of every item asked for."""
    choice, focus = pivot.choice, focus_of(pivot)
    said = [item_label(focus.item, text), text.period(focus.period), text(f"group.{focus.group}")]
    if choice.chart in ("line", "multiples"):
        said.remove(text.period(focus.period))
    if choice.cell != "value":
        said.insert(1, text(f"analysis.cell.{choice.cell}"))
    items = choice.items if choice.rows == "item" else (focus.item,)
    units = dict.fromkeys(cell_unit(item, choice.cell, text) for item in items)
    empty = Drawing(choice.chart, " · ".join(said), unit=", ".join(units))
    if not pivot.rows:
        return replace(empty, problem="analysis.nothing_to_draw")
    if choice.chart in ("line", "multiples"):
        return _over_time(empty, pivot, rows, focus, text)
    own = [r for r in rows if focus.fits(r)]
    if choice.chart == "scatter":
        return _scatter(empty, choice, own, rows, focus, text)
    if choice.chart == "box":
        return _boxes(empty, choice, own, rows, focus, text)
    if choice.chart == "map":
        return _map(empty, choice, own, text)
    return _bars(empty, pivot, text)


def _point(name: str, row: Row | None, cell: str, text: Text) -> Point:
    if row is None:
        return Point(name, None, "", "not_applicable")
    return Point(name, number(row, cell), words(row, cell, text), row["status"])


def _bars(empty: Drawing, pivot: Pivot, text: Text) -> Drawing:
    cell, column = pivot.choice.cell, pivot.column or ()
    own = [(row, found) for row in pivot.rows if (found := pivot.cells.get((row, column)))]
    points = [_point(pivot.row_label(row, text), found, cell, text) for row, found in own]
    valued = [p for p in points if p.value is not None]
    targets = {found["target_value"] for _, found in own}
    target = targets.pop() if cell == "value" and len(targets) == 1 else None
    return replace(
        empty,
        points=_apart(valued[:MOST_BARS]),
        target=None if target is None else float(target),
        left_out=max(0, len(valued) - MOST_BARS),
        problem="" if valued else "analysis.nothing_to_draw",
    )


def _apart(points: Sequence[Point]) -> list[Point]:
    """Return the points, those of one name told apart by their number."""
    names = [p.name for p in points]
    return [
        replace(p, name=f"{p.name} ({names[: n + 1].count(p.name)})") if names.count(p.name) > 1 else p
        for n, p in enumerate(points)
    ]


def _over_time(empty: Drawing, pivot: Pivot, rows: Sequence[Row], focus: Focus, text: Text) -> Drawing:
    choice = pivot.choice
    if len(choice.periods) < 2:
        return replace(empty, problem="analysis.needs_periods")
    most = MOST_LINES if choice.chart == "line" else MOST_PANELS
    own = [r for r in rows if r["item"] == focus.item and r["population_group"] == focus.group]
    by: dict[str, list[Row]] = {}
    if choice.rows in AREAS:
        key = {"unit": "unit_code", "district": "district_code"}.get(choice.rows, choice.rows)
        for row in pivot.rows[:most]:
            by[_unused(pivot.row_label(row, text), by)] = [r for r in own if r[key] == row]
    elif choice.rows == "group":
        for group in choice.groups:
            by[text(f"group.{group}")] = [r for r in rows if r["item"] == focus.item and r["population_group"] == group]
    elif choice.rows == "item":
        for item in choice.items[:most]:
            by[item_label(item, text)] = [r for r in rows if r["item"] == item and r["population_group"] == focus.group]
    if choice.rows in (*AREAS, "period") and (len(pivot.rows) > 1 or not by):
        by = {text("analysis.total"): own, **by}
    series = {name: [_at(period, part, choice.cell, text) for period in choice.periods] for name, part in by.items()}
    return replace(empty, series=series, left_out=max(0, len(pivot.rows) - most) if choice.rows != "period" else 0)


def _unused(name: str, names: Mapping[str, object]) -> str:
    return next(n for k in range(1, len(names) + 2) if (n := name if k == 1 else f"{name} ({k})") not in names)


def _at(period: str, rows: Sequence[Row], cell: str, text: Text) -> Point:
    own = [r for r in rows if r["period"] == period]
    return _point(period, own[0] if len(own) == 1 else merged(own) if own else None, cell, text)


def _scatter(
    empty: Drawing, choice: Choice, own: Sequence[Row], rows: Sequence[Row], focus: Focus, text: Text
) -> Drawing:
    other = replace(focus, item=choice.against)
    if other == focus:
        return replace(empty, problem="analysis.needs_items")
    others = {r["unit_code"]: r for r in rows if other.fits(r)}
    pairs = []
    for r in own:
        second = others.get(r["unit_code"])
        x, y = number(r, choice.cell), None if second is None else number(second, choice.cell)
        if x is None or y is None or second is None:
            continue
        name = _name(r, text)
        both = f"{words(r, choice.cell, text)}; {words(second, choice.cell, text)}"
        pairs.append(Pair(name, x, y, f"{name}: {both}"))
    x_axis, y_axis = (f"{item_label(i, text)} ({cell_unit(i, choice.cell, text)})" for i in (focus.item, other.item))
    problem = "" if pairs else "analysis.nothing_to_draw"
    return replace(empty, pairs=pairs, axes=(x_axis, y_axis), left_out=len(own) - len(pairs), problem=problem)


def _name(row: Row, text: Text) -> str:
    return unit_label({row["unit_code"]: row}, "unit", row["unit_code"], text)


def _boxes(
    empty: Drawing, choice: Choice, own: Sequence[Row], rows: Sequence[Row], focus: Focus, text: Text
) -> Drawing:
    groups: dict[str, list[Row]] = {}
    if len(choice.groups) > 1:
        for group in choice.groups:
            groups[text(f"group.{group}")] = [r for r in rows if replace(focus, group=group).fits(r)]
    elif choice.level == "commune" and any(r["district"] for r in own):
        for r in own:
            groups.setdefault(r["district"], []).append(r)
    elif choice.level == "commune":
        groups = {
            kind: part
            for kind in kinds_of(choice.vintage).values()
            if (part := [r for r in own if r["unit_type"] == kind])
        }
    else:
        groups = {text(f"analysis.level.{choice.level}"): list(own)}
    series = {}
    for name, part in groups.items():
        points = [_point(_name(r, text), r, choice.cell, text) for r in part]
        if valued := [p for p in points if p.value is not None]:
            series[name] = valued
    return replace(empty, series=series, problem="" if series else "analysis.nothing_to_draw")


def _map(empty: Drawing, choice: Choice, own: Sequence[Row], text: Text) -> Drawing:
    if choice.level == "province":
        return replace(empty, problem="analysis.no_map")
    if not own:
        return replace(empty, problem="analysis.nothing_to_draw")
    if own[0]["kind"] == "count":
        states = [
            {**r, "state": "shown" if r["status"] == "no_target" else r["status"], "value": r["numerator"]} for r in own
        ]
        return replace(empty, map=maps.by_count(states, text, empty.title))
    draw = maps.by_status if choice.cell == "status" else maps.by_value
    return replace(empty, map=draw([Figure(text, r) for r in own], text, empty.title))


def names_of_units(vintage: str) -> dict[str, str]:
    """Return the names of a vintage's units and districts by their codes, as still maps write them."""
    units = [u for u in load().units.values() if u.vintage == vintage]
    return {u.code: u.name for u in units} | {str(u.district_code): str(u.district) for u in units if u.district_code}
