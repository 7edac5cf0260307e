"""Where the rows of a table lie: read from numbers, from texts and from shapes, or said to be none."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.joining.positions import MISSING, READ, UNREADABLE, read_positions, texts_of

ROWS = [5, 7, 8, 9, 12, 13]


def test_numbers_are_positions_unless_they_are_missing_or_off_the_earth():
    lat = pd.Series([10.5, np.nan, 90.0, -90.1, 1.0, 2.0], index=ROWS)
    lon = pd.Series([-32.5, 1.0, -180.0, 3.0, np.nan, 180.5], index=ROWS)
    found = read_positions(pd.DataFrame({"north": lat, "east": lon}), ("north", "east"))
    assert found.state.tolist() == [READ, MISSING, READ, UNREADABLE, MISSING, UNREADABLE]
    assert (found.lat[0], found.lon[0]) == (10.5, -32.5)
    assert [found.seen(3), found.seen(5)] == ["-90.1,3.0", "2.0,180.5"]


def test_whole_numbers_with_gaps_are_positions():
    rows = pd.DataFrame({"a": pd.array([10, None], "Int64"), "b": pd.array([20, 30], "Int64")})
    found = read_positions(rows, ("a", "b"))
    assert (found.state.tolist(), found.lat[0], found.lon[0]) == ([READ, MISSING], 10.0, 20.0)


def test_only_points_are_positions():
    shapes = [
        shapely.Point(-32.5, 10.5), None, shapely.Point(), shapely.LineString([(0, 0), (1, 1)]), shapely.Point(181, 0),
        shapely.MultiPoint([(0, 0)]),
    ]  # fmt: skip
    found = read_positions(gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, index=ROWS, crs=4326)), ())
    assert found.state.tolist() == [READ, MISSING, UNREADABLE, UNREADABLE, UNREADABLE, UNREADABLE]
    assert (found.lon[0], found.lat[0]) == (-32.5, 10.5)
    assert [found.seen(row) for row in (2, 3, 5)] == ["an empty shape", "a LineString", "a MultiPoint"]
    assert len(set(found.code[[0, 2, 3, 5]].tolist())) == 4, "what is seen apart is told apart"


@pytest.mark.parametrize("texts", [True, False])
def test_a_number_beside_a_text_is_read_as_it_is_seen(texts):
    """One column of numbers and one of texts: both are read as texts, each pair once."""
    lat = pd.Series(pd.Categorical(["10.5", "north", "", "10.5"]), index=ROWS[:4])
    lon = pd.Series([-32.5, 1.0, 2.0, -32.5], index=ROWS[:4])
    lon = lon.map(str).astype("category") if texts else lon
    found = read_positions(pd.DataFrame({"lat": lat, "lon": lon}), ("lat", "lon"))
    assert found.state.tolist() == [READ, UNREADABLE, MISSING, READ]
    assert (found.lon.tolist()[::3], found.lat.tolist()[::3]) == ([-32.5, -32.5], [10.5, 10.5])
    assert found.seen(1) == ("north, 1.0" if texts else "north, 1")


def test_the_different_texts_of_a_column_come_with_their_rows():
    texts, codes = texts_of(pd.Series([1.5, np.nan, 1.5, 2.0]))
    assert [texts[code] for code in codes] == ["1.5", "", "1.5", "2"]
    assert len(texts) == 3
