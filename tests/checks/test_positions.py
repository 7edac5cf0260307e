"""Planted breaches of the rules about where things lie."""

from __future__ import annotations

import pytest

from geo.checks import check_atlas, positions
from geo.errors import Problem
from geo.readers import read_atlas

SITES = "data/sites.geojson"
ROUTES = "data/routes.geojson"
LAKE = "data/lake.geojson"
A = "feature 1 (place-a)"
B = "feature 2 (place-b)"
D = "feature 4 (place-d)"
E = "feature 5 (place-e)"
ROUTE = "feature 1 (a-to-e)"
NAMED = "the name of one of the stops, or a note that says what it stands for"
CHECK_IT = "Check the coordinate and the code, or give the reason under layers.provinces.outside."


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def draw_lake(atlas, *ring):
    with atlas.document("data/lake.geojson") as document:
        document["features"][0]["geometry"]["coordinates"] = [list(ring)]


def excuse(atlas, site):
    tolerance = "border_tolerance_m = 1000"
    atlas.replace(
        "atlas.toml", tolerance, f'{tolerance}\noutside = {{ {site} = "An islet that the squares leave out." }}'
    )


BREACHES = {
    "valid-geometry": [
        (
            lambda atlas: draw_lake(atlas, [-32.9, 10.1], [-32.7, 10.1], [-32.9, 10.2], [-32.7, 10.2], [-32.9, 10.1]),
            Problem(LAKE, "feature 1", "geometry", "Self-intersection[-32.8 10.15]", "a valid geometry"),
        ),
        (
            lambda atlas: draw_lake(atlas, [-32.9, 10.1], [-32.9, 10.2], [-32.7, 10.2], [-32.7, 10.1], [-32.9, 10.1]),
            Problem(
                LAKE,
                "feature 1",
                "geometry",
                "an outer ring that turns clockwise, or a hole that does not",
                "outer rings counter-clockwise, holes clockwise (RFC 7946, 3.1.6)",
                severity="warning",
            ),
        ),
    ],
    "inside-area": [
        (
            lambda atlas: atlas.move("sites", "place-e", point(-28.5, 10.5)),
            Problem(SITES, E, "geometry", "-28.5, 10.5", "longitude -34 to -29, latitude 9 to 12 (atlas.area)"),
        ),
        (
            lambda atlas: atlas.move("sites", "place-e", point(10.5, -29.5)),
            Problem(
                SITES,
                E,
                "geometry",
                "10.5, -29.5",
                "longitude -34 to -29, latitude 9 to 12 (atlas.area)",
                "Longitude and latitude look swapped; a file gives longitude first",
            ),
        ),
    ],
    "precision-floor": [
        (
            lambda atlas: atlas.put("sites", "place-b", precision_m=1999),
            Problem(SITES, B, "precision_m", "1999 m", "at least 2000 m for the basis commune"),
        ),
    ],
    "unlocated-basis": [
        (
            lambda atlas: atlas.move("sites", "place-e", None, precision_m=None, coord_source=None),
            Problem(SITES, E, "geometry", "null, with the basis village", "a point"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-e", precision_basis="unknown"),
            Problem(SITES, E, "geometry", "a point, with the basis unknown", "null"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-e", precision_m=None),
            Problem(SITES, E, "precision_m", "nothing", "a value, because the place has a point"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-e", coord_source=None),
            Problem(SITES, E, "coord_source", "nothing", "a value, because the place has a point"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-d", precision_m=5000),
            Problem(SITES, D, "precision_m", "5000", "nothing, because the place has no point"),
        ),
    ],
    "point-in-province": [
        (
            lambda atlas: atlas.move("sites", "place-a", point(-31.5, 10.5)),
            Problem(
                SITES,
                A,
                "province",
                "P1, and a point in P2, 54.7 km from there",
                "a point in P1 or within 1,100 m of it",
                CHECK_IT,
            ),
        ),
        (
            lambda atlas: atlas.move("sites", "place-a", point(-31.9875, 10.5)),
            Problem(
                SITES,
                A,
                "province",
                "P1, and a point in P2, 1.4 km from there",
                "a point in P1 or within 1,100 m of it",
                CHECK_IT,
            ),
        ),
        (
            lambda atlas: atlas.move("sites", "place-a", point(-32.5, 9.5)),
            Problem(
                SITES,
                A,
                "province",
                "P1, and a point in no province, 55.3 km from there",
                "a point in P1 or within 1,100 m of it",
                CHECK_IT,
            ),
        ),
        (
            lambda atlas: atlas.move("sites", "place-e", point(-31.5, 10.5)),
            Problem(SITES, E, "province", "no province, and a point in P2", "P2", CHECK_IT),
        ),
        (
            lambda atlas: excuse(atlas, "place-a"),
            Problem(
                "atlas.toml",
                "key layers.provinces.outside.place-a",
                "",
                "place-a",
                "a record of sites that lies outside the area it names",
                "Take the line out.",
                severity="warning",
            ),
        ),
    ],
    "segments-align": [
        (
            lambda atlas: atlas.put(
                "routes", "a-to-e", segments=[{"from": "Place A", "to": "Place B", "certainty": "assumed"}]
            ),
            Problem(ROUTES, ROUTE, "segments", "1 segments, 2 lines", "one for each line"),
        ),
        (
            lambda atlas: atlas.put("routes", "a-to-e", segments=None),
            Problem(ROUTES, ROUTE, "segments", "0 segments, 2 lines", "one for each line"),
        ),
        (
            lambda atlas: atlas.replace(ROUTES, '"certainty": "assumed"', '"certainty": "certain"'),
            Problem(ROUTES, ROUTE, "segments[2].certainty", "certain", "one of documented, reconstructed, assumed"),
        ),
        (
            lambda atlas: atlas.replace(ROUTES, '"from": "Place A"', '"from": "Place Q"'),
            Problem(ROUTES, ROUTE, "segments[1].from", "Place Q", NAMED),
        ),
        (
            lambda atlas: atlas.replace(ROUTES, '"to": "Place E"', '"to": ""'),
            Problem(ROUTES, ROUTE, "segments[2].to", "nothing", NAMED),
        ),
        (
            lambda atlas: atlas.put(
                "routes", "a-to-e", stops=[{"name": name} for name in ("Place A", "", "Place B", "Place E")]
            ),
            Problem(ROUTES, ROUTE, "stops[2].name", "nothing", "the name of the stop"),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(positions) == sorted(BREACHES)


def test_a_point_outside_with_a_reason_is_no_problem(small_atlas):
    atlas = small_atlas()
    atlas.move("sites", "place-a", point(-32.5, 9.5))
    excuse(atlas, "place-a")
    assert check_atlas(read_atlas(atlas.folder)) == []
