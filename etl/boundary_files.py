"""Outlines as they are found in files: areas with a code or names, in any coordinate system, for any territory."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import BadZipFile, ZipFile, is_zipfile

from etl.boundary_sources import Source
from etl.definitions import Definitions, Unit
from etl.identify import fitting_units, name_and_code
from etl.report import ProblemList
from etl.wording import strip_marks

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

WGS84 = "EPSG:4326"
_ARCHIVED = (".shp", ".geojson", ".json", ".gpkg")


class Areas(NamedTuple):
    """Areas in WGS 84 (column `geometry`), each with its unit's `code` or None, and a `label` for people.

    `others` is how many are for certain no unit of the vintage.
    """

    rows: "GeoDataFrame"
    others: int


class _Told(NamedTuple):
    """For each area its unit's code or None, the text that told it, and all units that fit where several do."""

    codes: list[str | None]
    labels: list[str]
    several: dict[int, list[Unit]]


def read_file(path: Path, definitions: Definitions, vintage: str, problems: ProblemList) -> Areas | None:
    """Return the areas of the layer of `path` in which most units of a vintage are found.

    Reads whatever GDAL reads: GeoJSON, GeoPackage, Shapefile, also zipped. What hinders goes to `problems`.
    """
    import geopandas as gpd
    import pyogrio

    try:
        layers = [
            gpd.read_file(data_set, layer=name, engine="pyogrio")
            for data_set in _data_sets(path)
            for name, kind in pyogrio.list_layers(data_set)
            if kind is not None
        ]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, BadZipFile) as error:
        problems.add("outlines_unreadable", value=path.name, detail=error)
        return None
    found = [areas for layer in layers if len(areas := _only_areas(layer))]
    if not found:
        problems.add("outlines_unreadable", value=path.name, detail=("không có vùng nào", "there are no areas in it"))
        return None
    best = max(found, key=lambda areas: _score(_tell(areas, definitions, vintage), definitions, vintage))
    placed = _to_wgs84(best, problems)
    return None if placed is None else name_areas(placed, definitions, vintage, problems)


def _data_sets(path: Path) -> list[str]:
    """Return what GDAL is to open: `path`, or the files of outlines in an archive, in whatever folder there."""
    if not is_zipfile(path):
        return [str(path)]
    with ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(_ARCHIVED)]
    return [f"/vsizip/{path.resolve().as_posix()}/{name}" for name in names]


def read_source(source: Source, paths: Sequence[Path], definitions: Definitions, problems: ProblemList) -> Areas | None:
    """Return the areas in the downloaded files of a public source."""
    import geopandas as gpd
    import pandas as pd

    if source.province is not None:
        areas = pd.concat([_read_r_data(path, source.province) for path in paths])
    else:
        # One file a unit, named by its code.
        areas = pd.concat(gpd.read_file(path).assign(code=path.name.partition("_")[0]) for path in paths)
    return name_areas(areas.reset_index(drop=True), definitions, source.vintage, problems)


def _read_r_data(path: Path, province: str) -> "GeoDataFrame":
    """Return the areas of one province in an R data frame with polygons: columns name, district, geometry."""
    import geopandas as gpd
    import rdata

    with _no_garbage_collection():
        (frame,) = (value for _, value in _pairs(rdata.parser.parse_file(path).object))
    slots = dict(_pairs(frame.attributes))
    table = rdata.conversion.convert(slots["data"])
    wanted = [row for row, name in enumerate(table["province"]) if name == province]
    names = {
        column: [table[of].iloc[row].encode("ascii").decode("unicode_escape") for row in wanted]
        for column, of in (("name", "commune_vn"), ("district", "district_vn"))
    }
    outlines = [_r_polygons(slots["polygons"].value[row]) for row in wanted]
    return gpd.GeoDataFrame(names, geometry=outlines, crs=WGS84)


def _r_polygons(polygons: Any) -> Any:
    """Return an object of R's class Polygons as one geometry; R keeps holes as rings among the others."""
    import rdata
    import shapely

    classes: dict[str | bytes, Callable[..., Any]] = {
        "Polygons": lambda _, slots: slots,
        "Polygon": lambda _, slots: slots,
    }
    slots = rdata.conversion.convert(polygons, constructor_dict={**rdata.conversion.DEFAULT_CLASS_MAP, **classes})
    rings = [(bool(ring["hole"][0]), shapely.Polygon(ring["coords"].to_numpy())) for ring in slots["Polygons"]]
    solid, holes = ([ring for is_hole, ring in rings if is_hole == hole] for hole in (False, True))
    return shapely.difference(shapely.union_all(solid), shapely.union_all(holes))


def _pairs(pair_list: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of a pair list of R, in which a name that stood before is a reference."""
    import rdata

    while pair_list is not None and pair_list.info.type is rdata.parser.RObjectType.LIST:
        tag = pair_list.tag.referenced_object or pair_list.tag
        yield tag.value.value.decode(), pair_list.value[0]
        pair_list = pair_list.value[1]


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep the collector from walking through a million living objects again and again: 9 seconds instead of 16."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _only_areas(layer: Any) -> Any:
    """Return the rows of a layer that are areas, in two dimensions; a layer without geometry has none."""
    import geopandas as gpd
    import shapely

    if not isinstance(layer, gpd.GeoDataFrame):
        return layer.iloc[:0]
    areas = layer[layer.geom_type.isin(("Polygon", "MultiPolygon")) & ~layer.is_empty]
    return areas.set_geometry(shapely.force_2d(areas.geometry.values), crs=layer.crs).reset_index(drop=True)


def _to_wgs84(areas: Any, problems: ProblemList) -> "GeoDataFrame | None":
    if areas.crs is None:
        if not _in_degrees(areas):
            problems.add("outlines_without_crs")
            return None
        return areas.set_crs(WGS84)
    placed = areas.to_crs(WGS84)
    if not _in_degrees(placed):
        problems.add("outlines_wrong_crs", value=areas.crs.name)
        return None
    return placed


def _in_degrees(areas: Any) -> bool:
    west, south, east, north = areas.total_bounds
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)


def name_areas(areas: "GeoDataFrame", definitions: Definitions, vintage: str, problems: ProblemList) -> Areas | None:
    """Return the areas with the codes of a vintage's units; what cannot be told for sure goes to `problems`."""
    told = {v.name: _tell(areas, definitions, v.name) for v in definitions.vintages}
    if not any(map(_count, told.values())):
        problems.add("outlines_unidentified", detail=", ".join(_columns(areas)) or "-")
        return None
    scores = {name: _score(t, definitions, name) for name, t in told.items()}
    if scores[vintage] < max(scores.values()):
        labels = {v.name: (v.label_vi, v.label_en) for v in definitions.vintages}
        other = max(scores, key=lambda name: scores[name])
        problems.add("outlines_of_other_vintage", value=other, detail=labels[other], limit=labels[vintage])
        return None
    codes, texts, several = told[vintage]
    rows = areas[["geometry"]].assign(label=texts, code=codes)
    ambiguous = rows.index.isin(several) & rows.intersects(province_box(definitions))
    for row in rows.index[ambiguous]:
        candidates = "; ".join(name_and_code(u) for u in several[row])
        problems.add("outlines_ambiguous", value=texts[row], detail=candidates)
    rows = rows.assign(code=_without_namesakes(rows, definitions, vintage))
    return Areas(rows, int((rows["code"].isna() & ~ambiguous).sum()))


def province_box(definitions: Definitions, margin: float = 0) -> Any:
    """Return the province's bounds as a polygon, wider by `margin` degrees on each side."""
    import shapely

    south, west, north, east = (definitions.province["bounds"][side] for side in ("south", "west", "north", "east"))
    return shapely.box(west - margin, south - margin, east + margin, north + margin)


def _without_namesakes(rows: "GeoDataFrame", definitions: Definitions, vintage: str) -> list[str | None]:
    """Return the codes without those of areas that lie elsewhere, where the unit has one in its own place."""
    import shapely

    extents = {code: e for (of, code), e in definitions.extents.items() if of == vintage}
    boxes = [shapely.box(e.west, e.south, e.east, e.north) if (e := extents.get(c)) else None for c in rows["code"]]
    in_place = shapely.intersects(rows.geometry.values, boxes)
    placed = set(rows["code"][in_place])
    pairs = zip(rows["code"], in_place, strict=True)
    return [None if code in placed and not here else code for code, here in pairs]


def _tell(areas: "GeoDataFrame", definitions: Definitions, vintage: str) -> _Told:
    """Tell the areas' units by the column of codes, or by those of names and districts, whichever tells more."""
    columns = [[_text(value) for value in areas[column]] for column in _columns(areas)]
    none = [""] * len(areas)
    units = {u.code: [u] for u in definitions.units.values() if u.vintage == vintage}
    by_code = max((_told(c, none, lambda code, _: units.get(code, [])) for c in columns), key=_count, default=None)
    fitting = partial(_units_named, definitions, vintage)
    names = max(columns, key=lambda c: sum(bool(fitting(text, "")) for text in c), default=none)
    by_name = max((_told(names, districts, fitting) for districts in (none, *columns)), key=_count)
    return max((by_code or by_name, by_name), key=_count)


def _told(names: list[str], districts: list[str], fitting: Callable[[str, str], list[Unit]]) -> _Told:
    units = [fitting(name, district) for name, district in zip(names, districts, strict=True)]
    labels = [", ".join(filter(None, pair)) for pair in zip(names, districts, strict=True)]
    codes = [found[0].code if len(found) == 1 else None for found in units]
    return _Told(codes, labels, {row: found for row, found in enumerate(units) if len(found) > 1})


@cache
def _units_named(definitions: Definitions, vintage: str, name: str, district: str) -> list[Unit]:
    """Return the units that a name fits, if need be without its marks, those in the district before all others.

    Old outlines spell names otherwise (Đắk, Đăk, Đak) and know other districts. Where an area lies is checked later.
    """
    for spelling in (name, strip_marks(name)):
        if named := fitting_units(definitions, vintage, spelling):
            return fitting_units(definitions, vintage, spelling, district) or named
    return []


def _count(told: _Told) -> int:
    return sum(code is not None for code in told.codes)


def _score(told: _Told, definitions: Definitions, vintage: str) -> int:
    """Return by how much the areas with a unit outnumber the units without an area."""
    return _count(told) - sum(u.vintage == vintage and u.code not in told.codes for u in definitions.units.values())


def _columns(areas: "GeoDataFrame") -> list[str]:
    return [str(column) for column in areas.columns if column != areas.geometry.name]


def _text(value: object) -> str:
    """Return a cell as text; a code that was kept as a number may have become a fraction."""
    text = "" if value is None or value != value else str(value)  # noqa: PLR0124  NaN
    return _decoded(text).strip().removesuffix(".0")


def _decoded(text: str) -> str:
    """Return text as it was meant: a Shapefile without .cpg file is read as Latin-1, and is UTF-8 nearly always."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text
