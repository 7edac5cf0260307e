"""Where an atlas lies and where its catalogue is: as little of the inputs as a question needs to read.

Every command begins here, so nothing is imported that a question can do without.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from geo.errors import InputError
from geo.readers.files import Limits, place_inside, read_text, refuse

__all__ = ["MANIFEST_NAME", "find_atlas", "find_catalogue"]

MANIFEST_NAME: Final = "atlas.toml"

_MAX_BYTES: Final = 1_000_000  # as `geo.readers.toml.MAX_TOML_BYTES`, which would bring the parser


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
    file = os.path.exists(here) and not exists  # noqa: PTH110 -- likewise
    for folder in (here, *here.parents) if exists else ():
        if os.path.isfile(folder / MANIFEST_NAME):  # noqa: PTH113 -- likewise
            return folder
    seen = "no atlas.toml" if exists else "a file" if file else "no such folder"
    step = "go to an atlas, name one with -C, or make one with `memorial init`"
    if file:
        step = f"name its folder: -C {start.parent}"
    raise refuse(str(start), seen, "a folder with an atlas.toml, here or above", step, rule="atlas")


def find_catalogue(folder: Path) -> Path | None:
    """Return where the manifest of an atlas seems to put the catalogue.

    Parameters
    ----------
    folder
        The atlas folder.

    Returns
    -------
    Path or None
        The path; None where the manifest does not name one, or is at fault: `read_manifest` then says how.

    Notes
    -----
    Where the one line that begins with ``catalogue`` is as plain as nearly everybody writes it, the manifest is not
    parsed: that would take longer than the answer. Such a line may stand in the middle of a text; whoever uses the
    path must hold it against the manifest that the catalogue carries.
    """
    try:
        text = read_text(folder / MANIFEST_NAME, MANIFEST_NAME, Limits(bytes=_MAX_BYTES))
        name = _plain_value(text, "catalogue") or _parsed_value(folder, "files", "catalogue")
    except InputError:
        return None
    return place_inside(folder, name) if name else None


def _plain_value(text: str, key: str) -> str:
    """Return what the only line of a TOML text that begins with a key gives it, if it is a plain string, else empty."""
    lines = (line.partition("=") for line in text.split("\n"))
    values = [value.strip() for name, _, value in lines if name.strip() == key]
    if len(values) != 1 or len(values[0]) < 3:
        return ""
    (quoted,) = values
    inner = quoted[1:-1]
    return inner if quoted[0] == quoted[-1] == '"' and not set(inner) & {'"', "\\"} else ""


def _parsed_value(folder: Path, table: str, key: str) -> str:
    """Return the string that a key of a table of the manifest has, else empty.

    Raises
    ------
    InputError
        The manifest is no TOML.
    """
    from geo.readers.toml import read_toml  # noqa: PLC0415 -- a plain manifest does not need it

    values = read_toml(folder / MANIFEST_NAME, MANIFEST_NAME).get(table)
    value = values.get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) else ""
