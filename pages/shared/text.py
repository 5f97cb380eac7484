"""Words and numbers as the reader's language writes them. All texts are in `data/texts/<language>.po`."""

import gettext
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from io import BytesIO
from numbers import Integral

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from etl.definitions import DATA, local_time

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_NARROW_NO_BREAK_SPACE = "\u202f"
_MOST_DECIMALS = 4
_MONTHS_WITH_ZERO = (1, 2)


@dataclass(frozen=True)
class Text:
    """The words of one language."""

    language: str
    catalogue: gettext.GNUTranslations

    def __call__(self, key: str, *, count: int | None = None, **values: object) -> str:
        """Return the text of `key` with its placeholders filled in; raise KeyError where there is none.

        Whole numbers are written by the language's rules; a year is given as text. `count` fills the placeholder of its
        name, and chooses the form of a text that has several.
        """
        found = key if count is None else self.catalogue.ngettext(key, key, count)
        if found == key:
            found = self.catalogue.gettext(key)
        if found == key:
            raise KeyError(key)
        values |= {} if count is None else {"count": count}
        return found.format(**{k: self.number(int(v)) if isinstance(v, Integral) else v for k, v in values.items()})

    def pick(self, vi: str, en: str) -> str:
        """Return the one of two texts of the definitions that is in this language."""
        return vi if self.language == "vi" else en

    def number(self, value: float | Decimal, decimals: int = 0) -> str:
        """Return `1.234,5` (vi) or `1,234.5` (en)."""
        return _written(_rounded(Decimal(str(value)), decimals), decimals, self.language)

    def percent(self, numerator: int, denominator: int, target: Decimal | None = None) -> str:
        """Return the percentage to one decimal, or to as many more as it takes not to look equal to a missed target."""
        decimals = percent_decimals(numerator, denominator, target)
        value = _rounded(Decimal(100 * numerator) / Decimal(denominator), decimals)
        return self.number(value, decimals) + self.unit("%")

    @property
    def separators(self) -> str:
        """Return the sign of decimals and that of thousands, as Plotly wants them."""
        return ",." if self.language == "vi" else ".,"

    def unit(self, sign: str) -> str:
        """Return a unit's sign with the space that belongs before it."""
        return f"{_NARROW_NO_BREAK_SPACE}{sign}" if self.language == "vi" or sign != "%" else sign

    def month(self, day: date) -> str:
        """Return the day's month as 7/2025 (vi) or July 2025 (en).

        Vietnamese offices write the first two months with a zero and the others without (Decree 30/2020/NĐ-CP).
        """
        if self.language == "vi":
            return f"{day:%m/%Y}" if day.month in _MONTHS_WITH_ZERO else f"{day:%-m/%Y}"
        return f"{day:%B %Y}"

    def date(self, day: date) -> str:
        """Return the day as 31/12/2021 (vi) or 31 Dec 2021 (en)."""
        return f"{day:%d}/{self.month(day)}" if self.language == "vi" else f"{day:%-d %b %Y}"

    def moment(self, moment: datetime) -> str:
        """Return a moment in UTC as day and hour of the province's own time: `31/12/2021 14:05`."""
        local = local_time(moment)
        return f"{self.date(local)} {local:%H:%M}"

    def period(self, period: str) -> str:
        """Return the name of a period such as `2021-H1`."""
        year, half, _ = period.partition("-H1")
        return self("period.half_year" if half else "period.year", year=year)

    def short_period(self, period: str) -> str:
        """Return the same where there is little room: `6T/2021`, a year as it is."""
        year, half, _ = period.partition("-H1")
        return self("period.half_year_short", year=year) if half else year

    def target(self, comparator: str, value: Decimal | None) -> str:
        """Return a target as the plan words it: `≥ 95 %`, `> 60 %`, or that the share is to rise."""
        if value is None:
            return self("target.rising")
        trimmed = value.normalize()
        decimals = max(0, -int(trimmed.as_tuple().exponent))
        sign = {">=": "≥"}.get(comparator, comparator)
        return f"{sign}\u00a0{self.number(trimmed, decimals)}{self.unit('%')}"


def percent_decimals(numerator: int | Fraction, denominator: int | Fraction, target: Decimal | None) -> int:
    """Return how many decimals a percentage is shown with: more than one where it would look like a missed target."""
    exact = Fraction(100 * numerator, denominator)
    decimals = 1
    while decimals < _MOST_DECIMALS and target is not None and _looks_like(exact, target, decimals):
        decimals += 1
    return decimals


def plain(words: str) -> str:
    """Return what somebody wrote so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>~:$-])", r"\\\1", words)


@cache
def text_of(language: str) -> Text:
    """Return the words of `vi` or `en`."""
    with (DATA / "texts" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Text(language, gettext.GNUTranslations(compiled))


# Babel takes 80 µs for a number, and a table has thousands that are shown again with every choice.
@lru_cache(maxsize=20_000)
def _written(value: Decimal, decimals: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, format=pattern, locale=language))


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _looks_like(exact: Fraction, target: Decimal, decimals: int) -> bool:
    """Tell whether a value that is not the target would be shown as if it were."""
    shown = _rounded(Decimal(exact.numerator) / Decimal(exact.denominator), decimals)
    return exact != Fraction(target) and shown == target
