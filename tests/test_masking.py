"""Masks: positions are coarsened, and nothing finer is left anywhere."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Geod

from geo.atlas import build_maps, compile_atlas, compile_masked
from geo.catalogue import open_catalogue
from geo.errors import RequestError
from geo.masking import _cell, _reach, mask_inputs
from geo.readers import read_atlas

GEOD = Geod(ellps="WGS84")


def declare(atlas, *rules):
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    listed = ", ".join(rules)
    mask = (
        f'[masks.public]\ntitle = {{ en = "Public" }}\nreason = {{ en = "So that graves rest." }}\nrules = [{listed}]\n'
    )
    atlas.write("atlas.toml", f"{manifest}\n{mask}")
    return atlas.folder


def masked(folder):
    inputs, report = mask_inputs(read_atlas(folder), "public")
    sites = inputs.layers["sites"].set_index("id")
    return inputs, report, sites


def test_a_place_stands_at_the_centre_of_its_cell(small_atlas):
    folder = declare(small_atlas(), '{ kinds = ["prison"], grid_m = 5000 }')
    _, report, sites = masked(folder)
    place = sites.loc["place-a"]
    assert report.coarsened == {"place-a": 5000}
    assert (place.geometry.x, place.geometry.y) == _cell((-32.5, 10.5), 5000)
    assert place["precision_basis"] == "masked"
    assert place["precision_m"] == math.ceil(5000 * 0.715 + 100)
    assert place["masked"] == "position coarsened to a grid of 5000 m"
    assert place["coord_text"] is None
    assert place["place_text"] is None


def test_the_radius_reaches_the_place_itself(small_atlas):
    folder = declare(small_atlas(), "{ grid_m = 40000 }")
    _, report, sites = masked(folder)
    before = read_atlas(folder).layers["sites"].set_index("id")
    assert set(report.coarsened) == {"place-a", "place-b", "place-c", "place-e"}
    for key in report.coarsened:
        old, new = before.loc[key], sites.loc[key]
        metres = GEOD.inv(old.geometry.x, old.geometry.y, new.geometry.x, new.geometry.y)[2]
        assert metres + old["precision_m"] <= new["precision_m"]


@given(st.floats(-179, 179), st.floats(-80, 80), st.sampled_from([100, 5_000, 100_000, 500_000]))
@example(-22.491866, 76.389274, 500_000)
def test_the_radius_reaches_over_the_whole_cell_wherever_it_lies(lon, lat, grid_m):
    centre = _cell((lon, lat), grid_m)
    assert GEOD.inv(lon, lat, *centre)[2] <= _reach(centre[1], grid_m) + 0.2, "six decimals are a tenth of a metre"


def test_a_hidden_place_has_no_position_and_no_finer_word(small_atlas):
    folder = declare(small_atlas(), '{ kinds = ["execution_site"], hide = true }')
    _, report, sites = masked(folder)
    place = sites.loc["place-b"]
    assert report.hidden == ("place-b",)
    assert place.geometry is None
    assert place["commune"] is None
    assert place["place_code"] is None
    assert place["coord_source"] is None
    assert (place["precision_basis"], place["precision_m"]) == ("province", None)


@pytest.mark.parametrize(
    ("rules", "whole"),
    [
        (['{ kinds = ["prison"], grid_m = 5000 }'], None),  # place-c, a part of it, stays where it is: 10 m
        (['{ kinds = ["prison"], hide = true }'], None),
        (['{ kinds = ["memorial"], grid_m = 5000 }'], None),  # the whole stays, and tells of its part
        (["{ grid_m = 9000 }", '{ kinds = ["prison"], grid_m = 20000 }'], None),  # the finer cell lies in the coarser
        (["{ grid_m = 5000 }"], "place-a"),
        (["{ hide = true }"], "place-a"),
        (['{ kinds = ["camp"], hide = true }'], "place-a"),
    ],
)
def test_a_part_does_not_tell_where_its_masked_whole_lies(small_atlas, rules, whole):
    _, report, sites = masked(declare(small_atlas(), *rules))
    assert sites.loc["place-c"]["part_of"] == whole
    assert report.parted == (whole is None)


def test_segments_to_a_hidden_place_are_left_out(small_atlas):
    folder = declare(small_atlas(), '{ kinds = ["camp"], hide = true }')
    inputs, report, _ = masked(folder)
    route = inputs.layers["routes"].iloc[0]
    assert report.dropped_lines == 1
    assert len(route.geometry.geoms) == len(route["segments"]) == 1
    assert route["segments"][0]["to"] == "Place B"


def test_a_line_moves_with_its_place(small_atlas):
    folder = declare(small_atlas(), '{ kinds = ["prison"], grid_m = 5000 }')
    inputs, report, sites = masked(folder)
    line = inputs.layers["routes"].iloc[0].geometry.geoms[0]
    assert report.moved_lines == 1
    assert line.coords[0] == (sites.loc["place-a"].geometry.x, sites.loc["place-a"].geometry.y)
    assert line.coords[1] == (-31.4, 10.6)


def test_the_strictest_rule_holds(small_atlas):
    folder = declare(
        small_atlas(), "{ grid_m = 1000 }", '{ kinds = ["prison"], grid_m = 9000 }', '{ kinds = ["camp"], hide = true }'
    )
    _, report, _ = masked(folder)
    assert report.coarsened["place-a"] == 9000
    assert report.coarsened["place-c"] == 1000
    assert report.hidden == ("place-e",)


def test_a_position_that_is_coarser_already_stays(small_atlas):
    folder = declare(small_atlas(), "{ grid_m = 2000 }")
    _, report, sites = masked(folder)
    assert "place-b" not in report.coarsened
    assert sites.loc["place-b"]["precision_basis"] == "commune"


def test_nothing_finer_is_in_any_file_of_a_masked_build(small_atlas):
    folder = declare(small_atlas(), '{ kinds = ["prison"], grid_m = 5000 }', '{ kinds = ["camp"], hide = true }')
    pages = build_maps(folder, mask="public")
    place = folder / "maps/public"
    assert {page.parent for page in pages} == {place}
    files = sorted(place.iterdir())
    assert any(path.suffix == ".gpkg" for path in files)
    for path in files:
        text = path.read_bytes()
        for secret in (b"10\xc2\xb030'N", b"-32.5,10.5]", b"-29.5,10.5]"):
            assert secret not in text, path.name
    catalogue = next(path for path in files if path.suffix == ".gpkg")
    with closing(sqlite3.connect(catalogue)) as db:
        found = db.execute("SELECT lon, lat FROM sites WHERE id IN ('place-a', 'place-e')").fetchall()
    assert (-32.5, 10.5) not in found
    assert (None, None) in found


def test_units_that_only_a_masked_place_names_are_forgotten(small_atlas):
    folder = declare(small_atlas(), '{ kinds = ["execution_site"], hide = true }')
    before = read_atlas(folder)
    after, *_ = masked(folder)
    assert set(before.tables["names"]["subject"]) - set(after.tables["names"]["subject"]) == {"P20101"}


def test_no_report_of_a_join_tells_where_a_hidden_place_lies(small_atlas):
    atlas = small_atlas()
    tolerance = "border_tolerance_m = 1000"
    atlas.replace("atlas.toml", tolerance, f'{tolerance}\noutside = {{ place-a = "An islet." }}')
    atlas.put("sites", "place-a", province="P3")
    folder = declare(atlas, '{ kinds = ["prison"], hide = true }')
    paths = {"whole": compile_atlas(folder).path, "masked": compile_masked(folder, "public", folder / "out").path}
    told = {}
    for name, path in paths.items():
        with open_catalogue(path) as catalogue:
            (row,) = catalogue.rows("SELECT disagreements, unmatched_left FROM joins WHERE name = 'places'")
        told[name] = tuple(row)
    assert "lies in P1, off by" in told["whole"][0]
    assert told["masked"][0] == "[]"
    assert "(place-a): no location" in told["masked"][1]


def test_the_catalogue_tells_of_its_mask(small_atlas):
    folder = declare(small_atlas(), '{ kinds = ["prison"], grid_m = 5000 }')
    path = compile_masked(folder, "public", folder / "out").path
    with open_catalogue(path) as catalogue:
        mask = catalogue.value("mask")
    assert mask["name"] == "public"
    assert mask["reason"]["en"] == "So that graves rest."
    assert (mask["coarsened"], mask["hidden"]) == (1, 0)


def test_two_masked_builds_are_the_same(small_atlas):
    folder = declare(small_atlas(), "{ grid_m = 5000 }")
    first = compile_masked(folder, "public", folder / "one").path.read_bytes()
    assert compile_masked(folder, "public", folder / "two").path.read_bytes() == first


def test_the_whole_catalogue_stays_as_it_was(small_atlas):
    folder = declare(small_atlas(), "{ grid_m = 5000 }")
    own = compile_atlas(folder).path
    before = own.read_bytes()
    compile_masked(folder, "public", folder / "out")
    assert own.read_bytes() == before
    assert not compile_masked(folder, "public", folder / "out").rebuilt


def test_a_masked_catalogue_never_takes_the_place_of_the_whole_one(small_atlas):
    folder = declare(small_atlas(), "{ grid_m = 5000 }")
    own = compile_atlas(folder).path
    with pytest.raises(RequestError, match="replace the whole one"):
        build_maps(folder, out=own.parent, mask="public")


def test_an_unknown_mask_is_refused(small_atlas):
    folder = declare(small_atlas(), "{ grid_m = 5000 }")
    with pytest.raises(RequestError) as caught:
        build_maps(folder, mask="secret")
    assert caught.value.problems[0].expected == "one of public"


@given(
    st.floats(-180, 180, allow_nan=False),
    st.floats(-89.9, 89.9, allow_nan=False),
    st.integers(100, 200_000),
)
def test_the_centre_of_a_cell_lies_in_that_cell(lon, lat, grid):
    centre = _cell((lon, lat), grid)
    assert -180 <= centre[0] <= 180
    assert -90 <= centre[1] <= 90
    if abs(centre[1]) < 80 and abs(centre[0]) < 179:
        assert GEOD.inv(lon, lat, *centre)[2] <= grid * math.sqrt(0.5) * 1.02 + 1
