"""Report files as sheets of plain cells.

A few bytes can ask for billions of cells: files that others sent are read in a process of limited memory and time
(`etl.reader_process`). No formula, macro or link is ever followed: a formula is its cached value.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError, iterparse

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from etl.sheet_xml import Aside, Place, asides, cells_of_styles, cells_without_result, percent_styles, sheet_members

_ERROR_TYPES = (b'"e"', b"'e'")
"""One of them is in the XML of a sheet that has an error value."""
_XML = (".xml", ".rels", ".bin", ".vml")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ERROR_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_ERROR_NAMES = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}


class CannotRead(Exception):
    """A file that cannot be read as a workbook: the rule that it breaks and what `problem` needs to say so."""

    def __init__(self, rule: str, **params: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.params = params


class ExcelError(str):
    """An error value such as `#DIV/0!` that stands in a cell; `rule` is the one that it breaks."""

    __slots__ = ()
    rule = "excel_error"


class NoResult(ExcelError):
    """What stands in a cell whose formula was never reckoned."""

    __slots__ = ()
    rule = "formula_without_result"


Cell = str | int | float | bool
"""An empty cell is `""`, a date its ISO text."""


@dataclass(frozen=True)
class Sheet:
    """A sheet's cells as rows from A1 on, which may differ in length, and the words beside its cells."""

    name: str
    rows: list[list[Cell]]
    asides: list[Aside] = field(default_factory=list)

    def get(self, row: int, column: int) -> Cell:
        """Return the cell at 0-based `row` and `column`, `""` beyond the used area."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""


@lru_cache(maxsize=20_000)
def address(row: int, column: int) -> str:
    """Return the A1 address of the 0-based `row` and `column`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def read_sheets(content: bytes, limits: dict[str, int]) -> list[Sheet]:
    """Return the sheets of the workbook in `content`; raise `CannotRead` where there are none to be had."""
    members: dict[str, bytes] = {}
    if content.startswith(b"PK"):
        members = _unpack(content, limits["unpacked_bytes"])
    sheets_xml = [xml for name, xml in members.items() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
    # To look for error values takes as long again as to read the cells.
    look_for_errors = not sheets_xml or any(e in xml for xml in sheets_xml for e in _ERROR_TYPES)
    sheets = _parse(content, limits, members.get("content.xml"), look_for_errors)
    try:
        _add_what_xml_says(sheets, members, limits)
    except ParseError as error:
        raise _unreadable("tệp hỏng hoặc không phải bảng tính", "it is damaged or not a spreadsheet") from error
    return sheets


def _add_what_xml_says(sheets: list[Sheet], members: dict[str, bytes], limits: dict[str, int]) -> None:
    """Add to the sheets of an .xlsx what calamine leaves out; a percentage becomes the text that Excel shows."""
    named, percentages = sheet_members(members), percent_styles(members)
    for sheet in sheets:
        member = named.get(sheet.name, "")
        if member not in members:
            continue
        sheet.asides.extend(asides(members, member))
        for row, column in cells_of_styles(members[member], percentages):
            value = sheet.get(row, column)
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.rows[row][column] = f"{100 * value:.10g}%"
        for place in cells_without_result(members[member]):
            _put(sheet, place, NoResult("=?"), limits)


def _put(sheet: Sheet, place: Place, value: Cell, limits: dict[str, int]) -> None:
    """Put a value into a cell that may lie beyond the used area, though not beyond the limits."""
    row, column = place
    if row < limits["rows"] and column < limits["columns"]:
        sheet.rows.extend([] for _ in range(row + 1 - len(sheet.rows)))
        sheet.rows[row].extend("" for _ in range(column + 1 - len(sheet.rows[row])))
        sheet.rows[row][column] = value


def _unpack(content: bytes, limit: int) -> dict[str, bytes]:
    """Return the XML members of a zip file, never more than `limit` bytes, whatever its directory claims."""
    members = {}
    left = limit
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for info in archive.infolist():
                if not info.filename.lower().endswith(_XML):
                    continue
                if info.flag_bits & 1:
                    raise CannotRead("password_protected")
                header = content[info.header_offset : info.header_offset + 30]
                start = (
                    info.header_offset
                    + 30
                    + int.from_bytes(header[26:28], "little")
                    + int.from_bytes(header[28:30], "little")
                )
                packed = content[start : start + info.compress_size]
                if info.compress_type == zipfile.ZIP_DEFLATED:
                    packed = zlib.decompressobj(-15).decompress(packed, left + 1)
                left -= len(packed)
                if left < 0:
                    raise CannotRead(
                        "file_too_large", value=f"> {limit // 1_000_000} MB", limit=f"{limit // 1_000_000} MB"
                    )
                members[info.filename] = packed
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable("tệp hỏng hoặc chưa tải xuống hết", "the file is damaged or incomplete") from error
    return members


def _unreadable(vi: str, en: str) -> CannotRead:
    return CannotRead("unreadable_file", detail=(vi, en))


def _parse(content: bytes, limits: dict[str, int], ods_xml: bytes | None, look_for_errors: bool) -> list[Sheet]:
    sheets = []
    cells_left = limits["cells"]
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as workbook:
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                end = sheet.end or (0, 0)
                if end[0] >= limits["rows"] or end[1] >= limits["columns"]:
                    raise CannotRead(
                        "sheet_too_large",
                        sheet=name,
                        value=address(*end),
                        limit=address(limits["rows"] - 1, limits["columns"] - 1),
                    )
                cells_left -= (end[0] + 1) * (end[1] + 1)
                if cells_left < 0:
                    raise CannotRead("too_many_cells", sheet=name, limit=limits["cells"])
                rows = [[_plain(v) for v in row] for row in sheet.to_python(skip_empty_area=False)]
                sheets.append(Sheet(name, rows))
                if look_for_errors and ods_xml is None:
                    for row, column, text in _error_cells(content, name, sheet.start or (0, 0)):
                        rows[row][column] = ExcelError(text)
        if ods_xml is not None:
            for index, place, value, comment in _ods_findings(ods_xml):
                if value is None:
                    sheets[index].asides.append((place, comment))
                else:
                    _put(sheets[index], place, value, limits)
    except PasswordError as error:
        raise CannotRead("password_protected") from error
    except (CalamineError, OSError, ValueError, IndexError, ParseError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise CannotRead("password_protected") from error
        raise _unreadable("tệp hỏng hoặc không phải bảng tính", "it is damaged or not a spreadsheet") from error
    return sheets


def _plain(value: Any) -> Cell:
    if isinstance(value, Cell):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _error_cells(content: bytes, sheet: str, start: tuple[int, int]) -> Iterator[tuple[int, int, str]]:
    """Yield (row, column, text) of error values, which calamine's Python reader shows as empty cells."""
    import fastexcel

    try:
        loaded = fastexcel.read_excel(content).load_sheet(sheet, header_row=None, dtypes="string")
        found = loaded.to_arrow_with_errors()[1]
    except fastexcel.FastExcelError:
        return
    for error in found.errors if found else ():
        row, column = error.position
        name = re.search(r"Error\((\w+)\)", error.detail)
        yield start[0] + row, start[1] + column, _ERROR_NAMES.get(name[1], "#ERR") if name else "#ERR"


def _ods_findings(content_xml: bytes) -> Iterator[tuple[int, Place, Cell | None, str]]:
    """Yield (sheet index, cell, value, comment) of an OpenDocument's cells that calamine shows otherwise.

    The value is an error, a percentage as its text, or a formula without a result; None where there is a comment alone.
    """
    sheet, row, column, place, annotation = -1, 0, 0, (0, 0), False
    for event, element in iterparse(BytesIO(content_xml), events=("start", "end")):  # noqa: S314  in the limited child  # nosec B314
        if event == "start":
            if element.tag == _TABLE + "table":
                sheet, row = sheet + 1, 0
            elif element.tag == _TABLE + "table-row":
                column = 0
            elif element.tag in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
                place = row, column
                if (value := _ods_value(element)) is not None:
                    yield sheet, place, value, ""
                column += int(element.get(_TABLE + "number-columns-repeated", 1))
            annotation = annotation or element.tag == _OFFICE + "annotation"
        else:
            if element.tag == _TABLE + "table-row":
                row += int(element.get(_TABLE + "number-rows-repeated", 1))
            elif element.tag == _OFFICE + "annotation":
                annotation = False
                yield sheet, place, None, "\n".join("".join(p.itertext()) for p in element.iterfind(_PARAGRAPH))
            if not annotation:
                element.clear()


def _ods_value(cell: Element) -> Cell | None:
    kind = cell.get(_OFFICE + "value-type")
    if cell.get(_ERROR_TYPE) == "error":
        return ExcelError("#ERR")
    if kind == "percentage":
        return f"{100 * float(cell.get(_OFFICE + 'value', 'nan')):.10g}%"
    return NoResult("=?") if kind is None and cell.get(_TABLE + "formula") else None
