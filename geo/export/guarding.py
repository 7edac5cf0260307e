"""Cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["guard_cell"]

_FORMULA: Final = re.compile("'*[=+\\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def guard_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return, after any number of apostrophes,
    gets one apostrophe more; taking one away again gives the text. A plain number is left alone.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
