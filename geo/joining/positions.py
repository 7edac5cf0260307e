"""Where the rows of a part lie: read from numbers, from texts, or from the points of the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.coordinates import read_pair, read_position
from geo.importing.cells import clean_cell
from geo.readers.foreign import cell_text

__all__ = ["MISSING", "READ", "UNREADABLE", "Positions", "read_positions", "texts_of"]

READ: Final = 0
MISSING: Final = 1
UNREADABLE: Final = 2

Floats = npt.NDArray[np.float64]


class Positions(NamedTuple):
    """Where rows lie.

    Attributes
    ----------
    lon, lat
        Degrees, WGS 84; they say nothing where there is no position.
    state
        ``READ``, ``MISSING`` or ``UNREADABLE``.
    seen
        What stands in a row (from 0), for a message.
    code
        Equal for rows in which the same stands, where that is no position.
    """

    lon: Floats
    lat: Floats
    state: npt.NDArray[np.int8]
    seen: Callable[[int], str]
    code: npt.NDArray[np.int64]


def read_positions(rows: pd.DataFrame, sought: Sequence[str]) -> Positions:
    """Return where rows lie.

    Parameters
    ----------
    rows
        As `geo.readers.datasets.read_part` gives them.
    sought
        The columns of latitude and longitude, or one that holds both; none for the geometry of the rows.

    Returns
    -------
    Positions
        A position outside the Earth is unreadable, and so is another shape than a point.
    """
    found = _of_columns([rows[column] for column in sought]) if sought else _of_shapes(rows)
    lon, lat, state = found[:3]
    with np.errstate(invalid="ignore"):
        outside = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    state[(state == READ) & outside] = UNREADABLE
    return found._replace(code=np.where(state == READ, -1, found.code))


def _of_columns(columns: Sequence[pd.Series[Any]]) -> Positions:
    if len(columns) == 2 and not any(isinstance(column.dtype, pd.CategoricalDtype) for column in columns):
        lat, lon = (column.to_numpy(dtype=np.float64, na_value=np.nan) for column in columns)
        missing = np.isnan(lat) | np.isnan(lon)
        state = np.where(missing, MISSING, READ).astype(np.int8)
        # Two numbers are told apart as they are.
        code = np.zeros(len(lon), np.int64)
        return Positions(lon, lat, state, lambda row: f"{float(lat[row])!r},{float(lon[row])!r}", code)
    texts, codes = texts_of(columns[0])
    others, other_codes = texts_of(columns[-1])
    pair, back = np.unique(codes * (len(others) + 1) + other_codes, return_inverse=True)
    lon, lat, state = np.zeros(len(pair)), np.zeros(len(pair)), np.zeros(len(pair), np.int8)
    told = []
    for at, code in enumerate(pair.tolist()):
        raw = (texts[code // (len(others) + 1)], others[code % (len(others) + 1)])[: len(columns)]
        told.append(", ".join(raw))
        cells = [clean_cell(text)[0] for text in raw]
        if not all(cells):
            state[at] = MISSING
            continue
        try:
            position = read_position(cells[0]) if len(cells) == 1 else read_pair(cells[0], cells[1])
        except ValueError:
            state[at] = UNREADABLE
        else:
            lon[at], lat[at] = position.lon, position.lat
    return Positions(lon[back], lat[back], state[back], lambda row: told[back[row]], back.astype(np.int64))


def _of_shapes(rows: pd.DataFrame) -> Positions:
    """Return where the points of rows lie; another shape than a point is no position."""
    shapes = rows.geometry.to_numpy()
    missing = shapely.is_missing(shapes)
    points = (shapely.get_type_id(shapes) == shapely.GeometryType.POINT) & ~shapely.is_empty(shapes)
    state = np.select([missing, points], [MISSING, READ], UNREADABLE).astype(np.int8)
    lon, lat = np.full((2, len(shapes)), np.nan)
    lon[points], lat[points] = shapely.get_x(shapes[points]), shapely.get_y(shapes[points])  # an empty point has none
    return Positions(
        lon,
        lat,
        state,
        lambda row: "an empty shape" if shapely.is_empty(shapes[row]) else f"a {shapes[row].geom_type}",
        np.where(shapely.is_empty(shapes), -2, shapely.get_type_id(shapes)).astype(np.int64),
    )


def texts_of(column: pd.Series[Any]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the different texts of a column, and of each row which of them it is.

    Parameters
    ----------
    column
        As `geo.readers.datasets.read_part` gives it.

    Returns
    -------
    tuple
        The texts, an empty one for a cell in which nothing stands; of each row the place of its text among them.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories), column.cat.codes.to_numpy().astype(np.int64)
    values = column.astype(object).where(column.notna(), None)
    codes, different = pd.factorize(values, use_na_sentinel=False)
    return [cell_text(value) for value in different], codes.astype(np.int64)
