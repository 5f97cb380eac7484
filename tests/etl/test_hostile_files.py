"""Damaged or hostile files, over 200: each ends accepted, or rejected with its problems, soon, in little memory."""

import json
import os
import pickle
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PureWindowsPath
from random import Random

import openpyxl
import pytest

from etl.__main__ import main
from etl.archive import Archive, Incoming
from etl.cells import ExcelError, NoResult, read_sheets
from etl.definitions import load
from etl.demo import make_report
from etl.harmless import is_formula
from etl.load import check, load_reports
from etl.read import read_report
from etl.readers import Readers
from etl.returned import return_workbook
from etl.sending import TooMuch, refuse_too_much
from etl.template import write_form
from tests.etl.test_report import FORM, D
from tests.fuzz_files import KINDS as KINDS_GENERATED
from tests.fuzz_files import files

PROJECT = Path(__file__).parents[2]
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


TRAP = pickle.dumps(Path("trap"))
TRAP = len(TRAP).to_bytes(8, "big") + TRAP


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(D) as readers:
        yield readers


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_end_with_an_answer(kind, readers) -> None:
    # To change cells with openpyxl takes a while; those of tests/fuzz_files.py are changed faster.
    for seed in range(12 if kind == "cells" else 48):
        for report in readers.read(damaged(kind, seed)):
            assert report.accepted or all(p.message_vi and p.message_en for p in report.problems)


def test_generated_files_of_every_kind_end_with_an_answer(readers, caplog) -> None:
    kinds = Counter()
    for number in range(100):
        kind, _, content = files(7, number)
        # Those take seconds each; `python -m tests.fuzz_10000` has them.
        if kind not in ("bomb", "large CSV", "OpenDocument"):
            kinds[kind] += 1
            for report in readers.read(content):
                assert report.accepted or all(p.message_vi and p.message_en for p in report.problems)
    assert len(kinds) == len(KINDS_GENERATED) - 3
    assert not caplog.records, "a fault of the program"


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
        (rezipped(xl__worksheets__sheet3=b" " * 40_000_000), "file_too_large"),
        (rezipped(xl__worksheets__sheet3=SHEET % b'<row r="5000"><c r="GR5000"><v>1</v></c></row>'), "too_many_cells"),
        (rezipped(xl__worksheets__sheet3=rows(b'<c r="A%d"><v>1</v></c>', 1_048_576)), None),
        (rezipped(xl__worksheets__sheet3=SHEET % b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), None),
        (rezipped(xl__worksheets__sheet3=b"<worksheet>"), None),
        (rezipped(vba_bin=b"macro"), ""),
        (b"\x00" * 25_000_000, "file_too_large"),
        (b"x" * 1000, "not_a_report"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not_a_report"),
        ("unit_code,period,measure,group,value\n25216,2021,ç".encode("cp1252"), "wrong_encoding"),
    ],
    ids=["bomb", "sparse", "all rows", "far cell", "broken XML", "macro", "huge", "text", "picture", "cp1252"],
)
def test_a_hostile_file_is_rejected_for_its_reason(content, rule, readers) -> None:
    (report,) = readers.read(content)
    errors = [p.rule for p in report.problems if p.severity == "error"]
    assert errors == [] if rule == "" else errors
    if rule:
        assert errors == [rule]


def test_a_csv_of_nonsense_stays_bounded() -> None:
    lines = ["unit_code,period,measure,group,value", *(f"25216,2021,bogus{n},total,1" for n in range(20_000))]
    (report,) = read_report("\n".join(lines).encode(), D)
    assert len(report.problems) == D.form["limits"]["problems"] + 1
    assert report.problems[-1].rule == "too_many_problems"


def test_a_file_that_takes_too_long_is_stopped(monkeypatch) -> None:
    # A process that has yet to start cannot answer at once.
    with Readers(D) as readers:
        with monkeypatch.context() as patch:
            patch.setattr("etl.readers.WAIT", 0)
            (report,) = readers.read(FORM)
        assert [p.rule for p in report.problems] == ["read_too_long"]
        assert not [p for p in readers.read(FORM)[0].problems if p.severity == "error"]


@pytest.mark.parametrize("said", [b"Warning: this is deprecated\n", b"", (1 << 40).to_bytes(8, "big"), TRAP])
def test_whatever_a_reader_says_the_file_is_answered(said, monkeypatch) -> None:
    """A library's warning, nothing, more than there is, the pickle of something else: no load stops at it."""
    start = subprocess.Popen
    program = f"import sys; sys.stdin.buffer.read(8); sys.stdout.buffer.write({said!r})"
    monkeypatch.setattr("etl.readers.subprocess.Popen", lambda _, **how: start([sys.executable, "-c", program], **how))
    with Readers(D) as readers:
        (report,) = readers.read(FORM)
    assert [p.rule for p in report.problems] == ["unreadable_file"]


@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="Windows knows no processor time")
def test_processor_time_ends() -> None:
    program = "from etl.limited import limit_time\nlimit_time({'process_seconds': 0})\nwhile True: pass"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGXCPU


def test_an_answer_does_not_depend_on_the_files_before() -> None:
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    hostile = rezipped(xl__worksheets__sheet3=SHEET % far)
    with Readers(D) as readers:
        answers = [[p.rule for p in readers.read(content)[0].problems] for content in (hostile, FORM, hostile, FORM)]
    assert answers[0] == answers[2] == ["unreadable_file"]
    assert answers[1] == answers[3] != answers[0]


def test_what_is_too_large_is_never_received(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(D.form["limits"], "file_bytes", 10)
    (tmp_path / "large.csv").write_bytes(b"x" * 11)
    files = [Incoming("small.csv", b"x"), Incoming("large.csv", tmp_path / "large.csv")]
    for answers in (check(files, tmp_path / "home"), load_reports(files, tmp_path / "home")):
        assert [(a.file_name, a.problems[0].rule) for a in answers] == [
            ("large.csv", "file_not_received"),
            ("small.csv", "not_a_report"),
        ]
    assert [r.file_name for r in Archive(tmp_path / "home").receipts()] == ["small.csv"]


def test_a_sending_has_a_limit(monkeypatch) -> None:
    files = [Incoming(f"{n}.csv", b"x" * 10) for n in range(3)]
    for most, rule in (
        ({"files": 2, "bytes": 30}, "sending_too_many_files"),
        ({"files": 3, "bytes": 29}, "sending_too_many_bytes"),
    ):
        monkeypatch.setitem(D.form["sending"], "page", most)
        with pytest.raises(TooMuch) as refused:
            refuse_too_much(files, "page", D)
        assert refused.value.problem.rule == rule
    monkeypatch.setitem(D.form["sending"], "page", {"files": 3, "bytes": 30})
    refuse_too_much(files, "page", D)


def test_a_browser_sends_no_more_than_a_report_may_have() -> None:
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["maxUploadSize"] == D.form["limits"]["file_bytes"] // 1_000_000


NAMES = [
    "../../etc/passwd\x00.xlsx;rm",
    "../../x.xlsx",
    "C:\\x.xlsx",
    "..\\..\\x.xlsx",
    "\u202egnp.xlsx",
    "a\nb\x1b[31m.xlsx",
    "CON.xlsx",
    "x" * 300 + ".xlsx",
    "=cmd|'-1'!A0.csv",
    "",
    "..",
]


def test_a_file_name_is_never_a_path(tmp_path: Path) -> None:
    home = tmp_path / "home"
    files = [Incoming(name, f"nothing {n}".encode()) for n, name in enumerate(NAMES)]
    answers = load_reports(files, home)
    assert sorted(os.listdir(tmp_path)) == ["home"]  # noqa: PTH208
    archived = [p for p in home.rglob("*") if p.is_file() and p.parent.parent.name == "archive"]
    assert len(archived) == len(NAMES)
    for path in archived:
        assert path.stem == sha256(path.read_bytes()).hexdigest() and path.suffix in ("", ".csv", ".xlsx")
    for receipt in Archive(home).receipts():
        assert receipt.file_name.isprintable() and len(receipt.file_name) <= 80
        assert not set("/\\") & set(receipt.file_name)
    for answer in answers:
        name = return_workbook(b"nothing", [answer], D).file_name
        assert name.isprintable() and name == PureWindowsPath(name).name and len(name) < 120
        assert not is_formula(name) and name.endswith("_tra_lai.xlsx")


def test_the_command_line_obeys_no_file_name(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path / "home"))
    folder = tmp_path / "files"
    (folder / "a folder.xlsx").mkdir(parents=True)
    os.mkfifo(folder / "waits for ever.csv")
    for name in ("\x1b[31m\u202e\x9b2J\n.csv", "\udcff.csv"):
        (folder / name).write_bytes(name.encode(errors="replace"))
    assert main(["check", str(folder)]) == 1
    said = capsys.readouterr().out
    assert all(c.isprintable() or c == "\n" for c in said) and r"\u001b[31m\u202e\u009b2J" in said
    assert main(["check", str(folder), "--format", "json"]) == 1
    said = capsys.readouterr().out
    assert all(c.isprintable() or c == "\n" for c in said)
    assert [Path(a["file"]).name for a in json.loads(said)] == ["\x1b[31m\u202e\x9b2J\n.csv", r"\xff.csv"]


def test_an_opendocument_says_what_stands_in_its_cells() -> None:
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    cells = (
        '<table:table-cell office:value-type="percentage" office:value="1"><text:p>100%</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=[.A2]-40"/>'
        '<table:table-cell office:value-type="string"><office:annotation><text:p>cháu Vi Thị B</text:p>'
        "</office:annotation><text:p>x</text:p></table:table-cell>"
    )
    xml = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Số liệu"><table:table-row>{cells}</table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", xml)
        archive.writestr("META-INF/manifest.xml", "<x/>")
    (sheet,) = read_sheets(content.getvalue(), D.form["limits"])
    assert sheet.rows[0] == ["100%", NoResult("=?"), "x"]
    assert sheet.asides == [((0, 2), "cháu Vi Thị B")]


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
