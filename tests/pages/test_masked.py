"""No page names a sensitive count: what the questions ask, and what is rendered."""

import re
from pathlib import Path

import duckdb
import pytest

from etl.definitions import load
from etl.load import Answer
from etl.models import MODELS, SQL
from etl.report import Problem
from pages.shared import queries
from pages.shared.desk import without_the_past
from pages.shared.text import text_of
from tests.pages.test_pages import run

PROJECT = Path(__file__).parents[2]
QUESTIONS = PROJECT / "pages" / "shared" / "sql"
RAW = {"observation", "reported_figure", "problem", "staged_figure", "history_figure", "compared_figure"}
"""The tables that hold sensitive counts, or say them in words."""
WITHOUT_COUNTS = {
    "sensitive_figures": "demands the right to small counts: tests/pages/test_access.py",
    "review_warnings": "reads them for whoever has the right to small counts: tests/pages/test_access.py",
    "review_reports": "counts them for whoever has the right to small counts: tests/pages/test_access.py",
    "waiting_reports": "counts reports",
    "revision_indicators": "indicators are never of sensitive measures: etl/contradictions.py refuses it",
    "indicator_total": "indicators are never of sensitive measures: etl/contradictions.py refuses it",
    "task_progress": "tasks expect nothing of sensitive measures: etl/plan_tasks.py refuses it",
    "commune_play_area": "children under 16 alone",
    "observation": "is itself one of the tables that pages must not read bare",
    "compared_figure": "is itself one of the tables that pages must not read bare",
    "large_jump": "is said in `problem`, and on the page of sending without the past",
}
SENSITIVE = {m.measure: m for m in load().measures.values() if m.sensitive}
COUNTED = [m for m in SENSITIVE.values() if not m.code.startswith("6.3.")]


def reads(sql: str) -> set[str]:
    """Return the tables that a SELECT names."""
    bare = re.sub(r"--.*", "", sql)
    return set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)", bare))


def is_filtered(sql: str) -> bool:
    return re.search(r"(?:NOT|WHEN) [a-z]\.sensitive", re.sub(r"--.*", "", sql)) is not None


@pytest.mark.parametrize("path", sorted([*QUESTIONS.glob("*.sql"), *SQL.glob("*.sql"), *SQL.glob("history/*.sql")]))
def test_who_reads_raw_figures_leaves_out_the_sensitive_ones(path) -> None:
    sql = path.read_text(encoding="utf-8")
    raw = reads(sql) & RAW
    if path.stem in WITHOUT_COUNTS:
        assert raw, f"{path.stem} reads nothing raw: its reason is out of date"
    else:
        assert not raw or is_filtered(sql), f"{path.name} reads {raw} and does not look at `sensitive`"


def test_the_search_finds_what_it_is_for() -> None:
    bad = "SELECT o.value\nFROM observation AS o\nLEFT JOIN problem AS p ON TRUE -- NOT m.sensitive"
    assert reads(bad) == {"observation", "problem"} and not is_filtered(bad)
    assert set(WITHOUT_COUNTS) <= {p.stem for p in (*QUESTIONS.glob("*.sql"), *SQL.rglob("*.sql"))}
    assert "public_problem" in MODELS


def test_no_page_reads_a_model_of_raw_figures_but_the_masked_one() -> None:
    """`observation` is read by two questions alone, and those leave out the sensitive ones."""
    readers = {p.stem for p in QUESTIONS.glob("*.sql") if "observation" in reads(p.read_text(encoding="utf-8"))}
    assert readers == {"analysis", "province_totals"}


def test_checking_made_up_figures_tells_nothing_of_the_past() -> None:
    jumps = [
        Problem("warning", "large_jump", "Số liệu", "D9", measure, "90", "kỳ 2023 là 3", "it was 3")
        for measure in ("abuse_cases", "children_under6")
    ]
    (answer,) = without_the_past([Answer("a.xlsx", "25195", "2024", "accepted", jumps)])
    assert [p.measure for p in answer.problems] == ["children_under6"]


def test_that_a_sensitive_count_jumped_is_told_nowhere(demo_home, monkeypatch) -> None:
    """Beside a count that is shown it would tell how small a masked one was. Nor do numbers of warnings count it."""
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    with duckdb.connect(demo_home / "warehouse.duckdb", read_only=True) as con:
        jumped = con.execute(
            "SELECT s.period, s.vintage, s.unit_code, p.sheet, p.cell FROM problem AS p"
            " JOIN measure AS m USING (measure) JOIN submission AS s USING (submission_id)"
            " WHERE p.rule = 'large_jump' AND m.sensitive"
        ).fetchall()
        told = con.execute(
            "SELECT p.period, sum(p.warnings) FROM report_status AS p WHERE p.submission_id = p.last_submission_id"
            " GROUP BY p.period"
        ).fetchall()
    assert jumped
    for period, vintage, unit, sheet, cell in jumped:
        warned = queries.report_warnings(period)
        for found in (warned[warned["unit_code"] == unit], queries.commune_problems(unit, period, vintage)):
            assert found[(found["sheet"] == sheet) & (found["cell"] == cell)].empty
    for period, warnings in told:
        reports = queries.report_states(period)
        standing = reports[reports["submission_id"] == reports["last_submission_id"]]["unit_code"]
        counted = queries.report_warnings(period)
        assert warnings == counted["unit_code"].isin(standing).sum()


def shown_in(app) -> tuple[list, list[str]]:
    """Return all tables and all words on a page."""
    words = [e.value for kind in ("markdown", "caption", "header", "subheader", "text", "info") for e in app.get(kind)]
    return [d.value for d in app.dataframe], [str(w) for w in words]


PAGES = sorted(p.stem for p in (PROJECT / "pages").glob("*.py"))
STATES = {"quality": [{"part": p, "size": "all"} for p in ("warnings", "outliers", "revisions", "play_areas")]}


@pytest.mark.parametrize("period", ["2020", "2024", "2025-H1", "2025", "2026-H1"])
def test_no_small_count_stands_beside_its_name_on_any_page(period, workbooks, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    labels = {label: m for m in SENSITIVE.values() for label in (m.label_vi, m.label_en)}
    unit = min(u for p, u in workbooks.figures if p == period)
    seen = 0
    for page in PAGES:
        for state in STATES.get(page, [{}]):
            tables, words = shown_in(run(page, period=period, unit=unit, **state))
            for table in tables:
                named = [c for c in table.columns if any(label in str(c) for label in labels)]
                cells = [v for c in named for v in table[c]]
                for _, row in table.iterrows():
                    if any(label in str(v) for v in row for label in labels):
                        cells += [v for v in row if not any(label in str(v) for label in labels)]
                seen += len(cells)
                assert not [v for v in cells if str(v).removesuffix(".0") in ("1", "2", "3", "4")], (page, table)
            for said in words:
                for label in labels:
                    at = said.find(label)
                    near = said[max(0, at - 12) : at + len(label) + 12] if at >= 0 else ""
                    assert not re.search(r"(?<![\d.,/])[1-4](?![\d.,/%])", near.replace(label, "")), (page, near)
    assert seen > 100


def test_texts_of_masking_are_in_both_languages() -> None:
    for language in ("vi", "en"):
        assert "⋯" in text_of(language)("protection.masking") and "4" in text_of(language)("protection.masking")
