"""Real outlines of a vintage's units: checked, made to meet each other, simplified once, kept for page and checks.

`boundaries/<vintage>.geojson` keeps them in full detail; `boundaries/<vintage>.json`, which the map draws, follows
from it.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.boundary_files import WGS84, Areas, province_box, read_file, read_source
from etl.boundary_sources import boundary_sources, download
from etl.definitions import Definitions, load
from etl.home import lock, sync_folder, write_durably
from etl.identify import full_name, name_and_code
from etl.report import Problem, ProblemList
from etl.wording import listed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_METRIC = "EPSG:32648"
_OVERLAP_PERCENT = 5
"""The public outlines of 2021, each generalised by itself, overlap by up to 2.6 % of the smaller unit."""
_SNAP_M = 1
_GAP_WIDTH_M = 300
"""Gaps between the public outlines of 2021 are up to 204 m wide."""
_SPLINTER_M2 = 10_000
_TOLERANCE_M = 100
_LINES = 1200
"""Outlines are simplified by as much as a pixel when the whole fills a screen of so many lines."""
_MARGIN_DEGREES = 0.02
_GRID_WIDTH = 8192
_listed = partial(listed, most=30)


@dataclass(frozen=True)
class Outcome:
    """What became of outlines that were brought in. `path` is the drawing file, None where nothing was stored."""

    vintage: str
    units: int
    problems: list[Problem]
    path: Path | None


def full_outlines_path(home: Path, vintage: str) -> Path:
    """Return where a vintage's outlines in full detail are kept: GeoJSON, WGS 84, properties code and name."""
    return home / "boundaries" / f"{vintage}.geojson"


def outlines_path(home: Path, vintage: str) -> Path:
    """Return where a vintage's simplified outlines are kept; `encode_outlines` tells their form."""
    return full_outlines_path(home, vintage).with_suffix(".json")


def drawn_outlines(home: Path, vintage: str) -> str:
    """Return a vintage's simplified outlines in the form of `encode_outlines`; circles where none were brought in."""
    path = outlines_path(home, vintage)
    if path.exists():
        return path.read_text(encoding="utf-8")
    from etl.schematic import draw_schematic

    return draw_schematic(vintage, [u for u in load().units.values() if u.vintage == vintage])


def import_outlines(home: Path, file: Path, vintage: str) -> Outcome:
    """Bring in the outlines of a vintage's units from a file of any format that GDAL reads."""
    definitions = load()
    problems = ProblemList(definitions)
    areas = read_file(file, definitions, vintage, problems)
    return _bring_in(home, areas, definitions, vintage, file.name, problems)


def download_outlines(home: Path, vintage: str, progress: Callable[[float], None]) -> Outcome:
    """Bring in the public outlines of a vintage's units; what is downloaded stays in `boundaries/download`."""
    definitions = load()
    problems = ProblemList(definitions)
    source = boundary_sources()[vintage]
    folder = home / "boundaries" / "download"
    with lock(home / "boundaries" / "write.lock"):
        files = download(source, folder, problems, lambda share: progress(0.8 * share))
    areas = None if problems.rows else read_source(source, files, definitions, problems)
    outcome = _bring_in(home, areas, definitions, vintage, source.citation, problems)
    progress(1)
    return outcome


def draw_outlines(full: str, definitions: Definitions) -> str:
    """Return what the map draws, in the form of `encode_outlines`, from the text of a file of full outlines."""
    import geopandas as gpd

    outlines = json.loads(full)
    units = gpd.GeoDataFrame.from_features(outlines["features"], crs=WGS84).to_crs(_METRIC)
    districts = [definitions.units[outlines["name"], code].district_code for code in units["code"]]
    simple = simplify_outlines(units.assign(district_code=districts))
    return encode_outlines(simple, outlines["name"], outlines.get("source", ""))


def redraw_outlines(home: Path) -> None:
    """Write what the map draws anew, for every vintage whose full outlines are kept and can be read."""
    definitions = load()
    with lock(home / "boundaries" / "write.lock"):
        for vintage in definitions.vintages:
            # What is missing or damaged here, the doctor tells; the other vintage is drawn all the same.
            with suppress(FileNotFoundError, KeyError, TypeError, ValueError):
                drawn = draw_outlines(full_outlines_path(home, vintage.name).read_text(encoding="utf-8"), definitions)
                write_durably(outlines_path(home, vintage.name), drawn.encode())
        sync_folder(home / "boundaries")


def describe_outlines(home: Path) -> list[str]:
    """Return lines in both languages: which outlines are kept, where they come from, and how to bring in others."""
    lines = []
    for vintage in load().vintages:
        path = outlines_path(home, vintage.name)
        if path.exists():
            source = json.loads(path.read_bytes())["source"]
            lines.append(f"{vintage.name}: {source} ({_kilobytes(path)} kB, {path})")
        else:
            lines.append(f"{vintage.name}: chưa có ranh giới / no outlines yet")
    return [
        *lines,
        "tải về / fetch public ones: python -m etl boundaries --download",
        "dùng tệp có sẵn / use a file: python -m etl boundaries --import FILE --vintage V",
    ]


def _kilobytes(path: Path) -> int:
    return round(path.stat().st_size / 1000)


def _bring_in(
    home: Path, areas: Areas | None, definitions: Definitions, vintage: str, source: str, problems: ProblemList
) -> Outcome:
    """Check, clean, simplify and store; with an error nothing is stored and what was there stays."""
    units = None if areas is None else check_areas(areas, definitions, vintage, problems)
    count = 0 if units is None else len(units)
    if units is None or any(p.severity == "error" for p in problems.rows):
        return Outcome(vintage, count, problems.rows, None)
    clean = clean_outlines(units, problems)
    full = full_outlines(clean, vintage, source)
    drawn = draw_outlines(full, definitions)
    with lock(home / "boundaries" / "write.lock"):
        write_durably(full_outlines_path(home, vintage), full.encode())
        write_durably(outlines_path(home, vintage), drawn.encode())
        sync_folder(home / "boundaries")
    return Outcome(vintage, count, problems.rows, outlines_path(home, vintage))


def check_areas(areas: Areas, definitions: Definitions, vintage: str, problems: ProblemList) -> "GeoDataFrame":
    """Return the vintage's units (code, name, district_code, geometry in WGS 84, valid); all faults go to `problems`.

    Several areas of one unit become one. The units come in the order of their codes.
    """
    import shapely

    known = {u.code: u for u in definitions.units.values() if u.vintage == vintage}
    rows = areas.rows
    if areas.others:
        problems.add("outlines_ignored", value=areas.others)
    told = rows[rows["code"].notna()]
    if broken := sorted(set(told["code"][~told.is_valid])):
        problems.add("outlines_invalid", detail=_listed(full_name(known[c]) for c in broken))
        repaired = shapely.make_valid(told.geometry.values, method="structure", keep_collapsed=False)
        told = told.set_geometry(repaired, crs=WGS84)
    units = told.dissolve("code", as_index=False)[["code", "geometry"]]
    units = units.assign(
        name=[known[c].name for c in units["code"]], district_code=[known[c].district_code for c in units["code"]]
    )
    _check_names(units, rows[rows["code"].isna()], definitions, vintage, problems)
    _check_places(units, definitions, vintage, problems)
    _check_overlaps(units, problems)
    return units


def _check_names(
    units: "GeoDataFrame", rest: "GeoDataFrame", definitions: Definitions, vintage: str, problems: ProblemList
) -> None:
    import shapely

    known = {u.code: u for u in definitions.units.values() if u.vintage == vintage}
    missing = [u for code, u in known.items() if code not in set(units["code"])]
    if not missing:
        return
    names = _listed(name_and_code(u) for u in missing)
    problems.add("outlines_missing", value=len(missing), limit=len(known), detail=names)
    points = shapely.points([u.lon for u in missing], [u.lat for u in missing])
    area_rows, unit_rows = shapely.STRtree(points).query(rest.geometry.values, predicate="intersects")
    if len(area_rows):
        labels = (
            f"{rest['label'].iloc[a]} → {full_name(missing[u])}" for a, u in zip(area_rows, unit_rows, strict=True)
        )
        problems.add("outlines_unrecognised", detail=_listed(labels))


def _check_places(units: "GeoDataFrame", definitions: Definitions, vintage: str, problems: ProblemList) -> None:
    import geopandas as gpd
    import shapely

    known = [definitions.units[vintage, code] for code in units["code"]]
    names = units.assign(name=[full_name(u) for u in known])["name"]
    outside = ~units.within(province_box(definitions, _MARGIN_DEGREES)).to_numpy()
    if outside.any():
        problems.add("outlines_outside_province", detail=_listed(names[outside]))
    extents = [definitions.extents.get((vintage, u.code)) for u in known]
    centres = gpd.GeoSeries(
        [shapely.Point(e.inner_lon, e.inner_lat) if e else None for e in extents], crs=WGS84
    ).to_crs(_METRIC)
    radii = [e.inner_radius_m if e else 0 for e in extents]
    distances = units.to_crs(_METRIC).distance(centres)
    misplaced = (distances > radii).to_numpy() & ~outside
    if misplaced.any():
        problems.add("outlines_misplaced", detail=_listed(names[misplaced]))
    points = shapely.points([u.lon for u in known], [u.lat for u in known])
    off = ~shapely.intersects(units.geometry.values, points) & ~outside & ~misplaced
    if off.any():
        problems.add("outlines_point_outside", detail=_listed(names[off]))


def _check_overlaps(units: "GeoDataFrame", problems: ProblemList) -> None:
    """Find outlines that lie on each other; what two share at their seam is cut later."""
    import shapely

    outlines = units.to_crs(_METRIC).geometry.values
    one, other = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(outlines[one], outlines[other]))
    smaller = shapely.area(outlines)[[one, other]].min(axis=0)
    percent = 100 * shared / smaller
    names = [f"{name} ({code})" for name, code in zip(units["name"], units["code"], strict=True)]
    pairs = [
        f"{names[a]} – {names[b]}: {p:.0f} %"
        for a, b, p in zip(one, other, percent, strict=True)
        if p > _OVERLAP_PERCENT
    ]
    if pairs:
        problems.add("outlines_overlap", limit=_OVERLAP_PERCENT, detail=_listed(pairs))


def clean_outlines(units: "GeoDataFrame", problems: ProblemList) -> "GeoDataFrame":
    """Return the units in metres (UTM 48N) so that neighbours share their edges; tell what had to be changed.

    Of an overlap or a narrow gap, each part goes to the unit with which it shares the longer edge.
    """
    import shapely

    outlines = units.to_crs(_METRIC).geometry.values
    before = shapely.union_all(outlines)
    for _ in range(2):
        # Cutting leaves splinters behind their neighbours; without them a second pass closes the gaps.
        outlines = shapely.coverage_clean(outlines, gap_width=_GAP_WIDTH_M, snapping_distance=_SNAP_M)
        outlines = [_without_splinters(outline) for outline in outlines]
    after = shapely.coverage_union_all(outlines)
    overlap = units.to_crs(_METRIC).area.sum() - before.area
    gaps = after.area - before.area
    if max(overlap, gaps) > _SPLINTER_M2:
        problems.add("outlines_seams", value=f"{overlap / 1e6:.2f}", limit=f"{gaps / 1e6:.2f}")
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(after) for ring in part.interiors]
    if holes:
        problems.add("outlines_hole", value=len(holes), limit=f"{sum(h.area for h in holes) / 1e6:.2f}")
    return units.set_geometry(outlines, crs=_METRIC)


def _without_splinters(outline: Any) -> Any:
    import shapely

    parts = shapely.get_parts(outline)
    areas = shapely.area(parts)
    kept = parts[(areas >= _SPLINTER_M2) | (areas == areas.max())]
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)


def simplify_outlines(units: "GeoDataFrame") -> "GeoDataFrame":
    """Return clean outlines in metres as simpler ones in WGS 84, neighbours still sharing their edges."""
    import shapely

    _, south, _, north = units.total_bounds
    simple = shapely.coverage_simplify(units.geometry.values, max(_TOLERANCE_M, (north - south) / _LINES))
    return units.set_geometry(simple, crs=_METRIC).to_crs(WGS84)


def encode_outlines(units: "GeoDataFrame", vintage: str, source: str) -> str:
    """Return what the map draws, as compact JSON, from units (code, district_code, geometry in WGS 84).

    Points are whole steps on a grid as wide as the units' bounds, `width` by `height`: a step is as many metres from
    west to east as from north to south, and y grows southwards. `scale` and `origin` lead back to degrees:
    lon = west + x * scale[0], lat = north - y * scale[1]. Units and districts are lists of rings, holes among them,
    to be filled by the even-odd rule. A ring is a flat list: its first point, then the way from point to point,
    without the closing one. `districts` is left out for units without districts.
    """
    from math import cos, radians

    import shapely

    west, south, east, north = (round(float(side), 6) for side in units.total_bounds)
    aspect = (east - west) * cos(radians((south + north) / 2)) / (north - south)
    height = round(_GRID_WIDTH / aspect)
    scale = ((east - west) / _GRID_WIDTH, (north - south) / height)

    def rings(outline: Any) -> list[list[int]]:
        return _encode_rings(outline, (west, north), scale)

    drawing: dict[str, Any] = {
        "vintage": vintage,
        "source": source,
        "scale": [round(step, 12) for step in scale],
        "origin": [west, north],
        "aspect": round(aspect, 6),
        "width": _GRID_WIDTH,
        "height": height,
        "units": {code: rings(outline) for code, outline in zip(units["code"], units.geometry, strict=True)},
    }
    if units["district_code"].notna().any():
        drawing["districts"] = {
            code: rings(shapely.coverage_union_all(group.geometry.values))
            for code, group in units.groupby("district_code")
        }
    return json.dumps(drawing, ensure_ascii=False, separators=(",", ":"))


def _encode_rings(outline: Any, origin: tuple[float, float], scale: tuple[float, float]) -> list[list[int]]:
    """Return the rings of an outline on the grid, the longest first; those smaller than the grid are left out."""
    import numpy as np
    import shapely

    rings = shapely.get_rings(shapely.get_parts(outline))
    encoded: list[list[int]] = []
    for ring in rings[np.argsort(-shapely.length(rings), kind="stable")]:
        steps = (shapely.get_coordinates(ring) - origin) / (scale[0], -scale[1])
        points = np.rint(steps).astype(int)
        points = points[np.any(points != np.roll(points, 1, axis=0), axis=1)]
        if len(np.unique(points, axis=0)) >= 3 or not encoded:
            ways = np.diff(points, axis=0, prepend=[[0, 0]])
            encoded.append(ways.ravel().tolist())
    return encoded


def full_outlines(units: "GeoDataFrame", vintage: str, source: str) -> str:
    """Return clean outlines (code, name, geometry) as GeoJSON, rounded to 6 decimals (0.1 m).

    What is drawn follows from it alone.
    """
    import shapely

    head = json.dumps({"type": "FeatureCollection", "name": vintage, "source": source}, ensure_ascii=False)

    placed = units.to_crs(WGS84)
    # Point by point: neighbours round the points of their common edge alike.
    rounded = shapely.set_precision(placed.geometry.values, 1e-6, mode="pointwise")
    features = [
        f'{{"type":"Feature","properties":{json.dumps({"code": code, "name": name}, ensure_ascii=False)},'
        f'"geometry":{geometry}}}'
        for code, name, geometry in zip(units["code"], units["name"], shapely.to_geojson(rounded), strict=True)
    ]
    return head[:-1] + ', "features":[\n' + ",\n".join(features) + "\n]}\n"
