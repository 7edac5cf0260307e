"""What a page is given: a selection of the catalogue as one JSON object, and nothing that the page does not show.

The shape is declared in ``geo/webmap/viewer/src/payload.ts``, which the viewer reads. Empty values are left out. No
value of it may pass through a template engine; `geo.webmap.page` puts it into the page.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import quote_name
from geo.errors import Problem, RequestError
from geo.webmap.asking import gather_layer_facts, gather_way, given_days
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
from geo.webmap.masks import gather_mask
from geo.webmap.mentions import Mentions
from geo.webmap.pages import COVER, page_names
from geo.webmap.pieces import Json, given, listed, span, speak
from geo.webmap.places import Held, gather_names, gather_relations, gather_sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from sqlite3 import Row

    from geo.catalogue import Catalogue
    from geo.webmap.columns import Sites

__all__ = ["make_payload"]

FORMAT: Final = 2
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
        and claims keep the order of the catalogue. The sites are a `geo.webmap.columns.Sites`: read like a list of
        records, each made when it is asked for.

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
        self._mentions = Mentions(catalogue, self._languages)

    def payload(self) -> Json:
        """Return the payload; every part is made once, the parts that list what others used come last."""
        route_rows, area_rows = self._rows("routes"), self._rows("areas")
        others = {row["id"] for row in route_rows} | {row["code"] for row in area_rows}
        held = Held(self._catalogue, self._shown.get("sites"), self._spec["kinds"], others)
        mentions, cover = self._mentions, self._name is None
        mask = gather_mask(self._catalogue, self._languages)
        for rule in mask["rules"] if mask else ():
            mentions.use("kinds", rule["kinds"])
        backdrop, refs = gather_backdrop(self._catalogue, self._layers, self._grain)
        for ref in refs:
            mentions.draw_from(ref)
        nation = self._manifest["atlas"]["nation"]
        about = {nation} if self._spec["choropleth"] else set[str]()
        self._take_claims(None if cover else held, about)
        parts = {
            "format": FORMAT,
            "atlas": self._atlas(),
            "page": self._page(),
            "pages": self._pages(),
            "layers": self._layer_titles(),
            "backdrop": backdrop,
            "areas": self._areas(area_rows),
            "sites": self._sites(held),
            "routes": self._routes(route_rows),
            "claims": self._claims,
            "choropleth": self._choropleth(),
            "events": [] if cover else self._happenings(),
            "changes": self._changes(None if cover else held, about),
            "coverage": self._coverage(),
            "precision": gather_precision(masked=mask is not None),
            **given(mask=mask),
            "method": gather_method(self._catalogue) if cover else [],
            "periods": gather_periods(
                self._catalogue, self._spec["layers"], self._languages, self._grain, mentions.cite
            ),
        }
        if self._claims_about.get(nation):
            parts["nation"] = {
                "code": nation,
                "name": self._speak(self._manifest["atlas"]["title"]),
                "polygons": [],
                **self._evidence(nation),
            }
        parts["mentioned"] = mentions.tell_records(held.among(mentions.records))
        parts["terms"] = mentions.tell_terms(self._catalogue.value("measures"))
        parts["sources"] = mentions.tell_sources()
        parts["licences"] = mentions.tell_licences()
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
            self._mentions.use(section, spec[section])
        chapters = gather_chapters(spec["chapters"], self._languages, self._mentions.split)
        for chapter in chapters:
            self._mentions.name(chapter["records"])
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
        """Return the records of the page's layer with that schema."""
        name = self._shown.get(schema)
        if name is None:
            return []
        return self._catalogue.rows(f"SELECT * FROM {quote_name(name)} ORDER BY fid")  # noqa: S608  (quoted)

    def _table(self, schema: str) -> list[Row]:
        if schema not in self._tables:
            return []
        return self._catalogue.rows(f"SELECT * FROM {quote_name(schema)} ORDER BY fid")  # noqa: S608  (quoted)

    def _take_claims(self, held: Held | None, about: set[str]) -> None:
        """Keep every claim about a record of the page, and how far those about each record reach."""
        claims = self._table("claims")
        subjects = about | (held.among(row["subject"] for row in claims) if held else set())
        rows = [row for row in claims if row["subject"] in subjects]
        for row in rows:
            self._claims_about[row["subject"]].append(len(self._claims))
            self._claim_at[row["id"]] = len(self._claims)
            self._mentions.use("measures", [row["measure"]])
            self._mentions.use("units", [row["unit"]])
            self._claims.append(
                {
                    **given(**{key: row[key] for key in ("id", "measure", "low", "high", "unit", "scope", "as_of")}),
                    **given(stated_by=row["stated_by"], reference=self._mentions.cite(row["source"], row["locator"])),
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

    def _sites(self, held: Held) -> Sites:
        """Return the sites; of each the cover is told what is needed to draw and count it."""
        known: list[str] = next((layer["columns"] for layer in self._layer_titles() if layer["schema"] == "sites"), [])
        if self._name is None:
            return gather_sites(held, self._mentions, None, known)
        names, relations = self._table("names"), self._table("relations")
        ends = {row[end] for row in relations for end in ("subject", "object")}
        ids = held.among(ends | {row["subject"] for row in names})
        about: dict[str, Mapping[str, Any]] = {
            "names": gather_names(names, ids, self._mentions.split),
            "claims": self._claims_about,
            "ranges": self._ranges,
            "relations": gather_relations(relations, ids, self._mentions),
        }
        return gather_sites(held, self._mentions, about, known)

    def _names(self, held: set[str]) -> dict[str, list[Json]]:
        return gather_names(self._table("names"), held, self._mentions.split)

    def _routes(self, route_rows: Sequence[Row]) -> list[Json]:
        names, routes = self._names({row["id"] for row in route_rows}), []
        for row in route_rows:
            self._mentions.use("route_kinds", [row["kind"]])
            stops = [
                given(**{key: stop.get(key) for key in ("name", "site", "place_text")}) for stop in listed(row["stops"])
            ]
            self._mentions.name(stop["site"] for stop in stops if "site" in stop)
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
                    "sources": [self._mentions.split(ref) for ref in listed(row["sources"])],
                    "standing": row["standing"],
                    **self._evidence(row["id"]),
                }
            )
        return routes

    def _areas(self, area_rows: Sequence[Row]) -> list[Json]:
        polygons = draw_areas([self._catalogue.geometry(row["geom"]) for row in area_rows], self._grain)
        for row in area_rows:
            self._mentions.draw_from(row["sources"])
        names = self._names({row["code"] for row in area_rows})
        return [
            {
                "code": row["code"],
                "name": self._speak({"en": row["name"], "km": row["name_km"], "fr": row["name_fr"]}),
                **given(iso=row["iso3166_2"], names=names.get(row["code"])),
                **(
                    {}
                    if self._name is None
                    else {"sources": [self._mentions.split(ref) for ref in listed(row["sources"])]}
                ),
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
        self._mentions.use("measures", measures)
        return [{"measure": measure, "values": found} for measure, found in values.items()]

    def _changes(self, held: Held | None, about: set[str]) -> list[Json]:
        subjects = {row["id"]: row["subject"] for row in self._table("claims")}
        rows = self._table("changes")
        records = {row["record"] for row in rows} | {subjects.get(row["record"], row["record"]) for row in rows}
        wanted = None if held is None else held.among(records) | about
        changes = gather_changes(rows, subjects, wanted, self._mentions.cite)
        for change in changes:
            self._mentions.name(change[key] for key in ("record", "subject", "into") if key in change)
            self._mentions.cite(change["record"])  # what was changed may be a source itself
        return changes

    def _happenings(self) -> list[Json]:
        happenings = gather_happenings(self._table("events"), self._mentions.cite)
        for event in happenings:
            self._mentions.use("themes", [event["theme"]])
            self._mentions.name([event["place"]] if "place" in event else [])
        return happenings

    def _coverage(self) -> list[Json]:
        covered = gather_coverage(self._catalogue, self._languages, self._mentions.cite)
        for entry in covered:
            self._mentions.use("kinds", entry["kinds"])
        return covered
