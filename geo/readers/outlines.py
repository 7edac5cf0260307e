"""Layers of lines and polygons in GeoJSON, read piece by piece, and straight into columns and shapes.

msgspec decodes a piece by the types of the schema, refuses what is not JSON, not of its type or not known. What it does
not see is seen here: a name that stands twice, by counting colons; U+0000; coordinates that are no place on the Earth.
What is odd is read the other way (`geo.readers.pieces`).
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET, UnsetType
from msgspec.structs import astuple

from geo.columns import pack_values
from geo.readers.features import Layer, Part
from geo.readers.files import Limits
from geo.readers.pieces import count_byte, read_pieces
from geo.readers.shapes import build_shapes
from geo.spec import Schema

__all__ = ["read_outlines"]

_Position: TypeAlias = list[float]
_COORDINATES: Final[dict[str, Any]] = {
    "MultiLineString": list[list[_Position]],
    "Polygon": list[list[_Position]],
    "MultiPolygon": list[list[list[_Position]]],
}
"""The types that are read here, and how their coordinates are nested."""

_OBJECTS: Final = list[dict[str, str | bool | None]]
"""Objects that are read here: flat ones, without numbers."""

_ESCAPED: Final = re.compile(rb"\\u00(?:00|3[aA])")
"""U+0000, which no text may hold, and a colon, which must be counted."""


def read_outlines(
    path: Path, name: str, schema: Schema, limits: Limits, tell: Callable[[float], object] | None = None
) -> Layer | None:
    """Return the features of a GeoJSON file of lines or polygons.

    Parameters
    ----------
    path, name, schema, limits, tell
        As `geo.readers.pieces.read_pieces`.

    Returns
    -------
    Layer or None
        As `geo.readers.geojson.read_features` would return it; None when that must read the file, because the schema
        lets in any property, or something about the file as a whole is not plain.

    Raises
    ------
    InputError
        The file cannot be opened, or is too large.
    """
    if not schema.geometries <= _COORDINATES.keys() or schema.open or not schema.key:
        return None
    with _unwatched():
        return read_pieces(path, name, schema, limits, partial(_pack, _decoder(schema), schema), tell)


@contextmanager
def _unwatched() -> Iterator[None]:
    """Let nobody look for circles of objects: none are made here, and the walk through millions takes long."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _decoder(schema: Schema) -> msgspec.json.Decoder[list[Any]]:
    """Return the decoder of a list of features whose properties are those of a schema."""
    absent: Any = UnsetType
    types: dict[str, Any] = {
        "integer": int | float | None | absent,
        "source_refs": list[str] | None | absent,
        "objects": _OBJECTS | None | absent,
    }
    fields = [(each.name, types.get(each.type, str | None | absent), UNSET) for each in schema.fields]
    properties = msgspec.defstruct("Properties", fields, forbid_unknown_fields=True, gc=False)
    members: list[Any] = [
        ("type", Literal["Feature"]),
        ("properties", properties),
        ("geometry", _geometry_type(schema)),
        ("id", str | None | absent, UNSET),
    ]
    feature: Any = msgspec.defstruct("Feature", members, forbid_unknown_fields=True, gc=False)
    return msgspec.json.Decoder(list[feature])


def _geometry_type(schema: Schema) -> Any:  # noqa: ANN401 -- a type, or several
    """Return the type of the geometries of a schema; each of its structs has the name of a type of GeoJSON."""
    found: Any = None
    for kind in schema.geometries:
        held: list[Any] = [("coordinates", _COORDINATES[kind])]
        if len(schema.geometries) == 1:  # a tag would not be asked for
            shape: Any = msgspec.defstruct(kind, [("type", Literal[kind]), *held], forbid_unknown_fields=True, gc=False)
        else:
            shape = msgspec.defstruct(kind, held, tag_field="type", tag=kind, forbid_unknown_fields=True, gc=False)
        found = shape if found is None else found | shape
    return found | None if schema.unlocated else found


def _pack(decoder: msgspec.json.Decoder[list[Any]], schema: Schema, text: bytes) -> Part | None:
    """Return the features of a text as columns, numbered from 1; None when anything about them is not plain."""
    try:
        features = decoder.decode(b"[" + text + b"]")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not features or (b"\\" in text and _ESCAPED.search(text)):
        return None
    rows = zip(*(astuple(feature.properties) for feature in features), strict=True)
    columns: dict[str, pa.Array | list[Any]] = {}
    members = 3 * len(features)
    for each, values in zip(schema.fields, rows, strict=True):
        absent = values.count(UNSET)
        members += len(values) - absent
        there = [None if value is UNSET else value for value in values] if absent else list(values)
        if each.type == "objects":
            members += sum(len(value) for value in _objects_in(there))
            columns[each.name] = there
            continue
        packed = pack_values(there, each)
        if packed is None:
            return None
        columns[each.name] = packed
    for feature in features:
        if feature.id is not UNSET:
            members += 1
            if feature.id is not None and feature.id != getattr(feature.properties, schema.key):
                return None
    located = [feature.geometry is not None for feature in features]
    geometries = [feature.geometry for feature in features if feature.geometry is not None]
    made = build_shapes([type(each).__name__ for each in geometries], [each.coordinates for each in geometries])
    members += 2 * len(geometries)
    if made is None or not _vouch_colons(count_byte(text, b":"), members, columns, schema):
        return None
    shapes = np.full(len(features), None, dtype=object)
    shapes[np.array(located)] = made
    return Part(np.arange(1, len(features) + 1, dtype=np.int64), shapes, columns)


def _vouch_colons(seen: int, members: int, columns: dict[str, Any], schema: Schema) -> bool:
    """Return whether a piece has as many colons as members and texts account for: then no name stands twice."""
    if seen == members:
        return True
    inside = 0
    for each in schema.fields:
        array = columns[each.name]
        if isinstance(array, list):
            pairs = (pair for value in _objects_in(array) for pair in value.items())
            inside += sum(text.count(":") for pair in pairs for text in pair if isinstance(text, str))
            continue
        texts = array.values if pa.types.is_list(array.type) else array
        if pa.types.is_string(texts.type):
            inside += pc.sum(pc.count_substring(texts, ":")).as_py() or 0
    return seen == members + inside


def _objects_in(values: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the objects in some lists of them."""
    return chain.from_iterable(value for value in values if value)
