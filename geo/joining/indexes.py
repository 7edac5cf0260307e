"""Where a key or a position is found among all records, for one cell and for many: the same answer either way.

An index goes to another process as what it was made from, and is made again there when something is asked of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from geo.gazetteer import fold
from geo.importing.cells import clean_cell

__all__ = ["CANDIDATES", "REPAIRS", "WAYS", "Hit", "Hits", "KeyIndex", "PlaceIndex"]

Repair = Literal["spaces", "case", "zeros", "spelling"]

REPAIRS: Final[dict[Repair, str]] = {
    "spaces": "spaces, zero-width characters and Unicode form",
    "case": "capital and small letters",
    "zeros": "leading zeros",
    "spelling": "accents, hyphens, apostrophes and word spaces",
}
"""What may be different between two keys that are the same, in the order in which it is tried."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WAYS: Final = ("", "exact", *REPAIRS, "inside", "near")
"""How a record may be found by a key or a position; the number of a way is its place here."""

CANDIDATES: Final = 4
"""How many records are named that a cell may have meant."""

NOTHING, TIE = -1, -2

_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")

_LEAST_RADIUS_M: Final = 6_335_000.0
"""Less than the least radius of curvature of the WGS 84 ellipsoid: 6,335,439 m, of the meridian on the equator."""


class Hit(NamedTuple):
    """What one cell finds.

    Attributes
    ----------
    at
        The place of the record among all, from 0; negative where none is found, or more than one.
    how
        One of `WAYS`; empty where nothing was found.
    said
        What a person should know of it: the repair, the likeness, the distance, or why nothing was chosen.
    candidates
        Places of records that it may have meant; never chosen from.
    """

    at: int
    how: str = ""
    said: str = ""
    candidates: tuple[int, ...] = ()

    @property
    def tied(self) -> bool:
        """Return whether more than one record answers."""
        return self.at < 0 and len(self.candidates) > 1 and bool(self.said)


class Hits(NamedTuple):
    """What many cells find.

    Attributes
    ----------
    at
        The place of the record of each cell; -1 where none is found, -2 where more than one is.
    how
        The number of the way, an index into `WAYS`.
    """

    at: npt.NDArray[np.int64]
    how: npt.NDArray[np.int8]


class KeyIndex:
    """Where a key stands among the keys of all records.

    Parameters
    ----------
    texts
        The key of each record; an empty one is no key.
    repairs
        Keys of `REPAIRS` that may be made; the first form in which two keys are equal decides.
    """

    def __init__(self, texts: Sequence[str], repairs: Iterable[str] = tuple(REPAIRS)) -> None:
        given = set(repairs)
        self._texts = texts
        self._steps = ("exact", *(repair for repair in REPAIRS if repair in given))
        self._forms: list[dict[str, int]] = []
        self._ties: list[list[int]] = []

    def __reduce__(self) -> tuple[type[KeyIndex], tuple[Sequence[str], tuple[str, ...]]]:
        """Return what makes the index again."""
        return KeyIndex, (self._texts, self._steps[1:])

    def find(self, cell: str) -> Hit:
        """Return what a key finds; two records that a repair makes equal are a tie, and nothing is chosen."""
        for at, step in enumerate(self._steps):
            key = _repaired(cell, self._steps[1 : at + 1])
            found = self._form(at).get(key, NOTHING) if key else NOTHING
            if found >= 0:
                said = "" if step == "exact" else f"“{cell}” is “{self._texts[found]}” but for {REPAIRS[step]}"  # type: ignore[index]
                return Hit(found, step, said)
            if found <= TIE:
                tied = self._ties[TIE - found]
                return Hit(TIE, "", f"{len(tied)} records have this key", tuple(tied[:CANDIDATES]))
        return Hit(NOTHING)

    def find_all(self, cells: Sequence[str]) -> Hits:
        """Return what each of many keys finds."""
        found = np.fromiter(map(self._form(0).get, cells, repeat(NOTHING)), np.int64, len(cells))
        how = np.where(found >= 0, WAYS.index("exact"), 0).astype(np.int8)
        found[found <= TIE] = TIE
        for at in np.flatnonzero(found == NOTHING).tolist():
            if cells[at]:
                hit = self.find(cells[at])
                found[at], how[at] = hit.at, WAYS.index(hit.how)
        return Hits(found, how)

    def _form(self, at: int) -> dict[str, int]:
        """Return key -> its record after so many repairs; below -1 the number of a tie, from -2 downwards."""
        while len(self._forms) <= at:
            steps = self._steps[1 : len(self._forms) + 1]
            form: dict[str, int] = {}
            for place, text in enumerate(self._texts):
                key = _repaired(text, steps) if text else ""
                if not key:
                    continue
                earlier = form.setdefault(key, place)
                if earlier == place:
                    continue
                if earlier >= 0:
                    form[key] = TIE - len(self._ties)
                    self._ties.append([earlier, place])
                else:
                    self._ties[TIE - earlier].append(place)
            self._forms.append(form)
        return self._forms[at]


def _repaired(text: str, steps: Sequence[str]) -> str:
    """Return a key as some repairs leave it."""
    if "spaces" in steps:
        text = " ".join(clean_cell(text)[0].split())
    if "case" in steps:
        text = text.casefold()
    if "zeros" in steps:
        text = _ZEROS.sub("", text)
    return fold(text).replace(" ", "") if "spelling" in steps else text


class PlaceIndex:
    """Which area covers a position, or which place is near enough to it.

    Parameters
    ----------
    keys
        The key of each record; of two places that are equally near the one whose key comes first is named first.
    shapes
        The geometry of each record (EPSG:4326); None for one that is not located. Where any of them is an area, only
        areas count, else only points.
    radii_m
        Within how many metres each place is known.
    radius_m
        How far a position may lie from a place, beyond that, in metres.

    Notes
    -----
    Distances are geodesics on the WGS 84 ellipsoid (Karney 2013, through PROJ). Which places are measured is told by a
    tree of boxes, each wide enough by the least radius of curvature of the ellipsoid.
    """

    def __init__(
        self,
        keys: Sequence[str],
        shapes: Sequence[shapely.Geometry | None],
        radii_m: Sequence[float],
        radius_m: float,
    ) -> None:
        self._keys, self._shapes, self._radii_m, self._radius_m = keys, shapes, radii_m, radius_m

    def __reduce__(self) -> tuple[type[PlaceIndex], tuple[Any, ...]]:
        """Return what makes the index again."""
        return PlaceIndex, (self._keys, self._shapes, self._radii_m, self._radius_m)

    def find(self, lon: float, lat: float) -> Hit:
        """Return what a position finds (degrees, WGS 84)."""
        if self._areas is not None:
            inside = sorted(self._cover(np.array([lon]), np.array([lat]))[1].tolist())
            if len(inside) == 1:
                return Hit(inside[0], "inside")
            said = f"{len(inside)} areas cover this position" if inside else ""
            return Hit(TIE if inside else NOTHING, "", said, tuple(inside[:CANDIDATES]))
        _, found, metres = self._reach(np.array([lon]), np.array([lat]))
        near = sorted(zip(metres.tolist(), (self._keys[at] for at in found), found.tolist(), strict=True))
        if len(near) == 1:
            return Hit(near[0][2], "near", f"{near[0][0]:,.0f} m away")
        said = f"{len(near)} places are near enough" if near else ""
        return Hit(TIE if near else NOTHING, "", said, tuple(at for _, _, at in near[:CANDIDATES]))

    def find_all(self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Hits:
        """Return what each of many positions finds (degrees, WGS 84)."""
        by_area = self._areas is not None
        rows, found = self._cover(lon, lat) if by_area else self._reach(lon, lat)[:2]
        count = np.bincount(rows, minlength=len(lon))
        at = np.full(len(lon), NOTHING, np.int64)
        at[rows] = found
        at[count > 1] = TIE
        how = np.where(count == 1, WAYS.index("inside" if by_area else "near"), 0).astype(np.int8)
        return Hits(at, how)

    @cached_property
    def _areas(self) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]] | None:
        """Return the areas and their places among all records; None where no record is an area."""
        places = [
            at for at, shape in enumerate(self._shapes) if isinstance(shape, shapely.Polygon | shapely.MultiPolygon)
        ]
        return (np.array([self._shapes[at] for at in places], dtype=object), np.array(places)) if places else None

    def _cover(self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> tuple[npt.NDArray[Any], ...]:
        """Return pairs of a position and an area that covers it, border included."""
        areas, places = self._areas or (np.empty(0, object), np.empty(0, np.int64))
        # The areas ask a tree of the positions, and not the other way round: each of them is prepared once.
        positions = np.empty(len(lon), object)
        positions[:] = shapely.points(lon, lat)
        tree = shapely.STRtree(positions)
        area, row = tree.query(areas, predicate="intersects")
        return row, places[area]

    @cached_property
    def _points(self) -> tuple[shapely.STRtree, Ints, Ints, Floats, Floats, Floats]:
        """Return a tree of boxes around the places, whose each is, and of each place record, lon, lat, reach."""
        located = [
            at for at, shape in enumerate(self._shapes) if isinstance(shape, shapely.Point) and not shape.is_empty
        ]
        places = np.array(located, dtype=np.int64)
        coordinates = shapely.get_coordinates([self._shapes[at] for at in located]).reshape(-1, 2)
        reach = np.array([self._radius_m + self._radii_m[at] for at in located], dtype=np.float64)
        lon, lat = coordinates[:, 0], coordinates[:, 1]
        high = np.degrees(reach / _LEAST_RADIUS_M) + 1e-9
        polar = np.abs(lat) + high >= 90
        narrow = np.cos(np.radians(np.where(polar, 0.0, np.abs(lat) + high)))
        wide = np.where(polar, 360.0, np.degrees(reach / _LEAST_RADIUS_M) / narrow + 1e-9)
        boxes, of = [], []
        for turn in (0.0, -360.0, 360.0):  # a circle that crosses the antimeridian reaches back from the other side
            west, east = lon - wide + turn, lon + wide + turn
            seen = np.flatnonzero((east >= -180) & (west <= 180))
            boxes.append(shapely.box(west[seen], (lat - high)[seen], east[seen], (lat + high)[seen]))
            of.append(seen)
        return shapely.STRtree(np.concatenate(boxes)), np.concatenate(of), places, lon, lat, reach

    def _reach(self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> tuple[npt.NDArray[Any], ...]:
        """Return pairs of a position and a place that it is near enough to, each once, and their distance in metres."""
        tree, of, places, its_lon, its_lat, reach = self._points
        row, box = tree.query(shapely.points(lon, lat), predicate="intersects")
        pairs = np.unique(np.stack([row, of[box]]), axis=1)
        row, at = pairs[0], pairs[1]
        metres = Geod(ellps="WGS84").inv(lon[row], lat[row], its_lon[at], its_lat[at])[2]
        near = metres <= reach[at]
        return row[near], places[at[near]], metres[near]
