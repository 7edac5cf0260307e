"""A catalogue of many invented sites, for measuring only: ``python benchmarks/synthetic.py FOLDER COUNT``.

It is the catalogue of this repository with its sites taken out and invented ones put in, in the same tables and by the
same columns; every name says that it is synthetic. It is never part of ``data/``.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import struct
import sys
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from geo.atlas import compile_atlas  # noqa: E402  (the repository must be found first)
from geo.gazetteer import fold, sound  # noqa: E402

WORDS = (
    "wat",
    "tuol",
    "phnom",
    "boeung",
    "kampong",
    "prey",
    "svay",
    "trapeang",
    "chrey",
    "rolea",
    "koh",
    "stung",
    "angkor",
    "sala",
    "tonle",
    "kraol",
)
KINDS = ("mass_grave",) * 60 + ("memorial",) * 25 + ("prison",) * 10 + ("execution_site",) * 4 + ("camp",)
RARE = "lotus"


def make_atlas(folder: Path, count: int) -> Path:
    """Write an atlas folder whose catalogue holds that many invented sites, and return its catalogue.

    Parameters
    ----------
    folder
        A folder that does not exist yet.
    count
        How many sites.
    """
    source = compile_atlas(ROOT).path
    with closing(sqlite3.connect(source)) as db:
        digests = json.loads(db.execute("SELECT value FROM atlas WHERE key = 'digests'").fetchone()[0])
    for name in ("atlas.toml", *digests):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    path = folder / source.relative_to(ROOT)
    shutil.copy(source, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        fill(db, count)
        db.execute("COMMIT")
        db.execute("VACUUM")
    time.sleep(3)  # a catalogue that is as young as its inputs would be compiled anew
    os.utime(path)
    time.sleep(0.1)
    return path


def fill(db: sqlite3.Connection, count: int) -> None:
    """Replace the sites of a catalogue, with their R-tree, their search text and the words of their names."""
    triggers = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'sites'"
    ).fetchall()
    for name, _ in triggers:
        db.execute(f'DROP TRIGGER "{name}"')
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'sites' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        db.execute(f'DROP INDEX "{name}"')
    columns = [row[1] for row in db.execute("PRAGMA table_info(sites)")]
    sources = [row[0] for row in db.execute("SELECT sources FROM sites ORDER BY fid")]
    summaries = [row[0] for row in db.execute("SELECT summary FROM sites ORDER BY fid")]
    for table in ("sites", "rtree_sites_geom", "search", "words"):
        db.execute(f"DELETE FROM {table}")
    places = ", ".join(f":{column}" for column in columns)
    chance = random.Random(1)
    words: set[str] = set()
    rows, texts = [], []
    for number in range(1, count + 1):
        row = dict.fromkeys(columns) | invent(number, chance)
        row["sources"], row["summary"] = sources[number % len(sources)], summaries[number % len(summaries)]
        name = fold(row["name"])
        words |= {word for word in (*name.split(), name.replace(" ", "")) if len(word) >= 3 and not word.isdecimal()}
        lines = (name, name.replace(" ", ""), fold(row["id"]), fold(row["summary"]), fold(row["place_text"]))
        rows.append(row)
        texts.append((number, "sites", row["id"], "\n".join(lines)))
        if len(rows) == 20_000 or number == count:
            db.executemany(f"INSERT INTO sites VALUES ({places})", rows)
            db.executemany("INSERT INTO search (rowid, layer, id, text) VALUES (?, ?, ?, ?)", texts)
            rows, texts = [], []
    db.execute("INSERT INTO rtree_sites_geom SELECT fid, lon, lon, lat, lat FROM sites WHERE geom IS NOT NULL")
    db.executemany("INSERT INTO words VALUES (?, ?, ?)", ((word, sound(word), len(word)) for word in sorted(words)))
    db.execute("INSERT INTO search (search) VALUES ('optimize')")
    for _, sql in (*indexes, *triggers):
        db.execute(sql)
    unlocated = db.execute("SELECT count(*) FROM sites WHERE geom IS NULL").fetchone()[0]
    db.execute("UPDATE layers SET records = ?, unlocated = ? WHERE name = 'sites'", (count, unlocated))
    db.execute("UPDATE atlas SET value = ? WHERE key = 'search'", (json.dumps({"sites": (1, count)}),))
    db.execute("UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = 'sites'", (count,))
    db.execute(
        "UPDATE gpkg_contents SET (min_x, min_y, max_x, max_y) ="
        " (SELECT min(lon), min(lat), max(lon), max(lat) FROM sites) WHERE table_name = 'sites'"
    )


def invent(number: int, chance: random.Random) -> dict[str, object]:
    """Return the columns of one invented site; one in five is not located, one in three not dated."""
    lon, lat = round(chance.uniform(102.3, 107.6), 6), round(chance.uniform(10.4, 14.7), 6)
    located = number % 5 != 0
    year = 1975 + number % 5
    dated = number % 3 != 0
    rare = f" {RARE}" if number % 1000 == 0 else ""
    return {
        "fid": number,
        "geom": point(lon, lat) if located else None,
        "lon": lon if located else None,
        "lat": lat if located else None,
        "id": f"synthetic-{number:07d}",
        "name": f"Synthetic {chance.choice(WORDS)} {chance.choice(WORDS)} {number}{rare}",
        "kind": chance.choice(KINDS),
        "country": "KH",
        "province": f"KH{1 + number % 25:02d}",
        "district": f"District {number % 197}",
        "place_text": f"invented for a measurement, beside {chance.choice(WORDS)}",
        "begin": str(year) if dated else None,
        "begin_text": str(year) if dated else None,
        "begin_earliest": f"{year}-01-01" if dated else None,
        "begin_latest": f"{year}-12-31" if dated else None,
        "precision_m": chance.choice((100, 1000, 5000, None)),
        "precision_basis": "village",
        "standing": chance.choice(("reported", "alleged", "surveyed")),
    }


def point(lon: float, lat: float) -> bytes:
    """Return a point as a GeoPackage geometry without an envelope."""
    return b"GP\x00\x01" + struct.pack("<iBIdd", 4326, 1, 1, lon, lat)


if __name__ == "__main__":
    print(make_atlas(Path(sys.argv[1]), int(sys.argv[2])))
