"""The right side of a join: the records of a layer, with every name that the atlas knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from geo.catalogue import quote_name
from geo.errors import Problem, RequestError
from geo.gazetteer import suggest_terms

if TYPE_CHECKING:
    from geo.catalogue import Catalogue

__all__ = ["Record", "find_places", "find_schema", "read_records"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a layer.

    Attributes
    ----------
    key
        Its permanent identifier: the ``id``, or the code of an area.
    name
        The name that stands in the layer.
    names
        Every name and spelling of it, the key among them.
    cells
        Column -> text, for a join on another column than the key.
    shape
        Its geometry (EPSG:4326); None for one that is not located.
    radius_m
        Within how many metres its position is known; 0 where that is not said.
    """

    key: str
    name: str
    names: tuple[str, ...]
    cells: dict[str, str]
    shape: shapely.Geometry | None
    radius_m: float = 0.0


def find_schema(catalogue: Catalogue, layer: str) -> str:
    """Return the schema of a layer that records can be found in.

    Raises
    ------
    RequestError
        When there is no such layer.
    CatalogueError
        When the catalogue is damaged.
    """
    layers = {one["name"]: one["schema"] for one in catalogue.layers() if one["schema"] in {"sites", "routes", "areas"}}
    if layer not in layers:
        near = suggest_terms(layer, layers)
        next_step = f"did you mean {' or '.join(near)}?" if near else ""
        expected = f"one of {', '.join(layers)}"
        raise RequestError("There is no such layer", [Problem("the question", "--to", "", layer, expected, next_step)])
    return str(layers[layer])


def find_places(catalogue: Catalogue, layer: str, radius_m: float | None = None) -> str:
    """Return the schema of a layer of areas or points, which positions can be held against.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layer
        A layer by its name in the manifest.
    radius_m
        How far from a point a position may lie, in metres; None where nobody said.

    Raises
    ------
    RequestError
        When there is no such layer, it holds lines, or a radius is given for areas, which have none.
    CatalogueError
        When the catalogue is damaged.
    """
    schema = find_schema(catalogue, layer)
    if schema == "routes":
        expected, step = "a layer of areas or of points for --by place", "join by a key or by name: --on, --by name"
        problem = Problem("the question", "--to", "", f"{layer}, which are lines", expected, step)
        raise RequestError(f"No position lies in {layer}", [problem])
    if schema == "areas" and radius_m is not None:
        expected = f"no --radius for {layer}, which are areas: a position lies in one or does not"
        problem = Problem("the question", "--radius", "", f"{radius_m:g}", expected, "leave it out")
        raise RequestError("This join cannot be made", [problem])
    return schema


def read_records(catalogue: Catalogue, layer: str) -> list[Record]:
    """Return every record of a layer, in its order.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layer
        A layer of sites, routes or areas, by its name in the manifest.

    Returns
    -------
    list of Record
        The records; shapes in EPSG:4326, longitude before latitude.

    Raises
    ------
    RequestError
        When there is no such layer.
    CatalogueError
        When the catalogue is damaged.
    """
    key = "code" if find_schema(catalogue, layer) == "areas" else "id"
    known: dict[str, list[str]] = {}
    if any(one["schema"] == "names" for one in catalogue.layers()):
        for row in catalogue.rows("SELECT subject, text FROM names ORDER BY fid"):
            known.setdefault(row["subject"], []).append(row["text"])
    records = []
    for row in catalogue.rows(f"SELECT * FROM {quote_name(layer)} ORDER BY fid"):  # noqa: S608  (the name is quoted)
        columns = row.keys()
        cells = {name: str(row[name]) for name in columns if name not in {"fid", "geom"} and row[name] is not None}
        own = [cells[name] for name in ("name", "name_km", "name_fr", "iso3166_2") if name in cells]
        names = tuple(dict.fromkeys([row[key], *own, *known.get(row[key], ())]))
        shape = shapely.from_wkb(catalogue.geometry(row["geom"])) if row["geom"] else None
        radius = float(cells.get("precision_m") or 0)
        records.append(Record(row[key], cells.get("name", row[key]), names, cells, shape, radius))
    return records
