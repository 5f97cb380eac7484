"""The worked examples of the methods page: what the warehouse says of one indicator, ready for the texts."""

from collections.abc import Callable
from typing import Any

from etl.definitions import load
from pages.shared import queries, statistics
from pages.shared.figures import Figure, figures, records
from pages.shared.filters import View
from pages.shared.text import Text

Example = dict[str, str] | None


def thresholds(current: View) -> dict[str, Any]:
    """Return what words about methods name: the thresholds of `data/statistics.toml` and the plan's horizon."""
    t, s = current.text, load().statistics
    return {
        "on_track": t.number(s.pace_on_track, 2),
        "acceleration_needed": t.number(s.pace_acceleration_needed, 2),
        "limited_progress": t.number(s.pace_limited_progress, 2),
        "horizon": str(current.plan.horizon),
        "years": str(s.trend_years),
        "chi_square_needed": t.number(s.trend_chi_square, 4),
        "outlier_score": t.number(s.outlier_score, 1),
        "outlier_figures": str(s.outlier_figures),
        "outlier_years": str(s.outlier_years),
        "outlier_denominator": str(s.outlier_denominator),
    }


def examples(indicator: str, current: View) -> dict[str, Example]:
    """Return for each method the values of its example; None where the chosen view has none."""
    t, which = current.text, (current.period, current.vintage.name)
    province = next(f for f in figures(queries.overview(*which), t) if f.row["indicator"] == indicator)
    judgement = statistics.judgements(queries.judgements(*which), t, current.period)[indicator]
    communes = [f for f in figures(queries.ranking(indicator, *which), t) if f.row["reading"]]
    compared = [r for r in records(queries.equity(indicator, *which)) if r["difference"] is not None]
    widest = min(compared, key=lambda r: r["difference"], default=None)
    found: dict[str, Callable[[], Example]] = {
        "value": lambda: _value(province),
        "target": lambda: _target(province),
        "change": lambda: _change(province),
        "pace": lambda: _pace(judgement),
        "recent_trend": lambda: _recent_trend(judgement),
        "interval": lambda: _commune(communes, t),
        "funnel": lambda: _commune(communes, t),
        "place": lambda: _commune(communes, t),
        "bounds": lambda: _bounds(judgement),
        "difference": lambda: _difference(widest, t),
        "ratio": lambda: _difference(widest, t),
        "closing_set": lambda: _closing_set(province, figures(queries.left_out(indicator, *which), t)),
        "distance": lambda: _distance(records(queries.play_area_communes(*which)), t),
    }
    return {method: get() for method, get in found.items()}


def _value(province: Figure) -> Example:
    if not province.has_value:
        return None
    t, r = province.text, province.row
    return {
        "indicator": t.pick(r["short_vi"], r["short_en"]),
        "numerator": t.number(int(r["numerator"])),
        "denominator": t.number(int(r["denominator"])),
        "unit": province.unit(),
        "value": province.value(),
        "reported": t.number(int(r["units_reported"])),
        "expected": t.number(int(r["units_expected"])),
    }


def _target(province: Figure) -> Example:
    if not province.has_value or province.target_value is None:
        return None
    gap = province.gap() or province.text("indicator.no_gap")
    return {**(_value(province) or {}), "target": province.target(), "status": province.status_words(), "gap": gap}


def _change(province: Figure) -> Example:
    change, r = province.change_words(), province.row
    if change is None:
        return None
    before = province.text.percent(int(r["numerator_year_before"]), int(r["denominator_year_before"]))
    return {"value": province.value(), "before": before, "change": change}


def _pace(judgement: statistics.Judgement) -> Example:
    t, r = judgement.text, judgement.row
    if r["pace"] is None or r["rate"] is None:
        return None
    share = t.number(r["pace_share"], 2) if r["pace_share"] is not None else t("value.none")
    return {
        "first": t.percent(int(r["first_numerator"]), int(r["first_denominator"])),
        "first_year": str(int(r["first_year"])),
        "value": t.percent(int(r["pace_numerator"]), int(r["pace_denominator"])),
        "year": str(int(r["year"])),
        "rate": statistics.signed(r["rate"], t, 2),
        "needed": statistics.signed(r["rate_needed"], t, 2) if r["rate_needed"] is not None else t("value.none"),
        "share": share,
        "status": statistics.pace_words(r["pace"], t),
        "reached": str(int(r["reached_year"])) if r["reached_year"] is not None else t("value.none"),
    }


def _recent_trend(judgement: statistics.Judgement) -> Example:
    t, chi_square = judgement.text, judgement.row["chi_square"]
    if chi_square is None:
        return None
    return {"chi_square": t.number(chi_square, 2), "sentence": judgement.trend_sentence()}


def _commune(communes: list[Figure], t: Text) -> Example:
    if not communes:
        return None
    f = communes[0]
    r = f.row
    return {
        "commune": f"{r['name']} ({r['unit_code']})",
        "numerator": t.number(int(r["numerator"])),
        "denominator": f"{t.number(int(r['denominator']))} {f.unit()}",
        "value": f.value(),
        "interval": statistics.span(r["lower"], r["upper"], t),
        "inner": statistics.span(r["inner_lower"], r["inner_upper"], t),
        "outer": statistics.span(r["outer_lower"], r["outer_upper"], t),
        "province": t.number(r["province_value"], 1) + t.unit("%"),
        "reading": statistics.reading_words(r["reading"], t),
        "place": statistics.place(f, t),
        "communes": t.number(len(communes)),
        "z": t.number(load().statistics.z_inner, 6),
    }


def _bounds(judgement: statistics.Judgement) -> Example:
    t, r = judgement.text, judgement.row
    if not r["units_missing"] or not r["whole_denominator"]:
        return None
    low, high = judgement.bounds_values()
    return {
        "missing": t.number(int(r["units_missing"])),
        "denominator": t.number(int(r["missing_denominator"])),
        "low": low,
        "high": high,
    }


def _difference(row: dict[str, Any] | None, t: Text) -> Example:
    if row is None:
        return None
    counts = {
        side: t(
            "figure.of",
            numerator=t.number(int(row[f"{side}_numerator"])),
            denominator=t.number(int(row[f"{side}_denominator"])),
        )
        for side in ("group", "other")
    }
    return {
        "who": t("comparison." + row["comparison"]),
        "value": t.number(row["group_value"], 2),
        "other": t.number(row["other_value"], 2),
        "counts": counts["group"],
        "other_counts": counts["other"],
        "difference": statistics.signed(row["difference"], t, 2),
        "interval": statistics.span(row["difference_lower"], row["difference_upper"], t, 2),
        "ratio": t.number(row["ratio"], 2) if row["ratio"] is not None else t("value.none"),
        "ratio_interval": statistics.ratio_span(row, t),
        "reading": statistics.reading_words(row["reading"], t),
    }


def _closing_set(province: Figure, communes: list[Figure]) -> Example:
    closing = sorted((f for f in communes if f.row["in_closing_set"]), key=lambda f: f.row["closed_so_far"])
    gap = province.gap()
    if not closing or gap is None:
        return None
    first = closing[0].row
    return {
        "gap": gap,
        "communes": province.text.number(len(closing)),
        "commune": f"{first['name']} ({first['unit_code']})",
        "closes": province.text.number(int(first["closes"])),
    }


def _distance(communes: list[dict[str, Any]], t: Text) -> Example:
    furthest = next((r for r in communes if r["has_play_area"] == 0 and r["nearest_m"] is not None), None)
    if furthest is None:
        return None
    return {
        "commune": f"{furthest['name']} ({furthest['unit_code']})",
        "distance": t.number(furthest["nearest_m"] / 1000, 1),
        "name": furthest["nearest_name"],
        "unit": furthest["nearest_unit_name"],
    }
