"""Charts of what is only counted, communes, reports, children, as pure functions: rows in, Plotly figure out."""

from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from etl.definitions import load
from pages.shared import protection
from pages.shared.chart_style import NAMED, Chart, finish, off_the_line, say_along_axis
from pages.shared.figures import STATUS_SIGNS, unit_of
from pages.shared.palette import (
    BLUE,
    FILLS,
    GREY,
    INK,
    LINE_GREY,
    PALE_GREY,
    PAPER,
    REPORT_STATES,
    SHADES,
    STAGES,
    TINTS,
    VEIL,
)
from pages.shared.text import Text

PANELS_APART = 0.035
_FEW = 6


def stage_flow(flow: pd.DataFrame, text: Text) -> go.Figure:
    """Return how communes moved between stages, one column a step in time, the furthest stage on top.

    `flow` has period_before, period, stage_before, stage and communes; the first step has nothing before it.
    """
    steps = list(dict.fromkeys(flow["period"]))
    order = [*STAGES, "not_reported"]
    totals = flow.groupby(["period", "stage"])["communes"].sum()
    nodes = [(p, s) for p in steps for s in order if (p, s) in totals.index]
    places = {}
    for step, period in enumerate(steps):
        top, whole = 0.0, totals[period].sum()
        for stage in (s for p, s in nodes if p == period):
            share = totals[period, stage] / whole
            places[period, stage] = (0.001 + 0.998 * step / max(1, len(steps) - 1), 0.001 + 0.998 * (top + share / 2))
            top += share
    colours = {s: colour for s, (colour, _, _) in STAGES.items()} | {"none": TINTS["gray"], "not_reported": GREY}
    links = flow[flow["period_before"].notna()]
    chart = Chart()
    chart.add(
        "sankey",
        arrangement="fixed",
        node={
            "label": [f"{text('stage.' + s)}: {totals[p, s]}" for p, s in nodes],
            "color": [colours[s] for _, s in nodes],
            "line": {"color": LINE_GREY, "width": 1},
            "x": [places[n][0] for n in nodes],
            "y": [places[n][1] for n in nodes],
            "pad": 6,
            "thickness": 16,
            "hovertemplate": "%{label}<extra></extra>",
        },
        textfont={"size": 13, "shadow": "none"},
        link={
            "source": [nodes.index(n) for n in zip(links["period_before"], links["stage_before"], strict=True)],
            "target": [nodes.index(n) for n in zip(links["period"], links["stage"], strict=True)],
            "value": links["communes"],
            "color": [VEIL] * len(links),
            "hovertemplate": "%{source.label} → %{target.label}: %{value:,d}<extra></extra>",
        },
    )
    for step, period in enumerate(steps):
        chart.add_annotation(
            x=step / max(1, len(steps) - 1),
            y=1.07,
            xref="paper",
            yref="paper",
            text=text.short_period(period),
        )
    return finish(chart, text, 380, top=44)


def points_against_threshold(communes: pd.DataFrame, text: Text) -> go.Figure:
    """Return each scored commune's points and the threshold that applies to it, those that lack most first.

    `communes` has unit_code, name, stage, score and threshold.
    """
    rows = communes.assign(over=communes["score"] - communes["threshold"]).sort_values(["over", "unit_code"])
    names = [f"{r.name} ({r.unit_code})" for r in rows[["unit_code", "name"]].itertuples(index=False, name="Row")]
    chart = Chart()
    chart.add(
        "scatter",
        x=names,
        y=rows["threshold"],
        name=text("column.threshold"),
        mode="markers",
        marker={"symbol": "line-ew", "size": 10, "line": {"width": 3, "color": LINE_GREY}},
        hovertemplate="%{x}: %{y}<extra></extra>",
    )
    for stage, (colour, _, _) in STAGES.items():
        part = rows["stage"] == stage
        if part.any():
            chart.add(
                "scatter",
                x=[n for n, p in zip(names, part, strict=True) if p],
                y=rows.loc[part, "score"],
                name=text("stage." + stage),
                mode="markers",
                marker={
                    "symbol": {"assessed": "diamond", "recognised": "star"}.get(stage, "circle"),
                    "size": 9,
                    "color": colour,
                    "line": {"color": LINE_GREY, "width": 1},
                },
                hovertemplate="%{x}: %{y}<extra></extra>",
            )
    farthest = ", ".join(
        f"{r.name} ({text.number(r.score)}/{text.number(r.threshold)})" for r in rows[:NAMED].itertuples(name="Row")
    )
    say_along_axis(chart, names, text("friendly.points_axis", farthest=farthest))
    chart.update_yaxes(title={"text": text("column.score")})
    return finish(chart, text, 380, legend=True)


def criteria(points: pd.DataFrame, text: Text) -> go.Figure:
    """Return a field a commune and criterion: how much of the points it gave itself, zero and none marked.

    `points` has unit_code, name, criterion, points_max and points, the commune with the lowest score first.
    """
    keyed = points.assign(label=points["name"] + " (" + points["unit_code"] + ")")
    shares = (keyed["points"] / keyed["points_max"] * 100).where(keyed["points"].notna())
    keyed = keyed.assign(share=shares)
    rows = list(dict.fromkeys(keyed["label"]))
    columns = sorted(keyed["criterion"].unique())
    field = keyed.pivot(index="label", columns="criterion", values="share").loc[rows, columns]
    given = keyed.pivot(index="label", columns="criterion", values="points").loc[rows, columns]
    words = given.map(lambda p: "?" if pd.isna(p) else "✗ 0" if p == 0 else text.number(p))
    chart = Chart()
    chart.add(
        "heatmap",
        z=field,
        x=[text("friendly.criterion", number=c) for c in columns],
        y=rows,
        text=words,
        texttemplate="%{text}",
        textfont={"size": 11, "color": INK},
        zmin=0,
        zmax=100,
        colorscale=[[0, FILLS["red"]], [0.0001, PAPER], [0.6, SHADES[0]], [1, SHADES[2]]],
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate="%{y}<br>%{x}: %{text}<extra></extra>",
    )
    chart.layout["plot_bgcolor"] = PALE_GREY
    chart.update_xaxes(side="top")
    chart.update_yaxes(autorange="reversed", dtick=1, tickfont={"size": 11})
    return finish(chart, text, 60 + 20 * len(rows), top=30)


def report_history(history: pd.DataFrame, text: Text, chosen: str) -> go.Figure:
    """Return a field a unit and period: how its report stood. Each district begins with a row that counts its reports.

    `history` is the answer to the question of that name; the period `chosen` is framed.
    """
    periods = list(dict.fromkeys(history["period"]))
    named = {p: text.period(p) for p in periods}
    kinds = ["district", *REPORT_STATES]
    labels, numbers, words, said = [], [], [], []
    for district, part in history.groupby("district", sort=False, dropna=False):
        units: dict[str, dict[str, dict[str, Any]]] = {}
        for row in part.to_dict("records"):
            units.setdefault(row["unit_code"], {})[row["period"]] = row
        if isinstance(district, str):
            counts = [
                f"{sum(unit[p]['state'] in ('on_time', 'late') for unit in units.values())}/{len(units)}"
                for p in periods
            ]
            labels.append(f"<b>{district}</b>")
            numbers.append([0] * len(periods))
            words.append([f"<b>{c}</b>" for c in counts])
            said.append([f"{district}, {named[p]}: {c}" for p, c in zip(periods, counts, strict=True)])
        for code, rows in units.items():
            states = [rows[p]["state"] for p in periods]
            labels.append(rows[periods[0]]["name"])
            numbers.append([kinds.index(state) for state in states])
            words.append([REPORT_STATES[state][1] for state in states])
            said.append(
                [
                    f"{rows[p]['name']} ({code})<br>{named[p]}: {text('report.' + rows[p]['state'])}"
                    + ("" if pd.isna(day := rows[p]["first_reported_on"]) else f" ({text.date(day)})")
                    for p in periods
                ]
            )
    colours = [PAPER, *(colour for colour, _, _ in REPORT_STATES.values())]
    chart = Chart()
    chart.add(
        "heatmap",
        z=numbers,
        x=periods,
        y=list(range(len(labels))),
        text=words,
        texttemplate="%{text}",
        textfont={"size": 11, "color": INK},
        hovertext=said,
        hoverinfo="text",
        zmin=-0.5,
        zmax=len(kinds) - 0.5,
        colorscale=[[(n + step) / len(kinds), c] for n, c in enumerate(colours) for step in (0, 1)],
        showscale=False,
        xgap=2,
        ygap=1,
    )
    for state, (colour, sign, _) in REPORT_STATES.items():
        chart.add(
            "scatter",
            x=[None],
            y=[None],
            name=f"{sign} {text('report.' + state)}",
            mode="markers",
            marker={"symbol": "square", "size": 12, "color": colour},
        )
    if chosen in periods:
        place = periods.index(chosen)
        chart.add_shape(
            type="rect",
            x0=place - 0.5,
            x1=place + 0.5,
            y0=-0.5,
            y1=len(labels) - 0.5,
            line={"color": BLUE, "width": 3},
        )
    names = [text.short_period(p) for p in periods]
    chart.update_xaxes(type="category", side="top", tickvals=periods, ticktext=names)
    chart.update_yaxes(
        range=[len(labels) - 0.5, -0.5],
        tickvals=list(range(len(labels))),
        ticktext=labels,
        tickfont={"size": 11},
        showgrid=False,
        zeroline=False,
    )
    # Above the names of the periods, which stand on top.
    chart.layout["legend"] = {"yref": "container", "y": 1, "yanchor": "top"}
    return finish(chart, text, 80 + 17 * len(labels), legend=True, top=64)


def counted_groups(rows: list[dict[str, Any]], text: Text) -> go.Figure:
    """Return one bar a group of children, the largest first; groups without a number are named, and have no bar.

    `rows` are those of one period of the question `protection_province`.
    """
    known = sorted((r for r in rows if r["state"] == "shown"), key=lambda r: -r["value"])
    others = [r for r in rows if r["state"] != "shown"]
    names = ["<br>".join(wrap(protection.label(r, text), 40)) for r in (*known, *others)]
    chart = Chart()
    chart.add(
        "bar",
        x=[r["value"] for r in known],
        y=names[: len(known)],
        orientation="h",
        marker={"color": BLUE},
        text=[text.number(r["value"]) for r in known],
        textposition="outside",
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    for row, name in zip(others, names[len(known) :], strict=True):
        chart.add_annotation(
            x=0,
            y=name,
            text=protection.count_in_words(row, text),
            xanchor="left",
            xshift=6,
        )
    chart.update_xaxes(range=[0, 1.15 * max((r["value"] for r in known), default=1) or 1], visible=False)
    chart.update_yaxes(categoryorder="array", categoryarray=names, range=[len(names) - 0.5, -0.5])
    return finish(chart, text, 40 + 38 * len(names))


def counts_by_year(rows: list[dict[str, Any]], text: Text) -> go.Figure:
    """Return a panel a measure: its count in each year; a year without a number is a grey band with the sign why.

    `rows` are those of the question `protection_province` for whole years, in the order of time.
    """
    panels = {r["measure"]: protection.label(r, text) for r in rows}
    chart = Chart()
    width = (1 + PANELS_APART) / len(panels) - PANELS_APART
    for place, (measure, name) in enumerate(panels.items()):
        own = [r for r in rows if r["measure"] == measure]
        periods = [text.short_period(r["period"]) for r in own]
        values = [r["value"] if r["state"] == "shown" else None for r in own]
        # Long numbers leave room for every other one, counted from the last.
        apart = 2 if max((v for v in values if v is not None), default=0) > 999 else 1
        axis = place + 1 if place else ""
        left = place * (width + PANELS_APART)
        chart.add(
            "scatter",
            x=periods,
            y=values,
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
            mode="lines+markers+text",
            text=[
                text.number(v) if v is not None and (len(values) - n) % apart == 0 else ""
                for n, v in enumerate(values, start=1)
            ],
            textposition=off_the_line(values),
            line={"color": BLUE, "width": 2},
            marker={"size": 8},
            hovertemplate="%{x}: %{y:,}<extra></extra>",
        )
        chart.add_annotation(
            x=left + width / 2,
            y=1,
            xref="paper",
            yref="paper",
            xanchor="center",
            yanchor="bottom",
            text="<br>".join(wrap(f"{name} ({unit_of(load().measures[measure], 2, text)})", 24)),
            font={"size": 13},
        )
        for year, row in enumerate(own):
            if row["state"] != "shown":
                at = {"xref": f"x{axis}", "yref": f"y{axis} domain"}
                band = {"x0": year - 0.4, "x1": year + 0.4, "y0": 0, "y1": 1}
                chart.add_shape(type="rect", **band, fillcolor=VEIL, line={"width": 0}, **at)
                chart.add_annotation(x=year, y=0.5, text=STATUS_SIGNS[row["state"]][0], font={"size": 18}, **at)
        highest = max((v for v in values if v is not None), default=1)
        chart.layout[f"yaxis{axis}"] = {
            "anchor": f"x{axis}",
            "domain": [0, 1],
            "range": [0, 1.25 * max(highest, 1)],
            "tickformat": ",d",
            # Of a few children Plotly would mark halves too, each rounded to a whole.
            **({"dtick": 1} if highest < _FEW else {}),
        }
        chart.layout[f"xaxis{axis}"] = {
            "anchor": f"y{axis}",
            "domain": [left, left + width],
            "type": "category",
            "categoryorder": "array",
            "categoryarray": periods,
            "tickvals": [p for n, p in enumerate(reversed(periods)) if n % 2 == 0],
            "tickangle": 0,
        }
    return finish(chart, text, 300, top=64)
