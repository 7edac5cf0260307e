"""The columns of every layer and table, and the words that they may hold.

A new schema is a row of `SCHEMAS`; a new column is a `Field`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

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
    "Field",
    "FieldType",
    "Schema",
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
        Whether it must be filled in.
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
        GeoJSON types that a layer may hold.
    unlocated
        Whether a feature may have no geometry (``null``).
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
