"""The presentation on a laptop and on a projector: nothing is cut, keys turn the screens, and it turns by itself."""

import pytest

from tests.browser.harness import SCREENS, open_page, wait_until_drawn

OVERFLOW = """() => {
  const stage = document.querySelector(".st-key-stage"), main = document.querySelector('[data-testid="stMain"]');
  return [stage.scrollHeight - stage.clientHeight, stage.scrollWidth - stage.clientWidth,
          main.scrollHeight - main.clientHeight, stage.clientHeight / innerHeight];
}"""


@pytest.mark.parametrize("viewport", SCREENS, ids=["laptop", "projector"])
@pytest.mark.parametrize("address", ["period=2024&units=2021", "period=2026-H1&lang=en"])
def test_every_screen_fits_and_is_reached_by_the_arrow_keys(page, address) -> None:
    open_page(page, f"/trinh-chieu?{address}")
    counter = page.locator('[data-testid="stPopover"] button')
    for number in range(1, 15):
        counter.get_by_text(f"{number}/14").wait_for()
        wait_until_drawn(page)
        *over, share = page.evaluate(OVERFLOW)
        assert max(over) <= 1, number
        assert share > 0.75, number
        page.keyboard.press("ArrowRight")
    counter.get_by_text("1/14").wait_for()
    page.keyboard.press("ArrowLeft")
    counter.get_by_text("14/14").wait_for()


def test_it_turns_by_itself(page) -> None:
    open_page(page, "/trinh-chieu?period=2024&units=2021&pause=15")
    page.locator('[data-testid="stPopover"] button').get_by_text("2/14").wait_for(timeout=25_000)
