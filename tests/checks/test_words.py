"""Planted breaches of the rules about single cells."""

from __future__ import annotations

import pytest

from geo.checks import words
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
C = "feature 3 (place-c)"
ROUTE = "feature 1 (a-to-e)"
FORM = "lower-case letters, digits and single hyphens"
CLEAN = "text without control characters, direction marks or invisible characters"
BREACHES = {
    "required": [
        (
            lambda atlas: atlas.put("sites", "place-a", summary=""),
            Problem(SITES, A, "summary", "nothing", "a value. One neutral sentence."),
        ),
        (
            lambda atlas: atlas.cell("events", 1, title=""),
            Problem(EVENTS, "line 3 (unveiling)", "title", "nothing", "a value. The event in a few words."),
        ),
    ],
    "type": [
        (lambda atlas: atlas.put("sites", "place-a", name=12), Problem(SITES, A, "name", "12", "a text")),
        (
            lambda atlas: atlas.put("sites", "place-a", begin="1901-13"),
            Problem(
                SITES,
                A,
                "begin",
                "1901-13",
                "a date as EDTF (ISO 8601-2), such as 1975-04, 1975~ or 1975-04-17/1976",
            ),
        ),
        (
            lambda atlas: atlas.put("sites", "place-a", precision_m=99.5),
            Problem(SITES, A, "precision_m", "99.5", "a whole number"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-a", precision_m=True),
            Problem(SITES, A, "precision_m", "True", "a whole number"),
        ),
        (
            lambda atlas: atlas.cell("claims", 0, partial="perhaps"),
            Problem(CLAIMS, "line 2 (c0001)", "partial", "perhaps", "yes or no"),
        ),
        (
            lambda atlas: atlas.cell("names", 0, language="English"),
            Problem(NAMES, "line 2", "language", "English", "a BCP 47 tag, such as km, en or km-Latn"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-a", coord_source="first-book#p. 1|p. 2"),
            Problem(SITES, A, "coord_source", "first-book#p. 1|p. 2", "source-id#locator"),
        ),
        (
            lambda atlas: atlas.put("sites", "place-a", sources="first-book"),
            Problem(SITES, A, "sources", "first-book", "a list of source-id#locator"),
        ),
        (
            lambda atlas: atlas.put("routes", "a-to-e", stops=["Place A"]),
            Problem(ROUTES, ROUTE, "stops", "['Place A']", "a list of objects"),
        ),
    ],
    "term": [
        (
            lambda atlas: atlas.put("sites", "place-a", kind="prisson"),
            Problem(
                SITES, A, "kind", "prisson", "one of prison, execution_site, memorial, camp", "Did you mean prison?"
            ),
        ),
        (
            lambda atlas: atlas.cell("claims", 0, status="Current"),
            Problem(
                CLAIMS,
                "line 2 (c0001)",
                "status",
                "Current",
                "one of current, superseded, contested, rejected",
                "Did you mean current?",
            ),
        ),
    ],
    "id-form": [
        (
            lambda atlas: atlas.cell("events", 0, id="The_Opening"),
            Problem(EVENTS, "line 2 (The_Opening)", "id", "The_Opening", f"{FORM}, as in place-a"),
        ),
    ],
    "ids-unique": [
        (
            lambda atlas: atlas.cell("claims", 6, id="c0001"),
            Problem(CLAIMS, "line 8 (c0001)", "id", "c0001", f"an id of its own; {CLAIMS}: line 2 (c0001) has it"),
        ),
        (
            lambda atlas: atlas.cell("events", 0, id="place-a"),
            Problem(EVENTS, "line 2 (place-a)", "id", "place-a", f"an id of its own; {SITES}: {A} has it"),
        ),
        (
            lambda atlas: atlas.add_source(id="nowhere"),
            Problem(
                SOURCES, "item 3 (nowhere)", "id", "nowhere", "an id of its own; atlas.toml: key atlas.nation has it"
            ),
        ),
    ],
    "rows-unique": [
        (
            lambda atlas: atlas.add_row("relations", 0),
            Problem(
                RELATIONS,
                "line 4",
                "",
                "place-a, executed_at, place-b, first-book#p. 7",
                "one such row; line 2 is the same",
            ),
        ),
        (
            lambda atlas: atlas.add_row("figures", 0, note="Said twice."),
            Problem(FIGURES, "line 4", "", "P1, population", "one such row; line 2 is the same"),
        ),
    ],
    "nfc": [
        (
            lambda atlas: atlas.put("sites", "place-a", place_text="Cafe\u0301"),
            Problem(SITES, A, "place_text", "Cafe\u0301", "the same text in Unicode normal form C (NFC)"),
        ),
        (
            lambda atlas: atlas.put("routes", "a-to-e", group="e\u0301"),
            Problem(ROUTES, ROUTE, "group", "e\u0301", "the same text in Unicode normal form C (NFC)"),
        ),
        (
            lambda atlas: atlas.add_source(title="Me\u0301moire"),
            Problem(
                SOURCES, "item 3 (third)", "title", "Me\u0301moire", "the same text in Unicode normal form C (NFC)"
            ),
        ),
        (
            lambda atlas: atlas.replace("maps/prisons.toml", '"Prisons"', '"Prisons e\u0301"'),
            Problem(
                "maps/prisons.toml",
                "key title.en",
                "",
                "Prisons e\u0301",
                "the same text in Unicode normal form C (NFC)",
            ),
        ),
    ],
    "no-control": [
        (
            lambda atlas: atlas.put("sites", "place-a", name="Place\u202eA"),
            Problem(SITES, A, "name", "U+202E as character 6 of 'Place·A'", CLEAN),
        ),
        (
            lambda atlas: atlas.cell("events", 0, text="One.\nTwo."),
            Problem(EVENTS, "line 2 (opening)", "text", "U+000A as character 5 of 'One.·Two.'", CLEAN),
        ),
        (
            lambda atlas: atlas.put("sites", "place-a", commune="Commune\u200bA"),
            Problem(SITES, A, "commune", "U+200B as character 8 of 'Commune·A'", CLEAN),
        ),
        (
            lambda atlas: atlas.cell("events", 0, text="Hall \ufffd opens."),
            Problem(EVENTS, "line 2 (opening)", "text", "U+FFFD as character 6 of 'Hall · opens.'", CLEAN),
        ),
    ],
    "edge-space": [
        (
            lambda atlas: atlas.put("sites", "place-a", village="Village "),
            Problem(SITES, A, "village", "'Village '", "no space at the beginning or the end"),
        ),
    ],
    "script": [
        (
            lambda atlas: atlas.cell("names", 0, script="Khmr"),
            Problem(NAMES, "line 2", "text", "Place A", "letters of the script Khmr"),
        ),
    ],
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(words) == sorted(BREACHES)
