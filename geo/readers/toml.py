"""TOML as a table, with limits on what the parser of the standard library has none for."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from geo.errors import InputError, Problem, show_text
from geo.readers.files import MAX_DEPTH, Limits, read_text, refuse

__all__ = ["MAX_TOML_BYTES", "read_toml"]

MAX_TOML_BYTES: Final = 1_000_000
"""Largest TOML file that is opened, in bytes."""

# The parser takes time and memory with the square of the length of a dotted key; a line of text has few dots.
_MAX_DOTS: Final = 200


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """Return what a TOML file says.

    Parameters
    ----------
    path
        The file.
    name
        The file as the atlas names it, for messages.

    Returns
    -------
    dict
        Tables, lists and values, in which every number is finite and no text holds U+0000.

    Raises
    ------
    InputError
        The file cannot be read, is not TOML, passes a limit, or holds a value that no atlas can use.
    """
    text = read_text(path, name, Limits(bytes=MAX_TOML_BYTES))
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MAX_DOTS:
            seen, expected = f"{line.count('.'):,} dots", f"at most {_MAX_DOTS} in one line"
            raise refuse(name, seen, expected, where=f"line {number}", rule="depth-limit")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        seen, _, where = str(error).rpartition(" (at ")
        place = where.rstrip(")") if seen else ""
        raise refuse(name, seen or str(error), "TOML", "see https://toml.io", where=place, rule="toml") from None
    except ValueError as error:  # a number of more digits than Python converts
        raise refuse(name, str(error), "TOML", rule="toml") from None
    except RecursionError:
        raise _too_deep(name) from None
    problems = list(_check_values(data, name))
    if problems:
        message = f"{name} cannot be used"
        raise InputError(message, problems)
    return data


def _too_deep(name: str) -> InputError:
    return refuse(name, f"more than {MAX_DEPTH} levels", f"at most {MAX_DEPTH} levels of nesting", rule="depth-limit")


def _check_values(data: dict[str, Any], name: str) -> Iterator[Problem]:
    """Yield the values that TOML allows and no atlas can use: infinities, nulls inside text."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), data)]
    while waiting:  # a loop, not a recursion: dotted keys nest as deep as the file is long
        keys, value = waiting.pop()
        if len(keys) > MAX_DEPTH:
            raise _too_deep(name)
        if isinstance(value, dict):
            waiting += (((*keys, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            waiting += (((*keys, str(index + 1)), inner) for index, inner in enumerate(value))
        elif isinstance(value, float) and not math.isfinite(value):
            yield Problem(name, _where(keys), "", repr(value), "a finite number", rule="number")
        elif isinstance(value, str) and "\0" in value:
            yield Problem(name, _where(keys), "", show_text(value), "text without U+0000", rule="no-control")


def _where(keys: tuple[str, ...]) -> str:
    return "key " + ".".join(keys)
