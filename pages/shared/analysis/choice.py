"""What an analyst asks: the choice that an address says, its units, and the question to the warehouse.

Everything that is chosen is in the address, so `choice_of` is the only way to a choice.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from etl.definitions import GROUPS, Definitions, load
from etl.identify import Given, identify
from etl.report import ProblemList
from etl.wording import strip_marks
from pages.shared.text import Text

KEYS = (
    *("what", "at", "list", "district", "kind", "trait", "periods", "groups", "if", "over"),
    *("rows", "cols", "cell", "sort", "chart", "of", "against"),
)
"""What the page's part of the address may hold; lists are joined by commas."""
_CODE = re.compile(r"\d{5}(\.0)?")
_SAID = ("what", "periods", "groups")
PLAY_AREAS = "play_areas_working"
"""The one count that is no measure: it comes from the lists of play areas."""
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
MOST_CONDITIONS = 4
SEVERAL = "-"
"""The former district of a unit that lay in more than one."""


@dataclass(frozen=True)
class Condition:
    """What is asked of an item of one group; `low` and `high` are in percent, for counts in what is counted."""

    item: str
    group: str
    test: str
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)


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


def question_of(choice: Choice) -> dict[str, Any]:
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
