"""A sheet of paper in SVG: elements whose text is only text, and how much room a text takes."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, TypedDict, Unpack
from xml.etree import ElementTree as ET

from wcwidth import iter_graphemes

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ACCENT",
    "INK",
    "NEUTRAL",
    "PAPER",
    "RULE",
    "SOFT",
    "Sheet",
    "clean",
    "measure",
    "path_of",
    "wrap",
]

PAPER: Final = "#f6f3ec"
INK: Final = "#23211e"
SOFT: Final = "#5f594e"
NEUTRAL: Final = "#6d675c"
RULE: Final = "#c9bfa8"
ACCENT: Final = "#2e3a59"

_LATIN: Final = "Noto Sans"
_KHMER: Final = "'Noto Sans Khmer', 'Leelawadee UI', 'Khmer UI', 'Khmer Sangam MN', 'Khmer OS'"
_SERIF_KHMER: Final = "'Noto Serif Khmer', 'Leelawadee UI', 'Khmer UI', 'Khmer MN', 'Khmer OS'"
"""Letters of Khmer that come with Android and Linux, Windows 10 and later, Windows 7, macOS, and by hand."""

_SVG: Final = "http://www.w3.org/2000/svg"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
"""What no XML 1.0 document may hold, and every other control character: a line end in a name is a space here."""

_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
"""Marks that would turn the direction of what stands beside a name."""

_NARROW: Final = frozenset("iljtfrI.,:;'’|!()[]/ \u00a0-·")
_WIDE: Final = frozenset("mwMWQO%@—")
_KHMER_WIDE: Final = frozenset("ឃឆឈញឋឍណផយសហឡអ៣")
_KHMER_LETTERS: Final = (0x1780, 0x19FF)


def clean(text: str) -> str:
    """Return a text as the picture shows it: NFC, one line, without characters that XML has no place for."""
    plain = _DIRECTIONS.sub("", _UNWRITABLE.sub(" ", text))
    return unicodedata.normalize("NFC", plain).strip()


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return how much room a line of text takes at most, in units of the sheet.

    Parameters
    ----------
    text
        The line.
    size
        The size of its letters.
    bold
        Whether they are bold.

    Notes
    -----
    An estimate on the wide side, of the advance widths of Noto Sans and Noto Sans Khmer: which letters a reader's
    program has is not known when the picture is drawn.
    """
    return sum(map(_advance, iter_graphemes(text))) * size * (1.08 if bold else 1.0)


def _advance(letter: str) -> float:
    """Return the width of a letter with its signs, as a share of its size."""
    if _KHMER_LETTERS[0] <= ord(letter[0]) <= _KHMER_LETTERS[1]:
        # A vowel that stands beside its consonant has a width of its own; what stands above or below has none.
        beside = sum(sign in "ាេែៃើឿៀោៅះៈ" for sign in letter[1:]) + ("\u17d2\u179a" in letter)
        return (0.9 if letter[0] in _KHMER_WIDE else 0.66) + 0.34 * beside
    if letter in _NARROW:
        return 0.37
    if letter in _WIDE:
        return 0.95
    if letter.isupper():
        return 0.68
    return 0.58 if ord(letter[0]) < 0x1100 else 1.05


def wrap(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return a text in lines that fit: parted at spaces, a word that is longer than a line between letters.

    Parameters
    ----------
    text
        The text.
    size, bold
        As for `measure`.
    room
        How long a line may be.
    """
    lines: list[str] = []
    line = ""
    for word in clean(text).split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer, size, bold=bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        # Khmer is written without spaces between words: a long phrase is parted between whole letters.
        for letter in iter_graphemes(word):
            if line and measure(line + letter, size, bold=bold) > room:
                lines.append(line)
                line = ""
            line += letter
    return [*lines, line] if line else lines


def number(value: float) -> str:
    """Return a coordinate, one decimal."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def path_of(lines: Iterable[NDArray[np.float64]], *, closed: bool) -> str:
    """Return lines or rings (each n × 2) as the data of an SVG path."""
    parts = []
    for line in lines:
        written = [f"{number(x)} {number(y)}" for x, y in line.tolist()]
        points = [point for at, point in enumerate(written) if at == 0 or point != written[at - 1]]
        if len(points) > (2 if closed else 1):
            parts.append(f"M{points[0]}L{' '.join(points[1:])}" + ("Z" if closed else ""))
    return "".join(parts)


class _Look(TypedDict, total=False):
    """How a line looks: its colour, where it stands to its point, its letters, and a colour around them."""

    fill: str
    anchor: str
    bold: bool
    serif: bool
    halo: str


class Sheet:
    """An SVG document that grows.

    Parameters
    ----------
    width
        How wide it is; how high is said when it is written.
    language
        The language of its captions.
    """

    def __init__(self, width: float, language: str) -> None:
        self.width, self.language = width, language
        attributes = {"xmlns": _SVG, "width": number(width), "height": "0", "viewBox": "", "role": "img"}
        self.root = ET.Element("svg", {**attributes, _LANG: language, "aria-labelledby": "title desc"})
        self._title = ET.SubElement(self.root, "title", {"id": "title"})
        self._desc = ET.SubElement(self.root, "desc", {"id": "desc"})
        sans = f"'{_LATIN}', {_KHMER}" if language != "km" else f"{_KHMER}, '{_LATIN}'"
        serif = f"'Noto Serif', {_SERIF_KHMER}, Georgia" if language != "km" else f"{_SERIF_KHMER}, 'Noto Serif'"
        self._families = {"sans": f"{sans}, sans-serif", "serif": f"{serif}, serif"}
        self.root.set("font-family", self._families["sans"])
        self.defs = ET.SubElement(self.root, "defs")
        self._ground = self.add(self.root, "rect", width=width, height=0, fill=PAPER)

    def add(self, parent: ET.Element, tag: str, **attributes: object) -> ET.Element:
        """Add an element; ``class_`` and ``stroke_width`` stand for ``class`` and ``stroke-width``."""
        written = {
            name.rstrip("_").replace("_", "-"): number(value) if isinstance(value, float) else str(value)
            for name, value in attributes.items()
            if value is not None
        }
        return ET.SubElement(parent, tag, written)

    def text(self, parent: ET.Element, x: float, y: float, text: str, size: float, **look: Unpack[_Look]) -> ET.Element:
        """Write one line; its base line stands at `y`.

        Parameters
        ----------
        parent
            Where it is added.
        x, y
            Where it begins (or, by its anchor, has its middle or its end), and its base line.
        text
            The line; whatever it holds, it is only text.
        size
            The size of its letters.
        **look
            How it looks.
        """
        line = clean(text)
        place = {
            "x": float(x),
            "y": float(y),
            "font_size": float(size),
            "text_anchor": look.get("anchor"),
            "font_weight": 600 if look.get("bold") else None,
            "font_family": self._families["serif"] if look.get("serif") else None,
        }
        if "halo" in look:
            # Written beneath, for programs that know no order of painting.
            halo = {"stroke_width": 2.6, "stroke_opacity": "0.8", "stroke_linejoin": "round", "aria_hidden": "true"}
            self.add(parent, "text", **place, **halo, fill="none", stroke=look["halo"]).text = line
        element = self.add(parent, "text", **place, fill=look.get("fill", INK))
        element.text = line
        return element

    def name(self, title: str, description: str) -> None:
        """Say what the picture is, in a title and a description that are read aloud."""
        self._title.text, self._desc.text = clean(title), clean(description)

    def render(self, height: float) -> bytes:
        """Return the document, UTF-8; the same for the same calls."""
        for element in (self.root, self._ground):
            element.set("height", number(height))
        self.root.set("viewBox", f"0 0 {number(self.width)} {number(height)}")
        document: bytes = ET.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return document + b"\n"
