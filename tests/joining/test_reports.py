"""Every word of what a join says, and every line that it writes: held whole, for tables with every outcome."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
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
from geo.joining.indexes import KeyIndex
from geo.joining.sides import Side
from geo.joining.summing import Summed
from geo.joining.tallies import Plan, tally_rows
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


def test_of_many_cells_that_find_nothing_the_first_twenty_are_named(catalogue):
    table = listing(("code",), *((f"no-{number}",) for number in range(25)))
    lines = sums_text(
        run_sums(catalogue, table, JoinRequest("provinces", "key", "code", "code"), ((), "record"), sum_here, print)
    ).splitlines()
    named = [at for at, line in enumerate(lines) if ": saw no-" in line]
    assert [lines[at].split(": ")[1] for at in named] == [f"saw no-{number}" for number in range(20)]
    assert lines[named[-1] + 1] == "  of these the first 20 different cells are named"
    assert not any(line.startswith("matched: ") for line in lines)


def test_where_every_record_has_a_row_none_is_named_without(catalogue):
    table = Listing("t.csv", "row", ("code",), tuple(Row(at, (f"P{at}",)) for at in (1, 2, 3)))
    request = JoinRequest("provinces", "key", "code", "code")
    sums = run_sums(catalogue, table, request, ((), "record"), sum_here, print)
    joined, _ = run_join(catalogue, table, request)
    for said in (sums_text(sums), joined_text(joined)):
        assert "3 records = 3 matched + 0 without a row" in said
        assert "without a row: " not in said
    assert (open_sums(sums), joined.open) == ((0, []), [])


def test_sums_of_many_records_come_piece_by_piece():
    keys = tuple(f"k{number}" for number in range(9_000))
    side = Side(keys, keys, KeyIndex(keys), "", np.arange(9_000), keys, keys, np.ones(9_000, np.int64))
    plan = Plan(("k",), (), side.index, side.group, 9_000)
    tally = tally_rows(pd.DataFrame({"k": pd.Categorical(["k7", "k7", "k8999"])}, index=[1, 2, 3]), plan)
    pieces = list(sums_csv(Summed("t", "l", "k = k", (), side, tally, (), "row")))
    assert len(pieces) > 1
    rows = "".join(pieces).split("\r\n")
    assert rows[0] == "record,name,rows"
    assert rows[1:-1] == [f"{key},{key},{ {'k7': 2, 'k8999': 1}.get(key, 0) }" for key in keys]


@pytest.mark.parametrize(
    ("columns", "request_", "told"),
    [
        (
            ("a",),
            JoinRequest("sitez", "name"),
            "saw sitez; expected one of sites, routes, provinces. Next: did you mean sites?",
        ),
        (
            ("a", "b"),
            JoinRequest("sites", "name"),
            "saw none; expected one column called name, site, place, site_name, province, nom, lieu",
        ),
        (
            ("name", "Site "),
            JoinRequest("sites", "name"),
            "--by: saw name, Site ; expected one column called name, site",
        ),
        (("a",), JoinRequest("sites", "key", "b", "kin"), "field: saw kin; expected one of id, name, "),
    ],
)
def test_a_join_of_what_is_not_there_is_refused_with_what_is(catalogue, columns, request_, told):
    with pytest.raises(RequestError) as refused:
        run_join(catalogue, Listing("t.csv", "row", columns, (Row(2, ("x",) * len(columns)),)), request_)
    assert told in str(refused.value)
