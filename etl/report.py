"""A report as read from a file, before anything is compared with anything else."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from etl.definitions import Definitions
from etl.personal_data import withheld

_SHOWN_CHARACTERS = 80


class Problem(NamedTuple):
    """Something wrong with a report, and what to do about it. `cell` is an A1 address, also in a CSV file."""

    severity: str
    rule: str
    sheet: str | None
    cell: str | None
    measure: str | None
    value: str | None
    message_vi: str
    message_en: str


class Figure(NamedTuple):
    """A count in a cell; `value` None means not reported."""

    sheet: str | None
    cell: str
    measure: str
    population_group: str
    value: int | None


class PlayArea(NamedTuple):
    name: str
    hamlet: str | None
    kind: str
    lat: float | None
    lon: float | None
    area_m2: Decimal | None
    since_year: int | None
    condition: str
    accessible: bool | None


class TaskResult(NamedTuple):
    """`value` is a count, 0 or 1, or an amount in the item's unit; None means not reported."""

    task: int
    item: str
    value: Decimal | None


class Criterion(NamedTuple):
    criterion: int
    points_max: Decimal
    points: Decimal | None


@dataclass
class ChildFriendly:
    """How far a commune is on the way to being child-friendly; `stage` None means not reported."""

    stage: str | None = None
    registered_on: date | None = None
    registration_document: str | None = None
    recognised_on: date | None = None
    recognition_decision: str | None = None
    criteria: list[Criterion] = field(default_factory=list)


@dataclass
class Report:
    """One commune's report for one period. `play_areas` and `child_friendly` None mean not reported at all."""

    unit_code: str | None = None
    vintage: str | None = None
    period: str | None = None
    reported_on: date | None = None
    figures: list[Figure] = field(default_factory=list)
    play_areas: list[PlayArea] | None = None
    child_friendly: ChildFriendly | None = None
    tasks: list[TaskResult] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return not any(p.severity == "error" for p in self.problems)


class ProblemList:
    """Collects the problems of one report, worded by the definitions."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.rows: list[Problem] = []

    def add(
        self,
        rule: str,
        *,
        sheet: str | None = None,
        cell: str | None = None,
        measure: str | None = None,
        value: object = None,
        **params: object,
    ) -> None:
        """Add a problem; a parameter that differs between the languages is a pair (Vietnamese, English)."""
        limit = self.definitions.form["limits"]["problems"]
        if len(self.rows) > limit:
            return
        if len(self.rows) == limit:
            rule, sheet, cell, measure, value, params = "too_many_problems", None, None, None, limit, {}
        self.rows.append(word_problem(self.definitions, rule, sheet, cell, measure, value, params))


def word_problem(
    definitions: Definitions,
    rule: str,
    sheet: str | None,
    cell: str | None,
    measure: str | None,
    value: object,
    params: dict[str, Any],
) -> Problem:
    """Return the problem with its messages filled in; `label` is the measure's unless `params` has one.

    What looks like personal data is not repeated.
    """
    shown = None if value is None else withheld(definitions, shorten(value))
    sheet = None if sheet is None else withheld(definitions, sheet)
    definition = definitions.rules[rule]
    if measure is not None and "label" not in params:
        params["label"] = measure_label(definitions, measure)
    messages = []
    for language, text in enumerate((definition.vi, definition.en)):
        words = {k: v[language] if isinstance(v, tuple) else v for k, v in params.items()}
        messages.append(text.format(value=shown, **words))
    return Problem(definition.severity, rule, sheet, cell, measure, shown, *messages)


def measure_label(definitions: Definitions, measure: str) -> tuple[str, str]:
    """Return code and name of a measure, or of a task's item written `task.<item>`, in both languages."""
    named = definitions.measures.get(measure) or definitions.tasks[measure.partition(".")[2]]
    return f"{named.code} {named.label_vi}", f"{named.code} {named.label_en}"


def shorten(value: object) -> str:
    """Return `value` as one printable line of bounded length."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "".join(c if c.isprintable() else " " for c in str(value)[: 4 * _SHOWN_CHARACTERS])
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
