"""One row of `indicator_progress` as people read it: value, change, gap, status, sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, overload

import pandas as pd

from etl.definitions import Indicator, Measure, TaskItem, load
from pages.shared.text import Text

Colour = Literal["green", "orange", "red", "gray"]

STATUS_SIGNS: dict[str, tuple[str, Colour]] = {
    "met": ("✓", "green"),
    "near": ("≈", "orange"),
    "missed": ("✗", "red"),
    "half_year": ("½", "gray"),
    "not_reported": ("?", "gray"),
    "not_applicable": ("∅", "gray"),
    "masked": ("⋯", "gray"),
    "no_baseline": ("◌", "gray"),
    "no_target": ("·", "gray"),
}
"""Each status has a sign, so that colour alone carries no meaning.

All are the warehouse's but `half_year`: a running total of half a year that is short of the whole year's target. What
it lacks is the calendar's, so pages neither judge it nor tell a gap; the warehouse compares it as it stands.
"""

LAGGING = ("missed", "near")
"""Who falls short of the target; of them, some nearly meet it."""

JUDGED = ("met", *LAGGING)
"""Who is judged by the target."""

CHANGE_LOOKS: dict[str, tuple[Literal["up", "down", "off"], Colour]] = {
    "up": ("up", "green"),
    "down": ("down", "red"),
    "same": ("off", "gray"),
}
"""The arrow and the colour of a change: of every indicator, more is better."""


@dataclass(frozen=True)
class Figure:
    """An indicator's value for one unit, period and group, in the reader's words."""

    text: Text
    row: dict[str, Any]

    @property
    def indicator(self) -> Indicator:
        return load().indicators[self.row["indicator"]]

    @property
    def is_yes_or_no(self) -> bool:
        """Tell whether the figure is about one commune's part in a share of communes."""
        return self.row["level"] == "commune" and self.indicator.kind == "share_of_communes"

    @property
    def has_value(self) -> bool:
        return self.row["value"] is not None

    @property
    def has_counts(self) -> bool:
        return self.row["numerator"] is not None

    @property
    def has_target(self) -> bool:
        return self.row["comparator"] is not None

    @property
    def is_asked(self) -> bool:
        """Tell whether the plan asks something of the figure that can be judged in its period."""
        return self.has_target and self.status != "half_year"

    @property
    def status(self) -> str:
        return str(self.row["status"])

    @property
    def target_value(self) -> Decimal | None:
        value = self.row["target_value"]
        return None if value is None else Decimal(str(value))

    def name(self) -> str:
        """Return what the indicator is called in few words."""
        return self.text.pick(self.row["short_vi"], self.row["short_en"])

    def value(self) -> str:
        """Return the percentage, a dash where there is none."""
        if not self.has_value:
            return self.text("value.none")
        if self.is_yes_or_no:
            return yes_or_no(self.row["numerator"], self.text)
        return self.text.percent(int(self.row["numerator"]), int(self.row["denominator"]), self.target_value)

    def status_words(self) -> str:
        return status_words(self.status, self.text)

    def target(self) -> str:
        return self.text.target(self.row["comparator"], self.target_value)

    def target_name(self) -> str:
        """Return what the target is called beside the figure: half a year is held against a whole one's."""
        return self.text("indicator.target_year" if self.status == "half_year" else "indicator.target")

    def unit(self, count: int = 2) -> str:
        """Return what numerator and denominator count, in the form that `count` of them take."""
        if self.indicator.kind == "share_of_communes":
            return self.text("unit.commune", count=count)
        return unit_of(load().measures[self.indicator.denominator], count, self.text)

    def ratio(self) -> str:
        """Return numerator of denominator, nothing where both would say no more than the value."""
        if self.is_yes_or_no:
            return ""
        if not self.has_counts:
            return self.text("value.none")
        return self.text("figure.of", numerator=int(self.row["numerator"]), denominator=int(self.row["denominator"]))

    def counts(self) -> str:
        """Return numerator of denominator and what they count."""
        ratio = self.ratio()
        return f"{ratio} {self.unit(int(self.row['denominator']))}" if ratio and self.has_counts else ratio

    def units(self) -> str:
        """Return how many communes reported, of how many: `109/111`."""
        return units_reported(self.row, self.text)

    def reported(self) -> str:
        """Return the same in words."""
        return self.text("figure.reported", reported=self.row["units_reported"], expected=self.row["units_expected"])

    def gap(self) -> str | None:
        """Return how many are missing to the target and what they are, None where none are or none can be told."""
        if not self.row["gap"] or self.is_yes_or_no:
            return None
        gap = int(self.row["gap"])
        return f"{self.text.number(gap)} {self.unit(gap)}"

    def in_short(self) -> str:
        """Return name, value, target and gap; that a share is to rise goes without saying."""
        t = self.text
        said = f"{self.name()}: {self.value()}" + (f" ({self.target()})" if self.target_value is not None else "")
        return f"{said}, {t('meeting.short', gap=self.gap()).lower()}" if self.gap() else said

    def change(self) -> float | None:
        """Return the change against the year before in percentage points."""
        now, then = self.row["value"], self.row["value_year_before"]
        return None if now is None or then is None else float(now - then)

    def change_direction(self) -> str:
        """Return `up`, `down` or `same`: as far as it is told, a change that is none is no change."""
        change = self.change() or 0
        return "same" if round(change, 1) == 0 else "up" if change > 0 else "down"

    def change_number(self) -> str | None:
        """Return the same with its sign."""
        change = self.change()
        return None if change is None else f"{'+' if change >= 0 else '−'}{self.text.number(abs(change), 1)}"

    def change_words(self) -> str | None:
        """Return the same with its unit."""
        number = self.change_number()
        return number and f"{number} {self.text('unit.points')}"

    def change_sentence(self) -> str | None:
        """Return the same against what, as a part of a sentence."""
        change = self.change()
        if change is None:
            return None
        points = f"{self.text.number(abs(change), 1)} {self.text('unit.points')}"
        return self.text("sentence." + self.change_direction(), change=points, period=self.year_before())

    def year_before(self) -> str:
        name = self.text.period(load().periods[self.row["period"]].year_before)
        return name[0].lower() + name[1:]

    def sentence(self, *, with_value: bool = True) -> str:
        """Return one sentence that says no more than the figures do."""
        t = self.text
        if not self.has_value:
            reason = "not_reported" if self.status == "not_reported" else "not_applicable"
            return _capitalised(t("sentence." + reason)) + "."
        said = [self.value()] if with_value else []
        if self.status == "met" and self.target_value is not None:
            said.append(t("sentence.met", target=self.target()))
        elif self.status == "half_year":
            said.append(t("sentence.half_year", target=self.target()))
        elif self.gap():
            said.append(t("sentence.missed", target=self.target(), gap=self.gap()))
        if changed := self.change_sentence():
            said.append(changed)
        return _capitalised("; ".join(said)) + "."


def units_reported(row: Mapping[str, Any], text: Text) -> str:
    """Return how many communes reported what a row tells, of how many: `109/111`."""
    return "/".join(text.number(int(row[k])) for k in ("units_reported", "units_expected"))


def yes_or_no(numerator: float, text: Text) -> str:
    """Return one commune's part in a share of communes."""
    return text("value.yes" if numerator else "value.no")


def status_words(status: str, text: Text) -> str:
    """Return a status with its sign."""
    return f"{STATUS_SIGNS[status][0]} {text('status.' + status)}"


def unit_of(counted: Measure | TaskItem, count: float, text: Text) -> str:
    """Return what a figure counts, in the form that `count` of them take."""
    return text.pick(counted.unit_vi, counted.unit_one_en if count == 1 else counted.unit_en)


def figures(frame: pd.DataFrame, text: Text) -> list[Figure]:
    """Return a figure for each row."""
    return [Figure(text, row) for row in records(without_half_years(frame))]


class Figures(Sequence[Figure]):
    """The same for maps, of a country with ten thousand rows: each figure is made when it is asked for."""

    def __init__(self, frame: pd.DataFrame, text: Text) -> None:
        self._frame, self._text = without_half_years(frame), text
        self._columns: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return len(self._frame)

    @overload
    def __getitem__(self, place: int) -> Figure: ...

    @overload
    def __getitem__(self, place: slice) -> "Figures": ...

    def __getitem__(self, place: int | slice) -> "Figure | Figures":
        if isinstance(place, slice):
            return Figures(self._frame.iloc[place], self._text)
        return figures(self._frame.iloc[[place]], self._text)[0]

    def __iter__(self) -> Iterator[Figure]:
        return iter(figures(self._frame, self._text))

    def column(self, name: str) -> list[Any]:
        """Return what the rows have in a column; what is missing is None."""
        if name not in self._columns:
            self._columns[name] = _values(self._frame[name])
        return self._columns[name]


@cache
def running_totals() -> frozenset[str]:
    """Return the shares of which half a year brings half: counted through the year, out of a stock."""
    d = load()
    flows = {name: measure.flow for name, measure in d.measures.items()}
    return frozenset(
        i.indicator
        for i in d.indicators.values()
        if (flows.get(i.numerator), flows.get(i.denominator)) == ("cumulative", "stock")
    )


def is_running_total(indicator: str, period: str) -> bool:
    """Tell whether an indicator's value is one of half a year that the other half goes on with."""
    return period.endswith("-H1") and indicator in running_totals()


def without_half_years(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows in which running totals of half a year miss nothing; one that is to rise has its like a year ago."""
    asked = set(zip(frame["indicator"].to_numpy(), frame["period"].to_numpy(), strict=True))
    running = [pair for pair in asked if is_running_total(*pair)]
    if not running:
        return frame
    halves = (
        pd.MultiIndex.from_frame(frame[["indicator", "period"]]).isin(running)
        & frame["status"].isin(LAGGING)
        & (frame["comparator"] != "rising")
    )
    unknown = {"status": "half_year", "gap": None, "closes": None, "in_closing_set": False}
    told = {name: frame[name].mask(halves, value) for name, value in unknown.items() if name in frame}
    return frame.assign(**told)


def column(shown: Sequence[Figure], name: str) -> list[Any]:
    """Return what the rows of figures have in a column."""
    return shown.column(name) if isinstance(shown, Figures) else [f.row[name] for f in shown]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each row by its columns' names; what is missing in a row is None."""
    columns = {str(name): _values(column) for name, column in frame.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


# A column at once: a map of the country has ten thousand rows.
def _values(column: pd.Series) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return [None if pd.isna(v) else v for v in column]
    values: list[Any] = column.to_numpy(object, na_value=None).tolist()
    return values


def lagging_words(statuses: Iterable[str], text: Text, unit: str = "commune", target: str = "") -> str:
    """Return how many of those that can be judged fall short of the target, which may be named, and how many narrowly.

    What they are is `unit`: commune, district or field of a table.
    """
    counted, units = Counter(statuses), text(f"lagging.unit.{unit}")
    missed = sum(counted[status] for status in LAGGING)
    judged = missed + counted["met"]
    if not judged:
        return text("lagging.nobody", unit=units)
    key = "lagging.count_of_target" if target else "lagging.count"
    said = text(key, missed=missed, judged=judged, unit=units, target=target)
    return said + text("lagging.near", near=counted["near"]) if counted["near"] else said


def target_status(indicators: list[Figure]) -> str:
    """Return the status of a target: that of its worst indicator."""
    return worst_status(f.status for f in indicators)


def worst_status(statuses: Iterable[str]) -> str:
    """Return the worst of several statuses, but none for what cannot be judged yet."""
    order = ("missed", "near", "not_reported", "half_year", "met")
    found = set(statuses)
    return next((s for s in order if s in found), "not_applicable")


def _capitalised(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
