"""What every page looks at: language, period and administrative units. All three are in the address."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from etl.definitions import Plan, Vintage, load
from pages.shared import queries
from pages.shared.text import LANGUAGES, Text, text_of


@dataclass(frozen=True)
class View:
    """The reader's choice, and what follows from it."""

    text: Text
    period: str
    cut_off: date
    vintage: Vintage
    plan: Plan


def text() -> Text:
    """Return the words of the chosen language."""
    return text_of(st.session_state.get("lang") or "vi")


def show_language() -> None:
    """Offer the languages."""
    st.segmented_control(
        text()("filter.language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="lang",
        default="vi",
        required=True,
        bind="query-params",
    )


def show_view() -> None:
    """Offer the periods that were reported on, and the units in which the chosen one can be seen."""
    t = text()
    periods = queries.periods()
    period = st.selectbox(
        t("filter.period"),
        list(dict.fromkeys(periods["period"])),
        format_func=t.period,
        key="period",
        bind="query-params",
    )
    visible = list(periods.loc[periods["period"] == period, "vintage"])
    labels = {v.name: t.pick(v.label_vi, v.label_en) for v in load().vintages}
    st.radio(
        t("filter.vintage"),
        visible,
        format_func=labels.__getitem__,
        key="units",
        help=t("filter.vintage_help"),
        bind="query-params",
    )


def view() -> View:
    """Return the reader's choice; the newest period in its own units where nothing was chosen."""
    periods = queries.periods()
    period = st.session_state.get("period") or periods["period"].iloc[0]
    rows = periods[periods["period"] == period]
    vintage = st.session_state.get("units")
    if vintage not in set(rows["vintage"]):
        vintage = rows["reporting_vintage"].iloc[0]
    definitions = load()
    return View(
        text=text(),
        period=period,
        cut_off=definitions.periods[period].cut_off,
        vintage=next(v for v in definitions.vintages if v.name == vintage),
        plan=definitions.plan_of(period),
    )


def show_source(current: View) -> None:
    """Say where the figures come from, and that sample data is sample data."""
    t = current.text
    snapshot = queries.snapshot(current.period)
    if snapshot["sample"]:
        st.warning(t("app.sample"), icon=":material/science:")
    st.caption(
        t(
            "app.source",
            received=t.number(snapshot["reports_received"]),
            expected=t.number(snapshot["reports_expected"]),
            cut_off=t.date(current.cut_off),
            last=t.date(snapshot["last_received_at"]),
        )
    )
