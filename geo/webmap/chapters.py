"""The guided reading of a map, as its page is given it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.webmap.pieces import Json, given, speak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["gather_chapters"]


def gather_chapters(chapters: Iterable[Json], languages: Sequence[str], cite: Callable[[str], Json]) -> list[Json]:
    """Return the chapters of a map definition.

    Parameters
    ----------
    chapters
        Chapters of `geo.spec`, as the catalogue keeps them.
    languages
        The languages that the page speaks.
    cite
        Makes a ``Reference`` of ``source-id#locator``, and remembers the source for the page.

    Returns
    -------
    list of dict
        ``Chapter`` of ``payload.ts``, in the order of reading; bounds are west, south, east, north in degrees (WGS 84).
    """
    return [
        {
            "title": speak(chapter["title"], languages),
            "text": speak(chapter["text"], languages),
            **given(bounds=chapter["bounds"], where=chapter["where"], during=chapter["during"]),
            "records": list(chapter["records"]),
            "sources": [cite(ref) for ref in chapter["sources"]],
        }
        for chapter in chapters
    ]
