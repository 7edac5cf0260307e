"""Rules about single cells: that they are there, of their type, of the vocabulary, and cleanly written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from geo.checks.records import KEBAB, Records, edtf_bounds
from geo.checks.sheets import blank
from geo.columns import Sure, find_values, repeated_texts, sure_texts
from geo.errors import Problem
from geo.gazetteer import suggest_terms

__all__ = [
    "edge_space",
    "id_form",
    "ids_unique",
    "nfc",
    "no_control",
    "required",
    "rows_unique",
    "script",
    "term",
    "type_",
]

_CITING: Final = frozenset({"source", "source_ref", "source_refs"})
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_SOURCE_REF = re.compile(r"[^#|\s]+(#[^|]+)?")
_INTEGER = re.compile(r"-?[0-9]+")

# C0, C1, line and paragraph separators, marks that reorder text, invisible operators, byte order mark, what a broken
# decoder leaves behind, halves of surrogate pairs, noncharacters, tags. U+200B…U+200D are not here: scripts need them.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e007f]"
)
_ZERO_WIDTH_SPACE = "\u200b"
# Scripts written without spaces between words, where U+200B says where a line may break.
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf]")

_SCRIPTS: Final[dict[str, str]] = {
    "Arab": "ARABIC",
    "Armn": "ARMENIAN",
    "Beng": "BENGALI",
    "Cyrl": "CYRILLIC",
    "Deva": "DEVANAGARI",
    "Ethi": "ETHIOPIC",
    "Geor": "GEORGIAN",
    "Grek": "GREEK",
    "Hang": "HANGUL",
    "Hani": "CJK",
    "Hans": "CJK",
    "Hant": "CJK",
    "Hebr": "HEBREW",
    "Khmr": "KHMER",
    "Laoo": "LAO",
    "Latn": "LATIN",
    "Mymr": "MYANMAR",
    "Sinh": "SINHALA",
    "Taml": "TAMIL",
    "Thai": "THAI",
}
"""ISO 15924 code -> how Unicode names its letters."""


def required(records: Records) -> Iterator[Problem]:
    """Require that what must be said is said; what must be cited is the rule `cited`."""
    for sheet in records.sheets:
        for field in sheet.schema.fields:
            if field.required and field.type not in _CITING:
                for at, value in sheet.empty(field.name):
                    if blank(value):
                        yield sheet.problem(at, field.name, "nothing", f"a value. {field.meaning}")


def _is_edtf(value: object) -> bool:
    return isinstance(value, str) and not isinstance(edtf_bounds(value), str)


def _is_whole(value: object) -> bool:
    if isinstance(value, str):
        return _INTEGER.fullmatch(value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_list_of(member: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(member(item) for item in value)


_TYPES: Final[dict[str, tuple[Callable[[object], bool], str]]] = {
    "edtf": (_is_edtf, "a date as EDTF (ISO 8601-2), such as 1975-04, 1975~ or 1975-04-17/1976"),
    "integer": (_is_whole, "a whole number"),
    "yes_no": (lambda value: value in ("yes", "no"), "yes or no"),
    "language": (_matches(_LANGUAGE), "a BCP 47 tag, such as km, en or km-Latn"),
    "source_ref": (_matches(_SOURCE_REF), "source-id#locator"),
    "source_refs": (_is_list_of(_matches(_SOURCE_REF)), "a list of source-id#locator"),
    "objects": (_is_list_of(lambda value: isinstance(value, dict)), "a list of objects"),
}
_MEMBERS: Final[dict[str, Callable[[str], object]]] = {"source_refs": _SOURCE_REF.fullmatch}
"""What each text in a list of that type must be."""

_PLAIN_REF: Final = sure_texts(r'[!"$-{}~]+(#[ -{}~]+)?')
_SURE: Final[dict[str, Sure]] = {"source_ref": _PLAIN_REF, "source_refs": _PLAIN_REF}
"""Type -> which texts are of it for certain: those in ASCII that `_SOURCE_REF` takes."""

_SURE_KEBAB: Final = sure_texts("[a-z0-9]+(-[a-z0-9]+)*")

_FINER: Final = frozenset(_TYPES) - {"integer", "objects"}
"""Types that ask more of a value than what a packed column holds anyway."""

_A_TEXT: Final = (lambda value: isinstance(value, str), "a text")


def type_(records: Records) -> Iterator[Problem]:
    """Require that every cell is of the type of its column."""
    for sheet in records.sheets:
        for field in sheet.schema.fields:
            if sheet.packed(field.name) and field.type not in _FINER:
                continue
            fits, expected = _TYPES.get(field.type, _A_TEXT)
            for at, value in sheet.misfits(field.name, fits, _MEMBERS.get(field.type), _SURE.get(field.type)):
                yield sheet.problem(at, field.name, value if isinstance(value, str) else repr(value), expected)


def term(records: Records) -> Iterator[Problem]:
    """Require that a term is a word of the vocabulary."""
    for sheet in records.sheets:
        for field in sheet.schema.fields:
            if field.type != "term":
                continue
            terms = records.terms(field)
            for at, word in sheet.misfit_words(terms.__contains__, field.name):
                near = suggest_terms(word, terms)
                listed = isinstance(field.terms, tuple) or len(terms) <= 12
                yield sheet.problem(
                    at,
                    field.name,
                    word,
                    f"one of {', '.join(terms)}" if listed else f"a word of [{field.terms}] in the vocabulary",
                    f"Did you mean {' or '.join(near)}?" if near else "",
                )


def id_form(records: Records) -> Iterator[Problem]:
    """Require that an identifier is kebab-case: it goes into addresses, file names and commands."""
    for sheet in records.sheets:
        for field in sheet.schema.fields:
            if field.type == "id":
                for at, key in sheet.misfit_words(KEBAB.fullmatch, field.name, _SURE_KEBAB):
                    expected = "lower-case letters, digits and single hyphens, as in place-a"
                    yield sheet.problem(at, field.name, key, expected)


def ids_unique(records: Records) -> Iterator[Problem]:
    """Require that an identifier means one thing in the whole atlas."""
    manifest = records.inputs.manifest
    first = {manifest.atlas.nation: "atlas.toml: key atlas.nation"}
    for at, source in enumerate(records.inputs.sources):
        key, where = source.get("id"), records.source_where(at)
        if isinstance(key, str) and key in first:
            yield Problem(manifest.files.sources, where, "id", key, f"an id of its own; {first[key]} has it")
        elif isinstance(key, str):
            first[key] = f"{manifest.files.sources}: {where}"
    keyed = [sheet for sheet in records.sheets if sheet.schema.key]
    often = repeated_texts([sheet.frame[sheet.schema.key] for sheet in keyed]) | first.keys()
    for sheet in keyed:
        for at in find_values(sheet.frame[sheet.schema.key], often):
            key = sheet.value(sheet.schema.key, at)
            if not key:
                continue
            if key in first:
                yield sheet.problem(at, sheet.schema.key, key, f"an id of its own; {first[key]} has it")
            else:
                first[key] = f"{sheet.file}: {sheet.where(at)}"


def rows_unique(records: Records) -> Iterator[Problem]:
    """Refuse a row of a table that says what another has said, and a second figure of an area and measure."""
    for sheet in records.sheets:
        if sheet.schema.key or sheet.schema.holds == "layer":
            continue
        names = ("code", "measure") if sheet.kind == "figures" else sheet.schema.names
        first: dict[tuple[object, ...], int] = {}
        for at, *row in sheet.columns(*names):
            if first.setdefault(tuple(row), at) != at:
                seen = ", ".join(str(value) for value in row if not blank(value))
                yield sheet.problem(at, "", seen, f"one such row; {sheet.where(first[tuple(row)])} is the same")


def nfc(records: Records) -> Iterator[Problem]:
    """Require Unicode normal form C, so that equal texts have equal bytes."""
    for text in records.odd_texts:
        if not unicodedata.is_normalized("NFC", text.text):
            yield text.problem(text.text, "the same text in Unicode normal form C (NFC)")


def no_control(records: Records) -> Iterator[Problem]:
    """Refuse what is invisible and acts: control characters, and marks that reorder text."""
    for text in records.odd_texts:
        found = _CONTROL.search(text.text)
        if found or (_ZERO_WIDTH_SPACE in text.text and not _SPACELESS.search(text.text)):
            char = found.group() if found else _ZERO_WIDTH_SPACE
            at = text.text.index(char) + 1
            yield text.problem(
                f"U+{ord(char):04X} as character {at} of {text.text.replace(char, '·')!r}",
                "text without control characters, direction marks or invisible characters",
            )


def edge_space(records: Records) -> Iterator[Problem]:
    """Refuse a space at either end of a text: it would meet nothing in a join, and nobody would see why."""
    for text in records.odd_texts:
        if text.text != text.text.strip():
            yield text.problem(repr(text.text), "no space at the beginning or the end")


def script(records: Records) -> Iterator[Problem]:
    """Require that a name is written in the script that it says."""
    for sheet in records.of("names"):
        for at, text, code in sheet.columns("text", "script"):
            if blank(text) or blank(code):
                continue
            letters = [unicodedata.name(char, "") for char in text if char.isalpha()]
            if code not in _SCRIPTS:
                yield sheet.problem(
                    at, "script", code, f"an ISO 15924 code that is known here: {', '.join(sorted(_SCRIPTS))}"
                )
            elif letters and not any(name.startswith(_SCRIPTS[code]) for name in letters):
                yield sheet.problem(at, "text", text, f"letters of the script {code}")
