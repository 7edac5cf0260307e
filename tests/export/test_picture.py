"""A picture shows what was asked, counts what it cannot show, and takes every text for text."""

from __future__ import annotations

import json
import math
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.catalogue import open_catalogue, write_catalogue
from geo.export import write_export
from geo.export.picture.captions import Captions, picture_language
from geo.export.picture.grouping import Place, arrange
from geo.export.picture.projecting import fit_frame
from geo.export.picture.sheet import clean, measure, wrap

from .conftest import SVG, map_of, pictured, want
from .test_round_trip import NOTES, with_sites

WORDS = Path(__file__).parents[2] / "geo/webmap/viewer/words"
HOSTILE = '<script>alert(1)</script> ]]> & "q" {{ 7*7 }} \x1b[31m \u202eevil e\u0301'


def texts_of(element):
    return [text.text for text in element.iter(f"{SVG}text") if text.get("aria-hidden") is None]


def test_signs_areas_and_count_lines_add_up(catalogue, everything, tmp_path):
    done = write_export(catalogue, tmp_path / "all.svg", everything)
    assert pictured(tmp_path / "all.svg") == {"exact": 2, "ring": 2}, "place D has no location, and no sign"
    drawn = map_of(tmp_path / "all.svg")
    looks = [element.get("class") for element in drawn.iter() if element.get("class")]
    assert (looks.count("journey"), looks.count("hatched")) == (1, 1)
    root = ET.parse(tmp_path / "all.svg").getroot()
    said = texts_of(root)
    assert "4 of 5 places shown · 1 without a location · 2 undated" in said
    assert "1 of 1 journey drawn" in said
    assert any(text.startswith("Square\u00a0Three\u00a01") for text in said)
    assert "Place A" in texts_of(drawn)
    assert (root.get("role"), root.find(f"{SVG}title").text) == ("img", "Small atlas")
    assert "1 without a location" in root.find(f"{SVG}desc").text
    assert {loss.layer for loss in done.losses} >= {"sites", "routes", "claims", "squares_1905"}
    assert done.paths[-1].read_text(encoding="utf-8").startswith("What SVG picture could not carry")
    package = json.loads((tmp_path / "all.svg.datapackage.json").read_text(encoding="utf-8"))
    (resource,) = package["resources"]
    assert (resource["name"], package["crs"], "schema" in resource) == ("small-atlas-picture", "EPSG:3857", False)


def test_what_is_left_out_by_the_question_is_counted(catalogue, tmp_path):
    write_export(catalogue, tmp_path / "a.svg", want("sites", fids=[1, 4]))
    said = texts_of(ET.parse(tmp_path / "a.svg").getroot())
    assert "1 of 5 places shown · 1 without a location · 3 left out by the filters · 1 undated" in said
    assert sum(pictured(tmp_path / "a.svg").values()) == 1


def test_an_area_has_no_dot_in_its_middle(catalogue, tmp_path):
    write_export(catalogue, tmp_path / "b.svg", want("sites", fids=[2]))
    assert pictured(tmp_path / "b.svg") == {"area": 1}
    drawn = map_of(tmp_path / "b.svg")
    (ring,) = [circle for circle in drawn.iter(f"{SVG}circle") if circle.get("class") == "area-ring"]
    x, y, radius = (float(ring.get(name)) for name in ("cx", "cy", "r"))
    (bar,) = [group for group in drawn if group.get("class") == "scale-bar"]
    metres = int(bar.get("data-metres"))
    length = float(bar.find(f"{SVG}path").get("d").partition("H")[2].partition("V")[0]) - float(bar[0].get("x")) - 10
    assert radius * metres / length == pytest.approx(2500, rel=0.01)
    (sign,) = [group for group in drawn if group.get("class") == "place area"]
    moved = sign.find(f"{SVG}g").get("transform").removeprefix("translate(").partition(")")[0]
    left, top = map(float, moved.split())
    assert math.hypot(left - x + 4.75, top - y + 4.75) == pytest.approx(radius, rel=0.01)


def test_former_borders_are_drawn_when_they_are_named(catalogue, tmp_path):
    write_export(catalogue, tmp_path / "a.svg", want("sites", "squares_1905"))
    assert any("1905" in text for text in texts_of(ET.parse(tmp_path / "a.svg").getroot()))


def test_a_hostile_name_is_only_text(clean_inputs, tmp_path):
    site = {"name": HOSTILE, "summary": HOSTILE, "sources": ["first-book"], "point": (-32.5, 10.5)}
    write_catalogue(tmp_path / "atlas.gpkg", with_sites(clean_inputs, [site]), (), NOTES, "d1")
    with open_catalogue(tmp_path / "atlas.gpkg") as catalogue:
        write_export(catalogue, tmp_path / "a.svg", want("sites"))
    root = ET.parse(tmp_path / "a.svg").getroot()
    shown = clean(HOSTILE)
    assert shown in texts_of(map_of(tmp_path / "a.svg"))
    assert shown == unicodedata.normalize("NFC", shown)
    assert not {"\u202e", "\x1b"} & set(shown)
    assert clean("a\x00\ud800\r\nb") == "a b"
    allowed = {"svg", "title", "desc", "defs", "clipPath", "g", "path", "rect", "circle", "text"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    assert not [name for element in root.iter() for name in element.attrib if "href" in name or name.startswith("on")]
    urls = {value for element in root.iter() for value in element.attrib.values() if "url(" in value or "//" in value}
    assert urls == {"url(#map-edge)"}


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("a.svg", "en", "4 of 5 places shown · 1 without a location · 2 undated"),
        ("A.FR.SVG", "fr", "4 lieux sur 5 affichés · 1 sans localisation · 2 sans date"),
        ("a.km.svg", "km", "បង្ហាញ ៤ ក្នុងចំណោម ៥ កន្លែង · ១ គ្មានទីតាំង · ២ គ្មានកាលបរិច្ឆេទ"),
    ],
)
def test_a_name_says_the_language(name, language, said, catalogue, tmp_path):
    write_export(catalogue, tmp_path / name, want("sites"))
    root = ET.parse(tmp_path / name).getroot()
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert said in texts_of(root)
    assert ("ទីកន្លែង ក" in texts_of(root)) == (language == "km")


def test_the_first_language_of_the_atlas_is_that_of_a_picture_that_says_none():
    assert picture_language("map.svg", ["km", "en"]) == "km"
    assert picture_language("map.fr.svg", ["km", "en"]) == "km"
    assert picture_language("fr.svg", ["en", "fr"]) == "en"


def test_captions_say_what_the_pages_say():
    own = json.loads((WORDS / "../../../export/picture/captions.json").resolve().read_text(encoding="utf-8"))
    keys = {language: set(words) for language, words in own.items()}
    assert keys["en"] == keys["fr"] == keys["km"]
    for language, words in own.items():
        viewer = json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))
        assert {key: viewer[key] for key in words if not key.startswith("picture.")} == {
            key: text for key, text in words.items() if not key.startswith("picture.")
        }
    assert Captions("fr").count("count.places", 0) == "0 lieu"


@pytest.mark.parametrize("latitude", [0, 12.5, 55, 78])
def test_the_scale_bar_is_as_long_as_it_says(latitude):
    frame = fit_frame((100, latitude - 2, 106, latitude + 2), 700, (480, 960), 26)
    metres, length = frame.bar(170)
    degrees = math.degrees(length / frame.scale)
    _, _, measured = Geod(ellps="WGS84").inv(100, frame.latitude, 100 + degrees, frame.latitude)
    # The parallel is a little longer than the way across it, the more so the farther north.
    assert measured == pytest.approx(metres, rel=2e-4)
    assert 60 < length <= 170


SPOTS = st.lists(
    st.tuples(st.floats(0, 700), st.floats(0, 600), st.booleans(), st.floats(0, 60), st.sampled_from("abc")),
    max_size=300,
)


@given(SPOTS)
def test_every_place_is_drawn_once_and_no_group_covers_another(spots):
    places = [Place(x, y, kind, "", "", rough, radius) for x, y, rough, radius, kind in spots]
    areas, groups = arrange(places, lambda count: 50 + len(str(count)))
    drawn = [area.place for area in areas] + [place for group in groups for place in group.places]
    assert sorted(map(id, drawn)) == sorted(map(id, places))
    boxed = [group.box for group in groups if group.look != "sign"]
    others = [group.box for group in groups]
    assert not [1 for box in boxed for other in others if box is not other and box.hits(other)]


def test_a_line_is_parted_where_letters_end():
    khmer = "ក្រៅខេត្តដែលបានបង្ហាញឬមិនដឹង"
    lines = wrap(khmer, 12, 60)
    assert len(lines) > 2
    assert "".join(lines) == khmer
    assert not [line for line in lines if unicodedata.category(line[0]).startswith("M") or line.startswith("\u17d2")]
    assert all(measure(line, 12) <= 60 for line in lines)
