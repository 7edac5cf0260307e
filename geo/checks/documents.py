"""Rules about what stands beside the layers and tables: the sources, and the definitions of the maps."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import cql2

from geo.checks.records import KEBAB, Records, edtf_bounds
from geo.checks.sheets import blank
from geo.errors import Problem
from geo.gazetteer import suggest_terms
from geo.guarding import condition_excess
from geo.ledger import split_ref
from geo.spec import GRADES, LANGUAGES, Chapter, MapSpec

__all__ = ["chapters", "map_spec", "source_fields"]

_CSL_TYPES: Final = (
    "article",
    "article-journal",
    "article-magazine",
    "article-newspaper",
    "bill",
    "book",
    "broadcast",
    "chapter",
    "classic",
    "collection",
    "dataset",
    "document",
    "entry",
    "entry-dictionary",
    "entry-encyclopedia",
    "event",
    "figure",
    "graphic",
    "hearing",
    "interview",
    "legal_case",
    "legislation",
    "manuscript",
    "map",
    "motion_picture",
    "musical_score",
    "pamphlet",
    "paper-conference",
    "patent",
    "performance",
    "periodical",
    "personal_communication",
    "post",
    "post-weblog",
    "regulation",
    "report",
    "review",
    "review-book",
    "software",
    "song",
    "speech",
    "standard",
    "thesis",
    "treaty",
    "webpage",
)
"""Types of item in CSL 1.0.2 (Citation Style Language, specification, appendix III)."""

_CSL_NAMES: Final = frozenset(
    {
        "author",
        "chair",
        "collection-editor",
        "compiler",
        "composer",
        "container-author",
        "contributor",
        "curator",
        "director",
        "editor",
        "editorial-director",
        "executive-producer",
        "guest",
        "host",
        "illustrator",
        "interviewer",
        "narrator",
        "organizer",
        "original-author",
        "performer",
        "producer",
        "recipient",
        "reviewed-author",
        "script-writer",
        "series-creator",
        "translator",
    }
)
_CSL_DATES: Final = frozenset({"accessed", "available-date", "event-date", "issued", "original-date", "submitted"})
_CSL_OTHERS: Final = frozenset({"id", "type", "title", "custom", "URL", "categories"})
"""Variables with a rule of their own, or a list by the schema of CSL-JSON."""

_MARK: Final = re.compile(r"\[([0-9]+)\]")


def source_fields(records: Records) -> Iterator[Problem]:
    """Require of a source its id, a type of CSL, a title, a grade and a sentence that says why, and safe links."""
    file = records.inputs.manifest.files.sources
    for at, source in enumerate(records.inputs.sources):
        for field, seen, expected in _source_faults(source):
            yield Problem(file, records.source_where(at), field, "nothing" if blank(seen) else str(seen), expected)


def _source_faults(source: dict[str, Any]) -> Iterator[tuple[str, object, str]]:
    """Yield what is wrong with one source: the field, what stands there, what should."""
    key, kind, title = source.get("id"), source.get("type"), source.get("title")
    if not isinstance(key, str) or not KEBAB.fullmatch(key):
        yield "id", key, "lower-case letters, digits and single hyphens"
    if kind not in _CSL_TYPES:
        near = suggest_terms(str(kind), _CSL_TYPES)
        yield "type", kind, "a type of CSL 1.0.2" + (f", such as {near[0]}" if near else "")
    if not isinstance(title, str) or blank(title):
        yield "title", title, "the title"
    custom = source.get("custom")
    custom = custom if isinstance(custom, dict) else {}
    if custom.get("grade") not in GRADES:
        yield "custom.grade", custom.get("grade"), f"one of {', '.join(GRADES)}"
    if not isinstance(custom.get("reliability"), str) or blank(custom.get("reliability")):
        yield "custom.reliability", custom.get("reliability"), "one sentence that says why it has this grade"
    address = source.get("URL")
    if not blank(address) and not (isinstance(address, str) and address.startswith(("https://", "http://"))):
        yield "URL", address, "an address that begins with https:// or http://"
    for field, value in source.items():
        yield from _variable_faults(field, value)


def _variable_faults(field: str, value: object) -> Iterator[tuple[str, object, str]]:
    """Yield what is wrong with one variable of a source, by the types that CSL-JSON gives names, dates and the rest."""
    if field in _CSL_NAMES:
        names = value if isinstance(value, list) else [value]
        sound = isinstance(value, list) and all(
            isinstance(name, dict) and name and all(isinstance(part, str | bool) for part in name.values())
            for name in names
        )
        if not sound:
            yield field, value, "a list of names: objects with family and given, or with literal"
    elif field in _CSL_DATES:
        if not _is_csl_date(value):
            yield field, value, 'a date such as {"date-parts": [[1979, 1, 7]]}, or {"literal": "about 1979"}'
    elif field not in _CSL_OTHERS and not isinstance(value, str | int | float):
        yield field, value, "a text or a number"


def _is_csl_date(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    days = value.get("date-parts", [])
    ranges = (
        isinstance(days, list) and len(days) <= 2 and all(isinstance(day, list) and 1 <= len(day) <= 3 for day in days)
    )
    numbers = ranges and all(map(_is_csl_day, days))
    told = all(isinstance(text, str | int) for key, text in value.items() if key != "date-parts")
    return bool(numbers and told and value)


def _is_csl_day(parts: Sequence[object]) -> bool:
    """Return whether these are a year, a year and a month, or a whole day of the calendar."""
    if not all(re.fullmatch("-?[0-9]{1,4}", str(part)) for part in parts):
        return False
    year, month, day = (*(int(str(part)) for part in parts), *(1, 1)[len(parts) - 1 :])
    return 1 <= month <= 12 and 1 <= day <= monthrange(max(year, 1), month)[1]


def map_spec(records: Records) -> Iterator[Problem]:
    """Require that a map shows what the atlas has."""
    inputs = records.inputs
    vocabulary, layers = inputs.vocabulary, inputs.manifest.layers
    shaded = {measure for sheet in records.of("figures") for _, measure in sheet.columns("measure")}
    for name, spec in inputs.maps.items():
        file = f"{inputs.manifest.files.maps}/{name}.toml"
        named: list[tuple[str, Collection[str], Collection[str]]] = [
            ("layers", spec.layers, [*layers, *inputs.manifest.periods]),
            ("kinds", spec.kinds, vocabulary.kinds),
            ("relations", spec.relations, vocabulary.relations),
        ]
        if spec.choropleth:
            named.append(("choropleth.measures", spec.choropleth.measures, shaded & set(vocabulary.measures)))
            if not spec.choropleth.measures:
                yield Problem(file, "key choropleth.measures", "", "nothing", "at least one measure of the figures")
            if not any(layer in layers and layers[layer].schema == "areas" for layer in spec.layers):
                yield Problem(file, "key layers", "", ", ".join(spec.layers), "the layer of areas, to be shaded")
        for key, words, known in named:
            for word in words:
                if word not in known:
                    near = suggest_terms(word, known)
                    yield Problem(
                        file,
                        f"key {key}",
                        "",
                        word,
                        f"one of {', '.join(sorted(known))}" if known else "nothing: the atlas has none",
                        f"Did you mean {' or '.join(near)}?" if near else "",
                    )


def chapters(records: Records) -> Iterator[Problem]:
    """Require of a chapter records and sources that exist, marks that lead to them, a view inside the atlas, CQL2."""
    for name, spec in records.inputs.maps.items():
        file = f"{records.inputs.manifest.files.maps}/{name}.toml"
        shown = _shown(records, spec) if spec.chapters else frozenset()
        for number, chapter in enumerate(spec.chapters, start=1):
            faults = [*_named_faults(records, chapter, shown), *_asked_faults(records, chapter)]
            for field, seen, expected, known in faults:
                near = suggest_terms(seen, known)
                next_step = f"Did you mean {' or '.join(near)}?" if near else ""
                yield Problem(file, f"key chapters[{number}]", field, seen, expected, next_step)


def _shown(records: Records, spec: MapSpec) -> frozenset[str]:
    """Return the records that a map shows; a kind that does not exist is a breach of its own and hides nothing here."""
    known = records.inputs.vocabulary.kinds
    hidden = set(known) - set(spec.kinds) if set(spec.kinds) <= set(known) and spec.kinds else set()
    found: set[str] = set()
    for aside in records.inputs.set_aside.values():
        found.update(aside)
    for sheet in records.of("sites", "routes", "areas"):
        if sheet.name not in spec.layers:
            continue
        keys = sheet.column(sheet.schema.key)
        kinds = sheet.column("kind") if sheet.kind == "sites" else [""] * len(keys)
        shown = (key for key, kind in zip(keys, kinds, strict=True) if not _is(kind, hidden))
        found.update(key for key in shown if isinstance(key, str))
    return frozenset(found)


def _is(word: object, words: Collection[str]) -> bool:
    return isinstance(word, str) and word in words


_Fault = tuple[str, str, str, Sequence[str]]
"""The field, what stands there, what should, and what it may have meant."""


def _named_faults(records: Records, chapter: Chapter, shown: Collection[str]) -> Iterator[_Fault]:
    """Yield what is wrong with the records, the sources and the marks of one chapter."""
    for at, record in enumerate(chapter.records):
        if record not in records.subjects:
            yield "records", record, "the id of a site or route, or the code of an area", sorted(records.subjects)
        elif at == 0 and record not in shown:
            yield "records", record, "first a record that this map shows", ()
    for ref in chapter.sources:
        source, _ = split_ref(ref)
        if source not in records.sources:
            yield "sources", source, "the id of a source", sorted(records.sources)
    last = len(chapter.sources)
    for language in LANGUAGES:
        for mark in _MARK.findall(getattr(chapter.text, language)):
            if not 1 <= int(mark) <= last:
                yield f"text.{language}", f"[{mark}]", f"a mark from [1] to [{last}], for one of the sources", ()


def _asked_faults(records: Records, chapter: Chapter) -> Iterator[_Fault]:
    """Yield what is wrong with the view, the time and the condition of one chapter."""
    if chapter.bounds is not None:
        west, south, east, north = records.inputs.manifest.atlas.area
        box = chapter.bounds
        if not (west <= box[0] and south <= box[1] and box[2] <= east and box[3] <= north):
            yield "bounds", str(list(box)), f"a view inside the area of the atlas, {[west, south, east, north]}", ()
    if chapter.during and isinstance(edtf_bounds(chapter.during), str):
        yield "during", chapter.during, "an interval as EDTF (ISO 8601-2), such as 1975-04/1979-01", ()
    if chapter.where and (excess := condition_excess(chapter.where)):
        yield "where", excess[0], excess[1], ()
    elif chapter.where:
        try:
            cql2.parse_text(chapter.where)
        except cql2.ParseError:
            yield "where", chapter.where, "a condition in CQL2, such as kind IN ('prison')", ()
