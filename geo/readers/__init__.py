"""The only rooms that open inputs: strict, bounded, and silent about nothing.

A fault of a whole file is an `InputError`; a fault of one row or feature is a `Problem` beside what could be read.
The names below load on first use, so that finding and fingerprinting an atlas stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.readers.areas import read_area
    from geo.readers.files import MAX_BYTES, MAX_DEPTH
    from geo.readers.finding import find_atlas, find_catalogue
    from geo.readers.inputs import Inputs, read_atlas
    from geo.readers.layers import read_layer
    from geo.readers.manifests import digest_atlas, read_manifest, read_map_specs, read_vocabulary
    from geo.readers.sources import read_sources
    from geo.readers.tables import read_table
    from geo.readers.vector import LAYER_DRIVERS
    from geo.readers.withheld import read_beside, read_withheld

__all__ = [
    "LAYER_DRIVERS",
    "MAX_BYTES",
    "MAX_DEPTH",
    "Inputs",
    "digest_atlas",
    "find_atlas",
    "find_catalogue",
    "read_area",
    "read_atlas",
    "read_beside",
    "read_layer",
    "read_manifest",
    "read_map_specs",
    "read_sources",
    "read_table",
    "read_vocabulary",
    "read_withheld",
]

_ROOMS = {
    "LAYER_DRIVERS": "vector",
    "MAX_BYTES": "files",
    "MAX_DEPTH": "files",
    "Inputs": "inputs",
    "digest_atlas": "manifests",
    "find_atlas": "finding",
    "find_catalogue": "finding",
    "read_area": "areas",
    "read_atlas": "inputs",
    "read_beside": "withheld",
    "read_layer": "layers",
    "read_manifest": "manifests",
    "read_map_specs": "manifests",
    "read_sources": "sources",
    "read_table": "tables",
    "read_vocabulary": "manifests",
    "read_withheld": "withheld",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- whatever the room holds under that name
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
