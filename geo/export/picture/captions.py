"""What a picture says, in its language; the words that the pages say, too, are the same ones."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["LANGUAGES", "Captions", "picture_language"]

LANGUAGES: Final = ("en", "km", "fr")
"""The languages of the captions."""

_KHMER_DIGITS: Final = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


def picture_language(name: str, languages: Sequence[str]) -> str:
    """Return the language that the name of a picture says, ``map.km.svg`` in Khmer; else the first of the atlas.

    Parameters
    ----------
    name
        The name of the file; in lower or upper case.
    languages
        The languages of the atlas.
    """
    told = [part for part in name.lower().split(".")[1:-1] if part in LANGUAGES and part in languages]
    spoken = next((language for language in languages if language in LANGUAGES), "en")
    return told[-1] if told else spoken


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(
        resources.files("geo.export.picture").joinpath("captions.json").read_text(encoding="utf-8")
    )
    return found


class Captions:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = _words()[language]

    def say(self, key: str, **values: str) -> str:
        """Return a text with its blanks filled."""
        text = self._words[key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def count(self, key: str, count: int, **values: str) -> str:
        """Return a text that counts, in the number that goes with the count; ``n`` is filled in."""
        one = count == 1 if self.language == "en" else count < 2 and self.language == "fr"
        return self.say(f"{key}_{'one' if one else 'other'}", n=self.number(count), **values)

    def number(self, count: int) -> str:
        """Return a number in the digits of the language, with fixed spaces between thousands."""
        text = f"{count:,}".replace(",", "\u00a0")
        return self.digits(text)

    def digits(self, text: str) -> str:
        """Return a text with the digits of the language."""
        return text.translate(_KHMER_DIGITS) if self.language == "km" else text

    def latitude(self, degrees: float) -> str:
        """Return a latitude, one decimal, such as ``12.5° N``."""
        text = f"{abs(degrees):.1f}"
        return (
            f"{self.digits(text if self.language == 'en' else text.replace('.', ','))}° {'N' if degrees >= 0 else 'S'}"
        )

    def distance(self, metres: int) -> str:
        """Return a round distance in metres or kilometres."""
        if metres < 1000:
            return f"{self.digits(str(metres))}\u00a0{self.say('unit.m')}"
        return f"{self.number(metres // 1000)}\u00a0{self.say('unit.km')}"

    def tell(self, key: str, text: str) -> str:
        """Return a text behind what it is, parted by a colon as the language sets one."""
        gap = "\u00a0" if self.language == "fr" else ""
        return f"{self.say(key)}{gap}: {text}"

    def speak(self, told: Mapping[str, Any] | None, otherwise: str = "") -> str:
        """Return a text of the atlas in this language; in English, or as said, where it has none."""
        words = told or {}
        return str(words.get(self.language) or words.get("en") or otherwise)
