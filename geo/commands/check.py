"""``memorial check``: every breach of the data contract, and what the joins left over."""

from __future__ import annotations

import json
from pathlib import Path

import click

from geo.commands.manual import Taught, form_option
from geo.commands.terminal import answer, escape_unseen, progress, say

__all__ = ["check"]


@click.command(
    cls=Taught,
    short_help="Every breach of the data contract, all at once.",
    examples=(
        ("memorial check", "List every problem, one a line."),
        ("memorial check --strict", "Refuse warnings too."),
        ("memorial check --format json > problems.json", "Keep the problems for a program."),
        ("memorial check --withheld ~/private/names.txt", "Look for names that must stand nowhere."),
    ),
)
@form_option(["text", "json"], "text: one problem a line; json: a list of objects.")
@click.option("--strict", is_flag=True, help="Refuse warnings too.")
@click.option(
    "--withheld",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Names, one a line, of people who are not to be named; kept outside the atlas, and never printed.",
)
@click.pass_context
def check(ctx: click.Context, form: str, withheld: Path | None, *, strict: bool) -> None:
    """List every problem of the atlas: which file, row or feature and field, what was seen, what was expected.

    Nothing is written. The exit code is 2 when there is a breach (with --strict: or a warning), else 0.
    """
    from geo.atlas import check_folder  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.commands.reports import count_problems, say_joins  # noqa: PLC0415
    from geo.errors import InputError  # noqa: PLC0415

    folder: Path = ctx.obj
    try:
        with progress() as step:
            problems, reports = check_folder(folder, withheld=withheld, step=step)
    except InputError as error:
        if not error.problems:
            raise
        problems, reports = list(error.problems), ()
        say(f"{error.message}; what it should hold was not checked")
    if form == "json":
        rows = [problem._asdict() for problem in problems]
        answer(escape_unseen(json.dumps(rows, ensure_ascii=False, indent=1)) + "\n")
    else:
        answer("".join(f"{problem.severity}: {problem}\n" for problem in problems))
        say_joins(reports, details=True)
    say(count_problems(problems))
    if (strict and problems) or any(problem.severity == "error" for problem in problems):
        ctx.exit(2)
