"""What ``memorial export`` answers, refuses and leaves behind."""

from __future__ import annotations

import json
import shutil
import zipfile
from types import SimpleNamespace

import fiona
import pytest

from geo.commands.export import _FORMATS
from geo.export import FORMATS


@pytest.fixture
def atlas(still, tmp_path):
    """A copy of a small atlas that is compiled: no test here changes what it is made of."""
    return SimpleNamespace(folder=shutil.copytree(still, tmp_path / "copy"))


def test_the_help_knows_every_format():
    assert tuple(FORMATS) == _FORMATS


def test_paths_go_to_one_stream_and_counts_to_the_other(memorial, atlas):
    done = memorial("export", "atlas.gpkg")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == ["atlas.gpkg", "atlas.gpkg.datapackage.json", "atlas.gpkg.README.md"]
    assert "GeoPackage: 5 sites, 1 route, 3 provinces" in done.stderr.splitlines()[-1]
    assert {path.name for path in atlas.folder.glob("atlas.gpkg*")} == set(done.stdout.splitlines())


def test_the_question_chooses_and_is_told(memorial, atlas):
    done = memorial("export", "prisons.gpkg", "sites", "--kind", "Prison", "--province", "Square One")
    assert done.exit_code == 0, done.stderr
    with fiona.open(atlas.folder / "prisons.gpkg", layer="sites") as found:
        assert [feature.properties["id"] for feature in found] == ["place-a"]
    package = json.loads((atlas.folder / "prisons.gpkg.datapackage.json").read_text(encoding="utf-8"))
    assert package["question"] == {"LAYER": "sites", "--kind": "Prison", "--province": "Square One"}
    assert package["command"] == "memorial export prisons.gpkg sites --kind Prison --province 'Square One'"


def test_layers_that_cannot_answer_are_left_out_and_named(memorial):
    done = memorial("export", "one.xlsx", "--province", "P1")
    assert done.exit_code == 0, done.stderr
    assert "left out: routes carry no province" in done.stderr
    named = memorial("export", "two.xlsx", "routes", "--province", "P1")
    assert named.exit_code == 2
    assert "routes carry no province" in named.stderr


def test_rows_without_a_key_are_chosen_by_what_they_hold(memorial, atlas):
    done = memorial("export", "history.csv", "history", "--province", "P3")
    assert done.exit_code == 0, done.stderr
    assert (atlas.folder / "history.csv").read_text(encoding="utf-8").count("P3") == 1


def test_a_loss_is_refused_and_nothing_is_written(memorial, atlas, files_of):
    memorial("query")
    before = files_of(atlas.folder)
    done = memorial("export", "sites.shp.zip", "sites")
    assert done.exit_code == 2
    assert "Shapefile cannot carry everything; a GeoPackage can" in done.stderr
    assert (
        "sites: precision_basis: saw the name precision_basis; expected one of at most 10 Latin letters" in done.stderr
    )
    assert files_of(atlas.folder) == before


def test_a_loss_that_is_allowed_is_told(memorial, atlas):
    done = memorial("export", "sites.shp.zip", "sites", "--allow-loss")
    assert done.exit_code == 0, done.stderr
    assert "lost: sites.precision_basis: renamed" in done.stderr
    assert done.stdout.splitlines() == ["sites.shp.zip", "sites.shp.zip.losses.txt"]
    with zipfile.ZipFile(atlas.folder / "sites.shp.zip") as archive:
        names = set(archive.namelist())
    assert {"sites.shp", "sites.shx", "sites.dbf", "sites.prj", "sites.cpg", "README.md", "datapackage.json"} <= names


def test_an_earlier_report_of_losses_does_not_outlive_its_export(memorial, atlas):
    assert memorial("export", "a.kml", "sites", "--allow-loss").exit_code == 0
    assert (atlas.folder / "a.kml.losses.txt").exists()
    (atlas.folder / "a.csv.losses.txt").write_text("old", encoding="utf-8")
    assert memorial("export", "a.csv", "sites").exit_code == 0
    assert not (atlas.folder / "a.csv.losses.txt").exists()


def test_a_transformation_is_told(memorial):
    done = memorial("export", "a.gpkg", "sites", "--crs", "epsg:32625")
    assert "positions were moved from WGS 84 to EPSG:32625 (WGS 84 / UTM zone 25N)" in done.stderr
    assert "accurate to" in done.stderr
    stayed = memorial("export", "b.gpkg", "sites", "--crs", "epsg:4326")
    assert stayed.exit_code == 0
    assert "positions were moved" not in stayed.stderr


def test_a_bundle_moves_positions_and_tells_losses_as_a_file_does(memorial, atlas):
    asked = ("export", "edition.zip", "sites", "--bundle", "--format", "shapefile", "--crs", "EPSG:32625")
    refused = memorial(*asked)
    assert refused.exit_code == 2
    assert "Shapefile cannot carry everything" in refused.stderr
    assert not (atlas.folder / "edition.zip").exists()
    done = memorial(*asked, "--allow-loss")
    assert done.exit_code == 0, done.stderr
    assert "positions were moved from WGS 84 to EPSG:32625" in done.stderr
    with zipfile.ZipFile(atlas.folder / "edition.zip") as archive:
        (told,) = (name for name in archive.namelist() if name.endswith("losses.txt"))
        assert "sites.precision_basis: renamed" in archive.read(told).decode("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("a.geojson", "sites", "--crs", "EPSG:32625"), "RFC 7946 allows no other reference system"),
        (
            ("a.gpkg", "sitez"),
            "saw sitez; expected one of sites, routes, provinces, lake, squares_1905, claims, names, relations",
        ),
        (("a.gpkg", "lak", "--kind", "prison"), "did you mean lake?"),
        (("a.gpkg", "--kind", "castle"), "castle"),
        (("a.gpkg", "--mask", "nobody"), "nobody"),
        (("a.gpkg", "--bundle"), "a name that ends in .zip"),
        (("no/such/folder/a.gpkg",), "no such folder"),
        (("data/sites.geojson", "sites"), "a file that the atlas is not made of"),
        (("maps/small-atlas.gpkg",), "a file that the atlas is not made of"),
        (("a.xyz",), "a name that ends in one of"),
    ],
)
def test_what_cannot_be_is_refused(memorial, atlas, files_of, arguments, words):
    memorial("query")
    before = files_of(atlas.folder)
    done = memorial("export", *arguments)
    assert done.exit_code == 2, done.stdout
    assert words in done.stderr
    assert files_of(atlas.folder) == before


def test_a_bundle_holds_pages_data_and_inputs(memorial, atlas, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769817600")
    done = memorial("export", "edition.zip", "--bundle")
    assert done.exit_code == 0, done.stderr
    with zipfile.ZipFile(atlas.folder / "edition.zip") as archive:
        names = set(archive.namelist())
        crate = json.loads(archive.read("ro-crate-metadata.json"))
    assert {"maps/index.html", "maps/overview.html", "data/small-atlas.gpkg", "atlas/atlas.toml"} <= names
    root = next(entity for entity in crate["@graph"] if entity["@id"] == "./")
    assert root["datePublished"] == "2026-01-31"
