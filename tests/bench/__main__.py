"""Measure all that `docs/measured.md` tells, or only some parts: `python -m tests.bench loading repainting`.

Every part makes its own data with a fixed seed, warms up, and measures its yardstick in the same run. Without
`--out` the table is printed alone.
"""

import argparse
import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tests.bench.line import Line

PARTS = {
    "loading": "Reports into figures",
    "repainting": "Maps in the browser",
    "answering": "Pages on the server",
    "crowding": "Sessions at once",
    "scaling": "The whole country",
    "lasting": "Memory over time",
    "installing": "What is installed",
}
HEAD = ["what", "measured: median (least-most)", "yardstick in the same run", "ratio", "goal", "reached"]


def table(lines: Iterator[Line]) -> Iterator[str]:
    """Yield the rows of a Markdown table, each as soon as it is known."""
    for cells in (HEAD, ["---"] * len(HEAD)):
        yield f"| {' | '.join(cells)} |"
    for line in lines:
        yield f"| {' | '.join(line.cells())} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--out", type=Path, help="write the table into this file")
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    told = [
        "# What was measured",
        "",
        f"`make bench` on {date.today():%d %B %Y}: {os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}. Nothing here is a promise for another machine: each figure stands beside what",
        "the same machine takes for a yardstick in the same run.",
    ]
    # Processes that are started keep their bytecode, as those of an installation do.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        for part in args.parts or PARTS:
            told += ["", f"## {PARTS[part]}", ""]
            print(f"\n## {PARTS[part]}\n", flush=True)
            own = Path(folder) / part
            own.mkdir()
            for row in table(importlib.import_module(f"tests.bench.{part}").measure(own)):
                told.append(row)
                print(row, flush=True)
    if args.out:
        args.out.write_text("\n".join(told) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
