"""How a test starts the dashboard, and moves about it without racing it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page, ViewportSize, WebSocket

PROJECT = Path(__file__).parents[2]
HOST = "127.0.0.1"
START_TIMEOUT_S = 60
RUN_TIMEOUT_MS = 30_000

CHROMIUM_FLAGS = [
    "--no-sandbox",  # there is none for root, who runs CI
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    # Chromium's own business is not to be taken for the dashboard's.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A request that leaves the machine goes nowhere, and the page fixture reports it.
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
]


@contextmanager
def serve(
    home: Path, log: Path, script: str = "server.py", folder: Path = PROJECT, options: Sequence[str] = ()
) -> Iterator[str]:
    """Run a Streamlit script on the data in `home` and yield its address; what it complains of goes to `log`."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", *options]
    environment = os.environ | {"CHILD_DASHBOARD_HOME": str(home)}
    with (
        log.open("w") as complaints,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=complaints) as server,
    ):
        try:
            if not _becomes_ready(server, port):
                raise RuntimeError(f"The dashboard did not start:\n{log.read_text()}")
            yield f"http://{HOST}:{port}"
        finally:
            server.terminate()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _becomes_ready(server: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_TIMEOUT_S
    while server.poll() is None and time.monotonic() < deadline:
        connection = HTTPConnection(HOST, port, timeout=START_TIMEOUT_S)
        try:
            connection.request("GET", "/_stcore/health")
            return connection.getresponse().status == 200
        except ConnectionRefusedError:
            time.sleep(0.1)
        finally:
            connection.close()
    return False


class _Runs:
    """What a tab asked of the server, and whether it was answered.

    The page itself calls a run running only once its first message is there: what follows at once would race it.
    """

    def __init__(self, page: Page) -> None:
        self.awaited = False
        self._begun = False
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        self.awaited = False
        socket.on("framesent", self._note_sent)
        socket.on("framereceived", self._note_received)

    def _note_sent(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).HasField("rerun_script"):
            self.awaited, self._begun = True, False

    def _note_received(self, frame: str | bytes) -> None:
        message = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
        if message.HasField("new_session"):
            self._begun = True
        elif message.HasField("script_finished") and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.awaited = self.awaited and not self._begun


_runs: WeakKeyDictionary[Page, _Runs] = WeakKeyDictionary()


def open_page(page: Page, url: str) -> None:
    """Go to an address, which may be relative to the dashboard's, and wait until it is drawn."""
    if page not in _runs:
        _runs[page] = _Runs(page)
    page.goto(url)
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until the script has run, and then until no part of the page is still being fetched."""
    # What was done a moment ago is sent once the page has taken it in.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    deadline = time.monotonic() + RUN_TIMEOUT_MS / 1000
    while page in _runs and _runs[page].awaited and time.monotonic() < deadline:
        page.wait_for_timeout(10)
    idle = '[data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
    page.locator(idle).wait_for(timeout=RUN_TIMEOUT_MS)
    page.wait_for_function("""() => !document.querySelector('[data-testid="stSkeleton"]')""", timeout=RUN_TIMEOUT_MS)


def upload(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files, each with its name, in the page's box for files."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    payload = [{"name": name, "mimeType": kind, "buffer": content} for name, content in files]
    page.locator("input[type=file]").set_input_files(payload)


SCREENS: list[ViewportSize] = [{"width": 1366, "height": 768}, {"width": 1920, "height": 1080}]
"""A laptop and a projector."""


def assert_fits_screens(page: Page) -> None:
    """Fail where the heading is out of sight, or the page is wider than a laptop's or a projector's screen."""
    for screen in SCREENS:
        page.set_viewport_size(screen)
        heading = page.locator("h2").first
        assert heading.inner_text()
        assert heading.bounding_box()["y"] < 300
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0
