"""TOML and CSL-JSON: what an atlas says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.corpus.cases import Case, put, swap

ATLAS = "atlas.toml"
WORDS = "data/vocabulary.toml"
MAP = "maps/prisons.toml"
SOURCES = "data/sources.json"


def change(file: str, name: str, old: str, new: str, *says: str) -> Case:
    """Return the case of a file in which one text is another one."""
    return Case(f"toml: {name}", swap(file, old, new), (file, *says))


def _paths() -> Iterator[Case]:
    old = 'file = "data/lake.geojson"'
    for name, path in {
        "a step upwards": "../outside/secret.geojson",
        "steps through the atlas": "data/../../outside/secret.geojson",
        "an absolute path": "/etc/passwd",
        "a home": "~/secret.geojson",
        "a drive": "C:/secret.geojson",
        "backslashes": "..\\\\outside\\\\secret.geojson",
        "an address": "http://127.0.0.1:9/lake.geojson",
        "a file address": "file:///etc/passwd",
        "a file of GDAL on the network": "/vsicurl/http://127.0.0.1:9/lake.geojson",
        "an archive of GDAL": "/vsizip/data/lake.zip/lake.geojson",
        "a chain of GDAL": "/vsizip//vsicurl/http://127.0.0.1:9/a.zip",
        "memory of GDAL": "/vsimem/lake.geojson",
        "standard input of GDAL": "/vsistdin/",
        "a slice of GDAL": "/vsisubfile/0_9,data/lake.geojson",
        "a driver": "GeoJSON:data/lake.geojson",
        "a driver of tables": "GPKG:../outside/secret.gpkg:sites",
        "a query": "data/lake.geojson?a=1",
        "a layer": "data/lake.geojson|layername=a",
        "nothing": "",
        "a dot": ".",
        "a folder": "data/",
        "two slashes": "data//lake.geojson",
        "U+0000": "data/lake.geojson\\u0000.csv",
        "a line end": "data/\\nlake.geojson",
        "a star": "data/*.geojson",
        "text that runs backwards": "data/\\u202elake.geojson",
        "a device": "/dev/zero",
        "a process": "/proc/self/environ",
        "a database": "PG:host=127.0.0.1",
        "a service": "WFS:http://127.0.0.1:9/",
        "a table in memory": "<OGRVRTDataSource></OGRVRTDataSource>",
    }.items():
        yield change(ATLAS, f"a layer at {name}", old, f'file = "{path}"', "layers.lake.file")
    for key, where in (
        ("method", "files.method"),
        ("sources", "files.sources"),
        ("vocabulary", "files.vocabulary"),
        ("maps", "files.maps"),
        ("catalogue", "files.catalogue"),
    ):
        path = "../outside/secret.gpkg"
        wanted = f'[files]\n{key} = "{path}"\n' + (
            "" if key == "catalogue" else 'catalogue = "maps/small-atlas.gpkg"\n'
        )
        yield change(ATLAS, f"{key} outside", '[files]\ncatalogue = "maps/small-atlas.gpkg"\n', wanted, where, "inside")
    yield change(
        ATLAS,
        "a catalogue over an input",
        'catalogue = "maps/small-atlas.gpkg"',
        'catalogue = "data/sites.geojson"',
        "catalogue",
    )
    yield change(
        ATLAS,
        "a catalogue that is no such file",
        'catalogue = "maps/small-atlas.gpkg"',
        'catalogue = "maps/a.html"',
        "catalogue",
    )


def _tomls() -> Iterator[Case]:
    for name, data in {
        "cut": b'[atlas]\nid = "small',
        "no TOML": b"{}",
        "bytes that are no text": b'[atlas]\nid = "\xff"',
        "UTF-16": "[atlas]".encode("utf-16"),
        "nothing": b"",
        "U+0000": b"\0",
        "a key twice": b'[atlas]\nid = "a"\nid = "b"',
        "a table twice": b"[atlas]\n[atlas]",
        "a long dotted key": b"a" + b".a" * 5_000 + b" = 1",
        "deep lists": b"a = " + b"[" * 5_000 + b"]" * 5_000,
        "deep tables": b"a = " + b"{a = " * 3_000 + b"1" + b"}" * 3_000,
        "deep tables under limits": b"\n".join(b"[a" + b".a" * n + b"]" for n in range(80)),
        "a number of 5,000 digits": b"a = " + b"9" * 5_000,
        "two megabytes": b"a = '" + b"a" * 2_000_000 + b"'",
        "no end": b"a = inf",
        "no number": b"a = nan",
        "a date as an id": b"[atlas]\nid = 1975-04-17",
        "a control character": b'[atlas]\nid = "a\x07"',
        "a page": b"<html>",
        "JSON": b'{"atlas": {}}',
        "lines that end early": b"[atlas]\rid = 'a'",
    }.items():
        for file in (
            (ATLAS, WORDS, MAP) if name in {"cut", "nothing", "deep lists", "two megabytes", "no end"} else (ATLAS,)
        ):
            yield Case(f"toml: {file} is {name}", put(file, data), (file,))
    for name, old, new, where in (
        (
            "title is a text",
            'title = { en = "Small atlas", km = "អាត្លាសតូច", fr = "Petit atlas" }',
            'title = "A"',
            "atlas.title",
        ),
        ("area is two numbers", "area = [-34.0, 9.0, -29.0, 12.0]", "area = [1, 2]", "atlas.area"),
        ("area is text", "area = [-34.0, 9.0, -29.0, 12.0]", 'area = ["a", "b", "c", "d"]', "atlas.area"),
        ("area turned round", "area = [-34.0, 9.0, -29.0, 12.0]", "area = [-29.0, 9.0, -34.0, 12.0]", "atlas.area"),
        (
            "area beyond the Earth",
            "area = [-34.0, 9.0, -29.0, 12.0]",
            "area = [-340.0, 9.0, -29.0, 12.0]",
            "atlas.area",
        ),
        ("languages without English", 'languages = ["en", "km", "fr"]', 'languages = ["km"]', "atlas.languages"),
        (
            "a language that is not known",
            'languages = ["en", "km", "fr"]',
            'languages = ["en", "xx"]',
            "atlas.languages",
        ),
        ("languages is a text", 'languages = ["en", "km", "fr"]', 'languages = "en"', "atlas.languages"),
        ("a key that is not known", 'nation = "nowhere"', 'nation = "nowhere"\nnations = 1', "nations"),
        ("a key that is nearly known", 'nation = "nowhere"', 'naton = "nowhere"', "did you mean nation"),
        ("a schema that is not known", 'schema = "sites"', 'schema = "places"', "layers.sites.schema"),
        ("a layer under a name of SQL", "[layers.lake]", '[layers."lake; DROP TABLE sites"]', "layers."),
        ("a layer under a name of the catalogue", "[layers.lake]", "[layers.gpkg_contents]", "gpkg_contents"),
        ("a layer under a name of a path", "[layers.lake]", '[layers."../lake"]', "layers."),
        ("a layer is a list", "[layers.lake]", "[[layers.lake]]", "layers.lake"),
        (
            "a tolerance that is a text",
            "border_tolerance_m = 1000",
            'border_tolerance_m = "1 km"',
            "border_tolerance_m",
        ),
        ("a tolerance below nought", "border_tolerance_m = 1000", "border_tolerance_m = -1", "border_tolerance_m"),
        ("no title", 'title = { en = "Small atlas", km = "អាត្លាសតូច", fr = "Petit atlas" }\n', "", "atlas.title"),
        ("an id with a path", 'id = "small-atlas"', 'id = "../small"', "atlas.id"),
    ):
        yield change(ATLAS, name, old, new, where)
    for name, old, new, where in (
        ("a colour that runs", 'colour = "#54456b"', 'colour = "url(http://127.0.0.1)"', "colour"),
        ("a colour that closes a tag", 'colour = "#54456b"', "colour = '\"><script>1</script>'", "colour"),
        ("a symbol that is not known", 'symbol = "square"', 'symbol = "skull"', "symbol"),
        ("a kind in capitals", "[kinds.prison]", "[kinds.Prison]", "kinds.Prison"),
        ("a kind with a quote", "[kinds.prison]", '[kinds."pri\'son"]', "kinds."),
        ("a section that is not known", "[kinds.prison]", "[kind.prison]", "kind"),
        ("a label that is a number", 'label = { en = "Camp", fr = "Camp" }', "label = { en = 5 }", "label"),
        ("a label without English", 'label = { en = "Camp", fr = "Camp" }', 'label = { fr = "Camp" }', "label"),
    ):
        yield change(WORDS, name, old, new, where)
    for name, old, new, where in (
        ("layers is a text", 'layers = ["provinces", "sites"]', 'layers = "sites"', "layers"),
        ("a layer that is not there", 'layers = ["provinces", "sites"]', 'layers = ["places"]', "places"),
        ("a kind that is not there", 'kinds = ["prison", "execution_site"]', 'kinds = ["prisn"]', "prisn"),
        ("bounds turned round", "bounds = [-33.5, 9.5, -29.5, 11.5]", "bounds = [-29.5, 9.5, -33.5, 11.5]", "bounds"),
        ("a condition that is none", "where = \"kind IN ('prison')\"", 'where = "kind IN (("', "where"),
        ("a condition of a million brackets", "where = \"kind IN ('prison')\"", f'where = "{"(" * 100_000}"', "where"),
        ("a condition with a command", "where = \"kind IN ('prison')\"", 'where = "1=1; DROP TABLE sites"', "where"),
        ("a time that is none", 'during = "1901/1903"', 'during = "never"', "during"),
        ("a record that is not there", 'records = ["place-a", "place-c"]', 'records = ["place-z"]', "place-z"),
        ("a source that is not there", 'sources = ["second-report#§4"]', 'sources = ["third"]', "third"),
        ("chapters is a table", '[[chapters]]\ntitle = { en = "Held"', '[chapters]\ntitle = { en = "Held"', ""),
    ):
        yield change(MAP, name, old, new, *([where] if where else []))


def _sources() -> Iterator[Case]:
    base = {
        "id": "third",
        "type": "book",
        "title": "Third",
        "custom": {"grade": "weak", "reliability": "Says nothing."},
    }
    for name, data in {
        "an object": "{}",
        "null": "null",
        "a text": '"a"',
        "cut": '[{"id": "a"',
        "lists without end": "[" * 90_000,
        "nothing": "",
        "BibTeX": "@book{a, title={b}}",
    }.items():
        yield Case(f"csl: the whole is {name}", put(SOURCES, data), (SOURCES,))
    changes: dict[str, Any] = {
        "no id": {"id": None},
        "an id with a space": {"id": "a b"},
        "an id with a locator": {"id": "a#b"},
        "an id twice": {"id": "first-book"},
        "an id that is a number": {"id": 5},
        "a type that is not known": {"type": "novella"},
        "a title that is a list": {"title": ["a"]},
        "an author that is a text": {"author": "Ann Author"},
        "an author that is a number": {"author": [5]},
        "an address that runs": {"URL": "javascript:alert(1)"},
        "an address of data": {"URL": "data:text/html,<script>1</script>"},
        "an address of a file": {"URL": "file:///etc/passwd"},
        "a date that is a text": {"issued": "1999"},
        "a date of letters": {"issued": {"date-parts": [["a"]]}},
        "a date without end": {"issued": {"date-parts": [[10**9]]}},
        "no grade": {"custom": {}},
        "a grade that is not known": {"custom": {"grade": "superb", "reliability": "x"}},
        "an object for a page": {"page": {"a": 1}},
    }
    for name, values in changes.items():

        def plant(atlas: Any, values: dict[str, Any] = values) -> None:
            with atlas.document(SOURCES) as items:
                items.append({key: value for key, value in (base | values).items() if value is not None})

        yield Case(f"csl: {name}", plant, (SOURCES,))
    for name, old, new in (
        ("an item that is a text", "[", '["first-book",'),
        ("an item that is null", "[", "[null,"),
        ("NaN", '"issued"', '"volume": NaN, "issued"'),
        ("a name twice", '"type": "book"', '"type": "book", "type": "report"'),
        ("U+0000", "The First Book", "The\\u0000 First Book"),
        ("half a letter", "The First Book", "\\udead"),
    ):
        yield Case(f"csl: {name}", swap(SOURCES, old, new), (SOURCES, "item 1"))
    yield Case("csl: 16 million items", put(SOURCES, "[" + "1," * 16_000_000 + "1]"), (SOURCES, "split the file"))
    yield Case("csl: 5,000 items at fault", put(SOURCES, json.dumps([1] * 5_000)), (SOURCES, "mend these first"))


def refused() -> Iterator[Case]:
    """Yield everything that is refused."""
    yield from _paths()
    yield from _tomls()
    yield from _sources()
