"""Dates in words to EDTF: "late 1976", "c. 1977", "before April 1977", French and Khmer months.

Nothing is guessed. A part of a year ("late 1976") is kept as the year, because no standard says where it begins; the
words themselves are kept beside the date. What can be read in two ways is refused, with both.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from geo.gazetteer import parse_edtf

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DayOrder", "Span", "read_date_words", "read_span_words"]

DayOrder = Literal["", "dmy", "mdy"]
"""How a table writes days: day first, month first, or not said; then only what cannot be misread is read."""


class Span(NamedTuple):
    """When something began and ended, as EDTF; an empty text is not known."""

    begin: str
    end: str


_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "january jan janvier janv មករា",
            "february feb février fevrier févr fevr fév កុម្ភៈ កុម្ភះ កុម្ភ",
            "march mar mars មីនា",
            "april apr avril avr មេសា",
            "may mai ឧសភា",
            "june jun juin មិថុនា",
            "july jul juillet juil កក្កដា",
            "august aug août aout សីហា",
            "september sept sep septembre កញ្ញា",
            "october oct octobre តុលា",
            "november nov novembre វិច្ឆិកា",
            "december dec décembre decembre déc ធ្នូ",
        ),
        start=1,
    )
    for word in words.split()
}
"""Every name of a month, in English, French and Khmer, full and short."""

_ABOUT: Final = (
    "c.",
    "ca.",
    "ca",
    "circa",
    "about",
    "around",
    "approximately",
    "approx.",
    "vers",
    "environ",
    "env.",
    "ប្រហែល",
    "ប្រមាណ",
)
_MAYBE: Final = ("probably", "possibly", "perhaps", "peut-être", "probablement", "ប្រហែលជា")
_PARTS: Final = (
    "beginning of|middle of|end of|early in|late in|in early|in late|throughout|early|mid|late|spring|summer|autumn|"
    "fall|winter|début de|fin de|milieu de|au printemps|printemps|été|automne|hiver|début|milieu|mi|fin|"
    "ពាក់កណ្តាល|ពាក់កណ្ដាល|ដើម|ចុង"
)
_BEFORE: Final = ("before", "prior to", "avant", "មុន")
_BY: Final = ("by", "no later than", "au plus tard en", "au plus tard le", "au plus tard", "យ៉ាងយូរ")
_AFTER: Final = ("after", "après", "apres", "ក្រោយ")
_FROM: Final = ("from", "since", "starting", "à partir de", "à partir du", "depuis", "dès", "ចាប់ពី", "តាំងពី", "ពី")
_UNTIL: Final = ("until", "till", "up to", "to", "jusqu'en", "jusqu'au", "jusqu'à", "ដល់")
_SMALL: Final = (
    "in",
    "on",
    "of",
    "the",
    "year",
    "en",
    "le",
    "du",
    "de",
    "au",
    "année",
    "ឆ្នាំ",
    "ខែ",
    "ថ្ងៃទី",
    "ថ្ងៃ",
    "ក្នុង",
)

_YEAR: Final = re.compile(r"[12]\d{3}")
_ISO: Final = re.compile(r"([12]\d{3})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_NUMBERS: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]([12]\d{3})")
_DECADE: Final = re.compile(r"(?:the )?([12]\d{2})0s|(?:les )?années ([12]\d{2})0|ទសវត្សរ៍(?:ឆ្នាំ)? ?([12]\d{2})0")
_YEARS: Final = re.compile(r"([12]\d{3}) ?[-/] ?([12]\d{3}|\d{2})")
_HALF: Final = re.compile(
    r"(first|second|1st|2nd|premier|second|première|deuxième) (?:half|semestre|moitié)(?: of| de)? ([12]\d{3})"
)
_BETWEEN: Final = re.compile(r"(?:between|entre) (.+?) (?:and|et) (.+)|ចន្លោះ ?(.+?) ?និង ?(.+)")
_PART: Final = re.compile(rf"(?:(?:{_PARTS})[ -]*(?:d'|de |of )?)+")
_ELIDED: Final = re.compile(r"\b[dl]'")
_ORDINAL: Final = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er)\b")
_MAX_LENGTH: Final = 120


def read_date_words(text: str, order: DayOrder = "") -> str:
    """Return the EDTF of one date in words.

    Parameters
    ----------
    text
        A date as people write it, in English, French or Khmer, or EDTF itself.
    order
        Whether the day or the month stands first where a date is written in numbers alone.

    Returns
    -------
    str
        EDTF (ISO 8601-2). "Before April 1977" is ``../1977-03``, "by April 1977" ``../1977-04``, "after 1975"
        ``1976/..``, "before late 1976" ``../1976``, "1975 or 1976" ``[1975,1976]``, "c. 1977" ``1977~``, "the 1970s"
        ``197X``.

    Raises
    ------
    ValueError
        The text is no date, a day that the calendar does not have, or can be read in two ways.
    """
    words = _normal(text)
    if not words:
        message = "an empty text is no date"
        raise ValueError(message)
    if edtf := _as_edtf(text.strip(), words):
        return edtf
    return _one(words, text, order)


def read_span_words(text: str, order: DayOrder = "") -> Span:
    """Return begin and end of a span of time in words.

    Parameters
    ----------
    text
        "April 1975 to January 1979", "1975–79", "until 1978", or one date, which is then the beginning.
    order
        As in `read_date_words`.

    Returns
    -------
    Span
        Two EDTF texts, either of which may be empty.

    Raises
    ------
    ValueError
        As `read_date_words`.
    """
    words = _normal(text)
    if _BETWEEN.fullmatch(words):
        return Span(read_date_words(text, order), "")
    if years := _two_years(words, text):
        return Span(*years)
    for separator in (" to ", " until ", " till ", " à ", " au ", " jusqu'en ", " jusqu'au ", " ដល់ ", "ដល់", " - "):
        before, found_it, after = words.partition(separator)
        if found_it and before and after:
            try:
                return Span(_one(_without(before, _FROM), text, order), _one(after, text, order))
            except ValueError:
                continue
    for word in sorted(_UNTIL, key=len, reverse=True):
        if rest := _after_word(words, word):
            return Span("", _one(rest, text, order))
    return Span(read_date_words(text, order), "")


# --- one date -----------------------------------------------------------------------------------------------------


def _one(words: str, text: str, order: DayOrder) -> str:
    """Return the EDTF of a normal text that is one date."""
    if found := _BETWEEN.fullmatch(words):
        first, last = (part for part in found.groups() if part)
        return f"{_plain(first, text, order)}/{_plain(last, text, order)}"
    for separator in (" or ", " ou ", " ឬ ", "ឬ"):
        first, found_it, last = words.partition(separator)
        if found_it:
            return f"[{_plain(first, text, order)},{_plain(last, text, order)}]"
    for group, pattern, by in ((_BEFORE, "../{}", -1), (_BY, "../{}", 0), (_AFTER, "{}/..", 1)):
        for word in sorted(group, key=len, reverse=True):
            if rest := _after_word(words, word):
                # No standard says where "late 1976" begins: what comes before it may lie in 1976 as well.
                step = 0 if _PART.match(rest) else by
                return pattern.format(_shifted(_plain(rest, text, order), step))
    if years := _two_years(words, text):
        return "/".join(years)
    return _qualified(_without(words, (*_FROM, *_UNTIL)), text, order)


def _qualified(words: str, text: str, order: DayOrder) -> str:
    """Return the EDTF of a date with the words that make it approximate or uncertain."""
    maybe = words.endswith("?")
    words = words.rstrip("? ").strip()
    rest = _without(words, _MAYBE)
    maybe, words = maybe or rest != words, rest
    rest = _without(words, _ABOUT)
    about, words = rest != words or words.endswith("~"), rest.rstrip("~").strip()
    return _plain(words, text, order) + {(0, 0): "", (1, 0): "~", (0, 1): "?", (1, 1): "%"}[about, maybe]


def _plain(words: str, text: str, order: DayOrder) -> str:
    """Return the EDTF of a plain date: a decade, a year, a month or a day."""
    words = re.sub("^(?:in|dans) ", "", words.strip(" ,.;"))
    if found := _DECADE.fullmatch(words):
        return f"{next(part for part in found.groups() if part)}X"
    if found := _HALF.fullmatch(words):
        return f"{found[2]}-{40 if found[1] in {'first', '1st', 'premier', 'première'} else 41}"
    words = _ELIDED.sub("", words.removeprefix(found[0]) if (found := _PART.match(words)) else words)
    if found := _ISO.fullmatch(words):
        return _day(found[1], found[2], found[3], text)
    if found := _NUMBERS.fullmatch(words):
        return _ordered(int(found[1]), int(found[2]), int(found[3]), text, order)
    words = _ORDINAL.sub(r"\1", words)
    parts = [part for part in re.split(r"[ ,.'-]+", words) if part and part not in _SMALL]
    months = [part for part in parts if part in _MONTHS]
    numbers = [part for part in parts if part.isdecimal()]
    years = [part for part in numbers if _YEAR.fullmatch(part)]
    days = [part for part in numbers if part not in years]
    if (
        len(years) != 1
        or len(months) > 1
        or len(days) > (1 if months else 0)
        or len(parts) != len(months) + len(numbers)
    ):
        message = f"{text!r} is not a date that can be read"
        raise ValueError(message)
    month = f"{_MONTHS[months[0]]}" if months else None
    return _day(years[0], month, days[0] if days else None, text)


def _ordered(first: int, second: int, year: int, text: str, order: DayOrder) -> str:
    """Return the day of a date in numbers, where the order of day and month is said or cannot be doubted."""
    readings = {
        "dmy": (first, second),
        "mdy": (second, first),
    }
    possible = {way: (day, month) for way, (day, month) in readings.items() if 1 <= month <= 12 and 1 <= day <= 31}
    if order:
        possible = {way: reading for way, reading in possible.items() if way == order}
    if not possible:
        message = f"{text!r} names a day that the calendar does not have"
        raise ValueError(message)
    if len(set(possible.values())) > 1:
        both = " or ".join(sorted(f"{year}-{month:02d}-{day:02d}" for day, month in set(possible.values())))
        message = f"{text!r} can be read as {both}"
        raise ValueError(message)
    day, month = next(iter(possible.values()))
    return _day(str(year), str(month), str(day), text)


def _day(year: str, month: str | None, day: str | None, text: str) -> str:
    edtf = "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])
    try:
        parse_edtf(edtf)
    except ValueError as error:
        message = f"{text!r} names a day that the calendar does not have"
        raise ValueError(message) from error
    return edtf


def _two_years(words: str, text: str) -> tuple[str, str] | None:
    """Return the two years of "1975-79"; None for any other text, "1975-04" among them, which is a month."""
    found = _YEARS.fullmatch(words)
    if not found:
        return None
    first, last = found.groups()
    whole = last if len(last) == 4 else first[:2] + last
    if len(last) == 2 and 1 <= int(last) <= 12:
        if whole <= first or f"{first}-{last}" in text:
            return None
        message = f"{text!r} can be read as a month, {first}-{last}, or as the years {first} to {whole}"
        raise ValueError(message)
    if whole < first:
        message = f"{text!r} ends before it begins"
        raise ValueError(message)
    return first, whole


# --- the edges of before and after --------------------------------------------------------------------------------


def _shifted(edtf: str, by: int) -> str:
    """Return the year, month or day before or after a plain date; for a decade, the year. Other dates stay."""
    if edtf.endswith("X") and by:
        return f"{int(edtf[:3]) * 10 + (-1 if by < 0 else 10):04d}"
    parts = edtf.split("-")
    if not all(part.isdecimal() for part in parts):
        return edtf
    numbers = [int(part) for part in parts]
    if len(numbers) == 1:
        return f"{numbers[0] + by:04d}"
    if len(numbers) == 2 and numbers[1] <= 12:
        months = numbers[0] * 12 + numbers[1] - 1 + by
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    if len(numbers) == 3:
        return (date(*numbers) + timedelta(days=by)).isoformat()
    return edtf


# --- text ---------------------------------------------------------------------------------------------------------


def _normal(text: str) -> str:
    """Return a text with one kind of dash, apostrophe, digit and space, in small letters."""
    if len(text) > _MAX_LENGTH:
        message = f"{text[:20]!r}… has {len(text)} characters, more than {_MAX_LENGTH}"
        raise ValueError(message)
    text = unicodedata.normalize("NFC", text)
    text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    text = re.sub("[\u200b\u200c\u200d\ufeff\u00ad]", "", text)
    text = re.sub("[\u2010-\u2015\u2212]", "-", text).replace("\u2019", "'").lower()
    # Khmer writes a date without spaces: a number and a word that meet are two words.
    text = re.sub(r"([\u1780-\u17d3])(\d)|(\d)(?=[\u1780-\u17d3])", r"\1\3 \2", text)
    for word in ("ថ្ងៃទី", "ឆ្នាំ", "ខែ"):
        text = text.replace(word, f" {word} ")
    return re.sub(r"\s+", " ", text).strip(" ,;")


def _as_edtf(text: str, words: str) -> str:
    """Return a text that is EDTF as it stands, unless people would read it otherwise; else an empty text."""
    if _two_years(words, text) or not re.fullmatch(r"[0-9X\[\]{}?~%./,-]+", text):
        return ""
    try:
        parse_edtf(text)
    except ValueError:
        return ""
    return text


def _after_word(words: str, word: str) -> str:
    """Return what follows a word at the beginning of a text; empty when it does not begin so."""
    if not words.startswith(word):
        return ""
    rest = words[len(word) :]
    joined = rest[:1] == " " or word.endswith("'") or "\u1780" <= word[0] <= "\u17d3"
    return rest.strip() if joined else ""


def _without(words: str, group: Sequence[str]) -> str:
    """Return a text without a word of a group at its beginning."""
    for word in sorted(group, key=len, reverse=True):
        rest = _after_word(words, word) or (words[len(word) :] if word.endswith(".") and words.startswith(word) else "")
        if rest:
            return rest.strip()
    return words
