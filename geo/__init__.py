"""Memorial Atlas: places of atrocity and remembrance, as offline maps, answers and GIS layers, each number sourced.

::

    import geo

    atlas = geo.open_atlas(".")
    atlas.sites  # a GeoDataFrame
    atlas.map("overview")  # a folium.Map

The names below load on first use; `geo.atlas` shows the pipeline behind them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.atlas import Atlas, Compiled, build_maps, compile_atlas, open_atlas
    from geo.errors import (
        CatalogueError,
        ContractError,
        InputError,
        MemorialError,
        OutputError,
        Problem,
        RequestError,
    )
    from geo.joins import JoinReport

    __version__: str

__all__ = [
    "Atlas",
    "CatalogueError",
    "Compiled",
    "ContractError",
    "InputError",
    "JoinReport",
    "MemorialError",
    "OutputError",
    "Problem",
    "RequestError",
    "__version__",
    "build_maps",
    "compile_atlas",
    "open_atlas",
]

_ROOMS = {
    "geo.atlas": ("Atlas", "Compiled", "build_maps", "compile_atlas", "open_atlas"),
    "geo.errors": (
        "CatalogueError",
        "ContractError",
        "InputError",
        "MemorialError",
        "OutputError",
        "Problem",
        "RequestError",
    ),
    "geo.joins": ("JoinReport",),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever the room holds under that name)
    """Return a public name from the room that holds it, or the version of the installed package.

    Raises
    ------
    AttributeError
        When `name` is not public.
    """
    if name == "__version__":
        return import_module("geo.provenance").program_version()
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(room), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, so that a shell can complete them before they are loaded."""
    return sorted(__all__)
