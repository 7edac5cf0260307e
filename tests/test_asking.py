"""What a page needs beside its records to answer as a query does."""

from __future__ import annotations

import json

from geo.catalogue import open_catalogue
from geo.query import Question, select
from geo.webmap.asking import counting_units, gather_layer_facts, gather_way, given_days


def claim(measure, unit, status="current", low="1", high=""):
    return {"measure": measure, "unit": unit, "status": status, "low": low, "high": high}


def test_a_record_has_four_bounds_or_none():
    row = {"begin_earliest": "1975-01-01", "begin_latest": None, "end_earliest": None, "end_latest": None}
    assert given_days(row) == {"days": ["1975-01-01", "", "", ""]}
    assert given_days(dict.fromkeys(row)) == {}


def test_a_measure_is_filtered_in_the_unit_that_most_admitted_claims_are_in():
    claims = [
        claim("distance", "miles"),
        claim("distance", "km"),
        claim("distance", "km"),
        claim("distance", "miles", "rejected"),
        claim("distance", "miles", "superseded"),
        claim("begun", "date"),
        claim("pits", "wells"),
        claim("pits", "pits"),
        claim("pits", "wells", low="", high=""),
    ]
    assert counting_units(claims) == {"distance": "km", "pits": "pits"}, "of equals the first by name"


def test_a_way_that_cannot_be_drawn_is_told():
    segment = {"from": "A", "to": "B", "certainty": "assumed", "note": None}
    assert gather_way({"segments": json.dumps([segment])}) == {
        "way": [{"from": "A", "to": "B", "certainty": "assumed"}]
    }
    assert gather_way({"segments": None}) == {}


def test_a_layer_has_the_columns_of_its_answers(small_catalogue):
    with open_catalogue(small_catalogue) as catalogue:
        for layer in ("sites", "routes"):
            selection = select(catalogue, Question(layer))
            assert gather_layer_facts(catalogue, layer) == {
                "records": selection.total,
                "columns": list(selection.columns),
            }
