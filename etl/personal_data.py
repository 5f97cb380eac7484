"""Children are no names here: what looks like personal data is refused wherever text comes in."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from etl.cells import Cell
from etl.definitions import Definitions
from etl.values import plain_text
from etl.wording import fold, strip_marks

WITHHELD = "…"
"""Stands where personal data stood, so that it goes no further."""

_SHORT_NUMBERS = 99_999_999
_MOST_REMEMBERED = 50_000
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d ?[/.-] ?\d|\d(?:[ .,-]?\d){8}")
"""A date, or as many digits as an identity number has."""


class _Pattern(NamedTuple):
    regex: re.Pattern[str]
    detail: tuple[str, str]


def personal_detail(definitions: Definitions, text: str, *places: str) -> tuple[str, str] | None:
    """Return what personal data `text` seems to hold, in both languages; None where it seems to hold none.

    `places` are those of `data/personal_data.toml` that the text stands in.
    """
    for place in (None, *places):
        if found := _detail(definitions, text, place):
            return found
    return None


def personal_cells(definitions: Definitions, cells: set[Cell], places: tuple[str, ...]) -> dict[Cell, tuple[str, str]]:
    """Return those of the cells that seem to hold personal data, and what."""
    harmless = _harmless(definitions, places)
    new = cells - harmless
    # Numbers too short to be somebody's are not even written out.
    texts = {cell: plain_text(cell) for cell in new if isinstance(cell, str) or abs(cell) > _SHORT_NUMBERS}
    found = {cell: detail for cell, text in texts.items() if (detail := personal_detail(definitions, text, *places))}
    if len(harmless) < _MOST_REMEMBERED:
        harmless |= new - found.keys()
    return found


@cache
def _harmless(definitions: Definitions, _: tuple[str, ...]) -> set[Cell]:
    """Return the cells in which nothing was found so far, from the beginning those that the form has by itself."""
    rows = (*definitions.measures.values(), *definitions.tasks.values())
    return {*_texts(definitions.form), *_texts([list(vars(row).values()) for row in rows])}


def _texts(part: Any) -> Iterator[str]:
    """Yield all texts in a part of the definitions."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        yield from chain(part, *map(_texts, part.values()))
    elif isinstance(part, list):
        yield from chain.from_iterable(map(_texts, part))


def withheld(definitions: Definitions, text: str) -> str:
    """Return a text that a message may repeat: the text itself, unless it seems to hold personal data."""
    return WITHHELD if personal_detail(definitions, text, "no_name") else text


def kept_in(definitions: Definitions, what: str, detail: tuple[str, str]) -> tuple[str, str]:
    """Return what was found together with where, `what` being one of `kept_in` of the definitions."""
    vi, en = definitions.personal_data["kept_in"][what]
    return f"{detail[0]}, {vi}", f"{detail[1]}, {en}"


@lru_cache(maxsize=50_000)
def _detail(definitions: Definitions, text: str, place: str | None) -> tuple[str, str] | None:
    """Return what the patterns of one place find, those that hold everywhere where it is None."""
    if place is None and strip_marks(fold(text)).rstrip(" :*") in _headings(definitions):
        return "cột hoặc mục về nhân thân của trẻ", "a column or item that identifies a child"
    composed = " ".join(unicodedata.normalize("NFC", text).replace("'", "’").split())
    if not _may_hold(definitions, composed):
        return None
    return next((p.detail for p in _patterns(definitions)[place] if _found(p.regex, composed)), None)


def _found(regex: re.Pattern[str], text: str) -> bool:
    """Tell whether a pattern is found: its group `found`, where it has one."""
    if "found" not in regex.groupindex:
        return regex.search(text) is not None
    return any(match["found"] for match in regex.finditer(text))


@cache
def _headings(definitions: Definitions) -> frozenset[str]:
    return frozenset(strip_marks(fold(heading)) for heading in definitions.personal_data["headings"])


def _may_hold(definitions: Definitions, text: str) -> bool:
    """Tell whether a text has at least what any pattern needs to find something: most have not, which is told soon."""
    return bool(_NUMBER.search(text)) or not _telling(definitions).isdisjoint(_WORD.findall(text.lower()))


@cache
def _telling(definitions: Definitions) -> frozenset[str]:
    """Return a word, the longest, of each expression without which no pattern finds a name or a year."""
    said = definitions.personal_data
    told_by = ("child", "children", "born", "identity", "heading_start")
    expressions = _spellings([*said["names"]["surnames"], *(e for name in told_by for e in said["words"][name])])
    return frozenset(max(_WORD.findall(e.lower()), key=len) for e in expressions)


@cache
def _patterns(definitions: Definitions) -> dict[str | None, list[_Pattern]]:
    """Return the patterns of each place with all that stands in <brackets> filled in."""
    said = definitions.personal_data
    surnames = said["names"]["surnames"]
    # `Truong` and `Duong` without tone marks stand for a school and a street as often as for a surname.
    places = {strip_marks(word) for word in said["words"]["place"]}
    bare = [s for s in map(strip_marks, surnames) if s.lower() not in places]
    words = said["words"] | {"not_name": [*said["words"]["not_name"], *_units_like(definitions, {*surnames, *bare})]}
    parts = {name: f"(?i:{_any_of(_spellings(own))})" for name, own in words.items()}
    parts["surname"] = "(?=<capital>)" + _any_of(s for name in (*surnames, *bare) for s in (name, name.upper()))
    parts["small_surname"] = _any_of(name.lower() for name in (*surnames, *bare))
    parts |= said["parts"]

    def filled(regex: str) -> str:
        return re.sub(r"<(\w+)>", lambda m: filled(parts[m[1]]) if m[1] in parts else m[0], regex)

    patterns: dict[str | None, list[_Pattern]] = {}
    for pattern in said["pattern"]:
        detail = pattern["detail_vi"], pattern["detail_en"]
        compiled = _Pattern(re.compile(filled(pattern["regex"])), detail)
        patterns.setdefault(pattern.get("where"), []).append(compiled)
    return patterns


def _units_like(definitions: Definitions, surnames: set[str]) -> Iterable[str]:
    """Yield the units, without their kind, whose names begin as a person's: Đoàn Kết, Quang Minh."""
    for unit in definitions.units.values():
        name = unit.name.removeprefix(f"{unit.unit_type} ")
        if name.partition(" ")[0] in surnames:
            yield fold(name)


def _spellings(words: Iterable[str]) -> Iterable[str]:
    """Yield words with and without marks."""
    for word in words:
        yield from (word, strip_marks(word))


def _any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of the words, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(set(words), key=lambda w: (-len(w), w))))})"
