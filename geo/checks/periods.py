"""Rules about the crosswalk from today's areas to former ones, and about the periods that it fills."""

from __future__ import annotations

from collections.abc import Iterator

from geo.checks.records import KEBAB, Records, edtf_bounds
from geo.checks.sheets import blank
from geo.errors import Problem
from geo.gazetteer import suggest_terms

__all__ = ["crosswalk_once", "former_area", "period_filled", "period_named"]

_MANIFEST = "atlas.toml"


def period_named(records: Records) -> Iterator[Problem]:
    """Require that the manifest names every period that the crosswalk speaks of."""
    known = records.inputs.manifest.periods
    expected = f"one of {', '.join(known)}" if known else f"a period of {_MANIFEST}, which names none"
    for sheet in records.of("crosswalk"):
        for at, period in sheet.columns("period"):
            if not blank(period) and period not in known:
                near = suggest_terms(period, known)
                hint = f"Did you mean {' or '.join(near)}?" if near else f"Add [periods.{period}] to {_MANIFEST}"
                yield sheet.problem(at, "period", period, expected, hint)


def period_filled(records: Records) -> Iterator[Problem]:
    """Require that a period has a year in EDTF, areas to be made of, and a row that says how they were other."""
    filled = {period for sheet in records.of("crosswalk") for _, period in sheet.columns("period")}
    for name, spec in records.inputs.manifest.periods.items():
        reason = edtf_bounds(spec.year)
        if isinstance(reason, str):
            yield Problem(_MANIFEST, f"key periods.{name}.year", "", spec.year, f"a date in EDTF ({reason})")
        if not records.of("areas"):
            yield Problem(_MANIFEST, f"key periods.{name}", "", "no layer of areas", "areas to dissolve")
        if name not in filled:
            expected = "at least one row of a crosswalk: without one, the areas are today's"
            yield Problem(_MANIFEST, f"key periods.{name}", "", "no row that speaks of it", expected)


def crosswalk_once(records: Records) -> Iterator[Problem]:
    """Require that an area of today belongs to one former area of a period."""
    for sheet in records.of("crosswalk"):
        first: dict[tuple[str, str], int] = {}
        for at, code, period in sheet.columns("code", "period"):
            if blank(code) or blank(period):
                continue
            other = first.setdefault((code, period), at)
            if other != at:
                seen = f"{code} again, after {sheet.where(other)}"
                yield sheet.problem(at, "code", seen, f"each area once in {period}")


def former_area(records: Records) -> Iterator[Problem]:
    """Require that a former area has an id of its own, and one name in every row of its period."""
    for sheet in records.of("crosswalk"):
        first: dict[tuple[str, str, str], tuple[int, str]] = {}
        for at, period, key, *names in sheet.columns("period", "id", "name", "name_km"):
            if blank(key):
                continue
            if not KEBAB.fullmatch(key):
                yield sheet.problem(at, "id", key, "lower-case letters, digits and single hyphens")
            if key in records.areas:
                expected = "an id that no area of today bears: one that is kept as itself has its code"
                yield sheet.problem(at, "id", key, expected)
            for field, name in zip(("name", "name_km"), names, strict=True):
                other, known = first.setdefault((period, key, field), (at, name))
                if name != known:
                    seen = name or "nothing"
                    yield sheet.problem(at, field, seen, f"{known or 'nothing'}, as in {sheet.where(other)}")
