"""Open a compiled catalogue; imports nothing that a question on the command line does not need."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import TYPE_CHECKING, Any, Final

from geo.errors import CatalogueError, DamagedError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    Place = Callable[[Any], str]

__all__ = [
    "APPLICATION_ID",
    "FORMAT",
    "INDEXED",
    "LISTS",
    "Catalogue",
    "hold_damaged",
    "open_catalogue",
    "quote_name",
    "was_damaged",
    "wkb_of",
]

FORMAT: Final = 5
"""The layout of the tables; a catalogue of another format is compiled anew."""

APPLICATION_ID: Final = 0x47504B47
"""What a GeoPackage says it is in the header of its SQLite file: ``GPKG``."""

LISTS: Final = frozenset({"sources", "segments", "stops", "made_of"})
"""The columns that hold JSON; everything else is text or a number."""

INDEXED: Final = ("id", "code", "kind", "province", "subject", "object", "place")
"""The columns that have an index, in every layer and table that has them."""

_TRIGRAM: Final = 3
"""Characters of the shortest word that the full-text index can find."""

_BATCH: Final = 256
"""How many rows are read at once."""

_DAMAGED: Final[set[tuple[str, int, int]]] = set()
"""Catalogues that this process found to be damaged: path, file number, date. None of them is up to date."""

_CORRUPT: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)
_PLAIN: Final = b"GP\0\1"
"""How a geometry without an envelope begins: version 0, little-endian."""
_REBUILD: Final = "compile it again with `memorial build`"


Rows = list[tuple[Any, ...]]
Box = tuple[float, float, float, float]


def quote_name(name: str) -> str:
    """Return the name of a table or column, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


class Catalogue:
    """A compiled atlas, opened for reading; close it, or use it in a ``with`` statement.

    Parameters
    ----------
    path
        The GeoPackage.
    connection
        A read-only connection to it.

    Attributes
    ----------
    computes
        Whether SQL can call functions of this process, as those that `define` makes known.

    Notes
    -----
    What SQL has no common word for is put into words here, and in another way by `geo.catalogue.shared`; everything
    else that is asked is read by SQLite and by PostgreSQL alike. In a condition the table that is asked is ``t``, a
    value is a placeholder ``:name`` or ``?``.
    """

    computes = True

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._connection.close()

    def rows(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> list[sqlite3.Row]:
        """Return what one SELECT finds.

        Parameters
        ----------
        sql
            The statement; values belong in `params`, names through `quote_name`.
        params
            Values for its placeholders.

        Returns
        -------
        list of sqlite3.Row
            Rows that answer both ``row[0]`` and ``row["name"]``.

        Raises
        ------
        CatalogueError
            When the file is damaged (`DamagedError`), or lacks the table.
        """
        try:
            return self._connection.execute(sql, params).fetchall()
        except sqlite3.DatabaseError as error:
            raise _refusal(self.path, error) from error

    def stream(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield what one SELECT finds, row by row.

        Parameters
        ----------
        sql, params
            As for `rows`.

        Yields
        ------
        tuple
            The columns of one row.

        Raises
        ------
        CatalogueError
            As `rows`.
        """
        for batch in self.batches(sql, params):
            yield from batch

    def batches(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> Iterator[Rows]:
        """Yield what one SELECT finds, some rows at a time: first one, so that it comes early, then ever more.

        Parameters
        ----------
        sql, params
            As for `rows`.

        Yields
        ------
        list of tuple
            At least one row, at most 256.

        Raises
        ------
        CatalogueError
            As `rows`.
        """
        cursor = self._connection.cursor()
        cursor.row_factory = None
        size = 1
        try:
            cursor.execute(sql, params)
            while batch := cursor.fetchmany(size):
                yield batch
                size = min(2 * size, _BATCH)
        except sqlite3.DatabaseError as error:
            raise _refusal(self.path, error) from error

    def define(self, name: str, arity: int, function: Callable[..., Any]) -> None:
        """Let SQL call a function; where one of its arguments is NULL, so is what it returns.

        Parameters
        ----------
        name
            What SQL calls it; an earlier function of that name and arity is replaced.
        arity
            How many arguments it takes.
        function
            Returns the same for the same arguments.
        """

        def answer(*args: Any) -> Any:  # noqa: ANN401  (what SQLite holds)
            return None if None in args else function(*args)

        self._connection.create_function(name, arity, answer, deterministic=True)

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Return name and declared type (``TEXT``, ``INTEGER``, ``BOOLEAN`` …) of the columns of a table, in order."""
        found = self.rows(f"PRAGMA table_info({quote_name(table)})")
        return [(row["name"], row["type"].upper()) for row in found]

    def each(self, text: str) -> str:
        """Return what stands in a FROM for the members of a list, its JSON given in SQL; the column is ``value``."""
        return f"json_each({text})"

    def text(self, place: str) -> str:
        """Return the placeholder of a text that may be compared with another one: by code points."""
        return place

    def number(self, text: str) -> str:
        """Return the number with which a text given in SQL begins, 0 when it begins with none."""
        return f"CAST({text} AS REAL)"

    def day(self, side: str, text: str) -> str:
        """Return the ``earliest`` or the ``latest`` day that an EDTF text given in SQL allows."""
        return f"{side}_of({text})"

    def like(self, text: str, parts: Iterable[tuple[bool, str]], place: Place) -> str:
        """Return the condition that a text has a form; it minds case.

        Parameters
        ----------
        text
            The text in SQL.
        parts
            The form: whether it stands for other characters, and ``%`` for any run, ``_`` for one; or characters that
            stand for themselves.
        place
            Gives a placeholder for a value.
        """
        any_of = {"%": "*", "_": "?"}
        form = "".join(
            any_of[part] if free else "".join(f"[{char}]" if char in "*?[" else char for char in part)
            for free, part in parts
        )
        return f"({text} GLOB {place(form)})"

    def listed(self, numbers: Iterable[int], place: Place) -> str:
        """Return the condition that a record is one of some, given by their ``fid``."""
        return f"t.fid IN (SELECT value FROM json_each({place(json.dumps(list(numbers)))}))"  # noqa: S608  (a fixed form)

    def measured(self, metres: Mapping[int, float], _: Place) -> tuple[str, str]:
        """Return how far each record is as SQL: what is joined to the table, and the expression.

        Parameters
        ----------
        metres
            ``fid`` -> the distance in metres.
        """
        self.define("metres_to", 1, metres.get)
        return "", "metres_to(t.fid)"

    def meeting(self, layer: str, boxes: Iterable[Box], place: Place) -> str:
        """Return the condition that the envelope of a record meets one of the boxes, perhaps by a hair's breadth.

        Parameters
        ----------
        layer
            The layer; its spatial index is asked, which keeps 32-bit numbers, rounded outwards: no record is missed.
        boxes
            West, south, east, north in degrees, not across the antimeridian.
        place
            Gives a placeholder for a value.
        """
        tree = quote_name(f"rtree_{layer}_geom")
        found = " UNION ".join(
            f"SELECT id FROM {tree} WHERE maxx >= {place(west)} AND minx <= {place(east)}"  # noqa: S608  (it is quoted)
            f" AND maxy >= {place(south)} AND miny <= {place(north)}"
            for west, south, east, north in boxes
        )
        return f"t.fid IN ({found})"

    def holding(self, words: Sequence[str], place: Place, *, every: bool = False) -> str:
        """Return a SELECT of the records that say one of some words: their rows in ``search``, as ``record``.

        A record may be given several times. It is of the rows from ``:first`` to ``:last``, and what it shares with
        others of the phrases from ``:first_phrase`` to ``:last_phrase``, as the catalogue has them under ``search``.

        Parameters
        ----------
        words
            Folded words; those of fewer than three characters are not in the index, so that every text is looked at.
        place
            Gives a placeholder for a value.
        every
            Whether one text, by itself, must hold all of the words.
        """
        if min(map(len, words)) >= _TRIGRAM:
            value = place((" AND " if every else " OR ").join(map(quote_name, words)))
            own, shared = f"search MATCH {value}", f"phrases MATCH {value}"
        else:
            own = shared = (
                f"({(' AND ' if every else ' OR ').join(f'instr(text, {place(word)}) > 0' for word in words)})"
            )
        return (
            f"SELECT rowid AS record FROM search WHERE rowid BETWEEN :first AND :last AND {own}"  # noqa: S608
            " UNION ALL SELECT said.value FROM phrases, json_each(phrases.records) AS said"
            f" WHERE phrases.rowid BETWEEN :first_phrase AND :last_phrase AND {shared}"
        )

    def value(self, key: str) -> Any:  # noqa: ANN401  (the JSON of the key)
        """Return what the ``atlas`` table holds under a key, parsed.

        Raises
        ------
        DamagedError
            When there is no such key, or what it holds is no JSON.
        """
        rows = self.rows("SELECT value FROM atlas WHERE key = ?", (key,))
        if not rows:
            raise _damaged(self.path, f"no key {key!r}")
        try:
            return json.loads(rows[0][0])
        except (TypeError, ValueError):
            raise _damaged(self.path, f"no JSON under the key {key!r}") from None

    def layers(self) -> list[dict[str, Any]]:
        """Return the layers and tables in the order of the manifest, titles parsed.

        Returns
        -------
        list of dict
            ``name``, ``schema``, ``holds`` (``layer`` or ``table``), ``title`` (texts by language, or ``None``),
            ``draw``, ``records``, ``unlocated``.
        """
        found = [dict(row) for row in self.rows("SELECT * FROM layers ORDER BY fid")]
        for layer in found:
            del layer["fid"]
            layer["title"] = json.loads(layer["title"]) if layer["title"] else None
        return found

    def geometry(self, blob: bytes) -> bytes:
        """Return the well-known binary inside a GeoPackage geometry.

        Parameters
        ----------
        blob
            What a ``geom`` column holds.

        Returns
        -------
        bytes
            ISO WKB, longitude before latitude, in degrees (WGS 84).

        Raises
        ------
        DamagedError
            When the bytes are not a GeoPackage geometry.

        Notes
        -----
        OGC GeoPackage 1.4, 2.1.3.1.1: two magic bytes, a version, flags, the SRS (4 bytes), then an envelope whose
        length the flags give.
        """
        try:
            return wkb_of(blob)
        except (ValueError, IndexError):
            raise _damaged(self.path, "no GeoPackage geometry") from None

    def geometries(self, blobs: Sequence[bytes | None]) -> list[bytes | None]:
        """Return what `geometry` returns for each of many; ``None`` for none.

        Raises
        ------
        DamagedError
            As `geometry`.
        """
        # Points have no envelope: a call for each of them would be a good part of what an answer takes.
        return [
            (blob[8:] if blob[:4] == _PLAIN and len(blob) > 8 else self.geometry(blob)) if blob else None
            for blob in blobs
        ]


def wkb_of(blob: bytes) -> bytes:
    """Return the well-known binary inside a GeoPackage geometry, as `Catalogue.geometry` does.

    Raises
    ------
    ValueError, IndexError
        When the bytes are not a GeoPackage geometry.
    """
    if len(blob) < 8 or blob[:2] != b"GP":
        raise ValueError(blob[:2])
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def open_catalogue(path: Path) -> Catalogue:
    """Open a compiled catalogue for reading.

    Parameters
    ----------
    path
        The GeoPackage that `write_catalogue` wrote.

    Returns
    -------
    Catalogue
        The open file.

    Raises
    ------
    CatalogueError
        When the file is missing, is not a GeoPackage, was not written by this program, or has another format.
    """
    if not path.is_file():
        problem = Problem(path.name, "", "", "no such file", "a compiled catalogue", _REBUILD, "catalogue")
        raise CatalogueError(f"There is no catalogue at {path}", [problem])
    try:
        # Whoever keeps it open may ask from several threads, one at a time.
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise _refusal(path, error) from error
    connection.row_factory = sqlite3.Row
    catalogue = Catalogue(path, connection)
    try:
        _check_format(catalogue)
    except CatalogueError:
        catalogue.close()
        raise
    return catalogue


def _check_format(catalogue: Catalogue) -> None:
    application = catalogue.rows("PRAGMA application_id")[0][0]
    ours = catalogue.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'atlas'")
    if application != APPLICATION_ID or not ours:
        seen = "a GeoPackage of another program" if application == APPLICATION_ID else "not a GeoPackage"
        problem = Problem(
            catalogue.path.name,
            "",
            "",
            seen,
            "a catalogue that `memorial build` compiled",
            "move that file away, or name another one under files.catalogue in atlas.toml",
            "catalogue",
        )
        raise CatalogueError("The catalogue is foreign", [problem])
    found = catalogue.value("format")
    if found != FORMAT:
        problem = Problem(catalogue.path.name, "table atlas", "format", f"{found}", f"{FORMAT}", _REBUILD, "catalogue")
        raise CatalogueError("The catalogue was compiled by another version", [problem])


def was_damaged(path: Path) -> bool:
    """Return whether this process found the file that stands at a path to be a damaged catalogue."""
    return bool(_DAMAGED) and _mark(path) in _DAMAGED


def hold_damaged(path: Path) -> None:
    """Take the file that stands at a path for a damaged catalogue from now on, as long as this process runs."""
    _DAMAGED.add(_mark(path))


def _mark(path: Path) -> tuple[str, int, int]:
    """Return what tells one file at a path from the next one there."""
    try:
        status = os.stat(path)  # noqa: PTH116  (path objects take longer)
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_ino, status.st_mtime_ns


def _refusal(path: Path, error: sqlite3.Error) -> CatalogueError:
    """Return the error of a catalogue that SQLite cannot read."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    if code & 0xFF in _CORRUPT or "decode to UTF-8" in str(error):  # such bytes have no error code
        return _damaged(path, str(error))
    problem = Problem(path.name, "", "", str(error), "a catalogue that can be read", _REBUILD, "catalogue")
    return CatalogueError("The catalogue cannot be read", [problem])


def _damaged(path: Path, seen: str) -> DamagedError:
    """Return the error of a damaged catalogue, and remember that it is damaged."""
    hold_damaged(path)
    step = "delete the file, then run `memorial build`: it is made from the inputs, and nothing is lost"
    return DamagedError(
        "The catalogue is damaged", [Problem(path.name, "", "", seen, "a whole catalogue", step, "catalogue")]
    )
