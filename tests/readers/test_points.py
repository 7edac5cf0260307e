"""Layers of points give the same, word for word, whichever of the two ways reads them."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geo.columns import column_values
from geo.errors import InputError
from geo.readers import pieces
from geo.readers.features import make_layer
from geo.readers.files import DEFAULT_LIMITS, Limits
from geo.readers.geojson import read_features
from geo.readers.points import read_points
from geo.spec import SCHEMAS

SITES = SCHEMAS["sites"]
TEXTS = st.text(st.sampled_from('aឯ😀"\\:\0,{}[] \ud800'), max_size=4) | st.sampled_from(["", "KH01", "a}, {b"])
VALUES = TEXTS | st.none() | st.sampled_from([True, 1.5, 100.0, 2**63, -(2**63), [], {}, "\u200b"])
PROPERTIES = st.dictionaries(
    st.sampled_from(["id", "name", "precision_m", "sources", "part_of", "unknown"]),
    VALUES | st.integers(-5, 9) | st.lists(VALUES, max_size=2),
    max_size=4,
)
NUMBERS = st.floats(-200, 200, width=32) | st.integers(-90, 91) | st.sampled_from([1e999, 2**64, -0.0, True, None])
POSITIONS = st.tuples(st.integers(-180, 180), st.floats(-90, 90)) | st.lists(NUMBERS, max_size=4)
GEOMETRIES = st.none() | st.builds(lambda place: {"type": "Point", "coordinates": place}, POSITIONS)
PLAIN = st.fixed_dictionaries({"id": st.sampled_from("abc"), "name": TEXTS, "sources": st.lists(TEXTS, max_size=2)})
FEATURES = st.builds(
    lambda properties, geometry, more: (
        {
            "type": "Feature",
            "properties": properties,
            "geometry": geometry,
        }
        | more
    ),
    PLAIN | PROPERTIES | st.sampled_from([None, [], "x"]),
    GEOMETRIES | st.sampled_from([{}, "x", {"type": "Polygon", "coordinates": []}]),
    st.just({}) | st.sampled_from([{"id": "a"}, {"id": 1}, {"id": None}, {"bbox": [1]}, {"type": "f"}, {"more": {}}]),
)


def outcome(layer):
    """Return everything that a reading gave, as one text."""
    frame, problems = make_layer(layer, "data/sites.geojson", SITES)
    rows = {name: column_values(frame[name]) for name in SITES.names}
    shapes = [None if shape is None else shape.wkt for shape in frame.geometry]
    return repr((list(frame.index), rows, shapes, layer.findings.result(), problems, layer.set_aside))


def both(folder, data, limits=DEFAULT_LIMITS):
    """Return what the quick way gave (None when it left the file alone) and what the strict one did."""
    path = folder / "sites.geojson"
    path.write_bytes(data)
    quick = read_points(path, "data/sites.geojson", SITES, limits)
    try:
        strict = outcome(read_features(data, "data/sites.geojson", SITES, limits))
    except InputError as error:
        strict = repr(error.problems)
    return outcome(quick) if quick is not None else None, strict


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("points")


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "_PIECE", 60)


def collection(features, indent=None, escaped=True, **more):
    root = {"type": "FeatureCollection", **more, "features": features}
    return json.dumps(root, ensure_ascii=escaped, indent=indent).encode("utf-8", "surrogatepass")


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(FEATURES, max_size=4), st.sampled_from([None, 0, 2]), st.booleans(), st.booleans())
def test_what_is_generated_reads_the_same(folder, features, indent, escaped, named):
    more = {"name": "sites", "features ": [1]} if named else {}
    quick, strict = both(folder, collection(features, indent, escaped, **more))
    assert quick in (None, strict)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(PLAIN, GEOMETRIES), min_size=1, max_size=3),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), min_size=1, max_size=2),
)
@example([({"id": "a", "name": "b:", "sources": []}, None)], [(0.999, b"")])
def test_what_is_damaged_reads_the_same(folder, rows, cuts):
    features = [{"type": "Feature", "properties": values, "geometry": shape} for values, shape in rows]
    data = bytearray(collection(features))
    for share, put in cuts:
        at = int(share * len(data))
        data[at : at + 1] = put
    quick, strict = both(folder, bytes(data))
    assert quick in (None, strict)


def one(properties='{"id": "a", "name": "b"}', geometry="null", around="HERE"):
    feature = f'{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}'
    return around.replace("HERE", f'{{"type": "FeatureCollection", "features": [{feature}, {feature}]}}').encode()


@pytest.mark.parametrize(
    "data",
    [
        one('{"id": "a", "name": "b", "name": "c"}'),
        one('{"id": "a", "name": "b", "n\\u0061me": "c"}'),
        one('{"id": "a", "name": "\\u003a", "name": "c"}'),
        one('{"id": "a:", "name": "b", "name": "c"}'),
        one(geometry='{"type": "Point", "type": "Point", "coordinates": [1, 2]}'),
        one('{"id": "a", "name": "\\u0000"}'),
        one('{"id": "a", "precision_m": 9223372036854775808}'),
        one('{"id": "a", "precision_m": 1.0}'),
        one(geometry='{"type": "Point", "coordinates": [1, 91]}'),
        one(geometry='{"type": "Point", "coordinates": [1, 2, 1e7]}'),
        one(geometry='{"type": "Point", "coordinates": [0.1000000000000000055511151231257827, 2, 3]}'),
        collection([{"type": "Feature", "properties": {"id": "a"}, "geometry": None}], more={"features": []}),
        one(around='{"x": HERE, "type": "FeatureCollection", "features": []}'),
    ],
)
def test_what_one_way_might_miss_the_other_way_sees(folder, data):
    quick, strict = both(folder, data)
    assert quick in (None, strict)


def test_a_plain_file_is_read_the_quick_way_whole(folder, monkeypatch):
    monkeypatch.setattr(pieces, "take_features", None)
    rows = [
        {
            "type": "Feature",
            "properties": {"id": f"place-{n}", "name": 'ក: \\ "b"', "precision_m": n, "sources": ["a#b", "c"]},
            "geometry": {"type": "Point", "coordinates": [n, 1.5]} if n else None,
        }
        for n in range(9)
    ]
    for escaped in (True, False):
        quick, strict = both(folder, collection(rows, escaped=escaped))
        assert quick == strict


def test_one_odd_feature_sends_only_its_piece_the_strict_way(folder, monkeypatch):
    taken = []
    strictly = pieces.take_features
    monkeypatch.setattr(
        pieces, "take_features", lambda features, *rest: (taken.append(len(features)), strictly(features, *rest))
    )
    rows = [{"type": "Feature", "properties": {"id": f"p{n}"}, "geometry": None} for n in range(30)]
    rows[20]["properties"]["unknown"] = 1
    rows[25]["geometry"] = {"type": "Point", "coordinates": [181, 0]}
    quick, strict = both(folder, collection(rows))
    assert quick == strict
    assert 0 < sum(taken) <= 6


@pytest.mark.parametrize("limits", [Limits(features=2), Limits(values=40)])
def test_limits_are_told_by_the_strict_way(folder, limits):
    rows = [{"type": "Feature", "properties": {"id": f"p{n}"}, "geometry": None} for n in range(20)]
    quick, told = both(folder, collection(rows), limits)
    assert quick is None
    assert "size-limit" in told
