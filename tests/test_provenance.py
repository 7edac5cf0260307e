"""The record of what was made of what: it comes back as it was, and a damaged one is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.provenance import Made, Run, merge_made, parse_record, render_record

TEXT = st.text(max_size=4)
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)
PAIRS = st.lists(st.tuples(TEXT, DIGEST), max_size=3, unique_by=lambda pair: pair[0]).map(sorted).map(tuple)
RUNS = st.builds(
    Run,
    st.sampled_from(["compile", "draw"]),
    st.just("1.0"),
    st.sampled_from(["", "f" * 64]),
    st.just((("mask", "m"),)),
    st.sampled_from(["", "2020-01-01T00:00:00Z"]),
    PAIRS,
)
RECORDS = st.lists(st.builds(Made, TEXT, DIGEST, RUNS), max_size=4, unique_by=lambda made: made.path).map(sorted)

COMPILED = Made("a.gpkg", "c" * 64, Run("compile", "1.0", "", (), "", (("atlas.toml", "a" * 64),)))
DRAWN = Made("map.html", "d" * 64, Run("draw", "1.0", "f" * 64, (("languages", "en"),), "", (("a.gpkg", "c" * 64),)))


@given(RECORDS)
def test_what_is_written_is_read_again(made):
    assert parse_record(render_record(made)) == made
    assert merge_made(made, [], [each.path for each in made]) == made


def test_a_catalogue_that_a_page_was_drawn_from_is_remembered():
    newer = COMPILED._replace(sha256="e" * 64)
    assert merge_made([COMPILED, DRAWN], [newer], ["a.gpkg", "map.html"]) == [COMPILED, newer, DRAWN]
    assert merge_made([COMPILED, DRAWN], [newer], ["a.gpkg"]) == [newer]


@pytest.mark.parametrize("part", ["entity", "activity", "agent", "used", "wasGeneratedBy", "wasAssociatedWith"])
@pytest.mark.parametrize("value", [None, 1, "x", ["x"], {"x": "y"}])
def test_a_damaged_record_is_refused_and_never_half_believed(part, value):
    whole = json.loads(render_record([COMPILED, DRAWN]))
    kept = set()
    for key in sorted({key for each in whole[part].values() for key in each}):
        damaged = json.loads(json.dumps(whole))
        for each in damaged[part].values():
            each[key] = value
        try:
            kept |= {each.path for each in merge_made(parse_record(json.dumps(damaged).encode()), [], ["map.html"])}
        except ValueError:
            continue
    assert kept <= {"a.gpkg", "map.html", "x"}
    with pytest.raises(ValueError, match="a damaged record"):
        parse_record(json.dumps(whole | {part: value}).encode())
