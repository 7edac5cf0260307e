"""Layers of points in GeoJSON, read piece by piece and straight into columns; a million of them in seconds.

Arrow decodes a piece by the types of the schema, on as many cores as there are: it refuses what is not JSON, not of its
type or not known, and a name that stands twice. What it does not see is seen here: U+0000, text that is not UTF-8, a
feature without the member ``geometry``, coordinates that are no place on the Earth. A piece in which anything is odd
goes through `geo.readers.geojson` instead, feature by feature, and a file that is odd as a whole is left to it
altogether. So what is kept, and every word of what is refused, is the same on both ways.

Where one piece ends and the next begins is guessed from the text (a brace, a comma, a brace) and then proved: from the
first feature on, a text that decodes as a list of whole values and is followed by a comma ends between two features.
"""

from __future__ import annotations

import io
import os
import re
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyarrow import json as arrow_json

from geo.columns import arrow_type
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

_CORES: Final = min(os.cpu_count() or 1, 4)
"""How many pieces are decoded beside each other."""

_BEGIN: Final = re.compile(rb'"features"[ \t\r\n]*:[ \t\r\n]*\[')
_BETWEEN: Final = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)")
_GEOMETRY: Final = re.compile(rb'"geometry"[ \t\r\n]*:')
_SEPARATORS: Final = (b",", b"[", b"{")
_MARK: Final = "the features stand here"


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the features: where they begin and end in the file, the collection without them."""

    begin: int
    end: int
    root: dict[str, Any]
    values: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """Features that follow each other: as columns, or (`part` is None) as any JSON values, with what is refused.

    `count` is how many they are, `values` about how many values their text holds.
    """

    count: int
    values: int
    part: Part | None = None
    features: list[Any] = field(default_factory=list)
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
    columns = [(each.name, arrow_type(each)) for each in schema.fields]
    if any(kind is None for _, kind in columns):
        return None
    with open_plain(path, name, limits) as file:
        around = find_around(file, limits)
        if around is None:
            return None
        try:
            layer = begin_layer(around.root, [], name, limits)
        except InputError:
            return None  # something worse may stand further on, and would have to be told instead
        look = partial(_look, _options(columns), schema.key)
        with closing(_pieces(_texts(file, around, tell), look)) as pieces:
            taken = _take_all(pieces, around.values, name, schema, limits, layer)
    return layer if taken else None


def _options(columns: list[tuple[str, pa.DataType | None]]) -> arrow_json.ParseOptions:
    """Return how Arrow reads an object with a list of features whose properties are some columns."""
    point = pa.struct([("type", pa.string()), ("coordinates", pa.list_(pa.float64()))])
    feature = [("type", pa.string()), ("properties", pa.struct(columns)), ("geometry", point), ("id", pa.string())]
    return arrow_json.ParseOptions(
        explicit_schema=pa.schema([("features", pa.list_(pa.struct(feature)))]), unexpected_field_behavior="error"
    )


def _take_all(
    pieces: Iterator[_Piece | None], values: int, name: str, schema: Schema, limits: Limits, layer: Layer
) -> bool:
    """Add the features of all pieces to a layer; return whether that was possible."""
    before = 0
    for piece in pieces:
        if piece is None or not piece.count:
            return False
        values += piece.values
        if before + piece.count > limits.features or values > limits.values:
            return False  # how many there are in all is told by the other way
        if before and layer.findings.full:
            pass  # what follows so many problems is not looked at, but it must be JSON
        elif piece.part is not None:
            layer.add(replace(piece.part, numbers=piece.part.numbers + before))
        else:
            take_features(piece.features, piece.faults, before, name, schema, layer)
            layer.pack(schema)
        before += piece.count
    return True


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


def _texts(
    file: io.BufferedReader, around: Around, tell: Callable[[float], object] | None
) -> Iterator[tuple[bytes, bytes] | None]:
    """Yield the text between the first feature and the last, parted where it seems to part, and what stands between.

    None where it cannot be parted.
    """
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
            yield text, b""
            return
        for cut in deque(_BETWEEN.finditer(text, max(0, len(text) - _EDGE)), 1):
            yield text[: cut.start() + 1], text[cut.start() + 1 : cut.end()]
            text = text[cut.end() :]


def _pieces(
    texts: Iterator[tuple[bytes, bytes] | None], look: Callable[[bytes], _Piece | None]
) -> Generator[_Piece | None]:
    """Yield what stands in texts, in their order, several of which are looked at beside each other; None for no JSON.

    A text that is no list of whole values was parted in the wrong place: it is looked at together with the next one.
    """
    with ThreadPoolExecutor(_CORES) as pool:
        coming: deque[tuple[bytes, bytes, Future[_Piece | None]] | None] = deque()
        begun = b""
        while True:
            while len(coming) <= _CORES and (each := next(texts, ())) != ():
                coming.append((*each, pool.submit(look, each[0])) if each else None)
            if not coming:
                if begun:
                    yield None
                return
            if (first := coming.popleft()) is None:
                yield None
                return
            text, gap, found = first
            piece = look(begun + text) if begun else found.result()
            begun = b"" if piece else begun + text + gap
            if piece or len(begun) > _LONGEST:
                yield piece


def _look(options: arrow_json.ParseOptions, key: str, text: bytes) -> _Piece | None:
    """Return a text as the features that it holds; None when it is no list of whole values."""
    values = sum(_count(text, byte) for byte in _SEPARATORS)
    features = _decode(text, options)
    part = None if features is None else _pack(text, features, key)
    if part is not None:
        return _Piece(len(part.numbers), values, part)
    try:
        root, faults = parse_json(b'{"features":[' + text + b"]}", "")
    except InputError:
        return None
    return _Piece(len(root["features"]), values, None, root["features"], faults)


def _decode(text: bytes, options: arrow_json.ParseOptions) -> pa.StructArray | None:
    """Return a text as typed features; None when it is not a list of these alone."""
    whole = b'{"features":[' + text + b"]}"
    reading = arrow_json.ReadOptions(use_threads=False, block_size=len(whole) + 1)
    try:
        table = arrow_json.read_json(pa.BufferReader(whole), reading, options)
        if table.num_rows != 1:
            return None
        features = table.column("features").chunk(0).values
        features.validate(full=True)  # that texts are UTF-8
    except pa.ArrowInvalid:
        return None
    return features


def _pack(text: bytes, features: pa.StructArray, key: str) -> Part | None:
    """Return typed features as columns, numbered from 1; None when anything about them is not plain."""
    kinds, properties, geometry, ids = (features.field(at) for at in range(4))
    # A backslash is found at once; to look for more than one byte takes as long as all the rest.
    void = b"\\" in text and b"\\u0000" in text
    if features.null_count or properties.null_count or not _all(pc.equal(kinds, "Feature")) or void:
        return None
    columns = {each.name: properties.field(at) for at, each in enumerate(properties.type)}
    if any(pa.types.is_list(array.type) and array.values.null_count for array in columns.values()):
        return None
    if ids.null_count < len(ids) and not _all(pc.or_kleene(ids.is_null(), pc.equal(ids, columns[key]))):
        return None
    # To Arrow a member that is not there is null. A quotation mark inside of a text has a backslash before it.
    named = text.count(b'"geometry":')
    if geometry.null_count and named != len(features) and len(_GEOMETRY.findall(text)) != len(features):
        return None
    points = _make_points(geometry.drop_null())
    if points is None:
        return None
    shapes = np.full(len(features), None, dtype=object)
    shapes[geometry.is_valid().to_numpy(zero_copy_only=False)] = points
    return Part(np.arange(1, len(features) + 1, dtype=np.int64), shapes, columns)


def _all(found: pa.Array) -> bool:
    """Return whether a condition holds of every value; of one that is null it does not."""
    return not found.null_count and found.true_count == len(found)


def _make_points(places: pa.StructArray) -> NDArray[np.object_] | None:
    """Return positions as points, as `geo.readers.geometry` makes them one by one; None when it would refuse one."""
    if not len(places):
        return np.empty(0, dtype=object)
    kinds, lists = places.field(0), places.field(1)
    sizes = pc.unique(lists.value_lengths()).to_pylist()
    numbers = lists.flatten()
    if not _all(pc.equal(kinds, "Point")) or sizes not in ([2], [3]) or numbers.null_count:
        return None
    found = numbers.to_numpy().reshape(len(places), sizes[0])
    limits = np.array([180.0, 90.0, MAX_HEIGHT_M])[: sizes[0]]
    if not bool((np.abs(found) <= limits).all()):
        return None
    points: NDArray[np.object_] = np.asarray(shapely.points(found), dtype=object)
    return points


def _count(text: bytes, byte: bytes) -> int:
    """Return how often a byte stands in a text; several times quicker than ``bytes.count`` where it stands often."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == byte[0]))
