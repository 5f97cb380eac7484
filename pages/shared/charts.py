"""Charts as pure functions: figures in, Plotly figure out."""

from datetime import date

import plotly.graph_objects as go

from pages.shared.figures import STATUS_SIGNS, Figure
from pages.shared.text import Text

COLOURS = {"green": "#009E73", "orange": "#E69F00", "red": "#D55E00", "gray": "#8A949E"}
LINE = "#0072B2"
TARGET_LINE = {"color": "#5F6B76", "dash": "dash", "width": 1.5}
SYMBOLS = {"met": "circle", "near": "diamond", "missed": "x"}


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
    years = [p for p in points if not p.row["period"].endswith("-H1")]
    chart.update_xaxes(tickvals=[p.row["cut_off"] for p in years], ticktext=[p.row["period"] for p in years])
    last = points[-1] if points else None
    if last and last.target_value is not None:
        chart.add_hline(
            y=float(last.target_value),
            line=TARGET_LINE,
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
            x=reform_on, y=0, yref="paper", text=text("indicator.reform"), showarrow=False, xanchor="right"
        )
    return _finish(chart, 380, legend=True)


def bars(points: list[Figure], names: list[str], text: Text) -> go.Figure:
    """Return one horizontal bar a row in the given order, with value, status sign and the target as a line."""
    chart = go.Figure(
        go.Bar(
            x=[p.row["value"] for p in points],
            y=names,
            orientation="h",
            text=[f"{p.value()} {STATUS_SIGNS[p.status][0]}" for p in points],
            textposition="auto",
            marker={"color": [_colour(p) for p in points]},
            hovertext=[_hover(p, name, text) for p, name in zip(points, names, strict=True)],
            hoverinfo="text",
        )
    )
    if points and points[0].target_value is not None:
        chart.add_vline(x=float(points[0].target_value), line=TARGET_LINE)
    chart.update_yaxes(autorange="reversed")
    return _finish(chart, 60 + 34 * len(points))


def ranking(points: list[Figure], names: list[str], text: Text) -> go.Figure:
    """Return one mark a commune in the given order: shape and colour tell the status, the line is the target."""
    chart = go.Figure()
    for status in dict.fromkeys(p.status for p in points):
        of_status = [(p, n) for p, n in zip(points, names, strict=True) if p.status == status]
        chart.add_scatter(
            x=[n for _, n in of_status],
            y=[p.row["value"] for p, _ in of_status],
            name=of_status[0][0].status_words(),
            mode="markers",
            marker={"color": _colour(of_status[0][0]), "symbol": SYMBOLS.get(status, "circle-open"), "size": 9},
            hovertext=[_hover(p, n, text) for p, n in of_status],
            hoverinfo="text",
        )
    if points and points[0].target_value is not None:
        target = points[0]
        chart.add_hline(
            y=float(target.row["target_value"]),
            line=TARGET_LINE,
            annotation_text=f"{text('indicator.target')} {target.target()}",
            annotation_position="top left",
        )
    chart.update_xaxes(
        type="category", tickangle=-60, tickfont={"size": 10}, categoryorder="array", categoryarray=names
    )
    return _finish(chart, 380, legend=True)


def _colour(point: Figure) -> str:
    return COLOURS[STATUS_SIGNS[point.status][1]]


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
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        separators=",.",
        bargap=0.15,
    )
    chart.update_yaxes(automargin=True)
    return chart
