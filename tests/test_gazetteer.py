"""Names fold to one form, codes are found in every spelling, dates get the bounds that they allow."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from datetime import date
from itertools import permutations
from pathlib import Path

import edtf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo import gazetteer as room
from geo.gazetteer import Bounds, Gazetteer, fold, parse_edtf, span_bounds, suggest_terms

ROOT = Path(__file__).parents[1]
KHMER = "".join(map(chr, range(0x1780, 0x17FA)))
NAMES = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(KHMER + "\u17d2\u17d2\u17d2"),
        st.sampled_from("İıßẞﬁǅÅ‘’'-–.\u200b\ufeff\u00ad\u0301\u1e9b\u0345ΐŉ"),
    ),
    max_size=12,
)

VECTORS = json.loads(Path(__file__).with_name("fold_vectors.json").read_text(encoding="utf-8"))
"""What the viewer is held to as well, in geo/webmap/viewer/test/fold.test.ts."""

# --- folding --------------------------------------------------------------------------------------------------


def test_names_fold_as_in_the_pages():
    assert {text: fold(text) for text, _ in VECTORS["fold"]} == dict(VECTORS["fold"])


def test_words_sound_as_in_the_pages():
    words = [word for word, _ in VECTORS["sound"]]
    sounds = [heard for _, heard in VECTORS["sound"]]
    assert [room.sound(word) for word in words] == sounds
    assert room.sound_all(words) == sounds


def test_ascii_alone_is_folded_as_among_other_letters():
    names = [f"Ab{char}C" for char in map(chr, range(128))]
    assert [fold(f"{name} é") for name in names] == [f"{folded} e" for folded in room.fold_all(names)]


def test_letters_that_do_not_decompose_are_folded_to_what_people_type():
    assert fold("Đ ø ł ı ð þ æ œ ħ ŧ") == "d o l i d th ae oe h t"


@given(
    st.lists(NAMES | st.sampled_from(["", "A\nb", "1100", "Tuol Sleng (S-21)", "o'clock  sharp", "phh\nk"]), max_size=6)
)
def test_many_are_folded_and_heard_as_each_alone(texts):
    assert room.fold_all(texts) == [fold(text) for text in texts]
    words = [fold(text) for text in texts]
    assert room.sound_all(words) == [room.sound(word) for word in words]


@pytest.mark.parametrize(
    ("name", "heard"),
    [("Ek Phnom", "*kpn*m"), ("Aek-Phnum", "*kpn*m"), ("ទួល Tuol", "ទួលt*l"), ("S-21", "s21"), ("…", "")],
)
def test_a_name_of_several_words_is_heard_word_by_word(name, heard):
    assert room.sound_name(name) == heard


def test_nothing_is_folded_and_heard_as_nothing():
    assert (room.fold_all([]), room.sound_all([]), room.sound_all([""])) == ([], [], [""])


@pytest.mark.parametrize(
    ("word", "slips"), [("", 0), ("sva", 0), ("svay", 1), ("pailinx", 1), ("battamba", 2), ("battambangbattambang", 2)]
)
def test_long_words_may_have_slips_and_short_ones_none(word, slips):
    assert room.slips_allowed(word) == slips


def test_slipped_words_come_by_the_number_of_slips_and_sorted():
    words = ["treng", "terng", "trengg", "trng", "trang", "trngx", "trengxx", "tr", "trang"]
    assert room.slipped_words("treng", words) == [["terng", "trang", "trengg", "trng"]]
    assert room.slipped_words("battambang", iter(["batambag", "battambang", "batambang", "btambag"])) == [
        ["batambang"],
        ["batambag"],
    ]
    assert room.slipped_words("battambang", ["batambag"]) == [["batambag"]]
    assert room.slipped_words("sva", ["sva", "svax"]) == []
    assert room.slipped_words("svay", ["pailin"]) == []


@given(NAMES)
@example("ẛ̣\u0345ΐŉ")
@example("ក្រ្ត\u17c1\u17b8")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(NAMES)
def test_a_folded_name_does_not_depend_on_normal_form_or_case(text):
    once = fold(text)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == once
    assert fold(text.casefold()) == once


@given(NAMES)
def test_a_folded_name_has_nothing_invisible_and_no_loose_spaces(text):
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert not {unicodedata.category(char) for char in folded} & {"Cf", "Cc", "Po", "Pd", "Ps", "Pe"}


@given(st.text(st.sampled_from(KHMER), max_size=12))
def test_khmer_letters_are_ordered_but_never_lost(text):
    def letters(name):
        # A DA below the line becomes a TA; the two inherent vowels are invisible.
        return sorted(char for char in name.replace("\u178a", "\u178f") if "\u1780" <= char <= "\u17b3")

    assert letters(fold(text)) == letters(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kâmpóng Chhnăng", "kampong  chhnang"),
        ("KAMPONG-CHAM", "Kampong Cham"),
        ("M’kak", "M'kak"),
        ("M'kak", "Mkak"),
        ("Prey\u200bVeng", "PreyVeng"),
        ("\ufeffPrey Veng", "Prey Veng"),
        ("Prey\u00a0Veng", "Prey Veng"),
        ("Châu Đốc", "chau doc"),
        ("Ｋａｎｄａｌ", "Kandal"),
        ("St. Paul", "St Paul"),
        ("S\u201321", "S-21"),
        ("១៩៧៥", "1975"),
        ("Straße", "STRASSE"),
        ("កណ្ដាល", "កណ្តាល"),  # Kandal, with DA and with TA below the line
        ("ស្ត្រី", "ស្រ្តី"),  # woman, the RO before and after the TA
        ("ភ្នំ\u200bពេញ", "ភ្នំពេញ"),
    ],
)
def test_spellings_of_one_name_are_equal(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kampong Cham", "Kampong Chhnang"),
        ("Prey Veng", "Prey Vong"),
        ("កំពត", "កំពង់"),
        ("កា", "កិ"),
        ("កៅ", "កោ"),
        ("S-21", "S-24"),
        ("Koh Thom", "Koh Tum"),
    ],
)
def test_two_names_stay_two(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("vowel", ["\u17b6", "\u17c5"])
def test_the_parts_of_a_khmer_syllable_come_in_the_order_of_the_standard(vowel):
    # Robat, subscripts with RO last, register shifter, vowel, sign: in whatever order they were typed.
    parts = ["\u17cc", "\u17d2\u179c", "\u17d2\u179a", "\u17c9", vowel, "\u17c6"]
    for typed in permutations(parts):
        assert fold("\u1780" + "".join(typed)) == "\u1780" + "".join(parts)


def test_khmer_vowels_and_signs_are_kept():
    assert fold("ភ្នំពេញ") == "ភ្នំពេញ"


def test_what_changes_only_how_a_sign_looks_falls_away_and_punctuation_parts():
    assert fold("a\ufe0fb\ufe00\u17b4") == "ab"
    assert fold("a\ufe10b") == "a b"


def test_a_name_of_punctuation_alone_is_empty():
    assert fold(" -’. \u200b") == ""


# --- finding --------------------------------------------------------------------------------------------------


@pytest.fixture
def gazetteer():
    return Gazetteer(
        [
            ("KH01", "Banteay Meanchey"),
            ("KH01", "KH-1"),
            ("KH03", "Kampong Cham"),
            ("KH03", "Kompong Cham"),
            ("KH06", "Kampong Thom"),
            ("KH08", "Kandal"),
            ("KH08", "កណ្ដាល"),
            ("KH12", "Phnom Penh"),
            ("KH12", "-"),
            ("KH18", "Preah Sihanouk"),
            ("KH25", "Preah  sihanouk"),
        ]
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KH01", "KH01"),
        ("kh01", "KH01"),
        ("KH-1", "KH01"),
        ("1", "KH01"),
        ("01", "KH01"),
        ("១", "KH01"),
        ("kompong cham", "KH03"),
        ("KampongCham", "KH03"),
        ("phnompenh", "KH12"),
        ("កណ្តាល", "KH08"),
        ("Atlantis", None),
        ("99", None),
        ("", None),
        ("-", None),
        ("9" * 5000, None),
        ("…", None),  # a name of a province here, of punctuation alone
        ("Preah Sihanouk", None),  # two provinces bear it here
    ],
)
def test_a_code_is_found_by_code_number_and_name(gazetteer, text, code):
    assert gazetteer.find(text) == code


def test_a_code_comes_before_a_name():
    assert Gazetteer([("A1", "B2"), ("B2", "A1")]).find("A1") == "A1"


@pytest.mark.parametrize("digits", [17, 18, 19, 40])
def test_a_long_number_with_zeros_before_it_is_the_number_up_to_eighteen_digits(digits):
    gazetteer = Gazetteer([("KH7", "Seven")])
    assert gazetteer.find("7".rjust(digits, "0")) == ("KH7" if digits < 19 else None)


def test_a_code_is_found_by_the_number_that_ends_it_alone():
    gazetteer = Gazetteer([("K2H10", "Ten"), ("7Z", "Seven"), ("P9", "-")])
    assert [gazetteer.find(text) for text in ("10", "2", "210", "7", "9", "p 9")] == [
        "K2H10",
        None,
        None,
        None,
        "P9",
        "P9",
    ]


def test_the_codes_of_units_hold_those_above_them():
    assert room.unit_codes(["KH0102", "KH02", ""]) == {"K", "KH", "KH0", "KH01", "KH010", "KH0102", "KH02"}
    assert room.unit_codes([]) == set()


def test_a_number_that_two_codes_end_in_names_neither():
    assert Gazetteer([("KH01", "One"), ("TH01", "Other")]).find("1") is None


@given(st.lists(st.tuples(st.sampled_from(["AA01", "AA02", "AA13"]), NAMES), max_size=6))
def test_every_name_of_one_thing_alone_finds_it(pairs):
    gazetteer = Gazetteer(pairs)
    owners = {}
    for code, text in pairs:
        owners.setdefault(fold(text).replace(" ", ""), set()).add(code)
    for key, codes in owners.items():
        if len(codes) == 1 and key and not key.isdecimal() and not re.fullmatch("aa[0-9]+", key):
            assert gazetteer.find(key) == next(iter(codes))


def test_suggestions_are_near_names_once_for_each_code(gazetteer):
    assert gazetteer.suggest("kampong chan")[:2] == ["Kampong Cham", "Kampong Thom"]
    assert gazetteer.suggest("Kompong Chm", 1) == ["Kompong Cham"]
    assert gazetteer.suggest("Preah Sihanook") == ["Preah Sihanouk", "Preah  sihanouk"]


def test_suggestions_come_in_the_order_of_their_codes_when_they_are_as_near():
    gazetteer = Gazetteer([(f"P{digit}", "Svay-Rieng") for digit in "7193528460"] + [("P0", "-")])
    assert gazetteer.suggest("SVAY  RIENK", 9) == ["Svay-Rieng"] * 9
    assert gazetteer.suggest("SVAY RIENK", 99) == ["Svay-Rieng"] * 10
    several = Gazetteer([("P3", "Svay rieng"), ("P1", "Svay-Rieng"), ("P2", "SVAY RIENG"), ("P2", "svay rieng")])
    assert several.suggest("svay riengg") == ["Svay-Rieng", "SVAY RIENG", "Svay rieng"]


@pytest.mark.parametrize("text", ["", "-", "zzzzqqqq"])
def test_nothing_near_is_nothing_suggested(gazetteer, text):
    assert gazetteer.suggest(text) == []


def test_terms_are_suggested_as_they_are_written():
    assert suggest_terms("Prisn", ["camp", "prison", "crossing"]) == ["prison"]
    assert suggest_terms("execution-site", ["execution_site", "event_place"])[0] == "execution_site"
    assert suggest_terms("ELAN", ["ÉLAN", "élan"]) == ["ÉLAN"]
    assert suggest_terms("camp", ["camp a", "camp b", "camp c", "camps"]) == ["camps", "camp c", "camp b"]
    assert suggest_terms("xyz", ["camp"]) == []


# --- dates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1975", "1975-01-01", "1975-12-31"),
        ("1975-04", "1975-04-01", "1975-04-30"),
        ("1975-04-17", "1975-04-17", "1975-04-17"),
        ("1976-02", "1976-02-01", "1976-02-29"),
        ("1976-02-29", "1976-02-29", "1976-02-29"),
        ("197X", "1970-01-01", "1979-12-31"),
        ("1975-XX", "1975-01-01", "1975-12-31"),
        ("1975~", "1974-01-01", "1976-12-31"),
        ("1975?", "1974-01-01", "1976-12-31"),
        ("1975%", "1973-01-01", "1977-12-31"),
        ("1975-04/1979-01-07", "1975-04-01", "1979-01-07"),
        ("1975-04~/1979", "1974-03-01", "1979-12-31"),
        ("1975/..", "1975-01-01", ""),
        ("1975/", "1975-01-01", ""),
        ("../1979", "", "1979-12-31"),
        ("/1979", "", "1979-12-31"),
        ("../..", "", ""),
        ("/", "", ""),
        ("[1975,1977]", "1975-01-01", "1977-12-31"),
        ("[..1975]", "", "1975-12-31"),
        ("1975-22", "1975-06-01", "1975-08-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("0002~", "0001-01-01", "0003-12-31"),
        ("9998~", "9997-01-01", "9999-12-31"),
        ("[" + "1975," * 16 + "1975-04,1975-04-17]", "1975-01-01", "1975-12-31"),  # a hundred characters
        ("1975-04/1975-04", "1975-04-01", "1975-04-30"),
    ],
)
def test_a_date_has_the_bounds_that_it_allows(text, earliest, latest):
    assert parse_edtf(text) == Bounds(earliest, latest)


NOT = "{!r} is not EDTF"
NO_PAIR = "{!r} is not a date or an interval of two dates"
NO_DAY = "{!r} names a day that the calendar does not have"
OUTSIDE = "{!r} lies outside the years 0001 to 9999"
NO_BOUNDS = "{!r} is EDTF without bounds that can be told"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "an empty text is no date"),
        ("  ", "an empty text is no date"),
        (" 1975", "{!r} has spaces around it"),
        ("1975 ", "{!r} has spaces around it"),
        ("April 1975", NOT),
        ("1975/04/17", NO_PAIR),
        ("17.4.1975", NOT),
        ("75", NOT),
        ("1975-13", NOT),
        ("1975-04-31", NO_DAY),
        ("1975-04-00", NO_DAY),
        ("1975-02-29", NO_DAY),
        ("1975-02-29~", NO_DAY),  # the package says what a part of it says
        ("[1975-02-29..]", NO_DAY),  # the package lets it pass
        ("1975-?02-29", NO_BOUNDS),
        ("1975-02-3X", NO_BOUNDS),
        ("1975~~", NOT),
        ("1975-02-30 or so", NOT),
        ("1979/1975", "{!r} ends before it begins"),
        ("[1975,1976]/1977", NOT),
        ("1977/[1975,1976]", NO_PAIR),
        ("Y17000", OUTSIDE),
        ("-0005", OUTSIDE),
        ("0000", OUTSIDE),
        ("Y17E366666666666666666666666666", OUTSIDE),  # the package would compute this for ever
        ("1950S721", NO_BOUNDS),  # the package divides by nothing
        ("1950S28", NO_BOUNDS),  # the package gives a year with a fraction
        ("1975-0X", NO_BOUNDS),  # the package prints to the standard output
        ("[" + "1975," * 5000 + "1976]", "'[1975,1975,1975,1975'… has 25006 characters, more than 100"),
        ("[" + "1975," * 19 + "197X]", "'[1975,1975,1975,1975'… has 101 characters, more than 100"),
        ("9999~", OUTSIDE),
        ("0001~", OUTSIDE),
        ("unknown", NOT),
        ("1975\n", "{!r} has spaces around it"),
        ("១៩៧៥", NOT),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text, reason):
    with pytest.raises(ValueError, match=f"^{re.escape(reason.format(text))}$"):
        parse_edtf(text)


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_a_day_is_its_own_bounds_and_an_interval_spans_its_days(one, other):
    first, last = sorted((one, other))
    assert parse_edtf(first.isoformat()) == (first.isoformat(), first.isoformat())
    assert parse_edtf(f"{first}/{last}") == (first.isoformat(), last.isoformat())
    assert parse_edtf(f"{first}/..") == (first.isoformat(), "")


@settings(deadline=None)
@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.sampled_from(["", "-%m", "-%m-%d"]))
def test_a_plain_date_has_the_bounds_that_the_edtf_package_gives(day, rest):
    text = f"{day.year:04d}" + day.strftime(rest)
    judged = edtf.parse_edtf(text)
    bounds = [date(*tuple(moment)[:3]).isoformat() for moment in (judged.lower_fuzzy(), judged.upper_fuzzy())]
    assert list(parse_edtf(text)) == bounds


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789-/.~?%X[]{},YSETZ: ú"), max_size=14))
def test_any_text_has_ordered_bounds_or_a_reason(text):
    try:
        earliest, latest = parse_edtf(text)
    except ValueError:
        return
    assert not (earliest and latest) or date.fromisoformat(earliest) <= date.fromisoformat(latest)


def test_the_standard_output_is_left_alone(capsys):
    with pytest.raises(ValueError, match="without bounds"):
        parse_edtf("1976-X2")
    assert capsys.readouterr() == ("", "")


def test_a_span_has_four_bounds():
    assert span_bounds("1975-04", "1979") == ("1975-04-01", "1975-04-30", "1979-01-01", "1979-12-31")
    assert span_bounds("", "") == ("", "", "", "")
    with pytest.raises(ValueError, match="not EDTF"):
        span_bounds("1975", "soon")


def test_folding_loads_nothing_but_the_standard_library():
    script = (
        "import sys\nbefore = set(sys.modules)\nimport geo.gazetteer\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'geo'}))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
