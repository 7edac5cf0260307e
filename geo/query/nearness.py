"""How far records are from a place: on the ellipsoid (WGS 84), the spatial index first, then exactly (Karney 2013)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import quote_name
from geo.errors import Problem, RequestError
from geo.gazetteer import join_words
from geo.query.asking import Box, Near
from geo.query.searching import find_text, rows_of, rows_within, text_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geo.catalogue import Catalogue

__all__ = ["around", "find_place", "measure_near", "near_condition"]

_DEGREE_M: Final = 110_574.0
"""The shortest degree of latitude on the ellipsoid, in metres: that at the equator."""

_EQUATOR_M: Final = 6_378_137.0
"""The smallest radius of curvature across the meridian, in metres: that at the equator."""

_FEW: Final = 2_000
"""From how many positions on it pays to import pyproj, which measures many at once."""

_STEP: Final = 0.01
"""Degrees between the points that stand for a line or a border: about a kilometre, which counts as straight."""

_CANDIDATES: Final = 5


def around(near: Near) -> list[Box]:
    """Return boxes that hold every position within the radius; none when the radius is infinite.

    Notes
    -----
    A geodesic is at least as long as the meridian arc between its latitudes, and as its part across the meridians where
    these lie closest together. So no position in the circle is missed; some outside of it are not left out.
    """
    lat, lon = _centre(near)
    rise = near.radius_m / _DEGREE_M
    south, north = max(lat - rise, -90.0), min(lat + rise, 90.0)
    polar = max(abs(south), abs(north))
    reach = 180.0
    if polar < 89.9:
        reach = min(180.0, math.degrees(near.radius_m / (_EQUATOR_M * math.cos(math.radians(polar)))) * 1.000001 + 1e-9)
    if reach >= 180:
        return [(-180.0, south, 180.0, north)]
    west, east = lon - reach, lon + reach
    if west < -180:
        return [(west + 360, south, 180.0, north), (-180.0, south, east, north)]
    if east > 180:
        return [(west, south, 180.0, north), (-180.0, south, east - 360, north)]
    return [(west, south, east, north)]


def measure_near(catalogue: Catalogue, layer: str, near: Near, *, points: bool) -> dict[int, float]:
    """Return how far the records of a layer are from the centre of a circle.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layer
        A layer with geometry.
    near
        The circle; its centre is known.
    points
        Whether the layer holds points, with their positions in ``lon`` and ``lat``.

    Returns
    -------
    dict of int to float
        ``fid`` -> distance in metres, of the records that are located and lie in the circle or touch it. Of a line it
        is the distance of its nearest point, of an area 0 within it; both are straight between vertices in longitude
        and latitude.

    Notes
    -----
    Distances between points are those of Karney, C. F. F. (2013), Algorithms for geodesics, Journal of Geodesy 87,
    43-55. Those of lines and borders are exact at their vertices, and within a metre between them.
    """
    values: dict[str, Any] = {}

    def place(value: float) -> str:
        values[f"near{len(values)}"] = value
        return f":near{len(values) - 1}"

    condition = "t.geom IS NOT NULL"
    if math.isfinite(near.radius_m):
        condition += f" AND {catalogue.meeting(layer, around(near), place)}"
    columns = "t.lon, t.lat" if points else "t.geom"
    sql = f"SELECT t.fid, {columns} FROM {quote_name(layer)} AS t WHERE {condition}"  # noqa: S608  (names are quoted)
    rows = list(catalogue.stream(sql, values))
    measured = _measure_points(near, rows) if points else _measure_shapes(near, rows, catalogue.geometry)
    return {fid: metres for fid, metres in measured if metres <= near.radius_m}


def near_condition(
    catalogue: Catalogue, layer: str, near: Near, place: Callable[[Any], str], *, points: bool, sure: bool = True
) -> str:
    """Return the condition that a record lies in a circle or touches it.

    Parameters
    ----------
    catalogue, layer, near, points
        As `measure_near`.
    place
        Gives a placeholder for a value.
    sure
        Whether what has no geometry may count as false; else it is NULL.

    Returns
    -------
    str
        An SQL expression, in which the records that lie there are named.
    """
    named = catalogue.listed(measure_near(catalogue, layer, near, points=points), place)
    return f"({named})" if sure else f"(CASE WHEN t.geom IS NOT NULL THEN {named} END)"


def _centre(near: Near) -> tuple[float, float]:
    if near.lat is None or near.lon is None:
        raise ValueError(near.name)
    return near.lat, near.lon


def _measure_points(near: Near, rows: list[tuple[Any, ...]]) -> Iterator[tuple[int, float]]:
    lat, lon = _centre(near)
    if len(rows) >= _FEW:
        import pyproj  # noqa: PLC0415  (a tenth of a second to import, a microsecond a distance)

        fids, lons, lats = zip(*rows, strict=True)
        count = len(rows)
        metres = pyproj.Geod(ellps="WGS84").inv([lon] * count, [lat] * count, list(lons), list(lats))[2]
        yield from zip(fids, metres, strict=True)
        return
    from geographiclib.geodesic import Geodesic  # noqa: PLC0415  (a hundredth of a second, 50 microseconds)

    measure = Geodesic.WGS84.Inverse
    for fid, east, north in rows:
        yield fid, measure(lat, lon, north, east, Geodesic.DISTANCE)["s12"]


def _measure_shapes(
    near: Near, rows: Iterable[tuple[int, bytes]], geometry: Callable[[bytes], bytes]
) -> Iterator[tuple[int, float]]:
    """Measure lines and areas in the azimuthal equidistant plane about the centre, where distances from it are true."""
    import numpy as np  # noqa: PLC0415  (lines and areas are few, and only they need it)
    import pyproj  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    lat, lon = _centre(near)
    geod = pyproj.Geod(ellps="WGS84")
    centre, origin = shapely.Point(lon, lat), shapely.Point(0, 0)

    def flatten(positions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        count = len(positions)
        azimuth, _, metres = geod.inv([lon] * count, [lat] * count, positions[:, 0], positions[:, 1])
        return np.column_stack([metres * np.sin(np.radians(azimuth)), metres * np.cos(np.radians(azimuth))])

    for fid, blob in rows:
        shape = shapely.force_2d(shapely.from_wkb(geometry(blob)))
        if shapely.intersects(shape, centre):
            yield fid, 0.0
            continue
        outline = shape.boundary if shapely.get_dimensions(shape) == 2 else shape
        flat = shapely.transform(shapely.segmentize(outline, _STEP), flatten)
        yield fid, float(shapely.distance(flat, origin))


# --- named places ---------------------------------------------------------------------------------------------


def find_place(catalogue: Catalogue, near: Near, layers: dict[str, str]) -> Near:
    """Return a circle about the one located place that has its name or id.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    near
        A circle whose centre is a name: an id, or any name that the atlas knows, in any spelling that folds to it.
    layers
        The layers of places: name -> the column that names their records.

    Returns
    -------
    Near
        The circle, with the position of a site, or a point within an area or on a route.

    Raises
    ------
    RequestError
        When nothing bears that name, several places do, or the place is not located.
    """
    wanted = join_words(near.name)
    if not wanted:
        problem = Problem("the question", "--near", "", near.name, "LAT,LON or the name of a place")
        raise RequestError("There is no such place", [problem])
    found = list(_named(catalogue, wanted, layers))
    exact = [place for place in found if place[1].casefold() == near.name.strip().casefold()]
    found = exact or found
    if len(found) != 1:
        raise RequestError(
            "There is no such place" if not found else "Several places have that name",
            [_unclear(catalogue, near.name, found, layers)],
        )
    layer, record, name = found[0]
    sql = f"SELECT * FROM {quote_name(layer)} WHERE {quote_name(layers[layer])} = ?"  # noqa: S608  (names are quoted)
    row = dict(catalogue.rows(sql, (record,))[0])
    if row["geom"] is None:
        expected = "a place whose position is known"
        problem = Problem("the question", "--near", "", f"{name} ({record})", expected, "give a position: LAT,LON")
        raise RequestError("That place is not located", [problem])
    if "lon" in row:
        return near._replace(lat=row["lat"], lon=row["lon"])
    lat, lon = _inside(catalogue.geometry(row["geom"]))
    return near._replace(lat=lat, lon=lon)


def _inside(wkb: bytes) -> tuple[float, float]:
    """Return latitude and longitude of a point that surely lies on a shape."""
    import shapely  # noqa: PLC0415  (the places of an atlas are mostly points)

    point = shapely.from_wkb(wkb).representative_point()
    return point.y, point.x


def _named(catalogue: Catalogue, wanted: str, layers: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield layer, id and name of every record that bears a name or an id, its spaces and accents left out."""
    rule, values = text_rule(catalogue, wanted)
    others = any(layer["name"] == "names" for layer in catalogue.layers())
    for layer, column in layers.items():
        sql = f"SELECT t.{quote_name(column)}, t.name FROM {quote_name(layer)} AS t WHERE {rows_of(rule)}"  # noqa: S608
        for record, name in catalogue.stream(sql, values | rows_within(catalogue, layer)):
            texts = [record, name]
            if others:
                texts += [row[0] for row in catalogue.rows("SELECT text FROM names WHERE subject = ?", (record,))]
            if any(join_words(text) == wanted for text in texts if text):
                yield layer, record, name


def _guesses(catalogue: Catalogue, name: str, layers: Iterable[str]) -> list[str]:
    """Return ids of records that a name was perhaps meant to be of."""
    guesses: list[str] = []
    for layer in layers:
        found = find_text(catalogue, layer, name)
        sql = f"SELECT t.* FROM {quote_name(layer)} AS t WHERE {found.sql} LIMIT {_CANDIDATES}"  # noqa: S608  (quoted)
        guesses += [row["code" if "code" in row.keys() else "id"] for row in catalogue.rows(sql, found.values)]  # noqa: SIM118
    return guesses[:_CANDIDATES]


def _unclear(catalogue: Catalogue, name: str, found: list[tuple[str, str, str]], layers: Iterable[str]) -> Problem:
    """Return the problem of a name that is no place's, or several places'."""
    if found:
        shown = ", ".join(f"{record} ({called})" for _, record, called in found[:_CANDIDATES])
        more = f" and {len(found) - _CANDIDATES:,} more" if len(found) > _CANDIDATES else ""
        return Problem("the question", "--near", "", name, "the name of one place", f"give its id: {shown}{more}")
    guesses = _guesses(catalogue, name, layers)
    step = f"did you mean {' or '.join(guesses)}?" if guesses else "find it with `memorial query --text WORD` first"
    return Problem("the question", "--near", "", name, "LAT,LON, an id or a name of this atlas", step)
