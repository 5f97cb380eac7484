"""What an analysis says: its title, its sentence, and each cell in the reader's words."""

from etl.definitions import load
from pages.shared.analysis.answer import Kept, Row
from pages.shared.analysis.choice import LIMITS, PLAY_AREAS, Condition
from pages.shared.analysis.labels import item_label
from pages.shared.analysis.pivot import NO_VALUE, Pivot, number
from pages.shared.figures import STATUS_SIGNS, Figure, unit_of
from pages.shared.text import Text


def title(found: Pivot, kept: Kept, text: Text) -> str:
    """Return how many units fulfil the conditions; where there are none, what is looked at."""
    choice = found.choice
    if choice.conditions:
        unit = text(f"analysis.unit.{choice.level}", count=kept.asked)
        return text("analysis.title", kept=len(kept.units), asked=kept.asked, unit=unit)
    named = "; ".join(item_label(i, text) for i in choice.items[:2])
    return named if len(choice.items) <= 2 else text("analysis.title_more", items=named, more=len(choice.items) - 2)


def sentence(found: Pivot, kept: Kept, text: Text) -> str:
    """Return in words what is looked at, and what had to be fulfilled."""
    choice = found.choice
    said = [
        text(f"analysis.level.{choice.level}"),
        ", ".join(text.period(p) for p in choice.periods),
        ", ".join(text(f"group.{g}") for g in choice.groups),
    ]
    asked = [
        f"{item_label(c.item, text)} ({text(f'group.{c.group}')}) {condition_in_words(c, text)}"
        for c in choice.conditions
    ]
    if asked:
        over = [text("analysis.every" if choice.every else "analysis.any")] if len(choice.periods) > 1 else []
        said += ["; ".join([*asked, *over])]
    if kept.unknown:
        said.append(text("analysis.unknown", count=kept.unknown))
    return " · ".join(said)


def condition_in_words(condition: Condition, text: Text) -> str:
    """Return what is asked of an item."""
    limits = [text.number(float(x), 0 if x.denominator == 1 else 2) for x in (condition.low, condition.high)]
    named = text(f"analysis.test.{condition.test}")
    return (
        " – ".join([f"{named} {limits[0]}", limits[1]][: LIMITS[condition.test]]) if condition.test in LIMITS else named
    )


def cell_unit(item: str, cell: str, text: Text) -> str:
    """Return what the number of a cell counts."""
    d = load()
    indicator = d.indicators.get(item)
    if indicator and cell not in ("numerator", "denominator", "gap"):
        return text("unit.points") if cell == "change" else "%"
    if indicator and indicator.kind == "share_of_communes":
        return text("unit.commune", count=2)
    if cell == "rate":
        return text("analysis.per_1000")
    if item == PLAY_AREAS and cell != "denominator":
        return text("unit.play_areas")
    if indicator is None and cell == "denominator":
        return text("unit.children", count=2)
    return unit_of(d.measures[indicator.denominator if indicator else item], 2, text)


def words(row: Row, cell: str, text: Text) -> str:
    """Return a cell in the reader's words; where there is no value the sign that tells why."""
    status, found = row["status"], number(row, cell)
    sign = STATUS_SIGNS[status][0]
    if cell == "status":
        return f"{sign} {text('status.' + status)}"
    if found is None:
        return sign if status in NO_VALUE else text("value.none")
    if cell == "change":
        decimals = 1 if row["kind"] == "indicator" else 0
        return f"{'+' if found >= 0 else '−'}{text.number(abs(found), decimals)}"
    if cell == "ratio":
        return "/".join(text.number(int(row[k])) for k in ("numerator", "denominator") if row[k] is not None)
    if cell in ("value", "rate") and row["kind"] == "indicator":
        return Figure(text, row).value()
    return text.number(found, 1 if cell == "rate" else 0)
