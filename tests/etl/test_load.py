"""Archive, revisions, rebuild and publication."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from time import sleep

import duckdb
import pytest

from etl import load as loading
from etl.__main__ import main
from etl.archive import Archive, Incoming
from etl.decisions import Decision
from etl.definitions import load
from etl.demo import make_report
from etl.load import build, check, decide, load_reports, rebuild
from etl.models import MODELS, OUTERMOST_ORDER, build_models, model_sql, sources
from etl.template import form_file_name, write_form
from etl.warehouse import RECEIVED

D = load()
UNITS = [u for u in D.units.values() if u.vintage == "2021"][:3]


def form(unit, period: str, **changed: int) -> Incoming:
    report = make_report(D, unit, D.periods[period])
    report.figures = [
        f._replace(value=changed[f.measure]) if f.measure in changed and f.population_group == "total" else f
        for f in report.figures
    ]
    name = form_file_name(unit, D.periods[period])
    return Incoming(name, write_form(D, unit, D.periods[period], report))


def ask(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        return con.execute(sql).fetchall()


def tables(home: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        return {t: sorted(con.execute(f"FROM {t}").fetchall(), key=repr) for t in (*RECEIVED, *MODELS)}


def test_a_report_is_archived_as_it_came(tmp_path) -> None:
    sent = form(UNITS[0], "2021")
    (answer,) = load_reports([sent], tmp_path)
    assert answer.status == "accepted"
    digest = sha256(sent.content).hexdigest()
    (kept,) = (tmp_path / "archive").rglob(f"{digest}*")
    assert kept.read_bytes() == sent.content


def test_the_same_file_twice_is_one_report(tmp_path) -> None:
    sent = form(UNITS[0], "2021")
    load_reports([sent], tmp_path)
    before = tables(tmp_path)
    (answer,) = load_reports([sent], tmp_path)
    assert answer.repeated and answer.status == "accepted"
    assert tables(tmp_path) == before


def test_a_later_report_supersedes_the_earlier_one_which_stays(tmp_path) -> None:
    load_reports([form(UNITS[0], "2021")], tmp_path)
    load_reports([form(UNITS[0], "2021", injury_cases=999)], tmp_path)
    assert ask(tmp_path, "SELECT revision, status FROM submission ORDER BY revision") == [
        (1, "superseded"),
        (2, "accepted"),
    ]
    value = "SELECT value FROM observation WHERE measure = 'injury_cases' AND population_group = 'total'"
    assert ask(tmp_path, value) == [(999,)]
    assert ask(tmp_path, "SELECT count(*) FROM reported_figure WHERE measure = 'children_under6'") == [(8,)]


def test_a_rejected_report_leaves_the_accepted_one_standing(tmp_path) -> None:
    load_reports([form(UNITS[0], "2021")], tmp_path)
    before = ask(tmp_path, "FROM observation")
    (answer,) = load_reports([form(UNITS[0], "2021", under6_examined=10_000_000)], tmp_path)
    assert answer.status == "rejected"
    assert {p.rule for p in answer.problems if p.severity == "error"} == {"above_limit"}
    assert ask(tmp_path, "FROM observation") == before
    assert len(list((tmp_path / "archive").rglob("*.xlsx"))) == 2


def test_a_subgroup_above_its_total_is_rejected_with_its_cell(tmp_path) -> None:
    (answer,) = check([form(UNITS[0], "2021", injury_cases=0)], tmp_path)
    problem = next(p for p in answer.problems if p.rule == "subgroup_above_total")
    assert (problem.sheet, problem.measure) == ("Số liệu", "injury_cases")
    assert problem.cell.startswith("E")
    assert not list(tmp_path.iterdir())


def test_a_large_jump_is_a_warning_with_the_earlier_figure(tmp_path) -> None:
    load_reports([form(UNITS[0], "2020")], tmp_path)
    (answer,) = load_reports([form(UNITS[0], "2021-H1", children_at_risk=900)], tmp_path)
    (jump,) = [p for p in answer.problems if p.rule == "large_jump"]
    assert answer.status == "accepted"
    assert jump.measure == "children_at_risk"
    assert "2020" in jump.message_vi


def test_a_rebuild_from_the_archive_alone_is_the_same_warehouse(tmp_path) -> None:
    load_reports([form(u, "2020") for u in UNITS], tmp_path)
    load_reports([form(u, "2021-H1", children_at_risk=900) for u in UNITS], tmp_path)
    load_reports([form(UNITS[0], "2021-H1"), Incoming("hỏng.xlsx", b"PK\x03\x04 damaged")], tmp_path)
    before = tables(tmp_path)
    (tmp_path / "warehouse.duckdb").unlink()
    assert rebuild(tmp_path) == 8
    assert tables(tmp_path) == before
    assert any(p[2] == "large_jump" for p in before["problem"])


def test_what_a_stopped_load_left_in_the_archive_is_loaded_next(tmp_path, monkeypatch) -> None:
    load_reports([form(UNITS[0], "2021")], tmp_path)
    before = tables(tmp_path)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loading, "publish", stop)
        with pytest.raises(KeyboardInterrupt):
            load_reports([form(UNITS[1], "2021")], tmp_path)
    assert tables(tmp_path) == before
    load_reports([form(UNITS[2], "2021")], tmp_path)
    assert ask(tmp_path, "SELECT count(*) FROM submission WHERE status = 'accepted'") == [(3,)]


def test_an_unfinished_journal_line_loses_no_report(tmp_path) -> None:
    load_reports([form(UNITS[0], "2021"), form(UNITS[1], "2021")], tmp_path)
    journal = tmp_path / "archive" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-30])
    assert rebuild(tmp_path) == 2
    assert ask(tmp_path, "SELECT count(*) FROM submission WHERE status = 'accepted'") == [(2,)]
    load_reports([form(UNITS[2], "2021")], tmp_path)
    assert len({r.sha256 for r in Archive(tmp_path).receipts()}) == 3


def test_readers_keep_the_old_warehouse_while_a_new_one_is_published(tmp_path) -> None:
    load_reports([form(UNITS[0], "2021")], tmp_path)
    with duckdb.connect() as reader:
        reader.execute(f"ATTACH '{tmp_path / 'warehouse.duckdb'}' AS warehouse (READ_ONLY)")
        load_reports([form(UNITS[1], "2021")], tmp_path)
        assert reader.execute("SELECT count(*) FROM warehouse.submission").fetchone() == (1,)
    assert ask(tmp_path, "SELECT count(*) FROM submission") == [(2,)]
    assert not list(tmp_path.glob(".*part*"))


def test_receipts_are_strictly_in_order(tmp_path) -> None:
    same = datetime(2021, 6, 20)
    archive = Archive(tmp_path)
    receipts = archive.receive([Incoming(f"{n}.csv", bytes([n]), same) for n in range(5)])
    times = [r.received_at for r in receipts]
    assert times == sorted(set(times))
    assert archive.receipts() == receipts


def test_a_long_csv_loads_as_the_same_figures(tmp_path) -> None:
    unit = UNITS[0]
    report = make_report(D, unit, D.periods["2021"])
    rows = [(f.measure, f.population_group, f.value) for f in report.figures]
    rows += [(f"task.{t.item}", "total", t.value) for t in report.tasks]
    for n, (delimiter, encoding) in enumerate([(",", "utf-8"), (";", "utf-8-sig")]):
        home = tmp_path / str(n)
        head = delimiter.join(["unit_code", "period", "measure", "group", "value"])
        lines = [delimiter.join(map(str, (unit.code, "Năm 2021", *row))) for row in rows]
        (answer,) = load_reports([Incoming("a.csv", "\n".join([head, *lines]).encode(encoding))], home)
        assert answer.status == "accepted", answer.problems
        found = ask(home, "SELECT measure, population_group, value FROM observation")
        assert sorted(found) == sorted((f.measure, f.population_group, f.value) for f in report.figures)
        play_areas = "SELECT status FROM progress WHERE level = 'commune' AND indicator = 'play_area_communes'"
        assert set(ask(home, play_areas + f" AND unit_code = '{unit.code}'")) == {("not_reported",)}


def test_check_on_the_command_line(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path / "home"))
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(form(UNITS[0], "2021").content)
    bad.write_bytes(form(UNITS[0], "2021", under6_examined=10_000_000).content)
    assert main(["check", str(good)]) == 0
    capsys.readouterr()
    assert main(["check", str(good), str(bad), "--format", "json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert first["status"] == "accepted"
    assert second["file"] == str(bad)
    assert set(second["problems"][0]) == {
        *("severity", "rule", "sheet", "cell", "measure", "value", "message_vi", "message_en"),
    }
    assert not (tmp_path / "home").exists()


def test_wrong_calls_end_with_2() -> None:
    for arguments in (
        ["check", "/no/such/file"],
        ["template", "--unit", "1", "--period", "2021"],
        ["template", "--unit", UNITS[0].code, "--period", "1999"],
        ["decide", "approve", "--period", "20221"],
        ["decide", "withdraw", "--period", "2021", "--unit", "99999", "--reason", "x"],
        ["bogus"],
    ):
        called = subprocess.run([sys.executable, "-m", "etl", *arguments], capture_output=True, check=False)
        assert called.returncode == 2
        assert b"Traceback" not in called.stderr


def test_checking_tells_what_was_received_before(tmp_path) -> None:
    file = form(UNITS[0], "2021")
    assert [a.repeated for a in check([file], tmp_path)] == [False]
    load_reports([file], tmp_path)
    assert [a.repeated for a in check([file], tmp_path)] == [True]


def test_periods_in_which_nothing_changed_are_taken_over_as_a_rebuild_would_make_them(tmp_path) -> None:
    merged = next(u for u in D.units.values() if u.vintage == "2025")

    def approve(period: str) -> None:
        standing = ask(tmp_path, f"SELECT submission_id, unit_code FROM standing_report WHERE period = '{period}'")
        decide([Decision("approved", "Sở Y tế", period, unit, submission_id=i) for i, unit in standing], tmp_path)

    def equal_to_a_rebuild() -> bool:
        build(tmp_path, tmp_path / "anew")
        return not differing_tables(tmp_path, tmp_path / "anew")

    (tmp_path / "anew").mkdir()
    steps = [
        lambda: load_reports([form(u, p) for u in UNITS for p in ("2020", "2021-H1", "2021")], tmp_path),
        lambda: approve("2021"),
        # The year after is compared with it.
        lambda: load_reports([form(UNITS[1], "2020", children_under6=2000)], tmp_path),
        lambda: approve("2020"),
        lambda: load_reports([form(UNITS[2], "2022", injury_cases=0)], tmp_path),
        lambda: load_reports([form(merged, "2025")], tmp_path),
        # Nobody knows for which period it is.
        lambda: load_reports([Incoming("hỏng.xlsx", b"PK\x03\x04 damaged")], tmp_path),
        lambda: load_reports([form(UNITS[0], "2021", under6_examined=10_000_000)], tmp_path),
    ]
    for step in steps:
        step()
        assert equal_to_a_rebuild()


def differing_tables(one: Path, other: Path) -> list[str]:
    """Return the tables that are not in both warehouses with the same columns and the same rows."""
    with duckdb.connect() as con:
        for name, home in (("one", one), ("other", other)):
            con.execute(f"ATTACH '{home / 'warehouse.duckdb'}' AS {name} (READ_ONLY)")
        columns = """
            SELECT schema_name || '.' || table_name AS name, list((column_name, data_type) ORDER BY column_index)
            FROM duckdb_columns() WHERE database_name = $database AND NOT internal GROUP BY name
        """
        first, second = (dict(con.execute(columns, {"database": d}).fetchall()) for d in ("one", "other"))
        differing = [name for name in {*first, *second} if first.get(name) != second.get(name)]
        for name in sorted({*first} - {*differing}):
            # Where there are as many rows, none of one that the other lacks means that they are the same.
            rows = {con.execute(f"SELECT count(*) FROM {home}.{name}").fetchone() for home in ("one", "other")}
            if len(rows) > 1 or con.execute(f"FROM one.{name} EXCEPT ALL FROM other.{name} LIMIT 1").fetchall():
                differing.append(name)
    assert len(first) > len(MODELS)
    return differing


def test_a_period_is_asked_for_as_people_write_it(tmp_path) -> None:
    asked = ["template", "--unit", UNITS[0].code, "--period", "6 tháng đầu năm 2021", "--out", str(tmp_path)]
    assert main(asked) == 0
    assert [p.name for p in tmp_path.iterdir()] == [form_file_name(UNITS[0], D.periods["2021-H1"])]


def test_whoever_reads_on_may_stop_reading(tmp_path) -> None:
    """As `| head` does: nothing is said of a broken pipe."""
    sent = tmp_path / "sent.xlsx"
    sent.write_bytes(form(UNITS[0], "2021").content)
    with subprocess.Popen(
        [sys.executable, "-m", "etl", "check", str(sent)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as called:
        called.stdout.close()
        assert called.stderr.read() == b""


def test_samples_stay_apart_from_reports_that_are_none(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path))
    load_reports([form(UNITS[0], "2021")], tmp_path)
    with pytest.raises(SystemExit, match="2"):
        main(["demo"])
    assert "python -m etl rebuild" in capsys.readouterr().err
    assert ask(tmp_path, "SELECT count(*) FROM submission") == [(1,)]


def test_a_model_that_fails_is_told_before_the_others_are_built(monkeypatch) -> None:
    built = []

    def fail(_con, _schema, model, _renewed) -> None:
        built.append(model)
        if model == "unit_level":
            raise RuntimeError(model)
        sleep(0.3)

    monkeypatch.setattr("etl.models._build", fail)
    with duckdb.connect() as con, pytest.raises(RuntimeError):
        con.execute("ATTACH ':memory:' AS warehouse")
        con.execute("CREATE TABLE reported_figure (value BIGINT)")
        build_models(con, None, lambda _: None, with_approved=False)
    ready = [model for model in MODELS if not sources("main", model)]
    assert set(built) < set(ready)


def as_csv(unit, period: str, left_out: str = "") -> Incoming:
    """Return a unit's figures in the long form, without those of one measure."""
    figures = make_report(D, unit, D.periods[period]).figures
    lines = [
        f"{unit.code},{period},{f.measure},{f.population_group},{f.value}"
        for f in figures
        if f.measure != left_out and f.value is not None
    ]
    return Incoming(f"{unit.code}.csv", "\n".join(["unit_code,period,measure,group,value", *lines]).encode())


@pytest.mark.parametrize("model", MODELS)
def test_what_a_renewal_leaves_out_of_a_model_is_its_order_alone(model) -> None:
    _, _, order = model_sql("main", model).partition(OUTERMOST_ORDER)
    assert "\n" not in order.rstrip()
    assert not {"SELECT", "LIMIT", "UNION", ")"} & set(order.split())


def test_a_report_as_csv_takes_away_neither_play_areas_nor_stage(tmp_path) -> None:
    """It carries figures alone; both are not reported only for a unit that never sent a workbook."""
    sent = form(UNITS[0], "2021")
    load_reports([sent, as_csv(UNITS[1], "2021")], tmp_path)
    seen = {
        table: ask(tmp_path, f"FROM {table} WHERE period = '2021' ORDER BY ALL")
        for table in ("play_area", "child_friendly", "child_friendly_criterion")
    }
    assert all(seen.values())
    load_reports([as_csv(UNITS[0], "2021", left_out="under6_examined")], tmp_path)
    (first, _, second) = ask(tmp_path, "SELECT unit_code, status FROM submission ORDER BY received_at")
    assert (first[1], second) == ("superseded", (UNITS[0].code, "accepted"))
    assert {table: ask(tmp_path, f"FROM {table} WHERE period = '2021' ORDER BY ALL") for table in seen} == seen
    flags = "SELECT value FROM commune_flag WHERE flag = 'communes_with_play_area' AND period = '2021' AND unit_code = "
    assert ask(tmp_path, f"{flags} '{UNITS[0].code}'") == [(1,)]
    assert ask(tmp_path, f"{flags} '{UNITS[1].code}'") == [(None,)]
    approve = ids_of(tmp_path, UNITS[0].code)
    decide([Decision("approved", "Phòng", "2021", UNITS[0].code, submission_id=approve)], tmp_path)
    assert ask(tmp_path, "SELECT count(*) FROM approved.play_area") == [(0,)]


def ids_of(home: Path, unit: str) -> str:
    return ask(home, f"SELECT submission_id FROM submission WHERE unit_code = '{unit}' AND status = 'accepted'")[0][0]


def test_a_report_without_a_date_is_late_where_it_came_late(tmp_path) -> None:
    due_on = D.periods["2021"].due_on
    in_time, late = (
        replace(as_csv(unit, "2021"), received_at=datetime.combine(due_on + timedelta(days), time(16, 59)))
        for unit, days in ((UNITS[0], 0), (UNITS[1], 1))
    )
    answers = load_reports([in_time, late], tmp_path)
    warned = [[p.rule for p in a.problems if p.rule == "late_report"] for a in answers]
    assert warned == [[], ["late_report"]]
    states = dict(ask(tmp_path, "SELECT unit_code, state FROM report_status WHERE submission_id IS NOT NULL"))
    assert states == {UNITS[0].code: "on_time", UNITS[1].code: "late"}
