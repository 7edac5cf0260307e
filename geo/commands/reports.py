"""What the commands tell a person about the catalogue, the joins and the problems."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from geo.catalogue import open_catalogue
from geo.catalogue.freshness import open_untouched
from geo.commands.terminal import progress, say
from geo.errors import respell
from geo.readers import find_atlas, find_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.atlas import Compiled
    from geo.catalogue import Catalogue
    from geo.catalogue.addresses import Address
    from geo.errors import Problem
    from geo.joins import JoinReport

Write = TypeVar("Write")

_LEFT_OVER: Final = {"former areas": "kept as it is"}
"""Join -> what it means that something on its right side is not matched, where that should be said one by one."""

__all__ = [
    "count_problems",
    "name_path",
    "of_suffix",
    "open_current",
    "open_kept",
    "say_compiled",
    "say_joins",
    "spare_given",
    "spare_inputs",
]


@contextmanager
def open_current(folder: Path | Address) -> Iterator[Catalogue]:
    """Open the catalogue of an atlas for a question; it is compiled first when an input has changed.

    Parameters
    ----------
    folder
        The atlas, or the database that holds an edition of it.

    Raises
    ------
    MemorialError
        As `geo.atlas.compile_atlas`, or as `geo.catalogue.shared.open_shared`.
    """
    if not isinstance(folder, Path):
        from geo.catalogue.shared import open_shared  # noqa: PLC0415  (only an address needs it)

        with open_shared(folder) as shared:
            yield shared
        return
    folder = find_atlas(folder)
    untouched = open_untouched(folder, time.time_ns())
    if untouched:
        with untouched:
            yield untouched
        return

    from geo.atlas import compile_atlas  # noqa: PLC0415  (not at rest)

    with progress() as step:
        compiled = compile_atlas(folder, step=step)
    if compiled.rebuilt:
        warned = f"; {count_problems(compiled.problems)}, see `memorial check`" if compiled.problems else ""
        why = compiled.why or "an input is new or changed"
        say(f"compiled {name_path(compiled.path)} first, because {why}{warned}")
    path = compiled.path
    del compiled  # of a large atlas its reports name every record
    with open_catalogue(path) as catalogue:
        yield catalogue


def open_kept(folder: Path | Address) -> Catalogue:
    """Open the catalogue of an atlas as it is, whether or not an input has changed since it was compiled.

    Raises
    ------
    MemorialError
        When there is no atlas, or no catalogue that can be read.
    """
    if not isinstance(folder, Path):
        from geo.catalogue.shared import open_shared  # noqa: PLC0415  (as above)

        return open_shared(folder)
    path = find_catalogue(find_atlas(folder))
    return open_catalogue(path or folder)


def say_compiled(compiled: Compiled) -> None:
    """Say whether the catalogue was compiled, what the joins matched, and every warning."""
    for problem in compiled.problems:
        say(f"warning: {problem}")
    name = name_path(compiled.path)
    why = f", because {compiled.why}" if compiled.why else ""
    say(f"compiled {name}{why}" if compiled.rebuilt else f"{name} is up to date: no input has changed")
    say_joins(compiled.reports)


def name_path(path: Path) -> str:
    """Return a path as a person here would type it: relative when it lies in the current folder."""
    here = Path.cwd()
    found = Path(os.path.abspath(path))  # noqa: PTH100  (links are not followed: the name stays as it was given)
    return respell(str(found.relative_to(here) if found.is_relative_to(here) else found))


def spare_given(given: Path, outputs: Mapping[str, Path | None]) -> None:
    """Refuse to write over the file that a command was given.

    Parameters
    ----------
    given
        The file.
    outputs
        Option -> the file that would be written.

    Raises
    ------
    RequestError
        When one of them is the file that was given, also through a link.
    """
    from geo.errors import Problem, RequestError  # noqa: PLC0415  (a question needs neither)

    problems = [
        Problem("the question", option, "", str(path), "another file than the one that is read", "name another file")
        for option, path in outputs.items()
        if path is not None and os.path.realpath(path) == os.path.realpath(given)
    ]
    if problems:
        raise RequestError("What is read would be overwritten", problems)


def spare_inputs(folder: Path, outputs: Mapping[str, Path | None]) -> None:
    """Refuse to write over what an atlas is made of, and over its catalogue.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.
    outputs
        Option or argument -> the file that would be written.

    Raises
    ------
    RequestError
        When one of them is such a file, also through a link.
    InputError
        When there is no atlas, or its manifest is at fault.
    """
    wanted = {option: path for option, path in outputs.items() if path is not None}
    if not wanted:
        return
    from geo.errors import Problem, RequestError  # noqa: PLC0415  (as above)
    from geo.readers.manifests import list_files, read_manifest  # noqa: PLC0415  (as above)

    atlas = find_atlas(folder)
    manifest = read_manifest(atlas)
    kept = {os.path.realpath(atlas / name) for name in (*list_files(atlas, manifest), manifest.files.catalogue)}
    expected = "a file that the atlas is not made of"
    problems = [
        Problem("the question", option, "", str(path), expected, "name another file", "output")
        for option, path in wanted.items()
        if os.path.realpath(path) in kept
    ]
    if problems:
        raise RequestError("An input of the atlas would be overwritten", problems)


def of_suffix(option: str, path: Path | None, known: Mapping[str, Write], otherwise: Write) -> Write:
    """Return what makes a file of the suffix that was asked for.

    Parameters
    ----------
    option
        The option that names the file.
    path
        The file; None where none is asked for.
    known
        Suffix -> what makes such a file.
    otherwise
        What is returned where no file is asked for.

    Raises
    ------
    RequestError
        No file of this suffix is made.
    """
    from geo.errors import Problem, RequestError  # noqa: PLC0415  (as above)

    if path is None:
        return otherwise
    if path.suffix.lower() not in known:
        expected = f"a name that ends in {', '.join(known)}"
        raise RequestError("This file cannot be written", [Problem("the question", option, "", path.name, expected)])
    return known[path.suffix.lower()]


def count_problems(problems: Iterable[Problem]) -> str:
    """Return how many breaches and warnings there are, in words."""
    severities = [problem.severity for problem in problems]
    errors, warnings = severities.count("error"), severities.count("warning")
    parts = [
        f"{number:,} {one if number == 1 else many}"
        for number, one, many in ((errors, "breach", "breaches"), (warnings, "warning", "warnings"))
        if number
    ]
    return " and ".join(parts) or "no problem"


def say_joins(reports: Iterable[JoinReport], *, details: bool = False) -> None:
    """Say of each join of some rows what it matched and what it did not, in numbers that add up on both sides.

    A join to a layer that the atlas does not have, or that is empty, is passed over: it has nothing to match, and the
    checks tell what names a record that is not there.

    Parameters
    ----------
    reports
        The reports, in reading order.
    details
        Whether to list what stands twice, disagrees or is kept as it is, too.
    """
    for report in (report for report in reports if report.left_rows and report.right_rows):
        left_over = f", {len(report.unmatched_left):,} not" if report.unmatched_left else ""
        unmet = f", {len(report.unmatched_right):,} not" if report.unmatched_right else ""
        say(
            f"join {report.name}: {report.matched:,} of {report.left_rows:,} matched to {report.right}{left_over}; "
            f"{report.matched_right:,} of {report.right_rows:,} there are matched{unmet}"
        )
        kept = report.unmatched_right if report.name in _LEFT_OVER else ()
        for text in kept if details else ():
            say(f"  {_LEFT_OVER[report.name]}: {text}")
        for what, texts in (("stands twice", report.duplicates), ("disagrees", report.disagreements)):
            if texts and not details:
                say(f"  {what}: {len(texts):,}; `memorial check` lists them")
            for text in texts if details else ():
                say(f"  {what}: {text}")
