"""Any indicator on the map: against its target, by its value, beside another period, or two conditions together."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from etl.definitions import load
from pages.shared import maps, queries
from pages.shared.figures import Figure, Figures, column, lagging_words
from pages.shared.filters import (
    choose,
    choose_indicator,
    keep_in_address,
    keep_number_in_address,
    open_commune,
    show_alone,
    show_source,
    view,
)
from pages.shared.lexicon import statuses
from pages.shared.map_component import show_map
from pages.shared.tables import show_table, show_units, unit_table

TESTS = ["missed", "met", "below", "at_least", "not_reported"]

current = view()
t = current.text
vintage = current.vintage.name


def units_of(indicator: str, period: str, level: str = "commune") -> Figures:
    """Return the chosen indicator of every unit of one level, the lowest first."""
    return Figures(queries.units(indicator, level, "total", period, vintage), t)


def choose_condition(number: str, label: str) -> maps.Condition:
    """Offer what may be asked of an indicator and return it."""
    keep_in_address(f"test{number}", TESTS, TESTS[0])
    test = st.selectbox(label, TESTS, format_func=lambda name: t(f"map.test.{name}"), key=f"test{number}", width=190)
    if test not in ("below", "at_least"):
        return maps.Condition(test, 0)
    keep_number_in_address(f"limit{number}", 0.0, 100.0, 95.0)
    limit = st.number_input(t("map.limit"), 0.0, 100.0, step=1.0, key=f"limit{number}", width=130)
    return maps.Condition(test, limit)


def show_with_table(shown: maps.Map, listed: Sequence[Figure], name: str, level: str = "commune") -> None:
    """Show a map and the units that it is about, side by side; both lead to a commune's profile."""
    file_name = f"{name}_{current.period}_{vintage}.csv"
    left, right = st.columns(2)
    with left:
        chosen = show_map(shown, vintage, t, f"map_{vintage}")
    with right:
        seen: dict[str, Any] = {
            "columns": [t(f"column.{name}") for name in ("name", "value", "status", "gap")],
            "widths": {t("column.name"): 118, t("column.value"): 72, t("column.status"): 106, t("column.gap"): 72},
        }
        if level == "district":
            seen["widths"][t("column.name")] = 150
            show_table(unit_table(listed, t), t, file_name, **seen)
        else:
            chosen = show_units(unit_table(listed, t), t, file_name, **seen) or chosen
    if chosen:
        open_commune(chosen, current)


def show() -> None:
    """Offer what to look at, and show it."""
    level = "commune"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        indicator = choose_indicator(current)
        shown_as = choose("show", ["status", "value", "compare", "combine"], "map.show", current)
        if shown_as == "compare":
            others = [p for p in queries.periods_of(vintage) if p != current.period]
            before = load().periods[current.period].year_before
            keep_in_address("other", others, before if before in others else others[0])
            other = st.selectbox(t("map.other"), others, format_func=t.period, key="other", width=220)
        elif shown_as != "combine" and any(u.district for u in load().units.values() if u.vintage == vintage):
            level = choose("level", ["commune", "district"], "map.level", current)
    shown_units = units_of(indicator, current.period, level)
    first = shown_units[0]
    name = t.pick(first.indicator.label_vi, first.indicator.label_en)

    if shown_as == "combine":
        with st.container(horizontal=True, vertical_alignment="bottom"):
            condition = choose_condition("1", f"① {t.pick(first.indicator.short_vi, first.indicator.short_en)}")
            second = choose_indicator(current, "and", "map.and", "play_area_communes")
            conditions = condition, choose_condition("2", f"② {t('map.test')}")
        shown, both = maps.by_conditions(shown_units, units_of(second, current.period), conditions, t, name)
        st.header(t("map.both", count=len(both)))
        show_with_table(shown, both, f"hai_dieu_kien_{indicator}_{second}")
    else:
        found = column(shown_units, "status")
        st.header(lagging_words(found, t, level, first.target()) if first.has_target else name, help=statuses(current))
        st.markdown(f"{name} · {t.period(current.period)}")

    if shown_as in ("status", "value"):
        draw = maps.by_status if shown_as == "status" else maps.by_value
        show_with_table(draw(shown_units, t, name), shown_units, indicator, level)
    elif shown_as == "compare":
        earlier = units_of(indicator, other)
        compared = {other: earlier, current.period: shown_units}
        for side, (period, part) in zip(st.columns(2), compared.items(), strict=True):
            with side:
                st.markdown(f"**{t.period(period)}**")
                drawn = maps.by_status(part, t, f"{name}, {t.period(period)}")
                if clicked := show_map(drawn, vintage, t, f"map_{period}_{vintage}", period=period):
                    open_commune(clicked, current)
        st.subheader(t("map.changed"))
        table = unit_table(shown_units, t, {t.period(other): earlier})
        if picked := show_units(table, t, f"{indicator}_{other}_{current.period}_{vintage}.csv"):
            open_commune(picked, current)


show_alone("map", show)
show_source(current)
