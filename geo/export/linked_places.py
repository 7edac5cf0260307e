"""Linked Places Format 1.3: places for gazetteers, as GeoJSON that is also JSON-LD."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import shapely

from geo.errors import count_of
from geo.export.content import GEOMETRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from geo.export.content import Content, Layer

__all__ = ["PLACES", "tell_timeless", "write_linked_places"]

PLACES: Final = {"sites": "S", "areas": "A", "period": "A"}
"""Schema of a layer of places -> its GeoNames feature class: S spots and sites, A administrative areas."""

_CONTEXT: Final = "https://raw.githubusercontent.com/LinkedPasts/linked-places/master/linkedplaces-context-v1.1.jsonld"
"""The address that the text of 1.3 itself names; there is no context of that number."""
_CERTAINTY: Final = {
    "gps_survey": "certain",
    "published_point": "certain",
    "village": "less-certain",
    "commune": "uncertain",
    "district": "uncertain",
    "province": "uncertain",
    "unknown": "uncertain",
}
_DECIMALS: Final = 7
_BOUNDS: Final = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")
_SHOWN: Final = 3

Json = dict[str, Any]


def write_linked_places(path: Path, content: Content) -> None:
    """Write one layer of places in the Linked Places Format 1.3.

    Notes
    -----
    The specification is the README of LinkedPasts/linked-places-format, version 1.3 of 24 June 2024. Every column
    stands in ``properties``; names, relations and citations come from the tables. A place is known by a URN of its
    atlas and its id, because an atlas has no address of its own, and so are the kinds of its vocabulary. A place
    without a location has the geometry ``null``, as RFC 7946 asks. A place that no source dates began no later than the
    first year in which a source tells of it; where the sources have no year either, it has no ``when``.
    """
    layer = content.layers[0]
    cited = _citations(content)
    names, relations = _names(content, cited), _relations(content, cited)
    lists = {column.name for column in layer.columns if column.kind == "list"}
    shapes = layer.values(GEOMETRY)
    features = []
    for row, wkb in zip(layer.table.drop_columns([GEOMETRY]).to_pylist(), shapes, strict=True):
        values = {name: json.loads(value) if name in lists and value else value for name, value in row.items()}
        feature = _feature(content, layer, values, wkb) | _known_as(values, layer, names, cited)
        if "when" not in feature:
            feature |= _told_of([*feature["names"], {"citations": _cite(values.get("sources") or [], cited)}])
        features.append(feature)
        linked = [*_part_of(content, values), *relations[values[layer.key]]]
        if linked:
            features[-1]["relations"] = linked
    document = {"type": "FeatureCollection", "@context": _CONTEXT, "features": features}
    with path.open("w", encoding="utf-8", newline="\n") as out:
        json.dump(document, out, ensure_ascii=False, allow_nan=False, indent=1)
        out.write("\n")


def tell_timeless(content: Content) -> str:
    """Return how many places have no ``when``, which the format asks for; empty when each has one."""
    layer = content.layers[0]
    cited = _citations(content)
    names = _names(content, cited)
    columns = [layer.values(name) if name in layer.names else [None] * len(layer) for name in ("sources", *_BOUNDS)]
    timeless = []
    for key, sources, *bounds in zip(layer.values(layer.key), *columns, strict=True):
        told = [*names.get(key, ()), {"citations": _cite(json.loads(sources or "[]"), cited)}]
        if not _when(dict(zip(_BOUNDS, bounds, strict=True))) and not _told_of(told):
            timeless.append(key)
    if not timeless:
        return ""
    shown = ", ".join(timeless[:_SHOWN]) + (" …" if len(timeless) > _SHOWN else "")
    counted = f"{len(timeless):,} of {count_of(len(layer), layer.name)}"
    return f"{counted} have no when: no source dates them, or has a year ({shown})"


def _feature(content: Content, layer: Layer, values: Json, wkb: bytes | None) -> Json:
    """Return a place without its names and relations."""
    properties = {"title": values["name"], "fclasses": [PLACES[layer.schema]]}
    country = values.get("country")
    if country and len(country) == 2:
        properties["ccodes"] = [country.upper()]
    feature: Json = {
        "@id": _urn(content, values[layer.key]),
        "type": "Feature",
        "properties": properties | {name: value for name, value in values.items() if name not in properties},
        "geometry": _shape(wkb, values.get("precision_basis")),
    }
    when = _when(values)
    if when:
        feature["when"] = when
    kinds = next((column.terms for column in layer.columns if column.name == "kind"), None)
    if kinds:
        label = kinds.get(values["kind"], values["kind"])
        concept = _urn(content, f"kinds:{values['kind']}")
        feature["types"] = [{"identifier": concept, "label": label, "sourceLabels": [{"label": label, "lang": "en"}]}]
    if values.get("summary"):
        about = {"@id": f"{_urn(content, values[layer.key])}:summary", "value": values["summary"], "lang": "en"}
        feature["descriptions"] = [about]
    return feature


def _urn(content: Content, key: str) -> str:
    return f"urn:x-memorial-atlas:{content.atlas['id']}:{key}"


def _shape(wkb: bytes | None, basis: str | None) -> Json | None:
    """Return a geometry as GeoJSON, seven decimals and outer rings counterclockwise, and how certain it is."""
    if wkb is None:
        return None
    shape = shapely.orient_polygons(shapely.from_wkb(wkb))
    found: Json = json.loads(shapely.to_geojson(shapely.transform(shape, lambda points: points.round(_DECIMALS))))
    return found | ({"certainty": _CERTAINTY[basis]} if basis in _CERTAINTY else {})


def _when(values: Mapping[str, Any]) -> Json | None:
    """Return the span of a place; one that is only known to have ended began no later than that."""
    edges: Json = {}
    for edge in ("begin", "end"):
        known = {part: values.get(f"{edge}_{part}") for part in ("earliest", "latest")}
        known = {part: value for part, value in known.items() if value}
        if known:
            edges["start" if edge == "begin" else "end"] = known
    if "end" in edges and "start" not in edges and "latest" in edges["end"]:
        edges["start"] = {"latest": edges["end"]["latest"]}
    return {"timespans": [{"start": edges.pop("start"), **edges}]} if "start" in edges else None


def _told_of(cited: Iterable[Json]) -> Json:
    """Return the span of a place that nobody dates, from the first year in which a source tells of it."""
    years = [citation["year"] for each in cited for citation in each["citations"] if "year" in citation]
    if not years:
        return {}
    span = {"start": {"latest": f"{min(years):04d}"}}
    return {"when": {"timespans": [span], "label": f"not dated; a source of {min(years)} tells of it"}}


# --- names, relations, citations -----------------------------------------------------------------------------------


def _citations(content: Content) -> dict[str, Json]:
    """Return source id -> its citation."""
    sources = content.find("sources")
    rows = sources.table.to_pylist() if sources else []
    return {
        row["id"]: {"label": row["note"] or row["title"] or row["id"], "year": _year(row["csl"]), "@id": row["url"]}
        for row in rows
    }


def _year(csl: str) -> int | None:
    """Return the year in which a source was issued; ``None`` where it does not say."""
    parts = (json.loads(csl).get("issued") or {}).get("date-parts") or [[]]
    year = str(next(iter(parts[0]), ""))
    return int(year) if year.isdecimal() else None


def _cite(refs: list[str], cited: Mapping[str, Json]) -> list[Json]:
    found = []
    for ref in dict.fromkeys(refs):
        source, _, locator = ref.partition("#")
        citation = dict(cited.get(source, {"label": source}))
        if locator:
            citation["label"] = f"{citation['label'].rstrip('.')}, {locator}"
        found.append({member: value for member, value in citation.items() if value})
    return found


def _names(content: Content, cited: Mapping[str, Json]) -> dict[str, list[Json]]:
    """Return record -> its names in the table of names."""
    found: dict[str, list[Json]] = defaultdict(list)
    table = content.find("names")
    for row in table.table.to_pylist() if table else ():
        name = {"toponym": row["text"], "lang": row["language"], "citations": _cite([row["source"]], cited)}
        found[row["subject"]].append(name)
    return found


def _known_as(values: Json, layer: Layer, names: Mapping[str, list[Json]], cited: Mapping[str, Json]) -> Json:
    """Return the names of a place, its main name first, with a citation."""
    known = list(names[values[layer.key]]) if values[layer.key] in names else []
    main = next((name for name in known if name["toponym"] == values["name"]), None)
    if main is None:
        main = {"toponym": values["name"], "lang": "en", "citations": _cite(values.get("sources") or [], cited)}
    return {"names": [main, *(name for name in known if name is not main)]}


def _part_of(content: Content, values: Json) -> list[Json]:
    whole = values.get("part_of")
    if not whole:
        return []
    return [{"relationType": "gvp:broaderPartitive", "relationTo": _urn(content, whole), "label": f"part of {whole}"}]


def _relations(content: Content, cited: Mapping[str, Json]) -> dict[str, list[Json]]:
    """Return record -> what it is related to."""
    found: dict[str, list[Json]] = defaultdict(list)
    table = content.find("relations")
    labels = next((column.terms for column in table.columns if column.name == "relation"), None) if table else None
    for row in table.table.to_pylist() if table else ():
        label = (labels or {}).get(row["relation"], row["relation"])
        found[row["subject"]].append(
            {
                "relationType": "gvp:tgn3000_related_to",
                "relationTo": _urn(content, row["object"]),
                "label": f"{label}: {row['object']}",
                "citations": _cite([row["source"]], cited),
            }
        )
    return found
