"""Shapes and boxes as SQL conditions: the spatial index first, then exactly.

Points in boxes are compared as numbers; everything else is left to shapely, which is imported only then.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.catalogue import Catalogue
    from geo.query.asking import Box

    Place = Callable[[Any], str]

__all__ = ["box_condition", "check_area", "check_box", "relate_condition", "shape_of"]


def check_box(numbers: Sequence[float]) -> Box:
    """Return a box: west, south, east, north; of six numbers the heights are left out.

    Raises
    ------
    ValueError
        When these are not four or six numbers, or do not lie on the earth, or the south lies north of the north.
    """
    if len(numbers) not in {4, 6}:
        message = f"a box of {len(numbers)} numbers"
        raise ValueError(message)
    half = len(numbers) // 2
    west, south, east, north = (*numbers[:2], *numbers[half : half + 2])
    for longitude in (west, east):
        if not -180 <= longitude <= 180:
            message = f"the longitude {longitude:g}"
            raise ValueError(message)
    for latitude in (south, north):
        if not -90 <= latitude <= 90:
            message = f"the latitude {latitude:g}"
            raise ValueError(message)
    if south > north:
        message = f"a south of {south:g} above a north of {north:g}"
        raise ValueError(message)
    return west, south, east, north


def _parts(box: Box) -> list[Box]:
    """Return a box as one or two boxes that do not cross the antimeridian."""
    west, south, east, north = box
    return [box] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]


def box_condition(
    catalogue: Catalogue, layer: str, box: Box, place: Place, *, inside: bool = True, sure: bool = True
) -> str:
    """Return the condition that a point lies in a box or on its border, or that it does not.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layer
        A layer of points, with their positions in ``lon`` and ``lat``.
    box
        The box.
    place
        Gives a placeholder for a value.
    inside
        Whether the points in the box are wanted, or the others.
    sure
        Whether what has no position may count as false; else it is NULL.

    Returns
    -------
    str
        An SQL expression.
    """
    exact = " OR ".join(
        f"(t.lon BETWEEN {place(west)} AND {place(east)} AND t.lat BETWEEN {place(south)} AND {place(north)})"
        for west, south, east, north in _parts(box)
    )
    if inside and sure:
        return f"({catalogue.meeting(layer, _parts(box), place)} AND ({exact}))"
    return f"({exact})" if inside else f"(NOT ({exact}))"


def shape_of(node: dict[str, Any]) -> bytes:
    """Return the shape of a literal as WKB.

    Parameters
    ----------
    node
        A GeoJSON geometry, or ``{"bbox": [west, south, east, north]}``.

    Returns
    -------
    bytes
        WKB; a box that crosses the antimeridian is a MultiPolygon, one without breadth a line or a point.

    Raises
    ------
    ValueError
        When it is no shape, does not lie on the earth, or is not valid.
    """
    import shapely  # noqa: PLC0415  (only a question about shapes needs it)

    if "bbox" in node:
        boxes = [_solid(part) for part in _parts(check_box(node["bbox"]))]
        return bytes(shapely.to_wkb(boxes[0] if len(boxes) == 1 else shapely.union_all(boxes)))
    try:
        shape = shapely.geometry.shape(node)
    except (shapely.errors.GEOSException, ValueError, TypeError, IndexError, KeyError, AttributeError):
        message = f"a {node['type']} that is none"
        raise ValueError(message) from None
    _check_shape(shape)
    return bytes(shapely.to_wkb(shapely.force_2d(shape)))


def check_area(wkb: bytes) -> None:
    """Require that an area can be asked for.

    Parameters
    ----------
    wkb
        As `geo.query.Polygon` has it.

    Raises
    ------
    ValueError
        When it is no Polygon or MultiPolygon, does not lie on the earth, or is not valid.
    """
    import shapely  # noqa: PLC0415  (as above)

    shape = shapely.from_wkb(wkb)
    if shape.geom_type not in {"Polygon", "MultiPolygon"}:
        message = f"a {shape.geom_type}"
        raise ValueError(message)
    _check_shape(shape)


def _check_shape(shape: BaseGeometry) -> None:
    """Require that a shape is not empty, lies on the earth and is valid; a ValueError says what is wrong."""
    import shapely  # noqa: PLC0415  (as above)

    if not all(map(math.isfinite, shape.bounds)):
        message = f"an empty {shape.geom_type}"
        raise ValueError(message)
    check_box(shape.bounds)
    if not shape.is_valid:
        raise ValueError(shapely.is_valid_reason(shape))


def _solid(box: Box) -> Any:  # noqa: ANN401  (a geometry of shapely)
    import shapely  # noqa: PLC0415

    west, south, east, north = box
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def relate_condition(
    catalogue: Catalogue,
    layer: str,
    relation: str,
    shapes: tuple[bytes | None, bytes | None],
    place: Place,
    *,
    sure: bool = True,
) -> str:
    """Return the condition that two shapes are in a relation.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layer
        The layer whose spatial index is asked first.
    relation
        The name of a predicate of shapely.
    shapes
        The two, as WKB; ``None`` for the geometry of a record.
    place
        Gives a placeholder for a value.
    sure
        Whether what has no geometry may count as false; else it is NULL.

    Returns
    -------
    str
        An SQL expression. Where SQL cannot call functions of this process, the records that the index finds are held
        against the shape at once, by the same functions, and named in it.
    """
    literals = [shape for shape in shapes if shape is not None]
    if not catalogue.computes:
        from geo.query.relating import decide_relation  # noqa: PLC0415  (only another database needs it)

        boxes = _shape_boxes(literals[0])
        return decide_relation(catalogue, layer, relation, shapes, boxes, place, sure=sure)
    left, right = ("t.geom" if shape is None else place(shape) for shape in shapes)
    exact = f"relate('{relation}', {left}, {right})"
    if len(literals) != 1 or relation == "disjoint":
        return exact
    near = catalogue.meeting(layer, _shape_boxes(literals[0]), place)
    return f"({near} AND {exact})" if sure else f"(CASE WHEN t.geom IS NOT NULL THEN {near} AND {exact} END)"


def _shape_boxes(literal: bytes) -> list[Box]:
    """Return the envelopes of the parts of a shape, or that of the whole where the parts are many."""
    import shapely  # noqa: PLC0415

    shape = shapely.from_wkb(literal)
    boxes = [part.bounds for part in shapely.get_parts(shape)][:16]
    return [shape.bounds] if len(boxes) < shapely.get_num_geometries(shape) else boxes
