"""A question -> the CQL2 text that asks the same."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.query.asking import ASKABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.query.asking import Question

__all__ = ["as_cql2"]

_PROVINCE: Final = {"sites": "province", "areas": "code"}
"""Schema -> the field that names its province; the provinces of other records stand in other tables."""


def as_cql2(question: Question, schema: str) -> str:
    """Return the conditions of a question as one condition in CQL2 text.

    Parameters
    ----------
    question
        Its kinds and provinces as the vocabulary and the codes have them, as in `Selection.asked`.
    schema
        The schema of its layer.

    Returns
    -------
    str
        Kinds, provinces, box, circle and condition, joined by ``AND``; empty when there are none. Words, area and time
        are not in it, nor are a centre without a limit and the provinces of a table that has no field for them.
    """
    conditions = []
    if question.kinds:
        conditions.append(_one_of(ASKABLE[schema].kind, question.kinds))
    if question.provinces and schema in _PROVINCE:
        conditions.append(_one_of(_PROVINCE[schema], question.provinces))
    if question.bbox is not None:
        corners = ", ".join(repr(float(degrees)) for degrees in question.bbox)
        conditions.append(f"S_INTERSECTS(geometry, BBOX({corners}))")
    near = question.near
    if near is not None and near.lat is not None and near.lon is not None and math.isfinite(near.radius_m):
        lon, lat, metres = (repr(float(number)) for number in (near.lon, near.lat, near.radius_m))
        conditions.append(f"NEAR(geometry, POINT({lon} {lat}), {metres})")
    if question.where.strip():
        conditions.append(f"({question.where.strip()})" if conditions else question.where.strip())
    return " AND ".join(conditions)


def _one_of(field: str, values: Iterable[str]) -> str:
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{field} IN ({quoted})"
