"""A question -> the CQL2 text that asks the same."""

from __future__ import annotations

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
        Kinds, provinces, box and condition, joined by ``AND``; empty when there are none. Words, circle, area and time
        have no equal in CQL2 and are not in it, nor are the provinces of a table that has no field for them.
    """
    conditions = []
    if question.kinds:
        conditions.append(_one_of(ASKABLE[schema].kind, question.kinds))
    if question.provinces and schema in _PROVINCE:
        conditions.append(_one_of(_PROVINCE[schema], question.provinces))
    if question.bbox is not None:
        corners = ", ".join(repr(float(degrees)) for degrees in question.bbox)
        conditions.append(f"S_INTERSECTS(geometry, BBOX({corners}))")
    if question.where.strip():
        conditions.append(f"({question.where.strip()})" if conditions else question.where.strip())
    return " AND ".join(conditions)


def _one_of(field: str, values: Iterable[str]) -> str:
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{field} IN ({quoted})"
