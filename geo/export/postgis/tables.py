"""Tables of an edition: created, filled by COPY, indexed and explained."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.csv
import shapely
from psycopg import sql

from geo.catalogue import INDEXED
from geo.export.content import GEOMETRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import psycopg

    from geo.export.content import Content, Layer

__all__ = [
    "SYSTEM_COLUMNS",
    "Table",
    "create_table",
    "describe_table",
    "fill_layer",
    "fill_rows",
    "index_table",
    "layer_table",
]

SYSTEM_COLUMNS: Final = frozenset({"cmax", "cmin", "ctid", "fid", "geom", "oid", "tableoid", "xmax", "xmin"})
"""Names that no other column may have: those of the server, the number of a record, and its geometry."""

_TYPES: Final = {"integer": "bigint", "number": "double precision", "boolean": "boolean"}
_TEXT: Final = 'text COLLATE "C"'
_ANY_SHAPE: Final = "geometry"
_CHUNK: Final = 20_000


class Table(NamedTuple):
    """A table of the edition.

    Attributes
    ----------
    name
        What it is called once the edition is there.
    staged
        What it is called until then.
    columns
        Name -> type in SQL, in order.
    key
        The columns of its primary key.
    indexes
        What else is indexed, each as the end of CREATE INDEX, after ON and the table.
    """

    name: str
    staged: str
    columns: dict[str, str]
    key: tuple[str, ...]
    indexes: tuple[sql.Composable, ...] = ()


def layer_table(layer: Layer, staged: str, crs: str) -> Table:
    """Return the table of a layer, or of a table of the atlas; texts are in the order of their code points."""
    columns = {"fid": "bigint"}
    indexes: list[sql.Composable] = []
    if layer.geometry:
        columns[GEOMETRY] = _shape_type(layer, _number(crs))
        indexes.append(sql.SQL("USING gist ({})").format(sql.Identifier(GEOMETRY)))
    columns |= {column.name: _TYPES.get(column.kind, _TEXT) for column in layer.columns}
    indexes += [sql.SQL("({})").format(sql.Identifier(name)) for name in INDEXED if name in columns]
    return Table(layer.name, staged, columns, ("fid",), tuple(indexes))


def _number(crs: str) -> int:
    return int(crs.partition(":")[2])


def _shape_type(layer: Layer, srid: int) -> str:
    """Return the type of the geometry column; one that does not say which where only some positions have a height."""
    kind = layer.geometry.removesuffix(" Z")
    if kind == layer.geometry != "Unknown":
        return f"geometry({kind}, {srid})"
    shapes = shapely.from_wkb(layer.table.column(GEOMETRY).to_pylist())
    high = shapely.has_z(shapes)[~shapely.is_missing(shapes)]
    if high.any() and not high.all():
        return _ANY_SHAPE
    return f"geometry({'Geometry' if kind == 'Unknown' else kind}{'Z' if high.any() else ''}, {srid})"


def create_table(cursor: psycopg.Cursor[Any], schema: str, table: Table) -> None:
    """Create a table under its staged name."""
    fields = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in table.columns.items()
    )
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    place = sql.Identifier(schema, table.staged)
    cursor.execute(sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY ({}))").format(place, fields, key))


def index_table(cursor: psycopg.Cursor[Any], schema: str, table: Table) -> None:
    """Create the indexes of a table that is filled, and have the planner know it."""
    place = sql.Identifier(schema, table.staged)
    for index in table.indexes:
        cursor.execute(sql.SQL("CREATE INDEX ON {} {}").format(place, index))
    cursor.execute(sql.SQL("ANALYZE {}").format(place))


def fill_rows(cursor: psycopg.Cursor[Any], schema: str, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Copy rows into a table, each a value for every column."""
    with cursor.copy(_copy(schema, table, "text")) as copy:
        for row in rows:
            copy.write_row(row)


def fill_layer(cursor: psycopg.Cursor[Any], schema: str, table: Table, layer: Layer, crs: str) -> None:
    """Copy the records of a layer into its table, numbered from 1 on in their order; many at once, as CSV."""
    with cursor.copy(_copy(schema, table, "csv")) as copy:
        for text in _as_csv(layer, _number(crs) if table.columns.get(GEOMETRY) == _ANY_SHAPE else 0):
            copy.write(text)


def _copy(schema: str, table: Table, form: str) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    place = sql.Identifier(schema, table.staged)
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT {})").format(place, columns, sql.SQL(form))


def _as_csv(layer: Layer, srid: int) -> Iterator[bytes]:
    """Yield the records of a layer as CSV in which nothing is empty and an empty text stands in quotation marks.

    Parameters
    ----------
    layer
        The layer.
    srid
        What each shape says of its reference system; 0 where the column says it.
    """
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    for start in range(0, len(layer), _CHUNK):
        part = layer.table.slice(start, _CHUNK)
        arrays: dict[str, Any] = {"fid": pa.array(range(start + 1, start + 1 + part.num_rows), pa.int64())}
        if layer.geometry:
            shapes = part.column(GEOMETRY).to_pylist()
            if srid:
                told = shapely.set_srid(shapely.from_wkb(shapes), srid)
                shapes = shapely.to_wkb(told, include_srid=True).tolist()
            arrays[GEOMETRY] = pa.array([shape.hex() if shape else None for shape in shapes], pa.string())
        for column in layer.columns:
            values = part.column(column.name)
            arrays[column.name] = values if column.kind in _TYPES else values.cast(pa.string())
        out = BytesIO()
        pyarrow.csv.write_csv(pa.table(arrays), out, options)
        yield out.getvalue()


def describe_table(cursor: psycopg.Cursor[Any], schema: str, layer: Layer, content: Content) -> None:
    """Comment on a layer and its columns: title, edition, licence, sources, meanings."""
    atlas = content.atlas
    said = [
        f"{layer.title}. {atlas['title']['en']}, version {atlas['version']}.",
        f"Licence: {atlas['licence']}",
        *content.notes,
    ]
    if any(column.name == "sources" for column in layer.columns):
        said.append("The column sources names rows of the table sources.")
    place = sql.Identifier(schema, layer.name)
    cursor.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(place, sql.Literal(" ".join(said))))
    for column in layer.columns:
        meaning = f"{column.meaning} {'A list as JSON.' if column.kind == 'list' else ''}".strip()
        if meaning:
            at = sql.Identifier(schema, layer.name, column.name)
            cursor.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(at, sql.Literal(meaning)))
