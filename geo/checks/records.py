"""The atlas as the rules see it: columns with their places, and the sets of things that may be named."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import chain
from typing import Any, Final

import msgspec

from geo.checks.sheets import Sheet, blank
from geo.columns import distinct_texts, find_odd, is_odd
from geo.errors import Problem
from geo.gazetteer import Bounds, parse_edtf, unit_codes
from geo.readers import Inputs
from geo.spec import SCHEMAS, Field

__all__ = ["KEBAB", "MANY", "Ids", "Records", "Text", "edtf_bounds"]

KEBAB: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""The form of a permanent identifier."""


@lru_cache(maxsize=65_536)
def edtf_bounds(text: str) -> Bounds | str:
    """Return the bounds of a date, or the reason why the text is not EDTF."""
    try:
        return parse_edtf(text)
    except ValueError as reason:
        return str(reason)


MANY: Final = 20_000
"""How many names may be compared with one that nothing bears: it takes as long as there are names."""


class Ids(Collection[str]):
    """Several sets of ids as one, without a copy of a million of them."""

    def __init__(self, *parts: Collection[str]) -> None:
        self._parts = parts

    def __contains__(self, key: object) -> bool:
        return any(key in part for part in self._parts)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(chain.from_iterable(self._parts)))

    def __len__(self) -> int:
        return sum(map(len, self._parts))


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
        parts: list[Iterable[str]] = []
        for sheet in self.of(*kinds):
            layer = sheet.schema.holds == "layer"
            parts.append(self.inputs.keys[sheet.name] if layer else distinct_texts(sheet.frame[sheet.schema.key]))
            parts.append(key for key in self.inputs.set_aside.get(sheet.name, ()) if isinstance(key, str))
        return frozenset(filter(None, chain.from_iterable(parts)))  # made at once: a copy of a million takes its room

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
    def subjects(self) -> Ids:
        """Return everything that a claim can be about: sites, routes, areas, the nation."""
        return Ids(self.sites, self.keys("routes"), self.areas, frozenset({self.inputs.manifest.atlas.nation}))

    @cached_property
    def units(self) -> frozenset[str]:
        """Return the codes of administrative units below the areas: those of the sites, and those above them."""
        codes = set().union(*(distinct_texts(sheet.frame["place_code"]) for sheet in self.of("sites")))
        return frozenset(code for code in unit_codes(codes) if any(code.startswith(area) for area in self.areas))

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
        return _source_place(self.inputs.sources, at)

    def _method_lines(self) -> Iterator[Text]:
        """Yield the lines of the method page; the spaces around one are layout."""
        for at, line in enumerate((self.inputs.method or "").splitlines(), start=1):
            if not blank(line):
                yield Text(line.strip(" "), str(self.inputs.manifest.files.method), at, lambda at: f"line {at}", "")

    def texts(self) -> Iterator[Text]:
        """Yield every text that the atlas holds: of cells, lists and objects, sources, the method page, TOML files."""
        for sheet in self.sheets:
            for name in sheet.speaking:
                yield from _texts_of(sheet, name, enumerate(sheet.column(name)))
        yield from self._texts_beside()

    @cached_property
    def odd_texts(self) -> tuple[Text, ...]:
        """Return those of `texts` that may not be in form C, may hold something invisible, or a space at an end.

        In a packed column these are few; elsewhere it is every text that is not plain ASCII.
        """
        found: list[Text] = []
        for sheet in self.sheets:
            for name in sheet.speaking:
                cells: Iterable[tuple[int, object]]
                if sheet.packed(name):
                    cells = ((at, sheet.value(name, at)) for at in find_odd(sheet.frame[name]))
                else:
                    cells = enumerate(sheet.column(name))
                found += (text for text in _texts_of(sheet, name, cells) if is_odd(text.text))
        found += (text for text in self._texts_beside() if is_odd(text.text))
        return tuple(found)

    def _texts_beside(self) -> Iterator[Text]:
        """Yield the texts that stand in no layer or table."""
        files = self.inputs.manifest.files
        # A text that named these records, which keep it, would keep them, and so the whole atlas, after the checks.
        source_where = partial(_source_place, self.inputs.sources)
        for at, source in enumerate(self.inputs.sources):
            for path, text in _inside(source, ""):
                yield Text(text, files.sources, at, source_where, path)
        yield from self._method_lines()
        documents: list[tuple[str, object]] = [
            ("atlas.toml", self.inputs.manifest),
            (files.vocabulary, self.inputs.vocabulary),
            *((f"{files.maps}/{name}.toml", spec) for name, spec in self.inputs.maps.items()),
        ]
        for file, document in documents:
            for path, text in _inside(msgspec.to_builtins(document), ""):
                yield Text(text, file, 0, _always(f"key {path}"), "")


def _texts_of(sheet: Sheet, name: str, cells: Iterable[tuple[int, object]]) -> Iterator[Text]:
    """Yield the texts in some cells of a column."""
    for at, value in cells:
        if isinstance(value, str):
            if value:
                yield Text(value, sheet.file, at, sheet.where, name)
        elif isinstance(value, list | dict):
            for path, text in _inside(value, name):
                yield Text(text, sheet.file, at, sheet.where, path)


def _source_place(sources: Sequence[dict[str, Any]], at: int) -> str:
    key = sources[at].get("id")
    return f"item {at + 1} ({key})" if isinstance(key, str) and key else f"item {at + 1}"


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
