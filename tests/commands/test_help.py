"""The help: it fits a terminal, and its examples work as they stand."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import click
import openpyxl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from geo.commands import COMMANDS, main
from tests.documents.reading import followed
from tests.small_atlas import SmallAtlas

ROOT = Path(__file__).parents[2]


def commands():
    return [main, *(main.get_command(click.Context(main), name) for name in COMMANDS)]


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.name)
def test_the_help_fits_a_terminal_and_shows_the_examples(memorial, command):
    asked = memorial("--help") if command is main else memorial(command.name, "-h")
    assert asked.exit_code == 0
    assert command.examples
    for line, _ in command.examples:
        assert line.split(" > ")[0].split()[-1] in asked.stdout
    assert max(len(line) for line in asked.stdout.splitlines()) <= 100


@pytest.fixture(scope="module")
def flagship(flagship_atlas, tmp_path_factory):
    """A home with a copy of the atlas of this repository in it."""
    home = tmp_path_factory.mktemp("home")
    atlas = home / "atlas"
    shutil.copytree(flagship_atlas, atlas)
    rows = [("Name", "Type", "Province", "GPS", "Remarks"), ("An example", "Prison", "Takeo", "10.99, 104.78", "None.")]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(atlas / "sites.xlsx")
    lines = "".join(";".join(row) + "\n" for row in rows)
    (atlas / "sites.csv").write_text(lines.replace("An example", "Another"), encoding="utf-8")
    (atlas / "figures.csv").write_text("province,code,n\nPnom Penh,KH12,2\nTakeo,KH21,4\n", encoding="utf-8")
    (atlas / "visits.csv").write_text("Lat,Lon,seen\n11.5494,104.9179,yes\n", encoding="utf-8")
    site = json.loads((ROOT / "data/sites.geojson").read_text(encoding="utf-8"))["features"][0]["properties"]["id"]
    parquet.write_table(pa.table({"site": [site], "victims": [2]}), atlas / "register.parquet")
    return home


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A home with the atlas of nowhere in it, for what is the same in every atlas."""
    home = tmp_path_factory.mktemp("small")
    (home / "atlas").mkdir()
    atlas = SmallAtlas(home / "atlas")
    atlas.replace("atlas.toml", "[layers.sites]", f"{MASK}[layers.sites]")
    (home / "private").mkdir()
    (home / "private/names.txt").write_text("Xyzzy Qwertz\n", encoding="utf-8")  # nobody bears this name
    return home


MASK = """\
[masks.public]
title = { en = "Public" }
reason = { en = "So that graves rest." }
rules = [{ kinds = ["prison"], grid_m = 5000 }]

"""

# `memorial serve` does not end by itself: tests/preview runs and interrupts it. A database is for tests/postgis. What a
# document runs in the same atlas need not run twice.
EXAMPLES = [
    line
    for command in commands()
    for line, _ in command.examples
    if not line.startswith("memorial serve") and "://" not in line and line not in followed()
]
ANYWHERE = ("build", "check", "diff")
"""Commands whose examples name nothing of the atlas of this repository; reading it whole takes seconds."""


# An import changes the atlas, which would be compiled once more for what comes after it.
@pytest.mark.parametrize(
    "line", sorted(EXAMPLES, key=lambda line: " import " in line), ids=lambda line: line.split(" > ")[0]
)
def test_every_example_of_the_help_works_as_it_stands(request, monkeypatch, line):
    home = request.getfixturevalue("small" if set(ANYWHERE) & set(line.split()) else "flagship")
    monkeypatch.chdir(home / "atlas")
    asked, _, kept = line.partition(" > ")
    program, *arguments = [str(home / each[2:]) if each.startswith("~/") else each for each in shlex.split(asked)]
    assert program == "memorial"
    answered = CliRunner().invoke(main, arguments)
    assert answered.exit_code == 0, answered.output
    if kept:
        (home / "atlas" / kept).write_text(answered.stdout, encoding="utf-8")
    if kept or "check" not in line:
        assert answered.stdout.count("\n") >= 1
    if "query" in line:
        said = answered.stdout if "--format count" in line else answered.stderr.splitlines()[-1]
        assert not said.startswith("0 ")
