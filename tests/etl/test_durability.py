"""Disks that are full, read-only, forbidden or gone, killed processes and two machines on one share.

The faults are real: file systems, limits and machine names of a process's own. What is asked each time: a message in
two languages, nothing lost or half written, and that the next run simply works.
"""

import ctypes
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl import home as keeping
from etl.__main__ import main
from etl.actions import Action, actions, record
from etl.archive import Archive
from etl.backup import backup, inspect, restore
from etl.decisions import Decision
from etl.definitions import load
from etl.doctor import examine
from etl.home import Busy, lock, warehouse_path
from etl.load import check, decide, load_reports
from etl.storage import StorageFault
from etl.views import save_view, saved_views
from tests.crash_500 import OFFICE, done, forked, forms

if sys.platform != "linux":
    pytest.skip("mounts, limits and names of a process's own are Linux's", allow_module_level=True)

D = load()
FORMS = forms(3)
NEW_MOUNTS, NEW_NAME = 0x00020000, 0x04000000
ACTION = Action("2021", "25216", "Mở điểm vui chơi", next(iter(D.offices)), date(2999, 1, 1), OFFICE, target=5)
PROJECT = Path(__file__).parents[2]


def apart(flags: int) -> None:
    """Let this process have mounts, or a machine's name, of its own."""
    if ctypes.CDLL(None, use_errno=True).unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")
    if flags & NEW_MOUNTS:
        mount("--make-rprivate", "/")


def mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


def is_permitted() -> bool:
    child = os.fork()
    if not child:
        try:
            apart(NEW_MOUNTS | NEW_NAME)
        except (OSError, subprocess.SubprocessError):
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


own_mounts = pytest.mark.skipif(not is_permitted(), reason="this system lets no process have mounts of its own")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with two reports, an approval, a measure and a view."""
    home = tmp_path_factory.mktemp("sound") / "home"

    def build() -> None:
        load_reports(FORMS[:2], home)
        decide([approval(home)], home)
        record(home, ACTION, D)
        save_view(home, "Sáu xã", "period=2021", D)

    assert done(forked(build))
    return home


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "home")
    return tmp_path / "home"


def approval(home: Path) -> Decision:
    with duckdb.connect(warehouse_path(home), read_only=True) as con:
        (one,) = con.execute("SELECT min(submission_id) FROM submission WHERE status = 'accepted'").fetchall()[0]
    return Decision("approved", OFFICE, "2021", submission_id=one)


def contents(home: Path) -> dict[str, bytes]:
    """Return every file of a house but those that locks consist of."""
    files = (p for p in home.rglob("*") if p.is_file() and p.suffix != ".lock")
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in files}


def is_told(fault: Exception, rule: str, place: Path) -> None:
    assert isinstance(fault, StorageFault)
    assert fault.problem.rule == rule, fault
    for message in (fault.problem.message_vi, fault.problem.message_en):
        assert str(place) in message and "{" not in message
    assert fault.problem.message_vi != fault.problem.message_en


def refused(work: Callable[[], object], rule: str, place: Path) -> None:
    with pytest.raises(StorageFault) as fault:
        work()
    is_told(fault.value, rule, place)


def nothing_is_lost(before: dict[str, bytes], home: Path) -> None:
    """Fail unless all files are as they were, journals perhaps with more lines, and nothing lies about unfinished."""
    now = contents(home)
    assert before.keys() <= now.keys() and not [name for name in now if ".part" in name]
    for name, content in before.items():
        assert now[name].startswith(content) if name.endswith(".jsonl") else now[name] == content, name


def next_run_works(home: Path, *, deep: bool = False) -> None:
    """Load what did not come in before; `deep`: figures must be those of a clean rebuild."""
    assert [a.status for a in load_reports(FORMS, home)] == ["accepted", "approved", "accepted"]
    assert {f.rule for f in examine(home, deep=deep)} <= {"doctor_little_room"}


def fill(disk: Path, free_bytes: int) -> None:
    (disk / "filling").unlink(missing_ok=True)
    status = os.statvfs(disk)
    with (disk / "filling").open("wb", buffering=0) as file:
        left = status.f_bavail * status.f_frsize - free_bytes
        file.write(bytes(left))


@own_mounts
def test_a_disk_that_fills_up(home, tmp_path, monkeypatch, capfd) -> None:
    """While reports are archived, and while the warehouse is copied."""

    def faulty_disk() -> None:
        apart(NEW_MOUNTS)
        disk, sent = tmp_path / "disk", tmp_path / FORMS[2].file_name
        disk.mkdir()
        mount("-t", "tmpfs", "-o", "size=120m", "none", disk)
        shutil.copytree(home, disk / "home")
        small = disk / "home"
        sent.write_bytes(FORMS[2].content)
        monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(small))
        before = contents(small)
        fill(disk, 0)
        refused(lambda: record(small, ACTION, D), "storage_full", small)
        refused(lambda: save_view(small, "Khác", "period=2022", D), "storage_full", small)
        refused(lambda: decide([approval(small)], small), "storage_full", small)
        assert contents(small) == before
        assert "doctor_not_writable" in {f.rule for f in examine(small)}
        # What is wanted most of such a disk is a copy of it, elsewhere.
        assert inspect(backup(small, tmp_path / "elsewhere.zip", lambda _: None)).reports == 2
        fill(disk, 40_000)
        refused(lambda: backup(small, disk / "out", lambda _: None), "storage_full", disk / "out")
        assert list((disk / "out").iterdir()) == []
        for free_bytes in (20_000, (small / "warehouse.duckdb").stat().st_size // 2):
            fill(disk, free_bytes)
            capfd.readouterr()
            assert main(["load", str(sent)]) == 1
            said = capfd.readouterr().err
            assert "Ổ đĩa đã đầy" in said and "The disk is full" in said and "Traceback" not in said
            nothing_is_lost(before, small)
        (disk / "filling").unlink()
        next_run_works(small, deep=True)
        assert len(actions(small)) == len(saved_views(small)) == 1

    assert done(forked(faulty_disk))


@own_mounts
def test_a_disk_that_can_only_be_read(home, tmp_path, monkeypatch, capfd) -> None:
    def faulty_disk() -> None:
        apart(NEW_MOUNTS)
        before = contents(home)
        packed = backup(home, tmp_path / "before.zip", lambda _: None)
        mount("--bind", home, home)
        mount("-o", "remount,bind,ro", home)
        for work in (
            lambda: load_reports(FORMS[2:], home),
            lambda: decide([approval(home)], home),
            lambda: record(home, ACTION, D),
            lambda: restore(packed, home, lambda _: None),
        ):
            refused(work, "storage_read_only", home)
        monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(home))
        assert main(["rebuild"]) == 1
        assert "chỉ cho đọc" in capfd.readouterr().err
        assert [f.rule for f in examine(home)] == ["doctor_not_writable"]
        assert [a.status for a in check(FORMS[2:], home)] == ["accepted"]
        assert inspect(backup(home, tmp_path / "after.zip", lambda _: None)) is not None
        mount("-o", "remount,bind,rw", home)
        nothing_is_lost(before, home)
        next_run_works(home)

    assert done(forked(faulty_disk))


def test_files_may_not_be_so_large(home) -> None:
    def limited() -> None:
        before = contents(home)
        for most in (1_000, 2_000_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
            refused(lambda: load_reports(FORMS[2:], home), "storage_file_too_large", home)
            nothing_is_lost(before, home)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        next_run_works(home)

    assert done(forked(limited))


def test_half_a_decision_is_none(home) -> None:
    """Of decisions taken together, all are in the journal or none."""
    journal = Archive(home).journal
    before = journal.read_bytes()
    several = [Decision("closed", OFFICE, "2021", reason="Đủ " + "x" * 200)] * 20

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 2_000, resource.RLIM_INFINITY))
        with pytest.raises(OSError, match="too large"):
            Archive(home).decide(several)

    assert done(forked(limited))
    assert journal.read_bytes() == before


def test_a_folder_without_permission(home) -> None:
    """On the command line, by an account that may read and not write."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write anywhere, and there is no setpriv to take that from it")
    for folder in (home, *(p for p in home.rglob("*") if p.is_dir())):
        folder.chmod(0o555)
    (home / "write.lock").chmod(0o444)
    before = contents(home)
    few = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    tried = subprocess.run(
        [*few, sys.executable, "-m", "etl", "rebuild"],
        cwd=PROJECT,
        env=os.environ | {"CHILD_DASHBOARD_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    for folder in (home, *(p for p in home.rglob("*") if p.is_dir())):
        folder.chmod(0o755)
    (home / "write.lock").chmod(0o644)
    assert tried.returncode == 1
    assert "không có quyền" in tried.stderr and "no permission" in tried.stderr and "Traceback" not in tried.stderr
    assert contents(home) == before


def test_a_share_that_is_disconnected_during_a_load(home) -> None:
    away = home.with_name("away")

    def disconnect(share: float) -> None:
        if share > 0.5 and home.exists():
            home.rename(away)

    def faulty_share() -> None:
        before = contents(home)
        refused(lambda: load_reports(FORMS[2:], home, disconnect), "storage_gone", home)
        assert not home.exists()
        away.rename(home)
        nothing_is_lost(before, home)
        # Its own record of the lock was out of reach when this process let go of it.
        next_run_works(home)

    assert done(forked(faulty_share))
    with pytest.raises(StorageFault, match=r"không ghi được.*could not be read or written"):
        load_reports(FORMS, home / "warehouse.duckdb" / "inside")


# Locks ------------------------------------------------------------------------------------------------------


@contextmanager
def holding(path: Path, begin: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Let another process hold a lock, after it has done `begin`; it is killed at the end at the latest."""
    ready = multiprocessing.get_context("fork").Event()

    def hold() -> None:
        begin()
        with lock(path):
            ready.set()
            time.sleep(60)

    process = forked(hold)
    try:
        assert ready.wait(10)
        yield process
    finally:
        os.kill(process, signal.SIGKILL)
        assert not done(process)


def other_machine(path: Path) -> None:
    """Let this process be on a machine of another name, to which the share does not pass on the locks of this one."""
    apart(NEW_MOUNTS | NEW_NAME)
    subprocess.run(["hostname", "may-hai"], check=True)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    own.touch()
    path.touch()
    mount("--bind", own, path)


def test_a_lock_names_its_holder_and_ends_with_it(tmp_path, monkeypatch) -> None:
    path = tmp_path / "write.lock"
    with holding(path) as process:
        monkeypatch.setattr(keeping, "LOCK_SECONDS", 0.2)
        with pytest.raises(Busy) as busy, lock(path):
            pass
        for message in (busy.value.problem.message_vi, busy.value.problem.message_en):
            assert f" {process} " in message and os.uname().nodename in message and "(UTC)" in message
    # What the killed process left is taken over silently.
    assert (tmp_path / "write.holder").exists()
    with lock(path):
        pass
    assert not (tmp_path / "write.holder").exists()


def test_a_record_whose_number_another_process_got_is_no_lock(tmp_path, monkeypatch) -> None:
    with holding(tmp_path / "write.lock") as process:
        left = (tmp_path / "write.holder").read_text()
    monkeypatch.setattr(keeping, "LOCK_SECONDS", 0.5)
    (tmp_path / "write.holder").write_text(left.replace(f"pid={process}", f"pid={os.getppid()}"))
    with lock(tmp_path / "write.lock"):
        pass


@own_mounts
def test_another_machine_is_respected_as_long_as_it_gives_signs_of_life(tmp_path, monkeypatch) -> None:
    path = tmp_path / "write.lock"
    monkeypatch.setattr(keeping, "LEASE_SECONDS", 1.5)
    monkeypatch.setattr(keeping, "LOCK_SECONDS", 3)
    # The wait is twice as long as it would take to take over from a machine that had failed.
    with holding(path, lambda: other_machine(path)), pytest.raises(Busy, match="may-hai"), lock(path):
        pass
    began = time.monotonic()
    with lock(path):
        pass
    assert time.monotonic() - began < 3


@own_mounts
def test_only_one_of_several_machines_takes_over(tmp_path) -> None:
    path, inside, entered = tmp_path / "write.lock", tmp_path / "inside", tmp_path / "entered"
    with holding(path, lambda: other_machine(path)):
        pass
    long_ago = time.time() - 2 * keeping.LEASE_SECONDS
    os.utime(tmp_path / "write.holder", (long_ago, long_ago))
    start = multiprocessing.get_context("fork").Event()

    def enter() -> None:
        other_machine(path)
        start.wait()
        for _ in range(5):
            with lock(path):
                inside.touch(exist_ok=False)
                with entered.open("a") as file:
                    file.write("x")
                inside.unlink()

    machines = [forked(enter) for _ in range(4)]
    start.set()
    ended = [done(machine) for machine in machines]
    assert all(ended)
    assert entered.read_text() == "x" * 20


# Upgrades ---------------------------------------------------------------------------------------------------


def older(warehouse: Path) -> None:
    with duckdb.connect(warehouse) as con:
        con.execute("UPDATE warehouse_info SET schema_version = schema_version - 1")
        con.execute("DROP TABLE play_area")


def other_duckdb(warehouse: Path) -> None:
    """Let the file say that it is of a version of DuckDB that nobody knows yet."""
    content = bytearray(warehouse.read_bytes())
    content[12:20] = (9_999).to_bytes(8, "little")
    warehouse.write_bytes(content)


@pytest.mark.parametrize("make", [older, other_duckdb])
def test_a_warehouse_of_another_version_is_built_again_by_the_next_load(make, home) -> None:
    def upgraded() -> None:
        make(warehouse_path(home))
        assert [f.rule for f in examine(home)] == ["doctor_warehouse"]
        next_run_works(home)

    assert done(forked(upgraded))
