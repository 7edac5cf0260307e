"""The options of a question: what a person types, and what is said when it cannot be read."""

from __future__ import annotations

import json
import math

import pytest

from geo.commands.asking import question_from
from geo.query.wording import as_cql2

NOTHING = dict.fromkeys(("where", "text", "near", "radius", "bbox", "within", "during"), "")
NOTHING |= {"kinds": (), "provinces": ()}


def read(**asked):
    return question_from("sites", NOTHING | asked)


@pytest.mark.parametrize(
    ("near", "radius", "expected"),
    [
        ("11.55,104.92", "20km", (11.55, 104.92, 20_000.0)),
        ("-11.55 , 104.92", "500 m", (-11.55, 104.92, 500.0)),
        ("11.55 104.92", "2mi", (11.55, 104.92, 3218.688)),
        ("11.55°, 104.92°", "1.5KM", (11.55, 104.92, 1500.0)),
        ("11.55,104.92", "", (11.55, 104.92, math.inf)),
        ("Tuol Sleng", "5km", (None, None, 5000.0)),
    ],
)
def test_a_circle_is_read_latitude_first(near, radius, expected):
    question, problems = read(near=near, radius=radius)
    assert problems == []
    assert question.near[:3] == expected
    assert question.near.name == (near if expected[0] is None else "")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ({"near": "104.92,11.55"}, "did you mean --near 11.55,104.92?"),
        ({"near": "11.55"}, "such as --near 11.55,104.92"),
        ({"near": "11.55,104.92", "radius": "20"}, "did you mean 20km?"),
        ({"near": "11.55,104.92", "radius": "0km"}, "a length with its unit"),
        ({"near": "11.55,104.92", "radius": "20000000km"}, "at most 20000km"),
        ({"near": "11.55,104.92", "radius": "five km"}, "a length with its unit"),
        ({"radius": "20km"}, "say from where it is measured"),
        ({"bbox": "102,10,108"}, "four numbers"),
        ({"bbox": "10,102,15,108"}, "did you mean --bbox 102,10,108,15?"),
        ({"bbox": "102,15,108,10"}, "did you mean --bbox 102,10,108,15?"),
        ({"bbox": "a,b,c,d"}, "W,S,E,N"),
        ({"within": "nowhere.geojson"}, "no such file"),
        ({"within": "notes.txt"}, "no such file"),
    ],
)
def test_what_cannot_be_read_says_what_was_seen_and_how_to_mend_it(asked, hint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    question, problems = read(**asked)
    assert len(problems) == 1
    assert hint in str(problems[0])
    assert question.bbox is None
    assert question.within is None


def test_a_box_may_cross_the_antimeridian():
    assert read(bbox="170,-10,-170,10")[0].bbox == (170.0, -10.0, -170.0, 10.0)


def test_everything_that_is_wrong_is_said_at_once(ask):
    refused = ask(
        "query", "--near", "104,11", "--bbox", "1,2", "--kind", "prisonn", "--where", "bogus = 1", "--sort", "colour",
        "--during", "soon",
    )  # fmt: skip
    assert (refused.exit_code, refused.stdout) == (2, "")
    for option in ("--near", "--bbox", "--kind", "--where", "--sort", "--during"):
        assert f"the question: {option}" in refused.stderr, option
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--where", "precision_m <= 100"], ["place-a", "place-c"]),
        (["--near", "10.5,-32.5", "--radius", "20km"], ["place-a", "place-c"]),
        (["--near", "place-b", "--limit", "1"], ["place-b"]),
        (["--bbox", "-32,10,-31,11"], ["place-b"]),
        (["--during", "1902"], ["place-a", "place-b", "place-c"]),
        (["--sort", "-name", "--limit", "2"], ["place-e", "place-d"]),
        (["--kind", "prison", "--province", "P1"], ["place-a"]),
    ],
)
def test_each_option_narrows_the_answer(ask, arguments, ids):
    answered = ask("query", *arguments, "--format", "ids")
    assert answered.exit_code == 0, answered.stderr
    found = answered.stdout.split()
    assert found == ids if "--during" not in arguments else set(found) <= set(ids)


def test_an_area_is_read_from_a_file(ask, tmp_path):
    ring = [[-33, 10], [-32, 10], [-32, 11], [-33, 11], [-33, 10]]
    path = tmp_path / "area.geojson"
    for area in (
        {"type": "Polygon", "coordinates": [ring]},
        {"type": "Feature", "properties": None, "geometry": {"type": "Polygon", "coordinates": [ring]}},
    ):
        path.write_text(json.dumps(area), encoding="utf-8")
        assert ask("query", "--within", str(path), "--format", "ids").stdout.split() == ["place-a", "place-c"]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [[*ring[:1], *ring[2:], ring[1], ring[0]]]}))
    assert ask("query", "--within", str(path)).exit_code == 2


def test_a_count_says_what_has_no_place_and_no_date(ask):
    assert ask("query", "--format", "count").stdout == "5 sites\n1 without a location\n2 without a date\n"
    assert ask("query", "sources", "--format", "count").stdout == "2 sources\n"


def test_lines_of_geojson_are_features(ask):
    lines = ask("query", "--format", "geojsonl", "--limit", "2").stdout.splitlines()
    assert [json.loads(line)["properties"]["id"] for line in lines] == ["place-a", "place-b"]
    assert ask("query", "claims", "--format", "geojsonl").exit_code == 2


def test_rows_without_ids_have_none_to_print(ask):
    refused = ask("query", "zones", "--format", "ids")
    assert refused.exit_code == 2
    assert "these rows have no id" in refused.stderr


def test_a_table_of_fields_has_just_these(ask):
    assert ask("query", "--fields", "name,begin", "--limit", "1").stdout == "name     begin\nPlace A  1901-03\n"


def test_distance_and_time_stand_in_the_table(ask):
    answered = ask("query", "--near", "10.5,-32.5", "--radius", "15km", "--during", "1901/1950")
    head = answered.stdout.splitlines()[0].split("  ")
    assert {"distance", "in that time"} <= {title.strip() for title in head}
    assert " certainly in 1901/1950" in answered.stderr


def test_what_was_asked_asks_the_same_again_as_cql2(ask):
    first = ("--kind", "prison", "--bbox", "-33,10,-29,11", "--where", "begin > '1900' OR name = 'Place E'")
    answer = json.loads(ask("query", *first, "--format", "json").stdout)
    again = json.loads(ask("query", "--where", answer["asked"]["cql2"], "--format", "json").stdout)
    assert [record["id"] for record in answer["records"]] == ["place-a"]
    assert again["records"] == answer["records"]


def test_a_circle_is_a_condition_too(ask):
    near = ("--near", "place-a", "--radius", "15km")
    answer = json.loads(ask("query", *near, "--format", "json").stdout)
    again = json.loads(ask("query", "--where", answer["asked"]["cql2"], "--format", "json").stdout)
    ids = {record["id"] for record in answer["records"]}
    assert ids == {record["id"] for record in again["records"]}
    assert "place-a" in ids
    others = ask("query", "--where", f"NOT {answer['asked']['cql2']}", "--format", "ids").stdout.split()
    # A place without a location is neither near nor far.
    assert not ids & set(others)
    assert "place-d" not in {*ids, *others}


def test_a_question_without_conditions_has_no_cql2():
    assert as_cql2(read(text="wat")[0], "sites") == ""
