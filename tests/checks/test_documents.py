"""Planted breaches of the rules about sources and maps."""

from __future__ import annotations

import pytest

from geo.checks import documents
from geo.errors import Problem

SOURCES = "data/sources.json"
PRISONS = "maps/prisons.toml"
RECORDS = '["place-a", "place-c"]'
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
    "chapters": [
        (
            lambda atlas: atlas.replace(PRISONS, RECORDS, '["place-a", "place-cc"]'),
            Problem(
                PRISONS,
                "key chapters[1]",
                "records",
                "place-cc",
                "the id of a site or route, or the code of an area",
                "Did you mean place-c or place-e or place-d?",
            ),
        ),
        (
            lambda atlas: atlas.replace(PRISONS, RECORDS, '["place-c", "place-a"]'),
            Problem(PRISONS, "key chapters[1]", "records", "place-c", "first a record that this map shows"),
        ),
        (
            lambda atlas: atlas.replace(PRISONS, '"second-report#§4"', '"third-report#§4"'),
            Problem(
                PRISONS,
                "key chapters[2]",
                "sources",
                "third-report",
                "the id of a source",
                "Did you mean second-report?",
            ),
        ),
        (
            lambda atlas: atlas.replace(PRISONS, "Place B.[1]", "Place B.[2]"),
            Problem(PRISONS, "key chapters[2]", "text.en", "[2]", "a mark from [1] to [1], for one of the sources"),
        ),
        (
            lambda atlas: atlas.replace(PRISONS, "[-33.0, 10.0, -32.0, 11.0]", "[-35.0, 10.0, -32.0, 11.0]"),
            Problem(
                PRISONS,
                "key chapters[1]",
                "bounds",
                "[-35.0, 10.0, -32.0, 11.0]",
                "a view inside the area of the atlas, [-34.0, 9.0, -29.0, 12.0]",
            ),
        ),
        (
            lambda atlas: atlas.replace(PRISONS, '"1901/1903"', '"1903/1901"'),
            Problem(
                PRISONS,
                "key chapters[1]",
                "during",
                "1903/1901",
                "an interval as EDTF (ISO 8601-2), such as 1975-04/1979-01",
            ),
        ),
        (
            lambda atlas: atlas.replace(PRISONS, "kind IN ('prison')", "kind IN ('prison'"),
            Problem(
                PRISONS,
                "key chapters[1]",
                "where",
                "kind IN ('prison'",
                "a condition in CQL2, such as kind IN ('prison')",
            ),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(documents) == sorted(BREACHES)


@pytest.mark.parametrize(
    ("parts", "sound"),
    [
        ([1979], True), ([1979, 1, 7], True), (["1976", "2", "29"], True), ([-44, 3, 15], True),
        ([1979, 13], False), ([1979, 0], False), ([1977, 2, 29], False), ([1979, 1, 0], False), (["soon"], False),
    ],
)  # fmt: skip
def test_a_date_of_a_source_is_one_of_the_calendar(parts, sound):
    assert documents._is_csl_date({"date-parts": [parts]}) is sound
