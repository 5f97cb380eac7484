"""What the tables and columns of the public data mean, as data/texts/dictionary.toml says it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from etl.definitions import DATA

PATH = DATA / "texts" / "dictionary.toml"


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    vi: str
    en: str


@dataclass(frozen=True)
class ColumnText(Text):
    """What a column means. `codes` says what its values stand for; None where they stand for themselves."""

    unit: Text | None
    codes: dict[str, Text] | None

    @property
    def comment(self) -> str:
        """Both languages in one line."""
        units = (f" ({self.unit.vi})", f" ({self.unit.en})") if self.unit else ("", "")
        return f"{self.vi}{units[0]} | {self.en}{units[1]}"


@dataclass(frozen=True)
class Dictionary:
    """`own` are the columns that mean something else in one table, by (table, column)."""

    tables: dict[str, Text]
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
    codes = {name: {value: Text(*said) for value, said in values.items()} for name, values in content["codes"].items()}

    def column(said: dict[str, Any]) -> ColumnText:
        unit = Text(said["unit_vi"], said["unit_en"]) if "unit_vi" in said else None
        return ColumnText(said["vi"], said["en"], unit, codes[said["codes"]] if "codes" in said else None)

    tables = content["table"]
    return Dictionary(
        tables={name: Text(said["vi"], said["en"]) for name, said in tables.items()},
        columns={name: column(said) for name, said in content["column"].items()},
        own={(t, name): column(c) for t, said in tables.items() for name, c in said.get("column", {}).items()},
    )
