"""GeoJSON that is no GeoJSON, says what cannot be, or asks for more than it may; and odd GeoJSON that is sound."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from tests.corpus.cases import RING, Case, Content, collection, put, swap, water

LAKE = "data/lake.geojson"
SITES = "data/sites.geojson"
WHOLE = collection(water())
_WRONG: dict[str, Any] = {
    "null": None,
    "true": True,
    "a number": 17,
    "a text": "POINT (1 2)",
    "a list": [],
    "an object": {},
    "a minus": -0.5,
}


def lake(name: str, data: Content, *says: str) -> Case:
    """Return the case of a lake at fault."""
    return Case(f"geojson: {name}", put(LAKE, data), (LAKE, *says))


def site(name: str, old: str, new: str, *says: str) -> Case:
    """Return the case of a place at fault."""
    return Case(f"geojson: {name}", swap(SITES, old, new), (SITES, *says))


def _province(ring: list[list[float]]) -> Any:
    return lambda atlas: atlas.move("provinces", "P1", {"type": "Polygon", "coordinates": [ring]})


def _cuts() -> Iterator[Case]:
    """A download that ended too soon, at thirty places."""
    data = collection(water(name="បឹង")).encode()
    for at in range(0, len(data) - 1, len(data) // 30):
        yield lake(f"cut after {at} bytes", data[:at])


def _types() -> Iterator[Case]:
    """Every level of the file, with a value of every other type."""
    levels: dict[str, tuple[str | int, ...]] = {
        "type": ("type",),
        "features": ("features",),
        "a feature": ("features", 0),
        "type of a feature": ("features", 0, "type"),
        "geometry": ("features", 0, "geometry"),
        "type of a geometry": ("features", 0, "geometry", "type"),
        "coordinates": ("features", 0, "geometry", "coordinates"),
        "a ring": ("features", 0, "geometry", "coordinates", 0),
        "a position": ("features", 0, "geometry", "coordinates", 0, 1),
        "a longitude": ("features", 0, "geometry", "coordinates", 0, 1, 0),
        "properties": ("features", 0, "properties"),
        "sources": ("features", 0, "properties", "sources"),
    }
    sound = {("features", "a list"), ("a longitude", "a minus"), ("a longitude", "a number")}
    for level, path in levels.items():
        for kind, value in _WRONG.items():
            if (level, kind) in sound:
                continue
            root = copy.deepcopy(json.loads(WHOLE))
            holder = root
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = value
            yield lake(f"{level} is {kind}", json.dumps(root))
    for kind in (
        "null",
        "true",
        "17",
        '"FeatureCollection"',
        "[]",
        "{}",
        '{"type": "Feature"}',
        '{"type": "Topology"}',
    ):
        yield lake(f"the whole is {kind}", kind, "expected a GeoJSON FeatureCollection")


def _properties() -> Iterator[Case]:
    """Properties of a place that are of another type than the contract says."""
    for field, old in (
        ("id", '"place-c"'),
        ("name", '"Place C"'),
        ("kind", '"memorial"'),
        ("begin", '"1950"'),
        ("precision_m", "10,"),
        ("standing", '"surveyed"'),
        ("part_of", '"place-a"'),
    ):
        for kind, value in (("true", "true"), ("a list", "[1]"), ("an object", '{"a": 1}'), ("a number", "-1.5")):
            tail = "," if old.endswith(",") else ""
            yield site(f"{field} is {kind}", f'"{field}": {old}', f'"{field}": {value}{tail}', "feature 3", field)
    yield site("a property that is not known", '"kind": "memorial"', '"kind": "memorial", "kinds": 1', "kinds", "kind")
    yield site("an id twice", '"id": "place-e"', '"id": "place-b"', "place-b")
    yield site("ids that differ by a joiner", '"id": "place-e"', '"id": "place-b\u200d"', "feature 5")


def _numbers() -> Iterator[Case]:
    for token in ("NaN", "Infinity", "-Infinity", "1e999", "-1e400", "9" * 400, "9" * 5000):
        shown = token[:20]
        yield site(f"a latitude of {shown}", "[-32.5, 10.5]", f"[-32.5, {token}]", "feature 1 (place-a)", shown)
        yield site(f"a radius of {shown}", '"precision_m": 100,', f'"precision_m": {token},', "precision_m", shown)
    for token in ("9223372036854775808", "-9223372036854775809", "-1", "1e300", "0.1.2", "01", "+1", ".5", "0x10"):
        yield site(f"a radius of {token}", '"precision_m": 100,', f'"precision_m": {token},')


def _bombs() -> Iterator[Case]:
    many = 200_000
    yield lake("lists without end", "[" * many, "levels")
    yield lake("objects without end", '{"a":' * many, "levels")
    yield lake("lists that close", "[" * many + "]" * many, "levels")
    yield lake("lists and objects in turn", '[{"a":' * many, "levels")
    yield lake("65 levels in a property", WHOLE.replace('"Lake"', "[" * 61 + "]" * 61), "levels")
    yield lake("coordinates without end", WHOLE.replace(json.dumps([RING]), "[" * many + "]" * many), "levels")
    yield lake("brackets inside an open text", WHOLE.replace('"Lake"', '"' + "[" * many))
    yield lake("a text of backslashes", '"' + "\\" * 999_999)
    yield lake("16 million values", lambda: b"[" + b"1," * 16_000_000 + b"1]", "values", "split the file")
    properties = {f"p{number}": number for number in range(1_001)}
    yield lake("1,001 properties", collection(water(**properties)), "properties", "1,000")
    yield lake("100,000 properties", collection(water(**{f"p{number}": 1 for number in range(100_000)})), "properties")


def _letters() -> Iterator[Case]:
    text = WHOLE.replace("Lake", "Éléphant")
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp437", "utf-7"):
        data = text.replace("É", "+AMk-É").encode("cp1252") if codec == "utf-7" else text.encode(codec)
        yield lake(f"letters of {codec}", data)
    for name, bad in {
        "a byte that continues nothing": b"\x80",
        "an overlong nought": b"\xc0\x80",
        "half a pair": b"\xed\xa0\x80",
        "a byte that never stands": b"\xff",
        "a letter that is cut": b"\xe1\x9e",
        "beyond the last plane": b"\xf4\x90\x80\x80",
    }.items():
        yield lake(name, WHOLE.encode().replace(b"Lake", b"L" + bad), "line 1", "UTF-8", "save the file as UTF-8")
    for name, bad in {
        "a raw U+0000": "\0",
        "U+0000 as an escape": "\\u0000",
        "half a pair as an escape": "\\ud800",
        "the wrong half": "\\udc00\\ud800",
        "a raw line end": "\n",
        "a raw bell": "\x07",
        "an escape that is none": "\\x41",
        "an escape that is cut": "\\u12",
    }.items():
        yield lake(name, WHOLE.replace("Lake", f"L{bad}e"))
    yield lake("a byte mark in the middle", WHOLE.replace('"type"', '\ufeff"type"', 1), "line 1")
    yield lake("two byte marks", "\ufeff\ufeff" + WHOLE)
    yield lake("nothing but a byte mark", b"\xef\xbb\xbf")
    yield lake("nothing but spaces", b" \n\t ")
    yield lake("only noughts", bytes(1_000))
    for name, data in {
        "two documents": WHOLE + WHOLE,
        "a comma too many": WHOLE[:-1] + ",}",
        "a comment": "/* */" + WHOLE,
        "single quotes": WHOLE.replace('"', "'"),
        "text after the end": WHOLE + "x",
        "JavaScript": f"var a = {WHOLE};",
        "JSON lines": json.dumps(water()) + "\n" + json.dumps(water()),
        "a call": f"callback({WHOLE})",
        "XML": "<kml/>",
        "a page": "<!DOCTYPE html><script>1</script>",
        "a VRT": "<OGRVRTDataSource/>",
        "a driver prefix": f"GeoJSON:{WHOLE}",
        "an address": "http://127.0.0.1/a.geojson",
    }.items():
        yield lake(name, data)


def _names_twice() -> Iterator[Case]:
    for name, old, new in (
        (
            "type of the collection",
            '"type": "FeatureCollection"',
            '"type": "FeatureCollection", "type": "FeatureCollection"',
        ),
        ("features", '"features":', '"features": [], "features":'),
        ("type of a feature", '"type": "Feature",', '"type": "Feature", "type": "Feature",'),
        ("geometry", '"geometry":', '"geometry": null, "geometry":'),
        ("coordinates", '"coordinates":', '"coordinates": [], "coordinates":'),
        ("properties", '"properties":', '"properties": {}, "properties":'),
        ("a property", '"name":', '"name": "Pond", "name":'),
        ("a property, once as an escape", '"name":', '"n\\u0061me": "Pond", "name":'),
    ):
        yield lake(f"twice: {name}", WHOLE.replace(old, new, 1), "more than once")


def _shapes() -> Iterator[Case]:
    for name, position in {
        "axes exchanged": [10.5, -132.5],
        "a longitude of 181": [181, 10.5],
        "a latitude of 91": [-32.5, 91],
        "a longitude of 360": [327.5, 10.5],
        "metres of Web Mercator": [-3617884, 1175124],
        "just beyond the edge": [-180.0000001, 10.5],
        "a place at nought": [0, 0],
        "outside the area": [104.9, 11.5],
        "one number": [-32.5],
        "no number": [],
        "four numbers": [-32.5, 10.5, 1, 2],
        "texts": ["-32.5", "10.5"],
        "a comma as a point": ["-32,5", "10,5"],
        "null": [None, None],
        "a height beyond the air": [-32.5, 10.5, 1e9],
        "true": [True, False],
        "lists": [[-32.5], [10.5]],
    }.items():
        yield site(f"a place: {name}", "[-32.5, 10.5]", json.dumps(position), "place-a")
    for name, geometry in {
        "a ring that is open": {"type": "Polygon", "coordinates": [RING[:-1]]},
        "a ring of three": {"type": "Polygon", "coordinates": [[RING[0], RING[1], RING[0]]]},
        "no ring": {"type": "Polygon", "coordinates": []},
        "an empty ring": {"type": "Polygon", "coordinates": [[]]},
        "a polygon without a list of rings": {"type": "Polygon", "coordinates": RING},
        "an empty multipolygon": {"type": "MultiPolygon", "coordinates": []},
        "a multipolygon of nothing": {"type": "MultiPolygon", "coordinates": [[[]]]},
        "some heights": {"type": "Polygon", "coordinates": [[[*RING[0], 1], *RING[1:4], [*RING[0], 1]]]},
        "a collection of geometries": {
            "type": "GeometryCollection",
            "geometries": [{"type": "Point", "coordinates": [0, 0]}],
        },
        "an empty collection": {"type": "GeometryCollection", "geometries": []},
        "a circle": {"type": "Circle", "coordinates": [0, 0], "radius": 5},
        "small letters": {"type": "polygon", "coordinates": [RING]},
        "a feature in a feature": water(),
        "an Esri geometry": {"rings": [RING]},
        "well-known text": "POLYGON ((0 0, 1 0, 1 1, 0 0))",
        "beyond the date line": {"type": "Polygon", "coordinates": [[[179, 0], [181, 0], [181, 1], [179, 0]]]},
        "an infinite ring": {"type": "Polygon", "coordinates": [[[0, 0], [1e308, 0], [1e308, 1e308], [0, 0]]]},
    }.items():
        yield lake(name, collection(water() | {"geometry": geometry}), "feature 1")
    for name, ring in {
        "a province that crosses itself": [[-34, 10], [-33, 11], [-33, 10], [-34, 11], [-34, 10]],
        "a province without an inside": [[-34, 10], [-33, 10], [-34, 10], [-33, 10], [-34, 10]],
    }.items():
        yield Case(f"geojson: {name}", _province(ring), ("data/provinces.geojson", "P1"))
    yield site(
        "a place that is a line",
        '"type": "Point", "coordinates": [-32.5, 10.5]',
        '"type": "LineString", "coordinates": [[-32.5, 10.5], [-32.4, 10.5]]',
        "place-a",
        "LineString",
    )
    yield site(
        "a place that is many",
        '"type": "Point", "coordinates": [-32.5, 10.5]',
        '"type": "MultiPoint", "coordinates": [[-32.5, 10.5]]',
        "place-a",
        "MultiPoint",
    )


def _systems() -> Iterator[Case]:
    for name, crs in {
        "a link": {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "proj4"}},
        "a link to a file": {"type": "link", "properties": {"href": "file:///etc/passwd"}},
        "another system": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32648"}},
        "an address as a name": {"type": "name", "properties": {"name": "http://127.0.0.1:9/def/crs/EPSG/0/4326"}},
        "an old form": {"type": "EPSG", "properties": {"code": 4326}},
        "a name that is a number": {"type": "name", "properties": {"name": 4326}},
        "a text": "EPSG:4326",
        "a list": [1],
        "true": True,
        "an empty object": {},
        "a name that is a list": {"type": ["name"]},
    }.items():
        yield lake(f"crs is {name}", collection(water(), crs=crs), "crs", "WGS 84", "convert the file")


def refused() -> Iterator[Case]:
    """Yield everything that is refused."""
    for part in (_cuts, _types, _properties, _numbers, _bombs, _letters, _names_twice, _shapes, _systems):
        yield from part()


ODD = {
    "a byte mark": "\ufeff" + WHOLE,
    "lines that end as on Windows": json.dumps(json.loads(WHOLE), indent=1).replace("\n", "\r\n"),
    "one line for each number": json.dumps(json.loads(WHOLE), indent=0),
    "members in another order": json.dumps(dict(reversed(json.loads(WHOLE).items()))),
    "rings that turn clockwise": collection(water({"type": "Polygon", "coordinates": [RING[::-1]]})),
    "heights": collection(water({"type": "Polygon", "coordinates": [[[*place, 7.5] for place in RING]]})),
    "a hole": collection(
        water(
            {
                "type": "Polygon",
                "coordinates": [RING, [[-32.85, 10.12], [-32.8, 10.12], [-32.8, 10.15], [-32.85, 10.12]]],
            }
        )
    ),
    "parts on both sides of the date line": collection(
        water(
            {
                "type": "MultiPolygon",
                "coordinates": [
                    [[[179, 0], [180, 0], [180, 1], [179, 0]]],
                    [[[-180, 0], [-179, 0], [-180, 1], [-180, 0]]],
                ],
            }
        )
    ),
    "a crs of null": collection(water(), crs=None),
    "the crs that GDAL writes": collection(
        water(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, name="lake"
    ),
    "a box around it": collection(water() | {"bbox": [-32.9, 10.1, -32.7, 10.2]}, bbox=[-180, -90, 180, 90]),
    "numbers with an exponent": WHOLE.replace("-32.9", "-329E-1").replace("10.1", "1.01e+1"),
    "many decimals": WHOLE.replace("-32.9", "-32.89999999999999857891452847979962825775146484375"),
    "a property of 64 bits": collection(water(size=2**63 - 1)),
    "a property of minus nought": collection(water(size=-0.0)),
    "properties of every type": collection(water(a=[1, {"b": None}], c=True, d=None, e={"f": [""]}, g="")),
    "a property of 100,000 letters": collection(water(text="ក" * 100_000)),
    "no feature": collection(),
    "two lakes that are the same": collection(water(), water()),
    "ids of any kind": collection(water() | {"id": 0}, water() | {"id": "0"}, water() | {"id": None}),
}
"""Odd lakes that are sound."""
