"""Pace, chance, equity and methods in a real browser: drawn without a fault, and nothing fetched from outside."""

import pytest

from tests.browser.harness import open_page

SCREENS = [{"width": 1366, "height": 768}, {"width": 1920, "height": 1080}]
ADDRESSES = [
    "/?period=2025",
    "/chi-tieu?period=2024&units=2021&indicator=insurance_under6",
    "/chi-tieu?period=2026-H1&indicator=child_consultation&lang=en",
    "/phuong-phap?period=2024&units=2021&indicator=insurance_under6",
    "/phuong-phap?period=2025&indicator=play_area_communes&lang=en",
]


@pytest.mark.parametrize("viewport", SCREENS, ids=["laptop", "projector"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_drawn_without_a_fault(page, address) -> None:
    open_page(page, address)
    assert page.locator("h2").first.inner_text()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    if "/phuong-phap" in address:
        assert page.locator(".katex").count() >= 13
        assert page.locator(".katex-error").count() == 0


def test_from_an_indicator_to_how_it_comes_about(page) -> None:
    open_page(page, "/chi-tieu?period=2024&units=2021&indicator=safety_skills")
    page.get_by_role("link", name="Các số này được tính thế nào").click()
    page.wait_for_url("**/phuong-phap?**")
    page.get_by_role("heading", name="Các con số được tính như thế nào").wait_for()
    assert "indicator=safety_skills" in page.url and "period=2024" in page.url


def test_a_clear_lag_has_its_own_mark_beside_the_plan_s_colours(page) -> None:
    open_page(page, "/chi-tieu?period=2024&units=2021&indicator=insurance_under6")
    body = page.locator("body").inner_text()
    assert "▼" in body and "thấp hơn rõ rệt" in body and "Giới hạn 99,8 %" in body
