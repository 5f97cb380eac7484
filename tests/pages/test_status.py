"""The status page: the title says whether all is well, and everything that is wrong says what to do."""

from datetime import UTC, datetime

import pytest

from etl import events
from etl.backup import stamp_path
from pages.shared import process, timings
from pages.shared.text import text_of
from tests.pages.test_pages import run

T = text_of("vi")
STATUS = "status"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path))
    monkeypatch.setattr(events, "_faults", type(events._faults)(maxlen=events._REMEMBERED))
    # Of this process, in which other tests ran before.
    monkeypatch.setattr(timings, "_taken", type(timings._taken)(timings._Taken))
    monkeypatch.setattr(timings, "SLOW_S", 60.0)
    monkeypatch.setattr(process, "memory_bytes", lambda: 300_000_000)
    return tmp_path


def test_a_new_installation_lacks_a_backup_and_the_doctor_finds_nothing() -> None:
    app = run(STATUS)
    assert app.header[0].value == T("system.wrong", count=1)
    assert [T("system.backup.todo") in w.value for w in app.warning] == [True]
    app.button[0].click().run()
    assert [s.value for s in app.success] == [T("system.doctor.well")] and not app.exception


def test_all_is_well_until_something_fails_or_is_slow(home, demo_home, monkeypatch) -> None:
    (home / "warehouse.duckdb").symlink_to(demo_home / "warehouse.duckdb")
    stamp_path(home).touch()
    app = run(STATUS)
    assert app.header[0].value == T("system.well") and not app.warning
    assert not app.dataframe
    events._faults.append(events.Fault(datetime.now(UTC).replace(tzinfo=None), "ValueError", "pages/map.py:1:<module>"))
    monkeypatch.setattr(timings, "SLOW_S", 0.0)
    app = run(STATUS)
    assert app.header[0].value == T("system.wrong", count=2)
    todo = " ".join(w.value for w in app.warning)
    assert T("system.queries.todo") in todo and T("system.faults.todo") in todo
    slow, faults = (table.value for table in app.dataframe)
    assert "waiting_reports" in list(slow.iloc[:, 0])
    assert list(faults.iloc[0, 1:]) == ["ValueError", "pages/map.py:1:<module>"]


def test_a_warehouse_of_another_version_is_told_with_what_mends_it(home) -> None:
    (home / "warehouse.duckdb").write_bytes(b"written by another version")
    stamp_path(home).touch()
    app = run(STATUS)
    assert app.header[0].value == T("system.wrong", count=1)
    assert T("system.rules.todo") in app.warning[0].value


def test_only_the_last_answers_of_a_question_are_remembered(monkeypatch) -> None:
    monkeypatch.setattr(timings, "_taken", type(timings._taken)(timings._Taken))
    for _ in range(timings._REMEMBERED + 5):
        with timings.timed("overview"):
            pass
    (timing,) = timings.timings()
    assert timing.times == timings._REMEMBERED + 5 and 0 <= timing.median_s <= timing.worst_s < 1
    assert len(timings._taken["overview"].seconds) == timings._REMEMBERED
