"""One latitude or longitude: degrees, minutes and seconds in the ways in which people write them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["METRES_PER_DEGREE", "Angle", "plain_text", "read_angle"]

METRES_PER_DEGREE: Final = 111_320.0
"""Length of a degree of the equator; a degree of latitude is never longer by more than 400 m."""

_DEGREE: Final = re.compile("[°º˚ᵒ⁰◦∘]|\\b(?:degrees?|degr[ée]s?|deg)\\b\\.?|ដឺក្រេ|អង្សា", re.IGNORECASE)
_SECOND: Final = re.compile("[″ʺ˝\"“”„»]|''|\\b(?:seconds?|secondes?|sec)\\b\\.?|វិនាទី", re.IGNORECASE)
_MINUTE: Final = re.compile("[′'`´’‘ʹʼˊ‛]|\\b(?:minutes?|min)\\b\\.?|លិប្ដា|នាទី", re.IGNORECASE)
# ``13d15m10s``: letters for marks, told from the S of south by the d and the m before it.
_LETTERED: Final = re.compile(r"(\d)\s*d\s*(\d[\d.,]*)\s*(?:m\s*(?:(\d[\d.,]*)\s*s?)?)?(?![a-z])", re.IGNORECASE)
_SIDES: Final = (
    ("N", re.compile("\\b(?:north|nord|norte)\\b|ខាងជើង|ជើង", re.IGNORECASE)),
    ("S", re.compile("\\b(?:south|sud|sur)\\b|ខាងត្បូង|ត្បូង", re.IGNORECASE)),
    ("E", re.compile("\\b(?:east|est|este)\\b|ខាងកើត|កើត", re.IGNORECASE)),
    ("W", re.compile("\\b(?:west|ouest|oeste)\\b|ខាងលិច|លិច", re.IGNORECASE)),
)
_LABEL: Final = re.compile(r"\b(?:latitude|longitude|lat|lon|long|lng)\b\.?\s*[:=]?", re.IGNORECASE)

_NUMBER: Final = r"\d+(?:[.,]\d+)?"
_DECIMAL: Final = re.compile(rf"([+-]?)\s*({_NUMBER})\s*°?")
_MINUTES: Final = re.compile(rf"([+-]?)\s*(\d{{1,3}})\s*(?:°\s*-?|[:\s-])\s*({_NUMBER})\s*′?")
_SECONDS: Final = re.compile(
    rf"([+-]?)\s*(\d{{1,3}})\s*(?:°\s*-?|[:\s-])\s*(\d{{1,2}})\s*(?:′\s*-?|[:\s-])\s*({_NUMBER})\s*″?"
)
# A mark of degrees that was printed as a nought, and seconds whose decimal point was lost: 13015’1062” is 13°15′10.62″.
_NOUGHT: Final = re.compile(r"()(\d{1,3})0\s*(\d{2})\s*[′″]\s*(\d{2})(\d{2})\s*″")
_PACKED: Final = {
    "lat": re.compile(r"()(\d{2})(\d{2})(\d{2}(?:\.\d+)?)?"),
    "lon": re.compile(r"()(\d{3})(\d{2})(\d{2}(?:\.\d+)?)?"),
}

_PLAIN: Final = "decimal degrees"

_NOUGHT_FLOOR_M: Final = 1_000
"""Least honest radius of a position that was read through a damaged print."""


@dataclass(frozen=True, slots=True)
class Angle:
    """A latitude or longitude that was read.

    Attributes
    ----------
    degrees
        Decimal degrees, north and east positive.
    step
        What one unit of the last digit written is worth, in degrees.
    axis
        ``lat`` or ``lon`` where a letter or word says so; else empty.
    form
        How it was written, in words.
    floor_m
        Least honest radius in metres that the form allows; 0 where the digits alone decide.
    """

    degrees: float
    step: float
    axis: str
    form: str
    floor_m: int = 0


def plain_text(text: str) -> str:
    """Return a position with one sign for each thing: ASCII digits, ``° ′ ″``, ``-`` and the letters N, S, E, W.

    Parameters
    ----------
    text
        A coordinate as it was written, in any script.

    Returns
    -------
    str
        The text to be read, with single spaces.
    """
    shown = "".join(
        str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else char
        for char in text
        if unicodedata.category(char) != "Cf"
    )
    shown = shown.translate(_DASHES)
    shown = _LABEL.sub(" ", shown)
    shown = _LETTERED.sub(_spell_marks, shown)
    for side, words in _SIDES:
        shown = words.sub(f" {side} ", shown)
    for sign, marks in (("°", _DEGREE), ("″", _SECOND), ("′", _MINUTE)):
        shown = marks.sub(sign, shown)
    shown = re.sub(r"(?<=\b[NSEWnsew])\.", "", shown.replace("′′", "″"))
    return " ".join(shown.split()).strip("()[] ")


_DASHES: Final = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-", "．": ".", "，": ","}
)


def _spell_marks(found: re.Match[str]) -> str:
    seconds = f"{found[3]}″" if found[3] else ""
    return f"{found[1]}°{found[2]}′{seconds}"


def read_angle(text: str, axis: str = "") -> Angle:
    """Return a latitude or longitude.

    Parameters
    ----------
    text
        Decimal degrees (point or comma), degrees and minutes, or degrees, minutes and seconds; with signs, letters
        before or after, words, spaces or colons between; digits of any script; ``131510N`` packed together.
    axis
        ``lat`` or ``lon`` where the column says which it is.

    Returns
    -------
    Angle
        As it was written; nothing is rounded. A plain number without a letter may be larger than any angle: it may
        belong to the other axis, or be metres of a grid.

    Raises
    ------
    ValueError
        It is none of these, can be read in two ways, or lies outside the Earth; the message says what was expected.
    """
    shown = plain_text(text).upper()
    letters = re.findall(r"[A-Z]", shown)
    if "O" in letters:
        message = "O is west in French and east in German"
        raise ValueError(message)
    if len(letters) > 1 or set(letters) - set("NSEW"):
        message = "letters that are not one of N, S, E, W"
        raise ValueError(message)
    side = letters[0] if letters else ""
    told = {"N": "lat", "S": "lat", "E": "lon", "W": "lon", "": ""}[side]
    if axis and told and told != axis:
        message = f"{side} stands where a {_AXES[axis]} belongs"
        raise ValueError(message)
    axis = axis or told
    body = re.sub(r"^[NSEW]\s*|\s*[NSEW]$", "", shown).strip().rstrip(",;").strip()
    if re.search(r"[NSEW]", body):
        message = f"{side} in the middle of a number"
        raise ValueError(message)
    angle = _read_body(body, axis, packed=bool(side))
    if side and body.startswith("-"):
        message = f"a minus sign and the letter {side}"
        raise ValueError(message)
    degrees = -angle.degrees if side in {"S", "W"} else angle.degrees
    plain = angle.form == _PLAIN and not side  # perhaps the other axis, or metres: the area of the atlas tells
    if not plain and abs(degrees) > (90 if axis == "lat" else 180):
        message = f"{abs(degrees):g} degrees, more than a {_AXES[axis or 'lon']} can have"
        raise ValueError(message)
    return Angle(degrees, angle.step, axis, angle.form, angle.floor_m)


_AXES: Final = {"lat": "latitude", "lon": "longitude"}


def _read_body(body: str, axis: str, *, packed: bool) -> Angle:
    """Return an angle whose side of the world was taken off."""
    if found := _NOUGHT.fullmatch(body):
        _, degrees, minutes, whole, part = found.groups()
        form = "degrees, minutes and seconds with the degree sign printed as 0 and no decimal point"
        return _build(("", degrees, minutes, f"{whole}.{part}"), form, _NOUGHT_FLOOR_M)
    if packed and axis and (found := _PACKED[axis].fullmatch(body)) and "." not in body[:4]:
        return _build(found.groups(), "degrees, minutes and seconds without separators")
    if found := _SECONDS.fullmatch(body):
        return _build(found.groups(), "degrees, minutes and seconds")
    if found := _MINUTES.fullmatch(body):
        return _build((*found.groups(), None), "degrees and minutes")
    if found := _DECIMAL.fullmatch(body):
        sign, number = found.groups()
        number = number.replace(",", ".")
        value = float(number)
        return Angle(-value if sign == "-" else value, _step(number), "", _PLAIN)
    message = "no number of degrees that can be read"
    raise ValueError(message)


def _build(parts: tuple[Any, ...], form: str, floor_m: int = 0) -> Angle:
    """Return an angle from its sign, degrees, minutes and seconds (None for none), the last two below sixty."""
    sign, degrees, minutes, seconds = parts
    last = (seconds or minutes).replace(",", ".")
    minute, second = (float(minutes), float(last)) if seconds else (float(last), 0.0)
    for name, value in (("minutes", minute), ("seconds", second)):
        if value >= 60:
            message = f"{value:g} {name}, where there are less than 60"
            raise ValueError(message)
    value = int(degrees) + minute / 60 + second / 3600
    step = _step(last) / (3600 if seconds else 60)
    return Angle(-value if sign == "-" else value, step, "", form, floor_m)


def _step(number: str) -> float:
    return 10.0 ** -len(number.partition(".")[2])
