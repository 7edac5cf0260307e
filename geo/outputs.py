"""The room that creates files: a file appears whole, or the one that stood there stays.

A file is written beside its final place under a partial name, flushed to the disk and renamed over the old one; the
folder is flushed as well. Whatever happens on the way, the name that people open never holds half a file.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from geo.errors import OutputError, Problem

__all__ = ["whole_file", "write_whole"]

_DISK_ERRNOS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
_DISK_SQLITE: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})
_DISK_WORDS: Final = ("disk is full", "disk I/O error", "No space left on device")
_UNFINISHED: Final = ("-journal", "-wal")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a partial path beside `path`; when the block ends well, the partial file takes the place of `path`.

    Parameters
    ----------
    path
        Where the file shall stand in the end. A link is followed: the file that it points to is replaced.

    Yields
    ------
    Path
        A path in the same folder that does not exist yet, with the same suffix.

    Raises
    ------
    OutputError
        The folder is missing or may not be written, the target is not a plain file or is write-protected, or the disk
        is full or fails. The earlier file is unchanged.
    RuntimeError
        The block ended well without writing the file, or left a database open (a bug of the caller).
    """
    with _as_output_error(path):
        target = Path(os.path.realpath(path))
        mode = _mode_for(target)
        label = _safe_label(target.name)
        suffix = target.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,12}", target.suffix) else ""
        stem = f".{label}.partial-{os.getpid()}-{secrets.token_hex(4)}"
        partial = target.with_name(stem + suffix)
        usual = _probe_mode(partial)
        mode = usual if mode is None else mode
        try:
            yield partial
            _settle(partial, target, mode)
        except BaseException:
            _remove(partial)
            raise
    with suppress(OSError):  # the file stands; a folder that may not be listed keeps its old litter
        _remove_stale(target.parent, label)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that the file is whole or unchanged.

    Parameters
    ----------
    path
        The file to create or replace.
    data
        Its whole content.

    Raises
    ------
    OutputError
        As `whole_file`.
    """
    with whole_file(path) as partial:
        partial.write_bytes(data)


@contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    """Turn what a disk or a folder can do to us into an `OutputError`; let every other exception pass."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
        if code not in _DISK_SQLITE:
            raise
        raise _refusal(path, str(error)) from error
    except _TargetError as error:
        raise _refusal(path, error.seen, error.expected) from None
    except OSError as error:
        if error.errno not in _DISK_ERRNOS:
            raise
        raise _refusal(path, error.strerror or str(error)) from error
    except RuntimeError as error:  # GDAL hands on the words of SQLite and of the system, and no number
        if not any(words in str(error) for words in _DISK_WORDS):
            raise
        raise _refusal(path, str(error)) from error


class _TargetError(Exception):
    """The target cannot be written at all."""

    def __init__(self, seen: str, expected: str) -> None:
        super().__init__(seen)
        self.seen = seen
        self.expected = expected


def _refusal(path: Path, seen: str, expected: str = "a disk with room that can be written") -> OutputError:
    problem = Problem(
        input=str(path),
        where="",
        field="",
        seen=seen,
        expected=expected,
        next_step="free the space or choose another place; the earlier file, if any, is unchanged",
        rule="output",
    )
    return OutputError(f"{path} was not written", [problem])


def _mode_for(target: Path) -> int | None:
    """Return the permission bits that the new file must have, or None where nothing stands yet."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise _TargetError("a file where a folder should be", "a folder that exists") from None
    except OSError as error:
        raise _TargetError(error.strerror or str(error), "a path that can be reached") from error
    if stat.S_ISDIR(status.st_mode):
        raise _TargetError("a folder", "the name of a file")
    if not stat.S_ISREG(status.st_mode):
        raise _TargetError("a device, pipe or socket", "a plain file")
    if not os.access(target, os.W_OK):
        raise _TargetError("a write-protected file", "a file that may be replaced")
    return stat.S_IMODE(status.st_mode)


def _probe_mode(partial: Path) -> int:
    """Return the permission bits that this process gives to a new file, and prove that the folder takes one."""
    try:
        with partial.open("xb") as probe:
            mode = stat.S_IMODE(os.fstat(probe.fileno()).st_mode)
    except FileNotFoundError:
        raise _TargetError("no such folder", "a folder that exists") from None
    except PermissionError:
        raise _TargetError("a folder without permission to write", "a folder that may be written") from None
    partial.unlink()
    return mode


def _safe_label(name: str) -> str:
    """Reduce a file name to letters that no driver, shell or file system reads a meaning into."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:80]


def _settle(partial: Path, target: Path, mode: int) -> None:
    """Flush the partial file, give it its permissions, and rename it over the target."""
    if not partial.is_file():
        message = f"nothing was written to {partial}"
        raise RuntimeError(message)
    for ending in _UNFINISHED:
        if partial.with_name(partial.name + ending).exists():
            message = f"{partial} is a database that was left open"
            raise RuntimeError(message)
    try:
        partial.chmod(mode)
        _flush(partial, os.O_RDWR)  # flushing asks for a handle that may write on some systems
        partial.replace(target)
    except OSError as error:
        raise _TargetError(error.strerror or str(error), "a file that can be put in place") from error
    if sys.platform != "win32":
        # The rename must last through a power loss as well. Some network file systems refuse to flush a folder; the
        # rename itself has happened and is whole.
        with suppress(OSError):
            _flush(target.parent, os.O_RDONLY)


def _flush(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(partial: Path) -> None:
    """Remove a partial file and everything that a driver left beside it."""
    with suppress(OSError):  # the failure that brought us here is the one to report
        partial.unlink(missing_ok=True)
        for stray in partial.parent.iterdir():
            if stray.name.startswith(partial.stem):
                stray.unlink(missing_ok=True)


def _remove_stale(folder: Path, label: str) -> None:
    """Remove the partial files of the same target that runs which no longer exist have left behind."""
    pattern = re.compile(rf"\.{re.escape(label)}\.partial-(\d+)-[0-9a-f]{{8}}")
    for stray in folder.iterdir():
        found = pattern.match(stray.name)
        if found and not _is_running(int(found[1])):
            with suppress(OSError):
                stray.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    """Return whether a process of this machine has this number; where asking would harm it, say that it runs."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
