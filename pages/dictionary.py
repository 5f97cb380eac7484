"""What every figure means: the plan's indicators, the figures that communes report, the tables of the public data."""

import streamlit as st

from etl.definitions import load
from etl.dictionary import dictionary, words
from pages.shared import access, queries
from pages.shared.filters import address_of, choose, keep_in_address, show_source, view
from pages.shared.lexicon import column_table, fitting, indicator_table, measure_table
from pages.shared.tables import WORDY_ROW_PX, show_table

MEASURE_WIDTHS = {"code": 54, "measure": 220, "unit": 76, "flow": 150, "groups": 150, "checks": 150, "shown_as": 106}
START = "indicator_progress"
"""The table that analysts start from."""

current = view()
t = current.text
word = words(t.language)
st.header(t("dictionary.title"))
with st.container(horizontal=True, vertical_alignment="bottom"):
    part = choose("part", ["indicators", "measures", "tables"], "dictionary.part", current)
    asked = st.text_input(
        t("dictionary.find"), key="find_word", placeholder=t("dictionary.find_example"), live=True, width=360
    )

if part == "indicators":
    since = queries.first_periods(current.vintage.name).set_index("indicator")["period"].to_dict()
    every = indicator_table(current.plan, since, t)
else:
    every = measure_table(t) if part == "measures" else column_table(t)
found = fitting(every, asked)
if found.empty:
    st.info(t("dictionary.nothing", words=asked), icon=":material/search_off:")
    st.stop()

if part == "indicators":
    left, right = st.columns([1, 2])
    with left:
        known = {i: load().indicators[i] for i in found.index}
        keep_in_address("indicator", list(known), next(iter(known)))
        indicator = st.radio(
            t("dictionary.choose"),
            list(known),
            format_func=lambda i: t.pick(known[i].short_vi, known[i].short_en),
            key="indicator",
        )
    with right, st.container(border=True):
        label, *heads = found.columns
        st.subheader(found.loc[indicator, label])
        st.markdown("\n".join(f"- **{head}:** {found.loc[indicator, head]}" for head in heads))
        with st.container(horizontal=True):
            for page, icon in (("indicator", ":material/show_chart:"), ("methods", ":material/functions:")):
                link = address_of(current, indicator=indicator)
                if access.may_open(page):
                    st.page_link(f"pages/{page}.py", label=t(f"dictionary.to.{page}"), icon=icon, query_params=link)
    st.subheader(t("dictionary.all", count=len(found)))
    show_table(
        found,
        t,
        f"tu_dien_chi_tieu_{current.plan.year}.csv",
        row_height=WORDY_ROW_PX,
        height=440,
        widths={label: 220, heads[0]: 400},
    )
elif part == "measures":
    st.caption(t("dictionary.measures_note"))
    show_table(
        found,
        t,
        "tu_dien_so_lieu_bao_cao.csv",
        row_height=WORDY_ROW_PX,
        height=560,
        widths={word[head]: width for head, width in MEASURE_WIDTHS.items()},
    )
else:
    st.caption(t("dictionary.tables_note"))
    tables = list(dict.fromkeys(found[word["table"]]))
    keep_in_address("table", tables, START if START in tables else tables[0])
    table = st.selectbox(t("dictionary.table", count=len(tables)), tables, key="table")
    st.markdown(dictionary().tables[table](t.language))
    show_table(
        found[found[word["table"]] == table].drop(columns=word["table"]),
        t,
        f"tu_dien_{table}.csv",
        row_height=WORDY_ROW_PX,
        height="content",
        widths={word["column"]: 180, word["meaning"]: 380, word["unit"]: 86, word["codes"]: 260},
    )
show_source(current)
