"""The formats that GDAL writes: whole layers as Arrow columns, through pyogrio."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from pyogrio.raw import write_arrow

from geo.export.archives import write_archive
from geo.export.content import GEOMETRY

if TYPE_CHECKING:
    from geo.export.content import Content, Layer

__all__ = [
    "append_layer",
    "gdal_settings",
    "write_flatgeobuf",
    "write_geojson",
    "write_geojson_sequence",
    "write_kml",
    "write_kmz",
    "write_shapefile",
]

DATE: Final = "1970-01-01T00:00:00.000Z"
"""What stands where a format asks for a date: not the clock, so that the same input gives the same bytes."""

_JSON: Final = {"ARROW:extension:name": "arrow.json"}
"""How Arrow marks a text that holds JSON; GDAL hands it on in the way of each format."""

_GEOJSON: Final = {"RFC7946": "YES", "COORDINATE_PRECISION": "7", "AUTODETECT_JSON_STRINGS": "NO"}
_FEATURE: Final = '{ "type": "Feature",'

_KML_FIELDS: Final = (
    *("ID", "DESCRIPTION", "TIMESTAMP", "BEGIN", "END", "ALTITUDEMODE", "TESSELLATE", "EXTRUDE", "VISIBILITY"),
    *("DRAWORDER", "ICON", "HEADING", "TILT", "ROLL", "SNIPPET", "PHOTOOVERLAY"),
)
"""Columns that LIBKML would take for parts of KML; they are data here, and stay in the table of each place."""


_CDATA_END: Final = "]]>"
_CDATA_END_MARK: Final = "]]\ufdd0>"
"""What stands for the end of a CDATA section while LIBKML writes: a noncharacter, which no text of an atlas holds."""
_CDATA_END_WRITTEN: Final = "]]]]><![CDATA[>"
"""The same characters in XML: the end of one section stands divided between two."""


@contextmanager
def gdal_settings(settings: Mapping[str, str]) -> Iterator[None]:
    """Set options of GDAL for a while."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in settings}
    pyogrio.set_gdal_config_options(dict(settings))
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def append_layer(
    path: Path, layer: Layer, driver: str, crs: str, options: Mapping[str, str] | None = None, *, append: bool = False
) -> None:
    """Write one layer with GDAL.

    Parameters
    ----------
    path
        The file; with `append` the layer is added to it.
    layer
        The layer or table, as the format can carry it.
    driver
        The driver of GDAL.
    crs
        The reference system of its geometry.
    options
        Options of the driver for the layer.
    append
        Whether the file exists and gets one layer more.
    """
    lists = {column.name for column in layer.columns if column.kind == "list"}
    table = layer.table
    fields = [field.with_metadata(_JSON) if field.name in lists else field for field in table.schema]
    with gdal_settings({"OGR_CURRENT_DATE": DATE}):
        write_arrow(
            pa.table(table.columns, schema=pa.schema(fields)),
            path,
            layer=layer.name,
            driver=driver,
            geometry_name=GEOMETRY if layer.geometry else None,
            geometry_type=layer.geometry or None,
            crs=crs if layer.geometry else None,
            append=append,
            dataset_options={"VERSION": "1.3"} if driver == "GPKG" and not append else None,
            layer_options=dict(options or {}),
        )


def write_geojson(path: Path, content: Content) -> None:
    """Write one layer as GeoJSON (RFC 7946): WGS 84, outer rings counterclockwise, seven decimals, lists as arrays."""
    append_layer(path, content.layers[0], "GeoJSON", content.crs, {**_GEOJSON, "WRITE_BBOX": "YES"})


def write_geojson_sequence(path: Path, content: Content) -> None:
    """Write one layer as a GeoJSON text sequence (RFC 8142): one feature after each record separator.

    Raises
    ------
    RuntimeError
        When GDAL no longer writes a feature a line (a bug of ours).

    Notes
    -----
    The driver GeoJSONSeq takes every text that looks like JSON for JSON. The driver GeoJSON can be told not to, and
    writes one feature a line, so its lines are what is strung together.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.stem}.") as scratch:
        collection = Path(scratch) / "collection.geojson"
        append_layer(collection, content.layers[0], "GeoJSON", content.crs, _GEOJSON)
        written = 0
        with collection.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8", newline="\n") as out:
            for line in lines:
                if line.startswith(_FEATURE):
                    out.write(f"\x1e{line.rstrip().removesuffix(',')}\n")
                    written += 1
    if written != len(content.layers[0]):
        raise RuntimeError(f"{written} of {len(content.layers[0])} features stand on a line of their own")


def write_flatgeobuf(path: Path, content: Content) -> None:
    """Write one layer as FlatGeobuf; with its spatial index unless a place has no location, which the index refuses.

    The index puts neighbours beside one another, so that the order of the atlas is kept only without it.
    """
    layer = content.layers[0]
    index = "NO" if layer.column(GEOMETRY).null_count or not len(layer) else "YES"
    append_layer(path, layer, "FlatGeobuf", content.crs, {"SPATIAL_INDEX": index})


def write_shapefile(path: Path, content: Content) -> None:
    """Write one layer as a Shapefile: `path` with its sister files, text in UTF-8 and a .cpg that says so."""
    options = {"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": DATE[:10]}
    append_layer(path, content.layers[0], "ESRI Shapefile", content.crs, options)


def write_kml(path: Path, content: Content) -> None:
    """Write layers as folders of one KML 2.2 document; every column but the name is extended data of its place.

    Notes
    -----
    LIBKML puts a text with markup into a CDATA section as it is, so that ``]]>`` in it would end the section and go on
    as a part of the document. Such texts are marked before it writes, and the marks become two sections afterwards.
    """
    layers = [_mark_cdata_ends(layer) for layer in content.features]
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.stem}.") as scratch,
        gdal_settings({f"LIBKML_{field}_FIELD": "-" for field in _KML_FIELDS}),
    ):
        marked = Path(scratch) / "marked.kml"
        for layer in layers:
            append_layer(marked, layer, "LIBKML", content.crs, append=marked.exists())
        with marked.open(encoding="utf-8", newline="") as lines, path.open("w", encoding="utf-8", newline="") as out:
            out.writelines(line.replace(_CDATA_END_MARK, _CDATA_END_WRITTEN) for line in lines)


def _mark_cdata_ends(layer: Layer) -> Layer:
    """Return a layer none of whose texts would end a CDATA section."""
    table = layer.table
    for place, column in enumerate(table.columns):
        if pa.types.is_string(column.type):
            # A text that holds the beginning of a section is escaped as a whole; any other is put into one.
            escaped = pc.match_substring(column, "<![CDATA[")
            marked = pc.if_else(escaped, column, pc.replace_substring(column, _CDATA_END, _CDATA_END_MARK))
            table = table.set_column(place, table.field(place), marked)
    return replace(layer, held=table)


def write_kmz(path: Path, content: Content) -> None:
    """Write layers as KMZ: the KML document in a zip archive."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.stem}.") as scratch:
        document = Path(scratch) / "doc.kml"
        write_kml(document, content)
        write_archive(path, {"doc.kml": document})
