"""What is said in the meeting: every number in it against the naive computation, and no more than the figures say."""

import re
from datetime import date
from fractions import Fraction
from math import ceil, floor

import pytest

from etl.definitions import load
from pages.shared import queries
from pages.shared.figures import figures, running_totals
from pages.shared.filters import view_of
from pages.shared.meeting import hold
from pages.shared.text import text_of
from tests.pages.test_pages import VIEWS

ON = date(2026, 11, 24)
RUNNING_TOTALS = ("examined_under6", "safety_skills")
"""What is counted through the year out of a stock, and held against a percentage: half a year brings half."""


def gap(numerator: int, denominator: int, comparator: str, value: Fraction) -> int:
    needed = value / 100 * denominator
    return max(0, (ceil(needed) if comparator == ">=" else floor(needed) + 1) - numerator)


@pytest.mark.parametrize(("language", "views"), [("vi", VIEWS), ("en", VIEWS[::7])], ids=["vi", "en"])
def test_every_number_of_every_target_is_the_naive_one(language, views, naive, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    t = text_of(language)
    communes = {}
    for key, figure in naive.items():
        if key[1] == "commune" and key[5] == "total":
            communes.setdefault((key[0], key[3], key[4]), {})[key[2]] = figure
    said_something = set()
    for period, vintage in views:
        with queries.frozen(approved_only=False):
            meeting = hold(view_of(period, vintage, t), ON)
            for brief in meeting.targets:
                row = brief.focus.row
                figure = naive.get((row["indicator"], "province", "70", vintage, period, "total"))
                sentences = brief.sentences()
                if figure is None:
                    assert brief.finding() == t("meeting.finding.unknown", label=brief.label)
                    assert sentences == [brief.focus.sentence()] and not brief.lagging
                    continue
                assert t.percent(*figure, brief.focus.target_value) in sentences[0]
                told = communes[row["indicator"], vintage, period]
                if row["comparator"] == "rising":
                    continue
                value = Fraction(str(row["target_value"]))
                missing = gap(*figure, row["comparator"], value)
                if row["indicator"] in RUNNING_TOTALS and period.endswith("-H1") and missing:
                    assert brief.status == "half_year" and brief.finding().startswith(f"{brief.label}: ")
                    assert t.number(missing) not in " ".join([brief.finding(), *sentences])
                    assert not brief.lagging and brief.to_decide(0) is None
                    continue
                assert (f"{t.number(missing)} {brief.focus.unit()}" in brief.finding()) == (missing > 0)
                gaps = {c: gap(n, d, row["comparator"], value) for c, (n, d) in told.items() if d}
                missed = {c: g for c, g in gaps.items() if g}
                assert {f.row["unit_code"] for f in brief.lagging} == set(missed)
                lag = sentences[1]
                if missed:
                    assert f"{t.number(len(missed))}/{t.number(len(gaps))}" in re.sub(" (?:of|trên) ", "/", lag)
                    said_something.add(language)
                else:
                    assert lag == t("meeting.all_met", count=len(gaps))
                if brief.gap_kind() == "gap":
                    assert [f.row["gap"] for f in brief.lagging] == sorted(missed.values(), reverse=True)
                    closing = sum(bool(f.row["in_closing_set"]) for f in brief.lagging)
                    assert sum(sorted(missed.values(), reverse=True)[:closing]) >= missing
                    assert sum(sorted(missed.values(), reverse=True)[: max(0, closing - 1)]) < max(1, missing)
    assert said_something


def test_what_is_to_decide_follows_from_the_figures(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    t = text_of("vi")
    with queries.frozen(approved_only=False):
        meeting = hold(view_of("2024", "2021", t), ON)
        decisions = meeting.to_decide()
        missed = [b for b in meeting.targets if b.status in ("missed", "near")]
        about_targets = [d for d in decisions if d.startswith("Mục tiêu")]
        assert [d.split(" –")[0] for d in about_targets] == [f"Mục tiêu {b.number}" for b in missed]
        open_by_target = meeting.actions["target"].value_counts()
        for brief, decision in zip(missed, about_targets, strict=True):
            begun = int(open_by_target.get(brief.number, 0))
            assert decision.endswith(
                t("meeting.decide.actions", count=begun) if begun else t("meeting.decide.no_action")
            )
        waiting = meeting.reports[~meeting.reports["state"].isin(["on_time", "late"])]
        assert any(f"({len(waiting)})" in d and waiting["name"].iloc[0] in d for d in decisions)


@pytest.mark.parametrize(("period", "vintage"), [("2025", "2025"), ("2024", "2021")])
def test_a_target_names_each_indicator_that_misses_it(period, vintage, naive, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    t = text_of("vi")
    with queries.frozen(approved_only=False):
        meeting = hold(view_of(period, vintage, t), ON)
        brief = meeting.targets[1]
        decision = next(d for d in meeting.to_decide() if d.startswith("Mục tiêu 2 "))
        lacking = {}
        for target in brief.target.indicators:
            n, d = naive[target.indicator, "province", "70", vintage, period, "total"]
            indicator = load().indicators[target.indicator]
            lacking[indicator.short_vi] = gap(n, d, target.comparator, Fraction(target.value))
        assert len(lacking) == 2 and all(lacking.values())
        for name, missing in lacking.items():
            assert f"{name} còn thiếu {t.number(missing)} trẻ" in brief.finding()
            assert f"{name}: giao" in decision and f"bù {t.number(missing)} trẻ" in decision
            assert any(s.startswith(f"{name}: ") and f"{t.number(missing)} trẻ" in s for s in brief.sentences())
        assert brief.focus_name == max(lacking, key=lambda name: lacking[name]), "what lacks most is drawn"


def test_of_indicators_that_are_to_rise_those_are_named_that_do_not(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    with queries.frozen(approved_only=False):
        brief = hold(view_of("2024", "2021", text_of("vi")), ON).targets[3]
        assert [f.row["indicator"] for f in brief.unmet] == ["self_rescue_lower_secondary", "safety_skills"]
        assert brief.finding().endswith("không tăng: Tự cứu, THCS; Kỹ năng an toàn còn thiếu 2.941 học sinh)")


def test_half_a_year_is_not_held_against_the_whole_years_target(naive, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    t = text_of("vi")
    with queries.frozen(approved_only=False):
        half, year = (hold(view_of(period, "2025", t), ON) for period in ("2026-H1", "2025"))
        assert not year.caveat
        assert half.caveat.endswith("Khám, chữa bệnh dưới 6 tuổi; Kỹ năng an toàn.")
        assert half.finding.startswith("Đạt 3 trên 8 mục tiêu, 1 mục tiêu gần đạt, 2 mục tiêu chờ số liệu cả năm")
        assert not [d for d in half.to_decide() if d.startswith(("Mục tiêu 1 ", "Mục tiêu 4 "))]
        now, then = (
            Fraction(*naive["examined_under6", "province", "70", "2025", period, "total"])
            for period in ("2026-H1", "2025-H1")
        )
        risen = f"tăng {t.number(float(100 * (now - then)), 1)} điểm % so với 6 tháng đầu năm 2025"
        assert half.targets[0].finding().endswith(f"mới 6 tháng, {risen}")
        # The warehouse compares as the plan has it, whatever pages make of it.
        stored = queries.overview("2026-H1", "2025").set_index("indicator")
        assert list(stored.loc[list(RUNNING_TOTALS), "status"]) == ["missed", "missed"]
        assert (stored.loc[list(RUNNING_TOTALS), "gap"] > 0).all()


def test_a_result_of_few_reports_says_so(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    words = "có thể thay đổi khi đủ báo cáo"
    with queries.frozen(approved_only=False):
        half, year = (hold(view_of(period, "2025", text_of("vi")), ON) for period in ("2026-H1", "2025"))
        assert half.finding.endswith(f"; mới có 36/40 đơn vị báo cáo, {words}")
        assert [b.number for b in half.targets if b.may_change] == [3, 6, 7]
        assert half.targets[6].reported() == f"36/40 đơn vị báo cáo, {words}"
        assert words not in half.targets[4].reported(), "met whatever the missing say"
        assert not year.unsure and not any(b.may_change for b in year.targets)


def test_shares_of_two_flows_and_shares_that_are_to_rise_are_judged_at_mid_year(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    swimming = {"swim_taught_primary", "swim_taught_lower_secondary"}
    assert running_totals() == {*RUNNING_TOTALS, *swimming}
    with queries.frozen(approved_only=False):
        shown = figures(queries.overview("2026-H1", "2025"), text_of("vi"))
    assert {f.row["indicator"] for f in shown if f.status == "half_year"} == set(RUNNING_TOTALS)


def test_a_meeting_is_of_one_state_while_others_are_published(demo_home, tmp_path, monkeypatch) -> None:
    home = tmp_path
    (home / "warehouse.duckdb").write_bytes((demo_home / "warehouse.duckdb").read_bytes())
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(home))
    view = view_of("2024", "2021", text_of("vi"))
    with queries.frozen(approved_only=False):
        meeting = hold(view, ON)
        source = meeting.source
        (home / "next.duckdb").write_bytes(b"not a warehouse at all")
        (home / "next.duckdb").replace(home / "warehouse.duckdb")
        assert [b.finding() for b in meeting.targets]
        assert meeting.targets[0].lagging and len(meeting.reports) == sum(
            u.vintage == "2021" for u in load().units.values()
        )
        assert meeting.source == source
