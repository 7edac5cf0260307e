"""Layers of points in GeoJSON, read piece by piece and straight into columns; a million of them in seconds.

Arrow decodes a piece by the types of the schema, on as many cores as there are: it refuses what is not JSON, not of its
type or not known, and a name that stands twice. What it does not see is seen here: U+0000, text that is not UTF-8, a
feature without the member ``geometry``, coordinates that are no place on the Earth. What is odd is read the other way
(`geo.readers.pieces`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from geo.columns import arrow_type
from geo.points import Positions, unpack_points
from geo.readers.features import Layer, Part
from geo.readers.files import Limits
from geo.readers.geometry import MAX_HEIGHT_M
from geo.readers.pieces import read_pieces
from geo.spec import Schema

__all__ = ["read_points"]

_CORES: Final = min(os.cpu_count() or 1, 4)
"""How many pieces are decoded beside each other."""

_GEOMETRY: Final = re.compile(rb'"geometry"[ \t\r\n]*:')


def read_points(
    path: Path, name: str, schema: Schema, limits: Limits, tell: Callable[[float], object] | None = None
) -> Layer | None:
    """Return the features of a GeoJSON file of points.

    Parameters
    ----------
    path, name, schema, limits, tell
        As `geo.readers.pieces.read_pieces`.

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
    return read_pieces(path, name, schema, limits, partial(_pack, _options(columns), schema.key), tell, _CORES)


def _options(columns: list[tuple[str, pa.DataType | None]]) -> arrow_json.ParseOptions:
    """Return how Arrow reads an object with a list of features whose properties are some columns."""
    point = pa.struct([("type", pa.string()), ("coordinates", pa.list_(pa.float64()))])
    feature = [("type", pa.string()), ("properties", pa.struct(columns)), ("geometry", point), ("id", pa.string())]
    return arrow_json.ParseOptions(
        explicit_schema=pa.schema([("features", pa.list_(pa.struct(feature)))]), unexpected_field_behavior="error"
    )


def _pack(options: arrow_json.ParseOptions, key: str, text: bytes) -> Part | None:
    """Return the features of a text as columns, numbered from 1; None when anything about them is not plain."""
    features = _decode(text, options)
    return None if features is None else _columns(text, features, key)


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


def _columns(text: bytes, features: pa.StructArray, key: str) -> Part | None:
    """Return typed features as columns; None when anything about them is not plain."""
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
    found = _find_positions(geometry.drop_null())
    if found is None:
        return None
    positions = np.full((len(features), found.shape[1]), np.nan)
    positions[geometry.is_valid().to_numpy(zero_copy_only=False)] = found
    shapes = positions if found.shape[1] == 2 else unpack_points(positions)
    return Part(np.arange(1, len(features) + 1, dtype=np.int64), shapes, columns)


def _all(found: pa.Array) -> bool:
    """Return whether a condition holds of every value; of one that is null it does not."""
    return not found.null_count and found.true_count == len(found)


def _find_positions(places: pa.StructArray) -> Positions | None:
    """Return the positions of points, with their heights if they have any; None when one of them would be refused.

    What is refused is what `geo.readers.geometry` refuses one by one.
    """
    if not len(places):
        return np.empty((0, 2))
    kinds, lists = places.field(0), places.field(1)
    sizes = pc.unique(lists.value_lengths()).to_pylist()
    numbers = lists.flatten()
    if not _all(pc.equal(kinds, "Point")) or sizes not in ([2], [3]) or numbers.null_count:
        return None
    found: Positions = numbers.to_numpy().reshape(len(places), sizes[0])
    limits = np.array([180.0, 90.0, MAX_HEIGHT_M])[: sizes[0]]
    return found if bool((np.abs(found) <= limits).all()) else None
