"""Building and opening the page of an atlas, beside the maps that others make of the same places."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.atlases import find_compiled
from benchmarks.measuring import LARGE, MEMORIAL, ROOT, SMALL, Row, alternate, compare, find_browser, open_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PEERS = {
    "folium MarkerCluster": ("cluster", 100_000),
    "folium FastMarkerCluster": ("fast", 1_000_000),
    "GeoDataFrame.explore()": ("explore", 100_000),
    "swiftmap": ("swiftmap", 1_000_000),
}
"""Peer -> what `peer_maps.py` calls it, and the most sites with which it is worth waiting for."""

NEEDED = {"explore": ("matplotlib", "mapclassify"), "swiftmap": ("swiftmap",)}
"""Peer -> the packages without which it is left out."""


def rows(scratch: Path, *, full: bool) -> Iterator[Row]:
    """Yield rows of building, of the size of the file, and of opening it in Chromium."""
    for sites in (0, *(LARGE if full else SMALL)):
        folder = find_compiled(scratch, sites) if sites else ROOT
        made = scratch / f"pages-{sites}"
        made.mkdir(exist_ok=True)
        geojson = folder / "data/sites.geojson"
        commands = {"ours": (*MEMORIAL, "-C", folder, "build", "--map", "overview", "--out", made)}
        for name, (peer, most) in PEERS.items():
            if sites <= most and all(map(find_spec, NEEDED.get(peer, ()))):
                commands[name] = (
                    sys.executable,
                    ROOT / "benchmarks/peer_maps.py",
                    peer,
                    geojson,
                    made / f"{peer}.html",
                )
        large = sites > 100_000
        used = alternate(commands, 1 if large else 3, warm=not large)
        yield from compare("building the page", sites, used, "≤ 2 s and ≤ 0.2 × MarkerCluster at 23,745")
        yield from _open(made, sites, commands)


def _open(made: Path, sites: int, commands: dict[str, object]) -> Iterator[Row]:
    """Yield the rows of one page and its peers in a browser; the peers without the parts from servers."""
    page = made / "overview.html"
    yield Row(
        "size of the page", sites, f"{page.stat().st_size / 1e6:.2f} MB", must="≤ 2 MB at 23,745, ≤ 30 MB at 1,000,000"
    )
    if find_browser() is None:
        return
    ours = open_page(page, 3)
    if ours is None:
        yield Row("end of the last long task", sites, "the browser gave up")
        return
    yield Row("heap of the page when it has opened", sites, f"{ours.heap:,.0f} MB", must="≤ 350 MB at 1,000,000")
    yield Row(
        "end of the last long task", sites, f"{ours.last_task:.2f} s", must="≤ 0.5 s flagship, ≤ 4 s at 1,000,000"
    )
    for name in commands:
        if name == "ours":
            continue
        peer = open_page(made / f"{PEERS[name][0]}.html", 1 if sites > 100_000 else 3, offline=False)
        ratio = ours.last_task / peer.last_task if peer and peer.last_task else None
        theirs = f"{peer.last_task:.2f} s" if peer else "the browser gave up"
        must = "≤ 0.5 × FastMarkerCluster at 23,745"
        yield Row("end of the last long task", sites, f"{ours.last_task:.2f} s", name, theirs, ratio, must)
