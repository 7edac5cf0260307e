"""GeoJSON in pieces: its list of features is parted, and what stands in each piece is decoded by itself.

Where one piece ends and the next begins is guessed from the text (a brace, a comma, what the first feature begins with)
and then proved: from the first feature on, a text that decodes as a list of whole values and is followed by a comma
ends between two features. A piece in which anything is odd goes through `geo.readers.geojson`, feature by feature, and
a file that is odd as a whole is left to it altogether. So what is kept, and every word of what is refused, is the same
on both ways.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from geo.errors import InputError
from geo.readers.features import Layer, Part
from geo.readers.files import Limits, open_plain
from geo.readers.geojson import begin_layer, take_features
from geo.readers.strict_json import Fault, parse_json
from geo.spec import Schema

__all__ = ["count_byte", "read_pieces"]

_PIECE: Final = 4_000_000
"""Bytes that are decoded at once."""

_LONGEST: Final = 64_000_000
"""Bytes without a place where they could be parted, after which the file is left to the other way."""

_EDGE: Final = 65_536
"""Bytes at either end of a file in which the list of features must begin, and end; and at the end of a text, in which
a place is looked for where it may be parted."""

_TRIES: Final = 3

_BEGIN: Final = re.compile(rb'"features"[ \t\r\n]*:[ \t\r\n]*\[')
_FIRST: Final = re.compile(rb'[ \t\r\n]*(\{[ \t\r\n]*"[^"\\]{1,40}")')
"""How the first feature begins; most likely so do all, and nothing that is inside of one."""
_BETWEEN: Final = rb"\}[ \t\r\n]*,[ \t\r\n]*(?=%s)"
_ANY: Final = re.compile(_BETWEEN % rb"\{")
_SEPARATORS: Final = (b",", b"[", b"{")
_MARK: Final = "the features stand here"


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around the features: where they begin and end in the file, the collection without them."""

    begin: int
    end: int
    root: dict[str, Any]
    values: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """Features that follow each other: as columns, or (`part` is None) as any JSON values, with what is refused.

    `count` is how many they are, `values` about how many values their text holds.
    """

    count: int
    values: int
    part: Part | None = None
    features: list[Any] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_pieces(
    path: Path,
    name: str,
    schema: Schema,
    limits: Limits,
    pack: Callable[[bytes], Part | None],
    tell: Callable[[float], object] | None = None,
    beside: int = 1,
) -> Layer | None:
    """Return the features of a GeoJSON file.

    Parameters
    ----------
    path, name, limits
        As `geo.readers.files.read_bytes`.
    schema
        A schema of layers.
    pack
        Text of features, parted by commas -> these as columns, numbered from 1; None when anything about them is not
        plain, or they are none.
    tell
        Called after each piece with how much of the file was read, from 0 to 1.
    beside
        How many pieces are decoded beside each other.

    Returns
    -------
    Layer or None
        As `geo.readers.geojson.read_features` would return it; None when that must read the file, because something
        about the file as a whole is not plain.

    Raises
    ------
    InputError
        The file cannot be opened, or is too large.
    """
    with open_plain(path, name, limits) as file:
        around = _find_around(file, limits)
        if around is None:
            return None
        try:
            layer = begin_layer(around.root, [], name, limits)
        except InputError:
            return None  # something worse may stand further on, and would have to be told instead
        with closing(_pieces(_texts(file, around, tell), partial(_look, pack), beside)) as pieces:
            taken = _take_all(pieces, around.values, name, schema, limits, layer)
    return layer if taken else None


def _find_around(file: io.BufferedReader, limits: Limits) -> _Around | None:
    """Return what stands around the features of a file; None where they are not to be found at its two ends."""
    head = file.read(_EDGE)
    found = _BEGIN.search(head)
    if found is None:
        return None
    begin = found.end()
    head = head[:begin]
    start = max(begin, file.seek(0, io.SEEK_END) - _EDGE)
    file.seek(start)
    tail = file.read(_EDGE)
    mark = f'"{_MARK}"'.encode()
    if mark in head or mark in tail:
        return None
    end = len(tail)
    for _ in range(_TRIES):
        end = tail.rfind(b"]", 0, end)
        if end < 0:
            return None
        try:
            root, faults = parse_json(head + mark + tail[end:], "", limits)
        except InputError:
            continue
        if faults or not isinstance(root, dict) or root.get("features") != [_MARK]:
            return None
        root["features"] = []
        values = sum((head + tail[end:]).count(byte) for byte in _SEPARATORS)
        return _Around(begin, start + end, root, values)
    return None


def _texts(
    file: io.BufferedReader, around: _Around, tell: Callable[[float], object] | None
) -> Iterator[tuple[bytes, bytes] | None]:
    """Yield the text between the first feature and the last, parted where it seems to part, and what stands between.

    None where it cannot be parted.
    """
    file.seek(around.begin)
    left = around.end - around.begin
    text = b""
    between = None
    while left:
        block = file.read(min(_PIECE, left))
        left -= len(block)
        text += block
        if tell is not None:
            tell(1 - left / around.end)
        if not block or len(text) > _LONGEST:
            yield None  # it became shorter while it was read, or is one feature without end
            return
        if not left:
            yield text, b""
            return
        if between is None:
            first = _FIRST.match(text)
            between = re.compile(_BETWEEN % re.escape(first[1])) if first else _ANY
        edge = max(0, len(text) - _EDGE)
        for cut in deque(between.finditer(text, edge), 1) or deque(_ANY.finditer(text, edge), 1):
            yield text[: cut.start() + 1], text[cut.start() + 1 : cut.end()]
            text = text[cut.end() :]


def _pieces(
    texts: Iterator[tuple[bytes, bytes] | None], look: Callable[[bytes], _Piece | None], beside: int
) -> Generator[_Piece | None]:
    """Yield what stands in texts, in their order, so many of which are looked at beside each other; None for no JSON.

    A text that is no list of whole values was parted in the wrong place: it is looked at together with the next one.
    """
    with ThreadPoolExecutor(beside) as pool:
        coming: deque[tuple[bytes, bytes, Future[_Piece | None]] | None] = deque()
        begun = b""
        while True:
            while len(coming) <= beside and (each := next(texts, ())) != ():
                coming.append((*each, pool.submit(look, each[0])) if each else None)
            if not coming:
                if begun:
                    yield None
                return
            if (first := coming.popleft()) is None:
                yield None
                return
            text, gap, found = first
            piece = look(begun + text) if begun else found.result()
            begun = b"" if piece else begun + text + gap
            if piece or len(begun) > _LONGEST:
                yield piece


def _look(pack: Callable[[bytes], Part | None], text: bytes) -> _Piece | None:
    """Return a text as the features that it holds; None when it is no list of whole values."""
    values = sum(count_byte(text, byte) for byte in _SEPARATORS)
    part = pack(text)
    if part is not None:
        return _Piece(len(part.numbers), values, part)
    try:
        root, faults = parse_json(b'{"features":[' + text + b"]}", "")
    except InputError:
        return None
    return _Piece(len(root["features"]), values, None, root["features"], faults)


def _take_all(
    pieces: Iterator[_Piece | None], values: int, name: str, schema: Schema, limits: Limits, layer: Layer
) -> bool:
    """Add the features of all pieces to a layer; return whether that was possible."""
    before = 0
    for piece in pieces:
        if piece is None or not piece.count:
            return False
        values += piece.values
        if before + piece.count > limits.features or values > limits.values:
            return False  # how many there are in all is told by the other way
        if before and layer.findings.full:
            pass  # what follows so many problems is not looked at, but it must be JSON
        elif piece.part is not None:
            layer.add(replace(piece.part, numbers=piece.part.numbers + before))
        else:
            take_features(piece.features, piece.faults, before, name, schema, layer)
            layer.pack(schema)
        before += piece.count
    return True


def count_byte(text: bytes, byte: bytes) -> int:
    """Return how often a byte stands in a text; several times quicker than ``bytes.count`` where it stands often."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == byte[0]))
