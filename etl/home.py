"""Where the program keeps what it writes, and how it writes so that nothing is lost."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from etl.definitions import DATA

LOCK_SECONDS = 60
_LOCKS = ("write.lock", "actions.lock", "views.lock", "boundaries/write.lock", "public.lock")
"""Of everybody who writes; each of them holds one alone, so that none waits for another in a ring."""


class Busy(Exception):
    """Another process is writing and did not finish in time."""


def home() -> Path:
    """Return the folder of everything that the program writes."""
    return Path(os.environ.get("CHILD_DASHBOARD_HOME") or DATA / "var")


def warehouse_path(folder: Path) -> Path:
    """Return where the published warehouse is in the program's folder."""
    return folder / "warehouse.duckdb"


def lock(path: Path) -> AcquireReturnProxy:
    """Hold the lock file `path` within a `with` block; raise `Busy` where another process does not let go of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return FileLock(path).acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise Busy(str(path)) from error


@contextmanager
def standing_still(folder: Path) -> Iterator[None]:
    """Hold every writer's lock within a `with` block, so that all files belong together; raise `Busy`."""
    with ExitStack() as held:
        for name in _LOCKS:
            held.enter_context(lock(folder / name))
        yield


def write_durably(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and return once it is on the disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def publish_file(temporary: Path, path: Path) -> None:
    """Put a finished file in the place of another, and return once both file and name are on the disk."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable; Windows keeps its folders so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
