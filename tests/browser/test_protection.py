"""The page of child protection in a real browser."""

import pytest

from tests.browser.harness import assert_fits_screens, open_page
from tests.browser.test_maps import VIEW


@pytest.mark.parametrize(
    ("address", "units"),
    [
        ("/bao-ve-tre-em?period=2024&units=2021", 111),
        ("/bao-ve-tre-em?period=2022&units=2025&measure=injury_cases", 40),
        ("/bao-ve-tre-em?period=2025&lang=en", 40),
        ("/bao-ve-tre-em?period=2026-H1", 40),
    ],
)
def test_the_map_tells_numbers_from_signs(page, address, units) -> None:
    open_page(page, address)
    assert_fits_screens(page)
    page.wait_for_function(f"({VIEW})()?.outlines")
    counts = [int(b.inner_text().rsplit(":", 1)[1]) for b in page.locator(".legend button").all()]
    assert sum(counts) == units
    assert page.locator(".js-plotly-plot").count() == 2
    assert page.get_by_text("02713 825 825").first.is_visible()


def test_a_unit_on_the_list_opens_its_profile_with_the_same_signs(page) -> None:
    open_page(page, "/ho-so-xa?period=2024&units=2021&unit=25222")
    page.get_by_role("heading", name="Bảo vệ trẻ em").wait_for()
    assert page.get_by_text("⋯ đã che").first.is_visible()
