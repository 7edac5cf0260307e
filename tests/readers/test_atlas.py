"""A whole atlas is read at once, and everything that is wrong with it is said at once."""

from __future__ import annotations

import json

import pytest

from geo.errors import InputError
from geo.readers import digest_atlas, read_atlas, read_sources

MANIFEST = """\
[atlas]
id = "nowhere"
version = "1"
title = { en = "Nowhere" }
subtitle = { en = "An atlas of nothing" }
licence = "CC0"
area = [100.0, 10.0, 110.0, 15.0]

[files]
catalogue = "maps/nowhere.gpkg"

[layers.places]
file = "data/places.geojson"
schema = "sites"

[tables.figures]
file = "data/figures.csv"
schema = "figures"
"""
VOCABULARY = '[kinds.camp]\nlabel = { en = "Camp" }\nsymbol = "tent"\ncolour = "#3f658a"\n'
MAP = 'title = { en = "All" }\ndescription = { en = "All." }\nlayers = ["places"]\nbounds = [102, 10, 108, 15]\n'


def places(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def place(key, coordinates):
    geometry = {"type": "Point", "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": {"id": key, "name": key}}


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "atlas.toml": MANIFEST,
        "data/vocabulary.toml": VOCABULARY,
        "data/sources.json": '[{"id": "s1", "type": "book", "title": "T"}]',
        "data/places.geojson": places(place("one", [104.5, 12.5]), place("two", [105, 12])),
        "data/figures.csv": "code,measure,claim,note\nX01,deaths,c1,\n",
        "maps/all.toml": MAP,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_an_atlas_is_read_whole(folder):
    inputs = read_atlas(folder)
    assert inputs.manifest.atlas.id == "nowhere"
    assert list(inputs.vocabulary.kinds) == ["camp"]
    assert list(inputs.maps) == ["all"]
    assert inputs.sources == [{"id": "s1", "type": "book", "title": "T"}]
    assert list(inputs.layers["places"]["id"]) == ["one", "two"]
    assert inputs.tables["figures"].loc[2, "claim"] == "c1"
    assert inputs.problems == ()
    assert inputs.set_aside == {"places": ()}
    assert (inputs.digest, inputs.digests) == digest_atlas(folder)


def test_a_layer_and_a_table_are_found_by_their_schema(folder):
    inputs = read_atlas(folder)
    name, layer = inputs.layer_of("sites")
    assert (name, layer is inputs.layers["places"]) == ("places", True)
    name, table = inputs.table_of("figures")
    assert (name, table is inputs.tables["figures"]) == ("figures", True)
    assert inputs.layer_of("routes") is None
    assert inputs.table_of("claims") is None


def test_what_is_set_aside_is_known_by_its_key(folder):
    (folder / "data" / "places.geojson").write_text(
        places(place("one", [104.5, 99]), place("two", [105, 12])), encoding="utf-8"
    )
    (folder / "data" / "figures.csv").write_text("code,measure,claim\nX01,deaths,c1\n", encoding="utf-8")
    inputs = read_atlas(folder)
    assert [(problem.input, problem.where) for problem in inputs.problems] == [
        ("data/places.geojson", "feature 1 (one)"),
        ("data/figures.csv", "line 1"),
    ]
    assert inputs.set_aside == {"places": ("one",)}
    assert list(inputs.layers["places"].index) == [2]


def test_everything_that_is_wrong_is_said_at_once(folder):
    (folder / "data" / "vocabulary.toml").write_text("[kinds]\n[kinds.camp]\n", encoding="utf-8")
    (folder / "data" / "sources.json").write_text("{}", encoding="utf-8")
    (folder / "data" / "places.geojson").write_text("[1,", encoding="utf-8")
    (folder / "data" / "figures.csv").write_text("code,measure,claim,note\nX01\n", encoding="utf-8")
    (folder / "maps" / "all.toml").write_text("title = 1\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_atlas(folder)
    assert {problem.input for problem in error.value.problems} == {
        "data/vocabulary.toml",
        "data/sources.json",
        "data/places.geojson",
        "data/figures.csv",
        "maps/all.toml",
    }


@pytest.mark.parametrize(
    ("limit", "seen", "rule"),
    [
        ("bytes = 20", "bytes", "size-limit"),
        ("values = 3", "values", "size-limit"),
        ("columns = 2", "columns", "size-limit"),
        ("features = 0", "0", "manifest"),
        ("bytes = 30_000_000_000", "30000000000", "manifest"),
    ],
)
def test_the_manifest_sets_the_limits_and_the_refusal_says_which(folder, limit, seen, rule):
    with (folder / "atlas.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[limits]\n{limit}\n")
    with pytest.raises(InputError) as error:
        read_atlas(folder)
    told = [problem for problem in error.value.problems if problem.rule == rule]
    assert all(seen in problem.seen for problem in told)
    key = limit.partition(" ")[0]
    assert any(f"raise {key} under [limits] in atlas.toml" in problem.next_step for problem in told) or (
        rule == "manifest" and any(key in problem.field + problem.where for problem in told)
    )


def test_files_that_change_while_they_are_read_are_refused(folder, monkeypatch):
    def read_and_change(path, name, limits):
        found = read_sources(path, name, limits)
        (folder / "data" / "figures.csv").write_text("code,measure,claim,note\n", encoding="utf-8")
        return found

    monkeypatch.setattr("geo.readers.inputs.read_sources", read_and_change)
    with pytest.raises(InputError, match="changed while they were read"):
        read_atlas(folder)


def test_a_missing_vocabulary_is_refused(folder):
    (folder / "data" / "vocabulary.toml").unlink()
    with pytest.raises(InputError) as error:
        read_atlas(folder)
    assert [problem.input for problem in error.value.problems] == ["data/vocabulary.toml"]


# --- sources --------------------------------------------------------------------------------------------------


def test_sources_are_kept_as_they_stand(tmp_path):
    items = [{"id": "a", "title": "សៀវភៅ", "issued": {"date-parts": [[1999, 5]]}, "custom": {"grade": "good"}}, {}]
    path = tmp_path / "sources.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    assert read_sources(path) == (items, [])


@pytest.mark.parametrize(
    ("text", "where", "field", "rule"),
    [
        ('[{"id": "a"}, 7]', "item 2", "", "csl"),
        ('[{"id": "a"}, null]', "item 2", "", "csl"),
        ('[{"id": "a"}, {"id": "b", "title": "x", "title": "y"}]', "item 2 (b)", "", "json"),
        ('[{"id": "a"}, {"id": "b", "volume": NaN}]', "item 2 (b)", "volume", "number"),
        (
            '[{"id": "a"}, {"id": "b", "issued": {"date-parts": [[1e999]]}}]',
            "item 2 (b)",
            "issued.date-parts.0.0",
            "number",
        ),
        ('[{"id": "a"}, {"id": "b", "title": "a\\u0000"}]', "item 2 (b)", "title", "no-control"),
    ],
)
def test_an_item_at_fault_is_set_aside_and_named(tmp_path, text, where, field, rule):
    path = tmp_path / "sources.json"
    path.write_text(text, encoding="utf-8")
    items, problems = read_sources(path, "data/sources.json")
    assert items == [{"id": "a"}]
    assert [(problem.input, problem.where, problem.field, problem.rule) for problem in problems] == [
        ("data/sources.json", where, field, rule)
    ]


@pytest.mark.parametrize(("text", "seen"), [("{}", "an object"), ('"x"', '"x"'), ("null", "null"), ("NaN", "NaN")])
def test_what_is_no_list_is_refused(tmp_path, text, seen):
    path = tmp_path / "sources.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_sources(path)
    assert (error.value.problems[0].seen, error.value.problems[0].rule) == (seen, "csl")
