"""A feature on its way from a file to a layer, whatever the format of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.columns import merge_arrays, pack_values, release_memory, series_of
from geo.errors import Problem, show_text
from geo.gazetteer import suggest_terms
from geo.points import PointArray, pack_points, unpack_points
from geo.readers.files import DEFAULT_LIMITS, Limits
from geo.readers.geometry import GeometryFault, make_geometry
from geo.readers.problems import Findings
from geo.spec import Schema

__all__ = ["Feature", "Layer", "Part", "label_of", "make_layer", "shape_of"]

_TOGETHER: Final = 16
"""So many parts become one."""

# Columns that GeoPackage or we ourselves give a layer.
_TAKEN: Final = frozenset({"fid", "geom", "geometry"})


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature that can be used: its number in the file (from 1), its shape, its properties."""

    number: int
    shape: BaseGeometry | None
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Features that follow each other, column by column.

    Attributes
    ----------
    numbers
        Their numbers in the file, from 1.
    shapes
        Their geometries, None where there is none; or, of shape (n, 2), the positions of flat points.
    columns
        For each field of the schema an Arrow array, or a list where some value is not of its type.
    """

    numbers: NDArray[np.int64]
    shapes: NDArray[Any]
    columns: dict[str, pa.Array | list[Any]]


@dataclass(slots=True)
class Layer:
    """What a file yielded: the problems, the features that can be used, and the keys of those set aside.

    Attributes
    ----------
    findings
        The problems.
    features
        Features one by one, after those of `parts`.
    set_aside
        The keys of the features that the problems kept out.
    parts
        Features that are packed already.
    unknown
        Properties that the schema does not know: how many features have them, and the first that does.
    loose
        How many of the last parts are not merged yet.
    """

    findings: Findings
    features: list[Feature] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    unknown: dict[str, tuple[int, Feature]] = field(default_factory=dict)
    loose: int = 0

    def add(self, part: Part) -> None:
        """Add features that are packed already; small parts become a large one, where texts that repeat stand once."""
        self.parts.append(part)
        self.loose += 1
        if self.loose == _TOGETHER:
            self.parts[-_TOGETHER:] = [_merge(self.parts[-_TOGETHER:])]
            self.loose = 0
            release_memory()

    def pack(self, schema: Schema) -> None:
        """Turn the features into a part, so that a great many of them fit into the memory.

        Parameters
        ----------
        schema
            The columns of the layer; a closed one.
        """
        known = frozenset(schema.names)
        for feature in self.features:
            for key in feature.properties:
                if key in known:
                    continue
                count, first = self.unknown.get(key, (0, feature))
                self.unknown[key] = (count + 1, first)
        columns: dict[str, pa.Array | list[Any]] = {}
        for each in schema.fields:
            values = [feature.properties.get(each.name) for feature in self.features]
            packed = pack_values(values, each)
            columns[each.name] = values if packed is None else packed
        numbers = np.array([feature.number for feature in self.features], dtype=np.int64)
        shapes = np.array([feature.shape for feature in self.features] + [None], dtype=object)[:-1]
        self.add(Part(numbers, shapes, columns))
        self.features = []


def _merge(parts: list[Part]) -> Part:
    """Return parts that follow each other as one."""
    columns: dict[str, pa.Array | list[Any]] = {}
    for name in tuple(parts[0].columns):
        arrays = [part.columns.pop(name) for part in parts]
        if all(isinstance(array, pa.Array) for array in arrays):
            columns[name] = merge_arrays(arrays)
        else:
            lists = (array.to_pylist() if isinstance(array, pa.Array) else array for array in arrays)
            columns[name] = [value for values in lists for value in values]
    return Part(np.concatenate([part.numbers for part in parts]), _join_shapes(parts), columns)


def _join_shapes(parts: list[Part]) -> NDArray[Any]:
    """Return the geometries of all parts: as positions where some are and all can be, else as shapes."""
    found = [part.shapes for part in parts]
    if any(each.ndim == 2 for each in found):
        packed = [each if each.ndim == 2 else pack_points(each) for each in found]
        flat = [each for each in packed if each is not None]
        if len(flat) == len(found):
            return np.concatenate(flat)
    return np.concatenate([unpack_points(each) if each.ndim == 2 else each for each in found])


def label_of(number: int, properties: Any, schema: Schema) -> str:  # noqa: ANN401 -- any JSON value
    """Return how a problem names a feature: ``feature 3 (s-21)``.

    Parameters
    ----------
    number
        Its place in the file, from 1.
    properties
        What stands in ``properties``.
    schema
        The schema of the layer, which says which property is the key.

    Returns
    -------
    str
        The number, with the key where there is one.
    """
    key = properties.get(schema.key or "id") if isinstance(properties, dict) else None
    return f"feature {number} ({show_text(key, 60)})" if isinstance(key, str) and key else f"feature {number}"


def shape_of(geometry: Any, where: str, name: str, schema: Schema) -> BaseGeometry | Problem | None:  # noqa: ANN401
    """Return the shape of a feature, or the problem that keeps it from having one.

    Parameters
    ----------
    geometry
        What stands in ``geometry``; None for a place without a position.
    where, name
        The feature and the file, for messages.
    schema
        Which types the layer may hold, and whether a feature may have no geometry.

    Returns
    -------
    shapely geometry, Problem or None
        None for a feature that has no geometry and may have none.
    """
    if geometry is None:
        if schema.unlocated:
            return None
        expected = "a geometry: " + " or ".join(sorted(schema.geometries))
        return Problem(name, where, "geometry", "null", expected, rule="geometry")
    try:
        return make_geometry(geometry, schema.geometries)
    except GeometryFault as fault:
        return Problem(name, where, fault.field, fault.seen, fault.expected, fault.next_step, "geometry")


def make_layer(
    layer: Layer, name: str, schema: Schema, limits: Limits = DEFAULT_LIMITS
) -> tuple[geopandas.GeoDataFrame, list[Problem]]:
    """Return what a file yielded as a layer.

    Parameters
    ----------
    layer
        The features in the order of the file.
    name
        The file as the atlas names it, for messages.
    schema
        The columns of the layer.
    limits
        How many properties it may have beside those of the schema.

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4326 (lon, lat), indexed by ``feature``, with the columns of `schema` in order, then
        those that an open schema lets in: values as they stand in the file, packed or objects (see
        `geo.columns`). And the problems: properties that the schema does not know, and names that no
        GeoPackage can hold.

    Raises
    ------
    InputError
        The features have too many different properties beside those of the schema.
    """
    return _make_open(layer, name, schema, limits) if schema.open else _make_closed(layer, name, schema, limits)


def _make_closed(
    layer: Layer, name: str, schema: Schema, limits: Limits
) -> tuple[geopandas.GeoDataFrame, list[Problem]]:
    layer.pack(schema)
    _hold_columns(len(layer.unknown), name, limits)
    parts, layer.parts = layer.parts, []
    index = pd.Index(np.concatenate([part.numbers for part in parts]), name="feature", dtype="int64")
    shapes = _join_shapes(parts)
    columns = {}
    for key in schema.names:
        columns[key] = series_of([part.columns.pop(key) for part in parts if len(part.numbers)], index)
    problems = list(_check_unknown(layer.unknown, name, schema))
    return _frame(columns, shapes, index), problems


def _make_open(layer: Layer, name: str, schema: Schema, limits: Limits) -> tuple[geopandas.GeoDataFrame, list[Problem]]:
    features = layer.features
    known = frozenset(schema.names)
    counts = Counter(key for feature in features for key in feature.properties if key not in known)
    _hold_columns(len(counts), name, limits)
    names = (*schema.names, *(key for key in counts if key.casefold() not in _TAKEN))
    index = pd.Index([feature.number for feature in features], name="feature", dtype="int64")
    columns = {key: series_of([[feature.properties.get(key) for feature in features]], index) for key in names}
    shapes = np.array([feature.shape for feature in features] + [None], dtype=object)[:-1]
    return _frame(columns, shapes, index), list(_check_names(counts, name, schema))


def _frame(columns: dict[str, pd.Series], shapes: NDArray[Any], index: pd.Index) -> geopandas.GeoDataFrame:
    held = PointArray(shapes, "EPSG:4326") if shapes.ndim == 2 else shapes
    geometry = geopandas.GeoSeries(held, index=index, crs="EPSG:4326")
    return geopandas.GeoDataFrame(columns, index=index, geometry=geometry, crs="EPSG:4326")


def _hold_columns(count: int, name: str, limits: Limits) -> None:
    if count > limits.columns:
        raise limits.refuse(name, f"{count:,} properties", "columns", "properties")


def _check_unknown(unknown: dict[str, tuple[int, Feature]], name: str, schema: Schema) -> Iterator[Problem]:
    for key, (count, first) in unknown.items():
        where = label_of(first.number, first.properties, schema) + (f" and {count - 1} more" if count > 1 else "")
        near = suggest_terms(key, set(schema.names) - set(first.properties))
        hint = f"did you mean {near[0]}?" if near else "remove it, or move it to a table of its own"
        expected = "one of " + ", ".join(schema.names)
        yield Problem(name, where, show_text(key), "an unknown property", expected, hint, "unknown-property")


def _check_names(keys: Iterable[str], name: str, schema: Schema) -> Iterator[Problem]:
    """Yield the names that a GeoPackage cannot hold: reserved ones, empty ones, two that differ by case alone."""
    seen = {key.casefold(): key for key in schema.names}
    for key in keys:
        other = seen.setdefault(key.casefold(), key)
        if other != key:
            expected = f"a name that differs from {show_text(other)} by more than its case"
        elif key.casefold() in _TAKEN:
            expected = "a name other than " + ", ".join(sorted(_TAKEN))
        elif not key.strip() or not key.isprintable():
            expected = "a printable name"
        else:
            continue
        yield Problem(name, "every feature", show_text(key), "this property", expected, "rename it", "property-name")
