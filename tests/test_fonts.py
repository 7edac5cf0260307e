"""Which font files go into a page."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.webmap.fonts import font_rules, needed_faces, parse_ranges

LATIN = {"family": "A", "weight": 400, "style": "normal", "file": "latin.woff2", "unicode_range": "U+0000-00FF,U+2018"}
MORE_LATIN = LATIN | {"file": "more.woff2", "unicode_range": "U+0100-024F,U+1E00-1EFF"}
VIETNAMESE = LATIN | {"file": "vietnamese.woff2", "unicode_range": "U+0102-0103,U+1EA0-1EF9"}
KHMER = {"family": "K", "weight": 400, "style": "normal", "file": "khmer.woff2", "unicode_range": "U+1780-17FF"}
FACES = [MORE_LATIN, VIETNAMESE, LATIN, KHMER]


def files(text):
    return [face["file"] for face in needed_faces(FACES, text)]


def test_only_the_scripts_of_the_page_are_taken():
    assert files("Phnom Penh") == ["latin.woff2"]
    assert files("Phnom Penh ភ្នំពេញ") == ["latin.woff2", "khmer.woff2"]
    assert files("") == []


def test_one_of_two_faces_that_share_a_character_is_enough():
    assert files("ạ") == ["vietnamese.woff2"]
    assert files("ạĀ") == ["more.woff2"]
    assert files("ạĀʼ…") == ["more.woff2"]


def test_the_face_with_the_smaller_range_is_taken_among_equals():
    wide = LATIN | {"file": "wide.woff2", "unicode_range": "U+0000-FFFF"}
    assert [face["file"] for face in needed_faces([wide, LATIN], "abc")] == ["latin.woff2"]


def test_each_weight_is_judged_by_itself():
    bold = LATIN | {"weight": 700, "file": "bold.woff2"}
    assert [face["file"] for face in needed_faces([LATIN, bold], "a")] == ["latin.woff2", "bold.woff2"]


@given(st.text(alphabet=st.characters(max_codepoint=0x1FFF)))
def test_every_character_that_some_face_covers_is_covered_by_a_taken_one(text):
    def covered(faces, character):
        return any(ord(character) in span for face in faces for span in parse_ranges(face["unicode_range"]))

    taken = needed_faces(FACES, text)
    assert all(covered(taken, character) == covered(FACES, character) for character in text)


@pytest.mark.parametrize("text", ["", "0000-00FF", "U+4??", "U+ZZ"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(ValueError, match=r"unicode-range|invalid literal"):
        parse_ranges(text)


def test_rules_hold_the_files():
    rule = font_rules([KHMER], {"khmer.woff2": b"wOF2 bytes"}.__getitem__)
    assert base64.b64encode(b"wOF2 bytes").decode() in rule
    assert rule.startswith('@font-face{font-family:"K";font-style:normal;font-weight:400;')
    assert "unicode-range:U+1780-17FF" in rule
