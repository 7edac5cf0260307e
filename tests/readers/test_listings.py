"""Files as they come: every cell a text, every limit named, everything concluded said."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date

import fiona
import geopandas
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.errors import InputError
from geo.readers.delimited import read_delimited
from geo.readers.gathering import Reading, read_listing


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a file and reads it."""

    def read(name, data, **reading):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_listing(path, name, Reading(**reading))

    return read


def cells(listing):
    return [row.cells for row in listing.rows]


@pytest.mark.parametrize(
    ("name", "reading", "step"),
    [
        ("a.csv", {"sheet": "Places"}, "or save the sheet as .xlsx"),
        ("a.xlsx", {"delimiter": ";"}, "leave it out, on the command line or in import.toml"),
        ("a.ods", {"encoding": "cp1252"}, "leave it out"),
        ("a.shp", {"encoding": "cp1252"}, "a .cpg file beside the .shp names its encoding"),
        *(
            (f"a.{suffix}", {"sheet": "a"}, "leave it out")
            for suffix in ("shp", "zip", "fgb", "json", "kml", "parquet")
        ),
    ],
)
def test_what_a_format_does_not_have_is_refused_not_passed_over(read, name, reading, step):
    ((option, said),) = reading.items()
    with pytest.raises(InputError, match="cannot be read in that way") as refusal:
        read(name, "", **reading)
    (problem,) = refusal.value.problems
    assert (problem.seen, problem.expected.split(":")[0]) == (f"--{option} {said}", f"no --{option}")
    assert step in problem.next_step


# --- delimited text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_any_delimiter_and_encoding_is_found(read, delimiter, encoding):
    text = "\r\n".join(
        delimiter.join(row) for row in (("code", "nom", "note"), ("0203", "Préfecture", "NA"), ("0001", "Île", ""))
    )
    listing = read("list.csv", text.encode(encoding))
    assert listing.columns == ("code", "nom", "note")
    assert cells(listing) == [("0203", "Préfecture", "NA"), ("0001", "Île", "")]
    assert [row.number for row in listing.rows] == [2, 3]
    said = " ".join(listing.taken)
    assert "parted by a" in said
    assert ("Windows-1252" in said) == (encoding == "cp1252")
    assert ("UTF-16" in said) == encoding.startswith("utf-16")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_plain_letters_in_utf_16_without_a_mark_are_read(read, encoding):
    listing = read("list.csv", "code,name\r\n0203,Kandal\r\n".encode(encoding))
    assert cells(listing) == [("0203", "Kandal")]
    assert f"encoding {encoding.upper()}, as every other byte is zero" in listing.taken


def test_a_named_encoding_and_delimiter_are_obeyed_without_a_word(read):
    listing = read("list.txt", "a;b\nđ;1\n".encode("cp1258"), encoding="cp1258", delimiter=";")
    assert (cells(listing), listing.taken) == ([("đ", "1")], ())


def test_two_separators_that_part_as_often_are_refused(read):
    with pytest.raises(InputError, match="--delimiter"):
        read("list.csv", "a,b;c\n1,2;3\n")


def test_the_line_of_excel_that_names_the_separator_is_obeyed(read):
    listing = read("list.csv", "sep=;\na;b\n1;2\n")
    assert [(row.number, row.cells) for row in listing.rows] == [(3, ("1", "2"))]


def test_a_title_above_the_header_is_told_from_it(read):
    listing = read("list.csv", "List of sites 1998,,\n\nname,lat,lon\nA,1,2\n")
    assert listing.columns == ("name", "lat", "lon")
    assert any("row 1 stands above the header" in said for said in listing.taken)
    assert listing.rows[0].number == 4


def test_columns_without_a_name_or_with_one_twice_are_named(read):
    listing = read("list.csv", "name,,name\nA,b,c\n")
    assert listing.columns == ("name", "column B", "name (2)")
    assert len(listing.taken) == 3


def test_a_column_without_a_name_does_not_take_that_of_another(read):
    assert read("list.csv", "column B,,note\na,b,c\n").columns == ("column B", "column B (2)", "note")


def test_rows_of_another_length_are_set_aside(read):
    listing = read("list.csv", "a,b\n1,2\n1,2,3\n1\n1,2,\n")
    assert [row.number for row in listing.rows] == [2, 5]
    assert [problem.where for problem in listing.aside] == ["row 3", "row 4"]


def test_so_many_rows_of_another_length_are_counted_without_the_others(read):
    with pytest.raises(InputError, match="saw 1,000 rows of another length"):
        read("list.csv", "a,b\n" + "1,2\n" * 5 + "1\n" * 1_200)


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", "an empty table"),
        (b"a,b\n\x81,2\n", "cp1252"),
        (b"a,b\n1,\x002\n", "U+0000"),
        (b'a,b\n"1,2\n', "unexpected end"),
    ],
)
def test_what_is_no_table_is_refused(read, data, seen):
    with pytest.raises(InputError) as refused:
        read("list.csv", data)
    assert seen in str(refused.value)


PRINTED = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))


@given(
    st.lists(
        st.lists(st.text(PRINTED, max_size=8), min_size=3, max_size=3),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_whatever_the_cells_every_row_is_kept_or_blank(tmp_path_factory, rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["first", "second", "third"], *rows])
    path = tmp_path_factory.mktemp("rows") / "list.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    listing = read_delimited(path, "list.csv", delimiter=",")
    assert cells(listing) == [tuple(row) for row in rows if any(cell.strip() for cell in row)]


# --- workbooks ------------------------------------------------------------------------------------------------


def workbook(fill):
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_it_shows_its_cells(read):
    def fill(book):
        page = book.active
        page.title = "Sites"
        page.append(["code", "year", "month", "day", "lat", "yes", "short"])
        page.append([203, date(1977, 1, 1), date(1977, 5, 1), date(1977, 5, 2), 13.25295, True])
        page["A2"].number_format, page["B2"].number_format = "0000", "yyyy"
        page["C2"].number_format, page["D2"].number_format = "mmm yyyy", "dd/mm/yyyy"
        book.create_sheet("Other").append(["x"])

    listing = read("list.xlsx", workbook(fill))
    assert cells(listing) == [("0203", "1977", "1977-05", "1977-05-02", "13.25295", "TRUE", "")]
    assert "the first of 2" in listing.taken[0]
    with pytest.raises(InputError, match="Sites, Other"):
        read("list.xlsx", workbook(fill), sheet="Nowhere")


def test_one_stray_cell_costs_nothing_and_is_named(read):
    def fill(book):
        book.active.append(["name", "lat"])
        book.active.append(["A", 1])
        book.active["XFD1048576"] = "stray"

    listing = read("list.xlsx", workbook(fill))
    assert cells(listing) == [("A", "1")]
    assert [problem.where for problem in listing.aside] == ["row 1048576"]


def rezipped(data, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def test_entities_in_a_workbook_are_refused(read):
    data = workbook(lambda book: book.active.append(["name"]))

    def plant(name, content):
        return (
            content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet') if "sheet1" in name else content
        )

    with pytest.raises(InputError, match="document type"):
        read("list.xlsx", rezipped(data, plant))


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Sites">
<table:table-row><table:table-cell office:value-type="string"><text:p>code</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>lat</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>date</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="203"><text:p>0203</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="13.25295"><text:p>13.25</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="1977-05-02"><text:p>02/05/77</text:p></table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def test_an_opendocument_sheet_is_read_as_it_shows_its_cells(read):
    listing = read("list.ods", zipped(content__xml=ODS))
    assert cells(listing) == [("0203", "13.25295", "1977-05-02")]
    with pytest.raises(InputError, match="entities"):
        read("list.ods", zipped(content__xml='<!DOCTYPE x [<!ENTITY a "b">]>' + ODS))


def test_an_archive_that_unpacks_to_too_much_is_refused(read, monkeypatch):
    monkeypatch.setattr("geo.readers.archives.MAX_UNPACKED", 1000)
    with pytest.raises(InputError, match="when unpacked"):
        read("list.ods", zipped(content__xml=ODS))


# --- vector files ---------------------------------------------------------------------------------------------


def test_geojson_gives_properties_as_texts(read):
    feature = {
        "type": "Feature",
        "properties": {"code": "0203", "n": 5.0, "x": None, "list": [1]},
        "geometry": {"type": "Point", "coordinates": [103, 13]},
    }
    listing = read("list.geojson", json.dumps({"type": "FeatureCollection", "features": [feature, 7]}))
    assert (listing.unit, listing.crs) == ("feature", "OGC:CRS84")
    assert cells(listing) == [("0203", "5", "", "[1]")]
    assert [problem.where for problem in listing.aside] == ["feature 2"]


def test_the_answer_of_a_feature_service_is_read(read):
    ring = [[0, 0], [0, 2], [2, 2], [2, 0], [0, 0]]
    hole = [[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 1], [0.5, 0.5]]
    answer = {
        "geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 102100, "latestWkid": 3857},
        "exceededTransferLimit": True,
        "features": [
            {"attributes": {"NAME": "A"}, "geometry": {"x": 1.5, "y": 2.5}},
            {"attributes": {"NAME": "B"}, "geometry": {"rings": [ring, hole]}},
            {"attributes": {"NAME": "C"}, "geometry": {"x": "NaN", "y": "NaN"}},
        ],
    }  # fmt: skip
    listing = read("answer.json", json.dumps(answer))
    assert listing.crs == "EPSG:3857"
    assert [row.geometry and row.geometry["coordinates"] for row in listing.rows] == [[1.5, 2.5], [[ring, hole]], None]
    assert any("exceededTransferLimit" in said for said in listing.taken)


KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<Placemark><name>Wat A</name><description>Near &lt;b&gt;the river</description>
<TimeSpan><begin>1975</begin><end>1979</end></TimeSpan>
<ExtendedData><Data name="code"><value>0203</value></Data></ExtendedData>
<Point><coordinates>103.5,13.25,7</coordinates></Point></Placemark>
<Placemark><name>Broken</name><Point><coordinates>east,north</coordinates></Point></Placemark>
<Placemark><name>Nowhere</name></Placemark></Folder></Document></kml>"""


@pytest.mark.parametrize("packed", [False, True])
def test_kml_gives_placemarks_with_their_data(read, packed):
    listing = read("a.kmz", zipped(doc__kml=KML)) if packed else read("a.kml", KML)
    assert listing.columns == ("name", "description", "begin", "end", "code")
    assert cells(listing)[0] == ("Wat A", "Near <b>the river", "1975", "1979", "0203")
    assert [row.geometry and row.geometry["coordinates"] for row in listing.rows] == [[103.5, 13.25], None]
    assert [problem.where for problem in listing.aside] == ["feature 2"]
    with pytest.raises(InputError, match="entities"):
        read("b.kml", '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + KML.partition("?>")[2])


POINT = "<Point><coordinates>1,2</coordinates></Point>"


def placemark(inside):
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>A</name>{inside}</Placemark></kml>'


@pytest.mark.parametrize(
    ("inside", "geometry"),
    [
        (
            "<LineString><coordinates>1,2,9 3,4,9</coordinates></LineString>",
            {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        ),
        (
            f"<MultiGeometry>{POINT}<Point><coordinates>3,4</coordinates></Point></MultiGeometry>",
            {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
        ),
        ("<Point><coordinates>1,2 3,4</coordinates></Point>", "2 positions in a point"),
        ("<Point><coordinates>1;2</coordinates></Point>", "1;2"),
        (
            f"<MultiGeometry>{POINT}<LineString><coordinates>1,2 3,4</coordinates></LineString></MultiGeometry>",
            "several kinds of geometry in one place",
        ),
    ],
)
def test_the_shapes_of_kml_are_taken_or_refused(read, inside, geometry):
    listing = read("a.kml", placemark(inside))
    if isinstance(geometry, str):
        assert [problem.seen for problem in listing.aside] == [geometry]
    else:
        assert listing.rows[0].geometry == geometry


def test_a_time_stamp_of_kml_is_its_begin(read):
    listing = read("a.kml", placemark("<TimeStamp><when>1976-05</when></TimeStamp>"))
    assert (listing.columns, cells(listing)) == (("name", "begin"), [("A", "1976-05")])


@pytest.mark.parametrize(
    ("shape", "geometry"),
    [
        ({"points": [[1, 2], [3, 4]]}, {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}),
        ({"paths": [[[1, 2], [3, 4]]]}, {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]}),
        ({"rings": [[[0, 0], [0, 1], [1, 0], [0, 0]][::-1]]}, None),  # a hole in nothing is an area of its own
        ({"x": "NaN"}, {}),
    ],
)
def test_the_shapes_of_a_feature_service_are_those_of_geojson(read, shape, geometry):
    answer = {"features": [{"attributes": {"name": "A"}, "geometry": shape}], "spatialReference": {"wkid": 4326}}
    found = read("a.json", json.dumps(answer)).rows[0].geometry
    if geometry is None:
        assert found == {"type": "MultiPolygon", "coordinates": [shape["rings"]]}
    else:
        assert (found or {}) == geometry


def test_features_that_are_none_are_set_aside_each_in_its_place(read):
    features = (
        '{"type":"Feature","properties":{"name":"A","n":NaN,"m":Infinity},"geometry":null}',
        '{"type":"Feature","properties":{"name":"B"},"geometry":"here"}',
        '{"type":"Feature","properties":[]}',
        '{"type":"Feature","properties":{"name":"D"},"geometry":null}',
    )
    listing = read("a.geojson", f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}')
    assert [problem.where for problem in listing.aside] == ["feature 1", "feature 1", "feature 2", "feature 3"]
    assert cells(listing) == [("D",)]
    assert [*listing.unread] == [1, 2, 3], "each feature once, whatever is wrong with it"
    assert all(word in listing.unread[1] for word in ("NaN", "Infinity"))


def test_gpx_gives_waypoints(read):
    gpx = (
        '<gpx xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="13.25" lon="103.5"><name>A</name>'
        "<time>1998-08-18</time></wpt>"
        '<trk><trkseg><trkpt lat="1" lon="2"/><trkpt lat="3" lon="4"/></trkseg></trk></gpx>'
    )
    listing = read("a.gpx", gpx)
    assert cells(listing) == [("A", "1998-08-18")]
    assert listing.rows[0].geometry == {"type": "Point", "coordinates": [103.5, 13.25]}
    assert listing.taken == ("1 tracks and routes beside the waypoints are left out",)


@pytest.fixture
def frame():
    return geopandas.GeoDataFrame(
        {"code": ["0203", "0001"], "nom": ["Préfecture", "វត្ត"]},
        geometry=[Point(500_000, 1_300_000), Point(500_100, 1_300_100)],
        crs="EPSG:32648",
    )


def written(frame, path, driver):
    rows = [(row.code, row.nom, row.geometry) for row in frame.itertuples()]
    schema = {"geometry": "Point", "properties": {"code": "str", "nom": "str"}}
    with fiona.open(path, "w", driver=driver, crs="EPSG:32648", schema=schema, encoding="utf-8") as out:
        out.writerecords(
            {"properties": {"code": code, "nom": nom}, "geometry": shape.__geo_interface__} for code, nom, shape in rows
        )
    return path


@pytest.mark.parametrize(("name", "driver"), [("a.shp", "ESRI Shapefile"), ("a.gpkg", "GPKG"), ("a.fgb", "FlatGeobuf")])
def test_gdal_formats_keep_codes_and_their_coordinate_system(tmp_path, frame, name, driver):
    listing = read_listing(written(frame, tmp_path / name, driver), name)
    assert sorted(cells(listing)) == [("0001", "វត្ត"), ("0203", "Préfecture")]
    assert "48N" in listing.crs


def test_a_zipped_shapefile_is_unpacked_under_names_of_our_own(tmp_path, frame):
    written(frame, tmp_path / "a.shp", "ESRI Shapefile")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in tmp_path.glob("a.*"):
            if part.suffix != ".zip":
                archive.write(part, f"../../folder/{part.name}")
    assert len(read_listing(path, "a.zip").rows) == 2


def test_geoparquet_is_read(tmp_path, frame):
    path = tmp_path / "a.parquet"
    frame.to_parquet(path)
    listing = read_listing(path, "a.parquet")
    assert cells(listing) == [("0203", "Préfecture"), ("0001", "វត្ត")]
    assert "48N" in listing.crs


@pytest.mark.parametrize(
    "name", ["a.gpkg", "a.shp", "a.xlsx", "a.ods", "a.kmz", "a.zip", "a.parquet", "a.json", "a.kml"]
)
def test_a_file_that_is_not_what_its_name_says_is_refused(read, name):
    with pytest.raises(InputError):
        read(name, "something else")


def test_an_unknown_suffix_is_refused_with_the_known_ones(read):
    with pytest.raises(InputError, match=r"\.xlsx"):
        read("list.xls", b"x")


def samples():
    """Return small valid files by suffix, to be damaged."""
    feature = '{"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [1, 2]}}'
    gpx = '<gpx><wpt lat="1" lon="2"><name>A</name></wpt></gpx>'
    return {
        ".csv": b"a;b\n1;2\n3;4\n",
        ".xlsx": workbook(lambda book: book.active.append(["a", 1])),
        ".ods": zipped(content__xml=ODS),
        ".geojson": f'{{"type": "FeatureCollection", "features": [{feature}]}}'.encode(),
        ".json": b'{"features": [{"attributes": {"a": 1}, "geometry": {"x": 1, "y": 2}}]}',
        ".kml": KML.encode(),
        ".kmz": zipped(doc__kml=KML),
        ".gpx": gpx.encode(),
    }


@settings(max_examples=100)
@given(st.sampled_from(sorted(samples())), st.integers(0), st.binary(max_size=6), st.integers(0, 6))
def test_whatever_is_damaged_a_file_is_read_or_refused(tmp_path_factory, suffix, at, put, cut):
    data = samples()[suffix]
    at %= len(data)
    path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"
    path.write_bytes(data[:at] + put + data[at + cut :])
    try:
        listing = read_listing(path, path.name)
    except InputError:
        return
    assert all(len(row.cells) == len(listing.columns) for row in listing.rows)
