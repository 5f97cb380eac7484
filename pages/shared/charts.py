"""Charts of indicators as pure functions: figures in, Plotly figure out."""

from datetime import date
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from pages.shared.chart_style import NAMED, TARGET_LINE, Chart, finish, off_the_line, say_along_axis
from pages.shared.figures import STATUS_SIGNS, Figure
from pages.shared.palette import (
    BLUE,
    FILLS,
    GREY,
    INK,
    LINE_GREY,
    READINGS,
    STATUS,
)
from pages.shared.text import Text

MOST_BARS = 15
SYMBOLS = {"met": "circle", "near": "diamond", "missed": "x"}


def trend(points: list[Figure], text: Text, reform_on: date) -> go.Figure:
    """Return the line of whole years and the line of half-years, each with its name, target and reform marked."""
    chart = Chart()
    for key, dash, symbol, side in (("year", "solid", "circle", "top"), ("half", "dot", "circle-open", "bottom")):
        shown = [p for p in points if p.has_value and p.row["period"].endswith("-H1") == (key == "half")]
        if not shown:
            continue
        chart.add(
            "scatter",
            x=[p.row["cut_off"] for p in shown],
            y=[p.row["value"] for p in shown],
            mode="lines+markers+text" if key == "year" else "lines+markers",
            text=[p.value() for p in shown],
            textposition=off_the_line([p.row["value"] for p in shown], points[-1].row["target_value"]),
            line={"color": BLUE, "dash": dash, "width": 3 if key == "year" else 1.5},
            marker={"symbol": symbol, "size": 9},
            hovertext=[_hover(p, text.period(p.row["period"])) for p in shown],
            hoverinfo="text",
        )
        chart.add_annotation(
            x=shown[-1].row["cut_off"],
            y=shown[-1].row["value"],
            text="<br>".join(wrap(text(f"indicator.{key}_series"), 8)),
            align="left",
            xanchor="left",
            yanchor=side,
            xshift=8,
        )
    years = [p for p in points if not p.row["period"].endswith("-H1")]
    chart.update_xaxes(tickvals=[p.row["cut_off"] for p in years], ticktext=[p.row["period"] for p in years])
    chart.update_yaxes(ticksuffix=text.unit("%"))
    last = points[-1] if points else None
    if last and last.target_value is not None:
        chart.add_hline(y=float(last.target_value), line=TARGET_LINE)
        # Above the drawing: where half-years lie far below, all that is near the line is near each other.
        named = f"╌ ╌ {text('indicator.target')} {last.target()}"
        chart.add_annotation(x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", text=named)
    if points and points[0].row["cut_off"].date() < reform_on <= points[-1].row["cut_off"].date():
        chart.add_shape(
            type="line",
            x0=reform_on,
            x1=reform_on,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": GREY, "width": 2},
        )
        said = text("indicator.reform", month=text.month(reform_on))
        chart.add_annotation(x=reform_on, y=0, yref="paper", text=said, xanchor="right")
    return finish(chart, text, 380, top=24, right=72)


def bars(points: list[Figure], names: list[str], text: Text) -> go.Figure:
    """Return one horizontal bar a row in the given order, with value, status sign and the target as a line."""
    chart = Chart()
    chart.add(
        "bar",
        x=[p.row["value"] for p in points],
        y=names,
        orientation="h",
        text=[f"{p.value()} {STATUS_SIGNS[p.status][0]}" for p in points],
        textposition="auto",
        insidetextanchor="start",
        insidetextfont={"color": INK},
        marker={
            "color": [FILLS[STATUS_SIGNS[p.status][1]] for p in points],
            "line": {"color": LINE_GREY, "width": 1},
        },
        hovertext=[_hover(p, name) for p, name in zip(points, names, strict=True)],
        hoverinfo="text",
    )
    if points and points[0].target_value is not None:
        chart.add_vline(x=float(points[0].target_value), line=TARGET_LINE)
        chart.add_annotation(
            x=float(points[0].target_value),
            y=1,
            yref="paper",
            yanchor="bottom",
            text=f"{text('indicator.target')} {points[0].target()}",
        )
    chart.update_xaxes(ticksuffix=text.unit("%"))
    chart.update_yaxes(autorange="reversed")
    return finish(chart, text, 80 + 34 * len(points), top=28)


def ranking(points: list[Figure], names: list[str], text: Text) -> go.Figure:
    """Return one mark a commune in the given order: shape and colour tell the status, the line is the target.

    The rows are those of the question `ranking`; the thin bar of each is the interval that chance allows.
    """
    chart = Chart()
    spans = [
        (n, p.row["lower"], p.row["upper"]) for p, n in zip(points, names, strict=True) if p.row["lower"] is not None
    ]
    if spans:
        chart.add(
            "scatter",
            x=[x for n, _, _ in spans for x in (n, n, None)],
            y=[y for _, low, high in spans for y in (low, high, None)],
            name=text("indicator.interval"),
            mode="lines",
            line={"color": GREY, "width": 1.5},
            hoverinfo="skip",
        )
    for status in dict.fromkeys(p.status for p in points):
        of_status = [(p, n) for p, n in zip(points, names, strict=True) if p.status == status]
        chart.add(
            "scatter",
            x=[n for _, n in of_status],
            y=[p.row["value"] for p, _ in of_status],
            name=of_status[0][0].status_words(),
            mode="markers",
            marker={"color": _colour(of_status[0][0]), "symbol": SYMBOLS.get(status, "circle-open"), "size": 9},
            hovertext=[_hover(p, n) for p, n in of_status],
            hoverinfo="text",
        )
    if points and points[0].target_value is not None:
        target = points[0]
        chart.add_hline(
            y=float(target.row["target_value"]),
            line=TARGET_LINE,
            said=f"{text('indicator.target')} {target.target()}",
        )
    lowest = ", ".join(f"{p.row['name']} ({p.value()})" for p in points[:NAMED])
    say_along_axis(chart, names, text("indicator.units_axis", lowest=lowest))
    chart.update_yaxes(ticksuffix=text.unit("%"))
    return finish(chart, text, 380, legend=True)


def funnel(points: list[Figure], text: Text) -> go.Figure:
    """Return one mark a commune by its size, and within what chance would keep it were it like the whole province.

    The rows are those of the question `ranking` that have a reading; the limits are drawn from commune to commune.
    """
    chart = Chart()
    by_size = sorted(points, key=lambda p: p.row["denominator"])
    sizes = [p.row["denominator"] for p in by_size]
    for limit, dash in (("outer", "solid"), ("inner", "dot")):
        for side in ("lower", "upper"):
            chart.add(
                "scatter",
                x=sizes,
                y=[p.row[f"{limit}_{side}"] for p in by_size],
                name=text(f"funnel.{limit}"),
                mode="lines",
                line={"color": LINE_GREY, "dash": dash, "width": 1.5},
                showlegend=side == "lower",
                hoverinfo="skip",
            )
    chart.add_hline(y=points[0].row["province_value"], line={"color": LINE_GREY, "width": 1.5})
    for reading, (colour, sign, symbol) in READINGS.items():
        shown = [p for p in points if p.row["reading"] == reading]
        if shown:
            chart.add(
                "scatter",
                x=[p.row["denominator"] for p in shown],
                y=[p.row["value"] for p in shown],
                name=f"{sign} {text('reading.' + reading)}",
                mode="markers",
                marker={"color": colour, "symbol": symbol, "size": 9},
                hovertext=[_hover(p, f"{p.row['name']} ({p.row['unit_code']})") for p in shown],
                hoverinfo="text",
            )
    ticks = [n * 10**power for power in range(7) for n in (1, 2, 5) if sizes[0] / 2 <= n * 10**power <= 2 * sizes[-1]]
    chart.update_xaxes(
        type="log",
        tickvals=ticks,
        ticktext=[text.number(tick) for tick in ticks],
        title={"text": text("funnel.size", unit=points[0].unit())},
    )
    chart.update_yaxes(ticksuffix=text.unit("%"))
    return finish(chart, text, 380, legend=True)


def differences(rows: list[dict[str, Any]], text: Text) -> go.Figure:
    """Return each group's difference from all others in percentage points, with its interval; 0 is no difference.

    `rows` are those of the question `equity` that have a difference.
    """
    chart = Chart()
    for reading, (colour, sign, symbol) in READINGS.items():
        shown = [r for r in rows if r["reading"] == reading]
        if shown:
            chart.add(
                "scatter",
                x=[r["difference"] for r in shown],
                y=[text("comparison." + r["comparison"]) for r in shown],
                name=f"{sign} {text('reading.' + reading)}",
                mode="markers",
                marker={"color": colour, "symbol": symbol, "size": 11},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [r["difference_upper"] - r["difference"] for r in shown],
                    "arrayminus": [r["difference"] - r["difference_lower"] for r in shown],
                    "color": colour,
                },
                hovertemplate="%{y}: %{x:.1f}<extra></extra>",
            )
    chart.add_vline(x=0, line={"color": LINE_GREY, "width": 1.5})
    chart.update_xaxes(title={"text": text("equity.axis")})
    chart.update_yaxes(
        categoryorder="array", categoryarray=[text("comparison." + r["comparison"]) for r in rows], autorange="reversed"
    )
    return finish(chart, text, 110 + 40 * len(rows), legend=True)


def closing_set(points: list[Figure], text: Text) -> go.Figure:
    """Return one bar a commune, what it brings when it reaches the target, and how much of the gap is closed by then.

    `points` are the rows of the question `left_out` that are in the closing set, in their order; the table beside
    the chart has them all, the chart the first.
    """
    gap = int(points[0].row["province_gap"])
    points = points[:MOST_BARS]
    names = [f"{p.row['name']} ({p.row['unit_code']})" for p in points]
    shares = [min(1.0, int(p.row["closed_so_far"]) / gap) for p in points]
    chart = Chart()
    chart.add(
        "bar",
        x=[int(p.row["closes"]) for p in points],
        y=names,
        orientation="h",
        marker={"color": BLUE},
        text=[
            text("gaps.bar", count=int(p.row["closes"]), share=text.number(100 * share))
            for p, share in zip(points, shares, strict=True)
        ],
        textposition="outside",
        hovertext=[_hover(p, name) for p, name in zip(points, names, strict=True)],
        hoverinfo="text",
    )
    chart.update_yaxes(autorange="reversed")
    chart.update_xaxes(
        range=[0, 1.35 * max(int(p.row["closes"]) for p in points)],
        title={"text": f"{text('column.closes')} ({points[0].unit()})"},
    )
    return finish(chart, text, 70 + 26 * len(points))


def _colour(point: Figure) -> str:
    return STATUS[STATUS_SIGNS[point.status][1]]


def _hover(point: Figure, name: str) -> str:
    lines = [name, f"{point.value()} ({point.counts()})" if point.counts() else point.value(), point.status_words()]
    return "<br>".join(lines)
