"""Shapes as lists of positions: simpler where nobody can see it, never apart where they touched."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.webmap.drawing import draw_areas, draw_backdrop, draw_segments, grain


def wkb(text):
    return shapely.to_wkb(shapely.from_wkt(text))


def test_grain_follows_the_wider_side():
    assert grain((100.0, 10.0, 110.0, 12.0)) == pytest.approx(0.001)
    assert grain((100.0, 10.0, 101.0, 30.0)) == pytest.approx(0.002)


def test_lines_of_a_journey_keep_every_position():
    lines = draw_segments(wkb("MULTILINESTRING ((1.12345678 2, 1.12345 2.00001, 3 4), (3 4, 5 6))"))
    assert lines == [[[1.1234568, 2.0], [1.12345, 2.00001], [3.0, 4.0]], [[3.0, 4.0], [5.0, 6.0]]]


def test_a_line_that_ends_where_it_began_keeps_both_ends():
    assert draw_segments(wkb("MULTILINESTRING ((1 2, 1 2))")) == [[[1.0, 2.0], [1.0, 2.0]]]


@given(st.lists(st.floats(-0.02, 0.02), min_size=3, max_size=30))
def test_neighbours_still_share_their_border(wiggles):
    border = [
        (1.0 + wiggle, position) for position, wiggle in zip(np.linspace(0, 1, len(wiggles)), wiggles, strict=True)
    ]
    left = shapely.Polygon([*border, (0, 1), (0, 0)])
    right = shapely.Polygon([*border, (2, 1), (2, 0)])
    (one,), (other,) = draw_areas([shapely.to_wkb(left), shapely.to_wkb(right)], 0.01)

    def between(polygon):
        return {tuple(position) for position in polygon[0] if 0.9 < position[0] < 1.1}

    assert between(one) == between(other)


def test_holes_stay_and_slivers_go():
    hole = "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (3 3, 3 6, 6 6, 6 3, 3 3), (1 1, 1.00001 1, 1.00001 1.00001, 1 1))"
    ((polygon,),) = draw_areas([wkb(hole)], 0.0001)
    assert len(polygon) == 2


def test_backdrop_is_drawn_by_its_sort():
    rows = [wkb("POINT (1.23456 2)"), wkb("LINESTRING (0 0, 1 0.00001, 2 0)")]
    assert draw_backdrop(rows, "town", 0.01) == [[[1.2346, 2.0]], []]
    assert draw_backdrop(rows, "river", 0.01) == [[], [[[0.0, 0.0], [2.0, 0.0]]]]
    square = wkb("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((5 5, 6 5, 6 6, 5 6, 5 5)))")
    assert [len(polygons) for polygons in draw_backdrop([square], "land", 0.01)] == [2]


@pytest.mark.parametrize("draw", ["land", "water"])
def test_what_is_no_area_is_left_out_of_the_areas(draw):
    rows = [wkb("POINT (1 2)"), wkb("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)))"), wkb("LINESTRING (0 0, 1 1)")]
    assert [len(polygons) for polygons in draw_backdrop(rows, draw, 0.01)] == [0, 1, 0]


def test_nothing_gives_nothing():
    assert draw_areas([], 0.1) == []
    assert draw_backdrop([], "land", 0.1) == []
