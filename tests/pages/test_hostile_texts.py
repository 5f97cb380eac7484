"""What senders and readers write is shown as they wrote it: never as a formula, as Markdown, as HTML or as a link."""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from google.protobuf.message import Message

from etl.actions import Action, record, today
from etl.archive import Incoming
from etl.decisions import Decision
from etl.definitions import load
from etl.demo import make_report
from etl.export import export
from etl.harmless import harmless, harmless_in_csv, is_formula
from etl.load import check, decide, load_reports
from etl.template import write_form
from etl.views import save_view
from pages.shared import queries
from pages.shared.console import as_parquet
from pages.shared.desk import answer_table, as_zip, distinct, problem_table, returned_files
from pages.shared.tables import as_csv, as_workbook
from pages.shared.text import text_of
from tests.pages.test_pages import run

D, T = load(), text_of("vi")
PERIOD = D.periods["2021"]
UNITS = [u for u in D.units.values() if u.vintage == "2021"][:3]
BOLD = "**ĐẬM**"
MARKUP = f"{BOLD} [bấm](https://x.example) $x^2$ :red[đỏ] :material/delete: <b>B</b> ;=1+1, =2+2"
HOSTILE = f"=1+1 {MARKUP}"
FILE_NAME = f"../../={MARKUP.replace('/', '|')}\n\x1b[31m\u202e.xlsx"


def form(unit, *, flaw: object = None) -> bytes:
    report = make_report(D, unit, PERIOD)
    report.reported_on = PERIOD.due_on
    names = (HOSTILE, f"@@=( {MARKUP}", f"-{MARKUP}", f"\t+{MARKUP}")
    areas = zip(report.play_areas or [], names, strict=False)
    report.play_areas = [area._replace(name=name, hamlet=name) for area, name in areas]
    workbook = openpyxl.load_workbook(io.BytesIO(write_form(D, unit, PERIOD, report)))
    workbook.create_sheet("=1+1 _ĐẬM_ $x$")
    figures = workbook["Số liệu"]
    figures["I4"].value, figures["I5"].value = HOSTILE, "x"
    figures["I4"].data_type = "s"
    if flaw:
        figures["D6"].value, figures["D6"].data_type = flaw, "s"
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def files() -> list[Incoming]:
    return [
        Incoming(FILE_NAME, form(UNITS[0])),
        Incoming("=1+1.xlsx", form(UNITS[1])),
        Incoming(f"@{FILE_NAME}", form(UNITS[2], flaw=HOSTILE)),
    ]


@pytest.fixture(scope="module")
def home(files, demo_home, tmp_path_factory) -> Path:
    """A warehouse with hostile words wherever somebody can write any."""
    folder = tmp_path_factory.mktemp("hostile_home")
    answers = load_reports(files, folder)
    assert [a.status for a in answers] == ["accepted", "accepted", "rejected"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHILD_DASHBOARD_HOME", str(folder))
        reports = queries.review_reports("2021", sensitive=False)
        first = reports["submission_id"].iloc[0]
        warned = queries.review_warnings(first, sensitive=False).iloc[0]
    about = {"submission_id": first, "rule": warned["rule"]}
    own = {name: warned[name] for name in ("sheet", "cell") if isinstance(warned[name], str)}
    decide([Decision("answered", HOSTILE, "2021", **about, **own, reason=HOSTILE)], folder)
    approvable = zip(reports["unit_code"], reports["submission_id"], strict=True)
    decide([Decision("approved", HOSTILE, "2021", unit, submission_id=i) for unit, i in approvable], folder)
    decide([Decision("closed", HOSTILE, "2021"), Decision("reopened", HOSTILE, "2021", reason=HOSTILE)], folder)
    at = datetime(2021, 1, 1)
    due_on = today() - timedelta(days=3)
    action = Action("2021", UNITS[0].code, HOSTILE, "commune", due_on, HOSTILE, target=5, note=HOSTILE)
    record(folder, action, D, at=at)
    save_view(folder, HOSTILE[:60], "?item=under6_insured", D)
    shutil.copytree(demo_home / "boundaries", folder / "boundaries", dirs_exist_ok=True)
    return folder


# Pages -------------------------------------------------------------------------------------------------------

PLAINLY_SHOWN = {
    "DeckGlJsonChart.json",
    "TextInput.default",
    "TextArea.default",
    "Selectbox.options",
    "Selectbox.value",
}
"""What Streamlit shows as it is, and the text of a map's points, which deck.gl writes as text."""


def words_of(message: Message) -> Iterator[tuple[str, str]]:
    """Yield the name and value of every text in what is sent to the browser."""
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                yield from words_of(one)
            elif isinstance(one, str):
                yield f"{message.DESCRIPTOR.name}.{field.name}", one


@pytest.mark.parametrize(
    ("page", "address", "shown"),
    [
        ("commune", {"unit": UNITS[0].code}, "table"),
        ("play_areas", {}, "table"),
        ("quality", {"part": "warnings"}, "table"),
        ("quality", {"part": "play_areas"}, ""),
        ("review", {}, "text"),
        ("log", {}, "table"),
        ("actions", {}, "table"),
        ("presentation", {"screen": "actions"}, "text"),
        ("reporting", {}, ""),
        ("analysis", {"panel": "library"}, "text"),
        ("pack", {}, ""),
    ],
)
def test_a_page_shows_words_as_they_were_written(page, address, shown, home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(home))
    app = run(page, period="2021", units="2021", **address)
    tables = [t.value for t in app.dataframe]
    nodes = [node.proto for node in app._tree if isinstance(getattr(node, "proto", None), Message)]
    words = [w for proto in nodes for w in words_of(proto)]
    found = {name for name, word in words if BOLD in word}
    assert found <= PLAINLY_SHOWN
    cells = [cell for table in tables for cell in (*table.columns, *table.to_numpy().ravel())]
    assert not [cell for cell in cells if isinstance(cell, str) and is_formula(cell)]
    seen = {
        "table": any(isinstance(cell, str) and BOLD in cell for cell in cells),
        "text": any(r"\*\*ĐẬM\*\*" in word for _, word in words),
    }
    assert seen.get(shown, True)


# Files -------------------------------------------------------------------------------------------------------


def csv_cells(content: bytes, delimiter: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter) for cell in row]


def assert_harmless_book(content: bytes) -> list[str]:
    """No cell that somebody wrote is a formula or becomes one when it is edited; return all texts."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    texts = [c for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    own = [c for c in texts if is_formula(c.value) and BOLD in c.value]
    assert not [c.value for c in own if c.data_type == "f" or not (c.quotePrefix or c.number_format == "@")]
    return [c.value for c in texts]


def test_no_file_holds_a_formula_that_somebody_wrote(files, home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(home))
    answers = check(files, home)
    sites = queries.play_area_sites("2021", "2021")[["name", "hamlet", "area_m2"]]
    log = queries.log()[["reason", "decided_by", "about"]]
    numbers = pd.DataFrame({HOSTILE: [-1.5, 2.0]})
    for frame in (sites, log, numbers, answer_table(answers, T), problem_table(answers, T)):
        # The separators of a Vietnamese and of an English Excel.
        for delimiter in ";,":
            assert not [cell for cell in csv_cells(as_csv(frame), delimiter) if is_formula(cell)]
        assert_harmless_book(as_workbook(frame, T, [HOSTILE], datetime(2024, 12, 20)))
        assert pd.read_parquet(io.BytesIO(as_parquet(frame))).shape == frame.shape
    assert "-1,5" in csv_cells(as_csv(numbers), ";")
    assert BOLD in as_csv(sites).decode()
    for path in (export(home, tmp_path / "out", ["csv"]) / "csv").glob("*.csv"):
        for delimiter in ",;":
            assert not [cell for cell in csv_cells(path.read_bytes(), delimiter) if is_formula(cell)], path
    assert_harmless_book(write_form(D, UNITS[0], D.periods["2022"], known_in=home))
    returned = returned_files(answers, {f.file_name: f.content for f in files}, T)
    assert len(returned) == 3
    assert any(BOLD in text for content in returned.values() for text in assert_harmless_book(content))
    packed = zipfile.ZipFile(io.BytesIO(as_zip(returned))).namelist()
    told = [*answer_table(answers, T)[T("column.file")], *queries.log()["about"].dropna()]
    assert len(packed) == 3
    folders = {T(f"submit.folder.{kind}") for kind in ("rejected", "doubtful")}
    assert {Path(name).parts[:-1] for name in packed} <= {(folder,) for folder in folders}
    assert not [name for name in packed if is_formula(Path(name).name)]
    assert all(name.isprintable() for name in [*packed, *told])


def test_files_of_the_same_name_stay_apart() -> None:
    assert distinct(["a.xlsx", "a.xlsx", "a (2).xlsx", "a.xlsx"]) == [
        "a.xlsx",
        "a (2).xlsx",
        "a (2) (2).xlsx",
        "a (3).xlsx",
    ]


def test_signs_of_formulas_are_known() -> None:
    assert [harmless(s) for s in ("=1", "@x", "-x", "\t=1", "\r1")] == ["'=1", "'@x", "'-x", "'\t=1", "'\r1"]
    assert [harmless(s) for s in ("-", "=", "-5", "+1,5 %", "Xã", "")] == ["-", "=", "-5", "+1,5 %", "Xã", ""]
    assert [harmless(n) for n in (-5, -1.5, None)] == [-5, -1.5, None]
    assert [harmless_in_csv(s) for s in ("a,=1", "a;b", "a\n-x", "-1,5", -1)] == ["a,'=1", "a;b", "a\n'-x", "-1,5", -1]
