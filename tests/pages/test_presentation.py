"""The presentation and the page of papers: every screen runs, and shows the naive figures."""

import pytest

from etl.definitions import load
from pages.shared.text import text_of
from tests.pages.test_pages import run


@pytest.mark.parametrize(("period", "vintage", "language"), [("2024", "2021", "vi"), ("2026-H1", "2025", "en")])
def test_every_screen_runs_and_shows_the_naive_figures(
    period, vintage, language, naive, demo_home, monkeypatch
) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    t = text_of(language)
    app = run("presentation", period=period, units=vintage, lang=language, screen="title")
    seen = []
    screens = 14
    for _ in range(screens):
        seen.append(app.session_state["screen"])
        if seen[-1].startswith("target-"):
            target = load().plans[0].targets[int(seen[-1].removeprefix("target-")) - 1]
            figures = {
                t.percent(*naive[i.indicator, "province", "70", vintage, period, "total"], i.value)
                for i in target.indicators
            }
            assert app.metric[0].value in figures
        app.button[1].click().run()
        assert not app.exception
    assert len(set(seen)) == screens
    assert app.session_state["screen"] == "title"


def test_screens_say_what_half_a_year_and_missing_reports_leave_open(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    for screen in ("title", "targets", "decisions"):
        app = run("presentation", period="2026-H1", units="2025", screen=screen)
        said = [e.value for e in (*app.title, *app.subheader, *app.caption)]
        assert any("Mới cộng dồn 6 tháng" in words for words in said), screen
        assert screen == "decisions" or any("36/40 đơn vị báo cáo, có thể thay đổi" in words.lower() for words in said)
    app = run("presentation", period="2026-H1", units="2025", screen="target-1")
    assert "mới 6 tháng, tăng" in app.header[0].value
    assert "Còn thiếu" not in [m.label for m in app.metric]
    app = run("presentation", period="2026-H1", units="2025", screen="target-7")
    assert app.metric[-1].delta == "có thể thay đổi khi đủ báo cáo"


@pytest.mark.parametrize("indicator", ["examined_under6", "safety_skills"])
def test_the_page_of_a_running_total_judges_nobody_at_mid_year(indicator, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run("indicator", period="2026-H1", units="2025", indicator=indicator)
    assert "mới 6 tháng, mục tiêu cả năm" in app.header[0].value
    assert [m.value for m in app.metric][2] == "–"
    said = " ".join(e.value for e in (*app.header, *app.subheader, *app.markdown)).lower()
    assert "chưa đạt" not in said


def test_the_papers_are_made_in_one_click(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run("pack", period="2024", units="2021", unit="25222")
    app.button[0].click().run()
    assert not app.exception
    names = [b.label for b in app.get("download_button")]
    assert [n.split("(")[0].rsplit(".", 1)[-1].strip() for n in names] == ["zip", "pptx", "pdf", "xlsx"]
    app.button[1].click().run()
    assert not app.exception
    assert any("25222" in b.label for b in app.get("download_button"))
