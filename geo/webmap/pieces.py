"""Small pieces that every part of a payload is put together from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol

from geo.spec import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DECIMALS", "Json", "Row", "given", "listed", "span", "speak"]

DECIMALS: Final = 5
"""Decimals of a degree kept in the points of the cover; the fifth is about a metre."""

Json = dict[str, Any]


class Row(Protocol):
    """A row of the catalogue: values by the name of their column."""

    def __getitem__(self, key: str, /) -> Any:  # noqa: ANN401  (what the column holds)
        """Return the value of a column."""


def speak(text: Mapping[str, str] | None, languages: Sequence[str]) -> dict[str, str]:
    """Return a text in English and in each of the languages in which it exists.

    Parameters
    ----------
    text
        Language tag -> text; ``None`` is a text in no language.
    languages
        The languages that the page speaks.

    Returns
    -------
    dict of str to str
        In the order of `LANGUAGES`.
    """
    spoken = text or {}
    return {code: spoken[code] for code in LANGUAGES if spoken.get(code) and (code == "en" or code in languages)}


def given(**values: Any) -> Json:  # noqa: ANN401  (the JSON of a record)
    """Return the values that are there: neither ``None`` nor empty text."""
    return {key: value for key, value in values.items() if value is not None and value != ""}


def listed(cell: str | None) -> list[Any]:
    """Return a list that the catalogue keeps as JSON text."""
    return list(json.loads(cell)) if cell else []


def span(row: Row) -> Json:
    """Return when a record began and ended: as EDTF, and in the source's own words."""
    return {key: row[key] for key in ("begin", "begin_text", "end", "end_text")}
