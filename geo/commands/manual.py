"""Commands whose help ends with examples that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Taught"]


class Taught(click.Command):
    """A command that is taught by examples; the tests run every one of them.

    Parameters
    ----------
    examples
        Pairs of a command line and what it does.
    """

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **settings: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **settings)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples beneath the options."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Examples"):
            for line, meaning in self.examples:
                formatter.write_text(f"{line}")
                with formatter.indentation():
                    formatter.write_text(meaning)
