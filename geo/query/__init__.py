"""Questions to the catalogue: criteria -> a selection, an id -> everything that is known about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.query.answering import Selection
from geo.query.asking import ASKABLE, Near, Polygon, Question, asked_layers
from geo.query.citing import Citation, as_ris, cite, cited_sources, source_notes
from geo.query.fields import field_names
from geo.query.selecting import select

if TYPE_CHECKING:
    from geo.query.dossier import Dossier, show

__all__ = [
    "ASKABLE",
    "Citation",
    "Dossier",
    "Near",
    "Polygon",
    "Question",
    "Selection",
    "as_ris",
    "asked_layers",
    "cite",
    "cited_sources",
    "field_names",
    "select",
    "show",
    "source_notes",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (what a module attribute is, only its module knows)
    """Load the dossier on first use: a question by criteria does not need it.

    Raises
    ------
    AttributeError
        When `name` is not a name of this room.
    """
    if name in {"Dossier", "show"}:
        from geo.query import dossier  # noqa: PLC0415

        return getattr(dossier, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
