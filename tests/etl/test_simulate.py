"""Generated reports: as likely as real ones, the same for the same seed, and read by the models as real ones are."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from etl.boundaries import outlines_path
from etl.definitions import DATA, load
from etl.simulate import _replace_years, _write_units, simulate


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "two_years"
    simulate(folder, "province", 2, "7", lambda _: None)
    return folder


def ask(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(folder / "var" / "warehouse.duckdb", read_only=True) as con:
        return con.execute(sql).fetchall()


def test_the_same_seed_gives_the_same_figures(simulated, tmp_path) -> None:
    for seed, same in (("7", True), ("8", False)):
        simulate(tmp_path / seed, "province", 2, seed, lambda _: None)
        figures, indicators = (
            [ask(folder, f"FROM {table} ORDER BY ALL") for folder in (simulated, tmp_path / seed)]
            for table in ("reported_figure", "indicator_value")
        )
        assert (figures[0] == figures[1], indicators[0] == indicators[1]) == (same, same)


def test_both_vintages_report_every_kind_of_figure(simulated) -> None:
    told = dict(ask(simulated, "SELECT DISTINCT period, vintage FROM observation"))
    assert told == {"2024-H1": "2021", "2024": "2021", "2025-H1": "2021", "2025": "2025"}
    definitions = load(simulated / "data")
    figures = len([g for m in definitions.measures.values() for g in m.groups])
    assert ask(simulated, "SELECT DISTINCT count(*) FROM observation GROUP BY submission_id") == [(figures,)]
    states = {
        "SELECT DISTINCT status FROM submission": {"accepted", "superseded", "rejected"},
        "SELECT DISTINCT state FROM report_status": {"on_time", "late", "missing"},
        "SELECT DISTINCT state FROM protection_count": {"shown", "masked", "not_reported"},
        "SELECT DISTINCT status FROM indicator_progress": {
            *("met", "near", "missed", "not_reported", "not_applicable", "no_baseline"),
        },
        "SELECT DISTINCT stage FROM child_friendly": {"none", "registered", "assessed", "recognised"},
        "SELECT DISTINCT condition FROM play_area": set(definitions.form["play_area_conditions"]),
        "SELECT DISTINCT sample FROM received_report": {True},
    }
    for sql, expected in states.items():
        assert {row[0] for row in ask(simulated, sql)} == expected, sql


def test_figures_keep_the_rules_that_reports_are_held_against(simulated) -> None:
    rules = load(simulated / "data").measure_rules
    assert rules
    for rule in rules:
        listed = ", ".join(f"'{m}'" for m in rule.operands)
        compared = ask(
            simulated,
            f"SELECT o.value, {rule.aggregate}(b.value) FROM observation AS o JOIN observation AS b"
            " ON o.submission_id = b.submission_id AND o.population_group = b.population_group"
            f" WHERE o.measure = '{rule.measure}' AND b.measure IN ({listed})"
            " AND o.value IS NOT NULL GROUP BY o.submission_id, o.population_group, o.value"
            f" HAVING count(b.value) = {len(rule.operands)}",
        )
        broken = [(a, b) for a, b in compared if not (a <= b if rule.comparator == "<=" else a >= b)]
        assert compared and not broken, rule


def test_there_is_an_outline_of_every_unit(simulated) -> None:
    for vintage in ("2021", "2025"):
        drawn = json.loads(outlines_path(simulated / "var", vintage).read_text(encoding="utf-8"))
        codes = {u.code for u in load(simulated / "data").units.values() if u.vintage == vintage}
        assert drawn["units"].keys() == codes and all(drawn["units"].values())


def test_a_country_has_all_its_communes(tmp_path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("var"))
    shutil.copy(DATA / "simulation" / "province.toml", data)
    _write_units(data, "7")
    _replace_years(data / "province.toml", 2006, 2026)
    definitions = load(data)
    vintages = [vintage for vintage, _ in definitions.units]
    assert (vintages.count("2021"), vintages.count("2025")) == (10_598, 3_321)
    assert next(iter(definitions.periods)) == "2006-H1"
    parts = [to_code for _, _, _, to_code in definitions.succession]
    assert {parts.count(code) for code in parts[:100]} == {4}
