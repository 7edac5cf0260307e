"""The flagship compiled once, for the programs that open it."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo.atlas import compile_atlas
from geo.commands import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def flagship_catalogue(flagship_atlas):
    """Return the catalogue of the atlas in this repository, compiled in a copy of it."""
    return compile_atlas(flagship_atlas).path


@pytest.fixture(scope="session")
def flagship_export(flagship_catalogue, tmp_path_factory):
    """Return a GeoPackage of the whole atlas under the mask of the public version."""
    path = tmp_path_factory.mktemp("export") / "atlas.gpkg"
    command = ["-C", str(flagship_catalogue.parents[1]), "export", str(path), "--mask", "public"]
    ran = CliRunner().invoke(main, command)
    assert ran.exit_code == 0, ran.stderr
    return path


@pytest.fixture(scope="session")
def flagship_sites():
    return json.loads((ROOT / "data/sites.geojson").read_text(encoding="utf-8"))["features"]


@pytest.fixture(scope="session")
def flagship_vocabulary():
    return tomllib.loads((ROOT / "data/vocabulary.toml").read_text(encoding="utf-8"))
