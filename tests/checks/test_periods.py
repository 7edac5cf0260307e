"""Planted breaches of the rules about the crosswalk and the periods."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.checks import Records, check_atlas, periods
from geo.errors import Problem
from geo.readers import read_atlas

CROSSWALK = "data/tables/crosswalk.csv"
ROW, OTHER = "line 2", "line 3"
UNFILLED = "at least one row of a crosswalk: without one, the areas are today's"
BREACHES = {
    "period-named": [
        (
            lambda atlas: atlas.add_row("crosswalk", 0, period="squares_1950", code="P1"),
            Problem(CROSSWALK, "line 4", "period", "squares_1950", "one of squares_1905", "Did you mean squares_1905?"),
        ),
        (
            lambda atlas: atlas.add_row("crosswalk", 0, period="before", code="P1"),
            Problem(
                CROSSWALK, "line 4", "period", "before", "one of squares_1905", "Add [periods.before] to atlas.toml"
            ),
        ),
    ],
    "period-filled": [
        (
            lambda atlas: atlas.replace(
                "atlas.toml",
                "[periods.squares_1905]",
                '[periods.squares_1800]\ntitle = { en = "Squares of 1800" }\nyear = "1800"\n\n[periods.squares_1905]',
            ),
            Problem("atlas.toml", "key periods.squares_1800", "", "no row that speaks of it", UNFILLED),
        ),
    ],
    "crosswalk-once": [
        (
            lambda atlas: atlas.add_row("crosswalk", 0, id="elsewhere", name="Elsewhere", name_km=""),
            Problem(CROSSWALK, "line 4", "code", f"P2 again, after {ROW}", "each area once in squares_1905"),
        ),
    ],
    "former-area": [
        (
            lambda atlas: atlas.cell("crosswalk", 1, id="Great_Square"),
            Problem(CROSSWALK, OTHER, "id", "Great_Square", "lower-case letters, digits and single hyphens"),
        ),
        (
            lambda atlas: atlas.cell("crosswalk", 1, name="Greater Square"),
            Problem(CROSSWALK, OTHER, "name", "Greater Square", f"Great Square, as in {ROW}"),
        ),
        (
            lambda atlas: atlas.cell("crosswalk", 1, name_km=""),
            Problem(CROSSWALK, OTHER, "name_km", "nothing", f"ការ៉េធំ, as in {ROW}"),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(periods) == sorted(BREACHES)


def test_a_former_area_does_not_bear_the_code_of_one_of_today(small_atlas):
    atlas = small_atlas()
    atlas.cell("crosswalk", 0, id="P3")
    expected = "an id that no area of today bears: one that is kept as itself has its code"
    problems = list(periods.former_area(Records(read_atlas(atlas.folder))))
    assert Problem(CROSSWALK, ROW, "id", "P3", expected) in problems


def test_the_year_of_a_period_is_a_date(small_atlas):
    atlas = small_atlas()
    atlas.replace("atlas.toml", 'year = "1905"', 'year = "before the war"')
    (problem,) = check_atlas(read_atlas(atlas.folder))
    assert (problem.rule, problem.where, problem.seen) == (
        "period-filled",
        "key periods.squares_1905.year",
        "before the war",
    )


def test_a_period_needs_areas(clean_inputs):
    layers = {name: layer for name, layer in clean_inputs.layers.items() if name != "provinces"}
    problems = list(periods.period_filled(Records(replace(clean_inputs, layers=layers))))
    assert [(problem.where, problem.seen) for problem in problems] == [
        ("key periods.squares_1905", "no layer of areas")
    ]


def test_the_codes_of_a_crosswalk_exist(small_atlas):
    atlas = small_atlas()
    atlas.add_row("crosswalk", 0, code="P9")
    assert [(problem.rule, problem.where, problem.seen) for problem in check_atlas(read_atlas(atlas.folder))] == [
        ("province-exists", "line 4", "P9")
    ]


def test_a_map_may_show_a_period(small_atlas):
    atlas = small_atlas()
    atlas.replace("maps/overview.toml", '["provinces",', '["squares_1905", "provinces",')
    assert check_atlas(read_atlas(atlas.folder)) == []
