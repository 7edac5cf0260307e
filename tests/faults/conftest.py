"""Faults on order: runs of the program that are killed, interrupted, or find the disk full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.small_atlas import SmallAtlas

ROOT = Path(__file__).parents[2]


class Faulty:
    """The program, run again and again by one process that has loaded it."""

    def __init__(self, home, *warm):
        self.home = home
        env = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(Path(__file__).with_name("zygote.py")), *map(str, warm)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env,
        )  # fmt: skip

    def __call__(self, folder, *args, **fault):
        order = {"cwd": str(folder), "home": str(self.home), "args": [str(each) for each in args], **fault}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return SimpleNamespace(**json.loads(self.process.stdout.readline()))

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


@pytest.fixture(scope="session")
def faulty(tmp_path_factory):
    """Return a function that runs the program in a folder, with at most one fault (see zygote.py)."""
    warm = tmp_path_factory.mktemp("warm") / "atlas"
    warm.mkdir()
    program = Faulty(tmp_path_factory.getbasetemp(), SmallAtlas(warm).folder)
    yield program
    program.close()


def contents(folder):
    """Return every file below a folder with its bytes; partial files apart."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    whole = {name: data for name, data in files.items() if ".partial-" not in name}
    return whole, sorted(set(files) - set(whole))


def lay_out(folder, files):
    """Put files back as they were; partial files stay where a fault left them.

    The date of a catalogue must not vouch for it: each run looks at all of it, in the same steps.
    """
    there, _ = contents(folder)
    for name in set(there) - set(files):
        (folder / name).unlink()
    for name, data in files.items():
        path = folder / name
        if there.get(name) != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if path.suffix == ".gpkg":
            os.utime(path, (0, 0))
