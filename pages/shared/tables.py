"""Tables of figures, as they are shown and as they are taken away."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.shared.figures import Figure
from pages.shared.text import Text

_NUMBERS: dict[str, str] = {
    "value": "value",
    "numerator": "numerator",
    "denominator": "denominator",
    "gap": "gap",
    "reported": "units_reported",
    "expected": "units_expected",
}


def table(figures: list[Figure], text: Text, first: dict[str, Callable[[Figure], object]]) -> pd.DataFrame:
    """Return the columns of `first`, then plan, status and all numbers of each figure, with translated headers."""
    columns: dict[str, list[object]] = {
        text(f"column.{name}"): [get(f) for f in figures] for name, get in first.items()
    }
    columns[text("column.status")] = [f.status_words() for f in figures]
    columns[text("column.goal")] = [f.target() for f in figures]
    for name, source in _NUMBERS.items():
        columns[text(f"column.{name}")] = [f.row[source] for f in figures]
    columns[text("column.change")] = [f.change() for f in figures]
    return pd.DataFrame(columns)


def show_table(frame: pd.DataFrame, text: Text, file_name: str) -> None:
    """Show a table, two decimals a number, and offer it whole as a file."""
    shown = frame.round(2).dropna(axis="columns", how="all")
    numbers = shown.select_dtypes("number").columns
    st.dataframe(
        shown, hide_index=True, column_config={c: st.column_config.NumberColumn(format="localized") for c in numbers}
    )
    st.download_button(
        text("table.download"), as_csv(frame), file_name=file_name, mime="text/csv", on_click="ignore", key=file_name
    )


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return the table as CSV that a Vietnamese Excel opens right: with BOM, `;` and a decimal comma."""
    return bytes(frame.to_csv(index=False, sep=";", decimal=",").encode("utf-8-sig"))
