"""The error family, drawn where it lives.

::

    MemorialError            anything the user can mend: exit code 2, one line per problem
    ├── InputError           a file cannot be read, or is not what it says it is
    ├── ContractError        the atlas was read, and breaks a rule of the data contract
    ├── RequestError         the question itself: an unknown kind, a map that does not exist
    ├── CatalogueError       the compiled atlas is missing, of another version or foreign
    │   └── DamagedError     it is damaged: compiled anew, it is whole again
    └── OutputError          a file cannot be written

Anything else that reaches the roof is a bug of ours: exit code 1, with its traceback.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

__all__ = [
    "UNSEEN",
    "CatalogueError",
    "ContractError",
    "DamagedError",
    "InputError",
    "MemorialError",
    "OutputError",
    "Problem",
    "RequestError",
    "count_of",
    "respell",
    "show_text",
]

UNSEEN: Final = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
"""What is obeyed instead of shown, or is no text: the inside of a character class of a regular expression."""


_COUNTED: Final = frozenset(
    {"changes", "claims", "events", "features", "names", "provinces", "records", "relations", "routes", "rows"}
    | {"sites", "sources", "zones"}
)
"""What is counted one by one and bears its plural in English with an s."""


def show_text(value: object, limit: int = 120) -> str:
    """Return a value as text that is safe on a terminal.

    Control characters, other ends of lines and marks that turn the direction of writing are shown as escapes, not
    obeyed, and so are halves of characters; text longer than `limit` characters is cut with an ellipsis.

    Parameters
    ----------
    value
        Anything; strings are shown as they are, everything else by its ``repr``.
    limit
        How many characters of the text are shown; an escape, which takes six letters, is shown whole.

    Returns
    -------
    str
        One line of printable text.
    """
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= limit and text.isprintable():
        return text
    shown = re.sub(f"[{UNSEEN}]", lambda found: f"\\u{ord(found[0]):04x}", text[:limit])
    return shown if len(text) <= limit else f"{shown}…"


def respell(text: str) -> str:
    """Return a word of the command line, or the name of a file, as text that can be written anywhere.

    Both are bytes. Where the locale does not read them as UTF-8, Python hands them on as they are, which no encoding
    takes; here they are read as UTF-8, and what is none becomes the replacement character.

    Parameters
    ----------
    text
        What the system gave.
    """
    try:
        return os.fsencode(text).decode("utf-8", "replace")
    except UnicodeEncodeError:  # it is text already, of letters that the locale lacks
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def count_of(count: int, plural: str) -> str:
    """Return how many of something there are, in words.

    Parameters
    ----------
    count
        How many.
    plural
        What is counted: a word of this program, such as ``rows``, or the name of a layer or table. Of another name
        that ends with an s the singular is not known: one is ``1 record of`` it.
    """
    if count != 1 or not plural.endswith("s"):
        return f"{count:,} {plural}"
    return f"1 {plural[:-1]}" if plural in _COUNTED else f"1 record of {plural}"


class Problem(NamedTuple):
    """One finding: where it is, what was seen, what was expected, what to do next.

    Attributes
    ----------
    input
        The file, as the atlas names it (relative to the atlas folder).
    where
        The row or feature: ``line 12``, ``feature 3 (s-21)``, ``key tables.claims.file``.
    field
        The column, property or option; empty when the whole row is meant.
    seen
        What stands there.
    expected
        What the contract asks for.
    next_step
        What a person can do about it.
    rule
        The short name of the rule that found it, such as ``point-in-province``.
    severity
        ``error`` refuses the atlas; ``warning`` lets it pass unless ``--strict``.
    """

    input: str
    where: str
    field: str
    seen: str
    expected: str
    next_step: str = ""
    rule: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Return the problem as one line of printable text."""
        place = ": ".join(show_text(part, 400) for part in (self.input, self.where, self.field) if part)
        line = f"{place}: saw {show_text(self.seen) or 'nothing'}; expected {show_text(self.expected, 400)}"
        if self.next_step:
            line += f". Next: {show_text(self.next_step, 400)}"
        return f"{line} [{self.rule}]" if self.rule else line


class MemorialError(Exception):
    """Anything the user can mend.

    Parameters
    ----------
    message
        One sentence that says what was refused.
    problems
        Every problem found before stopping, in the order they should be read.
    """

    exit_code = 2

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Return the message with one line per problem beneath it."""
        return "\n".join([show_text(self.message, 1000), *(f"  {problem}" for problem in self.problems)])


class InputError(MemorialError):
    """A file cannot be read, or is not what it says it is."""


class ContractError(MemorialError):
    """The atlas was read, and breaks a rule of the data contract."""


class RequestError(MemorialError):
    """The question itself is at fault."""


class CatalogueError(MemorialError):
    """The compiled atlas is missing, damaged, or written by something else."""


class DamagedError(CatalogueError):
    """The compiled atlas is damaged; nothing is lost, because it is made from the inputs."""


class OutputError(MemorialError):
    """A file cannot be written; whatever stood there before is unchanged."""
