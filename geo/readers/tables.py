"""Tables: CSV, every cell a text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pandas as pd

from geo.errors import Problem, show_text
from geo.gazetteer import suggest_terms
from geo.readers.files import DEFAULT_LIMITS, Limits, decode, hold_values, read_bytes, refuse
from geo.readers.problems import Findings
from geo.spec import Schema

__all__ = ["MAX_CELL", "cell_limit", "read_table"]

MAX_CELL: Final = 1_000_000
"""Longest cell, in characters."""


def read_table(
    path: Path, name: str, schema: Schema, limits: Limits = DEFAULT_LIMITS
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows of a CSV file, every cell as the text that stands there.

    Comma, double quote, a header row; UTF-8 with or without a byte order mark; any line end. Nothing is guessed and
    nothing is converted: ``0203`` keeps its zero, ``NA`` is a text, and an empty cell is an empty text. Lines with
    nothing on them are passed over.

    Parameters
    ----------
    path
        The file.
    name
        The file as the atlas names it, for messages.
    schema
        The columns that it must have; their order in the file is free.
    limits
        How large it may be.

    Returns
    -------
    tuple
        A frame with the columns of `schema` in order, of str objects, indexed by ``line``: the line of the file on
        which the row begins, the header being 1. And the problems: unknown, missing or repeated columns; rows with
        too few or too many cells, which are set aside; text that is not CSV, after which reading stops.

    Raises
    ------
    InputError
        The file cannot be read, is not UTF-8, passes a limit, or has no header.
    """
    data = read_bytes(path, name, limits)
    hold_values(data, b",\r\n", name, limits)
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise refuse(name, "U+0000", "text", "save the file as UTF-8 text", where=f"line {line}", rule="no-control")
    findings = Findings(name)
    records = _read_records(decode(data, name, limits), name, findings)
    line, header = next(records, (0, []))
    if not header:
        if problems := findings.result():
            return _frame({}, [], schema), problems
        raise refuse(name, "an empty file", "a header row with the columns " + ", ".join(schema.names), rule="columns")
    if len(header) > limits.columns:
        raise limits.refuse(name, f"{len(header):,} columns", "columns", "columns")
    findings.add(*_check_header(header, line, name, schema))
    places = {column: header.index(column) for column in schema.names if column in header}
    columns: dict[str, list[str]] = {column: [] for column in places}
    lines: list[int] = []
    for line, cells in records:
        if len(cells) != len(header):
            seen, expected = f"{len(cells)} cells", f"{len(header)} cells, as in the header"
            hint = "put double quotes around a cell that holds a comma"
            findings.add(Problem(name, f"line {line}", "", seen, expected, hint, "ragged-row"))
            if findings.full:
                break
            continue
        lines.append(line)
        for column, place in places.items():
            columns[column].append(cells[place])
    return _frame(columns, lines, schema), findings.result()


def _frame(columns: dict[str, list[str]], lines: list[int], schema: Schema) -> pd.DataFrame:
    index = pd.Index(lines, name="line", dtype="int64")
    empty = [""] * len(lines)
    series = {name: pd.Series(columns.get(name, empty), index=index, dtype=object) for name in schema.names}
    return pd.DataFrame(series, index=index)


def _read_records(text: str, name: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each record begins, and its cells; stop at the first text that is not CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    with cell_limit():
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                seen = show_text(str(error))
                hint = "mend this line; what follows it was not read"
                findings.add(Problem(name, f"line {line}", "", seen, "comma-separated values", hint, "csv"))
                return
            if cells:
                yield line, cells


@contextmanager
def cell_limit() -> Iterator[None]:
    """Let cells be as long as `MAX_CELL`; the limit of the `csv` module is one for the whole process."""
    before = csv.field_size_limit(MAX_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _check_header(header: list[str], line: int, name: str, schema: Schema) -> Iterator[Problem]:
    where = f"line {line}"
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        yield Problem(
            name, where, "", show_text(header[0]), "columns parted by commas", "save as CSV with commas", "columns"
        )
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            yield Problem(name, where, show_text(column), f"{header.count(column)} columns", "one", rule="columns")
        if column not in schema.names and not schema.open:
            near = suggest_terms(column, set(schema.names) - set(header))
            hint = f"did you mean {near[0]}?" if near else "remove it, or move it to a table of its own"
            expected = "one of " + ", ".join(schema.names)
            yield Problem(name, where, show_text(column), "an unknown column", expected, hint, "columns")
    for column in schema.names:
        if column not in header:
            yield Problem(name, where, column, "no such column", "this column, empty where unknown", rule="columns")
