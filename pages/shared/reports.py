"""The reports of communes in words: what was wrong with one that came back, and when the last one came."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pages.shared.palette import REPORT_STATES
from pages.shared.text import Text


def state_words(state: str, text: Text) -> str:
    """Return how a report stands, with its sign."""
    return f"{REPORT_STATES[state][1]} {text('report.' + state)}"


def fault(row: Mapping[str, Any], text: Text) -> str:
    """Return in one line why there is no accepted report; `row` is one of the question `report_states`."""
    if row["state"] == "missing":
        return text("reporting.nothing_came")
    first = text.pick(row["fault_vi"], row["fault_en"]) or text("commune.masked_problem")
    more = int(row["errors"]) - 1
    return text("reporting.and_more", first=first, count=more) if more > 0 else first


def last_report(row: Mapping[str, Any], text: Text) -> str:
    """Return for which period the last report came and when, or that none ever came."""
    if row["last_period"] is None:
        return text("reporting.never")
    return text("reporting.last", period=text.period(row["last_period"]), day=text.date(row["last_report_at"]))


def last_report_of_parts(reports: Sequence[pd.DataFrame], text: Text) -> str:
    """Return when the last report of a new unit's parts came, nothing where none came; `reports` has those of each."""
    came = [part.iloc[0] for part in reports if not part.empty]
    if not came:
        return ""
    last = max(came, key=lambda report: report["received_at"])
    return text("commune.last_of_parts", period=text.period(last["period"]), day=text.date(last["received_at"]))
