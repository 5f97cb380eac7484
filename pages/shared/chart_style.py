"""The one look of all charts: what they have in common is `_template`, how they end is `finish`."""

from collections.abc import Sequence
from functools import cache
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from pages.shared.palette import GREY, LINE_GREY, SERIES
from pages.shared.text import Text

NAMED = 3
"""So many are named of marks that are too many to be ticks."""

TARGET_LINE: dict[str, Any] = {"color": LINE_GREY, "dash": "dash", "width": 1.5}


@cache
def _template() -> go.layout.Template:
    """Return what all charts have in common.

    Made at import, Plotly would take a numpy that another thread is just importing for a whole one.
    """
    # Letters, grid and backgrounds are Streamlit's: it alone knows whether the page is light or dark.
    return go.layout.Template(
        layout={
            "bargap": 0.3,
            "colorway": SERIES,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
            "hoverlabel": {"align": "left"},
            "xaxis": {"automargin": True, "zerolinecolor": GREY},
            "yaxis": {"automargin": True, "zerolinecolor": GREY},
        },
        data={
            "scatter": [{"cliponaxis": False}],
            # Plotly would make what is written on a bar as small as the bar is thin, and turn it.
            "bar": [{"cliponaxis": False, "constraintext": "none", "textangle": 0, "textfont": {"size": 13}}],
        },
    )


_OPPOSITE = {
    f"{side} {place}": f"{other} {across}"
    for side, other in (("top", "bottom"), ("bottom", "top"))
    for place, across in (("left", "right"), ("right", "left"), ("center", "center"))
}
_NEAR = 0.12
"""Where a line is nearer to a point, as a part of all that is drawn, it strikes through what is written beside it."""


def axis_of(unit: str, text: Text) -> dict[str, Any]:
    """Return what an axis says of its numbers: their unit, percent at each number."""
    return {"ticksuffix": text.unit("%")} if unit == "%" else {"title": {"text": unit}}


class Chart:
    """A chart in the making, in Plotly's own words; `finish` makes it a figure.

    Plotly checks what it is given. Given all at once, that takes a fourth to a ninth of the time of piece by piece.
    """

    def __init__(self) -> None:
        self.traces: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {"xaxis": {}, "yaxis": {}, "annotations": [], "shapes": []}

    def add(self, kind: str, **trace: Any) -> None:
        """Add a trace of one of Plotly's kinds."""
        self.traces.append({"type": kind, **trace})

    def add_annotation(self, **annotation: Any) -> None:
        """Write something, without an arrow."""
        self.layout["annotations"].append({"showarrow": False, **annotation})

    def add_shape(self, **shape: Any) -> None:
        """Draw a line or a field."""
        self.layout["shapes"].append(shape)

    def add_hline(self, y: float, line: dict[str, Any], said: str = "") -> None:
        """Draw a line over the whole width; what it says stands at its left end, above it."""
        self.add_shape(type="line", x0=0, x1=1, xref="x domain", y0=y, y1=y, yref="y", line=line)
        if said:
            self.add_annotation(x=0, xanchor="left", xref="x domain", y=y, yanchor="bottom", yref="y", text=said)

    def add_vline(self, x: float, line: dict[str, Any], **shape: Any) -> None:
        """Draw a line over the whole height."""
        self.add_shape(type="line", x0=x, x1=x, xref="x", y0=0, y1=1, yref="y domain", line=line, **shape)

    def update_xaxes(self, **axis: Any) -> None:
        """Say how the horizontal axis is."""
        self.layout["xaxis"].update(axis)

    def update_yaxes(self, **axis: Any) -> None:
        """Say how the vertical axis is."""
        self.layout["yaxis"].update(axis)


def finish(
    chart: Chart, text: Text, height: int, *, legend: bool = False, top: int | None = None, right: int = 8
) -> go.Figure:
    """Return the chart in the house's look; its height and the room left above and beside it are pixels."""
    return go.Figure(chart.traces, chart.layout | look(text, height, legend=legend, top=top, right=right))


def look(text: Text, height: int, *, legend: bool = False, top: int | None = None, right: int = 8) -> dict[str, Any]:
    """Return the same as a layout, for a figure of panels."""
    if top is None:
        top = 44 if legend else 8
    return {
        "template": _template(),
        "separators": text.separators,
        "height": height,
        "margin": {"t": top, "r": right},
        "showlegend": legend,
    }


def off_the_line(values: Sequence[float | None], target: float | None = None) -> list[str]:
    """Return on which side of each point of a line neither the line itself is nor, where it is near, the target."""
    sides = []
    drawn = [float(v) for v in (*values, target) if v is not None]
    near = _NEAR * (max(drawn) - min(drawn)) if drawn else 0
    for before, own, after in zip([None, *values], values, [*values[1:], None], strict=False):
        from_before = 0 if before is None or own is None else own - before
        to_after = 0 if after is None or own is None else after - own
        if from_before > 0 and to_after > 0:
            sides.append("top left")
        elif from_before < 0 and to_after <= 0:
            sides.append("top right")
        else:
            sides.append("bottom center" if from_before < 0 or to_after > 0 else "top center")
        if own is not None and target is not None:
            above = float(target) - float(own)
            struck = 0 < above < near if sides[-1].startswith("top") else 0 < -above < near
            sides[-1] = _OPPOSITE[sides[-1]] if struck else sides[-1]
    return sides


def say_along_axis(chart: Chart, names: Sequence[str], said: str) -> None:
    """Order marks by `names`, which are too many to be ticks; what is to be said of them stands below."""
    chart.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=names,
        showticklabels=False,
        showgrid=False,
        title={"text": "<br>".join(wrap(said, 80))},
    )
