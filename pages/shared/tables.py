"""Tables of figures, as they are shown and as they are taken away."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from functools import partial
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from etl.definitions import load
from etl.harmless import harmless, harmless_in_csv
from pages.shared.figures import LAGGING, STATUS_SIGNS, Figure, column, status_words
from pages.shared.filters import provenance
from pages.shared.palette import INK, TINTS
from pages.shared.text import Text

if TYPE_CHECKING:
    from pages.shared.spreadsheet import Cell

_NUMBERS: dict[str, str] = {
    "value": "value",
    "numerator": "numerator",
    "denominator": "denominator",
    "gap": "gap",
    "reported": "units_reported",
    "expected": "units_expected",
}


ROW_PX = 35
"""Streamlit's height of a row, also of that of the heads."""

WORDY_ROW_PX = 66
"""The least height of rows, above 4 rem, at which Streamlit breaks the lines of a cell."""

_MOST_UNITS = 600
"""A province has fewer. A country's table would take longer than its map."""

_FIRST_YEAR_OF_EXCEL = 1900
_MOST_DECIMALS = 2

_LAGGING_HEAD = " ".join(STATUS_SIGNS[status][0] for status in LAGGING)
_STATUSES_WITH_VALUE = ("met", "near", "missed", "half_year", "no_baseline", "no_target")


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


def unit_table(
    figures: Sequence[Figure], text: Text, beside: dict[str, Sequence[Figure]] | None = None
) -> pd.DataFrame:
    """Return one row a unit, with its code as the index; `beside` adds the value of the same units at other times."""
    statuses = column(figures, "status")
    said = {status: status_words(status, text) for status in set(statuses)}
    columns: dict[str, list[object]] = {
        text("column.name"): column(figures, "name"),
        text("column.value"): column(figures, "value"),
        text("column.status"): [said[status] for status in statuses],
        **{text(f"column.{c}"): column(figures, c) for c in ("gap", "numerator", "denominator", "district")},
    }
    for name, others in (beside or {}).items():
        by_code = {f.row["unit_code"]: f for f in others}
        same = [by_code[f.row["unit_code"]] for f in figures]
        columns[name] = [f.row["value"] for f in same]
        columns[f"{text('column.status')}, {name}"] = [f.status_words() for f in same]
    return pd.DataFrame(columns, index=pd.Index(column(figures, "unit_code"), name=text("column.code")))


def site_table(sites: pd.DataFrame, text: Text) -> pd.DataFrame:
    """Return play areas as people read them; `sites` answers the question `play_area_sites`."""
    columns = {"site": "name"} | {c: c for c in ("condition", "kind", "hamlet", "area_m2", "since_year")}
    listed = pd.DataFrame({text(f"column.{head}"): sites[column] for head, column in columns.items()})
    for name in ("kind", "condition"):
        in_english = load().form[f"play_area_{name}s"]
        listed[text(f"column.{name}")] = [text.pick(word, in_english[word]) for word in sites[name]]
    return listed


def show_units(
    frame: pd.DataFrame,
    text: Text,
    file_name: str,
    *,
    most_rows: float = 11.5,
    **options: Any,
) -> str | None:
    """Show a table of units by their codes and offer it as a file; return the code of the row that was picked.

    It is as high as its rows, or `most_rows` of them: a half one tells that there are more. For the other options see
    `show_table`. Of a country the first units are shown; the file has all.
    """
    row_px = options.get("row_height") or ROW_PX
    first = frame.head(_MOST_UNITS)
    selected = _show(
        first,
        text,
        key=f"rows_{file_name}",
        height=ROW_PX + int(row_px * min(most_rows, max(1, len(first)))) + 3,
        on_select="rerun",
        selection_mode="single-row",
        **options,
    )
    st.caption(text("table.pick"))
    if len(first) < len(frame):
        st.caption(text("table.first_rows", shown=len(first), all=len(frame)))
    _offer(frame.reset_index(), text, file_name)
    rows = selected.selection.rows
    return str(first.index[rows[0]]) if rows else None


def show_matrix(cells: list[Figure], indicators: pd.DataFrame, text: Text, file_name: str) -> str | None:
    """Show communes by indicators, each field with value, sign and colour; return the code of the row picked.

    Columns sort by value; what has none sorts last. `indicators` is the answer to the question of that name.
    """
    by_key = {(f.row["unit_code"], f.row["indicator"]): f for f in cells}
    units = {f.row["unit_code"]: f for f in cells}
    names = {r.indicator: text.pick(r.short_vi, r.short_en) for r in indicators.itertuples()}
    heads = _numbered(indicators)
    index = pd.Index(units, name=text("column.code"))
    frame = pd.DataFrame(
        {
            text("column.name"): [f.row["name"] for f in units.values()],
            _LAGGING_HEAD: [sum(by_key[u, i].status in LAGGING for i in heads) for u in units],
            **{head: [by_key[u, i].row["value"] for u in units] for i, head in heads.items()},
        },
        index=index,
    ).sort_values(_LAGGING_HEAD, ascending=False, kind="stable")
    # What has no value is infinite: Streamlit writes "None" for what is missing, whatever is to be said instead.
    styled = frame.fillna(dict.fromkeys(heads.values(), inf)).style
    for indicator, head in heads.items():
        for status, (sign, colour) in STATUS_SIGNS.items():
            where = pd.IndexSlice[[u for u in units if by_key[u, indicator].status == status], head]
            shown = f"{sign} {{:.1f}}" if status in _STATUSES_WITH_VALUE else sign
            styled = styled.format(shown, subset=where, decimal="," if text.language == "vi" else ".", na_rep=sign)
            styled = styled.set_properties(subset=where, **{"background-color": TINTS[colour], "color": INK})
    config: dict[str, Any] = {head: st.column_config.Column(help=names[i], width=64) for i, head in heads.items()}
    config[_LAGGING_HEAD] = st.column_config.Column(help=text("column.missed_count"), width=50)
    config[text("column.name")] = st.column_config.Column(pinned=True, width=150)
    selected = st.dataframe(
        styled,
        hide_index=True,
        height=620,
        row_height=24,
        key=f"rows_{file_name}",
        on_select="rerun",
        selection_mode="single-row",
        column_config=config,
    )
    st.caption(" · ".join(f"**{head}** {names[i]}" for i, head in heads.items()))
    st.caption(text("table.pick"))
    whole = frame.rename(columns={head: f"{head} {names[i]} (%)" for i, head in heads.items()}).assign(
        **{
            f"{head} {text('column.status')}": [by_key[u, i].status_words() for u in frame.index]
            for i, head in heads.items()
        }
    )
    _offer(whole.reset_index(), text, file_name)
    rows = selected.selection.rows
    return str(frame.index[rows[0]]) if rows else None


def _numbered(indicators: pd.DataFrame) -> dict[str, str]:
    """Return a short head for each indicator: its target's number, with a letter where the target has several."""
    heads: dict[str, str] = {}
    for number, part in indicators.groupby("target"):
        letters = "abcdefghijklmnopqrstuvwxyz" if len(part) > 1 else [""]
        heads |= {i: f"{number}{letter}" for i, letter in zip(part["indicator"], letters, strict=False)}
    return heads


def show_table(frame: pd.DataFrame, text: Text, file_name: str, **options: Any) -> Any:
    """Show a table and offer it whole as a file; return what was selected, if that is asked.

    A number has two decimals at most. Rows that are `urgent` are tinted; `widths` holds columns to a width in pixels,
    where long words go on in the next line if rows are `WORDY_ROW_PX` high. `columns` names those that the
    page has room for, in their order: the files have all. `short` has a short head for a long one, which then is its
    help.
    """
    shown = _show(frame, text, **options)
    _offer(frame, text, file_name)
    return shown


def _show(
    frame: pd.DataFrame,
    text: Text,
    *,
    widths: Mapping[str, int] | None = None,
    urgent: Sequence[bool] | None = None,
    columns: Sequence[str] | None = None,
    short: Mapping[str, str] | None = None,
    **options: Any,
) -> Any:
    heads = frame.columns if columns is None else [head for head in columns if head in frame]
    shown = pd.DataFrame({harmless(head): _readable(frame[head]) for head in heads if frame[head].notna().any()})
    # A hidden index is sent all the same, unless it only counts.
    shown = shown.reset_index(drop=True)
    config: dict[str, Any] = {c: st.column_config.DateColumn() for c in shown.select_dtypes("datetime").columns}
    # Streamlit would write both as the browser's language has it, not the page's.
    written: dict[str, Callable[[Any], str]] = dict.fromkeys(config, text.date)
    for name in shown.select_dtypes("number").columns:
        written[name] = partial(text.number, decimals=_decimals(shown[name]))
    lists = [c for c in shown.columns[shown.dtypes == "object"] if shown[c].map(lambda v: isinstance(v, list)).any()]
    config |= {c: st.column_config.LineChartColumn() for c in lists}
    for head in {**(widths or {}), **(short or {})}:
        width, label = (widths or {}).get(head), (short or {}).get(head)
        config[head] = st.column_config.Column(label, width=width, help=head if label else None)
    styled = shown.style.format(written, na_rep=text("value.none"))
    if urgent is not None:
        where = pd.IndexSlice[shown.index[list(urgent)], :]
        styled.set_properties(subset=where, **{"background-color": TINTS["red"], "color": INK})
    return st.dataframe(
        styled,
        hide_index=True,
        column_config=config,
        placeholder=text("value.none"),
        **options,
    )


def _readable(column: pd.Series) -> pd.Series:
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return column.round(_MOST_DECIMALS) if is_number else _without_formulas(column, harmless)


def _decimals(numbers: pd.Series) -> int:
    """Return how many decimals it takes to write all numbers of a column that are rounded to `_MOST_DECIMALS`."""
    told = numbers.dropna().astype(float)
    return next(n for n in range(_MOST_DECIMALS + 1) if (told.round(n) == told).all())


def _offer(frame: pd.DataFrame, text: Text, file_name: str) -> None:
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            text("table.download"),
            # Each is written when it is asked for: pages with many tables stay fast, and nothing lies ready for others.
            partial(as_csv, frame),
            file_name=file_name,
            mime="text/csv",
            on_click="ignore",
            key=file_name,
        )
        if told := provenance():
            st.download_button(
                text("table.download_excel"),
                partial(as_workbook, frame, text, *told),
                file_name=f"{file_name.removesuffix('.csv')}.xlsx",
                mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                on_click="ignore",
                key=f"{file_name}.xlsx",
            )


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return the table as CSV that a Vietnamese Excel opens right: with BOM, `;` and a decimal comma.

    What a spreadsheet would take for a formula is written as text, with an apostrophe before it.
    """
    written = without_formulas(frame, harmless_in_csv).to_csv(index=False, sep=";", decimal=",")
    return bytes(written.encode("utf-8-sig"))


def without_formulas(frame: pd.DataFrame, made: Callable[[Any], Any] = harmless) -> pd.DataFrame:
    """Return the table, in heads and cells nothing that a spreadsheet would take for a formula.

    Also what is only shown is copied, and Streamlit's own button makes CSV of it as it stands.
    """
    found = frame.rename(columns=made)
    for n in range(frame.shape[1]):
        found.isetitem(n, _without_formulas(frame.iloc[:, n], made))
    return found


def _without_formulas(column: pd.Series, made: Callable[[Any], Any]) -> pd.Series:
    return column if pd.api.types.is_numeric_dtype(column) else column.map(made, na_action="ignore")


def as_workbook(frame: pd.DataFrame, text: Text, about: Sequence[str], created: datetime) -> bytes:
    """Return the table as a workbook, the same bytes for the same input; its second sheet says what it is."""
    from pages.shared.spreadsheet import Book, Line, Table

    whole = [_is_whole(frame.iloc[:, n]) for n in range(frame.shape[1])]
    columns = {str(n): str(head) for n, head in enumerate(frame)}
    rows = [
        {str(n): _cell(value, text, whole=whole[n]) for n, value in enumerate(row)}
        for row in frame.itertuples(index=False, name=None)
    ]
    book = Book(title=about[0], created=created, footer=about[0])
    book.write_table(Table(text("workbook.sheet.table"), columns, rows))
    book.write_lines(text("workbook.sheet.about"), [Line(line) for line in about])
    return book.close()


def _is_whole(column: pd.Series) -> bool:
    """Tell whether all numbers of a column are whole: one with a gap in it holds them as fractions."""
    return bool(pd.api.types.is_numeric_dtype(column) and (column.dropna() % 1 == 0).all())


def _cell(value: Any, text: Text, *, whole: bool) -> "Cell":
    """Return one cell of a table as it goes into a workbook; as words what Excel has no cell for."""
    from pages.shared.spreadsheet import Mark

    if isinstance(value, list | np.ndarray):
        return "; ".join(text.number(v, 1) if isinstance(v, float) else str(v) for v in value) or Mark(
            text("value.none")
        )
    if pd.isna(value):
        return Mark(text("value.none"))
    if isinstance(value, bool | np.bool_):
        return text("value.yes" if value else "value.no")
    if isinstance(value, datetime) and value.year >= _FIRST_YEAR_OF_EXCEL and value.tzinfo is None:
        return value if value.time() != time.min else value.date()
    if isinstance(value, int | float | np.number | Decimal) and isfinite(value):
        return int(value) if whole else float(value)
    return str(value)
