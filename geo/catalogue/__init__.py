"""The waist: one GeoPackage that everything downstream reads.

`write_catalogue` compiles checked inputs into it, `open_catalogue` reads it. The file is also a deliverable: its
layers carry R-tree indexes, its tables are registered as attributes, so a GIS program opens it as it stands.

Tables
------
each layer of the manifest, under its own name
    ``fid``, ``geom`` (WGS 84), the columns of its schema (lists and objects as JSON text). Sites and routes also have
    ``begin_earliest``, ``begin_latest``, ``end_earliest``, ``end_latest`` (ISO dates, NULL when open) and ``name_km``;
    sites also ``lon``, ``lat`` in degrees (NULL when the place is not located).
each period of the manifest, under its own name
    Former areas, dissolved from today's: ``id``, ``name``, ``name_km``, ``made_of`` (codes, JSON), ``approximate``
    (always ``yes``), ``year``, ``sources``, ``note``; a row in ``layers`` with the schema ``period``.
``claims``, ``names``, ``relations``, ``events``, ``figures``, ``history``, ``zones``, ``crosswalk`` …
    The attribute tables, named by schema; events also have the four date columns.
``claimed``
    ``measure``, ``subject``, ``low``, ``high``: the smallest and the largest number that admitted claims about a record
    state, in the measure's most used unit.
``sources``
    ``id``, ``type``, ``title``, ``note`` (Chicago full note), ``url``, ``grade``, ``reliability``, ``csl`` (CSL-JSON).
``joins``
    What each join matched and what it did not; the lists are JSON.
``layers``
    Every layer and table: ``name``, ``schema``, ``holds``, ``title`` (JSON), ``draw``, ``records``, ``unlocated``.
``atlas``
    ``key``, ``value`` (JSON): ``format`` (of the catalogue), ``digest``, ``digests`` (file -> SHA-256), ``version`` (of
    the atlas), ``manifest``, ``vocabulary``, ``maps``, ``counts``, ``measures`` (measure -> the unit of ``claimed``),
    ``search`` (layer -> its first and its last row in the table of that name); and ``method`` and
    ``mask`` (what a mask did to the positions) where the atlas has them.
``layer_styles``
    How QGIS draws each layer (QML), made from the vocabulary's signs and colours.
``search``
    Full-text index (FTS5, trigrams) over folded text: ``layer``, ``id``, ``text``. The rows of a layer follow one
    another in the order of its ``fid``.
``words``
    ``word``, ``sound``, ``letters``: every word of every name, folded, and each name without its spaces.

An empty value is NULL everywhere.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from geo.catalogue.opening import FORMAT, INDEXED, LISTS, Catalogue, open_catalogue, quote_name, wkb_of

if TYPE_CHECKING:
    from geo.catalogue.framing import layer_frame, selection_frame, table_frame
    from geo.catalogue.writing import write_catalogue

__all__ = [
    "FORMAT",
    "INDEXED",
    "LISTS",
    "Catalogue",
    "layer_frame",
    "open_catalogue",
    "quote_name",
    "selection_frame",
    "table_frame",
    "wkb_of",
    "write_catalogue",
]

_ROOMS = {
    "layer_frame": "geo.catalogue.framing",
    "selection_frame": "geo.catalogue.framing",
    "table_frame": "geo.catalogue.framing",
    "write_catalogue": "geo.catalogue.writing",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  (what a module attribute is, only its module knows)
    """Load the heavier rooms on first use: a question needs none of what they import.

    Raises
    ------
    AttributeError
        When `name` is not a name of this room.
    """
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
