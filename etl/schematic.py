"""A map for when no outlines are at hand: one circle a unit, at its own place as far as its neighbours allow.

Circles read better than a tile grid here: a grid of 111 breaks districts apart, and its holes look like missing units.
"""

import json
from collections.abc import Sequence
from math import cos, pi, radians, sqrt

import numpy as np
from numpy.typing import NDArray

from etl.definitions import Unit

_GRID = 8192
_CORNERS = 32
# The share of the bounding box that the circles fill together: as large as still leaves room to move.
_PACKING = 0.6
_STEPS = 250
_STEPS_PULLED_HOME = 175

Points = NDArray[np.float64]


def draw_schematic(vintage: str, units: Sequence[Unit]) -> str:
    """Return equal circles in the drawing format of `etl.boundaries`, marked `"schematic": true`."""
    shrink = cos(radians(sum(u.lat for u in units) / len(units)))
    homes = np.array([(u.lon * shrink, -u.lat) for u in units])
    homes -= homes.min(axis=0)
    radius = sqrt(_PACKING * float(np.prod(np.ptp(homes, axis=0))) / (len(units) * pi))
    centres = _pushed_apart(homes, radius)
    low, high = centres.min(axis=0) - radius, centres.max(axis=0) + radius
    scale = _GRID / float(high[0] - low[0])
    return json.dumps(
        {
            "vintage": vintage,
            "schematic": True,
            "width": _GRID,
            "height": round(float(high[1] - low[1]) * scale),
            "units": {
                u.code: [_circle((centre - low) * scale, 0.96 * radius * scale)]
                for u, centre in zip(units, centres, strict=True)
            },
        },
        separators=(",", ":"),
    )


def _pushed_apart(homes: Points, radius: float) -> Points:
    """Return points at least about two radii apart, each as near to its home as that allows."""
    places = homes.copy()
    for step in range(_STEPS):
        apart = places[:, None] - places[None]
        distance = np.sqrt((apart**2).sum(axis=-1))
        np.fill_diagonal(distance, np.inf)
        overlap = np.clip(2 * radius - distance, 0, None)
        places += 0.4 * (apart * (overlap / np.maximum(distance, 1e-9))[..., None]).sum(axis=1)
        if step < _STEPS_PULLED_HOME:
            places += 0.05 * (homes - places)
    return places


def _circle(centre: Points, radius: float) -> list[int]:
    """Return a ring as the drawing format has it: the first corner, then differences."""
    angles = np.arange(_CORNERS) * 2 * pi / _CORNERS
    corners = np.rint(centre + radius * np.column_stack([np.cos(angles), np.sin(angles)])).astype(int)
    return [int(n) for n in np.concatenate([corners[:1], np.diff(corners, axis=0)]).ravel()]
