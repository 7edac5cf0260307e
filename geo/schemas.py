"""The data contract as JSON Schema, for editors and for programs that are not ours; made from the types in `spec`.

A schema says what one file may look like. What needs several files at once (that a source exists, that a point lies in
its province) only `memorial check` can say.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from geo.spec import SCHEMAS, Field, Manifest, MapSpec, Schema, Vocabulary

__all__ = ["SCHEMA_NAMES", "describe_schema", "render_schema"]

_DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""Draft 7: the youngest that the editors for TOML and JSON have in common."""

_STRUCTS: Final[dict[str, type[msgspec.Struct]]] = {"atlas": Manifest, "map": MapSpec, "vocabulary": Vocabulary}
_TITLES: Final = {
    "atlas": "The manifest of an atlas (atlas.toml)",
    "map": "A map definition (one TOML file in maps/)",
    "vocabulary": "The words that the data of an atlas may use (TOML)",
}

SCHEMA_NAMES: Final = (*_STRUCTS, *SCHEMAS)
"""What has a schema: the three kinds of TOML file, then every kind of layer and table."""

_MEANINGS: Final = {
    "Manifest": {
        "atlas": "What the atlas is called, and where on Earth it lies.",
        "layers": "The layers of features, each under a name of small letters, digits and _.",
        "tables": "The tables, each under a name of small letters, digits and _.",
        "files": "Where the sources, the vocabulary, the maps, the method page and the catalogue stand.",
        "periods": "Layers of former areas, each made by uniting areas of today along a crosswalk.",
        "coverage": "How many places of some kinds a source counts, to be held against how many the atlas has.",
        "rules": "What the checks must know of the language of the summaries.",
        "masks": "Versions in which positions are coarsened, each under its name.",
        "limits": "How large an input may be.",
    },
    "LimitsSpec": {
        "bytes": "Bytes of a file; 200 million when not set.",
        "values": "Values in a file; 15 million when not set.",
        "features": "Features of a layer; 2 million when not set.",
        "columns": "Columns of a table, or properties of a layer; 1,000 when not set.",
    },
    "AtlasSpec": {
        "id": "Small letters, digits and hyphens; it names the atlas in exports and citations.",
        "version": "The edition, as it is cited.",
        "title": "The title of every page.",
        "subtitle": "One line beneath the title.",
        "licence": "Under which licence others may use the data, or where that is said.",
        "area": "West, south, east, north in degrees: every located place lies inside.",
        "languages": "The languages of the pages; the first one opens, and en is always among them.",
        "nation": "The subject of claims about everything together.",
        "timeline": "First and last year of the line of time, such as 1968/1999; else as long as the dates.",
        "dedication": "Shown once, when a page opens.",
        "notice": "What a reader should know before seeing the page; shown once.",
        "contact": "An e-mail address for corrections.",
    },
    "Words": {"en": "English; always there.", "km": "Khmer; empty for the English.", "fr": "French; likewise."},
    "FilesSpec": {
        "sources": "The sources, as CSL-JSON.",
        "vocabulary": "The words that the data may use.",
        "maps": "The folder of the map definitions; the pages are built beside them.",
        "method": "A page in Markdown that says how the atlas was made; pages show it.",
        "catalogue": "The compiled atlas, a GeoPackage; made by the program.",
    },
    "LayerSpec": {
        "file": "The file, relative to atlas.toml.",
        "schema": "What the layer is, and with it which columns it has.",
        "title": "What pages and exports call it.",
        "draw": "How a backdrop is drawn.",
        "border_tolerance_m": "For areas: how far outside its area a point may lie, in metres.",
        "outside": "For areas: records that lie farther out, each with the reason.",
    },
    "TableSpec": {
        "file": "The file, relative to atlas.toml.",
        "schema": "What the table is, and with it which columns it has.",
    },
    "PeriodSpec": {
        "title": "What pages call the layer.",
        "year": "The time for which it holds, as EDTF.",
        "note": "What a reader must know of it.",
    },
    "Coverage": {
        "kinds": "The kinds of place that are counted.",
        "claim": "The id of the claim that counts them.",
        "note": "What a reader must know of the comparison.",
    },
    "RulesSpec": {"allegation_words": "The summary of a record whose standing is alleged holds one of these."},
    "MaskSpec": {
        "title": "What pages call this version.",
        "reason": "Why it is coarser; pages say it.",
        "rules": "Which positions become how coarse; of several rules the strictest holds.",
    },
    "MaskRule": {
        "kinds": "Places of these kinds; empty for all.",
        "standings": "Places of these standings; empty for all.",
        "bases": "Places whose position rests on these; empty for all.",
        "grid_m": "The size of the grid in metres to which positions are coarsened.",
        "hide": "Whether the position is left out altogether.",
    },
    "MapSpec": {
        "title": "The title of the page.",
        "description": "What the page shows, in a sentence.",
        "layers": "The layers that it shows, from the ground up.",
        "bounds": "West, south, east, north in degrees: what it shows on opening.",
        "kinds": "Only these kinds of place; empty for all.",
        "relations": "Only these relations are drawn; empty for all.",
        "colour_by": "What the colour of a place tells.",
        "choropleth": "Which figures shade the areas.",
        "chapters": "A guided reading, step by step.",
    },
    "Choropleth": {"measures": "Measures of the table of figures; the first is shown first."},
    "Chapter": {
        "title": "The heading of the step.",
        "text": "What is told; [1] is the first of the sources.",
        "sources": "What the text rests on, each as source-id#locator.",
        "records": "Ids of records that are marked; the first is brought into view.",
        "bounds": "West, south, east, north in degrees: what the map shows; without it, it stays.",
        "where": "A condition in CQL2: only the places that meet it are shown.",
        "during": "A time as EDTF: only the places of that time are shown.",
    },
    "Term": {"label": "What pages and answers call it.", "colour": "Its colour, as six hexadecimal digits after #."},
    "Measure": {
        "label": "What pages and answers call it.",
        "colour": "Its colour, as six hexadecimal digits after #.",
        "travel": "Whether it counts the people of a journey, whose line it may widen.",
    },
    "Kind": {
        "label": "What pages and answers call it.",
        "symbol": "Its sign on the map.",
        "colour": "Its colour, as six hexadecimal digits after #.",
    },
    "Vocabulary": {
        "kinds": "Kinds of place.",
        "route_kinds": "Kinds of journey.",
        "zones": "Zones of the time.",
        "relations": "How two records belong together.",
        "measures": "What claims measure.",
        "units": "The units of claims.",
        "themes": "What events belong to.",
    },
}
"""Type -> key -> what it means to a person who writes the file; a test holds that no key is without."""

Json = dict[str, Any]

_REF: Final = "[^#|\\s]+(#[^|]+)?"
_TEXTS: Final = {
    "id": "^[a-z0-9]+(-[a-z0-9]+)*$",
    "site": "^[a-z0-9]+(-[a-z0-9]+)*$",
    "edtf": "^[0-9A-Z.~?%/:+{}\\[\\], -]+$",
    "integer": "^-?[0-9]+$",
    "language": "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$",
    "source_ref": f"^{_REF}$",
}
"""Type of a field -> the form of its text. The checks ask more, of dates above all; they never ask less."""


def describe_schema(name: str) -> Json:
    """Return the JSON Schema of one kind of file.

    Parameters
    ----------
    name
        One of `SCHEMA_NAMES`.

    Returns
    -------
    dict
        A JSON Schema (draft 7). That of a layer describes the whole GeoJSON file; that of a table one row as an object,
        column to text, because every cell is read as text.

    Raises
    ------
    KeyError
        Nothing of that name has a schema.
    """
    if name in _STRUCTS:
        return _describe_struct(name)
    schema = SCHEMAS[name]
    return _describe_layer(name, schema) if schema.holds == "layer" else _describe_row(name, schema)


def render_schema(name: str) -> str:
    """Return the JSON Schema of one kind of file as text; the same one every time.

    Parameters
    ----------
    name
        One of `SCHEMA_NAMES`.

    Raises
    ------
    KeyError
        Nothing of that name has a schema.
    """
    return json.dumps(describe_schema(name), ensure_ascii=False, indent=1) + "\n"


# --- TOML -----------------------------------------------------------------------------------------------------


def _describe_struct(name: str) -> Json:
    (found,), parts = msgspec.json.schema_components([_STRUCTS[name]], ref_template="#/definitions/{name}")
    for struct, part in parts.items():
        for key, value in part["properties"].items():
            plain = _plain(value)
            # Draft 7 ignores what stands beside a reference.
            part["properties"][key] = {"description": _MEANINGS[struct][key]} | (
                {"allOf": [plain]} if "$ref" in plain else plain
            )
    # The root says itself what it is, so that an editor need not follow a reference to complete the first key.
    root = parts.pop(found["$ref"].rpartition("/")[2])
    whole: Json = {"$schema": _DIALECT} | root | {"title": _TITLES[name]} | {"definitions": parts}
    for part in (whole, *parts.values()):
        part["description"] = _one_line(part["description"])
    return whole


def _one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _plain(part: Any) -> Any:  # noqa: ANN401  (any part of a JSON Schema)
    """Return a part of a schema in draft 7.

    TOML has no null: what may be left out is not offered as one. A tuple of numbers is a list of so many numbers.
    """
    if isinstance(part, list):
        return [_plain(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "anyOf" in part:
        (kept,) = (each for each in part["anyOf"] if each != {"type": "null"})
        rest = {key: value for key, value in part.items() if key not in ("anyOf", "default")}
        return _plain(kept | rest)
    if isinstance(part.get("prefixItems"), list):
        part = {key: value for key, value in part.items() if key != "prefixItems"} | {"items": part["prefixItems"][0]}
    found = {key: _plain(value) for key, value in part.items() if not (key == "default" and value is None)}
    if isinstance(found.get("default"), dict):
        del found["default"]  # a table that is left out has the defaults of its own keys
    return found


# --- layers and tables ----------------------------------------------------------------------------------------


def _describe_layer(name: str, schema: Schema) -> Json:
    shapes = [
        {"type": "object", "properties": {"type": {"const": kind}}, "required": ["type", "coordinates"]}
        for kind in sorted(schema.geometries)
    ]
    unlocated = [{"type": "null"}] if schema.unlocated else []
    properties = {
        "type": "object",
        "properties": {field.name: _describe_value(field) for field in schema.fields},
        "required": [field.name for field in schema.fields if field.required],
        "additionalProperties": schema.open,
    }
    feature = {
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "geometry": {"anyOf": [*shapes, *unlocated]},
            "properties": properties,
        },
        "required": ["type", "geometry", "properties"],
    }
    return {
        "$schema": _DIALECT,
        "title": f"A layer that keeps the schema {name} (GeoJSON, RFC 7946)",
        "type": "object",
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": feature},
        },
        "required": ["type", "features"],
    }


def _describe_row(name: str, schema: Schema) -> Json:
    return {
        "$schema": _DIALECT,
        "title": f"A row of a table that keeps the schema {name} (CSV, every cell as text)",
        "type": "object",
        "properties": {field.name: _describe_cell(field) for field in schema.fields},
        "required": [field.name for field in schema.fields if field.required],
        "additionalProperties": schema.open,
    }


def _terms(field: Field) -> Json:
    """Return the words that a field may hold, where the contract itself lists them and not a vocabulary."""
    return {"enum": list(field.terms)} if field.type == "term" and isinstance(field.terms, tuple) else {}


def _meaning(field: Field) -> str:
    listed = f" A word of [{field.terms}] in the vocabulary." if isinstance(field.terms, str) else ""
    return field.meaning + listed


def _describe_value(field: Field) -> Json:
    """Return the schema of a property of a feature, where nothing is null."""
    about: Json = {"description": _meaning(field)}
    kinds = {"integer": "integer", "source_refs": "array", "objects": "array"}
    kind = kinds.get(field.type, "string")
    value: Json = {"type": kind if field.required else [kind, "null"]}
    if field.type == "source_refs":
        value |= {"items": {"type": "string", "pattern": _TEXTS["source_ref"]}}
        value |= {"minItems": 1} if field.required else {}
    elif field.type == "objects":
        value["items"] = {"type": "object"}
    elif kind == "string":
        form = {"pattern": _TEXTS[field.type]} if field.type in _TEXTS else {}
        value |= _terms(field) or form or ({"minLength": 1} if field.required else {})
    if "enum" in value and not field.required:
        value["enum"] = [*value["enum"], None]
    return about | value


def _describe_cell(field: Field) -> Json:
    """Return the schema of a cell of a table, where nothing is an empty text."""
    cell: Json = {"description": _meaning(field), "type": "string"}
    words = {"enum": ["yes", "no"]} if field.type == "yes_no" else _terms(field)
    if words:
        return cell | ({"enum": words["enum"] if field.required else [*words["enum"], ""]})
    pattern = _TEXTS.get(field.type)
    if pattern:
        return cell | {"pattern": pattern if field.required else f"^$|{pattern}"}
    return cell | ({"minLength": 1} if field.required else {})
