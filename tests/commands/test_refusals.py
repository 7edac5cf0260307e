"""What the commands refuse: with which code, naming what, and leaving everything as it was."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest


def test_every_breach_is_listed_with_all_that_mends_it(memorial, atlas, files_of):
    with atlas.feature("sites", "place-a") as feature:
        feature["properties"] |= {"kind": "prisonn", "province": "P9"}
    with atlas.rows("claims") as claims:
        claims[0]["source"] = "no-such-book"
    before = files_of(atlas.folder)
    checked = memorial("check")
    assert checked.exit_code == 2
    lines = checked.stdout.splitlines()
    assert all(line.startswith("error: data/") for line in lines)
    assert any(
        "data/sites.geojson: feature 1 (place-a): kind: saw prisonn; expected" in line and "prison" in line
        for line in lines
    )
    assert any("data/tables/claims.csv: line 2" in line and "no-such-book" in line for line in lines)
    assert checked.stderr.splitlines()[-1] == f"{len(lines)} breaches"
    objects = json.loads(memorial("check", "--format", "json").stdout)
    assert len(objects) == len(lines)
    assert objects[0].keys() == {"input", "where", "field", "seen", "expected", "next_step", "rule", "severity"}
    for command in (["build"], ["query"], ["show", "place-a"]):
        refused = memorial(*command)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert refused.stderr.startswith(f"memorial: {len(lines)} breaches of the data contract; nothing was written\n")
        assert "no-such-book" in refused.stderr
    assert files_of(atlas.folder) == before


def test_a_warning_passes_unless_strict(memorial, atlas):
    with atlas.feature("provinces", "P1") as feature:
        feature["geometry"]["coordinates"][0].reverse()
    checked = memorial("check")
    assert checked.exit_code == 0
    assert checked.stdout.startswith("warning: data/provinces.geojson: feature 1")
    assert checked.stderr.splitlines()[-1] == "1 warning"
    assert memorial("check", "--strict").exit_code == 2
    built = memorial("build", "--map", "index")
    assert built.exit_code == 0
    assert built.stderr.startswith("warning: data/provinces.geojson: feature 1")


def test_a_manifest_at_fault_is_checked_too(memorial, atlas):
    atlas.replace("atlas.toml", 'draw = "water"', 'draw = "lava"')
    checked = memorial("check", "--format", "json")
    assert checked.exit_code == 2
    assert [problem["input"] for problem in json.loads(checked.stdout)] == ["atlas.toml"]
    assert "was not checked" in checked.stderr
    refused = memorial("query")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "layers.lake.draw: saw lava; expected" in refused.stderr.replace("key ", "").replace(": draw", ".draw")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (
            ["query", "placez"],
            "expected one of sites, routes, provinces, squares_1905, claims, events, history, zones, sources",
        ),
        (["query", "--kind", "prisonn"], "did you mean prison?"),
        (["query", "--province", "Squar One"], "did you mean Square One"),
        (["query", "--text", "-"], "name a word to look for"),
        (["query", "claims", "--format", "geojson"], "these records have no geometry"),
        (["query", "--format", "xml"], "'xml' is not one of"),
        (["query", "--bogus"], "No such option '--bogus'"),
        (["query", "-C", "."], "-C stands before the command"),
        (["show"], "Missing argument 'ID'"),
        (["show", "plase-b"], "did you mean place-b"),
        (["show", "p01"], "did you mean P1"),
        (["show", "c4"], "did you mean c0004"),
        (["show", "\udcff"], "no record"),
        (["query", "--limit", str(2**63)], "not in the range"),
        (["show", "Ti Konleng"], "did you mean place-a"),
        (["build", "--map", "prison"], "did you mean prisons?"),
        (["build", "--lang", "en,de"], "expected one of en, km, fr"),
        (["bild"], "Did you mean 'build'?"),
        (["-C", "nowhere", "query"], "saw no such folder"),
        (
            ["-C", "data/sources.json", "query"],
            "saw a file; expected a folder with an atlas.toml, here or above. Next: name",
        ),
        (["join", "none.csv", "--to", "sites", "--by", "name"], "expected a file. Next: add it, or correct its name ["),
    ],
)
def test_a_wrong_request_is_refused_with_a_way_on(ask, still, arguments, hint):
    refused = ask(*arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert hint in refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(still.rglob("*.html")) == []


_EMPTY = (
    *(["query", f"--{name}", ""] for name in ("where", "kind", "province", "text", "near", "radius", "bbox", "within")),
    *(["query", f"--{name}", value] for name in ("during", "sort", "fields") for value in ("", " ")),
    *(["query", f"--{name}", " "] for name in ("where", "near", "bbox")),
    *(["query", "--sort", ","], ["query", ""], ["show", ""], ["-C", "", "query"]),
    *(["export", "a.gpkg", f"--{name}", ""] for name in ("mask", "crs", "text")),
    *(["build", f"--{name}", ""] for name in ("map", "mask", "lang")),
    *(["build", "--lang", ","], ["import", "list.csv", "--as", "sites", "--crs", ""], ["export", "a.gpkg", ""]),
)


@pytest.mark.parametrize("arguments", _EMPTY, ids=" ".join)
def test_what_is_given_and_empty_is_refused_not_left_out(ask, still, arguments):
    refused = ask(*arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert re.search(
        r"(nothing|,); expected .*\. Next: (see that the variable|say what is meant|such as)", refused.stderr
    )
    assert not (still / "a.gpkg").exists()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["import", "loop.csv", "--as", "sites", "--out", "a.geojson"], "loop.csv: saw Too many levels of symbolic"),
        (["join", "loop.csv", "--to", "sites", "--by", "name", "--out", "a.csv"], "loop.csv: saw Too many levels"),
        (["export", "loop.csv", "sites"], "loop.csv: saw Too many levels"),
        (["import", ".", "--as", "sites"], ".: saw a folder"),
        (["join", ".", "--to", "sites", "--by", "name"], ".: saw a folder"),
        (["build", "--out", ""], "Invalid value for '--out': it is empty, and names no file or folder."),
        (["export", "a.gpkg", "--crs", f"EPSG:{'9' * 5_000}"], "expected the code of a reference system"),
        (["diff", "empty.gpkg", "."], "Next: name the folder of an atlas, or another file"),
        (["join", "list.csv", "--to", "sites", "--by", "name", "--fixes", "rows.csv"], "the number of a row of"),
        (["join", "empty.gpkg", "--to", "sites", "--by", "name"], "saw an empty file; expected GPKG data"),
        pytest.param(
            ["import", "/proc/self/mem", "--as", "sites"], "mem: saw Input/output error; expected a file that can be",
            marks=pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="Linux alone has such a file"),
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_by_its_name(memorial, atlas, arguments, hint):
    (atlas.folder / "loop.csv").symlink_to("loop.csv")
    (atlas.folder / "empty.gpkg").touch()
    atlas.write("list.csv", "name\nPlace A\n")
    atlas.write("rows.csv", f"row,column,seen,corrected,by,why\n{'9' * 5_000},,,leave out,,\n")
    refused = memorial(*arguments)
    assert refused.exit_code == 2, refused.stderr
    assert hint in refused.stderr


def test_outside_any_atlas_it_says_where_to_go(tmp_path, run):
    refused = run(tmp_path, "query")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "name one with -C" in refused.stderr


def test_in_a_folder_that_was_removed_it_says_so(memorial, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    refused = memorial("query")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "the current folder: saw a folder that was removed" in refused.stderr


def test_the_atlas_is_chosen_with_c_or_found_above(atlas, tmp_path, run):
    assert run(tmp_path, "-C", str(atlas.folder / "data"), "query").stdout.startswith("id ")
    assert run(atlas.folder / "data/tables", "query").stdout.startswith("id ")


def test_a_catalogue_that_is_not_ours_is_refused(memorial, atlas):
    atlas.write("maps/small-atlas.gpkg", "precious")
    refused = memorial("query")
    assert refused.exit_code == 2
    assert "would be overwritten" in refused.stderr
    assert (atlas.folder / "maps/small-atlas.gpkg").read_text(encoding="utf-8") == "precious"
