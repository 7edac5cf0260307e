"""What is copied out of the catalogue is, table for table and row for row, what GDAL writes from its columns."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

from geo.export import related
from geo.export.geopackage import write_geopackage
from geo.export.reading import read_content


def tables_of(path):
    """Return everything that a database says of itself, and every row of every table that can be read without GDAL."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        made = db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        names = [name for kind, name, _ in made if kind == "table"]
        return made, {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def test_a_copy_is_what_would_have_been_written(catalogue, everything, tmp_path):
    content = read_content(catalogue, everything, tables=True)
    assert all(layer.stored for layer in content.layers)
    read = tuple(replace(layer, held=layer.table) for layer in content.layers)
    write_geopackage(tmp_path / "copied.gpkg", content)
    write_geopackage(tmp_path / "written.gpkg", replace(content, layers=read))
    (made, copied), (also, written) = tables_of(tmp_path / "copied.gpkg"), tables_of(tmp_path / "written.gpkg")
    assert made == also
    assert [name for name in copied if copied[name] != written[name]] == []
    assert len(copied["sites"]) == len(next(layer for layer in content.layers if layer.name == "sites")) > 0
    with closing(sqlite3.connect(tmp_path / "copied.gpkg")) as db:
        assert db.execute("SELECT rtreecheck('rtree_sites_geom')").fetchone() == ("ok",)


def test_how_many_lists_are_unfolded_at_once_changes_nothing(catalogue, everything, tmp_path, monkeypatch):
    content = read_content(catalogue, everything, tables=True)
    kept = tuple(layer for layer in content.layers if layer.name in ("sites", "claims", "sources"))
    content = replace(content, layers=kept)
    write_geopackage(tmp_path / "whole.gpkg", content)
    monkeypatch.setattr(related, "_BATCH", 2)
    write_geopackage(tmp_path / "parts.gpkg", content)
    whole = tables_of(tmp_path / "whole.gpkg")
    assert tables_of(tmp_path / "parts.gpkg") == whole
    assert {len(whole[1][name]) > 2 for name in ("sites_to_sources", "claims_to_sources")} == {True}
