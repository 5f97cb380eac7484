"""Which commune reports, and for which period."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from etl.definitions import Definitions, FormerName, Period, Unit
from etl.report import ProblemList
from etl.wording import bare_name, fold, fold_name, has_marks

_PERIOD = re.compile(
    r"(?:năm )?(\d{4})(?:\.0)?"
    r"|(\d{4}) ?[-_/ ]? ?h1"
    r"|(?:báo cáo )?(?:6|sáu) tháng(?: đầu năm)? (?:năm )?(\d{4})"
)


@dataclass(frozen=True)
class Given:
    """A cell of the identity sheet: its text and its address."""

    text: str = ""
    sheet: str | None = None
    cell: str | None = None


# A CSV file repeats its few units and periods in every row.
@lru_cache(maxsize=5_000)
def read_period(text: str, definitions: Definitions) -> Period | None:
    """Return the period that `text` names, None where it names none."""
    match = _PERIOD.fullmatch(fold(text))
    if not match:
        return None
    return definitions.periods.get(match[1] or f"{match[2] or match[3]}-H1")


@lru_cache(maxsize=5_000)
def unit_digits(text: str) -> str:
    """Return a unit's code as it is listed, however it was typed: with spaces, as text, in full-width digits."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lstrip("'").removesuffix(".0")


def identify(
    definitions: Definitions, code: Given, name: Given, district: Given, period: Given, problems: ProblemList
) -> tuple[Unit | None, Period | None]:
    """Return unit and period as far as they can be told for sure; what hinders goes to `problems`."""
    when = read_period(period.text, definitions)
    if not period.text.strip():
        problems.add("missing_period", sheet=period.sheet, cell=period.cell)
    elif when is None:
        years = sorted({p.year for p in definitions.periods.values()})
        problems.add(
            "unreadable_period",
            sheet=period.sheet,
            cell=period.cell,
            value=period.text,
            limit=f"{years[0]}-{years[-1]}",
        )
    vintage = when.vintage if when else None
    if code.text.strip():
        unit = _by_code(definitions, code, name, district, vintage, when, problems)
    elif name.text.strip():
        unit = _by_name(definitions, name, district, vintage, when, problems)
    else:
        problems.add("missing_unit", sheet=code.sheet, cell=code.cell)
        unit = None
    return unit, when


def _by_code(
    d: Definitions,
    code: Given,
    name: Given,
    district: Given,
    vintage: str | None,
    period: Period | None,
    problems: ProblemList,
) -> Unit | None:
    digits = unit_digits(code.text)
    known = [u for v in d.vintages if (u := d.units.get((v.name, digits)))]
    unit = next((u for u in known if vintage in (u.vintage, None)), None)
    if unit is None:
        _not_in_vintage(d, code, bool(known), period, problems)
        return None
    if name.text.strip():
        fitting = _names(d, unit.vintage).find(name.text)
        if unit not in fitting:
            if any(u in _names(d, u.vintage).find(name.text) for u in known):
                _not_in_vintage(d, name, True, period, problems)
            else:
                _disagrees(unit, name, problems)
        elif len(fitting) > 1 and not has_marks(name.text) and has_marks(unit.name):
            _ambiguous(fitting, name, problems)
    if district.text.strip() and not _in_district(d, unit, district.text):
        _disagrees(unit, district, problems)
    return unit


def _by_name(
    d: Definitions,
    name: Given,
    district: Given,
    vintage: str | None,
    period: Period | None,
    problems: ProblemList,
) -> Unit | None:
    if vintage is None:
        return None
    fitting = fitting_units(d, vintage, name.text, district.text)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        _ambiguous(fitting, name, problems)
    else:
        elsewhere = any(_names(d, v.name).find(name.text) for v in d.vintages if v.name != vintage)
        _not_in_vintage(d, name, elsewhere, period, problems)
    return None


def _not_in_vintage(
    d: Definitions, given: Given, elsewhere: bool, period: Period | None, problems: ProblemList
) -> None:
    where = {"sheet": given.sheet, "cell": given.cell}
    if elsewhere and period:
        label = next((v.label_vi, v.label_en) for v in d.vintages if v.name == period.vintage)
        problems.add("wrong_vintage", **where, value=given.text, limit=period.name, detail=label)
    else:
        problems.add("unknown_unit", **where, value=given.text)


def _disagrees(unit: Unit, given: Given, problems: ProblemList) -> None:
    problems.add(
        "unit_name_disagrees",
        sheet=given.sheet,
        cell=given.cell,
        value=given.text,
        limit=unit.code,
        detail=full_name(unit),
    )


def _ambiguous(units: list[Unit], given: Given, problems: ProblemList) -> None:
    candidates = "; ".join(name_and_code(u) for u in sorted(units, key=lambda u: u.code))
    problems.add("ambiguous_unit", sheet=given.sheet, cell=given.cell, value=given.text, detail=candidates)


def fitting_units(definitions: Definitions, vintage: str, name: str, district: str = "") -> list[Unit]:
    """Return the units of a vintage that `name` fits, in `district` unless that is empty; former names count."""
    fitting = _names(definitions, vintage).find(name)
    return [u for u in fitting if _in_district(definitions, u, district)] if district.strip() else fitting


def full_name(unit: Unit | FormerName) -> str:
    """Return the unit's name with its district, where there is one."""
    return f"{unit.name}, {unit.district}" if unit.district else unit.name


def name_and_code(unit: Unit | FormerName) -> str:
    """Return the unit's full name and its code: no other unit is called so."""
    return f"{full_name(unit)} ({unit.code})"


class _Names:
    """The units of one vintage by the names that they bear or bore, with and without marks."""

    def __init__(self, definitions: Definitions, vintage: str) -> None:
        self.exact: dict[str, list[Unit]] = {}
        self.bare: dict[str, list[Unit]] = {}
        named = [(u.name, u) for u in definitions.units.values() if u.vintage == vintage]
        former = [
            (f.name, definitions.units[f.vintage, f.code]) for f in definitions.former_names if f.vintage == vintage
        ]
        for name, unit in named + former:
            for index, key in ((self.exact, fold_name(name)), (self.bare, bare_name(name))):
                if unit not in index.setdefault(key, []):
                    index[key].append(unit)

    def find(self, name: str) -> list[Unit]:
        """Return the units that `name` fits; one written without marks fits all that differ by marks alone."""
        exact = self.exact.get(fold_name(name), [])
        return exact if exact or has_marks(name) else self.bare.get(bare_name(name), [])


@cache
def _names(definitions: Definitions, vintage: str) -> _Names:
    return _Names(definitions, vintage)


def _in_district(d: Definitions, unit: Unit, district: str) -> bool:
    if unit.district is None:
        return True
    former = (f.district for f in d.former_names if (f.vintage, f.code) == (unit.vintage, unit.code))
    key = fold_name if has_marks(district) else bare_name
    return key(district) in {key(name) for name in (unit.district, *former)}
