"""Print which lines and branches of each file the tests ran, and fail when too few branches were taken.

``make coverage`` runs it on the report of coverage.py, whose own figure mixes lines and branches.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

LEAST = 95
"""Of a hundred branches, how many must be taken."""


def main(report):
    """Print the table of a report in JSON; return whether enough branches were taken."""
    document = json.loads(Path(report).read_text(encoding="utf-8"))
    rows = [(name, entry["summary"]) for name, entry in sorted(document["files"].items())]
    rows = [row for row in rows if row[1]["num_statements"]] + [("all of it", document["totals"])]
    width = max(len(name) for name, _ in rows)
    table = [f"{'':{width}}  {'lines':<24}  {'branches':<24}"]
    for name, found in rows:
        lines = share(found["covered_lines"], found["num_statements"])
        table.append(f"{name:{width}}  {lines}  {share(found['covered_branches'], found['num_branches'])}")
    sys.stdout.write("\n".join(table) + "\n")
    taken, there = document["totals"]["covered_branches"], document["totals"]["num_branches"]
    if 100 * taken < LEAST * there:
        sys.stderr.write(f"Fewer than {LEAST} of 100 branches were taken.\n")
        return False
    return True


def share(covered, there):
    """Return two numbers and how many of a hundred the first is of the second, never rounded up."""
    percent = f"{100_00 * covered // there / 100:6.2f} %" if there else ""
    return f"{covered:>6,} of {there:<6,}{percent:>9}" if there else f"{'–':>25}"


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1]))
