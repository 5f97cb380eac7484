"""Maps and charts as still pictures, for paper, slides and downloads: pure functions, the same input the same bytes.

They look as on the screen, and say in writing what the screen tells under the pointer. Sizes are millimetres of the
finished picture and points of its letters.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil, floor, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pages.shared.figures import STATUS_SIGNS, Figure
from pages.shared.maps import Map, MapClass
from pages.shared.palette import BLUE, EDGE, GREY, GRID, INK, LINE_GREY, PAPER
from pages.shared.sheet import Box, Picture, Points, Room, Sheet, Weight, box_of, square, width_of, wrapped
from pages.shared.text import Text

_DASH, _DOT = (4, 2.5), (0.8, 2.4)


@dataclass(frozen=True)
class _Shape:
    """Rings on the outlines' own grid, y downwards; `middle` is the point farthest from the edge, by `radius`."""

    rings: tuple[Points, ...]
    middle: tuple[float, float]
    radius: float


class _Outlines(NamedTuple):
    width: float
    height: float
    units: dict[str, _Shape]
    districts: dict[str, _Shape]


def map_picture(
    shown: Map,
    outlines: str,
    text: Text,
    *,
    width_mm: float,
    height_mm: float,
    names: Mapping[str, str] | None = None,
    named: Collection[str] = (),
    legend: bool = True,
    font_pt: float = 8,
    note: Sequence[str] = (),
) -> Picture:
    """Return a map of the units of `outlines` (as `encode_outlines` tells), or of their districts.

    The names of the units in `named` are written as far as there is room, the first first; `names` has them by code,
    and those of districts where these are to be written too. In the SVG each unit's id is `unit-<code>`, each class in
    the legend is `class-<number>`. The lines of `note` stand beneath the map.
    """
    drawn = _decoded(outlines)
    sheet = Sheet(width_mm, height_mm)
    frame = Box(1, 1 + draw_note(sheet, note, font_pt), sheet.width - 1, sheet.height - 1)
    if legend:
        frame = _draw_legend(sheet, shown.classes, text, font_pt, frame, drawn.width / drawn.height)
    scale = min((frame.right - frame.left) / drawn.width, (frame.top - frame.bottom) / drawn.height)
    left = (frame.left + frame.right - scale * drawn.width) / 2
    top = (frame.top + frame.bottom + scale * drawn.height) / 2

    def place(x: float, y: float) -> tuple[float, float]:
        return left + scale * x, top - scale * y

    def on_sheet(rings: Sequence[Points]) -> list[Points]:
        return [np.array([left, top]) + ring * [scale, -scale] for ring in rings]

    shapes = {code: drawn.units.get(code) or drawn.districts[code] for code in shown.units}
    for code, shape in shapes.items():
        look = shown.classes[shown.units[code]]
        sheet.area(on_sheet(shape.rings), look.colour, edge=EDGE, width=0.4, pattern=look.pattern, gid=f"unit-{code}")
    for shape in drawn.districts.values():
        for ring in on_sheet(shape.rings):
            sheet.line([*map(tuple, ring), tuple(ring[0])], INK, 0.7)
    spots = {code: _Spot(*place(*shape.middle), scale * shape.radius) for code, shape in shapes.items()}
    room = Room(Box(0, frame.bottom, sheet.width, frame.top))
    discs = _draw_discs(sheet, shown, spots, scale * min(drawn.width, drawn.height) / 24)
    sign_pt = 0.85 * font_pt
    _draw_signs(sheet, shown, spots, sign_pt, room)
    written = names or {}
    for code in named:
        if code in spots and code in written:
            _write_name(sheet, room, code, written[code], spots[code], discs.get(code, 0), sign_pt)
    for code, shape in drawn.districts.items():
        if code in written and code not in shapes:
            _write_name(sheet, room, code, written[code], _Spot(*place(*shape.middle), 0), 0, sign_pt, LINE_GREY)
    return sheet.picture(shown.alt)


def draw_note(sheet: Sheet, lines: Sequence[str], font_pt: float) -> float:
    """Write small lines at the foot of a sheet, each in as many as it needs; return how high they are together."""
    size = 0.75 * font_pt
    broken = [words for line in lines for words in wrapped(line, sheet.width - 2, size)]
    for n, words in enumerate(reversed(broken)):
        sheet.write(1, (1.3 * n + 0.7) * size, words, size, colour=LINE_GREY)
    return 1.3 * len(broken) * size + (size if broken else 0)


def _bare(name: str) -> str:
    """Return a unit's name without its kind, as maps write it."""
    return re.sub(r"^(Xã|Phường|Thị trấn|Huyện|Thị xã|Thành phố) ", "", name)


def _draw_legend(
    sheet: Sheet, classes: Sequence[MapClass], text: Text, font_pt: float, frame: Box, aspect: float
) -> Box:
    """Write what each class means and how many they are, beside or below the map; return where the map goes.

    It goes where it leaves the larger map.
    """
    shown = [(n, c, f"{c.label}:\u00a0{text.number(c.count)}") for n, c in enumerate(classes) if c.count]
    line, swatch, gap = 1.5 * font_pt, 1.6 * font_pt, 0.45 * font_pt

    def head(look: MapClass, *, aligned: bool = False) -> float:
        return swatch + gap + (font_pt + 0.6 * gap if look.sign or (aligned and any(c.sign for c in classes)) else 0)

    widths = {n: head(c) + width_of(words, font_pt) for n, c, words in shown}
    rows: list[list[int]] = []
    for n, width in widths.items():
        if rows and sum(widths[m] + 2 * font_pt for m in rows[-1]) + width <= frame.right - frame.left:
            rows[-1].append(n)
        else:
            rows.append([n])
    below = Box(frame.left, frame.bottom + len(rows) * line + 0.5 * font_pt, frame.right, frame.top)
    wide = max((head(c, aligned=True) + width_of(words, font_pt) for _, c, words in shown), default=0)
    column = min(wide + 0.1, 0.42 * (frame.right - frame.left))
    beside = Box(frame.left, frame.bottom, frame.right - column - 1.5 * font_pt, frame.top)

    def height_of(box: Box) -> float:
        return min(box.top - box.bottom, (box.right - box.left) / aspect)

    def entry(n: int, look: MapClass, x: float, y: float, indent: float, lines: Sequence[str]) -> None:
        box = Box(x, y - 0.5 * font_pt, x + swatch, y + 0.5 * font_pt)
        sheet.rectangle(box, look.colour, edge=LINE_GREY, width=0.4, pattern=look.pattern, gid=f"class-{n}")
        if look.sign:
            sheet.signs([(x + swatch + gap + font_pt / 2, y)], look.sign, font_pt, LINE_GREY)
        for k, words in enumerate(lines):
            sheet.write(x + indent, y - k * 1.2 * font_pt, words, font_pt, gid=f"class-{n}-line-{k}")

    looks = {n: (c, words) for n, c, words in shown}
    if height_of(below) >= height_of(beside):
        for k, row in enumerate(rows):
            whole = sum(widths[n] for n in row) + 2 * font_pt * (len(row) - 1)
            x = (frame.left + frame.right - whole) / 2
            for n in row:
                look, words = looks[n]
                entry(n, look, x, frame.bottom + (len(rows) - k - 0.5) * line, head(look), [words])
                x += widths[n] + 2 * font_pt
        return below
    entries = [(n, c, wrapped(words, column - head(c, aligned=True), font_pt)) for n, c, words in shown]
    whole = sum(line + 1.2 * font_pt * (len(lines) - 1) for _, _, lines in entries)
    y = (frame.top + frame.bottom + whole) / 2 - line / 2
    for n, look, lines in entries:
        entry(n, look, frame.right - column, y, head(look, aligned=True), lines)
        y -= line + 1.2 * font_pt * (len(lines) - 1)
    return beside


class _Spot(NamedTuple):
    """The middle of a unit on the sheet, and how far its edge is from there."""

    x: float
    y: float
    radius: float


def _draw_discs(sheet: Sheet, shown: Map, spots: Mapping[str, _Spot], most: float) -> dict[str, float]:
    """Draw discs whose area is in proportion to the sizes, the largest with the radius `most`; return the radii."""
    largest = max(shown.sizes.values(), default=0)
    radii = {code: most * sqrt(size / largest) for code, size in shown.sizes.items()}
    for code, radius in sorted(radii.items(), key=lambda item: -item[1]):
        sheet.disc(spots[code][:2], radius, INK, edge=PAPER, width=0.5, opacity=0.4)
    return radii


def _draw_signs(sheet: Sheet, shown: Map, spots: Mapping[str, _Spot], size: float, room: Room) -> None:
    """Draw each unit's sign in its middle, smaller in a small unit."""
    for n, look in enumerate(shown.classes):
        own = [spot for code, spot in spots.items() if shown.units[code] == n and look.sign]
        for narrow in (False, True):
            some = [(x, y) for x, y, radius in own if (radius < 0.4 * size) == narrow]
            fitting = 0.6 * size if narrow else size
            if some:
                sheet.signs(some, look.sign, fitting, look.ink)
            for x, y in some:
                room.take(square(x, y, 0.4 * fitting))


def _write_name(
    sheet: Sheet, room: Room, code: str, name: str, spot: _Spot, disc: float, size: float, colour: str = INK
) -> None:
    """Write a name where nothing else is: below, above or beside the spot and its disc, else not at all."""
    words = _bare(name)
    width = width_of(words, size, "Semibold")
    line, aside = max(1.05 * size, disc + 0.5 * size), max(0.6 * size, disc) + width / 2
    around = [(0, -line), (0, line), (aside, 0), (-aside, 0)]
    around += [(dx * aside, dy) for dy in (-line, line) for dx in (0.5, -0.5)]
    if box := room.find(box_of(spot.x + dx, spot.y + dy, width, size) for dx, dy in around):
        look: dict[str, Any] = {"weight": "Semibold", "align": "center", "colour": colour}
        sheet.write(*box.middle, words, size, halo=True, gid=f"name-{code}", **look)


@lru_cache(maxsize=4)
def _decoded(outlines: str) -> _Outlines:
    drawn = json.loads(outlines)
    units, districts = (
        {code: _shape(rings) for code, rings in drawn.get(part, {}).items()} for part in ("units", "districts")
    )
    return _Outlines(drawn["width"], drawn["height"], units, districts)


def _shape(flat: Sequence[Sequence[int]]) -> _Shape:
    rings = [np.cumsum(np.array(ring, dtype=float).reshape(-1, 2), axis=0) for ring in flat]
    for n, ring in enumerate(rings):
        # The outlines' rule is even-odd, which pictures do not have: a hole has to run the other way round.
        depth = sum(bool(_are_inside(other, ring[:1])[0]) for m, other in enumerate(rings) if m != n)
        x, y = ring.T
        clockwise = np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) > 0
        if clockwise == bool(depth % 2):
            rings[n] = ring[::-1]
    middle, radius = _middle(rings)
    return _Shape(tuple(rings), middle, radius)


def _are_inside(ring: Points, places: Points) -> NDArray[np.bool_]:
    """Tell of each place whether a ray to the right crosses the ring an odd number of times."""
    (x0, y0), (x1, y1) = ring.T, np.roll(ring, -1, axis=0).T
    x, y = places.T[:, :, None]
    rise = np.where(y1 == y0, 1, y1 - y0)
    crossed = ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / rise)
    return np.asarray(crossed.sum(axis=1) % 2 == 1)


def _middle(rings: Sequence[Points]) -> tuple[tuple[float, float], float]:
    """Return the point of a fine grid that is farthest from the edge, and how far."""
    starts = np.concatenate(rings)
    ways = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings]) - starts
    lengths = np.maximum((ways**2).sum(axis=1), 1e-9)
    low, high = starts.min(axis=0), starts.max(axis=0)
    best, radius = (low + high) / 2, 0.0
    for steps in (13, 9):
        xs, ys = (np.linspace(a, b, steps + 2)[1:-1] for a, b in zip(low, high, strict=True))
        grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        inside = np.zeros(len(grid), dtype=bool)
        for ring in rings:
            inside ^= _are_inside(ring, grid)
        grid = grid[inside]
        if len(grid):
            apart = grid[:, None] - starts
            share = np.clip((apart * ways).sum(axis=2) / lengths, 0, 1)
            distances = np.sqrt(((apart - share[..., None] * ways) ** 2).sum(axis=2).min(axis=1))
            if distances.max() > radius:
                best, radius = grid[distances.argmax()], float(distances.max())
        step = (high - low) / (steps + 1)
        low, high = best - step, best + step
    return (float(best[0]), float(best[1])), radius


@dataclass(frozen=True)
class _Axes:
    """Where days and percentages are on a sheet: the ends of both, and the frame that they span."""

    days: tuple[int, int]
    values: tuple[float, float]
    frame: Box
    inset: float

    def place(self, day: int, value: float) -> tuple[float, float]:
        (first, last), (low, high), frame = self.days, self.values, self.frame
        across = (day - first) / max(1, last - first)
        return (
            frame.left + self.inset + across * (frame.right - frame.left - 2 * self.inset),
            frame.bottom + (value - low) / (high - low) * (frame.top - frame.bottom),
        )

    def of(self, point: Figure) -> tuple[float, float]:
        return self.place(_day(point), float(point.row["value"]))


def trend_picture(
    points: Sequence[Figure],
    text: Text,
    reform_on: date,
    *,
    width_mm: float,
    height_mm: float,
    font_pt: float = 8,
) -> Picture:
    """Return the line of whole years and the line of half-years, with target and reform marked.

    `points`, at least one, are the answer to the question `trend`, or those of one indicator of one commune; what has
    no value interrupts its line, and above a whole year without one stands the sign that tells why.
    """
    sheet = Sheet(width_mm, height_mm)
    series = {
        "half": [p for p in points if p.row["period"].endswith("-H1")],
        "year": [p for p in points if not p.row["period"].endswith("-H1")],
    }
    target = points[-1].target_value
    names = {key: wrapped(text(f"indicator.{key}_series"), 4.2 * font_pt, font_pt) for key in series}
    ends = max(width_of(words, font_pt, "Semibold") for lines in names.values() for words in lines)
    axes = _draw_axes(sheet, points, text, font_pt, ends + 0.6 * font_pt)
    frame = axes.frame
    room = Room(Box(frame.left, frame.bottom, sheet.width, sheet.height))
    _mark_years(sheet, room, axes, series["year"], font_pt)
    if target is not None:
        height = axes.place(0, float(target))[1]
        sheet.line([(frame.left, height), (frame.right, height)], LINE_GREY, 1, dash=_DASH)
        room.take_line([(frame.left, height), (frame.right, height)], 1)
    reform = axes.place(reform_on.toordinal(), 0)[0] if axes.days[0] < reform_on.toordinal() <= axes.days[1] else None
    if reform is not None:
        sheet.line([(reform, frame.bottom), (reform, frame.top)], GREY, 1)
        room.take_line([(reform, frame.bottom), (reform, frame.top)], 1, faint=True)
    lasts = {}
    for key, own in series.items():
        for run in _runs(own):
            _draw_run(sheet, room, [axes.of(p) for p in run], font_pt, faint=key == "half")
            lasts[key] = axes.of(run[-1])
    _write_series(sheet, room, names, lasts, frame, font_pt)
    valued = [(p, axes.of(p)) for p in series["year"] if p.has_value]
    _write_values(sheet, room, valued[-1:], font_pt, "Bold")
    _write_values(sheet, room, valued[:-1][:1], font_pt, "Regular")
    goal = "" if target is None else f"{text('indicator.target')} {points[-1].target()}"
    if target is not None:
        heights = (height + 0.8 * font_pt, height - 0.8 * font_pt)
        _write_along(sheet, room, goal, (frame.left + 0.4 * font_pt, frame.right), heights, font_pt)
    _write_values(sheet, room, valued[1:-1], font_pt, "Regular")
    if reform is not None:
        words = text("indicator.reform", month=text.month(reform_on))
        near = reform - 0.4 * font_pt
        places = list(np.linspace(frame.bottom + 0.9 * font_pt, frame.top - 0.7 * font_pt, 12))
        _write_along(sheet, room, words, (near - width_of(words, font_pt), near), places, font_pt)
    said = [f"{text.period(p.row['period'])}: {p.value()}" for p in points]
    return sheet.picture(f"{text('indicator.trend')}. {'; '.join([*said, *filter(None, [goal])])}")


def _draw_axes(sheet: Sheet, points: Sequence[Figure], text: Text, size: float, right: float) -> _Axes:
    """Draw a quiet line for each round percentage; `right` is kept free beside the frame."""
    target = points[-1].target_value
    values = [float(p.row["value"]) for p in points if p.has_value]
    ticks = ticks_around([*values, *([] if target is None else [float(target)])])
    labels = [f"{text.number(tick)}{text.unit('%')}" for tick in ticks]
    left = max(width_of(words, size) for words in labels) + 0.8 * size
    frame = Box(left, 1.9 * size, sheet.width - right, sheet.height - 1.6 * size)
    axes = _Axes((_day(points[0]), _day(points[-1])), (ticks[0], ticks[-1]), frame, 1.9 * size)
    for tick, words in zip(ticks, labels, strict=True):
        y = axes.place(0, tick)[1]
        sheet.line([(frame.left, y), (frame.right, y)], GREY if tick == ticks[0] else GRID, 0.6)
        sheet.write(frame.left - 0.6 * size, y, words, size, colour=LINE_GREY, align="right")
    return axes


def _mark_years(sheet: Sheet, room: Room, axes: _Axes, years: Sequence[Figure], size: float) -> None:
    """Write the years below as far as there is room; above one without a value the sign why it has none."""
    free = sheet.width
    for p in reversed(years):
        x = axes.place(_day(p), 0)[0]
        half = width_of(p.row["period"], size) / 2
        if x + half <= free:
            sheet.write(x, 0.8 * size, p.row["period"], size, colour=LINE_GREY, align="center")
            free = x - half - 0.4 * size
        if not p.has_value:
            spot = (x, axes.frame.bottom + size)
            sheet.signs([spot], STATUS_SIGNS[p.status][0], size, LINE_GREY)
            room.take(box_of(*spot, size, size))


def _draw_run(sheet: Sheet, room: Room, spots: Sequence[tuple[float, float]], size: float, *, faint: bool) -> None:
    """Draw points and the line between them; those of half-years are open, and dotted."""
    sheet.line(spots, BLUE, 1 if faint else 2, dash=_DOT if faint else None)
    radius = (0.2 if faint else 0.28) * size
    room.take_line(spots, 3, faint=faint)
    for x, y in spots:
        sheet.disc((x, y), radius, PAPER if faint else BLUE, edge=BLUE, width=0.8)
        room.take(square(x, y, radius), faint=faint)


def _day(point: Figure) -> int:
    cut_off: date = point.row["cut_off"]
    return cut_off.toordinal()


def _runs(points: Sequence[Figure]) -> list[list[Figure]]:
    """Return the points with values, parted where one has none or a year is left out."""
    runs: list[list[Figure]] = []
    before = None
    for p in points:
        if p.has_value:
            if (
                before is not None
                and before.has_value
                and int(p.row["period"][:4]) - int(before.row["period"][:4]) == 1
            ):
                runs[-1].append(p)
            else:
                runs.append([p])
        before = p
    return runs


def ticks_around(values: Sequence[float]) -> list[float]:
    """Return three to six round percentages around all values, not so near each other that chance looks like change."""
    low, high = min(values, default=0), max(values, default=100)
    middle, half = (low + high) / 2, max((high - low) / 2, 5)
    low, high = min(low, middle - half) - 0.3 * half, max(high, middle + half) + 0.3 * half
    low, high = max(low, 0), min(high, 100) if max(values, default=0) <= 100 else high
    step = next(s for s in (2, 5, 10, 20, 25, 50, 100, 200, 500, 1000) if (high - low) / s <= 5)
    return [float(step * n) for n in range(floor(low / step), ceil(high / step) + 1)]


def _write_values(
    sheet: Sheet, room: Room, points: Sequence[tuple[Figure, tuple[float, float]]], size: float, weight: Weight
) -> None:
    """Write the value by each point where nothing else is; what is bold is never left out."""
    around = ((0, 1), (-0.4, 1), (0.4, 1), (0, -1), (0.4, -1), (-0.4, -1), (0.65, -0.8), (-0.65, 0.8), (0, 1.6))
    for figure, (x, y) in points:
        width = width_of(figure.value(), size, weight)
        boxes = [box_of(x + dx * width, y + dy * size, width, size) for dx, dy in around]
        if box := room.find(boxes) or (boxes[0] if weight == "Bold" else None):
            sheet.write(*box.middle, figure.value(), size, weight=weight, align="center", halo=True)


def _write_along(
    sheet: Sheet, room: Room, words: str, spread: tuple[float, float], heights: Sequence[float], size: float
) -> None:
    """Write words between two ends, as far to the left as there is room for them; they are never left out."""
    width = width_of(words, size)
    middles = np.linspace(spread[0] + width / 2, max(spread[0] + width / 2, spread[1] - width / 2), 12)
    inside = [y for y in heights if 0.6 * size <= y <= sheet.height - 0.6 * size]
    boxes = [box_of(x, y, width, size) for y in inside for x in middles]
    box = room.find(boxes) or boxes[0]
    sheet.write(*box.middle, words, size, colour=LINE_GREY, align="center", halo=True)


def _write_series(
    sheet: Sheet,
    room: Room,
    names: Mapping[str, Sequence[str]],
    ends: Mapping[str, tuple[float, float]],
    frame: Box,
    size: float,
) -> None:
    """Write each line's name at its right end, the upper one above the other."""
    above = frame.top + 0.5 * size
    for key, (_, end) in sorted(ends.items(), key=lambda item: -item[1][1]):
        lines = names[key]
        y = min(end + 0.6 * size * (len(lines) - 1), above - 0.6 * size)
        for k, words in enumerate(lines):
            weight: Weight = "Semibold" if key == "year" else "Regular"
            place, width = (frame.right + 0.4 * size, y - 1.15 * k * size), width_of(words, size, weight)
            sheet.write(*place, words, size, colour=BLUE, weight=weight)
            room.take(box_of(place[0] + width / 2, place[1], width, size))
        above = y - 1.15 * size * (len(lines) - 1) - 0.8 * size
