"""Other formats pass through GDAL under a named driver, and are held to the same rules as GeoJSON."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import fiona
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.readers import LAYER_DRIVERS, read_layer
from geo.spec import Field, Schema

PLACES = Schema(
    "layer",
    key="id",
    geometries=frozenset({"Point"}),
    unlocated=True,
    fields=(
        Field("id", "id", "Key.", required=True),
        Field("name", "text", "Name.", required=True),
        Field("size", "integer", "Size."),
        Field("sources", "source_refs", "Sources."),
    ),
)
LINES = Schema(
    "layer",
    key="id",
    geometries=frozenset({"MultiLineString"}),
    fields=(Field("id", "id", "Key."),),
)
COLUMNS = {"id": "str", "name": "str", "size": "int", "sources": "str"}
FORMATS = sorted(LAYER_DRIVERS)


def write(path, records, *, geometry="Point", columns=COLUMNS, crs="EPSG:4326", **options):
    """Write records (geometry, properties) by the driver that the suffix names."""
    schema = {"geometry": geometry, "properties": columns}
    if path.suffix == ".fgb":
        options["SPATIAL_INDEX"] = "NO"  # an index of that format admits no feature without geometry
    with fiona.open(
        path, "w", driver=LAYER_DRIVERS[path.suffix].name, schema=schema, crs=crs, encoding="utf-8", **options
    ) as collection:
        collection.writerecords({"geometry": shape, "properties": values} for shape, values in records)
    return path


def point(*numbers):
    return {"type": "Point", "coordinates": numbers}


def place(key="a", name="A", size=None, sources='["s1#p. 3"]'):
    return {"id": key, "name": name, "size": size, "sources": sources}


def read(path, schema=PLACES):
    return read_layer(path, f"data/{path.name}", schema)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_layer_of_any_format_is_read_as_geojson_is(tmp_path, suffix):
    records = [(point(104.5, 12.25), place("a", "ទួលស្លែង", 7)), (point(-5.5, 0.125), place("b", "=1+1"))]
    layer, problems = read(write(tmp_path / f"places{suffix}", records))
    assert problems == []
    assert list(layer.columns) == ["id", "name", "size", "sources", "geometry"]
    assert layer.crs == "EPSG:4326"
    assert layer.drop(columns="geometry").to_dict("index") == {
        1: {"id": "a", "name": "ទួលស្លែង", "size": 7, "sources": ["s1#p. 3"]},
        2: {"id": "b", "name": "=1+1", "size": None, "sources": ["s1#p. 3"]},
    }
    assert [(shape.x, shape.y) for shape in layer.geometry] == [(104.5, 12.25), (-5.5, 0.125)]


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
            st.none() | st.integers(-(2**31), 2**31 - 1),
            st.floats(-180, 180),
            st.floats(-90, 90),
        ),
        min_size=1,
        max_size=4,
    )
)
@pytest.mark.parametrize("suffix", [".fgb", ".gpkg"])
def test_every_value_survives_the_formats_that_can_hold_it(tmp_path, suffix, rows):
    path = tmp_path / f"places{suffix}"
    path.unlink(missing_ok=True)
    write(path, [(point(lon, lat), place(str(n), name, size)) for n, (name, size, lon, lat) in enumerate(rows)])
    layer, problems = read(path)
    assert problems == []
    found = zip(layer["name"], layer["size"], layer.geometry.x, layer.geometry.y, strict=True)
    assert list(found) == rows


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_place_without_geometry_stays_without(tmp_path, suffix):
    layer, problems = read(write(tmp_path / f"places{suffix}", [(None, place())]))
    assert problems == []
    assert list(layer.geometry) == [None]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_single_line_becomes_the_collection_that_the_schema_asks_for(tmp_path, suffix):
    shape = {"type": "LineString", "coordinates": [(0, 0), (1, 1)]}
    path = write(tmp_path / f"lines{suffix}", [(shape, {"id": "a"})], geometry="LineString", columns={"id": "str"})
    layer, problems = read(path, LINES)
    assert problems == []
    assert layer.geometry.loc[1].wkt == "MULTILINESTRING ((0 0, 1 1))"


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    ("shape", "values", "field", "rule"),
    [
        (point(104.9, 111.5), place(), "geometry.coordinates", "geometry"),
        (point(1, 2), place(sources="[s1"), "sources", "json"),
        (point(1, 2), place(sources='["s1", NaN]'), "sources", "number"),
    ],
)
def test_a_record_at_fault_is_set_aside_and_named(tmp_path, suffix, shape, values, field, rule):
    path = write(tmp_path / f"places{suffix}", [(shape, values), (point(1, 2), place("b"))])
    layer, problems = read(path)
    assert [(problem.input, problem.where, problem.field, problem.rule) for problem in problems] == [
        (f"data/places{suffix}", "feature 1 (a)", field, rule)
    ]
    assert list(layer.index) == [2]


@pytest.mark.parametrize("suffix", [".fgb", ".gpkg"])
@pytest.mark.parametrize("number", [float("nan"), 1e300])
def test_a_point_that_is_nowhere_is_set_aside_and_named(tmp_path, suffix, number):
    layer, problems = read(write(tmp_path / f"places{suffix}", [(point(number, 1), place())]))
    assert [(problem.where, problem.field) for problem in problems] == [("feature 1 (a)", "geometry.coordinates")]
    assert len(layer) == 0


def test_numbers_that_are_none_and_bytes_are_refused(tmp_path):
    columns = {"id": "str", "name": "bytes", "size": "float", "sources": "str"}
    records = [(point(1, 2), place(name=b"\xff", size=float("inf"), sources=None))]
    layer, problems = read(write(tmp_path / "places.gpkg", records, columns=columns))
    assert [(problem.field, problem.rule) for problem in problems] == [("name", "format"), ("size", "number")]
    assert len(layer) == 0


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("crs", ["EPSG:32648", None])
def test_another_coordinate_system_or_none_is_refused(tmp_path, suffix, crs):
    path = write(tmp_path / f"places{suffix}", [(point(1, 2), place())], crs=crs)
    with pytest.raises(InputError) as error:
        read(path)
    assert [problem.rule for problem in error.value.problems] == ["crs"]
    assert error.value.problems[0].seen


def test_a_shapefile_says_what_it_may_have_lost(tmp_path):
    columns = {"id": "str", "name": "str", "size": "int", "sources": "str"}
    name = "ភ្នំពេញ" * 20
    path = write(tmp_path / "places.shp", [(point(1, 2), place(name=name, sources=None))], columns=columns)
    path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    layer, problems = read(path)
    assert [(problem.field, problem.rule, problem.severity) for problem in problems] == [
        ("name", "cut-text", "warning")
    ]
    assert name.startswith(layer.loc[1, "name"])
    assert layer.loc[1, "name"] != name


def test_a_shapefile_without_an_encoding_says_so(tmp_path):
    path = write(tmp_path / "places.shp", [(point(1, 2), place())])
    path.with_suffix(".cpg").unlink(missing_ok=True)
    _, problems = read(path)
    assert [(problem.rule, problem.severity) for problem in problems] == [("encoding", "warning")]


# --- a name is no format --------------------------------------------------------------------------------------

VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    "</OGRVRTDataSource>"
)


@pytest.mark.parametrize("suffix", [*FORMATS, ".geojson", ".json"])
@pytest.mark.parametrize("content", [VRT.encode(), b"", b"\x00" * 200, b'{"type": "FeatureCollection"'])
def test_content_that_is_not_what_the_name_says_is_refused(tmp_path, suffix, content):
    path = tmp_path / f"places{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read(path)
    assert error.value.problems[0].rule in {"format", "json"}


@pytest.mark.parametrize("name", ["a.vrt", "a.kml", "a.csv", "a.zip", "a.geojsonl", "a"])
def test_a_format_that_is_not_on_the_list_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(VRT.encode())
    with pytest.raises(InputError) as error:
        read(tmp_path / name)
    assert error.value.problems[0].rule == "format"
    assert ".gpkg" in error.value.problems[0].expected


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_cut_short_is_refused_or_its_loss_is_named(tmp_path, suffix):
    path = write(tmp_path / f"places{suffix}", [(point(n, n), place(f"p{n}")) for n in range(50)])
    whole = path.read_bytes()
    for size in range(len(whole) // 50, len(whole), len(whole) // 50):
        path.write_bytes(whole[:size])
        try:
            layer, problems = read(path)
        except InputError:
            continue
        assert problems or len(layer) == 50


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_may_be_renamed(tmp_path, suffix):
    write(tmp_path / f"places{suffix}", [(point(1, 2), place())])
    for path in list(tmp_path.iterdir()):
        path.rename(path.with_stem("renamed"))
    layer, problems = read(tmp_path / f"renamed{suffix}")
    assert (len(layer), problems) == (1, [])


def test_a_geopackage_with_several_layers_is_refused_by_their_names(tmp_path):
    path = write(tmp_path / "places.gpkg", [(point(1, 2), place())], layer="one")
    write(path, [(point(1, 2), place())], layer="two")
    with pytest.raises(InputError, match="one, two"):
        read(path)


def test_a_database_that_is_no_geopackage_is_refused(tmp_path):
    with closing(sqlite3.connect(tmp_path / "places.gpkg")) as database:
        database.execute("CREATE TABLE t (a)")
    with pytest.raises(InputError, match="GeoPackage"):
        read(tmp_path / "places.gpkg")


def test_reading_changes_nothing(tmp_path):
    for suffix in FORMATS:
        write(tmp_path / f"places{suffix}", [(point(1, 2), place())])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for suffix in FORMATS:
        read(tmp_path / f"places{suffix}")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_list_that_stands_as_text_in_geojson_stays_text(tmp_path):
    text = json.dumps(
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None, "properties": place()}]}
    )
    (tmp_path / "places.geojson").write_text(text, encoding="utf-8")
    layer, _ = read(tmp_path / "places.geojson")
    assert layer.loc[1, "sources"] == '["s1#p. 3"]'
