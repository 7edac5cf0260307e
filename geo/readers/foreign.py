"""Vector files of other people's making: every property a text, every geometry as the file gives it."""

from __future__ import annotations

import io
import json
import math
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

import shapely
from shapely import Polygon

from geo.errors import InputError, Problem, show_text
from geo.readers.archives import MAX_UNPACKED, Archive
from geo.readers.files import MAX_COLUMNS, MAX_FEATURES, MAX_VALUES, SHAPEFILE_PARTS, read_bytes, refuse
from geo.readers.listings import Listing, Row
from geo.readers.problems import Findings
from geo.readers.strict_json import Fault, describe, parse_json
from geo.readers.vector import LAYER_DRIVERS, Driver, open_records

__all__ = ["cell_text", "list_features", "read_json_features", "read_parquet_features", "read_vector_features"]

Raw = tuple[int, dict[str, Any], dict[str, Any] | None]
"""The number of a feature, its properties, its geometry as GeoJSON."""

_PARTS: Final = frozenset({".shp", *SHAPEFILE_PARTS})
_ESRI: Final = {
    "esriGeometryPoint": "Point",
    "esriGeometryMultipoint": "MultiPoint",
    "esriGeometryPolyline": "MultiLineString",
    "esriGeometryPolygon": "Polygon",
}


def list_features(
    name: str, features: Iterable[Raw], findings: Findings, *, crs: str = "", taken: Iterable[str] = ()
) -> Listing:
    """Return features as a listing: the columns are all properties that any of them has, in order of appearance.

    Parameters
    ----------
    name
        The file, for messages.
    features
        Numbers, properties and geometries.
    findings
        What was set aside.
    crs
        The coordinate system of the geometries.
    taken
        What was concluded.

    Returns
    -------
    Listing
        Its unit is ``feature``.

    Raises
    ------
    InputError
        There are too many features or properties.
    """
    columns: dict[str, str] = {}
    kept: list[tuple[int, dict[str, str], dict[str, Any] | None]] = []
    for number, properties, geometry in features:
        texts = {key: cell_text(value) for key, value in properties.items()}
        columns |= {key: "" for key in texts if key not in columns}
        kept.append((number, texts, geometry))
        if len(columns) > MAX_COLUMNS or len(kept) > MAX_FEATURES:
            expected = f"at most {MAX_FEATURES:,} features of {MAX_COLUMNS:,} properties"
            raise refuse(name, "more", expected, "split the file", rule="size-limit")
        if findings.full:
            break
    if findings.full:
        raise InputError(f"{name} cannot be used", findings.result())
    if not kept and not findings.result():
        raise refuse(name, "no feature", "a file with at least one feature", rule="columns")
    rows = tuple(
        Row(number, tuple(texts.get(key, "") for key in columns), geometry) for number, texts, geometry in kept
    )
    return Listing(
        name, "feature", tuple(columns), rows, tuple(findings.result()), tuple(taken), crs, geometries=True
    )  # fmt: skip


def cell_text(value: Any) -> str:  # noqa: ANN401 -- any value of a property
    """Return a value of a property as the text that a person would read; lists and objects as JSON."""
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else repr(value) if math.isfinite(value) else ""
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


# --- GeoJSON, and what a feature service answers --------------------------------------------------------------


def read_json_features(path: Path, name: str) -> Listing:
    """Return the features of a GeoJSON file, or of the JSON that an Esri feature service answers.

    Parameters
    ----------
    path
        The file.
    name
        The file, for messages.

    Returns
    -------
    Listing
        A feature at fault is set aside; ``crs`` of GeoJSON from before 2016 is read, a link to one is never followed.

    Raises
    ------
    InputError
        It is neither, is no strict JSON, or passes a limit.
    """
    root, faults = parse_json(read_bytes(path, name), name)
    if not isinstance(root, dict) or not isinstance(root.get("features"), list):
        seen = describe(root) if not isinstance(root, dict) else "an object without features"
        expected = "a GeoJSON FeatureCollection, or the answer of a feature service (f=json)"
        raise refuse(name, seen, expected, rule="geojson")
    esri = root.get("type") != "FeatureCollection"
    findings = Findings(name)
    by_feature: dict[int, list[Fault]] = {}
    for fault in faults:
        match fault.path:
            case ("features", int(index), *_):
                by_feature.setdefault(index, []).append(fault)
            case other:
                field = ".".join(map(str, other))
                raise refuse(name, fault.seen, fault.expected, where=field, rule=fault.rule)
    features = _read_json(root["features"], by_feature, esri=esri, kind=root.get("geometryType"), findings=findings)
    taken = ["the answer of a feature service (Esri JSON)"] if esri else []
    if root.get("exceededTransferLimit") is True:
        taken.append("the service says that it has more features than it gave (exceededTransferLimit)")
    crs = _esri_crs(root.get("spatialReference"), name) if esri else _geojson_crs(root.get("crs"), name)
    return list_features(name, features, findings, crs=crs, taken=taken)


def _read_json(
    features: list[Any], faults: dict[int, list[Fault]], *, esri: bool, kind: object, findings: Findings
) -> Iterator[Raw]:
    name = findings.name
    holder = "attributes" if esri else "properties"
    for number, value in enumerate(features, start=1):
        if findings.full:
            return
        where = f"feature {number}"
        for fault in faults.get(number - 1, []):
            field = ".".join(map(str, fault.path[2:]))
            findings.add(Problem(name, where, show_text(field), fault.seen, fault.expected, "", fault.rule))
        if number - 1 in faults:
            continue
        properties = value.get(holder) if isinstance(value, dict) else None
        if not isinstance(properties, dict) and not (isinstance(value, dict) and properties is None):
            seen, expected = describe(value), f"a feature with {holder}"
            findings.add(Problem(name, where, "", seen, expected, "", "geojson"))
            continue
        geometry = value.get("geometry")
        if esri:
            geometry = _from_esri(geometry, kind)
        if geometry is not None and not isinstance(geometry, dict):
            findings.add(Problem(name, where, "geometry", describe(geometry), "a geometry, or null", "", "geometry"))
            continue
        yield number, properties or {}, geometry


def _from_esri(geometry: Any, kind: object) -> Any:  # noqa: ANN401 -- any JSON value
    """Return an Esri geometry as GeoJSON; what cannot be one stays as it is, and is refused later with its place."""
    if not isinstance(geometry, dict):
        return geometry
    if "x" in geometry:
        empty = geometry["x"] in (None, "NaN")  # how a service writes an empty point
        return None if empty else {"type": "Point", "coordinates": [geometry["x"], geometry.get("y")]}
    if "rings" in geometry:
        return _from_rings(geometry["rings"])
    for member, made in (("points", "MultiPoint"), ("paths", "MultiLineString")):
        if member in geometry:
            return {"type": made, "coordinates": geometry[member]}
    return {"type": _ESRI.get(str(kind), str(kind)), "coordinates": None}


def _from_rings(rings: Any) -> dict[str, Any]:  # noqa: ANN401 -- any JSON value
    """Return the rings of an Esri polygon as a multipolygon: outer ones turn clockwise, holes the other way.

    A hole belongs to the smallest outer ring around it: an island in a lake may have a pond.
    """
    polygons: list[tuple[Polygon, list[Any]]] = []
    holes: list[tuple[Polygon, Any]] = []
    for ring in rings if isinstance(rings, list) else []:
        try:
            shape = Polygon(ring)
            outer = not shape.exterior.is_ccw
        except (ValueError, TypeError, shapely.errors.GEOSException):
            shape, outer = Polygon(), True  # it is refused later, with its place
        if outer:
            polygons.append((shape, [ring]))
        else:
            holes.append((shape, ring))
    outlines = sorted(polygons, key=lambda polygon: polygon[0].area)
    for shape, hole in holes:
        place = shape.representative_point()
        # Rings do not cross, so the first larger one with a point of the hole inside is the smallest around it.
        larger = (held for outline, held in outlines if outline.area >= shape.area and outline.covers(place))
        around = next(larger, None)
        if around is None:
            polygons.append((shape, [hole]))
        else:
            around.append(hole)
    return {"type": "MultiPolygon", "coordinates": [held for _, held in polygons]}


def _esri_crs(reference: Any, name: str) -> str:  # noqa: ANN401 -- any JSON value
    if not isinstance(reference, dict):
        return ""
    code = reference.get("latestWkid", reference.get("wkid"))
    if isinstance(code, int) and not isinstance(code, bool):
        return "EPSG:3857" if code in {102100, 102113} else f"EPSG:{code}"  # Esri's own numbers for Web Mercator
    if isinstance(reference.get("wkt"), str):
        return str(reference["wkt"])
    raise refuse(name, show_text(reference), "a wkid or wkt", where="spatialReference", rule="crs")


def _geojson_crs(crs: Any, name: str) -> str:  # noqa: ANN401 -- any JSON value
    if crs is None:
        return "OGC:CRS84"
    try:
        if crs["type"] == "name":
            return str(crs["properties"]["name"])
    except (TypeError, KeyError):
        pass
    raise refuse(name, show_text(crs), "the name of a coordinate system, or nothing", where="member crs", rule="crs")


# --- what GDAL reads ------------------------------------------------------------------------------------------


def read_vector_features(path: Path, name: str, layer: str = "") -> Listing:
    """Return the features of a Shapefile (also zipped), a GeoPackage or a FlatGeobuf file.

    Parameters
    ----------
    path
        The file.
    name
        The file, for messages.
    layer
        The layer of a GeoPackage that holds several; empty where there is one.

    Returns
    -------
    Listing
        With the coordinate system of the file.

    Raises
    ------
    InputError
        It is not what its name says, cannot be read to its end, or holds several layers and none is named.
    """
    if path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory(prefix="memorial-") as aside:
            return _read_driver(_unpack_shapefile(path, name, Path(aside)), name, LAYER_DRIVERS[".shp"], "")
    return _read_driver(path, name, LAYER_DRIVERS[path.suffix.lower()], layer)


def _unpack_shapefile(path: Path, name: str, aside: Path) -> Path:
    """Unpack the parts of the one Shapefile of an archive, under names of our own."""
    archive = Archive(read_bytes(path, name), name)
    members = {each: PurePosixPath(each) for each in archive.members if not each.startswith("__MACOSX/")}
    shapes = [member for member in members.values() if member.suffix.lower() == ".shp"]
    if len(shapes) != 1:
        seen = f"{len(shapes)} Shapefiles" if shapes else "no Shapefile"
        raise refuse(name, seen, "an archive with one Shapefile", "unpack it, and name the .shp file", rule="format")
    for each, member in members.items():
        suffix = member.suffix.lower()
        if suffix in _PARTS and member.with_suffix("") == shapes[0].with_suffix(""):
            try:
                with (aside / f"shapes{suffix}").open("xb") as part:
                    part.write(archive.read(each))
            except FileExistsError:
                hint = "unpack it, and name the .shp file"
                raise refuse(name, f"{each} beside another one", f"one {suffix}", hint, rule="format") from None
    return aside / "shapes.shp"


def _read_driver(path: Path, name: str, driver: Driver, layer: str) -> Listing:
    head = read_bytes(path, name)[: len(driver.magic)]
    if head != driver.magic:
        seen = f"a file that begins with {head.hex(' ')}" if head else "an empty file"
        raise refuse(name, seen, f"{driver.name} data", rule="format")
    taken: list[str] = []
    if driver.name == "ESRI Shapefile" and not path.with_suffix(".cpg").exists():
        taken.append("encoding Latin-1, as no .cpg file names one; if letters look wrong, add one that says UTF-8")
    if driver.name == "ESRI Shapefile" and not path.with_suffix(".prj").exists():
        taken.append("no .prj file names the coordinate system; name it with --crs")
    stated: list[str] = []
    features = (
        (number, dict(record.properties), _geometry_of(record))
        for number, record in enumerate(open_records(path, name, driver, layer, stated), start=1)
    )
    rows = list(features)
    if driver.name == "ESRI Shapefile" and path.with_suffix(".prj").exists() and not stated[0]:
        taken.append("the .prj file names no coordinate system that is known; name it with --crs")
    return list_features(name, rows, Findings(name), crs=stated[0], taken=taken)


def _geometry_of(record: Any) -> dict[str, Any] | None:  # noqa: ANN401 -- fiona.Feature
    return None if record.geometry is None else dict(record.geometry.__geo_interface__)


# --- GeoParquet -----------------------------------------------------------------------------------------------


def read_parquet_features(path: Path, name: str) -> Listing:
    """Return the features of a GeoParquet file.

    Parameters
    ----------
    path
        The file.
    name
        The file, for messages.

    Returns
    -------
    Listing
        With the coordinate system of the file.

    Raises
    ------
    InputError
        It is not GeoParquet.
    """
    data = read_bytes(path, name)
    if data[:4] != b"PAR1":
        raise refuse(name, "a file that does not begin with PAR1", "GeoParquet", rule="format")
    import geopandas  # noqa: PLC0415 -- only this format needs it here

    try:
        _hold_parquet(data, name)
        frame = geopandas.read_parquet(io.BytesIO(data))
    except InputError:
        raise
    except Exception as error:  # a damaged file gives errors of many families
        raise refuse(name, show_text(str(error)), "GeoParquet", rule="format") from error
    table = frame.drop(columns=frame.geometry.name)
    records = zip(table.to_dict("records"), frame.geometry, strict=True)
    features = (
        (number, _without_missing(properties), None if shape is None or shape.is_empty else shape.__geo_interface__)
        for number, (properties, shape) in enumerate(records, start=1)
    )
    return list_features(name, features, Findings(name), crs=frame.crs.to_wkt() if frame.crs else "")


def _hold_parquet(data: bytes, name: str) -> None:
    """Refuse what would fill the memory: a file of this format holds a value once and says how often it stands.

    Raises
    ------
    InputError
        There are too many rows, columns, values or bytes.
    """
    import pyarrow as pa  # noqa: PLC0415 -- as above
    import pyarrow.compute as pc  # noqa: PLC0415 -- as above
    from pyarrow import parquet  # noqa: PLC0415 -- as above

    stated = parquet.ParquetFile(io.BytesIO(data)).metadata
    groups = [stated.row_group(at) for at in range(stated.num_row_groups)]
    most = max((group.column(at).num_values for group in groups for at in range(group.num_columns)), default=0)
    size = sum(group.total_byte_size for group in groups)
    for seen, limit, what in (
        (stated.num_columns, MAX_COLUMNS, "columns"),
        (stated.num_rows, MAX_FEATURES, "rows"),
        (most * stated.num_columns, 10 * MAX_VALUES, "values"),
        (size, MAX_UNPACKED, "bytes when unpacked"),
    ):
        if seen > limit:
            raise refuse(name, f"{seen:,} {what}", f"at most {limit:,}", "split the file", rule="size-limit")
    schema = parquet.read_schema(io.BytesIO(data))
    kinds = ((field.name, getattr(field.type, "value_type", field.type)) for field in schema)
    texts = [each for each, kind in kinds if kind in {pa.string(), pa.binary(), pa.large_string(), pa.large_binary()}]
    for column in parquet.read_table(io.BytesIO(data), columns=texts, read_dictionary=texts).columns:
        for chunk in column.chunks:
            if pa.types.is_dictionary(chunk.type):
                size += pc.sum(pc.binary_length(chunk.dictionary).cast("int64").take(chunk.indices)).as_py() or 0
            else:
                size += chunk.nbytes
        if size > 2 * MAX_UNPACKED:
            expected = f"at most {MAX_UNPACKED:,}"
            raise refuse(name, f"{size:,} bytes of text", expected, "split the file", rule="size-limit")


def _without_missing(properties: dict[Any, Any]) -> dict[str, Any]:
    import pandas as pd  # noqa: PLC0415 -- as above

    return {
        str(key): None if not isinstance(value, list | dict) and pd.isna(value) else value
        for key, value in properties.items()
    }
