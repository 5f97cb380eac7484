"""Measures to take: what is recorded stays, whoever records at the same time and wherever the machine stops."""

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.actions import (
    STATES,
    Action,
    ActionRefused,
    actions,
    actions_path,
    history,
    is_overdue,
    record,
    successor,
    today,
)
from etl.definitions import load, local_time
from etl.demo import record_sample_actions
from etl.home import lock
from etl.personal_data import personal_detail

D = load()
LATER = today() + timedelta(days=30)
ONE = Action("2021", "25405", "Xây dựng sân chơi tại trung tâm xã", "commune", LATER, "Phòng Trẻ em", target=5)
WORDS = st.text(min_size=1, max_size=200).filter(lambda s: s.strip() and personal_detail(D, s) is None)


@settings(max_examples=40, deadline=None)
@given(
    unit=st.sampled_from([*D.units, ("2025", "70")]),
    subject=st.one_of(st.integers(1, 8).map(lambda n: (n, None)), st.integers(1, 10).map(lambda n: (None, n))),
    office=st.sampled_from([o.office for o in D.offices.values() if o.last_day is None]),
    due_on=st.dates(min_value=LATER),
    state=st.sampled_from(STATES),
    what=WORDS,
    note=WORDS | st.just(""),
    by=WORDS,
)
def test_what_is_recorded_is_read_again(unit, subject, office, due_on, state, what, note, by) -> None:
    with tempfile.TemporaryDirectory() as folder:
        action = Action(*unit, what, office, due_on, by, *subject, state=state, note=note)
        kept = record(Path(folder), action, D)
        assert actions(Path(folder)) == [kept]
        assert replace(kept, action_id=None, recorded_at=None) == action


def test_the_last_line_stands_and_the_history_stays(tmp_path) -> None:
    first = record(tmp_path, ONE, D)
    other = record(tmp_path, replace(ONE, what="Tổ chức diễn đàn trẻ em"), D)
    done = record(tmp_path, replace(first, state="done", note="Đã bàn giao"), D)
    assert actions(tmp_path) == [done, other]
    assert history(tmp_path, first.action_id) == [first, done]
    assert first.recorded_at < other.recorded_at < done.recorded_at


def test_a_day_in_the_past_sees_what_stood_then(tmp_path) -> None:
    # 18:00 in UTC is the next day in the province.
    first = record(tmp_path, replace(ONE, due_on=date(2024, 3, 1)), D, at=datetime(2024, 1, 31, 18))
    done = record(tmp_path, replace(first, state="done"), D)
    assert actions(tmp_path, on=date(2024, 1, 31)) == []
    assert actions(tmp_path, on=date(2024, 2, 1)) == [first]
    assert actions(tmp_path, on=today()) == [done]
    assert local_time(datetime(2024, 1, 31, 18)).date() == date(2024, 2, 1)


def test_overdue_is_what_is_open_after_its_day() -> None:
    action = replace(ONE, due_on=date(2026, 5, 31))
    for state in STATES:
        assert not is_overdue(replace(action, state=state), date(2026, 5, 31))
        assert is_overdue(replace(action, state=state), date(2026, 6, 1)) == (state in ("planned", "under_way"))


def test_a_line_that_a_crash_left_unfinished_is_ignored_and_swallows_nothing(tmp_path) -> None:
    first = record(tmp_path, ONE, D)
    whole = actions_path(tmp_path).read_bytes()
    for cut in range(0, len(whole) - 1, 7):
        actions_path(tmp_path).write_bytes(whole + whole[:cut])
        assert actions(tmp_path) == [first]
        second = record(tmp_path, replace(ONE, what="Tổ chức diễn đàn trẻ em"), D)
        assert actions(tmp_path) == [first, second], cut


def record_some(home: Path, who: int) -> list[str | None]:
    """Record four measures; run in a process of its own."""
    return [record(home, replace(ONE, what=f"Việc {n} của {who}"), D).action_id for n in range(4)]


def test_who_records_at_once_loses_nothing_and_waits_for_no_load(tmp_path) -> None:
    with (
        lock(tmp_path / "write.lock"),
        ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as processes,
    ):
        given_ids = [i for ids in processes.map(record_some, [tmp_path] * 3, range(3)) for i in ids]
    assert sorted(given_ids, key=int) == [str(n) for n in range(1, 13)]
    assert {a.what for a in actions(tmp_path)} == {f"Việc {n} của {who}" for n in range(4) for who in range(3)}


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"what": " "}, "action_without_words"),
        ({"recorded_by": ""}, "action_by_nobody"),
        ({"what": "x" * 501}, "words_too_long"),
        ({"note": "x" * 501}, "words_too_long"),
        ({"what": "Hỗ trợ bé Nguyễn Văn A"}, "words_personal_data"),
        ({"note": "Số định danh 070012345678"}, "words_personal_data"),
        ({"recorded_by": "Cháu Trần Thị B"}, "words_personal_data"),
        ({"office": "nowhere"}, "action_unknown_office"),
        ({"office": "labour"}, "action_unknown_office"),
        ({"unit_code": "99999"}, "action_unknown_unit"),
        ({"vintage": "2025", "unit_code": "25198"}, "action_unknown_unit"),
        ({"vintage": "1999"}, "action_unknown_unit"),
        ({"target": 9}, "action_unknown_subject"),
        ({"target": None}, "action_unknown_subject"),
        ({"target": None, "task": 11}, "action_unknown_subject"),
        ({"task": 3}, "action_unknown_subject"),
        ({"target": 99, "task": 3}, "action_unknown_subject"),
        ({"due_on": today() - timedelta(days=1)}, "action_due_in_the_past"),
        ({"state": "forgotten"}, "action_unknown_state"),
        ({"action_id": "7"}, "action_unknown"),
    ],
)
def test_nonsense_is_refused_in_both_languages_and_nothing_is_kept(wrong, rule, tmp_path) -> None:
    with pytest.raises(ActionRefused) as refused:
        record(tmp_path, replace(ONE, **wrong), D)
    problem = refused.value.problem
    assert problem.rule == rule and problem.message_vi != problem.message_en
    assert actions(tmp_path) == []


def test_a_change_must_change_something_and_is_not_held_against_the_past(tmp_path) -> None:
    then = datetime(2024, 1, 5)
    old = record(tmp_path, replace(ONE, office="labour", due_on=date(2024, 3, 1), note="Đã họp"), D, at=then)
    for same in (old, replace(old, note=""), replace(old, recorded_by="Sở Y tế")):
        with pytest.raises(ActionRefused) as refused:
            record(tmp_path, same, D)
        assert refused.value.problem.rule == "action_unchanged"
    with pytest.raises(ActionRefused) as refused:
        record(tmp_path, replace(old, due_on=date(2024, 4, 1)), D)
    assert refused.value.problem.rule == "action_due_in_the_past"
    # The office is gone and the day is past, yet the measure can be finished, postponed and handed over.
    for change in ({"state": "done"}, {"due_on": LATER}, {"office": "health"}, {"note": "Chờ vốn"}):
        old = record(tmp_path, replace(old, **change), D)
        assert old.recorded_at.date() == datetime.now(UTC).date()


def test_a_measure_follows_its_commune_across_the_reform() -> None:
    for vintage, code, to_vintage, to_code in D.succession:
        action = replace(ONE, vintage=vintage, unit_code=code)
        assert (successor(action, vintage, D), successor(action, to_vintage, D)) == (code, to_code)
    assert successor(replace(ONE, vintage="2025", unit_code="25195"), "2021", D) is None
    assert successor(replace(ONE, unit_code="70"), "2025", D) == "70"


def test_sample_measures_are_marked_recorded_once_and_stay_samples(tmp_path) -> None:
    record_sample_actions(tmp_path)
    record_sample_actions(tmp_path)
    found = actions(tmp_path)
    assert len(found) == 8 and all(a.sample for a in found)
    last_day = max(local_time(a.recorded_at).date() for a in found)
    assert {a.state for a in found if is_overdue(a, last_day)} == {"under_way"}
    assert record(tmp_path, replace(found[0], state="done"), D).sample
    assert not record(tmp_path, ONE, D).sample
