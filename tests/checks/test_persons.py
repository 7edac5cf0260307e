"""Planted breaches of the rules about allegations and judgments."""

from __future__ import annotations

import pytest

from geo.checks import check_atlas, persons
from geo.errors import Problem
from geo.readers import read_atlas

SITES = "data/sites.geojson"
WORDS = '[rules]\nallegation_words = ["alleged", "says the indictment"]\n\n[layers.sites]'
EXPECTED = "one of the words that mark an allegation: alleged, says the indictment"
NEXT = "say whose allegation it is, or give the source of a judgment and change the standing"


def say(atlas, summary, layer="sites", key="place-b"):
    atlas.replace("atlas.toml", "[layers.sites]", WORDS)
    atlas.put("sites", "place-b", summary="Place B is alleged to be invented.")
    atlas.put(layer, key, summary=summary, standing="alleged")


BREACHES = {
    "allegation-worded": [
        (
            lambda atlas: say(atlas, "People were killed at Place B."),
            Problem(SITES, "feature 2 (place-b)", "summary", "People were killed at Place B.", EXPECTED, NEXT),
        ),
        (
            lambda atlas: say(atlas, "Unalleged, people were killed at Place B."),
            Problem(
                SITES, "feature 2 (place-b)", "summary", "Unalleged, people were killed at Place B.", EXPECTED, NEXT
            ),
        ),
        (
            lambda atlas: say(atlas, "They walked.", "routes", "a-to-e"),
            Problem("data/routes.geojson", "feature 1 (a-to-e)", "summary", "They walked.", EXPECTED, NEXT),
        ),
    ],
    "judged-named": [
        (
            lambda atlas: atlas.put("sites", "place-a", sources=["second-report#§4", "second-report#§5"]),
            Problem(
                SITES,
                "feature 1 (place-a)",
                "sources",
                "second-report (fair)",
                "at least one source of grade best: the record is said to be judged",
            ),
        ),
        (
            lambda atlas: atlas.put("routes", "a-to-e", standing="judged", sources=["second-report"]),
            Problem(
                "data/routes.geojson",
                "feature 1 (a-to-e)",
                "sources",
                "second-report (fair)",
                "at least one source of grade best: the record is said to be judged",
            ),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(persons) == sorted(BREACHES)


@pytest.mark.parametrize(
    "summary", ["An ALLEGED place.", "A place where, says the indictment, people were held.", "Alleged: Place B."]
)
def test_an_allegation_may_be_marked_by_any_word_of_the_manifest_in_any_case(small_atlas, summary):
    atlas = small_atlas()
    say(atlas, summary)
    assert check_atlas(read_atlas(atlas.folder)) == []
