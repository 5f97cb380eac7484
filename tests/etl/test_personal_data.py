"""What looks like personal data of a child is refused wherever it stands, and is repeated nowhere."""

import unicodedata
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.comments import Comment

from etl.archive import Archive, Incoming
from etl.file_names import shown_name
from etl.load import check, load_reports
from etl.personal_data import WITHHELD, personal_detail
from etl.read import read_report
from etl.report import Report
from etl.returned import return_workbook
from etl.wording import strip_marks
from tests.etl.test_report import FORM, D, put, read_edited, rules

NAMES = D.personal_data["names"]["surnames"]
CSV = "unit_code,period,measure,group,value"


@pytest.mark.parametrize(
    "text",
    [
        "Cháu: Nguyễn Văn An",
        "trẻ em Nguyễn Văn An",
        "học sinh Trần Thị B",
        "học sinh lớp 5A Trần Thị B",
        "bé gái Điểu Thị Hoa, 5 tuổi",
        "cháu Đào Thị Mai",
        "01 cháu Đào Thị Mai",
        "cháu Ksor H'Bia",
        "CHÁU NGUYỄN VĂN AN",
        "chau Nguyen Van An",
        "cháu nguyễn văn an",
        "con ông Nguyễn Văn Bảy",
        "Điểu Thị Hoa sinh năm 2015",
        "Nguyễn Thị Hoa, 12/05/2015",
        "Lê Văn Tèo 12 tuổi",
        "cháu gái sinh năm 2015",
        "ngày sinh: 1.2.2015",
        "070215001234",
        "070 215 001 234",
        "070.215.001.234",
        "CMND 285123456",
        "số định danh: 070 215 001 234",
        "TE1707012345678",
        "HS 4 3520 1234567890",
        "Họ tên trẻ em bị xâm hại",
        "Ngày sinh của trẻ",
        "NTNS",
    ],
)
def test_a_child_is_told_in_any_text(text) -> None:
    for spelling in (text, unicodedata.normalize("NFD", text), f"  {text.replace(' ', chr(160))} "):
        assert personal_detail(D, spelling)


@pytest.mark.parametrize(
    "text",
    [
        "em Cao đẳng",
        "trẻ em Bình Phước",
        "trẻ em Đoàn Kết",
        "Cháu ngoan Bác Hồ",
        "các cháu Trường Mầm non Hoa Sen",
        "học sinh Trường THCS Nguyễn Du",
        "Công viên Nguyễn Văn Trỗi",
        "Sân chơi trẻ em Nguyễn Văn Trỗi",
        "đường Lê Duẩn",
        "Trường tiểu học Võ Thị Sáu",
        "ấp Trần Hưng Đạo",
        "TRẺ EM BỊ XÂM HẠI",
        "trẻ sinh năm 2015: 120 cháu",
        "các cháu sinh năm 2015 vào lớp 1",
        "đăng ký khai sinh ngày 12/05/2021",
        "Diễn đàn học sinh ngày 12/05/2021",
        "Năm sinh hoạt hè 2021",
        "Họ và tên người lập biểu",
        "Công chức Văn hóa – Xã hội",
        "Quyết định 06/QĐ-TTg ngày 03/01/2019",
        "từ 01.2021-12.2021",
        "0271 3879 123",
        "2.400.000.000 đồng",
        "mua thẻ BHYT: 150.000.000 đồng",
        "mua thẻ BHYT 151 250 500 đồng",
        "hỗ trợ 12 cháu Bù Đăng",
        "không phát sinh",
    ],
)
def test_places_offices_and_many_children_are_nobody(text) -> None:
    assert personal_detail(D, text) is None
    assert "personal_data" not in rules(read_edited(lambda w: w["Điểm vui chơi"].__setitem__("A5", text)))


@pytest.mark.parametrize("words", ["trẻ em {}", "học sinh {}", "các em {}", "điểm trường {}", "{}", "{}, 12/05/2021"])
def test_units_are_nobody(words) -> None:
    for unit in D.units.values():
        for name in (
            unit.name,
            unit.name.removeprefix(f"{unit.unit_type} "),
            unit.district or "",
            strip_marks(unit.name),
        ):
            assert personal_detail(D, words.format(name), "no_name") is None, name


@pytest.mark.parametrize("text", ["Nguyễn Văn An", "Nguyen Van An", "NGUYỄN VĂN AN", "Trao quà cho Điểu Thị Hoa"])
def test_a_bare_name_is_told_where_no_name_is_asked_for(text) -> None:
    assert rules(read_edited(put("Số liệu", "1.1", 8, text))) == ["personal_data"]
    # Places are named after people, and a reporter may sign.
    for sheet, cell in (("Điểm vui chơi", "A5"), ("Điểm vui chơi", "B5"), ("Thông tin", "B9"), ("Số liệu", "H90")):
        assert rules(read_edited(lambda w, s=sheet, c=cell: w[s].__setitem__(c, text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "do ông Nguyễn Văn Bảy hiến đất",
        "Nguyễn Văn Trỗi",
        "đường Nguyễn Huệ, Lê Văn Sỹ và Trần Hưng Đạo",
        "TP Hồ Chí Minh",
        "Nông Thôn Mới Nâng Cao",
        "Đoàn Thanh Niên Xã",
        "Cao Su Phú Riềng",
        "Thị Trấn Đức Phong",
        "Cao hơn kỳ trước vì có thêm 12 cháu",
    ],
)
def test_a_note_may_name_places_and_adults(text) -> None:
    assert rules(read_edited(put("Số liệu", "1.1", 8, text))) == []


@given(
    st.sampled_from(["cháu", "Cháu:", "bé trai", "trẻ em", "em", "học sinh"]),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(["Văn", "Thị", "An", "Ngọc", "Ánh", "Đức", "B"]), min_size=1, max_size=4),
    st.sampled_from([str, str.title, strip_marks]),
)
def test_a_word_for_a_child_and_a_name(child, surname, names, write) -> None:
    words = f"{child} {write(' '.join([surname, *names]))} bị ngã"
    # Without marks some surnames are words of every day.
    if write is not strip_marks or personal_detail(D, f"bé {strip_marks(surname)} Van"):
        assert personal_detail(D, words)


@given(st.text())
def test_any_text_is_judged(text) -> None:
    personal_detail(D, text, "no_name", "no_date", "count")


@pytest.mark.parametrize(
    "value", [70215001234, 285215001234, 285123456, "285123456", date(2015, 5, 12), "cháu Vi Thị B"]
)
def test_what_stands_in_a_figure_is_told_and_not_repeated(value) -> None:
    report = read_edited(put("Số liệu", "1.1", 4, value))
    (found,) = [p for p in report.problems if p.rule == "personal_data"]
    assert found.cell == "D14"
    assert_not_repeated(report, str(value), "2015-05-12")


def test_money_and_moments_are_no_identity_numbers() -> None:
    report = read_edited(put("Nhiệm vụ", "T4.1", 4, 150_000_000_000))
    assert "personal_data" not in rules(report)
    assert personal_detail(D, "202112140930") is None


def assert_not_repeated(report: Report, *texts: str) -> None:
    assert not [(p, t) for p in report.problems for t in texts if t in " ".join(map(str, p))]
    assert not [t for t in texts if t in str(report)]


def a_comment(workbook: Workbook) -> None:
    workbook["Số liệu"]["D6"].comment = Comment("Cán bộ:\ncháu Vi Thị B", "Cán bộ")


def a_comment_of_somebody(workbook: Workbook) -> None:
    workbook["Số liệu"]["D6"].comment = Comment("Nguyễn Văn Bảy:\nđã kiểm tra", "Nguyễn Văn Bảy")


def a_header(workbook: Workbook) -> None:
    workbook["Nhiệm vụ"].oddHeader.center.text = "cháu Vi Thị B"


def a_list(workbook: Workbook) -> None:
    sheet = workbook.create_sheet("Danh sách")
    sheet.append(["STT", "Tên", "NTNS"])
    sheet.append([1, "Vi Thị B", "12/05/15"])


def a_column(workbook: Workbook) -> None:
    workbook["Số liệu"]["I4"], workbook["Số liệu"]["I6"] = "Họ tên trẻ em bị xâm hại", "Vi Thị B"


@pytest.mark.parametrize(
    ("edit", "sheet", "cell"),
    [
        (a_comment, "Số liệu", "D6"),
        (a_header, "Nhiệm vụ", None),
        (a_list, "Danh sách", "B2"),
        (a_column, "Số liệu", "I4"),
        (lambda w: w.create_sheet("cháu Vi Thị B").__setitem__("A1", 1), "Trang tính thứ 7", None),
        (lambda w: w.create_sheet("Vi Thị B"), "Trang tính thứ 7", None),
    ],
)
def test_what_stands_beside_the_form_is_told_and_not_repeated(edit, sheet, cell) -> None:
    report = read_edited(edit)
    assert set(rules(report)) == {"personal_data"}
    assert (sheet, cell) in [(p.sheet, p.cell) for p in report.problems if p.rule == "personal_data"]
    assert_not_repeated(report, "Vi Thị B")


def test_who_wrote_a_comment_is_no_child() -> None:
    assert rules(read_edited(a_comment_of_somebody)) == []


@pytest.mark.parametrize(
    "rows",
    [
        "cháu Vi Thị B,2021,children_under6,total,5",
        "25216,cháu Vi Thị B,children_under6,total,5",
        "25216,2021,cháu Vi Thị B,total,5",
        "25216,2021,children_under6,total,Vi Thị B",
        "25216,2021,children_under6,total,285123456",
        "25216,2021,children_under6,total,5,cháu Vi Thị B",
    ],
)
def test_a_csv_file_repeats_nobody(rows) -> None:
    for report in read_report(f"{CSV}\n{rows}\n".encode(), D):
        assert "personal_data" in rules(report)
        assert_not_repeated(report, "Vi Thị B", "285123456")


def test_a_csv_file_with_a_column_of_names_is_refused() -> None:
    (report,) = read_report(f"{CSV},Họ tên\n25216,2021,children_under6,total,5,Hoa\n".encode(), D)
    assert ("personal_data", "F1") in [(p.rule, p.cell) for p in report.problems]


def test_a_file_named_after_a_child_is_refused_and_shown_under_a_neutral_name(tmp_path: Path) -> None:
    name = "cháu Vi Thị B sinh 12-05-2015.xlsx"
    (checked,) = check([Incoming(name, FORM)], tmp_path)
    (loaded,) = load_reports([Incoming(name, FORM)], tmp_path)
    for answer in (checked, loaded):
        assert [p.rule for p in answer.problems if p.severity == "error"] == ["personal_data"]
        assert [p for p in answer.problems if "tên tệp" in p.message_vi and "Vi Thị B" not in str(p)]
        assert "Vi Thị B" not in return_workbook(FORM, [answer], D).file_name
    with duckdb.connect(tmp_path / "warehouse.duckdb", read_only=True) as con:
        ((shown,),) = con.execute("SELECT file_name FROM submission").fetchall()
    (receipt,) = Archive(tmp_path).receipts()
    assert shown == f"bao_cao_{receipt.sha256[:12]}.xlsx"
    # Under another name the same file is good.
    (again,) = load_reports([Incoming("bao_cao.xlsx", FORM)], tmp_path)
    assert (again.status, again.repeated) == ("accepted", False)


@pytest.mark.parametrize(
    ("name", "neutral"),
    [
        ("chau_Tran_Thi_B.xlsx", True),
        ("070215001234.csv", True),
        ("Cháu-Trần-Thị-B-12-05-2015.xls", True),
        ("Bao cao xa Loc Ninh - Nguyen Van An.xlsx", False),
        ("25216_thac_mo_2021.xlsx", False),
        ("BC tre em 6 thang 2021 (1).xlsx", False),
        ("20211214093015.csv", False),
    ],
)
def test_names_of_files(name, neutral) -> None:
    assert (shown_name(D, name, "f" * 64) != name) == neutral


def test_nothing_is_withheld_without_need() -> None:
    report = read_edited(put("Số liệu", "1.1", 4, "nhiều hơn năm trước"))
    assert [p.value for p in report.problems if p.severity == "error"] == ["nhiều hơn năm trước"]
    assert WITHHELD not in str(report.problems)
