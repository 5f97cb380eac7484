"""Marks in a sender's workbook: the wrong cells coloured, and what is wrong with them as their comments.

A sender's file is opened by a child process of limited memory and time (`python -m etl.marks`), because openpyxl
makes an object of every cell that a file names, and may raise anything on a damaged one. What openpyxl does not
know does not travel back: macros, controls, embedded files, and links to other workbooks.
"""

import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from math import ceil
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from etl.answer_sheet import DARK, LIGHT, Row, Summary, add_answer_sheet, printable, write_value
from etl.cells import Cell as Value
from etl.cells import ExcelError, NoResult, read_sheets
from etl.definitions import Definitions, load
from etl.harmless import is_formula
from etl.limited import limit_memory, limit_time, run_limited
from etl.values import word

# Excel evaluates it to true; the reader of a file that comes back knows its own marks by it.
_TAG = 'LEN("etl.marks")>0'
_MARKS = {
    "error": DifferentialStyle(font=Font(bold=True, color="FFFFFF"), fill=PatternFill("solid", bgColor=DARK)),
    "warning": DifferentialStyle(font=Font(bold=True, color="000000"), fill=PatternFill("solid", bgColor=LIGHT)),
}
# Formulas of these functions alone can do nothing but reckon.
_RECKONING = re.compile(
    "ABS|AND|AVERAGE|COUNT|COUNTA|COUNTBLANK|COUNTIFS?|IF|IFERROR|INDEX|INT|ISBLANK|ISNUMBER|LEN|MATCH|MAX|MIN|MOD|"
    "NOT|OR|ROUND|ROUNDDOWN|ROUNDUP|SUBTOTAL|SUM|SUMIFS?|SUMPRODUCT|TRIM|VALUE|VLOOKUP"
)
_FUNCTION = re.compile(r"([^\W\d][\w.]*)\s*\(")
# openpyxl writes an empty value in two ways, by whether lxml is there.
_FORMULA_CELL = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)>(<f>[^<]*</f>)<v(?: ?/>|></v>)</c>')
_AFTER_IGNORED_ERRORS = re.compile(rb"<(?:drawing|legacyDrawing|tableParts)\b|</worksheet>")
# Codes such as 1.1 are text on purpose.
_IGNORED_ERRORS = b'<ignoredErrors><ignoredError sqref="A1:J1000" numberStoredAsText="1"/></ignoredErrors>'
_NO_TIME = (1980, 1, 1, 0, 0, 0)

# In pixels. The box does not grow with its text, and programmes differ in font.
_COMMENT_WIDTH = 400
_COMMENT_LINE = 18
_COMMENT_CHARACTERS = 52


def mark_workbook(content: bytes, summary: Summary, limits: dict[str, int]) -> bytes | None:
    """Return the workbook in `content` with marks and the summary, None where it cannot be opened safely."""
    return run_limited("etl.marks", json.dumps(asdict(summary)).encode() + b"\n" + content, limits)


def write_summary_alone(summary: Summary, definitions: Definitions) -> bytes:
    """Return a workbook that holds nothing but the summary."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    add_answer_sheet(workbook, summary, definitions.form, marked=False)
    return _saved(workbook, {})


def _mark(content: bytes, summary: Summary, definitions: Definitions) -> bytes:
    """Return the marked workbook; raise `CannotRead` or whatever openpyxl raises on a damaged file."""
    form = definitions.form
    read = {sheet.name: sheet for sheet in read_sheets(content, form["limits"])}
    workbook = load_workbook(BytesIO(content), keep_links=False)
    # Else a template comes back as a template, which Excel opens as a new file.
    workbook.template = False
    own_name = word(form["sheets"]["returned"]["name"])
    for sheet in workbook.worksheets:
        if word(sheet.title) == own_name:
            workbook.remove(sheet)
    _cut_links(workbook)
    reckoned = {}
    for sheet in workbook.worksheets:
        # The cells that there are: to walk the rows would make all cells of the used area.
        cells = list(sheet._cells.values())
        _remove_marks(sheet, cells, form["returned"])
        values = read[sheet.title].get if sheet.title in read else None
        reckoned[sheet.title] = _keep_reckoning(cells, values)
        _add_marks(sheet, [r for r in summary.rows if r.sheet == sheet.title and r.cell], form["returned"])
    add_answer_sheet(workbook, summary, form, marked=True)
    _show_first(workbook)
    return _saved(workbook, reckoned)


def _cut_links(workbook: Workbook) -> None:
    """Remove what names other workbooks: without their parts Excel would call the file damaged."""
    for names in (workbook.defined_names, *(s.defined_names for s in workbook.worksheets)):
        for name in [n for n, defined in names.items() if not _only_reckons(f"={defined.attr_text}")]:
            del names[name]
    for sheet in workbook.worksheets:
        checks = sheet.data_validations
        checks.dataValidation = [c for c in checks.dataValidation if "[" not in f"{c.formula1}{c.formula2}"]


def _only_reckons(formula: object) -> bool:
    """Tell whether a formula can do nothing but reckon with cells of its own workbook."""
    if not isinstance(formula, str) or len(formula) < 2 or "[" in formula or "|" in formula:
        return False
    return all(_RECKONING.fullmatch(name.upper()) for name in _FUNCTION.findall(formula))


def _keep_reckoning(cells: Iterable[Cell], values: Any) -> dict[str, Value]:
    """Turn each formula that could do more than reckon into its last value; return the values of the others."""
    reckoned = {}
    for cell in cells:
        if cell.data_type == "s" and is_formula(str(cell.value)):
            # Else it would become one as soon as somebody edits the cell.
            cell.quotePrefix = True
        if cell.data_type != "f":
            continue
        value = values(cell.row - 1, cell.column - 1) if values else ""
        if isinstance(value, NoResult):
            value = ""
        if _only_reckons(cell.value):
            reckoned[cell.coordinate] = value
        else:
            cell.value = None
            write_value(cell, value)
    return reckoned


def _remove_marks(sheet: Worksheet, cells: Iterable[Cell], texts: dict[str, Any]) -> None:
    """Remove the marks of an earlier return, and rules that name other workbooks."""
    rules = [(rule, str(formatting.sqref)) for formatting in sheet.conditional_formatting for rule in formatting.rules]
    sheet.conditional_formatting = ConditionalFormattingList()
    kept = [(rule, where) for rule, where in rules if not any(_TAG in f or "[" in f for f in rule.formula)]
    # Excel takes the lowest number first, and the marks come before everything.
    for priority, (rule, where) in enumerate(sorted(kept, key=lambda k: k[0].priority), start=len(_MARKS) + 1):
        rule.priority = priority
        sheet.conditional_formatting.add(where, rule)
    for cell in cells:
        if cell.comment is None:
            continue
        text, author = cell.comment.text, cell.comment.author
        if _is_ours(text, author, texts):
            text, author = text.partition(f"\n{texts['earlier_comment']}\n")[2], ""
        cell.comment = _comment(text, author) if text else None


def _is_ours(text: str, author: str | None, texts: dict[str, Any]) -> bool:
    # Not every programme keeps authors.
    return author == texts["author"] or text.startswith(tuple(f"{s}:" for s in texts["severities"].values()))


def _add_marks(sheet: Worksheet, rows: Iterable[Row], texts: dict[str, Any]) -> None:
    found = defaultdict(list)
    for row in rows:
        found[_reachable(sheet, row.cell)].append(row)
    if found:
        # A cell on a hidden sheet cannot be mended.
        sheet.sheet_state = "visible"
    for priority, (severity, mark) in enumerate(_MARKS.items(), start=1):
        marked = [a for a, own in found.items() if min(r.severity for r in own) == severity]
        if marked:
            rule = Rule("expression", formula=[_TAG], dxf=mark, priority=priority)
            sheet.conditional_formatting.add(" ".join(marked), rule)
    for cell, own in found.items():
        said = [f"{texts['severities'][r.severity]}: {r.message_vi}\n{r.message_en}\n" for r in own]
        if sheet[cell].comment is not None:
            said.append(f"{texts['earlier_comment']}\n{sheet[cell].comment.text}")
        sheet[cell].comment = _comment("\n".join(said).rstrip(), texts["author"])


def _reachable(sheet: Worksheet, cell: str) -> str:
    """Return the address of a cell, of its merged range's first cell where it is hidden in one."""
    if isinstance(sheet[cell], MergedCell):
        cell = next(r.start_cell.coordinate for r in sheet.merged_cells.ranges if cell in r)
    return cell


def _comment(text: str, author: str) -> Comment:
    """Return a comment in a box that shows all of its text."""
    lines = sum(max(1, ceil(len(line) / _COMMENT_CHARACTERS)) for line in text.split("\n"))
    return Comment(printable(text), author, height=_COMMENT_LINE * (lines + 1), width=_COMMENT_WIDTH)


def _show_first(workbook: Workbook) -> None:
    """Open the workbook at its first sheet, with all formulas reckoned anew."""
    workbook.active = 0
    workbook.calculation = CalcProperties(fullCalcOnLoad=True)
    for number, sheet in enumerate(workbook.worksheets):
        # Of several selected sheets Excel would change all at once.
        for view in sheet.views.sheetView:
            view.tabSelected = number == 0


def _saved(workbook: Workbook, reckoned: dict[str, dict[str, Value]]) -> bytes:
    """Return the workbook as .xlsx without a time of writing, and with what openpyxl leaves out put back."""
    written, content = BytesIO(), BytesIO()
    workbook.save(written)
    workbook.properties.created = workbook.properties.modified = datetime(*_NO_TIME)
    replaced = {"docProps/core.xml": tostring(workbook.properties.to_tree())}
    sheets = {sheet.path.lstrip("/"): reckoned.get(sheet.title, {}) for sheet in workbook.worksheets}
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            xml = replaced.get(name) or old.read(name)
            if name in sheets:
                xml = _without_green_corners(_with_values(xml, sheets[name]))
            new.writestr(zipfile.ZipInfo(name, _NO_TIME), xml, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _with_values(xml: bytes, values: dict[str, Value]) -> bytes:
    """Put back the last values of formulas: a programme that only shows a file does not reckon."""

    def fill(match: re.Match[bytes]) -> bytes:
        value = values.get(match[1].decode(), "")
        if isinstance(value, bool) or value == "":
            return match[0]
        kind = b"" if not isinstance(value, str) else b' t="e"' if isinstance(value, ExcelError) else b' t="str"'
        text = escape(printable(str(value))).encode()
        return b'<c r="%s"%s%s>%s<v>%s</v></c>' % (match[1], match[2], kind, match[3], text)

    return _FORMULA_CELL.sub(fill, xml)


def _without_green_corners(xml: bytes) -> bytes:
    """Tell Excel not to complain of numbers that are text; green corners would hide the red ones."""
    end = xml.rindex(b"</sheetData>") if b"</sheetData>" in xml else 0
    at = _AFTER_IGNORED_ERRORS.search(xml, end)
    return xml[: at.start()] + _IGNORED_ERRORS + xml[at.start() :] if at else xml


def _answer(given: bytes, definitions: Definitions) -> bytes:
    """Return the marked workbook for what `mark_workbook` gives to its child."""
    head, _, content = given.partition(b"\n")
    said = json.loads(head)
    said["rows"] = [Row(*row) for row in said["rows"]]
    return _mark(content, Summary(**said), definitions)


def _child() -> None:
    definitions = load()
    limit_memory(definitions.form["limits"])
    limit_time(definitions.form["limits"])
    sys.stdout.buffer.write(_answer(sys.stdin.buffer.read(), definitions))


if __name__ == "__main__":
    _child()
