"""What the standards ask, checked by validators that share no code with us, and by the clauses themselves."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import shapely

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.errors import InputError, RequestError
from geo.export import FORMATS, Edition, write_bundle, write_export

from .conftest import HELD, SUFFIXES, rows_of, want

SCRIPTS = Path(sys.executable).parent


# --- GeoPackage -------------------------------------------------------------------------------------------------------


@pytest.fixture
def package(catalogue, everything, tmp_path):
    """The whole atlas as a GeoPackage, opened."""
    write_export(catalogue, tmp_path / "all.gpkg", everything)
    with closing(sqlite3.connect(tmp_path / "all.gpkg")) as db:
        db.row_factory = sqlite3.Row
        yield db


def test_the_geopackage_is_sound(package):
    assert package.execute("PRAGMA application_id").fetchone()[0] == 0x47504B47
    assert package.execute("PRAGMA user_version").fetchone()[0] == 10300
    assert package.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert package.execute("PRAGMA foreign_key_check").fetchall() == []


def test_every_listed_table_exists_and_has_an_integer_key(package):
    for name, kind in package.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall():
        columns = package.execute(f'PRAGMA table_info("{name}")').fetchall()
        assert [column["type"] for column in columns if column["pk"]] == ["INTEGER"], name
        assert kind in ("features", "attributes")


def test_every_layer_has_an_index_with_its_located_records(package):
    rows = package.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns").fetchall()
    assert {row["table_name"] for row in rows} == {"sites", "routes", "provinces", "lake", "squares_1905"}
    for name, column, srs in rows:
        located = package.execute(f'SELECT count(*) FROM "{name}" WHERE "{column}" IS NOT NULL').fetchone()[0]
        assert package.execute(f'SELECT count(*) FROM "rtree_{name}_{column}"').fetchone()[0] == located
        assert srs == 4326


def test_relations_follow_the_related_tables_extension(package):
    relations = package.execute("SELECT * FROM gpkgext_relations").fetchall()
    listed = {row["mapping_table_name"] for row in relations}
    assert {"sites_to_claims", "sites_to_sources", "sites_to_names", "claims_to_sources"} <= listed
    declared = package.execute("SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_related_tables'")
    assert {row[0] for row in declared} == listed | {"gpkgext_relations"}
    for row in relations:
        assert row["relation_name"] in ("features", "attributes")
        columns = [column["name"] for column in package.execute(f"PRAGMA table_info({row['mapping_table_name']})")]
        assert columns == ["id", "base_id", "related_id"]
        for side in ("base", "related"):
            missing = package.execute(
                f"SELECT count(*) FROM {row['mapping_table_name']} WHERE {side}_id NOT IN"
                f" (SELECT {row[f'{side}_primary_column']} FROM {row[f'{side}_table_name']})"
            )
            assert missing.fetchone()[0] == 0
    pairs = package.execute(
        "SELECT s.id, c.id FROM sites_to_claims m JOIN sites s ON s.fid = base_id JOIN claims c ON c.fid = related_id"
    ).fetchall()
    assert [tuple(pair) for pair in pairs] == [("place-a", "c0001"), ("place-a", "c0002"), ("place-a", "c0003")]
    cited = package.execute(
        "SELECT r.id FROM sites_to_sources m JOIN sites s ON s.fid = base_id JOIN sources r ON r.fid = related_id"
        " WHERE s.id = 'place-a'"
    ).fetchall()
    assert [row[0] for row in cited] == ["first-book", "second-report"]


def test_columns_and_metadata_are_described(package):
    row = package.execute(
        "SELECT title, description, mime_type FROM gpkg_data_columns"
        " WHERE table_name = 'sites' AND column_name = 'sources'"
    ).fetchone()
    assert tuple(row) == ("Sources", "Every source that speaks of the place.", "application/json")
    terms = package.execute(
        "SELECT value, description FROM gpkg_data_column_constraints WHERE constraint_name = 'sites.kind' ORDER BY 1"
    ).fetchall()
    assert ("camp", "Camp") in [tuple(term) for term in terms]
    about = json.loads(
        package.execute(
            "SELECT metadata FROM gpkg_metadata JOIN gpkg_metadata_reference ON md_file_id = id"
            " WHERE reference_scope = 'geopackage'"
        ).fetchone()[0]
    )
    assert about["dcterms:rights"] == "Invented for tests."
    assert "memorial export out" in about["dcterms:provenance"]
    assert about["dcterms:abstract"] == "The question: everything."
    kinds = {row["name"]: row["type"] for row in package.execute("PRAGMA table_info(sites)")}
    assert kinds["precision_m"] == "INTEGER"
    assert package.execute("SELECT count(*) FROM sites WHERE precision_m IS NULL").fetchone()[0] == 1


def test_the_styles_of_the_catalogue_come_along(catalogue, package):
    ours = [tuple(row) for row in package.execute("SELECT f_table_name, styleQML FROM layer_styles ORDER BY id")]
    kept = [tuple(row) for row in catalogue.rows("SELECT f_table_name, styleQML FROM layer_styles ORDER BY id")]
    assert ours == kept != []


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="ogrinfo of the distribution is not here")
@pytest.mark.parametrize("form", ["geopackage", "geojson", "geojsonseq", "kml", "flatgeobuf"])
def test_ogrinfo_counts_every_record(form, catalogue, tmp_path):
    out = tmp_path / f"sites.{SUFFIXES[form]}"
    write_export(catalogue, out, want("sites"), form, allow_loss=True)
    done = subprocess.run(["ogrinfo", "-ro", "-so", str(out), "sites"], capture_output=True, text=True, check=False)
    assert "Feature Count: 5" in done.stdout or form == "geojsonseq", done.stdout + done.stderr
    if form == "geojsonseq":  # its layer has the name of the file
        assert rows_of(form, out, "sites")


def test_layers_whose_names_another_program_keeps_or_cuts_are_told_apart(atlas, everything, tmp_path):
    long = "the_waters_of_the_second_half_of_1975"
    names = (f"{long}_and_1976", f"{long}_and_1977", "sites_to_claims")
    for name in names:
        manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
        atlas.write("atlas.toml", f'{manifest}\n[layers.{name}]\nfile = "data/lake.geojson"\nschema = "backdrop"\n')
    with open_catalogue(compile_atlas(atlas.folder).path) as catalogue:
        wanted = replace(everything, layers=everything.layers | dict.fromkeys(names))
        write_export(catalogue, tmp_path / "a.xlsx", wanted)
        write_export(catalogue, tmp_path / "a.gpkg", wanted)
    package = json.loads((tmp_path / "a.xlsx.datapackage.json").read_text(encoding="utf-8"))
    told = {resource["name"]: resource["dialect"]["sheetName"] for resource in package["resources"]}
    with closing(openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)) as book:
        assert book.sheetnames == [*told.values()]
    assert [told[name] for name in names] == [long[:31], f"{long[:29]}_2", "sites_to_claims"]
    assert told["history"] == "history_2", "Excel keeps the name of its own list of changes"
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as db:
        assert db.execute("SELECT count(*) FROM sites_to_claims WHERE geom IS NOT NULL").fetchone()[0] == 1
        assert db.execute("SELECT count(*) FROM sites_to_claims_2").fetchone()[0] == 3


# --- GeoJSON ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["sites", "routes", "provinces", "squares_1905"])
def test_geojson_keeps_rfc_7946(layer, catalogue, tmp_path):
    write_export(catalogue, tmp_path / "a.geojson", want(layer))
    document = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert document["type"] == "FeatureCollection"
    assert "crs" not in document
    west, south, east, north = document["bbox"]
    assert west <= east
    assert south <= north
    for feature in document["features"]:
        assert feature["type"] == "Feature"
        assert isinstance(feature["properties"], dict)
        assert isinstance(feature["properties"]["sources"], list)
        if feature["geometry"] is None:
            continue
        shape = shapely.geometry.shape(feature["geometry"])
        for part in getattr(shape, "geoms", [shape]):
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw
                assert not any(ring.is_ccw for ring in part.interiors)
        for number in shapely.get_coordinates(shape).ravel():
            assert round(number, 7) == number


# --- GeoParquet, data packages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["sites", "routes", "provinces"])
def test_geoparquet_passes_its_validator(layer, catalogue, tmp_path):
    write_export(catalogue, tmp_path / "a.parquet", want(layer))
    command = [SCRIPTS / "geoparquet-validator", "check", "--class", "all", str(tmp_path / "a.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("form", ["csv", "flatgeobuf"])
def test_the_data_package_passes_frictionless(form, catalogue, everything, tmp_path):
    write_export(catalogue, tmp_path / "all.zip", everything, form)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        archive.extractall(tmp_path / "all")
    command = [SCRIPTS / "frictionless", "validate", "--json", "datapackage.json"]
    done = subprocess.run(command, cwd=tmp_path / "all", capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["valid"], done.stdout[-2000:]
    assert report["stats"]["errors"] == 0
    assert {task["name"] for task in report["tasks"]} >= {"sites", "claims", "sources"}


@pytest.mark.parametrize("form", HELD)
def test_every_export_is_described(form, catalogue, tmp_path):
    out = tmp_path / f"sites.{SUFFIXES[form]}"
    done = write_export(catalogue, out, want("sites"), form, allow_loss=True)
    if out.suffix == ".zip":
        with zipfile.ZipFile(out) as archive:
            package = json.loads(archive.read("datapackage.json"))
            readme = archive.read("README.md").decode()
            files = {name: archive.read(name) for name in archive.namelist()}
    else:
        package = json.loads((tmp_path / f"{out.name}.datapackage.json").read_text(encoding="utf-8"))
        readme = (tmp_path / f"{out.name}.README.md").read_text(encoding="utf-8")
        files = {out.name: out.read_bytes()}
    sites = next(resource for resource in package["resources"] if resource["name"] == "sites")
    assert sites["schema"]["primaryKey"] == ["id"]
    assert sites["schema"]["missingValues"] == [""]
    assert sites["hash"] == f"sha256:{hashlib.sha256(files[sites['path']]).hexdigest()}"
    assert package["licenses"][0]["title"] == "Invented for tests."
    assert package["question"] == {"LAYER": "sites"}
    assert "Invented for tests." in readme
    assert all(str(loss) in readme for loss in done.losses)


# --- the bundle -------------------------------------------------------------------------------------------------------


@pytest.fixture
def edition(atlas, tmp_path):
    """An edition with one page."""
    (tmp_path / "overview.html").write_text("<!doctype html>", encoding="utf-8")
    (atlas.folder / "data/README.md").write_text("Licences.\n", encoding="utf-8")
    return Edition(atlas.folder, [tmp_path / "overview.html"], "2026-01-31", "0.1.0")


def test_the_bundle_is_an_ro_crate_with_checksums(catalogue, everything, edition, tmp_path):
    write_bundle(catalogue, tmp_path / "edition.zip", everything, edition)
    with zipfile.ZipFile(tmp_path / "edition.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    crate = json.loads(files["ro-crate-metadata.json"])
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert crate["@context"] == "https://w3id.org/ro/crate/1.2/context"
    assert graph["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    root = graph["./"]
    assert {"name", "description", "datePublished", "license"} <= set(root)
    parts = {part["@id"] for part in root["hasPart"]}
    assert parts == set(files) - {"ro-crate-metadata.json", "manifest-sha256.txt"}
    for name in parts:
        assert graph[name]["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert graph[name]["contentSize"] == str(len(files[name]))
    mentioned = {ref["@id"] for ref in [*graph["#export"]["object"], *graph["#export"]["result"]]}
    assert mentioned <= set(graph)
    listed = dict(reversed(line.split("  ")) for line in files["manifest-sha256.txt"].decode().splitlines())
    assert listed == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "manifest-sha256.txt"
    }
    assert {"atlas/atlas.toml", "atlas/data/README.md", "maps/overview.html", "data/small-atlas.gpkg"} <= set(files)
    assert b"memorial export out" in files["README.md"]
    assert "| `precision_m` | integer |" in files["dictionary.md"].decode()


def test_a_bundle_is_the_same_twice(catalogue, everything, edition, tmp_path):
    for name in ("one.zip", "two.zip"):
        write_bundle(catalogue, tmp_path / name, everything, edition)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_an_input_that_is_gone_or_changed_meanwhile_is_no_part_of_a_bundle(
    catalogue, everything, edition, atlas, tmp_path
):
    before = {path.name for path in tmp_path.iterdir()}
    (atlas.folder / "data/tables/names.csv").unlink()
    with (atlas.folder / "data/sources.json").open("a") as sources:
        sources.write("\n")
    with pytest.raises(InputError) as refused:
        write_bundle(catalogue, tmp_path / "edition.zip", everything, edition)
    assert [problem.input for problem in refused.value.problems] == ["data/sources.json", "data/tables/names.csv"]
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("form", ["shapefil", "GeoPackage"])
def test_a_form_that_is_none_is_refused_with_those_that_are(form, catalogue, everything, edition, tmp_path):
    for write in (
        lambda: write_export(catalogue, tmp_path / "a.zip", everything, form),
        lambda: write_bundle(catalogue, tmp_path / "a.zip", everything, edition, form),
    ):
        with pytest.raises(RequestError, match="expected one of geopackage, geojson, "):
            write()


# --- reference systems ------------------------------------------------------------------------------------------------


def test_positions_move_with_their_transformation_told(catalogue, tmp_path):
    done = write_export(catalogue, tmp_path / "utm.gpkg", want("sites"), crs="EPSG:32625")
    assert done.transformation is not None
    assert "accurate to 0 m" in str(done.transformation)
    moved = rows_of("geopackage", tmp_path / "utm.gpkg", "sites")[0]
    assert moved["geom"].x == pytest.approx(554_712, abs=1)  # 0.9996 N cos(10.5°) 0.5°: half a degree east of 33° W
    assert moved["geom"].y == pytest.approx(1_160_829, abs=100)
    assert moved["lon"] == -32.5
    package = json.loads((tmp_path / "utm.gpkg.datapackage.json").read_text(encoding="utf-8"))
    assert package["crs"] == "EPSG:32625"
    assert package["transformation"]["accuracy_m"] == 0.0


@pytest.mark.parametrize("form", [form for form, row in FORMATS.items() if row.fixed])
def test_formats_fixed_to_one_system_refuse_another(form, catalogue, tmp_path):
    with pytest.raises(RequestError, match="is always in Web Mercator" if form == "svg" else "is always in WGS 84"):
        write_export(catalogue, tmp_path / f"a.{SUFFIXES[form]}", want("sites"), form, "EPSG:32625")


@pytest.mark.parametrize("crs", ["32648", "EPSG:0", "EPSG:x", "EPSG:4979", "ESRI:102100"])
def test_a_reference_system_that_is_none_is_refused(crs, catalogue, tmp_path):
    with pytest.raises(RequestError):
        write_export(catalogue, tmp_path / "a.gpkg", want("sites"), crs=crs)
