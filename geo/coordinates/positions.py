"""A position: two angles in one text or in two, or a reference of the UTM or MGRS grid."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from geo.coordinates.angles import METRES_PER_DEGREE, Angle, plain_text, read_angle

__all__ = ["Position", "propose", "read_pair", "read_position"]

_UTM: Final = re.compile(
    r"(?:ZONE\s*)?(\d{1,2})\s*([C-HJ-NP-X])\s*[,;:]?\s*"
    r"(?:(?:E|EASTING|X)\s*[:=]?\s*)?(\d{3} \d{3}|\d{5,7}(?:\.\d+)?)\s*(?:M?E|M)?\s*[,;/]?\s*"
    r"(?:(?:N|NORTHING|Y)\s*[:=]?\s*)?(\d{1,2} \d{3} \d{3}|\d{6,8}(?:\.\d+)?)\s*(?:M?N|M)?"
)
_MGRS: Final = re.compile(r"(\d{1,2})\s*([C-HJ-NP-X])\s*([A-HJ-NP-Z]{2})\s*((?:\d+\s*\d*)?)")
_NUMBERS: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?")

_BANDS: Final = "CDEFGHJKLMNPQRSTUVWX"
"""Bands of 8° of latitude from 80° south on; the last one has 12."""

_BAND_SLACK: Final = 0.5
"""Degrees that a position may lie beyond its band: at its border, maps keep the band of the sheet."""

Area = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


@dataclass(frozen=True, slots=True)
class Position:
    """A position that was read.

    Attributes
    ----------
    lat, lon
        Degrees, north and east positive; in WGS 84 for a grid reference, else in the system of the table.
    step_m
        What one unit of the last digit written is worth on the ground, in metres.
    form
        How it was written, in words.
    floor_m
        Least honest radius in metres that the form allows; 0 where the digits alone decide.
    grid
        Whether it was a grid reference, which says its own coordinate system.
    """

    lat: float
    lon: float
    step_m: float
    form: str
    floor_m: int = 0
    grid: bool = False

    @property
    def radius_m(self) -> int:
        """Return the radius within which the place lies, as far as the digits can tell, in whole metres."""
        return max(math.ceil(self.step_m - 1e-9), self.floor_m, 1)


def read_pair(lat: str, lon: str) -> Position:
    """Return the position that two cells give.

    Parameters
    ----------
    lat, lon
        Latitude and longitude as they were written.

    Returns
    -------
    Position
        In the system of the table.

    Raises
    ------
    ValueError
        One of them cannot be read; the message begins with ``latitude`` or ``longitude``.
    """
    angles = []
    for axis, name, text in (("lat", "latitude", lat), ("lon", "longitude", lon)):
        try:
            angles.append(read_angle(text, axis))
        except ValueError as reason:
            message = f"{name}: {reason}"
            raise ValueError(message) from None
    return _join(*angles)


def read_position(text: str) -> Position:
    """Return the position that one text gives.

    Parameters
    ----------
    text
        Latitude and longitude in any form of `geo.coordinates.read_angle`, latitude first unless letters say otherwise;
        UTM with its zone and band (``48P 489609 1277082``); or MGRS (``48P VT 89609 77082``).

    Returns
    -------
    Position
        A grid reference is converted to WGS 84; MGRS gives the middle of its square.

    Raises
    ------
    ValueError
        It is none of these, or can be read in more than one way.
    """
    shown = plain_text(text)
    upper = shown.upper()
    if found := _MGRS.fullmatch(upper):
        return _read_mgrs(*found.groups())
    if found := _UTM.fullmatch(upper):
        return _read_utm(*found.groups())
    twice = _read_twice(text)
    if twice is not None:
        return twice
    read: list[Position] = []
    reasons: list[str] = []
    for first, second in _split(upper):
        try:
            turned = read_angle(first).axis == "lon" or read_angle(second).axis == "lat"
            lat, lon = (second, first) if turned else (first, second)
            position = _join(read_angle(lat, "lat"), read_angle(lon, "lon"))
        except ValueError as reason:
            reasons.append(str(reason))
            continue
        if not any((position.lat, position.lon) == (other.lat, other.lon) for other in read):
            read.append(position)
    if len(read) == 1:
        return read[0]
    if read:
        ways = " or ".join(f"{position.lat:g}, {position.lon:g}" for position in read[:3])
        message = f"it can be read as {ways}"
        raise ValueError(message)
    message = reasons[0] if reasons else "a latitude and a longitude"
    raise ValueError(message)


def _read_twice(text: str) -> Position | None:
    """Return the finer of two forms of one position that stand side by side, ``… / …`` or ``… = …``."""
    for separator in ("/", "=", "("):
        first, found, second = text.partition(separator)
        if found and separator not in second:
            try:
                one, two = read_position(first), read_position(second.strip(" )"))
            except ValueError:
                continue
            apart = max(abs(one.lat - two.lat), abs(one.lon - two.lon)) * METRES_PER_DEGREE
            if apart > one.step_m + two.step_m:
                message = f"its two forms are {apart:,.0f} m apart"
                raise ValueError(message)
            return min(one, two, key=lambda position: position.step_m)
    return None


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ways in which a text may be parted into two angles, the plainest way alone where there is one."""
    for separator in (";", "/", "|"):
        if text.count(separator) == 1:
            first, _, second = text.partition(separator)
            yield first, second
            return
    sided = re.findall(r"[NSEW]", text)
    if len(sided) == 2:
        if text[0] in "NSEW":  # N 13 E 102: the second letter begins the second angle
            at = next(at for at, char in enumerate(text) if at and char in "NSEW")
        else:  # 13 N 102 E: the first letter ends the first angle
            at = next(at for at, char in enumerate(text) if char in "NSEW") + 1
        yield text[:at].strip(" ,"), text[at:].strip(" ,")
        return
    if re.search(r",\s", text) and len(re.findall(r",\s", text)) == 1:
        first, second = re.split(r",\s+", text)
        yield first, second
        return
    if text.count(",") == 1 and not re.fullmatch(r"[+-]?\d+,\d+", text):
        first, _, second = text.partition(",")
        yield first, second
    words = text.split(" ")
    for at in range(1, len(words)):
        if not (len(words) % 2 and len(words) > 2) or "°" in words[at]:
            first, second = " ".join(words[:at]), " ".join(words[at:])
            if _alike(first, second):
                yield first, second


def _alike(first: str, second: str) -> bool:
    """Return whether two texts have as many numbers and marks: both halves of a position are written in one way."""
    return len(_NUMBERS.findall(first)) == len(_NUMBERS.findall(second)) and first.count("°") == second.count("°")


def _join(lat: Angle, lon: Angle) -> Position:
    form = lat.form if lat.form == lon.form else f"{lat.form}; {lon.form}"
    return Position(
        lat.degrees, lon.degrees, max(lat.step, lon.step) * METRES_PER_DEGREE, form, max(lat.floor_m, lon.floor_m)
    )


def _read_utm(zone: str, band: str, easting: str, northing: str) -> Position:
    import pyproj  # noqa: PLC0415 -- few tables use the grid

    number, easting, northing = int(zone), easting.replace(" ", ""), northing.replace(" ", "")
    if not 1 <= number <= 60:
        message = f"zone {number}, where there are 1 to 60"
        raise ValueError(message)
    if band == "S":
        message = "S is the southern half of the Earth or the band of 32° to 40° north; write the band"
        raise ValueError(message)
    code = (32600 if band >= "N" else 32700) + number
    grid = pyproj.Transformer.from_crs(f"EPSG:{code}", "OGC:CRS84", always_xy=True)
    lon, lat = grid.transform(float(easting), float(northing))
    if not (math.isfinite(lat) and math.isfinite(lon)) or not 100_000 <= float(easting) < 900_000:
        message = f"easting {easting} lies outside zone {number}"
        raise ValueError(message)
    south = _BANDS.index(band) * 8 - 80
    north = 84 if band == "X" else south + 8
    if band != "N" and not south - _BAND_SLACK <= lat <= north + _BAND_SLACK:  # many write N for the northern half
        message = f"northing {northing} is {lat:.2f}° of latitude; band {band} reaches from {south}° to {north}°"
        raise ValueError(message)
    decimals = min(len(part.partition(".")[2]) for part in (easting, northing))
    return Position(lat, lon, 10.0**-decimals, f"UTM zone {number}{band} (WGS 84)", grid=True)


def _read_mgrs(zone: str, band: str, square: str, digits: str) -> Position:
    import mgrs  # noqa: PLC0415 -- as above
    import pyproj  # noqa: PLC0415 -- as above

    parts = digits.split()
    figures = "".join(parts)
    if len(figures) % 2 or (len(parts) == 2 and len(parts[0]) != len(parts[1])):
        message = "as many digits of easting as of northing"
        raise ValueError(message)
    side = 10.0 ** (5 - len(figures) // 2)
    reference = f"{int(zone)}{band}{square}{figures}"
    try:
        found, half, easting, northing = mgrs.MGRS().MGRSToUTM(reference)
    except Exception as error:  # the library gives errors of several families
        message = f"{reference} is no reference of the grid"
        raise ValueError(message) from error
    code = (32600 if str(half).strip("b'") == "N" else 32700) + int(found)
    grid = pyproj.Transformer.from_crs(f"EPSG:{code}", "OGC:CRS84", always_xy=True)
    lon, lat = grid.transform(easting + side / 2, northing + side / 2)
    return Position(lat, lon, side, "MGRS (WGS 84)", grid=True)


def propose(lat: float, lon: float, area: Area) -> list[tuple[str, float, float]]:
    """Return what a position outside an area may have been meant to be.

    Parameters
    ----------
    lat, lon
        Degrees.
    area
        West, south, east, north, in degrees.

    Returns
    -------
    list of tuple
        What would have to be changed, in words, with the latitude and longitude that this gives; each lies inside the
        area. Empty when nothing of the kind helps.
    """
    west, south, east, north = area
    changes = (
        ("latitude and longitude exchanged", lon, lat),
        ("the sign of the longitude changed", lat, -lon),
        ("the sign of the latitude changed", -lat, lon),
        ("both signs changed", -lat, -lon),
        ("exchanged, and the sign of the longitude changed", lon, -lat),
        ("exchanged, and the sign of the latitude changed", -lon, lat),
    )
    found = [(what, y, x) for what, y, x in changes if west <= x <= east and south <= y <= north]
    for power in range(1, 8):
        y, x = lat / 10**power, lon / 10**power
        if west <= x <= east and south <= y <= north:
            found.append((f"a decimal point {power} places from the end", y, x))
    return found
