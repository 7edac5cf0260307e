"""Real inputs with a few bytes changed are refused or accepted, never anything else; ``benchmarks/fuzz.py`` goes on."""

from __future__ import annotations

import json
import random

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import TOKENS, inputs_of, mutate
from geo.commands import main
from geo.errors import MemorialError
from geo.readers.gathering import LISTING_SUFFIXES, read_listing
from tests.corpus import brought
from tests.corpus.cases import archive, collection, water
from tests.small_atlas import SmallAtlas

SEEDS = st.integers(0, 2**32)
QUICK = settings(
    derandomize=True, max_examples=40, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    return SmallAtlas(tmp_path_factory.mktemp("mutated"))


@QUICK
@given(SEEDS)
def test_an_atlas_with_changed_bytes_is_refused_or_accepted(atlas, seed):
    luck = random.Random(seed)
    files = inputs_of(atlas.folder)
    path = luck.choice(files)
    kept = path.read_bytes()
    path.write_bytes(mutate(kept, luck.choice(files).read_bytes(), luck))
    try:
        done = CliRunner().invoke(main, ["-C", str(atlas.folder), "check"])
    finally:
        path.write_bytes(kept)
    assert done.exit_code in (0, 2), done.output
    assert "Traceback" not in done.output
    assert [each for each in (atlas.folder / "maps").iterdir() if each.suffix != ".toml"] == []


@pytest.fixture(scope="module")
def brought_files():
    shape = brought.vector("ESRI Shapefile")
    files = {
        ".csv": brought.TABLE.encode(),
        ".xlsx": brought.plain_book(),
        ".kml": brought.KML.format(brought.PLACEMARK.format("-32.5,10.5")).encode(),
        ".ods": brought.ods(
            '<table:table table:name="a"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>'
            "</table:table-row></table:table>"
        ),
        ".gpx": b'<gpx><wpt lat="10.5" lon="-32.5"><name>Wat A</name></wpt></gpx>',
        ".geojson": collection(water()).encode(),
        ".gpkg": brought.vector("GPKG")[".gpkg"],
        ".fgb": brought.vector("FlatGeobuf")[".fgb"],
        ".parquet": brought.vector("Parquet")[".parquet"],
        ".zip": archive({f"a{suffix}": data for suffix, data in shape.items()}),
        ".json": json.dumps(
            {
                "features": [{"attributes": {"name": "A"}, "geometry": {"x": 1, "y": 2}}],
                "geometryType": "esriGeometryPoint",
                "spatialReference": {"wkid": 4326},
            }
        ).encode(),
    }
    files |= {".kmz": archive({"doc.kml": files[".kml"]}), ".tsv": files[".csv"].replace(b",", b"\t")}
    assert set(files) <= set(LISTING_SUFFIXES)
    return files


@settings(QUICK, max_examples=80)
@given(SEEDS)
def test_a_file_that_somebody_brings_with_changed_bytes_is_refused_or_read(brought_files, tmp_path, seed):
    luck = random.Random(seed)
    suffix = luck.choice(sorted(brought_files))
    path = tmp_path / f"list{suffix}"
    path.write_bytes(mutate(brought_files[suffix], luck.choice(TOKENS) * 9, luck))
    error, listing = None, None
    try:
        listing = read_listing(path, path.name)
    except MemorialError as refusal:
        error = refusal
    if listing is None:
        assert path.name in str(error)
        assert all(problem.expected for problem in error.problems)
    else:
        assert all(len(row.cells) == len(listing.columns) for row in listing.rows)
