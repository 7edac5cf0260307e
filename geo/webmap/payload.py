"""What a page is given: a selection of the catalogue as one JSON object, and nothing that the page does not show.

The shape is declared in ``geo/webmap/viewer/src/payload.ts``, which the viewer reads. Empty values are left out. No
value of it may pass through a template engine; `geo.webmap.page` puts it into the page.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from geo.catalogue import quote_name
from geo.errors import Problem, RequestError
from geo.ledger import split_ref
from geo.webmap.asking import counting_units, gather_layer_facts, gather_way, given_days
from geo.webmap.backdrop import gather_backdrop
from geo.webmap.chapters import gather_chapters
from geo.webmap.drawing import draw_areas, draw_segments, grain
from geo.webmap.evidence import (
    gather_changes,
    gather_coverage,
    gather_method,
    gather_periods,
    gather_precision,
    gather_ranges,
)
from geo.webmap.happenings import gather_happenings
from geo.webmap.masks import gather_mask, masked_words
from geo.webmap.pages import COVER, page_names, page_of
from geo.webmap.pieces import Json, draw_point, given, listed, span, speak

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from sqlite3 import Row

    from geo.catalogue import Catalogue

__all__ = ["make_payload"]

FORMAT: Final = 1
"""The layout of the payload; the viewer refuses another one."""


def make_payload(catalogue: Catalogue, map_name: str | None, languages: Sequence[str] = ()) -> Json:
    """Return all that one page shows.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    map_name
        A map of the atlas; ``None`` for the cover, which holds the list of pages and a map of all places as marks:
        of each what is needed to draw and count it, without names, text, claims or sources.
    languages
        The languages that the page speaks, the one that it opens in first; all languages of the atlas when empty.

    Returns
    -------
    dict
        A ``Payload`` of ``payload.ts``. Positions are longitude, latitude in degrees (WGS 84); sites, routes, areas
        and claims keep the order of the catalogue.

    Raises
    ------
    RequestError
        When the atlas has no such map, or does not speak such a language.
    CatalogueError
        When the catalogue is damaged.
    """
    maps: Mapping[str, Json] = catalogue.value("maps")
    if map_name is not None and map_name not in maps:
        raise _refusal("--map", map_name, sorted(maps))
    return _Gathering(catalogue, map_name, languages).payload()


def _refusal(option: str, seen: str, known: Iterable[str]) -> RequestError:
    problem = Problem("", "", option, seen, f"one of {', '.join(known)}", rule="request")
    return RequestError(f"The atlas does not have {seen!r}", [problem])


class _Gathering:
    """Collects what one page shows, and remembers which sources, words and other records it mentions."""

    def __init__(self, catalogue: Catalogue, map_name: str | None, languages: Sequence[str]) -> None:
        self._catalogue = catalogue
        self._manifest: Json = catalogue.value("manifest")
        self._vocabulary: Json = catalogue.value("vocabulary")
        self._maps: Mapping[str, Json] = catalogue.value("maps")
        atlas = self._manifest["atlas"]
        for language in languages:
            if language not in atlas["languages"]:
                raise _refusal("--lang", language, atlas["languages"])
        self._languages = tuple(dict.fromkeys(languages or atlas["languages"]))
        self._name = map_name
        self._spec: Json = self._maps[map_name] if map_name is not None else self._cover()
        self._layers = catalogue.layers()
        self._tables = {layer["name"] for layer in self._layers if layer["holds"] == "table"}
        self._shown = {
            layer["schema"]: layer["name"] for layer in self._layers if layer["name"] in self._spec["layers"]
        }
        self._grain = grain(self._spec["bounds"])
        self._claims: list[Json] = []
        self._claims_about: dict[str, list[int]] = defaultdict(list)
        self._claim_at: dict[str, int] = {}
        self._ranges: dict[str, list[Json]] = {}
        self._units: Mapping[str, str] = {}
        self._sources: dict[str, None] = {}
        self._drawn_from: dict[str, None] = {}
        self._placed_by: set[str] = set()
        self._mentioned: dict[str, None] = {}
        self._words: dict[str, dict[str, None]] = defaultdict(dict)

    def payload(self) -> Json:
        """Return the payload; every part is made once, the parts that list what others used come last."""
        site_rows, route_rows, area_rows = self._rows("sites"), self._rows("routes"), self._rows("areas")
        held = {row["id"] for row in (*site_rows, *route_rows)} | {row["code"] for row in area_rows}
        cover = self._name is None
        mask = gather_mask(self._catalogue, self._languages)
        for rule in mask["rules"] if mask else ():
            self._words["kinds"].update(dict.fromkeys(rule["kinds"]))
        backdrop, refs = gather_backdrop(self._catalogue, self._layers, self._grain)
        for ref in refs:
            self._draw_from(ref)
        self._placed_by = {split_ref(row["coord_source"])[0] for row in site_rows if row["coord_source"]}
        nation = self._manifest["atlas"]["nation"]
        about = {nation} if self._spec["choropleth"] else set[str]()
        self._take_claims(set() if cover else held | about)
        parts = {
            "format": FORMAT,
            "atlas": self._atlas(),
            "page": self._page(),
            "pages": self._pages(),
            "layers": self._layer_titles(),
            "backdrop": backdrop,
            "areas": self._areas(area_rows),
            "sites": [self._mark(row) for row in site_rows] if cover else self._sites(site_rows),
            "routes": self._routes(route_rows),
            "claims": self._claims,
            "choropleth": self._choropleth(),
            "events": [] if cover else self._happenings(),
            "changes": self._changes(None if cover else held | about),
            "coverage": self._coverage(),
            "precision": gather_precision(masked=mask is not None),
            **given(mask=mask),
            "method": gather_method(self._catalogue) if cover else [],
            "periods": gather_periods(
                self._catalogue, self._spec["layers"], self._languages, self._grain, self._reference
            ),
        }
        if self._claims_about.get(nation):
            parts["nation"] = {
                "code": nation,
                "name": self._speak(self._manifest["atlas"]["title"]),
                "polygons": [],
                **self._evidence(nation),
            }
        parts["mentioned"] = self._mentions(held)
        parts["terms"] = self._terms()
        parts["sources"] = self._cited()
        parts["licences"] = self._licences()
        return parts

    # --- the page -------------------------------------------------------------------------------------------------

    def _cover(self) -> Json:
        atlas = self._manifest["atlas"]
        boxes = [spec["bounds"] for spec in self._maps.values()] or [atlas["area"]]
        west, south, east, north = zip(*boxes, strict=True)
        return {
            "title": atlas["title"],
            "description": atlas["subtitle"],
            "layers": [
                name for name, layer in self._manifest["layers"].items() if layer["schema"] in {"areas", "sites"}
            ],
            "bounds": [min(west), min(south), max(east), max(north)],
            "kinds": [],
            "relations": [],
            "colour_by": "kind",
            "choropleth": None,
            "chapters": [],
        }

    def _speak(self, text: Mapping[str, str] | None) -> dict[str, str]:
        return speak(text, self._languages)

    def _atlas(self) -> Json:
        atlas = self._manifest["atlas"]
        return {
            "id": atlas["id"],
            "version": atlas["version"],
            "title": self._speak(atlas["title"]),
            "subtitle": self._speak(atlas["subtitle"]),
            "licence": atlas["licence"],
            **{key: self._speak(atlas[key]) for key in ("notice", "dedication") if atlas.get(key)},
            **given(timeline=atlas.get("timeline")),
            **given(contact=atlas["contact"]),
            "languages": list(self._languages),
        }

    def _page(self) -> Json:
        spec = self._spec
        for section in ("kinds", "relations"):
            self._words[section].update(dict.fromkeys(spec[section]))
        chapters = gather_chapters(spec["chapters"], self._languages, self._split)
        for chapter in chapters:
            self._mentioned.update(dict.fromkeys(chapter["records"]))
        return {
            "name": self._name or COVER,
            "title": self._speak(spec["title"]),
            "description": self._speak(spec["description"]),
            "bounds": list(spec["bounds"]),
            "cover": self._name is None,
            "layers": list(spec["layers"]),
            "kinds": list(spec["kinds"]),
            "relations": list(spec["relations"]),
            "colour_by": spec["colour_by"],
            "language": self._languages[0],
            "chapters": chapters,
        }

    def _pages(self) -> list[Json]:
        cover, *names = page_names(self._catalogue)
        specs = [(cover, self._cover()), *((name, self._maps[name]) for name in names)]
        return [
            {
                "name": name,
                "title": self._speak(spec["title"]),
                "description": self._speak(spec["description"]),
                "href": f"{name}.html",
            }
            for name, spec in specs
        ]

    def _layer_titles(self) -> list[Json]:
        """Return the layers of the page in the order in which its definition names them."""
        known = {layer["name"]: layer for layer in self._layers}
        return [
            {
                "name": name,
                "schema": known[name]["schema"],
                "title": self._speak(known[name]["title"]) or {"en": name},
                **gather_layer_facts(self._catalogue, name),
            }
            for name in self._spec["layers"]
            if known[name]["schema"] in {"sites", "routes", "areas"}
        ]

    # --- records --------------------------------------------------------------------------------------------------

    def _rows(self, schema: str) -> list[Row]:
        """Return the records of the page's layer with that schema; of the sites only the kinds that it shows."""
        name = self._shown.get(schema)
        if name is None:
            return []
        statement = f"SELECT * FROM {quote_name(name)}"  # noqa: S608  (the name is quoted)
        kinds = self._spec["kinds"] if schema == "sites" else []
        if not kinds:
            return self._catalogue.rows(f"{statement} ORDER BY fid")
        places = ", ".join("?" * len(kinds))
        return self._catalogue.rows(f"{statement} WHERE kind IN ({places}) ORDER BY fid", kinds)

    def _table(self, schema: str) -> list[Row]:
        if schema not in self._tables:
            return []
        return self._catalogue.rows(f"SELECT * FROM {quote_name(schema)} ORDER BY fid")  # noqa: S608  (quoted)

    def _reference(self, source: str, locator: str | None) -> Json:
        self._sources[source] = None
        return given(source=source, locator=locator)

    def _split(self, ref: str) -> Json:
        return self._reference(*split_ref(ref))

    def _take_claims(self, held: set[str]) -> None:
        """Keep every claim about a record of the page, and how far those about each record reach."""
        claims = self._table("claims")
        self._units = counting_units(claims)
        rows = [row for row in claims if row["subject"] in held]
        for row in rows:
            self._claims_about[row["subject"]].append(len(self._claims))
            self._claim_at[row["id"]] = len(self._claims)
            self._words["measures"][row["measure"]] = None
            self._words["units"][row["unit"]] = None
            self._claims.append(
                {
                    **given(**{key: row[key] for key in ("id", "measure", "low", "high", "unit", "scope", "as_of")}),
                    **given(stated_by=row["stated_by"], reference=self._reference(row["source"], row["locator"])),
                    "status": row["status"],
                    "partial": row["partial"] == "yes",
                    **given(note=row["note"]),
                }
            )
        self._ranges = gather_ranges(rows, self._claim_at)

    def _evidence(self, record: str) -> Json:
        """Return the claims about a record, and how far they reach."""
        reach = self._ranges.get(record)
        return {"claims": self._claims_about.get(record, []), **({"ranges": reach} if reach else {})}

    def _names(self, held: set[str]) -> dict[str, list[Json]]:
        names: dict[str, list[Json]] = defaultdict(list)
        for row in self._table("names"):
            if row["subject"] in held:
                name = {key: row[key] for key in ("text", "language", "kind")}
                names[row["subject"]].append(name | {"reference": self._split(row["source"])})
        return names

    def _sites(self, site_rows: Sequence[Row]) -> list[Json]:
        names = self._names({row["id"] for row in site_rows})
        relations: dict[str, list[Json]] = defaultdict(list)
        held = {row["id"] for row in site_rows}
        for row in self._table("relations"):
            for subject, other, outgoing in (
                (row["subject"], row["object"], True),
                (row["object"], row["subject"], False),
            ):
                if subject in held:
                    relations[subject].append(self._relation(row, other, outgoing=outgoing))
        return [self._site(row, names[row["id"]], relations[row["id"]]) for row in site_rows]

    def _relation(self, row: Row, other: str, *, outgoing: bool) -> Json:
        self._mentioned[other] = None
        self._words["relations"][row["relation"]] = None
        reference = self._split(row["source"])
        return {
            "relation": row["relation"],
            "other": other,
            "outgoing": outgoing,
            "reference": reference,
            **given(note=row["note"]),
        }

    def _mark(self, row: Row) -> Json:
        """Return what the cover needs of a site: where it is, and how well that is known."""
        self._words["kinds"][row["kind"]] = None
        return {
            **given(id=row["id"], name=row["name"], kind=row["kind"], begin=row["begin"], end=row["end"]),
            **given_days(row),
            "point": draw_point(row),
            **given(precision_m=row["precision_m"], basis=row["precision_basis"], standing=row["standing"]),
            "summary": "",
            **{part: [] for part in ("names", "sources", "claims", "relations")},
        }

    def _site(self, row: Row, names: list[Json], relations: list[Json]) -> Json:
        self._words["kinds"][row["kind"]] = None
        if row["dk_zone"]:
            self._words["zones"][row["dk_zone"]] = None
        if row["part_of"]:
            self._mentioned[row["part_of"]] = None
        return {
            **given(id=row["id"], name=row["name"], names=names, kind=row["kind"]),
            **given(
                **{key: row[key] for key in ("country", "province", "province_name", "district", "commune", "village")}
            ),
            **given(place_code=row["place_code"], place_text=row["place_text"]),
            **given(zone=row["dk_zone"], zone_text=row["dk_zone_text"], sector=row["dk_sector"]),
            **given(**span(row)),
            **given_days(row),
            # As the catalogue has it: what is taken away from the page must be what a query answers.
            "point": None if row["lon"] is None else [row["lon"], row["lat"]],
            **given(precision_m=row["precision_m"], basis=row["precision_basis"], coord_text=row["coord_text"]),
            **given(coord_source=self._split(row["coord_source"]) if row["coord_source"] else None),
            "standing": row["standing"],
            "summary": row["summary"],
            "sources": [self._split(ref) for ref in listed(row["sources"])],
            **given(part_of=row["part_of"]),
            **masked_words(row),
            **self._evidence(row["id"]),
            "relations": relations,
        }

    def _routes(self, route_rows: Sequence[Row]) -> list[Json]:
        names, routes = self._names({row["id"] for row in route_rows}), []
        for row in route_rows:
            self._words["route_kinds"][row["kind"]] = None
            stops = [
                given(**{key: stop.get(key) for key in ("name", "site", "place_text")}) for stop in listed(row["stops"])
            ]
            self._mentioned.update((stop["site"], None) for stop in stops if "site" in stop)
            lines = draw_segments(self._catalogue.geometry(row["geom"])) if row["geom"] else []
            # Segments and lines are aligned one to one (a rule of the checks); without a line nothing is drawn.
            segments = zip(listed(row["segments"]), lines, strict=True) if lines else ()
            routes.append(
                {
                    **given(id=row["id"], name=row["name"], names=names.get(row["id"]), kind=row["kind"]),
                    **given(**span(row), group=row["group"]),
                    **given_days(row),
                    "summary": row["summary"],
                    **({} if lines else gather_way(row)),
                    "segments": [
                        {
                            "from": segment["from"],
                            "to": segment["to"],
                            "certainty": segment["certainty"],
                            **given(note=segment.get("note")),
                            "line": line,
                        }
                        for segment, line in segments
                    ],
                    "stops": stops,
                    "sources": [self._split(ref) for ref in listed(row["sources"])],
                    "standing": row["standing"],
                    **self._evidence(row["id"]),
                }
            )
        return routes

    def _areas(self, area_rows: Sequence[Row]) -> list[Json]:
        polygons = draw_areas([self._catalogue.geometry(row["geom"]) for row in area_rows], self._grain)
        for row in area_rows:
            self._draw_from(row["sources"])
        names = self._names({row["code"] for row in area_rows})
        return [
            {
                "code": row["code"],
                "name": self._speak({"en": row["name"], "km": row["name_km"], "fr": row["name_fr"]}),
                **given(iso=row["iso3166_2"], names=names.get(row["code"])),
                **({} if self._name is None else {"sources": [self._split(ref) for ref in listed(row["sources"])]}),
                "polygons": polygon,
                **self._evidence(row["code"]),
            }
            for row, polygon in zip(area_rows, polygons, strict=True)
        ]

    def _choropleth(self) -> list[Json]:
        measures: Sequence[str] = (self._spec["choropleth"] or {}).get("measures", [])
        values: dict[str, dict[str, int]] = {measure: {} for measure in measures}
        for row in self._table("figures"):
            if row["measure"] in values and row["claim"] in self._claim_at:
                values[row["measure"]][row["code"]] = self._claim_at[row["claim"]]
        self._words["measures"].update(dict.fromkeys(measures))
        return [{"measure": measure, "values": found} for measure, found in values.items()]

    def _changes(self, held: set[str] | None) -> list[Json]:
        subjects = {row["id"]: row["subject"] for row in self._table("claims")}
        changes = gather_changes(self._table("changes"), subjects, held, self._reference)
        for change in changes:
            self._mentioned.update((change[key], None) for key in ("record", "subject", "into") if key in change)
            self._sources[change["record"]] = None  # what was changed may be a source itself
        return changes

    def _happenings(self) -> list[Json]:
        happenings = gather_happenings(self._table("events"), self._reference)
        for event in happenings:
            self._words["themes"][event["theme"]] = None
            if "place" in event:
                self._mentioned[event["place"]] = None
        return happenings

    def _coverage(self) -> list[Json]:
        covered = gather_coverage(self._catalogue, self._languages, self._reference)
        for entry in covered:
            self._words["kinds"].update(dict.fromkeys(entry["kinds"]))
        return covered

    def _draw_from(self, refs: str | None) -> None:
        """Remember whose map data the page draws: their licences ask to be named."""
        for ref in listed(refs):
            self._drawn_from[split_ref(ref)[0]] = None

    # --- what the parts used ----------------------------------------------------------------------------------------

    def _mentions(self, held: set[str]) -> Json:
        """Return names for the records that the page mentions and does not hold."""
        wanted = {key for key in self._mentioned if key not in held}
        found: Json = {}
        for layer in self._layers:
            key = {"sites": "id", "routes": "id", "areas": "code"}.get(layer["schema"])
            if key is None or not wanted:
                continue
            # An area has no kind of its own; the viewer shows none for it.
            kind = "''" if layer["schema"] == "areas" else "kind"
            table = quote_name(layer["name"])
            statement = f"SELECT {key} AS id, name, name_km, {kind} AS kind FROM {table} ORDER BY fid"  # noqa: S608
            for row in self._catalogue.rows(statement):
                if row["id"] in wanted:
                    found[row["id"]] = {
                        **given(name=row["name"], name_km=row["name_km"]),
                        "kind": row["kind"],
                        **given(page=page_of(self._catalogue, layer["name"], row["kind"])),
                    }
                    section = {"sites": "kinds", "routes": "route_kinds"}.get(layer["schema"])
                    if section:
                        self._words[section][row["kind"]] = None
        nation = self._manifest["atlas"]["nation"]
        if nation in wanted:
            found[nation] = {"name": self._manifest["atlas"]["title"]["en"], "kind": ""}
        return found

    def _terms(self) -> Json:
        """Return the words that the page uses, in the order of the vocabulary."""
        sections = ("kinds", "route_kinds", "zones", "relations", "measures", "units", "themes")
        return {
            section: {
                word: {key: value for key, value in term.items() if value}
                | {"label": self._speak(term["label"])}
                | given(unit=self._units.get(word) if section == "measures" else None)
                for word, term in self._vocabulary[section].items()
                if word in self._words[section]
            }
            for section in sections
        }

    def _cited(self) -> Json:
        wanted = self._sources | self._drawn_from
        return {
            row["id"]: {
                "note": row["note"] or row["title"] or row["id"],
                **given(url=row["url"]),
                "grade": row["grade"],
                "reliability": row["reliability"] or "",
                "csl": json.loads(row["csl"]),
            }
            for row in self._catalogue.rows("SELECT * FROM sources ORDER BY id")
            if row["id"] in wanted
        }

    def _licences(self) -> list[Json]:
        """Return the licence of the atlas, and what the makers of the map data ask to be said."""
        atlas = self._manifest["atlas"]
        licences = [{"name": atlas["title"]["en"], "text": atlas["licence"]}]
        for row in self._catalogue.rows("SELECT * FROM sources ORDER BY id"):
            csl = json.loads(row["csl"])
            if row["id"] in self._drawn_from or (csl["type"] == "dataset" and row["id"] in self._placed_by):
                said = csl.get("note") or row["note"] or ""
                licences.append(given(name=row["title"] or row["id"], text=said, url=row["url"]))
        return licences
