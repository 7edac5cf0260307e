"""A whole edition for an archive: an RO-Crate with the data, the maps, the inputs, and the checksums of all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import InputError, Problem, RequestError
from geo.export.archives import write_archive
from geo.export.formats import FORMATS, check_form
from geo.export.frames import move_content, target_crs
from geo.export.losses import render_losses
from geo.export.package import asked_words, describe_package, render_dictionary, render_json, render_readme
from geo.export.reading import read_content, stand_on_ground
from geo.export.writing import (
    DESCRIPTOR,
    LOSSES,
    README,
    Exported,
    describe_file,
    fit_content,
    refuse_losses,
    write_files,
)
from geo.outputs import scratch_beside, whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.catalogue import Catalogue
    from geo.export.content import Content, Wanted

__all__ = ["Edition", "write_bundle"]

METADATA: Final = "ro-crate-metadata.json"
CHECKSUMS: Final = "manifest-sha256.txt"
DICTIONARY: Final = "dictionary.md"
_BESIDE: Final = ("README*", "LICENSE*", "LICENCE*")
"""Files that say what may be done with the inputs beside them."""

_ABOUT: Final = {
    README: "What this edition is, its licence, how to cite it, and what stands where.",
    DESCRIPTOR: "The data as a Data Package: columns, types, keys, licence, sources.",
    DICTIONARY: "What every column of the data means.",
    LOSSES: "What the format of the data cannot carry.",
}
"""File of a crate -> what it is."""

_INSIDE: Final = {
    "data": "Layers and tables of the atlas.",
    "maps": "A page of the atlas; any browser opens it without a network.",
    "atlas": "An input of the atlas, as it was when this edition was made.",
}
"""Folder of a crate -> what stands in it."""

_MEDIA: Final = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".toml": "application/toml",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """What a bundle holds beside the export.

    Attributes
    ----------
    folder
        The atlas.
    maps
        The maps, built.
    published
        The date of the edition (ISO 8601).
    version
        The version of this program.
    """

    folder: Path
    maps: Sequence[Path]
    published: str
    version: str


def write_bundle(
    catalogue: Catalogue,
    out: Path,
    wanted: Wanted,
    edition: Edition,
    form: str = "geopackage",
    crs: str = "",
    *,
    allow_loss: bool = False,
) -> Exported:
    """Write a whole edition of the atlas as one zip archive, an RO-Crate 1.2.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    out
        The archive; its name ends in ``.zip``.
    wanted
        Which records the data are to hold.
    edition
        The inputs and the maps.
    form, crs, allow_loss
        As in `write_export`; tables are CSV where the format has none.

    Returns
    -------
    Exported
        What was written.

    Raises
    ------
    RequestError
        When `out` is no archive, or as `write_export`.
    InputError
        When an input is no longer what the catalogue was compiled from, or one of its files cannot be read.
    OutputError, CatalogueError
        As `write_export`.

    Notes
    -----
    ``data/`` holds the export, ``maps/`` the pages, ``atlas/`` the inputs with what states their licences; data package
    and data dictionary describe the data; ``manifest-sha256.txt`` the SHA-256 of every file but itself, in the form of
    ``sha256sum``. Under a mask the inputs are left out. The specification is RO-Crate 1.2 (https://w3id.org/ro/crate/1.2).
    """
    if not out.name.lower().endswith(".zip"):
        problem = Problem("the question", "OUT", "", out.name, "a name that ends in .zip", "", "format")
        raise RequestError("A bundle is an archive", [problem])
    row = check_form(form)
    target = target_crs(crs, row)
    content = read_content(catalogue, wanted, tables=True)
    if row.drawn:
        content = stand_on_ground(content, catalogue, out.name)
    if target is not None:
        content = move_content(content, target)
    fitted = fit_content(content, row, "", archive=True)
    if fitted.losses and not (allow_loss or row.drawn):
        raise refuse_losses(out.name, row, fitted.losses)
    inputs = _read_inputs(catalogue, edition.folder) if content.mask is None else {}
    with scratch_beside(out) as scratch, whole_file(out) as partial:
        data = write_files(scratch, fitted)
        described = [
            replace(entry, path=f"data/{entry.path}")
            for name in fitted.files
            for entry in describe_file(name, data[name], fitted)
        ]
        names = [f"data/{name}" for name in data]
        members: dict[str, Path | bytes] = {f"data/{name}": path for name, path in data.items()}
        members |= {f"maps/{path.name}": path for path in edition.maps}
        members |= {f"atlas/{name}": content for name, content in inputs.items()}
        members[DESCRIPTOR] = render_json(describe_package(fitted.content, described, fitted.losses, README))
        members[DICTIONARY] = render_dictionary(fitted.content)
        members[README] = render_readme(fitted.content, names, fitted.losses, row.title) + _guide(inputs)
        if fitted.losses:
            members[LOSSES] = render_losses(fitted.losses, row.title).encode()
        digests = {name: _digest(member) for name, member in members.items()}
        members[METADATA] = render_json(_describe_crate(fitted.content, edition, members, digests))
        digests[METADATA] = _digest(members[METADATA])
        members[CHECKSUMS] = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
        write_archive(
            partial, {name: members[name] for name in sorted(members, key=lambda name: (name != METADATA, name))}
        )
    layers = {layer.name: len(layer) for held, _ in fitted.files.values() for layer in held}
    return Exported(
        (out,), f"RO-Crate of {row.title}", layers, fitted.losses, content.transformation, fitted.content.lacks
    )


def _read_inputs(catalogue: Catalogue, folder: Path) -> dict[str, bytes]:
    """Return every input of the atlas, and what states the licences beside them; name -> content."""
    digests: Mapping[str, str] = catalogue.value("digests")
    found: dict[str, bytes] = {}
    problems = []

    def read(name: str, digest: str) -> None:
        try:
            found[name] = (folder / name).read_bytes()
            same = not digest or hashlib.sha256(found[name]).hexdigest() == digest
            seen = "" if same else "a file that changed just now"
        except OSError as error:
            seen = error.strerror or str(error)
        if seen:
            expected = "the file as compiled" if digest else "a file that can be read"
            problems.append(Problem(name, "", "", seen, expected, "run the command again", "bundle"))

    for name, digest in digests.items():
        read(name, digest)
    for parent in sorted({(folder / name).parent for name in digests} | {folder}):
        for pattern in _BESIDE:
            for path in sorted(parent.glob(pattern)):
                name = path.relative_to(folder).as_posix()
                if path.is_file() and not path.is_symlink() and name not in digests:
                    read(name, "")
    if problems:
        raise InputError("An input changed while it was bundled", problems)
    return found


def _digest(member: Path | bytes) -> str:
    if isinstance(member, bytes):
        return hashlib.sha256(member).hexdigest()
    with member.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _guide(inputs: Mapping[str, bytes]) -> bytes:
    kept = "- `atlas/`: the inputs; in this folder, the command above makes all of it again"
    lines = [
        "",
        "## What stands where",
        "",
        f"- `data/`: the layers and tables; `{DESCRIPTOR}` and `{DICTIONARY}` say what every column means",
        "- `maps/`: pages that open in any browser, without a network",
        kept if inputs else "- the inputs are left out, because they hold the positions that the mask coarsens",
        f"- `{CHECKSUMS}`: the SHA-256 of every file; `sha256sum --check {CHECKSUMS}` compares them",
        f"- `{METADATA}`: this edition as an RO-Crate 1.2",
        "",
    ]
    return "\n".join(lines).encode()


def _describe_crate(
    content: Content, edition: Edition, members: Mapping[str, Path | bytes], digests: Mapping[str, str]
) -> dict[str, Any]:
    """Return the metadata of the crate (RO-Crate 1.2, JSON-LD)."""
    atlas = content.atlas
    results = [name for name in members if name.startswith(("data/", "maps/"))]
    identity = f"urn:x-memorial-atlas:{atlas['id']}:{atlas['version']}"
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": atlas["title"]["en"],
        "description": f"{atlas['subtitle']['en']}. The question: {asked_words(content.wanted.asked)}.",
        "identifier": {"@id": identity},
        "version": atlas["version"],
        "datePublished": edition.published,
        "license": {"@id": "#licence"},
        "inLanguage": list(atlas["languages"]),
        "hasPart": [{"@id": name} for name in members],
        "mentions": {"@id": "#export"},
    }
    licence = {
        "@id": "#licence",
        "@type": "CreativeWork",
        "name": "Licence of the atlas",
        "description": atlas["licence"],
    }
    program = {
        "@id": "#memorial",
        "@type": "SoftwareApplication",
        "name": "Memorial Atlas",
        "version": edition.version,
        # The crate asks for a URL, and the program has no address of its own: a package URL names it without one.
        "url": f"pkg:generic/memorial-atlas@{edition.version}",
    }
    known_by = {
        "@id": identity,
        "@type": "PropertyValue",
        "name": "Edition of the atlas",
        "propertyID": "urn:x-memorial-atlas",
        "value": identity,
    }
    action = {
        "@id": "#export",
        "@type": "CreateAction",
        "name": "Make this edition",
        "description": content.wanted.command,
        "instrument": {"@id": "#memorial"},
        "object": [{"@id": name} for name in members if name.startswith("atlas/")],
        "result": [{"@id": name} for name in results],
    }
    descriptor = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": "./"},
    }
    files = [
        {
            "@id": name,
            "@type": "File",
            "name": name.rpartition("/")[2],
            "description": _about(name),
            "encodingFormat": _media(name),
            "contentSize": str(len(member) if isinstance(member, bytes) else member.stat().st_size),
            "sha256": digests[name],
        }
        for name, member in members.items()
    ]
    graph = [descriptor, root, known_by, licence, program, action, *files]
    return {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph}


def _about(name: str) -> str:
    """Return one sentence on what a file of the crate is."""
    folder, _, _ = name.rpartition("/")
    return _ABOUT.get(name) or _INSIDE[folder.partition("/")[0]]


def _media(name: str) -> str:
    suffix = Path(name).suffix
    known = {row.suffix: row.media for row in FORMATS.values()} | _MEDIA
    return known.get(suffix, "application/octet-stream")
