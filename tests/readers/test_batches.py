"""Layers of other formats give the same, word for word, in bulk and feature by feature."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import struct
from contextlib import closing
from warnings import catch_warnings, simplefilter

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyogrio.raw import write_arrow

from geo.columns import column_values
from geo.errors import InputError
from geo.readers import LAYER_DRIVERS, batches
from geo.readers.batches import read_batches
from geo.readers.features import make_layer
from geo.readers.files import DEFAULT_LIMITS, Limits
from geo.readers.vector import read_records
from geo.spec import Field, Schema

FIELDS = (
    Field("id", "id", "Key.", required=True),
    Field("name", "text", "Name."),
    Field("size", "integer", "Size."),
    Field("sources", "source_refs", "Sources."),
)
SCHEMAS = {
    "Point": Schema("layer", FIELDS, key="id", geometries=frozenset({"Point"}), unlocated=True),
    "LineString": Schema(
        "layer",
        (*FIELDS, Field("stops", "objects", "Stops.")),
        key="id",
        geometries=frozenset({"MultiLineString"}),
        unlocated=True,
    ),
    "Polygon": Schema("layer", FIELDS, key="id", geometries=frozenset({"Polygon", "MultiPolygon"})),
}
TEXTS = st.none() | st.sampled_from(["", " ", "a", "e\u0301", "ទួល", "\u200b", "x" * 252, "ក" * 84, '["a#b"]'])
LISTS = st.none() | st.sampled_from(
    ['["a#b", "ក"]', "[]", "[", '["a", NaN]', '["\\u0000"]', '["\\ud800"]', "{}", '"x"', "", "[1]", '[{"a": 1}]']
)
TYPES = {  # of the column in the file -> values that it may hold
    "str": TEXTS,
    "int32": st.none() | st.integers(-5, 9),
    "int": st.none() | st.sampled_from([0, 2**62, -(2**62)]),
    "float": st.none() | st.sampled_from([1.0, 1.5, float("nan"), float("inf")]),
    "bool": st.none() | st.booleans(),
    "date": st.none() | st.just(dt.date(1975, 4, 17)),
}
NUMBERS = st.sampled_from([0.0, -0.0, 1.5, 90.0, 91.0, 180.0, 181.0, float("nan"), float("inf")])
PLAIN = st.sampled_from([0.0, 1.5, -89.25])


def positions(numbers, least, most):
    place = st.tuples(numbers, numbers)
    return st.lists(place, min_size=least, max_size=most)


def closed(ring):
    return [*ring, ring[0]]


RINGS = positions(PLAIN, 3, 4).map(closed) | positions(NUMBERS, 1, 4)
COORDINATES = {
    "Point": st.tuples(PLAIN, PLAIN) | st.tuples(NUMBERS, NUMBERS) | st.tuples(PLAIN, PLAIN, NUMBERS | st.just(2e6)),
    "LineString": positions(PLAIN, 2, 3) | positions(NUMBERS, 0, 3),
    "Polygon": st.lists(RINGS, min_size=1, max_size=2),
}
COORDINATES |= {f"Multi{kind}": st.lists(each, min_size=1, max_size=2) for kind, each in COORDINATES.items()}


def geometries(kind):
    kinds = [kind, f"Multi{kind}", "Point"]
    made = [COORDINATES[each].map(lambda places, each=each: {"type": each, "coordinates": places}) for each in kinds]
    return st.none() | made[0] | st.one_of(made)


@st.composite
def layers(draw):
    kind = draw(st.sampled_from(sorted(SCHEMAS)))
    names = [field.name for field in SCHEMAS[kind].fields] + ["extra"]
    columns = {"id": "str", "name": "str", "size": "int32", "sources": "str"}
    columns |= draw(st.dictionaries(st.sampled_from(names), st.sampled_from(sorted(TYPES)), max_size=2))
    lists = ("sources", "stops")
    cells = {name: LISTS if type_ == "str" and name in lists else TYPES[type_] for name, type_ in columns.items()}
    cells["id"] = cells["id"] | st.sampled_from(["a", "b"]) if columns["id"] == "str" else cells["id"]
    rows = draw(st.lists(st.tuples(geometries(kind), st.fixed_dictionaries(cells)), min_size=1, max_size=5))
    return kind, columns, rows


NUMBERS_OF = {"Point": 1, "LineString": 2, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6}


def wkb(shape):
    """Return a GeoJSON geometry as WKB, whatever its coordinates are."""
    kind, places = shape["type"], shape["coordinates"]
    if kind.startswith("Multi"):
        parts = [wkb({"type": kind.removeprefix("Multi"), "coordinates": part}) for part in places]
        return struct.pack("<BII", 1, NUMBERS_OF[kind], len(parts)) + b"".join(parts)
    number = NUMBERS_OF[kind] + 1000 * (kind == "Point" and len(places) == 3)
    return struct.pack("<BI", 1, number) + run(places, {"Point": 0, "LineString": 1, "Polygon": 2}[kind])


def run(places, depth):
    if not depth:
        return struct.pack(f"<{len(places)}d", *places)
    return struct.pack("<I", len(places)) + b"".join(run(place, depth - 1) for place in places)


ARROW = {
    "str": pa.string(),
    "int32": pa.int32(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}


def write(path, kind, columns, rows, crs="EPSG:4326"):
    """Write a file as pyogrio can."""
    arrays = {name: pa.array([values[name] for _, values in rows], ARROW[type_]) for name, type_ in columns.items()}
    arrays["geom"] = pa.array([None if shape is None else wkb(shape) for shape, _ in rows], pa.binary())
    write_arrow(
        pa.table(arrays),
        path,
        driver=LAYER_DRIVERS[path.suffix].name,
        layer="layer",
        geometry_name="geom",
        geometry_type=kind if path.suffix == ".shp" else "Unknown",
        crs=crs,
        layer_options={
            ".fgb": {"SPATIAL_INDEX": "NO"},  # an index of that format admits no feature without geometry
            ".shp": {"ENCODING": "UTF-8"},
            ".gpkg": {},
        }[path.suffix],
    )


def outcome(read, *given):
    """Return everything that a reading gave, as one text; None when it left the file alone."""
    schema = given[2]
    try:
        layer = read(*given)
    except InputError as error:
        return re.sub("at 0x[0-9a-f]+", "", repr(error.problems))  # fiona names its own objects
    if layer is None:
        return None
    frame, problems = make_layer(layer, "data/file", schema)
    rows = {name: column_values(frame[name]) for name in schema.names}
    shapes = [None if shape is None else (shape.wkt, shape.has_z) for shape in frame.geometry]
    return repr((list(frame.index), rows, shapes, layer.findings.result(), problems, layer.set_aside))


def both(path, schema, limits=DEFAULT_LIMITS):
    given = (path, "data/file", schema, LAYER_DRIVERS[path.suffix], limits)
    return outcome(read_batches, *given), outcome(read_records, *given)


@pytest.fixture(autouse=True)
def short_batches(monkeypatch):
    monkeypatch.setattr(batches, "_ROWS", 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("batches")


LONG = {"id": "a", "name": "x" * 252, "size": 1, "sources": None}


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(layers(), st.sampled_from(sorted(LAYER_DRIVERS)), st.sampled_from(["UTF-8", "ISO-8859-1", "CP1252", None]))
@example(("Point", {"id": "str", "name": "str"}, [(None, {"id": "a", "name": "ក"})]), ".shp", None)
@example(("Point", {"id": "str", "name": "str", "size": "int32", "sources": "str"}, [(None, LONG)]), ".shp", "UTF-8")
def test_what_is_generated_reads_the_same(folder, case, suffix, encoding):
    kind, columns, rows = case
    for old in folder.iterdir():
        old.unlink()
    path = folder / f"layer{suffix}"
    with catch_warnings():
        simplefilter("ignore")  # a text that is cut, and the like
        try:
            write(path, kind, columns, rows)
        except Exception:  # noqa: BLE001 -- what the format cannot hold: of many families
            return
    if suffix == ".shp":
        path.with_suffix(".cpg").unlink(missing_ok=True)
        if encoding:
            path.with_suffix(".cpg").write_text(encoding, encoding="ascii")
    quick, strict = both(path, SCHEMAS[kind])
    assert quick in (None, strict)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(LAYER_DRIVERS)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), min_size=1, max_size=3),
)
def test_what_is_damaged_reads_the_same(folder, suffix, cuts):
    for old in folder.iterdir():
        old.unlink()
    path = folder / f"layer{suffix}"
    columns = {"id": "str", "name": "str", "size": "int32", "sources": "str"}
    rows = [({"type": "Point", "coordinates": (n, 1.5)}, LONG | {"id": f"p{n}", "name": "ក"}) for n in range(5)]
    write(path, "Point", columns, rows)
    data = bytearray(path.read_bytes())
    for share, put in cuts:
        at = int(share * len(data))
        data[at : at + len(put)] = put or b"\0"
    path.write_bytes(bytes(data))
    quick, strict = both(path, SCHEMAS["Point"])
    assert quick in (None, strict)


CLEAN = {"id": "a", "name": "ទួល: b", "size": 7, "sources": '["s#1", "t"]', "extra": 1.5}


@pytest.mark.parametrize("suffix", sorted(LAYER_DRIVERS))
@pytest.mark.parametrize(("kind", "places"), [("Point", (1, 2)), ("Polygon", [[(0, 0), (1, 0), (1, 1), (0, 0)]])])
def test_a_plain_file_is_read_in_bulk_whole(tmp_path, monkeypatch, suffix, kind, places):
    monkeypatch.setattr(batches, "take_record", None)
    columns = {"id": "str", "name": "str", "size": "int32", "sources": "str", "extra": "float"}
    there = None if kind == "Point" else {"type": kind, "coordinates": places}
    rows = [({"type": kind, "coordinates": places}, CLEAN)] * 3 + [(there, dict.fromkeys(CLEAN))]
    path = tmp_path / f"layer{suffix}"
    write(path, kind, columns, rows)
    quick, strict = both(path, SCHEMAS[kind])
    assert quick == strict
    assert "unknown" in quick


@pytest.mark.parametrize("suffix", sorted(LAYER_DRIVERS))
def test_one_odd_feature_sends_only_its_batch_to_fiona(tmp_path, monkeypatch, suffix):
    taken = []
    one_by_one = batches.take_record
    monkeypatch.setattr(batches, "take_record", lambda *given: (taken.append(given[1]), one_by_one(*given)))
    columns = dict.fromkeys(CLEAN, "str")
    rows = [
        ({"type": "Point", "coordinates": (n, 95 * (n == 6))}, CLEAN | {"size": "1", "extra": "x"}) for n in range(9)
    ]
    path = tmp_path / f"layer{suffix}"
    write(path, "Point", columns, rows)
    quick, strict = both(path, SCHEMAS["Point"])
    assert quick == strict
    assert taken == [7, 8]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE layer SET id = 7, size = 'x', extra = 'y'",
        "UPDATE layer SET id = CAST(X'61ff62' AS TEXT)",
        "UPDATE layer SET id = CAST(X'610062' AS TEXT)",
        "UPDATE layer SET id = X'6162', size = 2.5, extra = 1e999",
        "UPDATE layer SET geom = X'4750'",
        "UPDATE layer SET geom = 'text' WHERE fid = 2",
        "PRAGMA application_id = 7",
        "DELETE FROM layer WHERE fid = 1",
    ],
)
def test_what_only_a_database_can_hold_reads_the_same(tmp_path, change):
    path = tmp_path / "layer.gpkg"
    columns = {"id": "str", "name": "str", "size": "int", "sources": "str", "extra": "float"}
    rows = [({"type": "Point", "coordinates": (n, 2)}, CLEAN | {"id": f"p{n}"}) for n in range(3)]
    write(path, "Point", columns, rows)
    with closing(sqlite3.connect(path)) as database:
        triggers = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for trigger in triggers:
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(change)
        database.commit()
    quick, strict = both(path, SCHEMAS["Point"])
    assert quick in (None, strict)


@pytest.mark.parametrize("suffix", sorted(LAYER_DRIVERS))
def test_a_file_as_a_whole_is_refused_in_the_same_words(tmp_path, suffix):
    columns = dict.fromkeys(CLEAN, "str")
    path = tmp_path / f"layer{suffix}"
    rows = [({"type": "Point", "coordinates": (n, 2)}, dict.fromkeys(CLEAN, "x")) for n in range(3)]
    write(path, "Point", columns, rows, crs="EPSG:32648")
    quick, strict = both(path, SCHEMAS["Point"])
    assert quick == strict
    assert "crs" in quick
    for old in tmp_path.iterdir():
        old.unlink()
    write(path, "Point", columns, rows)
    for limits in (Limits(features=2), Limits(bytes=10)):
        quick, strict = both(path, SCHEMAS["Point"], limits)
        assert quick == strict
        assert "size-limit" in quick
