"""A million sites to GeoPackage, beside ogr2ogr from the same sites as GeoJSON; run it by hand, it takes minutes.

The catalogue of the flagship is copied, its sites are repeated at random positions under new ids, and everything that
refers to the first ones stays. Ours starts from the compiled catalogue, the peer from the GeoJSON of the same records:
what either keeps at rest.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
SITES = 1_000_000
ROUNDS = 3

MEASURED = """
import sys
from pathlib import Path
from geo.catalogue import open_catalogue
from geo.export import Wanted, write_export

with open_catalogue(Path(sys.argv[1])) as catalogue:
    write_export(catalogue, Path(sys.argv[2]), Wanted({"sites": None}, False, {}, "memorial export"), "")
"""


def point(lon: float, lat: float) -> bytes:
    """Return a point as GeoPackage binary (OGC GeoPackage 1.3, 2.1.3.1.1): no envelope, little endian, EPSG:4326."""
    return b"GP\x00\x01" + struct.pack("<i", 4326) + struct.pack("<BIdd", 1, 1, lon, lat)


def multiply_sites(path: Path) -> None:
    """Fill the layer of sites of a catalogue with a million records."""
    chance = random.Random(1975)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        for (trigger,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'sites'"
        ).fetchall():
            db.execute(f'DROP TRIGGER "{trigger}"')
        columns = [row[1] for row in db.execute("PRAGMA table_info(sites)")]
        rows = db.execute("SELECT * FROM sites").fetchall()
        places = {name: number for number, name in enumerate(columns)}

        def made():
            for number in range(SITES):
                row = list(rows[number % len(rows)])
                lon, lat = round(chance.uniform(102.4, 107.6), 6), round(chance.uniform(10.4, 14.6), 6)
                row[places["fid"]] = number + 1
                row[places["id"]] = f"{row[places['id']]}-{number}"
                row[places["geom"]], row[places["lon"]], row[places["lat"]] = point(lon, lat), lon, lat
                yield row

        db.execute("BEGIN")
        db.execute("DELETE FROM sites")
        db.executemany(f"INSERT INTO sites VALUES ({', '.join('?' * len(columns))})", made())
        db.execute("COMMIT")


def run(*command: str) -> tuple[float, float]:
    """Run a command and return its wall time in seconds and the most memory that it used, in GB."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return time.perf_counter() - start, used.ru_maxrss / 1e6


def main() -> None:
    """Measure medians of interleaved runs."""
    ogr2ogr = shutil.which("ogr2ogr")
    if not ogr2ogr:
        print("ogr2ogr is not here (Debian: gdal-bin)")
        return
    run(sys.executable, "cli.py", "build", "--map", "overview")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        catalogue, geojson = scratch / "catalogue.gpkg", scratch / "sites.geojson"
        shutil.copy(next((ROOT / "maps").glob("*.gpkg")), catalogue)
        multiply_sites(catalogue)
        ours = (sys.executable, "-c", MEASURED, str(catalogue))
        run(*ours, str(geojson))
        print(f"{SITES:,} sites, {geojson.stat().st_size / 1e6:,.0f} MB of GeoJSON")
        times = []
        for _ in range(ROUNDS):
            mine, memory = run(*ours, str(scratch / "ours.gpkg"))
            peer = scratch / "peer.gpkg"
            peer.unlink(missing_ok=True)
            times.append((mine, run(ogr2ogr, "-f", "GPKG", str(peer), str(geojson))[0]))
        mine, theirs = (statistics.median(column) for column in zip(*times, strict=True))
        ratio = f"ratio {mine / theirs:.2f} (promised: at most 0.7)"
        print(f"export to GeoPackage {mine:.1f} s   ogr2ogr {theirs:.1f} s   {ratio}")
        print(f"memory of ours {memory:.1f} GB; it also has the related tables, the metadata, the meanings of columns")


if __name__ == "__main__":
    main()
