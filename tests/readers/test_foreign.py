"""Vector files of other people's making: shapes that are put together, archives that are unpacked."""

from __future__ import annotations

import io
import json
import zipfile

import geopandas
import pytest
import shapely

from geo.errors import InputError
from geo.readers.foreign import read_json_features, read_vector_features
from geo.readers.vector import LAYER_DRIVERS, open_records


def outer(west, south, east, north):
    """Return a ring that turns clockwise, as Esri writes the outline of an area."""
    return [[west, south], [west, north], [east, north], [east, south], [west, south]]


def hole(*box):
    return outer(*box)[::-1]


@pytest.fixture
def polygons(tmp_path):
    """Return a function that reads rings of a feature service as the polygons of one feature."""

    def polygons(*rings):
        path = tmp_path / "answer.json"
        feature = {"attributes": {"name": "A"}, "geometry": {"rings": rings}}
        path.write_text(json.dumps({"geometryType": "esriGeometryPolygon", "features": [feature]}))
        (row,) = read_json_features(path, path.name).rows
        return row.geometry["coordinates"]

    return polygons


def test_a_hole_belongs_to_the_smallest_area_around_it(polygons):
    lake, pond = hole(1, 1, 9, 9), hole(3, 3, 4, 4)
    island = outer(2, 2, 8, 8)
    assert polygons(outer(0, 0, 10, 10), lake, island, pond) == [[outer(0, 0, 10, 10), lake], [island, pond]]


def test_a_hole_that_touches_its_outline_is_no_area(polygons):
    lake = [[0, 5], [3, 4], [3, 6], [0, 5]]
    assert polygons(outer(0, 0, 10, 10), lake) == [[outer(0, 0, 10, 10), lake]]


@pytest.mark.parametrize("broken", [["x"], [[0, 0], [1, None]], [[0, 0]], []])
def test_a_ring_that_is_none_is_kept_to_be_refused_in_its_place(polygons, broken):
    """The import says later which feature holds it; the hole beside it must not stop the reading."""
    assert polygons(broken, hole(1, 1, 2, 2)) == [[broken], [hole(1, 1, 2, 2)]]


def test_a_geopackage_of_several_layers_says_how_one_is_named(tmp_path):
    path = tmp_path / "list.gpkg"
    frame = geopandas.GeoDataFrame({"name": ["A"]}, geometry=[shapely.Point(1, 2)], crs=4326)
    for layer in ("sites", "roads"):
        frame.to_file(path, layer=layer, driver="GPKG")
    assert read_vector_features(path, path.name, "roads").rows[0].cells == ("A",)
    with pytest.raises(InputError, match=r"saw river; expected one of roads, sites\. Next: .* --sheet"):
        read_vector_features(path, path.name, "river")
    with pytest.raises(InputError, match=r"saw 2 layers: roads, sites; expected .* one layer\. Next: .* --sheet"):
        read_vector_features(path, path.name)
    with pytest.raises(InputError, match=r"saw 2 layers: roads, sites; .*Next: put each layer into a file of its own"):
        list(open_records(path, path.name, LAYER_DRIVERS[".gpkg"]))


@pytest.fixture
def zipped(tmp_path):
    """Return a function that writes an archive of members and reads the Shapefile in it."""

    def zipped(*names):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            for name in names:
                archive.writestr(name, b"no part of a Shapefile")
        path = tmp_path / "list.zip"
        path.write_bytes(held.getvalue())
        return read_vector_features(path, path.name)

    return zipped


def test_two_members_that_would_be_one_file_are_refused(zipped):
    with pytest.raises(InputError, match=r"a\.DBF.*expected one \.dbf"):
        zipped("a.shp", "a.dbf", "a.DBF")


@pytest.mark.parametrize("names", [(".", "a.shp"), ("./a.shp",), ("x//a.shp",)])
def test_members_of_an_archive_may_have_odd_names(zipped, names):
    """What is refused is the content, which was found and unpacked."""
    with pytest.raises(InputError, match="begins with 6e 6f 20 70"):
        zipped(*names)
