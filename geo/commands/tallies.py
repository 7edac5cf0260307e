"""Counts of records as text: a table for a person, JSON or CSV for a program."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from geo.commands.tables import area_names
from geo.commands.terminal import answer_width, bold, escape_unseen, fit_table, say
from geo.coverage import coverage
from geo.errors import count_of, show_text
from geo.guarding import guard_cell
from geo.ledger import format_bounds
from geo.query import Citation, source_notes
from geo.query.counting import Count, Gap, Summary, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geo.catalogue import Catalogue

__all__ = ["FORMATS", "count_line"]

_COUNTED: Final = ("records", "located", "unlocated", "undated")
_STATED: Final = ("low", "high", "claim", "source", "locator", "as_of")
_CAUTION: Final = (
    "A comparison of sizes, not a share: the places of this atlas need not all be among those that a source counts, "
    "and one record may be several of them, or a part of one."
)

Counted = tuple[Tally, ...] | Summary


def count_line(tally: Tally) -> str:
    """Return how many records were counted, in numbers that add up."""
    total = tally.total
    parts = [count_of(total.records, tally.layer), f"{total.located:,} located, {total.unlocated:,} without a location"]
    if total.undated:
        parts.append(f"{total.undated:,} undated")
    if tally.entries != total.records:
        parts.append(f"{tally.entries:,} lines in all, because a record stands under each {tally.by} that it names")
    return "; ".join(parts)


# --- table ----------------------------------------------------------------------------------------------------


def _as_table(catalogue: Catalogue, counted: Counted) -> str:
    """Return text for a person."""
    if isinstance(counted, Summary):
        return _summary_text(catalogue, counted)
    return "\n".join(_tally_text(catalogue, tally) for tally in counted)


def _tally_text(catalogue: Catalogue, tally: Tally) -> str:
    """Return one line a value and one for all; by province also how many places sources count.

    The label stands last: of a narrow terminal's table the right is cut, and the numbers are what was asked for.
    """
    header = [tally.by, *_COUNTED]
    counts = (*tally.counts, tally.total)
    rows = [[count.key, *_figures(count)] for count in counts]
    for entry in coverage(catalogue) if tally.by == "province" else ():
        header.append("+".join(entry["kinds"]))
        cells = _province_cells(entry)
        for row in rows:
            row.append(cells[row[0]])
    header, rows = _flush_right(header, rows)
    labels = ["" if count.label == count.key else count.label for count in tally.counts] + [f"all {tally.layer}"]
    labelled = [[*row, label] for row, label in zip(rows, labels, strict=True)]
    lines, left_out = fit_table([*header, "name"], labelled, answer_width())
    if left_out:
        say(f"no room for {', '.join(name.strip() for name in left_out)}: widen the terminal, or use --format csv")
    return f"{lines}\n"


def _province_cells(entry: dict[str, Any]) -> dict[str, str]:
    """Return key of a line -> how many places of a coverage stand there, of how many."""
    cells = {
        area["code"]: f"{area['held']:,} of {format_bounds(area['low'] or '', area['high'] or '', '')}"
        if area["low"] or area["high"]
        else f"{area['held']:,}"
        for area in entry["provinces"]
    }
    # The total of this column is that of its lines; what a source counts is about the country, without places abroad.
    return cells | {
        "abroad": f"{entry['abroad']:,}",
        "unknown": f"{entry['unknown']:,}",
        "total": f"{entry['held'] + entry['abroad']:,}",
    }


def _figures(count: Count) -> list[str]:
    """Return the numbers of a count as text; what does not apply is empty."""
    return ["" if (number := getattr(count, name)) is None else f"{number:,}" for name in _COUNTED]


def _flush_right(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """Return a table whose numbers stand under each other: all columns after the first, padded on the left."""
    columns = list(zip(header, *rows, strict=True))
    for at in range(1, len(columns)):
        width = max(map(len, columns[at]))
        columns[at] = tuple(cell.rjust(width) for cell in columns[at])
    first, *rest = map(list, zip(*columns, strict=True))
    return first, rest


def _summary_text(catalogue: Catalogue, summary: Summary) -> str:
    """Return what the atlas holds, how that compares, and what is missing."""
    rows = [[count.key, *_figures(count)] for count in summary.layers]
    lines, _ = fit_table(*_flush_right(["layer", *_COUNTED], rows), answer_width())
    blocks = [lines]
    if summary.coverage:
        notes = source_notes(catalogue)
        kinds = catalogue.value("vocabulary")["kinds"]
        names = area_names(catalogue)
        told = [line for entry in summary.coverage for line in _coverage_lines(entry, kinds, names, notes)]
        blocks.append("\n".join([bold("Of how much"), *told, f"  {_CAUTION}"]))
    if summary.gaps:
        blocks.append("\n".join([bold("What is missing"), *map(_gap_line, summary.gaps)]))
    return "\n\n".join(blocks) + "\n"


def _gap_line(gap: Gap) -> str:
    names = f": {', '.join(map(show_text, gap.names))}" if gap.names else ""
    return f"  {gap.records:,} of {gap.of:,} {gap.text}{names}"


def _coverage_lines(
    entry: dict[str, Any], kinds: dict[str, Any], names: dict[str, str], notes: dict[str, str]
) -> Iterable[str]:
    """Yield one coverage in words: the comparison, its citation, other counts, provinces, the note."""
    label = " and ".join(kinds[kind]["label"]["en"] for kind in entry["kinds"])
    yield f"  {show_text(label)}: {show_text(_compared(entry), 400)} [{entry['claim']}]"
    citation = Citation(entry["source"], entry["locator"] or "", notes.get(entry["source"], entry["source"]))
    yield f"    {show_text(str(citation), 10_000)}"
    if entry["others"]:
        bounds = dict.fromkeys(_bounds(other) for other in entry["others"])
        yield f"    Other counts: {', '.join(bounds)}; `memorial query claims --kind {entry['measure']}` cites them."
    told = [area for area in entry["provinces"] if area["claims"]]
    if told:
        areas = [
            f"{names.get(area['code'], area['code'])} {area['held']:,} of {_bounds(area)} [{', '.join(area['claims'])}]"
            for area in told
        ]
        yield f"    Counted by province: {show_text('; '.join(areas), 10_000)}"
    without = [names.get(area["code"], area["code"]) for area in entry["provinces"] if not area["held"]]
    if without:
        listed = show_text(", ".join(without), 10_000)
        yield f"    None here from {len(without):,} of {len(entry['provinces']):,} provinces: {listed}."
    if entry["note"]:
        yield f"    {show_text(entry['note']['en'], 10_000)}"


def _compared(entry: dict[str, Any]) -> str:
    """Return how many places are held beside how many are counted: ``64 of the 196 that X counts, 132 fewer``."""
    who = entry["stated_by"] or "its source"
    when = f" ({entry['as_of']})" if entry["as_of"] else ""
    if entry["low"] == entry["high"]:
        fewer = f", {entry['difference']:,} fewer" if entry["difference"] else ""
        return f"{entry['held']:,} of the {_bounds(entry)} that {who} counts{when}{fewer}"
    return f"{entry['held']:,}; {who} counts {_bounds(entry)}{when}"


def _bounds(stated: dict[str, Any]) -> str:
    return format_bounds(stated["low"] or "", stated["high"] or "", "")


# --- JSON and CSV ---------------------------------------------------------------------------------------------


def _as_json(catalogue: Catalogue, counted: Counted) -> str:
    """Return one object: the atlas, and the counts."""
    atlas = catalogue.value("manifest")["atlas"]
    said: dict[str, Any] = {"atlas": {"id": atlas["id"], "version": atlas["version"], "licence": atlas["licence"]}}
    if isinstance(counted, Summary):
        said |= asdict(counted) | {"caution": _CAUTION}
        named = {entry["source"] for entry in counted.coverage}
        named |= {other["source"] for entry in counted.coverage for other in entry["others"]}
        said["sources"] = {source: note for source, note in source_notes(catalogue).items() if source in named}
    else:
        said["tallies"] = [asdict(tally) for tally in counted]
        if any(tally.by == "province" for tally in counted):
            said |= {"coverage": coverage(catalogue), "caution": _CAUTION}
    return escape_unseen(json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


def _as_csv(catalogue: Catalogue, counted: Counted) -> str:
    """Return RFC 4180: one line a count, none for the total, which would be counted twice in a sum."""
    if isinstance(counted, Summary):
        header: list[str] = ["section", "key", "label", *_COUNTED, *_STATED]
        rows: list[list[Any]] = [["holds", count.key, count.label, *_numbers(count)] for count in counted.layers]
        rows += [
            ["coverage", entry["measure"], " ".join(entry["kinds"]), entry["held"], None, None, None]
            + [entry[name] for name in _STATED]
            for entry in counted.coverage
        ]
        rows += [["missing", gap.key, gap.text, gap.records] for gap in counted.gaps]
    else:
        header = ["layer", "by", "key", "label", *_COUNTED]
        rows = [
            [tally.layer, tally.by, count.key, count.label, *_numbers(count)]
            for tally in counted
            for count in tally.counts
        ]
        for entry in coverage(catalogue) if any(tally.by == "province" for tally in counted) else ():
            header += [f"{'+'.join(entry['kinds'])}_{name}" for name in ("held", "low", "high", "claims")]
            areas = {area["code"]: area for area in entry["provinces"]}
            for row in rows:
                row.extend(_counted_there(areas[row[2]]) if row[2] in areas else [entry[row[2]], None, None, None])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        cells = [*row, *[None] * (len(header) - len(row))]
        writer.writerow([guard_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()


def _counted_there(area: dict[str, Any]) -> list[Any]:
    return [area["held"], area["low"], area["high"], " ".join(area["claims"])]


def _numbers(count: Count) -> list[int | None]:
    return [getattr(count, name) for name in _COUNTED]


FORMATS: Final[dict[str, Callable[[Catalogue, Counted], str]]] = {
    "table": _as_table,
    "json": _as_json,
    "csv": _as_csv,
}
"""Every format that ``memorial stats`` can answer in; a new one is a row here."""
