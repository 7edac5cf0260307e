"""What makes a catalogue fast to ask: the figures of each record, in the one unit that counts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pandas as pd

from geo.catalogue.indexing import write_claimed


def test_a_measure_is_asked_and_shown_in_the_unit_that_most_admitted_claims_are_in():
    rows = [
        ("distance", "miles", "current", "9"),
        ("distance", "km", "current", "2"),
        ("distance", "km", "contested", "1"),
        ("distance", "miles", "rejected", "9"),
        ("distance", "miles", "superseded", "9"),
        ("begun", "date", "current", "1975"),
        ("pits", "wells", "current", "1"),
        ("pits", "pits", "current", "1"),
        ("pits", "wells", "current", ""),
    ]
    claims = pd.DataFrame(rows, columns=["measure", "unit", "status", "low"]).assign(subject="a", high="")
    inputs = SimpleNamespace(table_of=lambda _: ("claims", claims), vocabulary=SimpleNamespace(measures=("graves",)))
    with closing(sqlite3.connect(":memory:")) as db:
        units = write_claimed(db, inputs)
        held = db.execute("SELECT measure, low, high FROM claimed").fetchall()
    assert units == {"distance": "km", "pits": "pits", "graves": ""}, "of equals the first by name"
    assert held == [("distance", 1.0, 2.0), ("pits", 1.0, 1.0)]
