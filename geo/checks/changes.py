"""Rules about the record of changes: what it names is there, or is truly gone."""

from __future__ import annotations

from collections.abc import Iterator

from geo.checks.records import MANY, Ids, Records
from geo.checks.sheets import blank
from geo.errors import Problem
from geo.gazetteer import suggest_terms

__all__ = ["changed_record", "merged_into"]

_GONE = ("merged", "removed")
"""Actions after which a record is no longer there."""

_ANY = "the id of a site, route, area, claim, event or source, or the nation"


def changed_record(records: Records) -> Iterator[Problem]:
    """Require that a record that was changed is there, unless its last change removed it: then it is not."""
    for sheet in records.of("changes"):
        known = _known(records)
        last = {record: action for _, record, action in sheet.columns("record", "action")}
        for at, record, action in sheet.columns("record", "action"):
            if blank(record):
                continue
            if record not in known and last[record] not in _GONE:
                near = suggest_terms(record, known) if len(known) <= MANY else []
                hint = f"Did you mean {' or '.join(near)}?" if near else ""
                yield sheet.problem(
                    at, "record", record, f"{_ANY}; or a last change that is {' or '.join(_GONE)}", hint
                )
            elif record in known and action in _GONE and last[record] in _GONE:
                yield sheet.problem(at, "record", record, f"a record that is gone, because it was {action}")


def merged_into(records: Records) -> Iterator[Problem]:
    """Require of a record that was merged, and of no other, that it names the record that took it in."""
    for sheet in records.of("changes"):
        known = _known(records)
        later = {
            record
            for record, action in zip(sheet.column("record"), sheet.column("action"), strict=True)
            if action in _GONE
        }
        for at, record, action, into in sheet.columns("record", "action", "into"):
            if action != "merged":
                if not blank(into):
                    yield sheet.problem(at, "into", into, f"nothing, because the record was {action}, not merged")
            elif blank(into) or into == record:
                yield sheet.problem(at, "into", into or "nothing", "the id of the record that took it in")
            elif into not in known and into not in later:
                near = suggest_terms(into, known) if len(known) <= MANY else []
                yield sheet.problem(at, "into", into, _ANY, f"Did you mean {' or '.join(near)}?" if near else "")


def _known(records: Records) -> Ids:
    """Return every id of the atlas."""
    return Ids(records.subjects, records.claims, records.keys("events"), records.sources)
