"""A real warehouse for all tests: the sample reports, written as workbooks and loaded by the ETL."""

from pathlib import Path

import pytest

from etl.demo import write_demo


@pytest.fixture(scope="session")
def demo_reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample workbooks; loaded into `demo_home`."""
    return tmp_path_factory.mktemp("demo_reports")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, demo_reports: Path) -> Path:
    """The folder with archive and warehouse of the sample reports."""
    home = tmp_path_factory.mktemp("demo_home")
    write_demo(home, demo_reports, lambda _: None)
    return home
