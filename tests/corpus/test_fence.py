"""The fence around GDAL: its drivers, its file systems and its network, each tried with a server that listens."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import fiona
import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from geo.commands import main
from geo.errors import InputError
from geo.readers.foreign import read_parquet_features, read_vector_features
from geo.readers.vector import FENCE, LAYER_DRIVERS, open_records
from tests.corpus import brought
from tests.corpus.cases import archive, collection, water


@contextmanager
def listener():
    """Yield the port of a server that answers nobody, and a function that says how many have called."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        server.setblocking(False)

        def called():
            count = 0
            with suppress(BlockingIOError):
                while True:
                    server.accept()[0].close()
                    count += 1
            return count

        yield server.getsockname()[1], called


def hostile(port):
    """Return files under false names that would make GDAL call the server: name -> bytes."""
    remote = f"/vsicurl/http://127.0.0.1:{port}/a.geojson"
    vrt = brought.VRT.format(remote).encode()
    service = f"<OGRWFSDataSource><URL>http://127.0.0.1:{port}/</URL></OGRWFSDataSource>".encode()
    link = collection(
        water(), crs={"type": "link", "properties": {"href": f"http://127.0.0.1:{port}/crs", "type": "proj4"}}
    )
    named = collection(water(), crs={"type": "name", "properties": {"name": f"http://127.0.0.1:{port}/crs"}})
    shape = brought.vector("ESRI Shapefile")
    made = {
        f"vrt.{suffix}": vrt
        for suffix in ("gpkg", "shp", "fgb", "geojson", "json", "kml", "gpx", "parquet", "xlsx", "zip")
    }
    made |= {f"service.{suffix}": service for suffix in ("gpkg", "shp", "fgb", "geojson", "kml")}
    made |= {"link.geojson": link.encode(), "named.geojson": named.encode(), "inside.zip": archive({"a.shp": vrt})}
    made["prj.zip"] = archive(
        {f"a{suffix}": data for suffix, data in shape.items()} | {"a.prj": f"http://127.0.0.1:{port}/crs"}
    )
    made["link.kml"] = brought.KML.format(
        f"<NetworkLink><Link><href>http://127.0.0.1:{port}/a</href></Link></NetworkLink>"
    ).encode()
    made["entity.kml"] = f'<!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/a.dtd"><kml/>'.encode()
    return made


@pytest.mark.enable_socket
def test_no_file_and_no_path_makes_a_reader_call_anybody(small_atlas, monkeypatch):
    atlas = small_atlas()
    monkeypatch.chdir(atlas.folder)
    runner = CliRunner()
    with listener() as (port, called):
        address = f"http://127.0.0.1:{port}/a.gpkg"
        tried = [(name, ("import", name, "--as", "sites")) for name in hostile(port)]
        for name, data in hostile(port).items():
            (atlas.folder / name).write_bytes(data)
        tried += [
            (path, ("import", path, "--as", "sites"))
            for path in (
                address,
                f"/vsicurl/{address}",
                f"/vsizip//vsicurl/{address}",
                f"/vsis3/{address}",
                f"GPKG:{address}",
                f"WFS:{address}",
            )
        ]
        tried += [
            (path, ("query", "--within", path))
            for path in (address, f"/vsicurl/{address}", "vrt.gpkg", "link.geojson", "vrt.shp")
        ]
        tried += [
            (path, ("export", path, "sites"))
            for path in (f"/vsimem/{port}.geojson", f"/vsicurl/{address}", f"/vsizip/{port}.zip/a.geojson")
        ]
        tried.append(("--crs", ("import", "plain.csv", "--as", "sites", "--crs", f"http://127.0.0.1:{port}/crs")))
        (atlas.folder / "plain.csv").write_text(brought.TABLE, encoding="utf-8")
        for name, command in tried:
            done = runner.invoke(main, command)
            assert done.exit_code == 2 or (name == "prj.zip" and "names no coordinate system" in done.output), (
                name,
                done.output,
            )
            assert "Traceback" not in done.output
        for name in hostile(port):
            if Path(name).suffix in LAYER_DRIVERS or name.endswith("json"):
                shutil.copy(atlas.folder / "data/lake.geojson", atlas.folder / "kept.geojson")
                atlas.replace("atlas.toml", 'file = "data/lake.geojson"', f'file = "{name}"')
                assert runner.invoke(main, ("build",)).exit_code == 2, name
                atlas.replace("atlas.toml", f'file = "{name}"', 'file = "data/lake.geojson"')
        assert called() == 0


@pytest.mark.enable_socket
def test_the_listener_hears_what_an_open_gdal_would_do_and_the_fence_shuts_it():
    with listener() as (port, called):
        for options, heard in (({"GDAL_HTTP_TIMEOUT": "1"}, True), (FENCE, False)):
            with fiona.Env(**options), pytest.raises(fiona.errors.FionaError):
                fiona.open(f"/vsicurl/http://127.0.0.1:{port}/{heard}.geojson")
            assert bool(called()) is heard


@pytest.mark.parametrize("suffix", sorted(LAYER_DRIVERS))
def test_each_driver_opens_its_own_format_and_no_other(tmp_path, suffix):
    for other in LAYER_DRIVERS:
        if other != suffix:
            for part, data in brought.vector(LAYER_DRIVERS[other].name).items():
                (tmp_path / f"list{suffix if part == other else part}").write_bytes(data)
            with pytest.raises(InputError, match="begins with"):
                read_vector_features(tmp_path / f"list{suffix}", "list")
            with pytest.raises(InputError):
                list(open_records(tmp_path / f"list{suffix}", "list", LAYER_DRIVERS[suffix], stated=[]))


@pytest.mark.parametrize(
    "name",
    [
        "zip:list.gpkg",
        "gzip+file:list.gpkg",
        "http:list.gpkg",
        "GPKG:list.gpkg",
        "a!b.gpkg",
        "a?b.gpkg",
        "a|b.gpkg",
        "[a].gpkg",
        "vsimem.gpkg",
        "%2fa.gpkg",
        "a#b.gpkg",
    ],
)
def test_a_name_that_looks_like_an_address_is_the_name_of_a_file(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(brought.vector("GPKG")[".gpkg"])
    listing = read_vector_features(Path(name), name, "list")
    assert [row.cells[0] for row in listing.rows] == ["Wat A", "Wat B"]


ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS fid, NULL AS geom, 'x' AS name, 'prison' AS kind FROM n"
)
COMPUTED = {
    "a layer that is a view without end": ("DROP TABLE list", f"CREATE VIEW list AS {ENDLESS}"),
    "a list of layers that is a view without end": (
        "CREATE TABLE kept AS SELECT * FROM gpkg_contents",
        "DROP TABLE gpkg_contents",
        f"CREATE VIEW gpkg_contents AS SELECT kept.* FROM kept, ({ENDLESS})",
    ),
    "reference systems that are a view without end": (
        "DROP TABLE gpkg_spatial_ref_sys",
        f"CREATE VIEW gpkg_spatial_ref_sys AS {ENDLESS}",
    ),
    "a layer that a module computes": ("DROP TABLE list", "CREATE VIRTUAL TABLE list USING fts5(name, kind)"),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_a_geopackage_that_computes_is_refused_before_it_does(tmp_path, name):
    path = tmp_path / "list.gpkg"
    path.write_bytes(brought.vector("GPKG")[".gpkg"])
    with closing(sqlite3.connect(path)) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        for statement in COMPUTED[name]:
            database.execute(statement)
        database.commit()
    with pytest.raises(InputError, match="computed"):
        read_vector_features(path, "list.gpkg")


BOMBS = {
    "rows": (pa.table({"a": pa.nulls(3_000_000)}), "rows"),
    "columns": (pa.table({f"c{at}": [1] for at in range(1_500)}), "columns"),
    "one long text in every row": (
        pa.table({"a": pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), pa.array(["x" * 1_000_000]))}),
        "bytes of text",
    ),
    "a list of many nulls": (
        pa.table({"a": pa.array([[None] * 4_000_000], pa.list_(pa.int8()))} | {f"c{at}": [1] for at in range(60)}),
        "values",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_parquet_file_that_unpacks_without_end_is_refused(tmp_path, name):
    table, said = BOMBS[name]
    path = tmp_path / "list.parquet"
    parquet.write_table(table, path)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(InputError, match=said):
        read_parquet_features(path, "list.parquet")
