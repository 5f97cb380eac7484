"""The map of play areas as a pure function: a point each by kind and condition, over the communes with and without."""

import json
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate
from math import cos, log2, radians
from typing import Any

import pandas as pd

from etl.harmless import harmless
from pages.shared.palette import CONDITIONS, GREY, LINE_GREY, PALE_GREY, PAPER, TINTS, rgb
from pages.shared.text import Text

Part = list[list[list[float]]]
"""An outer ring and its holes."""

_DECK_PX = 450
_LEAST_CORNERS = 3
# From a commune's point to its outer edge.
_MARGIN_DEGREES = 0.08


def play_area_deck(
    outlines: str,
    communes: pd.DataFrame,
    sites: pd.DataFrame,
    text: Text,
    kind_signs: Mapping[str, str],
    condition_looks: Mapping[str, Mapping[str, str]],
) -> Any:
    """Return every play area as a point by kind and condition, over the communes with and without.

    Signs and looks are those of `form.toml`; what counts is filled. Without real outlines the communes are discs at
    their own points: a schematic place would belie the points.
    """
    import pydeck as pdk
    from pydeck.types import String

    fills = {1: rgb(TINTS["green"]), 0: rgb(TINTS["red"]), None: rgb(PALE_GREY)}
    has = [None if pd.isna(h) else int(h) for h in communes["has_play_area"]]
    shapes = communes[["unit_code", "name", "lat", "lon"]].assign(
        fill=[fills[h] for h in has],
        sign=[{1: "", 0: "✗", None: "?"}[h] for h in has],
        said=[text("play.commune_tip." + {1: "with", 0: "without", None: "unknown"}[h]) for h in has],
        parts=communes["unit_code"].map(parts_of_units(outlines)),
    )
    points = sites.dropna(subset=["lat", "lon"])
    colours = {condition: rgb(CONDITIONS[look["colour"]]) for condition, look in condition_looks.items()}
    points = points[["name", "lat", "lon"]].assign(
        # What begins with @@ deck.gl would take for a command to itself.
        name=points["name"].map(harmless),
        said=[
            "\n".join(
                filter(None, (f"{r.kind}, {r.condition}", r.hamlet if isinstance(r.hamlet, str) else "", r.unit_name))
            )
            for r in points.itertuples()
        ],
        sign=[
            kind_signs[k] + condition_looks[c]["sign"] for k, c in zip(points["kind"], points["condition"], strict=True)
        ],
        line=[colours[c] for c in points["condition"]],
        fill=[
            colours[c] if counts else rgb(PAPER)
            for c, counts in zip(points["condition"], points["counts"], strict=True)
        ],
        ink=[
            rgb(PAPER) if counts else colours[c]
            for c, counts in zip(points["condition"], points["counts"], strict=True)
        ],
    )
    where = {"get_position": ["lon", "lat"]}
    if shapes["parts"].isna().any():
        ground = pdk.Layer(
            "ScatterplotLayer",
            shapes.drop(columns="parts"),
            id="communes",
            get_fill_color="fill",
            get_radius=1500,
            stroked=True,
            get_line_color=rgb(GREY),
            line_width_min_pixels=1,
            pickable=True,
            **where,
        )
    else:
        ground = pdk.Layer(
            "PolygonLayer",
            shapes.explode("parts"),
            id="communes",
            get_polygon="parts",
            get_fill_color="fill",
            stroked=True,
            get_line_color=rgb(GREY),
            line_width_min_pixels=1,
            pickable=True,
            auto_highlight=True,
        )
    layers = [
        ground,
        pdk.Layer(
            "TextLayer",
            shapes[["lat", "lon", "sign"]],
            id="signs",
            get_text="sign",
            get_size=15,
            get_color=rgb(LINE_GREY),
            character_set=String("auto"),
            **where,
        ),
        pdk.Layer(
            "ScatterplotLayer",
            points,
            id="sites",
            get_fill_color="fill",
            get_line_color="line",
            stroked=True,
            radius_units=String("pixels"),
            get_radius=8,
            line_width_units=String("pixels"),
            get_line_width=2,
            pickable=True,
            **where,
        ),
        pdk.Layer(
            "TextLayer",
            points[["lat", "lon", "sign", "ink"]],
            id="kinds",
            get_text="sign",
            get_size=10,
            get_color="ink",
            character_set=String("auto"),
            **where,
        ),
    ]
    view = pdk.ViewState(**_camera(communes))
    return pdk.Deck(layers=layers, initial_view_state=view, map_provider=None, tooltip={"text": "{name}\n{said}"})


def _camera(communes: pd.DataFrame) -> dict[str, float]:
    """Return where to look from so that all communes are seen on a map of `_DECK_PX` in both directions."""
    south, north = communes["lat"].min() - _MARGIN_DEGREES, communes["lat"].max() + _MARGIN_DEGREES
    west, east = communes["lon"].min() - _MARGIN_DEGREES, communes["lon"].max() + _MARGIN_DEGREES
    lat = (south + north) / 2
    # The world is 512 pixels wide at zoom 0.
    widest = max(east - west, (north - south) / cos(radians(lat)))
    return {"latitude": lat, "longitude": (west + east) / 2, "zoom": log2(_DECK_PX * 360 / (512 * widest))}


# Of both vintages: to write them out takes longer than the rest of the page.
@lru_cache(maxsize=2)
def parts_of_units(outlines: str) -> dict[str, list[Part]]:
    """Return the parts of each unit in degrees, none for a schematic drawing.

    The drawing format has rings that are filled by the even-odd rule; deck.gl fills the first and cuts out the others.
    """
    drawn = json.loads(outlines)
    if drawn.get("schematic"):
        return {}
    (west, north), (step_x, step_y) = drawn["origin"], drawn["scale"]

    def ring(flat: list[int]) -> list[list[float]]:
        xs, ys = accumulate(flat[::2]), accumulate(flat[1::2])
        return [[round(west + x * step_x, 5), round(north - y * step_y, 5)] for x, y in zip(xs, ys, strict=True)]

    return {code: _parts([ring(r) for r in rings]) for code, rings in drawn["units"].items()}


def _parts(rings: list[list[list[float]]]) -> list[Part]:
    import shapely

    # What is smaller than a step of the drawing is no area, and stays as it is.
    if len(rings[0]) < _LEAST_CORNERS:
        return [rings]
    # Rings beside each other are no valid polygon: then it is made of their lines by the even-odd rule. Where they
    # touch, the polygons come together as one part beside lines.
    made = shapely.get_parts(shapely.get_parts(shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))))
    areas = (part for part in made if part.geom_type == "Polygon")
    return [[[[x, y] for x, y in r.coords] for r in (part.exterior, *part.interiors)] for part in areas] or [rings]
