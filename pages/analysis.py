"""Questions of one's own without Excel: choose, set conditions, turn the table, draw, take away."""

import streamlit as st

from etl.definitions import GROUPS, load
from pages.shared import queries
from pages.shared.analysis import panels
from pages.shared.analysis.answer import fulfilling, rows_of
from pages.shared.analysis.charts import chart
from pages.shared.analysis.choice import CHARTS, choice_of, known_items, levels_of, question_of, short_address
from pages.shared.analysis.drawing import drawn
from pages.shared.analysis.labels import numbered_label
from pages.shared.analysis.pivot import pivoted
from pages.shared.analysis.table import MOST_COLUMNS, show_pivot
from pages.shared.analysis.wording import sentence, title
from pages.shared.chart_panel import show_chart
from pages.shared.filters import address_of, open_commune, show_source, view
from pages.shared.map_component import show_map
from pages.shared.text import plain

current = view()
t = current.text
period, vintage = current.period, current.vintage.name
items = {i: numbered_label(i, period, t) for i in known_items(period)}
groups = {g: t(f"group.{g}") for g in GROUPS}
known = {p: t.period(p) for p in queries.periods_of(vintage)}
panels.follow_address(period, vintage)

heading, told, note = st.empty(), st.empty(), st.empty()
asked: dict[str, str] = {}
with st.container(horizontal=True, vertical_alignment="bottom"):
    asked["what"] = panels.several("what", items, t("analysis.what"), width=310, placeholder=next(iter(items.values())))
    levels = {x: t(f"analysis.level.{x}") for x in levels_of(vintage)}
    asked["at"] = panels.single("at", levels, t("map.level"))
    asked["periods"] = panels.several("periods", known, t("column.period"), width=180, placeholder=t.period(period))
    asked["groups"] = panels.several("groups", groups, t("column.group"), width=180, placeholder=groups["total"])
with st.container(horizontal=True):
    asked |= panels.choose_units(asked["at"], vintage, t)
    asked |= panels.choose_conditions(items, t)
    asked |= panels.choose_layout(vintage, t)
    library = st.popover(t("analysis.library"), icon=":material/bookmarks:", width="content")
    downloads = st.popover(t("analysis.download"), icon=":material/download:", width="content")
if any(load().periods[p].vintage != vintage for p in (asked["periods"] or period).split(",")):
    st.caption(t("analysis.other_units"))

# What is drawn is chosen beside the drawing, but asked for before.
asked |= {name: panels.chosen(name) for name in ("chart", "of", "against")}
choice = choice_of(asked, period, vintage)
rows = rows_of(queries.analysis(**question_of(choice)), choice)
kept = fulfilling(rows, choice)
rows = [r for r in rows if r["unit_code"] in kept.units]
shown = [r for r in rows if r["item"] in choice.items and r["population_group"] in choice.groups]
pivot = pivoted(shown, choice)
heading.header(title(pivot, kept, t))
told.markdown(sentence(pivot, kept, t))

left, right = st.columns(2, gap="medium")
with left:
    if shown:
        show_pivot(pivot, t)
        st.caption(t("analysis.table_note"))
    else:
        st.info(t("analysis.none_kept" if kept.asked else "analysis.nothing"), icon=":material/search_off:")
    if len(pivot.columns) > MOST_COLUMNS:
        st.caption(t("analysis.more_columns", shown=MOST_COLUMNS, all=len(pivot.columns)))
with right:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = {c: t(f"analysis.chart.{c}") for c in CHARTS}
        asked["chart"] = panels.single("chart", kinds, t("analysis.chart"))
        asked["of"] = ""
        if columns := {".".join(c): pivot.column_label(c, t) for c in pivot.columns}:
            column = panels.single("of", columns, t("analysis.of"))
            asked["of"] = "" if column == next(iter(columns)) else column
        if asked["chart"] == "scatter":
            st.session_state["analysis_against"] = choice.against
            asked["against"] = panels.single("against", items, t("analysis.against"))
    drawing = drawn(pivot, rows, t)
    st.markdown(f"**{plain(drawing.title)}**")
    if drawing.problem:
        st.info(t(drawing.problem), icon=":material/info:")
    elif drawing.map:
        clicked = show_map(drawing.map, vintage, t, f"analysis_map_{vintage}", height=480)
        if clicked and choice.level == "commune":
            open_commune(clicked, current)
    else:
        show_chart(chart(drawing, t), current, drawing.title)
    if drawing.left_out:
        st.caption(t("analysis.left_out", count=drawing.left_out))

# The address now says all of it, and so does what is taken away.
short = short_address(asked, period, vintage)
panels.write_address(short)
link = address_of(current, **short)
if queries.approved_only():
    link["data"] = "approved"
if noted := panels.note_on(link, t):
    note.info(noted, icon=":material/info:")
said = f"{title(pivot, kept, t)} · {sentence(pivot, kept, t)}"
with library:
    panels.show_library(said, link, t)
with downloads:
    panels.show_downloads(pivot, shown, drawing, kept, said, t)
show_source(current)
