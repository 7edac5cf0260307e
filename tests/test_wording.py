"""Dates in words become EDTF without a guess."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.gazetteer import parse_edtf
from geo.wording import Span, read_date_words, read_span_words

READ = {
    "17 April 1975": "1975-04-17",
    "April 17, 1975": "1975-04-17",
    "17.4.1975": "1975-04-17",
    "31/12/1976": "1976-12-31",
    "Sept. 1978": "1978-09",
    "1er mai 1976": "1976-05-01",
    "15 août 1975": "1975-08-15",
    "ថ្ងៃទី១៧ ខែមេសា ឆ្នាំ១៩៧៥": "1975-04-17",
    "១៧ មេសា ១៩៧៥": "1975-04-17",
    "ខែមេសា ឆ្នាំ១៩៧៥": "1975-04",
    "late 1976": "1976",
    "mid-1973": "1973",
    "fin 1976": "1976",
    "début d’avril 1977": "1977-04",
    "ចុងឆ្នាំ១៩៧៦": "1976",
    "c. 1977": "1977~",
    "vers 1977": "1977~",
    "ប្រហែលឆ្នាំ១៩៧៧": "1977~",
    "about 1977?": "1977%",
    "1977?": "1977?",
    "before April 1977": "../1977-03",
    "before 1975": "../1974",
    "before 1 January 1979": "../1978-12-31",
    "មុនខែមេសា ឆ្នាំ១៩៧៧": "../1977-03",
    "by 25 April 1975": "../1975-04-25",
    "after 17 April 1975": "1975-04-18/..",
    "après décembre 1978": "1979-01/..",
    "before late 1976": "../1976",
    "après début 1976": "1976/..",
    "after mid-April 1975": "1975-04/..",
    "by early 1977": "../1977",
    "before the 1970s": "../1969",
    "after the 1970s": "1980/..",
    "d’avril 1975": "1975-04",
    "en l’année 1976": "1976",
    "1975 or 1976": "[1975,1976]",
    "between 1976 and 1978": "1976/1978",
    "entre 1976 et 1978": "1976/1978",
    "the 1970s": "197X",
    "dans les années 1970": "197X",
    "first half of 1977": "1977-40",
    "since 1975": "1975",
    "1975-04-17": "1975-04-17",
    "1975-06": "1975-06",
    "1975–12": "1975-12",
    "../1975-04": "../1975-04",
    "1975–79": "1975/1979",
    "1975/76": "1975/1976",
}

SPANS = {
    "April 1975 to January 1979": ("1975-04", "1979-01"),
    "17 April 1975 – 7 January 1979": ("1975-04-17", "1979-01-07"),
    "1975–79": ("1975", "1979"),
    "de 1975 à 1979": ("1975", "1979"),
    "d’avril 1975 à janvier 1979": ("1975-04", "1979-01"),
    "ពីឆ្នាំ១៩៧៥ ដល់ឆ្នាំ១៩៧៩": ("1975", "1979"),
    "until 1978": ("", "1978"),
    "jusqu’en 1978": ("", "1978"),
    "1976": ("1976", ""),
    "late 1976 to early 1977": ("1976", "1977"),
    "between 1976 and 1978": ("1976/1978", ""),
}

REFUSED = {
    "03/04/1977": "can be read as 1977-03-04 or 1977-04-03",
    "1901–05": "can be read as a month, 1901-05, or as the years 1901 to 1905",
    "1976-02-30": "calendar does not have",
    "31 April 1975": "calendar does not have",
    "1979–75": "ends before it begins",
    "unknown": "not a date",
    "3 sites": "not a date",
    "April": "not a date",
    "April May 1975": "not a date",
    "17 18 April 1975": "not a date",
    "": "an empty text",
    "x" * 500: "characters",
}


@pytest.mark.parametrize(("words", "edtf"), READ.items())
def test_words_are_read(words, edtf):
    assert read_date_words(words) == edtf


@pytest.mark.parametrize(("words", "span"), SPANS.items())
def test_a_span_is_read(words, span):
    assert read_span_words(words) == Span(*span)


@pytest.mark.parametrize(("words", "why"), REFUSED.items())
def test_what_is_no_date_or_two_dates_is_refused(words, why):
    with pytest.raises(ValueError, match=why):
        read_date_words(words)


def test_the_order_of_a_table_settles_a_doubt():
    assert read_date_words("03/04/1977", "dmy") == "1977-04-03"
    assert read_date_words("03/04/1977", "mdy") == "1977-03-04"
    with pytest.raises(ValueError, match="calendar"):
        read_date_words("31/12/1976", "mdy")


@given(st.dates(), st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d %b. %Y"]))
def test_every_day_comes_back(day, form):
    if day.year < 1000 or day.year > 2999:
        return
    assert read_date_words(day.strftime(form)) == day.isoformat()


@given(st.text(max_size=40))
def test_whatever_stands_there_gives_a_date_or_a_reason(text):
    with suppress(ValueError):
        assert parse_edtf(read_date_words(text))
