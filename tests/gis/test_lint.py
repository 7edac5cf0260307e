"""What linters of RFC 7946, made by others, say of the GeoJSON that we write."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo.commands import main

LINT = Path(__file__).parent / "lint"


def test_they_find_nothing_in_any_layer(flagship_catalogue, tmp_path):
    node = shutil.which("node")
    if node is None or not (LINT / "node_modules").is_dir():
        message = "no Node, or its linters are not installed; sh tests/gis/provide.sh installs them"
        if os.environ.get("CI") and node:
            pytest.fail(message)
        pytest.skip(message)
    files = []
    layers = ("sites", "routes", "provinces", "provinces_1975", "rivers", "lake", "neighbours", "towns")
    places = ("sites", "provinces", "provinces_1975")
    for name in (*(f"{layer}.geojson" for layer in layers), *(f"{layer}.jsonld" for layer in places)):
        files.append(tmp_path / name)
        command = ["-C", str(flagship_catalogue.parents[1]), "export", str(files[-1]), name.partition(".")[0]]
        ran = CliRunner().invoke(main, command)
        assert ran.exit_code == 0, ran.stderr
    asked = subprocess.run([node, "lint.mjs", *map(str, files)], cwd=LINT, capture_output=True, check=True, timeout=60)
    assert json.loads(asked.stdout) == []


def test_they_do_find_what_is_wrong(tmp_path):
    node = shutil.which("node")
    if node is None or not (LINT / "node_modules").is_dir():
        pytest.skip("no Node, or its linters are not installed; sh tests/gis/provide.sh installs them")
    wrong = tmp_path / "wrong.geojson"
    ring = [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]  # clockwise
    wrong.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    asked = subprocess.run([node, "lint.mjs", str(wrong)], cwd=LINT, capture_output=True, check=True, timeout=60)
    assert "right-hand rule" in asked.stdout.decode()
