"""What the data officer is told of reports that came in."""

import pytest

from etl.harmless import harmless
from etl.load import Answer
from etl.staging import Change
from pages.shared.desk import change_table, counts, verdict
from pages.shared.text import text_of

T = text_of("vi")
CHANGED = [Change("pupils", 2, 1, None, None)]


def answer(status: str, *, repeated: bool = False) -> Answer:
    return Answer("a.xlsx", "25195", "2021", status, [], repeated, CHANGED)


TAKEN, BACK = answer("accepted"), answer("rejected")
KNOWN, REPLACED = answer("accepted", repeated=True), answer("superseded", repeated=True)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([TAKEN, BACK], "1 báo cáo được nhận, 1 bị trả lại"),
        ([BACK, answer("rejected", repeated=True)], "0 báo cáo được nhận, 2 bị trả lại"),
        ([KNOWN, REPLACED], "0 báo cáo được nhận, 0 bị trả lại, 2 đã nhận trước đây nên không đổi gì"),
    ],
)
def test_what_was_received_before_counts_neither_as_taken_nor_as_sent_back(answers, words) -> None:
    assert counts(answers, T).startswith(words)


def test_what_was_received_before_changes_nothing() -> None:
    assert len(change_table([TAKEN], T)) == 1
    assert change_table([KNOWN, REPLACED], T).empty
    assert {harmless(verdict(a, T)) for a in (KNOWN, REPLACED)} == {"↺ Đã nhận trước đây"}
