"""``memorial serve``: the pages on this machine, built again whenever an input changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from geo.commands.manual import Taught
from geo.commands.terminal import answer_data, open_in_browser, progress, say, say_lines

if TYPE_CHECKING:
    from geo.atlas import Compiled

__all__ = ["serve"]

_PORT: Final = 8750


@click.command(
    cls=Taught,
    short_help="Show the maps in a browser, and again whenever an input changes.",
    examples=(
        ("memorial serve", "Build the maps, and serve them to browsers on this machine."),
        ("memorial serve --port 0", "Take any port that is free."),
    ),
)
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65_535), default=_PORT, show_default=True, help="0 takes any."
)
@click.option("--open", "show", is_flag=True, help="Open the first page in a browser.")
@click.pass_obj
def serve(folder: Path, port: int, *, show: bool) -> None:
    """Build every map as `memorial build` does, serve them, and build them again whenever an input changes.

    Only programs on this machine are answered, and they are given only the pages. A page that is open is loaded again
    when a build has changed it. A build that is refused shows its problems here and below the page, which stays as it
    was. The address stands on standard output, everything else on standard error. Ctrl-C ends it: that is how it is
    meant to end, and the exit code is 0.
    """
    from geo.commands.reports import name_path  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.preview import Preview, follow, open_port, serving  # noqa: PLC0415

    preview = Preview(folder)

    def build() -> None:
        with progress() as step:

            def tell(compiled: Compiled) -> None:
                step("")
                for problem in compiled.problems:
                    say(f"warning: {problem}")

            written = preview.attempt(tell, step)
        if preview.state.error:
            say_lines(str(preview.state.error))
            say("not built; the pages stay as they were")
        else:
            say(f"wrote {len(written)} pages to {name_path(written[0].parent)}")

    listening = open_port(port)
    try:
        build()
        with serving(preview, listening) as address:
            answer_data(f"{address}\n")
            say("Ctrl-C ends it")
            if show:
                open_in_browser(address)
            try:
                follow(preview, build)
            except KeyboardInterrupt:
                say("ended")
    finally:
        listening.close()
