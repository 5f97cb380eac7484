"""Whether words fit into a slide: how much room they take at the most, wherever the slide is opened.

Lengths are inches from the upper left corner, sizes of letters points.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pages.shared.palette import INK
from pages.shared.sheet import width_of

LARGE_PT, BODY_PT, SMALL_PT = 18, 14, 12
CELL_X, CELL_Y = 0.08, 0.035
"""What a table's cell keeps free on both sides."""

_LINE = 1.2
# Arial's metrics are not at hand everywhere. Lines of words in it were never more than 1.13 times as wide as in ours.
_WIDER = 1.14


class Box(NamedTuple):
    left: float
    top: float
    width: float
    height: float


class Line(NamedTuple):
    """A paragraph; `after` is the space below it, in points."""

    words: str
    size: float = BODY_PT
    bold: bool = False
    colour: str = INK
    after: float = 0


class Cell(NamedTuple):
    """A table's cell; `note` is a second, greyer paragraph."""

    words: str
    bold: bool = False
    tint: str | None = None
    size: float | None = None
    note: str = ""


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line of words is at the most, in inches."""
    return size * sum(_word_width(word, bold) for word in words.split(" ")) / 72


def line_count(words: str, width: float, size: float, *, bold: bool = False) -> int:
    """Return in how many lines words fit into a width at the most."""
    lines, taken, space = 1, 0.0, _word_width("", bold)
    for word in words.split(" "):
        wide = _word_width(word, bold)
        if taken and size * (taken + wide - space) > 72 * width:
            lines, taken = lines + 1, 0.0
        # A word that is longer than a line is broken.
        lines += int(size * (wide - space) / (72 * width))
        taken += wide
    return lines


@lru_cache(maxsize=4096)
def _word_width(word: str, bold: bool) -> float:
    """Return how wide a word and the space after it are at the most, in sizes of its letters."""
    return _WIDER * width_of(_letters(word) + "\u00a0", 100, "Bold" if bold else "Regular") / 100


def line_height(size: float) -> float:
    """Return how high a line of words is, in inches."""
    return _LINE * size / 72


def text_height(lines: Sequence[Line], width: float) -> float:
    """Return how high paragraphs are at the most, in inches."""
    return sum(
        line_count(line.words, width, line.size, bold=line.bold) * line_height(line.size) + line.after / 72
        for line in lines
    )


def fitting(lines: Sequence[Line], box: Box, most: int) -> list[Line]:
    """Return the first lines that fit into a box together, at most so many, leaving out what is too long."""
    kept: list[Line] = []
    for line in lines:
        if len(kept) < most and text_height([*kept, line], box.width) <= box.height:
            kept.append(line)
    return kept


def size_for(words: str, sizes: Sequence[float], width: float, *, bold: bool = False) -> float:
    """Return the first of some sizes in which words fit into one line, the last where none does."""
    return next((s for s in sizes if text_width(words, s, bold=bold) <= width), sizes[-1])


def _letters(words: str) -> str:
    """Return words with a wide letter for each sign, which the font that measures does not have."""
    return re.sub(r"[^\u0020-\u024f\u1e00-\u1eff\u2010-\u2026]", "M", for_arial(words))


def for_arial(words: str) -> str:
    """Return words without the narrow space, which Arial lacks."""
    return words.replace("\u202f", "\u00a0")


def rows_that_fit(
    head: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[float], size: float, height: float
) -> int:
    """Return how many of a table's rows fit into a height below its head."""
    left = height - row_height(head_cells(head, size), widths, size)
    for n, row in enumerate(rows):
        left -= row_height(row, widths, size)
        if left < 0:
            return n
    return len(rows)


def table_size(
    head: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[float], sizes: Sequence[float], height: float
) -> float | None:
    """Return the first of some sizes in which a whole table fits into a height, None where it fits in none."""
    return next((s for s in sizes if rows_that_fit(head, rows, widths, s, height) == len(rows)), None)


def small(size: float) -> float:
    """Return the size of a head or note beside words of a size: smaller, yet to be read from as far where those are."""
    return min(size, max(16, size - 1))


def head_cells(head: Sequence[str], size: float) -> list[Cell]:
    """Return the cells of the first row of a table in a size."""
    return [Cell(words, bold=True, size=small(size)) for words in head]


def row_height(row: Sequence[Cell], widths: Sequence[float], size: float) -> float:
    """Return how high a row of a table is at the most, in inches."""

    def height(cell: Cell, width: float) -> float:
        room = width - 2 * CELL_X
        own = cell.size or size
        high = line_count(cell.words, room, own, bold=cell.bold) * line_height(own)
        return high + (line_count(cell.note, room, small(size)) * line_height(small(size)) if cell.note else 0)

    return max(height(c, w) for c, w in zip(row, widths, strict=True)) + 2 * CELL_Y
