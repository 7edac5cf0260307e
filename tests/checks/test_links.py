"""Planted breaches of the rules about what one record says of another."""

from __future__ import annotations

import pytest

from geo.checks import links
from geo.errors import Problem

SITES = "data/sites.geojson"
ROUTES = "data/routes.geojson"
CLAIMS = "data/tables/claims.csv"
NAMES = "data/tables/names.csv"
EVENTS = "data/tables/events.csv"
RELATIONS = "data/tables/relations.csv"
FIGURES = "data/tables/figures.csv"
SOURCES = "data/sources.json"
A = "feature 1 (place-a)"
B = "feature 2 (place-b)"
C = "feature 3 (place-c)"
D = "feature 4 (place-d)"
E = "feature 5 (place-e)"
ROUTE = "feature 1 (a-to-e)"
UNIT = "the id of a site, route or area, or the code of a unit in which some site lies"
BREACHES = {
    "cited": [
        (
            lambda atlas: atlas.put("sites", "place-a", sources=[]),
            Problem(SITES, A, "sources", "no source", "at least one source: nothing stands here unsaid by anyone"),
        ),
        (
            lambda atlas: atlas.cell("claims", 3, source=""),
            Problem(
                CLAIMS,
                "line 5 (c0004)",
                "source",
                "no source",
                "at least one source: nothing stands here unsaid by anyone",
            ),
        ),
    ],
    "source-exists": [
        (
            lambda atlas: atlas.put("sites", "place-b", sources=["first-book#p. 1", "frist-book#p. 2"]),
            Problem(
                SITES, B, "sources", "frist-book#p. 2", f"the id of a source in {SOURCES}", "Did you mean first-book?"
            ),
        ),
        (
            lambda atlas: atlas.cell("events", 0, source="hearsay"),
            Problem(EVENTS, "line 2 (opening)", "source", "hearsay", f"the id of a source in {SOURCES}"),
        ),
    ],
    "record-exists": [
        (
            lambda atlas: atlas.cell("claims", 0, subject="plaice-a"),
            Problem(
                CLAIMS,
                "line 2 (c0001)",
                "subject",
                "plaice-a",
                "the id of a site, route or area, or the nation",
                "Did you mean place-a or place-e or place-d?",
            ),
        ),
        (
            lambda atlas: atlas.cell("relations", 0, object="P9x"),
            Problem(RELATIONS, "line 2", "object", "P9x", "the id of a site, route or area, or the nation"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-c", part_of="a-to-e"),
            Problem(SITES, C, "part_of", "a-to-e", "the id of a site"),
        ),
        (
            lambda atlas: atlas.cell("events", 0, place="nowhere"),
            Problem(EVENTS, "line 2 (opening)", "place", "nowhere", "the id of a site"),
        ),
        (
            lambda atlas: atlas.cell("figures", 0, claim="figure"),
            Problem(FIGURES, "line 2", "claim", "figure", "the id of a claim"),
        ),
        (lambda atlas: atlas.cell("names", 4, subject="Q7"), Problem(NAMES, "line 6", "subject", "Q7", UNIT)),
        (
            lambda atlas: atlas.put(
                "routes", "a-to-e", stops=[{"name": "Place A", "site": "q"}, {"name": "Place B"}, {"name": "Place E"}]
            ),
            Problem(ROUTES, ROUTE, "stops[1].site", "q", "the id of a site, or null"),
        ),
    ],
    "province-exists": [
        (
            lambda atlas: atlas.put("sites", "place-d", province="Square"),
            Problem(SITES, D, "province", "Square", "the code of an area"),
        ),
        (
            lambda atlas: atlas.cell("history", 0, province="P4"),
            Problem("data/tables/history.csv", "line 2", "province", "P4", "the code of an area"),
        ),
    ],
    "code-in-province": [
        (
            lambda atlas: atlas.put("sites", "place-c", place_code="P30101"),
            Problem(SITES, C, "place_code", "P30101", "a code that begins with P1"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-e", place_code="P30101"),
            Problem(SITES, E, "place_code", "P30101", "a province beside it"),
        ),
    ],
    "relation-of-two": [
        (
            lambda atlas: atlas.cell("relations", 0, object="place-a"),
            Problem(RELATIONS, "line 2", "object", "place-a", "a record other than the subject"),
        ),
    ],
    "part-of-acyclic": [
        (
            lambda atlas: atlas.put("sites", "place-a", part_of="place-c"),
            Problem(SITES, A, "part_of", "place-a → place-c → place-a", "a chain that ends"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-e", part_of="place-e"),
            Problem(SITES, E, "part_of", "place-e → place-e", "a chain that ends"),
        ),
    ],
    "figures-match": [
        (
            lambda atlas: atlas.cell("figures", 0, claim="c0005"),
            Problem(FIGURES, "line 2", "claim", "c0005, which is about P2: population", "a claim about P1: population"),
        ),
        (
            lambda atlas: atlas.cell("claims", 3, status="superseded"),
            Problem(FIGURES, "line 2", "claim", "c0004, which is superseded", "a claim that is current or contested"),
        ),
        (
            lambda atlas: atlas.cell("claims", 3, partial="yes"),
            Problem(
                FIGURES, "line 2", "claim", "c0004, which covers only a part", "a claim that covers the whole of P1"
            ),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(links) == sorted(BREACHES)
