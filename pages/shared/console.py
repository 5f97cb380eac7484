"""What the SQL console offers: tables that can be asked, with what they mean, questions to start from, and files."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd
import streamlit as st

from etl.console import Question
from etl.definitions import DATA
from pages.shared.text import Text

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


def as_parquet(frame: pd.DataFrame) -> bytes:
    """Return the rows as Parquet."""
    content = BytesIO()
    frame.to_parquet(content, index=False)
    return content.getvalue()
