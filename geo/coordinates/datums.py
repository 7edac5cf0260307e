"""Coordinate systems: from whatever a table uses to WGS 84, saying by which transformation and how well."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pyproj
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

__all__ = ["Conversion", "find_conversion"]

_WGS84: Final = "OGC:CRS84"
# PROJ opens what such a text names, and the text may come out of a file; @null is how a WKT says that there is no grid.
_NAMES_FILE: Final = re.compile(
    r"\+?\b(?:init|file|(?:nad|geoid)?grids)\s*=(?!\s*@null\b)|\bpipeline\b|PARAMETERFILE", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """The way from one coordinate system to WGS 84.

    Attributes
    ----------
    crs
        What the system is called.
    projected
        Whether its coordinates are metres on a grid rather than degrees.
    method
        The transformation, in the words of the EPSG data set; empty where there is nothing to transform.
    accuracy_m
        How far off a converted position may be, in metres, as the data set states it.
    transformer
        What converts; it takes and gives east before north.
    """

    crs: str
    projected: bool
    method: str
    accuracy_m: float
    transformer: Any = None

    def convert(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude in WGS 84.

        Parameters
        ----------
        x, y
            Easting and northing, or longitude and latitude, in the system.

        Returns
        -------
        tuple of float
            Longitude and latitude, in degrees.

        Raises
        ------
        ValueError
            The position lies where the system does not reach.
        """
        if self.transformer is None:
            return x, y
        try:
            lon, lat = self.transformer.transform(x, y, errcheck=True)
        except ProjError:
            lon = lat = math.nan
        if not (math.isfinite(lon) and math.isfinite(lat)):
            message = f"{x:g}, {y:g} lies outside {self.crs}"
            raise ValueError(message)
        return float(lon), float(lat)


@lru_cache(maxsize=16)
def find_conversion(crs: str, area: tuple[float, float, float, float] | None = None) -> Conversion:
    """Return the best known way from a coordinate system to WGS 84.

    Parameters
    ----------
    crs
        What PROJ understands: ``EPSG:3148``, a WKT, a PROJ string.
    area
        West, south, east, north in degrees: of several transformations the one made for this area is taken.

    Returns
    -------
    Conversion
        Nothing to do for WGS 84 itself.

    Raises
    ------
    ValueError
        There is no such system, it is no system on the ground, or its datum has no published transformation: PROJ would
        then treat it as WGS 84, and be off by hundreds of metres without a word.
    """
    if _NAMES_FILE.search(crs):
        message = f"{crs!r} names a file or a pipeline of PROJ, not a coordinate system"
        raise ValueError(message)
    try:
        known = pyproj.CRS.from_user_input(crs)
    except CRSError:
        message = f"{crs!r} is no coordinate system that PROJ knows"
        raise ValueError(message) from None
    if not (known.is_geographic or known.is_projected):
        message = f"{known.name} is no system of positions on the ground"
        raise ValueError(message)
    if known.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
        return Conversion("WGS 84", projected=False, method="", accuracy_m=0.0)
    here = None if area is None else AreaOfInterest(*area)
    ways = [way for way in _ways(known, here) if way.accuracy is not None and way.accuracy >= 0]
    if not ways:
        message = f"no transformation from {known.name} to WGS 84 with a stated accuracy is known"
        raise ValueError(message)
    best = ways[0]
    steps = [part.strip() for part in best.description.split(" + ")]
    method = " + ".join(part for part in steps if not part.startswith(("axis order", "Null", "Inverse of")))
    return Conversion(known.name, known.is_projected, method, float(best.accuracy), best)


def _ways(known: pyproj.CRS, here: Any) -> list[Any]:  # noqa: ANN401 -- AreaOfInterest, or None for the whole Earth
    found = TransformerGroup(known, _WGS84, always_xy=True, area_of_interest=here).transformers
    return list(found) or list(TransformerGroup(known, _WGS84, always_xy=True).transformers)
