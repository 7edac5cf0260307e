"""A whole join: the table with its corrections, matched to a layer, and what comes of it as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import shapely

from geo.coordinates import read_pair, read_position
from geo.errors import Problem, RequestError
from geo.gazetteer import suggest_terms
from geo.guarding import guard_cell
from geo.importing.cells import clean_cell
from geo.importing.corrections import Correction, corrections_text, obey
from geo.joining.matching import REPAIRS, THRESHOLD, Matching, match_keys, match_names, match_places
from geo.joining.records import Record, find_places, read_records
from geo.joining.results import Joined, free_names, join_rows
from geo.readers.listings import Listing, Row

if TYPE_CHECKING:
    from geo.catalogue import Catalogue

__all__ = ["JoinRequest", "joined_csv", "joined_geojson", "open_questions", "run_join"]

RECORD: Final = "record"
"""The column that an output gains: the key of the record that a row belongs to."""

RADIUS_M: Final = 1000.0
"""How far a position may lie from a place, beyond what is known of it, where nobody says."""

_NAME_COLUMNS: Final = ("name", "site", "place", "site_name", "province", "nom", "lieu", "ឈ្មោះ")


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What is to be joined, and how.

    Attributes
    ----------
    layer
        The layer, by its name in the manifest.
    by
        ``key``, ``name`` or ``place``.
    column
        For ``key`` and ``name``: the column of the table; for a name, empty to take the one that is called so.
    field
        For ``key``: the column of the layer.
    lat, lon, coord
        For ``place``: the columns of the position; either the first two or the last.
    radius_m
        For ``place`` and a layer of points: how far a position may lie from a place, in metres; None where nobody
        said, for `RADIUS_M`.
    many
        Whether several rows may belong to one record.
    repairs
        What may differ between two keys that are the same.
    """

    layer: str
    by: Literal["key", "name", "place"]
    column: str = ""
    field: str = ""
    lat: str = ""
    lon: str = ""
    coord: str = ""
    radius_m: float | None = None
    many: bool = False
    repairs: tuple[str, ...] = tuple(REPAIRS)

    @property
    def reach_m(self) -> float:
        """Return how far a position may lie from a place, in metres."""
        return RADIUS_M if self.radius_m is None else self.radius_m


def run_join(
    catalogue: Catalogue, listing: Listing, request: JoinRequest, corrections: Iterable[Correction] = ()
) -> tuple[Joined, tuple[str, ...]]:
    """Return a table joined to a layer.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    listing
        The table.
    request
        What is to be joined, and how.
    corrections
        What a person decided about its cells.

    Returns
    -------
    tuple
        The join, and one sentence for each correction that does not fit the table and was not obeyed.

    Raises
    ------
    RequestError
        A layer, a column or a field does not exist, a place is looked for among lines, or a radius around areas.
    CatalogueError
        When the catalogue is damaged.
    """
    if request.by == "place":
        find_places(catalogue, request.layer, request.radius_m)
    records = read_records(catalogue, request.layer)
    columns = _columns(listing, records, request)
    changed, out, stale = obey(corrections, listing)
    rows = tuple(_corrected(row, listing.columns, changed.get(row.number, {})) for row in listing.rows)
    listing = Listing(
        listing.name, listing.unit, listing.columns, rows, listing.aside, listing.taken, listing.crs, listing.geometries
    )
    sought, unread = _sought(listing, request, columns)
    joined = join_rows(
        listing,
        records,
        sought,
        _matching(records, request),
        about=(request.layer, _said(request, columns), columns[0]),
        many=request.many,
        left_out=dict.fromkeys(out, "a correction leaves it out"),
        unread=unread,
    )
    told = [
        f"correction of row {each.row}, {each.column or 'the whole row'}: saw {each.seen}, expected {each.expected}; "
        f"{each.next_step}"
        for each in stale
    ]
    return joined, tuple(told)


def _columns(listing: Listing, records: list[Record], request: JoinRequest) -> tuple[str, ...]:
    """Return the columns of the table that are compared; refuse those that are not there."""
    wanted = [request.column]
    if request.by == "place":
        wanted = [request.coord] if request.coord else [request.lat, request.lon]
    if request.by == "name" and not request.column:
        found = [column for column in listing.columns if column.strip().casefold() in _NAME_COLUMNS]
        if len(found) != 1:
            expected = "one column called " + ", ".join(_NAME_COLUMNS[:-1])
            step = f"name it: --by name --column C, of {', '.join(listing.columns)}"
            problem = Problem(listing.name, "", "--by", ", ".join(found) or "none", expected, step)
            raise RequestError("No column holds the names", [problem])
        wanted = found
    problems = []
    for column in wanted:
        if column not in listing.columns:
            near = suggest_terms(column, listing.columns)
            step = f"did you mean {' or '.join(near)}?" if near else ""
            expected = f"one of {', '.join(listing.columns)}"
            problems.append(Problem(listing.name, "", "column", column, expected, step))
    fields = list(dict.fromkeys(name for record in records for name in record.cells))
    if request.by == "key" and request.field not in fields:
        near = suggest_terms(request.field, fields)
        step = f"did you mean {' or '.join(near)}?" if near else ""
        problems.append(Problem(request.layer, "", "field", request.field, f"one of {', '.join(fields)}", step))
    if problems:
        raise RequestError("There is no such column", problems)
    return tuple(wanted)


def _said(request: JoinRequest, columns: tuple[str, ...]) -> str:
    if request.by == "key":
        return f"{columns[0]} = {request.field}"
    if request.by == "name":
        return f"name ({columns[0]}; likeness from {THRESHOLD:.0f} of 100)"
    return f"place ({', '.join(columns)})"


def _corrected(row: Row, columns: tuple[str, ...], changed: Mapping[str, str]) -> Row:
    cells = tuple(changed.get(column, cell) for column, cell in zip(columns, row.cells, strict=True))
    return Row(row.number, cells, row.geometry)


def _sought(listing: Listing, request: JoinRequest, columns: tuple[str, ...]) -> tuple[dict[int, str], dict[int, str]]:
    """Return by the number of its row what each row is matched by; and what stands in those that cannot be read."""
    places = [listing.columns.index(column) for column in columns]
    sought, unread = dict[int, str](), dict[int, str]()
    for row in listing.rows:
        raw = [row.cells[at] for at in places]
        if request.by == "key":
            sought[row.number] = raw[0]
            continue
        cells = [clean_cell(cell)[0] for cell in raw]
        if request.by == "name":
            sought[row.number] = cells[0]
        elif not all(cells):
            sought[row.number] = ""
        elif position := _position(cells):
            sought[row.number] = position
        else:
            unread[row.number] = ", ".join(raw)
    return sought, unread


def _position(cells: Sequence[str]) -> str:
    """Return a position as ``lat,lon`` in degrees; empty for cells that hold none on the Earth."""
    try:
        position = read_position(cells[0]) if len(cells) == 1 else read_pair(cells[0], cells[1])
    except ValueError:
        return ""
    on_earth = abs(position.lat) <= 90 and abs(position.lon) <= 180
    return f"{position.lat!r},{position.lon!r}" if on_earth else ""


def _matching(records: list[Record], request: JoinRequest) -> Matching:
    if request.by == "key":
        return match_keys(records, request.field, request.repairs)
    return match_names(records) if request.by == "name" else match_places(records, request.reach_m)


# --- what comes of it -----------------------------------------------------------------------------------------------


def joined_csv(joined: Joined) -> str:
    """Return the matched rows as CSV: the key of the record first, then the cells of the table, guarded as formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    *columns, key = free_names((*joined.columns, RECORD))
    writer.writerow(map(guard_cell, (key, *columns)))
    for row in joined.rows:
        if row.outcome == "matched" and row.found.record:
            writer.writerow(map(guard_cell, (row.found.record.key, *row.cells)))
    return out.getvalue()


def joined_geojson(joined: Joined) -> str:
    """Return the layer as GeoJSON (RFC 7946), each record with the cells of its row; empty where it has none.

    Raises
    ------
    RequestError
        When several rows belong to one record: a feature has room for one.
    """
    rows: dict[str, Any] = {}
    for row in joined.rows:
        if row.outcome == "matched" and row.found.record:
            if row.found.record.key in rows:
                seen = f"rows {rows[row.found.record.key].number} and {row.number} of {row.found.record.key}"
                problem = Problem(joined.file, "", "--out", seen, "one row for each feature", "write a .csv instead")
                raise RequestError("A feature has room for one row", [problem])
            rows[row.found.record.key] = row
    _, _, *names = free_names(("id", "name", *joined.columns))
    features = []
    for record in joined.records:
        mine = rows.get(record.key)
        cells = [cell or None for cell in mine.cells] if mine else [None] * len(names)
        shape = None if record.shape is None else json.loads(shapely.to_geojson(record.shape))
        properties = {"id": record.key, "name": record.name, **dict(zip(names, cells, strict=True))}
        features.append({"type": "Feature", "id": record.key, "geometry": shape, "properties": properties})
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def open_questions(joined: Joined, corrections: Iterable[Correction]) -> str:
    """Return a corrections file with a line for each row that waits for a decision.

    Parameters
    ----------
    joined
        The join, by key or by name.
    corrections
        What the file held.

    Returns
    -------
    str
        CSV. A row that differs from another one of the same record is left out by writing ``leave out``.
    """
    cells: dict[tuple[int, str], tuple[str, str]] = {}
    at = joined.columns.index(joined.column)
    for row in joined.open:
        if row.outcome == "duplicate":
            cells[row.number, ""] = ("", "leave out")
        elif row.cells:
            perhaps = " or ".join(record.key for record in row.found.candidates)
            cells[row.number, joined.column] = (clean_cell(row.cells[at])[0], perhaps)
    return corrections_text(corrections, cells)
