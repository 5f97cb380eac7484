"""The panels of the page for analysts: what may be chosen, opened, kept and taken away.

A widget's key is `analysis_` and what the address calls it; what was chosen comes back as the address writes it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from etl.boundaries import full_outlines_path
from etl.definitions import GROUPS, load
from etl.home import home
from etl.views import MOST_NAME, saved_views
from pages.shared import access, deeds
from pages.shared.analysis import files
from pages.shared.analysis.answer import Kept, Row
from pages.shared.analysis.choice import (
    CELLS,
    KEYS,
    LIMITS,
    MOST_CONDITIONS,
    SORTS,
    TESTS,
    TRAITS,
    choice_of,
    condition_words,
    dimensions_of,
    districts_of,
    kinds_of,
    question_of,
    recognised,
)
from pages.shared.analysis.drawing import Drawing, names_of_units
from pages.shared.analysis.labels import dimension_label
from pages.shared.analysis.pictures import picture
from pages.shared.analysis.pivot import Pivot
from pages.shared.filters import provenance
from pages.shared.map_component import outlines
from pages.shared.ten_questions import ten_questions
from pages.shared.text import Text, plain

PAGE = "pages/analysis.py"
_SEVERAL = ("what", "list", "district", "kind", "trait", "periods", "groups")
_SINGLE = ("at", "over", "rows", "cols", "cell", "sort", "chart", "of", "against")
_ENDS = ("low", "high")
_REMEMBERED = 10
_DOTS_PER_INCH = 200


def follow_address(period: str, vintage: str) -> None:
    """Make all widgets show what the address asks for, where a link was followed or the page is opened again.

    A link was followed where the address does not say what this session last wrote there.
    """
    followed = _own_address()
    written: dict[str, str] = st.session_state.get("analysis_address", {})
    if followed == written and "analysis_what" in st.session_state:
        return
    address = followed or written
    for name in _SEVERAL:
        st.session_state[f"analysis_{name}"] = [v for v in address.get(name, "").split(",") if v]
    for name in _SINGLE:
        st.session_state[f"analysis_{name}"] = address.get(name)
    asked = choice_of(address, period, vintage).conditions
    for n in range(MOST_CONDITIONS):
        condition = asked[n] if n < len(asked) else None
        for part in ("item", "group", "test"):
            st.session_state[f"analysis_if{n}_{part}"] = condition and getattr(condition, part)
        for end in _ENDS:
            st.session_state[f"analysis_if{n}_{end}"] = float(getattr(condition, end)) if condition else 0.0


def _own_address() -> dict[str, str]:
    return {key: st.query_params[key] for key in KEYS if key in st.query_params}


def write_address(short: Mapping[str, str]) -> None:
    """Make the address say what is looked at."""
    st.session_state["analysis_address"] = dict(short)
    if short == _own_address():
        return
    for name in KEYS:
        if name in short:
            st.query_params[name] = short[name]
        else:
            st.query_params.pop(name, None)


def several(name: str, options: Mapping[str, str], label: str, **look: Any) -> str:
    """Offer options, by their codes, of which any may be chosen."""
    key = f"analysis_{name}"
    st.session_state[key] = [v for v in st.session_state.get(key) or [] if v in options]
    return ",".join(st.multiselect(label, list(options), format_func=options.__getitem__, key=key, **look))


def single(name: str, options: Mapping[str, str], label: str, **look: Any) -> str:
    """Offer options, by their codes, of which one is chosen: the first where nothing else was."""
    key = f"analysis_{name}"
    if st.session_state.get(key) not in options:
        st.session_state[key] = next(iter(options))
    return str(st.selectbox(label, list(options), format_func=options.__getitem__, key=key, **look))


def chosen(name: str) -> str:
    """Return what was chosen in a widget that comes later."""
    return st.session_state.get(f"analysis_{name}") or ""


def choose_units(level: str, vintage: str, t: Text) -> dict[str, str]:
    """Offer what the units may be told by, and a place to paste a list of them."""
    count = sum(bool(chosen(name)) for name in ("list", "district", "kind", "trait"))
    asked: dict[str, str] = {}
    with st.popover(t("analysis.units", count=count), icon=":material/filter_alt:", width="content"):
        if level == "province":
            st.info(t("analysis.whole_province"))
            return asked
        everything = t("analysis.all")
        if districts := districts_of(vintage):
            asked["district"] = several("district", districts, t("column.district"), placeholder=everything)
        if level == "commune":
            traits = {x: t(f"analysis.trait.{x}") for x in TRAITS}
            units = (u for u in load().units.values() if u.vintage == vintage)
            communes = {u.code: f"{u.name} ({u.code})" for u in units}
            asked["kind"] = several("kind", kinds_of(vintage), t("analysis.kind"), placeholder=everything)
            asked["trait"] = several("trait", traits, t("analysis.trait"), placeholder=everything)
            asked["list"] = several("list", communes, t("analysis.list"), placeholder=everything)
            st.text_area(t("analysis.paste"), key="analysis_pasted", height=90, placeholder=t("analysis.paste_example"))
            st.button(
                t("analysis.recognise"), on_click=_recognise, args=(vintage, t), icon=":material/playlist_add_check:"
            )
            for fault in st.session_state.get("analysis_faults", []):
                st.warning(plain(fault))
    return asked


def _recognise(vintage: str, t: Text) -> None:
    """Choose the communes that the pasted lines name; keep what was not recognised, to be said."""
    codes, faults = recognised(st.session_state["analysis_pasted"], vintage, load(), t)
    st.session_state["analysis_list"] = list(dict.fromkeys([*st.session_state["analysis_list"], *codes]))
    st.session_state["analysis_faults"] = faults
    if codes:
        st.session_state["analysis_pasted"] = ""


def choose_conditions(items: Mapping[str, str], t: Text) -> dict[str, str]:
    """Offer conditions one after the other, always one more than were set."""
    count = sum(bool(chosen(f"if{n}_item")) for n in range(MOST_CONDITIONS))
    with st.popover(t("analysis.conditions", count=count), icon=":material/rule:", width="content"):
        found = [_choose_condition(n, items, t) for n in range(min(count + 1, MOST_CONDITIONS))]
        over = single("over", {o: t(f"analysis.{o}") for o in ("every", "any")}, t("analysis.over"))
        st.caption(t("analysis.condition_note"))
    return {"if": ",".join(filter(None, found)), "over": over}


def _choose_condition(n: int, items: Mapping[str, str], t: Text) -> str:
    key = f"if{n}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if chosen(f"{key}_item") not in items:
            st.session_state[f"analysis_{key}_item"] = None
        item = st.selectbox(
            t("analysis.condition", number=n + 1),
            list(items),
            index=None,
            format_func=items.__getitem__,
            key=f"analysis_{key}_item",
            placeholder=t("analysis.condition_add"),
            width=250,
        )
        if item is None:
            return ""
        group = single(f"{key}_group", {g: t(f"group.{g}") for g in GROUPS}, t("column.group"), width=150)
        tests = {name: t(f"analysis.test.{name}") for name in TESTS}
        test = single(f"{key}_test", tests, t("analysis.test"), width=190)
        limits: list[float | None] = [None, None]
        for place, end in enumerate(_ENDS[: LIMITS.get(test, 0)]):
            name = f"analysis_{key}_{end}"
            st.session_state[name] = st.session_state.get(name) or 0.0
            limits[place] = st.number_input(
                t(f"analysis.limit.{end}"), min_value=0.0, step=1.0, format="%.10g", key=name, width=120
            )
    return condition_words(item, group, test, *limits)


def choose_layout(vintage: str, t: Text) -> dict[str, str]:
    """Offer what rows and columns tell apart, what cells say, and the order of rows."""
    dimensions = dimensions_of(vintage)

    def dimension(name: str) -> str:
        return dimension_label(name, t)

    offered: dict[str, tuple[Callable[[str], str], Sequence[str]]] = {
        "rows": (dimension, dimensions),
        "cols": (dimension, ["item", *(d for d in dimensions if d != "item")]),
        "cell": (lambda cell: t(f"analysis.cell.{cell}"), CELLS),
        "sort": (lambda order: t(f"analysis.sort.{order}"), SORTS),
    }
    with st.popover(t("analysis.layout"), icon=":material/pivot_table_chart:", width="content"):
        return {
            name: single(name, {o: label(o) for o in options}, t(f"analysis.{name}"))
            for name, (label, options) in offered.items()
        }


def show_library(said: str, link: dict[str, str], t: Text) -> None:
    """Offer sample questions, the views that all keep, and what was looked at before; `said` tells of this view."""
    st.session_state["analysis_query"] = urlencode(link)
    before = st.session_state.setdefault("analysis_before", [])
    before[:] = [(said, link), *((words, other) for words, other in before if other != link)][:_REMEMBERED]
    st.markdown(f"**{t('analysis.examples')}**")
    for question in ten_questions():
        address = {**dict(parse_qsl(question.address)), "lang": t.language}
        st.page_link(PAGE, label=t.pick(question.question_vi, question.question_en), query_params=address)
    st.markdown(f"**{t('analysis.saved')}**")
    for saved in saved_views(home()):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(PAGE, label=plain(saved.name), query_params=dict(parse_qsl(saved.address)))
            if access.may("keep_views"):
                key = f"analysis_remove_{saved.view_id}"
                st.button(t("analysis.remove"), key=key, on_click=deeds.drop_view, args=(saved.view_id, t))
    if access.may("keep_views"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                t("analysis.name"), key="analysis_name", max_chars=MOST_NAME, live=True, help=t("analysis.name_help")
            )
            st.button(t("analysis.keep"), on_click=_keep, args=(t,), icon=":material/bookmark_add:")
    if len(before) > 1:
        st.markdown(f"**{t('analysis.before')}**")
        for words, other in before[1:]:
            st.page_link(PAGE, label=plain(words), query_params=other)


def note_on(link: Mapping[str, str], t: Text) -> str:
    """Return what cannot be told exactly of the sample question at this address, nothing where it is none."""
    own = {k: v for k, v in link.items() if k != "lang"}
    found = (q for q in ten_questions() if dict(parse_qsl(q.address)) == own)
    return next((t.pick(q.note_vi, q.note_en) for q in found), "")


def _keep(t: Text) -> None:
    if deeds.keep_view(st.session_state["analysis_name"], st.session_state["analysis_query"], t):
        st.session_state["analysis_name"] = ""


def show_downloads(
    pivot: Pivot,
    rows: Sequence[Row],
    drawing: Drawing,
    kept: Kept,
    said: str,
    t: Text,
) -> None:
    """Offer files, each written when it is asked for; `rows` are those of the pivot."""
    told = provenance()
    if told is None or not rows:
        st.info(t("analysis.nothing_to_take"))
        return
    choice, about = pivot.choice, [said, *told[0]]
    units = sorted(kept.units) if choice.conditions else None
    writers: dict[str, Callable[[], str | bytes]] = {
        "csv": partial(files.csv, pivot, about, t),
        "xlsx": partial(files.workbook, pivot, about, told[1], t),
        "parquet": partial(files.parquet, rows, about),
        "sql": partial(files.sql, question_of(choice), units, about),
    }
    real = full_outlines_path(home(), choice.vintage)
    if choice.rows == "unit" and real.exists():
        writers["geojson"] = partial(files.geojson, pivot, real, about, t)
    if not drawing.problem:
        names = names_of_units(choice.vintage)
        draw = partial(picture, drawing, outlines(choice.vintage), names, about, t)
        writers |= {"png": lambda: draw().png(_DOTS_PER_INCH), "svg": lambda: draw().svg()}
    for ending, write in writers.items():
        name = f"{files.file_name(pivot)}.{ending}"
        st.download_button(t(f"analysis.file.{ending}"), write, name, on_click="ignore", key=f"analysis_{ending}")
    if choice.rows == "unit" and not real.exists():
        st.caption(t("analysis.no_outlines"))
