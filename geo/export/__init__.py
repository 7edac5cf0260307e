"""Selected records -> files for GIS programs, each with a word on what the format cannot carry.

`write_export` writes one export, `write_bundle` a whole edition of the atlas, `write_database` one into PostGIS.
Formats are rows of `geo.export.formats.FORMATS`. The pipeline is the same for all of them: `reading` takes layers and
tables from the catalogue as Arrow columns, `frames` moves them to another reference system, `losses` makes them fit the
format and says what that costs, a writer puts them on the disk through `geo.outputs`, and `package` describes what was
written.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.export.bundles import Edition, write_bundle
    from geo.export.content import Wanted
    from geo.export.formats import FORMATS, find_format
    from geo.export.postgis import write_database
    from geo.export.writing import Exported, write_export

__all__ = ["FORMATS", "Edition", "Exported", "Wanted", "find_format", "write_bundle", "write_database", "write_export"]

_ROOMS = {
    "FORMATS": "geo.export.formats",
    "Edition": "geo.export.bundles",
    "Exported": "geo.export.writing",
    "Wanted": "geo.export.content",
    "find_format": "geo.export.formats",
    "write_bundle": "geo.export.bundles",
    "write_database": "geo.export.postgis",
    "write_export": "geo.export.writing",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  (what a module attribute is, only its module knows)
    """Load a part of the room on first use: the help of the command must not pay for Arrow.

    Raises
    ------
    AttributeError
        When `name` is not a name of this room.
    """
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
