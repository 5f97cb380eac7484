"""The ten questions: the page's address and the SQL over the public data give the same figures."""

from urllib.parse import parse_qsl

import duckdb
import pytest

from etl.public import public_database
from pages.shared import queries
from pages.shared.analysis.answer import fulfilling, rows_of
from pages.shared.analysis.choice import KEYS, choice_of, question_of, short_address
from pages.shared.analysis.pivot import ALL, number, pivoted
from pages.shared.ten_questions import Question, ten_questions

QUESTIONS = ten_questions()


def by_the_page(question: Question) -> dict[str, list[float | None]]:
    """Return what the page's table shows at the address, sums of rows left out."""
    address = dict(parse_qsl(question.address))
    choice = choice_of(address, address["period"], address["units"])
    assert not set(address) - {"period", "units", *KEYS}
    assert short_address(address, address["period"], address["units"]) == {
        k: v for k, v in address.items() if k not in ("period", "units")
    }, "says no more than it must"
    with queries.frozen(approved_only=False):
        rows = rows_of(queries.analysis(**question_of(choice)), choice)
    kept = fulfilling(rows, choice).units
    pivot = pivoted([r for r in rows if r["unit_code"] in kept and r["item"] in choice.items], choice)
    columns = [c for c in pivot.columns if ALL not in c]
    cells = {row: [pivot.cells.get((row, column)) for column in columns] for row in pivot.rows}
    return {row: [cell and number(cell, choice.cell) for cell in own] for row, own in cells.items()}


def test_there_are_ten() -> None:
    assert len(QUESTIONS) == 10
    assert len({q.question_vi for q in QUESTIONS}) == 10


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.question_en[:40])
def test_both_ways_give_the_same_figures(question, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    with duckdb.connect(public_database(demo_home), read_only=True) as con:
        told = {row[0]: list(row[1:]) for row in con.execute(question.sql).fetchall()}
    shown = by_the_page(question)
    assert shown.keys() == told.keys()
    assert any(value is not None for own in shown.values() for value in own)
    for row, own in shown.items():
        assert [None if v is None else pytest.approx(float(v)) for v in told[row]] == own, row
