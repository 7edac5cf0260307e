"""GeoJSON (RFC 7946), read as JSON: GDAL trusts the content over the name and follows links inside the file."""

from __future__ import annotations

from typing import Any, Final

from geo.errors import InputError, Problem, show_text
from geo.readers.features import Feature, Layer, label_of, shape_of
from geo.readers.files import DEFAULT_LIMITS, Limits, refuse
from geo.readers.problems import Findings
from geo.readers.strict_json import Fault, describe, parse_json
from geo.spec import Schema

__all__ = ["WGS84_NAMES", "begin_layer", "read_features", "take_features"]

WGS84_NAMES: Final = frozenset(
    {
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "OGC:CRS84",
        "urn:ogc:def:crs:EPSG::4326",
        "EPSG:4326",
    }
)
# `bbox` says again what the coordinates say; `name` and `crs` are what GDAL writes.
_COLLECTION_MEMBERS: Final = frozenset({"type", "features", "bbox", "crs", "name"})
_FEATURE_MEMBERS: Final = frozenset({"type", "geometry", "properties", "id", "bbox"})
_GEOMETRY_MEMBERS: Final = frozenset({"type", "coordinates", "bbox"})


def read_features(data: bytes, name: str, schema: Schema, limits: Limits = DEFAULT_LIMITS) -> Layer:
    """Return the features of a GeoJSON text.

    Parameters
    ----------
    data
        UTF-8; a byte order mark is allowed.
    name
        The file as the atlas names it, for messages.
    schema
        Which geometries the layer may hold, and which property is its key.
    limits
        How large it may be.

    Returns
    -------
    Layer
        Features in lon, lat; the problems of those that were set aside; and a warning where the file holds members
        outside of ``properties`` that are not kept.

    Raises
    ------
    InputError
        The text is not JSON or no FeatureCollection, passes a limit, or names a coordinate system other than WGS 84.
    """
    root, faults = parse_json(data, name, limits)
    layer = begin_layer(root, faults, name, limits)
    take_features(root["features"], faults, 0, name, schema, layer)
    return layer


def begin_layer(root: Any, faults: list[Fault], name: str, limits: Limits) -> Layer:  # noqa: ANN401 -- any JSON value
    """Return an empty layer for a collection, with the problems of what stands around its features.

    Parameters
    ----------
    root, faults
        What `parse_json` returned.
    name, limits
        As `read_features`.

    Returns
    -------
    Layer
        Without features.

    Raises
    ------
    InputError
        It is no FeatureCollection, has too many features, or names a coordinate system other than WGS 84.
    """
    if not isinstance(root, dict) or root.get("type") != "FeatureCollection":
        seen = f"type {describe(root.get('type'))}" if isinstance(root, dict) else describe(root)
        raise refuse(name, seen, "a GeoJSON FeatureCollection", rule="geojson")
    features = root.get("features")
    if not isinstance(features, list):
        raise refuse(name, describe(features), "a list", where="member features", rule="geojson")
    if len(features) > limits.features:
        raise limits.refuse(name, f"{len(features):,} features", "features", "features")
    _hold_crs(root, name)
    layer = Layer(Findings(name))
    for fault in faults:
        match fault.path:
            case ("features", int(), *_):
                continue
            case path if not layer.findings.full:
                layer.findings.add(_of_fault(fault, path, "", name))
    _note_foreign(root, _COLLECTION_MEMBERS, "the collection", name, layer)
    return layer


def take_features(
    features: list[Any], faults: list[Fault], before: int, name: str, schema: Schema, layer: Layer
) -> None:
    """Add features to a layer one by one, or their problems, until there are too many problems.

    Parameters
    ----------
    features, faults
        Decoded features that follow each other, and what in them is refused; paths count from the first of them.
    before
        How many features of the file come before them.
    name, schema
        As `read_features`.
    layer
        Where they go.
    """
    by_feature: dict[int, list[Fault]] = {}
    for fault in faults:
        match fault.path:
            case ("features", int(index), *_):
                by_feature.setdefault(index, []).append(fault)
    for index, value in enumerate(features):
        _read_feature(value, before + index + 1, by_feature.get(index, []), name, schema, layer)
        if layer.findings.full:
            break


def _read_feature(value: Any, number: int, faults: list[Fault], name: str, schema: Schema, layer: Layer) -> None:  # noqa: ANN401
    """Add one feature to the layer, or its problems."""
    properties = value.get("properties") if isinstance(value, dict) else None
    where = label_of(number, properties, schema)
    problems = [_of_fault(fault, fault.path[2:], where, name) for fault in faults]
    problems = problems or _check_members(value, where, name, schema)
    shape = problems[0] if problems else shape_of(value["geometry"], where, name, schema)
    if isinstance(shape, Problem):
        layer.findings.add(*problems or [shape])
        key = properties.get(schema.key) if isinstance(properties, dict) else None
        layer.set_aside += [key] if isinstance(key, str) else []
        return
    _note_foreign(value, _FEATURE_MEMBERS if schema.key else _FEATURE_MEMBERS - {"id"}, where, name, layer)
    if value["geometry"] is not None:
        _note_foreign(value["geometry"], _GEOMETRY_MEMBERS, where, name, layer)
    layer.features.append(Feature(number, shape, properties or {}))


def _check_members(value: Any, where: str, name: str, schema: Schema) -> list[Problem]:  # noqa: ANN401 -- any JSON value
    if not isinstance(value, dict):
        return [Problem(name, where, "", describe(value), "an object of type Feature", rule="geojson")]
    problems = []
    if value.get("type") != "Feature":
        problems.append(Problem(name, where, "type", describe(value.get("type")), "Feature", rule="geojson"))
    problems += [
        Problem(name, where, member, "no such member", "this member, which may be null", rule="geojson")
        for member in ("geometry", "properties")
        if member not in value
    ]
    properties = value.get("properties")
    if properties is not None and not isinstance(properties, dict):
        problems.append(Problem(name, where, "properties", describe(properties), "an object", rule="geojson"))
    elif schema.key and value.get("id") is not None and value["id"] != (properties or {}).get(schema.key):
        expected = f"the same as the property {schema.key}, or nothing"
        problems.append(Problem(name, where, "id", describe(value["id"]), expected, rule="geojson"))
    return problems


def _note_foreign(value: dict[str, Any], known: frozenset[str], where: str, name: str, layer: Layer) -> None:
    """Warn of each member that no layer can hold, and that is therefore not kept."""
    for member in value:
        if member not in known:
            seen, expected = "a member outside of properties", "nothing here: it is not kept"
            hint = "move it into properties"
            problem = Problem(name, where, show_text(member), seen, expected, hint, "foreign-member", "warning")
            layer.findings.add_kind(problem)


def _of_fault(fault: Fault, path: tuple[str | int, ...], where: str, name: str) -> Problem:
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return Problem(name, where, field.removeprefix("properties."), fault.seen, fault.expected, rule=fault.rule)


def _hold_crs(root: dict[str, Any], name: str) -> None:
    """Refuse a coordinate system other than that of RFC 7946; a link to one is never followed."""
    crs = root.get("crs")
    if crs is None:
        return
    try:
        known = crs["type"] == "name" and crs["properties"]["name"] in WGS84_NAMES
    except (TypeError, KeyError, IndexError):
        known = False
    if not known:
        raise _foreign_crs(name, crs)


def _foreign_crs(name: str, crs: object) -> InputError:
    expected = "no crs, or that of WGS 84 (OGC:CRS84, EPSG:4326)"
    return refuse(name, show_text(crs), expected, "convert the file to WGS 84", where="member crs", rule="crs")
