"""``memorial diff``: what differs between two versions of an atlas, and why."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from geo.commands.manual import NamedPath, Taught, form_option
from geo.commands.terminal import answer, progress, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo.comparing import Edition

__all__ = ["diff"]

_FORMATS: Final = ("text", "json", "markdown")
"""The keys of `geo.commands.differences.FORMATS`, which the help must not import."""


@click.command(
    cls=Taught,
    short_help="What was added, moved, merged, removed or revised between two versions.",
    examples=(
        ("memorial diff ~/atlas .", "Compare another copy of the atlas with the one in this folder."),
        ("memorial diff ~/atlas . --format json > changes.json", "Keep every difference for a program."),
        ("memorial diff ~/atlas . --format markdown > changes.md", "Keep a list that can be published."),
    ),
)
@click.argument("old", type=NamedPath())
@click.argument("new", type=NamedPath())
@form_option(_FORMATS, "text for reading, json for a program, markdown for publishing.")
def diff(old: Path, new: Path, form: str) -> None:
    """Compare two versions of an atlas, record by record and field by field, with the recorded reasons.

    OLD and NEW are atlas folders or compiled catalogues (.gpkg). Nothing is written to either: a folder without a
    catalogue of its own that is up to date is compiled elsewhere, for the time of the comparison. The exit code is 0
    whether or not they differ.

    Distances are metres on the ellipsoid. A record that is gone is said to be merged when the record of changes in NEW
    says so, or when exactly one record of its layer has since taken on its name.
    """
    from geo.commands.differences import FORMATS  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.comparing import compare  # noqa: PLC0415

    with progress() as step:
        first, second = _read_version(old, step), _read_version(new, step)
        step("comparing them")
        comparison = compare(first, second)
    if first.id != second.id:
        say(f"these are two atlases: {first.id} and {second.id}")
    answer(FORMATS[form](comparison))


def _read_version(path: Path, step: Callable[[str], None]) -> Edition:
    from geo.catalogue import open_catalogue  # noqa: PLC0415  (as above)
    from geo.comparing import read_edition  # noqa: PLC0415
    from geo.errors import CatalogueError  # noqa: PLC0415

    try:
        with _find_version(path, step) as found, open_catalogue(found) as catalogue:
            return read_edition(catalogue)
    except CatalogueError as error:  # a file of somebody's own is no catalogue that could be compiled anew
        if not path.is_file():
            raise
        problems = [
            problem._replace(next_step="name the folder of an atlas, or another file") for problem in error.problems
        ]
        raise CatalogueError("This catalogue cannot be read", problems) from error


@contextmanager
def _find_version(path: Path, step: Callable[[str], None]) -> Iterator[Path]:
    """Yield the catalogue of one side; one that had to be compiled for it is gone afterwards.

    Raises
    ------
    RequestError
        When there is neither an atlas nor a catalogue of that name.
    MemorialError
        As `geo.atlas.compile_aside`.
    """
    from geo.atlas import compile_aside  # noqa: PLC0415  (as above)
    from geo.errors import Problem, RequestError  # noqa: PLC0415

    if path.is_file() and path.name != "atlas.toml":
        yield path
    elif (path / "atlas.toml").is_file():  # a folder above it is another atlas, and not what was asked for
        with tempfile.TemporaryDirectory(prefix="memorial-") as aside:
            yield compile_aside(path, Path(aside) / "catalogue.gpkg", step=step)
    else:
        seen = "a folder without an atlas.toml" if path.is_dir() else _why_not(path)
        seen = "a manifest" if path.is_file() else seen
        problem = Problem("the question", str(path), "", seen, "the folder of an atlas, or a compiled catalogue")
        raise RequestError("There is nothing to compare", [problem])


def _why_not(path: Path) -> str:
    """Return what stands at a path that is neither a file nor a folder, in the words of the system."""
    try:
        path.stat()
    except FileNotFoundError:
        return "no such file or folder"
    except OSError as error:  # a link that leads back to itself is no name that was mistyped
        return error.strerror or str(error)
    return "a device, pipe or socket"
