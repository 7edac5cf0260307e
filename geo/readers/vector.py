"""Binary formats, read through GDAL: the driver is named, and every feature is held to the rules of GeoJSON.

This is the fence around GDAL, and the only door in it. GDAL promises nothing of untrusted files; so it is given

- only the drivers of `LAYER_DRIVERS`, each named, and only to a file whose first bytes are those of the format: a VRT,
  a WFS description or anything else under such a name is never looked at;
- only plain files of at most 200 MB that we could open ourselves, by their absolute path: no address, no driver
  prefix and no path of ``/vsi`` reaches it, and its own way to the network is shut (`FENCE`);
- of a GeoPackage only a real table: a view may compute without end;
- features and properties up to their `Limits`, read to the last one that the file promises.

GeoJSON, CSV, workbooks, KML and GPX are never given to GDAL. What we export is written by it, from our own tables, into
a temporary name of ours.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from geo.errors import InputError, Problem, show_text
from geo.readers.features import Feature, Layer, label_of, shape_of
from geo.readers.files import DEFAULT_LIMITS, Limits, open_plain, refuse
from geo.readers.problems import Findings
from geo.readers.strict_json import parse_json
from geo.spec import Schema

__all__ = [
    "FENCE",
    "LAYER_DRIVERS",
    "LISTS",
    "Driver",
    "add_record",
    "begin_records",
    "open_collection",
    "open_records",
    "parse_list",
    "read_records",
    "take_record",
]


@dataclass(frozen=True, slots=True)
class Driver:
    """A format that GDAL reads for us: the driver's name, and the bytes with which such a file begins."""

    name: str
    magic: bytes
    cut_bytes: int = 0  # the format cuts longer text without a word, also inside a character


LAYER_DRIVERS: Final[dict[str, Driver]] = {
    ".gpkg": Driver("GPKG", b"SQLite format 3\x00"),
    ".shp": Driver("ESRI Shapefile", b"\x00\x00\x27\x0a", cut_bytes=254),
    ".fgb": Driver("FlatGeobuf", b"fgb\x03fgb"),
}
"""Suffix -> the one driver that may open such a file."""

FENCE: Final = {
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "-",  # no file on the network is this one
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    "OGR_ENABLE_PARTIAL_REPROJECTION": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
}
"""Options of GDAL while it reads."""

_PACKED: Final = 10_000
"""Features that are kept as objects before they are packed."""

# GDAL has no lists in these formats; our own exports and those of others write them as JSON text.
LISTS: Final = frozenset({"source_refs", "objects"})
"""Types of fields whose values stand as JSON text."""


def read_records(path: Path, name: str, schema: Schema, driver: Driver, limits: Limits = DEFAULT_LIMITS) -> Layer:
    """Return the features of a file that GDAL reads, one by one.

    Parameters
    ----------
    path
        The file.
    name
        The file as the atlas names it, for messages.
    schema
        Which geometries the layer may hold, and which fields are lists: these stand as JSON text in such a file.
    driver
        The only driver that may open it.

    Returns
    -------
    Layer
        Features in lon, lat, and the problems of those that were set aside.

    Raises
    ------
    InputError
        The file is not what its name says, cannot be read to its end, holds several layers, or is not in WGS 84.
    """
    layer = begin_records(path, name, driver, limits)
    for number, record in enumerate(open_records(path, name, driver, limits=limits), start=1):
        take_record(record, number, name, schema, driver, layer)
        if layer.findings.full:
            break
        if not schema.open and number % _PACKED == 0:
            layer.pack(schema)
    return layer


def begin_records(path: Path, name: str, driver: Driver, limits: Limits) -> Layer:
    """Return an empty layer for a file that begins as its driver demands, with what is to be said of the whole file.

    Parameters
    ----------
    path, name, driver, limits
        As `read_records`.

    Returns
    -------
    Layer
        Without features.

    Raises
    ------
    InputError
        The file is not what its name says, cannot be opened, or is too large.
    """
    with open_plain(path, name, limits) as file:
        head = file.read(len(driver.magic))
    if head != driver.magic:
        seen = f"a file that begins with {head.hex(' ')}" if head else "an empty file"
        raise refuse(name, seen, f"{driver.name} data", rule="format")
    layer = Layer(Findings(name))
    if driver.name == "ESRI Shapefile" and not path.with_suffix(".cpg").exists():
        seen, expected = "no .cpg file", "a .cpg file that names the encoding"
        hint = "add one that says UTF-8; without it GDAL reads Latin-1"
        layer.findings.add(Problem(name, "", "", seen, expected, hint, "encoding", "warning"))
    return layer


def take_record(record: Any, number: int, name: str, schema: Schema, driver: Driver, layer: Layer) -> None:  # noqa: ANN401
    """Add one record as fiona gives it to a layer, or its problems.

    Parameters
    ----------
    record
        A ``fiona.Feature``.
    number
        Its place in the file, from 1.
    name, schema, driver
        As `read_records`.
    layer
        Where it goes.
    """
    geometry = record.geometry.__geo_interface__ if record.geometry is not None else None
    add_record(dict(record.properties), geometry, number, name, schema, layer)
    if driver.cut_bytes:
        _note_cut(record, number, name, schema, layer, driver.cut_bytes)


def open_records(
    path: Path,
    name: str,
    driver: Driver,
    wanted: str = "",
    stated: list[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Any]:
    """Yield the records of a file as fiona gives them.

    Parameters
    ----------
    path, name, driver
        As `read_records`.
    wanted, stated, limits
        As `open_collection`.

    Yields
    ------
    fiona.Feature
        In the order of the file.

    Raises
    ------
    InputError
        As `read_records`.
    """
    with open_collection(path, name, driver, wanted, stated, limits) as collection:
        read = 0
        for record in collection:
            yield record
            read += 1
        _check_count(read, len(collection), name)


@contextmanager
def open_collection(
    path: Path,
    name: str,
    driver: Driver,
    wanted: str = "",
    stated: list[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Any]:
    """Open a file with fiona, its driver named; whatever goes wrong inside refuses the file.

    fiona is imported here: it brings a second GDAL into the process, and most atlases hold GeoJSON alone.

    Parameters
    ----------
    path, name, driver
        As `read_records`.
    wanted
        The layer of a GeoPackage; empty for the only one.
    stated
        Where the coordinate system of the file goes, as WKT, empty for none; None to refuse all but WGS 84.
    limits
        How many features there may be.

    Yields
    ------
    fiona.Collection
        The only layer, or the one that is wanted.

    Raises
    ------
    InputError
        As `read_records`.
    """
    import fiona  # noqa: PLC0415 -- see above

    path = path.absolute()
    if str(path).startswith("/vsi"):
        raise refuse(name, str(path), "a file of this machine", rule="path-inside")
    only = _only_layer(path, name, wanted, choice=stated is not None) if driver.name == "GPKG" else None
    try:
        with catch_warnings(), fiona.Env(**FENCE), fiona.open(path, driver=driver.name, layer=only) as collection:
            simplefilter("error", UserWarning)  # what GDAL passes over, such as a field without a name, it warns of
            _check_collection(collection, name, stated, limits)
            yield collection
    except InputError:
        raise
    except Exception as error:  # a damaged file gives errors of many families, SystemError among them
        raise refuse(name, str(error), f"{driver.name} data that GDAL can read", rule="format") from error


def _only_layer(path: Path, name: str, wanted: str, *, choice: bool) -> str:
    """Return the one layer of a GeoPackage; it may hold several, and then we do not choose: a person may have a choice.

    Raises
    ------
    InputError
        It is no GeoPackage, has no layer of that name, or has not one alone.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            kinds = dict(database.execute("SELECT lower(name), type || ' ' || coalesce(sql, '') FROM sqlite_master"))
            _hold_tables(kinds, ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"), name)
            found = database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise refuse(name, str(error), "a GeoPackage", rule="format") from error
    layers = sorted(str(row[0]) for row in found)
    if not wanted and len(layers) != 1:
        seen = f"{len(layers)} layers: {', '.join(layers)}" if layers else "no layer of features"
        several = "name one of them with --sheet" if choice else "put each layer into a file of its own"
        raise refuse(name, seen, "a file with one layer", several if layers else "", rule="format")
    wanted = wanted or layers[0]
    if wanted not in layers:
        expected = "one of " + ", ".join(layers)
        raise refuse(name, show_text(wanted), expected, "name one of them with --sheet", rule="sheet")
    _hold_tables(kinds, (wanted.lower(),), name)
    return wanted


def _hold_tables(kinds: dict[str, str], tables: Iterable[str], name: str) -> None:
    """Refuse what is no table of data: a view and a virtual table compute what they hold, and may do so without end."""
    for table in tables:
        kind = kinds.get(table, "table")
        if not kind.startswith("table") or re.match(r"table\s+CREATE\s+VIRTUAL", kind, re.IGNORECASE):
            seen = f"{table}, which is computed ({show_text(kind, 60)})"
            raise refuse(name, seen, "a GeoPackage of tables", "save the layer as a table", rule="format")


def _check_collection(collection: Any, name: str, stated: list[str] | None, limits: Limits) -> None:  # noqa: ANN401
    crs, count = collection.crs, len(collection)
    if stated is not None:
        stated.append(crs.to_wkt() if crs else "")
    elif not crs or not (crs.to_epsg() == 4326 or crs.to_string() == "OGC:CRS84"):
        seen = show_text(crs.to_string() or "no coordinate system")
        raise refuse(name, seen, "WGS 84 (EPSG:4326)", "convert the file to WGS 84", rule="crs")
    if count > limits.features:
        raise limits.refuse(name, f"{count:,} features", "features", "features")


def _check_count(read: int, count: int, name: str) -> None:
    """Refuse a file that ended too soon: GDAL ends a damaged file as if it were a whole one."""
    if read != count:
        raise refuse(name, f"{read} features that can be read", f"{count} features, as the file says", rule="format")


def add_record(
    properties: dict[str, Any],
    geometry: Any,  # noqa: ANN401
    number: int,
    name: str,
    schema: Schema,
    layer: Layer,
) -> None:
    """Add one record of a format that is not GeoJSON to a layer, or its problems.

    Parameters
    ----------
    properties
        Values by column; lists may stand as JSON text.
    geometry
        As GeoJSON has it, with lists or tuples; None where there is none.
    number
        Its place in the file, from 1.
    name, schema
        As `read_records`.
    layer
        Where it goes.
    """
    where = label_of(number, properties, schema)
    problems = []
    for field in schema.fields:
        value = properties.get(field.name)
        if field.type in LISTS and isinstance(value, str):
            try:
                properties[field.name] = parse_list(value, name)
            except InputError as error:
                problems += [each._replace(where=where, field=field.name) for each in error.problems]
    problems += _check_values(properties, where, name)
    shape = shape_of(_promote(geometry, schema), where, name, schema)
    if isinstance(shape, Problem):
        problems.append(shape)
    if problems or isinstance(shape, Problem):
        layer.findings.add(*problems)
        key = properties.get(schema.key)
        layer.set_aside += [key] if isinstance(key, str) else []
        return
    layer.features.append(Feature(number, shape, properties))


def _note_cut(record: Any, number: int, name: str, schema: Schema, layer: Layer, limit: int) -> None:  # noqa: ANN401
    """Warn of text so long that the format may have cut it: within one character of its limit."""
    where = label_of(number, dict(record.properties), schema)
    for key, value in record.properties.items():
        if isinstance(value, str) and len(value.encode()) > limit - 4:
            expected = f"text shorter than the {limit} bytes that this format keeps"
            seen = f"{len(value.encode())} bytes"
            hint = "compare it with its source"
            layer.findings.add_kind(Problem(name, where, show_text(key), seen, expected, hint, "cut-text", "warning"))


def parse_list(text: str, name: str) -> Any:  # noqa: ANN401 -- any JSON value
    """Return what JSON text in a cell says.

    Raises
    ------
    InputError
        It is not strict JSON.
    """
    value, faults = parse_json(text.encode(), name)
    if faults:
        raise refuse(name, faults[0].seen, faults[0].expected, rule=faults[0].rule)
    return value


def _check_values(properties: dict[str, Any], where: str, name: str) -> Iterator[Problem]:
    for key, value in properties.items():
        if isinstance(value, float) and not math.isfinite(value):
            yield Problem(name, where, show_text(key), str(value), "a finite number", rule="number")
        elif isinstance(value, bytes):
            yield Problem(name, where, show_text(key), "bytes", "text or a number", rule="format")
        elif isinstance(value, str) and "\0" in value:
            yield Problem(name, where, show_text(key), show_text(value), "text without U+0000", rule="no-control")


def _promote(geometry: Any, schema: Schema) -> Any:  # noqa: ANN401 -- any JSON value
    """Return a single line or polygon as the collection of one that the schema asks for: Shapefiles mix the two."""
    if (
        not isinstance(geometry, dict)
        or geometry["type"] in schema.geometries
        or f"Multi{geometry['type']}" not in schema.geometries
    ):
        return geometry
    return {"type": f"Multi{geometry['type']}", "coordinates": [geometry["coordinates"]]}
