"""Mutate real inputs and hold the program to its promise: ``python benchmarks/fuzz.py --minutes 10``.

The atlas of this repository is cut small; each round changes a few of its files (bytes, lines, tokens, numbers, blocks
copied from elsewhere) and runs the program in a process with a limit on memory and time. Any exit code but 0 and 2, a
traceback, a hang, or a file left behind by a refusal is written down with its seed, which makes the same round again.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

MEMORY = 1_000_000_000
"""Bytes that a round may add to what the program takes when it rests."""

_DISTRICT = re.compile("KH[0-9]{4}")
"""The code of a unit below a province: without its sites the atlas does not know it."""

SECONDS = 60
ROUNDS = 40
"""Rounds of one process, so that growth shows and a death costs little."""

TOKENS = (
    b"null",
    b"NaN",
    b"-0",
    b"1e999",
    b"9" * 25,
    b"[]",
    b"{}",
    b'""',
    b"true",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\\u0000",
    b"\\ud800",
    b"\r",
    b"\n",
    b"\t",
    b",",
    b";",
    b'"',
    b"'",
    b"=1+1",
    b"../",
    b"/vsicurl/http://127.0.0.1:9/",
    b"{{ 7*7 }}",
    b"</script>",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xe1\x9f\x92",
    b"1975/1979",
    b"-1",
    b"181",
    b"0x1",
    b"'' OR 1=1 --",
    b"[" * 70,
    b"(" * 70,
    b"1" * 5000,
)


def cut_atlas(folder: Path) -> Path:
    """Make the atlas of this repository small: few features and rows, the same words and maps."""
    for name in ("atlas.toml", "data", "docs", "maps"):
        source = ROOT / name
        if source.is_file():
            shutil.copy(source, folder)
        else:
            shutil.copytree(
                source, folder / name, ignore=shutil.ignore_patterns("*.html", "*.gpkg", "images", "decisions")
            )
    gone = set()
    for layer, most in (("sites", 25), ("routes", 3)):
        document = folder / f"data/{layer}.geojson"
        read = json.loads(document.read_text(encoding="utf-8"))
        gone |= {feature["properties"]["id"] for feature in read["features"][most:]}
        kept = [feature for feature in read["features"][:most] if not gone & _named(feature)]
        gone |= {feature["properties"]["id"] for feature in read["features"] if feature not in kept}
        read["features"] = kept
        document.write_text(json.dumps(read, ensure_ascii=False, indent=1), encoding="utf-8")
    for table in (folder / "data").rglob("*.csv"):
        rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8"), newline="")))
        rows = rows[:1] if table.stem == "changes" else rows  # it tells of records that are no longer there
        with table.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(
                row for row in rows if not gone & set(row) and not _DISTRICT.match(row[0])
            )
    for spec in (folder / "maps").glob("*.toml"):
        before, _, _ = spec.read_text(encoding="utf-8").partition("[[chapters]]")
        spec.write_text(before, encoding="utf-8", newline="")
    for document in (folder / "data/basemap").glob("*.geojson"):
        read = json.loads(document.read_text(encoding="utf-8"))
        read["features"] = sorted(read["features"], key=lambda feature: len(json.dumps(feature)))[:3]
        document.write_text(json.dumps(read, ensure_ascii=False), encoding="utf-8")
    document = folder / "data/sources.json"
    said = "".join(path.read_text(encoding="utf-8") for path in inputs_of(folder) if path != document)
    sources = [source for source in json.loads(document.read_text(encoding="utf-8")) if source["id"] in said]
    document.write_text(json.dumps(sources, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder


def _named(feature: dict) -> set[str]:
    """Return every text in the properties of a feature that may be the id of another one."""
    values = feature["properties"]
    return {values.get("part_of") or "", *(stop.get("site") or "" for stop in values.get("stops") or ())}


def mutate(data: bytes, other: bytes, luck: random.Random) -> bytes:
    """Return bytes that differ in a few places."""
    changed = bytearray(data)
    for _ in range(luck.choice((1, 1, 1, 2, 3, 8))):
        at = luck.randrange(len(changed) + 1)
        end = min(len(changed), at + luck.choice((1, 1, 4, 30, 400)))
        match luck.randrange(8):
            case 0:
                changed[at:end] = b""
            case 1:
                changed[at:at] = luck.choice(TOKENS)
            case 2:
                changed[at:end] = luck.choice(TOKENS)
            case 3:
                changed[at:at] = changed[at:end] * luck.choice((1, 2, 50))
            case 4 if at < len(changed):
                changed[at] ^= 1 << luck.randrange(8)
            case 5:
                begin = luck.randrange(len(other) + 1)
                changed[at:end] = other[begin : begin + luck.choice((4, 40, 400))]
            case 6:
                del changed[at:]
            case _:
                lines = bytes(changed).split(b"\n")
                luck.shuffle(lines) if luck.random() < 0.2 else lines.insert(
                    luck.randrange(len(lines)), luck.choice(lines)
                )
                changed[:] = b"\n".join(lines)
    return bytes(changed)


def inputs_of(folder: Path) -> list[Path]:
    """Return the files that an atlas is made of."""
    kinds = {".toml", ".geojson", ".json", ".csv", ".md"}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in kinds)


def one_round(folder: Path, seed: int) -> tuple[str, str]:
    """Change a few files, run the program, mend the files; return what came of it, and what was said if wrong."""
    from click.testing import CliRunner  # noqa: PLC0415 -- in the process that runs it

    from geo.commands import main  # noqa: PLC0415 -- as above

    luck = random.Random(seed)
    files = inputs_of(folder)
    kept = {}
    for path in luck.sample(files, luck.choice((1, 1, 1, 2))):
        kept[path] = path.read_bytes()
        path.write_bytes(mutate(kept[path], luck.choice(files).read_bytes(), luck))
    command = luck.choice(("check", "check", "build"))
    before = {path: path.read_bytes() for path in (folder / "maps").iterdir() if path.is_file()}
    begun = time.monotonic()
    try:
        done = CliRunner().invoke(main, ["-C", str(folder), command])
        took = time.monotonic() - begun
        said = done.output
        after = {path: path.read_bytes() for path in (folder / "maps").iterdir() if path.is_file()}
        if done.exit_code not in (0, 2) or "Traceback" in said:
            return "an exception", f"{command}: {[path.name for path in kept]}\n{said[-3_000:]}"
        if took > SECONDS:
            return "too slow", f"{command}: {took:.0f} s"
        if done.exit_code == 2 and before != after:
            return "left behind", f"{command}: {sorted(path.name for path in after.keys() - before.keys())}"
        return ("accepted" if done.exit_code == 0 else "refused"), ""
    finally:
        for path, data in kept.items():
            path.write_bytes(data)


def many_rounds(folder: str, seed: int, count: int) -> list[tuple[int, str, str]]:
    """Run rounds in this process, which may take no more memory than it is given."""
    import resource  # noqa: PLC0415 -- only where it runs

    from click.testing import CliRunner  # noqa: PLC0415 -- in the process that runs it

    from geo.commands import main  # noqa: PLC0415 -- as above

    sound = CliRunner().invoke(main, ["-C", folder, "build"])  # after it, the program has loaded everything
    if sound.exit_code != 0:
        return [(seed, "an unsound beginning", sound.output)]
    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    return [(each, *one_round(Path(folder), each)) for each in range(seed, seed + count)]


def main() -> int:
    """Run for some minutes, and say what came of it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    until = time.monotonic() + options.minutes * 60
    counts: Counter[str] = Counter()
    faults: list[tuple[int, str, str]] = []
    seed = options.seed
    with tempfile.TemporaryDirectory() as scratch:
        while time.monotonic() < until:
            folder = Path(scratch) / str(seed)
            folder.mkdir()
            cut_atlas(folder)
            with ProcessPoolExecutor(1) as pool:
                try:
                    done = pool.submit(many_rounds, str(folder), seed, ROUNDS).result(timeout=SECONDS * ROUNDS)
                except (BrokenProcessPool, TimeoutError) as error:
                    done = [
                        (
                            seed,
                            "a death" if isinstance(error, BrokenProcessPool) else "a hang",
                            f"one of the next {ROUNDS} seeds",
                        )
                    ]
            for each, what, said in done:
                counts[what] += 1
                if said:
                    faults.append((each, what, said))
                    print(f"seed {each}: {what}: {said}", flush=True)
            shutil.rmtree(folder)
            seed += ROUNDS
    print(f"{sum(counts.values()):,} rounds: " + ", ".join(f"{count:,} {what}" for what, count in counts.most_common()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
