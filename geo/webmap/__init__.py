"""A selection of the catalogue -> a folium map -> one HTML file.

Two floors that never mix: folium renders an empty shell (`shell`), then data, code, styles and fonts go in as plain
text (`page`). What the page shows is decided in `payload`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.webmap.page import SPLIT_ABOVE, render_files, render_page
from geo.webmap.pages import COVER, page_names
from geo.webmap.payload import make_payload
from geo.webmap.shell import MemorialMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.catalogue import Catalogue

__all__ = [
    "COVER",
    "SPLIT_ABOVE",
    "MemorialMap",
    "make_payload",
    "page_names",
    "render_files",
    "render_map",
    "render_page",
]


def render_map(catalogue: Catalogue, name: str, languages: Sequence[str] = (), *, ground: bool = True) -> MemorialMap:
    """Return one map of an atlas.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    name
        A map that the atlas defines, or `COVER`.
    languages
        The languages of the page, the one that it opens in first; all languages of the atlas when empty.
    ground
        Whether land, waters and towns of the atlas are drawn; without them there is room for another ground.

    Returns
    -------
    MemorialMap
        A ``folium.Map``; `render_page` makes its HTML file.

    Raises
    ------
    RequestError
        When the atlas has no such map, or does not speak such a language.
    CatalogueError
        When the catalogue is damaged.
    """
    payload = make_payload(catalogue, None if name == COVER else name, languages)
    return MemorialMap(payload if ground else payload | {"backdrop": dict.fromkeys(payload["backdrop"], ())})
