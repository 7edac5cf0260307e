"""Columns of a layer: packed as Arrow arrays where every value is of the type of its field, else objects as they stand.

A million places as Python objects take several times the bytes of their file; as Arrow arrays they take about half, and
a quarter where a text that stands often is kept once (a dictionary, in the words of Arrow). Nothing outside needs to
know how a column is kept: `column_values` gives the values of each, `plain_array` the texts written out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from geopandas import GeoDataFrame, GeoSeries

from geo.points import packed_positions, unpack_points
from geo.spec import Field

__all__ = [
    "Sure",
    "arrow_type",
    "column_array",
    "column_values",
    "distinct_rows",
    "distinct_texts",
    "find_empty",
    "find_misfits",
    "find_odd",
    "find_values",
    "is_odd",
    "merge_arrays",
    "pack_values",
    "plain_array",
    "release_memory",
    "repeated_texts",
    "series_of",
    "shared_values",
    "sure_sources",
    "sure_texts",
    "unpack_frame",
]

Sure = Callable[[pa.Array], pa.Array]
"""Texts -> of each whether it fits for certain; it never says so of one that does not."""

_NONE: Final = type(None)
_LIST: Final = pa.list_(pa.string())

_POOL: Final = pa.system_memory_pool()
"""Where columns are kept: Arrow's own allocator keeps as much again for later, while a file is read in pieces."""

_SAMPLE: Final = 2_000
"""Texts at the beginning of a column by which it is told that nearly all of them differ."""


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
    lists = pa.types.is_list(wanted)
    python = list if lists else int if pa.types.is_integer(wanted) else str
    if not set(map(type, values)) <= {python, _NONE}:
        return None
    try:
        array = pa.array(values, type=wanted, memory_pool=_POOL)
    except (OverflowError, pa.ArrowException, TypeError):  # more than 64 bits, or no text in a list
        return None
    return None if lists and array.values.null_count else array


def merge_arrays(arrays: Sequence[pa.Array]) -> pa.Array:
    """Return parts of a column as one array; its texts as `series_of` keeps them."""
    return _encode_texts(pa.concat_arrays(arrays, memory_pool=_POOL))


def release_memory() -> None:
    """Give back to the system what was freed and is kept for later; after much was read there may be a lot of it."""
    usual = pa.default_memory_pool()
    try:
        for pool in (usual, _POOL):
            pa.set_memory_pool(pool)  # whichever pool is asked to release, it is the usual one that does
            pool.release_unused()
    finally:
        pa.set_memory_pool(usual)


def _encode_texts(array: pa.Array) -> pa.Array:
    """Return texts with each different one kept once, where that takes less room; else as they are.

    Parameters
    ----------
    array
        A column or a part of one, of any type.

    Returns
    -------
    pyarrow.Array
        Of dictionary type, or the one that was given.
    """
    if not pa.types.is_string(array.type):
        return array
    sample = array.slice(0, _SAMPLE)
    if len(pc.unique(sample)) > 0.8 * len(sample):
        return array
    coded = _shorten(pc.dictionary_encode(array, memory_pool=_POOL))
    return coded if coded.nbytes < array.nbytes else array


def _shorten(coded: pa.DictionaryArray, most: int = 0) -> pa.DictionaryArray:
    """Return texts by their numbers with numbers as short as can be, for that many texts at least."""
    most = max(most, len(coded.dictionary))
    short = next(kind for kind in (pa.int8(), pa.int16(), pa.int32()) if most < 2 ** (kind.bit_width - 1))
    if coded.indices.type == short:
        return coded
    return pa.DictionaryArray.from_arrays(pc.cast(coded.indices, short, memory_pool=_POOL), coded.dictionary)


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
    arrays = [part for part in parts if isinstance(part, pa.Array)]
    if arrays and len(arrays) == len(parts):
        chunks = _alike([_encode_texts(array) for array in arrays])
        return pd.Series(pd.array(pa.chunked_array(chunks), dtype=pd.ArrowDtype(chunks[0].type)), index=index)
    values = [value for part in parts for value in (_unpack(part) if isinstance(part, pa.Array) else part)]
    return pd.Series(values, index=index, dtype=object)


def _alike(arrays: list[pa.Array]) -> list[pa.Array]:
    """Return the parts of a column in one type: texts by their number, as short as can be, when most of them are."""
    marked = [pa.types.is_dictionary(array.type) for array in arrays]
    coded = sum(len(array) for array, by_number in zip(arrays, marked, strict=True) if by_number)
    if coded * 2 <= sum(map(len, arrays)):
        return [each.dictionary_decode() if pa.types.is_dictionary(each.type) else each for each in arrays]
    found = [
        array if by_number else pc.dictionary_encode(array, memory_pool=_POOL)
        for array, by_number in zip(arrays, marked, strict=True)
    ]
    most = max(len(array.dictionary) for array in found)
    return [_shorten(array, most) for array in found]


def column_array(series: pd.Series) -> pa.ChunkedArray | None:
    """Return the Arrow array of a packed column, without copying it; None for a column of objects.

    Texts may be kept as a dictionary: `plain_array` writes them out.
    """
    packed = isinstance(series.dtype, pd.ArrowDtype)
    return series.array.__arrow_array__() if packed else None


def plain_array(series: pd.Series) -> pa.ChunkedArray | None:
    """Return the Arrow array of a packed column with all its texts written out; None for a column of objects."""
    array = column_array(series)
    return array.cast(pa.string()) if array is not None and pa.types.is_dictionary(array.type) else array


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
        return list(series.tolist())
    return [value for chunk in array.chunks for value in _unpack(chunk)]


def shared_values(series: pd.Series) -> list[Any]:
    """Return what `column_values` returns, equal texts as one object: for columns in which few texts stand often."""
    array = column_array(series)
    if array is None or not _is_texts(array):
        return column_values(series)
    return [value for chunk in array.chunks for value in _unpack(_coded(chunk))]


def unpack_frame(frame: GeoDataFrame) -> GeoDataFrame:
    """Return a layer whose columns are all of objects, as Python has them, and its points shapes."""
    packed = {name: frame[name] for name in frame.columns if isinstance(frame[name].dtype, pd.ArrowDtype)}
    objects = {name: pd.Series(column_values(each), index=each.index, dtype=object) for name, each in packed.items()}
    unpacked = frame.assign(**objects)
    positions = packed_positions(frame.geometry)
    if positions is None:
        return unpacked
    return unpacked.set_geometry(GeoSeries(unpack_points(positions), index=frame.index, crs=frame.crs))


def _unpack(array: pa.Array) -> list[Any]:
    """Return the values of an array; far quicker than ``to_pylist``, which makes a scalar of each."""
    if pa.types.is_dictionary(array.type):
        different = np.array([*_objects(array.dictionary), None], dtype=object)
        codes = pc.fill_null(array.indices.cast(pa.int32()), len(different) - 1).to_numpy(zero_copy_only=False)
        return list(different[codes].tolist())
    if pa.types.is_list(array.type):
        texts = _objects(array.values)
        starts = array.offsets.to_pylist()
        there = array.is_valid().to_numpy(zero_copy_only=False).tolist()
        pairs = zip(there, starts, starts[1:], strict=False)
        return [texts[start:end] if is_there else None for is_there, start, end in pairs]
    if pa.types.is_integer(array.type) and array.null_count:
        return list(array.to_pylist())
    return _objects(array)


def _objects(array: pa.Array) -> list[Any]:
    values: list[Any] = array.to_numpy(zero_copy_only=False).tolist()
    return values


def _is_texts(array: pa.Array | pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(array.type) or pa.types.is_dictionary(array.type))


def _coded(texts: pa.Array) -> pa.DictionaryArray:
    """Return texts as a dictionary, whichever way they are kept."""
    return texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()


def _ask_texts(texts: pa.Array, ask: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Return for each text what is asked of all of them at once; of texts kept once, once for each."""
    if not pa.types.is_dictionary(texts.type):
        return ask(texts)
    return pc.fill_null(ask(texts.dictionary).take(texts.indices), False)


# --- looking through a column ---------------------------------------------------------------------------------------


def sure_texts(pattern: str) -> Sure:
    """Return what tells in bulk which texts match a pattern from their beginning to their end.

    Parameters
    ----------
    pattern
        A regular expression of RE2, for ASCII letters alone.
    """
    whole = rf"\A(?:{pattern})\z"
    return lambda texts: pc.match_substring_regex(texts, whole)


def sure_sources(known: Collection[str], mark: str) -> Sure:
    """Return what tells in bulk which texts are, up to a mark or to their end, one of those that are known."""
    values = pa.array(sorted(known), pa.string())
    return lambda texts: pc.is_in(pc.list_element(pc.split_pattern(texts, mark, max_splits=1), 0), value_set=values)


def find_misfits(
    series: pd.Series, fits: Callable[[Any], object], sure: Sure | None = None
) -> Iterator[tuple[int, Any]]:
    """Yield the position and the value of every cell that does not fit; cells in which nothing stands are passed over.

    Parameters
    ----------
    series
        A column.
    fits
        Tells of one value whether it fits; it is asked once for each distinct value of a stretch of rows. For a column
        of lists that is packed it is asked of each text in them, and the position and that text are given.
    sure
        Tells in bulk of texts which fit for certain, so that `fits` need not be asked.
    """
    array = column_array(series)
    if array is None:
        for at, value in enumerate(series.tolist()):
            if value is not None and not fits(value):
                yield at, value
        return
    start = 0
    for chunk in array.chunks:
        texts = chunk.flatten() if pa.types.is_list(chunk.type) else chunk
        asked, doubtful = texts, None
        if sure is not None and pa.types.is_string(texts.type):
            doubtful = pc.indices_nonzero(pc.fill_null(pc.invert(sure(texts)), False))
            asked = texts.take(doubtful)
        coded = _coded(asked)
        values = _objects(coded.dictionary)
        wrong = [code for code, value in enumerate(values) if not fits(value)]
        if wrong:
            places = pc.indices_nonzero(pc.is_in(coded.indices, value_set=pa.array(wrong, type=coded.indices.type)))
            rows = places if doubtful is None else doubtful.take(places)
            rows = pc.list_parent_indices(chunk).take(rows) if texts is not chunk else rows
            codes = coded.indices.take(places).to_pylist()
            for at, code in zip(rows.to_pylist(), codes, strict=True):
                yield start + at, values[code]
        start += len(chunk)


def find_empty(series: pd.Series) -> list[int]:
    """Return the positions of the cells in which nothing may stand: none, an empty or odd text, an empty list."""
    array = column_array(series)
    if array is None:
        return list(range(len(series)))
    found, start = [], 0
    for chunk in array.chunks:
        doubtful = chunk.is_null()
        if pa.types.is_list(chunk.type):
            doubtful = pc.or_(doubtful, pc.fill_null(pc.equal(pc.list_value_length(chunk), 0), True))
            doubtful = _spread(chunk, _odd(chunk.flatten()), doubtful)
        elif _is_texts(chunk):
            doubtful = pc.or_(doubtful, _ask_texts(chunk, _odd))
        found += [start + at for at in pc.indices_nonzero(doubtful).to_pylist()]
        start += len(chunk)
    return found


def find_odd(series: pd.Series) -> list[int]:
    """Return the positions of the cells whose texts need a look: not plain ASCII, empty, or with a space at an end.

    Of every other text it is sure that it is in Unicode normal form C, holds nothing invisible, and is not blank.
    """
    array = column_array(series)
    if array is None:
        return list(range(len(series)))
    found, start = [], 0
    for chunk in array.chunks:
        if pa.types.is_list(chunk.type):
            doubtful = _spread(chunk, _odd(chunk.flatten()), None)
        elif _is_texts(chunk):
            doubtful = _ask_texts(chunk, _odd)
        else:
            continue
        found += [start + at for at in pc.indices_nonzero(doubtful).to_pylist()]
        start += len(chunk)
    return found


def is_odd(text: str) -> bool:
    """Return whether one text needs a look, as in `find_odd`; of an empty one there is nothing to see."""
    return not (text.isascii() and text.isprintable()) or text.startswith(" ") or text.endswith(" ")


def find_values(series: pd.Series, wanted: Collection[str]) -> list[int]:
    """Return the positions of the cells that hold one of some texts."""
    array = column_array(series)
    if array is None or not _is_texts(array):
        return [at for at, value in enumerate(column_values(series)) if isinstance(value, str) and value in wanted]
    values = pa.array(wanted, type=pa.string())
    found, start = [], 0
    for chunk in array.chunks:
        marked = _ask_texts(chunk, lambda texts: pc.is_in(texts, value_set=values))
        found += [start + at for at in pc.indices_nonzero(marked).to_pylist()]
        start += len(chunk)
    return found


def distinct_texts(series: pd.Series) -> set[str]:
    """Return every text that stands in a column."""
    array = column_array(series)
    if array is None or not _is_texts(array):
        return {value for value in column_values(series) if isinstance(value, str)}
    return {value for chunk in array.chunks for value in chunk.unique().to_pylist() if value is not None}


def distinct_rows(columns: Sequence[pd.Series]) -> set[tuple[Any, ...]]:
    """Return every combination of values that stands in some columns side by side; of texts and numbers."""
    arrays = [plain_array(each) for each in columns]
    if any(array is None for array in arrays):
        return set(zip(*map(column_values, columns), strict=True))
    names = [str(number) for number in range(len(columns))]
    found = pa.table(arrays, names=names).group_by(names, use_threads=False).aggregate([])
    return set(zip(*(found[name].to_pylist() for name in names), strict=True))


def repeated_texts(series: Sequence[pd.Series]) -> set[str]:
    """Return the texts that stand more than once in some columns taken together."""
    arrays: list[pa.Array] = []
    for each in series:
        array = plain_array(each)
        if array is None or not pa.types.is_string(array.type):
            array = pa.array([value for value in column_values(each) if isinstance(value, str)], type=pa.string())
        arrays += array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    counted = pc.value_counts(pa.chunked_array(arrays, type=pa.string()), memory_pool=_POOL)
    often = counted.filter(pc.greater(counted.field("counts"), 1))
    return {value for value in often.field("values").to_pylist() if value}


def _odd(texts: pa.Array) -> pa.Array:
    """Return for each text whether it needs a look."""
    plain = pc.and_not(pc.ascii_is_printable(texts), pc.starts_with(texts, " "))
    plain = pc.and_not(pc.and_not(plain, pc.ends_with(texts, " ")), pc.equal(pc.binary_length(texts), 0))
    return pc.fill_null(pc.invert(plain), False)


def _spread(lists: pa.Array, marked: pa.Array, also: pa.Array | None) -> pa.Array:
    """Return for each list whether one of its texts is marked, or it is marked itself."""
    rows = np.zeros(len(lists), dtype=bool)
    rows[pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)[marked.to_numpy(zero_copy_only=False)]] = True
    spread = pa.array(rows)
    return spread if also is None else pc.or_(also, spread)
