"""Turn a long CSV file into reports: one for each unit and period."""

import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from typing import Any

from etl.cells import CannotRead, address
from etl.definitions import Definitions
from etl.identify import Given, read_period, unit_digits
from etl.personal_data import WITHHELD, personal_cells, personal_detail
from etl.read_cells import CellReader
from etl.report import Figure, Report, TaskResult
from etl.values import word
from etl.wording import fold

_PLACES = ("no_name", "no_date", "count")
"""What holds of a figure, by `data/personal_data.toml`; the last of counts alone."""
_UTF_16_STARTS = (b"\xff\xfe", b"\xfe\xff")


def read_csv(content: bytes, definitions: Definitions) -> Iterator[Report]:
    """Yield a report for each unit and period of a long CSV file."""
    if b"\0" in content and not content.startswith(_UTF_16_STARTS):
        raise CannotRead("not_a_report", detail=("không phải bảng tính hay CSV", "it is neither a workbook nor CSV"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotRead("wrong_encoding", detail=f"byte {error.start + 1}") from error
    first_line = text.partition("\n")[0]
    del text
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    lines = csv.reader(TextIOWrapper(BytesIO(content), "utf-8-sig", newline=""), delimiter=delimiter)
    try:
        yield from _read_rows(((n, row) for n, row in enumerate(lines) if any(row)), definitions)
    except csv.Error as error:
        raise CannotRead("not_a_report", detail=("tệp CSV hỏng", "the CSV file is damaged")) from error


def _read_rows(rows: Iterator[tuple[int, list[str]]], definitions: Definitions) -> Iterator[Report]:
    _, heads = next(rows, (0, []))
    columns = _columns(heads, definitions)
    limit = definitions.form["limits"]["reports_per_file"]
    reports: dict[tuple[str, str], _CsvReader] = {}
    for n, row in rows:
        personal = _withhold(row, columns, definitions)
        fields = {name: row[c].strip() if c < len(row) else "" for name, c in columns.items()}
        # A unit and a period have one report, in whatever spellings its rows name them.
        period = read_period(fields["period"], definitions)
        key = unit_digits(fields["unit_code"]), period.period if period else fold(fields["period"])
        if key not in reports:
            if len(reports) == limit:
                raise CannotRead("file_too_large", value=f"> {limit} báo cáo", limit=limit)
            reports[key] = _CsvReader(definitions, columns, n, fields["unit_code"], fields["period"])
        for c, detail in personal.items():
            reports[key].problems.add("personal_data", cell=address(n, c), detail=detail)
        if not personal:
            reports[key].add(n, fields)
    if not reports:
        raise CannotRead("not_a_report", detail=("tệp không có dòng số liệu nào", "it has no rows of figures"))
    for reader in reports.values():
        for c, name in enumerate(heads):
            if about := personal_detail(definitions, name, "no_name"):
                reader.problems.add("personal_data", cell=address(0, c), detail=about)
            elif c not in columns.values():
                reader.problems.add("extra_column", cell=address(0, c), value=name)
        yield reader.finish()


def _columns(heads: list[str], definitions: Definitions) -> dict[str, int]:
    """Return where the columns of the form stand; raise `CannotRead` where one is missing or stands there twice."""
    wanted = definitions.form["csv"]["columns"]
    keys = [word(name) for name in heads]
    if missing := ", ".join(name for name in wanted if name not in keys):
        raise CannotRead("not_a_report", detail=(f"thiếu cột {missing}", f"the columns {missing} are missing"))
    if twice := ", ".join(name for name in wanted if keys.count(name) > 1):
        raise CannotRead("not_a_report", detail=(f"có hai cột {twice}", f"it has two columns {twice}"))
    return {name: keys.index(name) for name in wanted}


def _withhold(row: list[str], columns: dict[str, int], definitions: Definitions) -> dict[int, tuple[str, str]]:
    """Put `WITHHELD` where a row holds personal data; return what was found by its column."""
    found: dict[int, tuple[str, str]] = {}
    if not personal_cells(definitions, set(row), _PLACES):
        return found
    asked = [c for name, c in columns.items() if name != "value"]
    # Of an amount in đồng, nine digits are nothing unusual.
    task = len(row) > columns["measure"] and row[columns["measure"]].startswith(definitions.form["csv"]["task_prefix"])
    for c, text in enumerate(row):
        places = () if c in asked else _PLACES if c == columns["value"] and not task else _PLACES[:-1]
        if detail := personal_detail(definitions, text, *places):
            row[c], found[c] = WITHHELD, detail
    return found


class _CsvReader(CellReader):
    """Gathers the rows of one unit and period."""

    def __init__(self, definitions: Definitions, columns: dict[str, int], n: int, code: str, period: str) -> None:
        super().__init__(definitions)
        self.columns = columns
        self.seen: dict[tuple[str, str], str] = {}
        self.prefix = definitions.form["csv"]["task_prefix"]
        code_given = Given(code, None, address(n, columns["unit_code"]))
        period_given = Given(period, None, address(n, columns["period"]))
        _, self.report = self.identity(code_given, Given(), Given(), period_given)

    def add(self, n: int, fields: dict[str, str]) -> None:
        name, group = fields["measure"], fields["group"] or "total"
        cell = address(n, self.columns["value"])
        where: dict[str, Any] = {"sheet": None, "cell": cell}
        task = self.definitions.tasks.get(name.removeprefix(self.prefix)) if name.startswith(self.prefix) else None
        measure = self.definitions.measures.get(name)
        if task is None and measure is None:
            self.problems.add("unknown_code", cell=address(n, self.columns["measure"]), value=name)
            return
        groups = measure.groups if measure else ("total",)
        if group not in self.form["groups"]:
            limit = ", ".join(groups)
            self.problems.add("unknown_group", cell=address(n, self.columns["group"]), value=group, limit=limit)
        elif (name, group) in self.seen:
            self.problems.add("duplicate_code", **where, measure=name, value=name, detail=self.seen[name, group])
        else:
            self.seen[name, group] = cell
            if group not in groups:
                if not self.blank(fields["value"]):
                    self.problems.add("figure_not_asked", **where, measure=name, value=fields["value"])
            elif task:
                self.report.tasks.append(
                    TaskResult(task.task, task.item, self.task_value(fields["value"], task, where))
                )
            elif measure:
                if group == "total" and self.blank(fields["value"]):
                    self.note_missing_total(measure, where)
                value = self.count(fields["value"], name, measure.may_not_arise, where)
                self.report.figures.append(Figure(None, cell, name, group, value))

    def finish(self) -> Report:
        """Note what the file does not have at all, and return the report."""
        if self.report.unit_code is None or self.report.period is None:
            return self.report
        asked = self.definitions.asked(self.report.period)
        for measure in (m for m in self.definitions.measures.values() if m.measure in asked):
            for group in measure.groups:
                if (measure.measure, group) not in self.seen:
                    if group == "total":
                        self.note_missing_total(measure, {})
                    self.report.figures.append(Figure(None, "", measure.measure, group, None))
        for task in (t for t in self.definitions.tasks.values() if f"task.{t.item}" in asked):
            if (f"{self.prefix}{task.item}", "total") not in self.seen:
                self.problems.add("not_reported", measure=f"task.{task.item}")
                self.report.tasks.append(TaskResult(task.task, task.item, None))
        return self.report
