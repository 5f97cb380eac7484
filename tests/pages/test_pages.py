"""Every page by itself: no exception, in both languages, and the figures of the naive computation."""

from dataclasses import replace
from datetime import date
from itertools import cycle

import duckdb
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from etl import definitions
from etl.definitions import load
from etl.warehouse import SCHEMA_VERSION
from pages.shared import queries
from pages.shared.figures import lagging_words, status_words
from pages.shared.filters import view_of
from pages.shared.meeting import hold
from pages.shared.text import text_of
from tests.navigation import PATHS, PROJECT


def run(page: str = "overview", **address: str) -> AppTest:
    """Open the address of a page, as a browser does."""
    app = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=60)
    app.query_params.update(address)
    # AppTest itself gets to a page through the first one alone, which then is run each time.
    app._page_hash = calc_hash(PATHS[page])
    app.run()
    assert not app.exception
    return app


PERIODS = ["2020", *(f"{y}{h}" for y in range(2021, 2026) for h in ("-H1", "")), "2026-H1"]
VIEWS = [(p, v) for p in PERIODS for v in ("2021", "2025") if v == "2025" or p < "2025" or p == "2025-H1"]


@pytest.mark.parametrize(("period", "vintage"), VIEWS)
def test_overview_shows_the_naive_figures(period, vintage, naive, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run(period=period, units=vintage)
    d, t = load(), text_of("vi")
    # A target of several indicators shows the one that decides whether it is met: a met one only where all are.
    for target, card in zip(d.plans[0].targets, app.header[1:], strict=True):
        own = {i: naive.get((i.indicator, "province", "70", vintage, period, "total")) for i in target.indicators}
        words = {t.percent(*figure, i.value) if figure else "–": (i, figure) for i, figure in own.items()}
        shown = card.value.split(" :")[0]
        assert shown in words
        indicator, figure = words[shown]
        missed = [i for i, f in own.items() if f and i.value and 100 * f[0] < i.value * f[1]]
        if missed and figure and indicator.value:
            assert indicator in missed
    assert any("Dữ liệu mẫu" in m.value for m in app.markdown)


@pytest.mark.parametrize(("indicator", "language"), list(zip(load().indicators, cycle(["vi", "en"]), strict=False)))
def test_indicator_page_runs_for_every_indicator(indicator, language, naive, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    address = {"period": "2024", "units": "2021", "lang": language, "indicator": indicator}
    app = run("indicator", **address)
    figure = naive[indicator, "province", "70", "2021", "2024", "total"]
    target = next(t for p in load().plans[0].targets for t in p.indicators if t.indicator == indicator)
    assert app.metric[0].value == text_of(language).percent(*figure, target.value)


def test_without_a_warehouse_the_page_says_what_to_do(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path))
    app = run()
    assert "python -m etl load" in app.info[0].value


@pytest.mark.parametrize("schema", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1, None])
def test_a_warehouse_of_another_version_is_told_in_plain_words(schema, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path))
    if schema is None:
        (tmp_path / "warehouse.duckdb").write_bytes(b"of a version of DuckDB that nobody knows yet")
    else:
        with duckdb.connect(tmp_path / "warehouse.duckdb") as con:
            con.execute("CREATE TABLE warehouse_info AS SELECT $schema::INTEGER AS schema_version", {"schema": schema})
    app = run()
    assert "giữ an toàn trong kho lưu trữ" in app.info[0].value and "`python -m etl rebuild`" in app.info[0].value
    app = run("submit", lang="en")
    assert app.info[0].value.startswith("The published figures were built by another version")


def test_what_cannot_be_written_is_told_on_the_page(demo_home, tmp_path, monkeypatch) -> None:
    (tmp_path / "warehouse.duckdb").symlink_to(demo_home / "warehouse.duckdb")
    (tmp_path / "public").write_bytes(b"a file where a folder should be")
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path))
    app = run("sql")
    assert "vẫn nguyên vẹn" in app.error[0].value


OTHER_PAGES = {
    "map": [{}, {"show": "value"}, {"show": "compare"}, {"show": "combine", "test1": "below"}],
    "gaps": [{}, {"indicator": "swim_able_primary"}, {"indicator": "play_area_communes"}, {"part": "matrix"}],
    "play_areas": [{}],
    "child_friendly": [{}],
    "commune": [{}],
}


@pytest.mark.parametrize(
    ("period", "vintage", "language"),
    [("2020", "2021", "en"), ("2022", "2025", "vi"), ("2024", "2021", "vi"), ("2026-H1", "2025", "en")],
)
@pytest.mark.parametrize("page", OTHER_PAGES)
def test_every_page_runs_in_every_state(page, period, vintage, language, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    for state in OTHER_PAGES[page]:
        app = run(page, period=period, units=vintage, lang=language, **state)
        assert app.header[0].value
        assert any(text_of(language)("app.sample") in m.value for m in app.markdown)


def test_pages_run_without_outlines(schematic_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(schematic_home))
    for page in ("map", "gaps", "play_areas", "commune"):
        app = run(page, period="2024", units="2021")
        assert any("python -m etl boundaries" in c.value for c in app.caption), page


def test_the_map_s_table_is_what_the_map_shows(naive, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run("map", period="2022", units="2021", indicator="safety_skills")
    table = app.dataframe[0].value
    d = load()
    expected = []
    for unit in (u for u in d.units.values() if u.vintage == "2021"):
        figure = naive.get(("safety_skills", "commune", unit.code, "2021", "2022", "total"))
        told = "? Chưa báo cáo" if figure is None else round(100 * figure[0] / figure[1], 2)
        expected.append((d.name_of(unit, d.periods["2022"].cut_off).name, told))
    shown = [
        (name, status if status.startswith("?") else value)
        for name, value, status in table[["Đơn vị", "Tỷ lệ (%)", "Kết quả"]].itertuples(index=False)
    ]
    assert len(shown) == 111
    assert sorted(shown, key=str) == sorted(expected, key=str)


def test_a_commune_s_profile_shows_the_naive_figures(naive, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    d, t = load(), text_of("vi")
    app = run("commune", period="2024", units="2021", unit="25222")
    table = app.dataframe[0].value
    targets = [target for p in d.plans[0].targets for target in p.indicators]
    assert len(table) == len(targets)
    for target, (_, row) in zip(targets, table.iterrows(), strict=True):
        n, m = naive[target.indicator, "commune", "25222", "2021", "2024", "total"]
        share = d.indicators[target.indicator].kind == "share_of_communes"
        assert row["Tỷ lệ (%)"] == (("có" if n else "không") if share else t.percent(n, m, target.value))
        province = naive[target.indicator, "province", "70", "2021", "2024", "total"]
        assert row["Toàn tỉnh (%)"] == round(100 * province[0] / province[1], 2)


def test_a_link_leads_to_its_commune_also_after_another_page(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    last = [u.code for u in load().units.values() if u.vintage == "2021"][-1]
    app = run("commune", unit=last, period="2024", units="2021")
    for page in ("analysis", "commune"):
        app._page_hash = calc_hash(PATHS[page])
        app.query_params["unit"] = last
        app.run()
        assert not app.exception
    assert app.selectbox(key="unit").value == last


def test_forms_are_still_offered_when_the_calendar_has_run_out(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    past = {name: p for name, p in load().periods.items() if p.year < 2025}
    monkeypatch.setattr(definitions, "load", lambda: replace(load(), periods=past))
    app = run("submit", part="forms")
    assert next(s for s in app.selectbox if s.key == "form_period").value == past["2024"]


def test_a_first_year_has_no_rise_to_count(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run(period="2020", units="2021")
    said = [line for m in app.markdown for line in m.value.split("  \n")]
    assert ":small[Bơi và tự cứu: chưa có năm trước để so sánh]" in said
    assert not any("chỉ tiêu tăng" in s for s in said)


def test_each_map_and_chart_names_the_reports_that_it_shows(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run("map", period="2025", units="2025", indicator="swim_able_primary", show="compare", other="2024")
    sources = [c.value for c in app.caption if c.value.startswith("Nguồn")]
    assert sources[0] == "Nguồn: báo cáo của 109/111 đơn vị, chốt ngày 14/12/2024."
    assert sources[1] == "Nguồn: báo cáo của 39/40 đơn vị, chốt ngày 14/12/2025."
    app = run("protection", period="2024", units="2021")
    assert any("báo cáo các kỳ từ 2020 đến 2025, chốt ngày 14/12/2025" in c.value for c in app.caption)


def test_a_first_period_has_no_moves_between_stages(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run("child_friendly", period="2025", units="2025")
    assert any("Đây là kỳ đầu tiên" in info.value for info in app.info)
    app = run("child_friendly", period="2024", units="2021")
    assert not any("Đây là kỳ đầu tiên" in info.value for info in app.info)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_how_many_fall_short_is_said_one_way_everywhere(language, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    t = text_of(language)
    address = {"period": "2025", "units": "2025", "lang": language, "indicator": "child_consultation"}
    app = run("map", **address)
    status = app.dataframe[0].value[t("column.status")]
    missed, near = (int((status == status_words(s, t)).sum()) for s in ("missed", "near"))
    judged = missed + near + int((status == status_words("met", t)).sum())
    assert near > 0 and judged < len(status)
    counted = t("lagging.count", missed=missed + near, judged=judged, unit=t("lagging.unit.commune"))
    nearly = t("lagging.near", near=near)
    title = app.header[0].value
    assert title.startswith(counted) and title.endswith(nearly)
    assert counted + nearly in [s.value for s in run("indicator", **address).subheader]
    with queries.frozen(approved_only=False):
        meeting = hold(view_of("2025", "2025", t), date(2026, 1, 5))
        assert any(s.startswith(counted + nearly) for b in meeting.targets for s in b.sentences())
    matrix = run("gaps", part="matrix", **address)
    cells = matrix.dataframe[0].value
    lagging = int(cells["✗ ≈"].sum())
    assert matrix.header[0].value.startswith(t.number(lagging))
    with queries.frozen(approved_only=False):
        statuses = queries.matrix("2025", "2025")["status"]
    judged = int(statuses.isin(["met", "near", "missed"]).sum())
    said = t("lagging.count", missed=lagging, judged=judged, unit=t("lagging.unit.field"))
    assert matrix.header[0].value.startswith(said) and judged < len(statuses)


def test_where_nobody_can_be_judged_it_is_said() -> None:
    said = lagging_words(["no_baseline", "not_reported"], text_of("vi"))
    assert said == "Chưa xã nào có số liệu để so với mục tiêu"
