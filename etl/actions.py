"""Measures to take: what is to be done, where, by which office, by when, and how far it is.

They are kept in a journal of their own beside the archive, which no load and no rebuild touches: a line for every
change, nothing is ever removed, and the last line of a measure stands.
"""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from etl.definitions import Definitions, local_time
from etl.home import lock
from etl.journal import append_to_journal, read_journal
from etl.refusal import Refused

OPEN = ("planned", "under_way")
STATES = (*OPEN, "done", "dropped")


class ActionRefused(Refused):
    """A measure cannot be recorded so."""


@dataclass(frozen=True)
class Action:
    """A measure as it stood after one line of the journal.

    It is about a commune of `vintage`, or about the whole province under the province's code, and about either a
    `target` or a `task` of the plan. `office` is an id of `data/offices.toml`. `note` tells of the last change.
    `action_id` is given by `record`, as are `recorded_at` (UTC) and `sample`. `recorded_by` is an office or a role.
    """

    vintage: str
    unit_code: str
    what: str
    office: str
    due_on: date
    recorded_by: str
    target: int | None = None
    task: int | None = None
    state: str = "planned"
    note: str = ""
    action_id: str | None = None
    recorded_at: datetime | None = None
    sample: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def actions_path(home: Path) -> Path:
    """Return the journal of measures, which must be backed up as the archive is."""
    return home / "actions.jsonl"


def actions(home: Path, *, on: date | None = None) -> list[Action]:
    """Return how every measure stands, or stood at the end of the day `on`, in the order of their first lines."""
    lines = _lines(home)
    if on is not None:
        lines = [line for line in lines if line.recorded_at and local_time(line.recorded_at).date() <= on]
    return list({line.action_id: line for line in lines}.values())


def history(home: Path, action_id: str) -> list[Action]:
    """Return how a measure stood after each change, in the order of time."""
    return [line for line in _lines(home) if line.action_id == action_id]


def record(
    home: Path, action: Action, definitions: Definitions, *, at: datetime | None = None, sample: bool = False
) -> Action:
    """Keep a new measure, or a change of the one with its `action_id`, durably; return it as it is kept.

    Raises `ActionRefused` where it cannot be kept, and `Busy`. `at` (UTC) is now, but for samples of past days.
    """
    moment = at or datetime.now(UTC).replace(tzinfo=None)
    with lock(home / "actions.lock"):
        lines = _lines(home)
        standing = next((line for line in reversed(lines) if line.action_id == action.action_id), None)
        if action.action_id is not None and standing is None:
            raise ActionRefused(definitions, "action_unknown", action.action_id)
        _refuse_nonsense(action, standing, local_time(moment).date(), definitions)
        latest = max((line.recorded_at for line in lines if line.recorded_at), default=datetime.min)
        kept = replace(
            action,
            action_id=action.action_id or str(1 + max((int(line.action_id or 0) for line in lines), default=0)),
            recorded_at=max(moment, latest + timedelta(microseconds=1)),
            sample=sample or (standing is not None and standing.sample),
        )
        append_to_journal(actions_path(home), [asdict(kept)])
    return kept


def is_overdue(action: Action, today: date) -> bool:
    """Tell whether an open measure's day has passed."""
    return action.is_open and action.due_on < today


def successor(action: Action, vintage: str, definitions: Definitions) -> str | None:
    """Return the code under which a measure shows among the units of `vintage`.

    That is its own unit, or the one that its unit became part of; None where its unit did not exist in `vintage` yet.
    """
    if action.unit_code == definitions.province["code"]:
        return action.unit_code
    return definitions.code_in(action.vintage, action.unit_code, vintage)


def today() -> date:
    """Return the province's own day now."""
    return local_time(datetime.now(UTC)).date()


def _lines(home: Path) -> list[Action]:
    return [
        Action(
            **entry
            | {
                "due_on": date.fromisoformat(entry["due_on"]),
                "recorded_at": datetime.fromisoformat(entry["recorded_at"]),
            }
        )
        for entry in read_journal(actions_path(home))
    ]


def _refuse_nonsense(action: Action, standing: Action | None, day: date, definitions: Definitions) -> None:
    if not action.what.strip():
        raise ActionRefused(definitions, "action_without_words")
    if not action.recorded_by.strip():
        raise ActionRefused(definitions, "action_by_nobody")
    ActionRefused.unless_fit(definitions, action.what, action.note, action.recorded_by)
    units = {(v.name, definitions.province["code"]) for v in definitions.vintages} | definitions.units.keys()
    if (action.vintage, action.unit_code) not in units:
        raise ActionRefused(definitions, "action_unknown_unit", action.unit_code, detail=action.vintage)
    targets = {t.number for plan in definitions.plans for t in plan.targets}
    tasks = {t.task for t in definitions.tasks.values()}
    about_target = action.task is None and action.target in targets
    about_task = action.target is None and action.task in tasks
    if not about_target and not about_task:
        raise ActionRefused(definitions, "action_unknown_subject")
    if action.state not in STATES:
        raise ActionRefused(definitions, "action_unknown_state", action.state)
    # What was decided earlier stays as it was: only a new office or a new day is held against the calendar.
    if standing is None or action.office != standing.office:
        office = definitions.offices.get(action.office)
        if office is None or not office.exists_on(day):
            raise ActionRefused(definitions, "action_unknown_office", office.name_vi if office else action.office)
    if (standing is None or action.due_on != standing.due_on) and action.due_on < day:
        raise ActionRefused(definitions, "action_due_in_the_past", detail=f"{action.due_on:%d/%m/%Y}")
    if standing is not None and _same(action, standing):
        raise ActionRefused(definitions, "action_unchanged")


def _same(action: Action, standing: Action) -> bool:
    """Tell whether nothing new is said: who records it is no news, and no note takes none back."""
    news = replace(
        action,
        note=action.note or standing.note,
        recorded_by=standing.recorded_by,
        recorded_at=standing.recorded_at,
        sample=standing.sample,
    )
    return news == standing
