"""Layers and tables that an export takes whole: copied from one GeoPackage to another without looking into a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.catalogue import quote_name

if TYPE_CHECKING:
    import sqlite3

    from geo.export.content import Content, Layer, Stored

__all__ = ["copy_stored"]

_INDEX: Final = ("node", "rowid", "parent")
"""The tables in which SQLite keeps an R-tree (its documentation, "The SQLite R*Tree Module", section 6)."""


def copy_stored(db: sqlite3.Connection, content: Content) -> None:
    """Fill the empty tables of a GeoPackage with what stands whole in the catalogue.

    Parameters
    ----------
    db
        The GeoPackage, open for writing and outside a transaction.
    content
        What it holds; its stored layers and tables have a table that is still empty, with the same columns in the same
        order as in the catalogue.

    Notes
    -----
    Between tables of one form SQLite copies records as they are (``INSERT INTO … SELECT *``, the transfer
    optimization of its source file insert.c), if no trigger must run; triggers are made again afterwards.
    """
    for layer in content.layers:
        stored = layer.stored
        if stored is not None:
            db.execute("ATTACH ? AS catalogue", (f"{stored.path.absolute().as_uri()}?mode=ro",))
            try:
                db.execute("BEGIN")
                _copy(db, layer, stored)
                db.execute("COMMIT")
            finally:
                db.execute("DETACH catalogue")


def _copy(db: sqlite3.Connection, layer: Layer, stored: Stored) -> None:
    triggers = db.execute(
        "SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (layer.name,)
    ).fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {quote_name(name)}")
    here, there = quote_name(layer.name), quote_name(stored.name)
    db.execute(f"INSERT INTO main.{here} SELECT * FROM catalogue.{there}")  # noqa: S608  (quoted, here and below)
    if layer.geometry:
        for part in _INDEX:
            index = [quote_name(f"rtree_{name}_geom_{part}") for name in (layer.name, stored.name)]
            db.execute(f"DELETE FROM main.{index[0]}")  # noqa: S608
            db.execute(f"INSERT INTO main.{index[0]} SELECT * FROM catalogue.{index[1]}")  # noqa: S608
        bounds = "min_x, min_y, max_x, max_y"
        db.execute(
            f"UPDATE main.gpkg_contents SET ({bounds}) = (SELECT {bounds} FROM catalogue.gpkg_contents"  # noqa: S608
            " WHERE table_name = ?) WHERE table_name = ?",
            (stored.name, layer.name),
        )
    db.execute("UPDATE main.gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?", (len(layer), layer.name))
    for _, sql in triggers:
        db.execute(sql)
