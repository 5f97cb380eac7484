"""Real outlines: from files and over the network, wrong ones, and what the map draws."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from zipfile import ZipFile

import geopandas as gpd
import numpy as np
import pytest
import shapely

from etl.__main__ import main
from etl.boundaries import encode_outlines, full_outlines_path, outlines_path, simplify_outlines
from etl.definitions import load

SHARED = Path(__file__).parents[3] / "shared" / "boundaries"
METRIC = "EPSG:32648"
D = load()
UNITS = {vintage: {u.code: u for u in D.units.values() if u.vintage == vintage} for vintage in ("2021", "2025")}

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the boundaries folder is not beside the project")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def given() -> dict[str, gpd.GeoDataFrame]:
    return {v: gpd.read_file(SHARED / f"communes_{v}.geojson").sort_values("code") for v in UNITS}


@pytest.fixture(scope="module")
def brought_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("outlines")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHILD_DASHBOARD_HOME", str(home))
        for vintage in UNITS:
            assert bring_in(SHARED / f"communes_{vintage}.geojson", vintage) == 0
    return home


def bring_in(file: Path, vintage: str) -> int:
    return main(["boundaries", "--import", str(file), "--vintage", vintage])


def stored(home: Path, vintage: str) -> gpd.GeoDataFrame:
    return gpd.read_file(full_outlines_path(home, vintage)).to_crs(METRIC)


def decode(rings: list[list[int]]) -> shapely.Geometry:
    """Return rings of the drawing file as one geometry on the grid; a ring within another is a hole."""
    polygons = [shapely.Polygon(np.cumsum(np.reshape(ring, (-1, 2)), axis=0)) for ring in rings]
    shape = polygons[0]
    for polygon in polygons[1:]:
        shape = shapely.symmetric_difference(shape, polygon)
    return shape


@pytest.mark.parametrize("vintage", UNITS)
def test_outlines_are_kept_in_full_and_close_to_what_was_given(vintage, brought_in, given) -> None:
    full = stored(brought_in, vintage)
    assert list(zip(full["code"], full["name"], strict=True)) == sorted(
        (u.code, u.name) for u in UNITS[vintage].values()
    )
    assert full.is_valid.all()
    # Of the 2021 outlines, neighbours overlap or part by up to 200 m.
    ratio = full.area.to_numpy() / given[vintage].to_crs(METRIC).area.to_numpy()
    assert np.abs(ratio - 1).max() < (0.03 if vintage == "2021" else 0.001)
    assert shapely.get_num_interior_rings(shapely.union_all(full.geometry.values)) == 0


@pytest.mark.parametrize(("vintage", "most_kb"), [("2021", 60), ("2025", 70)])
def test_the_drawing_has_every_unit_and_neither_gap_nor_overlap(vintage, most_kb, brought_in) -> None:
    path = outlines_path(brought_in, vintage)
    assert path.stat().st_size < 1000 * most_kb
    drawing = json.loads(path.read_text(encoding="utf-8"))
    assert drawing["vintage"] == vintage and drawing["source"] == f"communes_{vintage}.geojson"
    assert set(drawing["units"]) == set(UNITS[vintage])
    units = np.array([decode(drawing["units"][code]) for code in sorted(drawing["units"])])
    assert shapely.is_valid(units).all()
    assert shapely.coverage_is_valid(units)
    union = shapely.union_all(units)
    assert shapely.area(units).sum() == pytest.approx(union.area, rel=1e-9)
    assert union.geom_type == "Polygon" and not union.interiors
    assert shapely.bounds(union).tolist() == [0, 0, drawing["width"], drawing["height"]]

    step_x, step_y = drawing["scale"]
    full = gpd.read_file(full_outlines_path(brought_in, vintage))
    ratio = shapely.area(units) * step_x * step_y / shapely.area(full.geometry.values)
    assert np.abs(ratio - 1).max() < 0.01
    # A step is as many metres from west to east as from north to south.
    middle = drawing["origin"][1] - step_y * drawing["height"] / 2
    assert step_x * np.cos(np.radians(middle)) == pytest.approx(step_y, rel=1e-3)


def test_districts_are_drawn_as_the_sum_of_their_units(brought_in) -> None:
    drawing = json.loads(outlines_path(brought_in, "2021").read_text(encoding="utf-8"))
    districts = {u.district_code for u in UNITS["2021"].values()}
    assert set(drawing["districts"]) == districts and len(districts) == 11
    for district, rings in drawing["districts"].items():
        units = [decode(drawing["units"][u.code]) for u in UNITS["2021"].values() if u.district_code == district]
        assert shapely.symmetric_difference(decode(rings), shapely.union_all(units)).area < 1
    assert "districts" not in json.loads(outlines_path(brought_in, "2025").read_text(encoding="utf-8"))


def test_the_drawing_leads_back_to_degrees(brought_in) -> None:
    simple = simplify_outlines(stored(brought_in, "2025").assign(district_code=None))
    drawing = json.loads(encode_outlines(simple, "2025", ""))
    (step_x, step_y), (west, north) = drawing["scale"], drawing["origin"]
    for code, outline in zip(simple["code"], simple.geometry, strict=True):
        on_grid = shapely.transform(outline, lambda xy: (xy - (west, north)) / (step_x, -step_y))
        assert shapely.hausdorff_distance(decode(drawing["units"][code]), on_grid) < 1


def test_holes_and_islands_are_further_rings() -> None:
    ring = shapely.box(106.5, 11.5, 107, 12).difference(shapely.box(106.6, 11.6, 106.7, 11.7))
    speck = shapely.box(107.2, 12.2, 107.20001, 12.20001)
    units = gpd.GeoDataFrame(
        {"code": ["1", "2"], "district_code": [None, None]},
        geometry=[shapely.union(ring, speck), shapely.box(107.3, 12.3, 107.30001, 12.30001)],
        crs="EPSG:4326",
    )
    drawing = json.loads(encode_outlines(units, "2025", "Nguồn"))
    assert [len(r) for r in drawing["units"]["1"]] == [8, 8]
    assert len(drawing["units"]["2"]) == 1
    assert decode(drawing["units"]["1"]).area == pytest.approx(ring.area / np.prod(drawing["scale"]), rel=1e-3)


class File(NamedTuple):
    name: str
    driver: str
    crs: str


@pytest.mark.parametrize(
    "file",
    [
        File("ranh_gioi.gpkg", "GPKG", "EPSG:3405"),
        File("ranh_gioi.shp", "ESRI Shapefile", "EPSG:4756"),
        File("ranh_gioi.shp.zip", "ESRI Shapefile", "EPSG:32648"),
    ],
    ids=lambda file: file.name,
)
def test_names_with_districts_do_in_any_format_and_crs(file, home, tmp_path, given, brought_in) -> None:
    named = given["2021"][["name", "district", "geometry"]].rename(columns={"name": "ten", "district": "huyen"})
    # A name of former days, another spelling, and an area given in two rows.
    named["ten"] = named["ten"].replace({"Phường Hưng Long": "TT. Chơn Thành", "Xã Đak Ơ": "XÃ ĐẮK Ơ"})
    west, rest = (shapely.box(106, 11, x, 13) for x in (106.9, 108))
    halves = named[named["ten"] == "Phường Tân Đồng"]
    named = gpd.pd.concat([named.drop(halves.index), halves.clip(west), halves.clip(rest.difference(west))])
    foreign = halves.assign(ten="Xã Xa Lạ").translate(3).to_frame("geometry").assign(ten="Xã Xa Lạ", huyen="Huyện Xa")
    gpd.pd.concat([named, foreign]).to_crs(file.crs).to_file(tmp_path / file.name, driver=file.driver)
    assert bring_in(tmp_path / file.name, "2021") == 0
    mine, expected = stored(home, "2021"), stored(brought_in, "2021")
    assert list(mine["code"]) == list(expected["code"])
    shift = shapely.area(shapely.symmetric_difference(mine.geometry.values, expected.geometry.values))
    assert (shift / expected.area).max() < 0.01


Change = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]


def moved(code: str, outline: Callable[[gpd.GeoDataFrame], shapely.Geometry]) -> Change:
    def change(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        changed = units.set_index("code")
        changed.loc[[code], "geometry"] = gpd.GeoSeries([outline(changed)], index=[code], crs=units.crs)
        return changed.reset_index()

    return change


def swapped(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units.assign(code=units["code"].replace({"25195": "25222", "25222": "25195"}))


def renamed(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units.assign(code=units["code"].replace({"25195": "99999"}))


MISTAKES: dict[str, tuple[Change, list[str], str, str]] = {
    "missing": (
        lambda units: units[units["code"] != "25195"],
        ["outlines_missing"],
        "Thiếu ranh giới của 1 trên 40 đơn vị: Phường Bình Phước (25195)",
        "outlines of 1 of 40 units are missing: Phường Bình Phước (25195)",
    ),
    "unknown code": (
        renamed,
        ["outlines_missing", "outlines_unrecognised"],
        "còn thiếu: 99999 → Phường Bình Phước",
        "missing units are: 99999 → Phường Bình Phước",
    ),
    "swapped": (
        swapped,
        ["outlines_misplaced"],
        "ở chỗ của đơn vị khác: Phường Bình Phước; Xã Bù Gia Mập",
        "where other units are: Phường Bình Phước; Xã Bù Gia Mập",
    ),
    "overlapping": (
        moved("25195", lambda units: units.geometry["25195"].buffer(0.02)),
        ["outlines_overlap"],
        "chồng lên nhau quá 5 % diện tích",
        "overlap by more than 5 % of the smaller unit",
    ),
    "one outside, one overlapping": (
        lambda units: moved("25195", lambda u: u.geometry["25195"].buffer(0.02))(
            moved("25222", lambda u: shapely.affinity.translate(u.geometry["25222"], 2, 0))(units)
        ),
        ["outlines_outside_province", "outlines_overlap"],
        "Nằm ngoài phạm vi tỉnh: Xã Bù Gia Mập",
        "Outside the province: Xã Bù Gia Mập",
    ),
    "other zone": (
        lambda units: units.to_crs("EPSG:32648").set_crs("EPSG:32649", allow_override=True),
        ["outlines_outside_province"],
        "kinh tuyến trục",
        "central meridian",
    ),
    "metres called degrees": (
        lambda units: units.to_crs("EPSG:32648").set_crs("EPSG:4326", allow_override=True),
        ["outlines_wrong_crs"],
        "không hợp với hệ tọa độ được ghi (WGS 84)",
        "do not fit the coordinate system that the file names (WGS 84)",
    ),
    "metres without a system": (
        lambda units: units.to_crs("EPSG:32648"),
        ["outlines_without_crs"],
        "Tệp không ghi hệ tọa độ",
        "names no coordinate system",
    ),
    "nothing to tell by": (
        lambda units: units[["geometry"]].assign(note="ghi chú"),
        ["outlines_unidentified"],
        "Không nhận ra xã, phường nào",
        "No commune was recognised",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_both_languages_and_nothing_is_stored(mistake, home, tmp_path, given, capsys) -> None:
    change, rules, vietnamese, english = MISTAKES[mistake]
    old = full_outlines_path(home, "2025"), outlines_path(home, "2025")
    old[0].parent.mkdir(parents=True)
    for path in old:
        path.write_text("old")
    file = tmp_path / "outlines.shp"
    change(given["2025"][["code", "geometry"]]).to_file(file)
    if mistake == "metres without a system":
        file.with_suffix(".prj").unlink()
    assert bring_in(file, "2025") == 1
    said = capsys.readouterr().out
    assert [line.split()[1] for line in said.splitlines() if line.startswith("  error")] == rules
    assert vietnamese in said and english in said
    assert {p.name for p in old[0].parent.iterdir() if not p.name.endswith(".lock")} == {p.name for p in old}
    assert [p.read_text() for p in old] == ["old", "old"]


def test_a_zipped_folder_without_the_file_that_names_the_encoding_does(home, tmp_path, given) -> None:
    given["2021"][["name", "district", "geometry"]].to_file(tmp_path / "xa.shp")
    with ZipFile(tmp_path / "xa.zip", "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"xa.{suffix}", f"ranh giới/xa.{suffix}")
    assert bring_in(tmp_path / "xa.zip", "2021") == 0
    assert len(stored(home, "2021")) == 111


def test_other_provinces_in_the_file_do_no_harm(home, tmp_path, given, capsys) -> None:
    mine = given["2021"][["name", "district", "geometry"]]
    elsewhere = mine.set_geometry(mine.translate(-1, 4)).assign(district="Huyện Nơi Khác")
    gpd.pd.concat([elsewhere, mine]).to_file(tmp_path / "country.gpkg")
    assert bring_in(tmp_path / "country.gpkg", "2021") == 0
    assert "111 areas in the file do not belong to the province" in capsys.readouterr().out
    assert len(stored(home, "2021")) == 111


@pytest.mark.usefixtures("home")
def test_a_name_that_two_communes_bear_needs_its_district(tmp_path, given, capsys) -> None:
    given["2021"][["name", "geometry"]].to_file(tmp_path / "names.gpkg")
    assert bring_in(tmp_path / "names.gpkg", "2021") == 1
    said = capsys.readouterr().out
    assert said.count("error outlines_ambiguous") == 14
    assert "Hãy thêm cột mã đơn vị" in said and "Add a column of unit codes" in said


def test_the_other_vintage_and_files_without_outlines_are_told(home, tmp_path, capsys) -> None:
    assert bring_in(SHARED / "communes_2021.geojson", "2025") == 1
    assert "Run again with --vintage 2021" in capsys.readouterr().out
    (tmp_path / "x.geojson").write_text("not at all")
    assert bring_in(tmp_path / "x.geojson", "2025") == 1
    assert "outlines_unreadable" in capsys.readouterr().out
    assert not full_outlines_path(home, "2025").exists()


def test_an_outline_that_crosses_itself_is_repaired(home, tmp_path, given, capsys) -> None:
    def bow_tie(units: gpd.GeoDataFrame) -> shapely.Geometry:
        largest = max(shapely.get_parts(units.geometry["25195"]), key=shapely.area)
        points = shapely.get_coordinates(largest)
        points[[10, 12]] = points[[12, 10]]
        return shapely.Polygon(points)

    crossed = moved("25195", bow_tie)(given["2025"][["code", "geometry"]])
    assert not crossed.is_valid.all()
    # As text, since writers of files repair what they write.
    (tmp_path / "crossed.geojson").write_text(crossed.to_json(), encoding="utf-8")
    assert bring_in(tmp_path / "crossed.geojson", "2025") == 0
    assert "were repaired: Phường Bình Phước" in capsys.readouterr().out
    assert stored(home, "2025").is_valid.all()


class Server:
    """A server of the source files on this machine, which can break off, and spoil what it sends."""

    def __init__(self) -> None:
        self.break_off_after: int | None = None
        self.spoiled: str | None = None
        self.asked: list[tuple[str, str | None]] = []
        server = self

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.lstrip("/")
                server.asked.append((path, self.headers["Range"]))
                content = (SHARED / "source" / path).read_bytes()
                if path == server.spoiled:
                    content = content[:1000] + bytes([content[1000] ^ 1]) + content[1001:]
                start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if self.headers["Range"] else 0
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(content) - start))
                self.end_headers()
                self.wfile.write(content[start : server.break_off_after])

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=SHARED))
        self.address = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    thread = Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("CHILD_DASHBOARD_BOUNDARY_SOURCE", server.address)
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


def test_a_download_that_broke_off_is_continued(home, server, brought_in, capsys) -> None:
    server.break_off_after = 2_000_000
    assert main(["boundaries", "--download", "--vintage", "2021"]) == 1
    said = capsys.readouterr().out
    assert "phần đã tải vẫn được giữ" in said and "what has arrived is kept" in said and "2000000 / 3882355" in said
    server.break_off_after = None
    assert main(["boundaries", "--download", "--vintage", "2021"]) == 0
    assert server.asked == [("communes.rda", None), ("communes.rda", "bytes=2000000-")]
    assert "111 đơn vị" in capsys.readouterr().out
    mine, expected = stored(home, "2021"), stored(brought_in, "2021")
    shift = shapely.area(shapely.symmetric_difference(mine.geometry.values, expected.geometry.values))
    assert (shift / expected.area).max() < 0.001
    assert main(["boundaries"]) == 0
    assert "2021: choisy/censusVN2009, MIT" in capsys.readouterr().out


def test_spoiled_bytes_are_thrown_away_and_fetched_again(home, server, capsys) -> None:
    server.spoiled = "wards/25225_dak_o.geojson"
    assert main(["boundaries", "--download", "--vintage", "2025"]) == 1
    said = capsys.readouterr().out
    assert "không đúng mã kiểm tra SHA-256" in said and "another SHA-256 sum" in said and server.spoiled in said
    kept = {p.name for p in (home / "boundaries" / "download" / "wards").iterdir()}
    assert len(kept) == 39 and "25225_dak_o.geojson" not in kept
    assert not full_outlines_path(home, "2025").exists()
    server.asked.clear()
    server.spoiled = None
    assert main(["boundaries", "--download", "--vintage", "2025"]) == 0
    assert server.asked == [("wards/25225_dak_o.geojson", None)]
    assert outlines_path(home, "2025").stat().st_size < 70_000
    assert list(stored(home, "2025")["code"]) == sorted(UNITS["2025"])


def test_without_network_the_way_by_hand_is_told(home, monkeypatch, capsys) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_BOUNDARY_SOURCE", "http://127.0.0.1:1")
    assert main(["boundaries", "--download"]) == 1
    said = capsys.readouterr().out
    assert "Hãy kiểm tra mạng" in said and "Check the network" in said
    assert "--import FILE --vintage 2021" in said
    assert not full_outlines_path(home, "2021").exists()


def test_every_pinned_file_is_the_one_in_the_shared_folder() -> None:
    from etl.boundary_sources import boundary_sources

    mine = {
        (s.repository, s.commit, f.address.partition(s.commit + "/")[2], f.sha256, f.size_bytes)
        for s in boundary_sources().values()
        for f in s.files
    }
    shared = json.loads((SHARED / "sources.json").read_text(encoding="utf-8"))["sources"]
    assert mine == {
        (s["repository"], s["commit"], f["path"], f["sha256"], f["bytes"]) for s in shared for f in s["files"]
    }


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--vintage", "2025"],
        ["--import", "x.gpkg"],
        ["--download", "--vintage", "1999"],
        ["--import", "no", "--download"],
    ],
)
def test_options_that_make_no_sense_together_are_called_wrongly(arguments) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["boundaries", *arguments])
    assert exit_.value.code == 2


@pytest.mark.usefixtures("home")
def test_without_options_it_tells_what_there_is(capsys) -> None:
    assert main(["boundaries"]) == 0
    said = capsys.readouterr().out
    assert said.count("no outlines yet") == 2 and "--download" in said and "--import" in said
