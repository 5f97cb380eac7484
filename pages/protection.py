"""Child protection: who needs it, abuse and injuries in the province and where; small numbers are masked."""

from typing import Any

import pandas as pd
import streamlit as st

from etl.definitions import load
from pages.shared import access, count_charts, maps, protection, queries
from pages.shared.chart_panel import show_chart
from pages.shared.figures import records, units_reported
from pages.shared.filters import address_of, choose, keep_in_address, open_commune, show_source, view
from pages.shared.map_component import show_map
from pages.shared.tables import show_table, show_units

PUBLIC = ["special_circumstances", "children_at_risk"]
"""Who needs protection, as everyone may see it."""

current = view()
t = current.text
period, vintage = current.period, current.vintage.name
year_before = load().periods[period].year_before
province = records(queries.protection_province(vintage))
totals = {(r["measure"], r["period"]): r for r in province if r["population_group"] == "total"}
girls = {(r["measure"], r["period"]): r for r in province if r["population_group"] == "female"}
now = [r for r in totals.values() if r["period"] == period]
counted = [r for r in now if not r["bounded"]]
names = {r["measure"]: protection.label(r, t) for r in counted}


def count(measure: str, of_period: str = period) -> str:
    """Return the province's count of a measure, a dash where it was never reported."""
    row = totals.get((measure, of_period))
    return protection.count(row, t) if row else t("value.none")


def show_number(label: str, value: str, earlier: str) -> None:
    """Show a number and what it was in the year before."""
    with st.container(border=True, height="stretch"):
        # A metric's own label stays on one line.
        st.markdown(label)
        st.metric(label, value, label_visibility="collapsed")
        if earlier != t("value.none"):
            st.caption(f"{t.period(year_before)}: {earlier}")


st.header(
    t(
        "protection.title",
        found=count("abuse_cases"),
        supported=count("abuse_cases_supported"),
        died=count("injury_deaths"),
        drowned=count("drowning_deaths"),
    )
)
hotlines = " · ".join(f"**{number}**" for number in load().province["hotlines"])
st.markdown(f"{t.period(period)} · {t('protection.help', hotlines=hotlines)}")
public = pd.concat([queries.province_totals(p).assign(period=p) for p in (period, year_before)])
public = public.set_index(["measure", "period"])
cards = st.columns(len(PUBLIC)) + st.columns(len(counted) or 1)
for card, measure in zip(cards, PUBLIC, strict=False):
    values = [public.loc[(measure, p), "value"] for p in (period, year_before)]
    said = [t("value.none") if pd.isna(v) else t.number(int(v)) for v in values]
    with card:
        show_number(t.pick(*public.loc[(measure, period), ["label_vi", "label_en"]]), *said)
for card, row in zip(cards[len(PUBLIC) :], counted, strict=False):
    with card:
        name = t.pick(row["label_vi"], row["label_en"])
        show_number(name, count(row["measure"]), count(row["measure"], year_before))
st.caption(t("protection.masking"))

st.subheader(t("protection.years"))
years = [r for r in totals.values() if not r["bounded"] and not r["period"].endswith("-H1")]
if years:
    show_chart(
        count_charts.counts_by_year(years, t),
        current,
        t("protection.years"),
        periods=[r["period"] for r in years],
        note=t("protection.years_note"),
        table=protection.period_counts(years, t),
        file_name=f"bao_ve_tre_em_theo_nam_{period}.csv",
    )
groups = [r for r in now if r["bounded"]]
st.subheader(t("protection.groups"))
if groups:
    show_chart(
        count_charts.counted_groups(groups, t), current, t("protection.groups"), note=t("protection.groups_note")
    )
else:
    st.info(t("protection.nothing"), icon=":material/help:")
    if access.may_open("reporting"):
        link = address_of(current)
        st.page_link("pages/reporting.py", label=t("nav.reporting"), icon=":material/fact_check:", query_params=link)
st.subheader(t("protection.numbers", period=t.period(period)))
listed = counted + groups
table = pd.DataFrame(
    {
        t("column.measure"): [protection.label(r, t) for r in listed],
        t("column.total"): [protection.count(r, t) for r in listed],
        t("group.female"): [
            protection.count(girls[r["measure"], period], t) if (r["measure"], period) in girls else "" for r in listed
        ],
        t.period(year_before): [count(r["measure"], year_before) for r in listed],
        t("column.reported"): [units_reported(r, t) for r in listed],
    }
)
file_name = f"bao_ve_tre_em_toan_tinh_{period}_{vintage}.csv"
show_table(table, t, file_name, height="content", widths={t("column.measure"): 450})

st.subheader(t("protection.where"))
has_districts = any(u.district for u in load().units.values() if u.vintage == vintage)
with st.container(horizontal=True, vertical_alignment="bottom"):
    keep_in_address("measure", list(names), next(iter(names), ""))
    measure = st.selectbox(t("column.measure"), list(names), format_func=names.__getitem__, key="measure")
    level = choose("level", ["commune", "district"], "map.level", current) if has_districts else "commune"
units = records(queries.protection_units(level, period, vintage))
left, right = st.columns(2)
chosen = None
with left:
    of_measure = [r for r in records(queries.protection_units("commune", period, vintage)) if r["measure"] == measure]
    if of_measure:
        drawn = maps.by_count(of_measure, t, names[measure])
        chosen = show_map(drawn, vintage, t, f"protection_{vintage}", height=560)
with right:
    shown_counts = protection.unit_counts(units, names, t)
    codes = {names[r["measure"]]: r["code"] for r in counted}
    seen: dict[str, Any] = {
        "columns": [t("column.name"), *codes],
        "short": codes,
        "widths": {t("column.name"): 122} | dict.fromkeys(codes, 48),
    }
    file_name = f"bao_ve_tre_em_{level}_{period}_{vintage}.csv"
    if level == "district":
        show_table(shown_counts.reset_index(), t, file_name, height="content", **seen)
    else:
        chosen = show_units(shown_counts, t, file_name, **seen) or chosen
    st.caption(" · ".join(f"**{r['code']}** {t.pick(r['label_vi'], r['label_en'])}" for r in counted))
    st.caption(t("protection.signs"))
if chosen:
    open_commune(chosen, current)
show_source(current)
