"""Points that are kept as numbers are a geometry column like any other."""

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.points import PointArray, find_positions, pack_points, packed_positions

PLACES = st.lists(st.none() | st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=8)


def column(places):
    return np.array([None if place is None else shapely.Point(place) for place in places] + [None], dtype=object)[:-1]


@given(PLACES)
def test_packed_and_unpacked_points_are_the_same_column(places):
    shapes = column(places)
    plain = geopandas.GeoSeries(shapes, crs="EPSG:4326")
    packed = geopandas.GeoSeries(PointArray(pack_points(shapes), "EPSG:4326"))
    assert packed_positions(packed) is not None
    assert packed_positions(plain) is None
    assert [None if each is None else each.wkb for each in packed] == [
        None if each is None else each.wkb for each in plain
    ]
    assert packed.crs == plain.crs
    assert packed.isna().tolist() == plain.isna().tolist()
    assert np.array_equal(packed.bounds, plain.bounds, equal_nan=True)
    assert np.array_equal(find_positions(packed), find_positions(plain), equal_nan=True)
    for part in (slice(1, 3), slice(None, None, -1), packed.notna()):
        assert list(packed[part]) == list(plain[part])
    for at in range(-len(places), len(places)):
        assert packed.iloc[at] == plain.iloc[at]


@pytest.mark.parametrize("text", ["POINT Z (1 2 3)", "POINT M (1 2 3)", "POINT EMPTY", "LINESTRING (0 0, 1 1)"])
def test_what_is_no_flat_point_stays_a_shape(text):
    shapes = np.array([shapely.Point(1, 2), shapely.from_wkt(text), None], dtype=object)
    assert pack_points(shapes) is None


def test_packed_points_are_not_replaced_one_by_one():
    packed = geopandas.GeoSeries(PointArray(np.array([[1.0, 2.0]]), "EPSG:4326"))
    with pytest.raises(TypeError, match="cannot be replaced"):
        packed.array[0] = shapely.Point(3, 4)
