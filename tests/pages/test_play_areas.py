"""The map of play areas draws each part of a commune, and leaves its holes open."""

import json

import pandas as pd
import pytest

from etl.boundaries import encode_outlines
from pages.shared.play_area_map import parts_of_units, play_area_deck
from pages.shared.text import text_of

gpd, shapely = pytest.importorskip("geopandas"), pytest.importorskip("shapely")

WHOLE = shapely.box(106.0, 11.0, 106.4, 11.4)
WITH_HOLE = shapely.box(106.5, 11.0, 106.9, 11.4) - shapely.box(106.6, 11.1, 106.8, 11.3)
IN_TWO_PARTS = shapely.union_all([shapely.box(106.0, 11.5, 106.4, 11.9), shapely.box(106.6, 11.1, 106.8, 11.3)])
OUTLINES = {"1": WHOLE, "2": WITH_HOLE, "3": IN_TWO_PARTS}


def drawing() -> str:
    units = gpd.GeoDataFrame({"code": list(OUTLINES), "district_code": None}, geometry=list(OUTLINES.values()))
    return encode_outlines(units, "2025", "")


def test_each_part_is_drawn_and_a_hole_is_left_open() -> None:
    drawn = parts_of_units(drawing())
    assert {code: [len(rings) for rings in parts] for code, parts in drawn.items()} == {
        "1": [1],
        "2": [2],
        "3": [1, 1],
    }
    for code, parts in drawn.items():
        shape = shapely.union_all([shapely.Polygon(rings[0], rings[1:]) for rings in parts])
        assert shapely.symmetric_difference(shape, OUTLINES[code]).area < 1e-4


@pytest.mark.parametrize("ring", [[5, 5], [5, 5, 1, 0], [5, 5, 1, 0, 1, 0]])
def test_a_unit_smaller_than_the_drawing_tells_breaks_no_map(ring) -> None:
    drawn = json.dumps({"origin": [106, 12], "scale": [0.001, 0.001], "units": {"1": [ring]}})
    assert [len(rings) for rings in parts_of_units(drawn)["1"]] == [1]


def test_each_part_is_its_commune_and_a_commune_has_one_sign() -> None:
    communes = pd.DataFrame(
        {"unit_code": list(OUTLINES), "name": list("ABC"), "lat": 11.5, "lon": 106.5, "has_play_area": [1, 0, None]}
    )
    columns = ["name", "hamlet", "kind", "condition", "counts", "lat", "lon", "unit_name"]
    deck = json.loads(
        play_area_deck(drawing(), communes, pd.DataFrame(columns=columns), text_of("vi"), {}, {}).to_json()
    )
    layers = {layer["id"]: layer["data"] for layer in deck["layers"]}
    assert [row["unit_code"] for row in layers["communes"]] == ["1", "2", "3", "3"]
    assert [row["sign"] for row in layers["signs"]] == ["", "✗", "?"]
