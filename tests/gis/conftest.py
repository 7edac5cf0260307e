"""The flagship compiled once, for the programs that open it."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from geo.atlas import compile_atlas

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def flagship_catalogue(tmp_path_factory):
    """Return the catalogue of the atlas in this repository, compiled in a copy of it."""
    folder = tmp_path_factory.mktemp("gis")
    shutil.copy(ROOT / "atlas.toml", folder)
    for part in ("data", "docs"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "maps").mkdir()
    for definition in sorted((ROOT / "maps").glob("*.toml")):
        shutil.copy(definition, folder / "maps")
    return compile_atlas(folder).path


@pytest.fixture(scope="session")
def flagship_sites():
    return json.loads((ROOT / "data/sites.geojson").read_text(encoding="utf-8"))["features"]


@pytest.fixture(scope="session")
def flagship_vocabulary():
    return tomllib.loads((ROOT / "data/vocabulary.toml").read_text(encoding="utf-8"))
