"""The catalogue -> the layers and tables of an export."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyogrio.raw import read_arrow

from geo.catalogue import LISTS, quote_name
from geo.export.content import GEOMETRY, Column, Content, Ground, Layer, Stored
from geo.export.picture.captions import picture_language
from geo.spec import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.catalogue import Catalogue
    from geo.export.content import ColumnKind, Wanted
    from geo.spec import Field

__all__ = ["read_content", "stand_on_ground"]

_BELONGS: Final[dict[str, tuple[str, ...]]] = {
    "claims": ("subject",),
    "names": ("subject",),
    "relations": ("subject", "object"),
    "events": ("place",),
    "figures": ("code",),
    "history": ("province", "other_province"),
    "zones": ("zone",),
    "changes": ("record", "into"),
    "crosswalk": ("code", "id"),
}
"""Schema of a table -> the columns of which one must name a record of the export for the row to belong to it."""

_LATER: Final = {"changes": 1, "sources": 2}
"""Schema of a table whose rows name records of other tables -> its place after those: every table names sources."""

_NAMING: Final = ("id", "code", "place_code", "dk_zone")
"""The columns of a layer by which rows of tables name its records."""

_CITING: Final = ("source", "sources", "coord_source")
"""The columns that name sources, alone or in a list, with or without a locator."""

_MEANINGS: Final = {
    "begin_earliest": "The earliest day on which it can have begun (ISO 8601), derived from its beginning.",
    "begin_latest": "The latest day on which it can have begun (ISO 8601), derived from its beginning.",
    "end_earliest": "The earliest day on which it can have ended (ISO 8601), derived from its end.",
    "end_latest": "The latest day on which it can have ended (ISO 8601), derived from its end.",
    "name_km": "The first name in Khmer script that the names give.",
    "lon": "Longitude in degrees, WGS 84; empty when the place is not located.",
    "lat": "Latitude in degrees, WGS 84; empty when the place is not located.",
}
_PERIOD: Final = {
    "id": "Identifier of the former area.",
    "name": "Its name then.",
    "name_km": "Its Khmer name.",
    "made_of": "The areas of today that it is made of, by code.",
    "approximate": "Always yes: it is dissolved from today's areas.",
    "year": "The year for which it stands.",
    "sources": "Every source that says so.",
    "note": "What a reader must know beside it.",
}
_SOURCE: Final = {
    "id": "Permanent identifier.",
    "type": "What kind of publication, as CSL names it.",
    "title": "Its title.",
    "note": "The citation, a Chicago full note.",
    "url": "Where it can be read.",
    "grade": "How far it can be trusted.",
    "reliability": "Why it has that grade.",
    "csl": "The whole reference as CSL-JSON.",
}
_DERIVED: Final = {"period": _PERIOD, "sources": _SOURCE}
_KINDS: Final[dict[str, ColumnKind]] = {"int64": "integer", "int32": "integer", "double": "number", "bool": "boolean"}


def read_content(catalogue: Catalogue, wanted: Wanted, *, tables: bool, numbered: bool = False) -> Content:
    """Return the layers that are wanted, and the rows of every table that belong to them.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    wanted
        Which records.
    tables
        Whether rows that belong to the records come along; the tables that are asked for by name always come.
    numbered
        Whether the values keep the row numbers of the catalogue, in a column ``fid`` that is none of the `columns`.

    Returns
    -------
    Content
        Layers of features in the order asked for, then tables in the order of the manifest, sources last. Positions are
        in WGS 84 (EPSG:4326), longitude before latitude.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    known = {layer["name"]: layer for layer in catalogue.layers()}
    known["sources"] = {"name": "sources", "schema": "sources", "holds": "table", "title": None}
    vocabulary = catalogue.value("vocabulary")
    asked = [
        _take(_find(catalogue, known[name], vocabulary), fids, numbered=numbered)
        for name, fids in wanted.layers.items()
        if known[name]["holds"] == "layer"
    ]
    held = [name for name, entry in known.items() if entry["holds"] == "table" and (tables or name in wanted.layers)]
    rest: dict[str, Layer] = {}
    for name in sorted(held, key=lambda name: _LATER.get(known[name]["schema"], 0)):
        table = _find(catalogue, known[name], vocabulary)
        if name in wanted.layers:
            rest[name] = _take(table, wanted.layers[name], numbered=numbered)
        else:
            table = _take(table, None, numbered=numbered)
            rest[name] = table if wanted.whole else _belonging(table, [*asked, *rest.values()])
    layers = (*asked, *(rest[name] for name in held if len(rest[name]) or name in wanted.layers))
    masks = [json.loads(row[0]) for row in catalogue.rows("SELECT value FROM atlas WHERE key = 'mask'")]
    names = {layer.name for layer in asked}
    drawn = catalogue.rows("SELECT * FROM layer_styles ORDER BY id")
    return Content(
        layers,
        catalogue.value("manifest")["atlas"],
        str(catalogue.value("digest")),
        wanted,
        mask=masks[0] if masks else None,
        styles=tuple(dict(row) for row in drawn if row["f_table_name"] in names),
    )


def stand_on_ground(content: Content, catalogue: Catalogue, name: str) -> Content:
    """Return a content for a picture, with what it is drawn on, in the reference system that it is drawn in.

    Parameters
    ----------
    content
        What was asked for.
    catalogue
        The compiled atlas.
    name
        The name of the picture, which may say its language.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    language = picture_language(name, content.atlas["languages"])
    return replace(content, ground=_read_ground(catalogue, language), crs="EPSG:3857")


def _read_ground(catalogue: Catalogue, language: str) -> Ground:
    known = catalogue.layers()
    vocabulary = catalogue.value("vocabulary")
    found = {
        entry["name"]: _find(catalogue, entry, vocabulary)
        for entry in known
        if entry["schema"] in ("backdrop", "areas")
    }
    titles = {row[0]: str(row[1]) for row in catalogue.rows("SELECT id, coalesce(title, id) FROM sources")}
    told = [quote_name(entry["name"]) for entry in known if entry["schema"] == "changes"]
    days = [
        catalogue.rows(f"SELECT max(date) FROM {table} WHERE date GLOB '????-??-??'")[0][0]  # noqa: S608  (quoted)
        for table in told
    ]
    return Ground(
        tuple(
            (entry["draw"], found[entry["name"]]) for entry in known if entry["schema"] == "backdrop" and entry["draw"]
        ),
        tuple(found[entry["name"]] for entry in known if entry["schema"] == "areas"),
        vocabulary,
        {entry["name"]: entry["title"] or {} for entry in known},
        {entry["name"]: entry["records"] or 0 for entry in known},
        tuple(titles[each] for each in sorted(_cited(found.values())) if each in titles),
        language,
        max(filter(None, days), default=""),
    )


def _find(catalogue: Catalogue, entry: Mapping[str, Any], vocabulary: Mapping[str, Any]) -> Layer:
    """Return one layer or table whole, in file order; only its columns are read yet."""
    name, schema = entry["name"], entry["schema"]
    meta, table = read_arrow(catalogue.path, layer=name, max_features=0)
    geometry = meta["geometry_type"] or ""
    fields = [
        pa.field(GEOMETRY, pa.binary()) if geometry and field.name == meta["geometry_name"] else field
        for field in table.schema.remove_metadata()
    ]
    count = entry.get("records")
    if count is None:  # the sources are not in the list of layers
        count = catalogue.rows(f"SELECT count(*) FROM {quote_name(name)}")[0][0]  # noqa: S608  (the name is quoted)
    stored = Stored(catalogue.path, name, pa.schema(fields), count, entry.get("unlocated") or 0)
    declared = {field.name: field for field in SCHEMAS[schema].fields} if schema in SCHEMAS else {}
    columns = tuple(
        _column(field.name, _KINDS.get(str(field.type), "text"), declared.get(field.name), schema, vocabulary)
        for field in fields
        if field.name != GEOMETRY
    )
    title = entry["title"]["en"] if entry.get("title") else name.replace("_", " ").capitalize()
    key = SCHEMAS[schema].key if schema in SCHEMAS else "id"
    return Layer(name, schema, title, key, columns, stored, geometry)


def _column(name: str, kind: ColumnKind, field: Field | None, schema: str, vocabulary: Mapping[str, Any]) -> Column:
    if name in LISTS and kind == "text":
        kind = "list"
    if field is None:
        return Column(name, kind, _DERIVED.get(schema, {}).get(name) or _MEANINGS.get(name, ""))
    terms = None
    if field.type == "term" and field.terms:
        if isinstance(field.terms, str):
            terms = {term: entry["label"]["en"] for term, entry in vocabulary.get(field.terms, {}).items()}
        else:
            terms = {term: term.replace("_", " ") for term in field.terms}
    return Column(name, kind, field.meaning, field.required, terms)


def _take(layer: Layer, fids: Iterable[int] | None, *, numbered: bool) -> Layer:
    """Return some rows of a layer, in the order of their numbers here; all of them when there are none given."""
    stored = layer.stored
    if stored is None:
        return layer
    if fids is None:
        return layer.with_columns(layer.columns, stored.read(numbered=True)) if numbered else layer
    table = stored.read(numbered=True)
    indices = pc.index_in(pa.array(list(fids), pa.int64()), value_set=table.column("fid").combine_chunks())
    table = table.take(indices)
    return layer.with_columns(layer.columns, table if numbered else table.drop_columns(["fid"]))


def _belonging(table: Layer, chosen: Iterable[Layer]) -> Layer:
    """Return the rows of a table that name a record of the export; for sources, those that a record names.

    Most tables name features; that of the changes also what stands in other tables, sources among them.
    """
    chosen = list(chosen)
    columns: tuple[str, ...]
    if table.schema == "sources":
        named, columns = _cited(chosen), ("id",)
    else:
        whole = table.schema == "changes"
        naming = [layer for layer in chosen if layer.geometry or whole]
        found = [layer.values(column) for layer in naming for column in _NAMING if _has(layer, column)]
        named, columns = {value for values in found for value in values if value}, _BELONGS.get(table.schema, ())
        named |= _cited(chosen) if whole else set()
    keep = [False] * len(table)
    for column in columns:
        if _has(table, column):
            keep = [kept or value in named for kept, value in zip(keep, table.values(column), strict=True)]
    return table.with_columns(table.columns, table.table.filter(pa.array(keep, pa.bool_())))


def _has(layer: Layer, column: str) -> bool:
    return column in layer.names


def _cited(layers: Iterable[Layer]) -> set[str]:
    """Return the ids of the sources that any record names."""
    found: set[str] = set()
    for layer in layers:
        for column in _CITING:
            if _has(layer, column):
                texts = pc.unique(layer.column(column)).to_pylist()
                refs = (ref for text in texts if text for ref in (json.loads(text) if text[:1] == "[" else [text]))
                found.update(ref.partition("#")[0] for ref in refs)
    return found
