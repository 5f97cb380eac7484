"""What the pages say of pace, chance, missing reports and equity: in both languages, and from the naive figures."""

import re
from fractions import Fraction
from urllib.parse import parse_qs

import pytest

from etl.definitions import load
from pages.shared import queries, statistics
from pages.shared.figures import figures, records, running_totals
from pages.shared.text import text_of
from tests.pages.test_pages import run

VIEWS = [("2020", "2021"), ("2020", "2025"), ("2024", "2021"), ("2024", "2025"), ("2025", "2025"), ("2026-H1", "2025")]
SOME = ["insurance_under6", "swim_able_primary", "play_area_communes", "child_friendly_registered"]
T = text_of("vi")


@pytest.fixture(autouse=True)
def home(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("period", "vintage"), VIEWS)
def test_indicator_page_speaks_in_every_state(period, vintage, language) -> None:
    t = text_of(language)
    for indicator in SOME:
        app = run("indicator", period=period, units=vintage, lang=language, indicator=indicator)
        said = [m.value for m in app.markdown]
        for title in ("pace.title", "trend.title", "bounds.title"):
            assert any(m.startswith(f"**{t(title)}") for m in said), (indicator, title)
        assert not any(re.search(r"\bnan\b|\bNone\b|<NA>", m) for m in said)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("period", "vintage"), VIEWS)
def test_methods_page_has_words_formula_and_example_in_every_state(period, vintage, language) -> None:
    t = text_of(language)
    for indicator in SOME:
        app = run("methods", period=period, units=vintage, lang=language, indicator=indicator)
        methods = load().methods.values()
        assert [s.value for s in app.subheader] == [t.pick(m.title_vi, m.title_en) for m in methods]
        assert len(app.latex) == sum(len(m.formulas) for m in methods)
        said = [m.value for m in app.markdown if m.value.startswith(f"**{t('methods.example')}.**")]
        assert len(said) == len(methods)
        assert not any(re.search(r"\bnan\b|\bNone\b|<NA>|[{}]", m) for m in said)


def test_methods_examples_are_those_of_the_workbooks(naive) -> None:
    app = run("methods", period="2024", units="2021", indicator="safety_skills")
    said = "\n".join(m.value for m in app.markdown)
    n, d = naive["safety_skills", "province", "70", "2021", "2024", "total"]
    first = naive["safety_skills", "province", "70", "2021", "2020", "total"]
    assert f"{T.number(n)} trên {T.number(d)}" in said
    rate = (100 * n / d - 100 * first[0] / first[1]) / 4
    needed = (80 - 100 * first[0] / first[1]) / 10
    assert f"mỗi năm {T.number(rate, 2)} điểm %, trong khi cần {T.number(needed, 2)}" in said
    assert f"L = {T.number(rate / needed, 2)}" in said


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("period", "vintage"), VIEWS)
def test_a_card_of_the_overview_gets_one_line_at_most(period, vintage, language) -> None:
    t = text_of(language)
    app = run(period=period, units=vintage, lang=language)
    found = statistics.judgements(queries.judgements(period, vintage), t, period)
    linked = [parse_qs(link.proto.query_string) for link in app.get("page_link")]
    said = [found[name].short() for name in dict.fromkeys(q["indicator"][0] for q in linked if "indicator" in q)]
    assert len(said) == len(load().plans[0].targets)
    in_bold = [m.value for m in app.markdown if t("meeting.may_change") in m.value]
    assert bool(in_bold) == (t("meeting.may_change") in app.header[0].value or "once all have" in app.header[0].value)
    cards = [m.value.split(":small[:gray[")[1].removesuffix("]]") for m in app.markdown if ":gray[" in m.value]
    assert [card.endswith(f" · {s}" if s else "") for card, s in zip(cards, said, strict=True)] == [True] * len(said)
    for judgement in found.values():
        verdict = judgement.row["verdict"]
        if verdict == "not_met" and period.endswith("-H1") and judgement.row["indicator"] in running_totals():
            assert t("bounds.short.not_met") not in judgement.short(), "half a year misses no target of a whole one"
            continue
        words = t(f"bounds.short.{verdict}") if verdict in ("met", "not_met") else None
        assert (words or "").lower() in judgement.short().lower()


def test_met_whatever_the_missing_say_is_said(naive) -> None:
    found = statistics.judgements(queries.judgements("2025", "2025"), T, "2025")
    n, d = naive["insurance_under6", "province", "70", "2025", "2025", "total"]
    row = found["insurance_under6"].row
    assert row["verdict"] == "met" and row["numerator"] == n
    low, high = 100 * n / row["whole_denominator"], 100 * (n + row["missing_denominator"]) / row["whole_denominator"]
    assert 95 <= low <= 100 * n / d <= high
    sentence = found["insurance_under6"].bounds_sentence()
    assert "vẫn đạt mục tiêu" in sentence and T.number(low, 1) in sentence and T.number(high, 1) in sentence
    assert "vẫn chưa đạt mục tiêu" in found["child_consultation"].bounds_sentence()


def test_a_result_that_missing_reports_can_turn_is_told_from_one_that_they_cannot(naive) -> None:
    for period, vintage in VIEWS:
        found = statistics.judgements(queries.judgements(period, vintage), T, period)
        for f in figures(queries.overview(period, vintage), T):
            r, may_change = found[f.row["indicator"]].row, found[f.row["indicator"]].may_change(f)
            if f.status not in ("met", "near", "missed") or not r["units_missing"]:
                assert not may_change
                continue
            if r["lower"] is None:
                assert may_change
                continue
            n, d = naive[f.row["indicator"], "province", "70", vintage, period, "total"]
            missing = int(r["missing_denominator"])
            ends = [Fraction(n + more, d + missing) for more in (0, missing)]
            if f.row["comparator"] == "rising":
                before = load().periods[period].year_before
                then = Fraction(*naive[f.row["indicator"], "province", "70", vintage, before, "total"])
                met = [share > then for share in ends]
            else:
                target = Fraction(str(f.row["target_value"])) / 100
                met = [share >= target if f.row["comparator"] == ">=" else share > target for share in ends]
            assert may_change == (met[0] != met[1]), (period, f.row["indicator"])


def test_the_pace_of_a_half_year_is_that_of_the_year_before_it() -> None:
    half = statistics.judgements(queries.judgements("2026-H1", "2025"), T, "2026-H1")["child_consultation"]
    year = statistics.judgements(queries.judgements("2025", "2025"), T, "2025")["child_consultation"]
    assert half.row["pace"] == year.row["pace"] == "on_track"
    by_years = T("pace.by_years", year="2025")
    assert half.pace_sentence() == f"{by_years} {year.pace_sentence()}"
    assert "2025" in half.short() and "2025" not in year.short()


def test_a_rising_target_has_no_pace_and_says_why() -> None:
    found = statistics.judgements(queries.judgements("2024", "2021"), T, "2024")["swim_able_primary"]
    assert found.row["pace"] is None
    assert found.pace_sentence() == T("pace.rising")


def test_places_are_bands_that_follow_from_the_intervals(naive) -> None:
    rows = figures(queries.ranking("safety_skills", "2024", "2021"), T)
    told = [f.row for f in rows if f.row["reading"]]
    assert len(rows) == 111 and len(told) == sum(
        k[:2] == ("safety_skills", "commune") and k[3:] == ("2021", "2024", "total") for k in naive
    )
    for r in told:
        above = sum(o["lower"] > r["upper"] for o in told)
        below = sum(o["upper"] < r["lower"] for o in told)
        assert (r["place_from"], r["place_to"]) == (1 + above, len(told) - below)
        assert r["lower"] <= r["value"] <= r["upper"]
    assert any(r["place_from"] < r["place_to"] for r in told)


def test_the_table_of_communes_and_the_line_above_agree() -> None:
    app = run("indicator", period="2024", units="2021", indicator="insurance_under6")
    rows = figures(queries.ranking("insurance_under6", "2024", "2021"), T)
    counts = {r: sum(f.row["reading"] == r for f in rows) for r in ("behind", "alike", "ahead")}
    line = statistics.readings_line([f for f in rows if f.row["reading"]], T)
    assert any(c.value.startswith(line) for c in app.caption)
    table = next(d.value for d in app.dataframe if T("column.place") in d.value)
    for reading, count in counts.items():
        assert (table[T("column.reading")] == statistics.reading_words(reading, T)).sum() == count


def test_a_yes_or_no_has_no_funnel_and_says_why() -> None:
    app = run("indicator", period="2024", units="2021", indicator="play_area_communes")
    assert T("funnel.no_share") in [i.value for i in app.info]


def test_equity_of_the_page_is_the_naive_one(naive) -> None:
    app = run("indicator", period="2024", units="2021", indicator="insurance_under6")
    table = next(d.value for d in app.dataframe if T("column.comparison") in d.value)
    assert list(table[T("column.comparison")]) == [
        T("comparison." + c) for c in ("female", "ethnic_minority", "disabled", "border", "extremely_difficult")
    ]
    x, n = naive["insurance_under6", "province", "70", "2021", "2024", "female"]
    all_x, all_n = naive["insurance_under6", "province", "70", "2021", "2024", "total"]
    girls = table.iloc[0]
    assert girls[T("column.difference")] == round(100 * x / n - 100 * (all_x - x) / (all_n - n), 2)
    assert girls[T("column.group_counts")] == T("figure.of", numerator=T.number(x), denominator=T.number(n))


def test_words_instead_of_errors_where_nothing_can_be_calculated() -> None:
    row = {"ratio": 0.0, "ratio_lower": None, "ratio_upper": None}
    assert statistics.ratio_span(row, T) == T("equity.no_logarithm")
    assert statistics.ratio_span({**row, "ratio": None}, T) == T("value.none")
    assert statistics.span(None, None, T) == "–"
    assert statistics.points(0.001, T) == "dưới 0,01"
    assert statistics.signed(-0.04, T) == "0,0" and statistics.signed(-0.5, T) == "−0,5"
    for row in records(queries.equity("special_circumstances_cared", "2024", "2021")):
        assert statistics.reading_words(row["reading"], T)


def test_every_word_that_a_status_needs_is_there() -> None:
    for language in ("vi", "en"):
        t = text_of(language)
        for status in statistics.PACE_SIGNS:
            assert statistics.pace_words(status, t)
        for status in ("rising", "falling", "no_trend", "not_calculable", "insufficient_data"):
            assert t("trend.status." + status) and t("trend." + status, years=5)
        for reading in ("behind", "alike", "ahead", "contradictory", "not_applicable"):
            assert statistics.reading_words(reading, t)
