"""Maps: every unit in one class, classes that add up, and the closing set proven smallest."""

import json
from decimal import Decimal
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.definitions import load
from etl.schematic import draw_schematic
from pages.shared import maps, queries
from pages.shared.figures import Figures, figures
from pages.shared.text import text_of
from tests.pages.test_pages import VIEWS

T = text_of("vi")
UNITS = {"2021": 111, "2025": 40}


@pytest.fixture(autouse=True)
def home(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))


@pytest.mark.parametrize(("period", "vintage"), VIEWS)
def test_every_commune_is_in_one_class_and_the_classes_add_up(period, vintage) -> None:
    codes = {u.code for u in load().units.values() if u.vintage == vintage}
    for indicator in load().indicators:
        rows = figures(queries.units(indicator, "commune", "total", period, vintage), T)
        left_out = figures(queries.left_out(indicator, period, vintage), T)
        drawn = [maps.by_status(rows, T, "x"), maps.by_value(rows, T, "x"), maps.by_left_out(left_out, T, "x")]
        first, second = maps.Condition("missed", 0), maps.Condition("below", 90)
        drawn.append(maps.by_conditions(rows, rows, (first, second), T, "x")[0])
        for shown in drawn:
            assert shown.units.keys() == codes
            assert sum(c.count for c in shown.classes) == UNITS[vintage]
            numbers = list(shown.units.values())
            assert [numbers.count(n) for n in range(len(shown.classes))] == [c.count for c in shown.classes]


def test_status_classes_are_those_of_the_naive_figures(naive) -> None:
    target = next(t for p in load().plans[0].targets for t in p.indicators if t.indicator == "insurance_under6")
    rows = figures(queries.units("insurance_under6", "commune", "total", "2022", "2021"), T)
    shown = maps.by_status(rows, T, "x")
    for code, number in shown.units.items():
        figure = naive.get(("insurance_under6", "commune", code, "2021", "2022", "total"))
        sign = shown.classes[number].sign
        if figure is None:
            assert sign == "?"
        else:
            assert (sign == "✓") == (Decimal(100 * figure[0]) >= target.value * figure[1])


def test_what_looks_like_its_target_is_told_exactly() -> None:
    row = queries.units("insurance_under6", "commune", "total", "2024", "2021").head(1)
    target, sizes = Decimal(95), (20, 400, 1999, 2000, 10_000, 100_000)
    near = [(n, d) for d in sizes for n in range(19 * d // 20 - 60, 19 * d // 20 + 61)]
    counted = [(n, d) for n, d in near if 0 <= n <= d]
    rows = pd.concat([row] * len(counted), ignore_index=True).assign(
        unit_code=[str(n) for n in range(len(counted))],
        numerator=[n for n, _ in counted],
        denominator=[d for _, d in counted],
        value=[100 * n / d for n, d in counted],
    )
    *_, exactly = maps.by_status(Figures(rows, T), T, "x").told
    said = [exact or T.percent(*share) for exact, share in zip(exactly, counted, strict=True)]
    assert said == [T.percent(*share, target) for share in counted]
    assert 0 < sum(map(bool, exactly)) < len(counted)


def test_of_a_share_of_nobody_nothing_is_told() -> None:
    rows = queries.units("insurance_under6", "commune", "total", "2024", "2021").head(2)
    nobody = {"numerator": [0, 19.0], "denominator": [0, 20.0], "value": [None, 95.0], "gap": [None, 0.0]}
    shown = maps.by_status(Figures(rows.assign(**nobody), T), T, "x")
    assert [list(told) for told in zip(*shown.told, strict=True)] == [[None, None, None], [19, 20, None]]


def test_two_conditions_hold_where_the_naive_figures_say_so(naive) -> None:
    insured = figures(queries.units("insurance_under6", "commune", "total", "2022", "2021"), T)
    play = figures(queries.units("play_area_communes", "commune", "total", "2022", "2021"), T)
    conditions = maps.Condition("below", 95), maps.Condition("missed", 0)
    shown, both = maps.by_conditions(insured, play, conditions, T, "x")
    expected = set()
    for code in shown.units:
        n, d = naive.get(("insurance_under6", "commune", code, "2021", "2022", "total"), (0, 0))
        has = naive.get(("play_area_communes", "commune", code, "2021", "2022", "total"), (1, 1))[0]
        if d and 100 * n < 95 * d and not has:
            expected.add(code)
    assert {f.row["unit_code"] for f in both} == expected
    assert expected


@pytest.mark.parametrize("period", ["2020", "2022", "2025"])
def test_the_closing_set_closes_the_gap_and_none_smaller_does(period, naive) -> None:
    vintage = load().periods[period].vintage
    found = 0
    for indicator in load().indicators:
        rows = queries.left_out(indicator, period, vintage)
        chosen = rows[rows["in_closing_set"]]
        gap = rows["province_gap"].iloc[0]
        if pd.isna(gap) or gap == 0:
            assert chosen.empty
            continue
        found += 1
        brought = sorted(rows["closes"].dropna(), reverse=True)
        assert chosen["closes"].sum() >= gap
        assert sum(brought[: len(chosen) - 1]) < gap
        for row in rows.itertuples():
            n, d = naive.get((indicator, "commune", row.unit_code, vintage, period, "total"), (None, None))
            if load().indicators[indicator].kind == "ratio" and n is not None:
                assert row.left_out == d - n
    assert found


@given(st.lists(st.integers(0, 9), min_size=1, max_size=7), st.integers(1, 40))
def test_the_largest_first_are_the_smallest_set(closes, gap) -> None:
    """The argument of `left_out.sql`, by brute force over all subsets."""
    if sum(closes) < gap:
        return
    greedy, brought = 0, 0
    for value in sorted(closes, reverse=True):
        if brought >= gap:
            break
        greedy, brought = greedy + 1, brought + value
    assert not any(sum(s) >= gap for size in range(greedy) for s in combinations(closes, size))


@given(st.lists(st.floats(0.01, 100), max_size=120))
def test_class_edges_hold_all_values(values) -> None:
    values.sort()
    edges = maps.class_edges(values)
    if not values:
        assert edges == []
        return
    assert len(edges) <= 6
    assert edges == sorted(set(edges)) or len(edges) == 2
    assert edges[0] <= values[0] and values[-1] <= edges[-1]


@pytest.mark.parametrize("vintage", ["2021", "2025"])
def test_a_schematic_has_a_circle_a_unit_near_its_place(vintage) -> None:
    units = [u for u in load().units.values() if u.vintage == vintage]
    drawn = json.loads(draw_schematic(vintage, units))
    assert draw_schematic(vintage, units) == json.dumps(drawn, separators=(",", ":"))
    assert drawn["schematic"] and drawn["units"].keys() == {u.code for u in units}
    places = {}
    for code, (ring,) in drawn["units"].items():
        xs = [sum(ring[0 : n + 1 : 2]) for n in range(0, len(ring), 2)]
        ys = [sum(ring[1 : n + 2 : 2]) for n in range(0, len(ring), 2)]
        assert min(xs) >= 0 and max(xs) <= drawn["width"] and min(ys) >= 0 and max(ys) <= drawn["height"]
        places[code] = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, (max(xs) - min(xs)) / 2)
    overlaps = [
        (a, b)
        for a, b in combinations(places, 2)
        if ((places[a][0] - places[b][0]) ** 2 + (places[a][1] - places[b][1]) ** 2) ** 0.5 < 1.8 * places[a][2]
    ]
    assert not overlaps
    north, south = max(units, key=lambda u: u.lat), min(units, key=lambda u: u.lat)
    assert places[north.code][1] < places[south.code][1]


@pytest.mark.parametrize("period", ["2021", "2024", "2025", "2026-H1"])
def test_stages_and_flows_count_every_commune(period) -> None:
    vintage = load().periods[period].vintage
    shown = maps.by_stage(queries.child_friendly_communes(period), T, "x")
    assert sum(c.count for c in shown.classes) == len(shown.units) == UNITS[vintage]
    flow = queries.child_friendly_flow(period)
    assert (flow.groupby("period")["communes"].sum() == UNITS[vintage]).all()
    assert flow["period"].iloc[-1] == period
