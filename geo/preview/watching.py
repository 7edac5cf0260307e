"""Follow the inputs of an atlas, and build it again when one of them changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from watchfiles import watch

if TYPE_CHECKING:
    from collections.abc import Callable
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

    Notes
    -----
    The folders of the inputs are watched, not the files: an editor may put a new file in the place of the old one. What
    decides is the content: a file that was only touched, and the outputs beside the inputs, cost no build.
    """
    while stop is None or not stop.is_set():
        places = preview.places()
        if preview.is_stale():  # since the last attempt, before anything was watched
            build()
            continue
        for _ in watch(*places, recursive=False, debounce=_QUIET_MS, stop_event=stop, raise_interrupt=True):
            if preview.is_stale():
                build()
            if preview.places() != places:
                break
