"""The search for people who are not to be named: every text of an atlas, and every text file beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final
from urllib.parse import unquote

from geo.checks.records import Records, Text
from geo.errors import Problem
from geo.gazetteer import fold
from geo.readers import Inputs

__all__ = ["find_withheld"]

RULE: Final = "withheld-name"

# Scripts that put no spaces between words: there a name has no edges to look for.
_SPACELESS: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_APOSTROPHE: Final = re.compile("['’ʼ]")  # it vanishes when a text is folded, and a genitive would be another word
_HIDDEN: Final = "…"


def find_withheld(inputs: Inputs, names: Mapping[int, str], beside: Iterable[tuple[str, int, str]]) -> list[Problem]:
    """Find every text that names a person of a list that is kept elsewhere.

    Parameters
    ----------
    inputs
        The atlas as the readers left it.
    names
        Line of the list -> the name on it, as `geo.readers.read_withheld` gives them.
    beside
        Texts that are no input of the atlas, such as a README: file, line (0 for the name of the file itself), text.

    Returns
    -------
    list of Problem
        One for each text and each name in it, in the order of the texts. It names the file, the record, the field and
        the line of the list; the name itself is nowhere in it.

    Notes
    -----
    Texts and names are compared in the form of `geo.gazetteer.fold`, so case, accents and punctuation do not matter;
    the parts of a name may be joined (as in an address), and two parts may stand in either order. A name is found as
    whole words, in scripts without spaces anywhere. It is also found across two lines of a page and two members of
    an object, such as a family name and a given one. Another spelling is another line of the list.
    """
    search = _Search(names)
    near = (Text(text, file, line, _line_or_name, "") for file, line, text in beside)
    found: list[Problem] = []
    before: Text | None = None
    for text in chain(Records(inputs).texts(), near):
        alone = search.lines(text.text)
        found += search.problems(text, alone)
        if text.field.rpartition(".")[2] == text.text:
            continue  # the name of a member stands between two values
        if before and _is_next(before, text):
            both = search.lines(f"{before.text} {text.text}")
            found += search.problems(text, [line for line in both if line not in (*alone, *search.lines(before.text))])
        before = text
    return list(dict.fromkeys(found))


def _is_next(before: Text, text: Text) -> bool:
    """Return whether two texts stand side by side: members of one object, or lines of one page."""
    line = not text.field and text.at == before.at + 1
    return before.input == text.input and (before.at == text.at or line)


def _line_or_name(line: int) -> str:
    return f"line {line}" if line else "the name of the file"


class _Search:
    """All names of a list, as one pattern to see whether any is there and one each to see which."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._patterns = {line: re.compile(_pattern(name)) for line, name in names.items()}
        self._any = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in self._patterns.values()) or r"(?!)")

    def lines(self, text: str) -> list[int]:
        """Return the lines of the list whose names the text holds."""
        plain = {text, unquote(text)}
        forms = {fold(form) for form in plain | {_APOSTROPHE.sub(" ", form) for form in plain}}
        forms = {form for form in forms if self._any.search(form)}
        return [line for line, pattern in self._patterns.items() if any(pattern.search(form) for form in forms)]

    def problems(self, text: Text, lines: Iterable[int]) -> Iterator[Problem]:
        """Yield a problem for each name found in a text; a place or field that would print it is hidden."""
        for line in lines:
            places = (text.input, text.where(text.at), text.field)
            file, where, field = (self._hide(place) for place in places)
            yield Problem(
                file,
                where,
                field,
                f"the name on line {line} of the list",
                "no name of a person who is not to be named",
                "say what happened without the name; see the rule on persons in the method",
                RULE,
            )

    def _hide(self, place: str) -> str:
        """Return a place without the parts that would print a name: ``feature 3 (…)`` for ``feature 3 (its-name)``."""
        if not self.lines(place):
            return place
        shorter = re.sub(r"\(.*\)", f"({_HIDDEN})", place)
        if not self.lines(shorter):
            return shorter
        folder, slash, _ = place.rpartition("/")
        return _HIDDEN if self.lines(folder) else f"{folder}{slash}{_HIDDEN}"


def _pattern(name: str) -> str:
    """Return the pattern that finds a name in a folded text."""
    parts = [re.escape(part) for part in fold(name).split()]
    orders = [parts, parts[::-1]] if len(parts) == 2 else [parts]
    either = "|".join(" ?".join(order) for order in orders)
    return f"(?:{either})" if _SPACELESS.search(name) else rf"\b(?:{either})\b"
