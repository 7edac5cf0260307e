"""The pages of an atlas: which there are, in which order, and which of them shows a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.catalogue import Catalogue
    from geo.webmap.pieces import Json

__all__ = ["COVER", "page_names", "page_of"]

COVER: Final = "index"
"""The page that leads to the others."""


def page_names(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the names of all pages: the cover, then the maps from the widest to the narrowest.

    Parameters
    ----------
    catalogue
        The compiled atlas.

    Returns
    -------
    tuple of str
        `COVER`, then the maps: those with more layers first, those that show every kind before those that choose,
        and by name among equals.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    maps: Mapping[str, Json] = catalogue.value("maps")
    ranked = sorted(maps, key=lambda name: (-len(maps[name]["layers"]), bool(maps[name]["kinds"]), name))
    return (COVER, *ranked)


def page_of(catalogue: Catalogue, layer: str, kind: str) -> str | None:
    """Return the widest page that shows records of a layer and kind.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layer
        Name of a layer.
    kind
        The kind of the record.

    Returns
    -------
    str or None
        The name of a map; ``None`` when no map shows them.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    maps: Mapping[str, Json] = catalogue.value("maps")
    for name in page_names(catalogue)[1:]:
        if layer in maps[name]["layers"] and (not maps[name]["kinds"] or kind in maps[name]["kinds"]):
            return name
    return None
