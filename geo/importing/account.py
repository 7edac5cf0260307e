"""The account of an import: what became of every row and cell, in numbers that add up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

from geo.errors import count_of, show_text
from geo.importing.cells import REPAIRS
from geo.importing.columns import Guess
from geo.reporting import Report, Section

__all__ = ["OUTCOMES", "Account", "Finding", "account_json", "account_report", "account_text"]

Outcome = Literal["row set aside", "cell left out", "to be looked at", "repaired"]

OUTCOMES: Final[dict[Outcome, str]] = {
    "row set aside": "rows that are not in the layer",
    "cell left out": "cells that could not be read; their rows are in the layer without them",
    "to be looked at": "readings that a person should look at; they are in the layer",
    "repaired": "repairs that needed no guessing",
}
"""What became of something, with the heading under which a report lists it."""

OPEN: Final[tuple[Outcome, ...]] = ("row set aside", "cell left out")
"""The outcomes that `--strict` refuses."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one row or cell.

    Attributes
    ----------
    row
        Its number in the file.
    record
        The id or name of its record; empty where there is none.
    column
        The column; empty for the whole row.
    seen, expected, next_step, rule
        As in `geo.errors.Problem`.
    outcome
        One of `OUTCOMES`.
    candidates
        What it may have been meant to be; never chosen from.
    """

    row: int
    record: str
    column: str
    seen: str
    expected: str
    next_step: str
    rule: str
    outcome: Outcome
    candidates: tuple[str, ...] = ()


@dataclass(slots=True)
class Account:
    """What became of a file.

    Attributes
    ----------
    file, layer, unit
        What was read, into what, and whether it has rows or features.
    rows_in
        Rows that stand in the file, the header not counted.
    taken
        Rows that became a record.
    set_aside
        Rows that did not, because of what was found.
    left_out
        Rows that a correction leaves out by decision.
    located
        Records by what their position rests on; those without a point under ``no point``.
    conversion
        How positions were brought into WGS 84; empty where nothing was converted.
    reading
        What was concluded about the file.
    columns
        Field -> column of the file that fills it.
    guesses
        Which column was taken for what; empty where a plan said so.
    unused
        Columns of the file that fill no field.
    findings
        Everything that was found, by row.
    corrected
        Corrections that were obeyed.
    """

    file: str
    layer: str
    unit: str
    rows_in: int = 0
    taken: int = 0
    set_aside: int = 0
    left_out: int = 0
    located: dict[str, int] = field(default_factory=dict)
    conversion: str = ""
    reading: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    unused: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    corrected: int = 0

    @property
    def adds_up(self) -> bool:
        """Return whether every row was taken, set aside or left out by decision."""
        return self.rows_in == self.taken + self.set_aside + self.left_out

    @property
    def open(self) -> list[Finding]:
        """Return what a person has to decide: rows set aside and cells left out."""
        return [finding for finding in self.findings if finding.outcome in OPEN]


def account_json(account: Account) -> str:
    """Return an account as JSON, keys in a fixed order."""
    body = asdict(account) | {"adds_up": account.adds_up, "open": len(account.open)}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def account_text(account: Account) -> str:
    """Return an account as text for a person: the sum first, then every row and cell."""
    return "\n".join(_lines(account)) + "\n"


def account_report(account: Account) -> Report:
    """Return an account as a report that can be published as a page."""
    units = f"{account.unit}s"
    facts = [("File", account.file), ("Layer", account.layer)]
    facts += [
        ("Positions", ", ".join(f"{count:,} {basis.replace('_', ' ')}" for basis, count in account.located.items()))
    ]
    facts += [("Converted", account.conversion), ("Corrections obeyed", f"{account.corrected:,}")]
    facts += [("Read", text) for text in account.reading]
    facts += [("Columns not used", ", ".join(account.unused))]
    parts = [(f"{units} in the file", account.rows_in), ("taken", account.taken), ("set aside", account.set_aside)]
    parts += [("left out by decision", account.left_out)] if account.left_out else []
    columns = tuple((key, column) for key, column in account.columns.items())
    sure = {guess.field: f"{guess.surety}: {guess.why}" for guess in account.guesses}
    sections = [
        Section(
            "Columns",
            ("field", "column", "how it was found"),
            tuple((*pair, sure.get(pair[0], "")) for pair in columns),
        )
    ]
    heads = (account.unit, "record", "column", "seen", "expected", "perhaps", "next step", "rule")
    for outcome, heading in OUTCOMES.items():
        rows = tuple(_row(each) for each in account.findings if each.outcome == outcome)
        sections.append(Section(heading[:1].upper() + heading[1:], heads, rows))
    return Report(
        f"Import of {account.file}", tuple(fact for fact in facts if fact[1]), (tuple(parts),), tuple(sections)
    )  # fmt: skip


def _row(each: Finding) -> tuple[str, ...]:
    perhaps = "; ".join(each.candidates)
    return str(each.row), each.record, each.column, each.seen, each.expected, perhaps, each.next_step, each.rule


def _lines(account: Account) -> Iterator[str]:
    units = f"{account.unit}s"
    out = f" + {account.left_out:,} left out by decision" if account.left_out else ""
    sums = f"{account.taken:,} taken + {account.set_aside:,} set aside{out}"
    yield f"{account.file}: {count_of(account.rows_in, units)} in = {sums}"
    if account.located:
        parts = ", ".join(f"{count:,} {basis.replace('_', ' ')}" for basis, count in account.located.items())
        yield f"positions: {parts}"
    if account.conversion:
        yield f"converted: {account.conversion}"
    if account.corrected:
        yield f"corrections obeyed: {account.corrected:,}"
    for text in account.reading:
        yield f"read: {text}"
    if account.guesses:
        yield "columns, as guessed:"
        for guess in account.guesses:
            yield f"  {guess.field} = “{show_text(guess.column, 60)}” ({guess.surety}: {guess.why})"
    if account.unused:
        yield "columns not used: " + ", ".join(show_text(column, 40) for column in account.unused)
    for outcome, heading in OUTCOMES.items():
        found = [finding for finding in account.findings if finding.outcome == outcome]
        if found and outcome == "repaired":
            yield f"{heading}: {len(found):,}"
            alike: dict[tuple[str, str, str], list[str]] = {}
            for each in found:
                alike.setdefault((each.column, each.rule, each.expected), []).append(str(each.row))
            for (column, rule, expected), rows in alike.items():
                shown = ", ".join(rows[:12]) + (f" and {len(rows) - 12} more" if len(rows) > 12 else "")
                what = REPAIRS.get(rule, expected)
                yield f"  {show_text(column, 40)}: {what} ({len(rows):,}; {account.unit} {shown})"
        elif found:
            yield f"{heading}: {len(found):,}"
            yield from (f"  {_line(finding, account.unit)}" for finding in found)


def _line(finding: Finding, unit: str) -> str:
    record = f" ({show_text(finding.record, 40)})" if finding.record else ""
    column = f", {show_text(finding.column, 40)}" if finding.column else ""
    expected = show_text(finding.expected, 300)
    line = f"{unit} {finding.row}{record}{column}: saw {show_text(finding.seen)}; expected {expected}"
    if finding.candidates:
        line += f". Perhaps: {'; '.join(show_text(each, 80) for each in finding.candidates)}"
    if finding.next_step:
        line += f". Next: {show_text(finding.next_step, 300)}"
    return f"{line} [{finding.rule}]"
