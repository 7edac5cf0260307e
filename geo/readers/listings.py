"""Files of other people's making: whatever the format, a list of rows in which every cell is a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final

from geo.errors import Problem, show_text
from geo.readers.files import MAX_COLUMNS, MAX_FEATURES, MAX_VALUES, refuse
from geo.readers.problems import MAX_PROBLEMS, Findings

__all__ = ["Listing", "Row", "column_letters", "make_listing"]

_LOOK_AHEAD: Final = 25
"""Rows that are looked at to tell a title above a table from the header of the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row or feature.

    Attributes
    ----------
    number
        Its row as a spreadsheet program numbers it (the first one is 1), or the number of the feature, from 1.
    cells
        One text for each column, as it stands in the file; empty where nothing stands.
    geometry
        A GeoJSON geometry in the coordinates of the file; None for a row of a table, or a feature without one.
    """

    number: int
    cells: tuple[str, ...]
    geometry: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file holds.

    Attributes
    ----------
    name
        The file, for messages.
    unit
        What a row is called: ``row`` or ``feature``.
    columns
        The names of the columns, each once.
    rows
        The rows that could be read, in the order of the file.
    aside
        Every problem of the rows that could not be read, at least one for each; `Problem.where` holds its number.
    taken
        One sentence for each thing that the file does not say and that was concluded: encoding, separator, sheet …
    crs
        The coordinate system of the geometries, as PROJ understands it; empty where the file names none.
    geometries
        Whether rows may have a geometry.
    """

    name: str
    unit: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    aside: tuple[Problem, ...] = ()
    taken: tuple[str, ...] = ()
    crs: str = ""
    geometries: bool = False

    @property
    def unread(self) -> dict[int, str]:
        """Return the number of each row that could not be read, once, and all that was seen in it."""
        seen: dict[int, list[str]] = {}
        for problem in self.aside:
            seen.setdefault(int("".join(filter(str.isdigit, problem.where)) or 0), []).append(problem.seen)
        return {number: "; ".join(texts) for number, texts in seen.items()}


@dataclass(slots=True)
class _Header:
    names: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def make_listing(
    name: str, records: Iterable[tuple[int, Sequence[str]]], taken: Iterable[str] = (), *, pad: bool = False
) -> Listing:
    """Return the rows of a table as a listing: the header is found, and rows of another length are set aside.

    Parameters
    ----------
    name
        The file, for messages.
    records
        Row numbers and cells, in the order of the file; blank rows among them are passed over.
    taken
        What was concluded so far.
    pad
        Whether cells that are missing at the end of a row are empty ones: so in a workbook, not in delimited text,
        where they tell of a broken line.

    Returns
    -------
    Listing
        Its `taken` says what became of a title above the header, and of columns without a name of their own.

    Raises
    ------
    InputError
        There is no header, or the table passes a limit.
    """
    filled = ((number, cells) for number, cells in records if any(cell.strip() for cell in cells))
    first = list(islice(filled, _LOOK_AHEAD))
    if not first:
        raise refuse(name, "an empty table", "a header row and at least one row", rule="columns")
    titles = _count_titles([cells for _, cells in first])
    header = _read_header(name, first[titles][1])
    header.taken += [
        f"row {number} stands above the header and is not a part of the table: {show_text(_joined(cells), 60)}"
        for number, cells in first[:titles]
    ]
    width = len(header.names)
    findings, rows, values = Findings(name), list[Row](), 0
    for number, cells in chain(first[titles + 1 :], filled):
        if any(cell.strip() for cell in cells[width:]) or (len(cells) < width and not pad):
            seen, expected = f"{len(cells)} cells", f"{width} cells, as in the header"
            hint = "put double quotes around a cell that holds a separator"
            findings.add(Problem(name, f"row {number}", "", seen, expected, hint, "ragged-row"))
            if findings.full:
                raise refuse(name, f"{MAX_PROBLEMS:,} rows of another length", expected, hint, rule="ragged-row")
            continue
        rows.append(Row(number, tuple(cells[:width]) + ("",) * (width - len(cells))))
        values += width
        if len(rows) > MAX_FEATURES or values > MAX_VALUES:
            expected = f"at most {MAX_FEATURES:,} rows and {MAX_VALUES:,} cells"
            raise refuse(name, f"{len(rows):,} rows", expected, "split the file", rule="size-limit")
    return Listing(
        name, "row", tuple(header.names), tuple(rows), tuple(findings.result()), (*taken, *header.taken)
    )  # fmt: skip


def column_letters(number: int) -> str:
    """Return how a spreadsheet program names a column.

    Parameters
    ----------
    number
        The column, from 1.

    Returns
    -------
    str
        ``A`` … ``Z``, ``AA`` …
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _count_titles(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows of one filled cell stand above a table of three columns or more."""
    widths = [sum(bool(cell.strip()) for cell in cells) for cells in rows]
    titles = 0
    while titles < len(widths) - 1 and widths[titles] == 1:
        titles += 1
    return titles if max(widths) >= 3 else 0


def _read_header(name: str, cells: Sequence[str]) -> _Header:
    """Return a name for each column; what stands beyond the last name is no column."""
    width = max((at for at, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    if width > MAX_COLUMNS:
        raise refuse(name, f"{width:,} columns", f"at most {MAX_COLUMNS:,} columns", rule="size-limit")
    header = _Header()
    for at, cell in enumerate(cells[:width], start=1):
        own = " ".join(cell.split())
        first = known = own or f"column {column_letters(at)}"
        again = 2
        while known in header.names:
            known = f"{first} ({again})"
            again += 1
        if known != own:
            said = f"has no name and is called “{known}”" if not own else f"has a name twice and is called “{known}”"
            header.taken.append(f"column {column_letters(at)} {said}")
        header.names.append(known)
    return header


def _joined(cells: Sequence[str]) -> str:
    return " ".join(cell for cell in cells if cell.strip())
