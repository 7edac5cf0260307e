"""Which rows of a GeoPackage belong together, as OGC 18-000 (Related Tables Extension) has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from geo.catalogue import quote_name
from geo.export.vectors import DATE

if TYPE_CHECKING:
    import sqlite3

    from geo.export.content import Content, Layer

__all__ = ["write_relations"]

_DEFINITION: Final = "http://www.geopackage.org/18-000.html"


class _Link(NamedTuple):
    """How rows of one schema belong to rows of another: the column there that names the key of the base.

    With `listed`, it is the base whose column names the related rows: as a source, or as a list of sources.
    """

    base: str
    related: str
    column: str
    listed: bool = False


_LINKS: Final = (
    *(
        _Link(base, related, column)
        for base in ("sites", "routes", "areas")
        for related, column in (("claims", "subject"), ("names", "subject"), ("relations", "subject"))
    ),
    _Link("sites", "events", "place"),
    _Link("areas", "sites", "province"),
    _Link("areas", "figures", "code"),
    *(_Link(base, "sources", "sources", listed=True) for base in ("sites", "routes", "areas", "period")),
    *(_Link(base, "sources", "source", listed=True) for base in ("claims", "names", "relations", "events")),
)
"""What belongs together; a new relation is a row here."""


def write_relations(db: sqlite3.Connection, content: Content) -> None:
    """Write the relations between the layers and tables of a GeoPackage, a mapping table for each.

    Parameters
    ----------
    db
        The GeoPackage, with its layers and tables; ``fid`` is their primary key.
    content
        What it holds.

    Notes
    -----
    A relation whose related side is a layer has the name ``features``, every other one ``attributes``. Mapping tables
    are listed as attributes, as GDAL does, so that a program which follows the relation can open them. A relation
    without a single pair is not written.
    """
    found = [
        (link, base, related)
        for link in _LINKS
        for base in content.layers
        for related in content.layers
        if (base.schema, related.schema) == (link.base, link.related)
        and link.column in (base if link.listed else related).table.column_names
    ]
    db.execute("CREATE TEMP TABLE known (id TEXT PRIMARY KEY, fid INTEGER) WITHOUT ROWID")
    related_names = [pair for link, *pair in found if _relate(db, link, *pair)]
    db.execute("DROP TABLE temp.known")
    if not related_names:
        return
    db.execute(
        "CREATE TABLE gpkgext_relations (id INTEGER PRIMARY KEY AUTOINCREMENT, base_table_name TEXT NOT NULL,"
        " base_primary_column TEXT NOT NULL DEFAULT 'id', related_table_name TEXT NOT NULL,"
        " related_primary_column TEXT NOT NULL DEFAULT 'id', relation_name TEXT NOT NULL,"
        " mapping_table_name TEXT NOT NULL UNIQUE)"
    )
    for base, related in related_names:
        relation, mapping = "features" if related.geometry else "attributes", _mapping_name(base, related)
        db.execute(
            "INSERT INTO gpkgext_relations (base_table_name, base_primary_column, related_table_name,"
            " related_primary_column, relation_name, mapping_table_name) VALUES (?, 'fid', ?, 'fid', ?, ?)",
            (base.name, related.name, relation, mapping),
        )
        db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
            " VALUES (?, 'attributes', ?, ?, ?, 0)",
            (mapping, mapping, f"Which {related.name} belong to which {base.name}", DATE),
        )
    for table in ("gpkgext_relations", *(_mapping_name(*pair) for pair in related_names)):
        db.execute(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_related_tables', ?, 'read-write')", (table, _DEFINITION)
        )


def _mapping_name(base: Layer, related: Layer) -> str:
    return f"{base.name}_to_{related.name}"


def _relate(db: sqlite3.Connection, link: _Link, base: Layer, related: Layer) -> bool:
    """Write one mapping table; return whether anything belongs together."""
    mapping, column = quote_name(_mapping_name(base, related)), quote_name(link.column)
    here, there = quote_name(base.name), quote_name(related.name)
    named, key = (there, '"id"') if link.listed else (here, quote_name(base.key))
    db.execute("DELETE FROM temp.known")
    db.execute(f"INSERT OR IGNORE INTO temp.known SELECT {key}, fid FROM {named}")  # noqa: S608  (names are quoted)
    if link.listed:
        each, ref = (f", json_each({here}.{column}) AS ref", "ref.value") if column == '"sources"' else ("", column)
        pairs = (
            f"SELECT DISTINCT {here}.fid, known.fid FROM {here}{each}"  # noqa: S608  (as above)
            f" JOIN temp.known ON known.id = substr({ref}, 1, instr({ref} || '#', '#') - 1) ORDER BY 1, 2"
        )
    else:
        pairs = (
            f"SELECT known.fid, {there}.fid FROM {there}"  # noqa: S608  (as above)
            f" JOIN temp.known ON known.id = {there}.{column} ORDER BY 1, 2"
        )
    db.execute(
        f"CREATE TABLE {mapping} (id INTEGER PRIMARY KEY AUTOINCREMENT, base_id INTEGER NOT NULL,"
        " related_id INTEGER NOT NULL)"
    )
    written = db.execute(f"INSERT INTO {mapping} (base_id, related_id) {pairs}").rowcount
    if not written:
        db.execute(f"DROP TABLE {mapping}")
    return bool(written)
