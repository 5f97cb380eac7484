"""What the public data and the indicators mean, as data/texts/dictionary.toml and indicator_notes.toml say it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from etl.definitions import DATA, load

PATH = DATA / "texts" / "dictionary.toml"
NOTES = DATA / "texts" / "indicator_notes.toml"


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    vi: str
    en: str

    def __call__(self, language: str) -> str:
        """Return the text in `vi` or `en`."""
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True)
class ColumnText(Text):
    """What a column means. `codes` names the list of what its values stand for; None where they need none."""

    unit: Text | None
    codes: str | None

    @property
    def comment(self) -> str:
        """Both languages in one line."""
        units = (f" ({self.unit.vi})", f" ({self.unit.en})") if self.unit else ("", "")
        return f"{self.vi}{units[0]} | {self.en}{units[1]}"


@dataclass(frozen=True)
class TableText(Text):
    """What a table means, and its columns in their order."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Dictionary:
    """`own` are the columns that mean something else in one table, by (table, column).

    `codes` are lists of values and what they stand for; `words` are the headings of the written dictionary.
    """

    words: dict[str, Text]
    codes: dict[str, dict[str, Text]]
    tables: dict[str, TableText]
    columns: dict[str, ColumnText]
    own: dict[tuple[str, str], ColumnText]

    def column(self, table: str, name: str) -> ColumnText:
        """Return what a column means in a table; raise KeyError where nobody said it."""
        found = self.own.get((table, name))
        return found or self.columns[name]


@cache
def dictionary() -> Dictionary:
    """Read the dictionary."""
    content = tomllib.loads(PATH.read_text(encoding="utf-8"))

    def column(said: dict[str, Any]) -> ColumnText:
        unit = Text(said["unit_vi"], said["unit_en"]) if "unit_vi" in said else None
        return ColumnText(said["vi"], said["en"], unit, said.get("codes"))

    tables = content["table"]
    return Dictionary(
        words={name: Text(*said) for name, said in content["words"].items()},
        codes={name: {v: Text(*said) for v, said in values.items()} for name, values in content["codes"].items()},
        tables={name: TableText(said["vi"], said["en"], tuple(said["columns"])) for name, said in tables.items()},
        columns={name: column(said) for name, said in content["column"].items()},
        own={(t, name): column(c) for t, said in tables.items() for name, c in said.get("column", {}).items()},
    )


def words(language: str) -> dict[str, str]:
    """Return the headings of the written dictionary in `vi` or `en`."""
    return {name: said(language) for name, said in dictionary().words.items()}


@dataclass(frozen=True)
class IndicatorNote:
    """What an indicator means, what it rests on, which part of the form it comes from, and where it falls short."""

    definition: Text
    basis: Text
    source: Text
    limits: Text


@cache
def indicator_notes() -> dict[str, IndicatorNote]:
    """Read what is said of each indicator; where no source is named it is the rows of its two measures."""
    d = load()
    figures = d.form["sheets"]["figures"]["name"]
    notes = {}
    for name, said in tomllib.loads(NOTES.read_text(encoding="utf-8")).items():
        if "source_vi" in said:
            source = Text(said["source_vi"], said["source_en"])
        else:
            indicator = d.indicators[name]
            rows = ", ".join(d.measures[m].code for m in (indicator.numerator, indicator.denominator))
            source = Text(f'Trang tính "{figures}": dòng {rows}', f'Sheet "{figures}": rows {rows}')
        texts = (Text(said[f"{part}_vi"], said[f"{part}_en"]) for part in ("definition", "basis", "limits"))
        definition, basis, limits = texts
        notes[name] = IndicatorNote(definition, basis, source, limits)
    return notes
