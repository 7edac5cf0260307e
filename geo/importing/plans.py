"""How a file is to be imported: columns, values, coordinate system; kept in ``import.toml`` to be corrected."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from geo.errors import InputError, Problem
from geo.gazetteer import suggest_terms
from geo.importing.columns import FIELDS, Guess
from geo.readers.gathering import Reading
from geo.spec import SCHEMAS
from geo.wording import DayOrder

__all__ = ["FILLABLE", "PLAN_NAME", "SHAPE_FIELDS", "ImportSpec", "Plan", "find_plan", "plan_text", "read_specs"]

PLAN_NAME: Final = "import.toml"
"""The file of an atlas in which the plans of its imports stand."""

SHAPE_FIELDS: Final = ("from", "to", "source", "source_url", "locator")
"""What a column can say of an area, journey or piece of a backdrop beside the fields of its schema."""

FILLABLE: Final = (
    frozenset(FIELDS)
    | frozenset(SHAPE_FIELDS)
    | frozenset(name for schema in SCHEMAS.values() if schema.holds == "layer" for name in schema.names)
)
"""Every field that a column may fill, whatever the layer."""


class ImportSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[imports]]`` of an ``import.toml``."""

    file: str
    layer: str
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    fill: dict[str, str] = {}
    crs: str = ""
    gazetteer: str = ""
    date_order: DayOrder = ""
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""


class _Specs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    imports: tuple[ImportSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file becomes a layer.

    Attributes
    ----------
    columns
        Field -> column of the file.
    values
        Field -> text in the file -> word of the atlas.
    fill
        Field -> what stands there when the cell is empty.
    crs
        The coordinate system of the positions; empty for that of the file, or WGS 84.
    gazetteer
        A layer of the atlas or a file by which places without a position are located; empty for none.
    date_order
        ``dmy`` or ``mdy`` where dates stand in numbers alone; empty to refuse what can be read in two ways.
    reading
        How the file is read.
    guesses
        How the columns were found, where they were guessed.
    """

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    fill: dict[str, str] = field(default_factory=dict)
    crs: str = ""
    gazetteer: str = ""
    date_order: DayOrder = ""
    reading: Reading = field(default_factory=Reading)
    guesses: tuple[Guess, ...] = ()

    def with_columns(self, columns: dict[str, str]) -> Plan:
        """Return the plan with other columns for some fields; a column serves one field."""
        wanted = set(columns.values())
        kept = {key: column for key, column in self.columns.items() if column not in wanted}
        if columns.keys() & {"lat", "lon", "coord"}:  # the position is said in one way
            kept = {key: column for key, column in kept.items() if key not in {"lat", "lon", "coord"}}
        return replace(self, columns=kept | columns)


def read_specs(data: dict[str, Any], name: str) -> tuple[ImportSpec, ...]:
    """Return the plans that an ``import.toml`` holds.

    Parameters
    ----------
    data
        What the file says.
    name
        The file, for messages.

    Returns
    -------
    tuple of ImportSpec
        In the order of the file.

    Raises
    ------
    InputError
        It is not of that form, or names a field that there is not; with every such field.
    """
    try:
        specs = msgspec.convert(data, _Specs).imports
    except msgspec.ValidationError as error:
        problem = Problem(name, "", "", str(error), "[[imports]] with file, layer and columns", "", "plan")
        raise InputError(f"{name} cannot be used", [problem]) from None
    problems = [
        Problem(name, f"imports[{number}].{section}", "", key, f"a field: {', '.join(FIELDS)}", _meant(key), "plan")
        for number, spec in enumerate(specs, start=1)
        for section, named in (("columns", spec.columns), ("values", spec.values), ("fill", spec.fill))
        for key in named
        if key not in FILLABLE
    ]
    if problems:
        raise InputError(f"{name} cannot be used", problems)
    return specs


def _meant(key: str) -> str:
    near = suggest_terms(key, FILLABLE)
    return f"did you mean {' or '.join(near)}?" if near else ""


def find_plan(specs: Iterable[ImportSpec], file: str, layer: str) -> Plan | None:
    """Return the plan for a file and a layer, or None.

    Parameters
    ----------
    specs
        The plans of the atlas.
    file
        The name of the file, without its folder.
    layer
        The layer.

    Returns
    -------
    Plan or None
        The last one that fits, as a later one corrects an earlier one.
    """
    found = None
    for spec in specs:
        if (spec.file, spec.layer) == (file, layer):
            reading = Reading(spec.delimiter, spec.encoding, spec.sheet)
            found = Plan(
                dict(spec.columns), spec.values, spec.fill, spec.crs, spec.gazetteer, spec.date_order, reading
            )  # fmt: skip
    return found


def plan_text(file: str, layer: str, plan: Plan, columns: Iterable[str]) -> str:
    """Return a plan as TOML with comments: what was taken for what, how sure, and what was not used.

    Parameters
    ----------
    file, layer
        What is imported, and into what.
    plan
        The plan.
    columns
        All columns of the file.

    Returns
    -------
    str
        The text of an ``import.toml``.
    """
    sure = {guess.field: f"  # {guess.surety}: {guess.why}" for guess in plan.guesses}
    lines = [
        "# How the file is imported. Correct what is wrong here and run `memorial import` again: it obeys this file.",
        "[[imports]]",
        f"file = {_quoted(file)}",
        f"layer = {_quoted(layer)}",
    ]
    settings = (
        ("crs", plan.crs), ("gazetteer", plan.gazetteer), ("date_order", plan.date_order),
        ("delimiter", plan.reading.delimiter),
        ("encoding", plan.reading.encoding), ("sheet", plan.reading.sheet),
    )  # fmt: skip
    lines += [f"{key} = {_quoted(value)}" for key, value in settings if value]
    if not plan.date_order:
        lines.append(
            '# date_order = "dmy"  # or "mdy": how to read 03/04/1977; without it, such a date waits for a person'
        )
    lines += ["", "[imports.columns]  # field = column of the file"]
    lines += [f"{key} = {_quoted(column)}{sure.get(key, '')}" for key, column in plan.columns.items()]
    unused = [column for column in columns if column not in plan.columns.values()]
    if unused:
        lines += ["", "# Columns that are not used: " + ", ".join(map(_quoted, unused))]
    lines.append("# Fields that a column can fill: " + ", ".join(FIELDS))
    if plan.fill:
        lines += ["", "[imports.fill]  # what stands where a cell is empty"]
        lines += [f"{key} = {_quoted(value)}" for key, value in plan.fill.items()]
    for key, words in plan.values.items():
        lines += ["", f"[imports.values.{key}]  # text in the file = word of data/vocabulary.toml"]
        lines += [f"{_quoted(text)} = {_quoted(word)}" for text, word in words.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a text as a basic string of TOML, which JSON's string is, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
