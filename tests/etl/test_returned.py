"""A report that goes back: the sender's own file, marked, mended and sent again."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.styles.numbers import BUILTIN_FORMATS

from etl import marks
from etl.__main__ import main
from etl.archive import Incoming
from etl.demo import Sent, make_report, write_report
from etl.load import Answer, check, load_reports
from etl.read import read_report
from etl.report import Problem
from etl.returned import ReturnedFile, return_workbook, returned_name
from etl.template import write_form
from tests.etl.test_hostile_files import SHEET, damaged, rezipped, rows
from tests.etl.test_report import FORM, UNIT, D, Edit, put

TEXTS = D.form["returned"]
RESULT = D.form["sheets"]["returned"]["name"]
FIGURES, PLACES, STAGE, TASKS, IDENTITY = "Số liệu", "Điểm vui chơi", "Phù hợp trẻ em", "Nhiệm vụ", "Thông tin"
# Of these the whole file, sheet, row or column is to blame, or a cell of a CSV file.
NAME_NO_CELL = {
    "period_closed",
    "unreadable_file",
    "password_protected",
    "file_not_received",
    "file_too_large",
    "sheet_too_large",
    "too_many_cells",
    "read_too_long",
    "not_a_report",
    "wrong_encoding",
    "too_many_problems",
    "missing_sheet",
    "extra_sheet",
    "missing_column",
    "missing_row",
    "unknown_group",
}


def edited(*edits: Edit, form: bytes = FORM) -> bytes:
    workbook = openpyxl.load_workbook(BytesIO(form))
    for edit in edits:
        edit(workbook)
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def at(sheet: str, **cells: object) -> Edit:
    """Write values into cells; a text that begins with `#` is an error value."""

    def edit(workbook: openpyxl.Workbook) -> None:
        for address, value in cells.items():
            workbook[sheet][address].value = value
            if isinstance(value, str):
                workbook[sheet][address].data_type = "e" if value.startswith("#") else "s"

    return edit


def answers_to(content: bytes, home: Path, name: str = "bao_cao.xlsx") -> list[Answer]:
    return check([Incoming(name, content)], home)


def sent_back(content: bytes, home: Path) -> tuple[ReturnedFile, list[Problem]]:
    answers = answers_to(content, home)
    return return_workbook(content, answers, D), [p for a in answers for p in a.problems]


def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def marked(workbook: openpyxl.Workbook) -> dict[tuple[str, str], str]:
    """The marked cells and the colour of each mark."""
    return {
        (sheet.title, cell.coordinate): rule.dxf.fill.bgColor.rgb[-6:]
        for sheet in workbook.worksheets
        for formatting in sheet.conditional_formatting
        for rule in formatting.rules
        if "etl.marks" in rule.formula[0]
        for part in formatting.sqref.ranges
        for row in sheet[part.coord if ":" in part.coord else f"{part.coord}:{part.coord}"]
        for cell in row
    }


def comments(workbook: openpyxl.Workbook) -> dict[tuple[str, str], Comment]:
    return {
        (s.title, c.coordinate): c.comment for s in workbook.worksheets for r in s.iter_rows() for c in r if c.comment
    }


def listed(workbook: openpyxl.Workbook) -> list[dict[str, object]]:
    """The rows of the summary's table by column."""
    sheet = workbook[RESULT]
    columns = {text: name for name, text in TEXTS["columns"].items()}
    header = next(r for r in sheet.iter_rows() if r[0].value == TEXTS["columns"]["number"])
    names = [columns[c.value] for c in header if c.value]
    found = sheet.iter_rows(min_row=header[0].row + 1)
    return [dict(zip(names, (c.value for c in row), strict=False)) for row in found if isinstance(row[0].value, int)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that knows what the unit reported for the period before, far from what it reports now."""
    folder = tmp_path_factory.mktemp("home")
    before = D.periods["2021-H1"]
    report = make_report(D, UNIT, before)
    report.figures = [f._replace(value=9000) if f.measure == "children_under16" else f for f in report.figures]
    load_reports([Incoming("before.xlsx", write_form(D, UNIT, before, report))], folder)
    return folder


FLAWS: list[list[Edit]] = [
    [
        put(FIGURES, "A1", 4, None),
        put(FIGURES, "A2", 4, "không phát sinh"),
        put(FIGURES, "A3", 4, -3),
        put(FIGURES, "A4", 4, 12.5),
        put(FIGURES, "A5", 4, "96%"),
        put(FIGURES, "A6", 4, "nhiều"),
        at(FIGURES, D12="#DIV/0!", I4="Năm trước", I6=7, E20=5, D70=3),
        put(FIGURES, "1.1", 4, 10**9),
        put(FIGURES, "6.2", 4, None),
        put(TASKS, "T3.1", 4, "chắc là có"),
        at(PLACES, A5="Sân chơi", C5="sòng bạc", D5="106,99", G5=1850, H5=None, I5="có lẽ", J5="cháu Nguyễn Văn An"),
        at(PLACES, A6="Sân chơi", C6="khác", D6="bắc", E6="106,9", H6="dự kiến"),
        at(STAGE, B4="được công nhận", B5="mùa xuân", B7=None, C11=500, C24=1),
        at(IDENTITY, B8=date(2022, 3, 1)),
    ],
    [
        put(FIGURES, "1.1", 1, "9.9"),
        put(FIGURES, "1.2", 5, 70_000),
        put(FIGURES, "2.1", 4, 70_000),
        put(FIGURES, "A7", 4, 1),
        at(PLACES, A5="Sân chơi", C5="khác", D5=UNIT.lon, E5=UNIT.lat, H5="dự kiến"),
        at(PLACES, A6="Sân chơi", C6="khác", D6=11.5, E6=106.9, H6="dự kiến"),
        at(FIGURES, I4="Tổng số"),
        at(STAGE, B4="đã đăng ký", B5=date(2030, 2, 1), B11=1000),
        put(FIGURES, "2.2", 5, "=70"),
        at(IDENTITY, B4="99999"),
    ],
    [put(FIGURES, "1.1", 1, "1.2"), at(IDENTITY, B4=None, B5=None)],
    [at(IDENTITY, B5="Phường Long Thủy")],
    [at(IDENTITY, B4=None, B5="Xã Tân Thành", B6=None)],
    [at(IDENTITY, B7="2026")],
    [at(IDENTITY, B7=None)],
    [at(IDENTITY, B7="quý 3")],
    [at(PLACES, A6="Sân chơi", C6="khác", D6=11.5, E6=106.9, H6="dự kiến")],
]


Flawed = list[tuple[bytes, list[Answer], ReturnedFile]]


def without_child(patch: pytest.MonkeyPatch) -> None:
    """Save the time in which a child starts."""
    patch.setattr("etl.marks.run_limited", lambda _, given, __: marks._answer(given, D))


@pytest.fixture(scope="module")
def flawed(home: Path) -> Flawed:
    contents = [edited(*edits) for edits in FLAWS]
    answers = [[answer] for answer in check([Incoming("bao_cao.xlsx", content) for content in contents], home)]
    with pytest.MonkeyPatch.context() as patch:
        without_child(patch)
        return [(c, a, return_workbook(c, a, D)) for c, a in zip(contents, answers, strict=True)]


def assert_marked(problems: list[Problem], returned: ReturnedFile) -> None:
    """Each cell that a problem names, and no other, is marked and says in a comment what is wrong."""
    workbook = book(returned.content)
    cells: dict[tuple[str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda p: p.severity):
        if problem.sheet and problem.cell:
            cells.setdefault((problem.sheet, problem.cell), []).append(problem)
    said = comments(workbook)
    assert marked(workbook) == {c: {"error": "C62828", "warning": "FFC000"}[p[0].severity] for c, p in cells.items()}
    assert said.keys() == cells.keys()
    for cell, own in cells.items():
        text = said[cell].text
        assert said[cell].author == TEXTS["author"]
        assert text.startswith(("LỖI: " if own[0].severity == "error" else "CẢNH BÁO: ") + own[0].message_vi)
        for problem in own:
            assert text.index(problem.message_vi) < text.index(problem.message_en)
        assert text.count("\n\n") == len(own) - 1


def test_every_wrong_cell_is_marked_and_says_why(flawed: Flawed) -> None:
    for _, answers, returned in flawed:
        assert returned.marked
        assert_marked(answers[0].problems, returned)


def test_every_rule_that_names_a_cell_was_broken(flawed: Flawed) -> None:
    broken = {p.rule for _, answers, _ in flawed for p in answers[0].problems if p.cell}
    about_others = ("outlines_", "decision_", "words_", "action_", "view_", "backup_", "doctor_", "sending_")
    about_others += ("storage_", "busy", "memory_short", "beyond_reach")
    about_reports = {rule for rule in D.rules if not rule.startswith(about_others)}
    assert broken == about_reports - NAME_NO_CELL


@pytest.mark.parametrize("flaw", ["blank", "sum", "personal", "swapped"])
def test_flaws_of_the_sample_reports_are_marked(flaw: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_child(monkeypatch)
    content = write_report(Sent("25216", "2021", D.periods["2021"].due_on, flaw))
    returned, problems = sent_back(content, home)
    assert "error" in {p.severity for p in problems}
    assert_marked(problems, returned)


def test_a_comment_box_holds_its_text(flawed: Flawed) -> None:
    with zipfile.ZipFile(BytesIO(flawed[0][2].content)) as archive:
        shapes = [archive.read(n).decode() for n in archive.namelist() if n.endswith(".vml")]
    heights = [int(h) for xml in shapes for h in re.findall(r"width:400px;height:(\d+)px", xml)]
    said = comments(book(flawed[0][2].content)).values()
    # About 60 characters of 9 points fit into 400 pixels, and each line takes 15.
    assert sorted(heights) >= sorted(15 * (len(c.text) // 60) for c in said)
    assert len(heights) == len(said)


def test_the_first_sheet_says_what_is_wrong_and_what_to_do(flawed: Flawed) -> None:
    _, (answer,), returned = flawed[0]
    workbook = book(returned.content)
    assert workbook.sheetnames[0] == RESULT
    assert workbook.active.title == RESULT
    assert [s.title for s in workbook if s.sheet_view.tabSelected] == [RESULT]
    sheet = workbook[RESULT]
    head = " ".join(str(c.value) for r in sheet.iter_rows(max_row=8) for c in r if c.value)
    errors = sum(p.severity == "error" for p in answer.problems)
    assert f"{errors} lỗi, {len(answer.problems) - errors} cảnh báo" in head
    for text in ("TRẢ LẠI", "bao_cao.xlsx", "Phường Thác Mơ, Thị xã Phước Long (25216)", "Năm 2021"):
        assert text in head
    assert all(step in head for step in TEXTS["steps"]["rejected_marked"])
    found = listed(workbook)
    assert [r["number"] for r in found] == list(range(1, len(answer.problems) + 1))
    assert sorted(r["message_vi"] for r in found) == sorted(p.message_vi for p in answer.problems)
    assert [r["severity"] for r in found] == ["LỖI"] * errors + ["CẢNH BÁO"] * (len(found) - errors)
    (figure,) = [r for r in found if (r["sheet"], r["cell"]) == (FIGURES, "D11")]
    assert figure["measure"].startswith("A6 ")
    assert figure["value"] == "nhiều"
    links = {c.hyperlink.location for r in sheet.iter_rows() for c in r if c.hyperlink}
    assert links == {f"'{p.sheet}'!{p.cell}" for p in answer.problems if p.cell}
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, sheet.print_title_rows) == ("landscape", 9, "$8:$8")
    assert (sheet.freeze_panes, sheet.protection.sheet) == ("A9", True)


def test_a_report_that_was_accepted_says_so(flawed: Flawed) -> None:
    _, (answer,), returned = flawed[-1]
    assert answer.status == "accepted"
    verdict = book(returned.content)[RESULT]["A2"].value
    assert verdict.startswith("ĐƯỢC NHẬN, CÓ ĐIỂM CẦN XEM LẠI")


SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DEFAULTS = {"", "0", "false", "none", "A1", "general", "bottom"}


def sheet_parts(content: bytes) -> Iterator[tuple[str, ElementTree.Element, ElementTree.Element]]:
    """Yield title, XML and style sheet of each sheet."""
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    with zipfile.ZipFile(BytesIO(content)) as archive:
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        paths = {link.get("Id"): link.get("Target", "").removeprefix("/xl/") for link in links}
        for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{SPREADSHEET}sheet"):  # noqa: S314
            xml = archive.read(f"xl/{paths[sheet.get(relation)]}")
            yield sheet.get("name", ""), ElementTree.fromstring(xml), styles  # noqa: S314


def plain(element: ElementTree.Element | None) -> object:
    """An element's content without what is there by default."""
    if element is None:
        return None
    switches = {"val": "1"} if element.tag in (f"{SPREADSHEET}b", f"{SPREADSHEET}i") else {}
    attributes = {
        k: v for k, v in (switches | element.attrib).items() if v not in DEFAULTS and k not in ("count", "tabSelected")
    }
    if "sqref" in attributes:
        attributes["sqref"] = re.sub(r"\b(\w+):\1\b", r"\1", attributes["sqref"])
    inner = sorted((plain(e) for e in element if plain(e) != (e.tag, (), "", ())), key=str)
    return element.tag, tuple(sorted(attributes.items())), (element.text or "").strip(), tuple(inner)


def cell_styles(sheet: ElementTree.Element, styles: ElementTree.Element) -> dict[str, object]:
    """What each cell looks like, and whether it is locked."""
    lists = {name: list(styles.find(f"{SPREADSHEET}{name}")) for name in ("fonts", "fills", "borders", "cellXfs")}
    formats = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(f"{SPREADSHEET}numFmt")}
    found = {}
    for cell in sheet.iter(f"{SPREADSHEET}c"):
        style = lists["cellXfs"][int(cell.get("s", 0))]
        number = style.get("numFmtId", "0")
        parts = [plain(lists[f"{part}s"][int(style.get(f"{part}Id", 0))]) for part in ("font", "fill", "border")]
        inner = [plain(style.find(f"{SPREADSHEET}{part}")) for part in ("alignment", "protection")]
        found[cell.get("r", "")] = (
            formats.get(number, BUILTIN_FORMATS.get(int(number))),
            parts,
            inner,
            style.get("quotePrefix", "0"),
        )
    return found


def widths(sheet: ElementTree.Element) -> dict[int, str | None]:
    columns = sheet.iter(f"{SPREADSHEET}col")
    return {n: c.get("width") for c in columns for n in range(int(c.get("min", 0)), int(c.get("max", 0)) + 1)}


def test_all_else_is_as_the_sender_had_it(flawed: Flawed) -> None:
    content, _, returned = flawed[0]
    after = {title: (sheet, styles) for title, sheet, styles in sheet_parts(returned.content)}
    before = list(sheet_parts(FORM))
    assert list(after) == [RESULT, *(title for title, _, _ in before)]
    for title, sheet, styles in before:
        own, own_styles = after[title]
        names = ("dataValidations", "sheetViews", "printOptions", "pageMargins", "pageSetup", "mergeCells")
        for name in (*names, "ignoredErrors"):
            assert plain(own.find(SPREADSHEET + name)) == plain(sheet.find(SPREADSHEET + name)), (title, name)
        was, is_now = (s.find(f"{SPREADSHEET}sheetProtection").attrib for s in (sheet, own))
        assert was.items() <= is_now.items()
        footers = [s.findtext(f".//{SPREADSHEET}oddFooter").replace(" ", "") for s in (sheet, own)]
        assert footers[0] == footers[1]
        assert widths(own) == widths(sheet)
        heights = [{r.get("r"): r.get("ht") for r in s.iter(f"{SPREADSHEET}row") if r.get("ht")} for s in (sheet, own)]
        assert heights[0] == heights[1]
        looks = cell_styles(own, own_styles)
        assert {a: looks.get(a) for a in cell_styles(sheet, styles)} == cell_styles(sheet, styles), title
    sent, back = book(content), book(returned.content)
    for sheet in sent:
        values = [[[c.value for c in row] for row in b[sheet.title].iter_rows(max_row=60)] for b in (sent, back)]
        assert values[0] == values[1]
        assert back[sheet.title].print_title_rows == sheet.print_title_rows


def test_the_same_report_goes_back_as_the_same_bytes(flawed: Flawed) -> None:
    content, answers, returned = flawed[0]
    assert return_workbook(content, answers, D) == returned


def test_what_is_returned_twice_does_not_pile_up(flawed: Flawed) -> None:
    _, answers, returned = flawed[0]
    assert return_workbook(returned.content, answers, D).content == returned.content


def mend(workbook: openpyxl.Workbook) -> None:
    for row in workbook[FIGURES].iter_rows(min_row=6, max_row=12, min_col=4, max_col=4):
        row[0].value = 5000


def test_a_mended_report_is_accepted_and_keeps_only_the_marks_that_hold(home: Path) -> None:
    returned, problems = sent_back(edited(put(FIGURES, "A1", 4, None), put(FIGURES, "A6", 4, "nhiều")), home)
    assert "error" in {p.severity for p in problems}
    unchanged = answers_to(returned.content, home)
    assert unchanged[0].problems == problems
    mended = edited(put(FIGURES, "A1", 4, 2200), put(FIGURES, "A6", 4, 483), form=returned.content)
    (answer,) = answers_to(mended, home)
    assert answer.status == "accepted"
    assert {p.rule for p in answer.problems} <= {"not_reported", "large_jump", "late_report"}
    again = return_workbook(mended, [answer], D)
    assert_marked(answer.problems, again)


def test_what_the_sender_had_noted_and_coloured_stays(home: Path) -> None:
    def annotate(workbook: openpyxl.Workbook) -> None:
        sheet = workbook[FIGURES]
        sheet["D6"].comment = Comment("Chờ trường gửi số.", "Công chức")
        sheet["D7"].comment = Comment("Đã đối chiếu.", "Công chức")
        sheet.conditional_formatting.add("D6:D9", FormulaRule(["D6>3"], fill=PatternFill("solid", bgColor="00FF00")))

    returned, _ = sent_back(edited(put(FIGURES, "A1", 4, None), annotate), home)
    first = comments(book(returned.content))
    assert first[FIGURES, "D6"].text.startswith("LỖI: A1")
    assert first[FIGURES, "D6"].text.endswith("Chờ trường gửi số.")
    assert first[FIGURES, "D7"] == Comment("Đã đối chiếu.", "Công chức")
    twice, _ = sent_back(returned.content, home)
    assert twice.content == returned.content
    mended = edited(put(FIGURES, "A1", 4, 9000), form=returned.content)
    sheet = book(sent_back(mended, home)[0].content)[FIGURES]
    assert sheet["D6"].comment.text == "Chờ trường gửi số."
    rules = [r.formula for f in sheet.conditional_formatting for r in f.rules if "etl.marks" not in r.formula[0]]
    assert rules == [["D6>3"]]


def test_text_never_becomes_a_formula(home: Path) -> None:
    texts = ["=1+1", "+84x", "-2x", "@SUM(A1)", '=cmd|"/C calc"!A0']
    cells = {f"D{row}": text for row, text in enumerate(texts, start=6)}
    returned, _ = sent_back(edited(at(FIGURES, **cells), at(IDENTITY, B5="=HYPERLINK(1)")), home)
    workbook = book(returned.content)
    assert not [c for s in workbook for r in s.iter_rows() for c in r if c.data_type == "f" and c.coordinate != "C24"]
    values = [c for r in workbook[RESULT].iter_rows() for c in r if c.value in texts]
    assert len(values) == len(texts)
    assert all(c.data_type == "s" and c.quotePrefix for c in values)
    assert [workbook[FIGURES][c].value for c in cells] == texts


def test_only_formulas_that_reckon_stay_formulas(home: Path) -> None:
    formulas = {
        "D6": ("SUM(D7:D9)", "2200"),
        "D7": ('WEBSERVICE("http://x")', "870"),
        "D8": ("[1]Sheet1!A1", "140"),
        "D9": ('cmd|"/C calc"!A0', "139"),
    }

    def cell(address: str) -> str:
        formula, value = formulas[address]
        return f"<f>{formula}</f><v>{value}</v></c>"

    with zipfile.ZipFile(BytesIO(FORM)) as archive:
        xml = archive.read("xl/worksheets/sheet3.xml").decode()
    for address in formulas:
        xml = re.sub(rf'(<c r="{address}"[^>]*>)<v>[^<]*</v></c>', lambda m, a=address: m[1] + cell(a), xml)
    content = rezipped(xl__worksheets__sheet3=xml.encode())
    returned, problems = sent_back(content, home)
    sheet = book(returned.content)[FIGURES]
    assert [sheet[a].value for a in formulas] == ["=SUM(D7:D9)", 870, 140, 139]
    # Read without reckoning anew, as by a programme that only shows files.
    assert answers_to(returned.content, home)[0].problems == problems


@pytest.mark.parametrize("kind", ["truncated", "flipped", "cells", "text"])
def test_a_damaged_file_is_answered(kind: str) -> None:
    for seed in range(2):
        content = damaged(kind, seed)
        (report,) = read_report(content, D)
        problems = report.problems or [Problem("warning", "not_reported", None, None, None, None, "vi", "en")]
        answer = Answer("bao_cao.xlsx", report.unit_code, report.period, "rejected", problems)
        returned = return_workbook(content, [answer], D)
        assert [r["message_vi"] for r in listed(book(returned.content))]
        if returned.marked:
            assert_marked(problems, returned)


PAIR = b'<mergeCells count="1"><mergeCell ref="%s"/></mergeCells></worksheet>'
FAR = b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'


@pytest.mark.parametrize(
    ("content", "is_marked"),
    [
        (rezipped(xl__worksheets__sheet3=b" " * 70_000_000), False),
        (rezipped(xl__worksheets__sheet3=SHEET % b"<row r='1'><c r='A1'><v>1</v></c></row>" + b"<"), False),
        (rezipped(xl__worksheets__sheet3=(SHEET % b"").replace(b"</worksheet>", PAIR % b"A1:XFD1048576")), False),
        (rezipped(xl__worksheets__sheet3=SHEET % FAR), True),
        (rezipped(xl__worksheets__sheet3=rows(b'<c r="A%d" s="1"/>', 3_000)), True),
        (rezipped(xl__styles=b"<styleSheet/>"), False),
        (b"\x00" * 20_000_001, False),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, False),
        (b"", False),
    ],
    ids=["bomb", "broken XML", "merged bomb", "far cell", "many rows", "no styles", "huge", "old or locked", "empty"],
)
def test_a_hostile_file_is_answered(
    content: bytes, is_marked: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(D.form["limits"], "process_seconds", 2)
    returned, problems = sent_back(content, home)
    assert returned.marked == is_marked
    assert len(listed(book(returned.content))) == len(problems) > 0


def test_macros_stay_behind(home: Path) -> None:
    content = rezipped(vba_bin=b"macro")
    answers = answers_to(content, home, "bao_cao.xlsm")
    returned = return_workbook(content, answers, D)
    assert (returned.file_name, returned.marked) == ("bao_cao_tra_lai.xlsx", True)
    with zipfile.ZipFile(BytesIO(returned.content)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]
        assert b"macro" not in archive.read("[Content_Types].xml").lower()


def test_a_wrong_cell_can_be_reached_wherever_it_is(home: Path) -> None:
    def hide(workbook: openpyxl.Workbook) -> None:
        sheet = workbook[FIGURES]
        sheet.sheet_state = "hidden"
        sheet["C6"].value = sheet["D6"].value = None
        sheet.merge_cells("C6:D6")

    returned, problems = sent_back(edited(hide), home)
    assert [p.cell for p in problems if p.severity == "error"] == ["D6"]
    workbook = book(returned.content)
    assert workbook[FIGURES].sheet_state == "visible"
    assert (FIGURES, "C6") in marked(workbook)
    assert (FIGURES, "C6") in comments(workbook)


def test_a_csv_file_is_answered_by_unit_and_period(home: Path) -> None:
    lines = ["unit_code,period,measure,group,value", "25216,2021,children_under16,total,x"]
    content = "\n".join([*lines, "25217,2021,children_under16,total,7", "00000,2021,children_under16,total,7"]).encode()
    answers = answers_to(content, home, "tong_hop.csv")
    returned = return_workbook(content, answers, D)
    workbook = book(returned.content)
    assert (returned.marked, returned.file_name, workbook.sheetnames) == (False, "tong_hop_tra_lai.xlsx", [RESULT])
    found = listed(workbook)
    assert len(found) == sum(len(a.problems) for a in answers)
    (wrong,) = [r for r in found if r["value"] == "x"]
    assert (wrong["unit"], wrong["period"]) == ("Phường Thác Mơ, Thị xã Phước Long (25216)", "2021")
    assert wrong["cell"] == "E2"
    assert "sheet" not in wrong
    assert not [c for row in workbook[RESULT].iter_rows() for c in row if c.hyperlink]
    (sent_again,) = read_report(returned.content, D)
    assert [p.rule for p in sent_again.problems] == ["not_a_report"]


def test_a_list_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(D.form["limits"], "returned_rows", 100)
    problem = Problem("warning", "not_reported", None, None, None, None, "vi", "en")
    answers = [Answer("nhieu.csv", "25216", "2021", "accepted", [problem] * 90) for _ in range(3)]
    sheet = book(return_workbook(b"", answers, D).content)[RESULT]
    assert sheet.max_row == 8 + 100 + 1
    assert "170" in sheet.cell(sheet.max_row, 1).value


@pytest.mark.parametrize(
    ("sent_as", "name"),
    [
        ("bao_cao_25216_2021.xlsx", "bao_cao_25216_2021_tra_lai.xlsx"),
        ("bao_cao_tra_lai.xlsx", "bao_cao_tra_lai.xlsx"),
        ("bao_cao_tra_lai (1).xlsx", "bao_cao_tra_lai.xlsx"),
        ("../../etc/passwd\x00.xlsx;rm", "passwd_tra_lai.xlsx"),
        ("C:\\Users\\An\\Báo cáo.XLS", "Báo cáo_tra_lai.xlsx"),
        ("..", "bao_cao_tra_lai.xlsx"),
        ("x" * 500 + ".csv", "x" * 80 + "_tra_lai.xlsx"),
    ],
)
def test_the_file_name_is_the_senders(sent_as: str, name: str) -> None:
    assert returned_name(sent_as, D) == name


def test_the_command_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path / "home"))
    wrong, other = tmp_path / "bao_cao.xlsx", tmp_path / "bao_cao.csv"
    wrong.write_bytes(edited(put(FIGURES, "A1", 4, None)))
    other.write_bytes(b"nothing")
    out = tmp_path / "out"
    for _ in range(2):
        assert main(["return", str(wrong), str(other), "--out", str(out)]) == 1
    written = [Path(line).name for line in capsys.readouterr().out.splitlines()]
    assert written == [f"bao_cao_tra_lai{n}.xlsx" for n in ("", "_2", "_3", "_4")]
    assert sorted(written) == sorted(p.name for p in out.iterdir())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_marks_outlive_libreoffice(flawed: Flawed, tmp_path: Path) -> None:
    _, (answer,), returned = flawed[0]
    (tmp_path / returned.file_name).write_bytes(returned.content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved")]
    subprocess.run([*command, str(tmp_path / returned.file_name)], check=True, capture_output=True, timeout=120)
    saved = (tmp_path / "saved" / returned.file_name).read_bytes()
    before, after = book(returned.content), book(saved)
    assert marked(after) == marked(before)
    said = {cell: " ".join(c.text.split()) for cell, c in comments(before).items()}
    assert {cell: " ".join(c.text.split()) for cell, c in comments(after).items()} == said
    for sheet in before:
        assert after[sheet.title].protection.sheet
        checks = [s.data_validations.dataValidation for s in (sheet, after[sheet.title])]
        assert len(checks[0]) == len(checks[1])
    (report,) = read_report(saved, D)
    assert {(p.rule, p.sheet, p.cell) for p in report.problems} <= {(p.rule, p.sheet, p.cell) for p in answer.problems}
    assert_marked(answer.problems, return_workbook(saved, [answer], D))
