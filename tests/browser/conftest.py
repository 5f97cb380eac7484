"""The dashboard as its readers meet it: a real server, and a browser that forgives nothing."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import pytest

from tests.browser.harness import CHROMIUM_FLAGS, HOST, serve
from tests.browser.words import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, WebError


EXPECTED = ('"level": "info"', '"event": "refused_')
"""Lines of the server's log that are no complaints: a refusal is the server's duty."""


@pytest.fixture(scope="session")
def server_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the running dashboard complains of: tracebacks, warnings, retired functions."""
    return tmp_path_factory.mktemp("dashboard") / "server.log"


@pytest.fixture(scope="session")
def app_url(demo_home: Path, server_log: Path) -> Iterator[str]:
    """The address of a dashboard on the sample data, started for these tests."""
    with serve(demo_home, server_log) as url:
        yield url


@pytest.fixture(scope="session")
def reader(demo_home: Path) -> Reader:
    """One who reads what pages say."""
    return Reader(demo_home)


# Not for the whole session: as long as Playwright runs, no other test can start an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium: Playwright's own would have to be downloaded."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _give_up("the package playwright")
    chromium = shutil.which("chromium")
    if not chromium:
        _give_up("the command chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def _give_up(missing: str) -> NoReturn:
    reason = f"Browser tests need {missing}, which is not installed"
    if os.environ.get("BROWSER_TESTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def context(browser: Browser, app_url: str) -> Iterator[BrowserContext]:
    """What the tabs have in common: Streamlit's own scripts are fetched and compiled once."""
    context = browser.new_context(base_url=app_url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    yield context
    context.close()


@pytest.fixture
def viewport() -> ViewportSize:
    """An office computer's screen. Tests of other screens parametrize it."""
    return {"width": 1366, "height": 768}


@pytest.fixture
def page(context: BrowserContext, server_log: Path, viewport: ViewportSize) -> Iterator[Page]:
    """An empty tab that fails its test when anything goes wrong behind the test's back."""
    faults: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        address = message.location["url"]
        # On /some-page Streamlit first looks for itself under /some-page/_stcore/.
        expected = "/_stcore/" in urlsplit(address).path[1:]
        if message.type == "error" and not expected:
            faults.append(f"console error: {message.text} ({address})")

    def note_address(address: str) -> None:
        url = urlsplit(address)
        if url.scheme in {"http", "https", "ws", "wss"} and url.hostname != HOST:
            faults.append(f"request that leaves the machine: {address}")

    def note_error(error: WebError) -> None:
        faults.append(f"script error: {error.error}")

    def note_request(request: Request) -> None:
        note_address(request.url)

    def note_sockets(tab: Page) -> None:
        tab.on("websocket", lambda socket: note_address(socket.url))

    notes = {"console": note_console, "weberror": note_error, "request": note_request, "page": note_sockets}
    for event, note in notes.items():
        context.on(event, note)
    log_start = server_log.stat().st_size
    tab = context.new_page()
    tab.set_viewport_size(viewport)
    yield tab

    for tab in context.pages:
        boxes = tab.get_by_test_id("stException").all_inner_texts()
        faults += [f"exception box: {box}" for box in boxes]
        tab.close()
    for event, note in notes.items():
        context.remove_listener(event, note)
    lines = server_log.read_bytes()[log_start:].decode().splitlines()
    faults += [f"server log: {line}" for line in lines if not any(mark in line for mark in EXPECTED)]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
