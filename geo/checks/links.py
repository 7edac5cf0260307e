"""Rules about what one record says of another: that it exists, that it fits, that it leads nowhere in a circle."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Final

from geo.checks.records import MANY, Ids, Records
from geo.checks.sheets import Sheet, blank
from geo.columns import sure_sources
from geo.errors import Problem
from geo.gazetteer import suggest_terms
from geo.ledger import ADMITTED_STATUSES, split_ref

__all__ = [
    "cited",
    "code_in_province",
    "figures_match",
    "part_of_acyclic",
    "province_exists",
    "record_exists",
    "relation_of_two",
    "source_exists",
]

_SOURCES: Final[dict[str, Callable[[str], str]]] = {
    "source": str,
    "source_ref": lambda text: split_ref(text)[0],
    "source_refs": lambda text: split_ref(text)[0],
}
"""Type of a column -> how the source is found in its text."""


def cited(records: Records) -> Iterator[Problem]:
    """Require that every record names a source."""
    for sheet in records.sheets:
        for field in sheet.schema.fields:
            if field.required and field.type in ("source", "source_ref", "source_refs"):
                for at, value in sheet.empty(field.name):
                    if blank(value) or (isinstance(value, list) and all(blank(item) for item in value)):
                        yield sheet.problem(
                            at, field.name, "no source", "at least one source: nothing stands here unsaid by anyone"
                        )


def _missing(
    sheet: Sheet, field: str, at: int, seen: str, expected: str, known: Collection[str], word: str = ""
) -> Problem:
    """Return the problem of a name that nothing bears, with the nearest that is borne."""
    near = suggest_terms(word or seen, known) if len(known) <= MANY else []
    return sheet.problem(at, field, seen, expected, f"Did you mean {' or '.join(near)}?" if near else "")


def source_exists(records: Records) -> Iterator[Problem]:
    """Require that a source that is named is listed."""
    expected, known = f"the id of a source in {records.inputs.manifest.files.sources}", records.sources
    for sheet in records.sheets:
        for field in sheet.schema.fields:
            if field.type not in _SOURCES:
                continue
            source_of = _SOURCES[field.type]
            sure = sure_sources(known, "#") if field.type != "source" else None
            for at, text in sheet.misfit_words(partial(_leads_to, known, source_of), field.name, sure):
                yield _missing(sheet, field.name, at, text, expected, known, source_of(text))


def _leads_to(known: Collection[str], source_of: Callable[[str], str], text: str) -> bool:
    return source_of(text) in known


def record_exists(records: Records) -> Iterator[Problem]:
    """Require that a site, route, area or claim that is named is there."""
    known: dict[str, tuple[Ids | frozenset[str], str]] = {
        "record": (records.subjects, "the id of a site, route or area, or the nation"),
        "site": (records.sites, "the id of a site"),
        "claim": (records.claims, "the id of a claim"),
    }
    for sheet in records.sheets:
        for field in sheet.schema.fields:
            if field.type not in known:
                continue
            keys, expected = known[field.type]
            for at, key in sheet.misfit_words(keys.__contains__, field.name):
                yield _missing(sheet, field.name, at, key, expected, keys)
    for sheet in records.of("names"):
        for at, key in sheet.columns("subject"):
            if not blank(key) and key not in records.subjects and key not in records.units:
                expected = "the id of a site, route or area, or the code of a unit in which some site lies"
                yield _missing(sheet, "subject", at, key, expected, {*records.subjects, *records.units})
    for sheet in records.of("routes"):
        for at, stops in sheet.columns("stops"):
            for number, stop in enumerate(stops if isinstance(stops, list) else [], start=1):
                site = stop.get("site") if isinstance(stop, dict) else None
                if not blank(site) and (not isinstance(site, str) or site not in records.sites):
                    expected = "the id of a site, or null"
                    yield _missing(sheet, f"stops[{number}].site", at, str(site), expected, records.sites)


def province_exists(records: Records) -> Iterator[Problem]:
    """Require that a province that is named by its code is in the area layer."""
    for sheet in records.sheets:
        for field in sheet.schema.fields:
            if field.type == "province":
                for at, code in sheet.misfit_words(records.areas.__contains__, field.name):
                    yield _missing(sheet, field.name, at, code, "the code of an area", records.areas)


def code_in_province(records: Records) -> Iterator[Problem]:
    """Require that the code of an administrative unit begins with the code of the province that the site names."""
    for sheet in records.of("sites"):
        for at, code, province in sheet.combinations(_elsewhere, "place_code", "province"):
            yield sheet.problem(
                at,
                "place_code",
                code,
                f"a code that begins with {province}" if province else "a province beside it",
            )


def _elsewhere(code: object, province: object) -> bool:
    """Return whether the code of a unit is not of the province beside it."""
    return isinstance(code, str) and bool(code) and not (isinstance(province, str) and code.startswith(province))


def relation_of_two(records: Records) -> Iterator[Problem]:
    """Require that a relation holds between two records."""
    for sheet in records.of("relations"):
        for at, subject, other in sheet.columns("subject", "object"):
            if subject == other and not blank(subject):
                yield sheet.problem(at, "object", other, "a record other than the subject")


def part_of_acyclic(records: Records) -> Iterator[Problem]:
    """Refuse a site that is a part of itself, however far around."""
    for sheet in records.of("sites"):
        parents = {
            site: (at, whole)
            for at, whole in sheet.filled("part_of")
            if isinstance(whole, str) and isinstance(site := sheet.value("id", at), str)
        }
        settled: set[str] = set()
        for start in parents:
            path: dict[str, None] = {}  # in order, and quick to ask, however long a chain is
            site = start
            while site in parents and site not in settled and site not in path:
                path[site] = None
                site = parents[site][1]
            if site in path:
                circle = [*list(path)[list(path).index(site) :], site]
                yield sheet.problem(parents[site][0], "part_of", " → ".join(circle), "a chain that ends")
            settled.update(path)


def figures_match(records: Records) -> Iterator[Problem]:
    """Require that the claim behind a figure is about that area and measure, as a whole, and may be shown."""
    about = {
        claim: values
        for sheet in records.of("claims")
        for _, claim, *values in sheet.columns("id", "subject", "measure", "status", "partial")
    }
    for sheet in records.of("figures"):
        for at, code, measure, claim in sheet.columns("code", "measure", "claim"):
            if claim not in about:
                continue
            subject, measured, status, partial = about[claim]
            if (subject, measured) != (code, measure):
                seen, expected = f"{claim}, which is about {subject}: {measured}", f"a claim about {code}: {measure}"
                yield sheet.problem(at, "claim", seen, expected)
            if status not in ADMITTED_STATUSES:
                yield sheet.problem(
                    at, "claim", f"{claim}, which is {status}", f"a claim that is {' or '.join(ADMITTED_STATUSES)}"
                )
            if partial == "yes":
                seen = f"{claim}, which covers only a part"
                yield sheet.problem(at, "claim", seen, f"a claim that covers the whole of {code}")
