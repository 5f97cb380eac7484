"""What people decide about reports: approve, close and reopen a period, admit a late revision, answer a warning.

Decisions are kept in the archive's journal, in their order, and never changed: the warehouse follows from them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from etl.definitions import Definitions
from etl.refusal import Refused

ACTIONS = ("approved", "withdrawn", "closed", "reopened", "admitted", "answered")
NEED_A_REASON = ("withdrawn", "reopened", "admitted", "answered")


class DecisionRefused(Refused):
    """A decision cannot be taken."""


@dataclass(frozen=True)
class Decision:
    """What was decided, by whom (an office or a role), and why.

    `approved` and `withdrawn` are about the report `submission_id`; `closed` and `reopened` about `period`;
    `admitted` lets the file `sha256` replace figures of a closed period; `answered` explains the warning `rule`
    at `sheet` and `cell` of a report. `decided_at` (UTC) is set by the archive.
    """

    action: str
    decided_by: str
    period: str
    unit_code: str | None = None
    submission_id: str | None = None
    sha256: str | None = None
    rule: str | None = None
    sheet: str | None = None
    cell: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What a decision is about: the status of each report, and for each period how many reports are not approved."""

    status: dict[str, str]
    unapproved: dict[str, int]
    warnings: set[tuple[str, str, str | None, str | None]]


def refuse_nonsense(
    new: Sequence[Decision], earlier: Iterable[Decision], standing: Standing, definitions: Definitions
) -> None:
    """Raise `DecisionRefused` for the first of the new decisions that cannot be taken."""
    closed = closed_periods(earlier)
    for decision in new:
        _refuse_bad_words(decision, definitions)
        if decision.action == "closed":
            _refuse_closing(decision.period, closed, standing, definitions)
            closed |= {decision.period}
        elif decision.action == "reopened":
            if decision.period not in closed:
                named = definitions.periods[decision.period].name
                raise DecisionRefused(definitions, "decision_not_closed", detail=named)
            closed -= {decision.period}
        elif decision.action in ("approved", "withdrawn"):
            status = standing.status.get(decision.submission_id or "")
            needed = "accepted" if decision.action == "approved" else "approved"
            if status != needed:
                raise DecisionRefused(definitions, f"decision_not_{needed}", decision.submission_id)
        elif decision.action == "answered":
            key = (decision.submission_id or "", decision.rule or "", decision.sheet, decision.cell)
            if key not in standing.warnings:
                raise DecisionRefused(definitions, "decision_no_such_warning", decision.submission_id)


def closed_periods(decisions: Iterable[Decision], until: datetime | None = None) -> frozenset[str]:
    """Return the periods that are closed after all decisions, or after those taken until a moment (UTC)."""
    closed: set[str] = set()
    for decision in decisions:
        if until is not None and decision.decided_at is not None and decision.decided_at > until:
            break
        if decision.action == "closed":
            closed.add(decision.period)
        elif decision.action == "reopened":
            closed.discard(decision.period)
    return frozenset(closed)


def _refuse_bad_words(decision: Decision, definitions: Definitions) -> None:
    if not decision.decided_by.strip():
        raise DecisionRefused(definitions, "decision_by_nobody")
    if decision.action in NEED_A_REASON and not (decision.reason or "").strip():
        raise DecisionRefused(definitions, "decision_without_reason")
    DecisionRefused.unless_fit(definitions, decision.decided_by, decision.reason or "")
    if decision.period not in definitions.periods:
        raise DecisionRefused(definitions, "decision_unknown_period", decision.period)


def _refuse_closing(period: str, closed: frozenset[str], standing: Standing, definitions: Definitions) -> None:
    named = definitions.periods[period].name
    if period in closed:
        raise DecisionRefused(definitions, "decision_closed_already", detail=named)
    if period not in standing.unapproved:
        raise DecisionRefused(definitions, "decision_nothing_reported", detail=named)
    if left := standing.unapproved[period]:
        raise DecisionRefused(definitions, "decision_not_all_approved", left)
