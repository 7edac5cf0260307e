"""Layers and tables of the catalogue as data frames."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geo.catalogue.opening import LISTS, quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd
    import pandas as pd

    from geo.catalogue.opening import Catalogue

__all__ = ["layer_frame", "selection_frame", "table_frame"]


def layer_frame(catalogue: Catalogue, name: str) -> gpd.GeoDataFrame:
    """Return a layer of a catalogue.

    Parameters
    ----------
    catalogue
        The open catalogue.
    name
        The layer, by the name of the manifest.

    Returns
    -------
    GeoDataFrame
        In file order; WGS 84 (EPSG:4326), longitude before latitude. Lists are lists, radii are whole numbers in
        metres, everything else is text; what is not known is missing.

    Raises
    ------
    CatalogueError
        When the catalogue has no such layer, or is damaged.

    Notes
    -----
    The connection is read, not the path: another edition may stand there by now.
    """
    columns = [column for column in _columns(catalogue, name) if column != "geom"]
    picked = ", ".join(map(quote_name, (*columns, "geom")))
    rows = catalogue.stream(f"SELECT {picked} FROM {quote_name(name)} ORDER BY fid")  # noqa: S608  (names are quoted)
    cells = ((*row[:-1], None if row[-1] is None else catalogue.geometry(row[-1])) for row in rows)
    return selection_frame(columns, cells, mapped=True)


def table_frame(catalogue: Catalogue, name: str) -> pd.DataFrame:
    """Return a table of a catalogue.

    Parameters
    ----------
    catalogue
        The open catalogue.
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
    import pandas as pd  # noqa: PLC0415  (whoever asks on the command line must not pay for data frames)

    rows = catalogue.rows(f"SELECT * FROM {quote_name(name)} ORDER BY fid")  # noqa: S608  (the name is quoted)
    columns = ["fid", *_columns(catalogue, name)]
    return pd.DataFrame([tuple(row) for row in rows], columns=columns, dtype="str").drop(columns="fid")


def _columns(catalogue: Catalogue, name: str) -> list[str]:
    """Return the columns of a layer or table but its row number."""
    found = [row["name"] for row in catalogue.rows(f"PRAGMA table_info({quote_name(name)})")]
    return [column for column in found if column != "fid"]


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
        In the order of `cells`; types are those of `layer_frame`.
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
