"""Rules about where things lie, and how well that is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.checks.records import Records
from geo.checks.sheets import Sheet, blank
from geo.errors import Problem
from geo.placing import place_sites
from geo.spec import CERTAINTIES, PRECISION_FLOOR_M

__all__ = [
    "inside_area",
    "point_in_province",
    "precision_floor",
    "segments_align",
    "unlocated_basis",
    "valid_geometry",
]

Area = tuple[float, float, float, float]


def valid_geometry(records: Records) -> Iterator[Problem]:
    """Require valid geometries; rings of GeoJSON should turn right-handed (RFC 7946, 3.1.6)."""
    for sheet in records.sheets:
        if sheet.schema.holds != "layer" or sheet.pointed:
            continue
        ours = PurePosixPath(sheet.file).suffix in (".geojson", ".json")
        doubtful = ~shapely.is_valid(sheet.shapes) | (shapely.get_dimensions(sheet.shapes) == 2)
        for at in np.flatnonzero(doubtful).tolist():
            shape = sheet.shapes[at]
            if shape is None:
                continue
            if not shape.is_valid:
                yield sheet.problem(at, "geometry", shapely.is_valid_reason(shape), "a valid geometry")
            elif ours and not _right_handed(shape):
                seen = "an outer ring that turns clockwise, or a hole that does not"
                expected = "outer rings counter-clockwise, holes clockwise (RFC 7946, 3.1.6)"
                yield sheet.problem(at, "geometry", seen, expected, severity="warning")


def _right_handed(shape: BaseGeometry) -> bool:
    """Return whether every outer ring turns counter-clockwise and every hole clockwise."""
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    return all(
        shapely.is_ccw(polygon.exterior) and not any(shapely.is_ccw(hole) for hole in polygon.interiors)
        for polygon in polygons
        if isinstance(polygon, Polygon)
    )


def inside_area(records: Records) -> Iterator[Problem]:
    """Require that every site, route and area lies in the area of the atlas."""
    area = records.inputs.manifest.atlas.area
    west, south, east, north = area
    for sheet in records.of("sites", "routes", "areas"):
        box = sheet.shapes.bounds  # NaN of what is not there: it is nowhere outside
        beyond = (box[:, 0] < west) | (box[:, 1] < south) | (box[:, 2] > east) | (box[:, 3] > north)
        for at in np.flatnonzero(beyond).tolist():
            shape = sheet.shapes[at]
            outside = next(
                (point for point in shapely.get_coordinates(shape).tolist() if not _holds(area, *point)), None
            )
            if outside:
                lon, lat = outside
                swapped = "Longitude and latitude look swapped; a file gives longitude first"
                yield sheet.problem(
                    at,
                    "geometry",
                    f"{lon:g}, {lat:g}",
                    f"longitude {west:g} to {east:g}, latitude {south:g} to {north:g} (atlas.area)",
                    swapped if _holds(area, lat, lon) else "",
                )


def _holds(area: Area, lon: float, lat: float) -> bool:
    """Return whether a point lies in an area."""
    west, south, east, north = area
    return west <= lon <= east and south <= lat <= north


def precision_floor(records: Records) -> Iterator[Problem]:
    """Refuse a position that is finer than its basis allows."""
    for sheet in records.of("sites"):
        for at, radius, basis in sheet.combinations(_too_fine, "precision_m", "precision_basis"):
            floor = PRECISION_FLOOR_M[basis]
            yield sheet.problem(at, "precision_m", f"{radius} m", f"at least {floor} m for the basis {basis}")


def _too_fine(radius: object, basis: object) -> bool:
    """Return whether a radius is smaller than its basis allows."""
    floor = PRECISION_FLOOR_M.get(basis) if isinstance(basis, str) else None
    return floor is not None and type(radius) is int and radius < floor


def unlocated_basis(records: Records) -> Iterator[Problem]:
    """Require a point with its radius and source, or a basis that allows no point; never half of either."""
    for sheet in records.of("sites"):
        shapes = sheet.shapes
        for at in _half_located(sheet):
            basis, radius, source = (
                sheet.value(name, at) for name in ("precision_basis", "precision_m", "coord_source")
            )
            shape = shapes[at]
            if not isinstance(basis, str) or basis not in PRECISION_FLOOR_M:
                continue
            pointless = PRECISION_FLOOR_M[basis] is None
            if shape is None and not pointless:
                yield sheet.problem(at, "geometry", f"null, with the basis {basis}", "a point")
            if shape is not None and pointless:
                yield sheet.problem(at, "geometry", f"a point, with the basis {basis}", "null")
            for field, value in (("precision_m", radius), ("coord_source", source)):
                if shape is not None and blank(value):
                    yield sheet.problem(at, field, "nothing", "a value, because the place has a point")
                if shape is None and not blank(value):
                    yield sheet.problem(at, field, str(value), "nothing, because the place has no point")


def _half_located(sheet: Sheet) -> list[int]:
    """Return the rows of sites whose point, basis, radius and source may not go together."""
    located = ~sheet.shapes.isna()
    pointless = np.zeros(len(sheet), dtype=bool)
    for basis, floor in PRECISION_FLOOR_M.items():
        if floor is None:
            pointless[sheet.where_is("precision_basis", basis)] = True
    doubtful = located == pointless
    for name in ("precision_m", "coord_source"):
        empty = np.zeros(len(sheet), dtype=bool)
        empty[[at for at, value in sheet.empty(name) if blank(value)]] = True
        doubtful |= located == empty
    rows: list[int] = np.flatnonzero(doubtful).tolist()
    return rows


def point_in_province(records: Records) -> Iterator[Problem]:
    """Require that a point lies in the province that its site names, or that the manifest says why it does not."""
    for sites in records.of("sites"):
        for areas in records.of("areas"):
            layer = records.inputs.manifest.layers[areas.name]
            excused = set(layer.outside)
            for at, placing in place_sites(sites.frame, areas.frame, layer.border_tolerance_m).astray.items():
                name = sites.value("id", at)
                if placing.named and placing.named not in records.areas:
                    continue
                if isinstance(name, str) and name in layer.outside:
                    excused.discard(name)
                    continue
                lies = " and ".join(placing.covering) or "no province"
                if placing.named:
                    seen = f"{placing.named}, and a point in {lies}, {placing.miss_m / 1000:,.1f} km from there"
                    expected = f"a point in {placing.named} or within {placing.allowed_m:,.0f} m of it"
                else:
                    seen, expected = f"no province, and a point in {lies}", lies
                next_step = f"Check the coordinate and the code, or give the reason under layers.{areas.name}.outside."
                yield sites.problem(at, "province", seen, expected, next_step)
            for name in sorted(excused):
                where = f"key layers.{areas.name}.outside.{name}"
                expected = f"a record of {sites.name} that lies outside the area it names"
                yield Problem("atlas.toml", where, "", name, expected, "Take the line out.", severity="warning")


def segments_align(records: Records) -> Iterator[Problem]:
    """Require one segment for each line of a route, each with its certainty, between places that have names."""
    for sheet in records.of("routes"):
        for (at, segments, stops), shape in zip(sheet.columns("segments", "stops"), sheet.shapes, strict=True):
            parts, halts = _objects(segments), _objects(stops)
            if parts is None or halts is None:
                continue
            lines = 0 if shape is None else shapely.get_num_geometries(shape)
            if len(parts) != lines:
                yield sheet.problem(at, "segments", f"{len(parts)} segments, {lines} lines", "one for each line")
            names = [stop.get("name") for stop in halts]
            for number, name in enumerate(names, start=1):
                if blank(name) or not isinstance(name, str):
                    seen = "nothing" if blank(name) else repr(name)
                    yield sheet.problem(at, f"stops[{number}].name", seen, "the name of the stop")
            for number, segment in enumerate(parts, start=1):
                certainty = segment.get("certainty")
                if certainty not in CERTAINTIES:
                    expected = f"one of {', '.join(CERTAINTIES)}"
                    yield sheet.problem(at, f"segments[{number}].certainty", str(certainty), expected)
                for end in ("from", "to"):
                    place = segment.get(end)
                    if blank(place) or (place not in names and blank(segment.get("note"))):
                        seen = "nothing" if blank(place) else str(place)
                        expected = "the name of one of the stops, or a note that says what it stands for"
                        yield sheet.problem(at, f"segments[{number}].{end}", seen, expected)


def _objects(value: object) -> list[dict[str, Any]] | None:
    """Return a list of objects, empty for an empty cell; None for anything else, which the rule `type` reports."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    return None
