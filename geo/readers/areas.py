"""An area that somebody brings to a question: the polygons of one file, as one shape."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import shapely

from geo.errors import InputError
from geo.readers.files import read_bytes, refuse
from geo.readers.geojson import read_features
from geo.readers.strict_json import parse_json
from geo.readers.vector import LAYER_DRIVERS, read_records
from geo.spec import Schema

if TYPE_CHECKING:
    from pathlib import Path

    from geo.readers.features import Layer

__all__ = ["read_area"]

_AREA: Final = Schema("layer", (), geometries=frozenset({"Polygon", "MultiPolygon"}), open=True)
_JSON: Final = frozenset({".geojson", ".json"})
# A file of one feature or of a bare geometry is as good as a collection, once these stand around it.
_COLLECTION: Final = (b'{"type":"FeatureCollection","features":[', b"]}")
_FEATURE: Final = (b'{"type":"Feature","properties":null,"geometry":', b"}")


def read_area(path: Path, name: str) -> bytes:
    """Return the polygons of a file as one area.

    Parameters
    ----------
    path
        GeoJSON (a collection, one feature or a geometry), or one of the formats of `LAYER_DRIVERS`.
    name
        The file as the person named it, for messages.

    Returns
    -------
    bytes
        A Polygon or MultiPolygon as WKB, longitude before latitude, in degrees (WGS 84): the union of all.

    Raises
    ------
    InputError
        The file cannot be read, holds anything but polygons, none at all, or one whose rings cross.
    """
    layer = _read(path, name)
    problems = [problem for problem in layer.findings.result() if problem.severity == "error"]
    if problems:
        message = f"{name} cannot be used as an area"
        raise InputError(message, problems)
    shapes = [feature.shape for feature in layer.features]
    if not shapes:
        raise refuse(name, "no feature", "at least one polygon")
    for feature in layer.features:
        if not shapely.is_valid(feature.shape):
            seen = str(shapely.is_valid_reason(feature.shape))
            where = f"feature {feature.number}"
            raise refuse(name, seen, "rings that do not cross", "repair the polygon in a GIS", where=where)
    area: bytes = shapely.to_wkb(shapely.union_all(shapes))
    return area


def _read(path: Path, name: str) -> Layer:
    """Return the features of a file.

    Raises
    ------
    InputError
        As `read_area`.
    """
    if not os.path.exists(path):  # noqa: PTH110 -- Path.exists raises where we may not look
        raise refuse(name, "no such file", "a file of polygons", "name it as it is called from this folder")
    suffix = path.suffix.lower()
    if suffix in LAYER_DRIVERS:
        return read_records(path, name, _AREA, LAYER_DRIVERS[suffix])
    if suffix not in _JSON:
        known = ", ".join(sorted(_JSON | set(LAYER_DRIVERS)))
        raise refuse(name, suffix or "no suffix", f"a file of polygons, one of {known}", rule="format")
    data = read_bytes(path, name).removeprefix(b"\xef\xbb\xbf")
    root, _ = parse_json(data, name)
    kind = root.get("type") if isinstance(root, dict) else None
    around = {"Feature": [_COLLECTION], "Polygon": [_FEATURE, _COLLECTION], "MultiPolygon": [_FEATURE, _COLLECTION]}
    for before, after in around.get(kind, []) if isinstance(kind, str) else []:
        data = before + data + after
    return read_features(data, name, _AREA)
