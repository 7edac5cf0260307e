"""The TOML of an atlas: its manifest, its vocabulary, its maps; and the fingerprint of everything they name.

The query path imports this room to see whether the catalogue is fresh, so it stays light: the JSON Schema of a type
is consulted only when a file does not fit, to name every fault at once.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from geo.errors import InputError, Problem, show_text
from geo.gazetteer import suggest_terms
from geo.readers.files import DEFAULT_LIMITS, SHAPEFILE_PARTS, Limits, digest_file, resolve_inside
from geo.readers.finding import MANIFEST_NAME
from geo.readers.toml import read_toml
from geo.spec import FORMS, SCHEMAS, Manifest, MapSpec, Vocabulary

__all__ = [
    "digest_atlas",
    "digest_files",
    "fingerprint",
    "limits_of",
    "list_files",
    "read_manifest",
    "read_map_specs",
    "read_vocabulary",
]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_MAP_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COVER: Final = "index"  # the page that leads to the maps; a map of that name would be written over it
# Tables of the catalogue that no layer may be named after; the others begin with a prefix of the format.
_RESERVED: Final = frozenset(name for name, schema in SCHEMAS.items() if schema.holds == "table") | {
    "atlas",
    "claimed",
    "joins",
    "layer_styles",
    "layers",
    "phrases",
    "search",
    "sources",
    "words",
}
_RESERVED_PREFIXES: Final = ("gpkg", "rtree_", "sqlite_", "search_", "phrases_", "words_", "index_")

_T = TypeVar("_T")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of an atlas.

    Parameters
    ----------
    folder
        The atlas folder.

    Returns
    -------
    Manifest
        As `geo.spec` describes it. Every path in it is relative and stays inside the folder.

    Raises
    ------
    InputError
        The file cannot be read, or breaks the contract; with every problem found.
    """
    data = read_toml(folder / MANIFEST_NAME, MANIFEST_NAME)
    manifest = _convert(data, Manifest, MANIFEST_NAME)
    _raise_all(MANIFEST_NAME, _check_manifest(manifest, folder))
    return manifest


def read_vocabulary(path: Path, name: str = "") -> Vocabulary:
    """Return the words that the data of an atlas may use.

    Parameters
    ----------
    path
        A TOML file.
    name
        The file as the atlas names it, for messages.

    Returns
    -------
    Vocabulary
        As `geo.spec` describes it.

    Raises
    ------
    InputError
        The file cannot be read, or breaks the contract; with every problem found.
    """
    name = name or path.name
    vocabulary = _convert(read_toml(path, name), Vocabulary, name)
    _raise_all(
        name,
        [
            _key_problem(name, f"{section}.{term}", term, "a name of small letters, digits and _", "term-name")
            for section in vocabulary.__struct_fields__
            for term in getattr(vocabulary, section)
            if not _NAME.fullmatch(term)
        ],
    )
    return vocabulary


def read_map_specs(folder: Path, name: str = "") -> dict[str, MapSpec]:
    """Return the map definitions of a folder.

    Parameters
    ----------
    folder
        A folder; every ``.toml`` file in it defines one map. A folder that does not exist defines none.
    name
        The folder as the atlas names it, for messages.

    Returns
    -------
    dict of str to MapSpec
        By file stem, sorted.

    Raises
    ------
    InputError
        A file cannot be read, or breaks the contract; with every problem of every file.
    """
    name = name or folder.name
    specs: dict[str, MapSpec] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        label = f"{name}/{path.name}"
        try:
            spec = _convert(read_toml(path, label), MapSpec, label)
        except InputError as error:
            problems += error.problems
            continue
        problems += _check_map(path.stem, spec, label)
        specs[path.stem] = spec
    _raise_all(name, problems)
    return specs


def list_files(folder: Path, manifest: Manifest) -> list[str]:
    """Return every file that the atlas is made of, except the catalogue, which is made from them.

    Parameters
    ----------
    folder
        The atlas folder.
    manifest
        Its manifest.

    Returns
    -------
    list of str
        Paths relative to the folder, sorted, each once.

    Raises
    ------
    InputError
        A map definition is a link that leaves the folder.
    """
    files = manifest.files
    names = {MANIFEST_NAME, files.sources, files.vocabulary}
    if files.method is not None:
        names.add(files.method)
    for layer in manifest.layers.values():
        names.add(layer.file)
        if layer.file.lower().endswith(".shp"):
            stem = layer.file[: -len(".shp")]
            names.update(stem + part for part in SHAPEFILE_PARTS if (folder / (stem + part)).exists())
    names.update(table.file for table in manifest.tables.values())
    names.update(f"{files.maps}/{path.name}" for path in (folder / files.maps).glob("*.toml"))
    root = os.path.realpath(folder)
    _raise_all(
        MANIFEST_NAME,
        [
            Problem(name, "", "", "a link that leaves the atlas", "a file inside the atlas folder", rule="path-inside")
            for name in sorted(names)
            if resolve_inside(root, name) is None
        ],
    )
    return sorted(names)


def limits_of(manifest: Manifest) -> Limits:
    """Return how large the inputs of an atlas may be: what its manifest says, else what holds by default.

    Parameters
    ----------
    manifest
        The manifest of the atlas.

    Returns
    -------
    Limits
        They are settable, and a refusal says so.
    """
    said = {} if manifest.limits is msgspec.UNSET else msgspec.to_builtins(manifest.limits)
    return Limits(**said, settable=True)


def digest_files(folder: Path, names: Iterable[str], limits: Limits = DEFAULT_LIMITS) -> dict[str, str]:
    """Return the SHA-256 of each file.

    Parameters
    ----------
    folder
        The atlas folder.
    names
        Paths relative to it.
    limits
        How large each may be.

    Returns
    -------
    dict of str to str
        Path to 64 hexadecimal characters, in the order given.

    Raises
    ------
    InputError
        A file cannot be read; with every such file.
    """
    digests: dict[str, str] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            digests[name] = digest_file(folder / name, name, limits)
        except InputError as error:
            problems += error.problems
    _raise_all(str(folder), problems)
    return digests


def fingerprint(digests: dict[str, str]) -> str:
    """Return one SHA-256 for many files: that of the list which the program ``sha256sum`` prints for them.

    Parameters
    ----------
    digests
        SHA-256 by path.

    Returns
    -------
    str
        64 hexadecimal characters; independent of the order of `digests`.
    """
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(listing.encode()).hexdigest()


def digest_atlas(folder: Path) -> tuple[str, dict[str, str]]:
    """Return the fingerprint of an atlas, which changes when any of its inputs changes.

    The manifest is read to learn which files there are; the data are not parsed.

    Parameters
    ----------
    folder
        The atlas folder.

    Returns
    -------
    tuple of str and dict
        The fingerprint, and the SHA-256 of every file by its path relative to the folder.

    Raises
    ------
    InputError
        The manifest is at fault, or a file that it names cannot be read.
    """
    manifest = read_manifest(folder)
    digests = digest_files(folder, list_files(folder, manifest), limits_of(manifest))
    return fingerprint(digests), digests


# --- TOML to types --------------------------------------------------------------------------------------------


def _convert(data: dict[str, Any], kind: type[_T], name: str) -> _T:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        problems = _explain(data, kind, name) or [Problem(name, "", "", str(error), "the contract", rule="manifest")]
        raise InputError(f"{name} cannot be used", problems) from None


def _explain(data: dict[str, Any], kind: type[Any], name: str) -> list[Problem]:
    """Return every way in which `data` is not of `kind`, by the JSON Schema of that type."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 -- only a faulty file needs it

    schema = msgspec.json.schema(kind)
    errors = Draft202012Validator(schema).iter_errors(data)
    found = [problem for error in errors for problem in _explain_error(error, name)]
    return sorted(found, key=lambda problem: problem.where)


def _explain_error(error: Any, name: str) -> Iterator[Problem]:  # noqa: ANN401 -- jsonschema.ValidationError
    path = [str(part + 1) if isinstance(part, int) else part for part in error.absolute_path]
    rule, wanted = error.validator, error.validator_value
    if rule == "anyOf":
        # Each of our unions is "nothing or a table": what is wrong with the table is what matters.
        for each in error.context:
            if each.validator_value != "null":
                yield from _explain_error(each, name)
    elif rule == "additionalProperties":
        known = list(error.schema.get("properties", ()))
        for key in sorted(set(error.instance) - set(known)):
            near = suggest_terms(key, known)
            hint = f"did you mean {near[0]}?" if near else "remove it"
            expected = "one of " + ", ".join(known)
            yield _key_problem(name, ".".join((*path, key)), "an unknown key", expected, "manifest", hint)
    elif rule == "required":
        for key in wanted:
            if key not in error.instance and error.message.startswith(repr(key)):
                yield _key_problem(name, ".".join((*path, key)), "nothing", "this key, which is required", "manifest")
    else:
        yield _key_problem(name, ".".join(path), error.instance, _expected(rule, wanted), "manifest")


_EXPECTED: Final = {
    "minLength": "a text that is not empty",
    "minItems": "a list of at least {}",
    "maxItems": "a list of at most {}",
    "minimum": "a number of at least {}",
    "maximum": "a number of at most {}",
}
_TYPES: Final = {"object": "a table", "array": "a list", "string": "a text", "number": "a number", "null": "nothing"}


def _expected(rule: str, wanted: Any) -> str:  # noqa: ANN401 -- any part of a JSON Schema
    if rule == "enum":
        return "one of " + ", ".join(repr(each) for each in wanted)
    if rule == "type":
        return _TYPES.get(str(wanted), str(wanted))
    if rule == "pattern":
        return FORMS[wanted]
    return _EXPECTED.get(rule, f"{rule}: {{}}").format(wanted)


# --- what a type cannot say -----------------------------------------------------------------------------------


def _check_manifest(manifest: Manifest, folder: Path) -> Iterator[Problem]:
    named = {f"layers.{key}.file": layer.file for key, layer in manifest.layers.items()}
    named |= {f"tables.{key}.file": table.file for key, table in manifest.tables.items()}
    stated = ((key, getattr(manifest.files, key)) for key in manifest.files.__struct_fields__)
    files = {f"files.{key}": str(path) for key, path in stated if path is not None}
    root = os.path.realpath(folder)
    lying = {key: resolve_inside(root, path) for key, path in (named | files).items()}
    for key, path in (named | files).items():
        if lying[key] is None:
            expected = "a relative path inside the atlas folder"
            yield _key_problem(MANIFEST_NAME, key, path, expected, "path-inside")
    catalogue = files.pop("files.catalogue")
    if not catalogue.endswith(".gpkg"):
        yield _key_problem(MANIFEST_NAME, "files.catalogue", catalogue, "a file name that ends in .gpkg", "catalogue")
    for key in named | files:
        if lying[key] is not None and lying[key] == lying["files.catalogue"]:
            yield _key_problem(MANIFEST_NAME, "files.catalogue", catalogue, f"another file than {key}", "catalogue")
    yield from _check_names(manifest)
    for section, singles in (("layers", {"sites", "routes", "areas"}), ("tables", set(SCHEMAS))):
        first: dict[str, str] = {}
        for key, spec in getattr(manifest, section).items():
            other = first.setdefault(spec.schema, key)
            if other != key and spec.schema in singles:
                expected = f"one of {section} with this schema; {other} is the first"
                yield _key_problem(MANIFEST_NAME, f"{section}.{key}.schema", spec.schema, expected, "single")
    languages = manifest.atlas.languages
    if "en" not in languages or len(set(languages)) != len(languages):
        seen = ", ".join(languages)
        yield _key_problem(MANIFEST_NAME, "atlas.languages", seen, "each language once, en among them", "languages")
    yield from _check_box(manifest.atlas.area, MANIFEST_NAME, "atlas.area")


def _check_names(manifest: Manifest) -> Iterator[Problem]:
    for section in ("layers", "tables", "periods"):
        for key in getattr(manifest, section):
            if not _NAME.fullmatch(key):
                expected = "a name of small letters, digits and _"
                yield _key_problem(MANIFEST_NAME, f"{section}.{key}", key, expected, "layer-name")
    for section, named in (("layers", manifest.layers), ("periods", manifest.periods)):
        for key in named:
            if key in _RESERVED or key.startswith(_RESERVED_PREFIXES):
                expected = "a name that the catalogue does not use"
                yield _key_problem(MANIFEST_NAME, f"{section}.{key}", key, expected, "layer-name")
    for key in manifest.periods:
        if key in manifest.layers:
            yield _key_problem(MANIFEST_NAME, f"periods.{key}", key, "a name that no layer bears", "layer-name")


def _check_map(stem: str, spec: MapSpec, label: str) -> Iterator[Problem]:
    if not _MAP_NAME.fullmatch(stem) or stem == _COVER:
        expected = "a file name of small letters, digits and -, other than index"
        yield Problem(label, "", "", stem, expected, "rename the file", "map-name")
    yield from _check_box(spec.bounds, label, "bounds")
    for number, chapter in enumerate(spec.chapters, start=1):
        if chapter.bounds is not None:
            yield from _check_box(chapter.bounds, label, f"chapters[{number}].bounds")


def _check_box(box: tuple[float, float, float, float], name: str, key: str) -> Iterator[Problem]:
    west, south, east, north = box
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        yield _key_problem(
            name, key, list(box), "west, south, east, north in degrees, west < east, south < north", "box"
        )


def _key_problem(name: str, key: str, seen: object, expected: str, rule: str, next_step: str = "") -> Problem:
    return Problem(name, f"key {key}" if key else "", "", show_text(seen), expected, next_step, rule)


def _raise_all(name: str, problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise InputError(f"{name} cannot be used", found)
