"""What units, items and dimensions are called in an analysis."""

from collections.abc import Mapping

from etl.definitions import load
from pages.shared.analysis.answer import Row
from pages.shared.analysis.choice import PLAY_AREAS, former_districts
from pages.shared.text import Text


def unit_label(places: Mapping[str, Row], dimension: str, code: str, text: Text) -> str:
    """Return the name of a unit or district; `places` has a row of each."""
    place = places[code]
    if dimension == "district":
        return str(place["district"])
    if dimension == "former":
        return next((n for c, n in former_districts(place["vintage"]).values() if c == code and n), "") or text(
            "analysis.several_districts"
        )
    return place["unit_name"] or str(text.pick(load().province["name_vi"], load().province["name_en"]))


def dimension_label(dimension: str, text: Text) -> str:
    """Return what rows or columns tell apart."""
    return text(f"analysis.dimension.{dimension}", month=text.month(load().reform_on))


def item_label(item: str, text: Text) -> str:
    """Return the short name of an indicator, or code and name of a figure of the form."""
    d = load()
    if item == PLAY_AREAS:
        return text("analysis.play_areas")
    if indicator := d.indicators.get(item):
        return text.pick(indicator.short_vi, indicator.short_en)
    measure = d.measures[item]
    return f"{measure.code} {text.pick(measure.label_vi, measure.label_en)}"


def numbered_label(item: str, period: str, text: Text) -> str:
    """Return an item's name, that of an indicator with its target's number."""
    targets = load().plan_of(period).targets
    number = next((p.number for p in targets for t in p.indicators if t.indicator == item), None)
    return item_label(item, text) if number is None else f"{number}. {item_label(item, text)}"
