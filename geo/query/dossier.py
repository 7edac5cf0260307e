"""An id -> everything that the atlas knows about it, each statement with its citation."""

from __future__ import annotations

import json
import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.catalogue import quote_name
from geo.errors import Problem, RequestError
from geo.ledger import ranges, split_ref
from geo.query.answering import parse_rows
from geo.query.asking import ASKABLE, asked_layers
from geo.query.citing import Citation, cite, cite_ref, source_notes
from geo.query.searching import rows_within, text_rule

if TYPE_CHECKING:
    from geo.catalogue import Catalogue
    from geo.ledger import Range

__all__ = ["Dossier", "show"]

_PLACES: Final = ("sites", "routes", "areas", "nation")
"""Schemas whose records names, claims and relations may be about."""

_STATUSES: Final = ("current", "contested", "superseded", "rejected")
"""What a claim may be, in the order of reading: what makes a range comes first."""

_CHANGED: Final = "record IN (SELECT value FROM {each})"
_CITES: Final = "EXISTS (SELECT 1 FROM {each} WHERE value = :key OR substr(value, 1, length(:key) + 1) = :key || '#')"
_NEAREST: Final = 3

Rows = tuple[dict[str, Any], ...]


class Dossier(NamedTuple):
    """Everything that the atlas knows about one record.

    Attributes
    ----------
    layer, schema
        Where the record stands, and which schema it keeps; both ``nation`` for the country as a whole.
    id
        Its key.
    title
        What to call it.
    record
        Its columns; lists are lists.
    names, claims, relations, events
        Rows of the tables that are about it, as dictionaries. Each claim, relation and event carries ``citation``; a
        relation also ``other`` (id), ``other_name`` and ``outgoing`` (whether the record is its subject). Claims about
        a place stand by measure, in the order of the vocabulary, the current ones first and partial ones last.
    ranges
        How far the claims of one measure reach together, in the same order.
    zones
        For a site, what sources say of the period zone that it lay in; each with ``citation``.
    history
        For an area, what became of it (with ``other_name``), then the former areas that it belonged to (with
        ``period_title``); each with ``citation``.
    changes
        What was changed in the record, the first change first; each with ``citation``, ``None`` where it has none.
    parts
        Records that belong to it, as dictionaries of ``id`` and ``name``: the parts of a site, the sites in an area,
        the areas of today that a former area is made of, the records that cite a source.
    citations
        The sources of the record itself.
    position
        Where the position of a site comes from; ``None`` for everything else.
    about
        The name of the record that a claim is about or at which an event took place; else empty.
    """

    layer: str
    schema: str
    id: str
    title: str
    record: dict[str, Any]
    names: Rows
    claims: Rows
    ranges: tuple[Range, ...]
    relations: Rows
    events: Rows
    zones: Rows
    history: Rows
    changes: Rows
    parts: Rows
    citations: tuple[Citation, ...]
    position: Citation | None
    about: str

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Every source that the dossier cites, once, in the order of reading; of a source, itself."""
        if self.schema == "sources":
            return (self.id,)
        said = (*self.claims, *self.relations, *self.events, *self.zones, *self.history, *self.changes)
        cited = [*self.citations, self.position, *(row["citation"] for row in said)]
        named = [split_ref(row["source"])[0] for row in self.names]
        return tuple(dict.fromkeys([*(citation.source for citation in cited if citation), *named]))


def show(catalogue: Catalogue, key: str) -> Dossier:
    """Return everything that is known about one record.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    key
        Id of a site, route, claim, event or source, code of an area, or the nation of the manifest. Case does not
        matter unless two keys differ by nothing else.

    Returns
    -------
    Dossier
        The record, with what the tables say about it.

    Raises
    ------
    RequestError
        When no record has that id; the nearest ids are named.
    CatalogueError
        When the catalogue is damaged.
    """
    layer, schema, record = _find(catalogue, key)
    found = record[ASKABLE[schema].key if schema in ASKABLE else "id"]
    notes = source_notes(catalogue)
    names: Rows = ()
    claims: Rows = ()
    relations: Rows = ()
    events: Rows = ()
    zones: Rows = ()
    history: Rows = ()
    parts: Rows = ()
    if schema in _PLACES:
        names = _about(catalogue, "names", "subject = ?", found)
        claims = _cited(_by_measure(catalogue, _about(catalogue, "claims", "subject = ?", found)), notes)
        relations = _relations(catalogue, found, notes)
    if schema == "sites":
        events = _cited(_about(catalogue, "events", "place = ?", found), notes)
        zones = _cited(_about(catalogue, "zones", "zone = ?", record["dk_zone"] or ""), notes)
        parts = _records(catalogue, ("sites",), "part_of = :key", found)
    if schema == "areas":
        history = _cited(_history(catalogue, found), notes)
        parts = _records(catalogue, ("sites",), "province = :key", found)
    if schema == "period":
        parts = tuple({"id": code, "name": _name(catalogue, code)} for code in record["made_of"])
    if schema == "sources":
        claims = _cited(_about(catalogue, "claims", "source = ?", found), notes)
        events = _cited(_about(catalogue, "events", "source = ?", found), notes)
        parts = _records(catalogue, _PLACES, _CITES.format(each=catalogue.each("sources")), found)
    # What changed in a claim about a record changed in what is known of the record.
    changed = json.dumps([found, *(claim["id"] for claim in claims if schema in _PLACES)])
    changes = _about(catalogue, "changes", _CHANGED.format(each=catalogue.each("?")), changed)
    return Dossier(
        layer,
        schema,
        found,
        record.get("name") or record.get("title") or found,
        record,
        names,
        claims,
        _ranges(claims) if schema in _PLACES else (),
        relations,
        events,
        zones,
        history,
        tuple(sorted(_cited(changes, notes), key=itemgetter("date"))),
        parts,
        cite(record, notes),
        cite_ref(record["coord_source"], notes) if record.get("coord_source") else None,
        _name(catalogue, record.get("subject") or record.get("place") or ""),
    )


# --- finding the record ---------------------------------------------------------------------------------------


def _find(catalogue: Catalogue, key: str) -> tuple[str, str, dict[str, Any]]:
    """Return layer, schema and columns of the record with that key."""
    layers = asked_layers(catalogue)
    atlas = catalogue.value("manifest")["atlas"]
    small = "".join(letter.lower() if letter.isascii() else letter for letter in key)
    for compared, wanted in (("", key), ("lower", small)):  # of SQL, which knows the case of ASCII alone
        for name, layer in layers.items():
            column = ASKABLE[layer["schema"]].key
            condition = f"{compared}({column}) = ?"
            rows = catalogue.rows(f"SELECT * FROM {quote_name(name)} WHERE {condition}", (wanted,))  # noqa: S608  (quoted)
            if len(rows) == 1:
                (record,) = parse_rows(rows)
                return (
                    name,
                    layer["schema"],
                    {column: record[column] for column in record if column not in ("fid", "geom")},
                )
        nation = atlas["nation"]
        if key == nation or (compared and key.casefold() == nation.casefold()):
            return "nation", "nation", {"id": nation, "name": atlas["title"]["en"]}
    raise RequestError(f"There is no record {key!r}", [_unknown(catalogue, layers, key)])


def _unknown(catalogue: Catalogue, layers: dict[str, dict[str, Any]], key: str) -> Problem:
    """Return the problem of an id that does not exist; the nearest ids are found by name, then by spelling."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  (only a question that failed needs it)

    named: list[str] = []
    try:
        rule, values = text_rule(catalogue, key)
    except RequestError:
        pass
    else:
        places = [name for name, layer in layers.items() if layer["schema"] in _PLACES]
        marks = ", ".join(f":in{number}" for number in range(len(places)))
        values |= {f"in{number}": name for number, name in enumerate(places)} | rows_within(catalogue)
        sql = (
            f"SELECT id FROM search WHERE layer IN ({marks}) AND rowid IN ({rule})"  # noqa: S608  (a fixed form)
            f" ORDER BY size, rowid LIMIT {_NEAREST}"
        )
        named = [row["id"] for row in catalogue.rows(sql, values)]
    ids: list[str] = []
    for name, layer in layers.items():
        column = ASKABLE[layer["schema"]].key
        ids += [row[0] for row in catalogue.rows(f"SELECT {column} FROM {quote_name(name)}")]  # noqa: S608  (quoted)
    spelt = process.extract(
        key.casefold(), ids, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=60, limit=_NEAREST
    )
    plain = _without_noughts(key)
    padded = [found for found in ids if _without_noughts(found) == plain]  # KH1 for KH01
    nearest = list(dict.fromkeys([*padded, *named, *(found for found, _, _ in spelt)]))[:_NEAREST]
    next_step = (
        f"did you mean {' or '.join(nearest)}?" if nearest else "find ids with `memorial query --text WORD` first"
    )
    return Problem("the question", "ID", "", key, "the id of a record of this atlas", next_step)


def _without_noughts(key: str) -> str:
    """Return an id without the noughts that fill its numbers, in small letters."""
    return re.sub("(?<![0-9])0+(?=[0-9])", "", key.casefold())


# --- what is said about it ------------------------------------------------------------------------------------


def _about(catalogue: Catalogue, table: str, condition: str, key: str) -> Rows:
    """Return the rows of a table that are about a record; none when the atlas has no such table."""
    if not any(layer["name"] == table for layer in catalogue.layers()):
        return ()
    sql = f"SELECT * FROM {quote_name(table)} WHERE {condition} ORDER BY fid"  # noqa: S608  (fixed conditions)
    rows = (dict(row) for row in catalogue.rows(sql, (key,)))
    return tuple({column: value for column, value in row.items() if column != "fid"} for row in rows)


def _records(catalogue: Catalogue, schemas: tuple[str, ...], condition: str, key: str) -> Rows:
    """Return id and name of the records of some layers for which a condition on ``:key`` holds."""
    found: list[dict[str, Any]] = []
    for layer in catalogue.layers():
        if layer["schema"] in schemas:
            column = ASKABLE[layer["schema"]].key
            sql = f"SELECT {column} AS id, name FROM {quote_name(layer['name'])} WHERE {condition} ORDER BY fid"  # noqa: S608
            found += [dict(row) for row in catalogue.rows(sql, {"key": key})]
    return tuple(found)


def _cited(rows: Rows, notes: dict[str, str]) -> Rows:
    """Return rows that name one source at most, with its citation."""
    return tuple(row | {"citation": next(iter(cite(row, notes)), None)} for row in rows)


def _by_measure(catalogue: Catalogue, claims: Rows) -> Rows:
    """Return claims by measure, in the order of the vocabulary; of one measure the current and whole ones first."""
    measures = list(catalogue.value("vocabulary")["measures"])

    def place(claim: dict[str, Any]) -> tuple[int, int, bool]:
        return measures.index(claim["measure"]), _STATUSES.index(claim["status"]), claim["partial"] == "yes"

    return tuple(sorted(claims, key=place))


def _ranges(claims: Rows) -> tuple[Range, ...]:
    """Return the ranges of claims in the order in which their measures stand."""
    measures = [claim["measure"] for claim in claims]
    return tuple(sorted(ranges(claims), key=lambda found: measures.index(found.measure)))


def _relations(catalogue: Catalogue, key: str, notes: dict[str, str]) -> Rows:
    """Return the relations of a record, both ways, each with the other's name."""
    found = []
    for column, other, outgoing in (("subject", "object", True), ("object", "subject", False)):
        for row in _about(catalogue, "relations", f"{column} = ?", key):
            if not outgoing and row["subject"] == row["object"]:
                continue
            said = {"other": row[other], "other_name": _name(catalogue, row[other]), "outgoing": outgoing}
            found.append(row | said)
    return _cited(tuple(found), notes)


def _history(catalogue: Catalogue, code: str) -> Rows:
    """Return what became of an area, then the former areas that it belonged to."""
    periods = catalogue.value("manifest").get("periods", {})
    became = _about(catalogue, "history", "province = ?", code)
    belonged = _about(catalogue, "crosswalk", "code = ?", code)
    return (
        *(row | {"other_name": _name(catalogue, row["other_province"] or "")} for row in became),
        *(row | {"period_title": periods[row["period"]]["title"]["en"]} for row in belonged),
    )


def _name(catalogue: Catalogue, key: str) -> str:
    """Return the name of a site, route, area or the nation; of anything else its key."""
    atlas = catalogue.value("manifest")["atlas"]
    if key == atlas["nation"]:
        return str(atlas["title"]["en"])
    for layer in catalogue.layers():
        if layer["schema"] in _PLACES:
            column = ASKABLE[layer["schema"]].key
            rows = catalogue.rows(f"SELECT name FROM {quote_name(layer['name'])} WHERE {column} = ?", (key,))  # noqa: S608
            if rows:
                return str(rows[0][0])
    return key
