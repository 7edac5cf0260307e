"""Files that somebody brings to ``memorial import``: tables, workbooks, markup and vector files at fault."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
from shapely.geometry import Point

from tests.corpus.cases import Case, archive, bring, collection, put, water

HEAD = ("Code", "Name", "Kind", "Lat", "Lon")
ROW = ("0203", "Wat A", "prison", "10.5", "-32.5")
TABLE = ",".join(HEAD) + "\n" + ",".join(ROW) + "\n"
ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE a [<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
)
BOMB = 410_000_000
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACEMARK = "<Placemark><name>Wat A</name><Point><coordinates>{}</coordinates></Point></Placemark>"


def workbook(*rows: Any) -> bytes:
    """Return an Excel workbook of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def plain_book() -> bytes:
    """Return the workbook that the ones at fault are made from."""
    return workbook(HEAD, ROW)


def rezip(data: bytes, changes: dict[str, Callable[[bytes], bytes] | None]) -> bytes:
    """Return an archive whose members are other ones; None drops a member."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = changes.get(name, bytes)
            if change is not None:
                new.writestr(name, change(old.read(name)))
    return out.getvalue()


def bomb(member: str) -> bytes:
    """Return an archive of 400 kB that says it unpacks to more than any may, and would."""
    squeezed = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    piece = squeezed.compress(bytes(BOMB // 41)) + squeezed.flush(zlib.Z_FULL_FLUSH)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:  # as it is: it is squeezed already
        made.writestr(member, piece * 41 + squeezed.flush())
    data = bytearray(out.getvalue())
    check = struct.pack("<I", zlib.crc32(bytes(BOMB)))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = data.rfind(mark) + at
        data[start : start + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
        data[start + 6 : start + 10] = check
        data[start + 14 : start + 18] = struct.pack("<I", BOMB)
    return bytes(data)


@cache
def liar(member: str) -> bytes:
    """Return an archive whose member is larger than it says."""
    data = bytearray(archive({member: b" " * 5_000_000}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.find(mark)
        data[start + at : start + at + 4] = struct.pack("<I", 10)
    return bytes(data)


def sheet(cells: str) -> Callable[[bytes], bytes]:
    """Return what gives a workbook another sheet."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
    return lambda _: text.encode()


def ods(body: str, before: str = "") -> bytes:
    """Return an OpenDocument spreadsheet."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    sheets = f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    text = f"{before}<office:document-content {spaces}>{sheets}</office:document-content>"
    return archive({"content.xml": text, "mimetype": "application/vnd.oasis.opendocument.spreadsheet"})


def _tables() -> Iterator[Case]:
    for name, data, *says in (
        ("an empty table", "", "a header row"),
        ("nothing but spaces", " \n \t\n", "a header row"),
        ("a table of noughts", bytes(4_000)),
        ("U+0000 in a cell", TABLE.replace("Wat", "W\0t"), "U+0000", "row", "line 2"),
        ("UTF-16 that is cut", TABLE.encode("utf-16")[:-1], "UTF"),
        ("a quote that stays open", TABLE + '"a,b', "line 3"),
        ("100,000 columns", ",".join(f"c{n}" for n in range(100_000)) + "\n1\n", "at most 1,000 columns"),
        ("16 million cells", "," * 16_000_000, "split the file"),
        ("a cell of two million letters", TABLE + "a" * 2_000_000 + ",b,c,d,e", "field larger"),
        ("two separators, each as often", "a;b,c\n1;2,3\n", "--delimiter"),
        ("5,000 rows of another length", TABLE + "a,b\n" * 5_000, "rows of another length"),
    ):
        yield bring(name, "list.csv", data, *[say for say in says if say != "row"])
    for name, more, *says in (
        ("an encoding that is none", ("--encoding", "klingon"), "--encoding"),
        ("the wrong encoding", ("--encoding", "ascii"), "ascii"),
        ("an encoding that is no text", ("--encoding", "zlib"), "--encoding"),
        ("an encoding that runs", ("--encoding", "rot13"), "--encoding"),
        ("a column that is not there", ("--map", "Namen=name"), "Namen"),
        ("a field that is not there", ("--map", "Name=nahme"), "nahme"),
        ("a system that is none", ("--crs", "EPSG:999999"), "EPSG:999999"),
        ("a system on the network", ("--crs", "http://127.0.0.1:9/crs"), "127.0.0.1"),
        ("a system in a file", ("--crs", "/etc/passwd"), "/etc/passwd"),
        ("a system of PROJ that names a file", ("--crs", "+init=/etc/passwd:1"), "init"),
        ("a gazetteer that is not there", ("--gazetteer", "nowhere.csv"), "nowhere.csv"),
        ("a gazetteer on the network", ("--gazetteer", "http://127.0.0.1:9/a.csv"), "127.0.0.1"),
        ("a sheet of a table", ("--lat", "Latt"), "Latt"),
    ):
        case = bring(name, "list.csv", TABLE.replace("Wat A", "Wât A"), more=more)
        yield Case(case.name, case.plant, tuple(says), case.command)
    for name, file in {
        "a file that is not there": "nowhere.csv",
        "a folder": "data",
        "a device": "/dev/zero",
        "an address": "http://127.0.0.1:9/list.csv",
        "a file of GDAL on the network": "/vsicurl/http://127.0.0.1:9/a.gpkg",
        "an archive of GDAL": "/vsizip/list.zip/a.shp",
        "a file address": "file:///etc/passwd.csv",
        "a driver": "GPKG:data/a.gpkg",
        "a suffix that is not read": "atlas.toml",
        "an old workbook": "list.xls",
        "no suffix": "list",
    }.items():
        yield Case(
            f"import: {name}",
            put(file, b"x") if file in {"list.xls", "list"} else lambda _: None,
            (Path(file).name,),
            ("import", file, "--as", "sites"),
        )


def _books() -> Iterator[Case]:
    page = "xl/worksheets/sheet1.xml"
    for name, data, *says in (
        ("a workbook that is cut", plain_book()[:-200]),
        ("a workbook of noughts", bytes(3_000)),
        ("a workbook that is empty", b""),
        ("a table by the name of a workbook", TABLE),
        ("a page by the name of a workbook", "<html><table></table></html>"),
        ("a workbook without a book", rezip(plain_book(), {"xl/workbook.xml": None})),
        ("a workbook without a sheet", rezip(plain_book(), {page: None})),
        ("a workbook of wrong XML", rezip(plain_book(), {page: lambda old: old[:-30]})),
        (
            "a workbook with an entity",
            rezip(
                plain_book(),
                {page: lambda old: old.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)},
            ),
            "entities",
        ),
        (
            "a workbook with an entity in UTF-16",
            rezip(
                plain_book(),
                {
                    page: lambda old: (
                        old.decode()
                        .replace("<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)
                        .encode("utf-16")
                    )
                },
            ),
            "entities",
        ),
        (
            "a workbook with a billion laughs",
            rezip(plain_book(), {"xl/styles.xml": lambda _: (LAUGHS + "<sst>&l9;</sst>").encode()}),
            "entities",
        ),
        (
            "a workbook that names a file",
            rezip(plain_book(), {"xl/styles.xml": lambda old: ENTITY.encode() + old}),
            "entities",
        ),
        ("a zip bomb", partial(bomb, "xl/worksheets/sheet1.xml"), "when unpacked"),
        ("an archive that lies", partial(liar, "xl/workbook.xml")),
        ("12,000 members", lambda: archive({f"a{n}": "" for n in range(12_000)}), "at most 10,000"),
        ("no row in a sheet", workbook(), "an empty table"),
        (
            "a row beyond every sheet",
            rezip(
                plain_book(),
                {page: sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="2000000000"><c><v>1</v></c></row>')},
            ),
            "rows",
        ),
        (
            "a million columns",
            rezip(
                plain_book(),
                {
                    page: sheet(
                        '<row r="1">'
                        + "".join(f'<c t="inlineStr"><is><t>c{n}</t></is></c>' for n in range(1_200))
                        + "</row>"
                    )
                },
            ),
            "at most 1,000 columns",
        ),
    ):
        yield bring(name, "list.xlsx", data, *says)
    yield bring("a sheet that is not there", "list.xlsx", plain_book(), "Sheet9", "--sheet", more=("--sheet", "Sheet9"))
    cell = '<table:table-cell table:number-columns-repeated="{}"><text:p>{}</text:p></table:table-cell>'
    for name, data, *says in (
        ("an ods that is cut", ods("")[:-100]),
        ("an ods of noughts", bytes(3_000)),
        ("an ods without a table", ods("")),
        ("an ods of wrong XML", archive({"content.xml": "<a>"})),
        ("an ods without content", archive({"meta.xml": ""}), "content.xml"),
        ("an ods with an entity", ods("", ENTITY), "entities"),
        ("an ods with a billion laughs", ods("&l9;", LAUGHS), "entities"),
        ("an ods bomb", partial(bomb, "content.xml"), "when unpacked"),
        ("an ods that lies", partial(liar, "content.xml")),
        ("an ods without end", archive({"content.xml": "<a>" * 100_000}), "levels"),
        (
            "an ods of nine million columns",
            ods(
                '<table:table table:name="a"><table:table-row>'
                + cell.format(9_999_999, "x")
                + "</table:table-row></table:table>"
            ),
            "columns",
        ),
        (
            "an ods of a thousand wide rows",
            ods(
                '<table:table table:name="a">'
                + ("<table:table-row>" + cell.format(9_999_999, "x") + "</table:table-row>") * 1_000
                + "</table:table>"
            ),
            "at most 1,000 columns",
        ),
        (
            "an ods of nine million rows",
            ods(
                '<table:table table:name="a"><table:table-row table:number-rows-repeated="9999999">'
                + cell.format(2, "x")
                + "</table:table-row></table:table>"
            ),
            "split the file",
        ),
        ("an encrypted archive", archive({"content.xml": "<a/>"}).replace(b"\x14\0\0\0", b"\x14\0\1\0", 2)),
    ):
        yield bring(name, "list.ods", data, *says)


def _markup() -> Iterator[Case]:
    for name, data, *says in (
        ("a kml that is cut", KML.format("")[:-9]),
        ("a kml of noughts", bytes(900)),
        ("an empty kml", ""),
        ("a kml without a place", KML.format(""), "no feature"),
        ("a kml with an entity", ENTITY + KML.format(PLACEMARK.format("&b;")), "entities"),
        ("a kml with a billion laughs", LAUGHS + KML.format("&l9;"), "entities"),
        ("a kml with an entity in UTF-16", (ENTITY + KML.format("")).encode("utf-16"), "entities"),
        ("a kml without end", "<a>" * 100_000, "levels"),
        ("a kml with a control character", KML.format(PLACEMARK.format("-32.5,10.5")).replace("Wat", "\x01")),
        ("a kml in an encoding that is none", '<?xml version="1.0" encoding="klingon"?><kml/>'),
        ("a kml with a name that is not bound", KML.format("<gx:Track/>")),
        ("JSON by the name of a kml", "{}"),
        (
            "a kml of a parameter entity",
            '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:9/b.dtd">%b;]><kml/>',
            "entities",
        ),
    ):
        yield bring(name, "list.kml", data, *says)
    for name, data, *says in (
        ("a kmz bomb", partial(bomb, "doc.kml"), "when unpacked"),
        ("a kmz that lies", partial(liar, "doc.kml")),
        ("a kmz without a kml", archive({"a.txt": ""}), ".kml"),
        ("a kmz of noughts", bytes(99)),
        ("a kmz with an entity", archive({"doc.kml": ENTITY + KML.format("")}), "entities"),
        ("a kmz in a kmz", archive({"doc.kml": archive({"doc.kml": ""})})),
        ("a kmz of the way out", archive({"../../outside/secret.kml": KML.format("")}), "no feature"),
    ):
        yield bring(name, "list.kmz", data, *says)
    for name, data, *says in (
        ("a gpx that is cut", "<gpx><wpt"),
        ("a gpx with an entity", ENTITY + "<gpx/>", "entities"),
        ("a gpx with a billion laughs", LAUGHS + "<gpx>&l9;</gpx>", "entities"),
        ("a gpx without a place", "<gpx/>", "no feature"),
        ("a gpx without end", "<trk>" * 90_000, "levels"),
        ("an empty gpx", b""),
    ):
        yield bring(name, "list.gpx", data, *says)


@cache
def vector(driver: str) -> dict[str, bytes]:
    """Return the files of a small vector file: suffix -> bytes."""
    frame = geopandas.GeoDataFrame(
        {"name": ["Wat A", "Wat B"], "kind": ["prison"] * 2},
        geometry=[Point(-32.5, 10.5), Point(-31.5, 10.5)],
        crs="EPSG:4326",
    )
    with tempfile.TemporaryDirectory() as folder:
        suffix = {"GPKG": "gpkg", "ESRI Shapefile": "shp", "FlatGeobuf": "fgb", "Parquet": "parquet"}[driver]
        path = Path(folder) / f"list.{suffix}"
        frame.to_parquet(path) if driver == "Parquet" else frame.to_file(path, driver=driver)
        return {found.suffix: found.read_bytes() for found in Path(folder).iterdir()}


VRT = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


def _vectors() -> Iterator[Case]:
    for suffix in ("gpkg", "fgb", "shp", "parquet"):
        for name, data in {
            "empty": b"",
            "of noughts": bytes(2_000),
            "a VRT of a file": VRT.format("../outside/secret.csv"),
            "a VRT of the network": VRT.format("/vsicurl/http://127.0.0.1:9/a.geojson"),
            "GeoJSON": collection(water()),
            "an archive": archive({"a.geojson": collection()}),
            "a table": TABLE,
            "a link": "/etc/passwd",
            "a service": "<WFS_Capabilities/>",
        }.items():
            yield bring(f"a .{suffix} that is {name}", f"list.{suffix}", data)
    for driver, suffix in (("GPKG", ".gpkg"), ("FlatGeobuf", ".fgb"), ("Parquet", ".parquet")):
        data = vector(driver)[suffix]
        for part in (0.1, 0.5, 0.97):
            yield bring(f"a {suffix} cut at {part:.0%}", f"list{suffix}", data[: int(len(data) * part)])
        yield bring(f"a {suffix} with noughts inside", f"list{suffix}", data[:200] + bytes(len(data) - 200))
    shape = vector("ESRI Shapefile")
    for name, members, *says in (
        ("no Shapefile in it", {"a.txt": b""}, "no Shapefile"),
        ("two Shapefiles", {"a.shp": b"", "b.shp": b""}, "2 Shapefiles"),
        ("a Shapefile without its table", {"a.shp": shape[".shp"]}),
        ("a Shapefile that is cut", {f"a{s}": d[:-20] for s, d in shape.items()}),
        ("a VRT as a Shapefile", {"a.shp": VRT.format("/etc/passwd").encode()}),
    ):
        yield bring(name, "list.zip", archive(members), *says)
    yield bring("a bomb beside a Shapefile", "list.zip", partial(bomb, "a.shp"), "when unpacked")
    yield bring("an archive of noughts", "list.zip", bytes(500))

    def two_layers(atlas: Any) -> None:
        path = atlas.folder / "list.gpkg"
        path.write_bytes(vector("GPKG")[".gpkg"])
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE other AS SELECT * FROM list")
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
                "SELECT 'other', data_type, 'other', srs_id FROM gpkg_contents"
            )
            database.commit()

    yield Case(
        "import: a GeoPackage of two layers",
        two_layers,
        ("list.gpkg", "2 layers"),
        ("import", "list.gpkg", "--as", "sites"),
    )

    def database(atlas: Any) -> None:
        with closing(sqlite3.connect(atlas.folder / "list.gpkg")) as made:
            made.execute("CREATE TABLE a (b)")
            made.commit()

    yield Case(
        "import: a database by the name of a GeoPackage",
        database,
        ("list.gpkg",),
        ("import", "list.gpkg", "--as", "sites"),
    )
    for name, data, *says in (
        ("a json that is cut", '{"features": ['),
        ("a json of a list", "[1]"),
        ("a json without features", "{}"),
        ("a json without end", "[" * 90_000, "levels"),
        (
            "a json with a link",
            collection(water(), crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/"}}),
            "crs",
        ),
        ("a json with no feature", collection(), "no feature"),
        (
            "an Esri answer without a system",
            json.dumps({"features": [], "spatialReference": {"a": 1}}),
            "spatialReference",
        ),
        ("an Esri error", json.dumps({"error": {"code": 400}})),
        ("a json of 5,000 faults", json.dumps({"type": "FeatureCollection", "features": [1] * 5_000})),
        ("a json of 1,200 properties", collection(water(**{f"p{n}": 1 for n in range(1_200)})), "properties"),
        ("a json of NaN at the top", '{"type": "FeatureCollection", "a": NaN, "features": []}', "NaN"),
        (
            "a system that is a path",
            collection(water(), crs={"type": "name", "properties": {"name": "/etc/passwd"}}),
            "/etc/passwd",
        ),
    ):
        yield bring(name, "list.geojson", data, *says)


def _links() -> Iterator[Case]:
    """A layer of the atlas that is not the file it seems to be."""

    def replace(inside: str, make: Callable[[Path], object]) -> Callable[[Any], None]:
        def plant(atlas: Any) -> None:
            path = atlas.folder / inside
            path.unlink()
            make(path)

        return plant

    outside = Path("../../outside/secret.geojson")
    for inside in (
        "data/sites.geojson",
        "data/tables/claims.csv",
        "data/vocabulary.toml",
        "maps/prisons.toml",
        "data/sources.json",
    ):
        target = Path("../") / outside if inside.count("/") == 2 else outside
        yield Case(
            f"path: {inside} is a link that leaves",
            replace(inside, lambda path, target=target: path.symlink_to(target)),
            (inside,),
        )
        yield Case(
            f"path: {inside} is a link to itself", replace(inside, lambda path: path.symlink_to(path.name)), (inside,)
        )
    for name, make in {
        "is a folder": Path.mkdir,
        "is a pipe": lambda path: __import__("os").mkfifo(path),
        "is a link to nothing": lambda path: path.symlink_to("nothing"),
        "is a link to a device": lambda path: path.symlink_to("/dev/zero"),
        "is gone": lambda _: None,
        "is a link to a process": lambda path: path.symlink_to("/proc/self/environ"),
    }.items():
        yield Case(f"path: data/lake.geojson {name}", replace("data/lake.geojson", make), ("data/lake.geojson",))


def refused() -> Iterator[Case]:
    """Yield everything that is refused."""
    for part in (_tables, _books, _markup, _vectors, _links):
        yield from part()
