"""GeoParquet as a layer: columns that fit the schema are taken as they are, everything else feature by feature.

A file of this format holds a value once and says how often it stands, so a small file may unfold without end: how many
rows are read at once follows from the longest text of those that are held so, and what they unfold to is counted.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyproj
import shapely
from pyarrow import parquet

from geo.columns import arrow_type
from geo.errors import InputError, Problem, show_text
from geo.readers.features import Layer, Part
from geo.readers.files import Limits, open_plain, refuse
from geo.readers.problems import Findings
from geo.readers.shapes import make_shapes
from geo.readers.strict_json import parse_json
from geo.readers.vector import add_record
from geo.spec import Field, Schema

__all__ = ["PARQUET_SUFFIXES", "read_parquet_layer"]

PARQUET_SUFFIXES: Final = frozenset({".parquet", ".geoparquet"})

_ROWS: Final = 4_096
"""Features that are read at once, at most."""

_UNFOLDED: Final = 64_000_000
"""Bytes to which they may unfold."""

_BUFFER: Final = 1 << 20
"""Bytes of a column that are read from the file at once."""

_MAGIC: Final = b"PAR1"


def read_parquet_layer(
    path: Path, name: str, schema: Schema, limits: Limits, tell: Callable[[float], object] | None = None
) -> Layer:
    """Return the features of a GeoParquet file.

    Parameters
    ----------
    path
        The file.
    name
        The file as the atlas names it, for messages.
    schema
        The columns and geometries of the layer.
    limits
        How large it may be, packed and unfolded.
    tell
        Called now and then with how much of the file was read, from 0 to 1.

    Returns
    -------
    Layer
        Features in lon, lat, and the problems of those that were set aside.

    Raises
    ------
    InputError
        It is no GeoParquet, passes a limit, is not in WGS 84, keeps geometry otherwise than as WKB, or has columns of
        a type that no layer can hold, such as dates or decimals.
    """
    with open_plain(path, name, limits) as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise refuse(name, "a file that does not begin with PAR1", "GeoParquet", rule="format")
        file.seek(0)
        try:
            return _read(file, name, schema, limits, tell)
        except InputError:
            raise
        except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError) as error:
            raise refuse(name, show_text(str(error)), "GeoParquet that can be read", rule="format") from error


def _read(
    file: io.BufferedReader, name: str, schema: Schema, limits: Limits, tell: Callable[[float], object] | None
) -> Layer:
    plain = parquet.ParquetFile(file)
    _hold(plain.metadata, name, limits)
    texts = [each.name for each in plain.schema_arrow if _is_text(each.type)]
    source = parquet.ParquetFile(file, buffer_size=_BUFFER)
    folded = parquet.ParquetFile(file, read_dictionary=texts, buffer_size=_BUFFER)
    geometry, left_out = _find_geometry(plain.schema_arrow, name)
    columns = [each for each in plain.schema_arrow.names if each != geometry and each not in left_out]
    _hold_types(plain.schema_arrow, columns, name)
    layer = Layer(Findings(name))
    number = unfolded = 0
    for batch in _batches(source, folded, [*columns, geometry], texts):
        if tell is not None:
            tell(number / plain.metadata.num_rows)
        unfolded += sum(map(_size, batch.columns))
        if unfolded > 2 * limits.bytes:
            doubled = limits._replace(bytes=2 * limits.bytes)
            raise doubled.refuse(name, f"{unfolded:,} bytes when unfolded", "bytes", "bytes")
        found = {each: _plain(batch.column(each)) for each in [*columns, geometry]}
        for each in found.values():
            each.validate(full=True)  # texts that are not UTF-8
        part = _pack(found, geometry, number, schema)
        if part is not None:
            layer.add(part)
        else:
            for properties, shape in _records(found, geometry):
                number += 1
                add_record(properties, shape, number, name, schema, layer)
                if layer.findings.full:
                    return layer
            if not schema.open:
                layer.pack(schema)
            continue
        number += len(batch)
    return layer


def _batches(
    source: parquet.ParquetFile, folded: parquet.ParquetFile, columns: list[str], texts: list[str]
) -> Iterator[pa.RecordBatch]:
    """Yield rows of some columns, few enough at once that they cannot unfold to much.

    `folded` is the same file, of which `texts` are read with each different one once. It is asked for one row of each
    group: with that come all texts of the group that are held once. To read all of it so takes several times as long.
    """
    for group in range(source.num_row_groups):
        longest = 0
        if asked := [each for each in texts if each in columns]:
            for row in folded.iter_batches(1, row_groups=[group], columns=asked):
                longest = sum(pc.max(pc.binary_length(each.dictionary)).as_py() or 0 for each in row.columns)
                break
        rows = max(1, min(_ROWS, _UNFOLDED // max(longest, 1)))
        yield from source.iter_batches(rows, row_groups=[group], columns=columns)


def _hold(stated: Any, name: str, limits: Limits) -> None:  # noqa: ANN401 -- pyarrow's
    """Refuse a file that says itself that it is too large."""
    groups = [stated.row_group(at) for at in range(stated.num_row_groups)]
    values = sum(group.column(at).num_values for group in groups for at in range(group.num_columns))
    for seen, key, unit in (
        (stated.num_columns, "columns", "columns"),
        (stated.num_rows, "features", "features"),
        (values, "values", "values"),
    ):
        if seen > getattr(limits, key):
            raise limits.refuse(name, f"{seen:,} {unit}", key, unit)
    size = sum(group.total_byte_size for group in groups)
    if size > 2 * limits.bytes:
        raise limits._replace(bytes=2 * limits.bytes).refuse(name, f"{size:,} bytes when unpacked", "bytes", "bytes")


def _find_geometry(columns: pa.Schema, name: str) -> tuple[str, frozenset[str]]:
    """Return the column of the geometry, and those that only say again what it says."""
    found = (columns.metadata or {}).get(b"geo")
    if found is None:
        hint = "write it as GeoParquet, not as a plain Parquet table"
        raise refuse(name, "no metadata named geo", "GeoParquet", hint, rule="format")
    meta, faults = parse_json(found, name)
    if faults:
        raise refuse(name, faults[0].seen, faults[0].expected, where="metadata geo", rule=faults[0].rule)
    try:
        geometry = meta["primary_column"]
        told = meta["columns"][geometry]
        encoding, crs = told["encoding"], told.get("crs", "OGC:CRS84")
        boxes = [path[0] for path in told.get("covering", {}).get("bbox", {}).values()]
    except (TypeError, KeyError, IndexError, AttributeError):
        seen, expected = "incomplete metadata", "GeoParquet 1.0 or 1.1"
        raise refuse(name, seen, expected, where="metadata geo", rule="format") from None
    if encoding != "WKB" or columns.names.count(geometry) != 1 or not pa.types.is_binary(_base(columns, geometry)):
        seen = f"encoding {show_text(encoding, 40)}"
        raise refuse(name, seen, "geometry as WKB", "write it with encoding WKB", where="metadata geo", rule="format")
    if not _is_wgs84(crs):
        seen = show_text(crs.get("name") if isinstance(crs, dict) else crs)
        raise refuse(name, seen, "WGS 84 (OGC:CRS84, EPSG:4326)", "convert the file to WGS 84", rule="crs")
    return str(geometry), frozenset(box for box in boxes if isinstance(box, str))


def _base(columns: pa.Schema, name: str) -> pa.DataType:
    kind = columns.field(name).type
    return pa.binary() if pa.types.is_large_binary(kind) else kind


def _is_wgs84(crs: Any) -> bool:  # noqa: ANN401 -- any JSON value
    if crs == "OGC:CRS84":
        return True
    if not isinstance(crs, dict):
        return False
    try:
        known = pyproj.CRS.from_json_dict(crs)
    except (pyproj.exceptions.CRSError, TypeError):
        return False
    return any(known.equals(pyproj.CRS(each), ignore_axis_order=True) for each in ("OGC:CRS84", "EPSG:4326"))


def _hold_types(columns: pa.Schema, names: list[str], name: str) -> None:
    """Refuse columns that stand twice, and those of a type that GeoJSON has not either; all at once."""
    problems = [
        Problem(name, "every feature", show_text(each), f"{count} columns", "one", "rename one", "columns")
        for each, count in Counter(columns.names).items()
        if count > 1
    ]
    hint = "write it as text; dates as EDTF, such as 1975-04"
    expected = "texts, numbers, yes or no, and lists of these"
    problems += [
        Problem(name, "every feature", show_text(each.name), str(each.type), expected, hint, "format")
        for each in columns
        if each.name in names and not _is_json(each.type)
    ]
    if problems:
        message = f"{name} cannot be used"
        raise InputError(message, problems)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_json(kind: pa.DataType) -> bool:
    """Return whether the values of a type are those of JSON."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _is_json(kind.value_type)
    if pa.types.is_struct(kind):
        return all(_is_json(each.type) for each in kind)
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return bool(number or _is_text(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind))


def _size(array: pa.Array) -> int:
    """Return how many bytes an array takes when it is unfolded."""
    if _is_text(array.type):
        return pc.sum(pc.binary_length(array).cast("int64")).as_py() or 0
    if not pa.types.is_dictionary(array.type):
        return int(array.nbytes)
    lengths = pc.binary_length(array.dictionary).cast("int64")
    return pc.sum(lengths.take(array.indices)).as_py() or 0


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _pack(found: dict[str, pa.Array], geometry: str, before: int, schema: Schema) -> Part | None:
    """Return rows as a part of a layer; None when one must be looked at alone."""
    if schema.open:
        return None
    if not found.keys() <= {*schema.names, geometry}:
        return None
    shapes = make_shapes(found[geometry], schema)
    if shapes is None:
        return None
    columns: dict[str, Any] = {}
    for field in schema.fields:
        packed = _fit(found.get(field.name), field, len(shapes))
        if packed is None:
            return None
        columns[field.name] = packed
    return Part(np.arange(before + 1, before + len(shapes) + 1, dtype=np.int64), shapes, columns)


def _fit(array: pa.Array | None, field: Field, count: int) -> pa.Array | None:
    """Return a column in the type in which its values are packed; None when they are not of it."""
    wanted = arrow_type(field)
    if wanted is None:
        return None
    if array is None or pa.types.is_null(array.type):
        return pa.nulls(count, wanted)
    if pa.types.is_integer(wanted):
        fits = pa.types.is_integer(array.type) and array.type != pa.uint64()
    elif pa.types.is_list(wanted):
        fits = pa.types.is_list(array.type) and not array.flatten().null_count and _is_plain(array.flatten())
    else:
        fits = _is_plain(array)
    return array.cast(wanted) if fits else None


def _is_plain(array: pa.Array) -> bool:
    """Return whether all values are texts that a file can hold."""
    return _is_text(array.type) and not pc.any(pc.match_substring(array, "\0")).as_py()


def _records(found: dict[str, pa.Array], geometry: str) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield rows as features: properties, and a geometry as GeoJSON has it, or what stands there if it is none."""
    columns = {each: array.to_pylist() for each, array in found.items()}
    for at, shape in enumerate(columns.pop(geometry)):
        properties = {each: values[at] for each, values in columns.items()}
        yield properties, None if shape is None else _geojson(shape)


def _geojson(shape: bytes) -> Any:  # noqa: ANN401 -- any JSON value
    try:
        read = shapely.from_wkb(shape)
    except shapely.errors.ShapelyError:
        return "bytes that are no WKB"
    if read.is_empty:
        return {"type": read.geom_type, "coordinates": []}
    return read.__geo_interface__
