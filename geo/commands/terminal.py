"""What a command prints: answers to standard output, everything else to standard error."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from geo.errors import UNSEEN, OutputError, Problem, show_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = [
    "answer",
    "answer_width",
    "bold",
    "escape_unseen",
    "fit_table",
    "lay_out",
    "measure_table",
    "open_in_browser",
    "progress",
    "say",
    "say_lines",
    "spell_cells",
    "spell_unseen",
    "text_width",
]

_UNSEEN: Final = f"[{UNSEEN}](?<![\n\t])"
"""What a terminal obeys instead of showing it; a tab and a line feed are layout."""

_PLAIN: Final = "[ -~\u00a1-\u00ac\u00ae-\u02ff\u1e00-\u1eff\u2010-\u2027]*"
"""Latin letters and the punctuation of books: one column a character, whatever the terminal."""

_ANSWERED: Final = "geo.answered"
"""Where a run notes that something stands on standard output."""

_PIECE: Final = 65_536
"""How many letters of an answer are written at once."""

_LEAST: Final = 12
_LEAST_NAME: Final = 24
_GAP: Final = "  "
_LONGEST: Final = 10_000
"""Letters of a cell."""


def say(text: str) -> None:
    """Print a line for the person at the keyboard."""
    click.echo(show_text(text, 2_000), err=True)


def say_lines(text: str) -> None:
    """Print lines for the person at the keyboard, each as `say` does."""
    for line in text.splitlines():
        say(line)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows, on a terminal, which step of long work is under way; elsewhere it shows nothing.

    Each step takes the place of the one before; an empty one wipes the line, as does the end of the block.
    """
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    shown = ""

    def step(text: str) -> None:
        nonlocal shown
        if text or shown:
            click.echo(f"\r\x1b[K{show_text(text, _terminal_size().columns - 2)}", err=True, nl=False)
        shown = text

    try:
        yield step
    finally:
        step("")


def answer(text: str | Iterable[str]) -> None:
    """Print text that is safe on a terminal, as UTF-8 whatever the locale says.

    Parameters
    ----------
    text
        The answer, or its pieces in order: what has been made is written while the rest is still being made.

    Raises
    ------
    OutputError
        When it cannot be written, as on a full disk.
    BrokenPipeError
        When whoever reads it has read enough.
    """
    if sys.stdout is None:
        raise refuse_output("it is closed")
    waiting, size = [], 0
    for piece in (text,) if isinstance(text, str) else text:
        waiting.append(piece.encode("utf-8", "backslashreplace"))
        size += len(piece)
        if size >= _PIECE:
            _write(b"".join(waiting))
            waiting, size = [], 0
    _write(b"".join(waiting))


def _write(data: bytes) -> None:
    """Write to standard output, and let nothing wait there.

    Raises
    ------
    OutputError, BrokenPipeError
        As `answer`.
    """
    try:
        sys.stdout.flush()
        ctx = click.get_current_context(silent=True)
        if ctx is not None and data:
            ctx.meta[_ANSWERED] = True
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise refuse_output(error.strerror or str(error)) from error


def has_answered(ctx: click.Context) -> bool:
    """Return whether a run has written anything to standard output."""
    return bool(ctx.meta.get(_ANSWERED))


def refuse_output(seen: str) -> OutputError:
    """Return the error of an answer that standard output does not take."""
    problem = Problem("standard output", "", "", seen, "a file, pipe or terminal that takes the answer", "", "output")
    return OutputError("The answer could not be written", [problem])


def answer_data(text: str | Iterable[str]) -> None:
    """Print text that comes from data: into a file or a pipe letter for letter, on a terminal with escapes.

    Raises
    ------
    OutputError, BrokenPipeError
        As `answer`.
    """
    pieces = (text,) if isinstance(text, str) else text
    answer(map(spell_unseen, pieces) if _on_terminal() else pieces)


def spell_unseen(text: str) -> str:
    """Return text whose control and direction characters are escapes; its lines and tabs stay."""
    return escape_unseen(text.replace("\r\n", "\n"))


def escape_unseen(json_text: str) -> str:
    """Return JSON whose control and direction characters are JSON escapes: it reads back equal."""
    if json_text.isprintable():
        return json_text
    return re.sub(_UNSEEN, lambda match: f"\\u{ord(match[0]):04x}", json_text)


def _on_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def answer_width() -> int | None:
    """Return how many columns the answer may take; ``None`` when no terminal limits it."""
    return _terminal_size().columns if _on_terminal() else None


def answer_height() -> int | None:
    """Return how many lines of the answer can be seen at once; ``None`` when no terminal limits it."""
    return _terminal_size().lines if _on_terminal() else None


def _terminal_size() -> os.terminal_size:
    import shutil  # noqa: PLC0415  (an answer into a pipe must not pay for its archives)

    return shutil.get_terminal_size()


def open_in_browser(address: str) -> None:
    """Open an address or a file in the browser of the person at the keyboard; say so where there is none."""
    if click.launch(address):
        say(f"no browser could be opened: open {address} in one")


def bold(text: str) -> str:
    """Return text in bold on a terminal, unless NO_COLOR asks for plain text (https://no-color.org)."""
    return click.style(text, bold=True) if _on_terminal() and not os.environ.get("NO_COLOR") else text


def text_width(text: str) -> int:
    """Return how many columns a text takes: a Khmer vowel sign takes none, a wide character takes two."""
    if text.isascii() or re.fullmatch(_PLAIN, text):
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415  (an answer in Latin letters must not pay for its tables)

    return max(wcswidth(text), 0)


def fit_table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> tuple[str, list[str]]:
    """Lay out a table so that each row takes one line.

    Parameters
    ----------
    header, rows, width
        As for `measure_table`.

    Returns
    -------
    tuple of str and list of str
        The lines, and the names of the columns that found no room, from the right.
    """
    safe = [spell_cells(row) for row in rows]
    columns, left_out = measure_table(header, safe, width)
    lines = [lay_out(row, columns) for row in (header, *safe)]
    lines[0] = bold(lines[0])
    return "\n".join(lines), left_out


def measure_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None
) -> tuple[list[int], list[str]]:
    """Find how wide the columns of a table must be so that each row takes one line.

    Parameters
    ----------
    header
        Names of the columns. The first column is never cut: it is what a person types next.
    rows
        Cells that are safe to print, one sequence a row.
    width
        How many columns of letters a line may take; ``None`` for any number.

    Returns
    -------
    tuple of list of int and list of str
        The width of each column that has room, and the names of those that have none, from the right.
    """
    columns = [
        max(len(text) if text.isascii() else text_width(text) for text in column)
        for column in zip(header, *rows, strict=True)
    ]
    least = [columns[0], *(min(column, _LEAST) for column in columns[1:])]
    least[1:2] = [min(column, _LEAST_NAME) for column in columns[1:2]]
    room = len(columns)
    while width is not None and room > 1 and sum(least[:room]) + len(_GAP) * (room - 1) > width:
        room -= 1
    columns = columns[:room]
    if width is not None:
        _narrow(columns, least, width - len(_GAP) * (room - 1))
    return columns, list(header[room:])


def _narrow(columns: list[int], least: Sequence[int], width: int) -> None:
    """Take room from the columns that have most to give until they fit into `width`, or have nothing left to give."""
    for _ in range(sum(columns) - width):
        spare = [column - floor for column, floor in zip(columns, least, strict=False)]
        widest = spare.index(max(spare))
        if spare[widest] <= 0:
            return
        columns[widest] -= 1


def spell_cells(row: Sequence[str]) -> Sequence[str]:
    """Return the cells of a row so that they are safe to print: control and direction characters are escapes."""
    if "".join(row).isprintable():
        return row
    return [show_text(text, _LONGEST) for text in row]


def lay_out(row: Sequence[str], columns: Sequence[int]) -> str:
    """Return a row of a table as a line: each cell as wide as its column, padded, or cut with an ellipsis.

    Cells beyond the columns found no room.
    """
    cells = [
        text.ljust(width) if len(text) <= width and text.isascii() else _fill(text, width)
        for text, width in zip(row, columns, strict=False)
    ]
    return _GAP.join(cells).rstrip()


def _fill(text: str, width: int) -> str:
    """Return text that takes exactly `width` columns: padded, or cut with an ellipsis between two letters."""
    taken = text_width(text)
    if taken > width:
        text, taken = _cut(text, width - 1)
        text, taken = f"{text}…", taken + 1
    return text + " " * (width - taken)


def _cut(text: str, width: int) -> tuple[str, int]:
    """Return as many whole letters as fit, and how many columns they take; a Khmer letter keeps its signs."""
    from wcwidth import iter_graphemes  # noqa: PLC0415  (as above)

    kept, taken = [], 0
    for letter in iter_graphemes(text):
        taken += text_width(letter)
        if taken > width:
            taken -= text_width(letter)
            break
        kept.append(letter)
    return "".join(kept), taken
