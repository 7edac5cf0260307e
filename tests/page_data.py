"""The data of a page, read back from the bytes that were packed: what the viewer does, done a second time."""

from __future__ import annotations

import io
import itertools
import json
import math
import struct
from collections.abc import Callable
from typing import Any

JSON_CELLS = {
    *("names", "days", "precision_m", "coord_source", "sources"),
    *("claims", "ranges", "relations", "grid_m"),
}


def refer(sources: list[str], places: str, several: bool) -> Any:
    found = json.loads(places) if places else [None] * len(sources)
    pairs = zip(sources, found, strict=True)
    joined = [{"source": one} | ({} if place is None else {"locator": place}) for one, place in pairs]
    return joined if several else joined[0]


def read_data(data: bytes) -> Any:
    """Return the data of a page as one object, its sites as records: what the viewer makes of the same bytes."""
    stream = io.BytesIO(data)
    payload = json.loads(stream.read(int.from_bytes(stream.read(4), "little")))
    about = payload["sites"]
    count = about["count"]

    def numbers(many: int, width: int) -> list[int]:
        planes = [stream.read(many) for _ in range(width)]
        return [sum(plane[at] << (8 * byte) for byte, plane in enumerate(planes)) for at in range(many)]

    def axis(decimals: int = 0, least: int = 0, width: int = 8) -> list[float | None]:
        if width == 8:
            found = struct.unpack(f"<{count}d", stream.read(8 * count))
            return [None if math.isnan(one) else one for one in found]
        return [None if one == 0 else (one - 1 + least) / 10**decimals for one in numbers(count, width)]

    points = list(zip(*(axis(**one) for one in about["axes"]), strict=True))
    records: list[Any] = [
        {name: [] for name in ("names", "sources", "claims", "relations")}
        | dict.fromkeys(("basis", "standing", "summary"), "")
        | {"point": None if point[0] is None else list(point)}
        for point in points
    ]
    runs: list[list[int]] = []
    listed: list[Callable[[], list[int]]] = []

    def codes(many: int, told: Any) -> Callable[[], list[int]]:
        of_lead = isinstance(told, dict)
        found = numbers(told["words"], told["width"]) if of_lead else numbers(many, told)
        read = (lambda: [found[code] for code in listed[told["by"]]()]) if of_lead else lambda: found
        if many == count:
            listed.append(read)
        return read

    def texts(held: Any) -> Callable[[], list[str]]:
        if "wordings" not in held:
            run = io.BytesIO(stream.read(held["bytes"]))
            words = [run.read(length).decode() for length in numbers(held["texts"], held["length"])]
            return lambda: words
        wordings = texts(held["wordings"])()
        wording = codes(held["texts"], held["wording"]) if "wording" in held else lambda: [0] * held["texts"]
        slots = []
        for one in held["numbers"]:
            run = runs[one["same"]] if "same" in one else numbers(one["count"], one["width"])
            if one.get("steps"):
                run = list(itertools.accumulate(step >> 1 ^ -(step & 1) for step in run))
            if "same" not in one:
                runs.append(run)
            slots.append(run)

        def worded() -> list[str]:
            left = [iter(run) for run in slots]
            found = []
            for code in wording():
                places = iter(left)
                said = [
                    f"{next(next(places)):0{int(one)}d}" if one.isdigit() and one.isascii() else one
                    for one in wordings[code]
                ]
                found.append("".join(said))
            return found

        return worded

    told = []
    for column in about["columns"]:
        words = texts(column)
        told.append((column["name"], words, codes(count, column["code"]) if "code" in column else None))
    cells = {}
    for name, words, code in told:
        said = words()
        cells[name] = [said[one] for one in code()] if code else said * count if len(said) == 1 else said
    for at, record in enumerate(records):
        for name in set(cells) - {"places", "coord_place"}:
            if word := cells[name][at]:
                record[name] = json.loads(word) if name in JSON_CELLS else word
        for name, places in (("sources", "places"), ("coord_source", "coord_place")):
            if record.get(name):
                record[name] = refer(record[name], cells[places][at] if places in cells else "", name == "sources")
    assert stream.read() == b""
    return payload | {"sites": records}
