"""Counts of records: each record once, every line adding up, and nothing put where it is not known to be."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.atlas import compile_atlas
from geo.catalogue import Catalogue, open_catalogue, write_catalogue
from geo.commands.stats import _ASPECTS, _FORMATS
from geo.commands.tallies import FORMATS
from geo.coverage import whereabouts
from geo.query.counting import ASPECTS, summarise, tally
from geo.readers import read_atlas
from geo.spec import PRECISION_FLOOR_M, STANDINGS

BOUNDS = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")
days = st.sampled_from([None, "1969-12-31", "1970-01-01", "1975-04-17", "1979-12-31", "1980-01-01"])

sites = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["prison", "camp", "unheard_of"]),
            "province": st.sampled_from([None, "P1", "P2"]),
            "country": st.sampled_from([None, "XA", "XB"]),
            "standing": st.sampled_from(STANDINGS),
            "precision_basis": st.sampled_from(sorted(PRECISION_FLOOR_M)),
            "sources": st.lists(st.sampled_from(["one", "one#p. 1", "one#p. 2", "two#a#b"]), min_size=1, unique=True),
            "geom": st.sampled_from([None, b"GP"]),
            **dict.fromkeys(BOUNDS, days),
        }
    ),
    max_size=10,
).map(lambda rows: [row | {"id": f"s{at}"} for at, row in enumerate(rows)])


@contextmanager
def catalogue_of(rows):
    """Yield a catalogue that holds these sites, and as much beside them as counting asks for."""
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.execute("CREATE TABLE layers (fid, name, schema, holds, title, draw, records, unlocated)")
    db.execute("INSERT INTO layers VALUES (1, 'my sites', 'sites', 'layer', NULL, NULL, 0, 0)")
    db.execute("INSERT INTO layers VALUES (2, 'provinces', 'areas', 'layer', NULL, NULL, 3, 0)")
    db.execute("CREATE TABLE provinces (fid, code, name)")
    db.executemany("INSERT INTO provinces VALUES (?, ?, ?)", [(at, f"P{at}", f"Square {at}") for at in (1, 2, 3)])
    db.execute("CREATE TABLE sources (fid, id, title)")
    db.execute("CREATE TABLE atlas (key, value)")
    words = {"kinds": {word: {"label": {"en": word.upper()}} for word in ("prison", "camp", "memorial")}}
    db.execute("INSERT INTO atlas VALUES ('vocabulary', ?)", (json.dumps(words),))
    columns = ("id", "kind", "province", "country", "standing", "precision_basis", "sources", "geom", *BOUNDS)
    db.execute(f'CREATE TABLE "my sites" ({", ".join(columns)})')
    for row in rows:
        cells = [json.dumps(row[name]) if name == "sources" else row[name] for name in columns]
        db.execute(f'INSERT INTO "my sites" VALUES ({", ".join("?" * len(columns))})', cells)
    with Catalogue(Path("none.gpkg"), db) as catalogue:
        yield catalogue


def decade_of(row):
    """Return the line on which a place stands: the same rule as the room's, in other words."""
    first, last = ((row[name] or "")[:3] for name in ("begin_earliest", "begin_latest"))
    if not any(row[name] for name in BOUNDS):
        return "undated"
    if not first and not last:
        return "beginning unknown"
    if first == last:
        return f"{first}0s"
    return f"{first}0s–{last}0s" if first and last else f"{first}0s or later" if first else f"by the {last}0s"


def keys_of(rows):
    """Return aspect -> the lines on which each place stands."""
    where = whereabouts(rows)
    return {
        "province": [[where[row["id"]]] for row in rows],
        "kind": [[row["kind"]] for row in rows],
        "decade": [[decade_of(row)] for row in rows],
        "source": [sorted({ref.split("#")[0] for ref in row["sources"]}) for row in rows],
        "standing": [[row["standing"]] for row in rows],
        "basis": [[row["precision_basis"]] for row in rows],
    }


@settings(max_examples=40)
@given(sites)
def test_every_place_stands_on_its_line_and_the_lines_add_up(rows):
    expected = keys_of(rows)
    assert set(expected) == set(ASPECTS)
    with catalogue_of(rows) as catalogue:
        for by, keys in expected.items():
            (counted,) = tally(catalogue, by)
            lines = {count.key: count for count in counted.counts}
            assert len(lines) == len(counted.counts)
            for name, holds in (
                ("records", lambda _: True),
                ("located", lambda row: row["geom"] is not None),
                ("unlocated", lambda row: row["geom"] is None),
                ("undated", lambda row: not any(row[bound] for bound in BOUNDS)),
            ):
                there = Counter(key for row, stands in zip(rows, keys, strict=True) if holds(row) for key in stands)
                assert {key: getattr(count, name) for key, count in lines.items() if getattr(count, name)} == there, by
                assert getattr(counted.total, name) == sum(map(holds, rows))
            assert counted.entries == sum(count.records for count in counted.counts) == sum(map(len, keys))
            assert by == "source" or counted.entries == counted.total.records == len(rows)


def test_what_is_known_beforehand_has_a_line_even_where_nothing_stands():
    with catalogue_of([]) as catalogue:
        lines = {by: [count.key for count in tally(catalogue, by)[0].counts] for by in ASPECTS}
        assert lines == {
            "province": ["P1", "P2", "P3", "abroad", "unknown"],
            "kind": ["prison", "camp", "memorial"],
            "decade": [],
            "source": [],
            "standing": list(STANDINGS),
            "basis": list(PRECISION_FLOOR_M),
        }
        assert tally(catalogue, "kind")[0].counts[0].label == "PRISON"


def test_decades_stand_in_the_order_of_time():
    days = [("1980-01-01", None), (None, "1975-01-01"), ("1969-01-01", "1975-01-01"), ("1969-01-01", "1969-02-01")]
    base = {"kind": "camp", "province": None, "country": None, "standing": "reported", "precision_basis": "unknown",
            "sources": ["one"], "geom": None, "end_earliest": None}  # fmt: skip
    rows = [
        base | {"id": str(at), "begin_earliest": first, "begin_latest": last, "end_latest": None}
        for at, (first, last) in enumerate([*days, (None, None)])
    ]
    rows.append(rows[-1] | {"id": "last", "end_latest": "1979-01-01"})
    with catalogue_of(rows) as catalogue:
        assert [count.key for count in tally(catalogue, "decade")[0].counts] == [
            "1960s", "1960s–1970s", "by the 1970s", "1980s or later", "beginning unknown", "undated",
        ]  # fmt: skip


def test_sources_that_carry_most_come_first():
    rows = [{"sources": ["one", "one#p. 2"]}, {"sources": ["two"]}, {"sources": ["one", "two"]}, {"sources": ["two#p"]}]
    rows = [
        dict.fromkeys(("kind", "province", "country", "standing", "precision_basis", "geom", *BOUNDS))
        | row
        | {"id": at}
        for at, row in enumerate(rows)
    ]
    with catalogue_of(rows) as catalogue:
        (counted,) = tally(catalogue, "source")
    assert [(count.key, count.records) for count in counted.counts] == [("two", 3), ("one", 2)]
    assert (counted.total.records, counted.entries) == (4, 5)


@pytest.fixture
def compiled(small_atlas):
    atlas = small_atlas()
    with open_catalogue(compile_atlas(atlas.folder).path) as catalogue:
        yield catalogue


def test_places_and_journeys_are_counted_apart(compiled):
    assert {by: [one.layer for one in tally(compiled, by)] for by in ASPECTS} == {
        "province": ["sites"], "kind": ["sites", "routes"], "decade": ["sites", "routes"],
        "source": ["sites", "routes"], "standing": ["sites", "routes"], "basis": ["sites"],
    }  # fmt: skip
    routes = tally(compiled, "kind")[1]
    assert [(count.key, count.label, count.records) for count in routes.counts] == [("flight", "Flight", 1)]


def test_the_summary_says_what_is_there_and_what_is_missing(compiled):
    summary = summarise(compiled)
    assert [(count.key, count.records, count.located, count.undated) for count in summary.layers] == [
        ("sites", 5, 4, 2), ("routes", 1, 1, 0), ("provinces", 3, None, None), ("claims", 7, None, None),
        ("events", 2, None, None), ("sources", 2, None, None),
    ]  # fmt: skip
    assert summary.coverage == []
    assert [count.label for count in summary.layers] == [
        "Places", "Journeys", "Provinces", "Claims", "Events", "Sources",
    ]  # fmt: skip
    assert {gap.key: (f"{gap.records} {gap.text}", gap.of, gap.names) for gap in summary.gaps} == {
        "unlocated": ("1 places have no location", 5, ()),
        "undated": ("2 places have no date", 5, ()),
        "without_claims": ("4 places have no claim beside their record", 5, ()),
        "one_source": ("4 places rest on one source alone", 5, ()),
        "without_khmer_name": ("4 places have no name in Khmer script", 5, ()),
        "provinces_without_location": ("1 provinces have no place with a location", 3, ("Square Three",)),
    }


def test_an_atlas_of_sites_alone_lacks_claims_and_an_empty_province_is_named(small_atlas):
    atlas = small_atlas()
    atlas.replace("atlas.toml", '\n[tables.claims]\nfile = "data/tables/claims.csv"\nschema = "claims"\n', "")
    atlas.replace("atlas.toml", '\n[tables.figures]\nfile = "data/tables/figures.csv"\nschema = "figures"\n', "")
    with atlas.document("data/sites.geojson") as sites:
        sites["features"] = [site for site in sites["features"] if site["properties"]["province"] in {"P1", "P2"}]
    inputs = read_atlas(atlas.folder)
    path = atlas.folder / "maps/small.gpkg"
    write_catalogue(path, inputs, (), {}, "d")
    with open_catalogue(path) as catalogue:
        gaps = {gap.key: (f"{gap.records} {gap.text}", gap.of, gap.names) for gap in summarise(catalogue).gaps}
    assert gaps == {
        "without_claims": ("3 places have no claim beside their record", 3, ()),
        "one_source": ("2 places rest on one source alone", 3, ()),
        "without_khmer_name": ("2 places have no name in Khmer script", 3, ()),
        "provinces_without_place": ("1 provinces have no place at all", 3, ("Square Three",)),
        "provinces_without_location": ("1 provinces have no place with a location", 3, ("Square Three",)),
    }


def test_the_command_offers_what_the_rooms_have():
    assert _ASPECTS == ASPECTS
    assert tuple(FORMATS) == _FORMATS
