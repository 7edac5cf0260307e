"""An atlas of many invented places, as inputs: ``python benchmarks/synthetic_atlas.py FOLDER COUNT [parquet]``.

Names count ("Synthetic Wat Tuol 17"), as those of surveys do; with ``--names different`` each is made of two
invented words that hardly any other has.

For measuring only, never a part of ``data/``: every title, name, summary and source says that it is synthetic. The
provinces, backdrop and vocabulary are those of this repository; the places have the attributes of a survey of pits, lie
inside the provinces that they name, and cite sources that do not exist. `memorial check` finds nothing in it. The
same count gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from pyarrow import parquet

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from geo.spec import SCHEMAS  # noqa: E402  (the repository must be found first)

WORDS = (
    "Wat", "Tuol", "Phnom", "Boeung", "Kampong", "Prey", "Svay", "Trapeang", "Chrey", "Rolea", "Koh", "Stung",
    "Angkor", "Sala", "Tonle", "Kraol",
)  # fmt: skip
KINDS = ("mass_grave",) * 60 + ("memorial",) * 25 + ("prison",) * 10 + ("execution_site",) * 4 + ("camp",)
BASES = (("gps_survey", 100), ("gps_survey", 1_000), ("village", 500), ("commune", 2_500), ("district", 8_000))
SYLLABLES = tuple(
    onset + vowel + coda
    for onset in ("b", "ch", "d", "k", "kr", "l", "m", "n", "p", "ph", "pr", "r", "s", "sr", "t", "tr", "v", "y")
    for vowel in ("a", "e", "i", "o", "u", "ea", "uo", "ie")
    for coda in ("", "k", "l", "m", "n", "ng", "r", "t")
)
"""Of these, three to a word, the names are made that all differ."""
SOURCES = tuple(f"synthetic-survey-{number}" for number in range(1, 13))
COPIED = ("data/vocabulary.toml", "data/provinces.geojson", "data/basemap")
UNLOCATED = 20
"""One place in so many has no position."""

MANIFEST = """\
# A synthetic atlas for measuring: nothing in it is true.
[atlas]
id = "synthetic-{count}"
version = "0"
title = {{ en = "Synthetic: {count:,} invented places" }}
subtitle = {{ en = "For measuring only; nothing here is true" }}
languages = ["en", "km", "fr"]
area = [97.0, 5.0, 111.0, 21.0]
timeline = "1968/1999"
licence = "Invented data."

[files]
catalogue = "maps/synthetic.gpkg"
{limits}
[layers.sites]
file = "data/sites.{suffix}"
schema = "sites"
title = {{ en = "Invented places" }}

[layers.provinces]
file = "data/provinces.geojson"
schema = "areas"
title = {{ en = "Provinces" }}
border_tolerance_m = 3000

[layers.neighbours]
file = "data/basemap/neighbours.geojson"
schema = "backdrop"
draw = "land"

[layers.lake]
file = "data/basemap/lake.geojson"
schema = "backdrop"
draw = "water"

[tables.claims]
file = "data/tables/claims.csv"
schema = "claims"

[tables.names]
file = "data/tables/names.csv"
schema = "names"
"""

LIMITS = """
[limits]
bytes = {bytes}
values = {values}
"""

MAPS = {
    "overview": """\
title = { en = "Synthetic overview" }
description = { en = "Invented places, for measuring." }
layers = ["provinces", "sites"]
bounds = [102.3, 10.3, 107.7, 14.8]
""",
    "graves": """\
title = { en = "Synthetic graves" }
description = { en = "Invented places, for measuring." }
layers = ["provinces", "sites"]
kinds = ["mass_grave"]
bounds = [102.3, 10.3, 107.7, 14.8]
""",
}


def write_atlas(folder: Path, count: int, suffix: str = "geojson", *, different: bool = False) -> Path:
    """Write the inputs of an atlas of that many invented places, and return its folder.

    Parameters
    ----------
    folder
        A folder that does not exist yet.
    count
        How many places.
    suffix
        ``geojson`` or ``parquet``: the format of the layer of places.
    different
        Whether the words of nearly all names differ; otherwise the names count.
    """
    (folder / "data" / "tables").mkdir(parents=True)
    (folder / "maps").mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for name, text in MAPS.items():
        (folder / "maps" / f"{name}.toml").write_text(text, encoding="utf-8")
    sources = json.loads((ROOT / "data/sources.json").read_text(encoding="utf-8"))
    _write_json(folder / "data/sources.json", [*_used(folder, sources), *map(_source, SOURCES)])
    path = folder / f"data/sites.{suffix}"
    (_write_geojson if suffix == "geojson" else _write_parquet)(path, count, different=different)
    size = path.stat().st_size
    limits = LIMITS.format(bytes=2 * size, values=50 * count) if size > 150_000_000 or count > 300_000 else ""
    manifest = MANIFEST.format(count=count, suffix=suffix, limits=limits)
    (folder / "atlas.toml").write_text(manifest, encoding="utf-8")
    _write_table(folder, "claims", _claims(count))
    _write_table(folder, "names", _names(count))
    return folder


def places(count: int, *, different: bool = False) -> Iterator[tuple[dict[str, Any], tuple[float, float] | None]]:
    """Yield the properties and the position (lon, lat) of every invented place."""
    provinces = json.loads((ROOT / "data/provinces.geojson").read_text(encoding="utf-8"))["features"]
    positions = [iter(_scatter(feature["geometry"], count // len(provinces) + 1, at).tolist())
                 for at, feature in enumerate(provinces)]  # fmt: skip
    chance = np.random.default_rng(count)
    draws = chance.integers(0, 2**31, size=(count, 3)).tolist()
    names = SCHEMAS["sites"].names
    words = _invent(2 * count if different else 0, count)
    for number, (one, two, three) in enumerate(draws, start=1):
        at = number % len(provinces)
        province = provinces[at]["properties"]
        position = tuple(next(positions[at]))
        located = number % UNLOCATED != 0
        basis, radius = BASES[one % len(BASES)] if located else ("province", None)
        year = 1975 + one % 5
        dated = one % 3 != 0
        kind = KINDS[two % len(KINDS)]
        standing = ("surveyed", "reported", "reported", "alleged")[three % 4]
        source = SOURCES[three % len(SOURCES)]
        village = f"{WORDS[two % 16]} {WORDS[three % 16]}"
        verb = "alleged by an invented list" if standing == "alleged" else "recorded by an invented survey"
        said = {
            "id": f"synthetic-{number:07d}",
            "name": f"Synthetic {next(words)} {next(words)}" if different else f"Synthetic {village} {number}",
            "kind": kind,
            "country": "KH",
            "province": province["code"],
            "province_name": province["name"],
            "district": f"Invented district {one % 197}",
            "commune": f"Invented commune {two % 1_621}",
            "village": f"Invented village {village}",
            "place_code": f"{province['code']}{one % 14 + 1:02d}{two % 9 + 1:02d}",
            "place_text": f"invented, {two % 900 + 100} m from the pagoda of {village}" + (
                " (វត្តប្រឌិត)" if number % 20 == 1 else ""
            ),
            "begin": f"{year}" if dated else None,
            "begin_text": f"some time in {year}" if dated else None,
            "end": f"{year + one % 3}~" if dated else None,
            "precision_m": radius,
            "precision_basis": basis,
            "coord_source": f"{source}#row {number}" if located else None,
            "standing": standing,
            "summary": f"Synthetic place near {village}, {verb} with {two % 120 + 1} pits; nothing about it is true.",
            "sources": [f"{source}#row {number}", SOURCES[two % len(SOURCES)]],
            "part_of": f"synthetic-{number - 1:07d}" if number % 10 == 2 else None,
        }  # fmt: skip
        yield dict.fromkeys(names) | said, position if located else None


def _invent(count: int, seed: int) -> Iterator[str]:
    """Yield so many invented words of three syllables."""
    for chosen in np.random.default_rng((seed, 1)).integers(0, len(SYLLABLES), size=(count, 3)).tolist():
        yield "".join(SYLLABLES[one] for one in chosen).capitalize()


def _scatter(geometry: dict[str, Any], count: int, seed: int) -> np.ndarray:
    """Return so many positions inside a province, each with six decimals."""
    area = shapely.from_geojson(json.dumps(geometry))
    shapely.prepare(area)
    west, south, east, north = area.bounds
    chance = np.random.default_rng(seed)
    found: list[np.ndarray] = []
    missing = count
    while missing > 0:
        points = np.round(chance.uniform((west, south), (east, north), size=(2 * missing + 100, 2)), 6)
        found.append(points[shapely.contains_xy(area, points)])
        missing -= len(found[-1])
    return np.concatenate(found)[:count]


def _write_geojson(path: Path, count: int, *, different: bool) -> None:
    encode = json.JSONEncoder(ensure_ascii=False).encode
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "name": "sites", "features": [')
        for number, (properties, position) in enumerate(places(count, different=different)):
            geometry = f'{{"type": "Point", "coordinates": [{position[0]}, {position[1]}]}}' if position else "null"
            feature = f'{{"type": "Feature", "properties": {encode(properties)}, "geometry": {geometry}}}'
            file.write((",\n" if number else "\n") + feature)
        file.write("\n]}\n")


def _write_parquet(path: Path, count: int, *, different: bool) -> None:
    types = {"integer": pa.int32(), "source_refs": pa.list_(pa.string())}
    fields = [pa.field(field.name, types.get(field.type, pa.string())) for field in SCHEMAS["sites"].fields]
    geometry = {"encoding": "WKB", "geometry_types": ["Point"]}
    meta = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())], {"geo": json.dumps(meta)})
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for number, (properties, position) in enumerate(places(count, different=different), start=1):
            shape = struct.pack("<BIdd", 1, 1, *position) if position else None
            rows.append(properties | {"geometry": shape})
            if len(rows) == 50_000 or number == count:
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                rows = []


def _used(folder: Path, sources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the sources that the layers taken from this repository cite."""
    layers = [path.read_text(encoding="utf-8") for path in sorted((folder / "data").rglob("*.geojson"))]
    return [source for source in sources if any(f'"{source["id"]}' in text for text in layers)]


def _source(key: str) -> dict[str, Any]:
    custom = {"grade": "weak", "reliability": "Does not exist; it was invented for measuring."}
    author = [{"literal": "Nobody (synthetic)"}]
    return {"id": key, "type": "report", "title": f"Synthetic survey {key}", "author": author, "custom": custom}


def _claims(count: int) -> Iterator[dict[str, str]]:
    """Yield a claim for one place in fifty."""
    for number in range(1, max(20, count // 50) + 1):
        low = number * 37 % 900 + 1
        yield {
            "id": f"synthetic-claim-{number:06d}",
            "subject": f"synthetic-{(number * 50 - 49) % count + 1:07d}",
            "measure": "victims",
            "low": str(low),
            "high": str(low + number % 50),
            "unit": "persons",
            "scope": "invented victims",
            "as_of": "1995",
            "source": SOURCES[number % len(SOURCES)],
            "locator": f"row {number}",
            "status": "current" if number % 7 else "contested",
            "partial": "no",
        }


def _names(count: int) -> Iterator[dict[str, str]]:
    """Yield a name in Khmer letters for one place in a hundred."""
    for number in range(1, max(2, count // 100) + 1):
        yield {
            "subject": f"synthetic-{(number * 100 - 99) % count + 1:07d}",
            "text": f"កន្លែងប្រឌិត {number}",
            "language": "km",
            "script": "Khmr",
            "kind": "main",
            "source": SOURCES[number % len(SOURCES)],
        }


def _write_table(folder: Path, schema: str, rows: Iterator[dict[str, str]]) -> None:
    names = SCHEMAS[schema].names
    with (folder / f"data/tables/{schema}.csv").open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(names) + "\n")
        for row in rows:
            file.write(",".join(row.get(name, "") for name in names) + "\n")


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the inputs of an atlas of many invented places.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("suffix", nargs="?", choices=("geojson", "parquet"), default="geojson")
    parser.add_argument("--names", choices=("counted", "different"), default="counted")
    asked = parser.parse_args()
    print(write_atlas(asked.folder, asked.count, asked.suffix, different=asked.names == "different"))
