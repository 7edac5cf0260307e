"""JSON as RFC 8259 means it, with nothing repeated, infinite, bottomless or unprintable in it.

`json` is lenient where we must not be: it takes NaN, keeps the last of two equal names, turns 1e999 into infinity and
passes half a surrogate pair. The decoder's hooks put a mark where such a thing stood; the marks are then looked for
with their place, so that a file of a thousand features says which one is at fault.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from geo.errors import show_text
from geo.readers.files import DEFAULT_LIMITS, MAX_DEPTH, Limits, decode, hold_values, refuse

__all__ = ["Fault", "describe", "parse_json"]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_BRACKETS: Final = b"[]{}"
_NO_BRACKETS: Final = bytes(set(range(256)) - set(_BRACKETS))
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
# A text that never ends is one text; possessive, or every letter of it would be remembered and tried again.
_STRING_OR_BRACKET: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a JSON text that is refused.

    Attributes
    ----------
    path
        Names and numbers (from 0) that lead to it.
    seen, expected
        As in `geo.errors.Problem`.
    rule
        The short name of the rule.
    """

    path: tuple[str | int, ...]
    seen: str
    expected: str
    rule: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """Stands in the decoded tree for a value that is refused."""

    seen: str
    expected: str
    rule: str

    def __repr__(self) -> str:
        """Return what stood in the file."""
        return self.seen


class _Repeated(dict[str, Any]):
    """An object in which a name stood twice."""

    repeated: tuple[str, ...] = ()


def parse_json(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> tuple[Any, list[Fault]]:
    """Return what a JSON text says, and what in it is refused.

    Parameters
    ----------
    data
        UTF-8; a byte order mark is allowed.
    name
        The file as the atlas names it, for messages.
    limits
        How large it may be.

    Returns
    -------
    tuple
        The decoded value, in which every faulty part must be left aside, and the faults in reading order.

    Raises
    ------
    InputError
        The text is not JSON at all, or passes a limit (`MAX_DEPTH`, or one of `limits`).
    """
    hold_values(data, b",[{", name, limits)
    _hold_depth(data, name)
    text = decode(data, name, limits)
    marked = False

    def mark(seen: str, expected: str, rule: str) -> _Mark:
        nonlocal marked
        marked = True
        return _Mark(show_text(seen, 60), expected, rule)

    def number(digits: str) -> Any:  # noqa: ANN401 -- a float or a mark
        value = float(digits)
        return value if math.isfinite(value) else mark(digits, "a finite number", "number")

    def integer(digits: str) -> Any:  # noqa: ANN401 -- an int or a mark
        if len(digits) < 19:
            return int(digits)
        value = int(digits) if len(digits) < 21 else 2**64
        fits = -(2**63) <= value < 2**63
        return value if fits else mark(digits, "an integer of at most 64 bits", "number")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal marked
        record = dict(pairs)
        if len(record) == len(pairs):
            return record
        marked = True
        repeated = _Repeated(record)
        repeated.repeated = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return repeated

    try:
        value = json.loads(
            text,
            parse_float=number,
            parse_int=integer,
            parse_constant=lambda word: mark(word, "a finite number", "number"),
            object_pairs_hook=members,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        near = text[error.pos : error.pos + 20] or "the end of the file"
        raise refuse(name, f"{error.msg}: {near}", "JSON", where=where, rule="json") from None
    except RecursionError:
        raise refuse(name, "nesting without end", f"at most {MAX_DEPTH} levels", rule="depth-limit") from None
    if marked or rb"\u0000" in data or re.search(rb"\\u[dD][89a-fA-F]", data):
        return value, list(_find_faults(value))
    return value, []


def describe(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    """Return in a few words what a JSON value is, for messages.

    Parameters
    ----------
    value
        Any decoded value.

    Returns
    -------
    str
        ``an object``, ``a list``, or the value itself.
    """
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (str, bool, type(None))) else repr(value)


def _hold_depth(data: bytes, name: str) -> None:
    """Refuse, before parsing, what is nested too deep."""
    # Each round takes away the innermost pairs, of both kinds at once: what is gone after N rounds is at most N deep.
    # Brackets inside text may keep some from vanishing, and only then is every bracket looked at.
    brackets = data.translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        fewer = brackets.replace(b"[]", b"")
        if not fewer:
            return
        if len(fewer) == len(brackets):
            break
        brackets = fewer
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(data):
        token = found[0]
        if token in {b"[", b"{"}:
            depth += 1
        elif token in {b"]", b"}"}:
            depth -= 1
        if depth > MAX_DEPTH:
            line = data.count(b"\n", 0, found.start()) + 1
            expected = f"at most {MAX_DEPTH} levels of nesting"
            raise refuse(name, f"{depth} levels", expected, where=f"line {line}", rule="depth-limit")


def _find_faults(root: Any) -> list[Fault]:  # noqa: ANN401 -- any JSON value
    """Return what the hooks have marked, and text that no file can hold, in reading order."""
    faults: list[Fault] = []

    def visit(value: Any, path: tuple[str | int, ...]) -> None:  # noqa: ANN401 -- any JSON value
        if isinstance(value, _Mark):
            faults.append(Fault(path, value.seen, value.expected, value.rule))
        elif isinstance(value, str):
            check_text(value, path)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                if not isinstance(inner, (int, float)):
                    visit(inner, (*path, index))
        elif isinstance(value, dict):
            if isinstance(value, _Repeated):
                seen = ", ".join(value.repeated)
                faults.append(Fault(path, f"the name {seen} more than once", "each name once", "json"))
            for key, inner in value.items():
                check_text(key, path)
                visit(inner, (*path, key))

    def check_text(text: str, path: tuple[str | int, ...]) -> None:
        if "\0" in text:
            faults.append(Fault(path, show_text(text), "text without U+0000", "no-control"))
        elif _SURROGATE.search(text):
            faults.append(Fault(path, ascii(text)[:80], "whole characters, not half a surrogate pair", "json"))

    visit(root, ())
    return faults
