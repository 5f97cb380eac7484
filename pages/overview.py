"""Are we on target? All 8 targets at a glance."""

import streamlit as st

from pages.shared import queries, statistics
from pages.shared.figures import STATUS_SIGNS, Figure, figures, target_status
from pages.shared.filters import address_of, show_source, view
from pages.shared.tables import show_table, table

current = view()
t = current.text
by_target: dict[int, list[Figure]] = {}
shown = figures(queries.overview(current.period, current.vintage.name), t)
for figure in shown:
    by_target.setdefault(int(figure.row["target"]), []).append(figure)
judgements = statistics.judgements(queries.judgements(current.period, current.vintage.name), t, current.period)
statuses = {number: target_status(parts) for number, parts in by_target.items()}
counted = list(statuses.values())

title = "overview.title_near" if "near" in counted else "overview.title"
st.header(t(title, met=counted.count("met"), all=len(counted), near=counted.count("near")))
st.markdown(
    t(
        "overview.subtitle",
        plan=t.pick(current.plan.name_vi, current.plan.name_en),
        period=t.period(current.period),
        vintage=t.pick(current.vintage.label_vi, current.vintage.label_en),
    )
)
if current.period.endswith("-H1"):
    st.info(t("overview.half_year"), icon=":material/hourglass_top:")

with st.grid(4, min_column_width=210):
    for target in current.plan.targets:
        parts = by_target[target.number]
        status = statuses[target.number]
        headline = parts[0]
        worst = next((p for p in parts if p.status == status), headline)
        judgement = judgements[headline.row["indicator"]]
        sign, colour = STATUS_SIGNS[status]
        with st.container(border=True, height="stretch", gap="xxsmall"):
            st.markdown(f"**{target.number}. {t.pick(target.label_vi, target.label_en)}**")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.metric(
                    t.pick(headline.row["short_vi"], headline.row["short_en"]),
                    headline.value(),
                    label_visibility="collapsed",
                    width="content",
                )
                st.badge(f"{sign} {t('status.' + status)}", color=colour)
            st.markdown(headline.sentence(with_value=False))
            for other in (p for p in parts[1:] if p.target_value is not None):
                name = t.pick(other.row["short_vi"], other.row["short_en"])
                st.markdown(f"{STATUS_SIGNS[other.status][0]} {name}: {other.value()} ({other.target()})")
            rising = [p for p in parts if p.row["comparator"] == "rising"]
            if rising:
                met = sum(p.status == "met" for p in rising)
                st.markdown(t("overview.rising_count", met=met, all=len(rising)))
            st.caption(" · ".join(filter(None, (headline.counts(), headline.reported(), judgement.short()))))
            with st.container(horizontal=True, gap="xxsmall"):
                st.page_link(
                    "pages/indicator.py",
                    label=t("overview.details"),
                    query_params=address_of(current, indicator=headline.row["indicator"]),
                )
                st.page_link(
                    "pages/gaps.py",
                    label=t("overview.gaps"),
                    query_params=address_of(current, indicator=worst.row["indicator"]),
                )

st.subheader(t("overview.table"))
frame = table(
    shown,
    t,
    {
        "target": lambda f: int(f.row["target"]),
        "indicator": lambda f: t.pick(f.row["label_vi"], f.row["label_en"]),
    },
)
show_table(frame, t, f"tong_quan_{current.period}_{current.vintage.name}.csv")
show_source(current)
