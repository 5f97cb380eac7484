"""Every statistic against published values, other programs, and plain loops over the workbooks."""

from fractions import Fraction
from itertools import pairwise
from math import ceil, exp, floor, inf, log, sqrt
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2, norm
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from etl.definitions import load
from etl.models import APPROVED, MODELS, SQL, declare_functions, model_sql, sources

ORACLES = Path(__file__).parents[3] / "shared" / "oracles"
STATISTICS = load().statistics
INNER, OUTER = STATISTICS.z_inner, STATISTICS.z_outer
DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def con(demo_home: Path):
    with duckdb.connect(demo_home / "warehouse.duckdb", read_only=True) as connection:
        yield connection


FORMULAS = duckdb.connect()
FORMULAS.execute((SQL / "functions.sql").read_text(encoding="utf-8"))


def formula(expression: str, *values: object):
    names = [f"v{n}" for n in range(len(values))]
    rows = ", ".join(f"$v{n} AS {expression_name}" for n, expression_name in enumerate("abcdefg"[: len(values)]))
    query = f"SELECT {expression} FROM (SELECT {rows})"
    return FORMULAS.execute(query, dict(zip(names, values, strict=True))).fetchone()


counts = st.integers(1, 200_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_quantiles_are_those_of_the_normal_distribution() -> None:
    assert pytest.approx(norm.ppf(0.975), abs=1e-12) == INNER
    assert pytest.approx(norm.ppf(0.999), abs=1e-12) == OUTER
    assert chi2.sf(STATISTICS.trend_chi_square, 1) == pytest.approx(0.002, abs=1e-6)


@pytest.mark.skipif(not (ORACLES / "wilson.csv").exists(), reason="the oracles folder is not beside the project")
def test_wilson_equals_the_published_values() -> None:
    rows = pd.read_csv(ORACLES / "wilson.csv")
    assert len(rows) > 20
    for row in rows.itertuples():
        z = {0.95: INNER, 0.998: OUTER}[row.confidence]
        found = formula("score_lower(a, b, c), score_upper(a, b, c)", row.numerator, row.denominator, z)
        assert found == pytest.approx((row.lower, row.upper), abs=1e-9)


@given(counts, st.sampled_from([INNER, OUTER]))
@settings(deadline=None)
@example((0, 1), INNER)
@example((1, 1), OUTER)
def test_wilson_equals_statsmodels_and_stays_within_0_and_1(count, z) -> None:
    x, n = count
    low, high = formula("score_lower(a, b, c), score_upper(a, b, c)", x, n, z)
    expected = proportion_confint(x, n, alpha=2 * norm.sf(z), method="wilson")
    assert (low, high) == pytest.approx(expected, abs=1e-9)
    assert 0 <= low <= x / n + 1e-12 and x / n - 1e-12 <= high <= 1


def test_nothing_to_calculate_with_is_null_not_an_error() -> None:
    assert formula("score_lower(a, b, 2), score_upper(a, b, 2)", 0, 0) == (None, None)
    assert formula("score_lower(a, b, 2), score_upper(a, b, 2)", None, 5) == (None, None)
    assert formula("funnel_lower(a, b, 2), funnel_upper(a, b, 2)", 0.5, 0) == (None, None)
    assert formula("funnel_lower(a, b, 2), funnel_upper(a, b, 2)", None, 3) == (None, None)
    assert formula("log_ratio_error(a, b, c, d)", 0, 5, 3, 4) == (None,)
    assert formula("trend_chi_square(a, b, c, d, e)", 0, 50, 0, 150, 550) == (None,)
    assert formula("trend_chi_square(a, b, c, d, e)", 50, 50, 150, 150, 550) == (None,)
    # Figures that no check would let pass stop no load either.
    low, high = formula("score_lower(a, b, 2), score_upper(a, b, 2)", 9, 5)
    assert low >= 0 and high <= 1


@given(st.floats(0.001, 0.999), st.integers(1, 5000), st.sampled_from([INNER, OUTER]))
@settings(deadline=None)
def test_a_funnel_is_no_narrower_than_either_published_limit(p, n, z) -> None:
    low, high = formula("funnel_lower(a, b, c), funnel_upper(a, b, c)", p, n, z)
    published = formula("score_lower(b * a, b, c), score_upper(b * a, b, c)", p, n, z)
    assert low <= published[0] + 1e-12 and published[1] - 1e-12 <= high
    # The published limit is where the simple interval of the limit's own point touches p.
    for limit in published:
        assert abs(limit - p) == pytest.approx(z * sqrt(limit * (1 - limit) / n), rel=1e-6, abs=1e-9)
    # One count within the limit, the Wilson interval of the limit's point reaches p exactly where the limit was.
    reach = z * sqrt(p * (1 - p) / n)
    for point, end in ((p - reach, 1), (p + reach, 0)):
        if 0 <= point <= 1:
            touching = proportion_confint(point * n, n, alpha=2 * norm.sf(z), method="wilson")[end]
            assert touching == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.838, 0.9, 0.95, 0.98, 0.996, 0.9995])
def test_a_unit_like_all_others_is_called_different_as_rarely_as_promised(p) -> None:
    """By the binomial distribution, with no approximation."""
    for n in (1, 2, 3, 5, 8, 13, 25, 40, 80, 150, 400, 1000, 5000):
        low, high = formula("funnel_lower(a, b, c), funnel_upper(a, b, c)", p, n, OUTER)
        behind = binom.cdf(ceil(low * n - 1e-9) - 1, n, p)
        ahead = binom.sf(floor(high * n + 1e-9), n, p)
        assert behind <= 0.00105 and ahead <= 0.00105, (n, behind, ahead)


def test_every_chance_follows_from_its_counts(con) -> None:
    rows = con.execute(
        "SELECT c.numerator, c.denominator, c.value, lower, upper, inner_lower, outer_lower, outer_upper, reading,"
        " g.numerator, g.denominator, c.level FROM chance AS c JOIN indicator_value AS g ON g.level = 'province'"
        " AND g.population_group = 'total' AND c.indicator = g.indicator AND c.vintage = g.vintage"
        " AND c.period = g.period WHERE c.period IN ('2020', '2024', '2025')"
    ).fetchall()
    readings = set()
    for x, n, value, low, high, inner, outer_low, outer_high, reading, gx, gn, level in rows:
        if not n:
            assert (low, high, outer_low, reading) == (None,) * 4
            continue
        wilson = proportion_confint(x, n, alpha=0.05, method="wilson")
        assert (low / 100, high / 100) == pytest.approx(wilson, abs=1e-9)
        p = gx / gn
        reach = OUTER * sqrt(p * (1 - p) / n) + 1 / n
        published = proportion_confint(n * p, n, alpha=2 * norm.sf(OUTER), method="wilson")
        expected = max(0, min(published[0], p - reach)), min(1, max(published[1], p + reach))
        assert (outer_low / 100, outer_high / 100) == pytest.approx(expected, abs=1e-9)
        assert outer_low <= inner + 1e-9
        if level == "province":
            assert reading is None
        elif min(abs(value - outer_low), abs(value - outer_high)) > 1e-9:
            assert reading == ("behind" if value < outer_low else "ahead" if value > outer_high else "alike")
            readings.add(reading)
    assert readings == {"behind", "alike", "ahead"}


def test_one_commune_s_yes_or_no_has_no_interval(con) -> None:
    found = con.execute(
        "SELECT count(*) FROM chance JOIN indicator USING (indicator) WHERE kind <> 'ratio' AND level = 'commune'"
    ).fetchone()
    assert found == (0,)


# Differences and ratios of two shares ------------------------------------------------------------------------


def compare(x: int, n: int, y: int, m: int) -> tuple[float, ...]:
    """Return difference_lower, difference_upper, ratio_lower and ratio_upper as `equity.sql` composes them."""
    return formula(
        "a / b - c / d - difference_reach(a / b, c / d, score_lower(a, b, e), score_upper(c, d, e)),"
        "a / b - c / d + difference_reach(a / b, c / d, score_upper(a, b, e), score_lower(c, d, e)),"
        "a / b / (c / d) * exp(-e * log_ratio_error(a, b, c, d)),"
        "a / b / (c / d) * exp(e * log_ratio_error(a, b, c, d))",
        *map(float, (x, n, y, m)),
        INNER,
    )


@given(counts, counts)
@settings(max_examples=60, deadline=None)
def test_differences_and_ratios_equal_statsmodels(one, other) -> None:
    assume(other[0] > 0 and one[0] > 0)
    low, high, ratio_low, ratio_high = compare(*one, *other)
    newcombe = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    assert (low, high) == pytest.approx(newcombe, abs=1e-9)
    if (one[0], other[0]) != (one[1], other[1]):
        logarithmic = confint_proportions_2indep(*one, *other, method="log", compare="ratio")
        assert (ratio_low, ratio_high) == pytest.approx(logarithmic, rel=1e-9)


def test_equity_equals_the_naive_sums(con, workbooks) -> None:
    indicators = pd.read_csv(DATA / "indicators.csv", dtype=str).fillna("")
    indicators = indicators[indicators.kind == "ratio"]
    sums: dict[tuple[str, str, str], list[int]] = {}
    for (period, _), figures in workbooks.figures.items():
        for row in indicators.itertuples():
            for group in row.groups.split():
                pairs = [figures.get((m, g)) for g in (group, "total") for m in (row.numerator, row.denominator)]
                if None not in pairs:
                    x, n, all_x, all_n = pairs
                    total = sums.setdefault((row.indicator, group, period), [0, 0, 0, 0, 0])
                    for place, value in enumerate((x, n, all_x - x, all_n - n, 1)):
                        total[place] += value
    rows = con.execute("SELECT * FROM equity WHERE comparison NOT IN ('border', 'extremely_difficult')").df()
    assert {(r.indicator, r.comparison, r.period) for r in rows.itertuples()} == sums.keys()
    for r in rows.itertuples():
        x, n, y, m, units = sums[r.indicator, r.comparison, r.period]
        assert (r.units_compared, r.group_numerator, r.other_numerator) == (units, x, y)
        check_equity(r, x, n, y, m)


def test_equity_of_areas_equals_the_naive_sums(con, naive) -> None:
    units = pd.read_csv(DATA / "units.csv", dtype=str)
    holds = {(u.vintage, u.code): (u.border == "1", u.extremely_difficult == "1") for u in units.itertuples()}
    sums: dict[tuple[str, ...], list[int]] = {}
    for (indicator, level, unit, vintage, period, group), (n, d) in naive.items():
        if level == "commune" and group == "total":
            for trait, has in zip(("border", "extremely_difficult"), holds[vintage, unit], strict=True):
                total = sums.setdefault((indicator, trait, vintage, period), [0, 0, 0, 0])
                total[0 if has else 2] += n
                total[1 if has else 3] += d
    rows = con.execute("SELECT * FROM equity WHERE comparison IN ('border', 'extremely_difficult')").df()
    assert {(r.indicator, r.comparison, r.vintage, r.period) for r in rows.itertuples()} == sums.keys()
    for r in rows.itertuples():
        check_equity(r, *sums[r.indicator, r.comparison, r.vintage, r.period])


def check_equity(r, x: int, n: int, y: int, m: int) -> None:
    if not n or not m or not 0 <= y <= m:
        assert r.reading in ("contradictory", "not_applicable") and pd.isna(r.difference)
        return
    assert r.difference == pytest.approx(100 * (x / n - y / m), abs=1e-9)
    low, high = confint_proportions_2indep(x, n, y, m, method="newcomb", compare="diff")
    assert (r.difference_lower, r.difference_upper) == pytest.approx((100 * low, 100 * high), abs=1e-7)
    assert r.reading == ("behind" if high < 0 else "ahead" if low > 0 else "alike")
    if y == 0:
        assert pd.isna(r.ratio)
    else:
        assert r.ratio == pytest.approx(x / n / (y / m))
        if x == 0:
            assert pd.isna(r.ratio_lower)
        else:
            error = sqrt(max(0, 1 / x - 1 / n + 1 / y - 1 / m))
            expected = exp(log(x * m / n / y) - INNER * error), exp(log(x * m / n / y) + INNER * error)
            assert (r.ratio_lower, r.ratio_upper) == pytest.approx(expected, rel=1e-9)


# Models on made-up figures -----------------------------------------------------------------------------------

TABLES = {
    "indicator": "indicator VARCHAR, kind VARCHAR",
    "period": "period VARCHAR, year INTEGER, sequence INTEGER",
    "target": "indicator VARCHAR, period VARCHAR, horizon_year INTEGER",
    "indicator_value": "indicator VARCHAR, level VARCHAR, unit_code VARCHAR, vintage VARCHAR, period VARCHAR,"
    " population_group VARCHAR, numerator BIGINT, denominator BIGINT, value DOUBLE",
    "indicator_progress": "indicator VARCHAR, level VARCHAR, unit_code VARCHAR, vintage VARCHAR, period VARCHAR,"
    " population_group VARCHAR, numerator BIGINT, denominator BIGINT, value DOUBLE, met BOOLEAN, comparator VARCHAR,"
    " target_value DECIMAL(9, 6)",
}
HORIZON = 2030


def run(model: str, series: list[tuple[int, int] | None], comparator: str = ">=", target: int = 90) -> list[dict]:
    """Return the rows of a model for one commune whose years from 2020 on have these counts, in their order."""
    with duckdb.connect() as con:
        con.execute((SQL / "functions.sql").read_text(encoding="utf-8"))
        for table, columns in TABLES.items():
            con.execute(f"CREATE TABLE {table} ({columns})")
        columns = ", ".join(f"{v} AS {k}" for k, v in vars(STATISTICS).items())
        con.execute(f"CREATE TABLE statistic AS SELECT {columns}")
        con.execute("CREATE VIEW built_period AS SELECT period FROM period")
        con.execute("INSERT INTO indicator VALUES ('i', 'ratio')")
        for n, pair in enumerate(series):
            year = 2020 + n
            x, d = pair or (None, None)
            value = 100 * x / d if d else None
            met = None if value is None else meets(x, d, comparator, target)
            con.execute("INSERT INTO period VALUES ($p, $y, $n)", {"p": str(year), "y": year, "n": n})
            con.execute("INSERT INTO target VALUES ('i', $p, $h)", {"p": str(year), "h": HORIZON})
            key = ["i", "commune", "u", "2021", str(year), "total", x, d, value]
            con.execute("INSERT INTO indicator_value VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", key)
            con.execute(
                "INSERT INTO indicator_progress VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [*key, met, comparator, target],
            )
        rows = con.execute((SQL / f"{model}.sql").read_text(encoding="utf-8"))
        names = [c[0] for c in rows.description]
        return sorted((dict(zip(names, r, strict=True)) for r in rows.fetchall()), key=lambda r: r["period"])


def meets(x: int, d: int, comparator: str, target: int) -> bool:
    return 100 * x >= target * d if comparator == ">=" else 100 * x > target * d


def naive_pace(series: list[tuple[int, int] | None], comparator: str, target: int) -> tuple[str, int | None]:
    """Return status and year of arrival for the last of the years, in exact fractions."""
    year = 2020 + len(series) - 1
    known = [(2020 + n, Fraction(100 * p[0], p[1])) for n, p in enumerate(series) if p and p[1]]
    met = bool(series[-1] and series[-1][1]) and meets(*series[-1], comparator, target)
    if met or len(known) < 2 or known[-1][0] != year:
        return ("target_met" if met else "insufficient_data"), None
    y = known[-1][1]
    t0, y0 = known[0]
    rate = (y - y0) / (year - t0)
    reached = None
    if rate > 0:
        years = (target - y) / rate
        reached = year + (floor(years) + 1 if comparator == ">" else ceil(years))
    if rate < 0 or target <= y0:
        return ("deterioration" if rate < 0 else "limited_progress"), reached
    share = rate / ((target - y0) / (HORIZON - t0)) if t0 < HORIZON else Fraction(0)
    if share >= Fraction(95, 100) and year < HORIZON:
        return "on_track", reached
    return ("acceleration_needed" if share >= Fraction(60, 100) else "limited_progress"), reached


pairs = st.one_of(
    st.none(),
    st.just((0, 0)),
    st.integers(1, 400).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))),
)


@given(st.lists(pairs, min_size=1, max_size=9), st.sampled_from([">=", ">"]), st.sampled_from([50, 60, 90, 100]))
@settings(max_examples=80, deadline=None)
@example([(50, 100), (54, 100)], ">=", 90)
@example([(50, 100), (538, 1000)], ">=", 90)
@example([(60, 100), (60, 100)], ">", 60)
@example([(70, 100), (60, 100)], ">", 60)
@example([(40, 100), (50, 100)], ">", 60)
@example([None, None], ">=", 90)
def test_pace_equals_the_naive_one(series, comparator, target) -> None:
    assume(not (comparator == ">" and target == 100))
    row = run("pace", series, comparator, target)[-1]
    status, reached = naive_pace(series, comparator, target)
    assert row["status"] == status
    if reached is None or reached < 5000:
        assert row["reached_year"] == reached


def test_at_the_horizon_nothing_is_on_track_any_more() -> None:
    series = [(50 + 4 * n, 100) for n in range(10)] + [(89, 100)]
    assert [r["status"] for r in run("pace", series)][-2:] == ["on_track", "acceleration_needed"]
    assert run("pace", [None] * 10 + [(50, 100), (60, 100)])[-1]["status"] == "limited_progress"


def naive_trend(series: list[tuple[int, int] | None]) -> str:
    last = series[-STATISTICS.trend_years :]
    if len(last) < STATISTICS.trend_years or any(not p or not p[1] for p in last):
        return "insufficient_data"

    def slope(points: list[tuple[int, int, int]]) -> tuple[int, float]:
        n, x = sum(p[2] for p in points), sum(p[1] for p in points)
        tn, tx = sum(p[0] * p[2] for p in points), sum(p[0] * p[1] for p in points)
        ttn = sum(p[0] ** 2 * p[2] for p in points)
        below = x * (n - x) * (n * ttn - tn**2)
        return n * tx - x * tn, float(Fraction(n * (n * tx - x * tn) ** 2, below)) if below else inf

    points = [(t, *p) for t, p in enumerate(last, start=1)]
    direction, chi_square = slope(points)
    if sum(p[0] for p in last) in (0, sum(p[1] for p in last)):
        return "not_calculable"
    without = [slope(points[:n] + points[n + 1 :])[0] for n in range(len(points))]
    if chi_square > STATISTICS.trend_chi_square and all(w * direction > 0 for w in without):
        return "rising" if direction > 0 else "falling"
    return "no_trend"


@given(st.lists(pairs, min_size=5, max_size=6))
@settings(max_examples=80, deadline=None)
@example([(0, 9)] * 5)
@example([(9, 9)] * 5)
@example([(10, 100), (11, 100), (9, 100), (10, 100), (90, 100)])
@example([(10 * n, 100) for n in range(1, 6)])
@example([(10 * n, 100) for n in range(6, 1, -1)])
@example([(1, 100)] * 4)
@example([None] * 5)
def test_the_recent_trend_equals_the_naive_one(series) -> None:
    assert run("recent_trend", series)[-1]["status"] == naive_trend(series)


@given(
    st.lists(
        st.integers(2, 500).flatmap(lambda d: st.tuples(st.integers(1, d - 1), st.just(d))), min_size=5, max_size=5
    )
)
@settings(max_examples=40, deadline=None)
def test_its_chi_square_equals_statsmodels(series) -> None:
    row = run("recent_trend", series)[-1]
    table = [[x, d - x] for x, d in series]
    # statsmodels divides by N - 1, Armitage by N.
    found = Table(table, shift_zeros=False).test_ordinal_association(
        row_scores=np.arange(5), col_scores=np.array([1, 0])
    )
    n = sum(d for _, d in series)
    assert row["chi_square"] == pytest.approx(found.zscore**2 * n / (n - 1), rel=1e-6, abs=1e-9)


def test_pace_and_trend_of_the_sample_equal_the_naive_ones(con, naive) -> None:
    targets = {t.indicator: t for target in load().plans[0].targets for t in target.indicators}
    lasts = {"2021": 2024, "2025": 2025}
    series = {}
    for (indicator, level, unit, vintage, period, group), pair in naive.items():
        if group == "total" and not period.endswith("-H1"):
            years = series.setdefault((indicator, level, unit, vintage), [None] * (lasts[vintage] - 2019))
            years[int(period) - 2020] = pair
    paces = con.execute(
        "SELECT indicator, level, unit_code, vintage, period, status, reached_year FROM pace"
    ).fetchall()
    assert {p[5] for p in paces} >= {"target_met", "on_track", "deterioration", "insufficient_data"}
    assert not {p[0] for p in paces} & {i for i, t in targets.items() if t.value is None}
    for *key, period, status, reached in paces:
        years = series.get(tuple(key), [None] * 6)[: int(period) - 2019]
        target = targets[key[0]]
        if target.value != int(target.value):
            continue
        assert (status, reached) == naive_pace(years, target.comparator, int(target.value)), (key, period)
    trends = con.execute("SELECT indicator, level, unit_code, vintage, period, status FROM recent_trend").fetchall()
    for *key, period, status in trends:
        assert status == naive_trend(series.get(tuple(key), [None] * 6)[: int(period) - 2019]), (key, period)


def test_registration_anew_has_no_pace_across_the_reform(con) -> None:
    found = con.execute(
        "SELECT DISTINCT status FROM pace WHERE indicator = 'child_friendly_registered' AND vintage = '2025'"
        " AND level = 'province'"
    ).fetchall()
    assert found == [("insufficient_data",)]


# Missing reports ---------------------------------------------------------------------------------------------


def naive_bounds(workbooks, naive) -> dict:
    """Return {(indicator, level, unit, vintage, period): (missing, unknown, low, high)} by loops over the workbooks."""
    measures = pd.read_csv(DATA / "measures.csv", dtype=str).set_index("measure")
    indicators = pd.read_csv(DATA / "indicators.csv", dtype=str).set_index("indicator")
    units = pd.read_csv(DATA / "units.csv", dtype=str)
    codes = {v: list(units[units.vintage == v].code) for v in ("2021", "2025")}
    districts = dict(
        zip(units[units.vintage == "2021"].code, units[units.vintage == "2021"].district_code, strict=True)
    )
    parts = pd.read_csv(DATA / "unit_succession.csv", dtype=str).groupby("to_code")["from_code"].apply(list).to_dict()
    periods = sorted({p for p, _ in workbooks.figures}, key=lambda p: (p[:4], not p.endswith("-H1")))

    def own(period: str) -> str:
        return "2021" if period < "2025" or period == "2025-H1" else "2025"

    def last(measure: str, unit: str, vintage: str, period: str) -> int | None:
        for earlier in reversed(periods[: periods.index(period) + 1]):
            alike = earlier.endswith("-H1") == period.endswith("-H1")
            if own(earlier) == vintage and (measures.flow[measure] == "stock" or alike):
                value = workbooks.figures.get((earlier, unit), {}).get((measure, "total"))
                if value is not None:
                    return value
        if vintage == "2025":
            known = [last(measure, part, "2021", period) for part in parts[unit]]
            return None if None in known else sum(known)
        return None

    lacking: dict[tuple[str, ...], list[int | None]] = {}
    for period in periods:
        for indicator, row in indicators.iterrows():
            if row.kind == "ratio":
                vintage = own(period)
                for unit in codes[vintage]:
                    if (indicator, "commune", unit, vintage, period, "total") not in naive:
                        value = last(row.denominator, unit, vintage, period)
                        keys = [("province", "70", vintage)]
                        keys += (
                            [("province", "70", "2025"), ("district", districts[unit], "2021")]
                            if vintage == "2021"
                            else []
                        )
                        for level, code, seen in keys:
                            lacking.setdefault((indicator, level, code, seen, period), []).append(value)
                continue
            for vintage in {own(period), "2025"}:
                if row.across_reform == "anew" and vintage != own(period):
                    continue
                for unit in codes[vintage]:
                    if (indicator, "commune", unit, vintage, period, "total") not in naive:
                        lacking.setdefault((indicator, "province", "70", vintage, period), []).append(1)
                        if vintage == "2021":
                            lacking.setdefault((indicator, "district", districts[unit], vintage, period), []).append(1)
    bounds = {}
    for key in {k[:5] for k in naive if k[1] != "commune" and k[5] == "total"} | lacking.keys():
        x, n = naive.get((*key, "total"), (0, 0))
        missing = lacking.get(key, [])
        unknown = missing.count(None)
        whole = None if unknown else n + sum(missing)
        ends = (x, x + sum(missing), whole) if whole else (None, None, None)
        bounds[key] = (len(missing), unknown, *ends)
    return bounds


def test_bounds_equal_the_naive_ones(con, workbooks, naive) -> None:
    expected = naive_bounds(workbooks, naive)
    rows = con.execute(
        "SELECT indicator, level, unit_code, vintage, period, units_missing, units_unknown, lower, upper, verdict"
        " FROM missing_bounds"
    ).fetchall()
    assert {r[:5] for r in rows} == expected.keys()
    targets = {t.indicator: t for target in load().plans[0].targets for t in target.indicators}
    verdicts = set()
    for *key, missing, unknown, low, high, verdict in rows:
        assert (missing, unknown) == expected[tuple(key)][:2], key
        least, most, whole = expected[tuple(key)][2:]
        if whole is None:
            assert (low, high) == (None, None)
        else:
            assert (low, high) == pytest.approx((100 * least / whole, 100 * most / whole), rel=1e-12)
        target = targets[key[0]]
        if target.value is None:
            assert verdict is None
            continue
        verdicts.add(verdict)
        if not missing:
            assert verdict == "complete"
        elif whole is None:
            assert verdict == "unknown"
        else:
            ends = [
                Fraction(100 * x, whole) >= Fraction(target.value)
                if target.comparator == ">="
                else Fraction(100 * x, whole) > Fraction(target.value)
                for x in (least, most)
            ]
            assert verdict == {(True, True): "met", (False, False): "not_met"}.get(tuple(ends), "depends")
    assert verdicts == {"complete", "met", "not_met", "depends", "unknown"}


def test_the_reported_value_lies_within_its_bounds(con) -> None:
    outside = con.execute(
        "SELECT count(*) FROM missing_bounds AS b JOIN indicator_value AS v USING (indicator, level, unit_code,"
        " vintage, period) WHERE v.population_group = 'total'"
        " AND (v.value < b.lower - 1e-9 OR v.value > b.upper + 1e-9)"
    ).fetchone()
    assert outside == (0,)


def test_models_build_on_a_warehouse_without_any_report() -> None:
    """Nothing reported at all gives no rows, and no error."""
    from etl.staging import connect

    with connect(load(), None) as con:
        con.execute((SQL / "functions.sql").read_text(encoding="utf-8"))
        con.create_function(
            "geodesic_m", lambda a, b, c, d: a + b + c + d, [duckdb.sqltypes.DOUBLE] * 4, duckdb.sqltypes.DOUBLE
        )
        con.execute("CREATE VIEW built_period AS SELECT period FROM period")
        for model in MODELS:
            con.execute(f"CREATE TABLE {model} AS {(SQL / f'{model}.sql').read_text(encoding='utf-8')}")
        for model in ("chance", "pace", "recent_trend", "missing_report", "missing_bounds", "equity"):
            assert con.execute(f"SELECT count(*) FROM {model}").fetchone() == (0,)


@pytest.mark.parametrize(("schema", "model"), [("approved", APPROVED[0]), *(("main", model) for model in MODELS)])
def test_a_model_waits_for_all_that_it_reads(schema, model) -> None:
    """What DuckDB finds in its SELECT, and nothing that is built after it."""
    with duckdb.connect() as con:
        declare_functions(con)
        read = con.get_table_names(model_sql(schema, model)) & set(MODELS)
    assert sources(schema, model) == read
    assert read <= set(list(MODELS)[: list(MODELS).index(model)])


def test_thresholds_of_pace_fall_and_years_rise() -> None:
    s = STATISTICS
    steps = (s.pace_on_track, s.pace_acceleration_needed, s.pace_limited_progress)
    assert all(a > b for a, b in pairwise(steps))
    assert all(plan.horizon >= plan.year for plan in load().plans)
