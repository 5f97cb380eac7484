"""Every page by itself: no exception, in both languages, and the figures of the naive computation."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.definitions import load
from pages.shared.text import text_of
from tests.naive import read_workbooks, recompute

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def naive(demo_home: Path, demo_reports: Path):
    assert demo_home.exists()
    return recompute(read_workbooks(demo_reports))


def run(page: str = "", **address: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=60)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    if page:
        app.switch_page(page)
        for key, value in address.items():
            app.query_params[key] = value
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
    expected = []
    for target in d.plans[0].targets:
        first = target.indicators[0]
        figure = naive.get((first.indicator, "province", "70", vintage, period, "total"))
        expected.append(t.percent(*figure, first.value) if figure else "–")
    assert [m.value for m in app.metric] == expected
    assert any("Dữ liệu mẫu" in m.value for m in app.markdown)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("indicator", list(load().indicators))
def test_indicator_page_runs_for_every_indicator(indicator, language, naive, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    address = {"period": "2024", "units": "2021", "lang": language, "indicator": indicator}
    app = run("pages/indicator.py", **address)
    figure = naive[indicator, "province", "70", "2021", "2024", "total"]
    target = next(t for p in load().plans[0].targets for t in p.indicators if t.indicator == indicator)
    assert app.metric[0].value == text_of(language).percent(*figure, target.value)


def test_without_a_warehouse_the_page_says_what_to_do(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path))
    app = run()
    assert "python -m etl load" in app.info[0].value
