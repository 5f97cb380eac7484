"""The SQL console: whatever is asked, nothing but the file's own tables is read, and an end comes soon."""

import random
import subprocess
import sys
import time
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from etl import console_process
from etl.console import LONGEST_CELL, LONGEST_SQL, REFUSALS, Limits, Question, Refused

REFUSED_UNRUN = {
    "empty": ["", "  ;;  ", "-- nothing", "/* nothing */"],
    "several": ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE unit", "ATTACH 'x.duckdb'; FROM x.t"],
    "syntax": [
        "SELEC 1",
        "SELECT * INTO OUTFILE '/tmp/x' FROM unit",
        "SELECT 'open",
        "SELECT " + "+".join(["1"] * 5000),
        "\x00",
    ],
    "not_reading": [
        "COPY unit TO 'out.csv'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "COPY unit FROM '/etc/passwd'",
        "ATTACH 'other.duckdb'",
        "ATTACH ':memory:' AS other",
        "DETACH public",
        "USE memory",
        "INSTALL httpfs",
        "FORCE INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '/tmp/evil.so'",
        "UPDATE EXTENSIONS",
        "SET threads = 64",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "SET VARIABLE x = 1",
        "PRAGMA database_list",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "CALL force_checkpoint()",
        "EXPORT DATABASE 'out'",
        "IMPORT DATABASE 'in'",
        "CREATE TABLE t AS SELECT 1",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE MACRO f(a) AS a",
        "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
        "INSERT INTO unit VALUES ('1', 'x', 1)",
        "UPDATE unit SET name = 'x'",
        "DELETE FROM unit",
        "TRUNCATE unit",
        "MERGE INTO unit USING unit AS u ON false WHEN MATCHED THEN DELETE",
        "ALTER TABLE unit ADD COLUMN x INT",
        "COMMENT ON TABLE unit IS 'x'",
        "DROP TABLE unit",
        "VACUUM",
        "ANALYZE",
        "CHECKPOINT",
        "BEGIN",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "DEALLOCATE p",
        "EXPLAIN COPY unit TO 'out.csv'",
        "EXPLAIN ANALYZE CREATE TEMP TABLE t AS SELECT 1",
    ],
    "forbidden": [
        "FROM read_csv('/etc/passwd')",
        "FROM READ_TEXT('/etc/passwd')",
        "FROM read_blob('/proc/self/environ')",
        "FROM read_parquet('s3://bucket/x')",
        "FROM read_json('x.json')",
        "FROM read_duckdb('x.duckdb')",
        "FROM glob('/**')",
        "FROM sniff_csv('/etc/passwd')",
        "FROM query('SELECT 1')",
        "FROM query_table('unit')",
        "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT (SELECT count(*) FROM duckdb_secrets())",
        "WITH a AS (FROM duckdb_settings()) SELECT * FROM a",
        "FROM system.main.duckdb_databases",
        "FROM duckdb_databases()",
        "FROM pragma_database_list",
        "FROM pg_catalog.pg_settings",
        "FROM duckdb_extensions()",
        "FROM duckdb_logs()",
        "FROM duckdb_temporary_files()",
        "FROM enable_logging()",
        "FROM checkpoint()",
        "FROM test_all_types()",
        "SELECT current_setting('temp_directory')",
        "SELECT 1 ORDER BY Current_Setting('home_directory')",
        "SHOW secret_directory",
    ],
}
"""By the code of the refusal."""

REFUSED = {
    "too_long": ["SELECT '" + "x" * LONGEST_SQL + "'"],
    "forbidden": ["FROM 'https://example.org/x.csv'", "SELECT * FROM 'x.parquet'", "DESCRIBE 'x.csv'"],
    "failed": [
        "WITH gone AS (DELETE FROM unit RETURNING *) FROM gone",
        "SELECT getenv('HOME')",
        "SELECT $1",
        "SELECT load_extension('x')",
        "SELECT error('x')",
        "SELECT 'x'::INT FROM unit",
        "SELECT nothing FROM unit",
        "FROM nowhere",
        "FROM '/etc/passwd'",
        "FROM memory.unit",
    ],
    "cell_too_long": [f"SELECT repeat('x', {LONGEST_CELL + 1})", "SELECT list(range) FROM range(100000)"],
    "too_large": ["SELECT repeat('x', 10000) FROM range(10000)"],
}

TOO_MUCH = [
    "SELECT count(*) FROM range(1000000000000)",
    "SELECT sum(a.range * b.range * c.range) FROM range(100000) a, range(100000) b, range(100000) c",
    "SELECT a.name FROM unit a, unit b, unit c, unit d, unit e ORDER BY random()",
    "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t",
    "WITH RECURSIVE t AS (SELECT 'x' AS x UNION ALL SELECT x || x FROM t) SELECT max(length(x)) FROM t",
    "SELECT repeat('x', 1000000000)",
    "SELECT range(1000000000)",
    "SELECT list(range) FROM range(1000000000)",
    "SELECT string_agg(repeat('x', 1000)) FROM range(10000000)",
    "SELECT pg_sleep(1000)",
    "SELECT " + "(" * 5000,
]
AN_END = {"time", "memory", "too_large", "cell_too_long", "stopped"}
SOON = Limits(time_s=1)

GOOD = "SELECT name, sum(children) AS children FROM unit GROUP BY name ORDER BY name"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("console") / "public.duckdb"
    with duckdb.connect(path) as con:
        con.execute(
            "CREATE TABLE unit AS SELECT '25'||range AS code, 'Xã '||range%3 AS name, range children FROM range(90)"
        )
        con.execute("COMMENT ON TABLE unit IS 'Xã | Communes'")
    return path


def refusal(question: Question) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        question.answer()
    return refused.value.code, refused.value.detail


def most_memory_mb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def test_what_does_not_read_the_tables_is_refused_before_it_runs(database) -> None:
    unlike = []
    with duckdb.connect(database, read_only=True) as con:
        for code, statements in REFUSED_UNRUN.items():
            for sql in statements:
                with pytest.raises((console_process.Refusal, duckdb.ParserException)) as refused:
                    console_process.check(con, sql)
                if getattr(refused.value, "code", "syntax") != code:
                    unlike.append((sql, code, refused.value))
    assert unlike == []


def test_nothing_hostile_is_done_and_a_good_question_is_answered_after_it(database) -> None:
    before = sha256(database.read_bytes()).hexdigest()
    measurable = Path("/proc/self/clear_refs").exists()
    if measurable:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        memory_mb = most_memory_mb()
    hostile = [(code, sql) for code, statements in REFUSED_UNRUN.items() for sql in statements[:2]]
    hostile += [(code, sql) for code, statements in REFUSED.items() for sql in statements]
    asked = [(code, Question(database, sql)) for code, sql in hostile]
    much = [Question(database, sql, SOON) for sql in TOO_MUCH]
    unlike = [(q.sql[:80], code, found) for code, q in asked if (found := refusal(q))[0] != code]
    assert unlike == []
    endless = [(q.sql[:80], found) for q in much if (found := refusal(q))[0] not in AN_END]
    assert endless == []
    answer = Question(database, GOOD).answer()
    assert list(answer.frame["children"]) == [sum(range(n, 90, 3)) for n in range(3)]
    assert sha256(database.read_bytes()).hexdigest() == before
    assert list(database.parent.iterdir()) == [database]
    if measurable:
        assert most_memory_mb() - memory_mb < 100


def test_a_message_tells_what_is_wrong_and_no_path_of_the_machine(database) -> None:
    questions = [Question(database, sql) for sql in ("SELECT name,\n  childre\nFROM unit", "FROM 'x.csv'", "FROM f()")]
    details = [refusal(question)[1] for question in questions]
    assert "LINE 2:   childre" in details[0]
    assert '"children"' in details[0]
    assert not [d for d in details if str(database.parent) in d]


def test_what_may_be_asked_is_answered_with_its_types(database) -> None:
    questions = [
        Question(database, sql, Limits(rows=5))
        for sql in (
            "FROM unit ORDER BY children DESC -- the largest first",
            "WITH a AS (VALUES (1, NULL), (2, 'b')) SELECT * FROM a;",
            "DESCRIBE unit",
            "SUMMARIZE unit",
            "PIVOT unit ON name IN ('Xã 0') USING sum(children)",
            "SELECT table_name, comment FROM duckdb_tables()",
        )
    ]
    large, values, *others = [q.answer() for q in questions]
    assert list(large.frame["children"]) == [89, 88, 87, 86, 85]
    assert large.more
    assert list(values.frame["col0"]) == [1, 2]
    assert not values.more
    assert others[0].frame["column_name"].tolist() == ["code", "name", "children"]
    assert others[3].frame.iloc[0].tolist() == ["unit", "Xã | Communes"]
    kinds = Question(
        database,
        "SELECT 1 AS a, NULL::INT AS b, sum(children) AS c, 1.5 AS d, DATE '2024-12-14' AS e, [1, 2] AS f,"
        " NULL::VARCHAR AS g, 2 AS a, 170141183460469231731687303715884105727 AS h, true AS i FROM unit",
    ).answer()
    assert kinds.types[:6] == ["INTEGER", "INTEGER", "HUGEINT", "DECIMAL(2,1)", "DATE", "INTEGER[]"]
    row = kinds.frame.iloc[0]
    assert list(kinds.frame.columns) == ["a", "b", "c", "d", "e", "f", "g", "a_2", "h", "i"]
    assert (row["a"], row["c"], row["d"], row["f"], row["a_2"]) == (1, sum(range(90)), 1.5, "[1, 2]", 2)
    assert row[["b", "g"]].isna().all()
    assert row["e"] == datetime(2024, 12, 14)
    assert row["h"] == "170141183460469231731687303715884105727"
    assert bool(row["i"])


def test_a_question_is_given_up_at_once(database) -> None:
    question = Question(database, "SELECT pg_sleep(1000)")
    assert not question.wait(0.5)
    start = time.monotonic()
    question.cancel()
    assert refusal(question)[0] == "cancelled"
    assert time.monotonic() - start < 2


def test_the_process_itself_can_open_nothing_more() -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no such limits")
    attempt = f"""
import runpy, socket
runpy.run_path({console_process.__file__!r})["_give_up_rights"](512, 10)
for open_something in (lambda: open("/etc/passwd"), lambda: socket.create_connection(("127.0.0.1", 9))):
    try:
        open_something()
    except OSError as error:
        print(error.errno)
"""
    done = subprocess.run([sys.executable, "-c", attempt], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["24", "24"]  # too many open files


TOKENS = """SELECT FROM WHERE WITH RECURSIVE AS ( ) [ ] { } , . ; * 1 -1 'x' "name" name unit code children :: INT JOIN
ON USING GROUP BY ORDER LIMIT UNION ALL EXCEPT VALUES PIVOT UNPIVOT DESCRIBE SUMMARIZE SHOW EXPLAIN COPY SET NULL NOT
IN EXISTS LATERAL unnest range( repeat('x', count(*) sum( OVER $1 ? -> lambda x: DATE 1e400 $$ -- /*"""
SOUP = [*TOKENS.split(), "'e\u0301'", "\u202e", "\x00"]


def test_any_soup_of_words_gets_an_answer_or_a_refusal(database) -> None:
    chance = random.Random(2016)  # noqa: S311  the same soup every time
    soups = [" ".join(chance.choices(SOUP, k=chance.randint(1, 12))) for _ in range(6)]
    soups += ["SELECT " + " ".join(chance.choices(SOUP, k=chance.randint(1, 4))) + " FROM unit" for _ in range(6)]
    for question in [Question(database, sql, SOON) for sql in soups]:
        try:
            assert len(question.answer().frame.columns) >= 1
        except Refused as refused:
            assert refused.code in REFUSALS, question.sql
