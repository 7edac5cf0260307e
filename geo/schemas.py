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

Json = dict[str, Any]

_REF: Final = "[^#|\\s]+(#[^|]+)?"
_TEXTS: Final = {
    "id": "^[a-z0-9]+(-[a-z0-9]+)*$",
    "site": "^[a-z0-9]+(-[a-z0-9]+)*$",
    "edtf": "^[0-9A-Z.~?%/:+{}\\[\\], -]+$",
    "integer": "^-?[0-9]+$",
    "number": "^-?[0-9]+(\\.[0-9]+)?$",
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
    # The root says itself what it is, so that an editor need not follow a reference to complete the first key.
    root = parts.pop(found["$ref"].rpartition("/")[2])
    whole = {"$schema": _DIALECT} | root | {"title": _TITLES[name]} | {"definitions": parts}
    return {key: _plain(value) for key, value in whole.items()}


def _plain(part: Any) -> Any:  # noqa: ANN401  (any part of a JSON Schema)
    """Return a part of a schema in draft 7, its texts without the line breaks of the source code.

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
    if isinstance(found.get("description"), str):
        found["description"] = " ".join(found["description"].replace("``", "`").split())
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
    kinds = {"integer": "integer", "number": "number", "source_refs": "array", "objects": "array"}
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
