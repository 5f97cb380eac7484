"""A report in all the shapes that people give it."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.definitions import load
from etl.demo import make_report
from etl.read import read_report
from etl.report import Report
from etl.template import write_form

D = load()
PERIOD = D.periods["2021"]
UNIT = D.units["2021", "25216"]
SENT = make_report(D, UNIT, PERIOD)
FORM = write_form(D, UNIT, PERIOD, SENT)
Edit = Callable[[openpyxl.Workbook], None]


def read_edited(edit: Edit) -> Report:
    workbook = openpyxl.load_workbook(BytesIO(FORM))
    edit(workbook)
    saved = BytesIO()
    workbook.save(saved)
    (report,) = read_report(saved.getvalue(), D)
    return report


def cell_of(workbook: openpyxl.Workbook, sheet: str, code: str, column: int):
    rows = workbook[sheet].iter_rows(max_col=1)
    row = next(c.row for (c,) in rows if str(c.value) == code)
    return workbook[sheet].cell(row, column)


def put(sheet: str, code: str, column: int, value: object) -> Edit:
    def edit(workbook: openpyxl.Workbook) -> None:
        cell_of(workbook, sheet, code, column).value = value

    return edit


def values(report: Report) -> dict[tuple[str, str], int | None]:
    return {(f.measure, f.population_group): f.value for f in report.figures}


def rules(report: Report, severity: str = "error") -> list[str]:
    return [p.rule for p in report.problems if p.severity == severity]


def test_a_written_form_reads_back_whole() -> None:
    (report,) = read_report(FORM, D)
    assert values(report) == values(SENT)
    assert sorted(report.tasks) == sorted(SENT.tasks)
    assert [a._replace(area_m2=None) for a in report.play_areas] == [a._replace(area_m2=None) for a in SENT.play_areas]
    assert report.child_friendly.stage == SENT.child_friendly.stage
    assert (report.unit_code, report.vintage, report.period) == ("25216", "2021", "2021")
    assert rules(report) == []


def test_an_empty_form_misses_its_required_figures_and_nothing_else_is_wrong() -> None:
    (report,) = read_report(write_form(D, UNIT, PERIOD), D)
    assert rules(report) == ["required_not_reported"] * 7
    assert set(rules(report, "warning")) == {"not_reported"}
    assert all(p.message_vi and p.message_en for p in report.problems)


def test_the_form_is_the_same_each_time() -> None:
    assert write_form(D, UNIT, PERIOD, SENT) == FORM


def test_names_are_those_of_the_period() -> None:
    unit = D.units["2021", "25432"]
    for period, name in (("2021", "Thị trấn Chơn Thành"), ("2023", "Phường Hưng Long")):
        workbook = openpyxl.load_workbook(BytesIO(write_form(D, unit, D.periods[period])))
        assert workbook["Thông tin"]["B5"].value == name


def test_the_form_is_protected_but_for_its_input_cells() -> None:
    workbook = openpyxl.load_workbook(BytesIO(FORM))
    assert all(sheet.protection.sheet for sheet in workbook)
    assert cell_of(workbook, "Số liệu", "A1", 1).protection.locked
    assert not cell_of(workbook, "Số liệu", "A1", 4).protection.locked
    assert workbook["Điểm vui chơi"].data_validations.dataValidation


@pytest.mark.parametrize(
    ("value", "expected"), [("2.400", 2400), ("2 400", 2400), ("２４００", 2400), (2400.0, 2400), ("'-", None)]
)
def test_a_total_in_any_spelling(value, expected) -> None:
    report = read_edited(put("Số liệu", "1.1", 4, value.removeprefix("'") if isinstance(value, str) else value))
    assert values(report)["under6_insured_on_time", "total"] == expected


@pytest.mark.parametrize(
    ("code", "value", "rule"),
    [
        ("A1", None, "required_not_reported"),
        ("A1", "không phát sinh", "nothing_arose_not_allowed"),
        ("1.1", -3, "negative"),
        ("1.1", 12.5, "fraction"),
        ("1.1", "96%", "percent"),
        ("1.1", "nhiều", "not_a_number"),
    ],
)
def test_a_bad_cell_is_named_with_its_address(code, value, rule) -> None:
    report = read_edited(put("Số liệu", code, 4, value))
    (problem,) = [p for p in report.problems if p.severity == "error"]
    assert problem.rule == rule
    assert problem.sheet == "Số liệu"
    assert problem.cell.startswith("D")
    assert problem.measure


def test_nothing_arose_is_zero_where_it_may_be() -> None:
    said = unicodedata.normalize("NFD", "Không phát sinh")
    assert values(read_edited(put("Số liệu", "3.1", 4, said)))["decisions_child_related", "total"] == 0


def test_a_group_left_empty_is_not_reported() -> None:
    report = read_edited(put("Số liệu", "1.1", 5, None))
    assert values(report)["under6_insured_on_time", "female"] is None
    assert rules(report) == []


def test_headers_are_found_where_they_were_moved_to() -> None:
    def move(workbook: openpyxl.Workbook) -> None:
        workbook["Số liệu"].insert_rows(1, 5)
        workbook["Số liệu"].insert_cols(1, 2)
        workbook["Số liệu"]["D9"].value = unicodedata.normalize("NFD", "  CHỈ  TIÊU ")

    report = read_edited(move)
    assert values(report) == values(SENT)


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda w: w.remove(w["Nhiệm vụ"]), "missing_sheet"),
        (put("Số liệu", "1.1", 1, "9.9"), "unknown_code"),
        (put("Số liệu", "1.1", 1, "1.2"), "duplicate_code"),
        (lambda w: w["Thông tin"].__setitem__("B4", "99999"), "unknown_unit"),
        (lambda w: w["Thông tin"].__setitem__("B5", "Phường Long Thủy"), "unit_name_disagrees"),
        (lambda w: w["Thông tin"].__setitem__("B7", "2026"), "wrong_vintage"),
        (lambda w: w["Thông tin"].__setitem__("B7", "quý 3"), "unreadable_period"),
        (lambda w: w["Phù hợp trẻ em"].__setitem__("B4", "được công nhận"), "stage_without_date"),
        (lambda w: w["Phù hợp trẻ em"].__setitem__("C11", 500), "points_above_maximum"),
        (lambda w: w["Phù hợp trẻ em"].__setitem__("B11", 1000), "criterion_maximum"),
        (lambda w: w["Thông tin"].__setitem__("A12", "Kỳ báo cáo"), "duplicate_column"),
        (lambda w: w["Số liệu"].__setitem__("I4", " tổng số:"), "duplicate_column"),
        (lambda w: w["Điểm vui chơi"].__setitem__("C5", "sòng bạc"), "unknown_word"),
        (lambda w: w["Điểm vui chơi"].__setitem__("D5", "106,99"), "outside_province"),
        (lambda w: w["Điểm vui chơi"].__setitem__("J5", "cháu Nguyễn Văn An bị ngã"), "personal_data"),
        (lambda w: w.create_sheet("Danh sách").__setitem__("A1", "Họ và tên"), "personal_data"),
    ],
)
def test_what_is_wrong_is_found(edit, rule) -> None:
    assert rule in rules(read_edited(edit))


def test_swapped_coordinates_are_told_from_foreign_ones() -> None:
    def swap(workbook: openpyxl.Workbook) -> None:
        sheet = workbook["Điểm vui chơi"]
        sheet["D5"].value, sheet["E5"].value = sheet["E5"].value, sheet["D5"].value

    assert rules(read_edited(swap)) == ["swapped_coordinates"]


def test_personal_data_is_never_repeated() -> None:
    report = read_edited(lambda w: w["Điểm vui chơi"].__setitem__("J5", "070201001234"))
    (problem,) = [p for p in report.problems if p.rule == "personal_data"]
    assert "070201001234" not in str(problem)


def test_extra_columns_and_sheets_are_warnings() -> None:
    def add(workbook: openpyxl.Workbook) -> None:
        workbook.create_sheet("Nháp")
        workbook["Số liệu"]["I4"].value = "Năm trước"
        workbook["Số liệu"]["I6"].value = 7

    report = read_edited(add)
    assert rules(report) == []
    assert {"extra_sheet", "extra_column"} <= set(rules(report, "warning"))


def test_of_two_equal_headings_neither_is_chosen_silently() -> None:
    def add(workbook: openpyxl.Workbook) -> None:
        workbook["Số liệu"]["I4"], workbook["Số liệu"]["I6"] = "Tổng số", 7

    report = read_edited(add)
    (problem,) = [p for p in report.problems if p.severity == "error"]
    assert (problem.rule, problem.cell) == ("duplicate_column", "I4") and "D4" in problem.message_vi
    assert values(report) == values(SENT)


@pytest.mark.parametrize(
    ("sheet", "cell", "formula"),
    [
        ("Thông tin", "B4", "=25216"),
        ("Thông tin", "B8", "=TODAY()"),
        ("Số liệu", "A6", '="A1"'),
        ("Số liệu", "D6", "=D7-40"),
        ("Số liệu", "E14", "=SUM(D14)"),
        ("Điểm vui chơi", "A5", '="Sân chơi"'),
        ("Điểm vui chơi", "B5", '="Ấp 1"'),
        ("Điểm vui chơi", "C5", '="sân chơi"'),
        ("Điểm vui chơi", "D5", "=11.7"),
        ("Điểm vui chơi", "G5", "=2015"),
        ("Điểm vui chơi", "H5", '="dự kiến"'),
        ("Điểm vui chơi", "I5", "=1"),
        ("Điểm vui chơi", "C90", '="sân chơi"'),
        ("Phù hợp trẻ em", "B4", '="đã đăng ký"'),
        ("Phù hợp trẻ em", "B5", "=TODAY()"),
        ("Phù hợp trẻ em", "B11", "=77"),
        ("Phù hợp trẻ em", "C11", "=70"),
        ("Nhiệm vụ", "D6", "=3"),
    ],
)
def test_a_formula_that_was_never_reckoned_is_no_empty_cell(sheet, cell, formula) -> None:
    report = read_edited(lambda w: w[sheet].__setitem__(cell, formula))
    assert ("formula_without_result", sheet, cell) in [(p.rule, p.sheet, p.cell) for p in report.problems]


def test_the_sum_of_the_form_need_not_be_reckoned() -> None:
    formula = openpyxl.load_workbook(BytesIO(FORM))["Phù hợp trẻ em"]["C24"].value
    assert formula.startswith("=") and rules(read_edited(lambda _: None)) == []


@pytest.mark.parametrize("number_format", ["0%", "0.00%", '#,##0.0 "tỷ lệ" %', "[Red]0%;-0%"])
def test_a_percentage_is_none_the_less_one_for_being_a_number(number_format) -> None:
    def edit(workbook: openpyxl.Workbook) -> None:
        cell = cell_of(workbook, "Số liệu", "1.1", 4)
        cell.value, cell.number_format = 1, number_format

    report = read_edited(edit)
    (problem,) = [p for p in report.problems if p.severity == "error"]
    assert (problem.rule, problem.cell, problem.value) == ("percent", "D14", "100%")


def test_a_percent_sign_in_quotes_and_an_empty_cell_are_no_percentage() -> None:
    def edit(workbook: openpyxl.Workbook) -> None:
        workbook["Số liệu"]["E14"].number_format = '0"%"'
        workbook["Số liệu"]["F14"].value, workbook["Số liệu"]["F14"].number_format = None, "0%"

    assert rules(read_edited(edit)) == []


@pytest.mark.parametrize(
    ("year", "condition", "rule"),
    [
        (2021, "đang hoạt động", None),
        (2022, "đang hoạt động", "year_out_of_range"),
        (2022, "hư hỏng", "year_out_of_range"),
        (2025, "đang xây dựng", None),
        (2025, "dự kiến", None),
        (2099, "dự kiến", "year_out_of_range"),
        (1899, "đang hoạt động", "year_out_of_range"),
    ],
)
def test_what_is_in_use_came_into_use_by_then(year, condition, rule) -> None:
    def edit(workbook: openpyxl.Workbook) -> None:
        workbook["Điểm vui chơi"]["G5"], workbook["Điểm vui chơi"]["H5"] = year, condition

    assert rules(read_edited(edit)) == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("reported_on", "registered_on", "found"),
    [
        ("10/12/2021", "10/12/2021", []),
        ("10/12/2021", "11/12/2021", ["stage_after_report"]),
        (None, "31/12/2021", []),
        (None, "01/01/2022", ["stage_after_report"]),
    ],
)
def test_a_stage_is_not_reached_after_the_report(reported_on, registered_on, found) -> None:
    def edit(workbook: openpyxl.Workbook) -> None:
        workbook["Thông tin"]["B8"] = reported_on
        workbook["Phù hợp trẻ em"]["B4"], workbook["Phù hợp trẻ em"]["B5"] = "đã đăng ký", registered_on

    assert rules(read_edited(edit)) == found


CSV = "unit_code,period,measure,group,value\n"


@given(
    st.sampled_from(["25216", "25216.0", " 25216 ", "25 216", "２５２１６", "'25216"]),
    st.sampled_from(["2021-H1", "2021 H1", "6 tháng đầu năm 2021", "Báo cáo 6 tháng năm 2021", " 2021-h1 "]),
)
def test_a_unit_and_a_period_have_one_report_in_any_spelling(code, period) -> None:
    rows = f"25216,2021-H1,children_under6,total,5\n{code},{period},children_under6,total,6\n"
    (report,) = read_report((CSV + rows).encode(), D)
    assert (report.unit_code, report.period) == ("25216", "2021-H1")
    assert [(p.rule, p.cell) for p in report.problems if p.rule == "duplicate_code"] == [("duplicate_code", "E3")]


def test_a_csv_file_with_two_columns_of_one_name_is_no_report() -> None:
    (report,) = read_report(b"unit_code,period,measure,group,value,Value\n25216,2021,children_under6,total,5,6\n", D)
    assert rules(report) == ["not_a_report"]


def named(name: str, district: str) -> Edit:
    def edit(workbook: openpyxl.Workbook) -> None:
        workbook["Thông tin"]["B4"].value = None
        workbook["Thông tin"]["B5"].value = name
        workbook["Thông tin"]["B6"].value = district

    return edit


@pytest.mark.parametrize(
    ("name", "district", "code"),
    [
        ("P. Thác Mơ", "TX. Phước Long", "25216"),
        ("thac mo", "", "25216"),
        ("Tân Phú", "Huyện Đồng Phú", "25363"),
        ("Thị trấn Chơn Thành", "Huyện Chơn Thành", "25432"),
        ("Xã Lộc Hoà", "Lộc Ninh", "25273"),
    ],
)
def test_a_unit_is_known_by_its_name(name, district, code) -> None:
    assert read_edited(named(name, district)).unit_code == code


@pytest.mark.parametrize("name", ["Xã Tân Thành", "Loc Thanh"])
def test_an_ambiguous_name_is_rejected_with_its_candidates(name) -> None:
    report = read_edited(named(name, ""))
    (problem,) = [p for p in report.problems if p.severity == "error"]
    assert problem.rule == "ambiguous_unit"
    assert problem.message_vi.count("(25") == 2


def test_forms_of_earlier_years_stay_readable_when_figures_are_added() -> None:
    measure = replace(D.measures["children_under16"], code="A99", measure="children_online", first_year=2023)
    task = replace(D.tasks["events"], code="T2.99", item="films", first_year=2023)
    newer = replace(D, measures=D.measures | {"children_online": measure}, tasks=D.tasks | {"films": task})
    for definitions in (D, newer):
        (report,) = read_report(FORM, definitions)
        assert rules(report) == [] and values(report) == values(SENT)
    assert write_form(newer, UNIT, PERIOD, SENT) == FORM
    # From its first year on, a form without the figure is an old one that somebody used again.
    period = D.periods["2023"]
    (report,) = read_report(write_form(D, UNIT, period, make_report(D, UNIT, period)), newer)
    assert rules(report) == ["missing_row"] * 2
    assert {p.measure for p in report.problems if p.severity == "error"} == {"children_online", "task.films"}
    # Before the program is brought up to date, it says so of a newer form.
    (report,) = read_report(write_form(newer, UNIT, period, make_report(D, UNIT, period)), D)
    found = [p for p in report.problems if p.severity == "error"]
    assert [(p.rule, p.value) for p in found] == [("unknown_code", "A99"), ("unknown_code", "T2.99")]
    assert "cập nhật chương trình" in found[0].message_vi


def test_a_csv_file_of_earlier_years_is_not_asked_for_figures_added_later() -> None:
    measure = replace(D.measures["children_under16"], code="A99", measure="children_online", first_year=2023)
    newer = replace(D, measures=D.measures | {"children_online": measure})
    for year, asked in (("2022", False), ("2023", True)):
        rows = f"unit_code,period,measure,group,value\n25216,{year},children_under6,total,5\n".encode()
        (report,) = read_report(rows, newer)
        assert ("children_online" in {p.measure for p in report.problems}) == asked
