"""Whether a catalogue is up to date, told without reading the inputs it was compiled from."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from stat import S_ISLNK
from typing import TYPE_CHECKING, Final

from geo.catalogue.opening import open_catalogue, was_damaged
from geo.errors import CatalogueError, DamagedError
from geo.readers import find_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from geo.catalogue.opening import Catalogue

__all__ = [
    "date_before",
    "date_catalogue",
    "find_number",
    "find_untouched",
    "open_untouched",
    "read_digest",
    "say_unusable",
]

_MARGIN_NS: Final = 2_000_000_000
"""How far the clock of a disk may lag behind that of the machine, in nanoseconds, for a file to count as older."""


def find_untouched(folder: Path, now: int) -> Path | None:
    """Return where the catalogue of an atlas stands if no input was touched since it was compiled.

    Parameters
    ----------
    folder, now
        As `open_untouched`.

    Returns
    -------
    Path or None
        The catalogue that may be used as it is.
    """
    catalogue = open_untouched(folder, now)
    if catalogue is None:
        return None
    with catalogue:
        return catalogue.path


def open_untouched(folder: Path, now: int) -> Catalogue | None:
    """Open the catalogue of an atlas if no input was touched since it was compiled.

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
    Catalogue or None
        The catalogue, open for reading; to be closed by the caller.

    Notes
    -----
    The time of the last change of a file's own record (ctime) also tells of a file that was moved or copied here with
    an old date, and that of a folder or a link of another one that stands in its place. Windows has no such time; there
    the content always decides.
    """
    path = None if sys.platform == "win32" else find_catalogue(folder)
    if path is None or was_damaged(path):
        return None
    try:
        catalogue = open_catalogue(path)
    except CatalogueError:
        return None
    try:
        untouched = _is_untouched(folder, catalogue, now)
    except (CatalogueError, OSError):
        untouched = False
    if not untouched:
        catalogue.close()
    return catalogue if untouched else None


def _is_untouched(folder: Path, catalogue: Catalogue, now: int) -> bool:
    """Return whether a catalogue is that of a folder, and younger than all that it was compiled from.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    OSError
        When an input is gone.
    """
    digests, files = catalogue.value("digests"), catalogue.value("manifest")["files"]
    limit = catalogue.path.stat().st_mtime_ns
    if limit >= now:  # a clock was wrong, then or now
        return False
    # The manifest has not been touched either, so what the catalogue keeps of it is what it says.
    own = catalogue.path == folder / files["catalogue"]
    maps = folder / files["maps"]
    present = os.listdir(maps) if maps.is_dir() else []  # noqa: PTH208  (path objects take longer)
    named = all(f"{files['maps']}/{name}" in digests for name in present if name.endswith(".toml"))
    # A Shapefile consists of several files, and may have been given one more.
    single = not any(name.lower().endswith(".shp") for name in digests)
    return own and named and single and all(_is_older(f"{folder}/{name}", limit) for name in _ways(digests, files))


def _ways(names: Iterable[str], files: Mapping[str, str]) -> Iterator[str]:
    """Yield the inputs, and the folders on the way to them: one may have been put in the place of another.

    The folders in which the catalogue stands are left out: whatever is built there changes them.
    """
    built = f"{files['catalogue']}/"
    known = set()
    for name in names:
        yield name
        folder = name.rpartition("/")[0]
        while folder and folder not in known:
            known.add(folder)
            if not built.startswith(f"{folder}/"):
                yield folder
            folder = folder.rpartition("/")[0]


def _is_older(path: str, limit: int) -> bool:
    """Return whether a file or folder was last changed before a moment; of a link, also what it leads to."""
    found = os.lstat(path)
    if max(found.st_mtime_ns, found.st_ctime_ns) >= limit:
        return False
    if not S_ISLNK(found.st_mode):
        return True
    found = os.stat(path)  # noqa: PTH116  (path objects take longer)
    return max(found.st_mtime_ns, found.st_ctime_ns) < limit


def read_digest(path: Path) -> str:
    """Return the digest that a catalogue was compiled from; empty when there is no catalogue that can be used."""
    if was_damaged(path):
        return ""
    try:
        with open_catalogue(path) as catalogue:
            return str(catalogue.value("digest"))
    except CatalogueError:
        return ""


def say_unusable(path: Path) -> str:
    """Return why the catalogue that stands at a path cannot be used; empty when it can, or none stands there."""
    if not path.exists():
        return ""
    if was_damaged(path):
        return "it was damaged"
    try:
        open_catalogue(path).close()
    except CatalogueError as error:
        damaged = isinstance(error, DamagedError) or not path.is_file() or error.problems[0].field != "format"
        return "it was damaged" if damaged else "another version of the program had compiled it"
    return ""


def find_number(path: Path) -> int:
    """Return the number by which the disk knows the file at a path; 0 when there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def date_before(begun: int) -> int:
    """Return the date of a catalogue whose inputs were read from a moment on; both in nanoseconds since the epoch."""
    return begun - _MARGIN_NS


def date_catalogue(path: Path, begun: int, number: int) -> None:
    """Date a catalogue to when its inputs were read; where that is not allowed, the next run reads them again.

    Parameters
    ----------
    path
        The catalogue.
    begun
        When the reading of the inputs began, in nanoseconds since the epoch.
    number
        What `find_number` said before the catalogue was read: one that another run has put there since is left alone.
    """
    moment = date_before(begun)
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            if os.fstat(handle).st_ino == number:
                os.utime(handle if os.utime in os.supports_fd else path, ns=(moment, moment))
        finally:
            os.close(handle)
