"""Rows to records: by key, by name, by place. A row finds one record, or says why it does not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import shapely
from pyproj import Geod
from rapidfuzz import fuzz, process

from geo.gazetteer import fold, sound_name
from geo.importing.cells import clean_cell
from geo.joining.records import Record

__all__ = ["REPAIRS", "Found", "Matching", "match_keys", "match_names", "match_places"]

Repair = Literal["spaces", "case", "zeros", "spelling"]

REPAIRS: Final[dict[Repair, str]] = {
    "spaces": "spaces, zero-width characters and Unicode form",
    "case": "capital and small letters",
    "zeros": "leading zeros",
    "spelling": "accents, hyphens, apostrophes and word spaces",
}
"""What may be different between two keys that are the same, in the order in which it is tried."""

THRESHOLD: Final = 88.0
"""Least likeness (0 to 100) of two names for one to stand for the other."""

_CLOSE: Final = 5.0
"""Two likenesses that are no farther apart than this are a tie."""

_WORTH_NAMING: Final = 65.0
_CANDIDATES: Final = 4


_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")


@dataclass(frozen=True, slots=True)
class Found:
    """What one row found.

    Attributes
    ----------
    record
        The record; None where none was found, or more than one.
    how
        ``exact``, a key of `REPAIRS`, ``alias``, ``sound``, ``likeness``, ``inside``, ``near``; empty where nothing was
        found.
    said
        What a person should know of it: the repair, the likeness, the distance.
    candidates
        Records that it may have meant; never chosen from.
    """

    record: Record | None
    how: str = ""
    said: str = ""
    candidates: tuple[Record, ...] = ()


Matching = Callable[[str], Found]
"""What a cell (or a position, as ``lat, lon``) is held against."""


def match_keys(records: Sequence[Record], field: str, repairs: Iterable[str] = tuple(REPAIRS)) -> Matching:
    """Return a matching by a key.

    Parameters
    ----------
    records
        The right side.
    field
        The column of the records that the key stands in.
    repairs
        Keys of `REPAIRS` that may be made; the first form in which two keys are equal decides.

    Returns
    -------
    Matching
        Cell -> what it found. Two records that a repair makes equal are a tie, and nothing is chosen.
    """
    wanted = [repair for repair in REPAIRS if repair in set(repairs)]
    steps = ["exact", *wanted]
    indexes: list[dict[str, list[Record]]] = []
    for at in range(len(steps)):
        index: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            if text := record.cells.get(field, ""):
                index[_repaired(text, steps[1 : at + 1])].append(record)
        indexes.append(index)

    def find(cell: str) -> Found:
        for at, step in enumerate(steps):
            key = _repaired(cell, steps[1 : at + 1])
            found = indexes[at].get(key, ()) if key else ()
            if len(found) == 1:
                said = "" if step == "exact" else f"“{cell}” is “{found[0].cells[field]}” but for {REPAIRS[step]}"  # type: ignore[index]
                return Found(found[0], step, said)
            if found:
                return Found(None, candidates=tuple(found[:_CANDIDATES]), said=f"{len(found)} records have this key")
        return Found(None)

    return find


def _repaired(text: str, steps: Sequence[str]) -> str:
    """Return a key as some repairs leave it."""
    if "spaces" in steps:
        text = " ".join(clean_cell(text)[0].split())
    if "case" in steps:
        text = text.casefold()
    if "zeros" in steps:
        text = _ZEROS.sub("", text)
    return fold(text).replace(" ", "") if "spelling" in steps else text


def match_names(records: Sequence[Record], threshold: float = THRESHOLD) -> Matching:
    """Return a matching by name: every known name and spelling first, then sound, then likeness.

    Parameters
    ----------
    records
        The right side, with all their names.
    threshold
        Least likeness (0 to 100) that counts.

    Returns
    -------
    Matching
        Cell -> what it found. A name that several records bear, and two records that are about as like, are ties.

    Notes
    -----
    Two names sound alike when they are transcriptions of one Khmer name (`geo.gazetteer.sound`). Likeness is the
    greater of two normalised edit similarities of the folded names (Levenshtein, from rapidfuzz): with their words in
    alphabetical order, and without spaces.
    """
    index: dict[str, dict[str, Record]] = defaultdict(dict)
    sounds: dict[str, dict[str, Record]] = defaultdict(dict)
    for record in records:
        for name in record.names:
            if key := fold(name).replace(" ", ""):
                index[key][record.key] = record
                sounds[sound_name(name)][record.key] = record
    spaced = {
        key: _ordered(name) for record in records for name in record.names if (key := fold(name).replace(" ", ""))
    }
    names = list(index)

    def find(cell: str) -> Found:
        key = fold(cell).replace(" ", "")
        if not key:
            return Found(None)
        if found := index.get(key):
            bearers = list(found.values())
            if len(bearers) == 1:
                exact = cell == bearers[0].name
                return Found(bearers[0], "exact" if exact else "alias", "" if exact else f"“{cell}” is a name of it")
            return Found(None, said=f"{len(bearers)} records bear this name", candidates=tuple(bearers[:_CANDIDATES]))
        alike = list(sounds.get(sound_name(cell), {}).values())
        if len(alike) == 1:
            return Found(alike[0], "sound", f"“{cell}” sounds like “{alike[0].name}”")
        if alike:
            said = f"{len(alike)} records have a name that sounds so"
            return Found(None, said=said, candidates=tuple(alike[:_CANDIDATES]))
        return _most_like(key, _ordered(cell))

    def _most_like(key: str, words: str) -> Found:
        best: dict[str, tuple[float, Record]] = {}
        likeness = process.cdist([key], names, scorer=fuzz.ratio)[0]
        in_order = process.cdist([words], [spaced[name] for name in names], scorer=fuzz.ratio)[0]
        for name, one, two in zip(names, likeness, in_order, strict=True):
            score = float(max(one, two))
            if score >= _WORTH_NAMING:
                for record in index[name].values():
                    if score > best.get(record.key, (0.0, record))[0]:
                        best[record.key] = (score, record)
        ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].key))
        like = tuple(record for _, record in ranked[:_CANDIDATES])
        if not ranked or ranked[0][0] < threshold:
            return Found(None, candidates=like)
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] <= _CLOSE:
            return Found(None, said="several records are about as like", candidates=like)
        return Found(ranked[0][1], "likeness", f"like “{ranked[0][1].name}” to {ranked[0][0]:.0f} of 100")

    return find


def _ordered(name: str) -> str:
    return " ".join(sorted(fold(name).split()))


def match_places(records: Sequence[Record], radius_m: float) -> Matching:
    """Return a matching by position.

    Parameters
    ----------
    records
        The right side: areas, or places with a position.
    radius_m
        How far a position may lie from a place, beyond the radius within which that place is known, in metres.

    Returns
    -------
    Matching
        ``lat, lon`` in degrees (WGS 84) -> what it found: the one area that covers the position (its border counts), or
        the one place near enough. Two of either are a tie.

    Notes
    -----
    Distances are geodesics on the WGS 84 ellipsoid (Karney 2013, through PROJ).
    """
    geod = Geod(ellps="WGS84")
    areas = [record for record in records if isinstance(record.shape, shapely.Polygon | shapely.MultiPolygon)]
    points = [(record, record.shape) for record in records if isinstance(record.shape, shapely.Point)]
    tree = shapely.STRtree([record.shape for record in areas if record.shape])

    def find(cell: str) -> Found:
        latitude, _, longitude = cell.partition(",")
        lat, lon = float(latitude), float(longitude)
        if areas:
            inside = [areas[at] for at in sorted(tree.query(shapely.Point(lon, lat), predicate="intersects"))]
            if len(inside) == 1:
                return Found(inside[0], "inside")
            said = f"{len(inside)} areas cover this position" if inside else ""
            return Found(None, said=said, candidates=tuple(inside[:_CANDIDATES]))
        near = []
        for record, point in points:
            metres = geod.inv(lon, lat, point.x, point.y)[2]
            if metres <= radius_m + record.radius_m:
                near.append((metres, record))
        near.sort(key=lambda pair: (pair[0], pair[1].key))
        if len(near) == 1:
            return Found(near[0][1], "near", f"{near[0][0]:,.0f} m away")
        said = f"{len(near)} places are near enough" if near else ""
        return Found(None, said=said, candidates=tuple(record for _, record in near[:_CANDIDATES]))

    return find
