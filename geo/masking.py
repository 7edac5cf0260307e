"""Coarsen positions before anything is written, so that no output of a build holds the finer ones.

A mask is laid over the inputs themselves: the catalogue, the pages and every export of a build see only what it left.
The same mask gives the same positions each time, so that two outputs cannot be laid over one another to undo it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import msgspec
import pandas as pd
import shapely

from geo.columns import column_values, distinct_texts, shared_values
from geo.errors import Problem, RequestError
from geo.gazetteer import unit_codes
from geo.spec import COARSENED, MASKED, PRECISION_FLOOR_M

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from geo.readers import Inputs
    from geo.spec import MaskRule, MaskSpec

__all__ = ["MaskReport", "find_mask", "mask_inputs", "strictest_rule"]

_METRES_PER_DEGREE: Final = 111_320.0
"""Length of a degree of the equator of WGS 84, by which a grid is laid; nowhere is a degree longer by `_LONGER`."""
_LONGER: Final = 1.0034
_DECIMALS: Final = 6
_SAME_DEGREES: Final = 1e-6
"""Vertices of a line that are this close to a place stand for it, in degrees: a tenth of a metre."""

_REACH: Final = 0.715
"""From the centre of a cell to its farthest corner, in sizes of the grid: half a diagonal, and a little because the
width of a cell changes with the latitude inside it. Far from the equator a large cell reaches farther: `_reach`."""

_FINER: Final = (("village", "village"), ("commune", "commune"), ("district", "district"))
"""Columns that name an administrative unit, and the basis whose floor says how large such a unit is."""

_TELLING: Final = ("coord_text", "place_code", "place_text")
"""Columns that say where a place lies more finely than any grid."""


_JUDGED: Final = ("kind", "standing", "precision_basis", "precision_m")
"""Columns that decide whether a rule holds for a place."""

_TOUCHED: Final = (
    "id",
    "part_of",
    "province",
    "precision_m",
    "precision_basis",
    "coord_source",
    *_TELLING,
    *(name for name, _ in _FINER),
)
"""Columns that a mask looks into or changes."""


@dataclass(frozen=True, slots=True)
class MaskReport:
    """What a mask did.

    Attributes
    ----------
    name
        The mask.
    coarsened
        Site id -> size of the grid in metres.
    hidden
        Ids of the sites whose position was left out.
    moved_lines, dropped_lines
        How many segments of routes were moved along with a place, and how many were left out.
    parted
        How many sites are no longer said to be part of another one, because the position of one tells the other's.
    """

    name: str
    coarsened: Mapping[str, int]
    hidden: tuple[str, ...]
    moved_lines: int
    dropped_lines: int
    parted: int


def find_mask(masks: Mapping[str, MaskSpec], name: str) -> MaskSpec:
    """Return a mask of a manifest.

    Raises
    ------
    RequestError
        When the manifest has no mask of that name.
    """
    if name not in masks:
        expected = f"one of {', '.join(masks)}" if masks else "no --mask: atlas.toml has no [masks]"
        raise RequestError("There is no such mask", [Problem("the question", "--mask", "", name, expected)])
    return masks[name]


def strictest_rule(mask: MaskSpec, kind: str, standing: str, basis: str, radius_m: int | None) -> MaskRule | None:
    """Return the rule of a mask that holds for a place.

    Parameters
    ----------
    mask
        The mask.
    kind, standing, basis
        What the place is, on what ground its record stands, and what its position rests on.
    radius_m
        How well the position is known, in metres.

    Returns
    -------
    MaskRule or None
        A rule that hides before one with a grid, the coarser grid first; ``None`` when no rule holds, or the position
        is coarser already than the grid.
    """
    mine = [
        rule
        for rule in mask.rules
        if (not rule.kinds or kind in rule.kinds)
        and (not rule.standings or standing in rule.standings)
        and (not rule.bases or basis in rule.bases)
        and (rule.grid_m is None or radius_m is None or radius_m < rule.grid_m)
    ]
    return max(mine, key=lambda rule: math.inf if rule.grid_m is None else rule.grid_m, default=None)


def mask_inputs(inputs: Inputs, name: str) -> tuple[Inputs, MaskReport]:
    """Return an atlas whose positions are coarsened.

    Parameters
    ----------
    inputs
        The atlas as read and checked.
    name
        A mask of its manifest.

    Returns
    -------
    tuple of Inputs and MaskReport
        The atlas without the finer positions, and what was done. A coarsened site stands at the centre of its cell of
        the grid (EPSG:4326); its basis is ``masked`` and its radius reaches over the whole cell and its own earlier
        radius. The printed coordinate, the description of the place and the names of units smaller than the grid are
        left out, and the names of administrative units in which no site is said to lie any more; so are the segments of
        routes that lead to a hidden place, and ``part_of`` between sites of which one is left to stand more finely than
        the mask lets the other. The sites gain a column ``masked`` that says what was done, and `Inputs.mask` tells the
        same of the whole.

    Raises
    ------
    RequestError
        When there is no such mask, or the atlas has no sites.

    Notes
    -----
    The grid is fixed to the world, not to the data: rows of equal latitude from the equator on, and in each row cells
    whose width in degrees follows from the latitude of the middle of the row. A place therefore falls into the same
    cell whatever else the atlas holds.
    """
    mask = find_mask(inputs.manifest.masks, name)
    found = inputs.layer_of("sites")
    if found is None:
        problem = Problem("the question", "--mask", "", name, "an atlas with places")
        raise RequestError("There is nothing to mask", [problem])
    layer, sites = found
    sites, coarsened, hidden, moves, parted = _mask_sites(sites, mask)
    layers = dict(inputs.layers) | {layer: sites}
    tables = dict(inputs.tables)
    names = inputs.table_of("names")
    if names is not None:
        tables[names[0]] = _forget_units(names[1], found[1], sites, inputs.keys)
    moved = dropped = 0
    routes = inputs.layer_of("routes")
    if routes is not None:
        layers[routes[0]], moved, dropped = _mask_routes(routes[1], moves)
    report = MaskReport(name, coarsened, tuple(hidden), moved, dropped, parted)
    return replace(inputs, layers=layers, tables=tables, mask=_describe(mask, report)), report


_Moves = list[tuple[tuple[float, float], "tuple[float, float] | None"]]


def _mask_sites(
    sites: gpd.GeoDataFrame, mask: MaskSpec
) -> tuple[gpd.GeoDataFrame, dict[str, int], list[str], _Moves, int]:
    """Return the sites as the mask leaves them, what was done to which, (before, after) of each position, and parted.

    The last is how many are no longer said to be part of another site.
    """
    columns: dict[str, list[Any]] = {name: column_values(sites[name]) for name in _TOUCHED}
    shapes = list(sites.geometry)
    columns["masked"] = [None] * len(shapes)
    coarsened: dict[str, int] = {}
    hidden: list[str] = []
    moves: _Moves = []
    grids: dict[int, float] = {}
    said = zip(*(shared_values(sites[name]) for name in _JUDGED), strict=True)
    rule_of = lru_cache(maxsize=None, typed=True)(partial(strictest_rule, mask))
    for at, (shape, known) in enumerate(zip(shapes, said, strict=True)):
        rule = rule_of(*known)
        if rule is None:
            continue
        _leave_out(columns, at, rule)
        grids[at] = math.inf if rule.grid_m is None else rule.grid_m
        if shape is None or shape.is_empty:
            continue
        before = (shape.x, shape.y)
        key = columns["id"][at]
        if rule.grid_m is None:
            shapes[at] = None
            hidden.append(key)
            moves.append((before, None))
            columns["precision_m"][at] = None
            columns["precision_basis"][at] = "province" if columns["province"][at] else "unknown"
            columns["coord_source"][at] = None
            columns["masked"][at] = "position left out"
            continue
        after = _cell(before, rule.grid_m)
        shapes[at] = shapely.Point(after)
        coarsened[key] = rule.grid_m
        moves.append((before, after))
        own = float(columns["precision_m"][at] or 0)
        columns["precision_m"][at] = math.ceil(_reach(after[1], rule.grid_m) + own)
        columns["precision_basis"][at] = MASKED
        columns["masked"][at] = COARSENED.format(rule.grid_m)
    parted = _part(columns, shapes, grids)
    # Objects stay objects: what is not known is None, and a whole number stays whole.
    cells = {name: pd.Series(values, index=sites.index, dtype=object) for name, values in columns.items()}
    frame = sites.assign(**cells).set_geometry(gpd.GeoSeries(shapes, index=sites.index, crs=sites.crs))
    return frame, coarsened, hidden, moves, parted


def _part(columns: dict[str, list[Any]], shapes: Sequence[Any], grids: Mapping[int, float]) -> int:
    """Empty ``part_of`` where one site tells where the other lies more finely than the mask allows; return how often.

    `grids` holds for each masked site how fine its position may be, in metres: infinity where it may not be told.
    """
    if not grids:
        return 0
    places = {key: at for at, key in enumerate(columns["id"])}

    def tells(one: int, other: int) -> bool:
        if shapes[one] is None or shapes[one].is_empty:
            return False
        return grids.get(one, float(columns["precision_m"][one] or 0)) < grids.get(other, 0)

    parted = 0
    for at, whole in enumerate(columns["part_of"]):
        other = places.get(whole) if whole else None
        if other is not None and (tells(at, other) or tells(other, at)):
            columns["part_of"][at] = None
            parted += 1
    return parted


def _leave_out(columns: dict[str, list[Any]], at: int, rule: MaskRule) -> None:
    """Empty what says where a place lies more finely than the rule allows."""
    for name in _TELLING:
        columns[name][at] = None
    for name, basis in _FINER:
        floor = PRECISION_FLOOR_M[basis] or 0
        if rule.grid_m is None or rule.grid_m > floor:
            columns[name][at] = None


def _forget_units(
    names: pd.DataFrame, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, keys: Mapping[str, Collection[str]]
) -> pd.DataFrame:
    """Return the names without those of units that only a masked site named: a code says where that site lies."""
    said, left = (unit_codes(distinct_texts(sites["place_code"])) for sites in (before, after))
    gone = said - left - set().union(*keys.values())
    return names[~names["subject"].isin(gone)] if gone else names


def _cell(position: tuple[float, float], grid_m: int) -> tuple[float, float]:
    """Return the centre of the cell of the grid that a position (longitude, latitude) lies in."""
    height = grid_m / _METRES_PER_DEGREE
    row = math.floor(position[1] / height)
    latitude = min(90.0, max(-90.0, (row + 0.5) * height))
    width = height / max(math.cos(math.radians(latitude)), 1e-6)
    longitude = (math.floor(position[0] / width) + 0.5) * width
    return (round(max(-180.0, min(180.0, longitude)), _DECIMALS), round(latitude, _DECIMALS))


def _reach(latitude: float, grid_m: int) -> float:
    """Return how far a position in a cell may be from its centre, in metres; `latitude` is that of the centre."""
    middle = abs(latitude)
    edge = max(0.0, middle - grid_m / _METRES_PER_DEGREE / 2)  # where the cell is widest
    wider = math.cos(math.radians(edge)) / max(math.cos(math.radians(middle)), 1e-6)
    return grid_m * max(_REACH, 0.5 * math.hypot(1, wider) * _LONGER)


def _mask_routes(routes: gpd.GeoDataFrame, moves: _Moves) -> tuple[gpd.GeoDataFrame, int, int]:
    """Return the routes with their ends moved along with the places; a segment to a hidden place is left out."""
    tree = shapely.STRtree([shapely.Point(before) for before, _ in moves]) if moves else None
    shapes, segments = [], []
    moved = dropped = 0
    for shape, parts in zip(routes.geometry, column_values(routes["segments"]), strict=True):
        if tree is None or shape is None or shape.is_empty:
            shapes.append(shape)
            segments.append(parts)
            continue
        lines, kept = [], []
        for line, part in zip(shape.geoms, parts, strict=True):
            shifted, near = _shift(line, tree, moves)
            if shifted is None:
                dropped += 1
                continue
            moved += near
            lines.append(shifted)
            kept.append(part)
        shapes.append(shapely.MultiLineString(lines) if lines else None)
        segments.append(kept)
    frame = routes.copy()
    frame["segments"] = pd.Series(segments, index=routes.index, dtype=object)
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=routes.index, crs=routes.crs))
    return frame, moved, dropped


def _shift(line: shapely.LineString, tree: shapely.STRtree, moves: _Moves) -> tuple[shapely.LineString | None, bool]:
    """Return a line whose vertices follow the places that they stand for, and whether one did."""
    points, near = [], False
    for vertex in line.coords:
        found = tree.query(shapely.Point(vertex[:2]), predicate="dwithin", distance=_SAME_DEGREES)
        if not len(found):
            points.append(vertex[:2])
            continue
        after = moves[int(min(found))][1]
        if after is None:
            return None, True
        points.append(after)
        near = True
    if len(set(points)) < 2:
        return None, True
    return shapely.LineString(points), near


def _describe(mask: MaskSpec, report: MaskReport) -> dict[str, Any]:
    """Return what a reader must be told of a mask: its texts, its rules, and how many places they touched."""
    spec: dict[str, Any] = msgspec.to_builtins(mask)
    return {
        "name": report.name,
        **spec,
        "coarsened": len(report.coarsened),
        "hidden": len(report.hidden),
        "moved_lines": report.moved_lines,
        "dropped_lines": report.dropped_lines,
        "parted": report.parted,
    }
