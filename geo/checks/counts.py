"""Rules about what the manifest holds against the counts of sources."""

from __future__ import annotations

from collections.abc import Iterator

from geo.checks.records import Records
from geo.errors import Problem
from geo.gazetteer import suggest_terms
from geo.ledger import ADMITTED_STATUSES, DATE_UNIT
from geo.spec import Coverage

__all__ = ["coverage"]

_FILE = "atlas.toml"


def coverage(records: Records) -> Iterator[Problem]:
    """Require of a coverage kinds of the vocabulary, and a claim that counts the whole nation and still stands."""
    claims = {}
    for sheet in records.of("claims"):
        for _, key, *rest in sheet.columns("id", "subject", "unit", "low", "high", "status", "partial"):
            claims[key] = tuple(rest)
    seen_kinds: dict[frozenset[str], int] = {}
    for number, entry in enumerate(records.inputs.manifest.coverage, start=1):
        where = f"key coverage[{number}]"
        yield from _kind_faults(records, where, entry)
        if (first := seen_kinds.setdefault(frozenset(entry.kinds), number)) != number:
            yield Problem(_FILE, where, "kinds", ", ".join(entry.kinds), f"other kinds than those of coverage[{first}]")
        if entry.claim not in claims:
            yield Problem(_FILE, where, "claim", entry.claim, "the id of a claim")
            continue
        nation = records.inputs.manifest.atlas.nation
        subject, unit, low, high, status, partial = claims[entry.claim]
        for wrong, seen, expected in (
            (subject != nation, f"about {subject}", f"a claim about the nation, {nation}"),
            (unit == DATE_UNIT, "a date", "a claim that counts"),
            (not low and not high, "no number", "a claim with a number"),
            (partial != "no", "a partial count", "a claim that counts the whole"),
            (status not in ADMITTED_STATUSES, status, "a claim that is current or contested"),
        ):
            if wrong:
                yield Problem(_FILE, where, "claim", f"{entry.claim}: {seen}", expected)


def _kind_faults(records: Records, where: str, entry: Coverage) -> Iterator[Problem]:
    """Yield what is wrong with the kinds of one coverage."""
    known = records.inputs.vocabulary.kinds
    if not entry.kinds:
        yield Problem(_FILE, where, "kinds", "nothing", "at least one kind of place")
    for at, kind in enumerate(entry.kinds):
        if kind not in known:
            near = suggest_terms(kind, known)
            next_step = f"Did you mean {' or '.join(near)}?" if near else ""
            yield Problem(_FILE, where, "kinds", kind, f"one of {', '.join(known)}", next_step)
        elif kind in entry.kinds[:at]:
            yield Problem(_FILE, where, "kinds", f"{kind} twice", "each kind once")
