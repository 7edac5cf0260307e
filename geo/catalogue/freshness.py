"""Whether a catalogue is up to date, told without reading the inputs it was compiled from."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from geo.catalogue.opening import open_catalogue
from geo.errors import CatalogueError
from geo.readers import find_catalogue

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["date_catalogue", "find_untouched", "read_digest"]

_MARGIN_NS: Final = 2_000_000_000
"""How far the clock of a disk may lag behind that of the machine, in nanoseconds, for a file to count as older."""


def find_untouched(folder: Path, now: int) -> Path | None:
    """Return the catalogue of an atlas if no input was touched since it was compiled.

    No input but the manifest is opened: that makes a question as fast on a large atlas as on a small one. ``None`` says
    nothing but that the content of the inputs must decide.

    Parameters
    ----------
    folder
        The atlas.
    now
        The time, in nanoseconds since the epoch.

    Returns
    -------
    Path or None
        The catalogue that may be used as it is.

    Notes
    -----
    The time of the last change of a file's own record (ctime) also tells of a file that was moved or copied here with
    an old date. Windows has no such time; there the content always decides.
    """
    path = None if sys.platform == "win32" else find_catalogue(folder)
    if path is None:
        return None
    try:
        with open_catalogue(path) as catalogue:
            digests, manifest = catalogue.value("digests"), catalogue.value("manifest")
        limit = path.stat().st_mtime_ns
        stats = [(folder / name).stat() for name in digests]
    except (CatalogueError, OSError):
        return None
    maps = manifest["files"]["maps"]
    named = all(f"{maps}/{file.name}" in digests for file in (folder / maps).glob("*.toml"))
    # A Shapefile consists of several files, and may have been given one more.
    single = not any(name.lower().endswith(".shp") for name in digests)
    older = all(max(stat.st_mtime_ns, stat.st_ctime_ns) < limit for stat in stats)
    dated = limit < now  # else a clock was wrong, then or now
    return path if named and single and older and dated else None


def read_digest(path: Path) -> str:
    """Return the digest that a catalogue was compiled from; empty when there is no catalogue that can be used."""
    try:
        with open_catalogue(path) as catalogue:
            return str(catalogue.value("digest"))
    except CatalogueError:
        return ""


def date_catalogue(path: Path, begun: int) -> None:
    """Date a catalogue to when its inputs were read; where that is not allowed, the next run reads them again.

    Parameters
    ----------
    path
        The catalogue.
    begun
        When the reading of the inputs began, in nanoseconds since the epoch.
    """
    moment = begun - _MARGIN_NS
    with suppress(OSError):
        os.utime(path, ns=(moment, moment))
