"""A backup: everything that cannot be derived, in one file, and the way back from it.

These are the archive, the journals of measures and of views, and the outlines in full detail, packed as a zip with a
manifest that tells each file's size and sha256. The warehouse and what the map draws follow from them.
"""

import json
import os
import re
import shutil
import stat
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from etl.boundaries import redraw_outlines
from etl.decisions import ACTIONS
from etl.definitions import load
from etl.home import make_folder, standing_still, sync_folder
from etl.journal import read_journal, whole_lines
from etl.load import rebuild
from etl.refusal import Refused
from etl.storage import StorageFault, in_words
from etl.warehouse import Progress

FORMAT = 1
MANIFEST = "manifest.json"
_REPORT = r"archive/([0-9a-f]{2})/\1[0-9a-f]{62}(\.[a-z]{3,4})?"
_KEPT = re.compile(_REPORT + r"|archive/journal\.jsonl|actions\.jsonl|views\.jsonl|boundaries/\w+\.geojson")
_DAY_SECONDS = 24 * 60 * 60
_DAMAGE = (BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError)
"""What a damaged zip may raise; one that asks for a password or an unknown compression, too."""


class BackupRefused(Refused):
    """A backup cannot be written, or is none that could be restored here."""


@dataclass(frozen=True)
class PackedFile:
    """A file of a backup, named from the program's folder. Its time counts for a report without a receipt."""

    name: str
    size: int
    sha256: str
    modified_ns: int

    @property
    def is_report(self) -> bool:
        return re.fullmatch(_REPORT, self.name) is not None

    @property
    def is_damaged(self) -> bool:
        """Tell whether a report was packed that had changed in the archive since it was received."""
        return self.is_report and PurePosixPath(self.name).stem != self.sha256


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; `created_at` in UTC."""

    format: int
    province: str
    created_at: str
    reports: int
    decisions: int
    actions: int
    files: tuple[PackedFile, ...]


def kept_files(home: Path) -> list[str]:
    """Return the files that a backup of `home` takes, in the order of their names."""
    files = (
        p.relative_to(home).as_posix() for pattern in ("*", "archive/**/*", "boundaries/*") for p in home.glob(pattern)
    )
    return sorted(name for name in files if _KEPT.fullmatch(name))


def stamp_path(home: Path) -> Path:
    """Return the empty file whose time tells when `home` was last backed up."""
    return home / "backup.stamp"


def backup(home: Path, out: Path, progress: Progress) -> Path:
    """Write a backup of `home` to the file `out` (`*.zip`), or under a name of its own to the folder `out`.

    It is one state: writers wait meanwhile. It stands under its name only once every file in it was read back.
    Returns its path; raises `BackupRefused`, `Busy` and `StorageFault`.
    """
    named = out if out.suffix == ".zip" else out / f"tre-em-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"
    part = named.with_name(f".{named.name}.{os.getpid()}.part")
    if not kept_files(home):
        raise BackupRefused(load(), "backup_nothing", home)
    with in_words(named.parent):
        try:
            make_folder(named.parent)
            _remove_forgotten_parts(named.parent)
            with _undisturbed(home), in_words(named.parent):
                _pack(home, part, lambda share: progress(0.7 * share))
            inspect(part, lambda share: progress(0.7 + 0.3 * share))
            part.replace(named)
            sync_folder(named.parent)
            with suppress(OSError):  # a disk that can only be read any more
                stamp_path(home).touch()
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return named


def inspect(file: Path, progress: Progress = lambda _: None) -> Manifest:
    """Return what a backup says of itself once every file in it was read back; raise `BackupRefused` if one differs."""
    with _readable(file) as packed:
        manifest = _manifest(packed, file)
    for n, _ in enumerate(_contents(file, manifest), start=1):
        progress(n / len(manifest.files))
    return manifest


def restore(file: Path, home: Path, progress: Progress) -> Manifest:
    """Bring a backup into a `home` that has no data yet, build the warehouse, and return what was brought in.

    Until everything is checked and unpacked beside, nothing changes; the archive comes last and at once, so that a
    restore that was interrupted can be begun again. Raises `BackupRefused`, `Busy` and `StorageFault`.
    """
    manifest = inspect(file, lambda share: progress(0.2 * share))
    _refuse_data(home, manifest)
    with standing_still(home):
        _refuse_data(home, manifest)
        if not all((home / entry.name).exists() for entry in manifest.files):
            _bring_in(file, manifest, home, lambda share: progress(0.2 + 0.2 * share))
    redraw_outlines(home)
    rebuild(home, lambda share: progress(0.4 + 0.6 * share))
    return manifest


@contextmanager
def _undisturbed(home: Path) -> Iterator[None]:
    """Hold the writers' locks; of a disk that takes nothing any more, a backup is wanted most, and nobody writes."""
    with ExitStack() as held:
        try:
            held.enter_context(standing_still(home))
        except StorageFault as fault:
            if fault.problem.rule not in ("storage_full", "storage_read_only"):
                raise
        yield


def _pack(home: Path, part: Path, progress: Progress) -> None:
    names = kept_files(home)
    files = tuple(_describe(home, name) for name in names)
    _refuse_little_room(part.parent, sum(entry.size for entry in files))
    manifest = Manifest(
        format=FORMAT,
        province=load().province["code"],
        created_at=datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        reports=sum(entry.is_report for entry in files),
        decisions=sum(e.get("event") in ACTIONS for e in read_journal(home / "archive" / "journal.jsonl")),
        actions=len({e.get("action_id") for e in read_journal(home / "actions.jsonl")}),
        files=files,
    )
    with part.open("wb") as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as packed:
            packed.writestr(_entry(MANIFEST), json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
            for n, name in enumerate(names, start=1):
                packed.writestr(_entry(name), _content(home / name))
                progress(n / len(names))
        file.flush()
        os.fsync(file.fileno())


def _entry(name: str) -> ZipInfo:
    """Return an entry without a time of its own: the same files make the same entries."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _content(path: Path) -> bytes:
    """Return what is kept of a file: of a journal, the lines that were written whole."""
    content = path.read_bytes()
    return whole_lines(content) if path.suffix == ".jsonl" else content


def _describe(home: Path, name: str) -> PackedFile:
    content = _content(home / name)
    return PackedFile(name, len(content), sha256(content).hexdigest(), (home / name).stat().st_mtime_ns)


def _remove_forgotten_parts(folder: Path) -> None:
    """Remove what backups that were killed left behind, not what another one is writing now."""
    for part in folder.glob(".*.zip.*.part"):
        if time.time() - part.stat().st_mtime > _DAY_SECONDS:
            part.unlink(missing_ok=True)


@contextmanager
def _readable(file: Path) -> Iterator[ZipFile]:
    """Open a backup; whatever shows within the block that it is damaged is said in words."""
    try:
        with ZipFile(file) as packed:
            yield packed
    except _DAMAGE as error:
        raise BackupRefused(load(), "backup_damaged", file.name, detail=error) from error
    except OSError as error:
        raise BackupRefused(load(), "backup_unreadable", file, detail=error.strerror or error) from error


def _contents(file: Path, manifest: Manifest) -> Iterator[tuple[PackedFile, bytes]]:
    """Yield each file of a backup with its bytes once they are those that were packed."""
    with _readable(file) as packed:
        for entry in manifest.files:
            content = packed.read(entry.name)
            if sha256(content).hexdigest() != entry.sha256:
                raise BadZipFile(entry.name)
            yield entry, content


def _manifest(packed: ZipFile, file: Path) -> Manifest:
    """Return the manifest of a backup once it fits what is packed, and no name leads out of the program's folder."""
    definitions = load()
    entries = [e for e in packed.infolist() if e.filename != MANIFEST]
    try:
        said: dict[str, Any] = json.loads(packed.read(MANIFEST))
        files = tuple(PackedFile(**entry) for entry in said["files"])
        manifest = Manifest(**said | {"files": files})
        too_new = manifest.format > FORMAT
        expected = sorted((entry.name, entry.size) for entry in files)
    except (KeyError, TypeError, ValueError) as error:
        raise BackupRefused(definitions, "backup_foreign", file.name) from error
    if too_new:
        raise BackupRefused(definitions, "backup_too_new", file.name, limit=FORMAT)
    if manifest.province != definitions.province["code"]:
        raise BackupRefused(definitions, "backup_other_province", file.name, detail=manifest.province)
    for entry in entries:
        if not _KEPT.fullmatch(entry.filename) or stat.S_ISLNK(entry.external_attr >> 16):
            raise BackupRefused(definitions, "backup_foreign_entry", entry.filename)
    if sorted((entry.filename, entry.file_size) for entry in entries) != expected:
        raise BadZipFile(MANIFEST)
    return manifest


def _refuse_data(home: Path, manifest: Manifest) -> None:
    """Refuse a folder that holds anything else than the backup; one whose restoring was interrupted does not."""
    packed = {entry.name: entry.sha256 for entry in manifest.files}
    archived = (p.relative_to(home).as_posix() for p in (home / "archive").rglob("*") if p.is_file())
    found = {name for name in archived if not PurePosixPath(name).name.startswith(".")} | set(kept_files(home))
    other = next((n for n in sorted(found) if n not in packed or _describe(home, n).sha256 != packed[n]), None)
    if other is not None:
        raise BackupRefused(load(), "backup_home_not_empty", home, detail=other)


def _refuse_little_room(folder: Path, needed_bytes: int) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if needed_bytes > free_bytes:
        detail = f"{free_bytes / 1e6:.0f} / {needed_bytes / 1e6:.0f} MB"
        raise StorageFault(load(), "storage_full", path=folder, detail=detail)


def _bring_in(file: Path, manifest: Manifest, home: Path, progress: Progress) -> None:
    for forgotten in home.glob(".restore.*.part"):
        shutil.rmtree(forgotten)
    _refuse_little_room(home, sum(entry.size for entry in manifest.files))
    with TemporaryDirectory(prefix=".restore.", suffix=".part", dir=home) as folder:
        _unpack(file, manifest, Path(folder), progress)
        _put_in_place(Path(folder), home)


def _unpack(file: Path, manifest: Manifest, folder: Path, progress: Progress) -> None:
    for n, (entry, content) in enumerate(_contents(file, manifest), start=1):
        path = folder / entry.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as unpacked:
            unpacked.write(content)
            unpacked.flush()
            os.fsync(unpacked.fileno())
        os.utime(path, ns=(entry.modified_ns, entry.modified_ns))
        progress(n / len(manifest.files))
    for inside in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
        sync_folder(inside)


def _put_in_place(unpacked: Path, home: Path) -> None:
    for path in (*unpacked.glob("*.jsonl"), *unpacked.glob("boundaries/*")):
        path.replace(home / path.relative_to(unpacked))
    sync_folder(home / "boundaries")
    if (unpacked / "archive").exists():
        # What is left there, an interrupted restore brought in.
        shutil.rmtree(home / "archive", ignore_errors=True)
        (unpacked / "archive").replace(home / "archive")
    sync_folder(home)
