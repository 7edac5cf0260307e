"""What GDAL's own checks of the GeoPackage standard say of the catalogue and of an export."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PYTHON = "/usr/bin/python3"
FIRST_TO_KNOW_1_4 = 3_080_000
"""The checks of an older GDAL ask a GeoPackage 1.4 for two triggers that 1.4 replaced (requirement 75)."""

REPLACED = {"update1": ("update6", "update7"), "update3": ("update5",)}


def faults(path):
    """Return what the checks find; they are skipped where the machine has none."""
    asked = [PYTHON, "-c", "import osgeo_utils.samples.validate_gpkg"]
    if not Path(PYTHON).exists() or subprocess.run(asked, capture_output=True, check=False).returncode:
        message = "GDAL's validate_gpkg is not here; sh tests/gis/provide.sh installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    run = subprocess.run([PYTHON, str(HERE / "validate.py"), str(path)], capture_output=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    told = json.loads(run.stdout)
    with closing(sqlite3.connect(path)) as opened:
        (version,) = opened.execute("PRAGMA user_version").fetchone()
        triggers = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    excused = set()
    if version == 10_400 and int(told["gdal"]) < FIRST_TO_KNOW_1_4:
        layers = {name.rpartition("_")[0] for name in triggers if name.startswith("rtree_")}
        for old, new in REPLACED.items():
            excused |= {
                f"{layer}_{old} trigger missing" for layer in layers if {f"{layer}_{one}" for one in new} <= triggers
            }
    return [fault for fault in told["errors"] if fault[1] not in excused]


def test_they_find_nothing_in_a_catalogue(flagship_catalogue):
    assert faults(flagship_catalogue) == []


def test_they_find_nothing_in_an_export(flagship_export):
    assert faults(flagship_export) == []


def test_they_do_find_what_is_wrong(flagship_export, tmp_path):
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(flagship_export.read_bytes())
    with closing(sqlite3.connect(broken)) as opened:
        opened.execute("UPDATE gpkg_contents SET last_change = 'yesterday' WHERE table_name = 'towns'")
        opened.commit()
    assert faults(broken)
