"""The page of child protection, and its section in a commune's profile: numbers where safe, signs elsewhere."""

import pandas as pd
import pytest

from etl.definitions import load
from pages.shared import count_charts, maps, protection, queries
from pages.shared.figures import records
from pages.shared.text import text_of
from tests.pages.test_pages import run

D = load()
T = text_of("vi")
COUNTED = [m for m in D.measures.values() if m.sensitive and not m.code.startswith("6.3.")]
GROUPS = [m for m in D.measures.values() if m.code.startswith("6.3.")]
VIEWS = [
    *[("2020", v) for v in ("2021", "2025")],
    *[("2024", v) for v in ("2021", "2025")],
    ("2024-H1", "2021"),
    ("2025", "2025"),
    ("2026-H1", "2025"),
]


@pytest.fixture(autouse=True)
def home(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))


def sum_of(workbooks, period: str, measure: str) -> int:
    return sum(f[measure, "total"] for (p, _), f in workbooks.figures.items() if p == period)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("period", "vintage"), VIEWS)
def test_the_page_shows_the_naive_sums_or_a_sign(period, vintage, language, workbooks) -> None:
    t = text_of(language)
    app = run("protection", period=period, units=vintage, lang=language)
    shown = [m.value for m in app.metric]
    expected = [sum_of(workbooks, period, m) for m in ("special_circumstances", "children_at_risk")]
    expected += [sum_of(workbooks, period, m.measure) for m in COUNTED]
    assert len(shown) == len(expected)
    for value, true in zip(shown, expected, strict=True):
        assert value in (t.number(true), "⋯")
        assert value == "⋯" or not 1 <= true <= 4 or true in expected[:2]
    assert "⋯" not in shown[:2]
    assert any("111" in m.value and "02713 825 825" in m.value for m in app.markdown)
    assert any(t("protection.masking") == c.value for c in app.caption)
    _, whole, units = (d.value for d in app.dataframe)
    assert len(whole) == len(COUNTED) + len(GROUPS)
    assert len(units) == {"2021": 111, "2025": 40}[vintage]
    cells = set(units[[f"{m.code} {t.pick(m.label_vi, m.label_en)}" for m in COUNTED]].to_numpy().ravel())
    assert {"⋯", "0"} <= cells and not cells & {"1", "2", "3", "4"}
    assert ("?" in cells) == (vintage == load().periods[period].vintage)


def test_districts_are_listed_and_a_masked_part_masks_the_sum() -> None:
    app = run("protection", period="2024", units="2021", level="district")
    districts = app.dataframe[2].value
    assert len(districts) == 11
    assert {"⋯"} == set(districts["6.5 Trẻ em bị bạo lực, xâm hại được phát hiện"])


@pytest.mark.parametrize(("period", "vintage"), VIEWS)
@pytest.mark.parametrize("measure", [m.measure for m in COUNTED])
def test_the_map_has_every_unit_in_one_class(measure, period, vintage) -> None:
    rows = [r for r in records(queries.protection_units("commune", period, vintage)) if r["measure"] == measure]
    shown = maps.by_count(rows, T, "x")
    assert len(shown.units) == len(rows) == {"2021": 111, "2025": 40}[vintage]
    numbers = list(shown.units.values())
    assert [c.count for c in shown.classes] == [numbers.count(n) for n in range(len(shown.classes))]
    signs = {c.label: (c.sign, c.pattern) for c in shown.classes}
    assert signs[T("protection.zero")] == ("0", None)
    assert signs[T("status.masked")] == ("⋯", "cross")
    assert signs[T("status.not_reported")] == ("?", "stripes")
    for row, said in zip(rows, *shown.told, strict=True):
        label = shown.classes[shown.units[row["unit_code"]]].label
        if row["state"] != "shown":
            assert label == T("status." + row["state"])
        elif row["value"] == 0:
            assert label == T("protection.zero") and said == "0"
        else:
            low, _, high = label.partition("–")
            assert int(low.replace(".", "")) <= row["value"] <= int((high or low).replace(".", ""))


def test_a_masked_group_is_named_and_has_no_bar() -> None:
    rows = [
        {"code": "6.3.01", "label_vi": "A", "label_en": "A", "state": "shown", "value": 9, "measure": "a"},
        {"code": "6.3.02", "label_vi": "B", "label_en": "B", "state": "masked", "value": None, "measure": "b"},
        {"code": "6.3.03", "label_vi": "C", "label_en": "C", "state": "shown", "value": 0, "measure": "c"},
    ]
    chart = count_charts.counted_groups(rows, T)
    assert list(chart.data[0].y) == ["6.3.01 A", "6.3.03 C"] and list(chart.data[0].x) == [9, 0]
    (said,) = chart.layout.annotations
    assert said.y == "6.3.02 B" and "⋯" in said.text
    assert list(chart.layout.yaxis.categoryarray) == ["6.3.01 A", "6.3.03 C", "6.3.02 B"]


def test_a_masked_year_is_a_band_and_a_gap() -> None:
    row = {"code": "6.9", "label_vi": "A", "label_en": "A", "measure": "drowning_deaths"}
    rows = [
        row | {"period": p, "state": s, "value": v}
        for p, s, v in (
            ("2021", "shown", 7),
            ("2022", "masked", None),
            ("2023", "not_reported", None),
            ("2024", "shown", 0),
        )
    ]
    chart = count_charts.counts_by_year(rows, T)
    assert list(chart.data[0].y) == [7, None, None, 0]
    assert len(chart.layout.shapes) == 2
    assert [a.text for a in chart.layout.annotations if a.text in "⋯?"] == ["⋯", "?"]


@pytest.mark.parametrize(("most", "apart"), [(0, 1), (1, 1), (5, 1), (6, None), (1700, None)])
def test_an_axis_of_few_children_counts_whole_ones(most: int, apart: int | None) -> None:
    row = {"code": "6.9", "label_vi": "A", "label_en": "A", "measure": "drowning_deaths", "state": "shown"}
    chart = count_charts.counts_by_year(
        [row | {"period": "2021", "value": 0}, row | {"period": "2022", "value": most}], T
    )
    assert chart.layout.yaxis.dtick == apart


def test_a_commune_s_profile_has_the_same_signs() -> None:
    app = run("commune", period="2024", units="2021", unit="25222")
    table = next(d.value for d in app.dataframe if "6T/2024" in d.value.columns and len(d.value) == len(COUNTED))
    rows = records(queries.protection_commune("25222", "2021"))
    for row in rows:
        name = protection.label(row, T)
        assert table.set_index(T("column.measure")).loc[name, T.short_period(row["period"])] == protection.count(row, T)
    assert list(table.columns[1:]) == sorted(table.columns[1:], key=lambda p: (p[-4:], not p.startswith("6T")))


def test_what_is_taken_away_is_masked_too() -> None:
    rows = records(queries.protection_units("commune", "2024", "2021"))
    table = protection.unit_counts(rows, {m.measure: m.code for m in COUNTED}, T)
    assert isinstance(table, pd.DataFrame) and len(table) == 111
    assert not set(table[[m.code for m in COUNTED]].to_numpy().ravel()) & {"1", "2", "3", "4"}
