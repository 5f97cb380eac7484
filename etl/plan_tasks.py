"""The tasks of a plan: what each asks, and what is expected of every commune."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

REPORT_ON_TIME = "report_on_time"
"""What is 1 where a commune's report came in time and 0 where it came late: told by the report itself, not in it."""


@dataclass(frozen=True)
class Document:
    """A legal document that a task names."""

    label_vi: str
    label_en: str


@dataclass(frozen=True)
class Expectation:
    """What a task expects of every commune; it is known by its `numerator`.

    Kinds: `yes` (an item is 1), `at_least` (an item reaches `minimum`), `share` (at least `target` percent of
    `denominator`). The first two are ratios as well: of communes that have it. `due` is `half` or `year`: from when on
    it is expected.
    """

    task: int
    kind: str
    label_vi: str
    label_en: str
    numerator: str
    denominator: str | None
    minimum: Decimal | None
    target: Decimal
    due: str

    def is_due(self, period: str) -> bool:
        """Tell whether it is expected by the end of `period` already."""
        return self.due == "half" or not period.endswith("-H1")


@dataclass(frozen=True)
class PlanTask:
    """A task of a plan. `hotlines`: it is about help that children can call."""

    number: int
    label_vi: str
    label_en: str
    wording_vi: str
    wording_en: str
    documents: tuple[Document, ...]
    hotlines: bool
    expectations: tuple[Expectation, ...]


def read_tasks(raw: Iterable[dict[str, Any]]) -> tuple[PlanTask, ...]:
    """Return the tasks of a plan's file."""
    return tuple(
        PlanTask(
            number=t["number"],
            label_vi=t["label_vi"],
            label_en=t["label_en"],
            wording_vi=t["wording_vi"],
            wording_en=t["wording_en"],
            documents=tuple(Document(**d) for d in t.get("documents", ())),
            hotlines=t.get("hotlines", False),
            expectations=tuple(_expectation(t["number"], e) for e in t.get("expectations", ())),
        )
        for t in raw
    )


def _expectation(task: int, raw: dict[str, Any]) -> Expectation:
    is_share = raw["kind"] == "share"
    return Expectation(
        task=task,
        kind=raw["kind"],
        label_vi=raw["label_vi"],
        label_en=raw["label_en"],
        numerator=raw["numerator"] if is_share else raw["item"],
        denominator=raw["denominator"] if is_share else None,
        minimum=None if is_share else Decimal(raw.get("minimum", "1")),
        target=Decimal(raw.get("target", "100")),
        due=raw["due"],
    )


def task_contradictions(
    where: str, tasks: Iterable[PlanTask], items: dict[str, str], measures: Collection[str]
) -> Iterable[str]:
    """Yield, in words, what the tasks of the plan `where` say against themselves and against what is reported.

    `items` holds the kind of each reported result, `measures` the measures that may be shown.
    """
    tasks = list(tasks)
    yield from (
        f"{where}: task {number} stands {n} times" for number, n in Counter(t.number for t in tasks).items() if n > 1
    )
    expected = [e for t in tasks for e in t.expectations]
    yield from (
        f"{where}: {name} is expected {n} times" for name, n in Counter(e.numerator for e in expected).items() if n > 1
    )
    for e in expected:
        at = f"{where}: task {e.task} expects {e.numerator}"
        if e.kind not in ("yes", "at_least", "share"):
            yield f"{at}, but {e.kind} is not yes, at_least or share"
        elif e.kind == "yes" and items.get(e.numerator) != "yes_no" and e.numerator != REPORT_ON_TIME:
            yield f"{at}, which is not answered by yes or no"
        elif e.kind == "at_least" and items.get(e.numerator, "yes_no") == "yes_no":
            yield f"{at}, which is not counted"
        elif e.kind == "share":
            yield from (
                f"{at} of {e.denominator}, but {name} is not reported or is masked"
                for name in (e.numerator, e.denominator)
                if items.get(str(name), "yes_no") == "yes_no" and name not in measures
            )
        if e.minimum is not None and not e.minimum > 0:
            yield f"{at} of at least {e.minimum}, which is not above 0"
        if not 0 < e.target <= 100 or (e.kind != "share" and e.target != 100):
            yield f"{at} of {e.target}, which is not a percentage of its own"
        if e.due not in ("half", "year"):
            yield f"{at} by {e.due}, which is not half or year"
