"""From degrees to a sheet of paper, in the projection of the pages: Web Mercator (EPSG:3857).

North is up, angles are true, and a circle on the ground is a circle on the paper. The scale grows with the latitude, so
that the scale bar says where it holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Frame", "fit_frame"]

_AXIS_M: Final = 6_378_137.0
_ECCENTRICITY: Final = 0.00669437999014  # squared, of WGS 84
_FARTHEST: Final = 85.0
"""The latitude beyond which the projection has no paper."""

_LEAST_M: Final = 8_000.0
"""How much of the ground a picture shows at least from side to side: closer, the atlas has no ground to show."""

_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the world on the paper.

    Attributes
    ----------
    west, north
        Its north-west corner, on the plane of the projection in radians.
    scale
        Units of the sheet for one radian.
    width, height
        Its size, in units of the sheet.
    """

    west: float
    north: float
    scale: float
    width: float
    height: float

    def place(self, lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions in degrees (longitude, latitude; n × 2) in units of the sheet, y downwards (n × 2)."""
        plane = _to_plane(lon_lat)
        return np.column_stack([(plane[:, 0] - self.west) * self.scale, (self.north - plane[:, 1]) * self.scale])

    def metres(self, latitude: float) -> float:
        """Return how many metres on the ground one unit of the sheet is, along a parallel of WGS 84."""
        sine = math.sin(math.radians(latitude))
        return _AXIS_M * math.cos(math.radians(latitude)) / math.sqrt(1 - _ECCENTRICITY * sine**2) / self.scale

    @property
    def latitude(self) -> float:
        """Return the latitude in the middle of the paper, in degrees."""
        return math.degrees(2 * math.atan(math.exp(self.north - self.height / self.scale / 2)) - math.pi / 2)

    def bar(self, longest: float) -> tuple[int, float]:
        """Return a round distance for a scale bar: in metres, and in units of the sheet at the middle latitude.

        Parameters
        ----------
        longest
            How long the bar may be, in units of the sheet.
        """
        most = longest * self.metres(self.latitude)
        power = 10 ** math.floor(math.log10(most))
        distance = max(step * power for step in _STEPS if step * power <= most)
        return int(distance), distance / self.metres(self.latitude)


def fit_frame(bounds: Sequence[float], width: float, heights: tuple[float, float], margin: float) -> Frame:
    """Return a frame that shows everything inside some bounds.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees.
    width
        How wide it is, in units of the sheet.
    heights
        How high it is at least and at most.
    margin
        Room between its edge and what it shows.
    """
    corners = np.array([bounds[:2], bounds[2:]], dtype=float)
    (west, south), (east, north) = _to_plane(corners).tolist()
    least = _LEAST_M / _AXIS_M / math.cos(math.radians(min(abs(float(corners[:, 1].mean())), _FARTHEST)))
    across, along = max(east - west, least), max(north - south, least)
    inner = width - 2 * margin
    height = min(max(inner * along / across, heights[0] - 2 * margin), heights[1] - 2 * margin)
    scale = min(inner / across, height / along)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    full = height + 2 * margin
    return Frame(middle_x - width / scale / 2, middle_y + full / scale / 2, scale, width, full)


def _to_plane(lon_lat: NDArray[np.float64]) -> NDArray[Any]:
    latitude = np.radians(np.clip(lon_lat[:, 1], -_FARTHEST, _FARTHEST))
    return np.column_stack([np.radians(lon_lat[:, 0]), np.log(np.tan(np.pi / 4 + latitude / 2))])
