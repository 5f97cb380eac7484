"""A folder of the public data for analysts: DuckDB, Parquet and CSV, with the dictionary that explains them."""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow.csv
import pyarrow.parquet

from etl.definitions import Indicator, load
from etl.dictionary import Text, dictionary, indicator_notes, words
from etl.harmless import harmless_in_csv
from etl.home import sync_folder
from etl.public import TABLES, public_database
from etl.warehouse import Progress

FORMATS = ("duckdb", "parquet", "csv")
DATABASE = "tre_em.duckdb"
DICTIONARIES = {"vi": "tu_dien_du_lieu.md", "en": "data_dictionary.md"}
_OWN = {
    DATABASE,
    *DICTIONARIES.values(),
    *FORMATS,
    *(f"{form}/{table}.{form}" for form in ("parquet", "csv") for table in TABLES),
}
"""Every file and folder that an export may hold."""


class ForeignFiles(FileExistsError):
    """There are files in the folder that no export wrote."""


def export(folder: Path, out: Path, formats: Iterable[str] = FORMATS, *, progress: Progress = lambda _: None) -> Path:
    """Write the public data of the warehouse in `folder` to `out`, whole or not at all; return `out`.

    An earlier export there is replaced. Raises ForeignFiles where `out` holds anything else, FileNotFoundError where
    there is no warehouse yet.
    """
    out = out.resolve()
    _refuse_foreign(out)
    database = public_database(folder, progress=lambda share: progress(share / 2))
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir()
        with duckdb.connect(database, read_only=True) as con:
            for form in formats:
                if form == "duckdb":
                    shutil.copyfile(database, part / DATABASE)
                else:
                    (part / form).mkdir()
                    for n, table in enumerate(TABLES, start=1):
                        _write_table(con, table, part / form / f"{table}.{form}")
                        progress((1 + n / len(TABLES)) / 2)
            for language, name in DICTIONARIES.items():
                (part / name).write_text("\n".join(_dictionary(con, language)) + "\n", encoding="utf-8")
        _put_in_place(part, out)
        progress(1)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return out


def _refuse_foreign(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise ForeignFiles(f"{out} không phải là thư mục / is not a folder")
    foreign = sorted(p for p in out.rglob("*") if p.is_symlink() or p.relative_to(out).as_posix() not in _OWN)
    if foreign:
        raise ForeignFiles(
            f"{out} có tệp khác ({foreign[0].name}), hãy chọn thư mục mới"
            f" / holds other files ({foreign[0].name}); name a new folder"
        )


def _put_in_place(part: Path, out: Path) -> None:
    before = out.with_name(f".{out.name}.{os.getpid()}.before")
    had_one = out.exists()
    if had_one:
        out.rename(before)
    try:
        part.rename(out)
    except OSError:
        if had_one:
            before.rename(out)
        raise
    sync_folder(out.parent)
    shutil.rmtree(before, ignore_errors=True)


def _write_table(con: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    rows = con.sql(f"FROM {table}").to_arrow_table()
    if path.suffix == ".parquet":
        pyarrow.parquet.write_table(rows, path, compression="zstd")
    else:
        for n, column in enumerate(rows.columns):
            if pyarrow.types.is_string(column.type):
                said = pyarrow.array([harmless_in_csv(cell) for cell in column.to_pylist()], column.type)
                rows = rows.set_column(n, rows.field(n), said)
        with path.open("wb") as file:
            # Without it Excel takes Vietnamese for another encoding.
            file.write(b"\xef\xbb\xbf")
            pyarrow.csv.write_csv(rows, file)


# The dictionary ---------------------------------------------------------------------------------------------


def _dictionary(con: duckdb.DuckDBPyConnection, language: str) -> Iterator[str]:
    """Yield the lines of the dictionary, as Markdown."""
    word = words(language)
    yield f"# {word['title']}"
    yield from ("", word["intro"], "")
    province_vi, province_en, last, sample = con.execute(
        "SELECT province_vi, province_en, last_received_at, sample FROM about"
    ).fetchall()[0]
    yield f"{Text(province_vi, province_en)(language)}. {word['last_received']}: {last:%Y-%m-%d %H:%M}. {word['csv']}"
    if sample:
        yield from ("", word["sample"])
    yield from _tables(con, language, word)
    yield from _codes(language, word)
    yield from _indicators(language, word)
    yield from _measures(language, word)


def _tables(con: duckdb.DuckDBPyConnection, language: str, word: dict[str, str]) -> Iterator[str]:
    d = dictionary()
    yield from ("", f"## {word['tables']}", "")
    counts = {t: con.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0] for t in TABLES}
    yield from _table(
        (word["table"], word["rows"], word["meaning"]),
        ((f"[{t}](#{t})", str(counts[t]), d.tables[t](language)) for t in TABLES),
    )
    for table in TABLES:
        yield from ("", f"### {table}", "", d.tables[table](language), "")
        rows = []
        for name, kind in con.execute(f"SELECT column_name, column_type FROM (DESCRIBE {table})").fetchall():
            said = d.column(table, name)
            codes = f" → [{said.codes}](#{said.codes})" if said.codes else ""
            rows.append((f"`{name}`", kind, said.unit(language) if said.unit else "", said(language) + codes))
        yield from _table((word["column"], word["type"], word["unit"], word["meaning"]), rows)


def _codes(language: str, word: dict[str, str]) -> Iterator[str]:
    yield from ("", f"## {word['codes']}")
    for name, values in dictionary().codes.items():
        yield from ("", f"### {name}", "")
        yield from _table(
            (word["code"], word["meaning"]), ((f"`{value}`", said(language)) for value, said in values.items())
        )


def _indicators(language: str, word: dict[str, str]) -> Iterator[str]:
    yield from ("", f"## {word['indicators']}")
    for indicator in load().indicators.values():
        note = indicator_notes()[indicator.indicator]
        label = Text(indicator.label_vi, indicator.label_en)(language)
        yield from ("", f"### {label}", "", f"`{indicator.indicator}`. {note.definition(language)}", "")
        yield f"- {word['numerator']}: {_counted(indicator.numerator, language, word)}"
        yield f"- {word['denominator']}: {_counted(indicator.denominator, language, word)}"
        yield f"- {word['target']}: {_targets(indicator, word)}"
        yield f"- {word['groups']}: {_groups(indicator.groups, language)}"
        yield f"- {word['source']}: {note.source(language)}"
        yield f"- {word['basis']}: {note.basis(language)}"
        yield f"- {word['limits']}: {note.limits(language)}"


def _counted(measure: str, language: str, word: dict[str, str]) -> str:
    """Return what is counted: a measure with its code, or communes."""
    found = load().measures.get(measure)
    said = f"({found.code}) {Text(found.label_vi, found.label_en)(language)}" if found else word[measure]
    return f"`{measure}` {said}"


def _groups(groups: Iterable[str], language: str) -> str:
    names = dictionary().codes["population_group"]
    return ", ".join(names[g](language) for g in groups)


def _targets(indicator: Indicator, word: dict[str, str]) -> str:
    found = []
    for plan in load().plans:
        for target in (t for p in plan.targets for t in p.indicators if t.indicator == indicator.indicator):
            value = word["rising"] if target.value is None else f"{target.comparator} {target.value} %"
            found.append(f"{value} ({word['plan']} {plan.year}, {word['target'].lower()} {target.number})")
    return "; ".join(found)


def _measures(language: str, word: dict[str, str]) -> Iterator[str]:
    flows = dictionary().codes["flow"]
    yield from ("", f"## {word['measures']}", "")
    rows = []
    for m in load().measures.values():
        name = Text(m.label_vi, m.label_en)(language)
        meaning = f"{name} ({word['sensitive']})" if m.sensitive else name
        unit = Text(m.unit_vi, m.unit_en)(language)
        groups = _groups(m.groups, language)
        rows.append((m.code, f"`{m.measure}`", meaning, unit, flows[m.flow](language), groups))
    heads = (word["code"], word["measure"], word["meaning"], word["unit"], word["flow"], word["groups"])
    yield from _table(heads, rows)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "| --- " * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
