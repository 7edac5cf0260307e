"""Where an atlas lies and where its catalogue is: as little of the inputs as a question needs to read.

Every command begins here, so nothing is imported that a question can do without.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from geo.errors import InputError
from geo.readers.files import place_inside, refuse
from geo.readers.toml import read_toml

__all__ = ["MANIFEST_NAME", "find_atlas", "find_catalogue"]

MANIFEST_NAME: Final = "atlas.toml"


def find_atlas(start: Path) -> Path:
    """Return the nearest folder that holds an ``atlas.toml``: `start` itself, or one above it.

    Parameters
    ----------
    start
        A folder.

    Returns
    -------
    Path
        The absolute path of the atlas folder.

    Raises
    ------
    InputError
        `start` is no folder, or no folder on the way up to the root holds one.
    """
    here = start.absolute()
    exists = os.path.isdir(here)  # noqa: PTH112 -- Path.is_dir raises where we may not look
    for folder in (here, *here.parents) if exists else ():
        if os.path.isfile(folder / MANIFEST_NAME):  # noqa: PTH113 -- likewise
            return folder
    seen = "no atlas.toml" if exists else "no such folder"
    raise refuse(
        str(start),
        seen,
        "a folder with an atlas.toml, here or above",
        "go to an atlas, or name one with -C",
        rule="atlas",
    )


def find_catalogue(folder: Path) -> Path | None:
    """Return where the manifest of an atlas puts the catalogue; the rest of the manifest is not looked at.

    Parameters
    ----------
    folder
        The atlas folder.

    Returns
    -------
    Path or None
        The path; None where the manifest does not name one, or is at fault: `read_manifest` then says how.
    """
    try:
        manifest = read_toml(folder / MANIFEST_NAME, MANIFEST_NAME)
    except InputError:
        return None
    files = manifest.get("files")
    name = files.get("catalogue") if isinstance(files, dict) else None
    return place_inside(folder, name) if isinstance(name, str) else None
