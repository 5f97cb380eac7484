"""One report on the desk: its warnings answered, what its revision changed, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from etl.archive import Incoming
from etl.definitions import load
from etl.demo import make_report
from etl.load import load_reports
from etl.template import form_file_name, write_form
from tests.browser.harness import open_page, serve, wait_until_drawn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

D = load()
PERIOD = D.periods["2021"]
UNIT, *OTHERS = [u for u in D.units.values() if u.vintage == "2021"][:3]


def form(unit, *, fewer: int = 0, late: int = 0) -> Incoming:
    report = make_report(D, unit, PERIOD)
    report.reported_on = PERIOD.due_on + timedelta(days=late)
    report.figures = [
        f._replace(value=f.value - fewer)
        if (f.measure, f.population_group) == ("under6_examined", "total") and f.value
        else f
        for f in report.figures
    ]
    return Incoming(form_file_name(unit, PERIOD), write_form(D, unit, PERIOD, report))


@pytest.fixture(scope="session")
def review_home(tmp_path_factory) -> Path:
    """Three reports, of which one was late and is revised."""
    home = tmp_path_factory.mktemp("review_home")
    load_reports([form(UNIT, late=2), *(form(u) for u in OTHERS)], home)
    load_reports([form(UNIT, fewer=11, late=3)], home)
    return home


@pytest.fixture(scope="session")
def app_url(review_home, server_log) -> Iterator[str]:
    with serve(review_home, server_log) as url:
        yield url


def test_a_warning_is_answered_and_a_revision_told(page, review_home) -> None:
    open_page(page, "/duyet?period=2021&units=2021")
    page.get_by_role("textbox", name="Bộ phận, chức danh quyết định").fill("Phòng Bảo trợ trẻ em")
    page.get_by_role("textbox", name="Bộ phận, chức danh quyết định").press("Enter")
    wait_until_drawn(page)
    # The report with an open warning is the first to be seen.
    page.get_by_role("heading", name=f"{UNIT.name}, bản 2").wait_for()
    said = page.locator("body").inner_text()
    assert "1 cảnh báo" in said and "sau hạn" in said
    assert "1 số liệu đã sửa so với bản trước" in said
    page.get_by_role("textbox", name="Trả lời").fill("Xã *mất điện* ba ngày")
    page.get_by_role("button", name="Lưu câu trả lời").click()
    page.get_by_text("Xã *mất điện* ba ngày").first.wait_for(timeout=30_000)
    with duckdb.connect(review_home / "warehouse.duckdb", read_only=True) as con:
        kept = con.execute("SELECT action, decided_by, rule, reason FROM decision").fetchall()
    assert kept == [("answered", "Phòng Bảo trợ trẻ em", "late_report", "Xã *mất điện* ba ngày")]
