"""Planted breaches of the rules about numbers and dates."""

from __future__ import annotations

import pytest

from geo.checks import amounts
from geo.errors import Problem

SITES = "data/sites.geojson"
CLAIMS = "data/tables/claims.csv"
EVENTS = "data/tables/events.csv"
ZONES = "data/tables/zones.csv"
B = "feature 2 (place-b)"
BREACHES = {
    "bound-form": [
        (
            lambda atlas: atlas.cell("claims", 0, low="1,200"),
            Problem(CLAIMS, "line 2 (c0001)", "low", "1,200", "a number in plain digits, such as 12273 or 1.5"),
        ),
        (
            lambda atlas: atlas.cell("claims", 2, high="March 1901"),
            Problem(CLAIMS, "line 4 (c0003)", "high", "March 1901", "a date as EDTF, because the unit is date"),
        ),
        (
            lambda atlas: atlas.cell("claims", 0, low="", high=""),
            Problem(
                CLAIMS,
                "line 2 (c0001)",
                "low",
                "neither low nor high",
                "at least one bound, or a note with the words of the source",
            ),
        ),
    ],
    "low-le-high": [
        (
            lambda atlas: atlas.cell("claims", 0, low="1500.5"),
            Problem(CLAIMS, "line 2 (c0001)", "low", "1500.5 to 1500", "a low that is not above high"),
        ),
        (
            lambda atlas: atlas.cell("claims", 2, low="1901-04"),
            Problem(CLAIMS, "line 4 (c0003)", "low", "1901-04 to 1901-03", "a low that is not after high"),
        ),
    ],
    "begin-le-end": [
        (
            lambda atlas: atlas.put("sites", "place-b", begin="1904"),
            Problem(SITES, B, "end", "1904 to 1903", "end not before begin"),
        ),
        (
            lambda atlas: atlas.cell("events", 1, end="1950-04"),
            Problem(EVENTS, "line 3 (unveiling)", "end", "1950-05-01 to 1950-04", "end not before date"),
        ),
        (
            lambda atlas: atlas.cell("zones", 0, to="1900"),
            Problem(ZONES, "line 2", "to", "1901 to 1900", "to not before from"),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(amounts) == sorted(BREACHES)
