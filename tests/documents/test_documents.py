"""Whoever does what a document says gets what it shows: every command is run, every answer compared."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from tests.documents.following import Reader
from tests.documents.reading import LANGUAGES, ROOT, answers, blocks_of, commands, documents, exchanges, place_of

PAGES = [path for path in documents() if blocks_of(path)]


def label(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=label)
def test_what_a_document_says_is_so(path, flagship_atlas, tmp_path):
    folder = tmp_path / "atlas"
    place = place_of(path)
    assert place in ("the atlas", "an empty folder")
    if place == "the atlas":
        shutil.copytree(flagship_atlas, folder)
    else:
        folder.mkdir()
    reader = Reader(folder, label(path))
    for block in blocks_of(path):
        reader.follow(block)


@pytest.mark.parametrize("path", documents(), ids=label)
def test_every_block_is_of_a_language_that_is_held(path):
    assert {block.kind for block in blocks_of(path) if block.kind != "table"} <= LANGUAGES


def test_a_wrong_answer_is_seen():
    expected = "id  name\n…\nb   …\n2 of 5"
    assert answers(expected).fullmatch("id  name\na   A\nb   B, which is long\n2 of 5\n")
    assert answers(expected).fullmatch("id  name\nb   \n2 of 5\n")
    assert not answers(expected).fullmatch("id  name\na   A\nb   B\n3 of 5\n")
    assert not answers(expected).fullmatch("id  name\na   A\n2 of 5\n")


def test_a_document_is_read_as_it_stands():
    assert list(exchanges("$ one \\\n  two\nsaid\n$ three\n")) == [("one two", "said"), ("three", "")]
    assert list(commands("# a remark\none \\\n  two\n\nthree\n")) == ["one two", "three"]


# --- words of the interface -----------------------------------------------------------------------------------

WORDS = json.loads((ROOT / "geo/webmap/viewer/words/en.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((ROOT / "docs/tutorials").glob("*.md")), ids=label)
def test_what_a_tutorial_says_of_a_page_stands_in_the_page(path):
    said = re.findall(r"\*\*(.+?)\*\*", path.read_text(encoding="utf-8"))
    assert [word for word in said if word not in WORDS.values()] == []
