"""One feature -> one area, journey or piece of a backdrop: its shape converted, its properties by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.importing.plans import Plan
from geo.importing.sites import Draft, Ground
from geo.readers.geometry import GeometryFault, make_geometry
from geo.readers.listings import Row
from geo.spec import SCHEMAS, Schema

__all__ = ["draft_shape"]

_DECIMALS = 7
_FILLED = {"sources", "segments", "stops"}


def draft_shape(row: Row, cells: Mapping[str, str], plan: Plan, ground: Ground, schema: str) -> Draft:
    """Return what a feature says of an area, a journey or a piece of a backdrop.

    Parameters
    ----------
    row
        The feature; a row without a geometry is set aside where the layer must have one.
    cells
        Its properties, cleaned and corrected, by column.
    plan
        Which column fills which field.
    ground
        What the atlas knows.
    schema
        ``areas``, ``routes`` or ``backdrop``.

    Returns
    -------
    Draft
        With `Draft.values` holding ``geometry`` as GeoJSON in WGS 84, rings turning as RFC 7946 asks.
    """
    known = SCHEMAS[schema]
    draft = Draft(row, dict.fromkeys(known.names))
    values = draft.values

    def cell(key: str) -> str:
        text = cells.get(plan.columns.get(key, ""), "")
        return plan.values.get(key, {}).get(text, text) or plan.fill.get(key, "")

    for field in known.fields:
        if field.name not in _FILLED:
            values[field.name] = cell(field.name) or None
    if known.open:
        values |= {column: text or None for column, text in cells.items() if column not in plan.columns.values()}
    draft.cited = (cell("source"), cell("source_url"), cell("locator"))
    values["geometry"] = _convert(draft, ground, known)
    if schema == "routes":
        _add_stops(draft, cell("from"), cell("to"), plan)
        values["summary"] = values["summary"] or f"Listed in “{ground.title}”."
        values["standing"] = values["standing"] or "reported"
    for field in known.fields:
        if field.required and field.name not in {*_FILLED, known.key} and not values[field.name]:
            column = plan.columns.get(field.name, field.name)
            draft.note("row set aside", column, "nothing", f"a value. {field.meaning}", "required", "fill it in")
    if known.key == "code" and not values["code"]:
        column = plan.columns.get("code", "code")
        draft.note("row set aside", column, "nothing", "a code of its own", "required", "fill it in")
    return draft


def _convert(draft: Draft, ground: Ground, schema: Schema) -> dict[str, Any] | None:
    """Return the shape in WGS 84 as GeoJSON, or note why the feature is set aside."""
    geometry = draft.row.geometry
    if geometry is None:
        if not schema.unlocated:
            draft.note("row set aside", "geometry", "nothing", " or ".join(sorted(schema.geometries)), "geometry")
        return None
    kind = str(geometry.get("type"))
    if kind not in schema.geometries and f"Multi{kind}" in schema.geometries:
        geometry = {"type": f"Multi{kind}", "coordinates": [geometry.get("coordinates")]}
    try:
        moved = geometry | {"coordinates": _moved(geometry.get("coordinates"), ground)}
        shape = make_geometry(moved, schema.geometries)
    except (GeometryFault, ValueError) as fault:
        expected = fault.expected if isinstance(fault, GeometryFault) else str(fault)
        draft.note("row set aside", "geometry", getattr(fault, "seen", kind), expected, "geometry", "mend it")
        return None
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        draft.note(
            "row set aside", "geometry", reason, "a valid geometry", "valid-geometry", "mend it in a GIS program"
        )
        return None
    return _as_json(shape)


def _moved(value: Any, ground: Ground) -> Any:  # noqa: ANN401 -- nested lists of numbers
    """Return coordinates brought into WGS 84, with heights left out."""
    if isinstance(value, list | tuple):
        if len(value) >= 2 and all(type(number) in (int, float) for number in value):
            return list(ground.conversion.convert(float(value[0]), float(value[1])))
        return [_moved(part, ground) for part in value]
    return value


def _as_json(shape: BaseGeometry) -> dict[str, Any]:
    turned = shapely.orient_polygons(shape) if shape.geom_type.endswith("Polygon") else shape
    rounded = shapely.transform(turned, lambda lon_lat: np.round(lon_lat, _DECIMALS))
    found: dict[str, Any] = mapping(rounded)
    return found


def _add_stops(draft: Draft, start: str, end: str, plan: Plan) -> None:
    """Give a journey its two stops, and one segment for each line: assumed, as a drawn line says nothing more."""
    if not (start and end):
        for key, text in (("from", start), ("to", end)):
            if not text:
                column = plan.columns.get(key, key)
                draft.note(
                    "row set aside", column, "nothing", "the name of a place", "stop", f"name a column for {key}"
                )
        return
    draft.values["stops"] = [{"name": start}, {"name": end}]
    lines = len(draft.values["geometry"]["coordinates"]) if draft.values["geometry"] else 0
    segment = {"from": start, "to": end, "certainty": "assumed"}
    draft.values["segments"] = [dict(segment) for _ in range(lines)]
