"""Whole commands against named peers, interleaved in one run, as ratios of medians; never part of the tests.

Run it with ``make bench``. A ratio below 1 means that we are faster. What a machine lacks is said and left out.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
ROUNDS = 9
WATCH_TASKS = """
window.lastTaskEnd = 0;
new PerformanceObserver((list) => {
    const ends = list.getEntries().map((task) => task.startTime + task.duration);
    window.lastTaskEnd = Math.max(window.lastTaskEnd, ...ends);
}).observe({ type: "longtask", buffered: true });
"""
# Whoever installs the program has its bytecode; a setting that keeps Python from writing it would measure the compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
SYNTHETIC_SITES = (23_745, 1_000_000)
BEST_TEXT_SQL = (
    "SELECT s.* FROM sites s WHERE s.id IN (SELECT id FROM search WHERE layer = 'sites' AND search MATCH '\"{word}\"')"
)
"""What ogrinfo can do for words at its best: our own index, asked by whoever knows how it is made."""

MEMORIAL = (sys.executable, str(ROOT / "cli.py"), "-C", str(ROOT))


def run(command: tuple[str, ...]) -> tuple[float, float]:
    """Run one command and return its wall time and its CPU time in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(name: str, ours: tuple[str, ...], peer_name: str, peer: tuple[str, ...], rounds: int = ROUNDS) -> None:
    """Print how long ours takes beside the peer: medians of interleaved runs, and their ratio, in wall and CPU time."""
    run(ours)
    run(peer)
    times = [(*run(ours), *run(peer)) for _ in range(rounds)]
    mine, my_cpu, theirs, their_cpu = (statistics.median(column) for column in zip(*times, strict=True))
    ratios = f"ratio {mine / theirs:5.2f}   of CPU {my_cpu / their_cpu:5.2f}"
    print(f"{name:<44} {mine:7.3f} s   {peer_name:<24} {theirs:7.3f} s   {ratios}", flush=True)


def measure_questions() -> None:
    """Compare questions with ogrinfo on the flagship and on catalogues of invented sites."""
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        print("ogrinfo is not here (Debian: gdal-bin); the comparison of queries is left out")
        return
    with tempfile.TemporaryDirectory() as scratch:
        for sites in (None, *SYNTHETIC_SITES):
            folder = ROOT
            if sites is not None:
                folder = Path(scratch) / f"{sites}"
                subprocess.run((sys.executable, ROOT / "benchmarks/synthetic.py", folder, str(sites)), check=True)
            catalogue = str(folder / "maps/cambodia-1975-1979.gpkg")
            word = "wat" if sites is None else "lotus"
            name = "flagship" if sites is None else f"{sites:,} sites"
            for what, options, peer in (
                ("attribute", ("--where", "kind = 'prison'"), ("-where", "kind = 'prison'", catalogue, "sites")),
                (
                    "box + attribute",
                    ("--where", "kind = 'prison'", "--bbox", "104,11,105,12"),
                    ("-where", "kind = 'prison'", "-spat", "104", "11", "105", "12", catalogue, "sites"),
                ),
                ("text", ("--text", word), ("-sql", BEST_TEXT_SQL.format(word=word), catalogue)),
            ):
                rounds = ROUNDS if sites is None or sites < 1_000_000 else 5
                for form in ("table", "csv", "json", "geojson", "geojsonl", "ids", "count"):
                    ours = (sys.executable, str(ROOT / "cli.py"), "-C", str(folder), "query", *options)
                    compare(f"{name}: {what}, {form}", (*ours, "--format", form), "ogrinfo", (ogrinfo, *peer), rounds)


def last_long_task(page: Path) -> float | None:
    """Return when the last long task of a page ends, in seconds after navigation start: median of fresh contexts."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome-stable")
    if browser_path is None:
        return None
    ends = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(ROUNDS):
            context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
            context.add_init_script(WATCH_TASKS)
            opened = context.new_page()
            opened.goto(page.as_uri())
            opened.wait_for_timeout(1500)
            ends.append(opened.evaluate("window.lastTaskEnd") / 1000)
            context.close()
        browser.close()
    return statistics.median(ends)


def main() -> None:
    """Measure what the design promises and this form of the program already does."""
    subprocess.run((*MEMORIAL, "build"), check=True, stdout=subprocess.DEVNULL)
    cpu = statistics.median(run((*MEMORIAL, "--help"))[1] for _ in range(ROUNDS))
    print(f"{'memorial --help':<44} {cpu:7.3f} s of CPU (promised: at most 0.15)")
    measure_questions()
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
        end = last_long_task(Path(scratch) / "overview.html")
        if end is None:
            print("Chromium is not here; the opening of the page is left out")
        else:
            print(f"{'the overview, end of its last long task':<44} {end:7.3f} s (promised: at most 0.5)")
        print(f"{'the peer, ten outside files left out':<44} {peer_page.stat().st_size / 1000:7,.0f} kB")


if __name__ == "__main__":
    main()
