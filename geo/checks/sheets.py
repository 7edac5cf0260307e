"""One layer or table as the rules see it: its columns, its cells, and where a row stands in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pandas as pd
from geopandas.array import GeometryArray

from geo.columns import Sure, column_array, column_values, distinct_rows, find_empty, find_misfits, find_values
from geo.errors import Problem
from geo.points import packed_positions
from geo.spec import Schema

__all__ = ["Sheet", "blank"]


def blank(value: object) -> bool:
    """Return whether a cell says nothing: ``None``, nothing but spaces, an empty list."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


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

    @property
    def shapes(self) -> GeometryArray:
        """Return the geometry of each feature."""
        return self.frame.geometry.array

    @property
    def pointed(self) -> bool:
        """Return whether its geometries are flat points that are packed: each is valid, or missing."""
        return packed_positions(self.frame.geometry) is not None

    @property
    def speaking(self) -> list[str]:
        """Return the names of the columns that may hold texts: all but the geometry."""
        return [str(name) for name in self.frame.columns if name != "geometry"]

    @cached_property
    def _values(self) -> dict[str, list[Any]]:
        return {}

    @cached_property
    def _arrays(self) -> dict[str, Any]:
        return {str(name): column_array(self.frame[name]) for name in self.frame.columns if name != "geometry"}

    def packed(self, name: str) -> bool:
        """Return whether a column is packed: then every value is of the type of its field."""
        return self._arrays.get(name) is not None

    def _lists(self, name: str) -> bool:
        return self.packed(name) and self._arrays[name].type.num_fields > 0

    def column(self, name: str) -> list[Any]:
        """Return the values of a column; ``None`` for every row when the column is not there."""
        if self.packed(name):  # as objects it would fill the memory, were it kept
            return column_values(self.frame[name])
        if name not in self._values:
            there = name in self.frame.columns
            self._values[name] = self.frame[name].tolist() if there else [None] * len(self)
        return self._values[name]

    def value(self, name: str, at: int) -> Any:  # noqa: ANN401  (any JSON value)
        """Return what stands in one cell."""
        return self._arrays[name][at].as_py() if self.packed(name) else self.column(name)[at]

    def columns(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield, row by row, its position and the values of the named columns."""
        return zip(range(len(self)), *(self.column(name) for name in names), strict=True)

    def empty(self, name: str) -> Iterator[tuple[int, Any]]:
        """Yield position and value of every cell of a column that may say nothing: the rule looks closer."""
        if self.packed(name):
            for at in find_empty(self.frame[name]):
                yield at, self.value(name, at)
        else:
            yield from enumerate(self.column(name))

    def filled(self, name: str) -> Iterator[tuple[int, Any]]:
        """Yield position and value of every cell of a column in which something stands, be it blank."""
        return find_misfits(self.frame[name], lambda _: False) if name in self.frame.columns else iter(())

    def combinations(self, wrong: Callable[..., object], *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield position and values of the rows whose texts and numbers in some columns are wrong together."""
        if not all(self.packed(name) for name in names):
            yield from (row for row in self.columns(*names) if wrong(*row[1:]))
            return
        faulty = {row for row in distinct_rows([self.frame[name] for name in names]) if wrong(*row)}
        if faulty:
            yield from (row for row in self.columns(*names) if row[1:] in faulty)

    def where_is(self, name: str, *words: str) -> list[int]:
        """Return the positions of the rows that have one of some words in a column."""
        return find_values(self.frame[name], words) if name in self.frame.columns else []

    def misfits(
        self,
        name: str,
        fits: Callable[[Any], object],
        member: Callable[[str], object] | None = None,
        sure: Sure | None = None,
    ) -> Iterator[tuple[int, Any]]:
        """Yield position and value of every cell of a column that is not blank and does not fit.

        A list of texts fits when every text in it does: `member` is what may be asked of each alone. What texts fit
        for certain, `sure` tells in bulk.
        """
        if name not in self.frame.columns:
            return
        series = self.frame[name]
        if member is not None and self._lists(name):
            for at in dict.fromkeys(at for at, _ in find_misfits(series, member, sure)):
                yield at, self.value(name, at)
        elif self.packed(name) and not self._lists(name):
            yield from ((at, value) for at, value in find_misfits(series, fits, sure) if not blank(value))
        else:
            for at, value in enumerate(self.column(name)):
                if not blank(value) and not fits(value):
                    yield at, value

    def misfit_words(
        self, fits: Callable[[str], object], name: str, sure: Sure | None = None
    ) -> Iterator[tuple[int, str]]:
        """Yield the position of every text of a column that does not fit, and that text; those of a list one by one.

        What is blank is passed over, and so is what is no text. What texts fit for certain, `sure` tells in bulk.
        """
        if self.packed(name):
            lists = self._lists(name)
            for at, text in find_misfits(self.frame[name], fits, sure):
                if text and (lists or not blank(text)):
                    yield at, text
            return
        for at, value in enumerate(self.column(name)):
            if blank(value):
                continue
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and text and not fits(text):
                    yield at, text

    def where(self, at: int) -> str:
        """Return where a row stands, in words: ``feature 3 (s-21)``, ``line 12 (c0010)``, ``line 12``."""
        number = f"{'feature' if self.schema.holds == 'layer' else 'line'} {self.frame.index[at]}"
        key = self.value(self.schema.key, at) if self.schema.key else None
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
