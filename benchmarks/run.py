"""Every row of the table of speeds, beside named peers, as a Markdown table; never part of the tests.

``make bench`` runs the small sizes, ``make bench-full`` all of them. By hand: ``python benchmarks/run.py --only
questions --full --scratch FOLDER --out FILE``. What a machine lacks (ogrinfo, Chromium, swiftmap) is left out.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import MEMORIAL, Row, measure, render_table  # noqa: E402  (the repository must be found)

PARTS = ("starting", "questions", "pages", "exporting", "tables")


def main(words: list[str]) -> None:
    """Measure the parts that are asked for, and print what was measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--full", action="store_true", help="all sizes, up to 1,000,000 sites")
    asked.add_argument("--only", action="append", choices=PARTS, help="one part, or several")
    asked.add_argument("--scratch", type=Path, help="a folder in which invented atlases are kept for the next run")
    asked.add_argument("--out", type=Path, help="a file for the table, beside the standard output")
    options = asked.parse_args(words)
    measure((*MEMORIAL, "-C", ROOT, "build"))
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        for part in options.only or PARTS:
            for row in import_module(f"benchmarks.{part}").rows(scratch, full=options.full):
                found.append(row)
                print(render_table([row]).splitlines()[-1], file=sys.stderr, flush=True)
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    table = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load}\n\n"
    table += render_table(found)
    print(table, end="")
    if options.out:
        options.out.write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
