"""The whole of the checks: the clean atlas has no problem, the list is complete and in order, nothing odd is refused.

The rules one by one are broken in ``tests/checks``, a file for each room of ``geo/checks``.
"""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.checks import RULES, check_atlas, rule_name
from geo.errors import Problem
from geo.joins import join_all
from geo.readers import read_atlas

SITES, EVENTS = "data/sites.geojson", "data/tables/events.csv"


def found(atlas) -> list[Problem]:
    return check_atlas(read_atlas(atlas.folder))


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def test_the_clean_atlas_has_no_problem(small_atlas):
    assert found(small_atlas()) == []


def test_checks_let_go_of_the_atlas(small_atlas):
    atlas = small_atlas()
    with atlas.document("data/sources.json") as sources:
        sources[0]["title"] = "Se\u0301ances"
    inputs = read_atlas(atlas.folder)
    gone = weakref.ref(inputs)
    gc.disable()  # what only it would find stays for long in a program that holds a large atlas
    try:
        assert check_atlas(inputs), "a text that is looked at closely"
        del inputs
        assert gone() is None
    finally:
        gc.enable()


def test_every_room_of_rules_has_its_tests():
    rooms = {rule.__module__.rpartition(".")[2] for rule in RULES} | {"withheld"}  # no rule: it needs a list of names
    assert {path.stem for path in (Path(__file__).parent / "checks").glob("test_*.py")} == {
        f"test_{room}" for room in rooms
    }
    assert len({rule_name(rule) for rule in RULES}) == len(RULES)


def test_problems_stand_in_the_order_of_the_files(small_atlas):
    atlas = small_atlas()
    atlas.cell("events", 1, title="")
    atlas.put("sites", "place-c", kind="gaol", precision_m=1)
    atlas.put("sites", "place-a", summary="")
    atlas.replace("maps/prisons.toml", '["executed_at"]', '["part_of"]')
    for number in range(12):
        atlas.add_row("events", 0, id=f"event-{number}", text="")
    assert [(problem.input, problem.where.split(" (")[0]) for problem in found(atlas)] == [
        (SITES, "feature 1"),
        (SITES, "feature 3"),
        (SITES, "feature 3"),
        (EVENTS, "line 3"),
        *((EVENTS, f"line {number}") for number in range(4, 16)),
        ("maps/prisons.toml", "key relations"),
    ]


def test_what_the_readers_found_comes_first(small_atlas):
    atlas = small_atlas()
    atlas.cell("events", 1, title="")
    atlas.put("sites", "place-a", colour="red")
    problems = found(atlas)
    assert [(problem.input, problem.field) for problem in problems] == [(SITES, "colour"), (EVENTS, "title")]


def test_a_feature_that_was_set_aside_is_not_missed_elsewhere(small_atlas):
    atlas = small_atlas()
    atlas.move("sites", "place-a", point("west", "north"))
    problems = found(atlas)
    assert {(problem.input, problem.where) for problem in problems} == {(SITES, "feature 1 (place-a)")}


@pytest.mark.parametrize(
    "plant",
    [
        lambda atlas: atlas.cell("names", 1, text="ទីកន្លែង\u200bក"),
        lambda atlas: atlas.put("sites", "place-a", begin="1903", end="1903-01/1903-02"),
        lambda atlas: atlas.put("sites", "place-a", begin=None, end="../1903"),
        lambda atlas: atlas.move("sites", "place-a", point(-31.995, 10.5)),
        lambda atlas: atlas.move("sites", "place-a", point(-32.0, 10.5)),
        lambda atlas: atlas.move("sites", "place-e", point(-30.001, 10.5)),
        lambda atlas: atlas.put("sites", "place-e", province_name=None, country=None),
        lambda atlas: atlas.cell("claims", 2, low="1901-03-31", high="1901-03"),
        lambda atlas: atlas.cell("claims", 0, low="1200", high="1200.00"),
        lambda atlas: atlas.cell("claims", 0, low="", high="", note="The source says: several hundred."),
        lambda atlas: atlas.cell("names", 4, subject="P201"),
        lambda atlas: atlas.replace("data/routes.geojson", '"to": "Place E"', '"to": "The border"'),
        lambda atlas: atlas.move("routes", "a-to-e", None, segments=[]),
        lambda atlas: atlas.add_source(URL="http://example.org/a?b=c#d"),
    ],
)
def test_what_is_odd_and_allowed_is_no_problem(small_atlas, plant):
    atlas = small_atlas()
    plant(atlas)
    assert found(atlas) == []


def test_an_atlas_of_one_layer_can_be_checked(small_atlas):
    atlas = small_atlas()
    start, rest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8").split("[layers.sites]")
    provinces = rest.split("[layers.provinces]")[1].split("[layers.lake]")[0]
    atlas.write("atlas.toml", f"{start}[layers.provinces]{provinces}")
    for path in (atlas.folder / "maps").iterdir():
        path.unlink()
    assert found(atlas) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("layer", ["sites", "routes", "provinces"])
@settings(max_examples=30)
@given(data=st.data())
def test_whatever_stands_in_a_feature_is_a_problem_and_never_a_crash(clean_inputs, layer, data):
    frame = clean_inputs.layers[layer].copy()
    for name in data.draw(st.sets(st.sampled_from([*frame.columns.drop("geometry")]), min_size=1, max_size=4)):
        frame[name] = pd.Series([data.draw(JSON, label=name) for _ in frame.index], index=frame.index, dtype=object)
    inputs = replace(clean_inputs, layers=clean_inputs.layers | {layer: frame})
    assert all(problem.rule and str(problem) for problem in check_atlas(inputs))
    assert all(report.adds_up for report in join_all(inputs))


@settings(max_examples=30)
@given(segment=st.fixed_dictionaries(dict.fromkeys(("from", "to", "certainty", "note"), JSON)), name=JSON, site=JSON)
def test_whatever_stands_in_a_segment_is_a_problem_and_never_a_crash(clean_inputs, segment, name, site):
    frame = clean_inputs.layers["routes"].copy()
    frame["segments"] = pd.Series([[segment, segment]], index=frame.index, dtype=object)
    frame["stops"] = pd.Series([[{"name": name, "site": site}]], index=frame.index, dtype=object)
    inputs = replace(clean_inputs, layers=clean_inputs.layers | {"routes": frame})
    assert {problem.rule for problem in check_atlas(inputs)} >= {"segments-align"}


@settings(max_examples=30)
@given(values=st.dictionaries(st.sampled_from(["id", "type", "title", "custom", "URL", "author"]), JSON, min_size=1))
def test_whatever_stands_in_a_source_is_a_problem_and_never_a_crash(clean_inputs, values):
    inputs = replace(clean_inputs, sources=[*clean_inputs.sources, values])
    assert {problem.rule for problem in check_atlas(inputs)} >= {"source-fields"}


@settings(max_examples=30)
@given(data=st.data())
def test_whatever_stands_in_a_table_is_a_problem_and_never_a_crash(clean_inputs, data):
    name = data.draw(st.sampled_from(sorted(clean_inputs.tables)))
    table = clean_inputs.tables[name].copy()
    for column in data.draw(st.sets(st.sampled_from([*table.columns]), min_size=1, max_size=4)):
        table[column] = [data.draw(st.text(max_size=12)) for _ in table.index]
    inputs = replace(clean_inputs, tables=clean_inputs.tables | {name: table})
    assert all(problem.rule and str(problem) for problem in check_atlas(inputs))
    assert all(report.adds_up for report in join_all(inputs))


def test_a_missing_column_is_one_fault_and_not_one_for_each_row(small_atlas):
    atlas = small_atlas()
    atlas.replace("data/tables/claims.csv", ",status,", ",state,")
    problems = found(atlas)
    assert {(problem.field, problem.where) for problem in problems if problem.rule == "columns"} == {
        ("state", "line 1"),
        ("status", "line 1"),
    }
    assert [problem for problem in problems if problem.rule == "required"] == []
