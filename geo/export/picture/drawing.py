"""The map of a picture: ground, areas, journeys, places, names and the scale bar, each over the one before."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely.ops import substring

from geo.export.content import GEOMETRY
from geo.export.picture.grouping import CROWD_HEIGHT, SIGN, SLOT, Box, Place, arrange, box_around
from geo.export.picture.sheet import INK, NEUTRAL, SOFT, clean, measure, path_of
from geo.styling import sign_outlines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from xml.etree import ElementTree as ET

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.export.content import Ground
    from geo.export.picture.captions import Captions
    from geo.export.picture.grouping import Area, Group
    from geo.export.picture.projecting import Frame
    from geo.export.picture.sheet import Sheet
    from geo.export.picture.survey import Sites, Survey

__all__ = ["Mapped", "arrow", "crowd", "dashes", "draw_map", "hatch", "sign", "tint_of"]

BRIGHT: Final = "#fcfaf4"
SEA: Final = "#dbe3e3"
BEYOND: Final = "#f2eee5"
LAND: Final = "#e9e3d4"
ASIDE: Final = "#eee8dc"
CHOSEN: Final = "#e0d8c3"
BORDER: Final = "#c3b89f"
OUTLINE: Final = "#a2967b"
WATER: Final = "#c6d4d9"
RIVER: Final = "#a9bec8"
HATCH: Final = "#b3a88d"
FORMER: Final = "#8d846f"
_EDGE: Final = "#8d846f"

_DETAIL: Final = 0.5
"""Detail of the ground that is dropped, in units of the sheet."""

_HATCHING: Final = 6.0
_BEND: Final = 0.11
_HEAD: Final = 8.5
ROUTE_WIDTH: Final = 1.8
_SMALL: Final = 10.5
_NAMED: Final = 45
"""So many signs get their names; of more, the names would cover the map."""

_MANY: Final = 2_000
"""Of more places no sign carries the name of its place as a tip."""


class Mapped:
    """A map while it is drawn: where things are, and what names must keep clear of."""

    def __init__(self, sheet: Sheet, root: ET.Element, frame: Frame, ground: Ground, captions: Captions) -> None:
        self.sheet, self.root, self.frame = sheet, root, frame
        self.ground, self.captions = ground, captions
        self.taken: list[Box] = []
        self.lines: list[Box] = []
        self.crowds = False
        self.rough = False

    def project(self, shapes: Iterable[BaseGeometry | None]) -> list[BaseGeometry]:
        """Return shapes in units of the sheet, without more detail than it shows."""
        found = np.array([shape for shape in shapes if shape is not None], dtype=object)
        if not len(found):
            return []
        placed = shapely.transform(found, self.frame.place)
        if (shapely.get_dimensions(placed) == 2).all():
            simple = shapely.coverage_simplify(placed, _DETAIL)
        else:
            simple = shapely.simplify(placed, _DETAIL / 2)
        broken = ~shapely.is_valid(simple)
        simple[broken] = shapely.make_valid(simple[broken])
        return list(simple)

    def cut(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the part of a shape that lies on the map: not every program obeys a clip."""
        return shapely.clip_by_rect(shape, 0, 0, self.frame.width, self.frame.height)

    def paint(self, shapes: Iterable[BaseGeometry], fill: str, **more: object) -> None:
        """Fill areas."""
        data = "".join(_outline(self.cut(shape)) for shape in shapes)
        if data:
            self.sheet.add(self.root, "path", d=data, fill=fill, fill_rule="evenodd", **more)

    def trace(self, shapes: Iterable[BaseGeometry], stroke: str, width: float, **more: object) -> None:
        """Draw lines, or the borders of areas; where an area is cut by the edge of the map, it has no border."""
        lines = [self.cut(shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape) for shape in shapes]
        parts = [part for line in lines for part in shapely.get_parts(line) if shapely.get_dimensions(part) == 1]
        data = path_of([shapely.get_coordinates(part) for part in parts], closed=False)
        if data:
            look = {"stroke": stroke, "stroke_width": width, "stroke_linejoin": "round"}
            self.sheet.add(self.root, "path", d=data, fill="none", **look, **more)


def draw_map(mapped: Mapped, survey: Survey) -> None:
    """Draw everything into a map.

    Parameters
    ----------
    mapped
        The map, still empty.
    survey
        What it shows.
    """
    _draw_ground(mapped, survey)
    places = [place for sites in survey.sites for place in _places(sites, mapped.frame)]
    areas, groups = arrange(places, lambda count: _crowd_width(mapped.captions, count))
    mapped.crowds = any(group.look == "crowd" for group in groups)
    mapped.rough = any(area for area in areas) or any(group.places[0].rough for group in groups if group.look == "sign")
    _draw_rings(mapped, areas)
    _draw_routes(mapped, survey)
    mapped.taken += [_bar_box(mapped)]
    mapped.taken += [group.box for group in groups] + [area.box for area in areas]
    tips = len(places) <= _MANY
    for area in areas:
        _tip(mapped, sign(mapped, mapped.root, area.x, area.y, area.place.kind, "area"), area.place, tips=tips)
    for group in sorted(groups, key=lambda group: len(group.places)):
        _draw_group(mapped, group, tips=tips)
    _name_places(mapped, areas, groups)
    _draw_towns(mapped)
    _draw_bar(mapped)


def tint_of(ground: Ground, section: str, word: str) -> str:
    """Return the colour of a word of the vocabulary, the ink where it has none."""
    tint = str(ground.vocabulary.get(section, {}).get(word, {}).get("colour") or "")
    return tint if len(tint) == 7 and tint[0] == "#" and tint[1:].isalnum() else INK


def _draw_rings(mapped: Mapped, areas: Sequence[Area]) -> None:
    """Draw the areas, one ring for all places that lie in the same one: many would look like a darker, surer one."""
    kinds: defaultdict[tuple[float, float, float], set[str]] = defaultdict(set)
    for area in areas:
        kinds[round(area.place.x, 1), round(area.place.y, 1), round(area.place.radius, 1)].add(area.place.kind)
    for (x, y, radius), found in kinds.items():
        tint = tint_of(mapped.ground, "kinds", min(found)) if len(found) == 1 else NEUTRAL
        mapped.sheet.add(
            mapped.root, "circle", cx=x, cy=y, r=radius, fill=tint, fill_opacity="0.08", stroke=tint, stroke_width=0.9,
            stroke_dasharray="3.5 2.5", class_="area-ring",
        )  # fmt: skip


# --- the ground -------------------------------------------------------------------------------------------------------


def _draw_ground(mapped: Mapped, survey: Survey) -> None:
    frame = mapped.frame
    sea = any(draw == "land" for draw, _ in mapped.ground.backdrop)
    mapped.sheet.add(mapped.root, "rect", width=frame.width, height=frame.height, fill=SEA if sea else BEYOND)
    land = _backdrop(mapped, "land", 2)
    mapped.paint(land, BEYOND)
    mapped.trace(land, "#d3cab7", 0.8)
    codes = list(survey.areas)
    shapes = dict(zip(codes, mapped.project(survey.areas.values()), strict=True))
    mapped.paint([shape for code, shape in shapes.items() if code not in survey.asked], ASIDE if survey.asked else LAND)
    mapped.paint([shape for code, shape in shapes.items() if code in survey.asked], CHOSEN)
    hatched = set().union(*(sites.by_area for sites in survey.sites)) & set(shapes)
    for code in sorted(hatched):
        mapped.trace([hatch(mapped.cut(shapes[code]))], HATCH, 0.7, class_="hatched")
    mapped.trace(_backdrop(mapped, "river", 1), RIVER, 1.0)
    water = _backdrop(mapped, "water", 2)
    mapped.paint(water, WATER)
    mapped.trace(water, "#aebfc6", 0.8)
    mapped.trace(shapes.values(), BORDER, 0.9)
    if shapes:
        mapped.trace([shapely.union_all(list(shapes.values()))], OUTLINE, 1.1)
    for _, former in survey.former:
        mapped.trace(mapped.project(former), FORMER, 1.2, stroke_dasharray="6 3")


def _backdrop(mapped: Mapped, drawn: str, dimension: int) -> list[BaseGeometry]:
    """Return what a backdrop draws, on the paper."""
    layers = [layer for draw, layer in mapped.ground.backdrop if draw == drawn]
    return [shape for layer in layers for shape in mapped.project(_shapes(layer.values(GEOMETRY), dimension))]


def _shapes(wkbs: Sequence[bytes | None], dimension: int) -> list[BaseGeometry]:
    """Return the parts of shapes that have so many dimensions, together by shape."""
    found: list[BaseGeometry] = []
    for shape in shapely.from_wkb([wkb for wkb in wkbs if wkb is not None]):
        parts = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == dimension]
        if parts:
            found.append(shapely.MultiPolygon(parts) if dimension == 2 else shapely.MultiLineString(parts))
    return found


def _outline(shape: BaseGeometry) -> str:
    parts = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 2]
    rings = [ring for part in parts for ring in shapely.get_rings(part)]
    return path_of([shapely.get_coordinates(ring) for ring in rings], closed=True)


def hatch(shape: BaseGeometry) -> shapely.MultiLineString:
    """Return the slanted lines inside a shape, as lines: every program draws them, and no pattern is needed."""
    if shape.is_empty:
        return shapely.MultiLineString()
    west, south, east, north = shapely.bounds(shape).tolist()
    reach = north - south
    first = math.floor((west - north) / _HATCHING) * _HATCHING
    starts = np.arange(first, east - south + _HATCHING, _HATCHING)
    lines = shapely.linestrings([[(start + south, south), (start + north, north)] for start in starts])
    if reach <= 0:
        return shapely.MultiLineString()
    shapely.prepare(shape)
    inside = shapely.intersection(lines[shapely.intersects(lines, shape)], shape)
    return shapely.MultiLineString(
        [part for line in inside for part in shapely.get_parts(line) if shapely.get_dimensions(part) == 1]
    )


# --- journeys ---------------------------------------------------------------------------------------------------------

_DASHES: Final = {"documented": "", "reconstructed": "7 5"}


def dashes(certainty: str) -> str | None:
    """Return the dashes of a part of a journey; what is not known to be better counts as assumed."""
    return _DASHES.get(certainty, "1.5 5") or None


def _draw_routes(mapped: Mapped, survey: Survey) -> None:
    pairs: defaultdict[str, int] = defaultdict(int)
    for journeys in survey.journeys:
        for kind, name, parts in journeys.found:
            group = mapped.sheet.add(mapped.root, "g", class_="journey")
            mapped.sheet.add(group, "title").text = clean(name)
            for certainty, degrees in parts:
                points = mapped.frame.place(degrees)
                if len(points) == 2:
                    key = f"{points.round(1).tolist()}"
                    points = _arc(points, _BEND + 0.06 * pairs[key])
                    pairs[key] += 1
                steps = shapely.get_coordinates(shapely.segmentize(shapely.LineString(points), 6))
                mapped.lines += [box_around(x, y, 5, 5) for x, y in steps.tolist()]
                arrow(mapped.sheet, group, points, tint_of(mapped.ground, "route_kinds", kind), certainty)


def _arc(ends: NDArray[np.float64], bend: float) -> NDArray[np.float64]:
    """Return a gentle curve from one place to another, bent to the left of the direction of travel, as 25 points."""
    (x0, y0), (x1, y1) = ends.tolist()
    control = np.array([(x0 + x1) / 2 + (y1 - y0) * bend, (y0 + y1) / 2 - (x1 - x0) * bend])
    t = np.linspace(0, 1, 25)[:, None]
    curve: NDArray[np.float64] = (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * control + t**2 * ends[1]
    return curve


def arrow(sheet: Sheet, parent: ET.Element, points: NDArray[np.float64], tint: str, certainty: str) -> None:
    """Draw one part of a journey: a line with a stroke for how well it is known, and a head that says whither.

    Parameters
    ----------
    sheet, parent
        Where it is added.
    points
        The way, in units of the sheet (n × 2); at least two.
    tint
        Its colour.
    certainty
        How well it is known.
    """
    line = shapely.LineString(points)
    if line.length < 1:
        return
    size = min(_HEAD, line.length * 0.6)
    tip, back = points[-1], np.array(shapely.line_interpolate_point(line, line.length - size).coords[0])
    way = (tip - back) / max(float(np.hypot(*(tip - back))), 1e-9)
    side = np.array([-way[1], way[0]]) * size * 0.42
    kept = shapely.get_coordinates(substring(line, 0, line.length - size * 0.8))
    dotted = dashes(certainty)
    sheet.add(
        parent, "path", d=path_of([kept], closed=False), fill="none", stroke=tint, stroke_width=ROUTE_WIDTH,
        stroke_opacity="0.88", stroke_dasharray=dotted,
        stroke_linecap="round" if (dotted or "").startswith("1") else None,
    )  # fmt: skip
    head = np.array([tip, back + side, back - side])
    sheet.add(parent, "path", d=path_of([head], closed=True), fill=tint)


# --- places -----------------------------------------------------------------------------------------------------------


def _places(sites: Sites, frame: Frame) -> list[Place]:
    """Return the places of a layer on the paper."""
    points = frame.place(sites.positions) if len(sites.positions) else sites.positions
    metres = [frame.metres(latitude) for latitude in sites.positions[:, 1].tolist()]
    return [
        Place(x, y, kind, name, khmer, rough, radius / unit)
        for (x, y), kind, name, khmer, rough, radius, unit in zip(
            points.tolist(), sites.kinds, sites.names, sites.khmer, sites.rough, sites.radii, metres, strict=True
        )
    ]


def sign(mapped: Mapped, parent: ET.Element, x: float, y: float, kind: str, look: str) -> ET.Element:
    """Draw the sign of a kind around a point.

    Parameters
    ----------
    mapped
        The map, or its legend.
    parent
        Where it is added.
    x, y
        Its middle.
    kind
        A word of the vocabulary.
    look
        ``exact``, filled; ``area``, only an outline: the place lies somewhere near; ``ring``, that within a ring.
    """
    sheet, outlines = mapped.sheet, sign_outlines()
    symbol = str(mapped.ground.vocabulary.get("kinds", {}).get(kind, {}).get("symbol") or "circle")
    outline, tint = outlines.get(symbol, outlines["circle"]), tint_of(mapped.ground, "kinds", kind)
    size = SIGN if look == "exact" else SIGN - 2.5
    group = sheet.add(parent, "g", class_=f"place {look}")
    if look == "ring":
        sheet.add(
            group, "circle", cx=x, cy=y, r=8.8, fill=NEUTRAL, fill_opacity="0.08", stroke=NEUTRAL, stroke_width=0.9,
            stroke_dasharray="2.6 2",
        )  # fmt: skip
    scale = size / 24
    move = f"translate({x - size / 2:.1f} {y - size / 2:.1f}) scale({scale:.3f})"
    placed = sheet.add(group, "g", transform=move, stroke_linejoin="round")
    sheet.add(placed, "path", d=outline, fill=BRIGHT, stroke=BRIGHT, stroke_width=4.6)
    fill, weight = (tint, 0.6) if look == "exact" else (BRIGHT, 2.8)
    sheet.add(placed, "path", d=outline, fill=fill, stroke=tint, stroke_width=weight)
    return group


def _tip(mapped: Mapped, element: ET.Element, place: Place, *, tips: bool) -> None:
    """Let an element bear the name of its place, which programs show beside the pointer."""
    if tips:
        title = mapped.sheet.add(element, "title")
        title.text = clean(" · ".join(filter(None, (place.name, place.khmer))))
        element.remove(title)
        element.insert(0, title)


def _crowd_width(captions: Captions, count: int) -> float:
    return measure(captions.count("count.places", count), _SMALL) + 10


def crowd(mapped: Mapped, parent: ET.Element, x: float, y: float, kinds: Sequence[tuple[str, int]]) -> None:
    """Draw a group: a box that says how many places it stands for, with a band that tells of which kinds.

    Parameters
    ----------
    mapped
        The map, or its legend.
    parent
        Where it is added.
    x, y
        Its middle.
    kinds
        Kind -> how many.
    """
    sheet, count = mapped.sheet, sum(number for _, number in kinds)
    width = _crowd_width(mapped.captions, count)
    left, top = x - width / 2, y - CROWD_HEIGHT / 2
    group = sheet.add(parent, "g", class_="crowd", data_places=count)
    sheet.add(
        group,
        "rect",
        x=left,
        y=top,
        width=width,
        height=CROWD_HEIGHT,
        rx=3.0,
        fill=BRIGHT,
        stroke=_EDGE,
        stroke_width=0.8,
    )
    sheet.text(group, x, top + 12.6, mapped.captions.count("count.places", count), _SMALL, anchor="middle")
    at, room = left + 5, width - 10 - 0.6 * (len(kinds) - 1)
    for kind, number in kinds:
        part = room * number / count
        sheet.add(group, "rect", x=at, y=top + 16.2, width=part, height=2.2, fill=tint_of(mapped.ground, "kinds", kind))
        at += part + 0.6


def _draw_group(mapped: Mapped, group: Group, *, tips: bool) -> None:
    if group.look == "crowd":
        crowd(mapped, mapped.root, group.x, group.y, group.kinds)
        return
    if group.look == "tray":
        left, top, right, bottom = group.box
        mapped.sheet.add(
            mapped.root, "rect", x=left + 1, y=top + 1, width=right - left - 2, height=bottom - top - 2, rx=3.0,
            fill=BRIGHT, stroke=_EDGE, stroke_width=0.8,
        )  # fmt: skip
    first = group.x - SLOT * (len(group.places) - 1) / 2
    for number, place in enumerate(group.places):
        look = "ring" if place.rough else "exact"
        _tip(mapped, sign(mapped, mapped.root, first + SLOT * number, group.y, place.kind, look), place, tips=tips)


# --- names ------------------------------------------------------------------------------------------------------------


def _name_places(mapped: Mapped, areas: Sequence[Area], groups: Sequence[Group]) -> None:
    """Write the names of places that stand alone, where there are few enough and room is left."""
    alone = [(area.x, area.y, area.place) for area in areas]
    alone += [(group.x, group.y, group.places[0]) for group in groups if group.look == "sign"]
    if len(alone) > _NAMED:
        return
    for x, y, place in alone:
        khmer = mapped.captions.language == "km" and place.khmer
        _write_beside(mapped, x, y, place.khmer if khmer else place.name, 10.5, 10.0, fill=INK)


def _write_beside(mapped: Mapped, x: float, y: float, name: str, size: float, gap: float, *, fill: str) -> bool:
    """Write a name at the side of a point where it covers nothing; return whether there is one."""
    text = clean(name)
    width, tall = measure(text, size), size * 1.35
    sides = (
        (x + gap, "start", box_around(x + gap + width / 2, y, width, tall)),
        (x - gap, "end", box_around(x - gap - width / 2, y, width, tall)),
        (x, "middle", box_around(x, y - gap - tall / 2 + 2, width, tall)),
        (x, "middle", box_around(x, y + gap + tall / 2 - 2, width, tall)),
    )
    right, bottom = mapped.frame.width - 4, mapped.frame.height - 4
    free = [
        (at, anchor, box)
        for at, anchor, box in sides
        if box.left > 4 and box.right < right and box.top > 4 and box.bottom < bottom
        if not any(box.hits(other) for other in mapped.taken)
    ]
    if not text or not free:
        return False
    # A line under a name is better than no name.
    at, anchor, box = min(free, key=lambda side: any(side[2].hits(other) for other in mapped.lines))
    base = (box.top + box.bottom) / 2 + size * 0.36
    mapped.sheet.text(mapped.root, at, base, text, size, fill=fill, anchor=anchor, halo=BEYOND)
    mapped.taken.append(box)
    return True


def _draw_towns(mapped: Mapped) -> None:
    """Write the names of towns for orientation; those that matter more come first."""
    towns = []
    for layer in (layer for draw, layer in mapped.ground.backdrop if draw == "town"):
        columns = (layer.values(name) if name in layer.names else [None] * len(layer) for name in _TOWN)
        for point, name, khmer, rank in zip(shapely.from_wkb(layer.values(GEOMETRY)), *columns, strict=True):
            if point is not None and not point.is_empty and shapely.get_dimensions(point) == 0 and name:
                (x, y), *_ = mapped.frame.place(shapely.get_coordinates(point)[:1]).tolist()
                shown = khmer if mapped.captions.language == "km" and khmer else name
                towns.append((rank if isinstance(rank, int | float) else math.inf, x, y, str(shown)))
    for _, x, y, name in sorted(towns, key=lambda town: town[0]):
        dot = box_around(x, y, 5, 5)
        inside = 6 < x < mapped.frame.width - 6 and 6 < y < mapped.frame.height - 6
        if not inside or any(dot.hits(box) for box in mapped.taken):
            continue
        if _write_beside(mapped, x, y, name, 10.0, 5.0, fill=SOFT):
            mapped.sheet.add(mapped.root, "circle", cx=x, cy=y, r=1.9, fill=BRIGHT, stroke=SOFT, stroke_width=0.9)
            mapped.taken.append(dot)


_TOWN: Final = ("name", "name_km", "rank")


# --- the scale bar ----------------------------------------------------------------------------------------------------


def _bar_box(mapped: Mapped) -> Box:
    height = mapped.frame.height
    return Box(12, height - 46, 12 + _bar_width(mapped), height - 10)


def _bar_width(mapped: Mapped) -> float:
    _, length = mapped.frame.bar(170)
    return max(length + 22, measure(_bar_note(mapped), 9) + 20)


def _bar_note(mapped: Mapped) -> str:
    return mapped.captions.say("picture.bar", latitude=mapped.captions.latitude(mapped.frame.latitude))


def _draw_bar(mapped: Mapped) -> None:
    """Draw a bar of a round length, which holds at the latitude in the middle of the map."""
    sheet, box = mapped.sheet, _bar_box(mapped)
    metres, length = mapped.frame.bar(170)
    group = sheet.add(mapped.root, "g", class_="scale-bar", data_metres=metres)
    sheet.add(
        group, "rect", x=box.left, y=box.top, width=box.right - box.left, height=box.bottom - box.top, rx=3.0,
        fill=BRIGHT, fill_opacity="0.92",
    )  # fmt: skip
    left, y = box.left + 10, box.top + 17
    path = f"M{left:.1f} {y - 5:.1f}V{y:.1f}H{left + length:.2f}V{y - 5:.1f}"
    sheet.add(group, "path", d=path, fill="none", stroke=INK, stroke_width=1.2)
    sheet.text(group, left + length / 2, y - 4, mapped.captions.distance(metres), 10, anchor="middle")
    sheet.text(group, left, y + 14, _bar_note(mapped), 9, fill=SOFT)


def bounds_of(survey: Survey, shown: Mapping[str, BaseGeometry], area: Sequence[float]) -> list[float]:
    """Return west, south, east, north of everything that is drawn, in degrees; of all areas when nothing is.

    Parameters
    ----------
    survey
        What is drawn.
    shown
        Areas that must be seen whole.
    area
        What the atlas covers, for one without areas.
    """
    boxes = [shapely.bounds(shape).tolist() for shape in shown.values()]
    for sites in survey.sites:
        for (lon, lat), radius, rough in zip(sites.positions.tolist(), sites.radii, sites.rough, strict=True):
            north = radius / 110_574 if rough else 0.0
            east = north / max(math.cos(math.radians(lat)), 0.1)
            boxes.append([lon - east, lat - north, lon + east, lat + north])
    for journeys in survey.journeys:
        for _, _, parts in journeys.found:
            for _, degrees in parts:
                # Two places are joined by a curve, which leaves their box at one side.
                bulge = _BEND / 2 * float(np.hypot(*(degrees[-1] - degrees[0]))) if len(degrees) == 2 else 0.0
                boxes.append([*(degrees.min(axis=0) - bulge).tolist(), *(degrees.max(axis=0) + bulge).tolist()])
    boxes = boxes or [shapely.bounds(shape).tolist() for shape in survey.areas.values()]
    if not boxes:
        return list(area)
    edges = np.array(boxes)
    return [*edges[:, :2].min(axis=0).tolist(), *edges[:, 2:].max(axis=0).tolist()]
