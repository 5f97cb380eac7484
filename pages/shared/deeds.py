"""What a reader can change, each only with the right to it: pages do these things through here alone.

Whatever cannot be done is told on the page; the function then returns None or False.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from etl.accounts import Account
from etl.actions import Action, record
from etl.archive import Incoming
from etl.decisions import Decision
from etl.definitions import load
from etl.home import Busy, home
from etl.load import Answer, check, decide, load_reports
from etl.refusal import Refused
from etl.report import word_problem
from etl.views import SavedView, remove_view, save_view
from pages.shared import access
from pages.shared.text import Text
from pages.shared.work import do

T = TypeVar("T")


def check_reports(files: Sequence[Incoming], t: Text) -> list[Answer] | None:
    """Return what loading files would say of each report; whoever is bound to a unit learns nothing of others."""

    def deed(own: Account) -> list[Answer]:
        answers = do(lambda progress: check(files, home(), progress), t("submit.checking", count=len(files)))
        return [_beyond_reach(a, own) if _is_beyond(a, own) else a for a in answers]

    return _tried("send", deed, t)


def load_files(
    files: Sequence[Incoming], checked: Sequence[Answer], t: Text, *, reason: str | None = None, office: str = ""
) -> list[Answer] | None:
    """Load files of which `check_reports` said `checked`, but none with a report beyond the reader's reach."""

    def deed(own: Account) -> list[Answer]:
        beyond = {a.file_name for a in checked if _is_beyond(a, own)}
        fit = [f for f in files if f.file_name not in beyond]
        by = own.office or office
        return do(
            lambda progress: load_reports(fit, home(), progress, reason=reason, decided_by=by),
            t("submit.loading", count=len(fit)),
        )

    return _tried("send", deed, t)


def take(decisions: Sequence[Decision], t: Text) -> bool:
    """Take decisions, in the name of the account's office where it has one; tell whether they were taken."""

    def deed(own: Account) -> bool:
        signed = [replace(d, decided_by=own.office or d.decided_by) for d in decisions]
        do(lambda progress: decide(signed, home(), progress), t("review.publishing"))
        return True

    return _tried("decide", deed, t) or False


def keep_action(action: Action, t: Text) -> Action | None:
    """Record a measure to take or a change of one, in the name of the account's office where it has one."""

    def deed(own: Account) -> Action:
        return record(home(), replace(action, recorded_by=own.office or action.recorded_by), load())

    return _tried("record", deed, t)


def keep_view(name: str, address: str, t: Text) -> SavedView | None:
    """Put a view on the list that all share."""
    return _tried("keep_views", lambda _: save_view(home(), name, address, load()), t)


def drop_view(view_id: str, t: Text) -> None:
    """Take a view off the list."""
    _tried("keep_views", lambda _: remove_view(home(), view_id), t)


def _tried(right: str, deed: Callable[[Account], T], t: Text) -> T | None:
    try:
        return deed(access.demand(right))
    except access.NotPermitted:
        st.error(t("access.not_permitted"), icon=":material/lock:")
    except Refused as refused:
        st.error(t.pick(refused.problem.message_vi, refused.problem.message_en))
    except Busy:
        st.error(t("submit.busy"))
    return None


def _is_beyond(answer: Answer, own: Account) -> bool:
    """Tell whether a report is of a unit that the account is not bound to, or of one that cannot be told."""
    period = load().periods.get(answer.period or "")
    if not own.role.own_unit:
        return False
    return period is None or answer.unit_code is None or not own.owns(load(), period.vintage, answer.unit_code)


def _beyond_reach(answer: Answer, own: Account) -> Answer:
    """Return the answer to a report that the account may not send: nothing that compares it with what is known."""
    unit = load().units[load().vintages[-1].name, own.unit or ""]
    problem = word_problem(load(), "beyond_reach", None, None, None, answer.unit_code, {"detail": unit.name})
    unknown = answer.problems if answer.unit_code is None or answer.period is None else []
    return Answer(answer.file_name, answer.unit_code, answer.period, "rejected", [problem, *unknown])
