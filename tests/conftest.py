"""What tests of every room take: the tiny atlas, the atlas of this repository compiled, and the data of a page."""

from __future__ import annotations

import base64
import re
import shutil
import signal
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from geo.atlas import compile_atlas
from geo.readers import Inputs, read_atlas
from tests.page_data import read_data
from tests.sharing import shared_folder
from tests.small_atlas import SmallAtlas

ROOT = Path(__file__).parents[1]

# A busy machine is no breach of a law; speed is for benchmarks/. More examples: --hypothesis-profile long
settings.register_profile("atlas", deadline=None, max_examples=40)
settings.register_profile("long", deadline=None, max_examples=1_000)
settings.load_profile("atlas")

# Whatever is started in the background of a script ignores interrupts, and so would what the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def small_atlas(tmp_path: Path) -> Callable[..., SmallAtlas]:
    """Return a function that writes the tiny atlas into a new folder: ``small_atlas()`` or ``small_atlas("two")``."""

    def make(name: str = "atlas") -> SmallAtlas:
        folder = tmp_path / name
        folder.mkdir()
        return SmallAtlas(folder)

    return make


@pytest.fixture(scope="session")
def clean_inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """Return the tiny atlas as the readers leave it, for tests that build on it in memory; nobody changes it."""
    folder = tmp_path_factory.mktemp("clean") / "atlas"
    folder.mkdir()
    return read_atlas(SmallAtlas(folder).folder)


@pytest.fixture(scope="session")
def small_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the catalogue of the tiny atlas, compiled once for every test that only reads it."""
    folder = tmp_path_factory.mktemp("compiled") / "atlas"
    folder.mkdir()
    return compile_atlas(SmallAtlas(folder).folder).path


@pytest.fixture(scope="session")
def flagship_atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the atlas of this repository, compiled once; whoever changes anything takes a copy of it."""
    folder = tmp_path_factory.mktemp("flagship") / "atlas"
    return shutil.copytree(shared_folder(tmp_path_factory, "flagship-compiled", compile_flagship), folder)


def compile_flagship(folder: Path) -> None:
    """Put what the atlas of this repository is made of into a folder, and compile it."""
    for part in ("data", "docs", "maps"):
        unwanted = shutil.ignore_patterns("*.html", "*.gpkg*", "images", "decisions", "provenance.json", "public")
        shutil.copytree(ROOT / part, folder / part, ignore=unwanted)
    shutil.copy(ROOT / "atlas.toml", folder)
    compile_atlas(folder)


@pytest.fixture(scope="session")
def payload_of() -> Callable[[str], Any]:
    """Return a function that reads back what a page was given, out of its HTML."""

    def read(page: str) -> Any:
        (packed,) = re.findall('<script type="application/octet-stream" id="memorial-data">([^<]*)</script>', page)
        return read_data(zlib.decompress(base64.b64decode(packed, validate=True)))

    return read


@pytest.fixture(scope="session")
def data_of() -> Callable[[bytes], Any]:
    """Return a function that reads back the data of a page, out of the bytes that were packed."""
    return read_data
