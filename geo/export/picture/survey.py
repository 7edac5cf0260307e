"""What a picture shows and what it only counts: the records of an export, sorted by whether they can be drawn."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.export.content import GEOMETRY, Loss
from geo.styling import AREA_BASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.export.content import Content, Layer

__all__ = ["Journeys", "Sites", "Survey", "survey", "tell_left_out"]

_BOUNDS: Final = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")
_SAID: Final = {
    "sites": ("name", "name_km", "kind", "precision_m", "precision_basis"),
    "routes": ("name", "kind", "segments"),
}
"""Schema of a layer -> the columns that a picture shows something of."""

_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Sites:
    """The places of one layer that were asked for.

    Attributes
    ----------
    layer
        Where they stand.
    positions
        Longitude and latitude in degrees (n × 2) of those that can be drawn.
    kinds, names, khmer
        Of each of these: its kind, its name, its name in Khmer script (empty where there is none).
    radii
        Within how many metres each of these is known; 0 where nothing is said.
    rough
        Whether each of these is known only to lie within that radius.
    drawn, every
        Kind -> how many are drawn, and how many there are.
    undated
        How many of all have no date.
    by_area
        Code of an area -> how many places are known only to lie in it; under an empty code those of no such area.
    """

    layer: Layer
    positions: NDArray[np.float64]
    kinds: list[str]
    names: list[str]
    khmer: list[str]
    radii: list[float]
    rough: list[bool]
    drawn: Counter[str]
    every: Counter[str]
    undated: int
    by_area: Counter[str]

    @property
    def unlocated(self) -> int:
        """Return how many have no position."""
        return self.every.total() - self.drawn.total()


@dataclass(frozen=True, slots=True)
class Journeys:
    """The journeys of one layer that were asked for: of each drawn kind, name and parts (certainty, degrees n × 2)."""

    layer: Layer
    found: list[tuple[str, str, list[tuple[str, NDArray[np.float64]]]]]
    drawn: Counter[str]
    every: Counter[str]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a picture shows and counts.

    Attributes
    ----------
    sites, journeys
        By layer.
    areas
        Code -> its shape in degrees, of every area of the atlas.
    asked
        The codes of the areas that were asked for, when that is not all of them.
    names
        Code of an area -> its name by language.
    former
        Year and shapes of each layer of former areas that is drawn.
    """

    sites: list[Sites]
    journeys: list[Journeys]
    areas: dict[str, BaseGeometry]
    asked: set[str]
    names: dict[str, dict[str, str]]
    former: list[tuple[str, list[BaseGeometry]]] = field(default_factory=list)


def survey(content: Content) -> Survey:
    """Return what a picture of an export shows.

    Parameters
    ----------
    content
        What was asked for, with the ground that it stands on.
    """
    areas: dict[str, BaseGeometry] = {}
    names: dict[str, dict[str, str]] = {}
    for layer in content.ground.areas if content.ground else ():
        for code, shape, told in zip(layer.values("code"), _shapes(layer), _names(layer), strict=True):
            areas |= {code: shape} if shape is not None else {}
            names[code] = told
    asked: set[str] = set()
    for layer in content.layers:
        if layer.schema == "areas" and content.wanted.layers.get(layer.name) is not None:
            asked |= set(layer.values("code"))
    sites = [_survey_sites(layer, areas) for layer in content.layers if layer.schema == "sites"]
    journeys = [_survey_routes(layer) for layer in content.layers if layer.schema == "routes"]
    former = [
        (str(next(iter(layer.values("year")), "") or ""), [shape for shape in _shapes(layer) if shape is not None])
        for layer in content.layers
        if layer.schema == "period" and _is_named(content, layer)
    ]
    return Survey(sites, journeys, areas, asked if asked != set(areas) else set(), names, former)


def _is_named(content: Content, layer: Layer) -> bool:
    """Return whether a layer was asked for by its name; former borders over those of today are drawn on demand."""
    return layer.name in content.wanted.asked.get("LAYER", "").split()


def _shapes(layer: Layer) -> list[BaseGeometry | None]:
    """Return the shapes of a layer, ``None`` where there is none or it is empty."""
    found = shapely.from_wkb(layer.values(GEOMETRY))
    return [None if shape is None or shape.is_empty else shape for shape in found]


def _names(layer: Layer) -> list[dict[str, str]]:
    columns = {"en": "name", "km": "name_km", "fr": "name_fr"}
    held = {tag: _texts(layer, column) for tag, column in columns.items()}
    return [
        {tag: name for tag, name in zip(held, row, strict=True) if name} for row in zip(*held.values(), strict=True)
    ]


def _texts(layer: Layer, column: str) -> list[str]:
    """Return a column as texts, empty where nothing stands there or the layer has no such column."""
    return [value or "" for value in layer.values(column)] if column in layer.names else [""] * len(layer)


def _survey_sites(layer: Layer, areas: dict[str, BaseGeometry]) -> Sites:
    shapes = np.array(_shapes(layer), dtype=object)
    located = ~shapely.is_missing(shapes) if len(shapes) else np.zeros(0, dtype=bool)
    points = shapes[located]
    # A place is a point; of anything else that a layer may hold, a point on it stands for it.
    odd = shapely.get_type_id(points) != 0
    points[odd] = shapely.point_on_surface(points[odd])
    there = located.tolist()
    kinds, provinces = _texts(layer, "kind"), _texts(layer, "province")
    radii = layer.values("precision_m") if "precision_m" in layer.names else [None] * len(layer)
    bounds = zip(*(_texts(layer, bound) for bound in _BOUNDS), strict=True)

    def drawn(values: Sequence[Any]) -> list[Any]:
        return [value for value, here in zip(values, there, strict=True) if here]

    return Sites(
        layer,
        shapely.get_coordinates(points).reshape(-1, 2),
        drawn(kinds),
        drawn(_texts(layer, "name")),
        drawn(_texts(layer, "name_km")),
        [float(radius or 0) for radius in drawn(radii)],
        [basis in AREA_BASES for basis in drawn(_texts(layer, "precision_basis"))],
        Counter(drawn(kinds)),
        Counter(kinds),
        sum(not any(times) for times in bounds),
        Counter(code if code in areas else "" for code, here in zip(provinces, there, strict=True) if not here),
    )


def _survey_routes(layer: Layer) -> Journeys:
    kinds = _texts(layer, "kind")
    found = []
    for kind, name, told, shape in zip(
        kinds, _texts(layer, "name"), _texts(layer, "segments"), _shapes(layer), strict=True
    ):
        lines = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 1] if shape else []
        segments = json.loads(told) if told else []
        certainties = [str(segment.get("certainty", "")) for segment in segments] + [""] * len(lines)
        parts = [
            (certainty, shapely.get_coordinates(line)) for certainty, line in zip(certainties, lines, strict=False)
        ]
        if parts:
            found.append((kind, name, parts))
    return Journeys(layer, found, Counter(kind for kind, _, _ in found), Counter(kinds))


def tell_left_out(content: Content) -> list[Loss]:
    """Return what a picture of an export leaves out.

    Parameters
    ----------
    content
        What was asked for.
    """
    found: list[Loss] = []
    for layer in content.layers:
        if layer.schema == "period" and not _is_named(content, layer):
            step = f"it is left out; name {layer.name} to draw it"
            found.append(Loss(layer.name, "", "dropped", len(layer), "borders of another time", "one set", step))
        if layer.schema not in _SAID or not len(layer):
            continue
        empty = [key for key, wkb in zip(layer.values(layer.key), layer.values(GEOMETRY), strict=True) if wkb is None]
        if empty:
            noun = "place" if layer.schema == "sites" else "journey"
            seen = f"{len(empty):,} {noun}{'' if len(empty) == 1 else 's'} without a location"
            examples = tuple(map(str, empty[:_EXAMPLES]))
            found.append(
                Loss(layer.name, "", "dropped", len(empty), seen, "positions", "they are counted, not drawn", examples)
            )
        unsaid = [column.name for column in layer.columns if column.name not in _SAID[layer.schema]]
        seen, what = f"{len(unsaid):,} other columns", f"{', '.join(unsaid)} are left out"
        found.append(Loss(layer.name, "", "dropped", len(unsaid), seen, "signs, names and counts", what))
    return found
