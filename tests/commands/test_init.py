"""``memorial init``: an atlas that builds at once, empty or from a table; and the guide, run as it stands."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import geopandas
import pytest
from click.testing import CliRunner
from shapely.geometry import Point

from geo.atlas import check_folder
from geo.commands import main
from geo.readers.toml import read_toml
from geo.spec import SCHEMAS


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def memorial(home):
    """Return a function that runs the program in `home`, in this process."""
    assert home.is_dir()
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, arguments)


def thirty_places():
    kinds = ("Camp", "Charnier", "Stèle")
    rows = [
        (f"Lieu {n}", kinds[n % 3], f"{45.5 + n / 100:.4f}", f"{16 + n / 90:.4f}", f"{1941 + n % 4}") for n in range(30)
    ]
    return [("Nom", "Type de lieu", "Latitude", "Longitude", "Année"), *rows]


def write_csv(path, rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def test_an_empty_atlas_passes_its_check_and_builds(home, memorial):
    made = memorial("init", "new")
    assert made.exit_code == 0, made.output
    assert check_folder(home / "new")[0] == []
    assert "# " in (home / "new/atlas.toml").read_text(encoding="utf-8")
    for table in ("claims", "names", "relations", "events"):
        header = (home / f"new/data/tables/{table}.csv").read_text(encoding="utf-8")
        assert header == ",".join(SCHEMAS[table].names) + "\n"
    readme = (home / "new/README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in SCHEMAS["sites"].names)
    assert memorial("-C", "new", "build").exit_code == 0
    assert (home / "new/maps/overview.html").is_file()


def test_thirty_places_of_somewhere_else_become_an_atlas(home, memorial):
    write_csv(home / "lieux.csv", thirty_places(), ";")
    made = memorial("init", "lieux", "--from", "lieux.csv")
    assert made.exit_code == 0, made.output
    assert "30 rows in = 30 taken + 0 set aside" in made.stdout
    assert "name = “Nom” (sure: its header says so)" in made.stdout
    checked = memorial("-C", "lieux", "check")
    assert checked.stderr.splitlines() == ["no problem"], "no word on joins to provinces that this atlas does not have"
    assert check_folder(home / "lieux")[0] == []
    plan = read_toml(home / "lieux/import.toml", "import.toml")["imports"][0]
    assert plan["columns"] == {
        "name": "Nom", "kind": "Type de lieu", "lat": "Latitude", "lon": "Longitude", "dates": "Année",
    }  # fmt: skip
    assert plan["values"]["kind"] == {"Camp": "camp", "Charnier": "charnier", "Stèle": "stele"}
    kinds = read_toml(home / "lieux/data/vocabulary.toml", "vocabulary.toml")["kinds"]
    assert kinds["stele"]["label"] == {"en": "Stèle", "fr": "Stèle"}
    manifest = read_toml(home / "lieux/atlas.toml", "atlas.toml")
    assert manifest["atlas"]["languages"] == ["fr", "en"]
    assert manifest["layers"]["sites"]["title"] == {"en": "Places", "fr": "Lieux"}
    west, south, east, north = read_toml(home / "lieux/atlas.toml", "atlas.toml")["atlas"]["area"]
    assert 15 < west < 16
    assert 16.4 < east < 17
    assert 45 < south < 45.5
    assert 45.8 < north < 46.2
    assert memorial("-C", "lieux", "build").exit_code == 0
    assert "Lieu 29" in (home / "lieux/maps/overview.html").read_text(encoding="utf-8")
    everything = b"".join(path.read_bytes() for path in (home / "lieux").rglob("*.toml"))
    assert b"ambodia" not in everything


def test_a_list_in_khmer_becomes_an_atlas_in_khmer(home, memorial):
    rows = [
        ("ឈ្មោះទីកន្លែង", "ប្រភេទ", "និយាមកា", "កាលបរិច្ឆេទ"),
        ("គុកស្អាង", "គុក", "១១.៣២១២, ១០៥.០១២៣", "១៩៧៦"),
        ("រណ្តៅសាកសពវត្តព្រះអង្គ", "រណ្តៅសាកសព", "១០°៥៧'៣០\"N ១០៤°៣៥'៤២\"E", "ចុងឆ្នាំ១៩៧៧"),
        ("Prison S-99", "គុក", "", ""),
    ]
    write_csv(home / "list.csv", rows)
    made = memorial("init", "km", "--from", "list.csv")
    assert made.exit_code == 0, made.output
    assert read_toml(home / "km/atlas.toml", "atlas.toml")["atlas"]["languages"] == ["km", "en"]
    kinds = read_toml(home / "km/data/vocabulary.toml", "vocabulary.toml")["kinds"]
    assert [kind["label"] for kind in kinds.values()] == [{"en": text, "km": text} for text in ("គុក", "រណ្តៅសាកសព")]
    with (home / "km/data/tables/names.csv").open(encoding="utf-8", newline="") as file:
        names = [(row["text"], row["language"], row["script"], row["kind"]) for row in csv.DictReader(file)]
    assert names == [(name, "km", "Khmr", "main") for name in ("គុកស្អាង", "រណ្តៅសាកសពវត្តព្រះអង្គ")]
    assert memorial("-C", "km", "check").stderr.splitlines()[-1] == "no problem"
    assert "1 of 3 places have no name in Khmer script" in memorial("-C", "km", "stats").stdout
    assert memorial("-C", "km", "build").exit_code == 0


def test_a_place_far_away_does_not_widen_the_area_and_is_proposed(home, memorial):
    rows = thirty_places()
    rows[5] = (rows[5][0], rows[5][1], rows[5][3], rows[5][2], rows[5][4])
    write_csv(home / "lieux.csv", rows)
    made = memorial("init", "lieux", "--from", "lieux.csv")
    assert "row 6 (lieu-4), Latitude, Longitude" in made.stdout
    assert "(latitude and longitude exchanged)" in made.stdout
    assert "6,Latitude," in (home / "lieux/fixes.csv").read_text(encoding="utf-8")


def test_a_table_without_kinds_or_positions_is_listed(home, memorial):
    write_csv(home / "names.csv", [("Place", "Remarks"), ("A", "x"), ("B", "y")])
    made = memorial("init", "names", "--from", "names.csv")
    assert made.exit_code == 0, made.output
    assert "2 no point" in made.stdout
    assert "columns not used: Remarks" in made.stdout
    assert check_folder(home / "names")[0] == []
    assert memorial("-C", "names", "build").exit_code == 0


def test_a_vector_file_in_another_system_becomes_an_atlas(home, memorial):
    points = [Point(500_000 + 1000 * number, 5_060_000) for number in range(5)]
    frame = geopandas.GeoDataFrame({"name": [f"Place {n}" for n in range(5)]}, geometry=points, crs="EPSG:32633")
    frame.to_file(home / "places.gpkg", driver="GPKG")
    made = memorial("init", "places", "--from", "places.gpkg")
    assert made.exit_code == 0, made.output
    assert "5 published point" in made.stdout
    assert check_folder(home / "places")[0] == []


def test_what_is_there_already_is_never_replaced(home, memorial, files_of):
    (home / "new").mkdir()
    (home / "new/README.md").write_text("mine", encoding="utf-8")
    made = memorial("init", "new")
    assert made.exit_code == 2
    assert "README.md" in made.stderr
    assert list(files_of(home)) == [Path("new/README.md")]


def test_a_file_that_cannot_be_read_leaves_no_folder(home, memorial):
    (home / "broken.xlsx").write_bytes(b"nothing")
    assert memorial("init", "new", "--from", "broken.xlsx").exit_code == 2
    assert not (home / "new").exists()


def test_how_a_file_is_read_asks_for_a_file(home, memorial):
    refused = memorial("init", "new", "--sheet", "Places", "--delimiter", ";")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--sheet: saw Places; expected --from FILE beside it. Next: name the file with --from" in refused.stderr
    assert "--delimiter" in refused.stderr
    assert not (home / "new").exists()


def unread(name):
    """Return a name as Python gives it where the locale does not read its bytes."""
    return name.encode().decode("ascii", "surrogateescape")


def test_a_folder_and_a_table_in_khmer_become_an_atlas_in_any_locale(home, memorial):
    (home / "តារាង.csv").write_text("name,lat,lon\nវត្ត ក,11.5,104.9\n", encoding="utf-8")
    made = memorial("init", unread("ខ្មែរ ក"), "--from", unread("តារាង.csv"))
    assert made.exit_code == 0, made.output
    assert "ខ្មែរ ក/atlas.toml\n" in made.stdout
    assert "next: memorial -C 'ខ្មែរ ក' build --open" in made.stderr
    assert read_toml(home / "ខ្មែរ ក/atlas.toml", "atlas.toml")["atlas"]["title"]["en"] == "ខ្មែរ ក"
    again = memorial("-C", "ខ្មែរ ក", "import", unread("តារាង.csv"), "--as", "sites", "--report", unread("រ.html"))
    assert (again.exit_code, "replaced: 1" in again.stderr) == (0, True)
    built = memorial("-C", unread("ខ្មែរ ក"), "build")
    assert built.exit_code in {0, 2}, "a library may not take the name"
    assert built.exit_code == 0 or "set LC_ALL=C.UTF-8" in built.stderr


def test_a_folder_whose_name_is_no_text_and_one_above_give_a_title(home, memorial):
    for folder, title in (("caf\udce9", "Caf"), ("inside/..", home.name)):
        (home / "inside").mkdir(exist_ok=True)
        assert memorial("init", folder).exit_code == 0
        atlas = read_toml(home / folder / "atlas.toml", "atlas.toml")["atlas"]
        assert atlas["title"]["en"].replace(" ", "").casefold() == re.sub("[-_ ]", "", title).casefold()
        assert check_folder(home / folder)[0] == []
