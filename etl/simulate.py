"""A warehouse of generated reports at the size of a province or of the whole country, for measuring.

The reports are rows from the start, never files: there is no archive behind them, and nothing can be rebuilt.
"""

import csv
import re
import shutil
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from etl.boundaries import draw_outlines, full_outlines, full_outlines_path, outlines_path
from etl.build import new_warehouse
from etl.definitions import DATA, Definitions, Period, load
from etl.demo import story
from etl.home import make_folder, write_durably
from etl.models import SQL, build_models, read_sql
from etl.tables import create_tables
from etl.warehouse import RECEIVED

if TYPE_CHECKING:
    from shapely import Polygon

_SQL = SQL / "simulate"
_SOURCE = DATA / "simulation"
_DISTRICT_DEGREES = 0.3
_STEP_DEGREES = 0.0011
"""From point to point of an outline, 120 m: a commune has some hundreds, as in outlines that offices publish."""
_WAVES_DEGREES = (0.02, 0.008)


def simulate(folder: Path, scale: str, years: int, seed: str, progress: Callable[[float], None]) -> str:
    """Write generated definitions to `folder/data` and what follows from them to `folder/var`; say what was done.

    The last of the `years` is the one in which the newest units came into force, so that both vintages report.
    """
    data, home = folder / "data", folder / "var"
    last_year = load(DATA).reform_on.year
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("var", "simulation"))
    if scale == "national":
        shutil.copy(_SOURCE / "province.toml", data)
        _write_units(data, seed)
    _replace_years(data / "province.toml", last_year - years + 1, last_year + 1)
    definitions = load(data)
    periods = _simulated_periods(definitions)
    make_folder(home / "boundaries")
    for vintage, outlines in _outlines(definitions, _shape(definitions, scale)):
        write_durably(full_outlines_path(home, vintage), outlines.encode())
        write_durably(outlines_path(home, vintage), draw_outlines(outlines, definitions).encode())
    rows = _write_warehouse(definitions, data, home, periods, seed, progress)
    return (
        f"{folder}: {rows:,} số liệu của {len(periods)} kỳ / figures of {len(periods)} periods\n"
        f"CHILD_DASHBOARD_DATA={data} CHILD_DASHBOARD_HOME={home} python -m streamlit run server.py"
    )


def _simulated_periods(definitions: Definitions) -> list[Period]:
    return [p for p in definitions.periods.values() if p.year <= definitions.reform_on.year]


def _replace_years(path: Path, first_year: int, last_year: int) -> None:
    text = path.read_text(encoding="utf-8")
    for name, year in (("first_year", first_year), ("last_year", last_year)):
        text = re.sub(rf"^{name} = \d+$", f"{name} = {year}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")


# Units and outlines -----------------------------------------------------------------------------------------


def _write_units(data: Path, seed: str) -> None:
    """Write a country's units: each of after the reform is made of three or four neighbours of before it."""
    import shapely

    told = _country()
    before, after = told["units_before"], told["units_after"]
    country = _country_shape()
    step = (country.area / after) ** 0.5
    while True:
        west, south, east, north = country.bounds
        lats, lons = np.meshgrid(np.arange(north, south, -step), np.arange(west, east, step), indexing="ij")
        inside = shapely.contains_xy(country, lons, lats)
        if inside.sum() >= after:
            break
        step *= 0.99
    # A seed may be any text; its bytes are the numbers that this generator starts from.
    chance = np.random.default_rng(list(seed.encode()))
    centres = np.column_stack([lats[inside], lons[inside]])[:after] + chance.uniform(-0.2, 0.2, (after, 2)) * step
    units, succession, code = [], [], 0
    for n, (lat, lon) in enumerate(centres):
        parts = before // after + (n < before % after)
        codes = [f"{code + k + 1:05d}" for k in range(parts)]
        turn = chance.uniform(0, 2 * np.pi)
        district = f"D{int(lat / _DISTRICT_DEGREES):02d}{int(lon / _DISTRICT_DEGREES)}"
        border, difficult = int(chance.random() < 0.05), int(chance.random() < 0.15)
        kind = "Phường" if chance.random() < 0.2 else "Xã"
        for k, own in enumerate(codes):
            angle = turn + 2 * np.pi * k / parts
            place = f"{lat + 0.25 * step * np.sin(angle):.6f}", f"{lon + 0.25 * step * np.cos(angle):.6f}"
            name = f"{kind} Mẫu {int(own)}"
            units.append(("2021", own, name, kind, district, f"Huyện Mẫu {district[1:]}", *place, border, difficult))
            succession.append(("2021", own, "2025", codes[0]))
        name = f"{kind} Mẫu Mới {n + 1}"
        units.append(("2025", codes[0], name, kind, "", "", f"{lat:.6f}", f"{lon:.6f}", border, difficult))
        code += parts
    _write_rows(data / "units.csv", sorted(units))
    _write_rows(data / "unit_succession.csv", succession)
    for name in ("unit_extents.csv", "unit_former_names.csv"):
        _write_rows(data / name, ())


def _write_rows(path: Path, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows below the heads that a file of definitions has."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        heads = next(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])


def _country() -> dict[str, Any]:
    return tomllib.loads((_SOURCE / "country.toml").read_text(encoding="utf-8"))


def _country_shape() -> "Polygon":
    import shapely

    shape = _country()["shape"]
    return shapely.Polygon(
        [(row["west"], row["lat"]) for row in shape] + [(row["east"], row["lat"]) for row in reversed(shape)]
    )


def _shape(definitions: Definitions, scale: str) -> "Polygon":
    import shapely

    if scale == "national":
        return _country_shape().buffer(0.1)
    bounds = definitions.province["bounds"]
    return shapely.box(bounds["west"], bounds["south"], bounds["east"], bounds["north"])


def _outlines(definitions: Definitions, shape: "Polygon") -> Iterable[tuple[str, str]]:
    """Yield full outlines for each vintage: what is nearest to a commune's point, and together what became one unit."""
    import geopandas as gpd
    import shapely

    from etl.boundary_files import WGS84

    first = definitions.vintages[0].name
    units = [u for u in definitions.units.values() if u.vintage == first]
    points = shapely.multipoints([(u.lon, u.lat) for u in units])
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=shape, ordered=True))
    cells = shapely.segmentize(shapely.intersection(cells, shape), _STEP_DEGREES)
    # Neighbours come along their edge from opposite ends: its points are the same only once they are rounded.
    cells = shapely.transform(shapely.set_precision(cells, 1e-6, mode="pointwise"), _wound)
    for vintage in definitions.vintages:
        codes = [definitions.code_in(first, u.code, vintage.name) for u in units]
        rows = gpd.GeoDataFrame({"code": codes}, geometry=cells, crs=WGS84)
        rows = rows.dissolve("code", as_index=False, method="coverage")
        named = rows.assign(name=[definitions.units[vintage.name, code].name for code in rows["code"]])
        yield vintage.name, full_outlines(named, vintage.name, "mô phỏng / simulated")


def _wound(points: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Move places so that straight borders wind; places that were apart stay apart, and neighbours still meet."""
    x, y = points.T
    for length in _WAVES_DEGREES:
        x = x + 0.06 * length * np.sin(2 * np.pi * y / length)
        y = y + 0.06 * length * np.sin(2 * np.pi * x / length)
    return np.column_stack([x, y])


# The warehouse ----------------------------------------------------------------------------------------------


def _write_warehouse(
    definitions: Definitions,
    data: Path,
    home: Path,
    periods: list[Period],
    seed: str,
    progress: Callable[[float], None],
) -> int:
    """Publish the warehouse and return how many figures were reported in it."""
    with new_warehouse(home) as con:
        create_tables(con, definitions, data)
        fill(con, definitions, periods, seed, lambda share: progress(0.3 * share))
        build_models(con, None, lambda share: progress(0.3 + 0.7 * share), with_approved=False)
        return int(con.table("reported_figure").count("*").fetchall()[0][0])


def fill(
    con: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    periods: list[Period],
    seed: str,
    progress: Callable[[float], None],
) -> None:
    """Fill the tables of what was received with reports of all units for `periods`, the same for the same seed."""
    con.execute("SET VARIABLE seed = $seed", {"seed": seed})
    con.execute(read_sql(_SQL / "functions.sql"))
    for table, rows in _told(definitions).items():
        con.register("told_rows", pa.Table.from_pylist(rows))
        con.execute(f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM told_rows")
    con.unregister("told_rows")
    simulated = _simulated_periods(definitions)
    positions = {p.period: n / (len(simulated) - 1) for n, p in enumerate(simulated)}
    for n, period in enumerate(periods):
        # What comes later is as the last of them.
        _create(con, "part", {"period": period.period, "position": positions.get(period.period, 1.0)})
        _create(con, "figure", {})
        rated = f"INSERT INTO figure {read_sql(_SQL / 'rated_figure.sql')}"
        while con.execute(rated).fetchall()[0][0]:
            pass
        for table in RECEIVED:
            sql = read_sql(_SQL / f"{table}.sql")
            con.execute(f"INSERT INTO {table} {sql}", {"period": period.period} if "$period" in sql else None)
        progress((n + 1) / len(periods))


def _create(con: duckdb.DuckDBPyConnection, table: str, parameters: dict[str, Any]) -> None:
    con.execute(f"CREATE OR REPLACE TEMPORARY TABLE {table} AS {read_sql(_SQL / f'{table}.sql')}", parameters)


def _told(definitions: Definitions) -> dict[str, list[dict[str, Any]]]:
    """Return what the sample reports are told by, as tables."""
    told = story()
    shares = [{"measure": m, "share": s} for m, s in (told["stocks"] | told["flows"]).items()]
    none = {"below": None, "lag": 0.0, "noise": 0.0, "penalty": 0.0, "cumulative": False}
    names = ("of", "first", "last", *none)
    rates = [none | {k: v for k, v in r.items() if k in names} | {"measure": m} for m, r in told["rates"].items()]
    weights, below = told["special"], 0.0
    for measure, weight in weights.items():
        share = weight / sum(weights.values())
        special = {"measure": measure, "of": "special_circumstances", "below": below, "first": share, "last": share}
        rates.append(none | special)
        below += share
    expected = {e.numerator: e.denominator for plan in definitions.plans for t in plan.tasks for e in t.expectations}
    return {
        "told_share": shares,
        "told_rate": [
            {k: float(v) if isinstance(v, int) and k != "cumulative" else v for k, v in r.items()} for r in rates
        ],
        "told_group": [
            {"measure": m.measure, "population_group": g, "share": told["group_shares"].get(g)}
            for m in definitions.measures.values()
            for g in m.groups
        ],
        "told_measure": [
            {"measure": m.measure, "sequence": n, "required": m.required}
            for n, m in enumerate(definitions.measures.values())
        ],
        "told_task": [
            {"sequence": n, "task": t.task, "item": t.item, "kind": t.kind, "denominator": expected.get(t.item)}
            for n, t in enumerate(definitions.tasks.values())
        ],
    }
