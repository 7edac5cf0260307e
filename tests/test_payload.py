"""What a page is given: the shape that the viewer reads, and nothing that the page does not show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from geo.atlas import compile_atlas, compile_masked
from geo.catalogue import open_catalogue
from geo.errors import RequestError
from geo.webmap import make_payload, page_names
from geo.webmap.pages import page_of

DECLARED = Path(__file__).parents[1] / "geo/webmap/viewer/src/payload.ts"


@pytest.fixture
def catalogue(small_catalogue):
    with open_catalogue(small_catalogue) as opened:
        yield opened


@pytest.fixture
def payload(catalogue):
    return lambda name, languages=(): make_payload(catalogue, name, languages)


def by_id(records):
    return {record["id"]: record for record in records}


# --- the shape --------------------------------------------------------------------------------------------------


def read_interfaces():
    """Return interface -> member -> whether it may be missing, for the flat interfaces of payload.ts."""
    text = re.sub(r"/\*\*.*?\*/", "", DECLARED.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = {}
    for name, body in re.findall(r"export interface (\w+) \{(.*?)\n?\}(?=\n|$)", text, flags=re.DOTALL):
        flat = body
        while "{" in flat:  # members of members are checked where they stand
            flat = re.sub(r"\{[^{}]*\}", "object", flat)
        found[name] = {
            member: bool(optional) for member, optional in re.findall(r"(?:^|;)\s*(\w+)(\?)?:", flat.strip())
        }
    return found


def assert_shape(record, declared):
    assert set(record) <= set(declared), f"not in payload.ts: {set(record) - set(declared)}"
    missing = {member for member, optional in declared.items() if not optional and member not in record}
    assert not missing, f"payload.ts asks for {missing}"
    assert all(value is not None or key == "point" for key, value in record.items())


@pytest.mark.parametrize("name", [None, "overview", "prisons", "figures"])
def test_keeps_the_shape_that_the_viewer_declares(payload, name):
    declared = read_interfaces()
    assert {"Payload", "Site", "Route", "Segment", "Claim", "Area", "Name", "Relation", "Reference"} <= set(declared)
    page = payload(name)
    assert_shape(page, declared["Payload"])
    for site in page["sites"]:
        assert_shape(site, declared["Site"])
        for part, interface in (("names", "Name"), ("relations", "Relation"), ("sources", "Reference")):
            for record in site[part]:
                assert_shape(record, declared[interface])
    for route in page["routes"]:
        assert_shape(route, declared["Route"])
        for segment in route["segments"]:
            assert_shape(segment, declared["Segment"])
    for area in page["areas"]:
        assert_shape(area, declared["Area"])
    for claim in page["claims"]:
        assert_shape(claim, declared["Claim"])
        assert_shape(claim["reference"], declared["Reference"])
    assert json.loads(json.dumps(page, allow_nan=False, default=list)) == page


@pytest.mark.parametrize("name", [None, "overview", "prisons", "figures"])
def test_every_reference_leads_somewhere(payload, name):
    page = payload(name)
    held = {*by_id(page["sites"]), *by_id(page["routes"]), *(area["code"] for area in page["areas"])}
    for record in (*page["sites"], *page["routes"], *page["areas"]):
        assert all(0 <= index < len(page["claims"]) for index in record["claims"])
    references = [claim["reference"] for claim in page["claims"]]
    for site in page["sites"]:
        references += [*site["sources"], *(relation["reference"] for relation in site["relations"])]
        references += [site["coord_source"]] if "coord_source" in site else []
        assert {relation["other"] for relation in site["relations"]} <= held | set(page["mentioned"])
        assert {site["part_of"]} <= held | set(page["mentioned"]) if "part_of" in site else True
        assert site["kind"] in page["terms"]["kinds"]
    for route in page["routes"]:
        references += route["sources"]
        stops = {stop["site"] for stop in route["stops"] if "site" in stop}
        assert stops <= held | set(page["mentioned"])
        assert route["kind"] in page["terms"]["route_kinds"]
    assert {reference["source"] for reference in references} <= set(page["sources"])
    for claim in page["claims"]:
        assert claim["measure"] in page["terms"]["measures"]
        assert claim["unit"] in page["terms"]["units"]


# --- a mask ---------------------------------------------------------------------------------------------------------

MASK = """
[masks.public]
title = { en = "Public version", km = "កំណែសាធារណៈ", fr = "Version publique" }
reason = { en = "So that graves rest.", km = "ដើម្បីឱ្យផ្នូរស្ងប់។", fr = "Pour la paix des tombes." }
rules = [{ kinds = ["prison"], grid_m = 5000 }, { kinds = ["execution_site"], hide = true }]
"""


@pytest.fixture
def masked(small_atlas, tmp_path):
    atlas = small_atlas()
    atlas.write("atlas.toml", (atlas.folder / "atlas.toml").read_text(encoding="utf-8") + MASK)
    with open_catalogue(compile_masked(atlas.folder, "public", tmp_path / "masked").path) as opened:
        yield lambda name, languages=(): make_payload(opened, name, languages)


@pytest.mark.parametrize("name", [None, "overview", "prisons"])
def test_a_mask_is_told_with_its_reason_rules_and_counts(masked, name):
    page, declared = masked(name, ("en", "fr")), read_interfaces()
    assert_shape(page, declared["Payload"])
    assert_shape(page["mask"], declared["Mask"])
    assert page["mask"]["title"] == {"en": "Public version", "fr": "Version publique"}
    assert page["mask"]["reason"] == {"en": "So that graves rest.", "fr": "Pour la paix des tombes."}
    coarse, hidden = page["mask"]["rules"]
    assert coarse == {"kinds": ["prison"], "standings": [], "bases": [], "grid_m": 5000}
    assert "grid_m" not in hidden
    assert (page["mask"]["coarsened"], page["mask"]["hidden"]) == (1, 1)
    assert {"prison", "execution_site"} <= set(page["terms"]["kinds"])
    assert page["precision"][-1] == {"basis": "masked"}


def test_a_masked_site_says_so_and_how_far(masked):
    sites = by_id(masked("overview")["sites"])
    declared = read_interfaces()["Site"]
    for site in sites.values():
        assert_shape(site, declared)
    assert sites["place-a"]["masked"] == "position coarsened to a grid of 5000 m"
    assert sites["place-a"]["grid_m"] == 5000
    assert sites["place-a"]["basis"] == "masked"
    assert sites["place-b"]["masked"] == "position left out"
    assert "grid_m" not in sites["place-b"]
    assert sites["place-b"]["point"] is None
    assert "masked" not in sites["place-c"]


def test_without_a_mask_there_is_no_word_of_one(payload):
    page = payload("overview")
    assert "mask" not in page
    assert all("masked" not in site and "grid_m" not in site for site in page["sites"])
    assert all(entry["basis"] != "masked" for entry in page["precision"])


# --- what is shown ------------------------------------------------------------------------------------------------


def test_overview_holds_every_record_letter_for_letter(payload):
    page = payload("overview")
    sites = by_id(page["sites"])
    assert list(sites) == ["place-a", "place-b", "place-c", "place-d", "place-e"]
    place = sites["place-a"]
    assert place["point"] == [-32.5, 10.5]
    assert (place["begin"], place["end"], place["end_text"]) == ("1901-03", "1903~", "about 1903")
    assert place["sources"] == [
        {"source": "first-book", "locator": "p. 1"},
        {"source": "second-report", "locator": "§4"},
    ]
    assert place["coord_source"] == {"source": "first-book", "locator": "p. 2"}
    assert [name["text"] for name in place["names"]] == ["Place A", "ទីកន្លែង ក", "Ti Konleng Ka"]
    assert [page["claims"][index]["id"] for index in place["claims"]] == ["c0001", "c0002", "c0003"]
    assert page["claims"][place["claims"][1]] == {
        "id": "c0002",
        "measure": "prisoners",
        "low": "2000",
        "unit": "persons",
        "scope": "people held",
        "reference": {"source": "second-report", "locator": "§4"},
        "status": "contested",
        "partial": False,
        "note": "The report does not say how it counted.",
    }


def test_unlocated_place_has_no_point_and_is_kept(payload):
    place = by_id(payload("overview")["sites"])["place-d"]
    assert place["point"] is None
    assert "precision_m" not in place
    assert place["basis"] == "province"


def test_relations_are_told_from_both_sides(payload):
    sites = by_id(payload("overview")["sites"])
    assert sites["place-a"]["relations"] == [
        {
            "relation": "executed_at",
            "other": "place-b",
            "outgoing": True,
            "reference": {"source": "first-book", "locator": "p. 7"},
        }
    ]
    assert [(one["relation"], one["other"], one["outgoing"]) for one in sites["place-b"]["relations"]] == [
        ("executed_at", "place-a", False),
        ("memorial_of", "place-c", False),
    ]


def test_journey_keeps_its_segments_in_order_with_their_certainty(payload):
    (route,) = payload("overview")["routes"]
    assert [(one["from"], one["to"], one["certainty"]) for one in route["segments"]] == [
        ("Place A", "Place B", "documented"),
        ("Place B", "Place E", "assumed"),
    ]
    assert route["segments"][1]["line"] == [[-31.4, 10.6], [-29.5, 10.5]]
    assert "note" not in route["segments"][0]
    assert [stop["site"] for stop in route["stops"]] == ["place-a", "place-b", "place-e"]


def test_a_journey_that_cannot_be_drawn_is_kept_without_segments(small_atlas):
    atlas = small_atlas()
    with atlas.feature("routes", "a-to-e") as feature:
        feature["geometry"] = None
        feature["properties"]["segments"] = []
    with open_catalogue(compile_atlas(atlas.folder).path) as opened:
        (route,) = make_payload(opened, "overview")["routes"]
    assert route["segments"] == []
    assert len(route["stops"]) == 3


def test_a_map_of_chosen_kinds_holds_those_only_and_names_the_rest(payload):
    page = payload("prisons")
    assert list(by_id(page["sites"])) == ["place-a", "place-b", "place-d"]
    assert page["routes"] == []
    assert page["page"]["kinds"] == ["prison", "execution_site"]
    assert page["page"]["relations"] == ["executed_at"]
    assert page["mentioned"] == {"place-c": {"name": "Place C", "kind": "memorial", "page": "overview"}}
    assert "memorial" in page["terms"]["kinds"]
    assert "camp" not in page["terms"]["kinds"]
    assert list(page["terms"]["zones"]) == ["zone_one"]
    subjects = {claim["id"] for claim in page["claims"]}
    assert "c0007" not in subjects, "a claim about a journey that is not on this page"


def test_choropleth_points_at_the_chosen_claims(payload):
    page = payload("figures")
    assert page["sites"] == []
    (shaded,) = page["choropleth"]
    assert shaded["measure"] == "population"
    assert {code: page["claims"][index]["id"] for code, index in shaded["values"].items()} == {
        "P1": "c0004",
        "P2": "c0005",
    }


def test_areas_and_backdrop_are_drawn(payload):
    page = payload("figures")
    assert [area["code"] for area in page["areas"]] == ["P1", "P2", "P3"]
    assert page["areas"][0]["name"] == {"en": "Square One", "km": "ការ៉េមួយ"}
    ring = page["areas"][0]["polygons"][0][0]
    assert sorted(map(tuple, ring[:-1])) == [(-33.0, 10.0), (-33.0, 11.0), (-32.0, 10.0), (-32.0, 11.0)]
    assert ring[0] == ring[-1]
    assert len(page["backdrop"]["water"]) == 1
    assert page["backdrop"]["land"] == page["backdrop"]["river"] == page["backdrop"]["town"] == []


def test_towns_that_matter_more_come_first(small_atlas):
    atlas = small_atlas()
    atlas.replace(
        "atlas.toml",
        "[layers.lake]",
        '[layers.towns]\nfile = "data/towns.geojson"\nschema = "backdrop"\ndraw = "town"\n\n[layers.lake]',
    )
    towns = [("Third", 3), ("First", 1), ("Unranked", None), (None, 1), ("Second", 2)]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-32.0, 10.123456]},
            "properties": {
                "name": name,
                "rank": rank,
                "name_km": "ទី" if rank == 1 else None,
                "sources": ["first-book"],
            },
        }
        for name, rank in towns
    ]
    atlas.write("data/towns.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    with open_catalogue(compile_atlas(atlas.folder).path) as opened:
        drawn = make_payload(opened, "overview")["backdrop"]["town"]
    assert drawn[0] == {"name": "First", "name_km": "ទី", "point": [-32.0, 10.1235]}
    assert [town["name"] for town in drawn] == ["First", "Second", "Third", "Unranked"]


def test_the_makers_of_the_map_data_are_named(payload):
    licences = payload("figures")["licences"]
    assert licences[0] == {"name": "Small atlas", "text": "Invented for tests."}
    assert any(
        entry["name"] == "A Second Report" and entry["url"] == "https://example.org/report" for entry in licences
    )


def test_cover_leads_to_every_page_and_marks_every_place(payload, catalogue):
    page = payload(None)
    assert page["page"]["cover"] is True
    assert [site["point"] for site in page["sites"]].count(None) == 1
    assert all(site["names"] == site["sources"] == site["claims"] == [] for site in page["sites"])
    assert list(by_id(page["sites"])) == list(by_id(payload("overview")["sites"]))
    assert page["routes"] == page["claims"] == []
    assert [area["claims"] for area in page["areas"]] == [[], [], []]
    assert [one["href"] for one in page["pages"]] == ["index.html", "overview.html", "prisons.html", "figures.html"]
    assert tuple(one["name"] for one in page["pages"]) == page_names(catalogue)
    assert len(page["backdrop"]["water"]) == 1


# --- languages ------------------------------------------------------------------------------------------------------


def test_page_speaks_the_languages_that_were_asked_for_and_english(payload):
    page = payload("overview", ("km",))
    assert page["page"]["language"] == "km"
    assert page["atlas"]["languages"] == ["km"]
    assert page["page"]["title"] == {"en": "Overview", "km": "ទិដ្ឋភាពទូទៅ"}
    assert payload("overview")["atlas"]["languages"] == ["en", "km", "fr"]


def test_a_language_or_map_that_the_atlas_lacks_is_refused_with_what_it_has(payload):
    with pytest.raises(RequestError, match="en, km, fr"):
        payload("overview", ("de",))
    with pytest.raises(RequestError, match="figures, overview, prisons"):
        payload("prison")


def test_a_record_is_on_the_widest_page_that_shows_its_kind_or_on_none(catalogue):
    assert page_of(catalogue, "sites", "prison") == "overview"
    assert page_of(catalogue, "squares_1905", "") is None
    maps = {
        "a": {"layers": ["sites", "routes"], "kinds": ["camp"]},
        "b": {"layers": ["sites"], "kinds": []},
        "c": {"layers": ["sites"], "kinds": ["prison"]},
    }
    of = SimpleNamespace(value=lambda _: maps)
    assert page_names(of) == ("index", "a", "b", "c")
    assert [page_of(of, "sites", "camp"), page_of(of, "sites", "prison")] == ["a", "b"]
    assert page_of(of, "routes", "flight") is None, "the page of its layer shows other kinds"
