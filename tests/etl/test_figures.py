"""Every figure of the warehouse against a naive second computation from the workbooks."""

from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(demo_home: Path):
    with duckdb.connect(demo_home / "warehouse.duckdb", read_only=True) as connection:
        yield connection


def test_every_indicator_value_equals_the_naive_one(con, naive) -> None:
    rows = con.execute(
        "SELECT indicator, level, unit_code, vintage, period, population_group, numerator, denominator, value"
        " FROM indicator_value"
    ).fetchall()
    found = {tuple(r[:6]): (r[6], r[7]) for r in rows if r[6] is not None}
    assert found == naive
    for *_, numerator, denominator, value in rows:
        expected = None if not denominator else 100 * numerator / denominator
        assert value == (expected if expected is None else pytest.approx(expected, rel=1e-12))


def test_met_and_gap_follow_the_plan_exactly(con, naive) -> None:
    rows = con.execute(
        "SELECT indicator, level, unit_code, vintage, period, comparator, target_value, met, gap FROM progress"
        " WHERE comparator <> 'rising'"
    ).fetchall()
    for *key, comparator, target, met, gap in rows:
        numerator, denominator = naive.get((*key, "total"), (0, 0))
        if not denominator:
            assert met is None and gap is None
            continue
        needed = Fraction(target) * denominator / 100
        at_least = ceil(needed) if comparator == ">=" else floor(needed) + 1
        assert met == (numerator >= at_least)
        assert gap == max(0, at_least - numerator)


def test_rising_compares_with_the_year_before(con, naive) -> None:
    rows = con.execute(
        "SELECT p.indicator, level, unit_code, p.vintage, p.period, q.year_before, met FROM progress p"
        " JOIN period q ON p.period = q.period WHERE comparator = 'rising'"
    ).fetchall()
    assert any(row[-1] for row in rows)
    for indicator, level, unit, vintage, period, before, met in rows:
        now = naive.get((indicator, level, unit, vintage, period, "total"), (0, 0))
        then = naive.get((indicator, level, unit, vintage, before, "total"), (0, 0))
        comparable = now[1] and then[1]
        assert met == (Fraction(*now) > Fraction(*then) if comparable else None)


def test_the_40_add_up_to_the_111(con) -> None:
    sums = con.execute(
        "SELECT indicator, period, population_group, vintage, v.numerator, v.denominator FROM indicator_value AS v"
        " JOIN indicator USING (indicator) WHERE level = 'province' AND kind = 'ratio'"
        " AND period IN (SELECT period FROM period WHERE cut_off < DATE '2025-07-01')"
    ).fetchall()
    by_vintage = {v: {tuple(r[:3]): r[4:] for r in sums if r[3] == v} for v in ("2021", "2025")}
    assert by_vintage["2021"] == by_vintage["2025"]
    assert by_vintage["2021"]


def test_registration_does_not_carry_over_the_reform(con) -> None:
    rows = con.execute(
        "SELECT DISTINCT status, value FROM progress JOIN period USING (period)"
        " WHERE indicator = 'child_friendly_registered' AND progress.vintage = '2025' AND period.vintage = '2021'"
    ).fetchall()
    assert rows == [("not_applicable", None)]


def test_sixty_per_cent_is_not_over_sixty(con) -> None:
    row = con.execute(
        "SELECT numerator, denominator, met, gap FROM indicator_progress WHERE indicator = 'play_area_communes'"
        " AND level = 'province' AND vintage = '2021' AND period = '2022'"
    ).fetchone()
    assert row == (66, 110, False, 1)


def test_units_reported_never_exceed_units_expected(con) -> None:
    wrong = con.execute("SELECT count(*) FROM indicator_value WHERE units_reported > units_expected").fetchone()
    assert wrong == (0,)
    assert con.execute("SELECT DISTINCT units_expected FROM indicator_value WHERE level = 'province'").fetchall()
