"""Rules about what stands beside the layers and tables: the sources, and the definitions of the maps."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from geo.checks.records import KEBAB, Records, blank
from geo.errors import Problem
from geo.gazetteer import suggest_terms
from geo.spec import GRADES

__all__ = ["map_spec", "source_fields"]

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
