"""``memorial check``: every breach of the data contract, and what the joins left over."""

from __future__ import annotations

import json
from pathlib import Path

import click

from geo.commands.manual import NamedPath, Taught, form_option
from geo.commands.terminal import answer, answer_data, escape_unseen, progress, say

__all__ = ["check"]


@click.command(
    cls=Taught,
    short_help="Every breach of the data contract, all at once.",
    examples=(
        ("memorial check", "List every problem, one a line."),
        ("memorial check --strict", "Refuse warnings too."),
        ("memorial check --format json > problems.json", "Keep the problems for a program."),
        ("memorial check --withheld ~/private/names.txt", "Look for names that must stand nowhere."),
        ("memorial check --built", "Say of each page whether it is up to date, stale, altered or missing."),
    ),
)
@form_option(["text", "json"], "text: one problem a line; json: a list of objects.")
@click.option("--strict", is_flag=True, help="Refuse warnings too.")
@click.option(
    "--withheld",
    metavar="FILE",
    type=NamedPath(),
    help="Names, one a line, of people who are not to be named; kept outside the atlas, and never printed.",
)
@click.option(
    "--built",
    "place",
    metavar="[DIR]",
    is_flag=False,
    flag_value="",
    help="Check the pages and the catalogue instead, against the record of their build; in DIR when pages went there.",
)
@click.pass_context
def check(ctx: click.Context, form: str, withheld: Path | None, place: str | None, *, strict: bool) -> None:
    """List every problem of the atlas: which file, row or feature and field, what was seen, what was expected.

    Nothing is written. The exit code is 2 when there is a breach (with --strict: or a warning), else 0.

    With --built, the outputs are held against provenance.json, which stands beside them: each is up to date; stale,
    because what it was made of has changed; altered; unrecorded; or missing. The exit code is 2 when one is altered
    (with --strict: or not up to date), else 0.
    """
    if place is not None:
        _check_built(ctx, form, Path(place) if place else None, withheld, strict=strict)
        return
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


def _check_built(ctx: click.Context, form: str, place: Path | None, withheld: Path | None, *, strict: bool) -> None:
    """Say of each output whether it still is what was written, and whether its inputs are what they were."""
    from geo.atlas import check_built  # noqa: PLC0415  (as above)
    from geo.atlas.recording import STATES  # noqa: PLC0415
    from geo.commands.reports import name_path  # noqa: PLC0415
    from geo.errors import Problem, RequestError  # noqa: PLC0415

    if withheld is not None:
        problem = Problem("the question", "--built", "", "--withheld beside it", "one of the two", "ask twice")
        raise RequestError("This check cannot be made", [problem])
    if place is not None and not place.is_dir():
        problem = Problem("the question", "--built", "", str(place), "a folder that pages were written to")
        raise RequestError("This check cannot be made", [problem])
    standing = check_built(ctx.obj, place)
    if form == "json":
        rows = [each._asdict() | {"path": name_path(each.path)} for each in standing]
        answer(escape_unseen(json.dumps(rows, ensure_ascii=False, indent=1)) + "\n")
    else:
        lines = (
            f"{each.state}: {name_path(each.path)}" + (f" ({'; '.join(each.reasons)})" if each.reasons else "")
            for each in standing
        )
        answer_data("".join(f"{line}\n" for line in lines))
    counts = {state: [each.state for each in standing].count(state) for state in dict.fromkeys(STATES)}
    told = ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)
    wrong = any(each.state != "up to date" for each in standing)
    say((told or "nothing was built here") + ("; `memorial build` makes them anew" if wrong else ""))
    if any(each.state == "altered" or (strict and each.state != "up to date") for each in standing):
        ctx.exit(2)
