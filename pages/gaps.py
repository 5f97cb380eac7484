"""Coverage gaps: where children are left out, the smallest set of communes that closes the gap, and all at a glance."""

import pandas as pd
import streamlit as st

from pages.shared import charts, maps, queries
from pages.shared.chart_panel import show_chart
from pages.shared.figures import figures, lagging_words
from pages.shared.filters import address_of, choose, choose_indicator, open_commune, show_source, view
from pages.shared.map_component import show_map
from pages.shared.tables import show_matrix, show_units

current = view()
t = current.text
which = (current.period, current.vintage.name)
with st.container(horizontal=True, vertical_alignment="bottom"):
    part = choose("part", ["left_out", "matrix"], "gaps.part", current)
    indicator = choose_indicator(current) if part == "left_out" else ""

if part == "matrix":
    cells = figures(queries.matrix(*which), t)
    st.header(lagging_words((f.status for f in cells), t, "field"))
    st.caption(t("gaps.matrix_note"))
    picked = show_matrix(cells, queries.indicators(current.period), t, f"ma_tran_{'_'.join(which)}.csv")
    if picked:
        open_commune(picked, current)
    show_source(current)
    st.stop()

communes = figures(queries.left_out(indicator, *which), t)
province = next(f for f in figures(queries.overview(*which), t) if f.row["indicator"] == indicator)
closing = sorted((f for f in communes if f.row["in_closing_set"]), key=lambda f: f.row["closed_so_far"])
unit = maps.left_out_unit(province, t)
name = t.pick(province.indicator.label_vi, province.indicator.label_en)
if closing:
    st.header(t("gaps.title", gap=province.gap(), target=province.target(), count=len(closing)))
else:
    left_out = [int(f.row["left_out"]) for f in communes if f.row["left_out"]]
    st.header(
        t(
            "gaps.title_left_out",
            status=province.status_words(),
            left_out=f"{t.number(sum(left_out))} {maps.left_out_unit(province, t, sum(left_out))}",
            count=len(left_out),
        )
        if left_out
        else province.status_words()
    )
st.markdown(f"{name} · {t.period(current.period)} · {province.value()} ({province.counts()})")

left, right = st.columns(2)
with left:
    shown = maps.by_left_out(communes, t, name)
    clicked = show_map(shown, current.vintage.name, t, f"gaps_{current.vintage.name}")
    st.caption(t("gaps.disc_note", unit=unit))
with right:
    st.markdown(f"**{t('gaps.ranked', unit=unit)}**")
    table = pd.DataFrame(
        {
            t("column.name"): [f.row["name"] for f in communes],
            t("column.left_out"): [f.row["left_out"] for f in communes],
            t("column.value"): [f.row["value"] for f in communes],
            t("column.status"): [f.status_words() for f in communes],
            t("column.closes"): [f.row["closes"] for f in communes],
            t("column.in_set"): [t("value.yes") if f.row["in_closing_set"] else "" for f in communes],
            t("column.district"): [f.row["district"] for f in communes],
        },
        index=pd.Index([f.row["unit_code"] for f in communes], name=t("column.code")),
    )
    picked = show_units(
        table,
        t,
        f"bo_sot_{indicator}_{'_'.join(which)}.csv",
        columns=[t(f"column.{name}") for name in ("name", "left_out", "value", "status")],
        widths={t("column.name"): 130, t("column.left_out"): 70, t("column.value"): 74, t("column.status"): 110},
    )
if chosen := clicked or picked:
    open_commune(chosen, current)

if closing:
    st.subheader(t("gaps.closing", communes=len(closing)))
    st.page_link(
        "pages/actions.py",
        label=t("actions.record_here"),
        icon=":material/add_task:",
        query_params=address_of(current, indicator=indicator, target=str(province.row["target"])),
    )
    note = t("gaps.closing_chart_note", shown=charts.MOST_BARS) if len(closing) > charts.MOST_BARS else ""
    show_chart(charts.closing_set(closing, t), current, t("gaps.closing", communes=len(closing)), note=note)
    st.caption(t("gaps.closing_note"))
elif province.row["comparator"] == "rising":
    st.info(t("gaps.rising"), icon=":material/trending_up:")
    link = address_of(current, indicator=indicator)
    st.page_link("pages/indicator.py", label=t("overview.details"), icon=":material/show_chart:", query_params=link)
show_source(current)
