"""The outcome of a join: what became of every row and every record, in numbers that add up."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from geo.errors import count_of, show_text
from geo.joining.matching import REPAIRS, Found, Matching
from geo.joining.records import Record
from geo.readers.listings import Listing, Row
from geo.reporting import Report, Section

__all__ = ["JoinOutcome", "Joined", "free_names", "join_rows", "joined_json", "joined_report", "joined_text"]

JoinOutcome = Literal["matched", "unmatched", "ambiguous", "duplicate", "unreadable", "left out"]

OUTCOMES: Final[dict[JoinOutcome, str]] = {
    "matched": "matched",
    "unmatched": "unmatched",
    "ambiguous": "set aside: more than one record answers",
    "duplicate": "set aside: another row has the same record",
    "unreadable": "set aside: the row could not be read",
    "left out": "left out by decision",
}
"""What becomes of a row, with what a report says of it; the numbers of all of them make up the rows."""

HOW: Final = {
    "exact": "as it stands",
    "alias": "by another name that the atlas knows",
    "sound": "by the sound of its name",
    "likeness": "by likeness",
    "inside": "inside the area",
    "near": "near the place",
} | {repair: f"repaired: {what}" for repair, what in REPAIRS.items()}


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """What became of one row.

    Attributes
    ----------
    number
        The row as its file numbers it.
    sought
        What it was matched by.
    outcome
        One of `OUTCOMES`.
    found
        The record, how it was found, and the candidates.
    said
        Why, in words.
    cells
        The cells of the row, in the order of the table.
    """

    number: int
    sought: str
    outcome: JoinOutcome
    found: Found
    said: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """A table joined to a layer.

    Attributes
    ----------
    file, layer, by, column
        The table, the layer, what was compared, and the first column of the table that was.
    columns
        The columns of the table.
    rows
        Every row of the table, in its order.
    records
        Every record of the layer, in its order.
    taken
        What was concluded about the file.
    unit
        What a row is called.
    """

    file: str
    layer: str
    by: str
    column: str
    columns: tuple[str, ...]
    rows: tuple[JoinedRow, ...]
    records: tuple[Record, ...]
    taken: tuple[str, ...] = ()
    unit: str = "row"

    @property
    def counts(self) -> dict[JoinOutcome, int]:
        """Return how many rows have each outcome; together they are all rows."""
        counts = Counter(row.outcome for row in self.rows)
        return {outcome: counts[outcome] for outcome in OUTCOMES}

    @property
    def met(self) -> set[str]:
        """Return the keys of the records that some row matched."""
        return {row.found.record.key for row in self.rows if row.outcome == "matched" and row.found.record}

    @property
    def unmet(self) -> list[Record]:
        """Return the records that no row matched."""
        met = self.met
        return [record for record in self.records if record.key not in met]

    @property
    def open(self) -> list[JoinedRow]:
        """Return the rows that wait for a decision: those set aside, and those that matched nothing."""
        return [row for row in self.rows if row.outcome not in {"matched", "left out"}]


def join_rows(  # noqa: PLR0913  (the table, the layer, and what is known of its rows)
    listing: Listing,
    records: Sequence[Record],
    sought: Mapping[int, str],
    matching: Matching,
    *,
    about: tuple[str, str, str],
    many: bool = False,
    left_out: Mapping[int, str] | None = None,
    unread: Mapping[int, str] | None = None,
) -> Joined:
    """Return a table joined to the records of a layer.

    Parameters
    ----------
    listing
        The table.
    records
        The right side.
    sought
        Row number -> what it is matched by; a row that is not there could not be read.
    matching
        What that is held against.
    about
        For the report: the layer, what was compared, and the first column of the table that was.
    many
        Whether several rows may belong to one record. If not, rows that are the same in every cell count once, and of
        rows that differ none is taken until somebody decides.
    left_out
        Row number -> why, for rows that a correction leaves out.
    unread
        Row number -> what stands there, for rows that could not be read.

    Returns
    -------
    Joined
        The join; each row of the table stands in it once.
    """
    left_out, unread = left_out or {}, unread or {}
    first: list[JoinedRow] = []
    for row in listing.rows:
        text = sought.get(row.number, "")
        if row.number in left_out:
            first.append(_joined(row, text, "left out", Found(None), left_out[row.number]))
        elif row.number not in sought:
            seen = unread.get(row.number, "")
            first.append(_joined(row, seen, "unreadable", Found(None), "the position cannot be read"))
        else:
            found = matching(text) if text else Found(None, said="the cell is empty")
            if found.record:
                first.append(_joined(row, text, "matched", found, found.said))
            else:
                several = len(found.candidates) > 1 and bool(found.said)
                first.append(_joined(row, text, "ambiguous" if several else "unmatched", found, found.said))
    aside = [JoinedRow(number, seen, "unreadable", Found(None), "", ()) for number, seen in listing.unread.items()]
    rows = first if many else list(_once(first))
    everything = tuple(sorted([*rows, *aside], key=lambda row: row.number))
    return Joined(listing.name, *about, listing.columns, everything, tuple(records), listing.taken, listing.unit)


def _joined(row: Row, text: str, outcome: JoinOutcome, found: Found, said: str) -> JoinedRow:
    return JoinedRow(row.number, text, outcome, found, said, row.cells)


def _once(rows: Sequence[JoinedRow]) -> Iterator[JoinedRow]:
    """Yield the rows so that each record has one: the same row twice counts once, rows that differ wait."""
    groups: dict[str, list[JoinedRow]] = defaultdict(list)
    for row in rows:
        if row.outcome == "matched" and row.found.record:
            groups[row.found.record.key].append(row)
    for row in rows:
        mine = groups.get(row.found.record.key, []) if row.outcome == "matched" and row.found.record else []
        if len(mine) < 2:
            yield row
            continue
        others = ", ".join(f"{other.number}" for other in mine if other is not row)
        if all(other.cells == row.cells for other in mine):
            if row is mine[0]:
                yield row
                continue
            said = f"the same in every cell as row {mine[0].number}, which is taken"
        else:
            said = f"has the same record as row {others}, and differs: none is taken until one is left out"
        yield JoinedRow(row.number, row.sought, "duplicate", row.found, said, row.cells)


def free_names(names: Iterable[str]) -> list[str]:
    """Return the names of columns, each once: one that an earlier column has, or a later one is called, gets a number.

    Parameters
    ----------
    names
        What the columns are called.

    Returns
    -------
    list of str
        In the same order, each as it is where it comes first.
    """
    names = list(names)
    taken: set[str] = set()
    free = []
    for name in names:
        own, number = name, 2
        while own in taken or (own != name and own in names):
            own, number = f"{name}_{number}", number + 1
        taken.add(own)
        free.append(own)
    return free


# --- what is said of it -------------------------------------------------------------------------------------------


def joined_text(joined: Joined) -> str:
    """Return the report of a join for a person: the sums first, then every row that needs a look."""
    return "\n".join(_lines(joined)) + "\n"


def _lines(joined: Joined) -> Iterator[str]:
    parts = " + ".join(f"{count:,} {OUTCOMES[outcome]}" for outcome, count in joined.counts.items() if count)
    rows = count_of(len(joined.rows), f"{joined.unit}s")
    yield f"{joined.file} to {joined.layer} by {joined.by}: {rows} in = {parts or 'none'}"
    unmet = joined.unmet
    met = len(joined.met)
    yield f"{joined.layer}: {count_of(len(joined.records), 'records')} = {met:,} matched + {len(unmet):,} without a row"
    how = Counter(row.found.how for row in joined.rows if row.outcome == "matched")
    if how:
        yield "matched: " + "; ".join(f"{count:,} {HOW[way]}" for way, count in how.items())
    for text in joined.taken:
        yield f"read: {text}"
    for row in joined.rows:
        if row.outcome == "matched" and row.found.how not in {"exact", "alias", "inside"}:
            yield f"  {joined.unit} {row.number}: {show_text(row.said, 200)} [{row.found.how}]"
    for row in joined.open:
        line = f"  {joined.unit} {row.number}: saw {show_text(row.sought or '(empty)')}: {OUTCOMES[row.outcome]}"
        line += f"; {show_text(row.said, 200)}" if row.said else ""
        if row.found.candidates and row.outcome != "duplicate":
            line += f". Perhaps: {'; '.join(_name(record) for record in row.found.candidates)}"
        yield line
    if unmet:
        shown = "; ".join(_name(record) for record in unmet[:10])
        yield f"without a row: {shown}" + (f" and {len(unmet) - 10:,} more" if len(unmet) > 10 else "")


def _name(record: Record) -> str:
    """Return how a report names a record."""
    return f"{show_text(record.name, 60)} ({record.key})" if record.name != record.key else record.key


def joined_json(joined: Joined) -> str:
    """Return the report of a join as JSON, keys in a fixed order: every row and every record is in it once."""
    rows: list[dict[str, Any]] = [
        {
            "row": row.number,
            "sought": row.sought,
            "outcome": row.outcome,
            "record": row.found.record.key if row.found.record else None,
            "how": row.found.how,
            "said": row.said,
            "candidates": [record.key for record in row.found.candidates],
        }
        for row in joined.rows
    ]
    body = {
        "file": joined.file,
        "layer": joined.layer,
        "by": joined.by,
        "rows_in": len(joined.rows),
        "counts": joined.counts,
        "records": len(joined.records),
        "records_matched": len(joined.met),
        "open": len(joined.open),
        "taken": list(joined.taken),
        "rows": rows,
        "without_a_row": [record.key for record in joined.unmet],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def joined_report(joined: Joined) -> Report:
    """Return the report of a join as it is published."""
    counts = joined.counts
    left = ((f"{joined.unit}s in", len(joined.rows)), *((OUTCOMES[each], count) for each, count in counts.items()))
    unmet = joined.unmet
    right = (
        (f"records of {joined.layer}", len(joined.records)),
        ("matched", len(joined.met)),
        ("without a row", len(unmet)),
    )
    by_outcome: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in joined.rows:
        record = _name(row.found.record) if row.found.record else ""
        if row.outcome == "matched":
            by_outcome["matched"].append((f"{row.number}", row.sought, record, HOW[row.found.how], row.said))
        else:
            perhaps = "; ".join(_name(each) for each in row.found.candidates)
            by_outcome[row.outcome].append((f"{row.number}", row.sought, row.said, perhaps))
    sections = [
        Section(
            OUTCOMES[outcome][:1].upper() + OUTCOMES[outcome][1:],
            (joined.unit, "seen", "why", "perhaps"),
            tuple(by_outcome[outcome]),
        )
        for outcome in OUTCOMES
        if outcome != "matched"
    ]
    sections.append(Section("Records without a row", ("id", "name"), tuple((each.key, each.name) for each in unmet)))
    sections.append(Section("Matched", (joined.unit, "seen", "record", "how", "note"), tuple(by_outcome["matched"])))
    facts = (
        ("Table", joined.file),
        ("Layer", joined.layer),
        ("Compared", joined.by),
        *(("Read", text) for text in joined.taken),
    )
    return Report(f"{joined.file} joined to {joined.layer}", facts, (left, right), tuple(sections))
