"""Turn a filled-in form into a report: find sheets, headers and rows by their texts, and read every cell."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from etl.cells import CannotRead, Cell, ExcelError, NoResult, Sheet, address
from etl.definitions import Definitions, Period, Unit
from etl.identify import Given, full_name
from etl.personal_data import WITHHELD, kept_in, personal_cells, personal_detail
from etl.read_cells import CellReader
from etl.report import ChildFriendly, Criterion, Figure, PlayArea, Report, TaskResult
from etl.sheet_table import SheetTable
from etl.values import BadValue, plain_text, read_amount, read_coordinate, read_count, read_date, read_text, word

T = TypeVar("T")
_SHEETS_FOR_THE_SENDER = ("guide", "returned")
_AUTHOR = re.compile(r"\A[^\n]{1,60}:\n")


class WorkbookReader(CellReader):
    """Reads the sheets of one form."""

    def __init__(self, sheets: list[Sheet], definitions: Definitions) -> None:
        super().__init__(definitions)
        self.names = {word(s["name"]): key for key, s in self.form["sheets"].items()}
        # What the program said of the report when it came before is no part of it.
        self.all_sheets = [s for s in sheets if self.names.get(word(s.name)) != "returned"]
        self.sheets = {self.names[word(s.name)]: s for s in reversed(self.all_sheets) if word(s.name) in self.names}

    def report(self) -> Report:
        if not self.sheets:
            raise CannotRead(
                "not_a_report", detail=("không có trang tính nào của biểu mẫu", "it has no sheet of the form")
            )
        self._refuse_personal_data()
        for sheet in self.all_sheets:
            if self.sheets.get(self.names.get(word(sheet.name), "")) is not sheet:
                self.problems.add("extra_sheet", sheet=sheet.name, value=sheet.name)
        for key, sheet_form in self.form["sheets"].items():
            if key not in self.sheets and key not in _SHEETS_FOR_THE_SENDER:
                self.problems.add("missing_sheet", sheet=sheet_form["name"], value=sheet_form["name"])
        unit, report = self._read_identity()
        self.asked = self.definitions.asked(report.period)
        if "figures" in self.sheets:
            report.figures = list(self._read_figures())
        if "play_areas" in self.sheets:
            report.play_areas = list(self._read_play_areas(unit, self.definitions.periods.get(report.period or "")))
        if "child_friendly" in self.sheets:
            report.child_friendly = self._read_child_friendly(report)
        if "tasks" in self.sheets:
            report.tasks = list(self._read_tasks())
        return report

    def _refuse_personal_data(self) -> None:
        """Refuse what looks like personal data in any sheet; nothing that comes later sees it."""
        for number, named in enumerate(self.all_sheets):
            sheet, places = named, () if word(named.name) in self.names else ("no_name",)
            if places and (detail := personal_detail(self.definitions, named.name, *places)):
                sheet = replace(named, name=self.form["neutral_names"]["sheet"].format(number=number + 1))
                self.all_sheets[number] = sheet
                self._refuse(sheet, None, kept_in(self.definitions, "sheet_name", detail))
            self._withhold(sheet, range(len(sheet.rows)), (), places)
            for place, text in sheet.asides:
                # Excel begins a comment with its author.
                if detail := personal_detail(self.definitions, _AUTHOR.sub("", text), "no_name"):
                    self._refuse(sheet, place, kept_in(self.definitions, "comment" if place else "page", detail))

    def _withhold_in(self, table: SheetTable, form: dict[str, Any]) -> None:
        """Refuse names, dates and long numbers where a table asks for none; a row without a code may be a signature."""
        asked = [table.columns.get(name) for name in self.definitions.personal_data["asked"]]
        rows = [r for r in table.rows() if table.cell(r, form["required"][0]) != ""]
        counts = ["count"] if form is self.form["sheets"]["figures"] else []
        self._withhold(table.sheet, rows, asked, ("no_name", "no_date", *counts))

    def _withhold(
        self, sheet: Sheet, rows: Iterable[int], skipped: Collection[int | None], places: tuple[str, ...]
    ) -> None:
        """Put `WITHHELD` where the cells of some rows, but for the columns `skipped`, hold personal data."""
        found = personal_cells(self.definitions, set().union(*(sheet.rows[r] for r in rows)), places)
        for r in rows if found else ():
            for c, cell in enumerate(sheet.rows[r]):
                if c not in skipped and cell in found:
                    self._refuse(sheet, (r, c), found[cell])
                    sheet.rows[r][c] = WITHHELD

    def _refuse(self, sheet: Sheet, place: tuple[int, int] | None, detail: tuple[str, str]) -> None:
        cell = address(*place) if place else None
        self.problems.add("personal_data", sheet=sheet.name, cell=cell, detail=detail)

    def _keys(self, key: str) -> dict[str, Given]:
        """Return what stands beside each key of a sheet; a key that is not found is noted."""
        sheet, wanted = self.sheets[key], self.form["sheets"][key]["keys"]
        names = {word(text): name for name, text in wanted.items()}
        found: dict[str, Given] = {}
        first: dict[str, str] = {}
        for r, row in enumerate(sheet.rows):
            for c, cell in enumerate(row):
                name = names.get(word(cell).rstrip(":*")) if isinstance(cell, str) and cell else None
                if name in first:
                    where = {"sheet": sheet.name, "cell": address(r, c)}
                    self.problems.add("duplicate_column", **where, value=cell, detail=first[name])
                elif name is not None:
                    first[name] = address(r, c)
                    found[name] = self._given(sheet, r, c, wanted[name])
        for name, label in wanted.items():
            if name not in found:
                self.problems.add("missing_row", sheet=sheet.name, label=f'"{label}"')
        return found

    def _given(self, sheet: Sheet, row: int, column: int, label: str) -> Given:
        """Return what stands right of the key in a cell."""
        cells = sheet.rows[row]
        beside = next((c for c in range(column + 1, len(cells)) if cells[c] != ""), column + 1)
        value, cell = sheet.get(row, beside), address(row, beside)
        if isinstance(value, ExcelError):
            self.problems.add(value.rule, sheet=sheet.name, cell=cell, value=value, label=label)
            value = ""
        return Given("" if self.blank(value) else plain_text(value), sheet.name, cell)

    def _table(self, key: str) -> SheetTable | None:
        """Return the table of a sheet, or None when columns that must be there are missing, and say so."""
        sheet, form = self.sheets[key], self.form["sheets"][key]
        table = SheetTable(sheet, form["columns"])
        missing = [name for name in form["required"] if name not in table.columns]
        for name in missing:
            self.problems.add("missing_column", sheet=sheet.name, value=form["columns"][name])
        if missing:
            return None
        for name, row, c in table.repeated:
            where = {"sheet": sheet.name, "cell": address(row, c)}
            self.problems.add("duplicate_column", **where, value=form["columns"][name], detail=table.headings[name])
        if "keys" not in form:
            self._withhold_in(table, form)
        known = {word(text) for text in form["columns"].values()}
        for row in table.header_rows:
            first, last = min(table.columns.values()), max(table.columns.values())
            for c, cell in enumerate(sheet.rows[row]):
                if cell == "" or c in table.columns.values() or word(cell).rstrip(":*") in known:
                    continue
                beside_table = "keys" in form and not first <= c <= last
                if not beside_table and any(sheet.get(r, c) != "" for r in table.rows()):
                    self.problems.add("extra_column", sheet=sheet.name, cell=address(row, c), value=cell)
        return table

    def _read_identity(self) -> tuple[Unit | None, Report]:
        given = self._keys("identity") if "identity" in self.sheets else {}
        fields = ("unit_code", "unit_name", "district", "period")
        unit, report = self.identity(
            *(given.get(f, Given(sheet=self.form["sheets"]["identity"]["name"])) for f in fields)
        )
        if "reported_on" in given:
            label = self.form["sheets"]["identity"]["keys"]["reported_on"]
            if not given["reported_on"].text:
                self.problems.add(
                    "not_reported",
                    sheet=given["reported_on"].sheet,
                    cell=given["reported_on"].cell,
                    label=label,
                )
            report.reported_on = self._date(given["reported_on"], label)
            if report.reported_on and report.period:
                due_on = self.definitions.periods[report.period].due_on
                if report.reported_on > due_on:
                    self.problems.add(
                        "late_report",
                        sheet=given["reported_on"].sheet,
                        cell=given["reported_on"].cell,
                        value=f"{report.reported_on:%d/%m/%Y}",
                        limit=f"{due_on:%d/%m/%Y}",
                    )
        return unit, report

    def _date(self, given: Given, label: str) -> date | None:
        if not given.text:
            return None
        try:
            return read_date(given.text)
        except BadValue as error:
            self.problems.add(error.rule, sheet=given.sheet, cell=given.cell, value=given.text, label=label)
            return None

    def _stage_date(self, given: Given, label: str, last_day: date) -> date | None:
        day = self._date(given, label)
        if day and day > last_day:
            shown = {"value": f"{day:%d/%m/%Y}", "limit": f"{last_day:%d/%m/%Y}"}
            self.problems.add("stage_after_report", sheet=given.sheet, cell=given.cell, label=label, **shown)
        return day

    def _coded_rows(
        self, table: SheetTable, codes: dict[str, str], number_columns: list[str]
    ) -> Iterator[tuple[int, str]]:
        """Yield (row, name) for each row whose code is in `codes`; note unknown, double and missing codes."""
        sheet = table.sheet.name
        seen: dict[str, str] = {}
        for row in table.rows():
            cell = table.cell(row, "code")
            where = {"sheet": sheet, "cell": table.address(row, "code")}
            if cell == "":
                if any(not self.blank(table.cell(row, column)) for column in number_columns):
                    self.problems.add("row_without_code", **where)
                continue
            name = codes.get(_code_key(plain_text(cell)))
            if name is None:
                # A heading that runs across the table is no code.
                has_figures = any(table.cell(row, column) != "" for column in number_columns)
                if has_figures or isinstance(cell, ExcelError) or _looks_like_code(cell):
                    self._unknown_code(cell, where, self.form["sheets"]["figures"]["columns"]["code"])
            elif name in seen:
                self.problems.add("duplicate_code", **where, measure=name, value=cell, detail=seen[name])
            else:
                seen[name] = where["cell"]
                yield row, name
        for name in codes.values():
            if name not in seen and name in self.asked:
                self.problems.add("missing_row", sheet=sheet, measure=name)

    def _unknown_code(self, cell: Cell, where: dict[str, Any], label: str) -> None:
        rule = cell.rule if isinstance(cell, ExcelError) else "unknown_code"
        self.problems.add(rule, **where, value=cell, label=label)

    def _read_figures(self) -> Iterator[Figure]:
        table = self._table("figures")
        if table is None:
            return
        groups = list(self.form["groups"])
        codes = {_code_key(m.code): m.measure for m in self.definitions.measures.values()}
        for row, name in self._coded_rows(table, codes, groups):
            measure = self.definitions.measures[name]
            for group in groups:
                cell = table.cell(row, group)
                where = {"sheet": table.sheet.name, "cell": table.address(row, group)}
                if group not in measure.groups:
                    if not self.blank(cell):
                        self.problems.add("figure_not_asked", **where, measure=name, value=cell)
                    continue
                if group == "total" and self.blank(cell):
                    self.note_missing_total(measure, where)
                value = self.count(cell, name, measure.may_not_arise, where)
                yield Figure(where["sheet"], where["cell"], name, group, value)

    def _read_tasks(self) -> Iterator[TaskResult]:
        table = self._table("tasks")
        if table is None:
            return
        codes = {_code_key(t.code): f"task.{t.item}" for t in self.definitions.tasks.values()}
        for row, name in self._coded_rows(table, codes, ["result"]):
            task = self.definitions.tasks[name.removeprefix("task.")]
            where = {"sheet": table.sheet.name, "cell": table.address(row, "result")}
            yield TaskResult(task.task, task.item, self.task_value(table.cell(row, "result"), task, where))

    def _read_play_areas(self, unit: Unit | None, period: Period | None) -> Iterator[PlayArea]:
        table = self._table("play_areas")
        if table is None:
            return
        for row in table.rows():
            if all(self.blank(table.cell(row, column)) for column in table.columns):
                continue
            yield self._play_area(table, row, unit, period)

    def _play_area(self, table: SheetTable, row: int, unit: Unit | None, period: Period | None) -> PlayArea:
        labels = self.form["sheets"]["play_areas"]["columns"]

        def where(column: str) -> dict[str, Any]:
            return {"sheet": table.sheet.name, "cell": table.address(row, column), "label": labels[column]}

        def read(column: str, reader: Callable[[Cell], T]) -> T | None:
            cell = table.cell(row, column)
            if self.blank(cell):
                return None
            try:
                return reader(cell)
            except BadValue as error:
                limits = {"year_out_of_range": f"{first_year}-{last_year}", "too_large": self.form["limits"]["amount"]}
                self.problems.add(error.rule, **where(column), value=cell, limit=limits.get(error.rule))
                return None

        def needed(column: str, value: str | None) -> str:
            if self.blank(table.cell(row, column)):
                self.problems.add("missing_value", **where(column))
            return value or ""

        condition = self._choice(table.cell(row, "condition"), self.form["play_area_conditions"], where("condition"))
        first_year, last_year = self._years_of_use(period, condition)
        lat, lon = read("lat", read_coordinate), read("lon", read_coordinate)
        for column in ("lat", "lon"):
            if self.blank(table.cell(row, column)):
                self.problems.add("not_reported", **where(column))
        lat, lon = self._position(lat, lon, unit, where("lat"))
        return PlayArea(
            name=needed("name", read("name", read_text)),
            hamlet=read("hamlet", read_text),
            kind=needed("kind", self._choice(table.cell(row, "kind"), self.form["play_area_kinds"], where("kind"))),
            lat=lat,
            lon=lon,
            area_m2=read("area_m2", lambda cell: read_amount(cell, self.form["limits"]["amount"])),
            since_year=read("since_year", lambda cell: _read_year(cell, first_year, last_year)),
            condition=needed("condition", condition),
            accessible=read("accessible", self.yes_or_no),
        )

    def _years_of_use(self, period: Period | None, condition: str | None) -> tuple[int, int]:
        """Return the first and the last year in which a play area can have come, or come, into use."""
        limits = self.form["limits"]
        year = period.year if period else max(p.year for p in self.definitions.periods.values())
        is_there = period and condition not in self.form["play_areas_to_come"]["conditions"]
        return limits["first_year"], year if is_there else year + limits["years_ahead"]

    def _choice(self, cell: Cell, choices: dict[str, str], where: dict[str, Any]) -> str | None:
        """Return the choice that the cell names, None with a problem where it names none."""
        if self.blank(cell):
            return None
        said = word(cell)
        for choice in choices:
            if said == word(choice):
                return choice
        rule = cell.rule if isinstance(cell, ExcelError) else "unknown_word"
        self.problems.add(rule, **where, value=cell, limit=", ".join(choices))
        return None

    def _position(
        self, lat: float | None, lon: float | None, unit: Unit | None, where: dict[str, Any]
    ) -> tuple[float | None, float | None]:
        if lat is None or lon is None:
            return lat, lon
        at = {"sheet": where["sheet"], "cell": where["cell"], "value": f"{lat:.5f}; {lon:.5f}"}
        bounds = self.definitions.province["bounds"]
        extent = self.definitions.extents.get((unit.vintage, unit.code)) if unit else None
        if not _within(bounds, lat, lon):
            self.problems.add("swapped_coordinates" if _within(bounds, lon, lat) else "outside_province", **at)
        elif unit and extent and not extent.may_hold(lat, lon):
            self.problems.add("outside_commune", **at, detail=full_name(unit))
        return lat, lon

    def _read_child_friendly(self, report: Report) -> ChildFriendly:
        given = self._keys("child_friendly")
        labels = self.form["sheets"]["child_friendly"]["keys"]
        stages = {words: stage for stage, words in self.form["stages"].items()}
        result = ChildFriendly()
        stage = given.get("stage")
        if stage and stage.text:
            where = {"sheet": stage.sheet, "cell": stage.cell, "label": labels["stage"]}
            result.stage = stages.get(self._choice(stage.text, stages, where) or "")
        elif stage:
            self.problems.add("not_reported", sheet=stage.sheet, cell=stage.cell, label=labels["stage"])
        period = self.definitions.periods.get(report.period or "")
        last_day = report.reported_on or (date(period.year, 12, 31) if period else date.max)
        result.registered_on = self._stage_date(given.get("registered_on", Given()), labels["registered_on"], last_day)
        result.recognised_on = self._stage_date(given.get("recognised_on", Given()), labels["recognised_on"], last_day)
        result.registration_document = given.get("registration_document", Given()).text or None
        result.recognition_decision = given.get("recognition_decision", Given()).text or None
        needed = {
            "registered": ["registered_on"],
            "assessed": ["registered_on"],
            "recognised": ["registered_on", "recognised_on"],
        }
        for name in needed.get(result.stage or "", []):
            if stage and name in given and not given[name].text:
                self.problems.add(
                    "stage_without_date",
                    sheet=given[name].sheet,
                    cell=given[name].cell,
                    value=stage.text,
                    label=labels[name],
                )
        result.criteria = list(self._read_criteria(points_expected=result.stage in ("assessed", "recognised")))
        return result

    def _read_criteria(self, points_expected: bool) -> Iterator[Criterion]:  # noqa: PLR0912
        table = self._table("child_friendly")
        if table is None:
            return
        sheet, form = table.sheet.name, self.form["sheets"]["child_friendly"]
        seen: dict[int, str] = {}
        points_sum, total = Decimal(0), None
        for row in table.rows():
            cell = table.cell(row, "criterion")
            where = {"sheet": sheet, "cell": table.address(row, "points")}
            # The form's own sum, which the programmes that do not reckon leave without a result.
            own_sum = word(cell) == word(form["total_row"]) and isinstance(table.cell(row, "points"), NoResult)
            points = None if own_sum else self._points(table.cell(row, "points"), where, plain_text(cell))
            if word(cell) == word(form["total_row"]):
                total = points, where
                continue
            if cell == "":
                if points is not None:
                    self.problems.add("row_without_code", **where)
                continue
            number = re.match(r"(?:tiêu chí)?(\d+)", word(plain_text(cell)))
            criterion = int(number[1]) if number else 0
            if criterion not in self.definitions.criteria:
                if number or points is not None or isinstance(cell, ExcelError):
                    at = {"sheet": sheet, "cell": table.address(row, "criterion")}
                    self._unknown_code(cell, at, form["columns"]["criterion"])
                continue
            if criterion in seen:
                label = f"{form['columns']['criterion']} {criterion}"
                self.problems.add("duplicate_code", **where, label=label, detail=seen[criterion])
                continue
            seen[criterion] = where["cell"]
            points_max = self.definitions.criteria[criterion]
            at_maximum = {"sheet": sheet, "cell": table.address(row, "points_max")}
            said = self._points(table.cell(row, "points_max"), at_maximum, str(criterion))
            if said not in (None, points_max):
                self.problems.add("criterion_maximum", **at_maximum, value=said, label=criterion, limit=points_max)
            if points is None and points_expected and self.blank(table.cell(row, "points")):
                self.problems.add("not_reported", **where, label=f"{form['columns']['criterion']} {criterion}")
            if points is not None and points > points_max:
                self.problems.add("points_above_maximum", **where, value=points, label=criterion, limit=points_max)
            points_sum += points or 0
            yield Criterion(criterion, points_max, points)
        for criterion in self.definitions.criteria:
            if criterion not in seen:
                self.problems.add("missing_row", sheet=sheet, label=f"{form['columns']['criterion']} {criterion}")
        if total and total[0] is not None and total[0] != points_sum:
            self.problems.add("points_do_not_add_up", **total[1], value=total[0], limit=points_sum)

    def _points(self, cell: Cell, where: dict[str, Any], label: str) -> Decimal | None:
        if self.blank(cell):
            return None
        try:
            return read_amount(cell, self.form["limits"]["count"])
        except BadValue as error:
            self.problems.add(error.rule, **where, value=cell, label=label, limit=self.form["limits"]["count"])
            return None


@lru_cache(maxsize=20_000)
def _code_key(text: str) -> str:
    """Return a form code without regard to case, spaces and leading zeros: `6.3.01` is `6.3.1`."""
    parts = word(text).rstrip(".").split(".")
    return ".".join(p.lstrip("0") or "0" if p.isdecimal() else p for p in parts)


def _looks_like_code(cell: Cell) -> bool:
    return re.fullmatch(r"[at]?\d+(\.\d+)*\.?", word(plain_text(cell))) is not None


def _read_year(cell: Cell, first: int, last: int) -> int:
    try:
        year = read_count(cell, last)
    except BadValue as error:
        if isinstance(cell, ExcelError):
            raise
        raise BadValue("year_out_of_range") from error
    if year < first:
        raise BadValue("year_out_of_range")
    return year


def _within(bounds: dict[str, float], lat: float, lon: float) -> bool:
    return bounds["south"] <= lat <= bounds["north"] and bounds["west"] <= lon <= bounds["east"]
