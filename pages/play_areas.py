"""Play areas: every one on the map, communes without, the way to the nearest, what opening more would bring."""

import pandas as pd
import streamlit as st

from etl.definitions import load
from pages.shared import queries
from pages.shared.figures import STATUS_SIGNS, figures
from pages.shared.filters import open_commune, show_source, view
from pages.shared.map_component import is_schematic, outlines
from pages.shared.play_area_map import play_area_deck
from pages.shared.tables import show_table, show_units, site_table

current = view()
t = current.text
form = load().form
kinds, conditions = form["play_area_kinds"], form["play_area_conditions"]
signs, looks = form["play_area_kind_signs"], form["play_area_condition_looks"]
which = (current.period, current.vintage.name)
overview = figures(queries.overview(*which), t)
communes = queries.play_area_communes(*which)
sites = queries.play_area_sites(*which)
has = communes["has_play_area"]

province = next(f for f in overview if f.indicator.numerator == "communes_with_play_area")
st.header(
    t(
        "play.title",
        counts=province.counts(),
        value=province.value(),
        status=t("status." + province.status),
        target=province.target(),
    )
)
without = communes[has == 0]
st.markdown(
    t(
        "play.subtitle",
        count=len(without),
        children=t.number(int(without["children_under16"].sum())),
        unknown=int(has.isna().sum()),
    )
)

left, right = st.columns([5, 4])
with left:
    deck = play_area_deck(outlines(current.vintage.name), communes, sites, t, signs, looks)
    event = st.pydeck_chart(
        deck,
        height=560,
        key="play_map",
        on_select="rerun",
        selection_mode="single-object",
        alt=t("play.map_alt", sites=len(sites)),
    )
    st.caption(t("play.map_note"))
    if is_schematic(current.vintage.name):
        st.caption(t("map.schematic", vintage=current.vintage.name))
    if chosen := event.selection.objects.get("communes"):
        open_commune(chosen[0]["unit_code"], current)
with right:
    st.markdown(f"**{t('play.legend')}**")
    # The first one counts, and is filled.
    marks = {c: f"{'◯' if n else '⬤'} {looks[c]['sign']}".strip() for n, c in enumerate(conditions)}
    names = {c: t.pick(c, conditions[c]) for c in conditions}
    st.markdown(" · ".join(f":{looks[c]['colour']}[{marks[c]} {names[c]}]" for c in conditions))
    counted = pd.crosstab(sites["kind"], sites["condition"]).reindex(index=list(kinds), columns=list(conditions))
    counted = counted.fillna(0).astype(int).set_axis(list(names.values()), axis=1)
    counted.index = pd.Index([f"{signs[k]} {t.pick(k, kinds[k])}" for k in kinds], name=t("column.kind"))
    st.dataframe(
        counted,
        height="content",
        column_config={names[c]: st.column_config.Column(marks[c], width=56, help=names[c]) for c in conditions},
    )

    st.markdown(f"**{t('play.outlook')}**")
    asked = queries.play_area_outlook(*which)
    cases = pd.DataFrame(
        {
            t("column.case"): [
                t("play.case.now")
                if c == "now"
                else t("play.case.all")
                if pd.isna(c)
                else t("play.case.one", condition=names[c])
                for c in asked["condition"]
            ],
            t("column.share"): [
                f"{STATUS_SIGNS['met' if r.met else 'missed'][0]} "
                f"{t.percent(r.communes_with, r.communes_reported, province.target_value)}"
                for r in asked.itertuples()
            ],
            t("column.gained"): asked["communes_gained"],
            t("column.children"): asked["children_gained"].fillna(0),
        }
    )
    show_table(
        cases,
        t,
        f"diem_vui_choi_du_kien_{current.period}_{current.vintage.name}.csv",
        widths={t("column.case"): 172, t("column.share"): 70, t("column.gained"): 76, t("column.children"): 68},
        short={t("column.gained"): t("short.gained"), t("column.children"): t("short.children")},
    )

st.subheader(t("play.communes"))
table = pd.DataFrame(
    {
        t("column.name"): communes["name"],
        t("column.district"): communes["district"],
        t("column.has"): [
            t("status.not_reported") if pd.isna(h) else t("value.yes") if h else t("value.no") for h in has
        ],
        t("column.working"): communes["working_sites"],
        t("column.sites"): communes["sites"],
        t("column.children"): communes["children_under16"],
        t("column.nearest_m"): communes["nearest_m"].round(),
        t("column.nearest"): communes["nearest_name"],
        t("column.nearest_unit"): communes["nearest_unit_name"],
    }
).set_index(pd.Index(communes["unit_code"], name=t("column.code")))
named = ("name", "district", "has", "working", "sites", "children", "nearest_m", "nearest")
picked = show_units(
    table,
    t,
    f"diem_vui_choi_{current.period}_{current.vintage.name}.csv",
    columns=[t(f"column.{name}") for name in named],
    short={t(f"column.{name}"): t(f"short.{name}") for name in ("has", "working", "children", "nearest_m")},
)
if picked:
    open_commune(picked, current)
with (all_sites := st.expander(t("play.sites"), key="play_sites", on_change="rerun")):
    if all_sites.open:
        sites = queries.in_order(sites, ["name_order", "unit_code", "name", "hamlet"])
        where = pd.DataFrame({t("column.name"): sites["unit_name"], t("column.district"): sites["district"]})
        places = sites[["lat", "lon"]].set_axis([t("column.lat"), t("column.lon")], axis="columns")
        listed = pd.concat([where, site_table(sites, t), places], axis="columns")
        show_table(listed, t, f"danh_sach_diem_{current.period}_{current.vintage.name}.csv")
show_source(current)
