"""A sheet to draw on, in points from its lower left corner: the only user of matplotlib.

It is a canvas here and no more: without pyplot there is no state that two threads could share, and the same
strokes give the same bytes. The fonts are the dashboard's own, brought along.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from pages.shared.palette import IN_THE_DARK, INK, LINE_GREY, PAPER

# Importing matplotlib lists the machine's fonts, of which none is used, and keeps the list: not in anybody's home.
_asked_for = os.environ.get("MPLCONFIGDIR")
with TemporaryDirectory() as _folder:
    os.environ["MPLCONFIGDIR"] = _folder
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font
    from matplotlib.lines import Line2D
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline
    from matplotlib.text import Text as Writing
    from matplotlib.textpath import TextPath, text_to_path
    from matplotlib.transforms import Affine2D, IdentityTransform

    if TYPE_CHECKING:
        from matplotlib.artist import Artist
if _asked_for is None:
    del os.environ["MPLCONFIGDIR"]
else:
    os.environ["MPLCONFIGDIR"] = _asked_for

# Names within an SVG are made from what they name, not by chance.
matplotlib.rcParams["svg.hashsalt"] = "child-dashboard"

Weight = Literal["Regular", "Semibold", "Bold", "It"]
Align = Literal["left", "center", "right"]
Points = NDArray[np.float64]

FONTS = Path(__file__).parent / "pack" / "fonts"
# It has all the signs that the dashboard's own face lacks.
_SIGN_FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
_HATCHES = {"stripes": "////", "dots": "..", "cross": "xxxx"}
_MM = 72 / 25.4
CAP_HEIGHT = 0.66
"""How high a capital letter is, in sizes of the font."""


@dataclass(frozen=True)
class Picture:
    """A drawing, ready for paper (`svg`) and slides (`png`). `alt` says in words what it shows."""

    figure: Figure
    alt: str

    def svg(self) -> bytes:
        """Return the drawing with its letters as outlines, so that it looks alike without the fonts."""
        written = StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(self.figure).print_svg(written, metadata=nothing)  # type: ignore[no-untyped-call]
        return written.getvalue().encode()

    def svg_on_screen(self) -> bytes:
        """Return the same as it follows the theme: in the dark its own ground, and what is drawn on that, are dark."""
        return self.svg().replace(b"<defs>", f"{_style_in_the_dark()}<defs>".encode(), 1)

    def png(self, dpi: int) -> bytes:
        """Return the drawing in pixels."""
        written = BytesIO()
        canvas = FigureCanvasAgg(self.figure)
        before = self.figure.dpi
        self.figure.set_dpi(dpi)
        try:
            canvas.print_png(written, metadata={"Software": None})  # type: ignore[no-untyped-call]
        finally:
            self.figure.set_dpi(before)
        return written.getvalue()


@dataclass(frozen=True)
class Box:
    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def lies_in(self, other: "Box") -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )


@cache
def _style_in_the_dark() -> str:
    """Return CSS for an SVG of matplotlib's; signs of INK lie on areas and keep their colour, as hatches do."""
    rules = [
        f'[style*="{what}: {light.lower()}"] {{ {what}: {dark} !important }}'
        for light, dark in IN_THE_DARK.items()
        for what in ("fill", "stroke")
    ]
    rules += [
        f'[id^="PathCollection"] [style*="fill: {INK.lower()}"] {{ fill: {INK} !important }}',
        f"pattern path[style] {{ fill: {LINE_GREY} !important; stroke: {LINE_GREY} !important }}",
    ]
    return f"<style>@media (prefers-color-scheme: dark) {{ {' '.join(rules)} }}</style>"


@cache
def _font(weight: Weight) -> FontProperties:
    return FontProperties(fname=str(FONTS / f"SourceSans3-{weight}.ttf"))


def width_of(words: str, size: float, weight: Weight = "Regular") -> float:
    """Return how wide a line of words is, in points."""
    font = _font(weight).copy()
    font.set_size(size)
    return float(text_to_path.get_text_width_height_descent(words, font, ismath=False)[0])


def wrapped(words: str, room: float, size: float, weight: Weight = "Regular") -> list[str]:
    """Return words in as many lines as they need; a single word is never broken."""
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, weight) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@cache
def characters() -> frozenset[str]:
    """Return what typst can set: the characters of the dashboard's own face, and of the one it takes signs from."""
    faces = (FONTS / "SourceSans3-Regular.ttf", _SIGN_FONT.with_name("DejaVuSansMono.ttf"))
    return frozenset(chr(code) for face in faces for code in FT2Font(str(face)).get_charmap())


@cache
def _sign_outline(sign: str) -> Outline:
    """Return a sign in a font of size 1, its middle at 0."""
    drawn = TextPath((0, 0), sign, size=1, prop=FontProperties(fname=str(_SIGN_FONT)))
    places = np.asarray(drawn.vertices)
    return Outline(places - (places.min(axis=0) + places.max(axis=0)) / 2, drawn.codes)


class Sheet:
    """What is drawn later lies above. Lengths are points; places are rounded to tenths, which keeps files small."""

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self.width, self.height = round(width_mm * _MM, 1), round(height_mm * _MM, 1)
        self._figure = Figure(figsize=(self.width / 72, self.height / 72), dpi=72, facecolor=PAPER)
        self._points = Affine2D().scale(1 / 72) + self._figure.dpi_scale_trans
        self._strokes = 0

    def picture(self, alt: str) -> Picture:
        return Picture(self._figure, alt)

    def _add(self, artist: "Artist", gid: str | None = None) -> None:
        self._strokes += 1
        artist.set_zorder(self._strokes)
        artist.set_gid(gid)
        self._figure.add_artist(artist)

    def write(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        weight: Weight = "Regular",
        colour: str = INK,
        align: Align = "left",
        halo: bool = False,
        gid: str | None = None,
    ) -> Box:
        """Write a line, `y` at the middle of its capital letters; return what it takes up."""
        width = width_of(words, size, weight)
        left = round(x - {"left": 0, "center": width / 2, "right": width}[align], 1)
        base = round(y - CAP_HEIGHT * size / 2, 1)
        if halo:
            self._halo(left, base, words, size, weight)
        font = _font(weight).copy()
        font.set_size(size)
        writing = Writing(
            left, base, words, color=colour, fontproperties=font, parse_math=False, transform=self._points
        )
        self._add(writing, gid)
        return box_of(left + width / 2, y, width, size)

    def _halo(self, left: float, base: float, words: str, size: float, weight: Weight) -> None:
        """Draw white behind letters to come, from the highest to the lowest of them point by point."""
        drawn = TextPath((left, base), words, size=size, prop=_font(weight))
        xs, ys = np.concatenate([np.asarray(ring) for ring in drawn.to_polygons()]).T
        columns = {x: ys[np.round(xs) == x] for x in np.unique(np.round(xs))}
        above = [(x, own.max()) for x, own in columns.items()]
        below = [(x, own.min()) for x, own in columns.items()]
        self.area([np.array(above + below[::-1])], PAPER, edge=PAPER, width=0.3 * size)

    def line(
        self,
        places: Sequence[tuple[float, float]],
        colour: str,
        width: float,
        *,
        dash: tuple[float, ...] | None = None,
        gid: str | None = None,
    ) -> None:
        """Draw a line through places; `dash` is in points: drawn, left out, ..."""
        xs, ys = np.round(np.array(places, dtype=float), 1).T
        line = Line2D(
            xs, ys, color=colour, linewidth=width, solid_joinstyle="round", transform=self._points, clip_on=False
        )
        if dash:
            line.set_linestyle((0, tuple(d / width for d in dash)))
        self._add(line, gid)

    def area(
        self,
        rings: Iterable[Points],
        colour: str,
        *,
        edge: str = "none",
        width: float = 0.5,
        pattern: str | None = None,
        gid: str | None = None,
    ) -> None:
        """Fill rings, each without its closing point; holes run the other way round than what they are in."""
        vertices, codes = [], []
        for ring in rings:
            rounded = np.round(ring, 1)
            kept = rounded[np.any(rounded != np.roll(rounded, 1, axis=0), axis=1)]
            kept = rounded[:1] if len(kept) == 0 else kept
            vertices += [kept, kept[:1]]
            codes += [Outline.MOVETO, *[Outline.LINETO] * (len(kept) - 1), Outline.CLOSEPOLY]
        patch = PathPatch(
            Outline(np.concatenate(vertices), codes),
            facecolor=colour,
            edgecolor=edge,
            linewidth=width,
            joinstyle="round",
            transform=self._points,
        )
        if pattern:
            patch.set_hatch(_HATCHES[pattern])
            patch.set_hatch_linewidth(0.6)
            patch.set_hatchcolor(LINE_GREY)
        self._add(patch, gid)

    def rectangle(self, box: Box, colour: str, **look: Any) -> None:
        corners = [(box.left, box.bottom), (box.right, box.bottom), (box.right, box.top), (box.left, box.top)]
        self.area([np.array(corners)], colour, **look)

    def signs(self, places: Sequence[tuple[float, float]], sign: str, size: float, colour: str = INK) -> None:
        """Draw a sign at each place, its middle there; the font's size is `size`."""
        stamps = PathCollection(
            [_sign_outline(sign)],
            sizes=[size**2],
            offsets=np.round(np.array(places, dtype=float), 1),
            offset_transform=self._points,
            transform=IdentityTransform(),
            facecolor=colour,
            edgecolor="none",
        )
        self._add(stamps)

    def disc(
        self,
        place: tuple[float, float],
        radius: float,
        colour: str,
        *,
        edge: str = "none",
        width: float = 0,
        opacity: float = 1,
    ) -> None:
        circle = Outline.unit_circle()
        outline = Outline(np.round(np.asarray(circle.vertices) * radius + place, 2), circle.codes)
        patch = PathPatch(outline, facecolor=(colour, opacity), edgecolor=edge, linewidth=width)
        patch.set_transform(self._points)
        self._add(patch)


def square(x: float, y: float, half: float) -> Box:
    """Return the box that reaches `half` to each side."""
    return Box(x - half, y - half, x + half, y + half)


def box_of(x: float, y: float, width: float, size: float) -> Box:
    """Return what a line of words takes up around its middle, marks above and tails below included."""
    return Box(x - width / 2, y - 0.6 * size, x + width / 2, y + 0.6 * size)


class Room:
    """What is taken on a sheet, so that words find a place of their own; over what is faint they may lie if need be."""

    def __init__(self, within: Box) -> None:
        self._within = within
        self._taken: list[Box] = []
        self._faint: list[Box] = []

    def take(self, box: Box, *, faint: bool = False) -> None:
        (self._faint if faint else self._taken).append(box)

    def take_line(self, places: Sequence[tuple[float, float]], width: float, *, faint: bool = False) -> None:
        """Take what a line through places covers."""
        for (x0, y0), (x1, y1) in pairwise(places):
            steps = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / 2))
            for n in range(steps + 1):
                x, y = x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps
                self.take(square(x, y, width / 2), faint=faint)

    def find(self, boxes: Iterable[Box]) -> Box | None:
        """Return the first of some boxes that is free, and take it; None where none is."""
        inside = [box for box in boxes if box.lies_in(self._within)]
        for taken in ([*self._taken, *self._faint], self._taken):
            for box in inside:
                if not any(box.meets(t) for t in taken):
                    self.take(box)
                    return box
        return None
