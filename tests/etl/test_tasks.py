"""Every expectation and every result of the plan's tasks against a second computation; the bounds of each status."""

import csv
import shutil
import tomllib
from collections import Counter, defaultdict
from decimal import Decimal

import duckdb
import pytest

from etl.definitions import DATA, DefinitionError, load
from etl.models import SQL
from tests.naive import DATA as PROVINCE

OLD_PERIODS = {"2020", "2025-H1", *(f"{y}{half}" for y in range(2021, 2025) for half in ("-H1", ""))}


@pytest.fixture(scope="module")
def con(demo_home):
    with duckdb.connect(demo_home / "warehouse.duckdb", read_only=True) as connection:
        yield connection


def rows(name: str) -> list[dict[str, str]]:
    with (PROVINCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def parts() -> dict[tuple[str, str, str], list[str]]:
    """{(vintage, period, unit): the units that report for it}, in every period of the sample."""
    units = [(u["vintage"], u["code"]) for u in rows("units.csv")]
    merged = defaultdict(list)
    for s in rows("unit_succession.csv"):
        merged[s["to_code"]].append(s["from_code"])
    old = {(v, p, c): [c] if v == "2021" else merged[c] for p in OLD_PERIODS for v, c in units}
    new = {("2025", p, c): [c] for p in ("2025", "2026-H1") for v, c in units if v == "2025"}
    return old | new


@pytest.fixture(scope="module")
def told(con, workbooks) -> dict[tuple[str, str], dict[str, Decimal]]:
    """{(period, unit): {name: value}} of everything that a report says or, being in time or not, shows."""
    items = {t["code"]: t["item"] for t in rows("tasks.csv")}
    found = {key: {items[code]: v for code, v in own.items()} for key, own in workbooks.results.items()}
    for key, figures in workbooks.figures.items():
        found[key] |= {k[0]: Decimal(v) for k, v in figures.items() if isinstance(k, tuple) and k[1] == "total"}
    for period, unit, state in con.execute("SELECT period, unit_code, state FROM report_status").fetchall():
        if state in ("on_time", "late"):
            found[period, unit]["report_on_time"] = Decimal(state == "on_time")
    return found


@pytest.fixture(scope="module")
def second(parts, told) -> dict[tuple, tuple]:
    """{(task, expectation, vintage, period, unit): (numerator, denominator, parts that reported, status)}."""
    plan = tomllib.loads((PROVINCE / "plans" / "2021.toml").read_text(encoding="utf-8"))
    found = {}
    for task in plan["task"]:
        for e in task["expectations"]:
            name = e.get("item") or e["numerator"]
            for (vintage, period, unit), own in parts.items():
                pairs = []
                for values in (told.get((period, part), {}) for part in own):
                    if e["kind"] == "share":
                        pairs.append((values.get(name), values.get(e["denominator"])))
                    elif name in values:
                        pairs.append((int(values[name] >= Decimal(e.get("minimum", "1"))), 1))
                pairs = [p for p in pairs if None not in p]
                numerator, denominator = (sum(p[i] for p in pairs) for i in (0, 1))
                if e["due"] == "year" and period.endswith("-H1"):
                    found[task["number"], name, vintage, period, unit] = (None, None, 0, "not_applicable")
                    continue
                if pairs and numerator < Decimal(e.get("target", "100")) / 100 * denominator:
                    status = "missed"
                elif len(pairs) < len(own):
                    status = "not_reported"
                else:
                    status = "met" if denominator else "not_applicable"
                sums = (numerator, denominator) if pairs else (None, None)
                found[task["number"], name, vintage, period, unit] = (*sums, len(pairs), status)
    return found


def test_every_expectation_of_every_commune_equals_the_naive_one(con, second) -> None:
    found = con.execute(
        "SELECT task, expectation, vintage, period, unit_code, numerator, denominator, units_reported, status"
        " FROM commune_task"
    ).fetchall()
    assert {tuple(r[:5]): r[5:] for r in found} == second
    assert len(found) == len(second)


def test_levels_add_up_what_communes_did(con, second) -> None:
    districts = {u["code"]: u["district_code"] for u in rows("units.csv") if u["vintage"] == "2021"}
    sums, counts, reporting = defaultdict(lambda: [None, None]), defaultdict(Counter), Counter()
    for (task, name, vintage, period, unit), (numerator, denominator, reported, status) in second.items():
        places = [("commune", unit), ("province", "70")]
        places += [("district", districts[unit])] if vintage == "2021" else []
        for place in places:
            key = (task, name, *place, vintage, period)
            counts[key][status] += 1
            reporting[key] += reported
            if numerator is not None:
                sums[key] = [(sums[key][0] or 0) + numerator, (sums[key][1] or 0) + denominator]
    found = con.execute(
        "SELECT task, expectation, level, unit_code, vintage, period, numerator, denominator, communes_met,"
        " communes_missed, communes_not_applicable, communes_not_reported, communes_expected, units_reported, status"
        " FROM task_progress"
    ).fetchall()
    assert {tuple(r[:6]) for r in found} == set(counts)
    for *key, numerator, denominator, met, missed, nothing, unknown, expected, reported, status in found:
        count = counts[tuple(key)]
        assert reported == reporting[tuple(key)]
        assert [numerator, denominator] == sums[tuple(key)]
        order = ("met", "missed", "not_applicable", "not_reported")
        assert [met, missed, nothing, unknown] == [count[s] for s in order]
        assert expected == count.total()
        if met + missed == 0:
            assert status == ("not_reported" if unknown else "not_applicable")
        elif missed == 0:
            assert status == "met"
        else:
            # The plan's margin: two percentage points.
            assert status == ("near" if 100 * met >= 98 * (met + missed) else "missed")


def test_a_whole_task_is_met_only_where_everything_is(con, second) -> None:
    statuses = defaultdict(set)
    for (task, _, *unit), (*_, status) in second.items():
        statuses[task, *unit].add(status)
    found = con.execute("SELECT task, vintage, period, unit_code, status FROM commune_task_state").fetchall()
    assert len(found) == len(statuses)
    seen = Counter()
    for *key, status in found:
        own = statuses[tuple(key)]
        seen[status] += 1
        match status:
            case "met":
                assert own in ({"met"}, {"met", "not_applicable"})
            case "partly":
                assert {"met", "missed"} <= own
            case "missed":
                assert "missed" in own and "met" not in own
            case "not_reported":
                assert "not_reported" in own and "missed" not in own
            case "not_applicable":
                assert own == {"not_applicable"}
    assert len(seen) == 5


def test_every_total_equals_the_naive_one(con, parts, told) -> None:
    districts = {u["code"]: u["district_code"] for u in rows("units.csv") if u["vintage"] == "2021"}
    expected = defaultdict(lambda: [None, 0, 0])
    for (vintage, period, unit), own in parts.items():
        places = [("commune", unit), ("province", "70")]
        places += [("district", districts[unit])] if vintage == "2021" else []
        for item in (t["item"] for t in rows("tasks.csv")):
            values = [told[period, p][item] for p in own if item in told.get((period, p), {})]
            for place in places:
                total = expected[item, *place, vintage, period]
                total[1] += len(values)
                total[2] += len(own)
                if values:
                    total[0] = (total[0] or 0) + sum(values)
    found = con.execute(
        "SELECT item, level, unit_code, vintage, period, value, units_reported, units_expected FROM task_total"
    ).fetchall()
    assert {tuple(r[:5]): list(r[5:]) for r in found} == dict(expected)


CASES = {
    # Parts that report (numerator, denominator; None where a part sent nothing), then the status where 95 % are asked.
    "exactly 95 % of an amount with decimals": ([("95.095", "100.1")], "met"),
    "a millionth less": ([("95.094999", "100.1")], "missed"),
    "more than there was": ([("12", "10")], "met"),
    "nothing arose": ([("0", "0")], "not_applicable"),
    "none of some": ([("0", "4")], "missed"),
    "nothing sent": ([None], "not_reported"),
    "the denominator left empty": ([("3", None)], "not_reported"),
    "the numerator left empty": ([(None, "3")], "not_reported"),
    "one part makes up for another": ([("90", "100"), ("100", "100")], "met"),
    "no average of percentages": ([("1", "1"), ("90", "100")], "missed"),
    "all that reported did it, one part did not report": ([("10", "10"), None], "not_reported"),
    "one part fell short, one did not report": ([("5", "10"), None], "missed"),
    "nothing arose in one part, one did not report": ([("0", "0"), None], "not_reported"),
}


@pytest.mark.parametrize(("own", "status"), CASES.values(), ids=CASES)
def test_the_bounds_of_a_status(own, status) -> None:
    with duckdb.connect() as con:
        con.execute(
            """
            CREATE TABLE task_expectation AS SELECT '2024' AS period, 4 AS task, 'done' AS expectation,
                'given' AS denominator, CAST(NULL AS DECIMAL(20, 6)) AS minimum,
                CAST('0.95' AS DECIMAL(11, 8)) AS target_fraction, TRUE AS due, 2 AS near_margin;
            CREATE TABLE task_result (unit_code VARCHAR, vintage VARCHAR, period VARCHAR, item VARCHAR, value DOUBLE);
            CREATE TABLE observation (unit_code VARCHAR, vintage VARCHAR, period VARCHAR, measure VARCHAR,
                population_group VARCHAR, value BIGINT);
            CREATE TABLE report_status (unit_code VARCHAR, vintage VARCHAR, period VARCHAR, state VARCHAR);
            CREATE TABLE report_part (period VARCHAR, from_vintage VARCHAR, from_code VARCHAR, vintage VARCHAR,
                unit_code VARCHAR);
            CREATE TABLE unit_level (vintage VARCHAR, commune_code VARCHAR, level VARCHAR, unit_code VARCHAR);
            CREATE TABLE built_period AS SELECT '2024' AS period
            """
        )
        for n, pair in enumerate(own):
            con.execute("INSERT INTO report_part VALUES ('2024', '2021', ?, '2025', 'merged')", [str(n)])
            for item, value in zip(("done", "given"), pair or (None, None), strict=True):
                con.execute("INSERT INTO task_result VALUES (?, '2021', '2024', ?, ?)", [str(n), item, value])
        found = con.execute(
            f"SELECT status FROM ({(SQL / 'task_progress.sql').read_text(encoding='utf-8')})"
        ).fetchall()
    assert found == [(status,)]


def test_a_task_that_contradicts_itself_is_a_clear_error(tmp_path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("var"))
    plan = folder / "plans" / "2021.toml"
    said = plan.read_text(encoding="utf-8")
    for old, new in (
        ('kind = "yes", item = "officer_in_post"', 'kind = "yes", item = "hamlets"'),
        ('denominator = "forum_recommendations"', 'denominator = "abuse_cases"'),
        ('item = "inspections"', 'item = "documents_issued"'),
        ('target = "95", label_vi = "Thực hiện', 'target = "0", label_vi = "Thực hiện'),
        ("number = 10\n", "number = 9\n"),
    ):
        assert said.count(old) == 1
        said = said.replace(old, new)
    plan.write_text(said, encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        load(folder)
    for fault in (
        "hamlets, which is not answered by yes or no",
        "abuse_cases is not reported or is masked",
        "documents_issued is expected 2 times",
        "budget_spent of 0, which is not a percentage",
        "task 9 stands 2 times",
    ):
        assert fault in str(error.value)
