"""The events of a page: in their order, each with its days, its source and the words of its theme."""

from __future__ import annotations

import pytest

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.errors import InputError
from geo.readers import read_atlas
from geo.webmap import make_payload
from geo.webmap.happenings import gather_happenings


def row(key, begins, ends=("", ""), **more):
    bounds = dict(zip(("begin_earliest", "begin_latest", "end_earliest", "end_latest"), (*begins, *ends), strict=True))
    empty = dict.fromkeys(("end", "place", "place_text", "locator", "note"), "")
    texts = {"title": key, "text": f"{key} happened.", "theme": "war", "source": "report"}
    return {"id": key, "date": begins[0], **empty, **texts, **bounds, **more}


def cite(source, locator):
    return {"source": source} | ({"locator": locator} if locator else {})


def test_events_come_in_the_order_of_their_first_days():
    rows = [
        row("later", ("1975-04-17", "1975-04-17")),
        row("earlier", ("1970-01-01", "1970-12-31")),
        row("open", (None, "1960-12-31")),
        row("same-day", ("1975-04-17", "1975-04-17")),
    ]
    assert [event["id"] for event in gather_happenings(rows, cite)] == ["open", "earlier", "later", "same-day"]


def test_an_event_without_an_end_ends_when_it_began():
    (event,) = gather_happenings([row("day", ("1975-04-01", "1975-04-30"), (None, None))], cite)
    assert event["days"] == ["1975-04-01", "1975-04-30", "1975-04-01", "1975-04-30"]
    lasting = row("war", ("1970-01-01", "1970-12-31"), ("1975-04-17", None), end="1975-04-17/..")
    (event,) = gather_happenings([lasting], cite)
    assert event["days"] == ["1970-01-01", "1970-12-31", "1975-04-17", ""]


def test_what_is_empty_is_left_out_and_the_source_is_named():
    (event,) = gather_happenings([row("day", ("1975", "1975"), locator="p. 3", place="tower")], cite)
    assert event["reference"] == {"source": "report", "locator": "p. 3"}
    assert event["place"] == "tower"
    assert {"end", "note", "place_text"} & set(event) == set()


@pytest.fixture
def catalogue(small_atlas):
    """Return a function that compiles the tiny atlas, its manifest perhaps changed, and opens it."""

    def compiled(*change):
        atlas = small_atlas()
        if change:
            atlas.replace("atlas.toml", *change)
        return open_catalogue(compile_atlas(atlas.folder).path)

    return compiled


def test_a_map_has_all_events_with_their_sources_and_themes_and_the_cover_none(catalogue):
    with catalogue() as opened:
        name = next(iter(opened.value("maps")))
        page, cover = make_payload(opened, name), make_payload(opened, None)
        ids = [row["id"] for row in opened.rows("SELECT id FROM events")]
    assert sorted(event["id"] for event in page["events"]) == sorted(ids)
    assert ids
    assert all(event["reference"]["source"] in page["sources"] for event in page["events"])
    assert {event["theme"] for event in page["events"]} == set(page["terms"]["themes"])
    held = {site["id"] for site in page["sites"]} | set(page["mentioned"])
    assert {event["place"] for event in page["events"] if "place" in event} <= held
    assert cover["events"] == []


def test_the_line_of_time_is_as_long_as_the_manifest_says(catalogue):
    with catalogue("[atlas]\n", '[atlas]\ntimeline = "1900/1910"\n') as opened:
        assert make_payload(opened, None)["atlas"]["timeline"] == "1900/1910"


def test_without_years_in_the_manifest_the_page_finds_them_itself(catalogue):
    with catalogue() as opened:
        assert "timeline" not in make_payload(opened, None)["atlas"]


def test_a_line_of_time_that_is_no_pair_of_years_is_refused(small_atlas):
    atlas = small_atlas()
    atlas.replace("atlas.toml", "[atlas]\n", '[atlas]\ntimeline = "1975-04/1979"\n')
    with pytest.raises(InputError) as refused:
        read_atlas(atlas.folder)
    (problem,) = refused.value.problems
    assert "timeline" in f"{problem.where} {problem.field}"


def test_a_measure_says_whether_it_counts_travellers(small_atlas):
    atlas = small_atlas()
    vocabulary = (atlas.folder / "data/vocabulary.toml").read_text(encoding="utf-8")
    more = '\n[measures.people_moved]\nlabel = { en = "People" }\ntravel = true\n'
    atlas.write("data/vocabulary.toml", vocabulary + more)
    measures = read_atlas(atlas.folder).vocabulary.measures
    assert [measure for measure, term in measures.items() if term.travel] == ["people_moved"]
