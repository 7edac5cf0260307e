"""The sites of a page in columns: a million of them as some bytes each, and a record of JSON when one is asked for.

A cell is a text; those of a column that say the same are kept once. What is no text in a record (`JSON_COLUMNS`) is
JSON in its cell, and an empty cell is a member that the record does not have. A list of references has two cells: its
sources, which many records share, and the places in them, which hardly any do. ``geo/webmap/viewer/src/sites`` reads
what `Sites.write` writes.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import eq
from typing import TYPE_CHECKING, Final, overload

import numpy as np

from geo.webmap.pieces import Json
from geo.webmap.runs import find_leads, join_texts, planes, word_texts, write_blob, write_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

__all__ = ["JSON_COLUMNS", "PLACES_IN", "TEXT_COLUMNS", "Column", "Sites", "cell_of", "reference_cells"]

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

PLACES_IN: Final = {"coord_source": "coord_place", "sources": "places"}
"""Member that is a reference, or a list of them -> the column of the places in its sources."""

_OWN: Final = frozenset({"id", "name", "place_text", "coord_text", "summary", "part_of", *PLACES_IN.values()})
"""Columns that nothing is chosen by: where most records differ, each keeps its text, one after the other."""

_ALWAYS: Final = frozenset({"names", "sources", "claims", "relations"})
"""Lists that a record has even when they are empty."""

_ALWAYS_TEXTS: Final = frozenset({"basis", "standing", "summary"})
_MANY: Final = 1 << 16
_SEVERAL: Final = 1 << 12
_COUNTED: Final = 2_000
"""In fewer records columns go together by chance."""
_FINEST: Final = 7
"""Decimals of a degree that fit into 32 bits."""


def cell_of(value: object) -> str:
    """Return the cell of a member that is no text: its JSON, empty for an empty list and for what is missing."""
    if value is None or value == []:
        return ""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def reference_cells(references: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """Return the two cells of some references (``Reference`` of ``payload.ts``): their sources, the places in them."""
    places = [reference.get("locator") for reference in references]
    sources = cell_of([reference["source"] for reference in references])
    return sources, cell_of(places) if any(place is not None for place in places) else ""


def _references(sources: str, places: str) -> list[Json]:
    ids = json.loads(sources)
    return [
        {"source": source} | ({} if place is None else {"locator": place})
        for source, place in zip(ids, json.loads(places) if places else [None] * len(ids), strict=True)
    ]


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

    @property
    def is_empty(self) -> bool:
        """Whether no record says anything."""
        return not (any(self._seen) if self._blob is None else self._blob)

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
        if self._blob is None and self._own and len(self) > 1 and (2 * len(self._seen) > self._count or self._counts()):
            self.part()

    def _counts(self) -> bool:
        """Return whether the texts are many and differ for the most part in their numbers."""
        if len(self._seen) < _SEVERAL:
            return False
        worded = word_texts(*join_texts([word.encode() for word in self.words]))
        # One byte for each record, or no more than its code would take.
        return worded is not None and (len(worded.wordings) <= 1 << 8 or len(self._seen) > _MANY)

    def _append(self, cells: Sequence[str]) -> None:
        blob, ends = self._blob, self._ends
        assert blob is not None  # noqa: S101  (the caller looked)
        parts = [cell.encode() for cell in cells]
        end = ends[-1]
        for part in parts:
            end += len(part)
            ends.append(end)
        blob += b"".join(parts)

    def write(self, numbers: _Numbers) -> tuple[Json, list[bytes | _Codes]]:
        """Return how the column is kept, and its parts.

        Parameters
        ----------
        numbers
            The runs of numbers of all columns.

        Returns
        -------
        dict
            How its texts are kept, and under ``code`` nothing yet.
        list
            The parts of the texts, then the text of each record, unless each has its own or all have the same.
        """
        if self._blob is not None:
            return _write_texts(bytes(self._blob), np.frombuffer(self._ends, dtype=np.uint64), numbers)
        about, parts = _write_texts(*join_texts([word.encode() for word in self.words]), numbers)
        if len(self.words) > 1:
            parts.append(_Codes("code", np.frombuffer(self._codes, dtype=np.uint32)))
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


@dataclass(frozen=True)
class _Codes:
    """A number for each of many texts or records, and the word under which it is told how they are written."""

    key: str
    numbers: NDArray[np.uint32]


class _Numbers:
    """The runs of numbers that were written: one that says what an earlier one does is not written again."""

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}

    def write(self, numbers: NDArray[np.uint32]) -> tuple[Json, bytes]:
        known = self._known.setdefault(hashlib.sha256(numbers.tobytes()).digest(), len(self._known))
        return write_numbers(numbers) if known == len(self._known) - 1 else ({"same": known}, b"")


def _write_texts(blob: bytes, ends: NDArray[np.uint64], numbers: _Numbers) -> tuple[Json, list[bytes | _Codes]]:
    """Return how texts are kept, and their parts: as they are, or as wordings with numbers in them."""
    worded = word_texts(blob, ends)
    if worded is None:
        about, told = write_blob(blob, ends)
        return about, [*told]
    about, told = write_blob(*join_texts(worded.wordings))
    runs = [numbers.write(run) for run in worded.numbers]
    said: Json = {"texts": len(ends) - 1, "wordings": about, "numbers": [run[0] for run in runs]}
    codes = [_Codes("wording", worded.codes)] if len(worded.wordings) > 1 else []
    return said, [*told, *codes, *(run[1] for run in runs)]


class Sites(Sequence[Json]):
    """The sites of a page. Read like a list of records (``Site`` of ``payload.ts``), each made when it is asked for.

    Parameters
    ----------
    records
        Whole records to begin with.
    """

    def __init__(self, records: Iterable[Json] = ()) -> None:
        names = (*TEXT_COLUMNS, *JSON_COLUMNS, *PLACES_IN.values())
        self.columns = {name: Column(own=name in _OWN) for name in names}
        self.lon, self.lat = array("d"), array("d")
        held = list(records)
        if held:
            points = [record["point"] or (None, None) for record in held]
            cells: dict[str, Sequence[str]] = {
                **{name: [record.get(name) or "" for record in held] for name in TEXT_COLUMNS},
                **{name: [cell_of(record.get(name)) for record in held] for name in JSON_COLUMNS},
            }
            for name, places in PLACES_IN.items():
                told = [record.get(name, []) for record in held]
                pairs = [reference_cells(one if isinstance(one, list) else [one]) for one in told]
                cells[name], cells[places] = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            self.take(
                cells,
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
            if (cell := self.columns[name][at]) and name in PLACES_IN:
                references = _references(cell, self.columns[PLACES_IN[name]][at])
                record[name] = references if name in _ALWAYS else references[0]
            elif cell:
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
            ``count``; ``lon`` and ``lat`` with the decimals that they keep; ``columns``: of each its name and how its
            texts are kept (``Written`` of ``sites/read.ts``).
        iterator of bytes
            The bytes of both axes, then of each column.
        """
        axes = [_axis(values) for values in (self.lon, self.lat)]
        numbers = _Numbers()
        told = {name: column.write(numbers) for name, column in self.columns.items() if not column.is_empty}
        codes = [
            (about, part)
            for about, parts in told.values()
            for part in parts
            if isinstance(part, _Codes) and len(part.numbers) == len(self)
        ]
        leads = find_leads([part.numbers for _, part in codes]) if len(self) >= _COUNTED else [None] * len(codes)
        led = {id(part): lead for (_, part), lead in zip(codes, leads, strict=True) if lead}
        written: list[bytes] = []
        for about, parts in told.values():
            for part in parts:
                if isinstance(part, bytes):
                    written.append(part)
                    continue
                lead = led.get(id(part))
                width, bytes_of = planes(part.numbers if lead is None else lead[1])
                about[part.key] = width if lead is None else {"by": lead[0], "words": len(lead[1]), "width": width}
                written.append(bytes_of)
        about_all = {
            "count": len(self),
            "axes": [axis[0] for axis in axes],
            "columns": [{"name": name, **one[0]} for name, one in told.items()],
        }
        return about_all, chain((axis[1] for axis in axes), written)

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
            width, told = planes(coded)
            return {"decimals": decimals, "least": least, "width": width}, told
    return {"width": 8}, numbers.astype("<f8").tobytes()
