"""How long a page of many invented sites takes to build, beside folium markers in a MarkerCluster; never a test.

``python benchmarks/building.py COUNT`` compiles an atlas of that many sites (`synthetic_atlas.py`), renders its widest
map and prints seconds of the processor for the whole process, its peak memory and the size of the files, in one and
split. ``--peer`` runs `peer_maps.py` on the same places; at a million it needs more memory than most machines have.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.atlases import CATALOGUE, find_compiled  # noqa: E402  (the repository must be found first)

BUILD = """
import sys
from pathlib import Path
from geo.catalogue import open_catalogue
from geo.webmap import render_files, render_map
path, out, split = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "split"
with open_catalogue(path) as catalogue:
    files = render_files(render_map(catalogue, "overview"), split=split)
for name, text in files:
    (out / name).write_text(text, encoding="utf-8")
status = Path("/proc/self/status").read_text(encoding="utf-8")
print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
"""


def measured(command: list[str]) -> tuple[float, str]:
    """Run a command; return seconds of the processor, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--peer", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "pages"
        out.mkdir()
        folder = find_compiled(Path(scratch), asked.count)
        catalogue = folder / CATALOGUE
        for how in ("one", "split"):
            cpu, memory = measured([sys.executable, "-c", BUILD, str(catalogue), str(out), how])
            sizes = " + ".join(f"{file.stat().st_size / 1e6:.1f}" for file in sorted(out.iterdir()))
            print(f"{asked.count:,} sites, {how}: {cpu:.1f} s of CPU, {float(memory):,.0f} MB; files of {sizes} MB")
            for file in out.iterdir():
                file.unlink()
        if asked.peer:
            layer = folder / "data/sites.geojson"
            peer = [sys.executable, "benchmarks/peer_maps.py", "cluster", str(layer), str(out / "peer.html")]
            cpu, _ = measured(peer)
            print(f"folium markers in a MarkerCluster: {cpu:.1f} s of CPU")


if __name__ == "__main__":
    main()
