"""The catalogue: what goes in comes out, letter for letter, as a GeoPackage that stands on its own."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.catalogue import (
    FORMAT,
    LISTS,
    Catalogue,
    apart,
    fulltext,
    layer_frame,
    layering,
    open_catalogue,
    quote_name,
    search,
    table_frame,
    write_catalogue,
    writing,
)
from geo.errors import CatalogueError, InputError, OutputError
from geo.gazetteer import fold, join_words
from geo.joins import join_all
from geo.readers import pieces, points, read_atlas, read_manifest
from geo.spec import SCHEMAS

NOTES = {"first-book": "Ann Author, The First Book (Press, 1999).", "second-report": "The Survey, A Second Report."}


@pytest.fixture
def atlas(small_atlas):
    return small_atlas()


def compile_into(path, atlas, digest="d1"):
    inputs = read_atlas(atlas.folder)
    assert inputs.problems == ()
    write_catalogue(path, inputs, join_all(inputs), NOTES, digest)
    return inputs


@pytest.fixture
def path(atlas, tmp_path):
    path = tmp_path / "atlas.gpkg"
    compile_into(path, atlas)
    return path


@pytest.fixture
def catalogue(path):
    with open_catalogue(path) as catalogue:
        yield catalogue


def rows(path, sql, *values):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql, values).fetchall()


# --- what goes in comes out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["sites", "routes", "provinces", "lake"])
def test_a_layer_comes_out_letter_for_letter(atlas, catalogue, layer):
    features = json.loads((atlas.folder / f"data/{layer}.geojson").read_text(encoding="utf-8"))["features"]
    found = catalogue.rows(f"SELECT * FROM {layer} ORDER BY fid")
    assert len(found) == len(features) > 0
    for row, feature in zip(found, features, strict=True):
        for name, value in feature["properties"].items():
            stored = json.loads(row[name]) if isinstance(value, list) else row[name]
            assert stored == (None if value == "" else value), name
        geometry = feature["geometry"]
        if geometry is None:
            assert row["geom"] is None
            continue
        shape = shapely.from_wkb(catalogue.geometry(row["geom"]))
        expected = shapely.from_geojson(json.dumps(geometry))
        assert shape.equals_exact(expected, 0) or list(shape.geoms) == [expected]


@pytest.mark.parametrize(
    "table", ["claims", "names", "relations", "events", "figures", "history", "crosswalk", "zones"]
)
def test_a_table_comes_out_letter_for_letter_and_empty_is_null(atlas, catalogue, table):
    text = (atlas.folder / f"data/tables/{table}.csv").read_text(encoding="utf-8")
    found = catalogue.rows(f"SELECT * FROM {table} ORDER BY fid")
    given_rows = list(csv.DictReader(io.StringIO(text)))
    assert len(found) == len(given_rows) > 0
    for row, cells in zip(found, given_rows, strict=True):
        assert {name: row[name] for name in cells} == {name: value or None for name, value in cells.items()}


def test_codes_keep_their_zeros_and_words_that_pandas_reads_as_nothing(atlas, tmp_path):
    with atlas.rows("names") as names:
        names.append(names[0] | {"text": "0203"})
        names.append(names[0] | {"text": "NA"})
        names.append(names[0] | {"text": "=1+1"})
    compile_into(tmp_path / "a.gpkg", atlas)
    assert [row[0] for row in rows(tmp_path / "a.gpkg", "SELECT text FROM names ORDER BY fid")][-3:] == [
        "0203",
        "NA",
        "=1+1",
    ]


def test_dates_become_bounds_and_unknown_ones_null(catalogue):
    site = catalogue.rows("SELECT * FROM sites WHERE id = 'place-a'")[0]
    assert (site["begin_earliest"], site["begin_latest"]) == ("1901-03-01", "1901-03-31")
    assert site["end_earliest"] < "1903-01-01"  # about 1903 is wider than 1903
    assert site["end_latest"] > "1903-12-31"
    undated = catalogue.rows("SELECT * FROM sites WHERE id = 'place-d'")[0]
    bounds = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")
    assert [undated[bound] for bound in bounds] == [None] * 4
    event = catalogue.rows("SELECT * FROM events WHERE id = 'unveiling'")[0]
    assert [event[bound] for bound in bounds] == ["1950-05-01", "1950-05-01", "1950-05-03", "1950-05-03"]


def test_a_site_has_its_position_and_its_khmer_name_at_hand(catalogue):
    located, unlocated = (
        catalogue.rows("SELECT lon, lat, name_km FROM sites WHERE id = ?", (key,))[0] for key in ("place-a", "place-d")
    )
    assert tuple(located) == (-32.5, 10.5, "ទីកន្លែង ក")
    assert tuple(unlocated) == (None, None, None)


def test_sources_carry_citation_and_grade(catalogue):
    source = catalogue.rows("SELECT * FROM sources WHERE id = 'second-report'")[0]
    assert source["note"] == NOTES["second-report"]
    assert source["url"] == "https://example.org/report"
    assert source["grade"] == "fair"
    assert json.loads(source["csl"])["author"] == [{"literal": "The Survey"}]


def test_the_reports_of_the_joins_still_add_up(catalogue):
    found = catalogue.rows("SELECT * FROM joins")
    assert {"claims", "places"} <= {row["name"] for row in found}
    for row in found:
        assert row["matched"] + len(json.loads(row["unmatched_left"])) == row["left_rows"], row["name"]
        assert row["matched_right"] + len(json.loads(row["unmatched_right"])) == row["right_rows"], row["name"]


def test_it_knows_its_layers_and_counts(catalogue):
    layers = {layer["name"]: layer for layer in catalogue.layers()}
    assert list(layers)[:5] == ["sites", "routes", "provinces", "lake", "squares_1905"]
    assert layers["sites"] | {"title": None} == {
        "name": "sites", "schema": "sites", "holds": "layer", "title": None, "draw": None, "records": 5, "unlocated": 1,
    }  # fmt: skip
    assert layers["sites"]["title"]["km"] == "ទីកន្លែង"
    assert layers["lake"]["draw"] == "water"
    assert layers["squares_1905"] | {"title": None} == {
        "name": "squares_1905", "schema": "period", "holds": "layer", "title": None, "draw": None, "records": 2,
        "unlocated": 0,
    }  # fmt: skip
    assert layers["squares_1905"]["title"]["en"] == "Squares of 1905 (approximate)"
    assert layers["claims"]["holds"] == "table"
    assert catalogue.value("counts")["sites"] == {"records": 5, "unlocated": 1, "undated": 2}


def test_it_carries_manifest_vocabulary_and_maps(catalogue):
    assert catalogue.value("format") == FORMAT
    assert catalogue.value("digest") == "d1"
    assert catalogue.value("version") == "1.0.0"
    assert catalogue.value("manifest")["atlas"]["id"] == "small-atlas"
    assert catalogue.value("vocabulary")["kinds"]["prison"]["label"]["fr"] == "Prison"
    assert catalogue.value("maps")["prisons"]["kinds"] == ["prison", "execution_site"]


def test_the_list_columns_are_those_of_the_contract():
    declared = {
        field.name for schema in SCHEMAS.values() for field in schema.fields if field.type in {"source_refs", "objects"}
    }
    assert declared | {"made_of"} == LISTS  # the parts of a former area, which compiling finds


def records_with(catalogue, text):
    """Return layer and id of every record that says a text by itself, or shares one that says it."""
    found = catalogue.rows(
        "SELECT layer, id FROM search WHERE rowid IN (SELECT rowid FROM search WHERE search MATCH :text"
        " UNION SELECT value FROM phrases, json_each(phrases.records) WHERE phrases MATCH :text)",
        {"text": text},
    )
    return {tuple(row) for row in found}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Place A", {"place-a", "place-b"}),  # B's neighbour in the route is not a site
        ("Ti Konleng", {"place-a"}),
        ("tikonlengka", {"place-a"}),  # the words of a name are joined and parted freely
        ("ទីកន្លែង", {"place-a"}),
        ("Commune B", {"place-b"}),
        ("somewhere in square", {"place-d"}),
    ],
)
def test_the_index_finds_names_of_every_script_and_places(catalogue, text, found):
    written = f'"{fold(text)}" OR "{join_words(text)}"'  # a name stands in the index without its spaces
    hits = {key for layer, key in records_with(catalogue, written) if layer == "sites"}
    assert hits == found - ({"place-b"} if text == "Place A" else set())


def test_the_index_holds_what_tables_say(catalogue):
    def layers_of(text):
        return records_with(catalogue, text)

    assert layers_of('"does not say how"') == {("claims", "c0002"), ("sites", "place-a")}  # and the site it is about
    assert layers_of('"41000"') == {("claims", "c0005")}
    assert layers_of('"1950 05"') == {("events", "unveiling")}
    assert layers_of('"march 1901"') == {("sites", "place-a")}
    assert layers_of('"three days"') == {("events", "unveiling")}
    assert layers_of('"first book"') == {("sources", "first-book")}
    assert layers_of('"thelongwalk"') == {("routes", "a-to-e")}
    assert layers_of('"assumed"') == set()  # a certainty is not a word of the record


def test_a_text_that_many_records_share_is_indexed_once(atlas, tmp_path):
    with atlas.document("data/sites.geojson") as document:
        for feature in document["features"]:
            feature["properties"] |= {"summary": "A Sentence, that all share.", "commune": "Commune B"}
    compile_into(tmp_path / "a.gpkg", atlas)
    with open_catalogue(tmp_path / "a.gpkg") as catalogue:
        shared = [row[0] for row in catalogue.rows("SELECT records FROM phrases WHERE phrases MATCH 'sentence'")]
        first, last = catalogue.value("search")["sites"][:2]
        assert [json.loads(records) for records in shared] == [list(range(first, last + 1))]
        assert catalogue.rows("SELECT count(*) FROM search WHERE search MATCH 'sentence'")[0][0] == 0
        keys = {row[0] for row in catalogue.rows("SELECT id FROM sites")}
        assert {key for _, key in records_with(catalogue, '"communeb"')} == keys
        tables = ("search", "phrases")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as db:
        for table in tables:  # SQLite holds the index against the texts that it is of
            db.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")


def test_data_frames_are_what_was_compiled(catalogue):
    sites = layer_frame(catalogue, "sites")
    assert sites.crs == "EPSG:4326"
    assert sites["sources"].iloc[0] == ["first-book#p. 1", "second-report#§4"]
    assert sites["precision_m"].dtype == "Int64"
    assert sites["precision_m"].isna().sum() == 1
    assert sites.geometry.isna().sum() == 1
    claims = table_frame(catalogue, "claims")
    assert claims["low"].tolist()[:2] == ["1200", "2000"]
    assert claims["high"].isna().sum() == 1
    assert "fid" not in claims.columns
    with pytest.raises(CatalogueError):
        table_frame(catalogue, "nothing")


# --- a GeoPackage that stands on its own ---------------------------------------------------------------------------


def test_it_is_whole_and_keeps_the_rules_of_a_geopackage(path):
    assert rows(path, "PRAGMA application_id") == [(0x47504B47,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    contents = dict(rows(path, "SELECT table_name, data_type FROM gpkg_contents"))
    assert {name for name, kind in contents.items() if kind == "features"} == {
        "sites", "routes", "provinces", "lake", "squares_1905",
    }  # fmt: skip
    for name, kind in contents.items():
        columns = rows(path, f"PRAGMA table_info({name})")
        key = "id" if name == "layer_styles" else "fid"  # QGIS looks for a style by its id
        assert [column[1] for column in columns if column[5]] == [key], name
        assert kind in {"features", "attributes"}
    assert rows(path, "SELECT table_name, geometry_type_name, srs_id FROM gpkg_geometry_columns ORDER BY 1") == [
        ("lake", "MULTIPOLYGON", 4326),
        ("provinces", "MULTIPOLYGON", 4326),
        ("routes", "MULTILINESTRING", 4326),
        ("sites", "POINT", 4326),
        ("squares_1905", "MULTIPOLYGON", 4326),
    ]
    assert rows(path, "SELECT count(*) FROM rtree_sites_geom") == [(4,)]  # the fifth is not located
    assert rows(path, "SELECT DISTINCT last_change FROM gpkg_contents") == [("1970-01-01T00:00:00.000Z",)]


def test_a_gis_reads_layers_and_tables(path):
    listed = dict(pyogrio.list_layers(path))
    assert listed["sites"] == "Point"
    assert listed["claims"] is None
    assert len(pyogrio.read_dataframe(path, layer="zones", read_geometry=False)) == 1
    near = pyogrio.read_dataframe(path, layer="sites", bbox=(-33, 10, -32, 11))
    assert set(near["id"]) == {"place-a", "place-c"}


def test_the_same_atlas_gives_the_same_bytes(atlas, tmp_path):
    compile_into(tmp_path / "one.gpkg", atlas)
    compile_into(tmp_path / "two.gpkg", atlas)
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()


@pytest.mark.parametrize("cores", [1, 4])
def test_the_number_of_cores_changes_no_byte(atlas, path, tmp_path, monkeypatch, cores):
    monkeypatch.setattr(points, "_CORES", cores)
    monkeypatch.setattr(pieces, "_PIECE", 500)
    compile_into(tmp_path / "other.gpkg", atlas)
    assert (tmp_path / "other.gpkg").read_bytes() == path.read_bytes()


def test_a_layer_written_apart_has_the_same_bytes(atlas, path, tmp_path, monkeypatch):
    first = iter([True])
    monkeypatch.setattr(layering, "is_worth", lambda _: next(first, False))
    compile_into(tmp_path / "other.gpkg", atlas)
    assert next(first, None) is None
    assert (tmp_path / "other.gpkg").read_bytes() == path.read_bytes()


def test_how_much_of_the_index_is_in_memory_at_once_changes_no_byte(atlas, path, tmp_path, monkeypatch):
    monkeypatch.setattr(fulltext, "_PIECE", 100)
    monkeypatch.setattr(search, "_BATCH", 3)
    compile_into(tmp_path / "other.gpkg", atlas)
    assert (tmp_path / "other.gpkg").read_bytes() == path.read_bytes()


def test_an_index_of_many_statements_says_the_same(atlas, path, tmp_path, monkeypatch):
    monkeypatch.setattr(fulltext, "_AT_ONCE", 2)
    monkeypatch.setattr(fulltext, "_AHEAD", 1)
    compile_into(tmp_path / "other.gpkg", atlas)
    for table in ("search", "phrases", "words"):
        said = f"SELECT * FROM {table}"
        assert rows(tmp_path / "other.gpkg", said) == rows(path, said)
    found = "SELECT rowid FROM search WHERE search MATCH 'survey OR place'"
    assert rows(tmp_path / "other.gpkg", found) == rows(path, found) != []


def test_the_clock_of_gdal_is_given_back(atlas, tmp_path):
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2001-01-01T00:00:00.000Z"})
    try:
        compile_into(tmp_path / "a.gpkg", atlas)
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == "2001-01-01T00:00:00.000Z"
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def test_heights_are_kept(atlas, tmp_path):
    with atlas.feature("sites", "place-a") as feature:
        feature["geometry"]["coordinates"] = [-32.5, 10.5, 12.0]
    compile_into(tmp_path / "a.gpkg", atlas)
    with open_catalogue(tmp_path / "a.gpkg") as catalogue:
        blobs = [row[0] for row in catalogue.rows("SELECT geom FROM sites WHERE geom NOT NULL ORDER BY fid")]
        shapes = [shapely.from_wkb(catalogue.geometry(blob)) for blob in blobs]
    assert [shape.has_z for shape in shapes] == [True, False, False, False]
    assert shapes[0].z == 12.0


@pytest.mark.parametrize("layer", ["sites", "routes"])
def test_a_layer_in_which_nothing_is_located_is_kept(atlas, tmp_path, layer):
    with atlas.document(f"data/{layer}.geojson") as document:
        for feature in document["features"]:
            feature["geometry"] = None
    compile_into(tmp_path / "a.gpkg", atlas)
    assert rows(tmp_path / "a.gpkg", f"SELECT count(*), count(geom) FROM {layer}")[0][1] == 0
    declared = rows(
        tmp_path / "a.gpkg", "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?", layer
    )
    assert declared == [({"sites": "POINT", "routes": "MULTILINESTRING"}[layer],)]


def test_an_atlas_without_features_and_rows_compiles(atlas, tmp_path):
    for layer in ("sites", "routes"):
        with atlas.document(f"data/{layer}.geojson") as document:
            document["features"] = []
    for table in ("claims", "names", "relations", "events", "figures"):
        with atlas.rows(table) as cells:
            cells.clear()
    compile_into(tmp_path / "a.gpkg", atlas)
    with open_catalogue(tmp_path / "a.gpkg") as catalogue:
        assert catalogue.value("counts")["sites"] == {"records": 0, "unlocated": 0, "undated": 0}
        assert catalogue.rows("SELECT * FROM claims") == []


def test_own_properties_of_a_backdrop_keep_their_types(atlas, tmp_path):
    with atlas.document("data/lake.geojson") as document:
        lake = document["features"][0]
        lake["properties"] |= {"depth": 3, "area": 2.5, "salt": False, "tags": ["a", 1], "mixed": 1}
        other = json.loads(json.dumps(lake))
        other["properties"] |= {"depth": None, "area": 4, "salt": None, "mixed": "one"}
        document["features"].append(other)
    compile_into(tmp_path / "a.gpkg", atlas)
    found = rows(tmp_path / "a.gpkg", "SELECT depth, area, salt, tags, mixed FROM lake ORDER BY fid")
    assert found == [
        (3, 2.5, 0, '["a",1]', "1"),
        (None, 4.0, None, '["a",1]', "one"),
    ]


# --- refusals and durability ---------------------------------------------------------------------------------------


def test_an_interrupted_compilation_leaves_the_earlier_catalogue(atlas, path, monkeypatch):
    before = path.read_bytes()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "write_indexes", interrupt)
    with pytest.raises(KeyboardInterrupt):
        compile_into(path, atlas, "d2")
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir() if "partial" in file.name] == []


def test_a_layer_that_cannot_be_written_apart_is_told_in_the_words_of_gdal(tmp_path):
    schema = pa.schema([pa.field("geom", pa.binary())])
    batches = pa.RecordBatchReader.from_batches(schema, [])
    options = {"layer": "a", "driver": "GPKG", "geometry_name": "geom", "geometry_type": "Point", "crs": "EPSG:4326"}
    with pytest.raises(RuntimeError, match=r"none/a\.gpkg"):
        apart.write_apart(batches, tmp_path / "none/a.gpkg", {}, **options)


def test_a_fault_in_what_is_written_apart_ends_the_other_process(tmp_path):
    def batches():
        yield from ()
        raise KeyboardInterrupt

    schema = pa.schema([pa.field("geom", pa.binary())])
    with pytest.raises(KeyboardInterrupt):
        apart.write_apart(pa.RecordBatchReader.from_batches(schema, batches()), tmp_path / "a.gpkg", {})
    assert list(tmp_path.iterdir()) == []


def test_in_a_program_that_holds_python_nothing_is_started(monkeypatch):
    monkeypatch.setattr(apart.os, "cpu_count", lambda: 2)
    assert [apart.is_worth(records) for records in (99_999, 100_000)] == [False, True]
    monkeypatch.setattr(apart.sys, "executable", "/opt/qgis/bin/qgis")
    assert not apart.is_worth(100_000)


def test_a_fault_in_the_thread_of_the_index_is_the_fault_of_the_compilation(atlas, path, monkeypatch):
    before = path.read_bytes()
    monkeypatch.setattr(fulltext.msgspec.json, "encode", lambda _: b"[broken")
    with pytest.raises(sqlite3.OperationalError, match="malformed JSON"):
        compile_into(path, atlas, "d2")
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir() if "partial" in file.name] == []


@pytest.mark.parametrize("kind", ["text", "database", "geopackage"])
def test_a_file_that_is_not_ours_is_never_overwritten(atlas, tmp_path, kind):
    path = tmp_path / "mine.gpkg"
    if kind == "text":
        path.write_text("precious", encoding="utf-8")
    elif kind == "database":
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE atlas (key)")
            db.commit()
    else:
        frame = read_atlas(atlas.folder).layers["lake"][["geometry"]]
        pyogrio.write_dataframe(frame, path, layer="mine", driver="GPKG")
    before = path.read_bytes()
    with pytest.raises(OutputError, match="overwritten"):
        compile_into(path, atlas)
    assert path.read_bytes() == before
    with pytest.raises(CatalogueError):
        open_catalogue(path)


def test_opening_says_what_is_wrong(atlas, path, tmp_path):
    with pytest.raises(CatalogueError, match="no catalogue"):
        open_catalogue(tmp_path / "missing.gpkg")
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE atlas SET value = '99' WHERE key = 'format'")
        db.commit()
    with pytest.raises(CatalogueError) as refusal:
        open_catalogue(path)
    assert (refusal.value.problems[0].seen, refusal.value.problems[0].expected) == ("99", str(FORMAT))
    compile_into(path, atlas)  # a catalogue of ours in another format is ours to replace
    open_catalogue(path).close()


def test_a_damaged_catalogue_is_named_and_not_a_traceback(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    def read_all():
        with open_catalogue(path) as catalogue:
            return [catalogue.rows(f"SELECT * FROM {table}") for table in ("sites", "search", "atlas")]

    with pytest.raises(CatalogueError) as refusal:
        read_all()
    assert "delete the file" in refusal.value.problems[0].next_step


def test_a_catalogue_opens_for_reading_only(catalogue):
    with pytest.raises(CatalogueError):
        catalogue.rows("DELETE FROM sites")
    with pytest.raises(CatalogueError):
        catalogue.value("no such key")


def test_a_name_with_signs_of_an_address_opens(atlas, tmp_path):
    path = tmp_path / "a b?mode=rwc#ក%41.gpkg"
    compile_into(path, atlas)
    open_catalogue(path).close()


# --- laws ----------------------------------------------------------------------------------------------------------


@given(name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_name_can_be_quoted(name):
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"CREATE TABLE t ({quote_name(name)} TEXT)")
        assert [row[1] for row in db.execute("PRAGMA table_info(t)")] == [name]


@given(envelope=st.integers(0, 4), little=st.booleans(), point=st.tuples(st.floats(-180, 180), st.floats(-90, 90)))
def test_the_header_of_a_geometry_is_taken_off_whatever_its_envelope(envelope, little, point):
    wkb = shapely.Point(point).wkb
    header = b"GP\0" + bytes([envelope << 1 | little]) + struct.pack("<i" if little else ">i", 4326)
    blob = header + bytes((0, 32, 48, 48, 64)[envelope]) + wkb
    with open_nothing() as catalogue:
        assert catalogue.geometry(blob) == wkb


@given(blob=st.binary(max_size=12).filter(lambda blob: blob[:2] != b"GP" or len(blob) < 8))
def test_what_is_no_geometry_is_refused(blob):
    with open_nothing() as catalogue, pytest.raises(CatalogueError):
        catalogue.geometry(blob)


def open_nothing():
    return Catalogue(Path("nothing.gpkg"), sqlite3.connect(":memory:"))


def test_no_layer_is_named_after_what_a_catalogue_makes_for_itself(path, atlas):
    manifest = read_manifest(atlas.folder)
    own = {*manifest.layers, *manifest.periods}
    names = "SELECT name FROM sqlite_master WHERE type <> 'trigger'"  # a trigger may bear the name of a table
    with closing(sqlite3.connect(path)) as db:
        made = sorted({row[0].lower() for row in db.execute(names)} - own)
    text = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    layer = 'file = "data/lake.geojson"\nschema = "backdrop"\n'
    atlas.write("atlas.toml", text + "".join(f"\n[layers.{name}]\n{layer}" for name in made))
    with pytest.raises(InputError) as refused:
        read_manifest(atlas.folder)
    named = {problem.where for problem in refused.value.problems if problem.rule == "layer-name"}
    assert named == {f"key layers.{name}" for name in made}
