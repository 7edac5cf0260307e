"""What can be compared of one version of an atlas."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import LISTS, quote_name
from geo.readers.files import SHAPEFILE_PARTS
from geo.spec import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.catalogue import Catalogue

__all__ = ["COMPARED", "Edition", "Row", "read_edition"]

Row = dict[str, Any]

COMPARED: Final[dict[str, tuple[str, ...]]] = {
    "sites": ("id",),
    "routes": ("id",),
    "areas": ("code",),
    "claims": ("id",),
    "events": ("id",),
    "names": ("subject", "text", "language"),
    "relations": ("subject", "relation", "object"),
    "figures": ("code", "measure"),
    "history": ("province", "event", "other_province", "source"),
    "zones": ("zone", "name", "source"),
    "crosswalk": ("period", "code"),
    "sources": ("id",),
}
"""Schema -> the columns by which a row of one edition is found in the other."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What can be compared of one version of an atlas.

    Attributes
    ----------
    id, version
        What its manifest says.
    rows
        Schema -> its rows in file order; each holds the columns of the schema, and ``geom`` (WKB, longitude before
        latitude, in degrees) in a layer.
    changes
        The rows of its record of changes.
    files
        Path -> SHA-256 of each input that is not compared row by row.
    """

    id: str
    version: str
    rows: dict[str, list[Row]]
    changes: tuple[Row, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


def read_edition(catalogue: Catalogue) -> Edition:
    """Take from a catalogue what can be compared.

    Parameters
    ----------
    catalogue
        An open catalogue.

    Returns
    -------
    Edition
        Lists are lists; what is derived at compile (bounds of dates, Khmer names of places) is left out.

    Raises
    ------
    CatalogueError
        When it is damaged.
    """
    manifest = catalogue.value("manifest")
    rows: dict[str, list[Row]] = {}
    for layer in catalogue.layers():
        schema, columns = layer["schema"], SCHEMAS[layer["schema"]].names if layer["schema"] in SCHEMAS else ()
        if schema in COMPARED or schema == "changes":
            rows.setdefault(schema, []).extend(_read_rows(catalogue, layer["name"], columns))
    rows["sources"] = [_flatten(json.loads(row[0])) for row in catalogue.rows("SELECT csl FROM sources ORDER BY fid")]
    compared = {manifest["files"]["sources"]} | {
        spec["file"]
        for spec in (*manifest["layers"].values(), *manifest.get("tables", {}).values())
        if spec["schema"] in COMPARED or spec["schema"] == "changes"
    }
    shapes = {PurePosixPath(file).with_suffix("") for file in compared if file.lower().endswith(".shp")}
    return Edition(
        manifest["atlas"]["id"],
        manifest["atlas"]["version"],
        {schema: rows[schema] for schema in COMPARED if schema in rows},
        tuple(rows.get("changes", ())),
        {
            file: digest
            for file, digest in catalogue.value("digests").items()
            if file not in compared
            and not (file.endswith(SHAPEFILE_PARTS) and PurePosixPath(file).with_suffix("") in shapes)
        },
    )


def _read_rows(catalogue: Catalogue, name: str, columns: tuple[str, ...]) -> Iterator[Row]:
    for found in catalogue.rows(f"SELECT * FROM {quote_name(name)} ORDER BY fid"):  # noqa: S608  (the name is quoted)
        there = found.keys()
        row: Row = {column: found[column] if column in there else None for column in columns}
        for column in LISTS & set(columns):
            row[column] = json.loads(row[column]) if row[column] else []
        if "geom" in there:
            row["geom"] = catalogue.geometry(found["geom"]) if found["geom"] else None
        yield row


def _flatten(source: Row) -> Row:
    """Return a source whose custom members stand beside the others, so that each is compared by itself."""
    custom = source.get("custom")
    inner = {f"custom.{key}": value for key, value in custom.items()} if isinstance(custom, dict) else {}
    return {key: value for key, value in source.items() if key != "custom" or not inner} | inner
