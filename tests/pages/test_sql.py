"""The SQL page: asks, refuses in words, and is found again at its address."""

import io
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from etl.console import LONGEST_SQL, REFUSALS, Limits, Question
from etl.home import home
from etl.public import public_database
from pages.shared import console
from pages.shared.tables import as_csv, as_workbook
from pages.shared.text import text_of

PAGE = """
import runpy
import streamlit as st
st.session_state.update(through_dashboard=True, period="2024", units="2021")
runpy.run_path("pages/sql.py")
"""
DISTRICTS = """
SELECT district, sum(numerator) AS n, sum(denominator) AS d FROM indicator_progress
WHERE indicator = 'safety_skills' AND level = 'commune' AND vintage = '2021' AND period = '2024'
    AND population_group = 'total'
GROUP BY district
"""


@pytest.fixture(autouse=True)
def _home(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))


def answered(app: AppTest) -> None:
    app.run()
    assert not app.exception


def test_an_address_asks_and_a_click_asks_anew(naive) -> None:
    app = AppTest.from_string(PAGE, default_timeout=60)
    app.query_params["sql"] = DISTRICTS
    answered(app)
    assert app.text_area[0].value == DISTRICTS
    rows = app.dataframe[1].value
    province = naive["safety_skills", "province", "70", "2021", "2024", "total"]
    assert (rows["n"].sum(), rows["d"].sum()) == province
    assert len(rows) == 11

    app.text_area[0].set_value("DROP TABLE unit")
    next(b for b in app.button if b.label == text_of("vi")("sql.run")).click()
    answered(app)
    assert app.error[0].value == text_of("vi")("sql.refused.not_reading")
    assert app.code[0].value == "DROP"
    assert app.query_params["sql"] == "DROP TABLE unit"

    app.selectbox(key="sql_before").set_value(DISTRICTS)
    answered(app)
    assert app.text_area[0].value == DISTRICTS
    app.selectbox(key="sql_name").set_value(("unit", "district_code"))
    answered(app)
    assert app.text_area[0].value == DISTRICTS + "district_code"


def test_every_refusal_has_its_words() -> None:
    for language in ("vi", "en"):
        for code in REFUSALS:
            assert text_of(language)(f"sql.refused.{code}", longest=LONGEST_SQL)


def test_every_example_finds_something_and_every_column_has_a_meaning() -> None:
    database = public_database(home())
    asked = {name: Question(database, example.sql, Limits(rows=3)) for name, example in console.examples().items()}
    assert len(asked) >= 5
    for name, question in asked.items():
        assert len(question.answer().frame), name
    for language in ("vi", "en"):
        assert (console.columns(database, text_of(language))[["table_comment", "comment"]] != "").all(axis=None)


def test_files_hold_the_rows_and_no_formula() -> None:
    frame = pd.DataFrame(
        {
            "=name": ["=1+1", "-2+3", "@x", "+1,5 %", "Xã", None],
            "share": [1.5, None, 3.0, 4.0, 5.0, 6.0],
            "count": pd.array([1, None, 3, 4, 5, 6], dtype="Int64"),
            "day": pd.to_datetime(["2024-12-14"] * 6).astype("datetime64[s]"),
            "met": pd.array([True, False, None, True, True, True], dtype="boolean"),
        }
    )
    lines = as_csv(frame).decode("utf-8-sig").splitlines()
    assert lines[0] == "'=name;share;count;day;met"
    assert lines[1:3] == ["'=1+1;1,5;1;2024-12-14;True", "'-2+3;;;2024-12-14;False"]
    assert [line.split(";")[0] for line in lines[3:6]] == ["'@x", "+1,5 %", "Xã"]
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(frame, text_of("vi"), ["SQL"], datetime(2024, 12, 20))))
    sheet = book.worksheets[0]
    assert [c.value for c in sheet["A"]] == ["=name", "=1+1", "-2+3", "@x", "+1,5 %", "Xã", "–"]
    assert {c.data_type for c in sheet["A"][:6]} == {"s"}
    assert [c.value for c in sheet[2]][1:] == [1.5, 1, datetime(2024, 12, 14), "có"]
    assert all(c.quotePrefix for c in sheet["A"][1:4])
    assert pd.read_parquet(io.BytesIO(console.as_parquet(frame)))["count"].sum() == 19
