"""The program, run in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo.atlas import compile_atlas
from geo.commands import main

ROOT = Path(__file__).parents[2]
COMPILED = []


@pytest.fixture
def atlas(small_atlas):
    """A small atlas of this test's own, not compiled yet."""
    return small_atlas()


@pytest.fixture
def memorial(atlas, monkeypatch):
    """Return a function that runs the program in the folder of `atlas`, in this process."""
    monkeypatch.chdir(atlas.folder)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, arguments)


@pytest.fixture
def still(small_atlas):
    """The folder of a small atlas that was compiled once and has rested since; no test may change it."""
    if not COMPILED:
        folder = small_atlas("still").folder
        catalogue = compile_atlas(folder).path
        time.sleep(0.02)  # a tick of the clock of the disk
        os.utime(catalogue)
        COMPILED.append(folder)
    return COMPILED[0]


@pytest.fixture
def ask(still, monkeypatch):
    """Return a function that runs the program in the folder of `still`, in this process."""
    monkeypatch.chdir(still)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, arguments)


@pytest.fixture
def run():
    """Return a function that runs the front door of the checkout in a folder, in a process of its own."""

    def run(folder, *arguments, **settings):
        command = [sys.executable, str(ROOT / "cli.py"), *arguments]
        settings = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 120} | settings
        return subprocess.run(command, cwd=folder, check=False, **settings)

    return run


@pytest.fixture
def files_of():
    """Return a function that gives every file of a folder with its bytes."""
    return lambda folder: {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
