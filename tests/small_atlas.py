"""A complete, valid, tiny atlas of nowhere, for every test that needs one.

Three square provinces in the middle of an ocean, five places, one of them without a location and one abroad, a
route, and every table that the contract knows. It passes every rule; a test plants a breach by editing it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geo.spec import SCHEMAS

MANIFEST = """\
[atlas]
id = "small-atlas"
version = "1.0.0"
title = { en = "Small atlas", km = "អាត្លាសតូច", fr = "Petit atlas" }
subtitle = { en = "Three squares in an ocean" }
languages = ["en", "km", "fr"]
area = [-34.0, 9.0, -29.0, 12.0]
nation = "nowhere"
licence = "Invented for tests."

[files]
catalogue = "maps/small-atlas.gpkg"

[layers.sites]
file = "data/sites.geojson"
schema = "sites"
title = { en = "Places", km = "ទីកន្លែង", fr = "Lieux" }

[layers.routes]
file = "data/routes.geojson"
schema = "routes"
title = { en = "Journeys" }

[layers.provinces]
file = "data/provinces.geojson"
schema = "areas"
title = { en = "Provinces" }
border_tolerance_m = 1000

[layers.lake]
file = "data/lake.geojson"
schema = "backdrop"
draw = "water"

[periods.squares_1905]
title = { en = "Squares of 1905 (approximate)" }
year = "1905"
"""

VOCABULARY = """\
[kinds.prison]
label = { en = "Prison", km = "ពន្ធនាគារ", fr = "Prison" }
symbol = "square"
colour = "#54456b"

[kinds.execution_site]
label = { en = "Execution site", fr = "Site d’exécution" }
symbol = "triangle"
colour = "#5c4033"

[kinds.memorial]
label = { en = "Memorial", fr = "Mémorial" }
symbol = "diamond"
colour = "#2f6159"

[kinds.camp]
label = { en = "Camp", fr = "Camp" }
symbol = "tent"
colour = "#3f658a"

[route_kinds.flight]
label = { en = "Flight", fr = "Fuite" }

[zones.zone_one]
label = { en = "Zone One", fr = "Zone Un" }
colour = "#77632f"

[relations.executed_at]
label = { en = "People held here were killed at", fr = "Les détenus furent tués à" }

[relations.memorial_of]
label = { en = "Remembers", fr = "À la mémoire de" }

[measures.prisoners]
label = { en = "People held", fr = "Personnes détenues" }

[measures.deaths]
label = { en = "Deaths", fr = "Morts" }

[measures.population]
label = { en = "Population", fr = "Population" }

[measures.date_begin]
label = { en = "Opened", fr = "Ouverture" }

[units.persons]
label = { en = "persons", fr = "personnes" }

[units.date]
label = { en = "date", fr = "date" }

[themes.detention]
label = { en = "Detention", fr = "Détention" }

[themes.memory]
label = { en = "Remembrance", fr = "Mémoire" }
"""

MAPS = {
    "overview": """\
title = { en = "Overview", km = "ទិដ្ឋភាពទូទៅ", fr = "Vue d’ensemble" }
description = { en = "Everything." }
layers = ["provinces", "routes", "sites"]
bounds = [-33.5, 9.5, -29.5, 11.5]
""",
    "prisons": """\
title = { en = "Prisons" }
description = { en = "Where people were held." }
layers = ["provinces", "sites"]
kinds = ["prison", "execution_site"]
relations = ["executed_at"]
colour_by = "zone"
bounds = [-33.5, 9.5, -29.5, 11.5]

[[chapters]]
title = { en = "Held", km = "ការឃុំឃាំង" }
text = { en = "Place A opened in 1901.[1] It belongs to no family.[2]", km = "ទីកន្លែង ក បើកនៅឆ្នាំ១៩០១។[1][2]" }
records = ["place-a", "place-c"]
sources = ["first-book#p. 1", "second-report"]
bounds = [-33.0, 10.0, -32.0, 11.0]
where = "kind IN ('prison')"
during = "1901/1903"

[[chapters]]
title = { en = "Killed" }
text = { en = "Some were taken to Place B.[1]" }
sources = ["second-report#§4"]
""",
    "figures": """\
title = { en = "Figures by province" }
description = { en = "What sources count by province." }
layers = ["provinces"]
bounds = [-33.5, 9.5, -29.5, 11.5]

[choropleth]
measures = ["population"]
""",
}

SOURCES: list[dict[str, Any]] = [
    {
        "id": "first-book",
        "type": "book",
        "title": "The First Book",
        "author": [{"family": "Author", "given": "Ann"}],
        "issued": {"date-parts": [[1999]]},
        "publisher": "Press",
        "custom": {"grade": "best", "reliability": "Gives its own sources for each number."},
    },
    {
        "id": "second-report",
        "type": "report",
        "title": "A Second Report",
        "author": [{"literal": "The Survey"}],
        "URL": "https://example.org/report",
        "custom": {"grade": "fair", "reliability": "Counts made on the spot, method not stated."},
    },
]


def _site(number: str, point: tuple[float, float] | None, **properties: object) -> dict[str, Any]:
    values = dict.fromkeys(SCHEMAS["sites"].names)
    values |= {
        "id": f"place-{number}",
        "name": f"Place {number.upper()}",
        "country": "XA",
        "standing": "reported",
        "summary": f"Place {number.upper()} is invented.",
        "sources": ["first-book#p. 1"],
    }
    geometry = {"type": "Point", "coordinates": list(point)} if point else None
    return {"type": "Feature", "geometry": geometry, "properties": values | properties}


SITES = [
    _site(
        "a", (-32.5, 10.5), kind="prison", province="P1", province_name="Square One", dk_zone="zone_one",
        begin="1901-03", begin_text="March 1901", end="1903~", end_text="about 1903", precision_m=100,
        precision_basis="published_point", coord_text="10°30'N 32°30'W", coord_source="first-book#p. 2",
        standing="judged", sources=["first-book#p. 1", "second-report#§4"],
    ),
    _site(
        "b", (-31.4, 10.6), kind="execution_site", province="P2", commune="Commune B", place_code="P20101",
        begin="1902", end="1903", precision_m=2500, precision_basis="commune",
        coord_source="second-report#commune P20101", standing="alleged",
    ),
    _site(
        "c", (-32.4, 10.5), kind="memorial", province="P1", begin="1950", precision_m=10, precision_basis="gps_survey",
        coord_source="second-report#list 3", standing="surveyed", part_of="place-a",
    ),
    _site("d", None, kind="prison", province="P3", precision_basis="province", place_text="Somewhere in Square Three."),
    _site(
        "e", (-29.5, 10.5), kind="camp", country="XB", province_name="A province abroad", precision_m=500,
        precision_basis="village", coord_source="first-book#map 1",
    ),
]  # fmt: skip

ROUTES = [
    {
        "type": "Feature",
        "geometry": {
            "type": "MultiLineString",
            "coordinates": [[[-32.5, 10.5], [-31.4, 10.6]], [[-31.4, 10.6], [-29.5, 10.5]]],
        },
        "properties": {
            "id": "a-to-e",
            "name": "Place A to Place E",
            "kind": "flight",
            "begin": "1902-05",
            "begin_text": "May 1902",
            "end": "1902-06",
            "end_text": None,
            "group": "One family",
            "summary": "A family walked from Place A to Place E.",
            "segments": [
                {"from": "Place A", "to": "Place B", "certainty": "documented", "note": ""},
                {"from": "Place B", "to": "Place E", "certainty": "assumed", "note": "The way is not described."},
            ],
            "stops": [
                {"name": "Place A", "site": "place-a", "place_text": None},
                {"name": "Place B", "site": "place-b", "place_text": None},
                {"name": "Place E", "site": "place-e", "place_text": None},
            ],
            "sources": ["first-book#ch. 2"],
            "standing": "reported",
        },
    }
]


def _square(number: int, khmer: str) -> dict[str, Any]:
    west = -34.0 + number
    ring = [[west, 10.0], [west + 1, 10.0], [west + 1, 11.0], [west, 11.0], [west, 10.0]]
    word = ("One", "Two", "Three")[number - 1]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "code": f"P{number}",
            "name": f"Square {word}",
            "name_km": khmer,
            "name_fr": None,
            "iso3166_2": f"XA-{number}",
            "sources": ["second-report#map"],
        },
    }


PROVINCES = [_square(1, "ការ៉េមួយ"), _square(2, "ការ៉េពីរ"), _square(3, "ការ៉េបី")]

LAKE = [
    {
        "type": "Feature",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[-32.9, 10.1], [-32.7, 10.1], [-32.7, 10.2], [-32.9, 10.2], [-32.9, 10.1]]],
        },
        "properties": {"name": "Lake", "sources": ["second-report"]},
    }
]

TABLES: dict[str, list[dict[str, str]]] = {
    "claims": [
        {
            "id": "c0001", "subject": "place-a", "measure": "prisoners", "low": "1200", "high": "1500",
            "unit": "persons", "scope": "people held over the whole time", "as_of": "1903", "source": "first-book",
            "locator": "p. 5", "status": "current", "partial": "no",
        },
        {
            "id": "c0002", "subject": "place-a", "measure": "prisoners", "low": "2000", "unit": "persons",
            "scope": "people held", "source": "second-report", "locator": "§4", "status": "contested", "partial": "no",
            "note": "The report does not say how it counted.",
        },
        {
            "id": "c0003", "subject": "place-a", "measure": "date_begin", "low": "1901-03", "high": "1901-03",
            "unit": "date", "source": "first-book", "locator": "p. 1", "status": "current", "partial": "no",
        },
        {
            "id": "c0004", "subject": "P1", "measure": "population", "low": "30000", "high": "30000",
            "unit": "persons", "as_of": "1900", "source": "second-report", "locator": "table 1", "status": "current",
            "partial": "no",
        },
        {
            "id": "c0005", "subject": "P2", "measure": "population", "low": "41000", "high": "43000",
            "unit": "persons", "as_of": "1900", "source": "second-report", "locator": "table 1", "status": "current",
            "partial": "no",
        },
        {
            "id": "c0006", "subject": "nowhere", "measure": "deaths", "high": "9000", "unit": "persons",
            "scope": "all deaths", "stated_by": "The Survey", "source": "second-report", "status": "rejected",
            "partial": "no", "note": "Withdrawn by its authors.",
        },
        {
            "id": "c0007", "subject": "a-to-e", "measure": "deaths", "low": "1", "high": "1", "unit": "persons",
            "source": "first-book", "locator": "ch. 2", "status": "current", "partial": "yes",
        },
    ],
    "names": [
        {"subject": "place-a", "text": "Place A", "language": "en", "script": "Latn", "kind": "main",
         "source": "first-book#p. 1"},
        {"subject": "place-a", "text": "ទីកន្លែង ក", "language": "km", "script": "Khmr", "kind": "main",
         "source": "second-report"},
        {"subject": "place-a", "text": "Ti Konleng Ka", "language": "km-Latn", "script": "Latn", "kind": "alias",
         "source": "second-report"},
        {"subject": "P1", "text": "Old Square", "language": "en", "script": "Latn", "kind": "former",
         "source": "second-report"},
        {"subject": "P20101", "text": "ឃុំ ខ", "language": "km", "script": "Khmr", "kind": "admin",
         "source": "second-report"},
        {"subject": "a-to-e", "text": "The long walk", "language": "en", "script": "Latn", "kind": "alias",
         "source": "first-book"},
    ],
    "relations": [
        {"subject": "place-a", "relation": "executed_at", "object": "place-b", "source": "first-book#p. 7"},
        {"subject": "place-c", "relation": "memorial_of", "object": "place-b", "source": "second-report",
         "note": "Says its inscription."},
    ],
    "events": [
        {"id": "opening", "date": "1901-03", "title": "Place A opens", "text": "Place A begins to hold people.",
         "place": "place-a", "theme": "detention", "source": "first-book", "locator": "p. 1"},
        {"id": "unveiling", "date": "1950-05-01", "end": "1950-05-03", "title": "A memorial is unveiled",
         "text": "Three days of remembrance.", "place_text": "in Square One", "theme": "memory",
         "source": "second-report"},
    ],
    "figures": [
        {"code": "P1", "measure": "population", "claim": "c0004"},
        {"code": "P2", "measure": "population", "claim": "c0005", "note": "A range."},
    ],
    "history": [
        {"province": "P3", "event": "split from", "date": "1910", "other_province": "P2", "source": "second-report"},
    ],
    "crosswalk": [
        {"code": "P2", "period": "squares_1905", "id": "great-square", "name": "Great Square", "name_km": "ការ៉េធំ",
         "source": "first-book#map 2", "note": "One until 1910."},
        {"code": "P3", "period": "squares_1905", "id": "great-square", "name": "Great Square", "name_km": "ការ៉េធំ",
         "source": "second-report#map"},
    ],
    "zones": [
        {"zone": "zone_one", "name": "Zone One", "covers": "Square One", "from": "1901", "to": "1903",
         "source": "first-book"},
    ],
}  # fmt: skip


class SmallAtlas:
    """The tiny atlas on disk, and ways to change it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for inside in ("data/tables", "maps"):
            (folder / inside).mkdir(parents=True)
        tables = "".join(f'\n[tables.{name}]\nfile = "data/tables/{name}.csv"\nschema = "{name}"\n' for name in TABLES)
        self.write("atlas.toml", MANIFEST + tables)
        self.write("data/vocabulary.toml", VOCABULARY)
        self.write("data/sources.json", json.dumps(SOURCES, ensure_ascii=False, indent=1))
        for name, text in MAPS.items():
            self.write(f"maps/{name}.toml", text)
        for name, features in (("sites", SITES), ("routes", ROUTES), ("provinces", PROVINCES), ("lake", LAKE)):
            self.write(f"data/{name}.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
        for name, rows in TABLES.items():
            self._write_rows(name, rows)

    def write(self, inside: str, text: str) -> Path:
        """Write a file of the atlas whole."""
        path = self.folder / inside
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    def replace(self, inside: str, old: str, new: str) -> None:
        """Replace text that stands exactly once in a file of the atlas."""
        text = (self.folder / inside).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {inside}"
        self.write(inside, text.replace(old, new))

    @contextmanager
    def document(self, inside: str) -> Iterator[Any]:
        """Yield a JSON file of the atlas, parsed; what is left at the end is written back."""
        document = json.loads((self.folder / inside).read_text(encoding="utf-8"))
        yield document
        self.write(inside, json.dumps(document, ensure_ascii=False))

    @contextmanager
    def feature(self, layer: str, key: str) -> Iterator[dict[str, Any]]:
        """Yield one feature of a layer by its id or code, to be changed in place."""
        with self.document(f"data/{layer}.geojson") as document:
            yield next(
                feature
                for feature in document["features"]
                if key in (feature["properties"].get("id"), feature["properties"].get("code"))
            )

    @contextmanager
    def rows(self, table: str) -> Iterator[list[dict[str, str]]]:
        """Yield the rows of a table as dictionaries; what is left at the end is written back."""
        text = (self.folder / f"data/tables/{table}.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        yield rows
        self._write_rows(table, rows)

    def put(self, layer: str, key: str, **values: object) -> None:
        """Change properties of a feature."""
        with self.feature(layer, key) as feature:
            feature["properties"].update(values)

    def move(self, layer: str, key: str, geometry: dict[str, Any] | None, **values: object) -> None:
        """Change the geometry of a feature, and properties with it."""
        with self.feature(layer, key) as feature:
            feature["geometry"] = geometry
            feature["properties"].update(values)

    def cell(self, table: str, row: int, **values: str) -> None:
        """Change cells of a row; the first row is row 0 and stands on line 2."""
        with self.rows(table) as rows:
            rows[row].update(values)

    def add_row(self, table: str, like: int, **values: str) -> None:
        """Add a row at the end, like another one but for the values given."""
        with self.rows(table) as rows:
            rows.append(rows[like] | values)

    def add_source(self, **values: object) -> None:
        """Add a source, complete but for the values given."""
        with self.document("data/sources.json") as sources:
            custom = {"grade": "weak", "reliability": "Says nothing of how it knows."}
            sources.append({"id": "third", "type": "book", "title": "Third", "custom": custom} | values)

    def _write_rows(self, table: str, rows: list[dict[str, str]]) -> None:
        out = io.StringIO()
        writer = csv.DictWriter(out, SCHEMAS[table].names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.write(f"data/tables/{table}.csv", out.getvalue())
