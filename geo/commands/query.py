"""``memorial query``: which records answer, each with its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from geo.commands.manual import Taught, form_option
from geo.commands.terminal import answer, answer_data, respell, say

if TYPE_CHECKING:
    from pathlib import Path

    from geo.query import Selection

__all__ = ["query"]

_FORMATS: Final = ("table", "csv", "json", "geojson")
"""The keys of `geo.commands.formats.FORMATS`, which the help must not import."""


@click.command(
    cls=Taught,
    short_help="Which places, routes, claims or events answer a question.",
    examples=(
        ("memorial query", "List every site."),
        ("memorial query --kind prison --province Kandal", "List the security centres of one province."),
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
@click.argument("layer", default="sites")
@click.option(
    "--kind",
    "kinds",
    metavar="K",
    multiple=True,
    help="Only this kind, by its word or its label; repeat it for several. An unknown one lists them all.",
)
@click.option(
    "--province",
    "provinces",
    metavar="P",
    multiple=True,
    help="Only this province, by code or by name in any spelling.",
)
@click.option("--text", default="", metavar="T", help="Only records in which every word of T occurs.")
@form_option(_FORMATS, "table for reading; csv and json with full citations; geojson for a GIS.")
@click.pass_obj
def query(folder: Path, layer: str, kinds: tuple[str, ...], provinces: tuple[str, ...], text: str, form: str) -> None:
    """Print the records of LAYER that answer, and on standard error how many there are.

    LAYER is a layer of the atlas (sites, routes, provinces: as its atlas.toml calls them; former areas by
    the name of their period), or claims, events, history, zones or sources; sites when it is left out. For claims,
    --kind is the measure; for events, the theme; for zones, the zone.

    Words of --text are looked for in names of every script, places, dates, summaries and notes; case, accents and
    hyphens do not matter.
    """
    from geo.commands.formats import FORMATS  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.commands.reports import open_current  # noqa: PLC0415
    from geo.query import Question, select  # noqa: PLC0415

    with open_current(folder) as catalogue:
        question = Question(respell(layer), tuple(map(respell, kinds)), tuple(map(respell, provinces)), respell(text))
        selection = select(catalogue, question, shapes=form == "geojson")
        shown = FORMATS[form](catalogue, selection)
    (answer_data if form == "csv" else answer)(shown)
    say(_count(selection))


def _count(selection: Selection) -> str:
    """Return how many records answer, in numbers that add up."""
    shown = len(selection.rows)
    parts = [f"{shown:,} of {selection.total:,} {selection.asked.layer}"]
    if selection.unlocated:
        parts.append(f"{selection.located:,} located, {selection.unlocated:,} without a location")
    if selection.undated:
        parts.append(f"{selection.undated:,} undated")
    return "; ".join(parts)
