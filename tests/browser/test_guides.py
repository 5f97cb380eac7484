"""Each guide tried by somebody who has nothing but the guide: the words in bold, one after the other."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from etl.__main__ import main
from etl.accounts import account_contradictions, account_of, accounts_path
from etl.archive import Incoming
from etl.load import load_reports
from tests.browser.harness import open_page, serve, upload, wait_until_drawn
from tests.guides import bold, code_blocks, guide, pattern, sample_report, tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Download, Page

OFFICE = "Phòng Bảo trợ trẻ em"


@pytest.fixture(scope="module")
def desk_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard for the walks that change something: on so few reports, all is published at once."""
    folder = tmp_path_factory.mktemp("desk")
    sent = [
        sample_report(),
        sample_report("25210"),
        sample_report("25217", late=1),
        sample_report("25217", late=3, fewer=7),
    ]
    load_reports([Incoming(*report) for report in sent], folder / "home")
    with serve(folder / "home", folder / "server.log") as url:
        yield url


class Walk:
    """A reader who follows a task word by word, and may use no word that the task does not give at that place."""

    def __init__(self, page: Page, name: str, number: int) -> None:
        self.page = page
        self.words = bold(tasks(guide("vi", name))[number - 1])

    def read(self, words: str) -> re.Pattern[str]:
        """Take the next word of the guide, which must be `words`."""
        assert self.words and self.words[0] == words, f"the guide goes on with {self.words[:1]}, not {words}"
        self.words.pop(0)
        return re.compile(pattern(words))

    def see(self, *several: str) -> None:
        """Find words on the page, or in the part of a table that is in sight."""
        for words in several:
            said = self.read(words)
            on_page = f"() => new RegExp({said.pattern!r}, 'i').test(document.body.textContent)"
            if not self.page.evaluate(on_page):
                # Not yet, or within a map, whose words are not the body's.
                self.page.get_by_text(re.compile(said.pattern, re.IGNORECASE)).first.wait_for(state="attached")

    def press(self, words: str) -> None:
        """Press a button, a link or a choice."""
        said = re.compile(rf"{self.read(words).pattern}(→|←|Ctrl.*|expand_more)?$")
        roles = [self.page.get_by_role(role).filter(has_text=said) for role in ("button", "link", "radio")]
        roles[0].or_(roles[1]).or_(roles[2]).locator("visible=true").first.click()
        wait_until_drawn(self.page)

    def go(self, section: str, name: str) -> None:
        """Open a page by the bar at the top."""
        bar = self.page.get_by_test_id("stTopNavSection").filter(has_text=self.read(section))
        # A menu that was opened while the page was drawn is closed again.
        wait_until_drawn(self.page)
        bar.click()
        link = self.page.get_by_test_id("stTopNavDropdownLink").filter(
            has_text=re.compile(rf"{self.read(name).pattern}$")
        )
        link.locator("visible=true").click()
        self.page.wait_for_function("() => !document.querySelector('[aria-haspopup=menu][aria-expanded=true]')")
        wait_until_drawn(self.page)

    def choose(self, words: str, option: str = "") -> None:
        """Choose an option, or the second that is offered, in a list."""
        box = self.page.get_by_role("combobox", name=self.read(words)).locator("visible=true").first
        box.click()
        # A long list holds only what is in sight.
        box.fill(option)
        offered = self.page.get_by_role("option").filter(has_text=option)
        offered.nth(0 if option else 1).click()
        wait_until_drawn(self.page)

    def write(self, words: str, text: str) -> None:
        """Write into a field, and leave it."""
        field = self.page.get_by_role("textbox", name=self.read(words)).locator("visible=true").first
        field.fill(text)
        field.press("Tab")
        wait_until_drawn(self.page)

    def take(self, words: str) -> Download:
        """Press what gives a file."""
        with self.page.expect_download() as download:
            self.press(words)
        wait_until_drawn(self.page)
        return download.value

    def pick_row(self) -> None:
        """Tick the box at the start of the first row of the first table."""
        self.page.get_by_test_id("stDataFrame").first.click(position={"x": 16, "y": 55})
        wait_until_drawn(self.page)

    def heading(self, said: str) -> None:
        """Wait for a large line that says this, and for what stands below it."""
        self.page.get_by_role("heading").filter(has_text=re.compile(said)).first.wait_for()
        wait_until_drawn(self.page)

    def end(self) -> None:
        """Fail where the guide gives more words than were needed."""
        assert not self.words, f"the guide also says {self.words}"


def test_leadership_sees_whether_and_where_targets_are_missed(page) -> None:
    walk = Walk(page, "lanh-dao", 1)
    open_page(page, "/")
    walk.choose("Kỳ báo cáo", "Năm 2024")
    walk.heading("Đạt 4 trên 8 mục tiêu")
    walk.see("Đạt", "Gần đạt", "Chưa đạt")
    walk.press("Xã còn thiếu")
    walk.heading("Còn thiếu|: ")
    walk.see("Bỏ sót")
    walk.pick_row()
    walk.heading("đạt .* chỉ tiêu")
    walk.see("Toàn tỉnh (%)")
    walk.end()


def test_leadership_sees_since_when_and_how_many(page) -> None:
    walk = Walk(page, "lanh-dao", 2)
    open_page(page, "/?period=2024&units=2021")
    walk.press("Chi tiết")
    walk.see("Còn thiếu", "Tiến độ", "Xu hướng gần đây", "Báo cáo còn thiếu", "Diễn biến theo thời gian")
    walk.choose("Chỉ tiêu")
    walk.end()


def test_leadership_prepares_the_meeting(page) -> None:
    walk = Walk(page, "lanh-dao", 3)
    open_page(page, "/?period=2024&units=2021")
    walk.go("Tổng quan", "Tài liệu họp")
    walk.press("Lập bộ tài liệu")
    page.get_by_role("button", name=re.compile(r"Tải .*zip")).wait_for(timeout=60_000)
    assert len(zipfile.ZipFile(walk.take("Tải … (… MB)").path()).namelist()) == 3
    walk.go("Tổng quan", "Trình chiếu")
    walk.press("Tiếp")
    walk.heading("mục tiêu")
    walk.press("Trước")
    page.get_by_role("button").filter(has_text=re.compile(r"^\d+.\d+expand_more$")).click()
    walk.press("Thoát")
    walk.heading("Đạt 4 trên 8 mục tiêu")
    walk.end()


def test_a_planner_tells_who_lags_for_sure(page) -> None:
    walk = Walk(page, "ke-hoach", 1)
    open_page(page, "/?period=2024&units=2021")
    walk.go("Tìm và so sánh", "Bản đồ chỉ tiêu")
    walk.choose("Chỉ tiêu", "7. ")
    walk.see("Cách xem")
    walk.press("So với mục tiêu")
    walk.see("Chưa đạt", "Chưa báo cáo")
    walk.go("Tổng quan", "Chỉ tiêu")
    walk.see("So sánh", "thấp hơn rõ rệt", "chưa phân biệt được")
    walk.end()


def test_a_planner_knows_whom_to_phone(page) -> None:
    walk = Walk(page, "ke-hoach", 2)
    open_page(page, "/?period=2023&units=2021")
    walk.go("Báo cáo", "Tình hình báo cáo")
    walk.heading("đơn vị đã báo cáo")
    walk.see("Cần đôn đốc: … đơn vị", "Tình trạng", "Bị trả lại", "Chưa gửi", "Vướng mắc")
    assert walk.take("Tải bảng (Excel)").suggested_filename.endswith(".xlsx")
    walk.see("Các kỳ báo cáo của từng đơn vị")
    walk.end()


def test_a_planner_records_a_measure_and_follows_it(page, desk_url) -> None:
    walk = Walk(page, "ke-hoach", 3)
    open_page(page, desk_url)
    walk.go("Tổng quan", "Việc cần làm")
    walk.see("Bắt đầu từ xã còn thiếu so với mục tiêu, chưa có việc nào đang mở")
    page.get_by_test_id("stPageLink").get_by_text(" · ").first.click()
    page.wait_for_url(re.compile(r"unit=\d"))
    wait_until_drawn(page)
    walk.see("Ghi việc mới")
    walk.write("Việc cần làm", "Rà soát trẻ em chưa có thẻ tại từng thôn")
    walk.choose("Cơ quan chủ trì")
    walk.see("Thời hạn")
    walk.write("Bộ phận, chức danh ghi nhận", OFFICE)
    walk.press("Ghi việc")
    walk.heading("1 việc đang mở")
    walk.pick_row()
    walk.see("Cập nhật việc đã chọn")
    walk.choose("Tình trạng", "Đang thực hiện")
    page.get_by_role("textbox", name="Bộ phận, chức danh ghi nhận").last.fill(OFFICE)
    walk.press("Lưu thay đổi")
    page.get_by_text("Cập nhật việc đã chọn").wait_for(state="detached")
    walk.end()


def test_an_analyst_filters_and_pivots(page) -> None:
    walk = Walk(page, "phan-tich", 1)
    open_page(page, "/?period=2024&units=2021")
    walk.go("Phân tích", "Phân tích")
    walk.choose("Chỉ tiêu, số liệu", "BHYT")
    page.keyboard.press("Escape")
    walk.see("Kỳ")
    walk.press("Điều kiện (…)")
    walk.choose("Điều kiện 1")
    walk.choose("Yêu cầu", "chưa đạt mục tiêu")
    walk.see("chưa đạt mục tiêu")
    page.keyboard.press("Escape")
    walk.heading("đáp ứng điều kiện")
    walk.press("Bảng")
    walk.see("Dòng", "Cột", "Ô cho biết", "Xếp dòng theo")
    page.keyboard.press("Escape")
    walk.see("Cộng")
    walk.end()


def test_an_analyst_takes_away_and_keeps(page, desk_url) -> None:
    walk = Walk(page, "phan-tich", 2)
    open_page(page, f"{desk_url}/phan-tich?what=insurance_under6")
    walk.press("Tải về")
    assert walk.take("Bảng và định nghĩa (Excel)").suggested_filename.endswith(".xlsx")
    assert walk.take("Hình vẽ (PNG)").suggested_filename.endswith(".png")
    page.keyboard.press("Escape")
    walk.press("Mở, lưu góc nhìn")
    walk.write("Tên góc nhìn", "Thẻ BHYT 2024")
    walk.press("Lưu")
    walk.see("Góc nhìn đã lưu, dùng chung")
    page.get_by_role("link", name="Thẻ BHYT 2024").wait_for()
    walk.end()


def test_an_analyst_asks_in_sql(page) -> None:
    walk = Walk(page, "phan-tich", 3)
    open_page(page, "/?period=2024&units=2021")
    walk.go("Phân tích", "SQL")
    walk.choose("Câu hỏi mẫu")
    walk.see("Câu lệnh", "Bảng có những cột nào", "Chèn tên bảng, cột vào câu lệnh")
    walk.press("Chạy")
    page.get_by_text("mili giây").wait_for()
    for words, ending in (("Tải CSV", "csv"), ("Tải Excel", "xlsx"), ("Tải Parquet", "parquet")):
        assert walk.take(words).suggested_filename == f"sql.{ending}"
    walk.end()


def test_a_commune_gets_the_form(page) -> None:
    walk = Walk(page, "cap-xa", 1)
    open_page(page, "/")
    walk.go("Báo cáo", "Nộp báo cáo")
    walk.press("Lấy biểu mẫu")
    walk.choose("Kỳ báo cáo", "6 tháng đầu năm 2026")
    walk.choose("Đơn vị")
    book = openpyxl.load_workbook(BytesIO(walk.take("Tải biểu mẫu").path().read_bytes()))
    assert "Hướng dẫn" in book.sheetnames
    walk.end()


def drop(walk: Walk, *files: tuple[str, bytes]) -> None:
    """Drop files into the box that the guide names, and wait for the answer."""
    walk.see("Tệp báo cáo (.xlsx, .xls, .ods, .csv)")
    upload(walk.page, *files)
    walk.heading("được nhận, .* bị trả lại")
    wait_until_drawn(walk.page)


def test_a_commune_sends_and_mends(page, desk_url) -> None:
    walk = Walk(page, "cap-xa", 2)
    open_page(page, desk_url)
    walk.go("Báo cáo", "Nộp báo cáo")
    walk.see("Gửi báo cáo")
    drop(walk, sample_report(wrong=True))
    walk.see("… báo cáo được nhận, … bị trả lại", "… nội dung cần sửa hoặc xem lại", "Trang tính", "Ô", "Nội dung")
    returned = zipfile.ZipFile(walk.take("Tải các tệp trả lại (đã đánh dấu ô cần sửa)").path())
    book = openpyxl.load_workbook(BytesIO(returned.read(returned.namelist()[0])))
    true = openpyxl.load_workbook(BytesIO(sample_report()[1]))["Số liệu"]
    for row in book["Số liệu"].iter_rows():
        for cell in row:
            if cell.comment:
                cell.value = true[cell.coordinate].value
    mended = BytesIO()
    book.save(mended)
    page.get_by_test_id("stFileChipDeleteBtn").first.click()
    page.get_by_text("0 báo cáo được nhận, 1 bị trả lại").wait_for(state="hidden")
    wait_until_drawn(page)
    upload(page, (Path(returned.namelist()[0]).name, mended.getvalue()))
    walk.heading("1 báo cáo được nhận, 0 bị trả lại")
    walk.press("Nộp … báo cáo")
    page.get_by_text("Đã nộp: 1 báo cáo được nhận").wait_for(timeout=60_000)
    walk.end()


def test_a_commune_looks_at_its_own_profile(page) -> None:
    walk = Walk(page, "cap-xa", 3)
    open_page(page, "/?period=2024&units=2021")
    walk.go("Tìm và so sánh", "Hồ sơ xã")
    walk.choose("Xã, phường, thị trấn", "Xã Lộc Thiện")
    walk.heading("Xã Lộc Thiện: đạt .* chỉ tiêu")
    walk.see("Kết quả", "Còn thiếu", "Toàn tỉnh (%)", "Báo cáo đã gửi")
    page.get_by_text(re.compile("nội dung cần xem lại trong báo cáo")).first.click()
    walk.see("… nội dung cần xem lại trong báo cáo của kỳ này")
    walk.end()


def test_a_data_officer_loads_a_batch(page, desk_url) -> None:
    walk = Walk(page, "so-lieu", 1)
    open_page(page, desk_url)
    walk.go("Báo cáo", "Nộp báo cáo")
    drop(walk, sample_report("25220", wrong=True), sample_report("25217", late=3, fewer=9))
    walk.see("… báo cáo được nhận, … bị trả lại", "… nội dung cần sửa hoặc xem lại")
    returned = zipfile.ZipFile(walk.take("Tải các tệp trả lại (đã đánh dấu ô cần sửa)").path())
    assert any("25220" in name for name in returned.namelist())
    walk.see("Số liệu sẽ thay đổi thế nào")
    walk.press("Nộp … báo cáo")
    page.get_by_text("Đã nộp: 1 báo cáo được nhận, 1 bị trả lại").wait_for()
    walk.end()


def test_a_data_officer_sees_what_a_revision_changed(page, desk_url) -> None:
    walk = Walk(page, "so-lieu", 3)
    open_page(page, desk_url)
    walk.go("Báo cáo", "Chất lượng số liệu")
    walk.see("Cách xem")
    walk.press("Sửa đổi lớn")
    walk.heading("thay đổi hơn một nửa khi sửa lại")
    walk.go("Báo cáo", "Duyệt và khóa kỳ")
    walk.choose("Xem một báo cáo", "25217")
    walk.see("… số liệu đã sửa so với bản trước")
    walk.go("Báo cáo", "Nhật ký")
    walk.heading("Nhật ký")
    walk.end()


def test_a_data_officer_approves_answers_and_closes(page, desk_url) -> None:
    walk = Walk(page, "so-lieu", 2)
    open_page(page, desk_url)
    walk.go("Báo cáo", "Duyệt và khóa kỳ")
    walk.choose("Kỳ báo cáo", "6 tháng đầu năm 2026")
    walk.write("Bộ phận, chức danh quyết định", OFFICE)
    walk.press("Duyệt … báo cáo không còn cảnh báo")
    walk.heading("Đã duyệt 2/3 báo cáo")
    walk.choose("Xem một báo cáo", "25217")
    walk.write("Trả lời", "Xã mất điện ba ngày")
    walk.press("Lưu câu trả lời")
    page.get_by_role("button", name="Duyệt 1 báo cáo không còn cảnh báo").click()
    walk.heading("Đã duyệt 3/3 báo cáo, kỳ đang mở")
    walk.press("Khóa kỳ")
    walk.heading("Kỳ đã khóa, 3/3 báo cáo đã duyệt")
    walk.write("Lý do mở lại", "Bổ sung số liệu y tế")
    walk.press("Mở lại kỳ")
    walk.heading("Đã duyệt 3/3 báo cáo, kỳ đang mở")
    walk.end()


def test_an_administrator_gives_out_accounts(tmp_path) -> None:
    """The file of the guide is one that the program takes, and gives the roles that the guide says."""
    (shown,) = code_blocks(tasks(guide("vi", "quan-tri"))[1], "toml")
    accounts_path(tmp_path).write_text(shown, encoding="utf-8")
    assert not account_contradictions(tmp_path)
    assert account_of({"email": "xa.tan.phu@example.gov.vn", "email_verified": True}, tmp_path).unit == "25195"
    assert "decide" in account_of({"email": "phong.tre.em@example.gov.vn"}, tmp_path).role.rights


def test_an_administrator_backs_up_restores_and_examines(tmp_path, monkeypatch, capsys) -> None:
    """What the guide's third task says, on a folder with one report."""
    name, content = sample_report()
    (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path / "home"))
    assert main(["load", str(tmp_path / name)]) == 0
    assert main(["backup", "--out", str(tmp_path / "backup")]) == 0
    (file,) = (tmp_path / "backup").iterdir()
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path / "new"))
    assert main(["restore", str(file)]) == 0
    assert main(["doctor", "--repair"]) == 0
    assert "mọi thứ đều ổn" in capsys.readouterr().out


@pytest.mark.parametrize("number", [1, 3])
def test_an_administrator_sees_how_it_is(page, desk_url, number) -> None:
    walk = Walk(page, "quan-tri", number)
    open_page(page, desk_url)
    walk.go("Báo cáo", "Tình trạng hệ thống")
    if number == 3:
        walk.see("Sao lưu gần nhất", "Ổ đĩa")
        walk.press("Kiểm tra ngay")
        page.get_by_text("Không mất báo cáo nào").wait_for()
    walk.end()
