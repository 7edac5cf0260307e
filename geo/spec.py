"""What must be true of an atlas, as data: the manifest's types, and the columns of every layer and table.

Nothing here reads, checks or converts; `readers` reads a manifest into these types and `checks` holds an atlas
against the schemas. A new schema is a row of `SCHEMAS`; a new column is a `Field`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

__all__ = [
    "CERTAINTIES",
    "CLAIM_STATUSES",
    "COARSENED",
    "GRADES",
    "LANGUAGES",
    "MASKED",
    "PRECISION_FLOOR_M",
    "SCHEMAS",
    "STANDINGS",
    "AtlasSpec",
    "Chapter",
    "Choropleth",
    "Coverage",
    "Field",
    "FieldType",
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
    "Schema",
    "TableSpec",
    "Term",
    "Vocabulary",
    "Words",
]

LANGUAGES: Final = ("en", "km", "fr")
"""The languages a page can speak, as BCP 47 tags; the first one is the one every text must have."""

STANDINGS: Final = ("judged", "alleged", "surveyed", "reported")
"""On what ground a record stands: a final judgment, a court document, a field survey, a report."""

CLAIM_STATUSES: Final = ("current", "superseded", "contested", "rejected")
"""What may be done with a claim; only ``current`` and ``contested`` claims may widen a range."""

CERTAINTIES: Final = ("documented", "reconstructed", "assumed")
"""How a segment of a route is known."""

GRADES: Final = ("best", "good", "fair", "weak", "background")
"""How far a source can be trusted, best first; each source says why in its reliability note."""

PRECISION_FLOOR_M: Final[dict[str, int | None]] = {
    "gps_survey": 10,
    "published_point": 50,
    "village": 500,
    "commune": 2_000,
    "district": 8_000,
    "province": None,
    "unknown": None,
}
"""Basis of a position -> smallest honest radius in metres; ``None`` means that no point may be given."""

MASKED: Final = "masked"
"""The basis of a position that a mask coarsened: only a mask may give it, no input."""

COARSENED: Final = "position coarsened to a grid of {} m"
"""What the column ``masked`` says of a coarsened position; the blank is the size of the grid in metres."""

# --- the columns of layers and tables -------------------------------------------------------------------------

FieldType = Literal[
    "id",  # kebab-case, unique in its file
    "text",
    "edtf",
    "integer",
    "number",
    "yes_no",
    "term",  # one of `terms`: a tuple of words, or the name of a vocabulary section
    "language",  # a BCP 47 tag
    "province",  # a code of the area layer
    "record",  # the id of a site, route or area, or the nation
    "site",  # the id of a site
    "claim",  # the id of a claim
    "source",  # the id of a source
    "source_ref",  # source-id#locator
    "source_refs",  # a list of them
    "objects",  # a list of JSON objects
]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a layer or table.

    Attributes
    ----------
    name
        The column or property.
    type
        What its text means.
    meaning
        One sentence for the data dictionary.
    required
        Whether it may be empty.
    terms
        For ``term``: the allowed words, or the vocabulary section that lists them.
    """

    name: str
    type: FieldType
    meaning: str
    required: bool = False
    terms: tuple[str, ...] | str = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of one kind of layer or table.

    Attributes
    ----------
    holds
        ``layer`` (features) or ``table`` (rows).
    fields
        The columns, in the order in which they are written.
    key
        The column whose values are unique; empty when no column is.
    geometries
        GeoJSON types that a layer may hold; a ``null`` geometry is always allowed for `unlocated` ones.
    unlocated
        Whether a feature may have no geometry.
    open
        Whether columns that are not listed are kept as they are.
    """

    holds: Literal["layer", "table"]
    fields: tuple[Field, ...]
    key: str = ""
    geometries: frozenset[str] = frozenset()
    unlocated: bool = False
    open: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the column names in order."""
        return tuple(field.name for field in self.fields)


_SPAN = (
    Field("begin", "edtf", "When it began, as EDTF; empty when no source says."),
    Field("begin_text", "text", "The beginning in the source's own words."),
    Field("end", "edtf", "When it ended, as EDTF; empty when no source says."),
    Field("end_text", "text", "The end in the source's own words."),
)
_CITED = (
    Field("source", "source", "The source that says it.", required=True),
    Field("locator", "text", "Page, paragraph or section in that source."),
)
_ORIGIN = Field("origin", "text", "The row of the research table that it was carried over from.")
_NOTE = Field("note", "text", "What a reader must know beside it.")

SCHEMAS: Final[dict[str, Schema]] = {
    "sites": Schema(
        "layer",
        key="id",
        geometries=frozenset({"Point"}),
        unlocated=True,
        fields=(
            Field("id", "id", "Permanent identifier.", required=True),
            Field("name", "text", "The name most used in English sources.", required=True),
            Field("kind", "term", "What the place was.", required=True, terms="kinds"),
            Field("country", "text", "ISO 3166-1 alpha-2 code of today's country."),
            Field("province", "province", "Today's province, by P-code."),
            Field("province_name", "text", "The province as the source names it."),
            Field("district", "text", "The district as the source names it."),
            Field("commune", "text", "The commune as the source names it."),
            Field("village", "text", "The village as the source names it."),
            Field("place_code", "text", "Code of the finest administrative unit that was matched."),
            Field("place_text", "text", "What the source says about where it lies."),
            Field("dk_zone", "term", "Zone of Democratic Kampuchea.", terms="zones"),
            Field("dk_zone_text", "text", "The zone in the source's own words."),
            Field("dk_sector", "text", "Sector (region) of Democratic Kampuchea, as the source gives it."),
            *_SPAN,
            Field("precision_m", "integer", "Radius in metres within which the place lies."),
            Field(
                "precision_basis", "term", "What the position rests on.", required=True, terms=tuple(PRECISION_FLOOR_M)
            ),
            Field("coord_text", "text", "The coordinate as it was printed."),
            Field("coord_source", "source_ref", "Where the position comes from."),
            Field("standing", "term", "On what ground the record stands.", required=True, terms=STANDINGS),
            Field("summary", "text", "One neutral sentence.", required=True),
            Field("sources", "source_refs", "Every source that speaks of the place.", required=True),
            Field("part_of", "site", "The site that it belongs to."),
        ),
    ),
    "routes": Schema(
        "layer",
        key="id",
        geometries=frozenset({"MultiLineString"}),
        unlocated=True,
        fields=(
            Field("id", "id", "Permanent identifier.", required=True),
            Field("name", "text", "The movement, named by its places.", required=True),
            Field("kind", "term", "What moved the people.", required=True, terms="route_kinds"),
            *_SPAN,
            Field("group", "text", "Who moved."),
            Field("summary", "text", "One neutral sentence.", required=True),
            Field("segments", "objects", "One object per line of the geometry: from, to, certainty, note."),
            Field("stops", "objects", "The places named, in order of travel: name, site, place_text."),
            Field("sources", "source_refs", "Every source that speaks of the movement.", required=True),
            Field("standing", "term", "On what ground the record stands.", required=True, terms=STANDINGS),
        ),
    ),
    "areas": Schema(
        "layer",
        key="code",
        geometries=frozenset({"Polygon", "MultiPolygon"}),
        fields=(
            Field("code", "text", "P-code.", required=True),
            Field("name", "text", "English name.", required=True),
            Field("name_km", "text", "Khmer name."),
            Field("name_fr", "text", "French name, where a source gives one."),
            Field("iso3166_2", "text", "ISO 3166-2 code."),
            Field("sources", "source_refs", "Where border and names come from.", required=True),
        ),
    ),
    "backdrop": Schema(
        "layer",
        geometries=frozenset({"Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}),
        open=True,
        fields=(Field("sources", "source_refs", "Where it comes from.", required=True),),
    ),
    "claims": Schema(
        "table",
        key="id",
        fields=(
            Field("id", "id", "Permanent identifier.", required=True),
            Field("subject", "record", "What the claim is about.", required=True),
            Field("measure", "term", "What is measured.", required=True, terms="measures"),
            Field("low", "text", "Lower bound as the source gives it; empty when open."),
            Field("high", "text", "Upper bound as the source gives it; empty when open."),
            Field("unit", "term", "The unit of the bounds.", required=True, terms="units"),
            Field("scope", "text", "What exactly is counted."),
            Field("as_of", "edtf", "The time for which the claim holds."),
            Field("stated_by", "text", "Who states it, where that is not the source itself."),
            *_CITED,
            Field("status", "term", "What may be done with it.", required=True, terms=CLAIM_STATUSES),
            Field("partial", "yes_no", "Whether it covers only a part of the subject.", required=True),
            _NOTE,
            _ORIGIN,
        ),
    ),
    "names": Schema(
        "table",
        fields=(
            Field("subject", "text", "The record or administrative unit that bears the name.", required=True),
            Field("text", "text", "The name.", required=True),
            Field("language", "language", "BCP 47 tag.", required=True),
            Field("script", "text", "ISO 15924 code.", required=True),
            Field("kind", "term", "What kind of name.", required=True, terms=("main", "alias", "former", "admin")),
            Field("source", "source_ref", "Who uses it.", required=True),
        ),
    ),
    "relations": Schema(
        "table",
        fields=(
            Field("subject", "record", "The first record.", required=True),
            Field("relation", "term", "How they belong together.", required=True, terms="relations"),
            Field("object", "record", "The second record.", required=True),
            Field("source", "source_ref", "Who says so.", required=True),
            _NOTE,
        ),
    ),
    "events": Schema(
        "table",
        key="id",
        fields=(
            Field("id", "id", "Permanent identifier.", required=True),
            Field("date", "edtf", "When it happened or began.", required=True),
            Field("end", "edtf", "When it ended."),
            Field("title", "text", "The event in a few words.", required=True),
            Field("text", "text", "One or two neutral sentences.", required=True),
            Field("place", "site", "Where it happened, when that is a site of the atlas."),
            Field("place_text", "text", "Where it happened, in words."),
            Field("theme", "term", "What it belongs to.", required=True, terms="themes"),
            *_CITED,
            _NOTE,
            _ORIGIN,
        ),
    ),
    "figures": Schema(
        "table",
        fields=(
            Field("code", "province", "The province.", required=True),
            Field("measure", "term", "What is measured.", required=True, terms="measures"),
            Field("claim", "claim", "The claim that stands for this province on a map.", required=True),
            _NOTE,
        ),
    ),
    "history": Schema(
        "table",
        fields=(
            Field("province", "province", "Today's province."),
            Field("event", "text", "What happened to it.", required=True),
            Field("date", "edtf", "When."),
            Field("other_province", "text", "The other province, by P-code where it exists today."),
            _NOTE,
            *_CITED,
            _ORIGIN,
        ),
    ),
    "changes": Schema(
        "table",
        fields=(
            Field("date", "edtf", "When the record was changed.", required=True),
            # Any id of the atlas, so no type of `FieldType` fits; a rule of its own looks for it.
            Field(
                "record",
                "text",
                "What was changed: any id of the atlas, or one that is gone since.",
                required=True,
            ),
            Field(
                "action",
                "term",
                "What was done.",
                required=True,
                terms=("added", "revised", "moved", "merged", "removed"),
            ),
            Field("what", "text", "What changed, in a sentence.", required=True),
            Field("why", "text", "Why it changed.", required=True),
            Field("source", "source_ref", "The source that the change rests on."),
            Field("into", "text", "The record that took it in, when it was merged; empty otherwise."),
        ),
    ),
    "crosswalk": Schema(
        "table",
        fields=(
            Field("code", "province", "Today's area.", required=True),
            Field("period", "text", "The layer of former areas that it belongs to.", required=True),
            Field("id", "text", "Identifier of the former area, kebab-case.", required=True),
            Field("name", "text", "Its name then.", required=True),
            Field("name_km", "text", "Its Khmer name."),
            Field("source", "source_ref", "Who says that it was so.", required=True),
            _NOTE,
        ),
    ),
    "zones": Schema(
        "table",
        fields=(
            Field("zone", "term", "Zone of Democratic Kampuchea.", terms="zones"),
            Field("name", "text", "The zone as the source names it.", required=True),
            Field("alternative_names", "text", "Other names that sources use."),
            Field("sectors", "text", "Its sectors."),
            Field("covers", "text", "What it covered, in the source's terms."),
            Field("from", "edtf", "Since when."),
            Field("to", "edtf", "Until when."),
            _NOTE,
            *_CITED,
            _ORIGIN,
        ),
    ),
}
"""Every kind of layer and table that an atlas may hold, by the name that the manifest uses."""

# --- the manifest ---------------------------------------------------------------------------------------------

Text = Annotated[str, msgspec.Meta(min_length=1)]


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

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    version: Text
    title: Words
    subtitle: Words
    licence: Text
    area: tuple[float, float, float, float]
    languages: tuple[Literal["en", "km", "fr"], ...] = LANGUAGES
    nation: Text = "kh"
    timeline: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}/[0-9]{4}$")] = ""
    dedication: Words | None = None
    notice: Words | None = None
    contact: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")] | None = None


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
    colour: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}$")] = "#23211e"


class Measure(Term, frozen=True, forbid_unknown_fields=True):
    """One thing that claims measure; `travel` says that it counts the people of a journey, whose line it may widen."""

    travel: bool = False


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of place, with its label, its sign and its colour."""

    label: Words
    symbol: Literal["square", "triangle", "circle", "diamond", "hexagon", "tent", "gate", "cross"]
    colour: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}$")]


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every word that the data may use, by section."""

    kinds: dict[str, Kind]
    route_kinds: dict[str, Term] = {}
    zones: dict[str, Term] = {}
    relations: dict[str, Term] = {}
    measures: dict[str, Measure] = {}
    units: dict[str, Term] = {}
    themes: dict[str, Term] = {}
