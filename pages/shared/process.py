"""This server process as it sees itself; the only place that asks Streamlit's runtime, for no command tells it."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.url_util import make_url_path

STARTED_AT = datetime.now(UTC).replace(tzinfo=None)
SCRIPT = "text/javascript"
_ACTIVE = "active_sessions"
_MEMORY = Path("/proc/self/status")


async def first_run() -> bool:
    """Run `dashboard.py` once, as `/_stcore/script-health-check` does, and return whether it ran without a fault."""
    works, _ = await runtime.get_instance().does_script_run_without_error()
    return works


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
