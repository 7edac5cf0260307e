"""Planted breaches of the rules about sources and maps."""

from __future__ import annotations

import pytest

from geo.checks import documents
from geo.errors import Problem

SOURCES = "data/sources.json"
FORM = "lower-case letters, digits and single hyphens"
BREACHES = {
    "source-fields": [
        (
            lambda atlas: atlas.add_source(id="Third Book"),
            Problem(SOURCES, "item 3 (Third Book)", "id", "Third Book", FORM),
        ),
        (
            lambda atlas: atlas.add_source(type="reports"),
            Problem(SOURCES, "item 3 (third)", "type", "reports", "a type of CSL 1.0.2, such as report"),
        ),
        (lambda atlas: atlas.add_source(title=""), Problem(SOURCES, "item 3 (third)", "title", "nothing", "the title")),
        (
            lambda atlas: atlas.add_source(custom={"grade": "fine", "reliability": "It is."}),
            Problem(SOURCES, "item 3 (third)", "custom.grade", "fine", "one of best, good, fair, weak, background"),
        ),
        (
            lambda atlas: atlas.add_source(custom={"grade": "good"}),
            Problem(
                SOURCES,
                "item 3 (third)",
                "custom.reliability",
                "nothing",
                "one sentence that says why it has this grade",
            ),
        ),
        (
            lambda atlas: atlas.add_source(URL="javascript:alert(1)"),
            Problem(
                SOURCES,
                "item 3 (third)",
                "URL",
                "javascript:alert(1)",
                "an address that begins with https:// or http://",
            ),
        ),
    ],
    "map-spec": [
        (
            lambda atlas: atlas.replace("maps/overview.toml", '"routes"', '"rutes"'),
            Problem(
                "maps/overview.toml",
                "key layers",
                "",
                "rutes",
                "one of lake, provinces, routes, sites, squares_1905",
                "Did you mean routes or sites?",
            ),
        ),
        (
            lambda atlas: atlas.replace("maps/prisons.toml", 'kinds = ["prison"', 'kinds = ["gaol"'),
            Problem("maps/prisons.toml", "key kinds", "", "gaol", "one of camp, execution_site, memorial, prison"),
        ),
        (
            lambda atlas: atlas.replace("maps/prisons.toml", '["executed_at"]', '["part_of"]'),
            Problem("maps/prisons.toml", "key relations", "", "part_of", "one of executed_at, memorial_of"),
        ),
        (
            lambda atlas: atlas.replace("maps/figures.toml", '["population"]', '["deaths"]'),
            Problem("maps/figures.toml", "key choropleth.measures", "", "deaths", "one of population"),
        ),
        (
            lambda atlas: atlas.replace("maps/figures.toml", '["population"]', "[]"),
            Problem(
                "maps/figures.toml", "key choropleth.measures", "", "nothing", "at least one measure of the figures"
            ),
        ),
        (
            lambda atlas: atlas.replace("maps/figures.toml", '["provinces"]', '["sites"]'),
            Problem("maps/figures.toml", "key layers", "", "sites", "the layer of areas, to be shaded"),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(documents) == sorted(BREACHES)
