"""What is drawn of a pivot as a still picture, for paper and slides, with its source beneath it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from pages.shared.analysis.drawing import MOST_NAMES, Drawing, Pair, Point
from pages.shared.palette import BLUE, GREY, GRID, INK, LINE_GREY, PAPER, SERIES, SHADES
from pages.shared.pictures import draw_note, map_picture
from pages.shared.sheet import Box, Picture, Room, Sheet, box_of, square, width_of, wrapped
from pages.shared.text import Text

WIDTH_MM, HEIGHT_MM = 240.0, 150.0
_FONT_PT = 8.0
_PANEL_COLUMNS = 6
_SWATCH = 14.0


@dataclass(frozen=True)
class _Scale:
    """Round numbers around all values, from `start` to `end` on the sheet."""

    ticks: tuple[float, ...]
    start: float
    end: float

    def place(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.start + (value - low) / (high - low) * (self.end - self.start)


def picture(drawing: Drawing, outlines: str, names: Mapping[str, str], about: Sequence[str], text: Text) -> Picture:
    """Return a drawing that has no problem; `about` says beneath it where its numbers come from.

    `outlines` and `names` are those of the vintage's units.
    """
    if drawing.map:
        return map_picture(
            drawing.map,
            outlines,
            text,
            width_mm=WIDTH_MM,
            height_mm=HEIGHT_MM,
            names=names,
            named=list(drawing.map.units),
            font_pt=_FONT_PT,
            note=[drawing.title, *about],
        )
    sheet = Sheet(WIDTH_MM, HEIGHT_MM)
    bottom = draw_note(sheet, about, _FONT_PT)
    title = " / ".join(drawing.axes) if drawing.kind == "scatter" else f"{drawing.title} ({drawing.unit})"
    sheet.write(2, sheet.height - _FONT_PT, title, 1.25 * _FONT_PT, weight="Semibold")
    frame = Box(2, bottom + _FONT_PT, sheet.width - 2, sheet.height - 2.4 * _FONT_PT)
    match drawing.kind:
        case "line":
            _lines(sheet, frame, drawing.series, text)
        case "multiples":
            _multiples(sheet, frame, drawing.series, text)
        case "scatter":
            _scatter(sheet, frame, drawing.pairs, drawing.axes, text)
        case "box":
            _boxes(sheet, frame, drawing.series, text)
        case _:
            _bars(sheet, frame, drawing.points, drawing.target)
    return sheet.picture(title)


def _ticks(values: Sequence[float], *, from_zero: bool = False) -> tuple[float, ...]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    low, high = (min(low, 0.0), max(high, 0.0)) if from_zero else (low, high)
    if low == high:
        low, high = low - 1, high + 1
    rough = (high - low) / 5
    power = 10.0 ** floor(log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    return tuple(round(step * n, 10) for n in range(floor(low / step), ceil(high / step) + 1))


def _words(tick: float, ticks: Sequence[float], text: Text) -> str:
    step = ticks[1] - ticks[0]
    return text.number(tick, max(0, -floor(log10(step))))


def _values(series: Mapping[str, Sequence[Point]]) -> list[float]:
    return [p.value for points in series.values() for p in points if p.value is not None]


def _bars(sheet: Sheet, frame: Box, points: Sequence[Point], target: float | None) -> None:
    row = (frame.top - frame.bottom) / len(points)
    size = min(_FONT_PT, 0.8 * row)
    left = frame.left + max(width_of(p.name, size) for p in points) + size
    right = frame.right - max(width_of(p.words, size) for p in points) - 2.6 * size
    values = [p.value for p in points if p.value is not None]
    ends = [0.0, *values, *([] if target is None else [target])]
    scale = _Scale((min(ends), max(ends) if max(ends) > min(ends) else min(ends) + 1), left, right)
    for n, p in enumerate(points):
        y = frame.top - (n + 0.5) * row
        sheet.write(left - 0.6 * size, y, p.name, size, align="right")
        if p.value is not None:
            ends_at = sorted((scale.place(0), scale.place(p.value)))
            half = min(0.35 * row, 0.7 * size)
            sheet.rectangle(Box(ends_at[0], y - half, ends_at[1], y + half), p.colour, edge=LINE_GREY, width=0.4)
            sheet.write(ends_at[1] + 0.5 * size, y, p.words, size)
            if p.sign:
                sheet.signs([(ends_at[1] + 1.5 * size + width_of(p.words, size), y)], p.sign, size)
    sheet.line([(scale.place(0), frame.bottom), (scale.place(0), frame.top)], LINE_GREY, 0.8)
    if target is not None:
        sheet.line([(scale.place(target), frame.bottom), (scale.place(target), frame.top)], INK, 1, dash=(4, 2.5))


def _level_lines(sheet: Sheet, frame: Box, values: Sequence[float], size: float, text: Text) -> tuple[Box, _Scale]:
    """Draw a quiet line for each round number; return what is left beside their words, and the scale."""
    ticks = _ticks(values)
    said = [_words(tick, ticks, text) for tick in ticks]
    inner = Box(frame.left + max(width_of(w, size) for w in said) + 0.8 * size, frame.bottom, frame.right, frame.top)
    scale = _Scale(ticks, inner.bottom, inner.top)
    for tick, w in zip(ticks, said, strict=True):
        sheet.line([(inner.left, scale.place(tick)), (inner.right, scale.place(tick))], GRID, 0.6)
        sheet.write(inner.left - 0.5 * size, scale.place(tick), w, size, colour=LINE_GREY, align="right")
    return inner, scale


def _lines(sheet: Sheet, frame: Box, series: Mapping[str, Sequence[Point]], text: Text) -> None:
    top, x = frame.top - 0.6 * _FONT_PT, frame.left
    looks = {name: SERIES[n % len(SERIES)] for n, name in enumerate(series)}
    for name, colour in looks.items():
        width = _SWATCH + 5 + width_of(name, _FONT_PT)
        if x + width > frame.right and x > frame.left:
            top, x = top - 1.5 * _FONT_PT, frame.left
        sheet.line([(x, top), (x + _SWATCH, top)], colour, 2)
        sheet.write(x + _SWATCH + 4, top, name, _FONT_PT)
        x += width + _FONT_PT
    inner = Box(frame.left, frame.bottom + 1.6 * _FONT_PT, frame.right, top - 1.5 * _FONT_PT)
    inner, scale = _level_lines(sheet, inner, _values(series), _FONT_PT, text)
    for name, points in series.items():
        _line(sheet, inner, points, scale, looks[name])
    _write_names(sheet, inner, next(iter(series.values())), _FONT_PT)


def _place(inner: Box, n: int, count: int) -> float:
    return inner.left + (n + 0.5) / count * (inner.right - inner.left)


def _line(sheet: Sheet, inner: Box, points: Sequence[Point], scale: _Scale, colour: str) -> None:
    run: list[tuple[float, float]] = []
    for n, p in enumerate([*points, None]):
        if p is not None and p.value is not None:
            run.append((_place(inner, n, len(points)), scale.place(p.value)))
            sheet.disc(run[-1], 2, colour)
        elif run:
            sheet.line(run, colour, 1.6)
            run = []


def _write_names(sheet: Sheet, inner: Box, points: Sequence[Point], size: float) -> None:
    free = inner.right
    for n, p in reversed(list(enumerate(points))):
        half, x = width_of(p.name, size) / 2, _place(inner, n, len(points))
        if x + half <= free + 1:
            sheet.write(x, inner.bottom - size, p.name, size, colour=LINE_GREY, align="center")
            free = x - half - 0.4 * size


def _multiples(sheet: Sheet, frame: Box, panels: Mapping[str, Sequence[Point]], text: Text) -> None:
    columns = min(_PANEL_COLUMNS, len(panels))
    rows, size = ceil(len(panels) / columns), 0.8 * _FONT_PT
    wide, high = (frame.right - frame.left) / columns, (frame.top - frame.bottom) / rows
    values = _values(panels)
    for n, (name, points) in enumerate(panels.items()):
        left, top = frame.left + n % columns * wide, frame.top - n // columns * high
        sheet.write(left + 2 * size, top - 0.8 * size, wrapped(name, wide, size)[0], size, weight="Semibold")
        box = Box(left, top - high + 2.4 * size, left + wide - size, top - 2 * size)
        inner, scale = _level_lines(sheet, box, values, 0.8 * size, text)
        _line(sheet, inner, points, scale, BLUE)
        _write_names(sheet, inner, points, 0.8 * size)


def _across(sheet: Sheet, inner: Box, values: Sequence[float], text: Text) -> _Scale:
    """Draw a quiet line upwards for each round number, its words below; return the scale."""
    ticks = _ticks(values)
    scale = _Scale(ticks, inner.left, inner.right)
    for tick in ticks:
        x = scale.place(tick)
        sheet.line([(x, inner.bottom), (x, inner.top)], GRID, 0.6)
        sheet.write(x, inner.bottom - _FONT_PT, _words(tick, ticks, text), _FONT_PT, colour=LINE_GREY, align="center")
    return scale


def _scatter(sheet: Sheet, frame: Box, pairs: Sequence[Pair], axes: tuple[str, str], text: Text) -> None:
    sheet.write(frame.right, frame.bottom, axes[0], _FONT_PT, align="right")
    sheet.write(frame.left, frame.top - 0.4 * _FONT_PT, axes[1], _FONT_PT)
    inner = Box(frame.left, frame.bottom + 2.8 * _FONT_PT, frame.right - 2 * _FONT_PT, frame.top - 2 * _FONT_PT)
    inner, up = _level_lines(sheet, inner, [p.y for p in pairs], _FONT_PT, text)
    across = _across(sheet, inner, [p.x for p in pairs], text)
    room = Room(Box(inner.left, inner.bottom, frame.right, frame.top))
    places = [(across.place(p.x), up.place(p.y)) for p in pairs]
    for x, y in places:
        sheet.disc((x, y), 2.6, BLUE, edge=PAPER, width=0.5)
        room.take(square(x, y, 2.6))
    for p, (x, y) in zip(pairs, places, strict=True) if len(pairs) <= MOST_NAMES else ():
        size = 0.8 * _FONT_PT
        width = width_of(p.name, size)
        around = ((0, 1), (0, -1), (0.6 * width / size, 0), (-0.6 * width / size, 0))
        if box := room.find(box_of(x + dx * size, y + dy * size, width, size) for dx, dy in around):
            sheet.write(*box.middle, p.name, size, align="center", halo=True)


def _boxes(sheet: Sheet, frame: Box, groups: Mapping[str, Sequence[Point]], text: Text) -> None:
    left = frame.left + max(width_of(name, _FONT_PT) for name in groups) + _FONT_PT
    inner = Box(left, frame.bottom + 1.6 * _FONT_PT, frame.right - 2 * _FONT_PT, frame.top)
    scale = _across(sheet, inner, _values(groups), text)
    row = (inner.top - inner.bottom) / len(groups)
    for n, (name, points) in enumerate(groups.items()):
        y, half = inner.top - (n + 0.5) * row, min(0.3 * row, 12)
        sheet.write(left - 0.6 * _FONT_PT, y, name, _FONT_PT, align="right")
        values = np.array([p.value for p in points if p.value is not None])
        low, first, middle, third, high = (scale.place(float(q)) for q in np.percentile(values, (0, 25, 50, 75, 100)))
        sheet.line([(low, y), (high, y)], GREY, 1)
        sheet.rectangle(Box(first, y - half, third, y + half), SHADES[0], edge=INK, width=0.8)
        sheet.line([(middle, y - half), (middle, y + half)], INK, 1.8)
        for value in values:
            sheet.disc((scale.place(float(value)), y), 1.5, BLUE, opacity=0.6)
