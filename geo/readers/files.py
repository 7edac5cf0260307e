"""Files as bytes and text: where they may lie, how large they may be, what their letters are."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path
from typing import Final

from geo.errors import InputError, Problem, show_text

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_VALUES",
    "decode",
    "digest_file",
    "hold_values",
    "place_inside",
    "read_bytes",
    "read_text",
    "refuse",
]

MAX_BYTES: Final = 200_000_000
"""Largest file that is opened, in bytes."""

MAX_DEPTH: Final = 64
"""Deepest nesting of lists and objects in JSON and TOML."""

MAX_VALUES: Final = 15_000_000
"""Most values in one file, counted by its separators: it bounds the memory that the file can take."""

MAX_COLUMNS: Final = 1_000
"""Most columns of a table, or properties of a layer."""

MAX_FEATURES: Final = 2_000_000
"""Most features of a layer."""

_MAX_TEXT: Final = 2 * MAX_BYTES  # one letter beyond the basic plane makes every other letter four bytes wide


def refuse(
    name: str, seen: str, expected: str, next_step: str = "", *, where: str = "", rule: str = "file"
) -> InputError:
    """Return the error that refuses a whole file, with its one problem.

    Parameters
    ----------
    name
        The file as the atlas names it.
    seen, expected, next_step, where, rule
        As the attributes of `geo.errors.Problem`.

    Returns
    -------
    InputError
        To be raised by the caller.
    """
    problem = Problem(name, where, "", show_text(seen), expected, next_step, rule)
    return InputError(f"{name} cannot be used", [problem])


def place_inside(folder: Path, name: str) -> Path | None:
    """Return where `name` lies in `folder`, or None when it is anything but a plain relative path that stays inside.

    Parameters
    ----------
    folder
        The atlas folder.
    name
        A path as a manifest gives it: relative, with forward slashes.

    Returns
    -------
    Path or None
        The path; None for an absolute path, a step upwards, an address, a driver prefix, a path of `/vsi`, a name
        with control characters, or a link that leaves the folder.
    """
    parts = name.split("/")
    plain = not any(char in name for char in ':\\|?*<>"') and name.isprintable()
    if not plain or name.startswith(("/", "~")) or any(part in {"", ".", ".."} for part in parts):
        return None
    path = folder / name
    inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    return path if inside else None


def read_bytes(path: Path, name: str, limit: int = MAX_BYTES) -> bytes:
    """Return the content of a plain file.

    Parameters
    ----------
    path
        The file.
    name
        The file as the atlas names it, for messages.
    limit
        Largest size accepted, in bytes.

    Returns
    -------
    bytes
        The whole content.

    Raises
    ------
    InputError
        There is no such file, it may not be read, it is a folder, pipe or device, or it is larger than `limit`.
    """
    with _open(path, name, limit) as file:
        data = file.read(limit + 1)
    if len(data) > limit:  # it grew while it was read
        raise _too_large(name, len(data), limit)
    return data


def read_text(path: Path, name: str, limit: int = MAX_BYTES) -> str:
    """Return the content of a UTF-8 file, without the byte order mark that may open it.

    Parameters
    ----------
    path, name, limit
        As `read_bytes`.

    Returns
    -------
    str
        The text, letter for letter: line ends are not changed.

    Raises
    ------
    InputError
        As `read_bytes`, or the file is not UTF-8.
    """
    return decode(read_bytes(path, name, limit), name)


def decode(data: bytes, name: str) -> str:
    """Return bytes as text.

    Parameters
    ----------
    data
        The content of a file.
    name
        The file as the atlas names it, for messages.

    Returns
    -------
    str
        The text without a byte order mark.

    Raises
    ------
    InputError
        The bytes are not UTF-8, or as text they would fill the memory.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        seen = "bytes that are not UTF-8: " + data[error.start : error.start + 4].hex(" ")
        if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            seen = "UTF-16"
        raise refuse(name, seen, "UTF-8 text", "save the file as UTF-8", where=f"line {line}", rule="utf-8") from None
    if sys.getsizeof(text) > _MAX_TEXT:
        expected = f"at most {_MAX_TEXT:,} bytes"
        raise refuse(name, f"{sys.getsizeof(text):,} bytes as text", expected, "split the file", rule="size-limit")
    return text


def hold_values(data: bytes, separators: bytes, name: str) -> None:
    """Refuse, before parsing, a file of so many values that they would fill the memory.

    Parameters
    ----------
    data
        The content of the file.
    separators
        The bytes that stand between its values.
    name
        The file as the atlas names it, for messages.

    Raises
    ------
    InputError
        There are more than `MAX_VALUES` of them.
    """
    count = sum(data.count(separator) for separator in (bytes([byte]) for byte in separators))
    if count > MAX_VALUES:
        expected = f"at most {MAX_VALUES:,} values"
        raise refuse(name, f"about {count:,} values", expected, "split the file", rule="size-limit")


def digest_file(path: Path, name: str) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Parameters
    ----------
    path, name
        As `read_bytes`.

    Returns
    -------
    str
        64 characters.

    Raises
    ------
    InputError
        As `read_bytes`.
    """
    import hashlib  # noqa: PLC0415 -- OpenSSL is slow to load, and a question about an atlas that rests hashes nothing

    with _open(path, name, MAX_BYTES) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path, name: str, limit: int) -> io.BufferedReader:
    """Open a plain file; a pipe is refused before it can make us wait."""
    # O_NONBLOCK: opening a pipe that nobody writes to returns at once, and is refused below.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise refuse(name, "no such file", "a file", "add it, or correct its name in the manifest") from None
    except OSError as error:
        raise refuse(name, error.strerror or str(error), "a file that can be read") from error
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise refuse(name, "a folder, pipe or device", "a plain file")
    if status.st_size > limit:
        os.close(handle)
        raise _too_large(name, status.st_size, limit)
    return os.fdopen(handle, "rb")


def _too_large(name: str, size: int, limit: int) -> InputError:
    return refuse(name, f"{size:,} bytes", f"at most {limit:,} bytes", "split the file", rule="size-limit")
