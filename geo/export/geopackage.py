"""GeoPackage, the format of first choice: layers, tables, relations, meanings and metadata in one file."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Final

from geo.catalogue import quote_name
from geo.catalogue.styles import STYLES_TABLE
from geo.export.content import read_naming
from geo.export.copying import copy_stored
from geo.export.package import describe_dublin_core, describe_layer
from geo.export.related import write_relations
from geo.export.vectors import DATE, append_layer

if TYPE_CHECKING:
    from pathlib import Path

    from geo.export.content import Content, Layer

__all__ = ["write_geopackage"]

_EXTENSIONS: Final = (
    ("gpkg_data_columns", "gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema"),
    ("gpkg_data_column_constraints", "gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema"),
    ("gpkg_metadata", "gpkg_metadata", "http://www.geopackage.org/spec120/#extension_metadata"),
    ("gpkg_metadata_reference", "gpkg_metadata", "http://www.geopackage.org/spec120/#extension_metadata"),
)
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
    constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
    max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_metadata (
    id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
    md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (
    reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
    timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL,
    md_parent_id INTEGER,
    CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
    CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"""
"""The tables of two extensions, in the words of OGC GeoPackage 1.3, annexes F.8 and F.9, and table 10."""


def write_geopackage(path: Path, content: Content) -> None:
    """Write layers and tables as one GeoPackage 1.3, which the programs of the last years read.

    Parameters
    ----------
    path
        The file.
    content
        What it holds.

    Notes
    -----
    Beside the layers with their R-trees and styles, and the tables as attributes, it has: relations between them (OGC
    18-000, Related Tables Extension); title, meaning and allowed words of every column (the extension Schema; a list
    is JSON text whose column says ``application/json``); and as metadata (the extension Metadata) a Dublin Core record
    for the whole and one for each layer, as JSON-LD (``application/ld+json``).
    """
    for layer in content.layers:
        options = {"FID": "fid", "DESCRIPTION": layer.title}
        if layer.geometry:
            options |= {"GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES"}
        # What stands whole in the catalogue, which is a GeoPackage too, is copied from there: GDAL makes the table.
        made = layer.with_columns(layer.columns, layer.stored.schema.empty_table()) if layer.stored else layer
        append_layer(path, made, "GPKG", content.crs, options, append=path.exists() and path.stat().st_size > 0)
    with closing(sqlite3.connect(path.absolute().as_uri(), uri=True, isolation_level=None)) as db:
        # The file is a temporary one until it is synced and renamed: no journal is needed here.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        # What relations need to know is read while SQLite copies, neither of which holds the lock of Python.
        with ThreadPoolExecutor(1) as beside:
            reading = beside.submit(read_naming, content)
            copy_stored(db, content)
            reading.result()
        db.executescript(_TABLES)
        db.execute("BEGIN")
        for table, name, definition in _EXTENSIONS:
            _declare(db, table, name, definition)
        for layer in content.layers:
            _write_meanings(db, layer)
        write_relations(db, content)
        _write_metadata(db, content)
        _write_styles(db, content)
        db.execute("COMMIT")


def _declare(db: sqlite3.Connection, table: str, name: str, definition: str) -> None:
    """Register an extension for a table, once."""
    known = db.execute(
        "SELECT 1 FROM gpkg_extensions WHERE table_name = ? AND column_name IS NULL AND extension_name = ?",
        (table, name),
    ).fetchone()
    if not known:
        db.execute("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')", (table, name, definition))


def _write_meanings(db: sqlite3.Connection, layer: Layer) -> None:
    """Write title, meaning and allowed words of every column of a layer."""
    for column in layer.columns:
        constraint = None
        if column.terms:
            constraint = f"{layer.name}.{column.name}".lower()  # no layer has a dot in its name
            words = [(constraint, "enum", term, label) for term, label in column.terms.items()]
            db.executemany(
                "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description)"
                " VALUES (?, ?, ?, ?)",
                words,
            )
        mime = "application/json" if column.kind == "list" else None
        db.execute(
            "INSERT OR REPLACE INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, ?, ?)",
            (layer.name, column.name, column.name, column.title, column.meaning or None, mime, constraint),
        )


def _write_styles(db: sqlite3.Connection, content: Content) -> None:
    """Copy from the catalogue how QGIS draws the layers; QGIS looks where a table of that name is listed."""
    if not content.styles:
        return
    db.execute(STYLES_TABLE)
    about = ("layer_styles", "layer_styles", "Styles that QGIS applies on opening", DATE)
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
        " VALUES (?, 'attributes', ?, ?, ?, 0)",
        about,
    )
    for number, style in enumerate(content.styles, start=1):
        row = dict(style) | {"id": number}
        columns, places = ", ".join(map(quote_name, row)), ", ".join("?" * len(row))
        db.execute(f"INSERT INTO layer_styles ({columns}) VALUES ({places})", list(row.values()))  # noqa: S608  (quoted)


def _write_metadata(db: sqlite3.Connection, content: Content) -> None:
    """Write what the file is, where it comes from and what was asked."""

    def add(scope: str, standard: str, mime: str, record: object, table: str | None) -> None:
        text = json.dumps(record, ensure_ascii=False, indent=1)
        cursor = db.execute(
            "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) VALUES (?, ?, ?, ?)",
            (scope, standard, mime, text),
        )
        reference = ("table" if table else "geopackage", table, DATE, cursor.lastrowid, 1 if table else None)
        db.execute(
            "INSERT INTO gpkg_metadata_reference (reference_scope, table_name, timestamp, md_file_id, md_parent_id)"
            " VALUES (?, ?, ?, ?, ?)",
            reference,
        )

    dublin_core = "http://purl.org/dc/terms/"
    add("dataset", dublin_core, "application/ld+json", describe_dublin_core(content), None)
    for layer in content.layers:
        scope = "featureType" if layer.geometry else "dataset"
        add(scope, dublin_core, "application/ld+json", describe_layer(content, layer), layer.name)
