"""Text that a spreadsheet would take for a formula: whoever opens a file must not run what somebody else wrote."""

import re
from typing import TypeVar

T = TypeVar("T")

_SEPARATOR = re.compile(r"([,;\t\r\n])")
_SIGNED_NUMBER = re.compile(r"[+-][\d.,\s]+%?")


def is_formula(words: str) -> bool:
    """Tell whether a spreadsheet may take words for a formula; a sign alone is none, nor a number with its sign."""
    return len(words) > 1 and words.startswith(tuple("=+-@\t\r")) and not _SIGNED_NUMBER.fullmatch(words)


def harmless(cell: T) -> T | str:
    """Return a cell as it may stand where nothing tells text from formulas: a formula has an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and is_formula(cell) else cell


def harmless_in_csv(cell: T) -> T | str:
    """Return a cell as it may stand in CSV, also where a spreadsheet of another language separates otherwise.

    Quotes do not help there: within a line they are characters as any other.
    """
    return harmless("".join(map(harmless, _SEPARATOR.split(cell)))) if isinstance(cell, str) else cell
