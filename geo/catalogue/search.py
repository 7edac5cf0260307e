"""The full-text index of a catalogue, and the words of its names.

Most of what the records of a large layer say, they say together: the names of provinces, districts and villages, years,
sentences of a survey. Each such text is folded and indexed once, with the list of the records that say it; only what is
a record's own (its id, its names, what is written about it alone) is indexed with the record. So the index grows with
the number of different texts, not with the number of records times the length of what they say.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, combinations, islice, repeat
from operator import eq
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.catalogue.fulltext import Writer, ended
from geo.catalogue.rows import frame_columns, frame_rows, table_rows
from geo.columns import column_array, column_values
from geo.gazetteer import fold_all, sound_all
from geo.spec import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from geo.catalogue.fulltext import Word
    from geo.readers import Inputs

    Column: TypeAlias = "list[Any] | pa.ChunkedArray"

__all__ = ["Span", "write_search"]

Span = tuple[int, int, int, int]
"""The first and the last row of a layer in ``search``, then in ``phrases``; a last before its first: there are none."""

_WHEN: Final = ("begin", "begin_text", "end", "end_text")
_SEARCHED: Final = {
    "sites": (
        "summary",
        "place_text",
        "dk_sector",
        *_WHEN,
    ),
    "routes": ("summary", "group", "stops", "segments", *_WHEN),
    "areas": ("iso3166_2",),
    "claims": ("low", "high", "scope", "as_of", "stated_by", "note"),
    "events": ("date", "end", "title", "text", "place_text", "note"),
    "history": ("event", "date", "note"),
    "zones": ("name", "alternative_names", "sectors", "covers", "from", "to", "note"),
}
"""Schema -> the columns whose text `search` holds, beside the key, every name and every place named."""

_PLACES: Final = ("province_name", "district", "commune", "village", "dk_zone_text")
"""Columns that hold the names of places."""

_SPEAKING: Final = ("name", "from", "to", "place_text", "note")
_BATCH: Final = 20_000
"""How many records are folded at once."""

_INDEXED: Final = 3
"""Letters of the shortest word that is kept: shorter ones are looked for as they are."""

_LOW: Final = 0xFFFFFFFF
_CACHE: Final = 1 << 14
"""How many KiB of the index SQLite keeps: it writes one part after the other, and hardly reads what it wrote."""

_PAIRS: Final = 1_000_000
"""How many of what records say are counted at once."""


@dataclass
class _Said:
    """What the records of one layer say, column by column; every list is as long as the layer.

    Attributes
    ----------
    layer
        Its name.
    ids
        What each record is found under.
    texts
        Values of which the text is found.
    places
        Values of which the text is found with and without its spaces.
    names
        Names, which are found so, too, and whose words are kept.
    more_names, more_texts
        Id -> further names, further texts.
    more_places
        A column, and value of it -> the places that it stands for.
    keyed
        Whether it is found by its id.
    """

    layer: str
    ids: Column
    texts: Iterable[Column] = ()
    places: Iterable[Column] = ()
    names: Iterable[Column] = ()
    more_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    more_texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    more_places: tuple[Column, Mapping[str, Sequence[str]]] | None = None
    keyed: bool = True


class _Own(NamedTuple):
    """The columns of what is not shared."""

    texts: list[Column]
    places: list[Column]
    names: list[Column]


class _Phrases:
    """Texts that records of one layer share: each folded line once, and by column which records say it."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {"": 0}
        self.letters = [0]
        self.said: list[NDArray[np.int32]] = []
        self.pairs: NDArray[np.int64] = np.zeros(0, np.int64)

    def take(self, values: Column, more: Mapping[str, Sequence[str]] | None = None, *, places: bool) -> bool:
        """Take a column whose values are texts of which each is said about twice or more; return whether it is one."""
        try:
            found, codes = _number_texts(values)
        except (pa.ArrowException, NotImplementedError):  # lists and other values that are no texts
            return False
        if len(found) * 2 > len(values):
            return False
        folded: list[tuple[str, ...]]
        if more is None:
            folded = list(zip(fold_all([value or "" for value in found])))
        else:
            folded = [tuple(fold_all(list(more.get(value or "", ())))) for value in found]
        for place in range(max(map(len, folded), default=0)):
            known = [self._number(each[place], places=places) if place < len(each) else 0 for each in folded]
            self.said.append(np.array(known, np.int32)[codes])
        return True

    def _number(self, line: str, *, places: bool) -> int:
        """Return the number of a line; of a place it stands here without its spaces, which finds each of its words."""
        text, letters = _find_form(line) if places else (line, len(line) + 1)
        number = self.numbers.setdefault(text, len(self.numbers))
        if number == len(self.letters):
            self.letters.append(letters)
        return number

    def gather(self, count: int) -> NDArray[np.int64]:
        """Sort out which record says which line; return how many letters of these each record says."""
        pairs = np.empty(sum(map(np.count_nonzero, self.said)), np.int64)
        end = 0
        self.said.reverse()
        while self.said:  # what is taken from a column is enough: there may be a dozen, each of a million
            column = self.said.pop()
            there = np.flatnonzero(column)
            start, end = end, end + len(there)
            pairs[start:end] = column[there]
            pairs[start:end] <<= 32
            pairs[start:end] |= there
        pairs.sort()
        self.pairs = pairs = pairs[: _keep_different(pairs)]  # a record that says a text twice says it
        lengths = np.array(self.letters, np.int64)
        letters = np.zeros(count, np.int64)
        for start in range(0, len(pairs), _PAIRS):
            part = pairs[start : start + _PAIRS]
            np.add.at(letters, part & _LOW, lengths[part >> 32])
        return letters

    def says(self, record: int, line: str) -> bool:
        """Return whether a record says a line among those that are shared."""
        number = self.numbers.get(line)
        if number is None:
            return False
        pair = number << 32 | record
        at = int(np.searchsorted(self.pairs, pair))
        return at < len(self.pairs) and bool(self.pairs[at] == pair)

    def rows(self, first: int) -> Iterator[tuple[str, str]]:
        """Yield each line after the records that say it, as a JSON list; the first record has the number given."""
        ends = np.searchsorted(self.pairs, np.arange(1, len(self.numbers) + 1, dtype=np.int64) << 32).tolist()
        encode = msgspec.json.Encoder().encode
        for line, start, end in zip(islice(self.numbers, 1, None), ends, ends[1:], strict=False):
            yield encode(((self.pairs[start:end] & _LOW) + first).tolist()).decode(), line


def _number_texts(values: Column) -> tuple[list[str | None], NDArray[np.integer[Any]]]:
    """Return the different texts of a column, and for each record the number of its own among them.

    They stand in the order in which they appear; None, for records without one, may stand later than that.
    """
    if isinstance(values, list) or not pa.types.is_dictionary(values.type):
        whole = pa.array(values, pa.large_string()) if isinstance(values, list) else values.cast(pa.large_string())
        coded = (whole if isinstance(whole, pa.Array) else whole.combine_chunks()).dictionary_encode("encode")
        return coded.dictionary.to_pylist(), coded.indices.to_numpy()
    numbers: dict[str | None, int] = {}
    parts: list[NDArray[np.int32]] = []
    for chunk in values.chunks:
        known = [numbers.setdefault(text, len(numbers)) for text in chunk.dictionary.to_pylist()]
        if chunk.null_count:
            known.append(numbers.setdefault(None, len(numbers)))
        codes = pc.fill_null(chunk.indices.cast(pa.int32()), len(known) - 1).to_numpy(zero_copy_only=False)
        parts.append(np.array(known, np.int32)[codes])
    return list(numbers), np.concatenate(parts)


def _keep_different(pairs: NDArray[np.int64]) -> int:
    """Move the different numbers of a sorted array to its beginning; return how many they are."""
    end, last = 0, -1
    for start in range(0, len(pairs), _PAIRS):
        part = pairs[start : start + _PAIRS]
        kept = part[np.diff(part, prepend=last) != 0]
        last = int(part[-1])
        pairs[end : end + len(kept)] = kept
        end += len(kept)
    return end


def _find_form(line: str) -> tuple[str, int]:
    """Return what is indexed of a name or place, and how many letters it counts.

    Each of its words is found in it without its spaces, as are words that are joined; so it stands there only as that,
    and counts as both.
    """
    joined = line.replace(" ", "")
    return joined, len(line) + 1 + (len(joined) + 1 if joined != line else 0)


def _join_columns(
    texts: Sequence[list[tuple[str, ...]]], called: Sequence[list[tuple[str, ...]]]
) -> tuple[list[list[str]], list[int]]:
    """Return column by column what is indexed of each record, and how many letters it counts, as `_find_form`.

    Nothing when a column has records of which it says several texts, or none.
    """
    columns = [*texts, *called]
    if any(len(value) != 1 for column in columns for value in column):
        return [], []
    forms, sizes = [], np.zeros(len(columns[0]) if columns else 0, np.int64)
    for number, column in enumerate(columns):
        lines = [line for (line,) in column]
        lengths = np.fromiter(map(len, lines), np.int64, len(lines))
        sizes += lengths + 1
        if number >= len(texts):
            lines = "\n".join(lines).replace(" ", "").split("\n")
            joined = np.fromiter(map(len, lines), np.int64, len(lines))
            sizes += np.where(joined < lengths, joined + 1, 0)
        forms.append(lines)
    return forms, sizes.tolist()


class _Index:
    """The full-text index as it grows, and the words of names."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.words: set[str] = set()
        self.spans: dict[str, Span] = {}

    def add(self, said: _Said) -> None:
        """Add the records of one layer, each line of what a record says once."""
        phrases = _Phrases()
        own = _Own(
            [column for column in said.texts if not phrases.take(column, places=False)],
            [column for column in said.places if not phrases.take(column, places=True)],
            list(said.names),
        )
        if said.more_places and not phrases.take(*said.more_places, places=True):
            column, more = said.more_places
            own.places.append([list(more.get(value or "", ())) for value in _slice(column, 0, len(column))])
        last, last_phrase = (max((span[side] for span in self.spans.values()), default=0) for side in (1, 3))
        self.writer.put("search", ("layer", "id", "size", "text"), self._records(said, own, phrases))
        self.writer.put("phrases", ("records", "text"), phrases.rows(last + 1))
        self.spans[said.layer] = (
            *(last + 1, last + len(said.ids)),
            *(last_phrase + 1, last_phrase + len(phrases.numbers) - 1),
        )

    def _records(self, said: _Said, own: _Own, phrases: _Phrases) -> Iterator[tuple[str, str, int, str]]:
        """Yield the rows of ``search``: layer, id, letters of all that the record says, and what is its own."""
        shared = phrases.gather(len(said.ids))
        told = {*said.more_texts, *said.more_names}
        for start in range(0, len(said.ids), _BATCH):
            end = start + _BATCH
            keys = _slice(said.ids, start, end)
            texts, places, names = (
                [_fold_column(_slice(column, start, end)) for column in held]
                for held in (own.texts, own.places, own.names)
            )
            if said.keyed:
                places.append(list(zip(fold_all(keys))))
            for column in names:
                self._keep_words(chain.from_iterable(column))
            # Most records have one text in each column, all of them different: these are put together by columns.
            columns, sizes = _join_columns(texts, [*names, *places])
            known = {"", *(phrases.numbers.keys() & set(chain.from_iterable(columns)))}
            shown = any(not known.isdisjoint(column) for column in columns)
            apart = not shown and not any(any(map(eq, *pair)) for pair in combinations(columns, 2))
            forms: Iterable[tuple[str, ...]] = zip(*columns, strict=True) if columns else [()] * len(keys)
            for at, (key, size, form) in enumerate(zip(keys, shared[start:end].tolist(), forms, strict=True)):
                if form and key not in told and (apart or (known.isdisjoint(form) and len({*form}) == len(form))):
                    yield said.layer, key, size + sizes[at] - 1, "\n".join(form)
                    continue
                more = fold_all(said.more_names.get(key, ()))
                self._keep_words(more)
                lines = {line: len(line) + 1 for line in fold_all(said.more_texts.get(key, ()))}
                lines |= {line: len(line) + 1 for column in texts for line in column[at]}
                lines |= dict(_find_form(line) for column in (*names, *places) for line in column[at])
                lines |= dict(map(_find_form, more))
                kept = [line for line in lines if line and not phrases.says(start + at, line)]
                yield said.layer, key, size + sum(map(lines.__getitem__, kept)) - 1, "\n".join(kept)

    def _keep_words(self, names: Iterable[str]) -> None:
        """Keep the words of folded names, and the names without their spaces."""
        text = "\n".join(names)
        words = {*text.split(), *text.replace(" ", "").split("\n")}
        self.words.update(word for word in words if len(word) >= _INDEXED and not word.isdecimal())


def write_search(
    path: Path,
    inputs: Inputs,
    former: Mapping[str, gpd.GeoDataFrame],
    notes: Mapping[str, str],
    meanwhile: Callable[[dict[str, Span], Iterator[Word]], object],
) -> None:
    """Write the full-text index into a file of its own, and gather the words of all names, sorted.

    Parameters
    ----------
    path
        The file; nothing stands there yet.
    inputs, former, notes
        The atlas, the former areas that were made of its own, and source id -> its citation.
    meanwhile
        Called when everything is folded and the last of it is still being indexed, with: layer or table -> its rows in
        ``search``, which are in the order of its ``fid``, from 1 on, and in ``phrases`` (a row of a table whose rows
        have no id stands under its ``fid``); and the words, for `write_words`.
    """
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as db:
        for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = {-_CACHE}"):
            db.execute(f"PRAGMA {setting}")
        db.execute("BEGIN")
        with (
            ThreadPoolExecutor(1) as beside,
            closing(Writer(db, beside, path.parent)) as writer,
            ended(db, beside),
        ):
            index = _Index(writer)
            for said in _what_is_said(inputs, former, notes):
                index.add(said)
            words = sorted(index.words)
            index.words.clear()
            meanwhile(index.spans, _sound_words(words))
            index.writer.settle()
        db.execute("COMMIT")


def _sound_words(words: Sequence[str]) -> Iterator[Word]:
    """Yield each word with how it sounds and how many letters it has, some thousand made at once."""
    for start in range(0, len(words), _BATCH):
        part = words[start : start + _BATCH]
        yield from zip(part, sound_all(part), map(len, part), strict=True)


# --- what records say -----------------------------------------------------------------------------------------------


def _what_is_said(inputs: Inputs, former: Mapping[str, gpd.GeoDataFrame], notes: Mapping[str, str]) -> Iterator[_Said]:
    """Yield layer by layer what its records say; layers, then former areas, then tables, then sources."""
    names: dict[str, list[str]] = defaultdict(list)
    claimed: dict[str, list[str]] = defaultdict(list)
    for row in table_rows(inputs, "names"):
        names[row["subject"]].append(row["text"])
    for row in table_rows(inputs, "claims"):
        claimed[row["subject"]] += [row["scope"], row["note"]]
    areas = inputs.layer_of("areas")
    for row in frame_rows(areas[1]) if areas else ():
        names[row["code"]] += [row[column] for column in ("name", "name_km", "name_fr") if row[column]]
    for name, spec in inputs.manifest.layers.items():
        if spec.schema not in _SEARCHED:
            continue
        frame = inputs.layers[name]
        key, held = SCHEMAS[spec.schema].key, set(frame.columns)
        yield _Said(
            name,
            _column(frame, key),
            (_column(frame, column) for column in _SEARCHED[spec.schema]),
            (_column(frame, column) for column in _PLACES if column in held),
            [_column(frame, "name")],
            more_names=names,
            more_texts=claimed,
            more_places=(_column(frame, "province"), names) if "province" in held else None,
        )
    for name, frame in former.items():
        columns = frame_columns(frame)
        yield _Said(name, columns["id"], [columns["note"]], names=[columns["name"], columns["name_km"]])
    for schema in ("claims", "events", "history", "zones"):
        found = inputs.table_of(schema)
        columns = frame_columns(found[1]) if found else {}
        keys = columns.get("id")
        count = len(found[1]) if found else 0
        ids = [key or str(fid) for fid, key in enumerate(keys or repeat("", count), start=1)]
        yield _Said(schema, ids, [columns[column] for column in _SEARCHED[schema]] if found else (), keyed=bool(keys))
    ids = [source["id"] for source in inputs.sources]
    cited = [[source.get("title"), notes.get(source["id"])] for source in inputs.sources]
    yield _Said("sources", ids, [cited])


def _column(frame: pd.DataFrame, name: str) -> Column:
    """Return one column, packed if it is kept so."""
    packed = column_array(frame[name])
    return column_values(frame[name]) if packed is None else packed


def _slice(column: Column, start: int, end: int) -> list[Any]:
    """Return values of a column from one row to before another."""
    if isinstance(column, list):
        return column[start:end]
    part = column.slice(start, end - start)
    plain = part.cast(pa.string()) if pa.types.is_dictionary(part.type) else part
    found: list[Any] = plain.to_numpy(zero_copy_only=False).tolist()
    return found


def _fold_column(values: list[Any]) -> list[tuple[str, ...]]:
    """Return the folded texts of each value."""
    if all(isinstance(value, str | None) for value in values):
        return list(zip(fold_all([value or "" for value in values])))
    return [tuple(fold_all(_texts(value))) for value in values]


def _texts(value: Any) -> list[str]:  # noqa: ANN401  (any JSON value)
    """Return every text of a value that speaks of places: of the objects in a list, only their speaking members."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = [value.get(member) for member in _SPEAKING]
    return [text for member in value for text in _texts(member)] if isinstance(value, list) else []
