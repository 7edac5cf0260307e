"""``memorial check --withheld``: names are found, and never printed."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("# invented\nQorra Vexil\n", encoding="utf-8")
    return str(path)


def test_a_name_refuses_the_atlas_and_is_not_printed(memorial, atlas, names):
    assert memorial("check", "--withheld", names).exit_code == 0
    atlas.put("sites", "place-b", summary="Qorra Vexil was here.")
    atlas.write("README.md", "Of Qorra Vexil.\n")
    assert memorial("check").exit_code == 0
    checked = memorial("check", "--withheld", names)
    assert checked.exit_code == 2
    assert "data/sites.geojson: feature 2 (place-b): summary: saw the name on line 2 of the list" in checked.stdout
    assert "README.md: line 1" in checked.stdout
    assert "vexil" not in checked.output.lower()
    rows = json.loads(memorial("check", "--withheld", names, "--format", "json").stdout)
    assert {row["rule"] for row in rows} == {"withheld-name"}


def test_a_list_that_would_be_published_is_refused(memorial, atlas):
    atlas.write("names.txt", "Qorra Vexil\n")
    refused = memorial("check", "--withheld", str(atlas.folder / "names.txt"))
    assert refused.exit_code == 2
    assert "outside the atlas" in refused.output
    assert "vexil" not in refused.output.lower()
