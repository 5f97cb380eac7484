"""What is promised of a phone, and of a sheet of paper from the browser's own print."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.browser.harness import open_page

PHONE = {"width": 390, "height": 844}
VIEW = "period=2024&units=2021"
OVERFLOW = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .map((e) => e.scrollWidth - e.clientWidth)"""


@pytest.mark.parametrize("viewport", [PHONE])
@pytest.mark.parametrize("address", [f"/?{VIEW}", f"/ho-so-xa?{VIEW}&unit=25222"])
def test_a_phone_shows_the_answer_first_and_nothing_sideways(page, address) -> None:
    open_page(page, address)
    assert page.evaluate(OVERFLOW) == [0, 0]
    assert page.locator("h2").first.bounding_box()["y"] < PHONE["height"] / 2
    assert "Năm 2024 · 111 xã" in page.get_by_test_id("stMain").get_by_test_id("stCaptionContainer").first.inner_text()


def test_eight_targets_are_seen_at_once(page) -> None:
    open_page(page, f"/?{VIEW}")
    values = page.get_by_test_id("stGrid").locator("h2")
    assert values.count() == 8
    assert all(v.bounding_box()["y"] + v.bounding_box()["height"] < 768 for v in values.all())


@pytest.mark.parametrize(
    ("address", "sheets"),
    [(f"/?{VIEW}", 2), (f"/chi-tieu?{VIEW}", 6), (f"/ho-so-xa?{VIEW}&unit=25222", 6), (f"/ban-do?{VIEW}", 2)],
)
def test_a_page_prints_on_sheets_without_what_serves_the_screen(page, address, sheets) -> None:
    open_page(page, address)
    heading = page.locator("h2").first.inner_text()
    printed = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages]
    assert len(printed) <= sheets
    assert all(len(words.strip()) > 20 for words in printed)
    whole = " ".join(" ".join(printed).split())
    assert " ".join(heading.split())[:25] in whole
    assert "Nguồn: báo cáo của 109/111 đơn vị" in whole and "bảng đầy đủ" in whole
    assert "Ngôn ngữ" not in whole and "Tải bảng" not in whole
