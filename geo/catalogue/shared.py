"""An edition of an atlas in a PostGIS database, read as a catalogue: the same questions have the same answers.

Tables, columns and numbers of records are those of the GeoPackage; what differs is how some things are said in SQL, and
that the database calls no function of this process. All that is read is read in one transaction that sees one edition.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue.connecting import connect, explain, find_editions, postgis_schema, wished_schema
from geo.catalogue.opening import FORMAT, Catalogue, quote_name
from geo.errors import CatalogueError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import psycopg

    from geo.catalogue.addresses import Address
    from geo.catalogue.opening import Box

    Place = Callable[[Any], str]

__all__ = ["SharedCatalogue", "open_shared"]

_BATCH: Final = 2_000
"""How many rows are fetched at once."""

_PLACES: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|::|:(\w+)|\?|%""")
_DECLARED: Final = {"bigint": "INTEGER", "double precision": "REAL", "boolean": "BOOLEAN"}
_SRID: Final = 0x20000000
_DEEP: Final = 0xC0000000
"""Bits of the type in extended WKB: that an SRID follows; that positions have a height or a measure."""


class Row(tuple[Any, ...]):
    """A row that answers both ``row[0]`` and ``row["name"]``, as `sqlite3.Row` does."""

    __slots__ = ()
    _names: tuple[str, ...] = ()

    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self._names

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401  (a column by its number or its name)
        return tuple.__getitem__(self, self._names.index(key) if isinstance(key, str) else key)


def _rows_of(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    """Return what makes a row of values, for psycopg."""
    names = tuple(column.name for column in cursor.description or ())
    return type("NamedRow", (Row,), {"__slots__": (), "_names": names})


class SharedCatalogue(Catalogue):
    """An edition in a database, opened for reading; close it, or use it in a ``with`` statement.

    Parameters
    ----------
    address
        The database.
    connection
        A connection in a transaction that reads one edition.
    schema
        Where the edition stands.
    """

    computes = False

    def __init__(self, address: Address, connection: psycopg.Connection[Any], schema: str) -> None:
        self.address = address
        self.schema = schema
        self._shared = connection
        self._cursors = 0

    def close(self) -> None:
        """Close the connection; closing twice does no harm."""
        self._shared.close()

    def rows(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        """Return what one SELECT finds, as `Catalogue.rows`."""
        import psycopg  # noqa: PLC0415  (an edition is open: it is loaded)

        try:
            with self._shared.cursor(row_factory=_rows_of) as cursor:
                return cursor.execute(_respelt(sql), params).fetchall()
        except psycopg.Error as error:
            raise self._refusal(error) from error

    def batches(
        self, sql: str, params: Sequence[object] | Mapping[str, object] = ()
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield what one SELECT finds, some rows at a time, as `Catalogue.batches`; the database keeps the rest."""
        import psycopg  # noqa: PLC0415  (as above)

        self._cursors += 1
        try:
            with self._shared.cursor(name=f"memorial_{self._cursors}") as cursor:
                cursor.execute(_respelt(sql), params)
                while batch := cursor.fetchmany(_BATCH):
                    yield batch
        except psycopg.Error as error:
            raise self._refusal(error) from error

    def define(self, name: str, arity: int, function: Callable[..., Any]) -> None:
        """Do nothing: the functions of conditions are in the schema of the edition."""

    def value(self, key: str) -> Any:  # noqa: ANN401  (the JSON of the key)
        """Return what the ``atlas`` table holds under a key, parsed.

        Raises
        ------
        CatalogueError
            When there is no such key.
        """
        import json  # noqa: PLC0415  (only the method needs it)

        rows = self.rows("SELECT value FROM atlas WHERE key = ?", (key,))
        if not rows:
            raise _not_ours(self.address, self.schema, f"no key {key!r}")
        return json.loads(rows[0][0])

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Return name and declared type of the columns of a table, in order, as `Catalogue.columns`."""
        found = self.rows(
            "SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute"
            " WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            (f"{quote_name(self.schema)}.{quote_name(table)}",),
        )
        return [(row["name"], _DECLARED.get(row["type"], "TEXT")) for row in found]

    def geometry(self, blob: bytes | str) -> bytes:
        """Return the ISO WKB of a geometry that the database gave as extended WKB in hexadecimal."""
        whole = bytes.fromhex(blob) if isinstance(blob, str) else bytes(blob)
        order = "little" if whole[0] else "big"
        kind = int.from_bytes(whole[1:5], order)  # type: ignore[arg-type]
        if kind & _DEEP:
            import shapely  # noqa: PLC0415  (positions seldom have a height)

            return bytes(shapely.to_wkb(shapely.set_srid(shapely.from_wkb(whole), 0), flavor="iso"))
        if not kind & _SRID:
            return whole
        return whole[:1] + (kind & ~_SRID).to_bytes(4, order) + whole[9:]  # type: ignore[arg-type]

    # What SQL has no common word for.

    def each(self, text: str) -> str:
        """Return what stands in a FROM for the members of a list, as `Catalogue.each`."""
        return f"jsonb_array_elements_text(CAST({text} AS jsonb)) AS each (value)"

    def text(self, place: str) -> str:
        """Return the placeholder of a text that is compared by code points, as all columns are."""
        return f'CAST({place} AS text) COLLATE "C"'

    def number(self, text: str) -> str:
        """Return the number with which a text begins, as `Catalogue.number`."""
        begun = rf"substring({text} from '^\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?')"
        return f"CASE WHEN {text} IS NOT NULL THEN CAST(coalesce({begun}, '0') AS double precision) END"

    def day(self, side: str, text: str) -> str:
        """Return the first or the last day of an EDTF text, which the edition holds for every text in it."""
        return f"(SELECT {side} FROM edtf WHERE edtf.text = {text})"  # noqa: S608  (names are quoted)

    def like(self, text: str, parts: Iterable[tuple[bool, str]], place: Place) -> str:
        """Return the condition that a text has a form, as `Catalogue.like`."""
        form = "".join(part if free else _literal(part) for free, part in parts)
        return f"({text} LIKE {place(form)})"

    def listed(self, numbers: Iterable[int], place: Place) -> str:
        """Return the condition that a record is one of some, as `Catalogue.listed`."""
        return f"t.fid = ANY(CAST({place(list(numbers))} AS bigint[]))"

    def measured(self, metres: Mapping[int, float], place: Place) -> tuple[str, str]:
        """Return how far each record is as SQL, as `Catalogue.measured`."""
        numbers, lengths = place(list(metres)), place(list(metres.values()))
        far = f"unnest(CAST({numbers} AS bigint[]), CAST({lengths} AS double precision[])) AS far (record, metres)"
        return f" LEFT JOIN {far} ON far.record = t.fid", "far.metres"

    def meeting(self, layer: str, boxes: Iterable[Box], place: Place) -> str:  # noqa: ARG002  (the table is ``t``)
        """Return the condition that the envelope of a record meets one of the boxes, as `Catalogue.meeting`."""
        asked = (f"t.geom && ST_MakeEnvelope({', '.join(place(float(edge)) for edge in box)}, 4326)" for box in boxes)
        return f"({' OR '.join(asked)})"

    def holding(self, readings: Iterable[Iterable[Iterable[str]]], place: Place, *, alone: bool) -> str:  # noqa: ARG002
        """Return the condition on ``search`` that a text can be read in one of several ways, by its trigrams."""

        def holds(word: str) -> str:
            return f"text LIKE {place(f'%{_literal(word)}%')}"

        ways = (" AND ".join(f"({' OR '.join(map(holds, choice))})" for choice in way) for way in readings)
        return f"({' OR '.join(f'({way})' for way in ways)})"

    def _refusal(self, error: psycopg.Error) -> CatalogueError:
        found = explain(error, self.address, CatalogueError, "The database does not answer the question")
        return CatalogueError(found.message, found.problems)


def open_shared(address: Address) -> SharedCatalogue:
    """Open the edition of an atlas in a database for reading.

    Parameters
    ----------
    address
        The database; where it holds several editions, ``options=-csearch_path=…`` names the schema.

    Raises
    ------
    RequestError
        When the database cannot be reached.
    CatalogueError
        When it holds no edition, several, one of another version, or one whose positions are not in WGS 84.

    Notes
    -----
    The lock is taken before anything is read, since a transaction sees the state of its first SELECT: an edition that
    is replaced in the meantime waits until this one is closed.
    """
    connection = connect(address)
    import psycopg  # noqa: PLC0415  (after what tells that it is not installed)

    try:
        schema = _choose_schema(connection, address)
        outer = postgis_schema(connection)
        path = ", ".join(map(quote_name, dict.fromkeys(filter(None, (schema, outer)))))
        connection.adapters.register_loader("bool", _whole_truth())
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(f"SET LOCAL search_path = {path}")
        connection.execute(f"LOCK TABLE {quote_name(schema)}.atlas IN ACCESS SHARE MODE")
        catalogue = SharedCatalogue(address, connection, schema)
        _check_edition(catalogue)
    except psycopg.Error as error:
        connection.close()
        raise explain(error, address, CatalogueError, "The edition cannot be read") from error
    except BaseException:
        connection.close()
        raise
    return catalogue


def _choose_schema(connection: psycopg.Connection[Any], address: Address) -> str:
    """Return the schema of the edition that is meant."""
    wished, found = wished_schema(connection), find_editions(connection)
    if wished in found:
        return wished
    if len(found) == 1 and not wished:
        return found[0]
    seen = (
        f"no edition in the schema {wished}"
        if wished
        else f"{len(found)} editions: {', '.join(found)}"
        if found
        else "none"
    )
    step = f"publish one with `memorial export {address}`"
    if found:
        step = f"name one: options=-csearch_path%3D{found[0]} after the ? of the address"
    problem = Problem(str(address), "", "", seen, "the edition of an atlas", step, "catalogue")
    raise CatalogueError("It is not clear which atlas is meant" if found else "There is no atlas", [problem])


def _check_edition(catalogue: SharedCatalogue) -> None:
    """Check that an edition can be asked."""
    found = catalogue.value("format")
    if found != FORMAT:
        problem = _not_ours(catalogue.address, catalogue.schema, f"format {found}, not {FORMAT}").problems
        raise CatalogueError("The edition was written by another version", problem)
    crs = catalogue.value("edition")["crs"]
    if crs != "EPSG:4326":
        step = "publish the edition that is asked without --crs, into a schema of its own"
        moved = Problem(catalogue.schema, "", "--crs", crs, "positions in EPSG:4326", step, "catalogue")
        raise CatalogueError("Only an edition in degrees can be asked", [moved])


def _not_ours(address: Address, schema: str, seen: str) -> CatalogueError:
    step = f"publish the edition again with `memorial export {address}`"
    return CatalogueError(
        "The edition cannot be read", [Problem(schema, "table atlas", "", seen, "a whole edition", step)]
    )


def _whole_truth() -> type[psycopg.adapt.Loader]:
    """Return what reads true as 1 and false as 0, as SQLite holds them."""
    from psycopg.adapt import Loader  # noqa: PLC0415  (as above)

    class WholeLoader(Loader):
        def load(self, data: Any) -> int:  # noqa: ANN401  (bytes, in one of two forms)
            return int(bytes(data) == b"t")

    return WholeLoader


def _respelt(sql: str) -> bytes:
    """Return a statement with the placeholders of psycopg in place of those of SQLite."""

    def place(found: re.Match[str]) -> str:
        text = found[0]
        if found[1]:
            return f"%({found[1]})s"
        return "%s" if text == "?" else text.replace("%", "%%")

    return _PLACES.sub(place, sql).encode()


def _literal(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)
