"""The JSON Schemas: what is published is what the types say; sound files pass, broken ones do not."""

from __future__ import annotations

import csv
import json
import tomllib
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from geo.schemas import SCHEMA_NAMES, render_schema

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "docs/schema"


@cache
def validator(name):
    return Draft7Validator(json.loads(render_schema(name)))


def faults(name, document):
    """Return where a document breaks its schema."""
    return [error.json_path for error in validator(name).iter_errors(document)]


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_published_is_what_the_types_say():
    found = {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.glob("*.json")}
    assert found == {f"{name}.schema.json": render_schema(name) for name in SCHEMA_NAMES}, "make schemas"


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_each_is_a_schema(name):
    Draft7Validator.check_schema(json.loads(render_schema(name)))


def test_every_toml_file_of_this_repository_leads_an_editor_to_its_schema():
    names = {ROOT / "atlas.toml": "atlas", ROOT / "data/vocabulary.toml": "vocabulary"}
    for path in (*names, *(ROOT / "maps").glob("*.toml")):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("#:schema "), path
        published = PUBLISHED / f"{names.get(path, 'map')}.schema.json"
        assert (path.parent / first.removeprefix("#:schema ")).resolve() == published


def test_every_key_says_what_it_means():
    for name in SCHEMA_NAMES[:3]:
        schema = json.loads(render_schema(name))
        for part in (schema, *schema["definitions"].values()):
            assert all(key["description"].endswith(".") for key in part["properties"].values())


@pytest.mark.parametrize("which", ["flagship", "small"])
def test_a_sound_atlas_keeps_them(which, small_atlas):
    folder = ROOT if which == "flagship" else small_atlas().folder
    manifest = tomllib.loads((folder / "atlas.toml").read_text(encoding="utf-8"))
    assert faults("atlas", manifest) == []
    assert faults("vocabulary", tomllib.loads((folder / "data/vocabulary.toml").read_text(encoding="utf-8"))) == []
    maps = list((folder / "maps").glob("*.toml"))
    assert maps
    for path in maps:
        assert faults("map", tomllib.loads(path.read_text(encoding="utf-8"))) == [], path
    for layer in manifest["layers"].values():
        assert faults(layer["schema"], json.loads((folder / layer["file"]).read_text(encoding="utf-8"))) == []
    for table in manifest["tables"].values():
        rows = rows_of(folder / table["file"])
        assert [(row, found) for row in rows if (found := faults(table["schema"], row))] == []


ATLAS = {
    "atlas": {
        "id": "one", "version": "1", "title": {"en": "One"}, "subtitle": {"en": "One"}, "licence": "None",
        "area": [0, 0, 1, 1],
    },
    "layers": {"sites": {"file": "sites.geojson", "schema": "sites"}},
}  # fmt: skip
MAP = {"title": {"en": "One"}, "description": {"en": "One"}, "layers": ["sites"], "bounds": [0, 0, 1, 1]}
KIND = {"label": {"en": "Prison"}, "symbol": "square", "colour": "#54456b"}
CLAIM = {
    "id": "c1", "subject": "one", "measure": "deaths", "low": "1", "unit": "persons", "source": "book",
    "status": "current", "partial": "no",
}  # fmt: skip
SITE = {
    "id": "one", "name": "One", "kind": "prison", "precision_basis": "unknown", "standing": "reported",
    "summary": "One.", "sources": ["book#p. 1"],
}  # fmt: skip


def layer(geometry=None, **properties):
    feature = {"type": "Feature", "geometry": geometry, "properties": SITE | properties}
    return {"type": "FeatureCollection", "features": [feature]}


def test_the_documents_that_are_broken_below_are_sound_before():
    assert faults("atlas", ATLAS) == faults("map", MAP) == faults("claims", CLAIM) == faults("sites", layer()) == []
    assert faults("vocabulary", {"kinds": {"prison": KIND}}) == []


@pytest.mark.parametrize(
    ("name", "document", "where"),
    [
        ("atlas", {"atlas": ATLAS["atlas"]}, "$"),
        ("atlas", ATLAS | {"rulez": {}}, "$"),
        ("atlas", ATLAS | {"atlas": ATLAS["atlas"] | {"id": "One Atlas"}}, "$.atlas.id"),
        ("atlas", ATLAS | {"atlas": ATLAS["atlas"] | {"area": [0, 0, 1]}}, "$.atlas.area"),
        ("atlas", ATLAS | {"atlas": ATLAS["atlas"] | {"area": [0, 0, 1, "1"]}}, "$.atlas.area[3]"),
        ("atlas", ATLAS | {"atlas": ATLAS["atlas"] | {"languages": ["de"]}}, "$.atlas.languages[0]"),
        ("atlas", ATLAS | {"atlas": ATLAS["atlas"] | {"title": {"km": "មួយ"}}}, "$.atlas.title"),
        ("atlas", ATLAS | {"atlas": ATLAS["atlas"] | {"contact": "nobody"}}, "$.atlas.contact"),
        ("atlas", ATLAS | {"layers": {"sites": {"file": "a", "schema": "points"}}}, "$.layers.sites.schema"),
        ("atlas", ATLAS | {"masks": {"public": {"title": {"en": "a"}, "reason": {"en": "a"}, "rules": []}}},
         "$.masks.public.rules"),
        ("map", MAP | {"bounds": "everything"}, "$.bounds"),
        ("map", MAP | {"colour_by": "date"}, "$.colour_by"),
        ("map", MAP | {"chapters": [{"title": {"en": "a"}, "text": {"en": "a"}, "sources": []}]},
         "$.chapters[0].sources"),
        ("vocabulary", {"kinds": {"prison": KIND | {"symbol": "star"}}}, "$.kinds.prison.symbol"),
        ("vocabulary", {"kinds": {"prison": KIND | {"colour": "red"}}}, "$.kinds.prison.colour"),
        ("vocabulary", {}, "$"),
        ("sites", layer(id="One Place"), "$.features[0].properties.id"),
        ("sites", layer(begin="March 1975"), "$.features[0].properties.begin"),
        ("sites", layer(precision_m="far"), "$.features[0].properties.precision_m"),
        ("sites", layer(standing="known"), "$.features[0].properties.standing"),
        ("sites", layer(sources=[]), "$.features[0].properties.sources"),
        ("sites", layer(colour="red"), "$.features[0].properties"),
        ("sites", layer({"type": "Polygon", "coordinates": []}), "$.features[0].geometry"),
        ("claims", CLAIM | {"status": "true"}, "$.status"),
        ("claims", CLAIM | {"partial": "maybe"}, "$.partial"),
        ("claims", CLAIM | {"source": ""}, "$.source"),
        ("claims", CLAIM | {"as_of": "last year"}, "$.as_of"),
        ("claims", {key: value for key, value in CLAIM.items() if key != "unit"}, "$"),
    ],
)  # fmt: skip
def test_what_is_broken_is_refused_where_it_is_broken(name, document, where):
    assert faults(name, document) == [where]
