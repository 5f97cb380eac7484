"""Reporting and quality pages: every state, counts that add up, nothing sensitive in words."""

from collections import Counter

import pandas as pd
import pytest

from etl.definitions import load
from pages.shared import count_charts, maps, queries
from pages.shared.palette import REPORT_STATES
from pages.shared.text import text_of
from tests.pages.test_pages import PERIODS, run

UNITS = {"2021": 111, "2025": 40}
PARTS = ["warnings", "outliers", "revisions", "play_areas"]
VIEWS = [("2020", "2021"), ("2022", "2025"), ("2023-H1", "2021"), ("2025", "2025"), ("2026-H1", "2025")]
T = text_of("vi")


@pytest.fixture(autouse=True)
def home(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("period", "vintage"), VIEWS)
def test_reporting_page_says_who_reported(period, vintage, language) -> None:
    app = run("reporting", period=period, units=vintage, lang=language)
    states = queries.report_states(period)
    count = Counter(states["state"])
    received = count["on_time"] + count["late"]
    assert f"{received}/{len(states)}" in app.header[0].value and f"{count['late']} " in app.header[0].value
    waiting = app.dataframe[0].value
    assert len(waiting) == count["rejected"] + count["missing"]
    awaited = states[~states["state"].isin(["on_time", "late"])]
    assert sorted(waiting[text_of(language)("column.name")]) == sorted(awaited["name"])
    own = load().periods[period].vintage
    labels = {v.name: text_of(language).pick(v.label_vi, v.label_en) for v in load().vintages}
    assert any(labels[own] in i.value for i in app.info) == (own != vintage)
    if own == "2021":
        districts = app.dataframe[1].value
        assert len(districts) == 11
        assert list(districts.iloc[:, 1:].sum()) == [111, *(count[s] for s in REPORT_STATES)]


def test_the_share_of_children_is_that_of_the_last_known_numbers() -> None:
    states = queries.report_states("2026-H1")
    received = states[states["state"].isin(["on_time", "late"])]["children_under16"].sum()
    share = T.percent(int(received), int(states["children_under16"].sum()))
    assert share != T.percent(1, 1)
    assert share in run("reporting", period="2026-H1").header[0].value


def test_what_is_known_of_no_one_is_no_share() -> None:
    app = run("reporting", period="2020", units="2021")
    assert "100" not in app.header[0].value and "4 đơn vị còn lại" in app.header[0].value


def test_when_all_have_reported_the_page_says_so(monkeypatch) -> None:
    states = queries.report_states("2025").assign(state="on_time")
    monkeypatch.setattr(queries, "report_states", lambda period: states.assign(period=period))
    app = run("reporting", period="2025")
    assert "40/40" in app.header[0].value and app.success[0].value == T("reporting.none_to_phone")


@pytest.mark.parametrize("period", PERIODS)
def test_every_unit_is_in_one_class_of_the_map_and_one_field_of_the_history(period) -> None:
    vintage = load().periods[period].vintage
    states = queries.report_states(period)
    shown = maps.by_report_state(states, T, "x")
    assert shown.units.keys() == {u.code for u in load().units.values() if u.vintage == vintage}
    numbers = list(shown.units.values())
    assert [c.count for c in shown.classes] == [numbers.count(n) for n in range(len(REPORT_STATES))]
    assert sum(c.count for c in shown.classes) == UNITS[vintage]
    assert len({c.sign for c in shown.classes}) == len({c.colour for c in shown.classes}) == len(REPORT_STATES)

    chart = count_charts.report_history(queries.report_history(vintage), T, period)
    fields = chart.data[0]
    column = list(fields.x).index(period)
    signs = Counter(row[column] for row in fields.text)
    assert [signs[sign] for _, sign, _ in REPORT_STATES.values()] == [c.count for c in shown.classes]
    assert sum(row[0] == 0 for row in fields.z) == (11 if vintage == "2021" else 0)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("period", "vintage"), VIEWS)
@pytest.mark.parametrize("part", PARTS)
def test_quality_page_runs_in_every_state(part, period, vintage, language) -> None:
    for size in ("large", "all") if part == "outliers" else ("large",):
        app = run("quality", period=period, units=vintage, lang=language, part=part, size=size)
        count = {
            "warnings": len(queries.report_warnings(period)),
            "revisions": len(queries.revision_changes(period)),
            "play_areas": len(queries.play_area_conflicts(period)),
        }.get(part)
        if count is None:
            found = queries.outliers(period, vintage)
            found = found if size == "all" else found[found["large"]]
            kinds = Counter(found["kind"])
            assert [n for n in ("past", "peers") if str(kinds[n]) in app.header[0].value] == ["past", "peers"]
            assert [len(d.value) for d in app.dataframe] == [kinds[k] for k in ("past", "peers") if kinds[k]]
        else:
            assert app.header[0].value.startswith(str(count))
            assert bool(app.success) == (count == 0)


def test_an_outlier_is_explained_in_words() -> None:
    app = run("quality", period="2024", units="2021", part="outliers")
    found = queries.outliers("2024", "2021")
    first = found[found["large"] & (found["kind"] == "past")].iloc[0]
    said = app.dataframe[0].value.iloc[0][T("column.explanation")]
    label = load().measures[first["subject"]].label_vi
    assert label in said and T.number(first["value"]) in said
    assert f"các kỳ trước thường khoảng {T.number(first['usual'])}" in said


def test_a_broken_revision_is_told(monkeypatch) -> None:
    row = {"unit_code": "25222", "name": "Xã Bù Gia Mập", "district": "Huyện Bù Gia Mập", "revision": 2}
    row |= {"received_at": pd.Timestamp("2024-12-30"), "value_before": 400, "value_after": 40}
    changes = pd.DataFrame([row | {"label_vi": "A2 Trẻ em dưới 6 tuổi", "label_en": "A2 Children under 6"}])
    monkeypatch.setattr(queries, "revision_changes", lambda _: changes)
    app = run("quality", period="2024", units="2021", part="revisions")
    assert app.header[0].value.startswith("1 số liệu")
    assert {400, 40} <= set(app.dataframe[0].value.iloc[0])


def test_what_is_said_of_sensitive_figures_stays_out() -> None:
    codes = [m.code for m in load().measures.values() if m.sensitive]
    for period in PERIODS:
        warnings = queries.report_warnings(period)
        said = " ".join(str(m) for m in [*warnings["message_vi"].dropna(), *warnings["message_en"].dropna()])
        assert said and not [c for c in codes if f"{c} " in said]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_warning_has_a_name(language) -> None:
    for rule in load().rules.values():
        if rule.severity == "warning" and not rule.rule.startswith(("outlines_", "backup_", "doctor_")):
            assert text_of(language)(f"rule.{rule.rule}")
