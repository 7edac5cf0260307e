"""The fields of a layer: what can be named in a condition, an order or a list of columns.

Beside the columns of the catalogue these are ``geometry`` and, for whatever claims speak of, ``claimed_M_low`` and
``claimed_M_high`` for each measure M: the smallest and the largest number that admitted claims about the record state
in the measure's most used unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from geo.catalogue import INDEXED, LISTS, quote_name
from geo.gazetteer import suggest_terms
from geo.query.asking import ASKABLE, BOUNDS, asked_layers, unknown_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.catalogue import Catalogue
    from geo.errors import Problem

__all__ = ["Field", "any_of", "field_names", "layer_fields", "unknown_field"]

_CLAIMED: Final = frozenset({"sites", "routes", "areas"})
"""Schemas of the records that claims are about."""

_FIGURES: Final = {("claims", "low"), ("claims", "high")}
"""Columns that hold figures as their sources write them: plain digits, or dates where the unit is a date."""

_NUMBERS: Final = ("INT", "REAL", "DOUBLE", "FLOAT")


def any_of(layer: str, column: str, sql: str, places: Sequence[str], *, sure: bool = True) -> str:
    """Return the condition that a column has one of several values.

    Parameters
    ----------
    layer, column
        The layer, and the name of the column.
    sql
        The column as an SQL expression.
    places
        Placeholders of the values.
    sure
        Whether what is empty may count as false; else it is NULL.

    Returns
    -------
    str
        An SQL expression. With an index, the rows are looked up by it first: in the order of the layer, so that they
        need not be sorted.
    """
    listed = f"IN ({', '.join(places)})"
    if sure and len(places) > 1 and column in INDEXED:
        return f"(t.fid IN (SELECT fid FROM {quote_name(layer)} WHERE {quote_name(column)} {listed}))"  # noqa: S608
    return f"({sql} {listed})"


class Field(NamedTuple):
    """One field of a layer, whose table goes by the name ``t``.

    Attributes
    ----------
    name
        What it is called.
    type
        ``text``, ``number``, ``day`` (an ISO date), ``figure`` (text that is a number, or a date),
        ``list`` (of texts), ``objects`` (a list that can only be empty or not) or ``geometry``.
    sql
        An expression; NULL when the field is empty.
    column
        Whether the table has it as a column.
    values
        Values of placeholders in `sql`.
    number
        The expression of a ``figure`` as a number; NULL where it is a date.
    members
        A SELECT of the members of a ``list``; of references to sources only the ids.
    """

    name: str
    type: str
    sql: str
    column: bool = True
    values: tuple[tuple[str, str], ...] = ()
    number: str = ""
    members: str = ""


def layer_fields(catalogue: Catalogue, layer: str, schema: str) -> dict[str, Field]:
    """Return the fields of a layer or table by name: its columns in their order, then those that are derived."""
    fields: dict[str, Field] = {}
    for name, declared in catalogue.columns(layer):
        sql = f"t.{quote_name(name)}"
        if name == "geom":
            fields["geometry"] = Field("geometry", "geometry", sql, column=False)
        elif name in LISTS:
            kind, listed = ("list" if name in {"sources", "made_of"} else "objects"), f"NULLIF({sql}, '[]')"
            member = "substr(value, 1, instr(value || '#', '#') - 1)" if name == "sources" else "value"
            members = f"SELECT {member} AS value FROM {catalogue.each(listed)}"  # noqa: S608  (names are quoted)
            fields[name] = Field(name, kind, listed, members=members)
        elif (schema, name) in _FIGURES:
            as_number = f"CASE WHEN t.unit <> 'date' THEN {catalogue.number(sql)} END"
            fields[name] = Field(name, "figure", sql, number=as_number)
        elif name != "fid":
            fields[name] = Field(name, _type_of(name, declared), sql)
    if schema in _CLAIMED:
        key = ASKABLE[schema].key
        for number, measure in enumerate(catalogue.value("measures")):
            for bound in ("low", "high"):
                found = f"SELECT {bound} FROM claimed WHERE measure = :measure{number} AND subject = t.{key}"  # noqa: S608
                name = f"claimed_{measure}_{bound}"
                fields[name] = Field(name, "number", f"({found})", False, ((f"measure{number}", measure),))
    if "geometry" in fields:  # what stands first in the table is not what a reader looks for first
        fields["geometry"] = fields.pop("geometry")
    return fields


def _type_of(name: str, declared: str) -> str:
    if name in BOUNDS:
        return "day"
    return "number" if any(word in declared for word in _NUMBERS) else "text"


def field_names(catalogue: Catalogue, layer: str) -> tuple[str, ...]:
    """Return the names of the fields of a layer or table; none when there is no such layer."""
    found = asked_layers(catalogue, keyless=True).get(layer)
    return tuple(layer_fields(catalogue, layer, found["schema"])) if found else ()


def unknown_field(option: str, name: str, fields: dict[str, Field]) -> Problem:
    """Return the problem of a field that a layer does not have; it lists those that it has."""
    shown = [field for field in fields if not field.startswith("claimed_")]
    if len(shown) < len(fields):
        shown.append("claimed_MEASURE_low, claimed_MEASURE_high")
    return unknown_word(option, name, shown, suggest_terms(name, fields))
