"""A real warehouse for all tests: the sample reports, written as workbooks and loaded by the ETL."""

from pathlib import Path

import pytest

from etl.boundaries import import_outlines
from etl.demo import write_demo
from tests.naive import Key, Workbooks, read_workbooks, recompute

BOUNDARIES = Path(__file__).parents[2] / "shared" / "boundaries"


@pytest.fixture(scope="session")
def demo_reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample workbooks; loaded into `demo_home`."""
    return tmp_path_factory.mktemp("demo_reports")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, demo_reports: Path) -> Path:
    """The folder with archive and warehouse of the sample reports, and with outlines where there are any."""
    home = tmp_path_factory.mktemp("demo_home")
    write_demo(home, demo_reports, lambda _: None)
    if BOUNDARIES.exists():
        for vintage in ("2021", "2025"):
            assert import_outlines(home, BOUNDARIES / f"communes_{vintage}.geojson", vintage).path
    return home


@pytest.fixture(scope="session")
def schematic_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same data without any outlines."""
    home = tmp_path_factory.mktemp("schematic_home")
    (home / "warehouse.duckdb").symlink_to(demo_home / "warehouse.duckdb")
    return home


@pytest.fixture(scope="session")
def workbooks(demo_home: Path, demo_reports: Path) -> Workbooks:
    """What the sample workbooks say, read by plain loops."""
    assert demo_home.exists()
    return read_workbooks(demo_reports)


@pytest.fixture(scope="session")
def naive(workbooks: Workbooks) -> dict[Key, tuple[int, int]]:
    """Every indicator, computed a second time."""
    return recompute(workbooks.figures)
