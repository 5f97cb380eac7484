"""What the SQL console offers: tables that can be asked, with what they mean, questions to start from, and files."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from math import isfinite
from pathlib import Path

import pandas as pd
import streamlit as st
import xlsxwriter

from etl.console import Question
from etl.definitions import DATA
from pages.shared.tables import is_formula
from pages.shared.text import Text

EXCEL_YEARS = 1900, 9999

_COLUMNS = """
SELECT c.table_name, t.comment AS table_comment, c.column_name, c.data_type, c.comment
FROM duckdb_columns() AS c
JOIN duckdb_tables() AS t USING (table_oid)
ORDER BY c.table_name, c.column_index
"""


@dataclass(frozen=True)
class Example:
    """A question with its title in both languages."""

    title_vi: str
    title_en: str
    sql: str


def examples() -> dict[str, Example]:
    """Return the questions in data/questions by their files' names; the first line of each is its title."""
    found = {}
    for path in sorted((DATA / "questions").glob("*.sql")):
        title, _, sql = path.read_text(encoding="utf-8").partition("\n")
        vi, _, en = title.removeprefix("-- ").partition(" | ")
        found[path.stem] = Example(vi, en, sql.strip())
    return found


def columns(database: Path, text: Text) -> pd.DataFrame:
    """Return a row for each column of each table, with what both mean in the reader's language."""
    found = _columns(database).copy()
    for name in ("table_comment", "comment"):
        both = found[name].fillna("").str.partition(" | ")
        found[name] = both[0 if text.language == "vi" else 2]
    return found


@st.cache_data(max_entries=2, show_spinner=False)
def _columns(database: Path) -> pd.DataFrame:
    return Question(database, _COLUMNS).answer().frame


def with_name(sql: str, name: str) -> str:
    """Return a statement with a name at its end, apart from the word before it."""
    return f"{sql}{name}" if not sql or sql[-1] in " \n.(" else f"{sql} {name}"


def as_excel(frame: pd.DataFrame) -> bytes:
    """Return the rows as a workbook in which all text stays text, also when a cell is edited."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("SQL")
        quoted = book.add_format({"quote_prefix": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for column, name in enumerate(frame):
            sheet.write_string(0, column, name, quoted if is_formula(name) else None)
            for row, cell in enumerate(frame[name].astype(object), start=1):
                if pd.isna(cell):
                    continue
                if isinstance(cell, bool):
                    sheet.write_boolean(row, column, cell)
                elif isinstance(cell, int | float) and isfinite(cell):
                    sheet.write_number(row, column, cell)
                elif isinstance(cell, datetime) and EXCEL_YEARS[0] <= cell.year <= EXCEL_YEARS[1]:
                    sheet.write_datetime(row, column, cell, moment)
                else:
                    words = str(cell)
                    sheet.write_string(row, column, words, quoted if is_formula(words) else None)
    return content.getvalue()


def as_parquet(frame: pd.DataFrame) -> bytes:
    """Return the rows as Parquet."""
    content = BytesIO()
    frame.to_parquet(content, index=False)
    return content.getvalue()
