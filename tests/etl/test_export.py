"""The folder for analysts: complete, the same in every format, whole or not at all; and what its example answers."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from etl import export as exporting
from etl.__main__ import main
from etl.definitions import load
from etl.dictionary import dictionary, indicator_notes
from etl.export import ForeignFiles, export
from etl.public import TABLES

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "data" / "examples"


@pytest.fixture(scope="module")
def exported(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(demo_home, tmp_path_factory.mktemp("analysts") / "xuất")


def test_every_format_holds_the_same(exported) -> None:
    with duckdb.connect(exported / "tre_em.duckdb", read_only=True) as con:
        for table in TABLES:
            rows = con.sql(f"FROM {table}").to_arrow_table()
            parquet, read = (str(exported / form / f"{table}.{form}") for form in ("parquet", "csv"))
            assert con.sql("FROM read_parquet($file)", params={"file": parquet}).to_arrow_table().equals(rows)
            as_text = con.sql("FROM read_csv($file, all_varchar = true)", params={"file": read}).to_arrow_table()
            assert (as_text.column_names, len(as_text)) == (rows.column_names, len(rows))
    assert (exported / "csv" / "unit.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_dictionary_explains_everything_in_both_languages(exported) -> None:
    d, definitions = dictionary(), load()
    assert set(indicator_notes()) == set(definitions.indicators)
    for language, name in exporting.DICTIONARIES.items():
        said = (exported / name).read_text(encoding="utf-8")
        for words in (d.tables, d.columns, d.own):
            assert all(text(language) in said for text in words.values())
        assert all(f"`{m}`" in said for m in definitions.measures)
        assert all(note.limits(language) in said for note in indicator_notes().values())
        linked = set(re.findall(r"\]\(#(\w+)\)", said))
        assert linked == {*TABLES, *d.codes} and all(f"\n### {anchor}\n" in said for anchor in linked)


def test_an_export_is_whole_or_not_there(demo_home, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    out = tmp_path / "out"
    assert main(["export", "--out", str(out), "--format", "duckdb"]) == 0
    assert str(out / "tre_em.duckdb") in capsys.readouterr().out
    before = {p: p.stat().st_mtime_ns for p in out.iterdir()}

    def break_off(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(exporting, "_write_table", break_off)
        assert main(["export", "--out", str(out)]) == 1
    assert {p: p.stat().st_mtime_ns for p in out.iterdir()} == before and [*tmp_path.iterdir()] == [out]

    assert main(["export", "--out", str(out), "--format", "parquet"]) == 0
    assert {p.name for p in out.iterdir()} == {"parquet", "tu_dien_du_lieu.md", "data_dictionary.md"}
    (out / "parquet" / "notes.txt").write_text("mine")
    with pytest.raises(ForeignFiles, match=r"notes\.txt"):
        export(demo_home, out)
    assert (out / "parquet" / "notes.txt").read_text() == "mine"
    with pytest.raises(SystemExit) as wrongly:
        main(["export"])
    assert wrongly.value.code == 2


def test_the_example_answers_as_plain_counting_does(exported, naive) -> None:
    script = [sys.executable, str(EXAMPLES / "hai_ky_lien_tiep.py"), str(exported)]
    told = subprocess.run(script, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    answer = pd.read_csv(StringIO(told), dtype={"unit_code": str}).set_index("unit_code")
    targets = {"insurance_under6": 950, "preschool_age5": 996}
    missed: dict[str, int] = {}
    for (indicator, level, unit, vintage, period, group), (numerator, denominator) in naive.items():
        asked = (level, vintage, group) == ("commune", "2021", "ethnic_minority") and period in ("2023", "2024")
        if asked and indicator in targets and denominator and 1000 * numerator < targets[indicator] * denominator:
            missed[unit] = missed.get(unit, 0) + 1
    assert set(answer.index) == {unit for unit, times in missed.items() if times == 4} and 0 < len(answer) < 111
    for indicator, target in targets.items():
        for unit, gap in answer[indicator].items():
            numerator, denominator = naive[indicator, "commune", unit, "2021", "2024", "ethnic_minority"]
            assert gap == -(-target * denominator // 1000) - numerator

    in_r = (EXAMPLES / "hai_ky_lien_tiep.R").read_text(encoding="utf-8")
    (query,) = re.findall(r'dbGetQuery\(con, "(.+?)", params', in_r, re.DOTALL)
    with duckdb.connect() as con:
        rows = con.execute(query, [str(exported / "parquet" / "indicator_progress.parquet")]).fetchall()
    assert rows == list(answer.reset_index().itertuples(index=False, name=None))
