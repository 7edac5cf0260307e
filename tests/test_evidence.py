"""What stands around the records of a page: ranges, changes, coverage, method, former areas."""

from __future__ import annotations

import csv
import io

import pytest

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.spec import PRECISION_FLOOR_M, SCHEMAS
from geo.webmap import make_payload

CHANGES = [
    {
        "date": "2026-01-02", "record": "place-a", "action": "moved", "what": "Moved by 300 m.",
        "why": "The survey measured it.", "source": "second-report#§4",
    },
    {"date": "2026-03", "record": "gone", "action": "removed", "what": "Taken out.", "why": "It was place-a."},
    {"date": "2026-02", "record": "P1", "action": "revised", "what": "Name mended.", "why": "A slip."},
    {"date": "2026-01", "record": "c0001", "action": "revised", "what": "Scope.", "why": "The source says so."},
]  # fmt: skip


@pytest.fixture
def payload(small_atlas):
    """Return a function that compiles the tiny atlas with all that this room shows, and gives one page of it."""
    atlas = small_atlas()
    text = io.StringIO()
    writer = csv.DictWriter(text, SCHEMAS["changes"].names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(CHANGES)
    atlas.write("data/tables/changes.csv", text.getvalue())
    atlas.replace(
        "atlas.toml", 'catalogue = "maps/small-atlas.gpkg"', 'catalogue = "maps/small-atlas.gpkg"\nmethod = "method.md"'
    )
    atlas.write("method.md", "# Method\n\nCounted *once*.\n")
    survey = {"subject": "nowhere", "measure": "memorials", "unit": "places", "partial": "no"}
    atlas.add_row("claims", 6, id="c0008", low="80", high="90", **survey)
    atlas.add_row("claims", 0, id="c0009", low="1900", high="1900", source="second-report", locator="§5")
    vocabulary = (atlas.folder / "data/vocabulary.toml").read_text(encoding="utf-8")
    more = '\n[measures.memorials]\nlabel = { en = "Memorials" }\n\n[units.places]\nlabel = { en = "places" }\n'
    atlas.write("data/vocabulary.toml", vocabulary + more)
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    if "[tables.changes]" not in manifest:
        manifest += '\n[tables.changes]\nfile = "data/tables/changes.csv"\nschema = "changes"\n'
    manifest += (
        '\n[[coverage]]\nkinds = ["memorial"]\nclaim = "c0008"\nnote = { en = "One survey.", fr = "Un relevé." }\n'
    )
    manifest += '\n[periods.squares_1905.note]\nen = "Roughly."\n'
    atlas.write("atlas.toml", manifest)
    atlas.replace("maps/figures.toml", 'layers = ["provinces"]', 'layers = ["squares_1905", "provinces"]')
    path = compile_atlas(atlas.folder).path

    def page(name, languages=()):
        with open_catalogue(path) as catalogue:
            return make_payload(catalogue, name, languages)

    return page


def find(records, key):
    return next(record for record in records if record.get("id", record.get("code")) == key)


def test_a_range_names_the_claims_that_it_is_made_of(payload):
    page = payload("overview")
    (reach,) = find(page["sites"], "place-a")["ranges"]
    assert (reach["measure"], reach["unit"]) == ("prisoners", "persons")
    assert reach["low"] == "1200"
    assert "high" not in reach, "one source sets no upper bound"
    assert reach["most"] == "2000"
    assert [page["claims"][index]["id"] for index in reach["claims"]] == ["c0001", "c0002", "c0009"]


def test_a_record_with_one_claim_has_no_range(payload):
    page = payload("overview")
    assert "ranges" not in find(page["sites"], "place-b")
    assert all("ranges" not in area for area in page["areas"])


def test_changes_are_those_of_the_page_and_the_cover_has_all_with_the_latest_first(payload):
    assert [change["record"] for change in payload(None)["changes"]] == ["gone", "P1", "place-a", "c0001"]
    page = payload("overview")
    assert [change["record"] for change in page["changes"]] == ["P1", "place-a", "c0001"]
    assert page["changes"][2]["subject"] == "place-a", "a change of a claim is one of the place that it is about"
    assert page["changes"][1]["reference"] == {"source": "second-report", "locator": "§4"}
    assert "reference" not in page["changes"][0]
    assert [change["record"] for change in payload("figures")["changes"]] == ["P1"]


def test_coverage_stands_on_every_page_with_its_source(payload):
    for name in (None, "overview", "prisons", "figures"):
        page = payload(name, ("fr",))
        (entry,) = page["coverage"]
        assert (entry["kinds"], entry["held"], entry["low"], entry["high"]) == (["memorial"], 1, "80", "90")
        assert entry["note"] == {"en": "One survey.", "fr": "Un relevé."}
        assert entry["reference"]["source"] in page["sources"]
        assert "memorial" in page["terms"]["kinds"]


def test_the_method_stands_on_the_cover_alone(payload):
    assert payload(None)["method"] == [
        {"tag": "h3", "children": ["Method"]},
        {"tag": "p", "children": ["Counted ", {"tag": "em", "children": ["once"]}, "."]},
    ]
    assert payload("overview")["method"] == []


def test_former_areas_are_drawn_where_a_map_asks_for_them(payload):
    page = payload("figures")
    (period,) = page["periods"]
    assert (period["name"], period["year"], period["note"]) == ("squares_1905", "1905", {"en": "Roughly."})
    assert period["title"] == {"en": "Squares of 1905 (approximate)"}
    great = find(period["areas"], "great-square")
    assert (great["name"], great["name_km"]) == ("Great Square", "ការ៉េធំ")
    corners = {tuple(corner) for polygon in great["polygons"] for ring in polygon for corner in ring}
    assert {(-32.0, 10.0), (-30.0, 11.0)} <= corners
    assert {"source": "first-book", "locator": "map 2"} in period["sources"]
    assert "first-book" in page["sources"]
    assert [layer["name"] for layer in page["layers"]] == ["provinces"]
    assert payload("overview")["periods"] == payload(None)["periods"] == []


def test_an_atlas_without_any_of_it_is_shown_without(small_catalogue):
    with open_catalogue(small_catalogue) as catalogue:
        page = make_payload(catalogue, None)
    assert page["coverage"] == page["method"] == page["periods"] == []
    assert {entry["basis"]: entry.get("floor_m") for entry in page["precision"]} == PRECISION_FLOOR_M
