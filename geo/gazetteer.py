"""Text to known thing: names, spellings, codes and EDTF dates.

The query path imports this room, so nothing but the standard library is imported at the top.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from datetime import date
from functools import lru_cache
from io import StringIO
from typing import Any, Final, NamedTuple

__all__ = [
    "ACCENTS",
    "Bounds",
    "Gazetteer",
    "fold",
    "fold_all",
    "join_words",
    "parse_edtf",
    "slipped_words",
    "slips_allowed",
    "sound",
    "sound_all",
    "sound_name",
    "span_bounds",
    "suggest_terms",
    "unit_codes",
]

# --- names ----------------------------------------------------------------------------------------------------

ACCENTS: Final = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""Marks that sit on Latin, Greek and Cyrillic letters. Khmer and Thai vowel signs stand elsewhere: they are letters."""

# Letters that do not decompose, and are typed without their stroke by people who lack the key (Vietnamese đ above all).
_PLAIN: Final = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t"}
)
# The same for ASCII alone; a line feed is kept for whoever folds many texts as one.
_ASCII: Final = str.maketrans(
    {
        char: (None if char in "'`" else char.lower() if char.isalnum() or char in "$+<=>^|~\n" else " ")
        for char in map(chr, range(128))
    }
)
_APOSTROPHES: Final = frozenset("'`´ʹʻʼʽˈ‘’‛′＇")
# Invisible in Khmer text though not of the category of format characters: two inherent vowels, variation selectors.
_INVISIBLE: Final = frozenset("\u17b4\u17b5\u180b\u180c\u180d\u3164" + "".join(map(chr, range(0xFE00, 0xFE10))))
_KHMER_CLUSTER: Final = re.compile("([\u1780-\u17b3])((?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17d3\u17dd])+)")
_KHMER_PART: Final = re.compile("\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17d3\u17dd]")
# Written in two ways that look the same.
_KHMER_TWINS: Final = (
    ("\u17d2\u178a", "\u17d2\u178f"),  # a DA below the line is drawn as a TA: Kandal is written both ways
    ("\u17c1\u17b8", "\u17be"),
    ("\u17c1\u17b6", "\u17c4"),
)


def fold(text: str) -> str:
    """Return the form of a name in which spellings of one name are equal; it is compared, never shown or stored.

    Case, accents, width, invisible characters, punctuation and runs of spaces are folded away; so are two spellings
    of Khmer that look the same (the order of signs around a consonant, a DA below the line for a TA). Apostrophes
    vanish, other punctuation becomes a space, and digits of any script become ASCII digits. Khmer vowels and signs
    are kept. Folding twice is folding once.

    Parameters
    ----------
    text
        A name, or the words of a question.

    Returns
    -------
    str
        The folded text; empty when nothing but punctuation was given.

    Notes
    -----
    Khmer order: Unicode Standard, chapter "Southeast Asia", section on Khmer, "Ordering of Syllable Components".
    """
    folded = _fold_once(text)
    while (again := _fold_once(folded)) != folded:  # a case fold may make new letters that decompose
        folded = again
    return folded


def fold_all(texts: Sequence[str]) -> list[str]:
    """Return `fold` of many texts, which takes a tenth of the time of folding them one by one.

    Parameters
    ----------
    texts
        Names or sentences.

    Returns
    -------
    list of str
        The folded texts, in the same order.
    """
    # A line feed parts the texts while they are folded as one; a text with a line feed of its own would become two.
    found = " \n".join([text if text.isascii() and "\n" not in text else "" for text in texts])
    lines = [" ".join(line.split()) for line in found.translate(_ASCII).split("\n")] if texts else []
    for number, text in enumerate(texts):
        if not text.isascii() or "\n" in text:
            lines[number] = fold(text)
    return lines


def _fold_once(text: str) -> str:
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = ACCENTS.sub("", plain).translate(_PLAIN)
    plain = plain.translate(_FOLDED)
    return " ".join(_KHMER_CLUSTER.sub(_order_cluster, plain).split())


class _Folded(dict[int, str]):
    """Character -> its folded form, found when a text first has it."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold_character(chr(point))
        return folded


_FOLDED: Final = _Folded()


def _fold_character(char: str) -> str:
    if char in _APOSTROPHES or char in _INVISIBLE:
        return ""
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return " " if category[0] in "PZC" else char


def _order_cluster(found: re.Match[str]) -> str:
    """Put what surrounds a Khmer consonant into the order of the standard, and twins into one form."""
    tail = found[2]
    for twin, form in _KHMER_TWINS:
        tail = tail.replace(twin, form)
    return found[1] + "".join(sorted(_KHMER_PART.findall(tail), key=_khmer_rank))


def _khmer_rank(part: str) -> tuple[int, str]:
    if part[0] == "\u17d2":
        return (2 if part[1] == "\u179a" else 1), part  # the RO that is drawn before its consonant comes last
    if part == "\u17cc":
        return 0, part
    if part in "\u17c9\u17ca":
        return 3, part
    return 4, part  # vowels stand before signs in Unicode as well


def join_words(text: str) -> str:
    """Return the folded text without spaces: names are joined and parted freely in every script of the region."""
    return fold(text).replace(" ", "")


_LETTER: Final = re.compile("[a-z]")
_SOUNDS: Final = (
    *((pair, pair[0]) for pair in ("ph", "th", "kh", "ch", "gh", "bh", "dh")),
    *(("ck", "k"), ("q", "k"), ("w", "v"), ("z", "s"), ("x", "s"), ("j", "c")),
)
"""What transcriptions of one sound write in several ways, in the order in which it is made one."""

_VOWELS: Final = re.compile("[aeiouy]+")
_VOWEL: Final = str.maketrans(dict.fromkeys("aeiouy", "*"))
_DOUBLED: Final = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """Return what transcriptions of one Khmer word have in common: ``tuol`` and ``toul`` are ``t*l``.

    Parameters
    ----------
    word
        A folded word.

    Returns
    -------
    str
        Its consonants, aspirated or not, with ``*`` for each run of vowels; the word itself when it has no Latin
        letter. It is compared, never shown.
    """
    if not _LETTER.search(word):
        return word
    for written, one in _SOUNDS:
        word = word.replace(written, one)
    return _DOUBLED.sub(r"\1", _VOWELS.sub("*", word)).removesuffix("h")


def sound_all(words: Sequence[str]) -> list[str]:
    """Return `sound` of many words, in the same order; much sooner than one by one.

    Parameters
    ----------
    words
        Folded words.
    """
    import numpy as np  # noqa: PLC0415 -- only compiling needs it

    found = "\n".join([word if word.isascii() else "" for word in words])
    for written, one in _SOUNDS:
        found = found.replace(written, one)
    # A letter that is the same as the one before it falls away.
    letters = np.frombuffer(found.translate(_VOWEL).encode("ascii"), np.uint8)
    kept = np.append([True], letters[1:] != letters[:-1]) | (letters == ord("\n")) if len(letters) else letters > 0
    sounds = letters[kept].tobytes().decode("ascii").split("\n")
    return [
        heard.removesuffix("h") if heard and word.islower() else sound(word)
        for word, heard in zip(words, sounds if words else [], strict=True)
    ]


def sound_name(name: str) -> str:
    """Return the `sound` of a name of several words, without spaces: ``Ek Phnom`` and ``Aek Phnum`` are ``*kpn*m``."""
    return "".join(map(sound, fold(name).split()))


def slips_allowed(word: str) -> int:
    """Return how many slips of the keyboard are forgiven in a word: one from four letters on, two from eight."""
    return (len(word) >= 4) + (len(word) >= 8)


def slipped_words(word: str, words: Iterable[str]) -> list[list[str]]:
    """Return the words that a word may be with a slip of the keyboard, by the number of slips.

    Parameters
    ----------
    word
        A folded word that was typed.
    words
        The folded words that exist.

    Returns
    -------
    list of list of str
        Those that are one slip away (a letter left out, put in, replaced, or changed with its neighbour), then those
        that are two, as far as `slips_allowed`. Each group is sorted; empty ones are left out.
    """
    from rapidfuzz import process  # noqa: PLC0415 -- only a question that failed needs it
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    slips = slips_allowed(word)
    near = process.extract(word, list(words), scorer=OSA.distance, score_cutoff=slips, limit=None) if slips else []
    groups = [sorted({other for other, distance, _ in near if distance == slip}) for slip in range(1, slips + 1)]
    return [group for group in groups if group]


def unit_codes(codes: Iterable[str]) -> set[str]:
    """Return the codes of administrative units and of those above them: a code begins with that of its whole."""
    return {code[:length] for code in codes for length in range(1, len(code) + 1)}


class Gazetteer:
    """Names and codes of places, in every spelling that the atlas knows.

    Parameters
    ----------
    names
        Pairs ``(code, text)``: a code and one of its names. A code is a name of itself.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, set[str]] = {}
        self._names: dict[str, set[str]] = {}
        self._texts: dict[tuple[str, str], str] = {}
        for code, text in names:
            self._codes.setdefault(join_words(code), set()).add(code)
            number = re.search(r"\d+$", code)
            if number:
                self._codes.setdefault(str(int(number[0])), set()).add(code)
            key = join_words(text)
            if key:
                self._names.setdefault(key, set()).add(code)
                self._texts.setdefault((key, code), text)

    def find(self, text: str) -> str | None:
        """Return the one code that `text` names, or None.

        Parameters
        ----------
        text
            A code, the number that ends it (``1`` and ``01`` for ``KH01``), or a name in any spelling that `fold`
            makes equal, with or without spaces.

        Returns
        -------
        str or None
            The code as the atlas writes it; None for a text that names nothing, or more than one thing.
        """
        key = join_words(text)
        if key.isdecimal():
            key = str(int(key)) if len(key) < 19 else key
        codes = self._codes.get(key) or self._names.get(key) or set()
        return next(iter(codes)) if len(codes) == 1 else None

    def suggest(self, text: str, n: int = 3) -> list[str]:
        """Return the names nearest to `text`, at most one for each code, nearest first.

        Parameters
        ----------
        text
            What was typed.
        n
            How many names at most.

        Returns
        -------
        list of str
            Names as the atlas writes them; empty when nothing is near.
        """
        from rapidfuzz import fuzz, process  # noqa: PLC0415 -- only a question that failed needs it

        wanted = join_words(text)
        if not wanted:
            return []
        near = process.extract(wanted, sorted(self._names), scorer=fuzz.ratio, score_cutoff=60, limit=None)
        shown: dict[str, str] = {}
        for key, _, _ in near:
            for code in sorted(self._names[key]):
                shown.setdefault(code, self._texts[key, code])
        return list(shown.values())[:n]


def suggest_terms(word: str, terms: Iterable[str]) -> list[str]:
    """Return the terms that `word` may have meant, nearest first.

    Parameters
    ----------
    word
        What was typed.
    terms
        The words that exist.

    Returns
    -------
    list of str
        At most three of `terms`.
    """
    import difflib  # noqa: PLC0415 -- only a question that failed needs it

    folded: dict[str, str] = {}
    for term in terms:
        folded.setdefault(fold(term), term)
    return [folded[near] for near in difflib.get_close_matches(fold(word), folded, n=3, cutoff=0.6)]


# --- dates ----------------------------------------------------------------------------------------------------

_PLAIN_DATE: Final = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?")
_MAX_DATE: Final = 100  # characters; a set of dates may be long, and its parser slows down with its square


class Bounds(NamedTuple):
    """The first and the last day that a date allows, as ISO 8601 dates; empty for a side that is open or unknown."""

    earliest: str
    latest: str


@lru_cache(maxsize=8192)
def parse_edtf(text: str) -> Bounds:
    """Return the first and the last day that an EDTF text allows.

    An approximate or uncertain date is widened by the margins of the ``edtf`` package (a year for a date given to the
    year, and so on). A side of an interval that is open (``..``) or unknown (empty) has no bound.

    Parameters
    ----------
    text
        EDTF (ISO 8601-2), levels 0 to 2, years 0001 to 9999.

    Returns
    -------
    Bounds
        Two ISO dates, each of which may be empty.

    Raises
    ------
    ValueError
        The text is not EDTF, lies outside the years 0001 to 9999, or ends before it begins.
    """
    if not text or text != text.strip():
        message = f"{text!r} has spaces around it" if text.strip() else "an empty text is no date"
        raise ValueError(message)
    if "/" in text and text[0] not in "[{":
        # The package gives a float for an open side and adds ten years to an unknown one; so each side goes alone.
        begin, _, end = text.partition("/")
        bounds = Bounds(_side_bounds(begin, text).earliest, _side_bounds(end, text).latest)
    else:
        bounds = _date_bounds(text)
    if bounds.earliest and bounds.latest and bounds.latest < bounds.earliest:
        message = f"{text!r} ends before it begins"
        raise ValueError(message)
    return bounds


def span_bounds(begin: str, end: str) -> tuple[str, str, str, str]:
    """Return the four bounds of a span of time.

    Parameters
    ----------
    begin, end
        EDTF texts; an empty text is an unknown date.

    Returns
    -------
    tuple of str
        Begin earliest, begin latest, end earliest, end latest: ISO dates, empty where unknown.

    Raises
    ------
    ValueError
        Either text is not EDTF.
    """
    first = parse_edtf(begin) if begin else Bounds("", "")
    last = parse_edtf(end) if end else Bounds("", "")
    return (*first, *last)


def _side_bounds(side: str, text: str) -> Bounds:
    if side in {"", ".."}:
        return Bounds("", "")
    if any(char in side for char in "/[]{},"):
        message = f"{text!r} is not a date or an interval of two dates"
        raise ValueError(message)
    return _date_bounds(side)


def _date_bounds(text: str) -> Bounds:
    if len(text) > _MAX_DATE:
        message = f"{text[:20]!r}… has {len(text)} characters, more than {_MAX_DATE}"
        raise ValueError(message)
    if found := _PLAIN_DATE.fullmatch(text.rstrip("?~%")):
        bounds = _plain_bounds(text, *found.groups())  # of an approximate date, too: the calendar must have its day
        if found[0] == text:
            return bounds
    if "Y" in text:  # years of more than four digits; an exponent among them keeps the package busy for ever
        raise _outside_years(text)
    from edtf import EDTFParseException, parse_edtf  # noqa: PLC0415 -- a question must not pay for the parser

    try:
        # The package prints to the standard output, which is ours, when a part of a month is left open.
        with redirect_stdout(StringIO()):
            parsed = parse_edtf(text)
            first, last = parsed.lower_fuzzy(), parsed.upper_fuzzy()
    except EDTFParseException:
        message = f"{text!r} is not EDTF"
        raise ValueError(message) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # it lets these through
        raise _without_bounds(text) from error
    try:
        return Bounds(_iso_day(first, text), _iso_day(last, text))
    except TypeError as error:  # a year with a fraction
        raise _without_bounds(text) from error


def _plain_bounds(text: str, year: str, month: str | None, day: str | None) -> Bounds:
    """Return the bounds of a date that is simply a year, a month or a day.

    Nearly all dates are such; the grammar of the package takes several milliseconds for each.
    """
    from calendar import monthrange  # noqa: PLC0415 -- it brings the names of the months in every language

    if year == "0000":
        raise _outside_years(text)
    first = f"{year}-{month or '01'}-{day or '01'}"
    last = first if day else f"{year}-{month or '12'}-{monthrange(int(year), int(month or 12))[1]:02d}"
    try:
        return Bounds(date.fromisoformat(first).isoformat(), date.fromisoformat(last).isoformat())
    except ValueError:
        message = f"{text!r} names a day that the calendar does not have"
        raise ValueError(message) from None


def _outside_years(text: str) -> ValueError:
    return ValueError(f"{text!r} lies outside the years 0001 to 9999")


def _without_bounds(text: str) -> ValueError:
    return ValueError(f"{text!r} is EDTF without bounds that can be told")


def _iso_day(moment: Any, text: str) -> str:  # noqa: ANN401 -- struct_time, or a float for an open side
    if isinstance(moment, float):
        return ""
    year, month, day = tuple(moment)[:3]
    if not 1 <= year <= 9999:
        raise _outside_years(text)
    try:
        return date(year, month, day).isoformat()
    except ValueError:  # the package lets 29 February pass in every year
        message = f"{text!r} names a day that the calendar does not have"
        raise ValueError(message) from None
