"""``memorial schema``: the data contract as JSON Schema, for an editor or a program."""

from __future__ import annotations

from typing import Final

import click

from geo.commands.manual import Taught
from geo.commands.terminal import answer

__all__ = ["schema"]

_NAMES: Final = (
    "atlas", "map", "vocabulary", "sites", "routes", "areas", "backdrop", "claims", "names", "relations", "events",
    "figures", "history", "changes", "crosswalk", "zones",
)  # fmt: skip
"""`geo.schemas.SCHEMA_NAMES`, which the help must not import."""


@click.command(
    cls=Taught,
    short_help="The data contract as JSON Schema, for editors.",
    examples=(
        ("memorial schema atlas > atlas.schema.json", "Keep the schema of atlas.toml beside it, for an editor."),
        ("memorial schema sites", "Print what the properties of a place may be."),
    ),
)
@click.argument("name", type=click.Choice(_NAMES), metavar="NAME")
def schema(name: str) -> None:
    """Print the JSON Schema (draft 7) of one kind of file.

    NAME is atlas, map or vocabulary for TOML; sites, routes, areas or backdrop for a layer in GeoJSON; claims, names,
    relations, events, figures, history, changes, crosswalk or zones for a row of a table. An editor finds the schema of
    a TOML file by its first line, such as: #:schema atlas.schema.json
    """
    from geo.schemas import render_schema  # noqa: PLC0415  (the roof imports a room when it is called)

    answer(render_schema(name))
