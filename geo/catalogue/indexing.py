"""What makes a catalogue fast to ask: full-text index, words of names, figures by record, indexes of columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue.opening import INDEXED, quote_name
from geo.catalogue.rows import frame_rows, table_rows
from geo.gazetteer import fold, sound
from geo.ledger import ADMITTED_STATUSES, DATE_UNIT, parse_number
from geo.spec import SCHEMAS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    import geopandas as gpd

    from geo.readers import Inputs

__all__ = ["write_claimed", "write_indexes", "write_search"]

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


# --- claims by record ---------------------------------------------------------------------------------------------


def write_claimed(db: sqlite3.Connection, inputs: Inputs) -> dict[str, str]:
    """Write the smallest and the largest number that admitted claims state, by measure and record.

    Returns
    -------
    dict of str to str
        Measure -> the unit that counts, which is its most used one; empty when no claim speaks of it. Measures of
        which only dates are claimed are left out.
    """
    admitted = [row for row in table_rows(inputs, "claims") if row["status"] in ADMITTED_STATUSES]
    used: dict[str, Counter[str]] = defaultdict(Counter)
    for row in admitted:
        used[row["measure"]][row["unit"]] += bool(row["low"] or row["high"])
    units = {
        measure: min(used[measure].keys() - {DATE_UNIT}, key=lambda unit: (-used[measure][unit], unit), default="")
        for measure in (*inputs.vocabulary.measures, *used)
        if set(used[measure]) != {DATE_UNIT}
    }
    numbers: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for row in admitted:
        if row["unit"] == units.get(row["measure"]):
            stated = [parse_number(row[bound]) for bound in ("low", "high") if row[bound]]
            numbers[row["measure"], row["subject"]] += stated
    db.execute(
        "CREATE TABLE claimed (measure TEXT, subject TEXT, low REAL, high REAL, PRIMARY KEY (measure, subject))"
        " WITHOUT ROWID"
    )
    rows = ((*key, float(min(found)), float(max(found))) for key, found in sorted(numbers.items()) if found)
    db.executemany("INSERT INTO claimed VALUES (?, ?, ?, ?)", rows)
    return units


# --- search and indexes -----------------------------------------------------------------------------------------


class _Index:
    """The full-text index as it grows, and the words of names."""

    def __init__(self) -> None:
        self.records: list[tuple[str, str, str]] = []
        self.words: set[str] = set()

    def add(
        self, layer: str, key: str, texts: Iterable[Any], names: Iterable[Any] = (), places: Iterable[Any] = ()
    ) -> None:
        """Add one record; its names, and the places that it names, are found with and without their spaces."""
        lines = [fold(text) for value in texts for text in _texts(value)]
        for name in map(fold, names):
            self.words |= {*name.split(), name.replace(" ", "")}
            lines += [name, name.replace(" ", "")]
        for line in (fold(text) for value in places for text in _texts(value)):
            lines += [line, line.replace(" ", "")]
        self.records.append((layer, key, "\n".join(dict.fromkeys(line for line in lines if line))))


def write_search(
    db: sqlite3.Connection, inputs: Inputs, former: Mapping[str, gpd.GeoDataFrame], notes: Mapping[str, str]
) -> dict[str, tuple[int, int]]:
    """Write the full-text index, one row a record, its folded texts one a line; and the words of all names.

    A row of a table whose rows have no id stands under its ``fid``.

    Returns
    -------
    dict of str to tuple of int
        Layer or table -> its first and its last row in ``search``, which are in the order of its ``fid``, from 1 on.
    """
    index = _Index()
    names: dict[str, list[str]] = defaultdict(list)
    said: dict[str, list[str]] = defaultdict(list)
    for row in table_rows(inputs, "names"):
        names[row["subject"]].append(row["text"])
    for row in table_rows(inputs, "claims"):
        said[row["subject"]] += [row["scope"], row["note"]]
    areas = inputs.layer_of("areas")
    for row in frame_rows(areas[1]) if areas else ():
        names[row["code"]] += [row[column] for column in ("name", "name_km", "name_fr") if row[column]]
    spans: dict[str, tuple[int, int]] = {}

    def close(layer: str) -> None:
        first = max((last for _, last in spans.values()), default=0) + 1
        spans[layer] = (first, len(index.records))

    for name, spec in inputs.manifest.layers.items():
        if spec.schema not in _SEARCHED:
            continue
        for row in frame_rows(inputs.layers[name]):
            key = row[SCHEMAS[spec.schema].key]
            places = [key, *(row.get(column) for column in _PLACES), *names[row.get("province") or ""]]
            texts = (*(row[column] for column in _SEARCHED[spec.schema]), *said[key])
            index.add(name, key, texts, dict.fromkeys((row["name"], *names[key])), places)
        close(name)
    for name, frame in former.items():
        for row in frame_rows(frame):
            index.add(name, row["id"], (row["note"],), [row["name"], row["name_km"] or ""], [row["id"]])
        close(name)
    for schema in ("claims", "events", "history", "zones"):
        for fid, row in enumerate(table_rows(inputs, schema), start=1):
            key = row.get("id")
            index.add(schema, key or str(fid), (row[column] for column in _SEARCHED[schema]), places=[key])
        close(schema)
    for source in inputs.sources:
        index.add("sources", source["id"], (source.get("title"), notes.get(source["id"])), places=[source["id"]])
    close("sources")
    db.execute("CREATE VIRTUAL TABLE search USING fts5(layer UNINDEXED, id UNINDEXED, text, tokenize = 'trigram')")
    db.executemany("INSERT INTO search (layer, id, text) VALUES (?, ?, ?)", index.records)
    db.execute("INSERT INTO search (search) VALUES ('optimize')")
    db.execute("CREATE TABLE words (word TEXT PRIMARY KEY, sound TEXT, letters INTEGER) WITHOUT ROWID")
    words = ((word, sound(word), len(word)) for word in sorted(index.words) if len(word) >= 3 and not word.isdecimal())
    db.executemany("INSERT INTO words VALUES (?, ?, ?)", words)
    db.execute("CREATE INDEX words_sound ON words (sound)")
    db.execute("CREATE INDEX words_letters ON words (letters)")
    return spans


def _texts(value: Any) -> list[str]:  # noqa: ANN401  (any JSON value)
    """Return every text of a value that speaks of places: of the objects in a list, only their speaking members."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = [value.get(member) for member in _SPEAKING]
    return [text for member in value for text in _texts(member)] if isinstance(value, list) else []


def write_indexes(db: sqlite3.Connection, inputs: Inputs) -> None:
    """Index the columns that questions name, in every layer and table that has them."""
    for table in (*inputs.layers, *(spec.schema for spec in inputs.manifest.tables.values()), "sources"):
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({quote_name(table)})")]
        for column in INDEXED:
            if column in columns:
                index = quote_name(f"{table}_{column}")
                db.execute(f"CREATE INDEX {index} ON {quote_name(table)} ({quote_name(column)})")
