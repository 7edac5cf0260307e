"""What makes a catalogue fast to ask, beside the full-text index: figures by record, indexes of columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from geo.catalogue.opening import INDEXED, quote_name
from geo.catalogue.rows import table_rows
from geo.ledger import ADMITTED_STATUSES, DATE_UNIT, parse_number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from decimal import Decimal

    from geo.readers import Inputs

__all__ = ["write_claimed", "write_indexes"]


def write_claimed(db: sqlite3.Connection, inputs: Inputs) -> dict[str, str]:
    """Write the smallest and the largest number that admitted claims state, by measure and record.

    Returns
    -------
    dict of str to str
        Measure -> the unit that counts, which is its most used one; empty when no claim speaks of it. Measures of
        which only dates are claimed are left out.
    """
    admitted = [row for row in table_rows(inputs, "claims") if row["status"] in ADMITTED_STATUSES]
    used: dict[str, Counter[str]] = defaultdict(Counter)
    for row in admitted:
        used[row["measure"]][row["unit"]] += bool(row["low"] or row["high"])
    units = {
        measure: min(used[measure].keys() - {DATE_UNIT}, key=lambda unit: (-used[measure][unit], unit), default="")
        for measure in (*inputs.vocabulary.measures, *used)
        if set(used[measure]) != {DATE_UNIT}
    }
    numbers: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for row in admitted:
        if row["unit"] == units.get(row["measure"]):
            stated = [parse_number(row[bound]) for bound in ("low", "high") if row[bound]]
            numbers[row["measure"], row["subject"]] += stated
    db.execute(
        "CREATE TABLE claimed (measure TEXT, subject TEXT, low REAL, high REAL, PRIMARY KEY (measure, subject))"
        " WITHOUT ROWID"
    )
    rows = ((*key, float(min(found)), float(max(found))) for key, found in sorted(numbers.items()) if found)
    db.executemany("INSERT INTO claimed VALUES (?, ?, ?, ?)", rows)
    return units


def write_indexes(db: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Index the columns that questions name, in every layer and table that has them."""
    for table in tables:
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({quote_name(table)})")]
        for column in INDEXED:
            if column in columns:
                index = quote_name(f"{table}_{column}")
                db.execute(f"CREATE INDEX {index} ON {quote_name(table)} ({quote_name(column)})")
