"""``memorial init``: a new atlas that builds at once, empty or from a table."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.commands.importing import make_reading, reading_options
from geo.commands.manual import NamedPath, Taught
from geo.commands.terminal import answer_data, say

if TYPE_CHECKING:
    from geo.importing.beginning import Begun

__all__ = ["init"]


@click.command(
    cls=Taught,
    short_help="Make a new atlas, empty or from a spreadsheet.",
    examples=(
        ("memorial init my-atlas", "Make an empty atlas that builds at once."),
        ("memorial init new-atlas --from sites.xlsx", "Make one from a spreadsheet, and say what was guessed."),
    ),
)
@click.argument("folder", metavar="DIR", type=NamedPath())
@click.option(
    "--from",
    "source",
    metavar="FILE",
    type=NamedPath(),
    help="A table or layer of places to begin with.",
)
@reading_options
def init(folder: Path, source: Path | None, **asked: Any) -> None:  # noqa: ANN401  (what click read)
    """Make the folder DIR an atlas: atlas.toml, empty layers and tables, words, sources, a map, a README.

    With --from, the columns of FILE are guessed and imported: what was guessed, and how sure, is said and stands in
    import.toml, where it can be corrected. Nothing that is there already is replaced.
    """
    from geo.atlas import check_folder  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.commands.reports import count_problems, name_path  # noqa: PLC0415
    from geo.importing.beginning import begin_atlas  # noqa: PLC0415

    given = [f"--{name}" for name in ("sheet", "encoding", "delimiter") if asked[name]]
    if source is None and given:
        from geo.errors import Problem, RequestError  # noqa: PLC0415  (as above)

        step = "name the file with --from, or leave this out"
        problems = [Problem("the question", name, "", asked[name[2:]], "--from FILE beside it", step) for name in given]
        raise RequestError("There is no file to be read in that way", problems)
    begun = begin_atlas(folder, source, make_reading(asked))
    answer_data(_tell(begun))
    problems, _ = check_folder(folder)
    for problem in problems:
        say(f"{problem.severity}: {problem}")
    say(f"{name_path(folder)} is an atlas; `memorial check` finds {count_problems(problems)} in it")
    say(f"next: memorial -C {shlex.quote(name_path(folder))} build --open")


def _tell(begun: Begun) -> str:
    from geo.commands.reports import name_path  # noqa: PLC0415  (as above)
    from geo.importing.account import account_text  # noqa: PLC0415

    files = "".join(f"{name_path(path)}\n" for path in begun.written)
    if begun.filed is None:
        return files
    fixes = "".join(f"{name_path(path)}\n" for path in begun.filed.written if path not in begun.written)
    return f"{files}{fixes}\n{account_text(begun.filed.account)}"
