"""Criteria -> a selection of records.

Nothing here is a dataclass: `dataclasses` brings `inspect`, which takes as long as the answer (decision 0012).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.catalogue import LISTS, quote_name
from geo.errors import Problem, RequestError
from geo.gazetteer import Gazetteer, fold, suggest_terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from geo.catalogue import Catalogue

__all__ = [
    "ASKABLE",
    "Askable",
    "Near",
    "Polygon",
    "Question",
    "Selection",
    "asked_layers",
    "parse_rows",
    "select",
    "text_rule",
]


class Askable(NamedTuple):
    """How one kind of layer or table answers a question.

    Attributes
    ----------
    key
        The column that names a record; empty for rows that have no name of their own.
    kind
        The column that ``kinds`` filters; empty when there is none.
    section
        The section of the vocabulary that lists its words.
    province
        SQL condition for ``provinces``, with ``{codes}`` for their placeholders and ``{sites}`` for the layer of
        sites; empty when a record carries no province.
    dated
        Columns of which at least one holds a date when the record is dated; empty when it carries none.
    """

    key: str = "id"
    kind: str = ""
    section: str = ""
    province: str = ""
    dated: tuple[str, ...] = ()


_FLAT_POINT_BYTES: Final = 21  # byte order, type, two doubles
_BOUNDS: Final = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")
_OF_SITE: Final = "IN (SELECT id FROM {sites} WHERE province IN ({codes}))"

ASKABLE: Final[dict[str, Askable]] = {
    "sites": Askable(kind="kind", section="kinds", province="province IN ({codes})", dated=_BOUNDS),
    "routes": Askable(kind="kind", section="route_kinds", dated=_BOUNDS),
    "areas": Askable(key="code", province="code IN ({codes})"),
    "claims": Askable(
        kind="measure",
        section="measures",
        province=f"(subject IN ({{codes}}) OR subject {_OF_SITE})",
        dated=("as_of",),
    ),
    "events": Askable(kind="theme", section="themes", province=f"place {_OF_SITE}", dated=_BOUNDS),
    "history": Askable(
        key="",
        province="(province IN ({codes}) OR other_province IN ({codes}) OR province IS NULL)",
        dated=("date",),
    ),
    "zones": Askable(key="", kind="zone", section="zones", dated=("from", "to")),
    "period": Askable(province="EXISTS (SELECT 1 FROM json_each(made_of) WHERE value IN ({codes}))"),
    "sources": Askable(),
}
"""Schema -> how its records answer; a layer of any other schema cannot be asked."""


class Near(NamedTuple):
    """A circle on the ellipsoid.

    Attributes
    ----------
    lat, lon
        Its centre in degrees (WGS 84); both ``None`` when `name` is to be looked up.
    radius_m
        Its radius in metres; infinity when only the distance is wanted.
    name
        What the centre is called: a name or id of a place of the atlas; empty for a position.
    """

    lat: float | None
    lon: float | None
    radius_m: float = float("inf")
    name: str = ""


class Polygon(NamedTuple):
    """An area that a question is about.

    Attributes
    ----------
    wkb
        A Polygon or MultiPolygon as WKB, longitude before latitude, in degrees (WGS 84).
    name
        What it is called in the answer: a file name, say.
    """

    wkb: bytes
    name: str = ""


class Question(NamedTuple):
    """What is asked: every condition must hold, and of several kinds or provinces any one.

    Attributes
    ----------
    layer
        A layer of the manifest or a period, or ``claims``, ``events``, ``history``, ``zones``, ``sources``.
    kinds
        Kinds of place or route, measures of claims, themes of events, zones: as in the vocabulary, or by their label in
        any language.
    provinces
        Provinces by code or by name, in any spelling and script that the atlas knows.
    text
        Words that must all occur in a record's names, place, summary, notes or claims; case, accents, hyphens and
        spaces do not matter.
    where
        A condition in CQL2 text (OGC 21-065r2); `geo.query.cql2` says what of it is understood.
    near
        A circle in which the record lies, or which it touches.
    bbox
        West, south, east, north in degrees; a west greater than the east crosses the antimeridian. Borders are inside.
    within
        An area in which the record lies whole; its border is inside.
    during
        EDTF: a date or an interval that the record's time overlaps, certainly or possibly.
    sort
        Columns to sort by, the first one first; ``-`` before one turns it round, ``distance`` is that to `near`. What
        is empty comes last.
    limit
        How many records at most; ``None`` for all.
    fields
        The columns to answer with, in this order; all when empty.
    """

    layer: str = "sites"
    kinds: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    text: str = ""
    where: str = ""
    near: Near | None = None
    bbox: tuple[float, float, float, float] | None = None
    within: Polygon | None = None
    during: str = ""
    sort: tuple[str, ...] = ()
    limit: int | None = None
    fields: tuple[str, ...] = ()


class Selection(NamedTuple):
    """The records that answer a question.

    Attributes
    ----------
    columns
        Names of the columns, in the order of the schema, or as `Question.fields` names them; with ``near`` also
        ``distance_m``, with ``during`` also ``overlap``.
    rows
        One dictionary a record, in the order asked for, else of the layer: column -> text, number, list or ``None``.
        ``distance_m`` is in metres (``None`` when not located), ``overlap`` is ``certain`` or ``possible``. With
        shapes, the key ``geometry`` holds a GeoJSON geometry (WGS 84, longitude before latitude) or ``None``.
    total
        How many records the layer has.
    located, unlocated
        How many of the rows have a geometry and how many have none; both 0 for a table.
    undated
        How many of the rows carry no date at all.
    asked
        The question, its kinds and provinces as the vocabulary and the codes have them.
    schema
        The schema of the layer.
    matched
        How many records answer when `Question.limit` is left out.
    certain, possible
        How many of these overlap ``during`` for certain, and how many only possibly; both 0 without it.
    set_aside
        How many records answer but for ``during``, and have no date at all.
    read_as
        What a text was read as when no record holds it as it was typed; else empty.
    """

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    total: int
    located: int
    unlocated: int
    undated: int
    asked: Question
    schema: str
    matched: int = 0
    certain: int = 0
    possible: int = 0
    set_aside: int = 0
    read_as: str = ""


def select(catalogue: Catalogue, question: Question, *, shapes: bool = False) -> Selection:
    """Return the records that answer a question.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    question
        What is asked.
    shapes
        Whether each row also carries its geometry as GeoJSON.

    Returns
    -------
    Selection
        The records, and counts that add up.

    Raises
    ------
    RequestError
        When the layer, a kind or a province is unknown, the layer has no such thing, or the text holds no word.
    CatalogueError
        When the catalogue is damaged.
    """
    layers = asked_layers(catalogue, keyless=True)
    if question.layer not in layers:
        nearest = suggest_terms(question.layer, layers)
        problem = _unknown("LAYER", question.layer, tuple(layers), nearest)
        raise RequestError(f"There is no layer {question.layer!r} to ask", [problem])
    layer = layers[question.layer]
    rule = ASKABLE[layer["schema"]]
    asked = Question(
        question.layer,
        _resolve_kinds(catalogue, question, rule),
        _resolve_provinces(catalogue, question, rule),
        question.text.strip(),
    )
    if question.text and not asked.text:
        raise RequestError("There is nothing to search for", [_no_word(question.text)])
    conditions, values = _conditions(asked, rule, layers)
    table = quote_name(question.layer)
    known = [row["name"] for row in catalogue.rows(f"PRAGMA table_info({table})")]
    columns = tuple(column for column in known if column not in ("fid", "geom"))
    picked = ", ".join(quote_name(column) for column in columns)
    if "geom" in known:
        picked += ", geom" if shapes else ", geom IS NOT NULL AS geom"
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    found = catalogue.rows(f"SELECT {picked} FROM {table}{where} ORDER BY fid", values)  # noqa: S608  (names are quoted)
    rows = parse_rows(found)
    located = 0
    for row in rows:
        shape = row.pop("geom", None)
        located += bool(shape)
        if shapes:
            row["geometry"] = _shape(catalogue, row, shape)
    return Selection(
        columns,
        rows,
        layer["records"],
        located,
        len(rows) - located if "geom" in known else 0,
        sum(all(row[column] is None for column in rule.dated) for row in rows) if rule.dated else 0,
        asked,
        layer["schema"],
    )


def asked_layers(catalogue: Catalogue, *, keyless: bool = False) -> dict[str, dict[str, Any]]:
    """Return the layers and tables that can be asked, by name, in the order of the manifest, sources last.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    keyless
        Whether tables whose rows bear no id are among them.

    Returns
    -------
    dict of str to dict
        Name -> its row in ``layers``.
    """
    known = {schema for schema, rule in ASKABLE.items() if keyless or rule.key}
    layers = {layer["name"]: layer for layer in catalogue.layers() if layer["schema"] in known}
    records = catalogue.rows("SELECT count(*) FROM sources")[0][0]
    return layers | {"sources": {"name": "sources", "schema": "sources", "holds": "table", "records": records}}


def parse_rows(rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    """Return rows of one table of the catalogue as dictionaries, their lists parsed."""
    names = rows[0].keys() if rows else []
    lists = [name for name in names if name in LISTS]
    records = []
    for row in rows:
        record: dict[str, Any] = dict(zip(names, row, strict=True))
        for name in lists:
            record[name] = json.loads(record[name]) if record[name] else []
        records.append(record)
    return records


def _shape(catalogue: Catalogue, row: dict[str, Any], blob: bytes | None) -> dict[str, Any] | None:
    """Return a geometry as GeoJSON; a site's point stands in its row already, unless it has a height."""
    if not blob:
        return None
    wkb = catalogue.geometry(blob)
    if "lon" in row and len(wkb) == _FLAT_POINT_BYTES:
        return {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    import shapely  # noqa: PLC0415  (a question without shapes must not pay for it)

    shape: dict[str, Any] = shapely.geometry.mapping(shapely.from_wkb(wkb))
    return shape


# --- what was asked -------------------------------------------------------------------------------------------


def _conditions(asked: Question, rule: Askable, layers: dict[str, dict[str, Any]]) -> tuple[list[str], dict[str, str]]:
    """Return the SQL conditions of a question that is understood, and the values of their placeholders."""
    conditions: list[str] = []
    values: dict[str, str] = {}
    if asked.kinds:
        kinds = {f"kind{number}": kind for number, kind in enumerate(asked.kinds)}
        conditions.append(f"{quote_name(rule.kind)} IN ({_places(kinds)})")
        values |= kinds
    if asked.provinces:
        codes = {f"code{number}": code for number, code in enumerate(asked.provinces)}
        sites = next((name for name, layer in layers.items() if layer["schema"] == "sites"), "sites")
        conditions.append(rule.province.format(codes=_places(codes), sites=quote_name(sites)))
        values |= codes
    if asked.text:
        matched, words = text_rule(asked.text)
        key = quote_name(rule.key or "fid")
        conditions.append(f"{key} IN (SELECT id FROM search WHERE layer = :layer AND {matched})")  # noqa: S608
        values |= words | {"layer": asked.layer}
    return conditions, values


def _places(values: Iterable[str]) -> str:
    return ", ".join(f":{name}" for name in values)


def text_rule(text: str) -> tuple[str, dict[str, str]]:
    """Return the SQL condition on ``search`` that every word of a text occurs, and its values.

    Raises
    ------
    RequestError
        When nothing is left of the text once it is folded.

    Notes
    -----
    The index holds trigrams: it finds any run of three characters or more, inside a word too, which Khmer needs
    because it writes no spaces. Shorter words are looked for one record after the other.
    """
    words = list(dict.fromkeys(word for word in map(fold, text.split()) if word))
    if not words:
        raise RequestError("There is nothing to search for", [_no_word(text)])
    long = " AND ".join('"' + word.replace('"', '""') + '"' for word in words if len(word) >= 3)
    short = {f"word{number}": word for number, word in enumerate(word for word in words if len(word) < 3)}
    conditions = [*(("search MATCH :words",) if long else ()), *(f"instr(text, :{name}) > 0" for name in short)]
    return " AND ".join(conditions), short | ({"words": long} if long else {})


def _resolve_kinds(catalogue: Catalogue, question: Question, rule: Askable) -> tuple[str, ...]:
    """Return the kinds of a question as the vocabulary has them."""
    if not question.kinds:
        return ()
    if not rule.kind:
        raise RequestError(f"{question.layer} have no kinds", [_without("--kind", question.kinds[0], question.layer)])
    terms = catalogue.value("vocabulary")[rule.section]
    spellings: dict[str, str] = {}
    for term, entry in terms.items():
        for text in (term, *entry["label"].values()):
            spellings.setdefault(fold(text), term)
    spellings.pop("", None)  # a label that does not exist in a language is no name
    found, problems = [], []
    for kind in question.kinds:
        term = spellings.get(fold(kind))
        if term is None:
            nearest = [spellings[near] for near in suggest_terms(kind, spellings)]
            problems.append(_unknown("--kind", kind, tuple(terms), nearest))
        else:
            found.append(term)
    if problems:
        raise RequestError(f"{question.layer} have no such kind", problems)
    return tuple(dict.fromkeys(found))


def _resolve_provinces(catalogue: Catalogue, question: Question, rule: Askable) -> tuple[str, ...]:
    """Return the provinces of a question as codes."""
    if not question.provinces:
        return ()
    if not rule.province:
        raise RequestError(
            f"{question.layer} carry no province", [_without("--province", question.provinces[0], question.layer)]
        )
    areas = _area_layer(catalogue, question.provinces)
    names = _province_names(catalogue, areas)
    gazetteer = Gazetteer(names)
    found, problems = [], []
    for province in question.provinces:
        code = gazetteer.find(province)
        if code is None:
            guesses = gazetteer.suggest(province)
            next_step = f"did you mean {' or '.join(guesses)}?" if guesses else f"`memorial query {areas}` lists them"
            expected = "a province of this atlas, by code or by name"
            problems.append(Problem("the question", "--province", "", province, expected, next_step))
        else:
            found.append(code)
    if problems:
        raise RequestError("There is no such province", problems)
    return tuple(dict.fromkeys(found))


def _area_layer(catalogue: Catalogue, wanted: tuple[str, ...]) -> str:
    """Return the name of the layer of areas."""
    for layer in catalogue.layers():
        if layer["schema"] == "areas":
            return str(layer["name"])
    expected = "no --province in an atlas without provinces"
    problem = Problem("the question", "--province", "", ", ".join(wanted), expected, "leave it out")
    raise RequestError("This atlas has no provinces", [problem])


def _province_names(catalogue: Catalogue, areas: str) -> list[tuple[str, str]]:
    """Return (code, text) for every code and name of every area."""
    table = quote_name(areas)
    names: list[tuple[str, str]] = []
    for row in catalogue.rows(f"SELECT code, name, name_km, name_fr, iso3166_2 FROM {table} ORDER BY fid"):  # noqa: S608
        names.extend((row["code"], text) for text in row if text)
    if any(layer["name"] == "names" for layer in catalogue.layers()):
        known = f"SELECT subject, text FROM names WHERE subject IN (SELECT code FROM {table}) ORDER BY fid"  # noqa: S608
        names.extend((row["subject"], row["text"]) for row in catalogue.rows(known))
    return names


def _unknown(option: str, seen: str, allowed: tuple[str, ...], nearest: Iterable[str]) -> Problem:
    """Return the problem of a word that is none of the allowed ones."""
    guesses = tuple(dict.fromkeys(nearest))
    next_step = f"did you mean {' or '.join(guesses)}?" if guesses else ""
    return Problem("the question", option, "", seen, f"one of {', '.join(allowed)}", next_step)


def _without(option: str, seen: str, layer: str) -> Problem:
    return Problem("the question", option, "", seen, f"no {option} for {layer}", "leave it out")


def _no_word(text: str) -> Problem:
    return Problem("the question", "--text", "", text, "at least one letter or digit", "name a word to look for")
