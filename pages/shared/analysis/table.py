"""A pivot as a table: on the page with signs and tints, and whole as it is taken away."""

from collections import Counter
from functools import partial
from math import inf
from textwrap import shorten
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from pages.shared.analysis.answer import Row
from pages.shared.analysis.labels import dimension_label
from pages.shared.analysis.pivot import ALL, MARKED, NO_VALUE, Key, Pivot, number
from pages.shared.analysis.wording import words
from pages.shared.figures import STATUS_SIGNS
from pages.shared.palette import INK, TINTS
from pages.shared.text import Text

MOST_COLUMNS = 40
"""More are in the file alone."""
_HEAD = 20
"""Letters of a head that have room where several columns are to be seen."""


def rows_shown(pivot: Pivot) -> list[str]:
    """Return the keys of the rows, first that of their sum where they are several units."""
    summed = any(row == ALL for row, _ in pivot.cells) and len(pivot.rows) > 1
    return [ALL, *pivot.rows] if summed else pivot.rows


def heads(pivot: Pivot, text: Text) -> dict[Key, str]:
    """Return the head of each column; those that would be the same have their keys too."""
    labels = {column: pivot.column_label(column, text) for column in pivot.columns}
    several = Counter(labels.values())
    return {c: f"{label} ({'.'.join(c)})" if several[label] > 1 else label for c, label in labels.items()}


def leading_columns(pivot: Pivot, text: Text) -> dict[str, list[str | None]]:
    """Return what tells a row: its name, and of a commune its code and district."""
    rows = rows_shown(pivot)
    head = dimension_label(pivot.choice.rows, text)
    columns: dict[str, list[str | None]] = {head: [pivot.row_label(r, text) for r in rows]}
    if pivot.choice.rows == "unit":
        columns[text("column.code")] = [None if r == ALL else r for r in rows]
        if pivot.choice.level == "commune" and any(pivot.places[r]["district"] for r in pivot.rows):
            columns[text("column.district")] = [None if r == ALL else pivot.places[r]["district"] for r in rows]
    return columns


def shown_table(pivot: Pivot, text: Text) -> Styler:
    """Return the table as the page shows it: cells sort by their numbers and say what they are, with their status.

    What has no number is infinite: Streamlit would write "None" for what is missing, whatever is to be said instead.
    """
    leading = pd.DataFrame(leading_columns(pivot, text)).drop(columns=text("column.code"), errors="ignore").fillna("")
    rows, cell = rows_shown(pivot), pivot.choice.cell
    named = dict(list(heads(pivot, text).items())[:MOST_COLUMNS])
    cells = {head: [pivot.cells.get((r, column)) for r in rows] for column, head in named.items()}
    numbers = {head: [inf if c is None else _sortable(c, cell) for c in own] for head, own in cells.items()}
    frame = pd.concat([leading, pd.DataFrame(numbers, dtype=float)], axis="columns")
    look = pd.DataFrame("", index=frame.index, columns=frame.columns)
    said: dict[str, dict[float, str]] = {}
    # Cells that cannot go by their number: it is none, or another cell with the same number says something else.
    others: dict[tuple[str, str], list[int]] = {}
    for head, own in cells.items():
        told = ["" if c is None else _told(c, cell, text) for c in own]
        said[head] = dict(zip(numbers[head], told, strict=True))
        look[head] = [_tint(c) for c in own]
        for n, words_of_cell in enumerate(told):
            if numbers[head][n] == inf or said[head][numbers[head][n]] != words_of_cell:
                others.setdefault((head, words_of_cell), []).append(n)
    if rows[:1] == [ALL]:
        look.loc[0] += "font-weight: bold;"
    styled = frame.style.apply(lambda _: look, axis=None).format({head: own.get for head, own in said.items()})
    for (head, words_of_cell), where in others.items():
        styled = styled.format(partial(_constant, words_of_cell), subset=pd.IndexSlice[where, head])
    return styled


def _told(row: Row, cell: str, text: Text) -> str:
    """Return a cell in words; a sign says what its tint says."""
    said = words(row, cell, text)
    return f"{said} {STATUS_SIGNS[row['status']][0]}" if row["status"] in MARKED and cell != "status" else said


def _tint(row: Row | None) -> str:
    if row is None or row["status"] not in (*MARKED, *NO_VALUE):
        return ""
    return f"background-color: {TINTS[STATUS_SIGNS[row['status']][1]]}; color: {INK};"


def _sortable(row: Row, cell: str) -> float:
    value = number(row, cell)
    return inf if value is None else value


def _constant(words: str, value: float) -> str:
    del value
    return words


def show_pivot(pivot: Pivot, text: Text) -> None:
    """Show the table; several columns are narrow, so that more than one is seen."""
    table = shown_table(pivot, text)
    count = len(pivot.columns[:MOST_COLUMNS])
    name, cells = table.columns[0], list(table.columns[-count:])
    widths = {name: st.column_config.Column(pinned=True, width=150)}
    if count > 1:
        widths |= {
            head: st.column_config.Column(shorten(head, _HEAD, placeholder=" …"), width=132, help=head)
            for head in cells
        }
    st.dataframe(
        table,
        hide_index=True,
        height=520,
        row_height=26,
        column_config=widths,
        column_order=[name, *cells] if count > 1 else None,
    )


def whole_table(pivot: Pivot, text: Text) -> pd.DataFrame:
    """Return every column: numbers unrounded, and where there is none the sign and words that tell why."""
    frame = pd.DataFrame(leading_columns(pivot, text))
    cell = pivot.choice.cell

    def written(row: str, column: Key) -> Any:
        found = pivot.cells.get((row, column))
        if found is None:
            return None
        value = number(found, cell)
        if cell in ("ratio", "status") and value is not None:
            return words(found, cell, text)
        if value is None and found["status"] in NO_VALUE:
            return f"{STATUS_SIGNS[found['status']][0]} {text('status.' + found['status'])}"
        return value

    columns = {
        head: pd.Series([written(r, column) for r in rows_shown(pivot)], dtype=object)
        for column, head in heads(pivot, text).items()
    }
    return pd.concat([frame, pd.DataFrame(columns)], axis="columns")
