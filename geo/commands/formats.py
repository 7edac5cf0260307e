"""A selection as text: a table for a person; CSV, JSON, GeoJSON, ids or counts for a program.

Every form is a row in `FORMATS`: a function that yields text piece by piece, so that a long answer begins at once.
"""

from __future__ import annotations

import json
from itertools import chain, repeat
from json.encoder import encode_basestring
from operator import ne
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import LISTS
from geo.commands.tables import render_table
from geo.commands.terminal import escape_unseen, say
from geo.errors import Problem, RequestError
from geo.ledger import split_ref
from geo.query import ASKABLE, asked_layers, cite, source_notes
from geo.query.answering import FLAT_POINT_BYTES, as_geojson
from geo.query.citing import cite_ref
from geo.query.wording import as_cql2

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from geo.catalogue import Catalogue
    from geo.query import Selection

__all__ = ["FORMATS", "MAPPED", "key_of"]

MAPPED: Final = frozenset({"geojson", "geojsonl"})
"""The formats that need the geometry of each record."""

_LOCATED: Final = frozenset({"sites", "routes", "areas", "period"})
"""The schemas of layers; a table has no geometry."""

_MOST: Final = float("inf")
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _is_one(values: Sequence[Any]) -> bool:
    """Return whether a column says one thing throughout, or nothing: many do, and it need be written only once."""
    first = values[0]
    alike = first is None or first.__class__ is str
    return alike and len(values) > 1 and first == values[-1] and values.count(first) == len(values)


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
    names = selection.columns
    cited = bool({"sources", "source"} & set(names))
    notes = source_notes(catalogue) if cited else {}
    yield f"{','.join(map(_quote, (*names, *(('citations',) if cited else ()))))}\r\n"
    guarded = 0
    for columns in selection.parsed():
        cells = [_csv_cells(_spell_lists(name, values)) for name, values in zip(names, columns, strict=True)]
        if cited:
            cells.append(_csv_cells(_citations(names, columns, notes)))
        guarded += sum(count for _, count in cells)
        lines = map(",".join, zip(*(texts for texts, _ in cells), strict=True))
        yield "".join([f"{line}\r\n" if line else '""\r\n' for line in lines])  # an empty line is no record
    if guarded:
        cells_read = "1 cell begins" if guarded == 1 else f"{guarded:,} cells begin"
        say(f"{cells_read} like a formula: a leading ' keeps a spreadsheet from running it")


def _citations(names: Sequence[str], columns: Sequence[Sequence[Any]], notes: Mapping[str, str]) -> list[str]:
    """Return for each record the citations of its sources; what several records name is cited once."""
    if "sources" in names:
        lists = columns[names.index("sources")]
        cited = {ref: str(cite_ref(ref, notes)) for ref in {*chain.from_iterable(lists)}}
        return [" | ".join([cited[ref] for ref in refs]) for refs in lists]
    shown = [name for name in ("source", "locator") if name in names]
    records = zip(*(columns[names.index(name)] for name in shown), strict=True)
    return [" | ".join(map(str, cite(dict(zip(shown, record, strict=True)), notes))) for record in records]


def _spell_lists(name: str, values: Sequence[Any]) -> Sequence[Any]:
    """Return the cells of a column; references are joined, other lists are JSON."""
    if name == "sources":
        return [" | ".join(refs) for refs in values]
    return [*map(_ENCODE, values)] if name in LISTS else values


def _csv_cells(values: Sequence[Any]) -> tuple[Sequence[str], int]:
    """Return a column as cells of CSV, exactly as `csv` would write them, and how many a spreadsheet must not run.

    Notes
    -----
    One look at the whole column tells whether any cell needs a guard or quotation marks; `csv` looks at every letter.
    """
    if _is_one(values):
        cells, guarded = _csv_cells(values[:1])
        return [*cells] * len(values), guarded * len(values)
    types = set(map(type, values))
    texts = values
    if types == {str, type(None)}:
        texts = [value or "" for value in values]
    elif types != {str}:
        texts = ["" if value is None else value if value.__class__ is str else str(value) for value in values]
    if str not in types:
        return texts, 0
    whole = "\0".join(["", *texts])
    guarded = 0
    if any(sign in whole and f"\0{sign}" in whole for sign in _SUSPECT):
        from geo.guarding import guard_cell  # noqa: PLC0415  (nearly no column needs it)

        safe = [guard_cell(text) for text in texts]
        guarded = sum(map(ne, safe, texts))
        texts = safe
    signs = {sign for sign in _QUOTED if sign in whole}
    if signs == {","}:
        texts = [f'"{text}"' if "," in text else text for text in texts]
    elif signs:
        texts = [*map(_quote, texts)]
    return texts, guarded


def _quote(text: str) -> str:
    """Return a cell, in quotation marks when it must be, those in it doubled."""
    if '"' in text:
        text = text.replace('"', '""')
    elif not ("," in text or "\n" in text or "\r" in text):
        return text
    return f'"{text}"'


_SUSPECT: Final = "'=+-@\t\r\n＝＋－＠"
"""How a cell begins that a spreadsheet may take for a formula."""

_QUOTED: Final = ',"\n\r'
"""What stands in a cell only between quotation marks."""


# --- JSON and GeoJSON -----------------------------------------------------------------------------------------


def _as_json(catalogue: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield one object: what was asked, how many answer, the records, and the sources that they name."""
    return _object(catalogue, selection, {}, "records")


def _as_geojson(catalogue: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield a FeatureCollection (RFC 7946); what `_as_json` says of the selection stands beside the features."""
    _check_mapped(selection, "geojson")
    return _object(catalogue, selection, {"type": "FeatureCollection"}, "features")


def _as_geojsonl(_: Catalogue, selection: Selection) -> Generator[str, None, None]:
    """Yield one GeoJSON feature a line, and nothing else: newline-delimited, not the text sequence of RFC 8142."""
    _check_mapped(selection, "geojsonl")
    for columns in selection.parsed():
        yield from _encode(selection.columns, columns, ["", *["\n"] * (len(columns[0]) - 1)])
        yield "\n"


def _check_mapped(selection: Selection, form: str) -> None:
    """Check that the records have a geometry.

    Raises
    ------
    RequestError
        When the layer has none.
    """
    if selection.schema not in _LOCATED:
        seen, expected = f"{form} for {selection.asked.layer}", "table, csv or json: these records have no geometry"
        raise RequestError("There is nothing to map", [Problem("the question", "--format", "", seen, expected)])


def _object(
    catalogue: Catalogue, selection: Selection, first: dict[str, Any], plural: str
) -> Generator[str, None, None]:
    """Yield a JSON object: the members of `first`, what `_said` says, the records one a line, counts, sources."""
    yield "{\n"
    for name, value in (first | _said(catalogue, selection)).items():
        yield f"{_ENCODE(name)}: {escape_unseen(_ENCODE(value))},\n"
    yield f"{_ENCODE(plural)}: ["
    named: set[str] = set()
    between = "\n"
    for columns in selection.parsed():
        named |= _named(selection.columns, columns)
        yield from _encode(selection.columns, columns, [between, *[",\n"] * (len(columns[0]) - 1)])
        between = ",\n"
    notes = source_notes(catalogue) if named else {}
    sources = {source: note for source, note in notes.items() if source in named}
    yield f'\n],\n"counts": {_ENCODE(_counted(selection))}'
    yield f',\n"sources": {escape_unseen(_ENCODE(sources))}\n}}\n'


def _named(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> set[str]:
    """Return the ids of the sources that records name."""
    refs: set[str] = set()
    if "sources" in names:
        refs.update(*columns[names.index("sources")])
    if "source" in names:
        refs.update(filter(None, columns[names.index("source")]))
    return {split_ref(ref)[0] for ref in refs}


def _encode(names: Sequence[str], columns: Sequence[Sequence[Any]], between: Sequence[str]) -> Iterator[str]:
    """Yield records as JSON, exactly as `json` would write them one by one; control characters are escapes.

    Parameters
    ----------
    names
        Names of the columns.
    columns
        Their values, lists parsed; with one column more, of geometries (WKB), each record is a feature of GeoJSON.
    between
        What stands before each record.

    Notes
    -----
    Column by column, since values of one type are written in one way: what many records cost is done by C throughout.
    """
    before = [escape_unseen(f"{', ' if place else '{'}{_ENCODE(name)}: ") for place, name in enumerate(names)]
    after = "}"
    texts = [_encode_column(name, values) for name, values in zip(names, columns, strict=False)]
    if len(columns) > len(names):
        before[0] = f', "properties": {before[0]}'
        before.insert(0, '{"type": "Feature", "geometry": ')
        after = "}}"
        texts.insert(0, _encode_shapes(names, texts, columns[-1]))
    pieces = chain.from_iterable(zip(map(repeat, before), texts, strict=True))
    return map("".join, zip(between, *pieces, repeat(after)))


def _encode_column(name: str, values: Sequence[Any]) -> list[str]:
    """Return each value of a column as JSON."""
    if name in LISTS:
        return _encode_lists(values)
    if _is_one(values):
        return _encode_column(name, values[:1]) * len(values)
    types = set(map(type, values))
    if str not in types:
        return [
            "null" if value is None else repr(value) if -_MOST < value < _MOST else _ENCODE(value) for value in values
        ]
    if len(types) == 1:
        texts = [*map(encode_basestring, values)]
    else:
        texts = [
            encode_basestring(value) if value.__class__ is str else "null" if value is None else _ENCODE(value)
            for value in values
        ]
    whole = "".join(texts)
    seen = "\x7f" not in whole if whole.isascii() else whole.isprintable()  # JSON has no other control character
    return texts if seen else [*map(escape_unseen, texts)]


def _encode_lists(lists: Sequence[list[Any]]) -> list[str]:
    """Return each list as JSON; all are written as one, and parted where that is beyond doubt."""
    whole = _ENCODE(lists)
    texts = whole[2:-2].split("], [")
    texts = [f"[{text}]" for text in texts] if len(texts) == len(lists) else [*map(_ENCODE, lists)]
    return texts if whole.isprintable() else [*map(escape_unseen, texts)]


def _encode_shapes(names: Sequence[str], texts: Sequence[Sequence[str]], shapes: Sequence[bytes | None]) -> list[str]:
    """Return geometries as GeoJSON.

    Parameters
    ----------
    names, texts
        The columns and their values as JSON: where a layer has ``lon`` and ``lat``, these are its points.
    shapes
        WKB.
    """
    if not {"lon", "lat"} <= set(names):
        return [_ENCODE(as_geojson(wkb)) for wkb in shapes]
    lons, lats = (texts[names.index(name)] for name in ("lon", "lat"))
    return [
        f'{{"type": "Point", "coordinates": [{lon}, {lat}]}}'
        if wkb and len(wkb) == FLAT_POINT_BYTES
        else _ENCODE(as_geojson(wkb))
        for wkb, lon, lat in zip(shapes, lons, lats, strict=True)
    ]


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
