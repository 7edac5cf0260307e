"""What a page is told of the mask that lies over its atlas: why, by which rules, and which places it touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geo.spec import COARSENED
from geo.webmap.pieces import Json, given, speak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.catalogue import Catalogue

__all__ = ["gather_mask", "grid_of"]


def gather_mask(catalogue: Catalogue, languages: Sequence[str]) -> Json | None:
    """Return what a mask did to the atlas.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    languages
        The languages that the page speaks.

    Returns
    -------
    dict or None
        A ``Mask`` of ``payload.ts``: the counts are those of the whole atlas, not of one page; ``None`` when no mask
        was laid over it.
    """
    found = catalogue.rows("SELECT value FROM atlas WHERE key = 'mask'")
    if not found:
        return None
    mask: Json = json.loads(found[0][0])
    return {
        "title": speak(mask["title"], languages),
        "reason": speak(mask["reason"], languages),
        "rules": [
            {**{part: list(rule[part]) for part in ("kinds", "standings", "bases")}, **given(grid_m=rule["grid_m"])}
            for rule in mask["rules"]
        ],
        **{count: mask[count] for count in ("coarsened", "hidden", "moved_lines", "dropped_lines")},
    }


def grid_of(said: str | None) -> int | None:
    """Return the size of the grid in metres to which a mask coarsened a site, if any, of the words of the catalogue."""
    if not said:
        return None
    before, after = COARSENED.split("{}")
    metres = said.removeprefix(before).removesuffix(after)
    return int(metres) if metres.isdecimal() else None
