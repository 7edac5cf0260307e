"""The layers of a catalogue: columns of the inputs -> Arrow, some thousand records at a time, which GDAL writes."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyogrio.raw import write_arrow

from geo.catalogue.apart import is_worth, write_apart
from geo.catalogue.rows import frame_columns
from geo.columns import column_values, plain_array
from geo.gazetteer import span_bounds
from geo.points import find_positions, packed_positions
from geo.spec import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from geo.points import Positions
    from geo.readers import Inputs
    from geo.spec import FieldType, Words

__all__ = ["BOUNDS", "DATE", "SPANS", "write_layers"]

BOUNDS: Final = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")
SPANS: Final = {"sites": ("begin", "end"), "routes": ("begin", "end"), "events": ("date", "end")}
"""Schema -> the two EDTF columns that its four date bounds come from."""

DATE: Final = "1970-01-01T00:00:00.000Z"
"""A fixed date instead of the clock: the same input gives the same bytes."""

_CONFIG: Final = {"OGR_CURRENT_DATE": DATE}

_GEOMETRY: Final = {
    frozenset({"Point"}): "Point",
    frozenset({"LineString"}): "LineString",
    frozenset({"MultiLineString"}): "MultiLineString",
    frozenset({"LineString", "MultiLineString"}): "MultiLineString",
    frozenset({"Polygon"}): "MultiPolygon",
    frozenset({"MultiPolygon"}): "MultiPolygon",
    frozenset({"Polygon", "MultiPolygon"}): "MultiPolygon",
}
"""Types that occur in a layer -> the type that its table declares."""

_PARTS: Final[dict[str, tuple[int, Any]]] = {
    "MultiLineString": (shapely.GeometryType.LINESTRING, shapely.multilinestrings),
    "MultiPolygon": (shapely.GeometryType.POLYGON, shapely.multipolygons),
}
"""Declared type -> the single type that becomes one, and by what."""

_BATCH: Final = 20_000
"""How many records are converted at once: a copy of no more than these is in memory."""


def write_layers(
    path: Path, inputs: Inputs, former: Mapping[str, gpd.GeoDataFrame], named: Mapping[str, str]
) -> dict[str, int]:
    """Write every layer of an atlas, and its former areas, into a new GeoPackage.

    Parameters
    ----------
    path
        The file.
    inputs
        The atlas.
    former
        Former areas by the name of their period.
    named
        Record id -> its first name in Khmer script.

    Returns
    -------
    dict of str to int
        Layer whose records have dates -> how many of them have none that is known.
    """
    undated: dict[str, int] = {}
    with _fixed_date():
        for name, frame in inputs.layers.items():
            spec = inputs.manifest.layers[name]
            columns = _Columns(frame, spec.schema, named)
            _append(path, name, columns, frame.geometry, SCHEMAS[spec.schema].geometries, spec.title)
            if spec.schema in SPANS:
                undated[name] = columns.undated
        for name, frame in former.items():
            columns = _Columns(frame, "period", named)
            _append(
                path, name, columns, frame.geometry, frozenset({"MultiPolygon"}), inputs.manifest.periods[name].title
            )
    return undated


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Have GDAL write a fixed date instead of the clock."""
    before = {option: pyogrio.get_gdal_config_option(option) for option in _CONFIG}
    pyogrio.set_gdal_config_options(_CONFIG)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


class _Columns:
    """The columns of one layer as its table shall have them.

    Attributes
    ----------
    fields
        Their names and types, without the geometry.
    undated
        How many of the records that were converted have no date that is known.
    """

    def __init__(self, frame: gpd.GeoDataFrame, schema: str, named: Mapping[str, str]) -> None:
        self._frame, self._schema = frame, schema
        self._named, self._names_km = (pa.array(side, pa.string()) for side in (list(named), list(named.values())))
        known = {field.name: field.type for field in SCHEMAS[schema].fields} if schema in SCHEMAS else {}
        names = [str(column) for column in frame.columns if column != "geometry"]
        declared: dict[str, FieldType | None] = {
            name: known.get(name) if schema in SCHEMAS else "text" for name in names
        }
        self._held = [
            pa.field(name, pa.int64() if kind == "integer" else pa.string() if kind else _type_of(frame, name))
            for name, kind in declared.items()
        ]
        self.fields = [*self._held]
        if schema in SPANS:
            self.fields += [pa.field(name, pa.string()) for name in (*BOUNDS, "name_km")]
        if schema == "sites":
            self.fields += [pa.field(name, pa.float64()) for name in ("lon", "lat")]
        self.undated = 0

    def batch(self, start: int, count: int) -> list[pa.Array]:
        """Return the columns of so many records from `start` on."""
        part = self._frame.iloc[start : start + count]
        arrays = [_array(part[field.name], field.type) for field in self._held]
        if self._schema in SPANS:
            begin, end = (_texts(part[side]) for side in SPANS[self._schema])
            # The two texts of a record as one, which few others are: no text holds U+0000.
            pairs = pc.binary_join_element_wise(begin, end, "\0").dictionary_encode()
            spans = [_span(*pair.split("\0")) for pair in pairs.dictionary.to_pylist()]
            bounds = [pa.array([span[side] for span in spans], pa.string()).take(pairs.indices) for side in range(4)]
            self.undated += pc.sum(pc.is_null(pc.coalesce(*bounds))).as_py() or 0
            arrays += bounds
            arrays.append(self._names_km.take(pc.index_in(_texts(part["id"]), value_set=self._named)))
        if self._schema == "sites":
            arrays += [pa.array(axis, from_pandas=True) for axis in find_positions(part.geometry).T]
        return arrays


@lru_cache(maxsize=65_536)
def _span(begin: str, end: str) -> tuple[str | None, ...]:
    return tuple(bound or None for bound in span_bounds(begin, end))


def _append(
    path: Path,
    name: str,
    columns: _Columns,
    geometry: gpd.GeoSeries,
    allowed: frozenset[str],
    title: Words | None,
) -> None:
    """Write one layer; `title` describes it to a GIS program."""
    declared = _declared(geometry, allowed)
    schema = pa.schema([*columns.fields, pa.field("geom", pa.binary())])

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(geometry), _BATCH):
            part = geometry.iloc[start : start + _BATCH]
            arrays = [*columns.batch(start, len(part)), _wkb(part, declared)]
            yield pa.record_batch(arrays, schema=schema)

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    options = {
        "layer": name,
        "driver": "GPKG",
        "geometry_name": "geom",
        "geometry_type": declared,
        "crs": "EPSG:4326",
        "append": path.exists(),
        "layer_options": {
            "SPATIAL_INDEX": "YES",
            "GEOMETRY_NAME": "geom",
            "FID": "fid",
            "DESCRIPTION": title.en if title else "",
        },
    }
    if is_worth(len(geometry)):
        write_apart(reader, path, _CONFIG, **options)
    else:
        write_arrow(reader, path, **options)


def _wkb(geometry: gpd.GeoSeries, declared: str) -> pa.Array:
    """Return shapes as ISO WKB, single ones as multiple ones where the table declares these."""
    if declared == "Point":
        return _points_wkb(find_positions(geometry))
    shapes = np.asarray(geometry.array)
    if flat := _PARTS.get(declared.removesuffix(" Z")):
        kind, join = flat
        single = np.flatnonzero(shapely.get_type_id(shapes) == kind)
        if len(single):
            shapes = shapes.copy()
            shapes[single] = join(shapes[single], indices=np.arange(len(single)))
    return pa.array(shapely.to_wkb(shapes, flavor="iso"), pa.binary())


def _points_wkb(positions: Positions) -> pa.Array:
    """Return flat points as WKB; a tenth of the time of `shapely.to_wkb`, which makes an object of each."""
    there = ~np.isnan(positions[:, 0])
    records = np.empty(int(there.sum()), [("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
    records["order"], records["type"] = 1, 1
    records["x"], records["y"] = positions[there].T
    ends = np.concatenate([[0], np.cumsum(there)]).astype(np.int32) * records.itemsize
    valid = pa.array(there).buffers()[1]
    return pa.Array.from_buffers(
        pa.binary(), len(positions), [valid, pa.py_buffer(ends), pa.py_buffer(records.tobytes())]
    )


def _declared(geometry: gpd.GeoSeries, allowed: frozenset[str]) -> str:
    """Return the geometry type that a table declares: what occurs, or for an empty one what its schema allows."""
    if packed_positions(geometry) is not None:
        return "Point"
    shapes = np.asarray(geometry.array)
    kinds = np.unique(shapely.get_type_id(shapes)).tolist()
    types = frozenset(_TYPES[kind] for kind in kinds if kind >= 0) or allowed
    declared = _GEOMETRY.get(types, "Unknown")
    return f"{declared} Z" if declared != "Unknown" and bool(shapely.has_z(shapes).any()) else declared


_TYPES: Final = (
    *("Point", "LineString", "LinearRing", "Polygon"),
    *("MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"),
)
"""The types of GEOS by their numbers."""


def _type_of(frame: gpd.GeoDataFrame, name: str) -> pa.DataType:
    """Return the type of a column that only this file has: that of its values, and text when they differ."""
    kinds = {type(_cell(value)) for value in frame_columns(frame[[name]])[name]} - {type(None)}
    if kinds == {int}:
        return pa.int64()
    if kinds == {bool}:
        return pa.bool_()
    return pa.float64() if kinds in ({float}, {int, float}) else pa.string()


def _array(column: pd.Series, kind: pa.DataType) -> pa.Array:
    """Return one column; an empty value is null, a list is JSON text."""
    packed = plain_array(column)
    if packed is not None:
        array = packed.combine_chunks()
        if pa.types.is_list(array.type) and not _has_escapes(array.flatten()):
            joined = pc.binary_join_element_wise('["', pc.binary_join(array, '","'), '"]', "")
            return pc.if_else(pc.equal(pc.list_value_length(array), 0), "[]", joined)
        if array.type == kind:
            empty = pc.equal(array, "") if kind == pa.string() else None
            return pc.if_else(empty, None, array) if empty is not None and empty.true_count else array
    values = column_values(column)
    if kind != pa.string():
        return pa.array([_cell(value) for value in values], kind)
    return pa.array([value if type(value) is str and value else _text(value) for value in values], kind)


def _texts(column: pd.Series) -> pa.Array:
    """Return one column as texts, empty ones where nothing stands."""
    packed = plain_array(column)
    array = pa.array(column_values(column), pa.string()) if packed is None else packed.combine_chunks()
    return pc.fill_null(array, "")


def _has_escapes(texts: pa.Array) -> bool:
    """Return whether any of the texts holds what JSON must write otherwise."""
    return bool(pc.any(pc.match_substring_regex(texts, '["\\\\\x00-\x1f]')).as_py())


def _text(value: Any) -> str | None:  # noqa: ANN401  (any JSON value)
    cell = _cell(value)
    return cell if cell is None or isinstance(cell, str) else _json(cell)


def _cell(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """Return a value as one column can hold it: empty -> ``None``, lists and objects -> JSON text."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str | bool | int | float) else _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
