"""What a preview shows: the pages of the last build that succeeded, and what the last one that did not found wrong."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from geo.atlas import build_maps
from geo.errors import MemorialError
from geo.readers import find_atlas
from geo.readers.manifests import digest_atlas, list_files, read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from geo.atlas import Compiled

__all__ = ["Preview", "State"]

_SHORT = 16
"""How many letters of a SHA-256 tell one state of a page from another."""


def _ignore(_: object) -> None:
    """Do nothing with what is told."""


class State(NamedTuple):
    """What there is to show; it is replaced as a whole, so that no reader ever sees half of it.

    Attributes
    ----------
    number
        How many builds there were.
    pages
        Name of a map, or ``index`` for the cover -> its page, as the last build that succeeded wrote it.
    error
        Why the last build was refused; ``None`` when it was not.
    """

    number: int
    pages: Mapping[str, bytes]
    error: MemorialError | None

    def digests(self) -> dict[str, str]:
        """Return name -> a few letters that change whenever the page does."""
        return {name: hashlib.sha256(page).hexdigest()[:_SHORT] for name, page in self.pages.items()}


class Preview:
    """The pages of an atlas, as they were when they could last be built.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.

    Raises
    ------
    InputError
        When there is no atlas.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = find_atlas(folder)
        self.state = State(0, {}, None)
        self._seen = ""
        self._places: frozenset[Path] = frozenset({self.folder})

    def attempt(
        self, tell: Callable[[Compiled], object] = _ignore, step: Callable[[str], object] = _ignore
    ) -> list[Path]:
        """Build every map, as `geo.atlas.build_maps` does; a build that is refused leaves the pages as they are.

        Parameters
        ----------
        tell, step
            As for `geo.atlas.build_maps`.

        Returns
        -------
        list of Path
            The files that were written; empty when the build was refused: `state` says why.
        """
        self._seen = self._look()
        try:
            written = build_maps(self.folder, tell=tell, step=step)
            pages = {path.stem: path.read_bytes() for path in written}
        except MemorialError as error:
            self.state = State(self.state.number + 1, self.state.pages, error)
            return []
        self.state = State(self.state.number + 1, pages, None)
        return written

    def is_stale(self) -> bool:
        """Return whether an input is another one than at the last attempt."""
        return self._look() != self._seen

    def places(self) -> frozenset[Path]:
        """Return the folders in which the inputs stand; while the manifest is at fault, those that were last known."""
        try:
            manifest = read_manifest(self.folder)
            inputs = [self.folder / name for name in list_files(self.folder, manifest)]
        except MemorialError:
            return self._places
        found = {self.folder, self.folder / manifest.files.maps, *(path.parent for path in inputs)}
        self._places = frozenset(place for place in found if place.is_dir())
        return self._places

    def _look(self) -> str:
        """Return a text that changes when an input does, or when what is wrong with reading them does."""
        try:
            return digest_atlas(self.folder)[0]
        except MemorialError as error:
            return str(error)
