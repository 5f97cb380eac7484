"""Charts of a pivot as pure functions: points in, Plotly figure out."""

from collections.abc import Mapping, Sequence
from math import ceil
from textwrap import wrap

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.shared.analysis_drawing import MOST_NAMES, Drawing, Pair, Point
from pages.shared.palette import BLUE, GREY, INK, LINE_GREY, PAPER, SERIES
from pages.shared.text import Text

_PANEL_COLUMNS = 4


def chart(drawing: Drawing, text: Text) -> go.Figure:
    """Return what is drawn, all but maps."""
    return _chart(drawing).update_layout(separators=text.separators)


def _chart(drawing: Drawing) -> go.Figure:
    title = drawing.title
    match drawing.kind:
        case "line":
            return lines(drawing.series, title)
        case "scatter":
            return scatter(drawing.pairs, *drawing.axes)
        case "box":
            return boxes(drawing.series, title)
        case "multiples":
            return multiples(drawing.series, title)
        case _:
            return bars(drawing.points, title, drawing.target)


def bars(points: Sequence[Point], title: str, target: float | None) -> go.Figure:
    """Return a bar a point in the given order, with its number; the target as a line."""
    chart = go.Figure(
        go.Bar(
            x=[p.value for p in points],
            y=[p.name for p in points],
            orientation="h",
            text=[f"{p.words} {p.sign}" for p in points],
            textposition="outside",
            cliponaxis=False,
            textfont={"size": 12, "color": INK},
            marker={"color": [p.colour for p in points]},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    if target is not None:
        chart.add_vline(x=target, line={"color": LINE_GREY, "dash": "dash", "width": 1.5}, layer="below")
    values = [p.value for p in points if p.value is not None]
    low, high = min(0.0, *values), max(0.0, *values)
    chart.update_xaxes(range=[low * 1.15, high * 1.15])
    chart.update_yaxes(autorange="reversed", type="category")
    return _finish(chart, max(220, 70 + 22 * len(points)), title)


def lines(series: Mapping[str, Sequence[Point]], title: str) -> go.Figure:
    """Return a line for each series over the points' names; a point without a value interrupts it."""
    chart = go.Figure()
    for n, (name, points) in enumerate(series.items()):
        chart.add_scatter(
            x=[p.name for p in points],
            y=[p.value for p in points],
            name=name,
            mode="lines+markers",
            line={"color": SERIES[n % len(SERIES)], "width": 2},
            hovertext=[f"{name}, {p.name}: {p.words}" for p in points],
            hoverinfo="text",
        )
    chart.update_xaxes(type="category")
    return _finish(chart, 480, title, legend=True)


def scatter(pairs: Sequence[Pair], x: str, y: str) -> go.Figure:
    """Return a mark for each pair; names are written where there are few."""
    chart = go.Figure(
        go.Scatter(
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
    )
    chart.update_xaxes(title={"text": x})
    chart.update_yaxes(title={"text": "<br>".join(wrap(y, 40))})
    return _finish(chart, 520, "")


def boxes(groups: Mapping[str, Sequence[Point]], title: str) -> go.Figure:
    """Return for each group a box from quartile to quartile, and every unit as a point."""
    chart = go.Figure()
    for name, points in groups.items():
        valued = [p for p in points if p.value is not None]
        chart.add_box(
            x=[p.value for p in valued],
            name=name,
            orientation="h",
            boxpoints="all",
            jitter=0.4,
            pointpos=0,
            marker={"color": BLUE, "size": 5, "opacity": 0.7},
            line={"color": INK, "width": 1.2},
            fillcolor="rgba(0, 114, 178, 0.12)",
            hovertext=[f"{p.name}: {p.words}" for p in valued],
            hoverinfo="text",
        )
    chart.update_yaxes(autorange="reversed")
    return _finish(chart, max(260, 90 + 44 * len(groups)), title)


def multiples(panels: Mapping[str, Sequence[Point]], title: str) -> go.Figure:
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
    return _finish(chart, 110 + 120 * rows, title)


def _finish(chart: go.Figure, height: int, title: str, *, legend: bool = False) -> go.Figure:
    chart.update_layout(
        height=height,
        title={"text": title, "font": {"size": 14, "color": INK}},
        margin={"l": 8, "r": 12, "t": 44 if title else 16, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": -0.12},
        plot_bgcolor=PAPER,
        paper_bgcolor=PAPER,
        font={"color": INK},
    )
    chart.update_xaxes(gridcolor="#E4E8EC", zerolinecolor=GREY, automargin=True)
    chart.update_yaxes(gridcolor="#E4E8EC", automargin=True)
    return chart
