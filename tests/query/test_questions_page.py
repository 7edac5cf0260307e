"""Every example of docs/questions.md runs as it stands, on a copy of the atlas of this repository."""

from __future__ import annotations

import json
import re
import shlex
import shutil

import pytest
from click.testing import CliRunner

from geo.commands import main
from geo.query.cql2 import _ARRAYS, _SPATIAL, _TEMPORAL
from tests.query.cases import ROOT

PAGE = (ROOT / "docs/questions.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
LINES = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]
SQUARE = [[[104.5, 11.0], [105.5, 11.0], [105.5, 12.0], [104.5, 12.0], [104.5, 11.0]]]


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copied") / "atlas"
    for part in ("data", "docs", "maps"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("*.html", "*.gpkg", "images"))
    shutil.copy(ROOT / "atlas.toml", folder)
    (folder / "area.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": SQUARE}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("line", LINES)
def test_every_command_answers(copied, monkeypatch, line):
    monkeypatch.chdir(copied)
    program, *arguments = shlex.split(line)
    assert program == "memorial"
    answered = CliRunner().invoke(main, arguments)
    assert answered.exit_code == 0, answered.output
    assert answered.stdout.strip()
    assert not answered.stderr.splitlines()[-1:] or not answered.stderr.splitlines()[-1].startswith("0 of")


def test_the_python_runs(copied, monkeypatch):
    monkeypatch.chdir(copied)
    (block,) = [block for kind, block in BLOCKS if kind == "python"]
    names = {}
    exec(compile(block, "docs/questions.md", "exec"), names)
    assert len(names["prisons"]) > 0
    assert names["nearest"]["id"].iloc[0] == "s-21"
    assert len(names["deaths"]) > 0


def test_every_operator_stands_in_the_page():
    for operator in (*_ARRAYS, *_SPATIAL, *_TEMPORAL):
        assert f"`{operator.upper()}`" in PAGE
