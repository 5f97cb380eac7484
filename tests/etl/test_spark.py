"""The models on Spark come to the same as on DuckDB, to the last digit, and the pages read what it leaves."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from etl.build import BASE, build, lacking, take_in
from etl.models import APPROVED, MODELS, VIEW
from pages.shared import queries

MISSING = lacking("spark")

pytestmark = [
    pytest.mark.skipif(MISSING is not None and os.environ.get("SPARK_TESTS") != "required", reason=str(MISSING)),
    # PySpark says so of pandas 3, which it is not asked to use.
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def built(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where Spark's models of the sample reports are published, some of them approved."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    source.mkdir()
    shutil.copy(demo_home / "warehouse.duckdb", source)
    with duckdb.connect(source / "warehouse.duckdb") as con:
        con.execute(
            "INSERT INTO decision BY NAME SELECT row_number() OVER () AS decision_id, 'approved' AS action,"
            " submission_id FROM received_report WHERE accepted AND period < '2023'"
        )
    # For few rows it takes Java longer to improve its own code than to run it. That for so many different queries needs
    # more room than it takes by itself.
    (folder / "spark-defaults.conf").write_text(
        "spark.sql.adaptive.enabled false\n"
        "spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC\n"
    )
    os.environ["SPARK_CONF_DIR"] = str(folder)
    build(source / "warehouse.duckdb", folder / "duckdb", "duckdb", lambda _: None)
    build(source / "warehouse.duckdb", folder / "spark", "spark", lambda _: None)
    return folder


@pytest.fixture
def both(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        for engine in ("duckdb", "spark"):
            con.execute(f"ATTACH '{built / engine / 'warehouse.duckdb'}' AS {engine} (READ_ONLY)")
        yield con


def test_every_table_is_the_same_to_the_last_digit(both) -> None:
    tables = [f"main.{name}" for name in (*BASE, *MODELS, "protection_count")]
    tables += [f"approved.{name}" for name in (*APPROVED, "protection_count")]
    for table in tables:
        columns = [both.execute(f"DESCRIBE {engine}.{table}").fetchall() for engine in ("duckdb", "spark")]
        assert [c[:2] for c in columns[0]] == [c[:2] for c in columns[1]], table
        for one, other in (("duckdb", "spark"), ("spark", "duckdb")):
            found = both.execute(f"FROM {one}.{table} EXCEPT ALL FROM {other}.{table} LIMIT 3").fetchall()
            assert not found, (table, one, found)
    rows = {table: both.execute(f"SELECT count(*) FROM spark.{table}").fetchall()[0][0] for table in tables}
    empty = {table for table, count in rows.items() if not count}
    assert empty <= {"main.period_state", "main.revision_change", "approved.revision_change"}


def test_pages_read_what_spark_left(built, monkeypatch) -> None:
    answers = []
    for engine in ("duckdb", "spark"):
        monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(built / engine))
        with queries.frozen(approved_only=False):
            answers.append([queries.overview("2024", "2021"), queries.matrix("2024", "2021"), queries.periods()])
    for one, other in zip(*answers, strict=True):
        assert len(one) and one.equals(other)


def test_a_later_load_can_change_what_spark_left(built, both, tmp_path) -> None:
    shutil.copy(built / "spark" / "warehouse.duckdb", tmp_path)
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{tmp_path / 'warehouse.duckdb'}' AS warehouse")
        con.execute("USE warehouse")
        take_in(con)
    both.execute(f"ATTACH '{tmp_path / 'warehouse.duckdb'}' AS changed (READ_ONLY)")
    views = both.execute("SELECT view_name FROM duckdb_views() WHERE database_name = 'changed' AND NOT internal")
    assert {MODELS[name] for (name,) in views.fetchall()} == {VIEW}
    for table in ("main.reported_figure", "main.indicator_value", "approved.indicator_value"):
        assert both.execute(f"SELECT count(*) FROM changed.{table}").fetchall()[0][0]
        assert not both.execute(f"FROM duckdb.{table} EXCEPT ALL FROM changed.{table}").fetchall(), table


def test_a_build_leaves_the_one_before_for_those_who_read_it(built, monkeypatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise InterruptedError

    monkeypatch.setattr("etl.build._build_on_spark", stop)
    published = (built / "spark" / "warehouse.duckdb").read_bytes()
    with pytest.raises(InterruptedError):
        build(built / "source" / "warehouse.duckdb", built / "spark", "spark", lambda _: None)
    assert (built / "spark" / "warehouse.duckdb").read_bytes() == published
    assert len(list((built / "spark" / "models").iterdir())) == 1
