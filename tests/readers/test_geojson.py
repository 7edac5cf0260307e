"""GeoJSON is read letter for letter, and refused fault by fault."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.readers import read_layer
from geo.readers.files import MAX_COLUMNS
from geo.readers.problems import MAX_PROBLEMS
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
BACKDROP = Schema(
    "layer",
    geometries=frozenset({"Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}),
    open=True,
    fields=(Field("sources", "source_refs", "Sources.", required=True),),
)
KEPT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | KEPT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEPT, inner, max_size=3),
    max_leaves=8,
)
LON = st.floats(-180, 180)
LAT = st.floats(-90, 90)


def feature(geometry=None, **members):
    return {"type": "Feature", "geometry": geometry, "properties": {"id": "a"}} | members


def collection(*features, **members):
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | members, ensure_ascii=False)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Return a function that reads a GeoJSON text under a schema: (layer, problems)."""
    path = tmp_path_factory.mktemp("geojson") / "places.geojson"

    def read_text(text, schema=PLACES):
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return read_layer(path, "data/places.geojson", schema)

    return read_text


# --- what is kept ---------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.fixed_dictionaries({"id": VALUES, "name": VALUES, "size": VALUES}), LON, LAT), max_size=4),
    st.booleans(),
    st.booleans(),
)
def test_every_value_is_kept_letter_for_letter(read, rows, escaped, marked):
    features = [feature({"type": "Point", "coordinates": [lon, lat]}, properties=values) for values, lon, lat in rows]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=escaped)
    layer, problems = read(b"\xef\xbb\xbf" * marked + text.encode("utf-8"))
    assert problems == []
    assert list(layer.index) == list(range(1, len(rows) + 1))
    for (values, lon, lat), (_, row) in zip(rows, layer.iterrows(), strict=True):
        kept = {key: row[key] for key in values}
        assert repr(kept) == repr(values)
        assert row["sources"] is None
        assert (row.geometry.x, row.geometry.y) == (lon, lat)


@settings(deadline=None)
@given(KEPT.filter(lambda key: key.isprintable() and key.strip() and key.casefold() not in BACKDROP_TAKEN), VALUES)
def test_an_open_layer_keeps_what_no_schema_names(read, key, value):
    layer, problems = read(
        collection(feature({"type": "Point", "coordinates": [1, 2]}, properties={key: value})), BACKDROP
    )
    assert problems == []
    assert repr(layer.loc[1, key]) == repr(value)


BACKDROP_TAKEN = {"fid", "geom", "geometry", "sources"}


def test_the_frame_has_the_columns_of_the_schema_as_objects(read):
    layer, _ = read(collection(feature(properties={"sources": ["s1#p. 3"], "id": "a"})))
    assert list(layer.columns) == ["id", "name", "size", "sources", "geometry"]
    assert {str(layer[name].dtype) for name in ("id", "name", "size", "sources")} == {"object"}
    assert layer.index.name == "feature"
    assert layer.crs == "EPSG:4326"
    assert layer.loc[1, "sources"] == ["s1#p. 3"]
    assert layer.loc[1, "size"] is None
    assert layer.geometry.loc[1] is None


def test_no_features_are_a_layer_of_none(read):
    layer, problems = read(collection())
    assert (len(layer), problems) == (0, [])
    assert list(layer.columns) == ["id", "name", "size", "sources", "geometry"]
    assert layer.crs == "EPSG:4326"


def test_heights_clockwise_rings_and_members_that_say_nothing_new_are_accepted(read):
    ring = [[0, 0, 5], [0, 1, 5], [1, 1, 5], [0, 0, 5]]
    text = collection(
        feature({"type": "Polygon", "coordinates": [ring], "bbox": [0, 0, 1, 1]}, bbox=[0, 0, 1, 1]),
        name="lake",
        bbox=[0, 0, 1, 1],
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
    )
    layer, problems = read(text, BACKDROP)
    assert problems == []
    assert [list(place) for place in layer.geometry.loc[1].exterior.coords] == ring


@pytest.mark.parametrize(
    ("geometry", "text"),
    [
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "LINESTRING (0 0, 1 1)"),
        ({"type": "MultiLineString", "coordinates": [[[0, 0], [1, 1]]]}, "MULTILINESTRING ((0 0, 1 1))"),
        (
            {
                "type": "MultiPolygon",
                "coordinates": [[[[0, 0], [9, 0], [9, 9], [0, 0]], [[5, 1], [6, 1], [6, 2], [5, 1]]]],
            },
            "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1)))",
        ),
    ],
)
def test_shapes_are_built_as_they_are_written(read, geometry, text):
    layer, problems = read(collection(feature(geometry)), BACKDROP)
    assert problems == []
    assert layer.geometry.loc[1].wkt == text


def test_a_feature_without_properties_is_a_feature(read):
    layer, problems = read(collection(feature(properties=None)))
    assert problems == []
    assert layer.loc[1, "id"] is None


@pytest.mark.parametrize(
    "key", ["{{ 7*7 }}", "<img src=x onerror=alert(1)>", "=1+1", "ភ្នំពេញ\u200b", "a\u202eb", "\ud83d\ude00", "..", "NA"]
)
def test_hostile_text_is_text(read, key):
    key = key.encode("utf-16", "surrogatepass").decode("utf-16")
    layer, problems = read(collection(feature(properties={"id": key, "name": key})))
    assert problems == []
    assert layer.loc[1, "name"] == key


# --- one fault of a feature -----------------------------------------------------------------------------------

POINT = '{"type": "Point", "coordinates": [1, 2]}'


def one(geometry=POINT, properties='{"id": "a", "name": "A"}', kind='"Feature"', more=""):
    """Return the text of a feature, free to be wrong."""
    return f'{{"type": {kind}, "geometry": {geometry}, "properties": {properties}{more}}}'


def line(coordinates):
    return f'{{"type": "LineString", "coordinates": {coordinates}}}'


def ring(coordinates):
    return f'{{"type": "Polygon", "coordinates": {coordinates}}}'


FAULTS = {
    "not an object": ("17", PLACES, "", "17", "an object of type Feature"),
    "null": ("null", PLACES, "", "null", "an object of type Feature"),
    "wrong type": (one(kind='"feature"'), PLACES, "type", '"feature"', "Feature"),
    "no type": (one(kind="null"), PLACES, "type", "null", "Feature"),
    "no geometry": ('{"type": "Feature", "properties": {}}', PLACES, "geometry", "no such member", "null"),
    "no properties": ('{"type": "Feature", "geometry": null}', PLACES, "properties", "no such member", "null"),
    "properties a list": (one(properties="[1]"), PLACES, "properties", "a list", "an object"),
    "another id": (one(more=', "id": "b"'), PLACES, "id", '"b"', "the same as the property id"),
    "name twice": (one(properties='{"id": "a", "id": "b"}'), PLACES, "properties", "the name id more than", "once"),
    "NaN": (one(properties='{"id": "a", "size": NaN}'), PLACES, "size", "NaN", "a finite number"),
    "endless": (one(properties='{"id": "a", "size": 1e999}'), PLACES, "size", "1e999", "a finite number"),
    "huge": (one(properties='{"id": "a", "size": 9223372036854775808}'), PLACES, "size", "92233", "64 bits"),
    "huger": (one(properties=f'{{"id": "a", "size": {"9" * 5000}}}'), PLACES, "size", "9999", "64 bits"),
    "U+0000": (one(properties='{"id": "a", "name": "Tuol\\u0000 Sleng"}'), PLACES, "name", r"Tuol\u0000", "U+0000"),
    "U+0000 in a name": (one(properties='{"id": "a", "b\\u0000": 1}'), PLACES, "properties", r"b\u0000", "U+0000"),
    "half a pair": (one(properties='{"id": "a", "name": "\\ud800"}'), PLACES, "name", r"\ud800", "surrogate"),
    "geometry text": (one('"POINT (1 2)"'), PLACES, "geometry", "POINT (1 2)", "a geometry object"),
    "geometry list": (one("[1, 2]"), PLACES, "geometry", "[1, 2]", "a geometry object"),
    "unknown geometry": (one('{"type": "Circle"}'), PLACES, "geometry.type", "Circle", "Point"),
    "other geometry": (one(line("[[1, 2], [3, 4]]")), PLACES, "geometry.type", "LineString", "Point"),
    "collection": (one('{"type": "GeometryCollection", "geometries": []}'), BACKDROP, "geometry.type", "Geom", "Point"),
    "no coordinates": (one('{"type": "Point"}'), PLACES, "geometry.coordinates", "None", "a position"),
    "empty": (one('{"type": "Point", "coordinates": []}'), PLACES, "geometry.coordinates", "[]", "a position"),
    "one number": (one('{"type": "Point", "coordinates": [1]}'), PLACES, "geometry.coordinates", "[1]", "a position"),
    "four": (one('{"type": "Point", "coordinates": [1, 2, 3, 4]}'), PLACES, "geometry.coordinates", "4]", "a position"),
    "text": (one('{"type": "Point", "coordinates": ["1", "2"]}'), PLACES, "geometry.coordinates", "'1'", "finite"),
    "null number": (
        one('{"type": "Point", "coordinates": [1, null]}'),
        PLACES,
        "geometry.coordinates",
        "None",
        "finite",
    ),
    "true": (one('{"type": "Point", "coordinates": [true, 2]}'), PLACES, "geometry.coordinates", "True", "finite"),
    "no place": (one('{"type": "Point", "coordinates": [1, NaN]}'), PLACES, "geometry.coordinates[1]", "NaN", "finite"),
    "swapped": (one('{"type": "Point", "coordinates": [11.5, 104.9]}'), PLACES, "geometry.coordinates", "104.9", "±90"),
    "off the Earth": (
        one('{"type": "Point", "coordinates": [500000, 1200000]}'),
        PLACES,
        "geometry.coordinates",
        "5",
        "±180",
    ),
    "height": (
        one('{"type": "Point", "coordinates": [1, 2, 1e279]}'),
        PLACES,
        "geometry.coordinates",
        "1e+279",
        "height",
    ),
    "short line": (one(line("[[1, 2]]")), BACKDROP, "geometry.coordinates", "[[1, 2]]", "at least 2 positions"),
    "flat line": (one(line("[1, 2]")), BACKDROP, "geometry.coordinates[0]", "1", "a position"),
    "mixed line": (one(line("[[1, 2], [1, 2, 3]]")), BACKDROP, "geometry.coordinates", "3]]", "a height for every"),
    "open ring": (
        one(ring("[[[0, 0], [1, 0], [1, 1], [0, 1]]]")),
        BACKDROP,
        "geometry.coordinates[0]",
        "last",
        "closed",
    ),
    "short ring": (one(ring("[[[0, 0], [1, 0], [0, 0]]]")), BACKDROP, "geometry.coordinates[0]", "0", "at least 4"),
    "no ring": (one(ring("[]")), BACKDROP, "geometry.coordinates", "[]", "a list of rings"),
    "flat ring": (
        one(ring("[[0, 0], [1, 0], [1, 1], [0, 0]]")),
        BACKDROP,
        "geometry.coordinates[0]",
        "0",
        "at least 4",
    ),
    "null where a place must be": (one("null"), BACKDROP, "geometry", "null", "a geometry"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_feature_at_fault_is_set_aside_and_named(read, fault):
    text, schema, field, seen, expected = FAULTS[fault]
    good = one(properties='{"id": "good"}')
    layer, problems = read(f'{{"type": "FeatureCollection", "features": [{good}, {text}, {good}]}}', schema)
    assert list(layer.index) == [1, 3]
    (problem,) = problems
    assert (problem.input, problem.severity) == ("data/places.geojson", "error")
    assert problem.where.startswith("feature 2")
    assert problem.field == field
    assert seen in problem.seen
    assert expected in problem.expected
    assert problem.rule
    assert str(problem).isprintable()


def test_a_problem_names_the_key_of_its_feature(read):
    _, problems = read(collection(feature({"type": "Point", "coordinates": [200, 0]}, properties={"id": "s-21"})))
    assert [problem.where for problem in problems] == ["feature 1 (s-21)"]


def test_swapped_coordinates_are_called_so(read):
    _, problems = read(collection(feature({"type": "Point", "coordinates": [11.5, 104.9]})))
    assert "swapped" in problems[0].next_step


def test_every_fault_of_a_file_is_named_at_once(read):
    _, problems = read(f'{{"type": "FeatureCollection", "features": [{one("1")}, 2, {one(kind="3", properties="4")}]}}')
    assert [problem.where.split(" (")[0] for problem in problems] == [
        "feature 1",
        "feature 2",
        "feature 3",
        "feature 3",
    ]


def test_faults_without_end_stop_the_reading_and_say_so(read):
    _, problems = read(collection(*[None] * (MAX_PROBLEMS + 500)))
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].rule == "too-many"


# --- properties and members that have no column ---------------------------------------------------------------


def test_an_unknown_property_is_named_once_with_its_number_and_a_guess(read):
    features = [feature(properties={"id": f"a{n}", "nmae": "A"}) for n in range(3)]
    layer, problems = read(collection(feature(properties={"id": "first"}), *features))
    (problem,) = problems
    assert (problem.where, problem.field, problem.rule) == ("feature 2 (a0) and 2 more", "nmae", "unknown-property")
    assert problem.severity == "error"
    assert problem.next_step == "did you mean name?"
    assert len(layer) == 4


def test_members_that_are_not_kept_are_said_to_be_so(read):
    text = collection(
        feature({"type": "Point", "coordinates": [1, 2], "note": "x"}, colour="red"), feature(), made="by"
    )
    layer, problems = read(text)
    assert [(problem.where, problem.field, problem.severity) for problem in problems] == [
        ("the collection", "made", "warning"),
        ("feature 1 (a)", "colour", "warning"),
        ("feature 1 (a)", "note", "warning"),
    ]
    assert len(layer) == 2


def test_an_id_beside_properties_is_accepted_where_it_repeats_the_key_and_not_kept_elsewhere(read):
    assert read(collection(feature(id="a")))[1] == []
    place = {"type": "Point", "coordinates": [1, 2]}
    _, problems = read(collection(feature(place, id=1), feature(place, id=2)), BACKDROP)
    assert [(problem.where, problem.field, problem.severity) for problem in problems] == [
        ("feature 1 (a) and 1 more", "id", "warning")
    ]


@pytest.mark.parametrize("keys", [["geometry"], ["fid"], ["GEOM"], ["Name", "name"], [""], ["a\nb"], ["SOURCES"]])
def test_names_that_no_geopackage_can_hold_are_refused(read, keys):
    place = {"type": "Point", "coordinates": [1, 2]}
    _, problems = read(collection(feature(place, properties=dict.fromkeys(keys, 1))), BACKDROP)
    assert [problem.rule for problem in problems] == ["property-name"]


def test_more_properties_than_a_layer_can_have_are_refused(read):
    properties = dict.fromkeys(map(str, range(MAX_COLUMNS + 1)), 1)
    with pytest.raises(InputError, match="at most 1,000"):
        read(collection(feature(properties=properties)))


def test_members_without_end_stop_being_named(read):
    _, problems = read(collection(**dict.fromkeys(map(str, range(MAX_PROBLEMS + 5)), 1)))
    assert len(problems) == MAX_PROBLEMS + 1


# --- what is no layer at all ----------------------------------------------------------------------------------

DEEP = 70
WHOLE = {
    "empty": ("", "line 1 column 1", "json"),
    "not JSON": ("{'a': 1}", "line 1 column 2", "json"),
    "comment": ('{"type": "FeatureCollection", // x\n"features": []}', "line 1", "json"),
    "cut": ('{"type": "FeatureCollection",\n "features": [', "line 2", "json"),
    "two values": ("{} {}", "line 1 column 4", "json"),
    "control character": ('{"type": "Feature\x01Collection"}', "line 1", "json"),
    "not UTF-8": (b'{"type": "Phnom \xe9"}', "line 1", "utf-8"),
    "UTF-16": ('{"type": "FeatureCollection"}'.encode("utf-16"), "", "utf-8"),
    "a list": ("[]", "", "geojson"),
    "a text": ('"x"', "", "geojson"),
    "nothing": ("null", "", "geojson"),
    "NaN": ("NaN", "", "geojson"),
    "a feature": (json.dumps(feature()), "", "geojson"),
    "a geometry": (POINT, "", "geojson"),
    "TopoJSON": ('{"type": "Topology", "objects": {}}', "", "geojson"),
    "no features": ('{"type": "FeatureCollection"}', "member features", "geojson"),
    "features an object": ('{"type": "FeatureCollection", "features": {}}', "member features", "geojson"),
    "features NaN": ('{"type": "FeatureCollection", "features": NaN}', "member features", "geojson"),
    "a link": (collection(crs={"type": "link", "properties": {"href": "http://127.0.0.1/crs"}}), "member crs", "crs"),
    "another crs": (collection(crs={"type": "name", "properties": {"name": "EPSG:32648"}}), "member crs", "crs"),
    "crs a text": (collection(crs="EPSG:4326"), "member crs", "crs"),
    "crs a list": (collection(crs={"type": "name", "properties": {"name": ["EPSG:4326"]}}), "member crs", "crs"),
    "deep": ("[" * DEEP + "]" * DEEP, "line 1", "depth-limit"),
    "deep objects": ('{"a":' * DEEP + "1" + "}" * DEEP, "line 1", "depth-limit"),
    "bottomless": ("[" * 1_000_000, "line 1", "depth-limit"),
    "deep beside brackets in text": ('["]]]]", ' + "\n[" * DEEP + "]" * DEEP + "]", "line 65", "depth-limit"),
    "a VRT": ("<OGRVRTDataSource/>", "line 1 column 1", "json"),
}


@pytest.mark.parametrize("fault", WHOLE)
def test_a_file_that_is_no_layer_is_refused_with_its_place(read, fault):
    text, where, rule = WHOLE[fault]
    with pytest.raises(InputError) as error:
        read(text)
    (problem,) = error.value.problems
    assert (problem.input, problem.rule) == ("data/places.geojson", rule)
    assert problem.where.startswith(where)
    assert problem.seen
    assert problem.expected


def test_brackets_in_text_are_no_nesting(read):
    name = '[{"' * 100
    layer, problems = read(collection(feature(properties={"id": "a", "name": name})))
    assert problems == []
    assert layer.loc[1, "name"] == name


def test_a_name_that_stands_twice_outside_of_the_features_is_a_problem(read):
    _, problems = read('{"type": "FeatureCollection", "features": [], "name": "a", "name": "b"}')
    assert [(problem.where, problem.seen) for problem in problems] == [("", "the name name more than once")]


@settings(deadline=None)
@given(st.text(st.sampled_from('{}[]",:0 1e.-NaInftype\\u"features'), max_size=40) | VALUES.map(json.dumps))
def test_any_text_is_read_or_refused(read, text):
    for whole in (text, f'{{"type": "FeatureCollection", "features": [{text}]}}', f'{{"features": {text}}}'):
        try:
            layer, problems = read(whole)
        except InputError:
            continue
        assert len(layer) + len(problems) > 0 or "[]" in "".join(whole.split())


@settings(deadline=None)
@given(VALUES)
def test_any_geometry_is_built_or_refused(read, geometry):
    layer, problems = read(collection(feature(geometry)), BACKDROP)
    assert len(layer) + len(problems) == 1
