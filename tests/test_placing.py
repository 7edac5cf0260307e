"""Where points lie among areas, held against a brute force on the ellipsoid."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.placing import Placing, Placings, metres_between, place_sites

GEOD = pyproj.Geod(ellps="WGS84")
SQUARES = {f"P{number}": shapely.box(-34 + number, 10, -33 + number, 11) for number in (1, 2, 3)}
AREAS = gpd.GeoDataFrame({"code": list(SQUARES)}, geometry=list(SQUARES.values()), crs=4326)


def sites(*rows):
    """Return sites from (point, province, precision in metres)."""
    return gpd.GeoDataFrame(
        {"province": [row[1] for row in rows], "precision_m": [row[2] for row in rows]},
        geometry=[row[0] for row in rows],
        crs=4326,
    )


def brute_metres(lon, lat, west, south, east, north):
    """Return the geodesic distance to the border of a box, from a dense row of points along it."""
    along = np.linspace(0, 1, 4000)
    wide, high = west + (east - west) * along, south + (north - south) * along
    lons = np.concatenate([wide, wide, np.full(4000, west), np.full(4000, east)])
    lats = np.concatenate([np.full(4000, south), np.full(4000, north), high, high])
    return GEOD.inv(np.full(16000, lon), np.full(16000, lat), lons, lats)[2].min()


@given(
    lon=st.floats(-4, 4),
    lat=st.floats(-4, 4),
    west=st.integers(-170, 170),
    south=st.integers(-80, 78),
)
def test_distances_are_those_of_the_ellipsoid(lon, lat, west, south):
    lon, lat = west + 0.5 + lon, south + 0.5 + lat
    assume(-85 < lat < 85)
    box = (west, south, west + 1, south + 1)
    metres = metres_between(shapely.Point(lon, lat), shapely.box(*box))
    if west <= lon <= west + 1 and south <= lat <= south + 1:
        assert metres == 0
    else:
        assert metres == pytest.approx(brute_metres(lon, lat, *box), rel=1e-3, abs=20)


def test_a_known_distance():
    # One degree of the equator is a·π/180 on WGS 84.
    assert metres_between(shapely.Point(2, 0), shapely.box(0, -1, 1, 1)) == pytest.approx(111_319.49, abs=0.01)


@pytest.mark.parametrize(
    ("point", "named", "precision", "covering", "code", "agrees"),
    [
        ((-32.5, 10.5), "P1", 10, ("P1",), "P1", True),
        ((-31.5, 10.5), "P1", 10, ("P2",), "P2", False),
        ((-32.0, 10.5), "P1", 10, ("P1", "P2"), "P1", True),
        ((-32.0, 10.5), "P2", 10, ("P1", "P2"), "P2", True),
        ((-31.995, 10.5), "P1", 10, ("P2",), "P1", True),
        ((-31.95, 10.5), "P1", 10, ("P2",), "P2", False),
        ((-31.95, 10.5), "P1", 5000, ("P2",), "P1", True),
        ((-32.5, 9.995), "P1", 10, (), "P1", True),
        ((-32.5, 9.5), "P1", 10, (), "", False),
        ((-32.5, 9.5), None, 10, (), "", True),
        ((-32.5, 10.005), None, 10, ("P1",), "", True),
        ((-32.5, 10.5), None, 10, ("P1",), "P1", False),
        ((-32.001, 10.5), None, 10, ("P1",), "P1", False),
        ((-32.5, 10.5), "P9", 10, ("P1",), "P1", False),
        ((-32.5, 9.5), "P9", 10, (), "", False),
        ((-31.995, 10.5), "P1", None, ("P2",), "P1", True),
    ],
)
def test_a_point_is_placed(point, named, precision, covering, code, agrees):
    placings = place_sites(sites((shapely.Point(point), named, precision)), AREAS, 1000)
    assert placings.codes == [code]
    assert [(placing.covering, placing.agrees) for placing in placings.astray.values()] == [(covering, False)] * (
        not agrees
    )


def test_sites_without_a_point_are_not_placed():
    rows = sites((None, "P1", None), (shapely.Point(-32.5, 10.5), "P1", 10), (shapely.Point(), "P1", 10))
    assert place_sites(rows, AREAS, 1000) == Placings([None, "P1", None], {})


def test_parts_of_one_area_are_one_area():
    halves = [shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1)]
    areas = gpd.GeoDataFrame({"code": ["A", "A"]}, geometry=halves, crs=4326)
    placings = place_sites(sites((shapely.Point(5.5, 0.5), "A", 1), (shapely.Point(3, 0.5), "A", 1)), areas, 0)
    assert list(placings.astray) == [1]
    assert placings.astray[1].miss_m == pytest.approx(222_630, rel=1e-3)


def test_an_area_that_is_not_valid_places_nothing():
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    areas = gpd.GeoDataFrame({"code": ["A"]}, geometry=[bow_tie], crs=4326)
    placing = place_sites(sites((shapely.Point(0.9, 0.5), "A", 1)), areas, 0).astray[0]
    assert (placing.covering, placing.miss_m) == ((), float("inf"))


@pytest.mark.parametrize("empty", [AREAS.iloc[:0], gpd.GeoDataFrame({"code": []}, geometry=[], crs=4326)])
def test_without_areas_nothing_is_placed(empty):
    nowhere = Placing("", (), 0.0, 1.0)
    assert place_sites(sites((shapely.Point(0, 0), None, 1)), empty, 0) == Placings([""], {0: nowhere})
