"""What a cell means: numbers, dates and words as people in Vietnam write them.

Each reader returns the value, or raises `BadValue` with the name of the rule that the cell breaks.
"""

import re
from datetime import date
from decimal import Decimal
from math import isfinite

from etl.cells import Cell, ExcelError
from etl.wording import word_key

_SPACES = re.compile(r"\s+")
_GROUPED_BY_POINT = re.compile(r"\d{1,3}(?:\.\d{3})+")
_GROUPED_BY_SPACE = re.compile(r"\d{1,3}(?: \d{3})+")
_WHOLE_WITH_ZEROS = re.compile(r"(\d+)[.,]0{1,2}")
_DECIMAL = re.compile(r"\d+(?:[.,]\d+)?")
_LONG_DECIMAL = re.compile(r"(\d{1,3}(?:\.\d{3})+),(\d+)|(\d{1,3}(?:,\d{3})+)\.(\d+)")
_DATE = re.compile(r"(?:(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00:00)?)")


class BadValue(Exception):
    """A cell that cannot be what its column asks for; `rule` says why."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def word(cell: Cell) -> str:
    """Return a cell's text as a key for comparison."""
    return word_key(str(cell))


def plain_text(cell: Cell) -> str:
    """Return a cell's text; a whole number without its `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def read_text(cell: Cell) -> str:
    """Return a cell's text as `plain_text` does; an error value is none."""
    if isinstance(cell, ExcelError):
        raise BadValue(cell.rule)
    return plain_text(cell)


def read_count(cell: Cell, largest: int) -> int:
    """Return a whole number from 0 to `largest`."""
    if isinstance(cell, float) and cell.is_integer() and 0 <= cell <= largest:
        # Nearly all cells are such: no decimal arithmetic for them.
        return int(cell)
    if isinstance(cell, int | float):
        return _checked_count(_cell_number(cell), largest)
    text = _number_text(cell)
    negative = text.startswith("-")
    digits = text.lstrip("-+").strip()
    if digits.isdecimal():
        number = Decimal(digits)
    elif _GROUPED_BY_POINT.fullmatch(digits):
        number = Decimal(digits.replace(".", ""))
    elif _GROUPED_BY_SPACE.fullmatch(digits):
        number = Decimal(digits.replace(" ", ""))
    elif whole := _WHOLE_WITH_ZEROS.fullmatch(digits):
        number = Decimal(whole[1])
    elif _DECIMAL.fullmatch(digits) or _LONG_DECIMAL.fullmatch(digits):
        raise BadValue("negative" if negative else "fraction")
    else:
        raise BadValue("not_a_number")
    return _checked_count(-number if negative else number, largest)


def read_amount(cell: Cell, largest: int) -> Decimal:
    """Return a number from 0 to `largest`; a point before three digits groups thousands, a comma is decimal."""
    if isinstance(cell, int | float):
        return _checked_amount(_cell_number(cell), largest)
    text = _number_text(cell)
    digits = text.lstrip("-+").strip()
    if _GROUPED_BY_POINT.fullmatch(digits):
        number = Decimal(digits.replace(".", ""))
    elif _GROUPED_BY_SPACE.fullmatch(digits):
        number = Decimal(digits.replace(" ", ""))
    elif _DECIMAL.fullmatch(digits):
        number = Decimal(digits.replace(",", "."))
    elif long := _LONG_DECIMAL.fullmatch(digits):
        number = Decimal(re.sub(r"[.,]", "", long[1] or long[3]) + "." + (long[2] or long[4]))
    else:
        raise BadValue("not_a_number")
    return _checked_amount(-number if text.startswith("-") else number, largest)


def read_coordinate(cell: Cell) -> float:
    """Return decimal degrees; here point and comma are both decimal."""
    if isinstance(cell, int | float):
        return float(_cell_number(cell))
    try:
        text = _number_text(cell)
    except BadValue as error:
        if isinstance(cell, ExcelError):
            raise
        raise BadValue("bad_coordinate") from error
    if not _DECIMAL.fullmatch(text.lstrip("-")) or text.count("-") > 1:
        raise BadValue("bad_coordinate")
    return float(text.replace(",", "."))


def read_date(cell: Cell) -> date:
    """Return the date written as 31/12/2021, 31-12-2021, 31.12.2021 or 2021-12-31, or held by a date cell."""
    if isinstance(cell, ExcelError):
        raise BadValue(cell.rule)
    match = _DATE.fullmatch(_ascii_digits(str(cell)).strip())
    if not match:
        raise BadValue("unreadable_date")
    day, month, year = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise BadValue("unreadable_date") from error


def _cell_number(cell: float) -> Decimal:
    """Return a number cell's value; a truth value is no number."""
    if isinstance(cell, bool) or not isfinite(cell):
        raise BadValue("not_a_number")
    return Decimal(repr(cell))


def _number_text(cell: str | ExcelError) -> str:
    """Return the cell's text with ASCII digits and single spaces; raise for what is plainly no number."""
    if isinstance(cell, ExcelError):
        raise BadValue(cell.rule)
    text = _SPACES.sub(" ", _ascii_digits(cell)).strip().replace("−", "-").replace("\u200b", "")
    if "%" in text:
        raise BadValue("percent")
    return text


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else {"．": ".", "，": ",", "％": "%"}.get(c, c) for c in text)


def _checked_count(number: Decimal, largest: int) -> int:
    if number < 0:
        raise BadValue("negative")
    if number != number.to_integral_value():
        raise BadValue("fraction")
    if number > largest:
        raise BadValue("too_large")
    return int(number)


def _checked_amount(number: Decimal, largest: int) -> Decimal:
    if number < 0:
        raise BadValue("negative")
    if number > largest:
        raise BadValue("too_large")
    return number
