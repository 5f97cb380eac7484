"""Workbooks that are taken away: tables to sort, to recalculate and to print. The same input gives the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from math import ceil
from textwrap import wrap
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from etl.harmless import is_formula
from pages.shared.figures import Colour
from pages.shared.palette import BLUE, INK, LINE_GREY, PALE_GREY, TINTS

_FONT = {"font_name": "Times New Roman", "font_size": 11}
_A4 = 9
_LONGEST_TEXT = 32_767
_LONGEST_FOOTER = 200
_LINE_POINTS = 15
_MOST_LINES = 27
# So many characters the button of the filter covers.
_BUTTON = 3
# What fits in a wide substitute of Times New Roman; in itself somewhat more.
_CHARACTERS_PER_WIDTH = 1.05
# Room beside what is in a cell.
_SPACE = 2.5


@dataclass(frozen=True)
class Mark:
    """A few words in the middle, tinted or not: a status, or what stands where there is no number."""

    words: str
    colour: Colour | None = None


@dataclass(frozen=True)
class Number:
    """A number in Excel's format for it."""

    value: float
    number_format: str


@dataclass(frozen=True)
class Formula:
    """A calculation and what it gives, for programs that show a file without calculating.

    `{name}` is the cell of the column `name` in the same row, `{name_column}` all cells of that column's rows.
    """

    words: str
    value: float | str
    number_format: str


Cell = str | int | float | date | Mark | Number | Formula
"""Text is always written as text, whatever it begins with."""
Row = dict[str, Cell]
"""Cells by their columns' names; a column that a row does not name stays empty."""


@dataclass(frozen=True)
class Table:
    """One sheet: `columns` gives each column's head; `totals` stand apart, where neither sort nor filter reaches them.

    The first `frozen` columns stay in sight; text breaks where a column would be wider than `widest` characters.
    """

    name: str
    columns: dict[str, str]
    rows: Sequence[Row]
    title: str = ""
    subtitle: str = ""
    totals: Sequence[Row] = ()
    notes: Sequence[str] = ()
    frozen: int = 0
    widest: int = 34


@dataclass(frozen=True)
class Line:
    """One line of a sheet of words; `term` stands before it, and leads to the sheet of that name where `leads`."""

    words: str = ""
    term: str = ""
    leads: bool = False
    style: str = "text"
    colour: Colour | None = None


_LINE_STYLES: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 18},
    "finding": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "font_size": 12, "bottom": 1, "bottom_color": LINE_GREY},
    "text": {"text_wrap": True, "valign": "top"},
}
_TERM_WIDTH, _WORDS_WIDTH = 30, 100


@dataclass
class Book:
    """A workbook that is being written; `created` and all texts are the caller's, so that the bytes are too.

    `heading` stands on top of every printed page, `footer` beneath it.
    """

    title: str
    created: datetime
    heading: str = ""
    footer: str = ""
    _content: BytesIO = field(default_factory=BytesIO)
    _formats: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._workbook = xlsxwriter.Workbook(
            self._content, {"in_memory": True, "default_format_properties": dict(_FONT)}
        )
        self._workbook.set_properties({"title": self.title, "created": self.created})

    def close(self) -> bytes:
        """Return the file."""
        self._workbook.close()
        return self._content.getvalue()

    def write_lines(self, name: str, lines: Sequence[Line]) -> None:
        """Write a sheet of words."""
        sheet = self._add_sheet(name)
        sheet.set_column(0, 0, _TERM_WIDTH)
        sheet.set_column(1, 1, _WORDS_WIDTH)
        for row, line in enumerate(lines):
            style = _LINE_STYLES[line.style]
            if line.style == "text":
                sheet.set_row(row, _LINE_POINTS * _lines(line.words, _WORDS_WIDTH))
            if not line.term:
                sheet.merge_range(row, 0, row, 1, "", self._format(**style))
                self._write_text(sheet, row, 0, line.words, **style)
                continue
            if line.leads:
                quoted = line.term.replace("'", "''")
                link = self._format(font_color=BLUE, underline=1, valign="top")
                sheet.write_url(row, 0, f"internal:'{quoted}'!A1", link, line.term)
            else:
                tint = {"bg_color": TINTS[line.colour]} if line.colour else {}
                self._write_text(sheet, row, 0, line.term, valign="top", text_wrap=True, **tint)
            self._write_text(sheet, row, 1, line.words, **style, align="left", indent=1)
        sheet.print_area(0, 0, max(len(lines) - 1, 0), 1)

    def write_table(self, table: Table) -> None:
        """Write a sheet that holds one table."""
        sheet = self._add_sheet(table.name)
        names = list(table.columns)
        every = [*table.rows, *table.totals]
        widths = [_width(table.columns[n], [r[n] for r in every if n in r], table.widest) for n in names]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        row = self._write_top(sheet, table)
        for column, name in enumerate(names):
            self._write_text(sheet, row, column, table.columns[name], **_HEAD)
        lines = (_lines(table.columns[n], w - _BUTTON) for n, w in zip(names, widths, strict=True))
        sheet.set_row(row, _LINE_POINTS * max(lines))
        sheet.freeze_panes(row + 1, table.frozen)
        sheet.repeat_rows(row)
        first, last = row + 1, row + len(table.rows)
        sheet.autofilter(row, 0, last, len(names) - 1)
        for n, cells in enumerate(table.rows, start=first):
            self._write_row(sheet, n, cells, names, widths, (first, last))
        row = last + 1
        if table.totals:
            # Excel's filter would reach on to a row right beneath its own.
            row += 1
            for cells in table.totals:
                self._write_row(sheet, row, cells, names, widths, (first, last), bold=True)
                row += 1
        for note in table.notes:
            for line in wrap(note, max(60, int(sum(widths)))):
                self._write_text(sheet, row + 1, 0, line, italic=True, font_size=10)
                row += 1
        sheet.print_area(0, 0, row, len(names) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(len(names) - 1)}{row + 1}"})

    def _write_top(self, sheet: Any, table: Table) -> int:
        """Write what stands above the table; return the row of its head."""
        if not table.title:
            return 0
        self._write_text(sheet, 0, 0, table.title, bold=True, font_size=14)
        self._write_text(sheet, 1, 0, table.subtitle)
        return 3

    def _write_row(
        self,
        sheet: Any,
        row: int,
        cells: Row,
        names: list[str],
        widths: list[float],
        rows: tuple[int, int],
        *,
        bold: bool = False,
    ) -> None:
        refs = {}
        for column, name in enumerate(names):
            letter = xl_col_to_name(column)
            refs[name] = f"{letter}{row + 1}"
            refs[f"{name}_column"] = f"{letter}${rows[0] + 1}:{letter}${rows[1] + 1}"
        lines = 1
        for column, (name, width) in enumerate(zip(names, widths, strict=True)):
            cell = cells.get(name)
            self._write(sheet, row, column, cell, refs, bold=bold)
            if isinstance(cell, str | Mark) and len(_shown(cell)) > width - _SPACE:
                lines = max(lines, _lines(_shown(cell), _CHARACTERS_PER_WIDTH * width - 1))
        if lines > 1:
            sheet.set_row(row, _LINE_POINTS * lines)

    def _write(self, sheet: Any, row: int, column: int, cell: Cell | None, refs: dict[str, str], *, bold: bool) -> None:
        style: dict[str, object] = {"valign": "top", "bold": bold, **_BORDER}
        match cell:
            case None:
                sheet.write_blank(row, column, None, self._format(**style))
            case Formula():
                written = "=" + cell.words.format(**refs)
                style |= {"num_format": cell.number_format, "align": "right"}
                sheet.write_formula(row, column, written, self._format(**style), cell.value)
            case Number():
                sheet.write_number(row, column, cell.value, self._format(num_format=cell.number_format, **style))
            case Mark():
                style |= {"text_wrap": True, "align": "center"}
                if cell.colour:
                    style["bg_color"] = TINTS[cell.colour]
                self._write_text(sheet, row, column, cell.words, **style)
            case str():
                self._write_text(sheet, row, column, cell, text_wrap=True, align="left", indent=1, **style)
            case date():
                day = "dd/mm/yyyy hh:mm" if isinstance(cell, datetime) else "dd/mm/yyyy"
                sheet.write_datetime(row, column, cell, self._format(num_format=day, align="right", **style))
            case _:
                counted = "#,##0" if isinstance(cell, int) else "#,##0.00"
                sheet.write_number(row, column, cell, self._format(num_format=counted, **style))

    def _write_text(self, sheet: Any, row: int, column: int, words: str, **style: object) -> None:
        """Write words as text; Excel does not make a formula of them either when somebody edits the cell."""
        style_of_text = self._format(quote_prefix=is_formula(words), **style)
        sheet.write_string(row, column, words[:_LONGEST_TEXT], style_of_text)

    def _add_sheet(self, name: str) -> Any:
        sheet = self._workbook.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
        font = '&"Times New Roman"&9'
        sheet.set_header(f"&L{font}{_printed(self.heading)}&R{font}&A")
        sheet.set_footer(f"&L{font}{_printed(self.footer)}&R{font}&P/&N")
        return sheet

    def _format(self, **properties: object) -> Any:
        properties = {**_FONT, "font_color": INK, **properties}
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(properties)
        return self._formats[key]


_BORDER: dict[str, object] = {"border": 1, "border_color": PALE_GREY}
_HEAD = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": PALE_GREY, **_BORDER}


def _printed(words: str) -> str:
    """Return words for a page's head or foot, where `&` begins a command and Excel allows 255 characters."""
    return words[:_LONGEST_FOOTER].replace("&", "&&")


def _width(head: str, cells: Sequence[Cell], widest: int) -> float:
    """Return a column's width in characters: that of what is in it, no less than the head's longest word."""
    longest = max((len(_shown(c)) for c in cells), default=0)
    word = max(len(w) for w in head.split())
    return min(widest, max(longest, word + _BUTTON, ceil(len(head) / 3) + _BUTTON)) + _SPACE


def _lines(words: str, width: float) -> int:
    """Return how many lines words take in a column so wide; not every program makes room for them by itself."""
    return min(_MOST_LINES, max(1, sum(len(wrap(line, int(width))) or 1 for line in words.split("\n"))))


def _shown(cell: Cell) -> str:
    """Return about what a cell shows, to measure it."""
    if isinstance(cell, Mark):
        return cell.words
    if isinstance(cell, Number | Formula):
        return cell.value if isinstance(cell.value, str) else f"{cell.value:,.1f} %"
    if isinstance(cell, date):
        return "31/12/2026 23:59" if isinstance(cell, datetime) else "31/12/2026"
    return cell if isinstance(cell, str) else f"{cell:,}" if isinstance(cell, int) else f"{cell:,.2f}"
