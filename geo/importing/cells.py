"""Cells: the repairs that need no guessing, each with its name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from geo.guarding import unguard_cell

__all__ = ["REPAIRS", "clean_cell"]

REPAIRS: Final = {
    "spaces": "spaces at the ends or in a row taken out",
    "breaks": "line breaks and tabs made spaces",
    "invisible": "zero-width characters and direction marks taken out",
    "control": "control characters taken out",
    "unicode": "brought into Unicode normal form C",
    "guard": "the apostrophe that keeps a spreadsheet from computing the cell taken off",
}
"""Name of a repair -> what was done."""

_BREAKS: Final = re.compile("[\t\n\r\v\f\x85\u2028\u2029]+")
_SPACES: Final = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u180e\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ufdd0-\ufdef\U000e0000-\U000e007f]"
)
_JOINERS: Final = re.compile("[\u200b-\u200d]")
# Scripts written without spaces, where a zero-width space says where a line may break; there it belongs to the text.
_SPACELESS: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf]")
_EDGES: Final = " \u200b\u200c\u200d"


def clean_cell(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a cell without what nobody meant to type, and the names of the repairs that this took.

    Parameters
    ----------
    text
        A cell as it stands in the file.

    Returns
    -------
    tuple
        The text, NFC, and keys of `REPAIRS` in their order. Letters, digits and punctuation are never changed, but for
        the guard against formulas; spaces without width stay inside words of scripts that are written without spaces.
    """
    if (
        not text.startswith("'")
        and text.isascii()
        and text.isprintable()
        and text == text.strip(" ")
        and "  " not in text
    ):
        return text, ()
    done: set[str] = set()

    def swap(name: str, changed: str) -> str:
        nonlocal text
        if changed != text:
            done.add(name)
        text = changed
        return text

    swap("guard", unguard_cell(text))  # before a tab or a line feed that it keeps is taken away
    swap("breaks", _BREAKS.sub(" ", text.strip("\t\n\r\v\f")))
    swap("control", _CONTROL.sub("", text))
    swap("invisible", _INVISIBLE.sub("", text))
    if not _SPACELESS.search(text):
        swap("invisible", _JOINERS.sub("", text))
    swap("spaces", _SPACES.sub(" ", text).strip(_EDGES))
    swap("unicode", unicodedata.normalize("NFC", text))
    swap("guard", unguard_cell(text))
    return text, tuple(name for name in REPAIRS if name in done)
