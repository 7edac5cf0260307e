"""A selection as text: a table for a person, CSV, JSON or GeoJSON for a program."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.catalogue import LISTS, quote_name
from geo.commands.terminal import answer_height, answer_width, bold, escape_unseen, fit_table, say
from geo.errors import Problem, RequestError, show_text
from geo.export.guarding import guard_cell
from geo.ledger import format_bounds
from geo.query import cite, source_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.catalogue import Catalogue
    from geo.query import Selection

__all__ = ["FORMATS", "guard_cell"]


# --- table ----------------------------------------------------------------------------------------------------


def _as_table(catalogue: Catalogue, selection: Selection) -> str:
    """Return one line a record, and beneath them the sources that the lines name by number.

    On a terminal a list of sources that would push the records off the screen is left out, and said to be.
    """
    if not selection.rows:
        return ""
    provinces = _province_names(catalogue)
    numbers: dict[str, int] = {}
    header, cells = _TABLES[selection.schema]
    rows = [[*cells(row, provinces), _numbered(row, numbers)] for row in selection.rows]
    height = answer_height()
    crowded = height is not None and len(numbers) > height
    if not numbers or crowded:
        rows = [row[:-1] for row in rows]
    else:
        header = (*header, "sources")
    lines, left_out = fit_table(header, rows, answer_width())
    if left_out:
        say(f"no room for {', '.join(left_out)}: widen the terminal, or use --format csv")
    if crowded:
        say(f"{len(numbers):,} sources are not listed: `memorial show ID` cites one record, --format csv every one")
    if "sources" not in header[: len(header) - len(left_out)]:
        return f"{lines}\n"
    notes = source_notes(catalogue)
    listed = [f"[{number}] {show_text(notes.get(source, source), 10_000)}" for source, number in numbers.items()]
    return "\n".join([lines, "", bold("Sources"), *listed]) + "\n"


def _numbered(row: dict[str, Any], numbers: dict[str, int]) -> str:
    """Return the cell that names the sources of a record by number; a new source takes the next one."""
    ids = dict.fromkeys(citation.source for citation in cite(row, {}))
    return ", ".join(str(numbers.setdefault(source, len(numbers) + 1)) for source in ids)


def _province_names(catalogue: Catalogue) -> dict[str, str]:
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
    """What the table of one schema shows: its columns, and the function that fills them."""

    header: tuple[str, ...]
    cells: Callable[[dict[str, Any], dict[str, str]], list[str]]


_TABLES: Final = {
    "sites": _Table(("id", "name", "kind", "province", "dates", "known within"), _site_cells),
    "routes": _Table(("id", "name", "kind", "dates", "who"), _route_cells),
    "areas": _Table(("code", "name", "in Khmer", "ISO 3166-2"), _area_cells),
    "claims": _Table(("id", "about", "measure", "value", "what is counted", "as of", "status"), _claim_cells),
    "events": _Table(("id", "date", "event", "place"), _event_cells),
    "history": _Table(("province", "what happened", "other", "date", "note"), _history_cells),
    "zones": _Table(("zone", "name", "sectors", "covers", "dates"), _zone_cells),
    "period": _Table(("id", "name", "in Khmer", "approximately, of today's"), _period_cells),
    "sources": _Table(("id", "grade", "citation"), _source_cells),
}


# --- CSV ------------------------------------------------------------------------------------------------------


def _as_csv(catalogue: Catalogue, selection: Selection) -> str:
    """Return RFC 4180 with every column; lists are joined by `` | ``, citations stand in the last column."""
    notes = source_notes(catalogue)
    out = io.StringIO()
    writer = csv.writer(out)
    cited = ("citations",) if selection.schema != "sources" else ()
    writer.writerow((*selection.columns, *cited))
    guarded = 0
    for row in selection.rows:
        cells = [_cell(column, row[column]) for column in selection.columns]
        if cited:
            cells.append(" | ".join(map(str, cite(row, notes))))
        safe = [guard_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        guarded += sum(one != other for one, other in zip(cells, safe, strict=True))
        writer.writerow(safe)
    if guarded:
        cells_read = "1 cell begins" if guarded == 1 else f"{guarded:,} cells begin"
        say(f"{cells_read} like a formula: a leading ' keeps a spreadsheet from running it")
    return out.getvalue()


def _cell(column: str, value: Any) -> Any:  # noqa: ANN401  (text, a number or a list)
    if column == "sources":
        return " | ".join(value)
    return json.dumps(value, ensure_ascii=False) if column in LISTS else value


# --- JSON and GeoJSON -----------------------------------------------------------------------------------------


def _as_json(catalogue: Catalogue, selection: Selection) -> str:
    """Return one object: what was asked, how many answer, the records, and the sources that they name."""
    return _dump(_said(catalogue, selection) | {"records": selection.rows})


def _as_geojson(catalogue: Catalogue, selection: Selection) -> str:
    """Return a FeatureCollection (RFC 7946); what `_as_json` says of the selection stands beside the features.

    Raises
    ------
    RequestError
        When the layer has no geometry.
    """
    if selection.schema not in {"sites", "routes", "areas", "period"}:
        seen, expected = f"geojson for {selection.asked.layer}", "table, csv or json: these records have no geometry"
        raise RequestError("There is nothing to map", [Problem("the question", "--format", "", seen, expected)])
    features = [
        {
            "type": "Feature",
            "geometry": row["geometry"],
            "properties": {column: row[column] for column in selection.columns},
        }
        for row in selection.rows
    ]
    said = _said(catalogue, selection)
    return _dump({"type": "FeatureCollection", **said, "features": features})


def _said(catalogue: Catalogue, selection: Selection) -> dict[str, Any]:
    """Return what a program must know beside the records: the atlas, the question, the counts, the sources."""
    atlas = catalogue.value("manifest")["atlas"]
    asked = selection.asked
    named = {citation.source for row in selection.rows for citation in cite(row, {})}
    return {
        "atlas": {"id": atlas["id"], "version": atlas["version"], "licence": atlas["licence"]},
        "asked": {
            "layer": asked.layer,
            "kinds": list(asked.kinds),
            "provinces": list(asked.provinces),
            "text": asked.text,
        },
        "counts": {
            "shown": len(selection.rows),
            "total": selection.total,
            "located": selection.located,
            "unlocated": selection.unlocated,
            "undated": selection.undated,
        },
        "sources": {source: note for source, note in source_notes(catalogue).items() if source in named},
    }


def _dump(value: dict[str, Any]) -> str:
    return escape_unseen(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


FORMATS: Final[dict[str, Callable[[Catalogue, Selection], str]]] = {
    "table": _as_table,
    "csv": _as_csv,
    "json": _as_json,
    "geojson": _as_geojson,
}
"""Every format that ``memorial query`` can answer in; a new one is a row here."""
