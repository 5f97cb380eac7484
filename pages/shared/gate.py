"""What the server gives and takes beside the pages: files to take away, files that are sent, and the drawings of maps.

Streamlit hands them to whoever knows their address. With sign-in, only who has an account gets there.
"""

import json

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_secrets_auth_section
from streamlit.url_util import make_url_path
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from etl.accounts import account_of
from etl.definitions import DefinitionError
from etl.home import home
from pages.shared.process import SCRIPT

_GUARDED = ("media/", "_stcore/upload_file/")


class Gate:
    """Middleware that answers 403 to whoever has no account and asks for a file, or sends one.

    What draws a map it lets browsers keep for good.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        base = st.get_option("server.baseUrlPath")
        guarded = scope["type"] == "http" and scope["path"].startswith(tuple(make_url_path(base, g) for g in _GUARDED))
        if guarded and get_secrets_auth_section() and not _has_account(HTTPConnection(scope)):
            await PlainTextResponse("Sign in first.", status_code=403)(scope, receive, send)
        else:
            await self.app(scope, receive, _for_good(send) if guarded else send)


def _for_good(send: Send) -> Send:
    """Let the browser keep what draws a map: its address changes with its content. Nothing else is a script."""

    async def send_to_keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("Content-Type", "").startswith(SCRIPT):
                headers["Cache-Control"] = "private, max-age=31536000, immutable"
        await send(message)

    return send_to_keep


def _has_account(asked: HTTPConnection) -> bool:
    told = _get_signed_cookie_with_chunks(asked.cookies, USER_COOKIE_NAME)
    try:
        return told is not None and account_of(json.loads(told), home()) is not None
    except DefinitionError:
        return False
