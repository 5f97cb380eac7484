"""What the doctor finds, what it mends, and that processes killed at any moment lose nothing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from etl import doctor
from etl.__main__ import main
from etl.archive import Archive, Incoming
from etl.boundaries import full_outlines_path, import_outlines, outlines_path
from etl.decisions import Decision
from etl.definitions import DefinitionError, load
from etl.demo import make_report
from etl.doctor import examine, repair
from etl.load import load_reports, rebuild
from etl.template import form_file_name, write_form
from tests.crash_500 import WORK

PROJECT = Path(__file__).parents[2]
OUTLINES = PROJECT.parent / "shared" / "boundaries" / "communes_2025.geojson"
D = load()
PERIOD = D.periods["2021"]


def form(unit) -> Incoming:
    return Incoming(form_file_name(unit, PERIOD), write_form(D, unit, PERIOD, make_report(D, unit, PERIOD)))


FORMS = [form(u) for u in D.units.values() if u.vintage == "2021"][:3]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sound")
    load_reports(FORMS[:2], home)
    return home


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "home")
    return tmp_path / "home"


def found(home: Path, *, deep: bool = False) -> list[str]:
    findings = examine(home, deep=deep)
    assert all(f.message_vi and f.message_en and "{" not in f.message_vi + f.message_en for f in findings)
    return sorted(f.rule for f in findings)


def test_accounts_that_let_nobody_in_or_are_open_to_all_are_told(home, tmp_path, monkeypatch) -> None:
    secrets, accounts = tmp_path / "secrets.toml", home / "accounts.toml"
    monkeypatch.setattr(doctor, "SECRETS", secrets)
    accounts.write_text('[[account]]\nemail = "a@example.gov.vn"\nrole = "viewer"\n')
    secrets.write_text("[auth]\n")
    for path, mode in ((accounts, 0o640), (secrets, 0o600)):
        path.chmod(mode)
    assert found(home) == []
    accounts.chmod(0o644)
    secrets.chmod(0o602)
    assert found(home) == ["doctor_open_to_others"] * 2
    accounts.chmod(0o600)
    secrets.chmod(0o600)
    accounts.write_text('[[account]]\nemail = "a@example.gov.vn"\nrole = "king"\nunit = 1\n')
    findings = examine(home)
    assert [f.rule for f in findings] == ["doctor_accounts"] * 2
    said = " ".join(f.message_vi + f.message_en for f in findings)
    assert "account 1: there is no role king" in said and "@" not in said


def archived(home: Path) -> list[Path]:
    return sorted((home / "archive").glob("??/*"))


def contents(home: Path) -> dict[str, bytes]:
    files = (p for p in home.rglob("*") if p.is_file() and p.suffix != ".lock")
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in files}


def test_a_sound_house_is_left_as_it_is(home) -> None:
    before = contents(home)
    assert found(home, deep=True) == []
    repair(home)
    assert contents(home) == before


def test_a_folder_that_is_not_there_is_no_good_news(tmp_path) -> None:
    assert found(tmp_path / "nowhere") == ["doctor_home_missing"]
    assert found(tmp_path) == []


def test_a_report_lost_or_changed_is_told_and_never_touched(home) -> None:
    lost, changed = archived(home)
    lost.unlink()
    changed.write_bytes(changed.read_bytes() + b" ")
    warehouse = (home / "warehouse.duckdb").read_bytes()
    findings = {f.rule: f for f in examine(home)}
    assert set(findings) == {"doctor_report_missing", "doctor_report_damaged"}
    assert lost.stem in findings["doctor_report_missing"].message_vi
    assert changed.name in findings["doctor_report_damaged"].message_en
    repair(home)
    assert archived(home) == [changed] and (home / "warehouse.duckdb").read_bytes() == warehouse
    with pytest.raises(FileNotFoundError, match=r"thiếu tệp.*is missing"):
        rebuild(home)
    # The same files sent again are taken in again.
    load_reports(FORMS[:2], home)
    assert found(home, deep=True) == []


def test_without_its_reports_the_warehouse_is_not_built_again(home) -> None:
    archived(home)[0].unlink()
    (home / "warehouse.duckdb").unlink()
    assert not any(f.repairable for f in examine(home))
    repair(home)
    assert not (home / "warehouse.duckdb").exists()


def spoil_warehouse(home: Path) -> None:
    (home / "warehouse.duckdb").write_bytes(b"no database")


def lose_warehouse(home: Path) -> None:
    (home / "warehouse.duckdb").unlink()


def tell(home: Path, statement: str) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as con:
        con.execute(statement)


def other_definitions(home: Path) -> None:
    tell(home, "UPDATE warehouse_info SET definitions_sha256 = 'other'")


def other_schema(home: Path) -> None:
    tell(home, "UPDATE warehouse_info SET schema_version = 0")


def interrupted_load(home: Path) -> None:
    Archive(home).receive([FORMS[2]])


def unpublished_decision(home: Path) -> None:
    Archive(home).decide([Decision("closed", "Phòng Bảo trợ trẻ em", "2021")])


@pytest.mark.parametrize(
    "damage",
    [spoil_warehouse, lose_warehouse, other_definitions, other_schema, interrupted_load, unpublished_decision],
)
def test_the_warehouse_is_built_again(damage, home) -> None:
    damage(home)
    assert found(home) == ["doctor_warehouse"]
    repair(home)
    assert found(home) == []


def test_only_a_comparison_sees_a_figure_that_was_changed(home) -> None:
    tell(home, "UPDATE reported_figure SET value = value + 1 WHERE measure = 'children_under6'")
    assert found(home) == []
    (finding,) = examine(home, deep=True)
    assert finding.rule == "doctor_warehouse" and "main.reported_figure" in finding.message_vi
    repair(home, deep=True)
    assert found(home, deep=True) == []


def test_an_archive_older_than_the_warehouse_is_not_built_from(home) -> None:
    journal, gone = home / "archive" / "journal.jsonl", archived(home)[0]
    journal.write_bytes(
        b"".join(line for line in journal.read_bytes().splitlines(True) if gone.stem.encode() not in line)
    )
    gone.unlink()
    (finding,) = examine(home)
    assert finding.rule == "doctor_warehouse_ahead" and not finding.repairable


def test_a_file_without_a_receipt_gets_one(home, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("etl.archive.append_to_journal", lambda *_: None)
        Archive(home).receive([FORMS[2]])
    before = Archive(home).receipts()
    assert found(home) == ["doctor_no_receipt", "doctor_warehouse"]
    repair(home)
    assert found(home, deep=True) == []
    assert Archive(home).receipts() == before


@pytest.mark.parametrize("name", ["archive/journal.jsonl", "actions.jsonl", "views.jsonl"])
@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b'{"event": "approved", "dec', "doctor_line_unfinished"),
        (b'{"event": "approved", "decided_by" "x"}\n', "doctor_line_damaged"),
        (b'{"event": "received", "note": 1}\n', "doctor_line_damaged"),
    ],
)
def test_lines_that_cannot_be_read_are_told_with_their_number(name, line, rule, home) -> None:
    path = home / name
    before = len(path.read_bytes().splitlines()) if path.exists() else 0
    with path.open("ab") as journal:
        journal.write(line)
    (finding,) = examine(home)
    assert (finding.rule, finding.value, finding.repairable) == (rule, path.name, False)
    if b"note" not in line:
        assert f"line {before + 1} " in finding.message_en


def test_leftovers_of_killed_processes_are_removed(home) -> None:
    (home / ".warehouse.duckdb.99.part").write_bytes(b"")
    (home / ".warehouse.duckdb.99.part.wal").write_bytes(b"")
    (home / "archive" / "ab").mkdir(exist_ok=True)
    (home / "archive" / "ab" / ".abc.xlsx.99.part").write_bytes(b"")
    (home / ".restore.x.part" / "archive").mkdir(parents=True)
    (home / "public").mkdir()
    (home / "public" / "old.duckdb").write_bytes(b"no database")
    before = {n for n in contents(home) if ".part" not in n and "public" not in n}
    assert found(home) == ["doctor_leftovers", "doctor_public"]
    repair(home)
    assert found(home) == [] and set(contents(home)) == before


def test_a_lock_that_is_held_is_told_apart_from_a_lock_file(home, monkeypatch) -> None:
    monkeypatch.setattr("etl.home.LOCK_SECONDS", 0.1)
    assert (home / "write.lock").exists() and found(home) == []
    with FileLock(home / "write.lock"):
        (finding,) = examine(home)
    assert finding.rule == "doctor_busy" and "không cần xóa tệp khóa" in finding.message_vi
    assert found(home) == []


def test_too_little_room_and_a_folder_that_cannot_be_written(home, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    monkeypatch.setattr(doctor, "TemporaryDirectory", refuse)
    before = contents(home)
    assert found(home) == ["doctor_little_room", "doctor_not_writable"]
    assert contents(home) == before


@pytest.mark.skipif(not OUTLINES.exists(), reason="the boundaries folder is not beside the project")
def test_outlines_are_drawn_again_from_the_full_ones(home) -> None:
    assert import_outlines(home, OUTLINES, "2025").path
    full, drawn = full_outlines_path(home, "2025"), outlines_path(home, "2025")
    right = drawn.read_bytes()
    assert found(home) == []
    for spoil in (drawn.unlink, lambda: drawn.write_bytes(right.replace(b"[", b"[1,", 1))):
        spoil()
        assert found(home) == ["doctor_outlines_stale"]
        repair(home)
        assert found(home) == [] and drawn.read_bytes() == right
    lines = full.read_bytes().splitlines(keepends=True)
    for content in (b"".join(lines[:5]), b"".join([*lines[:1], *lines[2:]])):
        full.write_bytes(content)
        assert found(home) == ["doctor_outlines_unreadable"]


def test_faulty_definitions_are_told_in_both_languages(home, monkeypatch) -> None:
    def faulty() -> None:
        raise DefinitionError("data:\n- a definition lacks 'timezone'")

    monkeypatch.setattr(doctor, "load", faulty)
    (finding,) = examine(home)
    assert "timezone" in finding.message_vi and "timezone" in finding.message_en


def test_on_the_command_line(home, monkeypatch, capsys) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(home))
    assert main(["doctor", "--deep"]) == 0
    assert "mọi thứ đều ổn / all is well" in capsys.readouterr().out
    lose_warehouse(home)
    assert main(["doctor", "--format", "json"]) == 1
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["severity"], said["rule"], said["repairable"]) == ("error", "doctor_warehouse", True)
    assert main(["doctor"]) == 1
    assert "warehouse.duckdb is missing" in capsys.readouterr().out
    assert main(["doctor", "--repair"]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_processes_killed_at_any_moment_lose_nothing() -> None:
    """The script does the same 500 times."""
    command = [sys.executable, "-m", "tests.crash_500", "--times", "15", "--seed", "7", "--loads-every", "15"]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=240)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert sum(told.get(f"{work} killed", 0) for work in WORK) >= 8
    assert told["next load equal to a clean rebuild"] == 1
