"""The data officer's whole cycle in a real browser: send, get back, mend, send again, approve, close, reopen."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell

from etl.definitions import load
from etl.demo import make_report
from etl.report import PlayArea
from etl.template import form_file_name, write_form
from tests.browser.harness import open_page, serve, wait_until_drawn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

D = load()
PERIOD = D.periods["2021"]
UNITS = [u for u in D.units.values() if u.vintage == "2021"]
BAD = UNITS[:9]
OFFICE = "Phòng Bảo trợ trẻ em"


@pytest.fixture(scope="session")
def desk_home(tmp_path_factory) -> Path:
    """A folder in which nothing was loaded yet."""
    return tmp_path_factory.mktemp("desk_home")


@pytest.fixture(scope="session")
def app_url(desk_home, server_log) -> Iterator[str]:
    with serve(desk_home, server_log) as url:
        yield url


def form(unit, *, bad: bool = False, fewer: int = 0) -> bytes:
    """Return a unit's report; a bad one has more insured children than children, and a place on the wrong side."""
    report = make_report(D, unit, PERIOD)
    report.reported_on = PERIOD.due_on
    change = (lambda v: 2 * v) if bad else (lambda v: v - fewer)
    measure = "under6_insured_on_time" if bad else "under6_examined"
    report.figures = [
        f._replace(value=change(f.value)) if (f.measure, f.population_group) == (measure, "total") and f.value else f
        for f in report.figures
    ]
    if bad:
        area = PlayArea("Sân chơi", None, "sân chơi", unit.lon, unit.lat, None, None, "đang hoạt động", None)
        report.play_areas = [*(report.play_areas or []), area]
    return write_form(D, unit, PERIOD, report)


def send(page: Page, files: list[tuple[str, bytes]]) -> None:
    """Choose files on the page and wait until they are checked."""
    open_page(page, "/nop-bao-cao")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    payload = [{"name": name, "mimeType": kind, "buffer": content} for name, content in files]
    page.locator("input[type=file]").set_input_files(payload)
    page.get_by_role("heading", name=re.compile("được nhận, .* bị trả lại")).wait_for(timeout=60_000)
    wait_until_drawn(page)


def mended(returned: zipfile.ZipFile, folder: Path) -> list[tuple[str, bytes]]:
    """Return the bad reports as their senders mend them and save them in Calc: each cell as in the true report."""
    names = {unit: form_file_name(unit, PERIOD).replace(".xlsx", "_tra_lai.xlsx") for unit in BAD}
    for unit, name in names.items():
        (folder / name).write_bytes(returned.read(f"bi_tra_lai/{name}"))
        (folder / "true.xlsx").write_bytes(form(unit))
        book, true = openpyxl.load_workbook(folder / name), openpyxl.load_workbook(folder / "true.xlsx")
        for sheet in ("Số liệu", "Điểm vui chơi"):
            for cell in (cell for row in true[sheet].iter_rows() for cell in row):
                target = book[sheet][cell.coordinate]
                if not isinstance(target, MergedCell) and target.value != cell.value:
                    target.value = cell.value
        book.save(folder / name)
    saved = folder
    if soffice := shutil.which("soffice"):
        saved = folder / "saved"
        command = [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
        files = [folder / name for name in names.values()]
        subprocess.run([*command, "--outdir", saved, *files], check=True, capture_output=True, timeout=180)
    return [(name, (saved / name).read_bytes()) for name in names.values()]


def approve_and_show(page: Page, office: str = OFFICE) -> None:
    open_page(page, "/duyet?period=2021&units=2021")
    page.get_by_role("textbox", name="Bộ phận, chức danh quyết định").fill(office)
    page.get_by_role("textbox", name="Bộ phận, chức danh quyết định").press("Enter")
    wait_until_drawn(page)
    page.get_by_role("button", name=re.compile("không còn cảnh báo")).click()


def insured(home: Path) -> tuple[int, int]:
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        return con.execute(
            "SELECT numerator, units_reported FROM indicator_value WHERE indicator = 'insurance_under6'"
            " AND level = 'province' AND vintage = '2021' AND population_group = 'total'"
        ).fetchone()


def test_the_whole_cycle(page, desk_home, tmp_path) -> None:
    open_page(page, "/")
    assert page.get_by_text("python -m etl load").first.is_visible()

    # 111 files, 9 of them bad: the 9 come back as workbooks, the others are loaded.
    bad = {u.code for u in BAD}
    send(page, [(form_file_name(u, PERIOD), form(u, bad=u.code in bad)) for u in UNITS])
    page.get_by_role("heading", name="102 báo cáo được nhận, 9 bị trả lại").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải các tệp trả lại").click()
    returned = zipfile.ZipFile(download.value.path())
    page.get_by_role("button", name="Nộp 111 báo cáo").click()
    page.get_by_text("Đã nộp: 102 báo cáo được nhận, 9 bị trả lại").wait_for(timeout=60_000)
    before = insured(desk_home)
    assert before[1] == 102

    # The 9 are mended by their senders and sent again.
    send(page, mended(returned, tmp_path))
    page.get_by_role("heading", name="9 báo cáo được nhận, 0 bị trả lại").wait_for()
    page.get_by_role("button", name="Nộp 9 báo cáo").click()
    page.get_by_text("Đã nộp: 9 báo cáo được nhận, 0 bị trả lại").wait_for(timeout=60_000)
    after = insured(desk_home)
    assert after[1] == 111 and after[0] > before[0]
    open_page(page, "/?period=2021&units=2021")
    assert "111/111 đơn vị báo cáo" in page.locator("body").inner_text()

    # Approved and closed; a revision without a reason goes back, with one it is let in and named so.
    approve_and_show(page)
    page.get_by_role("heading", name="Đã duyệt 111/111 báo cáo, kỳ đang mở").wait_for(timeout=60_000)
    page.get_by_role("button", name="Khóa kỳ").click()
    page.get_by_role("heading", name="Kỳ đã khóa, 111/111 báo cáo đã duyệt").wait_for(timeout=60_000)
    unit = UNITS[20]
    send(page, [(form_file_name(unit, PERIOD), form(unit, fewer=9))])
    page.get_by_text("Có báo cáo cho kỳ đã khóa").wait_for()
    page.get_by_role("textbox", name="Lý do").fill("Đính chính theo công văn số 12")
    page.get_by_role("textbox", name="Bộ phận, chức danh quyết định").fill(OFFICE)
    page.get_by_role("textbox", name="Bộ phận, chức danh quyết định").press("Enter")
    wait_until_drawn(page)
    page.get_by_role("button", name="Nộp 1 báo cáo").click()
    page.get_by_text("Đã nộp: 1 báo cáo được nhận, 0 bị trả lại").wait_for(timeout=60_000)
    open_page(page, "/?period=2021&units=2021")
    said = page.locator("body").inner_text()
    assert "1 báo cáo được sửa sau khi khóa kỳ" in said and "Đã duyệt 110/111 báo cáo" in said

    # Reopened with a reason; every step is in the log.
    open_page(page, "/duyet?period=2021&units=2021")
    page.get_by_role("textbox", name="Bộ phận, chức danh quyết định").fill(OFFICE)
    page.get_by_role("textbox", name="Lý do mở lại").fill("Bổ sung số liệu y tế")
    page.get_by_role("textbox", name="Lý do mở lại").press("Enter")
    wait_until_drawn(page)
    page.get_by_role("button", name="Mở lại kỳ").click()
    page.get_by_role("heading", name="Đã duyệt 110/111 báo cáo, kỳ đang mở").wait_for(timeout=60_000)
    open_page(page, "/nhat-ky?period=2021&units=2021")
    page.get_by_role("heading", name="Nhật ký:").wait_for()
    with duckdb.connect(desk_home / "warehouse.duckdb", read_only=True) as con:
        events = dict(con.execute("SELECT action, count(*) FROM decision GROUP BY action").fetchall())
        statuses = dict(con.execute("SELECT status, count(*) FROM submission GROUP BY status").fetchall())
    assert events == {"approved": 111, "closed": 1, "admitted": 1, "reopened": 1}
    assert statuses == {"approved": 110, "accepted": 1, "superseded": 1, "rejected": 9}


def test_a_browser_closed_while_loading_loses_nothing(page, desk_home) -> None:
    later = D.periods["2022"]
    files = []
    for unit in UNITS[:40]:
        report = make_report(D, unit, later)
        report.reported_on = later.due_on
        files.append((form_file_name(unit, later), write_form(D, unit, later, report)))
    send(page, files)
    page.get_by_role("button", name="Nộp 40 báo cáo").click()
    page.get_by_text("Đang lưu và nạp").wait_for()
    page.goto("about:blank")

    def loaded() -> int:
        with duckdb.connect(desk_home / "warehouse.duckdb", read_only=True) as con:
            return con.execute("SELECT count(*) FROM submission WHERE period = '2022'").fetchone()[0]

    for _ in range(100):
        if loaded() == 40:
            break
        page.wait_for_timeout(200)
    assert loaded() == 40
