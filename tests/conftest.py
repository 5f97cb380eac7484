"""A real warehouse for all tests: the sample reports, written as workbooks and loaded by the ETL."""

import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from etl.boundaries import import_outlines
from etl.demo import write_demo
from tests.naive import Key, Workbooks, read_workbooks, recompute

BOUNDARIES = Path(__file__).parents[2] / "shared" / "boundaries"


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    """Put the main module back: AppTest leaves its page there, and processes started later would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of pytest share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def demo_reports(shared_folder: Path) -> Path:
    """The folder of the sample workbooks; loaded into `demo_home`."""
    return shared_folder / "demo_reports"


@pytest.fixture(scope="session")
def demo_home(shared_folder: Path, demo_reports: Path) -> Path:
    """The folder with archive and warehouse of the sample reports, and with outlines where there are any."""
    home, done = shared_folder / "demo_home", shared_folder / "demo_home.done"
    with FileLock(shared_folder / "demo_home.lock"):
        if not done.exists():
            write_demo(home, demo_reports, lambda _: None)
            if BOUNDARIES.exists():
                for vintage in ("2021", "2025"):
                    assert import_outlines(home, BOUNDARIES / f"communes_{vintage}.geojson", vintage).path
            done.touch()
    return home


@pytest.fixture(scope="session")
def schematic_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same data without any outlines."""
    home = tmp_path_factory.mktemp("schematic_home")
    (home / "warehouse.duckdb").symlink_to(demo_home / "warehouse.duckdb")
    return home


@pytest.fixture(scope="session")
def workbooks(shared_folder: Path, demo_home: Path, demo_reports: Path) -> Workbooks:
    """What the sample workbooks say, read by plain loops."""
    assert demo_home.exists()
    kept = shared_folder / "workbooks.pickle"
    with FileLock(shared_folder / "workbooks.lock"):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(read_workbooks(demo_reports)))
    return pickle.loads(kept.read_bytes())  # noqa: S301  written by this very run


@pytest.fixture(scope="session")
def naive(workbooks: Workbooks) -> dict[Key, tuple[int, int]]:
    """Every indicator, computed a second time."""
    return recompute(workbooks.figures)
