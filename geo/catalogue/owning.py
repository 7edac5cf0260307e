"""Whether what stands at the place of the catalogue is ours to replace, also when it is damaged."""

from __future__ import annotations

import mmap
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from geo.catalogue.opening import APPLICATION_ID
from geo.errors import OutputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SIGNATURE", "refuse_foreign"]

SIGNATURE: Final = int.from_bytes(b"MEMO")
"""The schema cookie of a catalogue as it was written: its header alone tells that it is one.

The cookie is a number that SQLite changes with the schema and that may be set to any value.
"""

_MAGIC: Final = b"SQLite format 3\0"
_HEADER_BYTES: Final = 100
_COOKIE: Final = slice(40, 44)
_APPLICATION: Final = slice(68, 72)
_MARKS: Final = (
    b'CREATE TABLE "atlas" (fid INTEGER',
    b'CREATE TABLE "claimed" (',
    b'CREATE TABLE "layers" (fid INTEGER',
)
"""Texts of our schema, of which a catalogue whose header is destroyed still holds some."""


def refuse_foreign(path: Path) -> None:
    """Raise when what stands at the place of the catalogue is not ours to replace.

    A catalogue of ours may be replaced however damaged it is; so may a file in which there is nothing to lose: an empty
    one, one of noughts alone, the first bytes of a database.

    Parameters
    ----------
    path
        The place of the catalogue.

    Raises
    ------
    OutputError
        When a folder stands there, a file that this program did not write, or one that may not be read.
    """
    if path.is_dir():
        seen = "a folder"
    elif path.is_file() and not os.access(path, os.R_OK):
        expected, step = "a catalogue that can be read", "let it be read, or move it away"
        problem = Problem(path.name, "", "", "a file without permission to read", expected, step, "catalogue")
        raise OutputError(f"{path} cannot be read", [problem])
    elif not path.is_file() or _is_ours(path):
        return
    else:
        seen = "a file that no `memorial build` wrote"
    step = "move it away, or name another place under files.catalogue in atlas.toml"
    problem = Problem(path.name, "", "", seen, "a catalogue, or no file", step, "catalogue")
    raise OutputError(f"{path} would be overwritten", [problem])


def _is_ours(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            application = db.execute("PRAGMA application_id").fetchone()[0]
            ours = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'atlas'").fetchone()
        if application == APPLICATION_ID and ours:
            return True
    except sqlite3.DatabaseError:
        pass  # not whole: its bytes must tell
    return _bears_marks(path)


def _bears_marks(path: Path) -> bool:
    """Return whether the bytes of a file that is no whole catalogue show that one stood there, or nothing."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
            if header == _MAGIC[: len(header)] or (len(header) < _HEADER_BYTES and header.startswith(_MAGIC)):
                return True
            signed = header[_COOKIE] == SIGNATURE.to_bytes(4) and header[_APPLICATION] == APPLICATION_ID.to_bytes(4)
            if signed and header.startswith(_MAGIC):
                return True
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                return any(whole.find(mark) >= 0 for mark in _MARKS) or _is_blank(whole)
    except OSError:
        return False


def _is_blank(whole: mmap.mmap) -> bool:
    """Return whether a file holds noughts alone, as it does where a disk lost power before the bytes came."""
    step = 1 << 20
    return not any(any(whole[start : start + step]) for start in range(0, len(whole), step))
