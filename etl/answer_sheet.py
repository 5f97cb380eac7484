"""The first sheet of a workbook that goes back: whether the report was accepted, what is wrong, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from etl.cells import Cell as Value
from etl.cells import ExcelError
from etl.harmless import is_formula

# Of an error and of a warning: told apart without colour as well.
DARK, LIGHT = "C62828", "FFC000"

_ROW_POINTS = 16
_CHARACTERS_PER_WIDTH = 1.1
_WIDTHS = {
    "number": 6,
    "severity": 13,
    "unit": 24,
    "period": 10,
    "sheet": 15,
    "cell": 8,
    "measure": 30,
    "value": 16,
    "message_vi": 52,
    "message_en": 42,
}
_SIDE = Side("thin", "7F7F7F")
_BOX = Border(_SIDE, _SIDE, _SIDE, _SIDE)


class _Style(NamedTuple):
    size: int = 11
    bold: bool = False
    colour: str = "000000"
    fill: str | None = None
    in_table: bool = False
    align: str = "left"
    underline: str | None = None


_STYLES = {
    "title": _Style(15, bold=True),
    "rejected": _Style(14, bold=True, colour="FFFFFF", fill=DARK),
    "accepted": _Style(14, bold=True, colour="FFFFFF", fill="2E7D32"),
    "plain": _Style(),
    "bold": _Style(bold=True),
    "header": _Style(bold=True, fill="D9D9D9", in_table=True, align="center"),
    "error": _Style(bold=True, colour="FFFFFF", fill=DARK, in_table=True, align="center"),
    "warning": _Style(bold=True, fill=LIGHT, in_table=True, align="center"),
    "text": _Style(in_table=True),
    "centre": _Style(in_table=True, align="center"),
    "link": _Style(colour="0563C1", in_table=True, align="center", underline="single"),
}


class Row(NamedTuple):
    """A problem as it is listed; `""` where there is nothing to say. `cell` is an A1 address."""

    severity: str
    unit: str
    period: str
    sheet: str
    cell: str
    measure: str
    value: str
    message_vi: str
    message_en: str


@dataclass(frozen=True)
class Summary:
    """What is said of a file: `status` is `accepted` or `rejected`, `facts` are pairs of label and value.

    `by_unit` is set where the file holds several reports; `unlisted` says how many problems `rows` leaves out.
    """

    status: str
    verdict: str
    facts: list[tuple[str, str]]
    by_unit: bool
    rows: list[Row]
    unlisted: str


def add_answer_sheet(workbook: Workbook, summary: Summary, form: dict[str, Any], marked: bool) -> None:
    """Put the summary before all other sheets; where these are `marked` its addresses lead to their cells."""
    left_out = {"sheet"} if summary.by_unit else {"unit", "period"}
    columns = [c for c in form["returned"]["columns"] if c not in left_out]
    linked = {s.title for s in workbook.worksheets} if marked else set()
    sheet = workbook.create_sheet(form["sheets"]["returned"]["name"], 0)
    _AnswerSheet(sheet, form["returned"], columns, linked).write(summary, "marked" if marked else "unmarked")


def write_value(cell: Cell, value: Value) -> None:
    """Write a value; text stays text, whatever it begins with."""
    if value == "":
        return
    if isinstance(value, str):
        cell.value = printable(value)
        cell.data_type = "e" if isinstance(value, ExcelError) else "s"
        cell.quotePrefix = is_formula(value)
    else:
        cell.value = value


def printable(text: str) -> str:
    """Return `text` without the characters that a workbook cannot hold."""
    return str(ILLEGAL_CHARACTERS_RE.sub(" ", text))


class _AnswerSheet:
    def __init__(self, sheet: Worksheet, texts: dict[str, Any], columns: list[str], linked: Iterable[str]) -> None:
        self.sheet = sheet
        self.texts = texts
        self.columns = columns
        self.linked = set(linked)
        self.known_styles: dict[str, StyleArray] = {}

    def write(self, summary: Summary, kind: str) -> None:
        header = self.write_head(summary, self.texts["steps"][f"{summary.status}_{kind}"])
        for n, column in enumerate(self.columns, start=1):
            self.sheet.column_dimensions[get_column_letter(n)].width = _WIDTHS[column]
            self.put(header, n, self.texts["columns"][column], "header")
        self.sheet.row_dimensions[header].height = 22
        for number, row in enumerate(summary.rows, start=1):
            self.write_row(header + number, number, row)
        last = header + len(summary.rows)
        if summary.unlisted:
            last += 1
            self.put(last, 1, summary.unlisted, "bold")
        self.set_up_page(header, last)

    def write_head(self, summary: Summary, steps: list[str]) -> int:
        """Write verdict, facts and, beside them, what to do; return the row of the table's header."""
        self.put(1, 1, self.texts["title"], "title")
        self.put(2, 1, summary.verdict, summary.status)
        self.sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=len(self.columns))
        self.sheet.row_dimensions[1].height, self.sheet.row_dimensions[2].height = 24, 26
        for row, (label, value) in enumerate(summary.facts, start=3):
            self.put(row, 1, label, "plain")
            self.put(row, 3, value, "bold")
        beside = self.columns.index("message_vi") + 1
        self.put(3, beside, self.texts["steps_title"], "bold")
        for row, step in enumerate(steps, start=4):
            self.put(row, beside, step, "plain")
        return 5 + max(len(steps), len(summary.facts) - 1)

    def write_row(self, at: int, number: int, row: Row) -> None:
        values = {**row._asdict(), "number": number, "severity": self.texts["severities"][row.severity]}
        can_link = row.cell != "" and row.sheet in self.linked
        styles = {"severity": row.severity, "cell": "link" if can_link else "centre"}
        styles |= dict.fromkeys(("number", "period"), "centre")
        lines = 1
        for n, column in enumerate(self.columns, start=1):
            cell = self.put(at, n, values[column], styles.get(column, "text"))
            lines = max(lines, ceil(len(str(values[column])) / (_CHARACTERS_PER_WIDTH * _WIDTHS[column])))
            if column == "cell" and can_link:
                sheet = row.sheet.replace("'", "''")
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!{row.cell}")
        # Not every programme makes a row as high as its text when it opens a file.
        self.sheet.row_dimensions[at].height = _ROW_POINTS * lines + 4

    def put(self, row: int, column: int, value: Value, style: str) -> Cell:
        cell = self.sheet.cell(row, column)
        if style in self.known_styles:
            # To look a style up anew for each cell would take most of the time.
            cell._style = StyleArray(self.known_styles[style])
        else:
            _apply(cell, _STYLES[style])
            self.known_styles[style] = StyleArray(cell._style)
        write_value(cell, value)
        return cell

    def set_up_page(self, header: int, last: int) -> None:
        sheet = self.sheet
        sheet.freeze_panes = f"A{header + 1}"
        sheet.sheet_view.showGridLines = False
        sheet.print_title_rows = f"{header}:{header}"
        sheet.print_area = f"A1:{get_column_letter(len(self.columns))}{last}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, footer=0.3)
        sheet.oddFooter.right.text = "&P/&N"
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False


def _apply(cell: Cell, style: _Style) -> None:
    cell.font = Font("Times New Roman", style.size, bold=style.bold, color=style.colour, underline=style.underline)
    indent = int(style.in_table and style.align == "left")
    # None, not False: what is read back as another style would be added at each return.
    cell.alignment = Alignment(style.align, "center", wrap_text=style.in_table or None, indent=indent)
    if style.fill:
        cell.fill = PatternFill("solid", style.fill)
    if style.in_table:
        cell.border = _BOX
