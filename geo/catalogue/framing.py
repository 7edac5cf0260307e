"""Layers and tables of the catalogue as data frames."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geo.catalogue.opening import LISTS, open_catalogue, quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

__all__ = ["read_layer_frame", "read_table_frame", "selection_frame"]


def read_layer_frame(path: Path, name: str) -> gpd.GeoDataFrame:
    """Return a layer of a catalogue.

    Parameters
    ----------
    path
        The catalogue.
    name
        The layer, by the name of the manifest.

    Returns
    -------
    GeoDataFrame
        In file order; WGS 84 (EPSG:4326), longitude before latitude. Lists are lists, radii are whole numbers in
        metres, everything else is text; what is not known is missing.
    """
    import pandas as pd  # noqa: PLC0415  (whoever asks on the command line must not pay for data frames)
    import pyogrio  # noqa: PLC0415

    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(path, layer=name)
    for column in LISTS & set(frame.columns):
        parsed = [json.loads(text) if isinstance(text, str) else [] for text in frame[column]]
        frame[column] = pd.Series(parsed, index=frame.index, dtype=object)
    if "precision_m" in frame.columns:
        frame["precision_m"] = frame["precision_m"].astype("Int64")
    return frame


def read_table_frame(path: Path, name: str) -> pd.DataFrame:
    """Return a table of a catalogue.

    Parameters
    ----------
    path
        The catalogue.
    name
        The table, by the name of its schema.

    Returns
    -------
    DataFrame
        In file order; every column is text, what is not known is missing.

    Raises
    ------
    CatalogueError
        When the catalogue has no such table, or is damaged.
    """
    import pandas as pd  # noqa: PLC0415  (as above)

    with open_catalogue(path) as catalogue:
        rows = catalogue.rows(f"SELECT * FROM {quote_name(name)} ORDER BY fid")  # noqa: S608  (the name is quoted)
        columns = [row["name"] for row in catalogue.rows(f"PRAGMA table_info({quote_name(name)})")]
    return pd.DataFrame([tuple(row) for row in rows], columns=columns, dtype="str").drop(columns="fid")


def selection_frame(
    columns: Sequence[str], cells: Iterable[tuple[Any, ...]], *, mapped: bool
) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return the records of a selection as a frame.

    Parameters
    ----------
    columns
        Their columns.
    cells
        One tuple a record, as `geo.query.Selection.cells` yields them with shapes.
    mapped
        Whether the layer has geometry.

    Returns
    -------
    GeoDataFrame or DataFrame
        In the order of `cells`; types are those of `read_layer_frame`.
    """
    import geopandas as gpd  # noqa: PLC0415  (as above)
    import pandas as pd  # noqa: PLC0415

    rows = list(cells)
    values = list(zip(*rows, strict=True)) or [()] * (len(columns) + 1)
    found: dict[str, Any] = {}
    for name, column in zip(columns, values, strict=False):
        if name in LISTS:
            found[name] = pd.Series([json.loads(text) if text else [] for text in column], dtype=object)
        elif name == "precision_m":
            found[name] = pd.array(column, dtype="Int64")
        elif any(isinstance(value, str) for value in column) or all(value is None for value in column):
            found[name] = pd.array(column, dtype="str")
        else:
            found[name] = pd.Series(column)
    frame = pd.DataFrame(found, index=pd.RangeIndex(len(rows)), columns=list(columns))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries.from_wkb(list(values[-1])), crs=4326) if mapped else frame
