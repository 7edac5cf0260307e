"""The invented atlases that the benchmarks measure with: made once, kept in one folder."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import MEMORIAL, measure  # noqa: E402  (the repository must be found first)
from benchmarks.synthetic_atlas import write_atlas  # noqa: E402

CATALOGUE = "maps/synthetic.gpkg"


def find_atlas(scratch: Path, sites: int) -> Path:
    """Return the folder of an atlas of that many invented places; it is written when it is not there yet."""
    folder = scratch / f"sites-{sites}"
    if not (folder / "atlas.toml").is_file():
        write_atlas(folder, sites)
    return folder


def find_compiled(scratch: Path, sites: int) -> Path:
    """Return the folder of such an atlas with its catalogue."""
    folder = find_atlas(scratch, sites)
    if not (folder / CATALOGUE).is_file():
        measure((*MEMORIAL, "-C", folder, "query", "--format", "count"))
    return folder
