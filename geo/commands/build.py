"""``memorial build``: the maps of an atlas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.commands.manual import NamedPath, Taught
from geo.commands.terminal import answer_data, open_in_browser, progress, say
from geo.errors import respell

if TYPE_CHECKING:
    from geo.atlas import Compiled

__all__ = ["build"]


@click.command(
    cls=Taught,
    short_help="Make the maps: one HTML file each.",
    examples=(
        ("memorial build", "Make every map of the atlas in this folder, and index.html that leads to them."),
        (
            "memorial build --map overview --lang km,en",
            "Make one map in Khmer and English; it opens in Khmer where the browser wants neither.",
        ),
        (
            "memorial build --split",
            "Write pages of more than about 150,000 places with their data in files beside them.",
        ),
        ("memorial build --out stick", "Write the pages into the folder stick."),
        ("memorial build --mask public", "Write pages and catalogue with coarsened positions, into maps/public."),
    ),
)
@click.option("--map", "names", metavar="NAME", multiple=True, help="Only this map; repeat it for several.")
@click.option(
    "--out",
    metavar="DIR",
    type=NamedPath(),
    help="Write into DIR. Default: beside the definitions of the maps.",
)
@click.option(
    "--lang",
    metavar="L,L",
    default="",
    help="Languages of the pages, the first one first, such as km,en. Default: those of the atlas.",
)
@click.option(
    "--mask",
    metavar="PROFILE",
    default="",
    help="Coarsen positions as [masks.PROFILE] in atlas.toml says; the masked version stands in a folder of its own.",
)
@click.option(
    "--split",
    is_flag=True,
    help="Write a page whose data pass 4 MB (some 200,000 places) as a page and files of data beside it.",
)
@click.option("--open", "show", is_flag=True, help="Open the first page in a browser.")
@click.pass_obj
def build(
    folder: Path, names: tuple[str, ...], out: Path | None, lang: str, mask: str, *, split: bool, show: bool
) -> None:
    """Check the atlas, compile it, and write index.html and one HTML file per map.

    Each file opens from a disk or a memory stick, without a network. What was done is said on standard error, the paths
    of the files on standard output. When the atlas breaks its contract nothing is written.
    """
    from geo.atlas import build_maps  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.commands.reports import name_path, say_compiled  # noqa: PLC0415

    languages = tuple(part for part in (part.strip() for part in lang.split(",")) if part)
    if lang and not languages:
        from geo.errors import Problem, RequestError  # noqa: PLC0415  (as above)

        problem = Problem("the question", "--lang", "", respell(lang), "languages of the atlas", "such as --lang km,en")
        raise RequestError("The pages need a language", [problem])
    with progress() as step:

        def tell(compiled: Compiled) -> None:
            step("")
            say_compiled(compiled)

        written = build_maps(
            folder, tuple(map(respell, names)), out, languages, mask, split=split, tell=tell, step=step
        )
    pages = [path for path in written if path.suffix == ".html"]
    for path in written:
        say(f"wrote {name_path(path)} ({path.stat().st_size / 1000:,.0f} kB)")
    if len(pages) < len(written):
        say("a page opens only with the files of data beside it: keep them in one folder, on a web server or a disk")
    answer_data("".join(f"{name_path(path)}\n" for path in written))
    if show:
        open_in_browser(str(pages[0].absolute()))
