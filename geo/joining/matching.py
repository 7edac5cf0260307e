"""Rows to records: by key, by name, by place. A row finds one record, or says why it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from geo.gazetteer import fold, sound_name
from geo.joining.indexes import CANDIDATES, REPAIRS, Hit, KeyIndex, PlaceIndex
from geo.joining.records import Record

__all__ = ["REPAIRS", "Found", "Matching", "match_keys", "match_names", "match_places"]

THRESHOLD: Final = 88.0
"""Least likeness (0 to 100) of two names for one to stand for the other."""

_CLOSE: Final = 5.0
"""Two likenesses that are no farther apart than this are a tie."""

_WORTH_NAMING: Final = 65.0


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
    index = KeyIndex([record.cells.get(field, "") for record in records], repairs)
    return lambda cell: _found(index.find(cell), records)


def _found(hit: Hit, records: Sequence[Record]) -> Found:
    """Return what a hit in an index of records says of them."""
    candidates = tuple(records[at] for at in hit.candidates)
    return Found(records[hit.at] if hit.at >= 0 else None, hit.how, hit.said, candidates)


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
            return Found(None, said=f"{len(bearers)} records bear this name", candidates=tuple(bearers[:CANDIDATES]))
        heard = sound_name(cell)
        alike = list(sounds.get(heard, {}).values()) if heard.strip("*") else []  # vowels alone tell nothing
        if len(alike) == 1:
            return Found(alike[0], "sound", f"“{cell}” sounds like “{alike[0].name}”")
        if alike:
            said = f"{len(alike)} records have a name that sounds so"
            return Found(None, said=said, candidates=tuple(alike[:CANDIDATES]))
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
        like = tuple(record for _, record in ranked[:CANDIDATES])
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
    """
    columns = [(record.key, record.shape, record.radius_m) for record in records]
    keys, shapes, radii_m = (list(column) for column in zip(*columns, strict=True)) if columns else ([], [], [])
    index = PlaceIndex(keys, shapes, radii_m, radius_m)

    def find(cell: str) -> Found:
        latitude, _, longitude = cell.partition(",")
        return _found(index.find(float(longitude), float(latitude)), records)

    return find
