"""A selection as a table that a person reads: one line a record, its sources beneath."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.catalogue import quote_name
from geo.commands.terminal import answer_height, answer_width, bold, lay_out, measure_table, say, spell_cells
from geo.errors import show_text
from geo.ledger import split_ref
from geo.query import source_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from geo.catalogue import Catalogue
    from geo.query import Selection

    Cells = Callable[[dict[str, Any]], list[str]]

__all__ = ["COLUMNS", "area_names", "render_table"]

_KEPT: Final = 4_096
"""How many lists of sources are kept as they were numbered: many records name the same."""

_SAMPLE: Final = 2_000
"""How many records decide how wide the columns are; a longer answer begins before its last record is read."""


def render_table(catalogue: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield one line a record, and beneath them the sources that the lines name by number.

    On a terminal a list of sources that would push the records off the screen is left out, and said to be.
    """
    numbers: dict[str, int] = {}
    header, cells = _columns(catalogue, selection)
    numbered = _numbering(numbers)
    rows = (spell_cells([*cells(row), numbered(_refs(row))]) for row in selection.stream())
    sample = list(islice(rows, _SAMPLE))
    if not sample:
        return
    height = answer_height()
    crowded = height is not None and len(numbers) > height
    if numbers and not crowded:
        header = (*header, "sources")
    else:
        sample = [row[:-1] for row in sample]
    columns, left_out = measure_table(header, sample, answer_width())
    if left_out:
        say(f"no room for {', '.join(left_out)}: widen the terminal, or use --format csv")
    yield f"{bold(lay_out(header, columns))}\n"
    for row in chain(sample, rows):
        yield f"{lay_out(row, columns)}\n"
    if crowded:
        say(f"{len(numbers):,} sources are not listed: `memorial show ID` cites one record, --format csv every one")
    elif "sources" in header[: len(columns)]:
        notes = source_notes(catalogue)
        yield f"\n{bold('Sources')}\n"
        for source, number in numbers.items():
            yield f"[{number}] {show_text(notes.get(source, source), 10_000)}\n"


def _refs(row: dict[str, Any]) -> list[str]:
    return row.get("sources") or ([row["source"]] if row.get("source") else [])


def _numbering(numbers: dict[str, int]) -> Callable[[Sequence[str]], str]:
    """Return the function that names the sources of a record by number; a new source takes the next one."""

    @lru_cache(_KEPT)
    def numbered(sources: tuple[str, ...]) -> str:
        return ", ".join([str(numbers.setdefault(key, len(numbers) + 1)) for key in dict.fromkeys(sources)])

    return lambda refs: numbered(tuple([split_ref(ref)[0] for ref in refs]))


def _columns(
    catalogue: Catalogue, selection: Selection
) -> tuple[tuple[str, ...], Callable[[dict[str, Any]], list[str]]]:
    """Return the header, and the function that gives the cells of a record: those of the schema, or those asked for."""
    if selection.asked.fields:
        shown = tuple(column for column in selection.columns if column != "sources")
        return shown, lambda row: [_cell(row[column]) for column in shown]
    provinces = area_names(catalogue)
    header, cells, _ = _TABLES[selection.schema]
    added = [column for column in _ADDED if column in selection.columns]
    if not added:
        return header, lambda row: cells(row, provinces)

    def fill(row: dict[str, Any]) -> list[str]:
        key, name, *rest = cells(row, provinces)
        return [key, name, *(_ADDED[column].text(row[column]) for column in added), *rest]

    return (*header[:2], *(_ADDED[column].title for column in added), *header[2:]), fill


def _cell(value: Any) -> str:  # noqa: ANN401  (text, a number, a list or nothing)
    if isinstance(value, list):
        return ", ".join(_cell(member) for member in value)
    if isinstance(value, dict):
        return " ".join(_cell(member) for member in value.values())
    return "" if value is None else str(value)


class _Added(NamedTuple):
    """A column that only some questions add: its title, and its value in words."""

    title: str
    text: Callable[[Any], str]


def _distance(metres: float | None) -> str:
    if metres is None:
        return "not located"
    return f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:,.1f} km"


_ADDED: Final = {"distance_m": _Added("distance", _distance), "overlap": _Added("in that time", str)}


def area_names(catalogue: Catalogue) -> dict[str, str]:
    """Return code -> name of every area of today; empty for an atlas without areas."""
    for layer in catalogue.layers():
        if layer["schema"] == "areas":
            rows = catalogue.rows(f"SELECT code, name FROM {quote_name(layer['name'])}")  # noqa: S608  (it is quoted)
            return {row["code"]: row["name"] for row in rows}
    return {}


def _span(begin: str | None, end: str | None) -> str:
    """Return a span of time as its two EDTF dates; an unknown side of a known span is a question mark."""
    if begin == end or not (begin or end):
        return begin or ""
    return f"{begin or '?'} – {end or '?'}"


def _within(row: dict[str, Any]) -> str:
    if row["lon"] is None:
        return "not located"
    metres = row["precision_m"]
    if metres is None:
        return ""
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m"


def _site_cells(row: dict[str, Any], provinces: dict[str, str]) -> list[str]:
    province = provinces.get(row["province"] or "", row["province"] or row["province_name"] or "")
    return [row["id"], row["name"], row["kind"], province, _span(row["begin"], row["end"]), _within(row)]


def _route_cells(row: dict[str, Any], _: dict[str, str]) -> list[str]:
    return [row["id"], row["name"], row["kind"], _span(row["begin"], row["end"]), row["group"] or ""]


def _area_cells(row: dict[str, Any], _: dict[str, str]) -> list[str]:
    return [row["code"], row["name"], row["name_km"] or "", row["iso3166_2"] or ""]


def _claim_cells(row: dict[str, Any], _: dict[str, str]) -> list[str]:
    from geo.ledger import format_bounds  # noqa: PLC0415  (only claims have figures)

    value = format_bounds(row["low"] or "", row["high"] or "", row["unit"])
    return [row["id"], row["subject"], row["measure"], value, row["scope"] or "", row["as_of"] or "", row["status"]]


def _event_cells(row: dict[str, Any], _: dict[str, str]) -> list[str]:
    return [
        row["id"],
        _span(row["date"], row["end"] or row["date"]),
        row["title"],
        row["place"] or row["place_text"] or "",
    ]


def _history_cells(row: dict[str, Any], provinces: dict[str, str]) -> list[str]:
    area, other = (provinces.get(row[column] or "", row[column] or "") for column in ("province", "other_province"))
    return [area or "all", row["event"], other, row["date"] or "", row["note"] or ""]


def _zone_cells(row: dict[str, Any], _: dict[str, str]) -> list[str]:
    return [row["zone"] or "all", row["name"], row["sectors"] or "", row["covers"] or "", _span(row["from"], row["to"])]


def _period_cells(row: dict[str, Any], provinces: dict[str, str]) -> list[str]:
    parts = ", ".join(provinces.get(code, code) for code in row["made_of"])
    return [row["id"], row["name"], row["name_km"] or "", parts]


def _source_cells(row: dict[str, Any], _: dict[str, str]) -> list[str]:
    return [row["id"], row["grade"] or "", row["note"] or row["title"] or ""]


class _Table(NamedTuple):
    """What the table of one schema shows: its titles, the function that fills them, and the columns that this reads."""

    header: tuple[str, ...]
    cells: Callable[[dict[str, Any], dict[str, str]], list[str]]
    reads: str


_TABLES: Final = {
    "sites": _Table(
        ("id", "name", "kind", "province", "dates", "known within"),
        _site_cells,
        "id name kind province province_name begin end lon precision_m sources",
    ),
    "routes": _Table(("id", "name", "kind", "dates", "who"), _route_cells, "id name kind begin end group sources"),
    "areas": _Table(("code", "name", "in Khmer", "ISO 3166-2"), _area_cells, "code name name_km iso3166_2 sources"),
    "claims": _Table(
        ("id", "about", "measure", "value", "what is counted", "as of", "status"),
        _claim_cells,
        "id subject measure low high unit scope as_of status source",
    ),
    "events": _Table(("id", "date", "event", "place"), _event_cells, "id date end title place place_text source"),
    "history": _Table(
        ("province", "what happened", "other", "date", "note"),
        _history_cells,
        "province event other_province date note source",
    ),
    "zones": _Table(
        ("zone", "name", "sectors", "covers", "dates"), _zone_cells, "zone name sectors covers from to source"
    ),
    "period": _Table(
        ("id", "name", "in Khmer", "approximately, of today's"), _period_cells, "id name name_km made_of sources"
    ),
    "sources": _Table(("id", "grade", "citation"), _source_cells, "id grade note title"),
}

COLUMNS: Final = frozenset(name for table in _TABLES.values() for name in table.reads.split())
"""The columns that a table reads, of whatever schema: to read them all would take twice as long."""
