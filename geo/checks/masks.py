"""Rules about the masks that the manifest defines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from geo.checks.records import Records
from geo.checks.sheets import Sheet
from geo.errors import Problem
from geo.gazetteer import suggest_terms
from geo.masking import strictest_rule
from geo.spec import PRECISION_FLOOR_M, STANDINGS

__all__ = ["mask_rules", "masked_texts"]

_FILE: Final = "atlas.toml"

_POSITION: Final = re.compile(r"\d{1,3}\s*[°º]|\b\d{1,3}\.\d{4,}\b|\b\d{6}\s*[,;/ ]\s*\d{7}\b")
"""A position in the midst of a text: degrees with their sign, decimals finer than 11 m, or metres of UTM."""

_TOLD: Final = ("summary", "coord_source")
"""Texts of a place that a mask leaves as they are."""

_WITHOUT: Final = "a text without a position: a mask coarsens the place"


def mask_rules(records: Records) -> Iterator[Problem]:
    """Require of a rule of a mask words that exist, and that it either coarsens or hides."""
    known = {
        "kinds": tuple(records.inputs.vocabulary.kinds),
        "standings": STANDINGS,
        "bases": tuple(PRECISION_FLOOR_M),
    }
    for name, mask in records.inputs.manifest.masks.items():
        for number, rule in enumerate(mask.rules, start=1):
            where = f"key masks.{name}.rules[{number}]"
            if (rule.grid_m is None) != rule.hide:
                seen = "both" if rule.hide else "neither"
                yield Problem(_FILE, where, "grid_m, hide", seen, "one of the two: grid_m = metres, or hide = true")
            for field, words in known.items():
                yield from _unknown(where, field, getattr(rule, field), words)


def _unknown(where: str, field: str, said: Iterable[str], words: tuple[str, ...]) -> Iterator[Problem]:
    for word in said:
        if word not in words:
            near = suggest_terms(word, words)
            next_step = f"Did you mean {' or '.join(near)}?" if near else ""
            yield Problem(_FILE, where, field, word, f"one of {', '.join(words)}", next_step)


def masked_texts(records: Records) -> Iterator[Problem]:
    """Warn of a text that gives the position of a place which a mask coarsens: no mask changes texts."""
    masks = records.inputs.manifest.masks.values()
    masked: set[object] = set()
    if not masks:
        return
    for sheet in records.of("sites"):
        columns = sheet.columns("id", "kind", "standing", "precision_basis", "precision_m", *_TOLD)
        for at, key, kind, standing, basis, radius, *texts in columns:
            if any(strictest_rule(mask, kind, standing, basis, radius) for mask in masks):
                masked.add(key)
                for field, text in zip(_TOLD, texts, strict=True):
                    if isinstance(text, str) and (found := _POSITION.search(text)):
                        yield sheet.problem(at, field, found[0], _WITHOUT, severity="warning")
    for sheet in records.of("claims"):
        yield from _telling(sheet, "subject", masked, ("scope", "note", "locator"))
    for sheet in records.of("events"):
        yield from _telling(sheet, "place", masked, ("text", "place_text", "note", "locator"))


def _telling(sheet: Sheet, key: str, masked: Collection[object], fields: tuple[str, ...]) -> Iterator[Problem]:
    """Yield the texts of rows about masked places that give a position."""
    for at, place, *texts in sheet.columns(key, *fields):
        for field, text in zip(fields, texts, strict=True):
            if place in masked and (found := _POSITION.search(text or "")):
                yield sheet.problem(at, field, found[0], _WITHOUT, severity="warning")
