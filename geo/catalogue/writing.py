"""Compile checked inputs into the catalogue."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec

from geo.catalogue.fulltext import copy_search, write_words
from geo.catalogue.indexing import write_claimed, write_indexes
from geo.catalogue.layering import BOUNDS, DATE, SPANS, write_layers
from geo.catalogue.opening import FORMAT, quote_name
from geo.catalogue.owning import SIGNATURE, refuse_foreign
from geo.catalogue.rows import table_rows
from geo.catalogue.search import write_search
from geo.catalogue.styles import write_styles
from geo.gazetteer import span_bounds
from geo.outputs import scratch_beside, whole_file
from geo.spec import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from geo.catalogue.fulltext import Word
    from geo.catalogue.search import Span
    from geo.joins import JoinReport
    from geo.readers import Inputs

__all__ = ["write_catalogue"]


def write_catalogue(
    path: Path,
    inputs: Inputs,
    reports: Iterable[JoinReport],
    notes: Mapping[str, str],
    digest: str,
    dated_ns: int | None = None,
) -> None:
    """Compile an atlas that passed the checks into one GeoPackage.

    Parameters
    ----------
    path
        Where the catalogue goes; an earlier catalogue there is replaced at once or not at all.
    inputs
        The atlas as read, without any error.
    reports
        What each join matched and what it did not; asked for when all texts are folded, while layers may still be
        written.
    notes
        Source id -> its citation, a Chicago full note.
    digest
        Hash of everything that went in.
    dated_ns
        When the file shall say that it was changed, in nanoseconds since the epoch; now when ``None``.

    Raises
    ------
    OutputError
        When the file cannot be written, or something that is no catalogue of ours stands at `path`.

    Notes
    -----
    The same arguments give the same bytes, whatever the clock says.
    """
    from geo.periods import dissolve_periods  # noqa: PLC0415  (geopandas, which only compiling needs)

    refuse_foreign(path)
    former = dissolve_periods(inputs)
    with whole_file(path, dated_ns) as partial, scratch_beside(path) as scratch:
        index = scratch / "search.db"
        # GDAL writes the layers while texts are folded, and these are indexed: both run without the lock of Python.
        with ThreadPoolExecutor(1) as beside:
            layers = beside.submit(_write_layers, partial, inputs, former)

            def write_rest(spans: dict[str, Span], words: Iterator[Word]) -> None:
                joined = tuple(reports)
                undated = layers.result()
                with closing(_open_partial(partial)) as db:
                    db.execute("BEGIN")
                    _write_tables(db, inputs)
                    _write_sources(db, inputs, notes)
                    _write_joins(db, joined)
                    counts = _write_layer_list(db, inputs, former, undated)
                    _write_styles(db, inputs, former)
                    measures = write_claimed(db, inputs)
                    _write_atlas(db, inputs, digest, {"counts": counts, "measures": measures, "search": spans})
                    write_indexes(db, (*(spec.schema for spec in inputs.manifest.tables.values()), "sources"))
                    write_words(db, words)
                    db.execute("COMMIT")

            write_search(index, inputs, former, notes, write_rest)
        with closing(_open_partial(partial)) as db:
            copy_search(db, index)
            db.execute(f"PRAGMA schema_version = {SIGNATURE}")


def _open_partial(path: Path) -> sqlite3.Connection:
    """Open a file that is a temporary one until `whole_file` has synced and renamed it: it needs no journal."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    return db


def _write_styles(db: sqlite3.Connection, inputs: Inputs, former: Iterable[str]) -> None:
    drawn: list[tuple[str, str, str]] = [
        (name, spec.schema, spec.draw or "") for name, spec in inputs.manifest.layers.items()
    ]
    drawn += [(name, "period", "") for name in former]
    write_styles(db, drawn, inputs.vocabulary, inputs.manifest.atlas.languages, DATE)


def _write_layers(path: Path, inputs: Inputs, former: Mapping[str, gpd.GeoDataFrame]) -> dict[str, int]:
    """Write every layer and its indexes; return how many records of those with dates have none."""
    undated = write_layers(path, inputs, former, _khmer_names(inputs))
    with closing(_open_partial(path)) as db:
        write_indexes(db, inputs.layers)
    return undated


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- tables ---------------------------------------------------------------------------------------------------


def _khmer_names(inputs: Inputs) -> dict[str, str]:
    """Return record id -> its first name in Khmer script."""
    found: dict[str, str] = {}
    for row in table_rows(inputs, "names"):
        if row["script"] == "Khmr":
            found.setdefault(row["subject"], row["text"])
    return found


def _create(
    db: sqlite3.Connection, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]], meaning: str
) -> None:
    """Create an attribute table, fill it, and register it so that GIS programs list it."""
    fields = ", ".join(f"{quote_name(column)} {kind}" for column, kind in columns.items())
    db.execute(f"CREATE TABLE {quote_name(name)} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {fields})")
    places = ", ".join("?" * len(columns))
    names = ", ".join(quote_name(column) for column in columns)
    db.executemany(f"INSERT INTO {quote_name(name)} ({names}) VALUES ({places})", rows)  # noqa: S608  (names are quoted)
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
        " VALUES (?, 'attributes', ?, ?, ?, 0)",
        (name, name, meaning, DATE),
    )


def _write_tables(db: sqlite3.Connection, inputs: Inputs) -> None:
    for spec in inputs.manifest.tables.values():
        columns = SCHEMAS[spec.schema].names
        bounds = BOUNDS if spec.schema in SPANS else ()
        rows = []
        for row in table_rows(inputs, spec.schema):
            dates: Sequence[str] = ()
            if bounds:
                begin, end = SPANS[spec.schema]
                dates = span_bounds(row[begin] or "", row[end] or "")
            rows.append([value or None for value in (*(row[column] for column in columns), *dates)])
        _create(db, spec.schema, dict.fromkeys((*columns, *bounds), "TEXT"), rows, spec.file)


def _write_sources(db: sqlite3.Connection, inputs: Inputs, notes: Mapping[str, str]) -> None:
    columns = ("id", "type", "title", "note", "url", "grade", "reliability", "csl")
    rows = []
    for source in inputs.sources:
        custom = source.get("custom") or {}
        said = (source.get("type"), source.get("title"), notes.get(source["id"]), source.get("URL"))
        judged = (custom.get("grade"), custom.get("reliability"))
        rows.append([source["id"], *(text or None for text in (*said, *judged)), _json(source)])
    _create(db, "sources", dict.fromkeys(columns, "TEXT"), rows, "Every source, with its citation (Chicago full note)")


def _write_joins(db: sqlite3.Connection, reports: Iterable[JoinReport]) -> None:
    columns = {
        "name": "TEXT",
        "left_side": "TEXT",
        "right_side": "TEXT",
        "left_rows": "INTEGER",
        "right_rows": "INTEGER",
        "matched": "INTEGER",
        "matched_right": "INTEGER",
        "unmatched_left": "TEXT",
        "unmatched_right": "TEXT",
        "duplicates": "TEXT",
        "disagreements": "TEXT",
    }
    rows = [
        (
            report.name,
            report.left,
            report.right,
            report.left_rows,
            report.right_rows,
            report.matched,
            report.matched_right,
            *(
                _json(list(part))
                for part in (
                    report.unmatched_left,
                    report.unmatched_right,
                    report.duplicates,
                    report.disagreements,
                )
            ),
        )
        for report in reports
    ]
    _create(db, "joins", columns, rows, "What each join matched and what it did not")


def _write_layer_list(
    db: sqlite3.Connection, inputs: Inputs, former: Mapping[str, gpd.GeoDataFrame], found: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """Write the list of layers and tables; return name -> how many records, unlocated and undated ones it has.

    Of layers it was `found` how many are undated.
    """
    rows: list[tuple[Any, ...]] = []
    counts: dict[str, dict[str, int]] = {}
    for name, spec in inputs.manifest.layers.items():
        frame = inputs.layers[name]
        unlocated = int(frame.geometry.isna().sum())
        title = _json(msgspec.to_builtins(spec.title)) if spec.title else None
        rows.append((name, spec.schema, "layer", title, spec.draw or None, len(frame), unlocated))
        counts[name] = {"records": len(frame), "unlocated": unlocated}
    for name, frame in former.items():
        title = _json(msgspec.to_builtins(inputs.manifest.periods[name].title))
        rows.append((name, "period", "layer", title, None, len(frame), 0))
        counts[name] = {"records": len(frame), "unlocated": 0}
    for table in inputs.manifest.tables.values():
        records = len(table_rows(inputs, table.schema))
        rows.append((table.schema, table.schema, "table", None, None, records, None))
        counts[table.schema] = {"records": records}
    for name in (row[0] for row in rows if row[1] in SPANS):
        undated = f"SELECT count(*) FROM {quote_name(name)} WHERE coalesce({', '.join(BOUNDS)}) IS NULL"  # noqa: S608
        counts[name]["undated"] = found[name] if name in found else db.execute(undated).fetchone()[0]
    columns = {
        "name": "TEXT",
        "schema": "TEXT",
        "holds": "TEXT",
        "title": "TEXT",
        "draw": "TEXT",
        "records": "INTEGER",
        "unlocated": "INTEGER",
    }
    _create(db, "layers", columns, rows, "Every layer and table of the atlas")
    return counts


def _write_atlas(db: sqlite3.Connection, inputs: Inputs, digest: str, found: Mapping[str, Any]) -> None:
    """Write what holds for the atlas as a whole; `found` is what was counted on the way."""
    values = {
        "format": FORMAT,
        "digest": digest,
        "digests": inputs.digests,
        "version": inputs.manifest.atlas.version,
        "manifest": inputs.manifest,
        "vocabulary": inputs.vocabulary,
        "maps": inputs.maps,
        **found,
    }
    if inputs.method is not None:
        values["method"] = inputs.method
    if inputs.mask is not None:
        values["mask"] = inputs.mask
    rows = [(key, _json(msgspec.to_builtins(value))) for key, value in values.items()]
    _create(db, "atlas", {"key": "TEXT", "value": "TEXT"}, rows, "The manifest, the vocabulary, the maps, the counts")
