"""Which rows of a GeoPackage belong together, as OGC 18-000 (Related Tables Extension) has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.catalogue import quote_name
from geo.export.vectors import DATE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from numpy.typing import NDArray

    from geo.export.content import Content, Layer

__all__ = ["write_relations"]

_DEFINITION: Final = "http://www.geopackage.org/18-000.html"


_BATCH: Final = 100_000
"""How many pairs are handed over, and of how many rows lists are unfolded, at once."""

Pairs = tuple["NDArray[np.int64]", "NDArray[np.int64]"]


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
        and link.column in (base if link.listed else related).names
    ]
    taken = {layer.name for layer in content.layers}
    related_names: list[tuple[Layer, Layer, str]] = []
    for link, base, related in found:
        mapping = _mapping_name(base, related, taken)
        if _relate(db, link, base, related, mapping):
            taken.add(mapping)
            related_names.append((base, related, mapping))
    if not related_names:
        return
    db.execute(
        "CREATE TABLE gpkgext_relations (id INTEGER PRIMARY KEY AUTOINCREMENT, base_table_name TEXT NOT NULL,"
        " base_primary_column TEXT NOT NULL DEFAULT 'id', related_table_name TEXT NOT NULL,"
        " related_primary_column TEXT NOT NULL DEFAULT 'id', relation_name TEXT NOT NULL,"
        " mapping_table_name TEXT NOT NULL UNIQUE)"
    )
    for base, related, mapping in related_names:
        relation = "features" if related.geometry else "attributes"
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
    for table in ("gpkgext_relations", *(mapping for _, _, mapping in related_names)):
        db.execute(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_related_tables', ?, 'read-write')", (table, _DEFINITION)
        )


def _mapping_name(base: Layer, related: Layer, taken: Collection[str]) -> str:
    """Return the name of a mapping table, which may not be that of a layer: one can be called ``sites_to_claims``."""
    name, number = f"{base.name}_to_{related.name}", 2
    while name in taken:
        name, number = f"{base.name}_to_{related.name}_{number}", number + 1
    return name


def _relate(db: sqlite3.Connection, link: _Link, base: Layer, related: Layer, mapping: str) -> bool:
    """Write one mapping table; return whether anything belongs together."""
    here, there = _pair_sources(link, base, related) if link.listed else _pair_keys(link, base, related)
    if not len(here):
        return False
    mapping = quote_name(mapping)
    db.execute(
        f"CREATE TABLE {mapping} (id INTEGER PRIMARY KEY AUTOINCREMENT, base_id INTEGER NOT NULL,"
        " related_id INTEGER NOT NULL)"
    )
    # A list of numbers, each of which is two, is taken in one statement: half the time of a row at a time.
    split = len(related) + 1
    insert = f"INSERT INTO {mapping} (base_id, related_id) SELECT value / {split}, value % {split} FROM json_each(?)"  # noqa: S608
    for start in range(0, len(here), _BATCH):
        part = slice(start, start + _BATCH)
        db.execute(insert, (msgspec.json.encode((here[part] * split + there[part]).tolist()).decode(),))
    return True


def _pair_keys(link: _Link, base: Layer, related: Layer) -> Pairs:
    """Return the rows of the base and the rows that name its key, both counted from 1, in the order of the base."""
    keys = pc.index_in(related.column(link.column), value_set=base.column(base.key).combine_chunks(), skip_nulls=True)
    rows = keys.combine_chunks().fill_null(-1).to_numpy().astype(np.int64)
    there = np.flatnonzero(rows >= 0)
    order = np.argsort(rows[there], kind="stable")
    return rows[there][order] + 1, there[order] + 1


def _pair_sources(link: _Link, base: Layer, related: Layer) -> Pairs:
    """Return the rows of the base and those of the sources that they name, as `_pair_keys`, each pair once."""
    column = base.column(link.column)
    known = related.column("id").combine_chunks()
    found = [np.zeros(0, np.int64)]
    for start in range(0, len(column), _BATCH):
        part = column.slice(start, _BATCH).combine_chunks()
        rows, refs = _unfold_lists(part) if link.column == "sources" else (np.arange(len(part)), part)
        ids = pc.list_element(pc.split_pattern(refs, "#", max_splits=1), 0)
        numbers = pc.index_in(ids, value_set=known, skip_nulls=True).fill_null(-1).to_numpy()
        there = numbers >= 0
        pairs = np.sort((rows[there].astype(np.int64) + start) * len(known) + numbers[there])
        found.append(pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]])  # `numpy.unique` takes far longer
    pairs = np.concatenate(found)
    return pairs // max(len(known), 1) + 1, pairs % max(len(known), 1) + 1


def _unfold_lists(column: pa.Array) -> tuple[Any, pa.Array]:
    """Return the row of each text in a column of lists that are held as JSON text, and the texts."""
    # JSON without an escape is parted where one text ends and the next begins; only the rest must be parsed.
    if pc.any(pc.match_substring(column, "\\")).as_py():
        lists = pa.array([json.loads(text) if text else None for text in column.to_pylist()], pa.list_(pa.string()))
    else:
        lists = pc.split_pattern(pc.utf8_slice_codeunits(column, 2, -2), '","')
    return pc.list_parent_indices(lists).to_numpy(), pc.list_flatten(lists)
