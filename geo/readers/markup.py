"""KML, KMZ and GPX: places in XML, with everything they say as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

from geo.errors import Problem, show_text
from geo.readers.archives import Archive, local_name, read_elements, text_of
from geo.readers.files import read_bytes, refuse
from geo.readers.foreign import Raw, list_features
from geo.readers.listings import Listing
from geo.readers.problems import Findings

__all__ = ["read_gpx", "read_kml"]

_SHAPES: Final = frozenset({"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"})
_STRANGE: Final = frozenset({"Model", "MultiTrack", "Track"})
"""Shapes that are no places: a body in space, a way with the time of each point."""


class _Fault(Exception):  # noqa: N818 -- a finding on its way to becoming a Problem
    pass


def read_kml(path: Path, name: str) -> Listing:
    """Return the placemarks of a KML or KMZ file.

    Parameters
    ----------
    path
        A ``.kml`` or ``.kmz`` file; links in it are not followed.
    name
        The file, for messages.

    Returns
    -------
    Listing
        Columns ``name``, ``description``, ``begin``, ``end`` and the extended data; WGS 84.

    Raises
    ------
    InputError
        It is no such file, declares entities, or passes a limit.
    """
    data = read_bytes(path, name)
    if path.suffix.lower() == ".kmz":
        archive = Archive(data, name)
        inside = [member for member in archive.members if member.lower().endswith(".kml")]
        if not inside:
            raise refuse(name, "no KML inside", "an archive with a .kml file", rule="format")
        data = archive.read("doc.kml" if "doc.kml" in inside else inside[0])
    findings = Findings(name)
    return list_features(name, _read_placemarks(data, findings), findings, crs="OGC:CRS84")


def _read_placemarks(data: bytes, findings: Findings) -> Iterator[Raw]:
    placemarks = read_elements(data, findings.name, frozenset({"Placemark"}))
    for number, placemark in enumerate(placemarks, start=1):
        try:
            yield number, _properties_of(placemark), _shape_of(placemark)
        except _Fault as fault:
            seen, expected = show_text(str(fault)), "longitude,latitude in degrees"
            findings.add(Problem(findings.name, f"feature {number}", "coordinates", seen, expected, "", "geometry"))
            if findings.full:
                return


def _properties_of(placemark: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in placemark:
        match local_name(part):
            case "name" | "description" | "address" as key:
                found[key] = text_of(part).strip()
            case "TimeStamp":
                found["begin"] = text_of(part).strip()
            case "TimeSpan":
                found |= {local_name(end): text_of(end).strip() for end in part}
            case "ExtendedData":
                for item in part.iter():
                    label = item.get("name", "")
                    if local_name(item) in {"Data", "SimpleData"} and label:
                        _add(found, label, text_of(item).strip())
    return found


def _add(found: dict[str, Any], label: str, text: str) -> None:
    """Keep a value beside another one of its name."""
    free, again = label, 2
    while found.get(free, text) != text:
        free, again = f"{label} ({again})", again + 1
    found[free] = text


def _shape_of(placemark: Element) -> dict[str, Any] | None:
    for part in placemark:
        if local_name(part) in _STRANGE:
            raise _Fault(f"a {local_name(part)}")
    shapes = [_geometry(part) for part in placemark if local_name(part) in _SHAPES]
    return shapes[0] if shapes else None


def _geometry(part: Element) -> dict[str, Any]:
    match local_name(part):
        case "Point":
            places = _coordinates(part)
            if len(places) != 1:
                raise _Fault(f"{len(places)} positions in a point")
            return {"type": "Point", "coordinates": places[0]}
        case "LineString" | "LinearRing":
            return {"type": "LineString", "coordinates": _coordinates(part)}
        case "Polygon":
            rings = [
                (local_name(side), _coordinates(side))
                for side in part
                if local_name(side) in {"outerBoundaryIs", "innerBoundaryIs"}
            ]
            rings.sort(key=lambda ring: ring[0] != "outerBoundaryIs")
            return {"type": "Polygon", "coordinates": [ring for _, ring in rings]}
        case _:
            parts = [_geometry(inner) for inner in part if local_name(inner) in _SHAPES]
            kinds = {inner["type"] for inner in parts}
            if len(kinds) != 1 or kinds - {"Point", "LineString", "Polygon"}:
                raise _Fault("several kinds of geometry in one place")
            return {"type": f"Multi{kinds.pop()}", "coordinates": [inner["coordinates"] for inner in parts]}


def _coordinates(part: Element) -> list[list[float]]:
    """Return the positions inside an element, as longitude and latitude; heights are left out."""
    text = " ".join(text_of(each) for each in part.iter() if local_name(each) == "coordinates")
    places = []
    for each in text.split():
        numbers = each.split(",")
        try:
            places.append([float(numbers[0]), float(numbers[1])])
        except (ValueError, IndexError):
            raise _Fault(each) from None
    return places


def read_gpx(path: Path, name: str) -> Listing:
    """Return the waypoints of a GPX file; where it has none, its tracks and routes.

    Parameters
    ----------
    path
        A ``.gpx`` file.
    name
        The file, for messages.

    Returns
    -------
    Listing
        Columns as the file names them (``name``, ``desc``, ``time``, ``sym`` …); WGS 84. Tracks are left out where
        there are waypoints, and counted in `taken`.

    Raises
    ------
    InputError
        It is no such file, declares entities, or passes a limit.
    """
    findings = Findings(name)
    points: list[Raw] = []
    lines: list[Raw] = []
    elements = read_elements(read_bytes(path, name), name, frozenset({"wpt", "trk", "rte"}))
    for number, element in enumerate(elements, start=1):
        simple = {
            local_name(part): text_of(part).strip() for part in element if len(part) == 0 and text_of(part).strip()
        }
        try:
            if local_name(element) == "wpt":
                points.append((number, simple, {"type": "Point", "coordinates": _place_of(element)}))
            else:
                parts = [each for each in element.iter() if local_name(each) == "trkseg"] or [element]
                inside = [
                    [_place_of(place) for place in each.iter() if local_name(place) in {"trkpt", "rtept"}]
                    for each in parts
                ]
                shape = {"type": "MultiLineString", "coordinates": [line for line in inside if line]}
                lines.append((number, simple, shape))
        except _Fault as fault:
            seen, expected = show_text(str(fault)), "lat and lon in degrees"
            findings.add(Problem(name, f"feature {number}", "lat, lon", seen, expected, "", "geometry"))
            if findings.full:
                break
    left = f"{len(lines)} tracks and routes beside the waypoints are left out"
    taken = [left] if points and lines else []
    return list_features(name, points or lines, findings, crs="OGC:CRS84", taken=taken)


def _place_of(element: Element) -> list[float]:
    lat, lon = element.get("lat", ""), element.get("lon", "")
    try:
        return [float(lon), float(lat)]
    except ValueError:
        raise _Fault(f"lat={lat!r} lon={lon!r}") from None
