"""Dates, numbers and bounds in words, by the same vectors as the viewer's own tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.webmap.page import read_bundle
from geo.webmap.phrases import Phrases

VECTORS = json.loads((Path(__file__).parent / "date_vectors.json").read_bytes())


@pytest.fixture(scope="module")
def say():
    words = read_bundle().words
    return {language: Phrases(words[language], language) for language in ("en", "fr", "km")}


@pytest.mark.parametrize(("edtf", "en", "fr", "km"), VECTORS["dates"])
def test_a_date_is_said_as_the_viewer_says_it(say, edtf, en, fr, km):
    assert [say[language].date(edtf) for language in ("en", "fr", "km")] == [en, fr, km]


@pytest.mark.parametrize(("record", "en", "fr"), VECTORS["spans"])
def test_beginning_and_end_make_one_phrase(say, record, en, fr):
    ends = record.get("begin"), record.get("end")
    assert [say["en"].span(*ends), say["fr"].span(*ends)] == [en, fr]


@pytest.mark.parametrize("text", VECTORS["unsaid"])
def test_what_is_no_date_is_shown_as_it_stands(say, text):
    assert {phrases.date(text) for phrases in say.values()} == {text}


@given(st.text())
def test_no_text_is_a_fault(text):
    words = read_bundle().words
    for language in words:
        assert isinstance(Phrases(words[language], language).span(text, text), str)


@pytest.mark.parametrize(
    ("low", "high", "unit", "said"),
    [
        ("14000", "17000", "persons", "14\u00a0000 – 17\u00a0000"),
        ("12", "12", "persons", "12"),
        ("12273", None, "persons", "at least 12\u00a0273"),
        (None, "20000", "persons", "up to 20\u00a0000"),
        ("1975-10", None, "date", "October 1975"),
        (None, "1975", "date", "by 1975"),
        ("1,000", "1,000", "persons", "1,000"),
    ],
)
def test_bounds_are_said_as_the_source_leaves_them(say, low, high, unit, said):
    assert say["en"].bounds(low, high, unit) == said


def test_digits_are_those_of_the_language(say):
    assert say["km"].digits("1975") == "១៩៧៥"
    assert say["fr"].digits("1975") == "1975"


def test_a_text_that_is_not_there_is_not_known(say):
    assert say["en"].knows("standing.judged")
    assert not say["en"].knows("months")
    assert not say["en"].knows("standing.<b>")


@pytest.mark.parametrize(
    ("metres", "en", "fr", "km"),
    [
        (500, "500\u00a0m", "500\u00a0m", "៥០០\u00a0ម៉ែត្រ"),
        (5000, "5\u00a0km", "5\u00a0km", "៥\u00a0គ.ម."),
        (1250, "1.3\u00a0km", "1,3\u00a0km", "១,៣\u00a0គ.ម."),
    ],
)
def test_a_distance_is_said_in_the_unit_that_is_short(say, metres, en, fr, km):
    assert [say[language].distance(metres) for language in ("en", "fr", "km")] == [en, fr, km]
