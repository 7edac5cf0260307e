"""The search for names that must stand nowhere; every name here is invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.checks import find_withheld
from geo.readers import read_atlas

NAMES = {4: "Qorra Vexil", 7: "Zubrik", 9: "ក្រឡាចត្រង្គ"}


def search(text, names=NAMES):
    return find_withheld_in([("README.md", 3, text)], names)


def find_withheld_in(beside, names=NAMES):
    return find_withheld(INPUTS[0], names, beside)


INPUTS = []


@pytest.fixture(autouse=True, scope="module")
def _clean(clean_inputs):
    INPUTS[:] = [clean_inputs]


@pytest.mark.parametrize(
    "text",
    [
        "It was Qorra Vexil.",
        "QORRA VEXIL",
        "Qórra  Vexil’s house",
        "Vexil, Qorra",
        "https://example.org/2015/qorra-vexil-charged",
        "https://example.org/QorraVexil",
        "https://example.org/Qorra%20Vexil_a",
        "(Zubrik)",
        "មុនក្រឡាចត្រង្គក្រោយ",
        "https://example.org/%E1%9E%80%E1%9F%92%E1%9E%9A%E1%9E%A1%E1%9E%B6%E1%9E%85%E1%9E%8F%E1%9F%92%E1%9E%9A%E1%9E%84%E1%9F%92%E1%9E%82",
    ],
)
def test_a_name_is_found_however_it_is_written(text):
    (problem,) = search(text)
    assert (problem.input, problem.where, problem.rule) == ("README.md", "line 3", "withheld-name")


@pytest.mark.parametrize("text", ["Qorra", "Vexil of Qorra", "Zubriks", "Qorra and Vexil", "aqorra vexil", ""])
def test_a_part_of_a_name_or_another_word_is_not_that_name(text):
    assert search(text) == []


PLANTS = {
    "a summary": (lambda atlas: atlas.put("sites", "place-b", summary="Qorra Vexil was here."),
                  ("data/sites.geojson", "feature 2 (place-b)", "summary")),
    "a note in a list": (lambda atlas: atlas.put("routes", "a-to-e", stops=[{"name": "x", "place_text": "Zubrik"}]),
                         ("data/routes.geojson", "feature 1 (a-to-e)", "stops[1].place_text")),
    "a claim": (lambda atlas: atlas.cell("claims", 0, stated_by="Vexil Qorra"),
                ("data/tables/claims.csv", "line 2 (c0001)", "stated_by")),
    "an address": (lambda atlas: atlas.add_source(URL="https://example.org/qorra-vexil"),
                   ("data/sources.json", "item 3 (third)", "URL")),
    "an author": (lambda atlas: atlas.add_source(author=[{"family": "Zubrik"}]),
                  ("data/sources.json", "item 3 (third)", "author[1].family")),
    "an author in two parts": (lambda atlas: atlas.add_source(author=[{"family": "Vexil", "given": "Qorra"}]),
                               ("data/sources.json", "item 3 (third)", "author[1].given")),
    "a key": (lambda atlas: atlas.add_source(id="zubrik"), ("data/sources.json", "item 3 (…)", "id")),
    "a map": (lambda atlas: atlas.replace("maps/overview.toml", "Everything.", "Zubrik."),
              ("maps/overview.toml", "key description.en", "")),
    "the manifest": (lambda atlas: atlas.replace("atlas.toml", "Invented for tests.", "Zubrik."),
                     ("atlas.toml", "key atlas.licence", "")),
}  # fmt: skip


@pytest.mark.parametrize("plant", PLANTS)
def test_every_text_is_searched_and_the_name_is_never_printed(small_atlas, plant):
    change, place = PLANTS[plant]
    atlas = small_atlas()
    change(atlas)
    found = find_withheld(read_atlas(atlas.folder), NAMES, [])
    assert {(problem.input, problem.where, problem.field) for problem in found} == {place}
    for problem in found:
        said = str(problem._asdict()).lower()
        assert not any(part in said for name in NAMES.values() for part in name.lower().split())
        assert "line 4 of the list" in said or "line 7 of the list" in said


def test_the_method_page_is_searched(small_atlas):
    atlas = small_atlas()
    atlas.replace("atlas.toml", "[files]", '[files]\nmethod = "method.md"')
    atlas.write("method.md", "# Method\n\n  as Zubrik said\n")
    (problem,) = find_withheld(read_atlas(atlas.folder), NAMES, [])
    assert (problem.input, problem.where) == ("method.md", "line 3")


def test_the_name_of_a_file_is_searched_and_not_printed():
    (problem,) = find_withheld_in([("docs/zubrik.png", 0, "docs/zubrik.png")])
    assert (problem.input, problem.where) == ("docs/…", "the name of the file")


def test_a_name_is_found_across_two_lines_of_a_page_and_not_across_two_pages():
    (problem,) = find_withheld_in([("a.md", 1, "As Qorra"), ("a.md", 2, "Vexil said")])
    assert (problem.input, problem.where) == ("a.md", "line 2")
    assert find_withheld_in([("a.md", 1, "As Qorra"), ("a.md", 3, "Vexil said")]) == []
    assert find_withheld_in([("a.md", 1, "As Qorra"), ("b.md", 2, "Vexil said")]) == []


def test_the_clean_atlas_names_nobody():
    assert find_withheld_in([]) == []


@given(st.sampled_from(sorted(NAMES)), st.sampled_from(" .,;/-_"), st.text(max_size=20), st.text(max_size=20))
def test_whatever_stands_around_a_name_does_not_hide_it(line, edge, before, after):
    text = f"{before} {edge}{NAMES[line]}{edge} {after}"
    assert any(f"line {line} " in problem.seen for problem in search(text))
