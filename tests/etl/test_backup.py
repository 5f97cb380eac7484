"""Backups: a round trip gives the same warehouse, and nothing damaged, foreign or out of place gets in."""

import json
import shutil
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import duckdb
import pytest

from etl import backup as backing
from etl.__main__ import main
from etl.actions import Action, actions, actions_path, record
from etl.archive import Archive, Incoming
from etl.backup import MANIFEST, BackupRefused, backup, inspect, kept_files, restore
from etl.boundaries import import_outlines, outlines_path
from etl.decisions import Decision
from etl.definitions import load
from etl.demo import make_report
from etl.doctor import examine
from etl.load import decide, load_reports
from etl.storage import StorageFault
from etl.template import form_file_name, write_form
from etl.views import save_view, saved_views

D = load()
PERIOD = D.periods["2021"]
UNITS = [u for u in D.units.values() if u.vintage == "2021"][:4]
OFFICE = "Phòng Bảo trợ trẻ em"
OUTLINES = Path(__file__).parents[3] / "shared" / "boundaries" / "communes_2025.geojson"


def silent(_: float) -> None:
    pass


def form(unit) -> Incoming:
    report = make_report(D, unit, PERIOD)
    report.reported_on = PERIOD.due_on
    return Incoming(form_file_name(unit, PERIOD), write_form(D, unit, PERIOD, report))


def tables(home: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        names = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        return {name: sorted(con.execute(f"FROM {name}").fetchall(), key=repr) for (name,) in names}


def everything(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small house with something of everything; tests leave it as it is."""
    home = tmp_path_factory.mktemp("backup") / "home"
    load_reports([form(u) for u in UNITS[:3]], home)
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        (one,) = con.execute("SELECT min(submission_id) FROM submission").fetchone()
    decide([Decision("approved", OFFICE, "2021", submission_id=one)], home)
    office = next(o for o in D.offices.values() if o.last_day is None)
    record(home, Action("2021", "25216", "Mở điểm vui chơi", office.office, date(2999, 1, 1), OFFICE, target=5), D)
    save_view(home, "Sáu xã", "period=2021", D)
    if OUTLINES.exists():
        assert import_outlines(home, OUTLINES, "2025").path
    # Archived when the machine stopped: its place among the others follows from its time alone.
    unnoted = form(UNITS[3])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.archive.append_to_journal", lambda *_: None)
        Archive(home).receive([unnoted])
    load_reports([unnoted], home)
    return home


@pytest.fixture(scope="module")
def packed(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return backup(home, tmp_path_factory.mktemp("packed"), silent)


def test_what_comes_back_is_what_was_there(home, packed, tmp_path) -> None:
    new = tmp_path / "new"
    manifest = restore(packed, new, silent)
    assert (manifest.reports, manifest.decisions, manifest.actions) == (4, 1, 1)
    assert {n: everything(home)[n] for n in kept_files(home)} == {n: everything(new)[n] for n in kept_files(new)}
    assert tables(new) == tables(home)
    assert Archive(new).receipts() == Archive(home).receipts()
    assert Archive(new).decisions() == Archive(home).decisions() != []
    assert actions(new) == actions(home) != []
    assert saved_views(new) == saved_views(home) != []
    if OUTLINES.exists():
        assert outlines_path(new, "2025").read_bytes() == outlines_path(home, "2025").read_bytes()
    assert {f.rule for f in examine(new, deep=True)} == {"doctor_no_receipt"}


def test_the_same_state_packs_to_the_same_entries(home, packed, tmp_path) -> None:
    with ZipFile(packed) as one, ZipFile(backup(home, tmp_path / "again.zip", silent)) as other:
        assert one.namelist() == other.namelist() == [MANIFEST, *kept_files(home)]
        assert [e.CRC for e in one.infolist()[1:]] == [e.CRC for e in other.infolist()[1:]]


def test_an_unfinished_line_is_left_out(home, tmp_path) -> None:
    broken = tmp_path / "home"
    shutil.copytree(home, broken)
    whole = actions_path(broken).read_bytes()
    actions_path(broken).write_bytes(whole + b'{"vintage": "20')
    with ZipFile(backup(broken, tmp_path / "b.zip", silent)) as packed:
        assert packed.read("actions.jsonl") == whole


def edited(
    packed: Path, to: Path, edit: Callable[[dict[str, bytes]], None], manifest: Callable = lambda _: None
) -> Path:
    """Write a backup that was changed by hand: its entries, and what its manifest says."""
    with ZipFile(packed) as old:
        entries = {e.filename: old.read(e) for e in old.infolist()}
    edit(entries)
    if MANIFEST in entries:
        said = json.loads(entries[MANIFEST])
        manifest(said)
        entries[MANIFEST] = json.dumps(said).encode()
    with ZipFile(to, "w", ZIP_DEFLATED) as new:
        for name, content in entries.items():
            new.writestr(name, content)
    return to


def flip_a_byte(packed: Path, to: Path) -> Path:
    content = bytearray(packed.read_bytes())
    content[len(content) // 2] ^= 1
    to.write_bytes(content)
    return to


def cut(packed: Path, to: Path) -> Path:
    to.write_bytes(packed.read_bytes()[: -packed.stat().st_size // 3])
    return to


def lose_an_entry(packed: Path, to: Path) -> Path:
    return edited(packed, to, lambda entries: entries.pop("actions.jsonl"))


def change_an_entry(packed: Path, to: Path) -> Path:
    """Change a decision's words: same length, right sum within the zip."""
    name = "archive/journal.jsonl"
    return edited(packed, to, lambda e: e.update({name: e[name].replace(b"approved", b"answered")}))


def add_an_entry(packed: Path, to: Path) -> Path:
    return edited(packed, to, lambda entries: entries.update({"warehouse.duckdb": b"x"}))


def escaping(name: str) -> Callable[[Path, Path], Path]:
    def escape(packed: Path, to: Path) -> Path:
        entry = {"name": name, "size": 1, "sha256": "", "modified_ns": 0}
        return edited(packed, to, lambda e: e.update({name: b"x"}), lambda said: said["files"].append(entry))

    return escape


def link(packed: Path, to: Path) -> Path:
    with ZipFile(packed) as old, ZipFile(to, "w", ZIP_STORED) as new:
        for entry in old.infolist():
            info = ZipInfo(entry.filename)
            if entry.filename == "views.jsonl":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            new.writestr(info, old.read(entry))
    return to


def foreign_zip(_: Path, to: Path) -> Path:
    with ZipFile(to, "w") as other:
        other.writestr("xl/workbook.xml", "<workbook/>")
    return to


def no_zip(_: Path, to: Path) -> Path:
    to.write_bytes(b"Th\xc6\xb0 m\xe1\xbb\xa5c")
    return to


def too_new(packed: Path, to: Path) -> Path:
    return edited(packed, to, lambda _: None, lambda said: said.update(format=99))


def other_province(packed: Path, to: Path) -> Path:
    return edited(packed, to, lambda _: None, lambda said: said.update(province="01"))


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (flip_a_byte, "backup_damaged"),
        (cut, "backup_damaged"),
        (lose_an_entry, "backup_damaged"),
        (change_an_entry, "backup_damaged"),
        (add_an_entry, "backup_foreign_entry"),
        (escaping("../outside.jsonl"), "backup_foreign_entry"),
        (escaping("/etc/outside"), "backup_foreign_entry"),
        (escaping("archive/../../outside.jsonl"), "backup_foreign_entry"),
        (escaping("archive\\..\\outside.jsonl"), "backup_foreign_entry"),
        (link, "backup_foreign_entry"),
        (foreign_zip, "backup_foreign"),
        (no_zip, "backup_damaged"),
        (lambda _, to: to, "backup_unreadable"),
        (too_new, "backup_too_new"),
        (other_province, "backup_other_province"),
    ],
)
def test_what_is_damaged_or_foreign_is_refused_and_nothing_changes(damage, rule, packed, tmp_path) -> None:
    file = damage(packed, tmp_path / "in.zip")
    before = everything(tmp_path)
    with pytest.raises(BackupRefused) as refused:
        restore(file, tmp_path / "new", silent)
    assert refused.value.problem.rule == rule
    assert everything(tmp_path) == before and not (tmp_path / "new").exists()


def test_no_flipped_byte_goes_unseen(packed, tmp_path) -> None:
    content, sound = packed.read_bytes(), inspect(packed)
    refused = 0
    for position in Random(8).sample(range(len(content)), 60):  # noqa: S311  the same every time
        damaged = bytearray(content)
        damaged[position] ^= 0xFF
        (tmp_path / "in.zip").write_bytes(damaged)
        try:
            # What a zip tells twice may be wrong once.
            assert inspect(tmp_path / "in.zip") == sound
        except BackupRefused:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("there", ["archive/journal.jsonl", "archive/ab/note.txt", "actions.jsonl"])
def test_a_folder_with_data_is_left_alone(there, packed, tmp_path) -> None:
    new = tmp_path / "new"
    (new / there).parent.mkdir(parents=True)
    (new / there).write_bytes(b"{}\n")
    with pytest.raises(BackupRefused, match="đã có dữ liệu"):
        restore(packed, new, silent)
    assert everything(new) == {there: b"{}\n"}


def test_an_interrupted_restore_is_begun_again(home, packed, tmp_path, monkeypatch) -> None:
    new, replace, moved = tmp_path / "new", Path.replace, []

    def stop_at_the_archive(self: Path, target: Path) -> Path:
        if self.name == "archive":
            raise KeyboardInterrupt
        moved.append(self.name)
        return replace(self, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", stop_at_the_archive)
        restore(packed, new, silent)
    assert "actions.jsonl" in moved and Archive(new).receipts() == []

    def stop_before_the_warehouse(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(backing, "rebuild", stop_before_the_warehouse)
        restore(packed, new, silent)
    assert not (new / "warehouse.duckdb").exists()
    restore(packed, new, silent)
    assert Archive(new).receipts() == Archive(home).receipts()
    assert (new / "warehouse.duckdb").exists()


def test_too_little_room_is_told_beforehand(home, packed, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(backing.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    for work in (lambda: backup(home, tmp_path, silent), lambda: restore(packed, tmp_path / "new", silent)):
        with pytest.raises(StorageFault, match="is full"):
            work()
    assert everything(tmp_path) == {}


def test_a_folder_that_cannot_be_written_is_told(home, tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageFault, match=r"không ghi được.*could not be read or written"):
        backup(home, tmp_path / "file" / "inside", silent)
    with pytest.raises(BackupRefused, match="There is nothing to back up"):
        backup(tmp_path / "nowhere", tmp_path, silent)


def test_a_backup_that_reads_back_wrong_does_not_count(home, tmp_path, monkeypatch) -> None:
    content = backing._content
    calls = []

    def spoiled(path: Path) -> bytes:
        calls.append(path)
        return content(path) if len(calls) < len(kept_files(home)) + 2 else b"?" * len(content(path))

    monkeypatch.setattr(backing, "_content", spoiled)
    with pytest.raises(BackupRefused):
        backup(home, tmp_path / "spoiled.zip", silent)
    assert [p.name for p in tmp_path.iterdir()] == []


def test_on_the_command_line(home, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(home))
    assert main(["backup", "--out", str(tmp_path / "out")]) == 0
    (file,) = (tmp_path / "out").iterdir()
    said = capsys.readouterr().out
    assert f"{file}: 4 báo cáo, 1 quyết định, 1 việc cần làm / 4 reports, 1 decisions, 1 measures" in said
    damaged = tmp_path / "damaged"
    shutil.copytree(home, damaged)
    report = next((damaged / "archive").glob("??/*"))
    report.write_bytes(report.read_bytes()[:-1])
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(damaged))
    assert main(["backup", "--out", str(tmp_path / "out2")]) == 1
    assert "1 tệp báo cáo trong kho lưu trữ đã bị hỏng" in capsys.readouterr().err
    assert main(["restore", str(file)]) == 1
    assert "đã có dữ liệu" in capsys.readouterr().err
