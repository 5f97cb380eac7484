"""What the definitions say against each other, in words."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from etl.definitions import GROUPS, Definitions, Indicator, Measure, Plan, RecognitionRule, Statistics
from etl.plan_tasks import task_contradictions

COMMUNE_SHARES = ("communes_with_play_area", "communes_registered")
"""What a commune has or lacks: a play area in operation, being registered to become child-friendly."""
LOOK_COLOURS = ("green", "orange", "red", "blue", "violet", "gray")
"""The colours by which play areas can be told apart; see pages/shared/palette.py."""


def contradictions(d: Definitions) -> Iterable[str]:  # noqa: PLR0912  one branch a kind of contradiction
    """Yield, in words, everything that the definitions say against each other."""
    vintages = {v.name for v in d.vintages}
    yield from (
        f"units.csv: {u.code} has the unknown vintage {u.vintage}"
        for u in d.units.values()
        if u.vintage not in vintages
    )
    for key in set(d.extents) - set(d.units):
        yield f"unit_extents.csv: there is no unit {key}"
    for key, extent in d.extents.items():
        if not extent.may_hold(extent.inner_lat, extent.inner_lon):
            yield f"unit_extents.csv: the hull of {key} is not around it counter-clockwise"
    for former in d.former_names:
        if (former.vintage, former.code) not in d.units:
            yield f"unit_former_names.csv: there is no unit {former.vintage} {former.code}"
    yield from _succession_contradictions(d)

    for name, codes in (
        ("measures.csv", [m.code for m in d.measures.values()]),
        ("tasks.csv", [t.code for t in d.tasks.values()]),
    ):
        yield from (f"{name}: code {code} stands {n} times" for code, n in Counter(codes).items() if n > 1)
    for measure in d.measures.values():
        yield from (
            f"measures.csv: {measure.measure} has the unknown group {g}" for g in measure.groups if g not in GROUPS
        )
        if measure.flow not in ("stock", "cumulative"):
            yield f"measures.csv: {measure.measure} has the unknown flow {measure.flow}"
    yield from (
        f"form.toml: there is no section for the codes {first}"
        for first in sorted({m.code[0] for m in d.measures.values()} - set(d.form["sections"]))
    )
    yield from _look_contradictions(d.form)
    for rule in d.measure_rules:
        yield from (
            f"measure_rules.csv: there is no measure {m}" for m in (rule.measure, *rule.operands) if m not in d.measures
        )
        if rule.comparator not in ("<=", ">=") or rule.aggregate not in ("sum", "max"):
            yield f"measure_rules.csv: {rule.measure} {rule.comparator} {rule.aggregate} is not a rule"
    for indicator in d.indicators.values():
        yield from _indicator_contradictions(indicator, d.measures)
    if not d.plans:
        yield "plans/: there is no plan"
    yield from (f"tasks.csv: {name} is a measure too" for name in d.tasks if name in d.measures)
    items = {t.item: t.kind for t in d.tasks.values()}
    shown = {m.measure for m in d.measures.values() if not m.sensitive}
    for plan in d.plans:
        yield from _plan_contradictions(plan, d.indicators)
        yield from task_contradictions(f"plans/{plan.year}.toml", plan.tasks, items, shown)
    yield from _statistics_contradictions(d.statistics)
    for rule_ in d.rules.values():
        if rule_.severity not in ("error", "warning"):
            yield f"rules.toml: {rule_.rule} has the unknown severity {rule_.severity}"
    if not any(o.last_day is None for o in d.offices.values()):
        yield "offices.toml: there is no office that still exists"
    if not d.recognition or d.recognition[-1] != RecognitionRule(d.recognition[-1].points):
        yield "recognition.toml: the last rule must hold without any condition"
    if d.criteria and sum(d.criteria.values()) > 1000:
        yield f"criteria.csv: the points add up to {sum(d.criteria.values())}, more than 1000"


def _succession_contradictions(d: Definitions) -> Iterable[str]:
    in_force = {v.name: v.in_force_from for v in d.vintages}
    for v, c, to_v, to_c in d.succession:
        for key in ((v, c), (to_v, to_c)):
            if key not in d.units:
                yield f"unit_succession.csv: there is no unit {key[0]} {key[1]}"
        if in_force.get(v, date.min) >= in_force.get(to_v, date.max):
            yield f"unit_succession.csv: {v} {c} is followed by the older {to_v} {to_c}"
    followed = Counter((v, c) for v, c, _, _ in d.succession)
    yield from (f"unit_succession.csv: {key[0]} {key[1]} has {n} successors" for key, n in followed.items() if n > 1)
    earlier = {v for v, _, _, _ in d.succession}
    for key in d.units:
        if key[0] in earlier and key not in followed:
            yield f"unit_succession.csv: {key[0]} {key[1]} has no successor"


def _indicator_contradictions(i: Indicator, measures: dict[str, Measure]) -> Iterable[str]:
    where = f"indicators.csv: {i.indicator}"
    if i.across_reform not in ("sum", "any", "anew"):
        yield f"{where}: across_reform is {i.across_reform}, not sum, any or anew"
    if i.kind == "share_of_communes":
        if i.numerator not in COMMUNE_SHARES or i.denominator != "communes":
            yield f"{where}: {i.numerator} of {i.denominator} is not a known share of communes"
        return
    if i.kind != "ratio" or i.across_reform != "sum":
        yield f"{where}: kind {i.kind} with across_reform {i.across_reform} cannot be computed"
    for measure in (i.numerator, i.denominator):
        if measure not in measures:
            yield f"{where}: there is no measure {measure}"
        else:
            yield from (
                f"{where}: {measure} is not reported for {g}" for g in i.groups if g not in measures[measure].groups
            )
            if measures[measure].sensitive:
                yield f"{where}: {measure} is masked and cannot make an indicator"


def _look_contradictions(form: dict[str, Any]) -> Iterable[str]:
    """Yield what the form says of the look of play areas on the map against their kinds and conditions."""
    pairs = {"play_area_kinds": "play_area_kind_signs", "play_area_conditions": "play_area_condition_looks"}
    for words, looks in pairs.items():
        unequal = form[words].keys() ^ form.get(looks, {}).keys()
        yield from (f"form.toml: {word} must stand in {words} and in {looks}" for word in sorted(unequal))
    for condition, look in form.get("play_area_condition_looks", {}).items():
        if look["colour"] not in LOOK_COLOURS:
            yield f"form.toml: {condition} has the unknown colour {look['colour']}"


def _statistics_contradictions(s: Statistics) -> Iterable[str]:
    if not 0 < s.z_inner < s.z_outer:
        yield f"statistics.toml: z must rise from {s.z_inner} to {s.z_outer}"
    if not s.pace_on_track > s.pace_acceleration_needed > s.pace_limited_progress:
        yield "statistics.toml: the thresholds of pace must fall"
    if s.trend_years < 3 or s.trend_chi_square <= 0:
        yield "statistics.toml: a recent trend needs at least 3 years and a chi-square above 0"
    if min(s.outlier_score, s.outlier_figures, s.outlier_years, s.outlier_denominator) <= 0:
        yield "statistics.toml: the thresholds of outliers must be above 0"


def _plan_contradictions(plan: Plan, indicators: dict[str, Indicator]) -> Iterable[str]:
    where = f"plans/{plan.year}.toml"
    if plan.horizon < plan.year:
        yield f"{where}: the horizon {plan.horizon} is before the plan's year"
    asked = [t for target in plan.targets for t in target.indicators]
    yield from (f"{where}: {i} is asked {n} times" for i, n in Counter(t.indicator for t in asked).items() if n > 1)
    for t in asked:
        if t.indicator not in indicators:
            yield f"{where}: target {t.number} names the unknown indicator {t.indicator}"
        if t.comparator not in (">=", ">", "rising") or (t.value is None) != (t.comparator == "rising"):
            yield f"{where}: {t.indicator}: {t.comparator} {t.value} is not a target"
        elif t.value is not None and not 0 <= t.value <= 100:
            yield f"{where}: {t.indicator}: {t.value} is not a percentage"
