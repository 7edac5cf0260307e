"""The same questions in Python: data frames that say what was asked."""

from __future__ import annotations

import doctest

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import geo
import geo.atlas
from geo.errors import RequestError
from tests.query.cases import ROOT
from tests.small_atlas import SmallAtlas


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("framed") / "atlas"
    folder.mkdir()
    return geo.open_atlas(SmallAtlas(folder).folder)


def test_a_layer_has_its_geometry_and_says_what_was_asked(atlas):
    frame = atlas.query(where="kind IN ('prison', 'memorial')", provinces=["Square One"], near=(10.5, -32.5), limit=1)
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs == "EPSG:4326"
    assert frame["id"].tolist() == ["place-a"]
    assert frame["sources"].iloc[0] == ["first-book#p. 1", "second-report#§4"]
    assert frame["precision_m"].dtype == "Int64"
    assert frame["distance_m"].tolist() == [0.0]
    assert frame.geometry.iloc[0] == shapely.Point(-32.5, 10.5)
    assert frame.attrs["asked"]["provinces"] == ("P1",)
    assert set(frame.attrs["asked"]) == {"layer", "where", "provinces", "near", "limit"}
    assert (frame.attrs["version"], frame.attrs["matched"], frame.attrs["set_aside"]) == ("1.0.0", 2, 0)


def test_columns_are_those_of_the_layer_where_nothing_answers(atlas):
    nothing = atlas.query(where="kind = 'nothing'")
    assert isinstance(nothing, gpd.GeoDataFrame)
    assert len(nothing) == 0
    assert list(nothing.columns) == list(atlas.query().columns)


def test_a_table_has_no_geometry(atlas):
    frame = atlas.query("claims", kinds=["population"], sort=["-low"], fields=["id", "low"])
    assert type(frame) is pd.DataFrame
    assert frame.to_dict("list") == {"id": ["c0005", "c0004"], "low": ["41000", "30000"]}


def test_an_area_and_a_time_are_asked_for(atlas):
    frame = atlas.query(within=shapely.box(-33, 10, -32, 11), fields=["id"])
    assert frame["id"].tolist() == ["place-a", "place-c"]
    assert frame.attrs["asked"]["within"].name == "Polygon"
    timed = atlas.query(during="1902", fields=["id", "overlap"])
    assert timed.attrs["set_aside"] == 2
    assert set(timed["overlap"]) <= {"certain", "possible"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"near": "no such place"}, "no such place"),
        ({"within": shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])}, "Self-intersection"),
        ({"within": shapely.Point(0, 0)}, "saw a Point; expected a Polygon"),
        ({"within": shapely.Polygon()}, "an empty Polygon"),
        ({"within": shapely.box(170, 0, 190, 1)}, "the longitude 190"),
    ],
)
def test_what_cannot_be_answered_is_refused(atlas, asked, said):
    with pytest.raises(RequestError, match=said):
        atlas.query(**asked)


def test_a_text_is_one_word(atlas):
    frame = atlas.query(kinds="Prison", provinces="Square One", sort="name", fields="id")
    assert frame.attrs["asked"]["kinds"] == ("prison",)
    assert frame["id"].tolist() == ["place-a"]


def test_the_example_is_true(monkeypatch):
    monkeypatch.chdir(ROOT)
    finder = doctest.DocTestFinder(recurse=False)
    (example,) = [test for test in finder.find(geo.atlas.Atlas.query, "query", globs={}) if test.examples]
    assert doctest.DocTestRunner().run(example).failed == 0
