"""A catalogue to export, and readers that share no code with the writers."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import fiona
import openpyxl
import pyarrow.parquet as pq
import pytest
import shapely
from jsonschema import Draft202012Validator

from geo.catalogue import open_catalogue
from geo.export import FORMATS, Wanted

LINKED_PLACES = Draft202012Validator(
    json.loads((Path(__file__).parent / "linked_places_1_3.schema.json").read_text(encoding="utf-8"))
)
HELD = [form for form, row in FORMATS.items() if not row.drawn]
"""The formats that hold data; a picture shows them, and does not read back."""
KML = "{http://www.opengis.net/kml/2.2}"


@pytest.fixture
def atlas(small_atlas):
    """A small atlas of this test's own."""
    return small_atlas()


@pytest.fixture
def catalogue(small_catalogue):
    """The catalogue of the small atlas, opened."""
    with open_catalogue(small_catalogue) as opened:
        yield opened


@pytest.fixture
def everything(catalogue):
    """Every record of every layer."""
    names = [layer["name"] for layer in catalogue.layers() if layer["holds"] == "layer"]
    return Wanted(dict.fromkeys(names), True, {}, "memorial export out")


def want(*layers, fids=None):
    """Return a question for all records of some layers, or for some of one."""
    return Wanted(dict.fromkeys(layers, fids), False, {"LAYER": " ".join(layers)}, "memorial export out")


def rows_of(form, path, layer):
    """Read one layer back: a list of rows, column -> value; the geometry under ``geom`` as a shapely object."""
    return READERS[form](path, layer)


def _fiona(path, layer):
    with fiona.open(path, layer=layer) as found:
        return [
            dict(feature.properties) | {"geom": shapely.geometry.shape(feature.geometry) if feature.geometry else None}
            for feature in found
        ]


def _geopackage(path, layer):
    with closing(sqlite3.connect(path)) as db:
        shaped = db.execute("SELECT 1 FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)).fetchone()
        if shaped:
            return _fiona(path, layer)
        db.row_factory = sqlite3.Row
        rows = [dict(row) for row in db.execute(f'SELECT * FROM "{layer}" ORDER BY fid')]
        return [{name: value for name, value in row.items() if name != "fid"} for row in rows]


def _feature(feature):
    values = {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
        for name, value in feature["properties"].items()
    }
    shape = {member: part for member, part in (feature["geometry"] or {}).items() if member != "certainty"}
    return values | {"geom": shapely.geometry.shape(shape) if shape else None}


def _geojson(path, _):
    return [_feature(feature) for feature in json.loads(path.read_text(encoding="utf-8"))["features"]]


def _sequence(path, _):
    texts = path.read_text(encoding="utf-8").split("\x1e")
    assert texts[0] == ""
    assert all(text.endswith("\n") for text in texts[1:])
    return [_feature(json.loads(text)) for text in texts[1:]]


def _linked(path, _):
    rows = _geojson(path, _)
    return [{name: value for name, value in row.items() if name not in ("title", "ccodes", "fclasses")} for row in rows]


def _shapefile(path, layer):
    return _fiona(f"zip://{path}!{layer}.shp", None)


def _kml_shape(place):
    parts = []
    for tag, kind in (("Point", shapely.Point), ("LineString", shapely.LineString)):
        for found in place.iter(f"{KML}{tag}"):
            texts = found.find(f"{KML}coordinates").text.split()
            parts.append(kind([tuple(map(float, text.split(",")[:2])) for text in texts]))
    for found in place.iter(f"{KML}Polygon"):
        rings = [
            [tuple(map(float, text.split(",")[:2])) for text in ring.text.split()]
            for ring in found.iter(f"{KML}coordinates")
        ]
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _parse_kml(text, layer):
    rows = []
    root = ET.fromstring(text)
    kinds = {}
    for schema in root.iter(f"{KML}Schema"):
        if schema.get("id") == f"{layer}.schema":
            kinds = {field.get("name"): field.get("type") for field in schema}
    parse = {"int": int, "double": float, "bool": lambda text: text in ("1", "true")}
    for folder in root.iter(f"{KML}Document"):
        if folder.get("id") != layer:
            continue
        for place in folder.iter(f"{KML}Placemark"):
            row = dict.fromkeys(kinds)
            name = place.find(f"{KML}name")
            row["name"] = None if name is None else name.text
            for data in place.iter(f"{KML}SimpleData"):
                row[data.get("name")] = parse.get(kinds[data.get("name")], str)(data.text)
            rows.append(row | {"geom": _kml_shape(place)})
    return rows


def _kml(path, layer):
    return _parse_kml(path.read_bytes(), layer)


def _kmz(path, layer):
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["doc.kml"]
        return _parse_kml(archive.read("doc.kml"), layer)


def _parquet(path, _):
    table = pq.read_table(path)
    rows = table.drop_columns(["bbox"]).to_pylist()
    return [row | {"geom": shapely.from_wkb(row["geom"])} for row in rows]


def _csv(path, _):
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
    return [_spread({name: _bare(text) for name, text in row.items()}, float) for row in rows]


def _bare(text):
    if text.startswith("'") and text.lstrip("'")[:1] in ("=", "+", "-", "@", "\t", "\r"):
        text = text[1:]
    return text or None


def _spread(row, number):
    """Return a row whose position stands in columns with its geometry beside them."""
    for name in ("lon", "lat"):
        if row.get(name) is not None:
            row[name] = number(row[name])
    if "wkt" in row:
        row["geom"] = shapely.from_wkt(row["wkt"]) if row["wkt"] else None
    elif "lon" in row:
        row["geom"] = shapely.Point(row["lon"], row["lat"]) if row["lon"] is not None else None
    return row


def _workbook(path, layer):
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        rows = book[layer].iter_rows(values_only=True)
        header = next(rows)
        return [_spread(dict(zip(header, row, strict=True)), float) for row in rows]


READERS = {
    "geopackage": _geopackage,
    "geojson": _geojson,
    "geojsonseq": _sequence,
    "shapefile": _shapefile,
    "kml": _kml,
    "kmz": _kmz,
    "flatgeobuf": _fiona,
    "geoparquet": _parquet,
    "csv": _csv,
    "excel": _workbook,
    "linkedplaces": _linked,
}
SVG = "{http://www.w3.org/2000/svg}"


def pictured(path):
    """Read a picture: the look of a sign on its map -> how many places it stands for, ``crowd`` for groups."""
    found = Counter()
    for group in map_of(path).iter(f"{SVG}g"):
        _, _, look = group.get("class", "").rpartition("place ")
        if group.get("class") == "crowd":
            found["crowd"] += int(group.get("data-places"))
        elif group.get("class", "").startswith("place "):
            found[look] += 1
    return found


def map_of(path):
    """Return the map of a picture, without its legend."""
    return next(group for group in ET.parse(path).getroot().iter(f"{SVG}g") if group.get("clip-path"))


SUFFIXES = {
    "geopackage": "gpkg",
    "geojson": "geojson",
    "geojsonseq": "geojsons",
    "shapefile": "shp.zip",
    "kml": "kml",
    "kmz": "kmz",
    "flatgeobuf": "fgb",
    "geoparquet": "parquet",
    "csv": "csv",
    "excel": "xlsx",
    "linkedplaces": "jsonld",
    "svg": "svg",
}
