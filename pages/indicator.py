"""One indicator: through time and towards its target, who lags behind for sure, and every commune ranked."""

import streamlit as st

from etl.definitions import load
from etl.dictionary import indicator_notes
from pages.shared import charts, queries, statistics
from pages.shared.chart_panel import show_chart
from pages.shared.figures import CHANGE_LOOKS, Figure, figures, lagging_words, records
from pages.shared.filters import address_of, choose_indicator, show_source, view
from pages.shared.lexicon import statuses
from pages.shared.tables import show_table, table

current = view()
t = current.text


def lowest(title: str, named: list[tuple[Figure, str]]) -> str:
    """Return a title with the name of the lowest value, where it is one of several."""
    values = sorted((f.row["value"], name) for f, name in named)
    if len(values) < 2 or values[0][0] == values[1][0]:
        return t(title)
    return t("indicator.lowest", title=t(title), name=values[0][1])


indicator = choose_indicator(current)
overview = figures(queries.overview(current.period, current.vintage.name), t)
province = next(f for f in overview if f.row["indicator"] == indicator)
target = next(p for p in current.plan.targets if p.number == province.row["target"])

judgements = statistics.judgements(queries.judgements(current.period, current.vintage.name), t, current.period)
judgement = judgements[indicator]

name = t.pick(province.row["label_vi"], province.row["label_en"])
st.header(province.sentence().removesuffix("."), help=indicator_notes()[indicator].definition(t.language))
st.markdown(f"{name} · {t.period(current.period)}")
arrow, colour = CHANGE_LOOKS[province.change_direction()]
with st.container(horizontal=True):
    st.metric(
        t("indicator.value"),
        province.value(),
        province.change_words(),
        border=True,
        delta_arrow=arrow,
        delta_color=colour,
    )
    st.metric(
        province.target_name(),
        province.target(),
        province.status_words(),
        help=statuses(current),
        border=True,
        delta_arrow="off",
        delta_color="off",
    )
    st.metric(
        t("indicator.gap"),
        province.gap() or t("indicator.no_gap" if province.status == "met" else "value.none"),
        province.counts(),
        border=True,
        delta_arrow="off",
        delta_color="off",
    )
    st.metric(
        t("indicator.reported"),
        province.units(),
        t("meeting.may_change") if judgement.may_change(province) else None,
        help=t("help.reported"),
        border=True,
        delta_arrow="off",
        delta_color="off",
    )

pace = judgement.row["pace"]
st.markdown(
    f"**{t('pace.title')}{': ' + statistics.pace_words(pace, t) if pace else ''}.** {judgement.pace_sentence()}"
)
st.markdown(f"**{t('trend.title')}.** {judgement.trend_sentence()}")
st.markdown(f"**{t('bounds.title')}.** {judgement.bounds_sentence()}")
with st.container(horizontal=True, gap="small"):
    for page, label, icon in (
        ("methods", "indicator.methods", ":material/functions:"),
        ("dictionary", "indicator.dictionary", ":material/menu_book:"),
    ):
        link = address_of(current, indicator=indicator)
        st.page_link(f"pages/{page}.py", label=t(label), icon=icon, query_params=link)

left, right = st.columns([3, 2])
with left:
    moved = judgement.row["trend"] in ("rising", "falling")
    st.subheader(t("indicator.trend") + (f": {t('trend.status.' + judgement.row['trend'])}" if moved else ""))
    trend = figures(queries.trend(indicator, current.vintage.name), t)
    reform_on = load().reform_on
    note = t("indicator.trend_note", month=t.month(reform_on))
    drawn = [f.row["period"] for f in trend if f.has_value]
    show_chart(charts.trend(trend, t, reform_on), current, t("indicator.trend"), periods=drawn, note=note)
with right:
    groups = figures(queries.groups(indicator, current.period, current.vintage.name), t)
    order = ["total", "female", "ethnic_minority", "disabled"]
    groups.sort(key=lambda f: order.index(f.row["population_group"]))
    valued = [(f, t("group." + f.row["population_group"])) for f in groups if f.has_value]
    st.subheader(lowest("indicator.groups", valued))
    if len(groups) > 1:
        if valued:
            chart = charts.bars([f for f, _ in valued], [n for _, n in valued], t)
            show_chart(chart, current, t("indicator.groups"))
    else:
        st.info(t("indicator.no_groups"))

st.subheader(t("equity.title"))
equity = records(queries.equity(indicator, current.period, current.vintage.name))
if equity:
    st.markdown(statistics.equity_sentence(equity, t))
    differing = [r for r in equity if r["difference"] is not None]
    if differing:
        show_chart(charts.differences(differing, t), current, t("equity.title"))
    shown_columns = (
        "comparison",
        "reading",
        "group_value",
        "other_value",
        "difference",
        "difference_span",
        "group_counts",
    )
    show_table(
        statistics.equity_table(equity, t),
        t,
        f"{indicator}_equity_{current.period}_{current.vintage.name}.csv",
        columns=[t(f"column.{name}") for name in shown_columns],
        short={t("column.difference_span"): t("short.interval")},
    )
    if any(r["units_contradictory"] for r in equity):
        st.caption(t("equity.contradictory"))
    st.caption(t("equity.note"))
else:
    st.info(t("equity.nothing"))

communes = figures(queries.ranking(indicator, current.period, current.vintage.name), t)
judged = lagging_words((f.status for f in communes), t)
st.subheader(t("indicator.ranking") if province.status == "half_year" else judged)
valued_communes = [f for f in communes if f.has_value]
told = [f for f in communes if f.row["reading"]]
left, right = st.columns([3, 2])
with left:
    if valued_communes:
        names = [f"{f.row['name']} ({f.row['unit_code']})" for f in valued_communes]
        chart = charts.ranking(valued_communes, names, t)
        show_chart(chart, current, t("indicator.ranking"), note=t("indicator.units_note"))
with right:
    if told:
        show_chart(charts.funnel(told, t), current, t("funnel.alt"), note=statistics.readings_line(told, t))
    else:
        st.info(t("funnel.no_share" if province.indicator.kind == "share_of_communes" else "funnel.nothing"))
if told:
    st.caption(statistics.readings_note(told, t))
frame = table(
    communes,
    t,
    {
        "name": lambda f: f.row["name"],
        "district": lambda f: f.row["district"],
        "code": lambda f: f.row["unit_code"],
        "reading": lambda f: f.row["reading"] and statistics.reading_words(f.row["reading"], t),
        "place": lambda f: statistics.place(f, t),
        "interval": lambda f: statistics.span(f.row["lower"], f.row["upper"], t),
        "pace": lambda f: f.row["pace"] and statistics.pace_words(f.row["pace"], t),
        "recent_trend": lambda f: f.row["trend"] and t("trend.status." + f.row["trend"]),
    },
)
widths = {"name": 130, "value": 72, "status": 92, "gap": 78, "interval": 120, "place": 96, "reading": 150, "pace": 142}
show_table(
    frame,
    t,
    f"{indicator}_{current.period}_{current.vintage.name}.csv",
    columns=[t(f"column.{name}") for name in widths],
    short={t("column.interval"): t("short.interval")},
    widths={t(f"column.{name}"): width for name, width in widths.items()},
)

districts = figures(queries.units(indicator, "district", "total", current.period, current.vintage.name), t)
valued_districts = [f for f in districts if f.has_value]
st.subheader(lowest("indicator.districts", [(f, f.row["name"]) for f in valued_districts]))
if districts:
    names = [f.row["name"] for f in valued_districts]
    show_chart(charts.bars(valued_districts, names, t), current, t("indicator.districts"))
else:
    st.info(t("indicator.no_districts"))

with (behind := st.expander(t("chart.table"), key="indicator_behind", on_change="rerun")):
    if behind.open:
        found = records(queries.district_bounds(indicator, current.period, current.vintage.name))
        bounds = {r["unit_code"]: r for r in found}
        first = {
            "period": lambda f: t.period(f.row["period"]),
            "group": lambda f: t("group." + f.row["population_group"]),
            "name": lambda f: f.row.get("name") or t("indicator.value"),
            "bounds": lambda f: statistics.bounds_span(bounds.get(f.row["unit_code"]), t),
        }
        for name, rows in (("trend", trend), ("groups", groups), ("districts", districts)):
            if rows:
                file_name = f"{indicator}_{name}_{current.period}_{current.vintage.name}.csv"
                show_table(table(rows, t, first), t, file_name)
st.caption(t("indicator.wording", wording=t.pick(target.wording_vi, target.wording_en)))
show_source(current)
