"""Runs of texts and of numbers as bytes that pack small and that a page reads where it needs them.

Many lists count: "row 1", "row 2", … of a survey, "Wat Tuol 17". Where the texts of a run are a few wordings with
numbers in them, the wordings are written once, and the numbers as numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.webmap.pieces import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

__all__ = ["Worded", "find_leads", "join_texts", "planes", "word_texts", "write_blob", "write_numbers"]

_FEWEST: Final = 256
"""Fewer texts are written as they are."""
_SAMPLE: Final = 4_096
_ALIKE: Final = 4
"""So many texts at least must share a wording, on average."""
_WORDINGS: Final = 1 << 16
_DIGITS: Final = 9
"""Digits of a number that is kept as one: it fits into 32 bits."""
_SLOTS: Final = 8
"""Numbers in one text."""
_ZERO: Final = ord("0")


@dataclass(frozen=True)
class Worded:
    """Texts as wordings with numbers in them.

    Attributes
    ----------
    wordings
        The different wordings, in the order in which they first stand. In the place of a number stands one digit: 0
        where the number is written as numbers are, else the width to which it is filled up with noughts.
    codes
        The wording of each text.
    numbers
        The first number of each text that has one, then the second of each that has two, and so on.
    """

    wordings: list[bytes]
    codes: NDArray[np.uint32]
    numbers: list[NDArray[np.uint32]] = field(default_factory=list)


def join_texts(texts: Sequence[bytes]) -> tuple[bytes, NDArray[np.uint64]]:
    """Return texts as one, and where each ends; the first end is 0."""
    ends = np.zeros(len(texts) + 1, dtype=np.uint64)
    np.cumsum([len(text) for text in texts], out=ends[1:])
    return b"".join(texts), ends


def planes(numbers: NDArray[Any]) -> tuple[int, bytes]:
    """Return the bytes that the largest number needs, and the numbers: first the lowest byte of all, then the next."""
    largest = int(numbers.max()) if len(numbers) else 0
    width = max(1, (largest.bit_length() + 7) // 8)
    told = np.ascontiguousarray(numbers, dtype="<u4").view(np.uint8).reshape(-1, 4)
    return width, b"".join(told[:, byte].tobytes() for byte in range(width))


def write_numbers(numbers: NDArray[np.uint32]) -> tuple[Json, bytes]:
    """Return how numbers are kept, and their bytes: as they are, or by how much each differs from the one before."""
    steps = numbers.astype(np.int64)
    steps[1:] -= numbers[:-1]
    if len(np.unique(steps[:_SAMPLE])) * 2 > len(np.unique(numbers[:_SAMPLE])):
        width, told = planes(numbers)
        return {"count": len(numbers), "width": width}, told
    # Forwards and backwards by turns, so that a small step has a small number: 0, -1, 1, -2, 2, …
    width, told = planes(((steps << 1) ^ (steps >> 63)).astype(np.uint32))
    return {"count": len(numbers), "width": width, "steps": True}, told


def word_texts(blob: bytes, ends: NDArray[np.uint64]) -> Worded | None:
    """Return texts as wordings and numbers; None when that would not make them shorter.

    Parameters
    ----------
    blob
        The texts in UTF-8, one after the other.
    ends
        Where each ends, after a 0: shape ``(n + 1,)``.
    """
    if len(ends) - 1 < _FEWEST:
        return None
    some = min(_SAMPLE, len(ends) - 1)
    tried = _parted(blob[: int(ends[some])], ends[: some + 1])
    if tried is None or len(tried.wordings) * 2 > some:
        return None
    found = tried if some == len(ends) - 1 else _parted(blob, ends)
    if found is None or len(found.wordings) * _ALIKE > len(found.codes) or len(found.wordings) > _WORDINGS:
        return None
    return found if found.numbers else None


def _parted(blob: bytes, ends: NDArray[np.uint64]) -> Worded | None:
    data = np.frombuffer(blob, dtype=np.uint8)
    bounds = ends.astype(np.int64)
    digit = (data - np.uint8(_ZERO)) < 10
    first, last = digit.copy(), digit.copy()
    first[1:] &= ~digit[:-1]
    last[:-1] &= ~digit[1:]
    # A text that ends with a number may stand before one that begins with one.
    starts, stops = bounds[:-1], bounds[1:]
    some = stops > starts
    first[starts[some]] = digit[starts[some]]
    last[stops[some] - 1] = digit[stops[some] - 1]
    begin, length = np.flatnonzero(first), np.flatnonzero(last) - np.flatnonzero(first) + 1
    if len(begin) and int(length.max()) > _DIGITS:
        return None
    value = np.zeros(len(begin), dtype=np.uint32)
    for place in range(int(length.max()) if len(begin) else 0):
        there = length > place
        value[there] = value[there] * np.uint32(10) + (data[begin[there] + place] - np.uint8(_ZERO))
    text = np.searchsorted(stops, begin, side="right")
    slots = np.bincount(text, minlength=len(stops))
    if len(begin) and int(slots.max()) > _SLOTS:
        return None
    filled = (data[begin] == _ZERO) & (length > 1)
    worded = data.copy()
    worded[begin] = np.where(filled, length + _ZERO, _ZERO)
    kept = ~digit | first
    words = worded[kept].tobytes()
    cuts = np.concatenate([[0], np.cumsum(kept)])[bounds].tolist()
    seen: dict[bytes, int] = {}
    codes = [seen.setdefault(words[start:end], len(seen)) for start, end in pairwise(cuts)]
    # Which of its text's numbers each is.
    slot = np.arange(len(begin)) - (np.cumsum(slots) - slots)[text]
    numbers = [value[slot == place] for place in range(int(slots.max()) if len(begin) else 0)]
    return Worded(list(seen), np.array(codes, dtype=np.uint32), numbers)


def write_blob(blob: bytes, ends: NDArray[np.uint64]) -> tuple[Json, list[bytes]]:
    """Return how joined texts are kept as they are, and their parts: the texts, and their lengths in bytes."""
    width, told = planes(np.diff(ends))
    return {"texts": len(ends) - 1, "bytes": len(blob), "length": width}, [blob, told]


def find_leads(columns: Sequence[NDArray[np.uint32]]) -> list[tuple[int, NDArray[np.uint32]] | None]:
    """Return for each column another one that settles it: where they say the same of a record, so does this one.

    A province settles its name, the wording of a name often the village in it: of such a column only is written which
    of its words goes with each word of the other.

    Parameters
    ----------
    columns
        Of each the number of its word in each record; all of one length.

    Returns
    -------
    list of (int, array) or None
        The other column, and by its words the word of this one; None for one that nothing settles. No column settles
        itself, not by way of others either.
    """
    sizes = [int(codes.max()) + 1 if len(codes) else 0 for codes in columns]
    most = len(columns[0]) // _ALIKE if columns else 0
    order = sorted(range(len(columns)), key=lambda at: (-sizes[at], at))
    found: list[tuple[int, NDArray[np.uint32]] | None] = [None] * len(columns)
    for place, at in enumerate(order):
        for other in order[:place]:
            if (
                sizes[at] <= sizes[other] <= most
                and (by := _settled(columns[other], sizes[other], columns[at])) is not None
            ):
                found[at] = (other, by)
                break
    return found


def _settled(codes: NDArray[np.uint32], size: int, other: NDArray[np.uint32]) -> NDArray[np.uint32] | None:
    for part in (slice(_SAMPLE), slice(None)):
        by = np.zeros(size, dtype=np.uint32)
        by[codes[part]] = other[part]
        if not np.array_equal(by[codes[part]], other[part]):
            return None
    return by
