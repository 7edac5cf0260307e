"""``memorial stats``: how many records there are, how that compares with what sources count, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from geo.commands.manual import Taught, form_option
from geo.commands.terminal import answer, answer_data, say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["stats"]

_ASPECTS: Final = ("province", "kind", "decade", "source", "standing", "basis")
"""`geo.query.counting.ASPECTS`, which the help must not import."""

_FORMATS: Final = ("table", "json", "csv")
"""The keys of `geo.commands.tallies.FORMATS`, likewise."""


@click.command(
    cls=Taught,
    short_help="How many records there are, and what is missing.",
    examples=(
        ("memorial stats", "Print what the atlas holds, of how much, and what it lacks."),
        ("memorial stats --by province", "Count the places of each province."),
        ("memorial stats --by source --format csv > sources.csv", "Keep how many records each source carries."),
    ),
)
@click.option("--by", type=click.Choice(_ASPECTS), help="Count places and journeys by this instead.")
@form_option(_FORMATS, "table for reading; json and csv for a program.")
@click.pass_obj
def stats(folder: Path, by: str | None, form: str) -> None:
    """Print counts of records, never of people, with what sources count beside them.

    Without --by: what the atlas holds, how that compares with how much sources say there is, and what is missing.
    With --by: each line counts places or journeys, and the last one is all of them; a decade is that in which a place
    came into use or a journey began.
    """
    from geo.commands.reports import open_current  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.commands.tallies import FORMATS, count_line  # noqa: PLC0415
    from geo.query.counting import summarise, tally  # noqa: PLC0415

    with open_current(folder) as catalogue:
        counted = tally(catalogue, by) if by else ()
        shown = FORMATS[form](catalogue, counted) if by else FORMATS[form](catalogue, summarise(catalogue))
    (answer_data if form == "csv" else answer)(shown)
    for one in counted:
        say(count_line(one))
