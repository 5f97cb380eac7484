"""The report form of one commune and period, as an Excel workbook."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from etl.cells import address
from etl.definitions import Definitions, Measure, Period, Unit
from etl.models import SQL, read_sql
from etl.report import ChildFriendly, PlayArea, Report
from etl.warehouse import current_path

Cells = tuple[int, int, int, int]
"""A range of cells: first row, first column, last row, last column, from 0."""

_A4 = 9
_ROW_POINTS = 18
# What fits in a wide substitute of Times New Roman; in itself somewhat more.
_CHARACTERS_PER_WIDTH = 1.05
_BASE = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
_BOX = {**_BASE, "border": 1, "border_color": "#7F7F7F"}
_INPUT = {**_BOX, "locked": False, "bg_color": "#FFFBE6"}
_STYLES: dict[str, dict[str, object]] = {
    "title": {**_BASE, "bold": True, "font_size": 15},
    "subtitle": {**_BASE, "bold": True},
    "note": {**_BASE, "italic": True, "font_size": 11, "valign": "top"},
    "guide_heading": {**_BASE, "bold": True, "font_size": 13, "top": 1},
    "guide_term": {**_BASE, "bold": True, "text_wrap": True, "valign": "top"},
    "guide_text": {**_BASE, "text_wrap": True, "valign": "top"},
    "header": {**_BOX, "bold": True, "bg_color": "#D9D9D9", "text_wrap": True, "align": "center"},
    # Without inner borders, so that a long heading runs on over its neighbours.
    "heading": {**_BASE, "bold": True, "top": 1, "bottom": 1, "bg_color": "#F2F2F2"},
    "subheading": {**_BASE, "italic": True, "top": 1, "bottom": 1, "bg_color": "#F2F2F2"},
    "label": {**_BOX, "text_wrap": True, "indent": 1},
    "sublabel": {**_BOX, "text_wrap": True, "indent": 3},
    "fixed": {**_BOX, "bold": True, "indent": 1},
    "centre": {**_BOX, "align": "center", "text_wrap": True},
    "closed": {**_BOX, "bg_color": "#BFBFBF"},
    "total": {**_BOX, "bold": True, "align": "center", "bg_color": "#F2F2F2"},
    "count": {**_INPUT, "num_format": "#,##0"},
    "amount": {**_INPUT},
    "answer": {**_INPUT, "align": "center"},
    "degrees": {**_INPUT, "num_format": "0.00000"},
    "year": {**_INPUT, "num_format": "0", "align": "center"},
    "day": {**_INPUT, "num_format": "dd/mm/yyyy", "align": "left", "indent": 1},
    # As text, so that no programme takes the document number 12/2021 for a date.
    "text": {**_INPUT, "num_format": "@", "text_wrap": True, "indent": 1},
}


def form_file_name(unit: Unit, period: Period) -> str:
    """Return the name under which the form is handed out: `bao_cao_25216_2021-H1.xlsx`."""
    return f"bao_cao_{unit.code}_{period.period}.xlsx"


def write_form(
    definitions: Definitions,
    unit: Unit,
    period: Period,
    filled: Report | None = None,
    known_in: Path | None = None,
) -> bytes:
    """Return the form as .xlsx, the same bytes for the same input.

    It holds the values of `filled`; without that it is empty but for the play areas and the
    child-friendly stage that the warehouse in the folder `known_in` knows from earlier reports.
    """
    report = _read_known(unit, period, known_in) if filled is None else filled
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        created = datetime.combine(period.cut_off, datetime.min.time())
        workbook.set_properties({"title": form_file_name(unit, period), "created": created})
        form = _Form(workbook, definitions, unit, period)
        form.write_guide()
        form.write_identity(report)
        form.write_figures(report)
        form.write_play_areas(report)
        form.write_child_friendly(report)
        form.write_tasks(report)
    return content.getvalue()


def _read_known(unit: Unit, period: Period, folder: Path | None) -> Report:
    """Return a report that holds nothing but play areas and stage, as last reported."""
    path = current_path(folder) if folder else None
    if path is None:
        return Report()
    which = {"vintage": unit.vintage, "code": unit.code, "period": period.period}
    with duckdb.connect(path, read_only=True) as con:
        areas = con.execute(read_sql(SQL / "template" / "known_play_areas.sql"), which).fetchall()
        friendly = con.execute(read_sql(SQL / "template" / "known_child_friendly.sql"), which).fetchone()
    return Report(
        play_areas=[PlayArea(*area) for area in areas],
        child_friendly=ChildFriendly(*friendly) if friendly else None,
    )


class _Form:
    """Decides what stands on the sheets and where."""

    def __init__(self, workbook: xlsxwriter.Workbook, definitions: Definitions, unit: Unit, period: Period) -> None:
        self.workbook = workbook
        self.definitions = definitions
        self.form = definitions.form
        self.texts = definitions.form["template"]
        self.unit = unit
        self.period = period
        asked = definitions.asked(period.period)
        self.measures = [m for m in definitions.measures.values() if m.measure in asked]
        self.tasks = [t for t in definitions.tasks.values() if f"task.{t.item}" in asked]
        named = definitions.name_of(unit, period.cut_off)
        self.name, self.district = named.name, named.district
        self.last_day = period.cut_off + timedelta(days=366)
        self.words = self._find_words()
        self.styles = {name: workbook.add_format(style) for name, style in _STYLES.items()}

    def _find_words(self) -> dict[str, str]:
        """Return what the braces in the form's texts stand for."""
        d, measures = self.definitions, self.measures
        required = [m.code for m in measures if m.required]
        nothing_arose = sorted({m.code[0] for m in measures if m.may_not_arise})
        calendar = d.province["calendar"]
        is_half_year = self.period.period.endswith("-H1")
        period = self.texts["half_yearly" if is_half_year else "yearly"]
        year_before = date.fromisoformat(f"{self.period.year - 1}-{calendar['year_cut_off']}")
        return {
            **{key: sheet["name"] for key, sheet in self.form["sheets"].items()},
            **self.form["groups"],
            **{key: f"{value}".replace(".", ",") for key, value in d.province["bounds"].items()},
            **{key: "/".join(reversed(f"{day}".split("-"))) for key, day in calendar.items()},
            "code": self.unit.code,
            "unit": self.name,
            "full_unit": ", ".join(filter(None, (self.name, self.district))),
            "period": period.format(year=self.period.year),
            "cut_off": _word_day(self.period.cut_off),
            "due_on": _word_day(self.period.due_on),
            "since": _word_day(year_before + timedelta(days=1)),
            "last_day": _word_day(self.last_day),
            "first_registration_day": _word_day(self.texts["first_registration_day"]),
            "note": self.form["sheets"]["figures"]["columns"]["note"],
            "working": next(iter(self.form["play_area_conditions"])),
            "nothing_arose": self.form["words"]["nothing_arose"][0],
            "nothing_arose_sections": _list_words(nothing_arose),
            "required_codes": f"{required[0]}-{required[-1]}",
            "measure_count": f"{len(measures)}",
            "criterion_count": f"{len(d.criteria)}",
            "task_count": f"{len(self.texts['task_headings'])}",
            "example_lat": f"{self.unit.lat:.4f}".replace(".", ","),
            "example_lon": f"{self.unit.lon:.4f}".replace(".", ","),
            "hotlines": " hoặc ".join(d.province["hotlines"]),
        }

    def _add_sheet(self, key: str, widths: list[int], landscape: bool = False) -> "_Sheet":
        worksheet = self.workbook.add_worksheet(self.form["sheets"][key]["name"])
        sheet = _Sheet(worksheet, widths, self.styles, self.form, self.words)
        sheet.set_up_page(self.texts["unit_line"].format_map(self.words), landscape)
        return sheet

    def _write_title(self, sheet: "_Sheet", key: str) -> int:
        """Write a sheet's title block; return the row where its contents begin."""
        sheet.write(0, 0, self.texts["titles"][key], "title")
        sheet.write(1, 0, self.texts["unit_line"].format_map(self.words), "subtitle")
        sheet.write(2, 0, self.texts["notes"][key].format_map(self.words), "note")
        sheet.worksheet.set_row(2, 1.5 * _ROW_POINTS)
        return 3

    def write_guide(self) -> None:
        guide = self.form["guide"]
        sheet = self._add_sheet("guide", [27, 83])
        sheet.worksheet.fit_to_pages(1, 1)
        sheet.write(0, 0, guide["title"], "title")
        row = 2
        for part in guide["parts"]:
            sheet.write(row, 0, part["heading"], "guide_heading")
            sheet.write(row, 1, None, "guide_heading")
            for term, text in part["rows"]:
                row += 1
                sheet.write(row, 0, term.format_map(self.words), "guide_term")
                sheet.write(row, 1, text.format_map(self.words), "guide_text")
            row += 2

    def write_identity(self, report: Report) -> None:
        sheet = self._add_sheet("identity", [34, 56])
        first = self._write_title(sheet, "identity")
        known = {
            "unit_code": self.unit.code,
            "unit_name": self.name,
            # A dash is read as nothing: since 2025 there are no districts.
            "district": self.district or "-",
            "period": self.words["period"],
        }
        keys = self.form["sheets"]["identity"]["keys"]
        for row, (key, label) in enumerate(keys.items(), start=first):
            sheet.write(row, 0, label, "label")
            if key in known:
                sheet.write(row, 1, known[key], "fixed")
            elif key == "reported_on":
                sheet.write(row, 1, report.reported_on, "day")
                days = self.period.cut_off, self.last_day
                sheet.check_date((row, 1, row, 1), "reported_on", *days)
            else:
                sheet.write(row, 1, None, "text")

    def write_figures(self, report: Report) -> None:
        columns = self.form["sheets"]["figures"]["columns"].values()
        sheet = self._add_sheet("figures", [8, 61, 12, 12, 11, 12, 12, 27], landscape=True)
        row = sheet.write_header(self._write_title(sheet, "figures"), columns)
        values = {(f.measure, f.population_group): f.value for f in report.figures}
        first_group, last_group = 3, 2 + len(self.form["groups"])
        section = subsection = ""
        asked: dict[str, list[Cells]] = defaultdict(list)
        blocks = groupby(
            self.measures,
            key=lambda m: (m.code[0], m.required, m.may_not_arise),
        )
        for (letter, required, may_not_arise), block in blocks:
            if letter != section:
                section = letter
                row = sheet.write_heading(row, self.form["sections"][section], "heading")
            first = row
            for measure in block:
                parent = measure.code.rpartition(".")[0]
                if parent != subsection and parent in self.texts["figure_subheadings"]:
                    heading = self.texts["figure_subheadings"][parent]
                    row = sheet.write_heading(row, heading, "subheading")
                subsection = parent
                self._write_measure(sheet, row, measure, values)
                row += 1
            if required:
                sheet.check_required([(first, first_group, row - 1, first_group)])
                sheet.check_number([(first, first_group + 1, row - 1, last_group)], "count")
            else:
                check = "count_or_nothing" if may_not_arise else "count"
                asked[check].append((first, first_group, row - 1, last_group))
        for check, cells in asked.items():
            sheet.check_number(cells, check)

    def _write_measure(
        self,
        sheet: "_Sheet",
        row: int,
        measure: Measure,
        values: dict[tuple[str, str], int | None],
    ) -> None:
        mark = self.texts["cumulative_mark"] if measure.flow == "cumulative" else ""
        is_part = measure.code.count(".") > 1
        sheet.write(row, 0, measure.code, "centre")
        sheet.write(row, 1, measure.label_vi + mark, "sublabel" if is_part else "label")
        sheet.write(row, 2, measure.unit_vi, "centre")
        for column, group in enumerate(self.form["groups"], start=3):
            style = "count" if group in measure.groups else "closed"
            sheet.write(row, column, values.get((measure.measure, group)), style)
        sheet.write(row, 3 + len(self.form["groups"]), None, "text")

    def write_play_areas(self, report: Report) -> None:
        labels = self.form["sheets"]["play_areas"]["columns"]
        columns = list(labels)
        widths = [34, 22, 15, 12, 12, 12, 10, 17, 17, 24]
        sheet = self._add_sheet("play_areas", widths, landscape=True)
        first = sheet.write_header(self._write_title(sheet, "play_areas"), labels.values())
        areas = report.play_areas or []
        last = first + max(self.texts["play_area_rows"], len(areas)) - 1
        styles = {"lat": "degrees", "lon": "degrees", "area_m2": "amount", "since_year": "year"}
        yes, no = (self.form["words"][answer][0] for answer in ("yes", "no"))
        answers = {True: yes, False: no, None: None}
        for row in range(first, last + 1):
            area = areas[row - first]._asdict() if row - first < len(areas) else {}
            area["accessible"] = answers[area.get("accessible")]
            for column, name in enumerate(columns):
                sheet.write(row, column, area.get(name), styles.get(name, "text"))

        def cells(name: str) -> Cells:
            return first, columns.index(name), last, columns.index(name)

        sheet.check_choice([cells("kind")], self.form["play_area_kinds"])
        sheet.check_choice([cells("condition")], self.form["play_area_conditions"])
        sheet.check_choice([cells("accessible")], [yes, no])
        sheet.check_number([cells("area_m2")], "amount")
        bounds = self.definitions.province["bounds"]
        sheet.check([cells("lat")], "lat", _between("decimal", bounds["south"], bounds["north"]))
        sheet.check([cells("lon")], "lon", _between("decimal", bounds["west"], bounds["east"]))
        sheet.check([cells("since_year")], "since_year", _between("integer", 1900, 2100))

    def write_child_friendly(self, report: Report) -> None:
        form = self.form["sheets"]["child_friendly"]
        sheet = self._add_sheet("child_friendly", [36, 34, 20])
        row = self._write_title(sheet, "child_friendly")
        friendly = report.child_friendly or ChildFriendly()
        for key, label in form["keys"].items():
            value = getattr(friendly, key)
            sheet.write(row, 0, label, "label")
            if key == "stage":
                sheet.write(row, 1, self.form["stages"].get(value), "text")
                sheet.check_choice([(row, 1, row, 1)], self.form["stages"].values())
            elif key.endswith("_on"):
                sheet.write(row, 1, value, "day")
                days = self.texts["first_registration_day"], self.last_day
                sheet.check_date((row, 1, row, 1), "stage_date", *days)
            else:
                sheet.write(row, 1, value, "text")
            row += 1
        first = sheet.write_header(row + 1, form["columns"].values(), frozen=False)
        self._write_criteria(sheet, first, friendly)

    def _write_criteria(self, sheet: "_Sheet", first: int, friendly: ChildFriendly) -> None:
        criteria = self.definitions.criteria
        points = {c.criterion: c.points for c in friendly.criteria if c.points is not None}
        for row, (criterion, points_max) in enumerate(criteria.items(), start=first):
            sheet.write(row, 0, criterion, "centre")
            sheet.write(row, 1, points_max, "centre")
            sheet.write(row, 2, points.get(criterion), "answer")
        total = first + len(criteria)
        sheet.check_number([(first, 2, total - 1, 2)], "points", largest=address(first, 1))
        sheet.write(total, 0, self.form["sheets"]["child_friendly"]["total_row"], "total")
        sheet.write(total, 1, sum(criteria.values()), "total")
        sheet.write_sum((first, 2, total - 1, 2), list(points.values()), "total")

    def write_tasks(self, report: Report) -> None:
        columns = self.form["sheets"]["tasks"]["columns"].values()
        sheet = self._add_sheet("tasks", [8, 66, 14, 15, 27])
        row = sheet.write_header(self._write_title(sheet, "tasks"), columns)
        values = {t.item: t.value for t in report.tasks}
        styles = {"yes_no": "answer", "amount": "amount", "count": "count"}
        asked: dict[str, list[Cells]] = defaultdict(list)
        for number, tasks in groupby(self.tasks, key=lambda t: t.task):
            heading = f"{number}. {self.texts['task_headings'][str(number)]}"
            row = sheet.write_heading(row, heading, "heading")
            for task in tasks:
                sheet.write(row, 0, task.code, "centre")
                sheet.write(row, 1, task.label_vi, "label")
                sheet.write(row, 2, task.unit_vi, "centre")
                sheet.write(row, 3, values.get(task.item), styles[task.kind])
                sheet.write(row, 4, None, "text")
                asked[task.kind].append((row, 3, row, 3))
                row += 1
        sheet.check_choice(asked.pop("yes_no"), ["1", "0"])
        for kind, cells in asked.items():
            sheet.check_number(cells, kind)


class _Sheet:
    """Writes cells of one sheet, protected but for its input cells, and the checks on them."""

    def __init__(
        self,
        worksheet: Any,
        widths: list[int],
        styles: dict[str, Any],
        form: dict[str, Any],
        words: dict[str, str],
    ) -> None:
        self.worksheet = worksheet
        self.widths = widths
        self.styles = styles
        self.form = form
        self.words = words
        self.lines: dict[int, int] = {}

    def set_up_page(self, footer: str, landscape: bool) -> None:
        sheet = self.worksheet
        for column, width in enumerate(self.widths):
            sheet.set_column(column, column, width)
        sheet.set_default_row(_ROW_POINTS)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.ignore_errors({"number_stored_as_text": "A1:J1000"})
        sheet.hide_gridlines(2)
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.9)
        font = '&"Times New Roman"&10'
        sheet.set_footer(f"&L{font}{footer.replace('&', '&&')}&R{font}&P/&N")

    def write(self, row: int, column: int, value: Any, style: str) -> None:
        """Write text always as text, never as a formula; None leaves the cell empty."""
        if value is None:
            self.worksheet.write_blank(row, column, None, self.styles[style])
        elif isinstance(value, str):
            self.worksheet.write_string(row, column, value, self.styles[style])
            if _STYLES[style].get("text_wrap"):
                self._make_room(row, column, value)
        elif isinstance(value, date):
            self.worksheet.write_datetime(row, column, value, self.styles[style])
        else:
            self.worksheet.write_number(row, column, float(value), self.styles[style])

    def _make_room(self, row: int, column: int, text: str) -> None:
        """Make a row as high as a text needs; not every programme does so when it opens a file."""
        lines = ceil(len(text) / (_CHARACTERS_PER_WIDTH * self.widths[column]))
        if lines > self.lines.get(row, 1):
            self.lines[row] = lines
            self.worksheet.set_row(row, _ROW_POINTS * lines)

    def write_header(self, row: int, labels: Iterable[str], frozen: bool = True) -> int:
        """Write a table's header; return the row beneath it."""
        for column, label in enumerate(labels):
            self.write(row, column, label, "header")
        if frozen:
            self.worksheet.freeze_panes(row + 1, 0)
        self.worksheet.repeat_rows(row)
        return row + 1

    def write_heading(self, row: int, text: str, style: str) -> int:
        """Write a heading across the sheet; return the row beneath it."""
        self.write(row, 0, text, style)
        for column in range(1, len(self.widths)):
            self.write(row, column, None, style)
        return row + 1

    def write_sum(self, cells: Cells, values: list[Decimal], style: str) -> None:
        """Write the sum of a column of `cells`, which hold `values`, beneath them."""
        summed = f"{address(*cells[:2])}:{address(*cells[2:])}"
        formula = f'=IF(COUNT({summed})=0,"",SUM({summed}))'
        value = float(sum(values)) if values else ""
        self.worksheet.write_formula(cells[2] + 1, cells[3], formula, self.styles[style], value)

    def check_required(self, cells: list[Cells]) -> None:
        limits = _between("integer", 0, self.form["limits"]["count"])
        self.check(cells, "required_count", limits)

    def check_number(self, cells: list[Cells], check: str, largest: str | None = None) -> None:
        """Warn of what is neither a number that fits nor a word that may stand for one."""
        first = address(*cells[0][:2])
        is_count = check.startswith("count")
        limit = largest or self.form["limits"]["count" if is_count else "amount"]
        whole = f",{first}=INT({first})" if is_count else ""
        words = [w for w in self.form["words"]["not_reported"] if w]
        if check == "count_or_nothing":
            words += self.form["words"]["nothing_arose"]
        said = ",".join(f'{first}="{word}"' for word in words)
        formula = f"=IF(ISNUMBER({first}),AND({first}>=0,{first}<={limit}{whole}),OR({said}))"
        rule = {"validate": "custom", "value": formula, "error_type": "warning"}
        self.check(cells, check, rule)

    def check_choice(self, cells: list[Cells], choices: Iterable[str]) -> None:
        self.check(cells, "choice", {"validate": "list", "source": list(choices)})

    def check_date(self, cells: Cells, check: str, first: date, last: date) -> None:
        # A date typed as text is read as well, so this is a warning.
        self.check([cells], check, {**_between("date", first, last), "error_type": "warning"})

    def check(self, cells: list[Cells], check: str, rule: dict[str, Any]) -> None:
        """Hold the cells against a rule; a formula in it is written for the first of them."""
        title, message = self.form["template"]["input_checks"][check]
        said = {"error_title": title, "error_message": message.format_map(self.words)}
        ranges = " ".join(f"{address(*c[:2])}:{address(*c[2:])}" for c in cells)
        self.worksheet.data_validation(*cells[0], {**rule, **said, "multi_range": ranges})


def _between(kind: str, low: object, high: object) -> dict[str, Any]:
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


def _word_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _list_words(items: list[str]) -> str:
    """Return `3, 6 và 7`."""
    return " và ".join(filter(None, (", ".join(items[:-1]), items[-1])))
