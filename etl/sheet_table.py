"""A table of the form, wherever in its sheet it stands now."""

from collections.abc import Iterator

from etl.cells import Cell, Sheet, address
from etl.values import word

_HEADER_ROWS = 60


class SheetTable:
    """A table in a sheet, found by its header texts; a header may be spread over up to three rows.

    `headings` are their addresses, `repeated` those that stand a second time: which column was meant, nobody can tell.
    """

    def __init__(self, sheet: Sheet, headers: dict[str, str]) -> None:
        self.sheet = sheet
        keys = {word(text): name for name, text in headers.items()}
        said = [
            [
                (keys[w], c)
                for c, cell in enumerate(row)
                if isinstance(cell, str) and cell and (w := word(cell).rstrip(":*")) in keys
            ]
            for row in sheet.rows[:_HEADER_ROWS]
        ]
        found = [dict(reversed(row)) for row in said]
        best = max(range(len(found)), key=lambda r: len(found[r]), default=0)
        self.columns: dict[str, int] = {}
        self.headings: dict[str, str] = {}
        self.first_row = best + 1
        for row in (best, best - 1, best + 1, best - 2, best + 2):
            if 0 <= row < len(found):
                missing = {n: c for n, c in found[row].items() if n not in self.columns}
                self.columns.update(missing)
                self.headings.update({n: address(row, c) for n, c in missing.items()})
                if missing:
                    self.first_row = max(self.first_row, row + 1)
        self.header_rows = range(best, self.first_row)
        self.repeated = [
            (name, row, c)
            for row in self.header_rows
            if row < len(said)
            for name, c in said[row]
            if c != self.columns[name]
        ]

    def rows(self) -> Iterator[int]:
        return iter(range(self.first_row, len(self.sheet.rows)))

    def cell(self, row: int, column: str) -> Cell:
        return self.sheet.get(row, self.columns[column]) if column in self.columns else ""

    def address(self, row: int, column: str) -> str:
        return address(row, self.columns.get(column, 0))
