"""The examples of a command, which its help shows, in the reference of the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from sphinx.application import Sphinx


def add_examples(_: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Write what `Taught` would write beneath the options."""
    examples = getattr(context.command, "examples", ())
    for line, meaning in examples:
        lines += [meaning, "", ".. code-block:: sh", "", f"   {line}", ""]


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to sphinx-click."""
    app.connect("sphinx-click-process-epilog", add_examples)
    return {"parallel_read_safe": True}
