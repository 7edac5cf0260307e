"""KML: what a placemark says twice is kept twice, and a shape that is none of ours is not passed over."""

from __future__ import annotations

import pytest

from geo.readers.markup import read_kml


@pytest.fixture
def placemark(tmp_path):
    """Return a function that reads one placemark."""

    def placemark(inside):
        path = tmp_path / "list.kml"
        spaces = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'
        path.write_text(f"<kml {spaces}><Placemark>{inside}</Placemark></kml>")
        return read_kml(path, path.name)

    return placemark


def test_data_of_the_name_of_another_value_stand_beside_it(placemark):
    data = "".join(f'<Data name="name"><value>{value}</value></Data>' for value in ("Wat B", "Wat A", "Wat C"))
    listing = placemark(f"<name>Wat A</name><ExtendedData>{data}</ExtendedData>")
    assert dict(zip(listing.columns, listing.rows[0].cells, strict=True)) == {
        "name": "Wat A", "name (2)": "Wat B", "name (3)": "Wat C",
    }  # fmt: skip


@pytest.mark.parametrize("shape", ["gx:Track", "gx:MultiTrack", "Model"])
def test_a_shape_that_is_not_read_is_named(placemark, shape):
    """Without a word it would be a place that nobody has located."""
    listing = placemark(f"<name>Wat A</name><{shape}><gx:coord>1 2 3</gx:coord></{shape}>")
    (problem,) = listing.aside
    assert (problem.where, problem.seen) == ("feature 1", f"a {shape.removeprefix('gx:')}")
    assert not listing.rows
