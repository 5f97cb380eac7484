"""Where the program keeps what it writes, and how it writes so that nothing is lost."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, LeaseSettingsMismatch, SoftFileLease, Timeout

from etl.definitions import DATA, load
from etl.refusal import Refused
from etl.storage import in_words

LOCK_SECONDS = 60
LEASE_SECONDS = 15 * 60
"""A machine that gave no sign of life for so long holds no lock any more. A sign comes three times as often, however
long the work takes; the clocks of two machines may differ by some minutes."""
_LOCKS = ("write.lock", "actions.lock", "views.lock", "boundaries/write.lock", "public.lock")
"""Of everybody who writes; each of them holds one alone, so that none waits for another in a ring."""


class Busy(Refused):
    """Another process is writing and did not finish in time; `holder` names it, in Vietnamese and English."""

    def __init__(self, record: Path) -> None:
        said: dict[str, str] = {}
        with suppress(OSError):
            said = dict(line.partition("=")[::2] for line in record.read_text(errors="replace").splitlines())
        self.record = record
        self.holder = "Một tiến trình khác", "Another process"
        if "pid" in said:
            vi = f"Tiến trình {said['pid']} trên máy {said.get('host')}, bắt đầu lúc {said.get('since')} (UTC),"
            en = f"Process {said['pid']} on the machine {said.get('host')}, begun at {said.get('since')} (UTC),"
            self.holder = vi, en
        super().__init__(load(), "busy", holder=self.holder, limit=LEASE_SECONDS // 60)


def home() -> Path:
    """Return the folder of everything that the program writes."""
    return Path(os.environ.get("CHILD_DASHBOARD_HOME") or DATA / "var")


def warehouse_path(folder: Path) -> Path:
    """Return where the published warehouse is in the program's folder."""
    return folder / "warehouse.duckdb"


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path` within a `with` block; raise `Busy` where another process does not let go of it.

    The system frees the lock of a process that ended. Not every share passes such locks on to other machines, so a
    record beside it names its holder: it is renewed while the work goes on, and no longer counts when it is not.
    What storage refuses within the block is raised as a `StorageFault`.
    """
    record = path.with_suffix(".holder")
    with in_words(path.parent), ExitStack() as held:
        make_folder(path.parent)
        lease = SoftFileLease(record, lease_duration=LEASE_SECONDS)
        try:
            held.enter_context(FileLock(path).acquire(timeout=LOCK_SECONDS))
            if lease.is_lock_held_by_us:
                # This process let go of it while the share was away.
                lease.force_break()
            held.enter_context(lease.acquire(timeout=LOCK_SECONDS))
        except (Timeout, LeaseSettingsMismatch) as error:
            raise Busy(record) from error
        with record.open("a") as file:
            file.write(f"since={datetime.now(UTC):%Y-%m-%d %H:%M}\n")
        yield


@contextmanager
def standing_still(folder: Path) -> Iterator[None]:
    """Hold every writer's lock within a `with` block, so that all files belong together; raise as `lock` does."""
    with ExitStack() as held:
        for name in _LOCKS:
            held.enter_context(lock(folder / name))
        yield


def make_folder(folder: Path) -> None:
    """Make a folder where there is none, and return once its name and those above it are on the disk."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and return once its content is on the disk.

    Its name is there once `sync_folder` was called; whoever writes several files into a folder calls it once.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


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
