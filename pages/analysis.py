"""Questions of one's own without Excel: choose, set conditions, turn the table, draw, take away."""

from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from etl.boundaries import full_outlines_path
from etl.definitions import GROUPS, load
from etl.home import Busy, home
from etl.views import MOST_NAME, ViewRefused, remove_view, save_view, saved_views
from pages.shared import analysis, analysis_charts, analysis_drawing, analysis_files, queries
from pages.shared.analysis_pictures import picture
from pages.shared.analysis_table import MOST_COLUMNS, shown_table
from pages.shared.filters import address_of, open_commune, provenance, show_source, view
from pages.shared.map_component import outlines, show_map
from pages.shared.ten_questions import ten_questions
from pages.shared.text import plain

REMEMBERED = 10
SEVERAL = ("what", "list", "district", "kind", "trait", "periods", "groups")
SINGLE = ("at", "over", "rows", "cols", "cell", "sort", "chart", "of", "against")

current = view()
t = current.text
vintage, definitions = current.vintage.name, load()
items = analysis.known_items(current.period)
levels = analysis.levels_of(vintage)
indicators = definitions.indicators


def put(address: dict[str, str]) -> None:
    """Make all widgets show what an address asks for."""
    for name in SEVERAL:
        st.session_state[f"analysis_{name}"] = [v for v in address.get(name, "").split(",") if v]
    for name in SINGLE:
        st.session_state[f"analysis_{name}"] = address.get(name)
    asked = analysis.choice_of(address, current.period, vintage).conditions
    for n in range(analysis.MOST_CONDITIONS):
        condition = asked[n] if n < len(asked) else None
        for part in ("item", "group", "test"):
            st.session_state[f"analysis_if{n}_{part}"] = condition and getattr(condition, part)
        for part in ("low", "high"):
            st.session_state[f"analysis_if{n}_{part}"] = float(getattr(condition, part)) if condition else 0.0


def several(name: str, options: Sequence[str], label: str, names: Sequence[str], **look: object) -> str:
    """Offer options of which any may be chosen; return the chosen ones as the address writes them."""
    key, named = f"analysis_{name}", dict(zip(options, names, strict=True))
    st.session_state[key] = [v for v in st.session_state[key] if v in named]
    look = {"placeholder": t("analysis.all"), **look}
    return ",".join(st.multiselect(label, options, format_func=named.__getitem__, key=key, **look))  # type: ignore[call-overload]


def single(name: str, options: Sequence[str], label: str, names: Sequence[str]) -> str:
    """Offer options of which one is chosen, the first where nothing else was, and return it."""
    key, named = f"analysis_{name}", dict(zip(options, names, strict=True))
    if st.session_state.get(key) not in named:
        st.session_state[key] = options[0]
    return str(st.selectbox(label, options, format_func=named.__getitem__, key=key))


def choose_condition(n: int) -> str:
    """Offer what may be asked of an item; return it as the address writes it, nothing where no item was chosen."""
    key = f"analysis_if{n}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.session_state.get(f"{key}_item") not in items:
            st.session_state[f"{key}_item"] = None
        item = st.selectbox(
            t("analysis.condition", number=n + 1),
            items,
            index=None,
            format_func=partial(analysis.item_label, text=t),
            key=f"{key}_item",
            placeholder=t("analysis.condition_add"),
            width=250,
        )
        if item is None:
            return ""
        for part, options in (("group", GROUPS), ("test", analysis.TESTS)):
            if st.session_state.get(f"{key}_{part}") not in options:
                st.session_state[f"{key}_{part}"] = options[0]
        group = st.selectbox(
            t("column.group"), GROUPS, format_func=lambda g: t(f"group.{g}"), key=f"{key}_group", width=150
        )
        test = st.selectbox(
            t("analysis.test"),
            analysis.TESTS,
            format_func=lambda name: t(f"analysis.test.{name}"),
            key=f"{key}_test",
            width=190,
        )
        limits: list[float | None] = [None, None]
        for place, end in enumerate(("low", "high")[: analysis.LIMITS.get(test, 0)]):
            st.session_state[f"{key}_{end}"] = st.session_state.get(f"{key}_{end}") or 0.0
            limits[place] = st.number_input(
                t(f"analysis.limit.{end}"), min_value=0.0, step=1.0, format="%.10g", key=f"{key}_{end}", width=120
            )
    return analysis.condition_words(item, group, test, *limits)


def recognise() -> None:
    """Choose the communes that the pasted lines name; keep what was not recognised, to be said."""
    codes, faults = analysis.recognised(st.session_state["analysis_pasted"], vintage, definitions, t)
    st.session_state["analysis_list"] = list(dict.fromkeys([*st.session_state["analysis_list"], *codes]))
    st.session_state["analysis_faults"] = faults
    st.session_state["analysis_pasted"] = "" if codes else st.session_state["analysis_pasted"]


def keep_view() -> None:
    """Keep the address under the name that was typed, or say why it cannot be kept."""
    try:
        save_view(home(), st.session_state["analysis_name"], st.session_state["analysis_query"], definitions)
        st.session_state["analysis_name"] = ""
    except ViewRefused as refused:
        st.session_state["analysis_refused"] = t.pick(refused.problem.message_vi, refused.problem.message_en)
    except Busy:
        st.session_state["analysis_refused"] = t("submit.busy")


followed = {key: st.query_params[key] for key in analysis.KEYS if key in st.query_params}
written: dict[str, str] = st.session_state.get("analysis_address", {})
if followed != written or "analysis_what" not in st.session_state:
    put(followed or written)

heading, told = st.empty(), st.empty()
asked: dict[str, str] = {}
with st.container(horizontal=True, vertical_alignment="bottom"):
    labels = [analysis.numbered_label(i, current.period, t) for i in items]
    asked["what"] = several(
        "what", items, t("analysis.what"), labels, width=310, placeholder=analysis.item_label(items[0], t)
    )
    asked["at"] = single("at", levels, t("map.level"), [t(f"analysis.level.{x}") for x in levels])
    known = list(queries.periods().query("vintage == @vintage")["period"])
    asked["periods"] = several(
        "periods",
        known,
        t("column.period"),
        [t.period(p) for p in known],
        width=180,
        placeholder=t.period(current.period),
    )
    groups = [t(f"group.{g}") for g in GROUPS]
    asked["groups"] = several("groups", GROUPS, t("column.group"), groups, width=180, placeholder=groups[0])

conditions = sum(st.session_state.get(f"analysis_if{n}_item") is not None for n in range(analysis.MOST_CONDITIONS))
filters = sum(bool(st.session_state[f"analysis_{name}"]) for name in ("list", "district", "kind", "trait"))
with st.container(horizontal=True):
    with st.popover(t("analysis.units", count=filters), icon=":material/filter_alt:", width="content"):
        if asked["at"] == "province":
            st.info(t("analysis.whole_province"))
        if asked["at"] != "province" and (districts := analysis.districts_of(vintage)):
            asked["district"] = several("district", list(districts), t("column.district"), list(districts.values()))
        if asked["at"] == "commune":
            asked["kind"] = several("kind", list(analysis.KINDS), t("analysis.kind"), list(analysis.KINDS.values()))
            traits = [t(f"analysis.trait.{x}") for x in analysis.TRAITS]
            asked["trait"] = several("trait", analysis.TRAITS, t("analysis.trait"), traits)
            communes = {u.code: f"{u.name} ({u.code})" for u in definitions.units.values() if u.vintage == vintage}
            asked["list"] = several("list", list(communes), t("analysis.list"), list(communes.values()))
            st.text_area(t("analysis.paste"), key="analysis_pasted", height=90, placeholder=t("analysis.paste_example"))
            st.button(t("analysis.recognise"), on_click=recognise, icon=":material/playlist_add_check:")
            for fault in st.session_state.get("analysis_faults", []):
                st.warning(plain(fault))
    with st.popover(t("analysis.conditions", count=conditions), icon=":material/rule:", width="content"):
        found = [choose_condition(n) for n in range(min(conditions + 1, analysis.MOST_CONDITIONS))]
        asked["if"] = ",".join(filter(None, found))
        asked["over"] = single("over", ["every", "any"], t("analysis.over"), [t("analysis.every"), t("analysis.any")])
        st.caption(t("analysis.condition_note"))
    with st.popover(t("analysis.layout"), icon=":material/pivot_table_chart:", width="content"):
        dimensions = analysis.dimensions_of(vintage)
        for name, options, prefix in (
            ("rows", dimensions, "dimension"),
            ("cols", ["item", *(d for d in dimensions if d != "item")], "dimension"),
            ("cell", list(analysis.CELLS), "cell"),
            ("sort", list(analysis.SORTS), "sort"),
        ):
            asked[name] = single(name, options, t(f"analysis.{name}"), [t(f"analysis.{prefix}.{o}") for o in options])
    library = st.popover(t("analysis.library"), icon=":material/bookmarks:", width="content")
    downloads = st.popover(t("analysis.download"), icon=":material/download:", width="content")

# What is drawn is chosen beside the drawing, but asked for before.
asked |= {name: st.session_state.get(f"analysis_{name}") or "" for name in ("chart", "of", "against")}
choice = analysis.choice_of(asked, current.period, vintage)
rows = analysis.rows_of(queries.analysis(**analysis.question(choice)), choice)
kept = analysis.fulfilling(rows, choice)
shown = [
    r
    for r in rows
    if r["unit_code"] in kept.units and r["item"] in choice.items and r["population_group"] in choice.groups
]
pivot = analysis.pivot(shown, choice)
heading.header(analysis.title(pivot, kept, t))
told.markdown(analysis.sentence(pivot, kept, t))

st.session_state["analysis_against"] = choice.against
left, right = st.columns([1, 1], gap="medium")
with left:
    if not shown:
        st.info(t("analysis.none_kept" if rows else "analysis.nothing"), icon=":material/search_off:")
    else:
        table = shown_table(pivot, t)
        narrow = st.column_config.Column(width=110) if len(pivot.columns) > 1 else st.column_config.Column()
        widths = dict.fromkeys(table.columns[-len(pivot.columns) :], narrow)
        widths[table.columns[0]] = st.column_config.Column(pinned=True, width=150)
        st.dataframe(table, hide_index=True, height=520, row_height=26, column_config=widths)
        st.caption(t("analysis.table_note"))
        if len(pivot.columns) > MOST_COLUMNS:
            st.caption(t("analysis.more_columns", shown=MOST_COLUMNS, all=len(pivot.columns)))
with right:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked["chart"] = single(
            "chart", analysis.CHARTS, t("analysis.chart"), [t(f"analysis.chart.{c}") for c in analysis.CHARTS]
        )
        columns = {".".join(c): pivot.column_label(c, t) for c in pivot.columns}
        asked["of"] = single("of", list(columns), t("analysis.of"), list(columns.values())) if columns else ""
        asked["of"] = "" if asked["of"] == next(iter(columns), "") else asked["of"]
        if asked["chart"] == "scatter":
            asked["against"] = single("against", items, t("analysis.against"), labels)
    drawing = analysis_drawing.drawing(pivot, [r for r in rows if r["unit_code"] in kept.units], t)
    if drawing.problem:
        st.info(t(drawing.problem), icon=":material/info:")
    elif drawing.map:
        clicked = show_map(drawing.map, vintage, t, f"analysis_map_{vintage}", height=480)
        if clicked and choice.level == "commune":
            open_commune(clicked, current)
    else:
        st.plotly_chart(analysis_charts.chart(drawing), alt=drawing.title)
        if drawing.left_out:
            st.caption(t("analysis.left_out", count=drawing.left_out))

# The address now says all of it, and so does what is taken away.
short = analysis.short_address(asked, current.period, vintage)
if short != written:
    st.session_state["analysis_address"] = short
    for name in analysis.KEYS:
        if name in short:
            st.query_params[name] = short[name]
        else:
            st.query_params.pop(name, None)
link = address_of(current, **short)
st.session_state["analysis_query"] = urlencode(link)
said = f"{analysis.title(pivot, kept, t)} · {analysis.sentence(pivot, kept, t)}"
before = st.session_state.setdefault("analysis_before", [])
before[:] = [(said, link), *((words, other) for words, other in before if other != link)][:REMEMBERED]

with library:
    st.markdown(f"**{t('analysis.examples')}**")
    for example in ten_questions():
        asks = t.pick(example.question_vi, example.question_en)
        st.page_link(
            "pages/analysis.py", label=asks, query_params={**dict(parse_qsl(example.address)), "lang": t.language}
        )
    st.markdown(f"**{t('analysis.saved')}**")
    for saved in saved_views(home()):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link("pages/analysis.py", label=plain(saved.name), query_params=dict(parse_qsl(saved.address)))
            st.button(
                t("analysis.remove"),
                key=f"analysis_remove_{saved.view_id}",
                on_click=remove_view,
                args=(home(), saved.view_id),
            )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("analysis.name"), key="analysis_name", max_chars=MOST_NAME, help=t("analysis.name_help"))
        st.button(t("analysis.keep"), on_click=keep_view, icon=":material/bookmark_add:")
    if refused := st.session_state.pop("analysis_refused", ""):
        st.error(refused)
    if len(before) > 1:
        st.markdown(f"**{t('analysis.before')}**")
        for words, other in before[1:]:
            st.page_link("pages/analysis.py", label=plain(words), query_params=other)
with downloads:
    told_by = provenance()
    if told_by and shown:
        about, created = [said, *told_by[0]], told_by[1]
        units = sorted(kept.units) if choice.conditions else None
        name = analysis_files.file_name(pivot)
        files: dict[str, Callable[[], str | bytes]] = {
            "csv": partial(analysis_files.csv, pivot, about, t),
            "xlsx": partial(analysis_files.workbook, pivot, about, created, t),
            "parquet": partial(analysis_files.parquet, shown, about),
            "sql": partial(analysis_files.sql, analysis.question(choice), units, about),
        }
        real = full_outlines_path(home(), vintage)
        if choice.rows == "unit" and real.exists():
            files["geojson"] = partial(analysis_files.geojson, pivot, real, about, t)
        if not drawing.problem:
            names = analysis_drawing.names_of_units(vintage)
            draw = partial(picture, drawing, outlines(vintage), names, about, t)
            files |= {"png": lambda: draw().png(200), "svg": lambda: draw().svg()}
        for ending, write in files.items():
            st.download_button(
                t(f"analysis.file.{ending}"), write, f"{name}.{ending}", on_click="ignore", key=f"analysis_{ending}"
            )
        if choice.rows == "unit" and not real.exists():
            st.caption(t("analysis.no_outlines"))
show_source(current)
