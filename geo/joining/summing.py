"""Sums of a table per record, or per value of a field: its parts are read, joined and summed one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Problem, RequestError
from geo.gazetteer import suggest_terms
from geo.joining.sides import Side, read_side
from geo.joining.tallies import Plan, Tally, tally_aside, tally_rows
from geo.readers.datasets import Dataset, read_part

if TYPE_CHECKING:
    from geo.catalogue import Catalogue
    from geo.joining.running import JoinRequest
    from geo.readers.listings import Listing

__all__ = ["Engine", "Gathered", "Summed", "run_sums", "sum_here"]

Engine = Callable[[Dataset, Plan, Callable[[str], None]], Tally]
"""What reads the parts of a dataset and sums them: in this process, or in many. It is given a place to say how far."""

_TOGETHER: Final = 8
"""Tallies that are kept before they are put together."""


@dataclass(frozen=True, slots=True)
class Summed:
    """A table summed over a layer.

    Attributes
    ----------
    file, layer, by
        The table, the layer, and what was compared.
    columns
        The columns that were summed.
    side
        The records.
    tally
        Counts and sums.
    taken
        What was concluded about the file.
    unit
        What a row is called.
    """

    file: str
    layer: str
    by: str
    columns: tuple[str, ...]
    side: Side
    tally: Tally
    taken: tuple[str, ...]
    unit: str


def run_sums(
    catalogue: Catalogue,
    table: Dataset | Listing,
    request: JoinRequest,
    sums: tuple[tuple[str, ...], str],
    engine: Engine,
    step: Callable[[str], None],
) -> Summed:
    """Return a table summed over the records of a layer.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    table
        A dataset, which is read part by part, or rows that were read.
    request
        What is joined, by ``key`` or by ``place``; for a place without columns the points of the rows are taken.
    sums
        The columns that are summed, and what per.
    engine
        What reads and sums a dataset.
    step
        What is told how far it is.

    Returns
    -------
    Summed
        The same whatever the engine.

    Raises
    ------
    RequestError
        A layer, a column or a field does not exist, or the table has no points.
    InputError
        A file of the dataset cannot be read.
    CatalogueError
        When the catalogue is damaged.
    """
    columns = tuple(dict.fromkeys(sums[0]))
    sought = _sought(table, request)
    _check_columns(table, sought, columns)
    step(f"reading the records of {request.layer}")
    side = read_side(catalogue, request, sums[1])
    plan = Plan(sought, columns, side.index, side.group, len(side.labels))
    by = f"{request.column} = {request.field}"
    if request.by == "place":
        by = f"place ({', '.join(sought) or 'the points of the rows'})"
    if isinstance(table, Dataset):
        files = f"{table.files:,} files in the order of their names; rows are numbered from 1 through all of them"
        taken = (files,) if table.files > 1 else ()
        tally = engine(table, plan, step)
        return Summed(table.name, request.layer, by, columns, side, tally, taken, "row")
    rows = pd.DataFrame(
        {column: pd.Categorical([row.cells[at] for row in table.rows]) for at, column in _columns_of(table, plan)},
        index=[row.number for row in table.rows],
    )
    tally = Tally.together([tally_rows(rows, plan), tally_aside(table.unread, plan)])
    return Summed(table.name, request.layer, by, columns, side, tally, table.taken, table.unit)


def _columns_of(listing: Listing, plan: Plan) -> list[tuple[int, str]]:
    return [(listing.columns.index(column), column) for column in plan.columns]


def _sought(table: Dataset | Listing, request: JoinRequest) -> tuple[str, ...]:
    """Return the columns that are compared; none when it is the points of the rows.

    Raises
    ------
    RequestError
        The rows have no points, or it is not known where they lie.
    """
    if request.by == "key":
        return (request.column,)
    if sought := tuple(column for column in (request.coord or request.lat, request.lon) if column):
        return sought[:1] if request.coord else sought
    located = isinstance(table, Dataset) and table.geometry
    if located and isinstance(table, Dataset) and table.crs:
        return ()
    seen = "points whose coordinate system is not known" if located else "no points"
    step = "name the columns: --lat C --lon C, or --coord C"
    raise RequestError(
        "It is not known where the rows lie", [Problem(table.name, "", "--by place", seen, "GeoParquet", step)]
    )


def _check_columns(table: Dataset | Listing, sought: Iterable[str], columns: Iterable[str]) -> None:
    """Refuse columns that the table does not have, all at once."""
    problems = []
    for option, names in (("column", sought), ("--sum", columns)):
        for column in names:
            if column not in table.columns:
                near = suggest_terms(column, table.columns)
                hint = f"did you mean {' or '.join(near)}?" if near else ""
                expected = f"one of {', '.join(table.columns)}"
                problems.append(Problem(table.name, "", option, column, expected, hint))
    if problems:
        raise RequestError("There is no such column", problems)


def sum_here(dataset: Dataset, plan: Plan, step: Callable[[str], None]) -> Tally:
    """Return the counts and sums of a dataset: its parts one after the other, in this process.

    Parameters
    ----------
    dataset
        The table.
    plan
        What is done with each part.
    step
        What is told how far it is.

    Returns
    -------
    Tally
        Of all rows.

    Raises
    ------
    InputError
        A file cannot be read.
    """
    gathered = Gathered(plan, len(dataset.parts), step)
    for part in dataset.parts:
        gathered.add(tally_rows(read_part(part, dataset, list(plan.columns), located=not plan.sought), plan))
    return gathered.tally


class Gathered:
    """The tallies of parts as they come, in any order.

    Parameters
    ----------
    plan
        What is done with each part.
    parts
        How many will come.
    step
        What is told how far it is.
    """

    def __init__(self, plan: Plan, parts: int, step: Callable[[str], None]) -> None:
        self._tallies = [Tally.empty(plan)]
        self._parts, self._done, self._step = parts, 0, step
        self._say()

    def add(self, tally: Tally) -> None:
        """Take the tally of one more part."""
        self._done += 1
        self._tallies.append(tally)
        if len(self._tallies) > _TOGETHER:
            self._tallies = [Tally.together(self._tallies)]
        self._say()

    def _say(self) -> None:
        self._step(f"joining and summing: {self._done:,} of {self._parts:,} parts")

    @property
    def tally(self) -> Tally:
        """Return the tally of all parts that have come."""
        return Tally.together(self._tallies)
