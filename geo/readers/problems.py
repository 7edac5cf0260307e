"""The problems of one file while it is read: at most so many, so that a hostile file cannot fill the memory."""

from __future__ import annotations

from typing import Final

from geo.errors import Problem

__all__ = ["MAX_PROBLEMS", "Findings"]

MAX_PROBLEMS: Final = 1_000
"""Most problems named for one file; reading stops there."""


class Findings:
    """The problems of one file, in the order in which they are found.

    Parameters
    ----------
    name
        The file as the atlas names it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._problems: list[Problem] = []
        self._seen_once: dict[tuple[str, str], tuple[int, int]] = {}

    @property
    def full(self) -> bool:
        """Return whether so many problems were found that reading must stop."""
        return len(self._problems) >= MAX_PROBLEMS

    def add(self, *problems: Problem) -> None:
        """Note problems as they are found."""
        self._problems += problems

    def add_kind(self, problem: Problem) -> None:
        """Note a problem that may stand in every row; only its first place is named, and the others are counted."""
        kind = (problem.rule, problem.field)
        place, count = self._seen_once.get(kind, (len(self._problems), 0))
        if not count:
            if self.full:
                return
            self._problems.append(problem)
        self._seen_once[kind] = (place, count + 1)

    def result(self) -> list[Problem]:
        """Return all of them; where reading stopped, the last one says so."""
        found = list(self._problems)
        for place, count in self._seen_once.values():
            if count > 1:
                first = found[place]
                found[place] = first._replace(where=f"{first.where} and {count - 1} more")
        if self.full:
            seen = f"{len(found)} problems"
            hint = "mend these first; what follows was not read"
            found.append(Problem(self.name, "", "", seen, f"fewer than {MAX_PROBLEMS:,}", hint, "too-many"))
        return found
