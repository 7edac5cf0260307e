"""Planted breaches of the rules about masks."""

from __future__ import annotations

import pytest

from geo.checks import check_atlas, masks
from geo.errors import Problem
from geo.readers import read_atlas

WHERE = "key masks.public.rules[1]"
ONE = "one of the two: grid_m = metres, or hide = true"
WITHOUT = "a text without a position: a mask coarsens the place"


def declare(rule):
    """Return a plant: a mask with one rule."""

    def plant(atlas):
        manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
        mask = f'[masks.public]\ntitle = {{ en = "Public" }}\nreason = {{ en = "Graves." }}\nrules = [{rule}]\n'
        atlas.write("atlas.toml", f"{manifest}\n{mask}")

    return plant


def tell(text, rule='{ kinds = ["prison"], hide = true }'):
    """Return a plant: the summary of a masked place says something."""

    def plant(atlas):
        declare(rule)(atlas)
        atlas.put("sites", "place-a", summary=text)

    return plant


def told(seen, field="summary"):
    return Problem("data/sites.geojson", "feature 1 (place-a)", field, seen, WITHOUT, severity="warning")


def tell_of_source(atlas):
    declare('{ kinds = ["prison"], hide = true }')(atlas)
    atlas.put("sites", "place-a", coord_source="first-book#10.50001, -32.50001")


def tell_of_event(atlas):
    declare('{ kinds = ["prison"], hide = true }')(atlas)
    with atlas.rows("events") as rows:
        rows[0]["place_text"] = "at 10.50001 north"


def fault(field, seen, expected, next_step=""):
    return Problem("atlas.toml", WHERE, field, seen, expected, next_step)


BREACHES = {
    "mask-rules": [
        (declare('{ kinds = ["prison"] }'), fault("grid_m, hide", "neither", ONE)),
        (declare("{ grid_m = 5000, hide = true }"), fault("grid_m, hide", "both", ONE)),
        (
            declare('{ kinds = ["prisn"], hide = true }'),
            fault("kinds", "prisn", "one of prison, execution_site, memorial, camp", "Did you mean prison?"),
        ),
        (
            declare('{ standings = ["judgd"], hide = true }'),
            fault("standings", "judgd", "one of judged, alleged, surveyed, reported", "Did you mean judged?"),
        ),
    ],
    "masked-texts": [
        (tell("It stands at 11°32′ north."), told("11°")),
        (tell("It stands at 11.54921 and 104.91752."), told("11.54921")),
        (tell("It stands at 491234, 1276543 (UTM)."), told("491234, 1276543")),
        (tell_of_source, told("10.50001", "coord_source")),
        (
            tell_of_event,
            Problem(
                "data/tables/events.csv", "line 2 (opening)", "place_text", "10.50001", WITHOUT, severity="warning"
            ),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_numbers_that_are_no_position_pass(small_atlas):
    atlas = small_atlas()
    tell("In 1976 some 1,200 people were held there, 35 to a room of 8.5 m.")(atlas)
    assert check_atlas(read_atlas(atlas.folder)) == []


def test_a_position_that_is_coarse_already_may_be_told(small_atlas):
    atlas = small_atlas()
    tell("It lay near 11°32′ north.", '{ kinds = ["prison"], grid_m = 100 }')(atlas)
    assert check_atlas(read_atlas(atlas.folder)) == []


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(masks) == sorted(BREACHES)
