"""How a test moves about the dashboard without racing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

RUN_TIMEOUT_MS = 30_000


def open_page(page: Page, url: str) -> None:
    """Go to an address, which may be relative to the dashboard's, and wait until it is drawn."""
    page.goto(url)
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until the script has run, and then until no part of the page is still being fetched."""
    idle = '[data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
    page.locator(idle).wait_for(timeout=RUN_TIMEOUT_MS)
    page.wait_for_function("""() => !document.querySelector('[data-testid="stSkeleton"]')""", timeout=RUN_TIMEOUT_MS)
