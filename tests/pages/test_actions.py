"""Measures on the pages: recorded where a commune lags, seen in its profile, overdue ones first."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.actions import Action, actions, record, today
from etl.definitions import load
from pages.shared import queries
from pages.shared.actions import count_words, numbers, recorded, state_words, table
from pages.shared.figures import records
from pages.shared.text import text_of
from tests.pages.test_pages import run

D, T = load(), text_of("vi")
OFFICE = "Phòng Trẻ em, Sở Y tế"
VIEW = {"period": "2024", "units": "2021"}


@pytest.fixture
def home(demo_home, tmp_path, monkeypatch) -> Path:
    """The sample warehouse, and no measure yet."""
    (tmp_path / "warehouse.duckdb").symlink_to(demo_home / "warehouse.duckdb")
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path))
    return tmp_path


def keep(home: Path, code: str, *, days: int, vintage: str = "2021", **other) -> Action:
    """Record a measure that is due in so many days, or was, and then was recorded a year ago."""
    at = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=365 if days < 0 else 0)
    action = Action(vintage, code, f"Việc của {code}", "commune", today() + timedelta(days=days), OFFICE, **other)
    return record(home, action, D, at=at)


def submit(app, label: str):
    next(b for b in app.button if b.label == T(label)).click()
    app.run()
    assert not app.exception
    return app


def test_a_measure_is_recorded_for_the_commune_in_the_address_and_seen_in_its_profile(home) -> None:
    app = run("actions", **VIEW, unit="25222", target="5")
    assert app.header[0].value == T("actions.none_open") and app.info[0].value == T("actions.nothing")
    submit(app, "actions.record")
    assert "Hãy ghi việc cần làm" in app.error[0].value and actions(home) == []
    next(a for a in app.text_area if a.label == T("column.what")).set_value(" Xây sân chơi tại trung tâm xã ")
    next(i for i in app.text_input if i.label == T("actions.by")).set_value(OFFICE)
    submit(app, "actions.record")
    (kept,) = actions(home)
    assert (kept.vintage, kept.unit_code, kept.target, kept.task) == ("2021", "25222", 5, None)
    assert (kept.what, kept.recorded_by, kept.state) == ("Xây sân chơi tại trung tâm xã", OFFICE, "planned")
    assert "1 việc đang mở" in app.header[0].value
    profile = run("commune", **VIEW, unit="25222")
    (seen,) = [d.value for d in profile.dataframe if T("column.what") in d.value]
    assert list(seen[T("column.what")]) == [kept.what]


def test_overdue_ones_come_first_and_the_address_filters(home) -> None:
    keep(home, "25222", days=3, target=5)
    keep(home, "25195", days=-12, target=7, state="under_way")
    keep(home, "70", days=-2, target=None, task=3, state="done")
    app = run("actions", **VIEW)
    assert app.header[0].value == "2 việc đang mở, trong đó 1 việc quá hạn"
    shown = app.dataframe[0].value
    assert list(shown[T("column.action_state")]) == ["! Quá hạn 12 ngày, đang thực hiện", "○ Dự kiến"]
    for address, units in (
        ({"state": "overdue"}, ["Phường Tân Phú"]),
        ({"state": "done"}, ["Toàn tỉnh (tỉnh Bình Phước)"]),
        ({"state": "all", "target": "t3"}, ["Toàn tỉnh (tỉnh Bình Phước)"]),
        ({"unit": "25222", "lang": "vi"}, ["Xã Bù Gia Mập"]),
    ):
        app = run("actions", **VIEW, **address)
        assert list(app.dataframe[0].value[T("column.name")]) == units


def test_a_measure_shows_under_the_unit_that_its_commune_became_part_of(home) -> None:
    keep(home, "25198", days=3, target=5)
    keep(home, "25210", days=3, vintage="2025", target=3)
    seen = recorded("2025", today())
    assert set(seen["unit_code"]) == {"25195", "25210"}
    assert list(recorded("2021", today())["unit_code"]) == ["25198"]
    named = set(table(seen, T)[T("column.name")])
    assert named == {"Phường Bình Phước (ghi cho Phường Tân Đồng trước sắp xếp)", "Phường Đồng Xoài"}
    app = run("actions", **VIEW)
    assert T("actions.later_units", count=1, units="40 xã, phường (từ 01/7/2025)") in [c.value for c in app.caption]


def test_a_commune_that_lags_is_offered_until_a_measure_is_open(home) -> None:
    lagging = queries.left_out("child_consultation", "2026-H1", "2025").query("in_closing_set")
    first = lagging.iloc[0]["unit_code"]

    def left_alone() -> str:
        app = run("actions", period="2026-H1", units="2025", indicator="child_consultation")
        return next(m.value for m in app.markdown if f"cần {len(lagging)} xã" in m.value)

    assert f"; {len(lagging)} xã trong số đó" in left_alone()
    keep(home, first, days=3, vintage="2025", target=3)
    assert f"; {len(lagging) - 1} xã trong số đó" in left_alone()


@pytest.mark.usefixtures("home")
def test_without_a_measure_there_are_all_columns_and_words() -> None:
    none = recorded("2025", today())
    assert none.empty and count_words(none, T) == T("actions.none_open")
    assert [numbers(n) for n in ("5", "t5", "all", None)] == [(5, None), (None, 5), (None, None), (None, None)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_has_words_and_a_sign_of_its_own(language, home) -> None:
    for state in ("planned", "under_way", "done", "dropped"):
        keep(home, "25222", days=-1, target=5, state=state)
        keep(home, "25222", days=1, target=5, state=state)
    said = {state_words(r, text_of(language)) for r in records(recorded("2021", today()))}
    assert len(said) == 6 and len({s[0] for s in said}) == 5
