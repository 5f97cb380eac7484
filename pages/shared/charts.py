"""Charts as pure functions: figures in, Plotly figure out."""

from datetime import date

import plotly.graph_objects as go

from pages.shared.figures import STATUS_SIGNS, Figure
from pages.shared.text import Text

COLOURS = {"green": "#009E73", "orange": "#E69F00", "red": "#D55E00", "gray": "#8A949E"}
LINE = "#0072B2"
TARGET = "#1B2733"


def trend(points: list[Figure], text: Text, reform_on: date) -> go.Figure:
    """Return the line of whole years and the line of half-years, with target and reform marked."""
    chart = go.Figure()
    for key, dash, symbol in (("year", "solid", "circle"), ("half", "dot", "circle-open")):
        shown = [p for p in points if p.has_value and p.row["period"].endswith("-H1") == (key == "half")]
        chart.add_scatter(
            x=[p.row["cut_off"] for p in shown],
            y=[p.row["value"] for p in shown],
            name=text(f"indicator.{key}_series"),
            mode="lines+markers+text" if key == "year" else "lines+markers",
            text=[p.value() for p in shown],
            textposition="top center",
            line={"color": LINE, "dash": dash, "width": 3 if key == "year" else 1.5},
            marker={"symbol": symbol, "size": 9},
            hovertext=[_hover(p, text.period(p.row["period"]), text) for p in shown],
            hoverinfo="text",
        )
    last = points[-1] if points else None
    if last and last.target_value is not None:
        chart.add_hline(
            y=float(last.target_value),
            line={"color": TARGET, "dash": "dash", "width": 1.5},
            annotation_text=f"{text('indicator.target')} {last.target()}",
            annotation_position="bottom left",
        )
    if points and points[0].row["cut_off"].date() < reform_on <= points[-1].row["cut_off"].date():
        chart.add_shape(
            type="line",
            x0=reform_on,
            x1=reform_on,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": COLOURS["gray"], "width": 2},
        )
        chart.add_annotation(
            x=reform_on, y=1, yref="paper", text=text("indicator.reform"), showarrow=False, yanchor="bottom"
        )
    return _finish(chart, 380, legend=True)


def ranking(points: list[Figure], names: list[str], text: Text, *, horizontal: bool = False) -> go.Figure:
    """Return one bar a unit in the given order, coloured by status, with the target as a line."""
    values = [p.row["value"] for p in points]
    bars = {
        "marker": {"color": [COLOURS[STATUS_SIGNS[p.status][1]] for p in points]},
        "hovertext": [_hover(p, name, text) for p, name in zip(points, names, strict=True)],
        "hoverinfo": "text",
    }
    target = float(points[0].target_value) if points and points[0].target_value is not None else None
    line = {"color": TARGET, "dash": "dash", "width": 1.5}
    if horizontal:
        signs = [f"{p.value()} {STATUS_SIGNS[p.status][0]}" for p in points]
        chart = go.Figure(go.Bar(x=values, y=names, orientation="h", text=signs, textposition="auto", **bars))
        if target is not None:
            chart.add_vline(x=target, line=line)
        chart.update_yaxes(autorange="reversed")
        return _finish(chart, 60 + 34 * len(points))
    chart = go.Figure(go.Bar(x=names, y=values, **bars))
    if target is not None:
        chart.add_hline(y=target, line=line, annotation_text=points[0].target(), annotation_position="top left")
    chart.update_xaxes(type="category", tickangle=-60, tickfont={"size": 10})
    return _finish(chart, 360)


def _hover(point: Figure, name: str, text: Text) -> str:
    return text(
        "hover.figure",
        name=name,
        value=point.value(),
        numerator=text.number(int(point.row["numerator"])),
        denominator=point.counts().partition("/")[2]
        if text.language == "vi"
        else text.number(int(point.row["denominator"])),
        status=point.status_words(),
    )


def _finish(chart: go.Figure, height: int, *, legend: bool = False) -> go.Figure:
    chart.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": -0.15},
        separators=",.",
        bargap=0.15,
    )
    chart.update_yaxes(automargin=True)
    return chart
