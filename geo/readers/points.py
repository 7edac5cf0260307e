"""Layers of points in GeoJSON, read piece by piece and straight into columns; a million of them in seconds.

msgspec decodes a piece by the types of the schema, refuses what is not JSON, not of its type or not known, and makes no
dictionaries. What it does not see is seen here: a name that stands twice, by counting colons; U+0000; coordinates that
are no place on the Earth. A piece in which anything is odd goes through `geo.readers.geojson` instead, feature by
feature, and a file that is odd as a whole is left to it altogether. So what is kept, and every word of what is refused,
is the same on both ways.

Where one piece ends and the next begins is guessed from the text (a brace, a comma, a brace) and then proved: from the
first feature on, a text that decodes as a list of whole values and is followed by a comma ends between two features.
"""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from msgspec import UNSET, UnsetType
from msgspec.structs import astuple
from numpy.typing import NDArray

from geo.columns import pack_values
from geo.errors import InputError
from geo.readers.features import Layer, Part
from geo.readers.files import Limits, open_plain
from geo.readers.geojson import begin_layer, take_features
from geo.readers.geometry import MAX_HEIGHT_M
from geo.readers.strict_json import Fault, parse_json
from geo.spec import Schema

__all__ = ["Around", "find_around", "read_points"]

_PIECE: Final = 4_000_000
"""Bytes that are decoded at once."""

_LONGEST: Final = 64_000_000
"""Bytes without a place where they could be parted, after which the file is left to the other way."""

_EDGE: Final = 65_536
"""Bytes at either end of a file in which the list of features must begin, and end."""

_TRIES: Final = 3

_BEGIN: Final = re.compile(rb'"features"[ \t\r\n]*:[ \t\r\n]*\[')
_BETWEEN: Final = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)")
_SEPARATORS: Final = (b",", b"[", b"{")
_MARK: Final = "the features stand here"

_ESCAPED: Final = re.compile(rb"\\u00(?:00|3[aA])")
"""U+0000, which no text may hold, and a colon, which must be counted."""


class _Point(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    type: Literal["Point"]
    coordinates: list[float]


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the features: where they begin and end in the file, the collection without them."""

    begin: int
    end: int
    root: dict[str, Any]
    values: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """Features that follow each other, as text and decoded: typed ones, or (`plain` is false) any JSON values."""

    text: bytes
    features: list[Any]
    plain: bool = True
    faults: list[Fault] = field(default_factory=list)


def read_points(
    path: Path, name: str, schema: Schema, limits: Limits, tell: Callable[[float], object] | None = None
) -> Layer | None:
    """Return the features of a GeoJSON file of points.

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
        As `geo.readers.geojson.read_features` would return it; None when that must read the file, because the schema is
        not one of points alone, or something about the file as a whole is not plain.

    Raises
    ------
    InputError
        The file cannot be opened, or is too large.
    """
    if schema.geometries != {"Point"} or schema.open or not (schema.unlocated and schema.key):
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
    types: dict[str, Any] = {"integer": int | float | None | absent, "source_refs": list[str] | None | absent}
    fields = [(each.name, types.get(each.type, str | None | absent), UNSET) for each in schema.fields]
    properties = msgspec.defstruct("Properties", fields, forbid_unknown_fields=True, gc=False)
    members: list[Any] = [
        ("type", Literal["Feature"]),
        ("properties", properties),
        ("geometry", _Point | None),
        ("id", str | None | absent, UNSET),
    ]
    feature: Any = msgspec.defstruct("Feature", members, forbid_unknown_fields=True, gc=False)
    return msgspec.json.Decoder(list[feature])


def find_around(file: io.BufferedReader, limits: Limits) -> Around | None:
    """Return what stands around the features of a file; None where they are not to be found at its two ends."""
    head = file.read(_EDGE)
    found = _BEGIN.search(head)
    if found is None:
        return None
    begin = found.end()
    head = head[:begin]
    start = max(begin, file.seek(0, io.SEEK_END) - _EDGE)
    file.seek(start)
    tail = file.read(_EDGE)
    mark = f'"{_MARK}"'.encode()
    if mark in head or mark in tail:
        return None
    end = len(tail)
    for _ in range(_TRIES):
        end = tail.rfind(b"]", 0, end)
        if end < 0:
            return None
        try:
            root, faults = parse_json(head + mark + tail[end:], "", limits)
        except InputError:
            continue
        if faults or not isinstance(root, dict) or root.get("features") != [_MARK]:
            return None
        root["features"] = []
        values = sum((head + tail[end:]).count(byte) for byte in _SEPARATORS)
        return Around(begin, start + end, root, values)
    return None


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
        for cut in reversed(list(_BETWEEN.finditer(text, max(0, len(text) - _EDGE)))[-_TRIES:]):
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
        packed = pack_values([None if value is UNSET else value for value in values] if absent else values, each)
        if packed is None:
            return None
        columns[each.name] = packed
    for feature in features:
        if feature.id is not UNSET:
            members += 1
            if feature.id is not None and feature.id != getattr(feature.properties, schema.key):
                return None
    located = [feature.geometry is not None for feature in features]
    places = [feature.geometry.coordinates for feature in features if feature.geometry is not None]
    points = _make_points(places)
    members += 2 * len(places)
    if points is None or not _vouch_colons(_count(text, b":"), members, columns, schema):
        return None
    shapes = np.full(len(features), None, dtype=object)
    shapes[np.array(located)] = points
    numbers = np.arange(before + 1, before + len(features) + 1, dtype=np.int64)
    return Part(numbers, shapes, columns)


def _make_points(places: list[list[float]]) -> NDArray[np.object_] | None:
    """Return positions as points, as `geo.readers.geometry` makes them one by one; None when it would refuse one."""
    if not places:
        return np.empty(0, dtype=object)
    sizes = set(map(len, places))
    if sizes not in ({2}, {3}):
        return None
    found = np.array(places, dtype=np.float64)
    limits = np.array([180.0, 90.0, MAX_HEIGHT_M])[: found.shape[1]]
    if not bool((np.abs(found) <= limits).all()):
        return None
    points: NDArray[np.object_] = np.asarray(shapely.points(found), dtype=object)
    return points


def _vouch_colons(seen: int, members: int, columns: dict[str, Any], schema: Schema) -> bool:
    """Return whether a piece has as many colons as members and texts account for: then no name stands twice."""
    if seen == members:
        return True
    inside = 0
    for each in schema.fields:
        array = columns[each.name]
        texts = array.values if pa.types.is_list(array.type) else array
        if pa.types.is_string(texts.type):
            inside += pc.sum(pc.count_substring(texts, ":")).as_py() or 0
    return seen == members + inside


def _count(text: bytes, byte: bytes) -> int:
    """Return how often a byte stands in a text; several times quicker than ``bytes.count`` where it stands often."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == byte[0]))
