"""The workbook of a meeting: its formulas, what they give, and that it is ready for paper."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from math import isclose

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from etl.definitions import load
from pages.shared import queries
from pages.shared.figures import figures
from pages.shared.filters import view_of
from pages.shared.meeting import Meeting, hold
from pages.shared.pack.workbook import workbook
from pages.shared.spreadsheet import Book, Formula, Mark, Table
from pages.shared.tables import as_workbook
from pages.shared.text import text_of

T = text_of("vi")
PERIOD, VINTAGE, HEAD = "2024", "2021", 4


@dataclass
class Opened:
    """The file, its cells as formulas, and the values that stand in it without calculating."""

    content: bytes
    meeting: Meeting
    formulas: openpyxl.Workbook
    values: dict[str, list[list[object]]]

    def rows(self, sheet: str) -> Iterator[tuple[int, dict[str, object]]]:
        """Yield each row beneath the head with its number, values by their column's head."""
        values = self.values[T(f"workbook.sheet.{sheet}")]
        for number, row in enumerate(values[HEAD:], start=HEAD + 1):
            yield number, dict(zip(values[HEAD - 1], row, strict=True))

    def table(self, sheet: str) -> list[tuple[int, dict[str, object]]]:
        """Return the rows that the sheet's filter holds."""
        reference = self.formulas[T(f"workbook.sheet.{sheet}")].auto_filter.ref
        last = int(re.findall(r"\d+", reference)[1])
        return [(number, row) for number, row in self.rows(sheet) if number <= last]


@pytest.fixture(scope="module")
def opened(demo_home) -> Iterator[Opened]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
        with queries.frozen(approved_only=False):
            meeting = hold(view_of(PERIOD, VINTAGE, T), date(2026, 11, 24))
            content = workbook(meeting)
            assert workbook(hold(meeting.view, meeting.on)) == content
            sheets = CalamineWorkbook.from_filelike(BytesIO(content))
            values = {n: sheets.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in sheets.sheet_names}
            yield Opened(content, meeting, openpyxl.load_workbook(BytesIO(content)), values)


def test_every_share_is_a_formula_over_its_own_row(opened) -> None:
    counted = 0
    pairs = {"share": ("numerator", "denominator"), "share_before": ("numerator_before", "denominator_before")}
    pairs["communes_share"] = ("communes_met", "communes_judged")
    for sheet in opened.formulas.worksheets[1:]:
        values = opened.values[sheet.title]
        heads = values[HEAD - 1]
        for share, (above, below) in pairs.items():
            if T(f"column.{share}") not in heads:
                continue
            column, n, d = (heads.index(T(f"column.{name}")) for name in (share, above, below))
            for number, row in enumerate(values[HEAD:], start=HEAD + 1):
                if not isinstance(row[n], float):
                    assert row[n] == row[column], (sheet.title, number)
                    continue
                counted += 1
                cells = [sheet.cell(number, c + 1).coordinate for c in (n, d)]
                formula = sheet.cell(number, column + 1).value
                assert formula == f'=IF({cells[1]}=0,"Không áp dụng",{cells[0]}/{cells[1]})'
                assert row[column] == (row[n] / row[d] if row[d] else "Không áp dụng")
    assert counted > 2000


def test_figures_are_the_naive_ones(opened, naive) -> None:
    names = {T.pick(f.row["short_vi"], ""): f.row["indicator"] for b in opened.meeting.targets for f in b.figures}
    levels = {"indicators": "province", "communes": "commune", "districts": "district"}
    codes = {u.district: u.district_code for u in load().units.values()}
    for sheet, level in levels.items():
        found = {}
        for _, row in opened.table(sheet):
            unit = {"province": "70", "commune": row.get("Mã"), "district": codes.get(row.get("Huyện"))}[level]
            key = names[row["Chỉ tiêu"]], level, unit, VINTAGE, PERIOD, "total"
            found[key] = (row["Tử số"], row["Mẫu số"])
            if key not in naive:
                assert row["Tử số"] == "Chưa báo cáo"
        expected = {k: v for k, v in naive.items() if k[1] == level and k[3:] == (VINTAGE, PERIOD, "total")}
        assert {k: found[k] for k in expected} == expected
        assert {i for i, *_ in found} == set(names.values())
    assert len(found) == 11 * 16 and len(opened.table("communes")) == 111 * 16


def test_status_gap_and_change_are_those_of_the_pages(opened) -> None:
    province = [f for b in opened.meeting.targets for f in b.figures]
    for (number, row), f in zip(opened.table("indicators"), province, strict=True):
        assert row["Kết quả"] == f.status_words()
        assert row["Còn thiếu"] == ("–" if f.row["gap"] is None else f.row["gap"])
        assert isclose(row["Thay đổi (điểm %)"], f.change(), abs_tol=1e-9)
        assert str(opened.formulas[T("workbook.sheet.indicators")].cell(number, 14).value).startswith("=100*(")
    said = {(r["Chỉ tiêu"], r["Mã"]): r["Kết quả"] for _, r in opened.table("communes")}
    for f in province:
        communes = figures(queries.left_out(f.row["indicator"], PERIOD, VINTAGE), T)
        assert all(said[f.row["short_vi"], c.row["unit_code"]] == c.status_words() for c in communes)


def test_lagging_communes_are_the_meeting_s(opened) -> None:
    listed = [c for b in opened.meeting.targets for c in b.lagging]
    for (_, row), c in zip(opened.table("lagging"), listed, strict=True):
        assert (row["Mã"], row["Kết quả"]) == (c.row["unit_code"], c.status_words())
        assert row["Thiếu để xã đạt"] == ("–" if c.row["comparator"] == "rising" else c.row["closes"])
        assert row["Bỏ sót"] == c.row["left_out"]


def test_the_communes_add_up_to_the_province(opened) -> None:
    sheet = opened.formulas[T("workbook.sheet.communes")]
    table = opened.table("communes")
    totals = [(n, r) for n, r in opened.rows("communes") if r["Đơn vị"] == "Toàn tỉnh"]
    assert len(totals) == 16 and totals[0][0] == table[-1][0] + 2
    for number, total in totals:
        of_it = [r for _, r in table if r["Chỉ tiêu"] == total["Chỉ tiêu"] and isinstance(r["Tử số"], float)]
        for column, head in ((6, "Tử số"), (7, "Mẫu số")):
            letter = "FG"[column - 6]
            rows = f"{letter}${HEAD + 1}:{letter}${table[-1][0]}"
            formula = sheet.cell(number, column).value
            assert formula == f"=SUMIFS({rows},B${HEAD + 1}:B${table[-1][0]},B{number})"
            assert total[head] == sum(r[head] for r in of_it)


def test_every_table_is_ready_for_screen_and_paper(opened) -> None:
    tables = opened.formulas.worksheets[1:]
    assert len(tables) == 11
    for sheet in tables:
        assert sheet.freeze_panes.endswith(str(HEAD + 1))
        assert sheet.auto_filter.ref.startswith(f"A{HEAD}:")
        assert sheet.print_area and sheet.print_title_rows == f"${HEAD}:${HEAD}"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        # One page wide, which is what a file means that does not say it, and as many high as it takes.
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
        assert "Nguồn" in sheet.oddFooter.left.text and sheet.oddFooter.right.text == "&P/&N"
        # A cell of a table is a number or says why there is none.
        rows = opened.values[sheet.title][HEAD : int(re.findall(r"\d+", sheet.auto_filter.ref)[1])]
        assert rows and all(cell != "" for row in rows for cell in row)
    about = opened.formulas.worksheets[0]
    links = [cell.hyperlink for row in about.iter_rows() for cell in row if cell.hyperlink]
    assert [link.location for link in links] == [f"'{sheet.title}'!A1" for sheet in tables]
    assert not any(link.target for link in links)
    received = queries.snapshot(PERIOD)["last_received_at"].to_pydatetime().replace(microsecond=0)
    assert opened.formulas.properties.created.replace(tzinfo=UTC) == received.replace(tzinfo=UTC)


def test_text_is_text_whatever_it_begins_with() -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "x" * 40_000, "a\x00b", "{name}"]
    book = Book(title="=1+1", created=datetime(2026, 1, 1), heading="&A=1+1", footer="&P")
    rows = [{"name": h, "mark": Mark(h), "sum": Formula("LEN({name})", len(h), "0")} for h in hostile]
    book.write_table(Table("Bảng", {"name": "=1+1", "mark": "b", "sum": "c"}, rows))
    sheet = openpyxl.load_workbook(BytesIO(book.close()))["Bảng"]
    assert sheet["A1"].data_type == "s"
    for row in sheet.iter_rows(min_row=2):
        assert [cell.data_type for cell in row] == ["s", "s", "f"]
    assert len(sheet["A7"].value) == 32_767
    assert sheet.oddFooter.left.text.endswith("&&P")


def test_a_page_s_table_as_a_workbook() -> None:
    frame = pd.DataFrame(
        {
            "Mã": ["25216", "25219"],
            "Tỷ lệ (%)": [95.123, None],
            "Năm": pd.Series([2020, None], dtype="Int64"),
            "Ngày": pd.to_datetime(["2024-12-14", None]),
            "Đủ": [True, False],
            "Dãy": [[1.5, 2.0], []],
            "Lời": ["=1+1", float("inf")],
        }
    )
    content = as_workbook(frame, T, ["Nguồn: báo cáo.", "http://127.0.0.1/?period=2024"], datetime(2026, 1, 1))
    assert content == as_workbook(frame, T, ["Nguồn: báo cáo.", "http://127.0.0.1/?period=2024"], datetime(2026, 1, 1))
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    table, about = (book.get_sheet_by_index(n).to_python() for n in (0, 1))
    assert table[0] == list(frame.columns)
    assert table[1] == ["25216", 95.123, 2020.0, date(2024, 12, 14), "có", "1,5; 2,0", "=1+1"]
    assert table[2] == ["25219", "–", "–", "–", "không", "–", "inf"]
    assert [row[0] for row in about if row[0]][-2:] == ["Nguồn: báo cáo.", "http://127.0.0.1/?period=2024"]
