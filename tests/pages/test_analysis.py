"""The page for analysts: figures and totals as computed a second time, exact conditions, addresses, files, views."""

import io
import json
from collections.abc import Iterator
from fractions import Fraction

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.boundaries import full_outlines_path
from etl.definitions import GROUPS, load
from etl.public import public_database
from etl.views import ViewRefused, remove_view, save_view, saved_views, views_path
from pages.shared import queries
from pages.shared.analysis import charts, files
from pages.shared.analysis.answer import Row, fulfilling, holds, rows_of
from pages.shared.analysis.choice import (
    AREAS,
    CELLS,
    CHARTS,
    DIMENSIONS,
    Condition,
    choice_of,
    known_items,
    question_of,
    recognised,
    short_address,
)
from pages.shared.analysis.drawing import drawn, names_of_units
from pages.shared.analysis.pictures import picture
from pages.shared.analysis.pivot import ALL, Pivot, number, pivoted
from pages.shared.analysis.table import shown_table, whole_table
from pages.shared.analysis.wording import words
from pages.shared.figures import STATUS_SIGNS
from pages.shared.map_component import outlines
from pages.shared.text import text_of
from tests.pages.test_pages import run

D, T = load(), text_of("vi")
ABOUT = ["Nguồn: báo cáo mẫu", "http://example/phan-tich?what=x"]


@pytest.fixture(autouse=True)
def _home(demo_home, monkeypatch) -> Iterator[None]:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    with queries.frozen(approved_only=False):
        yield


def asked(period: str = "2024", vintage: str = "2021", **address: str) -> tuple[Pivot, list[Row]]:
    """Return the pivot at an address, and the rows of the units that fulfil its conditions."""
    choice = choice_of(address, period, vintage)
    rows = rows_of(queries.analysis(**question_of(choice)), choice)
    kept = fulfilling(rows, choice).units
    rows = [r for r in rows if r["unit_code"] in kept]
    shown = [r for r in rows if r["item"] in choice.items and r["population_group"] in choice.groups]
    return pivoted(shown, choice), rows


PIVOTS = [
    {"what": "insurance_under6,play_area_communes", "periods": "2023,2024"},
    {"what": "preschool_age5", "groups": "total,ethnic_minority", "rows": "district", "periods": "2021,2022-H1"},
    {"what": "safety_skills,birth_registration_on_time", "rows": "period", "cols": "district", "periods": "2021,2024"},
    {"what": "insurance_under6,swim_able_primary", "rows": "item", "at": "district", "cols": "unit"},
]


@pytest.mark.parametrize("address", PIVOTS)
def test_every_cell_and_every_total_is_the_naive_sum(address, naive) -> None:
    pivot, _ = asked(**address)
    districts = {u.code: u.district_code for u in D.units.values() if u.vintage == "2021"}
    commune = pivot.choice.level == "commune"
    for (row, column), cell in pivot.cells.items():
        key = dict(zip(pivot.dimensions, column, strict=True)) | {pivot.choice.rows: row}
        item, period, group = (key.get(d, getattr(pivot.choice, f"{d}s")[0]) for d in ("item", "period", "group"))
        unit = key.get("unit") or key.get("district") or ALL
        level = "province" if unit == ALL else "commune" if unit in districts and commune else "district"
        found = naive.get((item, level, "70" if unit == ALL else unit, "2021", period, group))
        counts = None if cell["numerator"] is None else (cell["numerator"], cell["denominator"])
        assert counts == found, (row, column)
    assert (ALL in {row for row, _ in pivot.cells}) == (pivot.choice.rows in AREAS)


@pytest.mark.parametrize("level", ["district", "province"])
def test_what_is_added_up_is_judged_as_in_the_warehouse(level) -> None:
    """All indicators with targets, also rising ones, in a period with gaps."""
    items = [i for i in known_items("2022") if i in D.indicators]
    address = {"what": ",".join(items), "periods": "2021,2022"}
    whole, _ = asked("2022", at=level, **address)
    rows = {"district": {"rows": "district"}, "province": {}}[level]
    summed, _ = asked("2022", **rows, **address)
    for (row, column), cell in whole.cells.items():
        if row == ALL:
            continue
        mine = summed.cells[ALL if level == "province" else row, column]
        for name in ("numerator", "denominator", "value", "gap", "status", "units_reported", "units_expected"):
            assert mine[name] == cell[name], (row, column, name)
        assert number(mine, "change") == number(cell, "change")


@pytest.mark.parametrize("level", ["unit", "district"])
def test_half_a_year_of_a_running_total_misses_nothing(level) -> None:
    pivot, rows = asked("2022-H1", what="examined_under6,insurance_under6", rows=level, periods="2022-H1,2022")
    judged = {(r["item"], r["period"]): set() for r in rows}
    for r in [*rows, *pivot.cells.values()]:
        judged[r["item"], r["period"]].add(r["status"])
        if r["status"] == "half_year":
            assert r["gap"] is None and holds(Condition("examined_under6", "total", "missed"), r) is None
    half = judged["examined_under6", "2022-H1"]
    assert "half_year" in half and not half & {"missed", "near"}
    assert not any("half_year" in found for key, found in judged.items() if key != ("examined_under6", "2022-H1"))
    cell = next(c for c in pivot.cells.values() if c["status"] == "half_year")
    assert words(cell, "status", T) == "½ Mới 6 tháng"


def test_measures_are_sums_of_those_that_reported_and_masked_ones_stay_masked(workbooks) -> None:
    pivot, rows = asked(what="pupils,injury_cases,drowning_deaths", rows="district", period="2022")
    districts = {u.code: u.district_code for u in D.units.values() if u.vintage == "2021"}
    for code in set(districts.values()):
        own = [
            figures[key]
            for (period, unit), figures in workbooks.figures.items()
            if period == "2022" and districts.get(unit) == code and (key := ("pupils", "total")) in figures
        ]
        cell = pivot.cells[code, ("pupils", "2022", "total")[: len(pivot.dimensions)]]
        assert (cell["numerator"], cell["units_reported"]) == (sum(own), len(own))
    sensitive = [r for r in rows if r["item"] != "pupils"]
    assert {r["status"] for r in sensitive} >= {"masked", "no_target"}
    assert all(r["numerator"] is None or r["numerator"] == 0 or r["numerator"] >= 5 for r in sensitive)
    for (row, column), cell in pivot.cells.items():
        parts = [r for r in sensitive if r["item"] in column and row in (ALL, r["district_code"])]
        if any(r["status"] == "masked" for r in parts):
            assert cell["status"] == "masked" and words(cell, "value", T) == "⋯"
            assert number(cell, "numerator") is None


@given(
    n=st.integers(0, 10**7),
    d=st.integers(1, 10**7),
    limit=st.decimals(0, 100, places=4),
    test=st.sampled_from(["below", "at_most", "at_least", "above"]),
)
def test_conditions_compare_exactly(n, d, limit, test) -> None:
    row = {"kind": "indicator", "status": "missed", "numerator": n, "denominator": d}
    left, right = 100 * n * 10**4, int(limit * 10**4) * d
    expected = {"below": left < right, "at_most": left <= right, "at_least": left >= right, "above": left > right}
    assert holds(Condition("x", "total", test, Fraction(limit)), row) == expected[test]


def test_a_condition_that_cannot_be_told_is_neither_fulfilled_nor_failed() -> None:
    none = {"kind": "indicator", "status": "not_reported", "numerator": None, "denominator": None}
    masked = {"kind": "count", "status": "masked", "numerator": None, "denominator": None}
    assert holds(Condition("x", "total", "below", Fraction(5)), none) is None
    assert holds(Condition("x", "total", "below", Fraction(5)), masked) is None
    assert holds(Condition("x", "total", "not_reported"), none) is True
    exact = {"kind": "indicator", "status": "met", "numerator": 19, "denominator": 20}
    before = {"numerator_year_before": 18, "denominator_year_before": 20}
    assert holds(Condition("x", "total", "changed", Fraction(5)), exact | before) is False
    assert holds(Condition("x", "total", "changed", Fraction("4.9999")), exact | before) is True
    assert holds(Condition("x", "total", "between", Fraction(95), Fraction(95)), exact) is True
    assert holds(Condition("x", "total", "changed"), exact | dict.fromkeys(before)) is None


def test_conditions_over_periods_are_those_of_plain_loops(naive) -> None:
    address = {"what": "insurance_under6", "periods": "2022,2023", "groups": "ethnic_minority"}
    condition = "insurance_under6:ethnic_minority:below:90"
    codes = [u.code for u in D.units.values() if u.vintage == "2021"]

    def below(code: str, period: str) -> bool:
        found = naive.get(("insurance_under6", "commune", code, "2021", period, "ethnic_minority"))
        return found is not None and 100 * found[0] < 90 * found[1]

    for over, hold in (("every", all), ("any", any)):
        pivot, _ = asked(**address, **{"if": condition, "over": over})
        assert set(pivot.rows) == {c for c in codes if hold(below(c, p) for p in ("2022", "2023"))}
        assert pivot.rows


def test_filters_leave_the_units_that_they_name() -> None:
    pivot, _ = asked(kind="phuong", district="688")
    assert set(pivot.rows) == {u.code for u in D.units.values() if u.district_code == "688" and u.unit_type == "Phường"}
    pivot, rows = asked(kind="phuong", trait="border,extremely_difficult", list="25216")
    assert not pivot.rows and not rows


def test_pasted_lists_are_recognised_as_reports_are() -> None:
    pasted = (
        "Mã\tTên\n25216\tPhường Thác Mơ\t1.234\nXã Lộc Thành; Huyện Lộc Ninh\n25217, 25219\n"
        "Tân Phú\nXã Không Có\n12\n25216.0\n"
    )
    codes, faults = recognised(pasted, "2021", D, T)
    thanh = next(u.code for u in D.units.values() if u.name == "Xã Lộc Thành" and u.vintage == "2021")
    assert codes == ["25216", thanh, "25217", "25219"]
    assert [f.split(":")[0] for f in faults] == ["Mã\tTên", "Tân Phú", "Xã Không Có", "12"]
    assert "Tân Phú" in faults[1] and "25195" in faults[1]


@given(
    st.fixed_dictionaries(
        {
            "what": st.lists(st.sampled_from(known_items("2024")), max_size=3, unique=True).map(",".join),
            "at": st.sampled_from(["", "commune", "district", "province", "village"]),
            "periods": st.sampled_from(["", "2023,2024", "2024", "1999"]),
            "groups": st.lists(st.sampled_from(GROUPS), unique=True).map(",".join),
            "if": st.sampled_from(
                ["", "insurance_under6:total:below:97.5", "pupils:female:between:1:20", "x:y", "::::"]
            ),
            "over": st.sampled_from(["", "any", "every"]),
            "rows": st.sampled_from(["", *DIMENSIONS]),
            "cols": st.sampled_from(["", *DIMENSIONS]),
            "cell": st.sampled_from(["", *CELLS]),
            "chart": st.sampled_from(["", *CHARTS]),
            "kind": st.sampled_from(["", "xa", "xa,phuong"]),
        }
    ),
    st.sampled_from(["2021", "2025"]),
)
def test_a_short_address_says_the_same(address, vintage) -> None:
    short = short_address(address, "2024", vintage)
    assert choice_of(short, "2024", vintage) == choice_of(address, "2024", vintage)
    assert "" not in short.values()


def test_the_table_says_why_there_is_no_value() -> None:
    pivot, _ = asked(what="insurance_under6,child_consultation")
    shown = shown_table(pivot, T)
    written = shown.to_html()
    missing = [
        r for r in pivot.rows if pivot.cells[r, ("insurance_under6", "2024", "total")]["status"] == "not_reported"
    ]
    assert missing and ">?<" in written and "nan" not in written and "inf" not in written
    table = whole_table(pivot, T)
    head = T.pick(D.indicators["insurance_under6"].short_vi, "")
    assert list(table.loc[table[T("column.code")].isin(missing), head]) == ["? Chưa báo cáo"] * len(missing)
    assert table.iloc[0, 0] == T("analysis.total")


@pytest.mark.parametrize("cell", ["ratio", "value"])
def test_cells_with_the_same_number_say_what_is_their_own(cell) -> None:
    """1/2 is not 2/4, and of two equal shares one may have risen and the other not."""
    pivot, _ = asked(what="child_consultation,swim_able_primary", cell=cell)
    assert pivot.choice.cell == cell
    shown = shown_table(pivot, T)
    lines = shown.hide(axis="index").to_string(delimiter="|").splitlines()[1:]
    for row, line in zip([ALL, *pivot.rows], lines, strict=True):
        cells = [pivot.cells[row, column] for column in pivot.columns]
        for found, told in zip(cells, line.split("|")[-len(cells) :], strict=True):
            said = words(found, cell, T)
            judged = found["status"] in ("met", "near", "missed")
            assert told == (f"{said} {STATUS_SIGNS[found['status']][0]}" if judged else said)


def test_files_say_what_they_are_and_hold_what_the_table_shows(demo_home) -> None:
    pivot, rows = asked(what="insurance_under6,pupils", district="688", **{"if": "insurance_under6:total:met"})
    first, second = (pivot.columns[0], pivot.columns[1])
    cells = {r: pivot.cells[r, first] for r in pivot.rows}
    lines = files.csv(pivot, ABOUT, T).decode("utf-8-sig").splitlines()
    assert lines[-1].startswith(ABOUT[1]) and lines[-2].startswith(ABOUT[0])
    code = pivot.rows[0]
    assert f";{code};" in "\n".join(lines)
    assert f"{cells[code]['value']:.17g}".replace(".", ",") in "\n".join(lines) and "nan" not in "\n".join(lines)

    book = openpyxl.load_workbook(io.BytesIO(files.workbook(pivot, ABOUT, pd.Timestamp(2026, 1, 1), T)))
    assert len(book.sheetnames) == 2
    numbers = {c.value for row in book.worksheets[0].iter_rows() for c in row if isinstance(c.value, float)}
    assert cells[code]["value"] in numbers
    said = " ".join(str(c.value) for row in book.worksheets[1].iter_rows() for c in row if c.value)
    assert "Trẻ em dưới 6 tuổi" in said and ABOUT[1] in said

    table = pq.read_table(io.BytesIO(files.parquet(rows, ABOUT)))
    assert table.num_rows == len(rows) and table.schema.metadata[b"address"].decode() == ABOUT[1]

    question = question_of(pivot.choice)
    sql = files.sql(question, pivot.rows, ABOUT)
    assert ABOUT[0] in sql
    with duckdb.connect(public_database(demo_home), read_only=True) as con:
        answer = con.execute(sql).df()
    assert {(r.unit_code, r.item): r.value for r in answer.itertuples()} == {
        (r["unit_code"], r["item"]): r["value"] for r in rows
    }

    real = full_outlines_path(demo_home, "2021")
    if real.exists():
        collection = json.loads(files.geojson(pivot, real, ABOUT, T))
        assert collection["address"] == ABOUT[1]
        features = {f["properties"]["code"]: f for f in collection["features"]}
        assert set(features) == set(pivot.rows)
        assert features[code]["properties"][pivot.column_label(second, T)] == pivot.cells[code, second]["numerator"]
        assert features[code]["geometry"]["coordinates"]


@pytest.mark.parametrize("chart", CHARTS)
def test_every_drawing_is_drawn_on_the_page_and_as_a_picture(chart) -> None:
    pivot, rows = asked(what="insurance_under6,pupils", periods="2022,2023,2024", district="688", chart=chart)
    found = drawn(pivot, rows, T)
    assert not found.problem
    if chart != "map":
        assert charts.chart(found, T).data
    svg = picture(found, outlines("2021"), names_of_units("2021"), ABOUT, T).svg()
    assert svg.startswith(b"<?xml") and svg == picture(found, outlines("2021"), names_of_units("2021"), ABOUT, T).svg()


def test_what_cannot_be_drawn_is_explained() -> None:
    for address, problem in (
        ({"chart": "line"}, "analysis.needs_periods"),
        ({"chart": "scatter"}, "analysis.needs_items"),
        ({"chart": "map", "at": "province"}, "analysis.no_map"),
        ({"chart": "bar", "kind": "phuong", "trait": "border"}, "analysis.nothing_to_draw"),
    ):
        pivot, rows = asked(**address)
        found = drawn(pivot, rows, T)
        assert found.problem == problem and T(problem)


def test_views_are_kept_once_a_name_and_taken_off_the_list(tmp_path) -> None:
    first = save_view(tmp_path, " Biên giới ", "period=2024&what=pupils", D)
    save_view(tmp_path, "Toàn tỉnh", "at=province", D)
    again = save_view(tmp_path, "Biên giới", "period=2025", D)
    assert again.view_id == first.view_id
    assert [(v.name, v.address) for v in saved_views(tmp_path)] == [
        ("Biên giới", "period=2025"),
        ("Toàn tỉnh", "at=province"),
    ]
    remove_view(tmp_path, first.view_id)
    remove_view(tmp_path, first.view_id)
    assert [v.name for v in saved_views(tmp_path)] == ["Toàn tỉnh"]
    assert len(views_path(tmp_path).read_text().splitlines()) == 4
    for name in (" ", "x" * 81, "Cháu Nguyễn Văn An sinh ngày 12/03/2015"):
        with pytest.raises(ViewRefused):
            save_view(tmp_path, name, "at=province", D)


def test_the_page_follows_a_link_and_writes_its_own_address(demo_home, tmp_path, monkeypatch) -> None:
    (tmp_path / "warehouse.duckdb").symlink_to(demo_home / "warehouse.duckdb")
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path))
    link = {"what": "insurance_under6,preschool_age5", "if": "insurance_under6:total:missed", "sort": "name"}
    app = run("analysis", period="2022", units="2021", **link)
    pivot, _ = asked("2022", **link)
    assert app.header[0].value == T("analysis.title", kept=len(pivot.rows), asked=111, unit="xã")
    assert len(app.dataframe[0].value) == len(pivot.rows) + 1

    app.multiselect(key="analysis_kind").set_value(["phuong"])
    app.text_input(key="analysis_name").set_value("Phường chưa đạt")
    next(b for b in app.button if b.label == T("analysis.keep")).click()
    app.run()
    assert not app.exception
    assert app.query_params["kind"] == "phuong" and app.query_params["if"] == link["if"]
    app.run()
    (kept,) = saved_views(tmp_path)
    assert kept.name == "Phường chưa đạt" and "what=insurance_under6%2Cpreschool_age5" in kept.address

    app.text_area(key="analysis_pasted").set_value("25216\nXã Không Có")
    next(b for b in app.button if b.label == T("analysis.recognise")).click()
    app.run()
    assert not app.exception
    assert app.query_params["list"] == "25216"
    assert any("Xã Không Có" in w.value for w in app.warning)

    for name in ("list", "if", "kind", "what", "sort"):
        del app.query_params[name]
    app.switch_page("pages/log.py").run()
    app.switch_page("pages/analysis.py").run()
    assert not app.exception
    assert app.query_params["list"] == "25216" and app.query_params["if"] == link["if"], "coming back finds it again"


@pytest.mark.parametrize("chart", ["scatter", "multiples"])
def test_the_page_runs_in_units_without_districts(chart) -> None:
    app = run("analysis", period="2025", units="2025", lang="en", chart=chart, rows="former", periods="2021,2025")
    assert app.header[0].value and len(app.dataframe[0].value) == 13
