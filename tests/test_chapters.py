"""The guided readings: what a page is given of them, and that those of the flagship rest on its data."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from geo.catalogue import open_catalogue
from geo.query import cited_sources
from geo.readers import read_atlas
from geo.webmap import make_payload

ROOT = Path(__file__).parents[1]
MAPS = sorted((ROOT / "maps").glob("*.toml"))
DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")


@pytest.fixture
def payload(small_catalogue):
    with open_catalogue(small_catalogue) as catalogue:
        yield lambda name, languages=(): make_payload(catalogue, name, languages)


# --- what a page is given -----------------------------------------------------------------------------------------


def test_a_page_holds_its_chapters_in_order(payload):
    first, second = payload("prisons")["page"]["chapters"]
    assert first == {
        "title": {"en": "Held", "km": "ការឃុំឃាំង"},
        "text": {
            "en": "Place A opened in 1901.[1] It belongs to no family.[2]",
            "km": "ទីកន្លែង ក បើកនៅឆ្នាំ១៩០១។[1][2]",
        },
        "bounds": [-33.0, 10.0, -32.0, 11.0],
        "where": "kind IN ('prison')",
        "during": "1901/1903",
        "records": ["place-a", "place-c"],
        "sources": [{"source": "first-book", "locator": "p. 1"}, {"source": "second-report"}],
    }
    assert second["records"] == []
    assert not {"bounds", "where", "during"} & set(second)


def test_a_page_speaks_only_its_languages(payload):
    assert set(payload("prisons", ["en"])["page"]["chapters"][0]["title"]) == {"en"}


def test_sources_and_records_of_chapters_are_in_the_page(payload):
    page = payload("prisons")
    cited = {reference["source"] for chapter in page["page"]["chapters"] for reference in chapter["sources"]}
    assert cited <= set(page["sources"])
    held = {site["id"] for site in page["sites"]}
    named = {record for chapter in page["page"]["chapters"] for record in chapter["records"]}
    assert named <= held | set(page["mentioned"])
    assert page["mentioned"]["place-c"]["page"] == "overview", "a memorial is on the map of all kinds"


@pytest.mark.parametrize("name", [None, "overview"])
def test_other_pages_have_none(payload, name):
    assert payload(name)["page"]["chapters"] == []


def test_a_source_of_the_page_stands_as_the_command_line_gives_it(small_catalogue):
    with open_catalogue(small_catalogue) as catalogue:
        sources = make_payload(catalogue, "overview")["sources"]
        assert sources
        assert [source["csl"] for source in sources.values()] == cited_sources(catalogue, sources)


# --- the flagship -------------------------------------------------------------------------------------------------


def read_chapters():
    """Return (map, number, chapter, the ids that the comment above it names) for every chapter of the flagship."""
    found = []
    for path in MAPS:
        text = path.read_text(encoding="utf-8")
        comments = re.findall(r"((?:^#.*\n)+)\[\[chapters\]\]", text, flags=re.MULTILINE)
        chapters = tomllib.loads(text).get("chapters", [])
        assert len(comments) == len(chapters), f"{path.name}: a comment above each chapter names what it rests on"
        for number, (comment, chapter) in enumerate(zip(comments, chapters, strict=True), start=1):
            named = re.findall(r"\b(?:c[0-9]{4}|ev[0-9]{3})\b", comment)
            found.append(pytest.param(chapter, named, id=f"{path.stem}-{number}"))
    return found


CHAPTERS = read_chapters()


@pytest.fixture(scope="module")
def rows():
    """Return id -> everything that the row of a claim, event or record says."""
    inputs = read_atlas(ROOT)
    frames = [inputs.tables["claims"], inputs.tables["events"], inputs.layers["sites"], inputs.layers["routes"]]
    return {row["id"]: row for frame in frames for row in frame.to_dict("records")}


def numbers(text):
    """Return the numbers of a text: groups of three digits put together, Khmer digits read, names left out."""
    bare = re.sub(r"\[\d+\]|\b[MS]-\d+|(?:Case|dossier|សំណុំរឿង) 00\d", " ", text)
    joined = re.sub(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}(?!\d))", "", bare.translate(DIGITS))
    return set(re.findall(r"\d+", joined))


def test_the_flagship_has_a_guided_reading_of_the_prisons():
    chapters = tomllib.loads((ROOT / "maps/prisons.toml").read_text(encoding="utf-8"))["chapters"]
    assert 7 <= len(chapters) <= 9
    for chapter in chapters:
        assert set(chapter["title"]) == set(chapter["text"]) == {"en", "km", "fr"}


@pytest.mark.parametrize(("chapter", "named"), CHAPTERS)
def test_every_number_of_a_chapter_is_one_of_the_atlas(rows, chapter, named):
    assert set(named) <= set(rows), "a claim or event that is not there"
    told = [str(value) for key in [*named, *chapter["records"]] for value in rows[key].values()]
    known = {str(int(number)) for text in told for number in numbers(text)}
    for language, text in chapter["text"].items():
        assert {str(int(number)) for number in numbers(text)} <= known, language


@pytest.mark.parametrize(("chapter", "_named"), CHAPTERS)
def test_the_languages_tell_the_same_numbers(chapter, _named):
    said = {language: numbers(text) for language, text in chapter["text"].items()}
    assert said["km"] == said["fr"] == said["en"]


@pytest.mark.parametrize(("chapter", "_named"), CHAPTERS)
def test_the_marks_of_each_language_lead_to_all_sources(chapter, _named):
    for language, text in chapter["text"].items():
        assert set(re.findall(r"\[(\d+)\]", text)) == {str(n + 1) for n in range(len(chapter["sources"]))}, language


@pytest.mark.parametrize(("chapter", "named"), CHAPTERS)
def test_what_a_chapter_rests_on_is_about_what_it_names_and_from_what_it_cites(rows, chapter, named):
    cited = {reference.partition("#")[0] for reference in chapter["sources"]}
    for key in named:
        row = rows[key]
        assert row.get("subject", "kh") in {*chapter["records"], "kh"}, key
        assert row["source"] in cited, f"{key} is from {row['source']}"
