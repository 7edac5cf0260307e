"""Whole commands against named peers, interleaved in one run, as ratios of medians; never part of the tests.

Run it with ``make bench``. A ratio below 1 means that we are faster. What a machine lacks is said and left out.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 9
MEMORIAL = (sys.executable, str(ROOT / "cli.py"), "-C", str(ROOT))


def run(command: tuple[str, ...]) -> tuple[float, float]:
    """Run one command and return its wall time and its CPU time in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(name: str, ours: tuple[str, ...], peer_name: str, peer: tuple[str, ...], rounds: int = ROUNDS) -> None:
    """Print how long ours takes beside the peer: medians of interleaved runs, and their ratio."""
    run(ours)
    run(peer)
    times = [(run(ours)[0], run(peer)[0]) for _ in range(rounds)]
    mine, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{name:<44} {mine:7.3f} s   {peer_name:<24} {theirs:7.3f} s   ratio {mine / theirs:5.2f}")


def main() -> None:
    """Measure what the design promises and this form of the program already does."""
    subprocess.run((*MEMORIAL, "build"), check=True, stdout=subprocess.DEVNULL)
    cpu = statistics.median(run((*MEMORIAL, "--help"))[1] for _ in range(ROUNDS))
    print(f"{'memorial --help':<44} {cpu:7.3f} s of CPU (promised: at most 0.15)")
    catalogue = ROOT / "maps" / "cambodia-1975-1979.gpkg"
    if ogrinfo := shutil.which("ogrinfo"):
        for kind, where in (("prison", "kind = 'prison'"), ("mass_grave", "kind = 'mass_grave'")):
            ask = (*MEMORIAL, "query", "--kind", kind, "--format", "json")
            compare(
                f"memorial query --kind {kind}",
                ask,
                "ogrinfo -where",
                (ogrinfo, "-where", where, str(catalogue), "sites"),
            )
    else:
        print("ogrinfo is not here (Debian: gdal-bin); the comparison of queries is left out")
    with tempfile.TemporaryDirectory() as scratch:
        ours = (*MEMORIAL, "build", "--map", "overview", "--out", scratch)
        peer_page = Path(scratch) / "peer.html"
        peer = (
            sys.executable,
            str(ROOT / "benchmarks/peer_folium.py"),
            str(ROOT / "data/sites.geojson"),
            str(peer_page),
        )
        compare("memorial build --map overview", ours, "folium MarkerCluster", peer, rounds=5)
        size = (Path(scratch) / "overview.html").stat().st_size
        print(f"{'the overview, everything inside':<44} {size / 1000:7,.0f} kB (promised: at most 1,500)")
        print(f"{'the peer, ten outside files left out':<44} {peer_page.stat().st_size / 1000:7,.0f} kB")


if __name__ == "__main__":
    main()
