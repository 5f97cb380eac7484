"""The page of the plan's tasks shows what the workbooks say, and its sentences say no more than the figures do."""

from decimal import Decimal

import pandas as pd
import pytest

from etl.definitions import load
from pages.shared.tasks import plan_tasks, results_table
from pages.shared.text import text_of
from tests.pages.test_pages import run

PLAN = load().plans[0]
VI = text_of("vi")


def answers(number: int, **counts: dict[str, int]) -> pd.DataFrame:
    """Return what the question `tasks` would answer for one task; `counts` by expectation, what is left out is 0."""
    task = next(t for t in PLAN.tasks if t.number == number)
    names = ("communes_met", "communes_missed", "communes_not_applicable", "communes_not_reported")
    wholes = ("communes_all", "communes_partly", "communes_none", "communes_unknown")
    return pd.DataFrame(
        [
            {name: counts.get(e.numerator, {}).get(name, 0) for name in names}
            | {name: counts["whole"].get(name, 0) for name in wholes}
            | {
                "expectation": e.numerator,
                "due": counts.get(e.numerator, {}).get("due", True),
                "status": "missed",
                "numerator": None,
                "denominator": None,
                "communes_expected": 10,
            }
            for e in task.expectations
        ]
    )


def sentence(number: int, frame: pd.DataFrame) -> str:
    tasks = plan_tasks(frame, pd.DataFrame(columns=["item"]), PLAN, VI)
    return next(t for t in tasks if t.number == number).sentence()


def test_a_sentence_says_who_did_everything_and_what_lags_most() -> None:
    frame = answers(
        3,
        whole={"communes_all": 2, "communes_partly": 5, "communes_none": 1, "communes_unknown": 2},
        officer_in_post={"communes_met": 7, "communes_missed": 1},
        officer_trained={"communes_met": 3, "communes_missed": 5},
        # Fewer communes met this, but of fewer: that is no greater lag.
        hamlets_with_collaborator={"communes_met": 2, "communes_missed": 2},
    )
    lagging = "Người làm công tác trẻ em được tập huấn (3/8 xã)"
    assert sentence(3, frame) == f"2/8 xã đạt tất cả; chậm nhất: {lagging}; 2 xã chưa báo cáo đủ."


def test_a_sentence_tells_done_from_not_due_not_reported_and_nothing_arose() -> None:
    done = {"communes_met": 10}
    assert sentence(1, answers(1, whole={"communes_all": 10}, documents_issued=done)) == (
        "Cả 10 xã có số liệu đều đạt."
    )
    later = {"due": False, "communes_not_applicable": 10}
    half = answers(3, whole={"communes_all": 10}, officer_in_post=done, officer_trained=later)
    assert sentence(3, half) == "Cả 10 xã có số liệu đều đạt những việc đã đến hạn."
    none_due = {e.numerator: later for t in PLAN.tasks if t.number == 9 for e in t.expectations}
    assert sentence(9, answers(9, whole={}, **none_due)) == "Chưa đến hạn: đánh giá vào cuối năm."
    assert sentence(9, answers(9, whole={"communes_unknown": 10})) == "Chưa có xã nào báo cáo."
    assert sentence(7, answers(7, whole={})) == "Không phát sinh ở xã nào."
    assert sentence(5, pd.DataFrame(columns=["expectation"])) == "Chưa có xã nào báo cáo."


def test_all_tasks_at_first_sight_with_the_figures_of_the_workbooks(workbooks, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run("tasks", period="2024", units="2021")
    said = [m.value for m in app.markdown]
    for task in PLAN.tasks:
        assert any(task.label_vi in link.label for link in app.get("page_link")), task.number
    own = [values for (period, _), values in workbooks.results.items() if period == "2024"]
    table = app.dataframe[0].value.set_index("Việc được giao")
    collaborators = table.loc["Mọi thôn, ấp, khu phố có cộng tác viên"]
    full = sum(v["T3.4"] == v["T3.3"] for v in own)
    assert (collaborators["Số xã đạt"], collaborators["Trên số xã"]) == (full, len(own))
    assert collaborators["Đã báo cáo"] == f"{len(own)}/111"
    assert f"chậm nhất: Mọi thôn, ấp, khu phố có cộng tác viên ({full}/{len(own)} xã)" in " ".join(said)
    spent, given = (sum(v[code] for v in own) for code in ("T4.2", "T4.1"))
    share = VI.percent(int(1000 * spent), int(1000 * given), Decimal(95))
    amounts = f"{VI.number(spent, 1)}/{VI.number(given, 1)} triệu đồng ({share})"
    assert table.loc["Thực hiện ít nhất 95% kinh phí", "Cộng cả tỉnh"] == amounts


@pytest.mark.parametrize("language", ["vi", "en"])
def test_one_task_in_the_half_year_of_the_40(language, workbooks, demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    t = text_of(language)
    app = run("tasks", period="2025-H1", units="2025", task="10", lang=language)
    expectations, results, communes = (d.value for d in app.dataframe)
    assert list(expectations[t("column.status")][:2]) == [f"∅ {t('tasks.not_due')}"] * 2
    own = [values for (period, _), values in workbooks.results.items() if period == "2025-H1"]
    label = t.pick("phong trào", "movement")
    (hamlets,) = (r for r in results.itertuples(index=False) if label in r[1])
    assert hamlets[0].startswith(t.number(sum(v["T10.4"] for v in own)) + " ")
    assert len(communes) == 40
    # Who lags comes first; who did everything, last.
    order = [s[0] for s in communes[t("column.status")]]
    assert order == sorted(order, key="✗?✓".index)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_column_of_a_commune_s_results_takes_the_head_of_another(language) -> None:
    assert results_table([], text_of(language)).shape == (len(load().tasks), 4)
