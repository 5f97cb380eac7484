"""What every page looks at: language, period and administrative units. All three are in the address."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import urlencode

import streamlit as st

from etl.definitions import Plan, Vintage, load
from etl.identify import name_and_code
from etl.wording import name_sort_key
from pages.shared import access, document, queries
from pages.shared.succession import Meant, meaning
from pages.shared.text import LANGUAGES, Text, text_of
from pages.shared.turns import in_turn


@dataclass(frozen=True)
class View:
    """The reader's choice, and what follows from it."""

    text: Text
    period: str
    cut_off: date
    vintage: Vintage
    plan: Plan


def text() -> Text:
    """Return the words of the reader's language, Vietnamese where none was chosen.

    Menus ask before the choice is offered, when a page that was just opened has nothing in its address yet.
    """
    language = _asked("lang", "vi")
    return text_of(language if language in LANGUAGES else "vi")


def keep_in_address(key: str, options: Sequence[str], default: str) -> None:
    """Make the widget `key` start with what the address says, and the address follow the widget.

    Streamlit's own binding writes the translated label into the address; a code stays valid in both languages.
    """
    chosen = _asked(key, default)
    st.session_state[key] = chosen if chosen in options else default
    _write_address(key)


def keep_number_in_address(key: str, low: float, high: float, default: float) -> None:
    """Do the same for a widget that holds a number between `low` and `high`."""
    try:
        chosen = float(_asked(key, default))
    except ValueError:
        chosen = default
    st.session_state[key] = chosen if low <= chosen <= high else default
    _write_address(key)


def keep_unit_in_address(current: View, codes: Sequence[str]) -> Meant:
    """Do the same for the commune `unit`, one of `codes` or None; return what was asked for.

    It is one of the units that the address named until now: where others are in view, it is followed to what it became
    part of. Where it comes to several of them or to none, none is chosen; readers who have one unit alone see that.
    """
    chosen, written_for = _asked("unit", codes[0]), st.session_state["units_before"]
    meant = meaning(chosen or "", written_for, current.vintage.name, load())
    if chosen and meant.unit is None and "unit" not in st.query_params:
        # It is left from another page, whose `unit` may be the whole province.
        meant = meaning(codes[0], current.vintage.name, current.vintage.name, load())
    meant = replace(meant, units=tuple(unit for unit in meant.units if unit.code in codes))
    own = codes[0] if access.is_bound() and not meant.units else None
    st.session_state["unit"] = meant.units[0].code if len(meant.units) == 1 else own
    _write_address("unit")
    return meant


def _asked(key: str, default: Any) -> Any:
    """Return what the address asks for where a link was followed, else what was chosen before.

    A link was followed where the address does not say what this session last wrote there, or where the widget was away
    on another page: Streamlit forgets it then.
    """
    asked = st.query_params.get(key)
    if asked is not None and (asked != st.session_state.get(f"written_{key}") or key not in st.session_state):
        return asked
    return st.session_state.get(key, default)


def _write_address(key: str) -> None:
    chosen, before = st.session_state[key], st.session_state.get(f"written_{key}")
    written = st.session_state[f"written_{key}"] = None if chosen is None else str(chosen)
    # The browser is told of the whole address each time, and must be of a link that it followed within a page.
    if written is None:
        st.query_params.pop(key, None)
    elif written != before or st.query_params.get_all(key) != [written]:
        st.query_params[key] = written


def show_language() -> None:
    """Offer the languages, and tell the browser which one was chosen."""
    keep_in_address("lang", list(LANGUAGES), "vi")
    document.tell_language(st.session_state["lang"])
    st.segmented_control(
        text()("filter.language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, key="lang", required=True
    )


def show_view() -> None:
    """Offer the periods that were reported on, and the units in which the chosen one can be seen."""
    t = text()
    if queries.approvals():
        keep_in_address("data", ["all", "approved"], "all")
        st.segmented_control(
            t("filter.data"),
            ["all", "approved"],
            format_func=lambda d: t(f"filter.data.{d}"),
            key="data",
            required=True,
            help=t("filter.data_help"),
        )
    periods = queries.periods()
    known = list(dict.fromkeys(periods["period"]))
    keep_in_address("period", known, known[0])
    period = st.selectbox(t("filter.period"), known, format_func=t.period, key="period")
    rows = periods[periods["period"] == period]
    st.session_state["units_before"] = st.query_params.get("units")
    keep_in_address("units", list(rows["vintage"]), rows["reporting_vintage"].iloc[0])
    labels = {v.name: t.pick(v.label_vi, v.label_en) for v in load().vintages}
    st.radio(
        t("filter.vintage"),
        list(rows["vintage"]),
        format_func=labels.__getitem__,
        key="units",
        help=t("filter.vintage_help"),
    )


def only_through_dashboard() -> None:
    """Send whoever did not come through `dashboard.py` back to it: only there is the reader known and admitted.

    Until it ran once after a start, Streamlit serves each file in `pages/` under its own name.
    """
    if not st.session_state.get("through_dashboard"):
        st.switch_page("dashboard.py")


def view() -> View:
    """Return the reader's choice, for a page that is reached through `dashboard.py` alone."""
    only_through_dashboard()
    return view_of(st.session_state["period"], st.session_state["units"], text())


def view_of(period: str, vintage: str, text: Text) -> View:
    """Return a choice that was made elsewhere."""
    definitions = load()
    return View(
        text=text,
        period=period,
        cut_off=definitions.periods[period].cut_off,
        vintage=next(v for v in definitions.vintages if v.name == vintage),
        plan=definitions.plan_of(period),
    )


def show_alone(page: str, part: Callable[[], None]) -> None:
    """Show a part of a page which its own widgets draw anew without the rest.

    It passes the same door as the whole: where the reader's role or the figures changed meanwhile, all is drawn anew.
    """
    seen = queries.version()

    @st.fragment
    def show() -> None:
        with in_turn(), queries.one_state():
            if queries.version() != seen or not access.may_open(page):
                st.rerun()
            part()

    show()


def as_reported(current: View) -> View:
    """Return the same period in the units that reported then; say so where the reader chose others."""
    definitions = load()
    own = next(v for v in definitions.vintages if v.name == definitions.periods[current.period].vintage)
    if own != current.vintage:
        said = current.text.pick(own.label_vi, own.label_en)
        st.info(current.text("filter.as_reported", units=said), icon=":material/account_balance:")
    return replace(current, vintage=own)


def show_source(current: View) -> None:
    """Say where the figures come from, and how far they are settled; on paper, where the whole tables are."""
    st.caption(source(current))
    with st.container(key=document.ON_PAPER):
        st.caption(current.text("app.on_paper"))


def short_source(current: View, periods: Iterable[str] = ()) -> str:
    """Return the same in a few words, for each chart and map of a page; `periods` are drawn, else the chosen one."""
    t, known = current.text, load().periods
    drawn = sorted({*periods} or {current.period}, key=lambda period: known[period].cut_off)
    if len(drawn) == 1:
        return _sources(view_of(drawn[0], current.vintage.name, t))[0]
    first, last = t.short_period(drawn[0]), t.short_period(drawn[-1])
    return t("app.short_source_periods", first=first, last=last, cut_off=t.date(known[drawn[-1]].cut_off))


def source(current: View) -> str:
    """Return where the figures come from, in which state of the warehouse, and how far they are settled."""
    return _sources(current)[1]


def _sources(current: View) -> tuple[str, str]:
    return _say_sources(queries.version(), queries.approved_only(), current.text, current.period, current.cut_off)


# Said under each chart and in each file to take away, up to a dozen times on a page.
@lru_cache(maxsize=64)
def _say_sources(
    version: queries.Version | None, approved_only: bool, t: Text, period: str, cut_off: date
) -> tuple[str, str]:
    del version, approved_only  # only the cache's key
    snapshot = queries.snapshot(period)
    state = queries.period_state(period)
    known: dict[str, Any] = {
        "received": t.number(snapshot["reports_received"]),
        "expected": t.number(snapshot["reports_expected"]),
        "cut_off": t.date(cut_off),
    }
    last, number = t.date(snapshot["last_received_at"]), t.number(snapshot["number"])
    said = [
        t("app.source", **known, last=last, number=number),
        t("app.approved", approved=t.number(state["approved"]), count=int(state["reports"])),
    ]
    if state["closed"]:
        said.append(t("app.closed", day=t.date(state["decided_at"])))
    if state["admitted"]:
        said.append(t("app.admitted", count=int(state["admitted"])))
    return t("app.short_source", **known), " ".join(said)


def provenance() -> tuple[list[str], datetime] | None:
    """Return what a table that is taken away says of itself, its page's address last, and when the last report came.

    None where there are no reports yet.
    """
    if "period" not in st.session_state or queries.version() is None:
        return None
    current = view()
    t = current.text
    snapshot = queries.snapshot(current.period)
    said = [source(current)]
    if queries.approved_only():
        said.append(t("meeting.approved_only"))
    if snapshot["sample"]:
        said.append(t("meeting.sample"))
    chosen = [(key, value) for key in st.query_params for value in st.query_params.get_all(key)]
    said.append(f"{st.context.url or ''}?{urlencode(chosen)}")
    return said, snapshot["last_received_at"].to_pydatetime()


def show_what_is_seen() -> None:
    """Say in one line which plan, period and units are looked at, and of sample data that it is sample data."""
    current = view_of(st.session_state["period"], st.session_state["units"], text())
    said = [what_is_seen(current)]
    if queries.approved_only():
        said.append(current.text("meeting.approved_only"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if queries.snapshot(current.period)["sample"]:
            st.badge(current.text("app.sample"), icon=":material/science:", color="orange")
        st.caption(" · ".join(said), width="content")


def what_is_seen(current: View) -> str:
    """Return the plan, the period and the units of a view."""
    t = current.text
    return t(
        "filter.seen",
        plan=t.pick(current.plan.name_vi, current.plan.name_en),
        period=t.period(current.period),
        vintage=t.pick(current.vintage.label_vi, current.vintage.label_en),
    )


def unit_labels(current: View) -> dict[str, str]:
    """Return the communes of the chosen units by code, in the order of their names, as they were called then."""
    definitions = load()
    labels = {}
    for unit in definitions.units.values():
        if unit.vintage == current.vintage.name:
            named = definitions.name_of(unit, current.cut_off)
            labels[unit.code] = name_sort_key(named.name), name_and_code(named)
    return {code: label for code, (_, label) in sorted(labels.items(), key=lambda item: (item[1][0], item[0]))}


def choose_indicator(
    current: View, key: str = "indicator", label: str = "indicator.choose", default: str | None = None
) -> str:
    """Offer the indicators of the plan in force, each with its target's number, and return the chosen one."""
    t = current.text
    known = queries.indicators(current.period).set_index("indicator")

    def name(indicator: str) -> str:
        row = known.loc[indicator]
        return f"{row['target']}. {t.pick(row['short_vi'], row['short_en'])}"

    keep_in_address(key, list(known.index), default or known.index[0])
    return str(st.selectbox(t(label), list(known.index), format_func=name, key=key))


def choose(key: str, options: Sequence[str], label: str, current: View, *, default: str | None = None) -> str:
    """Offer a few ways to look, each named by the text `<label>.<option>`, and return the chosen one."""
    t = current.text
    keep_in_address(key, options, default or options[0])
    return str(st.segmented_control(t(label), options, format_func=lambda o: t(f"{label}.{o}"), key=key, required=True))


def address_of(current: View, **parameters: str) -> dict[str, str]:
    """Return what the address of a view must say, so that a colleague who opens it sees the same."""
    return {
        "lang": current.text.language,
        "period": current.period,
        "units": current.vintage.name,
        **parameters,
    }


def commune_address(code: str, current: View, **parameters: str) -> dict[str, str]:
    """Return the address of a commune's profile, in full: what the page would add by itself took another Back."""
    known = list(queries.indicators(current.period)["indicator"])
    asked = str(st.session_state.get("indicator"))
    kept = {"indicator": asked if asked in known else known[0]}
    if queries.approvals():
        kept["data"] = "approved" if queries.approved_only() else "all"
    return address_of(current, unit=code, **(kept | parameters))


def open_commune(code: str, current: View) -> NoReturn:
    """Go to the profile of a commune.

    Streamlit first leaves the new address in the browser's history under the old page: for Back to show that page as it
    was, the address keeps what the page has in it.
    """
    own: dict[str, Any] = {key: st.query_params.get_all(key) for key in st.query_params}
    st.switch_page("pages/commune.py", query_params=own | commune_address(code, current))
