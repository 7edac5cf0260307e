"""What answers questions beside the layers and tables: search, words of names, figures by record, dates, metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from psycopg import sql

from geo.catalogue.connecting import EDITION
from geo.export.content import GEOMETRY
from geo.export.package import describe_dublin_core
from geo.export.postgis.tables import Table, create_table, fill_rows, index_table
from geo.gazetteer import parse_edtf
from geo.provenance import program_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import psycopg

    from geo.catalogue import Catalogue
    from geo.export.content import Content, Loss

__all__ = ["DATED", "Companions", "write_atlas"]

_TEXT: Final = 'text COLLATE "C"'
_KEPT: Final = ("format", "digest", "version", "manifest", "vocabulary", "measures", "mask")
"""What the metadata of the catalogue and of an edition have in common."""

DATED: Final = {"claims": ("as_of",), "history": ("date",), "zones": ("from", "to")}
"""Schema -> the columns of dates whose bounds stand in no columns of their own."""


class Companions:
    """The tables that go with the layers of an edition.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    content
        The layers and tables of the edition, with the row numbers of the catalogue.
    trigrams
        Whether the database has trigrams.
    """

    def __init__(self, catalogue: Catalogue, content: Content, *, trigrams: bool) -> None:
        self._catalogue = catalogue
        self._content = content
        self._trigrams = trigrams
        self._words: set[str] = set()
        self.spans: dict[str, tuple[int, int]] = {}
        self.measures: list[str] = []

    def write(self, cursor: psycopg.Cursor[Any], schema: str, staged: Iterator[str]) -> list[Table]:
        """Create and fill all of them; return them."""
        figures, number = "double precision", "bigint"
        listed = {"fid": number, "name": _TEXT, "schema": _TEXT, "holds": _TEXT, "title": _TEXT, "draw": _TEXT}
        plans: tuple[tuple[str, dict[str, str], int, Callable[[], Iterable[Sequence[Any]]], tuple[str, ...]], ...] = (
            ("search", {"rowid": number, "layer": _TEXT, "id": _TEXT, "text": _TEXT}, 1, self._search, self._found),
            ("words", {"word": _TEXT, "sound": _TEXT, "letters": number}, 1, self._spelt, ("(sound)", "(letters)")),
            (
                "claimed",
                {"measure": _TEXT, "subject": _TEXT, "low": figures, "high": figures},
                2,
                self._claimed,
                ("(subject)",),
            ),
            ("edtf", {"text": _TEXT, "earliest": _TEXT, "latest": _TEXT}, 1, self._dates, ()),
            ("layers", listed | {"records": number, "unlocated": number}, 1, self._layers, ()),
        )
        made = []
        for name, columns, keys, rows, indexes in plans:
            key = tuple(columns)[:keys]
            table = Table(name, next(staged), columns, key, tuple(map(sql.SQL, indexes)))
            create_table(cursor, schema, table)
            fill_rows(cursor, schema, table, rows())
            index_table(cursor, schema, table)
            made.append(table)
        return made

    @property
    def _found(self) -> tuple[str, ...]:
        return ("USING gin (text gin_trgm_ops)",) if self._trigrams else ()

    def _search(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the index of texts, those of a layer in the order of its records here."""
        known = self._catalogue.value("search")
        number = 0
        for layer in self._content.layers:
            if layer.name not in known:
                continue
            first, last = known[layer.name]
            fids = layer.table.column("fid").to_pylist()
            before = number
            for fid, (_, key, text) in enumerate(self._texts(fids, first, last), start=1):
                number += 1
                self._words |= set(text.split())
                yield number, layer.name, key if layer.key else str(fid), text
            self.spans[layer.name] = (before + 1, number)

    def _texts(self, fids: Sequence[int], first: int, last: int) -> Iterable[tuple[int, str, str]]:
        """Return row number, id and text of some records, in their order."""
        query = "SELECT rowid - ? + 1, id, text FROM search WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
        rows = self._catalogue.stream(query, (first, first, last))
        if len(fids) == last - first + 1 and all(fid == place for place, fid in enumerate(fids, start=1)):
            return rows
        wanted = set(fids)
        found = {row[0]: row for row in rows if row[0] in wanted}
        return [found[fid] for fid in fids]

    def _spelt(self) -> Iterator[tuple[Any, ...]]:
        """Yield the words of names that occur in the texts of the edition: of other records, nothing is told."""
        rows = self._catalogue.stream("SELECT word, sound, letters FROM words ORDER BY word")
        return (row for row in rows if row[0] in self._words)

    def _claimed(self) -> Iterator[tuple[Any, ...]]:
        """Yield the figures of the records of the edition."""
        known = {key for layer in self._content.features if layer.key for key in layer.values(layer.key)}
        for row in self._catalogue.stream("SELECT measure, subject, low, high FROM claimed ORDER BY measure, subject"):
            if row[1] in known:
                if row[0] not in self.measures:
                    self.measures.append(row[0])
                yield row

    def _dates(self) -> Iterator[tuple[Any, ...]]:
        """Yield the first and the last day of every text that is a date, where no columns hold them."""
        texts = {
            text
            for layer in self._content.layers
            for column in DATED.get(layer.schema, ())
            if column in layer.table.column_names
            for text in layer.values(column)
            if text
        }
        for text in sorted(texts):
            earliest, latest = parse_edtf(text)
            yield text, earliest or None, latest or None

    def _layers(self) -> Iterator[tuple[Any, ...]]:
        """Yield what the edition holds, in the order of the manifest."""
        held = {layer.name: layer for layer in self._content.layers}
        listed = [row for row in self._catalogue.layers() if row["name"] in held]
        for number, row in enumerate(listed, start=1):
            layer = held[row["name"]]
            unlocated = layer.table.column(GEOMETRY).null_count if layer.geometry else None
            title = json.dumps(row["title"], ensure_ascii=False) if row["title"] else None
            yield number, row["name"], row["schema"], row["holds"], title, row["draw"], len(layer), unlocated


def write_atlas(
    cursor: psycopg.Cursor[Any],
    schema: str,
    staged: str,
    catalogue: Catalogue,
    content: Content,
    told: Mapping[str, Any],
    losses: Sequence[Loss],
) -> Table:
    """Create the table ``atlas``, by which an edition is known; its record names every table and view of ours.

    Parameters
    ----------
    cursor, schema, staged
        Where it goes.
    catalogue, content
        What the edition is made of.
    told
        ``search``: layer -> its first and last row; ``tables``, ``views``: the names of all of them.
    losses
        What the database could not carry.
    """
    moved = str(content.transformation) if content.transformation else ""
    edition = {
        "program": program_version(),
        "command": content.wanted.command,
        "asked": dict(content.wanted.asked),
        "crs": content.crs,
        "moved": moved,
        "losses": [str(loss) for loss in losses],
        "tables": told["tables"],
        "views": told["views"],
    }
    known = {row["key"]: row["value"] for row in catalogue.rows("SELECT key, value FROM atlas")}
    values = {key: known[key] for key in _KEPT if key in known}
    added = {"search": told["search"], "metadata": describe_dublin_core(content), EDITION: edition}
    values |= {key: json.dumps(value, ensure_ascii=False) for key, value in added.items()}
    table = Table("atlas", staged, {"key": _TEXT, "value": _TEXT}, ("key",))
    create_table(cursor, schema, table)
    fill_rows(cursor, schema, table, values.items())
    return table
