"""Former areas: what they are made of, what they are called, and that nothing of the ground is lost or drawn twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, box

from geo.joins import join_former
from geo.periods import COLUMNS, dissolve_periods
from geo.readers import read_atlas
from geo.spec import SCHEMAS, PeriodSpec, Words

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def squares(clean_inputs) -> GeoDataFrame:
    return dissolve_periods(clean_inputs)["squares_1905"]


@pytest.fixture(scope="module")
def flagship() -> tuple[GeoDataFrame, GeoDataFrame, pd.DataFrame]:
    """Return today's provinces, those of 1975, and the crosswalk between them."""
    inputs = read_atlas(ROOT)
    return inputs.layers["provinces"], dissolve_periods(inputs)["provinces_1975"], inputs.tables["provinces_1975"]


def test_a_former_area_is_the_union_of_its_parts(squares):
    assert list(squares.columns) == [*COLUMNS, "geometry"]
    assert squares.crs == 4326
    great = squares.set_index("id").loc["great-square"]
    assert great["made_of"] == ["P2", "P3"]
    assert isinstance(great.geometry, MultiPolygon)
    assert great.geometry.equals(box(-32, 10, -30, 11))
    assert len(great.geometry.geoms) == 1, "the border between the two is gone"
    assert (great["name"], great["name_km"]) == ("Great Square", "ការ៉េធំ")
    assert great["note"] == "One until 1910."
    assert great["sources"] == ["second-report#map", "first-book#map 2"]


def test_an_area_outside_the_crosswalk_is_kept_as_itself(squares, clean_inputs):
    kept = squares.set_index("id").loc["P1"]
    assert kept.drop("geometry").to_dict() == {
        "name": "Square One",
        "name_km": "ការ៉េមួយ",
        "made_of": ["P1"],
        "approximate": "yes",
        "year": "1905",
        "sources": ["second-report#map"],
        "note": None,
    }
    report = join_former(clean_inputs)
    assert (report.left_rows, report.matched, report.unmatched_right) == (2, 2, ("squares_1905 P1",))


def test_a_former_area_has_the_khmer_name_of_its_namesake(small_atlas):
    atlas = small_atlas()
    for row in (0, 1):
        atlas.cell("crosswalk", row, name="Square Three", name_km="")
    former = dissolve_periods(read_atlas(atlas.folder))["squares_1905"].set_index("id")
    assert former.loc["great-square", "name_km"] == "ការ៉េបី"
    for row in (0, 1):
        atlas.cell("crosswalk", row, name="Square Nine")
    former = dissolve_periods(read_atlas(atlas.folder))["squares_1905"].set_index("id")
    assert former.loc["great-square", "name_km"] is None


def test_an_atlas_without_areas_has_no_former_ones(clean_inputs):
    manifest = clean_inputs.manifest
    layers = {name: layer for name, layer in manifest.layers.items() if layer.schema != "areas"}
    spec = type(manifest)(atlas=manifest.atlas, layers=layers, periods=manifest.periods)
    assert dissolve_periods(replace(clean_inputs, manifest=spec)) == {}


@settings(max_examples=40)
@given(
    belonging=st.lists(st.sampled_from(["", "red", "blue", "green"]), min_size=6, max_size=6),
    order=st.permutations(range(6)),
)
def test_nothing_of_the_ground_is_lost_or_drawn_twice(clean_inputs, belonging, order):
    """A two by three chessboard, in any order of features, each field in any former area or in none."""
    fields = [box(column, row, column + 1, row + 1) for row in range(2) for column in range(3)]
    areas = gpd.GeoDataFrame(
        {
            "code": [f"F{at}" for at in order],
            "name": [f"Field {at}" for at in order],
            "name_km": [None] * 6,
            "name_fr": [None] * 6,
            "iso3166_2": [None] * 6,
            "sources": [["first-book"]] * 6,
        },
        geometry=[fields[at] for at in order],
        crs=4326,
    )
    rows = [
        {"code": f"F{at}", "period": "then", "id": colour, "name": colour, "name_km": "", "source": "s", "note": ""}
        for at, colour in enumerate(belonging)
        if colour
    ]
    crosswalk = pd.DataFrame(rows, columns=SCHEMAS["crosswalk"].names, dtype=object)
    manifest = clean_inputs.manifest
    periods = {"then": PeriodSpec(title=Words(en="Then"), year="1905")}
    spec = type(manifest)(atlas=manifest.atlas, layers=manifest.layers, tables=manifest.tables, periods=periods)
    layers, tables = clean_inputs.layers | {"provinces": areas}, clean_inputs.tables | {"crosswalk": crosswalk}
    inputs = replace(clean_inputs, manifest=spec, layers=layers, tables=tables)
    former = dissolve_periods(inputs)["then"]
    assert sorted(code for codes in former["made_of"] for code in codes) == sorted(areas["code"])
    assert former["id"].is_unique
    assert len(former) == len({colour for colour in belonging if colour}) + belonging.count("")
    assert former.geometry.is_valid.all()
    assert shapely.area(list(former.geometry)).sum() == pytest.approx(6)
    assert former.union_all().equals(box(0, 0, 3, 2))
    for codes, shape in zip(former["made_of"], former.geometry, strict=True):
        assert shape.area == pytest.approx(len(codes))
        assert all(part.exterior.is_ccw for part in shape.geoms)
    assert join_former(inputs).adds_up


# --- the flagship ---------------------------------------------------------------------------------------------


def test_the_provinces_of_1975_are_those_that_sources_name(flagship):
    """The schoolbook of 1977 lists 19 provinces; Kampong Som and Phnom Penh stood beside them."""
    _, former, crosswalk = flagship
    book = crosswalk[crosswalk["source"].str.startswith("dk-schoolbook-1977#paragraph 2")]
    assert book["id"].nunique() == 19
    assert set(former["name"]) - set(book["name"]) == {"Kampong Som", "Phnom Penh"}
    made_of = dict(zip(former["id"], former["made_of"], strict=True))
    assert {key: codes for key, codes in made_of.items() if len(codes) > 1} == {
        "battambang-1975": ["KH01", "KH02", "KH24"],
        "kampong-cham-1975": ["KH03", "KH25"],
        "kampot-1975": ["KH07", "KH23"],
    }


def test_every_row_of_the_crosswalk_rests_on_a_row_of_the_province_history(flagship):
    _, _, crosswalk = flagship
    history = read_atlas(ROOT).tables["province_history"]
    known = {f"{source}#{place}" for source, place in zip(history["source"], history["locator"], strict=True)}
    assert set(crosswalk["source"]) <= known


def test_the_provinces_of_1975_cover_the_same_ground_without_slivers(flagship):
    today, former, _ = flagship
    assert former.geometry.is_valid.all()
    covered, whole = (shapely.area(list(layer.geometry)).sum() for layer in (former, today))
    assert covered == pytest.approx(whole, rel=1e-12)
    merged = former[former["made_of"].str.len() > 1]
    assert [len(shape.geoms) for shape in merged.geometry] == [1, 1, 1]
    assert [len(part.interiors) for shape in merged.geometry for part in shape.geoms] == [0, 0, 0]
