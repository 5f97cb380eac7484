"""Measures to take: which there are, and in words how far each is, what it is about, whose it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from etl.actions import Action, actions, is_overdue, successor
from etl.definitions import Plan, load
from etl.home import home
from pages.shared.figures import records
from pages.shared.text import Text

STATE_SIGNS = {"planned": "○", "under_way": "◐", "done": "✓", "dropped": "–"}
OVERDUE_SIGN = "!"
_COLUMNS = {
    "action_id": "str",
    "unit_code": "str",
    "unit_name": "str",
    "former_name": "str",
    "district": "str",
    "target": "Int64",
    "task": "Int64",
    "what": "str",
    "office_vi": "str",
    "office_en": "str",
    "due_on": "datetime64[us]",
    "state": "str",
    "note": "str",
    "open": "bool",
    "overdue": "bool",
    "days_overdue": "int64",
    "recorded_at": "datetime64[us]",
    "recorded_by": "str",
}
_WIDTHS_PX = {"action_state": 118, "due_on": 84, "name": 120, "what": 205, "office": 105, "about": 90, "note": 136}


def recorded(vintage: str, today: date) -> pd.DataFrame:
    """Return the measures to take in the province and the units of `vintage`, overdue ones first, then by their day.

    A measure for a unit that became part of another shows under that one, with its own unit as `former_name`; those
    of units that did not exist in `vintage` yet are left out. `unit_name` is missing where a measure is the whole
    province's. They are in a file beside the warehouse, which is read anew: publishing does not touch it.
    """
    definitions = load()
    rows = []
    for action in actions(home()):
        code = successor(action, vintage, definitions)
        if code is None:
            continue
        own, unit = (definitions.units.get(key) for key in ((action.vintage, action.unit_code), (vintage, code)))
        office = definitions.offices.get(action.office)
        rows.append(
            {
                "action_id": action.action_id,
                "unit_code": code,
                "unit_name": unit.name if unit else None,
                "former_name": own.name if own and own != unit else None,
                "district": unit.district if unit else None,
                "target": action.target,
                "task": action.task,
                "what": action.what,
                "office_vi": office.name_vi if office else action.office,
                "office_en": office.name_en if office else action.office,
                "due_on": action.due_on,
                "state": action.state,
                "note": action.note,
                "open": action.is_open,
                "overdue": is_overdue(action, today),
                "days_overdue": (today - action.due_on).days if is_overdue(action, today) else 0,
                "recorded_at": action.recorded_at,
                "recorded_by": action.recorded_by,
            }
        )
    found = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
    order = {"overdue": False, "open": False, "due_on": True, "recorded_at": True}
    return found.sort_values(list(order), ascending=list(order.values()), ignore_index=True)


def state_words(row: Mapping[str, Any], text: Text) -> str:
    """Return how far a measure is; of an overdue one, by how many days first."""
    state = text("actions.is." + row["state"])
    if row["overdue"]:
        days = int(row["days_overdue"])
        return f"{OVERDUE_SIGN} {text('actions.days_overdue', count=days, state=state[0].lower() + state[1:])}"
    return f"{STATE_SIGNS[row['state']]} {state}"


def subject(row: Mapping[str, Any], text: Text) -> str:
    """Return the number of the target or task that a measure is about."""
    if row["target"] is not None:
        return text("actions.target", number=row["target"])
    return text("actions.task", number=row["task"])


def subjects(plan: Plan, text: Text) -> dict[str, str]:
    """Return what measures can be about, by what the address calls it: `5` is target 5, `t5` is task 5."""
    named = {str(p.number): f"{p.number}. {text.pick(p.label_vi, p.label_en)}" for p in plan.targets}
    return named | {
        f"t{p.number}": f"{text('actions.task', number=p.number)}. {text.pick(p.label_vi, p.label_en)}"
        for p in plan.tasks
    }


def numbers(named: str | None) -> tuple[int | None, int | None]:
    """Return the target's and the task's number of what the address calls `5` or `t5`, None for what it is not."""
    digits = (named or "").removeprefix("t")
    if not named or not digits.isdecimal():
        return None, None
    return (None, int(digits)) if named.startswith("t") else (int(digits), None)


def place(row: Mapping[str, Any], text: Text) -> str:
    """Return the unit of a measure, and the one that it was recorded for where that became part of it."""
    if row["unit_name"] is None:
        return whole_province(text)
    if row["former_name"] is None:
        return str(row["unit_name"])
    return text("actions.formerly", name=row["unit_name"], former=row["former_name"])


def whole_province(text: Text) -> str:
    """Return what stands for the whole province where a unit is named."""
    province = load().province
    return text("actions.province", name=text.pick(province["name_vi"], province["name_en"]))


def count_words(found: pd.DataFrame, text: Text) -> str:
    """Return how many measures are open, and how many of these are overdue."""
    open_, overdue = int(found["open"].sum()), int(found["overdue"].sum())
    if overdue:
        return text("actions.open_overdue", count=open_, overdue=overdue)
    return text("actions.open_none_overdue", count=open_) if open_ else text("actions.none_open")


def table(found: pd.DataFrame, text: Text, *, with_unit: bool = True) -> pd.DataFrame:
    """Return a row for each measure, as people read it."""
    rows = records(found)
    columns: dict[str, list[object]] = {
        text("column.action_state"): [state_words(r, text) for r in rows],
        text("column.due_on"): found["due_on"].tolist(),
    }
    if with_unit:
        columns[text("column.name")] = [place(r, text) for r in rows]
    columns |= {
        text("column.what"): [r["what"] for r in rows],
        text("column.office"): [text.pick(r["office_vi"], r["office_en"]) for r in rows],
        text("column.about"): [subject(r, text) for r in rows],
        text("column.note"): [r["note"] for r in rows],
        text("column.recorded_at"): [text.moment(r["recorded_at"]) for r in rows],
        text("column.by"): [r["recorded_by"] for r in rows],
    }
    return pd.DataFrame(columns)


def widths(text: Text) -> dict[str, int]:
    """Return how wide the columns of the table are, so that on a laptop the office is still seen."""
    return {text(f"column.{name}"): width for name, width in _WIDTHS_PX.items()}


def short_heads(text: Text) -> dict[str, str]:
    """Return shorter heads for columns of the table."""
    return {text(f"column.{name}"): text(f"short.{name}") for name in ("office", "about")}


def history_table(past: Sequence[Action], text: Text) -> pd.DataFrame:
    """Return a row for each change of a measure, the newest first."""
    newest_first = past[::-1]
    return pd.DataFrame(
        {
            text("column.recorded_at"): [text.moment(a.recorded_at) if a.recorded_at else None for a in newest_first],
            text("column.action_state"): [
                f"{STATE_SIGNS[a.state]} {text('actions.is.' + a.state)}" for a in newest_first
            ],
            text("column.due_on"): [text.date(a.due_on) for a in newest_first],
            text("column.note"): [a.note for a in newest_first],
            text("column.by"): [a.recorded_by for a in newest_first],
        }
    )
