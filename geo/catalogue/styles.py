"""The styles of the layers, where QGIS looks for them in a GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from geo.styling import render_style

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from geo.spec import Vocabulary

__all__ = ["STYLES_TABLE", "write_styles"]

STYLES_TABLE: Final = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT,
  styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME
)
"""
"""As QGIS creates it when a style is saved in a database; without it in ``gpkg_contents`` QGIS would not look."""

_COLUMNS: Final = (
    "f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, useAsDefault, "
    "description, owner, update_time"
)


def write_styles(
    db: sqlite3.Connection,
    layers: Iterable[tuple[str, str, str]],
    vocabulary: Vocabulary,
    languages: tuple[str, ...],
    date: str,
) -> None:
    """Write the style of each layer into an open GeoPackage.

    Parameters
    ----------
    db
        The GeoPackage, opened for writing.
    layers
        Name, schema and ``draw`` of each layer.
    vocabulary
        The words of the atlas, with their signs and colours.
    languages
        The languages in which the legend names things, the first one first.
    date
        When the styles were made, in ISO 8601.
    """
    db.execute(STYLES_TABLE)
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', 'Styles that QGIS applies on opening', ?)",
        (date,),
    )
    terms = msgspec.to_builtins(vocabulary)
    for name, schema, draw in layers:
        columns = [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (name,))]
        style = render_style(schema, draw, terms, languages, columns)
        if style:
            row = ("", "", name, "geom", name, style, 1, "", "", date)
            db.execute(f"INSERT INTO layer_styles ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)", row)  # noqa: S608
