"""What an export is made of: layers and tables as Arrow columns, with what is known about each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import pyarrow as pa

__all__ = ["GEOMETRY", "Column", "Content", "Layer", "Loss", "Transformation", "Wanted"]

GEOMETRY: Final = "geom"
"""The name of the geometry column, as in the catalogue."""

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
    table
        The values: one Arrow column for each of `columns`, and for a layer of features `GEOMETRY` as ISO WKB, longitude
        (or easting) before latitude (northing); a place without a location is null.
    geometry
        The OGC type that all its geometries have, ``Unknown`` when they differ, empty for a table.
    """

    name: str
    schema: str
    title: str
    key: str
    columns: tuple[Column, ...]
    table: pa.Table
    geometry: str = ""

    def __len__(self) -> int:
        """Return how many records it has."""
        return int(self.table.num_rows)

    def values(self, column: str) -> list[Any]:
        """Return one column as Python values, ``None`` where nothing is known."""
        found: list[Any] = self.table.column(column).to_pylist()
        return found

    def with_columns(self, columns: tuple[Column, ...], table: pa.Table) -> Layer:
        """Return the same layer with other columns and values."""
        return replace(self, columns=columns, table=table)


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
    """

    layers: tuple[Layer, ...]
    atlas: Mapping[str, Any]
    digest: str
    wanted: Wanted
    crs: str = "EPSG:4326"
    transformation: Transformation | None = None
    mask: Mapping[str, Any] | None = None
    styles: tuple[Mapping[str, Any], ...] = ()

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

    @property
    def tables(self) -> tuple[Layer, ...]:
        """Return the tables."""
        return tuple(layer for layer in self.layers if not layer.geometry)

    def find(self, schema: str) -> Layer | None:
        """Return the first layer or table of a schema."""
        return next((layer for layer in self.layers if layer.schema == schema), None)
