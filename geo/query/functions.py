"""The functions that a condition in SQL may call, beside those of SQLite."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from geo.gazetteer import ACCENTS, parse_edtf

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.catalogue import Catalogue

__all__ = ["define_functions", "fold_accents", "fold_case"]


def fold_case(text: str) -> str:
    """Return a text without the difference of case (Unicode case folding): what ``CASEI`` compares."""
    return text.casefold()


def fold_accents(text: str) -> str:
    """Return a text without the accents of Latin, Greek and Cyrillic letters: what ``ACCENTI`` compares."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def _power(base: float, exponent: float) -> float | None:
    try:
        return math.pow(base, exponent)
    except (ValueError, OverflowError):
        return None


def _modulo(left: float, right: float) -> float | None:
    """Return the rest of a division, with the sign of what is divided."""
    return math.fmod(left, right) if right else None


def _quotient(left: float, right: float) -> float | None:
    """Return a quotient without its fraction."""
    return float(math.trunc(left / right)) if right else None


def _earliest(text: str) -> str | None:
    return parse_edtf(text).earliest or None


def _latest(text: str) -> str | None:
    return parse_edtf(text).latest or None


_RELATIONS: Final = {"within": "contains", "contains": "within", "covered_by": "covers", "covers": "covered_by"}
"""What a relation is called from the other side; the others are the same from both."""


def relate(relation: str, left: bytes, right: bytes) -> int:
    """Return whether two shapes are in a relation (1) or not (0).

    Parameters
    ----------
    relation
        The name of a predicate of shapely.
    left, right
        Shapes as GeoPackage geometries or as WKB; of two different forms, the WKB is the same in every call.

    Returns
    -------
    int
        1 or 0, which SQL takes for true and false.
    """
    import shapely  # noqa: PLC0415  (only a question about shapes needs it)

    if left[:2] == b"GP" != right[:2]:  # the shape that stays the same comes first: it is prepared
        left, right, relation = right, left, _RELATIONS.get(relation, relation)
    return int(getattr(shapely, relation)(_shape(left), _shape(right)))


def _shape(blob: bytes) -> Any:  # noqa: ANN401  (a geometry of shapely)
    import shapely  # noqa: PLC0415

    from geo.catalogue import wkb_of  # noqa: PLC0415

    return shapely.from_wkb(wkb_of(blob)) if blob[:2] == b"GP" else _prepared(blob)


@lru_cache(maxsize=32)
def _prepared(wkb: bytes) -> Any:  # noqa: ANN401
    import shapely  # noqa: PLC0415

    shape = shapely.from_wkb(wkb)
    shapely.prepare(shape)
    return shape


FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "casei": (1, fold_case),
    "accenti": (1, fold_accents),
    "power_of": (2, _power),
    "rest_of": (2, _modulo),
    "quotient_of": (2, _quotient),
    "earliest_of": (1, _earliest),
    "latest_of": (1, _latest),
    "relate": (3, relate),
}
"""Name -> number of arguments, function; where an argument is NULL, so is the answer."""


def define_functions(catalogue: Catalogue) -> None:
    """Let SQL on a catalogue call the functions of this module."""
    for name, (arity, function) in FUNCTIONS.items():
        catalogue.define(name, arity, function)
