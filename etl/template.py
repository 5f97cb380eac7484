"""The report form of one commune and period, as an Excel workbook."""

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from etl.cells import address
from etl.definitions import Definitions, Measure, Period, Unit
from etl.home import warehouse_path
from etl.report import ChildFriendly, PlayArea, Report

_SQL = Path(__file__).parent / "sql" / "template"
_PLAY_AREA_ROWS = 60
_HEADER_ROW = 3


def form_file_name(unit: Unit, period: Period) -> str:
    """Return the name under which the form is handed out."""
    return f"bao_cao_{unit.code}_{period.period}.xlsx"


def write_form(
    definitions: Definitions,
    unit: Unit,
    period: Period,
    filled: Report | None = None,
    known_in: Path | None = None,
) -> bytes:
    """Return the form as .xlsx, with the figures of `filled`, or empty but for what `known_in` knows of the unit."""
    report = filled or _known(unit, known_in)
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        created = datetime.combine(period.cut_off, datetime.min.time())
        workbook.set_properties({"title": form_file_name(unit, period), "created": created})
        form = _Form(workbook, definitions)
        form.write_guide(period)
        form.write_identity(unit, period, report)
        form.write_figures(report)
        form.write_play_areas(report)
        form.write_child_friendly(report)
        form.write_tasks(report)
    return content.getvalue()


def name_at(definitions: Definitions, unit: Unit, day: date) -> tuple[str, str | None]:
    """Return the unit's name and its district's as they were on `day`."""
    former = [f for f in definitions.former_names if (f.vintage, f.code) == (unit.vintage, unit.code)]
    for name in sorted(former, key=lambda f: f.last_day):
        if day <= name.last_day:
            return name.name, name.district
    return unit.name, unit.district


def _known(unit: Unit, folder: Path | None) -> Report:
    """Return a report that holds nothing but the unit's play areas and stage, as last reported."""
    if folder is None or not warehouse_path(folder).exists():
        return Report()
    which = {"vintage": unit.vintage, "code": unit.code}
    with duckdb.connect(warehouse_path(folder), read_only=True) as con:
        areas = con.execute(_read("known_play_areas"), which).fetchall()
        friendly = con.execute(_read("known_child_friendly"), which).fetchone()
    return Report(
        play_areas=[PlayArea(*a) for a in areas],
        child_friendly=ChildFriendly(*friendly) if friendly else None,
    )


def _read(question: str) -> str:
    return (_SQL / f"{question}.sql").read_text(encoding="utf-8")


class _Form:
    """Writes the sheets; every sheet is protected but for its input cells."""

    def __init__(self, workbook: xlsxwriter.Workbook, definitions: Definitions) -> None:
        self.workbook = workbook
        self.definitions = definitions
        self.form = definitions.form
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        boxed = {**base, "border": 1, "border_color": "#9AA5B1"}

        def style(**properties: object) -> Any:
            return workbook.add_format({**boxed, **properties})

        self.plain = workbook.add_format({**base, "text_wrap": True, "valign": "top"})
        self.title = workbook.add_format({**base, "bold": True, "font_size": 14})
        self.note = workbook.add_format({**base, "italic": True, "font_color": "#444444"})
        self.header = style(bold=True, bg_color="#DCE6F1", text_wrap=True, align="center")
        self.section = style(bold=True, bg_color="#F2F2F2")
        self.label = style(text_wrap=True)
        self.centre = style(align="center")
        self.closed = style(bg_color="#D0D0D0")
        self.number = style(locked=False, num_format="#,##0")
        self.amount = style(locked=False, num_format="#,##0.##")
        self.degrees = style(locked=False, num_format="0.00000")
        self.day = style(locked=False, num_format="dd/mm/yyyy", align="left")
        self.text = style(locked=False, num_format="@", text_wrap=True)
        self.sum = style(bold=True, num_format="#,##0.##")

    def _sheet(self, key: str, title: str, note: str, widths: Iterable[int]) -> Any:
        sheet = self.workbook.add_worksheet(self.form["sheets"][key]["name"])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, title, self.title)
        sheet.write_string(1, 0, note, self.note)
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.5, 0.5, 0.5, 0.5)
        sheet.hide_gridlines(2)
        return sheet

    def _headers(self, sheet: Any, row: int, headers: Iterable[str]) -> None:
        for column, header in enumerate(headers):
            sheet.write_string(row, column, header, self.header)
        sheet.set_row(row, 34)
        sheet.repeat_rows(row)

    def write_guide(self, period: Period) -> None:
        guide = self.form["guide"]
        sheet = self._sheet("guide", guide["title"], "", [110])
        hotlines = " và ".join(self.definitions.province["hotlines"])
        for row, line in enumerate(guide["lines"], start=2):
            text = line.format(
                cut_off=f"{period.cut_off:%d/%m/%Y}", due_on=f"{period.due_on:%d/%m/%Y}", hotlines=hotlines
            )
            sheet.write_string(row, 0, text, self.plain)
            sheet.set_row(row, 17 * (1 + len(text) // 105))

    def write_identity(self, unit: Unit, period: Period, report: Report) -> None:
        sheet = self._sheet(
            "identity", "BÁO CÁO CÔNG TÁC TRẺ EM", "Kiểm tra thông tin đơn vị, điền ngày báo cáo.", [34, 48]
        )
        name, district = name_at(self.definitions, unit, period.cut_off)
        values = {
            "unit_code": unit.code,
            "unit_name": name,
            "district": district or "",
            "period": period.period,
        }
        for row, (key, label) in enumerate(self.form["sheets"]["identity"]["keys"].items(), start=_HEADER_ROW):
            sheet.write_string(row, 0, label, self.label)
            if key in values:
                sheet.write_string(row, 1, values[key], self.label)
            elif key == "reported_on":
                self._write_date(sheet, row, 1, report.reported_on)
            else:
                sheet.write_blank(row, 1, None, self.text)

    def write_figures(self, report: Report) -> None:
        columns = self.form["sheets"]["figures"]["columns"]
        note = 'Điền số đếm; ô xám không cần điền; để trống hoặc ghi "-" nếu chưa có số liệu.'
        sheet = self._sheet("figures", "SỐ LIỆU VỀ TRẺ EM", note, [8, 58, 12, 13, 13, 13, 13, 28])
        self._headers(sheet, _HEADER_ROW, columns.values())
        sheet.freeze_panes(_HEADER_ROW + 1, 2)
        values = {(f.measure, f.population_group): f.value for f in report.figures}
        row = _HEADER_ROW + 1
        section = ""
        for measure in self.definitions.measures.values():
            if measure.code.split(".")[0][0] != section:
                section = measure.code[0]
                sheet.merge_range(row, 0, row, len(columns) - 1, self.form["sections"][section], self.section)
                row += 1
            self._write_measure(sheet, row, measure, values)
            row += 1

    def _write_measure(self, sheet: Any, row: int, measure: Measure, values: dict[tuple[str, str], int | None]) -> None:
        sheet.write_string(row, 0, measure.code, self.centre)
        self._write_label(sheet, row, measure.label_vi, 54)
        sheet.write_string(row, 2, measure.unit_vi, self.centre)
        for column, group in enumerate(self.form["groups"], start=3):
            if group not in measure.groups:
                sheet.write_blank(row, column, None, self.closed)
                continue
            self._write_number(sheet, row, column, values.get((measure.measure, group)), self.number)
        last = 2 + len(measure.groups)
        self._ask_count(sheet, row, 3, last)
        sheet.write_blank(row, 7, None, self.text)

    def _ask_count(self, sheet: Any, row: int, first: int, last: int) -> None:
        cell = address(row, first)
        sheet.data_validation(
            row,
            first,
            row,
            last,
            {
                "validate": "custom",
                "value": f"=IF(ISNUMBER({cell}),AND({cell}>=0,{cell}=INT({cell})),TRUE)",
                "error_title": "Số chưa hợp lệ",
                "error_message": "Hãy ghi số nguyên từ 0 trở lên; để trống hoặc ghi - nếu chưa có số liệu.",
            },
        )

    def write_play_areas(self, report: Report) -> None:
        columns = self.form["sheets"]["play_areas"]["columns"]
        note = "Mỗi điểm một dòng. Nếu không có điểm nào, để trống bảng."
        sheet = self._sheet("play_areas", "ĐIỂM VUI CHƠI CHO TRẺ EM", note, [34, 22, 15, 12, 12, 13, 11, 17, 16, 24])
        self._headers(sheet, _HEADER_ROW, columns.values())
        sheet.freeze_panes(_HEADER_ROW + 1, 1)
        first, areas = _HEADER_ROW + 1, report.play_areas or []
        last = first + max(_PLAY_AREA_ROWS, len(areas)) - 1
        formats = [self.text, self.text, self.text, self.degrees, self.degrees, self.amount, self.number]
        formats += [self.text, self.text, self.text]
        for row in range(first, last + 1):
            area = areas[row - first] if row - first < len(areas) else None
            accessible = None if area is None or area.accessible is None else "có" if area.accessible else "không"
            values = (*area[:8], accessible, None) if area else (None,) * len(columns)
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, value, formats[column])
                else:
                    self._write_number(sheet, row, column, value, formats[column])
        for name, choices in (
            ("kind", list(self.form["play_area_kinds"])),
            ("condition", list(self.form["play_area_conditions"])),
            ("accessible", ["có", "không"]),
        ):
            column = list(columns).index(name)
            sheet.data_validation(first, column, last, column, {"validate": "list", "source": choices})
        bounds = self.definitions.province["bounds"]
        for name, low, high in (("lat", "south", "north"), ("lon", "west", "east")):
            column = list(columns).index(name)
            rule = {
                "validate": "decimal",
                "criteria": "between",
                "minimum": bounds[low],
                "maximum": bounds[high],
            }
            message = f"{columns[name]} của tỉnh từ {bounds[low]} đến {bounds[high]} (độ thập phân)."
            sheet.data_validation(
                first, column, last, column, {**rule, "error_title": "Tọa độ", "error_message": message}
            )

    def write_child_friendly(self, report: Report) -> None:
        form = self.form["sheets"]["child_friendly"]
        note = "Chọn giai đoạn, điền ngày; chấm điểm 13 tiêu chí nếu đã đánh giá."
        sheet = self._sheet("child_friendly", "XÃ, PHƯỜNG PHÙ HỢP VỚI TRẺ EM", note, [34, 22, 22])
        friendly = report.child_friendly or ChildFriendly()
        row = _HEADER_ROW
        for key, label in form["keys"].items():
            sheet.write_string(row, 0, label, self.label)
            value = getattr(friendly, key)
            if key.endswith("_on"):
                self._write_date(sheet, row, 1, value)
            else:
                said = self.form["stages"].get(value, "") if key == "stage" else value or ""
                sheet.write_string(row, 1, said, self.text)
            if key == "stage":
                stages = list(self.form["stages"].values())
                sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": stages})
            row += 1
        row += 1
        self._headers(sheet, row, form["columns"].values())
        points = {c.criterion: c.points for c in friendly.criteria}
        first = row + 1
        for criterion, points_max in self.definitions.criteria.items():
            row += 1
            sheet.write_number(row, 0, criterion, self.centre)
            sheet.write_number(row, 1, float(points_max), self.centre)
            self._write_number(sheet, row, 2, points.get(criterion), self.amount)
        total = float(sum(p or 0 for p in points.values()))
        sheet.write_string(row + 1, 0, form["total_row"], self.section)
        sheet.write_number(row + 1, 1, float(sum(self.definitions.criteria.values())), self.sum)
        sheet.write_formula(row + 1, 2, f"=SUM({address(first, 2)}:{address(row, 2)})", self.sum, total)

    def write_tasks(self, report: Report) -> None:
        columns = self.form["sheets"]["tasks"]["columns"]
        sheet = self._sheet(
            "tasks",
            "KẾT QUẢ THỰC HIỆN NHIỆM VỤ",
            "Ô đơn vị 0/1: ghi 1 nếu có, 0 nếu không.",
            [8, 78, 14, 16, 28],
        )
        self._headers(sheet, _HEADER_ROW, columns.values())
        sheet.freeze_panes(_HEADER_ROW + 1, 0)
        values = {t.item: t.value for t in report.tasks}
        for row, task in enumerate(self.definitions.tasks.values(), start=_HEADER_ROW + 1):
            sheet.write_string(row, 0, task.code, self.centre)
            self._write_label(sheet, row, task.label_vi, 72)
            sheet.write_string(row, 2, task.unit_vi, self.centre)
            cell_format = self.amount if task.kind == "amount" else self.number
            self._write_number(sheet, row, 3, values.get(task.item), cell_format)
            if task.kind == "yes_no":
                sheet.data_validation(row, 3, row, 3, {"validate": "list", "source": ["0", "1"]})
            elif task.kind == "count":
                self._ask_count(sheet, row, 3, 3)
            sheet.write_blank(row, 4, None, self.text)

    def _write_label(self, sheet: Any, row: int, label: str, width: int) -> None:
        """Write a label into column B, and make its row as high as its lines."""
        sheet.write_string(row, 1, label, self.label)
        sheet.set_row(row, 17 * (1 + len(label) // width))

    def _write_number(self, sheet: Any, row: int, column: int, value: Any, cell_format: Any) -> None:
        if value is None:
            sheet.write_blank(row, column, None, cell_format)
        else:
            sheet.write_number(row, column, float(value), cell_format)

    def _write_date(self, sheet: Any, row: int, column: int, value: date | None) -> None:
        if value is None:
            sheet.write_blank(row, column, None, self.day)
        else:
            sheet.write_datetime(row, column, datetime.combine(value, datetime.min.time()), self.day)
