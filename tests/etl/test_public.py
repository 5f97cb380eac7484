"""What leaves the house: no sensitive figure but the masked ones, everything described, the same whoever builds it."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from etl.definitions import load
from etl.dictionary import dictionary
from etl.home import warehouse_path
from etl.public import TABLES, public_database

SENSITIVE = [m for m in load().measures.values() if m.sensitive]
DEFINING = {"measure", "measure_group", "measure_rule"}


@pytest.fixture(scope="module")
def public(demo_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(public_database(demo_home), read_only=True) as con:
        yield con


def columns(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str]]:
    """Return (table, column, type, comment) of every column."""
    return con.execute(
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()


def test_every_table_and_column_is_described_and_nothing_else_is(public) -> None:
    d, found = dictionary(), columns(public)
    assert {name: said.columns for name, said in d.tables.items()} == {
        table: tuple(c for t, c, *_ in found if t == table) for table, *_ in found
    }
    assert dict(public.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()) == {
        name: f"{said.vi} | {said.en}" for name, said in d.tables.items()
    }
    assert all(comment == d.column(table, column).comment for table, column, _, comment in found)
    assert set(d.own) <= {(t, c) for t, c, *_ in found}
    assert set(d.columns) == {c for t, c, *_ in found if (t, c) not in d.own}
    for table, column, _, _ in found:
        if codes := d.column(table, column).codes:
            values = public.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()
            assert {v for (v,) in values} <= set(d.codes[codes]), (table, column)


def test_nothing_but_the_masked_counts_speaks_of_sensitive_measures(public, demo_home) -> None:
    words = {w for m in SENSITIVE for w in (m.measure, m.label_vi, m.label_en)}
    with duckdb.connect(warehouse_path(demo_home), read_only=True) as con:
        # Whoever knows all of a small file but a masked count could try counts until its digest fits.
        digests = {r[0] for r in con.execute("SELECT sha256[:16] FROM received_report").fetchall()}
        files = {r[0] for r in con.execute("SELECT file_name FROM received_report").fetchall()}
        masked = con.execute("SELECT * FROM protection_count ORDER BY ALL").fetchall()
    looked_at = 0
    for table, column, kind, _ in columns(public):
        if kind == "VARCHAR":
            values = {r[0] for r in public.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()} - {None}
            looked_at += len(values)
            assert not {v for v in values if v[:16] in digests or v in files}, (table, column)
            if table not in {"protection_count", *DEFINING}:
                assert not values & words, (table, column)
    assert looked_at > 1000
    assert public.execute("SELECT * FROM protection_count ORDER BY ALL").fetchall() == masked
    (small,) = public.execute("SELECT count(*) FROM protection_count WHERE value BETWEEN 1 AND 4").fetchall()[0]
    assert small == 0 and any(row[6] == "masked" for row in masked)


def test_no_raw_figure_makes_a_difference_and_every_build_is_the_same(public, demo_home, tmp_path) -> None:
    """With all sensitive figures of the warehouse changed, and what is said of them, the same comes out."""
    shutil.copy(warehouse_path(demo_home), warehouse_path(tmp_path))
    with duckdb.connect(warehouse_path(tmp_path)) as con:
        about = "WHERE measure IN (SELECT measure FROM measure WHERE sensitive)"
        (figures,) = con.execute(f"SELECT count(*) FROM observation {about} AND value BETWEEN 1 AND 4").fetchall()[0]
        assert figures > 1000
        con.execute(f"UPDATE reported_figure SET value = 7 - value {about}")
        con.execute(f"DELETE FROM problem {about}")
        con.execute("UPDATE received_report SET file_name = 'Cháu A.xlsx'")
    with duckdb.connect(public_database(tmp_path), read_only=True) as changed:
        for table in TABLES:
            rows, others = (con.sql(f"FROM {table}").to_arrow_table() for con in (public, changed))
            assert rows.equals(others) and len(rows), table


def test_many_may_ask_at_once_and_old_files_go(demo_home, tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        public_database(tmp_path)
    shutil.copy(warehouse_path(demo_home), warehouse_path(tmp_path))
    (tmp_path / "public").mkdir()
    for day, name in enumerate(("oldest", "older", "before"), start=1):
        old = tmp_path / "public" / f"{name}.duckdb"
        old.touch()
        os.utime(old, (day, day))
    told: list[float] = []
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: public_database(tmp_path, progress=told.append), range(4)))
    assert len(paths) == 1 and told == sorted(told) and len(told) == len(TABLES)
    assert set((tmp_path / "public").iterdir()) == paths | {tmp_path / "public" / "before.duckdb"}
