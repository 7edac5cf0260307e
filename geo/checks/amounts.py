"""Rules about numbers and dates: that they can be read, and that the first is not after the second."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from geo.checks.records import Records, edtf_bounds
from geo.checks.sheets import blank
from geo.errors import Problem
from geo.gazetteer import Bounds
from geo.ledger import DATE_UNIT, PLAIN_NUMBER

__all__ = ["begin_le_end", "bound_form", "low_le_high"]

_SPANS: Final = {
    "sites": ("begin", "end"),
    "routes": ("begin", "end"),
    "events": ("date", "end"),
    "zones": ("from", "to"),
}


def bound_form(records: Records) -> Iterator[Problem]:
    """Require plain numbers as bounds, or dates where the unit says so; a claim in words alone has them in its note."""
    for sheet in records.of("claims"):
        for at, low, high, unit, note in sheet.columns("low", "high", "unit", "note"):
            for field, text in (("low", low), ("high", high)):
                if not text:
                    continue
                if unit == DATE_UNIT:
                    if isinstance(edtf_bounds(text), str):
                        yield sheet.problem(at, field, text, "a date as EDTF, because the unit is date")
                elif not PLAIN_NUMBER.fullmatch(text):
                    yield sheet.problem(at, field, text, "a number in plain digits, such as 12273 or 1.5")
            if not low and not high and blank(note):
                expected = "at least one bound, or a note with the words of the source"
                yield sheet.problem(at, "low", "neither low nor high", expected)


def low_le_high(records: Records) -> Iterator[Problem]:
    """Require that the lower bound of a claim is not above the upper one."""
    for sheet in records.of("claims"):
        for at, low, high, unit in sheet.columns("low", "high", "unit"):
            if not low or not high:
                continue
            if unit == DATE_UNIT:
                if _certainly_after(low, high):
                    yield sheet.problem(at, "low", f"{low} to {high}", "a low that is not after high")
            elif PLAIN_NUMBER.fullmatch(low) and PLAIN_NUMBER.fullmatch(high) and Decimal(low) > Decimal(high):
                yield sheet.problem(at, "low", f"{low} to {high}", "a low that is not above high")


def begin_le_end(records: Records) -> Iterator[Problem]:
    """Refuse what ends before it began; dates that overlap as far as they are known pass."""
    for sheet in records.of(*_SPANS):
        first, last = _SPANS[sheet.kind]
        for at, begin, end in sheet.combinations(_ends_before, first, last):
            yield sheet.problem(at, last, f"{begin} to {end}", f"{last} not before {first}")


def _ends_before(begin: object, end: object) -> bool:
    return isinstance(begin, str) and isinstance(end, str) and _certainly_after(begin, end)


def _certainly_after(begin: str, end: str) -> bool:
    """Return whether the earliest that the one can mean lies after the latest that the other can mean."""
    if not begin or not end:
        return False
    first, last = edtf_bounds(begin), edtf_bounds(end)
    if not isinstance(first, Bounds) or not isinstance(last, Bounds):
        return False
    return bool(first.earliest and last.latest) and first.earliest > last.latest
