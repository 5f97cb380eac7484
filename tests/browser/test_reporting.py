"""The map of who reported, in a real browser."""

import pytest

from tests.browser.harness import open_page
from tests.browser.test_maps import PLACE, VIEW


@pytest.mark.parametrize(("period", "units"), [("2023", 111), ("2026-H1", 40)])
def test_the_states_on_the_map_add_up(page, period, units) -> None:
    open_page(page, f"/tinh-hinh-bao-cao?period={period}")
    page.wait_for_function(f"({VIEW})()?.outlines")
    counts = [int(b.inner_text().rsplit(":", 1)[1]) for b in page.locator(".legend button").all()]
    assert sum(counts) == units
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
