"""The benchmarks are only imported here, and the smallest things that they do: nothing is timed in a test."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if path.stem != "peer_maps")


@pytest.fixture(autouse=True)
def found(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))


@pytest.mark.parametrize("name", ["measuring", "run", "starting", "questions", "pages", "exporting", "tables"])
def test_a_script_can_be_imported(name):
    assert import_module(f"benchmarks.{name}").__doc__


def test_every_part_of_the_run_yields_rows():
    run = import_module("benchmarks.run")
    assert all(callable(import_module(f"benchmarks.{part}").rows) for part in run.PARTS)
    assert set(run.PARTS) <= set(SCRIPTS)


def test_commands_are_measured_by_turns_and_told_as_ratios():
    measuring = import_module("benchmarks.measuring")
    commands = {"ours": (sys.executable, "-S", "-c", "pass"), "a peer": (sys.executable, "-S", "-c", "x = 1")}
    used = measuring.alternate(commands, 1, warm=False)
    assert all(min(each.wall, each.cpu, each.memory) > 0 for each in used.values())
    (row,) = measuring.compare("starting", 200, used, "≤ 9", "cpu")
    assert row.ratio == used["ours"].cpu / used["a peer"].cpu
    table = measuring.render_table([row, measuring.Row("alone", 0, "1 s")]).splitlines()
    assert len({line.count("|") for line in table}) == 1
    assert "| flagship |" in table[-1]
    with pytest.raises(RuntimeError, match="ended with 3"):
        measuring.measure((sys.executable, "-S", "-c", "raise SystemExit(3)"))
