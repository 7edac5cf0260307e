"""What is odd and sound is kept to the letter, or a faulty row is set aside by name and the rest is kept."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest
from click.testing import CliRunner

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.commands import main
from geo.readers import read_layer
from geo.spec import SCHEMAS
from tests.corpus import brought, geojson, tables
from tests.corpus.cases import put
from tests.small_atlas import SmallAtlas

TEXTS = tables.TEXTS
KEYS = {name: f"t-{at}" for at, name in enumerate(TEXTS)}


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """An atlas in which every odd text is a summary, a title of an event, a note and a title of a source."""
    atlas = SmallAtlas(tmp_path_factory.mktemp("odd"))
    with atlas.document("data/sites.geojson") as sites:
        for name, key in KEYS.items():
            feature = json.loads(json.dumps(sites["features"][4]))
            feature["properties"] |= {"id": key, "summary": TEXTS[name], "place_text": TEXTS[name]}
            sites["features"].append(feature)
    with atlas.document("data/sources.json") as sources:
        sources += [
            sources[0] | {"id": f"s-{key}", "title": TEXTS[name], "note": TEXTS[name]} for name, key in KEYS.items()
        ]
    with atlas.rows("claims") as rows:
        rows += [rows[1] | {"id": f"c-{key}", "subject": key, "note": TEXTS[name]} for name, key in KEYS.items()]
    with atlas.rows("events") as rows:
        rows += [rows[1] | {"id": f"e-{key}", "text": TEXTS[name]} for name, key in KEYS.items()]
    return atlas


@pytest.fixture(scope="module")
def catalogue(odd):
    with open_catalogue(compile_atlas(odd.folder).path) as opened:
        yield opened


@pytest.fixture(scope="module")
def exported(odd, tmp_path_factory):
    """The odd atlas as GeoJSON, CSV and a workbook."""
    folder = tmp_path_factory.mktemp("exported")
    for name in ("sites.geojson", "sites.csv", "sites.xlsx"):
        done = CliRunner().invoke(main, ["-C", str(odd.folder), "export", str(folder / name), "sites", "--allow-loss"])
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def answered(odd):
    done = CliRunner().invoke(main, ["-C", str(odd.folder), "query", "--format", "json"])
    return {row["id"]: row for row in json.loads(done.stdout)["records"]}


@pytest.mark.parametrize("name", TEXTS)
def test_an_odd_text_is_kept_in_the_catalogue_and_in_every_export(catalogue, exported, answered, name):
    key, text = KEYS[name], TEXTS[name]
    assert [tuple(row) for row in catalogue.rows("SELECT summary, place_text FROM sites WHERE id = ?", (key,))] == [
        (text, text)
    ]
    assert [tuple(row) for row in catalogue.rows("SELECT note FROM claims WHERE id = ?", (f"c-{key}",))] == [(text,)]
    assert [tuple(row) for row in catalogue.rows("SELECT text FROM events WHERE id = ?", (f"e-{key}",))] == [(text,)]
    assert answered[key]["summary"] == text
    features = json.loads((exported / "sites.geojson").read_text(encoding="utf-8"))["features"]
    assert next(found["properties"] for found in features if found["properties"]["id"] == key)["summary"] == text


def unguarded(text):
    return text.removeprefix("'")


@pytest.mark.parametrize("name", TEXTS)
def test_no_cell_of_a_spreadsheet_runs(exported, name):
    key, text = KEYS[name], TEXTS[name]
    with (exported / "sites.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["id"] == key)
    book = openpyxl.load_workbook(io.BytesIO((exported / "sites.xlsx").read_bytes()))
    page = book["sites"]
    head = [cell.value for cell in page[1]]
    cells = next(row for row in page.iter_rows(min_row=2) if row[head.index("id")].value == key)
    held = cells[head.index("summary")]
    assert row["summary"][:1] not in ("=", "+", "@", "\t", "\r") or row["summary"].lstrip("+-").isdigit()
    assert text in (row["summary"], unguarded(row["summary"]))
    assert held.data_type != "f"
    assert held.hyperlink is None


@pytest.mark.parametrize("name", geojson.ODD)
def test_odd_geojson_is_sound(small_atlas, name):
    atlas = small_atlas()
    text = geojson.ODD[name]
    put("data/lake.geojson", text)(atlas)
    done = CliRunner().invoke(main, ["-C", str(atlas.folder), "check"])
    assert done.exit_code == 0, done.output
    layer, problems = read_layer(atlas.folder / "data/lake.geojson", "lake", SCHEMAS["backdrop"])
    assert [problem for problem in problems if problem.severity == "error"] == []
    for feature, (_, row) in zip(json.loads(text.removeprefix("\ufeff"))["features"], layer.iterrows(), strict=True):
        assert {key: row[key] for key in feature["properties"]} == feature["properties"]
        assert (
            json.loads(json.dumps(row.geometry.__geo_interface__["coordinates"])) == feature["geometry"]["coordinates"]
        )


def run_import(atlas, file, *more):
    return CliRunner().invoke(
        main, ["-C", str(atlas.folder), "import", str(atlas.folder / file), "--as", "sites", *more]
    )


def sites_of(atlas):
    found = json.loads((atlas.folder / "data/sites.geojson").read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["id"]: feature for feature in found}


def made(codec="utf-8", mark=",", end="\n", head=brought.HEAD, row=brought.ROW):
    return end.join(
        mark.join(cells) for cells in (head, row, ("0204", "Préfecture", "prison", "10.5", "-31.5"), "")
    ).encode(codec)


ODD_FILES = {
    **{
        f"{codec}.csv": made(codec)
        for codec in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1")
    },
    **{f"parted by {ord(mark)}.csv": made(mark=mark) for mark in (";", "\t", "|")},
    "Windows.csv": made(end="\r\n"),
    "old Macintosh.csv": made(end="\r"),
    "sep.csv": b"sep=;\r\n" + made(mark=";", end="\r\n"),
    "a title above.csv": b"List of places,,,,\n\n" + made(),
    "quotes.csv": made(head=("Code", '"Na\nme"', "Kind", "Lat", "Lon")),
    "stray cell.xlsx": brought.rezip(
        brought.workbook(brought.HEAD, brought.ROW, ("0204", "Préfecture", "prison", "10.5", "-31.5")),
        {
            "xl/worksheets/sheet1.xml": lambda old: old.replace(
                b"</sheetData>",
                b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t></t></is></c></row></sheetData>',
            )
        },
    ),
    "dimensions.xlsx": brought.rezip(
        brought.workbook(brought.HEAD, brought.ROW, ("0204", "Préfecture", "prison", "10.5", "-31.5")),
        {
            "xl/worksheets/sheet1.xml": lambda old: old.replace(
                b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'
            )
        },
    ),
    "a formula.xlsx": brought.workbook(
        brought.HEAD,
        brought.ROW,
        ("0204", "Préfecture", "prison", "10.5", "-31.5"),
        ("0205", "=1+1", "prison", "10.5", "-31.5"),
    ),
    "rows to the end.ods": brought.ods(
        '<table:table table:name="a">'
        + "".join(
            "<table:table-row>"
            + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
            + '<table:table-cell table:number-columns-repeated="16379"/></table:table-row>'
            for cells in (brought.HEAD, brought.ROW, ("0204", "Préfecture", "prison", "10.5", "-31.5"))
        )
        + '<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row></table:table>'
    ),
    "links.kml": brought.KML.format(
        "<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>"
        "<Placemark><name>Wat A</name><description><![CDATA[<script>1</script>]]></description>"
        "<Point><coordinates>-32.5,10.5,0</coordinates></Point></Placemark>"
    ).encode(),
    "a picture.kmz": brought.archive(
        {
            "doc.kml": brought.KML.format(brought.PLACEMARK.format("-32.5,10.5")),
            "../../outside/secret.csv": "out",
            "/etc/passwd": "out",
        }
    ),
    "a track.gpx": b'<gpx xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="10.5" lon="-32.5"><name>Wat A</name><link href="http://127.0.0.1:9/"/></wpt></gpx>',
    "places.gpkg": brought.vector("GPKG")[".gpkg"],
    "places.fgb": brought.vector("FlatGeobuf")[".fgb"],
    "places.parquet": brought.vector("Parquet")[".parquet"],
    "way out.zip": brought.archive(
        {
            "a/../../../outside/secret.shp": brought.vector("ESRI Shapefile")[".shp"],
            **{
                f"a/../../../outside/secret{suffix}": data
                for suffix, data in brought.vector("ESRI Shapefile").items()
                if suffix != ".shp"
            },
        }
    ),
}


@pytest.mark.parametrize("file", ODD_FILES)
def test_odd_files_are_brought_in_and_nothing_is_left_beside(small_atlas, tmp_path, file):
    atlas = small_atlas()
    outside = tmp_path / "outside"
    outside.mkdir()
    path = atlas.folder / file
    path.write_bytes(ODD_FILES[file])
    before = {found.relative_to(tmp_path) for found in tmp_path.rglob("*")}
    more = () if file.endswith((".csv", ".xlsx", ".ods")) else ("--map", "name=name")
    done = run_import(atlas, file, *more)
    assert "Traceback" not in done.output, done.output
    assert done.exit_code == 0, done.output
    account = done.output
    assert re.search(r"(rows?|features?) in =", account), account
    if file.endswith((".csv", ".xlsx", ".ods")):
        held = sites_of(atlas)
        assert {held[key]["properties"]["name"] for key in ("0203", "0204")} == {"Wat A", "Préfecture"}
        assert held["0203"]["properties"]["kind"] == "prison"
    assert {found.relative_to(tmp_path) for found in tmp_path.rglob("*")} - before <= {path.relative_to(tmp_path)}


CELLS = {
    "a latitude without end": ("Lat", "1e999"),
    "no number": ("Lat", "NaN"),
    "beyond the pole": ("Lat", "91"),
    "metres": ("Lat", "1300000"),
    "a minus sign of print": ("Lat", "−10.5"),
    "letters": ("Lat", "north"),
    "minutes that are none": ("Lat", "10°75′N"),
    "a kind that is not known": ("Kind", "castle"),
    "no name": ("Name", ""),
    "a name of joiners": ("Name", "\u200b\u200b"),
    "a lost letter": ("Name", "W\ufffdt"),
    "ten thousand digits": ("Lat", "1" * 10_000),
    "a formula as a latitude": ("Lat", "=10+1"),
    "a name that runs backwards": ("Name", "a\u202eb"),
    "an escape to the terminal": ("Name", "\x1b[2Ja"),
    "a month that Excel made": ("Code", "MAR1"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_at_fault_is_named_with_its_row_and_the_others_are_kept(small_atlas, name):
    atlas = small_atlas()
    column, text = CELLS[name]
    row = ["0209", "Wat B", "prison", "10.5", "-32.5"]
    row[brought.HEAD.index(column)] = text
    out = io.StringIO()
    csv.writer(out).writerows([brought.HEAD, brought.ROW, row, ("0210", "Wat C", "prison", "10.6", "-32.6")])
    (atlas.folder / "list.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    done = run_import(atlas, "list.csv", "--report", str(atlas.folder / "report.json"))
    assert done.exit_code == 0, done.output
    assert "Traceback" not in done.output
    assert not set("\x1b\u202e") & set(done.output)
    held = sites_of(atlas)
    assert held["0203"]["properties"]["name"] == "Wat A"
    assert held["0210"]["properties"]["name"] == "Wat C"
    report = json.loads((atlas.folder / "report.json").read_text(encoding="utf-8"))
    assert report["adds_up"]
    shown = [finding for finding in report["findings"] if finding["row"] == 3]
    assert shown or name in {"a minus sign of print", "a month that Excel made"}
