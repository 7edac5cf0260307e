"""The pipeline: when it compiles, when it rests, what it refuses, and what it gives to Python."""

from __future__ import annotations

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import folium
import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

import geo
from geo.atlas import build_maps, check_folder, compile_atlas, open_atlas
from geo.catalogue import open_catalogue
from geo.catalogue.freshness import find_untouched
from geo.errors import ContractError, InputError, OutputError, RequestError

CATALOGUE = "maps/small-atlas.gpkg"


@pytest.fixture
def atlas(small_atlas):
    return small_atlas()


@pytest.fixture
def compiled(atlas):
    """An atlas that was compiled and has rested since: the dates of its files settle the matter."""
    assert compile_atlas(atlas.folder).rebuilt
    rest(atlas)
    return atlas


def rest(atlas):
    """Date the catalogue after the last change of every input, as if two seconds had passed since."""
    time.sleep(0.02)  # a tick of the clock of the disk
    os.utime(atlas.folder / CATALOGUE)
    time.sleep(0.02)


def files_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- when it compiles ----------------------------------------------------------------------------------------------


def test_the_first_run_compiles_and_the_second_rests(compiled):
    before = (compiled.folder / CATALOGUE).stat()
    again = compile_atlas(compiled.folder)
    assert not again.rebuilt
    assert again.path == compiled.folder / CATALOGUE
    after = (compiled.folder / CATALOGUE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_at_rest_no_data_file_is_opened(compiled, monkeypatch):
    def refuse(*_):
        raise AssertionError("an input was read")

    monkeypatch.setattr("geo.readers.manifests.digest_files", refuse)
    assert not compile_atlas(compiled.folder).rebuilt


def test_it_is_found_from_a_folder_inside_it(compiled):
    assert compile_atlas(compiled.folder / "data/tables").path == compiled.folder / CATALOGUE


def test_a_changed_value_compiles_anew(compiled):
    compiled.replace("data/sites.geojson", "Place B is invented.", "Place B is changed.")
    assert compile_atlas(compiled.folder).rebuilt
    with open_catalogue(compiled.folder / CATALOGUE) as catalogue:
        assert catalogue.rows("SELECT summary FROM sites WHERE id = 'place-b'")[0][0] == "Place B is changed."


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of change; there the content is always read")
def test_a_change_that_hides_behind_an_old_date_is_seen(compiled):
    compiled.replace("data/sites.geojson", "Place B is invented.", "Place B is changed.")
    os.utime(compiled.folder / "data/sites.geojson", (0, 0))  # as a file manager copies: new content, old date
    assert compile_atlas(compiled.folder).rebuilt


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of change; there the content is always read")
@pytest.mark.parametrize("way", ["data", "data/tables", "link to a file", "link to a folder"])
def test_an_older_file_that_takes_the_place_of_another_is_seen(atlas, way):
    """A folder that is moved, or a link that leads elsewhere, leaves every date of the files as it was."""
    data = atlas.folder / "data"
    shutil.copytree(data, atlas.folder / "other")
    for name, old, new in (
        ("sites.geojson", "Place B is invented.", "Place B is changed."),
        ("tables/events.csv", "Three days", "Four days"),
    ):
        atlas.replace(f"other/{name}", old, new)
    if way.startswith("link"):
        data.rename(atlas.folder / "first")
        data.symlink_to("first")
        if way == "link to a file":
            (atlas.folder / "first/sites.geojson").rename(atlas.folder / "first/sites.1")
            shutil.copy(atlas.folder / "other/sites.geojson", atlas.folder / "first/sites.2")
            (data / "sites.geojson").symlink_to("sites.1")
    assert compile_atlas(atlas.folder).rebuilt
    rest(atlas)
    assert find_untouched(atlas.folder, time.time_ns())
    if way.startswith("data"):
        (atlas.folder / way).rename(atlas.folder / "first")
        (atlas.folder / way.replace("data", "other")).rename(atlas.folder / way)
    elif way == "link to a file":
        (data / "sites.geojson").unlink()
        (data / "sites.geojson").symlink_to("sites.2")
    else:
        data.unlink()
        data.symlink_to("other")
    assert compile_atlas(atlas.folder).rebuilt


def test_a_file_that_was_only_touched_is_read_and_nothing_compiled(compiled):
    before = (compiled.folder / CATALOGUE).stat().st_ino
    for path in (compiled.folder / "data").glob("*.geojson"):
        path.touch()
    assert not compile_atlas(compiled.folder).rebuilt
    assert (compiled.folder / CATALOGUE).stat().st_ino == before


@pytest.mark.parametrize("change", ["new", "removed"])
def test_a_map_that_comes_or_goes_compiles_anew(compiled, change):
    if change == "new":
        text = (compiled.folder / "maps/overview.toml").read_text(encoding="utf-8")
        compiled.write("maps/second.toml", text)
        os.utime(compiled.folder / "maps/second.toml", (0, 0))
    else:
        (compiled.folder / "maps/prisons.toml").unlink()
    rest(compiled)
    assert compile_atlas(compiled.folder).rebuilt
    assert ("second" in open_atlas(compiled.folder).maps) == (change == "new")


def test_a_catalogue_of_another_format_is_compiled_anew(compiled, monkeypatch):
    monkeypatch.setattr("geo.catalogue.opening.FORMAT", -1)
    monkeypatch.setattr("geo.catalogue.writing.FORMAT", -1)
    assert compile_atlas(compiled.folder).rebuilt


def test_force_compiles_what_has_not_changed(compiled):
    assert compile_atlas(compiled.folder, force=True).rebuilt


def test_a_catalogue_from_the_future_is_not_trusted(compiled):
    moment = time.time() + 3600
    os.utime(compiled.folder / CATALOGUE, (moment, moment))
    compiled.replace("data/sites.geojson", "Place B is invented.", "Place B is changed.")
    assert compile_atlas(compiled.folder).rebuilt


def test_a_catalogue_that_cannot_be_dated_is_still_used(compiled, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError

    (compiled.folder / "data/lake.geojson").touch()
    monkeypatch.setattr("geo.catalogue.freshness.os.utime", refuse)
    assert not compile_atlas(compiled.folder).rebuilt


def test_a_manifest_that_names_no_catalogue_has_one_too(atlas):
    atlas.replace("atlas.toml", '[files]\ncatalogue = "maps/small-atlas.gpkg"\n', "")
    assert compile_atlas(atlas.folder).rebuilt
    assert not compile_atlas(atlas.folder).rebuilt
    assert (atlas.folder / "maps/catalogue.gpkg").is_file()


def test_the_steps_are_told_in_order(atlas):
    steps = []
    compile_atlas(atlas.folder, step=steps.append)
    told = [name for name, _ in groupby(step.split()[0] for step in steps)]  # long ones say how far they are
    assert told == ["reading", "checking", "citing", "compiling", "joining"]


def test_warnings_and_reports_come_with_the_catalogue(atlas):
    compiled = compile_atlas(atlas.folder)
    assert compiled.problems == ()
    assert all(report.adds_up for report in compiled.reports)
    assert open_atlas(atlas.folder).joins == compiled.reports


# --- what it refuses -----------------------------------------------------------------------------------------------


def test_a_breach_refuses_the_atlas_and_changes_nothing(compiled):
    with compiled.rows("claims") as claims:
        claims[0]["source"] = "no-such-book"
        claims[1]["low"] = "9"
        claims[1]["high"] = "1"
    before = files_of(compiled.folder)
    with pytest.raises(ContractError) as refusal:
        compile_atlas(compiled.folder)
    assert refusal.value.message == "2 breaches of the data contract; nothing was written"
    assert [problem.rule for problem in refusal.value.problems] == ["source-exists", "low-le-high"]
    assert files_of(compiled.folder) == before
    assert check_folder(compiled.folder)[0] == list(refusal.value.problems)


def test_a_source_that_cannot_be_cited_is_a_problem_of_the_check_too(atlas, monkeypatch):
    problem = geo.Problem("sources", "item x", "", "a", "b")

    def refuse(_):
        raise ContractError("not every source can be cited", [problem])

    monkeypatch.setattr("geo.ledger.cite_sources", refuse)
    assert check_folder(atlas.folder)[0] == [problem]
    with pytest.raises(ContractError):
        compile_atlas(atlas.folder)


def test_there_must_be_an_atlas(tmp_path):
    with pytest.raises(InputError):
        compile_atlas(tmp_path)


def test_a_catalogue_that_is_not_ours_is_left_alone(atlas):
    (atlas.folder / CATALOGUE).write_text("precious", encoding="utf-8")
    with pytest.raises(OutputError):
        compile_atlas(atlas.folder)
    assert (atlas.folder / CATALOGUE).read_text(encoding="utf-8") == "precious"


def test_the_folder_of_the_catalogue_is_made(atlas):
    atlas.replace("atlas.toml", 'catalogue = "maps/small-atlas.gpkg"', 'catalogue = "made/here/small.gpkg"')
    assert compile_atlas(atlas.folder).path.is_file()


# --- from Python ---------------------------------------------------------------------------------------------------


def test_layers_and_tables_are_data_frames(compiled):
    atlas = geo.open_atlas(compiled.folder)
    assert isinstance(atlas.sites, gpd.GeoDataFrame)
    assert len(atlas.sites) == 5
    assert atlas.sites.geometry.isna().sum() == 1
    assert atlas.sites is atlas.sites
    assert atlas.routes["segments"].iloc[0][1]["certainty"] == "assumed"
    assert set(atlas.provinces["code"]) == {"P1", "P2", "P3"}
    assert atlas.provinces.crs == "EPSG:4326"
    for table, records in (("claims", 7), ("names", 6), ("relations", 2), ("events", 2), ("sources", 2)):
        frame = getattr(atlas, table)
        assert isinstance(frame, pd.DataFrame)
        assert len(frame) == records, table
    joined = atlas.claims.merge(atlas.sites, left_on="subject", right_on="id", validate="many_to_one")
    assert len(joined) == 3


def test_a_path_may_be_a_string_and_the_default_is_here(compiled, monkeypatch):
    assert open_atlas(str(compiled.folder)).folder == compiled.folder
    monkeypatch.chdir(compiled.folder / "data")
    assert open_atlas().folder == compiled.folder
    assert str(compiled.folder) in repr(open_atlas())


def test_a_map_is_a_folium_map(compiled):
    atlas = open_atlas(compiled.folder)
    assert atlas.maps == ("figures", "overview", "prisons")
    assert isinstance(atlas.map("overview"), folium.Map)
    assert isinstance(atlas.map("index"), folium.Map)
    with pytest.raises(RequestError) as refusal:
        atlas.map("overvew")
    assert refusal.value.problems[0].next_step == "did you mean overview?"


def test_every_layer_and_table_can_be_had_by_its_name(compiled):
    atlas = open_atlas(compiled.folder)
    assert atlas.holdings[:4] == ("sites", "routes", "provinces", "lake")
    assert atlas.holdings[-1] == "sources"
    assert "squares_1905" in atlas.holdings
    for name in atlas.holdings:
        assert isinstance(atlas.frame(name), pd.DataFrame)
    assert_geodataframe_equal(atlas.frame("sites"), atlas.sites)
    with pytest.raises(RequestError, match="no such layer or table"):
        atlas.frame("rivers")


def test_a_map_without_its_ground_leaves_room_for_another(compiled):
    atlas = open_atlas(compiled.folder)
    whole, bare = atlas.map("overview").payload, atlas.map("overview", ground=False).payload
    assert whole["backdrop"]["water"]
    assert not any(bare["backdrop"].values())
    assert whole.keys() == bare.keys()
    assert all(whole[part] == bare[part] for part in whole if part != "backdrop")


def test_it_checks_the_inputs_as_they_are_now(compiled):
    atlas = open_atlas(compiled.folder)
    assert atlas.check() == []
    with compiled.feature("sites", "place-a") as feature:
        feature["properties"]["kind"] = "palace"
    assert [problem.rule for problem in atlas.check()] == ["term"]
    assert len(atlas.sites) == 5  # what was opened stays as it was


@pytest.mark.skipif(os.name == "nt", reason="Windows puts no file in the place of one that is open")
def test_an_open_atlas_stays_the_edition_that_it_was(compiled):
    with open_atlas(compiled.folder) as before:
        assert len(before.claims) == 7
        compiled.add_row("claims", 0, id="c0008")
        compiled.put("sites", "place-b", summary="Place B is another.")
        compiled.replace("maps/figures.toml", "Figures by province", "Figures")
        after = open_atlas(compiled.folder)
        assert len(after.query("claims")) == 8
        assert len(before.query("claims")) == 7
        for atlas, summary in ((before, "Place B is invented."), (after, "Place B is another.")):
            assert atlas.sites.set_index("id").loc["place-b", "summary"] == summary
            assert set(atlas.query(text="another")["id"]) == ({"place-b"} if atlas is after else set())
        assert [atlas.map("figures").payload["page"]["title"]["en"] for atlas in (before, after)] == [
            "Figures by province",
            "Figures",
        ]


def test_threads_may_ask_and_a_closed_atlas_says_so(compiled):
    atlas = open_atlas(compiled.folder)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda place: len(atlas.query(near=(10.5, place), radius_m=1)), [-32.5, -32.4, -29.5, 0]))
    assert found == [1, 1, 1, 0]
    sites = atlas.sites
    atlas.close()
    atlas.close()
    assert atlas.sites is sites
    with pytest.raises(RequestError, match="closed"):
        _ = atlas.routes


def test_what_an_atlas_does_not_have_is_refused_in_words(atlas):
    text = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    start = text.index("[tables.events]")
    atlas.write("atlas.toml", text[:start] + text[text.index("[tables.", start + 1) :])
    with pytest.raises(RequestError, match="no events"):
        _ = open_atlas(atlas.folder).events


def test_the_face_names_what_is_public_and_nothing_else():
    assert geo.__all__ == sorted(geo.__all__)
    for name in geo.__all__:
        assert getattr(geo, name) is not None
    assert dir(geo) == geo.__all__
    with pytest.raises(AttributeError):
        _ = geo.no_such_name


# --- maps ----------------------------------------------------------------------------------------------------------


def test_every_map_and_the_cover_are_written(compiled):
    written = build_maps(compiled.folder)
    assert [path.name for path in written] == ["index.html", "overview.html", "prisons.html", "figures.html"]
    for path in written:
        assert path.parent == compiled.folder / "maps"
        assert path.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_two_builds_give_the_same_bytes(compiled, tmp_path):
    one = build_maps(compiled.folder, out=tmp_path / "one")
    compile_atlas(compiled.folder, force=True)
    two = build_maps(compiled.folder, out=tmp_path / "two")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_some_maps_in_a_folder_that_is_made(compiled, tmp_path):
    told = []
    written = build_maps(
        compiled.folder, ["prisons", "index", "prisons"], tmp_path / "deep/er", ["km", "en"], tell=told.append
    )
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["deep/er/prisons.html", "deep/er/index.html"]
    assert [compiled.rebuilt for compiled in told] == [False]
    assert '<html lang="km"' in written[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ({"names": ["prison"]}, "did you mean prisons?"),
        ({"names": ["overview", "../evil"]}, "one of index, figures, overview, prisons"),
        ({"languages": ["en", "de"]}, "one of en, km, fr"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_written(atlas, asked, hint):
    before = files_of(atlas.folder)
    with pytest.raises(RequestError) as refusal:
        build_maps(atlas.folder, **asked)
    assert hint in f"{refusal.value.problems[0].expected} {refusal.value.problems[0].next_step}"
    assert files_of(atlas.folder) == before


def test_a_page_that_fails_leaves_every_earlier_page(compiled, monkeypatch):
    written = build_maps(compiled.folder)
    before = {path: path.read_bytes() for path in written}
    with compiled.document("data/sites.geojson") as document:
        document["features"][0]["properties"]["summary"] = "Changed."
    calls = []

    def fail(page, **_):
        calls.append(page)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return [(f"page-{len(calls)}.html", "<!doctype html>")]

    monkeypatch.setattr("geo.webmap.render_files", fail)
    with pytest.raises(KeyboardInterrupt):
        build_maps(compiled.folder)
    assert {path: path.read_bytes() for path in written} == before


def test_an_output_that_cannot_be_written_is_named(compiled, tmp_path):
    (tmp_path / "file").write_text("here", encoding="utf-8")
    with pytest.raises(OutputError):
        build_maps(compiled.folder, ["index"], tmp_path / "file")
    assert json.loads(json.dumps((tmp_path / "file").read_text(encoding="utf-8"))) == "here"
