"""Layers: GeoJSON by our own strict reader, GeoParquet through Arrow, three formats through GDAL, its driver named.

Each format is read in bulk where its features are plain, and one by one where they are not, with the same result.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from geopandas import GeoDataFrame

from geo.columns import release_memory, unpack_frame
from geo.errors import Problem
from geo.readers.batches import read_batches
from geo.readers.features import make_layer
from geo.readers.files import DEFAULT_LIMITS, Limits, read_bytes, refuse
from geo.readers.geojson import read_features
from geo.readers.geoparquet import PARQUET_SUFFIXES, read_parquet_layer
from geo.readers.outlines import read_outlines
from geo.readers.points import read_points
from geo.readers.vector import LAYER_DRIVERS, read_records
from geo.spec import Schema

__all__ = ["load_layer", "read_layer"]

_GEOJSON_SUFFIXES: Final = frozenset({".geojson", ".json"})


def read_layer(
    path: Path, name: str, schema: Schema, limits: Limits = DEFAULT_LIMITS
) -> tuple[GeoDataFrame, list[Problem]]:
    """Return the features of a file as a layer, every value as it stands there.

    Parameters
    ----------
    path
        A ``.geojson`` or ``.json`` file, GeoParquet, or one of the formats of `LAYER_DRIVERS`.
    name
        The file as the atlas names it, for messages.
    schema
        The columns and geometries of the layer.
    limits
        How large it may be.

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4326 (lon, lat), indexed by ``feature`` (the number in the file, from 1), one column
        of objects for each schema field: None where nothing stands, lists kept. And the problems: a feature at fault is
        set aside, never passed over in silence.

    Raises
    ------
    InputError
        The file cannot be read, is not what its name says, passes a limit, or is not in WGS 84.
    """
    frame, problems, _ = load_layer(path, name, schema, limits)
    return unpack_frame(frame), problems


def load_layer(
    path: Path,
    name: str,
    schema: Schema,
    limits: Limits = DEFAULT_LIMITS,
    tell: Callable[[float], object] | None = None,
) -> tuple[GeoDataFrame, list[Problem], tuple[str, ...]]:
    """Return what `read_layer` returns, its columns packed where they can be, and the keys that were set aside.

    Parameters
    ----------
    path, name, schema, limits
        As `read_layer`.
    tell
        Called now and then with how much of the file was read, from 0 to 1.

    Returns
    -------
    tuple
        Layer, problems, keys of the features that were set aside. `geo.columns.column_values` gives the values of a
        column, packed or not.

    Raises
    ------
    InputError
        As `read_layer`.
    """
    suffix = path.suffix.lower()
    if suffix in _GEOJSON_SUFFIXES:
        layer = (
            read_points(path, name, schema, limits, tell)
            or read_outlines(path, name, schema, limits, tell)
            or read_features(read_bytes(path, name, limits), name, schema, limits)
        )
    elif suffix in LAYER_DRIVERS:
        driver = LAYER_DRIVERS[suffix]
        layer = read_batches(path, name, schema, driver, limits, tell) or read_records(
            path, name, schema, driver, limits
        )
    elif suffix in PARQUET_SUFFIXES:
        layer = read_parquet_layer(path, name, schema, limits, tell)
    else:
        known = ", ".join(sorted(_GEOJSON_SUFFIXES | set(LAYER_DRIVERS) | PARQUET_SUFFIXES))
        raise refuse(name, suffix or "no suffix", f"one of {known}", rule="format")
    frame, problems = make_layer(layer, name, schema, limits)
    release_memory()
    return frame, layer.findings.result() + problems, tuple(layer.set_aside)
