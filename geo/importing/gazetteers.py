"""Places by their names: from village to province, in any spelling and script that the gazetteer knows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from geo.gazetteer import fold, join_words, sound_name
from geo.importing.columns import guess_columns
from geo.readers.listings import Listing
from geo.spec import PRECISION_FLOOR_M

__all__ = ["LEVELS", "Entry", "Match", "Places", "read_places"]

LEVELS: Final[tuple[str, ...]] = ("village", "commune", "district", "province")
"""The levels of a gazetteer, finest first; each is a field of a site and a basis of its position."""

_LEVEL_WORDS: Final = {
    "village": ("village", "hamlet", "town", "place", "locality", "phum", "populated place", "ភូមិ"),
    "commune": ("commune", "sangkat", "khum", "ward", "subdistrict", "municipality", "ឃុំ", "សង្កាត់"),
    "district": ("district", "srok", "khan", "county", "city", "ស្រុក", "ខណ្ឌ", "ក្រុង"),
    "province": ("province", "state", "region", "khaet", "capital", "ខេត្ត", "រាជធានី"),
}
_ROUND_M: Final = 500
_EARTH_M: Final = 6_371_008.8


@dataclass(slots=True)
class Entry:
    """One place of a gazetteer.

    Attributes
    ----------
    level
        One of `LEVELS`.
    names
        Every spelling.
    lat, lon
        Degrees, WGS 84; NaN where it has no point.
    basis
        What its point rests on: its own level, or a coarser one where the gazetteer says so.
    radius_m
        Radius in metres within which it lies.
    row
        Its row in the gazetteer, for the citation.
    code
        Its code.
    parent
        The place that holds it.
    source
        The source that the gazetteer names for it; empty where it names none, and is the source itself.
    """

    level: str
    names: tuple[str, ...]
    lat: float
    lon: float
    basis: str
    radius_m: int
    row: int
    code: str = ""
    parent: Entry | None = None
    source: str = ""

    @property
    def path(self) -> str:
        """Return its name with those of the places that hold it."""
        above = f", {self.parent.path}" if self.parent else ""
        return f"{self.names[0]}{above}"

    @property
    def located(self) -> bool:
        """Return whether it has a point."""
        return math.isfinite(self.lat) and math.isfinite(self.lon)


@dataclass(frozen=True, slots=True)
class Match:
    """What a gazetteer says of a place.

    Attributes
    ----------
    entry
        The one place that fits; None where none does, or several do.
    ambiguous
        The level at which several fitted, and their paths: nothing was chosen among them.
    missing
        Level and name of what the gazetteer does not know.
    heard
        Level and name of what was found by its sound, as its spelling is not in the gazetteer.
    """

    entry: Entry | None = None
    ambiguous: tuple[str, tuple[str, ...]] | None = None
    missing: tuple[tuple[str, str], ...] = ()
    heard: tuple[str, str] | None = None


@dataclass(slots=True)
class Places:
    """A gazetteer, ready to be asked.

    Attributes
    ----------
    name
        Its name, for citations.
    entries
        Its places.
    """

    name: str
    entries: tuple[Entry, ...]
    _index: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    _sounds: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.entries:
            for key in {_key(text) for text in (*entry.names, entry.code)} - {""}:
                self._index.setdefault((entry.level, key), []).append(entry)
            for heard in {_sound(text) for text in entry.names} - {""}:
                self._sounds.setdefault((entry.level, heard), []).append(entry)

    def find(self, given: dict[str, str]) -> Match:
        """Return the finest place that fits all the names given, if it is the only one.

        Parameters
        ----------
        given
            Level -> name or code, as the table gives them; levels may be missing.

        Returns
        -------
        Match
            Where several places fit at one level, the next coarser one that fits alone is given, and they are named.
        """
        named = [(level, given[level]) for level in LEVELS if given.get(level)]
        missing: list[tuple[str, str]] = []
        ambiguous: tuple[str, tuple[str, ...]] | None = None
        for at, (level, text) in enumerate(named):
            spelled = self._index.get((level, _key(text)), [])
            found = spelled or self._sounds.get((level, _sound(text)), [])
            fitting = [entry for entry in found if self._fits(entry, named[at + 1 :])]
            if len(fitting) == 1:
                return Match(fitting[0], ambiguous, tuple(missing), None if spelled else (level, text))
            if len(fitting) > 1 and ambiguous is None:
                ambiguous = (level, tuple(sorted(entry.path for entry in fitting)))
            if not fitting:
                missing.append((level, text))
        return Match(None, ambiguous, tuple(missing))

    def suggest(self, level: str, text: str, given: dict[str, str]) -> list[str]:
        """Return the places of a level whose names are nearest to a text, among those that fit the coarser names.

        Parameters
        ----------
        level, text
            What was not found.
        given
            As in `find`.

        Returns
        -------
        list of str
            At most three paths, nearest first.
        """
        from rapidfuzz import fuzz, process  # noqa: PLC0415 -- only a name that was not found needs it

        above = [(each, given[each]) for each in LEVELS[LEVELS.index(level) + 1 :] if given.get(each)]
        keys = {key: found for (each, key), found in self._index.items() if each == level and not key.isdecimal()}
        paths: list[str] = []
        for key, _, _ in process.extract(_key(text), list(keys), scorer=fuzz.ratio, score_cutoff=70, limit=40):
            paths += [entry.path for entry in keys[key] if self._fits(entry, above)]
        return list(dict.fromkeys(paths))[:3]

    def _fits(self, entry: Entry, above: Sequence[tuple[str, str]]) -> bool:
        """Return whether every coarser place that is named, and that the gazetteer knows, holds the entry."""
        holders: dict[str, Entry] = {}
        holder = entry.parent
        while holder is not None:
            holders[holder.level] = holder
            holder = holder.parent
        for level, text in above:
            if level in holders:
                holder = holders[level]
                spelled = _key(text) in {_key(name) for name in (*holder.names, holder.code)}
                if not spelled and _sound(text) not in {_sound(name) for name in holder.names}:
                    return False
            elif not holders:
                # a gazetteer without levels says nothing of provinces, and then a name alone decides
                return all(other.level != level for other in self.entries)
        return True


def read_places(listing: Listing) -> Places:
    """Return a gazetteer from a table or layer of places.

    Parameters
    ----------
    listing
        With a name (every column whose header begins with ``name`` is a spelling), latitude and longitude (or points
        in WGS 84), and where it has them ``level``, ``code``, ``parent`` (a code), ``precision``, ``radius_m``; or
        else the names of the district and province that hold each place.

    Returns
    -------
    Places
        The radius of a place is what the gazetteer says, or reaches to the farthest place inside it; never less than
        the data contract allows for its level.
    """
    at = {column.lower(): index for index, column in enumerate(listing.columns)}
    fields = {guess.field: listing.columns.index(guess.column) for guess in guess_columns(listing)}
    spelled = [index for column, index in at.items() if column.startswith(("name", "alt_name", "alias"))]
    spelled = spelled or [index for key, index in fields.items() if key in {"name", "name_km", "aliases"}]
    rows: list[tuple[Entry, str, dict[str, str]]] = []
    for row in listing.rows:

        def cell(*keys: str, cells: tuple[str, ...] = row.cells) -> str:
            index = next((at[key] for key in keys if key in at), None)
            return cells[index].strip() if index is not None else ""

        names = tuple(dict.fromkeys(row.cells[index].strip() for index in spelled if row.cells[index].strip()))
        if not names:
            continue
        lat, lon = _point_of(row.geometry, row.cells, fields)
        level = _level(cell("level", "type", "kind", "admin_level")) or "village"
        basis = _coarser(level, _level(cell("precision").partition("-")[0]))
        radius = cell("radius_m", "precision_m")
        stated = math.ceil(float(radius)) if _is_number(radius) else 0
        entry = Entry(level, names, lat, lon, basis, stated, row.number, cell("code", "pcode", "id"))
        entry.source = _first_source(cell("sources"))
        above = {
            key: row.cells[fields[key]].strip()
            for key in LEVELS
            if key in fields and LEVELS.index(key) > LEVELS.index(level) and row.cells[fields[key]].strip()
        }
        rows.append((entry, cell("parent"), above))
    return Places(listing.name, tuple(_linked(rows)))


def _linked(rows: Sequence[tuple[Entry, str, dict[str, str]]]) -> Iterable[Entry]:
    """Return the entries, each with the place that holds it, and an honest radius."""
    by_code: dict[str, list[Entry]] = {}
    for entry, _, _ in rows:
        if entry.code:
            by_code.setdefault(entry.code, []).append(entry)
    above: dict[tuple[str, ...], Entry] = {}
    for entry, parent, named in rows:
        holders = [each for each in by_code.get(parent, []) if LEVELS.index(each.level) > LEVELS.index(entry.level)]
        if len(holders) == 1:
            entry.parent = holders[0]
        elif named:
            chain = tuple(f"{level} {_key(text)}" for level, text in sorted(named.items()))
            if chain not in above:
                holder: Entry | None = None
                for level in reversed(LEVELS):
                    if level in named:
                        holder = Entry(level, (named[level],), math.nan, math.nan, level, 0, entry.row, "", holder)
                assert holder is not None  # noqa: S101 -- `named` is not empty, and its keys are levels
                above[chain] = holder
            entry.parent = above[chain]
    _widen([entry for entry, _, _ in rows])
    return [entry for entry, _, _ in rows]


def _widen(entries: Sequence[Entry]) -> None:
    """Give each place a radius that reaches to the farthest place inside it, where the gazetteer states none."""
    reach: dict[int, float] = {}
    for entry in entries:
        holder = entry.parent
        while holder is not None and entry.located:
            if holder.located:
                reach[id(holder)] = max(reach.get(id(holder), 0.0), _metres(entry, holder))
            holder = holder.parent
    for entry in entries:
        held: Entry | None = entry
        while held is not None and held.level != entry.basis:
            held = held.parent
        if not entry.radius_m:
            far = reach.get(id(held), 0.0) if held is not None else 0.0
            entry.radius_m = math.ceil(far / _ROUND_M) * _ROUND_M
        entry.radius_m = max(entry.radius_m, PRECISION_FLOOR_M[entry.basis] or 0)


def _point_of(
    geometry: dict[str, object] | None, cells: tuple[str, ...], fields: dict[str, int]
) -> tuple[float, float]:
    if geometry is not None:
        place = geometry.get("coordinates")
        if geometry.get("type") == "Point" and isinstance(place, list | tuple) and len(place) >= 2:
            return float(place[1]), float(place[0])
    if {"lat", "lon"} <= fields.keys():
        lat, lon = cells[fields["lat"]].strip(), cells[fields["lon"]].strip()
        if _is_number(lat) and _is_number(lon):
            return float(lat), float(lon)
    return math.nan, math.nan


def _first_source(text: str) -> str:
    """Return the first reference of a list as the data contract writes it."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], str) else ""


def _metres(one: Entry, other: Entry) -> float:
    """Return the distance on a sphere: a radius that is rounded up to 500 m needs no ellipsoid."""
    north = math.radians(other.lat - one.lat)
    east = math.radians(other.lon - one.lon)
    half = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one.lat)) * math.cos(math.radians(other.lat)) * math.sin(east / 2) ** 2
    )
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half)))


@lru_cache(maxsize=1_000)
def _level(text: str) -> str:
    word = fold(text)
    return next((level for level, words in _LEVEL_WORDS.items() if word in {fold(each) for each in words}), "")


def _coarser(level: str, other: str) -> str:
    return other if other and LEVELS.index(other) > LEVELS.index(level) else level


_key = lru_cache(maxsize=200_000)(join_words)
_sound = lru_cache(maxsize=200_000)(sound_name)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
