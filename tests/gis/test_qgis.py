"""What QGIS itself makes of a catalogue: every layer valid, its style applied, Khmer intact, a picture drawn."""

import json
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PYTHON = "/usr/bin/python3"
ORDER = ["sites", "routes", "towns", "rivers", "lake", "provinces", "neighbours"]
"""From the top to the bottom, as a person arranges them."""


def has_qgis():
    asked = [PYTHON, "-c", "import qgis.core"]
    return Path(PYTHON).exists() and subprocess.run(asked, capture_output=True, check=False).returncode == 0


def look(path, folder):
    """Open a GeoPackage in QGIS; return what it found, and the picture."""
    if not has_qgis():
        message = "QGIS is not here; sh tests/gis/provide.sh installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    picture = folder / "cambodia.png"
    asked = json.dumps([[102.2, 9.9, 107.7, 14.8], ORDER])
    run = subprocess.run(
        [PYTHON, str(HERE / "look.py"), str(path), str(picture), asked],
        capture_output=True,
        check=False,
        timeout=120,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "QT_QPA_PLATFORM": "offscreen",
        },
    )
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    return json.loads(run.stdout), picture


@pytest.fixture(scope="module")
def seen(flagship_catalogue, tmp_path_factory):
    """Look at the flagship's catalogue once."""
    return look(flagship_catalogue, tmp_path_factory.mktemp("qgis"))


@pytest.fixture(scope="module")
def seen_export(flagship_export, tmp_path_factory):
    """Look at what a reader is given: the flagship under its mask, exported whole."""
    return look(flagship_export, tmp_path_factory.mktemp("qgis"))


def test_every_layer_is_valid_and_styled(seen):
    found, _ = seen
    for name in ORDER:
        assert found[name]["valid"], name
        assert found[name]["geometry"], name
        assert found[name]["styled"], name
        assert found[name]["faults"] == [], name


def test_every_site_counts_the_unlocated_too(seen, flagship_sites):
    found, _ = seen
    assert found["sites"]["features"] == len(flagship_sites)


def test_the_signs_have_a_rule_for_every_kind(seen, flagship_vocabulary):
    found, _ = seen
    for term in flagship_vocabulary["kinds"].values():
        assert any(term["label"]["en"] in rule for rule in found["sites"]["rules"])
        assert any(term["label"]["km"] in rule for rule in found["sites"]["rules"])
    for term in flagship_vocabulary["route_kinds"].values():
        assert any(term["label"]["en"] in rule for rule in found["routes"]["rules"])


def test_labels_stand_in_both_scripts(seen):
    found, _ = seen
    assert "Battambang\nបាត់ដំបង" in found["provinces"]["labels"]


def test_the_picture_shows_the_colours_of_the_signs(seen, flagship_vocabulary):
    found, picture = seen
    assert found["drawn"]["errors"] == []
    assert picture.stat().st_size > 10_000
    colours = set(found["drawn"]["colours"])
    shown = {term["colour"] for term in flagship_vocabulary["kinds"].values()} & colours
    assert len(shown) >= 4, shown
    assert_journeys(colours, flagship_vocabulary)


def assert_journeys(colours, vocabulary):
    """Fail when no journey is drawn: their colours are those of no sign."""
    signs = {term["colour"] for term in vocabulary["kinds"].values()}
    assert ({term["colour"] for term in vocabulary["route_kinds"].values()} - signs) & colours


def test_whole_numbers_stay_whole(seen):
    found, _ = seen
    assert found["sites"]["fields"]["precision_m"] in {"Integer64", "Integer"}


def test_an_export_opens_with_its_styles(seen_export, flagship_vocabulary):
    found, picture = seen_export
    for name in ORDER:
        assert found[name]["valid"], name
        assert found[name]["geometry"], name
        assert found[name]["styled"], name
        assert found[name]["faults"] == [], name
    for table in ("claims", "names", "relations", "events", "sources"):
        assert found[table]["valid"], table
        assert not found[table]["geometry"], table
        assert found[table]["features"] > 0, table
    assert found["drawn"]["errors"] == []
    assert picture.stat().st_size > 10_000
    assert_journeys(set(found["drawn"]["colours"]), flagship_vocabulary)


def test_an_export_keeps_khmer_and_whole_numbers(seen_export, flagship_sites, flagship_vocabulary):
    found, _ = seen_export
    assert found["sites"]["features"] == len(flagship_sites)
    assert "Battambang\nបាត់ដំបង" in found["provinces"]["labels"]
    assert "S-21 Security Centre (Tuol Sleng)\nទួលស្លែង" in found["sites"]["labels"]
    for term in flagship_vocabulary["kinds"].values():
        assert any(term["label"]["km"] in rule for rule in found["sites"]["rules"])
    assert found["sites"]["fields"]["precision_m"] in {"Integer64", "Integer"}


def test_the_relations_of_an_export_are_found(seen_export):
    found, _ = seen_export
    if found["related"] is None:
        pytest.skip("this GDAL is older than 3.6 and knows no relations")
    pairs = list(found["related"].values())
    for pair in (["sites", "claims"], ["sites", "names"], ["claims", "sources"], ["provinces", "sites"]):
        assert pair in pairs, pairs
