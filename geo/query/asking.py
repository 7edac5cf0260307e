"""What can be asked: the parts of a question, and how each kind of layer answers one.

Nothing here is a dataclass: `dataclasses` brings `inspect`, which takes as long as the answer (decision 0012).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.catalogue import Catalogue

__all__ = ["ASKABLE", "Askable", "Box", "Near", "Polygon", "Question", "asked_layers", "unknown_word"]

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84); a west greater than the east crosses the antimeridian."""

BOUNDS: Final = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")
_OF_SITE: Final = "IN (SELECT id FROM {sites} WHERE province IN ({codes}))"


class Near(NamedTuple):
    """A circle on the ellipsoid.

    Attributes
    ----------
    lat, lon
        Its centre in degrees (WGS 84); both ``None`` when `name` is to be looked up.
    radius_m
        Its radius in metres; infinity when only the distance is wanted.
    name
        What the centre is called: a name or id of a place of the atlas; empty for a position.
    """

    lat: float | None
    lon: float | None
    radius_m: float = float("inf")
    name: str = ""


class Polygon(NamedTuple):
    """An area that a question is about.

    Attributes
    ----------
    wkb
        A Polygon or MultiPolygon whose rings do not cross, as WKB, longitude before latitude, in degrees (WGS 84).
    name
        What it is called in the answer: a file name, say.
    """

    wkb: bytes
    name: str = ""


class Question(NamedTuple):
    """What is asked: every condition must hold, and of several kinds or provinces any one.

    Attributes
    ----------
    layer
        A layer of the manifest or a period, or ``claims``, ``events``, ``history``, ``zones``, ``sources``.
    kinds
        Kinds of place or route, measures of claims, themes of events, zones: as in the vocabulary, or by their label in
        any language.
    provinces
        Provinces by code or by name, in any spelling and script that the atlas knows.
    text
        Words that must all occur in a record's names, place, summary, notes or claims; case, accents and hyphens do
        not matter, nor do the spaces of names.
    where
        A condition in CQL2 text (OGC 21-065r2); `geo.query.cql2` says what of it is understood.
    near
        A circle in which the record lies, or which it touches.
    bbox
        A box in which the record lies, or which it touches; its borders belong to it.
    within
        An area in which the record lies whole; its border belongs to it.
    during
        EDTF: a date or an interval that the record's time overlaps, certainly or possibly.
    sort
        Fields to sort by, the first one first; ``-`` before one turns it round, ``distance`` is that to `near`. What
        is empty comes last.
    limit
        How many records at most; ``None`` for all.
    fields
        The columns to answer with, in this order; all when empty.
    """

    layer: str = "sites"
    kinds: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    text: str = ""
    where: str = ""
    near: Near | None = None
    bbox: Box | None = None
    within: Polygon | None = None
    during: str = ""
    sort: tuple[str, ...] = ()
    limit: int | None = None
    fields: tuple[str, ...] = ()


class Askable(NamedTuple):
    """How one kind of layer or table answers a question.

    Attributes
    ----------
    key
        The column that names a record; empty for rows that have no name of their own.
    kind
        The column that ``kinds`` filters; empty when there is none.
    section
        The section of the vocabulary that lists its words.
    province
        SQL condition for ``provinces``, with ``{codes}`` for their placeholders, ``{sites}`` for the layer of sites and
        ``{each_made_of}`` for the members of that column; empty when a record carries no province.
    dated
        Columns of which at least one holds a date when the record is dated; empty when it carries none.
    span
        Where the four bounds of its time come from: the four columns themselves, or the EDTF columns of its begin and
        its end; empty when it has no time.
    """

    key: str = "id"
    kind: str = ""
    section: str = ""
    province: str = ""
    dated: tuple[str, ...] = ()
    span: tuple[str, ...] = ()


ASKABLE: Final[dict[str, Askable]] = {
    "sites": Askable(kind="kind", section="kinds", province="province IN ({codes})", dated=BOUNDS, span=BOUNDS),
    "routes": Askable(kind="kind", section="route_kinds", dated=BOUNDS, span=BOUNDS),
    "areas": Askable(key="code", province="code IN ({codes})"),
    "claims": Askable(
        kind="measure",
        section="measures",
        province=f"(subject IN ({{codes}}) OR subject {_OF_SITE})",
        dated=("as_of",),
        span=("as_of", "as_of"),
    ),
    "events": Askable(kind="theme", section="themes", province=f"place {_OF_SITE}", dated=BOUNDS, span=BOUNDS),
    "history": Askable(
        key="",
        province="(province IN ({codes}) OR other_province IN ({codes}) OR province IS NULL)",
        dated=("date",),
        span=("date", "date"),
    ),
    "zones": Askable(key="", kind="zone", section="zones", dated=("from", "to"), span=("from", "to")),
    "period": Askable(province="EXISTS (SELECT 1 FROM {each_made_of} WHERE value IN ({codes}))"),
    "sources": Askable(),
}
"""Schema -> how its records answer; a layer of any other schema cannot be asked."""


def asked_layers(catalogue: Catalogue, *, keyless: bool = False) -> dict[str, dict[str, Any]]:
    """Return the layers and tables that can be asked, by name, in the order of the manifest, sources last.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    keyless
        Whether tables whose rows bear no id are among them.

    Returns
    -------
    dict of str to dict
        Name -> its row in ``layers``.
    """
    known = {schema for schema, rule in ASKABLE.items() if keyless or rule.key}
    layers = {layer["name"]: layer for layer in catalogue.layers() if layer["schema"] in known}
    records = catalogue.rows("SELECT count(*) FROM sources")[0][0]
    return layers | {"sources": {"name": "sources", "schema": "sources", "holds": "table", "records": records}}


def unknown_word(option: str, seen: str, allowed: Iterable[str], nearest: Iterable[str]) -> Problem:
    """Return the problem of a word that is none of the allowed ones."""
    guesses = tuple(dict.fromkeys(nearest))
    next_step = f"did you mean {' or '.join(guesses)}?" if guesses else ""
    return Problem("the question", option, "", seen, f"one of {', '.join(allowed)}", next_step)
