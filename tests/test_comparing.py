"""Comparing two versions: what was planted is told, nothing else is; and three laws."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.comparing import COMPARED, Edition, compare, read_edition
from geo.spec import SCHEMAS

BACK = {"added": "removed", "removed": "added", "merged": "parted", "parted": "merged", "changed": "changed"}
KINDS = {"located": "unlocated", "unlocated": "located", "moved": "moved", "redrawn": "redrawn"}
FILES = {"added": "removed", "removed": "added", "revised": "revised"}


def read(atlas):
    with open_catalogue(compile_atlas(atlas.folder).path) as catalogue:
        return read_edition(catalogue)


@pytest.fixture
def atlas(small_atlas):
    return small_atlas()


@pytest.fixture
def old(small_catalogue):
    with open_catalogue(small_catalogue) as catalogue:
        return read_edition(catalogue)


def change(**values):
    names = SCHEMAS["changes"].names
    said = {"date": "2020-01-01", "action": "revised", "what": "A word.", "why": "It was wrong."}
    return dict.fromkeys(names) | said | values


def told(comparison):
    return [(difference.layer, difference.id, difference.fate) for difference in comparison.differences]


def test_a_version_does_not_differ_from_itself(old):
    comparison = compare(old, old)
    assert comparison.empty
    counts = {schema: tally.old for schema, tally in comparison.tallies.items()}
    assert list(counts) == [schema for schema in COMPARED if schema in counts], "in the order of the contract"
    assert counts.items() >= {"sites": 5, "routes": 1, "areas": 3, "claims": 7, "names": 6, "sources": 2}.items()
    assert all(tally.unchanged == tally.new for tally in comparison.tallies.values())


class Bare:
    """A catalogue of an atlas without records, whose areas are a Shapefile."""

    def value(self, key):
        files = ("atlas.toml", "data/areas.SHP", "data/areas.dbf", "data/areas.prj", "data/areas.csv", "data/s.json")
        areas = {"file": "data/areas.SHP", "schema": "areas"}
        said = {"atlas": {"id": "a", "version": "1"}, "files": {"sources": "data/s.json"}, "layers": {"areas": areas}}
        return dict.fromkeys(files, "0") if key == "digests" else said

    def layers(self):
        return []

    def rows(self, _):
        return []


def test_all_files_of_a_shapefile_are_compared_by_their_records():
    assert list(read_edition(Bare()).files) == ["atlas.toml", "data/areas.csv"]


def test_a_point_moves_along_the_ellipsoid(atlas, old):
    atlas.move("sites", "place-a", {"type": "Point", "coordinates": [-32.4, 10.6]})
    (difference,) = compare(old, read(atlas)).differences
    assert (difference.fate, difference.revisions) == ("changed", ())
    assert difference.move.metres == pytest.approx(Geod(ellps="WGS84").inv(-32.5, 10.5, -32.4, 10.6)[2], abs=0.05)
    assert difference.move.old == (-32.5, 10.5)
    assert difference.move.new == (-32.4, 10.6)


def test_a_place_is_located_and_lost(atlas, old):
    known = {"precision_m": 100, "precision_basis": "published_point", "coord_source": "first-book#p. 2"}
    atlas.move("sites", "place-d", {"type": "Point", "coordinates": [-30.5, 10.5]}, **known)
    new = read(atlas)
    (there,), (back,) = compare(old, new).differences, compare(new, old).differences
    assert (there.move.kind, there.move.metres, there.move.old, there.move.new) == (
        "located",
        None,
        None,
        (-30.5, 10.5),
    )
    assert (back.move.kind, back.move.old, back.move.new) == ("unlocated", (-30.5, 10.5), None)
    assert [revision.field for revision in there.revisions] == ["precision_m", "precision_basis", "coord_source"]


def test_a_line_is_redrawn_and_turning_it_is_told(atlas, old):
    with atlas.feature("routes", "a-to-e") as feature:
        feature["geometry"]["coordinates"][1][1] = [-29.5, 10.6]
    (difference,) = compare(old, read(atlas)).differences
    assert difference.move.kind == "redrawn"
    assert difference.move.metres == pytest.approx(Geod(ellps="WGS84").inv(-29.5, 10.5, -29.5, 10.6)[2], rel=0.001)
    with atlas.feature("routes", "a-to-e") as feature:
        feature["geometry"]["coordinates"][1] = [[-29.5, 10.5], [-31.4, 10.6]]
    (difference,) = compare(old, read(atlas)).differences
    assert difference.move.metres == 0


def test_where_a_ring_begins_says_nothing(atlas, old):
    with atlas.feature("provinces", "P1") as feature:
        ring = feature["geometry"]["coordinates"][0]
        feature["geometry"]["coordinates"][0] = [*ring[1:], ring[1]]
    assert told(compare(old, read(atlas))) == []


def test_every_table_is_compared_field_by_field(atlas, old):
    atlas.put("sites", "place-b", summary="Another summary.", sources=["first-book#p. 3"])
    atlas.cell("claims", 0, high="1600", note="Corrected.")
    atlas.cell("events", 0, title="Place A is opened")
    atlas.cell("names", 2, kind="former")
    atlas.cell("relations", 1, object="place-d")
    atlas.cell("figures", 1, note="")
    with atlas.document("data/sources.json") as sources:
        sources[1]["custom"]["grade"] = "weak"
    comparison = compare(old, read(atlas))
    assert told(comparison) == [
        ("sites", "place-b", "changed"),
        ("claims", "c0001", "changed"),
        ("events", "opening", "changed"),
        ("names", "place-a / Ti Konleng Ka / km-Latn", "changed"),
        ("relations", "place-c / memorial_of / place-b", "removed"),
        ("relations", "place-c / memorial_of / place-d", "added"),
        ("figures", "P2 / population", "changed"),
        ("sources", "second-report", "changed"),
    ]
    revised = {
        (difference.id, revision.field): (revision.old, revision.new)
        for difference in comparison.differences
        for revision in difference.revisions
    }
    assert revised == {
        ("place-b", "summary"): ("Place B is invented.", "Another summary."),
        ("place-b", "sources"): (["first-book#p. 1"], ["first-book#p. 3"]),
        ("c0001", "high"): ("1500", "1600"),
        ("c0001", "note"): (None, "Corrected."),
        ("opening", "title"): ("Place A opens", "Place A is opened"),
        ("place-a / Ti Konleng Ka / km-Latn", "kind"): ("alias", "former"),
        ("P2 / population", "note"): ("A range.", None),
        ("second-report", "custom.grade"): ("fair", "weak"),
    }


def test_what_is_not_compared_by_rows_is_told_by_its_file(atlas, old):
    atlas.replace("data/vocabulary.toml", "#54456b", "#54456c")
    comparison = compare(old, read(atlas))
    assert told(comparison) == []
    assert comparison.files == {"data/vocabulary.toml": "revised"}
    assert not comparison.empty


SITE = dict.fromkeys(SCHEMAS["sites"].names)
TWO = [SITE | {"id": "wat-one", "name": "Wat One"}, SITE | {"id": "wat-two", "name": "Wat Two"}]
NAME = {"subject": "wat-two", "text": "wat ONE", "language": "km-Latn", "kind": "alias"}


def edition(*sites, names=(), changes=()):
    return Edition("a", "1", {"sites": list(sites), "names": list(names)}, tuple(changes))


def fates(comparison):
    return [
        (found.id, found.fate, found.other, found.ground) for found in comparison.differences if found.layer == "sites"
    ]


def test_a_record_is_merged_when_the_changes_say_so():
    merge = change(record="wat-one", action="merged", into="wat-two")
    old, new = edition(*TWO), edition(TWO[1], changes=[merge])
    assert fates(compare(old, new)) == [("wat-one", "merged", "wat-two", "changes")]
    assert compare(old, new).differences[0].why == (merge,)
    assert fates(compare(new, old)) == [("wat-one", "parted", "wat-two", "changes")]


def test_a_record_is_merged_when_one_that_stayed_took_its_name():
    assert fates(compare(edition(*TWO), edition(TWO[1], names=[NAME]))) == [("wat-one", "merged", "wat-two", "names")]


def test_a_name_alone_proves_no_merge():
    """It was borne before, or the bearer is new as well, or there are two."""
    assert fates(compare(edition(*TWO, names=[NAME]), edition(TWO[1], names=[NAME]))) == [
        ("wat-one", "removed", "", "")
    ]
    renamed = TWO[0] | {"id": "wat-three"}
    assert fates(compare(edition(*TWO), edition(TWO[1], renamed))) == [
        ("wat-one", "removed", "", ""),
        ("wat-three", "added", "", ""),
    ]
    third = SITE | {"id": "wat-four", "name": "Wat Four"}
    both = [NAME, NAME | {"subject": "wat-four"}]
    assert fates(compare(edition(*TWO, third), edition(TWO[1], third, names=both))) == [("wat-one", "removed", "", "")]


def test_a_reason_is_given_once_where_it_belongs():
    earlier, later = change(record="wat-one", what="Earlier."), change(record="wat-one", what="Later.")
    idle = change(record="wat-two", what="Nothing that shows.")
    old = edition(*TWO, changes=[earlier])
    new = edition(
        TWO[0] | {"summary": "Other."}, TWO[1], names=[NAME | {"text": "Wat 2"}], changes=[earlier, later, idle]
    )
    comparison = compare(old, new)
    assert [(found.layer, found.why) for found in comparison.differences] == [("sites", (later,)), ("names", ())]
    assert comparison.unmatched == (idle,)


def test_a_change_of_the_subject_explains_the_name_that_it_quotes():
    why = change(record="wat-two", what="The spelling wat ONE was added.")
    comparison = compare(edition(*TWO), edition(*TWO, names=[NAME], changes=[why]))
    assert [(found.layer, found.why) for found in comparison.differences] == [("names", (why,))]


@pytest.mark.parametrize(("one", "other"), [(False, None), (0, None), (0, False), (1, True), (False, [])])
def test_a_no_and_a_nought_say_something(one, other):
    def cited(value):
        return Edition("a", "1", {"sources": [{"id": "book", "custom.read": value}]})

    (found,) = compare(cited(one), cited(other)).differences
    assert [(said.field, said.old, said.new) for said in found.revisions] == [("custom.read", one, other)]


# --- laws -----------------------------------------------------------------------------------------------------

WORD = st.sampled_from(["", "a", "b", "c", None])
KEY = st.sampled_from(["r1", "r2", "r3", "r4"])
GEOMETRY = st.one_of(
    st.none(),
    st.tuples(st.integers(-20, 20), st.integers(-20, 20)).map(lambda spot: shapely.to_wkb(shapely.Point(*spot))),
    st.tuples(st.integers(-20, 20), st.integers(-20, 20)).map(
        lambda spot: shapely.to_wkb(shapely.LineString([spot, (30, 30)]))
    ),
)


def rows(schema):
    columns = {column: WORD for column in ("name", "note", "kind") if column not in COMPARED[schema]}
    keys = {column: KEY if column in ("id", "code", "subject") else WORD for column in COMPARED[schema]}
    extra = {"geom": GEOMETRY} if SCHEMAS.get(schema) and SCHEMAS[schema].holds == "layer" else {}
    unique = (lambda row: row[COMPARED[schema][0]]) if len(COMPARED[schema]) == 1 else None
    return st.lists(st.fixed_dictionaries(keys | columns | extra), max_size=5, unique_by=unique)


CHANGES = st.lists(
    st.builds(
        lambda record, action, into: change(record=record, action=action, into=into if action == "merged" else None),
        KEY, st.sampled_from(["added", "revised", "merged", "removed"]), KEY,
    ),
    max_size=3,
)  # fmt: skip
EDITIONS = st.builds(
    Edition,
    st.just("atlas"),
    st.sampled_from(["1", "2"]),
    st.fixed_dictionaries({}, optional={schema: rows(schema) for schema in ("sites", "areas", "names", "sources")}),
    CHANGES.map(tuple),
    st.dictionaries(st.sampled_from(["atlas.toml", "maps/a.toml"]), st.sampled_from(["1", "2"])),
)


@given(EDITIONS)
def test_law_nothing_differs_from_itself(one):
    shuffled = replace(one, rows={schema: found[::-1] for schema, found in one.rows.items()})
    assert compare(one, one).empty
    assert compare(one, shuffled).empty


@given(EDITIONS, EDITIONS)
def test_law_both_directions_say_the_same(one, other):
    there, back = compare(one, other), compare(other, one)

    def turn(found):
        move = found.move and replace(found.move, old=found.move.new, new=found.move.old, kind=KINDS[found.move.kind])
        revisions = tuple(replace(said, old=said.new, new=said.old) for said in found.revisions)
        return replace(found, fate=BACK[found.fate], move=move, revisions=revisions)

    def untitled(found):
        return json.dumps(repr(replace(found, title="")))  # a title is that of the newer edition

    assert sorted(untitled(turn(found)) for found in back.differences) == sorted(map(untitled, there.differences))
    assert {file: FILES[what] for file, what in back.files.items()} == there.files
    assert (back.old, back.new, back.unmatched) == (there.new, there.old, there.unmatched)


@given(EDITIONS, EDITIONS)
def test_law_the_counts_add_up(one, other):
    comparison = compare(one, other)
    for schema, tally in comparison.tallies.items():
        assert tally.old == len(one.rows.get(schema, []))
        assert tally.new == len(other.rows.get(schema, []))
        kept = tally.unchanged + tally.changed
        assert tally.old - tally.removed - tally.merged == tally.new - tally.added - tally.parted == kept
        assert max(tally.moved, tally.revised) <= tally.changed <= tally.moved + tally.revised
    assert sum(len(found) for found in one.rows.values()) == sum(tally.old for tally in comparison.tallies.values())
