"""Work on files that others sent, in processes of limited memory and time: whatever such a file does, it does there.

Windows knows no such limits; there the clock alone stops what takes too long.
"""

import subprocess
import sys
from math import ceil
from pathlib import Path

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

PROJECT = Path(__file__).resolve().parent.parent
WAIT = 2
"""How many times its processor time a process may take by the clock, before it is taken for stuck."""


def run_limited(module: str, given: bytes, limits: dict[str, int]) -> bytes | None:
    """Return what `python -m module` makes of `given`, None where it fails or needs too much memory or time."""
    try:
        child = subprocess.run(  # noqa: S603  one of this program's own modules
            [sys.executable, "-m", module],
            input=given,
            capture_output=True,
            timeout=WAIT * limits["process_seconds"],
            cwd=PROJECT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return child.stdout if child.returncode == 0 else None


def limit_memory(limits: dict[str, int]) -> None:
    """Let this process have little memory from here on, and leave no image of it when it breaks."""
    if resource:
        # What is written to. Of addresses alone libraries take far more than they use.
        resource.setrlimit(resource.RLIMIT_DATA, (limits["process_bytes"], limits["process_bytes"]))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_time(limits: dict[str, int]) -> None:
    """Let this process be ended (SIGXCPU) when it has worked for so many seconds more.

    Processor time is what counts: how busy the machine is must not decide which report can be read.
    """
    if resource:
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = ceil(used.ru_utime + used.ru_stime) + limits["process_seconds"]
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
