"""Counts of child protection as people read them: a number where it is shown, else the sign of what it is."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pages.shared.figures import STATUS_SIGNS, units_reported
from pages.shared.text import Text

Row = dict[str, Any]
"""A row of a question about `protection_count`; what is missing in it is None."""


def count(row: Row, text: Text) -> str:
    """Return the number, or the sign of masked or not reported."""
    return text.number(int(row["value"])) if row["state"] == "shown" else STATUS_SIGNS[row["state"]][0]


def count_in_words(row: Row, text: Text) -> str:
    """Return the number, or in words why there is none."""
    if row["state"] == "shown":
        return text.number(int(row["value"]))
    return f"{STATUS_SIGNS[row['state']][0]} {text('status.' + row['state'])}"


def label(row: Row, text: Text) -> str:
    """Return code and name of what is counted."""
    return f"{row['code']} {text.pick(row['label_vi'], row['label_en'])}"


def unit_counts(rows: Sequence[Row], heads: dict[str, str], text: Text) -> pd.DataFrame:
    """Return one row a unit and one column a measure of `heads`, with the unit's code as the index.

    `rows` are those of the question `protection_units`.
    """
    by_unit: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_unit.setdefault(row["unit_code"], {})[row["measure"]] = row
    firsts = [next(iter(own.values())) for own in by_unit.values()]
    columns: dict[str, list[object]] = {text("column.name"): [first["name"] for first in firsts]}
    columns |= {head: [count(own[measure], text) for own in by_unit.values()] for measure, head in heads.items()}
    columns[text("column.reported")] = [
        units_reported(min(own.values(), key=lambda r: r["units_reported"]), text) for own in by_unit.values()
    ]
    columns[text("column.district")] = [first["district"] for first in firsts]
    return pd.DataFrame(columns, index=pd.Index(by_unit, name=text("column.code")))


def period_counts(rows: Sequence[Row], text: Text) -> pd.DataFrame:
    """Return one row a measure and one column a period; `rows` are those of the question `protection_commune`."""
    periods = list(dict.fromkeys(r["period"] for r in sorted(rows, key=lambda r: _in_time(r["period"]))))
    by_measure: dict[str, dict[str, str]] = {}
    for row in rows:
        by_measure.setdefault(label(row, text), {})[row["period"]] = count(row, text)
    columns: dict[str, list[object]] = {text("column.measure"): list(by_measure)}
    columns |= {text.short_period(period): [own[period] for own in by_measure.values()] for period in periods}
    return pd.DataFrame(columns)


def _in_time(period: str) -> tuple[str, bool]:
    return period[:4], not period.endswith("-H1")
