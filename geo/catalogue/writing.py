"""Compile checked inputs into the catalogue."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec

from geo.catalogue.indexing import write_claimed, write_indexes, write_search
from geo.catalogue.opening import FORMAT, quote_name
from geo.catalogue.owning import SIGNATURE, refuse_foreign
from geo.catalogue.rows import table_rows
from geo.catalogue.styles import write_styles
from geo.gazetteer import span_bounds
from geo.outputs import whole_file
from geo.spec import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from geo.joins import JoinReport
    from geo.readers import Inputs
    from geo.spec import FieldType, Words

__all__ = ["write_catalogue"]

_BOUNDS: Final = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")
_SPANS: Final = {"sites": ("begin", "end"), "routes": ("begin", "end"), "events": ("date", "end")}
"""Schema -> the two EDTF columns that its four date bounds come from."""

_GEOMETRY: Final = {
    frozenset({"Point"}): "Point",
    frozenset({"LineString"}): "LineString",
    frozenset({"MultiLineString"}): "MultiLineString",
    frozenset({"LineString", "MultiLineString"}): "MultiLineString",
    frozenset({"Polygon"}): "MultiPolygon",
    frozenset({"MultiPolygon"}): "MultiPolygon",
    frozenset({"Polygon", "MultiPolygon"}): "MultiPolygon",
}
"""Types that occur in a layer -> the type that its table declares."""

# A fixed date instead of the clock: the same input gives the same bytes.
_DATE: Final = "1970-01-01T00:00:00.000Z"


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
        What each join matched and what it did not.
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
    named = _khmer_names(inputs)
    former = dissolve_periods(inputs)
    with whole_file(path, dated_ns) as partial:
        with _fixed_date():
            for name in inputs.layers:
                _write_layer(partial, name, inputs, named)
            for name, frame in former.items():
                _write_period(partial, name, frame, inputs)
        with closing(sqlite3.connect(partial, isolation_level=None)) as db:
            # The file is a temporary one until `whole_file` has synced and renamed it: no journal is needed here.
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.execute("BEGIN")
            _write_tables(db, inputs)
            _write_sources(db, inputs, notes)
            _write_joins(db, reports)
            counts = _write_layer_list(db, inputs, former)
            drawn: list[tuple[str, str, str]] = [
                (name, spec.schema, spec.draw or "") for name, spec in inputs.manifest.layers.items()
            ]
            drawn += [(name, "period", "") for name in former]
            write_styles(db, drawn, inputs.vocabulary, inputs.manifest.atlas.languages, _DATE)
            measures = write_claimed(db, inputs)
            rows = write_search(db, inputs, former, notes)
            _write_atlas(db, inputs, digest, {"counts": counts, "measures": measures, "search": rows})
            write_indexes(db, inputs)
            db.execute("COMMIT")
            db.execute(f"PRAGMA schema_version = {SIGNATURE}")


# --- layers ---------------------------------------------------------------------------------------------------


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Have GDAL write a fixed date instead of the clock."""
    import pyogrio  # noqa: PLC0415

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_layer(path: Path, name: str, inputs: Inputs, named: Mapping[str, str]) -> None:
    import pandas as pd  # noqa: PLC0415

    from geo.columns import column_values  # noqa: PLC0415

    frame = inputs.layers[name]
    spec = inputs.manifest.layers[name]
    types = {field.name: field.type for field in SCHEMAS[spec.schema].fields}
    columns = {
        str(column): _array(column_values(frame[column]), types.get(str(column)))
        for column in frame.columns
        if column != "geometry"
    }
    geometry = frame.geometry.reset_index(drop=True)
    if spec.schema in _SPANS:
        columns |= _bounds(spec.schema, columns)
        columns["name_km"] = pd.array([named.get(key) for key in columns["id"]], dtype=object)
    if spec.schema == "sites":
        columns["lon"], columns["lat"] = geometry.x.array, geometry.y.array
    _append(path, name, columns, geometry, _declared(geometry, SCHEMAS[spec.schema].geometries), spec.title)


def _write_period(path: Path, name: str, frame: gpd.GeoDataFrame, inputs: Inputs) -> None:
    columns = {str(column): _array(frame[column].tolist(), "text") for column in frame.columns if column != "geometry"}
    _append(path, name, columns, frame.geometry, "MultiPolygon", inputs.manifest.periods[name].title)


def _append(
    path: Path, name: str, columns: Mapping[str, Any], geometry: gpd.GeoSeries, declared: str, title: Words | None
) -> None:
    """Write one layer; `declared` is its geometry type, `title` describes it to a GIS program."""
    import geopandas as gpd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415

    pyogrio.write_dataframe(
        gpd.GeoDataFrame(pd.DataFrame(columns, index=geometry.index), geometry=geometry, crs=4326),
        path,
        layer=name,
        driver="GPKG",
        geometry_type=declared,
        promote_to_multi=declared.startswith("Multi"),
        append=path.exists(),
        layer_options={
            "SPATIAL_INDEX": "YES",
            "GEOMETRY_NAME": "geom",
            "FID": "fid",
            "DESCRIPTION": title.en if title else "",
        },
    )


def _declared(geometry: gpd.GeoSeries, allowed: frozenset[str]) -> str:
    """Return the geometry type that a table declares: what occurs, or for an empty one what its schema allows."""
    types = frozenset(geometry.geom_type.dropna()) or allowed
    declared = _GEOMETRY.get(types, "Unknown")
    return f"{declared} Z" if declared != "Unknown" and geometry.has_z.any() else declared


def _bounds(schema: str, columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    import pandas as pd  # noqa: PLC0415

    begin, end = _SPANS[schema]
    spans = [span_bounds(first or "", last or "") for first, last in zip(columns[begin], columns[end], strict=True)]
    return {
        bound: pd.array([span[position] or None for span in spans], dtype=object)
        for position, bound in enumerate(_BOUNDS)
    }


def _array(values: list[Any], declared: FieldType | None) -> Any:  # noqa: ANN401  (one of several array types)
    """Return one column as an array whose type a GeoPackage keeps without loss.

    A column of the schema has the type that it declares; one that only this file has (`declared` is ``None``) has the
    type of its values, and is text when they differ.
    """
    import pandas as pd  # noqa: PLC0415

    cells = [_cell(value) for value in values]
    kinds = {type(cell) for cell in cells if cell is not None} if declared is None else set()
    if declared == "integer" or kinds == {int}:
        return pd.array(cells, dtype="Int64")
    if kinds == {bool}:
        return pd.array(cells, dtype="boolean")
    if kinds in ({float}, {int, float}):
        return pd.array(cells, dtype="Float64")
    return pd.array([cell if cell is None or isinstance(cell, str) else _json(cell) for cell in cells], dtype=object)


def _cell(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """Return a value as one column can hold it: empty -> ``None``, lists and objects -> JSON text."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str | bool | int | float) else _json(value)


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
        (name, name, meaning, _DATE),
    )


def _write_tables(db: sqlite3.Connection, inputs: Inputs) -> None:
    for spec in inputs.manifest.tables.values():
        columns = SCHEMAS[spec.schema].names
        bounds = _BOUNDS if spec.schema in _SPANS else ()
        rows = []
        for row in table_rows(inputs, spec.schema):
            dates: Sequence[str] = ()
            if bounds:
                begin, end = _SPANS[spec.schema]
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
    db: sqlite3.Connection, inputs: Inputs, former: Mapping[str, gpd.GeoDataFrame]
) -> dict[str, dict[str, int]]:
    """Write the list of layers and tables; return name -> how many records, unlocated and undated ones it has."""
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
    for name in (row[0] for row in rows if row[1] in _SPANS):
        undated = f"SELECT count(*) FROM {quote_name(name)} WHERE coalesce({', '.join(_BOUNDS)}) IS NULL"  # noqa: S608
        counts[name]["undated"] = db.execute(undated).fetchone()[0]
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
