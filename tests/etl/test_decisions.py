"""Approval, closing and reopening: figures move only as decided, and a rebuild tells the same story."""

import shutil
from pathlib import Path

import duckdb
import pytest

from etl.archive import Archive, Incoming
from etl.decisions import Decision, DecisionRefused
from etl.definitions import load
from etl.demo import make_report
from etl.load import check, decide, load_reports, rebuild
from etl.template import form_file_name, write_form

D = load()
PERIOD = D.periods["2021"]
UNITS = [u for u in D.units.values() if u.vintage == "2021"][:4]
OFFICE = "Phòng Bảo trợ trẻ em"


def form(unit, fewer: int = 0) -> Incoming:
    """Return a unit's report; `fewer` children under 6 were examined than in the first."""
    report = make_report(D, unit, PERIOD)
    report.reported_on = PERIOD.due_on
    report.figures = [
        f._replace(value=f.value - fewer)
        if (f.measure, f.population_group) == ("under6_examined", "total") and f.value is not None
        else f
        for f in report.figures
    ]
    return Incoming(form_file_name(unit, PERIOD), write_form(D, unit, PERIOD, report))


def ask(home: Path, query: str) -> list[tuple]:
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        return con.execute(query).fetchall()


def ids(home: Path, status: str) -> list[str]:
    found = ask(home, f"SELECT submission_id FROM submission WHERE status = '{status}' ORDER BY unit_code")
    return [row[0] for row in found]


def approve_all(home: Path) -> None:
    decide([Decision("approved", OFFICE, "2021", submission_id=i) for i in ids(home, "accepted")], home)


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A house with the reports of one period, and the same where it is closed; tests get copies."""
    loaded, closed = (tmp_path_factory.mktemp(name) for name in ("loaded", "closed"))
    load_reports([form(u) for u in UNITS], loaded)
    shutil.copytree(loaded, closed, dirs_exist_ok=True)
    approve_all(closed)
    decide([Decision("closed", OFFICE, "2021")], closed)
    return {"loaded": loaded, "closed": closed}


@pytest.fixture
def home(houses: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(houses["loaded"], tmp_path, dirs_exist_ok=True)


@pytest.fixture
def closed(houses: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(houses["closed"], tmp_path, dirs_exist_ok=True)


def examined(home: Path, schema: str = "main") -> int:
    rows = ask(
        home,
        f"SELECT numerator FROM {schema}.indicator_value WHERE indicator = 'examined_under6' AND level = 'province'"
        " AND vintage = '2021' AND population_group = 'total'",
    )
    return rows[0][0]


def test_only_approved_figures_are_in_the_approved_schema(home) -> None:
    one = ids(home, "accepted")[0]
    decide([Decision("approved", OFFICE, "2021", submission_id=one)], home)
    assert ids(home, "approved") == [one]
    own = ask(
        home,
        "SELECT value FROM observation JOIN submission USING (submission_id) WHERE status = 'approved'"
        " AND measure = 'under6_examined' AND population_group = 'total'",
    )
    assert examined(home, "approved") == own[0][0] < examined(home)
    decide([Decision("withdrawn", OFFICE, "2021", submission_id=one, reason="duyệt nhầm")], home)
    assert ids(home, "approved") == []
    assert ask(home, "SELECT count(*) FROM approved.observation") == [(0,)]


def test_an_approved_report_stays_the_approved_one_until_its_revision_is(home) -> None:
    approve_all(home)
    before = examined(home)
    load_reports([form(UNITS[0], fewer=7)], home)
    assert examined(home) == before - 7 and examined(home, "approved") == before
    approve_all(home)
    assert examined(home, "approved") == before - 7


def test_a_revision_changes_exactly_the_figures_that_it_should(home) -> None:
    def everything() -> dict[tuple, tuple]:
        rows = ask(
            home,
            "SELECT indicator, level, unit_code, vintage, period, population_group, numerator, denominator"
            " FROM indicator_value",
        )
        return {r[:6]: r[6:] for r in rows}

    before = everything()
    load_reports([form(UNITS[0], fewer=7)], home)
    after = everything()
    changed = {k for k in before if before[k] != after[k]}
    unit = UNITS[0]
    successor = next(to for _, c, _, to in D.succession if c == unit.code)
    places = {("commune", unit.code, "2021"), ("district", unit.district_code, "2021"), ("province", "70", "2021")}
    places |= {("commune", successor, "2025"), ("province", "70", "2025")}
    assert changed == {("examined_under6", level, code, v, "2021", "total") for level, code, v in places}
    assert all(before[k][0] - after[k][0] == 7 for k in changed)


def test_a_closed_period_moves_only_for_a_reason(closed) -> None:
    before, revision = examined(closed), form(UNITS[0], fewer=7)
    (preview,) = check([revision], closed)
    assert preview.status == "rejected" and [p.rule for p in preview.problems] == ["period_closed"]
    assert [(c.measure, c.standing_value - c.value) for c in preview.changes] == [("under6_examined", 7)]
    assert load_reports([revision], closed)[0].status == "rejected"
    assert examined(closed) == before
    with pytest.raises(DecisionRefused, match="Hãy ghi ai quyết định"):
        load_reports([revision], closed, reason="đính chính")
    assert examined(closed) == before
    (answer,) = load_reports([revision], closed, reason="Đính chính theo công văn số 12", decided_by=OFFICE)
    assert answer.status == "accepted" and examined(closed) == before - 7
    assert ask(closed, "SELECT action, decided_by, reason FROM decision WHERE action = 'admitted'") == [
        ("admitted", OFFICE, "Đính chính theo công văn số 12")
    ]
    assert ask(closed, "SELECT count(*) FROM received_report WHERE admitted") == [(1,)]


def test_a_reason_lets_in_no_report_but_those_that_it_is_given_for(closed) -> None:
    """Nor another that is read again because the warehouse is gone, nor once more what was let in before."""
    first, waiting, last = (form(unit, fewer=3) for unit in UNITS[:3])
    load_reports([first], closed, reason="công văn 1", decided_by=OFFICE)
    assert load_reports([waiting], closed)[0].status == "rejected"
    before = examined(closed)
    (closed / "warehouse.duckdb").unlink()
    assert load_reports([last], closed, reason="công văn 2", decided_by=OFFICE)[0].status == "accepted"
    assert examined(closed) == before - 3
    assert ask(closed, "SELECT unit_code, reason FROM decision WHERE action = 'admitted' ORDER BY decision_id") == [
        (UNITS[0].code, "công văn 1"),
        (UNITS[2].code, "công văn 2"),
    ]


def test_a_file_held_back_is_taken_after_reopening(closed) -> None:
    revision = form(UNITS[1], fewer=3)
    assert load_reports([revision], closed)[0].status == "rejected"
    decide([Decision("reopened", OFFICE, "2021", reason="Bổ sung số liệu y tế")], closed)
    assert ask(closed, "SELECT closed, reason FROM period_state") == [(False, "Bổ sung số liệu y tế")]
    assert load_reports([revision], closed)[0].status == "accepted"


def test_a_rebuild_follows_all_decisions(closed) -> None:
    load_reports([form(UNITS[0], fewer=7)], closed, reason="Đính chính", decided_by=OFFICE)
    load_reports([form(UNITS[1], fewer=3)], closed)
    decide([Decision("reopened", OFFICE, "2021", reason="Bổ sung")], closed)
    load_reports([form(UNITS[1], fewer=3), form(UNITS[2], fewer=5)], closed)
    approve_all(closed)
    tables = ("submission", "decision", "problem", "indicator_progress", "period_state", "approved.indicator_value")
    before = {t: sorted(ask(closed, f"SELECT * FROM {t}"), key=str) for t in tables}
    rebuild(closed)
    assert before == {t: sorted(ask(closed, f"SELECT * FROM {t}"), key=str) for t in tables}


def test_warnings_are_answered_and_the_answer_is_kept(home) -> None:
    load_reports([form(UNITS[0], fewer=10_000_000)], home)  # rejected: nothing below zero
    unit = next(u for u in D.units.values() if u.vintage == "2021" and u not in UNITS)
    report = make_report(D, unit, PERIOD)
    report.reported_on = PERIOD.due_on.replace(day=28)
    late = Incoming("muon.xlsx", write_form(D, unit, PERIOD, report))
    (answer,) = load_reports([late], home)
    assert [p.rule for p in answer.problems] == ["late_report"]
    problem = answer.problems[0]
    ((submission,),) = ask(home, "SELECT submission_id FROM problem WHERE rule = 'late_report'")
    told = Decision(
        "answered",
        OFFICE,
        "2021",
        submission_id=submission,
        rule="late_report",
        sheet=problem.sheet,
        cell=problem.cell,
        reason="Xã bị mất điện ba ngày",
    )
    decide([told], home)
    assert ask(home, "SELECT reason FROM decision WHERE action = 'answered'") == [("Xã bị mất điện ba ngày",)]


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("closed", OFFICE, "2021"), "Còn 4 báo cáo chưa duyệt"),
        (Decision("closed", OFFICE, "2022"), "chưa có báo cáo"),
        (Decision("closed", OFFICE, "1999"), "Không có kỳ"),
        (Decision("closed", " ", "2021"), "ai quyết định"),
        (Decision("reopened", OFFICE, "2021", reason="x"), "đang mở"),
        (Decision("reopened", OFFICE, "2021"), "lý do"),
        (Decision("approved", OFFICE, "2021", submission_id="none"), "không phải báo cáo đang được nhận"),
        (Decision("withdrawn", OFFICE, "2021", submission_id="none", reason="x"), "chưa được duyệt"),
        (Decision("answered", OFFICE, "2021", submission_id="none", rule="late_report", reason="x"), "cảnh báo này"),
        (Decision("reopened", OFFICE, "2021", reason="x" * 501), "500 ký tự"),
        (Decision("reopened", OFFICE, "2021", reason="Bé Nguyễn Văn A bị sót"), "thông tin cá nhân"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_kept(decision, said, home) -> None:
    with pytest.raises(DecisionRefused, match=said):
        decide([decision], home)
    assert Archive(home).decisions() == []


def test_a_line_left_unfinished_does_not_swallow_the_next(home) -> None:
    archive = Archive(home)
    with archive.journal.open("ab") as journal:
        journal.write(b'{"event": "approved", "dec')
    approve_all(home)
    assert len(archive.decisions()) == 4
    assert len(ids(home, "approved")) == 4


def test_a_decision_that_was_kept_but_not_published_is_published_by_the_next_load(home) -> None:
    one = ids(home, "accepted")[0]
    Archive(home).decide([Decision("approved", OFFICE, "2021", submission_id=one)])
    assert ids(home, "approved") == []
    load_reports([form(UNITS[1])], home)
    assert ids(home, "approved") == [one]


def test_a_revision_of_a_report_that_came_in_time_is_not_called_late(home) -> None:
    report = make_report(D, UNITS[0], PERIOD)
    report.reported_on = PERIOD.due_on.replace(day=28)
    revision = Incoming("sua.xlsx", write_form(D, UNITS[0], PERIOD, report))
    assert [p.rule for p in check([revision], home)[0].problems] == []
    assert [p.rule for p in load_reports([revision], home)[0].problems] == []
    assert set(ask(home, "SELECT state FROM report_status WHERE submission_id IS NOT NULL")) == {("on_time",)}
