"""Layers of lines and polygons in GeoJSON, read piece by piece, and straight into columns and shapes.

msgspec decodes a piece by the types of the schema, refuses what is not JSON, not of its type or not known. What it does
not see is seen here: a name that stands twice, by counting colons; U+0000; coordinates that are no place on the Earth.
A piece in which anything is odd goes through `geo.readers.geojson` instead, feature by feature, and a file that is odd
as a whole is left to it altogether. So what is kept, and every word of what is refused, is the same on both ways.

Where one piece ends and the next begins is guessed from the text (a brace, a comma, what the first feature begins with)
and then proved: from the first feature on, a text that decodes as a list of whole values and is followed by a comma
ends between two features.
"""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from geo.errors import InputError
from geo.readers.features import Layer, Part
from geo.readers.files import Limits, open_plain
from geo.readers.geojson import begin_layer, take_features
from geo.readers.points import Around, find_around
from geo.readers.shapes import build_shapes
from geo.readers.strict_json import Fault, parse_json
from geo.spec import Schema

__all__ = ["read_outlines"]

_PIECE: Final = 4_000_000
"""Bytes that are decoded at once."""

_LONGEST: Final = 64_000_000
"""Bytes without a place where they could be parted, after which the file is left to the other way."""

_EDGE: Final = 65_536
"""Bytes at the end of a text in which a place is looked for where it may be parted."""

_TRIES: Final = 3

_BETWEEN: Final = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)")
_FIRST: Final = re.compile(rb'[ \t\r\n]*(\{[ \t\r\n]*"[^"\\]{1,40}")')
"""How the first feature begins; most likely so do all, and nothing that is inside of one."""
_SEPARATORS: Final = (b",", b"[", b"{")

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


@dataclass(frozen=True, slots=True)
class _Piece:
    """Features that follow each other, as text and decoded: typed ones, or (`plain` is false) any JSON values."""

    text: bytes
    features: list[Any]
    plain: bool = True
    faults: list[Fault] = field(default_factory=list)


def read_outlines(
    path: Path, name: str, schema: Schema, limits: Limits, tell: Callable[[float], object] | None = None
) -> Layer | None:
    """Return the features of a GeoJSON file of lines or polygons.

    Parameters
    ----------
    path
        The file.
    name
        The file as the atlas names it, for messages.
    schema
        A schema of layers.
    limits
        How large it may be.
    tell
        Called after each piece with how much of the file was read, from 0 to 1.

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
    with open_plain(path, name, limits) as file:
        around = find_around(file, limits)
        if around is None:
            return None
        try:
            layer = begin_layer(around.root, [], name, limits)
        except InputError:
            return None  # something worse may stand further on, and would have to be told instead
        with _unwatched():
            taken = _take_all(_pieces(file, around, _decoder(schema), tell), around.values, name, schema, limits, layer)
    return layer if taken else None


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


def _take_all(
    pieces: Iterator[_Piece | None], values: int, name: str, schema: Schema, limits: Limits, layer: Layer
) -> bool:
    """Add the features of all pieces to a layer; return whether that was possible."""
    before = 0
    for piece in pieces:
        if piece is None or not piece.features:
            return False
        values += sum(_count(piece.text, byte) for byte in _SEPARATORS)
        if before + len(piece.features) > limits.features or values > limits.values:
            return False  # how many there are in all is told by the other way
        if not _take(piece, before, name, schema, layer):
            return False
        before += len(piece.features)
    return True


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


def _pieces(
    file: io.BufferedReader,
    around: Around,
    decoder: msgspec.json.Decoder[list[Any]],
    tell: Callable[[float], object] | None,
) -> Iterator[_Piece | None]:
    """Yield the text between the first feature and the last, piece by piece; None where it cannot be parted."""
    file.seek(around.begin)
    left = around.end - around.begin
    text = b""
    between = None
    while left:
        block = file.read(min(_PIECE, left))
        left -= len(block)
        text += block
        if tell is not None:
            tell(1 - left / around.end)
        if not block or len(text) > _LONGEST:
            yield None  # it became shorter while it was read, or is one feature without end
            return
        if not left:
            yield _decode(text, decoder)
            return
        if between is None:
            first = _FIRST.match(text)
            between = re.compile(_BETWEEN.pattern.replace(rb"\{", re.escape(first[1]))) if first else _BETWEEN
        edge = max(0, len(text) - _EDGE)
        cuts = list(between.finditer(text, edge)) or list(_BETWEEN.finditer(text, edge))
        for cut in reversed(cuts[-_TRIES:]):
            piece = _decode(text[: cut.start() + 1], decoder)
            if piece is not None:
                text = text[cut.end() :]
                yield piece
                break


def _decode(text: bytes, decoder: msgspec.json.Decoder[list[Any]]) -> _Piece | None:
    """Return a text as the features that it holds; None when it is no list of whole values."""
    try:
        return _Piece(text, decoder.decode(b"[" + text + b"]"))
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    return _decode_strictly(text)


def _decode_strictly(text: bytes) -> _Piece | None:
    try:
        root, faults = parse_json(b'{"features":[' + text + b"]}", "")
    except InputError:
        return None
    return _Piece(text, root["features"], plain=False, faults=faults)


def _take(piece: _Piece, before: int, name: str, schema: Schema, layer: Layer) -> bool:
    """Add the features of a piece to a layer, or their problems; return whether that was possible."""
    if before and layer.findings.full:
        return True  # what follows so many problems is not looked at, but it must be JSON
    part = _pack(piece, before, schema) if piece.plain else None
    if part is not None:
        layer.add(part)
        return True
    strict = _decode_strictly(piece.text) if piece.plain else piece
    if strict is None:
        return False
    take_features(strict.features, strict.faults, before, name, schema, layer)
    layer.pack(schema)
    return True


def _pack(piece: _Piece, before: int, schema: Schema) -> Part | None:
    """Return typed features as columns; None when anything about them is not plain."""
    text, features = piece.text, piece.features
    if _count(text, b"\\") and _ESCAPED.search(text):
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
    if made is None or not _vouch_colons(_count(text, b":"), members, columns, schema):
        return None
    shapes = np.full(len(features), None, dtype=object)
    shapes[np.array(located)] = made
    numbers = np.arange(before + 1, before + len(features) + 1, dtype=np.int64)
    return Part(numbers, shapes, columns)


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


def _count(text: bytes, byte: bytes) -> int:
    """Return how often a byte stands in a text; several times quicker than ``bytes.count`` where it stands often."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == byte[0]))
