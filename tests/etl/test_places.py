"""Play areas and child-friendly communes: distances, outlook and readiness against plain second computations."""

import json
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from etl.definitions import load
from etl.demo import make_report
from etl.read import read_report
from etl.template import write_form

SHARED = Path(__file__).parents[3] / "shared" / "boundaries"

PERIODS = ["2020", "2022", "2025-H1", "2026-H1"]
THRESHOLDS = {"xã": 850, "đặc biệt khó khăn": 800, "phường của thành phố": 900}


@pytest.fixture(scope="module")
def con(demo_home):
    with duckdb.connect(demo_home / "warehouse.duckdb", read_only=True) as connection:
        yield connection


def successors() -> dict[str, str]:
    return {c: to_c for _, c, _, to_c in load().succession}


@pytest.mark.parametrize("period", PERIODS)
def test_nearest_play_area_is_the_one_that_brute_force_finds(con, workbooks, period) -> None:
    working = [
        (lat, lon)
        for (p, _), sites in workbooks.sites.items()
        for condition, lat, lon in sites
        if p == period and condition == "đang hoạt động"
    ]
    rows = con.execute(
        "SELECT n.vintage, unit_code, distance_m FROM nearest_play_area AS n WHERE period = ?", [period]
    ).fetchall()
    vintages = {"2025"} if period == "2026-H1" else {"2021", "2025"}
    units = load().units
    assert {(v, c) for v, c, _ in rows} == {k for k in units if k[0] in vintages}
    for vintage, code, distance in rows:
        unit = units[vintage, code]
        # A degree is at most 111.7 km: what is further away than that cannot be the nearest.
        near = [p for p in working if 111_700 * max(abs(p[0] - unit.lat), 0.97 * abs(p[1] - unit.lon)) < 60_000]
        brute = min(Geodesic.WGS84.Inverse(unit.lat, unit.lon, *p)["s12"] for p in near)
        assert distance == pytest.approx(brute, abs=0.5)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("vintage", ["2021", "2025"])
def test_outlook_counts_communes_as_if_others_were_open(con, workbooks, period, vintage) -> None:
    parts = defaultdict(list)
    for (p, unit), sites in workbooks.sites.items():
        if p == period:
            own = load().periods[period].vintage
            if own == vintage or (own == "2021" and vintage == "2025"):
                parts[unit if own == vintage else successors()[unit]].append([c for c, _, _ in sites])
    expected_parts = defaultdict(int)
    for unit in (u for u in load().units.values() if u.vintage == load().periods[period].vintage):
        expected_parts[unit.code if unit.vintage == vintage else successors().get(unit.code)] += 1
    rows = con.execute(
        "SELECT condition, communes_with, communes_reported FROM play_area_outlook WHERE period = ? AND vintage = ?",
        [period, vintage],
    ).fetchall()
    assert bool(rows) == bool(parts)
    for condition, communes_with, communes_reported in rows:
        opened = {"đang hoạt động", condition} if condition else set(load().form["play_area_conditions"])
        having = {u for u, reported in parts.items() if any(c in opened for conditions in reported for c in conditions)}
        lacking = {u for u, reported in parts.items() if u not in having and len(reported) == expected_parts[u]}
        assert (communes_with, communes_reported) == (len(having), len(having) + len(lacking))


def test_recognition_needs_the_points_of_the_commune_s_own_kind() -> None:
    d = load()
    difficult = next(u for u in d.units.values() if u.vintage == "2021" and u.extremely_difficult)
    ward = next(u for u in d.units.values() if u.vintage == "2025" and u.unit_type == "Phường")
    commune = next(
        u for u in d.units.values() if u.vintage == "2025" and u.unit_type == "Xã" and not u.extremely_difficult
    )
    assert d.recognition_points(difficult, "2021") == THRESHOLDS["đặc biệt khó khăn"]
    assert d.recognition_points(ward, "2025") == THRESHOLDS["xã"]
    assert d.recognition_points(ward, "2026-H1") == THRESHOLDS["phường của thành phố"]
    assert d.recognition_points(commune, "2026-H1") == THRESHOLDS["xã"]


def test_readiness_follows_from_the_workbooks(con, workbooks) -> None:
    d = load()
    rows = con.execute(
        "SELECT unit_code, vintage, period, stage, score, points_short, criteria_at_zero, criteria_unscored, ready"
        " FROM child_friendly_readiness"
    ).fetchall()
    assert {(p, u) for u, _, p, *_ in rows} == set(workbooks.stages)
    words = d.form["stages"]
    seen_ready = seen_zero = 0
    for unit, vintage, period, stage, score, short, at_zero, unscored, ready in rows:
        said, points = workbooks.stages[period, unit]
        assert words[stage] == said
        given = [p for p in points if p is not None]
        if not given:
            assert (score, short, at_zero, unscored, ready) == (None, None, None, None, False)
            continue
        threshold = float(d.recognition_points(d.units[vintage, unit], period))
        zero, missing = given.count(0), len(d.criteria) - len(given)
        assert (float(score), float(short)) == (sum(given), max(0.0, threshold - sum(given)))
        assert (at_zero, unscored) == (zero, missing)
        assert ready == (stage == "assessed" and sum(given) >= threshold and not zero and not missing)
        seen_ready += ready
        seen_zero += zero > 0
    assert seen_ready and seen_zero


@pytest.mark.skipif(not SHARED.exists(), reason="the real outlines are beside the project, not in it")
@pytest.mark.parametrize("vintage", ["2021", "2025"])
def test_a_hull_holds_the_whole_outline_and_little_more(vintage) -> None:
    outlines = json.loads((SHARED / f"communes_{vintage}.geojson").read_text(encoding="utf-8"))["features"]
    shares = []
    for feature in outlines:
        extent = load().extents[vintage, feature["properties"]["code"]]
        outline = shapely.geometry.shape(feature["geometry"])
        assert all(extent.may_hold(lat, lon) for lon, lat in shapely.get_coordinates(outline))
        shares.append(outline.area / shapely.Polygon([(lon, lat) for lat, lon in extent.hull]).area)
    assert sorted(shares)[len(shares) // 2] > 0.7


UNITS = [u for u in load().units.values() if u.vintage == "2021"]


@given(st.sampled_from(UNITS), st.floats(10.9, 12.5), st.floats(106.0, 107.8))
def test_a_hull_holds_what_a_polygon_holds(unit, lat, lon) -> None:
    extent = load().extents[unit.vintage, unit.code]
    polygon = shapely.Polygon([(lon, lat) for lat, lon in extent.hull])
    assert extent.may_hold(lat, lon) == polygon.covers(shapely.Point(lon, lat))


def test_a_play_area_in_a_neighbouring_commune_is_warned_of() -> None:
    """Also where the box around its own commune would hold it."""
    period, extents = load().periods["2021"], load().extents
    unit, there = next(
        (u, v)
        for u in UNITS
        for v in UNITS
        if u != v
        and (e := extents[u.vintage, u.code]).south < v.lat < e.north
        and e.west < v.lon < e.east
        and not e.may_hold(v.lat, v.lon)
        and make_report(load(), u, period).play_areas
    )
    report = make_report(load(), unit, period)
    report.play_areas[0] = report.play_areas[0]._replace(lat=there.lat, lon=there.lon)
    (found,) = read_report(write_form(load(), unit, period, report), load())
    assert [p.rule for p in found.problems if p.sheet == "Điểm vui chơi"] == ["outside_commune"]
