"""Rules about what is said of people: an allegation is worded as one, a judgment rests on what may bear it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from geo.checks.records import Records
from geo.checks.sheets import blank
from geo.errors import Problem
from geo.gazetteer import fold
from geo.ledger import split_ref
from geo.spec import GRADES

__all__ = ["allegation_worded", "judged_named"]

_BEST: Final = GRADES[0]


def allegation_worded(records: Records) -> Iterator[Problem]:
    """Require that the summary of an alleged record says that it is an allegation, in the words of the manifest."""
    words = records.inputs.manifest.rules.allegation_words
    if not words:
        return
    said = re.compile("|".join(rf"\b{re.escape(fold(word))}\b" for word in words))
    for sheet in records.of("sites", "routes"):
        for at in sheet.where_is("standing", "alleged"):
            summary = sheet.value("summary", at)
            if not blank(summary) and not said.search(fold(str(summary))):
                yield sheet.problem(
                    at,
                    "summary",
                    str(summary),
                    f"one of the words that mark an allegation: {', '.join(words)}",
                    "say whose allegation it is, or give the source of a judgment and change the standing",
                )


def judged_named(records: Records) -> Iterator[Problem]:
    """Require that a record that stands on a judgment cites a source of the best grade."""
    grades = {
        source["id"]: custom.get("grade")
        for source in records.inputs.sources
        if isinstance(source.get("id"), str) and isinstance(custom := source.get("custom"), dict)
    }
    for sheet in records.of("sites", "routes"):
        for at in sheet.where_is("standing", "judged"):
            sources = sheet.value("sources", at)
            refs = sources if isinstance(sources, list) else []
            cited = [split_ref(ref)[0] for ref in refs if isinstance(ref, str)]
            if cited and not any(grades.get(source) == _BEST for source in cited):
                seen = ", ".join(f"{source} ({grades.get(source) or 'no grade'})" for source in dict.fromkeys(cited))
                yield sheet.problem(
                    at, "sources", seen, f"at least one source of grade {_BEST}: the record is said to be judged"
                )
