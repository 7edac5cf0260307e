"""Which places stand alone on a picture, which side by side, and which as a group that says how many they are."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Area", "Box", "Group", "Place", "arrange"]

SIGN: Final = 12.0
"""The size of a sign, in units of the sheet."""

SLOT: Final = 15.0
"""From one sign to the next where several stand side by side."""

CROWD_HEIGHT: Final = 21.0
_NEAR: Final = 10.0
"""Signs whose middles are closer would hide each other: they become a group."""

_TRAY: Final = 4
"""More signs at one point do not fit side by side."""

_SCALED: Final = 13.0
"""An area is drawn to scale once its radius is so long; a smaller one is a ring around a hollow sign."""

_MOST_AREAS: Final = 400
"""Of more areas only the groups are drawn: so many rings could not be told apart."""

_BEARINGS: Final = (45, 135, 315, 225, 0, 90, 180, 270, 22, 68, 112, 158, 202, 248, 292, 338)
"""Directions in which the sign of an area may sit on its rim, the best first, clockwise from north."""


class Box(NamedTuple):
    """A rectangle on the sheet."""

    left: float
    top: float
    right: float
    bottom: float

    def hits(self, other: Box) -> bool:
        """Return whether it covers a part of another."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def box_around(x: float, y: float, width: float, height: float) -> Box:
    """Return the box of a size around a point."""
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


@dataclass(frozen=True, slots=True)
class Place:
    """A place with a position.

    Attributes
    ----------
    x, y
        Where it is, or where the middle of its area is, in units of the sheet.
    kind
        What it was.
    name, khmer
        Its name, and that in Khmer script; empty where there is none.
    rough
        Whether it is known only to lie within a radius.
    radius
        That radius in units of the sheet; 0 when there is none.
    """

    x: float
    y: float
    kind: str
    name: str
    khmer: str
    rough: bool
    radius: float


@dataclass(frozen=True, slots=True)
class Group:
    """One sign, a few side by side, or a number of places.

    Attributes
    ----------
    x, y
        Its middle.
    places
        What it stands for.
    look
        ``sign``, ``tray`` or ``crowd``.
    box
        The room that it takes.
    """

    x: float
    y: float
    places: tuple[Place, ...]
    look: str
    box: Box

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """Return how many places of each kind it holds, the most frequent first."""
        return sorted(Counter(place.kind for place in self.places).items(), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class Area:
    """A place drawn as the area that it lies in, and where its sign sits on the rim."""

    place: Place
    x: float
    y: float
    box: Box


def arrange(places: Sequence[Place], width_of: Callable[[int], float]) -> tuple[list[Area], list[Group]]:
    """Return what is drawn for some places, so that nothing hides anything.

    Parameters
    ----------
    places
        Every place that has a position.
    width_of
        How wide the box of a group is that says so many places.

    Returns
    -------
    tuple of list and list
        Areas, the largest first; and groups. Each place is in one of the two, once.
    """
    scaled = [place for place in places if place.rough and place.radius >= _SCALED]
    if len(scaled) > _MOST_AREAS:
        scaled = []
    apart = {id(place) for place in scaled}
    groups = [_group(found, width_of) for found in _near([place for place in places if id(place) not in apart])]
    groups = _merge(groups, width_of)
    taken = [group.box for group in groups]
    areas = []
    for place in sorted(scaled, key=lambda place: -place.radius):
        rims = [_rim(place, bearing) for bearing in _BEARINGS]
        free = (rim for rim in rims if not any(box.hits(box_around(*rim, SIGN, SIGN)) for box in taken))
        x, y = next(free, rims[0])
        areas.append(Area(place, x, y, box_around(x, y, SIGN, SIGN)))
        taken.append(areas[-1].box)
    return areas, groups


def _rim(place: Place, bearing: float) -> tuple[float, float]:
    angle = math.radians(bearing)
    return place.x + place.radius * math.sin(angle), place.y - place.radius * math.cos(angle)


def _near(places: Iterable[Place]) -> list[list[Place]]:
    """Return places in bunches: each is near the first one of its bunch."""
    bunches: dict[tuple[int, int], list[list[Place]]] = defaultdict(list)
    found = []
    for place in places:
        column, row = math.floor(place.x / _NEAR), math.floor(place.y / _NEAR)
        around = (
            bunch
            for across in (0, -1, 1)
            for down in (0, -1, 1)
            for bunch in bunches.get((column + across, row + down), ())
            if math.hypot(bunch[0].x - place.x, bunch[0].y - place.y) < _NEAR
        )
        bunch = next(around, None)
        if bunch is None:
            bunch = []
            bunches[column, row].append(bunch)
            found.append(bunch)
        bunch.append(place)
    return found


def _group(places: Sequence[Place], width_of: Callable[[int], float]) -> Group:
    count, first = len(places), places[0]
    together = all(math.hypot(place.x - first.x, place.y - first.y) < 1 for place in places)
    if count == 1:
        size = SIGN + (6 if first.rough else 2)
        return Group(first.x, first.y, tuple(places), "sign", box_around(first.x, first.y, size, size))
    if together and count <= _TRAY and not any(place.rough for place in places):
        return Group(first.x, first.y, tuple(places), "tray", box_around(first.x, first.y, SLOT * count + 5, SIGN + 7))
    x, y = (sum(getattr(place, axis) for place in places) / count for axis in ("x", "y"))
    return Group(x, y, tuple(places), "crowd", box_around(x, y, width_of(count) + 2, CROWD_HEIGHT + 2))


def _merge(groups: Sequence[Group], width_of: Callable[[int], float]) -> list[Group]:
    """Return groups of which none covers another: those that would become one. Two single signs may lie close."""
    done: dict[int, Group] = {}
    cells: dict[tuple[int, int], set[int]] = defaultdict(set)
    waiting = sorted(groups, key=lambda group: len(group.places))
    count = 0
    while waiting:
        mine = waiting.pop()
        under = _cells(mine.box)
        near = sorted({at for cell in under for at in cells[cell]})
        hit = next(
            (at for at in near if done[at].box.hits(mine.box) and {done[at].look, mine.look} != {"sign"}),
            None,
        )
        if hit is None:
            done[count] = mine
            for cell in under:
                cells[cell].add(count)
            count += 1
            continue
        other = done.pop(hit)
        for cell in _cells(other.box):
            cells[cell].discard(hit)
        waiting.append(_group([*other.places, *mine.places], width_of))
    return list(done.values())


_CELL: Final = 80.0


def _cells(box: Box) -> list[tuple[int, int]]:
    return [
        (column, row)
        for column in range(math.floor(box.left / _CELL), math.floor(box.right / _CELL) + 1)
        for row in range(math.floor(box.top / _CELL), math.floor(box.bottom / _CELL) + 1)
    ]
