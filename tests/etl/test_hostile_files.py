"""200 damaged or hostile files: each ends accepted, or rejected with its problems, soon and in little memory."""

import os
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random

import openpyxl
import pytest

from etl.cells import ExcelError
from etl.definitions import load
from etl.demo import make_report
from etl.load import load_reports
from etl.read import read_report
from etl.template import write_form
from tests.etl.test_report import FORM, D

KINDS = ["truncated", "flipped", "cells", "text"]
ODD_CELLS = [
    None,
    "",
    "-",
    1e308,
    -1,
    0.5,
    True,
    "=1+1",
    "=1/0",
    "#REF!",
    "\x0b'\"<&>",
    "日本" * 5000,
    "{value}",
    "NaN",
]


def damaged(kind: str, seed: int) -> bytes:
    dice = Random(f"{kind}-{seed}")  # noqa: S311
    if kind == "truncated":
        return FORM[: dice.randrange(len(FORM))]
    if kind == "flipped":
        content = bytearray(FORM)
        for _ in range(dice.choice([1, 5, 50])):
            content[dice.randrange(len(content))] = dice.randrange(256)
        return bytes(content)
    if kind == "text":
        noise = bytes(dice.randrange(256) for _ in range(dice.randrange(400)))
        return (
            dice.choice(
                [
                    b"",
                    b"unit_code,period,measure,group,value\n",
                    b"\xef\xbb\xbf",
                    b"PK\x03\x04",
                    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                ]
            )
            + noise
        )
    workbook = openpyxl.load_workbook(BytesIO(FORM))
    for sheet in workbook:
        for _ in range(40):
            cell = sheet.cell(dice.randint(1, 70), dice.randint(1, 12))
            if not isinstance(cell, openpyxl.cell.MergedCell):
                value = dice.choice(ODD_CELLS)
                cell.value = value if value is None or not isinstance(value, str) else value.replace("\x0b", "")
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_48_files_of_a_kind_end_with_an_answer(kind) -> None:
    for seed in range(48):
        for report in read_report(damaged(kind, seed), D):
            assert report.accepted or all(p.message_vi and p.message_en for p in report.problems)


def rezipped(**changed: bytes) -> bytes:
    """The form with some members replaced; `__` in a name stands for `/`."""
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(FORM)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name.replace("/", "__").removesuffix(".xml"), old.read(name)))
        for name, extra in changed.items():
            if name.endswith("_bin"):
                new.writestr("xl/vbaProject.bin", extra)
    return content.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def rows(cells: bytes, count: int) -> bytes:
    return SHEET % b"".join(b'<row r="%d">%s</row>' % (n, cells % n) for n in range(1, count + 1))


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (rezipped(xl__worksheets__sheet3=b" " * 300_000_000), "file_too_large"),
        (rezipped(xl__worksheets__sheet3=rows(b'<c r="A%d"><v>1</v></c>', 1_048_576)), None),
        (rezipped(xl__worksheets__sheet3=SHEET % b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), None),
        (rezipped(xl__worksheets__sheet3=b"<worksheet>"), None),
        (rezipped(vba_bin=b"macro"), ""),
        (b"\x00" * 25_000_000, "file_too_large"),
        (b"x" * 1000, "not_a_report"),
        ("unit_code,period,measure,group,value\n25216,2021,ç".encode("cp1252"), "wrong_encoding"),
    ],
    ids=["bomb", "all rows", "far cell", "broken XML", "macro", "huge", "text", "cp1252"],
)
def test_a_hostile_file_is_rejected_for_its_reason(content, rule) -> None:
    (report,) = read_report(content, D)
    errors = [p.rule for p in report.problems if p.severity == "error"]
    assert errors == [] if rule == "" else errors
    if rule:
        assert errors == [rule]


def test_a_csv_of_nonsense_stays_bounded() -> None:
    lines = ["unit_code,period,measure,group,value", *(f"25216,2021,bogus{n},total,1" for n in range(20_000))]
    (report,) = read_report("\n".join(lines).encode(), D)
    assert len(report.problems) == D.form["limits"]["problems"] + 1
    assert report.problems[-1].rule == "too_many_problems"


def test_a_file_name_is_never_a_path(tmp_path: Path) -> None:
    from etl.archive import Incoming

    load_reports([Incoming("../../etc/passwd\x00.xlsx;rm", b"nothing")], tmp_path / "home")
    assert sorted(os.listdir(tmp_path)) == ["home"]  # noqa: PTH208
    assert len(list((tmp_path / "home" / "archive").glob("??/*"))) == 1


def test_an_excel_error_is_no_empty_cell() -> None:
    d = load()
    unit, period = d.units["2021", "25216"], d.periods["2021"]
    workbook = openpyxl.load_workbook(BytesIO(write_form(d, unit, period, make_report(d, unit, period))))
    row = next(c.row for (c,) in workbook["Số liệu"].iter_rows(max_col=1) if str(c.value) == "1.1")
    cell = workbook["Số liệu"].cell(row, 4)
    cell.value, cell.data_type = "#DIV/0!", "e"
    saved = BytesIO()
    workbook.save(saved)
    (report,) = read_report(saved.getvalue(), d)
    (problem,) = [p for p in report.problems if p.severity == "error"]
    assert (problem.rule, problem.cell, problem.value) == ("excel_error", f"D{row}", ExcelError("#DIV/0!"))
