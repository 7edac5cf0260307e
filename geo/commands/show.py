"""``memorial show``: everything that is known about one record, each statement with its citation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from geo.commands.completing import complete
from geo.commands.manual import Taught, form_option
from geo.commands.terminal import answer
from geo.errors import respell

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["show"]


@click.command(
    cls=Taught,
    short_help="Everything that is known about one record.",
    examples=(
        ("memorial show KH12", "Print what is known about a province."),
        ("memorial show c0001 --format json", "Give a program one claim, with its citation."),
        ("memorial show kh", "Print what sources say about the country as a whole."),
        ("memorial show KH12 --format ris", "Give a reference manager every source that is cited there."),
    ),
)
@click.argument("key", metavar="ID", shell_complete=complete("ids"))
@form_option(
    ["text", "json", "csl", "ris"],
    "text for reading, json for a program; csl (CSL-JSON) and ris: its sources, for a reference manager.",
)
@click.pass_obj
def show(folder: Path, key: str, form: str) -> None:
    """Print one record: its names, dates and position, what each source claims, how it belongs to others.

    ID is the id of a site, route, claim, event or source, or the code of a province; `memorial query` lists ids.
    """
    from geo.commands.portrait import as_csl, as_json, as_text  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.commands.reports import open_current  # noqa: PLC0415
    from geo.query import as_ris, cited_sources  # noqa: PLC0415
    from geo.query import show as show_record  # noqa: PLC0415

    with open_current(folder) as catalogue:
        dossier = show_record(catalogue, respell(key))
        if form == "text":
            answer(as_text(catalogue, dossier))
        elif form == "json":
            answer(as_json(dossier))
        else:
            items = cited_sources(catalogue, dossier.source_ids)
            answer(as_csl(items) if form == "csl" else as_ris(items))
