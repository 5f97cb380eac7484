"""This server process as it sees itself; the only place that asks Streamlit's runtime, for no command tells it."""

import gc
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.url_util import make_url_path
from uvicorn.protocols.websockets import websockets_sansio_impl
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

STARTED_AT = datetime.now(UTC).replace(tzinfo=None)
SCRIPT = "text/javascript"
_ACTIVE = "active_sessions"
_MEMORY = Path("/proc/self/status")


async def first_run() -> bool:
    """Run `dashboard.py` once, as `/_stcore/script-health-check` does, and return whether it ran without a fault.

    What that left in memory is not looked through again for garbage: it stays, and takes longer than all that comes.
    """
    works, _ = await runtime.get_instance().does_script_run_without_error()
    gc.collect()
    gc.freeze()
    return works


def compress_well() -> None:
    """Compress what connections to come are sent with zlib's usual window.

    uvicorn has no option for it, and in its 4 kB hardly anything repeats: a page takes three times as much. Level 4 is
    five times as fast as zlib's own for 6 % more.
    """

    def usual(**_: object) -> ServerPerMessageDeflateFactory:
        return ServerPerMessageDeflateFactory(
            server_max_window_bits=15, client_max_window_bits=12, compress_settings={"level": 4}
        )

    websockets_sansio_impl.ServerPerMessageDeflateFactory = usual  # type: ignore[assignment,attr-defined]


def hand_out(script: bytes, key: str) -> str:
    """Return the path on this server at which the reader's browser gets a script; `key` names its place in a page.

    The path has the content's hash in it. It stays as long as a page in some browser names it.
    """
    path = runtime.get_instance().media_file_mgr.add(script, SCRIPT, key)
    return make_url_path(st.get_option("server.baseUrlPath"), path)


def sessions() -> int:
    """Return how many browser tabs are connected now."""
    stats = runtime.get_instance().stats_mgr.get_stats([_ACTIVE]) if runtime.exists() else {}
    return sum(getattr(stat, "value", 0) for stat in stats.get(_ACTIVE, ()))


def memory_bytes() -> int | None:
    """Return the memory that the process holds, None where the system does not tell (Linux does)."""
    try:
        line = next(s for s in _MEMORY.read_text(encoding="ascii").splitlines() if s.startswith("VmRSS:"))
    except OSError:
        return None
    return 1024 * int(line.split()[1])
