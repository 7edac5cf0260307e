"""The help: it fits a terminal, and its examples work as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import openpyxl
import pytest

from geo.commands import COMMANDS, main

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
def flagship(tmp_path_factory):
    """A copy of the atlas of this repository, and a shell that knows the program by its name."""
    home = tmp_path_factory.mktemp("home")
    atlas = home / "atlas"
    shutil.copytree(ROOT / "data", atlas / "data")
    shutil.copytree(ROOT / "docs", atlas / "docs")
    shutil.copy(ROOT / "atlas.toml", atlas)
    (home / "private").mkdir()
    (home / "private/names.txt").write_text("Xyzzy Qwertz\n", encoding="utf-8")  # nobody bears this name
    rows = [("Name", "Type", "Province", "GPS", "Remarks"), ("An example", "Prison", "Takeo", "10.99, 104.78", "None.")]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(atlas / "sites.xlsx")
    lines = "".join(";".join(row) + "\n" for row in rows)
    (atlas / "sites.csv").write_text(lines.replace("An example", "Another"), encoding="utf-8")
    (atlas / "figures.csv").write_text("province,code,n\nPnom Penh,KH12,2\nTakeo,KH21,4\n", encoding="utf-8")
    (atlas / "visits.csv").write_text("Lat,Lon,seen\n11.5494,104.9179,yes\n", encoding="utf-8")
    (atlas / "maps").mkdir()
    for path in (ROOT / "maps").glob("*.toml"):
        shutil.copy(path, atlas / "maps")
    (home / "bin").mkdir()
    program = home / "bin/memorial"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "cli.py"}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return home


def shell(flagship, line):
    """Run one line in a shell that knows the program, in the copied atlas."""
    env = os.environ | {"HOME": str(flagship), "PATH": f"{flagship / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "-c", line], cwd=flagship / "atlas", check=False, capture_output=True, text=True, encoding="utf-8",
        env=env, timeout=300,
    )  # fmt: skip


def told():
    """Yield (file, line, what the document shows of its output) for every call of the program in a console block."""
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            for call in re.findall(r"^\$ (.*(?:\n(?!\$ ).*)*)", block, re.MULTILINE):
                line, *shown = call.splitlines()
                if line.startswith("memorial"):
                    yield pytest.param(line, shown, id=f"{path.name}: {line}")


@pytest.mark.skipif(os.name == "nt", reason="the examples are written for a shell")
@pytest.mark.parametrize(("line", "shown"), list(told()))
def test_every_example_of_the_documents_prints_what_they_show(flagship, line, shown):
    answered = shell(flagship, line)
    assert answered.returncode == 0, answered.stderr
    printed = [*answered.stdout.splitlines(), *answered.stderr.splitlines()]
    for text in filter(None, shown):
        if text != "…":
            start = text.removesuffix("…").rstrip()
            assert any(one.startswith(start) if text.endswith("…") else one == text for one in printed), text


@pytest.mark.skipif(os.name == "nt", reason="the examples are written for a shell")
@pytest.mark.parametrize(
    "line",
    # `memorial serve` does not end by itself; tests/preview runs and interrupts it.
    [line for command in commands() for line, _ in command.examples if not line.startswith("memorial serve")],
    ids=lambda line: line.split(" > ")[0],
)
def test_every_example_of_the_help_works_as_it_stands(flagship, line):
    answered = shell(flagship, line)
    assert answered.returncode == 0, answered.stdout + answered.stderr
    if " > " in line:
        kept = (flagship / "atlas" / line.rsplit(" > ", 1)[1]).read_text(encoding="utf-8")
        assert kept.count("\n") >= 1
    elif "check" not in line:
        assert answered.stdout.count("\n") >= 1
    if "query" in line:
        said = answered.stdout if "--format count" in line else answered.stderr.splitlines()[-1]
        assert not said.startswith("0 ")
