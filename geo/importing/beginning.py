"""A new atlas: a folder that builds at once, empty or from a table."""

from __future__ import annotations

import json
import os
import re
import shlex
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from geo.coordinates import read_pair, read_position
from geo.coordinates.datums import find_conversion
from geo.errors import Problem, RequestError, respell
from geo.gazetteer import fold
from geo.importing.cells import clean_cell
from geo.importing.filing import Filed, Order, find_crs, layer_text, make_plan, run_order, sources_text, table_text
from geo.importing.plans import PLAN_NAME, Plan, plan_text
from geo.importing.sites import is_khmer, slug
from geo.outputs import write_all
from geo.readers.finding import MANIFEST_NAME
from geo.readers.gathering import Reading, read_listing
from geo.readers.listings import Listing
from geo.schemas import render_schema
from geo.spec import SCHEMAS

__all__ = ["Begun", "begin_atlas"]

_SYMBOLS: Final = ("circle", "square", "triangle", "diamond", "hexagon", "cross", "tent", "gate")
_COLOURS: Final = (
    "#54456b", "#2f6159", "#8f6b32", "#3f658a", "#5c4033", "#686a4e", "#73828f", "#7d7266", "#2e3a59", "#7a4b52",
)  # fmt: skip
_MOST_KINDS: Final = 24
_FEW_KINDS: Final = 8
_FRENCH: Final = frozenset({"nom", "lieu", "titre"})
"""Words of which one stands in the header of the names, where a table is kept in French; folded."""
_SUBTITLE: Final = {
    "en": "Places and what is known of them",
    "km": "ទីកន្លែង និងអ្វីដែលគេដឹងអំពីទីកន្លែងទាំងនោះ",
    "fr": "Des lieux, et ce que l’on en sait",
}
_PLACES: Final = {"en": "Places", "km": "ទីកន្លែង", "fr": "Lieux"}
_DESCRIPTION: Final = {
    "en": "Every place that the atlas holds.",
    "km": "ទីកន្លែងទាំងអស់ក្នុងអាត្លាសនេះ។",
    "fr": "Tous les lieux de l’atlas.",
}
_TABLES: Final = ("claims", "names", "relations", "events")
_SCHEMAS: Final = ("atlas", "map", "vocabulary")
"""What an editor needs to complete and check the TOML files; their first lines name them."""
_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)
_LEAST_MARGIN: Final = 0.25
"""Degrees that an area reaches beyond its outermost place."""

Area = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Begun:
    """What a beginning gave.

    Attributes
    ----------
    folder
        The atlas.
    written
        The files, in order.
    filed
        What became of the table; None where there was none.
    plan
        How it was read; None likewise.
    """

    folder: Path
    written: tuple[Path, ...]
    filed: Filed | None = None
    plan: Plan | None = None


def begin_atlas(folder: Path, source: Path | None = None, reading: Reading | None = None) -> Begun:
    """Make a new atlas.

    Parameters
    ----------
    folder
        A folder that does not exist yet, or holds no atlas; files in it are not replaced.
    source
        A table or vector file of places to begin with; None for an empty atlas.
    reading
        How that file is read; None to find out.

    Returns
    -------
    Begun
        What was written, and what became of the table.

    Raises
    ------
    RequestError
        Something that would be written is there already.
    InputError
        The file cannot be read.
    OutputError
        The folder cannot be written; no file of the atlas is then there.
    """
    reading = reading or Reading()
    listing = read_listing(source, respell(source.name), reading) if source is not None else None
    plan = replace(make_plan(listing, "sites"), reading=reading) if listing is not None else None
    name = respell(os.path.basename(os.path.abspath(folder)))  # noqa: PTH100, PTH119  (".." has a name, links stay)
    kinds: dict[str, str] = {"place": "Place"}
    area, bounds = _WORLD, _WORLD
    if listing is not None and plan is not None:
        find_crs(listing.crs, _WORLD, listing)  # what cannot be converted is refused before anything is written
        kinds, plan = _find_kinds(listing, plan)
        area, bounds = _find_area(listing, plan)
    files = dict(_files(name, kinds, area, bounds, listing, _find_languages(listing, plan)))
    if listing is not None and plan is not None:
        files[PLAN_NAME] = plan_text(listing.name, "sites", plan, listing.columns)
    there = [inside for inside in files if (folder / inside).exists()]
    if there:
        problems = [Problem(str(folder), "", "", inside, "no such file yet", "name another folder") for inside in there]
        raise RequestError("There is something in the folder already", problems)
    written = tuple(folder / inside for inside in files)
    for path in written:
        with suppress(OSError):  # writing into it says why
            path.parent.mkdir(parents=True, exist_ok=True)
    # The manifest comes last: a folder is an atlas when everything else is there.
    order = sorted(files.items(), key=lambda item: item[0] == MANIFEST_NAME)
    write_all([(folder / inside, text.encode()) for inside, text in order])
    if source is None:
        return Begun(folder, written)
    try:
        filed = run_order(folder, Order(source, "sites", reading=reading, fixes=folder / "fixes.csv"))
    except BaseException:
        for path in written:  # an atlas without its table is not what was asked for
            path.unlink(missing_ok=True)
        raise
    if plan is not None:
        filed.account.guesses = plan.guesses
    return Begun(folder, written, filed, plan)


# --- what a table tells of the atlas --------------------------------------------------------------------------


def _cells(listing: Listing, column: str) -> list[str]:
    at = listing.columns.index(column)
    return [clean_cell(row.cells[at])[0] for row in listing.rows]


def _find_kinds(listing: Listing, plan: Plan) -> tuple[dict[str, str], Plan]:
    """Return the kinds of place that a table names, and the plan that reads its words as them.

    A column with too many different texts tells no kinds; then there is one kind, and the column is not used.
    """
    column = plan.columns.get("kind")
    texts = Counter(text for text in _cells(listing, column) if text) if column else Counter[str]()
    different = len({slug(text) for text in texts})
    if not column or not texts or different > min(_MOST_KINDS, max(_FEW_KINDS, len(listing.rows) // 2)):
        columns = {key: name for key, name in plan.columns.items() if key != "kind"}
        guesses = tuple(guess for guess in plan.guesses if guess.field != "kind")
        return {"place": "Place"}, replace(plan, columns=columns, guesses=guesses, fill=plan.fill | {"kind": "place"})
    kinds: dict[str, str] = {}
    words: dict[str, str] = {}
    for number, text in enumerate(texts, start=1):
        key = slug(text).replace("-", "_")
        key = key if key and not key[0].isdigit() else f"kind_{number}"
        kinds.setdefault(key, text[:1].upper() + text[1:])
        words[text] = key
    return kinds, replace(plan, values=plan.values | {"kind": words})


def _find_languages(listing: Listing | None, plan: Plan | None) -> list[str]:
    """Return the languages of the pages, the first one first.

    Khmer where most names of a table are in its script, French where their column is called in French.
    """
    if listing is None or plan is None or "name" not in plan.columns:
        return ["en"]
    column = plan.columns["name"]
    names = [text for text in _cells(listing, column) if text]
    if 2 * sum(map(is_khmer, names)) > len(names):
        return ["km", "en"]
    return ["fr", "en"] if _FRENCH & set(fold(column).split()) else ["en"]


def _label(text: str, languages: list[str]) -> str:
    """Return what a table calls a kind of place, as a label: English, which a label must have, and its own language."""
    return _spoken({"en": text, "km" if is_khmer(text) else "fr": text}, ["km"] if is_khmer(text) else languages)


def _spoken(words: Mapping[str, str], languages: list[str]) -> str:
    """Return a text as TOML: in English, and in the first language of the pages where that is another."""
    tags = dict.fromkeys(("en", languages[0]))
    return f"{{ {', '.join(f'{tag} = {_toml(words[tag])}' for tag in tags if tag in words)} }}"


def _find_area(listing: Listing, plan: Plan) -> tuple[Area, Area]:
    """Return where the places of a table lie: the area of the atlas, and the bounds of its first map.

    A few positions far away from all others, as when axes are exchanged, do not widen the area: the import will then
    say of each that it lies outside.
    """
    points = list(_points(listing, plan))
    if not points:
        return _WORLD, _WORLD
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    middle = statistics.median(lats), statistics.median(lons)
    spans = sorted(max(abs(lat - middle[0]), abs(lon - middle[1])) for lat, lon in points)
    usual = max(spans[int(0.75 * (len(spans) - 1))], 0.5)
    near = [(lat, lon) for lat, lon in points if max(abs(lat - middle[0]), abs(lon - middle[1])) <= 5 * usual]
    south, north = min(lat for lat, _ in near), max(lat for lat, _ in near)
    west, east = min(lon for _, lon in near), max(lon for _, lon in near)
    margin = max(_LEAST_MARGIN, 0.2 * max(north - south, east - west))

    def widened(by: float) -> Area:
        box = (max(west - by, -180), max(south - by, -90), min(east + by, 180), min(north + by, 90))
        west_, south_, east_, north_ = (round(number, 2) for number in box)
        return west_, south_, east_, north_

    return widened(margin), widened(max(0.05, margin / 4))


def _points(listing: Listing, plan: Plan) -> Iterator[tuple[float, float]]:
    at = {key: listing.columns.index(column) for key, column in plan.columns.items() if key in {"lat", "lon", "coord"}}
    try:
        conversion = find_conversion(listing.crs or "OGC:CRS84")
    except ValueError:
        return
    for row in listing.rows:
        try:
            if "coord" in at:
                position = read_position(clean_cell(row.cells[at["coord"]])[0])
                yield position.lat, position.lon
            elif {"lat", "lon"} <= at.keys():
                position = read_pair(row.cells[at["lat"]], row.cells[at["lon"]])
                if abs(position.lat) <= 90 and abs(position.lon) <= 180:
                    yield position.lat, position.lon
            elif row.geometry is not None and row.geometry.get("type") == "Point":
                x, y, *_ = row.geometry["coordinates"]
                lon, lat = conversion.convert(float(x), float(y))
                yield lat, lon
        except (ValueError, TypeError):
            continue


# --- the files ------------------------------------------------------------------------------------------------


def _files(
    name: str, kinds: Mapping[str, str], area: Area, bounds: Area, listing: Listing | None, languages: list[str]
) -> Iterator[tuple[str, str]]:
    title = re.sub(r"[-_\s\ufffd]+", " ", name).strip() or "Atlas"
    title = title[:1].upper() + title[1:]
    yield "atlas.toml", _manifest(slug(name) or "atlas", title, area, languages)
    yield "README.md", _readme(title, listing)
    yield "data/sites.geojson", layer_text("sites", [])
    for table in _TABLES:
        yield f"data/tables/{table}.csv", table_text(table, [])
    yield "data/sources.json", sources_text([])
    yield "data/vocabulary.toml", _vocabulary(kinds, languages)
    yield "maps/overview.toml", _map(title, bounds, languages)
    for schema in _SCHEMAS:
        yield f"schema/{schema}.schema.json", render_schema(schema)


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _manifest(key: str, title: str, area: Area, languages: list[str]) -> str:
    tables = "\n".join(f'[tables.{table}]\nfile = "data/tables/{table}.csv"\nschema = "{table}"\n' for table in _TABLES)
    return f"""\
#:schema schema/atlas.schema.json
# What this atlas is called, which files it is made of, and how they belong together. Paths are relative to this file.
# `memorial check` holds everything named here against the data contract; `memorial build` makes the maps.

[atlas]
id = {_toml(key)}                 # small letters, digits and hyphens
version = "0.1.0"
title = {{ en = {_toml(title)} }}            # add km = "…" and fr = "…" for other languages
subtitle = {_spoken(_SUBTITLE, languages)}
languages = {json.dumps(languages):28} # of the pages: "en", "km", "fr"; the first one opens
area = {list(area)}   # west, south, east, north: every located place lies inside
licence = "Not decided yet."             # say here under which licence others may use the data
nation = "whole"                         # the subject of claims about everything together
# dedication = {{ en = "…" }}              # shown once, when a page opens
# notice = {{ en = "…" }}

[files]
sources = "data/sources.json"
vocabulary = "data/vocabulary.toml"
maps = "maps"
catalogue = "maps/{key}.gpkg"            # made by the program; no need to keep it

[layers.sites]
file = "data/sites.geojson"
schema = "sites"
title = {_spoken(_PLACES, languages)}

# A layer of provinces shades a map and gives each place its province. Take the # away, and import one with
# `memorial import provinces.geojson --as provinces --map NAME=name --map CODE=code`:
# [layers.provinces]
# file = "data/provinces.geojson"
# schema = "areas"
# title = {{ en = "Provinces" }}
# border_tolerance_m = 1000              # how far outside a coarse border a place may lie

{tables}"""


def _vocabulary(kinds: Mapping[str, str], languages: list[str]) -> str:
    lines = [
        "#:schema ../schema/vocabulary.schema.json",
        "# The words that the data may use, each with its label; add km and fr beside en for other languages.",
        "# Signs of a kind: square, triangle, circle, diamond, hexagon, tent, gate, cross.",
    ]
    for number, (key, label) in enumerate(kinds.items()):
        lines += [
            "",
            f"[kinds.{key}]",
            f"label = {_label(label, languages)}",
            f'symbol = "{_SYMBOLS[number % len(_SYMBOLS)]}"',
            f'colour = "{_COLOURS[number % len(_COLOURS)]}"',
        ]
    lines += ["", *_words("measures", {"deaths": "Deaths", "people_held": "People held", "date_begin": "Beginning"})]
    lines += _words("units", {"persons": "persons", "date": "date"})
    lines += _words("relations", {"memorial_of": "Remembers"})
    lines += _words("themes", {"event": "Event"})
    return "\n".join(lines).rstrip() + "\n"


def _words(section: str, words: Mapping[str, str]) -> Iterable[str]:
    for key, label in words.items():
        yield f"[{section}.{key}]"
        yield f"label = {{ en = {_toml(label)} }}"
        yield ""


def _map(title: str, bounds: Area, languages: list[str]) -> str:
    return f"""\
#:schema ../schema/map.schema.json
# One map: `memorial build` writes overview.html beside this file. Copy it under another name for another map.
title = {{ en = {_toml(title)} }}
description = {_spoken(_DESCRIPTION, languages)}
layers = ["sites"]
bounds = {list(bounds)}
# kinds = ["…"]                          # only these kinds of place
"""


def _readme(title: str, listing: Listing | None) -> str:
    fields = "\n".join(
        f"| `{field.name}` | {field.meaning}{' Required.' if field.required else ''} |"
        for field in SCHEMAS["sites"].fields
    )
    begun: list[str] = []
    if listing is not None:
        begun = [
            f"It began with `{listing.name}`. How its columns were read stands in `import.toml`: correct it there, and",
            "run",
            "",
            "```",
            f"memorial import {shlex.quote(listing.name)} --as sites --fixes fixes.csv",
            "```",
            "",
            "`fixes.csv` lists every cell that could not be read. Fill in `corrected` and `by`, and run it again.",
            "",
        ]
    return "\n".join(
        [
            f"# {title}",
            "",
            "An atlas of places. Nothing stands in it without a source.",
            "",
            *begun,
            "```",
            "memorial check     # hold the data against the contract",
            "memorial build     # make maps/overview.html, which opens without a network",
            "```",
            "",
            "| file | what |",
            "| --- | --- |",
            "| `atlas.toml` | the title, the area, and which files belong to the atlas |",
            "| `data/sites.geojson` | the places |",
            "| `data/sources.json` | the sources (CSL-JSON), each with a grade and the reason for it |",
            "| `data/vocabulary.toml` | the kinds of place, with their signs and colours, and other words |",
            "| `data/tables/` | claims, names, relations and events; see their header rows |",
            "| `maps/` | one definition per map, and the pages made from it |",
            "| `schema/` | what an editor needs to complete and check the TOML files |",
            "",
            "## Fields of a place",
            "",
            "| field | meaning |",
            "| --- | --- |",
            fields,
            "",
        ]
    )
