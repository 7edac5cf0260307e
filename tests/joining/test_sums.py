"""A table summed over a layer: every row and every number is somewhere, whatever the parts."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import Problem
from geo.joining import Record, join_rows, match_keys, match_places
from geo.joining.indexes import KeyIndex, PlaceIndex
from geo.joining.tallies import EXAMPLES, OUTCOMES_OF_SUMS, Plan, Tally, tally_aside, tally_rows
from geo.readers.listings import Listing, Row

KEYS = ("0203", "AB-1", "ab-1", "x")
CELLS = st.sampled_from(["0203", "203", "AB-1", "Ab-1", "x", "nowhere", "", *(f"n{at}" for at in range(30))])
AMOUNTS = st.sampled_from(["1", "0.5", "-3", "", "n/a", *(f"?{at}" for at in range(30))])


def frame_of(rows):
    columns = {"key": [key for key, _ in rows], "n": [amount for _, amount in rows]}
    return pd.DataFrame({name: pd.Categorical(cells) for name, cells in columns.items()}, index=range(1, len(rows) + 1))


def told(tally):
    sums = {}
    for code, number in tally.sums.items():
        sums[code] = sums.get(code, 0) + number
    counts = [dict(each.items()) for each in (tally.bucket, tally.numbers)]
    return (
        tally.rows.tolist(), tally.ways.tolist(), tally.met.tolist(), tally.cells.tolist(), counts, sums,
        {what: examples for what, examples in tally.examples.items() if examples},
    )  # fmt: skip


@given(st.lists(st.tuples(CELLS, AMOUNTS), max_size=60), st.lists(st.integers(0, 60), max_size=4), st.randoms())
def test_the_parts_of_a_table_make_up_the_whole(rows, cuts, chance):
    plan = Plan(("key",), ("n",), KeyIndex(KEYS), np.array([0, 0, 1, 1]), 2)
    frame = frame_of(rows)
    whole = tally_rows(frame, plan)
    edges = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    parts = [tally_rows(frame.iloc[begin:end], plan) for begin, end in itertools.pairwise(edges)]
    parts.append(Tally.empty(plan))
    chance.shuffle(parts)
    assert told(Tally.together(parts)) == told(Tally.together([whole]))
    assert whole.rows.sum() == whole.cells.sum() == len(rows)
    for at, outcome in enumerate(OUTCOMES_OF_SUMS[1:], start=1):
        named = whole.examples[outcome]
        assert bool(named) == bool(whole.rows[at])
        assert len(named) <= EXAMPLES
        assert [each.row for each in named] == sorted(each.row for each in named)


@given(st.lists(CELLS, max_size=20))
def test_a_row_becomes_what_the_join_of_rows_makes_of_it(cells):
    records = [Record(f"k{at}", key, (), {"code": key}, None) for at, key in enumerate(KEYS)]
    twice = tuple(Problem("t", f"row {at}", "", seen, "a number") for at in (98, 99) for seen in ("NaN", "Infinity"))
    listing = Listing("t", "row", ("key",), tuple(Row(at, (cell,)) for at, cell in enumerate(cells, start=1)), twice)
    sought = {row.number: row.cells[0] for row in listing.rows}
    joined = join_rows(listing, records, sought, match_keys(records, "code"), about=("l", "b", "key"), many=True)
    plan = Plan(("key",), (), KeyIndex(KEYS), np.arange(4), 4)
    tally = Tally.together(
        [tally_rows(frame_of([(cell, "") for cell in cells]), plan), tally_aside(listing.unread, plan)]
    )
    assert len(joined.rows) == tally.rows.sum() == len(cells) + 2, "a row with two faults is one row"
    assert [each.seen for each in tally.examples["unreadable"]] == ["NaN; Infinity"]
    assert dict(tally.bucket.items())[plan.groups + 2] == 2, "what could not be read has the last bucket"
    assert dict(zip(OUTCOMES_OF_SUMS, tally.rows.tolist(), strict=True)) == {
        outcome: count for outcome, count in joined.counts.items() if outcome in OUTCOMES_OF_SUMS
    }
    assert set(np.flatnonzero(np.unpackbits(tally.met, count=4))) == {int(key[1]) for key in joined.met}


@pytest.mark.parametrize("columns", [("lat", "lon"), ("both",)])
def test_positions_in_texts_are_read_as_the_join_of_rows_reads_them(columns):
    lat, lon = ["10.5", "10°30'N", "", "north", "95", "up"], ["20.5", "20°30'E", "1", "2", "3", "4"]
    both = [", ".join(pair).strip(", ") for pair in zip(lat, lon, strict=True)]
    both[2] = ""
    rows = pd.DataFrame(
        {name: pd.Categorical(cells) for name, cells in (("lat", lat), ("lon", lon), ("both", both))},
        index=range(1, 7),
    )
    plan = Plan(columns, (), PlaceIndex(["k"], [shapely.Point(20.5, 10.5)], [0.0], 10.0), np.zeros(1, np.int64), 1)
    tally = tally_rows(rows, plan)
    assert dict(zip(OUTCOMES_OF_SUMS, tally.rows.tolist(), strict=True)) == {
        "matched": 2, "unmatched": 1, "ambiguous": 0, "unreadable": 3,
    }  # fmt: skip
    named = [(each.row, each.seen) for each in tally.examples["unreadable"]]
    assert named == [(4, "north, 2"), (5, "95, 3"), (6, "up, 4")], (
        "each that cannot be read is named, not only the first"
    )
    record = Record("k", "k", (), {}, shapely.Point(20.5, 10.5))
    assert match_places([record], 10.0)("10.5,20.5").record is record
