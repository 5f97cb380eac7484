"""Read single cells of a report, whichever file they stand in, and note what is wrong with them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from etl.cells import Cell, ExcelError
from etl.definitions import Definitions, Measure, TaskItem, Unit
from etl.identify import Given, identify
from etl.report import ProblemList, Report
from etl.values import BadValue, read_amount, read_count, read_text, word

T = TypeVar("T")


class CellReader:
    """Reads single cells and notes what is wrong with them."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.form = definitions.form
        self.problems = ProblemList(definitions)
        self.not_reported = {word(w) for w in self.form["words"]["not_reported"]}
        self.nothing_arose = {word(w) for w in self.form["words"]["nothing_arose"]}

    def blank(self, cell: Cell) -> bool:
        """Tell whether a cell says that there is no figure."""
        return isinstance(cell, str) and not isinstance(cell, ExcelError) and word(cell) in self.not_reported

    def count(self, cell: Cell, measure: str, may_not_arise: bool, where: dict[str, Any]) -> int | None:
        """Return a count, None where it is not reported or, with a problem noted, not readable."""
        if isinstance(cell, str) and word(cell) in self.nothing_arose:
            if may_not_arise:
                return 0
            self.problems.add("nothing_arose_not_allowed", **where, measure=measure, value=cell)
            return None
        return self.number(read_count, cell, self.form["limits"]["count"], measure, where)

    def number(
        self, read: Callable[[Cell, int], T], cell: Cell, largest: int, measure: str, where: dict[str, Any]
    ) -> T | None:
        if self.blank(cell):
            return None
        try:
            return read(cell, largest)
        except BadValue as error:
            self.problems.add(error.rule, **where, measure=measure, value=cell, limit=largest)
            return None

    def task_value(self, cell: Cell, task: TaskItem, where: dict[str, Any]) -> Decimal | None:
        measure = f"task.{task.item}"
        if self.blank(cell):
            self.problems.add("not_reported", **where, measure=measure)
            return None
        if task.kind == "amount":
            return self.number(read_amount, cell, self.form["limits"]["amount"], measure, where)
        if task.kind == "yes_no":
            return self.number(lambda cell, _: Decimal(self.yes_or_no(cell)), cell, 1, measure, where)
        count = self.count(cell, measure, False, where)
        return None if count is None else Decimal(count)

    def yes_or_no(self, cell: Cell) -> bool:
        said = word(read_text(cell))
        for answer, words in ((True, "yes"), (False, "no")):
            if said in {word(w) for w in self.form["words"][words]}:
                return answer
        raise BadValue("not_yes_or_no")

    def note_missing_total(self, measure: Measure, where: dict[str, Any]) -> None:
        self.problems.add(
            "required_not_reported" if measure.required else "not_reported", **where, measure=measure.measure
        )

    def identity(self, code: Given, name: Given, district: Given, period: Given) -> tuple[Unit | None, Report]:
        unit, when = identify(self.definitions, code, name, district, period, self.problems)
        vintage = when.vintage if when else unit.vintage if unit else None
        report = Report(
            unit.code if unit else None, vintage, when.period if when else None, problems=self.problems.rows
        )
        return unit, report
