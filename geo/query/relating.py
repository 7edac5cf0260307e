"""Relations of shapes where SQL cannot call functions of this process: the records are found here, and named in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.catalogue import quote_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geo.catalogue import Catalogue
    from geo.query.asking import Box

__all__ = ["decide_relation"]


def decide_relation(
    catalogue: Catalogue,
    layer: str,
    relation: str,
    shapes: tuple[bytes | None, bytes | None],
    boxes: Iterable[Box],
    place: Callable[[Any], str],
    *,
    sure: bool,
) -> str:
    """Return the condition that two shapes are in a relation, as a list of the records of which it is true.

    Parameters
    ----------
    catalogue, layer, relation, shapes, place, sure
        As `geo.query.spatial.relate_condition`.
    boxes
        Envelopes of the parts of the shape that is given.

    Returns
    -------
    str
        An SQL expression.

    Notes
    -----
    The database finds, by its index, whose envelope meets that of the literal; what is more is left to shapely, as for
    the GeoPackage: two versions of GEOS need not agree about a border. Shapes are disjoint when they do not intersect.
    """
    import shapely  # noqa: PLC0415  (only a question about shapes needs it)

    left, right = (None if shape is None else shapely.from_wkb(shape) for shape in shapes)
    if left is not None and right is not None:
        return "TRUE" if getattr(shapely, relation)(left, right) else "FALSE"
    literal = left if right is None else right
    shapely.prepare(literal)
    holds = getattr(shapely, "intersects" if relation == "disjoint" else relation)
    values: dict[str, Any] = {}

    def bind(value: Any) -> str:  # noqa: ANN401  (whatever a database holds)
        values[f"edge{len(values)}"] = value
        return f":edge{len(values) - 1}"

    near = catalogue.meeting(layer, boxes, bind)
    sql = f"SELECT t.fid, t.geom FROM {quote_name(layer)} AS t WHERE {near}"  # noqa: S608  (the name is quoted)
    found: list[int] = []
    for rows in catalogue.batches(sql, values):
        records = shapely.from_wkb([catalogue.geometry(blob) for _, blob in rows])
        truths = holds(records, literal) if left is None else holds(literal, records)
        found += [row[0] for row, truth in zip(rows, truths, strict=True) if truth]
    named = catalogue.listed(found, place)
    condition = f"NOT ({named})" if relation == "disjoint" else named
    if sure:
        return f"(t.geom IS NOT NULL AND {condition})" if relation == "disjoint" else f"({condition})"
    return f"(CASE WHEN t.geom IS NOT NULL THEN {condition} END)"
