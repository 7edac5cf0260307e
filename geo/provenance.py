"""What was made of what: the record that stands beside the outputs of a build, in the terms of W3C PROV.

The record is PROV-JSON (W3C Member Submission, 24 April 2013). Its entities are the inputs, the catalogue and the
pages, each with its SHA-256; its activities are ``compile`` (inputs -> catalogue) and ``draw`` (catalogue -> pages);
its agent is the program. It names no machine, no person and no folder outside the atlas, and no time unless one was
given.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "RECORD",
    "Made",
    "Run",
    "digest_bytes",
    "digest_output",
    "merge_made",
    "parse_record",
    "program_version",
    "recorded_version",
    "render_record",
]

RECORD: Final = "provenance.json"
"""What the record is called; it stands beside the outputs that it tells of."""

_TERMS: Final = "urn:memorial-atlas:terms:"
_SHORT: Final = 12
"""How many letters of a SHA-256 tell one state of a file from another in the names of the record."""


class Run(NamedTuple):
    """One piece of work.

    Attributes
    ----------
    kind
        ``compile`` or ``draw``.
    program
        The version of the program that did it.
    viewer
        What the code and the styles inside the pages were built from, as a digest; empty where that is not known, and
        for ``compile``.
    settings
        Name -> value of what was asked for: ``languages``, ``mask``, ``fingerprint``.
    dated
        When the work is said to have been done (ISO 8601, UTC); empty when nothing says so.
    used
        (path, SHA-256) of everything that went in, sorted.
    """

    kind: str
    program: str
    viewer: str
    settings: tuple[tuple[str, str], ...]
    dated: str
    used: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """What the record calls it: the same work has the same name."""
        return f"{self.kind}-{digest_bytes(json.dumps(self, ensure_ascii=False).encode())[:_SHORT]}"


class Made(NamedTuple):
    """One output: its path as seen from the record, its SHA-256, and the work that made it."""

    path: str
    sha256: str
    run: Run


def program_version() -> str:
    """Return the version of the installed package; a checkout has that of the moment when it was installed."""
    from importlib import metadata  # noqa: PLC0415  (slow to load, and a question needs no version)

    try:
        return metadata.version("memorial-atlas")
    except metadata.PackageNotFoundError:  # a checkout that was never installed
        return "0+checkout"


def recorded_version() -> str:
    """Return the version as outputs tell it: a state between releases is told without its number.

    The number counts commits up to the moment when a checkout was installed. It does not say what the program is, and
    with it the same program would write other bytes.
    """
    release, between, _ = program_version().partition(".dev")
    return f"{release}{between}"


def digest_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_output(path: Path) -> str:
    """Return the SHA-256 of an output in hexadecimal; empty when no plain file can be read there.

    Parameters
    ----------
    path
        The file; of any size.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def merge_made(earlier: Iterable[Made], made: Sequence[Made], standing: Iterable[str]) -> list[Made]:
    """Return what a record tells after more was made.

    Parameters
    ----------
    earlier
        What it told before.
    made
        What was made now; it takes the place of what bore the same name.
    standing
        The paths, as seen from the record, at which there is a file now.

    Returns
    -------
    list of Made
        Sorted by path. What no longer stands is forgotten, but a catalogue that a page was drawn from is kept, so that
        the inputs of that page are known.
    """
    new, there = {each.path for each in made}, set(standing)
    kept = [*made, *(each for each in earlier if each.path not in new and each.path in there)]
    sources = {source for each in kept if each.run.kind == "draw" for source in each.run.used}
    known = {(each.path, each.sha256) for each in kept}
    kept += [each for each in earlier if (each.path, each.sha256) in sources - known and each.run.kind == "compile"]
    return sorted(dict.fromkeys(kept))


# --- to PROV-JSON and back ------------------------------------------------------------------------------------------


def render_record(made: Iterable[Made]) -> bytes:
    """Return a record as PROV-JSON.

    Parameters
    ----------
    made
        What it tells.

    Returns
    -------
    bytes
        UTF-8; the same for the same arguments.
    """
    entities: dict[str, Any] = {}
    activities: dict[str, Any] = {}
    agents: dict[str, Any] = {}
    used: dict[tuple[str, str], Any] = {}
    generated: dict[tuple[str, str], Any] = {}
    associated: dict[tuple[str, str], Any] = {}
    for each in made:
        run, activity = each.run, f"atlas:{each.run.name}"
        output = _entity(entities, each.path, each.sha256, "catalogue" if run.kind == "compile" else "page")
        agent = f"memorial:program-{run.program}" + (f"-{run.viewer[:_SHORT]}" if run.viewer else "")
        agents[agent] = {
            "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
            "memorial:version": run.program,
        } | ({"memorial:viewer": run.viewer} if run.viewer else {})
        told = {f"memorial:{name}": value for name, value in run.settings}
        dated = {"prov:endTime": run.dated} if run.dated else {}
        activities[activity] = {"prov:type": f"memorial:{run.kind}", **dated, **told}
        generated[output, activity] = {"prov:entity": output, "prov:activity": activity}
        associated[activity, agent] = {"prov:activity": activity, "prov:agent": agent}
        for path, digest in run.used:
            source = _entity(entities, path, digest, "input" if run.kind == "compile" else "catalogue")
            used[activity, source] = {"prov:activity": activity, "prov:entity": source}
    document = {
        "prefix": {"atlas": "urn:memorial-atlas:files:", "memorial": _TERMS},
        "entity": dict(sorted(entities.items())),
        "activity": dict(sorted(activities.items())),
        "agent": dict(sorted(agents.items())),
        "used": _numbered("u", used),
        "wasGeneratedBy": _numbered("g", generated),
        "wasAssociatedWith": _numbered("a", associated),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _entity(entities: dict[str, Any], path: str, digest: str, kind: str) -> str:
    """Add one state of a file to the entities; return its name."""
    name = f"atlas:{path}#{digest[:_SHORT]}"
    entities[name] = {"prov:type": f"memorial:{kind}", "memorial:path": path, "memorial:sha256": digest}
    return name


def _numbered(letter: str, relations: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    return {f"_:{letter}{number}": relations[key] for number, key in enumerate(sorted(relations), start=1)}


def parse_record(data: bytes) -> list[Made]:
    """Return what a record tells.

    Parameters
    ----------
    data
        PROV-JSON as `render_record` writes it.

    Returns
    -------
    list of Made
        Sorted by path.

    Raises
    ------
    ValueError
        When it is no record of ours, or is damaged.
    """
    try:
        document = json.loads(data)
        if document["prefix"]["memorial"] != _TERMS:
            raise ValueError("the terms of another program")
        states = {name: (each["memorial:path"], each["memorial:sha256"]) for name, each in document["entity"].items()}
        agents = {
            row["prov:activity"]: document["agent"][row["prov:agent"]] for row in document["wasAssociatedWith"].values()
        }
        used: dict[str, list[tuple[str, str]]] = {name: [] for name in document["activity"]}
        for row in document["used"].values():
            used[row["prov:activity"]].append(states[row["prov:entity"]])
        runs = {
            name: Run(
                told["prov:type"].removeprefix("memorial:"),
                agents[name]["memorial:version"],
                agents[name].get("memorial:viewer", ""),
                tuple(
                    (key.removeprefix("memorial:"), each) for key, each in told.items() if key.startswith("memorial:")
                ),
                told.get("prov:endTime", ""),
                tuple(sorted(used[name])),
            )
            for name, told in document["activity"].items()
        }
        made = [
            Made(*states[row["prov:entity"]], runs[row["prov:activity"]]) for row in document["wasGeneratedBy"].values()
        ]
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        message = "a damaged record"
        raise ValueError(message) from error
    pairs = (pair for each in made for pair in (each[:2], *each.run.settings, *each.run.used))
    texts = (text for each in made for text in (*each.run[:3], each.run.dated))
    if not all(isinstance(text, str) for text in (*texts, *(text for pair in pairs for text in pair))):
        message = "a damaged record"
        raise ValueError(message)
    return sorted(made)
