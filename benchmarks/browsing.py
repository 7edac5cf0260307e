"""Pages in a real browser: how long they open, how fast they answer, what memory they take; never part of the tests.

``python benchmarks/browsing.py PAGE`` measures a page of ours; with ``--peer SITES.geojson`` the same places as
folium's FastMarkerCluster too, in the same run and by turns. The peer loads its libraries from servers: the two that
it cannot do without (Leaflet and its cluster plugin) are given to it from copies on the disk, everything else is left
out, which is to its advantage. A step is told twice: until its frame was painted, as a reader feels it, and in time of
the processor on the main thread, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import folium
from folium.plugins import FastMarkerCluster
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, CDPSession, Page, Route

ROOT = Path(__file__).parents[1]
LEAFLET = ROOT / "geo/webmap/viewer/node_modules/leaflet/dist"
PLUGIN = "leaflet.markercluster@1.5.3"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
QUIET_MS = 1_500
"""A page that has had no long task for so long has opened."""
PATIENCE_MS = 120_000
ROUNDS = 5
LEVELS = (7, 8, 9, 10, 11, 12, 13, 12, 10, 8, 7)
WORDS = ("wat", "wat tuol", "lotus")

# Runs before anything in the page does: long tasks are written down, and whatever Leaflet makes a map is kept.
WATCH = """
window.tasks = [];
new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.tasks.push([task.startTime, task.duration]);
}).observe({ type: "longtask", buffered: true });
let leaflet;
Object.defineProperty(window, "L", {
    configurable: true,
    get: () => leaflet,
    set: (value) => {
        leaflet = value;
        if (value?.Map?.addInitHook) value.Map.addInitHook(function () { window.theMap = this; });
    },
});
// What follows a frame that was drawn: a message that is sent while it is drawn comes after it was painted.
window.painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
}));
window.timed = async (act, until = () => true) => {
    const start = performance.now();
    act();
    let end = await window.painted();
    while (!until()) end = await window.painted();
    return end - start;
};
"""
ZOOM = "(zoom) => window.timed(() => window.theMap.setZoom(zoom, { animate: false }))"
# A page of ours says how many places it shows; an answer is there when that line has changed and was painted.
SEARCH = """
(words) => {
    const field = document.querySelector(".search input");
    const before = document.querySelector(".counts").textContent;
    field.value = words;
    return window.timed(
        () => field.dispatchEvent(new Event("input", { bubbles: true })),
        () => document.querySelector(".counts").textContent !== before,
    );
}
"""
PRESS = """
(selector) => {
    const button = document.querySelector(selector);
    return button ? window.timed(() => button.click()) : null;
}
"""
YEARS = """
() => {
    const field = document.querySelector(".time-fields input");
    if (!field) return null;
    field.value = "1977-01";
    return window.timed(() => field.dispatchEvent(new Event("change", { bubbles: true })));
}
"""
RESTED = """
(quiet) => {
    const [start, length] = window.tasks.at(-1) ?? [0, 0];
    return performance.now() - start - length > quiet;
}
"""
TO_THE_END = """
() => window.timed(() => {
    const box = document.querySelector(".panel-scroll");
    box.scrollTop = box.scrollHeight;
})
"""
READY = "() => !document.querySelector('.search.preparing') && !window.memorial?.preparing"


@dataclass
class Opening:
    """What it took to open a page.

    Attributes
    ----------
    last_task_s
        When its last long task ended, in seconds after navigation began.
    longest_task_ms
        How long the longest one held the page.
    heap_mb
        JavaScript objects and the arrays behind them, after a collection, in megabytes.
    process_mb
        The memory of the page's own process, in megabytes; shared pages are counted in part. 0 where it cannot be read.
    cpu_s
        Seconds of the processor that the main thread of that process took, from its start until the page rested.
    """

    last_task_s: float
    longest_task_ms: float
    heap_mb: float
    process_mb: float
    cpu_s: float


@dataclass
class Step:
    """One thing that a reader did.

    Attributes
    ----------
    painted_ms
        Milliseconds from the event until the frame that shows its answer was painted.
    cpu_ms
        Milliseconds of the processor that the main thread of the page took for it.
    """

    painted_ms: float
    cpu_ms: float


@contextmanager
def browser() -> Iterator[Browser | None]:
    """Start the Chromium of the machine; give None where there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        yield None
        return
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield opened
        opened.close()


@contextmanager
def opened(chromium: Browser, page: Path, files: Mapping[str, Path]) -> Iterator[tuple[Page, CDPSession]]:
    """Open a page in a fresh context and wait until it rests; ``files`` answer requests by the end of their address."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="en-GB")
    context.add_init_script(WATCH)

    def answer(route: Route) -> None:
        address = route.request.url.partition("?")[0]
        if address.startswith("file:"):
            route.continue_()
            return
        copy = next((path for end, path in files.items() if address.endswith(end)), None)
        if copy:
            route.fulfill(path=copy)
        else:
            route.abort()

    if files:
        context.route("**/*", answer)
    else:
        context.set_offline(True)
    shown = context.new_page()
    shown.set_default_timeout(PATIENCE_MS)
    session = context.new_cdp_session(shown)
    # A page of ours is given nothing by a server, and asks for nothing.
    shown.goto(page.as_uri(), wait_until="load", timeout=PATIENCE_MS)
    rest(shown)
    try:
        yield shown, session
    finally:
        context.close()


def rest(page: Page) -> None:
    """Wait until a page has made its map, is ready to be searched, and has had no long task for a while."""
    page.wait_for_function("() => window.theMap", timeout=PATIENCE_MS)
    page.wait_for_function(READY, timeout=PATIENCE_MS)
    page.wait_for_function(RESTED, arg=QUIET_MS, timeout=PATIENCE_MS)


def measure_opening(chromium: Browser, page: Path, files: Mapping[str, Path]) -> Opening:
    """Open a page once and tell what that took."""
    with opened(chromium, page, files) as (shown, session):
        tasks = shown.evaluate("window.tasks")
        heap = measure_heap(session)
        process, cpu = measure_process(chromium)
    ends = [(start + length) / 1000 for start, length in tasks]
    return Opening(max(ends, default=0.0), max((length for _, length in tasks), default=0.0), heap, process, cpu)


def measure_heap(session: CDPSession) -> float:
    """Return the megabytes of JavaScript objects and of the arrays behind them, once what nobody needs is collected."""
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    return float(usage["usedSize"] + usage.get("backingStorageSize", 0)) / 1e6


def measure_process(chromium: Browser) -> tuple[float, float]:
    """Return megabytes and seconds of the process that draws the page: of those of this browser, the busiest."""
    try:
        session = chromium.new_browser_cdp_session()
        entries = session.send("SystemInfo.getProcessInfo")["processInfo"]
        processes = [entry["id"] for entry in entries if entry["type"] == "renderer"]
        session.detach()
        drawing = max(processes, key=main_thread)
        return proportional_set(drawing), main_thread(drawing)
    except (OSError, ValueError, KeyError):
        return 0.0, 0.0


def proportional_set(process: int) -> float:
    """Return the memory of a process in megabytes, what it shares with others counted in part (Linux)."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def main_thread(process: int) -> float:
    """Return the seconds of the processor that the first thread of a process has taken (Linux)."""
    fields = Path(f"/proc/{process}/task/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_step(page: Page, session: CDPSession, script: str, argument: object = None) -> Step | None:
    """Do one thing in a page and tell how long it took; None where the page has nothing of the kind."""
    before = thread_time(session)
    painted = page.evaluate(script, argument)
    return None if painted is None else Step(float(painted), (thread_time(session) - before) * 1000)


def thread_time(session: CDPSession) -> float:
    """Return the seconds of the processor that the main thread of a page has taken."""
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    metrics = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["ThreadTime"])


def measure_zoom(page: Page, session: CDPSession, levels: tuple[float, ...] = LEVELS) -> list[Step]:
    """Return what each step of the zoom took, from the call on."""
    return [step for level in levels if (step := measure_step(page, session, ZOOM, level))]


def measure_interactions(page: Page, session: CDPSession) -> dict[str, Step]:
    """Return what each action of a reader took; the pause of the search is a part of what was painted.

    A page of ours waits one frame (16 ms) after the last letter before it searches: not while somebody types.
    """
    actions: list[tuple[str, str, str | None]] = [
        *((f"search {text!r}", SEARCH, text) for text in (*WORDS, "")),
        ("kind", PRESS, ".kinds button"),
        ("kind off", PRESS, ".kinds button"),
        ("without a location", PRESS, ".counts [data-key=unlocated]"),
        ("all again", PRESS, ".counts [data-key=reset]"),
        ("filters open", PRESS, "[data-key='way facets']"),
        ("facet open", PRESS, ".facets .facet:not([data-facet=region]) summary"),
        ("facet chosen", PRESS, ".facets .facet[open] input[type=checkbox]"),
        ("facet off", PRESS, ".facets .facet[open] input[type=checkbox]"),
        ("where open", PRESS, ".facets [data-facet=region] summary"),
        ("what the map shows", PRESS, "[data-key='region view']"),
        ("anywhere again", PRESS, ".counts [data-key=reset]"),
        ("years", YEARS, None),
        ("years off", PRESS, ".counts [data-key=reset]"),
        ("list to its end", TO_THE_END, None),
        ("card", PRESS, ".list .item"),
    ]
    steps = {name: measure_step(page, session, script, argument) for name, script, argument in actions}
    return {name: step for name, step in steps.items() if step}


def make_peer(sites: Path, page: Path) -> None:
    """Write folium's FastMarkerCluster of the places of a GeoJSON file, each with all its attributes in a popup."""
    rows = []
    for feature in json.loads(sites.read_bytes())["features"]:
        if feature["geometry"] is None:
            continue
        lon, lat = feature["geometry"]["coordinates"]
        if not (math.isfinite(lon) and math.isfinite(lat)):
            continue
        text = "<br>".join(f"{key}: {value}" for key, value in feature["properties"].items() if value not in (None, ""))
        rows.append([lat, lon, text])
    atlas = folium.Map(location=(12.6, 105.0), zoom_start=7, tiles=None)
    callback = """
        function callback(row) {
            return L.marker(new L.LatLng(row[0], row[1])).bindPopup(row[2]);
        }
    """
    FastMarkerCluster(rows, callback=callback).add_to(atlas)
    atlas.save(str(page))


def peer_files(scratch: Path) -> dict[str, Path] | None:
    """Return copies of what the peer's page cannot do without; None where npm cannot bring the plugin."""
    npm = shutil.which("npm")
    if npm is None or not LEAFLET.exists():
        return None
    done = subprocess.run((npm, "pack", PLUGIN, "--pack-destination", scratch), capture_output=True, check=False)
    archive = next(scratch.glob("leaflet.markercluster-*.tgz"), None)
    if done.returncode or archive is None:
        return None
    shutil.unpack_archive(archive, scratch, filter="data")
    plugin = scratch / "package/dist"
    return {
        "/leaflet.js": LEAFLET / "leaflet.js",
        "/leaflet.css": LEAFLET / "leaflet.css",
        "/leaflet.markercluster.js": plugin / "leaflet.markercluster.js",
        "/MarkerCluster.css": plugin / "MarkerCluster.css",
        "/MarkerCluster.Default.css": plugin / "MarkerCluster.Default.css",
    }


def print_opening(name: str, openings: list[Opening]) -> float:
    """Print the medians of some openings and return that of the last long task."""
    end = statistics.median(one.last_task_s for one in openings)
    longest = statistics.median(one.longest_task_ms for one in openings)
    heap = statistics.median(one.heap_mb for one in openings)
    process = statistics.median(one.process_mb for one in openings)
    print(f"{name:<20} last long task ends {end:6.2f} s, the longest takes {longest:6.0f} ms", end="")
    cpu = statistics.median(one.cpu_s for one in openings)
    print(f"   processor {cpu:5.2f} s   heap {heap:5.0f} MB   process {process:5.0f} MB", flush=True)
    return end


def main(arguments: list[str]) -> None:
    """Measure a page, beside the peer where its places are given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("--peer", type=Path, help="the GeoJSON file of the same places, for folium's FastMarkerCluster")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        if chromium is None:
            print("Chromium is not here; nothing is measured")
            return
        scratch = Path(folder)
        pages: dict[str, tuple[Path, dict[str, Path]]] = {"ours": (asked.page.resolve(), {})}
        if asked.peer:
            files = peer_files(scratch)
            if files is None:
                print(f"npm did not bring {PLUGIN}; the peer is left out")
            else:
                make_peer(asked.peer, scratch / "peer.html")
                pages["FastMarkerCluster"] = (scratch / "peer.html", files)
        openings: dict[str, list[Opening]] = {name: [] for name in pages}
        for _ in range(asked.rounds):
            for name, (page, files) in pages.items():
                openings[name].append(measure_opening(chromium, page, files))
        ends = {name: print_opening(name, openings[name]) for name in pages}
        if len(ends) > 1:
            print(f"ratio of the last long tasks: {ends['ours'] / ends['FastMarkerCluster']:.2f}")
        for name, (page, files) in pages.items():
            with opened(chromium, page, files) as (shown, session):
                steps = measure_zoom(shown, session)
                median = statistics.median(step.painted_ms for step in steps)
                cpu = statistics.median(step.cpu_ms for step in steps)
                most = max(step.cpu_ms for step in steps)
                told = f"{median:.0f} ms until painted, {cpu:.0f} of the processor, at most {most:.0f}"
                print(f"{name:<20} zoom step {told}")
                if name == "ours":
                    for what, step in measure_interactions(shown, session).items():
                        print(
                            f"    {what:<24} {step.painted_ms:6.0f} ms until painted, {step.cpu_ms:6.0f} of processor"
                        )


if __name__ == "__main__":
    main(sys.argv[1:])
