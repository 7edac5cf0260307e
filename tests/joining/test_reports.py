"""Every word of what a join says, and every line that it writes: held whole, for tables with every outcome."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from geo.catalogue import open_catalogue
from geo.errors import Problem, RequestError
from geo.importing.corrections import Correction
from geo.joining import (
    JoinRequest,
    joined_csv,
    joined_geojson,
    joined_json,
    joined_report,
    joined_text,
    open_questions,
    open_sums,
    run_join,
    run_sums,
    sum_here,
    sums_csv,
    sums_json,
    sums_report,
    sums_text,
)
from geo.readers.listings import Listing, Row

TOLD = json.loads(Path(__file__).with_name("reports.json").read_text(encoding="utf-8"))
"""What each of them says, by the name of the test; read it before you change it."""


@pytest.fixture(scope="module")
def catalogue(small_catalogue):
    with open_catalogue(small_catalogue) as opened:
        yield opened


def listing(columns, *rows):
    """Return a table whose last row could not be read; rows are numbered from 2."""
    aside = Problem("t.csv", f"row {len(rows) + 2}", "", "one cell", "as many as columns", "")
    numbered = tuple(Row(number, cells) for number, cells in enumerate(rows, start=2))
    return Listing("t.csv", "row", columns, numbered, (aside,), ("the separator is a comma",))


NUMBERED = listing(
    ("kind", "n", "m"),
    ("prison", "1.5", "x"),
    ("execution_site", "2", ""),
    ("Execution Site", "n/a", "3"),
    ("EXECUTION_SITE", "-1.25", "?"),
    ("nowhere", "4", "1"),
    ("", "8", ""),
    ("Prison", "1", "2"),
    ("camp", "10", "\u202e"),
    ("nowhere", "=1+1", "1"),
)
NAMED = listing(
    ("name", "=n"),
    ("Place A", "1"),
    ("Ti Konleng Ka", "2"),
    ("Place C", "3"),
    ("Place C", "3"),
    ("Plaze Dx", "4"),
    ("", "5"),
    ("Place", "6"),
    ("Place E", "7"),
    ("Plac", "=8"),
)
PLACED = listing(
    ("where", "lat", "lon"),
    ("10.5, -32.5", "10.5", "-32.5"),
    ("10.5, -32.0", "10.6", "-31.4"),
    ("9.0, -32.0", "10.6001", "-31.4001"),
    ("", "10.6", ""),
    ("north", "north", "west"),
    ("95, 10", "95", "10"),
    ("10.5, -30.5", "10.501", "-29.5"),
)


def words(sums):
    return {
        "csv": "".join(sums_csv(sums)).split("\r\n"),
        "text": sums_text(sums).split("\n"),
        "json": json.loads(sums_json(sums)),
        "report": json.loads(json.dumps(asdict(sums_report(sums)))),
        "open": json.loads(json.dumps(open_sums(sums))),
    }


@pytest.mark.parametrize(
    ("name", "table", "request_", "sums", "kept"),
    [
        ("sums per province", NUMBERED, ("sites", "key", "kind", "kind"), (("n", "m", "n"), "province"), None),
        ("sums per record", NUMBERED, ("sites", "key", "kind", "kind"), ((), "site"), {"csv", "text"}),
        ("sums of places", PLACED, ("sites", "place", "", "", "lat", "lon"), (("lat",), "kind"), {"csv", "text"}),
        ("sums of areas", PLACED, ("provinces", "place", "", "", "", "", "where"), ((), "record"), {"csv", "text"}),
    ],
)
def test_what_is_said_of_sums(catalogue, name, table, request_, sums, kept):
    steps = []
    told = words(run_sums(catalogue, table, JoinRequest(*request_), sums, sum_here, steps.append))
    assert {kind: said for kind, said in told.items() if kept is None or kind in kept} == TOLD[name]
    assert steps == [f"reading the records of {request_[0]}"]


CORRECTIONS = (
    Correction(2, 9, "name", "Place E", "Place B", "me", "misread"),
    Correction(3, 3, "", "", "leave out", "me", "the same place"),
    Correction(4, 4, "name", "Place X", "Place D", "me", "for another table"),
)


@pytest.mark.parametrize(
    ("name", "table", "request_", "corrections"),
    [
        ("names", NAMED, JoinRequest("sites", "name"), CORRECTIONS),
        ("names, many", NAMED, JoinRequest("sites", "name", many=True), ()),
        ("keys", NUMBERED, JoinRequest("sites", "key", "kind", "kind", repairs=("case",)), ()),
        ("places", PLACED, JoinRequest("sites", "place", lat="lat", lon="lon"), ()),
        ("areas", PLACED, JoinRequest("provinces", "place", coord="where"), ()),
    ],
)
def test_what_is_said_of_rows(catalogue, name, table, request_, corrections):
    joined, stale = run_join(catalogue, table, request_, corrections)
    told = {"csv": joined_csv(joined).split("\r\n"), "text": joined_text(joined).split("\n"), "stale": list(stale)}
    told["questions"] = open_questions(joined, corrections).splitlines()
    if request_.many:
        with pytest.raises(RequestError) as refused:
            joined_geojson(joined)
        told["refused"] = str(refused.value).split("\n")
    if name == "names":
        told["geojson"] = json.loads(joined_geojson(joined))
        told["json"] = json.loads(joined_json(joined))
        told["report"] = json.loads(json.dumps(asdict(joined_report(joined))))
    assert told == TOLD[name]
