"""What figures mean, as rows that can be read, searched and taken away."""

import pandas as pd

from etl.definitions import Indicator, MeasureRule, Plan, load
from etl.dictionary import dictionary, indicator_notes, words
from etl.wording import fold, strip_marks
from pages.shared.figures import STATUS_SIGNS
from pages.shared.filters import View
from pages.shared.text import Text

_LISTED = 3
"""So many codes of a sum are named one by one; of more, and of a largest one, the first and the last are."""


def facts(indicator: Indicator, plan: Plan, since: str | None, text: Text) -> dict[str, str]:
    """Return what is to be known of an indicator, by its heading; `since` is the first period that has a value."""
    word, note, language = words(text.language), indicator_notes()[indicator.indicator], text.language
    codes = dictionary().codes
    target = next(p for p in plan.targets for t in p.indicators if t.indicator == indicator.indicator)
    asked = next(t for t in target.indicators if t.indicator == indicator.indicator)
    return {
        word["definition"]: note.definition(language),
        word["numerator"]: _counted(indicator.numerator, text),
        word["denominator"]: _counted(indicator.denominator, text),
        word[
            "target"
        ]: f"{text.target(asked.comparator, asked.value)} ({codes['comparator'][asked.comparator](language)})",
        word["wording"]: f"{text.pick(plan.name_vi, plan.name_en)}, {word['target'].lower()} {target.number}: "
        f"{text.pick(target.wording_vi, target.wording_en)}",
        word["direction"]: codes["direction"][indicator.direction](language),
        word["groups"]: group_names(indicator.groups, text),
        word["source"]: note.source(language),
        word["reported_by"]: word["reporter"],
        word["since"]: text.period(since) if since else word["never"],
        word["across_reform"]: codes["across_reform"][indicator.across_reform](language),
        word["basis"]: note.basis(language),
        word["limits"]: note.limits(language),
    }


def indicator_table(plan: Plan, since: dict[str, str], text: Text) -> pd.DataFrame:
    """Return a row for each indicator of the plan, in its order, with all of its facts; the index is its code."""
    rows = {}
    for asked in (t for target in plan.targets for t in target.indicators):
        indicator = load().indicators[asked.indicator]
        label = text.pick(indicator.label_vi, indicator.label_en)
        known = facts(indicator, plan, since.get(asked.indicator), text)
        rows[asked.indicator] = {words(text.language)["indicator"]: label, **known}
    return pd.DataFrame.from_dict(rows, orient="index")


def measure_table(text: Text) -> pd.DataFrame:
    """Return a row for each figure that a commune reports, in the order of the form."""
    word, codes = words(text.language), dictionary().codes
    checks: dict[str, list[str]] = {}
    for rule in load().measure_rules:
        checks.setdefault(rule.measure, []).append(_check(rule, word))
    return pd.DataFrame(
        [
            {
                word["code"]: m.code,
                word["measure"]: text.pick(m.label_vi, m.label_en),
                word["unit"]: text.pick(m.unit_vi, m.unit_en),
                word["flow"]: codes["flow"][m.flow](text.language),
                word["groups"]: group_names(m.groups, text),
                word["checks"]: "; ".join(
                    [*([word["required"]] if m.required else []), *checks.get(m.measure, [])],
                ),
                word["shown_as"]: word["sensitive"] if m.sensitive else word["as_reported"],
                word["data_name"]: m.measure,
            }
            for m in load().measures.values()
        ]
    )


def column_table(text: Text) -> pd.DataFrame:
    """Return a row for each described column of each table of the public data."""
    word, d, language = words(text.language), dictionary(), text.language
    rows = []
    for table, of_table in d.tables.items():
        for column in of_table.columns:
            said = d.column(table, column)
            codes = d.codes[said.codes] if said.codes else {}
            rows.append(
                {
                    word["table"]: table,
                    word["column"]: column,
                    word["meaning"]: said(language),
                    word["unit"]: said.unit(language) if said.unit else "",
                    word["codes"]: "; ".join(f"{value} = {meaning(language)}" for value, meaning in codes.items()),
                }
            )
    return pd.DataFrame(rows)


def fitting(table: pd.DataFrame, asked: str) -> pd.DataFrame:
    """Return the rows that hold `asked`, with or without tone marks."""
    said = table.apply(lambda row: _bare(" ".join(map(str, (row.name, *row)))), axis=1)
    return table[said.map(lambda row: _bare(asked) in row)]


def statuses(current: View) -> str:
    """Return what each sign says of a result, a line each."""
    t = current.text
    margin = t.number(current.plan.near_margin)
    shown = ("met", "near", "missed", "half_year", "not_reported", "not_applicable", "masked")
    return "  \n".join(
        f"{STATUS_SIGNS[s][0]} **{t('status.' + s)}**: {t('help.status.' + s, margin=margin)}" for s in shown
    )


def group_names(groups: tuple[str, ...], text: Text) -> str:
    """Return the names of population groups in one line."""
    return ", ".join(dictionary().codes["population_group"][g](text.language) for g in groups)


def _counted(measure: str, text: Text) -> str:
    found = load().measures.get(measure)
    return f"{found.code} {text.pick(found.label_vi, found.label_en)}" if found else words(text.language)[measure]


def _check(rule: MeasureRule, word: dict[str, str]) -> str:
    codes = [load().measures[o].code for o in rule.operands]
    sign = {"<=": "≤", ">=": "≥"}[rule.comparator]
    if rule.aggregate == "sum" and len(codes) <= _LISTED:
        return f"{sign} {' + '.join(codes)}"
    return f"{sign} {word[rule.aggregate]} {codes[0]}-{codes[-1]}"


def _bare(words_said: str) -> str:
    return strip_marks(fold(words_said))
