"""Sources for a reference manager: RIS says what the item says, and reads back."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from geo.checks.documents import _CSL_TYPES
from geo.query import as_ris
from geo.query.citing import RIS_TYPES, Citation

ROOT = Path(__file__).parents[1]

LINES = st.text(max_size=30) | st.sampled_from(
    ["a\nER  - \nTY  - BOOK", "TI  - x", "  two  words ", "\u2028", "a; b", "ក ខ"]
)
NAMES = st.fixed_dictionaries({"family": LINES}, optional={"given": LINES}) | st.fixed_dictionaries({"literal": LINES})
ITEMS = st.fixed_dictionaries(
    {
        "id": st.text(string.ascii_lowercase + string.digits + "-", min_size=1).filter(lambda text: text.strip()),
        "type": st.sampled_from(_CSL_TYPES),
        "title": LINES,
    },
    optional={
        "author": st.lists(NAMES, max_size=3),
        "editor": st.lists(NAMES, max_size=2),
        "issued": st.builds(
            lambda parts: {"date-parts": [list(parts)]},
            st.tuples(st.integers(1000, 2100))
            | st.tuples(st.integers(1000, 2100), st.integers(1, 12))
            | st.tuples(st.integers(1000, 2100), st.integers(1, 12), st.integers(1, 28)),
        ),
        "container-title": LINES,
        "publisher": LINES,
        "URL": LINES.map("https://example.org/{}".format),
        "note": LINES,
        "custom": st.fixed_dictionaries({"grade": st.sampled_from(["best", "weak"]), "reliability": LINES}),
    },
)


def read(text):
    """Return the records of an RIS file; an address is not split at its semicolons."""
    return rispy.loads(text, delimiter_tags_mapping={})


def one_line(text):
    """Return text as one line can hold it."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def one_name(name):
    return one_line(name.get("literal") or ", ".join(filter(None, (name.get("family"), name.get("given")))))


def test_a_source_is_written_as_a_reference_manager_reads_it():
    book = {
        "id": "first-book",
        "type": "chapter",
        "title": "A Chapter",
        "container-title": "The Book",
        "author": [{"family": "Author", "given": "Ann"}, {"literal": "The Survey"}],
        "editor": [{"family": "Vries", "non-dropping-particle": "de", "given": "E."}],
        "issued": {"date-parts": [[1999, 3]]},
        "publisher": "Press",
        "publisher-place": "Town",
        "page": "12–15",
        "volume": 2,
        "DOI": "10.1/x",
        "URL": "https://example.org/a;b?c=1",
        "note": "Read as a copy.",
        "custom": {"grade": "good", "reliability": "Gives its own sources."},
    }
    assert as_ris([book]).splitlines() == [
        "TY  - CHAP",
        "ID  - first-book",
        "AU  - Author, Ann",
        "AU  - The Survey",
        "A2  - de Vries, E.",
        "TI  - A Chapter",
        "T2  - The Book",
        "PY  - 1999",
        "DA  - 1999/03//",
        "PB  - Press",
        "CY  - Town",
        "VL  - 2",
        "SP  - 12",
        "EP  - 15",
        "DO  - 10.1/x",
        "UR  - https://example.org/a;b?c=1",
        "N1  - Read as a copy.",
        "N1  - Grade in the atlas: good. Gives its own sources.",
        "ER  - ",
    ]


def test_no_source_is_an_empty_file():
    assert as_ris([]) == ""


def test_every_type_is_one_that_both_formats_know():
    assert set(RIS_TYPES) <= set(_CSL_TYPES)
    assert set(RIS_TYPES.values()) <= set(rispy.TYPE_OF_REFERENCE_MAPPING)


@given(st.lists(ITEMS, max_size=4))
def test_ris_reads_back(items):
    records = read(as_ris(items))
    assert [record["id"] for record in records] == [item["id"] for item in items]
    for record, item in zip(records, items, strict=True):
        assert record["type_of_reference"] == RIS_TYPES.get(item["type"], "GEN")
        for tag, member in (("title", "title"), ("secondary_title", "container-title"), ("publisher", "publisher")):
            assert record.get(tag, "") == one_line(item.get(member, ""))
        for tag, member in (("authors", "author"), ("secondary_authors", "editor")):
            assert record.get(tag, []) == [name for name in map(one_name, item.get(member, [])) if name]
        assert record.get("urls", []) == ([one_line(item["URL"])] if "URL" in item else [])
        parts = item.get("issued", {}).get("date-parts", [[]])[0]
        assert record.get("year", "") == (str(parts[0]) if parts else "")
        assert [int(part) for part in record.get("date", "").split("/") if part] == parts
        notes = " ".join(record.get("notes", []))
        assert one_line(item.get("note", "")) in notes
        assert one_line(item.get("custom", {}).get("reliability", "")) in notes


@pytest.mark.parametrize(
    ("issued", "year", "date"),
    [
        ({"date-parts": [["1999", "3"]]}, "1999", "1999/03//"),
        ({"date-parts": [[1975], [1979]]}, "1975", "1975///"),
        ({"literal": "the dry season"}, None, "the dry season"),
        ({}, None, None),
    ],
)
def test_a_date_is_as_full_as_the_source_gives_it(issued, year, date):
    (record,) = read(as_ris([{"id": "a", "type": "book", "title": "A", "issued": issued}]))
    assert (record.get("year"), record.get("date")) == (year, date)


def test_every_source_of_the_flagship_reads_back():
    sources = json.loads((ROOT / "data/sources.json").read_text(encoding="utf-8"))
    records = {record["id"]: record for record in read(as_ris(sources))}
    assert list(records) == [source["id"] for source in sources]
    for source in sources:
        record = records[source["id"]]
        assert record["title"] == source["title"]
        assert record["type_of_reference"] != "GEN" or source["type"] == "document"
        assert ("authors" in record) == ("author" in source)
        assert ("year" in record) == ("issued" in source)
        assert source["custom"]["reliability"] in record["notes"][-1]


def test_the_page_and_the_command_line_write_the_same_ris():
    """The viewer holds its own writer against the same vectors, so that both follow one table."""
    vectors = json.loads(Path(__file__).with_name("ris_vectors.json").read_text(encoding="utf-8"))
    assert as_ris(vectors["items"]) == vectors["ris"]
    assert set(RIS_TYPES) <= {item["type"] for item in vectors["items"]}


def test_no_date_keeps_its_stop_before_a_locator():
    assert str(Citation("a", "infobox", "“A Page,” in Wikipedia, n.d.")) == "“A Page,” in Wikipedia, n.d., infobox."
    assert str(Citation("a", "p. 3", "A Book (Press, 1999).")) == "A Book (Press, 1999), p. 3."
