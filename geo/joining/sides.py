"""The right side of sums: of a layer only what they need, so that a million records take little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo.catalogue import quote_name
from geo.errors import Problem, RequestError
from geo.gazetteer import suggest_terms
from geo.joining.indexes import KeyIndex, PlaceIndex
from geo.joining.records import find_places, find_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.catalogue import Catalogue
    from geo.joining.running import JoinRequest

__all__ = ["RECORD_WORDS", "Side", "read_side"]

RECORD_WORDS: Final = ("record", "site")
"""What ``--per`` may say to mean each record by itself, unless a field of the layer is called so."""


@dataclass(frozen=True, slots=True)
class Side:
    """The records of a layer, and what they are summed by.

    Attributes
    ----------
    keys, names
        Of each record its key, and the name that stands in the layer.
    index
        Where a key or a position is found among them.
    per
        The field that they are summed by; empty for each record by itself.
    group
        The group of each record: an index into `labels`.
    labels
        What the groups are called, in the order in which they are told: the value of the field, or the key.
    titles
        A name for each group, where the atlas has one.
    sizes
        How many records each group has.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    index: KeyIndex | PlaceIndex
    per: str
    group: npt.NDArray[np.int64]
    labels: tuple[str, ...]
    titles: tuple[str, ...]
    sizes: npt.NDArray[np.int64]


def read_side(catalogue: Catalogue, request: JoinRequest, per: str) -> Side:
    """Return the records of a layer for sums.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    request
        What is joined, by ``key`` or by ``place``.
    per
        A field of the layer, or one of `RECORD_WORDS`.

    Returns
    -------
    Side
        Records in their order in the layer; the values of a field ascending, an empty one at the end.

    Raises
    ------
    RequestError
        There is no such layer, or no such field; a place is looked for among lines, or a radius around areas.
    CatalogueError
        When the catalogue is damaged.
    """
    by_place = request.by == "place"
    schema = (
        find_places(catalogue, request.layer, request.radius_m) if by_place else find_schema(catalogue, request.layer)
    )
    key = "code" if schema == "areas" else "id"
    columns = [row["name"] for row in catalogue.rows(f"PRAGMA table_info({quote_name(request.layer)})")]
    fields = [column for column in columns if column not in {"fid", "geom"}]
    alone = per in RECORD_WORDS and per not in fields
    wanted = {"--on": "" if by_place else request.field, "--per": "" if alone else per}
    problems = [
        _unknown(request.layer, option, name, fields) for option, name in wanted.items() if name not in {"", *fields}
    ]
    if problems:
        raise RequestError("There is no such field", problems)
    radius = "precision_m" if "precision_m" in fields else "NULL"
    needed = ("geom", radius) if by_place else (quote_name(request.field), "NULL")
    parts = ", ".join([quote_name(key), "name", "NULL" if alone else quote_name(per), *needed])
    keys, names, values, found, radii = list[str](), list[str](), list[str](), list[Any](), list[float]()
    texts: dict[str, str] = {}
    for one, name, value, what, known in catalogue.stream(
        f"SELECT {parts} FROM {quote_name(request.layer)} ORDER BY fid"  # noqa: S608  (the names are quoted)
    ):
        keys.append(one)
        names.append(one if name is None else name)
        text = "" if value is None else str(value)
        values.append(texts.setdefault(text, text))
        found.append(what if by_place else "" if what is None else str(what))
        radii.append(float(known or 0))
    index: KeyIndex | PlaceIndex
    if by_place:
        bodies = [None if blob is None else catalogue.geometry(blob) for blob in found]
        index = PlaceIndex(keys, list(shapely.from_wkb(bodies)) if bodies else [], radii, request.reach_m)
    else:
        index = KeyIndex(found, request.repairs)
    if alone:
        group, sizes = np.arange(len(keys)), np.ones(len(keys), np.int64)
        return Side(tuple(keys), tuple(names), index, "", group, tuple(keys), tuple(names), sizes)
    labels = sorted(set(values), key=lambda text: (not text, text))
    places = {label: at for at, label in enumerate(labels)}
    group = np.fromiter((places[value] for value in values), np.int64, len(values))
    known_names = _area_names(catalogue)
    titles = tuple(known_names.get(label, "") for label in labels)
    return Side(
        tuple(keys), tuple(names), index, per, group, tuple(labels), titles, np.bincount(group, minlength=len(labels))
    )


def _unknown(layer: str, option: str, name: str, fields: Sequence[str]) -> Problem:
    near = suggest_terms(name, fields)
    step = f"did you mean {' or '.join(near)}?" if near else ""
    also = f"{RECORD_WORDS[0]}, or " if option == "--per" else ""
    return Problem(layer, option, "", name, f"{also}one of {', '.join(fields)}", step)


def _area_names(catalogue: Catalogue) -> dict[str, str]:
    """Return the name of each area of the atlas by its code."""
    layers = [one["name"] for one in catalogue.layers() if one["schema"] == "areas"]
    return {
        row["code"]: row["name"]
        for layer in reversed(layers)
        for row in catalogue.rows(f"SELECT code, name FROM {quote_name(layer)} WHERE name IS NOT NULL")  # noqa: S608  (as above)
    }
