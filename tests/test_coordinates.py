"""Positions: however one is written, it reads back within its precision; what can be read in two ways is refused."""

from __future__ import annotations

import mgrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.coordinates import propose, read_angle, read_pair, read_position
from geo.coordinates.datums import find_conversion

KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
AREA = (102.0, 9.0, 108.0, 15.0)


def parts(value, digits):
    """Return degrees, minutes and seconds of a positive angle, rounded without a sixty."""
    units = round(value * 3600 * 10**digits)
    seconds = units % (60 * 10**digits)
    minutes = units // (60 * 10**digits)
    return (
        minutes // 60,
        minutes % 60,
        f"{seconds // 10**digits:02d}" + (f".{seconds % 10**digits:0{digits}d}" if digits else ""),
    )


def spelled(value, sides, style, digits):
    """Return one angle in one way of writing, and what its last digit is worth in degrees."""
    side = sides[value < 0]
    size = abs(value)
    d, m, s = parts(size, digits)
    dm = round(size * 60 * 10**digits)
    minutes = f"{dm % (60 * 10**digits) / 10**digits:0{3 + digits if digits else 2}.{digits}f}"
    degrees = dm // (60 * 10**digits)
    decimal = f"{size:.{digits + 2}f}"
    return {
        "decimal": (f"{'-' if value < 0 else ''}{decimal}", 10.0 ** -(digits + 2)),
        "comma": (f"{'−' if value < 0 else ''}{decimal}".replace(".", ","), 10.0 ** -(digits + 2)),
        "decimal side": (f"{decimal}° {side}", 10.0 ** -(digits + 2)),
        "side first": (f"{side} {decimal}", 10.0 ** -(digits + 2)),
        "dms": (f"{d}°{m:02d}′{s}″{side}", 10.0**-digits / 3600),
        "dms plain": (f"{side} {d} {m:02d} {s}", 10.0**-digits / 3600),
        "dms colon": (f"{'-' if value < 0 else ''}{d}:{m:02d}:{s}", 10.0**-digits / 3600),
        "dms typed": (f"{d}º {m:02d}' {s}'' {side}", 10.0**-digits / 3600),
        "dms curly": (f"{side}{d}° {m:02d}’ {s}”", 10.0**-digits / 3600),
        "dms letters": (f"{d}d{m:02d}m{s}s {side}", 10.0**-digits / 3600),
        "dms words": (f"{d} degrees {m:02d} minutes {s} seconds {side}", 10.0**-digits / 3600),
        "dms khmer": (f"{d}°{m:02d}′{s}″".translate(KHMER) + f" {side}", 10.0**-digits / 3600),
        "dm": (f"{degrees}°{minutes}′{side}", 10.0**-digits / 60),
        "dm dash": (f"{degrees}-{minutes}{side}", 10.0**-digits / 60),
    }[style]


STYLES = (
    "decimal", "comma", "decimal side", "side first", "dms", "dms plain", "dms colon", "dms typed", "dms curly",
    "dms letters", "dms words", "dms khmer", "dm", "dm dash",
)  # fmt: skip


@given(
    lat=st.floats(-89.9, 89.9), lon=st.floats(-179.9, 179.9), style=st.sampled_from(STYLES), digits=st.integers(0, 4)
)
def test_however_a_position_is_written_it_reads_back_within_its_precision(lat, lon, style, digits):
    north, step = spelled(lat, "NS", style, digits)
    east, _ = spelled(lon, "EW", style, digits)
    found = [read_pair(north, east), read_position(f"{north}; {east}"), read_position(f"{north} / {east}")]
    if style != "comma":
        found.append(read_position(f"{north}, {east}"))
    if style not in {"dms plain", "side first"}:
        found.append(read_position(f"{north} {east}"))
    for position in found:
        assert position.lat == pytest.approx(lat, abs=step)
        assert position.lon == pytest.approx(lon, abs=step)
        assert position.step_m == pytest.approx(step * 111_320)
        off = max(abs(position.lat - lat), abs(position.lon - lon)) * 111_320
        assert off <= position.radius_m


@given(lat=st.floats(-79, 83), lon=st.floats(-179.9, 179.9), digits=st.integers(1, 5))
def test_mgrs_reads_back_within_its_square(lat, lon, digits):
    assume(abs(lat) > 0.2)  # on the equator itself the library does not read what it writes
    reference = mgrs.MGRS().toMGRS(lat, lon, MGRSPrecision=digits)
    position = read_position(reference)
    assert position.step_m == 10 ** (5 - digits)
    assert abs(position.lat - lat) * 111_320 <= 1.5 * position.step_m
    assert position.grid


@pytest.mark.parametrize(
    ("text", "lat", "lon", "radius"),
    [
        ("N 13015’1062” E 102052’2476”", 13.252950, 102.873544, 1000),
        ("N 120 50’5645” E 1020 51’4893”", 12.849014, 102.863592, 1000),
        ("N 13045”0994” E 106058’3465”", 13.752761, 106.976292, 1000),
        ("11°32′58″N 104°55′04″E / 11.54944°N 104.91778°E", 11.54944, 104.91778, 2),
        ("48P 489609 1277082", 11.552586, 104.904701, 1),
        ("Zone 48P E 489609 N 1277082", 11.552586, 104.904701, 1),
        ("48N 489609 1277082", 11.552586, 104.904701, 1),  # N for north
        ("48 P 489 609 1 277 082", 11.552586, 104.904701, 1),
        ("48P VT 89609 77082", 11.552595, 104.904710, 1),
        ("48PVT8977", 11.560889, 104.908284, 1000),
        ("102.87354 E, 13.25295 N", 13.25295, 102.87354, 2),
        ("131510N 1025224E", 13.252778, 102.873333, 31),
        ("១៣°១៥′១០″ ខាងជើង ១០២°៥២′២៤″ ខាងកើត", 13.252778, 102.873333, 31),
        ("Lat: 13.25; Long: 102.87", 13.25, 102.87, 1114),
        ("13°15.177' N, 102°52.41' E", 13.25295, 102.8735, 19),
    ],
)
def test_the_ways_of_old_lists(text, lat, lon, radius):
    position = read_position(text)
    assert (position.lat, position.lon) == (pytest.approx(lat, abs=2e-6), pytest.approx(lon, abs=2e-6))
    assert position.radius_m == radius


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a latitude and a longitude"),
        ("13,103", "a latitude and a longitude"),
        ("13°75'N 102°E", "less than 60"),
        ("13.5 O 102.5 N", "west in French and east in German"),
        ("-13.5 S 102.5 E", "minus sign"),
        ("48S 489609 1277082", "southern half"),
        ("99P 489609 1277082", "zone 99"),
        ("48PVT897", "as many digits"),
        ("48P 489609 277082", "band P reaches from 8° to 16°"),
        ("13.5 N 14.5 N", "belongs"),
        ("97° N 104° E", "more than a latitude"),
        ("11.5 104.9 / 12.5 104.9", "apart"),
        ("near the pagoda", "a latitude and a longitude"),
    ],
)
def test_what_cannot_be_read_says_why(text, reason):
    with pytest.raises(ValueError, match=reason):
        read_position(text)


def test_a_letter_must_fit_the_column():
    with pytest.raises(ValueError, match="E stands where a latitude belongs"):
        read_angle("13.5 E", "lat")
    with pytest.raises(ValueError, match="longitude: "):
        read_pair("13.5", "here")


def test_what_looks_wrong_is_proposed():
    assert [(what, lat, lon) for what, lat, lon in propose(102.87, 13.25, AREA)] == [
        ("latitude and longitude exchanged", 13.25, 102.87)
    ]
    assert propose(13.25, -102.87, AREA)[0][0] == "the sign of the longitude changed"
    assert propose(1325295, 10287354, AREA)[0] == ("a decimal point 5 places from the end", 13.25295, 102.87354)
    assert propose(0, 0, AREA) == []


def test_indian_1960_is_converted_with_its_accuracy_stated():
    found = find_conversion("EPSG:4131", AREA)
    assert found.accuracy_m > 0
    assert found.method
    lon, lat = found.convert(103.0, 13.0)
    assert 300 < max(abs(lon - 103.0), abs(lat - 13.0)) * 111_320 < 600
    grid = find_conversion("EPSG:3148", AREA)
    assert grid.projected
    lon, lat = grid.convert(500_000, 1_300_000)
    assert (lon, lat) == (pytest.approx(104.996, abs=0.002), pytest.approx(11.763, abs=0.002))


@pytest.mark.parametrize(
    ("crs", "reason"),
    [
        ("EPSG:9999999", "no coordinate system"),
        ("EPSG:5711", "no system of positions"),
        ("EPSG:4001", "no transformation"),
    ],
)
def test_a_system_without_a_way_to_wgs_84_is_refused(crs, reason):
    with pytest.raises(ValueError, match=reason):
        find_conversion(crs, AREA)


def test_wgs_84_is_left_as_it_is():
    assert find_conversion("EPSG:4326").convert(103.0, 13.0) == (103.0, 13.0)
    with pytest.raises(ValueError, match="outside"):
        find_conversion("EPSG:32648").convert(1e30, 1e30)
