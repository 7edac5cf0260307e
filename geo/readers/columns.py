"""Columns of a layer: packed as Arrow arrays where every value is of the type of its field, else objects as they stand.

A million places as Python objects take several times the bytes of their file; as Arrow arrays they take about half.
Nothing outside needs to know which of the two a column is: `column_values` gives the values of either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geo.spec import Field

__all__ = ["column_array", "column_values", "pack_values", "series_of"]

_NONE: Final = type(None)
_LIST: Final = pa.list_(pa.string())


def arrow_type(field: Field) -> pa.DataType | None:
    """Return the type in which the values of a field are packed; None for a field whose values stay objects."""
    match field.type:
        case "objects":
            return None
        case "integer":
            return pa.int64()
        case "source_refs":
            return _LIST
        case _:
            return pa.string()


def pack_values(values: Sequence[Any], field: Field) -> pa.Array | None:
    """Return values as an Arrow array.

    Parameters
    ----------
    values
        As they stand in a file; None where nothing stands.
    field
        The column that they belong to.

    Returns
    -------
    pyarrow.Array or None
        Of the type of the field; None when a value is of another type, and all must stay as they are.
    """
    wanted = arrow_type(field)
    if wanted is None:
        return None
    kinds = set(map(type, values)) - {_NONE}
    if wanted == _LIST:
        fits = kinds <= {list} and all(type(text) is str for value in values if value for text in value)
    else:
        fits = kinds <= {int if wanted == pa.int64() else str}
    if not fits:
        return None
    try:
        return pa.array(values, type=wanted)
    except (OverflowError, pa.ArrowInvalid):  # an integer of more than 64 bits
        return None


def series_of(parts: Sequence[pa.Array | list[Any]], index: pd.Index) -> pd.Series:
    """Return the parts of a column, one after the other, as one series.

    Parameters
    ----------
    parts
        Each an Arrow array, or a list of objects.
    index
        The labels of all rows.

    Returns
    -------
    Series
        Of an Arrow type when all parts are packed, else of objects, with None where nothing stands.
    """
    if parts and all(isinstance(part, pa.Array) for part in parts):
        return pd.Series(pd.array(pa.chunked_array(parts), dtype=pd.ArrowDtype(parts[0].type)), index=index)
    values = [value for part in parts for value in (_unpack(part) if isinstance(part, pa.Array) else part)]
    return pd.Series(values, index=index, dtype=object)


def column_array(series: pd.Series) -> pa.ChunkedArray | None:
    """Return the Arrow array of a packed column, without copying it; None for a column of objects."""
    packed = isinstance(series.dtype, pd.ArrowDtype)
    return series.array.__arrow_array__() if packed else None


def column_values(series: pd.Series) -> list[Any]:
    """Return the values of a column as Python objects, whichever way it is kept; None where nothing stands.

    Parameters
    ----------
    series
        A column of a layer or table.

    Returns
    -------
    list
        Texts, whole numbers, lists …, as they stood in the file.
    """
    array = column_array(series)
    if array is None:
        return series.tolist()
    return [value for chunk in array.chunks for value in _unpack(chunk)]


def _unpack(array: pa.Array) -> list[Any]:
    """Return the values of an array; far quicker than ``to_pylist``, which makes a scalar of each."""
    if pa.types.is_list(array.type):
        texts = _objects(array.values)
        starts = array.offsets.to_pylist()
        there = array.is_valid().to_numpy(zero_copy_only=False).tolist()
        pairs = zip(there, starts, starts[1:], strict=False)
        return [texts[start:end] if is_there else None for is_there, start, end in pairs]
    if pa.types.is_integer(array.type) and array.null_count:
        return array.to_pylist()
    return _objects(array)


def _objects(array: pa.Array) -> list[Any]:
    values: NDArray[np.object_] = array.to_numpy(zero_copy_only=False)
    return values.tolist()
