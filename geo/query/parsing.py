"""CQL2 text -> its JSON form, by the ``cql2`` package; and where a text stops to be CQL2."""

from __future__ import annotations

import re
from typing import Any, Final

from geo.errors import Problem, RequestError
from geo.guarding import condition_excess

__all__ = ["parse_where"]

_PLACE: Final = re.compile(r"--> (\d+):(\d+)")
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")


def parse_where(text: str) -> Any:  # noqa: ANN401  (the JSON form of CQL2)
    """Return a condition in the JSON form of CQL2.

    Parameters
    ----------
    text
        CQL2 text.

    Returns
    -------
    dict, bool
        As OGC 21-065r2 describes it.

    Raises
    ------
    RequestError
        When the text is not CQL2, with the character where that shows; or when it is too long or nested too deeply.
    """
    import cql2  # noqa: PLC0415  (a question without a condition need not pay for it)

    if excess := condition_excess(text):
        problem = Problem("the question", "--where", "", *excess)
        raise RequestError("The condition cannot be answered", [problem])
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        raise RequestError("The condition is not CQL2", [_syntax_problem(text, str(error))]) from None


def _syntax_problem(text: str, error: str) -> Problem:
    """Return where a text stops to be CQL2, and what may be wrong with it."""
    found = _PLACE.search(error)
    lines = text.split("\n")
    row, column = (int(found[1]), int(found[2])) if found else (1, 1)
    line = lines[row - 1] if row <= len(lines) else ""
    at = sum(len(before) + 1 for before in lines[: row - 1]) + column
    seen = f"{line[: column - 1][-50:]}[HERE]{line[column - 1 :][:50]}"
    rest = text[at - 1 :]
    bare = _QUOTED.sub("", text)
    expected = (
        "a value, a field or a condition"
        if "SingleQuotedString" in error or "Expr" in error
        else "an operator or the end"
    )
    if "'" in bare:
        expected, next_step = "a quotation mark that is closed", "a quotation mark within a text is doubled: 'it''s'"
    elif bare.count("(") > bare.count(")"):
        next_step = "a parenthesis is not closed"
    elif rest.startswith("=") and text[: at - 1].rstrip().endswith("="):
        next_step = "equality is one sign: ="
    elif text[: at - 1].rstrip().endswith("!") or rest.startswith("!"):
        next_step = "write <> for what differs"
    else:
        next_step = "for example: kind = 'prison' AND begin_earliest >= DATE('1975-04-17')"
    return Problem("the question", f"--where, character {at}", "", seen, expected, next_step)
