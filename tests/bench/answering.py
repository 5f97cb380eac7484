"""How long the server works for each page, and how soon a change of pages is complete in the browser.

Every page is asked for in several views that were asked for before, by one reader alone.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.analysing import analysis_lines
from tests.bench.homes import sample_home
from tests.bench.line import Line, below
from tests.browser.harness import CHROMIUM_FLAGS, open_page, serve, wait_until_drawn
from tests.browser.wire import Wire
from tests.load_40 import PAGES, addresses

ROUNDS = 3


def measure(folder: Path) -> Iterator[Line]:
    """Yield what pages take, the slowest first, and what the analysts' page does in its own code."""
    home = sample_home(folder.parent)
    with serve(home, folder / "log") as url:
        yield from sorted(_on_the_server(url), key=lambda line: -line.middle)
        yield below("from page to page and back in the browser, complete", _in_the_browser(url), "ms", 300)
    yield from analysis_lines(home)


def _on_the_server(url: str) -> Iterator[Line]:
    by_page: dict[str, list[float]] = {page: [] for page in PAGES}
    with Wire(url) as reader:
        for page, query in addresses():
            reader.run(page, query=query)
        for page, query in addresses() * ROUNDS:
            began = time.perf_counter()
            reader.run(page, query=query)
            by_page[page].append(1000 * (time.perf_counter() - began))
    for page, milliseconds in by_page.items():
        yield below(f"/{page}: from the request to the last message", milliseconds, "ms", 100)


def _in_the_browser(url: str) -> list[float]:
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        open_page(page, url)
        page.get_by_test_id("stMain").get_by_test_id("stPageLink-NavLink").first.click()
        page.wait_for_url(f"{url}/*")
        wait_until_drawn(page)
        for n in range(2 * (ROUNDS + 1)):
            began = time.perf_counter()
            page.go_back(wait_until="commit") if n % 2 == 0 else page.go_forward(wait_until="commit")
            wait_until_drawn(page)
            found.append(1000 * (time.perf_counter() - began))
        browser.close()
    return found[2:]
