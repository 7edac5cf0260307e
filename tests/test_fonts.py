"""Which font files go into a page."""

from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from geo.webmap.fonts import cut_font, font_rules, needed_faces, parse_ranges
from geo.webmap.page import read_bundle

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
    rule = font_rules([KHMER], "ក", {"khmer.woff2": b"wOF2 bytes"}.__getitem__)
    assert base64.b64encode(b"wOF2 bytes").decode() in rule
    assert rule.startswith('@font-face{font-family:"K";font-style:normal;font-weight:400;')
    assert "unicode-range:U+1780-17FF" in rule


def characters_of(font):
    return {chr(point) for point in TTFont(io.BytesIO(font)).getBestCmap()}


def test_a_file_of_many_letters_is_cut_to_those_of_the_page():
    bundle = read_bundle()
    (face,) = [face for face in bundle.faces if face["file"] == "noto-serif-latin-ext-400-normal.woff2"]
    whole = bundle.read_font(face["file"])
    rule = font_rules([face], "Đōć abc ភ្នំ", bundle.read_font)
    span = re.search("unicode-range:([^}]*)", rule)[1]
    assert {chr(point) for one in parse_ranges(span) for point in one} == {"Đ", "ō", "ć"}
    cut = base64.b64decode(re.search("base64,([^)]*)", rule)[1])
    assert characters_of(cut) == {"Đ", "ō", "ć"}
    assert len(cut) < len(whole) / 20


def test_a_cut_font_is_the_same_each_time():
    bundle = read_bundle()
    whole = bundle.read_font("noto-sans-vietnamese-400-normal.woff2")
    first = cut_font(whole, (0x1EA1, 0x1EA5))
    cut_font.cache_clear()
    assert cut_font(whole, (0x1EA1, 0x1EA5)) == first


def test_letters_that_a_reader_may_type_are_never_cut():
    whole = {face["file"] for face in read_bundle().faces if not face.get("cut")}
    assert {"noto-sans-latin-400-normal.woff2", "noto-serif-khmer-khmer-600-normal.woff2"} <= whole
