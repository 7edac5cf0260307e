"""What is said of sums: the counts that add up, the rows that need a look, and the sums as a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from geo.errors import Problem, count_of, show_text
from geo.guarding import guard_cell
from geo.joining.amounts import EMPTY, NUMBER, OTHER, Sums, decimal_text
from geo.joining.indexes import WAYS
from geo.joining.results import HOW, OUTCOMES, free_names
from geo.joining.summing import Summed
from geo.joining.tallies import EXAMPLES, OUTCOMES_OF_SUMS, Example
from geo.reporting import Report, Section

__all__ = ["open_sums", "sums_csv", "sums_json", "sums_report", "sums_text"]

_CELLS = {NUMBER: "with a number", EMPTY: "empty", OTHER: "with something else"}
_EACH = "several rows may belong to one record: each is counted, also one that is the same as another in every cell"


def sums_csv(summed: Summed) -> Iterator[str]:
    """Yield the sums as lines of CSV, one for each record or each value of the field, also those without a row.

    Yields
    ------
    str
        The record with its name, or the value of the field with how many records it has and how many some row matched;
        how many rows; then for each column its sum, empty where no cell holds a number, and how many cells do.
    """
    side, tally, groups = summed.side, summed.tally, len(summed.side.labels)
    titled = any(side.titles)
    head = [
        side.per or "record",
        *(["name"] if titled else []),
        *(["records", "records_matched"] if side.per else []),
        "rows",
    ]
    for column in summed.columns:
        head += [column, f"{column}_rows"]
    met = np.bincount(side.group[_met(summed)], minlength=groups)
    rows, numbers, sums = _totals(tally.bucket), _totals(tally.numbers), _totals(tally.sums)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(guard_cell, free_names(head)))
    for group in range(groups):
        cells = [side.labels[group], *([side.titles[group]] if titled else [])]
        cells += [f"{side.sizes[group]}", f"{met[group]}"] if side.per else []
        cells.append(f"{rows.get(group, 0)}")
        for at in range(len(summed.columns)):
            place = at * (groups + 3) + group
            cells += [decimal_text(sums[place]) if place in sums else "", f"{numbers.get(place, 0)}"]
        writer.writerow(map(guard_cell, cells))
        if out.tell() > 65_536:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _totals(sums: Sums) -> dict[int, Fraction]:
    totals: dict[int, Fraction] = {}
    for code, number in sums.items():
        totals[code] = totals[code] + number if code in totals else number
    return totals


def _met(summed: Summed) -> np.ndarray:
    """Return of each record whether some row matched it."""
    return np.unpackbits(summed.tally.met, count=len(summed.side.keys)).astype(bool)


def _column_sums(summed: Summed) -> list[tuple[str, str, str]]:
    """Return of each column the sum of all its rows, of the matched ones, and of the others."""
    groups = len(summed.side.labels)
    whole = [[Fraction(0), Fraction(0)] for _ in summed.columns]
    for place, number in summed.tally.sums.items():
        at, bucket = divmod(place, groups + 3)
        whole[at][bucket >= groups] += number
    return [(decimal_text(one + two), decimal_text(one), decimal_text(two)) for one, two in whole]


def _name(summed: Summed, at: int) -> str:
    key, name = summed.side.keys[at], summed.side.names[at]
    return f"{show_text(name, 60)} ({key})" if name != key else key


def _unmet(summed: Summed) -> tuple[int, list[int]]:
    """Return how many records no row matched, and the places of the first of them."""
    unmet = np.flatnonzero(~_met(summed))
    return len(unmet), unmet[:EXAMPLES].tolist()


def _counts(summed: Summed) -> dict[str, int]:
    return {outcome: int(count) for outcome, count in zip(OUTCOMES_OF_SUMS, summed.tally.rows, strict=True)}


def _ways(summed: Summed) -> dict[str, int]:
    return {way: int(count) for way, count in zip(WAYS, summed.tally.ways, strict=True) if count}


def sums_text(summed: Summed) -> str:
    """Return the report of sums for a person: what adds up first, then the first rows that need a look."""
    return "\n".join(_lines(summed)) + "\n"


def _lines(summed: Summed) -> Iterator[str]:
    counts, records = _counts(summed), len(summed.side.keys)
    parts = " + ".join(f"{count:,} {OUTCOMES[outcome]}" for outcome, count in counts.items() if count)  # type: ignore[index]
    rows = f"{count_of(sum(counts.values()), summed.unit + 's')} in"
    yield f"{summed.file} to {summed.layer} by {summed.by}: {rows} = {parts or 'none'}"
    unmet, first = _unmet(summed)
    yield f"{summed.layer}: {count_of(records, 'records')} = {records - unmet:,} matched + {unmet:,} without a row"
    if ways := _ways(summed):
        yield "matched: " + "; ".join(f"{count:,} {HOW[way]}" for way, count in ways.items())
    yield f"summed per {summed.side.per or 'record'}: {_EACH}"
    for column, cells, (whole, matched, others) in zip(
        summed.columns, summed.tally.cells.tolist(), _column_sums(summed), strict=True
    ):
        told = " + ".join(f"{count:,} {_CELLS[kind]}" for kind, count in enumerate(cells) if count)
        totals = f"sum {whole} = {matched} matched + {others} not matched"
        yield f"{column}: {sum(cells):,} cells = {told or 'none'}; {totals}"
    for text in summed.taken:
        yield f"read: {text}"
    for outcome in OUTCOMES_OF_SUMS:
        for each in summed.tally.examples.get(outcome, ()):
            yield _example_line(summed, outcome, each)
        if len(summed.tally.examples.get(outcome, ())) == EXAMPLES:
            yield f"  of these the first {EXAMPLES} different cells are named"
    for at, column in enumerate(summed.columns):
        for each in summed.tally.examples.get(f"column {at}", ()):
            yield f"  {summed.unit} {each.row}: saw {show_text(each.seen)} in {column}: not a number, and not summed"
    if unmet:
        shown = "; ".join(_name(summed, at) for at in first[:10])
        yield f"without a row: {shown}" + (f" and {unmet - 10:,} more" if unmet > 10 else "")


def _example_line(summed: Summed, outcome: str, each: Example) -> str:
    if outcome == "matched":
        return f"  {summed.unit} {each.row}: {show_text(each.hit.said, 200)} [{each.hit.how}]"
    line = f"  {summed.unit} {each.row}: saw {show_text(each.seen or '(empty)')}: {OUTCOMES[outcome]}"  # type: ignore[index]
    line += f"; {show_text(each.hit.said, 200)}" if each.hit.said else ""
    if each.hit.candidates:
        line += f". Perhaps: {'; '.join(_name(summed, at) for at in each.hit.candidates)}"
    return line


def sums_json(summed: Summed) -> str:
    """Return the report of sums as JSON, keys in a fixed order; sums are texts, so that no digit is lost."""
    counts = _counts(summed)
    unmet, first = _unmet(summed)
    columns = [
        {
            "column": column,
            "cells": dict(zip(("number", "empty", "other"), cells, strict=True)),
            "sum": whole,
            "sum_matched": matched,
            "sum_not_matched": others,
        }
        for column, cells, (whole, matched, others) in zip(
            summed.columns, summed.tally.cells.tolist(), _column_sums(summed), strict=True
        )
    ]
    named = [
        {
            "kind": what if what in OUTCOMES_OF_SUMS else f"not a number in {summed.columns[int(what.split()[1])]}",
            "row": each.row,
            "seen": each.seen,
            "record": summed.side.keys[each.hit.at] if each.hit.at >= 0 else None,
            "how": each.hit.how,
            "said": each.hit.said,
            "candidates": [summed.side.keys[at] for at in each.hit.candidates],
        }
        for what, examples in sorted(summed.tally.examples.items())
        for each in examples
    ]
    body = {
        "file": summed.file,
        "layer": summed.layer,
        "by": summed.by,
        "per": summed.side.per or "record",
        "rows_in": sum(counts.values()),
        "counts": counts,
        "ways": _ways(summed),
        "records": len(summed.side.keys),
        "records_matched": len(summed.side.keys) - unmet,
        "columns": columns,
        "taken": list(summed.taken),
        "first_rows": named,
        "first_without_a_row": [summed.side.keys[at] for at in first],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def sums_report(summed: Summed) -> Report:
    """Return the report of sums as it is published."""
    counts, records = _counts(summed), len(summed.side.keys)
    unmet, first = _unmet(summed)
    sums = [
        ((f"{summed.unit}s in", sum(counts.values())), *((OUTCOMES[each], count) for each, count in counts.items())),  # type: ignore[index]
        ((f"records of {summed.layer}", records), ("matched", records - unmet), ("without a row", unmet)),
    ]
    for column, cells in zip(summed.columns, summed.tally.cells.tolist(), strict=True):
        sums.append(((f"cells of {column}", sum(cells)), *((_CELLS[kind], count) for kind, count in enumerate(cells))))
    totals = tuple((column, *texts) for column, texts in zip(summed.columns, _column_sums(summed), strict=True))
    note = f"The first {EXAMPLES} different cells of the table are named; the counts are those of all rows."
    sections = [Section("Sums", ("column", "all rows", "matched", "not matched"), totals)]
    for outcome in OUTCOMES_OF_SUMS[1:]:
        rows = tuple(
            (f"{each.row}", each.seen, each.hit.said, "; ".join(_name(summed, at) for at in each.hit.candidates))
            for each in summed.tally.examples.get(outcome, ())
        )
        title = OUTCOMES[outcome][:1].upper() + OUTCOMES[outcome][1:]
        sections.append(Section(title, (summed.unit, "seen", "why", "perhaps"), rows, note))
    for at, column in enumerate(summed.columns):
        others = tuple((f"{each.row}", each.seen) for each in summed.tally.examples.get(f"column {at}", ()))
        sections.append(Section(f"Not a number in {column}", (summed.unit, "seen"), others, note))
    repaired = tuple(
        (f"{each.row}", each.seen, _name(summed, each.hit.at), each.hit.said)
        for each in summed.tally.examples.get("matched", ())
    )
    sections.append(Section("Matched, but not as it stands", (summed.unit, "seen", "record", "how"), repaired, note))
    without = tuple((summed.side.keys[at], summed.side.names[at]) for at in first)
    sections.append(Section("Records without a row", ("id", "name"), without, f"The first {EXAMPLES} of the layer."))
    ways = ((HOW[way], f"{count:,}") for way, count in _ways(summed).items())
    facts = (
        ("Table", summed.file),
        ("Layer", summed.layer),
        ("Compared", summed.by),
        ("Summed per", f"{summed.side.per or 'record'}; {_EACH}"),
        *((f"Matched {way}", count) for way, count in ways),
        *(("Read", text) for text in summed.taken),
    )
    return Report(f"{summed.file} summed over {summed.layer}", facts, tuple(sums), tuple(sections))


def open_sums(summed: Summed) -> tuple[int, list[Problem]]:
    """Return how many rows and cells wait for a decision, and the first of them."""
    counts, cells = _counts(summed), summed.tally.cells
    problems = [
        Problem(
            summed.file, f"{summed.unit} {each.row}", "", each.seen or "(empty)", "a decision", each.hit.said, "join"
        )
        for outcome in OUTCOMES_OF_SUMS[1:]
        for each in summed.tally.examples.get(outcome, ())
    ]
    problems += [
        Problem(summed.file, f"{summed.unit} {each.row}", column, each.seen, "a number, or an empty cell", "", "join")
        for at, column in enumerate(summed.columns)
        for each in summed.tally.examples.get(f"column {at}", ())
    ]
    waiting = sum(counts.values()) - counts["matched"] + int(cells[:, OTHER].sum())
    return waiting, problems
