"""What an export is made of: layers and tables as Arrow columns, with what is known about each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import pyarrow as pa
from pyogrio.raw import read_arrow

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "GEOMETRY",
    "Column",
    "Content",
    "Ground",
    "Layer",
    "Loss",
    "Stored",
    "Transformation",
    "Wanted",
    "read_naming",
]

GEOMETRY: Final = "geom"
"""The name of the geometry column, as in the catalogue."""

_NAMING: Final = frozenset(
    ("id", "code", "subject", "object", "place", "province", "part_of", "claim", "source", "sources", "coord_source")
)
"""The columns by which records name each other, and their sources."""

ColumnKind = Literal["text", "integer", "number", "boolean", "list", "shape"]
"""What the values of a column are: a ``list`` is held as JSON text, a ``shape`` as well-known text."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported.

    Attributes
    ----------
    layers
        Layer or table -> the row numbers (``fid``) of its records, in their order; ``None`` for all of them.
    whole
        Whether the whole atlas is meant: its tables then come whole, too, and not only what belongs to the records.
    asked
        The question in words of the command line: option -> what was given.
    command
        The command that makes the export again.
    """

    layers: Mapping[str, Sequence[int] | None]
    whole: bool
    asked: Mapping[str, str]
    command: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    name
        Its name in the file.
    kind
        What its values are.
    meaning
        One sentence for the data dictionary; empty when only the input file knows.
    required
        Whether it may be empty.
    terms
        Allowed word -> its English label; empty when any text may stand there.
    """

    name: str
    kind: ColumnKind
    meaning: str = ""
    required: bool = False
    terms: Mapping[str, str] | None = None

    @property
    def title(self) -> str:
        """Return the name as a heading."""
        words = self.name.replace("_", " ")
        return words[:1].upper() + words[1:]


class Stored:
    """A layer or table that stands whole in the catalogue: its values are read when they are asked for.

    Parameters
    ----------
    path
        The catalogue.
    name
        What it is called there.
    schema
        The Arrow schema of its columns; the geometry is `GEOMETRY`, in binary.
    num_rows, unlocated
        How many records it has, and how many of them no location.
    """

    def __init__(self, path: Path, name: str, schema: pa.Schema, num_rows: int, unlocated: int) -> None:
        self.path, self.name, self.schema = path, name, schema
        self.num_rows, self.unlocated = num_rows, unlocated
        self.column_names = list(schema.names)
        self._columns: dict[str, pa.ChunkedArray] = {}

    def column(self, name: str) -> pa.ChunkedArray:
        """Return one column; those by which records name each other are read together."""
        if name not in self._columns:
            names = [each for each in self.column_names if each in _NAMING] if name in _NAMING else [name]
            found = self.read(names)
            self._columns |= {each: found.column(each) for each in names}
        return self._columns[name]

    def read(self, columns: Sequence[str] | None = None, *, numbered: bool = False) -> pa.Table:
        """Return columns of every record, in file order.

        Parameters
        ----------
        columns
            Which; ``None`` for all.
        numbered
            Whether the row numbers come along, as ``fid``.
        """
        wanted = self.column_names if columns is None else list(columns)
        fields = [name for name in wanted if name != GEOMETRY]
        located = GEOMETRY in wanted
        meta, table = read_arrow(
            self.path, layer=self.name, columns=fields, read_geometry=located, return_fids=numbered
        )
        table = table.replace_schema_metadata(None)
        if located:
            index = table.schema.get_field_index(meta["geometry_name"])
            table = table.set_column(index, GEOMETRY, table.column(index).cast(pa.binary()))
        return table.select(["fid", *wanted] if numbered else wanted)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer or table.

    Attributes
    ----------
    name, schema, title
        What the catalogue calls it, the schema that it keeps, and its English title.
    key
        The column that names a record; empty when none does.
    columns
        Its columns, in order, without the geometry.
    held
        The values, or where they stand.
    geometry
        The OGC type that all its geometries have, ``Unknown`` when they differ, empty for a table.
    """

    name: str
    schema: str
    title: str
    key: str
    columns: tuple[Column, ...]
    held: pa.Table | Stored
    geometry: str = ""

    def __len__(self) -> int:
        """Return how many records it has."""
        return int(self.held.num_rows)

    @property
    def stored(self) -> Stored | None:
        """Return where the whole layer stands as it is; ``None`` when it does not, or no longer."""
        return self.held if isinstance(self.held, Stored) else None

    @property
    def table(self) -> pa.Table:
        """Return the values: one Arrow column for each of `columns`, and for a layer of features `GEOMETRY`.

        That is ISO WKB, longitude (or easting) before latitude (northing); a place without a location is null.
        """
        return self.held.read() if isinstance(self.held, Stored) else self.held

    @property
    def names(self) -> list[str]:
        """Return the names of the columns of `table`."""
        found: list[str] = self.held.column_names
        return found

    @property
    def unlocated(self) -> int:
        """Return how many of its places have no location."""
        if not self.geometry:
            return 0
        stored = self.stored
        return stored.unlocated if stored else int(self.table.column(GEOMETRY).null_count)

    def column(self, name: str) -> pa.ChunkedArray:
        """Return one column of `table`."""
        return self.held.column(name)

    def values(self, column: str) -> list[Any]:
        """Return one column as Python values, ``None`` where nothing is known."""
        found: list[Any] = self.column(column).to_pylist()
        return found

    def with_columns(self, columns: tuple[Column, ...], table: pa.Table) -> Layer:
        """Return the same layer with other columns and values."""
        return replace(self, columns=columns, held=table)


@dataclass(frozen=True, slots=True)
class Transformation:
    """How positions came into another reference system.

    Attributes
    ----------
    target
        The reference system, such as ``EPSG:32648``, and its name.
    name
        The operation, as PROJ names it.
    accuracy_m
        How far off it may be, in metres; ``None`` when PROJ does not say.
    better
        Whether a better operation exists whose grid is not on this machine.
    """

    target: str
    title: str
    name: str
    accuracy_m: float | None
    better: bool

    def __str__(self) -> str:
        """Return the transformation as a clause."""
        accuracy = "of unstated accuracy" if self.accuracy_m is None else f"accurate to {self.accuracy_m:g} m"
        grid = "; a better one needs a grid that is not on this machine" if self.better else ""
        return f"from WGS 84 to {self.target} ({self.title}) by “{self.name}”, {accuracy}{grid}"


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a format cannot carry.

    Attributes
    ----------
    layer, field
        Where; the field is empty when the whole layer is meant.
    change
        ``renamed``, ``cut``, ``retyped``, ``rounded`` or ``dropped``.
    count
        How many values or records.
    seen
        What the atlas has.
    expected
        What the format takes.
    what
        What becomes of it.
    examples
        Up to three records that it happens to.
    """

    layer: str
    field: str
    change: Literal["renamed", "cut", "retyped", "rounded", "dropped"]
    count: int
    seen: str
    expected: str
    what: str
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the loss as one line."""
        place = f"{self.layer}.{self.field}" if self.field else self.layer
        return f"{place}: {self.change}: {self.seen}{self.named}; the format takes {self.expected}; {self.what}"

    @property
    def named(self) -> str:
        """Return the examples in brackets; nothing when there are none."""
        return f" (such as {', '.join(self.examples)})" if self.examples else ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a picture is drawn on and with, whatever was asked for.

    Attributes
    ----------
    backdrop
        What is drawn (``land``, ``water``, ``river``, ``town``) and the layer that holds it, as the manifest has them.
    areas
        The layers of areas, whole.
    vocabulary
        Section -> word -> its labels by language, its sign and its colour.
    titles, totals
        Layer -> its title by language, and how many records it has when nothing is asked.
    sources
        The titles of the sources of backdrop and areas.
    language
        The language of the captions.
    changed
        The day of the last change that the atlas tells of (ISO 8601); empty when it tells of none.
    """

    backdrop: tuple[tuple[str, Layer], ...]
    areas: tuple[Layer, ...]
    vocabulary: Mapping[str, Mapping[str, Any]]
    titles: Mapping[str, Mapping[str, str]]
    totals: Mapping[str, int]
    sources: tuple[str, ...]
    language: str
    changed: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that one export holds.

    Attributes
    ----------
    layers
        Layers of features, then tables.
    atlas
        The ``[atlas]`` of the manifest.
    digest
        What the catalogue was compiled from, as a hash.
    wanted
        What was asked for.
    crs
        The reference system of every geometry.
    transformation
        How positions came into it; ``None`` when they are as in the atlas (WGS 84).
    mask
        What a mask did to the positions before the catalogue was compiled; ``None`` when there was none.
    styles
        How QGIS draws the layers: rows of ``layer_styles`` of the catalogue, column -> value.
    lacks
        What the format asks for that the atlas does not say, in sentences.
    ground
        What a picture is drawn on; ``None`` for every other format.
    """

    layers: tuple[Layer, ...]
    atlas: Mapping[str, Any]
    digest: str
    wanted: Wanted
    crs: str = "EPSG:4326"
    transformation: Transformation | None = None
    mask: Mapping[str, Any] | None = None
    styles: tuple[Mapping[str, Any], ...] = ()
    lacks: tuple[str, ...] = ()
    ground: Ground | None = None

    @property
    def notes(self) -> list[str]:
        """Return what was done to the positions, in sentences."""
        found = []
        if self.mask is not None:
            found.append(
                f"Positions stand under the mask “{self.mask['name']}”: those of {self.mask['coarsened']:,} places are"
                f" coarsened, those of {self.mask['hidden']:,} left out."
            )
        if self.transformation is not None:
            found.append(f"Positions were moved {self.transformation}.")
        return found

    @property
    def features(self) -> tuple[Layer, ...]:
        """Return the layers of features."""
        return tuple(layer for layer in self.layers if layer.geometry)

    def find(self, schema: str) -> Layer | None:
        """Return the first layer or table of a schema."""
        return next((layer for layer in self.layers if layer.schema == schema), None)


def read_naming(content: Content) -> None:
    """Read ahead, of the layers and tables that stand whole in the catalogue, the columns by which records name others.

    Parameters
    ----------
    content
        What an export holds.
    """
    for layer in content.layers:
        named = next((name for name in layer.names if name in _NAMING), None)
        if layer.stored and named:
            layer.stored.column(named)
