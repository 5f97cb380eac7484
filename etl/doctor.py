"""What is wrong with the program's folder: reports, journals, warehouse, outlines, disk; and what can be mended.

Only what can be derived is ever mended. Reports and journals are told about, and taken from a backup by people.
"""

import json
import os
import re
import shutil
import stat
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb

from etl.accounts import account_contradictions, accounts_path
from etl.actions import actions, actions_path
from etl.archive import Archive
from etl.boundaries import draw_outlines, full_outlines_path, outlines_path, redraw_outlines
from etl.definitions import DefinitionError, Definitions, load
from etl.home import LEASE_SECONDS, Busy, standing_still, warehouse_path
from etl.journal import read_journal
from etl.load import build, rebuild
from etl.publication import quoted
from etl.report import word_problem
from etl.storage import StorageFault
from etl.views import saved_views, views_path
from etl.warehouse import Progress, is_current, taken_in
from etl.wording import listed

_LEAST_FREE_BYTES = 200_000_000
"""Beside twice the warehouse: publishing writes a new one next to the old, and a reader may still hold an older one."""
_listed = partial(listed, most=5)
SECRETS = Path(__file__).parents[1] / ".streamlit" / "secrets.toml"
"""With what Streamlit signs people in (docs/sign_in.md)."""
_TEMPORARY = re.compile(r"\..+\.part(\..+)?")


class Finding(NamedTuple):
    """Something wrong, and what to do about it. `repairable`: `repair` mends it, and loses nothing."""

    severity: str
    rule: str
    value: str | None
    message_vi: str
    message_en: str
    repairable: bool


class _Findings:
    """Collects findings, worded by the definitions; `archive_whole`: all reports and their journal are as they were."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.rows: list[Finding] = []
        self.archive_whole = True

    def add(self, rule: str, value: object = None, **params: object) -> None:
        p = word_problem(self.definitions, rule, None, None, None, value, params)
        repairable = rule in _REPAIRS and (rule not in _FROM_ARCHIVE or self.archive_whole)
        self.rows.append(Finding(p.severity, rule, p.value, p.message_vi, p.message_en, repairable))


def examine(home: Path, *, deep: bool = False, progress: Progress = lambda _: None) -> list[Finding]:
    """Return what is wrong with the program's folder `home`; change nothing. Writers wait meanwhile.

    `deep` also builds the warehouse a second time, elsewhere, and compares all its tables.
    """
    try:
        found = _Findings(load())
    except (DefinitionError, OSError, ValueError) as error:
        vi = f"Định nghĩa trong thư mục data bị lỗi: {error}. Hãy sửa các tệp đó."
        en = f"The definitions under data are faulty: {error}. Correct those files."
        return [Finding("error", "doctor_definitions", None, vi, en, False)]
    if not home.is_dir():
        found.add("doctor_home_missing", home)
        return found.rows
    with ExitStack() as held:
        if _check_disk(home, found):
            try:
                held.enter_context(standing_still(home))
            except Busy as error:
                found.add("doctor_busy", error.record.name, detail=error.holder, limit=LEASE_SECONDS // 60)
                return found.rows
            except StorageFault as fault:
                problem = fault.problem
                found.add("doctor_not_writable", home, detail=(problem.message_vi, problem.message_en))
                return found.rows
            _check_leftovers(home, found)
        _check_journals(home, found)
        _check_archive(home, found)
        _check_outlines(home, found)
        if found.archive_whole:
            _check_warehouse(home, found, deep, progress)
        _check_public(home, found)
        _check_accounts(home, found)
    progress(1)
    return found.rows


def repair(home: Path, *, deep: bool = False, progress: Progress = lambda _: None) -> None:
    """Mend what `examine` finds to be repairable; never touch an archived report. Raises `Busy`."""
    wanted = {finding.rule for finding in examine(home, deep=deep) if finding.repairable}
    for rule, mend in _REPAIRS.items():
        if rule in wanted:
            mend(home, progress)


def least_free_bytes(home: Path) -> int:
    """Return how much must be free on the disk for the next publication."""
    warehouse = warehouse_path(home)
    return _LEAST_FREE_BYTES + 2 * (warehouse.stat().st_size if warehouse.exists() else 0)


def _check_disk(home: Path, found: _Findings) -> bool:
    """Return whether files can be written in the folder."""
    needed = least_free_bytes(home)
    free = shutil.disk_usage(home).free
    if free < needed:
        found.add("doctor_little_room", home, detail=round(free / 1e6), limit=round(needed / 1e6))
    try:
        with TemporaryDirectory(prefix=".doctor.", suffix=".part", dir=home) as folder:
            Path(folder, "tried").write_bytes(b"x")
    except OSError as error:
        found.add("doctor_not_writable", home, detail=error.strerror or error)
        return False
    return True


def _check_leftovers(home: Path, found: _Findings) -> None:
    names = [path.relative_to(home).as_posix() for path in _leftovers(home)]
    if names:
        found.add("doctor_leftovers", len(names), detail=_listed(names))


def _leftovers(home: Path) -> list[Path]:
    """Return the temporary files and folders in `home`; nobody is writing them while all locks are held."""
    return sorted(path for path in home.rglob(".*.part*") if _TEMPORARY.fullmatch(path.name))


def _remove_leftovers(home: Path, _: Progress) -> None:
    with standing_still(home):
        for path in _leftovers(home):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _check_archive(home: Path, found: _Findings) -> None:
    archive = Archive(home)
    received = [e for e in read_journal(archive.journal) if e.get("event") == "received"]
    names = {e["sha256"]: e.get("file_name") for e in received if "sha256" in e}
    files = {path.stem: path for path in archive.folder.glob("??/*") if not path.name.startswith(".")}
    missing = [f"{name} ({digest})" for digest, name in names.items() if digest not in files]
    damaged = [p.relative_to(home).as_posix() for d, p in files.items() if sha256(p.read_bytes()).hexdigest() != d]
    unnoted = [p.name for d, p in files.items() if d not in names]
    if missing or damaged:
        found.archive_whole = False
    if missing:
        found.add("doctor_report_missing", len(missing), detail=_listed(missing))
    if damaged:
        found.add("doctor_report_damaged", len(damaged), detail=_listed(damaged))
    elif unnoted:
        found.add("doctor_no_receipt", len(unnoted), detail=_listed(unnoted))


def _give_receipts(home: Path, _: Progress) -> None:
    with standing_still(home):
        Archive(home).give_receipts()


def _check_journals(home: Path, found: _Findings) -> None:
    archive = Archive(home)
    readers: dict[Path, tuple[Callable[[], object], ...]] = {
        archive.journal: (archive.receipts, archive.decisions),
        actions_path(home): (partial(actions, home),),
        views_path(home): (partial(saved_views, home),),
    }
    for path, readings in readers.items():
        unfinished, damaged = _broken_lines(path)
        if unfinished:
            found.add("doctor_line_unfinished", path.name, detail=_listed(map(str, unfinished)))
        if damaged:
            found.add("doctor_line_damaged", path.name, detail=_listed(map(str, damaged)))
        foreign = None
        try:
            for read in readings:
                read()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            foreign = error
            found.add("doctor_line_damaged", path.name, detail=repr(error))
        if path == archive.journal and (damaged or foreign):
            found.archive_whole = False


def _broken_lines(path: Path) -> tuple[list[int], list[int]]:
    """Return the numbers of the lines that are unfinished, and of those that are whole and yet cannot be read."""
    unfinished: list[int] = []
    damaged: list[int] = []
    for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else [], start=1):
        if not line.strip():
            continue
        try:
            is_entry = isinstance(json.loads(line), dict)
        except ValueError:
            is_entry = False
        if not is_entry:
            # A line is one object without any other within: its last character tells whether it was written whole.
            (damaged if line.endswith(b"}") else unfinished).append(number)
    return unfinished, damaged


def _check_outlines(home: Path, found: _Findings) -> None:
    definitions = found.definitions
    for vintage in (v.name for v in definitions.vintages):
        full, drawn = full_outlines_path(home, vintage), outlines_path(home, vintage)
        if not full.exists() and not drawn.exists():
            continue
        try:
            text = full.read_text(encoding="utf-8")
            codes = Counter(feature["properties"]["code"] for feature in json.loads(text)["features"])
            if codes != Counter(u.code for u in definitions.units.values() if u.vintage == vintage):
                found.add("doctor_outlines_unreadable", vintage, detail=len(codes))
            elif not drawn.exists() or drawn.read_bytes() != draw_outlines(text, definitions).encode():
                found.add("doctor_outlines_stale", vintage)
        except (OSError, KeyError, TypeError, ValueError) as error:
            found.add("doctor_outlines_unreadable", vintage, detail=repr(error))


def _redraw(home: Path, _: Progress) -> None:
    redraw_outlines(home)


def _check_warehouse(home: Path, found: _Findings, deep: bool, progress: Progress) -> None:
    path = warehouse_path(home)
    archive = Archive(home)
    files, decisions = {r.sha256 for r in archive.receipts()}, len(archive.decisions())
    if not path.exists():
        if files:
            found.add("doctor_warehouse", path.name, detail=("đã mất", "is missing"))
        return
    try:
        with duckdb.connect(path, read_only=True) as con:
            follows_rules = is_current(con)
            known, _, followed = taken_in(con)
    except duckdb.Error:
        found.add("doctor_warehouse", path.name, detail=("không mở được", "does not open"))
        return
    if lost := len(known - files) + max(0, followed - decisions):
        found.add("doctor_warehouse_ahead", lost)
        return
    behind = len(files - known) + decisions - followed
    if not follows_rules:
        found.add(
            "doctor_warehouse", path.name, detail=("lập theo phiên bản hoặc định nghĩa cũ", "follows older rules")
        )
    elif behind:
        detail = (f"thiếu {behind} báo cáo hoặc quyết định", f"lacks {behind} reports or decisions")
        found.add("doctor_warehouse", path.name, detail=detail)
    elif deep and (tables := _other_when_rebuilt(home, progress)):
        listed = _listed(tables)
        detail = (f"khác với khi lập lại ở bảng {listed}", f"differs from a rebuilt one in the tables {listed}")
        found.add("doctor_warehouse", path.name, detail=detail)


def _other_when_rebuilt(home: Path, progress: Progress) -> list[str]:
    """Return the tables that are other ones when the warehouse is built again from the archive."""
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        build(home, Path(folder), progress)
        for name, path in (("kept", warehouse_path(home)), ("rebuilt", warehouse_path(Path(folder)))):
            con.execute(f"ATTACH '{quoted(path)}' AS {name} (READ_ONLY)")
        kept, rebuilt = (
            {
                f"{schema}.{table}"
                for schema, table in con.execute(
                    "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = $name",
                    {"name": name},
                ).fetchall()
            }
            for name in ("kept", "rebuilt")
        )
        other = [
            table
            for table in kept & rebuilt
            # Where there are as many rows, none of one that the other lacks means that they are the same.
            if con.execute(
                f"SELECT (SELECT count(*) FROM kept.{table}) <> (SELECT count(*) FROM rebuilt.{table})"
                f" OR EXISTS (FROM kept.{table} EXCEPT ALL FROM rebuilt.{table})"
            ).fetchall()
            == [(True,)]
        ]
        con.execute("DETACH rebuilt")
    return sorted([*other, *kept ^ rebuilt])


def _rebuild(home: Path, progress: Progress) -> None:
    rebuild(home, progress)


def _check_public(home: Path, found: _Findings) -> None:
    broken = [path.name for path in sorted((home / "public").glob("*.duckdb")) if not _opens(path)]
    if broken:
        found.add("doctor_public", _listed(broken))


def _remove_public(home: Path, _: Progress) -> None:
    with standing_still(home):
        for path in (home / "public").glob("*.duckdb"):
            if not _opens(path):
                path.unlink()


def _check_accounts(home: Path, found: _Findings) -> None:
    for fault in account_contradictions(home):
        found.add("doctor_accounts", accounts_path(home).name, detail=fault)
    for path in (accounts_path(home), SECRETS):
        # Windows says of every file that all may read it.
        if os.name == "posix" and path.exists() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            found.add("doctor_open_to_others", path)


def _opens(path: Path) -> bool:
    try:
        duckdb.connect(path, read_only=True).close()
    except duckdb.Error:
        return False
    return True


_FROM_ARCHIVE = ("doctor_no_receipt", "doctor_warehouse")
"""What is mended from a whole archive alone."""
_REPAIRS: dict[str, Callable[[Path, Progress], None]] = {
    "doctor_leftovers": _remove_leftovers,
    "doctor_no_receipt": _give_receipts,
    "doctor_outlines_stale": _redraw,
    "doctor_warehouse": _rebuild,
    "doctor_public": _remove_public,
}
"""In the order in which things are mended: receipts come before the warehouse that follows from them."""
