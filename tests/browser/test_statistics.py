"""Pace, chance and methods in a real browser."""

from tests.browser.harness import open_page


def test_formulas_are_set_without_the_network(page) -> None:
    open_page(page, "/phuong-phap?period=2024&units=2021&indicator=insurance_under6")
    page.locator(".katex").first.wait_for()
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
