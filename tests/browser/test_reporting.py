"""Reporting and quality pages in a real browser, on a laptop and on a projector."""

import pytest

from tests.browser.harness import open_page
from tests.browser.test_maps import PLACE, VIEW

SCREENS = [{"width": 1366, "height": 768}, {"width": 1920, "height": 1080}]
ADDRESSES = [
    "/tinh-hinh-bao-cao?period=2023&units=2021",
    "/tinh-hinh-bao-cao?period=2022&units=2025&lang=en",
    "/tinh-hinh-bao-cao?period=2026-H1",
    "/chat-luong-so-lieu?period=2022&units=2021",
    "/chat-luong-so-lieu?period=2025&part=outliers&lang=en",
    "/chat-luong-so-lieu?period=2024&units=2021&part=outliers&size=all",
    "/chat-luong-so-lieu?period=2024&units=2021&part=revisions",
    "/chat-luong-so-lieu?period=2024&units=2025&part=play_areas",
]


@pytest.mark.parametrize("viewport", SCREENS, ids=["laptop", "projector"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_drawn_without_a_fault(page, address) -> None:
    open_page(page, address)
    heading = page.locator("h2").first
    assert heading.inner_text()
    assert heading.bounding_box()["y"] < 300
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    if "tinh-hinh" in address:
        page.wait_for_function(f"({VIEW})()?.outlines")
        counts = [int(b.inner_text().rsplit(":", 1)[1]) for b in page.locator(".legend button").all()]
        assert sum(counts) == (40 if "2026" in address else 111)
        page.locator(".js-plotly-plot .heatmaplayer image, .js-plotly-plot .hm").first.wait_for(state="attached")


def test_a_unit_on_the_map_opens_its_profile_in_its_own_units(page) -> None:
    # 25195 is another commune among the 40: the page shows the 111 of that time, and so must the profile.
    open_page(page, "/tinh-hinh-bao-cao?period=2022&units=2025")
    page.wait_for_function(f"({VIEW})()?.outlines")
    page.evaluate(f"({VIEW})().top.scrollIntoView({{ block: 'center' }})")
    page.mouse.click(*page.evaluate(PLACE, "25195"))
    page.wait_for_url("**/ho-so-xa?**")
    page.get_by_role("heading", name="Phường Tân Phú").first.wait_for()
    assert "unit=25195" in page.url and "units=2021" in page.url
