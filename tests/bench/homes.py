"""The data that is measured, made once a run with fixed seeds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from etl.demo import write_demo
from etl.simulate import simulate

SEED = "bench"


@cache
def sample_home(root: Path) -> Path:
    """Return a folder with the sample reports of six years, loaded."""
    write_demo(root / "sample", None, lambda _: None)
    return root / "sample"


@cache
def simulated(root: Path, scale: str, years: int) -> Path:
    """Return a folder with `data` and `var` of a generated province or country."""
    folder = root / f"{scale}_{years}"
    simulate(folder, scale, years, SEED, lambda _: None)
    return folder


@contextmanager
def defined_by(folder: Path) -> Iterator[None]:
    """Let what is started meanwhile take its definitions from `folder`/data."""
    os.environ["CHILD_DASHBOARD_DATA"] = str(folder / "data")
    try:
        yield
    finally:
        del os.environ["CHILD_DASHBOARD_DATA"]
