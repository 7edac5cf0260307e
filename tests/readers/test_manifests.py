"""The TOML of an atlas is held against its types, and against what no type can say; every fault at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import InputError
from geo.readers import (
    digest_atlas,
    find_atlas,
    read_manifest,
    read_map_specs,
    read_vocabulary,
)
from geo.readers.manifests import fingerprint

ROOT = Path(__file__).parents[2]
MANIFEST = """\
[atlas]
id = "nowhere"
version = "1"
title = { en = "Nowhere" }
subtitle = { en = "An atlas of nothing" }
licence = "CC0"
area = [100.0, 10.0, 110.0, 15.0]

[files]
catalogue = "maps/nowhere.gpkg"

[layers.places]
file = "data/places.geojson"
schema = "sites"

[tables.claims]
file = "data/claims.csv"
schema = "claims"
"""
VOCABULARY = """\
[kinds.camp]
label = { en = "Camp" }
symbol = "tent"
colour = "#3f658a"
"""
MAP = """\
title = { en = "All" }
description = { en = "Everything." }
layers = ["places"]
bounds = [102.0, 10.0, 108.0, 15.0]
"""


@pytest.fixture
def folder(tmp_path):
    """Return the folder of an atlas whose files hold next to nothing."""
    for name, text in {
        "atlas.toml": MANIFEST,
        "data/vocabulary.toml": VOCABULARY,
        "data/sources.json": "[]",
        "data/places.geojson": "{}",
        "data/claims.csv": "id\n",
        "maps/all.toml": MAP,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def refuse(folder, old, new, text=MANIFEST):
    """Return (where, rule, seen, expected) of every problem of the manifest when `old` in it is `new`."""
    assert old in text
    (folder / "atlas.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_manifest(folder)
    assert {problem.input for problem in error.value.problems} == {"atlas.toml"}
    return [(problem.where, problem.rule, problem.seen, problem.expected) for problem in error.value.problems]


# --- finding --------------------------------------------------------------------------------------------------


def test_an_atlas_is_found_from_within(folder):
    (folder / "data" / "deep").mkdir()
    assert find_atlas(folder) == folder
    assert find_atlas(folder / "data" / "deep") == folder


def test_the_nearest_atlas_is_found(folder):
    (folder / "data" / "atlas.toml").write_text(MANIFEST, encoding="utf-8")
    assert find_atlas(folder / "data") == folder / "data"


def test_a_relative_start_is_found_from_the_current_folder(folder, monkeypatch):
    monkeypatch.chdir(folder / "data")
    assert find_atlas(Path()) == folder


@pytest.mark.parametrize(("name", "seen"), [(".", "no atlas.toml"), ("none", "no such folder"), ("file", "a file")])
def test_no_atlas_is_refused(tmp_path, name, seen):
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as error:
        find_atlas(tmp_path / name)
    assert error.value.problems[0].seen == seen
    assert "-C" in error.value.problems[0].next_step


# --- the manifest ---------------------------------------------------------------------------------------------


def test_a_manifest_is_read_with_what_it_leaves_out(folder):
    manifest = read_manifest(folder)
    assert manifest.atlas.title.en == "Nowhere"
    assert manifest.atlas.area == (100.0, 10.0, 110.0, 15.0)
    assert manifest.atlas.languages == ("en", "km", "fr")
    assert manifest.files.sources == "data/sources.json"
    assert manifest.layers["places"].schema == "sites"


def test_a_manifest_with_a_byte_order_mark_is_read(folder):
    (folder / "atlas.toml").write_bytes(b"\xef\xbb\xbf" + MANIFEST.encode())
    assert read_manifest(folder).atlas.id == "nowhere"


@pytest.mark.parametrize(
    ("old", "new", "where", "seen", "expected"),
    [
        ('licence = "CC0"\n', "", "key atlas.licence", "nothing", "required"),
        ('licence = "CC0"', "licence = 0", "key atlas.licence", "0", "a text"),
        ('licence = "CC0"', 'licence = ""', "key atlas.licence", "", "not empty"),
        ('licence = "CC0"', "licence = 2024-01-01", "key atlas.licence", "datetime.date", "a text"),
        ('id = "nowhere"', 'id = "No Where"', "key atlas.id", "No Where", "parted by single hyphens, such as"),
        ('id = "nowhere"', 'id = "nowhere\\n"', "key atlas.id", r"nowhere\u000a", "small Latin letters and digits"),
        ('version = "1"', 'version = "1"\ncontact = "a@b.org\\n"', "key atlas.contact", r"a@b.org\u000a", "mail"),
        ('version = "1"', 'version = "1"\ntimeline = "1968"', "key atlas.timeline", "1968", "two years of four digits"),
        ('title = { en = "Nowhere" }', 'title = "Nowhere"', "key atlas.title", "Nowhere", "a table"),
        ('title = { en = "Nowhere" }', 'title = { km = "x" }', "key atlas.title.en", "nothing", "required"),
        ('title = { en = "Nowhere" }', 'title = { en = "x", de = "x" }', "key atlas.title.de", "an unknown key", "km"),
        ("[100.0, 10.0, 110.0, 15.0]", "[100.0, 10.0, 110.0]", "key atlas.area", "[100.0, 10.0, 110.0]", "at least 4"),
        ("[100.0, 10.0, 110.0, 15.0]", '[100, 10, 110, "15"]', "key atlas.area.4", "15", "a number"),
        ("[100.0, 10.0, 110.0, 15.0]", "[100, 10, inf, 15]", "key atlas.area.3", "inf", "a finite number"),
        ("[100.0, 10.0, 110.0, 15.0]", "[100, 10, nan, 15]", "key atlas.area.3", "nan", "a finite number"),
        ("[100.0, 10.0, 110.0, 15.0]", "[110, 10, 100, 15]", "key atlas.area", "[110.0, 10.0", "west < east"),
        ("[100.0, 10.0, 110.0, 15.0]", "[100, 10, 110, 95]", "key atlas.area", "95.0", "degrees"),
        ('version = "1"', 'version = "1"\nlanguages = ["en", "de"]', "key atlas.languages.2", "de", "'fr'"),
        ('version = "1"', 'version = "1"\nlanguages = ["fr"]', "key atlas.languages", "fr", "en among them"),
        ('version = "1"', 'version = "1"\nlanguages = ["en", "en"]', "key atlas.languages", "en, en", "once"),
        ('version = "1"', 'version = "1"\nnotice = { fr = "x" }', "key atlas.notice.en", "nothing", "required"),
        ('version = "1"', 'version = "a\\u0000b"', "key atlas.version", r"a\u0000b", "U+0000"),
        ('schema = "sites"', 'schema = "site"', "key layers.places.schema", "site", "'sites'"),
        (
            'schema = "claims"', 'schema = "claims"\n[limits]\ncolumns = 10001', "key limits.columns", "10001",
            "a number of at most 10000",
        ),
        ('"sites"', '"sites"\nborder_tolerance_m = -1', "key layers.places.border_tolerance_m", "-1", "at least 0"),
        ("[layers.places]", "[layers.Places]", "key layers.Places", "Places", "small letters"),
        ("[layers.places]", "[layers.search]", "key layers.search", "search", "does not use"),
        ("[layers.places]", "[layers.rtree_x]", "key layers.rtree_x", "rtree_x", "does not use"),
        ("[tables.claims]", '[tables."a b"]', "key tables.a b", "a b", "small letters"),
        ("data/places.geojson", "../places.geojson", "key layers.places.file", "../places.geojson", "inside the atlas"),
        ("data/places.geojson", "/etc/passwd", "key layers.places.file", "/etc/passwd", "inside the atlas"),
        ("data/places.geojson", "https://x.org/a", "key layers.places.file", "https://x.org/a", "inside the atlas"),
        ("data/claims.csv", "GPKG:a.gpkg", "key tables.claims.file", "GPKG:a.gpkg", "inside the atlas"),
        ("maps/nowhere.gpkg", "/tmp/nowhere.gpkg", "key files.catalogue", "/tmp/nowhere.gpkg", "inside the atlas"),
        ("maps/nowhere.gpkg", "maps/nowhere.db", "key files.catalogue", "maps/nowhere.db", ".gpkg"),
        ("data/places.geojson", "maps/nowhere.gpkg", "key files.catalogue", "maps/nowhere.gpkg", "layers.places.file"),
    ],
)  # fmt: skip
def test_a_manifest_at_fault_is_refused_key_by_key(folder, old, new, where, seen, expected):
    (found,) = refuse(folder, old, new)
    assert found[0] == where
    assert seen in found[2]
    assert expected in found[3]
    assert found[1]


def test_every_fault_is_named_at_once(folder):
    found = refuse(folder, 'licence = "CC0"\narea = [100.0, 10.0, 110.0, 15.0]', 'licence = 0\ncolour = "red"')
    assert [where for where, *_ in found] == ["key atlas.area", "key atlas.colour", "key atlas.licence"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Old", "a name of small letters, digits and _"),
        ("places", "a name that no layer bears"),
        ("claims", "a name that the catalogue does not use"),
        ("gpkg_old", "a name that the catalogue does not use"),
    ],
)
def test_a_period_has_a_name_of_its_own(folder, name, expected):
    period = f'\n[periods.{name}]\ntitle = {{ en = "Before" }}\nyear = "1900"\n'
    (folder / "atlas.toml").write_text(MANIFEST + period, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_manifest(folder)
    assert [(problem.where, problem.expected) for problem in error.value.problems] == [
        (f"key periods.{name}", expected)
    ]


def test_an_unknown_key_gets_a_guess(folder):
    (folder / "atlas.toml").write_text(MANIFEST.replace("licence", "license"), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_manifest(folder)
    hints = {problem.where: problem.next_step for problem in error.value.problems}
    assert hints["key atlas.license"] == "did you mean licence?"


@pytest.mark.parametrize(("section", "schema"), [("layers", "sites"), ("tables", "claims")])
def test_a_schema_that_must_stand_once_stands_once(folder, section, schema):
    more = f'\n[{section}.more]\nfile = "data/more"\nschema = "{schema}"\n'
    ((where, rule, seen, expected),) = refuse(folder, MANIFEST, MANIFEST + more)
    assert (where, rule, seen) == (f"key {section}.more.schema", "single", schema)
    assert "is the first" in expected


def test_there_may_be_many_backdrops(folder):
    more = "".join(f'[layers.b{n}]\nfile = "data/b{n}.geojson"\nschema = "backdrop"\n' for n in range(3))
    (folder / "atlas.toml").write_text(f"{MANIFEST}\n{more}", encoding="utf-8")
    assert len(read_manifest(folder).layers) == 4


def test_a_link_out_of_the_atlas_is_refused(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.geojson"
    outside.write_text("{}", encoding="utf-8")
    (folder / "data" / "places.geojson").unlink()
    (folder / "data" / "places.geojson").symlink_to(outside)
    with pytest.raises(InputError, match="inside the atlas folder"):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("text", "where", "rule"),
    [
        ("[atlas\n", "line 1, column 7", "toml"),
        ("a = 1\na = 2\n", "line 2, column 6", "toml"),
        ("a = \n", "line 1, column 5", "toml"),
        ("a = 1" + "0" * 5000, "", "toml"),
        ("a = " + "[" * 2000 + "]" * 2000, "", "depth-limit"),
        (".".join("a" * 100) + " = 1", "", "depth-limit"),
        ("b = 1\n" + "a." * 100_000 + "a = 1", "line 2", "depth-limit"),
        ("# " + "x" * 1_000_001, "", "size-limit"),
    ],
)
def test_text_that_is_no_toml_is_refused_with_its_place(folder, text, where, rule):
    (folder / "atlas.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_manifest(folder)
    (problem,) = error.value.problems
    assert (problem.input, problem.where, problem.rule) == ("atlas.toml", where, rule)


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_manifest(tmp_path)


# --- vocabulary and maps --------------------------------------------------------------------------------------


def test_a_vocabulary_is_read(folder):
    assert read_vocabulary(folder / "data" / "vocabulary.toml").kinds["camp"].symbol == "tent"


@pytest.mark.parametrize(
    ("old", "new", "where", "expected"),
    [
        ("tent", "star", "key kinds.camp.symbol", "'tent'"),
        ("#3f658a", "red", "key kinds.camp.colour", "six hexadecimal digits"),
        ("#3f658a", "#3F658A", "key kinds.camp.colour", "six hexadecimal digits"),
        ("[kinds.camp]", "[kinds.Camp]", "key kinds.Camp", "small letters"),
        ("[kinds.camp]", '[kinds."<b>"]', "key kinds.<b>", "small letters"),
        ("[kinds.camp]", "[kind.camp]", "key kind", "kinds"),
    ],
)
def test_a_vocabulary_at_fault_is_refused_key_by_key(folder, old, new, where, expected):
    path = folder / "data" / "vocabulary.toml"
    path.write_text(VOCABULARY.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_vocabulary(path, "data/vocabulary.toml")
    found = {problem.where: problem for problem in error.value.problems}
    assert expected in found[where].expected
    assert found[where].input == "data/vocabulary.toml"


def test_maps_are_read_by_file_name_in_order(folder):
    (folder / "maps" / "a-few.toml").write_text(MAP, encoding="utf-8")
    (folder / "maps" / "all.html").write_text("", encoding="utf-8")
    specs = read_map_specs(folder / "maps")
    assert list(specs) == ["a-few", "all"]
    assert specs["all"].bounds == (102.0, 10.0, 108.0, 15.0)


def test_no_folder_of_maps_is_no_maps(folder):
    assert read_map_specs(folder / "none") == {}


def test_every_map_at_fault_is_named_at_once(folder):
    maps = folder / "maps"
    (maps / "index.toml").write_text(MAP, encoding="utf-8")
    (maps / "A B.toml").write_text(MAP, encoding="utf-8")
    (maps / "box.toml").write_text(MAP.replace("102.0", "109.0"), encoding="utf-8")
    (maps / "key.toml").write_text(MAP + 'color_by = "kind"\n', encoding="utf-8")
    (maps / "toml.toml").write_text("=", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_map_specs(maps)
    assert sorted((problem.input, problem.where, problem.rule) for problem in error.value.problems) == [
        ("maps/A B.toml", "", "map-name"),
        ("maps/box.toml", "key bounds", "box"),
        ("maps/index.toml", "", "map-name"),
        ("maps/key.toml", "key color_by", "manifest"),
        ("maps/toml.toml", "line 1, column 1", "toml"),
    ]


# --- fingerprints ---------------------------------------------------------------------------------------------


def test_every_input_has_its_digest(folder):
    digest, digests = digest_atlas(folder)
    assert list(digests) == [
        "atlas.toml",
        "data/claims.csv",
        "data/places.geojson",
        "data/sources.json",
        "data/vocabulary.toml",
        "maps/all.toml",
    ]
    assert fingerprint(digests) == digest
    assert fingerprint(dict(reversed(digests.items()))) == digest


@pytest.mark.parametrize("name", ["atlas.toml", "data/claims.csv", "data/sources.json", "maps/all.toml"])
def test_a_change_of_any_input_changes_the_fingerprint(folder, name):
    before = digest_atlas(folder)[0]
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert digest_atlas(folder)[0] != before


def test_a_new_map_changes_the_fingerprint_and_a_page_does_not(folder):
    before = digest_atlas(folder)[0]
    (folder / "maps" / "all.html").write_text("<html>", encoding="utf-8")
    (folder / "maps" / "nowhere.gpkg").write_bytes(b"SQLite")
    assert digest_atlas(folder)[0] == before
    (folder / "maps" / "more.toml").write_text(MAP, encoding="utf-8")
    assert digest_atlas(folder)[0] != before


def test_the_fingerprint_does_not_depend_on_where_the_atlas_lies(folder, tmp_path_factory):
    twin = tmp_path_factory.mktemp("twin")
    for name in digest_atlas(folder)[1]:
        (twin / name).parent.mkdir(exist_ok=True)
        (twin / name).write_bytes((folder / name).read_bytes())
    assert digest_atlas(twin) == digest_atlas(folder)


def test_all_parts_of_a_shapefile_are_inputs(folder):
    (folder / "atlas.toml").write_text(MANIFEST.replace("places.geojson", "places.shp"), encoding="utf-8")
    for suffix in (".shp", ".dbf", ".prj"):
        (folder / "data" / f"places{suffix}").write_bytes(b"")
    assert {"data/places.shp", "data/places.dbf", "data/places.prj"} <= set(digest_atlas(folder)[1])


def test_every_missing_file_is_named_at_once(folder):
    (folder / "data" / "claims.csv").unlink()
    (folder / "data" / "sources.json").unlink()
    with pytest.raises(InputError) as error:
        digest_atlas(folder)
    assert [problem.input for problem in error.value.problems] == ["data/claims.csv", "data/sources.json"]


def test_a_map_that_is_a_link_out_of_the_atlas_is_refused(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "map.toml"
    outside.write_text(MAP, encoding="utf-8")
    (folder / "maps" / "linked.toml").symlink_to(outside)
    with pytest.raises(InputError) as error:
        digest_atlas(folder)
    assert [problem.input for problem in error.value.problems] == ["maps/linked.toml"]


def test_a_fingerprint_needs_no_heavy_library(folder):
    script = (
        "import sys\nfrom pathlib import Path\nfrom geo.readers import digest_atlas\n"
        "digest_atlas(Path(sys.argv[1]))\n"
        "heavy = ('pandas', 'geopandas', 'shapely', 'jsonschema', 'fiona', 'edtf')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    command = [sys.executable, "-c", script, str(folder)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"


# --- chapters and contact -----------------------------------------------------------------------------------------

CHAPTER = """
[[chapters]]
title = { en = "One" }
text = { en = "It is said.[1]" }
sources = ["book#p. 1"]
"""


def read_map(folder, text):
    (folder / "maps" / "all.toml").write_text(MAP + text, encoding="utf-8")
    return read_map_specs(folder / "maps", "maps")["all"]


def test_a_map_without_chapters_has_none(folder):
    assert read_map(folder, "").chapters == ()


def test_chapters_are_read_in_their_order_with_what_they_leave_out(folder):
    first, second = read_map(folder, CHAPTER + CHAPTER.replace("One", "Two")).chapters
    assert (first.title.en, second.title.en) == ("One", "Two")
    assert (first.records, first.bounds, first.where, first.during) == ((), None, "", "")
    assert first.sources == ("book#p. 1",)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('sources = ["book#p. 1"]', "sources = []", "key chapters.1.sources"),
        ('sources = ["book#p. 1"]\n', "", "key chapters.1.sources"),
        ("title", "titel", "key chapters.1.titel"),
        ("sources =", "bounds = [3.0, 1.0, 2.0, 2.0]\nsources =", "key chapters[1].bounds"),
    ],
)
def test_a_chapter_that_breaks_the_contract_is_refused_at_its_place(folder, old, new, where):
    with pytest.raises(InputError) as error:
        read_map(folder, CHAPTER.replace(old, new))
    assert where in [problem.where for problem in error.value.problems]


@pytest.mark.parametrize("contact", ["not an address", "a@b", "a@b.org?cc=c@d.org", "javascript:x@y.org"])
def test_a_contact_that_is_no_plain_address_is_refused(folder, contact):
    faults = refuse(folder, 'licence = "CC0"', f'licence = "CC0"\ncontact = "{contact}"')
    assert [(where, rule) for where, rule, _, _ in faults] == [("key atlas.contact", "manifest")]


def test_a_contact_is_read_and_may_be_missing(folder):
    assert read_manifest(folder).atlas.contact is None
    text = MANIFEST.replace('licence = "CC0"', 'licence = "CC0"\ncontact = "atlas@example.org"')
    (folder / "atlas.toml").write_text(text, encoding="utf-8")
    assert read_manifest(folder).atlas.contact == "atlas@example.org"
