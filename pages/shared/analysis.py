"""An analyst's questions: what is chosen, which units fulfil the conditions, and the pivot with its true totals.

Everything that is chosen is in the address, so `choice_of` is the only way to a choice. Rows are those of the
question `analysis`; comparisons are exact.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import ceil, floor
from typing import Any

import pandas as pd

from etl.definitions import GROUPS, Definitions, load
from etl.identify import Given, identify
from etl.report import ProblemList
from etl.wording import name_sort_key, strip_marks
from pages.shared.figures import STATUS_SIGNS, Figure, unit_of
from pages.shared.text import Text, text_of

Row = dict[str, Any]
Key = tuple[str, ...]

KEYS = (
    *("what", "at", "list", "district", "kind", "trait", "periods", "groups", "if", "over"),
    *("rows", "cols", "cell", "sort", "chart", "of", "against"),
)
"""What the page's part of the address may hold; lists are joined by commas."""
_CODE = re.compile(r"\d{5}(\.0)?")
_SAID = ("what", "periods", "groups")
PLAY_AREAS = "play_areas_working"
"""The one count that is no measure: it comes from the lists of play areas."""
ALL = "*"
"""Stands for all units together where a sum of units has a row or a column of its own."""
LEVELS = ("commune", "district", "province")
TRAITS = ("border", "extremely_difficult")
TESTS = ("missed", "met", "below", "at_most", "at_least", "above", "between", "changed", "not_reported")
LIMITS = {"below": 1, "at_most": 1, "at_least": 1, "above": 1, "between": 2, "changed": 1}
"""How many limits a test asks for; the others ask for none."""
AREAS = ("unit", "district", "former")
"""What units add up by. `former` is the district that a unit of a vintage without districts lay in, whole."""
DIMENSIONS = (*AREAS, "item", "period", "group")
CELLS = ("value", "numerator", "denominator", "ratio", "gap", "change", "rate", "status")
SORTS = ("low", "high", "name", "code")
CHARTS = ("bar", "line", "scatter", "box", "multiples", "map")
NO_VALUE = ("not_reported", "not_applicable", "masked")
MOST_CONDITIONS = 4
SEVERAL = "-"
"""The former district of a unit that lay in more than one."""
_COLUMNS = {"district": "district_code", "unit": "unit_code", "group": "population_group"}


@dataclass(frozen=True)
class Condition:
    """What is asked of an item of one group; `low` and `high` are in percent, for counts in what is counted."""

    item: str
    group: str
    test: str
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)

    def holds(self, row: Row) -> bool | None:
        """Tell whether a row is so, None where that cannot be told. `changed` is by more than `low` in a year."""
        if self.test == "not_reported":
            return bool(row["status"] == "not_reported")
        if self.test in ("met", "missed"):
            judged = row["status"] in ("met", "near", "missed")
            return (row["status"] == "met") == (self.test == "met") if judged else None
        value = _exact(row, "numerator", "denominator")
        if value is None:
            return None
        if self.test == "changed":
            before = _exact(row, "numerator_year_before", "denominator_year_before")
            return None if before is None else abs(value - before) > self.low
        return {
            "below": value < self.low,
            "at_most": value <= self.low,
            "at_least": value >= self.low,
            "above": value > self.low,
            "between": self.low <= value <= self.high,
        }[self.test]


@dataclass(frozen=True)
class Choice:
    """What is looked at. `units` are codes, `kinds` as in the names; empty lists of units mean all of them.

    A unit is kept where all conditions hold together in `every` period, or else in any. `column` is the column that
    charts, maps and sorting are about, `against` the item on the other axis.
    """

    vintage: str
    items: tuple[str, ...]
    level: str
    units: tuple[str, ...]
    districts: tuple[str, ...]
    kinds: tuple[str, ...]
    traits: tuple[str, ...]
    periods: tuple[str, ...]
    groups: tuple[str, ...]
    conditions: tuple[Condition, ...]
    every: bool
    rows: str
    columns: str
    cell: str
    sort: str
    chart: str
    column: str
    against: str


def choice_of(address: Mapping[str, str], period: str, vintage: str) -> Choice:
    """Return what an address asks for; what it does not say, or says wrongly, is as the page starts.

    `period` and `vintage` are the reader's view.
    """

    def several(name: str, known: Iterable[str]) -> tuple[str, ...]:
        asked = address.get(name, "").split(",")
        return tuple(k for k in dict.fromkeys(known) if k in asked)

    def one(name: str, known: Sequence[str]) -> str:
        return address[name] if address.get(name) in known else known[0]

    d, levels = load(), levels_of(vintage)
    asked_items = address.get("what", "").split(",")
    items = tuple(i for i in dict.fromkeys(asked_items) if i in known_items(period)) or known_items(period)[:1]
    rows = one("rows", dimensions_of(vintage))
    return Choice(
        vintage=vintage,
        items=items,
        level=one("at", levels),
        units=several("list", (u.code for u in d.units.values() if u.vintage == vintage)),
        districts=several("district", districts_of(vintage)),
        kinds=several("kind", kinds_of(vintage)),
        traits=several("trait", TRAITS),
        periods=several("periods", d.periods) or (period,),
        groups=several("groups", GROUPS) or GROUPS[:1],
        conditions=_conditions(address.get("if", ""), period),
        every=address.get("over") != "any",
        rows=rows,
        columns=one("cols", [c for c in ("item", "period", "group", *dimensions_of(vintage)) if c != rows]),
        cell=one("cell", CELLS),
        sort=one("sort", SORTS),
        chart=one("chart", CHARTS),
        column=address.get("of", ""),
        against=address["against"] if address.get("against") in known_items(period) else items[min(1, len(items) - 1)],
    )


def _conditions(words: str, period: str) -> tuple[Condition, ...]:
    found = []
    for part in words.split(",")[:MOST_CONDITIONS]:
        item, group, test, *limits = [*part.split(":"), "", ""] if part.count(":") >= 2 else ["", "", ""]
        if item not in known_items(period) or group not in GROUPS or test not in TESTS:
            continue
        try:
            low, high = (Fraction(limit or 0) for limit in limits[:2])
        except (ValueError, ZeroDivisionError):
            continue
        found.append(Condition(item, group, test, low, high))
    return tuple(found)


def condition_words(item: str, group: str, test: str, low: float | None, high: float | None) -> str:
    """Return a condition as the address writes it."""
    limits = [f"{limit or 0:.12g}" for limit in (low, high)[: LIMITS.get(test, 0)]]
    return ":".join((item, group, test, *limits))


def short_address(asked: Mapping[str, str], period: str, vintage: str) -> dict[str, str]:
    """Return an address without what the page does by itself, but with all figures, periods and groups chosen."""
    whole, found = choice_of(asked, period, vintage), dict(asked)
    for name in asked:
        rest = {k: v for k, v in found.items() if k != name}
        if not asked[name] or (name not in _SAID and choice_of(rest, period, vintage) == whole):
            found = rest
    return found


def known_items(period: str) -> tuple[str, ...]:
    """Return what can be looked at: the plan's indicators in its order, then play areas, then the form's figures."""
    d = load()
    indicators = (t.indicator for target in d.plan_of(period).targets for t in target.indicators)
    return (*indicators, PLAY_AREAS, *d.measures)


def levels_of(vintage: str) -> tuple[str, ...]:
    """Return the levels that a vintage has."""
    return LEVELS if districts_of(vintage) else (LEVELS[0], LEVELS[2])


def dimensions_of(vintage: str) -> list[str]:
    """Return what rows and columns may tell apart among the units of a vintage."""
    absent = "former" if districts_of(vintage) else "district"
    return [d for d in DIMENSIONS if d != absent]


@cache
def former_districts(vintage: str) -> dict[str, tuple[str, str]]:
    """Return for each unit of a vintage without districts the one that all its parts lay in: code and name.

    `SEVERAL` with no name where they lay in more than one.
    """
    d = load()
    parts: dict[str, set[tuple[str, str]]] = {}
    for from_vintage, from_code, to_vintage, to_code in d.succession:
        unit = d.units[from_vintage, from_code]
        if to_vintage == vintage and unit.district_code and unit.district:
            parts.setdefault(to_code, set()).add((unit.district_code, unit.district))
    return {code: next(iter(found)) if len(found) == 1 else (SEVERAL, "") for code, found in parts.items()}


def kinds_of(vintage: str) -> dict[str, str]:
    """Return the kinds of a vintage's communes by what the address calls them: `thi-tran` for "Thị trấn"."""
    kinds = dict.fromkeys(u.unit_type for u in load().units.values() if u.vintage == vintage)
    return {strip_marks(kind).lower().replace(" ", "-"): kind for kind in kinds}


def districts_of(vintage: str) -> dict[str, str]:
    """Return the districts of a vintage: names by codes."""
    units = (u for u in load().units.values() if u.vintage == vintage and u.district_code)
    return {str(u.district_code): str(u.district) for u in units}


def fitting_units(choice: Choice) -> list[str]:
    """Return the codes of the chosen level that the filters leave; kinds, traits and lists are about communes."""
    d = load()
    if choice.level == "province":
        return [d.province["code"]]
    if choice.level == "district":
        return [c for c in districts_of(choice.vintage) if not choice.districts or c in choice.districts]
    kinds = [kind for code, kind in kinds_of(choice.vintage).items() if code in choice.kinds]
    return [
        u.code
        for u in d.units.values()
        if u.vintage == choice.vintage
        and (not choice.units or u.code in choice.units)
        and (not choice.districts or u.district_code in choice.districts)
        and (not kinds or u.unit_type in kinds)
        and all(getattr(u, trait) for trait in choice.traits)
    ]


def recognised(pasted: str, vintage: str, definitions: Definitions, text: Text) -> tuple[list[str], list[str]]:
    """Return the codes of the communes that pasted lines name, and why others were not recognised.

    A line holds a code, a name, or both, and perhaps the district, parted by tabs, semicolons or commas; other numbers
    are passed over. A line of codes alone names several. What counts as a name is what counts in a report.
    """
    period = next(p.period for p in definitions.periods.values() if p.vintage == vintage)
    codes: list[str] = []
    faults: list[str] = []
    for line in pasted.splitlines():
        cells = [c.strip() for c in line.replace(";", "\t").replace(",", "\t").split("\t") if c.strip()]
        known = [c for c in cells if _CODE.fullmatch(c)]
        words = [c for c in cells if any(letter.isalpha() for letter in c)]
        if words:
            asked = [((known or [""])[0], words[0], (words[1:] or [""])[0])]
        else:
            asked = [(code, "", "") for code in known or cells[:1]]
        for code, name, district in asked:
            problems = ProblemList(definitions)
            unit, _ = identify(definitions, Given(code), Given(name), Given(district), Given(period), problems)
            if unit and not problems.rows:
                codes.append(unit.code)
            else:
                faults += [f"{line.strip()}: {text.pick(p.message_vi, p.message_en)}" for p in problems.rows]
    return list(dict.fromkeys(codes)), faults


def question(choice: Choice) -> dict[str, Any]:
    """Return the parameters of the question `analysis`; conditions may be about items and groups that are not shown."""
    fitting = fitting_units(choice)
    everything = len(fitting) == len(fitting_units(_without_filters(choice)))
    items = [*choice.items, *(c.item for c in choice.conditions)]
    items += [choice.against] if choice.chart == "scatter" else []
    return {
        "items": tuple(dict.fromkeys(items)),
        "groups": tuple(dict.fromkeys([*choice.groups, *(c.group for c in choice.conditions)])),
        "periods": choice.periods,
        "level": choice.level,
        "vintage": choice.vintage,
        "province": load().province["code"],
        # No unit has an empty code: where the filters leave none, none is found.
        "units": () if everything else tuple(fitting) or ("",),
        "counts": any(i not in load().indicators for i in items),
    }


def _without_filters(choice: Choice) -> Choice:
    return Choice(**{**vars(choice), "units": (), "districts": (), "kinds": (), "traits": ()})


def rows_of(frame: pd.DataFrame, choice: Choice) -> list[Row]:
    """Return the answer to the question `analysis` row by row; what is missing in a row is None."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    former = former_districts(choice.vintage)
    nowhere = (SEVERAL, "")
    return [
        {
            **{str(k): v for k, v in r.items()},
            "indicator": r["item"],
            "level": choice.level,
            "vintage": choice.vintage,
            "former": former.get(r["unit_code"], nowhere)[0],
        }
        for r in rows
    ]


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
        return _all([None if r is None else c.holds(r) for c, r in zip(choice.conditions, found, strict=True)])

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


def _exact(row: Row, numerator: str, denominator: str) -> Fraction | None:
    if row[numerator] is None:
        return None
    if row["kind"] == "count":
        return Fraction(int(row[numerator]))
    return Fraction(100 * int(row[numerator]), int(row[denominator])) if row[denominator] else None


# The pivot --------------------------------------------------------------------------------------------------


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


def unit_label(places: Mapping[str, Row], dimension: str, code: str, text: Text) -> str:
    """Return the name of a unit or district; `places` has a row of each."""
    place = places[code]
    if dimension == "district":
        return str(place["district"])
    if dimension == "former":
        return next((n for c, n in former_districts(place["vintage"]).values() if c == code and n), "") or text(
            "analysis.several_districts"
        )
    return place["unit_name"] or str(text.pick(load().province["name_vi"], load().province["name_en"]))


def dimension_label(dimension: str, text: Text) -> str:
    """Return what rows or columns tell apart."""
    return text(f"analysis.dimension.{dimension}", month=text.month(load().reform_on))


def item_label(item: str, text: Text) -> str:
    """Return the short name of an indicator, or code and name of a figure of the form."""
    d = load()
    if item == PLAY_AREAS:
        return text("analysis.play_areas")
    if indicator := d.indicators.get(item):
        return text.pick(indicator.short_vi, indicator.short_en)
    measure = d.measures[item]
    return f"{measure.code} {text.pick(measure.label_vi, measure.label_en)}"


def numbered_label(item: str, period: str, text: Text) -> str:
    """Return an item's name, that of an indicator with its target's number."""
    targets = load().plan_of(period).targets
    number = next((p.number for p in targets for t in p.indicators if t.indicator == item), None)
    return item_label(item, text) if number is None else f"{number}. {item_label(item, text)}"


def title(found: Pivot, kept: Kept, text: Text) -> str:
    """Return how many units fulfil the conditions; where there are none, what is looked at."""
    choice = found.choice
    if choice.conditions:
        unit = text(f"analysis.unit.{choice.level}", count=kept.asked)
        return text("analysis.title", kept=text.number(len(kept.units)), asked=text.number(kept.asked), unit=unit)
    named = "; ".join(item_label(i, text) for i in choice.items[:2])
    return named if len(choice.items) <= 2 else text("analysis.title_more", items=named, more=len(choice.items) - 2)


def sentence(found: Pivot, kept: Kept, text: Text) -> str:
    """Return in words what is looked at, and what had to be fulfilled."""
    choice = found.choice
    said = [
        text(f"analysis.level.{choice.level}"),
        ", ".join(text.period(p) for p in choice.periods),
        ", ".join(text(f"group.{g}") for g in choice.groups),
    ]
    asked = [
        f"{item_label(c.item, text)} ({text(f'group.{c.group}')}) {condition_in_words(c, text)}"
        for c in choice.conditions
    ]
    if asked:
        over = [text("analysis.every" if choice.every else "analysis.any")] if len(choice.periods) > 1 else []
        said += ["; ".join([*asked, *over])]
    if kept.unknown:
        said.append(text("analysis.unknown", count=kept.unknown))
    return " · ".join(said)


def condition_in_words(condition: Condition, text: Text) -> str:
    """Return what is asked of an item."""
    limits = [text.number(float(x), 0 if x.denominator == 1 else 2) for x in (condition.low, condition.high)]
    named = text(f"analysis.test.{condition.test}")
    return (
        " – ".join([f"{named} {limits[0]}", limits[1]][: LIMITS[condition.test]]) if condition.test in LIMITS else named
    )


def column_dimensions(choice: Choice) -> tuple[str, ...]:
    """Return what the columns tell apart.

    Items, periods and groups are always told apart, in rows or in columns: only units add up.
    """
    dimensions = [choice.columns, *(d for d in ("item", "period", "group") if d not in (choice.rows, choice.columns))]
    return tuple(dimensions)


def pivot(rows: Sequence[Row], choice: Choice) -> Pivot:
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
    """Return an indicator of several units together with value, gap and status, by the rules of indicator_progress."""
    n, d, comparator = whole["numerator"], whole["denominator"], whole["comparator"]
    if not d:
        return whole | {"status": "not_applicable"}
    whole = whole | {"value": 100 * n / d}
    if comparator is None:
        return whole | {"status": "no_target"}
    if comparator == "rising":
        before = _exact(whole, "numerator_year_before", "denominator_year_before")
        if before is None:
            return whole | {"status": "no_baseline"}
        return whole | {"status": "met" if Fraction(100 * n, d) > before else "missed"}
    target = Fraction(str(whole["target_value"]))
    needed = target * d / 100
    least = ceil(needed) if comparator == ">=" else floor(needed) + 1
    near = Fraction(load().plan_of(whole["period"]).near_margin)
    missed = "near" if Fraction(100 * n, d) >= target - near else "missed"
    return whole | {"gap": max(0, least - n), "status": "met" if n >= least else missed}


# What a cell says -------------------------------------------------------------------------------------------


def number(row: Row, cell: str) -> float | None:
    """Return a cell's number as far as it has one: what it sorts by, and what is drawn of it."""
    if row["numerator"] is None or row["status"] in NO_VALUE:
        return None
    if cell in ("numerator", "denominator", "gap"):
        return None if row[cell] is None else float(row[cell])
    if cell == "change":
        now = _exact(row, "numerator", "denominator")
        then = _exact(row, "numerator_year_before", "denominator_year_before")
        return None if now is None or then is None else float(now - then)
    if cell == "rate" and row["kind"] == "count":
        return 1000 * row["numerator"] / row["denominator"] if row["denominator"] else None
    return float(row["value"])


def cell_unit(item: str, cell: str, text: Text) -> str:
    """Return what the number of a cell counts."""
    d = load()
    indicator = d.indicators.get(item)
    if indicator and cell not in ("numerator", "denominator", "gap"):
        return text("unit.points") if cell == "change" else "%"
    if indicator and indicator.kind == "share_of_communes":
        return text("unit.commune", count=2)
    if cell == "rate":
        return text("analysis.per_1000")
    if item == PLAY_AREAS and cell != "denominator":
        return text("unit.play_areas")
    if indicator is None and cell == "denominator":
        return text("unit.children", count=2)
    return unit_of(d.measures[indicator.denominator if indicator else item], 2, text)


def words(row: Row, cell: str, text: Text) -> str:
    """Return a cell in the reader's words; where there is no value the sign that tells why."""
    status, found = row["status"], number(row, cell)
    sign = STATUS_SIGNS[status][0]
    if cell == "status":
        return f"{sign} {text('status.' + status)}"
    if found is None:
        return sign if status in NO_VALUE else text("value.none")
    if cell == "change":
        decimals = 1 if row["kind"] == "indicator" else 0
        return f"{'+' if found >= 0 else '−'}{text.number(abs(found), decimals)}"
    if cell == "ratio":
        return "/".join(text.number(int(row[k])) for k in ("numerator", "denominator") if row[k] is not None)
    if cell in ("value", "rate") and row["kind"] == "indicator":
        return Figure(text, row).value()
    return text.number(found, 1 if cell == "rate" else 0)
