"""The glossary says what the pages say, and of each term where it comes from."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.documents.reading import ROOT

PAGE = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
WORDS = ROOT / "geo/webmap/viewer/words"
LANGUAGES = ("en", "km", "fr")
VOCABULARY = tomllib.loads((ROOT / "data/vocabulary.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def said():
    """What pages say, by language and key: the texts of the interface, then the labels of the vocabulary."""
    words = {language: json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8")) for language in LANGUAGES}
    for section, terms in VOCABULARY.items():
        for key, term in terms.items():
            for language in LANGUAGES:
                words[language][f"{section}.{key}"] = term["label"].get(language, "")
    return words


def test_every_term_is_that_of_the_pages(said):
    named = dict(re.findall(r"^\| ([A-Z]) \| (.+) \|$", PAGE, re.MULTILINE))
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    for key, english, khmer, from_khmer, french, from_french in rows:
        assert [english, khmer, french] == [said[language][key] for language in LANGUAGES], key
        for source in (from_khmer, from_french):
            assert source == "ours" or set(re.findall(r"\b[A-Z]\b", source)) <= set(named) != set(), key
    listed = {row[0] for row in rows}
    whole = ("kinds", "route_kinds", "zones")
    assert {f"{section}.{key}" for section in whole for key in VOCABULARY[section]} <= listed


def test_what_native_readers_have_read_stands_as_they_read_it(said):
    reviewed = json.loads((WORDS / "reviewed.json").read_text(encoding="utf-8"))
    for language, readings in reviewed.items():
        for key, reading in readings.items():
            assert reading["text"] == said[language][key], f"{key} has changed since {reading['by']} read it"
    counts = [len(reviewed["km"]), len(reviewed["fr"])]
    said = re.findall(r"Today: (\w+) of the texts in Khmer, (\w+) in French", PAGE)
    assert said == [tuple("none" if count == 0 else str(count) for count in counts)]
