"""Distances on the earth."""

import pyarrow as pa


def geodesic_m(from_lat: pa.Array, from_lon: pa.Array, to_lat: pa.Array, to_lon: pa.Array) -> pa.Array:
    """Return the geodesic distances in metres on the ellipsoid WGS 84 between points given in degrees."""
    from pyproj import Geod  # only publishing measures

    points = (a.to_numpy(zero_copy_only=False) for a in (from_lon, from_lat, to_lon, to_lat))
    _, _, metres = Geod(ellps="WGS84").inv(*points)
    return pa.array(metres)
