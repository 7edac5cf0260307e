"""Cells that no spreadsheet takes for a formula."""

from __future__ import annotations

__all__ = ["guard_cell"]


def guard_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return, after any number of apostrophes,
    gets one apostrophe more; taking one away again gives the text. A plain number is left alone.
    """
    import re  # noqa: PLC0415  (nearly no cell needs it)

    formula = re.match("'*[=+\\-@\t\r]", text)
    return f"'{text}" if formula and not re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) else text
