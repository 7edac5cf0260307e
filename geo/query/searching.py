"""Words -> the records in which they occur; a word that occurs nowhere is read as the nearest words of names.

The index holds trigrams: it finds any run of three characters or more, inside a word too, which Khmer needs because it
writes no spaces. Shorter words are looked for one record after the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from geo.errors import Problem, RequestError
from geo.gazetteer import fold, slipped_words, slips_allowed, sound

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.catalogue import Catalogue

__all__ = ["Found", "find_text", "rows_of", "rows_within", "text_rule"]

_INDEXED: Final = 3
"""Characters of the shortest text that the index can find."""

_MEETING: Final = re.compile("(?<=[0-9])(?=[^0-9])|(?<=[^0-9])(?=[0-9])")
"""Where letters and digits meet in a word."""

_MOST: Final = 100
"""How many words at most stand for one that was mistyped."""

Words = list[tuple[str, ...]]
"""Each word of a text as the words that may stand for it."""


class Found(NamedTuple):
    """The condition that the words of a text occur.

    Attributes
    ----------
    sql
        A condition on the table ``t``.
    values
        The values of its placeholders.
    read_as
        What the text was read as; empty when it was taken as it stands.
    """

    sql: str
    values: dict[str, object]
    read_as: str = ""


def find_text(catalogue: Catalogue, layer: str, text: str) -> Found:
    """Return the condition that every word of a text occurs in a record of a layer.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layer
        The layer or table.
    text
        Words; of a name without its spaces, or with too many, the whole text is looked for as one word too.

    Returns
    -------
    Found
        The condition. A word in which letters and digits meet is looked for parted there, too: ``S21`` finds ``S-21``
        and ``S 21`` in running text, and as names without their spaces are texts as well, each of the three finds the
        others. Only when nothing in the layer answers, each word that occurs in none of its records is read as
        the nearest words of names that do: those that sound alike (`geo.gazetteer.sound`), else those a slip or two
        away (`geo.gazetteer.slipped_words`). When still nothing answers, each of the others is read as itself or these.

    Raises
    ------
    RequestError
        When nothing is left of the text once it is folded.
    """
    words = _split(text)
    rows = rows_within(catalogue, layer)
    typed = list(map(_spelt, words))
    rule, values = _rule(catalogue, typed)
    if _stand_together(catalogue, words, rows) or _occurs(catalogue, rule, values | rows):
        return Found(rows_of(rule), values | rows)
    for freely in (False, True):
        meant = _meant(catalogue, words, rows, freely=freely)
        other, others = _rule(catalogue, meant)
        if meant != typed and _occurs(catalogue, other, others | rows):
            told = (" or ".join(form for form in choice if " " not in form) for choice in meant)
            return Found(rows_of(other), others | rows, " ".join(told))
    return Found(rows_of(rule), values | rows)


def rows_within(catalogue: Catalogue, layer: str = "") -> dict[str, object]:
    """Return the values that keep a `text_rule` to one layer, or to all of them.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layer
        The layer or table; empty for all.
    """
    spans = catalogue.value("search")
    held = [spans[layer]] if layer in spans else [] if layer else list(spans.values())
    first, last, first_phrase, last_phrase = zip(*held, strict=True) if held else ((1,), (0,), (1,), (0,))
    return {
        "first": min(first),
        "last": max(last),
        "first_phrase": min(first_phrase),
        "last_phrase": max(last_phrase),
    }


def text_rule(catalogue: Catalogue, text: str) -> tuple[str, dict[str, object]]:
    """Return a SELECT of the rows of ``search`` of the records in which every word of a text occurs, and its values.

    The values of `rows_within` belong to it as well.

    Raises
    ------
    RequestError
        When nothing is left of the text once it is folded.
    """
    return _rule(catalogue, list(map(_spelt, _split(text))))


def _split(text: str) -> list[str]:
    words = list(dict.fromkeys(fold(text).split()))
    if not words:
        problem = Problem("the question", "--text", "", text, "at least one letter or digit", "name a word to look for")
        raise RequestError("There is nothing to search for", [problem])
    return words


def _spelt(word: str) -> tuple[str, ...]:
    """Return a folded word, and what it is when its letters and digits stand apart: ``s21`` and ``s 21``."""
    return tuple(dict.fromkeys((word, _MEETING.sub(" ", word))))


def rows_of(rule: str) -> str:
    """Return a condition on ``t`` from a `text_rule`; a layer has its records in ``search`` in the order of its own."""
    return f"t.fid IN (SELECT record - :first + 1 FROM ({rule}) AS held)"  # noqa: S608  (a fixed form)


def _rule(catalogue: Catalogue, words: Words) -> tuple[str, dict[str, object]]:
    """Return a SELECT of the records that hold words that each have their choices, or all of them in one.

    A record may be given several times.
    """
    values, place = _places()
    rule, *others = (catalogue.holding(choice, place) for choice in words)
    if others:
        beside = " AND ".join(f"record IN ({each})" for each in others)
        rule = f"SELECT record FROM ({rule}) AS held WHERE {beside}"  # noqa: S608  (a fixed form)
        typed = all(choice == _spelt(choice[0]) for choice in words)
        joined = "".join(choice[0] for choice in words) if typed else ""
        if len(joined) >= _INDEXED:
            rule += f" UNION ALL {catalogue.holding([joined], place)}"
    return rule, values


def _places() -> tuple[dict[str, object], Callable[[object], str]]:
    """Return values, none yet, and what adds one and gives its placeholder."""
    values: dict[str, object] = {}

    def place(value: object) -> str:
        values[f"word{len(values)}"] = value
        return f":word{len(values) - 1}"

    return values, place


def _occurs(catalogue: Catalogue, rule: str, values: dict[str, object]) -> bool:
    return bool(catalogue.rows(f"SELECT 1 FROM ({rule}) AS held LIMIT 1", values))  # noqa: S608  (a fixed form)


def _stand_together(catalogue: Catalogue, words: list[str], rows: dict[str, object]) -> bool:
    """Return whether one text holds all of several words, which is sooner told than whether a record does."""
    if len(words) == 1 or min(map(len, words)) < _INDEXED:
        return False
    values, place = _places()
    return _occurs(catalogue, catalogue.holding(words, place, every=True), values | rows)


def _meant(catalogue: Catalogue, words: list[str], rows: dict[str, object], *, freely: bool) -> Words:
    """Return the words that were probably meant; freely, a word that does occur may also have been meant otherwise."""
    meant: Words = []
    for word in words:
        spelt = _spelt(word)
        held = len(word) < _INDEXED or any(_holds(catalogue, form, rows) for form in spelt)
        nearest = () if held and not (freely and len(word) >= _INDEXED) else _nearest(catalogue, word, rows)
        meant.append(tuple(dict.fromkeys((*spelt, *nearest) if held or not nearest else nearest)))
    return meant


def _holds(catalogue: Catalogue, word: str, rows: dict[str, object]) -> bool:
    rule, values = _rule(catalogue, [(word,)])
    return _occurs(catalogue, rule, values | rows)


def _nearest(catalogue: Catalogue, word: str, rows: dict[str, object]) -> tuple[str, ...]:
    """Return the words of names that are nearest to a word, of those that a record of the layer holds."""
    alike = sound(word)
    groups = [[row[0] for row in catalogue.stream("SELECT word FROM words WHERE sound = ? ORDER BY word", (alike,))]]
    if held := _held(catalogue, groups if alike.strip("*") else [], rows):
        return held
    slips = slips_allowed(word)
    near = "SELECT word FROM words WHERE letters BETWEEN ? AND ? ORDER BY letters, word"
    known = (row[0] for row in catalogue.stream(near, (len(word) - slips, len(word) + slips)))
    return _held(catalogue, slipped_words(word, known) if slips else [], rows)


def _held(catalogue: Catalogue, groups: list[list[str]], rows: dict[str, object]) -> tuple[str, ...]:
    """Return those words of the first group of which the layer holds any."""
    for group in groups:
        held = tuple(word for word in group[:_MOST] if _holds(catalogue, word, rows))
        if held:
            return held
    return ()
