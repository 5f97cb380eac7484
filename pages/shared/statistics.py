"""What the statistics say, in the reader's words. Every number comes from the warehouse; here are only words."""

from dataclasses import dataclass
from decimal import Decimal
from math import erfc, sqrt
from typing import Any

import pandas as pd

from etl.definitions import load
from pages.shared.figures import JUDGED, Figure, is_running_total, records
from pages.shared.palette import READINGS
from pages.shared.text import Text

PACE_SIGNS = {
    "target_met": "✓",
    "on_track": "↑",
    "acceleration_needed": "↗",
    "limited_progress": "→",
    "deterioration": "↓",
    "insufficient_data": "?",
}


@dataclass(frozen=True)
class Judgement:
    """One row of the question `judgements`: pace, recent trend and bounds of one of the province's indicators."""

    text: Text
    row: dict[str, Any]
    period: str

    @property
    def target(self) -> str:
        return self.text.target(self.row["comparator"], self._target_value())

    def short(self) -> str:
        """Return what a card does not say yet: the pace, and that the missing cannot change the result."""
        said = " · ".join(filter(None, (self._pace(), self._bounds())))
        return said[:1].upper() + said[1:]

    def may_change(self, province: Figure) -> bool:
        """Tell whether the missing reports can turn the indicator's result, met or not, into the other."""
        r = self.row
        if not r["units_missing"] or province.status not in JUDGED:
            return False
        if r["verdict"] is None:
            before = province.row["value_year_before"]
            return r["lower"] is None or bool(r["lower"] <= before < r["upper"])
        return r["verdict"] in ("depends", "unknown")

    def pace_sentence(self) -> str:
        """Return what was, when the target is reached that way, and what it takes to be in time."""
        t, r = self.text, self.row
        if r["pace"] is None:
            return t("pace.rising")
        said = [] if r["judged_period"] == self.period else [t("pace.by_years", year=str(int(r["year"])))]
        if r["pace"] == "insufficient_data":
            return " ".join([*said, t("pace.insufficient")])
        if r["rate"] is not None:
            way = "rose" if r["rate"] > 0 else "fell" if r["rate"] < 0 else "flat"
            first = t.percent(int(r["first_numerator"]), int(r["first_denominator"]), self._target_value())
            value = t.percent(int(r["pace_numerator"]), int(r["pace_denominator"]), self._target_value())
            rate = points(abs(r["rate"]), t)
            first_year, year = str(int(r["first_year"])), str(int(r["year"]))
            said.append(t(f"pace.{way}", first=first, first_year=first_year, value=value, year=year, rate=rate))
        if r["pace"] == "target_met":
            return " ".join([*said, t("pace.met", target=self.target)])
        said.append(self._arrival())
        late = r["reached_year"] is None or r["reached_year"] > r["horizon_year"]
        if late and r["rate_from_now"] is not None:
            needed = points(r["rate_from_now"], t)
            said.append(t("pace.needed", needed=needed, horizon=str(int(r["horizon_year"]))))
        return " ".join(said)

    def trend_sentence(self) -> str:
        """Return whether the last years have moved more than chance would have it."""
        return self.text("trend." + self.row["trend"], years=int(self.row["trend_years_needed"]))

    def bounds_sentence(self) -> str:
        """Return between what the share lies whatever the missing communes have."""
        t, r = self.text, self.row
        if r["units_missing"] is None:
            return t("bounds.not_applicable")
        if not r["units_missing"]:
            return t("bounds.complete")
        missing = int(r["units_missing"])
        if r["units_unknown"] or not r["whole_denominator"]:
            return t("bounds.unknown", count=missing, unknown=int(r["units_unknown"]))
        low, high = self.bounds_values()
        return t(f"bounds.{self._verdict() or 'no_target'}", count=missing, low=low, high=high, target=self.target)

    def bounds_values(self) -> tuple[str, str]:
        """Return the lowest and the highest share that the missing communes leave possible."""
        r, whole, target = self.row, int(self.row["whole_denominator"]), self._target_value()
        low = self.text.percent(int(r["numerator"]), whole, target)
        return low, self.text.percent(int(r["numerator"] + r["missing_denominator"]), whole, target)

    def _pace(self) -> str:
        this_period = self.row["judged_period"] == self.period
        if self.row["pace"] is None or (this_period and self.row["pace"] == "target_met"):
            return ""
        status, year = pace_words(self.row["pace"], self.text), str(int(self.row["year"]))
        return self.text("pace.line" if this_period else "pace.line_year", status=status, year=year)

    def _bounds(self) -> str:
        verdict = self._verdict()
        return self.text(f"bounds.short.{verdict}") if verdict in ("met", "not_met") else ""

    def _verdict(self) -> str | None:
        """Return what the missing can change; that half a year's running total misses the target says nothing."""
        half = is_running_total(self.row["indicator"], self.period)
        return None if half and self.row["verdict"] == "not_met" else self.row["verdict"]

    def _arrival(self) -> str:
        t, reached, horizon = self.text, self.row["reached_year"], int(self.row["horizon_year"])
        latest = load().statistics.pace_latest_year
        if reached is None:
            return t("pace.never", target=self.target)
        if reached > latest:
            return t("pace.too_late", target=self.target, latest=str(latest), horizon=str(horizon))
        key = "pace.in_time" if reached <= horizon else "pace.late"
        return t(key, reached=str(int(reached)), target=self.target, horizon=str(horizon))

    def _target_value(self) -> Decimal | None:
        value = self.row["target_value"]
        return None if value is None else Decimal(str(value))


def judgements(frame: pd.DataFrame, text: Text, period: str) -> dict[str, Judgement]:
    """Return what the statistics say of each indicator; `frame` answers the question `judgements`."""
    return {r["indicator"]: Judgement(text, r, period) for r in records(frame)}


def pace_words(status: str, text: Text) -> str:
    """Return whether the pace leads to the target in time, with its sign."""
    return f"{PACE_SIGNS[status]}\u00a0{text('pace.status.' + status)}"


def reading_words(reading: str, text: Text) -> str:
    """Return whether a unit or a group can be told apart from what it is compared with."""
    sign = READINGS[reading][1] if reading in READINGS else "∅"
    return f"{sign} {text('reading.' + reading)}"


def points(value: float, text: Text) -> str:
    """Return percentage points to as many decimals as it takes to say something, two at the most."""
    if 0 < value < 0.005:
        return text("points.below", least=text.number(0.01, 2))
    return text.number(value, 1 if value == 0 or value >= 0.95 else 2)


def span(low: float | None, high: float | None, text: Text, decimals: int = 1) -> str:
    """Return an interval as `91,2 – 95,0`, a dash where there is none."""
    if low is None or high is None:
        return text("value.none")
    return text("value.span", low=signed(low, text, decimals), high=signed(high, text, decimals))


def bounds_span(row: dict[str, Any] | None, text: Text) -> str | None:
    """Return a row of bounds as an interval; None where there is no row, a dash where a denominator is not known."""
    return None if row is None else span(row["lower"], row["upper"], text)


def signed(value: float, text: Text, decimals: int = 1) -> str:
    """Return a number whose minus sign is as wide as a plus."""
    said = text.number(abs(value), decimals)
    return f"−{said}" if value < 0 and said.strip("0.,") else said


def readings_line(communes: list[Figure], text: Text) -> str:
    """Return how many communes can be told apart from the province, and which way."""
    found = [f.row["reading"] for f in communes]
    behind, alike, ahead = (text.number(found.count(reading)) for reading in ("behind", "alike", "ahead"))
    province = text.number(next(f.row["province_value"] for f in communes if f.row["reading"]), 1) + text.unit("%")
    return text("funnel.counts", province=province, behind=behind, alike=alike, ahead=ahead)


def readings_note(communes: list[Figure], text: Text) -> str:
    """Return why only the outer limits count: how many the inner ones would call different by chance alone."""
    tested = sum(f.row["reading"] is not None for f in communes)
    by_chance = tested * erfc(load().statistics.z_inner / sqrt(2))
    return text("funnel.note", tested=tested, wrong=max(1, round(by_chance)))


def place(figure: Figure, text: Text) -> str:
    """Return between which places a commune stands, the highest share first."""
    first, last = figure.row["place_from"], figure.row["place_to"]
    if first is None:
        return text("value.none")
    return f"{int(first)}–{int(last)}" if first != last else f"{int(first)}"


def equity_sentence(rows: list[dict[str, Any]], text: Text) -> str:
    """Return who is behind all others for sure, worst first."""
    behind = sorted((r for r in rows if r["reading"] == "behind"), key=lambda r: r["difference"])
    if not behind:
        return text("equity.nobody_behind")
    named = [
        text("equity.one_behind", who=text("comparison." + r["comparison"]), points=points(-r["difference"], text))
        for r in behind
    ]
    return text("equity.behind", groups="; ".join(named))


def equity_table(rows: list[dict[str, Any]], text: Text) -> pd.DataFrame:
    """Return one row a comparison: both shares, their difference in points and their ratio, with 95 % intervals."""
    return pd.DataFrame(
        {
            text("column.comparison"): [text("comparison." + r["comparison"]) for r in rows],
            text("column.reading"): [reading_words(r["reading"], text) for r in rows],
            text("column.group_value"): [r["group_value"] for r in rows],
            text("column.other_value"): [r["other_value"] for r in rows],
            text("column.difference"): [r["difference"] for r in rows],
            text("column.difference_span"): [span(r["difference_lower"], r["difference_upper"], text, 2) for r in rows],
            text("column.ratio"): [r["ratio"] for r in rows],
            text("column.ratio_span"): [ratio_span(r, text) for r in rows],
            text("column.group_counts"): [_counts(r, "group", text) for r in rows],
            text("column.other_counts"): [_counts(r, "other", text) for r in rows],
            text("column.compared"): [r["units_compared"] for r in rows],
            text("column.contradictory"): [r["units_contradictory"] for r in rows],
        }
    )


def ratio_span(row: dict[str, Any], text: Text) -> str:
    """Return the interval of a ratio, or that there is none because a logarithm of 0 does not exist."""
    if row["ratio"] is not None and row["ratio_lower"] is None:
        return text("equity.no_logarithm")
    return span(row["ratio_lower"], row["ratio_upper"], text, 2)


def _counts(row: dict[str, Any], side: str, text: Text) -> str:
    numerator, denominator = row[f"{side}_numerator"], row[f"{side}_denominator"]
    if denominator is None:
        return text("value.none")
    return text("figure.of", numerator=int(numerator), denominator=int(denominator))
