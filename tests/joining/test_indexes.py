"""Many cells at once find what each of them finds alone, and what a plain look at every record finds."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.joining.indexes import NOTHING, TIE, WAYS, KeyIndex, PlaceIndex

KEYS = st.sampled_from(["0203", "203", " 0203", "AB-1", "ab1", "ab-1", "É 7", "e7", "", "x", "\u200b", "2 03"])


@given(st.lists(KEYS, max_size=8), st.lists(KEYS, max_size=8), st.sets(st.sampled_from(["spaces", "case", "zeros"])))
def test_many_keys_find_what_each_finds_alone(texts, cells, repairs):
    index = KeyIndex(texts, repairs)
    many = index.find_all(cells)
    for at, how, cell in zip(many.at.tolist(), many.how.tolist(), cells, strict=True):
        hit = index.find(cell)
        assert (at, WAYS[how]) == (hit.at, hit.how)
        assert hit.tied == (at == TIE)
        if cell and texts.count(cell) == 1:
            assert at == texts.index(cell), "a key as it stands comes before every repair"
        if cell and texts.count(cell) > 1:
            assert at == TIE


def test_an_index_goes_to_another_process_and_finds_the_same():
    index = KeyIndex(["0203", "AB-1"], ("zeros",))
    index.find("203")
    again = pickle.loads(pickle.dumps(index))
    assert [again.find(cell).at for cell in ("203", "ab-1", "AB-1")] == [0, NOTHING, 1]


LON = st.sampled_from([-180.0, -179.999, 179.999, 180.0, 0.0]) | st.floats(-180, 180)
LAT = st.sampled_from([-90.0, 90.0, 89.999, 0.0]) | st.floats(-90, 90)
PLACES = st.lists(st.tuples(LON, LAT, st.sampled_from([0.0, 50.0, 2e6])), max_size=6)


@settings(max_examples=40)
@given(PLACES, st.lists(st.tuples(LON, LAT), min_size=1, max_size=6), st.sampled_from([1.0, 500.0, 3e5, 1.5e7]))
def test_a_position_finds_each_place_that_is_near_enough_on_the_ellipsoid(places, cells, radius):
    keys = [f"k{at}" for at in range(len(places))]
    shapes = [*(shapely.Point(lon, lat) for lon, lat, _ in places)]
    index = PlaceIndex(keys, shapes, [known for *_, known in places], radius)
    lon, lat = (np.array(column) for column in zip(*cells, strict=True))
    many = index.find_all(lon, lat)
    geod = Geod(ellps="WGS84")
    for at, how, x, y in zip(many.at.tolist(), many.how.tolist(), lon.tolist(), lat.tolist(), strict=True):
        metres = [geod.inv(x, y, *place[:2])[2] for place in places]
        near = [one for one, place in enumerate(places) if metres[one] <= radius + place[2]]
        expected = near[0] if len(near) == 1 else TIE if near else NOTHING
        hit = index.find(x, y)
        assert (at, WAYS[how]) == (hit.at, hit.how)
        assert at == expected
        if len(near) > 1:
            assert list(hit.candidates) == sorted(near, key=lambda one: (metres[one], keys[one]))[:4]


@pytest.mark.parametrize(("position", "at"), [((0.5, 0.5), 0), ((1.0, 0.5), TIE), ((5.0, 5.0), NOTHING)])
def test_many_positions_find_the_area_that_covers_them(position, at):
    shapes = [shapely.box(0, 0, 1, 1), None, shapely.box(1, 0, 2, 1)]
    index = pickle.loads(pickle.dumps(PlaceIndex(["w", "none", "e"], shapes, [0.0] * 3, 0.0)))
    assert index.find_all(np.array([position[0]]), np.array([position[1]])).at.tolist() == [at]
    assert index.find(*position).at == at
