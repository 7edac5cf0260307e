"""Parquet and GeoParquet, one file or a folder of files, read part by part: it may be larger than the memory.

Only the columns that are asked for are read. A part comes as a frame whose index numbers the rows from 1 through all
files, in the order of their names. Texts stay packed (each different text stands once), so that a part takes little.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.errors import InputError, Problem, show_text
from geo.readers.files import MAX_COLUMNS, refuse
from geo.readers.foreign import cell_text
from geo.readers.problems import Findings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DATASET_SUFFIXES", "Dataset", "Part", "Slice", "open_dataset", "read_part"]

DATASET_SUFFIXES: Final = (".parquet", ".geoparquet")

PART_ROWS: Final = 524_288
"""Rows that a part holds at most, but for one group of rows that cannot be read by halves."""

_GROUP_ROWS: Final = 2 * PART_ROWS
"""Rows of a group, from which on it is read in several parts, each of which decodes what stands before it."""

_BATCH: Final = 65_536
_CRS84: Final = "OGC:CRS84"


class Slice(NamedTuple):
    """Rows of one file: some of its groups of rows, or a run of rows of one group.

    Attributes
    ----------
    path
        The file.
    groups
        The groups, by their number in the file.
    skip
        How many rows of the first group belong to an earlier part.
    rows
        How many rows are meant.
    """

    path: Path
    groups: tuple[int, ...]
    skip: int
    rows: int


class Part(NamedTuple):
    """Some rows of a dataset, one after the other: what is read at once.

    Attributes
    ----------
    first
        The number of its first row in the dataset, from 1.
    slices
        Where the rows stand.
    """

    first: int
    slices: tuple[Slice, ...]

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return sum(each.rows for each in self.slices)


@dataclass(frozen=True, slots=True)
class Dataset:
    """What stands in the heads of the files of a dataset.

    Attributes
    ----------
    name
        The file or folder, for messages.
    columns
        The names of the columns, that of the geometry not among them.
    rows
        How many rows there are.
    parts
        What is to be read, in order; together they are all rows.
    files
        How many files there are.
    geometry
        The column of the geometry; empty where there is none.
    crs
        Its coordinate system as PROJ understands it; empty where the file says that it is not known.
    first_file
        The first file, whose columns are those of all.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    parts: tuple[Part, ...]
    files: int
    geometry: str
    crs: str
    first_file: Path


def open_dataset(path: Path, name: str) -> Dataset:
    """Return what the heads of the files of a dataset say; no row is read.

    Parameters
    ----------
    path
        A Parquet or GeoParquet file, or a folder of such files.
    name
        The file or folder, for messages.

    Returns
    -------
    Dataset
        Files in the order of their names; those that begin with ``.`` or ``_`` are passed over.

    Raises
    ------
    InputError
        There is no file, one is not Parquet, or its columns are others than those of the first.
    """
    from pyarrow import parquet  # noqa: PLC0415 -- only this format needs it

    files = _files(path, name)
    findings = Findings(name)
    slices: list[Slice] = []
    first: Any = None
    for file in files:
        inside = name if file == path else f"{name}/{file.name}"
        try:
            opened = parquet.ParquetFile(file)
        except Exception as error:  # noqa: BLE001 -- a damaged file gives errors of many families
            findings.add(Problem(inside, "", "", show_text(str(error)), "a Parquet file", "", "format"))
            continue
        with opened:
            schema, stated = opened.schema_arrow, opened.metadata
            counts = [stated.row_group(at).num_rows for at in range(stated.num_row_groups)]
        if first is None:
            first = schema
            findings.add(*_head_problems(inside, schema.names))
        else:
            findings.add(*_differences(inside, schema, first))
        slices += _slices(file.resolve(), counts)
        if findings.full:
            break
    if problems := findings.result():
        raise InputError(f"{name} cannot be used", problems)
    geometry, crs = _geometry(name, first)
    columns = tuple(column for column in first.names if column != geometry)
    rows = sum(each.rows for each in slices)
    return Dataset(name, columns, rows, tuple(_parts(slices)), len(files), geometry, crs, files[0].resolve())


def _files(path: Path, name: str) -> list[Path]:
    if not path.is_dir():
        if not path.is_file():
            raise refuse(name, "no such file", "a Parquet file, or a folder of them", rule="missing-file")
        return [path]
    seen = sorted(each for each in path.iterdir() if not each.name.startswith((".", "_")))
    if folders := [each.name for each in seen if each.is_dir()]:
        expected, hint = "a folder of Parquet files and nothing below it", "put the files into one folder"
        raise refuse(name, f"the folder {folders[0]}", expected, hint, rule="format")
    files = [each for each in seen if each.suffix.lower() in DATASET_SUFFIXES]
    if not files:
        raise refuse(name, "no such file in it", f"files that end in {', '.join(DATASET_SUFFIXES)}", rule="format")
    return files


def _head_problems(inside: str, names: Sequence[str]) -> Iterator[Problem]:
    if len(names) > MAX_COLUMNS:
        yield Problem(inside, "", "", f"{len(names):,} columns", f"at most {MAX_COLUMNS:,}", "", "size-limit")
    for column in sorted({column for column in names if names.count(column) > 1}):
        yield Problem(inside, "", column, "a column of this name twice", "one", "rename one of them", "columns")


def _differences(inside: str, schema: Any, first: Any) -> Iterator[Problem]:  # noqa: ANN401 -- schemas of pyarrow
    """Yield what is different between the columns of a file and those of the first one."""
    expected = {each.name: each.type for each in first}
    seen = {each.name: each.type for each in schema}
    for column in dict.fromkeys([*expected, *seen]):
        if expected.get(column) != seen.get(column):
            told = [str(kinds.get(column) or "no such column") for kinds in (seen, expected)]
            hint = "write all files with the same columns"
            yield Problem(inside, "", column, told[0], f"{told[1]}, as in the first file", hint, "columns")


def _slices(path: Path, counts: Sequence[int]) -> Iterator[Slice]:
    """Yield the groups of rows of a file, small ones together, large ones in pieces."""
    groups: list[int] = []
    rows = 0
    for at, count in enumerate(counts):
        if groups and rows + count > PART_ROWS:
            yield Slice(path, tuple(groups), 0, rows)
            groups, rows = [], 0
        if count > _GROUP_ROWS:
            for skip in range(0, count, PART_ROWS):
                yield Slice(path, (at,), skip, min(PART_ROWS, count - skip))
            continue
        groups.append(at)
        rows += count
    if rows:
        yield Slice(path, tuple(groups), 0, rows)


def _parts(slices: Sequence[Slice]) -> Iterator[Part]:
    """Yield parts that hold as many rows as they may, also of several files."""
    first, mine, rows = 1, list[Slice](), 0
    for each in slices:
        if mine and rows + each.rows > PART_ROWS:
            yield Part(first, tuple(mine))
            first, mine, rows = first + rows, [], 0
        mine.append(each)
        rows += each.rows
    if mine:
        yield Part(first, tuple(mine))


def _geometry(name: str, schema: Any) -> tuple[str, str]:  # noqa: ANN401 -- a schema of pyarrow
    """Return the column of the geometry and its coordinate system; both empty where there is none.

    Raises
    ------
    InputError
        The file says that it is GeoParquet, and is not, or keeps its shapes in a form that is not read here.

    Notes
    -----
    GeoParquet 1.1, "Column metadata": no ``crs`` means OGC:CRS84, a ``crs`` of null one that is not known.
    """
    stated = (schema.metadata or {}).get(b"geo")
    if stated is None:
        return "", ""
    try:
        geo = json.loads(stated)
        column = geo["primary_column"]
        about = geo["columns"][column]
        encoding, crs = about["encoding"], about.get("crs", _CRS84)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise refuse(name, show_text(str(error)), "the metadata of GeoParquet", rule="format") from error
    if column not in schema.names or encoding != "WKB":
        hint = "write it again with the shapes as WKB, as most programs do"
        raise refuse(name, f"{column}: {encoding}", "a column of shapes in WKB", hint, rule="format")
    return column, crs if isinstance(crs, str) else json.dumps(crs) if crs else ""


def read_part(part: Part, dataset: Dataset, columns: Sequence[str], *, located: bool = False) -> pd.DataFrame:
    """Return rows of a dataset.

    Parameters
    ----------
    part
        Which rows; one without slices gives a frame without rows and with the same columns.
    dataset
        The dataset.
    columns
        The columns that are read.
    located
        Whether the geometry is read, too.

    Returns
    -------
    pandas.DataFrame
        The index numbers the rows. Whole numbers of at most 64 bits with a sign are ``Int64``; numbers with 64
        bits and a point are ``float64``, missing ones NaN; everything else is a category of texts, an empty one where
        nothing stands. With `located` a GeoDataFrame in OGC:CRS84 (longitude before latitude, in degrees);
        a shape that cannot be read is an empty one.

    Raises
    ------
    InputError
        A file cannot be read, or has changed since its head was read.
    """
    import pandas as pd  # noqa: PLC0415 -- as above
    import pyarrow as pa  # noqa: PLC0415 -- as above

    wanted = [*columns, dataset.geometry] if located else list(columns)
    wanted = list(dict.fromkeys(wanted))
    try:
        pieces = [_read_slice(each, wanted) for each in part.slices] or [_no_rows(dataset, wanted)]
        table = pa.concat_tables(pieces, promote_options="permissive").combine_chunks()
    except Exception as error:  # a damaged file gives errors of many families
        raise refuse(dataset.name, show_text(str(error)), "Parquet files that can be read", rule="format") from error
    if table.num_rows != part.rows:
        hint = "run it again when nobody writes to it"
        raise refuse(dataset.name, "files that changed while they were read", "files at rest", hint, rule="changed")
    index = pd.RangeIndex(part.first, part.first + part.rows)
    frame = pd.DataFrame({column: _series(table.column(column), index) for column in columns}, index=index)
    return _located(frame, table.column(dataset.geometry), dataset) if located else frame


def _read_slice(each: Slice, columns: Sequence[str]) -> Any:  # noqa: ANN401 -- a table of pyarrow
    import pyarrow as pa  # noqa: PLC0415 -- as above
    from pyarrow import parquet  # noqa: PLC0415 -- as above

    # Packed texts: what stands in a file once is not made as many texts as it has rows.
    with parquet.ParquetFile(each.path) as plain:
        schema = plain.schema_arrow
    packed = [column for column in columns if pa.types.is_string(schema.field(column).type)]
    with parquet.ParquetFile(each.path, read_dictionary=packed) as file:
        if not each.skip and each.rows == sum(file.metadata.row_group(at).num_rows for at in each.groups):
            return file.read_row_groups(list(each.groups), columns=list(columns), use_threads=False)
        batches, seen = [], 0
        for batch in file.iter_batches(_BATCH, list(each.groups), list(columns), use_threads=False):
            begin, end = max(each.skip - seen, 0), min(each.skip + each.rows - seen, len(batch))
            if begin < end:
                batches.append(batch.slice(begin, end - begin))
            seen += len(batch)
            if seen >= each.skip + each.rows:
                break
        return pa.Table.from_batches(batches)


def _no_rows(dataset: Dataset, columns: Sequence[str]) -> Any:  # noqa: ANN401 -- a table of pyarrow
    from pyarrow import parquet  # noqa: PLC0415 -- as above

    return parquet.read_schema(dataset.first_file).empty_table().select(columns)


def _series(column: Any, index: pd.RangeIndex) -> pd.Series:  # noqa: ANN401 -- a column of pyarrow
    """Return a column: numbers that fit as they are, everything else as packed texts."""
    import numpy as np  # noqa: PLC0415 -- as above
    import pandas as pd  # noqa: PLC0415 -- as above
    import pyarrow as pa  # noqa: PLC0415 -- as above

    kind = column.type
    if pa.types.is_integer(kind) and kind != pa.uint64():
        whole = column.cast(pa.int64()).fill_null(0).to_numpy().copy()
        return pd.Series(pd.arrays.IntegerArray(whole, column.is_null().to_numpy().copy()), index=index)
    if pa.types.is_float64(kind):
        return pd.Series(column.to_numpy(zero_copy_only=False), index=index, dtype="float64")
    values: list[str] = []
    codes = np.empty(0, dtype="int32")
    if pa.types.is_floating(kind):  # as short as its own width allows: 0.1 is not 0.10000000149011612
        values = [cell_text(float(str(value))) for value in column.to_numpy(zero_copy_only=False)]
        codes = np.arange(len(values), dtype="int32")
    elif len(column):
        packed = column if pa.types.is_dictionary(kind) else _packed(column)
        packed = packed.unify_dictionaries().combine_chunks()
        values = [cell_text(value) for value in packed.dictionary.to_pylist()]
        codes = packed.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    texts = list(dict.fromkeys([*values, ""]))  # two values may read the same
    places = {text: at for at, text in enumerate(texts)}
    place = np.array([*(places[text] for text in values), places[""]], dtype="int32")
    return pd.Series(pd.Categorical.from_codes(place[codes], categories=pd.Index(texts, dtype=object)), index=index)


def _packed(column: Any) -> Any:  # noqa: ANN401 -- a column of pyarrow
    """Return a column in which each different value stands once; values that cannot be packed become JSON first."""
    import pyarrow as pa  # noqa: PLC0415 -- as above

    try:
        return column.dictionary_encode()
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        texts = [None if value is None else cell_text(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())]).dictionary_encode()


def _located(frame: pd.DataFrame, shapes: Any, dataset: Dataset) -> pd.DataFrame:  # noqa: ANN401 -- a column of pyarrow
    import numpy as np  # noqa: PLC0415 -- as above
    import shapely  # noqa: PLC0415 -- as above
    from geopandas import GeoDataFrame, GeoSeries  # noqa: PLC0415 -- as above

    packed = np.asarray(shapes.to_numpy(zero_copy_only=False), dtype=object)
    read = shapely.from_wkb(packed, on_invalid="ignore")
    broken = shapely.is_missing(read) & ~np.array([each is None for each in packed], dtype=bool)
    read[broken] = shapely.Point()
    series = GeoSeries(read, index=frame.index, crs=dataset.crs)
    located: pd.DataFrame = GeoDataFrame(frame, geometry=series.to_crs(_CRS84) if dataset.crs != _CRS84 else series)
    return located
