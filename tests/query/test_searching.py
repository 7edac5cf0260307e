"""Words and names: what is found as typed, what is read as something else, and which places a name can mean."""

from __future__ import annotations

import math

import pyproj
import pytest

from geo.catalogue import open_catalogue, write_catalogue
from geo.errors import RequestError
from geo.query import Near, Question, select
from geo.query.nearness import _unclear
from geo.readers import read_atlas
from tests.small_atlas import SmallAtlas

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """The small atlas with names that are easily mistyped."""
    folder = tmp_path_factory.mktemp("named") / "atlas"
    folder.mkdir()
    atlas = SmallAtlas(folder)
    for key, name in (
        ("place-a", "Tuol Sleng"),
        ("place-b", "Choeung Ek"),
        ("place-c", "Phnom Penh"),
        ("place-d", "Tual"),
    ):
        atlas.put("sites", key, name=name)
    atlas.put("sites", "place-e", name="Phnom Penh", summary="Those of K-17 and of M13 came here.")
    with atlas.rows("names") as rows:
        rows.append(rows[0] | {"subject": "place-b", "text": "Cheung Ek"})
    inputs = read_atlas(atlas.folder)
    path = atlas.folder / "maps/small.gpkg"
    write_catalogue(path, inputs, (), {}, "d")
    with open_catalogue(path) as catalogue:
        yield catalogue


def found(catalogue, text, **asked):
    selection = select(catalogue, Question(text=text, **asked))
    return [row["id"] for row in selection.rows], selection.read_as


@pytest.mark.parametrize(
    ("text", "ids", "read_as"),
    [
        ("tuol sleng", ["place-a"], ""),
        ("TUOLSLENG", ["place-a"], ""),
        ("tuols leng", ["place-a"], ""),  # the whole question, without its spaces
        ("ទីកន្លែងក", ["place-a"], ""),
        ("toul slaeng", ["place-a"], "tual or tuol sleng"),  # sounds alike
        ("toulsleng", ["place-a"], "tuolsleng"),
        ("slegn", ["place-a"], "sleng"),  # two letters changed places
        ("slen", ["place-a"], ""),
        ("cheoung", ["place-b"], "cheung or choeung"),
        ("pnom pehn", ["place-c", "place-e"], "phnom penh"),
        ("phnim penh", ["place-c", "place-e"], "phnom penh"),
        ("choeungekk", ["place-b"], "cheungek or choeungek"),
        ("tuol nowhere-at-all", [], ""),
        ("zzzzzz", [], ""),
        ("people counted", ["place-a"], ""),  # what the note of a claim about it says
        ("square one", ["place-a", "place-c"], ""),  # the name of its province
        ("ការ៉េមួយ", ["place-a", "place-c"], ""),  # in any language
        ("old square", ["place-a", "place-c"], ""),
        ("squareone", ["place-a", "place-c"], ""),
        ("K-17", ["place-e"], ""),
        ("K17", ["place-e"], ""),  # in running text, where no spaces are taken away
        ("k 17", ["place-e"], ""),
        ("M-13", ["place-e"], ""),
        ("M13", ["place-e"], ""),
        ("penh K17", ["place-e"], ""),
        ("pehn K17", ["place-e"], "penh k17"),
        ("K177", [], ""),
    ],
)
def test_a_word_is_read_as_the_nearest_only_when_nothing_answers(catalogue, text, ids, read_as):
    if text == "people counted":
        text = "does not say how it counted"
    assert found(catalogue, text) == (ids, read_as)


def test_a_word_that_occurs_may_still_have_been_meant_otherwise(catalogue):
    assert found(catalogue, "tual slaeng") == (["place-a"], "tual or tuol sleng")
    assert found(catalogue, "tual ek") == ([], "")  # no reading has them together


def test_a_word_of_another_layer_is_no_reading(catalogue):
    assert found(catalogue, "slegn", layer="routes") == ([], "")
    assert found(catalogue, "long wakl", layer="routes") == (["a-to-e"], "long walk")


def test_other_conditions_do_not_change_how_a_text_is_read(catalogue):
    assert found(catalogue, "tuol", where="id = 'place-c'") == ([], "")


@pytest.mark.parametrize("name", ["Tuol Sleng", "tuolsleng", "place-a", "PLACE-A", "Ti Konleng Ka", "ទីកន្លែង ក"])
def test_a_place_is_named_by_its_id_or_any_of_its_names(catalogue, name):
    selection = select(catalogue, Question(near=Near(None, None, math.inf, name), sort=("distance",)))
    near = selection.asked.near
    assert (near.lat, near.lon, near.name) == (10.5, -32.5, name)
    assert selection.rows[0]["id"] == "place-a"
    assert selection.rows[0]["distance_m"] == 0
    assert selection.rows[-1]["distance_m"] is None


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Phnom Penh", "place-c (Phnom Penh), place-e (Phnom Penh)"),  # several places
        ("Toul Sleng", "did you mean place-a"),
        ("nowhere-at-all", "memorial query --text"),
        ("", "LAT,LON"),
        ("Tual", "give a position"),  # not located
    ],
)
def test_a_name_that_is_not_one_located_place_is_refused(catalogue, name, seen):
    with pytest.raises(RequestError) as refusal:
        select(catalogue, Question(near=Near(None, None, 1000, name)))
    (problem,) = refusal.value.problems
    assert problem.where == "--near"
    assert seen in f"{problem.expected} {problem.next_step}"


def test_an_area_is_near_where_it_is_and_a_route_where_it_passes(catalogue):
    inside = Near(10.5, -32.5, 60_000)
    areas = select(catalogue, Question("provinces", near=inside, sort=("distance",))).rows
    assert [row["code"] for row in areas] == ["P1", "P2"]
    assert areas[0]["distance_m"] == 0
    assert areas[1]["distance_m"] == pytest.approx(54_745, abs=40)  # half a degree of longitude at 10.5 degrees north
    named = select(catalogue, Question("provinces", near=Near(None, None, 1, "Square Two")))
    assert [row["code"] for row in named.rows] == ["P2"]


@pytest.mark.parametrize(
    ("layer", "key", "lat", "lon", "nearest"),
    [
        ("routes", "a-to-e", 10.5, -32.75, (10.5, -32.5)),  # before its first vertex
        ("routes", "a-to-e", 10.55, -29.0, (10.5, -29.5)),  # beyond its last one
        ("routes", "a-to-e", 10.5, -31.4, None),  # beside a vertex in the middle: at the foot of the perpendicular
        ("provinces", "P1", 9.5, -32.75, (10.0, -32.75)),
        ("provinces", "P1", 10.5, -32.75, (10.5, -32.75)),  # inside
        ("provinces", "P1", 11.0, -32.75, (11.0, -32.75)),  # on its border
    ],
)
def test_the_distance_of_a_line_or_an_area_is_that_of_its_nearest_point(catalogue, layer, key, lat, lon, nearest):
    rows = select(catalogue, Question(layer, near=Near(lat, lon))).rows
    (found,) = (row["distance_m"] for row in rows if key in (row.get("id"), row.get("code")))
    if nearest is None:
        line = [(-32.5 + step * 1.1 / 1000, 10.5 + step * 0.1 / 1000) for step in range(1001)]
        line += [(-31.4 + step * 1.9 / 1000, 10.6 - step * 0.1 / 1000) for step in range(1001)]
        expected = min(GEOD.inv(lon, lat, east, north)[2] for east, north in line)
    else:
        expected = GEOD.inv(lon, lat, nearest[1], nearest[0])[2]
    assert found == pytest.approx(expected, abs=1)


def test_a_name_of_many_places_is_told_with_the_first_five(catalogue):
    found = [("sites", f"place-{number}", "Phnom") for number in range(7)]
    one, other = (_unclear(catalogue, "Phnom", found[:count], ("sites",)).next_step for count in (5, 7))
    assert one == "give its id: " + ", ".join(f"place-{number} (Phnom)" for number in range(5))
    assert other == f"{one} and 2 more"
