"""Charts of a pivot as pure functions: points in, Plotly figure out."""

from collections.abc import Mapping, Sequence
from math import ceil
from textwrap import wrap

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.shared.analysis.drawing import MOST_NAMES, Drawing, Pair, Point
from pages.shared.chart_style import TARGET_LINE, Chart, axis_of, finish, look
from pages.shared.palette import BLUE, INK, LINE_GREY, PAPER, SERIES, rgb
from pages.shared.text import Text

_PANEL_COLUMNS = 4
_DASHES = ("solid", "dash", "dot", "dashdot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x")


def chart(drawing: Drawing, text: Text) -> go.Figure:
    """Return what is drawn, all but maps."""
    match drawing.kind:
        case "line":
            return lines(drawing.series, drawing.unit, text)
        case "scatter":
            return scatter(drawing.pairs, *drawing.axes, text)
        case "box":
            return boxes(drawing.series, drawing.unit, text)
        case "multiples":
            return multiples(drawing.series, drawing.unit, text)
        case _:
            return bars(drawing.points, drawing.target, drawing.unit, text)


def bars(points: Sequence[Point], target: float | None, unit: str, text: Text) -> go.Figure:
    """Return a bar a point in the given order, with its number; the target as a line."""
    chart = Chart()
    chart.add(
        "bar",
        x=[p.value for p in points],
        y=[p.name for p in points],
        orientation="h",
        text=[f"{p.words} {p.sign}" for p in points],
        textposition="auto",
        insidetextanchor="start",
        insidetextfont={"color": [PAPER if p.colour == BLUE else INK for p in points]},
        marker={"color": [p.colour for p in points], "line": {"color": LINE_GREY, "width": 1}},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    if target is not None:
        chart.add_vline(x=target, line=TARGET_LINE, layer="below")
    values = [p.value for p in points if p.value is not None]
    low, high = min(0.0, *values), max(0.0, *values)
    chart.update_xaxes(range=[low * 1.15, high * 1.15], **axis_of(unit, text))
    chart.update_yaxes(autorange="reversed", type="category")
    return finish(chart, text, max(200, 80 + 25 * len(points)))


def lines(series: Mapping[str, Sequence[Point]], unit: str, text: Text) -> go.Figure:
    """Return a line for each series over the points' names; a point without a value interrupts it."""
    chart = Chart()
    for n, (name, points) in enumerate(series.items()):
        chart.add(
            "scatter",
            x=[p.name for p in points],
            y=[p.value for p in points],
            name=name,
            mode="lines+markers",
            line={"color": SERIES[n % len(SERIES)], "dash": _DASHES[n % len(_DASHES)], "width": 2},
            marker={"symbol": _SYMBOLS[n % len(_SYMBOLS)], "size": 7},
            hovertext=[f"{name}, {p.name}: {p.words}" for p in points],
            hoverinfo="text",
        )
    chart.update_xaxes(type="category")
    chart.update_yaxes(**axis_of(unit, text))
    return finish(chart, text, 480, legend=True)


def scatter(pairs: Sequence[Pair], x: str, y: str, text: Text) -> go.Figure:
    """Return a mark for each pair; names are written where there are few."""
    chart = Chart()
    chart.add(
        "scatter",
        x=[p.x for p in pairs],
        y=[p.y for p in pairs],
        mode="markers+text" if len(pairs) <= MOST_NAMES else "markers",
        text=[p.name for p in pairs],
        textposition="top center",
        textfont={"size": 10},
        marker={"color": BLUE, "size": 8, "opacity": 0.8},
        hovertext=[p.words for p in pairs],
        hoverinfo="text",
    )
    chart.update_xaxes(title={"text": x})
    chart.update_yaxes(title={"text": "<br>".join(wrap(y, 40))})
    return finish(chart, text, 520)


def boxes(groups: Mapping[str, Sequence[Point]], unit: str, text: Text) -> go.Figure:
    """Return for each group a box from quartile to quartile, and every unit as a point."""
    chart = Chart()
    for name, points in groups.items():
        valued = [p for p in points if p.value is not None]
        chart.add(
            "box",
            x=[p.value for p in valued],
            name=name,
            orientation="h",
            boxpoints="all",
            jitter=0.4,
            pointpos=0,
            marker={"color": BLUE, "size": 5, "opacity": 0.7},
            line={"color": LINE_GREY, "width": 1.2},
            fillcolor=f"rgba{(*rgb(BLUE), 0.12)}",
            hovertext=[f"{p.name}: {p.words}" for p in valued],
            hoverinfo="text",
        )
    chart.update_xaxes(**axis_of(unit, text))
    chart.update_yaxes(autorange="reversed")
    return finish(chart, text, max(240, 90 + 44 * len(groups)))


def multiples(panels: Mapping[str, Sequence[Point]], unit: str, text: Text) -> go.Figure:
    """Return a small chart for each panel, its points as a line, all to the same scale."""
    rows = ceil(len(panels) / _PANEL_COLUMNS)
    chart = make_subplots(
        rows=rows,
        cols=_PANEL_COLUMNS,
        subplot_titles=list(panels),
        shared_xaxes="all",
        shared_yaxes="all",
        vertical_spacing=min(0.3, 0.34 / max(1, rows)),
        horizontal_spacing=0.03,
        y_title=None if unit == "%" else unit,
    )
    for n, points in enumerate(panels.values()):
        chart.add_scatter(
            x=[p.name for p in points],
            y=[p.value for p in points],
            mode="lines+markers",
            line={"color": BLUE, "width": 2},
            marker={"size": 5},
            hovertext=[f"{p.name}: {p.words}" for p in points],
            hoverinfo="text",
            row=n // _PANEL_COLUMNS + 1,
            col=n % _PANEL_COLUMNS + 1,
        )
    chart.update_annotations(font={"size": 11})
    chart.update_xaxes(type="category", tickfont={"size": 9})
    if unit == "%":
        chart.update_yaxes(ticksuffix=text.unit("%"))
    return chart.update_layout(look(text, 80 + 120 * rows, top=32))
