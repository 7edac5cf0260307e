"""Layers of GeoPackage, FlatGeobuf and Shapefile in bulk: as Arrow, through pyogrio, some thousand features at a time.

fiona opens the file first, with its driver named, and judges it as a whole: the same words as in `geo.readers.vector`.
pyogrio cannot be told a driver. It is given a file only when nothing but that driver can take it for its own: the first
bytes are those of the format, and so soon followed by a byte of zero that whatever looks for text finds none; a
GeoPackage says by its number that it is one; and the driver that opened the file is asked for its name.

Where a feature of a batch is not plain, fiona reads that batch, feature by feature; where the file as a whole is not
(dates, other types, a library that stumbles), all of it. So every word of a refusal is the same on both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias
from warnings import catch_warnings, simplefilter

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from pyogrio.raw import open_arrow

from geo.columns import arrow_type, pack_values
from geo.errors import InputError
from geo.readers.features import Feature, Layer, Part
from geo.readers.files import DEFAULT_LIMITS, Limits, open_plain
from geo.readers.shapes import make_shapes
from geo.readers.vector import FENCE, LISTS, Driver, begin_records, open_collection, parse_list, take_record
from geo.spec import Field, Schema

__all__ = ["read_batches"]

_ROWS: Final = 4_096
"""Features that are read at once."""

_ODD: Final = 8
"""Batches that fiona reads before it reads the whole file: it must walk over all that comes before each."""

_TEXT: Final = 16
"""Bytes of a file within which a zero must stand."""

_NUMBER: Final = slice(68, 72)
_NUMBERS: Final = frozenset({b"GPKG", b"GP10", b"GP11"})
"""What stands there in a GeoPackage (application_id): by any other number SQLite's own driver might take it."""

_TYPES: Final = {
    "str": ("OFTString", "OFSTNone"),
    "int32": ("OFTInteger", "OFSTNone"),
    "int": ("OFTInteger64", "OFSTNone"),
    "int64": ("OFTInteger64", "OFSTNone"),
    "float": ("OFTReal", "OFSTNone"),
    "bool": ("OFTInteger", "OFSTBoolean"),
}
"""Types of columns whose values are the same in both libraries, as fiona and as pyogrio name them."""

_CELL: Final = 1_000_000
"""Bytes of JSON text in a cell; longer ones are read alone, with their limits."""


_OPTIONS: Final = FENCE | {"OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES"}
"""The quicker way of GDAL 3.12 with that format makes columns that are not sound where a feature has no geometry."""


class _UnlikeError(Exception):
    """The file cannot be read in bulk."""


def read_batches(
    path: Path,
    name: str,
    schema: Schema,
    driver: Driver,
    limits: Limits,
    tell: Callable[[float], object] | None = None,
) -> Layer | None:
    """Return the features of a file that GDAL reads.

    Parameters
    ----------
    path, name, schema, driver, limits
        As `geo.readers.vector.read_records`.
    tell
        Called after each batch with how much of the file was read, from 0 to 1.

    Returns
    -------
    Layer or None
        As `geo.readers.vector.read_records` would return it; None when that must read the file, because the schema lets
        in any column, or something about the file as a whole is not plain.

    Raises
    ------
    InputError
        As `geo.readers.vector.read_records`.
    """
    if schema.open:
        return None
    layer = begin_records(path, name, driver, limits)
    if not _is_plain_file(path, name, driver, limits):
        return None
    with open_collection(path, name, driver, limits=limits) as collection:
        try:
            with closing(_batches(path.absolute(), driver, collection)) as batches:
                return _read(batches, name, schema, driver, collection, layer, tell)
        except _UnlikeError:
            return None


def _is_plain_file(path: Path, name: str, driver: Driver, limits: Limits) -> bool:
    """Return whether no other driver than the one that is named could take a file for its own, and its text is UTF-8.

    What letters a Shapefile has is guessed, where it does not say so, and the two libraries guess differently.
    """
    with open_plain(path, name, limits) as file:
        head = file.read(_NUMBER.stop)
    if driver.name == "ESRI Shapefile" and not _says_utf8(path.with_suffix(".cpg")):
        return False
    return b"\0" in head[:_TEXT] and (driver.name != "GPKG" or head[_NUMBER] in _NUMBERS)


def _says_utf8(path: Path) -> bool:
    try:
        with open_plain(path, path.name, DEFAULT_LIMITS) as file:
            return file.read(_TEXT).strip().upper() == b"UTF-8"
    except InputError:
        return False


_Batches: TypeAlias = "Generator[tuple[list[str], str, pa.RecordBatch]]"
"""The names of the columns, that of the geometry, and some features; again and again."""


def _read(
    batches: _Batches,
    name: str,
    schema: Schema,
    driver: Driver,
    collection: Any,  # noqa: ANN401 -- fiona.Collection
    layer: Layer,
    tell: Callable[[float], object] | None,
) -> Layer:
    count, before, odd = len(collection), 0, 0
    for fields, geometry, batch in batches:
        part = _pack(batch, fields, geometry, before, schema, driver)
        if part is not None:
            layer.add(part)
            _note_unknown(batch, fields, before, schema, layer)
        else:
            odd += 1
            if odd > _ODD:
                raise _UnlikeError
            for number, (_, record) in enumerate(collection.items(before, before + len(batch)), start=before + 1):
                take_record(record, number, name, schema, driver, layer)
                if layer.findings.full:
                    return layer
            layer.pack(schema)
        before += len(batch)
        if tell is not None:
            tell(before / max(count, 1))
    if before != count:
        raise _UnlikeError
    return layer


def _batches(path: Path, driver: Driver, collection: Any) -> _Batches:  # noqa: ANN401
    """Yield the names of the columns, that of the geometry, and batch after batch."""
    with ExitStack() as stack:
        with _unlike():
            stack.enter_context(_fence())
            if pyogrio.read_info(path, layer=collection.name)["driver"] != driver.name:
                raise _UnlikeError
            source = open_arrow(path, layer=collection.name, use_pyarrow=True, batch_size=_ROWS)
            meta, reader = stack.enter_context(source)
            fields = [str(field) for field in meta["fields"]]
            stated = {key: _TYPES.get(kind.split(":")[0]) for key, kind in collection.schema["properties"].items()}
            if None in stated.values() or list(stated) != fields:
                raise _UnlikeError
            if list(stated.values()) != list(zip(meta["ogr_types"], meta["ogr_subtypes"], strict=True)):
                raise _UnlikeError
        while True:
            with _unlike():
                batch = next(reader, None)
                if batch is None:
                    return
                batch.validate(full=True)
            yield fields, meta["geometry_name"] or "wkb_geometry", batch


@contextmanager
def _unlike() -> Iterator[None]:
    """Say of whatever goes wrong, and of what GDAL warns of, that the file cannot be read in bulk."""
    try:
        with catch_warnings(record=True) as warned:  # raised, they would be lost in the midst of GDAL
            simplefilter("always")
            yield
    except Exception as error:  # a damaged file gives errors of many families
        raise _UnlikeError from error
    if warned:
        raise _UnlikeError


@contextmanager
def _fence() -> Iterator[None]:
    """Set the options of GDAL, and put back what stood there."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in _OPTIONS}
    pyogrio.set_gdal_config_options(_OPTIONS)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _pack(
    batch: pa.RecordBatch, fields: list[str], geometry: str, before: int, schema: Schema, driver: Driver
) -> Part | None:
    """Return a batch as a part of a layer; None when a feature of it must be looked at alone."""
    if not all(_is_sound(batch.column(field), driver) for field in fields):
        return None
    shapes = make_shapes(batch.column(geometry), schema)
    if shapes is None:
        return None
    columns: dict[str, pa.Array | list[Any]] = {}
    for field in schema.fields:
        column = _fit(batch.column(field.name) if field.name in fields else None, field, len(batch))
        if column is None:
            return None
        columns[field.name] = column
    return Part(np.arange(before + 1, before + len(batch) + 1, dtype=np.int64), shapes, columns)


def _is_sound(array: pa.Array, driver: Driver) -> bool:
    """Return whether no value of a column is refused, or warned of, wherever it stands."""
    if pa.types.is_floating(array.type):
        return bool(pc.all(pc.is_finite(array)).as_py() is not False)
    if not pa.types.is_string(array.type):
        return True
    longest = pc.max(pc.binary_length(array)).as_py() or 0
    cut = bool(driver.cut_bytes) and longest > driver.cut_bytes - 4
    return not cut and not pc.any(pc.match_substring(array, "\0")).as_py()


def _fit(array: pa.Array | None, field: Field, count: int) -> pa.Array | list[Any] | None:
    """Return a column, packed if all its values are of its type; None when one is not the JSON that stands there."""
    wanted = arrow_type(field)
    if array is None:
        return [None] * count if wanted is None else pa.nulls(count, wanted)
    if array.type == wanted:
        return array
    values = array.to_pylist()
    if field.type in LISTS and pa.types.is_string(array.type):
        parsed = _parse_lists(array, values, field)
        if parsed is None:
            return None
        values = parsed
    packed = pack_values(values, field)
    return values if packed is None else packed


def _parse_lists(array: pa.Array, values: list[Any], field: Field) -> list[Any] | None:
    """Return what JSON texts say; None when one of them is refused."""
    if (pc.max(pc.binary_length(array)).as_py() or 0) > _CELL:
        return None
    try:
        if field.type == "source_refs" and not pc.any(pc.match_substring(array, "\\u0000")).as_py():
            decode = msgspec.json.Decoder(list[str]).decode
            return [None if value is None else decode(value) for value in values]
        return [None if value is None else parse_list(value, "") for value in values]
    except (InputError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _note_unknown(batch: pa.RecordBatch, fields: list[str], before: int, schema: Schema, layer: Layer) -> None:
    """Count the properties that the schema does not know."""
    unknown = [key for key in fields if key not in schema.names] if len(batch) else []
    if unknown:
        first = Feature(before + 1, None, {key: batch.column(key)[0].as_py() for key in fields})
        for key in unknown:
            count, known = layer.unknown.get(key, (0, first))
            layer.unknown[key] = (count + len(batch), known)
