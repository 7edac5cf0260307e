"""The record of a build, and what `memorial check --built` makes of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from click.testing import CliRunner

from geo.commands import main
from geo.provenance import parse_record, render_record
from tests.small_atlas import SmallAtlas

CATALOGUE = "maps/small-atlas.gpkg"
PAGES = ["maps/index.html", "maps/figures.html", "maps/overview.html", "maps/prisons.html"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The folder of what a build of the small atlas writes."""
    folder = tmp_path_factory.mktemp("once") / "atlas"
    folder.mkdir()
    done = CliRunner().invoke(main, ["-C", str(SmallAtlas(folder).folder), "build"])
    assert done.exit_code == 0, done.output
    return folder / "maps"


@pytest.fixture
def built(atlas, pages):
    """A small atlas of this test's own that was built."""
    shutil.copytree(pages, atlas.folder / "maps", dirs_exist_ok=True)
    return atlas


def states(memorial, *arguments):
    """Return path -> (state, reasons), and the exit code."""
    asked = memorial("check", "--built", *arguments, "--format", "json")
    return {row["path"]: (row["state"], row["reasons"]) for row in json.loads(asked.stdout)}, asked.exit_code


@pytest.mark.usefixtures("built")
def test_after_a_build_everything_is_up_to_date(memorial):
    found, code = states(memorial, "--strict")
    assert code == 0
    assert list(found) == [CATALOGUE, *PAGES]
    assert {state for state, _ in found.values()} == {"up to date"}
    told = memorial("check", "--built")
    assert told.stdout.splitlines()[0] == f"up to date: {CATALOGUE}"
    assert told.stderr.strip() == "5 up to date"


def test_a_changed_input_makes_everything_stale_and_is_named(built, memorial):
    built.replace("data/sites.geojson", "Place B is invented.", "Place B is changed.")
    (built.folder / "maps/prisons.toml").unlink()
    found, code = states(memorial)
    assert code == 0
    assert found[CATALOGUE] == ("stale", ["data/sites.geojson has changed", "maps/prisons.toml is gone"])
    assert found["maps/overview.html"] == found[CATALOGUE]
    assert states(memorial, "--strict")[1] == 2
    assert memorial("query").exit_code == 0  # it compiles the catalogue, and draws no page
    found, _ = states(memorial)
    assert found[CATALOGUE][0] == "up to date"
    assert found["maps/overview.html"][0] == "stale"
    assert memorial("build", "--map", "overview").exit_code == 0
    found, _ = states(memorial)
    assert found["maps/overview.html"][0] == "up to date"
    assert found["maps/index.html"] == ("stale", ["data/sites.geojson has changed", "maps/prisons.toml is gone"])


def test_an_altered_page_is_refused_and_a_build_mends_it(built, memorial):
    with (built.folder / "maps/overview.html").open("a", encoding="utf-8") as page:
        page.write("<!-- something else -->")
    found, code = states(memorial)
    assert code == 2
    assert found["maps/overview.html"][0] == "altered"
    assert memorial("build").exit_code == 0
    assert states(memorial, "--strict")[1] == 0


def test_an_altered_catalogue_never_gets_into_a_page(built, memorial):
    before = (built.folder / "maps/overview.html").read_bytes()
    with closing(sqlite3.connect(built.folder / CATALOGUE)) as db:
        db.execute("UPDATE claims SET low = '1'")
        db.commit()
    found, code = states(memorial)
    assert (code, found[CATALOGUE][0]) == (2, "altered")
    done = memorial("build")
    assert f"compiled {CATALOGUE}, because no record vouches for what stood there" in done.stderr
    assert (built.folder / "maps/overview.html").read_bytes() == before
    assert states(memorial, "--strict")[1] == 0


def test_what_is_gone_was_never_made_or_has_no_record_is_told_apart(built, memorial):
    (built.folder / "maps/overview.html").unlink()
    text = (built.folder / "maps/prisons.toml").read_text(encoding="utf-8")
    built.write("maps/second.toml", text)
    built.write("maps/third.toml", text)
    built.write("maps/third.html", "<html>from elsewhere</html>")
    found, code = states(memorial)
    assert code == 0
    assert found["maps/overview.html"] == ("missing", ["it was written, and is gone"])
    assert found["maps/second.html"] == ("missing", ["never written"])
    assert found["maps/third.html"][0] == "unrecorded"
    (built.folder / "maps/provenance.json").unlink()
    assert {state for state, _ in states(memorial)[0].values()} == {"unrecorded", "missing"}


@pytest.mark.usefixtures("built")
def test_pages_in_another_folder_are_checked_where_they_are(memorial, tmp_path):
    stick = tmp_path / "stick"
    assert memorial("build", "--out", str(stick), "--map", "overview").exit_code == 0
    found, code = states(memorial, str(stick), "--strict")
    assert (code, [state for state, _ in found.values()]) == (0, ["up to date"])
    assert str(tmp_path) not in (stick / "provenance.json").read_text(encoding="utf-8")
    refused = memorial("check", "--built", str(tmp_path / "none"))
    assert (refused.exit_code, "a folder that pages were written to" in refused.stderr) == (2, True)


def test_the_record_names_inputs_work_and_program_and_no_machine(built, memorial, monkeypatch):
    text = (built.folder / "maps/provenance.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert set(record) == {"prefix", "entity", "activity", "agent", "used", "wasGeneratedBy", "wasAssociatedWith"}
    kinds = [each["prov:type"] for each in record["entity"].values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "memorial:input": len(json.loads(text)["used"]) - 1,
        "memorial:catalogue": 1,
        "memorial:page": 4,
    }
    for row in (*record["used"].values(), *record["wasGeneratedBy"].values()):
        assert row["prov:entity"] in record["entity"]
        assert row["prov:activity"] in record["activity"]
    assert all(re.fullmatch("[0-9a-f]{64}", each["memorial:sha256"]) for each in record["entity"].values())
    for secret in (str(built.folder), os.uname().nodename, "prov:endTime"):
        assert secret not in text
    assert render_record(parse_record(text.encode())).decode() == text
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769817600")
    assert memorial("build").exit_code == 0
    record = json.loads((built.folder / "maps/provenance.json").read_text(encoding="utf-8"))
    drawn = next(each for name, each in record["activity"].items() if name.startswith("atlas:draw"))
    assert drawn["prov:endTime"] == "2026-01-31T00:00:00Z"


@pytest.mark.parametrize("epoch", ["yesterday", "-1", "9" * 30])
def test_a_date_that_is_none_is_refused(atlas, memorial, monkeypatch, files_of, epoch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    before = files_of(atlas.folder)
    refused = memorial("build")
    assert (refused.exit_code, "a number of seconds since 1970" in refused.stderr) == (2, True)
    assert files_of(atlas.folder) == before


def test_a_foreign_file_at_the_place_of_the_record_stays(atlas, memorial):
    for text, code in (('{"mine": true}', 2), ("", 0), ('{"prefix": {"atlas": "urn:memorial-atlas:', 0)):
        path = atlas.write("maps/provenance.json", text)
        done = memorial("build", "--map", "prisons")
        assert done.exit_code == code, done.stderr
        assert (path.read_text(encoding="utf-8") == text) == (code == 2)


WRITE = """
from click.testing import CliRunner
from geo.commands import main
for line in ("build", "export out.gpkg", "export out.zip --format geojson"):
    done = CliRunner().invoke(main, line.split())
    assert done.exit_code == 0, done.output
"""


def test_any_machine_writes_the_same_bytes(small_atlas, files_of):
    settings = (
        {"TZ": "Asia/Phnom_Penh", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Lima", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77", "PYTHONUTF8": "1"},
    )
    found = []
    for number, setting in enumerate(settings):
        folder = small_atlas(f"machine-{number}").folder
        done = subprocess.run(
            [sys.executable, "-c", WRITE], cwd=folder, check=False, capture_output=True,
            env=os.environ | setting, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found.append(files_of(folder))
    assert {name for name in found[0] if found[0][name] != found[1][name]} == set()
    assert set(found[0]) == set(found[1])
