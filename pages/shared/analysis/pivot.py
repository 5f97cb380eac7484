"""The pivot of an analysis, with true totals: sums of numerators and of denominators, judged anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any

from etl.definitions import load
from etl.wording import name_sort_key
from pages.shared.analysis.answer import Row, exact
from pages.shared.analysis.choice import AREAS, Choice
from pages.shared.analysis.labels import item_label, unit_label
from pages.shared.figures import JUDGED, is_running_total
from pages.shared.text import Text, text_of

Key = tuple[str, ...]

ALL = "*"
"""Stands for all units together where a sum of units has a row or a column of its own."""
NO_VALUE = ("not_reported", "not_applicable", "masked")
MARKED = (*JUDGED, "half_year")
"""What is marked by the sign and the colour of its status, beside its value."""
_COLUMNS = {"district": "district_code", "unit": "unit_code", "group": "population_group"}


@dataclass(frozen=True)
class Pivot:
    """`cells` by the keys of row and column; a row under `ALL`, and columns that name it, are sums of units.

    `columns` holds the sums after all others. A cell that nobody was asked for is missing.
    """

    choice: Choice
    dimensions: tuple[str, ...]
    rows: list[str]
    columns: list[Key]
    cells: dict[tuple[str, Key], Row]
    places: dict[str, Row]

    @cached_property
    def column(self) -> Key | None:
        """The column that charts, maps and sorting are about: the one in the address, else the first."""
        by_words = {".".join(c): c for c in self.columns}
        return by_words.get(self.choice.column, next(iter(self.columns), None))

    def row_label(self, key: str, text: Text) -> str:
        """Return the name of a row; units whose names others bear too have their codes."""
        return self._label(self.choice.rows, key, text)

    def column_label(self, key: Key, text: Text) -> str:
        """Return the head of a column: what differs between columns, or the item where nothing does."""
        parts = list(zip(self.dimensions, key, strict=True))
        telling = [(d, k) for d, k in parts if len({c[self.dimensions.index(d)] for c in self.columns}) > 1]
        return " · ".join(self._label(d, k, text) for d, k in telling or parts[:1])

    def _label(self, dimension: str, key: str, text: Text) -> str:
        if key == ALL:
            return text("analysis.total")
        if dimension in AREAS:
            return unit_label(self.places, dimension, key, text)
        if dimension == "item":
            return item_label(key, text)
        return text.period(key) if dimension == "period" else text(f"group.{key}")


def column_dimensions(choice: Choice) -> tuple[str, ...]:
    """Return what the columns tell apart.

    Items, periods and groups are always told apart, in rows or in columns: only units add up.
    """
    dimensions = [choice.columns, *(d for d in ("item", "period", "group") if d not in (choice.rows, choice.columns))]
    return tuple(dimensions)


def pivoted(rows: Sequence[Row], choice: Choice) -> Pivot:
    """Return rows by columns of choice; sums are recomputed from numerators and denominators."""
    dimensions = column_dimensions(choice)
    units = {choice.rows, *dimensions} & set(AREAS)
    parts: dict[tuple[str, Key], list[Row]] = {}
    places: dict[str, Row] = {}
    for r in rows:
        places |= {r["former"]: r, r["unit_code"]: r}
        if r["district_code"]:
            places[r["district_code"]] = r
        row, column = _key(r, choice.rows), tuple(_key(r, d) for d in dimensions)
        summed = tuple(ALL if d in AREAS else k for d, k in zip(dimensions, column, strict=True))
        row_keys = {row, ALL} if choice.rows in units else {row}
        for row_key in row_keys:
            for column_key in {column, summed}:
                parts.setdefault((row_key, column_key), []).append(r)
    cells = {
        (row, column): own[0]
        if (dict(zip(dimensions, column, strict=True)) | {choice.rows: row}).get("unit", ALL) != ALL
        else merged(own)
        for (row, column), own in parts.items()
    }
    found = Pivot(
        choice=choice,
        dimensions=dimensions,
        rows=[r for r in dict.fromkeys(r for r, _ in cells) if r != ALL],
        columns=sorted(dict.fromkeys(c for _, c in cells), key=_column_order(choice, dimensions)),
        cells=cells,
        places=places,
    )
    found.rows.sort(key=_row_order(found))
    return found


def _key(row: Row, dimension: str) -> str:
    return str(row[_COLUMNS.get(dimension, dimension)])


def _column_order(choice: Choice, dimensions: tuple[str, ...]) -> Any:
    orders = {"item": choice.items, "period": choice.periods, "group": choice.groups}

    def place(column: Key) -> tuple[Any, ...]:
        return ALL in column, *(
            orders[d].index(k) if d in orders and k in orders[d] else k for d, k in zip(dimensions, column, strict=True)
        )

    return place


def _row_order(found: Pivot) -> Any:
    choice = found.choice
    natural: dict[str, Sequence[str]] = {"item": choice.items, "period": choice.periods, "group": choice.groups}

    def place(row: str) -> tuple[Any, ...]:
        if choice.rows in natural:
            return (natural[choice.rows].index(row),)
        if choice.sort in ("low", "high") and found.column is not None:
            cell = found.cells.get((row, found.column))
            value = None if cell is None else number(cell, choice.cell)
            return value is None, (value or 0) * (1 if choice.sort == "low" else -1), row
        r = found.places[row]
        if choice.sort == "name":
            return name_sort_key(unit_label(found.places, choice.rows, row, text_of("vi"))), row
        return r["district_code"] or "", row

    return place


def merged(rows: Sequence[Row]) -> Row:
    """Return several units as one: sums of those that reported, judged anew; masked where any part is masked.

    All rows are of one item, period and group.
    """
    first = rows[0]
    whole = {
        **first,
        **dict.fromkeys(
            ("numerator", "denominator", "value", "numerator_year_before", "denominator_year_before", "gap")
        ),
        "level": "sum",
        "unit_code": None,
        "units_reported": sum(int(r["units_reported"]) for r in rows),
        "units_expected": sum(int(r["units_expected"]) for r in rows),
    }
    valued = [r for r in rows if r["numerator"] is not None]
    if any(r["status"] == "masked" for r in rows):
        return whole | {"status": "masked"}
    if not valued:
        unasked = all(r["status"] == "not_applicable" for r in rows)
        return whole | {"status": "not_applicable" if unasked else "not_reported"}
    whole["numerator"] = sum(int(r["numerator"]) for r in valued)
    whole["denominator"] = _sum(valued, "denominator")
    if first["kind"] == "count":
        whole["numerator_year_before"] = _sum(rows, "numerator_year_before") if len(valued) == len(rows) else None
        return whole | {"value": float(whole["numerator"]), "status": "no_target"}
    before = [r for r in rows if r["numerator_year_before"] is not None]
    for name in ("numerator_year_before", "denominator_year_before"):
        whole[name] = _sum(before, name) if before else None
    return _judged(whole)


def _sum(rows: Sequence[Row], name: str) -> int | None:
    values = [r[name] for r in rows]
    return None if None in values else sum(int(v) for v in values)


def _judged(whole: Row) -> Row:
    """Return an indicator of several units together with value, gap and status, by the rules of indicator_progress.

    Half a year's running total misses nothing, as everywhere on pages.
    """
    n, d, comparator = whole["numerator"], whole["denominator"], whole["comparator"]
    if not d:
        return whole | {"status": "not_applicable"}
    whole = whole | {"value": 100 * n / d}
    if comparator is None:
        return whole | {"status": "no_target"}
    if comparator == "rising":
        before = exact(whole, "numerator_year_before", "denominator_year_before")
        if before is None:
            return whole | {"status": "no_baseline"}
        return whole | {"status": "met" if Fraction(100 * n, d) > before else "missed"}
    target = Fraction(str(whole["target_value"]))
    needed = target * d / 100
    least = ceil(needed) if comparator == ">=" else floor(needed) + 1
    if n < least and is_running_total(whole["item"], whole["period"]):
        return whole | {"status": "half_year"}
    near = Fraction(load().plan_of(whole["period"]).near_margin)
    missed = "near" if Fraction(100 * n, d) >= target - near else "missed"
    return whole | {"gap": max(0, least - n), "status": "met" if n >= least else missed}


def number(row: Row, cell: str) -> float | None:
    """Return a cell's number as far as it has one: what it sorts by, and what is drawn of it."""
    if row["numerator"] is None or row["status"] in NO_VALUE:
        return None
    if cell in ("numerator", "denominator", "gap"):
        return None if row[cell] is None else float(row[cell])
    if cell == "change":
        now = exact(row, "numerator", "denominator")
        then = exact(row, "numerator_year_before", "denominator_year_before")
        return None if now is None or then is None else float(now - then)
    if cell == "rate" and row["kind"] == "count":
        return 1000 * row["numerator"] / row["denominator"] if row["denominator"] else None
    return float(row["value"])
