"""What answers questions beside the layers and tables: search, words of names, figures by record, dates, metadata."""

from __future__ import annotations

import json
from itertools import pairwise
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
    from geo.catalogue.search import Span
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
        self._records: set[int] = set()
        self.spans: dict[str, Span] = {}
        self.measures: list[str] = []

    def write(self, cursor: psycopg.Cursor[Any], schema: str, staged: Iterator[str]) -> list[Table]:
        """Create and fill all of them; return them."""
        figures, number = "double precision", "bigint"
        listed = {"fid": number, "name": _TEXT, "schema": _TEXT, "holds": _TEXT, "title": _TEXT, "draw": _TEXT}
        texts = {"rowid": number, "layer": _TEXT, "id": _TEXT, "size": number, "text": _TEXT}
        plans: tuple[tuple[str, dict[str, str], int, Callable[[], Iterable[Sequence[Any]]], tuple[str, ...]], ...] = (
            ("search", texts, 1, self._search, self._found),
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
            fids = layer.table.column("fid").to_pylist()
            before = number
            for fid, (record, key, size, text) in enumerate(self._texts(fids, known[layer.name]), start=1):
                number += 1
                self._records.add(record)
                yield number, layer.name, key if layer.key else str(fid), size, text
            self.spans[layer.name] = (before + 1, number, 1, 0)

    def _texts(self, fids: Sequence[int], span: Span) -> Iterable[tuple[int, str, int, str]]:
        """Return row in ``search``, id, size and text of some records, in their order.

        The text is all that a record says: what is its own, and what it shares with others.
        """
        first, last, first_phrase, last_phrase = span
        wanted = {first - 1 + fid for fid in fids}
        shared: dict[int, list[str]] = {}
        query = "SELECT records, text FROM phrases WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
        for records, text in self._catalogue.stream(query, (first_phrase, last_phrase)):
            for record in wanted.intersection(json.loads(records)):
                shared.setdefault(record, []).append(text)
        query = "SELECT rowid, id, size, text FROM search WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
        rows = (
            (record, key, size, "\n".join(filter(None, [text, *shared.get(record, ())])))
            for record, key, size, text in self._catalogue.stream(query, (first, last))
            if record in wanted
        )
        if all(one < other for one, other in pairwise(fids)):
            return rows
        found = {row[0]: row for row in rows}
        return [found[first - 1 + fid] for fid in fids]

    def _spelt(self) -> Iterator[tuple[Any, ...]]:
        """Yield the words of names that occur in the texts of the edition: of other records, nothing is told."""
        spans = self._catalogue.value("search").values()
        last, last_phrase = (max((span[side] for span in spans), default=0) for side in (1, 3))
        bounds = {"first": 1, "last": last, "first_phrase": 1, "last_phrase": last_phrase}
        for row in self._catalogue.stream("SELECT word, sound, letters FROM words ORDER BY word"):
            if len(self._records) == last or self._says(row[0], bounds):
                yield row

    def _says(self, word: str, bounds: Mapping[str, int]) -> bool:
        """Return whether a record of the edition says a word."""
        values: dict[str, object] = {**bounds}

        def place(value: object) -> str:
            values["word"] = value
            return ":word"

        saying = self._catalogue.stream(self._catalogue.holding([word], place), values)
        return any(record in self._records for (record,) in saying)

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
