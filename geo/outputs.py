"""The room that creates files: a file appears whole, or the one that stood there stays.

A file is written beside its final place under a partial name, flushed to the disk and renamed over the old one; the
folder is flushed as well. Whatever happens on the way, the name that people open never holds half a file. Several
files of one command are all written and flushed before the first is renamed, so that a fault leaves every earlier one.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import signal
import sqlite3
import stat
import sys
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from geo.errors import MemorialError, OutputError, Problem

__all__ = ["alone_in", "scratch_beside", "whole_file", "whole_files", "write_all", "write_whole"]

_DISK_ERRNOS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
_DISK_SQLITE: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})
_DISK_WORDS: Final = ("disk is full", "disk I/O error", "No space left on device", "File too large")
_UNFINISHED: Final = ("-journal", "-wal")
_MORE_BYTES: Final = 65_536
_DATABASES: Final = frozenset({".gpkg", ".sqlite"})
_FREE_SPACE: Final = "free the space or choose another place"

_ABANDONED_S: Final = 86_400.0
"""After how many seconds a partial file of another machine is taken for litter: whether its run lives is not known."""

_LIVE: Final[set[str]] = set()
"""Stems of the partial files that this process is writing."""


class _Target(NamedTuple):
    """A file on its way: what was asked for, where it will stand, what its partial file is called, its permissions."""

    asked: Path
    final: Path
    stem: str
    partial: Path
    mode: int


@contextmanager
def whole_file(path: Path, dated_ns: int | None = None) -> Iterator[Path]:
    """Yield a partial path beside `path`; when the block ends well, the partial file takes the place of `path`.

    Parameters
    ----------
    path
        Where the file shall stand in the end. A link is followed: the file that it points to is replaced.
    dated_ns
        When the file shall say that it was changed, in nanoseconds since the epoch; now when ``None``.

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
    with whole_files((path,), dated_ns) as (partial,):
        yield partial


@contextmanager
def whole_files(paths: Sequence[Path], dated_ns: int | None = None) -> Iterator[list[Path]]:
    """Yield a partial path for each of `paths`; when the block ends well, all of them take their places, in this order.

    Parameters
    ----------
    paths
        Where the files shall stand in the end, what refers to others after them; at least one.
    dated_ns
        As for `whole_file`, for each.

    Yields
    ------
    list of Path
        As `whole_file`, one for each of `paths`.

    Raises
    ------
    OutputError
        As `whole_file`, or two of the paths are one file. No file is changed unless the disk fails while they are
        being renamed, when the error names those that are new.
    RuntimeError
        As `whole_file`.

    Notes
    -----
    Nothing can rename several files at one stroke. Each of them is whole at every moment, and everything that takes
    time or room is done before the first one is renamed; an interruption from the keyboard waits until all of them are.
    """
    targets: list[_Target] = []
    try:
        with _undisturbed():
            for path in paths:
                with _as_output_error(path):
                    targets.append(_aim(path, targets))
        with _as_output_error(paths[-1], [target.partial for target in targets]):
            yield [target.partial for target in targets]
        for target in targets:
            with _as_output_error(target.asked):
                _settle(target, dated_ns)
        with _undisturbed():
            _put_in_place(targets)
    except BaseException:
        with _undisturbed():
            for target in targets:
                _remove(target)
        raise
    finally:
        _LIVE.difference_update(target.stem for target in targets)
    for target in targets:
        with suppress(OSError):  # the file stands; a folder that may not be listed keeps its old litter
            _remove_stale(target.final.parent, _safe_label(target.final.name))


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
    write_all([(path, data)])


def write_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write several files so that all are whole or all unchanged, as far as a file system allows.

    Parameters
    ----------
    files
        Where each shall stand, and its whole content; what refers to others after them. There may be none.

    Raises
    ------
    OutputError
        As `whole_files`.
    """
    if not files:
        return
    with whole_files([path for path, _ in files]) as partials:
        for (path, data), partial in zip(files, partials, strict=True):
            with _as_output_error(path):
                partial.write_bytes(data)


@contextmanager
def scratch_beside(path: Path) -> Iterator[Path]:
    """Yield a new folder beside an output, for the pieces that it is put together from; it is removed in the end.

    Parameters
    ----------
    path
        The output. Its disk has the room that the pieces need; that of temporary files may not.

    Yields
    ------
    Path
        An empty folder.

    Raises
    ------
    OutputError
        As `whole_file`.
    """
    final = Path(os.path.realpath(path))
    with _as_output_error(path):
        _mode_for(final)
        stem = _partial_stem(final)
        scratch = final.with_name(stem)
        try:
            scratch.mkdir()
        except FileNotFoundError:
            raise _TargetError("no such folder", "a folder that exists") from None
        except PermissionError:
            raise _TargetError("a folder without permission to write", "a folder that may be written") from None
    _LIVE.add(stem)
    try:
        yield scratch
    finally:
        with _undisturbed():
            shutil.rmtree(scratch, ignore_errors=True)
        _LIVE.discard(stem)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other runs of this program from putting files in place in a folder while the block runs.

    Where the system has no such locks, or the folder is on a disk that has none, the block runs all the same. The lock
    ends with the process, however that ends.

    Parameters
    ----------
    folder
        A folder that exists. The block must not ask for it again.
    """
    handle = None
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415  (Windows has none)

        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let an interruption from the keyboard wait until the block has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    earlier = signal.signal(signal.SIGINT, lambda number, _: waiting.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, earlier)
    if waiting:
        signal.raise_signal(signal.SIGINT)


@contextmanager
def _as_output_error(path: Path, partials: Sequence[Path] = ()) -> Iterator[None]:
    """Turn what a disk or a folder can do to us into an `OutputError`; let every other exception pass.

    Not every library says that a disk was full; then the disk is asked whether it takes more of `partials`.
    """
    try:
        yield
    except MemorialError:
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
        # What another library could not put on a full disk without saying so, SQLite does not find there.
        words = str(error) if code in _DISK_SQLITE else _ask_disk(partials)
        if not words:
            raise
        raise _refusal(path, words) from error
    except _TargetError as error:
        raise _refusal(path, error.seen, error.expected, error.next_step) from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK_ERRNOS:
            raise _refusal(path, error.strerror or str(error)) from error
        # GDAL hands on the words of SQLite and of the system, and no number; or not even those.
        words = next((words for words in _DISK_WORDS if words in str(error)), "") or _ask_disk(partials)
        if not words:
            raise
        raise _refusal(path, words) from error


def _ask_disk(partials: Sequence[Path]) -> str:
    """Return in the words of the system why a disk takes no more of partial files; empty when it does."""
    for partial in partials:
        try:
            with partial.open("ab") as file:
                file.write(bytes(_MORE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if error.errno in _DISK_ERRNOS:
                return error.strerror or str(error)
    return ""


class _TargetError(Exception):
    """The target cannot be written at all."""

    def __init__(self, seen: str, expected: str, next_step: str = "choose another place") -> None:
        super().__init__(seen)
        self.seen = seen
        self.expected = expected
        self.next_step = next_step


def _refusal(
    path: Path, seen: str, expected: str = "a disk with room that can be written", next_step: str = _FREE_SPACE
) -> OutputError:
    problem = Problem(
        input=str(path),
        where="",
        field="",
        seen=seen,
        expected=expected,
        next_step=f"{next_step}; the earlier file, if any, is unchanged",
        rule="output",
    )
    return OutputError(f"{path} was not written", [problem])


def _aim(path: Path, others: Sequence[_Target]) -> _Target:
    """Find out where a file will stand and whether it may, and choose its partial name."""
    final = Path(os.path.realpath(path))
    if any(final == other.final for other in others):
        raise _TargetError("a file that is to be written twice", "one name for each file", "name another file")
    mode = _mode_for(final)
    suffix = final.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,12}", final.suffix) else ""
    stem = _partial_stem(final)
    partial = final.with_name(stem + suffix)
    _LIVE.add(stem)
    usual = _probe_mode(partial)
    return _Target(path, final, stem, partial, usual if mode is None else mode)


def _partial_stem(final: Path) -> str:
    """Return a name that nothing bears yet and that tells by whom a file is being written."""
    return f".{_safe_label(final.name)}.partial-{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"


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
        raise _TargetError("a folder", "the name of a file", "move that folder away, or choose another place")
    if not stat.S_ISREG(status.st_mode):
        raise _TargetError("a device, pipe or socket", "a plain file")
    if not os.access(target, os.W_OK):
        raise _TargetError("a write-protected file", "a file that may be replaced")
    return stat.S_IMODE(status.st_mode)


def _probe_mode(partial: Path) -> int:
    """Return the permission bits that this process gives to a new file, and prove that the folder takes one."""
    try:
        try:
            with partial.open("xb") as probe:
                return stat.S_IMODE(os.fstat(probe.fileno()).st_mode)
        finally:
            partial.unlink(missing_ok=True)
    except FileNotFoundError:
        raise _TargetError("no such folder", "a folder that exists") from None
    except PermissionError:
        raise _TargetError("a folder without permission to write", "a folder that may be written") from None


def _safe_label(name: str) -> str:
    """Reduce a file name to letters that no driver, shell or file system reads a meaning into."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:80]


def _settle(target: _Target, dated_ns: int | None) -> None:
    """Give a partial file its permissions and its date, and flush it to the disk."""
    partial = target.partial
    if not partial.is_file():
        message = f"nothing was written to {partial}"
        raise RuntimeError(message)
    for ending in _UNFINISHED:
        if partial.with_name(partial.name + ending).exists():
            message = f"{partial} is a database that was left open"
            raise RuntimeError(message)
    try:
        partial.chmod(target.mode)
        if dated_ns is not None:
            os.utime(partial, ns=(dated_ns, dated_ns))
        _flush(partial, os.O_RDWR)  # flushing asks for a handle that may write on some systems
    except OSError as error:
        raise _TargetError(error.strerror or str(error), "a file that can be put in place") from error


def _put_in_place(targets: Sequence[_Target]) -> None:
    """Rename partial files over the earlier ones, and flush their folders.

    Raises
    ------
    OutputError
        When one cannot be renamed; it says which are new already. When an earlier database is in use, no file is new.
    """
    for target in targets:
        _close_earlier(target)
    for number, target in enumerate(targets):
        try:
            target.partial.replace(target.final)
        except OSError as error:
            new = ", ".join(str(done.asked) for done in targets[:number])
            step = f"run it again: {new} are new already" if new else "choose another place"
            raise _refusal(
                target.asked, error.strerror or str(error), "a file that can be put in place", step
            ) from error
    if sys.platform == "win32":
        return
    for folder in dict.fromkeys(target.final.parent for target in targets):
        # The rename must last through a power loss as well. Some network file systems refuse to flush a folder; the
        # rename itself has happened and is whole.
        with suppress(OSError):
            _flush(folder, os.O_RDONLY)


def _close_earlier(target: _Target) -> None:
    """Put into an earlier database what stands beside it: that would be played into the new one.

    Afterwards the earlier file is whole by itself, whatever stops us before the new one takes its place.

    Raises
    ------
    OutputError
        When another program has it open and is not done with it.

    Notes
    -----
    SQLite, "Write-Ahead Logging": a checkpoint that says that it moved as many pages as there are has moved them all.
    "File Locking And Concurrency", 5.1: reading undoes what a journal says was left unfinished.
    """
    beside = [target.final.with_name(target.final.name + ending) for ending in (*_UNFINISHED, "-shm")]
    if target.final.suffix not in _DATABASES or not any(path.exists() for path in beside):
        return
    try:
        with closing(sqlite3.connect(f"{target.final.as_uri()}?mode=rw", timeout=1, uri=True)) as earlier:
            earlier.execute("SELECT count(*) FROM sqlite_master").fetchone()
            _, pages, moved = earlier.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        used = "" if pages == moved else "a database with changes that are still being read"
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DISK_SQLITE:
            raise _refusal(target.asked, str(error)) from error
        used = "a database that is in use" if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} else ""
        # Whatever else stands there is no database: what lies beside it belongs to nothing.
    if used:
        step = "close it in the other program, and run it again"
        raise _refusal(target.asked, used, "a file that nobody writes", step)
    try:
        for path in beside:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise _refusal(target.asked, error.strerror or str(error), "a file that can be put in place") from error


def _flush(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(target: _Target) -> None:
    """Remove a partial file and everything that a driver left beside it."""
    with suppress(OSError):  # the failure that brought us here is the one to report
        target.partial.unlink(missing_ok=True)
        for stray in target.partial.parent.iterdir():
            if stray.name.startswith(target.stem):
                stray.unlink(missing_ok=True)


def _remove_stale(folder: Path, label: str) -> None:
    """Remove the partial files of the same target that runs which no longer exist have left behind."""
    pattern = re.compile(rf"(\.{re.escape(label)}\.partial-([0-9a-f]{{8}})-(\d+)-[0-9a-f]{{8}})")
    for stray in folder.iterdir():
        found = pattern.match(stray.name)
        if not found:
            continue
        stem, machine, process = found.groups()
        with suppress(OSError):
            if machine != _machine():
                dead = time.time() - stray.stat().st_mtime > _ABANDONED_S
            elif int(process) == os.getpid():  # a number is given out again, in a container very soon
                dead = stem not in _LIVE
            else:
                dead = not _is_running(int(process))
            if dead and stray.is_dir() and not stray.is_symlink():
                shutil.rmtree(stray, ignore_errors=True)
            elif dead:
                stray.unlink(missing_ok=True)


def _machine() -> str:
    """Return eight letters that tell this machine from another one that writes to the same folder."""
    import platform  # noqa: PLC0415  (a question writes nothing)

    return f"{zlib.crc32(platform.node().encode('utf-8', 'surrogateescape')):08x}"


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
