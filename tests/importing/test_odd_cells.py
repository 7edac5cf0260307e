"""Cells, shapes, corrections and gazetteers that are odd: what is made of each, and what is said of it."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from geo.coordinates import read_position
from geo.coordinates.datums import find_conversion
from geo.errors import InputError
from geo.gazetteer import Gazetteer
from geo.importing.corrections import Correction, read_corrections
from geo.importing.filing import make_plan
from geo.importing.gazetteers import read_places
from geo.importing.plans import Plan
from geo.importing.running import run_import
from geo.importing.sourcing import Sourcing
from geo.spec import Vocabulary
from tests.importing.test_running import GAZETTEER, SETTING, VOCABULARY, _as_listing, listing_of

PLAIN = ("id", "name", "kind", "standing", "country", "begin", "end", "precision_m", "part_of", "coord")
ODD = Plan({column: column for column in PLAIN})
FITTING = {"name": "Wat A", "kind": "prison"}


def import_rows(rows, columns=PLAIN, plan=ODD, setting=SETTING, corrections=(), geometries=()):
    listing = listing_of([tuple(row.get(column, "") for column in columns) for row in rows], columns)
    if geometries:
        shaped = [replace(row, geometry=shape) for row, shape in zip(listing.rows, geometries, strict=True)]
        listing = replace(listing, rows=tuple(shaped))
    return run_import(listing, plan, setting, Sourcing.of("list.csv", [], setting.ids), corrections)


def said_of(done):
    """Return rule -> the row, the outcome, what was seen and the candidates."""
    return {found.rule: (found.row, found.outcome, found.seen, found.candidates) for found in done.account.findings}


@pytest.mark.parametrize(
    ("cells", "rule", "outcome", "field", "value"),
    [
        ({"standing": "proven"}, "standing", "cell left out", "standing", "reported"),
        ({"standing": "Judged"}, "", "", "standing", "judged"),
        ({"country": "Cambodia"}, "country", "cell left out", "country", None),
        ({"country": "kh"}, "", "", "country", "KH"),
        ({"begin": "17 April 1975"}, "", "", "begin", "1975-04-17"),
        ({"end": "soon"}, "date", "cell left out", "end", None),
        ({"end": "soon"}, "date", "cell left out", "end_text", "soon"),
        ({"part_of": "nowhere"}, "part-of", "cell left out", "part_of", None),
        ({"part_of": "wat-a"}, "part-of", "cell left out", "part_of", None),
        ({"part_of": "list"}, "part-of", "cell left out", "part_of", None),
        ({"coord": "13.50000, 103.50000", "precision_m": "250.4"}, "", "", "precision_m", 251),
        ({"coord": "13.5, 103.5", "precision_m": "near"}, "precision", "cell left out", "coord_text", "13.5, 103.5"),
        ({"coord": "13.5, 103.5", "precision_m": "village"}, "", "", "coord_text", "13.5, 103.5"),
    ],
)
def test_a_cell_that_says_nothing_is_left_out_and_named(cells, rule, outcome, field, value):
    done = import_rows([FITTING | cells])
    (feature,) = done.features
    assert feature["properties"][field] == value
    told = [(found.rule, found.outcome) for found in done.account.findings if found.rule != "form"]
    assert told == ([(rule, outcome)] if rule else [])


def test_of_one_kind_every_place_is():
    ground = replace(SETTING.ground, vocabulary=Vocabulary(kinds={"prison": VOCABULARY.kinds["prison"]}))
    done = import_rows([{"name": "Wat A"}], setting=replace(SETTING, ground=ground))
    assert [feature["properties"]["kind"] for feature in done.features] == ["prison"]


@pytest.mark.parametrize(
    ("shape", "point", "expected"),
    [
        ({"type": "Point", "coordinates": [104.5, 11.5, 9.0]}, [104.5, 11.5], ""),
        ({"type": "MultiPoint", "coordinates": [[104.5, 11.5]]}, [104.5, 11.5], ""),
        ({"type": "MultiPoint", "coordinates": [[104, 11], [105, 12]]}, None, "has no one position"),
        ({"type": "LineString", "coordinates": [[104, 11], [105, 12]]}, None, "has no one position"),
        ({"type": "Point", "coordinates": [104.5]}, None, "two numbers"),
        ({"type": "Point", "coordinates": ["104.5", "11.5"]}, None, "two numbers"),
        ({"type": "Point"}, None, "two numbers"),
    ],
)
def test_a_place_has_the_one_point_of_its_feature(shape, point, expected):
    done = import_rows([FITTING], geometries=[shape])
    (feature,) = done.features
    assert (feature["geometry"] and list(feature["geometry"]["coordinates"])) == point
    told = [found.expected for found in done.account.findings if found.rule == "coordinate"]
    assert len(told) == bool(expected)
    assert all(expected in one for one in told)


@pytest.mark.parametrize(
    ("northing", "easting", "read"),
    [("1 300 000", "500,000 mE", True), ("1300000N", "500000.0", True), ("13 north", "500000", False)],
)
def test_metres_of_a_grid_are_read_or_refused(northing, easting, read):
    grid = find_conversion("EPSG:32648", SETTING.ground.area)
    setting = replace(SETTING, ground=replace(SETTING.ground, conversion=grid))
    columns = ("name", "kind", "lat", "lon")
    plan = Plan({column: column for column in columns})
    done = import_rows([FITTING | {"lat": northing, "lon": easting}], columns, plan, setting)
    if read:
        lon, lat = done.features[0]["geometry"]["coordinates"]
        assert (lon, lat) == (pytest.approx(105.0, abs=1e-6), pytest.approx(11.76, abs=0.01))
    else:
        assert said_of(done)["coordinate"][1] == "cell left out"
        assert done.features[0]["geometry"] is None


def test_a_grid_reference_in_a_table_of_another_datum_is_left_out():
    indian = find_conversion("EPSG:4131", SETTING.ground.area)
    setting = replace(SETTING, ground=replace(SETTING.ground, conversion=indian))
    done = import_rows([FITTING | {"coord": "48P 500000 1300000"}], setting=setting)
    assert [found.expected for found in done.account.findings] == [
        f"degrees or metres in {indian.crs}; a grid reference is read in WGS 84"
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("48P 50000 1300000", "outside zone 48"),
        ("48PZZ1234512345", "no reference of the grid"),
        ("61P 500000 1300000", "there are 1 to 60"),
    ],
)
def test_a_reference_that_the_grid_does_not_have_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        read_position(text)


def test_two_numbers_may_be_parted_by_a_comma_alone():
    found = read_position("11.5625,104.9160")
    assert (found.lat, found.lon) == (11.5625, 104.916)


# --- shapes -------------------------------------------------------------------------------------------------------


def import_shapes(schema, geometry, **cells):
    columns = tuple(cells)
    plan = Plan({column: column for column in columns})
    return import_rows([cells], columns, plan, replace(SETTING, schema=schema, layer=schema), geometries=[geometry])


SQUARE = {"type": "Polygon", "coordinates": [[[104, 11], [105, 11], [105, 12], [104, 11]]]}
LINE = {"type": "LineString", "coordinates": [[104, 11], [105, 12]]}


@pytest.mark.parametrize(
    ("schema", "geometry", "cells", "rules"),
    [
        ("areas", SQUARE, {"code": "KH01", "name": "One"}, set()),
        ("areas", SQUARE, {"code": "", "name": "One"}, {"required"}),
        ("areas", None, {"code": "KH01", "name": "One"}, {"geometry"}),
        ("areas", {"type": "Polygon", "coordinates": "here"}, {"code": "KH01", "name": "One"}, {"geometry"}),
        ("areas", {"type": "Point", "coordinates": [1, 2]}, {"code": "KH01", "name": "One"}, {"geometry"}),
        ("routes", LINE, {"id": "r", "name": "R", "kind": "flight", "from": "A", "to": "B"}, set()),
        ("routes", LINE, {"id": "r", "name": "R", "kind": "flight", "from": "A", "to": ""}, {"stop"}),
        ("routes", LINE, {"id": "r", "name": "R", "kind": "flight", "from": "", "to": ""}, {"stop"}),
    ],
)
def test_a_shape_is_taken_or_set_aside_with_its_reason(schema, geometry, cells, rules):
    done = import_shapes(schema, geometry, **cells)
    assert {found.rule for found in done.account.findings if found.outcome == "row set aside"} == rules
    assert done.account.taken == (not rules)
    assert done.account.adds_up


# --- corrections --------------------------------------------------------------------------------------------------


def test_corrections_without_their_columns_are_refused():
    with pytest.raises(InputError, match=r"fixes.csv cannot be used") as refusal:
        read_corrections(_as_listing("row,column,seen\n2,name,x\n"), "fixes.csv")
    assert [problem.field for problem in refusal.value.problems] == ["corrected", "by", "why"]


def test_corrections_that_say_two_things_are_refused_with_every_reason():
    lines = ("row,column,seen,corrected,by,why", "two,name,x,y,M,", "3,name,x,y,M,", "3,name,x,z,M,", "4,,,gone,M,")
    text = "\n".join([*lines, "5,,,leave out,M,"])
    with pytest.raises(InputError) as refusal:
        read_corrections(_as_listing(text), "fixes.csv")
    assert [(problem.where, problem.rule) for problem in refusal.value.problems] == [
        ("row 2", "row"), ("row 4", "twice"), ("row 5", "whole-row"),
    ]  # fmt: skip


def test_a_correction_that_does_not_fit_any_more_is_not_obeyed():
    made = [
        Correction(2, 2, "name", "Wat A", "Wat B", "M", ""),
        Correction(3, 2, "nme", "Wat A", "Wat C", "M", ""),
        Correction(4, 9, "name", "Wat A", "Wat D", "M", ""),
        Correction(5, 2, "kind", "prison", "", "", ""),  # an open question
        Correction(6, 2, "country", "XX", "KH", "M", ""),
    ]
    done = import_rows([FITTING], corrections=made)
    assert [feature["properties"]["name"] for feature in done.features] == ["Wat B"]
    assert [(found.row, found.seen) for found in done.account.findings if found.rule == "stale-correction"] == [
        (2, "nme"), (2, "nothing"), (9, "no row 9"),
    ]  # fmt: skip


# --- gazetteers ---------------------------------------------------------------------------------------------------


def test_a_gazetteer_without_codes_is_held_together_by_its_names():
    header = ("name", "district", "province", "lat", "lon", "sources")
    rows = [
        ("Kandal", "Chhuk", "Kampot", "10.8", "104.5", '["a-book#p. 1"]'),
        ("Kandal", "Ek Phnom", "Battambang", "13.1", "103.2", "{}"),
        ("Chres", "Chhuk", "Kampot", "x", "104.4", "no list"),
        ("", "Chhuk", "Kampot", "10.8", "104.5", ""),
    ]
    places = read_places(listing_of(rows, header))
    assert [(entry.path, entry.source, entry.located) for entry in places.entries] == [
        ("Kandal, Chhuk, Kampot", "a-book#p. 1", True),
        ("Kandal, Ek Phnom, Battambang", "", True),
        ("Chres, Chhuk, Kampot", "", False),
    ]
    assert places.entries[0].parent is places.entries[2].parent
    assert places.find({"village": "Kandal", "district": "Chhuk"}).entry is places.entries[0]
    assert places.suggest("village", "Kandall", {"province": "Battambang"}) == ["Kandal, Ek Phnom, Battambang"]


def test_a_gazetteer_of_points_takes_them_from_its_features():
    listing = listing_of([("A",), ("B",), ("C",)], ("name",))
    shapes = [{"type": "Point", "coordinates": [104.5, 11.5]}, {"type": "Polygon", "coordinates": []}, None]
    rows = tuple(replace(row, geometry=shape) for row, shape in zip(listing.rows, shapes, strict=True))
    entries = read_places(replace(listing, rows=rows)).entries
    assert (entries[0].lat, entries[0].lon) == (11.5, 104.5)
    assert all(math.isnan(entry.lat) for entry in entries[1:])
    assert read_places(replace(listing, rows=rows)).find({"village": "A", "province": "Kampot"}).entry.names == ("A",)


AREAS = gpd.GeoDataFrame(
    {"code": ["01", "02"], "name": ["Battambang", "Kampot"]},
    geometry=[shapely.box(102, 12.5, 104, 14), shapely.box(104, 10, 105, 11)],
    crs="EPSG:4326",
)
PLACED = ("name", "kind", "province", "district", "village", "lat", "lon")


@pytest.mark.parametrize(
    ("cells", "province", "basis", "rules"),
    [
        ({"province": "Kampot", "district": "Chhuk", "village": "Kandal"}, "02", "village", set()),
        ({"province": "Kampot", "lat": "10.5", "lon": "104.5"}, "02", "published_point", set()),
        ({"lat": "10.5", "lon": "104.5"}, "02", "published_point", {"province-of-point"}),
        ({"province": "Kampot", "lat": "13", "lon": "103"}, "02", "province", {"point-in-province"}),
        ({"province": "Battambang", "district": "Ek Phnom"}, "01", "district", {"sound"}),
        ({"province": "Kampot", "district": "Chhuc"}, "02", "province", {"unknown-place"}),
    ],
)
def test_a_place_lies_where_its_row_says_or_nowhere(cells, province, basis, rules):
    ground = replace(
        SETTING.ground,
        provinces=Gazetteer([("01", "Battambang"), ("02", "Kampot")]),
        places=read_places(listing_of(GAZETTEER[1:], GAZETTEER[0])),
    )
    setting = replace(SETTING, ground=ground, areas=AREAS, tolerance_m=100.0)
    plan = Plan({column: column for column in PLACED})
    done = import_rows([FITTING | cells], PLACED, plan, setting)
    (feature,) = done.features
    assert (feature["properties"]["province"], feature["properties"]["precision_basis"]) == (province, basis)
    assert {found.rule for found in done.account.findings if found.rule != "form"} == rules


def test_columns_that_only_their_cells_tell_are_recognised():
    rows = [("1", "Wat A", "11°30′N 104°30′E", "17 April 1975"), ("2", "Wat B", "12°30′N 105°30′E", "May 1976")]
    plan = make_plan(listing_of(rows, ("No", "What", "Reading", "Stamp")), "sites")
    assert {plan.columns.get("coord"), plan.columns.get("dates")} == {"Reading", "Stamp"}
