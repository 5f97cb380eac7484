"""The state of an installation: which versions it runs, how much room it takes, when it was last backed up."""

import platform
import shutil
import tomllib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from etl.backup import stamp_path
from etl.definitions import DATA
from etl.home import warehouse_path
from etl.warehouse import SCHEMA_VERSION, definitions_digest

_DIGEST_LETTERS = 12


class Room(NamedTuple):
    """Bytes that are free on the disk, and that parts of the program's folder take."""

    free: int
    archive: int
    warehouse: int
    public: int


def versions() -> dict[str, str]:
    """Return the versions that figures, files and pages depend on."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        "program": project["project"]["version"],
        "schema": str(SCHEMA_VERSION),
        "definitions": definitions_digest(DATA)[:_DIGEST_LETTERS],
        "python": platform.python_version(),
        "streamlit": version("streamlit"),
        "duckdb": version("duckdb"),
    }


def room(home: Path) -> Room:
    """Return how the disk of the program's folder `home` is filled."""
    return Room(
        shutil.disk_usage(home).free,
        _size(home / "archive"),
        _size(warehouse_path(home)),
        _size(home / "public"),
    )


def backed_up_at(home: Path) -> datetime | None:
    """Return when `home` was last backed up (UTC), None where that is not known."""
    try:
        return datetime.fromtimestamp(stamp_path(home).stat().st_mtime, UTC).replace(tzinfo=None)
    except FileNotFoundError:
        return None


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
