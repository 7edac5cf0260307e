"""Two versions of an atlas -> what differs between them, record by record, with the recorded reasons.

`read_edition` takes from a catalogue what can be compared, `compare` sets two such editions side by side; it touches
neither disk nor clock. Three laws hold: an edition does not differ from itself; what `compare` says of two editions
it says mirrored when they change places; and the counts add up on both sides.
"""

from __future__ import annotations

from geo.comparing.differences import Comparison, Difference, Fate, Revision, Tally, compare
from geo.comparing.editions import COMPARED, Edition, Row, read_edition
from geo.comparing.moves import Move

__all__ = [
    "COMPARED",
    "Comparison",
    "Difference",
    "Edition",
    "Fate",
    "Move",
    "Revision",
    "Row",
    "Tally",
    "compare",
    "read_edition",
]
