"""The sites of a page in columns: a million of them as some bytes each, and a record of JSON when one is asked for.

A cell is a text; those of a column that say the same are kept once. What is no text in a record (`JSON_COLUMNS`) is
JSON in its cell, and an empty cell is a member that the record does not have. ``geo/webmap/viewer/src/sites`` reads
what `Sites.write` writes.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from itertools import chain, pairwise
from operator import eq
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np

from geo.webmap.pieces import Json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["JSON_COLUMNS", "TEXT_COLUMNS", "Column", "Sites", "cell_of"]

TEXT_COLUMNS: Final = (
    *("id", "name", "kind", "country", "province", "province_name", "district", "commune", "village"),
    *("place_code", "place_text", "zone", "zone_text", "sector", "begin", "begin_text", "end", "end_text", "basis"),
    *("coord_text", "standing", "summary", "part_of", "masked"),
)
"""Members of a site that are texts."""

JSON_COLUMNS: Final = (
    *("names", "days", "precision_m", "coord_source", "sources", "claims", "ranges", "relations", "grid_m"),
)
"""Members of a site that are numbers, lists or objects."""

_OWN: Final = frozenset({"id", "name", "place_text", "coord_text", "summary"})
"""Columns that nothing is chosen by: where most records differ, each keeps its text, one after the other."""

_ALWAYS: Final = frozenset({"names", "sources", "claims", "relations"})
"""Lists that a record has even when they are empty."""

_ALWAYS_TEXTS: Final = frozenset({"basis", "standing", "summary"})
_MANY: Final = 1 << 16
_FINEST: Final = 7
"""Decimals of a degree that fit into 32 bits."""


def cell_of(value: object) -> str:
    """Return the cell of a member that is no text: its JSON, empty for an empty list and for what is missing."""
    if value is None or value == []:
        return ""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Column:
    """One column while it grows, and afterwards.

    Parameters
    ----------
    own
        Whether each record may keep a text of its own.
    """

    def __init__(self, *, own: bool = False) -> None:
        self._own = own
        self._seen: dict[str, int] = {}
        self._words: list[str] = []
        self._count = 0
        # Of a column that says one thing alone there are none.
        self._codes = array("I")
        self._blob: bytearray | None = None
        self._ends = array("Q", [0])

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> str:
        if self._blob is None:
            return self.words[self._codes[index] if self._codes else 0]
        return self._blob[self._ends[index] : self._ends[index + 1]].decode()

    @property
    def words(self) -> list[str]:
        """The different cells, in the order in which they first stand; of a column of own texts all of them."""
        if self._blob is not None:
            return [self[index] for index in range(len(self))]
        if len(self._words) != len(self._seen):
            self._words = list(self._seen)
        return self._words

    def extend(self, cells: Sequence[str]) -> None:
        """Take the cells of more records."""
        before, self._count = self._count, self._count + len(cells)
        if self._blob is not None:
            self._append(cells)
            return
        seen, codes = self._seen, self._codes
        fresh = [seen.setdefault(cell, len(seen)) for cell in cells]
        if len(seen) < 2:
            return
        if not codes:
            codes.frombytes(bytes(codes.itemsize * before))
        codes.extend(fresh)
        if self._own and len(seen) > _MANY and 2 * len(seen) > len(codes):
            self.part()

    def part(self) -> None:
        """Give each record its own text."""
        words, codes = self.words, self._codes
        self._blob = bytearray()
        self._append([words[code] for code in codes] if codes else words * self._count)
        self._seen, self._words, self._codes = {}, [], array("I")

    def close(self) -> None:
        """Settle how the column is kept, now that it is whole."""
        if self._blob is None and self._own and len(self) > 1 and 2 * len(self._seen) > self._count:
            self.part()

    def _append(self, cells: Sequence[str]) -> None:
        blob, ends = self._blob, self._ends
        assert blob is not None  # noqa: S101  (the caller looked)
        parts = [cell.encode() for cell in cells]
        end = ends[-1]
        for part in parts:
            end += len(part)
            ends.append(end)
        blob += b"".join(parts)

    def write(self) -> tuple[Json, list[bytes]]:
        """Return how the column is kept, and its parts: texts, their lengths in bytes, and the code of each record."""
        if self._blob is not None:
            lengths = np.diff(np.frombuffer(self._ends, dtype=np.uint64))
            width, told = _planes(lengths)
            return {"texts": len(lengths), "bytes": len(self._blob), "length": width}, [bytes(self._blob), told]
        texts = [word.encode() for word in self.words]
        width, told = _planes(np.array([len(text) for text in texts], dtype=np.uint64))
        about: Json = {"texts": len(texts), "bytes": sum(map(len, texts)), "length": width}
        parts = [b"".join(texts), told]
        if len(texts) > 1:
            codes = np.frombuffer(self._codes, dtype=np.dtype(f"u{self._codes.itemsize}"))
            about["code"], told = _planes(codes)
            parts.append(told)
        return about, parts

    def characters(self) -> set[str]:
        """Return the characters of all cells."""
        if self._blob is not None:
            step = 1 << 20
            blob = bytes(self._blob)
            # A character that is cut in two is one of the whole text too, and is seen there when the cut is moved.
            cuts = [*range(0, len(blob), step), len(blob)]
            return {
                character
                for start, end in pairwise(cuts)
                for character in set(blob[max(0, start - 4) : end + 4].decode(errors="ignore"))
            }
        return set().union(*map(set, self._seen))


def _planes(numbers: NDArray[Any]) -> tuple[int, bytes]:
    """Return the bytes that the largest number needs, and the numbers: first the lowest byte of all, then the next."""
    largest = int(numbers.max()) if len(numbers) else 0
    width = 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 4
    return width, b"".join(
        ((numbers >> np.uint64(8 * byte) if byte else numbers) & np.uint64(255)).astype(np.uint8).tobytes()
        for byte in range(width)
    )


class Sites(Sequence[Json]):
    """The sites of a page. Read like a list of records (``Site`` of ``payload.ts``), each made when it is asked for.

    Parameters
    ----------
    records
        Whole records to begin with.
    """

    def __init__(self, records: Iterable[Json] = ()) -> None:
        self.columns = {name: Column(own=name in _OWN) for name in (*TEXT_COLUMNS, *JSON_COLUMNS)}
        self.lon, self.lat = array("d"), array("d")
        held = list(records)
        if held:
            points = [record["point"] or (None, None) for record in held]
            self.take(
                {
                    **{name: [record.get(name) or "" for record in held] for name in TEXT_COLUMNS},
                    **{name: [cell_of(record.get(name)) for record in held] for name in JSON_COLUMNS},
                },
                [point[0] for point in points],
                [point[1] for point in points],
            )
            self.close()

    def take(self, cells: dict[str, Sequence[str]], lon: Sequence[float | None], lat: Sequence[float | None]) -> None:
        """Take more sites.

        Parameters
        ----------
        cells
            Column -> the cell of each; columns that are left out are empty.
        lon, lat
            Degrees (WGS 84), ``None`` where a site is not located.
        """
        nothing = [""] * len(lon)
        for name, column in self.columns.items():
            column.extend(cells.get(name, nothing))
        nowhere = float("nan")
        self.lon.extend([nowhere if value is None else value for value in lon])
        self.lat.extend([nowhere if value is None else value for value in lat])

    def close(self) -> Sites:
        """Settle how each column is kept, now that all sites are in."""
        for column in self.columns.values():
            column.close()
        return self

    def __len__(self) -> int:
        return len(self.lon)

    @overload
    def __getitem__(self, index: int) -> Json: ...
    @overload
    def __getitem__(self, index: slice) -> list[Json]: ...
    def __getitem__(self, index: int | slice) -> Json | list[Json]:
        if isinstance(index, slice):
            return [self[at] for at in range(len(self))[index]]
        at = range(len(self))[index]
        record: Json = {name: [] for name in _ALWAYS} | dict.fromkeys(_ALWAYS_TEXTS, "")
        for name in TEXT_COLUMNS:
            if cell := self.columns[name][at]:
                record[name] = cell
        for name in JSON_COLUMNS:
            if cell := self.columns[name][at]:
                record[name] = json.loads(cell)
        record["point"] = None if self.lon[at] != self.lon[at] else [self.lon[at], self.lat[at]]
        return record

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def write(self) -> tuple[Json, Iterator[bytes]]:
        """Return how the columns are kept, and their bytes in that order.

        Returns
        -------
        dict
            ``count``; ``lon`` and ``lat`` with the decimals that they keep; ``columns``: of each its name, how many
            texts it has, their bytes, the bytes of a length and of a code.
        iterator of bytes
            The bytes of both axes, then of each column.
        """
        axes = [_axis(values) for values in (self.lon, self.lat)]
        told = {name: column.write() for name, column in self.columns.items()}
        used = {name: one for name, one in told.items() if one[0]["bytes"]}
        about = {
            "count": len(self),
            "axes": [axis[0] for axis in axes],
            "columns": [{"name": name, **one[0]} for name, one in used.items()],
        }
        return about, chain((axis[1] for axis in axes), chain.from_iterable(one[1] for one in used.values()))

    def characters(self) -> set[str]:
        """Return the characters of all texts."""
        return set().union(*(column.characters() for column in self.columns.values()))


def _axis(values: array[float]) -> tuple[Json, bytes]:
    """Return one axis of the positions: whole units of a decimal of a degree, from the smallest on; nowhere is 0.

    Positions with more decimals than fit are kept as they are, 64 bits each.
    """
    numbers = np.frombuffer(values, dtype=np.float64)
    placed = ~np.isnan(numbers)
    known = numbers[placed]
    for decimals in range(_FINEST + 1):
        units = np.rint(known * 10**decimals)
        if bool(np.all(units / 10**decimals == known)):
            least = int(units.min()) if len(units) else 0
            coded = np.zeros(len(numbers), dtype=np.uint64)
            coded[placed] = (units - least + 1).astype(np.uint64)
            width, told = _planes(coded)
            return {"decimals": decimals, "least": least, "width": width}, told
    return {"width": 8}, numbers.astype("<f8").tobytes()
