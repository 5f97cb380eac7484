"""The log: what happened to reports, who decided what and why. It can be read and taken away, never edited."""

import pandas as pd
import streamlit as st

from pages.shared import queries
from pages.shared.filters import show_source, view
from pages.shared.tables import show_table

current = view()
t = current.text
events = queries.log()
st.header(t("log.title", count=len(events)))
st.markdown(t("log.how"))
with st.container(horizontal=True):
    actions = st.multiselect(
        t("log.actions"),
        list(dict.fromkeys(events["action"])),
        format_func=lambda a: t("action." + a),
        key="log_actions",
        select_all=False,
        placeholder=t("log.any"),
    )
    periods = st.multiselect(
        t("filter.period"),
        list(dict.fromkeys(events["period"].dropna())),
        format_func=t.period,
        key="log_periods",
        select_all=False,
        placeholder=t("log.any"),
    )
    words = st.text_input(t("log.words"), key="log_words", live=True)
if actions:
    events = events[events["action"].isin(actions)]
if periods:
    events = events[events["period"].isin(periods)]
if words:
    said = events[["name", "decided_by", "about", "reason"]].fillna("").agg(" ".join, axis=1)
    events = events[said.str.contains(words, case=False, regex=False)]
if events.empty:
    st.info(t("log.none"), icon=":material/search_off:")
else:
    show_table(
        pd.DataFrame(
            {
                t("column.happened_at"): [t.moment(m) for m in events["happened_at"]],
                t("column.action"): [t("action." + a) for a in events["action"]],
                t("column.name"): events["name"],
                t("column.period"): [t.period(p) if isinstance(p, str) else None for p in events["period"]],
                t("column.by"): events["decided_by"],
                t("column.reason"): events["reason"],
                t("column.file"): events["about"],
            }
        ),
        t,
        "nhat_ky.csv",
        height=560,
    )
show_source(current)
