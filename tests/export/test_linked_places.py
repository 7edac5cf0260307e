"""Linked Places are held against a schema that was written from the text of the format, not from the writer."""

from __future__ import annotations

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from geo.export import write_export

from .conftest import LINKED_PLACES as RULES
from .conftest import want


@pytest.fixture
def places(catalogue, tmp_path):
    """The places of the small atlas."""
    write_export(catalogue, tmp_path / "a.jsonld", want("sites"))
    return json.loads((tmp_path / "a.jsonld").read_text(encoding="utf-8"))


def test_the_schema_is_one():
    Draft202012Validator.check_schema(RULES.schema)


@pytest.mark.parametrize(("layer", "undated"), [("sites", []), ("provinces", [0, 1, 2]), ("squares_1905", [0])])
def test_every_layer_of_places_keeps_the_schema(layer, undated, catalogue, tmp_path):
    """Nothing dates Squares One to Three, and the one source that tells of them has no year: they have no when."""
    done = write_export(catalogue, tmp_path / "a.jsonld", want(layer))
    document = json.loads((tmp_path / "a.jsonld").read_text(encoding="utf-8"))
    found = {tuple(error.absolute_path) for error in RULES.iter_errors(document)}
    assert found == {("features", number) for number in undated}
    told = f"{len(undated)} of {len(document['features'])} {layer} have no when: "
    assert [text.startswith(told) for text in done.lacks] == [True] * bool(undated)
    readme = (tmp_path / "a.jsonld.README.md").read_text(encoding="utf-8")
    assert ("asks for and the atlas does not say" in readme) == bool(undated)


def test_what_the_format_has_a_member_for_stands_there(places):
    ids = [feature["@id"] for feature in places["features"]]
    assert len(set(ids)) == len(ids) == 5
    first, _, third, fourth, _ = places["features"]
    assert [name["lang"] for name in first["names"]] == ["en", "km", "km-Latn"]
    assert first["names"][0]["toponym"] == first["properties"]["title"]
    assert first["names"][0]["citations"][0]["year"] == 1999
    assert first["when"]["timespans"][0]["start"] == {"earliest": "1901-03-01", "latest": "1901-03-31"}
    assert first["types"][0]["identifier"].endswith(":small-atlas:kinds:prison")
    assert first["relations"][0]["relationTo"] == ids[1]
    assert third["relations"][0]["relationType"] == "gvp:broaderPartitive"
    assert fourth["geometry"] is None
    assert fourth["when"] == {
        "timespans": [{"start": {"latest": "1999"}}],
        "label": "not dated; a source of 1999 tells of it",
    }
    assert {feature["geometry"]["certainty"] for feature in places["features"] if feature["geometry"]} == {
        "certain",
        "less-certain",
        "uncertain",
    }


def spoil_names(feature):
    del feature["names"][0]["citations"]


def spoil_when(feature):
    feature["when"]["timespans"][0]["end"] = feature["when"]["timespans"][0].pop("start")


def spoil_date(feature):
    feature["when"]["timespans"][0]["start"] = {"in": "1903~"}


def spoil_kind(feature):
    feature["types"][0] = {"label": "Prison", "sourceLabel": "prison"}


def spoil_class(feature):
    feature["properties"]["fclasses"] = ["X"]


def spoil_address(feature):
    feature["@id"] = "place-a"


def forget_time(feature):
    del feature["when"]


def forget_geometry(feature):
    del feature["geometry"]


def doubt_geometry(feature):
    feature["geometry"]["certainty"] = "likely"


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_names,
        spoil_when,
        spoil_date,
        spoil_kind,
        spoil_class,
        spoil_address,
        forget_time,
        forget_geometry,
        doubt_geometry,
    ],
)
def test_a_planted_breach_is_seen(spoil, places):
    assert not list(RULES.iter_errors(places))
    wrong = copy.deepcopy(places)
    spoil(wrong["features"][0])
    assert [error.absolute_path[1] for error in RULES.iter_errors(wrong)]
