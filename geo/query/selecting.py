"""A question -> one SELECT -> the records that answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import quote_name
from geo.errors import Problem, RequestError
from geo.gazetteer import parse_edtf, suggest_terms
from geo.query.answering import Query, Selection
from geo.query.asking import ASKABLE, BOUNDS, Near, asked_layers, unknown_word
from geo.query.fields import Field, any_of, layer_fields, unknown_field

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from geo.catalogue import Catalogue
    from geo.query.asking import Askable, Question

__all__ = ["select"]

_PLACED: Final = frozenset({"sites", "routes", "areas"})
_DERIVED: Final = ("distance_m", "overlap")
_UNORDERED: Final = frozenset({"geometry", "list", "objects"})
"""Types of fields that have no order."""

_NO_SITES: Final = "(SELECT NULL AS id, NULL AS province) AS nowhere"
"""What stands for the layer of sites in an atlas without one."""

Layers = dict[str, dict[str, Any]]


def select(
    catalogue: Catalogue, question: Question, *, shapes: bool = False, columns: Collection[str] = ()
) -> Selection:
    """Return the records that answer a question.

    Parameters
    ----------
    catalogue
        The compiled atlas; it stays open while the records are read.
    question
        What is asked.
    shapes
        Whether each record also carries its geometry.
    columns
        Columns that are enough where the question names no fields; all when empty.

    Returns
    -------
    Selection
        The records, and counts that add up.

    Raises
    ------
    RequestError
        When the layer, a kind, a province, a place or a field is unknown, the layer has no such thing, the condition
        is not CQL2, the time is not EDTF, a position, box or area is none, or the text holds no word.
    CatalogueError
        When the catalogue is damaged.

    Notes
    -----
    Every condition becomes one term of a WHERE; values are parameters throughout. Overlap in time: with lo and hi the
    bounds of the question, a record overlaps possibly unless it surely ends before lo or begins after hi; it overlaps
    for certain when its latest begin is not after hi and its earliest end not before lo, where an unknown begin or end
    is taken from the other.
    """
    layers = asked_layers(catalogue, keyless=True)
    if question.layer not in layers:
        problem = unknown_word("LAYER", question.layer, layers, suggest_terms(question.layer, layers))
        raise RequestError(f"There is no layer {question.layer!r} to ask", [problem])
    layer = layers[question.layer]
    schema = layer["schema"]
    rule = ASKABLE[schema]
    query = Query(catalogue, question.layer, layer_fields(catalogue, question.layer, schema), rule)
    query.total, query.schema = layer["records"], schema
    query.asked = question
    query.enough = columns
    refusals = []
    for take in (_take_words, _take_text, _take_places, _take_condition, _take_time, _take_form):
        try:
            take(query, layers)
        except RequestError as refusal:
            refusals.append(refusal)
    if refusals:
        message = refusals[0].message if len(refusals) == 1 else "The question cannot be answered as it stands"
        raise RequestError(message, [problem for refusal in refusals for problem in refusal.problems])
    return Selection(catalogue, query, shapes=shapes)


# --- what was asked -------------------------------------------------------------------------------------------


def _take_words(query: Query, layers: Layers) -> None:
    """Take kinds and provinces into a query."""
    question = query.asked
    if not (question.kinds or question.provinces):
        return
    from geo.query.naming import resolve_kinds, resolve_provinces  # noqa: PLC0415  (not every question names any)

    rule = query.rule
    kinds = resolve_kinds(query.catalogue, question, rule)
    provinces = resolve_provinces(query.catalogue, question, rule)
    if kinds:
        named = {f"kind{number}": kind for number, kind in enumerate(kinds)}
        column = f"t.{quote_name(rule.kind)}"
        query.conditions.append(any_of(question.layer, rule.kind, column, [f":{name}" for name in named]))
        query.values |= named
    if provinces:
        named = {f"code{number}": code for number, code in enumerate(provinces)}
        held = (quote_name(name) for name, layer in layers.items() if layer["schema"] == "sites")
        sites = next(held, _NO_SITES)
        places = ", ".join(f":{name}" for name in named)
        members = query.catalogue.each("made_of")
        query.conditions.append(rule.province.format(codes=places, sites=sites, each_made_of=members))
        query.values |= named
    query.asked = question._replace(kinds=kinds, provinces=provinces)


def _take_text(query: Query, _: Layers) -> None:
    """Take the words of a question into a query."""
    if not query.asked.text:
        return
    from geo.query.searching import find_text  # noqa: PLC0415  (not every question has words)

    query.asked = query.asked._replace(text=query.asked.text.strip())
    found = find_text(query.catalogue, query.asked.layer, query.asked.text)
    query.conditions.append(found.sql)
    query.values |= found.values
    query.read_as = found.read_as


def _take_places(query: Query, layers: Layers) -> None:
    """Take box, polygon and circle into a query."""
    question = query.asked
    asked = {"--near": question.near, "--bbox": question.bbox, "--within": question.within}
    given = [option for option, value in asked.items() if value is not None]
    if not given:
        return
    if not query.mapped:
        step = "ask for sites, routes or areas"
        problems = [
            Problem("the question", option, "", question.layer, f"a layer with geometry for {option}", step)
            for option in given
        ]
        raise RequestError(f"{question.layer} have no geometry", problems)
    from geo.query.functions import define_functions  # noqa: PLC0415  (not every question is about a place)
    from geo.query.spatial import box_condition, check_area, check_box, relate_condition, shape_of  # noqa: PLC0415

    define_functions(query.catalogue)
    points = "lon" in query.fields

    def place(value: Any) -> str:  # noqa: ANN401  (whatever SQLite holds)
        query.values[f"place{len(query.values)}"] = value
        return f":place{len(query.values) - 1}"

    if question.bbox is not None:
        try:
            box = check_box(question.bbox)
        except ValueError as error:
            expected = "west, south, east, north in degrees"
            raise RequestError(
                "That is no box", [Problem("the question", "--bbox", "", str(error), expected)]
            ) from None
        if points:
            query.conditions.append(box_condition(query.catalogue, question.layer, box, place))
        else:
            shapes = (None, shape_of({"bbox": box}))
            query.conditions.append(relate_condition(query.catalogue, question.layer, "intersects", shapes, place))
    if question.within is not None:
        try:
            check_area(question.within.wkb)
        except ValueError as error:
            expected = "a Polygon or MultiPolygon on the earth whose rings do not cross"
            raise RequestError(
                "That is no area", [Problem("the question", "--within", "", str(error), expected)]
            ) from None
        shapes = (None, question.within.wkb)
        query.conditions.append(relate_condition(query.catalogue, question.layer, "covered_by", shapes, place))
    if question.near is not None:
        _take_circle(query, question.near, layers, place, points=points)


def _take_circle(query: Query, near: Near, layers: Layers, place: Callable[[Any], str], *, points: bool) -> None:
    """Take a circle into a query, and the distances to its centre."""
    from geo.query.nearness import find_place, measure_near  # noqa: PLC0415  (as above)

    if near.lat is None or near.lon is None:
        named = {name: ASKABLE[layer["schema"]].key for name, layer in layers.items() if layer["schema"] in _PLACED}
        near = find_place(query.catalogue, near, named)
        query.asked = query.asked._replace(near=near)
    elif not (-90 <= near.lat <= 90 and -180 <= near.lon <= 180):
        problem = Problem(
            "the question", "--near", "", f"{near.lat:g},{near.lon:g}", "LAT,LON in degrees, or the name of a place"
        )
        raise RequestError("That is no position", [problem])
    if not near.radius_m >= 0:
        problem = Problem("the question", "--radius", "", f"{near.radius_m:g} m", "a length that is not negative")
        raise RequestError("That is no radius", [problem])
    metres = measure_near(query.catalogue, query.asked.layer, near, points=points)
    joined, distance = query.catalogue.measured(metres, place)
    query.table += joined
    query.fields["distance_m"] = Field("distance_m", "number", distance, column=False)
    if math.isfinite(near.radius_m):
        query.conditions.append(query.catalogue.listed(metres, place))


def _take_condition(query: Query, _: Layers) -> None:
    """Take a condition in CQL2 into a query."""
    if not query.asked.where.strip():
        return
    from geo.query.cql2 import translate  # noqa: PLC0415  (not every question has a condition)
    from geo.query.functions import define_functions  # noqa: PLC0415
    from geo.query.parsing import parse_where  # noqa: PLC0415

    define_functions(query.catalogue)
    known = {name: field for name, field in query.fields.items() if name not in _DERIVED}
    tree = parse_where(query.asked.where)
    condition = translate(query.catalogue, tree, known, query.asked.layer, points="lon" in known)
    query.conditions.append(condition.sql)
    query.values |= condition.values


def _take_time(query: Query, _: Layers) -> None:
    """Take the time of a question into a query, as the two kinds of overlap."""
    text = query.asked.during
    if not text:
        return
    layer, rule = query.asked.layer, query.rule
    if not rule.span:
        problem = Problem("the question", "--during", "", text, f"no --during for {layer}", "leave it out")
        raise RequestError(f"{layer} have no time", [problem])
    try:
        low, high = parse_edtf(text.strip())
    except ValueError as error:
        expected = "a date or an interval in EDTF, such as 1977 or 1975-04-17/1979-01-07"
        problem = Problem("the question", "--during", "", str(error), expected)
        raise RequestError("That is no time", [problem]) from None
    query.values |= {"low": low or "", "high": high or "~"}  # what is before and after every date
    begin, begun, end, ended = _bounds(query, rule)
    query.during = (
        f"(NOT ({query.undated}) AND ({begin} IS NULL OR {begin} <= :high) AND ({ended} IS NULL OR {ended} >= :low))"
    )
    query.conditions.append(query.during)
    first, last = f"coalesce({begun}, {ended})", f"coalesce({end}, {begin})"
    query.certain = f"coalesce({first} <= :high AND {last} >= :low, FALSE)"
    query.fields["overlap"] = Field(
        "overlap", "text", f"CASE WHEN {query.certain} THEN 'certain' ELSE 'possible' END", column=False
    )


def _bounds(query: Query, rule: Askable) -> tuple[str, ...]:
    """Return the four bounds of a record's time as SQL."""
    if rule.span != BOUNDS:
        from geo.query.functions import define_functions  # noqa: PLC0415  (few tables keep no bounds)

        define_functions(query.catalogue)
        sides = [f"t.{quote_name(column)}" for column in rule.span]
        return tuple(query.catalogue.day(side, column) for column in sides for side in ("earliest", "latest"))
    begin, begun, end, ended = (f"t.{bound}" for bound in BOUNDS)
    if query.schema == "events":  # an event without an end ended when it began
        end, ended = (
            f'CASE WHEN t."end" IS NULL THEN {one} ELSE {other} END' for one, other in ((begin, end), (begun, ended))
        )
    return begin, begun, end, ended


def _take_form(query: Query, _: Layers) -> None:
    """Take columns, order and limit into a query."""
    question = query.asked
    columns = {
        name: field.sql
        for name, field in query.fields.items()
        if field.column and (not query.enough or name in query.enough)
    }
    derived = {name: query.fields[name].sql for name in _DERIVED if name in query.fields}
    problems = []
    if question.fields:
        askable = {name: field for name, field in query.fields.items() if field.type != "geometry"}
        problems += [unknown_field("--fields", name, askable) for name in question.fields if name not in askable]
    order = []
    plain = {name: field for name, field in query.fields.items() if field.type not in _UNORDERED}
    for word in question.sort:
        name = word.removeprefix("-")
        field = plain.get("distance_m" if name == "distance" else name)
        if name == "distance" and question.near is None:
            problems.append(
                Problem("the question", "--sort", "", name, "a place to be far from", "name one with --near")
            )
        elif name == "distance" and field is None:
            continue  # that the place is not known is said of --near
        elif field is None:
            problems.append(unknown_field("--sort", name, plain))
        else:
            sql = field.number if field.type == "figure" else field.sql
            order.append(f"{sql}{' DESC' if word.startswith('-') else ''} NULLS LAST")
            query.values |= dict(field.values)
    if question.limit is not None and question.limit < 0:
        problems.append(Problem("the question", "--limit", "", str(question.limit), "a number that is not negative"))
    if problems:
        raise RequestError("The answer cannot have that form", problems)
    picked = {name: query.fields[name] for name in question.fields}
    for field in picked.values():
        query.values |= dict(field.values)
    query.columns = {name: field.sql for name, field in picked.items()} or columns | derived
    query.order, query.limit = order, question.limit
