"""The answer to an analyst's question row by row, and which units fulfil the conditions; comparisons are exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from pages.shared.analysis.choice import SEVERAL, Choice, Condition, former_districts
from pages.shared.figures import JUDGED, records, without_half_years

Row = dict[str, Any]


def rows_of(frame: pd.DataFrame, choice: Choice) -> list[Row]:
    """Return the answer to the question `analysis` row by row; what is missing in a row is None."""
    former = former_districts(choice.vintage)
    nowhere = (SEVERAL, "")
    return [
        {
            **r,
            "level": choice.level,
            "vintage": choice.vintage,
            "former": former.get(r["unit_code"], nowhere)[0],
        }
        for r in records(without_half_years(frame.assign(indicator=frame["item"])))
    ]


def exact(row: Row, numerator: str, denominator: str) -> Fraction | None:
    """Return a row's figure, a share in percent; None where there is none. The two name the columns that make it."""
    if row[numerator] is None:
        return None
    if row["kind"] == "count":
        return Fraction(int(row[numerator]))
    return Fraction(100 * int(row[numerator]), int(row[denominator])) if row[denominator] else None


def holds(condition: Condition, row: Row) -> bool | None:
    """Tell whether a row is so, None where that cannot be told. `changed` is by more than `low` in a year."""
    if condition.test == "not_reported":
        return bool(row["status"] == "not_reported")
    if condition.test in ("met", "missed"):
        return (row["status"] == "met") == (condition.test == "met") if row["status"] in JUDGED else None
    value = exact(row, "numerator", "denominator")
    if value is None:
        return None
    if condition.test == "changed":
        before = exact(row, "numerator_year_before", "denominator_year_before")
        return None if before is None else abs(value - before) > condition.low
    return {
        "below": value < condition.low,
        "at_most": value <= condition.low,
        "at_least": value >= condition.low,
        "above": value > condition.low,
        "between": condition.low <= value <= condition.high,
    }[condition.test]


@dataclass(frozen=True)
class Kept:
    """The units that fulfil all conditions, out of how many, and of how many others that cannot be told."""

    units: frozenset[str]
    asked: int
    unknown: int


def fulfilling(rows: Sequence[Row], choice: Choice) -> Kept:
    """Return which units fulfil the conditions; without conditions all do."""
    units = dict.fromkeys(r["unit_code"] for r in rows)
    by_key = {(r["unit_code"], r["period"], r["item"], r["population_group"]): r for r in rows}

    def in_period(unit: str, period: str) -> bool | None:
        found = (by_key.get((unit, period, c.item, c.group)) for c in choice.conditions)
        return _all([None if r is None else holds(c, r) for c, r in zip(choice.conditions, found, strict=True)])

    verdicts = {}
    for unit in units:
        told = [in_period(unit, period) for period in choice.periods]
        # Any holds exactly where not every one fails.
        verdicts[unit] = _all(told) if choice.every else _not(_all([_not(v) for v in told]))
    kept = frozenset(u for u, v in verdicts.items() if v)
    return Kept(kept, len(units), sum(v is None for v in verdicts.values()))


def _all(told: Sequence[bool | None]) -> bool | None:
    return False if False in told else None if None in told else True


def _not(told: bool | None) -> bool | None:
    return None if told is None else not told
