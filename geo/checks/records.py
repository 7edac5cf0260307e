"""The atlas as the rules see it: columns with their places, and the sets of things that may be named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Literal

import msgspec
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.errors import Problem
from geo.gazetteer import Bounds, parse_edtf
from geo.readers import Inputs
from geo.readers.columns import column_values
from geo.spec import SCHEMAS, Field, Schema

__all__ = ["KEBAB", "Records", "Sheet", "Text", "blank", "edtf_bounds"]

KEBAB: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""The form of a permanent identifier."""


def blank(value: object) -> bool:
    """Return whether a cell says nothing: ``None``, nothing but spaces, an empty list."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


@lru_cache(maxsize=65_536)
def edtf_bounds(text: str) -> Bounds | str:
    """Return the bounds of a date, or the reason why the text is not EDTF."""
    try:
        return parse_edtf(text)
    except ValueError as reason:
        return str(reason)


@dataclass(frozen=True)
class Sheet:
    """One layer or table, column by column.

    Attributes
    ----------
    name
        What the manifest calls it.
    file
        Its file, relative to the atlas.
    kind
        The name of its schema.
    schema
        The columns that it should have.
    frame
        What was read.
    """

    name: str
    file: str
    kind: str
    schema: Schema
    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def numbers(self) -> list[Any]:
        """Return the number of each feature, or the line of each row."""
        return list(self.frame.index)

    @cached_property
    def shapes(self) -> list[BaseGeometry | None]:
        """Return the geometry of each feature."""
        return list(self.frame.geometry)

    @cached_property
    def _values(self) -> dict[str, list[Any]]:
        return {}

    def column(self, name: str) -> list[Any]:
        """Return the values of a column; ``None`` for every row when the column is not there."""
        if name not in self._values:
            there = name in self.frame.columns
            self._values[name] = column_values(self.frame[name]) if there else [None] * len(self)
        return self._values[name]

    def columns(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield, row by row, its position and the values of the named columns."""
        return zip(range(len(self)), *(self.column(name) for name in names), strict=True)

    def cells(self, *types: str) -> Iterator[tuple[Field, int, Any]]:
        """Yield every cell that is not blank in the columns of these types: field, position, value."""
        for field in self.schema.fields:
            if field.type in types:
                for at, value in enumerate(self.column(field.name)):
                    if not blank(value):
                        yield field, at, value

    def words(self, *types: str) -> Iterator[tuple[Field, int, str]]:
        """Yield every text that is not blank in the columns of these types; the texts of a list one by one."""
        for field, at, value in self.cells(*types):
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and text:
                    yield field, at, text

    def where(self, at: int) -> str:
        """Return where a row stands, in words: ``feature 3 (s-21)``, ``line 12 (c0010)``, ``line 12``."""
        number = f"{'feature' if self.schema.holds == 'layer' else 'line'} {self.numbers[at]}"
        key = self.column(self.schema.key)[at] if self.schema.key else None
        return f"{number} ({key})" if key else number

    def problem(
        self,
        at: int,
        field: str,
        seen: str,
        expected: str,
        next_step: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """Return a problem that stands in one row of this sheet."""
        return Problem(self.file, self.where(at), field, seen, expected, next_step, severity=severity)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the atlas, and where it stands.

    Attributes
    ----------
    text
        What is written.
    input
        The file, relative to the atlas.
    at
        The position of the row, feature or item that holds it.
    where
        Says in words where that position is.
    field
        The column or member, with the path to a text inside a list or an object.
    """

    text: str
    input: str
    at: int
    where: Callable[[int], str]
    field: str

    def problem(self, seen: str, expected: str) -> Problem:
        """Return a problem with this text."""
        return Problem(self.input, self.where(self.at), self.field, seen, expected)


@dataclass(frozen=True)
class Records:
    """Everything that was read, and what of it may be named elsewhere.

    Attributes
    ----------
    inputs
        The atlas as the readers left it.
    """

    inputs: Inputs

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """Return every layer and table that was read, in the order of the manifest."""
        manifest = self.inputs.manifest
        layers = [
            (name, spec.file, spec.schema, self.inputs.layers.get(name)) for name, spec in manifest.layers.items()
        ]
        tables = [
            (name, spec.file, spec.schema, self.inputs.tables.get(name)) for name, spec in manifest.tables.items()
        ]
        return tuple(
            Sheet(name, file, kind, SCHEMAS[kind], frame)
            for name, file, kind, frame in [*layers, *tables]
            if frame is not None
        )

    def of(self, *kinds: str) -> list[Sheet]:
        """Return the sheets of these schemas."""
        return [sheet for sheet in self.sheets if sheet.kind in kinds]

    def keys(self, *kinds: str) -> frozenset[str]:
        """Return the ids or codes in the sheets of these schemas, also of features that the readers set aside."""
        return frozenset(
            key
            for sheet in self.of(*kinds)
            for key in [*sheet.column(sheet.schema.key), *self.inputs.set_aside.get(sheet.name, ())]
            if isinstance(key, str) and key
        )

    @cached_property
    def areas(self) -> frozenset[str]:
        """Return the codes of the areas."""
        return self.keys("areas")

    @cached_property
    def sites(self) -> frozenset[str]:
        """Return the ids of the sites."""
        return self.keys("sites")

    @cached_property
    def claims(self) -> frozenset[str]:
        """Return the ids of the claims."""
        return self.keys("claims")

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Return everything that a claim can be about: sites, routes, areas, the nation."""
        return self.keys("sites", "routes", "areas") | {self.inputs.manifest.atlas.nation}

    @cached_property
    def units(self) -> frozenset[str]:
        """Return the codes of administrative units below the areas: those of the sites, and those above them."""
        codes = {code for sheet in self.of("sites") for code in sheet.column("place_code") if isinstance(code, str)}
        parts = {code[:length] for code in codes for length in range(1, len(code) + 1)}
        return frozenset(part for part in parts if any(part.startswith(area) for area in self.areas))

    @cached_property
    def sources(self) -> frozenset[str]:
        """Return the ids of the sources."""
        return frozenset(source["id"] for source in self.inputs.sources if isinstance(source.get("id"), str))

    def terms(self, field: Field) -> tuple[str, ...]:
        """Return the words that a field of type ``term`` may hold."""
        if isinstance(field.terms, tuple):
            return field.terms
        return tuple(getattr(self.inputs.vocabulary, field.terms))

    def source_where(self, at: int) -> str:
        """Return where a source stands, in words: ``item 3 (first-book)``."""
        key = self.inputs.sources[at].get("id")
        return f"item {at + 1} ({key})" if isinstance(key, str) and key else f"item {at + 1}"

    def _method_lines(self) -> Iterator[Text]:
        """Yield the lines of the method page; the spaces around one are layout."""
        for at, line in enumerate((self.inputs.method or "").splitlines(), start=1):
            if not blank(line):
                yield Text(line.strip(" "), str(self.inputs.manifest.files.method), at, lambda at: f"line {at}", "")

    def texts(self) -> Iterator[Text]:
        """Yield every text that the atlas holds: of cells, lists and objects, sources, the method page, TOML files."""
        for sheet in self.sheets:
            for name in sheet.frame.columns:
                for at, value in enumerate(sheet.column(name)):
                    if isinstance(value, str):
                        if value:
                            yield Text(value, sheet.file, at, sheet.where, name)
                    elif isinstance(value, list | dict):
                        for path, text in _inside(value, name):
                            yield Text(text, sheet.file, at, sheet.where, path)
        files = self.inputs.manifest.files
        for at, source in enumerate(self.inputs.sources):
            for path, text in _inside(source, ""):
                yield Text(text, files.sources, at, self.source_where, path)
        yield from self._method_lines()
        documents: list[tuple[str, object]] = [
            ("atlas.toml", self.inputs.manifest),
            (files.vocabulary, self.inputs.vocabulary),
            *((f"{files.maps}/{name}.toml", spec) for name, spec in self.inputs.maps.items()),
        ]
        for file, document in documents:
            for path, text in _inside(msgspec.to_builtins(document), ""):
                yield Text(text, file, 0, _always(f"key {path}"), "")


def _always(place: str) -> Callable[[int], str]:
    """Return a function that says where something stands that has no position."""
    return lambda _: place


def _inside(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text inside lists and objects, with the path that leads to it; the names of members too."""
    if isinstance(value, str):
        if value:
            yield path, value
    elif isinstance(value, dict):
        for name, member in value.items():
            below = f"{path}.{name}" if path else str(name)
            yield below, str(name)
            yield from _inside(member, below)
    elif isinstance(value, list | tuple):
        for number, member in enumerate(value, start=1):
            yield from _inside(member, f"{path}[{number}]")
