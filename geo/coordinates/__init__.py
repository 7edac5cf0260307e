"""Positions as people write them: text -> degrees, with how finely they were written and in which form.

Nothing is guessed: a text that can be read in two ways is refused with both, and what looks wrong (axes exchanged, a
sign that is missing) is proposed to a person, never mended.
"""

from geo.coordinates.angles import Angle, read_angle
from geo.coordinates.positions import Position, propose, read_pair, read_position

__all__ = ["Angle", "Position", "propose", "read_angle", "read_pair", "read_position"]
