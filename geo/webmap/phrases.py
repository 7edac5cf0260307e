"""What a page says without its code: the viewer's words, and its rules for dates, numbers and bounds.

The words are those of the viewer (``words.json`` of the bundle). ``tests/date_vectors.json`` holds this module and
``dates.ts`` to the same answers.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Phrases"]

_BLANK: Final = re.compile(r"\{([a-z]+)(?::([a-z]+))?\}")
_DATE: Final = re.compile(r"([0-9X]{4})(?:-([0-9]{2}|XX)(?:-([0-9]{2}|XX))?)?")
_QUALIFIERS: Final = re.compile("[?~%]")
_NUMBER: Final = re.compile(r"([+-]?)([0-9]{4,})(\.[0-9]+)?")
_THOUSANDS: Final = re.compile(r"\B(?=([0-9]{3})+$)")
_KHMER_DIGITS: Final = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
_DATE_UNITS: Final = frozenset({"date", "year", "edtf"})
_OPEN: Final = frozenset({"", ".."})

# French dates take an article where English has none: "depuis le 17 avril", "jusqu’en 1979". First fit counts.
_FORMS: Final = ("le", "de", "a", "en")
_ARTICLES: Final = (
    (re.compile(r"([0-9]{1,2}|1er) "), ("le ", "du ", "au ", "le ")),
    (re.compile(r"années "), ("les ", "des ", "aux ", "dans les ")),
    (re.compile(r"printemps "), ("le ", "du ", "au ", "au ")),
    (re.compile(r"(été|automne|hiver) "), ("l’", "de l’", "à l’", "à l’")),
    (re.compile(r"(avril|août|octobre) "), ("", "d’", "en ", "en ")),
    (re.compile(r"([0-9]{4}$|jan|fév|mars |mai |juin|juil|sept|nov|déc)"), ("", "de ", "en ", "en ")),
    (re.compile(r"[aeiouéâœ]", re.IGNORECASE), ("", "d’", "à ", "")),
    (re.compile(""), ("", "de ", "à ", "")),
)


class Phrases:
    """The words of one language.

    Parameters
    ----------
    words
        Key -> text, as ``words.json`` holds them for the language; ``months`` is a list of twelve names.
    language
        The language tag.
    """

    def __init__(self, words: Mapping[str, Any], language: str) -> None:
        self._words = words
        self.language = language

    def knows(self, key: str) -> bool:
        """Return whether there is a text for a key that was made out of a word of the data."""
        return isinstance(self._words.get(key), str)

    def say(self, key: str, **values: str) -> str:
        """Return a text with its blanks filled.

        Parameters
        ----------
        key
            A key of the words.
        **values
            Name of a blank -> text.

        Returns
        -------
        str
            Plain text, not yet fit for HTML.

        Raises
        ------
        KeyError
            When there is no such text or a blank of it has no value.
        """

        def fill(blank: re.Match[str]) -> str:
            text = values[blank[1]]
            return self._article(text, blank[2]) if blank[2] else text

        return _BLANK.sub(fill, str(self._words[key]))

    def digits(self, text: str) -> str:
        """Return the interface's own numbers in the digits of the language."""
        return text.translate(_KHMER_DIGITS) if self.language == "km" else text

    def date(self, edtf: str) -> str:
        """Return an EDTF date or interval in words; the text itself when it is not one that can be said.

        Parameters
        ----------
        edtf
            Such as ``1975-04-17``, ``197X``, ``1976?``, ``1975/..``.

        Returns
        -------
        str
            Such as "17 April 1975".
        """
        text = edtf.strip()
        ends = text.split("/")
        if len(ends) > 2:
            return text
        said = self._one(ends[0]) if len(ends) == 1 else self._interval(*ends)
        return text if said is None else said

    def end(self, edtf: str) -> str:
        """Return an end of a record in words: an interval there means that it lies somewhere within."""
        first, _, last = edtf.partition("/")
        if not (re.match("[0-9X]", first) and re.match("[0-9X]", last)):
            return self.date(edtf)
        return self.say("date.within", **{"from": self.date(first), "to": self.date(last)})

    def span(self, begin: str | None, end: str | None) -> str:
        """Return beginning and end of a record in one short phrase; empty when neither is known."""
        first, last = (self.end(text) if text else "" for text in (begin, end))
        if "/" in f"{begin or ''}{end or ''}":
            begun = self.say("date.begun", when=first) if first else ""
            ended = self.say("date.ended", when=last) if last else ""
            return ", ".join(filter(None, (begun, ended)))
        if first and last:
            return first if first == last else self.say("date.between", **{"from": first, "to": last})
        if first:
            return self.say("date.from", date=first)
        return self.say("date.to", date=last) if last else ""

    def bounds(self, low: str | None, high: str | None, unit: str) -> str:
        """Return the figure of a claim in words, its bounds as the source leaves them.

        Parameters
        ----------
        low, high
            The bounds as text; at least one is given.
        unit
            The word of the unit; a date is said as one.

        Returns
        -------
        str
            Such as "14 000 – 17 000" or "at least 12 273"; without the unit.
        """
        dated = unit in _DATE_UNITS
        first, last = ((self.date(text) if dated else _grouped(text)) if text else "" for text in (low, high))
        if first and last:
            return (
                first if low == high else self.say("bounds.between" if dated else "bounds.range", low=first, high=last)
            )
        if first:
            return first if dated else self.say("bounds.atleast", low=first)
        return self.say("bounds.notafter" if dated else "bounds.upto", high=last)

    def distance(self, metres: int) -> str:
        """Return a distance in words: kilometres from one on, with one decimal."""
        if metres < 1000:
            return f"{self.digits(str(metres))}\u00a0{self.say('unit.m')}"
        text = f"{math.floor(metres / 100 + 0.5) / 10}".removesuffix(".0")  # halves go up, as in the viewer
        return f"{self.digits(text if self.language == 'en' else text.replace('.', ','))}\u00a0{self.say('unit.km')}"

    def _article(self, date: str, form: str) -> str:
        if self.language != "fr":
            return date
        articles = next(words for fit, words in _ARTICLES if fit.match(date))
        return articles[_FORMS.index(form)] + date

    def _year(self, year: str) -> str:
        if re.fullmatch("[0-9]{3}X", year):
            return self.say("date.decade", decade=self.digits(f"{year[:3]}0"))
        if "X" in year:
            years = f"{year.replace('X', '0')}–{year.replace('X', '9')}"
            return self.say("date.century", years=self.digits(years))
        return self.say("date.year", year=self.digits(year))

    def _plain(self, text: str) -> str | None:
        """Return one date without its qualifiers in words: year, month or season, day; ``X`` is not stated."""
        found = _DATE.fullmatch(text)
        if not found:
            return None
        year, month, day = found.groups()
        in_year = self._year(year)
        if month is None or (month == "XX" and day is None):
            return in_year
        if month == "XX":
            return self.say("date.sometime", year=self.digits(year))
        if day is None and 21 <= int(month) <= 24:
            return self.say("date.season", season=self.say(f"season.{int(month) - 20}"), year=in_year)
        return self._in_month(in_year, int(month), day) if 1 <= int(month) <= 12 else None

    def _in_month(self, in_year: str, month: int, day: str | None) -> str:
        name = self._words["months"][month - 1]
        if day is None:
            return self.say("date.month", month=name, year=in_year)
        if day == "XX":
            return self.say("date.someday", month=name, year=in_year)
        number = "1er" if self.language == "fr" and day == "01" else self.digits(str(int(day)))
        return self.say("date.day", day=number, month=name, year=in_year)

    def _one(self, text: str) -> str | None:
        """Return one date with its qualifiers: ``?`` uncertain, ``~`` approximate, ``%`` both."""
        plain = self._plain(_QUALIFIERS.sub("", text))
        if plain is None:
            return None
        if "%" in text or ("?" in text and "~" in text):
            return self.say("date.about.uncertain", date=plain)
        if "?" in text:
            return self.say("date.uncertain", date=plain)
        return self.say("date.about", date=plain) if "~" in text else plain

    def _interval(self, first: str, last: str) -> str | None:
        begin, end = self._one(first), self._one(last)
        if (begin is None and first not in _OPEN) or (end is None and last not in _OPEN):
            return None
        if begin is None and end is None:
            return self.say("date.unknown")
        if begin is None:
            return self.say("date.before", date=end or "")
        if end is None:
            return self.say("date.after", date=begin)
        return self.say("date.between", **{"from": begin, "to": end})


def _grouped(text: str) -> str:
    """Return a number with a fixed space between its thousands; other text comes back untouched."""
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return text
    sign, whole, fraction = found.groups("")
    return sign + _THOUSANDS.sub("\u00a0", whole) + fraction
