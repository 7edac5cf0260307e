"""Whatever the table, every row is taken, set aside or left out, once; and what no one guessed is unchanged."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates.datums import find_conversion
from geo.errors import Problem
from geo.gazetteer import Gazetteer
from geo.guarding import guard_cell
from geo.importing.account import account_json, account_text
from geo.importing.cells import clean_cell
from geo.importing.columns import guess_columns
from geo.importing.corrections import Correction, corrections_text, read_corrections
from geo.importing.filing import make_plan
from geo.importing.gazetteers import read_places
from geo.importing.running import Setting, run_import
from geo.importing.sites import Ground
from geo.importing.sourcing import Sourcing
from geo.readers.listings import make_listing
from geo.spec import Kind, Vocabulary, Words

COLUMNS = ("id", "name", "kind", "province", "lat", "lon", "dates", "remarks")
VOCABULARY = Vocabulary(
    kinds={
        "prison": Kind(Words("Prison", "ពន្ធនាគារ"), "square", "#54456b"),
        "memorial": Kind(Words("Memorial", fr="Mémorial"), "diamond", "#2f6159"),
    }
)
SETTING = Setting(
    Ground(VOCABULARY, (102.0, 9.0, 108.0, 15.0), None, None, find_conversion("OGC:CRS84"), "list"),
    "sites", "sites", frozenset({"taken", "list"}), frozenset(),
)  # fmt: skip

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "b", "B!", "0101", "101", "taken", "ក"]),
        st.sampled_from(["", "Wat A", "Wat  A", "wat a", "វត្ត", "Ðà", "\u200bWat B "]),
        st.sampled_from(["", "prison", "Prison", "memorial", "mémorial", "dungeon"]),
        st.sampled_from(["", "Takeo"]),
        st.sampled_from(["", "13.5", "13°30′N", "-13.5", "103.5", "x"]),
        st.sampled_from(["", "103.5", "103°30′E", "13.5", "999"]),
        st.sampled_from(["", "1975–79", "late 1976", "soon"]),
        st.text(max_size=4),
    ),
    max_size=14,
)
DECISIONS = st.lists(
    st.tuples(
        st.integers(1, 16), st.sampled_from(["", "kind", "name", "lat"]), st.sampled_from(["leave out", "prison"])
    ),
    max_size=4, unique_by=lambda made: made[:2],
)  # fmt: skip


def listing_of(rows, columns=COLUMNS):
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    return make_listing("list.csv", enumerate([columns, *filled], start=1), pad=True)


def run_rows(columns, *rows, places=None, setting=SETTING):
    listing = make_listing("list.csv", enumerate([columns, *rows], start=1), pad=True)
    setting = replace(setting, ground=replace(setting.ground, places=places))
    return run_import(listing, make_plan(listing, "sites"), setting, Sourcing.of("list.csv", [], setting.ids))


def places_of(text):
    rows = enumerate((tuple(line.split(",")) for line in text.splitlines()), start=1)
    return read_places(make_listing("places.csv", rows, pad=True))


def test_a_radius_is_never_made_smaller_and_one_beyond_the_earth_is_none():
    rows = [(name, "prison", "13.5", "103.5", radius) for name, radius in (("A", "999.2"), ("B", "9" * 400))]
    done = run_rows(("name", "kind", "lat", "lon", "precision_m"), *rows)
    radii = [feature["properties"]["precision_m"] for feature in done.features]
    assert radii == [11132, 11132], "the digits of the position are coarser"
    assert [(found.row, found.rule) for found in done.account.open] == [(3, "precision")]
    rows = [("A", "prison", "13.512345", "103.512345", "999.2")]
    done = run_rows(("name", "kind", "lat", "lon", "precision_m"), *rows)
    assert done.features[0]["properties"]["precision_m"] == 1000
    assert places_of("name,lat,lon,radius_m\nA,13,103,700.2").entries[0].radius_m == 701


def test_a_place_of_the_gazetteer_outside_the_atlas_locates_nothing():
    places = places_of("name,level,lat,lon\nAnlong,village,103.5,13.5\nTrapeang,village,13.5,103.5")
    done = run_rows(("name", "kind", "village"), ("A", "prison", "Anlong"), ("B", "prison", "Trapeang"), places=places)
    assert [feature["geometry"] is None for feature in done.features] == [True, False]
    (found,) = done.account.open
    assert (found.row, found.column, found.rule) == (2, "village", "outside-area")
    assert "row 2 of the gazetteer places.csv" in found.next_step


def test_a_gazetteer_whose_places_hold_each_other_is_read():
    places = places_of("code,level,name,parent\n1,village,A,2\n2,commune,B,1\n3,district,C,2")
    assert [entry.path for entry in places.entries] == ["A, B", "B", "C"]


def test_a_number_sign_in_a_title_is_no_locator():
    sourcing = Sourcing.of("list.csv", [{"id": "book", "title": "A book"}], ())
    assert sourcing.cite("Report #3", "", "") == ["report-3"]
    assert sourcing.cite("Report #3", "", "p. 4") == ["report-3#p. 4"]
    assert sourcing.cite("book#p. 5", "", "") == ["book#p. 5"]


def test_a_feature_with_two_faults_is_one_feature():
    listing = replace(
        listing_of([]), aside=tuple(Problem("a", "feature 3", "n", seen, "x") for seen in ("NaN", "1e999"))
    )
    account = run_import(listing, make_plan(listing, "sites"), SETTING, Sourcing.of("a", [], SETTING.ids)).account
    assert (account.rows_in, account.set_aside, len(account.findings)) == (1, 1, 2)


@given(ROWS, DECISIONS)
def test_every_row_is_accounted_for_once(rows, decisions):
    listing = listing_of(rows)
    made = [
        Correction(
            at, row, column, dict(zip(COLUMNS, listing.rows[row - 2].cells, strict=True)).get(column, "")
            if 2 <= row <= len(listing.rows) + 1 else "", "leave out" if not column else text, "M. K.", "",
        )
        for at, (row, column, text) in enumerate(decisions, start=2)
    ]  # fmt: skip
    done = run_import(listing, make_plan(listing, "sites"), SETTING, Sourcing.of("list.csv", [], SETTING.ids), made)
    account = done.account
    assert account.adds_up
    assert account.rows_in == len(listing.rows)
    assert account.taken == len(done.features)
    assert sum(account.located.values()) == account.taken
    origins = [feature["properties"]["sources"][-1] for feature in done.features]
    assert len(set(origins)) == len(origins), "no row stands in the layer twice"
    ids = [feature["properties"]["id"] for feature in done.features]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & SETTING.ids
    aside = {finding.row for finding in account.findings if finding.outcome == "row set aside"}
    assert len(aside) == account.set_aside, "each row that is set aside is named"
    assert aside.isdisjoint(int(origin.rpartition(" ")[2]) for origin in origins)
    west, south, east, north = SETTING.ground.area
    for feature in done.features:
        values, shape = feature["properties"], feature["geometry"]
        assert (shape is None) == (values["precision_m"] is None) == (values["coord_source"] is None)
        if shape:
            lon, lat = shape["coordinates"]
            assert west <= lon <= east
            assert south <= lat <= north
    assert json.loads(account_json(account))["adds_up"]
    assert account_text(account)


@given(st.text(max_size=30) | st.from_regex(r"'{0,3}[=+\-@\t\r\n＝＋－＠].{0,9}", fullmatch=True))
def test_a_repair_changes_no_letter_and_is_done_once(text):
    clean, repairs = clean_cell(text)
    assert clean_cell(clean) == (clean, ())
    assert bool(repairs) or clean == text

    def letters(value):
        return [char for char in unicodedata.normalize("NFC", value) if unicodedata.category(char)[0] in "LNPS"]

    kept = "".join(letters(text))
    assert "".join(letters(clean)).lstrip("'" * ("guard" in repairs)) == kept.lstrip("'" * ("guard" in repairs))
    assert clean_cell(guard_cell(text))[0] == clean, "what a guard was put before reads back without it"


@given(
    st.lists(
        st.tuples(st.integers(1, 99), st.sampled_from(["", "a", "b"]), st.sampled_from(["x", "y, z", "=1+1", "-1+1"])),
        unique_by=lambda row: row[:2], max_size=8,
    )
)  # fmt: skip
def test_open_questions_and_decisions_are_read_back(cells):
    questions = {(row, column): (seen if column else "", "") for row, column, seen in cells}
    text = corrections_text([], questions)
    again = read_corrections(_as_listing(text), "fixes.csv")
    assert {(made.row, made.column): made.seen for made in again} == {key: seen for key, (seen, _) in questions.items()}
    assert not any(made.decided for made in again)
    assert corrections_text(again, questions) == text
    assert corrections_text(again, {}).count("\n") == 1, "a question that is closed goes"


def _as_listing(text):
    return make_listing("fixes.csv", enumerate(csv.reader(io.StringIO(text)), start=1))


@pytest.mark.parametrize(
    ("columns", "row", "fields"),
    [
        (
            ("Nom du site", "Type de site", "Province", "Latitude", "Longitude", "Année", "Référence"),
            ("Vat A", "prison", "Takeo", "11", "104", "1976", "X"),
            {"name": "Nom du site", "kind": "Type de site", "dates": "Année", "source": "Référence", "lat": "Latitude"},
        ),
        (
            ("ឈ្មោះ", "ប្រភេទ", "ខេត្ត", "ស្រុក", "ឃុំ", "ភូមិ", "ប្រភព"),
            ("វត្ត", "គុក", "តាកែវ", "ក", "ខ", "គ", "X"),
            {"name": "ឈ្មោះ", "kind": "ប្រភេទ", "province": "ខេត្ត", "village": "ភូមិ", "source": "ប្រភព"},
        ),
        (
            ("No", "What", "Where it is", "GPS reading"),
            ("1", "Wat A", "near the river", "11°30′N 104°30′E"),
            {"name": "What", "coord": "GPS reading"},
        ),
        (
            ("site_name", "siteType", "X", "Y"),
            ("A", "b", "500000", "1300000"),
            {"name": "site_name", "lon": "X", "lat": "Y"},
        ),
        (
            ("Référence", "Nom du site", "Références"),
            ("0012", "Pagode de l’Île", "Carnet 2, p. 7"),
            {"name": "Nom du site", "source": "Références"},
        ),
    ],
)
def test_columns_are_recognised_in_three_languages(columns, row, fields):
    found = {guess.field: guess.column for guess in guess_columns(listing_of([row], columns))}
    assert {field: found.get(field) for field in fields} == fields


GAZETTEER = (
    ("code", "level", "name_en", "name_km", "parent", "lat", "lon", "precision"),
    ("01", "province", "Battambang", "បាត់ដំបង", "", "13", "103", ""),
    ("02", "province", "Kampot", "កំពត", "", "10.6", "104.2", ""),
    ("0101", "district", "Aek Phnum", "ឯកភ្នំ", "01", "13.2", "103.2", ""),
    ("010101", "commune", "Samraong Knong", "", "0101", "13.1", "103.2", ""),
    ("01010101", "village", "Kandal", "", "010101", "13.15", "103.2", "commune-fallback"),
    ("0201", "district", "Chhuk", "", "02", "10.8", "104.4", ""),
    ("020101", "commune", "Kandal", "", "0201", "10.8", "104.5", ""),
    ("02010101", "village", "Kandal", "", "020101", "10.81", "104.5", ""),
)


@pytest.mark.parametrize(
    ("given_", "code", "basis"),
    [
        ({"village": "Kandal", "district": "Chhuk"}, "02010101", "village"),
        ({"village": "kandal", "province": "បាត់ដំបង"}, "01010101", "commune"),
        ({"district": "Ek Phnom", "province": "Battambang"}, "0101", "district"),
        ({"commune": "Samrong Knong", "district": "ឯកភ្នំ"}, "010101", "commune"),
        ({"village": "Nowhere", "commune": "Kandal"}, "020101", "commune"),
        ({"village": "02010101"}, "02010101", "village"),
        ({"village": "Kandal"}, None, None),
        ({"district": "Chhuk", "province": "Battambang"}, "01", "province"),
    ],
)
def test_a_place_is_found_by_its_names_in_any_spelling_or_not_at_all(given_, code, basis):
    places = read_places(listing_of(GAZETTEER[1:], GAZETTEER[0]))
    match = places.find(given_)
    assert (match.entry and match.entry.code, match.entry and match.entry.basis) == (code, basis)
    if given_ == {"village": "Kandal"}:
        level, paths = match.ambiguous
        assert level == "village"
        assert len(paths) == 2
    district = places.find({"district": "Aek Phnum"}).entry
    assert district.radius_m >= 11_000, "a district reaches to its farthest village"


def test_a_province_in_any_spelling_is_found_and_a_strange_one_is_left_out():
    listing = listing_of(
        [("", "Wat A", "prison", "បាត់ដំបង", "", "", "", ""), ("", "Wat B", "prison", "Batdambong", "", "", "", "")]
    )
    ground = Ground(
        VOCABULARY, (102.0, 9.0, 108.0, 15.0), Gazetteer([("KH02", "Battambang"), ("KH02", "បាត់ដំបង")]), None,
        find_conversion("OGC:CRS84"), "list",
    )  # fmt: skip
    setting = Setting(ground, "sites", "sites", frozenset(), frozenset())
    done = run_import(listing, make_plan(listing, "sites"), setting, Sourcing.of("list.csv", [], ()))
    assert [feature["properties"]["province"] for feature in done.features] == ["KH02", None]
    assert [finding.candidates for finding in done.account.open] == [("Battambang",)]


def test_a_cell_with_lost_letters_is_left_out():
    listing = listing_of(
        [("", "Wat A", "prison", "Tak\ufffdo", "", "", "", ""), ("", "W\ufffdt", "prison", "", "", "", "", "")]
    )
    done = run_import(listing, make_plan(listing, "sites"), SETTING, Sourcing.of("list.csv", [], ()))
    assert [feature["properties"]["province_name"] for feature in done.features] == [None]
    assert {(finding.row, finding.rule) for finding in done.account.open} == {
        (2, "lost-letters"), (3, "lost-letters"), (3, "required"),
    }  # fmt: skip
