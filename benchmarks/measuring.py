"""What every benchmark needs: a command measured, two of them by turns, a page opened in a browser, a table of rows.

Wall time is what a person waits for and what other work on the machine lengthens; CPU time (user and system, of the
process and its children) is steadier. Ours and its peer run by turns in one go; what is told are medians and their
ratio, in which the machine cancels out.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROOT = Path(__file__).parents[1]
MEMORIAL = (sys.executable, str(ROOT / "cli.py"))
SMALL = (200, 23_745)
LARGE = (200, 23_745, 1_000_000)
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-precise-memory-info")
QUIET_S = 1.5
"""A page that has had no long task for so long has opened."""

PATIENCE_S = 120.0
# Whoever installs the program has its bytecode; a setting that keeps Python from writing it would measure the compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

# Runs before anything in a page does: long tasks are written down, and whatever Leaflet makes a map is kept.
_WATCH = """
window.taskEnds = [0];
new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.taskEnds.push(task.startTime + task.duration);
}).observe({ type: "longtask", buffered: true });
"""


@dataclass(frozen=True)
class Used:
    """What one run of a command took.

    Attributes
    ----------
    wall, cpu
        Seconds; of the CPU those of its children too.
    memory
        The most memory that it, or any one of its children, had at once, in MB.
    """

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Opened:
    """How one page opened in a browser: the end of its last long task in seconds, and its heap then in MB."""

    last_task: float
    heap: float


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    work
        What was done.
    sites
        With how many sites; 0 for the flagship atlas.
    ours
        What it took us, with its unit.
    peer, theirs
        The named peer, and what it took that; empty where there is none.
    ratio
        Ours to theirs; ``None`` where there is no peer.
    must
        What is promised.
    """

    work: str
    sites: int
    ours: str
    peer: str = ""
    theirs: str = ""
    ratio: float | None = None
    must: str = ""


# A process begins with the memory of the one that starts it: here a small one, whatever a benchmark has loaded.
_LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
wall = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), wall, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def measure(command: Sequence[str | Path]) -> Used:
    """Run one command and return what it took.

    Raises
    ------
    RuntimeError
        When it fails; with what it said.
    """
    words = [str(word) for word in command]
    done = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCHER, *words], capture_output=True, cwd=ROOT, env=ENVIRONMENT, check=True
    )
    code, wall, cpu, kibibytes = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{command[0]} ended with {code}: {done.stderr.decode(errors='replace')[-1_000:]}")
    return Used(wall, cpu, kibibytes * 1024 / 1e6)


def alternate(commands: Mapping[str, Sequence[str | Path]], rounds: int, *, warm: bool = True) -> dict[str, Used]:
    """Run commands by turns and return the medians of each.

    Parameters
    ----------
    commands
        Name -> command.
    rounds
        How often each runs.
    warm
        Whether each runs once before, unmeasured.
    """
    if warm:
        for command in commands.values():
            measure(command)
    runs: dict[str, list[Used]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(measure(command))
    return {
        name: Used(*(statistics.median(getattr(used, what) for used in all_of) for what in ("wall", "cpu", "memory")))
        for name, all_of in runs.items()
    }


def compare(work: str, sites: int, used: Mapping[str, Used], must: str = "", figure: str = "wall") -> Iterable[Row]:
    """Return a row for each peer; the first of `used` is ours.

    Parameters
    ----------
    work, sites, must
        As in `Row`.
    used
        What `alternate` returned.
    figure
        Which of ``wall``, ``cpu`` and ``memory`` is compared.
    """
    unit = "MB" if figure == "memory" else "s" if figure == "wall" else "s of CPU"
    (_, mine), *others = used.items()
    ours = getattr(mine, figure)
    for name, peer in others:
        theirs = getattr(peer, figure)
        yield Row(work, sites, f"{ours:,.3g} {unit}", name, f"{theirs:,.3g} {unit}", ours / theirs, must)


def find_browser() -> str | None:
    """Return the Chromium of this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def open_page(page: Path, rounds: int, *, offline: bool = True) -> Opened | None:
    """Open a page in fresh windows and return medians; ``None`` where there is no Chromium, or it cannot open this.

    Parameters
    ----------
    page
        The file.
    rounds
        How many windows.
    offline
        Whether the network is cut off, as it is for our pages.
    """
    browser_path = find_browser()
    if browser_path is None:
        return None
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 -- only where pages are measured

    found: list[Opened] = []
    with suppress(Error), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(FLAGS))
        for _ in range(rounds):
            context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=offline)
            context.add_init_script(_WATCH)
            opened = context.new_page()
            opened.goto(page.as_uri(), timeout=PATIENCE_S * 1000)
            until = time.monotonic() + PATIENCE_S
            while time.monotonic() < until:
                quiet = opened.evaluate("performance.now() - Math.max(...window.taskEnds)") / 1000
                if quiet >= QUIET_S:
                    break
                opened.wait_for_timeout(200)
            session = context.new_cdp_session(opened)
            session.send("HeapProfiler.collectGarbage")
            usage = session.send("Runtime.getHeapUsage")
            heap = (usage["usedSize"] + usage.get("backingStorageSize", 0)) / 1e6
            found.append(Opened(opened.evaluate("Math.max(...window.taskEnds)") / 1000, heap))
            context.close()
        browser.close()
    if len(found) < rounds:
        return None
    return Opened(statistics.median(each.last_task for each in found), statistics.median(each.heap for each in found))


def render_table(rows: Iterable[Row]) -> str:
    """Return rows as a Markdown table."""
    lines = [
        "| work | sites | ours | peer | theirs | ratio | promised |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        sites = f"{row.sites:,}" if row.sites else "flagship"
        lines.append(f"| {row.work} | {sites} | {row.ours} | {row.peer} | {row.theirs} | {ratio} | {row.must} |")
    return "\n".join(lines) + "\n"
