"""The pages of the dashboard and their addresses, read from its text: importing it would run it."""

import ast
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def _paths() -> dict[str, str]:
    tree = ast.parse((PROJECT / "dashboard.py").read_text(encoding="utf-8"))
    said = next(n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "SECTIONS")
    return {name: path for pages in ast.literal_eval(said).values() for name, (path, _) in pages.items()}


PATHS = _paths()
"""The address of each page by its name."""
