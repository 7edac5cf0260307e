"""GeoParquet is read as its twin in GeoJSON is, and refused fault by fault."""

from __future__ import annotations

import json
import struct

import pyarrow as pa
import pytest
from pyarrow import parquet

from geo.errors import InputError
from geo.readers.files import DEFAULT_LIMITS, Limits
from geo.readers.layers import load_layer, read_layer
from geo.spec import SCHEMAS

SITES = SCHEMAS["sites"]
LISTS = pa.list_(pa.string())
NAME = "data/sites.parquet"


def point(lon, lat):
    return struct.pack("<BIdd", 1, 1, lon, lat)


def columns(**more):
    return {
        "id": pa.array(["a", "b", None]),
        "name": pa.array(["ទួល", "", "c:d"]),
        "precision_m": pa.array([10, None, 7], type=pa.int32()),
        "sources": pa.array([["s#1", "t"], [], None], type=LISTS),
        "geometry": pa.array([point(104.5, 12.25), None, point(-180, 90)], type=pa.binary()),
    } | more


def write(folder, meta=None, **more):
    geometry = {"encoding": "WKB", "geometry_types": ["Point"]} | (meta or {})
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
    table = pa.table({name: array for name, array in columns(**more).items() if array is not None})
    path = folder / "sites.parquet"
    parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def read(path, schema=SITES, limits=DEFAULT_LIMITS):
    return read_layer(path, NAME, schema, limits)


def twin(path):
    """Return the same places as GeoJSON, read."""
    shapes = [[104.5, 12.25], None, [-180, 90]]
    rows = pa.table(columns()).drop_columns("geometry").to_pylist()
    features = [
        {"type": "Feature", "properties": row, "geometry": place and {"type": "Point", "coordinates": place}}
        for row, place in zip(rows, shapes, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return read_layer(path, NAME, SITES)


def same(one, other):
    assert one[1] == other[1]
    assert one[0].drop(columns="geometry").to_dict("index") == other[0].drop(columns="geometry").to_dict("index")
    assert [shape and shape.wkt for shape in one[0].geometry] == [shape and shape.wkt for shape in other[0].geometry]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"id": pa.array(["a", "b", None]).dictionary_encode()},
        {"name": pa.array(["ទួល", "", "c:d"], type=pa.large_string())},
        {"sources": pa.array(['["s#1", "t"]', "[]", None])},  # as formats without lists have them
        {"part_of": pa.nulls(3)},
        {"geometry": pa.array([struct.pack(">BIdd", 0, 1, 104.5, 12.25), None, point(-180, 90)])},
    ],
)
def test_it_is_read_as_its_twin_is(tmp_path, more):
    same(read(write(tmp_path, **more)), twin(tmp_path / "sites.geojson"))


def test_columns_that_fit_are_packed(tmp_path):
    frame, problems, _ = load_layer(write(tmp_path), NAME, SITES)
    assert problems == []
    assert {str(dtype) for dtype in frame.drop(columns="geometry").dtypes} == {
        "string[pyarrow]",
        "dictionary<values=string, indices=int8, ordered=0>[pyarrow]",
        "int64[pyarrow]",
        "list<item: string>[pyarrow]",
    }


@pytest.mark.parametrize(
    ("more", "where", "field", "rule"),
    [
        ({"geometry": [point(104, 91), None, None]}, "feature 1 (a)", "geometry.coordinates", "geometry"),
        ({"geometry": [point(float("nan"), 1), None, None]}, "feature 1 (a)", "geometry.coordinates", "geometry"),
        ({"geometry": [None, b"x", None]}, "feature 2 (b)", "geometry", "geometry"),
        ({"geometry": [None, struct.pack("<BII", 1, 3, 0), None]}, "feature 2 (b)", "geometry.type", "geometry"),
        ({"name": ["a\0b", "b", "c"]}, "feature 1 (a)", "name", "no-control"),
        ({"precision_m": [1.0, float("inf"), 2.0]}, "feature 2 (b)", "precision_m", "number"),
        ({"sources": pa.array(["[", None, None])}, "feature 1 (a)", "sources", "json"),
        ({"extra": [None, 1, 1]}, "feature 1 (a) and 2 more", "extra", "unknown-property"),
    ],
)
def test_a_feature_at_fault_is_set_aside(tmp_path, more, where, field, rule):
    _, problems = read(write(tmp_path, **{key: pa.array(values) for key, values in more.items()}))
    assert [(each.where, each.field, each.rule) for each in problems] == [(where, field, rule)]


@pytest.mark.parametrize(
    ("meta", "more", "says"),
    [
        ({"encoding": "point"}, {}, "encoding point"),
        ({"crs": None}, {}, "WGS 84"),
        ({"crs": {"type": "GeographicCRS", "name": "x"}}, {}, "WGS 84"),
        ({}, {"begin": pa.array([0, 1, 2], type=pa.timestamp("s"))}, "timestamp"),
        ({}, {"geometry": pa.array(["x", None, None])}, "geometry as WKB"),
        ({}, {"name": pa.array([b"\xff", b"b", b"c"]).view(pa.string())}, "GeoParquet that can be read"),
    ],
)
def test_a_file_that_no_layer_can_be_is_refused(tmp_path, meta, more, says):
    with pytest.raises(InputError) as error:
        read(write(tmp_path, meta, **more))
    assert says in repr(error.value.problems)


def test_what_is_no_geoparquet_is_refused(tmp_path):
    path = tmp_path / "sites.parquet"
    for data in (b"", b"PAR1", b"PAR1" + bytes(40) + b"PAR1", b"{}"):
        path.write_bytes(data)
        with pytest.raises(InputError):
            read(path)
    parquet.write_table(pa.table({"id": ["a"]}), path)
    with pytest.raises(InputError, match="cannot be used") as error:
        read(path)
    assert "no metadata named geo" in repr(error.value.problems)


def test_a_text_that_stands_without_end_is_refused_before_it_is_unfolded(tmp_path):
    rows = 3_000
    path = write(
        tmp_path,
        id=None,
        precision_m=None,
        sources=None,
        name=pa.array(["x" * 100_000] * rows),
        geometry=pa.nulls(rows, pa.binary()),
    )
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError) as error:
        read(path, limits=Limits(bytes=10_000_000))
    assert "bytes when un" in repr(error.value.problems)


def test_more_than_the_limits_is_refused(tmp_path):
    for limits, says in (
        (Limits(features=2), "3 features"),
        (Limits(values=9), "values"),
        (Limits(columns=2), "columns"),
    ):
        with pytest.raises(InputError) as error:
            read(write(tmp_path), limits=limits)
        assert says in repr(error.value.problems)
