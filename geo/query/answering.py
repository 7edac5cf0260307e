"""One SELECT in its parts, and the records that it finds."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.catalogue import LISTS, quote_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Sequence

    from geo.catalogue import Catalogue
    from geo.query.asking import Askable, Question
    from geo.query.fields import Field

__all__ = ["FLAT_POINT_BYTES", "Query", "Selection", "as_geojson", "parse_lists", "parse_rows"]

FLAT_POINT_BYTES: Final = 21
"""How long the WKB of a point without a height is: byte order, type, two doubles."""


class _Counts(NamedTuple):
    """What is told of an answer as a whole."""

    shown: int
    located: int
    undated: int
    certain: int


class Selection:
    """The records that answer a question; they are looked up when they are asked for, while the catalogue is open.

    Attributes
    ----------
    columns
        Names of the columns, in the order of the schema, or as `Question.fields` names them; then, unless these name
        something else, ``distance_m`` with ``near`` and ``overlap`` with ``during``.
    total
        How many records the layer has.
    asked
        The question: its kinds and provinces as the vocabulary and the codes have them, its place with a position.
    schema
        The schema of the layer.
    mapped
        Whether the layer has geometry.
    read_as
        What a text was read as when no record holds it as it was typed; else empty.
    """

    def __init__(self, catalogue: Catalogue, query: Query, *, shapes: bool) -> None:
        self._catalogue = catalogue
        self._query = query
        self._shapes = shapes
        self._counts: _Counts | None = None
        self._rows: list[dict[str, Any]] | None = None
        self.columns = tuple(query.columns)
        self.total: int = query.total
        self.asked = query.asked
        self.schema = query.schema
        self.read_as = query.read_as
        self.mapped = query.mapped

    def cells(self) -> Iterator[tuple[Any, ...]]:
        """Yield the records in the order asked for, else in that of the layer.

        Yields
        ------
        tuple
            Texts, numbers and ``None`` in the order of `columns`; lists are JSON texts. ``distance_m`` is in metres
            (``None`` when not located), ``overlap`` is ``certain`` or ``possible``. With shapes, one member more: the
            geometry as WKB (WGS 84, longitude before latitude), or ``None``.

        Raises
        ------
        CatalogueError
            When the catalogue is damaged.
        """
        for columns in self.batches():
            yield from zip(*columns, strict=True)

    def batches(self) -> Iterator[tuple[tuple[Any, ...], ...]]:
        """Yield the records as `cells` does, some at a time and column by column: the fastest way to read many.

        Yields
        ------
        tuple of tuple
            For each of `columns` its values, one a record; with shapes, one member more: the geometries.

        Raises
        ------
        CatalogueError
            When the catalogue is damaged.
        """
        count = len(self.columns)
        shown = located = undated = certain = 0
        for rows in self._catalogue.batches(self._query.rows(shapes=self._shapes), self._query.values):
            columns = tuple(zip(*rows, strict=True))
            shown += len(rows)
            located += sum(columns[count])
            undated += sum(columns[count + 1])
            certain += sum(columns[count + 2])
            if self._shapes:
                yield (*columns[:count], tuple(self._catalogue.geometries(columns[-1])))
            else:
                yield columns[:count]
        self._counts = _Counts(shown, located, undated, certain)

    def parsed(self) -> Iterator[list[Sequence[Any]]]:
        """Yield the records as `batches` does, their lists parsed.

        Yields
        ------
        list of sequence
            As `batches`; in the place of JSON texts stand lists.

        Raises
        ------
        CatalogueError
            When the catalogue is damaged.
        """
        lists = [place for place, name in enumerate(self.columns) if name in LISTS]
        for batch in self.batches():
            columns: list[Sequence[Any]] = list(batch)
            for place in lists:
                columns[place] = parse_lists(columns[place])
            yield columns

    def stream(self) -> Iterator[dict[str, Any]]:
        """Yield the records as `cells` does, each as a dictionary.

        Yields
        ------
        dict
            Column -> text, number, list or ``None``. With shapes, the key ``geometry`` holds a GeoJSON geometry
            (WGS 84, longitude before latitude) or ``None``.
        """
        names = (*self.columns, "geometry") if self._shapes else self.columns
        for columns in self.parsed():
            for cells in zip(*columns, strict=True):
                row = dict(zip(names, cells, strict=True))
                if self._shapes:
                    row["geometry"] = as_geojson(row["geometry"])
                yield row

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All records, as `stream` yields them."""
        if self._rows is None:
            self._rows = list(self.stream())
        return self._rows

    @property
    def shown(self) -> int:
        """How many records the answer holds, which is never more than the limit."""
        return self._counted().shown

    @property
    def located(self) -> int:
        """How many of the records have a geometry; 0 for a table."""
        return self._counted().located

    @property
    def unlocated(self) -> int:
        """How many of the records have no geometry; 0 for a table."""
        return self.shown - self.located if self.mapped else 0

    @property
    def undated(self) -> int:
        """How many of the records carry no date at all."""
        return self._counted().undated

    @property
    def matched(self) -> int:
        """How many records answer when `Question.limit` is left out."""
        if self.asked.limit is None or self.shown < self.asked.limit:
            return self.shown
        return int(self._catalogue.rows(self._query.count_all(), self._query.values)[0][0])

    @property
    def certain(self) -> int:
        """How many of the records overlap `Question.during` for certain; 0 without it."""
        return self._counted().certain

    @property
    def possible(self) -> int:
        """How many of the records overlap `Question.during` only possibly; 0 without it."""
        return self.shown - self.certain if self.asked.during else 0

    @property
    def set_aside(self) -> int:
        """How many records answer but for `Question.during`, and have no date at all; 0 without it."""
        if not self.asked.during:
            return 0
        return int(self._catalogue.rows(self._query.count_undated(), self._query.values)[0][0])

    def _counted(self) -> _Counts:
        """Return the counts of the last whole pass; before there was one, those that SQL gives."""
        if self._counts is None:
            row = next(self._catalogue.stream(self._query.counts(), self._query.values))
            self._counts = _Counts(*(number or 0 for number in row))
        return self._counts


class Query:
    """One SELECT in its parts."""

    def __init__(self, catalogue: Catalogue, layer: str, fields: dict[str, Field], rule: Askable) -> None:
        self.catalogue = catalogue
        self.rule = rule
        self.table = f"{quote_name(layer)} AS t"
        self.fields = fields
        self.mapped = "geometry" in fields
        self.located = "t.geom IS NOT NULL" if self.mapped else "FALSE"
        self.undated = " AND ".join(f"t.{quote_name(column)} IS NULL" for column in rule.dated) or "FALSE"
        self.certain = "FALSE"
        self.during = ""
        self.conditions: list[str] = []
        self.values: dict[str, Any] = {}
        self.columns: dict[str, str] = {}
        self.enough: Collection[str] = ()
        self.order: list[str] = []
        self.limit: int | None = None
        self.total = 0
        self.schema = ""
        self.read_as = ""
        self.asked: Question

    def rows(self, *, shapes: bool) -> str:
        """Return the SELECT of the records, with three flags after them, and the geometry."""
        picked = [*self.columns.values(), self.located, self.undated, self.certain]
        if shapes:
            picked.append("t.geom" if self.mapped else "NULL")
        return f"SELECT {', '.join(picked)} FROM {self.table}{self._where()}{self._ordered()}"  # noqa: S608  (quoted)

    def counts(self) -> str:
        """Return the SELECT of the counts of what `rows` gives."""
        flags = f"{self.located} AS located, {self.undated} AS undated, {self.certain} AS certain"
        inner = f"SELECT {flags} FROM {self.table}{self._where()}{self._ordered() if self.limit is not None else ''}"  # noqa: S608
        told = ", ".join(f"count(*) FILTER (WHERE {flag})" for flag in ("located", "undated", "certain"))
        return f"SELECT count(*), {told} FROM ({inner}) AS answer"  # noqa: S608

    def count_all(self) -> str:
        """Return the SELECT of how many records answer without a limit."""
        return f"SELECT count(*) FROM {self.table}{self._where()}"  # noqa: S608

    def count_undated(self) -> str:
        """Return the SELECT of how many records answer but for the time, and have none."""
        kept = [condition for condition in self.conditions if condition != self.during]
        return f"SELECT count(*) FROM {self.table} WHERE {' AND '.join([*kept, f'({self.undated})'])}"  # noqa: S608

    def _where(self) -> str:
        return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""

    def _ordered(self) -> str:
        limit = f" LIMIT {self.limit}" if self.limit is not None else ""
        return f" ORDER BY {', '.join([*self.order, 't.fid'])}{limit}"


def parse_lists(texts: Sequence[str | None]) -> list[list[Any]]:
    """Return the lists of a column from their JSON; ``None`` and an empty text are empty lists.

    Raises
    ------
    ValueError
        When one is no JSON.

    Notes
    -----
    All are parsed as one text, which takes a fifth of the time; if it does not hold as many lists, each by itself.
    """
    filled = [text or "[]" for text in texts]
    try:
        lists: list[list[Any]] = json.loads(f"[{','.join(filled)}]")
    except ValueError:
        lists = []
    return lists if len(lists) == len(filled) else [json.loads(text) for text in filled]


def parse_rows(rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    """Return rows of one table of the catalogue as dictionaries, their lists parsed."""
    names = rows[0].keys() if rows else []
    lists = [name for name in names if name in LISTS]
    records = []
    for row in rows:
        record: dict[str, Any] = dict(zip(names, row, strict=True))
        for name in lists:
            record[name] = json.loads(record[name]) if record[name] else []
        records.append(record)
    return records


def as_geojson(wkb: bytes | None) -> dict[str, Any] | None:
    """Return a geometry as GeoJSON (WGS 84, longitude before latitude); ``None`` for none.

    Parameters
    ----------
    wkb
        ISO WKB, longitude before latitude.
    """
    if wkb is None:
        return None
    if len(wkb) == FLAT_POINT_BYTES:
        return {"type": "Point", "coordinates": list(struct.unpack("<dd" if wkb[0] else ">dd", wkb[5:]))}
    import shapely  # noqa: PLC0415  (a question without shapes must not pay for it)

    shape: dict[str, Any] = shapely.geometry.mapping(shapely.from_wkb(wkb))
    return shape
