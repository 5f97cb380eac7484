"""What an installation weighs, and which packages weigh most; why each is there stands beside it."""

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.bench.line import Line

PROJECT = Path(__file__).parents[2]
LARGE_MB = 20
REASONS = {
    "pyarrow": "Streamlit sends tables as Arrow; rows go into DuckDB as Arrow",
    "duckdb": "the warehouse",
    "pandas": "Streamlit and Plotly want it; tables of pages",
    "numpy": "pandas, geopandas, the proofs of what is masked",
    "plotly": "all charts; its scripts are sent by Streamlit, so no page asks the network",
    "streamlit": "the pages, with its front end",
    "pydeck": "the map of play areas",
    "shapely": "outlines that are brought in are checked and simplified",
    "pyogrio": "reads shapefiles, GeoPackage and GeoJSON, with GDAL",
    "pyproj": "outlines in other coordinate systems",
    "geopandas": "outlines that are brought in",
    "typst": "papers: PDF/UA with embedded fonts, no program of the machine's",
    "matplotlib": "still pictures of charts and maps",
    "fonttools": "matplotlib's",
    "babel": "numbers, dates and texts by Vietnamese rules",
    "pillow": "matplotlib's and python-pptx's pictures",
    "lxml": "python-pptx's",
    "cryptography": "Authlib's, for sign-in",
}


def measure(_: Path) -> Iterator[Line]:
    """Yield the whole size, and each package that is large."""
    sizes = {name: _megabytes(distribution(name)) for name in _required(PROJECT / "requirements.txt")}
    yield Line("all packages of an installation", [sum(sizes.values())], "MB")
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        if size > LARGE_MB:
            yield Line(name, [size], "MB", goal=REASONS.get(name, ""), reached=name in REASONS)


def _required(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            wanted = Requirement(line.removesuffix("\\"))
            if wanted.marker is None or wanted.marker.evaluate():
                yield wanted.name


def _megabytes(package: Distribution) -> float:
    paths = (Path(str(package.locate_file(file))) for file in package.files or [])
    return sum(path.stat().st_size for path in paths if path.exists()) / 1e6
