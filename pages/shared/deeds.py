"""What a reader can change, each only with the right to it: pages do these things through here alone.

What may be sent is decided from the files themselves, each time anew; nothing that a page remembers counts.
Whatever cannot be done is told on the page; the function then returns None or False.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from etl.accounts import Account
from etl.actions import Action, record
from etl.archive import Incoming
from etl.decisions import Decision
from etl.definitions import load
from etl.home import home
from etl.load import Answer, check, decide, load_reports
from etl.refusal import Refused
from etl.report import word_problem
from etl.sending import refuse_too_much
from etl.views import SavedView, remove_view, save_view
from pages.shared import access
from pages.shared.text import Text, plain
from pages.shared.work import do

T = TypeVar("T")


def check_reports(files: Sequence[Incoming], t: Text) -> list[Answer] | None:
    """Return what loading files would say of each report; whoever is bound to a unit learns nothing of others."""

    def deed(own: Account) -> list[Answer]:
        refuse_too_much(files, "page", load())
        return _within_reach(_look_at(files, t), own)

    return _tried("send", deed, t)


def load_files(
    files: Sequence[Incoming], t: Text, *, reason: str | None = None, office: str = ""
) -> list[Answer] | None:
    """Load files, but none with a report beyond the reader's reach; `reason` counts from who may decide alone."""

    def deed(own: Account) -> list[Answer]:
        answers = _look_at(files, t) if own.role.own_unit else []
        beyond = _files_beyond(answers, own)
        fit = [f for f in files if f.file_name not in beyond]
        why = reason if "decide" in own.role.rights else None
        loaded = do(
            lambda progress: load_reports(fit, home(), progress, reason=why, decided_by=own.office or office),
            t("submit.loading", count=len(fit)),
        )
        return [*loaded, *_within_reach([a for a in answers if a.file_name in beyond], own)]

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


def tell_refusal(refused: Refused, t: Text) -> None:
    """Say on the page why something cannot be done."""
    st.error(plain(t.pick(refused.problem.message_vi, refused.problem.message_en)))


def _tried(right: str, deed: Callable[[Account], T], t: Text) -> T | None:
    try:
        return deed(access.demand(right))
    except access.NotPermitted:
        st.error(t("access.not_permitted"), icon=":material/lock:")
    except Refused as refused:
        tell_refusal(refused, t)
    return None


def _look_at(files: Sequence[Incoming], t: Text) -> list[Answer]:
    return do(lambda progress: check(files, home(), progress), t("submit.checking", count=len(files)))


def _files_beyond(answers: Iterable[Answer], own: Account) -> set[str]:
    """Return the names of the files with a report of a unit that the account is not bound to, or cannot be told."""
    definitions = load()

    def is_within(answer: Answer) -> bool:
        period = definitions.periods.get(answer.period or "")
        return bool(period and answer.unit_code and own.owns(definitions, period.vintage, answer.unit_code))

    return {a.file_name for a in answers if own.role.own_unit and not is_within(a)}


def _within_reach(answers: Sequence[Answer], own: Account) -> list[Answer]:
    """Return the answers; those to files that the account may not send compare nothing with what is known."""
    beyond = _files_beyond(answers, own)
    return [_refused(a, own) if a.file_name in beyond else a for a in answers]


def _refused(answer: Answer, own: Account) -> Answer:
    if answer.unit_code is None or answer.period is None:
        return replace(answer, status="rejected", changes=[])
    unit = load().units[load().vintages[-1].name, own.unit or ""]
    problem = word_problem(load(), "beyond_reach", None, None, None, answer.unit_code, {"detail": unit.name})
    return Answer(answer.file_name, answer.unit_code, answer.period, "rejected", [problem])
