"""Joining somebody's table: no row twice, none in silence, no tie broken."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.joining import (
    Record,
    join_rows,
    joined_csv,
    joined_geojson,
    joined_json,
    joined_report,
    joined_text,
    match_keys,
    match_names,
    match_places,
    open_questions,
)
from geo.joining.results import free_names
from geo.readers.listings import Listing, Row
from geo.reporting import render_report


def record(key, *names, shape=None, radius=0.0, **cells):
    name = names[0] if names else key
    return Record(key, name, (key, *names), {"id": key, "name": name, **cells}, shape, radius)


RECORDS = [
    record("KH01", "Banteay Meanchey", "បន្ទាយមានជ័យ", code="0101"),
    record("KH02", "Battambang", "Battambong", "បាត់ដំបង", code="0203"),
    record("KH03", "Kampong Cham", "Kompong Cham", code="AB-1"),
    record("KH05", "Kampong Speu", code="ab-1"),
    record("KH07", "Kampot", code="ÉT 7"),
]


def listing(*cells):
    rows = tuple(Row(number, (cell, "x")) for number, cell in enumerate(cells, start=2))
    return Listing("table.csv", "row", ("name", "note"), rows)


def joined(cells, matching, records=RECORDS, **given_):
    table = cells if isinstance(cells, Listing) else listing(*cells)
    sought = {row.number: row.cells[0] for row in table.rows}
    return join_rows(table, records, sought, matching, about=("provinces", "name", "name"), **given_)


def outcomes(made):
    return [(row.outcome, row.found.record.key if row.found.record else None, row.found.how) for row in made.rows]


# --- keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "key", "how"),
    [
        ("0203", "KH02", "exact"),
        (" 0203\u200b", "KH02", "spaces"),
        ("203", "KH02", "zeros"),
        ("et-7", "KH07", "spelling"),
        ("AB-1", "KH03", "exact"),
    ],
)
def test_a_key_is_found_by_the_least_repair(cell, key, how):
    found = match_keys(RECORDS, "code")(cell)
    assert (found.record.key, found.how) == (key, how)
    assert bool(found.said) == (how != "exact")


def test_a_key_that_a_repair_makes_equal_to_two_is_a_tie():
    found = match_keys(RECORDS, "code")("Ab-1")
    assert found.record is None
    assert {one.key for one in found.candidates} == {"KH03", "KH05"}


def test_a_repair_that_was_not_declared_is_not_made():
    assert match_keys(RECORDS, "code", ())("203").record is None
    assert match_keys(RECORDS, "code", ("case",))(" 0203").record is None
    assert match_keys(RECORDS, "code", ("zeros",))("203").record.key == "KH02"


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "key", "how", "said"),
    [
        ("Battambang", "KH02", "exact", ""),
        ("battambong", "KH02", "alias", "“battambong” is a name of it"),
        ("បាត់ដំបង", "KH02", "alias", "“បាត់ដំបង” is a name of it"),
        ("KH02", "KH02", "alias", "“KH02” is a name of it"),
        ("Cham Kampong", "KH03", "likeness", "like “Kampong Cham” to 100 of 100"),
        ("Batdambang", "KH02", "likeness", "like “Battambang” to 90 of 100"),
        ("Batambang", "KH02", "sound", "“Batambang” sounds like “Battambang”"),
        ("Kompong Speou", "KH05", "sound", "“Kompong Speou” sounds like “Kampong Speu”"),
    ],
)
def test_a_name_is_found_in_any_spelling(cell, key, how, said):
    found = match_names(RECORDS)(cell)
    assert found.record is not None, found
    assert (found.record.key, found.how, found.said, found.candidates) == (key, how, said, ())


TWENTY = "bcdfgklmnprstvbcdfgk"  # one letter of another name is five of a hundred


def changed(word, places):
    """Return the word with some of its letters replaced by one that it does not have."""
    return "".join("y" if at in places else letter for at, letter in enumerate(word))


@pytest.mark.parametrize(
    ("slips", "threshold", "found", "candidates"),
    [
        (3, 85.0, True, 0),
        (3, 85.1, False, 1),
        (2, 88.0, True, 0),
        (3, 88.0, False, 1),
        (7, 88.0, False, 1),
        (8, 88.0, False, 0),
    ],
)
def test_a_name_counts_from_a_likeness_on_and_is_named_from_another(slips, threshold, found, candidates):
    (one,) = records = [record("a", TWENTY)]
    hit = match_names(records, threshold)(changed(TWENTY, range(slips)))
    assert (hit.record is one, len(hit.candidates)) == (found, candidates)


@pytest.mark.parametrize(("other", "key"), [((0, 2), None), ((0, 2, 3), "a")])
def test_of_two_names_the_likelier_is_taken_when_it_is_likelier_by_more_than_five(other, key):
    records = [record("b", changed(TWENTY, other)), record("a", changed(TWENTY, (0,)))]
    found = match_names(records)(TWENTY)
    assert (found.record.key if found.record else None) == key
    assert found.said == (f"like “{records[1].name}” to 95 of 100" if key else "several records are about as like")
    assert [one.key for one in found.candidates] == ([] if key else ["a", "b"])


def test_a_name_that_is_not_like_enough_names_candidates_only():
    found = match_names(RECORDS)("Kampong")
    assert found.record is None
    assert found.candidates


def test_a_name_that_two_records_bear_is_a_tie():
    records = [record("a", "Wat Thmei"), record("b", "Wat Thmey", "Wat Thmei")]
    found = match_names(records)("Wat Thmei")
    assert (found.record, found.said) == (None, "2 records bear this name")
    assert [one.key for one in found.candidates] == ["a", "b"]
    found = match_names(
        [record(key, name) for key, name in zip("abcde", ("Tuol", "Toul", "Tul", "Tol", "Tool"), strict=True)]
    )("Tuul")
    assert (found.record, found.said) == (None, "5 records have a name that sounds so")
    assert [one.key for one in found.candidates] == ["a", "b", "c", "d"]


def test_two_names_that_are_about_as_like_are_a_tie():
    records = [record("a", "Prasat Onel Hill"), record("b", "Prasat Oner Hill")]
    found = match_names(records)("Prasat Onek Hill")
    assert found.record is None
    assert len(found.candidates) == 2


def test_names_of_vowels_alone_do_not_sound_alike():
    assert match_names([record("a", "Ea")])("Au").record is None


# --- places -------------------------------------------------------------------------------------------------------

AREAS = [
    record("west", shape=shapely.box(0, 0, 1, 1)),
    record("east", shape=shapely.box(1, 0, 2, 1)),
    record("nowhere"),
]
POINTS = [record("near", shape=shapely.Point(0, 0), radius=100.0), record("far", shape=shapely.Point(1, 1))]


def test_a_position_finds_the_area_that_covers_it():
    find = match_places(AREAS, 0)
    assert find("0.5,0.5").record.key == "west"
    assert find("5.0,5.0").record is None
    assert len(find("0.5,1.0").candidates) == 2, "on the border both areas cover it"


def test_a_position_finds_the_one_place_near_enough():
    find = match_places(POINTS, 500)
    assert find("0.004,0.0").record.key == "near"
    assert find("0.0055,0.0").record is None, "609 m: more than 500 m beyond the 100 m that the place is known to"
    assert match_places(POINTS, 200_000)("0.5,0.5").record is None


# --- the whole ----------------------------------------------------------------------------------------------------


def test_the_same_row_twice_counts_once():
    made = joined(["Kampot", "Kampot", "kampot"], match_names(RECORDS))
    assert [row.outcome for row in made.rows] == ["duplicate", "duplicate", "duplicate"], "the third differs"
    made = joined(["Kampot", "Kampot"], match_names(RECORDS))
    assert [row.outcome for row in made.rows] == ["matched", "duplicate"]


def test_rows_that_differ_wait_until_one_is_left_out():
    made = joined(["Kampot", "kampot"], match_names(RECORDS))
    assert made.counts["duplicate"] == 2
    made = joined(["Kampot", "kampot"], match_names(RECORDS), left_out={3: "by decision"})
    assert [row.outcome for row in made.rows] == ["matched", "left out"]


def test_many_rows_may_belong_to_one_record_when_it_is_said():
    made = joined(["Kampot", "kampot"], match_names(RECORDS), many=True)
    assert made.counts["matched"] == 2


def test_no_column_of_the_table_hides_another():
    table = Listing("t.csv", "row", ("id", "id_2", "record"), (Row(2, ("Kampot", "b", "c")),))
    made = joined(table, match_names(RECORDS))
    (feature,) = (one for one in json.loads(joined_geojson(made))["features"] if one["id"] == "KH07")
    assert feature["properties"] == {"id": "KH07", "name": "Kampot", "id_3": "Kampot", "id_2": "b", "record": "c"}
    assert joined_csv(made).splitlines()[0] == "record_2,id,id_2,record"


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "a_2_2", "b"]), max_size=7))
def test_each_column_gets_a_name_of_its_own_and_the_first_keeps_it(names):
    free = free_names(iter(names))
    assert len(set(free)) == len(names)
    for at, (name, own) in enumerate(zip(names, free, strict=True)):
        assert own == name if name not in names[:at] else re.fullmatch(f"{name}_[2-9]", own)


def test_no_cell_of_the_table_is_a_formula_for_a_spreadsheet():
    table = Listing("t.csv", "row", ("name", "=n"), (Row(2, ("Kampot", "=cmd()")), Row(3, ("Battambang", "-1.5"))))
    lines = joined_csv(joined(table, match_names(RECORDS))).splitlines()
    assert lines == ["record,name,'=n", "KH07,Kampot,'=cmd()", "KH02,Battambang,-1.5"]


CELLS = st.sampled_from([*(name for one in RECORDS for name in one.names), "", "Kampong", "nowhere at all", "kampot "])


@given(st.lists(CELLS, max_size=12), st.booleans(), st.booleans(), st.sets(st.integers(2, 14)))
def test_the_numbers_always_add_up(cells, many, by_key, out):
    matching = match_keys(RECORDS, "name") if by_key else match_names(RECORDS)
    made = joined(cells, matching, many=many, left_out=dict.fromkeys(out, "by decision"))
    assert [row.number for row in made.rows] == list(range(2, len(cells) + 2))
    assert sum(made.counts.values()) == len(cells)
    assert len(made.met) + len(made.unmet) == len(RECORDS)
    written = list(csv.reader(io.StringIO(joined_csv(made))))
    assert len(written) - 1 == made.counts["matched"]
    if not many:
        keys = [row[0] for row in written[1:]]
        assert len(keys) == len(set(keys))
        features = json.loads(joined_geojson(made))["features"]
        assert [feature["id"] for feature in features] == [one.key for one in RECORDS]
    told = json.loads(joined_json(made))
    assert sum(told["counts"].values()) == told["rows_in"] == len(told["rows"])
    assert told["records_matched"] + len(told["without_a_row"]) == told["records"]
    assert f"{len(cells):,} row{'s' * (len(cells) != 1)} in" in joined_text(made)


def test_the_page_shows_every_text_as_text():
    hostile = '<script>alert(1)</script>{{ 7*7 }}"\u202e'
    page = render_report(joined_report(joined([hostile, "Kampot"], match_names(RECORDS))))
    assert "<script" not in page
    assert "{{ 7*7 }}" in page
    assert "\u202e" not in page
    assert "\\u202e" in page
    assert "default-src 'none'" in page


def test_open_questions_become_lines_to_fill_in():
    made = joined(["Kampot", "kampot", "Kampong"], match_names(RECORDS))
    lines = list(csv.reader(io.StringIO(open_questions(made, []))))
    assert lines[0] == ["row", "column", "seen", "corrected", "by", "why"]
    assert [line[0] for line in lines[1:]] == ["2", "3", "4"]
    assert lines[3][1:3] == ["name", "Kampong"]
    assert "KH0" in lines[3][5]
