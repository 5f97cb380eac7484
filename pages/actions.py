"""Measures to take: which are open, which overdue and whose; record one where a commune lags, say how far it is."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import streamlit as st

from etl.actions import STATES, Action, history, today
from etl.definitions import load
from etl.home import home
from etl.identify import name_and_code
from etl.wording import name_sort_key
from pages.shared import access, actions, deeds, queries
from pages.shared.figures import figures
from pages.shared.filters import (
    address_of,
    choose,
    choose_indicator,
    commune_address,
    keep_in_address,
    show_source,
    view,
)
from pages.shared.tables import WORDY_ROW_PX, show_table
from pages.shared.text import plain

USUAL_DAYS = 90
MOST_LAGGING = 12
current = view()
t = current.text
definitions = load()
vintage, day = current.vintage.name, today()
units = {definitions.province["code"]: actions.whole_province(t)} | {
    u.code: name_and_code(u)
    for u in sorted(definitions.units.values(), key=lambda u: (name_sort_key(u.name), u.code))
    if u.vintage == vintage
}
subjects = actions.subjects(current.plan, t)
kept_before, recorder = st.session_state.get("actions_kept", 0), st.session_state.get("actions_by", "")


def keep(action: Action) -> None:
    """Record a measure or a change of one and show the page anew, or say why it cannot be recorded."""
    if deeds.keep_action(action, t):
        st.session_state["actions_kept"] = kept_before + 1
        st.session_state["actions_by"] = action.recorded_by
        st.rerun()


# Whoever comes without a unit in the address looks for all, not for the commune whose profile was open before.
if "unit" not in st.query_params:
    st.session_state.pop("unit", None)
every = known = actions.recorded(vintage, day)
heading = st.empty()
with st.container(horizontal=True, vertical_alignment="bottom"):
    state = choose("state", ["open", "overdue", "done", "all"], "actions.state", current)
    for key, named, label in (("unit", units, "column.name"), ("target", subjects, "column.about")):
        keep_in_address(key, ["all", *named], "all")
        names = {"all": t(f"actions.any_{key}"), **named}
        st.selectbox(t(label), list(names), format_func=names.__getitem__, key=key)
unit, about = st.session_state["unit"], st.session_state["target"]
if unit != "all":
    known = known[known["unit_code"] == unit]
for column, number in zip(("target", "task"), actions.numbers(about), strict=True):
    if number is not None:
        known = known[known[column] == number]
heading.header(actions.count_words(known, t))

listed = {
    "open": known[known["open"]],
    "overdue": known[known["overdue"]],
    "done": known[known["state"] == "done"],
    "all": known,
}[state]
rows = []
if listed.empty:
    st.info(t("actions.nothing"), icon=":material/assignment:")
else:
    picked = show_table(
        actions.table(listed, t),
        t,
        f"viec_can_lam_{vintage}.csv",
        key=f"actions_{vintage}_{state}_{unit}_{about}_{kept_before}",
        on_select="rerun",
        selection_mode="single-row",
        row_height=WORDY_ROW_PX,
        widths=actions.widths(t),
        short=actions.short_heads(t),
        columns=list(actions.widths(t)),
        urgent=listed["overdue"].tolist(),
    )
    rows = picked.selection.rows
    st.caption(t("actions.pick"))
newest = definitions.vintages[-1]
if vintage != newest.name and (later := len(actions.recorded(newest.name, day)) - len(every)):
    st.caption(t("actions.later_units", count=later, units=t.pick(newest.label_vi, newest.label_en)))

left, right = st.columns(2)
new = f"new_{unit}_{about}_{kept_before}"
for chosen, offered, name in ((unit, units, "unit"), (about, subjects, "subject")):
    if chosen in offered:
        st.session_state.setdefault(f"{new}_{name}", chosen)
if access.may("record"):
    with left, st.form(new):
        st.markdown(f"**{t('actions.new')}**")
        pick = partial(st.selectbox, index=None, placeholder=t("actions.choose"))
        place = pick(t("column.name"), list(units), format_func=units.__getitem__, key=f"{new}_unit")
        subject = pick(t("column.about"), list(subjects), format_func=subjects.__getitem__, key=f"{new}_subject")
        what = st.text_area(t("column.what"), max_chars=500, height=68, placeholder=t("actions.what_example"))
        offices = {o.office: t.pick(o.name_vi, o.name_en) for o in definitions.offices.values() if o.exists_on(day)}
        office = st.selectbox(t("column.office"), list(offices), format_func=offices.__getitem__)
        due_on = st.date_input(t("column.due_on"), day + timedelta(days=USUAL_DAYS), min_value=day, format="DD/MM/YYYY")
        by = access.ask_office(t("actions.by"), t, value=recorder, help=t("actions.by_help"))
        if st.form_submit_button(t("actions.record"), icon=":material/add_task:"):
            target, task = actions.numbers(subject)
            keep(Action(vintage, place or "", what.strip(), office, due_on, by.strip(), target, task))
with right:
    if rows:
        row = listed.iloc[rows[0]]
        past = history(home(), row["action_id"])
        if access.may("record"):
            with st.form(f"change_{row['action_id']}_{len(past)}"):
                st.markdown(f"**{t('actions.change')}**")
                st.markdown(plain(past[-1].what))
                new_state = st.selectbox(
                    t("column.action_state"),
                    STATES,
                    STATES.index(past[-1].state),
                    format_func=lambda s: f"{actions.STATE_SIGNS[s]} {t('actions.is.' + s)}",
                )
                new_due_on = st.date_input(
                    t("column.due_on"), past[-1].due_on, min_value=min(day, past[-1].due_on), format="DD/MM/YYYY"
                )
                note = st.text_area(t("column.note"), max_chars=500, height=68)
                by = access.ask_office(t("actions.by"), t, value=recorder, help=t("actions.by_help"))
                if st.form_submit_button(t("actions.keep"), icon=":material/save:"):
                    keep(
                        replace(past[-1], state=new_state, due_on=new_due_on, note=note.strip(), recorded_by=by.strip())
                    )
        st.markdown(f"**{t('actions.history')}**")
        show_table(actions.history_table(past, t), t, f"viec_{row['action_id']}.csv", height="content")
        if row["unit_code"] != definitions.province["code"]:
            st.page_link(
                "pages/commune.py",
                label=t("actions.profile", name=row["unit_name"]),
                icon=":material/home_pin:",
                query_params=commune_address(row["unit_code"], current),
            )
with right, st.container(border=True):
    st.markdown(f"**{t('actions.lagging')}**")
    missed = [f for f in figures(queries.overview(current.period, vintage), t) if f.gap()]
    missed.sort(key=lambda f: str(f.row["target"]) != about)
    indicator = choose_indicator(current, default=missed[0].row["indicator"] if missed else None)
    asked = queries.indicators(current.period).set_index("indicator").loc[indicator]
    tackled = set(every[every["open"] & (every["target"] == asked["target"])]["unit_code"])
    closing = [f for f in figures(queries.left_out(indicator, current.period, vintage), t) if f.row["in_closing_set"]]
    left_alone = [f for f in closing if f.row["unit_code"] not in tackled]
    if not closing:
        st.info(t("actions.no_lagging"), icon=":material/check_circle:")
    else:
        st.markdown(
            t(
                "actions.lagging_count",
                count=len(closing),
                name=t.pick(asked["short_vi"], asked["short_en"]),
                period=t.period(current.period),
                without=len(left_alone),
            )
        )
        with st.container(horizontal=True, gap="xsmall"):
            for figure in left_alone[:MOST_LAGGING]:
                st.page_link(
                    "pages/actions.py",
                    label=" · ".join(filter(None, (figure.row["name"], figure.gap()))),
                    icon=":material/add_task:",
                    query_params=address_of(
                        current, unit=figure.row["unit_code"], target=str(asked["target"]), indicator=indicator
                    ),
                )
        if len(left_alone) > MOST_LAGGING:
            st.page_link(
                "pages/gaps.py",
                label=t("actions.more_lagging", count=len(left_alone) - MOST_LAGGING),
                query_params=address_of(current, indicator=indicator),
            )
show_source(current)
