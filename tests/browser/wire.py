"""A reader without a browser: speaks to the server as Streamlit's own front end does, and says whatever it likes."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.message import Message

TIMEOUT_S = 60
EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN


class Got:
    """What one run of the script sent: its elements, by their kinds and in words."""

    def __init__(self, messages: Iterable[ForwardMsg]) -> None:
        self.messages = list(messages)
        elements = [
            m.delta.new_element for m in self.messages if m.HasField("delta") and m.delta.HasField("new_element")
        ]
        self.elements: list[tuple[str, Message]] = [
            (kind, getattr(e, kind)) for e in elements if (kind := e.WhichOneof("type"))
        ]

    @property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.elements}

    def of(self, kind: str) -> list[Any]:
        return [element for name, element in self.elements if name == kind]

    def of_type(self, kind: str) -> list[Any]:
        return [getattr(m, kind) for m in self.messages if m.WhichOneof("type") == kind]

    @property
    def fragment_id(self) -> str:
        """What to call the part of the page that its own widgets draw anew alone; empty where there is none."""
        return next((m.delta.fragment_id for m in self.messages if m.delta.fragment_id), "")

    def words(self) -> str:
        return " ".join(e.body for kind in ("heading", "markdown", "alert") for e in self.of(kind))


class _CountingSocket(socket.socket):
    """A socket that knows how much came through it."""

    received = 0

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        data = super().recv(size, flags)
        self.received += len(data)
        return data


class Wire:
    """One session of a server at `url`, with the cookie of whoever signed in; `at`: where the server really is."""

    def __init__(
        self,
        url: str,
        cookies: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        origin: str | None = None,
        resume: str = "",
        at: str = "",
    ) -> None:
        self.url = url
        place = urlsplit(at or url)
        self.xsrf = generate_xsrf_token_string()
        self.cookies = {"_streamlit_xsrf": self.xsrf, **(cookies or {})}
        self._line = _CountingSocket()
        self._line.connect((place.hostname, place.port))
        protocols = ["streamlit", self.xsrf, *([resume] if resume else [])]
        self._connection = connect(
            url.replace("http", "ws") + "/_stcore/stream",
            origin=origin or url,  # type: ignore[arg-type]
            subprotocols=protocols,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookie_header(), **(headers or {})},
            sock=self._line,
            max_size=None,
            proxy=None,
        )
        self._socket = self._connection.__enter__()
        self._known: dict[str, ForwardMsg] = {}
        self.session_id = ""
        self.query = ""
        """What the address says of the page, as the server last wrote it there."""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.__exit__(None, None, None)

    @property
    def received_bytes(self) -> int:
        """How much came over the line, as it came."""
        return self._line.received

    @property
    def is_compressed(self) -> bool:
        """Tell whether the server agreed to compress what it sends."""
        return bool(self._socket.protocol.extensions)

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def run(
        self,
        page: str = "",
        *,
        query: str = "",
        page_hash: str = "",
        fragment_id: str = "",
        widgets: Iterable[WidgetState] = (),
    ) -> Got:
        """Open an address, or do something there, and return what came of it."""
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.query_string, state.page_script_hash = page, query, page_hash
        state.fragment_id = fragment_id
        state.widget_states.widgets.extend(widgets)
        self.send(message)
        return self.receive()

    def send(self, message: BackMsg) -> None:
        self._socket.send(message.SerializeToString())

    def receive(self) -> Got:
        """Return all that the script sends until it is through; where it starts itself anew, also what came before."""
        messages = []
        while True:
            message = self._message()
            messages.append(message)
            if message.HasField("new_session"):
                self.session_id = message.new_session.initialize.session_id or self.session_id
            if message.HasField("page_info_changed"):
                self.query = message.page_info_changed.query_string
            if message.WhichOneof("type") == "script_finished" and message.script_finished != EARLY:
                return Got(messages)

    def _message(self) -> ForwardMsg:
        """Return the next message; one that was sent before comes as a reference to it."""
        message = ForwardMsg()
        message.ParseFromString(self._socket.recv(TIMEOUT_S, decode=False))
        if message.WhichOneof("type") != "ref_hash":
            if message.hash:
                self._known[message.hash] = message
            return message
        whole = ForwardMsg()
        whole.CopyFrom(self._known[message.ref_hash])
        whole.metadata.CopyFrom(message.metadata)
        return whole

    def download(self, deferred_file_id: str) -> str:
        """Press a button that offers a file and return the address at which the file then is."""
        message = BackMsg()
        message.backend_operation_request.request_id = "1"
        message.backend_operation_request.session_id = self.session_id
        message.backend_operation_request.deferred_file.file_id = deferred_file_id
        self.send(message)
        while True:
            answer = self._message()
            if answer.HasField("backend_operation_response"):
                return str(answer.backend_operation_response.deferred_file.url)

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Ask for another address as this reader; return status and content of the answer."""
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT_S)) as connection:
            connection.request(method, path, body, {"Cookie": self._cookie_header(), **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()


def pressed(widget_id: str) -> WidgetState:
    """Return what the front end says when a button is pressed."""
    return WidgetState(id=widget_id, trigger_value=True)


def chosen(selectbox: Any, option: str) -> WidgetState:
    """Return what the front end says when something is chosen from a list."""
    return WidgetState(id=selectbox.id, string_value=option)


def cookie_of(claims: Mapping[str, object], origin: str, secret: str) -> dict[str, str]:
    """Return the cookie that a server with this secret gives to whoever signs in with these claims."""
    said = json.dumps({**claims, "origin": origin, "is_logged_in": True, "provider": "default"})
    return {"_streamlit_user": create_signed_value(secret, "_streamlit_user", said).decode()}
