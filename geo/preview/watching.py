"""Follow the inputs of an atlas, and build it again when one of them changes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from watchfiles import watch

from geo.errors import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from threading import Event

    from geo.preview.showing import Preview

__all__ = ["follow"]

_QUIET_MS: Final = 300
"""How long nothing may happen before changes are taken to be complete: an editor writes a file in several steps."""


def follow(preview: Preview, build: Callable[[], object], stop: Event | None = None) -> None:
    """Build a preview again whenever an input changes, until the process is interrupted.

    Parameters
    ----------
    preview
        What is shown.
    build
        Called when an input has changed: it calls `Preview.attempt`, and tells whoever waits.
    stop
        Ends it, too, when it is set.

    Raises
    ------
    KeyboardInterrupt
        When somebody presses Ctrl-C.
    RequestError
        When the system does not tell of changes there.

    Notes
    -----
    The folders of the inputs are watched, not the files: an editor may put a new file in the place of the old one, and
    another version of the atlas a new folder in the place of the old one. What decides is the content: a file that was
    only touched, and the outputs beside the inputs, cost no build.
    """
    while stop is None or not stop.is_set():
        standing = _find_standing(preview.places())
        if preview.is_stale():  # since the last attempt, before anything was watched
            build()
            continue
        for _ in _changes(preview, standing, stop):
            if preview.is_stale():
                build()
            if _find_standing(preview.places()) != standing:
                break


def _find_standing(places: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return the folders in which something may change, each with what tells it from a later one of its name.

    Of a folder that is gone it is the nearest one above: there it will come back.
    """
    found = {}
    for place in places:
        for folder in (place, *place.parents):
            with suppress(OSError):
                status = folder.stat()
                found[folder] = status.st_dev, status.st_ino
                break
    return found


def _changes(preview: Preview, places: Iterable[Path], stop: Event | None) -> Iterator[object]:
    """Yield once for all changes in some folders that come together."""
    try:
        yield from watch(*places, recursive=False, debounce=_QUIET_MS, stop_event=stop, raise_interrupt=True)
    except OSError as error:
        seen = error.strerror or str(error)
        step = "set the variable WATCHFILES_FORCE_POLLING to 1: the files are then looked at again and again"
        problem = Problem(str(preview.folder), "", "", seen, "folders whose changes the system tells of", step)
        raise RequestError("The inputs cannot be watched", [problem]) from error
