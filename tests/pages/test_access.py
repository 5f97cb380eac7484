"""What an account of each role gets of the pages, deeds and downloads of the others."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from etl.accounts import accounts_path, roles
from etl.actions import Action, today
from etl.archive import Incoming
from etl.decisions import Decision
from etl.definitions import load
from etl.load import Answer, check, load_reports
from etl.views import save_view, saved_views
from pages.shared import access, deeds, queries
from pages.shared.desk import change_table, problem_table, returned_files
from pages.shared.text import text_of
from tests.etl.test_decisions import ask, form
from tests.navigation import PATHS, PROJECT

D, T = load(), text_of("vi")
OWN = "25195"
"""The commune officer's unit of 2025; the unit of 2021 of the same code is a part of it, as is PART."""
PART, OTHER = D.units["2021", "25198"], D.units["2021", "25222"]
OFFICE = "Phòng Bảo trợ trẻ em"


READERS: dict[str, dict[str, Any]] = {
    **{role: {"is_logged_in": True, "email": f"{role}@example.gov.vn"} for role in roles()},
    "stranger": {"is_logged_in": True, "email": "stranger@example.gov.vn"},
    "signed_out": {"is_logged_in": False},
    # Without sign-in: at this machine, and from elsewhere.
    "here": {},
    "elsewhere": {},
}

PAGES = """
               viewer planner analyst data_officer administrator commune_officer stranger signed_out here elsewhere
overview          x      x       x          x            x              -            -         -       x      -
presentation      o      o       o          o            o              -            -         -       o      -
pack              o      o       o          o            o              -            -         -       o      -
tasks             x      x       x          x            x              -            -         -       x      -
indicator         x      x       x          x            x              -            -         -       x      -
actions           x      x       x          x            x              -            -         -       x      -
map               x      x       x          x            x              -            -         -       x      -
gaps              x      x       x          x            x              -            -         -       x      -
play_areas        x      x       x          x            x              -            -         -       x      -
child_friendly    x      x       x          x            x              -            -         -       x      -
protection        x      x       x          x            x              -            -         -       x      -
commune           x      x       x          x            x              x            -         -       x      -
analysis          -      -       x          -            x              -            -         -       x      -
sql               -      -       o          -            o              -            -         -       o      -
submit            -      -       -          o            o              o            -         -       o      -
reporting         -      x       x          x            x              -            -         -       x      -
quality           -      x       x          x            x              -            -         -       x      -
review            -      -       -          o            o              -            -         -       o      -
log               -      -       -          x            x              -            -         -       x      -
status            -      -       -          -            o              -            -         -       o      -
methods           o      o       o          o            o              o            -         -       o      -
dictionary        x      x       x          x            x              x            -         -       x      -
"""
"""Open and offers files: x; open without any: o; says that it is closed and shows nothing else: -."""

DEEDS = """
                   viewer planner analyst data_officer administrator commune_officer stranger signed_out here elsewhere
check_reports         -      -       -          x            x              x            -         -       x      -
load_files            -      -       -          x            x              x            -         -       x      -
load_into_closed      -      -       -          x            x              -            -         -       x      -
take                  -      -       -          x            x              -            -         -       x      -
keep_action           -      x       -          -            x              -            -         -       x      -
keep_view             -      -       x          -            x              -            -         -       x      -
drop_view             -      -       x          -            x              -            -         -       x      -
sensitive_figures     -      -       -          x            -              -            -         -       -      -
sensitive_warnings    -      -       -          x            -              -            -         -       -      -
"""
"""Which deeds are done, and - where they are refused and everything is as it was."""


def table(text: str) -> dict[str, dict[str, str]]:
    """Return what a table above says, by reader and row."""
    head, *lines = text.strip("\n").splitlines()
    rows = [line.split() for line in lines]
    return {reader: {row[0]: row[n] for row in rows} for n, reader in enumerate(head.split(), start=1)}


def write_accounts(home: Path) -> None:
    accounts = []
    for role in roles().values():
        unit = f'unit = "{OWN}"\n' if role.own_unit else ""
        accounts.append(f'[[account]]\nemail = "{role.role}@example.gov.vn"\nrole = "{role.role}"\n{unit}')
    accounts_path(home).write_text("".join(accounts), encoding="utf-8")


def with_accounts(demo_home: Path, folder: Path) -> Path:
    """Return a folder with the sample data that has locks of its own, and an account for each role."""
    folder.mkdir()
    # What is made once for SQL is kept there.
    (demo_home / "public").mkdir(exist_ok=True)
    for path in demo_home.iterdir():
        if path.suffix != ".lock":
            (folder / path.name).symlink_to(path)
    write_accounts(folder)
    return folder


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_accounts(demo_home, tmp_path_factory.mktemp("accounts") / "home")


@pytest.fixture
def as_reader(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a function that runs a script for a reader of one role."""

    def start(reader: str, home: Path, script: str | Path = PROJECT / "dashboard.py", **state: Any) -> AppTest:
        monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(home))
        # tests/browser/test_sign_in.py finds out where a reader is by real requests.
        monkeypatch.setattr(access, "_is_local", lambda: reader == "here")
        make = AppTest.from_file if isinstance(script, Path) else AppTest.from_string
        app = make(str(script), default_timeout=60)
        app.user = READERS[reader]
        for key, value in state.items():
            app.session_state[key] = value
        return app

    return start


def access_of(reader: str) -> frozenset[str]:
    """Return the pages that are open to a reader who comes in."""
    return roles()["administrator" if reader == "here" else reader].pages


def parts(app: AppTest) -> list[str]:
    """Return the kinds of elements on a page, beside it none."""
    return [e.type for e in app.main if isinstance(e, Element)]


@pytest.mark.parametrize("reader", READERS)
def test_each_role_gets_its_pages_and_nothing_of_the_others(reader, home, as_reader) -> None:
    app = as_reader(reader, home).run()
    role = roles().get(reader)
    closed = {
        "stranger": T("access.no_account", who="stranger@example\\.gov\\.vn"),
        "signed_out": None,
        "elsewhere": T("access.from_elsewhere"),
    }.get(reader, role and T("access.page_closed", role=role.name_vi))
    got = {}
    for page in table(PAGES)[reader]:
        # A browser's address starts anew with each page.
        app.query_params.pop("unit", None)
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, page
        got[page] = "x" if app.get("download_button") else "o"
        if reader == "signed_out":
            assert [b.label for b in app.button] == [T("access.sign_in")]
            assert sorted(parts(app)) == ["button", "caption", "header", "markdown"]
        elif closed in [e.value for e in app.error]:
            # Beside the reason: the period and that it is sample data, for whoever is in; else the way out.
            assert set(parts(app)) <= {"error", *(("caption", "markdown") if role else ("button",))}
        else:
            assert not app.error, page
            # No link leads to a page that is closed.
            led = {e.proto.page for e in app.get("page_link")}
            assert led <= {PATHS[p] for p in access_of(reader)} | {"", "start"}, (page, led)
            continue
        got[page] = "-"
    assert got == table(PAGES)[reader]


def test_every_page_is_some_role_s_and_in_the_table() -> None:
    files = {p.stem for p in (PROJECT / "pages").glob("*.py")}
    assert set().union(*(role.pages for role in roles().values())) == files
    assert all(list(rows) == list(PATHS) for rows in table(PAGES).values()) and set(PATHS) == files
    assert list(table(PAGES)) == list(table(DEEDS)) == list(READERS)


def fingerprint(home: Path) -> dict[str, str]:
    """Return what is in a folder; locks are taken and left."""
    files = [p for p in home.rglob("*") if p.is_file() and p.suffix != ".lock"]
    return {str(p.relative_to(home)): sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two reports for a period that is closed, and a view that all share."""
    folder = tmp_path_factory.mktemp("small")
    load_reports([form(PART), form(OTHER)], folder)
    write_accounts(folder)
    save_view(folder, "Bảo hiểm", "what=insurance_under6&period=2021", D)
    return folder


TRY = """
import streamlit as st
from pages.shared.access import NotPermitted
for name, deed in st.session_state["deeds"].items():
    try:
        st.session_state["got"][name] = deed()
    except NotPermitted:
        st.session_state["refused"].append(name)
"""


@pytest.mark.parametrize("reader", READERS)
def test_each_role_does_its_deeds_and_none_of_the_others(reader, small_home, as_reader, monkeypatch) -> None:
    done: list[str] = []
    # What changes something is tried out elsewhere; here it is told that it was reached.
    for name in ("load_reports", "decide", "record", "save_view", "remove_view"):
        monkeypatch.setattr(deeds, name, lambda *_, name=name, **how: done.append(f"{name} {how.get('reason')}") or [])
    report = ask(small_home, f"SELECT submission_id FROM submission WHERE unit_code = '{PART.code}'")[0][0]
    file, action = form(PART, fewer=1), Action("2021", PART.code, "Khám", "health", today(), OFFICE, target=1)
    reached = {"load_files": "load_reports None", "load_into_closed": "load_reports vì", "take": "decide None"}
    reached |= {"keep_action": "record None", "keep_view": "save_view None", "drop_view": "remove_view None"}
    tried = {
        "check_reports": lambda: deeds.check_reports([file], T),
        "load_files": lambda: deeds.load_files([file], T),
        "load_into_closed": lambda: deeds.load_files([file], T, reason="vì", office=OFFICE),
        "take": lambda: deeds.take([Decision("closed", OFFICE, "2021")], T),
        "keep_action": lambda: deeds.keep_action(action, T),
        "keep_view": lambda: deeds.keep_view("Khác", "what=preschool_age5&period=2021", T),
        "drop_view": lambda: deeds.drop_view(saved_views(small_home)[0].view_id, T),
        "sensitive_figures": lambda: queries.sensitive_figures(report),
        "sensitive_warnings": lambda: queries.review_warnings(report, sensitive=True),
    }
    before = fingerprint(small_home)
    app = as_reader(reader, small_home, TRY, deeds=tried, got={}, refused=[]).run()
    assert not app.exception
    assert fingerprint(small_home) == before
    got = app.session_state["got"]
    is_done = {name: reached[name] in done if name in reached else got.get(name) is not None for name in tried}
    assert {name: "x" if x else "-" for name, x in is_done.items()} == table(DEEDS)[reader]
    assert len(done) == sum(is_done[n] for n in reached) + (reader == "commune_officer")
    # Nothing is refused without a word.
    refused = {n for n, x in is_done.items() if not x and not n.startswith("sensitive") and n != "load_into_closed"}
    words = [e.value for e in app.error]
    assert len(words) >= len(refused) and set(words) <= {T("access.not_permitted")}


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Collect the files that pages offer, as whoever clicks gets them."""
    taken: dict[str, bytes] = {}

    def offer(_: str, data: Any, file_name: str = "", **__: Any) -> None:
        content = data() if callable(data) else data
        taken[file_name] = content.encode() if isinstance(content, str) else content

    monkeypatch.setattr(st, "download_button", offer)
    return taken


def words_in(name: str, content: bytes) -> Iterator[str]:
    """Return every word in a file, of workbooks and archives that of every cell."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield member
                yield from words_in(member, archive.read(member))
    elif name.endswith(".xlsx"):
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
            yield from (str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
    else:
        yield content.decode("utf-8-sig")


def words_on(app: AppTest) -> Iterator[str]:
    """Return every word on a page, with those of its tables and of what can be chosen."""
    for element in app.main:
        if isinstance(element, Element):
            yield str(element.proto)
    for frame in app.dataframe:
        yield frame.value.to_csv()


NAMES = {u.name for u in D.units.values()}


def test_the_commune_officer_meets_no_other_commune(home, as_reader, files) -> None:
    own = {D.units["2025", OWN].name} | {
        u.name for u in D.units.values() if D.code_in(u.vintage, u.code, "2025") == OWN
    }
    others = re.compile("|".join(rf"{re.escape(n)}(?!\w)" for n in sorted(NAMES - own, key=len, reverse=True)))
    app, met = as_reader("commune_officer", home).run(), 0
    views = [
        ("2026-H1", "2025", OTHER.code),
        ("2025", "2025", "25222"),
        ("2024", "2021", OTHER.code),
        ("2021", "2021", "x"),
    ]
    for period, vintage, asked in views:
        for page in sorted(roles()["commune_officer"].pages):
            app.switch_page(f"pages/{page}.py")
            for key, value in (("period", period), ("units", vintage), ("unit", asked), ("part", "forms")):
                app.query_params[key] = value
            app.run()
            assert not app.exception and not app.error, page
            if page == "commune":
                chosen = app.selectbox(key="unit")
                assert D.code_in(vintage, chosen.value, "2025") == OWN
                assert len(chosen.options) == (1 if vintage == "2025" else 6)
                assert not app.text_input
            met += sum(len(words) for words in words_on(app))
            assert not [found for words in words_on(app) for found in others.findall(words)], (page, period, vintage)
    assert len(files) > 30 and [n for n in files if n.startswith("bao_cao")]
    for name, content in files.items():
        assert not [found for words in words_in(name, content) for found in others.findall(words)], name
    assert met > 100_000


def test_a_commune_sends_its_own_report_and_learns_nothing_of_another(small_home, tmp_path, as_reader) -> None:
    home = shutil.copytree(small_home, tmp_path / "home")
    foreign, own = form(OTHER, fewer=300), form(PART, fewer=1)
    # Whoever may send for all is told how it compares.
    (told,) = check([foreign], home)
    assert told.changes and told.problems
    standing = re.compile("|".join(rf"\b{c.standing_value}\b" for c in told.changes))
    rows = [("unit_code", "period", "measure", "group", "value")]
    rows += [(unit.code, "2021", "births", "total", "70") for unit in (PART, OTHER)]
    mixed = Incoming("ca_hai.csv", "\n".join(",".join(row) for row in rows).encode())
    nameless = Incoming("khac.csv", mixed.content.replace(OTHER.code.encode(), b"99999"))
    before = fingerprint(home)

    def send(*sent: Incoming) -> tuple[list[Answer], list[Answer]]:
        tried = {"check": lambda: deeds.check_reports(sent, T), "load": lambda: deeds.load_files(sent, T)}
        app = as_reader("commune_officer", home, TRY, deeds=tried, got={}, refused=[]).run()
        assert not app.exception
        return app.session_state["got"]["check"], app.session_state["got"]["load"]

    sent = [Incoming("own.xlsx", foreign.content), mixed, nameless]
    for answers in send(*sent):
        assert {(a.file_name, a.status) for a in answers} == {(f.file_name, "rejected") for f in sent}
        assert not [a for a in answers if a.changes or a.repeated] and change_table(answers, T).empty
        known = [a for a in answers if a.file_name != nameless.file_name]
        assert [[p.rule for p in a.problems] for a in known] == [["beyond_reach"]] * 3
        said = " ".join(problem_table(known, T)[T("column.message")])
        assert D.units["2025", OWN].name in said and OTHER.name not in said and not re.search(r"\d", said)
        contents = {f.file_name: f.content for f in sent}
        returned = returned_files(answers, contents, T)
        assert len(returned) == 3
        known_words = {w for name, content in contents.items() for w in words_in(name, content)}
        added = {w for name, content in returned.items() for w in words_in(name, content)} - known_words
        assert not [w for w in added if standing.search(w)]
    # Nothing of it was even kept. What comes with it is.
    after = fingerprint(home)
    assert after == before
    for answers in send(own, foreign):
        assert [(a.unit_code, a.status) for a in answers] == [(PART.code, "accepted"), (OTHER.code, "rejected")]
    assert ask(home, "SELECT unit_code FROM submission WHERE revision = 2") == [(PART.code,)]


def test_only_a_data_officer_sees_small_counts(home, as_reader) -> None:
    for reader in ("data_officer", "administrator", "here"):
        app = as_reader(reader, home).run().switch_page("pages/review.py").run()
        opened = [e.label for e in app.expander]
        assert (T("review.sensitive") in opened) == (reader == "data_officer"), opened
        assert bool(app.table) == (reader == "data_officer")
