"""A question of one's own: SQL to the public data, whose small sensitive counts are masked."""

import time
from functools import partial
from urllib.parse import quote

import pandas as pd
import streamlit as st

from etl.console import LONGEST_SQL, Answer, Question, Refused
from etl.home import home
from etl.public import public_database
from pages.shared import console
from pages.shared.filters import provenance, show_source, view
from pages.shared.tables import ROW_PX, WORDY_ROW_PX, as_csv, as_workbook, without_formulas
from pages.shared.turns import step_aside

LONGEST_ADDRESS = 4000
"""Characters of a statement as an address writes it; browsers take more, mail and chat programs cut it off."""

REMEMBERED = 20
AT_ONCE_S = 0.7
"""Most answers are there by then, and nothing needs to be shown meanwhile."""

LOOK_EVERY_S = 0.1

FIRST_TABLE = "indicator_progress"
"""The table that tells most by itself."""

current = view()
t = current.text
step_aside()  # the answers come from other processes
with st.spinner(t("sql.preparing")):
    database = public_database(home())
columns = console.columns(database, t)
tables = columns.drop_duplicates("table_name").set_index("table_name")["table_comment"]
examples = console.examples()
history: list[str] = st.session_state.setdefault("sql_history", [])


def put(key: str, statements: dict[str, str]) -> None:
    """Put what was chosen in place of the statement."""
    st.session_state["sql"] = statements.get(st.session_state[key], st.session_state["sql"])
    st.session_state[key] = None


def insert() -> None:
    """Put the name that was chosen at the end of the statement, and tell about its table."""
    if chosen := st.session_state["sql_name"]:
        st.session_state["sql"] = console.with_name(st.session_state["sql"], chosen[-1])
        st.session_state["sql_table"] = chosen[0]
    st.session_state["sql_name"] = None


def ask(sql: str) -> None:
    """Ask in place of what was asked before."""
    if before := st.session_state.get("sql_question"):
        before.cancel()
    st.session_state["sql_question"] = Question(database, sql)
    st.session_state["sql_asked_at"] = time.monotonic()
    history[:] = [sql, *(s for s in history if s != sql)][:REMEMBERED]


def write_address(sql: str) -> bool:
    """Make the address name the statement if it is short enough; tell whether it is."""
    st.session_state["written_sql"] = sql
    if fits := len(quote(sql)) <= LONGEST_ADDRESS:
        st.query_params["sql"] = sql
    else:
        st.query_params.pop("sql", None)
    return fits


def wait_for(question: Question) -> None:
    """Wait for the answer; while it takes long, tell so, and let the reader give it up."""
    if question.wait(AT_ONCE_S):
        return
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        clock = st.empty()
        st.button(t("sql.cancel"), icon=":material/cancel:", on_click=question.cancel)
    while not question.wait(LOOK_EVERY_S):
        seconds = time.monotonic() - st.session_state["sql_asked_at"]
        clock.markdown(f":material/hourglass_top: {t('sql.running', seconds=t.number(seconds))}")
    place.empty()


def show_refusal(refused: Refused) -> None:
    """Say why there is no answer, in words, with what DuckDB says of it."""
    show = st.info if refused.code in ("empty", "cancelled") else st.error
    show(t(f"sql.refused.{refused.code}", longest=t.number(LONGEST_SQL)), icon=":material/info:")
    if refused.detail:
        st.code(refused.detail, language=None, wrap_lines=True)


def show_answer(answer: Answer, sql: str) -> None:
    """Show the rows, how long they took, and offer them as files."""
    rows = t("sql.rows_first" if answer.more else "sql.rows", count=len(answer.frame))
    st.markdown(f"**{rows}** · {t('sql.took', milliseconds=t.number(1000 * answer.seconds))}")
    shown = without_formulas(answer.frame)
    fractions = shown.select_dtypes("floating").columns
    config = {
        # Every digit; Streamlit's own format "plain" adds some.
        name: st.column_config.NumberColumn(help=kind, format="%g")
        if name in fractions
        else st.column_config.Column(help=kind)
        for name, kind in zip(shown.columns, answer.types, strict=True)
    }
    st.dataframe(shown, hide_index=True, column_config=config, placeholder="–", key="sql_rows")
    files = {"csv": partial(as_csv, answer.frame), "parquet": partial(console.as_parquet, answer.frame)}
    if told := provenance():
        about, received = told
        files["xlsx"] = partial(as_workbook, answer.frame, t, [*about, sql], received)
    with st.container(horizontal=True):
        for name, content in files.items():
            st.download_button(
                t(f"sql.download.{name}"),
                content,
                file_name=f"sql.{name}",
                on_click="ignore",
                key=f"sql_{name}",
            )


st.header(t("sql.title"))
st.markdown(t("sql.masked"))
followed = st.query_params.get("sql")
if followed is not None and followed != st.session_state.get("written_sql"):
    st.session_state["sql"] = followed
    ask(followed)
elif "sql" not in st.session_state:
    st.session_state["sql"] = next((e.sql for e in examples.values()), "")

left, right = st.columns([3, 2], gap="medium")
with left:
    with st.container(horizontal=True):
        titles = {name: t.pick(e.title_vi, e.title_en) for name, e in examples.items()}
        st.selectbox(
            t("sql.examples"),
            list(examples),
            index=None,
            format_func=titles.__getitem__,
            key="sql_example",
            on_change=put,
            args=("sql_example", {name: e.sql for name, e in examples.items()}),
            placeholder=t("sql.choose"),
        )
        st.selectbox(
            t("sql.history"),
            list(history),
            index=None,
            format_func=lambda sql: " ".join(sql.split()),
            key="sql_before",
            on_change=put,
            args=("sql_before", {sql: sql for sql in history}),
            placeholder=t("sql.choose"),
        )
    sql = st.text_area(
        t("sql.statement"), key="sql", height=190, max_chars=LONGEST_SQL, on_change="ignore", persist_state="session"
    )
    if st.button(t("sql.run"), icon=":material/play_arrow:", shortcut="Ctrl+Enter"):
        ask(sql or "")
with right:
    names = [(table,) for table in tables.index] + list(columns[["table_name", "column_name"]].itertuples(index=False))
    meanings = [*tables, *columns["comment"]]
    said = {tuple(name): f"{'.'.join(name)} · {meaning}" for name, meaning in zip(names, meanings, strict=True)}
    st.selectbox(
        t("sql.insert"),
        list(said),
        index=None,
        format_func=said.__getitem__,
        key="sql_name",
        on_change=insert,
        placeholder=t("sql.find"),
    )
    st.session_state.setdefault("sql_table", FIRST_TABLE if FIRST_TABLE in tables.index else tables.index[0])
    table = st.selectbox(t("sql.table"), list(tables.index), key="sql_table")
    st.caption(tables[table])
    own = columns[columns["table_name"] == table]
    st.dataframe(
        pd.DataFrame(
            {
                t("sql.column"): own["column_name"],
                t("sql.meaning"): own["comment"] + " (" + own["data_type"] + ")",
            }
        ),
        hide_index=True,
        height=ROW_PX + 3 * WORDY_ROW_PX,
        row_height=WORDY_ROW_PX,
        column_config={
            t("sql.column"): st.column_config.Column(width=124),
            t("sql.meaning"): st.column_config.Column(width=182),
        },
    )

question: Question | None = st.session_state.get("sql_question")
if question is None:
    st.info(t("sql.nothing"), icon=":material/play_arrow:")
else:
    if not write_address(question.sql):
        st.caption(t("sql.too_long_for_address"))
    wait_for(question)
    try:
        show_answer(question.answer(), question.sql)
    except Refused as refused:
        show_refusal(refused)
show_source(current)
