"""What the processes of one run of the tests share: a folder that the first who needs it fills."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def shared_folder(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """Return a folder of this run, filled; whoever comes first fills it, and the others wait for that."""
    together = "PYTEST_XDIST_WORKER" in os.environ
    folder = (factory.getbasetemp().parent if together else factory.mktemp("shared")) / name
    done = folder.with_name(f"{name}.done")
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(1_200):
            if done.exists():
                return folder
            time.sleep(0.1)
        pytest.fail(f"the process that fills {name} did not end")
    try:
        fill(folder)
    finally:
        done.touch()
    return folder
