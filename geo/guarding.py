"""Text that another program must not obey, or must not be handed: formulas to a spreadsheet, bombs to a parser."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MAX_CONDITION", "MAX_CONDITION_DEPTH", "condition_excess", "guard_cell", "unguard_cell"]

MAX_CONDITION: Final = 20_000
"""Characters of a condition in CQL2."""

MAX_CONDITION_DEPTH: Final = 50
"""Levels of a condition: the parser recurses, and a process that runs out of stack dies without a word."""

_FORMULA: Final = "'*[=+\\-@\t\r\n＝＋－＠]"
_NUMBER: Final = r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"
_QUOTED: Final = r"'(?:[^']|'')*'|\"[^\"]*\""
_TOKEN: Final = r"[()]|\bnot\b|\b(?:and|or)\b|,|[-+*/%^<>=]"  # noqa: S105 -- a pattern


def guard_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    A cell that begins with ``=``, ``+``, ``-``, ``@``, in full width too, a tab, a carriage return or a line feed,
    after any number of apostrophes, gets one apostrophe more; taking one away again gives the text. A plain number is
    left alone.

    Notes
    -----
    OWASP, "CSV Injection": the characters that may begin a formula.
    """
    return f"'{text}" if re.match(_FORMULA, text) and not re.fullmatch(_NUMBER, text) else text


def unguard_cell(text: str) -> str:
    """Return a cell without the apostrophes that keep a spreadsheet from taking it for a formula or a number."""
    return text.lstrip("'") if re.match(_FORMULA, text) else text


def condition_excess(text: str) -> tuple[str, str, str] | None:
    """Return why a condition must not be handed to the parser of CQL2, or None.

    Parameters
    ----------
    text
        CQL2 text.

    Returns
    -------
    tuple of str or None
        What was seen, what is expected, what to do: it is longer than `MAX_CONDITION` or deeper than
        `MAX_CONDITION_DEPTH`.
    """
    if len(text) > MAX_CONDITION:
        seen = f"{len(text):,} characters"
        return seen, f"at most {MAX_CONDITION:,} characters", "put the question in parts"
    if (depth := _depth(text)) > MAX_CONDITION_DEPTH:
        expected = f"at most {MAX_CONDITION_DEPTH} levels of parentheses and signs"
        return f"{depth:,} levels", expected, "write it more flatly"
    return None


def _depth(text: str) -> int:
    """Return how deep a parser that recurses may have to go: open parentheses, and the signs before and in them."""
    levels = [0]
    total = deepest = 0
    for found in re.finditer(_TOKEN, re.sub(_QUOTED, "''", text), re.IGNORECASE):
        sign = found[0].lower()
        if sign == "(":
            levels.append(1)
            total += 1
        elif sign == ")":
            if len(levels) > 1:
                total -= levels.pop()
        elif sign in {"and", "or", ","}:
            total -= levels[-1] - min(levels[-1], 1)
            levels[-1] = min(levels[-1], 1)
            continue
        else:
            levels[-1] += 1
            total += 1
        deepest = max(deepest, total)
    return deepest
