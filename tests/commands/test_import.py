"""``memorial import``: the good rows are taken, each bad one is told, and a corrected run is clean and repeatable."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest

from geo.atlas import check_folder

HEADER = ("Code", "Name of site", "Type", "Province", "Village", "GPS", "When", "Source")
ROWS = (
    ("0101", "Wat One", "Prison", "P1", "", "10°30′15″N 32°30′10″W", "1975–79", "The First Book"),  # 2: good
    (
        "0102",
        "Wat\u200b Two ",
        "prison",
        "square one",
        "",
        "N 10°30’ W 32°36’",
        "late 1976",
        "Field notes",
    ),  # 3: repairs
    ("0103", "Wat Three", "Memorial", "1", "", "25P 554721 1160743", "c. 1977", ""),  # 4: province by number, UTM
    ("104", "Wat Four", "Camp", "Old Square", "", "10.52, -32.51", "before April 1977", ""),  # 5: an eaten nought
    ("0105", "Wat Five", "Prison", "P1", "", "-32.5, 10.5", "1975", ""),  # 6: axes exchanged
    ("0106", "Wat Six", "Prison", "P1", "", "10.5, 32.5", "1975", ""),  # 7: a sign
    ("0107", "Wat Seven", "Prison", "P1", "", "10°75′N 32°W", "1975", ""),  # 8: minutes
    ("0108", "Wat Eight", "Prison", "P3", "", "10.5, -32.5", "1975", ""),  # 9: in another province
    ("0109", "Wat Nine", "Prison", "Squar Won", "", "", "1975", ""),  # 10: no such province
    ("0110", "Wat Ten", "Dungeon", "P1", "", "", "1975", ""),  # 11: no such kind
    ("0111", "", "Prison", "P1", "", "", "1975", ""),  # 12: no name
    ("0112", "Wat Twelve", "Prison", "P1", "", "", "the year of the flood", ""),  # 13: no date
    ("0101", "Wat One", "Prison", "P1", "", "10°30′15″N 32°30′10″W", "1975–79", "The First Book"),  # 14: twice
    ("0112", "Wat Thirteen", "Prison", "P2", "", "", "1976", ""),  # 15: a code twice
    ("0114", "Wat Fourteen", "Prison", "P1", "Anlong", "", "1976", ""),  # 16: by its village
    ("0115", "Wat Fifteen", "Prison", "", "Trapeang", "", "1976", ""),  # 17: two villages of that name
)
GAZETTEER = """\
code,level,name_en,name_km,parent,lat,lon
P1,province,Square One,,,10.5,-32.5
P2,province,Square Two,,,10.5,-31.5
101,village,Anlong,អន្លង់,P1,10.4,-32.4
102,village,Trapeang,,P1,10.6,-32.6
201,village,Trapeang,,P2,10.6,-31.6
"""
FIXES = {
    (6, "GPS"): "10.5, -32.5", (7, "GPS"): "10.5, -32.5", (8, "GPS"): "10°45′N 32°30′W", (9, "Province"): "P1",
    (10, "Province"): "Square One", (11, "Type"): "Prison", (12, "Name of site"): "Wat Eleven", (13, "When"): "",
    (15, "Code"): "0113", (17, "Village"): "102", (9, "GPS"): "10.5, -32.5",
}  # fmt: skip


@pytest.fixture(autouse=True)
def table(atlas):
    """The workbook with one of each trouble, and a gazetteer beside it."""
    book = openpyxl.Workbook()
    for row in (HEADER, *ROWS):
        book.active.append(row)
    book.save(atlas.folder / "list.xlsx")
    atlas.write("places.csv", GAZETTEER)
    return atlas.folder / "list.xlsx"


def run(memorial, *more):
    return memorial("import", "list.xlsx", "--as", "sites", "--gazetteer", "places.csv", "--fixes", "fixes.csv", *more)


def read_fixes(atlas):
    return list(csv.DictReader(io.StringIO((atlas.folder / "fixes.csv").read_text(encoding="utf-8"))))


def write_fixes(atlas, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, ("row", "column", "seen", "corrected", "by", "why"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    atlas.write("fixes.csv", out.getvalue())


def features(atlas, file="data/sites.geojson"):
    found = json.loads((atlas.folder / file).read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["id"]: feature for feature in found}


def errors_of(folder):
    return [problem for problem in check_folder(folder)[0] if problem.severity == "error"]


def test_each_trouble_is_named_with_its_row_and_cell(atlas, memorial):
    done = run(memorial, "--report", "report.json")
    assert done.exit_code == 0, done.output
    report = json.loads((atlas.folder / "report.json").read_text(encoding="utf-8"))
    assert (report["rows_in"], report["taken"], report["set_aside"], report["adds_up"]) == (16, 12, 4, True)
    by_outcome: dict[str, set[tuple[int, str, str]]] = {}
    for finding in report["findings"]:
        by_outcome.setdefault(finding["outcome"], set()).add((finding["row"], finding["column"], finding["rule"]))
        assert finding["expected"]
    assert by_outcome["row set aside"] == {
        (11, "Type", "term"), (12, "Name of site", "required"), (14, "", "duplicate-row"), (15, "Code", "duplicate-id"),
    }  # fmt: skip
    assert by_outcome["cell left out"] == {
        (6, "GPS", "outside-area"), (7, "GPS", "outside-area"), (8, "GPS", "coordinate"),
        (9, "GPS, Province", "point-in-province"),
        (10, "Province", "province"), (13, "When", "date"), (17, "Village", "ambiguous-place"),
    }  # fmt: skip
    assert by_outcome["to be looked at"] == {(5, "Code", "short-code")}
    assert {(3, "Name of site", "spaces"), (3, "Name of site", "invisible")} <= by_outcome["repaired"]
    proposals = {finding["row"]: finding["candidates"] for finding in report["findings"] if finding["candidates"]}
    assert proposals[6] == ["10.5, -32.5 (latitude and longitude exchanged)"]
    assert proposals[7] == ["10.5, -32.5 (the sign of the longitude changed)"]
    assert proposals[5] == ["0104"]
    assert proposals[17] == ["Trapeang, Square One", "Trapeang, Square Two"]


def test_the_good_rows_are_on_the_map_and_the_printed_text_is_kept(atlas, memorial):
    assert run(memorial).exit_code == 0
    found = features(atlas)
    assert {"place-a", "place-e"} <= set(found), "records from elsewhere stay"
    one = found["0101"]
    assert one["properties"]["coord_text"] == "10°30′15″N 32°30′10″W"
    assert one["geometry"]["coordinates"] == [pytest.approx(-32.502778, abs=1e-6), pytest.approx(10.504167, abs=1e-6)]
    assert (one["properties"]["begin"], one["properties"]["end"], one["properties"]["begin_text"]) == (
        "1975", "1979", "1975–79",
    )  # fmt: skip
    assert one["properties"]["sources"] == ["first-book", "list#row 2"]
    two = found["0102"]["properties"]
    assert (two["name"], two["province"], two["precision_m"]) == ("Wat Two", "P1", 1856)
    assert (found["0103"]["properties"]["province"], found["104"]["properties"]["province"]) == ("P1", "P1")
    seven = found["0107"]
    assert (seven["geometry"], seven["properties"]["coord_text"]) == (None, "10°75′N 32°W")
    placed = found["0114"]
    assert placed["geometry"]["coordinates"] == [-32.4, 10.4]
    assert (placed["properties"]["precision_basis"], placed["properties"]["coord_source"]) == (
        "village",
        "places#row 4",
    )
    assert found["0115"]["geometry"] is None
    assert errors_of(atlas.folder) == []
    assert memorial("build").exit_code == 0
    assert "Wat Fourteen" in (atlas.folder / "maps/overview.html").read_text(encoding="utf-8")


def test_strict_refuses_until_the_corrections_are_filled_in(atlas, memorial):
    before = (atlas.folder / "data/sites.geojson").read_bytes()
    refused = run(memorial, "--strict")
    assert refused.exit_code == 2
    assert (atlas.folder / "data/sites.geojson").read_bytes() == before
    for row in (6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17):
        assert f"row {row}" in refused.stderr
    rows = read_fixes(atlas)
    assert {(int(row["row"]), row["column"]) for row in rows} >= {(6, "GPS"), (14, ""), (17, "Village")}
    for row in rows:
        key = (int(row["row"]), row["column"])
        row["corrected"] = "leave out" if not key[1] else FIXES[key]
        row["by"], row["why"] = "M. K.", "looked up in the archive"
    write_fixes(atlas, rows)
    done = run(memorial, "--strict", "--report", "report.html")
    assert done.exit_code == 0, done.stderr
    assert "16 rows in = 15 taken + 0 set aside + 1 left out by decision" in done.stdout
    assert "<table" in (atlas.folder / "report.html").read_text(encoding="utf-8")
    assert errors_of(atlas.folder) == []
    first = {
        path: (atlas.folder / path).read_bytes() for path in ("data/sites.geojson", "data/sources.json", "fixes.csv")
    }
    assert run(memorial, "--strict").exit_code == 0
    assert {path: (atlas.folder / path).read_bytes() for path in first} == first, "the same again gives the same"
    assert features(atlas)["0115"]["geometry"]["coordinates"] == [-32.6, 10.6]


def test_a_correction_that_does_not_fit_any_more_is_told_and_not_obeyed(atlas, memorial):
    write_fixes(
        atlas,
        [{"row": 2, "column": "Type", "seen": "Memorial", "corrected": "Camp", "by": "M. K.", "why": "read wrongly"}],
    )
    done = run(memorial)
    assert "row 2, Type: saw Prison; expected Memorial, as the correction saw it" in done.stdout
    assert features(atlas)["0101"]["properties"]["kind"] == "prison"


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (("--as", "nowhere"), "a layer of the atlas"),
        (("--as", "sites", "--map", "Remarks"), "COL=FIELD"),
        (("--as", "sites", "--map", "Nam of site=name"), "did you mean Name of site?"),
        (("--as", "sites", "--map", "Source=sumary"), "did you mean summary?"),
        (("--as", "sites", "--crs", "EPSG:9999999"), "no coordinate system"),
        (("--as", "sites", "--gazetteer", "nowhere.csv"), "a file, or a layer"),
        (("--as", "sites", "--out", "sites.gpkg"), ".geojson"),
        (("--as", "sites", "--report", "report.pdf"), ".html, .json, .txt"),
        (("--as", "sites", "--sheet", "Nowhere"), "one of Sheet"),
        (("--as", "sites", "--delimiter", "||"), "one character"),
        (
            ("--as", "sites", "--delimiter", ";"),
            "list.xlsx: saw --delimiter ;; expected no --delimiter: only delimited text",
        ),
        (("--as", "sites", "--encoding", "cp1252"), "saw --encoding cp1252; expected no --encoding"),
        (("--as", "sites", "--fixes", "fixes.xlsx"), "--fixes: saw fixes.xlsx; expected a name that ends in .csv"),
        (("--as", "sites", "--aside", "aside.xlsx"), "--aside: saw aside.xlsx; expected a name that ends in .csv"),
        (("--as", "sites", "--aside", "data/tables/claims.csv"), "a file that the atlas is not made of"),
        (("--as", "sites", "--out", "data/routes.geojson"), "a file that the atlas is not made of"),
        (("--as", "sites", "--fixes", "fixes.csv", "--report", "atlas.txt", "--aside", "atlas.toml"), "--aside"),
    ],
)
def test_a_wrong_request_is_refused_and_nothing_is_written(atlas, memorial, files_of, arguments, seen):
    before = files_of(atlas.folder)
    done = memorial("import", "list.xlsx", *arguments)
    assert done.exit_code == 2
    assert seen in done.stderr
    assert files_of(atlas.folder) == before


def test_out_writes_the_layer_alone(atlas, memorial):
    sources = (atlas.folder / "data/sources.json").read_bytes()
    assert memorial("import", "list.xlsx", "--as", "sites", "--out", "new.geojson").exit_code == 0
    assert (atlas.folder / "data/sources.json").read_bytes() == sources
    assert set(features(atlas, "new.geojson")) & {"place-a"} == set()


def test_khmer_names_go_to_the_table_of_names(atlas, memorial):
    atlas.write("list.csv", "name,name_km,aliases,kind\nWat A,វត្ត ក,Vat A; Old Wat,prison\n")
    for _ in range(2):
        assert memorial("import", "list.csv", "--as", "sites").exit_code == 0
    names = (atlas.folder / "data/tables/names.csv").read_text(encoding="utf-8")
    assert names.count("wat-a,វត្ត ក,km,Khmr,main,list#row 2") == 1
    assert "wat-a,Old Wat,und,Latn,alias,list#row 2" in names
    assert errors_of(atlas.folder) == []


def test_positions_in_indian_1960_say_how_they_were_converted(atlas, memorial):
    atlas.replace("atlas.toml", "area = [-34.0, 9.0, -29.0, 12.0]", "area = [-34.0, 9.0, 108.0, 15.0]")
    atlas.write("list.csv", "name,kind,Easting,Northing,country\nWat A,camp,500 000,1 300 000,KH\n")
    done = memorial("import", "list.csv", "--as", "sites", "--crs", "EPSG:3148")
    assert "from Indian 1960 / UTM zone 48N to WGS 84 by “Indian" in done.stdout
    assert "accuracy" in done.stdout
    wat = features(atlas)["wat-a"]
    assert wat["geometry"]["coordinates"] == [pytest.approx(104.996, abs=1e-3), pytest.approx(11.763, abs=1e-3)]
    assert wat["properties"]["precision_m"] >= 50
    assert wat["properties"]["coord_text"] == "1 300 000, 500 000"


def test_areas_are_imported_with_their_shapes(atlas, memorial):
    ring = [[-30, 10], [-30, 11], [-29.5, 11], [-29.5, 10], [-30, 10]]  # it turns clockwise
    area = {
        "type": "Feature",
        "properties": {"code": "P4", "NAME_1": "Square Four"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    broken = area | {"properties": {"code": "P5", "NAME_1": "Bow"}, "geometry": {"type": "Polygon", "coordinates": [
        [[-30, 10], [-29.5, 11], [-29.5, 10], [-30, 11], [-30, 10]]]}}  # fmt: skip
    atlas.write("more.geojson", json.dumps({"type": "FeatureCollection", "features": [area, broken]}))
    done = memorial("import", "more.geojson", "--as", "provinces", "--map", "NAME_1=name")
    assert "2 features in = 1 taken + 1 set aside" in done.stdout
    assert "feature 2" in done.stdout
    assert errors_of(atlas.folder) == []


def test_a_layer_of_the_manifest_without_a_file_is_begun(atlas, memorial):
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    land = '[layers.land]\nfile = "data/land.geojson"\nschema = "backdrop"\ndraw = "land"\n\n[layers.lake]'
    atlas.write("atlas.toml", manifest.replace("[layers.lake]", land))
    assert memorial("import", "nowhere.geojson", "--as", "land").exit_code == 2
    assert not (atlas.folder / "data/land.geojson").exists()
    bow = {"type": "Polygon", "coordinates": [[[-33, 10], [-32, 11], [-32, 10], [-33, 11], [-33, 10]]]}
    feature = {"type": "Feature", "properties": {}, "geometry": bow}
    atlas.write("spot.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    empty = memorial("import", "spot.geojson", "--as", "land")
    assert "1 features in = 0 taken + 1 set aside" in empty.stdout
    assert "wrote data/land.geojson" in empty.stderr
    assert (atlas.folder / "data/land.geojson").exists(), "what is said to be written stands"
    (atlas.folder / "data/land.geojson").unlink()
    atlas.write(
        "shore.kml",
        "<kml><Placemark><name>Shore</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        "-33,10 -33,11 -32,11 -32,10 -33,10</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>",
    )
    done = memorial("import", "shore.kml", "--as", "land")
    assert "1 features in = 1 taken + 0 set aside" in done.stdout, done.output
    assert errors_of(atlas.folder) == []


def test_a_drawn_journey_is_assumed_between_its_two_places(atlas, memorial):
    track = (
        '<trk><name>South</name><trkseg><trkpt lat="10.5" lon="-32.5"/><trkpt lat="10.6" lon="-31.4"/></trkseg></trk>'
    )
    atlas.write("way.gpx", f"<gpx>{track}</gpx>")
    refused = memorial("import", "way.gpx", "--as", "routes", "--strict")
    assert refused.exit_code == 2
    assert "the name of a place" in refused.stderr
    line = {"type": "LineString", "coordinates": [[-32.5, 10.5], [-31.4, 10.6]]}
    properties = {"name": "South", "kind": "flight", "from": "Place A", "to": "Place B", "group": "A family"}
    feature = {"type": "Feature", "properties": properties, "geometry": line}
    atlas.write("way.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert memorial("import", "way.geojson", "--as", "routes", "--strict").exit_code == 0
    made = features(atlas, "data/routes.geojson")["south"]["properties"]
    assert made["segments"] == [{"from": "Place A", "to": "Place B", "certainty": "assumed"}]
    assert errors_of(atlas.folder) == []


def test_dates_in_numbers_wait_unless_the_plan_says_their_order(atlas, memorial):
    atlas.write("list.csv", "name,kind,date\nWat A,prison,03/04/1977\n")
    assert "row 2 (wat-a), date: saw 03/04/1977" in memorial("import", "list.csv", "--as", "sites").stdout
    assert features(atlas)["wat-a"]["properties"]["begin"] is None
    plan = 'file = "list.csv"\nlayer = "sites"\ndate_order = "dmy"\n[imports.columns]\n'
    columns = 'name = "name"\nkind = "kind"\ndates = "date"\n'
    atlas.write("import.toml", f"[[imports]]\n{plan}{columns}")
    assert memorial("import", "list.csv", "--as", "sites", "--strict").exit_code == 0
    assert features(atlas)["wat-a"]["properties"]["begin"] == "1977-04-03"


@pytest.mark.parametrize(
    "plan", ["[[imports]]\nfile = 1\n", '[[imports]]\nfile = "a"\nlayer = "b"\nsort = "x"\n', "[[imports]\n"]
)
def test_a_plan_of_another_form_is_refused(atlas, memorial, plan):
    atlas.write("import.toml", plan)
    refused = memorial("import", "list.xlsx", "--as", "sites")
    assert refused.exit_code == 2
    assert "import.toml" in refused.stderr


def test_a_plan_that_names_fields_which_there_are_not_is_refused_with_each(atlas, memorial):
    atlas.write(
        "import.toml",
        '[[imports]]\nfile = "list.xlsx"\nlayer = "sites"\n[imports.columns]\nnmae = "Name of site"\n'
        '[imports.fill]\nknd = "prison"\nstanding = "reported"\n',
    )
    refused = memorial("import", "list.xlsx", "--as", "sites")
    assert refused.exit_code == 2
    assert "import.toml: imports[1].columns: saw nmae; expected a field" in refused.stderr
    assert "did you mean name" in refused.stderr
    assert "imports[1].fill: saw knd" in refused.stderr
    assert "saw standing" not in refused.stderr


def test_a_source_and_a_place_of_one_name_keep_their_own_ids(atlas, memorial):
    atlas.write("list.csv", "name,kind,source\nField notes,prison,Field notes\n")
    for _ in range(2):
        assert memorial("import", "list.csv", "--as", "sites").exit_code == 0
        assert features(atlas)["field-notes"]["properties"]["sources"] == ["field-notes-2", "list#row 2"]
        assert errors_of(atlas.folder) == []


def test_a_gazetteer_is_a_source_only_where_it_locates_something(atlas, memorial):
    atlas.write("list.csv", "name,kind,village\nWat A,prison,Nowhere\n")
    assert memorial("import", "list.csv", "--as", "sites", "--gazetteer", "places.csv").exit_code == 0
    assert "places.csv" not in (atlas.folder / "data/sources.json").read_text(encoding="utf-8")


def test_rows_that_are_set_aside_go_to_a_file_with_their_reasons(atlas, memorial):
    assert run(memorial, "--aside", "aside.csv").exit_code == 0
    rows = list(csv.DictReader(io.StringIO((atlas.folder / "aside.csv").read_text(encoding="utf-8"))))
    assert [row["row"] for row in rows] == ["11", "12", "14", "15"]
    assert rows[0]["Name of site"] == "Wat Ten"
    assert "one of prison" in rows[0]["why"]


def test_what_is_left_to_decide_hands_a_spreadsheet_no_formula_and_is_read_back(atlas, memorial):
    atlas.write("list.csv", "name,kind,=h\n-1+1,@dungeon,+2+3\n")
    asked = ("import", "list.csv", "--as", "sites", "--aside", "aside.csv", "--fixes", "fixes.csv")
    assert memorial(*asked).exit_code == 0
    for name in ("aside.csv", "fixes.csv"):
        text = (atlas.folder / name).read_text(encoding="utf-8")
        assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if cell[:1] in {"=", "+", "-", "@"}]
    (question,) = read_fixes(atlas)
    assert question["seen"] == "'@dungeon"
    atlas.write("fixes.csv", "row,column,seen,corrected,by,why\n2,kind,'@dungeon,prison,M. K.,")
    assert "1 rows in = 1 taken" in memorial(*asked).stdout
