"""Names that are to stand nowhere: the list, which is kept outside, and the text files in which they are looked for."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from geo.errors import InputError, Problem
from geo.gazetteer import fold
from geo.readers.files import Limits, read_text, refuse

__all__ = ["read_beside", "read_withheld"]

_MAX_LIST_BYTES: Final = 1_000_000
_MAX_BESIDE_BYTES: Final = 20_000_000
_SHORTEST: Final = 3
_TEXTS: Final = frozenset({".csv", ".geojson", ".json", ".md", ".toml", ".tsv", ".txt", ".yaml", ".yml"})
_NOT_OURS: Final = frozenset({"node_modules", "__pycache__"})


def read_withheld(path: Path, folder: Path) -> dict[int, str]:
    """Return the names on a list: one a line; empty lines and lines that begin with ``#`` are no names.

    Parameters
    ----------
    path
        The list, a text file.
    folder
        The atlas folder. The list must lie outside it, and outside the Git repository that holds it.

    Returns
    -------
    dict of int to str
        Line of the list -> the name on it.

    Raises
    ------
    InputError
        The list cannot be read, holds no name, holds one too short to be looked for, or lies where it would be
        published with the atlas. No name is printed.
    """
    real, home = Path(os.path.realpath(path)), _repository(Path(os.path.realpath(folder)))
    if real.is_relative_to(home):
        expected = "a file outside the atlas and its repository"
        raise refuse(str(path), "a list of names inside", expected, "move it away before it is published")
    lines = read_text(path, str(path), Limits(bytes=_MAX_LIST_BYTES)).splitlines()
    names = {at: line.strip() for at, line in enumerate(lines, start=1) if line.strip() and line.strip()[0] != "#"}
    if not names:
        raise refuse(str(path), "no name", "one name a line")
    for at, name in names.items():
        if len(fold(name)) < _SHORTEST:
            expected = f"a name of at least {_SHORTEST} letters"
            raise refuse(str(path), "less", expected, "write the name out", where=f"line {at}")
    return names


def _repository(folder: Path) -> Path:
    """Return the nearest folder on the way up that is a Git repository; the folder itself when there is none."""
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder)


def read_beside(folder: Path, inputs: Collection[str]) -> tuple[list[tuple[str, int, str]], list[Problem]]:
    """Return the text that lies in an atlas folder and is no input of the atlas: a README, the record of merges.

    Parameters
    ----------
    folder
        The atlas folder.
    inputs
        The files that the atlas is made of, relative to it; their content is left out, their names are not.

    Returns
    -------
    tuple of list
        Texts as file, line, text (line 0: the name of the file), sorted by file; and a warning for each text file
        that could not be read. Hidden folders, links, and files that are not plain text are passed over.
    """
    texts: list[tuple[str, int, str]] = []
    problems: list[Problem] = []
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in _NOT_OURS)
        for file in sorted(files):
            path = Path(at) / file
            name = path.relative_to(folder).as_posix()
            texts.append((name, 0, name))
            if path.suffix.lower() not in _TEXTS or name in inputs or path.is_symlink():
                continue
            try:
                lines = read_text(path, name, Limits(bytes=_MAX_BESIDE_BYTES)).splitlines()
            except InputError as error:
                problems += [problem._replace(severity="warning") for problem in error.problems]
            else:
                texts += [(name, line, text) for line, text in enumerate(lines, start=1) if text]
    return texts, problems
