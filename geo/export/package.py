"""What goes with an export: a data package descriptor, a Dublin Core record, a README, a data dictionary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc

from geo.export.content import GEOMETRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.export.content import Column, Content, Layer, Loss

__all__ = [
    "Written",
    "describe_dublin_core",
    "describe_layer",
    "describe_package",
    "render_dictionary",
    "render_json",
    "render_readme",
]

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: Final = {"text": "string", "integer": "integer", "number": "number", "boolean": "boolean", "list": "array"}
_REFERENCES: Final = {
    "source": ("sources", "id"),
    "province": ("areas", "code"),
    "place": ("sites", "id"),
    "part_of": ("sites", "id"),
    "code": ("areas", "code"),
    "claim": ("claims", "id"),
}
"""Column -> the schema and the key that it names, where that is one of the export's own."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """One file of an export, and the layer that it holds.

    Attributes
    ----------
    path
        Its name, relative to the descriptor.
    layer
        The layer as it was written; ``None`` for a picture, which holds no columns.
    media
        Its media type.
    digest, size
        SHA-256 of the file, and its size in bytes.
    inside
        Where in the file the layer stands, ``{"table": …}`` or ``{"sheetName": …}``; empty when it is the whole file.
    """

    path: str
    layer: Layer | None
    media: str
    digest: str
    size: int
    inside: Mapping[str, str] = field(default_factory=dict)


def render_json(value: object) -> bytes:
    """Return a value as JSON for people: one space of indent, every script as it is."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def describe_package(content: Content, files: Sequence[Written], losses: Iterable[Loss], readme: str) -> Json:
    """Return the descriptor of a data package (Data Package 2.0, Table Schema) for an export.

    Parameters
    ----------
    content
        What is exported.
    files
        The files and the layers in them.
    losses
        What the format could not carry.
    readme
        The file that states the licence, relative to the descriptor.
    """
    atlas = content.atlas
    sources = content.find("sources")
    cited = sources.table.to_pylist() if sources else []
    package: Json = {
        "$schema": PROFILE,
        "name": atlas["id"],
        "id": f"urn:x-memorial-atlas:{atlas['id']}:{atlas['version']}:{content.digest[:16]}",
        "title": atlas["title"]["en"],
        "description": atlas["subtitle"]["en"],
        "version": atlas["version"],
        "licenses": [{"title": atlas["licence"], "path": readme}],
        "contributors": [{"title": "Memorial Atlas", "roles": ["wrangler"]}],
        "sources": [
            {"title": row["note"] or row["title"] or row["id"]} | ({"path": row["url"]} if row["url"] else {})
            for row in cited
        ],
        "question": dict(content.wanted.asked),
        "command": content.wanted.command,
        "catalogue": {"digest": content.digest},
        "crs": content.crs,
    }
    if content.transformation:
        package["transformation"] = {
            "name": content.transformation.name,
            "accuracy_m": content.transformation.accuracy_m,
        }
    if content.mask is not None:
        package["mask"] = dict(content.mask)
    if content.lacks:
        package["lacks"] = list(content.lacks)
    lost = [str(loss) for loss in losses]
    if lost:
        package["losses"] = lost
    package["resources"] = [_resource(content, file, files) for file in files]
    return package


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _resource(content: Content, file: Written, files: Sequence[Written]) -> Json:
    layer = file.layer
    resource: Json = {
        "name": _slug(layer.name) if layer else f"{content.atlas['id']}-picture",
        "title": layer.title if layer else content.atlas["title"]["en"],
        "path": file.path,
        "format": file.path.rpartition(".")[2],
        "mediatype": file.media,
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.digest}",
    }
    if layer:
        others = [other.layer for other in files if other.layer and other.media == file.media]
        resource["schema"] = _schema(content, layer, others)
    if file.inside:
        resource["dialect"] = dict(file.inside)
    return resource


def _schema(content: Content, layer: Layer, others: Sequence[Layer]) -> Json:
    """Return the Table Schema of a layer."""
    fields = [_field(column) for column in layer.columns]
    if layer.geometry:
        about = f"Where it lies ({layer.geometry}), in {content.crs}; null when it is not located."
        fields.append({"name": GEOMETRY, "type": "any", "title": "Geometry", "description": about})
    schema: Json = {"fields": fields, "missingValues": [""]}
    if layer.key and layer.key in layer.names:
        schema["primaryKey"] = [layer.key]
    foreign = [
        {"fields": [column], "reference": {"resource": _slug(other.name), "fields": [key]}}
        for column, (target, key) in _REFERENCES.items()
        for other in others
        if other.schema == target and _refers(layer, column, other, key)
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return schema


def _field(column: Column) -> Json:
    found: Json = {"name": column.name, "type": _TYPES.get(column.kind, "string"), "title": column.title}
    if column.meaning:
        found["description"] = column.meaning
    constraints: Json = {"required": True} if column.required else {}
    if column.terms:
        constraints["enum"] = list(column.terms)
        found["categories"] = [{"value": term, "label": label} for term, label in column.terms.items()]
    if constraints:
        found["constraints"] = constraints
    return found


def _refers(layer: Layer, column: str, other: Layer, key: str) -> bool:
    """Return whether every value of a column is a key of another layer, so that the reference may be declared."""
    if column not in layer.names or key not in other.names or not len(layer):
        return False
    if (layer.name, column) == (other.name, key):
        return False
    known = pc.is_in(layer.column(column), value_set=other.column(key).combine_chunks())
    return bool(pc.all(pc.or_(known, pc.is_null(layer.column(column)))).as_py())


def describe_dublin_core(content: Content) -> Json:
    """Return what an export is, as Dublin Core terms in JSON-LD."""
    atlas = content.atlas
    west, south, east, north = atlas["area"]
    made = f"Compiled from the inputs with the digest {content.digest}; made again by: {content.wanted.command}."
    made = " ".join([made, *content.notes])
    return {
        "@context": {"dcterms": "http://purl.org/dc/terms/"},
        "@type": "dcterms:Dataset",
        "dcterms:identifier": f"urn:x-memorial-atlas:{atlas['id']}:{atlas['version']}",
        "dcterms:title": [{"@language": tag, "@value": text} for tag, text in atlas["title"].items() if text],
        "dcterms:description": [{"@language": tag, "@value": text} for tag, text in atlas["subtitle"].items() if text],
        "dcterms:rights": atlas["licence"],
        "dcterms:spatial": f"{west}, {south}, {east}, {north} (west, south, east, north; degrees, WGS 84)",
        "dcterms:conformsTo": content.crs,
        "dcterms:provenance": made,
        "dcterms:abstract": f"The question: {asked_words(content.wanted.asked)}.",
    }


def describe_layer(content: Content, layer: Layer) -> Json:
    """Return what one layer or table is, as Dublin Core terms in JSON-LD."""
    unlocated = f", {layer.unlocated:,} of them without a location" if layer.unlocated else ""
    extent = f"{len(layer):,} records{unlocated}"
    return {
        "@context": {"dcterms": "http://purl.org/dc/terms/"},
        "@type": "dcterms:Dataset",
        "dcterms:title": layer.title,
        "dcterms:extent": extent,
        "dcterms:rights": content.atlas["licence"],
    }


def asked_words(asked: Mapping[str, str]) -> str:
    """Return a question in words."""
    return "; ".join(f"{name} {value}" for name, value in asked.items()) or "everything"


def _citations(content: Content) -> list[str]:
    sources = content.find("sources")
    return [row["note"] or row["title"] or row["id"] for row in sources.table.to_pylist()] if sources else []


def render_readme(content: Content, files: Sequence[str], losses: Sequence[Loss], format_title: str) -> bytes:
    """Return a README in Markdown: what this is, its licence, how to cite it, what was lost, how it is made again."""
    atlas = content.atlas
    lines = [
        f"# {atlas['title']['en']}",
        "",
        f"{atlas['subtitle']['en']}. Edition {atlas['version']}, as {format_title}.",
        "",
        "## What it holds",
        "",
        f"The question: {asked_words(content.wanted.asked)}.",
        "",
    ]
    for layer in content.layers:
        located = f", {layer.unlocated:,} of them without a location" if layer.unlocated else ""
        lines.append(f"- `{layer.name}` ({layer.title}): {len(layer):,} records{located}")
    lines += ["", f"Files: {', '.join(f'`{name}`' for name in files)}.", ""]
    lines += [" ".join([f"Reference system: {content.crs}.", *content.notes]), ""]
    if content.lacks:
        lines += [
            "## What the format asks for and the atlas does not say",
            "",
            *(f"- {text}" for text in content.lacks),
            "",
        ]
    if losses:
        lines += ["## What the format could not carry", "", *(f"- {loss}" for loss in losses), ""]
    lines += [
        "## Licence and attribution",
        "",
        atlas["licence"],
        "",
        f"Cite as: Memorial Atlas, “{atlas['title']['en']}”, edition {atlas['version']}.",
        "Name the sources of a record beside it: the atlas only repeats what they say.",
        "",
    ]
    citations = _citations(content)
    if citations:
        lines += ["## Sources", "", *(f"- {note}" for note in citations), ""]
    lines += ["## Made again by", "", f"    {content.wanted.command}", "", f"Digest of the inputs: `{content.digest}`."]
    return ("\n".join(lines) + "\n").encode()


def render_dictionary(content: Content) -> bytes:
    """Return the data dictionary in Markdown: every column of every layer and table."""
    lines = [f"# {content.atlas['title']['en']}: data dictionary", ""]
    for layer in content.layers:
        lines += [f"## {layer.name}: {layer.title}", "", "| column | type | meaning |", "| --- | --- | --- |"]
        for column in layer.columns:
            words = f" One of: {', '.join(column.terms)}." if column.terms else ""
            meaning = f"{column.meaning}{words}".strip().replace("|", "\\|")
            lines.append(f"| `{column.name}` | {column.kind} | {meaning} |")
        if layer.geometry:
            lines.append(
                f"| `{GEOMETRY}` | {layer.geometry} | Where it lies, in {content.crs}; empty when not located. |"
            )
        lines.append("")
    return "\n".join(lines).encode()
