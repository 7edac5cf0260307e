"""Writers and readers at the same time: a question sees the earlier or the new atlas, never a mixture or an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo.atlas import build_maps, check_built

ROOT = Path(__file__).parents[2]
SECONDS = 120.0 if os.environ.get("MEMORIAL_EVERY_FAULT") else 2.0

READER = """
import contextlib, io, json, sys, time
from geo.commands import main
from click.testing import CliRunner
runner, seen, until = CliRunner(), [], time.monotonic() + float(sys.argv[1])
asks = json.loads(sys.argv[2])
while time.monotonic() < until or len(seen) < 4:
    for ask in asks:
        done = runner.invoke(main, ask)
        records = json.loads(done.stdout) if ask[0] == "query" and not done.exit_code else []
        records = records["records"] if isinstance(records, dict) else records
        told = sorted({record["summary"] for record in records})
        seen.append((ask[0], done.exit_code, len(records), told, done.stderr[-500:] if done.exit_code else ""))
print(json.dumps(seen))
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be replaced there")


def edit(atlas, number):
    """Put one new edition of the places in place at one stroke: every one of them says its number."""
    with (atlas.folder / "data/sites.geojson").open(encoding="utf-8") as file:
        document = json.load(file)
    for feature in document["features"]:
        feature["properties"]["summary"] = f"This is what edition{number} says."
    new = atlas.folder / "data/new"
    new.write_text(json.dumps(document), encoding="utf-8")
    new.replace(atlas.folder / "data/sites.geojson")


def start(folder, said, *asks):
    """Start a process that asks again and again, and says in the end into a file what it was told."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", READER, str(SECONDS), json.dumps(asks)]
    with said.open("wb") as out:
        return subprocess.Popen(command, cwd=folder, env=env, stdout=out)


def test_a_question_sees_one_edition(small_atlas, tmp_path):
    atlas = small_atlas()
    edit(atlas, 0)
    everything = ["query", "--format", "json"]
    found = ["query", "--text", "edition", "--format", "json"]
    asks = ([everything, found], [everything], [["build"]])
    said = [tmp_path / f"said-{number}.json" for number in range(len(asks))]
    running = [start(atlas.folder, path, *each) for path, each in zip(said, asks, strict=True)]
    edition = 0
    while any(process.poll() is None for process in running):
        edition += 1
        edit(atlas, edition)
        time.sleep(0.3)
    answers = [answer for path in said for answer in json.loads(path.read_text(encoding="utf-8"))]
    # Whoever never finds the inputs at rest says so: on a busy machine the editor of this test leaves little time.
    restless = [answer for answer in answers if answer[1] == 2 and answer[4].rstrip().endswith("[at-rest]")]
    answers = [answer for answer in answers if answer not in restless]
    assert len(answers) > len(restless)
    assert [(name, why) for name, code, _, _, why in answers if code] == []
    told = [(records, editions) for name, _, records, editions, _ in answers if name == "query"]
    assert {(records, len(editions)) for records, editions in told} == {(5, 1)}, "one answer tells of two editions"
    seen = {editions[0] for _, editions in told}
    assert len(seen) > 1, "the readers never met a rebuild"
    build_maps(atlas.folder)
    assert {each.state for each in check_built(atlas.folder)} == {"up to date"}
    assert [path.name for path in atlas.folder.rglob(".*partial*")] == []
