"""``memorial query``: which records answer, each with its sources."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import click

from geo.commands.asking import answer_question, question_from, question_options
from geo.commands.completing import complete
from geo.commands.manual import Taught, form_option
from geo.commands.terminal import answer, answer_data, say
from geo.errors import count_of

if TYPE_CHECKING:
    from pathlib import Path

    from geo.query import Selection

__all__ = ["query"]

_FORMATS: Final = ("table", "csv", "json", "geojson", "geojsonl", "ids", "count")
"""The keys of `geo.commands.formats.FORMATS`, which the help must not import."""

_MOST: Final = 2**63 - 1
"""The greatest number of records that SQLite can count."""


@click.command(
    cls=Taught,
    short_help="Which places, routes, claims or events answer a question.",
    examples=(
        ("memorial query", "List every site."),
        ("memorial query --kind prison --province Kandal", "List the security centres of one province."),
        ("memorial query --where \"begin >= '1977' AND precision_m <= 1000\"", "Ask in OGC CQL2."),
        ("memorial query --near 11.55,104.92 --radius 20km", "List what is near a position, the nearest first."),
        ("memorial query --near Battambang --radius 30km --kind prison", "The same around a named place."),
        ("memorial query --during 1975-04/1976 --format count", "Count what existed in a time, certainly or possibly."),
        ("memorial query --province កណ្តាល --format csv > kandal.csv", "Keep a table that a spreadsheet opens."),
        (
            'memorial query routes --text "phnom penh" --format geojson > routes.geojson',
            "Keep a layer that a GIS opens.",
        ),
        (
            "memorial query claims --kind deaths --format json",
            "Give a program every claim about deaths, with citations.",
        ),
    ),
)
@click.argument("layer", default="sites", shell_complete=complete("layers"))
@question_options
@click.option(
    "--sort",
    metavar="FIELD",
    multiple=True,
    help="Sort by this field, -FIELD from the greatest down; distance is that to --near. Empty values come last.",
    shell_complete=complete("fields"),
)
@click.option("--limit", metavar="N", type=click.IntRange(0, _MOST), help="Print at most N records.")
@click.option(
    "--fields",
    metavar="A,B",
    multiple=True,
    help="Print only these fields, in this order; an unknown one lists them all.",
    shell_complete=complete("fields"),
)
@form_option(
    _FORMATS,
    "table for reading; csv and json with full citations; geojson for a GIS, geojsonl one feature a line; "
    "ids one a line; count how many, and how many without location or date.",
)
@click.pass_obj
def query(folder: Path, /, layer: str, form: str, **asked: Any) -> None:  # noqa: ANN401  (values of many options)
    """Print the records of LAYER that answer, and on standard error how many there are.

    LAYER is a layer of the atlas (sites, routes, provinces: as its atlas.toml calls them; former areas by
    the name of their period), or claims, events, history, zones or sources; sites when it is left out. For claims,
    --kind is the measure; for events, the theme; for zones, the zone.

    Every condition must hold; of several kinds or provinces, any one. Words of --text are looked for in names of
    every script, places, dates, summaries and claims; case, accents, hyphens and spaces do not matter, and a word that
    no record holds is read as the nearest name.
    """
    from geo.commands.formats import FORMATS, MAPPED, key_of  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.commands.reports import open_current  # noqa: PLC0415
    from geo.commands.tables import COLUMNS  # noqa: PLC0415

    question, problems = question_from(layer, asked)
    if question.near and not question.sort:
        question = question._replace(sort=("distance",))
    with open_current(folder) as catalogue:
        if form == "ids":
            question = question._replace(fields=key_of(catalogue, question.layer))
        columns = COLUMNS if form == "table" else ()
        selection = answer_question(catalogue, question, problems, shapes=form in MAPPED, columns=columns)
        with closing(FORMATS[form](catalogue, selection)) as pieces:  # a reader may leave in the middle of a record
            (answer_data if form == "csv" else answer)(pieces)
        if form != "count":
            say(_count(selection))


def _count(selection: Selection) -> str:
    """Return how many records answer, in numbers that add up."""
    asked = selection.asked
    shown, matched = selection.shown, selection.matched
    first = f"the first {shown:,} of {matched:,} that answer, of" if matched > shown else f"{shown:,} of"
    parts = [f"{first} {count_of(selection.total, asked.layer)}"]
    if selection.read_as:
        parts.append(f"no record has {asked.text!r}; read as {selection.read_as!r}")
    if selection.unlocated:
        parts.append(f"{selection.located:,} located, {selection.unlocated:,} without a location")
    if selection.undated:
        parts.append(f"{selection.undated:,} undated")
    if asked.during:
        parts.append(f"{selection.certain:,} certainly in {asked.during}, {selection.possible:,} possibly")
        if selection.set_aside:
            parts.append(f"{selection.set_aside:,} undated ones are set aside")
    return "; ".join(parts)
