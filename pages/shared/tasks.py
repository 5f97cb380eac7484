"""The plan's tasks as people read them: what each expects of communes, how many did it, what lags most."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from etl.definitions import Plan, load
from etl.plan_tasks import Expectation, PlanTask
from pages.shared.figures import STATUS_SIGNS, Colour, records, unit_of, worst_status
from pages.shared.text import Text

STATE_SIGNS: dict[str, tuple[str, Colour]] = {
    "met": STATUS_SIGNS["met"],
    "partly": ("◐", "orange"),
    "missed": STATUS_SIGNS["missed"],
    "not_applicable": STATUS_SIGNS["not_applicable"],
    "not_reported": STATUS_SIGNS["not_reported"],
}
"""How a commune stands with a whole task: it met all that is expected, a part, nothing, or that cannot be told."""

_SCALE = 10**6
"""The warehouse keeps so many parts of one: a figure times this is whole, and a share of two is exact."""


@dataclass(frozen=True)
class Expected:
    """One thing that is expected of every commune; `row` is one of the question `tasks`, None without reports."""

    text: Text
    definition: Expectation
    row: dict[str, Any] | None

    @property
    def label(self) -> str:
        return self.text.pick(self.definition.label_vi, self.definition.label_en)

    @property
    def due(self) -> bool:
        return self.row is None or bool(self.row["due"])

    @property
    def status(self) -> str:
        return str(self.row["status"]) if self.row else "not_reported"

    @property
    def communes_met(self) -> int:
        return int(self.row["communes_met"]) if self.row else 0

    @property
    def communes_judged(self) -> int:
        """Return of how many communes it can be told whether they met it."""
        return self.communes_met + int(self.row["communes_missed"]) if self.row else 0

    @property
    def numerator(self) -> float | None:
        return self.row["numerator"] if self.row else None

    @property
    def denominator(self) -> float | None:
        return self.row["denominator"] if self.row else None

    def sign(self) -> str:
        return STATUS_SIGNS[self.status][0]

    def status_words(self) -> str:
        return f"{self.sign()} {self.text('status.' + self.status if self.due else 'tasks.not_due')}"

    def communes(self) -> str:
        """Return how many communes met it of how many of which that can be told, a dash where of none."""
        if not self.communes_judged:
            return self.text("value.none")
        unit = self.text("unit.commune", count=self.communes_judged)
        return f"{_of(self.text, self.communes_met, self.communes_judged)} {unit}"

    def reported(self) -> str:
        """Return how many communes reported it of all, those where nothing arose among them."""
        if not self.row or not self.due:
            return ""
        expected = int(self.row["communes_expected"])
        return _of(self.text, expected - int(self.row["communes_not_reported"]), expected)

    def ratio(self) -> str:
        """Return what the province's communes have together, nothing where that are the communes themselves."""
        if self.definition.kind != "share" or self.numerator is None or not self.denominator:
            return ""
        name = str(self.definition.denominator)
        counted = load().tasks.get(name) or load().measures[name]
        ratio = _of(self.text, self.numerator, self.denominator)
        share = self.text.percent(_whole(self.numerator), _whole(self.denominator), self.definition.target)
        return f"{ratio} {unit_of(counted, self.denominator, self.text)} ({share})"

    def value(self) -> str:
        """Return communes and ratio in one line."""
        return " · ".join(filter(None, (self.communes(), self.ratio())))


@dataclass(frozen=True)
class Total:
    """The sum of one reported result; `row` is one of the question `task_totals`, or of `commune_tasks`."""

    text: Text
    item: str
    row: dict[str, Any] | None

    @property
    def label(self) -> str:
        item = load().tasks[self.item]
        return self.text.pick(item.label_vi, item.label_en)

    def value(self) -> str:
        """Return the sum with its unit; of a result that is yes or no, how many of the reporting units say yes."""
        item = load().tasks[self.item]
        if not self.row or self.row["value"] is None:
            return self.text("value.none")
        if item.kind == "yes_no" and self.row["units_expected"] == 1:
            return self.text("value.yes" if self.row["value"] else "value.no")
        if item.kind == "yes_no":
            return _of(self.text, self.row["value"], self.row["units_reported"])
        return f"{_number(self.text, self.row['value'])} {unit_of(item, self.row['value'], self.text)}"

    def reported(self) -> str:
        return _of(self.text, self.row["units_reported"], self.row["units_expected"]) if self.row else ""


@dataclass(frozen=True)
class Task:
    """One task of the plan in one period. `expectations` and `totals` are in the order of the definitions."""

    text: Text
    definition: PlanTask
    expectations: list[Expected]
    totals: list[Total]

    @property
    def number(self) -> int:
        return self.definition.number

    @property
    def label(self) -> str:
        return self.text.pick(self.definition.label_vi, self.definition.label_en)

    @property
    def wording(self) -> str:
        return self.text.pick(self.definition.wording_vi, self.definition.wording_en)

    @property
    def documents(self) -> list[str]:
        """Return the names of the legal documents that the task names."""
        return [self.text.pick(d.label_vi, d.label_en) for d in self.definition.documents]

    @property
    def hotlines(self) -> list[str]:
        """Return the numbers to call where the task is about help that children can call."""
        return list(load().province["hotlines"]) if self.definition.hotlines else []

    @property
    def status(self) -> str:
        """Return the status of what is met worst."""
        return worst_status(e.status for e in self.expectations)

    @property
    def due(self) -> list[Expected]:
        """Return what is expected in this period already."""
        return [e for e in self.expectations if e.due]

    def title(self) -> str:
        return f"{self.number}. {self.label}"

    def sign(self) -> str:
        return STATUS_SIGNS[self.status][0]

    def status_words(self) -> str:
        return f"{self.sign()} {self.text('status.' + self.status if self.due else 'tasks.not_due')}"

    def lagging(self) -> Expected | None:
        """Return what the smallest share of communes met, None where every commune met everything."""
        judged = [e for e in self.due if e.communes_judged]
        behind = [e for e in judged if e.communes_met < e.communes_judged]
        return min(behind, key=lambda e: Fraction(e.communes_met, e.communes_judged), default=None)

    def sentence(self) -> str:
        """Return how many communes did all that is expected, what lags most, and how many did not report."""
        t = self.text
        if not self.expectations:
            return t("tasks.sentence.nothing_expected")
        if not self.due:
            return t("tasks.sentence.not_due")
        row = self.due[0].row or {}
        communes_all, partly, none, unknown = (
            int(row.get(f"communes_{state}", 0)) for state in ("all", "partly", "none", "unknown")
        )
        judged = communes_all + partly + none
        if not judged:
            return t("tasks.sentence.not_reported" if unknown or not row else "tasks.sentence.nothing_arose")
        so_far = "_so_far" if len(self.due) < len(self.expectations) else ""
        lagging = self.lagging()
        if lagging is None:
            said = [t(f"tasks.sentence.all{so_far}", count=judged)]
        elif len(self.due) == 1:
            said = [f"{lagging.label}: {lagging.communes()}"]
        else:
            said = [
                t(f"tasks.sentence.some{so_far}", met=t.number(communes_all), count=judged),
                t("tasks.sentence.lagging", label=lagging.label, communes=lagging.communes()),
            ]
        if unknown:
            said.append(t("tasks.sentence.unknown", count=unknown))
        return "; ".join(said) + "."

    def rows(self) -> list[tuple[str, str, str]]:
        """Return what is expected, how far it is met and its status, each in words."""
        return [(e.label, e.value(), e.status_words()) for e in self.expectations]


def plan_tasks(expectations: pd.DataFrame, totals: pd.DataFrame, plan: Plan, text: Text) -> list[Task]:
    """Return the tasks of `plan`; the frames answer the questions `tasks` and `task_totals`."""
    expected = {r["expectation"]: r for r in records(expectations)}
    summed = {r["item"]: r for r in records(totals)}
    return [
        Task(
            text,
            task,
            [Expected(text, e, expected.get(e.numerator)) for e in task.expectations],
            [Total(text, i.item, summed.get(i.item)) for i in load().tasks.values() if i.task == task.number],
        )
        for task in plan.tasks
    ]


def results_table(rows: Sequence[dict[str, Any]], text: Text) -> pd.DataFrame:
    """Return one row a reported result of a commune; `rows` are those of the question `commune_tasks`."""
    by_item = {r["item"]: r for r in rows}
    totals = [Total(text, item, by_item.get(item)) for item in load().tasks]
    statuses = [total.row and total.row["status"] for total in totals]
    return pd.DataFrame(
        {
            text("column.code"): [load().tasks[total.item].code for total in totals],
            text("column.result"): [total.value() for total in totals],
            text("column.status"): [f"{STATUS_SIGNS[s][0]} {text('status.' + s)}" if s else "" for s in statuses],
            text("column.task"): [total.label for total in totals],
        }
    )


def state_words(state: str, text: Text) -> str:
    """Return how a commune stands with a whole task, its sign first."""
    return f"{STATE_SIGNS[state][0]} {text('tasks.state.' + state)}"


def commune_table(rows: Sequence[dict[str, Any]], task: Task) -> pd.DataFrame:
    """Return one row a commune and one column an expectation; `rows` are those of the question `task_units`."""
    t = task.text
    by_unit = rows_by_unit(rows)
    firsts = [own[0] for own in by_unit.values()]
    columns: dict[str, list[object]] = {
        t("column.name"): [first["name"] for first in firsts],
        t("column.status"): [state_words(first["task_status"], t) for first in firsts],
    }
    for n, expected in enumerate(task.expectations):
        columns[expected.label] = [_cell(own[n], expected) for own in by_unit.values()]
    columns[t("column.district")] = [first["district"] for first in firsts]
    return pd.DataFrame(columns, index=pd.Index(by_unit, name=t("column.code")))


def rows_by_unit(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the question `task_units` commune by commune, in their order."""
    by_unit: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_unit.setdefault(row["unit_code"], []).append(row)
    return by_unit


def _cell(row: dict[str, Any], expected: Expected) -> str:
    """Return the sign of a commune's status, with figures where the sign does not say it all."""
    sign = STATUS_SIGNS[row["status"]][0]
    is_told = expected.definition.kind == "share" or row["units_expected"] > 1
    if not is_told or row["numerator"] is None:
        return sign
    return f"{sign} {_of(expected.text, row['numerator'], row['denominator'])}"


def _of(text: Text, numerator: float, denominator: float) -> str:
    return text("figure.of", numerator=_number(text, numerator), denominator=_number(text, denominator))


def _number(text: Text, value: float) -> str:
    """Return a whole number as such, any other with one decimal."""
    return text.number(value, 0 if float(value).is_integer() else 1)


def _whole(value: float) -> int:
    return int(Decimal(str(value)) * _SCALE)
