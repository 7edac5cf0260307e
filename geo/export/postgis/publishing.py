"""One edition into one schema, in one transaction: who reads sees the old edition or the new one, whatever happens."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from geo.catalogue.connecting import EDITION, connect, explain, find_editions, wished_schema
from geo.errors import OutputError, Problem, RequestError
from geo.export.content import Layer
from geo.export.formats import Format
from geo.export.frames import move_content, parse_crs
from geo.export.losses import Limits
from geo.export.postgis.catalogue import Companions, write_atlas
from geo.export.postgis.functions import create_functions
from geo.export.postgis.styles import STYLES, write_styles
from geo.export.postgis.tables import (
    SYSTEM_COLUMNS,
    Table,
    create_table,
    describe_table,
    fill_layer,
    index_table,
    layer_table,
)
from geo.export.postgis.views import View, plan_views
from geo.export.reading import read_content
from geo.export.writing import Exported, fit_content, refuse_losses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.catalogue import Catalogue
    from geo.catalogue.addresses import Address
    from geo.export.content import Content, Loss, Wanted

__all__ = ["write_database"]

POSTGIS: Final = Format(
    "PostGIS",
    "",
    "",
    "",
    Limits(name_bytes=63, plain_names=False, taken_names=SYSTEM_COLUMNS),
    many=True,
    tables=True,
)
"""What a database holds; it is no row of `FORMATS`, whose rows are files (decision 0085)."""

_PATIENCE: Final = "30s"
"""How long the new edition waits for those who read the old one, while all who come later wait for it."""

_OWN: Final = ("atlas", "search", "words", "claimed", "edtf", "layers", STYLES)
"""The tables of an edition that are no layers."""


def write_database(
    catalogue: Catalogue, address: Address, wanted: Wanted, crs: str = "", *, allow_loss: bool = False
) -> tuple[str, Exported]:
    """Write selected records into a PostGIS database, in place of the edition that its schema holds.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    address
        The database; ``options=-csearch_path=…`` in it names the schema, else it is called as the atlas is.
    wanted
        Which records.
    crs
        The reference system of the geometries, ``EPSG:n``; empty for WGS 84. Columns ``lon`` and ``lat`` stay degrees.
    allow_loss
        Whether what the database cannot carry may be lost; the edition then tells of it.

    Returns
    -------
    tuple of str and Exported
        The schema, and what was written.

    Raises
    ------
    RequestError
        When the database cannot be reached, or something would be lost that may not be.
    OutputError
        When the edition cannot be published; whatever the schema held is unchanged.
    CatalogueError
        When the catalogue is damaged.

    Notes
    -----
    Tables are made and filled under other names, which nobody else can see before the transaction ends. Only then are
    those of the old edition locked, dropped and replaced. Who may read an old table may read the new one of its name.
    """
    content = read_content(catalogue, wanted, tables=True, numbered=True)
    if crs:
        content = move_content(content, parse_crs(crs))
    fitted = fit_content(content, POSTGIS, "", archive=False)
    if fitted.losses and not allow_loss:
        raise refuse_losses("The edition", POSTGIS, fitted.losses)
    ((layers, _),) = fitted.files.values()
    content = _complete(content, layers)
    _check_names(content)
    with connect(address) as connection:
        schema = wished_schema(connection) or str(content.atlas["id"])
        edition = _Edition(connection, address, schema, ours=schema in find_editions(connection))
        try:
            with connection.transaction():
                edition.write(catalogue, content, fitted.losses)
        except psycopg.Error as error:
            raise explain(error, address, OutputError, "The edition was not published; nothing has changed") from error
    counts = {layer.name: len(layer) for layer in content.layers}
    return edition.schema, Exported((), POSTGIS.title, counts, fitted.losses, content.transformation)


def _complete(content: Content, layers: Sequence[Layer]) -> Content:
    """Return the content with the layers as they fit, and with sources, which no edition is without."""
    from dataclasses import replace  # noqa: PLC0415  (only here)

    import pyarrow as pa  # noqa: PLC0415

    from geo.export.content import Column  # noqa: PLC0415

    if all(layer.schema != "sources" for layer in layers):
        names = ("id", "type", "title", "note", "url", "grade", "reliability", "csl")
        empty = pa.table({"fid": pa.array([], pa.int64())} | {name: pa.array([], pa.string()) for name in names})
        columns = tuple(Column(name, "text") for name in names)
        layers = (*layers, Layer("sources", "sources", "Sources", "id", columns, empty))
    return replace(content, layers=tuple(layers))


def _check_names(content: Content) -> None:
    """Check that every layer can be a table beside ours.

    Raises
    ------
    RequestError
        When a name is too long, or one that an edition needs.
    """
    expected = f"a name of at most 60 bytes that is none of {', '.join(_OWN)}"
    problems = [
        Problem(layer.name, "", "", layer.name, expected, "give the layer another name in atlas.toml", "postgis")
        for layer in content.layers
        if layer.name in _OWN or len(layer.name.encode()) > 60
    ]
    if problems:
        raise RequestError("A database has no place for a layer of that name", problems)


class _Edition:
    """The schema that an edition goes into."""

    def __init__(self, connection: psycopg.Connection[Any], address: Address, schema: str, *, ours: bool) -> None:
        self.schema = schema
        self._ours = ours
        self._connection = connection
        self._address = address
        self._stages: Iterator[str] = (f"~{number}" for number in itertools.count(1))

    def write(self, catalogue: Catalogue, content: Content, losses: Sequence[Loss]) -> None:
        """Write the edition, in the transaction that is open.

        Raises
        ------
        OutputError
            When the database, or what the schema holds, is not fit for it.
        """
        with self._connection.cursor() as cursor:
            self._claim(cursor)
            trigrams = self._provide(cursor)
            old = self._find_old(cursor)
            tables = [self._write_layer(cursor, layer, content) for layer in content.layers]
            companions = Companions(catalogue, content, trigrams=trigrams)
            tables += companions.write(cursor, self.schema, self._stages)
            tables.append(write_styles(cursor, self.schema, next(self._stages), content))
            views = plan_views(content, self.schema, companions.measures)
            told = {
                "search": companions.spans,
                "tables": ["atlas", *(table.name for table in tables)],
                "views": [view.name for view in views],
            }
            tables.insert(0, write_atlas(cursor, self.schema, next(self._stages), catalogue, content, told, losses))
            self._check_free(cursor, {*told["tables"], *told["views"]} - {*old["tables"], *old["views"]})
            self._put_in_place(cursor, old, tables, views)
            self._describe(cursor, content)

    def _claim(self, cursor: psycopg.Cursor[Any]) -> None:
        """See that no other run writes the same schema."""
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (f"memorial-atlas {self.schema}",))
        if (cursor.fetchone() or (False,))[0]:
            return
        raise self._refuse(
            "another edition on its way into it", "one at a time", "run the command again when it is there"
        )

    def _provide(self, cursor: psycopg.Cursor[Any]) -> bool:
        """See that the database can hold an edition; return whether it has trigrams."""
        cursor.execute("SELECT current_setting('server_encoding')")
        encoding = (cursor.fetchone() or ("",))[0]
        if encoding != "UTF8":
            step = "make one with `createdb --encoding UTF8 --template template0`"
            raise self._refuse(f"a database in {encoding}", "one in UTF8, which has every script", step)
        if not self._extend(cursor, "postgis"):
            step = "have its superuser run CREATE EXTENSION postgis"
            raise self._refuse("a database without PostGIS, and no right to add it", "PostGIS", step)
        trigrams = self._extend(cursor, "pg_trgm")
        cursor.execute(
            "SELECT DISTINCT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
            " WHERE e.extname IN ('postgis', 'pg_trgm')"
        )
        path = sql.SQL(", ").join(sql.Identifier(row[0]) for row in cursor.fetchall())
        cursor.execute(sql.SQL("SET LOCAL search_path = {}").format(path))
        return trigrams

    def _extend(self, cursor: psycopg.Cursor[Any], name: str) -> bool:
        """Return whether the database has an extension, which is added where that is allowed."""
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", (name,))
        if cursor.fetchone():
            return True
        try:
            with self._connection.transaction():
                cursor.execute(sql.SQL("CREATE EXTENSION {} WITH SCHEMA public").format(sql.Identifier(name)))
        except psycopg.Error:
            return False
        return True

    def _find_old(self, cursor: psycopg.Cursor[Any]) -> dict[str, list[str]]:
        """Return the tables and views of the edition that stands there; of a schema that is not there, make it.

        Raises
        ------
        OutputError
            When the schema holds something, and no edition of ours.
        """
        place = sql.Identifier(self.schema)
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self.schema,))
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(place))
            return {"tables": [], "views": []}
        if not self._ours:
            cursor.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s"
                " AND c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S') AND NOT EXISTS (SELECT 1 FROM pg_depend d"
                " WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1 LIMIT 3",
                (self.schema,),
            )
            held = [row[0] for row in cursor.fetchall()]
            if held:
                step = "name another schema: options=-csearch_path%3DNAME after the ? of the address"
                seen = f"a schema that holds {', '.join(held)}, and no edition"
                raise self._refuse(seen, "an edition of ours, or an empty schema", step)
            return {"tables": [], "views": []}
        query = sql.SQL("SELECT value FROM {} WHERE key = %s").format(sql.Identifier(self.schema, "atlas"))
        cursor.execute(query, (EDITION,))
        told = json.loads((cursor.fetchone() or ("{}",))[0])
        return {
            "tables": self._present(cursor, told.get("tables", []), "r"),
            "views": self._present(cursor, told.get("views", []), "v"),
        }

    def _present(self, cursor: psycopg.Cursor[Any], names: Sequence[str], kind: str) -> list[str]:
        """Return those names under which a table (``r``) or a view (``v``) stands in the schema, in their order."""
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relkind = %s",
            (self.schema, kind),
        )
        held = {row[0] for row in cursor.fetchall()}
        return [name for name in names if name in held]

    def _check_free(self, cursor: psycopg.Cursor[Any], names: set[str]) -> None:
        """Check that nothing of others stands where a table or a view goes."""
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relname = ANY(%s) ORDER BY 1",
            (self.schema, list(names)),
        )
        taken = [row[0] for row in cursor.fetchall()]
        if taken:
            step = "rename them, or move them into a schema of their own"
            raise self._refuse(f"{', '.join(taken)}, which the edition did not make", "room for its own tables", step)

    def _write_layer(self, cursor: psycopg.Cursor[Any], layer: Layer, content: Content) -> Table:
        table = layer_table(layer, next(self._stages), content.crs)
        create_table(cursor, self.schema, table)
        fill_layer(cursor, self.schema, table, layer, content.crs)
        index_table(cursor, self.schema, table)
        return table

    def _put_in_place(
        self, cursor: psycopg.Cursor[Any], old: dict[str, list[str]], tables: Sequence[Table], views: Sequence[View]
    ) -> None:
        """Replace the old edition by the new one, with the rights that people had."""
        granted: list[tuple[Any, ...]] = []
        cursor.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(_PATIENCE))
        if old["tables"]:
            places = sql.SQL(", ").join(sql.Identifier(self.schema, name) for name in old["tables"])
            cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(places))
            granted = self._read_grants(cursor, [*old["tables"], *old["views"]])
            self._keep_styles(cursor, old, tables)
            if old["views"]:
                shown = sql.SQL(", ").join(sql.Identifier(self.schema, name) for name in old["views"])
                cursor.execute(sql.SQL("DROP VIEW {}").format(shown))
            cursor.execute(sql.SQL("DROP TABLE {}").format(places))
        for table in tables:
            place, name = sql.Identifier(self.schema, table.staged), sql.Identifier(table.name)
            cursor.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(place, name))
        self._rename_indexes(cursor, tables)
        create_functions(cursor, self.schema)
        for view in views:
            view.create(cursor, self.schema)
        present = {*(table.name for table in tables), *(view.name for view in views)}
        for name, right, grantee, passed_on in granted:
            if name in present:
                who = sql.Identifier(grantee) if grantee else sql.SQL("PUBLIC")
                also = sql.SQL(" WITH GRANT OPTION" if passed_on else "")
                place = sql.Identifier(self.schema, name)
                cursor.execute(sql.SQL("GRANT {} ON {} TO {}{}").format(sql.SQL(right), place, who, also))

    def _rename_indexes(self, cursor: psycopg.Cursor[Any], tables: Sequence[Table]) -> None:
        """Call the indexes after their tables, where such a name is free and not too long."""
        cursor.execute(
            "SELECT c.relname, t.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid"
            " WHERE n.nspname = %s ORDER BY 1",
            (self.schema,),
        )
        found = cursor.fetchall()
        taken = {name for name, _ in found}
        staged = {table.name: table.staged for table in tables}
        for name, table in found:
            new = f"{table}{name.removeprefix(staged.get(table, ''))}"
            if table in staged and name.startswith(f"{staged[table]}_") and new not in taken and len(new.encode()) < 64:
                taken.add(new)
                place = sql.Identifier(self.schema, name)
                cursor.execute(sql.SQL("ALTER INDEX {} RENAME TO {}").format(place, sql.Identifier(new)))

    def _read_grants(self, cursor: psycopg.Cursor[Any], names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return who else may do what with some tables: table, right, role (``None`` for all), whether passed on."""
        cursor.execute(
            "SELECT c.relname, a.privilege_type, r.rolname, a.is_grantable FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN aclexplode(c.relacl) a"
            " LEFT JOIN pg_roles r ON r.oid = a.grantee"
            " WHERE n.nspname = %s AND c.relname = ANY(%s) AND a.grantee <> c.relowner ORDER BY 1, 2, 3",
            (self.schema, list(names)),
        )
        return cursor.fetchall()

    def _keep_styles(self, cursor: psycopg.Cursor[Any], old: dict[str, list[str]], tables: Sequence[Table]) -> None:
        """Take over the styles that people have saved from QGIS; it notes who did, and ours bear no name."""
        (table,) = (table for table in tables if table.name == STYLES)
        if STYLES not in old["tables"]:
            return
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in table.columns if name != "id")
        cursor.execute(
            sql.SQL("INSERT INTO {} ({columns}) SELECT {columns} FROM {} WHERE owner <> '' ORDER BY id").format(
                sql.Identifier(self.schema, table.staged), sql.Identifier(self.schema, STYLES), columns=columns
            )
        )

    def _describe(self, cursor: psycopg.Cursor[Any], content: Content) -> None:
        for layer in content.layers:
            describe_table(cursor, self.schema, layer, content)
        atlas = content.atlas
        said = (
            f"{atlas['title']['en']}, version {atlas['version']}: an edition of `memorial export`. {atlas['licence']}"
        )
        place = sql.Identifier(self.schema, "atlas")
        cursor.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(place, sql.Literal(said)))

    def _refuse(self, seen: str, expected: str, step: str) -> OutputError:
        problem = Problem(str(self._address), f"schema {self.schema}", "", seen, expected, step, "postgis")
        return OutputError("The edition was not published; nothing has changed", [problem])
