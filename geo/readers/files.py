"""Files as bytes and text: where they may lie, how large they may be, what their letters are."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from geo.errors import InputError, Problem, show_text

__all__ = [
    "DEFAULT_LIMITS",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_VALUES",
    "SHAPEFILE_PARTS",
    "Limits",
    "decode",
    "digest_file",
    "hold_values",
    "open_plain",
    "place_inside",
    "read_bytes",
    "read_text",
    "refuse",
    "resolve_inside",
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

SHAPEFILE_PARTS: Final = (".dbf", ".shx", ".prj", ".cpg")
"""What stands beside a ``.shp``: a Shapefile is several files, and all of them are inputs."""


class Limits(NamedTuple):
    """How large an input may be.

    Attributes
    ----------
    bytes
        Of a file.
    values
        In a file, counted by its separators.
    features
        Of a layer.
    columns
        Of a table, or properties of a layer.
    settable
        Whether the manifest of an atlas can raise them, so that a refusal says how.
    """

    bytes: int = MAX_BYTES
    values: int = MAX_VALUES
    features: int = MAX_FEATURES
    columns: int = MAX_COLUMNS
    settable: bool = False

    def refuse(self, name: str, seen: str, key: str, unit: str) -> InputError:
        """Return the error that refuses a file which passes a limit.

        Parameters
        ----------
        name
            The file as the atlas names it.
        seen
            How much there is, with its unit.
        key
            Which limit: the name of an attribute.
        unit
            What is counted.
        """
        step = f"split the file, or raise {key} under [limits] in atlas.toml" if self.settable else "split the file"
        return refuse(name, seen, f"at most {getattr(self, key):,} {unit}", step, rule="size-limit")


DEFAULT_LIMITS: Final = Limits()
"""What holds where no manifest says otherwise."""


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
    return folder / name if resolve_inside(os.path.realpath(folder), name) is not None else None


def resolve_inside(root: str, name: str) -> str | None:
    """Return where `name` really lies, for those who ask for many: the folder is resolved once, not for each name.

    Parameters
    ----------
    root
        The atlas folder, with every link on its way resolved.
    name
        As for `place_inside`.

    Returns
    -------
    str or None
        The path with every link resolved; None as `place_inside` says.
    """
    parts = name.split("/")
    plain = not any(char in name for char in ':\\|?*<>"') and name.isprintable()
    if not plain or name.startswith(("/", "~")) or any(part in {"", ".", ".."} for part in parts):
        return None
    path = os.path.realpath(os.path.join(root, name))  # noqa: PTH118 -- a Path for each of many names is slow
    return path if Path(path).is_relative_to(root) else None


def read_bytes(path: Path, name: str, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return the content of a plain file.

    Parameters
    ----------
    path
        The file.
    name
        The file as the atlas names it, for messages.
    limits
        How large it may be.

    Returns
    -------
    bytes
        The whole content.

    Raises
    ------
    InputError
        There is no such file, it may not be read, it is a folder, pipe or device, or it is larger than its limit.
    """
    with open_plain(path, name, limits) as file, _as_read(name):
        data = file.read(limits.bytes + 1)
    if len(data) > limits.bytes:  # it grew while it was read
        raise limits.refuse(name, f"{len(data):,} bytes", "bytes", "bytes")
    return data


def read_text(path: Path, name: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return the content of a UTF-8 file, without the byte order mark that may open it.

    Parameters
    ----------
    path, name, limits
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
    return decode(read_bytes(path, name, limits), name, limits)


def decode(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return bytes as text.

    Parameters
    ----------
    data
        The content of a file.
    name
        The file as the atlas names it, for messages.
    limits
        As text it may take twice the bytes of a file: one letter beyond the basic plane makes every other letter four
        bytes wide.

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
    if sys.getsizeof(text) > 2 * limits.bytes:
        doubled = limits._replace(bytes=2 * limits.bytes)
        raise doubled.refuse(name, f"{sys.getsizeof(text):,} bytes as text", "bytes", "bytes")
    return text


def hold_values(data: bytes, separators: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse, before parsing, a file of so many values that they would fill the memory.

    Parameters
    ----------
    data
        The content of the file.
    separators
        The bytes that stand between its values.
    name
        The file as the atlas names it, for messages.
    limits
        How many there may be.

    Raises
    ------
    InputError
        There are more of them than the limit.
    """
    count = sum(data.count(separator) for separator in (bytes([byte]) for byte in separators))
    if count > limits.values:
        raise limits.refuse(name, f"about {count:,} values", "values", "values")


def digest_file(path: Path, name: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Parameters
    ----------
    path, name, limits
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

    with open_plain(path, name, limits) as file, _as_read(name):
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_plain(path: Path, name: str, limits: Limits = DEFAULT_LIMITS) -> io.BufferedReader:
    """Open a plain file to be read; a pipe is refused before it can make us wait.

    Parameters
    ----------
    path, name, limits
        As `read_bytes`.

    Returns
    -------
    file
        Of bytes; the caller closes it.

    Raises
    ------
    InputError
        As `read_bytes`.
    """
    # O_NONBLOCK: opening a pipe that nobody writes to returns at once, and is refused below.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise refuse(name, "no such file", "a file", "add it, or correct its name") from None
    except OSError as error:
        raise _unreadable(name, error) from error
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise refuse(name, "a folder, pipe or device", "a plain file")
    if status.st_size > limits.bytes:
        os.close(handle)
        raise limits.refuse(name, f"{status.st_size:,} bytes", "bytes", "bytes")
    return os.fdopen(handle, "rb")


@contextmanager
def _as_read(name: str) -> Iterator[None]:
    """Refuse a file whose disk fails while it is read.

    Raises
    ------
    InputError
        The disk, or the network that it is on, gives no more of it.
    """
    try:
        yield
    except OSError as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: OSError) -> InputError:
    step = "look at its permissions and at its disk"
    return refuse(name, error.strerror or str(error), "a file that can be read", step)
