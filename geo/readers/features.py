"""A feature on its way from a file to a layer, whatever the format of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.errors import Problem, show_text
from geo.gazetteer import suggest_terms
from geo.readers.files import MAX_COLUMNS, refuse
from geo.readers.geometry import GeometryFault, make_geometry
from geo.readers.problems import Findings
from geo.spec import Schema

__all__ = ["Feature", "Layer", "label_of", "make_layer", "shape_of"]

# Columns that GeoPackage or we ourselves give a layer.
_TAKEN: Final = frozenset({"fid", "geom", "geometry"})


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature that can be used: its number in the file (from 1), its shape, its properties."""

    number: int
    shape: BaseGeometry | None
    properties: dict[str, Any]


@dataclass(slots=True)
class Layer:
    """What a file yielded: the problems, the features that can be used, and the keys of those set aside."""

    findings: Findings
    features: list[Feature] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)


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


def make_layer(features: list[Feature], name: str, schema: Schema) -> tuple[geopandas.GeoDataFrame, list[Problem]]:
    """Return features as a layer.

    Parameters
    ----------
    features
        In the order of the file.
    name
        The file as the atlas names it, for messages.
    schema
        The columns of the layer.

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4326 (lon, lat), indexed by ``feature``, with the columns of `schema` in order, then
        those that an open schema lets in, all of objects: values as they stand in the file, None where nothing
        stands. And the problems: properties that the schema does not know, and names that no GeoPackage can hold.

    Raises
    ------
    InputError
        The features have more than `MAX_COLUMNS` different properties beside those of the schema.
    """
    known = frozenset(schema.names)
    counts = Counter(key for feature in features for key in feature.properties if key not in known)
    if len(counts) > MAX_COLUMNS:
        raise refuse(name, f"{len(counts):,} properties", f"at most {MAX_COLUMNS:,}", rule="size-limit")
    if schema.open:
        problems = list(_check_names(counts, name, schema))
        names = (*schema.names, *(key for key in counts if key.casefold() not in _TAKEN))
    else:
        problems = list(_check_unknown(counts, features, name, schema))
        names = schema.names
    index = pd.Index([feature.number for feature in features], name="feature", dtype="int64")
    columns = {
        key: pd.Series([feature.properties.get(key) for feature in features], index=index, dtype=object)
        for key in names
    }
    shapes = geopandas.GeoSeries([feature.shape for feature in features], index=index, crs="EPSG:4326")
    return geopandas.GeoDataFrame(columns, index=index, geometry=shapes, crs="EPSG:4326"), problems


def _check_unknown(counts: Counter[str], features: list[Feature], name: str, schema: Schema) -> Iterator[Problem]:
    for key, count in counts.items():
        first = next(feature for feature in features if key in feature.properties)
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
