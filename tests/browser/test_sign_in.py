"""Signing in with a real OpenID provider, and everything that a reader who says what he likes does not get."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import InvalidStatus

from etl.accounts import accounts_path, roles
from pages.shared.text import text_of
from tests.browser.harness import HOST, free_port, open_page, serve, wait_until_drawn
from tests.browser.wire import Got, Wire, chosen, cookie_of, pressed
from tests.navigation import PATHS
from tests.pages.test_access import OWN, READERS, D, with_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

T = text_of("vi")
COOKIE_SECRET = "signs the cookies of these tests alone"  # noqa: S105
FIGURES = {"dataframe", "download_button", "metric", "plotly_chart", "table", "file_uploader"}
"""What a page shows to whom it is open."""


class Server(NamedTuple):
    url: str
    home: Path
    options: list[str]

    def wire(self, reader: str = "signed_out", **how: str) -> Wire:
        """Return a session of a reader of tests/pages/test_access.py."""
        claims = READERS[reader]
        return Wire(self.url, cookie_of(claims, self.url, COOKIE_SECRET) if "email" in claims else {}, **how)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of an OpenID provider that vouches for whoever is named to it."""
    people = [
        {"sub": "officer", "email": "Data_Officer@example.gov.vn", "email_verified": True},
        {"sub": "commune", "email": "commune_officer@example.gov.vn"},
        {"sub": "unverified", "email": "administrator@example.gov.vn", "email_verified": False},
    ]
    port = free_port()
    said = [word for person in people for word in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *said]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def server(demo_home: Path, provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard that people sign in to."""
    folder = tmp_path_factory.mktemp("sign_in")
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://{HOST}:{{port}}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\n'
        f'client_id = "dashboard"\nclient_secret = "x"\n'
        f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n'
    )
    home, options = with_accounts(demo_home, folder / "home"), [f"--secrets.files={secrets}"]
    with serve(home, folder / "log", options=options) as url:
        yield Server(url, home, options)


def wait_for(port: int) -> None:
    for _ in range(300):
        connection = HTTPConnection(HOST, port)
        try:
            return connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError(port)


@contextmanager
def tab(browser: Browser, server: Server) -> Iterator[Page]:
    """Open a browser that nobody signed in with yet."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1366, "height": 768}, locale="vi-VN")
    yield context.new_page()
    context.close()


def sign_in(page: Page, who: str) -> None:
    page.get_by_role("button", name=T("access.sign_in")).click()
    page.get_by_role("button", name=who, exact=True).click()
    page.wait_for_url(re.compile(r":\d+/(\?.*|ho-so-xa.*)?$"))
    wait_until_drawn(page)


def test_sign_in_see_one_s_pages_and_leave(browser, server) -> None:
    with tab(browser, server) as page:
        open_page(page, "/duyet?period=2024&units=2021")
        assert page.locator("h2").inner_text() == T("access.welcome")
        assert page.get_by_role("navigation").count() == 0
        sign_in(page, "officer")
        page.get_by_text(T("nav.section.reporting"), exact=True).click()
        page.get_by_role("menuitem", name=T("nav.review")).click()
        page.get_by_text(T("review.sensitive")).wait_for()
        page.get_by_role("button", name=T("access.sign_out")).click()
        # The provider asks whether to end its own session too, and sends back.
        page.get_by_role("button", name="End session").click()
        page.get_by_role("heading", name=T("access.welcome")).wait_for()
        open_page(page, "/duyet")
        assert page.locator("h2").inner_text() == T("access.welcome")
        # Another account in the same browser.
        sign_in(page, "commune")
        page.get_by_role("heading", name="Phường Bình Phước").wait_for()
        open_page(page, "/duyet")
        page.get_by_text(T("access.page_closed", role=roles()["commune_officer"].name_vi)).wait_for()
        assert page.get_by_test_id("stDataFrame").count() == 0
        # Taken off the list while signed in: gone at the next click.
        open_page(page, f"/ho-so-xa?unit={OWN}")
        accounts = accounts_path(server.home)
        kept = accounts.read_text()
        try:
            accounts.write_text(kept.replace("commune_officer@", "former@"))
            page.get_by_text("English", exact=True).click()
            page.get_by_text("has no role here yet").wait_for()
            wait_until_drawn(page)
            assert page.get_by_test_id("stDataFrame").count() == 0
        finally:
            accounts.write_text(kept)


def test_a_part_of_a_page_passes_the_same_door(server) -> None:
    accounts = accounts_path(server.home)
    kept = accounts.read_text()
    with server.wire("viewer") as wire:
        opened = wire.run(PATHS["map"], query="period=2024&units=2021")
        offered = opened.of("selectbox")[-1]

        def choose(n: int) -> Got:
            widget = chosen(offered, offered.options[n])
            return wire.run(PATHS["map"], query=wire.query, fragment_id=opened.fragment_id, widgets=[widget])

        assert not shows_nothing(choose(1)) and opened.fragment_id
        try:
            accounts.write_text(kept.replace("viewer@", "former@"))
            assert shows_nothing(choose(2))
        finally:
            accounts.write_text(kept)


def test_the_provider_s_word_alone_is_no_account(browser, server) -> None:
    with tab(browser, server) as page:
        open_page(page, "/")
        sign_in(page, "unverified")
        assert "chưa được cấp quyền" in page.get_by_role("alert").inner_text()
        cookie = next(c for c in page.context.cookies() if c["name"] == "_streamlit_user")
        assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
        page.context.add_cookies([{**cookie, "value": cookie["value"][:-4] + "abcd"}])
        open_page(page, "/tong-quan")
        assert page.locator("h2").inner_text() == T("access.welcome")


def shows_nothing(got: Got) -> bool:
    return not got.kinds & FIGURES


def test_each_role_opens_every_address_by_its_link(server) -> None:
    for reader in (*roles(), "stranger", "signed_out"):
        role, opened = roles().get(reader), set()
        with server.wire(reader) as wire:
            for page, path in PATHS.items():
                got = wire.run(path, query="period=2024&units=2021&unit=25222")
                assert not got.of("exception") and not got.of_type("page_not_found"), (reader, page)
                if role is None or T("access.page_closed", role=role.name_vi) in got.words():
                    assert shows_nothing(got), (reader, page)
                else:
                    opened.add(page)
        assert opened == (role.pages if role else set()), reader


def test_forged_words_do_nothing(server) -> None:
    journal = (server.home / "archive" / "journal.jsonl").read_bytes()
    with server.wire("data_officer") as officer, server.wire("viewer") as viewer, server.wire() as stranger:
        review = officer.run(PATHS["review"])
        close = next(b.id for b in review.of("button") if b.label == T("review.close"))
        # Said by who may, it is heard: the decision is refused for want of an office alone.
        assert "Hãy ghi ai quyết định" in officer.run(PATHS["review"], widgets=[pressed(close)]).words()
        for wire in (viewer, stranger):
            for page in ("review", "overview"):
                got = wire.run(PATHS[page], widgets=[pressed(close)])
                assert "Hãy ghi ai quyết định" not in got.words()
                assert (page == "overview" and wire is viewer) or shows_nothing(got)
        # Another's session, known by its number, is not taken over.
        for reader in ("viewer", "signed_out"):
            with server.wire(reader, resume=officer.session_id) as wire:
                assert shows_nothing(wire.run(PATHS["review"]))
                assert wire.session_id != officer.session_id
    assert (server.home / "archive" / "journal.jsonl").read_bytes() == journal


def test_a_cookie_counts_only_as_it_was_given(server) -> None:
    administrator = READERS["administrator"]
    real = cookie_of(administrator, server.url, COOKIE_SECRET)
    with Wire(server.url, real) as wire:
        assert not shows_nothing(wire.run(PATHS["overview"]))
        # Another site's page has no token.
        assert wire.request("PUT", f"/_stcore/upload_file/{wire.session_id}/1", b"x")[0] == 403
    forged = {
        "cut": {"_streamlit_user": real["_streamlit_user"][:-4] + "abcd"},
        "other secret": cookie_of(administrator, server.url, "guessed" * 6),
        "of another server": cookie_of(administrator, "http://other.example", COOKIE_SECRET),
        "unsigned": {"_streamlit_user": json.dumps({**administrator, "origin": server.url})},
    }
    for name, cookie in forged.items():
        with Wire(server.url, cookie) as wire:
            assert T("access.welcome") in wire.run(PATHS["overview"]).words(), name
    with pytest.raises(InvalidStatus):
        Wire(server.url, real, origin="http://other.example")


FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nunit_code\r\n--x--\r\n'


def test_files_are_sent_and_taken_by_accounts_alone(server) -> None:
    def take(wire: Wire, path: str) -> int:
        return wire.request("GET", path)[0]

    def send(wire: Wire, session: str) -> int:
        headers = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": wire.xsrf}
        return wire.request("PUT", f"/_stcore/upload_file/{session}/1", FORM, **headers)[0]

    with server.wire("administrator") as owner, server.wire("viewer") as viewer, server.wire("stranger") as stranger:
        offered = owner.run(PATHS["log"]).of("download_button")
        # Nothing lies ready under an address: a file is written for who presses the button.
        assert [(o.url, bool(o.deferred_file_id)) for o in offered] == [("", True)] * 2
        path = owner.download(offered[0].deferred_file_id)
        with server.wire() as signed_out:
            assert [take(w, path) for w in (owner, stranger, signed_out)] == [200, 403, 403]
            assert [send(w, w.session_id) for w in (owner, stranger, signed_out)] == [204, 403, 403]
            # What draws the door is for everyone.
            font = next((Path(streamlit.__file__).parent / "static" / "static" / "media").glob("*.woff2"))
            assert take(signed_out, f"/static/media/{font.name}") == 200
        assert send(viewer, "00000000-0000-0000-0000-000000000000") == 400
        # What docs/threats.md says: an account that knows the address gets the file, for as long as it is kept.
        assert take(viewer, path) == 200
        for _ in range(2):
            owner.run(PATHS["dictionary"])
        assert take(owner, path) == 404
        for path in ("/accounts.toml", "/pages/review.py", "/app/static/accounts.toml", "/.streamlit/secrets.toml"):
            assert b"<!DOCTYPE html>" in owner.request("GET", path)[1], path
        assert owner.request("POST", "/_stcore/agent/interact", b"{}")[0] == 403


def test_before_the_dashboard_ran_once_its_files_show_nothing(server, tmp_path) -> None:
    """Until then Streamlit runs each file in `pages/` by itself, under the file's name."""
    with serve(server.home, tmp_path / "log", "dashboard.py", options=server.options) as url:
        tried = [(page, "signed_out") for page in sorted(PATHS)]
        tried += [(page, "commune_officer") for page in ("log", "overview", "review", "sql")]
        wires = {(page, reader): server._replace(url=url).wire(reader) for page, reader in tried}
        for (page, _), wire in wires.items():
            message = BackMsg()
            message.rerun_script.page_name = page
            wire.send(message)
        got = {key: wire.receive() for key, wire in wires.items()}
        for wire in wires.values():
            wire.close()
    listed = [
        {p.url_pathname for m in one.messages if m.HasField("navigation") for p in m.navigation.app_pages}
        for one in got.values()
    ]
    assert "review" in listed[0], "the server was warm already: the test tried nothing"
    for (page, reader), one in got.items():
        if reader == "signed_out":
            assert shows_nothing(one) and T("access.welcome") in one.words(), page
        else:
            # From dashboard.py: the first page of the role.
            assert D.units["2025", OWN].name in one.words(), page
            assert not one.of("file_uploader") and not one.of("metric") and not one.of("table"), page


def reason(wire: Wire) -> str:
    with wire:
        got = wire.run(PATHS["overview"])
    assert shows_nothing(got)
    return got.words()


def test_without_sign_in_only_this_machine_is_served(app_url, demo_home, tmp_path) -> None:
    with Wire(app_url) as here:
        assert not shows_nothing(here.run(PATHS["overview"]))
    port = app_url.rsplit(":", 1)[1]
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host"):
        assert T("access.from_elsewhere") in reason(Wire(app_url, headers={name: "10.0.0.7"}))
    # A name that another site made its own lead to this machine; only such a page's origin is let through at all.
    rebound = f"http://rebound.example:{port}"
    assert T("access.from_elsewhere") in reason(Wire(rebound, at=app_url))
    with pytest.raises(InvalidStatus):
        Wire(app_url, origin="http://other.example")
    home = with_accounts(demo_home, tmp_path / "home")
    with serve(home, tmp_path / "log", options=["--server.address=0.0.0.0"]) as url:
        assert T("access.from_elsewhere") in reason(Wire(url))
