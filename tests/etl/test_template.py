import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from etl.archive import Incoming
from etl.definitions import Period, Unit, load
from etl.load import load_reports
from etl.read import read_report
from etl.report import ChildFriendly, Criterion, Figure, PlayArea, Report, TaskResult
from etl.template import form_file_name, write_form

PROJECT = Path(__file__).parents[2]
D = load()
ASKED = [(m.measure, group) for m in D.measures.values() for group in m.groups]
OLD = D.units["2021", "25432"], D.periods["2021"]
MERGED = next(to_code for _, code, _, to_code in D.succession if code == "25432")
NEW = D.units["2025", MERGED], D.periods["2025"]


def make_report(unit: Unit, period: Period, value: int | None = None) -> Report:
    """Return a report with something in every cell; all figures are `value` where one is given."""
    at = unit.lat, unit.lon
    days = date(2020, 3, 9), "12/2020", date(2021, 6, 1), "=45/QĐ-UBND"
    kinds = {"count": Decimal(1234), "yes_no": Decimal(1), "amount": Decimal("1250.75")}
    return Report(
        unit_code=unit.code,
        vintage=unit.vintage,
        period=period.period,
        reported_on=period.due_on,
        figures=[Figure(None, "", *a, n * 977 if value is None else value) for n, a in enumerate(ASKED)],
        play_areas=[
            PlayArea("Sân chơi 1", "Ấp 1", "sân chơi", *at, Decimal("350.5"), 2015, "hư hỏng", True),
            PlayArea("=1+1", "+84", "khác", *at, None, None, "dự kiến", False),
            PlayArea("@Nhà văn hóa", "-2", "nhà văn hóa", None, None, Decimal(80), 2020, "đang hoạt động", None),
        ],
        child_friendly=ChildFriendly("recognised", *days, [Criterion(n, p, p - n) for n, p in D.criteria.items()]),
        tasks=[TaskResult(t.task, t.item, kinds[t.kind]) for t in D.tasks.values()],
    )


def read(content: bytes) -> Report:
    (report,) = read_report(content, D)
    return report


def figures(report: Report) -> dict[tuple[str, str], int | None]:
    return {(f.measure, f.population_group): f.value for f in report.figures}


def book(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def rules(report: Report) -> Counter[str]:
    return Counter(p.rule for p in report.problems)


def test_file_name() -> None:
    assert form_file_name(D.units["2021", "25216"], D.periods["2021-H1"]) == "bao_cao_25216_2021-H1.xlsx"


def assert_alike(found: Report, filled: Report) -> None:
    # The third play area has no position.
    assert [(p.rule, p.sheet) for p in found.problems] == [("not_reported", "Điểm vui chơi")] * 2
    assert figures(found) == figures(filled)
    assert replace(found, figures=[], problems=[]) == replace(filled, figures=[])


@pytest.mark.parametrize(("unit", "period"), [OLD, NEW, (OLD[0], D.periods["2023-H1"])])
def test_filled_form_is_read_back(unit: Unit, period: Period) -> None:
    filled = make_report(unit, period)
    assert_alike(read(write_form(D, unit, period, filled)), filled)


@pytest.mark.parametrize(("unit", "period"), [OLD, NEW])
def test_empty_form_lacks_only_what_is_to_be_filled_in(unit: Unit, period: Period) -> None:
    found = read(write_form(D, unit, period))
    assert (found.unit_code, found.vintage, found.period) == (unit.code, unit.vintage, period.period)
    optional = [m for m in D.measures.values() if not m.required]
    # Besides figures and tasks: the day of the report, and the stage.
    assert rules(found) == {"required_not_reported": 7, "not_reported": len(optional) + len(D.tasks) + 2}
    required = [p.measure for p in found.problems if p.rule == "required_not_reported"]
    assert [D.measures[m or ""].code for m in required] == ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]
    assert found.play_areas == []
    assert set(figures(found).values()) == {None}


@pytest.mark.parametrize(
    ("unit", "period", "name", "district"),
    [
        (OLD[0], "2021", "Thị trấn Chơn Thành", "Huyện Chơn Thành"),
        (OLD[0], "2022-H1", "Thị trấn Chơn Thành", "Huyện Chơn Thành"),
        (OLD[0], "2022", "Phường Hưng Long", "Thị xã Chơn Thành"),
        (OLD[0], "2023", "Phường Hưng Long", "Thị xã Chơn Thành"),
        (NEW[0], "2025", NEW[0].name, "-"),
    ],
)
def test_names_are_those_of_the_period(unit: Unit, period: str, name: str, district: str) -> None:
    sheet = book(write_form(D, unit, D.periods[period]))["Thông tin"]
    values = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2)}
    assert (values["Mã đơn vị"], values["Tên đơn vị"]) == (unit.code, name)
    assert values["Huyện/thị xã/thành phố"] == district


def test_same_input_gives_the_same_bytes() -> None:
    code = (
        "import sys; from tests.etl.test_template import *;"
        "sys.stdout.buffer.write(write_form(D, *OLD, make_report(*OLD)))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=PROJECT)
    assert other.stdout == write_form(D, *OLD, make_report(*OLD))


def test_only_input_cells_are_unlocked() -> None:
    workbook = book(write_form(D, *OLD))
    unlocked = {}
    for sheet in workbook:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        cells = [cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
        assert all(cell.value is None for cell in cells)
        unlocked[sheet.title] = len(cells)
    assert unlocked == {
        "Hướng dẫn": 0,
        "Thông tin": 2,
        "Số liệu": len(ASKED) + len(D.measures),
        "Điểm vui chơi": 60 * 10,
        "Phù hợp trẻ em": 5 + 13,
        "Nhiệm vụ": 2 * len(D.tasks),
    }


def test_every_number_and_choice_is_checked_as_it_is_typed() -> None:
    workbook = book(write_form(D, *OLD))
    texts = {"Chức danh người lập", "Số văn bản đăng ký", "Số quyết định công nhận"}
    headers = {"Ghi chú", "Tên điểm", "Thôn/ấp/khu phố"}
    for sheet in workbook:
        checks = sheet.data_validations.dataValidation
        for check in checks:
            assert len(check.formula1) <= 255
            assert check.error
            assert check.errorTitle
        for row in sheet.iter_rows():
            for cell in row:
                if cell.protection.locked or row[0].value in texts:
                    continue
                above = {sheet.cell(n, cell.column).value for n in range(1, cell.row)}
                covered = sum(cell.coordinate in check.cells for check in checks)
                assert covered == (0 if above & headers else 1), (sheet.title, cell.coordinate)


def test_guide_is_filled_in() -> None:
    sheet = book(write_form(D, *OLD))["Hướng dẫn"]
    said = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    facts = ["14/12/2021", "20/12/2021", "15/12/2020", "A1-A7", "3, 6 và 7", *D.province["hotlines"]]
    for fact in facts:
        assert fact in said
    assert "{" not in said


def test_text_never_becomes_a_formula() -> None:
    workbook = book(write_form(D, *OLD, make_report(*OLD)))
    formulas = [cell.coordinate for sheet in workbook for row in sheet for cell in row if cell.data_type == "f"]
    assert len(formulas) == 1  # the sum of the criteria


@given(st.lists(st.none() | st.integers(0, 99_999_999), min_size=len(ASKED), max_size=len(ASKED)))
@settings(max_examples=15, deadline=None)
def test_any_figures_are_read_back(values: list[int | None]) -> None:
    filled = Report(figures=[Figure(None, "", *a, v) for a, v in zip(ASKED, values, strict=True)])
    assert figures(read(write_form(D, *OLD, filled))) == figures(filled)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_form_saved_by_libreoffice_is_read_alike(suffix: str, tmp_path: Path) -> None:
    filled = make_report(*OLD)
    original = tmp_path / "form.xlsx"
    original.write_bytes(write_form(D, *OLD, filled))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", suffix]
    command += ["--outdir", str(tmp_path / "out"), str(original)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert_alike(read((tmp_path / "out" / f"form.{suffix}").read_bytes()), filled)


def test_next_form_starts_from_the_last_reports(tmp_path: Path) -> None:
    empty = write_form(D, *NEW)
    assert write_form(D, *NEW, known_in=tmp_path) == empty
    parts = [D.units[v, c] for v, c, _, to in D.succession if to == MERGED]
    incoming = []
    for unit in parts:
        for period, kept in (("2021", 3), ("2022", 1)):
            report = make_report(unit, D.periods[period], value=0)
            report.play_areas = (report.play_areas or [])[:kept]
            incoming.append(Incoming(f"{unit.code}_{period}", write_form(D, unit, D.periods[period], report)))
    assert {a.status for a in load_reports(incoming, tmp_path)} == {"accepted"}

    own = read(write_form(D, OLD[0], D.periods["2023"], known_in=tmp_path))
    expected = make_report(*OLD)
    assert own.play_areas == (expected.play_areas or [])[:1]
    assert own.child_friendly
    assert expected.child_friendly
    assert own.child_friendly.recognition_decision == "=45/QĐ-UBND"
    assert replace(own.child_friendly, criteria=[]) == replace(expected.child_friendly, criteria=[])
    earlier = read(write_form(D, *OLD, known_in=tmp_path))
    assert len(earlier.play_areas or []) == 3

    merged = read(write_form(D, *NEW, known_in=tmp_path))
    assert len(merged.play_areas or []) == len(parts)
    assert merged.child_friendly
    assert merged.child_friendly.stage is None
