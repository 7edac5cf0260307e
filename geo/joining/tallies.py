"""Counts and sums of some rows of a table joined to a layer; those of parts are put together into those of the whole.

Whatever the parts and their order, the whole is the same: counts and sums are exact, and of the rows that need a look
the first ones of the table are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.joining.amounts import EMPTY, NUMBER, OTHER, Sums, read_amounts
from geo.joining.indexes import NOTHING, TIE, WAYS, Hit, Hits, KeyIndex, PlaceIndex
from geo.joining.positions import MISSING, READ, UNREADABLE, read_positions, texts_of

__all__ = ["EXAMPLES", "OUTCOMES_OF_SUMS", "Example", "Plan", "Tally", "tally_aside", "tally_rows"]

Ints = npt.NDArray[np.int64]
Outcome = Literal["matched", "unmatched", "ambiguous", "unreadable"]

OUTCOMES_OF_SUMS: Final[tuple[Outcome, ...]] = ("matched", "unmatched", "ambiguous", "unreadable")
"""What may become of a row; several may belong to one record, so that none is a duplicate."""

EXAMPLES: Final = 20
"""How many different cells of each kind are named: the first ones of the table."""

_MATCHED, _UNMATCHED, _AMBIGUOUS, _UNREADABLE = range(4)


class Example(NamedTuple):
    """A row that is named in a report.

    Attributes
    ----------
    row
        Its number.
    seen
        What stands in it.
    hit
        What was found.
    """

    row: int
    seen: str
    hit: Hit


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done with each part of a table: where its rows look, and what is summed.

    Attributes
    ----------
    sought
        The columns that are compared: one for a key; for a place one or two, or none for the geometry of the rows.
    amounts
        The columns that are summed.
    index
        Where a cell is found among the records.
    group
        The group of each record.
    groups
        How many groups there are.
    """

    sought: tuple[str, ...]
    amounts: tuple[str, ...]
    index: KeyIndex | PlaceIndex
    group: Ints
    groups: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are read, each once."""
        return tuple(dict.fromkeys((*self.sought, *self.amounts)))


@dataclass(slots=True)
class Tally:
    """Counts and sums of some rows.

    A bucket is a group, or, behind the groups, an outcome other than ``matched``; a place is a column that is summed,
    times the number of buckets, plus a bucket.

    Attributes
    ----------
    rows
        How many rows have each outcome, in the order of `OUTCOMES_OF_SUMS`.
    ways
        How many matched rows were found in each way, in the order of `WAYS`.
    met
        One bit for each record: whether a row matched it.
    bucket
        Rows of each bucket.
    numbers
        Cells of each place that hold a number.
    cells
        Of each column how many cells hold a number, nothing, or something else.
    sums
        The sum of each place.
    examples
        Outcome, or ``column N`` for a cell that holds no number -> the first rows, each different cell once. Under
        ``matched`` stand those that were not found as they are.
    """

    rows: Ints
    ways: Ints
    met: npt.NDArray[np.uint8]
    bucket: Sums
    numbers: Sums
    cells: Ints
    sums: Sums
    examples: dict[str, list[Example]] = field(default_factory=dict)

    @classmethod
    def empty(cls, plan: Plan) -> Tally:
        """Return the tally of no rows."""
        bits = np.packbits(np.zeros(len(plan.group), bool))
        cells = np.zeros((len(plan.amounts), 3), np.int64)
        return cls(np.zeros(4, np.int64), np.zeros(len(WAYS), np.int64), bits, Sums(), Sums(), cells, Sums())

    @classmethod
    def together(cls, parts: Sequence[Tally]) -> Tally:
        """Return the tally of all rows of some parts, at least one; the order of the parts does not matter."""
        examples = {}
        for what in dict.fromkeys(what for part in parts for what in part.examples):
            listed = sorted(each for part in parts for each in part.examples.get(what, ()))
            first: dict[str, Example] = {}
            for each in listed:
                first.setdefault(each.seen, each)
            examples[what] = list(first.values())[:EXAMPLES]
        return cls(
            sum((part.rows for part in parts[1:]), parts[0].rows),
            sum((part.ways for part in parts[1:]), parts[0].ways),
            np.bitwise_or.reduce([part.met for part in parts]),
            Sums.together(part.bucket for part in parts),
            Sums.together(part.numbers for part in parts),
            sum((part.cells for part in parts[1:]), parts[0].cells),
            Sums.together(part.sums for part in parts),
            examples,
        )


def tally_rows(rows: pd.DataFrame, plan: Plan) -> Tally:
    """Return the counts and sums of some rows.

    Parameters
    ----------
    rows
        The index numbers the rows, ascending; columns as `geo.readers.datasets.read_part` gives them. Where no column
        is compared, a GeoDataFrame of points (longitude before latitude, in degrees, WGS 84).
    plan
        What is done with them.

    Returns
    -------
    Tally
        Of these rows.
    """
    if isinstance(plan.index, KeyIndex):
        found = _find_keys(rows[plan.sought[0]], plan.index)
    else:
        found = _find_places(rows, plan.sought, plan.index)
    outcome, hits, alike, tell = found
    matched = np.flatnonzero(outcome == _MATCHED)
    bucket = plan.groups + outcome.astype(np.int64) - 1
    bucket[matched] = plan.group[hits.at[matched]]
    met = np.zeros(len(plan.group), bool)
    met[hits.at[matched]] = True
    tally = Tally(
        np.bincount(outcome, minlength=4).astype(np.int64),
        np.bincount(hits.how[matched], minlength=len(WAYS)).astype(np.int64),
        np.packbits(met),
        _count(bucket),
        Sums(),
        np.zeros((len(plan.amounts), 3), np.int64),
        Sums(),
    )
    numbers = rows.index.to_numpy()
    exact = (WAYS.index("exact"), WAYS.index("inside"))
    wanted = {"matched": (outcome == _MATCHED) & ~np.isin(hits.how, exact)}
    wanted |= {OUTCOMES_OF_SUMS[at]: outcome == at for at in (_UNMATCHED, _AMBIGUOUS, _UNREADABLE)}
    for what, chosen in wanted.items():
        tally.examples[what] = _first(numbers, np.flatnonzero(chosen), alike, tell)
    for at, column in enumerate(plan.amounts):
        _add_column(tally, rows[column], at, bucket, plan)
    return tally


def tally_aside(aside: Mapping[int, str], plan: Plan) -> Tally:
    """Return the counts of rows that could not be read at all; nothing of them is summed.

    Parameters
    ----------
    aside
        The number of each row, and what was seen in it.
    plan
        What is done with the others.

    Returns
    -------
    Tally
        Of these rows.
    """
    tally = Tally.empty(plan)
    if aside:
        tally.rows[_UNREADABLE] = len(aside)
        tally.bucket = _count(np.full(len(aside), plan.groups + _UNREADABLE - 1))
        tally.cells[:, EMPTY] = len(aside)
    tally.examples["unreadable"] = [Example(row, seen, Hit(NOTHING)) for row, seen in islice(aside.items(), EXAMPLES)]
    return tally


def _add_column(tally: Tally, column: pd.Series[Any], at: int, bucket: Ints, plan: Plan) -> None:
    """Add the sums and counts of one column to a tally."""
    amounts = read_amounts(column)
    place = bucket + at * (plan.groups + 3)
    tally.sums = Sums.together([tally.sums, Sums.of(amounts, place)])
    tally.numbers = Sums.together([tally.numbers, _count(place[amounts.kind == NUMBER])])
    tally.cells[at] = np.bincount(amounts.kind, minlength=3)

    def tell(row: int) -> tuple[str, Hit]:
        return str(column.iloc[row]), Hit(NOTHING)

    others = np.flatnonzero(amounts.kind == OTHER)
    tally.examples[f"column {at}"] = _first(column.index.to_numpy(), others, column.to_frame(), tell)


def _count(code: Ints) -> Sums:
    """Return how often each code stands."""
    codes, counts = np.unique(code, return_counts=True)
    return Sums(codes * 32, np.zeros(len(codes), np.int64), counts.astype(np.int64))


def _first(numbers: Ints, rows: Ints, alike: pd.DataFrame, tell: Callable[[int], tuple[str, Hit]]) -> list[Example]:
    """Return the first of some rows, each different cell once."""
    found: dict[str, Example] = {}
    if not len(rows):
        return []
    for row in rows[~alike.iloc[rows].duplicated().to_numpy()].tolist():
        seen, hit = tell(row)
        found.setdefault(seen, Example(int(numbers[row]), seen, hit))
        if len(found) == EXAMPLES:
            break
    return list(found.values())


class Finding(NamedTuple):
    """Of each row its outcome, what it found and what it is told apart by; and what tells what stands in it and why."""

    outcome: npt.NDArray[np.int8]
    hits: Hits
    alike: pd.DataFrame
    tell: Callable[[int], tuple[str, Hit]]


def _outcomes(at: Ints) -> npt.NDArray[np.int8]:
    return np.select([at >= 0, at == TIE], [_MATCHED, _AMBIGUOUS], _UNMATCHED).astype(np.int8)


def _find_keys(column: pd.Series[Any], index: KeyIndex) -> Finding:
    texts, codes = texts_of(column)
    used = np.unique(codes)
    mine = index.find_all([texts[code] for code in used.tolist()])
    places = np.zeros(len(texts), np.int64)
    places[used] = np.arange(len(used))
    hits = Hits(mine.at[places[codes]], mine.how[places[codes]])

    def tell(row: int) -> tuple[str, Hit]:
        text = texts[codes[row]]
        return text, index.find(text) if text else Hit(NOTHING, said="the cell is empty")

    return Finding(_outcomes(hits.at), hits, pd.DataFrame({"code": codes}), tell)


def _find_places(rows: pd.DataFrame, sought: Sequence[str], index: PlaceIndex) -> Finding:
    lon, lat, state, seen, code = read_positions(rows, sought)
    here = np.flatnonzero(state == READ)
    at, how = np.full(len(rows), NOTHING, np.int64), np.zeros(len(rows), np.int8)
    at[here], how[here] = index.find_all(lon[here], lat[here])
    outcome = np.where(state == UNREADABLE, _UNREADABLE, _outcomes(at)).astype(np.int8)

    def tell(row: int) -> tuple[str, Hit]:
        if state[row] == UNREADABLE:
            return seen(row), Hit(NOTHING, said="the position cannot be read")
        if state[row] == MISSING:
            return "", Hit(NOTHING, said="the cell is empty")
        text = f"{float(lat[row])!r},{float(lon[row])!r}"
        return text, index.find(float(lon[row]), float(lat[row]))

    return Finding(outcome, Hits(at, how), pd.DataFrame({"lon": lon, "lat": lat, "code": code}), tell)
