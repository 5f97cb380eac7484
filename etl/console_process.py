"""Answers one SQL statement from a DuckDB file and ends. `etl.console` starts it; nothing else imports it.

Runs in Python's isolated mode, so that neither the folder nor the environment of the dashboard is seen from here.
Reads a request as JSON from standard input, and writes a line of JSON and then an Arrow stream: the answer; or the
line alone: why there is none.
"""

import json
import sys
import time
from typing import Any

import duckdb
import pyarrow as pa

TABLE_FUNCTIONS = {"range", "generate_series", "unnest"}
"""The table functions that read nothing but their arguments. Whatever DuckDB adds is refused until it is named here."""

SYSTEM_VIEWS = {"duckdb_tables", "duckdb_columns", "tables", "columns"}
"""What may be asked about the database: its tables and columns, with their comments."""

REFUSED_FUNCTIONS = {"current_setting", "getvariable", "write_log"}

_SIZES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
PLAIN_TYPES = {*_SIZES, *(f"U{size}" for size in _SIZES)}
PLAIN_TYPES |= {"BOOLEAN", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "DATE", "TIMESTAMP"}
"""The types that every table on a screen and in a file knows; others are answered as DuckDB writes them."""

BATCH_ROWS = 2048

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "temp_directory": "",
    "max_temp_directory_size": "0B",
    "threads": 1,
    "async_threads": 1,
    "lock_configuration": True,
}


class Refusal(Exception):
    """Why a statement is not answered: a code of `etl.console.REFUSALS` and what it is about."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin.buffer)
    try:
        header, content = _answer(request)
    except Refusal as refusal:
        header, content = {"refused": refusal.code, "detail": refusal.detail}, b""
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + content)


def _answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    config = _CONFIG | {"memory_limit": f"{request['memory_mb']}MB"}
    with duckdb.connect(request["database"], read_only=True, config=config) as con:
        _give_up_rights(request["memory_mb"], request["time_s"])
        try:
            check(con, request["sql"])
            start = time.perf_counter()
            header, content = _read(con, request["sql"], request["rows"], request["bytes"])
        except duckdb.ParserException as error:
            raise Refusal("syntax", str(error)) from error
        except duckdb.PermissionException as error:
            raise Refusal("forbidden", str(error)) from error
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise Refusal("memory") from error
        except (duckdb.Error, pa.ArrowException, RecursionError, ValueError, RuntimeError) as error:
            raise Refusal("memory" if "bad_alloc" in str(error) else "failed", str(error)) from error
        return header | {"seconds": time.perf_counter() - start}, content


def _give_up_rights(memory_mb: int, time_s: float) -> None:
    """Let the system itself see to it that no file, connection or process time is had from here on.

    Windows has no such limits: there DuckDB's own settings and the clock of `etl.console` stand alone.
    """
    try:
        import resource
    except ImportError:
        return
    # The interpreter and its libraries need 400 MB of addresses; DuckDB's own limit does not count all that it takes.
    limits = {
        resource.RLIMIT_AS: (memory_mb + 1024) << 20,
        resource.RLIMIT_CPU: int(time_s) + 2,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        # What is open stays open, the database among it; nothing else can be opened, neither a file nor a socket.
        resource.RLIMIT_NOFILE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def check(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise Refusal for what is not one statement that reads the database's own tables."""
    try:
        statements = con.extract_statements(sql)
        kinds = [s.type.name for s in statements]
    except ValueError as error:  # a kind of statement that the Python package has no name for
        raise Refusal("not_reading") from error
    if not statements:
        raise Refusal("empty")
    if len(statements) > 1:
        raise Refusal("several", str(len(statements)))
    if kinds != ["SELECT"]:
        raise Refusal("not_reading", kinds[0])
    hidden = {row[0] for row in con.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()}
    hidden -= SYSTEM_VIEWS

    def look(node: dict[str, Any]) -> dict[str, Any]:
        match node.get("type"), node.get("class"):
            case "TABLE_FUNCTION", _:
                name = node["function"]["function_name"].lower()
                if name not in TABLE_FUNCTIONS | SYSTEM_VIEWS:
                    raise Refusal("forbidden", f"{name}()")
            case "BASE_TABLE", _:
                if node["table_name"].lower() in hidden or node["schema_name"].lower() == "pg_catalog":
                    raise Refusal("forbidden", node["table_name"])
            case "SHOW_REF", _:
                if node["show_type"] == "SHOW":
                    raise Refusal("forbidden", f"SHOW {node['table_name']}")
            case _, "FUNCTION":
                if node["function_name"].lower() in REFUSED_FUNCTIONS:
                    raise Refusal("forbidden", f"{node['function_name']}()")
        return node

    [(serialised,)] = con.execute("SELECT json_serialize_sql($sql::VARCHAR)", {"sql": sql}).fetchall()
    parsed = json.loads(serialised, object_hook=look)
    # What cannot be looked through is not run.
    if parsed.get("error") is not False:
        raise Refusal("not_reading")


def _read(con: duckdb.DuckDBPyConnection, sql: str, most_rows: int, most_bytes: int) -> tuple[dict[str, Any], bytes]:
    try:
        found = con.sql(sql)
    except duckdb.Error:
        # Says the same, and where in the statement it is.
        con.execute(sql)
        raise
    types = [str(t) for t in found.types]
    # Only where it must be: DuckDB's messages count lines in what it was given.
    if not all(map(_is_plain, types)):
        columns = zip(found.columns, types, strict=True)
        found = found.project(", ".join(_column(n, *column) for n, column in enumerate(columns, start=1)))
    sink = pa.BufferOutputStream()
    rows = 0
    with found.to_arrow_reader(BATCH_ROWS) as reader, pa.ipc.new_stream(sink, reader.schema) as stream:
        for batch in reader:
            part = batch.slice(0, most_rows - rows)
            rows += batch.num_rows
            stream.write_batch(part)
            if sink.tell() > most_bytes:
                raise Refusal("too_large")
            if rows > most_rows:
                break
    header = {"types": types, "more": rows > most_rows}
    return header, sink.getvalue().to_pybytes()


def _column(number: int, name: str, kind: str) -> str:
    quoted = name.replace('"', '""')
    value = f"#{number}" if _is_plain(kind) else f"CAST(#{number} AS VARCHAR)"
    return f'{value} AS "{quoted}"'


def _is_plain(kind: str) -> bool:
    return kind.partition("(")[0] in PLAIN_TYPES and not kind.endswith("]")


if __name__ == "__main__":
    main()
