"""Corrections that a person wrote down: which cell, what stood there, what is right, who says so, and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from geo.errors import InputError, Problem, show_text
from geo.guarding import guard_cell
from geo.importing.account import Finding
from geo.importing.cells import clean_cell
from geo.readers.listings import Listing

__all__ = ["COLUMNS", "LEAVE_OUT", "Correction", "corrections_text", "obey", "read_corrections"]

COLUMNS: Final = ("row", "column", "seen", "corrected", "by", "why")
"""The columns of a corrections file."""

_ROW_DIGITS: Final = 18
"""No number of a row is longer."""

LEAVE_OUT: Final = "leave out"
"""What stands under ``corrected``, with an empty column, for a row that is not to become a record."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of a corrections file.

    Attributes
    ----------
    line
        Its row in the corrections file.
    row
        The row of the table.
    column
        The column of the table; empty for the whole row.
    seen
        What stood in the cell when the correction was made.
    corrected
        What is right; empty for a cell that is to stay empty, and, while `by` is empty, for an open question.
    by, why
        Who says so, and on what ground.
    """

    line: int
    row: int
    column: str
    seen: str
    corrected: str
    by: str
    why: str

    @property
    def decided(self) -> bool:
        """Return whether somebody has decided."""
        return bool(self.corrected or self.by)


def read_corrections(listing: Listing, name: str) -> list[Correction]:
    """Return the corrections of a file.

    Parameters
    ----------
    listing
        The file, as `geo.readers.read_listing` gives it.
    name
        The file, for messages.

    Returns
    -------
    list of Correction
        In the order of the file.

    Raises
    ------
    InputError
        A column is missing, a row is no number, or two lines correct one cell; with every such problem.
    """
    problems = list(listing.aside)
    missing = [column for column in COLUMNS if column not in listing.columns]
    problems += [Problem(name, "row 1", column, "no such column", "this column", "", "columns") for column in missing]
    if missing:
        raise InputError(f"{name} cannot be used", problems)
    found: dict[tuple[int, str], Correction] = {}
    for row in listing.rows:
        cells = {column: clean_cell(text)[0] for column, text in zip(listing.columns, row.cells, strict=True)}
        where, number = f"row {row.number}", cells["row"]
        if not number.isdecimal() or len(number) > _ROW_DIGITS:
            problems.append(Problem(name, where, "row", number, "the number of a row of the table", "", "row"))
            continue
        made = Correction(row.number, int(number), *(cells[column] for column in COLUMNS[1:]))
        first = found.setdefault((made.row, made.column), made)
        if first is not made:
            seen = f"row {made.row}, {made.column or 'the whole row'}"
            expected = f"one correction of a cell; row {first.line} is the first"
            problems.append(Problem(name, where, "", seen, expected, "take one of them out", "twice"))
        if not made.column and made.corrected not in {"", LEAVE_OUT}:
            problems.append(Problem(name, where, "corrected", made.corrected, LEAVE_OUT, "name a column", "whole-row"))
    if problems:
        raise InputError(f"{name} cannot be used", problems)
    return list(found.values())


def obey(
    corrections: Iterable[Correction], listing: Listing
) -> tuple[dict[int, dict[str, str]], set[int], list[Finding]]:
    """Return what corrections change in a table.

    Parameters
    ----------
    corrections
        Those of the corrections file.
    listing
        The table.

    Returns
    -------
    tuple
        Row -> column -> text; the rows that are left out; and a finding for each correction that does not fit the
        table any more, which is not obeyed.
    """
    changed: dict[int, dict[str, str]] = {}
    out: set[int] = set()
    stale: list[Finding] = []
    rows = {row.number: row for row in listing.rows}
    for made in corrections:
        if not made.decided:
            continue
        row = rows.get(made.row)
        seen, expected = "", ""
        if row is None:
            seen, expected = f"no row {made.row}", "a row of the table"
        elif made.column and made.column not in listing.columns:
            seen, expected = made.column, "a column of the table"
        elif made.column:
            stands = clean_cell(row.cells[listing.columns.index(made.column)])[0]
            if stands != made.seen:
                seen, expected = stands or "nothing", f"{made.seen or 'nothing'}, as the correction saw it"
        if seen:
            step = f"look at row {made.line} of the corrections"
            stale.append(
                Finding(
                    made.row, "", made.column, show_text(seen), expected, step, "stale-correction", "to be looked at"
                )
            )
        elif made.column:
            changed.setdefault(made.row, {})[made.column] = made.corrected
        else:
            out.add(made.row)
    return changed, out, stale


def corrections_text(corrections: Iterable[Correction], open_cells: Mapping[tuple[int, str], tuple[str, str]]) -> str:
    """Return a corrections file: what was there stays, and every open question gets a line to be filled in.

    Parameters
    ----------
    corrections
        What the file held.
    open_cells
        Row and column -> what stands there, and what is proposed.

    Returns
    -------
    str
        CSV, guarded against formulas; a proposal stands under ``why`` with a question mark, and is obeyed only when a
        person moves it.
    """
    rows: list[tuple[int, str, str, str, str, str]] = []
    held = set()
    for made in corrections:
        if made.decided or (made.row, made.column) in open_cells:
            held.add((made.row, made.column))
            rows.append((made.row, made.column, made.seen, made.corrected, made.by, made.why))
    for (row, column), (seen, proposal) in sorted(open_cells.items()):
        if (row, column) not in held:
            rows.append((row, column, seen, "", "", f"perhaps {proposal}?" if proposal else ""))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((row, *map(guard_cell, texts)) for row, *texts in rows)
    return out.getvalue()
