"""Who reported, and what stands out: the models against second computations in plain Python."""

from collections import defaultdict
from datetime import date
from math import exp, log
from pathlib import Path
from statistics import fmean, median

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import models
from etl.build import build
from etl.definitions import load
from etl.demo import plan_reports
from etl.models import SQL
from tests.naive import DATA

ACCEPTED = (None, "revised")
STATISTICS = load().statistics
PERIODS = ["2020", *(f"{y}{h}" for y in range(2021, 2026) for h in ("-H1", "")), "2026-H1"]


@pytest.fixture(scope="module")
def con(demo_home: Path):
    with duckdb.connect(demo_home / "warehouse.duckdb", read_only=True) as connection:
        yield connection


def own_vintage(period: str) -> str:
    return "2021" if period < "2025" or period == "2025-H1" else "2025"


@pytest.fixture(scope="module")
def totals(workbooks) -> dict[tuple[str, str, str, str], int]:
    """Every reported total as {(measure, vintage, unit, period): value}, parts added up where all reported it."""
    measures = pd.read_csv(DATA / "measures.csv", dtype=str)
    shown = list(measures[measures["sensitive"] == "0"]["measure"])
    succession = pd.read_csv(DATA / "unit_succession.csv", dtype=str)
    parts = succession.groupby("to_code")["from_code"].apply(list).to_dict()
    found = {}
    for (period, unit), figures in workbooks.figures.items():
        for measure in shown:
            if (measure, "total") in figures:
                found[measure, own_vintage(period), unit, period] = figures[measure, "total"]
    for period in [p for p in PERIODS if own_vintage(p) == "2021"]:
        for unit, olds in parts.items():
            for measure in shown:
                values = [found.get((measure, "2021", old, period)) for old in olds]
                if None not in values:
                    found[measure, "2025", unit, period] = sum(values)
    return found


def test_unit_totals_are_the_naive_ones(con, totals) -> None:
    rows = con.execute("SELECT measure, vintage, unit_code, period, value FROM unit_total").fetchall()
    assert {tuple(r[:4]): r[4] for r in rows} == totals
    assert len(rows) == len(totals)


def test_states_are_those_of_the_reports_that_were_sent(con) -> None:
    sent = defaultdict(list)
    for report in plan_reports(load()):
        sent[report.period, report.unit_code].append(report)
    units = pd.read_csv(DATA / "units.csv", dtype=str)
    expected = {}
    for period in PERIODS:
        due = date(int(period[:4]), 6 if period.endswith("-H1") else 12, 20)
        for code in units[units["vintage"] == own_vintage(period)]["code"]:
            reports = sorted(sent[period, code], key=lambda r: r.reported_on)
            accepted = [r for r in reports if r.flaw in ACCEPTED]
            if accepted:
                state = "late" if accepted[0].reported_on > due else "on_time"
            else:
                state = "rejected" if reports else "missing"
            first = accepted[0].reported_on if accepted else None
            last = reports[-1].reported_on if reports else None
            expected[period, code] = (state, first, len(accepted), last)
    rows = con.execute(
        "SELECT period, unit_code, state, first_reported_on, revisions, CAST(last_received_at AS DATE), submission_id,"
        " errors, vintage FROM report_status"
    ).fetchall()
    assert {(r[0], r[1]): tuple(r[2:6]) for r in rows} == expected
    for period, _, state, *_, submission_id, errors, vintage in rows:
        assert (submission_id is not None) == (state in ("on_time", "late"))
        assert (errors or 0) > 0 if state == "rejected" else not errors
        assert vintage == own_vintage(period)
    assert {r[2] for r in rows} == {"on_time", "late", "rejected", "missing"}


def test_children_are_the_last_known_ones(con, totals) -> None:
    rows = con.execute(
        "SELECT period, vintage, unit_code, children_under16, children_period FROM report_status"
    ).fetchall()
    from_earlier = 0
    for period, vintage, unit, children, known_in in rows:
        known = [p for p in PERIODS[: PERIODS.index(period) + 1] if ("children_under16", vintage, unit, p) in totals]
        assert known_in == (known[-1] if known else None)
        assert children == (totals["children_under16", vintage, unit, known[-1]] if known else None)
        from_earlier += bool(known) and known[-1] != period
    assert from_earlier


def score(x: float, references: list[float]) -> float | None:
    """Return Iglewicz and Hoaglin's score with a deviation for each side, None where nothing varies."""
    middle = median(references)
    side = (
        [middle - r for r in references if r <= middle]
        if x < middle
        else [r - middle for r in references if r >= middle]
    )
    mad, mean = median(side), fmean(side)
    if mad:
        return 0.6745 * (x - middle) / mad
    return (x - middle) / (1.253314 * mean) if mean else None


def outliers(con: duckdb.DuckDBPyConnection, kind: str) -> dict[tuple[str, str, str, str], tuple[float, float, float]]:
    rows = con.execute(
        "SELECT subject, vintage, unit_code, period, value, usual, score FROM outlier WHERE kind = $kind",
        {"kind": kind},
    ).fetchall()
    return {tuple(r[:4]): tuple(r[4:]) for r in rows}


def assert_same(found, expected) -> None:
    assert found.keys() == expected.keys()
    for key, numbers in found.items():
        assert numbers == pytest.approx(expected[key], rel=1e-9)


def test_outliers_from_the_past_are_the_naive_ones(con, totals) -> None:
    flows = pd.read_csv(DATA / "measures.csv", dtype=str).set_index("measure")["flow"]
    expected = {}
    for (measure, vintage, unit, period), value in totals.items():
        earlier = [
            log(1 + totals[measure, vintage, unit, p])
            for p in PERIODS[: PERIODS.index(period)]
            if int(period[:4]) - int(p[:4]) <= STATISTICS.outlier_years
            and (measure, vintage, unit, p) in totals
            and (flows[measure] == "stock" or p.endswith("-H1") == period.endswith("-H1"))
        ]
        if len(earlier) >= STATISTICS.outlier_figures:
            z = score(log(1 + value), earlier)
            if z is not None and abs(z) > STATISTICS.outlier_score:
                expected[measure, vintage, unit, period] = (value, exp(median(earlier)) - 1, z)
    assert_same(outliers(con, "past"), expected)
    assert {k[1] for k in expected} == {"2021", "2025"}
    assert any(k[3] == "2026-H1" for k in expected)


def test_outliers_are_the_same_built_a_period_at_a_time(con, demo_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(models, "MANY_TOTALS", 0)
    build(demo_home / "warehouse.duckdb", tmp_path, "duckdb", lambda _: None)
    with duckdb.connect(tmp_path / "warehouse.duckdb", read_only=True) as again:
        ordered = "SELECT * FROM outlier ORDER BY ALL"
        assert again.execute(ordered).fetchall() == con.execute(ordered).fetchall()


def test_outliers_among_peers_are_the_naive_ones(con, naive) -> None:
    groups = defaultdict(dict)
    for (indicator, level, unit, vintage, period, group), (n, d) in naive.items():
        ratio = load().indicators[indicator].kind == "ratio"
        if level == "commune" and group == "total" and ratio and d >= STATISTICS.outlier_denominator:
            groups[indicator, vintage, period][unit] = 100 * n / d
    expected = {}
    for (indicator, vintage, period), values in groups.items():
        for unit, value in values.items():
            z = score(value, list(values.values())) if len(values) >= STATISTICS.outlier_figures else None
            if z is not None and abs(z) > STATISTICS.outlier_score:
                expected[indicator, vintage, unit, period] = (value, median(values.values()), z)
    assert_same(outliers(con, "peers"), expected)


def test_no_sensitive_measure_is_named(con) -> None:
    sensitive = {m.measure for m in load().measures.values() if m.sensitive}
    assert len(sensitive) == 19
    for table, column in (("unit_total", "measure"), ("outlier", "subject"), ("revision_change", "measure")):
        named = {r[0] for r in con.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()}
        assert not named & sensitive
    for (subject,) in con.execute("SELECT DISTINCT subject FROM outlier WHERE kind = 'peers'").fetchall():
        indicator = load().indicators[subject]
        assert not {indicator.numerator, indicator.denominator} & sensitive


def scored(values: list[int], flow: str = "stock", periods: list[str] | None = None) -> list[tuple[float, ...]]:
    """Return (usual, difference, compared, score) where the last of the values stands out from those before it."""
    periods = periods or [f"p{n}" for n in range(len(values))]
    with duckdb.connect() as con:
        con.execute((SQL / "functions.sql").read_text(encoding="utf-8"))
        con.execute("CREATE TABLE measure AS SELECT 'm' AS measure, $flow AS flow, FALSE AS sensitive", {"flow": flow})
        con.execute("CREATE TABLE period (period VARCHAR, sequence INTEGER, year INTEGER)")
        con.execute(f"CREATE TABLE statistic AS SELECT {', '.join(f'{v} AS {k}' for k, v in vars(STATISTICS).items())}")
        con.execute(
            "CREATE TABLE unit_total"
            " (measure VARCHAR, period VARCHAR, vintage VARCHAR, unit_code VARCHAR, value BIGINT)"
        )
        con.execute("CREATE TABLE indicator (indicator VARCHAR, numerator VARCHAR, denominator VARCHAR, kind VARCHAR)")
        con.execute(
            "CREATE TABLE indicator_total (indicator VARCHAR, level VARCHAR, unit_code VARCHAR, vintage VARCHAR,"
            " period VARCHAR, population_group VARCHAR, numerator BIGINT, denominator BIGINT)"
        )
        con.executemany("INSERT INTO period VALUES (?, ?, ?)", [(p, n, 2000 + n) for n, p in enumerate(periods)])
        con.execute("CREATE VIEW built_period AS SELECT period FROM period")
        con.executemany("INSERT INTO unit_total VALUES ('m', ?, 'v', 'u', ?)", list(zip(periods, values, strict=True)))
        return con.execute(
            f"SELECT usual, difference, compared, score FROM ({(SQL / 'outlier.sql').read_text(encoding='utf-8')})"
            " WHERE period = $last",
            {"last": periods[-1]},
        ).fetchall()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=1 + STATISTICS.outlier_years))
def test_the_score_is_the_formula(values) -> None:
    *earlier, last = [log(1 + v) for v in values]
    z = score(last, earlier) if len(earlier) >= STATISTICS.outlier_figures else None
    found = scored(values)
    if z is None or abs(z) <= STATISTICS.outlier_score:
        assert not found
    else:
        assert found == [
            pytest.approx((exp(median(earlier)) - 1, values[-1] - exp(median(earlier)) + 1, len(earlier), z))
        ]


def test_edges_of_the_score() -> None:
    assert not scored([10])
    assert not scored([10, 11, 10, 900])  # three earlier ones are too few
    assert not scored([10, 10, 10, 10, 900])  # nothing varied, so nothing can be said
    assert not scored([10, 10, 10, 10, 10])
    (found,) = scored([10, 10, 10, 10, 11, 30])  # the MAD is 0, the mean deviation is not
    assert found[3] == pytest.approx(log(31 / 11) / (1.253314 * log(12 / 11) / 5))
    # A long side upwards makes high values usual there, and not downwards.
    skewed = [50, 50, 51, 80, 140]
    assert not scored([*skewed, 200])
    assert scored([*skewed, 30])
    # What was long ago is no measure of today.
    recent = [10, 11] * (STATISTICS.outlier_years // 2)
    assert scored([900, *recent, 30]) == scored([*recent, 30]) != []
    # A cumulative figure is held against the same part of the year alone.
    periods = ["2021-H1", "2021", "2022-H1", "2022", "2023-H1", "2023", "2024-H1", "2024", "2025-H1"]
    values = [100, 200, 102, 203, 99, 198, 101, 201, 200]
    assert scored(values, "cumulative", periods)
    assert not scored(values, "stock", periods)


def test_a_revision_that_moves_a_total_by_more_than_half_is_found() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE measure (code VARCHAR, measure VARCHAR, sensitive BOOLEAN)")
        con.execute("INSERT INTO measure VALUES ('1', 'open', FALSE), ('2', 'hidden', TRUE), ('3', 'gone', FALSE)")
        con.execute(
            "CREATE TABLE submission (submission_id VARCHAR, unit_code VARCHAR, vintage VARCHAR, period VARCHAR,"
            " revision INTEGER, received_at TIMESTAMP)"
        )
        con.execute(
            "CREATE TABLE reported_figure (submission_id VARCHAR, period VARCHAR, measure VARCHAR,"
            " population_group VARCHAR, value BIGINT)"
        )
        series = {"a": [10, 16, 15], "b": [10, 15], "c": [0, 1], "d": [0, 0], "e": [10, 4], "f": [10, 5]}
        for unit, values in series.items():
            for n, value in enumerate(values, start=1):
                key = f"{unit}{n}"
                con.execute("INSERT INTO submission VALUES (?, ?, 'v', 'p', ?, now()::TIMESTAMP)", [key, unit, n])
                con.execute(
                    "INSERT INTO reported_figure VALUES ($key, 'p', 'open', 'total', $value),"
                    " ($key, 'p', 'open', 'female', $n), ($key, 'p', 'hidden', 'total', 10 * $n),"
                    " ($key, 'p', 'gone', 'total', CASE WHEN $n = 1 THEN 5 END)",
                    {"key": key, "value": value, "n": n},
                )
        # A rejected report in between has no revision, so it is not compared.
        con.execute("INSERT INTO submission VALUES ('x', 'b', 'v', 'p', NULL, now()::TIMESTAMP)")
        con.execute("CREATE VIEW built_period AS SELECT 'p' AS period")
        found = con.execute((SQL / "revision_change.sql").read_text(encoding="utf-8")).df()
    rows = found[["unit_code", "revision", "measure", "value_before", "value_after"]].itertuples(index=False, name=None)
    assert sorted(rows) == [("a", 2, "open", 10, 16), ("c", 2, "open", 0, 1), ("e", 2, "open", 10, 4)]


@pytest.mark.parametrize("period", ["2020", "2024"])
def test_play_areas_that_contradict_their_list_are_the_naive_ones(period, con, workbooks, demo_reports) -> None:
    expected = {}
    for path in (demo_reports / period).glob("*.xlsx"):
        if path.stem.endswith("_1"):
            continue
        unit = path.stem.split("_")[2]
        sheet = pd.read_excel(path, sheet_name="Nhiệm vụ", header=None, dtype=object, engine="calamine")
        (row,) = [r for r in sheet.itertuples(index=False) if r[0] == "T4.4"]
        working = sum(condition == "đang hoạt động" for condition, *_ in workbooks.sites[period, unit])
        if int(row[3]) > working:
            expected[unit] = (int(row[3]), working, len(workbooks.sites[period, unit]))
    rows = con.execute(
        "SELECT unit_code, built, working_sites, listed_sites FROM play_area_conflict WHERE period = $period",
        {"period": period},
    ).fetchall()
    assert {r[0]: tuple(r[1:]) for r in rows} == expected
    assert expected
