"""A selection as text: a table for a person; CSV, JSON, GeoJSON, ids or counts for a program.

Every form is a row in `FORMATS`: a function that yields text piece by piece, so that a long answer begins at once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import LISTS
from geo.commands.tables import render_table, source_ids
from geo.commands.terminal import escape_unseen, say
from geo.errors import Problem, RequestError
from geo.query import ASKABLE, asked_layers, cite, source_notes
from geo.query.wording import as_cql2

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from geo.catalogue import Catalogue
    from geo.query import Selection

__all__ = ["FORMATS", "MAPPED", "key_of"]

MAPPED: Final = frozenset({"geojson", "geojsonl"})
"""The formats that need the geometry of each record."""

_LOCATED: Final = frozenset({"sites", "routes", "areas", "period"})
"""The schemas of layers; a table has no geometry."""

_BATCH: Final = 500
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


# --- ids and counts -------------------------------------------------------------------------------------------


def key_of(catalogue: Catalogue, layer: str) -> tuple[str, ...]:
    """Return the column that names the records of a layer, as `Question.fields`; none for a layer that does not exist.

    Raises
    ------
    RequestError
        When its records have no names.
    """
    known = asked_layers(catalogue, keyless=True)
    key = ASKABLE[known[layer]["schema"]].key if layer in known else ""
    if layer in known and not key:
        expected = "table, csv, json or count: these rows have no id"
        problem = Problem("the question", "--format", "", f"ids for {layer}", expected)
        raise RequestError("There are no ids to print", [problem])
    return (key,) if key else ()


def _as_ids(_: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield one id a line: that of `key_of`, the only column."""
    for (key,) in selection.cells():
        yield f"{key}\n"


def _as_count(_: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield how many records answer, and how many of them have no location or date: a number and its meaning a line."""
    yield f"{selection.shown} {selection.asked.layer}\n"
    if selection.schema in _LOCATED:
        yield f"{selection.unlocated} without a location\n"
    if ASKABLE[selection.schema].dated:
        yield f"{selection.undated} without a date\n"
    if selection.asked.during:
        yield f"{selection.certain} certainly in that time\n{selection.possible} possibly in that time\n"


# --- CSV ------------------------------------------------------------------------------------------------------


def _as_csv(catalogue: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield RFC 4180 with every column; lists are joined by `` | ``, citations stand in the last column."""
    import csv  # noqa: PLC0415  (other forms do not need them)
    import io  # noqa: PLC0415

    from geo.guarding import guard_cell  # noqa: PLC0415

    cited = {"sources", "source"} & set(selection.columns)
    notes = source_notes(catalogue) if cited else {}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((*selection.columns, *(("citations",) if cited else ())))
    guarded = 0
    for number, row in enumerate(selection.stream(), start=1):
        cells = [_cell(column, row[column]) for column in selection.columns]
        if cited:
            cells.append(" | ".join(map(str, cite(row, notes))))
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and cell[:1] in _SUSPECT and cell:
                cells[place] = guard_cell(cell)
                guarded += cells[place] != cell
        writer.writerow(cells)
        if number % _BATCH == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
    if guarded:
        cells_read = "1 cell begins" if guarded == 1 else f"{guarded:,} cells begin"
        say(f"{cells_read} like a formula: a leading ' keeps a spreadsheet from running it")


_SUSPECT: Final = frozenset("'=+-@\t\r")
"""How a cell begins that a spreadsheet may take for a formula."""


def _cell(column: str, value: Any) -> Any:  # noqa: ANN401  (text, a number or a list)
    if column == "sources":
        return " | ".join(value)
    return json.dumps(value, ensure_ascii=False) if column in LISTS else value


# --- JSON and GeoJSON -----------------------------------------------------------------------------------------


def _as_json(catalogue: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield one object: what was asked, how many answer, the records, and the sources that they name."""
    return _object(catalogue, selection, {}, "records", lambda row: row)


def _as_geojson(catalogue: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield a FeatureCollection (RFC 7946); what `_as_json` says of the selection stands beside the features."""
    return _object(catalogue, selection, {"type": "FeatureCollection"}, "features", _feature_maker(selection))


def _as_geojsonl(_: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield one GeoJSON feature a line, and nothing else: newline-delimited, not the text sequence of RFC 8142."""
    feature = _feature_maker(selection)
    for row in selection.stream():
        yield f"{escape_unseen(_ENCODE(feature(row)))}\n"


def _feature_maker(selection: Selection) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the function that makes a feature of a record.

    Raises
    ------
    RequestError
        When the layer has no geometry.
    """
    if selection.schema not in _LOCATED:
        seen, expected = f"geojson for {selection.asked.layer}", "table, csv or json: these records have no geometry"
        raise RequestError("There is nothing to map", [Problem("the question", "--format", "", seen, expected)])
    columns = selection.columns

    def feature(row: dict[str, Any]) -> dict[str, Any]:
        properties = {column: row[column] for column in columns}
        return {"type": "Feature", "geometry": row["geometry"], "properties": properties}

    return feature


def _object(
    catalogue: Catalogue,
    selection: Selection,
    first: dict[str, Any],
    plural: str,
    make: Callable[[dict[str, Any]], dict[str, Any]],
) -> Generator[str, None, None]:
    """Yield a JSON object: the members of `first`, what `_said` says, the records one a line, counts, sources."""
    yield "{\n"
    for name, value in (first | _said(catalogue, selection)).items():
        yield f"{_ENCODE(name)}: {escape_unseen(_ENCODE(value))},\n"
    yield f"{_ENCODE(plural)}: ["
    named: dict[str, None] = {}
    between = "\n"
    for row in selection.stream():
        named.update(dict.fromkeys(source_ids(row)))
        yield f"{between}{escape_unseen(_ENCODE(make(row)))}"
        between = ",\n"
    notes = source_notes(catalogue) if named else {}
    sources = {source: note for source, note in notes.items() if source in named}
    yield f'\n],\n"counts": {_ENCODE(_counted(selection))}'
    yield f',\n"sources": {escape_unseen(_ENCODE(sources))}\n}}\n'


def _said(catalogue: Catalogue, selection: Selection) -> dict[str, Any]:
    """Return what a program must know before the records: the atlas and the question."""
    atlas = catalogue.value("manifest")["atlas"]
    asked = selection.asked
    near, within = asked.near, asked.within
    question = {
        "layer": asked.layer,
        "cql2": as_cql2(asked, selection.schema),
        "where": asked.where,
        "kinds": list(asked.kinds),
        "provinces": list(asked.provinces),
        "text": asked.text,
        "read_as": selection.read_as,
        "near": near and {"name": near.name, "lat": near.lat, "lon": near.lon, "radius_m": _finite(near.radius_m)},
        "bbox": asked.bbox and list(asked.bbox),
        "within": within and within.name,
        "during": asked.during,
        "sort": list(asked.sort),
        "limit": asked.limit,
        "fields": list(asked.fields),
    }
    return {
        "atlas": {"id": atlas["id"], "version": atlas["version"], "licence": atlas["licence"]},
        "asked": {name: value for name, value in question.items() if value or name == "layer"},
    }


def _counted(selection: Selection) -> dict[str, int]:
    """Return the counts of an answer: cheap once its records have been read."""
    counts = {
        "shown": selection.shown,
        "matched": selection.matched,
        "total": selection.total,
        "located": selection.located,
        "unlocated": selection.unlocated,
        "undated": selection.undated,
    }
    if selection.asked.during:
        counts |= {"certain": selection.certain, "possible": selection.possible, "set_aside": selection.set_aside}
    return counts


def _finite(metres: float) -> float | None:
    return None if metres == float("inf") else metres


FORMATS: Final[dict[str, Callable[[Catalogue, Selection], Generator[str, None, None]]]] = {
    "table": render_table,
    "csv": _as_csv,
    "json": _as_json,
    "geojson": _as_geojson,
    "geojsonl": _as_geojsonl,
    "ids": _as_ids,
    "count": _as_count,
}
"""Every format that ``memorial query`` can answer in; a new one is a row here."""
