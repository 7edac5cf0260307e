"""A catalogue that turns out to be damaged while a command runs: it is compiled anew, and the command begins again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import DamagedError, InputError, MemorialError

if TYPE_CHECKING:
    import click

__all__ = ["Again", "mend"]


class Again(Exception):  # noqa: N818  (no error: the command is to begin again)
    """The catalogue was damaged; it is compiled anew when it is opened next."""


def mend(ctx: click.Context, error: Exception) -> None:
    """Return when a damaged catalogue is not the reason of an error; else see to it that the catalogue is made anew.

    Parameters
    ----------
    ctx
        The program's own context.
    error
        What stopped a command.

    Raises
    ------
    Again
        The command can begin again: it has answered nothing yet.
    DamagedError
        It has; the catalogue is whole again, and the question can be asked again.
    """
    from geo.commands.terminal import has_answered, say  # noqa: PLC0415  (what a run without fault need not load)

    folder: Path | object = ctx.params["folder"]
    if not isinstance(folder, Path):  # nothing in a database is compiled anew
        return
    if isinstance(error, DamagedError):
        seen = "; ".join(f"{problem.input} is damaged ({problem.seen})" for problem in error.problems)
    elif not isinstance(error, MemorialError | OSError) and _is_altered(folder):
        seen = "the catalogue is not what was compiled"
    else:
        return
    if not has_answered(ctx):
        say(f"{seen}: it is compiled anew from the inputs")
        raise Again from error
    from geo.atlas import compile_atlas  # noqa: PLC0415

    compile_atlas(folder)
    message = f"{seen}, and what was printed is not the whole answer. The catalogue has been compiled anew: ask again"
    raise DamagedError(message) from error


def _is_altered(folder: Path) -> bool:
    """Return whether the catalogue is not the one that was compiled; then it counts as damaged from now on."""
    from geo.atlas.recording import is_altered  # noqa: PLC0415  (as above)
    from geo.catalogue.opening import hold_damaged  # noqa: PLC0415
    from geo.readers import find_atlas, read_manifest  # noqa: PLC0415

    try:
        atlas = find_atlas(folder)
        files = read_manifest(atlas).files
    except InputError:
        return False
    if not is_altered(atlas, atlas / files.maps, atlas / files.catalogue):
        return False
    hold_damaged(atlas / files.catalogue)
    return True
