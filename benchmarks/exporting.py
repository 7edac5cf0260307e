"""`memorial export x.gpkg` from an atlas that is not compiled, beside `ogr2ogr` and geopandas from the same GeoJSON."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from benchmarks.atlases import CATALOGUE, find_atlas
from benchmarks.measuring import LARGE, MEMORIAL, SMALL, Row, Used, compare, measure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GEOPANDAS = """
import sys
import geopandas
geopandas.read_file(sys.argv[1]).to_file(sys.argv[2], layer="sites", driver="GPKG")
"""


def rows(scratch: Path, *, full: bool) -> Iterator[Row]:
    """Yield rows of wall time and of memory; ours checks, joins, compiles and indexes on the way."""
    for sites in LARGE if full else SMALL:
        folder = find_atlas(scratch, sites)
        geojson, out = folder / "data/sites.geojson", scratch / "out.gpkg"
        commands = {"ours": (*MEMORIAL, "-C", folder, "export", out)}
        if ogr2ogr := shutil.which("ogr2ogr"):
            commands["ogr2ogr"] = (ogr2ogr, "-f", "GPKG", out, geojson)
        commands["geopandas"] = (sys.executable, "-c", GEOPANDAS, geojson, out)
        runs: dict[str, list[Used]] = {name: [] for name in commands}
        for _ in range(1 if sites > 100_000 else 3):
            for name, command in commands.items():
                _remove(folder, scratch)
                runs[name].append(measure(command))
        used = {name: sorted(all_of, key=lambda each: each.wall)[len(all_of) // 2] for name, all_of in runs.items()}
        _remove(folder, scratch)
        yield from compare("export to GeoPackage, from GeoJSON", sites, used, "≤ 0.7 × `ogr2ogr`")
        yield from compare("the same, CPU", sites, used, figure="cpu")
        yield from compare("the same, memory", sites, used, figure="memory")
        size = geojson.stat().st_size / 1e6
        yield Row("the same, memory beside the size of the input", sites, f"{used['ours'].memory / size:.2f} ×")


def _remove(folder: Path, scratch: Path) -> None:
    """Remove what a run left, so that the next one begins as it did."""
    for path in (*scratch.glob("out.gpkg*"), folder / CATALOGUE, folder / "maps/provenance.json"):
        path.unlink(missing_ok=True)
