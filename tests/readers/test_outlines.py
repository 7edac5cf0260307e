"""Lines and polygons in GeoJSON give the same, word for word, whichever of the two ways reads them."""

from __future__ import annotations

import gc
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
from geo.readers.outlines import read_outlines
from geo.spec import SCHEMAS

TEXTS = st.text(st.sampled_from('aឯ😀"\\:\0,{}[] \ud800'), max_size=4) | st.sampled_from(["", "KH01", "a}, {b"])


def outcome(layer, schema):
    """Return everything that a reading gave, as one text."""
    frame, problems = make_layer(layer, "data/layer.geojson", schema)
    rows = {name: column_values(frame[name]) for name in schema.names}
    shapes = [None if shape is None else shape.wkt for shape in frame.geometry]
    return repr((list(frame.index), rows, shapes, layer.findings.result(), problems, layer.set_aside))


def both(folder, data, schema, limits=DEFAULT_LIMITS):
    """Return what the quick way gave (None when it left the file alone) and what the strict one did."""
    path = folder / "layer.geojson"
    path.write_bytes(data)
    quick = read_outlines(path, "data/layer.geojson", schema, limits)
    try:
        strict = outcome(read_features(data, "data/layer.geojson", schema, limits), schema)
    except InputError as error:
        strict = repr(error.problems)
    return outcome(quick, schema) if quick is not None else None, strict


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("outlines")


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "_PIECE", 60)


def collection(features, indent=None, escaped=True, **more):
    root = {"type": "FeatureCollection", **more, "features": features}
    return json.dumps(root, ensure_ascii=escaped, indent=indent).encode("utf-8", "surrogatepass")


PLACE = st.tuples(st.integers(-180, 180), st.sampled_from([-90, 0.5, 90])) | st.sampled_from([(1, 2, 3), (1, 91), ()])
LINE = st.lists(PLACE, min_size=1, max_size=3)
RING = st.lists(PLACE, min_size=1, max_size=3).map(lambda ring: [*ring, *ring, ring[0]]) | LINE
NESTED = {
    "MultiLineString": st.lists(LINE, max_size=2),
    "Polygon": st.lists(RING, max_size=2),
    "MultiPolygon": st.lists(st.lists(RING, max_size=2), max_size=2),
}
OTHERS = {"routes": ["MultiLineString"], "areas": ["Polygon", "MultiPolygon"]}
WORDS = st.sampled_from(["", "a", "b:", "\0", "ក", True, None, 1, 1.5, 2**64, [], {"a": 1}])
OBJECTS = st.none() | st.lists(
    st.dictionaries(st.sampled_from(["from", "to", "a:b", "x"]), WORDS, max_size=2), max_size=2
)


@st.composite
def others(draw):
    kind = draw(st.sampled_from(sorted(OTHERS)))
    shapes = [
        NESTED[each].map(lambda places, each=each: {"type": each, "coordinates": places}) for each in OTHERS[kind]
    ]
    values = st.fixed_dictionaries(
        {SCHEMAS[kind].key: st.sampled_from("abc"), "sources": st.lists(st.sampled_from(["s:1", "t"]), max_size=2)},
        optional={"segments": OBJECTS, "stops": OBJECTS} if kind == "routes" else {"name_km": TEXTS},
    )
    return kind, draw(st.lists(st.tuples(values, st.none() | st.one_of(shapes)), min_size=1, max_size=4))


SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]


@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
@given(others(), st.sampled_from([60, 400]))
@example(("areas", [({"code": "a"}, {"type": "Polygon", "coordinates": [SQUARE]}), ({"code": "b"}, None)]), 400)
@example(("areas", [({"code": "a"}, {"type": "MultiPolygon", "coordinates": [[SQUARE, SQUARE], [SQUARE]]})]), 400)
@example(("areas", [({"code": "a"}, {"type": "Polygon", "coordinates": [[*SQUARE, [2, 2]]]})]), 400)
def test_lines_and_polygons_read_the_same(folder, monkeypatch, case, size):
    monkeypatch.setattr(pieces, "_PIECE", size)
    kind, rows = case
    features = [{"type": "Feature", "properties": values, "geometry": shape} for values, shape in rows]
    quick, strict = both(folder, collection(features), SCHEMAS[kind])
    assert quick in (None, strict)


@pytest.mark.parametrize("kind", sorted(OTHERS))
def test_plain_lines_and_polygons_are_read_the_quick_way_whole(folder, monkeypatch, kind):
    monkeypatch.setattr(pieces, "take_features", None)
    monkeypatch.setattr(pieces, "_PIECE", 900)
    places = {
        "MultiLineString": [SQUARE, SQUARE[:2]],
        "Polygon": [SQUARE],
        "MultiPolygon": [[SQUARE, SQUARE], [SQUARE]],
    }
    parts = {"segments": [{"from": "a: b", "note": None}, {"x:": "c"}], "stops": []} if kind == "routes" else {}
    rows = [
        {
            "type": "Feature",
            "properties": {SCHEMAS[kind].key: f"r{n}", "sources": ["a:b"]} | parts,
            "geometry": {"type": each, "coordinates": places[each]},
        }
        for n, each in enumerate(OTHERS[kind] * 5)
    ]
    quick, strict = both(folder, collection(rows), SCHEMAS[kind])
    assert quick == strict


@pytest.mark.parametrize(
    "geometry",
    [
        '{"coordinates": [[[1, 2], [3, 4]]]}',
        '{"type": "MultiLineString", "coordinates": [], "coordinates": [[[1, 2], [3, 4]]]}',
    ],
)
def test_a_member_that_is_missing_does_not_hide_one_that_stands_twice(folder, geometry):
    plain = '{"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]}'
    rows = [('{"id": "a", "name": "b", "name": "c"}', geometry), ('{"id": "a", "name": "b"}', plain)]
    text = ", ".join(f'{{"type": "Feature", "properties": {one}, "geometry": {two}}}' for one, two in rows)
    data = f'{{"type": "FeatureCollection", "features": [{text}]}}'.encode()
    quick, strict = both(folder, data, SCHEMAS["routes"])
    assert quick in (None, strict)


@pytest.mark.parametrize("limits", [Limits(features=2), Limits(values=40)])
def test_limits_are_told_by_the_strict_way(folder, limits):
    rows = [{"type": "Feature", "properties": {"id": f"p{n}"}, "geometry": None} for n in range(20)]
    quick, told = both(folder, collection(rows), SCHEMAS["routes"], limits)
    assert quick is None
    assert "size-limit" in told


@pytest.mark.parametrize(
    "second",
    [
        '"id": "b", "properties": {"id": "b"}, "geometry": null',  # the member of GeoJSON, as the contract has it
        '"id": null, "properties": {"id": "b"}, "geometry": null',
        '"id": "c", "properties": {"id": "b"}, "geometry": null',  # it says another
        '"properties": {"id": "b", "name": "b\\u003a"}, "geometry": null',
        '"properties": {"id": "b", "name": "b\\u0000"}, "geometry": null',
        '"properties": {"id": "b", "name": "b: c", "sources": ["d:e"], "stops": [{"f": "g:h"}]}, "geometry": null',
        '"properties": {"id": "b", "sources": [null]}, "geometry": null',
        '"properties": {"id": "b", "id": "b: c"}, "geometry": null',
    ],
)
def test_what_stands_beside_a_plain_feature_is_read_as_the_strict_way_reads_it(folder, monkeypatch, second):
    monkeypatch.setattr(pieces, "_PIECE", 900)
    plain = '"properties": {"id": "a"}, "geometry": {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]}'
    text = ", ".join(f'{{"type": "Feature", {each}}}' for each in (plain, second))
    quick, strict = both(folder, f'{{"type": "FeatureCollection", "features": [{text}]}}'.encode(), SCHEMAS["routes"])
    assert quick in (None, strict)


def test_whether_circles_are_looked_for_stays_as_it_was(folder):
    rows = [{"type": "Feature", "properties": {"id": "a"}, "geometry": None}]
    before = gc.isenabled()
    try:
        for looking in (True, False):
            (gc.enable if looking else gc.disable)()
            both(folder, collection(rows), SCHEMAS["routes"])
            assert gc.isenabled() == looking
    finally:
        (gc.enable if before else gc.disable)()
