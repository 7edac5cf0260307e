"""The manifest, the definitions of maps and the vocabulary, as types."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from geo.spec.columns import LANGUAGES

__all__ = [
    "FORMS",
    "AtlasSpec",
    "Chapter",
    "Choropleth",
    "Coverage",
    "FilesSpec",
    "Kind",
    "LayerSpec",
    "LimitsSpec",
    "Manifest",
    "MapSpec",
    "MaskRule",
    "MaskSpec",
    "PeriodSpec",
    "RulesSpec",
    "TableSpec",
    "Term",
    "Vocabulary",
    "Words",
]

Text = Annotated[str, msgspec.Meta(min_length=1)]

# Each pattern ends at the end of the text, and not before a last line feed, where "$" alone may stand as well.
_ID: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)"
_YEARS: Final = r"^[0-9]{4}/[0-9]{4}$(?!\n)"
_MAILBOX: Final = r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$(?!\n)"
_COLOUR: Final = r"^#[0-9a-f]{6}$(?!\n)"

FORMS: Final = {
    _ID: "small Latin letters and digits, parted by single hyphens, such as cambodia-1975-1979",
    _YEARS: "two years of four digits and a slash, such as 1968/1999",
    _MAILBOX: "an address of electronic mail, such as atlas@example.org",
    _COLOUR: "a number sign and six hexadecimal digits in small letters, such as #2e3a59",
}
"""Pattern -> what it asks for, in words: no person should have to read a pattern."""

Colour = Annotated[str, msgspec.Meta(pattern=_COLOUR)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in the languages of the page; English is the one that is always there."""

    en: Text
    km: str = ""
    fr: str = ""


class AtlasSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the atlas is called, and where on Earth it lies (`area`: west, south, east, north in degrees).

    `contact` is an address for corrections; pages offer to write to it, and without it only to copy the text.
    `timeline` is the first and the last year of the line of time below a map; what lies outside is counted at its ends.
    Without it the line reaches as far as the events and the dated records do.
    """

    id: Annotated[str, msgspec.Meta(pattern=_ID)]
    version: Text
    title: Words
    subtitle: Words
    licence: Text
    area: tuple[float, float, float, float]
    languages: tuple[Literal["en", "km", "fr"], ...] = LANGUAGES
    nation: Text = "kh"
    timeline: Annotated[str, msgspec.Meta(pattern=_YEARS)] = ""
    dedication: Words | None = None
    notice: Words | None = None
    contact: Annotated[str, msgspec.Meta(pattern=_MAILBOX)] | None = None


class FilesSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the sources, the vocabulary, the map definitions and the catalogue stand, relative to the atlas."""

    sources: Text = "data/sources.json"
    vocabulary: Text = "data/vocabulary.toml"
    maps: Text = "maps"
    method: Text | None = None
    catalogue: Text = "maps/catalogue.gpkg"


class LayerSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One layer: its file, the schema that it keeps, and how a backdrop is drawn.

    For areas, `border_tolerance_m` says how far outside its area a point may lie, in metres, and `outside` names the
    records that lie farther out, each with the reason.
    """

    file: Text
    schema: Literal["sites", "routes", "areas", "backdrop"]
    title: Words | None = None
    draw: Literal["land", "water", "river", "town", ""] = ""
    border_tolerance_m: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    outside: dict[str, Text] = {}


class TableSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table: its file and the schema that it keeps."""

    file: Text
    schema: Literal["claims", "names", "relations", "events", "figures", "history", "zones", "changes", "crosswalk"]


class RulesSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the checks must know of an atlas's language: the words of which one marks the summary of an allegation."""

    allegation_words: tuple[str, ...] = ()


class PeriodSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A layer of former areas, made at compile by dissolving today's areas along the crosswalk; always approximate."""

    title: Words
    year: Text
    note: Words | None = None


class Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many places of some kinds a claim counts in the world, to be held against how many the atlas has."""

    kinds: tuple[str, ...]
    claim: Text
    note: Words | None = None


class MaskRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which places a mask coarsens, and how far: to a grid of `grid_m` metres, or (`hide`) to no position at all.

    A rule holds for places of any of its kinds, standings and bases; one that is left empty holds for all.
    """

    kinds: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    grid_m: Annotated[int, msgspec.Meta(ge=100, le=500_000)] | None = None
    hide: bool = False


class MaskSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mask: what it is called, why it is laid over the atlas, and its rules, of which the strictest holds."""

    title: Words
    reason: Words
    rules: Annotated[tuple[MaskRule, ...], msgspec.Meta(min_length=1)]


class LimitsSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How large an input may be: bytes of a file, values in it, features of a layer, columns of a table or layer.

    What is not set is as `geo.readers.files` has it. The ceilings are what one machine can hold.
    """

    bytes: Annotated[int, msgspec.Meta(ge=1, le=20_000_000_000)] | msgspec.UnsetType = msgspec.UNSET
    values: Annotated[int, msgspec.Meta(ge=1, le=2_000_000_000)] | msgspec.UnsetType = msgspec.UNSET
    features: Annotated[int, msgspec.Meta(ge=1, le=20_000_000)] | msgspec.UnsetType = msgspec.UNSET
    columns: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | msgspec.UnsetType = msgspec.UNSET


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole ``atlas.toml``."""

    atlas: AtlasSpec
    layers: dict[str, LayerSpec]
    tables: dict[str, TableSpec] = {}
    files: FilesSpec = FilesSpec()
    periods: dict[str, PeriodSpec] = {}
    coverage: tuple[Coverage, ...] = ()
    rules: RulesSpec = RulesSpec()
    masks: dict[str, MaskSpec] = {}
    limits: LimitsSpec | msgspec.UnsetType = msgspec.UNSET  # unset, it leaves no trace in what is compiled


class Choropleth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which figures of the ``figures`` table shade the areas; the first measure is shown first."""

    measures: tuple[str, ...]


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a guided reading: a text with its sources, and what the page shows while it is open.

    `bounds` is west, south, east, north in degrees; `where` a condition in CQL2 of those that the filters of a page
    can express; `during` an EDTF interval. The first of `records` is brought into view; each of `sources` is
    ``source-id#locator``.
    """

    title: Words
    text: Words
    sources: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    records: tuple[Text, ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    where: str = ""
    during: str = ""


class MapSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One map: which layers and kinds it shows, where it opens (`bounds`: west, south, east, north), what it tells."""

    title: Words
    description: Words
    layers: tuple[str, ...]
    bounds: tuple[float, float, float, float]
    kinds: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    colour_by: Literal["kind", "zone"] = "kind"
    choropleth: Choropleth | None = None
    chapters: tuple[Chapter, ...] = ()


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One word of the vocabulary, with its label."""

    label: Words
    colour: Colour = "#23211e"


class Measure(Term, frozen=True, forbid_unknown_fields=True):
    """One thing that claims measure; `travel` says that it counts the people of a journey, whose line it may widen."""

    travel: bool = False


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of place, with its label, its sign and its colour."""

    label: Words
    symbol: Literal["square", "triangle", "circle", "diamond", "hexagon", "tent", "gate", "cross"]
    colour: Colour


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every word that the data may use, by section."""

    kinds: dict[str, Kind]
    route_kinds: dict[str, Term] = {}
    zones: dict[str, Term] = {}
    relations: dict[str, Term] = {}
    measures: dict[str, Measure] = {}
    units: dict[str, Term] = {}
    themes: dict[str, Term] = {}
