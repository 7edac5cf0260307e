"""The sites of a page in columns: what is written is what a record says, to the letter, at any number of records."""

from __future__ import annotations

import base64
import json
import zlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.webmap.columns import JSON_COLUMNS, TEXT_COLUMNS, Column, Sites
from geo.webmap.packing import flatten

VECTOR = Path(__file__).with_name("columns_vector.json")
"""Records, and the bytes that they are written as; the viewer's own test reads the bytes to the same records."""

COUNTED = 2_000
"""So many records that columns are looked at for what settles what."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.lists(st.fixed_dictionaries({"text": TEXTS, "language": st.sampled_from(["km", "en"])}), max_size=2)
AXIS = st.one_of(st.floats(-180, 180).map(lambda one: one + 0.0), st.decimals(-90, 90, places=6).map(float))
MEMBERS = {
    **dict.fromkeys(TEXT_COLUMNS, TEXTS),
    "names": NAMES,
    "days": st.lists(st.sampled_from(["", "1975-04-17"]), min_size=4, max_size=4).filter(any),
    "precision_m": st.one_of(st.integers(0, 10**6), st.floats(0, 1e6)),
    "coord_source": st.fixed_dictionaries({"source": TEXTS}),
    "sources": st.lists(st.fixed_dictionaries({"source": TEXTS, "locator": TEXTS}), max_size=2),
    "claims": st.lists(st.integers(0, 70_000), max_size=3),
    "ranges": st.lists(st.fixed_dictionaries({"measure": TEXTS}), min_size=1, max_size=2),
    "relations": st.lists(st.fixed_dictionaries({"relation": TEXTS, "outgoing": st.booleans()}), max_size=2),
    "grid_m": st.integers(1, 9999),
}
ALWAYS = ("names", "sources", "claims", "relations", "basis", "standing", "summary")


def without_nothing(record):
    """Return a record as the page has it: a text that says nothing is left out."""
    return {key: value for key, value in record.items() if value != "" or key in ALWAYS}


RECORDS = st.lists(
    st.fixed_dictionaries(
        {key: MEMBERS[key] for key in ALWAYS} | {"point": st.none() | st.tuples(AXIS, AXIS).map(list)},
        optional={key: MEMBERS[key] for key in MEMBERS if key not in ALWAYS},
    ).map(without_nothing),
    max_size=8,
)


def test_every_member_is_known_to_this_test():
    assert set(MEMBERS) == {*TEXT_COLUMNS, *JSON_COLUMNS}


@settings(max_examples=40)
@given(records=RECORDS)
def test_what_is_written_reads_back_as_the_records(data_of, records):
    data, characters = flatten({"sites": records})
    assert data_of(data)["sites"] == records
    assert list(Sites(records)) == records
    assert {letter for record in records for letter in record.get("name", "")} <= characters


def sites_of(name):
    """Return sites of which a name is all that is told."""
    sites = Sites()
    sites.columns["name"] = name
    sites.lon.extend([0.0] * len(name))
    sites.lat.extend([0.0] * len(name))
    for other in sites.columns.values():
        if other is not name:
            other.extend([""] * len(name))
    return sites


def counted_records(count):
    """Return records as a survey counts its places: the viewer's test makes the same ones."""
    words = ["Wat", "ទួល", "Prey's", "Đà 7"]
    return [
        {
            "id": f"survey-{number:04d}",
            "name": f"{words[number * 7 % 4]} {number}" if number % 5 else "Sala",
            "names": [{"text": f"ទី{number}", "language": "km", "kind": "main"}] if number % 50 == 0 else [],
            "kind": "prison" if number % 3 else "camp",
            "province": f"KH{number % 5:02d}",
            "province_name": words[number % 5 % 4],
            "point": [100 + number / 1000, 11.5],
            "basis": "commune",
            "standing": "",
            "summary": f"Row {number * 37 % 1000} of {words[number % 4]}, {number * 11 % 97} pits; no. {number:07d}.",
            "sources": [{"source": "a", "locator": f"row {number}"}, {"source": f"b-{number % 2}"}],
            "coord_source": {"source": "a", "locator": f"row {number}"},
            "claims": [number // 20] if number % 20 == 1 else [],
            "relations": [],
        }
        for number in range(count)
    ]


def test_texts_that_count_are_wordings_and_numbers(data_of):
    records = counted_records(COUNTED)
    data, characters = flatten({"sites": records})
    assert data_of(data)["sites"] == records
    assert set("0123456789Đទ") <= characters
    about = json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])["sites"]["columns"]
    kept = {column["name"]: column for column in about}
    assert [name for name, column in kept.items() if "wordings" in column] == [
        "id",
        "name",
        "summary",
        "coord_place",
        "places",
    ]
    assert kept["places"]["numbers"] == [{"same": 0}]
    assert isinstance(kept["province_name"]["code"], dict)
    assert len(data) < 30 * COUNTED


@pytest.mark.parametrize("own", [True, False])
def test_a_column_says_the_same_however_it_is_kept(data_of, own):
    """Past 65,536 different texts a column of own texts gives each record its own; codes then need four bytes."""
    cells = [f"ទី {number}" for number in range(70_000)] + ["same", ""] * 10
    column = Column(own=own)
    for start, end in pairwise([0, 5, 69_999, 70_005, len(cells)]):
        column.extend(cells[start:end])
    column.close()
    data, _ = flatten({"sites": sites_of(column)})
    assert ("code" in json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])["sites"]["columns"][0]) == (not own)
    assert [record.get("name", "") for record in data_of(data)["sites"]] == cells
    assert [column[index] for index in (0, 69_999, 70_000, 70_001, -1 + len(cells))] == [
        cells[index] for index in (0, 69_999, 70_000, 70_001, -1)
    ]
    assert {"ទ", "9", "m"} <= column.characters()


def test_the_bytes_are_those_that_the_viewer_is_tested_with():
    vector = json.loads(VECTOR.read_text(encoding="utf-8"))
    data, _ = flatten({"sites": vector["records"]})
    assert data.hex() == vector["data"]
    data, _ = flatten({"sites": counted_records(COUNTED)})
    assert data == zlib.decompress(base64.b64decode(vector["counted"]))
