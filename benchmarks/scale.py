"""A large invented table joined to a million invented sites and summed, on one process and on dask.

    python benchmarks/synthetic_atlas.py ATLAS 1000000 && memorial -C ATLAS build
    python benchmarks/scale.py ATLAS SCRATCH [ROWS]…

Every row says that it is synthetic. What the sums must be is counted while the table is written, by other means than
those that are measured; a sample is joined by pandas and by geopandas as well. One run loses a worker on the way. For
each run stand the wall time, the CPU time of all its processes, and the most memory that each of them held.
"""

from __future__ import annotations

import csv
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

ROOT = Path(__file__).parents[1]
SITES = 1_000_000
CHUNK = 1_000_000
ROWS = (10_000, 100_000, 1_000_000, 10_000_000)
PROVINCES = 25
KEYED = ("--to", "sites", "--on", "site=id", "--sum", "counted", "--sum", "share", "--per", "province")
PLACED = ("--to", "provinces", "--by", "place", "--lat", "lat", "--lon", "lon", "--sum", "counted")


def invent(first: int, rows: int) -> pd.DataFrame:
    """Return rows of the table, numbered from `first`; the same numbers always give the same rows."""
    chance = np.random.default_rng(first)
    number = chance.integers(1, SITES + 1, rows)
    kind = np.arange(first, first + rows) % 100
    digits = pa.array(number).cast(pa.string())
    plain = pc.binary_join_element_wise("synthetic-", pc.utf8_lpad(digits, 7, "0"), "")
    short = pc.binary_join_element_wise("synthetic-", digits, "")
    unknown = pc.binary_join_element_wise("unknown-", digits, "")
    spelling = pa.array(np.minimum(kind, 4))
    site = pc.choose(spelling, pc.utf8_upper(plain), short, unknown, pa.scalar(""), plain)
    counted = chance.integers(0, 500, rows)
    return pd.DataFrame(
        {
            "row": np.arange(first, first + rows),
            "note": "synthetic",
            "site": pd.array(site.to_numpy(zero_copy_only=False), dtype=object),
            "counted": pd.arrays.IntegerArray(np.where(kind == 4, 0, counted), kind == 4),
            "share": chance.integers(0, 10_000, rows) / 100,
            "lat": np.round(chance.uniform(10.4, 14.7, rows), 6),
            "lon": np.round(chance.uniform(102.3, 107.6, rows), 6),
            "_number": number,
            "_known": ~np.isin(kind, (2, 3)),
        }
    )


def write_table(folder: Path, rows: int) -> dict[str, tuple[int, int, int]]:
    """Write the table in files of a million rows, and return what must come out: rows and sums by province.

    Returns
    -------
    dict
        Code of a province -> rows, sum of ``counted``, sum of ``share`` in hundredths.
    """
    folder.mkdir(parents=True)
    truth = np.zeros((3, PROVINCES + 1), np.int64)
    for first in range(0, rows, CHUNK):
        frame = invent(first, min(CHUNK, rows - first))
        known = frame[frame["_known"]]
        province = 1 + known["_number"].to_numpy() % PROVINCES
        hundredths = np.rint(known["share"].to_numpy() * 100).astype(np.int64)
        for at, values in enumerate(
            (np.ones(len(known), np.int64), known["counted"].fillna(0).to_numpy(dtype=np.int64), hundredths)
        ):
            np.add.at(truth[at], province, values)
        shown = frame.drop(columns=["_number", "_known"])
        path = folder / f"synthetic-{first // CHUNK:04d}.parquet"
        parquet.write_table(pa.Table.from_pandas(shown, preserve_index=False), path, row_group_size=250_000)
    return {f"KH{code:02d}": tuple(truth[:, code].tolist()) for code in range(1, PROVINCES + 1)}


class Run:
    """One command: its answer, and what it took.

    Parameters
    ----------
    name
        What is measured.
    atlas
        The atlas.
    arguments
        Of ``memorial join``.
    kill_at
        After how much CPU time, in seconds, of a worker it is killed; None to leave all alive.
    """

    def __init__(self, name: str, atlas: Path, arguments: tuple[str, ...], kill_at: float | None = None) -> None:
        self.name = name
        scratch = Path(tempfile.mkdtemp(prefix="scale-"))
        report = scratch / "report.json"
        command = [sys.executable, str(ROOT / "cli.py"), "-C", str(atlas), "join", *arguments, "--report", str(report)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        self.peaks: dict[int, int] = {}
        self.killed = 0
        with (scratch / "answer.csv").open("wb") as out, (scratch / "said.txt").open("wb") as said:
            process = subprocess.Popen(command, stdout=out, stderr=said)
            watched = psutil.Process(process.pid)
            while process.poll() is None:
                self._watch(watched, kill_at)
                time.sleep(0.05)
        self.wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if process.returncode:
            sys.exit((scratch / "said.txt").read_text(encoding="utf-8"))
        self.answer = (scratch / "answer.csv").read_bytes()
        self.report = report.read_bytes()
        shutil.rmtree(scratch)
        peaks = sorted(self.peaks.values(), reverse=True)
        shown = " + ".join(f"{peak / 2**20:,.0f}" for peak in peaks if peak > 100 * 2**20)
        lost = "; one worker killed" if self.killed else ""
        print(f"| {name}{lost} | {self.wall:.1f} | {self.cpu:.1f} | {shown} |", flush=True)

    def _watch(self, process: psutil.Process, kill_at: float | None) -> None:
        """Note the most memory that each process has held (``VmHWM``), and kill a worker when it is time."""
        try:
            family = [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for each in family:
            try:
                status = Path(f"/proc/{each.pid}/status").read_text(encoding="utf-8")
                times = each.cpu_times()
                worker = each != process and "spawn_main" in " ".join(each.cmdline())
            except (OSError, psutil.Error):
                continue
            held = [int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")]
            self.peaks[each.pid] = max([self.peaks.get(each.pid, 0), *held])
            if kill_at is not None and not self.killed and worker and times.user > kill_at:
                os.kill(each.pid, signal.SIGKILL)
                self.killed = each.pid


def hold(what: str, same: bool) -> None:
    """Print whether something holds, and stop when it does not."""
    print(f"{what}: {'yes' if same else 'NO'}", flush=True)
    if not same:
        sys.exit(1)


def measure(atlas: Path, scratch: Path, counts: tuple[int, ...]) -> None:
    """Measure both engines at each size, and hold the answers against one another and against the truth."""
    print("| run | wall s | CPU s | peak of each process, MiB |\n| --- | --- | --- | --- |")
    for rows in counts:
        table = scratch / f"rows-{rows}"
        truth = write_table(table, rows)
        alone = Run(f"{rows:,} rows by key, one process", atlas, (str(table), *KEYED))
        spread = Run(f"{rows:,} rows by key, dask", atlas, (str(table), *KEYED, "--engine", "dask"))
        runs = [spread]
        if rows == max(counts):
            runs.append(
                Run(f"{rows:,} rows by key, dask", atlas, (str(table), *KEYED, "--engine", "dask"), kill_at=6.0)
            )
        for run in runs:
            hold("same sums and same report as one process", (run.answer, run.report) == (alone.answer, alone.report))
        hold("the sums that were counted while writing", sums_of(alone.answer) == truth)
    table = scratch / f"rows-{max(counts)}"
    alone = Run(f"{max(counts):,} rows by place, one process", atlas, (str(table), *PLACED))
    spread = Run(f"{max(counts):,} rows by place, dask", atlas, (str(table), *PLACED, "--engine", "dask"))
    hold("same sums and same report as one process", (spread.answer, spread.report) == (alone.answer, alone.report))
    check_sample(atlas, min(table.iterdir()))


def sums_of(answer: bytes) -> dict[str, tuple[int, int, int]]:
    """Return rows, sum of ``counted`` and sum of ``share`` in hundredths by province, as an answer gives them."""
    rows = csv.DictReader(answer.decode("utf-8").splitlines())
    return {
        row["province"]: (int(row["rows"]), int(row["counted"]), round(float(row["share"]) * 100))
        for row in rows
        if row["rows"] != "0"
    }


def check_sample(atlas: Path, file: Path) -> None:
    """Join one file by pandas (keys as they stand) and by geopandas, and hold ours against it."""
    frame = pd.read_parquet(file)
    catalogue = next((atlas / "maps").glob("*.gpkg"))
    sites = geopandas.read_file(catalogue, layer="sites", columns=["id", "province"], read_geometry=False)
    merged = frame.merge(sites, left_on="site", right_on="id", how="inner", validate="many_to_one")
    theirs = merged.groupby("province")["counted"].agg(["size", "sum"])
    exact = ("--to", "sites", "--on", "site=id", "--repair", "none", "--sum", "counted", "--per", "province")
    ours = pd.read_csv(io.BytesIO(Run("sample by key", atlas, (str(file), *exact)).answer), dtype={"province": str})
    ours = ours.set_index("province")
    hold("the same as pandas on a sample", (ours[["rows", "counted"]].to_numpy() == theirs.to_numpy()).all())
    areas = geopandas.read_file(catalogue, layer="provinces", columns=["code"])
    points = geopandas.GeoDataFrame(frame, geometry=geopandas.points_from_xy(frame["lon"], frame["lat"]), crs=4326)
    found = points.sjoin(areas, predicate="intersects")
    found = found[~found.index.duplicated(keep=False)].groupby("code")["counted"].agg(["size", "sum"])
    ours = pd.read_csv(io.BytesIO(Run("sample by place", atlas, (str(file), *PLACED)).answer)).set_index("record")
    ours = ours.loc[found.index]
    hold("the same as geopandas on a sample", (ours[["rows", "counted"]].to_numpy() == found.to_numpy()).all())


if __name__ == "__main__":
    measure(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), tuple(map(int, sys.argv[3:])) or ROWS)
