"""What an analyst takes away of a pivot; every file says where its numbers come from and at which address they are."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from etl.definitions import load
from etl.dictionary import Text as Both
from etl.dictionary import indicator_notes, words
from pages.shared.analysis.answer import Row
from pages.shared.analysis.choice import PLAY_AREAS
from pages.shared.analysis.labels import item_label
from pages.shared.analysis.pivot import Pivot, number
from pages.shared.analysis.table import heads, whole_table
from pages.shared.tables import as_csv
from pages.shared.text import Text

_SQL = Path(__file__).parents[1] / "sql" / "analysis.sql"
_PARAMETER = re.compile(r"\$([a-z]+)")


def csv(pivot: Pivot, about: Sequence[str], text: Text) -> bytes:
    """Return the table for a Vietnamese Excel, what it is about beneath it."""
    table = whole_table(pivot, text)

    def written(value: Any) -> Any:
        return f"{value:.17g}".replace(".", ",") if isinstance(value, float) else value

    notes = pd.DataFrame({table.columns[0]: ["", *about]})
    return as_csv(pd.concat([table.map(written, na_action="ignore").astype(object), notes]).fillna(""))


def workbook(pivot: Pivot, about: Sequence[str], created: datetime, text: Text) -> bytes:
    """Return the table as a workbook whose second sheet says what was counted, and where it comes from."""
    from pages.shared.spreadsheet import Book, Line, Mark, Table

    table = whole_table(pivot, text)
    columns = {str(n): str(head) for n, head in enumerate(table)}
    leading = len(columns) - len(pivot.columns)

    def cell(n: int, value: Any) -> Any:
        if isinstance(value, float):
            return int(value) if value.is_integer() and pivot.choice.cell != "value" else value
        return value if n < leading else Mark(value)

    rows = [
        {str(n): cell(n, value) for n, value in enumerate(row) if pd.notna(value)}
        for row in table.itertuples(index=False, name=None)
    ]
    summed = 1 if len(rows) > len(pivot.rows) else 0
    book = Book(title=about[0], created=created, footer=about[0])
    book.write_table(
        Table(text("workbook.sheet.table"), columns, rows[summed:], totals=rows[:summed], notes=about, frozen=1)
    )
    lines = [Line(text("analysis.definitions"), style="heading")]
    for item in pivot.choice.items:
        lines += [Line(said, term=term) for term, said in definition(item, text).items()]
    lines += [Line(text("workbook.sheet.about"), style="heading"), *(Line(line) for line in about)]
    book.write_lines(text("workbook.sheet.about"), lines)
    return book.close()


def definition(item: str, text: Text) -> dict[str, str]:
    """Return what an item means and where it comes from, by its headings."""
    d, word = load(), words(text.language)
    label = item_label(item, text)
    if item == PLAY_AREAS:
        return {label: text("analysis.play_areas_definition")}
    if item not in d.indicators:
        measure = d.measures[item]
        form = d.form["sheets"]["figures"]["name"]
        return {label: f"{text('analysis.as_reported')} ({form}, {measure.code})"}
    indicator, note = d.indicators[item], indicator_notes()[item]

    def counted(name: str) -> str:
        measure = d.measures.get(name)
        if measure is None:
            return word[name]
        return f"{measure.code} {Both(measure.label_vi, measure.label_en)(text.language)}"

    return {
        label: note.definition(text.language),
        f"{label}: {word['numerator']}": counted(indicator.numerator),
        f"{label}: {word['denominator']}": counted(indicator.denominator),
        f"{label}: {word['source']}": note.source(text.language),
        f"{label}: {word['basis']}": note.basis(text.language),
        f"{label}: {word['limits']}": note.limits(text.language),
    }


def parquet(rows: Sequence[Row], about: Sequence[str]) -> bytes:
    """Return the rows behind the table, one each; the file's metadata say what they are about."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist([{k: v for k, v in r.items() if k != "indicator"} for r in rows])
    said = {"source": "\n".join(about[:-1]), "address": about[-1]}
    content = BytesIO()
    pq.write_table(table.replace_schema_metadata(said), content, compression="zstd")
    return content.getvalue()


def geojson(pivot: Pivot, outlines: Path, about: Sequence[str], text: Text) -> bytes:
    """Return the outlines of the units in the rows, in full detail, with the cells as properties.

    A cell's status is a property of its own. The parts of a district or of the province become one outline.
    """
    import shapely
    from shapely.geometry import mapping, shape

    units = {u.code: u for u in load().units.values() if u.vintage == pivot.choice.vintage}
    parts: dict[str, list[Any]] = {}
    for feature in json.loads(outlines.read_text(encoding="utf-8"))["features"]:
        code = feature["properties"]["code"]
        whole = {"commune": code, "district": units[code].district_code, "province": load().province["code"]}
        parts.setdefault(str(whole[pivot.choice.level]), []).append(feature["geometry"])
    features = []
    for row in (r for r in pivot.rows if r in parts):
        own = parts[row]
        outline = own[0] if len(own) == 1 else mapping(shapely.union_all([shape(g) for g in own]))
        properties: dict[str, Any] = {"code": row, "name": pivot.row_label(row, text)}
        for column, head in heads(pivot, text).items():
            found = pivot.cells.get((row, column))
            properties[head] = found and number(found, pivot.choice.cell)
            properties[f"{head} ({text('column.status')})"] = found and text("status." + found["status"])
        features.append({"type": "Feature", "properties": properties, "geometry": outline})
    collection = {"type": "FeatureCollection", "source": list(about[:-1]), "address": about[-1], "features": features}
    return json.dumps(collection, ensure_ascii=False).encode()


def sql(asked: Mapping[str, Any], units: Sequence[str] | None, about: Sequence[str]) -> str:
    """Return the question with its parameters filled in: it runs on the public data as it stands.

    `units` are those that fulfil the conditions, None where there are none.
    """
    values = {**asked, "units": tuple(units) if units is not None else asked["units"]}
    comments = "".join(f"-- {line}\n" for part in about for line in part.splitlines())
    filled = _PARAMETER.sub(lambda m: _literal(values[m[1]]), _SQL.read_text(encoding="utf-8"))
    return comments + filled


def _literal(value: str | bool | Sequence[str]) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"[{', '.join(_literal(v) for v in value)}]"


def file_name(pivot: Pivot) -> str:
    """Return a file's name without its ending."""
    choice = pivot.choice
    return "_".join(("phan_tich", choice.items[0], choice.periods[-1], choice.vintage))
